// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: a handler of an event takes the object, T&, and if it wants so a tp::lease&
// errors: 1
#include "blog.hpp"

#include <tupelo/engine/events.hpp>

void listen(tp::event_registry& events) {
#ifdef GOOD
  events.on<User>(tp::event::creating, [](User& user) { user.email = "new"; });
#else
  events.on<User>(tp::event::creating, [](Post& post) { post.title = "new"; });
#endif
}
