// SPDX-License-Identifier: Apache-2.0
#include "filled_database.hpp"

#include <tupelo/factory.hpp>
#include <tupelo/seed.hpp>

#include <functional>

namespace {

const tp::factory<User>& users() {
  static const tp::factory<User> made([](tp::fake& f, User& u) {
    u.email = f.email();  // no two alike
    u.age = static_cast<int>(f.integer(18, 90));
    u.address = {f.street(), f.city()};
    u.role = f.chance(10) ? Role::member : Role::guest;  // every tenth or so
  });
  return made;
}
const tp::factory<Post>& posts() {
  static const tp::factory<Post> made([](tp::fake& f, Post& p) {
    p.title = f.title();
    p.body = f.paragraph();
  });
  return made;
}

tp::task<void> made_up(tp::database& db) {
  User one = users().make();                  // only in memory
  User stored = co_await users().create(db);  // and in the database, with its key
  auto admins = users().with([](User& u) { u.role = Role::admin; });
  co_await admins.create(db, 3);

  auto bloggers = users().has(posts(), {1, 5}, &Post::author_id);  // each with one to five posts
  auto some = co_await bloggers.create(db, 20);
  co_await posts().of(some, &Post::author_id).create(db, 100);                    // of any of those twenty
  co_await posts().belongs_to(users(), &Post::author_id, {1, 3}).create(db, 10);  // of authors that are made for them
  EXPECT_NE(one.email, stored.email);
  EXPECT_EQ(some.size(), 20u);
}

}  // namespace

namespace by_natural_key {
static const tp::seed roles("010_staff", [](tp::database& db) -> tp::task<void> {
  for (const char* mail : {"ada@example.com", "grace@example.com"}) {
    User user{.email = mail, .role = Role::admin};
    co_await db.upsert(user, tp::on_conflict(tp::col<&User::email>).update(tp::col<&User::role>));
  }
});
}  // namespace by_natural_key

namespace several_rows {
static const tp::seed teams("011_teams", [](tp::database& db, tp::seed_progress& told) -> tp::task<void> {
  std::vector<User> members{{.email = "ada@example.com", .role = Role::admin}, {.email = "alan@example.com"}};
  co_await tp::seed_by<&User::email>(db, members, std::ref(told));  // all or nothing
});
}  // namespace several_rows

namespace long_one {
static const tp::seed
    crowd("900_crowd",
          [](tp::database& db, tp::seed_progress& progress) -> tp::task<void> {
            if (co_await db.query<User>().count() > 10'000) co_return;  // running it again changes nothing
            co_await users().has(posts(), {0, 3}, &Post::author_id).fill(db, 100'000, std::ref(progress));
          },
          {.env = "load-test"});
}  // namespace long_one

TEST(guide_of_seeding, makes_up_rows) {
  example::filled_database example;
  tp::sync_wait(made_up(example.db));
}
TEST(guide_of_seeding, a_seed_by_natural_key_may_run_twice) {
  example::filled_database example;
  struct : tp::seed_progress {
    void operator()(std::size_t, std::size_t) override {}
  } nobody;
  tp::sync_wait(by_natural_key::roles.run(example.db, nobody));
  const auto once = tp::sync_wait(example.db.query<User>().count());
  tp::sync_wait(by_natural_key::roles.run(example.db, nobody));
  EXPECT_EQ(tp::sync_wait(example.db.query<User>().count()), once);
  EXPECT_EQ(tp::registered_seeds("load-test").size(), 3u);
  for (int i = 0; i < 2; ++i) tp::sync_wait(several_rows::teams.run(example.db, nobody));
  EXPECT_EQ(tp::sync_wait(example.db.query<User>().where(tp::col<&User::email> == "alan@example.com").count()), 1);
}
