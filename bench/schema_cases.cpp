// SPDX-License-Identifier: Apache-2.0
// A schema of 500 tables: reading it from a server, comparing it, and writing models of it. A history of 1,000
// migrations.
#include "bench.hpp"

#include <tupelo/postgres.hpp>
#include <tupelo/tupelo.hpp>
#include <tupelo/schema/diff.hpp>
#include <tupelo/schema/introspect.hpp>
#include <tupelo/schema/migrator.hpp>
#include <tupelo/schema/model_writer.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

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

// ---- what a project of some years has: every fifth migration makes a table, the others change one of those before

constexpr std::size_t migration_count = 1000;

std::string migrated_table(std::size_t i) { return "table_" + std::to_string(i); }

void change(tp::schema_editor& db, std::size_t i) {
  const std::string table = migrated_table(i / 5);
  switch (i % 5) {
    case 0:
      db.create_table(table, [&](tp::table_editor& t) {
        t.id();
        t.text("name").unique();
        t.text("email").null();
        t.decimal("amount", 10, 2).default_value("0");
        t.boolean("active");
        t.big_integer("parent_id").null();
        t.timestamps();
        if (i > 0) t.foreign_key("parent_id").references(migrated_table(i / 10), "id").on_delete(tp::cascade);
      });
      break;
    case 1: db.add_column(table, "rank").integer().null(); break;
    case 2: db.add_index(table, {"rank", "created_at"}); break;
    case 3: db.rename_column(table, "email", "mail"); break;
    default: db.add_check(table, "ranked", "rank >= 0"); break;
  }
}
template <std::size_t I>
void change_number(tp::schema_editor& db) {
  change(db, I);
}
void unchanged(tp::schema_editor&) {}

template <std::size_t... I>
std::vector<tp::migration> migrations(std::index_sequence<I...>) {
  static const std::vector<std::string> names{std::to_string(100'000 + I)...};
  std::vector<tp::migration> all{{names[I], {}, &change_number<I>, &unchanged, "bench.cpp"}...};
  for (std::size_t i = 1; i < all.size(); ++i) all[i].parents = {names[i - 1]};
  return all;
}

const tp::history& years() {
  static const tp::history all(migrations(std::make_index_sequence<migration_count>()));
  return all;
}

}  // namespace

std::vector<bench_case> schema_cases() {
  std::vector<bench_case> cases;
  cases.push_back({.name = "replay 1,000 migrations",
                   .budget = 5e8,
                   .operations = 1,
                   .ours =
                       [](std::size_t) {
                         const tp::schema_definition built = tp::migrate::recorded_schema(years());
                         if (built.tables.size() != migration_count / 5) throw std::runtime_error("tables are missing");
                       },
                   .baseline = {},
                   .rounds = 5});
  cases.push_back({.name = "status of 1,000 migrations",
                   .budget = 5e8,
                   .operations = 1,
                   .ours =
                       [](std::size_t) {
                         static tp::database db("sqlite::memory:", {.run = tp::execution::inline_});
                         const tp::migrate::options options(years());
                         const auto now = tp::sync_wait(tp::migrate::status(db, options));
                         if (now.count(tp::migrate::state::pending) != migration_count)
                           throw std::runtime_error("some are applied");
                       },
                   .baseline = {},
                   .rounds = 5});
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
