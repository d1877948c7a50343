// SPDX-License-Identifier: Apache-2.0
// expect: raw<T>(…) is one value
#include "blog.hpp"

#include <tupelo/query/raw_term.hpp>

int main() {
#ifdef GOOD
  auto e = tp::raw<int>("1");
#else
  auto e = tp::raw<Address>("1");
#endif
}
