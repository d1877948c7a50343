// SPDX-License-Identifier: Apache-2.0
#include "story.hpp"

#include <vector>

namespace tupelo::chaos {

Entry story::entry(const std::string& text) {
  told_[text] = state::failed;
  return Entry{.run = run_, .text = text};
}

task<void> story::tell(database& db) {
  co_await write_and_read(db);
  co_await transact(db);
  co_await stream(db);
  co_await copy(db);
  co_await fail(db);
  co_await run_script(db);
  co_await use_sessions(db);
  co_await pipeline(db);
}

task<void> story::write_and_read(database& db) {
  Entry first = entry("insert");
  co_await db.insert(first);
  confirm("insert");
  for (int i = 0; i < 2; ++i) {
    const std::vector<Entry> rows = co_await db.query<Entry>().where(col<&Entry::run> == run_).all();
    EXPECT_EQ(rows.size(), 1U) << name_;
    if (rows.size() != 1) continue;
    EXPECT_EQ(rows[0].text, "insert") << name_;
    EXPECT_EQ(rows[0].id, first.id) << name_;
  }
}

task<void> story::transact(database& db) {
  lease held = co_await db.acquire();
  co_await held.begin();
  co_await held.insert(entry("before the savepoint"));
  co_await held.begin();
  co_await held.insert(entry("undone"));
  co_await held.rollback();
  co_await held.insert(entry("after the savepoint"));
  co_await held.commit();
  confirm("before the savepoint");
  confirm("after the savepoint");
}

task<void> story::stream(database& db) {
  constexpr std::int64_t last = 66;  // it takes two reads
  auto rows = db.raw_sql<std::int64_t>("SELECT generate_series(1::bigint, 66)").stream();
  std::int64_t expected = 0;
  while (const std::int64_t* row = co_await rows.next()) EXPECT_EQ(*row, ++expected) << name_;
  EXPECT_EQ(expected, last) << name_;
}

task<void> story::copy(database& db) {
  const std::vector<Entry> copied{entry("copied"), entry("copied too")};
  EXPECT_EQ(co_await db.copy_in(copied), 2) << name_;
  confirm("copied");
  confirm("copied too");
  auto rows = db.copy_out<std::int64_t>("SELECT generate_series(1::bigint, 3)");
  std::int64_t expected = 0;
  while (const std::int64_t* row = co_await rows.next()) EXPECT_EQ(*row, ++expected) << name_;
  EXPECT_EQ(expected, 3) << name_;
}

task<void> story::fail(database& db) {
  try {
    co_await db.raw_sql<int>("SELECT 1 / (length($1) - 3)", "abc").one();
    ADD_FAILURE() << name_ << ": a division by zero has a result";
  } catch (const database_error& e) {
    if (e.sqlstate() != "22012") throw;
  }
}

task<void> story::run_script(database& db) {
  std::string script;
  for (const char* text : {"first of a script", "second of a script"}) {
    entry(text);
    script += "INSERT INTO entries (run, text) VALUES ('" + run_ + "', '" + text + "');";
  }
  co_await db.execute(std::move(script));
  confirm("first of a script");
  confirm("second of a script");
}

task<void> story::use_sessions(database& db) {
  {
    auto session = db.session();
    session.add(entry("session"));
    session.add(entry("session too"));
    co_await session.commit();
    confirm("session");
    confirm("session too");
  }
  co_await db.transaction([&](tupelo::session& s) -> task<void> {
    s.add(entry("closure"));
    co_await s.flush();
  });
  confirm("closure");
}

task<void> story::pipeline(database& db) {
  // New statements first, then prepared ones: one Sync, and so one transaction, each time.
  for (const std::string when : {"at first", "again"}) {
    const std::string one = "pipelined " + when;
    const std::string other = "pipelined too " + when;
    entry(one);
    entry(other);
    co_await db.pipeline(db.raw_sql("INSERT INTO entries (run, text) VALUES (?, ?)", run_, one).run(),
                         db.raw_sql("UPDATE entries SET text = text WHERE run = ?", run_).run(),
                         db.raw_sql("INSERT INTO entries (run, text) VALUES (?, ?)", run_, other).run());
    confirm(one);
    confirm(other);
  }
}

task<void> story::verify(database& control) const {
  std::map<std::string, int> found;
  for (const Entry& row : co_await control.query<Entry>().where(col<&Entry::run> == run_).all()) ++found[row.text];
  EXPECT_EQ(found["undone"], 0) << name_;
  EXPECT_EQ(found["before the savepoint"], found["after the savepoint"]) << name_;
  EXPECT_EQ(found["session"], found["session too"]) << name_;
  EXPECT_EQ(found["copied"], found["copied too"]) << name_;
  EXPECT_EQ(found["pipelined at first"], found["pipelined too at first"]) << name_;
  EXPECT_EQ(found["pipelined again"], found["pipelined too again"]) << name_;
  for (const auto& [text, count] : found) {
    EXPECT_LE(count, 1) << name_ << ": " << text << " is there more than once";
    EXPECT_TRUE(count == 0 || told_.contains(text)) << name_ << ": " << text;
  }
  for (const auto& [text, told] : told_) {
    if (told == state::confirmed) EXPECT_EQ(found[text], 1) << name_ << ": " << text << " was confirmed";
  }
}

}  // namespace tupelo::chaos
