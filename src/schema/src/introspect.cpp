// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/introspect.hpp"

#include "state_tables.hpp"

#include <tupelo/engine/database.hpp>

#include <string>
#include <utility>
#include <vector>

namespace tupelo {

task<schema_definition> introspect_all(lease& connection) {
  const schema_dialect& rules = connection.sql_dialect().schema();
  std::vector<std::vector<introspection_row>> answers;
  for (const std::string& query : rules.introspection_queries()) {
    std::vector<introspection_row> answer = co_await connection.raw_sql<introspection_row>(query).all();
    answers.push_back(std::move(answer));
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
