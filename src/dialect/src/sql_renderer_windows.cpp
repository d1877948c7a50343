// SPDX-License-Identifier: Apache-2.0
// What aggregates and windows have of their own: which rows they take, and in which order.
#include "sql_renderer.hpp"

#include "tupelo/core/error.hpp"

#include <array>

namespace tupelo {

namespace {

constexpr std::array<std::string_view, 4> unit_text{"", "ROWS", "RANGE", "GROUPS"};

std::string bound_text(std::uint32_t bound, std::uint32_t away) {
  switch (static_cast<frame_bound_kind>(bound)) {
    case frame_bound_kind::unbounded_preceding: return "UNBOUNDED PRECEDING";
    case frame_bound_kind::preceding: return std::to_string(away) + " PRECEDING";
    case frame_bound_kind::current_row: return "CURRENT ROW";
    case frame_bound_kind::following: return std::to_string(away) + " FOLLOWING";
    case frame_bound_kind::unbounded_following: return "UNBOUNDED FOLLOWING";
  }
  return {};
}

std::string frame_text(std::uint32_t frame) {
  const window_frame f = window_frame::of(frame);
  if (f.unit == frame_unit::none) return {};
  return " " + std::string(unit_text[static_cast<std::size_t>(f.unit)]) + " BETWEEN " + bound_text(f.from, f.before) +
         " AND " + bound_text(f.to, f.behind);
}

}  // namespace

void sql_renderer::require(bool feature, std::string_view what) const {
  if (feature) return;
  throw query_error(errc::unsupported_feature, std::string(dialect_.name()) + " has no " + std::string(what));
}

std::string sql_renderer::order_text(const operand& term) const {
  std::string sql = term.sql;
  if (term.descending) sql += " DESC";
  if (term.nullable) dialect_.null_order(sql, term.descending);
  return sql;
}

void sql_renderer::push_filter(std::vector<operand>& stack) const {
  const std::string condition = static_cast<std::string&&>(stack.back().sql);
  stack.pop_back();
  operand& call = stack.back();
  call.sql.insert(call.sql.size() - call.suffix, " FILTER (WHERE " + condition + ")");
}

void sql_renderer::push_ordered(std::uint64_t word, std::vector<operand>& stack) const {
  require(dialect_.features().ordered_aggregates,
          "aggregates that take their rows in an order: aggregate a derived table, or order in the program");
  const std::size_t terms = length_of(word);
  std::string order;
  for (std::size_t i = stack.size() - terms; i < stack.size(); ++i) {
    order.append(order.empty() ? " ORDER BY " : ", ").append(order_text(stack[i]));
  }
  stack.resize(stack.size() - terms);
  operand& call = stack.back();
  call.sql.insert(call.call - 1, order);
  call.call += order.size();
}

void sql_renderer::push_over(std::uint64_t word, std::vector<operand>& stack) const {
  const std::size_t partitions = length_of(word) & 0xffu;
  const std::size_t orders = length_of(word) >> 8u;
  const std::size_t first = stack.size() - partitions - orders;
  for (std::size_t i = first; i < stack.size(); ++i) settle(stack[i]);
  std::string window = " OVER (";
  for (std::size_t i = 0; i < partitions; ++i) window.append(i ? ", " : "PARTITION BY ").append(stack[first + i].sql);
  for (std::size_t i = 0; i < orders; ++i) {
    window.append(i ? ", " : partitions ? " ORDER BY " : "ORDER BY ").append(order_text(stack[first + partitions + i]));
  }
  window += frame_text(model_of(word)) + ")";
  stack.resize(first);
  operand& call = stack.back();
  call.sql.insert(call.sql.size() - call.suffix, window);
}

}  // namespace tupelo
