// SPDX-License-Identifier: Apache-2.0
// expect: this model is none of those that the field names
// errors: 1
#include "blog.hpp"

struct Attachment {
  std::int64_t id{};
  std::string owner_type;
  std::int64_t owner_id{};
  tp::belongs_to_any<User, Post> owner;
};

bool is_of(const Attachment& attachment) {
#ifdef GOOD
  return attachment.owner.holds<Post>();
#else
  return attachment.owner.holds<Comment>();
#endif
}
