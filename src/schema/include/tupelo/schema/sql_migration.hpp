// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/history.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tupelo {

/// A file of SQL and what is in it.
struct sql_file {
  std::string path;
  std::string text;
};

/// SQL that a migration runs on its way up or down.
struct sql_script {
  std::string database;  ///< "postgres", "sqlite"; empty: every database that has no script of its own
  std::string path;
  std::string text;
  bool outside_transaction = false;  ///< as schema_editor::outside_transaction
};

/// A migration that is written in SQL: what its files and their first comments say.
struct sql_scripts {
  std::string revision;
  std::vector<std::string> parents;
  bool follows_by_name = true;  ///< no parents are said: it comes after the revision that sorts before it
  std::vector<std::string> labels;
  std::vector<std::string> replaces;
  std::vector<std::pair<std::string, std::string>> allowed;  ///< rules of `lint`, and why
  std::vector<sql_script> up, down;

  /// The script for this database, as its dialect is called; null: it has none.
  static const sql_script* chosen(const std::vector<sql_script>& from, std::string_view database) noexcept;
};

/// The migrations in files that are called `<revision>.up.sql`, `<revision>.down.sql`, and for one database
/// `<revision>.up.postgres.sql`, `<revision>.down.sqlite.sql`.
///
/// Comments at the top of a file that goes up say the rest, one to a line, as `-- tupelo: after=<revision>`. Known are
/// `after=<revisions>` (`after=base`: it is the first one), `label=<name>`, `replaces=<revisions>`, `allow=<rule>,
/// <why>`, and, also in a file that goes down, `no-transaction`.
///
/// A file without `after` comes after the revision that sorts before its own, whoever wrote that one.
/// Errors: migration_error (invalid_migration) naming the file, the line and what is known there.
/// Owns: what was read is kept until the program ends, once.
std::vector<migration> sql_migrations(const std::vector<sql_file>& files);

/// The same of every .sql file in a folder. A folder that is not there has none.
/// Errors: as sql_migrations; configuration_error for what cannot be read.
std::vector<migration> sql_migrations_in(std::string_view folder);

/// Those of `linked` and those in the folder; where both have a revision in SQL, the folder's file is taken.
/// Errors: as sql_migrations_in; as history's constructor.
history history_with_folder(std::string_view folder, const std::vector<migration>& linked = registered_migrations());

namespace detail {

/// What `tupelo_embed_migrations` of CMake makes: files that are part of the program.
struct embedded_sql_file {
  const char* path;
  const char* text;
};
class embedded_sql_files {
public:
  embedded_sql_files(std::initializer_list<embedded_sql_file> files);
};

}  // namespace detail
}  // namespace tupelo
