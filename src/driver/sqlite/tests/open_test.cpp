// SPDX-License-Identifier: Apache-2.0
#include "test_database.hpp"

#include <fstream>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tupelo::driver::testing {
namespace {

struct open : ::testing::Test {
  temp_directory directory;

  void write_file(std::string_view name, std::string_view text) const {
    std::ofstream(directory.file(name), std::ios::binary) << text;
  }
  /// A database of many pages, closed and written out.
  void make_database(std::string_view name) const {
    test_database db(directory.url(name));
    db.script("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT); WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n "
              "+ 1 FROM c "
              "LIMIT 500) INSERT INTO t SELECT n, hex(randomblob(100)) FROM c");
  }
};

TEST_F(open, file_is_made_where_it_is_missing) {
  test_database db(directory.url("new.db"));
  EXPECT_TRUE(std::filesystem::exists(directory.file("new.db")));
}

TEST_F(open, relative_path_is_relative) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory.file("."));
  { test_database db("sqlite:///relative.db"); }
  { test_database db("sqlite:///file:odd.db"); }
  std::filesystem::current_path(before);
  EXPECT_TRUE(std::filesystem::exists(directory.file("relative.db")));
  EXPECT_TRUE(std::filesystem::exists(directory.file("file:odd.db"))) << "a file name is never taken for a URI";
}

TEST_F(open, presets_are_in_force) {
  test_database db(directory.url("a.db"));
  EXPECT_EQ(db.text("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(db.number("PRAGMA foreign_keys"), 1);
  EXPECT_EQ(db.number("PRAGMA synchronous"), 1);
  EXPECT_EQ(db.number("PRAGMA trusted_schema"), 0);
  EXPECT_EQ(db.number("PRAGMA cell_size_check"), 1);
}

TEST_F(open, options_of_the_url_are_in_force) {
  test_database db(directory.url(
      "a.db", "?journal_mode=truncate&foreign_keys=off&synchronous=full&cache_size=-4000&page_size=8192"));
  EXPECT_EQ(db.text("PRAGMA journal_mode"), "truncate");
  EXPECT_EQ(db.number("PRAGMA foreign_keys"), 0);
  EXPECT_EQ(db.number("PRAGMA synchronous"), 2);
  EXPECT_EQ(db.number("PRAGMA cache_size"), -4000);
  EXPECT_EQ(db.number("PRAGMA page_size"), 8192);
}

TEST_F(open, journal_mode_that_cannot_be_had_is_an_error_when_asked_for) {
  // An exclusive reader cannot be had in a WAL that another connection has open.
  test_database first(directory.url("a.db"));
  first.script("CREATE TABLE t (n); BEGIN; INSERT INTO t VALUES (1)");
  EXPECT_THROW(test_database(directory.url("a.db", "?journal_mode=delete&busy_timeout=0")), busy_error);
}

TEST_F(open, missing_file_fails_unless_it_may_be_made) {
  for (const char* mode : {"?mode=rw", "?mode=ro"}) {
    const auto e = failure_of<connection_error>([&] { test_database(directory.url("missing.db", mode)); });
    EXPECT_EQ(e.code(), errc::connection_failed);
    EXPECT_NE(std::string(e.what()).find("missing.db"), std::string::npos);
    EXPECT_FALSE(e.connection_usable());
  }
  EXPECT_FALSE(std::filesystem::exists(directory.file("missing.db")));
}

TEST_F(open, missing_directory_fails_naming_the_path) {
  const auto e = failure_of<connection_error>([&] { test_database(directory.url("nowhere/a.db")); });
  EXPECT_NE(std::string(e.what()).find("nowhere/a.db"), std::string::npos);
}

TEST_F(open, directory_is_no_database) { EXPECT_THROW(test_database(directory.url("")), connection_error); }

TEST_F(open, unreadable_file_fails) {
  make_database("a.db");
  ASSERT_EQ(chmod(directory.file("a.db").c_str(), 0), 0);
  ASSERT_EQ(chmod(directory.file(".").c_str(), 0755), 0);
  // The superuser may read everything, so it must become somebody else to see this.
  const bool is_root = geteuid() == 0;
  if (is_root) ASSERT_EQ(seteuid(65534), 0);
  EXPECT_THROW(test_database(directory.url("a.db")), connection_error);
  if (is_root) ASSERT_EQ(seteuid(0), 0);
}

TEST_F(open, file_that_is_no_database_is_told_at_once) {
  write_file("a.db", std::string(4096, 'x'));
  for (const char* query : {"", "?mode=ro"}) {
    const auto e = failure_of<database_error>([&] { test_database(directory.url("a.db", query)); });
    EXPECT_EQ(e.code(), errc::corrupt_database);
    EXPECT_NE(std::string(e.what()).find("not a SQLite database"), std::string::npos);
    EXPECT_FALSE(e.connection_usable());
  }
}

TEST_F(open, damaged_page_is_reported_and_the_connection_is_done_with) {
  make_database("a.db");
  {
    std::fstream file(directory.file("a.db"), std::ios::binary | std::ios::in | std::ios::out);
    for (int page = 2; page < 8; ++page) {
      file.seekp(page * 4096);
      file << std::string(200, '\x7f');
    }
  }
  test_database db(directory.url("a.db"));
  const auto e = failure_of<database_error>([&] { db.number("SELECT sum(length(body)) FROM t"); });
  EXPECT_EQ(e.code(), errc::corrupt_database);
  EXPECT_EQ(e.sqlstate(), "XX001");
  EXPECT_FALSE(db.get().usable());
}

TEST_F(open, read_only_database_refuses_writes) {
  make_database("a.db");
  test_database db(directory.url("a.db", "?mode=ro"));
  EXPECT_EQ(db.number("SELECT count(*) FROM t"), 500);
  const auto e = failure_of<database_error>([&] { db.script("DELETE FROM t"); });
  EXPECT_EQ(e.code(), errc::read_only);
  EXPECT_EQ(e.sqlstate(), "25006");
  EXPECT_TRUE(db.get().usable());
}

TEST_F(open, immutable_file_is_read_without_locks_whatever_its_name) {
  make_database("a.db");
  std::filesystem::rename(directory.file("a.db"), directory.file("a?b#c%d.db"));
  test_database db(directory.url("a%3Fb#c%25d.db", "?mode=ro&immutable=1"));
  EXPECT_EQ(db.number("SELECT count(*) FROM t"), 500);
}

TEST_F(open, full_database_is_reported_as_full_and_stays_usable) {
  test_database db(directory.url("a.db", "?max_page_count=20"));
  db.script("CREATE TABLE t (body BLOB)");
  const auto e = failure_of<database_error>([&] { db.script("INSERT INTO t VALUES (zeroblob(1000000))"); });
  EXPECT_EQ(e.code(), errc::disk_full);
  EXPECT_EQ(e.sqlstate(), "53100");
  EXPECT_TRUE(db.get().usable());
  EXPECT_NO_THROW(db.script("INSERT INTO t VALUES (zeroblob(100))"));
}

TEST_F(open, value_beyond_what_sqlite_takes_is_out_of_range) {
  test_database db;
  EXPECT_EQ(failure_of<database_error>([&] { db.number("SELECT length(zeroblob(2000000000))"); }).code(),
            errc::value_out_of_range);
}

TEST_F(open, url_is_checked_before_anything_is_opened) {
  EXPECT_THROW(open_sqlite(url::parse("sqlite:///a.db?nonsense=1"), false), configuration_error);
  EXPECT_THROW(open_sqlite(url::parse("mysql:///a.db"), false), configuration_error);
}

TEST_F(open, inline_option_of_the_url_makes_an_inline_connection) {
  EXPECT_TRUE(open_sqlite(url::parse("sqlite::memory:?inline=on"), false)->runs_inline());
  EXPECT_FALSE(open_sqlite(url::parse("sqlite::memory:"), false)->runs_inline());
}

TEST_F(open, several_connections_may_make_the_same_file_at_once) {
  std::vector<std::unique_ptr<connection>> connections;
  std::vector<std::unique_ptr<worker_request>> requests;
  for (int i = 0; i < 6; ++i) {
    connections.push_back(open_sqlite(url::parse(directory.url("a.db")), false));
    requests.push_back(std::make_unique<worker_request>());
    requests.back()->script = "CREATE TABLE IF NOT EXISTS t (n); INSERT INTO t VALUES (1)";
  }
  for (std::size_t i = 0; i < connections.size(); ++i) connections[i]->start(*requests[i]);
  for (auto& r : requests) {
    r->wait();
    EXPECT_NO_THROW(raise(*r));
  }
  EXPECT_EQ(test_database(directory.url("a.db")).number("SELECT count(*) FROM t"), 6);
}

// ---- backup

TEST_F(open, backup_is_a_copy_of_everything) {
  make_database("a.db");
  test_database db(directory.url("a.db"));
  int steps = 0;
  backup_to(db.get(), directory.file("copy.db"), {[](void* p, int, int) { ++*static_cast<int*>(p); }, &steps});
  EXPECT_GE(steps, 1);
  test_database copy(directory.url("copy.db", "?mode=ro"));
  EXPECT_EQ(copy.number("SELECT count(*) FROM t"), 500);
  EXPECT_EQ(copy.text("PRAGMA integrity_check"), "ok");
}

TEST_F(open, memory_database_can_be_backed_up) {
  test_database db;
  db.script("CREATE TABLE t (n); INSERT INTO t VALUES (7)");
  backup_to(db.get(), directory.file("copy.db"));
  EXPECT_EQ(test_database(directory.url("copy.db")).number("SELECT n FROM t"), 7);
}

TEST_F(open, backup_never_overwrites_a_file) {
  write_file("copy.db", "precious");
  test_database db;
  EXPECT_THROW(backup_to(db.get(), directory.file("copy.db")), configuration_error);
  EXPECT_EQ(std::filesystem::file_size(directory.file("copy.db")), 8u);
}

TEST_F(open, backup_into_a_missing_directory_fails_naming_it) {
  test_database db;
  const auto e = failure_of<connection_error>([&] { backup_to(db.get(), directory.file("nowhere/copy.db")); });
  EXPECT_NE(std::string(e.what()).find("nowhere/copy.db"), std::string::npos);
}

TEST_F(open, backup_of_a_worker_connection_opens_it_where_needed) {
  make_database("a.db");
  const auto worker = open_sqlite(url::parse(directory.url("a.db")), false);
  backup_to(*worker, directory.file("copy.db"));
  EXPECT_EQ(test_database(directory.url("copy.db")).number("SELECT count(*) FROM t"), 500);
}

TEST_F(open, backup_that_is_stopped_leaves_no_file) {
  test_database db(directory.url("a.db"));
  db.script("CREATE TABLE big (b); INSERT INTO big VALUES (zeroblob(9000000))");
  const std::string copy = directory.file("copy.db");
  struct looks {
    std::string path;
    bool seen = false;
  } look{copy};
  const backup_progress stop{[](void* p, int, int) {
                               auto& l = *static_cast<looks*>(p);
                               l.seen = std::filesystem::exists(l.path);
                               throw cancelled("stopped");
                             },
                             &look};
  EXPECT_THROW(backup_to(db.get(), copy, stop), cancelled);
  EXPECT_FALSE(look.seen) << "a crash at this moment would leave half a backup under its name";
  EXPECT_FALSE(std::filesystem::exists(copy));
  EXPECT_FALSE(std::filesystem::exists(copy + ".part"));
}
TEST_F(open, backup_goes_over_what_a_crash_has_left_of_the_one_before) {
  make_database("a.db");
  write_file("copy.db.part", std::string(5'000, 'x'));
  test_database db(directory.url("a.db"));
  backup_to(db.get(), directory.file("copy.db"));
  EXPECT_EQ(test_database(directory.url("copy.db")).number("SELECT count(*) FROM t"), 500);
}
TEST_F(open, backup_is_read_without_files_beside_it) {
  make_database("a.db");
  test_database db(directory.url("a.db"));
  ASSERT_EQ(db.text("PRAGMA journal_mode"), "wal");
  backup_to(db.get(), directory.file("copy.db"));
  restore_from(db.get(), directory.file("copy.db"));
  EXPECT_EQ(db.text("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(test_database(directory.url("copy.db", "?mode=ro")).text("PRAGMA journal_mode"), "delete");
  EXPECT_FALSE(std::filesystem::exists(directory.file("copy.db-wal")));
  EXPECT_FALSE(std::filesystem::exists(directory.file("copy.db-shm")));
}

// ---- restore

TEST_F(open, restore_of_an_empty_file_changes_nothing_and_names_it) {
  write_file("empty.db", "");
  test_database db(directory.url("b.db"));
  db.script("CREATE TABLE t (n); INSERT INTO t VALUES (7)");
  const auto e = failure_of<database_error>([&] { restore_from(db.get(), directory.file("empty.db")); });
  EXPECT_NE(std::string(e.what()).find("empty.db"), std::string::npos) << e.what();
  EXPECT_NE(std::string(e.what()).find("another backup"), std::string::npos) << e.what();
  EXPECT_EQ(db.number("SELECT n FROM t"), 7);
}
TEST_F(open, restore_of_half_a_file_names_the_file) {
  make_database("a.db");
  std::filesystem::resize_file(directory.file("a.db"), 8'192);
  test_database db(directory.url("b.db"));
  db.script("CREATE TABLE t (n); INSERT INTO t VALUES (7)");
  const auto e = failure_of<database_error>([&] { restore_from(db.get(), directory.file("a.db")); });
  EXPECT_NE(std::string(e.what()).find("a.db"), std::string::npos) << e.what();
  EXPECT_EQ(std::string(e.what()).find("b.db"), std::string::npos) << e.what();
  EXPECT_EQ(db.number("SELECT n FROM t"), 7);
}
TEST_F(open, restore_takes_pages_of_another_size_and_stays_with_its_journal) {
  {
    test_database small(directory.url("a.db", "?page_size=1024&journal_mode=delete"));
    small.script("CREATE TABLE t (n); INSERT INTO t VALUES (8)");
  }
  test_database db(directory.url("b.db"));
  db.script("CREATE TABLE t (n); INSERT INTO t VALUES (7)");
  restore_from(db.get(), directory.file("a.db"));
  EXPECT_EQ(db.number("SELECT n FROM t"), 8);
  EXPECT_EQ(db.text("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(db.text("PRAGMA integrity_check"), "ok");
}
TEST_F(open, restore_replaces_everything_while_others_look_on) {
  make_database("a.db");
  test_database db(directory.url("b.db"));
  test_database other(directory.url("b.db"));
  db.script("CREATE TABLE stray (n)");
  EXPECT_EQ(other.number("SELECT count(*) FROM stray"), 0);
  restore_from(db.get(), directory.file("a.db"));
  EXPECT_EQ(db.number("SELECT count(*) FROM t"), 500);
  EXPECT_EQ(other.number("SELECT count(*) FROM sqlite_schema WHERE name = 'stray'"), 0);
  EXPECT_EQ(other.text("PRAGMA integrity_check"), "ok");
}
TEST_F(open, restore_of_what_is_no_database_changes_nothing) {
  write_file("letter.txt", std::string(5'000, 'x'));
  test_database db(directory.url("b.db"));
  db.script("CREATE TABLE t (n); INSERT INTO t VALUES (7)");
  EXPECT_THROW(restore_from(db.get(), directory.file("letter.txt")), error);
  EXPECT_THROW(restore_from(db.get(), directory.file("nowhere.db")), connection_error);
  EXPECT_EQ(db.number("SELECT n FROM t"), 7);
}
TEST_F(open, restore_that_is_stopped_half_way_changes_nothing) {
  test_database(directory.url("a.db")).script("CREATE TABLE big (b); INSERT INTO big VALUES (zeroblob(9000000))");
  test_database db(directory.url("b.db"));
  db.script("CREATE TABLE t (n); INSERT INTO t VALUES (7)");
  const backup_progress stop{[](void*, int, int) { throw cancelled("stopped"); }, nullptr};
  EXPECT_THROW(restore_from(db.get(), directory.file("a.db"), stop), cancelled);
  EXPECT_EQ(db.number("SELECT n FROM t"), 7);
}

}  // namespace
}  // namespace tupelo::driver::testing
