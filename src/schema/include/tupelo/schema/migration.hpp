// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/schema_editor.hpp>

#include <string_view>
#include <vector>

namespace tupelo {

struct sql_scripts;

/// One migration as its file registers it.
struct migration {
  std::string_view revision;
  std::vector<std::string_view> parents;  ///< revisions it comes after; empty: the first one
  void (*up)(schema_editor&) = nullptr;
  void (*down)(schema_editor&) = nullptr;
  std::string_view file;                   ///< as the compiler was given it
  std::vector<std::string_view> labels{};  ///< other names that it goes by: "v1.2"
  /// Revisions that it does the work of, in their order: where the last of them is applied, it is.
  std::vector<std::string_view> replaces{};
  const sql_scripts* scripts = nullptr;  ///< of one that is written in SQL, in the place of `up` and `down`
  std::string_view database{};           ///< whose scripts are meant, as its dialect is called; empty: all
};

/// Every migration whose file is linked into the program, in no particular order.
/// Errors: migration_error (invalid_migration) for SQL that is part of the program; see sql_migrations.
const std::vector<migration>& registered_migrations();

namespace detail {

/// Base of what TUPELO_MIGRATION makes in each file, so that `after`, `label` and `replaces` are found there and
/// nowhere else.
class migration_file {
protected:
  using function = void (*)(schema_editor&);

  using names = std::vector<std::string_view>;
  struct parents {
    names all;
  };
  struct labels {
    names all;
  };
  struct replaced {
    names all;
  };

  migration_file(std::string_view file, function up, function down, std::string_view revision, parents after = {},
                 labels also = {}, replaced instead = {});
  migration_file(std::string_view file, function up, function down, std::string_view revision, parents after,
                 replaced instead);
  migration_file(std::string_view file, function up, function down, std::string_view revision, labels also,
                 replaced instead = {});
  migration_file(std::string_view file, function up, function down, std::string_view revision, replaced instead);

  template <class... Revisions>
  static parents after(Revisions... revisions) {
    return {{std::string_view(revisions)...}};
  }
  template <class... Revisions>
  static replaced replaces(Revisions... revisions) {
    return {{std::string_view(revisions)...}};
  }
  template <class... Names>
  static labels label(Names... names) {
    return {{std::string_view(names)...}};
  }
};

}  // namespace detail
}  // namespace tupelo

/// Registers the migration that the rest of the file defines as `void up(tp::schema_editor&)` and
/// `void down(tp::schema_editor&)`; both are the file's own, however many files define them.
///
///     TUPELO_MIGRATION("20261121T093000_add_users", after("20261120T080000_initial"))
///     TUPELO_MIGRATION("20261121T093000_add_users", after("20261120T080000_initial"), label("v1.2"))
///     TUPELO_MIGRATION("20261121T093000_all", replaces("20261120T080000_initial", "20261121T093000_add_users"))
#define TUPELO_MIGRATION(...)                                                                  \
  static void up(::tupelo::schema_editor&);                                                    \
  static void down(::tupelo::schema_editor&);                                                  \
  namespace {                                                                                  \
  struct tupelo_migration_of_this_file : ::tupelo::detail::migration_file {                    \
    tupelo_migration_of_this_file() : migration_file(__FILE__, &::up, &::down, __VA_ARGS__) {} \
  };                                                                                           \
  [[maybe_unused]] const tupelo_migration_of_this_file tupelo_this_migration;                  \
  }
