// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

#include <tupelo/query/raw_term.hpp>

#include <malloc.h>

#include <algorithm>

namespace tupelo::conformance::library {
namespace {

class relations : public library_test {
protected:
  static std::string sorted(std::string text) {
    std::sort(text.begin(), text.end());
    return text;
  }
};
TUPELO_CONFORMANCE_SUITE(relations);

// ---- the kinds

TEST_P(relations, has_many_loads_the_rows_of_each) {
  const auto found = sync_wait(authors().with(&Author::books, [](auto& q) { q.order_by(col<&Book::title>); }).all());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(titles(found[0].books), "ABC");
  EXPECT_EQ(titles(found[1].books), "D");
  EXPECT_TRUE(found[2].books.loaded());
  EXPECT_TRUE(found[2].books.empty());
}
TEST_P(relations, has_many_needs_no_order) {
  const auto found = sync_wait(authors().with(&Author::books).all());
  EXPECT_EQ(sorted(titles(found[0].books)), "ABC");
  EXPECT_EQ(titles(found[1].books), "D");
}
TEST_P(relations, has_one_is_an_object_or_none) {
  const auto found = sync_wait(authors().with(&Author::passport).all());
  EXPECT_EQ(found[0].passport.get(), nullptr);
  ASSERT_NE(found[1].passport.get(), nullptr);
  EXPECT_EQ(found[1].passport->number, "B1");
}
TEST_P(relations, belongs_to_is_the_object_that_the_key_names) {
  const auto found = sync_wait(books().with(&Book::author).all());
  EXPECT_EQ(found[0].author->name, "ada");
  EXPECT_EQ(found[3].author->name, "bob");
}
TEST_P(relations, belongs_to_of_a_key_that_is_null_is_loaded_and_none) {
  const auto found = sync_wait(books().with(&Book::author).all());
  EXPECT_TRUE(found[4].author.loaded());
  EXPECT_EQ(found[4].author.get(), nullptr);
}
TEST_P(relations, many_to_many_goes_through_its_table) {
  const auto found = sync_wait(books().with(&Book::labels, [](auto& q) { q.order_by(col<&Label::name>); }).all());
  const auto names_of = [](const Book& book) {
    names all;
    for (const Label& label : book.labels) all.push_back(label.name);
    return all;
  };
  EXPECT_EQ(names_of(found[0]), (names{"blue", "red"}));
  EXPECT_EQ(names_of(found[1]), names{"red"});
  EXPECT_EQ(names_of(found[2]), names{});
  EXPECT_EQ(names_of(found[3]), names{"blue"});
}
TEST_P(relations, many_to_many_works_from_both_sides) {
  const auto found = sync_wait(db.query<Label>()
                                   .order_by(col<&Label::name>)
                                   .with(&Label::books, [](auto& q) { q.order_by(col<&Book::title>); })
                                   .all());
  EXPECT_EQ(titles(found[0].books), "AD");  // blue
  EXPECT_EQ(titles(found[1].books), "");    // green
  EXPECT_EQ(titles(found[2].books), "AB");  // red
}

// ---- paths

TEST_P(relations, a_path_loads_relations_of_relations) {
  const auto found = sync_wait(authors().with(&Author::books, &Book::reviews).all());
  int stars = 0;
  for (const Author& author : found) {
    for (const Book& book : author.books) {
      for (const Review& review : book.reviews) stars += review.stars;
    }
  }
  EXPECT_EQ(stars, 15);
}
TEST_P(relations, several_relations_and_paths_do_not_disturb_each_other) {
  const auto found = sync_wait(
      authors().with(&Author::books, &Book::reviews).with(&Author::passport).with(&Author::books, &Book::labels).all());
  for (const Book& book : found[0].books) {
    EXPECT_TRUE(book.reviews.loaded());
    EXPECT_TRUE(book.labels.loaded());
  }
  EXPECT_EQ(found[1].passport->number, "B1");
}
TEST_P(relations, a_path_there_and_back_ends_at_the_same_rows) {
  const auto found = sync_wait(authors().with(&Author::books, &Book::author, &Author::passport).all());
  EXPECT_EQ(found[0].books[0].author->name, "ada");
  EXPECT_EQ(found[1].books[0].author->passport->number, "B1");
}
TEST_P(relations, a_function_at_the_end_narrows_the_last_of_a_path) {
  const auto found = sync_wait(
      authors().with(&Author::books, &Book::reviews, [](auto& q) { q.where(col<&Review::stars> >= 4); }).all());
  std::size_t reviews = 0, books = 0;
  for (const Author& author : found) {
    books += author.books.size();
    for (const Book& book : author.books) reviews += book.reviews.size();
  }
  EXPECT_EQ(books, 4U);
  EXPECT_EQ(reviews, 2U);
}
TEST_P(relations, a_function_may_load_further_relations) {
  const auto found =
      sync_wait(authors()
                    .with(&Author::books,
                          [](auto& q) { q.where(col<&Book::pages> > 150).with(&Book::reviews).with(&Book::labels); })
                    .all());
  EXPECT_EQ(titles(found[0].books), "A");
  EXPECT_EQ(found[0].books[0].reviews.size(), 3U);
  EXPECT_EQ(found[0].books[0].labels.size(), 2U);
}
TEST_P(relations, asked_for_twice_are_loaded_once_with_all_that_was_said) {
  std::vector<Author> found;
  EXPECT_EQ(statements_of([&] {
              found = sync_wait(authors()
                                    .with(&Author::books, [](auto& q) { q.where(col<&Book::pages> >= 100); })
                                    .with(&Author::books, [](auto& q) { q.where(col<&Book::pages> <= 200); })
                                    .all());
            }),
            2U);
  EXPECT_EQ(sorted(titles(found[0].books)), "BC");
}
TEST_P(relations, of_a_copied_query_are_its_own) {
  auto plain = authors();
  auto with_books = plain;
  with_books.with(&Author::books);
  auto with_reviews = with_books;
  with_reviews.with(&Author::books, &Book::reviews);
  EXPECT_FALSE(sync_wait(plain.all())[0].books.loaded());
  EXPECT_FALSE(sync_wait(with_books.all())[0].books[0].reviews.loaded());
  EXPECT_TRUE(sync_wait(with_reviews.all())[0].books[0].reviews.loaded());
}

// ---- what is narrowed

TEST_P(relations, limit_counts_for_each_owner_and_keeps_the_order) {
  const auto found =
      sync_wait(authors().with(&Author::books, [](auto& q) { q.order_by(col<&Book::pages>.desc()).limit(2); }).all());
  EXPECT_EQ(titles(found[0].books), "AB") << "of B and C, which are equal, that with the smaller key";
  EXPECT_EQ(titles(found[1].books), "D");
}
TEST_P(relations, limit_without_an_order_goes_by_the_key) {
  const auto found = sync_wait(authors().with(&Author::books, [](auto& q) { q.limit(2); }).all());
  EXPECT_EQ(titles(found[0].books), "AB");
}
TEST_P(relations, offset_skips_for_each_owner) {
  const auto books_from = [&](std::int64_t skipped, std::optional<std::int64_t> most) {
    const auto found = sync_wait(authors()
                                     .with(&Author::books,
                                           [&](auto& q) {
                                             q.order_by(col<&Book::title>.desc()).offset(skipped);
                                             if (most) q.limit(*most);
                                           })
                                     .all());
    return titles(found[0].books) + "," + titles(found[1].books);
  };
  EXPECT_EQ(books_from(1, std::nullopt), "BA,");
  EXPECT_EQ(books_from(1, 1), "B,");
  EXPECT_EQ(books_from(0, 1), "C,D");
  EXPECT_EQ(books_from(9, 1), ",");
}
TEST_P(relations, limit_0_loads_nothing) {
  const auto found = sync_wait(authors().with(&Author::books, [](auto& q) { q.limit(0); }).all());
  EXPECT_TRUE(found[0].books.loaded());
  EXPECT_TRUE(found[0].books.empty());
}
TEST_P(relations, limit_counts_for_each_owner_through_a_join_table) {
  const auto found = sync_wait(db.query<Label>()
                                   .order_by(col<&Label::name>)
                                   .with(&Label::books, [](auto& q) { q.order_by(col<&Book::title>.desc()).limit(1); })
                                   .all());
  EXPECT_EQ(titles(found[0].books), "D");
  EXPECT_EQ(titles(found[2].books), "B");
}
TEST_P(relations, limits_that_cannot_be_are_refused) {
  EXPECT_THROW(sync_wait(authors().with(&Author::books, [](auto& q) { q.limit(-1); }).all()), query_error);
  EXPECT_THROW(sync_wait(authors().with(&Author::books, [](auto& q) { q.distinct().limit(1); }).all()), query_error);
}
TEST_P(relations, hide_soft_deleted_rows) {
  sync_wait(db.erase<Book>().where(col<&Book::id> == b).run());
  const auto found = sync_wait(authors().with(&Author::books).all());
  EXPECT_EQ(sorted(titles(found[0].books)), "AC");
  const auto all = sync_wait(authors().with(&Author::books, [](auto& q) { q.with_deleted(); }).all());
  EXPECT_EQ(sorted(titles(all[0].books)), "ABC");
  const auto labels = sync_wait(db.query<Label>().where(col<&Label::name> == "red").with(&Label::books).all());
  EXPECT_EQ(titles(labels[0].books), "A");
  const auto reviewed = sync_wait(db.query<Review>().with(&Review::book).all());
  EXPECT_TRUE(std::all_of(reviewed.begin(), reviewed.end(), [](const Review& r) { return r.book.get() != nullptr; }));
}
TEST_P(relations, belongs_to_a_soft_deleted_row_is_none) {
  sync_wait(db.erase<Book>().where(col<&Book::id> == d).run());
  const auto found = sync_wait(db.query<Review>().where(col<&Review::stars> == 2).with(&Review::book).one());
  EXPECT_EQ(found.book.get(), nullptr);
}

// ---- the verbs

TEST_P(relations, are_loaded_by_every_verb) {
  auto query = authors().with(&Author::books);
  EXPECT_EQ(sync_wait(query.first())->books.size(), 3U);
  EXPECT_EQ(sync_wait(query.limit(1).one()).books.size(), 3U);
  const auto page = sync_wait(authors().with(&Author::books).page(1, 2));
  EXPECT_EQ(page.items[1].books.size(), 1U);
  EXPECT_EQ(page.total, 3);
}
TEST_P(relations, are_loaded_batch_by_batch_in_a_stream) {
  std::vector<Review> more;
  for (int i = 0; i < 500; ++i) more.push_back({.book_id = i % 2 ? a : d, .stars = i});
  sync_wait(db.insert(more));
  std::size_t seen = 0;
  run([&]() -> task<void> {
    auto rows = db.query<Review>().where(col<&Review::id> >= more[0].id).with(&Review::book, &Book::author).stream();
    while (const Review* review = co_await rows.next()) {
      EXPECT_EQ(review->book->author->name, review->stars % 2 ? "ada" : "bob");
      ++seen;
    }
  });
  EXPECT_EQ(seen, 500U);
  EXPECT_EQ(db.statistics().in_use, 0U);
  EXPECT_EQ(sync_wait(db.query<Author>().count()), 3) << "and the connection can be used";
}
TEST_P(relations, are_loaded_in_a_stream_of_a_lease_in_constant_memory) {
  constexpr int rows = 5'000;
  std::vector<Review> more;
  for (int i = 0; i < rows; ++i) more.push_back({.book_id = i % 2 ? a : d, .stars = i});
  sync_wait(db.insert(more));
  const auto in_use = [] {
    const auto memory = mallinfo2();
    return memory.uordblks + memory.hblkhd;
  };
  std::size_t before = 0;
  std::size_t most = 0;
  const auto read = [&](int count) -> task<void> {
    lease held = co_await db.acquire();
    int seen = 0;
    before = most = in_use();
    auto reviews = held.query<Review>()
                       .where(col<&Review::id> > more.back().id - count)
                       .with(&Review::book, &Book::author)
                       .with(&Review::book, &Book::labels)
                       .stream();
    while (const Review* review = co_await reviews.next()) {
      EXPECT_EQ(review->book->author->name, review->stars % 2 ? "ada" : "bob");
      if (++seen % 100 == 0) most = std::max(most, in_use());
    }
    EXPECT_EQ(seen, count);
    EXPECT_FALSE(held.in_transaction());
    EXPECT_EQ(co_await held.query<Author>().count(), 3) << "and the connection can be used";
  };
  run([&] { return read(1); });  // makes the statements
  run([&] { return read(rows); });
  EXPECT_LT(most, before + 120'000) << "the rows are 150,000 bytes on the wire";
}
TEST_P(relations, are_loaded_in_a_stream_of_a_lease_that_is_used_for_something_else_meanwhile) {
  std::vector<Review> more;
  for (int i = 0; i < 500; ++i) more.push_back({.book_id = i % 2 ? a : d, .stars = i});
  sync_wait(db.insert(more));
  std::size_t seen = 0;
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    auto rows = held.query<Review>().where(col<&Review::id> >= more[0].id).with(&Review::book, &Book::author).stream();
    while (const Review* review = co_await rows.next()) {
      EXPECT_EQ(review->book->author->name, review->stars % 2 ? "ada" : "bob");
      if (++seen != 100) continue;
      co_await held.insert(Author{.name = "eve"});
      EXPECT_FALSE(held.in_transaction());
    }
  });
  EXPECT_EQ(seen, 500U);
  EXPECT_EQ(sync_wait(db.query<Author>().where(col<&Author::name> == "eve").count()), 1);
}
TEST_P(relations, are_loaded_in_a_stream_by_statements_with_values_whose_type_nothing_tells) {
  std::vector<Review> more;
  for (int i = 0; i < 200; ++i) more.push_back({.book_id = i % 2 ? a : d, .stars = i});
  sync_wait(db.insert(more));
  const auto of = [&](auto& source) {
    const std::string given = "given";
    return source.template query<Review>()
        .where(col<&Review::id> >= more[0].id)
        .with(&Review::book, [&](auto& books) { books.where(raw<bool>("? IS NOT NULL", given)); })
        .stream();
  };
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    auto on_a_lease = of(held);
    std::size_t seen = 0;
    while (const Review* review = co_await on_a_lease.next()) seen += review->book.get() != nullptr ? 1U : 0U;
    EXPECT_EQ(seen, 200U);
    held.release();
    auto apart = of(db);
    seen = 0;
    while (const Review* review = co_await apart.next()) seen += review->book.get() != nullptr ? 1U : 0U;
    EXPECT_EQ(seen, 200U);
  });
}
TEST_P(relations, are_loaded_in_a_stream_of_a_lease_though_their_table_has_changed) {
  TUPELO_NEEDS(trait::own_connection);  // a pooler may give the stream another one than that which was prepared for it
  std::vector<Review> more;
  for (int i = 0; i < 200; ++i) more.push_back({.book_id = i % 2 ? a : d, .stars = i});
  sync_wait(db.insert(more));
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    for (const char* type : {"bigint", "integer"}) {
      auto rows = held.query<Review>().where(col<&Review::id> >= more[0].id).with(&Review::book).stream();
      std::size_t seen = 0;
      while (const Review* review = co_await rows.next()) {
        EXPECT_NE(review->book.get(), nullptr);
        ++seen;
      }
      EXPECT_EQ(seen, 200U);
      co_await held.execute("ALTER TABLE books DROP COLUMN pages");
      co_await held.execute(std::string("ALTER TABLE books ADD COLUMN pages ") + type + " NOT NULL DEFAULT 7");
    }
  });
}
TEST_P(relations, that_fail_in_a_stream_of_a_lease_leave_the_lease_usable) {
  sync_wait(db.execute("DROP TABLE shelf_marks"));
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    auto rows = held.query<Book>().with(&Book::labels).stream();
    bool failed = false;
    try {
      co_await rows.next();
    } catch (const error&) {
      failed = true;
    }
    EXPECT_TRUE(failed);
    EXPECT_EQ(co_await held.query<Author>().count(), 3);
  });
}
TEST_P(relations, are_loaded_for_leases_and_sessions) {
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    const auto by_lease = co_await held.query<Author>().order_by(col<&Author::name>).with(&Author::books).all();
    EXPECT_EQ(by_lease[0].books.size(), 3U);
    held.release();
    auto s = db.session();
    const auto by_session = co_await s.query<Author>().order_by(col<&Author::name>).with(&Author::books).all();
    EXPECT_EQ(by_session[0].books.size(), 3U);
  });
}
TEST_P(relations, are_loaded_for_the_operations_of_a_pipeline) {
  run([&]() -> task<void> {
    const auto [first, count, found] = co_await db.pipeline(authors().with(&Author::books).first(), books().count(),
                                                            books().with(&Book::author).with(&Book::labels).all());
    EXPECT_EQ(first->books.size(), 3U);
    EXPECT_EQ(count, 5);
    EXPECT_EQ(found[3].author->name, "bob");
    EXPECT_EQ(found[0].labels.size(), 2U);
  });
  sync_wait(db.execute("DROP TABLE shelf_marks"));
  const auto failed =
      failure_of<error>([&] { sync_wait(db.pipeline(books().count(), books().with(&Book::labels).all())); });
  EXPECT_EQ(failed.pipeline_position(), 2U);
}
TEST_P(relations, see_what_their_transaction_wrote) {
  run([&]() -> task<void> {
    auto s = db.session();
    s.add(Book{.author_id = cyd, .title = "F", .pages = 1});
    co_await s.flush();
    const auto found = co_await s.query<Author>().where(col<&Author::id> == cyd).with(&Author::books).one();
    EXPECT_EQ(titles(found.books), "F");
    co_await s.rollback();
  });
}
TEST_P(relations, mean_nothing_to_what_is_counted_or_selected) {
  const auto query = authors().with(&Author::books);
  EXPECT_EQ(statements_of([&] {
              EXPECT_EQ(sync_wait(query.count()), 3);
              EXPECT_TRUE(sync_wait(query.exists()));
              EXPECT_EQ(sync_wait(query.pluck(col<&Author::name>)), (names{"ada", "bob", "cyd"}));
            }),
            3U);
}

// ---- how much it costs

TEST_P(relations, cost_one_statement_each_however_many_rows) {
  EXPECT_EQ(
      statements_of([&] { sync_wait(authors().with(&Author::books, &Book::reviews).with(&Author::passport).all()); }),
      4U);
}
TEST_P(relations, cost_nothing_where_there_is_nothing_to_load) {
  EXPECT_EQ(statements_of([&] { sync_wait(authors().where(col<&Author::name> == "-").with(&Author::books).all()); }),
            1U);
  EXPECT_EQ(statements_of([&] {
              sync_wait(authors().where(col<&Author::name> == "cyd").with(&Author::books, &Book::reviews).all());
            }),
            2U)
      << "no books, so no reviews";
  EXPECT_EQ(statements_of([&] { sync_wait(books().where(col<&Book::title> == "E").with(&Book::author).all()); }), 1U)
      << "no key";
}
TEST_P(relations, of_thousands_of_rows_are_one_statement) {
  std::vector<Author> many(3000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].name = "x" + std::to_string(10000 + i);
  sync_wait(db.insert(many));
  std::vector<Book> written;
  for (std::size_t i = 0; i < 2 * many.size(); ++i) {
    const std::size_t author = i * 7 % many.size();
    written.push_back({.author_id = many[author].id, .title = many[author].name, .pages = static_cast<int>(i)});
  }
  sync_wait(db.insert(written));
  std::vector<Author> found;
  EXPECT_EQ(statements_of(
                [&] { found = sync_wait(authors().where(col<&Author::id> >= many[0].id).with(&Author::books).all()); }),
            2U);
  ASSERT_EQ(found.size(), many.size());
  for (const Author& author : found) {
    ASSERT_EQ(author.books.size(), 2U);
    for (const Book& book : author.books) ASSERT_EQ(book.title, author.name);
  }
}

// ---- what is loaded

TEST_P(relations, of_one_object_are_shared_by_all_who_name_it) {
  const auto found = sync_wait(books().with(&Book::author).all());
  EXPECT_EQ(found[0].author.get(), found[1].author.get());
  EXPECT_NE(found[0].author.get(), found[3].author.get());
}
TEST_P(relations, of_rows_that_occur_twice_are_loaded_for_both) {
  const auto found = sync_wait(db.query<Author>()
                                   .join<Book>(col<&Book::author_id> == col<&Author::id>)
                                   .where(col<&Author::name> == "ada")
                                   .with(&Author::books)
                                   .all());
  ASSERT_EQ(found.size(), 3U);
  for (const Author& author : found) EXPECT_EQ(author.books.size(), 3U);
}
TEST_P(relations, are_shared_by_copies_and_outlive_the_first_of_them) {
  Author copy;
  {
    auto found = sync_wait(authors().with(&Author::books, &Book::reviews).all());
    found[0].books[0].title = "changed";
    copy = found[0];
  }
  EXPECT_EQ(copy.books[0].title, "changed");
  EXPECT_EQ(copy.books.size(), 3U);
  copy.books.reset();
  EXPECT_FALSE(copy.books.loaded());
}
TEST_P(relations, that_are_not_asked_for_are_not_loaded) {
  const auto found = sync_wait(authors().with(&Author::books).all());
  EXPECT_FALSE(found[0].passport.loaded());
  const auto what = std::string(failure_of<relation_not_loaded>([&] { found[0].passport.get(); }).what());
  EXPECT_NE(what.find("Author::passport"), std::string::npos) << what;
  EXPECT_NE(what.find(".with(&Author::passport)"), std::string::npos) << what;
}

TEST_P(relations, are_loaded_with_one_object_by_its_key) {
  const Author found = sync_wait(db.get<Author>(ada).with(&Author::books, &Book::reviews).with(&Author::passport));
  EXPECT_EQ(found.books.size(), 3U);
  EXPECT_TRUE(found.books[0].reviews.loaded());
  EXPECT_EQ(found.passport.get(), nullptr);
  const auto maybe = sync_wait(db.find<Author>(bob).with(&Author::passport));
  EXPECT_EQ(maybe->passport->number, "B1");
  EXPECT_FALSE(sync_wait(db.find<Author>(bob + 1000).with(&Author::passport)).has_value());
  EXPECT_THROW(sync_wait(db.get<Author>(bob + 1000).with(&Author::passport)), not_found);
  run([&]() -> task<void> {
    const auto [one, two] = co_await db.pipeline(db.get<Author>(ada).with(&Author::books), db.get<Author>(bob));
    EXPECT_EQ(one.books.size(), 3U);
    EXPECT_FALSE(two.books.loaded());
  });
}
TEST_P(relations, are_loaded_with_what_is_read_only) {
  EXPECT_THROW(db.insert(Author{.name = "dan"}).with(&Author::books), query_error);
  EXPECT_THROW(db.raw_sql<Author>("SELECT 1").all().with(&Author::books), query_error);
}

// ---- what goes wrong

TEST_P(relations, of_a_statement_that_fails_fail_the_query) {
  sync_wait(db.execute("DROP TABLE shelf_marks"));
  EXPECT_THROW(sync_wait(books().with(&Book::author).with(&Book::labels).all()), error);
  EXPECT_EQ(sync_wait(books().with(&Book::author).all()).size(), 5U) << "and the database can be used";
  auto rows = books().with(&Book::labels).stream();
  EXPECT_THROW(sync_wait(rows.next()), error);
  EXPECT_EQ(db.statistics().in_use, 0U);
}
TEST_P(relations, are_not_loaded_once_it_is_cancelled) {
  cancel_source source;
  struct after_first final : statement_observer {
    explicit after_first(cancel_source& s) : source(s) {}
    void statement_finished(const statement_event&) noexcept override {
      ++finished;
      source.request_cancel();
    }
    cancel_source& source;
    int finished = 0;
  } cancels(source);
  db.observe(cancels);
  EXPECT_THROW(sync_wait([&]() -> task<void> { co_await authors().with(&Author::books).all(); }(), source.token()),
               cancelled);
  EXPECT_EQ(cancels.finished, 1);
}
TEST_P(relations, that_one_cannot_load_for_several_rows_leave_its_error) {
  EXPECT_THROW(sync_wait(authors().with(&Author::books).one()), too_many_rows);
  EXPECT_THROW(sync_wait(authors().where(col<&Author::name> == "-").with(&Author::books).one()), not_found);
}

// ---- later

TEST_P(relations, may_be_loaded_later_for_a_range_or_one_object) {
  auto found = sync_wait(authors().all());
  EXPECT_EQ(statements_of([&] { sync_wait(db.load(found, &Author::books, &Book::reviews)); }), 2U);
  EXPECT_EQ(found[0].books.size(), 3U);
  EXPECT_TRUE(found[0].books[0].reviews.loaded());
  Author one = sync_wait(db.get<Author>(bob));
  sync_wait(db.load(one, &Author::books, [](auto& q) { q.where(col<&Book::pages> > 1000); }));
  EXPECT_TRUE(one.books.empty());
  sync_wait(db.load(one, &Author::books));
  EXPECT_EQ(one.books.size(), 1U) << "what was loaded is replaced";
}
TEST_P(relations, may_be_loaded_for_tracked_objects) {
  run([&]() -> task<void> {
    auto s = db.session();
    const ref<Author> first = co_await s.get<Author>(ada);
    std::vector<ref<Author>> both{first, co_await s.get<Author>(bob)};
    co_await s.load(both, &Author::books);
    EXPECT_EQ(first->books.size(), 3U);
    EXPECT_EQ(both[1]->books.size(), 1U);
    co_await s.load(first, &Author::passport);
    EXPECT_EQ(first->passport.get(), nullptr);
    EXPECT_FALSE(s.is_dirty(first));
  });
}
TEST_P(relations, that_fail_later_leave_the_objects_as_they_were) {
  auto found = sync_wait(authors().all());
  sync_wait(db.execute("DROP TABLE shelf_marks"));
  EXPECT_THROW(sync_wait(db.load(found, &Author::books, &Book::labels)), error);
  EXPECT_FALSE(found[0].books.loaded());
}
TEST_P(relations, of_no_objects_cost_nothing) {
  std::vector<Author> none;
  EXPECT_EQ(statements_of([&] { sync_wait(db.load(none, &Author::books)); }), 0U);
}

// ---- keys of other kinds

class composite_relations : public conformance_test {
protected:
  composite_relations() {
    create<Order, Line>();
    std::vector<Order> orders{
        {.region = "north", .number = 1}, {.region = "north", .number = 2}, {.region = "s\"ü", .number = 1}};
    sync_wait(db.insert(orders));
    std::vector<Line> lines{{.region = "north", .order_number = 1, .amount = 1},
                            {.region = "s\"ü", .order_number = 1, .amount = 2},
                            {.region = "north", .order_number = 1, .amount = 4}};
    sync_wait(db.insert(lines));
  }
};
TUPELO_CONFORMANCE_SUITE(composite_relations);

TEST_P(composite_relations, go_by_all_parts_of_the_key) {
  const auto found =
      sync_wait(db.query<Order>().order_by(col<&Order::region>, col<&Order::number>).with(&Order::lines).all());
  const auto total = [](const Order& order) {
    int sum = 0;
    for (const Line& line : order.lines) sum += line.amount;
    return sum;
  };
  EXPECT_EQ(total(found[0]), 5);
  EXPECT_EQ(total(found[1]), 0);
  EXPECT_EQ(total(found[2]), 2);
}
TEST_P(composite_relations, work_in_the_other_direction) {
  const auto found = sync_wait(db.query<Line>().order_by(col<&Line::amount>).with(&Line::order).all());
  EXPECT_EQ(found[1].order->region, "s\"ü");
  EXPECT_EQ(found[0].order.get(), found[2].order.get());
}
TEST_P(composite_relations, count_limits_for_each_owner) {
  const auto found = sync_wait(db.query<Order>()
                                   .order_by(col<&Order::region>, col<&Order::number>)
                                   .with(&Order::lines, [](auto& q) { q.order_by(col<&Line::amount>.desc()).limit(1); })
                                   .all());
  EXPECT_EQ(found[0].lines[0].amount, 4);
  EXPECT_EQ(found[0].lines.size(), 1U);
}
TEST_P(composite_relations, are_asked_for_in_conditions) {
  const auto numbers = sync_wait(
      db.query<Order>().where_doesnt_have(&Order::lines).select(col<&Order::region>, col<&Order::number>).all());
  ASSERT_EQ(numbers.size(), 1U);
  EXPECT_EQ(numbers[0], (std::tuple<std::string, std::int64_t>("north", 2)));
}

}  // namespace
}  // namespace tupelo::conformance::library
