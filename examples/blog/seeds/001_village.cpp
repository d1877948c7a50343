// SPDX-License-Identifier: Apache-2.0
#include "village.hpp"

#include <tupelo/seed.hpp>

static const tp::seed village("001_village", [](tp::database& db) -> tp::task<void> {
  if (co_await db.query<blog::User>().with_deleted().exists()) co_return;  // running it again changes nothing
  blog::village rows = blog::make_village();
  co_await blog::settle(db, rows);
});
