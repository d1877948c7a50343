// SPDX-License-Identifier: Apache-2.0
#include "sql_renderer.hpp"

#include "tupelo/core/error.hpp"

namespace tupelo {

void sql_renderer::push_fragment(std::uint64_t word, std::vector<operand>& stack) const {
  const std::size_t count = length_of(word) - 1u;  // and the text
  const std::string text = static_cast<std::string&&>(stack.back().sql);
  stack.pop_back();
  const std::size_t first = stack.size() - count;
  std::string sql;
  std::size_t next = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t end = dialect_.behind_opaque(text, at); end != at) {
      sql += text.substr(at, end - at);
      at = end;
    } else if (text.compare(at, 2, "??") == 0) {
      sql += '?';
      at += 2;
    } else if (text[at] != '?') {
      sql += text[at++];
    } else {
      if (next < count) {
        const operand& argument = stack[first + next];
        sql += argument.precedence == 9 ? argument.sql : "(" + argument.sql + ")";
      }
      ++next;
      ++at;
    }
  }
  if (next != count) {
    throw query_error("a raw(…) in the query has " + std::to_string(next) + " question marks and is given " +
                      std::to_string(count) + " arguments; give one for each ?, and write ?? for the character");
  }
  stack.resize(first);
  operand result;
  result.sql = "(" + sql + (sql.find("--") == std::string::npos ? ")" : "\n)");  // behind a comment
  result.k = static_cast<kind>(model_of(word));
  result.nullable = true;
  result.near = result.k == kind::decimal && dialect_.gives_near({function::fragment});
  stack.push_back(static_cast<operand&&>(result));
}

}  // namespace tupelo
