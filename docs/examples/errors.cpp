// SPDX-License-Identifier: Apache-2.0
#include "filled_database.hpp"

namespace {

tp::task<std::string> sign_up(tp::database& db, User user) {
  try {
    co_await db.insert(user);
  } catch (const tp::unique_violation& taken) {
    co_return taken.table() + "." + taken.column() + " is taken";  // users.email is taken
  } catch (const tp::error& failure) {
    if (failure.retryable()) co_return "try again";
    throw;
  }
  co_return "welcome";
}

}  // namespace

TEST(guide_of_errors, tells_what_was_taken) {
  example::filled_database example;
  EXPECT_EQ(tp::sync_wait(sign_up(example.db, User{.email = "ada@example.com"})), "users.email is taken");
  EXPECT_EQ(tp::sync_wait(sign_up(example.db, User{.email = "new@example.com"})), "welcome");
}
