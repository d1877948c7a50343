// SPDX-License-Identifier: Apache-2.0
#include "models.hpp"

#include <tupelo/schema/migrator.hpp>

#include <gtest/gtest.h>

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

}  // namespace

TEST(guide_of_postgres, reads_as_it_says) {
  const char* server = std::getenv("TUPELO_TEST_POSTGRES");
  if (server == nullptr) GTEST_SKIP() << "no server: ctest starts it, or set TUPELO_TEST_POSTGRES to its URL";
  tp::database administration(server, {.pool_size = 1});
  const std::string schema = "guide_" + tp::uuid::v4().to_string().substr(0, 8);
  tp::sync_wait(administration.execute("CREATE SCHEMA " + schema));
  const std::string url = std::string(server) + "&options=-csearch_path%3D" + schema;
  tp::sync_wait(begin(url));
  {
    tp::database db(url);
    tp::sync_wait(raw(db));
    tp::sync_wait(retried(db, 1));
    tp::sync_wait(taken_twice(db));
    EXPECT_EQ(tp::sync_wait(db.query<User>().count()), 2);
  }
  tp::sync_wait(administration.execute("SET client_min_messages = warning; DROP SCHEMA " + schema + " CASCADE"));
}
