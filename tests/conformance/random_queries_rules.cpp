// SPDX-License-Identifier: Apache-2.0
#include "random_queries_terms.hpp"

#include <tupelo/query/row_value.hpp>

namespace tupelo::conformance::random_queries {

namespace {

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

}  // namespace

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

template <class T>
rule random_terms::equals(int depth) {
  const term<T> a = any<T>(depth - 1);
  const T v = chance_.value<T>();
  const bool are = chance_.one_in(2);
  switch (chance_.below(4)) {
    case 0:
      return ruled(are ? a.sql.is_null() : a.sql.is_not_null(),
                   [a, are](const row& r) { return maybe<bool>(a.of(r).has_value() != are); });
    case 1: {
      const std::vector<T> values{v, chance_.value<T>()};
      return ruled(
          a.sql.in(values),
          lifted<bool>([values](const T& x) { return std::find(values.begin(), values.end(), x) != values.end(); },
                       a.of));
    }
    case 2:
      return ruled(are ? condition<>(expression(a.sql == v)) : condition<>(expression(a.sql != v)),
                   lifted<bool>([are, v](const T& x) { return (x == v) == are; }, a.of));
    default: {
      const term<T> b = any<T>(depth - 1);
      return ruled(are ? condition<>(expression(a.sql == b.sql)) : condition<>(expression(a.sql != b.sql)),
                   lifted<bool>([are](const T& x, const T& y) { return (x == y) == are; }, a.of, b.of));
    }
  }
}

/// Numbers of two types, and rows of two values.
rule random_terms::compared_across(int depth) {
  const std::size_t how = chance_.below(6);
  const term<whole_number> n = whole(depth - 1);
  switch (chance_.below(3)) {
    case 0: {
      const term<double> x = real(depth - 1);
      return ruled(
          compare_by(how, n.sql, x.sql, x.sql),
          lifted<bool>([how](whole_number a, double b) { return compares_by(how, static_cast<double>(a), b, b); }, n.of,
                       x.of));
    }
    case 1: {
      const term<decimal> x = money(depth - 1);
      return ruled(
          compare_by(how, x.sql, n.sql, n.sql),
          lifted<bool>([how](const decimal& a, whole_number b) { return compares_by(how, a, decimal(b), decimal(b)); },
                       x.of, n.of));
    }
    default: {
      const term<date> d = moment(depth - 1);
      const whole_number v = chance_.value<whole_number>();
      const date day = chance_.value<date>();
      // Equal first values leave the answer to the second ones; what is unknown before that leaves it unknown.
      return ruled(compare_by(how, tupelo::row(n.sql, d.sql), tupelo::row(v, day), tupelo::row(v, day)),
                   [=](const row& r) -> maybe<bool> {
                     const auto x = n.of(r);
                     const auto y = d.of(r);
                     if (how < 2) {
                       if ((x && *x != v) || (y && *y != day)) return how == 1;
                       if (!x || !y) return std::nullopt;
                       return how == 0;
                     }
                     if (!x) return std::nullopt;
                     if (*x != v) return compares_by(how, *x, v, v);
                     return y ? maybe<bool>(compares_by(how, *y, day, day)) : std::nullopt;
                   });
    }
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
  const std::size_t kind = chance_.below(depth <= 0 ? 11 : 16);
  switch (kind) {
    case 0: return compared<whole_number>(depth);
    case 1: return compared<std::string>(depth);
    case 2: return compared<double>(depth);
    case 3: return compared<date>(depth);
    case 4: return compared<decimal>(depth);
    case 5: return searched(depth);
    case 6: return in_.stock ? of_a_column() : searched(depth);
    case 7: return compared_across(depth);
    case 8: return compared<timestamp>(depth);
    case 9: return equals<uuid>(depth);
    case 10: return equals<Grade>(depth);
    case 11:
      if (in_.subqueries && in_.stock) return asked_of_moves(depth);
      [[fallthrough]];
    case 12: {
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
