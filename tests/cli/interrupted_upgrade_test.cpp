// SPDX-License-Identifier: Apache-2.0
// Upgrades and downgrades by processes of their own: killed between any two statements, many at once; and upgrades that
// meet a server or a disk which refuses. On a file of SQLite and on PostgreSQL.
#include <tupelo/migration.hpp>
#include <tupelo/tupelo.hpp>
#include <tupelo/schema/migrator.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/observer.hpp>
#include <tupelo/core/sync_wait.hpp>
#include <tupelo/core/uuid.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tupelo {
namespace {

using names = std::vector<std::string>;

constexpr int finished = 10;  ///< exit code of a child that has run no step; one more for each

void users_up(schema_editor& db) {
  db.create_enum("mood", {"bad", "good"});
  db.create_table("users", [](table_editor& t) {
    t.id();
    t.text("email").unique();
    t.integer("age").null();
    t.enumeration("mood", "mood").default_value("good");
  });
  db.execute("INSERT INTO users (email) VALUES ('ada')");
}
// Statements are its own; on a server everything else would be cleaned up, too.
const char* vacuum = "VACUUM";
void choose_vacuum(std::string_view url) { vacuum = url.starts_with("sqlite") ? "VACUUM" : "VACUUM users"; }
void users_down(schema_editor& db) {
  db.drop_table("users");
  db.drop_enum("mood");
}
void steps_up(schema_editor& db) {
  db.outside_transaction();
  db.create_table("posts", [](table_editor& t) {
    t.id();
    t.text("title");
  });
  db.execute("INSERT INTO users (email) VALUES ('bob')");
  db.execute(vacuum);
  db.run(
      [](lease& connection) -> task<void> { co_await connection.execute("INSERT INTO users (email) VALUES ('eve')"); });
}
void steps_down(schema_editor& db) { db.drop_table("posts"); }
void ages_up(schema_editor& db) { db.backfill("users", "age = 7", "age IS NULL").batch(2); }
void ages_down(schema_editor&) {}
void required_up(schema_editor& db) { db.alter_column("users", "age").not_null(); }  // SQLite makes the table anew
void required_down(schema_editor& db) { db.alter_column("users", "age").null(); }
void index_up(schema_editor& db) { db.add_index("users", {"age"}).concurrently(); }
void index_down(schema_editor& db) { db.drop_index("users", "ix_users_age", concurrently); }
void moods_up(schema_editor& db) { db.change_enum("mood", {"bad", "fine", "good"}); }
void moods_down(schema_editor& db) { db.change_enum("mood", {"bad", "good"}); }  // a server makes the type anew

history all_migrations() {
  return history({{"1_users", {}, &users_up, &users_down, "1.cpp"},
                  {"2_steps", {"1_users"}, &steps_up, &steps_down, "2.cpp"},
                  {"3_ages", {"2_steps"}, &ages_up, &ages_down, "3.cpp"},
                  {"4_required", {"3_ages"}, &required_up, &required_down, "4.cpp"},
                  {"5_index", {"4_required"}, &index_up, &index_down, "5.cpp"},
                  {"6_moods", {"5_index"}, &moods_up, &moods_down, "6.cpp"}});
}
/// Where the way down ends that is interrupted.
const char* const lower = "4_required";

/// Kills its process before a statement that changes something, which is behind the one before.
class killer : public statement_observer {
public:
  explicit killer(int at) : left_(at) {}
  void statement_started(const statement_event& event) noexcept override {
    for (const char* harmless : {"SELECT", "WITH", "SET LOCAL"}) {
      if (event.statement.starts_with(harmless)) return;
    }
    if (--left_ == 0) kill(getpid(), SIGKILL);
  }

private:
  std::atomic<int> left_;
};

/// What a child process does, as `start` starts it.
TEST(upgrading_process, DISABLED_upgrades) {
  const char* const url = std::getenv("TUPELO_CHILD_URL");
  const char* const at = std::getenv("TUPELO_CHILD_KILLED_AT");
  const char* const target = std::getenv("TUPELO_CHILD_TARGET");
  if (url == nullptr || at == nullptr || target == nullptr) GTEST_SKIP() << "started by other tests";
  int code = 1;
  try {
    choose_vacuum(url);
    killer watch(std::atoi(at));
    database db(url, {.pool_size = 1, .run = execution::inline_});
    db.observe(watch);
    const history all = all_migrations();
    const migrate::options opts(all);
    const migrate::report done = sync_wait(std::string_view(target) == "head" ? migrate::upgrade(db, target, opts)
                                                                              : migrate::downgrade(db, target, opts));
    code = finished + static_cast<int>(done.steps.size());
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
  }
  _exit(code);
}

pid_t start(const std::string& url, int killed_at, const char* target = "head") {
  const pid_t child = fork();
  if (child != 0) return child;
  // The one case is the child's, whichever part of them this process runs.
  for (const char* part : {"GTEST_TOTAL_SHARDS", "GTEST_SHARD_INDEX"}) unsetenv(part);
  setenv("TUPELO_CHILD_URL", url.c_str(), 1);
  setenv("TUPELO_CHILD_KILLED_AT", std::to_string(killed_at).c_str(), 1);
  setenv("TUPELO_CHILD_TARGET", target, 1);
  const int nowhere = open("/dev/null", O_WRONLY);
  dup2(nowhere, STDOUT_FILENO);
  execl("/proc/self/exe", "child", "--gtest_filter=upgrading_process.DISABLED_upgrades",
        "--gtest_also_run_disabled_tests", static_cast<char*>(nullptr));
  _exit(1);
}
/// The exit code; none: it was killed.
std::optional<int> end_of(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? std::optional<int>(WEXITSTATUS(status)) : std::nullopt;
}

/// A database of the test's own, "sqlite" or "postgres".
class interrupted_upgrade : public testing::TestWithParam<std::string> {
protected:
  void SetUp() override {
    const std::string name = "interrupted_" + uuid::v4().to_string().substr(0, 8);
    choose_vacuum(GetParam());
    if (GetParam().starts_with("sqlite")) {
      file_ = std::filesystem::temp_directory_path() / (name + ".db");
      url = "sqlite:///" + file_.string();
      return;
    }
    const char* const given = std::getenv("TUPELO_TEST_POSTGRES");
    if (given == nullptr) GTEST_SKIP() << "no server: ctest starts it, or set TUPELO_TEST_POSTGRES to its URL";
    server_ = given;
    schema = name;
    url = server_ + "&options=-csearch_path%3D" + name;
    on_server("CREATE SCHEMA " + name);
  }
  void TearDown() override {
    remove_all();
    if (!server_.empty()) on_server("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
  }
  void remove_all() {
    if (server_.empty()) {
      for (const char* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(file_.string() + suffix);
    } else {
      on_server("SET client_min_messages = warning; DROP SCHEMA IF EXISTS " + schema + " CASCADE; CREATE SCHEMA " +
                schema);
    }
  }
  void on_server(const std::string& sql) const {
    database db(server_, {.pool_size = 1, .run = execution::inline_});
    sync_wait(db.execute(sql));
  }
  database open() const { return database(url, {.pool_size = 1, .run = execution::inline_}); }

  /// What a run after one that was killed finds and makes of it.
  void expect_explained_and_completed(int killed_at, migrate::direction way) {
    SCOPED_TRACE("killed at " + std::to_string(killed_at));
    database db = open();
    migrate::options opts(all);
    const bool up = way == migrate::direction::up;
    const auto go_on = [&] {
      return sync_wait(up ? migrate::upgrade(db, "head", opts) : migrate::downgrade(db, lower, opts)).applied.size();
    };
    const migrate::status_report now = sync_wait(migrate::status(db, opts));
    const std::size_t applied = now.count(migrate::state::applied);
    EXPECT_EQ(applied + now.count(migrate::state::pending), 6U);
    for (const migrate::half_done& half : now.halves) {
      EXPECT_EQ(half.revision, now.revisions[up ? applied : applied - 1].revision);
      EXPECT_LE(half.done, half.count);
      EXPECT_NE(half.describe().find(up ? " steps of its way up are done" : " steps of its way down are done"),
                std::string::npos);
    }
    if (now.locked && applied != (up ? 6U : 4U)) {
      try {
        go_on();
        ADD_FAILURE() << "nobody said that the lock of the killed run is there";
      } catch (const migration_error& e) {
        EXPECT_EQ(e.code(), errc::migration_locked) << e.what();
        EXPECT_NE(std::string(e.what()).find("that process is gone; take the lock over"), std::string::npos)
            << e.what();
      }
    }
    opts.take_over_lock = true;
    EXPECT_EQ(go_on(), up ? 6U : 4U);
    expect_whole(db, up ? "head" : lower);
  }
  void expect_whole(database& db, std::string_view target = "head") {
    const migrate::status_report after = sync_wait(migrate::status(db, migrate::options(all)));
    EXPECT_EQ(after.current, names{target == "head" ? "6_moods" : std::string(target)});
    EXPECT_TRUE(after.halves.empty());
    const migrate::verification found = sync_wait(migrate::verify(db, migrate::options(all)));
    EXPECT_TRUE(found.holds()) << (found.drift.empty() ? "" : found.drift.front().describe());
    const auto emails = sync_wait(
        db.raw_sql<std::string>("SELECT email FROM users WHERE age = 7 AND mood = 'good' ORDER BY email").all());
    EXPECT_EQ(emails, (names{"ada", "bob", "eve"})) << "rows were lost, or written twice";
  }

  const history all = all_migrations();
  std::string url, schema;

private:
  std::filesystem::path file_;
  std::string server_;
};

/// Killed before every other statement: "sqlite_odd", "postgres_even".
class killed_upgrade : public interrupted_upgrade {
protected:
  int first() const { return GetParam().ends_with("odd") ? 1 : 2; }
};

TEST_P(killed_upgrade, killed_between_any_two_statements_is_explained_and_completed) {
  int at = first();
  for (;; at += 2) {
    remove_all();
    const std::optional<int> code = end_of(start(url, at));
    if (code) {
      EXPECT_EQ(*code, finished + 6);
      break;
    }
    expect_explained_and_completed(at, migrate::direction::up);
    if (HasFailure()) break;
  }
  EXPECT_GT(at, 40) << "it was killed less often than there are statements";
}
TEST_P(killed_upgrade, killed_between_any_two_statements_on_its_way_down_is_explained_and_completed) {
  int at = first();
  for (;; at += 2) {
    {
      database db = open();
      migrate::options opts(all);
      opts.take_over_lock = true;  // of one that was killed when everything else was done
      sync_wait(migrate::upgrade(db, "head", opts));
    }
    const std::optional<int> code = end_of(start(url, at, lower));
    if (code) {
      EXPECT_EQ(*code, finished + 2);
      break;
    }
    expect_explained_and_completed(at, migrate::direction::down);
    if (HasFailure()) break;
  }
  EXPECT_GT(at, 10) << "it was killed less often than there are statements";
}
TEST_P(interrupted_upgrade, of_many_processes_at_once_one_does_each_step_and_all_see_it_done) {
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) children.push_back(start(url, 0));
  int steps = 0;
  for (const pid_t child : children) {
    const std::optional<int> code = end_of(child);
    ASSERT_TRUE(code && *code >= finished) << "a process failed";
    steps += *code - finished;
  }
  EXPECT_EQ(steps, 6) << "each migration is run once, by whichever process";
  database db = open();
  expect_whole(db);
}
TEST_P(interrupted_upgrade, without_room_is_rolled_back_and_goes_on_when_there_is_some) {
  if (GetParam() != "sqlite") GTEST_SKIP() << "a server's disk is not the test's to fill";
  static bool full = true;
  const history large({{"1_users", {}, &users_up, &users_down, "1.cpp"},
                       {"2_large",
                        {"1_users"},
                        [](schema_editor& db) {
                          db.run([](lease& connection) -> task<void> {
                            if (full) co_await connection.execute("PRAGMA max_page_count = 30");
                          });
                          db.create_table("large", [](table_editor& t) {
                            t.id();
                            t.text("text");
                          });
                          db.execute("INSERT INTO large (text) VALUES (hex(randomblob(200000)))");
                        },
                        &users_down,
                        "2.cpp"}});
  try {
    database db = open();
    sync_wait(migrate::upgrade(db, "head", migrate::options(large)));
    ADD_FAILURE() << "there was room";
  } catch (const migration_error& e) {
    const std::string said = e.what();
    EXPECT_NE(said.find("`2_large` failed and was rolled back"), std::string::npos) << said;
    EXPECT_NE(said.find("full"), std::string::npos) << said;
    EXPECT_NE(said.find("applied now: `1_users`"), std::string::npos) << said;
  }
  full = false;
  database db = open();
  EXPECT_EQ(sync_wait(db.raw_sql<std::int64_t>("SELECT count(*) FROM users").one()), 1);
  EXPECT_EQ(sync_wait(migrate::upgrade(db, "head", migrate::options(large))).applied, (names{"1_users", "2_large"}));
}
TEST_P(interrupted_upgrade, without_permission_half_way_is_rolled_back_and_names_what_is_refused) {
  if (GetParam() != "postgres") GTEST_SKIP() << "the database has no users";
  on_server("CREATE ROLE " + schema + "_role; GRANT ALL ON SCHEMA " + schema + " TO " + schema +
            "_role; CREATE TABLE " + schema + ".secrets (x integer)");
  const history small({{"1_users", {}, &users_up, &users_down, "1.cpp"},
                       {"2_secrets",
                        {"1_users"},
                        [](schema_editor& db) {
                          db.create_table("posts", [](table_editor& t) { t.id(); });
                          db.execute("INSERT INTO secrets VALUES (1)");
                        },
                        &users_down,
                        "2.cpp"}});
  {
    database db(url + "%20-crole%3D" + schema + "_role", {.pool_size = 1, .run = execution::inline_});
    try {
      sync_wait(migrate::upgrade(db, "head", migrate::options(small)));
      ADD_FAILURE() << "nothing was refused";
    } catch (const migration_error& e) {
      const std::string said = e.what();
      EXPECT_NE(said.find("`2_secrets` failed and was rolled back"), std::string::npos) << said;
      EXPECT_NE(said.find("permission denied"), std::string::npos) << said;
      EXPECT_NE(said.find("secrets"), std::string::npos) << said;
    }
    EXPECT_EQ(sync_wait(migrate::status(db, migrate::options(small))).current, names{"1_users"});
    EXPECT_THROW(sync_wait(db.execute("SELECT * FROM posts")), error) << "the table of the failed migration is there";
  }
  on_server("GRANT INSERT ON " + schema + ".secrets TO " + schema + "_role");
  {
    database db(url + "%20-crole%3D" + schema + "_role", {.pool_size = 1, .run = execution::inline_});
    EXPECT_EQ(sync_wait(migrate::upgrade(db, "head", migrate::options(small))).applied.size(), 2U);
  }
  on_server("DROP OWNED BY " + schema + "_role; DROP ROLE " + schema + "_role");
}

INSTANTIATE_TEST_SUITE_P(on, interrupted_upgrade, testing::Values("sqlite", "postgres"),
                         [](const auto& info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(on, killed_upgrade,
                         testing::Values("sqlite_odd", "sqlite_even", "postgres_odd", "postgres_even"),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace tupelo
