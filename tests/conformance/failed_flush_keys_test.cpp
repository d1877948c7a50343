// SPDX-License-Identifier: Apache-2.0
// Whom objects belong to after a flush has failed, when keys that the database had made are gone with the transaction.
#include "backend.hpp"

#include <tupelo/engine/events.hpp>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tupelo::conformance {
namespace {

struct RangerBadge;
struct RangerHorse;
struct RangerNote;
struct RangerTrail;
struct RangerVisit;
struct Ranger {
  std::int64_t id{};
  std::string name{};
  std::optional<std::int64_t> chief_id{};
  belongs_to<Ranger> chief{};
  has_many<RangerNote> notes{};
  has_one<RangerBadge> badge{};
  has_one<RangerHorse> horse{};
  many_to_many<RangerTrail, RangerVisit> trails{};

  static void model(tupelo::model<Ranger>& m) {
    m.belongs_to(&Ranger::chief, &Ranger::chief_id).on_delete(set_null);
    m.has_many(&Ranger::notes, "ranger_id");
    m.has_one(&Ranger::badge, "ranger_id").delete_orphans();
    m.has_one(&Ranger::horse, "ranger_id");
    m.many_to_many(&Ranger::trails, "ranger_visits", "ranger_id", "trail_id");
  }
};
struct RangerNote {
  std::int64_t id{};
  std::string name{};
  std::optional<std::int64_t> ranger_id{};
  belongs_to<Ranger> ranger{};

  static void model(tupelo::model<RangerNote>& m) {
    m.belongs_to(&RangerNote::ranger, &RangerNote::ranger_id).on_delete(set_null);
  }
};
struct RangerBadge {
  std::int64_t id{};
  std::string name{};
  std::int64_t ranger_id{};

  static void model(tupelo::model<RangerBadge>& m) {
    m.unique(&RangerBadge::ranger_id);
    m.foreign_key(&RangerBadge::ranger_id).references<Ranger>().on_delete(cascade);
  }
};
struct RangerHorse {
  std::int64_t id{};
  std::string name{};
  std::optional<std::int64_t> ranger_id{};

  static void model(tupelo::model<RangerHorse>& m) {
    m.unique(&RangerHorse::ranger_id);
    m.foreign_key(&RangerHorse::ranger_id).references<Ranger>().on_delete(set_null);
  }
};
struct RangerTrail {
  std::int64_t id{};
  std::string name{};
};
struct RangerVisit {
  std::int64_t ranger_id{};
  std::int64_t trail_id{};

  static void model(tupelo::model<RangerVisit>& m) {
    m.table("ranger_visits");
    m.primary_key(&RangerVisit::ranger_id, &RangerVisit::trail_id);
    m.foreign_key(&RangerVisit::ranger_id).references<Ranger>().on_delete(cascade);
    m.foreign_key(&RangerVisit::trail_id).references<RangerTrail>().on_delete(cascade);
  }
};
struct RangerLodge {
  std::int64_t id{};
  std::string name{};
  std::optional<std::string> code{};

  static void model(tupelo::model<RangerLodge>& m) { m.unique(&RangerLodge::code); }
};
struct RangerGuest {
  std::int64_t id{};
  std::string name{};
  std::optional<std::int64_t> lodge_id{};

  static void model(tupelo::model<RangerGuest>& m) {
    m.foreign_key(&RangerGuest::lodge_id).references<RangerLodge>().on_delete(set_null);
  }
};
/// Of one of two models.
struct RangerMark {
  std::int64_t id{};
  std::string name{};
  std::string of_type{};
  std::int64_t of_id{};
  belongs_to_any<RangerTrail, RangerHorse> of{};

  static void model(tupelo::model<RangerMark>& m) {
    m.belongs_to_any(&RangerMark::of, &RangerMark::of_type, &RangerMark::of_id);
  }
};

class failed_flushes_and_keys : public conformance_test {
protected:
  failed_flushes_and_keys() {
    create<Ranger, RangerNote, RangerBadge, RangerHorse, RangerTrail, RangerVisit, RangerLodge, RangerGuest,
           RangerMark>();
    db.events().on<RangerTrail>(event::creating, [](RangerTrail& trail) {
      if (trail.name == "refused") throw vetoed("no");
    });
    db.events().on(session_event::before_flush, [this](session&) {
      if (refuses_) throw vetoed("no");
    });
    old = s.add(Ranger{.name = "old"});
    note = s.add(RangerNote{.name = "note", .ranger = old});
    sync_wait(s.commit());
  }
  /// A row that nobody can insert; what else there is to write is written before.
  void fail_to_flush() {
    auto lost = s.add(RangerBadge{.name = "lost", .ranger_id = 999'999});
    EXPECT_THROW(sync_wait(s.flush()), foreign_key_violation);
    s.expunge(lost);
  }
  /// Nothing is written.
  void fail_to_begin() {
    auto refused = s.add(RangerTrail{.name = "refused"});
    EXPECT_THROW(sync_wait(s.flush()), vetoed);
    s.expunge(refused);
  }
  /// Nothing is even looked at.
  void refuse_flush() {
    refuses_ = true;
    EXPECT_THROW(sync_wait(s.flush()), vetoed);
    refuses_ = false;
  }
  /// Where the database gives keys again that an undone transaction has had, another row gets them.
  void take_keys() { sync_wait(db.insert(Ranger{.name = "other"})); }
  template <class Closure>
  void undo_nested(Closure closure) {
    EXPECT_THROW(sync_wait(s.nested([&]() -> task<void> {
                   closure();
                   co_await s.flush();
                   throw std::runtime_error("the closure's own");
                 })),
                 std::runtime_error);
  }
  template <class T>
  std::vector<std::string> names() {
    auto found = sync_wait(db.query<T>().pluck(col<&T::name>));
    std::sort(found.begin(), found.end());
    return found;
  }
  std::string name_of(std::optional<std::int64_t> ranger) {
    return ranger ? sync_wait(db.get<Ranger>(*ranger)).name : std::string("nobody");
  }
  template <class T>
  std::string ranger_of(const std::string& name) {
    return name_of(sync_wait(db.query<T>().where(col<&T::name> == name).one()).ranger_id);
  }
  std::string chief_of(const std::string& name) {
    return name_of(sync_wait(db.query<Ranger>().where(col<&Ranger::name> == name).one()).chief_id);
  }
  std::vector<std::string> trails_of(const std::string& name) {
    std::vector<std::string> found;
    const Ranger row = sync_wait(db.query<Ranger>().with(&Ranger::trails).where(col<&Ranger::name> == name).one());
    for (const RangerTrail& each : row.trails) found.push_back(each.name);
    std::sort(found.begin(), found.end());
    return found;
  }
  using list = std::vector<std::string>;

private:
  bool refuses_ = false;

protected:
  session s = db.session();
  ref<Ranger> old;
  ref<RangerNote> note;
};
TUPELO_CONFORMANCE_SUITE(failed_flushes_and_keys);

// ---- foreign keys by value

TEST_P(failed_flushes_and_keys, leave_objects_with_whom_they_name_by_value) {
  auto young = s.add(Ranger{.name = "young"});
  sync_wait(s.flush());
  note->ranger_id = young->id;
  sync_wait(s.flush());
  fail_to_flush();
  take_keys();
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerNote>("note"), "young");
  EXPECT_EQ(note->ranger_id, young->id);
}
TEST_P(failed_flushes_and_keys, leave_them_there_before_they_were_flushed_once) {
  auto young = s.add(Ranger{.name = "young"});
  sync_wait(s.flush());
  note->ranger_id = young->id;
  fail_to_begin();
  take_keys();
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerNote>("note"), "young");
}
TEST_P(failed_flushes_and_keys, leave_them_there_however_many_fail) {
  auto young = s.add(Ranger{.name = "young"});
  sync_wait(s.flush());
  s.add(RangerNote{.name = "new", .ranger_id = young->id});
  fail_to_begin();
  take_keys();
  fail_to_flush();
  take_keys();
  fail_to_begin();
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerNote>("new"), "young");
}
TEST_P(failed_flushes_and_keys, leave_them_there_where_keys_go_round_in_a_circle) {
  auto first = s.add(Ranger{.name = "first"}), second = s.add(Ranger{.name = "second"});
  sync_wait(s.flush());
  first->chief_id = second->id;
  second->chief_id = first->id;
  old->chief_id = old->id;
  sync_wait(s.flush());
  fail_to_flush();
  take_keys();
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(chief_of("first"), "second");
  EXPECT_EQ(chief_of("second"), "first");
  EXPECT_EQ(chief_of("old"), "old");
}
TEST_P(failed_flushes_and_keys, leave_them_there_where_a_copy_of_them_says_so) {
  auto young = s.add(Ranger{.name = "young"});
  sync_wait(s.flush());
  sync_wait(s.load(old, &Ranger::notes));
  old->notes[0].ranger_id = young->id;
  fail_to_begin();
  take_keys();
  fail_to_begin();
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerNote>("note"), "young");
}
TEST_P(failed_flushes_and_keys, leave_them_there_where_they_were_loaded_again) {
  auto young = s.add(Ranger{.name = "young", .notes = {RangerNote{.name = "new"}}});
  sync_wait(s.flush());
  sync_wait(s.load(young, &Ranger::notes));
  fail_to_flush();
  take_keys();
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerNote>("new"), "young");
}
TEST_P(failed_flushes_and_keys, leave_them_there_whatever_model_it_is) {
  auto horse = s.add(RangerHorse{.name = "horse"});
  auto trail = s.add(RangerTrail{.name = "trail"});
  auto mark = s.add(RangerMark{.name = "mark", .of = horse});
  sync_wait(s.flush());
  mark->of_type = info_of(detail::meta<RangerTrail>::spec).recorded_name();
  mark->of_id = trail->id;
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(db.insert(RangerTrail{.name = "other"}));
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<RangerMark>().one()).of_id, trail->id);
}
TEST_P(failed_flushes_and_keys, keep_keys_that_the_program_has_set_since) {
  auto young = s.add(Ranger{.name = "young"}), mine = s.add(Ranger{.name = "mine"});
  sync_wait(s.flush());
  note->ranger_id = young->id;
  mine->chief_id = young->id;
  sync_wait(s.flush());
  fail_to_flush();
  note->ranger_id = std::nullopt;
  mine->chief = old;
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerNote>("note"), "nobody");
  EXPECT_EQ(chief_of("mine"), "old");
}
TEST_P(failed_flushes_and_keys, refuse_the_key_of_what_is_inserted_no_more) {
  auto young = s.add(Ranger{.name = "young"});
  sync_wait(s.flush());
  note->ranger_id = young->id;
  sync_wait(s.flush());
  fail_to_flush();
  s.remove(young);
  const auto refused = failure_of<transaction_error>([&] { sync_wait(s.flush()); });
  EXPECT_EQ(refused.code(), errc::detached_object);
  note->ranger_id = std::nullopt;
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerNote>("note"), "nobody");
}

// ---- what was removed

TEST_P(failed_flushes_and_keys, leave_those_with_nobody_who_belonged_to_what_was_removed) {
  auto young = s.add(Ranger{.name = "young", .notes = {RangerNote{.name = "new"}}});
  sync_wait(s.flush());
  note->ranger = young;
  sync_wait(s.flush());
  s.remove(young);
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerNote>("note"), "nobody");
  EXPECT_EQ(ranger_of<RangerNote>("new"), "nobody");
}
TEST_P(failed_flushes_and_keys, leave_them_so_before_the_removal_was_flushed) {
  auto young = s.add(Ranger{.name = "young", .notes = {RangerNote{.name = "new"}}});
  young->badge = RangerBadge{.name = "badge"};
  sync_wait(s.flush());
  note->ranger = young;
  sync_wait(s.flush());
  s.remove(young);
  fail_to_begin();
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerNote>("note"), "nobody");
  EXPECT_EQ(ranger_of<RangerNote>("new"), "nobody");
  EXPECT_EQ(names<RangerBadge>(), list());
}
TEST_P(failed_flushes_and_keys, insert_those_without_a_key_that_a_removal_had_emptied) {
  auto mark = s.add(RangerNote{.name = "new", .ranger = old});
  sync_wait(s.flush());
  s.remove(old);
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(mark->ranger_id, std::nullopt);
  EXPECT_EQ(ranger_of<RangerNote>("new"), "nobody");
  EXPECT_EQ(ranger_of<RangerNote>("note"), "nobody");
}
TEST_P(failed_flushes_and_keys, keep_what_was_given_to_those_whose_keys_a_removal_has_emptied) {
  auto young = s.add(Ranger{.name = "young"});
  sync_wait(s.commit());
  s.remove(old);
  sync_wait(s.flush());
  sync_wait(s.nested([&]() -> task<void> {
    note->ranger_id = young->id;
    co_await s.flush();
  }));
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerNote>("note"), "young");
}

// ---- has_one

TEST_P(failed_flushes_and_keys, let_a_has_one_go_of_what_they_have_inserted) {
  auto young = s.add(Ranger{.name = "young"});
  for (auto& each : {old, young}) {
    each->badge = RangerBadge{.name = "first of " + each->name};
    each->horse = s.add(RangerHorse{.name = "first of " + each->name});
  }
  sync_wait(s.flush());
  fail_to_flush();
  for (auto& each : {old, young}) {
    each->badge = RangerBadge{.name = "second of " + each->name};
    each->horse = RangerHorse{.name = "second of " + each->name};
  }
  sync_wait(s.commit());
  EXPECT_EQ(names<RangerBadge>(), (list{"second of old", "second of young"}));
  EXPECT_EQ(ranger_of<RangerHorse>("first of old"), "nobody");
  EXPECT_EQ(ranger_of<RangerHorse>("first of young"), "nobody");
  EXPECT_EQ(ranger_of<RangerHorse>("second of young"), "young");
}
TEST_P(failed_flushes_and_keys, forget_what_was_put_there_by_none_that_did_not_fail) {
  old->badge = RangerBadge{.name = "first"};
  old->horse = RangerHorse{.name = "first"};
  old->notes.add(RangerNote{.name = "new"});
  fail_to_flush();
  old->badge = RangerBadge{.name = "second"};
  old->horse = RangerHorse{.name = "second"};
  old->notes.reset();
  sync_wait(s.commit());
  EXPECT_EQ(names<RangerBadge>(), list{"second"});
  EXPECT_EQ(names<RangerHorse>(), list{"second"});
  EXPECT_EQ(names<RangerNote>(), list{"note"});
}
TEST_P(failed_flushes_and_keys, let_a_has_one_be_given_what_another_had) {
  old->horse = RangerHorse{.name = "first"};
  auto young = s.add(Ranger{.name = "young", .horse = RangerHorse{.name = "second"}});
  sync_wait(s.commit());
  const auto second = sync_wait(s.get<RangerHorse>(young->horse->id));
  old->horse = second;
  refuse_flush();
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerHorse>("first"), "nobody");
  EXPECT_EQ(ranger_of<RangerHorse>("second"), "old");
}
TEST_P(failed_flushes_and_keys, let_the_program_take_out_what_a_has_one_refers_to) {
  auto young = s.add(Ranger{.name = "young"});
  auto stored = s.add(RangerHorse{.name = "stored"});
  sync_wait(s.commit());
  auto west = s.add(Ranger{.name = "west"});
  auto horse = s.add(RangerHorse{.name = "new"});
  young->horse = horse;
  west->horse = stored;
  sync_wait(s.flush());
  fail_to_flush();
  young->horse.remove();
  west->horse.remove();
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerHorse>("new"), "nobody");
  EXPECT_EQ(ranger_of<RangerHorse>("stored"), "nobody");
  EXPECT_EQ(horse->ranger_id, std::nullopt);
}
TEST_P(failed_flushes_and_keys, write_what_gives_a_unique_value_up_before_what_takes_it) {
  old->badge = RangerBadge{.name = "first"};
  old->horse = RangerHorse{.name = "first"};
  sync_wait(s.commit());
  old->badge = RangerBadge{.name = "second"};
  old->horse = RangerHorse{.name = "second"};
  sync_wait(s.flush());
  undo_nested([&] {
    old->badge = RangerBadge{.name = "third"};
    old->horse = RangerHorse{.name = "third"};
  });
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(names<RangerBadge>(), list{"second"});
  EXPECT_EQ(ranger_of<RangerHorse>("first"), "nobody");
  EXPECT_EQ(ranger_of<RangerHorse>("second"), "old");
}
TEST_P(failed_flushes_and_keys, delete_what_has_a_unique_value_before_another_takes_it) {
  old->horse = RangerHorse{.name = "first"};
  auto second = s.add(RangerHorse{.name = "second"});
  sync_wait(s.commit());
  s.remove(sync_wait(s.get<RangerHorse>(old->horse->id)));
  sync_wait(s.flush());
  second->ranger_id = old->id;
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(names<RangerHorse>(), list{"second"});
  EXPECT_EQ(ranger_of<RangerHorse>("second"), "old");
}
TEST_P(failed_flushes_and_keys, insert_without_a_key_what_belonged_to_what_is_deleted_first) {
  auto first = s.add(RangerLodge{.name = "first", .code = "a"}), second = s.add(RangerLodge{.name = "second"});
  sync_wait(s.commit());
  auto guest = s.add(RangerGuest{.name = "guest", .lodge_id = first->id});
  sync_wait(s.flush());
  first->code = std::nullopt;
  second->code = "a";
  sync_wait(s.flush());
  s.remove(first);
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(guest->lodge_id, std::nullopt);
  EXPECT_EQ(names<RangerLodge>(), list{"second"});
}
TEST_P(failed_flushes_and_keys, empty_a_unique_key_first_that_is_to_name_what_they_had_inserted) {
  auto first = s.add(RangerHorse{.name = "first"});
  old->horse = first;
  sync_wait(s.commit());
  old->horse = RangerHorse{.name = "second"};
  auto young = s.add(Ranger{.name = "young"});
  sync_wait(s.flush());
  first->ranger_id = young->id;
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerHorse>("first"), "young");
  EXPECT_EQ(ranger_of<RangerHorse>("second"), "old");
}
TEST_P(failed_flushes_and_keys, let_a_has_one_go_of_what_another_had_inserted) {
  auto east = s.add(Ranger{.name = "east", .horse = RangerHorse{.name = "first"}});
  auto young = s.add(Ranger{.name = "young"});
  sync_wait(s.flush());
  young->horse = sync_wait(s.get<RangerHorse>(east->horse->id));
  fail_to_flush();
  sync_wait(s.flush());
  young->horse = RangerHorse{.name = "second"};
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerHorse>("first"), "nobody");
  EXPECT_EQ(ranger_of<RangerHorse>("second"), "young");
}
TEST_P(failed_flushes_and_keys, remove_again_what_a_has_one_gave_up_though_it_holds_nothing_now) {
  old->badge = RangerBadge{.name = "first"};
  sync_wait(s.commit());
  old->badge = RangerBadge{.name = "second"};
  sync_wait(s.flush());
  old->badge.remove();
  sync_wait(s.flush());
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(names<RangerBadge>(), list());
}
TEST_P(failed_flushes_and_keys, leave_nothing_in_a_has_one_after_a_rollback) {
  auto young = s.add(Ranger{.name = "young"});
  auto horse = s.add(RangerHorse{.name = "horse"});
  sync_wait(s.commit());
  young->horse = horse;
  fail_to_flush();
  sync_wait(s.rollback());
  EXPECT_FALSE(young->horse.loaded());
  young->name = "changed";
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerHorse>("horse"), "nobody");
}

// ---- references, and what is connected

TEST_P(failed_flushes_and_keys, take_references_for_newer_than_the_relation_that_has_inserted_an_object) {
  auto young = s.add(Ranger{.name = "young", .notes = {RangerNote{.name = "new"}}});
  sync_wait(s.flush());
  const auto mine = sync_wait(s.get<RangerNote>(young->notes[0].id));
  fail_to_flush();
  mine->ranger = ref<Ranger>();
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerNote>("new"), "nobody");
}
TEST_P(failed_flushes_and_keys, take_a_reference_for_newer_than_what_they_have_written_for_another) {
  note->ranger = ref<Ranger>();
  fail_to_flush();
  EXPECT_EQ(note->ranger_id, old->id);
  note->ranger = old;
  sync_wait(s.commit());
  EXPECT_EQ(ranger_of<RangerNote>("note"), "old");
}
TEST_P(failed_flushes_and_keys, keep_the_key_of_what_they_had_emptied_for_a_circle) {
  auto first = s.add(Ranger{.name = "first"}), second = s.add(Ranger{.name = "second", .chief = first});
  first->chief = second;
  sync_wait(s.flush());
  fail_to_flush();
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(chief_of("first"), "second");
  EXPECT_EQ(chief_of("second"), "first");
}
TEST_P(failed_flushes_and_keys, keep_connected_what_was_parted_in_what_was_undone) {
  old->trails.add(RangerTrail{.name = "trail"});
  sync_wait(s.flush());
  undo_nested([&] { old->trails.remove(old->trails[0]); });
  fail_to_flush();
  EXPECT_TRUE(s.is_dirty(old));
  sync_wait(s.commit());
  EXPECT_EQ(trails_of("old"), list{"trail"});
}
TEST_P(failed_flushes_and_keys, connect_nothing_of_what_was_undone) {
  old->trails.add(RangerTrail{.name = "trail"});
  sync_wait(s.flush());
  undo_nested([&] { old->trails.add(RangerTrail{.name = "undone"}); });
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(trails_of("old"), list{"trail"});
  EXPECT_EQ(names<RangerTrail>(), list{"trail"});
}
TEST_P(failed_flushes_and_keys, keep_what_they_have_inserted_when_it_is_taken_out_since) {
  old->trails.add(RangerTrail{.name = "trail"});
  old->notes.add(RangerNote{.name = "new"});
  sync_wait(s.flush());
  old->trails.remove(old->trails[0]);
  fail_to_begin();
  old->notes.remove(old->notes[0]);
  fail_to_flush();
  sync_wait(s.commit());
  EXPECT_EQ(trails_of("old"), list());
  EXPECT_EQ(names<RangerTrail>(), list{"trail"});
  EXPECT_EQ(ranger_of<RangerNote>("new"), "nobody");
}
TEST_P(failed_flushes_and_keys, let_what_they_have_connected_be_removed) {
  old->trails.add(RangerTrail{.name = "trail"});
  sync_wait(s.flush());
  const auto trail = sync_wait(s.get<RangerTrail>(old->trails[0].id));
  old->trails.remove(old->trails[0]);
  fail_to_flush();
  sync_wait(s.flush());
  s.remove(trail);
  sync_wait(s.commit());
  EXPECT_EQ(names<RangerTrail>(), list());
}

}  // namespace
}  // namespace tupelo::conformance
