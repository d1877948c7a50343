// SPDX-License-Identifier: Apache-2.0
// Writes that give terms of the rows they wrote.
#include "library.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tupelo::conformance::library {
namespace {

struct Copy {
  std::int64_t id{};
  std::string title{};
  int pages{};
};
struct Thickness {
  std::string title{};
  double sheets{};
  bool thick{};
  bool operator==(const Thickness&) const = default;
};

constexpr auto title = col<&Book::title>;
constexpr auto pages = col<&Book::pages>;

class returning : public library_test {
protected:
  void SetUp() override { TUPELO_NEEDS(&feature_table::returning); }
};
TUPELO_CONFORMANCE_SUITE(returning);

TEST_P(returning, an_update_gives_terms_of_its_rows_as_they_are_then) {
  const auto thick = sync_wait(db.update<Book>()
                                   .set(pages, pages * 2)
                                   .where(title == "A")
                                   .returning<Thickness>(lower(title), pages / 2.0, pages > 500));
  EXPECT_EQ(thick, (std::vector<Thickness>{{"a", 300.0, true}}));
}
TEST_P(returning, an_update_gives_tuples_and_single_values) {
  const auto query = db.update<Book>().set(pages, pages + 1).where(title == "B");
  EXPECT_EQ(sync_wait(query.returning(title, pages)), (std::vector<std::tuple<std::string, int>>{{"B", 101}}));
  EXPECT_EQ(sync_wait(query.returning(pages)), (std::vector<int>{102}));
  EXPECT_EQ(sync_wait(query.returning(pages > 100)), (std::vector<bool>{true}));
  EXPECT_EQ(sync_wait(db.update<Book>().set(pages, 1).where(title == "E").returning(col<&Book::author_id>)),
            (std::vector<std::optional<std::int64_t>>{std::nullopt}));
}
TEST_P(returning, terms_tell_null_from_values) {
  const auto author = col<&Book::author_id>;
  const std::vector<std::int64_t> many = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  const auto rows = sync_wait(db.update<Book>()
                                  .set(pages, 1)
                                  .where(title == "E")
                                  .returning<std::tuple<bool, bool, std::optional<bool>>>(
                                      author.is_null(), author.is_not_null(), author.in(many)));
  EXPECT_EQ(rows, (std::vector<std::tuple<bool, bool, std::optional<bool>>>{{true, false, std::nullopt}}));
  EXPECT_EQ(sync_wait(db.update<Book>().set(pages, 1).where(title == "A").returning(author.is_null(), author.in(many))),
            (std::vector<std::tuple<bool, bool>>{{false, true}}));
}
TEST_P(returning, a_whole_row_stands_beside_other_terms) {
  const auto rows = sync_wait(db.update<Book>()
                                  .set(pages, 7)
                                  .where(title == "D")
                                  .returning<std::pair<Book, std::string>>(whole<Book>, concat(title, "!")));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].first.id, d);
  EXPECT_EQ(rows[0].first.pages, 7);
  EXPECT_EQ(rows[0].second, "D!");
}
TEST_P(returning, values_of_all_clauses_are_bound_in_their_places) {
  EXPECT_EQ(sync_wait(db.update<Book>()
                          .set(title, concat(title, "-", "x"))
                          .where(title == "A" && pages == 300)
                          .returning(concat("<", title, ">"), pages + 40)),
            (std::vector<std::tuple<std::string, std::int64_t>>{{"<A-x>", 340}}));
}
TEST_P(returning, terms_may_ask_of_related_rows) {
  EXPECT_EQ(sync_wait(db.update<Book>().set(pages, 7).where(title == "A").returning(count_of(&Book::reviews))),
            (std::vector<std::int64_t>{3}));
}
TEST_P(returning, an_update_from_another_table_gives_its_own_columns) {
  EXPECT_EQ(sync_wait(db.update<Book>()
                          .join<Author>(col<&Book::author_id> == col<&Author::id>)
                          .set(title, concat(title, " by ", col<&Author::name>))
                          .where(col<&Author::name> == "bob")
                          .returning(upper(title), pages)),
            (std::vector<std::tuple<std::string, int>>{{"D BY BOB", 200}}));
}
TEST_P(returning, an_erase_gives_what_is_gone) {
  EXPECT_EQ(sync_wait(db.erase<Review>().where(col<&Review::book_id> == d).returning(col<&Review::stars> * 10)),
            (std::vector<std::int64_t>{20}));
  EXPECT_EQ(sync_wait(db.erase<Review>()
                          .join<Book>(col<&Review::book_id> == col<&Book::id>)
                          .where(title == "C")
                          .returning(col<&Review::stars>)),
            (std::vector<int>{1}));
  EXPECT_EQ(sync_wait(db.query<Review>().count()), 3);
}
TEST_P(returning, an_erase_that_marks_gives_the_marked_rows) {
  EXPECT_EQ(sync_wait(db.erase<Book>().where(title == "E").returning(title, col<&Book::deleted_at>.is_not_null())),
            (std::vector<std::tuple<std::string, bool>>{{"E", true}}));
}
TEST_P(returning, an_insert_of_a_querys_rows_gives_them_or_terms_of_them) {
  create<Copy>();
  auto rows = query<Book>().where(pages > 150).select(title, pages);
  const auto copies = sync_wait(db.insert_from<Copy>(rows, col<&Copy::title>, col<&Copy::pages>).returning());
  ASSERT_EQ(copies.size(), 2U);
  EXPECT_NE(copies[0].id, 0);
  EXPECT_EQ(
      sync_wait(db.insert_from<Copy>(rows.limit(1), col<&Copy::title>, col<&Copy::pages>)
                    .returning<std::pair<std::string, std::int64_t>>(lower(col<&Copy::title>), col<&Copy::pages> + 5))
          .size(),
      1U);
  EXPECT_EQ(sync_wait(db.insert_from<Copy>(query<Book>().where(title == "B").select(title, pages), col<&Copy::title>,
                                           col<&Copy::pages>)
                          .returning(concat(col<&Copy::title>, "!"))),
            (std::vector<std::string>{"B!"}));
}
TEST_P(returning, goes_into_a_pipeline) {
  const auto [raised, gone] =
      sync_wait(db.pipeline(db.update<Book>().set(pages, pages + 1).where(title == "A").returning(pages),
                            db.erase<Review>().where(col<&Review::book_id> == d).returning(col<&Review::stars>)));
  EXPECT_EQ(raised, (std::vector<int>{301}));
  EXPECT_EQ(gone, (std::vector<int>{2}));
}
TEST_P(returning, of_several_rows_at_once_is_refused) {
  const auto update = db.update<Book>().set(pages, 1).all_rows();
  EXPECT_THROW(sync_wait(update.returning(sum(pages))), query_error);
  EXPECT_THROW(sync_wait(update.returning(row_number().over(order_by(pages)))), query_error);
}

// ---- conditions in what is given back

TEST_P(returning, a_condition_in_a_term_is_none_of_the_update) {
  const auto good = count_of(&Book::reviews, [](auto& q) { q.where(col<&Review::stars> > 3); });
  EXPECT_EQ(
      sync_wait(db.update<Book>().set(pages, 7).where(col<&Book::author_id> == ada).returning(title, good)).size(), 3U);
  const auto alike = count_of(&Author::books, [](auto& q) { q.where(title == "A"); });
  EXPECT_EQ(sync_wait(db.update<Author>()
                          .set(col<&Author::name>, concat(col<&Author::name>, "!"))
                          .where(col<&Author::id> != cyd)
                          .returning(col<&Author::name>, alike)),
            (std::vector<std::tuple<std::string, std::int64_t>>{{"ada!", 1}, {"bob!", 0}}));
}
TEST_P(returning, a_condition_on_the_same_model_in_a_term_is_none_of_the_update) {
  create<Folder>();
  std::vector<Folder> roots{{.name = "a"}, {.name = "b"}};
  sync_wait(db.insert(roots));
  sync_wait(db.insert(Folder{.parent_id = roots[0].id, .name = "x"}));
  const auto called_x = count_of(&Folder::children, [](auto& q) { q.where(col<&Folder::name> == "x"); });
  auto found = sync_wait(db.update<Folder>()
                             .set(col<&Folder::name>, "z")
                             .where(col<&Folder::parent_id>.is_null())
                             .returning(col<&Folder::id>, called_x));
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, (std::vector<std::tuple<std::int64_t, std::int64_t>>{{roots[0].id, 1}, {roots[1].id, 0}}));
}
TEST_P(returning, a_condition_in_a_term_is_none_of_the_erase) {
  const auto fives = count_of(&Author::books, [](auto& q) { q.where(col<&Book::pages> == 5); });
  EXPECT_EQ(sync_wait(db.erase<Author>().where(col<&Author::id> == cyd).returning(col<&Author::name>, fives)),
            (std::vector<std::tuple<std::string, std::int64_t>>{{"cyd", 0}}));
  const auto good = count_of(&Book::reviews, [](auto& q) { q.where(col<&Review::stars> == 5); });
  EXPECT_EQ(sync_wait(db.erase<Book>().where(title == "D").returning(title, good)),
            (std::vector<std::tuple<std::string, std::int64_t>>{{"D", 0}}))
      << "which marks it";
}
TEST_P(returning, a_condition_in_a_term_does_not_stand_for_that_of_the_rows) {
  const auto good = count_of(&Book::reviews, [](auto& q) { q.where(col<&Review::stars> > 3); });
  EXPECT_THROW(sync_wait(db.update<Book>().set(pages, 7).returning(good)), query_error);
  EXPECT_THROW(sync_wait(db.erase<Book>().returning(good)), query_error);
  const auto thick = count_of(&Author::books, [](auto& q) { q.where(pages > 3); });
  EXPECT_THROW(sync_wait(db.erase<Author>().returning(thick)), query_error);
  EXPECT_EQ(sync_wait(db.query<Author>().count()), 3);
}

}  // namespace
}  // namespace tupelo::conformance::library
