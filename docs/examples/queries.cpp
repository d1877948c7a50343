// SPDX-License-Identifier: Apache-2.0
#include "filled_database.hpp"

namespace {

struct AuthorStats {
  std::int64_t author_id;
  std::int64_t posts;
  std::optional<double> average_views;
};

tp::task<void> reads(tp::database& db, std::optional<int> min_age) {
  auto recent = co_await db.query<User>()
                    .where(tp::col<&User::email>.contains("@example.com"))
                    .where_if(min_age, [](int a) { return tp::col<&User::age> >= a; })
                    .order_by(tp::col<&User::created_at>.desc())
                    .with(&User::posts)  // one more query for all rows, never one per row
                    .limit(10)
                    .all();  // std::vector<User>: plain values
  EXPECT_EQ(recent.size(), 2U);

  auto grown_ups = db.query<User>();  // a query is a value: keep it, copy it, add to it
  if (min_age) grown_ups.where(tp::col<&User::age> >= *min_age);
  auto first = co_await grown_ups.order_by(tp::col<&User::id>).first();  // std::optional<User>
  auto count = co_await grown_ups.count();
  bool any = co_await grown_ups.exists();
  auto emails = co_await grown_ups.pluck(tp::col<&User::email>);  // std::vector<std::string>
  auto page = co_await grown_ups.page(1, 20);                     // items, total, pages(), has_next(), has_prev()
  EXPECT_TRUE(first && any);
  EXPECT_EQ(count, 2);
  EXPECT_EQ(emails.size(), 2U);
  EXPECT_EQ(page.total, 2);

  User ada = co_await db.get<User>(1);                       // by primary key; throws not_found
  std::optional<User> nobody = co_await db.find<User>(999);  // or nothing
  EXPECT_EQ(ada.email, "ada@example.com");
  EXPECT_FALSE(nobody);
}

void conditions(tp::database& db) {
  auto query = db.query<User>().where(tp::col<&User::role>.in(Role::member, Role::admin) &&
                                      (tp::col<&User::age>.between(18, 65) || tp::col<&User::age>.is_null()) &&
                                      !tp::col<&User::email>.ends_with(".invalid") &&
                                      tp::col<&User::address, &Address::city> == "London");
  EXPECT_NE(query.to_sql().find("\"address_city\" = "), std::string::npos);
}

struct Draft {
  std::int64_t id{};
  std::string title;
  bool published{};

  static void model(tp::model<Draft>& m) { m.default_scope("published", tp::col<&Draft::published> == true); }
};

tp::task<void> default_scopes(tp::database& db) {
  co_await db.insert(Draft{.title = "begun"});
  auto everybody_sees = co_await db.query<Draft>().all();
  auto its_author_sees = co_await db.query<Draft>().without_scope("published").all();
  EXPECT_EQ(everybody_sees.size(), 0U);
  EXPECT_EQ(its_author_sees.size(), 1U);
}

tp::task<void> joins(tp::database& db) {
  auto titles = co_await db.query<Post>()
                    .join<User>(tp::col<&Post::author_id> == tp::col<&User::id>)
                    .where(tp::col<&User::role> == Role::admin)
                    .select(tp::col<&Post::title>, tp::col<&User::email>)
                    .all();  // std::vector<std::tuple<std::string, std::string>>
  EXPECT_EQ(titles.size(), 3U);

  auto writers = co_await db.query<User>()
                     .where(tp::col<&User::id>.in(tp::query<Post>().select<std::int64_t>(tp::col<&Post::author_id>)))
                     .all();
  EXPECT_EQ(writers.size(), 1U);

  auto popular = co_await db.query<User>()
                     .where(tp::exists(tp::query<Post>().correlate<User>().where(
                         tp::col<&Post::author_id> == tp::col<&User::id> && tp::col<&Post::views> > 100)))
                     .all();
  EXPECT_LE(popular.size(), 1U);

  auto above =
      co_await db.query<Post>()
          .where(tp::col<&Post::views> > tp::subquery(tp::query<Post>().select<double>(tp::avg(tp::col<&Post::views>))))
          .all();
  const auto most_read = tp::subquery(tp::query<Post>()
                                          .correlate<User>()
                                          .where(tp::col<&Post::author_id> == tp::col<&User::id>)
                                          .order_by(tp::col<&Post::views>.desc())
                                          .limit(1)
                                          .select<std::string>(tp::col<&Post::title>));
  auto authors = co_await db.query<User>()
                     .select<std::tuple<std::string, std::optional<std::string>>>(tp::col<&User::email>, most_read)
                     .all();
  EXPECT_LT(above.size(), 3U);
  EXPECT_EQ(authors.size(), 2U);

  auto silent = co_await db.query<User>()
                    .where(!tp::exists(
                        tp::query<Post>().correlate<User>().where(tp::col<&Post::author_id> == tp::col<&User::id>)))
                    .all();
  auto same = co_await db.query<User>()
                  .left_join<Post>(tp::col<&Post::author_id> == tp::col<&User::id>)
                  .where(tp::col<&Post::id> == std::optional<std::int64_t>())
                  .all();
  EXPECT_EQ(silent.size(), 1U);
  EXPECT_EQ(same.size(), silent.size());
}

tp::task<void> groups(tp::database& db) {
  auto stats = co_await db.query<Post>()
                   .group_by(tp::col<&Post::author_id>)
                   .having(tp::count() > 1)
                   .select<AuthorStats>(tp::col<&Post::author_id>, tp::count(), tp::avg(tp::col<&Post::views>))
                   .all();  // std::vector<AuthorStats>, types checked by the compiler
  EXPECT_EQ(stats.at(0).posts, 3);
}

tp::task<void> writes(tp::database& db) {
  User eve{.email = "eve@example.com"};
  co_await db.insert(eve);  // eve.id and her timestamps are set
  eve.age = 29;
  co_await db.update(eve);  // all columns of her row
  co_await db.erase(eve);   // marks it: User says soft_delete

  std::vector<Post> drafts(100, Post{.author_id = 1, .title = "draft", .body = "…"});
  co_await db.insert(drafts);  // as few statements as possible, all or none; every key is set

  auto raised = co_await db.update<Post>()
                    .set(tp::col<&Post::views>, tp::col<&Post::views> + 1)
                    .where(tp::col<&Post::title> == "draft")
                    .run();                                                             // rows written
  auto gone = co_await db.erase<Post>().where(tp::col<&Post::views> == 1).returning();  // the rows themselves
  EXPECT_EQ(raised, 100);
  EXPECT_EQ(gone.size(), 100U);

  auto again =
      co_await db.update<Post>()
          .set(tp::col<&Post::views>, tp::col<&Post::views> + 1)
          .where(tp::col<&Post::views> >= 10)
          .returning(tp::col<&Post::title>, tp::col<&Post::views>);  // std::vector<std::tuple<std::string, int>>
  EXPECT_EQ(again.size(), 3U);
  co_await db.update<Post>().set(tp::col<&Post::views>, tp::col<&Post::views> - 1).all_rows().run();

  const auto is_eve = tp::col<&User::email> == "eve@example.com";
  auto forgotten = co_await db.update<User>().set(tp::col<&User::age>, std::nullopt).where(is_eve).with_deleted().run();
  EXPECT_EQ(forgotten, 1);

  User ada{.email = "ada@example.com", .age = 37};
  bool written = co_await db.upsert(ada, tp::on_conflict(tp::col<&User::email>).update(tp::col<&User::age>));
  EXPECT_TRUE(written);
  EXPECT_EQ(ada.id, 1);
}

tp::task<void> streams(tp::database& db) {
  auto rows = db.query<Post>().stream();
  std::int64_t views = 0;
  while (Post* post = co_await rows.next()) views += post->views;
  EXPECT_EQ(views, 60);
}

struct Longest {
  std::string title;
  std::int64_t characters;
};

tp::task<void> own_sql(tp::database& db) {
  auto longest =
      co_await db
          .raw_sql<Longest>("SELECT title, length(body) FROM posts WHERE views >= ? ORDER BY 2 DESC LIMIT ?", 10, 3)
          .all();
  auto changed = co_await db.raw_sql("UPDATE posts SET title = trim(title) WHERE author_id = ?", 1).run();
  EXPECT_EQ(longest.size(), 3U);
  EXPECT_EQ(changed, 3);
}

}  // namespace

TEST(guide_of_queries, reads_as_it_says) {
  example::filled_database example;
  tp::sync_wait(reads(example.db, 18));
  conditions(example.db);
  tp::sync_wait(joins(example.db));
  tp::sync_wait(groups(example.db));
  tp::sync_wait(tp::create_tables<Draft>(example.db));
  tp::sync_wait(default_scopes(example.db));
  tp::sync_wait(streams(example.db));
  tp::sync_wait(own_sql(example.db));
}
TEST(guide_of_queries, writes_as_it_says) {
  example::filled_database example;
  tp::sync_wait(writes(example.db));
}
