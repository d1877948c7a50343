// SPDX-License-Identifier: Apache-2.0
#include "random_queries_terms.hpp"

namespace tupelo::conformance::random_queries {

namespace {

/// Beyond it nothing is multiplied: no database's integers overflow.
constexpr double largest = 1e9;

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
    default:
      if constexpr (type_has_an_order<T>) {
        const bool least_one = chance_.one_in(2);
        const auto chosen_of = [least_one](const T& x, const T& y) { return (y < x) == least_one ? y : x; };
        return made<T>(least_one ? least(a.sql, b.sql) : greatest(a.sql, b.sql), lifted<T>(chosen_of, a.of, b.of),
                       bound, both);
      } else {
        return a;
      }
  }
}

template term<timestamp> random_terms::chosen<timestamp>(int);
template term<uuid> random_terms::chosen<uuid>(int);
template term<Grade> random_terms::chosen<Grade>(int);

term<std::int64_t> random_terms::whole(int depth) {
  if (depth <= 0 || chance_.one_in(6)) {
    for (;;) {
      switch (chance_.below(8)) {
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
          if (!in_.stock) break;
          return made<whole_number>(
              cast<whole_number>(col<&Stock::ripe>),
              [](const row& r) { return r.stock ? maybe<whole_number>(r.stock->ripe ? 1 : 0) : std::nullopt; }, 1);
        case 6:
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
  const std::size_t kind = chance_.below(16);
  if (kind == 15) return clock_part(depth);
  if (kind >= 13) return chosen<whole_number>(depth);
  if (kind == 12) {
    return in_.subqueries ? counted_moves(depth) : chosen<whole_number>(depth);
  }
  if (kind >= 9) {
    const term<date> d = moment(depth - 1);
    switch (chance_.below(8)) {
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
      case 6:
        return made<whole_number>(epoch_seconds(d.sql),
                                  lifted<whole_number>([](date x) { return x.days * 86'400LL; }, d.of), 1e10);
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
    case 7: {
      const term<Grade> g = grade(depth - 1);
      const auto name_of = [](Grade x) {
        return std::string(x == Grade::low ? "low" : x == Grade::middle ? "middle" : "high");
      };
      return made<std::string>(cast<std::string>(g.sql), lifted<std::string>(name_of, g.of), 0, 2);
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

}  // namespace tupelo::conformance::random_queries
