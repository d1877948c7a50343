// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

#include <algorithm>
#include <stdexcept>

namespace tupelo::conformance::library {
namespace {

struct Photo {
  std::int64_t id{};
  std::optional<std::string> of_type{};
  std::optional<std::int64_t> of_id{};
  belongs_to_any<Book, Author> of{};

  static void model(tupelo::model<Photo>& m) { m.belongs_to_any(&Photo::of, &Photo::of_type, &Photo::of_id); }
};

/// Objects that are put into a many_to_many and taken away.
class connected_objects : public library_test {
protected:
  connected_objects() { create<Photo>(); }

  ref<Book> book_with_labels(std::int64_t id) {
    auto book = sync_wait(s.get<Book>(id));
    sync_wait(s.load(book, &Book::labels, [](auto& q) { q.order_by(col<&Label::name>); }));
    return book;
  }
  ref<Label> label(const std::string& name) {
    return sync_wait(s.get<Label>(sync_wait(s.query<Label>().where(col<&Label::name> == name).one()).id));
  }
  /// "blue red": the labels of a book, as the database has them.
  std::string labels_of(std::int64_t id) {
    std::string all;
    const Book book = sync_wait(db.query<Book>()
                                    .where(col<&Book::id> == id)
                                    .with(&Book::labels, [](auto& q) { q.order_by(col<&Label::name>); })
                                    .one());
    for (const Label& each : book.labels) all += (all.empty() ? "" : " ") + each.name;
    return all;
  }
  session s = db.session();
};
TUPELO_CONFORMANCE_SUITE(connected_objects);

TEST_P(connected_objects, that_are_tracked_are_connected) {
  auto book = book_with_labels(b);
  book->labels.add(label("green"));
  EXPECT_EQ(book->labels.size(), 2U);
  EXPECT_EQ(book->labels[1].name, "green");
  EXPECT_TRUE(s.is_dirty(book));
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(b), "green red");
  EXPECT_FALSE(s.is_dirty(book));
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_TRUE(log.started().empty());
}
TEST_P(connected_objects, may_be_new_as_what_holds_them) {
  auto grey = s.add(Label{.name = "grey"});
  auto book = s.add(Book{.title = "Z", .labels = {Label{.name = "pink"}}});
  book->labels.add(grey);
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(book->id), "grey pink");
  EXPECT_EQ(book->labels[1].id, grey->id);
  EXPECT_GT(book->labels[0].id, 0);
  EXPECT_EQ(sync_wait(db.query<Label>().count()), 5);
}
TEST_P(connected_objects, need_not_be_loaded) {
  auto book = sync_wait(s.get<Book>(a));
  book->labels.add(label("green"));
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(a), "blue green red");
}
TEST_P(connected_objects, that_are_connected_already_stay_so) {
  auto book = book_with_labels(a);
  book->labels.add(label("red"));
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(a), "blue red");
}
TEST_P(connected_objects, that_are_added_twice_are_there_once) {
  auto book = book_with_labels(b);
  const auto green = label("green");
  for (int i = 0; i != 2; ++i) book->labels.add(green);
  book->labels.add(label("red"));
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(b), "green red");
  ASSERT_EQ(book->labels.size(), 2U);
  EXPECT_EQ(book->labels[0].name, "red");
  book->labels.remove(book->labels[1]);
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(b), "red");
  EXPECT_EQ(book->labels.size(), 1U);
}
TEST_P(connected_objects, that_are_new_and_added_twice_are_there_once) {
  auto book = book_with_labels(b);
  auto grey = s.add(Label{.name = "grey"});
  for (int i = 0; i != 2; ++i) book->labels.add(grey);
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(b), "grey red");
  EXPECT_EQ(book->labels.size(), 2U);
  grey->name = "gray";
  sync_wait(s.commit());
  EXPECT_EQ(book->labels[1].name, "gray");
}
TEST_P(connected_objects, that_are_added_twice_and_taken_out_once_stay) {
  auto book = book_with_labels(b);
  book->labels.add(label("red"));
  book->labels.remove(book->labels[0]);
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(b), "red");
  EXPECT_EQ(book->labels.size(), 1U);
}
TEST_P(connected_objects, that_are_removed_are_parted) {
  auto book = book_with_labels(a);
  book->labels.remove(book->labels[0]);
  EXPECT_EQ(book->labels.size(), 1U);
  EXPECT_EQ(book->labels[0].name, "red");
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(a), "red");
  EXPECT_EQ(sync_wait(db.query<Label>().count()), 3) << "the label itself stays";
}
TEST_P(connected_objects, are_removed_by_what_they_are) {
  auto book = book_with_labels(a);
  EXPECT_EQ(book->labels.remove_if([](const Label& each) { return each.name == "blue"; }), 1U);
  EXPECT_EQ(book->labels.remove_if([](const Label& each) { return each.name == "blue"; }), 0U);
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(a), "red");
}
TEST_P(connected_objects, that_come_and_go_before_a_flush_are_not_written) {
  auto book = book_with_labels(b);
  book->labels.add(label("green"));
  book->labels.remove(book->labels[1]);
  EXPECT_FALSE(s.is_dirty(book));
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_TRUE(log.started().empty());
}
TEST_P(connected_objects, can_come_back_after_they_were_removed) {
  auto book = book_with_labels(a);
  book->labels.remove(book->labels[0]);
  sync_wait(s.flush());
  book->labels.add(label("blue"));
  book->labels.add(label("green"));
  book->labels.remove(book->labels[0]);
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(a), "blue green");
  EXPECT_EQ(book->labels.size(), 2U);
}
TEST_P(connected_objects, are_written_when_they_change) {
  auto book = book_with_labels(b);
  auto green = label("green");
  book->labels.add(green);
  book->labels.add(Label{.name = "grey"});
  sync_wait(s.flush());
  book->labels.remove(book->labels[0]);
  book->labels[0].name = "dark green";
  book->labels[1].name = "dark grey";
  book->labels.add(Label{.name = "pink"});
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(b), "dark green dark grey pink");
  EXPECT_EQ(green->name, "dark green");
}
TEST_P(connected_objects, may_be_deleted_with_the_connection) {
  auto book = book_with_labels(d);
  book->labels.remove(book->labels[0]);
  s.remove(sync_wait(s.get<Book>(a)), permanently);
  sync_wait(db.erase<Review>().where(col<&Review::book_id> == a).run());
  sync_wait(db.erase<Mark>().where(col<&Mark::book> == a).run());
  s.remove(label("blue"));
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Label>().count()), 2);
}
TEST_P(connected_objects, that_are_not_in_the_session_are_refused) {
  auto book = book_with_labels(b);
  auto green = label("green");
  s.expunge(green);
  book->labels.add(green);
  EXPECT_EQ(failure_of<transaction_error>([&] { sync_wait(s.commit()); }).code(), errc::detached_object);
}
TEST_P(connected_objects, that_two_copies_hold_are_refused) {
  Book book{.title = "Z", .labels = {Label{.name = "pink"}}};
  s.add(Book(book));
  s.add(Book(book));
  EXPECT_THROW(sync_wait(s.commit()), query_error);
}
TEST_P(connected_objects, are_connected_again_after_a_failure) {
  auto grey = s.add(Label{.name = "grey"});
  auto book = s.add(Book{.title = "Z"});
  book->labels.add(grey);
  sync_wait(s.flush());
  auto mark = s.add(Mark{.book = a, .label = book->labels[0].id});
  mark->label = -1;
  EXPECT_THROW(sync_wait(s.commit()), foreign_key_violation);
  EXPECT_EQ(sync_wait(db.query<Label>().count()), 3);
  s.expunge(mark);
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(book->id), "grey");
}
TEST_P(connected_objects, are_as_they_were_after_a_rollback) {
  auto book = book_with_labels(a);
  book->labels.remove(book->labels[0]);
  sync_wait(s.flush());
  sync_wait(s.rollback());
  EXPECT_FALSE(book->labels.loaded());
  EXPECT_EQ(labels_of(a), "blue red");
  book->labels.add(label("green"));
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(a), "blue green red");
}
TEST_P(connected_objects, are_connected_again_after_a_savepoint_is_undone) {
  auto book = book_with_labels(b);
  auto blue = label("blue");
  book->labels.add(label("green"));
  sync_wait(s.nested([]() -> task<void> { co_return; }));
  EXPECT_THROW(sync_wait(s.nested([&]() -> task<void> {
                 book->labels.add(blue);
                 co_await s.flush();
                 throw std::runtime_error("no");
               })),
               std::runtime_error);
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(b), "green red");
}

TEST_P(connected_objects, of_another_session_are_connected_by_their_keys) {
  auto book = book_with_labels(b);
  {
    session other = db.session();
    const std::int64_t green = label("green").get()->id;
    book->labels.add(sync_wait(other.get<Label>(green)));
    auto grey = other.add(Label{.name = "grey"});
    book->labels.add(grey);
    sync_wait(other.commit());
    sync_wait(s.flush());
  }
  book->labels.add(Label{.name = "pink"});
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(b), "green grey pink red");
}
TEST_P(connected_objects, that_are_not_inserted_in_their_own_session_are_refused) {
  session other = db.session();
  auto book = book_with_labels(b);
  book->labels.add(other.add(Label{.name = "grey"}));
  EXPECT_EQ(failure_of<transaction_error>([&] { sync_wait(s.commit()); }).code(), errc::detached_object);
}
TEST_P(connected_objects, do_not_write_back_what_was_read_again) {
  auto book = book_with_labels(b);
  auto green = label("green");
  book->labels.add(green);
  sync_wait(db.update<Label>().set(col<&Label::name>, "lime").where(col<&Label::id> == green->id).run());
  sync_wait(s.refresh(green));
  EXPECT_EQ(book->labels[1].name, "lime");
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(b), "lime red");
}
TEST_P(connected_objects, that_are_read_again_lose_what_was_changed_in_them) {
  auto book = book_with_labels(b);
  auto green = label("green");
  book->labels.add(green);
  book->labels[1].name = "mint";
  sync_wait(s.refresh(green));
  EXPECT_EQ(green->name, "green");
  EXPECT_EQ(book->labels[1].name, "green");
  EXPECT_FALSE(s.is_dirty(green));
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(b), "green red");
}
TEST_P(connected_objects, that_are_locked_keep_what_was_changed_in_them) {
  auto book = book_with_labels(b);
  auto green = label("green");
  book->labels.add(green);
  book->labels[1].name = "mint";
  sync_wait(s.get<Label>(green->id, for_update));
  EXPECT_TRUE(s.is_dirty(green));
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(b), "mint red");
}
TEST_P(connected_objects, that_expired_before_and_are_merged_keep_what_was_changed_in_them) {
  auto book = book_with_labels(b);
  auto green = label("green");
  s.expire(green);
  book->labels.add(green);
  book->labels[1].name = "mint";
  sync_wait(s.merge(Label{*green}));
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(b), "mint red");
}
TEST_P(connected_objects, that_expired_write_nothing_back) {
  auto book = book_with_labels(b);
  auto green = label("green");
  green->name = "mint";
  book->labels.add(green);
  s.expire_all();
  EXPECT_EQ(green->name, "green");
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Label>().where(col<&Label::name> == "mint").count()), 0);
}
TEST_P(connected_objects, that_were_changed_before_and_after_are_what_they_are_now) {
  auto book = book_with_labels(b);
  auto green = label("green");
  book->labels.add(green);
  green->name = "mint";
  sync_wait(s.commit());
  EXPECT_EQ(book->labels[1].name, "mint");
  EXPECT_EQ(labels_of(b), "mint red");
}
TEST_P(connected_objects, may_be_changed_where_they_were_put_before_they_are_inserted) {
  auto book = book_with_labels(b);
  auto grey = s.add(Label{.name = "grey"});
  book->labels.add(grey);
  book->labels[1].name = "dark grey";
  sync_wait(s.commit());
  EXPECT_EQ(grey->name, "dark grey");
  EXPECT_EQ(labels_of(b), "dark grey red");
  book->labels[1].name = "light grey";
  sync_wait(s.commit());
  EXPECT_EQ(grey->name, "light grey");
  EXPECT_EQ(labels_of(b), "light grey red");
}
TEST_P(connected_objects, that_are_new_cannot_be_changed_in_two_places) {
  auto book = book_with_labels(b);
  auto grey = s.add(Label{.name = "grey"});
  book->labels.add(grey);
  book->labels[1].name = "dark grey";
  grey->name = "light grey";
  EXPECT_THROW(sync_wait(s.commit()), query_error);
  grey->name = "dark grey";
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(b), "dark grey red");
}
TEST_P(connected_objects, that_were_changed_before_they_were_put_there_may_be_changed_again) {
  auto book = book_with_labels(b);
  auto green = label("green");
  green->name = "mint";
  book->labels.add(green);
  green->name = "lime";
  sync_wait(s.commit());
  EXPECT_EQ(book->labels[1].name, "lime");
  EXPECT_EQ(labels_of(b), "lime red");
}
TEST_P(connected_objects, that_were_changed_before_and_where_they_were_put_are_what_is_there) {
  auto book = book_with_labels(b);
  auto green = label("green");
  green->name = "mint";
  book->labels.add(green);
  book->labels[1].name = "lime";
  sync_wait(s.commit());
  EXPECT_EQ(green->name, "lime");
  EXPECT_EQ(labels_of(b), "lime red");
}
TEST_P(connected_objects, cannot_be_changed_in_two_places) {
  auto book = book_with_labels(b);
  auto green = label("green");
  green->name = "mint";
  book->labels.add(green);
  book->labels[1].name = "lime";
  green->name = "moss";
  EXPECT_THROW(sync_wait(s.commit()), query_error);
}
TEST_P(connected_objects, that_a_session_did_not_commit_wait_for_another_one) {
  auto copy = Book();
  {
    session first = db.session();
    auto book = sync_wait(first.get<Book>(b));
    sync_wait(first.load(book, &Book::labels));
    book->labels.remove(book->labels[0]);
    sync_wait(first.flush());
    copy = *book;
  }
  EXPECT_EQ(labels_of(b), "red");
  s.attach(Book(copy));
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(b), "");
}
TEST_P(connected_objects, that_are_taken_out_after_a_failure_are_not_inserted) {
  auto book = book_with_labels(b);
  book->labels.add(Label{.name = "grey"});
  auto mark = s.add(Mark{.book = -1, .label = -1});
  EXPECT_THROW(sync_wait(s.commit()), foreign_key_violation);
  s.expunge(mark);
  book->labels.remove(book->labels[1]);
  sync_wait(s.commit());
  EXPECT_EQ(labels_of(b), "red");
  EXPECT_EQ(sync_wait(db.query<Label>().count()), 3);
}
TEST_P(connected_objects, that_hold_each_other_are_let_go_at_the_end) {
  ref<Label> red;
  ref<Book> book;
  {
    session other = db.session();
    book = sync_wait(other.get<Book>(e));
    red = sync_wait(other.get<Label>(label("red")->id));
    book->labels.add(red);
    red->books.add(book);
  }
  EXPECT_NE(book->labels.loaded(), red->books.loaded()) << "the circle is broken at one place";
}

TEST_P(connected_objects, leave_the_session_when_nobody_has_them_any_more) {
  auto author = sync_wait(s.get<Author>(ada));
  sync_wait(s.load(author, &Author::books));
  auto green = label("green");
  for (const std::int64_t id : {a, b}) green->books.add(sync_wait(s.get<Book>(id)));
  sync_wait(s.commit());
  EXPECT_EQ(s.size(), 5U);
  author->books.reset();
  sync_wait(s.commit());
  EXPECT_EQ(s.size(), 4U) << "two books are reached by their copies";
  green->books.reset();
  sync_wait(s.commit());
  EXPECT_EQ(s.size(), 2U);
}

// ---- of one of several models

TEST_P(connected_objects, of_several_models_get_type_and_key) {
  auto book = s.add(Book{.title = "Z"});
  auto photo = s.add(Photo{.of = book});
  auto other = s.add(Photo{});
  other->of = sync_wait(s.get<Author>(ada));
  sync_wait(s.commit());
  EXPECT_EQ(photo->of_id, book->id);
  EXPECT_EQ(photo->of_type, "books");
  EXPECT_EQ(photo->of.get<Book>(), book.get());
  EXPECT_EQ(sync_wait(db.get<Photo>(other->id)).of_type, "authors");
  photo->of = sync_wait(s.get<Author>(bob));
  EXPECT_TRUE(s.is_dirty(photo));
  other->of = ref<Book>();
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Photo>(photo->id)).of_type, "authors");
  EXPECT_EQ(sync_wait(db.get<Photo>(photo->id)).of_id, bob);
  EXPECT_FALSE(sync_wait(db.get<Photo>(other->id)).of_id);
  EXPECT_FALSE(sync_wait(db.get<Photo>(other->id)).of_type);
}

}  // namespace
}  // namespace tupelo::conformance::library
