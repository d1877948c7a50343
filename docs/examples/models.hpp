// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/tupelo.hpp>

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
  std::string title, body;
  tp::json meta;
  int views{};
  int version{};
  tp::belongs_to<User> author;

  static void model(tp::model<Post>& m) {
    m.belongs_to(&Post::author, &Post::author_id).on_delete(tp::cascade);
    m.index(&Post::author_id, &Post::title);
    m.version(&Post::version);
  }
};
