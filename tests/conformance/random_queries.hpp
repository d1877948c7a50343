// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "random_queries_terms.hpp"

#include <cstdlib>

namespace tupelo::conformance::random_queries {

using answer =
    std::tuple<maybe<std::int64_t>, maybe<std::string>, maybe<double>, maybe<bool>, maybe<date>, maybe<decimal>>;

using whole_answer = std::tuple<maybe<std::int64_t>, maybe<std::string>, maybe<double>, maybe<bool>, maybe<date>,
                                maybe<decimal>, maybe<timestamp>, maybe<uuid>, maybe<Grade>>;
using numbers = std::tuple<maybe<std::int64_t>, maybe<std::int64_t>>;

template <class... T>
cells cells_of(const std::tuple<maybe<T>...>& row) {
  return std::apply([](const auto&... fields) { return cells{cell_of(fields)...}; }, row);
}
inline cells cells_of(const Found& row) { return {cell_of(row.n), cell_of(row.t), cell_of(row.d)}; }

inline std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* said = std::getenv(name);
  return said == nullptr ? otherwise : std::strtoull(said, nullptr, 10);
}

/// Asks at random, and the same in each run unless TUPELO_RANDOM_SEED says otherwise.
class random_test : public conformance_test {
protected:
  /// `ask(dice&)` so many times, each with a chance of its own, until something fails.
  template <class Ask>
  void many(std::uint64_t times, Ask ask) {
    times = setting("TUPELO_RANDOM_QUERIES", times);
    for (std::uint64_t i = 0; i < times && !HasFailure(); ++i) {
      dice chance(seed_ * 1'000'003 + i);
      ask(chance);
    }
  }
  const std::uint64_t seed_ = setting("TUPELO_RANDOM_SEED", 20'240'229);
};

/// A term of an order, whatever its type.
struct order_term {
  expression sql;
  std::function<cell(const row&)> of;
  bool descending = false;
  kind values = kind::null;  ///< where no column says it
};

/// The terms of an answer.
struct selection {
  selection(random_terms& terms, int depth)
      : n(terms.whole(depth)),
        t(terms.text(depth)),
        r(terms.real(depth)),
        c(terms.holds(depth)),
        d(terms.moment(depth)),
        m(terms.money(depth)),
        s(terms.instant(depth)),
        u(terms.token(depth)),
        g(terms.grade(depth)) {}

  cells of(const row& from) const {
    return {cell_of(n.of(from)), cell_of(t.of(from)), cell_of(r.of(from)), cell_of(c.of(from)), cell_of(d.of(from)),
            cell_of(m.of(from)), cell_of(s.of(from)), cell_of(u.of(from)), cell_of(g.of(from))};
  }
  template <class Query>
  auto in(const Query& query) const {
    return query.template select<whole_answer>(n.sql, t.sql, r.sql, c.sql, d.sql, m.sql, s.sql, u.sql, g.sql);
  }

  term<std::int64_t> n;
  term<std::string> t;
  term<double> r;
  rule c;
  term<date> d;
  term<decimal> m;
  term<timestamp> s;
  term<uuid> u;
  term<Grade> g;
};

template <class T>
order_term order_of(const term<T>& by, bool descending) {
  return {by.sql, [of = by.of](const row& r) { return cell_of(of(r)); }, descending, detail::field_kind<T>()};
}

/// A database that holds the data of a world, and how it is asked.
class random_queries_test : public conformance_test {
public:
  static bool ordered(const std::vector<order_term>& order, const row& a, const row& b) {
    for (const order_term& by : order) {
      const cell x = by.of(a);
      const cell y = by.of(b);
      if (less(x, y)) return !by.descending;
      if (less(y, x)) return by.descending;
    }
    return false;
  }

protected:
  random_queries_test() : seed_(setting("TUPELO_RANDOM_SEED", 20'240'229)), data_(made_data(seed_)) {
    create<Stock, Move>();
    auto stocks = data_.stocks;
    auto moves = data_.moves;
    sync_wait(db.insert(stocks));
    sync_wait(db.insert(moves));
    for (std::size_t i = 0; i < stocks.size(); ++i) EXPECT_EQ(stocks[i].id, data_.stocks[i].id);
    for (std::size_t i = 0; i < moves.size(); ++i) EXPECT_EQ(moves[i].id, data_.moves[i].id);
  }

  /// Asks so many queries that `ask(dice&)` makes, each of a chance of its own.
  template <class Ask>
  void many(std::uint64_t queries, Ask ask) {
    queries = setting("TUPELO_RANDOM_QUERIES", queries);
    for (iteration_ = 0; iteration_ < queries && failures_ < 3; ++iteration_) {
      dice chance(seed_ * 1'000'003 + iteration_);
      ask(chance);
    }
    if (iteration_ >= 20) EXPECT_GT(with_rows_ * 2, iteration_) << "random queries that find nothing say nothing";
  }

  template <class Query>
  void expect_count(const Query& query, std::size_t expected) {
    try {
      const std::int64_t found = sync_wait(query.count());
      if (found != static_cast<std::int64_t>(expected)) {
        fail(query, "count() is " + std::to_string(found) + ", not " + std::to_string(expected));
      }
    } catch (const error& e) {
      fail(query, e.what());
    }
  }
  /// What the query finds is what was found in memory.
  template <class Query>
  void expect_rows(const Query& query, std::vector<cells> expected, bool in_order) {
    expect_same(
        query,
        [&] {
          std::vector<cells> found;
          for (const auto& row : sync_wait(query.all())) found.push_back(cells_of(row));
          return found;
        },
        std::move(expected), in_order);
  }
  /// What `find` gives is what was found in memory.
  template <class Query, class Find>
  void expect_same(const Query& query, Find find, std::vector<cells> expected, bool in_order) {
    if (!expected.empty()) ++with_rows_;
    std::vector<cells> found;
    try {
      found = find();
    } catch (const error& e) {
      fail(query, e.what());
      return;
    }
    if (!in_order) {
      std::sort(found.begin(), found.end(), less_row);
      std::sort(expected.begin(), expected.end(), less_row);
    }
    if (found.size() != expected.size()) {
      fail(query, std::to_string(found.size()) + " rows, not " + std::to_string(expected.size()));
      return;
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (same_row(found[i], expected[i])) continue;
      fail(query,
           "row " + std::to_string(i) + ":\n  found    " + text_of(found[i]) + "\n  expected " + text_of(expected[i]));
      return;
    }
  }

  /// Forwards and back again, page by page, in chunks, and as rows at once.
  template <class Query>
  void expect_pages(const Query& query, const std::vector<cells>& expected, std::int64_t size) {
    expect_rows(query, expected, true);
    std::vector<cells> forward, backward, in_chunks;
    try {
      cursor at;
      for (bool more = true; more;) {
        const auto page = sync_wait(query.page_after(at, size));
        for (const auto& row : page.items) forward.push_back(cells_of(row));
        at = page.next;
        more = page.has_next;
      }
      at = cursor();
      for (bool more = true; more;) {
        const auto page = sync_wait(query.page_before(at, size));
        for (auto row = page.items.rbegin(); row != page.items.rend(); ++row) backward.push_back(cells_of(*row));
        at = page.prev;
        more = page.has_prev;
      }
      sync_wait(query.chunk(static_cast<std::size_t>(size), [&](const auto& rows) {
        for (const auto& row : rows) in_chunks.push_back(cells_of(row));
      }));
    } catch (const error& e) {
      fail(query, e.what());
      return;
    }
    std::reverse(backward.begin(), backward.end());
    const auto same_rows = [&](const std::vector<cells>& found) {
      return std::equal(found.begin(), found.end(), expected.begin(), expected.end(), same_row);
    };
    if (!same_rows(forward)) fail(query, "other rows by page_after");
    if (!same_rows(backward)) fail(query, "other rows by page_before");
    if (!same_rows(in_chunks)) fail(query, "other rows in chunks");
  }

  /// Every row of the tables that the query reads: `ask(query, rows, scope)`.
  template <class Ask>
  void from_some_tables(dice& chance, bool subqueries, Ask ask) {
    const auto all = db.query<Stock>();
    const condition<> key(expression(col<&Move::stock_id> == col<&Stock::id>));
    const auto of_key = [](const row& r) { return r.stock && r.move && r.move->stock_id == r.stock->id; };
    const auto stocks = [&] {
      std::vector<row> rows;
      for (const Stock& s : data_.stocks) rows.push_back({.stock = &s});
      return rows;
    };
    scope in{.stock = true, .subqueries = subqueries};
    const std::size_t how = chance.below(9);
    if (how < 3) return ask(all, stocks(), in);
    if (how < 7) {
      in.move = true;
      in.subqueries = false;
      random_terms terms(chance, data_, in);
      const rule more = terms.holds(1);
      const bool narrowed = how < 5 && chance.one_in(2);
      const condition<> on = narrowed ? key && more.sql : key;
      const auto matches = [&](const row& r) { return of_key(r) && (!narrowed || more.of(r) == true); };
      std::vector<row> rows;
      std::vector<const Move*> matched;
      for (const Stock& s : data_.stocks) {
        bool any = false;
        for (const Move& m : data_.moves) {
          if (!matches({.stock = &s, .move = &m})) continue;
          any = true;
          rows.push_back({.stock = &s, .move = &m});
          matched.push_back(&m);
        }
        if (!any && (how == 4 || how == 6)) rows.push_back({.stock = &s});
      }
      for (const Move& m : data_.moves) {
        if (how >= 5 && std::find(matched.begin(), matched.end(), &m) == matched.end()) rows.push_back({.move = &m});
      }
      if (how == 3) return ask(all.join<Move>(on), rows, in);
      if (how == 4) return ask(all.left_join<Move>(on), rows, in);
      if (how == 5) return ask(all.right_join<Move>(on), rows, in);
      return ask(all.full_join<Move>(on), rows, in);
    }
    if (how == 7) {
      std::vector<row> rows;
      for (const Stock& s : data_.stocks) {
        const auto parent =
            std::find_if(data_.stocks.begin(), data_.stocks.end(), [&](const Stock& p) { return s.parent_id == p.id; });
        rows.push_back({.stock = &s, .other = parent == data_.stocks.end() ? nullptr : &*parent});
      }
      in.other = true;
      return ask(all.left_join(other_stock(), other_stock()(&Stock::id) == col<&Stock::parent_id>), rows, in);
    }
    random_terms terms(chance, data_, {.stock = true});
    const rule where = terms.holds(2);
    const term<std::string> text = terms.text(1);
    const term<date> moment = terms.moment(1);
    const auto inside = query<Stock>().where(where.sql).select<Found>(col<&Stock::id>, text.sql, moment.sql);
    found_.clear();
    for (const Stock& s : data_.stocks) {
      const row r{.stock = &s};
      if (where.of(r) == true) found_.push_back({s.id, text.of(r), moment.of(r)});
    }
    std::vector<row> rows;
    for (const Stock& s : data_.stocks) {
      for (const Found& f : found_) {
        if (s.parent_id && *f.n == *s.parent_id) rows.push_back({.stock = &s, .found = &f});
      }
    }
    in.found = true;
    const auto on = found_rows()(&Found::n) == col<&Stock::parent_id>;
    if (chance.one_in(2)) return ask(all.join(cte("found", inside), on), rows, in);
    return ask(all.join(derived("found", inside), on), rows, in);
  }

  /// With conditions on both sides: what is left of the rows.
  template <class Query>
  static void narrow(dice& chance, random_terms& terms, Query& query, std::vector<row>& rows) {
    for (std::size_t i = chance.below(3); i > 0; --i) {
      const rule where = terms.holds(3);
      query.where(where.sql);
      std::erase_if(rows, [&](const row& r) { return where.of(r) != true; });
    }
  }
  /// The keys of all tables: no two rows are equal.
  static std::vector<order_term> keys(const scope& in) {
    std::vector<order_term> all{
        {expression(col<&Stock::id>), [](const row& r) { return r.stock ? cell(r.stock->id) : cell(); }}};
    if (in.move) {
      all.push_back({expression(col<&Move::id>), [](const row& r) { return r.move ? cell(r.move->id) : cell(); }});
    }
    return all;
  }
  template <class T>
  static void add_order(dice& chance, const term<T>& by, std::vector<order_term>& order) {
    if (chance.one_in(3) && (!std::is_same_v<T, std::string> || by.grade == 2)) {
      order.insert(order.begin(), order_of(by, chance.one_in(2)));
    }
  }
  static std::vector<order_term> some_order(dice& chance, const selection& of, const scope& in) {
    std::vector<order_term> order = keys(in);
    for (order_term& key : order) key.descending = chance.one_in(2);
    add_order(chance, of.n, order);
    add_order(chance, of.t, order);
    add_order(chance, of.r, order);
    add_order(chance, of.d, order);
    add_order(chance, of.m, order);
    add_order(chance, of.s, order);
    return order;
  }
  template <class Query>
  static void limit(dice& chance, Query& query, std::vector<cells>& expected) {
    if (chance.one_in(3)) {
      const std::size_t offset = chance.below(6);
      query.offset(static_cast<std::int64_t>(offset));
      expected.erase(expected.begin(),
                     expected.begin() + static_cast<std::ptrdiff_t>(std::min(offset, expected.size())));
    }
    if (chance.one_in(3)) {
      const std::size_t rows = chance.below(12);
      query.limit(static_cast<std::int64_t>(rows));
      if (expected.size() > rows) expected.resize(rows);
    }
  }

  const world& data() const { return data_; }

private:
  static world made_data(std::uint64_t seed) {
    dice chance(seed);
    return world(chance);
  }
  template <class Query>
  void fail(const Query& query, const std::string& what) {
    ++failures_;
    ADD_FAILURE() << "TUPELO_RANDOM_SEED=" << seed_ << ", query " << iteration_ << ": " << what << "\n"
                  << query.to_sql(inlined);
  }

  std::uint64_t seed_;
  world data_;
  std::vector<Found> found_;
  std::uint64_t iteration_ = 0;
  std::uint64_t with_rows_ = 0;
  int failures_ = 0;
};

}  // namespace tupelo::conformance::random_queries
