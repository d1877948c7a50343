// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../models.hpp"

#include <cstddef>

namespace blog {

/// A small village of bloggers as rows: the same on every machine and at every run.
struct village {
  std::vector<User> users;
  std::vector<Profile> profiles;  ///< `user_id` counts from 1 in the order of `users`, as the keys of an empty table do
  std::vector<Tag> tags;
  std::vector<Post> posts;
  std::vector<Comment> comments;
  std::vector<PostTag> post_tags;

  std::size_t rows() const noexcept {
    return users.size() + profiles.size() + tags.size() + posts.size() + comments.size() + post_tags.size();
  }
};

village make_village();

/// Inserts all of it in one transaction. Before: the tables are empty.
/// Owns: nothing; both outlive the task. The objects get their keys.
tp::task<void> settle(tp::database& db, village& rows);

}  // namespace blog
