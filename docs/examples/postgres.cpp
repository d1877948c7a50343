// SPDX-License-Identifier: Apache-2.0
#include "models.hpp"

#include <tupelo/schema/migrator.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

namespace {

struct Busiest {
  std::string month;
  std::int64_t posts{};
};

tp::task<void> begin(std::string url) {
  // url: "postgresql://ada:secret@db.example.com/shop?sslmode=verify-full&sslrootcert=system"
  tp::database db(url, {.pool_size = 10});  // connects at the first statement
  co_await tp::migrate::upgrade(db);        // the same migrations as on SQLite

  User ada{.email = "ada@example.com", .age = 36};
  co_await db.insert(ada);  // INSERT … RETURNING "id"
  EXPECT_EQ(ada.id, (co_await db.query<User>().where(tp::col<&User::email>.starts_with("ada")).one()).id);
}

void begin_with_keywords() {
  tp::database db("host=db.example.com dbname=shop user=ada password='p ss' pool_size=5");
  EXPECT_EQ(db.url(), "postgresql://?host=db.example.com&dbname=shop&user=ada&password=***");
}

tp::task<void> raw(tp::database& db) {
  auto busiest = co_await db
                     .raw_sql<Busiest>("SELECT to_char(created_at, 'YYYY-MM'), count(*) FROM users "
                                       "WHERE role = ? AND created_at > now() - ?::interval GROUP BY 1",
                                       Role::guest, "90 days")
                     .all();
  EXPECT_EQ(busiest.size(), 1U);
}

tp::task<void> retried(tp::database& db, std::int64_t id) {
  co_await db.transaction([&](tp::session& s) -> tp::task<void> {
    auto user = co_await s.get<User>(id, tp::for_update);  // SELECT … FOR UPDATE
    user->role = Role::member;
  });  // a deadlock or a serialization failure runs the closure again
}

tp::task<void> birthday(tp::database& db, std::int64_t id) {
  co_await db.transaction([&](tp::session& s) -> tp::task<void> {
    auto user = co_await s.get<User>(id, tp::for_update);  // nobody else changes the row meanwhile
    user->age = user->age.value_or(0) + 1;
    co_await s.notify("birthdays", user->email);  // is sent with the commit
  });
}

tp::task<void> tutorial(tp::database& db, std::int64_t id) {
  auto heard = co_await db.listen("birthdays");
  co_await birthday(db, id);
  const tp::notification next = co_await heard.next();
  std::printf("happy birthday, %s\n", next.payload.c_str());
  EXPECT_EQ(next.payload, "ada@example.com");
  const auto before = co_await db.query<User>().count();

  std::vector<User> crowd(10'000);
  for (std::size_t i = 0; i < crowd.size(); ++i) crowd[i].email = std::to_string(i) + "@crowd.example.com";
  co_await db.copy_in(crowd);
  EXPECT_EQ(co_await db.query<User>().count(), before + 10'000);
}

tp::task<void> write_report(tp::session& s) {
  EXPECT_FALSE(co_await s.raw_sql<bool>("SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory'").one());
}

tp::task<void> locked(tp::database& db) {
  co_await db.transaction([&](tp::session& s) -> tp::task<void> {
    co_await s.advisory_lock("nightly report");  // waits; ends with the transaction
    co_await write_report(s);
  });
}

tp::task<void> taken_twice(tp::database& db) {
  auto session = db.session();
  session.add(User{.email = "grace@example.com"});
  try {
    co_await session.nested([&]() -> tp::task<void> {  // SAVEPOINT
      session.add(User{.email = "ada@example.com"});
      co_return;
    });
  } catch (const tp::unique_violation& taken) {  // the savepoint is rolled back; the transaction goes on
    EXPECT_EQ(taken.sqlstate(), "23505");
    EXPECT_EQ(taken.column(), "email");
  }
  co_await session.commit();
}

tp::task<void> many_rows(tp::database& db) {
  std::vector<User> users(1000);
  for (std::size_t i = 0; i < users.size(); ++i) users[i].email = std::to_string(i) + "@example.com";
  const std::int64_t rows = co_await db.copy_in(users);  // any range of models
  EXPECT_EQ(rows, 1000);

  int made = 0;
  co_await db.copy_in<User>([&]() -> std::optional<User> {  // a function that makes one after the other
    if (made == 500) return std::nullopt;
    return User{.email = "made" + std::to_string(made++) + "@example.com"};
  });

  std::vector<std::tuple<std::string, int>> ages{{"ada@example.com", 36}, {"grace@example.com", 45}};
  co_await db.execute("CREATE TABLE ages (email text, age int)");
  co_await db.copy_in("ages", {"email", "age"}, ages);  // tuples, or structs that are no models

  auto everybody = db.copy_out<User>();  // or of a query, or of SQL without parameters
  std::size_t seen = 0;
  while (const User* user = co_await everybody.next()) seen += user->email.empty() ? 0 : 1;
  EXPECT_GT(seen, 1500U);

  co_await db.reset_sequences<User>();  // after rows with keys of their own
}

tp::task<void> listening(tp::database& db, const std::string& orders) {
  auto heard = co_await db.listen(orders);  // or several channels

  co_await db.transaction([&](tp::session& s) -> tp::task<void> {
    co_await s.notify(orders, "7");  // is sent when the transaction commits
  });

  const tp::notification next = co_await heard.next();
  if (next.is_gap()) {
    // The connection was lost and is there again: look at the tables for what was missed.
  } else {
    EXPECT_EQ(next.channel, orders);
    EXPECT_EQ(next.payload, "7");
  }
}

class notice_printer final : public tp::statement_observer {
public:
  void noticed(const tp::notice_event& said) noexcept override {
    lines += std::string(said.severity) + " " + std::string(said.sqlstate) + "\n";
    if (shows_values) lines += said.message.reveal();  // may repeat values of rows
  }
  std::string lines;
  bool shows_values = false;
};

}  // namespace

TEST(guide_of_postgres, reads_as_it_says) {
  const char* server = std::getenv("TUPELO_TEST_POSTGRES");
  if (server == nullptr) GTEST_SKIP() << "no server: ctest starts it, or set TUPELO_TEST_POSTGRES to its URL";
  tp::database administration(server, {.pool_size = 1});
  const std::string schema = "guide_" + tp::uuid::v4().to_string().substr(0, 8);
  tp::sync_wait(administration.execute("CREATE SCHEMA " + schema));
  const std::string url = std::string(server) + "&options=-csearch_path%3D" + schema;
  begin_with_keywords();
  tp::sync_wait(begin(url));
  {
    tp::database db(url);
    tp::sync_wait(raw(db));
    tp::sync_wait(retried(db, 1));
    tp::sync_wait(locked(db));
    tp::sync_wait(taken_twice(db));
    EXPECT_EQ(tp::sync_wait(db.query<User>().count()), 2);
    tp::sync_wait(tutorial(db, 1));
    tp::sync_wait(many_rows(db));
    tp::sync_wait(listening(db, "orders_" + schema));
    notice_printer printer;
    tp::database noisy(url);
    noisy.observe(printer);
    tp::sync_wait(noisy.execute("DO $$ BEGIN RAISE NOTICE 'hello'; END $$"));
    EXPECT_EQ(printer.lines, "NOTICE 00000\n");
  }
  tp::sync_wait(administration.execute("SET client_min_messages = warning; DROP SCHEMA " + schema + " CASCADE"));
}
