// SPDX-License-Identifier: Apache-2.0
// Objects that have left their session, in the relations of others.
#include "ledger.hpp"

#include <stdexcept>
#include <utility>

namespace tupelo::conformance {
namespace {

struct Trunk;
struct Hatch;
struct Garret {
  std::int64_t id{};
  std::string name{};
  has_many<Trunk> trunks{};
  has_one<Hatch> hatch{};

  static void model(tupelo::model<Garret>& m) {
    m.has_many(&Garret::trunks, "garret_id");
    m.has_one(&Garret::hatch, "garret_id");
  }
};
struct Trunk {
  std::int64_t id{};
  std::optional<std::int64_t> garret_id{};
  std::string name{};
  belongs_to<Garret> garret{};

  static void model(tupelo::model<Trunk>& m) { m.belongs_to(&Trunk::garret, &Trunk::garret_id).on_delete(set_null); }
};
struct Hatch {
  std::int64_t id{};
  std::optional<std::int64_t> garret_id{};
  std::string name{};

  static void model(tupelo::model<Hatch>& m) {
    m.foreign_key(&Hatch::garret_id).references<Garret>();
    m.unique(&Hatch::garret_id);
  }
};

class left_objects : public conformance_test {
protected:
  left_objects() { create<Garret, Trunk, Hatch>(); }
  template <class T>
  std::int64_t count() {
    return static_cast<std::int64_t>(sync_wait(db.query<T>().count()));
  }
  /// The session is made to write everything again.
  void fail() {
    auto lost = s.add(Trunk{.garret_id = 4711});
    EXPECT_THROW(sync_wait(s.flush()), foreign_key_violation);
    s.remove(lost);
  }
  ref<Trunk> trunk_in(const ref<Garret>& garret) { return sync_wait(s.get<Trunk>(garret->trunks[0].id)); }
  /// One garret, and in it one trunk with this name.
  void expect_one_trunk(std::string_view name, const ref<Garret>& garret) {
    EXPECT_EQ(count<Garret>(), 1);
    EXPECT_EQ(count<Trunk>(), 1);
    const auto row = sync_wait(db.query<Trunk>().first());
    ASSERT_TRUE(row);
    EXPECT_EQ(row->name, name);
    EXPECT_EQ(row->garret_id, garret->id);
    ASSERT_TRUE(garret->trunks.loaded());
    ASSERT_EQ(garret->trunks.size(), std::size_t{1});
    EXPECT_EQ(garret->trunks[0].id, row->id);
    EXPECT_EQ(garret->trunks[0].name, name);
  }
  errc code_of_commit(session& of) {
    return failure_of<transaction_error>([&] { sync_wait(of.commit()); }).code();
  }
  session s = db.session();
};
TUPELO_CONFORMANCE_SUITE(left_objects);

// ---- that are added again

TEST_P(left_objects, that_are_added_again_stay_when_a_flush_fails) {
  ref<Trunk> trunk;
  {
    auto garret = s.add(Garret{.trunks = {Trunk{.name = "t"}}});
    sync_wait(s.flush());
    trunk = sync_wait(s.get<Trunk>(garret->trunks[0].id));
    sync_wait(s.rollback());
  }
  trunk->garret_id = std::nullopt;
  s.add(trunk);
  auto lost = s.add(Trunk{.garret_id = 4711});
  EXPECT_THROW(sync_wait(s.flush()), foreign_key_violation);
  s.remove(lost);
  sync_wait(s.commit());
  EXPECT_EQ(count<Trunk>(), 1);
}

// ---- that were inserted in a transaction which is undone

TEST_P(left_objects, that_a_relation_holds_are_written_again_with_their_owner) {
  auto garret = s.add(Garret{.trunks = {Trunk{.name = "t"}}});
  sync_wait(s.flush());
  s.expunge(trunk_in(garret));
  fail();
  sync_wait(s.commit());
  expect_one_trunk("t", garret);
}
TEST_P(left_objects, that_a_relation_of_a_stored_owner_holds_are_written_again) {
  auto garret = s.add(Garret{});
  sync_wait(s.commit());
  garret->trunks.add(Trunk{.name = "t"});
  sync_wait(s.flush());
  s.expunge(trunk_in(garret));
  fail();
  fail();
  sync_wait(s.commit());
  expect_one_trunk("t", garret);
}
TEST_P(left_objects, that_no_relation_holds_are_not_written_again) {
  auto trunk = s.add(Trunk{.name = "t"});
  sync_wait(s.flush());
  s.expunge(trunk);
  fail();
  sync_wait(s.commit());
  EXPECT_EQ(count<Trunk>(), 0);
  s.add(trunk);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Trunk>().one()).id, trunk->id);
}
TEST_P(left_objects, that_are_taken_out_of_the_relation_leave_their_owner) {
  for (const bool fails : {false, true}) {
    auto garret = s.add(Garret{.trunks = {Trunk{.name = "t"}}});
    sync_wait(s.flush());
    const auto trunk = trunk_in(garret);
    s.expunge(trunk);
    garret->trunks.remove(garret->trunks[0]);
    if (fails) fail();
    sync_wait(s.commit());
    EXPECT_EQ(sync_wait(db.query<Trunk>().one()).garret_id, std::nullopt);
    EXPECT_TRUE(garret->trunks.empty());
    sync_wait(db.erase<Trunk>().all_rows().run());
  }
}
TEST_P(left_objects, that_are_taken_out_of_the_relation_are_gone_after_a_rollback) {
  auto garret = s.add(Garret{});
  sync_wait(s.commit());
  garret->trunks.add(Trunk{.name = "t"});
  sync_wait(s.flush());
  s.expunge(trunk_in(garret));
  garret->trunks.remove(garret->trunks[0]);
  sync_wait(s.flush());
  sync_wait(s.rollback());
  garret->name = "g";
  sync_wait(s.commit());
  EXPECT_EQ(count<Trunk>(), 0);
  EXPECT_EQ(s.size(), 1U);
}
TEST_P(left_objects, that_others_name_have_to_be_added_again) {
  for (const bool by_value : {false, true}) {
    auto garret = s.add(Garret{.name = "g"});
    sync_wait(s.flush());
    auto trunk = s.add(by_value ? Trunk{.garret_id = garret->id} : Trunk{.garret = garret});
    sync_wait(s.flush());
    s.expunge(garret);
    fail();
    EXPECT_EQ(code_of_commit(s), errc::detached_object);
    s.add(garret);
    sync_wait(s.commit());
    EXPECT_EQ(sync_wait(db.get<Trunk>(trunk->id)).garret_id, garret->id);
  }
}
TEST_P(left_objects, that_a_has_one_refers_to_have_to_be_added_again) {
  auto garret = s.add(Garret{});
  sync_wait(s.commit());
  auto hatch = s.add(Hatch{.name = "h"});
  garret->hatch = hatch;
  sync_wait(s.flush());
  s.expunge(hatch);
  fail();
  EXPECT_EQ(code_of_commit(s), errc::detached_object);
  s.add(hatch);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Hatch>().one()).garret_id, garret->id);
}
TEST_P(left_objects, that_were_read_again_are_written_as_what_was_read) {
  auto garret = s.add(Garret{.trunks = {Trunk{.name = "t"}}});
  sync_wait(s.flush());
  s.expunge(trunk_in(garret));
  trunk_in(garret)->name = "read";
  fail();
  sync_wait(s.commit());
  expect_one_trunk("read", garret);
}
TEST_P(left_objects, that_were_loaded_again_are_written_as_what_was_loaded) {
  auto garret = s.add(Garret{.trunks = {Trunk{.name = "t"}}});
  sync_wait(s.flush());
  s.expunge(trunk_in(garret));
  sync_wait(s.load(garret, &Garret::trunks));
  garret->trunks[0].name = "loaded";
  fail();
  sync_wait(s.commit());
  expect_one_trunk("loaded", garret);
}
TEST_P(left_objects, that_were_read_again_and_removed_are_not_written) {
  auto garret = s.add(Garret{.trunks = {Trunk{.name = "t"}}});
  sync_wait(s.flush());
  s.expunge(trunk_in(garret));
  s.remove(trunk_in(garret));
  fail();
  sync_wait(s.commit());
  EXPECT_EQ(count<Garret>(), 1);
  EXPECT_EQ(count<Trunk>(), 0);
}
TEST_P(left_objects, that_a_relation_holds_are_new_after_a_rollback) {
  auto garret = s.add(Garret{.trunks = {Trunk{.name = "t"}}});
  sync_wait(s.flush());
  s.expunge(trunk_in(garret));
  sync_wait(s.rollback());
  EXPECT_EQ(garret->trunks[0].id, 0);
  s.add(garret);
  sync_wait(s.commit());
  expect_one_trunk("t", garret);
}
TEST_P(left_objects, that_a_relation_holds_are_new_where_their_session_has_ended) {
  ref<Garret> garret;
  {
    session other = db.session();
    garret = other.add(Garret{.trunks = {Trunk{.name = "t"}}});
    sync_wait(other.flush());
    other.expunge(sync_wait(other.get<Trunk>(garret->trunks[0].id)));
  }
  s.add(garret);
  sync_wait(s.commit());
  expect_one_trunk("t", garret);
}
TEST_P(left_objects, that_were_inserted_before_a_savepoint_keep_their_row) {
  auto garret = s.add(Garret{.trunks = {Trunk{.name = "t"}}});
  sync_wait(s.flush());
  EXPECT_THROW(sync_wait(s.nested([&]() -> task<void> {
                 s.expunge(trunk_in(garret));
                 throw std::runtime_error("no");
                 co_return;
               })),
               std::runtime_error);
  sync_wait(s.commit());
  expect_one_trunk("t", garret);
}
TEST_P(left_objects, that_another_session_tracks_by_then_stay_its_own) {
  auto trunk = s.add(Trunk{.id = 70, .name = "t"});
  sync_wait(s.flush());
  s.expunge(trunk);
  session other = db.session();
  other.add(trunk);
  fail();
  EXPECT_EQ(trunk->id, 70);
  sync_wait(other.commit());
  sync_wait(s.commit());
  EXPECT_EQ(count<Trunk>(), 1);
}

// ---- what a has_one is given

TEST_P(left_objects, that_were_removed_are_refused_by_a_has_one_also_where_their_key_fits) {
  auto garret = s.add(Garret{.hatch = Hatch{.name = "h"}});
  sync_wait(s.commit());
  auto hatch = sync_wait(s.get<Hatch>(garret->hatch->id));
  s.remove(hatch);
  sync_wait(s.commit());
  EXPECT_FALSE(garret->hatch.loaded());
  garret->hatch = hatch;
  EXPECT_EQ(code_of_commit(s), errc::detached_object);
  hatch->id = 0;
  s.add(hatch);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Hatch>().one()).garret_id, garret->id);
}
TEST_P(left_objects, that_were_removed_in_the_open_transaction_are_refused_too) {
  auto garret = s.add(Garret{.hatch = Hatch{.name = "h"}});
  auto other = s.add(Garret{});
  sync_wait(s.commit());
  auto hatch = sync_wait(s.get<Hatch>(garret->hatch->id));
  for (const auto& owner : {garret, other}) {
    s.remove(hatch);
    sync_wait(s.flush());
    EXPECT_FALSE(garret->hatch.loaded());
    owner->hatch = hatch;
    EXPECT_EQ(code_of_commit(s), errc::detached_object);
    owner->hatch.reset();
    sync_wait(s.rollback());
    EXPECT_EQ(count<Hatch>(), 1);
  }
}
TEST_P(left_objects, that_another_session_has_removed_are_refused) {
  auto garret = s.add(Garret{.hatch = Hatch{.name = "h"}});
  sync_wait(s.commit());
  ref<Hatch> hatch;
  {
    session other = db.session();
    hatch = sync_wait(other.get<Hatch>(garret->hatch->id));
    other.remove(hatch);
    sync_wait(other.commit());
  }
  garret->hatch = hatch;
  EXPECT_EQ(code_of_commit(s), errc::detached_object);
}
TEST_P(left_objects, that_were_never_written_are_refused_also_where_their_key_fits) {
  auto garret = s.add(Garret{});
  sync_wait(s.commit());
  ref<Hatch> asked_for, undone, failed;
  {
    session other = db.session();
    asked_for = other.add(Hatch{.garret_id = garret->id});
  }
  {
    session other = db.session();
    undone = other.add(Hatch{.garret_id = garret->id});
    sync_wait(other.flush());
  }
  {
    session other = db.session();
    failed = other.add(Hatch{.garret_id = garret->id});
    sync_wait(other.flush());
    sync_wait(other.rollback());
  }
  for (const auto& hatch : {asked_for, undone, failed}) {
    garret->hatch = hatch;
    EXPECT_EQ(code_of_commit(s), errc::detached_object);
  }
  s.add(failed);
  sync_wait(s.commit());
  EXPECT_EQ(count<Hatch>(), 1);
}
TEST_P(left_objects, that_have_their_row_stay_in_a_has_one) {
  auto garret = s.add(Garret{});
  sync_wait(s.commit());
  ref<Hatch> hatch;
  {
    session other = db.session();
    hatch = other.add(Hatch{.garret_id = garret->id});
    sync_wait(other.commit());
  }
  garret->hatch = hatch;
  garret->name = "a";
  sync_wait(s.commit());
  EXPECT_EQ(garret->hatch.get(), hatch.get());
  EXPECT_EQ(count<Hatch>(), 1);
}

}  // namespace
}  // namespace tupelo::conformance
