// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

#include <optional>
#include <tuple>

namespace tupelo::conformance::library {
namespace {

constexpr auto title = col<&Book::title>;
constexpr auto pages = col<&Book::pages>;
constexpr auto author_id = col<&Book::author_id>;

// A 300, B 100, C 100 of ada, D 200 of bob, E 50 of nobody.
class windows : public library_test {
protected:
  /// What the expression gives for the books in the order of their titles.
  template <class Expression>
  auto of_books(const Expression& expression) {
    using type = detail::base_of<typename Expression::value_type>;
    return sync_wait(db.query<Book>().order_by(title).select<std::optional<type>>(expression).all());
  }
  using numbers = std::vector<std::optional<std::int64_t>>;
  using ints = std::vector<std::optional<int>>;
  using texts = std::vector<std::optional<std::string>>;
};
TUPELO_CONFORMANCE_SUITE(windows);

TEST_P(windows, rows_are_numbered_and_ranked) {
  const auto thickest = order_by(pages.desc());
  EXPECT_EQ(of_books(row_number().over(order_by(pages.desc(), title))), (numbers{1, 3, 4, 2, 5}));
  EXPECT_EQ(of_books(rank().over(thickest)), (numbers{1, 3, 3, 2, 5}));
  EXPECT_EQ(of_books(dense_rank().over(thickest)), (numbers{1, 3, 3, 2, 4}));
  EXPECT_EQ(of_books(ntile(2).over(order_by(title))), (numbers{1, 1, 1, 2, 2}));
}
TEST_P(windows, without_more_are_all_rows) {
  EXPECT_EQ(of_books(row_number().over()).size(), 5U);
  EXPECT_EQ(of_books(rank().over()), (numbers{1, 1, 1, 1, 1}));
  EXPECT_EQ(of_books(lag(pages).over()).size(), 5U);
}
TEST_P(windows, partitions_count_each_by_itself) {
  const auto of_author = partition_by(author_id).order_by(pages.desc(), title);
  EXPECT_EQ(of_books(row_number().over(of_author)), (numbers{1, 2, 3, 1, 1}));
  EXPECT_EQ(of_books(sum(pages).over(partition_by(author_id))), (numbers{500, 500, 500, 200, 50}));
  EXPECT_EQ(of_books(count().over(partition_by(author_id, pages))), (numbers{1, 2, 2, 1, 1}));
}
TEST_P(windows, an_aggregate_without_a_window_is_over_all_rows) {
  EXPECT_EQ(of_books(count().over()), (numbers{5, 5, 5, 5, 5}));
  EXPECT_EQ(of_books(sum(pages).over()), (numbers{750, 750, 750, 750, 750}));
  EXPECT_EQ(of_books(avg(pages).over())[0], 150.0);
}
TEST_P(windows, neighbours_are_read_and_null_where_there_are_none) {
  const auto by_title = order_by(title);
  EXPECT_EQ(of_books(lag(title).over(by_title)), (texts{std::nullopt, "A", "B", "C", "D"}));
  EXPECT_EQ(of_books(lead(pages, 2).over(by_title)), (ints{100, 200, 50, std::nullopt, std::nullopt}));
  EXPECT_EQ(of_books(first_value(title).over(by_title)), (texts{"A", "A", "A", "A", "A"}));
  EXPECT_EQ(of_books(last_value(title).over(by_title)), (texts{"A", "B", "C", "D", "E"}));
  EXPECT_EQ(of_books(nth_value(title, 2).over(by_title)), (texts{std::nullopt, "B", "B", "B", "B"}));
}
TEST_P(windows, frames_bound_the_rows) {
  const auto by_title = order_by(title);
  EXPECT_EQ(of_books(sum(pages).over(by_title)), (numbers{300, 400, 500, 700, 750}));
  EXPECT_EQ(of_books(sum(pages).over(by_title.rows_between(preceding(1), following(1)))),
            (numbers{400, 500, 400, 350, 250}));
  EXPECT_EQ(of_books(sum(pages).over(by_title.rows_between(current_row, unbounded_following))),
            (numbers{750, 450, 350, 250, 50}));
  EXPECT_EQ(of_books(last_value(title).over(by_title.rows_between(unbounded_preceding, unbounded_following)))[0], "E");
  EXPECT_EQ(of_books(count().over(order_by(pages).range_between(unbounded_preceding, current_row))),
            (numbers{5, 3, 3, 4, 1}));
  EXPECT_EQ(of_books(count().over(order_by(pages).groups_between(preceding(1), current_row))),
            (numbers{2, 3, 3, 3, 1}));
}
TEST_P(windows, numbers_that_make_no_sense_are_refused) {
  EXPECT_THROW(ntile(0), query_error);
  EXPECT_THROW(lag(title, 0), query_error);
  EXPECT_THROW(nth_value(title, 0), query_error);
  EXPECT_THROW(order_by(title).rows_between(preceding(-1), current_row), query_error);
  EXPECT_THROW(order_by(title).rows_between(preceding(5000), current_row), query_error);
}
TEST_P(windows, compute_with_what_they_give) {
  EXPECT_EQ(of_books(pages * 100 / sum(pages).over()), (numbers{40, 13, 13, 26, 6}));
  EXPECT_EQ(of_books(coalesce(lag(pages).over(order_by(title)), 0)), (ints{0, 300, 100, 100, 200}));
}
TEST_P(windows, order_the_rows) {
  EXPECT_EQ(titles(sync_wait(db.query<Book>().order_by(row_number().over(order_by(pages, title.desc())).desc()).all())),
            "ADBCE");
}
struct Ranked {
  std::string title{};
  std::int64_t place{};
};
TEST_P(windows, the_first_of_each_are_found_in_a_query_around) {
  const auto ranked = derived(
      "ranked",
      query<Book>().select<Ranked>(title, row_number().over(partition_by(author_id).order_by(pages.desc(), title))));
  const auto found = sync_wait(db.query(ranked)
                                   .where(ranked(&Ranked::place) == 1)
                                   .order_by(ranked(&Ranked::title))
                                   .select<std::string>(ranked(&Ranked::title))
                                   .all());
  EXPECT_EQ(found, (names{"A", "D", "E"}));
}
TEST_P(windows, windows_of_groups) {
  const auto rows = sync_wait(
      db.query<Book>()
          .group_by(author_id)
          .order_by(author_id)
          .select<std::tuple<std::int64_t, std::int64_t>>(sum(pages), rank().over(order_by(sum(pages).desc())))
          .all());
  EXPECT_EQ(rows, (std::vector<std::tuple<std::int64_t, std::int64_t>>{{50, 3}, {500, 1}, {200, 2}}));
}

// ---- aggregates of some rows

TEST_P(windows, filtered_aggregates_take_some_rows) {
  const auto row = sync_wait(db.query<Book>()
                                 .select<std::tuple<std::int64_t, std::int64_t, double, std::optional<int>>>(
                                     count().filter(pages > 100), sum(pages).filter(author_id == ada),
                                     avg(pages).filter(pages < 200), max(pages).filter(title == "none"))
                                 .one());
  EXPECT_EQ(std::get<0>(row), 2);
  EXPECT_EQ(std::get<1>(row), 500);
  EXPECT_NEAR(std::get<2>(row), 250.0 / 3, 1e-9);
  EXPECT_EQ(std::get<3>(row), std::nullopt);
}
TEST_P(windows, filtered_aggregates_have_windows_too) {
  EXPECT_EQ(of_books(count().filter(pages >= 200).over(order_by(title))), (numbers{1, 1, 1, 2, 2}));
}
TEST_P(windows, groups_are_kept_by_filtered_aggregates) {
  const auto kept = sync_wait(db.query<Book>()
                                  .where(author_id.is_not_null())
                                  .group_by(author_id)
                                  .having(count().filter(pages >= 200) < count())
                                  .select<std::int64_t>(count())
                                  .all());
  EXPECT_EQ(kept, std::vector<std::int64_t>{3});
}

TEST_P(windows, texts_are_joined) {
  EXPECT_EQ(sync_wait(db.query<Book>().where(title == "A").select<std::string>(string_agg(title, ", ")).one()), "A");
  EXPECT_EQ(
      sync_wait(
          db.query<Book>().where(title == "none").select<std::optional<std::string>>(string_agg(title, ",")).one()),
      std::nullopt);
  const std::string joined =
      sync_wait(db.query<Book>().where(pages == 100).select<std::string>(string_agg(title, " and ")).one());
  EXPECT_TRUE(joined == "B and C" || joined == "C and B") << joined;
}
TEST_P(windows, texts_are_joined_in_an_order) {
  TUPELO_NEEDS(&feature_table::ordered_aggregates);
  EXPECT_EQ(
      sync_wait(db.query<Book>()
                    .select<std::string>(string_agg(title, ",").order_by(pages.desc(), title.desc()).filter(pages > 60))
                    .one()),
      "A,D,C,B");
}
TEST_P(windows, an_order_of_joined_texts_is_refused_where_there_is_none) {
  TUPELO_NEEDS_NO(&feature_table::ordered_aggregates);
  const auto query = db.query<Book>().select<std::string>(string_agg(title, ",").order_by(pages));
  EXPECT_EQ(failure_of<query_error>([&] { sync_wait(query.one()); }).code(), errc::unsupported_feature);
}

// ---- the first row of each value, several groupings

TEST_P(windows, distinct_on_keeps_the_first_of_each) {
  TUPELO_NEEDS(&feature_table::distinct_on);
  const auto thickest = db.query<Book>().distinct_on(author_id).order_by(author_id, pages.desc(), title);
  EXPECT_EQ(titles(sync_wait(thickest.all())), "EAD");
  EXPECT_EQ(sync_wait(thickest.count()), 3);
}
TEST_P(windows, distinct_on_of_related_rows_keeps_the_first_of_each_owner) {
  TUPELO_NEEDS(&feature_table::distinct_on);
  const auto first_of_each_size = [](auto& q) { q.distinct_on(pages).order_by(pages, title); };
  const auto found = sync_wait(authors().with(&Author::books, first_of_each_size).all());
  EXPECT_EQ(titles(found[0].books), "BA") << "C has as many pages as B";
  EXPECT_EQ(titles(found[1].books), "D");
  const auto marked = sync_wait(db.query<Label>()
                                    .order_by(col<&Label::name>)
                                    .with(&Label::books, [](auto& q) { q.distinct_on(author_id).order_by(author_id); })
                                    .all());
  EXPECT_EQ(marked[0].books.size(), 2U) << "blue: of ada and of bob";
  EXPECT_EQ(marked[2].books.size(), 1U) << "red: both of ada";
}
TEST_P(windows, distinct_on_of_related_rows_goes_with_no_limit) {
  TUPELO_NEEDS(&feature_table::distinct_on);
  EXPECT_THROW(
      sync_wait(authors().with(&Author::books, [](auto& q) { q.distinct_on(pages).order_by(pages).limit(1); }).all()),
      query_error);
}
TEST_P(windows, distinct_on_goes_with_an_order_that_begins_with_its_terms) {
  TUPELO_NEEDS(&feature_table::distinct_on);
  const auto rows = [&](const auto& query) { return sync_wait(query.all()).size(); };
  const auto refused = [&](const auto&... order) {
    const auto query = db.query<Book>().distinct_on(author_id, pages).order_by(order...);
    const std::string said = failure_of<query_error>([&] { rows(query); }).what();
    EXPECT_NE(said.find("must begin with the same terms"), std::string::npos) << said;
  };
  refused(title);
  refused(title, author_id, pages);
  refused(author_id, title, pages);
  EXPECT_EQ(rows(db.query<Book>().distinct_on(author_id, pages).order_by(pages.desc(), author_id, title)), 4U);
  EXPECT_EQ(rows(db.query<Book>().distinct_on(author_id, pages).order_by(pages)), 4U) << "of a part of them";
  EXPECT_EQ(rows(db.query<Book>().distinct_on(pages % 7, author_id).order_by(pages % 7, author_id, title)), 4U);
  EXPECT_EQ(rows(db.query<Book>().distinct_on(pages % 7).order_by(pages % 7, title).select(pages % 7, title)), 4U);
}
TEST_P(windows, distinct_on_is_refused_where_there_is_none) {
  TUPELO_NEEDS_NO(&feature_table::distinct_on);
  const auto e = failure_of<query_error>([&] { sync_wait(db.query<Book>().distinct_on(author_id).all()); });
  EXPECT_EQ(e.code(), errc::unsupported_feature);
  EXPECT_NE(std::string(e.what()).find("row_number()"), std::string::npos) << e.what();
}
TEST_P(windows, groupings_are_several) {
  TUPELO_NEEDS(&feature_table::grouping_sets);
  using row = std::tuple<std::optional<std::int64_t>, std::optional<int>, std::int64_t>;
  const auto rows = [&](const auto& how) {
    return sync_wait(db.query<Book>()
                         .where(author_id == ada)
                         .group_by(how)
                         .order_by(author_id, pages)
                         .template select<row>(author_id, pages, count())
                         .all());
  };
  EXPECT_EQ(rows(rollup(author_id, pages)),
            (std::vector<row>{{std::nullopt, std::nullopt, 3}, {ada, std::nullopt, 3}, {ada, 100, 2}, {ada, 300, 1}}));
  EXPECT_EQ(rows(cube(author_id, pages)).size(), 6U);
  EXPECT_EQ(rows(grouping_sets(grouping(author_id), grouping(pages), grouping())).size(), 4U);
}
TEST_P(windows, groupings_are_of_terms_with_values) {
  TUPELO_NEEDS(&feature_table::grouping_sets);
  using row = std::tuple<std::optional<std::int64_t>, std::optional<std::int64_t>, std::int64_t>;
  const auto writer = coalesce(author_id, 0);
  const auto thick = case_when(pages > 150, 1).otherwise(0);
  const auto books = db.query<Book>().where(author_id == ada || author_id.is_null());
  const auto rows = [&](const auto& how) {
    auto grouped = books;
    return sync_wait(grouped.group_by(how).order_by(writer, thick).template select<row>(writer, thick, count()).all());
  };
  const auto loose = static_cast<std::int64_t>(sync_wait(db.query<Book>().where(author_id.is_null()).count()));
  const auto found = rows(rollup(writer, thick));
  EXPECT_EQ(found.front(), (row{std::nullopt, std::nullopt, 3 + loose}));
  EXPECT_EQ(found.back(), (row{ada, 1, 1}));
  const auto thickness = db.query<Book>().group_by(grouping_sets(grouping(thick), grouping()));
  EXPECT_EQ(sync_wait(thickness.select<std::optional<std::int64_t>>(thick).all()).size(), 3U);
  auto late = books.select<row>(writer, thick, count());
  late.group_by(rollup(writer, thick));
  EXPECT_NE(std::string(failure_of<query_error>([&] { sync_wait(late.all()); }).what()).find("say group_by() first"),
            std::string::npos);
}
TEST_P(windows, several_groupings_are_refused_where_there_is_one) {
  TUPELO_NEEDS_NO(&feature_table::grouping_sets);
  const auto query = db.query<Book>().group_by(rollup(author_id)).select<std::int64_t>(count());
  EXPECT_EQ(failure_of<query_error>([&] { sync_wait(query.all()); }).code(), errc::unsupported_feature);
}

}  // namespace
}  // namespace tupelo::conformance::library
