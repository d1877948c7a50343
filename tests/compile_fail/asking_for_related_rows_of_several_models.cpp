// SPDX-License-Identifier: Apache-2.0
// expect: a tp::belongs_to_any field leads to several models
// errors: 1
#include "blog.hpp"

struct Attachment {
  std::int64_t id{};
  std::string owner_type;
  std::int64_t owner_id{};
  tp::belongs_to_any<Comment, Post> owner;
};

int main() {
#ifdef GOOD
  auto q = tp::query<Attachment>().where(tp::col<&Attachment::owner_type> == "posts");
#else
  auto q = tp::query<Attachment>().where_has(&Attachment::owner);
#endif
}
