// SPDX-License-Identifier: Apache-2.0
// What a server has that Tupelo did not make is read, or named where tables have no words for it.
#include "raw_database.hpp"

#include <algorithm>
#include <set>

namespace tupelo::postgres {
namespace {

class postgres_catalog : public live_test {
protected:
  const table_definition& table(const std::string& sql) {
    db().run(sql);
    read_ = db().introspect();
    return *read_.find("t");
  }
  /// The others of the database as they are said.
  std::set<std::string> others() {
    std::set<std::string> said;
    for (const schema_object& other : db().introspect().others) said.insert(other.describe());
    return said;
  }

private:
  schema_definition read_;
};

TEST_F(postgres_catalog, tells_the_kinds_of_identity_apart) {
  const table_definition& t = table("CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)");
  EXPECT_TRUE(t.columns[0].identity);
  EXPECT_TRUE(t.columns[0].identity_always);
  const table_definition& serial = table("DROP TABLE t; CREATE TABLE t (id serial PRIMARY KEY)");
  EXPECT_TRUE(serial.columns[0].identity);
  EXPECT_FALSE(serial.columns[0].identity_always);
  EXPECT_FALSE(serial.columns[0].default_sql);
}

TEST_F(postgres_catalog, reads_collations_of_columns_and_indexes) {
  const table_definition& t = table(
      "CREATE TABLE t (a text COLLATE \"C\", b text); CREATE INDEX i ON t (a, b COLLATE \"POSIX\", lower(b) COLLATE "
      "\"C\", (upper(b)))");
  EXPECT_EQ(t.columns[0].collation, "C");
  EXPECT_EQ(t.columns[1].collation, "");
  ASSERT_EQ(t.indexes.size(), 1U);
  ASSERT_EQ(t.indexes[0].columns.size(), 4U);
  EXPECT_EQ(t.indexes[0].columns[0].collation, "");
  EXPECT_EQ(t.indexes[0].columns[1].collation, "POSIX");
  EXPECT_EQ(t.indexes[0].columns[2].collation, "C");
  EXPECT_EQ(t.indexes[0].columns[3].collation, "");
}

TEST_F(postgres_catalog, collations_and_kinds_of_identity_are_changed_on_a_table_with_rows) {
  schema_definition schema;
  table_definition before{
      .name = "t",
      .columns = {{.name = "id", .type = type_kind::int64, .identity = true}, {.name = "a", .type = type_kind::text}},
      .primary_key = {"", {"id"}},
      .indexes = {{.columns = {{.name = "a"}}}}};
  db().change({ddl::create_table{before}}, schema);
  db().run("INSERT INTO t (a) VALUES ('one'), ('two')");
  column_definition id = before.columns[0];
  id.identity_always = true;
  column_definition a = before.columns[1];
  a.collation = "C";
  const std::vector<schema_operation> change{ddl::alter_column{"t", before.columns[0], id},
                                             ddl::alter_column{"t", before.columns[1], a}};
  const schema_definition first = db().introspect();
  db().change(change, schema);
  EXPECT_EQ(db().introspect().find("t")->columns, (std::vector<column_definition>{id, a}));
  db().change(inverse_of(change), schema);
  EXPECT_EQ(db().introspect(), first);
  EXPECT_EQ(db().value("SELECT count(*) FROM t"), "2");
}

TEST_F(postgres_catalog, a_collation_is_changed_under_what_is_computed_of_the_column) {
  schema_definition schema;
  const table_definition before{
      .name = "t",
      .columns = {{.name = "a", .type = type_kind::text},
                  {.name = "loud", .type = type_kind::text, .nullable = true, .computed_sql = "upper(a)"}},
      .indexes = {{.columns = {{.expression = "lower(a)"}}}},
      .checks = {{"some", "a > 'a'"}}};
  db().change({ddl::create_table{before}}, schema);
  db().run("INSERT INTO t (a) VALUES ('one'), ('two')");
  column_definition a = before.columns[0];
  a.collation = "C";
  db().change({ddl::alter_column{"t", before.columns[0], a}}, schema);
  EXPECT_EQ(db().introspect().find("t")->find_column("a")->collation, "C");
  EXPECT_EQ(db().value("SELECT string_agg(loud, ',' ORDER BY a) FROM t"), "ONE,TWO");
  EXPECT_EQ(db().introspect().find("t")->indexes.size(), 1U);
}

TEST_F(postgres_catalog, a_cast_names_a_type_where_a_column_is_called_alike) {
  schema_definition schema;
  db().change({ddl::create_table{{.name = "t",
                                  .columns = {{.name = "character", .type = type_kind::text},
                                              {.name = "time", .type = type_kind::text}},
                                  .checks = {{"c", "(time)::character varying(9) <> 'x'::character varying"},
                                             {"d", "'2020-01-01'::timestamp(3) without time zone < 'infinity'"}}}}},
              schema);
  EXPECT_EQ(db().introspect().find("t")->checks.size(), 2U);
}

TEST_F(postgres_catalog, names_what_tables_have_no_words_for) {
  db().run(R"(
    CREATE TABLE a (id int PRIMARY KEY, b text, CONSTRAINT late UNIQUE (b) DEFERRABLE);
    CREATE TABLE t (id serial PRIMARY KEY, a_id int, n int CONSTRAINT positive CHECK (n > 0) NO INHERIT,
                    CONSTRAINT full_key FOREIGN KEY (a_id) REFERENCES a MATCH FULL);
    ALTER TABLE t ADD CONSTRAINT unproved CHECK (n < 9) NOT VALID;
    CREATE UNLOGGED TABLE fast (id int);
    CREATE TABLE child (more int) INHERITS (a);
    CREATE TABLE parts (id int) PARTITION BY RANGE (id);
    CREATE TABLE part_one PARTITION OF parts FOR VALUES FROM (1) TO (2);
    CREATE VIEW seen AS SELECT 1 AS one;
    CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one;
    CREATE SEQUENCE numbers;
    CREATE DOMAIN mail AS text CHECK (VALUE LIKE '%@%');
    CREATE TYPE span AS RANGE (subtype = int4);
    CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER noted BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION note();
    CREATE RULE quiet AS ON DELETE TO fast DO INSTEAD NOTHING;
    ALTER TABLE t ENABLE ROW LEVEL SECURITY;
    CREATE POLICY mine ON t USING (n = 1);
    CREATE STATISTICS both_columns ON a_id, n FROM t;
    ALTER TABLE t SET (fillfactor = 70);
    COMMENT ON CONSTRAINT positive ON t IS 'why')");
  const std::set<std::string> said = others();
  for (const char* expected : {"constraint late on a",
                               "constraint full_key on t",
                               "constraint positive on t",
                               "constraint unproved on t",
                               "unlogged table fast",
                               "inheritance child",
                               "partitioned table parts",
                               "partition part_one on parts",
                               "view seen",
                               "materialized view kept",
                               "sequence numbers",
                               "domain mail",

                               "range type span",
                               "function twice(n integer)",
                               "function note()",
                               "trigger noted on t",
                               "rule quiet on fast",
                               "row-level security t",
                               "policy mine on t",
                               "statistics both_columns on t",
                               "storage parameters t",
                               "comment positive on t"}) {
    EXPECT_TRUE(said.contains(expected)) << expected;
  }
  EXPECT_EQ(said.size(), 22U);
  EXPECT_NE(db().introspect().find("parts"), nullptr);
}

TEST_F(postgres_catalog, what_tables_can_say_is_no_other_object) {
  db().run(R"(
    CREATE TYPE mood AS ENUM ('low', 'high');
    CREATE TYPE pair AS (x int, y int);
    CREATE TABLE a (id bigserial PRIMARY KEY, m mood DEFAULT 'low', t text UNIQUE CHECK (t <> ''), c text COLLATE "C");
    CREATE TABLE b (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a_id bigint REFERENCES a ON DELETE CASCADE
                      DEFERRABLE INITIALLY DEFERRED, twice bigint GENERATED ALWAYS AS (a_id * 2) STORED);
    CREATE INDEX i ON b (a_id DESC) INCLUDE (id) WHERE a_id > 0;
    COMMENT ON TABLE a IS 'first')");
  EXPECT_EQ(others(), std::set<std::string>());
}

TEST_F(postgres_catalog, an_exclusion_that_compares_otherwise_than_its_columns_is_named) {
  db().run(R"(
    CREATE TABLE t (a text, b text COLLATE "C",
                    CONSTRAINT otherwise EXCLUDE USING btree (a COLLATE "C" WITH =),
                    CONSTRAINT as_written EXCLUDE USING btree (lower(a) COLLATE "POSIX" WITH =),
                    CONSTRAINT usual EXCLUDE USING btree (a WITH =, b WITH =, lower(a) WITH =)))");
  EXPECT_EQ(others(), (std::set<std::string>{"constraint as_written on t", "constraint otherwise on t"}));
}

TEST_F(postgres_catalog, a_key_to_another_schema_is_named_and_not_taken_for_one_of_this) {
  const std::string other = db().value("SELECT current_schema()") + "_other";
  db().run("CREATE SCHEMA " + other + "; CREATE TABLE " + other + ".a (id int PRIMARY KEY); CREATE TABLE a (id int)");
  const table_definition& t = table("CREATE TABLE t (a_id int CONSTRAINT away REFERENCES " + other + ".a)");
  EXPECT_TRUE(t.foreign_keys.empty());
  EXPECT_EQ(others(), std::set<std::string>{"constraint away on t"});
  const std::vector<schema_object> all = db().introspect_all().others;
  const auto listed = std::find_if(all.begin(), all.end(), [&](const schema_object& one) { return one.name == other; });
  ASSERT_NE(listed, all.end());
  EXPECT_EQ(listed->describe() + ": " + listed->definition, "schema " + other + ": 1 table");
  db().run("DROP SCHEMA " + other + " CASCADE");
}

}  // namespace
}  // namespace tupelo::postgres
