// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console.hpp"

#include <tupelo/schema/migrator.hpp>

#include <string>

namespace tupelo::cli {

/// Shows on a terminal which migration runs, on one line that is gone afterwards. Elsewhere it says nothing.
class progress_line final : public migrate::observer {
public:
  progress_line(console& to, bool is_terminal) : to_(&to), shown_(is_terminal) {}
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;
  ~progress_line() override { clear(); }

  void started(std::string_view revision, migrate::direction way, std::size_t index, std::size_t count) override;
  void finished(std::string_view revision, migrate::direction way, std::size_t index, std::size_t count,
                std::int64_t duration_us) override;
  void filled(std::string_view revision, std::int64_t rows) override;
  void locked_out(std::string_view owner, std::int64_t waited_us) override;
  /// Said anywhere, and it stays.
  void copied(std::string_view file) override;
  void copy_removed(std::string_view file) override;
  void waiting(std::string_view revision, std::uint32_t attempt, std::int64_t backoff_us) override;
  /// The same for what is no migration.
  void show(std::string_view what, std::size_t index, std::size_t count);
  /// How much of one thing is done, as a bar. Drawn again only where it looks different.
  void bar(std::string_view what, std::size_t done, std::size_t all);
  void clear();

private:
  console* to_;
  bool shown_;
  bool dirty_ = false;
  std::string drawn_;
  std::size_t index_ = 0, count_ = 0;  // of the migration that runs
};

}  // namespace tupelo::cli
