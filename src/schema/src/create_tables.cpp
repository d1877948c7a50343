// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/create_tables.hpp"

#include "tupelo/schema/diff.hpp"
#include <tupelo/engine/database.hpp>
#include <tupelo/engine/lease.hpp>
#include <tupelo/dialect/schema_dialect.hpp>

#include <exception>

namespace tupelo {

task<void> create_tables(database& db, model_schema models) {
  const schema_definition nothing;
  lease connection = co_await db.acquire();
  co_await connection.begin(transaction_mode::immediate);
  std::exception_ptr failed;
  try {
    for (const ddl_statement& statement :
         connection.sql_dialect().schema().render(diff(nothing, models.schema), nothing)) {
      if (statement.role == ddl_role::execute) co_await connection.execute(statement.sql);
    }
    co_await connection.commit();
  } catch (...) {
    failed = std::current_exception();
  }
  if (!failed) co_return;
  co_await connection.rollback_after_failure();
  std::rethrow_exception(failed);
}

}  // namespace tupelo
