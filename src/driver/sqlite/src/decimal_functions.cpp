// SPDX-License-Identifier: Apache-2.0
#include "decimal_functions.hpp"

#include <tupelo/core/decimal.hpp>
#include <tupelo/core/error.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

namespace tupelo::driver {

namespace {

constexpr int digits_of_a_number = 15;  // which a double holds, whatever they are

struct refused {
  std::string_view what;
};

/// The decimal of at most 15 digits that this double stands for.
decimal decimal_of(double number) {
  if (!std::isfinite(number)) throw refused{decimal_no_number};
  constexpr std::array<double, 7> powers{1, 10, 100, 1e3, 1e4, 1e5, 1e6};
  for (std::size_t scale = 0; scale < powers.size(); ++scale) {
    const double unscaled = std::nearbyint(number * powers[scale]);
    if (std::fabs(unscaled) >= 1e15) break;
    if (unscaled / powers[scale] == number) {  // the nearest double to that quotient of two whole numbers
      return decimal::from_unscaled(static_cast<std::int64_t>(unscaled), static_cast<std::int32_t>(scale));
    }
  }
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, number, std::chars_format::general, digits_of_a_number).ptr;
  return decimal::parse(std::string_view(text, static_cast<std::size_t>(end - text)));
}

/// A decimal, or where a double has more digits than a decimal could have given it, a quotient: no more than near it.
struct number {
  decimal exact;
  double nearest = 0;
  bool is_exact = true;
};

/// Nothing for NULL.
std::optional<number> argument(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_NULL: return std::nullopt;
    case SQLITE_INTEGER: return number{decimal(static_cast<std::int64_t>(sqlite3_value_int64(value)))};
    case SQLITE_FLOAT: {
      const double nearest = sqlite3_value_double(value);
      decimal exact = decimal_of(nearest);
      const bool is_exact = exact.to_double() == nearest;
      return number{std::move(exact), nearest, is_exact};
    }
    default: {
      const auto* const text = reinterpret_cast<const char*>(sqlite3_value_text(value));
      if (text == nullptr) throw std::bad_alloc();
      auto read = decimal::try_parse(std::string_view(text, static_cast<std::size_t>(sqlite3_value_bytes(value))));
      if (!read || !read->is_finite()) throw refused{decimal_no_number};
      return number{*std::move(read)};
    }
  }
}

double near(const number& value) { return value.is_exact ? value.exact.to_double() : value.nearest; }

void give(sqlite3_context* context, const decimal& value) {
  const decimal shortest = value.normalized();
  std::int64_t whole = 0;
  if (shortest.scale() == 0 && shortest.unscaled_to(whole)) return sqlite3_result_int64(context, whole);
  const double nearest = value.to_double();
  if (!std::isfinite(nearest) || decimal_of(nearest) != value) throw refused{decimal_too_long};
  sqlite3_result_double(context, nearest);
}

/// Runs the function; what it throws is the statement's error.
template <class Function>
void guarded(sqlite3_context* context, const Function& function) noexcept {
  try {
    function();
  } catch (const refused& refusal) {
    sqlite3_result_error(context, refusal.what.data(), static_cast<int>(refusal.what.size()));
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  } catch (const error& failure) {
    sqlite3_result_error(context, failure.what(), -1);
  }
}

enum class sign : std::uint8_t { plus, minus, times, by };

template <sign Sign, class Value>
Value computed(const Value& left, const Value& right) {
  if constexpr (Sign == sign::plus) return left + right;
  if constexpr (Sign == sign::minus) return left - right;
  return left * right;
}

void divide(sqlite3_context* context, const number& left, const number& right) {
  const double divisor = near(right);
  if (divisor == 0) return sqlite3_result_null(context);
  const double quotient = near(left) / divisor;
  if (left.is_exact && right.is_exact) {
    const decimal exact = decimal_of(quotient);
    if (exact * right.exact == left.exact) return give(context, exact);
  }
  sqlite3_result_double(context, quotient);
}

template <sign Sign>
void compute(sqlite3_context* context, int, sqlite3_value** arguments) noexcept {
  guarded(context, [&] {
    const std::optional<number> left = argument(arguments[0]);
    const std::optional<number> right = argument(arguments[1]);
    if (!left || !right) return sqlite3_result_null(context);
    if constexpr (Sign == sign::by) {
      divide(context, *left, *right);
    } else if (left->is_exact && right->is_exact) {
      give(context, computed<Sign>(left->exact, right->exact));
    } else {
      sqlite3_result_double(context, computed<Sign>(near(*left), near(*right)));
    }
  });
}

/// The decimal that is read of the value, and equals it when it is bound.
void settle(sqlite3_context* context, int, sqlite3_value** arguments) noexcept {
  if (sqlite3_value_type(arguments[0]) != SQLITE_FLOAT) return sqlite3_result_value(context, arguments[0]);
  guarded(context, [&] { give(context, decimal_of(sqlite3_value_double(arguments[0]))); });
}

/// The rows so far; SQLite keeps its address, zeroed at first.
struct running_sum {
  decimal* total;       ///< of what is exact
  double near_to;       ///< the total of what is not
  std::int64_t values;  ///< that are not NULL
  std::int64_t inexact;
};

running_sum* sum_of(sqlite3_context* context) noexcept {
  return static_cast<running_sum*>(sqlite3_aggregate_context(context, sizeof(running_sum)));
}

template <bool Adds>
void take(sqlite3_context* context, int, sqlite3_value** arguments) noexcept {
  guarded(context, [&] {
    const std::optional<number> value = argument(arguments[0]);
    if (!value) return;
    running_sum* const sum = sum_of(context);
    if (sum == nullptr) throw std::bad_alloc();
    if (sum->total == nullptr) sum->total = new decimal();
    constexpr int one = Adds ? 1 : -1;
    sum->values += one;
    if (!value->is_exact) {
      sum->inexact += one;
      sum->near_to = sum->inexact == 0 ? 0 : sum->near_to + one * value->nearest;
    } else if constexpr (Adds) {
      *sum->total += value->exact;
    } else {
      *sum->total -= value->exact;
    }
  });
}

void give_sum(sqlite3_context* context, const running_sum* sum) noexcept {
  guarded(context, [&] {
    if (sum == nullptr || sum->values == 0) return sqlite3_result_null(context);
    if (sum->inexact == 0) return give(context, *sum->total);
    sqlite3_result_double(context, sum->total->to_double() + sum->near_to);
  });
}
void current_sum(sqlite3_context* context) noexcept { give_sum(context, sum_of(context)); }
void final_sum(sqlite3_context* context) noexcept {
  // Without a size nothing is made where no row was taken.
  auto* const sum = static_cast<running_sum*>(sqlite3_aggregate_context(context, 0));
  give_sum(context, sum);
  if (sum != nullptr) delete std::exchange(sum->total, nullptr);
}

}  // namespace

int add_decimal_functions(sqlite3* database) noexcept {
  constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  const auto add = [&](const char* name, auto* function, int arguments = 2) {
    return sqlite3_create_function_v2(database, name, arguments, flags, nullptr, function, nullptr, nullptr, nullptr);
  };
  for (const int code : {add("tupelo_add", &compute<sign::plus>), add("tupelo_subtract", &compute<sign::minus>),
                         add("tupelo_multiply", &compute<sign::times>), add("tupelo_divide", &compute<sign::by>),
                         add("tupelo_decimal", &settle, 1)}) {
    if (code != SQLITE_OK) return code;
  }
  return sqlite3_create_window_function(database, "tupelo_sum", 1, flags, nullptr, &take<true>, &final_sum,
                                        &current_sum, &take<false>, nullptr);
}

}  // namespace tupelo::driver
