// SPDX-License-Identifier: Apache-2.0
// expect: a partial object is asked for a field of another model
// errors: 1
#include "blog.hpp"

#include <tupelo/engine/partial.hpp>

const std::string& email_of(const tp::partial<User>& user) {
#ifdef GOOD
  return user[tp::col<&User::email>];
#else
  static_cast<void>(user[tp::col<&Post::title>]);
  return user[tp::col<&User::email>];
#endif
}

int main() {}
