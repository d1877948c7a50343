// SPDX-License-Identifier: Apache-2.0
#include "function_result.hpp"

namespace tupelo {

namespace {

kind sum_of(kind k) noexcept {
  if (is_integer(k)) return kind::i64;
  return is_float(k) ? kind::f64 : k;
}

kind arithmetic_of(kind left, kind right) noexcept {
  if (left == kind::decimal || right == kind::decimal) return kind::decimal;
  return is_float(left) || is_float(right) ? kind::f64 : sum_of(left);
}

/// Of the first argument whose kind is known, from one on in steps.
kind first_known(const function_call& call, std::size_t from, std::size_t step) noexcept {
  for (std::size_t i = from; i < call.count; i += step) {
    if (call[i].k != kind::null) return is_integer(call[i].k) ? kind::i64 : call[i].k;
  }
  return kind::null;
}

}  // namespace

kind result_of(const function_call& call) noexcept {
  switch (call.f) {
    case function::fragment: return static_cast<kind>(call.told);
    case function::count:
    case function::count_distinct:
    case function::length:
    case function::position:
    case function::array_length:
    case function::row_number:
    case function::rank:
    case function::dense_rank:
    case function::ntile:
    case function::days_between:
    case function::epoch_seconds:
    case function::array_index: return kind::i64;
    case function::array_contains:
    case function::array_overlaps:
    case function::array_any:
    case function::array_all:
    case function::range_contains:
    case function::range_overlaps:
    case function::search_matches: return kind::boolean;
    case function::sum: return sum_of(call[0].k);
    case function::avg:
    case function::search_rank: return kind::f64;
    case function::lower:
    case function::upper:
    case function::trim:
    case function::trim_start:
    case function::trim_end:
    case function::substr:
    case function::replace:
    case function::string_agg:
    case function::concat:
    case function::search_highlight:
    case function::search_snippet: return kind::text;
    case function::year:
    case function::month:
    case function::day:
    case function::hour:
    case function::minute:
    case function::second:
    case function::quarter:
    case function::weekday:
    case function::day_of_year: return kind::i32;
    case function::now:
    case function::bucket:
    case function::bucket_series: return kind::timestamp;
    case function::min:
    case function::max:
    case function::lag:
    case function::lead:
    case function::first_value:
    case function::last_value:
    case function::nth_value:
    case function::absolute:
    case function::start_of:
    case function::shift: return call[0].k;
    case function::round:
    case function::floor:
    case function::ceiling: return call[0].k == kind::decimal ? kind::decimal : kind::f64;
    case function::least:
    case function::greatest:
    case function::nullif:
    case function::coalesce: return first_known(call, 0, 1);
    case function::choose: {
      const kind chosen = first_known(call, 1, 2);
      const call_argument& last = call[call.count - 1];
      return chosen == kind::null && call.count % 2 ? last.k : chosen;
    }
    case function::json_has:
    case function::json_contains: return kind::boolean;
    case function::array_append:
    case function::array_remove:
    case function::array_concat: return kind::array;
    case function::array_element: return elements_told(call.told);
    case function::json_set:
    case function::json_agg: return kind::json;
    case function::row:
    case function::rollup:
    case function::cube:
    case function::grouping_sets:
    case function::grouping_set: return kind::null;
    case function::json_get:
    case function::cast: return static_cast<kind>(call.told);
    case function::add:
    case function::subtract:
    case function::multiply:
    case function::divide:
    case function::modulo: return arithmetic_of(call[0].k, call[1].k);
  }
  return kind::null;
}

bool may_be_null(const function_call& call) noexcept {
  switch (call.f) {
    case function::count:
    case function::count_distinct:
    case function::json_agg:
    case function::now: return false;
    case function::coalesce: return call[call.count - 1].nullable;
    case function::sum:
    case function::avg:
    case function::min:
    case function::max:
    case function::divide:
    case function::modulo:
    case function::string_agg:
    case function::json_get:
    case function::lag:
    case function::lead:
    case function::first_value:
    case function::last_value:
    case function::nth_value:
    case function::array_any:
    case function::array_all:
    case function::array_index:
    case function::array_element:
    case function::nullif: return true;
    case function::choose:
      if (call.count % 2 == 0 || call[call.count - 1].nullable) return true;
      for (std::size_t i = 1; i < call.count; i += 2) {
        if (call[i].nullable) return true;
      }
      return false;
    default: break;
  }
  for (std::size_t i = 0; i < call.count; ++i) {
    if (call[i].nullable) return true;
  }
  return false;
}

}  // namespace tupelo
