// SPDX-License-Identifier: Apache-2.0
// References that were loaded follow their keys; loaded copies follow their objects.
#include "library.hpp"

#include <tupelo/core/as_result.hpp>

namespace tupelo::conformance::library {
namespace {

struct Bookmark {
  std::int64_t id{};
  std::string of_type{};
  std::int64_t of_id{};
  belongs_to_any<Author, Book> of{};

  static void model(tupelo::model<Bookmark>& m) {
    m.belongs_to_any(&Bookmark::of, &Bookmark::of_type, &Bookmark::of_id);
  }
};

class loaded_references : public library_test {
protected:
  loaded_references() : s(db.session()) {}
  ref<Book> book_with_author(std::int64_t id) {
    auto book = sync_wait(s.get<Book>(id));
    sync_wait(s.load(book, &Book::author));
    EXPECT_TRUE(book->author.loaded());
    return book;
  }
  session s;
};
TUPELO_CONFORMANCE_SUITE(loaded_references);

TEST_P(loaded_references, end_with_a_key_that_is_written) {
  auto book = book_with_author(a);
  book->author_id = bob;
  EXPECT_TRUE(book->author.loaded());
  sync_wait(s.commit());
  EXPECT_FALSE(book->author.loaded());
  sync_wait(s.load(book, &Book::author));
  EXPECT_EQ(book->author->name, "bob");
}
TEST_P(loaded_references, to_nobody_end_with_a_key_that_is_written) {
  auto book = book_with_author(e);
  book->author_id = bob;
  sync_wait(s.commit());
  EXPECT_FALSE(book->author.loaded());
}
TEST_P(loaded_references, count_where_their_keys_were_changed_too) {
  auto book = book_with_author(a);
  book->author = sync_wait(s.get<Author>(bob));
  book->author_id = cyd;
  sync_wait(s.commit());
  EXPECT_EQ(book->author_id, bob);
  EXPECT_EQ(book->author->name, "bob");
}
TEST_P(loaded_references, that_are_back_at_the_stored_row_give_way_to_their_keys) {
  auto book = book_with_author(a);
  book->author = sync_wait(s.get<Author>(ada));
  book->author_id = cyd;
  sync_wait(s.commit());
  EXPECT_EQ(book->author_id, cyd);
  EXPECT_FALSE(book->author.loaded());
}
TEST_P(loaded_references, of_new_objects_always_count) {
  auto book = s.add(Book{.title = "new"});
  book->author = sync_wait(s.get<Author>(ada));
  book->author_id = cyd;
  sync_wait(s.commit());
  EXPECT_EQ(book->author_id, ada);
}
TEST_P(loaded_references, stay_with_changes_of_other_columns) {
  auto book = book_with_author(a), orphan = book_with_author(e);
  book->pages += 1;
  orphan->pages += 1;
  sync_wait(s.commit());
  EXPECT_TRUE(book->author.loaded());
  EXPECT_TRUE(orphan->author.loaded());
  sync_wait(s.refresh(book));
  sync_wait(s.refresh(orphan));
  EXPECT_TRUE(book->author.loaded());
  EXPECT_TRUE(orphan->author.loaded());
}
TEST_P(loaded_references, end_where_the_row_has_moved) {
  auto book = book_with_author(a), orphan = book_with_author(e), locked = book_with_author(d);
  sync_wait(db.update<Book>().set(col<&Book::author_id>, cyd).all_rows().run());
  sync_wait(s.refresh(book));
  sync_wait(s.refresh(orphan));
  s.expire(locked);
  sync_wait(s.get<Book>(d));
  EXPECT_FALSE(book->author.loaded());
  EXPECT_FALSE(orphan->author.loaded());
  EXPECT_FALSE(locked->author.loaded());
}
TEST_P(loaded_references, end_with_the_keys_that_a_rollback_takes_back) {
  auto book = book_with_author(a), orphan = book_with_author(e);
  run([&]() -> task<void> {
    book->author_id = bob;
    orphan->author_id = bob;
    co_await s.flush();
    co_await s.load(book, &Book::author);
    co_await s.load(orphan, &Book::author);
    EXPECT_TRUE(book->author.loaded());
    co_await s.rollback();
  });
  EXPECT_FALSE(book->author.loaded());
  EXPECT_FALSE(orphan->author.loaded());
}
TEST_P(loaded_references, to_nobody_end_with_the_key_that_a_rollback_takes_back) {
  auto book = sync_wait(s.get<Book>(a));
  run([&]() -> task<void> {
    book->author_id = std::nullopt;
    co_await s.flush();
    co_await s.load(book, &Book::author);
    EXPECT_TRUE(book->author.loaded());
    co_await s.rollback();
  });
  EXPECT_EQ(book->author_id, ada);
  EXPECT_FALSE(book->author.loaded());
}
TEST_P(loaded_references, end_with_a_merged_key) {
  auto book = book_with_author(a), orphan = book_with_author(e);
  Book copy = *book, other = *orphan;
  copy.author_id = other.author_id = cyd;
  sync_wait(s.merge(copy));
  sync_wait(s.merge(other));
  EXPECT_FALSE(book->author.loaded());
  EXPECT_FALSE(orphan->author.loaded());
}

TEST_P(loaded_references, of_several_models_end_with_either_column_of_the_key) {
  create<Bookmark>();
  auto moved = s.add(Bookmark{.of_type = "authors", .of_id = ada});
  auto other = s.add(Bookmark{.of_type = "authors", .of_id = ada});
  auto nobody = s.add(Bookmark{.of_type = "authors", .of_id = 999'999});
  auto stays = s.add(Bookmark{.of_type = "authors", .of_id = bob});
  sync_wait(s.commit());
  for (auto& each : {moved, other, nobody, stays}) {
    sync_wait(s.load(each, &Bookmark::of));
    EXPECT_TRUE(each->of.loaded());
  }
  moved->of_id = bob;
  other->of_type = "books";
  nobody->of_id = 888'888;
  sync_wait(s.commit());
  EXPECT_FALSE(moved->of.loaded());
  EXPECT_FALSE(other->of.loaded());
  EXPECT_FALSE(nobody->of.loaded());
  sync_wait(s.refresh(stays));
  EXPECT_TRUE(stays->of.loaded());
}
TEST_P(loaded_references, a_copy_that_was_read_in_an_undone_transaction_is_no_change) {
  auto writer = sync_wait(s.get<Author>(ada));
  auto book = sync_wait(s.get<Book>(a));
  run([&]() -> task<void> {
    co_await s.begin();
    co_await s.update<Book>().set(col<&Book::pages>, 999).all_rows().run();
    co_await s.load(writer, &Author::books);
    co_await s.rollback();
  });
  EXPECT_FALSE(writer->books.loaded());
  EXPECT_EQ(book->pages, 300);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Book>(a)).pages, 300);
}
TEST_P(loaded_references, a_copy_that_was_read_before_a_failed_flush_is_no_change) {
  auto writer = sync_wait(s.get<Author>(ada));
  auto book = sync_wait(s.get<Book>(a));
  run([&]() -> task<void> {
    co_await s.begin();
    co_await s.update<Book>().set(col<&Book::pages>, 999).all_rows().run();
    co_await s.load(writer, &Author::books);
    auto wrong = s.add(Book{.author_id = 999'999, .title = "wrong"});
    const auto flushed = co_await tupelo::as_result(s.flush());
    EXPECT_FALSE(flushed);
    s.expunge(wrong);
    co_await s.commit();
  });
  EXPECT_EQ(sync_wait(db.get<Book>(a)).pages, 300);
}

}  // namespace
}  // namespace tupelo::conformance::library
