// SPDX-License-Identifier: Apache-2.0
// Rows that are marked as deleted and removed again, and objects that are as their marked rows.
#include "ledger.hpp"

#include <tupelo/repository.hpp>
#include <tupelo/engine/events.hpp>

namespace tupelo::conformance {
namespace {

struct Acorn;
struct Oak {
  std::int64_t id{};
  std::string name{};
  int version{};
  int leaf_count{};
  std::optional<timestamp> deleted_at{};
  has_many<Acorn> leaves{};

  static void model(tupelo::model<Oak>& m) {
    m.soft_delete(&Oak::deleted_at);
    m.version(&Oak::version);
    m.has_many(&Oak::leaves, "tree_id").delete_orphans();
  }
};
struct Acorn {
  std::int64_t id{};
  std::optional<std::int64_t> tree_id{};
  std::string name{};
  std::optional<timestamp> deleted_at{};

  static void model(tupelo::model<Acorn>& m) {
    m.foreign_key(&Acorn::tree_id).references<Oak>().on_delete(cascade).counter(&Oak::leaf_count);
    m.soft_delete(&Acorn::deleted_at);
  }
};
struct Offshoot;
struct Stem {
  std::int64_t id{};
  std::optional<timestamp> deleted_at{};
  has_many<Offshoot> branches{};

  static void model(tupelo::model<Stem>& m) {
    m.soft_delete(&Stem::deleted_at);
    m.has_many(&Stem::branches, "trunk_id");
  }
};
struct Offshoot {
  std::int64_t id{};
  std::int64_t trunk_id{};
  std::optional<timestamp> deleted_at{};

  static void model(tupelo::model<Offshoot>& m) {
    m.foreign_key(&Offshoot::trunk_id).references<Stem>().on_delete(cascade);
    m.soft_delete(&Offshoot::deleted_at);
  }
};
struct Sprig {
  std::int64_t id{};
  std::string name{};
};

class repeated_removals : public conformance_test {
protected:
  repeated_removals() {
    create<Oak, Acorn, Stem, Offshoot, Sprig>();
    sync_wait(db.insert(trunk));
    branches = {{.trunk_id = trunk.id}, {.trunk_id = trunk.id}};
    sync_wait(db.insert(branches));
    sync_wait(db.insert(tree));
    sync_wait(db.insert(leaf = Acorn{.tree_id = tree.id, .name = "a"}));
    tree = sync_wait(db.get<Oak>(tree.id));
  }
  Stem read_trunk() { return sync_wait(db.get<Stem>(trunk.id)); }
  std::int64_t living() { return sync_wait(db.query<Offshoot>().count()); }

  Stem trunk{};
  std::vector<Offshoot> branches;
  Oak tree{.name = "oak"};
  Acorn leaf{};
};
TUPELO_CONFORMANCE_SUITE(repeated_removals);

TEST_P(repeated_removals, are_of_a_row_that_is_not_there) {
  sync_wait(db.erase(trunk));
  const Stem marked = read_trunk();
  EXPECT_THROW(sync_wait(db.erase(marked)), not_found);
  EXPECT_EQ(read_trunk().deleted_at, marked.deleted_at);
}
TEST_P(repeated_removals, leave_what_was_marked_with_the_row_to_its_restoration) {
  sync_wait(db.erase(trunk));
  EXPECT_THROW(sync_wait(db.erase(trunk)), not_found);
  EXPECT_EQ(living(), 0);
  sync_wait(db.restore(trunk));
  EXPECT_EQ(living(), 2);
}
TEST_P(repeated_removals, fail_in_a_session_as_those_of_rows_that_are_gone) {
  auto s = db.session();
  s.remove(sync_wait(s.get<Stem>(trunk.id)));
  sync_wait(s.commit());
  auto marked = sync_wait(s.get<Stem>(trunk.id));
  s.remove(marked);
  EXPECT_THROW(sync_wait(s.commit()), not_found);
  s.restore(marked);  // takes the removal back
  s.restore(marked);
  sync_wait(s.commit());
  EXPECT_EQ(living(), 2);
}
TEST_P(repeated_removals, of_several_rows_are_found_too) {
  sync_wait(db.erase(branches[1]));
  const auto before = sync_wait(db.get<Offshoot>(branches[1].id)).deleted_at;
  auto s = db.session();
  for (const Offshoot& each : branches) s.remove(sync_wait(s.get<Offshoot>(each.id)));
  EXPECT_THROW(sync_wait(s.commit()), not_found);
  EXPECT_EQ(living(), 1);
  EXPECT_EQ(sync_wait(db.get<Offshoot>(branches[1].id)).deleted_at, before);
}
TEST_P(repeated_removals, by_a_repository_find_no_row) {
  auto s = db.session();
  const repository<Stem> trunks(s);
  sync_wait(trunks.remove(trunk.id));
  sync_wait(s.commit());  // else the failure takes the mark back
  EXPECT_THROW(sync_wait(trunks.remove(trunk.id)), not_found);
  sync_wait(db.restore(trunk));
  EXPECT_EQ(living(), 2);
}
TEST_P(repeated_removals, of_versioned_rows_are_stale) {
  sync_wait(db.erase(tree));
  const Oak marked = sync_wait(db.get<Oak>(tree.id));
  EXPECT_THROW(sync_wait(db.erase(marked)), stale_row);
  EXPECT_EQ(sync_wait(db.get<Oak>(tree.id)).deleted_at, marked.deleted_at);
}
TEST_P(repeated_removals, delete_what_is_marked_where_that_is_said) {
  sync_wait(db.erase(branches[0]));
  sync_wait(db.erase(branches[0], permanently));
  EXPECT_FALSE(sync_wait(db.find<Offshoot>(branches[0].id)));
}
TEST_P(repeated_removals, are_not_made_of_orphans_that_are_marked) {
  sync_wait(db.erase(leaf));
  auto s = db.session();
  auto found = sync_wait(s.get<Acorn>(leaf.id));
  const auto marked_at = found->deleted_at;
  found->tree_id.reset();
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Acorn>(leaf.id)).deleted_at, marked_at);
  EXPECT_FALSE(sync_wait(db.get<Acorn>(leaf.id)).tree_id);
}

// ---- objects

class marked_objects : public repeated_removals {};
TUPELO_CONFORMANCE_SUITE(marked_objects);

TEST_P(marked_objects, are_as_their_rows) {
  sync_wait(db.erase(tree));
  const Oak row = sync_wait(db.get<Oak>(tree.id));
  EXPECT_EQ(tree.deleted_at, row.deleted_at);
  EXPECT_EQ(tree.version, row.version);
}
TEST_P(marked_objects, can_be_restored_and_written_at_once) {
  sync_wait(db.erase(tree));
  sync_wait(db.restore(tree));
  tree.name = "elm";
  sync_wait(db.update(tree));
  EXPECT_EQ(sync_wait(db.query<Oak>().one()).name, "elm");
}
TEST_P(marked_objects, of_a_session_are_as_their_rows) {
  auto s = db.session();
  auto found = sync_wait(s.get<Oak>(tree.id));
  s.remove(found);
  sync_wait(s.commit());
  const Oak row = sync_wait(db.get<Oak>(tree.id));
  EXPECT_EQ(found->deleted_at, row.deleted_at);
  EXPECT_EQ(found->version, row.version);
  sync_wait(db.restore(*found));
  EXPECT_EQ(sync_wait(db.query<Oak>().count()), 1);
}
TEST_P(marked_objects, that_were_marked_with_another_are_as_their_rows) {
  auto s = db.session();
  auto child = sync_wait(s.get<Offshoot>(branches[0].id));
  s.remove(sync_wait(s.get<Stem>(trunk.id)));
  sync_wait(s.commit());
  EXPECT_EQ(child->deleted_at, sync_wait(db.get<Offshoot>(branches[0].id)).deleted_at);
  EXPECT_TRUE(child->deleted_at);
}
TEST_P(marked_objects, have_no_mark_after_a_rollback) {
  auto s = db.session();
  auto found = sync_wait(s.get<Oak>(tree.id));
  s.remove(found);
  sync_wait(s.flush());
  EXPECT_TRUE(found->deleted_at);
  sync_wait(s.rollback());
  EXPECT_FALSE(found->deleted_at);
  EXPECT_EQ(found->version, tree.version);
  found->name = "elm";
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Oak>(tree.id)).name, "elm");
}
TEST_P(marked_objects, of_a_flush_that_fails_later_have_no_mark_but_are_removed_by_the_next) {
  auto s = db.session();
  auto found = sync_wait(s.get<Oak>(tree.id));
  s.remove(found);
  sync_wait(s.flush());
  auto wrong = s.add(Acorn{.tree_id = 999'999});
  EXPECT_THROW(sync_wait(s.commit()), foreign_key_violation);
  EXPECT_FALSE(found->deleted_at);
  s.expunge(wrong);
  s.remove(found);
  sync_wait(s.commit());
  EXPECT_EQ(found->deleted_at, sync_wait(db.get<Oak>(tree.id)).deleted_at);
  EXPECT_EQ(sync_wait(db.query<Oak>().count()), 0);
}

// ---- ranges

class removal_of_ranges : public repeated_removals {};
TUPELO_CONFORMANCE_SUITE(removal_of_ranges);

TEST_P(removal_of_ranges, takes_few_statements) {
  statement_log log(db);
  sync_wait(db.erase(branches));
  EXPECT_EQ(log.all("UPDATE").size(), 1U);
  EXPECT_EQ(living(), 0);
  EXPECT_EQ(branches[0].deleted_at, sync_wait(db.get<Offshoot>(branches[0].id)).deleted_at);
}
TEST_P(removal_of_ranges, deletes_rows_that_are_not_marked) {
  std::vector<Sprig> twigs{{.name = "a"}, {.name = "b"}, {.name = "c"}};
  sync_wait(db.insert(twigs));
  twigs.pop_back();
  sync_wait(db.erase(twigs));
  EXPECT_EQ(sync_wait(db.query<Sprig>().one()).name, "c");
}
TEST_P(removal_of_ranges, marks_children_and_restores_them) {
  std::vector<Stem> trunks{trunk, Stem{}};
  sync_wait(db.insert(trunks[1]));
  sync_wait(db.erase(trunks));
  EXPECT_EQ(living(), 0);
  sync_wait(db.restore(trunks));
  EXPECT_EQ(living(), 2);
  EXPECT_FALSE(trunks[0].deleted_at);
}
TEST_P(removal_of_ranges, is_all_or_nothing) {
  branches.push_back(branches[0]);
  EXPECT_THROW(sync_wait(db.erase(branches)), not_found);
  EXPECT_EQ(living(), 2);
  EXPECT_FALSE(branches[0].deleted_at);
}
TEST_P(removal_of_ranges, is_counted) {
  std::vector<Acorn> leaves{leaf};
  sync_wait(db.erase(leaves));
  EXPECT_EQ(sync_wait(db.get<Oak>(tree.id)).leaf_count, 0);
  sync_wait(db.restore(leaves));
  EXPECT_EQ(sync_wait(db.get<Oak>(tree.id)).leaf_count, 1);
}
TEST_P(removal_of_ranges, is_told_of_each_object) {
  int told = 0;
  db.events().on<Offshoot>(event::deleting, [&](Offshoot&) { ++told; });
  sync_wait(db.erase(branches));
  EXPECT_EQ(told, 2);
}
TEST_P(removal_of_ranges, may_be_permanent) {
  sync_wait(db.erase(branches, permanently));
  EXPECT_EQ(sync_wait(db.query<Offshoot>().with_deleted().count()), 0);
}

// ---- by a condition

class bulk_marks : public repeated_removals {
protected:
  std::int64_t living_of(const Stem& stem) {
    return sync_wait(db.query<Offshoot>().where(col<&Offshoot::trunk_id> == stem.id).count());
  }
};
TUPELO_CONFORMANCE_SUITE(bulk_marks);

TEST_P(bulk_marks, mark_children_as_those_of_objects_do) {
  Stem other{};
  sync_wait(db.insert(other));
  sync_wait(db.insert(Offshoot{.trunk_id = other.id}));
  EXPECT_EQ(sync_wait(db.erase<Stem>().where(col<&Stem::id> == trunk.id).run()), 1);
  EXPECT_EQ(living_of(trunk), 0);
  EXPECT_EQ(living_of(other), 1);
  Stem marked = read_trunk();
  EXPECT_EQ(sync_wait(db.get<Offshoot>(branches[0].id)).deleted_at, marked.deleted_at);
  sync_wait(db.restore(marked));
  EXPECT_EQ(living_of(trunk), 2);
}
TEST_P(bulk_marks, with_versions_and_rows_that_come_back_mark_children_too) {
  sync_wait(db.update<Oak>().set(col<&Oak::name>, "a name that is longer than others").all_rows().run());
  const auto gone =
      sync_wait(db.erase<Oak>().where(col<&Oak::name> == "a name that is longer than others").returning());
  EXPECT_EQ(gone.size(), 1U);
  EXPECT_EQ(sync_wait(db.query<Acorn>().count()), 0);
}
TEST_P(bulk_marks, by_a_repository_mark_children_in_its_transaction) {
  auto s = db.session();
  sync_wait(repository<Stem>(s).bulk_remove(col<&Stem::id> == trunk.id));
  EXPECT_EQ(sync_wait(s.query<Offshoot>().count()), 0);
  sync_wait(s.rollback());
  EXPECT_EQ(living(), 2);
}
TEST_P(bulk_marks, are_refused_in_a_pipeline_where_children_go_along) {
  EXPECT_THROW(sync_wait(db.pipeline(db.erase<Stem>().all_rows().run(), db.query<Stem>().count())), query_error);
  EXPECT_EQ(living(), 2);
}
TEST_P(bulk_marks, of_permanent_erases_are_none) {
  sync_wait(db.erase<Stem>().all_rows().permanently().run());
  EXPECT_EQ(sync_wait(db.query<Offshoot>().with_deleted().count()), 0);
}

}  // namespace
}  // namespace tupelo::conformance
