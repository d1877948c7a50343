// SPDX-License-Identifier: Apache-2.0
// 1,000 parents with 20 children with 3 grandchildren each: three statements here and there.
#include "bench.hpp"

#include <tupelo/postgres.hpp>
#include <tupelo/tupelo.hpp>

#include <libpq-fe.h>
#include <sqlite3.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unordered_map>

namespace tp = tupelo;

namespace {

struct Child;
struct Grandchild;

struct Parent {
  std::int64_t id{};
  std::string name;
  tp::has_many<Child> children;

  static void model(tp::model<Parent>& m) {
    m.table("bench_parents");
    m.has_many(&Parent::children, "parent_id");
  }
};
struct Child {
  std::int64_t id{};
  std::int64_t parent_id{};
  std::string name;
  tp::has_many<Grandchild> grandchildren;

  static void model(tp::model<Child>& m) {
    m.table("bench_children");
    m.has_many(&Child::grandchildren, "child_id");
  }
};
struct Grandchild {
  std::int64_t id{};
  std::int64_t child_id{};
  std::string name;

  static void model(tp::model<Grandchild>& m) { m.table("bench_grandchildren"); }
};

namespace hand {
struct grandchild {
  std::int64_t id, child_id;
  std::string name;
};
struct child {
  std::int64_t id, parent_id;
  std::string name;
  std::vector<grandchild> grandchildren;
};
struct parent {
  std::int64_t id;
  std::string name;
  std::vector<child> children;
};

/// What both libraries share: where a row belongs.
struct families {
  std::vector<parent> parents;
  std::unordered_map<std::int64_t, parent*> parent_of;
  std::unordered_map<std::int64_t, child*> child_of;

  std::vector<std::int64_t> parent_keys() {
    std::vector<std::int64_t> keys;
    keys.reserve(parents.size());
    parent_of.reserve(parents.size());
    for (parent& p : parents) {
      keys.push_back(p.id);
      parent_of.emplace(p.id, &p);
    }
    return keys;
  }
  std::vector<std::int64_t> child_keys(std::size_t count) {
    std::vector<std::int64_t> keys;
    keys.reserve(count);
    child_of.reserve(count);
    for (parent& p : parents) {
      for (child& c : p.children) {
        keys.push_back(c.id);
        child_of.emplace(c.id, &c);
      }
    }
    return keys;
  }
};
}  // namespace hand

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "bench: %s\n", what);
  std::exit(1);
}

constexpr const char* sqlite_script = R"(
  CREATE TABLE bench_parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE bench_children (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL, name TEXT NOT NULL);
  CREATE TABLE bench_grandchildren (id INTEGER PRIMARY KEY, child_id INTEGER NOT NULL, name TEXT NOT NULL);
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
  INSERT INTO bench_parents SELECT i, 'parent number ' || i FROM n;
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
  INSERT INTO bench_children SELECT i, 1 + i % 1000, 'child number ' || i FROM n;
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
  INSERT INTO bench_grandchildren SELECT i, 1 + i % 20000, 'grandchild ' || i FROM n;
  CREATE INDEX ix_bench_children ON bench_children (parent_id);
  CREATE INDEX ix_bench_grandchildren ON bench_grandchildren (child_id);
  ANALYZE;)";
constexpr const char* postgres_script =
    "SET client_min_messages = warning; DROP TABLE IF EXISTS bench_parents, bench_children, bench_grandchildren; "
    "CREATE TABLE bench_parents (id bigint PRIMARY KEY, name text NOT NULL); "
    "CREATE TABLE bench_children (id bigint PRIMARY KEY, parent_id bigint NOT NULL, name text NOT NULL); "
    "CREATE TABLE bench_grandchildren (id bigint PRIMARY KEY, child_id bigint NOT NULL, name text NOT NULL); "
    "INSERT INTO bench_parents SELECT i, 'parent number ' || i FROM generate_series(1, 1000) AS i; "
    "INSERT INTO bench_children SELECT i, 1 + i % 1000, 'child number ' || i FROM generate_series(1, 20000) AS i; "
    "INSERT INTO bench_grandchildren SELECT i, 1 + i % 20000, 'grandchild ' || i FROM generate_series(1, 60000) AS i; "
    "CREATE INDEX ix_bench_children ON bench_children (parent_id); "
    "CREATE INDEX ix_bench_grandchildren ON bench_grandchildren (child_id); "
    "ANALYZE bench_parents, bench_children, bench_grandchildren";

// ---- sqlite3

class sqlite_hand {
public:
  sqlite_hand() {
    if (sqlite3_open_v2(":memory:", &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr) !=
            SQLITE_OK ||
        sqlite3_exec(db_, sqlite_script, nullptr, nullptr, nullptr) != SQLITE_OK) {
      fail(sqlite3_errmsg(db_));
    }
    parents_ = prepare("SELECT id, name FROM bench_parents");
    children_ =
        prepare("SELECT id, parent_id, name FROM bench_children WHERE parent_id IN (SELECT value FROM json_each(?))");
    grandchildren_ = prepare(
        "SELECT id, child_id, name FROM bench_grandchildren WHERE child_id IN (SELECT value FROM json_each(?))");
  }
  ~sqlite_hand() {
    for (sqlite3_stmt* s : {parents_, children_, grandchildren_}) sqlite3_finalize(s);
    sqlite3_close(db_);
  }
  sqlite_hand(const sqlite_hand&) = delete;
  sqlite_hand& operator=(const sqlite_hand&) = delete;

  hand::families load() {
    hand::families all;
    each(parents_, [&](sqlite3_stmt* s) { all.parents.push_back({sqlite3_column_int64(s, 0), text(s, 1), {}}); });
    bind(children_, all.parent_keys());
    std::size_t count = 0;
    each(children_, [&](sqlite3_stmt* s) {
      const std::int64_t key = sqlite3_column_int64(s, 1);
      all.parent_of.find(key)->second->children.push_back({sqlite3_column_int64(s, 0), key, text(s, 2), {}});
      ++count;
    });
    bind(grandchildren_, all.child_keys(count));
    each(grandchildren_, [&](sqlite3_stmt* s) {
      const std::int64_t key = sqlite3_column_int64(s, 1);
      all.child_of.find(key)->second->grandchildren.push_back({sqlite3_column_int64(s, 0), key, text(s, 2)});
    });
    return all;
  }

private:
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* made = nullptr;
    if (sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr) != SQLITE_OK)
      fail(sqlite3_errmsg(db_));
    return made;
  }
  static std::string text(sqlite3_stmt* s, int column) {
    const auto* chars = reinterpret_cast<const char*>(sqlite3_column_text(s, column));
    return {chars, static_cast<std::size_t>(sqlite3_column_bytes(s, column))};
  }
  static void bind(sqlite3_stmt* s, const std::vector<std::int64_t>& keys) {
    std::string list = "[";
    for (const std::int64_t key : keys) {
      if (list.size() > 1) list += ',';
      list += std::to_string(key);
    }
    list += ']';
    sqlite3_bind_text(s, 1, list.data(), static_cast<int>(list.size()), SQLITE_TRANSIENT);
  }
  template <class Row>
  void each(sqlite3_stmt* s, Row row) {
    int status = SQLITE_ROW;
    while ((status = sqlite3_step(s)) == SQLITE_ROW) row(s);
    if (status != SQLITE_DONE) fail(sqlite3_errmsg(db_));
    sqlite3_reset(s);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt *parents_ = nullptr, *children_ = nullptr, *grandchildren_ = nullptr;
};

// ---- libpq, blocking, prepared once, parameters and results in binary

class postgres_hand {
public:
  explicit postgres_hand(const char* url) : connection_(PQconnectdb(url)) {
    if (PQstatus(connection_) != CONNECTION_OK) fail(PQerrorMessage(connection_));
    PQclear(checked(PQexec(connection_, postgres_script)));
    prepare("parents", "SELECT id, name FROM bench_parents", 0);
    prepare("children", "SELECT id, parent_id, name FROM bench_children WHERE parent_id = ANY($1)", 1);
    prepare("grandchildren", "SELECT id, child_id, name FROM bench_grandchildren WHERE child_id = ANY($1)", 1);
  }
  ~postgres_hand() { PQfinish(connection_); }
  postgres_hand(const postgres_hand&) = delete;
  postgres_hand& operator=(const postgres_hand&) = delete;

  hand::families load() {
    hand::families all;
    PGresult* rows = run("parents", nullptr);
    const int parents = PQntuples(rows);
    all.parents.reserve(static_cast<std::size_t>(parents));
    for (int i = 0; i < parents; ++i) all.parents.push_back({number(rows, i, 0), text(rows, i, 1), {}});
    PQclear(rows);
    const std::vector<std::int64_t> parent_keys = all.parent_keys();
    rows = run("children", &parent_keys);
    const int children = PQntuples(rows);
    for (int i = 0; i < children; ++i) {
      const std::int64_t key = number(rows, i, 1);
      all.parent_of.find(key)->second->children.push_back({number(rows, i, 0), key, text(rows, i, 2), {}});
    }
    PQclear(rows);
    const std::vector<std::int64_t> child_keys = all.child_keys(static_cast<std::size_t>(children));
    rows = run("grandchildren", &child_keys);
    const int grandchildren = PQntuples(rows);
    for (int i = 0; i < grandchildren; ++i) {
      const std::int64_t key = number(rows, i, 1);
      all.child_of.find(key)->second->grandchildren.push_back({number(rows, i, 0), key, text(rows, i, 2)});
    }
    PQclear(rows);
    return all;
  }

private:
  PGresult* checked(PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(PQerrorMessage(connection_));
    return result;
  }
  void prepare(const char* name, const char* sql, int parameters) {
    const Oid list = 1016;  // int8[]
    PQclear(checked(PQprepare(connection_, name, sql, parameters, &list)));
  }
  PGresult* run(const char* name, const std::vector<std::int64_t>* keys) {
    if (!keys) return checked(PQexecPrepared(connection_, name, 0, nullptr, nullptr, nullptr, 1));
    const auto count = static_cast<std::uint32_t>(keys->size());
    std::string list(20 + keys->size() * 12, '\0');
    char* at = list.data();
    const auto put = [&at](std::uint32_t value) {
      value = __builtin_bswap32(value);
      std::memcpy(at, &value, 4);
      at += 4;
    };
    for (const std::uint32_t head : {1u, 0u, 20u, count, 1u}) put(head);  // dimensions, no NULLs, int8, length, from 1
    for (const std::int64_t key : *keys) {
      put(8);
      const std::uint64_t bytes = __builtin_bswap64(static_cast<std::uint64_t>(key));
      std::memcpy(at, &bytes, 8);
      at += 8;
    }
    const char* value = list.data();
    const int length = static_cast<int>(list.size());
    const int binary = 1;
    return checked(PQexecPrepared(connection_, name, 1, &value, &length, &binary, 1));
  }
  static std::int64_t number(PGresult* rows, int row, int column) {
    std::uint64_t bytes;
    std::memcpy(&bytes, PQgetvalue(rows, row, column), 8);
    return static_cast<std::int64_t>(__builtin_bswap64(bytes));
  }
  static std::string text(PGresult* rows, int row, int column) {
    return {PQgetvalue(rows, row, column), static_cast<std::size_t>(PQgetlength(rows, row, column))};
  }

  PGconn* connection_;
};

tp::task<void> load(tp::database& db, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    auto families = co_await db.query<Parent>().with(&Parent::children, &Child::grandchildren).all();
    keep(families);
  }
}

postgres_hand& by_libpq() {
  static postgres_hand instance(server());  // makes the tables of both
  return instance;
}

}  // namespace

std::vector<bench_case> relation_cases() {
  std::vector<bench_case> cases;
  cases.push_back({.name = "load 1,000 x 20 x 3 relations",
                   .budget = 1.15,
                   .operations = 1,
                   .ours =
                       [](std::size_t n) {
                         static tp::database db("sqlite::memory:", {.run = tp::execution::inline_});
                         static const bool filled = (tp::sync_wait(db.execute(sqlite_script)), true);
                         if (filled) tp::sync_wait(load(db, n));
                       },
                   .baseline =
                       [](std::size_t n) {
                         static sqlite_hand by_hand;
                         for (std::size_t i = 0; i < n; ++i) {
                           auto families = by_hand.load();
                           keep(families);
                         }
                       },
                   .rounds = 15,
                   .budget_of_cpu = true});
  if (server() == nullptr) return cases;
  cases.push_back({.name = "postgres: load 1,000 x 20 x 3 relations",
                   .budget = 1.15,
                   .operations = 1,
                   .ours =
                       [](std::size_t n) {
                         by_libpq();
                         static tp::database db(server(), {.run = tp::execution::worker});
                         tp::sync_wait(load(db, n));
                       },
                   .baseline =
                       [](std::size_t n) {
                         for (std::size_t i = 0; i < n; ++i) {
                           auto families = by_libpq().load();
                           keep(families);
                         }
                       },
                   .rounds = 15,
                   .budget_of_cpu = true});
  return cases;
}
