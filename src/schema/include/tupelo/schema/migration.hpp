// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/schema_editor.hpp>

#include <string_view>
#include <vector>

namespace tupelo {

/// One migration as its file registers it.
struct migration {
  std::string_view revision;
  std::vector<std::string_view> parents;  ///< revisions it comes after; empty: the first one
  void (*up)(schema_editor&) = nullptr;
  void (*down)(schema_editor&) = nullptr;
  std::string_view file;                   ///< as the compiler was given it
  std::vector<std::string_view> labels{};  ///< other names that it goes by: "v1.2"
};

/// Every migration whose file is linked into the program, in no particular order.
const std::vector<migration>& registered_migrations();

namespace detail {

/// Base of what TUPELO_MIGRATION makes in each file, so that `after` and `label` are found there and nowhere else.
class migration_file {
protected:
  using function = void (*)(schema_editor&);

  struct labels {
    std::vector<std::string_view> names;
  };

  migration_file(std::string_view file, function up, function down, std::string_view revision,
                 std::vector<std::string_view> parents = {}, labels also = {});
  migration_file(std::string_view file, function up, function down, std::string_view revision, labels also);

  template <class... Revisions>
  static std::vector<std::string_view> after(Revisions... revisions) {
    return {std::string_view(revisions)...};
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
#define TUPELO_MIGRATION(...)                                                                  \
  static void up(::tupelo::schema_editor&);                                                    \
  static void down(::tupelo::schema_editor&);                                                  \
  namespace {                                                                                  \
  struct tupelo_migration_of_this_file : ::tupelo::detail::migration_file {                    \
    tupelo_migration_of_this_file() : migration_file(__FILE__, &::up, &::down, __VA_ARGS__) {} \
  };                                                                                           \
  [[maybe_unused]] const tupelo_migration_of_this_file tupelo_this_migration;                  \
  }
