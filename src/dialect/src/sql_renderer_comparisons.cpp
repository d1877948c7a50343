// SPDX-License-Identifier: Apache-2.0
#include "sql_renderer.hpp"

#include "tupelo/dialect/schema_dialect.hpp"
#include "tupelo/query/ddl.hpp"

#include <algorithm>
#include <array>

namespace tupelo {

namespace {

constexpr std::array<std::string_view, 10> comparison_text{" = ",  " <> ",   " < ",    " <= ",   " > ",
                                                           " >= ", " LIKE ", " LIKE ", " LIKE ", " LIKE "};

}  // namespace

void sql_renderer::push_fused(std::uint64_t word, comparison c, std::uint32_t index, std::vector<operand>& stack) {
  std::string sql = column_text(word);
  if (ignores_case(c)) {
    std::string pattern;
    placeholder_at(pattern, index, kind_of_word(word));
    std::string matched;
    dialect_.like_any_case(matched, sql, pattern);
    stack.push_back({matched, 3, kind::boolean, true});
    return;
  }
  sql += comparison_text[static_cast<std::size_t>(c)];
  placeholder_at(sql, index, compared_type(word));
  if (c >= comparison::like && !dialect_.features().backslash_in_like) sql += " ESCAPE '\\'";
  stack.push_back({sql, 3, kind::boolean, true});
}

void sql_renderer::settle(operand& term) const {
  if (!term.near) return;
  dialect_.settle(term.sql);
  term.near = false;
}

void sql_renderer::join_enum(operand& computed, const field_info* column) const {
  if (column == nullptr || column->enum_type.empty() || computed.enumerated || computed.bare) return;
  if (computed.k != kind::enumeration) return;
  computed.sql =
      "CAST(" + computed.sql + " AS " + dialect_.schema().type_text(column_type::enumeration(column->enum_type)) + ")";
}

void sql_renderer::push_comparison(comparison c, operand left, operand right, std::vector<operand>& stack) {
  settle(left);
  settle(right);
  join_enum(left, right.enumerated);
  join_enum(right, left.enumerated);
  const bool equates = c == comparison::equal || c == comparison::not_equal;
  if (equates && std::any_of(right.row.begin(), right.row.end(), [](const operand& o) { return o.sql == "NULL"; })) {
    // A row with an empty std::optional in it: value by value, as with columns.
    std::string each;
    for (std::size_t i = 0; i < right.row.size(); ++i) {
      std::vector<operand> one;
      push_comparison(c, left.row[i], right.row[i], one);
      each += (i == 0 ? "" : c == comparison::equal ? " AND " : " OR ") + one.back().sql;
    }
    stack.push_back({each, c == comparison::equal ? 2 : 1, kind::boolean, true});
    return;
  }
  // An expression against an empty std::optional, as with columns.
  if (right.sql == "NULL" && equates) {
    stack.push_back({left.sql + (c == comparison::equal ? " IS NULL" : " IS NOT NULL"), 3, kind::boolean});
    return;
  }
  operand compared{{}, 3, kind::boolean, true};
  if (ignores_case(c)) {
    dialect_.like_any_case(compared.sql, left.sql, right.sql);
  } else {
    compared.sql = left.sql + std::string(comparison_text[static_cast<std::size_t>(c)]) + right.sql;
    if (c >= comparison::like && !dialect_.features().backslash_in_like) compared.sql += " ESCAPE '\\'";
  }
  stack.push_back(static_cast<operand&&>(compared));
}

std::string sql_renderer::membership(std::string_view term, std::string&& test) const {
  if (!returned_) return static_cast<std::string&&>(test);
  std::string sql;
  dialect_.returned_membership(sql, term, test);
  return sql;
}

void sql_renderer::push_list(std::uint64_t word, std::uint32_t index, std::vector<operand>& stack) {
  const std::uint8_t bucket = sub_of(words_[index - 1]);
  std::string left;
  if (model_of(word) != 0) {
    left = column_text(word);
  } else {
    settle(stack.back());
    left = static_cast<std::string&&>(stack.back().sql);
    stack.pop_back();
  }
  if (!bucket) {
    // An expression stays, for the sake of the values in it.
    stack.push_back(model_of(word) != 0 ? operand{"1 = 0", 3} : operand{left + " IS NULL AND 1 = 0", 2});
    return;
  }
  std::string sql;
  dialect_.in_list(sql, left, number_[index], bucket, compared_type(word));
  stack.push_back({membership(left, static_cast<std::string&&>(sql)), 3});
}

}  // namespace tupelo
