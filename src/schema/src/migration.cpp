// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/migration.hpp"

#include "migration_registry.hpp"

#include <mutex>
#include <utility>

namespace tupelo {
namespace {

struct known_migrations {
  std::mutex guard;
  std::vector<migration> all;
  std::vector<sql_file> unread;
};

// Filled before main by the files' static objects; a function's static, so that it is there when the first of them
// asks.
known_migrations& registry() {
  static known_migrations known;
  return known;
}

}  // namespace

const std::vector<migration>& registered_migrations() {
  known_migrations& known = registry();
  const std::lock_guard lock(known.guard);
  if (!known.unread.empty()) {
    std::vector<migration> read = sql_migrations(known.unread);
    known.all.insert(known.all.end(), read.begin(), read.end());
    known.unread.clear();
  }
  return known.all;
}

namespace detail {

migration_file::migration_file(std::string_view file, function up, function down, std::string_view revision,
                               parents after, labels also, replaced instead) {
  registry().all.push_back(
      {revision, std::move(after.all), up, down, file, std::move(also.all), std::move(instead.all)});
}
migration_file::migration_file(std::string_view file, function up, function down, std::string_view revision,
                               parents after, replaced instead)
    : migration_file(file, up, down, revision, std::move(after), labels{}, std::move(instead)) {}
migration_file::migration_file(std::string_view file, function up, function down, std::string_view revision,
                               labels also, replaced instead)
    : migration_file(file, up, down, revision, parents{}, std::move(also), std::move(instead)) {}
migration_file::migration_file(std::string_view file, function up, function down, std::string_view revision,
                               replaced instead)
    : migration_file(file, up, down, revision, parents{}, labels{}, std::move(instead)) {}

void register_sql_files(std::vector<sql_file> files) {
  std::vector<sql_file>& unread = registry().unread;
  for (sql_file& file : files) unread.push_back(std::move(file));
}

}  // namespace detail
}  // namespace tupelo
