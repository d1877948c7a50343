// SPDX-License-Identifier: Apache-2.0
// What a real server's errors become.
#include "oracle.hpp"

#include <tupelo/tupelo.hpp>
#include <tupelo/driver/postgres/open.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/sync_wait.hpp>

#include <gtest/gtest.h>

#include <string>

namespace tupelo::driver::postgres::testing {
namespace {

struct failure : ::testing::Test {
  std::unique_ptr<postgres_server> server;
  std::unique_ptr<connection> open;

  void SetUp() override {
    if (oracle::url() == nullptr) GTEST_SKIP() << "TUPELO_TEST_POSTGRES is not set";
    server = std::make_unique<postgres_server>(postgres_settings::parse(url::parse(oracle::url())));
    open = sync_wait(server->connect(true));
    run(R"(
      CREATE TEMP TABLE users (
        id int PRIMARY KEY,
        email text NOT NULL CONSTRAINT users_email_key UNIQUE,
        age int CONSTRAINT age_is_human CHECK (age >= 0 AND age < 200),
        team int, nick varchar(10),
        during int4range,
        CONSTRAINT team_nick UNIQUE (team, nick),
        CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&));
      CREATE UNIQUE INDEX users_lower ON users (lower(nick));
      CREATE TEMP TABLE posts (id int PRIMARY KEY, author_id int CONSTRAINT posts_author REFERENCES users (id));
      CREATE DOMAIN pg_temp.short_text AS text NOT NULL CONSTRAINT is_short CHECK (length(value) < 5);
      INSERT INTO users VALUES (1, 'hunter2', 20, 7, 'Ada', '[1,5)');
      INSERT INTO posts VALUES (1, 1);
      CREATE FUNCTION pg_temp.refuse() RETURNS void LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'hunter2 is refused' USING ERRCODE = 'check_violation', HINT = 'hunter2'; END $$;
    )");
  }

  void run(std::string_view sql) {
    request r;
    r.script = sql;
    ASSERT_TRUE(open->run(r));
  }
  template <class Error>
  Error of(std::string_view sql) {
    request r;
    r.script = sql;
    EXPECT_FALSE(open->run(r)) << sql;
    Error e = failure_of<Error>([&] { std::rethrow_exception(r.failure); });
    EXPECT_EQ(std::string(e.what()).find("hunter2"), std::string::npos) << e.what();
    EXPECT_EQ(e.statement(), sql);
    return e;
  }

  template <class Error = error, class Run>
  static Error failure_of(Run&& work) {
    try {
      work();
    } catch (const Error& e) {
      return e;
    }
    throw std::logic_error("it did not fail");
  }
};

TEST_F(failure, a_unique_violation_names_constraint_table_and_columns) {
  const auto e = of<unique_violation>("INSERT INTO users (id, email) VALUES (2, 'hunter2')");
  EXPECT_EQ(e.constraint(), "users_email_key");
  EXPECT_EQ(e.table(), "users");
  EXPECT_EQ(e.column(), "email");
  EXPECT_EQ(of<unique_violation>("INSERT INTO users VALUES (2, 'x', 1, 7, 'Ada')").column(), "team, nick");
  EXPECT_EQ(of<unique_violation>("INSERT INTO users VALUES (2, 'x', 1, 8, 'ADA')").constraint(), "users_lower");
}

TEST_F(failure, a_foreign_key_violation_tells_which_side_is_missing) {
  const auto child = of<foreign_key_violation>("INSERT INTO posts VALUES (2, 99)");
  EXPECT_EQ(child.constraint(), "posts_author");
  EXPECT_EQ(child.table(), "posts");
  EXPECT_EQ(child.column(), "author_id");
  EXPECT_NE(std::string(child.what()).find("insert that one first"), std::string::npos);
  const auto parent = of<foreign_key_violation>("DELETE FROM users");
  EXPECT_EQ(parent.constraint(), "posts_author");
  EXPECT_NE(std::string(parent.what()).find("still referred to"), std::string::npos);
}

TEST_F(failure, a_value_that_names_nothing_is_not_shown) {
  database db(oracle::url(), {.pool_size = 1, .run = execution::inline_});
  for (const char* type : {"regclass", "regtype", "regproc", "regrole", "regnamespace"}) {
    for (const char* parameter : {"?::", "(?::text)::"}) {
      const std::string sql = std::string("SELECT (") + parameter + type + ")::text";
      const auto e =
          failure_of<database_error>([&] { sync_wait(db.raw_sql<std::string>(sql, std::string("hunter2")).one()); });
      EXPECT_EQ(std::string(e.what()).find("hunter2"), std::string::npos) << e.what();
      EXPECT_EQ(e.sqlstate().size(), 5u) << e.what();
    }
  }
}

TEST_F(failure, a_name_in_the_statement_is_shown) {
  for (const char* sql : {"SELECT * FROM gone", "DROP INDEX gone", "ALTER TABLE gone ADD x int", "SELECT gone(1)",
                          "DROP TYPE gone", "CREATE TABLE gone.x (y int)"}) {
    EXPECT_NE(std::string(of<error>(sql).what()).find("gone"), std::string::npos) << sql;
  }
}

TEST_F(failure, the_other_constraints_name_what_they_are) {
  EXPECT_EQ(of<check_violation>("UPDATE users SET age = 300").constraint(), "age_is_human");
  EXPECT_EQ(of<not_null_violation>("INSERT INTO users (id) VALUES (3)").column(), "email");
  EXPECT_EQ(of<exclusion_violation>("INSERT INTO users (id, email, during) VALUES (3, 'x', '[2,3)')").constraint(),
            "no_overlap");
  EXPECT_EQ(of<check_violation>("SELECT 'too long'::pg_temp.short_text").constraint(), "is_short");
  of<not_null_violation>("SELECT NULL::pg_temp.short_text");
}

TEST_F(failure, an_upsert_by_a_deferrable_constraint_names_it) {
  run("CREATE TEMP TABLE ranks (place int CONSTRAINT one_place UNIQUE DEFERRABLE)");
  for (const char* target : {"(place)", ""}) {
    const auto e = of<database_error>("INSERT INTO ranks VALUES (1) ON CONFLICT " + std::string(target) + "DO NOTHING");
    EXPECT_EQ(e.code(), errc::unsupported_feature);
    EXPECT_EQ(e.constraint(), "one_place");
    EXPECT_NE(std::string(e.what()).find("because it is deferrable"), std::string::npos) << e.what();
  }
}

TEST_F(failure, what_takes_no_transaction_is_told_so_in_a_pipeline) {
  database db(oracle::url(), {.pool_size = 1});
  const auto e = failure_of<database_error>([&] {
    sync_wait([&]() -> task<void> {
      co_await db.pipeline(db.raw_sql<int>("SELECT 1").one(), db.raw_sql("DISCARD ALL").run());
    }());
  });
  EXPECT_EQ(e.code(), errc::invalid_transaction);
  EXPECT_NE(std::string(e.what()).find("run it by itself"), std::string::npos) << e.what();
}

TEST_F(failure, an_operator_that_looks_like_a_placeholder_is_left_alone) {
  database db(oracle::url(), {.pool_size = 1});
  EXPECT_TRUE(sync_wait(db.raw_sql<bool>("SELECT '{\"a\": 1}'::jsonb ? 'a'").one()));
  EXPECT_THROW(sync_wait(db.raw_sql<bool>("SELEC '{}'::jsonb ? 'a'").one()), statement_error);
}

TEST_F(failure, what_a_function_raises_keeps_its_code_and_not_its_text) {
  const auto e = of<check_violation>("SELECT pg_temp.refuse()");
  EXPECT_NE(std::string(e.what()).find("a trigger or function raised an error"), std::string::npos);
  EXPECT_EQ(of<database_error>("DO $$ BEGIN RAISE EXCEPTION 'hunter2'; END $$").sqlstate(), "P0001");
  EXPECT_EQ(of<database_error>("DO $$ BEGIN RAISE EXCEPTION 'hunter2'; END $$").reveal(), "hunter2");
}

TEST_F(failure, values_are_not_repeated) {
  EXPECT_EQ(of<database_error>("SELECT ('hunter2' || '')::int").code(), errc::invalid_value);
  EXPECT_EQ(of<database_error>("SELECT ('hunter2' || '')::date").code(), errc::invalid_value);
  EXPECT_EQ(of<database_error>("UPDATE users SET nick = 'hunter2 hunter2'").code(), errc::value_out_of_range);
  EXPECT_EQ(of<database_error>("SELECT ('{\"a\": hunter2' || '')::json").code(), errc::invalid_value);
  EXPECT_EQ(of<database_error>("SELECT 2147483647::int + 1").code(), errc::value_out_of_range);
  EXPECT_EQ(of<database_error>("SELECT 1 / (id - 1) FROM users").sqlstate(), "22012");
}

TEST_F(failure, statements_that_are_wrong_say_where) {
  const auto column = of<statement_error>("SELECT emial FROM users");
  EXPECT_EQ(column.code(), errc::unknown_column);
  EXPECT_NE(std::string(column.what()).find("emial"), std::string::npos);
  EXPECT_NE(std::string(column.what()).find("at character 8"), std::string::npos);
  EXPECT_EQ(of<statement_error>("SELECT 1 FROM nowhere").code(), errc::unknown_table);
  EXPECT_EQ(of<statement_error>("SELEKT 1").code(), errc::syntax_error);
  EXPECT_EQ(of<statement_error>("SELECT no_function(1)").code(), errc::syntax_error);
}

TEST_F(failure, states_of_transactions_have_codes) {
  run("BEGIN READ ONLY");
  EXPECT_EQ(of<database_error>("CREATE TABLE tupelo_never (id int)").code(), errc::read_only);
  EXPECT_EQ(of<database_error>("SELECT 1").code(), errc::invalid_transaction);
  run("ROLLBACK");
  EXPECT_EQ(of<database_error>("SAVEPOINT a").code(), errc::invalid_transaction);
}

TEST_F(failure, waits_that_the_server_ends_have_codes) {
  run("BEGIN");
  run("SET LOCAL statement_timeout = 300");  // long enough for the ROLLBACK that ends it
  of<timed_out>("SELECT pg_sleep(10)");
  run("ROLLBACK");
  run("SET lock_timeout = 20");
  oracle other;
  other.run("CREATE TABLE IF NOT EXISTS tupelo_locked (id int)");
  other.run("BEGIN; LOCK TABLE tupelo_locked");
  of<busy_error>("SELECT * FROM tupelo_locked");
  run("BEGIN");
  of<busy_error>("LOCK TABLE tupelo_locked NOWAIT");
  run("ROLLBACK");
  other.run("DROP TABLE tupelo_locked; COMMIT");
}

TEST_F(failure, a_terminated_backend_is_a_lost_connection) {
  const auto e = of<connection_error>("SELECT pg_terminate_backend(pg_backend_pid())");
  EXPECT_EQ(e.code(), errc::connection_lost);
  EXPECT_EQ(e.sqlstate(), "57P01");
  EXPECT_FALSE(open->usable());
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
