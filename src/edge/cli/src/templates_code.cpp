// SPDX-License-Identifier: Apache-2.0
#include "scaffold.hpp"

namespace tupelo::cli {
namespace {

constexpr const char* models = R"template(
#pragma once

#include <tupelo/tupelo.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace tp = tupelo;

struct Post;

// A model is a plain struct. `id` is its key; std::optional is NULL; model() says what the types cannot.
struct User {
  std::int64_t id{};
  std::string email;
  std::optional<int> age;
  tp::timestamp created_at{}, updated_at{};
  tp::has_many<Post> posts;  // empty until loaded

  static void model(tp::model<User>& m) {
    m.unique(&User::email);
    m.check("age_is_human", tp::col<&User::age> >= 0 && tp::col<&User::age> < 200);
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

  static void model(tp::model<Post>& m) {
    m.belongs_to(&Post::author, &Post::author_id).on_delete(tp::cascade);
    m.index(&Post::author_id, &Post::title);
  }
};
)template";

constexpr const char* manage = R"template(
// The project's own tool. Every model is named here once; migrations and seeds are linked in.
#include <tupelo/cli.hpp>

#include "models.hpp"

int main(int argc, char** argv) { return tp::cli::main<User, Post>(argc, argv); }
)template";

constexpr const char* program = R"template(
#include <cstdio>
#include <cstdlib>

#include "models.hpp"

namespace {

tp::task<void> show_users(tp::database& db) {
  // Two statements, however many users: their posts are read together.
  const auto users = co_await db.query<User>().order_by(tp::col<&User::email>).with(&User::posts).all();
  for (const User& user : users) std::printf("%-24s posts: %zu\n", user.email.c_str(), user.posts.size());
  if (users.empty()) std::printf("There are no users yet: tupelo db seed\n");
}

}  // namespace

int main() {
  const char* url = std::getenv("DATABASE_URL");
  try {
    tp::database db(url != nullptr ? url : "@url@");
    tp::sync_wait(show_users(db));
  } catch (const tp::error& failure) {
    std::fprintf(stderr, "@name@: %s\n", failure.what());
    return 1;
  }
}
)template";

constexpr const char* seed = R"template(
// Rows to begin with. `tupelo db seed` runs every seed of the environment, in the order of their names.
#include <tupelo/seed.hpp>

#include "models.hpp"

static const tp::seed first_users(
    "001_users",
    [](tp::database& db) -> tp::task<void> {
      // By what tells a row from others: running it again makes no second one.
      User ada;
      ada.email = "ada@example.com";
      ada.age = 36;
      co_await tp::seed_by<&User::email>(db, std::vector<User>{ada});
      ada = co_await db.query<User>().where(tp::col<&User::email> == ada.email).one();
      if (co_await db.query<Post>().where(tp::col<&Post::author_id> == ada.id).exists()) co_return;
      Post first;
      first.author_id = ada.id;
      first.title = "Hello";
      first.body = "The first post.";
      co_await db.insert(first);
    },
    {.env = {"development", "test"}});
)template";

constexpr const char* test = R"template(
@sqlite{// Builds a database in memory with the migrations of this project and uses the models on it.}@@postgres{// Builds a schema of its own with the migrations of this project and uses the models on it.}@
#include <tupelo/schema/migrator.hpp>

#include <cstdio>
@postgres{#include <cstdlib>
#include <string>
}@
#include "models.hpp"

namespace {

int failures = 0;

void expect(bool holds, const char* what) {
  std::printf("%s: %s\n", holds ? "ok" : "FAILED", what);
  if (!holds) ++failures;
}

tp::task<void> use_models(tp::database& db) {
  co_await tp::migrate::upgrade(db);

  User ada;
  ada.email = "ada@example.com";
  co_await db.insert(ada);
  expect(ada.id != 0, "an inserted user has a key");

  User again;
  again.email = ada.email;
  bool refused = false;
  try {
    co_await db.insert(again);
  } catch (const tp::unique_violation&) {
    refused = true;
  }
  expect(refused, "an email is there once");

  Post post;
  post.author_id = ada.id;
  post.title = "Hello";
  co_await db.insert(post);
  co_await db.erase(ada);
  const auto left = co_await db.query<Post>().count();
  expect(left == 0, "posts go with their author");
}

}  // namespace

int main() {
  try {
@sqlite{    tp::database db("sqlite::memory:");
    tp::sync_wait(use_models(db));
}@@postgres{    const char* given = std::getenv("DATABASE_URL");
    const std::string url = given != nullptr ? given : "@url@";
    tp::database server(url);
    tp::sync_wait(server.execute("DROP SCHEMA IF EXISTS test_of_models CASCADE; CREATE SCHEMA test_of_models"));
    {
      const char* before = url.find('?') == std::string::npos ? "?" : "&";
      tp::database db(url + before + "options=-csearch_path%3Dtest_of_models");
      tp::sync_wait(use_models(db));
    }
    tp::sync_wait(server.execute("DROP SCHEMA test_of_models CASCADE"));
}@  } catch (const tp::error& failure) {
    std::fprintf(stderr, "FAILED: %s\n", failure.what());
    return 1;
  }
  return failures == 0 ? 0 : 1;
}
)template";

}  // namespace

const std::vector<project_template>& code_templates() {
  static const std::vector<project_template> files{{"models.hpp", models},
                                                   {"manage.cpp", manage},
                                                   {"main.cpp", program},
                                                   {"seeds/users.cpp", seed},
                                                   {"tests/models_test.cpp", test}};
  return files;
}

}  // namespace tupelo::cli
