// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

#include <tuple>

namespace tupelo::conformance::library {
namespace {

/// Conditions and counts that ask for related rows without loading them.
class related_conditions : public library_test {
protected:
  template <class Condition>
  names authors_where(const Condition& condition) {
    return sync_wait(authors().where(condition).pluck(col<&Author::name>));
  }
  template <class Condition>
  names books_where(const Condition& condition) {
    return sync_wait(books().where(condition).pluck(col<&Book::title>));
  }
};
TUPELO_CONFORMANCE_SUITE(related_conditions);

TEST_P(related_conditions, hold_for_rows_that_have_a_related_one) {
  EXPECT_EQ(authors_where(tupelo::has(&Author::books)), (names{"ada", "bob"}));
  EXPECT_EQ(authors_where(!tupelo::has(&Author::books)), names{"cyd"});
  EXPECT_EQ(authors_where(tupelo::has(&Author::passport)), names{"bob"});
  EXPECT_EQ(books_where(tupelo::has(&Book::author)), (names{"A", "B", "C", "D"}));
  EXPECT_EQ(books_where(tupelo::has(&Book::labels)), (names{"A", "B", "D"}));
}
TEST_P(related_conditions, combine_with_others) {
  EXPECT_EQ(authors_where(tupelo::has(&Author::passport) || col<&Author::name> == "cyd"), (names{"bob", "cyd"}));
  EXPECT_EQ(authors_where(tupelo::has(&Author::books) && !tupelo::has(&Author::passport)), names{"ada"});
}
TEST_P(related_conditions, are_clauses_of_their_own) {
  EXPECT_EQ(sync_wait(authors().where_has(&Author::books).pluck(col<&Author::name>)), (names{"ada", "bob"}));
  EXPECT_EQ(sync_wait(authors().where_doesnt_have(&Author::books).pluck(col<&Author::name>)), names{"cyd"});
  auto query = authors();
  query.where_has(&Author::books).where_doesnt_have(&Author::passport);
  EXPECT_EQ(sync_wait(query.pluck(col<&Author::name>)), names{"ada"});
}
TEST_P(related_conditions, are_narrowed_by_a_function) {
  EXPECT_EQ(authors_where(tupelo::has(&Author::books, [](auto& q) { q.where(col<&Book::pages> == 200); })),
            names{"bob"});
  EXPECT_EQ(books_where(tupelo::has(&Book::labels, [](auto& q) { q.where(col<&Label::name> == "red"); })),
            (names{"A", "B"}));
}
TEST_P(related_conditions, follow_a_path) {
  EXPECT_EQ(authors_where(tupelo::has(&Author::books, &Book::labels)), (names{"ada", "bob"}));
  EXPECT_EQ(
      authors_where(tupelo::has(&Author::books, &Book::reviews, [](auto& q) { q.where(col<&Review::stars> == 2); })),
      names{"bob"});
  EXPECT_EQ(authors_where(!tupelo::has(&Author::books, &Book::reviews)), names{"cyd"});
}
TEST_P(related_conditions, stand_inside_one_another) {
  EXPECT_EQ(authors_where(tupelo::has(
                &Author::books, [](auto& q) { q.where_doesnt_have(&Book::reviews).where(col<&Book::pages> < 1000); })),
            names{"ada"});
}
TEST_P(related_conditions, lead_back_to_the_model_they_came_from) {
  EXPECT_EQ(books_where(tupelo::has(&Book::author, &Author::books, [](auto& q) { q.where(col<&Book::title> == "D"); })),
            names{"D"});
  EXPECT_EQ(books_where(tupelo::has(&Book::labels, &Label::books, [](auto& q) { q.where(col<&Book::title> == "B"); })),
            (names{"A", "B"}));
}
TEST_P(related_conditions, do_not_see_soft_deleted_rows) {
  sync_wait(db.erase<Book>().where(col<&Book::id> == d).run());
  EXPECT_EQ(authors_where(tupelo::has(&Author::books)), names{"ada"});
  EXPECT_EQ(authors_where(tupelo::has(&Author::books, [](auto& q) { q.with_deleted(); })), (names{"ada", "bob"}));
  EXPECT_EQ(authors_where(count_of(&Author::books) == 0), (names{"bob", "cyd"}));
}
TEST_P(related_conditions, narrow_what_is_loaded) {
  const auto found = sync_wait(
      authors().with(&Author::books, [](auto& q) { q.where_has(&Book::reviews).order_by(col<&Book::title>); }).all());
  EXPECT_EQ(titles(found[0].books), "AC");
  const auto labels = sync_wait(db.query<Label>()
                                    .where(col<&Label::name> == "red")
                                    .with(&Label::books, [](auto& q) { q.where_has(&Book::reviews); })
                                    .one());
  EXPECT_EQ(titles(labels.books), "A");
}
TEST_P(related_conditions, decide_what_is_updated) {
  EXPECT_EQ(
      sync_wait(db.update<Author>().set(col<&Author::name>, "prolific").where(count_of(&Author::books) > 1).run()), 1);
  EXPECT_EQ(authors_where(col<&Author::name> == "prolific").size(), 1U);
}

TEST_P(related_conditions, count_related_rows) {
  const auto found = sync_wait(authors().select(col<&Author::name>, count_of(&Author::books)).all());
  using row = std::tuple<std::string, std::int64_t>;
  EXPECT_EQ(found, (std::vector<row>{{"ada", 3}, {"bob", 1}, {"cyd", 0}}));
}
TEST_P(related_conditions, count_what_a_function_leaves) {
  const auto found = sync_wait(authors()
                                   .select(count_of(&Author::books, [](auto& q) { q.where(col<&Book::pages> < 150); }),
                                           count_of(&Author::passport))
                                   .all());
  using row = std::tuple<std::int64_t, std::int64_t>;
  EXPECT_EQ(found, (std::vector<row>{{2, 0}, {0, 1}, {0, 0}}));
}
TEST_P(related_conditions, count_through_a_join_table) {
  const auto found = sync_wait(books().select<std::int64_t>(count_of(&Book::labels)).all());
  EXPECT_EQ(found, (std::vector<std::int64_t>{2, 1, 0, 1, 0}));
}
TEST_P(related_conditions, order_by_how_many_there_are) {
  EXPECT_EQ(
      sync_wait(
          db.query<Author>().order_by(count_of(&Author::books).desc(), col<&Author::name>).pluck(col<&Author::name>)),
      (names{"ada", "bob", "cyd"}));
  EXPECT_EQ(authors_where(count_of(&Author::books) > 0 && count_of(&Author::books) < 3), names{"bob"});
}

}  // namespace
}  // namespace tupelo::conformance::library
