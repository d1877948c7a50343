// SPDX-License-Identifier: Apache-2.0
// Random expressions and conditions, each beside what it means: written from the guide, never from the SQL.
#pragma once

#include "random_queries_data.hpp"

namespace tupelo::conformance::random_queries {

using whole_number = std::int64_t;

/// An expression for the database and the same for a row in memory. It names its models to nobody, so that one type
/// does for the expressions of all queries: the scope keeps to what is in the query.
template <class T>
struct term {
  scalar<maybe<T>> sql;
  std::function<maybe<T>(const row&)> of;
  double bound = 0;  ///< of numbers: none is further from 0
  /// Of texts 2: lower-case letters alone, whose order is the same in all collations; 1: ASCII, whose upper and lower
  /// case are the same everywhere. Of doubles 1: few digits behind the point, so that sums and rounding are exact.
  int grade = 0;
};
struct rule {
  condition<> sql;
  std::function<maybe<bool>(const row&)> of;
};

template <class T, class Sql, class Of>
term<T> made(const Sql& sql, Of of, double bound = 0, int grade = 0) {
  return {scalar<maybe<T>>(expression(sql)), std::move(of), bound, grade};
}
template <class Sql, class Of>
rule ruled(const Sql& sql, Of of) {
  return {condition<>(expression(sql)), std::move(of)};
}
/// NULL where an argument is NULL.
template <class R, class F, class A>
auto lifted(F f, const std::function<maybe<A>(const row&)>& a) {
  return [f, a](const row& r) -> maybe<R> {
    const maybe<A> x = a(r);
    if (!x) return std::nullopt;
    return f(*x);
  };
}
template <class R, class F, class A, class B>
auto lifted(F f, const std::function<maybe<A>(const row&)>& a, const std::function<maybe<B>(const row&)>& b) {
  return [f, a, b](const row& r) -> maybe<R> {
    const maybe<A> x = a(r);
    const maybe<B> y = b(r);
    if (!x || !y) return std::nullopt;
    return f(*x, *y);
  };
}

/// UTF-8, a character each.
inline std::vector<std::string> characters(const std::string& text) {
  std::vector<std::string> all;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80)
      all.back() += c;
    else
      all.emplace_back(1, c);
  }
  return all;
}
inline std::string mapped(std::string text, int (*to)(int)) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x80) c = static_cast<char>(to(c));
  }
  return text;
}

template <class Term, class Low, class High>
auto compare_by(std::size_t how, const Term& a, const Low& low, const High& high) {
  switch (how) {
    case 0: return condition<>(expression(a == low));
    case 1: return condition<>(expression(a != low));
    case 2: return condition<>(expression(a < low));
    case 3: return condition<>(expression(a <= low));
    case 4: return condition<>(expression(a > low));
    case 5: return condition<>(expression(a >= low));
    default:
      if constexpr (requires { a.between(low, high); }) {
        return condition<>(expression(a.between(low, high)));
      } else {
        return condition<>(expression(a >= low));
      }
  }
}
template <class A, class B>
bool compares_by(std::size_t how, const A& a, const B& low, const B& high) {
  switch (how) {
    case 0: return a == low;
    case 1: return a != low;
    case 2: return a < low;
    case 3: return a <= low;
    case 4: return a > low;
    case 5: return a >= low;
    default: return a >= low && a <= high;
  }
}

class random_terms {
public:
  random_terms(dice& chance, const world& data, scope in) : chance_(chance), data_(data), in_(in) {}

  term<std::int64_t> whole(int depth);
  term<double> real(int depth);
  term<std::string> text(int depth);
  term<date> moment(int depth);
  term<decimal> money(int depth);
  term<timestamp> instant(int depth);
  term<uuid> token(int depth);
  term<Grade> grade(int depth);
  rule holds(int depth);

  template <class T>
  term<T> any(int depth) {
    if constexpr (std::is_same_v<T, std::int64_t>)
      return whole(depth);
    else if constexpr (std::is_same_v<T, double>)
      return real(depth);
    else if constexpr (std::is_same_v<T, std::string>)
      return text(depth);
    else if constexpr (std::is_same_v<T, date>)
      return moment(depth);
    else if constexpr (std::is_same_v<T, timestamp>)
      return instant(depth);
    else if constexpr (std::is_same_v<T, uuid>)
      return token(depth);
    else if constexpr (std::is_same_v<T, Grade>)
      return grade(depth);
    else
      return money(depth);
  }

private:
  // By type: what is chosen among values of one type.
  template <class T>
  term<T> chosen(int depth);
  template <class T>
  rule compared(int depth);
  /// Of values that are equal or not, and in no order.
  template <class T>
  rule equals(int depth);
  template <class T>
  static constexpr bool type_has_an_order = !std::is_enum_v<T> && !std::is_same_v<T, uuid>;
  template <class T>
  static bool has_an_order(const term<T>& a, const term<T>& b) {
    return type_has_an_order<T> && (!std::is_same_v<T, std::string> || (a.grade == 2 && b.grade == 2));
  }

  rule compared_across(int depth);
  term<std::int64_t> clock_part(int depth);
  rule of_a_column();
  rule searched(int depth);
  rule asked_of_moves(int depth);
  term<std::int64_t> counted_moves(int depth);
  random_terms of_moves() const { return {chance_, data_, {.move = true}}; }

  dice& chance_;
  const world& data_;
  scope in_;
};

}  // namespace tupelo::conformance::random_queries
