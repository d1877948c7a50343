// SPDX-License-Identifier: Apache-2.0
// expect: the foreign key's columns stand without braces
// errors: 1
#include "blog.hpp"

struct Line;
struct Order {
  std::string region;
  std::int64_t number{};
  tp::has_many<Line> lines{};
  tp::has_one<Line> first{}, last{};

  static void model(tp::model<Order>& m) {
    m.primary_key(&Order::region, &Order::number);
#ifdef GOOD
    m.has_many(&Order::lines, "region", "order_number");
    m.has_one(&Order::first, "line_id");
    m.has_one(&Order::last, {"line_id"});
#else
    m.has_many(&Order::lines, {"region", "order_number"});
    m.has_one(&Order::first, {"region", "order_number"});
#endif
  }
};
