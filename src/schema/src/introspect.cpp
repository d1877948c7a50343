// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/introspect.hpp"

#include "migration_run.hpp"
#include "object_record.hpp"
#include "savepoint.hpp"
#include "state_tables.hpp"

#include <tupelo/engine/database.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tupelo {

namespace {

/// How long a description waits for a table where nobody says. Units: microseconds.
constexpr std::int64_t patience_us = 5'000'000;

constexpr std::string_view own_tables[] = {revisions_table, lock_table, progress_table, objects_table};

using introspection_answers = std::vector<std::vector<introspection_row>>;

task<void> ask(lease& connection, const std::vector<std::string>& queries, introspection_answers& answers) {
  for (const std::string& query : queries) {
    std::vector<introspection_row> answer = co_await connection.raw_sql<introspection_row>(query).all();
    answers.push_back(std::move(answer));
  }
}

task<void> choose(lease& connection, const std::string& schema) {
  const std::string choice = connection.sql_dialect().schema().schema_choice(schema);
  if (choice.empty()) co_return;
  std::optional<std::string> chosen = co_await connection.raw_sql<std::string>(choice).first();
  if (chosen) co_return;
  throw configuration_error(errc::invalid_configuration,
                            schema.empty() ? "the database has no schema that this role may use among those of its "
                                             "search_path; create one, grant USAGE on it, or name another one"
                                           : "the database has no schema `" + schema +
                                                 "` that this role may use; name another one");
}

task<void> ask_with_settings(lease& connection, const std::vector<std::string>& settings, const std::string& schema,
                             const std::vector<std::string>& queries, introspection_answers& answers) {
  for (const std::string& setting : settings) co_await connection.execute(setting);
  co_await choose(connection, schema);  // where there is none, every catalog looks empty
  co_await ask(connection, queries, answers);
}

}  // namespace

bool is_of_migrations(const schema_object& one) {
  return std::any_of(std::begin(own_tables), std::end(own_tables),
                     [&](std::string_view own) { return one.table == own || one.name == own; });
}

task<std::vector<std::string>> read_table_names(lease& connection) {
  co_await choose(connection, {});
  const std::string query = connection.sql_dialect().schema().introspection_queries().front();
  std::vector<std::string> names;
  for (introspection_row& row : co_await connection.raw_sql<introspection_row>(query).all()) {
    if (row.c0) names.push_back(std::move(*row.c0));
  }
  co_return names;
}

task<schema_definition> introspect_all(lease& connection, described what, std::string of,
                                       std::optional<std::int64_t> lock_timeout_us) {
  const schema_dialect& rules = connection.sql_dialect().schema();
  std::vector<std::string> queries = rules.introspection_queries();
  if (what == described::tables) queries.pop_back();
  introspection_answers answers;
  // A condition is described with its table open, so that it waits for who has that for itself alone.
  std::vector<std::string> settings = lock_timeout_us
                                          ? lock_timeout_texts(rules, *lock_timeout_us)
                                          : std::vector<std::string>{rules.default_lock_timeout_statement(patience_us)};
  settings.push_back(rules.introspection_setting());
  std::erase(settings, std::string());
  if (settings.empty() && of.empty()) {
    co_await ask(connection, queries, answers);
  } else {
    co_await detail::in_savepoint(connection, ask_with_settings(connection, settings, of, queries, answers),
                                  detail::afterwards::undone);  // what is set ends with it
  }
  if (what == described::tables) answers.emplace_back();
  co_return rules.decode_introspection(answers);
}

schema_definition without_own(schema_definition schema) {
  for (std::string_view own : own_tables) schema.remove(own);
  std::erase_if(schema.others, [](const schema_object& one) { return is_of_migrations(one); });
  return schema;
}

task<schema_definition> introspect(lease& connection) {
  schema_definition schema = co_await introspect_all(connection, described::everything);
  co_return without_own(std::move(schema));
}

task<schema_definition> introspect(database& db) {
  lease connection = co_await db.acquire();
  schema_definition schema = co_await introspect(connection);
  co_return schema;
}

task<schema_definition> introspect(database& db, std::string schema) {
  lease connection = co_await db.acquire();
  schema_definition found = co_await introspect_all(connection, described::everything, std::move(schema));
  co_return without_own(std::move(found));
}

}  // namespace tupelo
