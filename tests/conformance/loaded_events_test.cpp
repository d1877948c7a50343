// SPDX-License-Identifier: Apache-2.0
// What is told of objects that are read.
#include "library.hpp"

#include <tupelo/engine/events.hpp>
#include <tupelo/engine/partial.hpp>
#include <tupelo/query/text_functions.hpp>

namespace tupelo::conformance::library {
namespace {

class loaded_events : public library_test {
protected:
  void SetUp() override {
    db.events()
        .on<Author>(event::loaded, [this](Author& author) { told.push_back(author.name); })
        .on<Book>(event::loaded, [this](Book& book) { told.push_back(book.title); })
        .on<Review>(event::loaded, [this](Review& review) { told.push_back(std::to_string(review.stars)); });
  }
  /// In no order.
  names taken() {
    std::sort(told.begin(), told.end());
    return std::exchange(told, {});
  }
  names told;
};
TUPELO_CONFORMANCE_SUITE(loaded_events);

TEST_P(loaded_events, of_rows_come_in_their_order) {
  sync_wait(authors().all());
  EXPECT_EQ(std::exchange(told, {}), (names{"ada", "bob", "cyd"}));
  sync_wait(authors().first());
  sync_wait(authors().where(col<&Author::id> == bob).one());
  sync_wait(db.get<Author>(cyd));
  sync_wait(db.find<Author>(999'999));
  EXPECT_EQ(told, (names{"ada", "bob", "cyd"}));
}
TEST_P(loaded_events, of_relations_come_before_those_of_their_owners) {
  sync_wait(authors().where(col<&Author::id> == bob).with(&Author::books, &Book::reviews).all());
  EXPECT_EQ(std::exchange(told, {}), (names{"2", "D", "bob"}));
  sync_wait(books().where(col<&Book::id> == d).with(&Book::author).one());
  EXPECT_EQ(std::exchange(told, {}), (names{"bob", "D"})) << "by one statement as well";
  sync_wait(db.get<Author>(bob).with(&Author::books));
  EXPECT_EQ(told, (names{"D", "bob"}));
}
TEST_P(loaded_events, of_relations_that_are_loaded_later) {
  session s = db.session();
  auto author = sync_wait(s.get<Author>(ada));
  taken();
  sync_wait(s.load(author, &Author::books));
  EXPECT_EQ(taken(), (names{"A", "B", "C"}));
  Author plain = sync_wait(db.get<Author>(bob));
  taken();
  sync_wait(db.load(plain, &Author::books, &Book::reviews));
  EXPECT_EQ(taken(), (names{"2", "D"}));
}
TEST_P(loaded_events, of_streams_pages_and_pipelines) {
  EXPECT_EQ(sync_wait(authors().with(&Author::books).for_each([](Author&) {})), 3);
  EXPECT_EQ(taken(), (names{"A", "B", "C", "D", "ada", "bob", "cyd"}));
  sync_wait(authors().page(1, 2));
  EXPECT_EQ(taken(), (names{"ada", "bob"}));
  sync_wait(db.query<Author>().order_by(lower(col<&Author::name>)).page_after(cursor(), 5));
  EXPECT_EQ(taken(), (names{"ada", "bob", "cyd"}));
  sync_wait(db.pipeline(authors().all(), books().count()));
  EXPECT_EQ(taken(), (names{"ada", "bob", "cyd"}));
}
TEST_P(loaded_events, are_not_told_of_what_is_no_whole_object) {
  sync_wait(db.query<Author>().only(col<&Author::name>).all());
  sync_wait(authors().select(col<&Author::name>).all());
  sync_wait(authors().count());
  sync_wait(authors().exists());
  EXPECT_EQ(told, names());
}
TEST_P(loaded_events, let_handlers_change_what_is_given) {
  db.events().on<Author>(event::loaded, [](Author& author) { author.name += "!"; });
  EXPECT_EQ(sync_wait(db.get<Author>(ada)).name, "ada!");
  EXPECT_EQ(sync_wait(books().with(&Book::author).where(col<&Book::id> == d).one()).author->name, "bob!");
}
TEST_P(loaded_events, let_handlers_change_what_pages_are_ordered_by) {
  db.events().on<Author>(event::loaded, [](Author& author) { author.name = "*"; });
  std::vector<std::int64_t> read;
  sync_wait(db.query<Author>().order_by(col<&Author::name>).limit(9).chunk(1, [&](std::vector<Author>& page) {
    for (const Author& each : page) read.push_back(each.id);
  }));
  EXPECT_EQ(read, (std::vector<std::int64_t>{ada, bob, cyd}));
}
TEST_P(loaded_events, of_a_page_are_told_of_what_it_has) {
  sync_wait(db.query<Author>().order_by(col<&Author::name>).page_after(cursor(), 2));
  EXPECT_EQ(taken(), (names{"ada", "bob"}));
}
TEST_P(loaded_events, let_handlers_veto) {
  db.events().on<Book>(event::loaded, [](Book&) { throw vetoed("not for you"); });
  EXPECT_THROW(sync_wait(books().all()), vetoed);
  EXPECT_THROW(sync_wait(authors().with(&Author::books).all()), vetoed);
  EXPECT_EQ(sync_wait(authors().all()).size(), 3U);
}
TEST_P(loaded_events, are_told_to_nobody_where_that_is_said) {
  session s = db.session();
  run([&]() -> task<void> {
    co_await s.without_events([&]() -> task<void> {
      auto author = co_await s.get<Author>(ada);
      co_await s.load(author, &Author::books);
      co_await s.query<Author>().with(&Author::books).all();
      co_await s.query<Author>().with(&Author::books).for_each([](Author&) {});
    });
    co_await db.without_events([](lease& quiet) -> task<void> {
      co_await quiet.query<Author>().with(&Author::books).all();
      co_await quiet.query<Author>().with(&Author::books).for_each([](Author&) {});
    });
  });
  EXPECT_EQ(told, names());
}

}  // namespace
}  // namespace tupelo::conformance::library
