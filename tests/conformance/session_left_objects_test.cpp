// SPDX-License-Identifier: Apache-2.0
// Objects that have left their session, in the relations of others.
#include "ledger.hpp"

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
