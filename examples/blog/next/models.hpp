// SPDX-License-Identifier: Apache-2.0
#pragma once

// The models of the next release. In a project this is models.hpp, edited; here both live side by side, so that the
// demo can be the project before and after.
#include <tupelo/tupelo.hpp>

namespace tp = tupelo;

namespace blog::v2 {

struct Post;
struct Comment;
struct Tag;

enum class Role : std::uint8_t { reader, author, editor };  // stored by name
enum class Status : std::uint8_t { draft, published, archived };
struct Address {
  std::string city, country;
};  // columns address_city, address_country

struct User {
  std::int64_t id{};  // the primary key, made by the database
  std::string email;
  std::string name;
  Role role{Role::reader};
  std::optional<std::string> bio;            // new
  tp::timestamp created_at{}, updated_at{};  // UTC, microseconds
  std::optional<tp::timestamp> deleted_at;   // std::optional is NULL
  tp::has_many<Post> posts;

  static void model(tp::model<User>& m) {  // what the types cannot say
    m.unique(&User::email);                // among users that are not marked as deleted
    m.index(&User::role, &User::created_at);
    m.timestamps(&User::created_at, &User::updated_at);
    m.soft_delete(&User::deleted_at);
    m.has_many(&User::posts, "author_id");
  }
};

struct Profile {
  std::int64_t user_id{};  // the key is the user's: one profile each
  std::optional<std::string> website;
  Address address;
  bool newsletter{};
  std::optional<tp::date> born_on;

  static void model(tp::model<Profile>& m) {
    m.primary_key(&Profile::user_id).key_not_generated();
    m.foreign_key(&Profile::user_id).references<User>().on_delete(tp::cascade);
    m.index(tp::col<&Profile::address, &Address::country>);
  }
};

struct Post {
  std::int64_t id{};
  std::int64_t author_id{};
  std::string title, content;  // `content` was `body`
  Status status{Status::draft};
  int views{};
  tp::json meta;
  std::optional<tp::timestamp> published_at;  // new
  tp::timestamp created_at{}, updated_at{};
  int version{};  // counts updates: optimistic locking
  tp::belongs_to<User> author;
  tp::has_many<Comment> comments;
  tp::many_to_many<Tag> tags;

  static void model(tp::model<Post>& m) {
    m.column(&Post::content).renamed_from("body");
    m.check("title_is_said", tp::col<&Post::title> != "");
    m.check("views_are_counted", tp::col<&Post::views> >= 0);
    m.index(&Post::author_id, &Post::title);
    m.index(&Post::views).where(tp::col<&Post::status> == Status::published).named("posts_popular");
    m.index(&Post::published_at);
    m.timestamps(&Post::created_at, &Post::updated_at);
    m.version(&Post::version);
    m.belongs_to(&Post::author, &Post::author_id).on_delete(tp::cascade);
    m.has_many(&Post::comments, "post_id");
    m.many_to_many(&Post::tags, "post_tags", "post_id", "tag_id");
  }
};

struct Comment {
  std::int64_t id{};
  std::int64_t post_id{};
  std::optional<std::int64_t> author_id;  // NULL: a visitor
  std::string text;
  int likes{};
  tp::timestamp created_at{};

  static void model(tp::model<Comment>& m) {
    m.foreign_key(&Comment::post_id).references<Post>().on_delete(tp::cascade);
    m.foreign_key(&Comment::author_id).references<User>().on_delete(tp::set_null);
    m.index(&Comment::post_id, &Comment::created_at);
  }
};

struct Tag {
  std::int64_t id{};
  std::string name;

  static void model(tp::model<Tag>& m) { m.unique(&Tag::name); }
};

struct PostTag {
  std::int64_t post_id{};
  std::int64_t tag_id{};

  static void model(tp::model<PostTag>& m) {
    m.primary_key(&PostTag::post_id, &PostTag::tag_id);
    m.foreign_key(&PostTag::post_id).references<Post>().on_delete(tp::cascade);
    m.foreign_key(&PostTag::tag_id).references<Tag>().on_delete(tp::cascade);
    m.index(&PostTag::tag_id);
  }
};

}  // namespace blog::v2
