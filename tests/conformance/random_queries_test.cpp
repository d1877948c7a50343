// SPDX-License-Identifier: Apache-2.0
// Random queries over random data: each database gives what an evaluation in memory gives, so all give the same.
// TUPELO_RANDOM_SEED asks other queries over other data, TUPELO_RANDOM_QUERIES says how many of each kind.
#include "random_queries.hpp"

namespace tupelo::conformance::random_queries {
namespace {

using random_queries = random_queries_test;
TUPELO_CONFORMANCE_SUITE(random_queries);

TEST_P(random_queries, rows_are_those_of_the_evaluation_in_memory) {
  many(120, [&](dice& chance) {
    from_some_tables(chance, true, [&](auto query, std::vector<row> rows, const scope& in) {
      random_terms terms(chance, data(), in);
      narrow(chance, terms, query, rows);
      const selection selected(terms, 3);
      const auto order = some_order(chance, selected, in);
      for (const order_term& by : order) query.order_by(ordering<>{by.sql, by.descending});
      std::sort(rows.begin(), rows.end(), [&](const row& a, const row& b) { return ordered(order, a, b); });
      std::vector<cells> expected;
      for (const row& r : rows) expected.push_back(selected.of(r));
      expect_count(query, rows.size());
      expect_count(selected.in(query), rows.size());
      limit(chance, query, expected);
      expect_rows(selected.in(query), expected, true);
    });
  });
}

TEST_P(random_queries, distinct_rows_are_those_of_the_evaluation_in_memory) {
  many(40, [&](dice& chance) {
    from_some_tables(chance, true, [&](auto query, std::vector<row> rows, const scope& in) {
      random_terms terms(chance, data(), in);
      narrow(chance, terms, query, rows);
      const selection selected(terms, static_cast<int>(chance.below(2)));
      std::vector<cells> expected;
      for (const row& r : rows) expected.push_back(selected.of(r));
      std::sort(expected.begin(), expected.end(), less_row);
      expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
      query.distinct();
      query.order_by(ordering<>{selected.d.sql, true});
      const auto once = selected.in(query);
      expect_rows(once, expected, false);
      expect_count(once, expected.size());
    });
  });
}

TEST_P(random_queries, pages_by_a_cursor_are_the_rows_of_the_evaluation_in_memory) {
  many(50, [&](dice& chance) {
    from_some_tables(chance, true, [&](auto query, std::vector<row> rows, const scope& in) {
      if (in.found) return;  // rows of queries have no key
      random_terms terms(chance, data(), in);
      narrow(chance, terms, query, rows);
      const selection selected(terms, 2);
      const auto order = some_order(chance, selected, in);
      for (const order_term& by : order) query.order_by(ordering<>{by.sql, by.descending, by.values});
      std::sort(rows.begin(), rows.end(), [&](const row& a, const row& b) { return ordered(order, a, b); });
      std::vector<cells> expected;
      for (const row& r : rows) expected.push_back(selected.of(r));
      expect_pages(selected.in(query), expected, chance.between(1, 9));
    });
  });
}

}  // namespace
}  // namespace tupelo::conformance::random_queries
