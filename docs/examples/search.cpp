// SPDX-License-Identifier: Apache-2.0
#include "example_place.hpp"

#include <tupelo/schema/models.hpp>
#include <tupelo/query/search.hpp>

#include <gtest/gtest.h>

namespace tp = tupelo;

namespace {

struct Guide {
  std::int64_t id{};
  std::string title, body;

  static void model(tp::model<Guide>& m) {
    m.search_index("english", &Guide::title, &Guide::body).weight(&Guide::title, 'A');
  }
};

struct Hit {
  std::string title, part;
};

tp::task<std::vector<Hit>> search(tp::database& db, std::string text) {
  co_return co_await db.query<Guide>()
      .where(tp::matches<Guide>(text))
      .order_by(tp::search_rank<Guide>(text).desc())
      .select<Hit>(tp::col<&Guide::title>, tp::snippet(tp::col<&Guide::body>, text, "[", "]"))
      .all();
}

struct Stock {
  std::int64_t id{};
  std::string article;
  int amount{}, most{100};

  static void model(tp::model<Stock>& m) { m.unique(&Stock::article); }
};

tp::task<bool> deliver(tp::database& db, Stock delivery) {
  bool written = co_await db.upsert(
      delivery, tp::on_conflict(tp::col<&Stock::article>)
                    .set(tp::col<&Stock::amount>, tp::col<&Stock::amount> + tp::excluded(tp::col<&Stock::amount>))
                    .where(tp::col<&Stock::amount> < tp::col<&Stock::most>));
  co_return written;
}

struct Nickname {
  std::int64_t id{};
  std::string name, note;

  static void model(tp::model<Nickname>& m) { m.unique(tp::lower(tp::col<&Nickname::name>)).named("nickname_name"); }
};

tp::task<std::int64_t> shout(tp::database& db) {
  Nickname nick{.name = "ADA", .note = "louder"};
  co_await db.upsert(nick, tp::on_conflict(tp::lower(tp::col<&Nickname::name>)).update(tp::col<&Nickname::note>));
  co_return nick.id;
}

TEST(guide_of_queries, meets_rows_by_an_expression) {
  const example::place here;
  tp::database db(here.url());
  tp::sync_wait(tp::create_tables<Nickname>(db));
  Nickname quiet{.name = "ada", .note = "quiet"};
  tp::sync_wait(db.insert(quiet));
  EXPECT_EQ(tp::sync_wait(shout(db)), quiet.id);
}

TEST(guide_of_queries, finds_words) {
  const example::place here;
  tp::database db(here.url(example::place::on_postgres() ? "" : "trusted_schema=on"));
  tp::sync_wait(tp::create_tables<Guide>(db));
  std::vector<Guide> guides{{.title = "Cooking", .body = "How to boil an egg"},
                            {.title = "Eggs", .body = "Boiling, frying and scrambling eggs"}};
  tp::sync_wait(db.insert(guides));
  const auto hits = tp::sync_wait(search(db, "egg boil*"));
  ASSERT_EQ(hits.size(), 2U);
  EXPECT_EQ(hits[0].title, "Eggs");
  EXPECT_TRUE(hits[1].part.ends_with("[boil] an [egg]")) << hits[1].part;  // each database cuts it elsewhere
}

TEST(guide_of_queries, adds_up_in_an_upsert) {
  const example::place here;
  tp::database db(here.url());
  tp::sync_wait(tp::create_tables<Stock>(db));
  EXPECT_TRUE(tp::sync_wait(deliver(db, {.article = "nail", .amount = 60})));
  EXPECT_TRUE(tp::sync_wait(deliver(db, {.article = "nail", .amount = 60})));
  EXPECT_FALSE(tp::sync_wait(deliver(db, {.article = "nail", .amount = 60})));
}

}  // namespace
