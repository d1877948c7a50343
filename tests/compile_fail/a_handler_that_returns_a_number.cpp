// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: a handler of an event returns nothing or tp::propagation, or a tp::task of these
#include "blog.hpp"

#include <tupelo/engine/events.hpp>

void listen(tp::event_registry& events) {
#ifdef GOOD
  events.on<User>(tp::event::creating, [](User&) { return tp::propagation::stop; });
#else
  events.on<User>(tp::event::creating, [](User&) { return 1; });
#endif
}
