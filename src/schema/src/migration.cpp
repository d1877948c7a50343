// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/migration.hpp"

#include <utility>

namespace tupelo {
namespace {

// Filled before main by the files' static objects; a function's static, so that it is there when the first of them
// asks.
std::vector<migration>& registry() {
  static std::vector<migration> migrations;
  return migrations;
}

}  // namespace

const std::vector<migration>& registered_migrations() { return registry(); }

namespace detail {

migration_file::migration_file(std::string_view file, function up, function down, std::string_view revision,
                               std::vector<std::string_view> parents, labels also) {
  registry().push_back({revision, std::move(parents), up, down, file, std::move(also.names)});
}
migration_file::migration_file(std::string_view file, function up, function down, std::string_view revision,
                               labels also)
    : migration_file(file, up, down, revision, {}, std::move(also)) {}

}  // namespace detail
}  // namespace tupelo
