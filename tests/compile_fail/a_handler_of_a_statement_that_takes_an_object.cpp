// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: a handler of a bulk event takes a const tp::bulk_write&, and if it wants so a tp::lease&
// errors: 1
#include "blog.hpp"

#include <tupelo/engine/events.hpp>

void listen(tp::event_registry& events) {
#ifdef GOOD
  events.on<User>(tp::bulk_event::deleting, [](const tp::bulk_write&) {});
#else
  events.on<User>(tp::bulk_event::deleting, [](User&) {});
#endif
}
