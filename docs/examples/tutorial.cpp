// SPDX-License-Identifier: Apache-2.0
// The parts of the tutorial that a reader writes; models.hpp there is what `tupelo new` writes, with one field more.
#include "example_place.hpp"

#include <gtest/gtest.h>

namespace tp = tupelo;

namespace {

struct User {
  std::int64_t id{};
  std::string email;
  std::optional<int> age;
  std::optional<std::string> nickname;
  tp::timestamp created_at{}, updated_at{};

  static void model(tp::model<User>& m) {
    m.unique(&User::email);
    m.timestamps(&User::created_at, &User::updated_at);
  }
};

struct Post {
  std::int64_t id{};
  std::int64_t author_id{};
  std::string title;
  std::string body;
};

tp::task<void> show_users(tp::database& db) {
  auto session = db.session();
  auto grace = session.add(User{.email = "grace@example.com", .age = 37, .nickname = "amazing"});
  co_await session.commit();
  session.add(Post{.author_id = grace->id, .title = "Hello", .body = "From a session."});
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
}

}  // namespace

TEST(tutorial, code_of_the_reader_runs) {
  const example::place here;
  tp::database db(here.url());
  example::make_tables<User, Post>(db);
  tp::sync_wait(show_users(db));
  try {
    tp::sync_wait(show_users(db));
    FAIL() << "the tutorial says that the session refuses to commit";
  } catch (const tp::unique_violation& e) {
    EXPECT_NE(std::string(e.what()).find("users"), std::string::npos) << e.what();
    EXPECT_NE(std::string(e.what()).find("email"), std::string::npos) << e.what();
  }
}
