// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scene.hpp"

#include <map>
#include <string>

namespace tupelo::chaos {

/// A session with a bit of everything, and the account of what it was told has happened.
class story {
public:
  explicit story(std::string name) : name_(std::move(name)), run_(uuid::v4().to_string()) {}

  /// Expects right results at every step. Errors: the first that the database reports.
  task<void> tell(database& db);
  /// Holds what the database has against the account: what was confirmed is there once, what failed is there once or
  /// not at all.
  task<void> verify(database& control) const;

private:
  enum class state : char { failed, confirmed };

  Entry entry(const std::string& text);
  void confirm(const std::string& text) { told_[text] = state::confirmed; }
  task<void> write_and_read(database& db);
  task<void> transact(database& db);
  task<void> stream(database& db);
  task<void> copy(database& db);
  task<void> fail(database& db);
  task<void> run_script(database& db);
  task<void> use_sessions(database& db);
  task<void> pipeline(database& db);

  std::string name_;
  std::string run_;
  std::map<std::string, state> told_;
};

}  // namespace tupelo::chaos
