// SPDX-License-Identifier: Apache-2.0
// What is written through a session, but not by its flush: by repositories, records, and statements.
#include "backend.hpp"

#include <tupelo/record.hpp>
#include <tupelo/repository.hpp>
#include <tupelo/engine/events.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace tupelo::conformance::units_of_work {
namespace {

struct Crate : record<Crate> {
  std::string code{};
  int parcels{};

  static void model(tupelo::model<Crate>& m) { m.primary_key(&Crate::code); }
};

struct Parcel : record<Parcel> {
  std::int64_t id{};
  std::string label{};
};

/// A row of another table is written with it.
struct Packed : record<Packed> {
  std::int64_t id{};
  std::string crate{};

  static void model(tupelo::model<Packed>& m) {
    m.foreign_key(&Packed::crate).references<Crate>().counter(&Crate::parcels);
  }
};

class units_of_work : public conformance_test {
protected:
  units_of_work() {
    create<Crate, Parcel, Packed>();
    sync_wait(first.save(db));
    sync_wait(second.save(db));
    sync_wait(crate.save(db));
  }
  static patch<Parcel> label(std::string_view text) { return patch<Parcel>().set(&Parcel::label, std::string(text)); }
  std::string labels() {
    std::string all;
    for (const Parcel& each : sync_wait(db.query<Parcel>().order_by(col<&Parcel::id>).all())) all += each.label + " ";
    return all;
  }

  Parcel first{.label = "a"}, second{.label = "b"};
  Crate crate{.code = "C"};
};
TUPELO_CONFORMANCE_SUITE(units_of_work);

TEST_P(units_of_work, a_rollback_undoes_what_a_repository_creates_in_bulk) {
  auto s = db.session();
  const repository<Parcel> parcels(s);
  sync_wait(parcels.bulk_create({Parcel{.label = "c"}, Parcel{.label = "d"}}));
  EXPECT_TRUE(s.in_transaction());
  EXPECT_EQ(sync_wait(parcels.count()), 4);
  sync_wait(s.rollback());
  EXPECT_EQ(labels(), "a b ");
}
TEST_P(units_of_work, a_rollback_undoes_what_a_repository_updates_in_bulk) {
  auto s = db.session();
  const repository<Parcel> parcels(s);
  EXPECT_EQ(sync_wait(parcels.bulk_update(col<&Parcel::label> == "a", label("z"))), 1);
  EXPECT_TRUE(s.in_transaction());
  sync_wait(s.rollback());
  EXPECT_EQ(labels(), "a b ");
}
TEST_P(units_of_work, a_rollback_undoes_what_a_repository_removes_in_bulk) {
  auto s = db.session();
  const repository<Parcel> parcels(s);
  EXPECT_EQ(sync_wait(parcels.bulk_remove(col<&Parcel::label> == "a")), 1);
  EXPECT_TRUE(s.in_transaction());
  sync_wait(s.rollback());
  EXPECT_EQ(labels(), "a b ");
}
TEST_P(units_of_work, a_rollback_undoes_what_a_record_saves_and_removes) {
  auto s = db.session();
  Parcel third{.label = "c"};
  sync_wait(third.save(s));
  EXPECT_TRUE(s.in_transaction());
  first.label = "z";
  sync_wait(first.save(s));
  sync_wait(second.remove(s));
  sync_wait(s.rollback());
  EXPECT_EQ(labels(), "a b ");
}
TEST_P(units_of_work, a_rollback_undoes_what_begins_with_the_removal_of_a_record) {
  auto s = db.session();
  sync_wait(second.remove(s));
  EXPECT_TRUE(s.in_transaction());
  sync_wait(s.rollback());
  EXPECT_EQ(labels(), "a b ");
}
TEST_P(units_of_work, a_rollback_undoes_a_record_whose_key_the_program_gives) {
  auto s = db.session();
  Crate other{.code = "D"};
  sync_wait(other.save(s));
  EXPECT_TRUE(s.in_transaction());
  sync_wait(s.rollback());
  EXPECT_EQ(sync_wait(db.query<Crate>().count()), 1);
}
TEST_P(units_of_work, a_rollback_undoes_what_is_written_beside_the_record) {
  auto s = db.session();
  Packed packed{.crate = "C"};
  sync_wait(packed.save(s));
  EXPECT_EQ(sync_wait(Crate::get(s, "C")).parcels, 1);
  sync_wait(s.rollback());
  EXPECT_EQ(sync_wait(db.get<Crate>("C")).parcels, 0);
  EXPECT_EQ(sync_wait(db.query<Packed>().count()), 0);
}
TEST_P(units_of_work, a_rollback_undoes_statements_that_somebody_hears_of) {
  std::int64_t heard = 0;
  db.events().on<Parcel>(bulk_event::deleted, [&](const bulk_write& write) { heard = write.rows; });
  auto s = db.session();
  sync_wait(repository<Parcel>(s).bulk_remove(col<&Parcel::label> == "a"));
  EXPECT_EQ(heard, 1);
  sync_wait(s.rollback());
  EXPECT_EQ(labels(), "a b ");
}
TEST_P(units_of_work, a_rollback_undoes_what_a_coroutine_awaits) {
  run([&]() -> task<void> {
    auto s = db.session();
    const repository<Parcel> parcels(s);
    EXPECT_EQ(co_await parcels.bulk_remove(col<&Parcel::label> == "a"), 1);
    EXPECT_EQ(co_await parcels.bulk_update(col<&Parcel::label> == "b", label("z")), 1);
    co_await second.remove(s);
    EXPECT_EQ(co_await parcels.count(), 0);
    co_await s.rollback();
  });
  EXPECT_EQ(labels(), "a b ");
}
TEST_P(units_of_work, a_rollback_undoes_a_pipeline_of_what_a_repository_writes) {
  auto s = db.session();
  const repository<Parcel> parcels(s);
  sync_wait(s.pipeline(parcels.bulk_update(col<&Parcel::label> == "a", label("z")), second.remove(s)));
  EXPECT_TRUE(s.in_transaction());
  sync_wait(s.rollback());
  EXPECT_EQ(labels(), "a b ");
}
TEST_P(units_of_work, a_session_that_ends_without_a_commit_keeps_nothing) {
  {
    auto s = db.session();
    sync_wait(repository<Parcel>(s).bulk_create({Parcel{.label = "c"}}));
    sync_wait(first.remove(s));
  }
  EXPECT_EQ(labels(), "a b ");
}
TEST_P(units_of_work, a_bulk_write_that_fails_is_rolled_back_with_what_came_before) {
  auto s = db.session();
  const repository<Crate> crates(s);
  const repository<Parcel> parcels(s);
  sync_wait(parcels.bulk_remove(col<&Parcel::label> == "a"));
  EXPECT_THROW(sync_wait(crates.bulk_create({Crate{.code = "C"}})), unique_violation);
  sync_wait(s.rollback());
  sync_wait(crates.bulk_create({Crate{.code = "D"}}));
  sync_wait(s.commit());
  EXPECT_EQ(labels(), "a b ");
  EXPECT_EQ(sync_wait(db.query<Crate>().count()), 2);
}
TEST_P(units_of_work, a_commit_keeps_what_repositories_and_records_write) {
  auto s = db.session();
  const repository<Parcel> parcels(s);
  sync_wait(parcels.bulk_create({Parcel{.label = "c"}}));
  sync_wait(parcels.bulk_update(col<&Parcel::label> == "a", label("z")));
  sync_wait(second.remove(s));
  sync_wait(s.commit());
  EXPECT_FALSE(s.in_transaction());
  EXPECT_EQ(labels(), "z c ");
}
TEST_P(units_of_work, reads_begin_no_transaction) {
  auto s = db.session();
  const repository<Parcel> parcels(s);
  sync_wait(parcels.get(first.id));
  sync_wait(parcels.get_multi(0, 9));
  sync_wait(parcels.page(1, 9));
  sync_wait(parcels.exists());
  sync_wait(Parcel::find(s, first.id));
  sync_wait(Parcel::query(s).all());
  sync_wait(first.refresh(s));
  sync_wait(parcels.bulk_create({}));
  EXPECT_FALSE(s.in_transaction());
}
TEST_P(units_of_work, statements_of_a_session_are_committed_at_once_where_nothing_has_begun_its_transaction) {
  auto s = db.session();
  sync_wait(s.insert(Parcel{.label = "c"}));
  EXPECT_FALSE(s.in_transaction());
  sync_wait(s.begin());
  sync_wait(s.insert(Parcel{.label = "d"}));
  sync_wait(s.rollback());
  EXPECT_EQ(labels(), "a b c ");
}

}  // namespace
}  // namespace tupelo::conformance::units_of_work
