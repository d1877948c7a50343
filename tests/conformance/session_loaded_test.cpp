// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

#include <tupelo/engine/events.hpp>

#include <stdexcept>

namespace tupelo::conformance::library {
namespace {

/// With a version, and a time that follows changes.
struct Task {
  std::int64_t id{};
  std::int64_t plan_id{};
  int version{};
  timestamp created_at{}, updated_at{};
  std::string name{};

  static void model(tupelo::model<Task>& m) {
    m.version(&Task::version);
    m.timestamps(&Task::created_at, &Task::updated_at);
    m.unique(&Task::name);
  }
};
struct Plan {
  std::int64_t id{};
  has_many<Task> tasks{};

  static void model(tupelo::model<Plan>& m) { m.has_many(&Plan::tasks, "plan_id"); }
};
struct Remark {
  std::int64_t id{};
  std::string of_type{};
  std::int64_t of_id{};
  std::int64_t binder_id{};
  belongs_to_any<Plan, Task> of{};

  static void model(tupelo::model<Remark>& m) { m.belongs_to_any(&Remark::of, &Remark::of_type, &Remark::of_id); }
};

struct Binder {
  std::int64_t id{};
  has_many<Remark> remarks{};

  static void model(tupelo::model<Binder>& m) { m.has_many(&Binder::remarks, "binder_id"); }
};

/// What a session loads into the relations of its objects.
class loaded_objects : public library_test {
protected:
  loaded_objects() {
    create<Plan, Task, Remark, Binder>();
    sync_wait(db.insert(Plan{}));
    std::vector<Task> tasks{{.plan_id = 1, .name = "one"}, {.plan_id = 1, .name = "two"}};
    sync_wait(db.insert(tasks));
    sync_wait(db.insert(Binder{}));
    sync_wait(db.insert(Remark{.of_type = "tasks", .of_id = 2, .binder_id = 1}));
  }

  static void by_title(select_query<Book, Book>& q) { q.order_by(col<&Book::title>); }
  ref<Author> ada_with_books() {
    auto found = sync_wait(s.get<Author>(ada));
    sync_wait(s.load(found, &Author::books, &by_title));
    return found;
  }
  ref<Plan> plan_with_tasks() {
    auto found = sync_wait(s.get<Plan>(1));
    sync_wait(s.load(found, &Plan::tasks, [](auto& q) { q.order_by(col<&Task::id>); }));
    return found;
  }
  template <class T>
  T stored(std::int64_t id) {
    return sync_wait(db.get<T>(id));
  }
  session s = db.session();
};
TUPELO_CONFORMANCE_SUITE(loaded_objects);

// ---- every kind of relation

TEST_P(loaded_objects, of_a_has_many_are_written_when_they_change) {
  auto author = ada_with_books();
  author->books[1].pages = 111;
  statement_log log(db);
  sync_wait(s.commit());
  const auto updates = log.all("UPDATE");
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_EQ(updates[0].find("title"), std::string::npos) << "the changed column alone: " << updates[0];
  EXPECT_EQ(stored<Book>(b).pages, 111);
  log.clear();
  sync_wait(s.commit());
  EXPECT_TRUE(log.started().empty());
}
TEST_P(loaded_objects, of_a_has_one_are_written_when_they_change) {
  auto author = sync_wait(s.get<Author>(bob));
  sync_wait(s.load(author, &Author::passport));
  author->passport->number = "B2";
  sync_wait(s.commit());
  EXPECT_EQ(stored<Passport>(author->passport->id).number, "B2");
}
TEST_P(loaded_objects, that_several_share_are_written_once) {
  std::vector<ref<Book>> books{sync_wait(s.get<Book>(a)), sync_wait(s.get<Book>(b))};
  sync_wait(s.load(books, &Book::author));
  books[0]->author->name = "ada l.";
  EXPECT_EQ(books[1]->author->name, "ada l.");
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(log.all("UPDATE").size(), 1U);
  EXPECT_EQ(stored<Author>(ada).name, "ada l.");
}
TEST_P(loaded_objects, of_a_many_to_many_are_written_when_they_change) {
  auto book = sync_wait(s.get<Book>(a));
  sync_wait(s.load(book, &Book::labels));
  const std::int64_t id = book->labels[0].id;
  book->labels[0].name = "dark red";
  sync_wait(s.commit());
  EXPECT_EQ(stored<Label>(id).name, "dark red");
}
TEST_P(loaded_objects, of_one_of_several_models_are_written_when_they_change) {
  auto remark = sync_wait(s.get<Remark>(1));
  sync_wait(s.load(remark, &Remark::of));
  remark->of.get<Task>()->name = "second";
  sync_wait(s.commit());
  EXPECT_EQ(stored<Task>(2).name, "second");
}
TEST_P(loaded_objects, at_the_end_of_a_path_are_written_when_they_change) {
  auto author = sync_wait(s.get<Author>(ada));
  sync_wait(s.load(author, &Author::books, &Book::reviews));
  for (Book& book : author->books) {
    for (Review& review : book.reviews) review.stars = 9;
  }
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Review>().where(col<&Review::stars> == 9).count()), 4);
}
TEST_P(loaded_objects, of_loaded_objects_are_written_too) {
  auto author = ada_with_books();
  sync_wait(s.load(author->books, &Book::reviews));
  author->books[0].reviews[0].stars = 9;
  sync_wait(s.commit());
  EXPECT_EQ(stored<Review>(author->books[0].reviews[0].id).stars, 9);
}
TEST_P(loaded_objects, of_an_attached_object_are_written_when_they_change) {
  auto author = s.attach(sync_wait(db.query<Author>().where(col<&Author::id> == ada).with(&Author::books).one()));
  Book& book = author->books[0];
  book.pages = 7;
  sync_wait(s.commit());
  EXPECT_EQ(stored<Book>(book.id).pages, 7);
}
TEST_P(loaded_objects, of_an_object_that_is_not_tracked_are_plain_values) {
  Author author = stored<Author>(ada);
  sync_wait(s.load(author, &Author::books));
  author.books[0].pages = 7;
  EXPECT_EQ(s.size(), 0U);
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_TRUE(log.started().empty());
}

// ---- as tracked objects are

TEST_P(loaded_objects, are_the_objects_that_the_session_has_for_their_rows) {
  auto author = ada_with_books();
  EXPECT_EQ(sync_wait(s.get<Book>(a)).get(), &author->books[0]);
}
TEST_P(loaded_objects, count_their_version_and_follow_the_time_of_changes) {
  auto plan = plan_with_tasks();
  const timestamp before = plan->tasks[0].updated_at;
  plan->tasks[0].name = "first";
  sync_wait(s.commit());
  EXPECT_EQ(plan->tasks[0].version, 2);
  EXPECT_GT(plan->tasks[0].updated_at, before);
  plan->tasks[0].name = "the first";
  sync_wait(s.commit());
  EXPECT_EQ(stored<Task>(1).version, 3);
}
TEST_P(loaded_objects, that_somebody_else_has_written_are_stale) {
  auto plan = plan_with_tasks();
  Task other = stored<Task>(1);
  other.name = "other";
  sync_wait(db.update(other));
  plan->tasks[0].name = "mine";
  EXPECT_THROW(sync_wait(s.commit()), stale_row);
}
TEST_P(loaded_objects, tell_of_what_happens_to_them) {
  int heard = 0;
  db.events().on<Book>(event::updating, [&](Book&) { ++heard; });
  auto author = ada_with_books();
  author->books[0].pages = 7;
  sync_wait(s.commit());
  EXPECT_EQ(heard, 1);
}
TEST_P(loaded_objects, can_be_removed) {
  auto author = ada_with_books();
  s.remove(sync_wait(s.get<Book>(a)), permanently);
  sync_wait(db.erase<Review>().where(col<&Review::book_id> == a).run());
  sync_wait(db.erase<Mark>().where(col<&Mark::book> == a).run());
  sync_wait(s.commit());
  EXPECT_FALSE(sync_wait(db.find<Book>(a)));
}
TEST_P(loaded_objects, take_references_and_new_objects) {
  auto author = ada_with_books();
  author->books[0].author = sync_wait(s.get<Author>(bob));
  sync_wait(s.load(author->books, &Book::reviews));
  author->books[1].reviews.add(Review{.stars = 8});
  sync_wait(s.commit());
  EXPECT_EQ(stored<Book>(a).author_id, bob);
  EXPECT_EQ(sync_wait(db.query<Review>().where(col<&Review::stars> == 8).one()).book_id, b);
}
TEST_P(loaded_objects, may_refer_to_what_holds_them) {
  auto author = ada_with_books();
  author->books[0].author = author;
  author->books[1].pages = 9;
  sync_wait(s.commit());
  EXPECT_EQ(stored<Book>(b).pages, 9);
}
TEST_P(loaded_objects, have_their_values_back_after_a_rollback) {
  auto author = ada_with_books();
  author->books[0].pages = 7;
  sync_wait(s.flush());
  author->books[1].pages = 8;
  sync_wait(s.rollback());
  EXPECT_EQ(author->books[0].pages, 300);
  EXPECT_EQ(author->books[1].pages, 100);
}
TEST_P(loaded_objects, keep_their_values_when_a_flush_fails) {
  auto plan = plan_with_tasks();
  plan->tasks[0].name = "two";
  EXPECT_THROW(sync_wait(s.commit()), unique_violation);
  EXPECT_EQ(plan->tasks[0].name, "two");
  plan->tasks[0].name = "zero";
  sync_wait(s.commit());
  EXPECT_EQ(stored<Task>(1).name, "zero");
}

// ---- behind them, and again

TEST_P(loaded_objects, are_written_though_new_ones_were_put_behind_them) {
  auto author = ada_with_books();
  author->books[0].pages = 7;
  author->books.add(Book{.title = "Z"});
  author->books[1].pages = 8;
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(log.all("INSERT").size(), 1U);
  EXPECT_EQ(stored<Book>(a).pages, 7);
  EXPECT_EQ(stored<Book>(b).pages, 8);
  author->books[0].pages = 17;
  author->books.add(Book{.title = "Y"});
  author->books[1].pages = 18;
  author->books[3].pages = 19;
  sync_wait(s.commit());
  EXPECT_EQ(stored<Book>(a).pages, 17);
  EXPECT_EQ(stored<Book>(b).pages, 18);
  EXPECT_EQ(stored<Book>(author->books[3].id).pages, 19);
}
TEST_P(loaded_objects, that_are_loaded_again_are_tracked_once) {
  auto author = ada_with_books();
  const std::size_t tracked = s.size();
  for (int i = 0; i != 3; ++i) sync_wait(s.load(author, &Author::books, &by_title));
  EXPECT_EQ(s.size(), tracked);
  EXPECT_EQ(sync_wait(s.get<Book>(a)).get(), &author->books[0]);
  author->books[0].pages = 7;
  sync_wait(s.commit());
  EXPECT_EQ(stored<Book>(a).pages, 7);
}
TEST_P(loaded_objects, that_were_changed_are_written_though_they_are_loaded_again) {
  auto author = ada_with_books();
  author->books[0].pages = 7;
  sync_wait(s.load(author, &Author::books, &by_title));
  EXPECT_EQ(author->books[0].pages, 300) << "as the database has it";
  author->books[0].title = "AA";
  sync_wait(s.commit());
  EXPECT_EQ(stored<Book>(a).pages, 7);
  EXPECT_EQ(stored<Book>(a).title, "AA");
  EXPECT_EQ(author->books[0].pages, 7);
}
TEST_P(loaded_objects, leave_the_session_at_a_commit_when_nobody_has_them_any_more) {
  auto author = ada_with_books();
  author->books.reset();
  EXPECT_EQ(s.size(), 4U);
  sync_wait(s.commit());
  EXPECT_EQ(s.size(), 1U);
  EXPECT_EQ(sync_wait(s.get<Book>(a))->pages, 300);
}

// ---- one row in several objects

TEST_P(loaded_objects, give_their_changes_to_the_object_that_is_tracked_already) {
  auto book = sync_wait(s.get<Book>(a));
  auto author = ada_with_books();
  ASSERT_NE(&author->books[0], book.get());
  author->books[0].pages = 7;
  EXPECT_TRUE(s.is_dirty(book));
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(log.all("UPDATE").size(), 1U);
  EXPECT_EQ(stored<Book>(a).pages, 7);
  EXPECT_EQ(book->pages, 7);
  EXPECT_FALSE(s.is_dirty(book));
}
TEST_P(loaded_objects, follow_the_object_that_is_tracked_already) {
  auto book = sync_wait(s.get<Book>(a));
  auto author = ada_with_books();
  book->pages = 7;
  sync_wait(s.flush());
  EXPECT_EQ(author->books[0].pages, 7);
  author->books[0].title = "AA";
  sync_wait(s.commit());
  EXPECT_EQ(stored<Book>(a).pages, 7);
  EXPECT_EQ(book->title, "AA");
}
TEST_P(loaded_objects, that_are_changed_otherwise_than_the_tracked_object_are_refused) {
  auto book = sync_wait(s.get<Book>(a));
  auto author = ada_with_books();
  book->pages = 7;
  author->books[0].pages = 8;
  const auto failure = failure_of<query_error>([&] { sync_wait(s.commit()); });
  EXPECT_NE(std::string(failure.what()).find("pages of one row of Book"), std::string::npos) << failure.what();
  EXPECT_EQ(stored<Book>(a).pages, 300);
  book->pages = 8;
  sync_wait(s.commit());
  EXPECT_EQ(stored<Book>(a).pages, 8);
}
TEST_P(loaded_objects, may_be_changed_in_other_fields_than_the_tracked_object) {
  auto book = sync_wait(s.get<Book>(a));
  auto author = ada_with_books();
  book->title = "AA";
  author->books[0].pages = 8;
  sync_wait(s.commit());
  EXPECT_EQ(stored<Book>(a).title, "AA");
  EXPECT_EQ(stored<Book>(a).pages, 8);
  EXPECT_EQ(author->books[0].title, "AA");
}
TEST_P(loaded_objects, that_are_one_row_are_one_change) {
  std::vector<ref<Book>> books{sync_wait(s.get<Book>(a)), sync_wait(s.get<Book>(b))};
  sync_wait(s.load(books, &Book::labels, [](auto& q) { q.order_by(col<&Label::name>.desc()); }));
  ASSERT_EQ(books[0]->labels[0].id, books[1]->labels[0].id);
  books[1]->labels[0].name = "dark red";
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(log.all("UPDATE").size(), 1U);
  EXPECT_EQ(books[0]->labels[0].name, "dark red");
  books[0]->labels[0].name = "1";
  books[1]->labels[0].name = "2";
  EXPECT_THROW(sync_wait(s.commit()), query_error);
}
TEST_P(loaded_objects, are_in_step_with_the_tracked_object_after_a_failure) {
  auto task = sync_wait(s.get<Task>(1));
  auto plan = plan_with_tasks();
  plan->tasks[0].name = "two";
  EXPECT_THROW(sync_wait(s.commit()), unique_violation);
  plan->tasks[0].name = "zero";
  sync_wait(s.commit());
  EXPECT_EQ(stored<Task>(1).name, "zero");
  EXPECT_EQ(task->name, "zero");
  EXPECT_EQ(plan->tasks[0].version, 2);
}
TEST_P(loaded_objects, are_in_step_with_the_tracked_object_after_a_rollback) {
  auto task = sync_wait(s.get<Task>(1));
  auto plan = plan_with_tasks();
  plan->tasks[0].name = "first";
  sync_wait(s.flush());
  EXPECT_EQ(task->name, "first");
  sync_wait(s.rollback());
  EXPECT_EQ(task->name, "one");
  EXPECT_EQ(plan->tasks[0].name, "one");
  EXPECT_EQ(plan->tasks[0].version, 1);
  plan->tasks[0].name = "again";
  sync_wait(s.commit());
  EXPECT_EQ(stored<Task>(1).version, 2);
}
TEST_P(loaded_objects, are_in_step_with_the_tracked_object_after_a_savepoint_is_undone) {
  auto task = sync_wait(s.get<Task>(1));
  auto plan = plan_with_tasks();
  EXPECT_THROW(sync_wait(s.nested([&]() -> tupelo::task<void> {
                 plan->tasks[0].name = "first";
                 co_await s.flush();
                 throw std::runtime_error("no");
               })),
               std::runtime_error);
  EXPECT_EQ(plan->tasks[0].name, "one");
  task->name = "mine";
  sync_wait(s.commit());
  EXPECT_EQ(plan->tasks[0].name, "mine");
}
TEST_P(loaded_objects, are_known_though_others_before_them_were_taken_out) {
  auto book = sync_wait(s.get<Book>(b));
  auto author = ada_with_books();
  author->books.add(Book{.title = "Z"});
  sync_wait(s.flush());
  author->books.remove(author->books[0]);
  ASSERT_EQ(author->books[0].id, b);
  author->books[0].pages = 8;
  sync_wait(s.commit());
  EXPECT_EQ(stored<Book>(b).pages, 8);
  EXPECT_EQ(book->pages, 8);
  EXPECT_EQ(stored<Book>(a).pages, 300);
  EXPECT_FALSE(stored<Book>(a).author_id);
}
TEST_P(loaded_objects, give_new_objects_to_the_tracked_object) {
  auto book = sync_wait(s.get<Book>(a));
  auto author = ada_with_books();
  author->books[0].reviews.add(Review{.stars = 8});
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Review>().where(col<&Review::stars> == 8).one()).book_id, a);
  EXPECT_EQ(book->reviews.size(), 1U);
}
TEST_P(loaded_objects, forget_changes_when_the_tracked_object_is_read_again) {
  auto book = sync_wait(s.get<Book>(a));
  auto author = ada_with_books();
  author->books[0].pages = 7;
  sync_wait(s.refresh(book));
  EXPECT_EQ(author->books[0].pages, 300);
  author->books[0].pages = 7;
  s.expire(book);
  sync_wait(s.commit());
  EXPECT_EQ(stored<Book>(a).pages, 300);
}
TEST_P(loaded_objects, are_plain_values_when_the_tracked_object_leaves) {
  auto book = sync_wait(s.get<Book>(a));
  auto author = ada_with_books();
  s.expunge(book);
  author->books[0].pages = 7;
  sync_wait(s.commit());
  EXPECT_EQ(stored<Book>(a).pages, 300);
}

TEST_P(loaded_objects, that_a_ref_refers_to_keep_what_is_changed_through_it) {
  auto author = ada_with_books();
  auto book = sync_wait(s.get<Book>(b));
  author->books.add(Book{.title = "F"});
  book->pages = 77;
  sync_wait(s.commit());
  EXPECT_EQ(stored<Book>(b).pages, 77);
  EXPECT_EQ(author->books[1].pages, 77);
  author->books[1].pages = 78;
  sync_wait(s.commit());
  EXPECT_EQ(stored<Book>(b).pages, 78);
  EXPECT_EQ(book->pages, 78);
}
TEST_P(loaded_objects, that_were_all_tracked_before_are_written_though_new_ones_were_put_behind_them) {
  auto author = sync_wait(s.get<Author>(bob));
  auto book = sync_wait(s.get<Book>(d));
  sync_wait(s.load(author, &Author::books));
  author->books.add(Book{.title = "F"});
  author->books[0].pages = 78;
  sync_wait(s.commit());
  EXPECT_EQ(stored<Book>(d).pages, 78);
  EXPECT_EQ(book->pages, 78);
}
TEST_P(loaded_objects, of_one_of_several_models_give_their_references_with_the_model) {
  auto remark = sync_wait(s.get<Remark>(1));
  sync_wait(s.load(remark, &Remark::of));
  auto binder = sync_wait(s.get<Binder>(1));
  sync_wait(s.load(binder, &Binder::remarks));
  binder->remarks[0].of = sync_wait(s.get<Plan>(1));
  sync_wait(s.commit());
  EXPECT_EQ(stored<Remark>(1).of_type, "plans");
  EXPECT_EQ(stored<Remark>(1).of_id, 1);
}

TEST_P(loaded_objects, are_not_put_in_place_of_what_waits_to_be_written) {
  auto author = sync_wait(s.get<Author>(bob));
  author->books.add(Book{.title = "F"});
  EXPECT_NE(std::string(failure_of<query_error>([&] { sync_wait(s.load(author, &Author::books)); }).what())
                .find("Author::books"),
            std::string::npos);
  sync_wait(s.flush());
  sync_wait(s.load(author, &Author::books, &by_title));
  EXPECT_EQ(titles(author->books), "DF");
  author->books.remove(author->books[0]);
  EXPECT_THROW(sync_wait(s.load(author, &Author::books)), query_error);
  sync_wait(s.flush());
  sync_wait(s.load(author, &Author::books));
  EXPECT_EQ(titles(author->books), "F");
  auto book = sync_wait(s.get<Book>(d));
  book->labels.add(sync_wait(s.get<Label>(1)));
  EXPECT_THROW(sync_wait(s.load(book, &Book::labels)), query_error);
  book->labels.reset();
  sync_wait(s.load(book, &Book::labels));
  EXPECT_EQ(book->labels.size(), 1U);
}
TEST_P(loaded_objects, are_not_put_in_place_of_references_that_wait) {
  auto book = sync_wait(s.get<Book>(a));
  book->author = sync_wait(s.get<Author>(bob));
  EXPECT_THROW(sync_wait(s.load(book, &Book::author)), query_error);
  sync_wait(s.flush());
  sync_wait(s.load(book, &Book::author));
  EXPECT_EQ(book->author->name, "bob");
  book->author = sync_wait(s.get<Author>(bob));
  book->author_id = cyd;
  sync_wait(s.load(book, &Book::author));
  EXPECT_EQ(book->author->name, "cyd");
}

}  // namespace
}  // namespace tupelo::conformance::library
