// SPDX-License-Identifier: Apache-2.0
// A change among rows and what takes it back: schema and rows are as before, for every kind of operation.
#include "backend.hpp"
#include "inverse_examples.hpp"

#include <tupelo/schema/diff.hpp>
#include <tupelo/schema/generator.hpp>
#include <tupelo/schema/history.hpp>
#include <tupelo/schema/introspect.hpp>
#include <tupelo/schema/lint.hpp>
#include <tupelo/schema/migration_record.hpp>
#include <tupelo/schema/migrator.hpp>
#include <tupelo/schema/models.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Ship;
struct Captain {
  std::int64_t id{};
  std::optional<std::int64_t> ship_id;
  std::optional<std::int64_t> teacher_id;
  static void model(model<Captain>& m);
};
struct Ship {
  std::int64_t id{};
  std::optional<std::int64_t> captain_id;
  std::optional<std::int64_t> harbour_id;
  static void model(model<Ship>& m);
};
struct Harbour {
  std::int64_t id{};
  std::optional<std::int64_t> master_id;
  static void model(model<Harbour>& m);
};
void Captain::model(tupelo::model<Captain>& m) {
  m.foreign_key(&Captain::ship_id).references<Ship>();
  m.foreign_key(&Captain::teacher_id).references<Captain>();
}
void Ship::model(tupelo::model<Ship>& m) {
  m.foreign_key(&Ship::captain_id).references<Captain>();
  m.foreign_key(&Ship::harbour_id).references<Harbour>();
}
void Harbour::model(tupelo::model<Harbour>& m) { m.foreign_key(&Harbour::master_id).references<Captain>(); }

/// The schema, where the order of columns is no difference, and every row as text.
struct snapshot {
  schema_definition schema;
  std::vector<std::string> rows;
};

class inverses : public conformance_test {
protected:
  snapshot take() {
    snapshot taken{sync_wait(introspect(db)), {}};
    taken.schema.others.clear();
    for (table_definition& table : taken.schema.tables) {
      std::sort(table.columns.begin(), table.columns.end(),
                [](const auto& a, const auto& b) { return a.name < b.name; });
      std::string row = "'" + table.name + "'";
      for (const column_definition& column : table.columns) {
        row += " || '|' || COALESCE(CAST(\"" + column.name + "\" AS text), 'NULL')";
      }
      const std::string sql = "SELECT " + row + " FROM \"" + table.name + "\" ORDER BY 1";
      for (std::string& text : sync_wait(db.raw_sql<std::string>(sql).all())) taken.rows.push_back(std::move(text));
    }
    return taken;
  }

  void run(const inverse_example& example) {
    const history all({{"1_base", {}, &example_base, [](schema_editor& e) { drop_base(e); }, "1.cpp"},
                       {"2_change", {"1_base"}, example.up, example.down, "2.cpp"}});
    const schema_definition before = migrate::recorded_schema(all, "1_base");
    const migration_record up = record_migration(example.up, before);
    expect_inverse(up, record_migration(example.down, up.after));
    if (example.loses_values) expect_said(up, before);
    if (example.where == example_place::postgres && !features().row_locks) return;

    migrate::options options(all);
    options.allow_destructive = true;
    if (!first_) {
      sync_wait(migrate::upgrade(db, "1_base", options));
      for (const char* sql : example_rows) sync_wait(db.execute(sql));
      first_ = take();
    }
    const snapshot first = *first_;
    sync_wait(migrate::upgrade(db, "head", options));
    for (const schema_operation& left : sync_wait(migrate::drift(db, options))) ADD_FAILURE() << left.describe();
    sync_wait(migrate::downgrade(db, "1_base", options));
    const snapshot last = take();
    expect_equal(last.schema, first.schema);
    if (!example.loses_values) {
      EXPECT_EQ(last.rows, first.rows);
      return;  // which the next example starts from
    }
    sync_wait(migrate::downgrade(db, "base", options));
    first_.reset();
  }

  /// As a migration does it, without its record.
  void apply(const std::vector<schema_operation>& operations, const schema_definition& before) {
    lease connection = sync_wait(db.acquire());
    const schema_dialect& rules = connection.sql_dialect().schema();
    const ddl_frame frame = rules.frame(operations, before);
    std::vector<std::string> restore;
    if (!frame.restore_query.empty()) {
      restore = sync_wait(connection.raw_sql<std::string>(frame.restore_query).all());
    }
    for (const std::string& sql : frame.before) sync_wait(connection.execute(sql));
    for (const ddl_statement& statement : rules.render(operations, before)) {
      if (statement.role == ddl_role::execute) sync_wait(connection.execute(statement.sql));
    }
    for (const std::string& sql : restore) sync_wait(connection.execute(sql));
  }

private:
  static void drop_base(schema_editor& e) {
    e.drop_table("notes");
    e.drop_table("posts");
    e.drop_table("users");
    e.drop_composite("crate");
    e.drop_composite("size");
    e.drop_enum("mood");
  }
  /// A database may write conditions in words of its own.
  void expect_equal(const schema_definition& last, const schema_definition& first) const {
    diff_options live;
    live.live = &db.sql_dialect().schema();
    for (const schema_operation& left : diff(last, first, live)) ADD_FAILURE() << left.describe();
    for (const schema_operation& left : diff(first, last, live)) ADD_FAILURE() << left.describe();
  }
  /// What is written by hand here is what a generated file has.
  static void expect_inverse(const migration_record& up, const migration_record& down) {
    if (std::holds_alternative<ddl::execute_sql>(up.operations()[0].data)) {
      EXPECT_FALSE(up.operations()[0].reversible()) << "SQL of one's own has the inverse that somebody writes";
      return;
    }
    std::string wanted;
    for (const schema_operation& operation : inverse_of(up.operations())) wanted += operation.canonical() + "\n";
    EXPECT_EQ(down.canonical(), wanted);
  }
  /// Nobody loses values without being told, neither there nor back.
  static void expect_said(const migration_record& up, const schema_definition& before) {
    const std::vector<lint_finding> found = lint(up.operations(), before);
    EXPECT_TRUE(std::any_of(found.begin(), found.end(),
                            [](const lint_finding& one) { return one.rule->kind == hazard::destructive; }));
    const std::string text = generate_migration("1", {}, up.operations()).text;
    EXPECT_NE(text.find("that it had", text.find("void down")), std::string::npos) << text;
  }

  std::optional<snapshot> first_;
};

template <class Operation, class Run>
void run_examples(Run& run) {
  for (std::size_t i = 0; i < std::size(examples_of<Operation>::all); ++i) {
    SCOPED_TRACE(schema_operation(Operation{}).describe() + " " + std::to_string(i));
    run(examples_of<Operation>::all[i]);
  }
}
/// Every third kind, so that no test takes long on a server that others use.
template <std::size_t First, class Run, class... Operations>
void run_third(Run run, const std::variant<Operations...>*) {
  std::size_t at = 0;
  ((at++ % 3 == First ? run_examples<Operations>(run) : void()), ...);
}

TEST_P(inverses, restore_schema_and_rows_for_the_first_third_of_all_kinds) {
  run_third<0>([this](const inverse_example& example) { run(example); },
               static_cast<const ddl::any_operation*>(nullptr));
}
TEST_P(inverses, restore_schema_and_rows_for_the_second_third_of_all_kinds) {
  run_third<1>([this](const inverse_example& example) { run(example); },
               static_cast<const ddl::any_operation*>(nullptr));
}
TEST_P(inverses, restore_schema_and_rows_for_the_last_third_of_all_kinds) {
  run_third<2>([this](const inverse_example& example) { run(example); },
               static_cast<const ddl::any_operation*>(nullptr));
}

TEST_P(inverses, rings_of_foreign_keys_come_and_go_among_rows) {
  const std::vector<schema_operation> made = diff({}, schema_of<Captain, Ship, Harbour>().schema);
  schema_definition ring;
  apply_all(made, ring);
  for (const std::vector<schema_operation>& gone : {inverse_of(made), diff(ring, {})}) {
    apply(made, {});
    EXPECT_TRUE(sync_wait(migrate::compare(db, schema_of<Captain, Ship, Harbour>())).empty());
    sync_wait(db.execute("INSERT INTO captains (teacher_id) VALUES (1)"));
    sync_wait(db.execute("INSERT INTO harbours (master_id) VALUES (1)"));
    sync_wait(db.execute("INSERT INTO ships (captain_id, harbour_id) VALUES (1, 1)"));
    sync_wait(db.execute("UPDATE captains SET ship_id = 1"));
    apply(gone, ring);
    EXPECT_TRUE(sync_wait(introspect(db)).tables.empty());
  }
}

TUPELO_CONFORMANCE_SUITE(inverses);

}  // namespace
}  // namespace tupelo::conformance
