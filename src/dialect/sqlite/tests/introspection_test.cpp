// SPDX-License-Identifier: Apache-2.0
#include "create_table_reader.hpp"
#include "raw_database.hpp"

#include <gtest/gtest.h>

namespace tupelo::sqlite {
namespace {

table_definition table(const std::string& sql) {
  raw_database db;
  db.run("CREATE TABLE other (id INTEGER PRIMARY KEY, code TEXT UNIQUE)");
  db.run(sql);
  return *db.introspect().find("t");
}

TEST(sqlite_introspection, reads_tables_written_by_hand) {
  table_definition t = table(
      "create table [t] ( -- the table, with a ) in a comment\n"
      "  `a` integer primary key, b NVARCHAR(40) not null default 'x)' constraint \"b is set\" check (b <> ')'),\n"
      "  c numeric(10,2) unique, d int references other on delete set null deferrable initially deferred,\n"
      "  \"e f\" datetime default (datetime('now')), primary_thing text,\n"
      "  constraint [two] unique (b, c), CHECK ((c > 1)), constraint k foreign key (primary_thing) references "
      "other(code)"
      " on update cascade)");
  ASSERT_EQ(t.columns.size(), 6U);
  EXPECT_TRUE(t.columns[0].identity);
  EXPECT_EQ(t.columns[1].type, column_type::varchar(40));
  EXPECT_EQ(t.columns[1].default_sql, "'x)'");
  EXPECT_EQ(t.columns[2].type, column_type::decimal(10, 2));
  EXPECT_EQ(t.columns[4].default_sql, "datetime('now')");
  ASSERT_EQ(t.checks.size(), 2U);
  EXPECT_EQ(t.checks[0].name, "b is set");
  EXPECT_EQ(t.checks[0].expression, "b <> ')'");
  EXPECT_EQ(t.checks[1].expression, "(c > 1)");
  ASSERT_EQ(t.uniques.size(), 2U);
  EXPECT_EQ(t.uniques[0].name, "two");
  EXPECT_EQ(t.uniques[1].name, "uq_t_c");
  ASSERT_EQ(t.foreign_keys.size(), 2U);
  EXPECT_EQ(t.foreign_keys[0].name, "fk_t_d");
  EXPECT_TRUE(t.foreign_keys[0].deferrable);
  EXPECT_EQ(t.foreign_keys[0].on_delete, referential_action::set_null);
  EXPECT_EQ(t.foreign_keys[0].referenced_columns, std::vector<std::string>{"id"});
  EXPECT_EQ(t.foreign_keys[1].name, "k");
  EXPECT_EQ(t.foreign_keys[1].on_update, referential_action::cascade);
}

TEST(sqlite_introspection, reads_collations_of_columns_and_indexes) {
  raw_database db;
  db.run("CREATE TABLE t (a TEXT COLLATE NOCASE, b TEXT COLLATE binary)");
  db.run("CREATE INDEX i ON t (a, b COLLATE RTRIM, a COLLATE BINARY)");
  const table_definition t = *db.introspect().find("t");
  EXPECT_EQ(t.columns[0].collation, "NOCASE");
  EXPECT_EQ(t.columns[1].collation, "");
  ASSERT_EQ(t.indexes.size(), 1U);
  EXPECT_EQ(t.indexes[0].columns[0].collation, "");
  EXPECT_EQ(t.indexes[0].columns[1].collation, "RTRIM");
  EXPECT_EQ(t.indexes[0].columns[2].collation, "BINARY");
}

TEST(sqlite_introspection, a_foreign_key_names_its_table_in_any_case) {
  raw_database db;
  db.run("CREATE TABLE Artist (ArtistId INTEGER PRIMARY KEY)");
  db.run("CREATE TABLE t (a INTEGER REFERENCES artist (artistid), b INTEGER REFERENCES ARTIST)");
  const table_definition t = *db.introspect().find("t");
  for (const foreign_key_definition& key : t.foreign_keys) {
    EXPECT_EQ(key.references, "Artist");
    EXPECT_EQ(key.referenced_columns, std::vector<std::string>{"ArtistId"});
  }
}

TEST(sqlite_introspection, names_what_tables_have_no_words_for) {
  raw_database db;
  db.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE ON CONFLICT IGNORE)");
  db.run("CREATE TABLE w (id TEXT PRIMARY KEY) WITHOUT ROWID");
  db.run("CREATE TABLE s (id INTEGER PRIMARY KEY) STRICT");
  db.run("CREATE VIEW v AS SELECT id FROM t");
  db.run("CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM s; END");
  db.run("CREATE VIRTUAL TABLE f USING fts5(words)");
  std::vector<std::string> said;
  for (const schema_object& other : db.introspect().others) said.push_back(other.describe());
  EXPECT_EQ(said,
            (std::vector<std::string>{"table option STRICT on s", "table option WITHOUT ROWID on w", "trigger g on t",
                                      "view v", "virtual table f", "table option no AUTOINCREMENT on s",
                                      "table option no AUTOINCREMENT on t", "table option ON CONFLICT on t"}));
}

TEST(sqlite_introspection, names_keys_that_compare_otherwise_than_their_columns) {
  raw_database db;
  db.run("CREATE TABLE u (a TEXT, b TEXT COLLATE NOCASE UNIQUE, UNIQUE (a COLLATE NOCASE, b COLLATE BINARY))");
  db.run("CREATE TABLE p (a TEXT, PRIMARY KEY (a COLLATE NOCASE))");
  db.run("CREATE TABLE usual (a TEXT COLLATE NOCASE PRIMARY KEY, b TEXT COLLATE BINARY UNIQUE)");
  std::vector<std::string> said;
  for (const schema_object& other : db.introspect().others) said.push_back(other.describe());
  EXPECT_EQ(said, (std::vector<std::string>{"table option PRIMARY KEY with COLLATE on p",
                                            "table option UNIQUE with COLLATE on u"}));
}

TEST(sqlite_introspection, tells_keys_that_are_used_again_from_those_that_are_not) {
  raw_database db;
  db.run("CREATE TABLE again (id INTEGER PRIMARY KEY, autoincrement_ TEXT DEFAULT 'autoincrement')");
  db.run("CREATE TABLE never (id INTEGER PRIMARY KEY AUTOINCREMENT)");
  db.run("CREATE TABLE given (id TEXT PRIMARY KEY)");
  const schema_definition read = db.introspect();
  ASSERT_EQ(read.others.size(), 1U);
  EXPECT_EQ(read.others[0].describe(), "table option no AUTOINCREMENT on again");
}

TEST(sqlite_introspection, reads_the_shapes_of_the_chinook_store) {
  raw_database db;
  db.run("CREATE TABLE [Artist] ([ArtistId] INTEGER  NOT NULL, [Name] NVARCHAR(120), "
         "CONSTRAINT [PK_Artist] PRIMARY KEY  ([ArtistId]))");
  db.run("CREATE TABLE [Album] ([AlbumId] INTEGER  NOT NULL, [Title] NVARCHAR(160)  NOT NULL, [ArtistId] INTEGER  NOT "
         "NULL, "
         "CONSTRAINT [PK_Album] PRIMARY KEY  ([AlbumId]), FOREIGN KEY ([ArtistId]) REFERENCES [Artist] ([ArtistId]) "
         "ON DELETE NO ACTION ON UPDATE NO ACTION)");
  db.run("CREATE INDEX [IFK_AlbumArtistId] ON [Album] ([ArtistId])");
  schema_definition schema = db.introspect();
  const table_definition& album = *schema.find("Album");
  EXPECT_EQ(album.primary_key, (key_definition{"PK_Album", {"AlbumId"}}));
  EXPECT_TRUE(album.columns[0].identity);
  EXPECT_FALSE(album.columns[0].nullable);
  EXPECT_EQ(album.foreign_keys[0].references, "Artist");
  EXPECT_EQ(album.foreign_keys[0].on_delete, referential_action::no_action);
  EXPECT_EQ(album.indexes[0].name, "IFK_AlbumArtistId");
}

TEST(sqlite_introspection, a_key_of_a_table_without_rowid_is_not_made_by_the_database) {
  EXPECT_FALSE(table("CREATE TABLE t (a INTEGER PRIMARY KEY) WITHOUT ROWID").columns[0].identity);
  EXPECT_FALSE(table("CREATE TABLE t (a INT PRIMARY KEY)").columns[0].identity);
}

TEST(sqlite_introspection, reads_partial_and_descending_indexes) {
  raw_database db;
  db.run("CREATE TABLE t (a, b)");
  db.run("CREATE UNIQUE INDEX i ON t (a, b DESC) WHERE b > (1) AND a <> ' where '");
  index_definition index = db.introspect().find("t")->indexes.at(0);
  EXPECT_TRUE(index.unique);
  EXPECT_TRUE(index.columns[1].descending);
  EXPECT_EQ(index.where, "b > (1) AND a <> ' where '");
}

TEST(sqlite_introspection, leaves_out_views_and_virtual_tables) {
  raw_database db;
  db.run("CREATE TABLE t (a TEXT)");
  db.run("CREATE VIEW v AS SELECT * FROM t");
  db.run("CREATE VIRTUAL TABLE words USING fts5(body)");
  EXPECT_EQ(db.introspect().tables.size(), 1U);
}

TEST(sqlite_introspection, an_empty_database_has_an_empty_schema) {
  raw_database db;
  EXPECT_TRUE(db.introspect().tables.empty());
}

TEST(create_table_reader, survives_text_that_is_no_statement) {
  for (const char* sql :
       {"", "CREATE TABLE", "CREATE TABLE t (", "CREATE TABLE t (a CHECK (", "CREATE TABLE t (a, CONSTRAINT",
        "t (a REFERENCES", "t (FOREIGN KEY (a) REFERENCES b ON", "t (a REFERENCES b DEFERRABLE INITIALLY"}) {
    EXPECT_NO_THROW(read_create_table(sql)) << sql;
  }
}

}  // namespace
}  // namespace tupelo::sqlite
