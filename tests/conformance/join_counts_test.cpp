// SPDX-License-Identifier: Apache-2.0
// What the model of a join table asks for where its rows come and go as connections: values of every new row, counters
// and times of the rows that it connects.
#include "ledger.hpp"

#include <tupelo/engine/events.hpp>

namespace tupelo::conformance {
namespace {

struct Ribbon;
struct Beribboned;
struct DatedTie;
struct RankedTie;
struct Bouquet {
  std::int64_t id{};
  std::string name{};
  int labels_now{};
  many_to_many<Ribbon, Beribboned> labels{};
  many_to_many<Ribbon, DatedTie> stamps{};
  many_to_many<Ribbon, RankedTie> numbers{};

  static void model(tupelo::model<Bouquet>& m) {
    m.many_to_many(&Bouquet::labels, "labelled", "page_id", "label_id");
    m.many_to_many(&Bouquet::stamps, "stamped", "page_id", "label_id");
    m.many_to_many(&Bouquet::numbers, "numbered", "page_id", "label_id");
  }
};
struct Ribbon {
  std::int64_t id{};
  std::string name{};
  int uses{};
  timestamp created_at{}, updated_at{};
  many_to_many<Bouquet> pages{};

  static void model(tupelo::model<Ribbon>& m) {
    m.timestamps(&Ribbon::created_at, &Ribbon::updated_at);
    m.many_to_many(&Ribbon::pages, "labelled", "label_id", "page_id");
  }
};
struct Beribboned {
  std::int64_t page_id{}, label_id{};
  std::optional<std::int64_t> by_id{};

  static void model(tupelo::model<Beribboned>& m) {
    m.table("labelled");
    m.primary_key(&Beribboned::page_id, &Beribboned::label_id);
    m.foreign_key(&Beribboned::label_id).references<Ribbon>().on_delete(cascade).counter(&Ribbon::uses).touch();
    m.foreign_key(&Beribboned::page_id).references<Bouquet>().on_delete(cascade).counter(&Bouquet::labels_now);
  }
};
struct DatedTie {
  uuid id{};
  std::int64_t page_id{}, label_id{};
  timestamp created_at{}, updated_at{};

  static void model(tupelo::model<DatedTie>& m) {
    m.table("stamped");
    m.timestamps(&DatedTie::created_at, &DatedTie::updated_at);
    m.unique(&DatedTie::page_id, &DatedTie::label_id);
  }
};
struct RankedTie {
  std::int64_t id{};
  std::int64_t page_id{}, label_id{};
  int version{};
  int weight = 7;
  std::string note{};
  std::string role{};

  static void model(tupelo::model<RankedTie>& m) {
    m.table("numbered");
    m.version(&RankedTie::version);
    m.unique(&RankedTie::page_id, &RankedTie::label_id);
    m.column(&RankedTie::role).default_value("reader");
  }
};

class filled_join_rows : public conformance_test {
protected:
  filled_join_rows() {
    create<Bouquet, Ribbon, Beribboned, DatedTie, RankedTie>();
    sync_wait(db.insert(page));
    sync_wait(db.insert(labels));
  }
  int uses(std::size_t i) { return sync_wait(db.get<Ribbon>(labels[i].id)).uses; }
  int on_page() { return sync_wait(db.get<Bouquet>(page.id)).labels_now; }

  Bouquet page{.name = "home"};
  std::vector<Ribbon> labels{{.name = "a"}, {.name = "b"}, {.name = "c"}};
};
TUPELO_CONFORMANCE_SUITE(filled_join_rows);

TEST_P(filled_join_rows, have_times_and_a_uuid_of_their_own) {
  sync_wait(db.attach(page, &Bouquet::stamps, labels));
  const auto rows = sync_wait(db.query<DatedTie>().all());
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_NE(rows[0].created_at.us, 0);
  EXPECT_NE(rows[0].updated_at.us, 0);
  EXPECT_NE(rows[0].id, rows[1].id);
}
TEST_P(filled_join_rows, have_a_version_defaults_of_the_column_and_else_those_of_the_struct) {
  sync_wait(db.sync(page, &Bouquet::numbers, labels[0]));
  const RankedTie row = sync_wait(db.query<RankedTie>().one());
  EXPECT_EQ(row.version, 1);
  EXPECT_EQ(row.weight, 7);
  EXPECT_EQ(row.note, "");
  EXPECT_EQ(row.role, "reader");
}
TEST_P(filled_join_rows, come_and_go_by_toggle) {
  sync_wait(db.toggle(page, &Bouquet::stamps, labels));
  const auto changes = sync_wait(db.toggle(page, &Bouquet::stamps, labels));
  EXPECT_EQ(changes.detached, 3);
}
TEST_P(filled_join_rows, are_like_the_row_that_sync_and_toggle_are_given) {
  sync_wait(db.sync(page, &Bouquet::numbers, labels[0], RankedTie{.weight = 1, .note = "first"}));
  sync_wait(db.sync(page, &Bouquet::numbers, labels, RankedTie{.weight = 2, .note = "later"}));
  EXPECT_EQ(sync_wait(db.query<RankedTie>().where(col<&RankedTie::note> == "first").count()), 1);
  EXPECT_EQ(sync_wait(db.query<RankedTie>().where(col<&RankedTie::weight> == 2).count()), 2);
  sync_wait(db.toggle(page, &Bouquet::numbers, labels[0]));
  sync_wait(db.toggle(page, &Bouquet::numbers, labels[0], RankedTie{.note = "again"}));
  EXPECT_EQ(sync_wait(db.query<RankedTie>().where(col<&RankedTie::note> == "again").one()).version, 1);
}
TEST_P(filled_join_rows, are_written_by_a_session) {
  auto s = db.session();
  auto found = sync_wait(s.get<Bouquet>(page.id));
  found->stamps.add(sync_wait(s.get<Ribbon>(labels[0].id)));
  found->stamps.add(Ribbon{.name = "new"});
  sync_wait(s.commit());
  const auto rows = sync_wait(db.query<DatedTie>().all());
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_NE(rows[0].created_at.us, 0);
}

// ---- counters

class counted_join_rows : public filled_join_rows {};
TUPELO_CONFORMANCE_SUITE(counted_join_rows);

TEST_P(counted_join_rows, are_counted_when_they_are_attached_once) {
  EXPECT_EQ(sync_wait(db.attach(page, &Bouquet::labels, labels)), 3);
  EXPECT_EQ(sync_wait(db.attach(page, &Bouquet::labels, labels[0].id)), 0);
  EXPECT_EQ(uses(0), 1);
  EXPECT_EQ(uses(2), 1);
  EXPECT_EQ(on_page(), 3);
}
TEST_P(counted_join_rows, are_counted_with_a_row_of_their_own) {
  sync_wait(db.attach(page, &Bouquet::labels, labels, Beribboned{.by_id = 5}));
  EXPECT_EQ(uses(1), 1);
  EXPECT_EQ(on_page(), 3);
}
TEST_P(counted_join_rows, are_counted_from_the_other_side) {
  sync_wait(db.attach(labels[0], &Ribbon::pages, page));
  EXPECT_EQ(uses(0), 1);
  EXPECT_EQ(on_page(), 1);
}
TEST_P(counted_join_rows, count_less_when_they_are_detached) {
  sync_wait(db.attach(page, &Bouquet::labels, labels));
  sync_wait(db.detach(page, &Bouquet::labels, labels[0]));
  EXPECT_EQ(uses(0), 0);
  EXPECT_EQ(on_page(), 2);
  sync_wait(db.detach(page, &Bouquet::labels));
  EXPECT_EQ(uses(1), 0);
  EXPECT_EQ(uses(2), 0);
  EXPECT_EQ(on_page(), 0);
}
TEST_P(counted_join_rows, are_counted_by_sync_and_toggle) {
  sync_wait(db.sync(page, &Bouquet::labels, std::vector<std::int64_t>{labels[0].id, labels[1].id}));
  sync_wait(db.sync(page, &Bouquet::labels, std::vector<std::int64_t>{labels[1].id, labels[2].id}));
  EXPECT_EQ(uses(0), 0);
  EXPECT_EQ(uses(1), 1);
  EXPECT_EQ(on_page(), 2);
  sync_wait(db.toggle(page, &Bouquet::labels, labels));
  EXPECT_EQ(uses(0), 1);
  EXPECT_EQ(uses(1), 0);
  EXPECT_EQ(on_page(), 1);
}
TEST_P(counted_join_rows, touch_what_they_connect_alone) {
  const timestamp long_ago = timestamp::parse("2001-01-01 00:00:00");
  sync_wait(db.attach(page, &Bouquet::labels, labels[0]));
  sync_wait(db.update<Ribbon>().set(col<&Ribbon::updated_at>, long_ago).all_rows().run());
  sync_wait(db.sync(page, &Bouquet::labels, std::vector<std::int64_t>{labels[0].id, labels[1].id}));
  EXPECT_EQ(sync_wait(db.get<Ribbon>(labels[0].id)).updated_at, long_ago);
  EXPECT_NE(sync_wait(db.get<Ribbon>(labels[1].id)).updated_at, long_ago);
}
TEST_P(counted_join_rows, of_a_session_are_counted_in_its_objects_too) {
  auto s = db.session();
  auto found = sync_wait(s.get<Bouquet>(page.id));
  auto label = sync_wait(s.get<Ribbon>(labels[0].id));
  found->labels.add(label);
  found->labels.add(Ribbon{.name = "new"});
  sync_wait(s.commit());
  EXPECT_EQ(uses(0), 1);
  EXPECT_EQ(on_page(), 2);
  EXPECT_EQ(label->uses, 1);
  EXPECT_EQ(found->labels_now, 2);
  sync_wait(s.load(found, &Bouquet::labels));
  found->labels.remove_if([](const Ribbon& each) { return each.name == "a"; });
  sync_wait(s.commit());
  EXPECT_EQ(uses(0), 0);
  EXPECT_EQ(label->uses, 0);
  EXPECT_EQ(found->labels_now, 1);
}
TEST_P(counted_join_rows, are_counted_once_after_a_flush_that_failed) {
  auto s = db.session();
  auto found = sync_wait(s.get<Bouquet>(page.id));
  found->labels.add(sync_wait(s.get<Ribbon>(labels[0].id)));
  sync_wait(s.flush());
  auto wrong = s.add(Beribboned{.page_id = 999'999, .label_id = labels[0].id});
  EXPECT_THROW(sync_wait(s.commit()), foreign_key_violation);
  s.expunge(wrong);
  sync_wait(s.commit());
  EXPECT_EQ(uses(0), 1);
  EXPECT_EQ(found->labels_now, 1);
  EXPECT_EQ(on_page(), 1);
}
TEST_P(counted_join_rows, are_as_many_as_recount_finds) {
  sync_wait(db.attach(page, &Bouquet::labels, labels));
  sync_wait(db.detach(page, &Bouquet::labels, labels[1]));
  EXPECT_EQ(sync_wait(db.recount<Beribboned>()), 0);
}
TEST_P(counted_join_rows, are_counted_where_somebody_listens) {
  std::int64_t told = 0;
  db.events().on<Beribboned>(bulk_event::inserted, [&](const bulk_write& write) { told += write.rows; });
  sync_wait(db.attach(page, &Bouquet::labels, labels));
  EXPECT_EQ(told, 3);
  EXPECT_EQ(on_page(), 3);
}

}  // namespace
}  // namespace tupelo::conformance
