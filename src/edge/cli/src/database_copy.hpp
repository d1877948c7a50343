// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "surroundings.hpp"

#include <tupelo/driver/url.hpp>
#include <tupelo/core/error.hpp>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace tupelo::cli {

/// Another program was run and did not do what it was told. Why, it says in words of its own, which are for people.
class failed_program : public configuration_error {
public:
  failed_program(std::string message, std::string said)
      : configuration_error(errc::invalid_configuration, std::move(message)), said_(std::move(said)) {}
  const std::string& said() const noexcept { return said_; }

private:
  std::string said_;
};
/// It is pg_dump or psql, which may not have reached the database.
class failed_on_database : public failed_program {
public:
  using failed_program::failed_program;
};

/// Copies of a whole database in one file: SQLite by its online backup, PostgreSQL by pg_dump, pg_restore and psql.
class database_copy {
public:
  /// `url` without the pool's options. Errors: configuration_error for a database that cannot be copied, and for its
  /// options.
  database_copy(driver::url url, surroundings& around);

  /// Copies the database as it is at one moment into a new file, while others go on using it.
  /// Errors: configuration_error (invalid_configuration) when the file exists or the program for it is not installed or
  /// fails (failed_on_database); database_error, busy_error. What a failed attempt has written is removed.
  void write(const std::filesystem::path& file);
  /// Puts the file's content in the place of everything in the database, all of it or nothing. Of PostgreSQL that is
  /// everything in the current schema, and what the file names elsewhere.
  /// Errors: as write; configuration_error for a file that does not exist.
  void read(const std::filesystem::path& file);

  /// The file of the database; empty where it is none.
  std::filesystem::path own_file() const;

private:
  void run_on_database(const std::string& program, std::vector<std::string> words);
  /// Errors: Failure where it fails; configuration_error where it cannot be run.
  template <class Failure>
  void run_program(const std::string& program, std::vector<std::string> words);

  driver::url url_;
  surroundings* around_;
  bool is_file_ = false;
};

}  // namespace tupelo::cli
