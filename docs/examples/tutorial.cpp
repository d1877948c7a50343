// SPDX-License-Identifier: Apache-2.0
// The parts of the tutorial that a reader writes; models.hpp there is what `tupelo new` writes, with one field more.
#include "example_place.hpp"

#include <gtest/gtest.h>

namespace tp = tupelo;

namespace {

struct Post;

struct User {
  std::int64_t id{};
  std::string email;
  std::optional<int> age;
  std::optional<std::string> nickname;
  tp::timestamp created_at{}, updated_at{};
  tp::has_many<Post> posts;

  static void model(tp::model<User>& m) {
    m.unique(&User::email);
    m.timestamps(&User::created_at, &User::updated_at);
    m.has_many(&User::posts, "author_id");
  }
};

struct Post {
  std::int64_t id{};
  std::int64_t author_id{};
  std::string title;
  std::string body;
  tp::belongs_to<User> author;

  static void model(tp::model<Post>& m) { m.belongs_to(&Post::author, &Post::author_id).on_delete(tp::cascade); }
};

tp::task<void> show_users(tp::database& db) {
  auto session = db.session();
  auto grace = session.add(User{.email = "grace@example.com", .age = 37});
  session.add(Post{.title = "Hello", .body = "From a session.", .author = grace});
  co_await session.commit();
  grace->age = 38;
  co_await session.commit();

  auto titles = co_await db.query<Post>()
                    .join<User>(tp::col<&Post::author_id> == tp::col<&User::id>)
                    .where(tp::col<&User::age> >= 18 && tp::col<&Post::title>.starts_with("H"))
                    .order_by(tp::col<&User::email>)
                    .select(tp::col<&User::email>, tp::col<&Post::title>)
                    .all();
  for (const auto& [email, title] : titles) std::printf("%s: %s\n", email.c_str(), title.c_str());
  EXPECT_EQ(titles.size(), 1U);

  const auto users = co_await db.query<User>().order_by(tp::col<&User::email>).with(&User::posts).all();
  for (const User& user : users) std::printf("%-24s posts: %zu\n", user.email.c_str(), user.posts.size());
}

tp::task<void> give_a_nickname(tp::database& db) {
  auto session = db.session();
  auto grace = session.attach(co_await db.query<User>().where(tp::col<&User::email> == "grace@example.com").one());
  grace->nickname = "amazing";
  co_await session.commit();
}

}  // namespace

TEST(tutorial, code_of_the_reader_runs) {
  const example::place here;
  tp::database db(here.url());
  tp::sync_wait(tp::create_tables<User, Post>(db));
  tp::sync_wait(show_users(db));
  tp::sync_wait(give_a_nickname(db));
  EXPECT_EQ(tp::sync_wait(db.get<User>(1)).nickname, "amazing");
  try {
    tp::sync_wait(show_users(db));
    FAIL() << "the tutorial says that the session refuses to commit";
  } catch (const tp::unique_violation& e) {
    EXPECT_NE(std::string(e.what()).find("users"), std::string::npos) << e.what();
    EXPECT_NE(std::string(e.what()).find("email"), std::string::npos) << e.what();
  }
}
