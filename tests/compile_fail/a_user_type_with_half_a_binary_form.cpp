// SPDX-License-Identifier: Apache-2.0
// expect: field_traits with a binary form need
// errors: 1
#include "blog.hpp"

struct Point {
  double x{}, y{};
};
template <>
struct tupelo::field_traits<Point> {
  static constexpr std::string_view column_type = "point";
  static void to_text(const Point&, std::string& out) { out = "(0,0)"; }
  static bool from_text(Point&, std::string_view) { return true; }
  static void to_binary(const Point&, std::string& out) { out.assign(16, '\0'); }
#ifdef GOOD
  static bool from_binary(Point&, std::string_view bytes) { return bytes.size() == 16; }
#endif
};
struct Thing {
  std::int64_t id{};
  Point at{};
};

const tp::model_spec& used = tp::detail::meta<Thing>::spec;
