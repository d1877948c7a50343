// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: a handler of an event takes the object, T& or const T&: what it changed of a copy
// errors: 1
#include "blog.hpp"

#include <tupelo/engine/events.hpp>

void listen(tp::event_registry& events) {
#ifdef GOOD
  events.on<User>(tp::event::saving, [](User& user) { user.age = 5; });
  events.on<User>(tp::event::saved, [](const User&) {});
#else
  events.on<User>(tp::event::saving, [](User user) { user.age = 5; });
#endif
}
