// SPDX-License-Identifier: Apache-2.0
// Objects that a transaction has inserted or connected, and moved or read again, before a flush of it fails.
#include "backend.hpp"

#include <tupelo/engine/events.hpp>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

struct HarborCall;
struct HarborBerth;
struct HarborPilot;
struct HarborLine {
  std::int64_t id{};
  std::string name{};
};
struct Harbor {
  std::int64_t id{};
  std::string name{};
  has_many<HarborBerth> berths{};
  has_one<HarborPilot> pilot{};
  many_to_many<HarborLine, HarborCall> lines{};

  static void model(tupelo::model<Harbor>& m) {
    m.has_many(&Harbor::berths, "harbor_id");
    m.has_one(&Harbor::pilot, "harbor_id").delete_orphans();
    m.many_to_many(&Harbor::lines, "harbor_calls", "harbor_id", "line_id");
  }
};
struct HarborBerth {
  std::int64_t id{};
  std::int64_t harbor_id{};
  std::string name{};
  belongs_to<Harbor> harbor{};

  static void model(tupelo::model<HarborBerth>& m) {
    m.belongs_to(&HarborBerth::harbor, &HarborBerth::harbor_id).on_delete(cascade);
  }
};
struct HarborPilot {
  std::int64_t id{};
  std::optional<std::int64_t> harbor_id{};
  std::string name{};

  static void model(tupelo::model<HarborPilot>& m) {
    m.unique(&HarborPilot::harbor_id);
    m.foreign_key(&HarborPilot::harbor_id).references<Harbor>().on_delete(cascade);
  }
};
struct HarborCall {
  std::int64_t harbor_id{};
  std::int64_t line_id{};

  static void model(tupelo::model<HarborCall>& m) {
    m.table("harbor_calls");
    m.primary_key(&HarborCall::harbor_id, &HarborCall::line_id);
    m.foreign_key(&HarborCall::harbor_id).references<Harbor>().on_delete(cascade);
    m.foreign_key(&HarborCall::line_id).references<HarborLine>().on_delete(cascade);
  }
};

class failed_flushes_of_moved : public conformance_test {
protected:
  failed_flushes_of_moved() {
    create<Harbor, HarborBerth, HarborPilot, HarborLine, HarborCall>();
    north = s.add(Harbor{.name = "north"});
    south = s.add(Harbor{.name = "south"});
    sync_wait(s.commit());
    north->berths.add(HarborBerth{.name = "berth"});
    berth = &north->berths[0];
    sync_wait(s.flush());
  }
  void fail_to_flush() {
    auto lost = s.add(HarborBerth{.harbor_id = 999'999});
    EXPECT_THROW(sync_wait(s.flush()), foreign_key_violation);
    s.expunge(lost);
  }
  /// Somebody refuses the flush before it looks at relations.
  void fail_to_begin() {
    auto refused = s.add(HarborPilot{.name = "refused"});
    EXPECT_THROW(sync_wait(s.flush()), vetoed);
    s.expunge(refused);
  }
  void refuse_pilots() {
    db.events().on<HarborPilot>(event::creating, [](HarborPilot& pilot) {
      if (pilot.name == "refused") throw vetoed("no");
    });
  }
  /// Of which harbours the berths of this name are.
  std::vector<std::string> harbors_of(std::string name) {
    std::vector<std::string> found;
    for (const HarborBerth& each :
         sync_wait(db.query<HarborBerth>().with(&HarborBerth::harbor).where(col<&HarborBerth::name> == name).all()))
      found.push_back(each.harbor->name);
    return found;
  }
  void expect_in_south(std::string name = "berth") {
    sync_wait(s.commit());
    EXPECT_EQ(harbors_of(name), std::vector<std::string>{"south"});
  }
  session s = db.session();
  ref<Harbor> north, south;
  HarborBerth* berth = nullptr;  ///< in the rows of north, inserted
};
TUPELO_CONFORMANCE_SUITE(failed_flushes_of_moved);

TEST_P(failed_flushes_of_moved, leave_them_where_their_keys_say) {
  berth->harbor_id = south->id;
  sync_wait(s.flush());
  fail_to_flush();
  EXPECT_EQ(berth->harbor_id, south->id);
  expect_in_south();
}
TEST_P(failed_flushes_of_moved, leave_them_there_however_many_fail) {
  berth->harbor_id = south->id;
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.flush());
  fail_to_flush();
  expect_in_south();
}
TEST_P(failed_flushes_of_moved, leave_them_where_they_were_moved_by_the_flush_that_fails) {
  berth->harbor_id = south->id;
  fail_to_flush();
  expect_in_south();
}
TEST_P(failed_flushes_of_moved, leave_them_where_they_are_when_nobody_moved_them) {
  berth->name = "changed";
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(harbors_of("changed"), std::vector<std::string>{"north"});
}
TEST_P(failed_flushes_of_moved, leave_them_where_they_were_moved_back_to) {
  berth->harbor_id = south->id;
  sync_wait(s.flush());
  berth->harbor_id = north->id;
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(harbors_of("berth"), std::vector<std::string>{"north"});
}
TEST_P(failed_flushes_of_moved, follow_moves_alone_that_are_not_undone) {
  EXPECT_THROW(sync_wait(s.nested([&]() -> task<void> {
                 berth->harbor_id = south->id;
                 co_await s.flush();
                 throw std::runtime_error("the closure's own");
               })),
               std::runtime_error);
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(harbors_of("berth"), std::vector<std::string>{"north"});
}
TEST_P(failed_flushes_of_moved, leave_them_away_from_what_is_inserted_again) {
  auto east = s.add(Harbor{.name = "east"});
  east->berths.add(HarborBerth{.name = "moved"});
  east->berths.add(HarborBerth{.name = "stays"});
  sync_wait(s.flush());
  east->berths[0].harbor_id = south->id;
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(harbors_of("moved"), std::vector<std::string>{"south"});
  EXPECT_EQ(harbors_of("stays"), std::vector<std::string>{"east"});
}
TEST_P(failed_flushes_of_moved, leave_them_with_what_they_were_moved_to_by_a_reference) {
  auto east = s.add(Harbor{.name = "east"}), west = s.add(Harbor{.name = "west"});
  east->berths.add(HarborBerth{.name = "moved"});
  sync_wait(s.flush());
  east->berths[0].harbor = south;
  sync_wait(s.flush());
  berth->harbor = west;
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(harbors_of("moved"), std::vector<std::string>{"south"});
  EXPECT_EQ(harbors_of("berth"), std::vector<std::string>{"west"});
}
TEST_P(failed_flushes_of_moved, keep_them_though_who_had_them_is_never_inserted) {
  auto east = s.add(Harbor{.name = "east"});
  east->berths.add(HarborBerth{.name = "moved"});
  sync_wait(s.flush());
  east->berths[0].harbor_id = south->id;
  sync_wait(s.flush());
  fail_to_flush();
  s.remove(east);
  expect_in_south("moved");
  EXPECT_EQ(sync_wait(db.query<Harbor>().count()), 2);
}
TEST_P(failed_flushes_of_moved, leave_the_field_that_held_them_where_a_flush_has_moved_them) {
  berth->harbor_id = south->id;
  sync_wait(s.flush());
  EXPECT_FALSE(north->berths.loaded());
  fail_to_flush();
  EXPECT_FALSE(north->berths.loaded());
  expect_in_south();
}
TEST_P(failed_flushes_of_moved, leave_them_with_a_reference_that_waits) {
  refuse_pilots();
  auto east = s.add(Harbor{.name = "east"});
  east->berths.add(HarborBerth{.name = "moved"});
  sync_wait(s.flush());
  east->berths[0].harbor = south;
  fail_to_begin();
  expect_in_south("moved");
}
TEST_P(failed_flushes_of_moved, take_keys_for_newer_than_references_by_which_they_were_inserted) {
  refuse_pilots();
  auto mine = s.add(HarborBerth{.name = "mine", .harbor = north});
  sync_wait(s.flush());
  mine->harbor_id = south->id;
  fail_to_begin();
  expect_in_south("mine");
}
TEST_P(failed_flushes_of_moved, take_keys_for_newer_than_a_has_one_by_which_they_were_inserted) {
  refuse_pilots();
  auto pilot = s.add(HarborPilot{.name = "pilot"});
  north->pilot = pilot;
  sync_wait(s.flush());
  pilot->harbor_id = south->id;
  fail_to_begin();
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<HarborPilot>(pilot->id)).harbor_id, south->id);
}
TEST_P(failed_flushes_of_moved, leave_a_has_one_what_it_was_given_since) {
  auto east = s.add(Harbor{.name = "east"});
  auto pilot = s.add(HarborPilot{.name = "pilot"});
  north->pilot = pilot;
  sync_wait(s.flush());
  east->pilot = pilot;
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<HarborPilot>(pilot->id)).harbor_id, east->id);
}

TEST_P(failed_flushes_of_moved, insert_no_more_what_went_with_what_it_belonged_to) {
  north->lines.add(HarborLine{.name = "line"});
  sync_wait(s.commit());
  north->pilot = HarborPilot{.name = "pilot"};
  north->berths.add(HarborBerth{.name = "another"});
  sync_wait(s.flush());
  s.remove(north);
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Harbor>().count()), 1);
  EXPECT_EQ(sync_wait(db.query<HarborBerth>().count()), 0);
  EXPECT_EQ(sync_wait(db.query<HarborPilot>().count()), 0);
}
TEST_P(failed_flushes_of_moved, insert_no_more_what_was_replaced_before_them) {
  south->pilot = HarborPilot{.name = "first"};
  sync_wait(s.flush());
  south->pilot = HarborPilot{.name = "second"};
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<HarborPilot>().pluck(col<&HarborPilot::name>)), std::vector<std::string>{"second"});
}
TEST_P(failed_flushes_of_moved, insert_no_more_what_they_were_to_replace) {
  south->pilot = HarborPilot{.name = "first"};
  sync_wait(s.flush());
  south->pilot = HarborPilot{.name = "second"};
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<HarborPilot>().pluck(col<&HarborPilot::name>)), std::vector<std::string>{"second"});
}
TEST_P(failed_flushes_of_moved, leave_what_they_were_to_remove_to_be_given_away) {
  north->pilot = HarborPilot{.name = "pilot"};
  sync_wait(s.flush());
  HarborPilot& pilot = *north->pilot;
  pilot.harbor_id = std::nullopt;
  fail_to_flush();
  pilot.harbor_id = south->id;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<HarborPilot>().one()).harbor_id, south->id);
}
TEST_P(failed_flushes_of_moved, insert_what_was_connected_with_what_is_removed) {
  auto east = s.add(Harbor{.name = "east"});
  east->lines.add(HarborLine{.name = "line"});
  sync_wait(s.flush());
  s.remove(east);
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Harbor>().count()), 2);
  EXPECT_EQ(sync_wait(db.query<HarborLine>().count()), 1);
}

// ---- what was connected in the transaction, in relations that were read again since

class failed_flushes_of_connected : public failed_flushes_of_moved {
protected:
  failed_flushes_of_connected() {
    sync_wait(s.commit());
    old = s.add(HarborLine{.name = "old"});
    north->lines.add(old);
    sync_wait(s.commit());
  }
  void read_again() { sync_wait(s.load(north, &Harbor::lines)); }
  std::vector<std::string> stored() {
    std::vector<std::string> found;
    const Harbor now = sync_wait(db.query<Harbor>().with(&Harbor::lines).where(col<&Harbor::id> == north->id).one());
    for (const HarborLine& each : now.lines) found.push_back(each.name);
    std::sort(found.begin(), found.end());
    return found;
  }
  using names = std::vector<std::string>;
  ref<HarborLine> old;
};
TUPELO_CONFORMANCE_SUITE(failed_flushes_of_connected);

TEST_P(failed_flushes_of_connected, keep_what_was_connected) {
  auto mine = s.add(HarborLine{.name = "mine"});
  sync_wait(s.commit());
  north->lines.add(mine);
  sync_wait(s.flush());
  read_again();
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(stored(), (names{"mine", "old"}));
}
TEST_P(failed_flushes_of_connected, keep_what_was_inserted_by_the_relation) {
  north->lines.add(HarborLine{.name = "new"});
  sync_wait(s.flush());
  read_again();
  north->lines.add(HarborLine{.name = "newer"});
  fail_to_flush();
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(stored(), (names{"new", "newer", "old"}));
}
TEST_P(failed_flushes_of_connected, keep_what_was_added_and_connected) {
  auto mine = s.add(HarborLine{.name = "mine"});
  north->lines.add(mine);
  sync_wait(s.flush());
  read_again();
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(stored(), (names{"mine", "old"}));
}
TEST_P(failed_flushes_of_connected, keep_what_was_parted) {
  north->lines.remove(north->lines[0]);
  sync_wait(s.flush());
  read_again();
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(stored(), names());
}
TEST_P(failed_flushes_of_connected, keep_the_order_of_what_was_done) {
  auto mine = s.add(HarborLine{.name = "mine"});
  north->lines.add(mine);
  sync_wait(s.flush());
  read_again();
  north->lines.remove_if([](const HarborLine&) { return true; });
  sync_wait(s.flush());
  read_again();
  north->lines.add(old);
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(stored(), names{"old"});
}
TEST_P(failed_flushes_of_connected, leave_unconnected_what_is_removed_since) {
  north->lines.add(HarborLine{.name = "new"});
  auto mine = s.add(HarborLine{.name = "mine"});
  north->lines.add(mine);
  sync_wait(s.flush());
  read_again();
  fail_to_flush();
  s.remove(mine);
  sync_wait(s.commit());
  EXPECT_EQ(stored(), (names{"new", "old"}));
}
TEST_P(failed_flushes_of_connected, connect_nothing_that_was_removed_before_them) {
  auto mine = s.add(HarborLine{.name = "mine"});
  north->lines.add(mine);
  north->lines.add(HarborLine{.name = "new"});
  north->lines.add(HarborLine{.name = "newer"});
  sync_wait(s.flush());
  s.remove(mine);
  s.remove(sync_wait(s.get<HarborLine>(north->lines[2].id)));
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(stored(), (names{"newer", "old"}));
  EXPECT_EQ(sync_wait(db.query<HarborLine>().count()), 2);
}
TEST_P(failed_flushes_of_connected, leave_parted_what_was_connected_before) {
  auto mine = s.add(HarborLine{.name = "mine"}), other = s.add(HarborLine{.name = "other"});
  north->lines.add(mine);
  north->lines.add(other);
  sync_wait(s.flush());
  north->lines.remove_if([](const HarborLine& each) { return each.name != "old"; });
  north->lines.add(HarborLine{.name = "new"});
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(stored(), (names{"new", "old"}));
  EXPECT_EQ(sync_wait(db.query<HarborLine>().count()), 4);
}
TEST_P(failed_flushes_of_connected, keep_nothing_of_it_where_the_program_rolls_back) {
  auto mine = s.add(HarborLine{.name = "mine"});
  sync_wait(s.commit());
  north->lines.add(mine);
  sync_wait(s.flush());
  read_again();
  fail_to_flush();
  sync_wait(s.rollback());
  sync_wait(s.commit());
  EXPECT_EQ(stored(), names{"old"});
}
TEST_P(failed_flushes_of_connected, keep_nothing_of_it_where_its_owner_leaves) {
  auto mine = s.add(HarborLine{.name = "mine"});
  sync_wait(s.commit());
  north->lines.add(mine);
  sync_wait(s.flush());
  read_again();
  fail_to_flush();
  s.expunge(north);
  sync_wait(s.commit());
  EXPECT_EQ(stored(), names{"old"});
}

}  // namespace
}  // namespace tupelo::conformance
