// SPDX-License-Identifier: Apache-2.0
// expect: both bounds are moments
// errors: 1
#include "blog.hpp"

#include <tupelo/query/bucket_series.hpp>

#include <chrono>

int main() {
#ifdef GOOD
  auto b = tp::buckets("days", tp::now(), tp::now(), std::chrono::hours(24));
#else
  auto b = tp::buckets("days", 1, 2, std::chrono::hours(24));
#endif
}
