// SPDX-License-Identifier: Apache-2.0
// Writes that read other tables.
#include "library.hpp"

#include <optional>

namespace tupelo::conformance::library {
namespace {

struct Shelf {
  std::int64_t id{};
  std::string title{};
  std::optional<std::string> writer{};
  int pages{};

  static void model(tupelo::model<Shelf>& m) { m.table("shelf"); }
};
struct Clipping {
  std::int64_t id{};
  std::string title{};
  timestamp created_at{}, updated_at{};
  int version{};

  static void model(tupelo::model<Clipping>& m) {
    m.timestamps(&Clipping::created_at, &Clipping::updated_at);
    m.version(&Clipping::version);
  }
};
struct Written {
  std::int64_t author_id{};
  std::int64_t pages{};
};

constexpr auto title = col<&Book::title>;
constexpr auto pages = col<&Book::pages>;
constexpr auto author_id = col<&Book::author_id>;
constexpr auto author = col<&Author::id>;
constexpr auto author_name = col<&Author::name>;

class write_from : public library_test {
protected:
  std::string shelf() {
    std::string all;
    for (const Shelf& each : sync_wait(db.query<Shelf>().order_by(col<&Shelf::title>).all())) {
      all += each.title + ":" + each.writer.value_or("-") + ":" + std::to_string(each.pages) + " ";
    }
    return all;
  }
};
TUPELO_CONFORMANCE_SUITE(write_from);

TEST_P(write_from, the_rows_of_a_query_are_inserted) {
  create<Shelf>();
  const auto rows =
      query<Book>()
          .left_join<Author>(author_id == author)
          .where(pages > 60)
          .select<std::tuple<std::string, std::optional<std::string>, int>>(title, author_name, pages + 1);
  EXPECT_EQ(sync_wait(db.insert_from<Shelf>(rows, col<&Shelf::title>, col<&Shelf::writer>, col<&Shelf::pages>)), 4);
  EXPECT_EQ(shelf(), "A:ada:301 B:ada:101 C:ada:101 D:bob:201 ");
  const auto more =
      query<Book>()
          .where(title == "E")
          .select(title, pages)
          .union_all(query<Author>()
                         .where(author_name == "cyd")
                         .select<std::tuple<std::string, int>>(author_name, cast<int>(length(author_name))));
  EXPECT_EQ(sync_wait(db.insert_from<Shelf>(more, col<&Shelf::title>, col<&Shelf::pages>)), 2);
  EXPECT_EQ(sync_wait(db.query<Shelf>().count()), 6);
}
TEST_P(write_from, inserted_rows_get_their_times_and_version_as_objects_do) {
  create<Clipping>();
  const timestamp before = timestamp::now();
  const auto made =
      sync_wait(db.insert_from<Clipping>(query<Book>().order_by(title).limit(1).select(title), col<&Clipping::title>)
                    .returning());
  ASSERT_EQ(made.size(), 1U);
  EXPECT_GE(made[0].created_at, before);
  EXPECT_EQ(made[0].updated_at, made[0].created_at);
  EXPECT_EQ(made[0].version, 1);
  const auto rows = query<Author>().select(author_name).distinct().union_all(query<Book>().select(title));
  EXPECT_EQ(sync_wait(db.insert_from<Clipping>(rows, col<&Clipping::title>)), 8);
  EXPECT_EQ(sync_wait(db.insert_from<Clipping>(query<Book>().group_by(author_id).select(max(title)).distinct(),
                                               col<&Clipping::title>)),
            3);
  EXPECT_EQ(sync_wait(db.query<Clipping>().where(col<&Clipping::created_at> >= before).count()), 12);
}
TEST_P(write_from, a_time_or_version_that_is_selected_is_kept) {
  create<Clipping>();
  const timestamp then = timestamp::from_seconds(1);
  Clipping old{.title = "old", .created_at = then, .version = 7};
  sync_wait(db.insert(old));
  const auto rows = query<Clipping>().select(concat(col<&Clipping::title>, "er"), col<&Clipping::created_at>,
                                             col<&Clipping::version>);
  EXPECT_EQ(sync_wait(db.insert_from<Clipping>(rows, col<&Clipping::title>, col<&Clipping::created_at>,
                                               col<&Clipping::version>)),
            1);
  const Clipping copied = sync_wait(db.query<Clipping>().where(col<&Clipping::title> == "older").one());
  EXPECT_EQ(copied.created_at, then);
  EXPECT_GT(copied.updated_at, then);
  EXPECT_EQ(copied.version, 7);
}
TEST_P(write_from, an_update_reads_another_table) {
  const auto query = db.update<Book>()
                         .join<Author>(author_id == author)
                         .set(title, concat(title, " by ", author_name))
                         .where(author_name == "ada" && pages > 100);
  EXPECT_EQ(sync_wait(query.run()), 1);
  EXPECT_EQ(titles(sync_wait(books().all())), "A by adaBCDE");
}
TEST_P(write_from, an_update_gives_the_rows_it_wrote) {
  const auto changed = sync_wait(db.update<Book>()
                                     .join<Author>(author_id == author)
                                     .set(pages, pages * 2)
                                     .where(author_name == "bob")
                                     .returning());
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_EQ(changed[0].id, d);
  EXPECT_EQ(changed[0].pages, 400);
}
TEST_P(write_from, an_update_reads_a_query_and_its_own_table) {
  const auto totals = derived("totals", query<Book>()
                                            .where(author_id.is_not_null())
                                            .group_by(author_id)
                                            .select<Written>(coalesce(author_id, 0), sum(pages)));
  EXPECT_EQ(sync_wait(db.update<Book>()
                          .join(totals, totals(&Written::author_id) == author_id)
                          .set(pages, cast<int>(totals(&Written::pages)))
                          .where(title != "A")
                          .run()),
            3);
  EXPECT_EQ(sync_wait(db.query<Book>().where(pages == 500).count()), 2);
  const auto other = alias<Book>("other");
  EXPECT_EQ(sync_wait(db.update<Book>()
                          .join(other, other(&Book::title) == "E")
                          .set(pages, other(&Book::pages))
                          .where(title == "A")
                          .run()),
            1);
  EXPECT_EQ(sync_wait(db.query<Book>().where(title == "A").one()).pages, 50);
}
TEST_P(write_from, soft_deleted_rows_are_not_read) {
  sync_wait(db.erase<Book>().where(title == "E").run());
  const auto other = alias<Book>("other");
  EXPECT_EQ(sync_wait(db.update<Book>().join(other, other(&Book::title) == "E").set(pages, 1).all_rows().run()), 0);
}
TEST_P(write_from, rows_are_erased_by_another_table) {
  EXPECT_EQ(sync_wait(db.erase<Review>()
                          .join<Book>(col<&Review::book_id> == col<&Book::id>)
                          .where(author_id == ada && col<&Review::stars> < 5)
                          .run()),
            3);
  const auto book = alias<Book>("book");
  const auto gone = sync_wait(db.erase<Review>()
                                  .join(book, col<&Review::book_id> == book(&Book::id))
                                  .where(book(&Book::title) == "D")
                                  .returning());
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(gone[0].stars, 2);
  EXPECT_EQ(sync_wait(db.query<Review>().count()), 1);
}
TEST_P(write_from, rows_are_marked_as_deleted_by_another_table) {
  EXPECT_EQ(sync_wait(db.erase<Book>().join<Author>(author_id == author).where(author_name == "ada").run()), 3);
  EXPECT_EQ(titles(sync_wait(books().all())), "DE");
  sync_wait(db.erase<Review>().all_rows().run());
  sync_wait(db.erase<Mark>().all_rows().run());
  EXPECT_EQ(
      sync_wait(db.erase<Book>().permanently().join<Author>(author_id == author).where(author_name == "ada").run()), 3);
  EXPECT_EQ(sync_wait(db.query<Book>().with_deleted().count()), 2);
}
TEST_P(write_from, rows_are_erased_by_a_common_table) {
  const auto thick =
      cte("thick", query<Book>().where(pages > 100).select<Written>(col<&Book::id>, cast<std::int64_t>(pages)));
  EXPECT_EQ(
      sync_wait(db.erase<Review>().join(thick, thick(&Written::author_id) == col<&Review::book_id>).all_rows().run()),
      4);
}

}  // namespace
}  // namespace tupelo::conformance::library
