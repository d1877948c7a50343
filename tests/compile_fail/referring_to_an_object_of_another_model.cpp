// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: a relation refers to objects of the model that it names; this tp::ref is to another model
// errors: 1
#include "blog.hpp"

#include <tupelo/session/session.hpp>

struct Attachment {
  std::int64_t id{};
  std::int64_t post_id{};
  tp::belongs_to<Post> post;
};

void attach_to(Attachment& attachment, const tp::ref<Post>& post, const tp::ref<User>& user) {
#ifdef GOOD
  static_cast<void>(user);
  attachment.post = post;
#else
  static_cast<void>(post);
  attachment.post = user;
#endif
}
