// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: tp::belongs_to_any: this tp::ref is to a model that is none of those that the field names
// errors: 1
#include "blog.hpp"

#include <tupelo/session/session.hpp>

struct Sticker {
  std::int64_t id{};
  tp::belongs_to_any<Post, Sticker> of;
};

void put(Sticker& sticker, const tp::ref<Post>& post, const tp::ref<User>& user) {
#ifdef GOOD
  static_cast<void>(user);
  sticker.of = post;
#else
  static_cast<void>(post);
  sticker.of = user;
#endif
}
