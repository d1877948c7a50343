// SPDX-License-Identifier: Apache-2.0
#include "filled_database.hpp"

#include <tupelo/core/as_result.hpp>

#include <vector>

namespace {

tp::task<void> dashboard(tp::database& db) {
  auto [ada, recent, drafts] = co_await db.pipeline(
      db.get<User>(1), db.query<Post>().order_by(tp::col<&Post::id>.desc()).limit(10).all(),
      db.query<Post>().where(tp::col<&Post::views> == 0).count());  // User, std::vector<Post>, std::int64_t
  EXPECT_EQ(ada.email, "ada@example.com");
  EXPECT_EQ(recent.size(), 3U);
  EXPECT_GE(drafts, 0);
}

tp::task<void> many(tp::database& db, const std::vector<std::int64_t>& ids) {
  std::vector<tp::operation<std::optional<Post>>> reads;
  for (std::int64_t id : ids) reads.push_back(db.find<Post>(id));
  auto posts = co_await db.pipeline(std::move(reads));  // std::vector<std::optional<Post>>, in order
  EXPECT_EQ(posts.size(), ids.size());
}

tp::task<void> all_or_nothing(tp::database& db) {
  auto written = co_await tp::as_result(db.pipeline(  //
      db.insert(User{.email = "eve@example.com"}),    //
      db.insert(User{.email = "ada@example.com"})));  // taken
  if (!written) {
    EXPECT_EQ(written.error().code(), tp::errc::unique_violation);
    EXPECT_EQ(written.error().as_error()->pipeline_position(), 2U);  // and eve is not there either
  }
}

tp::task<void> in_a_session(tp::database& db, std::int64_t id) {
  co_await db.transaction([&](tp::session& s) -> tp::task<void> {
    auto [raised, posts] = co_await s.pipeline(  // BEGIN goes out with them
        s.update<Post>()
            .set(tp::col<&Post::views>, tp::col<&Post::views> + 1)
            .where(tp::col<&Post::author_id> == id)
            .run(),
        s.query<Post>().where(tp::col<&Post::author_id> == id).all());
    EXPECT_EQ(raised, static_cast<std::int64_t>(posts.size()));
  });
}

}  // namespace

TEST(guide_of_pipelines, runs_as_it_says) {
  example::filled_database example;
  tp::sync_wait(dashboard(example.db));
  tp::sync_wait(many(example.db, {1, 2, 3, 999}));
  tp::sync_wait(all_or_nothing(example.db));
  tp::sync_wait(in_a_session(example.db, 1));
  EXPECT_EQ(tp::sync_wait(example.db.query<User>().count()), 2);
}
