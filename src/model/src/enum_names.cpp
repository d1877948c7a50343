// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/enum_names.hpp"

#include "tupelo/model/reflect.hpp"

#include <algorithm>
#include <vector>

namespace tupelo::detail {

const enum_table& make_enum_table(const char* type_text, const char* text, int first, int count) {
  // "… [Values = <Role::guest, (Role)1, …>]": a value without a name is printed as a cast. Split at the commas of the
  // list.
  std::string_view list(text);
  list.remove_suffix(2);
  std::vector<enumerator> found;
  std::size_t end = list.size();
  for (int k = count - 1; k >= 0; --k) {
    std::size_t begin = end;
    int depth = 0;
    while (begin) {
      const char c = list[begin - 1];
      if (c == ')' || c == '}') ++depth;
      if (depth == 0 && (c == ',' || c == '<' || c == '{')) break;
      if ((c == '(' || c == '{') && depth) --depth;
      --begin;
    }
    std::string_view item = list.substr(begin, end - begin);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    // "(Role)5" has no name; "(anonymous namespace)::Role::guest" and "{anonymous}::Role::guest" have one.
    const std::size_t colon = item.rfind("::");
    const std::size_t parenthesis = item.rfind(')');
    const bool is_cast = !item.empty() && item.front() == '(' &&
                         (colon == std::string_view::npos || parenthesis > colon) && item.find(")::") != parenthesis;
    if (!is_cast && !item.empty()) found.push_back({first + k, reflect::last_identifier(item)});
    end = begin ? begin - 1 : 0;
  }
  // Lives as long as the program: descriptions and statement plans refer to it.
  auto* entries = new enumerator[found.size()];
  std::copy(found.rbegin(), found.rend(), entries);
  std::string_view type(type_text);
  const std::size_t begin = type.find("E = ");
  if (begin != std::string_view::npos) type = type.substr(begin + 4);
  type = type.substr(0, type.find_first_of(";]"));
  return *new enum_table{type, entries, found.size()};
}

}  // namespace tupelo::detail
