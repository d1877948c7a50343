// SPDX-License-Identifier: Apache-2.0
// Random queries whose rows are made of several: groups, unions, windows.
#include "random_queries.hpp"

#include <tupelo/query/window.hpp>

#include <iterator>
#include <map>

namespace tupelo::conformance::random_queries {
namespace {

using rows = std::vector<row>;

class random_groups : public random_queries_test {};
TUPELO_CONFORMANCE_SUITE(random_groups);

/// A key of the groups or an aggregate.
template <class T>
struct group_term {
  scalar<maybe<T>> sql;
  std::function<maybe<T>(const rows&)> of;
};

enum class summed { count, distinct, least, greatest, sum, average };

template <class R, class T>
maybe<R> aggregate_in_memory(summed how, const std::vector<T>& values) {
  if constexpr (std::is_same_v<R, std::int64_t>) {
    if (how == summed::count) return std::ssize(values);
    if (how == summed::distinct) {
      std::vector<T> once = values;
      std::sort(once.begin(), once.end());
      return std::unique(once.begin(), once.end()) - once.begin();
    }
  }
  if (values.empty()) return std::nullopt;
  if constexpr (std::is_same_v<R, T>) {
    if (how == summed::least) return *std::min_element(values.begin(), values.end());
    if (how == summed::greatest) return *std::max_element(values.begin(), values.end());
  }
  if constexpr (requires(T a) { static_cast<R>(a + a); }) {
    R all{};
    for (const T& v : values) all = all + static_cast<R>(v);
    if constexpr (std::is_same_v<R, double>) {
      if (how == summed::average) return all / static_cast<double>(values.size());
    }
    return all;
  }
  return std::nullopt;
}

class random_aggregates {
public:
  random_aggregates(dice& chance, random_terms& terms) : chance_(chance), terms_(terms) {}

  template <class T>
  group_term<T> any();

private:
  /// NULL is in no aggregate; a filter leaves further rows out.
  template <class R, class T, class Aggregate>
  group_term<R> of(summed how, const term<T>& term, const Aggregate& sql) {
    const rule only = terms_.holds(1);
    bool filtered = false;
    expression made(sql);
    if constexpr (requires { sql.filter(only.sql); }) {
      filtered = chance_.one_in(3);
      if (filtered) made = sql.filter(only.sql);
    }
    return {scalar<maybe<R>>(std::move(made)), [how, of = term.of, only, filtered](const rows& group) {
              std::vector<T> values;
              for (const row& r : group) {
                if (filtered && only.of(r) != true) continue;
                if (const auto v = of(r)) values.push_back(*v);
              }
              return aggregate_in_memory<R>(how, values);
            }};
  }

  dice& chance_;
  random_terms& terms_;
};

template <class T>
group_term<T> random_aggregates::any() {
  term<T> x = terms_.any<T>(2);
  while (std::is_same_v<T, std::string> && x.grade < 2) x = terms_.any<T>(1);
  if constexpr (std::is_same_v<T, std::int64_t>) {
    switch (chance_.below(6)) {
      case 0: {
        term<std::int64_t> one = x;
        one.of = [](const row&) { return maybe<std::int64_t>(1); };
        return of<T>(summed::count, one, count());
      }
      case 1: {
        const term<std::string> t = terms_.text(2);
        return of<T>(summed::count, t, count(t.sql));
      }
      case 2: return of<T>(summed::distinct, x, count_distinct(x.sql));
      case 3: return of<T>(summed::sum, x, sum(x.sql));
      default: break;
    }
  } else if constexpr (std::is_same_v<T, double>) {
    switch (chance_.below(4)) {
      case 0: {
        const term<std::int64_t> n = terms_.whole(2);
        return of<T>(summed::average, n, avg(n.sql));
      }
      // Inexact sums depend on the order of the rows.
      case 1:
        if (x.grade == 1) return of<T>(summed::average, x, avg(x.sql));
        break;
      case 2:
        if (x.grade == 1) return of<T>(summed::sum, x, sum(x.sql));
        break;
      default: break;
    }
  } else if constexpr (std::is_same_v<T, decimal>) {
    if (chance_.one_in(2)) return of<T>(summed::sum, x, sum(x.sql));
  }
  if (chance_.one_in(2)) return of<T>(summed::least, x, tupelo::min(x.sql));
  return of<T>(summed::greatest, x, tupelo::max(x.sql));
}

/// The columns of a query of groups, some of which are its keys.
struct grouped {
  std::vector<scalar<std::int64_t>> keys;
  std::vector<std::function<cell(const row&)>> key_of;
  std::vector<order_term> order;
  bool has_one_order = true;

  template <class T>
  group_term<T> slot(dice& chance, random_terms& terms, random_aggregates& aggregates, bool one_table) {
    if (!chance.one_in(4)) return aggregates.any<T>();
    const term<T> key = terms.any<T>(2);
    keys.emplace_back(expression(key.sql));
    key_of.push_back([of = key.of](const row& r) { return cell_of(of(r)); });
    if ((std::is_same_v<T, std::string> && key.grade < 2) || (one_table && key.sql.shape.size == 1)) {
      has_one_order = false;
    }
    order.push_back(order_of(key, chance.one_in(2)));
    return {key.sql, [of = key.of](const rows& group) { return of(group.front()); }};
  }
};

TEST_P(random_groups, groups_are_those_of_the_evaluation_in_memory) {
  many(80, [&](dice& chance) {
    from_some_tables(chance, false, [&](auto query, rows all, const scope& in) {
      random_terms terms(chance, data(), in);
      narrow(chance, terms, query, all);
      random_aggregates aggregates(chance, terms);
      grouped keys;
      const bool one_table = !in.move && !in.other && !in.found;
      const auto n = keys.slot<std::int64_t>(chance, terms, aggregates, one_table);
      const auto t = keys.slot<std::string>(chance, terms, aggregates, one_table);
      const auto r = keys.slot<double>(chance, terms, aggregates, one_table);
      const auto d = keys.slot<date>(chance, terms, aggregates, one_table);
      const auto m = keys.slot<decimal>(chance, terms, aggregates, one_table);
      const auto asked = aggregates.any<std::int64_t>();
      const std::int64_t v = chance.value<std::int64_t>();
      const std::size_t how = chance.below(6);
      const condition<> c = compare_by(how, asked.sql, v, v);

      std::map<cells, rows, bool (*)(const cells&, const cells&)> groups(&less_row);
      for (const row& one : all) {
        cells key;
        for (const auto& of : keys.key_of) key.push_back(of(one));
        groups[key].push_back(one);
      }
      if (keys.keys.empty()) groups[{}];
      for (const auto& key : keys.keys) query.group_by(key);

      const auto holds = [&](const rows& group) {
        const auto x = asked.of(group);
        return x ? maybe<bool>(compares_by(how, *x, v, v)) : std::nullopt;
      };
      const auto having = aggregates.any<double>();
      const double least = chance.value<double>() + 0.25;
      const bool has_having = !keys.keys.empty() && chance.one_in(3);
      if (has_having) query.having(having.sql > least || c);
      std::vector<std::pair<row, cells>> found;
      for (const auto& [key, group] : groups) {
        const auto x = having.of(group);
        if (has_having && !(x && *x > least) && holds(group) != true) continue;
        found.push_back({group.empty() ? row() : group.front(),
                         {cell_of(n.of(group)), cell_of(t.of(group)), cell_of(r.of(group)), cell_of(holds(group)),
                          cell_of(d.of(group)), cell_of(m.of(group))}});
      }
      std::vector<cells> expected;
      if (keys.has_one_order) {
        const bool by_aggregate = chance.one_in(2);
        if (by_aggregate) query.order_by(ordering<>{n.sql, true});
        for (const order_term& by : keys.order) query.order_by(ordering<>{by.sql, by.descending});
        std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) {
          const cell& x = a.second.front();
          const cell& y = b.second.front();
          return by_aggregate && x != y ? less(y, x) : ordered(keys.order, a.first, b.first);
        });
      }
      for (const auto& [first, values] : found) expected.push_back(values);
      if (keys.has_one_order) limit(chance, query, expected);
      const auto answers = query.template select<answer>(n.sql, t.sql, r.sql, c, d.sql, m.sql);
      expect_rows(answers, expected, keys.has_one_order);
      expect_count(answers, expected.size());
    });
  });
}

TEST_P(random_groups, unions_are_those_of_the_evaluation_in_memory) {
  many(40, [&](dice& chance) {
    bool has_one_order = true;
    std::vector<cells> next;
    const auto part = [&]<class Model>(select_query<Model, Model> query, const std::vector<Model>& objects,
                                       const scope& in) {
      random_terms terms(chance, data(), in);
      rows all;
      for (const Model& object : objects) {
        if constexpr (std::is_same_v<Model, Stock>)
          all.push_back({.stock = &object});
        else
          all.push_back({.move = &object});
      }
      narrow(chance, terms, query, all);
      const auto n = terms.whole(static_cast<int>(chance.below(2)));
      const auto t = terms.text(static_cast<int>(chance.below(2)));
      const auto d = terms.moment(0);
      has_one_order = has_one_order && t.grade == 2;
      next.clear();
      for (const row& r : all) next.push_back({cell_of(n.of(r)), cell_of(t.of(r)), cell_of(d.of(r))});
      std::sort(next.begin(), next.end(), less_row);
      return query.template select<Found>(n.sql, t.sql, d.sql);
    };
    const auto put_together = [&](const auto& query, std::vector<cells>& expected, const auto& other) {
      const std::vector<cells> left = expected;
      const auto once = [](std::vector<cells>& values) {
        values.erase(std::unique(values.begin(), values.end()), values.end());
      };
      expected.clear();
      const auto into = std::back_inserter(expected);
      switch (chance.below(4)) {
        case 0:
          std::merge(left.begin(), left.end(), next.begin(), next.end(), into, less_row);
          return query.union_all(other);
        case 1:
          std::merge(left.begin(), left.end(), next.begin(), next.end(), into, less_row);
          once(expected);
          return query.union_(other);
        case 2:
          std::set_intersection(left.begin(), left.end(), next.begin(), next.end(), into, less_row);
          once(expected);
          return query.intersect(other);
        default:
          std::copy_if(left.begin(), left.end(), into,
                       [&](const cells& one) { return !std::binary_search(next.begin(), next.end(), one, less_row); });
          once(expected);
          return query.except(other);
      }
    };
    const auto first = part(db.query<Stock>(), data().stocks, {.stock = true, .subqueries = true});
    std::vector<cells> expected = next;
    auto query = put_together(first, expected, part(db.query<Move>(), data().moves, {.move = true}));
    if (chance.one_in(2)) {
      query = put_together(query, expected, part(db.query<Stock>(), data().stocks, {.stock = true}));
    }
    if (has_one_order) {
      query.order_by(col<&Found::n>.asc());
      query.order_by(col<&Found::t>.asc());
      query.order_by(col<&Found::d>.asc());
      limit(chance, query, expected);
    }
    expect_rows(query, expected, has_one_order);
    expect_count(query, expected.size());
  });
}

/// A function over the rows around each row.
struct window_term {
  scalar<maybe<std::int64_t>> sql;
  std::function<cell(const rows& all, const row& at)> of;
};

window_term some_window(dice& chance, random_terms& terms, const std::vector<order_term>& keys) {
  const auto part = terms.text(1);
  const auto by = terms.whole(1);
  const auto x = terms.whole(1);
  std::vector<order_term> order{order_of(by, chance.one_in(2))};
  window<> over;
  const bool parted = chance.one_in(2);
  if (parted) over = over.partition_by(part.sql);
  const std::size_t how = chance.below(8);
  // What depends on each row asks for an order that tells all rows apart.
  const bool one_order = how == 0 || how >= 4 || chance.one_in(2);
  if (one_order) order.insert(order.end(), keys.begin(), keys.end());
  for (const order_term& o : order) over = over.order_by(ordering<>{o.sql, o.descending});
  const std::int64_t before = chance.between(0, 2);
  const std::int64_t behind = chance.between(1, 3);
  const bool framed = how == 7 || (how == 6 && chance.one_in(2));
  if (framed) over = over.rows_between(preceding(before), following(behind));
  const auto sql = [&]() -> expression {
    switch (how) {
      case 0: return row_number().over(over);
      case 1: return rank().over(over);
      case 2: return dense_rank().over(over);
      case 3: return sum(x.sql).over(over);
      case 4: return lag(x.sql, behind).over(over);
      case 5: return lead(x.sql, behind).over(over);
      case 6: return first_value(x.sql).over(over);
      default: return sum(x.sql).over(over);
    }
  };
  const auto of = [=](const rows& all, const row& at) -> cell {
    rows around;
    for (const row& r : all) {
      if (!parted || part.of(r) == part.of(at)) around.push_back(r);
    }
    const auto less = [&](const row& a, const row& b) { return random_queries_test::ordered(order, a, b); };
    std::sort(around.begin(), around.end(), less);
    const auto first = std::lower_bound(around.begin(), around.end(), at, less);
    const auto last = std::upper_bound(around.begin(), around.end(), at, less);
    const std::int64_t place = first - around.begin();
    const auto value_at = [&](std::int64_t i) {
      return i < 0 || i >= std::ssize(around) ? cell() : cell_of(x.of(around[static_cast<std::size_t>(i)]));
    };
    const auto sum_of = [&](std::int64_t from, std::int64_t to) {
      maybe<std::int64_t> all_of_them;
      for (std::int64_t i = std::max<std::int64_t>(from, 0); i < std::min(to, std::ssize(around)); ++i) {
        if (const auto v = x.of(around[static_cast<std::size_t>(i)])) all_of_them = all_of_them.value_or(0) + *v;
      }
      return cell_of(all_of_them);
    };
    switch (how) {
      case 0:
      case 1: return place + 1;
      case 2: {
        std::int64_t different = 1;
        for (auto i = around.begin(); i != first; ++i) {
          if (less(*i, *(i + 1))) ++different;
        }
        return different;
      }
      case 3: return sum_of(0, last - around.begin());
      case 4: return value_at(place - behind);
      case 5: return value_at(place + behind);
      case 6: return value_at(framed ? std::max<std::int64_t>(place - before, 0) : 0);
      default: return sum_of(place - before, place + behind + 1);
    }
  };
  return {scalar<maybe<std::int64_t>>(sql()), of};
}

TEST_P(random_groups, windows_are_those_of_the_evaluation_in_memory) {
  many(60, [&](dice& chance) {
    from_some_tables(chance, false, [&](auto query, rows all, const scope& in) {
      random_terms terms(chance, data(), in);
      narrow(chance, terms, query, all);
      const auto order = keys(in);
      const window_term first = some_window(chance, terms, order);
      const window_term second = some_window(chance, terms, order);
      for (const order_term& by : order) query.order_by(ordering<>{by.sql, by.descending});
      std::sort(all.begin(), all.end(), [&](const row& a, const row& b) { return ordered(order, a, b); });
      std::vector<cells> expected;
      for (const row& r : all) expected.push_back({first.of(all, r), second.of(all, r)});
      limit(chance, query, expected);
      expect_rows(query.template select<numbers>(first.sql, second.sql), expected, true);
    });
  });
}

}  // namespace
}  // namespace tupelo::conformance::random_queries
