// SPDX-License-Identifier: Apache-2.0
// Queries inside of queries: what their values are, which names they see, what they may not do.
#include "library.hpp"

#include <optional>
#include <tuple>

namespace tupelo::conformance::library {
namespace {

struct Fact {
  std::int64_t id{};
  int number{};
  double score{};
  decimal price{};
  date day{};
  timestamp at{};
  json meta{};
  std::optional<std::string> note{};
};
struct Negated {
  std::int64_t number{};
};
struct Most {
  std::int64_t number{};
  std::int64_t rows{};
};
struct Count {
  int n{};
};
struct Total {
  std::optional<std::string> note{};
  std::int64_t rows{};
};

constexpr auto id = col<&Fact::id>;
constexpr auto number = col<&Fact::number>;
constexpr auto score = col<&Fact::score>;
constexpr auto note = col<&Fact::note>;
constexpr auto meta = col<&Fact::meta>;

class subqueries : public library_test {
protected:
  subqueries() {
    create<Fact>();
    std::vector<Fact> facts{{.number = 3,
                             .score = 2.75,
                             .price = decimal::parse("5.00"),
                             .day = {19000},
                             .at = {1'600'000'000'000'000},
                             .meta = json::parse("{}"),
                             .note = "b"},
                            {.number = 1,
                             .score = 0.5,
                             .price = decimal::parse("1.00"),
                             .day = {18000},
                             .at = {1'500'000'000'000'000},
                             .meta = json::parse("{}")},
                            {.number = 2,
                             .score = 1.5,
                             .price = decimal::parse("2.00"),
                             .day = {18500},
                             .at = {1'550'000'000'000'000},
                             .meta = json::parse("{}"),
                             .note = "a"}};
    sync_wait(db.insert(facts));
  }
  template <class T, class Term>
  T found(const Term& term) {
    return sync_wait(db.query<Fact>().where(number == 3).template select<T>(term).one());
  }
  template <class Term>
  static auto greatest_of(const Term& term) {
    return subquery(query<Fact>().select<std::optional<typename Term::field>>(max(term)));
  }
  template <class Query>
  std::string refusal(const Query& query) {
    return failure_of<query_error>([&] { sync_wait(query.all()); }).what();
  }
};
TUPELO_CONFORMANCE_SUITE(subqueries);

// ---- values

TEST_P(subqueries, the_value_of_a_query_is_set_in_a_document) {
  sync_wait(db.update<Fact>().set(meta.path("n"), greatest_of(number)).where(number == 3).run());
  EXPECT_EQ(found<json>(meta), json::parse(R"({"n": 3})"));
}
TEST_P(subqueries, a_count_of_related_rows_is_set_in_a_document) {
  sync_wait(
      db.update<Fact>().set(meta.path("n"), subquery(query<Fact>().select<std::int64_t>(count()))).where(id > 0).run());
  EXPECT_EQ(found<json>(meta), json::parse(R"({"n": 3})"));
}
TEST_P(subqueries, moments_of_a_query_keep_their_time) {
  EXPECT_EQ(found<std::optional<timestamp>>(add_hours(greatest_of(col<&Fact::at>), -1)),
            timestamp{1'600'000'000'000'000 - 3'600'000'000});
}
TEST_P(subqueries, days_of_a_query_get_no_time) {
  EXPECT_EQ(found<std::optional<date>>(add_days(greatest_of(col<&Fact::day>), 1)), date{19001});
}
TEST_P(subqueries, fractions_of_a_query_are_cut) {
  EXPECT_EQ(found<std::optional<std::int64_t>>(cast<std::int64_t>(greatest_of(score))), 2);
}
TEST_P(subqueries, decimals_of_a_query_divide_exactly) {
  EXPECT_EQ(found<std::optional<decimal>>(greatest_of(col<&Fact::price>) / 2), decimal::parse("2.5"));
}
TEST_P(subqueries, integers_that_are_selected_as_fractions_divide_so) {
  const auto three = subquery(query<Fact>().where(number == 3).select<double>(number));
  EXPECT_EQ(found<std::optional<double>>(three / 2), 1.5);
}

// ---- arithmetic

TEST_P(subqueries, integers_are_computed_with_64_bits) {
  EXPECT_EQ(found<std::int64_t>(number * std::int64_t{3'000'000'000}), 9'000'000'000);
  static_assert(std::is_same_v<decltype(number * number)::value_type, std::int64_t>);
  static_assert(std::is_same_v<decltype(score + 1.0F)::value_type, double>);
  static_assert(std::is_same_v<decltype(score + number)::value_type, double>);
}

// ---- names

TEST_P(subqueries, a_part_of_a_union_is_ordered_by_columns_and_not_by_what_it_selects) {
  const auto least = query<Fact>().order_by(number).limit(1).select<Negated>(number * -1);
  EXPECT_EQ(sync_wait(db.bind(least.union_(least)).one()).number, -1);
}
TEST_P(subqueries, an_alias_that_is_called_as_a_table_inside_is_refused) {
  const auto outer = alias<Author>("books");
  const auto inside = query<Book>().correlate(outer).where(col<&Book::author_id> == outer(&Author::id));
  EXPECT_NE(refusal(db.query(outer).where(exists(inside))).find("\"books\""), std::string::npos);
}
TEST_P(subqueries, a_derived_table_may_be_called_as_the_table_that_it_reads) {
  const auto books = derived("books", query<Book>().where(col<&Book::pages> > 100));
  EXPECT_EQ(sync_wait(db.query(books).all()).size(),
            sync_wait(db.query<Book>().where(col<&Book::pages> > 100).all()).size());
}
TEST_P(subqueries, unions_stand_inside_of_unions) {
  const auto few =
      query<Fact>().where(number == 1).select<int>(number).union_(query<Fact>().where(number == 2).select<int>(number));
  const auto rows = query<Fact>().where(number.in(few)).union_all(query<Fact>().where(number.in(few)));
  EXPECT_EQ(sync_wait(db.bind(rows).all()).size(), 4U);
}
TEST_P(subqueries, a_common_query_that_is_called_as_a_table_is_refused) {
  const auto long_ones = cte("books", query<Book>().where(col<&Book::pages> > 100));
  EXPECT_NE(refusal(db.query(long_ones)).find("\"books\""), std::string::npos);
}

// ---- locks and relations

TEST_P(subqueries, rows_of_a_derived_table_are_locked_in_transactions_alone) {
  const auto locked = derived("locked", query<Book>().lock(for_update));
  EXPECT_THROW(sync_wait(db.query(locked).all()), transaction_error);
  const auto inside = col<&Book::id>.in(query<Book>().lock(for_update).select<std::int64_t>(col<&Book::id>));
  EXPECT_THROW(sync_wait(db.query<Book>().where(inside).all()), transaction_error);
  EXPECT_EQ(sync_wait(db.update<Book>().set(col<&Book::pages>, 1).where(inside).run()), 5);
}
TEST_P(subqueries, rows_of_a_union_are_not_locked) {
  EXPECT_NE(refusal(db.query<Book>().lock(for_update).union_all(query<Book>())).find("lock rows"), std::string::npos);
}
TEST_P(subqueries, relations_of_a_part_are_refused) {
  EXPECT_THROW((void)query<Book>().with(&Book::reviews).union_all(query<Book>()), query_error);
}

// ---- terms with values

TEST_P(subqueries, the_first_row_is_taken_by_an_expression_with_a_value) {
  TUPELO_NEEDS(&feature_table::distinct_on);
  const auto known = coalesce(note, "");
  EXPECT_EQ(sync_wait(db.query<Fact>().distinct_on(known).order_by(known).all()).size(), 3U);
}
TEST_P(subqueries, subtotals_may_be_by_an_expression_with_a_value) {
  TUPELO_NEEDS(&feature_table::grouping_sets);
  const auto known = coalesce(note, "");
  const auto query = db.query<Fact>().group_by(rollup(known)).select<Total>(known, count());
  EXPECT_EQ(sync_wait(query.all()).size(), 4U);  // of each of three, and of all
}

TEST_P(subqueries, the_greatest_of_a_query_without_a_value_is_null) {
  const auto none = derived("none", query<Fact>().where(number > 5).select<Most>(max(number), count()));
  const auto found =
      db.query(none).select<std::optional<std::int64_t>>(greatest(none(&Most::number), none(&Most::rows)));
  EXPECT_EQ(sync_wait(found.one()), std::nullopt);
}

// ---- recursion

TEST_P(subqueries, a_recursion_has_the_columns_that_are_promised) {
  const auto up = recursive("up", query<Fact>().where(number == 1).select<Count>(number), [](const auto& found) {
    return query(found).where(found(&Count::n) < 4).template select<Count>(found(&Count::n) + 1);
  });
  EXPECT_EQ(sync_wait(db.query(up).all()).size(), 4U);
}
TEST_P(subqueries, a_step_of_a_recursion_has_no_order_and_no_limit) {
  const auto up = recursive("up", query<Fact>().where(number == 1).select<Count>(number), [](const auto& found) {
    return query(found).limit(1).template select<Count>(found(&Count::n) + 1);
  });
  EXPECT_NE(refusal(db.query(up)).find("recursive()"), std::string::npos);
}

}  // namespace
}  // namespace tupelo::conformance::library
