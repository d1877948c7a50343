// SPDX-License-Identifier: Apache-2.0
// One of each kind that a schema of a server can hold: each is named where tables have no words for it, and each goes
// when the schema is wiped.
#include "raw_database.hpp"

#include <map>
#include <set>

namespace tupelo::postgres {
namespace {

/// In a database of the test's own: what belongs to a whole database is seen from all of its schemas, so that other
/// tests would find it in theirs.
class postgres_objects : public testing::Test {
protected:
  void SetUp() override {
    const char* given = std::getenv("TUPELO_TEST_POSTGRES");
    if (given == nullptr) GTEST_SKIP() << "TUPELO_TEST_POSTGRES names no server";
    server_ = std::make_unique<raw_database>(given);
    name_ = server_->value("SELECT current_schema()") + "_objects";
    server_->run("CREATE DATABASE " + name_);
    std::string url = given;
    const std::size_t database = url.find("/postgres?");
    ASSERT_NE(database, std::string::npos) << "the database of TUPELO_TEST_POSTGRES is named postgres";
    db_ = std::make_unique<raw_database>(url.replace(database + 1, 8, name_).c_str());
  }
  void TearDown() override {
    db_.reset();
    if (server_ != nullptr) server_->run("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  }
  raw_database& db() { return *db_; }

  std::string named(std::string sql) {
    const std::string schema = db().value("SELECT current_schema()");
    for (std::size_t at = sql.find("{s}"); at != std::string::npos; at = sql.find("{s}")) sql.replace(at, 3, schema);
    return sql;
  }
  void run(std::string sql) { db().run(named(std::move(sql))); }
  void wipe() {
    for (const auto& row : db().rows(wipe_query())) db().run(*row[0]);
  }
  std::set<std::string> said() {
    std::set<std::string> out;
    for (const schema_object& other : db().introspect().others) out.insert(other.describe());
    return out;
  }
  /// By what they are said to be.
  std::map<std::string, std::string> definitions() {
    std::map<std::string, std::string> out;
    for (schema_object& other : db().introspect_all().others)
      out.emplace(other.describe(), std::move(other.definition));
    return out;
  }

private:
  std::unique_ptr<raw_database> server_;
  std::unique_ptr<raw_database> db_;
  std::string name_;
};

constexpr const char* types_and_routines = R"(
  CREATE TYPE mood AS ENUM ('low', 'high');
  CREATE DOMAIN mail AS text COLLATE "C" CHECK (VALUE LIKE '%@%');
  CREATE TYPE span AS RANGE (subtype = int4);
  CREATE TYPE shell;
  CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';
  CREATE PROCEDURE nothing() LANGUAGE sql AS 'SELECT 1';
  CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int);
  CREATE FUNCTION same(x int, y int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
  CREATE OPERATOR === (FUNCTION = same, LEFTARG = int, RIGHTARG = int);
  CREATE OPERATOR CLASS oddly FOR TYPE int USING hash AS OPERATOR 1 ===, FUNCTION 1 hashint4(int);
  CREATE FUNCTION number_of(mood) RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE CAST (mood AS int) WITH FUNCTION number_of(mood) AS ASSIGNMENT;
  CREATE COLLATION plain FROM "C";
  CREATE CONVERSION turn FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
  CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple);
  CREATE TEXT SEARCH CONFIGURATION search (PARSER = "default");
  ALTER TEXT SEARCH CONFIGURATION search ADD MAPPING FOR word WITH words;
  CREATE TEXT SEARCH TEMPLATE lower (LEXIZE = dsimple_lexize);
  CREATE TEXT SEARCH PARSER by_blank (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end,
                                      LEXTYPES = prsd_lextype);
  CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
  CREATE EVENT TRIGGER {s}_watch ON ddl_command_start WHEN TAG IN ('CREATE TRANSFORM') EXECUTE FUNCTION watch();
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';)";

constexpr const char* tables = R"(
  CREATE TABLE a (id int PRIMARY KEY, b text);
  CREATE TABLE t (id serial PRIMARY KEY, a_id int CONSTRAINT to_a REFERENCES a, n int);
  CREATE TABLE limited (id int GENERATED ALWAYS AS IDENTITY (MAXVALUE 9));
  CREATE SEQUENCE numbers AS smallint CYCLE;
  CREATE SEQUENCE owned OWNED BY t.n;
  CREATE VIEW seen WITH (security_barrier) AS SELECT 1 AS one;
  CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one;
  CREATE INDEX of_kept ON kept (one);
  CREATE TABLE taken (r int4range, z int, CONSTRAINT apart EXCLUDE USING gist (r WITH &&) INCLUDE (z));
  CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id);
  CREATE TABLE part_one PARTITION OF parts FOR VALUES FROM (1) TO (2);
  CREATE INDEX of_part ON part_one (id, id);
  CREATE TYPE shape AS (x int);
  CREATE TABLE typed OF shape;
  CREATE FOREIGN DATA WRAPPER {s}_wrapper;
  CREATE SERVER {s}_server FOREIGN DATA WRAPPER {s}_wrapper OPTIONS (secret 'not to be said');
  CREATE FOREIGN TABLE away (line text NOT NULL) SERVER {s}_server OPTIONS (of 'there');)";

constexpr const char* qualities = R"(
  CREATE TRIGGER noted BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION note();
  CREATE TRIGGER of_rows BEFORE INSERT ON parts FOR EACH ROW EXECUTE FUNCTION note();
  ALTER TABLE t DISABLE TRIGGER ALL;
  ALTER TABLE t REPLICA IDENTITY FULL;
  ALTER TABLE t FORCE ROW LEVEL SECURITY;
  CREATE POLICY mine ON t AS RESTRICTIVE FOR SELECT TO pg_monitor USING (n = 1);
  ALTER TABLE a ALTER b SET STORAGE EXTERNAL;
  ALTER TABLE a CLUSTER ON a_pkey;
  GRANT SELECT ON a TO PUBLIC;
  GRANT UPDATE (b) ON a TO PUBLIC;
  GRANT USAGE ON TYPE mood TO pg_monitor;
  REVOKE EXECUTE ON FUNCTION twice FROM PUBLIC;
  COMMENT ON VIEW seen IS 'v';
  COMMENT ON COLUMN seen.one IS 'c';
  COMMENT ON TYPE mood IS 'm';
  COMMENT ON FUNCTION twice IS 'f';
  COMMENT ON TRIGGER noted ON t IS 't';
  COMMENT ON POLICY mine ON t IS 'p';
  CREATE PUBLICATION {s}_told FOR TABLE t;)";

constexpr const char* away_with_the_rest = R"(
  DROP FOREIGN DATA WRAPPER IF EXISTS {s}_wrapper CASCADE;
  DROP PUBLICATION IF EXISTS {s}_told;)";

TEST_F(postgres_objects, types_and_routines_are_named_with_what_they_are) {
  run(types_and_routines);
  const std::map<std::string, std::string> wanted{
      {"domain mail", "text COLLATE \"C\" CHECK ((VALUE ~~ '%@%'::text))"},
      {"range type span", "SUBTYPE = integer"},
      {"shell type shell", ""},
      {"procedure nothing()", ""},
      {"function twice(n integer)", ""},
      {"aggregate total(integer)", "SFUNC = int4pl, STYPE = integer"},
      {"operator ===(integer, integer)", "FUNCTION = same"},
      {"operator class oddly USING hash",
       "FOR TYPE integer, FAMILY oddly, OPERATOR 1 ===(integer,integer), FUNCTION 1 hashint4(integer)"},
      {"operator family oddly USING hash", ""},
      {"cast mood AS integer", "WITH FUNCTION number_of(mood) AS ASSIGNMENT"},
      {"collation plain", "PROVIDER = libc, LOCALE = C"},
      {"conversion turn", "FOR LATIN1 TO UTF8 FROM iso8859_1_to_utf8"},
      {"text search dictionary words", "TEMPLATE = simple"},
      {"text search configuration search", "PARSER = default, word: words"},
      {"text search template lower", "LEXIZE = dsimple_lexize"},
      {"text search parser by_blank",
       "START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype"},
      {"event trigger {s}_watch", "ON ddl_command_start WHEN TAG IN (CREATE TRANSFORM) EXECUTE FUNCTION watch()"}};
  const std::map<std::string, std::string> found = definitions();
  for (const auto& [described, text] : wanted) {
    const auto it = found.find(named(described));
    ASSERT_NE(it, found.end()) << described;
    if (text.empty()) continue;
    EXPECT_EQ(it->second, text) << described;
  }
  EXPECT_EQ(found.size(), wanted.size() + 4);  // the functions of the others
}

TEST_F(postgres_objects, what_tables_are_beyond_their_columns_is_named_with_what_it_is) {
  run(types_and_routines);
  run(tables);
  run(qualities);
  const std::map<std::string, std::string> wanted{
      {"sequence numbers", "AS smallint START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 32767 CACHE 1 CYCLE"},
      {"sequence owned on t", "AS bigint START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1"},
      {"sequence options limited_id_seq on limited",
       "AS integer START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9 CACHE 1"},
      {"view options seen", "security_barrier=true"},
      {"index of_kept on kept", named("CREATE INDEX of_kept ON {s}.kept USING btree (one)")},
      {"constraint apart on taken", "EXCLUDE USING gist (r WITH &&) INCLUDE (z)"},
      {"partitioned table parts", "PARTITION BY RANGE (id)"},
      {"partition part_one on parts", "FOR VALUES FROM (1) TO (2)"},
      {"index of_part on part_one", named("CREATE INDEX of_part ON {s}.part_one USING btree (id, id)")},
      {"typed table typed", "OF shape"},
      {"foreign server {s}_server", named("FOREIGN DATA WRAPPER {s}_wrapper OPTIONS (secret)")},
      {"foreign table away", named("(line text NOT NULL) SERVER {s}_server OPTIONS (of=there)")},
      {"trigger of_rows on parts",
       named("CREATE TRIGGER of_rows BEFORE INSERT ON {s}.parts FOR EACH ROW EXECUTE FUNCTION note()")},
      {"trigger noted on t",
       named("CREATE TRIGGER noted BEFORE INSERT ON {s}.t FOR EACH ROW EXECUTE FUNCTION note() (DISABLED)")},
      {"disabled constraint to_a on t", ""},
      {"replica identity t", "FULL"},
      {"row-level security t", "FORCE"},
      {"policy mine on t", "AS RESTRICTIVE FOR SELECT TO pg_monitor USING ((n = 1))"},
      {"column options b on a", "STORAGE EXTERNAL"},
      {"clustered index a_pkey on a", ""},
      {"grants b on a", named("=w/" + db().value("SELECT current_user"))},
      {"comment seen", "v"},
      {"comment one on seen", "c"},
      {"comment mood", "m"},
      {"comment twice", "f"},
      {"comment noted on t", "t"},
      {"comment mine on t", "p"},
      {"publication {s}_told", "FOR TABLE t, insert, update, delete, truncate"}};
  const std::map<std::string, std::string> found = definitions();
  for (const auto& [described, text] : wanted) {
    const auto it = found.find(named(described));
    ASSERT_NE(it, found.end()) << described;
    EXPECT_EQ(it->second, text) << described;
  }
  for (const char* granted : {"grants a", "grants mood", "grants twice(n integer)"}) {
    EXPECT_TRUE(found.contains(granted)) << granted;
  }
}

TEST_F(postgres_objects, wiping_leaves_nothing_in_the_way_of_making_it_again) {
  for (int time = 0; time < 2; ++time) {
    run(types_and_routines);
    run(tables);
    run(qualities);
    wipe();
    run(away_with_the_rest);
    EXPECT_EQ(said(), std::set<std::string>());
  }
  for (const char* catalog : {"class.rel", "type.typ", "proc.pro", "operator.opr", "opfamily.opf", "collation.coll",
                              "ts_dict.dict", "ts_config.cfg"}) {
    const std::string name = catalog;
    const std::size_t dot = name.find('.');
    EXPECT_EQ(db().value("SELECT count(*) FROM pg_" + name.substr(0, dot) + " WHERE " + name.substr(dot + 1) +
                         "namespace = current_schema()::regnamespace"),
              "0")
        << catalog;
  }
}

TEST_F(postgres_objects, extensions_and_schemas_that_the_search_path_leaves_out_are_named) {
  if (db().value("SELECT count(*) FROM pg_available_extensions WHERE name = 'seg'") == "0")
    GTEST_SKIP() << "this server has no extension seg";
  run("CREATE SCHEMA {s}_other; CREATE EXTENSION seg SCHEMA {s}_other; CREATE TABLE {s}_other.t (s {s}_other.seg); "
      "CREATE SCHEMA {s}_empty");
  std::map<std::string, std::string> found = definitions();
  EXPECT_NE(found[named("extension of another schema {s}_other.seg")], "");
  EXPECT_EQ(found[named("schema {s}_other")], "1 table");
  EXPECT_EQ(found[named("schema {s}_empty")], "0 tables");
  EXPECT_EQ(found.size(), 3U);
  run("CREATE TABLE public.t (id int)");
  EXPECT_EQ(definitions()["schema public"], "1 table");
}

TEST_F(postgres_objects, wiping_takes_an_extension_along_unless_others_need_it) {
  if (db().value("SELECT count(*) FROM pg_available_extensions WHERE name = 'seg'") == "0")
    GTEST_SKIP() << "this server has no extension seg";
  run("CREATE EXTENSION seg; CREATE TABLE here (s seg)");
  wipe();
  EXPECT_EQ(db().value("SELECT count(*) FROM pg_extension WHERE extname = 'seg'"), "0");
  run("CREATE EXTENSION seg; CREATE TABLE here (s seg); CREATE SCHEMA {s}_other; CREATE TABLE {s}_other.t (s seg)");
  wipe();
  EXPECT_EQ(db().value("SELECT count(*) FROM pg_extension WHERE extname = 'seg'"), "1");
  EXPECT_EQ(
      db().value(named("SELECT count(*) FROM pg_attribute WHERE attrelid = '{s}_other.t'::regclass AND attname = 's'")),
      "1");
  run("DROP SCHEMA {s}_other CASCADE");
}

TEST_F(postgres_objects, a_partitioned_table_is_read_as_a_table_and_so_are_keys_to_it) {
  run("CREATE TABLE a (id int PRIMARY KEY);"
      "CREATE TABLE parts (id int NOT NULL, at date NOT NULL, a_id int CONSTRAINT to_a REFERENCES a, CONSTRAINT key "
      "PRIMARY KEY (id, at), CONSTRAINT positive CHECK (id > 0)) PARTITION BY RANGE (at);"
      "CREATE INDEX by_a ON parts (a_id);"
      "CREATE TABLE early PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');"
      "CREATE TABLE late PARTITION OF parts FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');"
      "CREATE TABLE t (id int, at date, CONSTRAINT to_parts FOREIGN KEY (id, at) REFERENCES parts)");
  const schema_definition read = db().introspect();
  EXPECT_EQ(read.tables.size(), 3U);
  const table_definition& parts = *read.find("parts");
  EXPECT_EQ(parts.columns.size(), 3U);
  EXPECT_EQ(parts.primary_key, (key_definition{"key", {"id", "at"}}));
  ASSERT_EQ(parts.foreign_keys.size(), 1U);
  EXPECT_EQ(parts.foreign_keys[0].name, "to_a");
  EXPECT_EQ(parts.checks.size(), 1U);
  ASSERT_EQ(parts.indexes.size(), 1U);
  EXPECT_EQ(parts.indexes[0].name, "by_a");
  const table_definition& t = *read.find("t");
  ASSERT_EQ(t.foreign_keys.size(), 1U);
  EXPECT_EQ(t.foreign_keys[0].references, "parts");
  EXPECT_EQ(t.foreign_keys[0].referenced_columns, (std::vector<std::string>{"id", "at"}));
  EXPECT_EQ(said(),
            (std::set<std::string>{"partitioned table parts", "partition early on parts", "partition late on parts"}));
}

}  // namespace
}  // namespace tupelo::postgres
