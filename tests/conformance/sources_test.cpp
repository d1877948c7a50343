// SPDX-License-Identifier: Apache-2.0
// Tables under other names, queries in the place of tables, unions.
#include "library.hpp"

#include <optional>
#include <tuple>

namespace tupelo::conformance::library {
namespace {

struct Titled {
  std::string title{};
  std::int64_t pages{};
};
struct Written {
  std::int64_t author_id{};
  std::int64_t books{};
  std::int64_t pages{};
};
struct Place {
  std::int64_t id{};
  std::string name{};
  std::int64_t depth{};
};

constexpr auto title = col<&Book::title>;
constexpr auto pages = col<&Book::pages>;
constexpr auto author_id = col<&Book::author_id>;
constexpr auto author = col<&Author::id>;
constexpr auto author_name = col<&Author::name>;

using pairs = std::vector<std::tuple<std::optional<std::string>, std::optional<std::string>>>;

class sources : public library_test {
protected:
  static auto written() {
    return query<Book>()
        .where(author_id.is_not_null())
        .group_by(author_id)
        .select<Written>(coalesce(author_id, 0), count(), sum(pages));
  }
};
TUPELO_CONFORMANCE_SUITE(sources);

// ---- aliases

TEST_P(sources, an_alias_joins_a_table_with_itself) {
  const auto longer = alias<Book>("longer");
  const auto found = sync_wait(
      db.query<Book>()
          .join(longer, longer(&Book::pages) > pages && longer(&Book::author_id) == author_id)
          .order_by(title, longer(&Book::title))
          .select<std::tuple<std::optional<std::string>, std::optional<std::string>>>(title, longer(&Book::title))
          .all());
  EXPECT_EQ(found, (pairs{{"B", "A"}, {"C", "A"}}));
}
TEST_P(sources, one_column_of_an_alias_or_a_query_is_read) {
  const auto longer = alias<Book>("longer");
  EXPECT_EQ(sync_wait(db.query<Book>()
                          .join(longer, longer(&Book::pages) > pages && longer(&Book::author_id) == author_id)
                          .order_by(title)
                          .pluck(longer(&Book::title))),
            (std::vector<std::string>{"A", "A"}));
  const auto by_author = derived("by_author", written());
  const std::vector<std::int64_t> counts =
      sync_wait(db.query(by_author).order_by(by_author(&Written::books)).pluck(by_author(&Written::books)));
  EXPECT_EQ(counts, sync_wait(db.query(by_author)
                                  .order_by(by_author(&Written::books))
                                  .select<std::int64_t>(by_author(&Written::books))
                                  .all()));
  EXPECT_FALSE(counts.empty());
  EXPECT_EQ(sync_wait(db.query<Book>().where(title == "A").pluck(upper(title))).size(), 1U) << "an expression";
}
TEST_P(sources, columns_of_an_alias_are_used_as_others_are) {
  const auto other = alias<Book>("other");
  const auto of_two =
      sync_wait(db.query<Book>()
                    .join(other, other(&Book::id) == col<&Book::id>)
                    .where(other(&Book::title).in("A", "B", "E") && other(&Book::pages).between(60, 300))
                    .where(other(&Book::author_id).is_not_null())
                    .order_by(other(&Book::pages).desc())
                    .all());
  EXPECT_EQ(titles(of_two), "AB");
}
TEST_P(sources, several_aliases_of_a_table_are_several_tables) {
  const auto second = alias<Book>("second");
  const auto third = alias<Book>("third");
  const auto counted = sync_wait(
      db.query<Book>()
          .join(second, second(&Book::pages) < pages)
          .join(third, third(&Book::pages) < second(&Book::pages))
          .select<std::tuple<std::string, std::string, std::string>>(title, second(&Book::title), third(&Book::title))
          .order_by(title, second(&Book::title), third(&Book::title))
          .all());
  ASSERT_EQ(counted.size(), 7U);
  EXPECT_EQ(counted[0], std::make_tuple("A", "B", "E"));
}
TEST_P(sources, soft_deleted_rows_of_an_alias_are_left_out) {
  sync_wait(db.erase<Book>().where(title == "A").run());
  const auto longer = alias<Book>("longer");
  const auto query = db.query<Book>().join(longer, longer(&Book::pages) > pages);
  EXPECT_EQ(sync_wait(query.count()), 5);
  auto all = query;
  EXPECT_EQ(sync_wait(all.with_deleted().count()), 9);
}
TEST_P(sources, an_alias_may_be_read_by_itself) {
  const auto book = alias<Book>("book");
  EXPECT_EQ(titles(sync_wait(db.query(book).where(book(&Book::pages) > 100).order_by(book(&Book::title)).all())), "AD");
}
TEST_P(sources, a_subquery_reads_the_table_of_the_query_around_it) {
  const auto other = alias<Book>("other");
  const auto above_average = pages > subquery(query(other)
                                                  .correlate<Book>()
                                                  .where(other(&Book::author_id) == author_id)
                                                  .select<std::optional<double>>(avg(other(&Book::pages))));
  EXPECT_EQ(titles(sync_wait(db.query<Book>().where(above_average).all())), "A");
}
TEST_P(sources, a_subquery_is_correlated_with_an_alias) {
  const auto writer = alias<Author>("writer");
  const auto with_review = exists(query<Review>()
                                      .join<Book>(col<&Review::book_id> == col<&Book::id>)
                                      .correlate(writer)
                                      .where(author_id == writer(&Author::id) && col<&Review::stars> == 2));
  EXPECT_EQ(sync_wait(db.query(writer).where(with_review).select<std::string>(writer(&Author::name)).all()),
            names{"bob"});
}
TEST_P(sources, an_alias_that_is_not_read_is_refused_by_its_name) {
  const auto first = alias<Book>("first");
  const auto second = alias<Book>("second");
  const auto query = db.query<Book>().join(first, first(&Book::id) == col<&Book::id>).where(second(&Book::pages) > 1);
  const auto e = failure_of<query_error>([&] { sync_wait(query.all()); });
  EXPECT_NE(std::string(e.what()).find("\"second\""), std::string::npos) << e.what();
}
TEST_P(sources, two_tables_of_one_name_are_refused) {
  const auto twice = alias<Book>("twice");
  const auto query = db.query<Book>().cross_join(twice).cross_join(twice);
  EXPECT_THROW(sync_wait(query.all()), query_error);
  EXPECT_THROW(alias<Book>(""), query_error);
}

// ---- joins

TEST_P(sources, a_right_join_keeps_the_rows_of_the_joined_table) {
  const auto rows =
      sync_wait(db.query<Book>()
                    .right_join<Author>(author_id == author)
                    .order_by(author_name, title)
                    .select<std::tuple<std::optional<std::string>, std::optional<std::string>>>(title, author_name)
                    .all());
  EXPECT_EQ(rows, (pairs{{"A", "ada"}, {"B", "ada"}, {"C", "ada"}, {"D", "bob"}, {std::nullopt, "cyd"}}));
}
TEST_P(sources, a_full_join_keeps_all_rows) {
  const auto rows =
      sync_wait(db.query<Book>()
                    .full_join<Author>(author_id == author)
                    .order_by(author_name, title)
                    .select<std::tuple<std::optional<std::string>, std::optional<std::string>>>(title, author_name)
                    .all());
  EXPECT_EQ(
      rows,
      (pairs{{"E", std::nullopt}, {"A", "ada"}, {"B", "ada"}, {"C", "ada"}, {"D", "bob"}, {std::nullopt, "cyd"}}));
}
TEST_P(sources, outer_joins_see_no_soft_deleted_row) {
  sync_wait(db.erase<Book>().where(title.in("D", "E")).run());
  const auto rows = [&](auto query) {
    query.order_by(author_name);
    query.order_by(title);
    return sync_wait(
        query.template select<std::tuple<std::optional<std::string>, std::optional<std::string>>>(title, author_name)
            .all());
  };
  const pairs expected{{"A", "ada"}, {"B", "ada"}, {"C", "ada"}, {std::nullopt, "bob"}, {std::nullopt, "cyd"}};
  EXPECT_EQ(rows(db.query<Book>().right_join<Author>(author_id == author)), expected);
  EXPECT_EQ(rows(db.query<Book>().full_join<Author>(author_id == author)), expected);
  EXPECT_EQ(rows(db.query<Author>().full_join<Book>(author_id == author)), expected);
}
TEST_P(sources, a_cross_join_pairs_every_row_with_every_row) {
  EXPECT_EQ(sync_wait(db.query<Author>().cross_join<Label>().count()), 9);
  const auto other = alias<Author>("other");
  EXPECT_EQ(sync_wait(db.query<Author>().cross_join(other).where(author < other(&Author::id)).count()), 3);
}

// ---- unions

TEST_P(sources, a_union_has_equal_rows_once) {
  const auto thick = db.query<Book>().where(pages >= 200);
  const auto of_ada = db.query<Book>().where(author_id == ada);
  EXPECT_EQ(titles(sync_wait(thick.union_(of_ada).order_by(title).all())), "ABCD");
  EXPECT_EQ(titles(sync_wait(thick.union_all(of_ada).order_by(title).all())), "AABCD");
  EXPECT_EQ(titles(sync_wait(thick.intersect(of_ada).all())), "A");
  EXPECT_EQ(titles(sync_wait(of_ada.except(thick).order_by(title.desc()).all())), "CB");
}
TEST_P(sources, a_union_is_ordered_and_limited_as_a_whole) {
  const auto thick = db.query<Book>().where(pages >= 200).order_by(pages.desc()).limit(1);
  const auto thin = db.query<Book>().where(pages < 200).order_by(pages).limit(1);
  EXPECT_EQ(titles(sync_wait(thick.union_all(thin).order_by(title.desc()).all())), "EA");
  EXPECT_EQ(titles(sync_wait(thick.union_all(thin).order_by(title.desc()).offset(1).limit(1).all())), "A");
  EXPECT_EQ(sync_wait(thick.union_all(thin).count()), 2);
  EXPECT_TRUE(sync_wait(thick.union_all(thin).exists()));
}
TEST_P(sources, unions_are_narrowed_grouped_and_joined_on) {
  auto both = db.query<Book>().where(pages >= 200).union_all(db.query<Book>().where(author_id == ada));
  auto narrowed = both;
  EXPECT_EQ(titles(sync_wait(narrowed.where(title == "A").all())), "AA");
  const auto counted = sync_wait(both.group_by(title).having(count() > 1).select<std::string>(title).all());
  EXPECT_EQ(counted, names{"A"});
}
TEST_P(sources, rows_of_one_type_are_united_whatever_their_tables) {
  const auto rows = sync_wait(db.query<Book>()
                                  .where(pages > 200)
                                  .select<Titled>(title, pages)
                                  .union_all(db.query<Author>().select<Titled>(author_name, length(author_name)))
                                  .order_by(col<&Titled::pages>.desc(), col<&Titled::title>)
                                  .all());
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].title, "A");
  EXPECT_EQ(rows[3].title, "cyd");
  EXPECT_EQ(rows[3].pages, 3);
}
TEST_P(sources, unions_of_unions_are_taken_from_the_left) {
  const auto of = [&](const char* wanted) { return db.query<Book>().where(title == wanted); };
  EXPECT_EQ(titles(sync_wait(of("A").union_(of("B")).except(of("A")).union_(of("D")).order_by(title).all())), "BD");
}
TEST_P(sources, a_union_is_looked_up_in) {
  const auto wanted =
      query<Book>()
          .where(title == "A")
          .select<std::int64_t>(col<&Book::id>)
          .union_(query<Review>().where(col<&Review::stars> == 1).select<std::int64_t>(col<&Review::book_id>));
  EXPECT_EQ(titles(sync_wait(books().where(col<&Book::id>.in(wanted)).all())), "AC");
}

// ---- queries in the place of tables

TEST_P(sources, a_derived_table_is_joined) {
  const auto totals = derived("totals", written());
  const auto rows =
      sync_wait(db.query<Author>()
                    .left_join(totals, totals(&Written::author_id) == author)
                    .order_by(author_name)
                    .select<std::tuple<std::string, std::optional<std::int64_t>>>(author_name, totals(&Written::pages))
                    .all());
  EXPECT_EQ(rows, (std::vector<std::tuple<std::string, std::optional<std::int64_t>>>{
                      {"ada", 500}, {"bob", 200}, {"cyd", std::nullopt}}));
}
TEST_P(sources, a_derived_table_is_read_by_itself) {
  const auto totals = derived("totals", written());
  const auto rows = sync_wait(db.query(totals).where(totals(&Written::books) > 1).all());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].author_id, ada);
  EXPECT_EQ(rows[0].pages, 500);
}
TEST_P(sources, a_derived_table_keeps_its_limit) {
  const auto thickest = derived("thickest", query<Book>().order_by(pages.desc()).limit(2));
  EXPECT_EQ(sync_wait(db.query(thickest).select<std::int64_t>(sum(thickest(&Book::pages))).one()), 500);
}
TEST_P(sources, a_common_table_is_read_in_several_places) {
  const auto totals = cte("totals", written());
  const auto most = subquery(query(totals).select<std::optional<std::int64_t>>(max(totals(&Written::pages))));
  const auto rows = sync_wait(db.query(totals).where(totals(&Written::pages) == most).all());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].author_id, ada);
  for (const auto& hinted : {totals.materialized(), totals.not_materialized()}) {
    EXPECT_EQ(sync_wait(db.query<Author>().join(hinted, hinted(&Written::author_id) == author).count()), 2);
  }
}
TEST_P(sources, a_query_that_reads_a_common_table_is_counted_and_united) {
  const auto totals = cte("totals", written());
  const auto of_many = db.query(totals).where(totals(&Written::books) > 1);
  EXPECT_EQ(sync_wait(of_many.count()), 1);
  EXPECT_EQ(sync_wait(of_many.union_all(of_many).count()), 2);
  EXPECT_TRUE(sync_wait(of_many.exists()));
}
TEST_P(sources, a_common_table_is_read_twice_under_two_names) {
  const auto totals = cte("totals", written());
  const auto others = totals.as("others");
  const auto pairs = db.query(totals)
                         .join(others, others(&Written::books) < totals(&Written::books))
                         .select(totals(&Written::author_id), others(&Written::author_id));
  EXPECT_EQ(sync_wait(pairs.all()), (std::vector<std::tuple<std::int64_t, std::int64_t>>{{ada, bob}}));
  const std::string sql = pairs.to_sql();
  EXPECT_EQ(sql.find("sum("), sql.rfind("sum(")) << "made once: " << sql;
  const auto third = others.as("third");
  EXPECT_EQ(sync_wait(db.query(third).where(third(&Written::author_id) == bob).count()), 1);
  const auto again = derived("totals", written()).as("again");
  EXPECT_EQ(sync_wait(db.query<Author>().join(again, again(&Written::author_id) == author).count()), 2);
}
TEST_P(sources, a_common_table_hides_no_table_that_a_relation_goes_by) {
  const auto marks = cte("shelf_marks", written());
  const auto query = db.query<Book>().join(marks, marks(&Written::author_id) == author_id).where_has(&Book::labels);
  const auto refused = failure_of<query_error>([&] { sync_wait(query.all()); });
  EXPECT_NE(std::string(refused.what()).find("\"shelf_marks\""), std::string::npos) << refused.what();
}
TEST_P(sources, a_recursive_query_of_distinct_rows_ends_in_a_graph_with_circles) {
  create<Folder>();
  std::vector<Folder> ring{{.name = "a"}, {.name = "b"}, {.name = "c"}};
  sync_wait(db.insert(ring));
  for (std::size_t i = 0; i < ring.size(); ++i) {
    ring[i].parent_id = ring[(i + 1) % ring.size()].id;
    sync_wait(db.update(ring[i]));
  }
  const auto id = col<&Folder::id>;
  const auto around = recursive("around", query<Folder>().where(col<&Folder::name> == "a").select<std::int64_t>(id),
                                [&](const auto& found) {
                                  return query<Folder>()
                                      .join(found, id == found.value())
                                      .template select<std::int64_t>(coalesce(col<&Folder::parent_id>, 0));
                                })
                          .distinct();
  EXPECT_EQ(sync_wait(db.query(around).count()), 3);
  const auto again = around.as("again");
  EXPECT_EQ(sync_wait(db.query<Folder>().join(around, around.value() == id).join(again, again.value() == id).count()),
            3);
}
TEST_P(sources, what_is_no_recursion_has_no_distinct_rows_of_one) {
  EXPECT_THROW(static_cast<void>(cte("totals", written()).distinct()), query_error);
  EXPECT_THROW(static_cast<void>(derived("totals", written()).distinct()), query_error);
}
TEST_P(sources, what_is_no_common_table_takes_no_hint) {
  const auto numbers = recursive("numbers", query<Book>().select<std::int64_t>(pages * 0), [](const auto& before) {
    return query(before).where(before.value() < 3).template select<std::int64_t>(before.value() + 1);
  });
  const auto refused = failure_of<query_error>([&] { static_cast<void>(numbers.materialized()); });
  EXPECT_NE(std::string(refused.what()).find("tp::recursive()"), std::string::npos) << refused.what();
  EXPECT_THROW(static_cast<void>(numbers.not_materialized()), query_error);
  EXPECT_THROW(static_cast<void>(derived("totals", written()).materialized()), query_error);
}
TEST_P(sources, a_recursive_query_computes_with_decimals) {
  struct Loan {
    std::int64_t id{};
    decimal owed{};

    static void model(tupelo::model<Loan>& m) { m.column(&Loan::owed).precision(10, 2); }
  };
  struct Step {
    std::int64_t year{};
    decimal owed{};
  };
  create<Loan>();
  Loan loan{.owed = decimal::parse("100.50")};
  sync_wait(db.insert(loan));
  const auto owed = col<&Loan::owed>;
  const auto years = recursive("years", query<Loan>().select<Step>(col<&Loan::id> * 0, owed), [&](const auto& before) {
    return query(before)
        .where(before(&Step::year) < 2)
        .template select<Step>(before(&Step::year) + 1, before(&Step::owed) - decimal::parse("10.25"));
  });
  const auto found = sync_wait(db.query(years).order_by(years(&Step::year)).all());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[2].owed, decimal::parse("80"));
}
TEST_P(sources, a_recursive_query_follows_a_tree) {
  create<Folder>();
  std::vector<Folder> roots{{.name = "root"}, {.name = "other"}};
  sync_wait(db.insert(roots));
  std::vector<Folder> children{{.parent_id = roots[0].id, .name = "a"}, {.parent_id = roots[1].id, .name = "x"}};
  sync_wait(db.insert(children));
  std::vector<Folder> leaves{{.parent_id = children[0].id, .name = "b"}};
  sync_wait(db.insert(leaves));

  const auto id = col<&Folder::id>;
  const auto below = recursive("below",
                               query<Folder>()
                                   .where(col<&Folder::name> == "root")
                                   .select<Place>(id, col<&Folder::name>, length(col<&Folder::name>) * 0),
                               [&](const auto& found) {
                                 return query<Folder>()
                                     .join(found, col<&Folder::parent_id> == found(&Place::id))
                                     .template select<Place>(id, concat(found(&Place::name), "/", col<&Folder::name>),
                                                             found(&Place::depth) + 1);
                               });
  const auto rows = sync_wait(db.query(below).order_by(below(&Place::depth)).all());
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1].name, "root/a");
  EXPECT_EQ(rows[2].name, "root/a/b");
  EXPECT_EQ(rows[2].depth, 2);
  const auto inside = sync_wait(
      db.query<Folder>().join(below, below(&Place::id) == id).where(below(&Place::depth) > 0).order_by(id).all());
  ASSERT_EQ(inside.size(), 2U);
  EXPECT_EQ(inside[1].name, "b");
}
TEST_P(sources, a_correlated_derived_table_is_asked_for_each_row) {
  TUPELO_NEEDS(&feature_table::lateral_joins);
  const auto thickest = derived("thickest", query<Book>()
                                                .correlate<Author>()
                                                .where(author_id == author)
                                                .order_by(pages.desc(), title)
                                                .limit(2)
                                                .select<Titled>(title, pages));
  const auto rows = sync_wait(db.query<Author>()
                                  .join(thickest, thickest(&Titled::pages) > 0)
                                  .order_by(author_name, thickest(&Titled::title))
                                  .select<std::tuple<std::string, std::string>>(author_name, thickest(&Titled::title))
                                  .all());
  EXPECT_EQ(rows, (std::vector<std::tuple<std::string, std::string>>{{"ada", "A"}, {"ada", "B"}, {"bob", "D"}}));
}
TEST_P(sources, a_correlated_derived_table_is_refused_without_lateral_joins) {
  TUPELO_NEEDS_NO(&feature_table::lateral_joins);
  const auto thickest = derived("thickest", query<Book>().correlate<Author>().where(author_id == author));
  const auto e =
      failure_of<query_error>([&] { sync_wait(db.query<Author>().join(thickest, thickest(&Book::pages) > 0).all()); });
  EXPECT_EQ(e.code(), errc::unsupported_feature);
  EXPECT_NE(std::string(e.what()).find("thickest"), std::string::npos) << e.what();
}

// ---- plans

TEST_P(sources, a_query_is_explained_and_not_run) {
  const std::string plan = sync_wait(db.query<Book>()
                                         .join<Author>(author_id == author)
                                         .where(title == "A" && pages.in(1, 2))
                                         .order_by(pages)
                                         .limit(3)
                                         .explain());
  EXPECT_NE(plan.find("books"), std::string::npos) << plan;
  EXPECT_NE(plan.find('\n'), std::string::npos) << plan;
  EXPECT_FALSE(sync_wait(db.query<Book>().select<std::string>(title).explain()).empty());
}

}  // namespace
}  // namespace tupelo::conformance::library
