// SPDX-License-Identifier: Apache-2.0
#pragma once

// The models that the must-not-compile cases ask about.

#include <tupelo/query/raw_query.hpp>
#include <tupelo/query/select_query.hpp>
#include <tupelo/query/write_query.hpp>
#include <tupelo/model/model.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/timestamp.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace tp = tupelo;

struct Post;
struct Comment;

struct Address {
  std::string street, city;
};

struct User {
  std::int64_t id{};
  std::string email;
  std::optional<int> age;
  Address address;
  tp::timestamp created_at{};
  tp::has_many<Post> posts;
};

struct Post {
  std::int64_t id{};
  std::int64_t author_id{};
  std::string title;
  std::optional<std::string> subtitle;
  int views{};
  tp::has_many<Comment> comments;
};

struct Comment {
  std::int64_t id{};
  std::int64_t post_id{};
  std::string body;
};

struct AuthorStats {
  std::int64_t author_id{};
  std::int64_t posts{};
  double average_views{};
};

// No case runs: a query without a database is enough for the compiler.
template <class T>
tp::update_query<T> update() {
  return tp::update_query<T>(nullptr);
}
template <class T>
tp::delete_query<T> erase() {
  return tp::delete_query<T>(nullptr);
}
