// SPDX-License-Identifier: Apache-2.0
#include "live_database.hpp"
#include "random_schema.hpp"
#include "step_runner.hpp"

#include "tupelo/schema/diff.hpp"
#include "tupelo/schema/introspect.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace tupelo {
namespace {

task<void> change(lease& connection, std::vector<schema_operation> operations, schema_definition before) {
  const ddl_frame frame = connection.sql_dialect().schema().frame(operations, before);
  for (const std::string& sql : frame.before) co_await connection.execute(sql);
  std::vector<recorded_step> steps(operations.begin(), operations.end());
  co_await connection.begin();
  run_position position;
  co_await run_steps(connection, steps, before, position);
  if (!frame.verify.empty()) {
    std::vector<std::string> broken = co_await connection.raw_sql<std::string>(frame.verify).all();
    EXPECT_TRUE(broken.empty()) << broken.front();
  }
  co_await connection.commit();
  if (!frame.before.empty()) co_await connection.execute("PRAGMA foreign_keys = ON");
}

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

/// A row that no check of random_schema refuses.
std::string insert_text(const table_definition& table) {
  std::string columns;
  std::string values;
  for (const column_definition& column : table.columns) {
    if (column.is_computed()) continue;
    columns += (columns.empty() ? "" : ", ") + quoted(column.name);
    values +=
        std::string(values.empty() ? "" : ", ") + (column.type.is_integer() || column.name == "id" ? "7" : "'seven'");
  }
  return "INSERT INTO " + quoted(table.name) + " (" + columns + ") VALUES (" + values + ")";
}

/// Everything is compared to the letter, names too; the order of columns is no difference.
schema_definition comparable(schema_definition schema) {
  for (table_definition& table : schema.tables) {
    std::sort(table.columns.begin(), table.columns.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  }
  return schema;
}

class random_pairs_on_sqlite : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(random_pairs_on_sqlite, the_database_follows_there_and_back_and_keeps_its_rows) {
  for (std::uint32_t i = 0; i < 10; ++i) {
    std::uint32_t seed = 500'000 + GetParam() * 100 + i;
    SCOPED_TRACE("seed " + std::to_string(seed));
    sample::random_schema random(seed);
    schema_definition from = random.make();
    schema_definition to = random.make();
    std::vector<schema_operation> forth = diff(from, to);
    database db("sqlite::memory:?inline=on");
    lease connection = sync_wait(db.acquire());

    sync_wait(change(connection, diff({}, from), {}));
    ASSERT_EQ(comparable(sync_wait(introspect(connection))), comparable(from));

    std::vector<std::string> filled;
    for (const table_definition& table : from.tables) {
      const table_definition* kept = to.find(table.name);
      if (kept == nullptr || !table.foreign_keys.empty() || !kept->foreign_keys.empty()) continue;
      sync_wait(connection.execute(insert_text(table)));
      filled.push_back(table.name);
    }

    sync_wait(change(connection, forth, from));
    ASSERT_EQ(comparable(sync_wait(introspect(connection))), comparable(to));
    sync_wait(change(connection, inverse_of(forth), to));
    ASSERT_EQ(comparable(sync_wait(introspect(connection))), comparable(from));
    for (const std::string& table : filled) {
      ASSERT_EQ(sync_wait(connection.raw_sql<std::int64_t>("SELECT count(*) FROM " + quoted(table)).one()), 1) << table;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, random_pairs_on_sqlite, ::testing::Range(0U, 12U));

}  // namespace
}  // namespace tupelo
