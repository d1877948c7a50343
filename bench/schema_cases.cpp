// SPDX-License-Identifier: Apache-2.0
// A schema of 500 tables: reading it from a server, comparing it, and writing models of it.
#include "bench.hpp"

#include <tupelo/postgres.hpp>
#include <tupelo/tupelo.hpp>
#include <tupelo/schema/diff.hpp>
#include <tupelo/schema/introspect.hpp>
#include <tupelo/schema/model_writer.hpp>

#include <optional>
#include <stdexcept>
#include <string>

namespace tp = tupelo;

namespace {

constexpr std::size_t table_count = 500;

std::string table_name(std::size_t i) { return "bench_table_" + std::to_string(1000 + i); }

/// 5,000 columns, 500 primary keys, 500 foreign keys, 500 unique constraints, 500 indexes, 500 checks.
tp::schema_definition large_schema() {
  tp::schema_definition schema;
  for (std::size_t i = 0; i < table_count; ++i) {
    tp::table_definition table;
    table.name = table_name(i);
    table.columns = {{.name = "id", .type = tp::type_kind::int64, .identity = true},
                     {.name = "name", .type = tp::column_type::varchar(80)},
                     {.name = "email", .type = tp::type_kind::text, .nullable = true},
                     {.name = "amount", .type = tp::column_type::decimal(10, 2), .default_sql = "0"},
                     {.name = "rank", .type = tp::type_kind::int32},
                     {.name = "active", .type = tp::type_kind::boolean, .default_sql = "TRUE"},
                     {.name = "created_at", .type = tp::type_kind::timestamp},
                     {.name = "settings", .type = tp::type_kind::json, .nullable = true},
                     {.name = "token", .type = tp::type_kind::uuid, .nullable = true},
                     {.name = "parent_id", .type = tp::type_kind::int64, .nullable = true}};
    table.primary_key.columns = {"id"};
    table.uniques = {{"", {"name"}}};
    table.indexes = {{.columns = {{.name = "rank"}, {.name = "created_at", .descending = true}}, .where = "rank > 0"}};
    table.checks = {{"ranked", "rank >= 0 AND name <> ''"}};
    table.foreign_keys = {{"", {"parent_id"}, table_name(i / 2), {"id"}, tp::cascade}};
    schema.add(std::move(table));
  }
  return tp::with_names(schema);
}

/// The tables on the server, in a schema of their own, dropped at the end.
class large_database {
public:
  large_database() : server_(server()) {
    tp::sync_wait(server_.execute("SET client_min_messages = warning; DROP SCHEMA IF EXISTS bench_large CASCADE; "
                                  "CREATE SCHEMA bench_large"));
    db_.emplace(std::string(server()) + "&options=-csearch_path%3Dbench_large");
    tp::sync_wait(fill());
  }
  ~large_database() {
    db_.reset();
    for (std::size_t i = table_count; i-- > 0;) drop(i);
  }
  tp::database& db() { return *db_; }

private:
  tp::task<void> fill() {
    tp::lease connection = co_await db_->acquire();
    co_await connection.begin();
    for (const tp::ddl_statement& statement :
         connection.sql_dialect().schema().render(tp::diff({}, large_schema()), {})) {
      co_await connection.execute(statement.sql);
    }
    co_await connection.commit();
  }
  /// One by one: a server has locks for so many tables at once only.
  void drop(std::size_t i) {
    try {
      tp::sync_wait(server_.execute("DROP TABLE IF EXISTS bench_large." + table_name(i) + " CASCADE"));
    } catch (const tp::error&) {
      return;  // the next run drops the schema
    }
  }

  tp::database server_;
  std::optional<tp::database> db_;
};

large_database& large() {
  static large_database instance;
  return instance;
}
const tp::schema_definition& live() {
  static const tp::schema_definition schema = tp::sync_wait(tp::introspect(large().db()));
  return schema;
}
const tp::schema_dialect& rules() {
  static tp::lease connection = tp::sync_wait(large().db().acquire());
  return connection.sql_dialect().schema();
}

}  // namespace

std::vector<bench_case> schema_cases() {
  std::vector<bench_case> cases;
  if (server() == nullptr) return cases;
  cases.push_back({.name = "postgres: introspect 500 tables",
                   .budget = 2e9,
                   .operations = 1,
                   .ours =
                       [](std::size_t) {
                         const tp::schema_definition read = tp::sync_wait(tp::introspect(large().db()));
                         if (read.tables.size() != table_count) throw std::runtime_error("tables are missing");
                       },
                   .baseline = {},
                   .rounds = 5});
  cases.push_back({.name = "compare 500 live tables",
                   .budget = 2e8,
                   .operations = 1,
                   .ours =
                       [](std::size_t) {
                         static const tp::schema_definition wanted = large_schema();
                         tp::diff_options options;
                         options.live = &rules();
                         if (!tp::diff(live(), wanted, options).empty()) throw std::runtime_error("they differ");
                       },
                   .baseline = {},
                   .rounds = 5});
  cases.push_back({.name = "write models of 500 tables",
                   .operations = 1,
                   .ours =
                       [](std::size_t) {
                         const tp::model_source source = tp::write_models(live(), rules());
                         if (source.models.size() != table_count) throw std::runtime_error("models are missing");
                       },
                   .baseline = {},
                   .rounds = 5});
  return cases;
}
