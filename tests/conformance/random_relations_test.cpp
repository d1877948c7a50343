// SPDX-License-Identifier: Apache-2.0
// Random conditions and orders of related rows, and random terms of rows that are written.
#include "random_queries.hpp"

#include <tupelo/query/related_aggregates.hpp>

namespace tupelo::conformance::random_queries {
namespace {

class random_relations : public random_queries_test {
protected:
  /// The moves of a stock for which the rule holds.
  std::vector<const Move*> moves_of(const Stock& stock, const rule& where) const {
    std::vector<const Move*> found;
    for (const Move& m : data().moves) {
      if (m.stock_id == stock.id && where.of({.move = &m}) == true) found.push_back(&m);
    }
    return found;
  }
  std::int64_t children_of(const Stock& stock, const rule& where) const {
    return std::count_if(data().stocks.begin(), data().stocks.end(),
                         [&](const Stock& s) { return s.parent_id == stock.id && where.of({.stock = &s}) == true; });
  }
};
TUPELO_CONFORMANCE_SUITE(random_relations);

TEST_P(random_relations, rows_of_each_owner_are_those_of_the_evaluation_in_memory) {
  many(60, [&](dice& chance) {
    random_terms terms(chance, data(), {.move = true});
    const rule where = terms.holds(2);
    const auto by = order_of(terms.whole(1), chance.one_in(2));
    const bool limited = !chance.one_in(4);
    const std::size_t offset = limited && chance.one_in(3) ? 1 : 0;
    const std::size_t rows = limited ? chance.below(3) + 1 : data().moves.size();
    const auto narrow = [&](auto& q) {
      q.where(where.sql).order_by(ordering<>{by.sql, by.descending});
      // Rows that the order leaves equal are told apart by their key.
      if (limited) {
        q.limit(static_cast<std::int64_t>(rows));
      } else {
        q.order_by(col<&Move::id>);
      }
      if (offset != 0) q.offset(static_cast<std::int64_t>(offset));
    };
    const auto query = db.query<Stock>().order_by(col<&Stock::id>).with(&Stock::moves, narrow);
    std::vector<cells> expected;
    for (const Stock& s : data().stocks) {
      auto found = moves_of(s, where);
      std::stable_sort(found.begin(), found.end(),
                       [&](const Move* a, const Move* b) { return ordered({by}, {.move = a}, {.move = b}); });
      for (std::size_t i = offset; i < found.size() && i < offset + rows; ++i)
        expected.push_back({cell(s.id), cell(found[i]->id)});
    }
    const auto find = [&] {
      std::vector<cells> found;
      for (const Stock& s : sync_wait(query.all())) {
        for (const Move& m : s.moves) found.push_back({cell(s.id), cell(m.id)});
      }
      return found;
    };
    expect_same(query, find, expected, true);
  });
}

TEST_P(random_relations, what_is_asked_of_related_rows_is_true_of_those_in_memory) {
  many(60, [&](dice& chance) {
    random_terms of_moves(chance, data(), {.move = true});
    random_terms of_stocks(chance, data(), {.stock = true});
    const rule moved = of_moves.holds(2);
    const rule child = of_stocks.holds(2);
    const auto narrow_moves = [&](auto& q) { q.where(moved.sql); };
    const auto narrow_children = [&](auto& q) { q.where(child.sql).order_by(col<&Stock::name>); };
    const auto pieces = sum_of(&Stock::moves, col<&Move::pieces>, narrow_moves);
    const auto with_moves = tupelo::has(&Stock::children, &Stock::moves, narrow_moves);
    const bool negated = chance.one_in(2);
    const auto query = db.query<Stock>()
                           .where(negated ? !with_moves : with_moves || tupelo::has(&Stock::moves, narrow_moves))
                           .order_by(col<&Stock::id>)
                           .select(col<&Stock::id>, count_of(&Stock::moves, narrow_moves), pieces,
                                   count_of(&Stock::children, narrow_children));
    std::vector<cells> expected;
    for (const Stock& s : data().stocks) {
      const auto found = moves_of(s, moved);
      bool below = false;
      for (const Stock& each : data().stocks)
        below = below || (each.parent_id == s.id && !moves_of(each, moved).empty());
      if (negated ? below : !below && found.empty()) continue;
      maybe<std::int64_t> total;
      for (const Move* m : found) {
        if (m->pieces) total = total.value_or(0) + *m->pieces;
      }
      expected.push_back(
          {cell(s.id), cell(std::int64_t{std::ssize(found)}), cell_of(total), cell(children_of(s, child))});
    }
    const auto find = [&] {
      std::vector<cells> found;
      for (const auto& [id, count, sum, children] : sync_wait(query.all()))
        found.push_back({cell(id), cell(count), cell_of(maybe<std::int64_t>(sum)), cell(children)});
      return found;
    };
    expect_same(query, find, expected, true);
  });
}

TEST_P(random_relations, an_update_gives_terms_of_the_rows_that_it_wrote) {
  TUPELO_NEEDS(&feature_table::returning);
  many(60, [&](dice& chance) {
    random_terms terms(chance, data(), {.stock = true});
    random_terms of_moves(chance, data(), {.move = true});
    const rule where = terms.holds(2);
    const rule moved = of_moves.holds(1);
    const auto value = terms.whole(2);
    const auto n = terms.whole(2);
    const auto t = terms.text(2);
    const auto in_memory = [&] {
      std::vector<cells> expected;
      for (const Stock& s : data().stocks) {
        if (where.of({.stock = &s}) != true) continue;
        Stock written = s;
        written.pieces = value.of({.stock = &s});
        const row r{.stock = &written};
        expected.push_back(
            {cell(s.id), cell_of(n.of(r)), cell_of(t.of(r)), cell(std::int64_t{std::ssize(moves_of(s, moved))})});
      }
      return expected;
    };
    const auto count = count_of(&Stock::moves, [&](auto& q) { q.where(moved.sql); });
    const auto find = [&] {
      return run([&]() -> task<std::vector<cells>> {
        lease held = co_await db.acquire();
        co_await held.begin();
        const auto rows =
            co_await held.update<Stock>()
                .set(col<&Stock::pieces>, value.sql)
                .where(where.sql)
                .returning<std::tuple<std::int64_t, maybe<std::int64_t>, maybe<std::string>, std::int64_t>>(
                    col<&Stock::id>, n.sql, t.sql, count);
        co_await held.rollback();
        std::vector<cells> found;
        for (const auto& [id, number, text, moves] : rows)
          found.push_back({cell(id), cell_of(number), cell_of(text), cell(moves)});
        co_return found;
      });
    };
    expect_same(
        db.query<Stock>()
            .where(where.sql)
            .select<std::tuple<maybe<std::int64_t>, maybe<std::string>, maybe<std::int64_t>>>(n.sql, t.sql, value.sql),
        find, in_memory(), false);
  });
}

TEST_P(random_relations, an_erase_gives_terms_of_the_rows_that_are_gone) {
  TUPELO_NEEDS(&feature_table::returning);
  many(60, [&](dice& chance) {
    random_terms terms(chance, data(), {.move = true});
    const rule where = terms.holds(2);
    const auto n = terms.whole(2);
    const auto d = terms.moment(2);
    std::vector<cells> expected;
    for (const Move& m : data().moves) {
      const row r{.move = &m};
      if (where.of(r) == true) expected.push_back({cell(m.id), cell_of(n.of(r)), cell_of(d.of(r))});
    }
    const auto find = [&] {
      return run([&]() -> task<std::vector<cells>> {
        lease held = co_await db.acquire();
        co_await held.begin();
        const auto rows =
            co_await held.erase<Move>()
                .where(where.sql)
                .returning<std::tuple<std::int64_t, maybe<std::int64_t>, maybe<date>>>(col<&Move::id>, n.sql, d.sql);
        co_await held.rollback();
        std::vector<cells> found;
        for (const auto& [id, number, moment] : rows) found.push_back({cell(id), cell_of(number), cell_of(moment)});
        co_return found;
      });
    };
    expect_same(db.query<Move>().where(where.sql), find, expected, false);
  });
}

}  // namespace
}  // namespace tupelo::conformance::random_queries
