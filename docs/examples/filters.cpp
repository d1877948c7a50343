// SPDX-License-Identifier: Apache-2.0
#include "filled_database.hpp"

#include <tupelo/engine/partial.hpp>
#include <tupelo/query/filters.hpp>
#include <tupelo/query/raw_term.hpp>

namespace {

tp::task<void> partial_columns(tp::database& db) {
  auto people = co_await db.query<User>().only(tp::col<&User::email>).order_by(tp::col<&User::id>).all();
  for (const tp::partial<User>& user : people) EXPECT_NE(user[&User::email], "");
  EXPECT_THROW((void)people[0][&User::age], tp::field_not_loaded);

  auto without_bodies = co_await db.query<Post>().omit(tp::col<&Post::body>).all();
  EXPECT_EQ(without_bodies.size(), 3U);
}

const auto grown_up = [](auto& query, int years) { query.where(tp::col<&User::age> >= years); };
const auto writers = [](const auto& query) {
  return query.template join<Post>(tp::col<&Post::author_id> == tp::col<&User::id>).distinct();
};

tp::task<void> scopes(tp::database& db) {
  auto found = co_await db.query<User>().apply(grown_up, 21).apply(writers).all();
  EXPECT_EQ(found.size(), 1U);
}

tp::task<void> archive(std::vector<Post>& posts) {
  posts.clear();
  co_return;
}

tp::task<void> one_by_one(tp::database& db) {
  std::int64_t views = 0;
  auto seen = co_await db.query<Post>().for_each([&](Post& post) { views += post.views; });
  auto all = co_await db.query<Post>().chunk(
      500, [&](std::vector<Post>& posts) -> tp::task<void> { co_await archive(posts); });
  EXPECT_EQ(seen, all);
  EXPECT_EQ(views, 60);
}

tp::task<void> own_terms(tp::database& db) {
  auto short_ones = co_await db.query<Post>()
                        .where(tp::raw<bool>("length(?) < ?", tp::col<&Post::body>, 100))
                        .select(tp::raw<std::string>("replace(?, ' ', '-')", tp::col<&Post::title>))
                        .all();
  EXPECT_EQ(short_ones.size(), 3U);
}

const auto user_filters = tp::filters<User>()
                              .allow("age", tp::col<&User::age>, {tp::filter_by::gte, tp::filter_by::lt})
                              .allow("role", tp::col<&User::role>, {tp::filter_by::eq, tp::filter_by::in})
                              .sort("created_at", tp::col<&User::created_at>);

tp::task<tp::page<User>> list_users(tp::database& db, std::string query_string) {
  const auto asked = user_filters.read(query_string);
  co_return co_await db.query<User>().apply(asked).page(asked.page(), asked.page_size());
}

TEST(guide_of_queries, reads_parts_by_names) {
  example::filled_database example;
  tp::sync_wait(partial_columns(example.db));
  tp::sync_wait(scopes(example.db));
  tp::sync_wait(one_by_one(example.db));
  tp::sync_wait(own_terms(example.db));
  EXPECT_EQ(tp::sync_wait(list_users(example.db, "age__gte=18&sort=-created_at&page=1")).total, 2);
  EXPECT_THROW(tp::sync_wait(list_users(example.db, "password=1")), tp::filter_error);
}

}  // namespace
