// SPDX-License-Identifier: Apache-2.0
// What aggregates and windows have of their own: which rows they take, and in which order.
#include "sql_renderer.hpp"

#include "tupelo/core/error.hpp"

#include <algorithm>
#include <array>

namespace tupelo {

namespace {

constexpr std::array<std::string_view, 4> unit_text{"", "ROWS", "RANGE", "GROUPS"};

constexpr std::array<std::string_view, 4> exclusion_text{"", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES"};

std::string bound_text(std::uint32_t bound, const std::string& away) {
  switch (static_cast<frame_bound_kind>(bound)) {
    case frame_bound_kind::unbounded_preceding: return "UNBOUNDED PRECEDING";
    case frame_bound_kind::preceding: return away + " PRECEDING";
    case frame_bound_kind::current_row: return "CURRENT ROW";
    case frame_bound_kind::following: return away + " FOLLOWING";
    case frame_bound_kind::unbounded_following: return "UNBOUNDED FOLLOWING";
  }
  return {};
}

/// `before` and `behind`: distances by value, where the frame has them.
std::string frame_text(const window_frame& f, frame_exclusion excluded, const std::string& before,
                       const std::string& behind) {
  const auto away = [](const std::string& value, std::uint32_t rows) {
    return value.empty() ? std::to_string(rows) : value;
  };
  std::string text;
  if (f.unit != frame_unit::none) {
    text = " " + std::string(unit_text[static_cast<std::size_t>(f.unit)]) + " BETWEEN " +
           bound_text(f.from, away(before, f.before)) + " AND " + bound_text(f.to, away(behind, f.behind));
  } else if (excluded != frame_exclusion::none) {
    text = " RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW";  // which is meant where none is said
  }
  return text += exclusion_text[static_cast<std::size_t>(excluded)];
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

std::size_t sql_renderer::operands_over(std::uint64_t word) noexcept {
  const std::size_t terms = (length_of(word) & 0xffu) + (length_of(word) >> 8u);
  return 1 + terms + ((sub_of(word) & frame_from_value) != 0 ? 1 : 0) + ((sub_of(word) & frame_to_value) != 0 ? 1 : 0);
}

std::string sql_renderer::distance_text(const operand& distance, const operand& ordered_by) const {
  const kind k = ordered_by.k;
  const bool is_time = k == kind::timestamp || k == kind::date;
  const bool is_number = is_integer(k) || is_float(k) || k == kind::decimal;
  const bool fits = is_time       ? distance.k == kind::interval
                    : !is_number  ? k == kind::null && distance.k != kind::interval
                    : is_float(k) ? is_integer(distance.k) || is_float(distance.k)
                                  : is_integer(distance.k) || distance.k == k;
  if (!fits) {
    throw query_error("a window's frame reaches a distance that does not go with the term it is ordered by: numbers go "
                      "with numbers, std::chrono durations and tp::interval with dates and timestamps");
  }
  if (is_time) {
    require(dialect_.features().frame_times,
            "window frames that reach so far in time: order by a number, tp::epoch_seconds(…), and say how many");
  }
  if (k == kind::decimal) {
    require(dialect_.features().frame_decimals,
            "window frames that reach so far in decimals, which it would add as doubles: order by whole numbers");
  }
  if (!is_integer(distance.k) || is_integer(k) || k == kind::null) return distance.sql;
  // The frame's distance is of the type of the term: a server adds nothing else to it.
  const call_argument number{distance.sql, distance.k};
  std::string sql;
  dialect_.call(sql, {function::cast, static_cast<std::uint32_t>(is_float(k) ? kind::f64 : k), &number, 1});
  return sql;
}

void sql_renderer::push_over(std::uint64_t word, std::vector<operand>& stack) const {
  const std::uint8_t flags = sub_of(word);
  const std::size_t partitions = length_of(word) & 0xffu;
  const std::size_t orders = length_of(word) >> 8u;
  const std::size_t terms = partitions + orders;
  const std::size_t first = stack.size() - operands_over(word) + 1;
  for (std::size_t i = first; i < stack.size(); ++i) settle(stack[i]);
  std::string window = " OVER (";
  for (std::size_t i = 0; i < partitions; ++i) window.append(i ? ", " : "PARTITION BY ").append(stack[first + i].sql);
  for (std::size_t i = 0; i < orders; ++i) {
    window.append(i ? ", " : partitions ? " ORDER BY " : "ORDER BY ").append(order_text(stack[first + partitions + i]));
  }
  if (first + terms != stack.size() && orders != 1) {
    throw query_error("a window's frame that reaches so far by value needs an order of exactly one term");
  }
  std::string before, behind;
  if ((flags & frame_from_value) != 0) before = distance_text(stack[first + terms], stack[first + terms - 1]);
  if ((flags & frame_to_value) != 0) behind = distance_text(stack.back(), stack[first + terms - 1]);
  const auto excluded = static_cast<frame_exclusion>(flags & frame_exclusion_bits);
  if (excluded != frame_exclusion::none) {
    require(dialect_.features().frame_exclusion,
            "EXCLUDE in window frames: take the row's own value off what is computed, or compute it in the program");
  }
  window += frame_text(window_frame::of(model_of(word)), excluded, before, behind) + ")";
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
  if (parts.locks.empty() || parts.counts_beside_rows) return;
  if (parts.only_count) {
    throw query_error("count() locks no rows, because databases lock none that they only count: leave out lock(), or "
                      "read the rows, or their keys by pluck(), and count what came");
  }
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

}  // namespace tupelo
