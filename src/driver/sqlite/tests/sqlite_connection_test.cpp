// SPDX-License-Identifier: Apache-2.0
#include "test_database.hpp"

namespace tupelo::driver::testing {
namespace {

struct sqlite_connection : ::testing::Test {
  test_database db;
  const type_ops number_ops = ops_of<std::int64_t>(kind::i64);

  statement_plan numbers(std::string text) const {
    statement_plan plan;
    plan.text = std::move(text);
    plan.reads = {slot_of(number_ops, 0, "n")};
    plan.row_type = "Numbers";
    plan.read_only = true;
    return plan;
  }
  void make_numbers(int count) {
    db.script("CREATE TABLE t (n INTEGER PRIMARY KEY); WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c "
              "LIMIT " +
              std::to_string(count) + ") INSERT INTO t SELECT n FROM c");
  }
};

constexpr std::string_view three_numbers = "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3";

// ---- results

TEST_F(sqlite_connection, rows_are_decoded_in_order) {
  EXPECT_EQ(db.rows<std::int64_t>(numbers(std::string(three_numbers))), (std::vector<std::int64_t>{1, 2, 3}));
}

TEST_F(sqlite_connection, rows_without_a_sink_are_counted) {
  EXPECT_EQ(db.run(numbers(std::string(three_numbers))).row_count, 3u);
}

TEST_F(sqlite_connection, prepared_statement_is_kept_and_runs_again) {
  const statement_plan plan = numbers("SELECT 5");
  prepared_statement* prepared = nullptr;
  for (int i = 0; i < 3; ++i) {
    std::vector<std::int64_t> rows;
    request r;
    r.plan = &plan;
    r.prepared = &prepared;
    r.rows = sink_of(rows);
    ASSERT_TRUE(db.get().run(r));
    EXPECT_EQ(rows, std::vector<std::int64_t>{5});
    EXPECT_NE(prepared, nullptr);
  }
  db.get().release(prepared);
}

TEST_F(sqlite_connection, affected_counts_written_rows_and_is_zero_for_everything_else) {
  statement_plan plan;
  plan.text = "CREATE TABLE t (n INTEGER PRIMARY KEY)";
  EXPECT_EQ(db.run(plan).affected, 0);
  plan.text = "INSERT INTO t VALUES (1), (2), (3)";
  const request inserted = db.run(plan);
  EXPECT_EQ(inserted.affected, 3);
  EXPECT_EQ(inserted.last_insert_id, 3);
  plan.text = "UPDATE t SET n = n + 10 WHERE n > 1";
  EXPECT_EQ(db.run(plan).affected, 2);
  plan.text = "DELETE FROM t WHERE n = 99";
  EXPECT_EQ(db.run(plan).affected, 0);
  plan.text = "CREATE INDEX i ON t (n)";
  EXPECT_EQ(db.run(plan).affected, 0) << "not the count of the statement before";
}

TEST_F(sqlite_connection, returning_gives_rows_and_counts) {
  db.script("CREATE TABLE t (n INTEGER PRIMARY KEY, x)");
  statement_plan plan = numbers("INSERT INTO t (x) VALUES ('a'), ('b') RETURNING n");
  plan.read_only = false;
  std::vector<std::int64_t> rows;
  request r;
  r.plan = &plan;
  r.rows = sink_of(rows);
  ASSERT_TRUE(db.get().run(r));
  EXPECT_EQ(rows, (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(r.affected, 2);
}

// ---- streams

TEST_F(sqlite_connection, fetch_gives_rows_in_parts_until_there_are_no_more) {
  make_numbers(5);
  const statement_plan plan = numbers("SELECT n FROM t");
  prepared_statement* prepared = nullptr;
  std::vector<std::int64_t> rows;
  request r;
  r.plan = &plan;
  r.prepared = &prepared;
  r.rows = sink_of(rows);
  r.fetch = 2;
  std::vector<std::uint64_t> parts;
  do {
    ASSERT_TRUE(db.get().run(r));
    parts.push_back(r.row_count);
  } while (r.more);
  EXPECT_EQ(parts, (std::vector<std::uint64_t>{2, 2, 1}));
  EXPECT_EQ(rows, (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
  db.get().release(prepared);
}

TEST_F(sqlite_connection, other_statements_run_while_a_result_is_open) {
  make_numbers(3);
  const statement_plan plan = numbers("SELECT n FROM t");
  prepared_statement* prepared = nullptr;
  request r;
  r.plan = &plan;
  r.prepared = &prepared;
  r.fetch = 1;
  ASSERT_TRUE(db.get().run(r));
  EXPECT_EQ(db.number("SELECT count(*) FROM t"), 3);
  ASSERT_TRUE(db.get().run(r));
  EXPECT_TRUE(r.more);
  db.get().release(prepared);
}

TEST_F(sqlite_connection, finish_ends_an_open_result_and_its_lock) {
  make_numbers(3);
  const statement_plan plan = numbers("SELECT n FROM t");
  prepared_statement* prepared = nullptr;
  request r;
  r.plan = &plan;
  r.prepared = &prepared;
  r.fetch = 1;
  ASSERT_TRUE(db.get().run(r));
  EXPECT_THROW(db.script("DROP TABLE t"), busy_error);
  db.get().finish(prepared);
  EXPECT_NO_THROW(db.script("DROP TABLE t"));
  db.get().release(prepared);
}

TEST_F(sqlite_connection, statement_with_an_open_result_is_not_started_again) {
  make_numbers(3);
  const statement_plan plan = numbers("SELECT n FROM t");
  prepared_statement* prepared = nullptr;
  request first;
  first.plan = &plan;
  first.prepared = &prepared;
  first.fetch = 1;
  ASSERT_TRUE(db.get().run(first));
  request second = first;
  second.more = false;
  EXPECT_FALSE(db.get().run(second));
  EXPECT_EQ(failure_of<transaction_error>([&] { raise(second); }).code(), errc::concurrent_use);
  EXPECT_TRUE(db.get().run(first)) << "the open result goes on";
  db.get().release(prepared);
}

TEST_F(sqlite_connection, end_after_fetch_leaves_nothing_open) {
  make_numbers(3);
  const statement_plan plan = numbers("SELECT n FROM t");
  request r;
  r.plan = &plan;
  r.fetch = 1;
  r.end_after_fetch = true;
  ASSERT_TRUE(db.get().run(r));
  EXPECT_EQ(r.row_count, 1u);
  EXPECT_FALSE(r.more);
  EXPECT_NO_THROW(db.script("DROP TABLE t"));
}

TEST_F(sqlite_connection, reading_ends_with_the_only_row_of_a_plan_and_leaves_nothing_open) {
  make_numbers(1);
  statement_plan plan = numbers("SELECT n FROM t");
  plan.single_row = true;
  request r;
  r.plan = &plan;
  ASSERT_TRUE(db.get().run(r));
  EXPECT_EQ(r.row_count, 1u);
  EXPECT_FALSE(r.more);
  EXPECT_NO_THROW(db.script("DROP TABLE t"));
}

TEST_F(sqlite_connection, parameters_of_a_stream_may_go_after_its_first_part) {
  const type_ops text = ops_of<std::string>(kind::text);
  statement_plan plan;
  plan.text = "SELECT ? || n FROM (SELECT 1 AS n UNION ALL SELECT 2)";
  bind_step step;
  step.source = bind_source::field;
  step.first = 1;
  step.slot = slot_of(text, 0, "prefix");
  plan.binds = {step};
  plan.reads = {slot_of(text, 0, "answer")};
  prepared_statement* prepared = nullptr;
  std::vector<cell<std::string>> rows;
  request r;
  r.plan = &plan;
  r.prepared = &prepared;
  r.rows = sink_of(rows);
  r.fetch = 1;
  {
    const std::string prefix = "a text that is longer than small strings are";
    const void* object = &prefix;
    r.objects = &object;
    ASSERT_TRUE(db.get().run(r));
  }
  ASSERT_TRUE(db.get().run(r));
  EXPECT_EQ(rows.at(1).value, "a text that is longer than small strings are2");
  db.get().release(prepared);
}

// ---- statements that are wrong

TEST_F(sqlite_connection, what_fails_while_it_runs_quotes_no_value) {
  const auto text = [](const error& e) { return std::string(e.what()); };
  const auto path = failure_of<database_error>([&] { db.script("SELECT json_extract('{}', 'top ' || 'secret')"); });
  EXPECT_EQ(text(path).find("secret"), std::string::npos) << text(path);
  db.script("CREATE VIRTUAL TABLE notes USING fts5(body)");
  const auto match =
      failure_of<database_error>([&] { db.script("SELECT * FROM notes WHERE notes MATCH 'sec' || 'ret:x'"); });
  EXPECT_EQ(text(match).find("secret"), std::string::npos) << text(match);
}
TEST_F(sqlite_connection, a_script_of_many_small_statements_ends_at_its_deadline) {
  std::string many = "CREATE TABLE IF NOT EXISTS small (i)";
  for (int i = 0; i < 1000; ++i) many += "; INSERT INTO small VALUES (1)";
  request r;
  r.script = many;
  r.deadline_us = 1;  // long ago
  db.get().run(r);
  EXPECT_THROW(raise(r), timed_out);
}
TEST_F(sqlite_connection, unknown_column_is_named) {
  db.script("CREATE TABLE users (id INTEGER)");
  const auto e = failure_of<statement_error>([&] { db.run(numbers("SELECT nope FROM users")); });
  EXPECT_EQ(e.code(), errc::unknown_column);
  EXPECT_EQ(e.column(), "nope");
  EXPECT_EQ(e.sqlstate(), "42703");
  EXPECT_EQ(e.statement(), "SELECT nope FROM users");
  const auto insert = failure_of<statement_error>([&] { db.script("INSERT INTO users (nope) VALUES (1)"); });
  EXPECT_EQ(insert.code(), errc::unknown_column);
  EXPECT_EQ(insert.table(), "users");
  EXPECT_EQ(insert.column(), "nope");
}

TEST_F(sqlite_connection, quoted_name_that_is_no_column_is_an_error_and_not_a_text) {
  db.script("CREATE TABLE users (id INTEGER)");
  const auto e = failure_of<statement_error>([&] { db.run(numbers("SELECT id FROM users WHERE \"nope\" = 1")); });
  EXPECT_EQ(e.code(), errc::unknown_column);
}

TEST_F(sqlite_connection, unknown_table_is_named) {
  const auto e = failure_of<statement_error>([&] { db.run(numbers("SELECT 1 FROM nowhere")); });
  EXPECT_EQ(e.code(), errc::unknown_table);
  EXPECT_EQ(e.table(), "nowhere");
  EXPECT_EQ(e.sqlstate(), "42P01");
}

TEST_F(sqlite_connection, syntax_error_has_its_own_code) {
  const auto e = failure_of<statement_error>([&] { db.run(numbers("SELEKT 1")); });
  EXPECT_EQ(e.code(), errc::syntax_error);
  EXPECT_EQ(e.sqlstate(), "42601");
  EXPECT_THROW(db.run(numbers("SELECT (1")), statement_error);
  EXPECT_THROW(db.run(numbers("SELECT nofunction(1)")), statement_error);
}

TEST_F(sqlite_connection, wrong_number_of_columns_is_refused_with_both_numbers) {
  const auto e = failure_of<query_error>([&] { db.run(numbers("SELECT 1, 2")); });
  EXPECT_NE(std::string(e.what()).find("2 columns"), std::string::npos);
  EXPECT_NE(std::string(e.what()).find("Numbers takes 1"), std::string::npos);
}

TEST_F(sqlite_connection, columns_that_a_schema_change_adds_are_noticed_in_raw_sql) {
  db.script("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)");
  statement_plan plan = numbers("SELECT * FROM t");
  plan.dynamic_row = true;
  prepared_statement* prepared = nullptr;
  request r;
  r.plan = &plan;
  r.prepared = &prepared;
  ASSERT_TRUE(db.get().run(r));
  db.script("ALTER TABLE t ADD COLUMN m INTEGER");
  EXPECT_FALSE(db.get().run(r));
  EXPECT_THROW(raise(r), query_error);
  db.get().release(prepared);
}

TEST_F(sqlite_connection, wrong_number_of_parameters_is_refused_with_both_numbers) {
  const auto e = failure_of<query_error>([&] { db.run(numbers("SELECT ? + ?")); });
  EXPECT_NE(std::string(e.what()).find("2 placeholders"), std::string::npos);
  EXPECT_NE(std::string(e.what()).find("given 0"), std::string::npos);
}

TEST_F(sqlite_connection, empty_statement_is_refused) {
  EXPECT_THROW(db.run(numbers("")), query_error);
  EXPECT_THROW(db.run(numbers(" -- nothing")), query_error);
}

TEST_F(sqlite_connection, plan_of_two_statements_is_refused) {
  EXPECT_THROW(db.run(numbers("SELECT 1; SELECT 2")), query_error);
  EXPECT_THROW(db.run(numbers("SELECT 1; nonsense")), query_error);
  EXPECT_NO_THROW(db.run(numbers("SELECT 1; -- one")));
}

TEST_F(sqlite_connection, sql_text_with_a_nul_is_refused) {
  const auto e = failure_of<value_error>([&] { db.run(numbers(std::string("SELECT 1\0 bad", 13))); });
  EXPECT_EQ(e.code(), errc::invalid_text);
}

// ---- scripts

TEST_F(sqlite_connection, script_runs_all_statements) {
  const request r = db.script(
      "CREATE TABLE t (n); INSERT INTO t VALUES (1), (2); SELECT * FROM t; INSERT INTO t VALUES (3);;  -- end");
  EXPECT_EQ(r.affected, 3);
  EXPECT_EQ(db.number("SELECT count(*) FROM t"), 3);
}

TEST_F(sqlite_connection, empty_script_does_nothing) {
  EXPECT_NO_THROW(db.script(""));
  EXPECT_NO_THROW(db.script(" \n -- nothing\n"));
}

TEST_F(sqlite_connection, script_stops_at_the_statement_that_fails_and_names_it) {
  const auto syntax =
      failure_of<statement_error>([&] { db.script("CREATE TABLE t (n);\n CREATE TABEL u (n); CREATE TABLE v (n)"); });
  EXPECT_EQ(syntax.statement(), "CREATE TABEL u (n)");
  EXPECT_EQ(db.number("SELECT count(*) FROM sqlite_schema"), 1)
      << "what came before stays, what comes behind is not run";
  const auto check =
      failure_of<statement_error>([&] { db.script("INSERT INTO t VALUES (1);\nINSERT INTO nowhere VALUES (2);"); });
  EXPECT_EQ(check.statement(), "INSERT INTO nowhere VALUES (2)");
}

TEST_F(sqlite_connection, script_may_hold_triggers_with_semicolons) {
  db.script("CREATE TABLE t (n); CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t WHERE n = 1; DELETE FROM t "
            "WHERE n = 2; END;"
            "INSERT INTO t VALUES (1), (2), (3)");
  EXPECT_EQ(db.number("SELECT n FROM t"), 3);
}

TEST_F(sqlite_connection, script_with_a_nul_is_refused) {
  EXPECT_THROW(db.script(std::string_view("SELECT 1;\0SELECT 2", 18)), value_error);
}

// ---- transactions

TEST_F(sqlite_connection, in_transaction_is_what_the_database_says) {
  EXPECT_FALSE(db.get().in_transaction());
  db.script("BEGIN");
  EXPECT_TRUE(db.get().in_transaction());
  db.script("ROLLBACK");
  EXPECT_FALSE(db.get().in_transaction());
}

TEST_F(sqlite_connection, transaction_verbs_out_of_place_have_their_own_code) {
  EXPECT_EQ(failure_of<database_error>([&] { db.script("COMMIT"); }).code(), errc::invalid_transaction);
  db.script("BEGIN");
  EXPECT_EQ(failure_of<database_error>([&] { db.script("BEGIN"); }).code(), errc::invalid_transaction);
  EXPECT_EQ(failure_of<database_error>([&] { db.script("RELEASE nowhere"); }).code(), errc::invalid_transaction);
}

TEST_F(sqlite_connection, table_in_use_by_an_open_result_is_busy) {
  make_numbers(3);
  const statement_plan plan = numbers("SELECT n FROM t");
  prepared_statement* prepared = nullptr;
  request r;
  r.plan = &plan;
  r.prepared = &prepared;
  r.fetch = 1;
  ASSERT_TRUE(db.get().run(r));
  const auto e = failure_of<busy_error>([&] { db.script("DROP TABLE t"); });
  EXPECT_NE(std::string(e.what()).find("same connection"), std::string::npos);
  db.get().release(prepared);
}

TEST_F(sqlite_connection, destruction_frees_what_is_still_prepared) {
  test_database other;
  const statement_plan plan = numbers("SELECT 1");
  prepared_statement* prepared = nullptr;
  request r;
  r.plan = &plan;
  r.prepared = &prepared;
  r.fetch = 1;
  EXPECT_TRUE(other.get().run(r));
}

}  // namespace
}  // namespace tupelo::driver::testing
