// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

namespace tupelo::conformance::library {
namespace {

/// Writing the rows of the table between two models.
class join_tables : public library_test {
protected:
  join_tables() {
    labels = sync_wait(db.query<Label>().order_by(col<&Label::id>).all());  // red blue green
  }
  /// The labels of a book, in the order of their names.
  std::string labels_of(std::int64_t book) {
    std::string all;
    const auto found = sync_wait(db.query<Book>()
                                     .where(col<&Book::id> == book)
                                     .with(&Book::labels, [](auto& q) { q.order_by(col<&Label::name>); })
                                     .one());
    for (const Label& label : found.labels) all += label.name + " ";
    return all;
  }
  Book book(std::int64_t id) { return sync_wait(db.get<Book>(id)); }

  std::vector<Label> labels;
};
TUPELO_CONFORMANCE_SUITE(join_tables);

TEST_P(join_tables, attach_connects_by_key_by_object_and_by_range) {
  const Book c_book = book(c);
  EXPECT_EQ(sync_wait(db.attach(c_book, &Book::labels, labels[2].id)), 1);
  EXPECT_EQ(labels_of(c), "green ");
  EXPECT_EQ(sync_wait(db.attach(c_book, &Book::labels, labels[0])), 1);
  EXPECT_EQ(labels_of(c), "green red ");
  const Book e_book = book(e);
  EXPECT_EQ(sync_wait(db.attach(e_book, &Book::labels, labels)), 3);
  EXPECT_EQ(labels_of(e), "blue green red ");
  const Book b_book = book(b);
  EXPECT_EQ(sync_wait(db.attach(b_book, &Book::labels, std::vector<int>{int(labels[1].id), int(labels[2].id)})), 2);
  EXPECT_EQ(labels_of(b), "blue green red ");
}
TEST_P(join_tables, attach_leaves_what_is_connected) {
  const Book a_book = book(a);
  EXPECT_EQ(sync_wait(db.attach(a_book, &Book::labels, labels)), 1);
  EXPECT_EQ(labels_of(a), "blue green red ");
  EXPECT_EQ(sync_wait(db.attach(a_book, &Book::labels, std::vector<std::int64_t>())), 0);
}
TEST_P(join_tables, detach_ends_some_or_all) {
  const Book a_book = book(a);
  EXPECT_EQ(sync_wait(db.detach(a_book, &Book::labels, std::vector{labels[0].id, labels[2].id})), 1);
  EXPECT_EQ(labels_of(a), "blue ");
  EXPECT_EQ(sync_wait(db.detach(a_book, &Book::labels)), 1);
  EXPECT_EQ(labels_of(a), "");
  EXPECT_EQ(labels_of(d), "blue ") << "and of no other";
}
TEST_P(join_tables, toggle_turns_each_the_other_way_round) {
  const Book a_book = book(a);
  const join_changes changes = sync_wait(db.toggle(a_book, &Book::labels, std::vector{labels[0].id, labels[2].id}));
  EXPECT_EQ(changes.attached, 1);
  EXPECT_EQ(changes.detached, 1);
  EXPECT_EQ(labels_of(a), "blue green ");
  EXPECT_EQ(labels_of(b), "red ") << "and of no other";
}
TEST_P(join_tables, sync_makes_it_these_and_no_others) {
  const Book a_book = book(a);
  const join_changes changes = sync_wait(db.sync(a_book, &Book::labels, std::vector{labels[1].id, labels[2].id}));
  EXPECT_EQ(changes.attached, 1);
  EXPECT_EQ(changes.detached, 1);
  EXPECT_EQ(labels_of(a), "blue green ");
  EXPECT_EQ(sync_wait(db.sync(a_book, &Book::labels, std::vector<Label>())).detached, 2);
  EXPECT_EQ(labels_of(a), "");
}
TEST_P(join_tables, sync_of_hundreds_is_complete) {
  std::vector<Label> many(700);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].name = std::to_string(i);
  sync_wait(db.insert(many));
  const Book e_book = book(e);
  EXPECT_EQ(sync_wait(db.sync(e_book, &Book::labels, many)).attached, 700);
  many.resize(100);
  EXPECT_EQ(sync_wait(db.sync(e_book, &Book::labels, many)).detached, 600);
  EXPECT_EQ(sync_wait(db.query<Mark>().where(col<&Mark::book> == e).count()), 100);
}
TEST_P(join_tables, are_written_in_the_transaction_of_a_session) {
  run([&]() -> task<void> {
    auto s = db.session();
    co_await s.begin();
    const ref<Book> tracked = co_await s.get<Book>(c);
    co_await s.attach(tracked, &Book::labels, labels[0].id);
    co_await s.rollback();
  });
  EXPECT_EQ(labels_of(c), "");
}
TEST_P(join_tables, that_refuse_a_row_keep_none_of_the_call) {
  const Book c_book = book(c);
  EXPECT_THROW(sync_wait(db.sync(c_book, &Book::labels, std::vector<std::int64_t>{labels[0].id, labels[1].id, -1})),
               foreign_key_violation);
  EXPECT_EQ(labels_of(c), "");
}
TEST_P(join_tables, refuse_objects_that_have_no_key_yet) {
  const Book unsaved{.title = "unsaved"};
  EXPECT_THROW(sync_wait(db.attach(unsaved, &Book::labels, labels[0])), query_error);
  EXPECT_THROW(sync_wait(db.attach(book(c), &Book::labels, Label{.name = "unsaved"})), query_error);
  EXPECT_EQ(labels_of(c), "");
}
TEST_P(join_tables, work_from_the_other_side) {
  EXPECT_EQ(sync_wait(db.attach(labels[2], &Label::books, std::vector{a, c})), 2);
  EXPECT_EQ(labels_of(c), "green ");
}

}  // namespace
}  // namespace tupelo::conformance::library
