// SPDX-License-Identifier: Apache-2.0
#include "random_queries_terms.hpp"

namespace tupelo::conformance::random_queries {

namespace {

/// Beyond it nothing is multiplied: no database's integers overflow.
constexpr double largest = 1e9;

using whole_number = std::int64_t;

/// UTF-8, a character each.
std::vector<std::string> characters(const std::string& text) {
  std::vector<std::string> all;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80)
      all.back() += c;
    else
      all.emplace_back(1, c);
  }
  return all;
}
std::string mapped(std::string text, int (*to)(int)) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x80) c = static_cast<char>(to(c));
  }
  return text;
}
std::string substring(const std::string& text, whole_number from, whole_number count) {
  const auto all = characters(text);
  std::string cut;
  for (whole_number i = from; i < from + count && i <= std::ssize(all); ++i)
    cut += all[static_cast<std::size_t>(i - 1)];
  return cut;
}
std::string trimmed(std::string text, bool start, bool end) {
  while (end && text.ends_with(' ')) text.pop_back();
  while (start && text.starts_with(' ')) text.erase(0, 1);
  return text;
}
std::string replaced(std::string text, const std::string& sought, const std::string& by) {
  for (std::size_t at = 0; !sought.empty() && (at = text.find(sought, at)) != std::string::npos; at += by.size())
    text.replace(at, sought.size(), by);
  return text;
}
whole_number position_of(const std::string& text, const std::string& sought) {
  const std::size_t at = text.find(sought);
  return at == std::string::npos ? 0 : std::ssize(characters(text.substr(0, at))) + 1;
}
bool is_like(const std::vector<std::string>& text, std::size_t t, const std::vector<std::string>& like, std::size_t l) {
  if (l == like.size()) return t == text.size();
  if (like[l] == "%") {
    for (std::size_t rest = t; rest <= text.size(); ++rest) {
      if (is_like(text, rest, like, l + 1)) return true;
    }
    return false;
  }
  if (t == text.size()) return false;
  if (like[l] == "_") return is_like(text, t + 1, like, l + 1);
  if (like[l] == "\\") return text[t] == like[l + 1] && is_like(text, t + 1, like, l + 2);
  return text[t] == like[l] && is_like(text, t + 1, like, l + 1);
}

int weekday_of(date d) { return static_cast<int>(((d.days % 7) + 7 + 3) % 7) + 1; }  // 1970 began on a Thursday
date first_of(int year, unsigned month) { return date::from_ymd(year, month, 1); }
date months_later(date d, whole_number months) {
  const whole_number all = d.year() * 12LL + d.month() - 1 + months;
  const int year = static_cast<int>(all / 12);
  const unsigned month = static_cast<unsigned>(all % 12) + 1;
  for (unsigned day = d.day();; --day) {
    if (const auto made = date::try_parse(date::from_ymd(year, month, 1).to_string().substr(0, 8) +
                                          (day < 10 ? "0" : "") + std::to_string(day)))
      return *made;
  }
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
    default: return condition<>(expression(a.between(low, high)));
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

}  // namespace

template <class T>
term<T> random_terms::chosen(int depth) {
  const term<T> a = any<T>(depth - 1);
  const term<T> b = any<T>(depth - 1);
  const T v = chance_.value<T>();
  constexpr bool is_text = std::is_same_v<T, std::string>;
  const double bound = std::max({a.bound, b.bound, 20.0});
  const int both = std::min(a.grade, b.grade);
  const int with_value = is_text ? 0 : both;
  switch (chance_.below(has_an_order(a, b) ? 8 : 6)) {
    case 0:
      return made<T>(
          coalesce(a.sql, b.sql),
          [a, b](const row& r) {
            const auto x = a.of(r);
            return x ? x : b.of(r);
          },
          bound, both);
    case 1:
      return made<T>(
          coalesce(a.sql, b.sql, v),
          [a, b, v](const row& r) {
            const auto x = a.of(r);
            const auto y = b.of(r);
            return x ? x : y ? y : maybe<T>(v);
          },
          bound, with_value);
    case 2:
      return made<T>(
          nullif(a.sql, b.sql),
          [a, b](const row& r) {
            const auto x = a.of(r);
            const auto y = b.of(r);
            return x && y && *x == *y ? maybe<T>() : x;
          },
          bound, a.grade);
    case 3:
      return made<T>(
          nullif(a.sql, v),
          [a, v](const row& r) {
            const auto x = a.of(r);
            return x && *x == v ? maybe<T>() : x;
          },
          bound, a.grade);
    case 4: {
      const rule first = holds(depth - 1);
      return made<T>(
          case_when(first.sql, a.sql).otherwise(b.sql),
          [first, a, b](const row& r) { return first.of(r) == true ? a.of(r) : b.of(r); }, bound, both);
    }
    case 5: {
      const rule first = holds(depth - 1);
      const rule second = holds(depth - 1);
      return made<T>(
          case_when(first.sql, v).when(second.sql, a.sql),
          [first, second, a, v](const row& r) {
            if (first.of(r) == true) return maybe<T>(v);
            return second.of(r) == true ? a.of(r) : maybe<T>();
          },
          bound, with_value);
    }
    case 6:
      return made<T>(least(a.sql, b.sql), lifted<T>([](const T& x, const T& y) { return y < x ? y : x; }, a.of, b.of),
                     bound, both);
    default:
      return made<T>(greatest(a.sql, b.sql),
                     lifted<T>([](const T& x, const T& y) { return x < y ? y : x; }, a.of, b.of), bound, both);
  }
}

term<std::int64_t> random_terms::whole(int depth) {
  if (depth <= 0 || chance_.one_in(6)) {
    for (;;) {
      switch (chance_.below(7)) {
        case 0:
          if (!in_.stock) break;
          return made<whole_number>(
              col<&Stock::pieces>, [](const row& r) { return r.stock ? r.stock->pieces : std::nullopt; }, 20);
        case 1:
          if (!in_.stock) break;
          return made<whole_number>(
              col<&Stock::size>,
              [](const row& r) { return r.stock ? maybe<whole_number>(r.stock->size) : std::nullopt; }, 10);
        case 2:
          if (!in_.stock) break;
          return made<whole_number>(
              col<&Stock::parent_id>, [](const row& r) { return r.stock ? r.stock->parent_id : std::nullopt; }, 100);
        case 3:
        case 4:
          if (!in_.move) break;
          return made<whole_number>(
              col<&Move::pieces>, [](const row& r) { return r.move ? r.move->pieces : std::nullopt; }, 10);
        case 5:
          if (!in_.other) break;
          return made<whole_number>(
              other_stock()(&Stock::pieces), [](const row& r) { return r.other ? r.other->pieces : std::nullopt; }, 20);
        default:
          if (!in_.found) break;
          return made<whole_number>(
              found_rows()(&Found::n), [](const row& r) { return r.found ? r.found->n : std::nullopt; }, 100);
      }
    }
  }
  const std::size_t kind = chance_.below(15);
  if (kind >= 13) return chosen<whole_number>(depth);
  if (kind == 12) {
    return in_.subqueries ? counted_moves(depth) : chosen<whole_number>(depth);
  }
  if (kind >= 9) {
    const term<date> d = moment(depth - 1);
    switch (chance_.below(7)) {
      case 0: return made<whole_number>(year(d.sql), lifted<whole_number>([](date x) { return x.year(); }, d.of), 9999);
      case 1: return made<whole_number>(month(d.sql), lifted<whole_number>([](date x) { return x.month(); }, d.of), 12);
      case 2: return made<whole_number>(day(d.sql), lifted<whole_number>([](date x) { return x.day(); }, d.of), 31);
      case 3:
        return made<whole_number>(quarter(d.sql),
                                  lifted<whole_number>([](date x) { return (x.month() + 2) / 3; }, d.of), 4);
      case 4: return made<whole_number>(weekday(d.sql), lifted<whole_number>(weekday_of, d.of), 7);
      case 5:
        return made<whole_number>(
            day_of_year(d.sql),
            lifted<whole_number>([](date x) { return x.days - first_of(x.year(), 1).days + 1; }, d.of), 366);
      default: {
        const term<date> e = moment(depth - 1);
        return made<whole_number>(days_between(d.sql, e.sql),
                                  lifted<whole_number>([](date x, date y) { return y.days - x.days; }, d.of, e.of),
                                  100'000);
      }
    }
  }
  if (kind >= 7) {
    if (chance_.one_in(3)) {
      const term<double> x = real(depth - 1);
      return made<whole_number>(cast<whole_number>(x.sql),
                                lifted<whole_number>([](double v) { return static_cast<whole_number>(v); }, x.of),
                                x.bound);
    }
    const term<std::string> t = text(depth - 1);
    if (chance_.one_in(2)) {
      const std::string sought = chance_.value<std::string>();
      return made<whole_number>(
          position(t.sql, sought),
          lifted<whole_number>([sought](const std::string& x) { return position_of(x, sought); }, t.of), 100);
    }
    return made<whole_number>(
        length(t.sql), lifted<whole_number>([](const std::string& x) { return std::ssize(characters(x)); }, t.of), 100);
  }
  const term<whole_number> a = whole(depth - 1);
  const term<whole_number> b = whole(depth - 1);
  const whole_number v = chance_.value<whole_number>();
  const std::function<maybe<whole_number>(const row&)> value_of = [v](const row&) { return maybe<whole_number>(v); };
  const bool by_value = chance_.one_in(2);
  const auto& second = by_value ? value_of : b.of;
  const double bound = by_value ? 20 : b.bound;
  const auto quotient = [](whole_number x, whole_number y) { return y == 0 ? maybe<whole_number>() : x / y; };
  const auto rest = [](whole_number x, whole_number y) { return y == 0 ? maybe<whole_number>() : x % y; };
  switch (kind) {
    case 0:
      return made<whole_number>(by_value ? a.sql + v : a.sql + b.sql, lifted<whole_number>(std::plus<>(), a.of, second),
                                a.bound + bound);
    case 1:
      return made<whole_number>(by_value ? v - a.sql : b.sql - a.sql,
                                lifted<whole_number>(std::minus<>(), second, a.of), a.bound + bound);
    case 2:
      if (a.bound * bound > largest) return a;
      return made<whole_number>(by_value ? a.sql * v : a.sql * b.sql,
                                lifted<whole_number>(std::multiplies<>(), a.of, second), a.bound * bound);
    case 3:
      return made<whole_number>(by_value ? a.sql / v : a.sql / b.sql, lifted<whole_number>(quotient, a.of, second),
                                a.bound);
    case 4:
      return made<whole_number>(by_value ? v / a.sql : a.sql / b.sql,
                                by_value ? lifted<whole_number>(quotient, value_of, a.of)
                                         : lifted<whole_number>(quotient, a.of, b.of),
                                by_value ? 20 : a.bound);
    case 5:
      return made<whole_number>(by_value ? a.sql % v : a.sql % b.sql, lifted<whole_number>(rest, a.of, second),
                                a.bound);
    default:
      return made<whole_number>(abs(a.sql), lifted<whole_number>([](whole_number x) { return x < 0 ? -x : x; }, a.of),
                                a.bound);
  }
}

term<double> random_terms::real(int depth) {
  if (depth <= 0 || chance_.one_in(6)) {
    for (;;) {
      switch (chance_.below(3)) {
        case 0:
          if (!in_.stock) break;
          return made<double>(
              col<&Stock::weight>, [](const row& r) { return r.stock ? r.stock->weight : std::nullopt; }, 12, 1);
        case 1:
          if (!in_.move) break;
          return made<double>(
              col<&Move::cost>, [](const row& r) { return r.move ? r.move->cost : std::nullopt; }, 12, 1);
        default:
          if (in_.stock || in_.move) break;
          return made<double>(
              cast<double>(found_rows()(&Found::n)),
              [](const row& r) { return r.found && r.found->n ? maybe<double>(*r.found->n) : std::nullopt; }, 100, 1);
      }
    }
  }
  const std::size_t kind = chance_.below(11);
  if (kind >= 9) return chosen<double>(depth);
  const term<double> a = real(depth - 1);
  const double v = chance_.value<double>();
  switch (kind) {
    case 0: {
      const term<double> b = real(depth - 1);
      return made<double>(a.sql + b.sql, lifted<double>(std::plus<>(), a.of, b.of), a.bound + b.bound,
                          std::min(a.grade, b.grade));
    }
    case 1: {
      const term<whole_number> b = whole(depth - 1);
      return made<double>(b.sql - a.sql, lifted<double>(std::minus<>(), b.of, a.of), a.bound + b.bound, a.grade);
    }
    case 2: {
      const term<double> b = real(depth - 1);
      if (a.bound * b.bound > largest) return a;
      return made<double>(a.sql * b.sql, lifted<double>(std::multiplies<>(), a.of, b.of), a.bound * b.bound);
    }
    case 3:
      return made<double>(a.sql / v, lifted<double>([v](double x) { return v == 0 ? maybe<double>() : x / v; }, a.of),
                          a.bound * 2);
    case 4: {
      const term<whole_number> b = whole(depth - 1);
      return made<double>(
          a.sql / b.sql,
          lifted<double>([](double x, whole_number y) { return y == 0 ? maybe<double>() : x / static_cast<double>(y); },
                         a.of, b.of),
          a.bound);
    }
    case 5: {
      const term<whole_number> b = whole(depth - 1);
      return made<double>(cast<double>(b.sql),
                          lifted<double>([](whole_number x) { return static_cast<double>(x); }, b.of), b.bound, 1);
    }
    case 6: {
      if (a.grade == 0) return a;
      const int digits = static_cast<int>(chance_.below(3));
      return made<double>(tupelo::round(a.sql, digits),
                          lifted<double>(
                              [digits](double x) {
                                const double scale = digits == 0 ? 1 : digits == 1 ? 10 : 100;
                                return std::round(x * scale) / scale;
                              },
                              a.of),
                          a.bound + 1, 1);
    }
    case 7: {
      const bool down = chance_.one_in(2);
      return made<double>(down ? tupelo::floor(a.sql) : tupelo::ceil(a.sql),
                          lifted<double>([down](double x) { return down ? std::floor(x) : std::ceil(x); }, a.of),
                          a.bound + 1, 1);
    }
    default:
      return made<double>(tupelo::abs(a.sql), lifted<double>([](double x) { return std::abs(x); }, a.of), a.bound,
                          a.grade);
  }
}

term<std::string> random_terms::text(int depth) {
  if (depth <= 0 || chance_.one_in(6)) {
    for (;;) {
      switch (chance_.below(6)) {
        case 0:
          if (!in_.stock) break;
          return made<std::string>(
              col<&Stock::name>,
              [](const row& r) { return r.stock ? maybe<std::string>(r.stock->name) : std::nullopt; }, 0, 2);
        case 1:
        case 2:
          if (!in_.stock) break;
          return made<std::string>(col<&Stock::label>,
                                   [](const row& r) { return r.stock ? r.stock->label : std::nullopt; });
        case 3:
          if (!in_.move) break;
          return made<std::string>(
              col<&Move::note>, [](const row& r) { return r.move ? maybe<std::string>(r.move->note) : std::nullopt; },
              0, 2);
        case 4:
          if (!in_.other) break;
          return made<std::string>(
              other_stock()(&Stock::name),
              [](const row& r) { return r.other ? maybe<std::string>(r.other->name) : std::nullopt; }, 0, 2);
        default:
          if (!in_.found) break;
          return made<std::string>(found_rows()(&Found::t),
                                   [](const row& r) { return r.found ? r.found->t : std::nullopt; });
      }
    }
  }
  const std::size_t kind = chance_.below(11);
  if (kind >= 9) return chosen<std::string>(depth);
  const term<std::string> a = text(depth - 1);
  const std::string v = chance_.value<std::string>();
  switch (kind) {
    case 0:
    case 1: {
      if (a.grade == 0) return a;
      const bool up = kind == 0;
      return made<std::string>(
          up ? upper(a.sql) : lower(a.sql),
          lifted<std::string>([up](const std::string& x) { return mapped(x, up ? ::toupper : ::tolower); }, a.of), 0,
          up ? 1 : a.grade);
    }
    case 2: {
      const term<std::string> b = text(depth - 1);
      return made<std::string>(concat(a.sql, b.sql), lifted<std::string>(std::plus<>(), a.of, b.of), 0,
                               std::min(a.grade, b.grade));
    }
    case 3:
      return made<std::string>(concat(v, a.sql, "!"),
                               lifted<std::string>([v](const std::string& x) { return v + x + "!"; }, a.of));
    case 4: {
      const whole_number from = chance_.between(1, 4);
      const whole_number count = chance_.between(0, 3);
      return made<std::string>(
          substr(a.sql, from, count),
          lifted<std::string>([=](const std::string& x) { return substring(x, from, count); }, a.of), 0, a.grade);
    }
    case 5: {
      const bool start = chance_.one_in(2);
      const bool end = !start || chance_.one_in(2);
      return made<std::string>(start && end ? trim(a.sql)
                               : start      ? trim_start(a.sql)
                                            : trim_end(a.sql),
                               lifted<std::string>([=](const std::string& x) { return trimmed(x, start, end); }, a.of),
                               0, a.grade);
    }
    case 6: {
      const std::string by = chance_.value<std::string>();
      return made<std::string>(replace(a.sql, v, by),
                               lifted<std::string>([v, by](const std::string& x) { return replaced(x, v, by); }, a.of));
    }
    default: {
      const term<whole_number> n = whole(depth - 1);
      return made<std::string>(cast<std::string>(n.sql),
                               lifted<std::string>([](whole_number x) { return std::to_string(x); }, n.of), 0, 1);
    }
  }
}

term<date> random_terms::moment(int depth) {
  if (depth <= 0 || chance_.one_in(6)) {
    for (;;) {
      switch (chance_.below(4)) {
        case 0:
          if (!in_.stock) break;
          return made<date>(col<&Stock::picked>, [](const row& r) { return r.stock ? r.stock->picked : std::nullopt; });
        case 1:
          if (!in_.move) break;
          return made<date>(col<&Move::day>,
                            [](const row& r) { return r.move ? maybe<date>(r.move->day) : std::nullopt; });
        case 2:
          if (!in_.other) break;
          return made<date>(other_stock()(&Stock::picked),
                            [](const row& r) { return r.other ? r.other->picked : std::nullopt; });
        default:
          if (!in_.found) break;
          return made<date>(found_rows()(&Found::d), [](const row& r) { return r.found ? r.found->d : std::nullopt; });
      }
    }
  }
  const std::size_t kind = chance_.below(9);
  if (kind >= 7) return chosen<date>(depth);
  const term<date> d = moment(depth - 1);
  const whole_number n = chance_.between(-40, 40);
  switch (kind) {
    case 0: {
      const term<whole_number> days = whole(depth - 1);
      if (days.bound > 2000) return d;
      return made<date>(
          add_days(d.sql, days.sql),
          lifted<date>([](date x, whole_number y) { return date::from_days(x.days + y); }, d.of, days.of));
    }
    case 1:
      return made<date>(add_days(d.sql, n), lifted<date>([n](date x) { return date::from_days(x.days + n); }, d.of));
    case 2: return made<date>(add_months(d.sql, n), lifted<date>([n](date x) { return months_later(x, n); }, d.of));
    case 3:
      return made<date>(add_years(d.sql, n / 8),
                        lifted<date>([n](date x) { return months_later(x, n / 8 * 12); }, d.of));
    case 4:
      return made<date>(start_of_month(d.sql),
                        lifted<date>([](date x) { return first_of(x.year(), x.month()); }, d.of));
    case 5:
      return made<date>(start_of_week(d.sql),
                        lifted<date>([](date x) { return date::from_days(x.days - weekday_of(x) + 1); }, d.of));
    default:
      return made<date>(start_of_quarter(d.sql),
                        lifted<date>([](date x) { return first_of(x.year(), (x.month() - 1) / 3 * 3 + 1); }, d.of));
  }
}

term<decimal> random_terms::money(int depth) {
  if (depth <= 0 || chance_.one_in(6)) {
    if (in_.stock) {
      return made<decimal>(
          col<&Stock::price>, [](const row& r) { return r.stock ? r.stock->price : std::nullopt; }, 2000);
    }
    const term<whole_number> n = whole(0);
    return made<decimal>(cast<decimal>(n.sql), lifted<decimal>([](whole_number x) { return decimal(x); }, n.of),
                         n.bound);
  }
  const std::size_t kind = chance_.below(8);
  if (kind >= 6) return chosen<decimal>(depth);
  const term<decimal> a = money(depth - 1);
  switch (kind) {
    case 0: {
      const term<decimal> b = money(depth - 1);
      return made<decimal>(a.sql + b.sql, lifted<decimal>(std::plus<>(), a.of, b.of), a.bound + b.bound);
    }
    case 1: {
      const decimal v = chance_.value<decimal>();
      return made<decimal>(a.sql - v, lifted<decimal>([v](const decimal& x) { return x - v; }, a.of), a.bound + 2000);
    }
    case 2: {
      const whole_number v = chance_.value<whole_number>();
      if (a.bound > 1e6) return a;
      return made<decimal>(a.sql * v, lifted<decimal>([v](const decimal& x) { return x * decimal(v); }, a.of),
                           a.bound * 10);
    }
    case 3:
      return made<decimal>(tupelo::abs(a.sql), lifted<decimal>([](const decimal& x) { return x.abs(); }, a.of),
                           a.bound);
    case 4: {
      const int digits = chance_.one_in(2) ? 0 : 2;  // a tenth is no decimal that a double holds
      return made<decimal>(
          tupelo::round(a.sql, digits),
          lifted<decimal>([digits](const decimal& x) { return x.round(digits, rounding::half_up); }, a.of),
          a.bound + 1);
    }
    default: {
      const bool down = chance_.one_in(2);
      return made<decimal>(down ? tupelo::floor(a.sql) : tupelo::ceil(a.sql),
                           lifted<decimal>(
                               [down](const decimal& x) {
                                 const decimal cut = x.round(0, rounding::down);
                                 if (down) return cut > x ? cut - decimal(1) : cut;
                                 return cut < x ? cut + decimal(1) : cut;
                               },
                               a.of),
                           a.bound + 1);
    }
  }
}

template <class T>
rule random_terms::compared(int depth) {
  const term<T> a = any<T>(depth - 1);
  const term<T> b = any<T>(depth - 1);
  const T low = chance_.value<T>();
  const T high = chance_.value<T>();
  const std::size_t how = chance_.below(has_an_order(a, b) ? 7 : 2);
  switch (chance_.below(6)) {
    case 0: {
      const bool is = chance_.one_in(2);
      return ruled(is ? a.sql.is_null() : a.sql.is_not_null(),
                   [a, is](const row& r) { return maybe<bool>(a.of(r).has_value() != is); });
    }
    case 1: {
      const std::vector<T> list(chance_.below(4), low);
      std::vector<T> values = list;
      for (T& v : values) v = chance_.value<T>();
      return ruled(a.sql.in(values), [a, values](const row& r) -> maybe<bool> {
        if (values.empty()) return false;
        const auto x = a.of(r);
        if (!x) return std::nullopt;
        return std::find(values.begin(), values.end(), *x) != values.end();
      });
    }
    case 2:
    case 3: {
      // A value may hold letters that collations order in other ways.
      const std::size_t by = std::is_same_v<T, std::string> ? how % 2 : how;
      return ruled(compare_by(by, a.sql, low, high),
                   lifted<bool>([by, low, high](const T& x) { return compares_by(by, x, low, high); }, a.of));
    }
    default:
      if (how == 6) {
        const term<T> c = any<T>(depth - 1);
        if (has_an_order(a, c)) {
          return ruled(a.sql.between(b.sql, c.sql), [a, b, c](const row& r) -> maybe<bool> {
            const auto x = a.of(r);
            const auto y = b.of(r);
            const auto z = c.of(r);
            if ((x && y && *x < *y) || (x && z && *x > *z)) return false;
            if (!x || !y || !z) return std::nullopt;
            return true;
          });
        }
      }
      return ruled(compare_by(how % 6, a.sql, b.sql, b.sql),
                   lifted<bool>([how](const T& x, const T& y) { return compares_by(how % 6, x, y, y); }, a.of, b.of));
  }
}

/// What a column is asked for by itself: not as the expressions that it may be part of.
rule random_terms::of_a_column() {
  const auto pieces = [](const row& r) { return r.stock ? r.stock->pieces : std::nullopt; };
  const auto label = [](const row& r) { return r.stock ? r.stock->label : std::nullopt; };
  const std::function<maybe<whole_number>(const row&)> of = pieces;
  const whole_number low = chance_.value<whole_number>();
  const whole_number high = chance_.between(low, 12);
  switch (chance_.below(8)) {
    case 0:
      return ruled(col<&Stock::pieces> == maybe<whole_number>(),
                   [pieces](const row& r) { return maybe<bool>(!pieces(r).has_value()); });
    case 1:
      return ruled(col<&Stock::pieces> != maybe<whole_number>(low),
                   lifted<bool>([low](whole_number x) { return x != low; }, of));
    case 2:
      return ruled(col<&Stock::pieces>.between(low, high),
                   lifted<bool>([=](whole_number x) { return x >= low && x <= high; }, of));
    case 3:
      return ruled(col<&Stock::pieces>.in(low, high),
                   lifted<bool>([=](whole_number x) { return x == low || x == high; }, of));
    case 4:
      return ruled(col<&Stock::ripe> == true,
                   [](const row& r) { return r.stock ? maybe<bool>(r.stock->ripe) : std::nullopt; });
    case 5:
      return ruled(col<&Stock::pieces> > col<&Stock::size>, [pieces](const row& r) {
        const auto x = pieces(r);
        return x ? maybe<bool>(*x > r.stock->size) : std::nullopt;
      });
    case 6: return ruled(col<&Stock::label> < std::optional<std::string>(), [](const row&) { return maybe<bool>(); });
    default:
      return ruled(col<&Stock::label>.is_null(), [label](const row& r) { return maybe<bool>(!label(r).has_value()); });
  }
}

rule random_terms::searched(int depth) {
  const term<std::string> a = text(depth - 1);
  const std::string v = chance_.value<std::string>();
  const bool any = chance_.one_in(3) && a.grade > 0;
  const auto of_case = [any](const std::string& x) { return any ? mapped(x, ::tolower) : x; };
  const std::size_t how = chance_.below(4);
  std::string pattern;
  for (std::size_t i = chance_.below(4); i > 0; --i) {
    const std::vector<std::string> parts{"%", "_", "a", "b", "A", "\\%", "\\_", "ö", "%"};
    pattern += parts[chance_.below(parts.size())];
  }
  const auto& s = a.sql;
  switch (how) {
    case 0:
      return ruled(
          any ? s.contains(v, any_case) : s.contains(v),
          lifted<bool>([=](const std::string& x) { return of_case(x).find(of_case(v)) != std::string::npos; }, a.of));
    case 1:
      return ruled(any ? s.starts_with(v, any_case) : s.starts_with(v),
                   lifted<bool>([=](const std::string& x) { return of_case(x).starts_with(of_case(v)); }, a.of));
    case 2:
      return ruled(any ? s.ends_with(v, any_case) : s.ends_with(v),
                   lifted<bool>([=](const std::string& x) { return of_case(x).ends_with(of_case(v)); }, a.of));
    default:
      return ruled(
          any ? s.like(pattern, any_case) : s.like(pattern),
          lifted<bool>(
              [=](const std::string& x) { return is_like(characters(of_case(x)), 0, characters(of_case(pattern)), 0); },
              a.of));
  }
}

rule random_terms::asked_of_moves(int depth) {
  random_terms inside = of_moves();
  const rule where = inside.holds(depth - 1);
  if (chance_.one_in(2)) {
    return ruled(
        exists(query<Move>().correlate<Stock>().where(col<&Move::stock_id> == col<&Stock::id>).where(where.sql)),
        [where, &data = data_](const row& r) {
          return maybe<bool>(std::any_of(data.moves.begin(), data.moves.end(), [&](const Move& m) {
            return r.stock && m.stock_id == r.stock->id && where.of({.move = &m}) == true;
          }));
        });
  }
  const term<whole_number> selected = inside.whole(depth - 1);
  const term<whole_number> sought = whole(depth - 1);
  return ruled(sought.sql.in(query<Move>().where(where.sql).select<maybe<whole_number>>(selected.sql)),
               [where, selected, sought, &data = data_](const row& r) -> maybe<bool> {
                 const auto x = sought.of(r);
                 bool any = false;
                 bool unknown = false;
                 for (const Move& m : data.moves) {
                   if (where.of({.move = &m}) != true) continue;
                   any = true;
                   const auto y = selected.of({.move = &m});
                   if (x && y && *x == *y) return true;
                   unknown = unknown || !y;
                 }
                 if (any && (!x || unknown)) return std::nullopt;
                 return false;
               });
}

term<std::int64_t> random_terms::counted_moves(int depth) {
  random_terms inside = of_moves();
  const rule where = inside.holds(depth - 1);
  const term<whole_number> summed = inside.whole(depth - 1);
  const auto asked = query<Move>().correlate<Stock>().where(col<&Move::stock_id> == col<&Stock::id>).where(where.sql);
  const bool counts = chance_.one_in(2);
  return made<whole_number>(
      counts ? subquery(asked.select<maybe<whole_number>>(count()))
             : subquery(asked.select<maybe<whole_number>>(max(summed.sql))),
      [where, summed, counts, &data = data_](const row& r) {
        whole_number found = 0;
        maybe<whole_number> most;
        for (const Move& m : data.moves) {
          if (!r.stock || m.stock_id != r.stock->id || where.of({.move = &m}) != true) continue;
          ++found;
          const auto x = summed.of({.move = &m});
          if (x && (!most || *most < *x)) most = x;
        }
        return counts ? maybe<whole_number>(found) : most;
      },
      std::max(100.0, summed.bound));
}

rule random_terms::holds(int depth) {
  const std::size_t kind = chance_.below(depth <= 0 ? 7 : 12);
  switch (kind) {
    case 0: return compared<whole_number>(depth);
    case 1: return compared<std::string>(depth);
    case 2: return compared<double>(depth);
    case 3: return compared<date>(depth);
    case 4: return compared<decimal>(depth);
    case 5: return searched(depth);
    case 6: return in_.stock ? of_a_column() : searched(depth);
    case 7:
      if (in_.subqueries && in_.stock) return asked_of_moves(depth);
      [[fallthrough]];
    case 8: {
      const rule a = holds(depth - 1);
      return ruled(!a.sql, lifted<bool>([](bool x) { return !x; }, a.of));
    }
    default: {
      const rule a = holds(depth - 1);
      const rule b = holds(depth - 1);
      const bool both = chance_.one_in(2);
      // One that is known to decide does, whatever the other is.
      return ruled(both ? a.sql && b.sql : a.sql || b.sql, [a, b, both](const row& r) -> maybe<bool> {
        const auto x = a.of(r);
        const auto y = b.of(r);
        if (x == !both || y == !both) return !both;
        if (!x || !y) return std::nullopt;
        return both;
      });
    }
  }
}

}  // namespace tupelo::conformance::random_queries
