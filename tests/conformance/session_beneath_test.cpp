// SPDX-License-Identifier: Apache-2.0
// Objects whose rows go, or are marked, with rows that the session does not have.
#include "backend.hpp"

#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Stall;
struct Crate;
struct Owner {
  std::int64_t id{};
  has_many<Crate> crates{};

  static void model(tupelo::model<Owner>& m) { m.has_many(&Owner::crates, "owner_id"); }
};
struct Hall {
  std::int64_t id{};
  std::string name{};
  std::optional<timestamp> deleted_at{};
  has_many<Stall> stalls{};

  static void model(tupelo::model<Hall>& m) {
    m.soft_delete(&Hall::deleted_at);
    m.has_many(&Hall::stalls, "hall_id");
  }
};
struct Stall {
  std::int64_t id{};
  std::int64_t hall_id{};
  std::optional<timestamp> deleted_at{};
  belongs_to<Hall> hall{};
  has_many<Crate> crates{};

  static void model(tupelo::model<Stall>& m) {
    m.belongs_to(&Stall::hall, &Stall::hall_id).on_delete(cascade);
    m.soft_delete(&Stall::deleted_at);
    m.has_many(&Stall::crates, "stall_id");
  }
};
struct Crate {
  std::int64_t id{};
  std::int64_t stall_id{};
  std::optional<std::int64_t> owner_id{};
  std::optional<timestamp> deleted_at{};
  belongs_to<Stall> stall{};

  static void model(tupelo::model<Crate>& m) {
    m.belongs_to(&Crate::stall, &Crate::stall_id).on_delete(cascade);
    m.foreign_key(&Crate::owner_id).references<Owner>();
    m.soft_delete(&Crate::deleted_at);
  }
};

class session_beneath : public conformance_test {
protected:
  session_beneath() : s(db.session()) {
    create<Owner, Hall, Stall, Crate>();
    Owner has{};
    sync_wait(db.insert(has));
    Hall stored{.name = "north"};
    sync_wait(db.insert(stored));
    Stall in{.hall_id = stored.id};
    sync_wait(db.insert(in));
    Crate of{.stall_id = in.id, .owner_id = has.id};
    sync_wait(db.insert(of));
    hall = sync_wait(s.get<Hall>(stored.id));
    crate = sync_wait(s.get<Crate>(of.id));
    owner = sync_wait(s.get<Owner>(has.id));
  }

  session s;
  ref<Hall> hall;
  ref<Crate> crate;
  ref<Owner> owner;
};
TUPELO_CONFORMANCE_SUITE(session_beneath);

TEST_P(session_beneath, what_goes_with_a_row_that_nobody_has_read_is_not_found) {
  s.remove(hall, permanently);
  sync_wait(s.commit());
  EXPECT_FALSE(sync_wait(s.find<Crate>(crate->id)));
}
TEST_P(session_beneath, what_is_marked_with_a_row_that_nobody_has_read_is_as_its_row) {
  s.remove(hall);
  sync_wait(s.commit());
  ASSERT_TRUE(sync_wait(db.query<Crate>().with_deleted().one()).deleted_at.has_value());
  const auto found = sync_wait(s.find<Crate>(crate->id));
  EXPECT_TRUE(!found || found->deleted_at.has_value());
}
TEST_P(session_beneath, collections_of_others_end_that_hold_what_goes_so) {
  sync_wait(s.load(owner, &Owner::crates));
  s.remove(hall);
  sync_wait(s.commit());
  EXPECT_FALSE(owner->crates.loaded());
  sync_wait(s.load(owner, &Owner::crates));
  EXPECT_TRUE(owner->crates.empty());
}
TEST_P(session_beneath, collections_end_that_lack_what_comes_back_with_a_row) {
  s.remove(hall);
  sync_wait(s.commit());
  hall = sync_wait(s.get<Hall>(hall->id));
  sync_wait(s.load(hall, &Hall::stalls));
  sync_wait(s.load(owner, &Owner::crates));
  ASSERT_TRUE(hall->stalls.empty());
  s.restore(hall);
  sync_wait(s.commit());
  EXPECT_FALSE(hall->stalls.loaded());
  EXPECT_FALSE(owner->crates.loaded());
}
TEST_P(session_beneath, collections_of_rows_that_stay_are_as_they_were) {
  const auto stall = sync_wait(s.get<Stall>(crate->stall_id));
  sync_wait(s.load(owner, &Owner::crates));
  Hall south{.name = "south"};
  sync_wait(db.insert(south));
  s.remove(sync_wait(s.get<Hall>(south.id)));
  sync_wait(s.commit());
  EXPECT_TRUE(owner->crates.loaded());
}

}  // namespace
}  // namespace tupelo::conformance
