// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console.hpp"

#include <stdexcept>
#include <string>

namespace tupelo::cli {

/// A command line that cannot be carried out as it was typed.
class usage_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What may only be done when somebody has said so, and nobody can be asked.
class unconfirmed : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// An exception as people and programs read it. Never a value of a row, a parameter or a password.
struct error_report {
  std::string message;
  std::string code;       ///< "migration_locked"; "usage"; "unconfirmed"; "internal" for what Tupelo did not expect
  std::string revision;   ///< of a migration
  std::string statement;  ///< with placeholders in place of values
  std::string constraint;
  std::string remedy;  ///< what to type next; empty where the message says it
  int exit_code = 1;

  /// Of the exception that is being handled; call it in a catch block.
  static error_report of_current();

  /// One block: message, then what else is known, a line each. `where` is the command and the database.
  void print(console& to, const std::string& where) const;
  void print_json(console& to, const std::string& where) const;
};

}  // namespace tupelo::cli
