// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/introspect.hpp"

#include "shielded.hpp"
#include "state_tables.hpp"

#include <tupelo/engine/database.hpp>

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace tupelo {

namespace {

using introspection_answers = std::vector<std::vector<introspection_row>>;

task<void> ask(lease& connection, const schema_dialect& rules, introspection_answers& answers) {
  for (const std::string& query : rules.introspection_queries()) {
    std::vector<introspection_row> answer = co_await connection.raw_sql<introspection_row>(query).all();
    answers.push_back(std::move(answer));
  }
}

/// Inside of a transaction that is open, in a savepoint: what is set ends with it.
task<void> ask_with_setting(lease& connection, const schema_dialect& rules, introspection_answers& answers) {
  co_await connection.begin();
  std::exception_ptr failure;
  try {
    co_await connection.execute(rules.introspection_setting());
    co_await ask(connection, rules, answers);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    co_await detail::shielded(connection.rollback_after_failure());
    std::rethrow_exception(failure);
  }
  co_await connection.rollback();
}

}  // namespace

task<schema_definition> introspect_all(lease& connection) {
  const schema_dialect& rules = connection.sql_dialect().schema();
  introspection_answers answers;
  if (rules.introspection_setting().empty()) {
    co_await ask(connection, rules, answers);
  } else {
    co_await ask_with_setting(connection, rules, answers);
  }
  co_return rules.decode_introspection(answers);
}

task<schema_definition> introspect(lease& connection) {
  schema_definition schema = co_await introspect_all(connection);
  schema.remove(revisions_table);
  schema.remove(lock_table);
  co_return schema;
}

task<schema_definition> introspect(database& db) {
  lease connection = co_await db.acquire();
  schema_definition schema = co_await introspect(connection);
  co_return schema;
}

}  // namespace tupelo
