// SPDX-License-Identifier: Apache-2.0
// Records: whose keys the program gives, and that are marked as deleted.
#include "backend.hpp"

#include <tupelo/record.hpp>
#include <tupelo/engine/events.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace tupelo::conformance::records {
namespace {

struct Shelfmark : record<Shelfmark> {
  std::string code{};
  int places{};
  int taken{};

  static void model(tupelo::model<Shelfmark>& m) { m.primary_key(&Shelfmark::code); }
};

struct Volume : record<Volume> {
  std::string isbn{};
  std::string shelf{};
  std::string title{};
  timestamps times{};
  soft_deletes removal{};

  static void model(tupelo::model<Volume>& m) {
    m.primary_key(&Volume::isbn);
    m.foreign_key(&Volume::shelf).references<Shelfmark>().counter(&Shelfmark::taken);
  }
};

struct Edition : record<Edition> {
  std::string isbn{};
  int number{};
  std::string cover{};
  int version{};

  static void model(tupelo::model<Edition>& m) {
    m.primary_key(&Edition::isbn, &Edition::number);
    m.version(&Edition::version);
  }
};

/// A key that the database gives.
struct Leaflet : record<Leaflet> {
  std::int64_t id{};
  std::string text{};
  int version{};
  timestamps times{};
  soft_deletes removal{};

  static void model(tupelo::model<Leaflet>& m) { m.version(&Leaflet::version); }
};

class records_with_given_keys : public conformance_test {
protected:
  records_with_given_keys() { create<Shelfmark, Volume, Edition, Leaflet>(); }
  void SetUp() override {
    Shelfmark a{.code = "A", .places = 9}, b{.code = "B", .places = 9};
    sync_wait(a.save(db));
    sync_wait(b.save(db));
  }
  int taken(const char* shelf) { return sync_wait(db.get<Shelfmark>(shelf)).taken; }
  Volume stored() { return sync_wait(db.get<Volume>("1")); }

  Volume first{.isbn = "1", .shelf = "A", .title = "one"};
};
TUPELO_CONFORMANCE_SUITE(records_with_given_keys);

TEST_P(records_with_given_keys, are_inserted_where_there_is_no_row_and_else_written) {
  sync_wait(first.save(db));
  Volume again{.isbn = "1", .shelf = "A", .title = "two"};
  sync_wait(again.save(db));
  EXPECT_EQ(stored().title, "two");
  EXPECT_EQ(sync_wait(Volume::query(db).count()), 1);
}
TEST_P(records_with_given_keys, are_saved_in_a_transaction_that_begins_to_read) {
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin(transaction_mode::deferred);
    co_await first.save(held);
    co_await first.save(held);
    co_await held.commit();
  });
  EXPECT_EQ(stored().title, "one");
}
TEST_P(records_with_given_keys, keep_the_counters_of_what_they_belong_to) {
  sync_wait(first.save(db));
  EXPECT_EQ(taken("A"), 1);
  sync_wait(first.save(db));
  EXPECT_EQ(taken("A"), 1);
  Volume moved{.isbn = "1", .shelf = "B"};
  sync_wait(moved.save(db));
  EXPECT_EQ(taken("A"), 0);
  EXPECT_EQ(taken("B"), 1);
}
TEST_P(records_with_given_keys, keep_the_mark_of_a_row_that_was_removed) {
  sync_wait(first.save(db));
  sync_wait(first.remove(db));
  Volume again{.isbn = "1", .shelf = "A", .title = "two"};
  sync_wait(again.save(db));
  EXPECT_EQ(sync_wait(Volume::query(db).count()), 0);
  EXPECT_EQ(stored().title, "two");
  EXPECT_TRUE(again.removal.deleted_at.has_value()) << "the object says so too";
  EXPECT_EQ(taken("A"), 0);
}
TEST_P(records_with_given_keys, keep_the_time_when_the_row_was_made) {
  sync_wait(first.save(db));
  Volume again{.isbn = "1", .shelf = "A", .title = "two"};
  sync_wait(again.save(db));
  EXPECT_EQ(again.times.created_at, first.times.created_at);
  EXPECT_EQ(stored().times.created_at, first.times.created_at);
}
TEST_P(records_with_given_keys, tell_of_objects) {
  std::vector<std::string> told;
  db.events()
      .on<Volume>(event::creating, [&](Volume&) { told.push_back("creating"); })
      .on<Volume>(event::created, [&](Volume&) { told.push_back("created"); })
      .on<Volume>(event::updating, [&](Volume&) { told.push_back("updating"); })
      .on<Volume>(event::saved, [&](Volume&) { told.push_back("saved"); });
  sync_wait(first.save(db));
  sync_wait(first.save(db));
  EXPECT_EQ(told, (std::vector<std::string>{"creating", "created", "saved", "updating", "saved"}));
}
TEST_P(records_with_given_keys, are_written_by_their_version) {
  Edition mine{.isbn = "1", .number = 2, .cover = "red"};
  sync_wait(mine.save(db));
  EXPECT_EQ(mine.version, 1);
  Edition theirs = sync_wait(db.get<Edition>("1", 2));
  theirs.cover = "blue";
  sync_wait(theirs.save(db));
  EXPECT_EQ(theirs.version, 2);
  mine.cover = "green";
  EXPECT_THROW(sync_wait(mine.save(db)), stale_row);
  EXPECT_EQ(mine.version, 1);
  EXPECT_EQ(sync_wait(db.get<Edition>("1", 2)).cover, "blue");
}
TEST_P(records_with_given_keys, that_were_never_read_are_stale_where_there_is_a_row) {
  Edition there{.isbn = "1", .number = 2};
  sync_wait(there.save(db));
  Edition unread{.isbn = "1", .number = 2, .cover = "red"};
  EXPECT_THROW(sync_wait(unread.save(db)), stale_row);
  EXPECT_EQ(unread.version, 0);
  EXPECT_EQ(sync_wait(db.get<Edition>("1", 2)).cover, "");
}
TEST_P(records_with_given_keys, can_be_saved_again_after_a_failure) {
  bool refuses = true;
  db.events().on<Edition>(event::created, [&](Edition&) {
    if (refuses) throw std::runtime_error("not now");
  });
  Edition mine{.isbn = "1", .number = 2};
  EXPECT_THROW(sync_wait(mine.save(db)), std::runtime_error);
  EXPECT_EQ(mine.version, 0);
  refuses = false;
  sync_wait(mine.save(db));
  EXPECT_EQ(sync_wait(Edition::query(db).count()), 1);
}
TEST_P(records_with_given_keys, stay_saved_where_what_follows_the_commit_fails) {
  db.events().on<Edition>(event::created,
                          [](Edition&, lease& in) { in.after_commit([] { throw std::runtime_error("no mail"); }); });
  Edition mine{.isbn = "1", .number = 2};
  EXPECT_THROW(sync_wait(mine.save(db)), std::runtime_error);
  EXPECT_EQ(mine.version, 1);
  EXPECT_EQ(sync_wait(Edition::query(db).count()), 1);
}
TEST_P(records_with_given_keys, that_were_marked_are_as_their_rows) {
  Leaflet leaflet{.text = "one"};
  sync_wait(leaflet.save(db));
  sync_wait(leaflet.remove(db));
  const Leaflet row = sync_wait(db.get<Leaflet>(leaflet.id));
  EXPECT_EQ(leaflet.version, 2);
  EXPECT_EQ(row.version, 2);
  EXPECT_TRUE(row.removal.deleted_at.has_value());
  EXPECT_EQ(leaflet.removal.deleted_at, row.removal.deleted_at);
  EXPECT_EQ(leaflet.times.updated_at, row.times.updated_at);
}
TEST_P(records_with_given_keys, that_were_marked_are_saved_and_stay_so) {
  Leaflet leaflet{.text = "one"};
  sync_wait(leaflet.save(db));
  sync_wait(leaflet.remove(db));
  leaflet.text = "two";
  sync_wait(leaflet.save(db));
  EXPECT_EQ(sync_wait(db.get<Leaflet>(leaflet.id)).text, "two");
  EXPECT_EQ(sync_wait(Leaflet::query(db).count()), 0);
}
TEST_P(records_with_given_keys, whose_removal_is_undone_are_not_marked) {
  db.events().on<Leaflet>(event::deleted, [](Leaflet&) { throw std::runtime_error("not now"); });
  Leaflet leaflet{.text = "one"};
  sync_wait(leaflet.save(db));
  EXPECT_THROW(sync_wait(leaflet.remove(db)), std::runtime_error);
  EXPECT_EQ(leaflet.version, 1);
  EXPECT_FALSE(leaflet.removal.deleted_at.has_value());
  leaflet.text = "two";
  sync_wait(leaflet.save(db));
  EXPECT_EQ(sync_wait(Leaflet::query(db).one()).text, "two");
}
TEST_P(records_with_given_keys, go_with_the_transaction_around) {
  auto s = db.session();
  sync_wait(s.begin());
  sync_wait(first.save(s));
  EXPECT_EQ(sync_wait(s.query<Volume>().count()), 1);
  sync_wait(s.rollback());
  EXPECT_EQ(sync_wait(db.query<Volume>().count()), 0);
}

}  // namespace
}  // namespace tupelo::conformance::records
