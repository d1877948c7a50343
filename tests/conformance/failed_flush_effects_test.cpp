// SPDX-License-Identifier: Apache-2.0
// What the removal of rows does to objects that name them, around flushes that fail.
#include "press.hpp"

#include <tupelo/engine/events.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

class emptied_keys : public conformance_test {
protected:
  emptied_keys() {
    create<PressWriter, PressBook, PressCover, PressDesk, PressTopic, PressBookTopic>();
    favourite = s.add(PressBook{.name = "favourite"});
    sync_wait(s.commit());
    writer = s.add(PressWriter{.name = "writer", .favourite_id = favourite->id});
    writer->books.add(PressBook{.name = "first"});
    writer->books.add(PressBook{.name = "second"});
    sync_wait(s.commit());
    writer->books.remove(writer->books[0]);
    sync_wait(s.flush());
  }
  session s = db.session();
  ref<PressWriter> writer;
  ref<PressBook> favourite;
};
TUPELO_CONFORMANCE_SUITE(emptied_keys);

TEST_P(emptied_keys, leave_what_belongs_to_the_object_loaded) {
  s.remove(favourite);
  sync_wait(s.flush());
  EXPECT_EQ(writer->favourite_id, std::nullopt);
  ASSERT_TRUE(writer->books.loaded());
  ASSERT_EQ(writer->books.size(), std::size_t{1});
  EXPECT_EQ(writer->books[0].name, "second");
}
TEST_P(emptied_keys, lose_nothing_that_was_added_when_the_flush_fails_behind_them) {
  bool refuses = true;
  db.events().on<PressBook>(event::created, [&](PressBook&) {
    if (refuses) throw vetoed("no");
  });
  s.remove(favourite);
  writer->books.add(PressBook{.name = "third"});
  EXPECT_THROW(sync_wait(s.flush()), vetoed);
  refuses = false;
  sync_wait(s.commit());
  EXPECT_EQ(writer->books_count, 2);
  EXPECT_EQ(sync_wait(db.query<PressBook>().where(col<&PressBook::writer_id> == writer->id).count()), 2);
  EXPECT_EQ(sync_wait(db.query<PressWriter>().one()).books_count, 2);
}

class late_refusals : public conformance_test {
protected:
  late_refusals() {
    create<PressWriter, PressBook, PressCover, PressDesk, PressTopic, PressBookTopic>();
    writer = s.add(PressWriter{.name = "writer"});
    for (const char* name : {"first", "second", "third"}) writer->books.add(PressBook{.name = name});
    sync_wait(s.commit());
    s.remove(sync_wait(s.get<PressBook>(writer->books[0].id)));
    db.events().on<PressTopic>(event::created, [](PressTopic&) { throw vetoed("no"); });
  }
  /// Of what was written by then.
  void fail() {
    const auto refused = s.add(PressTopic{.name = "refused"});
    EXPECT_THROW(sync_wait(s.flush()), vetoed);
    s.expunge(refused);
  }
  void expect_books_in_the_end(const std::vector<std::string>& names) {
    sync_wait(s.commit());
    const auto by_writer = col<&PressBook::writer_id> == writer->id;
    const auto stored = sync_wait(db.query<PressBook>().where(by_writer).order_by(col<&PressBook::name>.asc()).all());
    std::vector<std::string> found;
    for (const PressBook& each : stored) found.push_back(each.name);
    EXPECT_EQ(found, names);
    EXPECT_EQ(writer->books_count, static_cast<int>(names.size()));
  }
  session s = db.session();
  ref<PressWriter> writer;
};
TUPELO_CONFORMANCE_SUITE(late_refusals);

TEST_P(late_refusals, lose_nothing_that_was_added_where_another_row_is_removed) {
  writer->books.add(PressBook{.name = "new"});
  fail();
  expect_books_in_the_end({"new", "second", "third"});
}
TEST_P(late_refusals, lose_nothing_that_was_taken_out_where_another_row_is_removed) {
  writer->books.remove(writer->books[1]);
  fail();
  expect_books_in_the_end({"third"});
}
TEST_P(late_refusals, lose_nothing_that_was_added_where_a_handler_has_loaded_the_rest) {
  writer->books.add(PressBook{.name = "new"});
  int loads = 0;
  db.events().on<PressBook>(event::created, [&](PressBook&, lease& in) -> task<void> {
    ++loads;
    co_await in.load(writer, &PressWriter::books);
  });
  fail();
  EXPECT_EQ(loads, 1);
  expect_books_in_the_end({"new", "second", "third"});
}

struct Lodger;
struct LodgerBag;
struct Inn {
  std::int64_t id{};
  std::string code{};

  static void model(tupelo::model<Inn>& m) { m.unique(&Inn::code); }
};
struct Lodger {
  std::int64_t id{};
  std::int64_t inn_id{};
  belongs_to<Inn> inn{};
  has_many<LodgerBag> bags{};

  static void model(tupelo::model<Lodger>& m) {
    m.belongs_to(&Lodger::inn, &Lodger::inn_id).on_delete(cascade);
    m.has_many(&Lodger::bags, "lodger_id");
  }
};
struct LodgerBag {
  std::int64_t id{};
  std::int64_t lodger_id{};
  belongs_to<Lodger> lodger{};

  static void model(tupelo::model<LodgerBag>& m) {
    m.belongs_to(&LodgerBag::lodger, &LodgerBag::lodger_id).on_delete(cascade);
  }
};

/// A row is removed, another one takes its unique code, and a failed flush has made one flush of it.
class rows_in_the_way : public conformance_test {
protected:
  rows_in_the_way() {
    create<Inn, Lodger, LodgerBag>();
    old = s.add(Inn{.code = "x"});
    sync_wait(s.commit());
  }
  void fail() {
    auto lost = s.add(Lodger{.inn_id = 999'999});
    EXPECT_THROW(sync_wait(s.flush()), foreign_key_violation);
    s.expunge(lost);
  }
  void take_over() {
    s.remove(old);
    fail();
    s.add(Inn{.code = "x"});
  }
  void expect_one_inn_alone() {
    sync_wait(s.commit());
    EXPECT_EQ(sync_wait(db.query<Inn>().count()), 1);
    EXPECT_EQ(sync_wait(db.query<Lodger>().count()), 0);
    EXPECT_EQ(sync_wait(db.query<LodgerBag>().count()), 0);
    EXPECT_EQ(s.size(), std::size_t{1});
  }
  session s = db.session();
  ref<Inn> old;
};
TUPELO_CONFORMANCE_SUITE(rows_in_the_way);

TEST_P(rows_in_the_way, take_along_new_objects_that_name_them) {
  s.add(Lodger{.inn_id = old->id});
  sync_wait(s.flush());
  take_over();
  expect_one_inn_alone();
}
TEST_P(rows_in_the_way, take_along_what_an_undone_transaction_had_inserted) {
  s.add(Lodger{.inn = old});
  sync_wait(s.flush());
  take_over();
  expect_one_inn_alone();
}
TEST_P(rows_in_the_way, take_along_what_would_go_with_these) {
  auto lodger = s.add(Lodger{.inn_id = old->id});
  lodger->bags.add(LodgerBag{});
  s.add(LodgerBag{.lodger = lodger});
  sync_wait(s.flush());
  take_over();
  fail();
  expect_one_inn_alone();
}
TEST_P(rows_in_the_way, refuse_what_was_never_inserted) {
  take_over();
  auto lodger = s.add(Lodger{.inn_id = old->id});
  EXPECT_THROW(sync_wait(s.commit()), foreign_key_violation);
  s.expunge(lodger);
  expect_one_inn_alone();
}
TEST_P(rows_in_the_way, refuse_what_was_never_inserted_of_what_goes_with_them) {
  auto lodger = s.add(Lodger{.inn_id = old->id});
  sync_wait(s.flush());
  take_over();
  auto bag = s.add(LodgerBag{.lodger = lodger});
  EXPECT_THROW(sync_wait(s.commit()), query_error);
  s.expunge(bag);
  expect_one_inn_alone();
}

}  // namespace
}  // namespace tupelo::conformance
