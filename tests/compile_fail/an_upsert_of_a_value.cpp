// SPDX-License-Identifier: Apache-2.0
// expect: tupelo: upsert() makes of a variable the row that is there then
// errors: 1
#include "blog.hpp"

#include <tupelo/engine/database.hpp>

tp::task<void> write(tp::database& db) {
#ifdef GOOD
  User user;
  co_await db.upsert(user, tp::on_conflict(tp::col<&User::email>).update_all());
#else
  co_await db.upsert(User{}, tp::on_conflict(tp::col<&User::email>).update_all());
#endif
}
