// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

#include <algorithm>

namespace tupelo::conformance::library {
namespace {

/// The author again, with a passport that nobody else has.
struct OwnPassport {
  std::int64_t id{};
  std::int64_t author_id{};
  std::string number{};

  static void model(tupelo::model<OwnPassport>& m) {
    m.table("passports");
    m.unique(&OwnPassport::author_id);
  }
};
struct Traveller {
  std::int64_t id{};
  std::string name{};
  has_one<OwnPassport> passport{};

  static void model(tupelo::model<Traveller>& m) {
    m.table("authors");
    m.has_one(&Traveller::passport, "author_id");
  }
};

struct Badge;
struct Guest {
  std::int64_t id{};
  std::string name{};
  has_one<Badge> badge{};

  static void model(tupelo::model<Guest>& m) { m.has_one(&Guest::badge, "guest_id"); }
};
struct Badge {
  std::int64_t id{};
  std::int64_t guest_id{};
  std::optional<timestamp> deleted_at{};

  static void model(tupelo::model<Badge>& m) {
    m.unique(&Badge::guest_id);
    m.soft_delete(&Badge::deleted_at);
  }
};

/// Related objects that are read by the statement that reads their owners.
using joined_relations = library_test;
TUPELO_CONFORMANCE_SUITE(joined_relations);

TEST_P(joined_relations, behind_another_relation_are_loaded_by_a_statement_of_their_own) {
  std::vector<Author> found;
  EXPECT_EQ(statements_of([&] {
              found = sync_wait(authors().with(&Author::books, joined(&Book::author), joined(&Author::passport)).all());
            }),
            4U);
  EXPECT_EQ(found[0].books[0].author->name, "ada");
}
TEST_P(joined_relations, belongs_to_is_read_in_the_same_statement) {
  std::vector<Book> found;
  EXPECT_EQ(statements_of([&] { found = sync_wait(books().with(joined(&Book::author)).all()); }), 1U);
  ASSERT_EQ(found.size(), 5U);
  EXPECT_EQ(found[0].title, "A");
  EXPECT_EQ(found[0].author->name, "ada");
  EXPECT_EQ(found[3].author->name, "bob");
  EXPECT_EQ(found[3].author->id, bob);
  EXPECT_TRUE(found[4].author.loaded());
  EXPECT_EQ(found[4].author.get(), nullptr);
}
TEST_P(joined_relations, has_one_is_an_object_or_none) {
  const auto found =
      sync_wait(db.query<Traveller>().order_by(col<&Traveller::name>).with(joined(&Traveller::passport)).all());
  EXPECT_EQ(found[0].passport.get(), nullptr);
  EXPECT_EQ(found[1].passport->number, "B1");
  EXPECT_EQ(found[2].passport.get(), nullptr);
}
TEST_P(joined_relations, has_one_may_be_unique_among_rows_that_are_not_marked) {
  create<Guest, Badge>();
  Guest guest = sync_wait(db.insert(Guest{.name = "ada"}));
  const Badge lost = sync_wait(db.insert(Badge{.guest_id = guest.id}));
  sync_wait(db.erase(lost));
  const Badge badge = sync_wait(db.insert(Badge{.guest_id = guest.id}));
  const auto found = sync_wait(db.query<Guest>().with(joined(&Guest::badge)).all());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].badge->id, badge.id);
}
TEST_P(joined_relations, has_one_that_may_be_several_is_refused) {
  const auto said = failure_of<query_error>([&] { sync_wait(authors().with(joined(&Author::passport)).all()); });
  EXPECT_NE(std::string(said.what()).find("Author::passport: tp::joined() needs a foreign key that is unique"),
            std::string::npos)
      << said.what();
}
TEST_P(joined_relations, share_an_object_of_several_rows) {
  const auto found = sync_wait(books().with(joined(&Book::author)).all());
  EXPECT_EQ(found[0].author.get(), found[1].author.get());
  EXPECT_NE(found[0].author.get(), found[3].author.get());
}
TEST_P(joined_relations, leave_out_soft_deleted_rows) {
  sync_wait(db.erase<Book>().where(col<&Book::id> == a).run());
  const auto found = sync_wait(db.query<Review>().order_by(col<&Review::id>).with(joined(&Review::book)).all());
  ASSERT_EQ(found.size(), 5U);
  EXPECT_EQ(found[0].book.get(), nullptr);
  EXPECT_EQ(found[1].book->title, "C");
}
TEST_P(joined_relations, are_several_in_one_statement_beside_others_that_are_not) {
  std::vector<Review> found;
  EXPECT_EQ(statements_of([&] {
              found = sync_wait(db.query<Review>()
                                    .order_by(col<&Review::stars>)
                                    .with(joined(&Review::book), &Book::author)
                                    .with(&Review::book, &Book::labels)
                                    .all());
            }),
            3U);
  EXPECT_EQ(found[0].book->title, "C");
  EXPECT_EQ(found[0].book->author->name, "ada");
  EXPECT_EQ(found[1].book->labels.size(), 1U);
}
TEST_P(joined_relations, go_with_every_verb) {
  EXPECT_EQ(sync_wait(books().with(joined(&Book::author)).first())->author->name, "ada");
  EXPECT_EQ(sync_wait(books().where(col<&Book::title> == "D").with(joined(&Book::author)).one()).author->name, "bob");
  EXPECT_THROW(sync_wait(books().with(joined(&Book::author)).one()), too_many_rows);
  EXPECT_EQ(sync_wait(db.get<Book>(d).with(joined(&Book::author))).author->name, "bob");
  EXPECT_EQ(sync_wait(db.find<Book>(d).with(joined(&Book::author)))->author->name, "bob");
  const auto page = sync_wait(books().with(joined(&Book::author)).page(2, 2));
  EXPECT_EQ(page.total, 5);
  EXPECT_EQ(page.items[1].author->name, "bob");
  EXPECT_EQ(sync_wait(books().with(joined(&Book::author)).count()), 5);
  run([&]() -> task<void> {
    auto rows = books().with(joined(&Book::author)).stream();
    std::size_t seen = 0;
    while (const Book* book = co_await rows.next()) seen += book->author.loaded() ? 1 : 0;
    EXPECT_EQ(seen, 5U);
  });
}
TEST_P(joined_relations, are_loaded_apart_where_a_function_narrows_them) {
  const auto found = sync_wait(books()
                                   .with(joined(&Book::author))
                                   .with(&Book::author, [](auto& q) { q.where(col<&Author::name> == "bob"); })
                                   .all());
  EXPECT_EQ(found[0].author.get(), nullptr);
  EXPECT_EQ(found[3].author->name, "bob");
}
TEST_P(joined_relations, go_with_joins_conditions_and_limits_of_the_query) {
  const auto found = sync_wait(books()
                                   .join<Author>(col<&Author::id> == col<&Book::author_id>)
                                   .where(col<&Author::name> == "ada")
                                   .with(joined(&Book::author))
                                   .limit(2)
                                   .all());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1].author->name, "ada");
  EXPECT_EQ(sync_wait(books().where_has(&Book::reviews).with(joined(&Book::author)).all()).size(), 3U);
}
TEST_P(joined_relations, keep_what_a_thousand_rows_hold) {
  std::vector<Book> more;
  for (int i = 0; i < 1000; ++i)
    more.push_back({.author_id = i % 3 ? ada : bob, .title = std::string(40, 'x'), .pages = i});
  sync_wait(db.insert(more));
  const auto found = sync_wait(db.query<Book>().where(col<&Book::id> >= more[0].id).with(joined(&Book::author)).all());
  ASSERT_EQ(found.size(), 1000U);
  EXPECT_TRUE(std::all_of(found.begin(), found.end(), [](const Book& book) {
    return book.title.size() == 40 && book.author->name == (book.pages % 3 ? "ada" : "bob");
  }));
}

}  // namespace
}  // namespace tupelo::conformance::library
