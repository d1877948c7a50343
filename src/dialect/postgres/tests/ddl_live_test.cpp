// SPDX-License-Identifier: Apache-2.0
// What is made, read back and compared on a real server.
#include "raw_database.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace tupelo::postgres {
namespace {

/// What a comparison of the two would change, in words.
template <class Items, class Same>
void compare(std::string& out, const std::string& where, const Items& live, const Items& wanted, Same same) {
  if (live.size() != wanted.size()) out += where + ": another number; ";
  for (std::size_t i = 0; i < std::min(live.size(), wanted.size()); ++i) {
    if (live[i].name != wanted[i].name || !same(live[i], wanted[i])) out += where + "." + wanted[i].name + "; ";
  }
}
std::string difference(const schema_definition& live, const schema_definition& wanted) {
  std::string out;
  compare(out, "tables", live.tables, wanted.tables, [](auto&, auto&) { return true; });
  for (const table_definition& w : wanted.tables) {
    const table_definition* l = live.find(w.name);
    if (l == nullptr) continue;
    compare(out, w.name, l->columns, w.columns, same_column);
    if (l->primary_key != w.primary_key) out += w.name + ": primary key; ";
    compare(out, w.name, l->uniques, w.uniques, [](auto& a, auto& b) { return a == b; });
    compare(out, w.name, l->foreign_keys, w.foreign_keys, [](auto& a, auto& b) { return a == b; });
    compare(out, w.name, l->checks, w.checks,
            [](auto& a, auto& b) { return same_expression(a.expression, b.expression); });
    compare(out, w.name, l->indexes, w.indexes, [](auto& a, auto& b) {
      return a.columns == b.columns && a.unique == b.unique && a.where.empty() == b.where.empty() &&
             (a.where.empty() || same_expression(a.where, b.where));
    });
    if (l->comment != w.comment) out += w.name + ": comment; ";
  }
  return out;
}

class postgres_ddl : public live_test {
protected:
  /// Makes it, and expects the server to have what was made.
  void change(const std::vector<schema_operation>& operations) {
    db().change(operations, schema);
    EXPECT_EQ(difference(db().introspect(), schema), "");
  }
  void create(table_definition table) { change({ddl::create_table{std::move(table)}}); }

  schema_definition schema;
};

table_definition everything() {
  table_definition table;
  table.name = "Everything";
  table.comment = "it's all";
  table.columns = {{"id", type_kind::int64, false, true},
                   {"yes", type_kind::boolean, false, false, "TRUE"},
                   {"no", type_kind::boolean, false, false, "FALSE"},
                   {"small", type_kind::int16, false, false, "-7"},
                   {"n", type_kind::int32, true, false, "0"},
                   {"big", type_kind::int64, false, false, "9223372036854775807"},
                   {"real", type_kind::float32, false, false, "0.5"},
                   {"score", type_kind::float64, false, false, "1e+20"},
                   {"Name", type_kind::text, false, false, "'it''s \\ a guest'"},
                   {"code", column_type::varchar(20), false, false, "'x'"},
                   {"data", type_kind::bytes, false, false, "X'00FF'"},
                   {"seen", type_kind::timestamp, false, false, "CURRENT_TIMESTAMP"},
                   {"made", type_kind::timestamp, true, false, "'2020-02-03 04:05:06.000007'"},
                   {"born", type_kind::date, true, false, "'2000-02-01'"},
                   {"token", type_kind::uuid, true, false, "'00000000-0000-0000-0000-0000000000ff'"},
                   {"price", column_type::decimal(10, 2), false, false, "1.50"},
                   {"exact", type_kind::decimal, true, false, "NULL"},
                   {"meta", type_kind::json, false, false, "'{\"b\":1,\"a\":[true, null]}'"},
                   {"tags", column_type::spelled("TEXT[]"), true},
                   {"only", type_kind::int32, true}};
  table.primary_key.columns = {"id"};
  table.uniques = {{"", {"code", "n"}}};
  table.indexes = {{"", {{"Name", false}, {"n", true}}},
                   {"", {{"only", true}}, true, "\"only\" IS NOT NULL AND yes = TRUE"}};
  for (const char* check :
       {"n >= 0 AND n < 200", "\"Name\" LIKE '50\\%\\_%' ESCAPE '\\' OR \"Name\" <> 'it''s'", "code IN ('a', 'b', 'x')",
        "n IN (1, -2)", "small IN (-7)", "NOT (\"Name\" IN ('q'))", "price > 0 AND price <= 1000000.00",
        "score > 0.25 AND real < 1e+3", "seen > '2020-01-01 00:00:00.000000'", "born > '1900-01-01'", "data <> X'FF00'",
        "token <> '00000000-0000-0000-0000-000000000001'", "lower(code) <> upper(\"Name\")",
        "length(code) > 0 AND coalesce(n, 5) <> 7", "(n + small) < (big * 2)",
        "n IS NULL OR (yes = TRUE AND no = FALSE)", "1 = 0 OR yes = TRUE", "only IS NULL OR only <> n",
        "exact > -1.5"}) {
    table.checks.push_back({"", check});
  }
  return table;
}

TEST_F(postgres_ddl, a_table_with_everything_is_read_as_it_was_made) { create(everything()); }
TEST_F(postgres_ddl, it_is_read_alike_whatever_the_time_zone) {
  create(everything());
  db().run("SET TimeZone = 'Asia/Kolkata'");
  EXPECT_EQ(difference(db().introspect(), schema), "");
}
TEST_F(postgres_ddl, it_is_made_alike_whatever_the_time_zone) {
  db().run("SET TimeZone = 'America/New_York'");
  create(everything());
}
TEST_F(postgres_ddl, foreign_keys_keep_their_actions) {
  create(everything());
  table_definition child;
  child.name = "child";
  child.columns = {{"id", type_kind::uuid},
                   {"a", type_kind::int64, true},
                   {"b", type_kind::int64, true},
                   {"code", column_type::varchar(20), true},
                   {"n", type_kind::int32, true}};
  child.primary_key.columns = {"id"};
  using enum referential_action;
  child.foreign_keys = {{"", {"a"}, "Everything", {}, cascade, set_null},
                        {"", {"b"}, "Everything", {}, restrict, no_action, true},
                        {"both", {"code", "n"}, "Everything", {"code", "n"}, set_default, no_action}};
  create(child);
}
TEST_F(postgres_ddl, a_key_of_several_columns_keeps_their_order) {
  table_definition table;
  table.name = "pairs";
  table.columns = {{"a", type_kind::int32}, {"b", type_kind::int32}};
  table.primary_key.columns = {"b", "a"};
  create(table);
  change({ddl::change_primary_key{"pairs", {"pk_pairs", {"b", "a"}}, {"", {"a"}}}});
  change({ddl::change_primary_key{"pairs", {"pk_pairs", {"a"}}, {}}});
}

class postgres_alteration : public postgres_ddl {
protected:
  void SetUp() override {
    postgres_ddl::SetUp();
    if (IsSkipped()) return;
    table_definition table;
    table.name = "t";
    table.columns = {{"id", type_kind::int64, false, true}, {"c", type_kind::text, true}};
    table.primary_key.columns = {"id"};
    create(table);
  }
  /// The column becomes this; what the row then holds.
  std::string altered(const column_definition& to) {
    const column_definition from = *schema.find("t")->find_column("c");
    change({ddl::alter_column{"t", from, to}});
    return db().value("SELECT c FROM t");
  }
};

TEST_F(postgres_alteration, a_text_becomes_other_types_and_a_text_again) {
  db().run("INSERT INTO t (c) VALUES ('1')");
  EXPECT_EQ(altered({"c", type_kind::int32, false, false, "5"}), "1");
  EXPECT_EQ(altered({"c", type_kind::boolean, false, false, "FALSE"}), "t");
  EXPECT_EQ(altered({"c", type_kind::int64, true}), "1");
  EXPECT_EQ(altered({"c", column_type::decimal(10, 2), false, false, "0"}), "1.00");
  EXPECT_EQ(altered({"c", column_type::varchar(10), true, false, "'x'"}), "1.00");
  EXPECT_EQ(altered({"c", type_kind::json, true}), "1.00");
  EXPECT_EQ(altered({"c", type_kind::text, true}), "1.00");
}
TEST_F(postgres_alteration, moments_are_converted_in_utc) {
  db().run("SET TimeZone = 'Asia/Tokyo'; INSERT INTO t (c) VALUES ('2020-01-01 20:00:00.500000')");
  altered({"c", type_kind::timestamp, true});
  EXPECT_EQ(db().value("SELECT c AT TIME ZONE 'UTC' FROM t"), "2020-01-01 20:00:00.5");
  EXPECT_EQ(altered({"c", type_kind::text, true}), "2020-01-01 20:00:00.500000");
  altered({"c", type_kind::timestamp, true});
  EXPECT_EQ(altered({"c", type_kind::date, true}), "2020-01-01");
  altered({"c", type_kind::timestamp, true});
  EXPECT_EQ(db().value("SELECT c AT TIME ZONE 'UTC' FROM t"), "2020-01-01 00:00:00");
}
TEST_F(postgres_alteration, a_text_with_a_zone_is_that_moment) {
  db().run("INSERT INTO t (c) VALUES ('2020-01-01T20:00:00+02:00'), ('2020-01-01')");
  altered({"c", type_kind::timestamp, true});
  EXPECT_EQ(db().value("SELECT string_agg((c AT TIME ZONE 'UTC')::text, ' ' ORDER BY id) FROM t"),
            "2020-01-01 18:00:00 2020-01-01 00:00:00");
}
TEST_F(postgres_alteration, conditions_follow_the_type_of_their_column) {
  change({ddl::add_check{"t", {"", "c <> '5'"}}, ddl::add_index{"t", {"", {{"c", true}}, true, "c > '7'"}}});
  db().run("INSERT INTO t (c) VALUES ('10')");
  db().change({ddl::alter_column{"t", {"c", type_kind::text, true}, {"c", type_kind::int32, true}}}, schema);
  EXPECT_EQ(db().failure("INSERT INTO t (c) VALUES (5)"), "23514");
  EXPECT_EQ(db().failure("INSERT INTO t (c) VALUES (10)"), "23505");
}
TEST_F(postgres_alteration, a_text_that_is_too_long_is_refused_not_cut) {
  db().run("INSERT INTO t (c) VALUES ('abc')");
  const ddl::alter_column shorter{"t", {"c", type_kind::text, true}, {"c", column_type::varchar(2), true}};
  const std::vector<ddl_statement> statements = render_ddl({shorter}, schema);
  const auto change = std::find_if(statements.begin(), statements.end(),
                                   [](const ddl_statement& one) { return one.role == ddl_role::execute; });
  ASSERT_NE(change, statements.end());
  EXPECT_EQ(db().failure(change->sql), "22001");
}
TEST_F(postgres_alteration, missing_values_get_the_default_also_where_keys_are_deferred) {
  const foreign_key_definition key{"", {"c"}, "t", {}, {}, {}, true};
  db().run("INSERT INTO t (c) VALUES (NULL)");
  altered({"c", type_kind::int64, true});
  change({ddl::add_foreign_key{"t", key}});
  EXPECT_EQ(altered({"c", type_kind::int64, false, false, "1"}), "1");
}
TEST_F(postgres_alteration, a_key_begins_to_count_behind_what_is_there) {
  table_definition table;
  table.name = "k";
  table.columns = {{"id", type_kind::int64}};
  table.primary_key.columns = {"id"};
  create(table);
  db().run("INSERT INTO k VALUES (41)");
  change({ddl::alter_column{"k", {"id", type_kind::int64}, {"id", type_kind::int64, false, true}}});
  EXPECT_EQ(db().value("INSERT INTO k DEFAULT VALUES RETURNING id"), "42");
  change({ddl::alter_column{"k", {"id", type_kind::int64, false, true}, {"id", type_kind::int64}}});
}
TEST_F(postgres_alteration, renamed_tables_and_columns_take_their_constraints_along) {
  change({ddl::add_check{"t", {"", "c <> ''"}}, ddl::add_index{"t", {"", {{"c", false}}, false, "c IS NOT NULL"}}});
  change({ddl::rename_column{"t", "c", "Order"}, ddl::rename_table{"t", "Select"}});
  change({ddl::change_primary_key{"Select", {"", {"id"}}, {}}});
}
TEST_F(postgres_alteration, a_primary_key_is_renamed) {
  change({ddl::rename_constraint{"t", "pk_t", "one_t"}});
  EXPECT_EQ(db().introspect().find("t")->primary_key.name, "one_t");
}
TEST_F(postgres_alteration, what_is_added_can_be_dropped) {
  const check_definition check{"", "c <> ''"};
  const key_definition unique{"", {"c"}};
  const index_definition index{"", {{"c", true}}};
  change({ddl::add_check{"t", check}, ddl::add_unique{"t", unique}, ddl::add_index{"t", index},
          ddl::add_column{"t", {"d", type_kind::int32, false, false, "1"}}});
  change({ddl::drop_check{"t", check}, ddl::drop_unique{"t", unique}, ddl::drop_index{"t", index},
          ddl::drop_column{"t", {"d", type_kind::int32}}});
  change({ddl::drop_table{*schema.find("t")}});
}

class postgres_introspection : public live_test {};

TEST_F(postgres_introspection, reads_tables_written_by_hand) {
  db().run("CREATE TABLE other (id serial PRIMARY KEY, code text UNIQUE);"
           "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, c char(3), doubled int GENERATED ALWAYS AS (o * 2) "
           "STORED, o int REFERENCES other DEFERRABLE INITIALLY IMMEDIATE, PRIMARY KEY (id), "
           "EXCLUDE (c WITH =), CONSTRAINT \"a b\" CHECK (c > 'x'))");
  const schema_definition schema = db().introspect();
  const table_definition& other = *schema.find("other");
  EXPECT_TRUE(other.columns[0].identity);
  EXPECT_FALSE(other.columns[0].default_sql);
  EXPECT_EQ(other.uniques[0].name, "other_code_key");
  const table_definition& t = *schema.find("t");
  EXPECT_EQ(t.primary_key.name, "t_pkey");
  EXPECT_TRUE(t.columns[0].identity);
  EXPECT_EQ(t.columns[1].type, column_type::spelled("character(3)"));
  EXPECT_FALSE(t.columns[2].default_sql);
  ASSERT_EQ(t.foreign_keys.size(), 1U);
  EXPECT_FALSE(t.foreign_keys[0].deferrable);
  EXPECT_EQ(t.foreign_keys[0].referenced_columns, std::vector<std::string>{"id"});
  ASSERT_EQ(t.checks.size(), 1U);
  EXPECT_EQ(t.checks[0].name, "a b");
  EXPECT_TRUE(t.indexes.empty());
}
TEST_F(postgres_introspection, leaves_out_what_cannot_be_described) {
  db().run("CREATE TABLE t (a int, b text); CREATE VIEW v AS SELECT * FROM t; CREATE INDEX kept ON t (a, b DESC);"
           "CREATE MATERIALIZED VIEW m AS SELECT * FROM t");
  const schema_definition schema = db().introspect();
  ASSERT_EQ(schema.tables.size(), 1U);
  ASSERT_EQ(schema.tables[0].indexes.size(), 1U);
  const index_definition kept{
      "kept",
      {{.name = "a", .nulls = index_nulls::last}, {.name = "b", .descending = true, .nulls = index_nulls::first}}};
  EXPECT_EQ(schema.tables[0].indexes[0], kept);
}
/// The store's tables, without the commands that make and choose a database.
TEST_F(postgres_introspection, holds_all_of_the_chinook_store) {
  std::ifstream file(TUPELO_CHINOOK_POSTGRES);
  if (!file) GTEST_SKIP() << "there is no " << TUPELO_CHINOOK_POSTGRES;
  std::ostringstream text;
  for (std::string line; std::getline(file, line);) {
    const bool command =
        line.rfind("\\c", 0) == 0 || line.rfind("CREATE DATABASE", 0) == 0 || line.rfind("DROP DATABASE", 0) == 0;
    if (!command) text << line << '\n';
  }
  db().run(text.str());
  const schema_definition live = db().introspect();
  EXPECT_EQ(live.tables.size(), 11U);
  schema_definition made;
  std::vector<schema_operation> operations;
  for (table_definition table : live.tables) {
    table.foreign_keys.clear();
    operations.push_back(ddl::create_table{table});
  }
  for (const table_definition& table : live.tables) {
    for (const foreign_key_definition& key : table.foreign_keys) {
      operations.push_back(ddl::add_foreign_key{table.name, key});
    }
  }
  raw_database second(std::getenv("TUPELO_TEST_POSTGRES"));
  second.change(operations, made);
  EXPECT_EQ(difference(second.introspect(), live), "");
  EXPECT_EQ(live.find("track")->foreign_keys.size(), 3U);
  EXPECT_EQ(live.find("track")->indexes.size(), 3U);
  EXPECT_EQ(live.find("invoice")->find_column("total")->type, column_type::decimal(10, 2));
  EXPECT_EQ(live.find("playlist_track")->primary_key.columns, (std::vector<std::string>{"playlist_id", "track_id"}));
}

}  // namespace
}  // namespace tupelo::postgres
