// SPDX-License-Identifier: Apache-2.0
// expect: User
// expect: the key's type does not match the type of the field id
// errors: 1
#include "blog.hpp"

#include <tupelo/tupelo.hpp>

extern tp::database& db;

int main() {
#ifdef GOOD
  auto found = db.get<User>(1);
#else
  auto found = db.get<User>("ada@example.com");
#endif
}
