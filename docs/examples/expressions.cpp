// SPDX-License-Identifier: Apache-2.0
#include "filled_database.hpp"

#include <tupelo/query/bucket_series.hpp>
#include <tupelo/security/sealing_key.hpp>

#include <chrono>

namespace {

using namespace std::chrono_literals;

tp::task<void> expressions(tp::database& db) {
  const auto band =
      tp::case_when(tp::col<&User::age> < 18, "child").when(tp::col<&User::age> < 65, "adult").otherwise("senior");
  auto bands = co_await db.query<User>()
                   .group_by(band)
                   .order_by(band)
                   .select(band, tp::count())
                   .all();  // std::vector<std::tuple<std::string,
                            // std::int64_t>>
  EXPECT_EQ(bands.size(), 1U);

  auto monthly = co_await db.query<Post>()
                     .join<User>(tp::col<&Post::author_id> == tp::col<&User::id>)
                     .group_by(tp::start_of_month(tp::col<&User::created_at>))
                     .select(tp::start_of_month(tp::col<&User::created_at>), tp::sum(tp::col<&Post::views>))
                     .all();
  auto fresh = co_await db.query<User>().where(tp::col<&User::created_at> > tp::add_days(tp::now(), -7)).count();
  EXPECT_EQ(monthly.size(), 1U);
  EXPECT_EQ(fresh, 2);

  auto quarters = co_await db.query<User>().select<tp::timestamp>(tp::bucket(tp::col<&User::created_at>, 15min)).all();
  EXPECT_EQ(quarters.size(), 2U);

  const auto days = tp::buckets("days", tp::add_days(tp::now(), -7), tp::now(), 24h);
  auto newcomers = co_await db.query(days)
                       .left_join<User>(days.holds(tp::col<&User::created_at>))
                       .group_by(days.value())
                       .order_by(days.value())
                       .select(days.value(), tp::count(tp::col<&User::id>))
                       .all();  // a row for each day, with 0 where nobody has come
  EXPECT_GE(newcomers.size(), 7U);
}

tp::task<void> updates(tp::database& db) {
  auto trimmed = co_await db.update<Post>()
                     .set(tp::col<&Post::title>, tp::trim(tp::col<&Post::title>))
                     .set(tp::col<&Post::views>, tp::greatest(tp::col<&Post::views> - 1, 0))
                     .where(tp::length(tp::col<&Post::title>) > 2)
                     .run();
  EXPECT_EQ(trimmed, 3);
}

tp::task<void> aggregates(tp::database& db) {
  auto counted = co_await db.query<Post>()
                     .select(tp::count(), tp::count().filter(tp::col<&Post::views> > 15),
                             tp::avg(tp::col<&Post::views>).filter(tp::col<&Post::title> == "post"))
                     .one();
  EXPECT_EQ(counted, std::make_tuple(std::int64_t{3}, std::int64_t{2}, 20.0));
}

tp::task<void> windows(tp::database& db) {
  const auto best_first = tp::partition_by(tp::col<&Post::author_id>).order_by(tp::col<&Post::views>.desc());
  auto ranked = co_await db.query<Post>()
                    .order_by(tp::col<&Post::id>)
                    .select(tp::col<&Post::id>, tp::rank().over(best_first),
                            tp::col<&Post::views> * 100 / tp::sum(tp::col<&Post::views>).over(),
                            tp::lag(tp::col<&Post::views>).over(tp::order_by(tp::col<&Post::id>)),
                            tp::avg(tp::col<&Post::views>)
                                .over(tp::order_by(tp::col<&Post::id>).rows_between(tp::preceding(2), tp::current_row)))
                    .all();
  EXPECT_EQ(ranked.at(2), std::make_tuple(std::int64_t{3}, std::int64_t{1}, 50, std::optional<int>(20), 20.0));

  const auto by_views = tp::order_by(tp::col<&Post::views>);
  auto like_it =
      co_await db.query<Post>()
          .order_by(tp::col<&Post::id>)
          .select(tp::col<&Post::id>, tp::count().over(by_views.range_between(tp::preceding(10), tp::following(10))
                                                           .exclude(tp::frame_exclusion::current_row)))
          .all();  // how many posts have nearly as many views
  EXPECT_EQ(like_it.at(1), std::make_tuple(std::int64_t{2}, std::int64_t{2}));
}

tp::task<void> documents(tp::database& db) {
  co_await db.update<Post>()
      .set(tp::col<&Post::meta>, tp::json::parse(R"({"author": {"name": "Ada"}, "likes": 7})"))
      .where(tp::col<&Post::id> == 1)
      .run();
  const auto likes = tp::col<&Post::meta>.path("likes");
  auto liked = co_await db.query<Post>()
                   .where(tp::col<&Post::meta>.path("author", "name").as<std::string>() == "Ada")
                   .select<std::optional<std::int64_t>>(likes.as<std::int64_t>())
                   .all();
  co_await db.update<Post>().set(likes, 8).where(likes.exists()).run();
  EXPECT_EQ(liked, std::vector<std::optional<std::int64_t>>{7});

  auto behind =
      co_await db.query<Post>().where(tp::row(tp::col<&Post::views>, tp::col<&Post::id>) > tp::row(10, 1)).count();
  EXPECT_EQ(behind, 2);
}

tp::task<void> aliases(tp::database& db) {
  const auto longer = tp::alias<Post>("longer");
  auto pairs = co_await db.query<Post>()
                   .join(longer, longer(&Post::author_id) == tp::col<&Post::author_id> &&
                                     longer(&Post::views) > tp::col<&Post::views>)
                   .order_by(longer(&Post::views).desc())
                   .select(tp::col<&Post::id>, longer(&Post::id))
                   .all();
  EXPECT_EQ(pairs.size(), 3U);
}

tp::task<void> unions(tp::database& db) {
  auto known = co_await db.query<User>()
                   .where(tp::col<&User::role> == Role::admin)
                   .union_(db.query<User>().where(tp::col<&User::age> < 21))
                   .order_by(tp::col<&User::email>)
                   .limit(10)
                   .all();  // what is said behind the union is said of all its rows
  EXPECT_EQ(known.size(), 2U);
}

struct Totals {
  std::int64_t author_id;
  std::int64_t posts, views;
};

tp::task<void> derived_tables(tp::database& db) {
  const auto author = tp::col<&Post::author_id>;
  const auto totals = tp::derived(
      "totals", tp::query<Post>().group_by(author).select<Totals>(author, tp::count(), tp::sum(tp::col<&Post::views>)));
  auto busy = co_await db.query<User>()
                  .join(totals, totals(&Totals::author_id) == tp::col<&User::id>)
                  .where(totals(&Totals::posts) > 2)
                  .select(tp::col<&User::email>, totals(&Totals::views))
                  .all();
  EXPECT_EQ(busy.size(), 1U);

  const auto later =
      tp::recursive("later", tp::query<Post>().where(tp::col<&Post::id> == 1).select<std::int64_t>(tp::col<&Post::id>),
                    [](const auto& found) {
                      return tp::query<Post>()
                          .join(found, tp::col<&Post::views> > 0 && tp::col<&Post::id> == found.value() + 1)
                          .template select<std::int64_t>(tp::col<&Post::id>);
                    });
  auto posts = co_await db.query<Post>().join(later, later.value() == tp::col<&Post::id>).all();
  EXPECT_EQ(posts.size(), 3U);
}

tp::task<void> pages(tp::database& db, std::string_view secret) {
  const tp::sealing_key key(secret);  // 32 random bytes, the same in all your programs
  auto newest = db.query<Post>().order_by(tp::col<&Post::views>.desc(), tp::col<&Post::title>);
  auto first_page = co_await newest.page_after(tp::cursor(), 2);  // the first ones
  std::string link = first_page.next.sealed(key);                 // for the client; empty behind no row
  auto second_page = co_await newest.page_after(tp::cursor::opened(link, key), 2);
  auto back_again = co_await newest.page_before(second_page.prev, 2);
  EXPECT_EQ(second_page.items.size(), 1U);
  EXPECT_EQ(back_again.items.size(), 2U);
}

tp::task<void> writes_that_read(tp::database& db) {
  auto signed_posts = co_await db.update<Post>()
                          .join<User>(tp::col<&Post::author_id> == tp::col<&User::id>)
                          .set(tp::col<&Post::title>, tp::concat(tp::col<&Post::title>, " by ", tp::col<&User::email>))
                          .where(tp::col<&User::role> == Role::admin)
                          .run();
  auto copied =
      co_await db.insert_from<Post>(tp::query<Post>()
                                        .where(tp::col<&Post::views> > 15)
                                        .select(tp::col<&Post::author_id>, tp::col<&Post::title>, tp::col<&Post::body>,
                                                tp::col<&Post::meta>, tp::col<&Post::views>, tp::col<&Post::version>),
                                    tp::col<&Post::author_id>, tp::col<&Post::title>, tp::col<&Post::body>,
                                    tp::col<&Post::meta>, tp::col<&Post::views>, tp::col<&Post::version>);
  auto posts = co_await db.query<Post>().where(tp::col<&Post::views> > 15).all();
  for (Post& post : posts) post.title = std::to_string(post.views) + " views";
  co_await db.update(posts);  // each row with values of its own, in few statements, all or none
  std::string plan = co_await db.query<Post>().where(tp::col<&Post::author_id> == 1).explain();
  EXPECT_NE(plan.find("posts"), std::string::npos);
  EXPECT_EQ(signed_posts, 3);
  EXPECT_EQ(copied, 2);
}

}  // namespace

TEST(guide_of_expressions, computes_as_it_says) {
  example::filled_database example;
  tp::sync_wait(expressions(example.db));
  tp::sync_wait(aggregates(example.db));
  tp::sync_wait(windows(example.db));
  tp::sync_wait(documents(example.db));
  tp::sync_wait(updates(example.db));
}
TEST(guide_of_queries, reads_from_more_than_tables) {
  example::filled_database example;
  tp::sync_wait(aliases(example.db));
  tp::sync_wait(unions(example.db));
  tp::sync_wait(derived_tables(example.db));
  tp::sync_wait(pages(example.db, "0123456789abcdef0123456789abcdef"));
}
TEST(guide_of_queries, writes_what_it_reads) {
  example::filled_database example;
  tp::sync_wait(writes_that_read(example.db));
}
