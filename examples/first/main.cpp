// SPDX-License-Identifier: Apache-2.0
// The program that the README begins with.
#include <tupelo/tupelo.hpp>

#include <tupelo/create_tables.hpp>

#include <cstdio>
namespace tp = tupelo;

struct Post;
struct Address {
  std::string street, city;
};
enum class Role : std::uint8_t { guest, member, admin };

struct User {
  std::int64_t id{};  // `id` is the primary key, generated, unless told otherwise
  std::string email;
  std::optional<int> age;                    // std::optional is NULL
  Address address;                           // a value object: columns address_street, address_city
  Role role{Role::guest};                    // stored by name
  tp::timestamp created_at{}, updated_at{};  // UTC, microseconds
  std::optional<tp::timestamp> deleted_at;
  tp::has_many<Post> posts;

  static void model(tp::model<User>& m) {  // what the types cannot say
    m.unique(&User::email);
    m.index(&User::role, &User::created_at);
    m.check("age_is_human", tp::col<&User::age> >= 0 && tp::col<&User::age> < 200);
    m.timestamps(&User::created_at, &User::updated_at);
    m.soft_delete(&User::deleted_at);
    m.has_many(&User::posts, "author_id");
  }
};

struct Post {
  std::int64_t id{};
  std::int64_t author_id{};
  std::string title;
  tp::belongs_to<User> author;

  static void model(tp::model<Post>& m) { m.belongs_to(&Post::author, &Post::author_id).on_delete(tp::cascade); }
};

tp::task<void> first(tp::database& db) {
  auto session = db.session();
  auto ada = session.add(User{.email = "ada@example.com", .age = 36, .role = Role::admin});
  session.add(Post{.title = "Notes", .author = ada});
  co_await session.commit();  // one transaction, few statements; ada->id is set, and the post has it

  ada->age = 37;
  co_await session.commit();  // UPDATE of the one changed column, and of updated_at

  auto adults = co_await db.query<User>()
                    .where(tp::col<&User::age> >= 18 && tp::col<&User::email>.contains("@example.com"))
                    .order_by(tp::col<&User::created_at>.desc())
                    .with(&User::posts)  // one more query for all rows, never one per row
                    .all();              // std::vector<User>: plain values
  for (const User& user : adults) std::printf("%s, posts: %zu\n", user.email.c_str(), user.posts.size());
}

int main() {
  tp::database db("sqlite::memory:");                // or "postgresql://ada@localhost/app": the same program
  tp::sync_wait(tp::create_tables<User, Post>(db));  // for a first try; what stays is built by migrations
  tp::sync_wait(first(db));
}
