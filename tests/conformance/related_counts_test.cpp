// SPDX-License-Identifier: Apache-2.0
// Counts and sums of related rows beside objects whose relations are loaded.
#include "library.hpp"

#include <tupelo/json.hpp>
#include <tupelo/query/related_aggregates.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tupelo::conformance::library {
namespace {

class related_counts : public library_test {};
TUPELO_CONFORMANCE_SUITE(related_counts);

TEST_P(related_counts, stand_beside_each_object) {
  std::vector<std::pair<std::string, std::int64_t>> found;
  for (const auto& [author, books] : sync_wait(authors().with_count(&Author::books).all()))
    found.emplace_back(author.name, books);
  EXPECT_EQ(found, (std::vector<std::pair<std::string, std::int64_t>>{{"ada", 3}, {"bob", 1}, {"cyd", 0}}));
}
TEST_P(related_counts, become_members_of_their_object_in_json) {
  const auto query =
      authors().where(col<&Author::id> == bob).with_count(&Author::books).with_sum(&Author::books, col<&Book::pages>);
  const std::string bob_text = "{\"id\":" + std::to_string(bob) + ",\"name\":\"bob\",\"books_count\":1,\"pages\":200}";
  EXPECT_EQ(to_json_text(sync_wait(query.one()), {"books_count", "pages"}), bob_text);
  EXPECT_EQ(to_json_text(sync_wait(query.all()), {"books_count", "pages"}), "[" + bob_text + "]");
  EXPECT_EQ(to_json(sync_wait(query.page(1, 5)), {"books_count", "pages"}).text().find("{\"items\":[" + bob_text + "]"),
            0U);
  const auto some = sync_wait(authors().limit(1).select(col<&Author::name>, col<&Author::id> * 0).all());
  EXPECT_EQ(to_json_text(some, {"who", "nothing"}), R"([{"who":"ada","nothing":0}])");
  EXPECT_THROW(to_json_text(some, {"who"}), value_error);
  EXPECT_THROW(to_json_text(some), value_error);
}
TEST_P(related_counts, may_be_several_and_narrowed) {
  const auto rows = sync_wait(authors()
                                  .with_count(&Author::books, [](auto& q) { q.where(col<&Book::pages> > 150); })
                                  .with_sum(&Author::books, col<&Book::pages>)
                                  .with_avg(&Author::books, col<&Book::pages>)
                                  .with_min(&Author::books, col<&Book::title>)
                                  .with_max(&Author::books, col<&Book::title>)
                                  .all());
  ASSERT_EQ(rows.size(), 3U);
  const auto& [ada, thick, total, mean, first, last] = rows[0];
  EXPECT_EQ(ada.name, "ada");
  EXPECT_EQ(thick, 1);
  EXPECT_EQ(total, 500);
  EXPECT_NEAR(mean.value(), 500.0 / 3, 1e-9);
  EXPECT_EQ(first, "A");
  EXPECT_EQ(last, "C");
  EXPECT_EQ(std::get<1>(rows[2]), 0);
  EXPECT_EQ(std::get<2>(rows[2]), std::nullopt) << "the sum of no rows";
}
TEST_P(related_counts, go_with_relations_that_are_loaded) {
  const auto query = authors().with(&Author::passport).with_count(&Author::books).with(&Author::books, &Book::reviews);
  std::vector<std::tuple<Author, std::int64_t>> rows;
  EXPECT_EQ(statements_of([&] { rows = sync_wait(query.all()); }), 4U) << "one for each relation, none for the count";
  ASSERT_EQ(rows.size(), 3U);
  for (const auto& [author, count] : rows) EXPECT_EQ(author.books.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(std::get<0>(rows[1]).passport->number, "B1");
  EXPECT_EQ(titles(std::get<0>(rows[0]).books).size(), 3U);
}
TEST_P(related_counts, relations_are_loaded_in_rows_that_select_whole_objects) {
  const auto rows = sync_wait(authors()
                                  .select<std::pair<Author, std::string>>(whole<Author>, upper(col<&Author::name>))
                                  .with(&Author::books)
                                  .all());
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].first.books.size(), 3U);
  EXPECT_EQ(rows[0].second, "ADA");
}
TEST_P(related_counts, relations_that_are_said_before_select_are_loaded_in_its_rows) {
  const auto thick = [](auto& q) { q.where(col<&Book::pages> > 150); };
  const auto rows = sync_wait(authors()
                                  .with(&Author::books, thick)
                                  .with(joined(&Author::passport))
                                  .select<std::tuple<Author, std::string, std::int64_t>>(
                                      whole<Author>, upper(col<&Author::name>), count_of(&Author::books))
                                  .all());
  ASSERT_EQ(rows.size(), 3U);
  const auto [ada, name, books] = rows[0];
  EXPECT_EQ(ada.books.size(), 1U);
  EXPECT_FALSE(ada.passport.get());
  EXPECT_EQ(name, "ADA");
  EXPECT_EQ(books, 3);
  EXPECT_EQ(std::get<0>(rows[1]).passport->number, "B1");
}
TEST_P(related_counts, relations_are_loaded_as_they_are_said_before_select_and_behind_it) {
  const auto row = sync_wait(authors()
                                 .with(&Author::books)
                                 .select<std::pair<Author, std::string>>(whole<Author>, col<&Author::name>)
                                 .with(&Author::passport)
                                 .first());
  EXPECT_EQ(row->first.books.size(), 3U);
  EXPECT_TRUE(row->first.passport.loaded());
}
TEST_P(related_counts, relations_are_loaded_with_objects_that_are_all_that_is_selected) {
  const auto before = sync_wait(authors().with(&Author::books).select(whole<Author>).with(&Author::passport).first());
  EXPECT_EQ(before->books.size(), 3U);
  EXPECT_TRUE(before->passport.loaded());
}
TEST_P(related_counts, relations_are_loaded_with_the_objects_of_a_join) {
  const auto writers = books().join<Author>(col<&Author::id> == col<&Book::author_id>);
  const auto found = sync_wait(writers.select(whole<Author>).with(&Author::books).all());
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].books.size(), 3U);
  EXPECT_EQ(found[3].books.size(), 1U);
  const auto both = sync_wait(writers.select(whole<Author>, whole<Book>).with(&Author::books).all());
  EXPECT_EQ(std::get<0>(both[0]).books.size(), 3U);
  EXPECT_EQ(std::get<1>(both[3]).title, "D");
}
TEST_P(related_counts, relations_of_objects_that_are_not_selected_are_not_loaded) {
  const auto writers = books().with(&Book::reviews).join<Author>(col<&Author::id> == col<&Book::author_id>);
  EXPECT_FALSE(sync_wait(writers.select(whole<Author>).first())->books.loaded());
  EXPECT_THROW((void)writers.select(whole<Author>, whole<Book>), query_error);
}
TEST_P(related_counts, relations_are_refused_where_the_objects_do_not_stand_first) {
  struct named {
    Author author;
    std::string name;
  };
  const auto query = authors().with(&Author::books);
  EXPECT_THROW(((void)query.select<std::pair<std::string, Author>>(col<&Author::name>, whole<Author>)), query_error);
  EXPECT_THROW((void)query.select<named>(whole<Author>, col<&Author::name>), query_error);
}
TEST_P(related_counts, columns_are_selected_without_the_relations_of_their_objects) {
  const auto query = authors().with(&Author::books).select<std::string>(col<&Author::name>);
  EXPECT_EQ(statements_of([&] { EXPECT_EQ(sync_wait(query.all()).size(), 3U); }), 1U);
}
TEST_P(related_counts, are_read_by_every_verb) {
  const auto query = authors().with_count(&Author::books).with(&Author::books);
  const auto first = sync_wait(query.first());
  EXPECT_EQ(std::get<0>(*first).books.size(), 3U);
  EXPECT_EQ(sync_wait(query.count()), 3);
  const auto page = sync_wait(query.page(2, 2));
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_TRUE(std::get<0>(page.items[0]).books.empty());
  std::size_t books = 0;
  sync_wait(
      query.for_each([&](const std::tuple<Author, std::int64_t>& row) { books += std::get<0>(row).books.size(); }));
  EXPECT_EQ(books, 4U);
}
TEST_P(related_counts, are_ordered_and_filtered_by) {
  const auto rows = sync_wait(db.query<Author>()
                                  .with_count(&Author::books)
                                  .where(count_of(&Author::books) > 0)
                                  .order_by(count_of(&Author::books))
                                  .all());
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(std::get<0>(rows[0]).name, "bob");
}
TEST_P(related_counts, a_single_object_is_read_with_relations) {
  EXPECT_EQ(sync_wait(db.get<Author>(ada).with(&Author::books)).books.size(), 3U);
}
TEST_P(related_counts, are_of_rows_in_no_order) {
  const auto ordered = [](auto& q) {
    q.order_by(col<&Book::pages>.desc(), col<&Book::pages> + 1).where(col<&Book::pages> > 100);
    q.order_by(col<&Book::title>);
  };
  const auto rows = sync_wait(authors()
                                  .with_sum(&Author::books, col<&Book::pages>, ordered)
                                  .with_avg(&Author::books, col<&Book::pages>, ordered)
                                  .with_count(&Author::books, ordered)
                                  .all());
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(std::get<1>(rows[0]), 300);
  EXPECT_EQ(std::get<2>(rows[0]), 300.0);
  EXPECT_EQ(std::get<3>(rows[0]), 1);
  const auto thick = sum_of(&Author::books, col<&Book::pages>, ordered);
  EXPECT_EQ(sync_wait(db.query<Author>().where(thick == 200).count()), 1);
}
TEST_P(related_counts, stay_out_of_what_tells_the_rows_of_pages_apart) {
  std::vector<Author> alike(9, Author{.name = "same"});
  sync_wait(db.insert(alike));
  const auto query = db.query<Author>().order_by(col<&Author::name>.desc()).with_count(&Author::books);
  statement_log log(db);
  std::vector<std::int64_t> found;
  for (std::int64_t number = 1; number <= 4; ++number) {
    for (const auto& [author, books] : sync_wait(query.page(number, 3)).items) found.push_back(author.id);
  }
  auto once = found;
  std::sort(once.begin(), once.end());
  EXPECT_EQ(once.size(), 12U);
  EXPECT_EQ(std::unique(once.begin(), once.end()), once.end());
  bool by_key = false;
  for (const auto& statement : log.started()) {
    by_key =
        by_key || statement.find("ORDER BY \"authors\".\"name\" DESC, \"authors\".\"id\" DESC") != std::string::npos;
  }
  EXPECT_TRUE(by_key);
}

}  // namespace
}  // namespace tupelo::conformance::library
