// SPDX-License-Identifier: Apache-2.0
// What the model of a join table asks for where its rows come and go as connections: values of every new row, counters
// and times of the rows that it connects.
#include "ledger.hpp"

#include <tupelo/engine/events.hpp>

namespace tupelo::conformance {
namespace {

struct Label;
struct Labelled;
struct Stamped;
struct Numbered;
struct Page {
  std::int64_t id{};
  std::string name{};
  int labels_now{};
  many_to_many<Label, Labelled> labels{};
  many_to_many<Label, Stamped> stamps{};
  many_to_many<Label, Numbered> numbers{};

  static void model(tupelo::model<Page>& m) {
    m.many_to_many(&Page::labels, "labelled", "page_id", "label_id");
    m.many_to_many(&Page::stamps, "stamped", "page_id", "label_id");
    m.many_to_many(&Page::numbers, "numbered", "page_id", "label_id");
  }
};
struct Label {
  std::int64_t id{};
  std::string name{};
  int uses{};
  timestamp created_at{}, updated_at{};
  many_to_many<Page> pages{};

  static void model(tupelo::model<Label>& m) {
    m.timestamps(&Label::created_at, &Label::updated_at);
    m.many_to_many(&Label::pages, "labelled", "label_id", "page_id");
  }
};
struct Labelled {
  std::int64_t page_id{}, label_id{};
  std::optional<std::int64_t> by_id{};

  static void model(tupelo::model<Labelled>& m) {
    m.table("labelled");
    m.primary_key(&Labelled::page_id, &Labelled::label_id);
    m.foreign_key(&Labelled::label_id).references<Label>().on_delete(cascade).counter(&Label::uses).touch();
    m.foreign_key(&Labelled::page_id).references<Page>().on_delete(cascade).counter(&Page::labels_now);
  }
};
struct Stamped {
  uuid id{};
  std::int64_t page_id{}, label_id{};
  timestamp created_at{}, updated_at{};

  static void model(tupelo::model<Stamped>& m) {
    m.table("stamped");
    m.timestamps(&Stamped::created_at, &Stamped::updated_at);
    m.unique(&Stamped::page_id, &Stamped::label_id);
  }
};
struct Numbered {
  std::int64_t id{};
  std::int64_t page_id{}, label_id{};
  int version{};
  int weight = 7;
  std::string note{};
  std::string role{};

  static void model(tupelo::model<Numbered>& m) {
    m.table("numbered");
    m.version(&Numbered::version);
    m.unique(&Numbered::page_id, &Numbered::label_id);
    m.column(&Numbered::role).default_value("reader");
  }
};

class filled_join_rows : public conformance_test {
protected:
  filled_join_rows() {
    create<Page, Label, Labelled, Stamped, Numbered>();
    sync_wait(db.insert(page));
    sync_wait(db.insert(labels));
  }
  int uses(std::size_t i) { return sync_wait(db.get<Label>(labels[i].id)).uses; }
  int on_page() { return sync_wait(db.get<Page>(page.id)).labels_now; }

  Page page{.name = "home"};
  std::vector<Label> labels{{.name = "a"}, {.name = "b"}, {.name = "c"}};
};
TUPELO_CONFORMANCE_SUITE(filled_join_rows);

TEST_P(filled_join_rows, have_times_and_a_uuid_of_their_own) {
  sync_wait(db.attach(page, &Page::stamps, labels));
  const auto rows = sync_wait(db.query<Stamped>().all());
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_NE(rows[0].created_at.us, 0);
  EXPECT_NE(rows[0].updated_at.us, 0);
  EXPECT_NE(rows[0].id, rows[1].id);
}
TEST_P(filled_join_rows, have_a_version_defaults_of_the_column_and_else_those_of_the_struct) {
  sync_wait(db.sync(page, &Page::numbers, labels[0]));
  const Numbered row = sync_wait(db.query<Numbered>().one());
  EXPECT_EQ(row.version, 1);
  EXPECT_EQ(row.weight, 7);
  EXPECT_EQ(row.note, "");
  EXPECT_EQ(row.role, "reader");
}
TEST_P(filled_join_rows, come_and_go_by_toggle) {
  sync_wait(db.toggle(page, &Page::stamps, labels));
  const auto changes = sync_wait(db.toggle(page, &Page::stamps, labels));
  EXPECT_EQ(changes.detached, 3);
}
TEST_P(filled_join_rows, are_like_the_row_that_sync_and_toggle_are_given) {
  sync_wait(db.sync(page, &Page::numbers, labels[0], Numbered{.weight = 1, .note = "first"}));
  sync_wait(db.sync(page, &Page::numbers, labels, Numbered{.weight = 2, .note = "later"}));
  EXPECT_EQ(sync_wait(db.query<Numbered>().where(col<&Numbered::note> == "first").count()), 1);
  EXPECT_EQ(sync_wait(db.query<Numbered>().where(col<&Numbered::weight> == 2).count()), 2);
  sync_wait(db.toggle(page, &Page::numbers, labels[0]));
  sync_wait(db.toggle(page, &Page::numbers, labels[0], Numbered{.note = "again"}));
  EXPECT_EQ(sync_wait(db.query<Numbered>().where(col<&Numbered::note> == "again").one()).version, 1);
}
TEST_P(filled_join_rows, are_written_by_a_session) {
  auto s = db.session();
  auto found = sync_wait(s.get<Page>(page.id));
  found->stamps.add(sync_wait(s.get<Label>(labels[0].id)));
  found->stamps.add(Label{.name = "new"});
  sync_wait(s.commit());
  const auto rows = sync_wait(db.query<Stamped>().all());
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_NE(rows[0].created_at.us, 0);
}

// ---- counters

class counted_join_rows : public filled_join_rows {};
TUPELO_CONFORMANCE_SUITE(counted_join_rows);

TEST_P(counted_join_rows, are_counted_when_they_are_attached_once) {
  EXPECT_EQ(sync_wait(db.attach(page, &Page::labels, labels)), 3);
  EXPECT_EQ(sync_wait(db.attach(page, &Page::labels, labels[0].id)), 0);
  EXPECT_EQ(uses(0), 1);
  EXPECT_EQ(uses(2), 1);
  EXPECT_EQ(on_page(), 3);
}
TEST_P(counted_join_rows, are_counted_with_a_row_of_their_own) {
  sync_wait(db.attach(page, &Page::labels, labels, Labelled{.by_id = 5}));
  EXPECT_EQ(uses(1), 1);
  EXPECT_EQ(on_page(), 3);
}
TEST_P(counted_join_rows, are_counted_from_the_other_side) {
  sync_wait(db.attach(labels[0], &Label::pages, page));
  EXPECT_EQ(uses(0), 1);
  EXPECT_EQ(on_page(), 1);
}
TEST_P(counted_join_rows, count_less_when_they_are_detached) {
  sync_wait(db.attach(page, &Page::labels, labels));
  sync_wait(db.detach(page, &Page::labels, labels[0]));
  EXPECT_EQ(uses(0), 0);
  EXPECT_EQ(on_page(), 2);
  sync_wait(db.detach(page, &Page::labels));
  EXPECT_EQ(uses(1), 0);
  EXPECT_EQ(uses(2), 0);
  EXPECT_EQ(on_page(), 0);
}
TEST_P(counted_join_rows, are_counted_by_sync_and_toggle) {
  sync_wait(db.sync(page, &Page::labels, std::vector<std::int64_t>{labels[0].id, labels[1].id}));
  sync_wait(db.sync(page, &Page::labels, std::vector<std::int64_t>{labels[1].id, labels[2].id}));
  EXPECT_EQ(uses(0), 0);
  EXPECT_EQ(uses(1), 1);
  EXPECT_EQ(on_page(), 2);
  sync_wait(db.toggle(page, &Page::labels, labels));
  EXPECT_EQ(uses(0), 1);
  EXPECT_EQ(uses(1), 0);
  EXPECT_EQ(on_page(), 1);
}
TEST_P(counted_join_rows, touch_what_they_connect_alone) {
  const timestamp long_ago = timestamp::parse("2001-01-01 00:00:00");
  sync_wait(db.attach(page, &Page::labels, labels[0]));
  sync_wait(db.update<Label>().set(col<&Label::updated_at>, long_ago).all_rows().run());
  sync_wait(db.sync(page, &Page::labels, std::vector<std::int64_t>{labels[0].id, labels[1].id}));
  EXPECT_EQ(sync_wait(db.get<Label>(labels[0].id)).updated_at, long_ago);
  EXPECT_NE(sync_wait(db.get<Label>(labels[1].id)).updated_at, long_ago);
}
TEST_P(counted_join_rows, of_a_session_are_counted_in_its_objects_too) {
  auto s = db.session();
  auto found = sync_wait(s.get<Page>(page.id));
  auto label = sync_wait(s.get<Label>(labels[0].id));
  found->labels.add(label);
  found->labels.add(Label{.name = "new"});
  sync_wait(s.commit());
  EXPECT_EQ(uses(0), 1);
  EXPECT_EQ(on_page(), 2);
  EXPECT_EQ(label->uses, 1);
  EXPECT_EQ(found->labels_now, 2);
  sync_wait(s.load(found, &Page::labels));
  found->labels.remove_if([](const Label& each) { return each.name == "a"; });
  sync_wait(s.commit());
  EXPECT_EQ(uses(0), 0);
  EXPECT_EQ(label->uses, 0);
  EXPECT_EQ(found->labels_now, 1);
}
TEST_P(counted_join_rows, are_counted_once_after_a_flush_that_failed) {
  auto s = db.session();
  auto found = sync_wait(s.get<Page>(page.id));
  found->labels.add(sync_wait(s.get<Label>(labels[0].id)));
  sync_wait(s.flush());
  auto wrong = s.add(Labelled{.page_id = 999'999, .label_id = labels[0].id});
  EXPECT_THROW(sync_wait(s.commit()), foreign_key_violation);
  s.expunge(wrong);
  sync_wait(s.commit());
  EXPECT_EQ(uses(0), 1);
  EXPECT_EQ(found->labels_now, 1);
  EXPECT_EQ(on_page(), 1);
}
TEST_P(counted_join_rows, are_as_many_as_recount_finds) {
  sync_wait(db.attach(page, &Page::labels, labels));
  sync_wait(db.detach(page, &Page::labels, labels[1]));
  EXPECT_EQ(sync_wait(db.recount<Labelled>()), 0);
}
TEST_P(counted_join_rows, are_counted_where_somebody_listens) {
  std::int64_t told = 0;
  db.events().on<Labelled>(bulk_event::inserted, [&](const bulk_write& write) { told += write.rows; });
  sync_wait(db.attach(page, &Page::labels, labels));
  EXPECT_EQ(told, 3);
  EXPECT_EQ(on_page(), 3);
}

}  // namespace
}  // namespace tupelo::conformance
