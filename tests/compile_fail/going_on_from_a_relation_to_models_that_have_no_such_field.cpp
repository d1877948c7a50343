// SPDX-License-Identifier: Apache-2.0
// expect: behind a tp::belongs_to_any field: a relation of one of its models
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
  auto q = tp::query<Attachment>().with(&Attachment::owner, &Post::comments);
#else
  auto q = tp::query<Attachment>().with(&Attachment::owner, &User::posts);
#endif
}
