// SPDX-License-Identifier: Apache-2.0
// expect: pipeline() takes operations
// errors: 1
#include "blog.hpp"

#include <tupelo/tupelo.hpp>

extern tp::database& db;

int main() {
#ifdef GOOD
  auto both = db.pipeline(db.get<User>(1), db.query<User>().count());
#else
  auto both = db.pipeline(db.get<User>(1), db.query<User>().page(1, 10));
#endif
}
