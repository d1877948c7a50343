// SPDX-License-Identifier: Apache-2.0
// What aggregates and windows have of their own: which rows they take, and in which order.
#include "sql_renderer.hpp"

#include "tupelo/core/error.hpp"

#include <algorithm>
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

bool is_aggregate(function f) noexcept {
  return f == function::count || f == function::count_distinct || f == function::sum || f == function::avg ||
         f == function::min || f == function::max || f == function::string_agg || f == function::json_agg;
}

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

bool sql_renderer::calls_window(std::uint32_t from, std::uint32_t count) const noexcept {
  for (std::uint32_t i = from; i < from + count; ++i) {
    if (op_of(words_[i]) == op::over) return true;
    if (op_of(words_[i]) == op::query) i += length_of(words_[i]);
    i += payload_of(words_[i]);
  }
  return false;
}

// SQLite would run it, and PostgreSQL say it in words of SQL.
void sql_renderer::refuse_locks(const select_parts& parts, std::uint32_t from, std::uint32_t count) const {
  if (parts.locks.empty() || parts.only_count) return;
  bool of_several =
      parts.distinct || !parts.distinct_on.empty() || !parts.group.empty() || !parts.having.empty() || parts.aggregates;
  for (std::uint32_t i = from; i < from + count; ++i) {
    const op o = op_of(words_[i]);
    if (o == op::project || o == op::order) of_several = of_several || calls_window(i + 1, length_of(words_[i]));
    i += body_of(words_[i]) + payload_of(words_[i]);
  }
  if (of_several) {
    throw query_error("lock() goes with no distinct(), distinct_on(), group_by(), aggregate or window function, whose "
                      "rows are no rows of the table: lock the rows by their keys, in a query of their own");
  }
}

void sql_renderer::refuse_ungrouped(const select_parts& parts, std::uint32_t from, std::uint32_t count) const {
  if (!parts.aggregates || !parts.group.empty()) return;
  const auto is_read_here = [&](std::uint64_t column) {
    return std::any_of(names_.begin() + static_cast<std::ptrdiff_t>(parts.first_name), names_.end(),
                       [&](const scope_name& name) { return name.table == model_of(column); });
  };
  const field_info* alone = nullptr;
  bool aggregates = false;
  for (std::uint32_t i = from; i < from + count; ++i) {
    const std::uint32_t length = length_of(words_[i]);
    if (op_of(words_[i]) == op::project) {
      const std::uint64_t first = words_[i + 1];
      if (length == 1 && op_of(first) == op::column && is_read_here(first)) alone = &field_of_word(first);
      aggregates = aggregates || (!calls_window(i + 1, length) && calls_aggregate(i + 1, length));
    }
    i += body_of(words_[i]) + payload_of(words_[i]);
  }
  if (alone == nullptr || !aggregates) return;
  throw query_error("column \"" + alone->column +
                    "\" stands beside an aggregate of all rows and has no one value there: say group_by() of it, or "
                    "min() or max()");
}

bool sql_renderer::calls_aggregate(std::uint32_t from, std::uint32_t count) const noexcept {
  for (std::uint32_t i = from; i < from + count; ++i) {
    if (op_of(words_[i]) == op::call && is_aggregate(static_cast<function>(sub_of(words_[i])))) return true;
    if (op_of(words_[i]) == op::query) i += length_of(words_[i]);
    i += payload_of(words_[i]);
  }
  return false;
}

}  // namespace tupelo
