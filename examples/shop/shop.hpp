// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models.hpp"

#include <cstdio>
#include <stdexcept>
#include <string>

namespace shop {

/// What the example says of itself must be true: the program ends with an error where it is not.
inline void promise(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error("not true: " + what);
  std::printf("  %s\n", what.c_str());
}
inline void chapter(const char* title) { std::printf("\n%s\n", title); }

// goods.cpp
tp::task<void> fill_the_shelves(tp::database& db);
tp::task<void> look_around(tp::database& db);
// orders.cpp
void listen(tp::database& db);
tp::task<void> buy(tp::database& db);
tp::task<void> look_back(tp::database& db);
tp::task<void> like_and_return(tp::database& db);
tp::task<void> clear_out(tp::database& db);

}  // namespace shop
