// SPDX-License-Identifier: Apache-2.0
// expect: copy constructor of 'tupelo::task<int>'
// errors: 1
#include <tupelo/core/task.hpp>

#include <utility>

tupelo::task<int> answer() { co_return 42; }

int main() {
  auto once = answer();
#ifdef GOOD
  auto moved = std::move(once);
#else
  auto twice = once;
#endif
}
