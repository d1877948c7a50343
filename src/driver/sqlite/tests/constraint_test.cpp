// SPDX-License-Identifier: Apache-2.0
#include "test_database.hpp"

namespace tupelo::driver::testing {
namespace {

struct constraint : ::testing::Test {
  test_database db;

  constraint() {
    db.script(R"(
      CREATE TABLE users (
        id INTEGER PRIMARY KEY,
        email TEXT NOT NULL CONSTRAINT users_email_key UNIQUE,
        name TEXT,
        age INTEGER CONSTRAINT age_is_human CHECK (age >= 0 AND age < 200),
        team INTEGER, nick TEXT,
        UNIQUE (team, nick));
      CREATE UNIQUE INDEX users_name ON users (name);
      CREATE UNIQUE INDEX users_lower ON users (lower(nick)) WHERE team IS NULL;
      CREATE TABLE posts (
        id INTEGER PRIMARY KEY,
        author_id INTEGER NOT NULL,
        CONSTRAINT posts_author FOREIGN KEY (author_id) REFERENCES users (id));
      CREATE TABLE links (
        a INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
        b INTEGER REFERENCES users (id));
      CREATE TABLE tags (post INTEGER, tag TEXT, CONSTRAINT tags_key PRIMARY KEY (post, tag)) WITHOUT ROWID;
      INSERT INTO users (id, email, name, team, nick) VALUES (1, 'a@x', 'ada', 7, 'Ada'), (2, 'c@x', 'bob', NULL, 'Bob');
      INSERT INTO posts VALUES (1, 1);
      INSERT INTO tags VALUES (1, 'c++');
    )");
  }

  template <class Error>
  Error violation(std::string_view sql) {
    Error e = failure_of<Error>([&] { db.script(sql); });
    EXPECT_EQ(e.statement(), sql);
    EXPECT_FALSE(e.retryable());
    EXPECT_TRUE(e.connection_usable());
    EXPECT_TRUE(db.get().usable());
    EXPECT_NE(e.native_code(), 0);
    return e;
  }
};

TEST_F(constraint, unique_violation_names_constraint_table_and_column) {
  const auto e = violation<unique_violation>("INSERT INTO users (email) VALUES ('a@x')");
  EXPECT_EQ(e.code(), errc::unique_violation);
  EXPECT_EQ(e.sqlstate(), "23505");
  EXPECT_EQ(e.constraint(), "users_email_key");
  EXPECT_EQ(e.table(), "users");
  EXPECT_EQ(e.column(), "email");
  EXPECT_EQ(std::string(e.what()).find("a@x"), std::string::npos) << "no value in the message";
}

TEST_F(constraint, unique_violation_of_an_index_names_the_index) {
  EXPECT_EQ(violation<unique_violation>("INSERT INTO users (email, name) VALUES ('b', 'ada')").constraint(),
            "users_name");
}

TEST_F(constraint, unique_violation_of_several_columns_names_them_all) {
  const auto e = violation<unique_violation>("INSERT INTO users (email, team, nick) VALUES ('b', 7, 'Ada')");
  EXPECT_EQ(e.column(), "team, nick");
  EXPECT_EQ(e.constraint(), "sqlite_autoindex_users_2");
}

TEST_F(constraint, unique_violation_of_an_expression_index_names_index_and_table) {
  const auto e = violation<unique_violation>("INSERT INTO users (email, nick) VALUES ('b', 'BOB')");
  EXPECT_EQ(e.constraint(), "users_lower");
  EXPECT_EQ(e.table(), "users");
}

TEST_F(constraint, primary_key_violation_is_a_unique_violation) {
  const auto e = violation<unique_violation>("INSERT INTO users (id, email) VALUES (1, 'b')");
  EXPECT_EQ(e.constraint(), "PRIMARY KEY");
  EXPECT_EQ(e.column(), "id");
  const auto composite = violation<unique_violation>("INSERT INTO tags VALUES (1, 'c++')");
  EXPECT_EQ(composite.constraint(), "tags_key");
  EXPECT_EQ(composite.column(), "post, tag");
}

TEST_F(constraint, foreign_key_violation_of_an_insert_names_constraint_table_and_column) {
  const auto e = violation<foreign_key_violation>("INSERT INTO posts VALUES (2, 99)");
  EXPECT_EQ(e.sqlstate(), "23503");
  EXPECT_EQ(e.table(), "posts");
  EXPECT_EQ(e.column(), "author_id");
  EXPECT_EQ(e.constraint(), "posts_author");
}

TEST_F(constraint, foreign_key_violation_among_several_keys_names_the_table_only) {
  const auto e = violation<foreign_key_violation>("INSERT INTO links VALUES (1, 99)");
  EXPECT_EQ(e.table(), "links");
  EXPECT_EQ(e.column(), "");
}

TEST_F(constraint, foreign_key_violation_of_a_delete_names_the_table) {
  const auto e = violation<foreign_key_violation>("DELETE FROM users");
  EXPECT_EQ(e.table(), "users");
}

TEST_F(constraint, foreign_key_violation_of_a_restricted_delete_names_the_table) {
  db.script("CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE RESTRICT)");
  db.script("DELETE FROM posts; INSERT INTO notes VALUES (1, 1)");
  const auto e = violation<foreign_key_violation>("DELETE FROM users");
  EXPECT_EQ(e.table(), "users");
}

TEST_F(constraint, deferred_foreign_key_violation_comes_at_commit_and_leaves_the_transaction_open) {
  db.script("BEGIN; INSERT INTO links VALUES (99, 1)");
  violation<foreign_key_violation>("COMMIT");
  EXPECT_TRUE(db.get().in_transaction());
  db.script("ROLLBACK");
  EXPECT_FALSE(db.get().in_transaction());
}

TEST_F(constraint, check_violation_names_constraint_and_table) {
  const auto e = violation<check_violation>("INSERT INTO users (email, age) VALUES ('b', 300)");
  EXPECT_EQ(e.sqlstate(), "23514");
  EXPECT_EQ(e.constraint(), "age_is_human");
  EXPECT_EQ(e.table(), "users");
}

TEST_F(constraint, not_null_violation_names_table_and_column) {
  const auto e = violation<not_null_violation>("INSERT INTO users (email) VALUES (NULL)");
  EXPECT_EQ(e.sqlstate(), "23502");
  EXPECT_EQ(e.table(), "users");
  EXPECT_EQ(e.column(), "email");
}

TEST_F(constraint, strict_table_refuses_a_wrong_type_as_type_mismatch) {
  db.script("CREATE TABLE s (n INTEGER) STRICT");
  const auto e = violation<database_error>("INSERT INTO s VALUES ('x')");
  EXPECT_EQ(e.code(), errc::type_mismatch);
  EXPECT_EQ(e.table(), "s");
  EXPECT_EQ(e.column(), "n");
}

TEST_F(constraint, text_in_an_integer_primary_key_is_a_type_mismatch) {
  const auto e = violation<database_error>("INSERT INTO users (id, email) VALUES ('x', 'b')");
  EXPECT_EQ(e.code(), errc::type_mismatch);
  EXPECT_EQ(e.table(), "users");
}

TEST_F(constraint, trigger_that_refuses_says_why) {
  db.script("CREATE TRIGGER no_delete BEFORE DELETE ON posts BEGIN SELECT RAISE(ABORT, 'posts are kept'); END");
  const auto e = violation<database_error>("DELETE FROM posts");
  EXPECT_EQ(e.sqlstate(), "P0001");
  EXPECT_NE(std::string(e.what()).find("posts are kept"), std::string::npos);
  EXPECT_EQ(e.reveal(), "posts are kept");
}

TEST_F(constraint, table_is_found_behind_conflict_clauses_schema_names_comments_and_with) {
  for (const char* sql :
       {"INSERT OR ABORT INTO main.\"users\" (email, age) VALUES ('b', -1)",
        "WITH x AS (SELECT 1) INSERT INTO [users] (email, age) SELECT 'b', -1 FROM x",
        "/* UPDATE t */ UPDATE users -- FROM x\n SET age = -1", "REPLACE INTO `users` (email, age) VALUES ('b', -1)"}) {
    EXPECT_EQ(violation<check_violation>(sql).table(), "users") << sql;
  }
}

TEST_F(constraint, savepoint_survives_a_violation_of_one_statement) {
  db.script("BEGIN; INSERT INTO users (email) VALUES ('kept')");
  violation<unique_violation>("INSERT INTO users (email) VALUES ('kept')");
  EXPECT_TRUE(db.get().in_transaction());
  db.script("COMMIT");
  EXPECT_EQ(db.number("SELECT count(*) FROM users WHERE email = 'kept'"), 1);
}

}  // namespace
}  // namespace tupelo::driver::testing
