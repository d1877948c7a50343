// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"

#include <tupelo/tupelo.hpp>

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace tp = tupelo;

namespace {

struct User {
  std::int64_t id{};
  std::string email;
  std::optional<int> age;
  std::string country;
  bool active{};
  double score{};
  std::int64_t created_at{};
  std::optional<std::string> bio;
};

struct Event {
  std::int64_t id{};
  std::string name;
  tp::timestamp at;
};

constexpr const char* schema = R"(
  CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER, country TEXT NOT NULL, active BOOLEAN NOT NULL,
                      score REAL NOT NULL, created_at BIGINT NOT NULL, bio TEXT);
  CREATE INDEX ix_users_age ON users (age);
  CREATE TABLE events (id INTEGER PRIMARY KEY, name TEXT NOT NULL, at TIMESTAMP NOT NULL);)";
constexpr const char* fill = R"(
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
  INSERT INTO users SELECT i, 'user' || i || '@example.com', CASE WHEN i % 3 THEN 20 + i % 50 END, CASE i % 2 WHEN 0 THEN 'Norway' ELSE 'Sweden' END,
         i % 4 <> 0, i * 0.5, 1700000000 + i, CASE WHEN i % 5 = 0 THEN 'a short biography of user ' || i END FROM n;
  INSERT INTO events SELECT id, 'event ' || id, printf('2026-%02d-%02d %02d:30:15.%06d', 1 + id % 12, 1 + id % 28, id % 24, id) FROM users;)";

User make_user(std::size_t i) {
  User user;
  user.email = "user" + std::to_string(i) + "@example.com";
  if (i % 3) user.age = static_cast<int>(20 + i % 50);
  user.country = i % 2 ? "Sweden" : "Norway";
  user.active = i % 4 != 0;
  user.score = static_cast<double>(i) * 0.5;
  user.created_at = 1700000000 + static_cast<std::int64_t>(i);
  if (i % 5 == 0) user.bio = "a short biography of a user";
  return user;
}

// ---- the hand-written side: every statement prepared once, bind, step, column

class hand {
public:
  hand() {
    if (sqlite3_open_v2(":memory:", &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr) !=
        SQLITE_OK)
      fail();
    execute(schema);
    execute(fill);
    get_ = prepare("SELECT id, email, age, country, active, score, created_at, bio FROM users WHERE id = ?");
    some_ = prepare("SELECT id, email, age, country, active, score, created_at, bio FROM users WHERE age >= ? AND "
                    "active = ? ORDER BY id LIMIT ?");
    events_ = prepare("SELECT id, name, at FROM events ORDER BY id LIMIT ?");
    insert_ =
        prepare("INSERT INTO users (email, age, country, active, score, created_at, bio) VALUES (?, ?, ?, ?, ?, ?, ?)");
    std::string many =
        "INSERT INTO users (email, age, country, active, score, created_at, bio) VALUES (?, ?, ?, ?, ?, ?, ?)";
    for (int i = 1; i < rows_at_once; ++i) many += ", (?, ?, ?, ?, ?, ?, ?)";
    many_ = prepare(many.c_str());
  }
  ~hand() {
    for (sqlite3_stmt* s : {get_, some_, events_, insert_, many_}) sqlite3_finalize(s);
    sqlite3_close(db_);
  }

  void execute(const char* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
  }
  bool get(std::int64_t id, User& user) {
    sqlite3_bind_int64(get_, 1, id);
    const int code = sqlite3_step(get_);
    if (code == SQLITE_ROW) read(get_, user);
    sqlite3_reset(get_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) fail();
    return code == SQLITE_ROW;
  }
  std::vector<User> some(int age, bool active, int limit) {
    sqlite3_bind_int(some_, 1, age);
    sqlite3_bind_int(some_, 2, active);
    sqlite3_bind_int(some_, 3, limit);
    std::vector<User> users;
    int code = 0;
    while ((code = sqlite3_step(some_)) == SQLITE_ROW) read(some_, users.emplace_back());
    sqlite3_reset(some_);
    if (code != SQLITE_DONE) fail();
    return users;
  }
  std::vector<Event> events(int limit) {
    sqlite3_bind_int(events_, 1, limit);
    std::vector<Event> events;
    int code = 0;
    while ((code = sqlite3_step(events_)) == SQLITE_ROW) {
      Event& e = events.emplace_back();
      e.id = sqlite3_column_int64(events_, 0);
      text(events_, 1, e.name);
      e.at.us = parse_time(reinterpret_cast<const char*>(sqlite3_column_text(events_, 2)));
    }
    sqlite3_reset(events_);
    if (code != SQLITE_DONE) fail();
    return events;
  }
  void insert(User& user) {
    bind(insert_, 0, user);
    step(insert_);
    user.id = sqlite3_last_insert_rowid(db_);
  }
  void insert_all(std::vector<User>& users) {
    execute("BEGIN IMMEDIATE");
    std::size_t i = 0;
    for (; i + rows_at_once <= users.size(); i += rows_at_once) {
      for (int r = 0; r < rows_at_once; ++r) bind(many_, r * 7, users[i + static_cast<std::size_t>(r)]);
      step(many_);
      const std::int64_t last = sqlite3_last_insert_rowid(db_);
      for (int r = 0; r < rows_at_once; ++r) users[i + static_cast<std::size_t>(r)].id = last - rows_at_once + 1 + r;
    }
    for (; i < users.size(); ++i) insert(users[i]);
    execute("COMMIT");
  }

private:
  static constexpr int rows_at_once = 128;

  [[noreturn]] void fail() {
    std::fprintf(stderr, "sqlite3: %s\n", sqlite3_errmsg(db_));
    std::abort();
  }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) fail();
    return statement;
  }
  void step(sqlite3_stmt* s) {
    if (sqlite3_step(s) != SQLITE_DONE) fail();
    sqlite3_reset(s);
  }
  static void text(sqlite3_stmt* s, int column, std::string& out) {
    out.assign(reinterpret_cast<const char*>(sqlite3_column_text(s, column)),
               static_cast<std::size_t>(sqlite3_column_bytes(s, column)));
  }
  static void read(sqlite3_stmt* s, User& u) {
    u.id = sqlite3_column_int64(s, 0);
    text(s, 1, u.email);
    if (sqlite3_column_type(s, 2) != SQLITE_NULL) {
      u.age = sqlite3_column_int(s, 2);
    } else {
      u.age.reset();
    }
    text(s, 3, u.country);
    u.active = sqlite3_column_int(s, 4) != 0;
    u.score = sqlite3_column_double(s, 5);
    u.created_at = sqlite3_column_int64(s, 6);
    if (sqlite3_column_type(s, 7) != SQLITE_NULL) {
      text(s, 7, u.bio.emplace());
    } else {
      u.bio.reset();
    }
  }
  static void bind(sqlite3_stmt* s, int at, const User& u) {
    sqlite3_bind_text(s, at + 1, u.email.data(), static_cast<int>(u.email.size()), SQLITE_STATIC);
    if (u.age) {
      sqlite3_bind_int(s, at + 2, *u.age);
    } else {
      sqlite3_bind_null(s, at + 2);
    }
    sqlite3_bind_text(s, at + 3, u.country.data(), static_cast<int>(u.country.size()), SQLITE_STATIC);
    sqlite3_bind_int(s, at + 4, u.active);
    sqlite3_bind_double(s, at + 5, u.score);
    sqlite3_bind_int64(s, at + 6, u.created_at);
    if (u.bio) {
      sqlite3_bind_text(s, at + 7, u.bio->data(), static_cast<int>(u.bio->size()), SQLITE_STATIC);
    } else {
      sqlite3_bind_null(s, at + 7);
    }
  }
  static std::int64_t parse_time(const char* t) {  // YYYY-MM-DD HH:MM:SS.ffffff
    const auto number = [t](int at, int digits) {
      std::int64_t value = 0;
      for (int i = 0; i < digits; ++i) value = value * 10 + (t[at + i] - '0');
      return value;
    };
    std::int64_t y = number(0, 4);
    const std::int64_t m = number(5, 2), d = number(8, 2);
    y -= m <= 2;
    const std::int64_t era = y / 400, yoe = y - era * 400;
    const std::int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1,
                       doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    const std::int64_t days = era * 146097 + doe - 719468;
    return ((days * 24 + number(11, 2)) * 60 + number(14, 2)) * 60'000'000 + number(17, 2) * 1'000'000 + number(20, 6);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt *get_ = nullptr, *some_ = nullptr, *events_ = nullptr, *insert_ = nullptr, *many_ = nullptr;
};

hand& by_hand() {
  static hand instance;
  return instance;
}

tp::database& open(const char* url) {
  auto* db = new tp::database(url);  // for the program's life
  tp::sync_wait(db->execute(schema));
  tp::sync_wait(db->execute(fill));
  return *db;
}

tp::database& ours() {
  static tp::database& db = open("sqlite::memory:?inline=on");
  return db;
}
tp::database& worker() {
  static tp::database& db = open("sqlite::memory:");
  return db;
}

// ---- the same through Tupelo, as a user writes it

tp::task<void> get_by_key(tp::database& db, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    User user = co_await db.get<User>(static_cast<std::int64_t>(1 + i % 1000));
    keep(user);
  }
}
tp::task<void> query_by_key(tp::database& db, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    User user = co_await db.query<User>().where(tp::col<&User::id> == static_cast<std::int64_t>(1 + i % 1000)).one();
    keep(user);
  }
}
tp::task<void> select_hundred(tp::database& db, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    auto users = co_await db.query<User>()
                     .where(tp::col<&User::age> >= 25 && tp::col<&User::active> == true)
                     .order_by(tp::col<&User::id>.asc())
                     .limit(100)
                     .all();
    keep(users);
  }
}
tp::task<void> select_events(tp::database& db, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    auto events = co_await db.query<Event>().order_by(tp::col<&Event::id>.asc()).limit(100).all();
    keep(events);
  }
}
tp::task<void> insert_one_by_one(tp::database& db, std::size_t n) {
  tp::lease lease = co_await db.acquire();
  co_await lease.begin();
  for (std::size_t i = 0; i < n; ++i) {
    User user = make_user(i);
    co_await lease.insert(user);
    keep(user);
  }
  co_await lease.rollback();
}
tp::task<void> insert_through_session(tp::database& db, std::size_t n) {
  tp::session session = db.session();
  for (std::size_t i = 0; i < n; ++i) session.add(make_user(i));
  co_await session.commit();
}

}  // namespace

std::vector<bench_case> sqlite_cases() {
  std::vector<bench_case> cases;
  const auto compare = [&](const char* name, double budget, std::size_t operations,
                           tp::task<void> (*mine)(tp::database&, std::size_t), std::function<void(std::size_t)> theirs,
                           int rounds = 31) {
    cases.push_back({.name = name,
                     .budget = budget,
                     .operations = operations,
                     .ours = [mine](std::size_t n) { tp::sync_wait(mine(ours(), n)); },
                     .baseline = std::move(theirs),
                     .rounds = rounds});
  };
  compare("get by key", 1.05, 5000, &get_by_key, [](std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      User user;
      by_hand().get(static_cast<std::int64_t>(1 + i % 1000), user);
      keep(user);
    }
  });
  compare("query().where(key).one()", 1.20, 5000, &query_by_key, cases.back().baseline);
  compare("select 100 rows", 1.02, 200, &select_hundred, [](std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      auto users = by_hand().some(25, true, 100);
      keep(users);
    }
  });
  compare("select 100 rows with a timestamp as text", 0, 200, &select_events, [](std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      auto events = by_hand().events(100);
      keep(events);
    }
  });
  compare("insert one in a transaction", 1.06, 2000, &insert_one_by_one, [](std::size_t n) {
    by_hand().execute("BEGIN IMMEDIATE");
    for (std::size_t i = 0; i < n; ++i) {
      User user = make_user(i);
      by_hand().insert(user);
      keep(user);
    }
    by_hand().execute("ROLLBACK");
  });
  compare(
      "insert 10,000 through a session", 1.30, 10000,
      [](tp::database& db, std::size_t n) -> tp::task<void> {
        co_await insert_through_session(db, n);
        co_await db.execute("DELETE FROM users WHERE id > 1000");
      },
      [](std::size_t n) {
        std::vector<User> users;
        for (std::size_t i = 0; i < n; ++i) users.push_back(make_user(i));
        by_hand().insert_all(users);
        by_hand().execute("DELETE FROM users WHERE id > 1000");
      },
      15);
  cases.push_back({.name = "get by key on a worker thread",
                   .operations = 500,
                   .ours = [](std::size_t n) { tp::sync_wait(get_by_key(worker(), n)); },
                   .baseline = [](std::size_t n) { tp::sync_wait(get_by_key(ours(), n)); },
                   .rounds = 15});
  return cases;
}
