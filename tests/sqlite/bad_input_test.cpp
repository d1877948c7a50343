// SPDX-License-Identifier: Apache-2.0
// What only SQLite can be given and only SQLite can answer, through the face that programs use.
#include "support/failure_of.hpp"
#include "support/temp_directory.hpp"

#include <tupelo/tupelo.hpp>
#include <tupelo/core/as_result.hpp>
#include <tupelo/core/when_all.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace tupelo {
namespace {

using test_support::failure_of;
using test_support::temp_directory;

enum class Color : std::uint8_t { red, green };

struct Thing {
  std::int64_t id{};
  std::int16_t small{};
  std::uint8_t tiny{};
  std::string name{};
  double weight{};
  Color color{};
  timestamp at{};
  std::optional<int> maybe{};
};

constexpr auto things_sql = "CREATE TABLE things (id INTEGER PRIMARY KEY, small, tiny, name, weight, color, at, maybe);"
                            "CREATE TABLE owners (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER,"
                            "  CONSTRAINT uq_email UNIQUE (email), CONSTRAINT adult CHECK (age >= 18));"
                            "CREATE TABLE cars (id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL,"
                            "  CONSTRAINT fk_owner FOREIGN KEY (owner_id) REFERENCES owners (id));";

bool says(const error& e, std::string_view text) {
  return std::string_view(e.what()).find(text) != std::string_view::npos;
}

// ---- URLs and files

TEST(bad_url, unknown_scheme_names_the_linked_ones) {
  const auto e = failure_of<configuration_error>([] { database db("oracle://host/db"); });
  EXPECT_EQ(e.code(), errc::unknown_driver);
  EXPECT_TRUE(says(e, "oracle")) << e.what();
  EXPECT_TRUE(says(e, "sqlite")) << e.what();
}
TEST(bad_url, text_without_a_scheme_is_refused) {
  EXPECT_EQ(failure_of<configuration_error>([] { database db("just/a/path.db"); }).code(), errc::invalid_url);
}
TEST(bad_url, unknown_option_is_named) {
  const auto e = failure_of<configuration_error>([] { database db("sqlite::memory:?jurnal_mode=wal"); });
  EXPECT_TRUE(says(e, "jurnal_mode")) << e.what();
}
TEST(bad_url, password_is_not_repeated) {
  const auto e = failure_of<configuration_error>([] { database db("oracle://ada:s3cret@host/db"); });
  EXPECT_FALSE(says(e, "s3cret")) << e.what();
}

class bad_file : public ::testing::TestWithParam<execution> {
protected:
  database_options options() const { return {.pool_size = 1, .acquire_timeout_us = 1'000'000, .run = GetParam()}; }
  temp_directory directory;
};
INSTANTIATE_TEST_SUITE_P(every_execution, bad_file, ::testing::Values(execution::worker, execution::inline_),
                         [](const auto& tested) { return tested.param == execution::worker ? "worker" : "inline"; });

TEST_P(bad_file, in_a_directory_that_does_not_exist) {
  database db(directory.url("missing/x.db"), options());
  const auto e = failure_of<connection_error>([&] { sync_wait(db.ping()); });
  EXPECT_EQ(e.code(), errc::connection_failed);
  EXPECT_TRUE(says(e, "missing/x.db")) << e.what();
  EXPECT_EQ(db.statistics().in_use, 0U);
}
TEST_P(bad_file, that_does_not_exist_is_not_made_where_the_url_forbids_it) {
  database db(directory.url("x.db", "?mode=rw"), options());
  EXPECT_THROW(sync_wait(db.ping()), connection_error);
  EXPECT_FALSE(std::filesystem::exists(directory.file("x.db")));
}
TEST_P(bad_file, that_may_not_be_read) {
  { std::ofstream(directory.file("x.db")) << ""; }
  std::filesystem::permissions(directory.file("x.db"), std::filesystem::perms::none);
  std::filesystem::permissions(directory.file(""), std::filesystem::perms::all);
  // The superuser may read everything, so it must become somebody else to see this.
  const bool is_root = geteuid() == 0;
  if (is_root) ASSERT_EQ(seteuid(65534), 0);
  {
    database db(directory.url("x.db"), options());
    EXPECT_THROW(sync_wait(db.ping()), connection_error);
  }
  if (is_root) ASSERT_EQ(seteuid(0), 0);
}
TEST_P(bad_file, that_is_a_directory) {
  database db("sqlite:///" + directory.file(""), options());
  EXPECT_THROW(sync_wait(db.ping()), connection_error);
}
TEST_P(bad_file, that_is_no_database) {
  { std::ofstream(directory.file("x.db")) << std::string(5000, 'x'); }
  database db(directory.url("x.db"), options());
  const auto e = failure_of<error>([&] { sync_wait(db.ping()); });
  EXPECT_EQ(e.code(), errc::corrupt_database);
  EXPECT_TRUE(says(e, "x.db")) << e.what();
}
TEST_P(bad_file, that_is_damaged_in_the_middle) {
  {
    database db(directory.url("x.db", "?journal_mode=delete"), options());
    sync_wait(db.execute(things_sql));
    sync_wait(db.raw_sql("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 500) "
                         "INSERT INTO things (name) SELECT printf('%0100d', x) FROM n")
                  .run());
  }
  std::fstream file(directory.file("x.db"), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4 * 4096);
  for (int i = 0; i < 8 * 4096; ++i) file.put('\x55');
  file.close();
  database db(directory.url("x.db"), options());
  EXPECT_EQ(failure_of<error>([&] { sync_wait(db.raw_sql<std::string>("SELECT name FROM things").all()); }).code(),
            errc::corrupt_database);
}
TEST_P(bad_file, failures_reach_everyone_who_waits_for_the_connection) {
  database db(directory.url("missing/x.db"), options());
  int failed = 0;
  const auto use = [&]() -> task<void> {
    try {
      co_await db.ping();
    } catch (const connection_error& e) {
      if (e.code() == errc::connection_failed) ++failed;
    }
  };
  sync_wait(when_all(use(), use(), use()));
  EXPECT_EQ(failed, 3) << "and nobody waits for the pool's patience";
}
TEST_P(bad_file, that_is_locked_by_another_writer_fails_after_the_busy_timeout) {
  database first(directory.url("x.db"), options());
  sync_wait(first.execute(things_sql));
  lease writer = sync_wait(first.acquire());
  sync_wait(writer.begin());
  database second(directory.url("x.db", "?busy_timeout=0"), options());
  const auto e =
      failure_of<busy_error>([&] { sync_wait(second.raw_sql("INSERT INTO things (name) VALUES ('a')").run()); });
  EXPECT_TRUE(e.retryable());
  EXPECT_TRUE(says(e, "locked")) << e.what();
  sync_wait(writer.rollback());
  EXPECT_EQ(sync_wait(second.raw_sql("INSERT INTO things (name) VALUES ('a')").run()), 1);
}
TEST_P(bad_file, opened_for_reading_only_refuses_writes) {
  {
    database db(directory.url("x.db"), options());
    sync_wait(db.execute(things_sql));
  }
  database db(directory.url("x.db", "?mode=ro"), options());
  EXPECT_EQ(sync_wait(db.raw_sql<int>("SELECT count(*) FROM things").one()), 0);
  EXPECT_EQ(failure_of<error>([&] { sync_wait(db.raw_sql("INSERT INTO things (name) VALUES ('a')").run()); }).code(),
            errc::read_only);
}

// ---- a disk that is full

class full_disk : public bad_file {
protected:
  full_disk() : db(directory.url("x.db", "?max_page_count=30"), options()) { sync_wait(db.execute(things_sql)); }
  static Thing heavy() { return {.name = std::string(20'000, 'x')}; }
  database db;
};
INSTANTIATE_TEST_SUITE_P(every_execution, full_disk, ::testing::Values(execution::worker, execution::inline_),
                         [](const auto& tested) { return tested.param == execution::worker ? "worker" : "inline"; });

TEST_P(full_disk, is_its_own_error) {
  const auto e = failure_of<database_error>([&] {
    for (int i = 0; i < 100; ++i) sync_wait(db.insert(heavy()));
  });
  EXPECT_EQ(e.code(), errc::disk_full);
  EXPECT_TRUE(e.connection_usable());
}
TEST_P(full_disk, undoes_an_insert_of_many_as_a_whole) {
  std::vector<Thing> many(50, heavy());
  EXPECT_EQ(failure_of<error>([&] { sync_wait(db.insert(many)); }).code(), errc::disk_full);
  EXPECT_EQ(sync_wait(db.query<Thing>().count()), 0);
  EXPECT_EQ(many[0].id, 0);
}
TEST_P(full_disk, leaves_a_session_that_can_commit_less) {
  session s = db.session();
  std::vector<ref<Thing>> all = s.add_all(std::vector<Thing>(50, heavy()));
  EXPECT_EQ(failure_of<error>([&] { sync_wait(s.commit()); }).code(), errc::disk_full);
  EXPECT_FALSE(s.in_transaction());
  for (std::size_t i = 1; i < all.size(); ++i) s.expunge(all[i]);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Thing>().count()), 1);
}
TEST_P(full_disk, does_not_lose_a_transaction_closure_its_rollback) {
  EXPECT_EQ(failure_of<error>([&] {
              sync_wait(db.transaction([](session& s) -> task<void> {
                for (int i = 0; i < 50; ++i) s.add(heavy());
                co_await s.flush();
              }));
            }).code(),
            errc::disk_full);
  EXPECT_EQ(db.statistics().in_use, 0U);
  EXPECT_EQ(sync_wait(db.query<Thing>().count()), 0);
}
/// SQLite ends the transaction by itself where the disk is full.
task<void> fill_the_disk(session& s) {
  try {
    for (int i = 0; i < 100; ++i) co_await s.insert(Thing{.name = std::string(20'000, 'x')});
    ADD_FAILURE() << "there is room for 30 pages";
  } catch (const database_error& e) {
    EXPECT_EQ(e.code(), errc::disk_full);
  }
}
TEST_P(full_disk, lets_nothing_be_committed_of_the_transaction_that_met_it) {
  const auto refused = failure_of<transaction_error>([&] {
    sync_wait(db.transaction([](session& s) -> task<void> {
      s.add(Thing{.name = "before"});
      co_await s.flush();
      co_await fill_the_disk(s);
      s.add(Thing{.name = "after"});
      EXPECT_FALSE(co_await as_result(s.flush()));
      EXPECT_FALSE(co_await as_result(s.query<Thing>().count()));
      EXPECT_FALSE(co_await as_result(s.insert(Thing{.name = "later"})));
      EXPECT_FALSE(co_await as_result(s.pipeline(s.query<Thing>().count(), s.query<Thing>().count())));
    }));
  });
  EXPECT_EQ(refused.code(), errc::invalid_transaction);
  EXPECT_EQ(sync_wait(db.query<Thing>().count()), 0);
}
TEST_P(full_disk, in_a_savepoint_takes_what_is_around_it_along) {
  session s = db.session();
  s.add(Thing{.name = "before"});
  sync_wait([&]() -> task<void> {
    try {
      co_await s.nested([&]() -> task<void> { co_await fill_the_disk(s); });
      ADD_FAILURE() << "the savepoint is gone";
    } catch (const transaction_error&) {}
    EXPECT_TRUE(s.in_transaction());
    EXPECT_FALSE(co_await as_result(s.query<Thing>().count()));
  }());
  EXPECT_EQ(failure_of<transaction_error>([&] { sync_wait(s.commit()); }).code(), errc::invalid_transaction);
  EXPECT_FALSE(s.in_transaction());
  EXPECT_EQ(sync_wait(db.query<Thing>().count()), 0);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Thing>().count()), 1) << "the object is still to be inserted";
}

// ---- a write that is stopped

TEST_P(bad_file, lets_nothing_be_committed_of_a_transaction_whose_write_was_interrupted) {
  database db(directory.url("x.db"), options());
  sync_wait(db.execute(things_sql));
  const auto refused = failure_of<transaction_error>([&] {
    sync_wait(db.transaction([](session& s) -> task<void> {
      s.add(Thing{.name = "before"});
      co_await s.flush();
      // Again with more time where it has not even begun.
      for (int ms = 20; co_await as_result(s.query<Thing>().count()); ms *= 2) {
        const auto written = co_await as_result(with_deadline(
            [](session& in) -> task<void> {
              co_await in
                  .raw_sql("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) "
                           "INSERT INTO things (small, tiny, name, weight) SELECT 1, 1, 'x', 1 FROM n")
                  .run();
            }(s),
            deadline::after(std::chrono::milliseconds(ms))));
        EXPECT_TRUE(!written && written.error().code() == errc::timed_out);
      }
      s.add(Thing{.name = "after"});
      EXPECT_FALSE(co_await as_result(s.flush()));
    }));
  });
  EXPECT_EQ(refused.code(), errc::invalid_transaction);
  EXPECT_EQ(sync_wait(db.query<Thing>().count()), 0);
}

// ---- SQL text

class bad_sql : public ::testing::Test {
protected:
  bad_sql() { sync_wait(db.execute(things_sql)); }
  database db{"sqlite::memory:?inline=on"};

  /// A row whose column holds what the SQL says.
  void store(const std::string& column, const std::string& sql) {
    sync_wait(db.execute("DELETE FROM things; INSERT INTO things (small, tiny, name, weight, color, at) "
                         "VALUES (1, 1, 'a', 1.0, 'red', '2001-01-01 00:00:00.000000');"
                         "UPDATE things SET " +
                         column + " = " + sql));
  }
  decode_error misfit(const std::string& column, const std::string& sql) {
    store(column, sql);
    auto e = failure_of<decode_error>([&] { sync_wait(db.query<Thing>().all()); });
    EXPECT_EQ(e.column(), column);
    EXPECT_TRUE(says(e, "\"" + column + "\"")) << e.what();
    return e;
  }
};

TEST_F(bad_sql, unknown_column_is_named) {
  const auto e = failure_of<statement_error>([&] { sync_wait(db.raw_sql<int>("SELECT colour FROM things").all()); });
  EXPECT_EQ(e.code(), errc::unknown_column);
  EXPECT_EQ(e.column(), "colour");
  EXPECT_EQ(e.statement(), "SELECT colour FROM things");
}
TEST_F(bad_sql, text_in_double_quotes_is_a_column_and_unknown) {
  EXPECT_EQ(
      failure_of<statement_error>([&] { sync_wait(db.raw_sql<int>("SELECT \"colour\" FROM things").all()); }).code(),
      errc::unknown_column);
}
TEST_F(bad_sql, unknown_table_is_named) {
  const auto e = failure_of<statement_error>([&] { sync_wait(db.raw_sql<int>("SELECT 1 FROM thongs").all()); });
  EXPECT_EQ(e.code(), errc::unknown_table);
  EXPECT_EQ(e.table(), "thongs");
}
TEST_F(bad_sql, syntax_error_is_one) {
  EXPECT_EQ(failure_of<statement_error>([&] { sync_wait(db.raw_sql<int>("SELEC 1").all()); }).code(),
            errc::syntax_error);
}
TEST_F(bad_sql, two_statements_in_one_are_refused) {
  EXPECT_THROW(sync_wait(db.raw_sql("DELETE FROM things; DELETE FROM cars").run()), query_error);
}
TEST_F(bad_sql, no_statement_is_refused) { EXPECT_THROW(sync_wait(db.raw_sql("-- nothing").run()), query_error); }
TEST_F(bad_sql, a_text_with_a_nul_is_refused) {
  EXPECT_EQ(
      failure_of<value_error>([&] { sync_wait(db.raw_sql<int>(std::string_view("SELECT 1\0", 9)).one()); }).code(),
      errc::invalid_text);
}
TEST_F(bad_sql, a_model_without_its_table_names_it) {
  sync_wait(db.execute("DROP TABLE things"));
  const auto e = failure_of<statement_error>([&] { sync_wait(db.query<Thing>().all()); });
  EXPECT_EQ(e.code(), errc::unknown_table);
  EXPECT_EQ(e.table(), "things");
}
TEST_F(bad_sql, a_model_with_a_column_that_the_table_lacks_names_it) {
  sync_wait(db.execute("ALTER TABLE things DROP COLUMN weight"));
  EXPECT_EQ(failure_of<statement_error>([&] { sync_wait(db.query<Thing>().all()); }).code(), errc::unknown_column);
}

// ---- rows that do not fit their struct; SQLite's columns take anything

TEST_F(bad_sql, text_in_an_integer_column) { EXPECT_EQ(misfit("small", "'many'").code(), errc::type_mismatch); }
TEST_F(bad_sql, bytes_in_a_text_column) { EXPECT_EQ(misfit("name", "x'ff00'").code(), errc::type_mismatch); }
TEST_F(bad_sql, text_in_a_real_column) { EXPECT_EQ(misfit("weight", "'heavy'").code(), errc::type_mismatch); }
TEST_F(bad_sql, a_fraction_in_an_integer_column) { EXPECT_EQ(misfit("small", "1.5").code(), errc::type_mismatch); }
TEST_F(bad_sql, an_integer_too_wide_for_its_field) {
  EXPECT_EQ(misfit("small", "40000").code(), errc::value_out_of_range);
}
TEST_F(bad_sql, a_negative_integer_in_an_unsigned_field) {
  EXPECT_EQ(misfit("tiny", "-1").code(), errc::value_out_of_range);
}
TEST_F(bad_sql, null_in_a_field_that_is_not_optional) {
  const auto e = misfit("name", "NULL");
  EXPECT_EQ(e.code(), errc::null_value);
  EXPECT_TRUE(says(e, "std::optional")) << e.what();
}
TEST_F(bad_sql, null_in_an_optional_field_is_fine) {
  store("maybe", "NULL");
  EXPECT_EQ(sync_wait(db.query<Thing>().one()).maybe, std::nullopt);
}
TEST_F(bad_sql, an_unknown_enumerator_lists_the_known_ones) {
  const auto e = misfit("color", "'mauve'");
  EXPECT_EQ(e.code(), errc::invalid_enum);
  EXPECT_TRUE(says(e, "red, green")) << e.what();
  EXPECT_FALSE(says(e, "mauve")) << "values of rows are not repeated";
}
TEST_F(bad_sql, text_that_is_no_timestamp) { EXPECT_EQ(misfit("at", "'yesterday'").code(), errc::invalid_value); }
TEST_F(bad_sql, text_that_is_no_utf_8_is_read_as_it_is_but_not_written) {
  store("name", "CAST(x'61ff' AS TEXT)");
  Thing thing = sync_wait(db.query<Thing>().one());
  EXPECT_EQ(thing.name, "a\xff") << "nothing is lost";
  EXPECT_EQ(failure_of<value_error>([&] { sync_wait(db.update(thing)); }).code(), errc::invalid_text);
}
TEST_F(bad_sql, text_with_a_nul_is_read_as_it_is_but_not_written) {
  store("name", "CAST(x'610062' AS TEXT)");
  Thing thing = sync_wait(db.query<Thing>().one());
  EXPECT_EQ(thing.name, std::string("a\0b", 3));
  const auto e = failure_of<value_error>([&] { sync_wait(db.update(thing)); });
  EXPECT_EQ(e.code(), errc::invalid_text);
  EXPECT_TRUE(says(e, "\"name\"")) << e.what();
}
TEST_F(bad_sql, a_misfit_leaves_the_connection_usable) {
  misfit("small", "'many'");
  store("small", "7");
  EXPECT_EQ(sync_wait(db.query<Thing>().one()).small, 7);
}

// ---- constraints, each its own type with table and constraint

TEST_F(bad_sql, violated_unique_constraint) {
  sync_wait(db.execute("INSERT INTO owners (email, age) VALUES ('a', 20)"));
  const auto e = failure_of<unique_violation>(
      [&] { sync_wait(db.raw_sql("INSERT INTO owners (email, age) VALUES (?, 30)", "a").run()); });
  EXPECT_EQ(e.table(), "owners");
  EXPECT_EQ(e.column(), "email");
  EXPECT_EQ(e.constraint(), "uq_email");
}
TEST_F(bad_sql, violated_primary_key) {
  sync_wait(db.execute("INSERT INTO owners (id, email) VALUES (1, 'a')"));
  EXPECT_EQ(failure_of<unique_violation>([&] {
              sync_wait(db.raw_sql("INSERT INTO owners (id, email) VALUES (1, 'b')").run());
            }).column(),
            "id");
}
TEST_F(bad_sql, violated_foreign_key) {
  const auto e = failure_of<foreign_key_violation>(
      [&] { sync_wait(db.raw_sql("INSERT INTO cars (owner_id) VALUES (?)", 4711).run()); });
  EXPECT_EQ(e.table(), "cars");
  EXPECT_EQ(e.constraint(), "fk_owner");
}
TEST_F(bad_sql, violated_check) {
  const auto e = failure_of<check_violation>(
      [&] { sync_wait(db.raw_sql("INSERT INTO owners (email, age) VALUES ('a', 3)").run()); });
  EXPECT_EQ(e.table(), "owners");
  EXPECT_EQ(e.constraint(), "adult");
}
TEST_F(bad_sql, violated_not_null) {
  const auto e = failure_of<not_null_violation>(
      [&] { sync_wait(db.raw_sql("INSERT INTO owners (email) VALUES (?)", std::nullopt).run()); });
  EXPECT_EQ(e.table(), "owners");
  EXPECT_EQ(e.column(), "email");
}

}  // namespace
}  // namespace tupelo
