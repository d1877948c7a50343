// SPDX-License-Identifier: Apache-2.0
// Random walks of a session: whatever a program adds, moves, takes out, removes, undoes and reads again, what is stored
// and what the objects say is what it asked for.
#include "guilds.hpp"
#include "random_walk.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tupelo::conformance::guilds {
namespace {

struct given_up {};

class walk : random_walk {
public:
  walk(database& on, unsigned seed) : random_walk(seed), db_(on) {}

  task<void> steps(unsigned count) {
    s_.emplace(db_.session());
    for (unsigned i = 0; i != count && !::testing::Test::HasFailure(); ++i) {
      co_await step(0);
      switch (below(10)) {
        case 0: co_await commit(); break;
        case 1: co_await roll_back(); break;
        case 2:
          co_await commit();
          say("a new session");
          refs_ = {};
          committed_.known = {};
          s_.emplace(db_.session());
          break;
        default: break;
      }
    }
    co_await commit();
    refs_ = {};
    committed_.known = {};
    s_.reset();
  }

  const std::string& story() const { return log_; }

private:
  struct references {
    std::map<std::string, ref<Guild>> guilds;
    std::map<std::string, ref<Hand>> hands;
    std::map<std::string, ref<Craft>> crafts;
  };
  struct saved {
    world values;
    references known;
  };

  // ---- objects

  template <class T>
  task<ref<T>> named(std::map<std::string, ref<T>>& known, std::string name) {
    if (const auto it = known.find(name); it != known.end()) co_return it->second;
    co_await settle();
    const T row = co_await s_->query<T>().where(col<&T::name> == name).one();
    const ref<T> found = co_await s_->get<T>(row.id);
    known[name] = found;
    co_return found;
  }
  task<ref<Guild>> guild(std::string name) { return named(refs_.guilds, std::move(name)); }
  task<ref<Hand>> hand(std::string name) { return named(refs_.hands, std::move(name)); }
  task<ref<Craft>> craft(std::string name) { return named(refs_.crafts, std::move(name)); }
  /// Those of what is gone are let go of.
  void forget_removed() {
    std::erase_if(refs_.guilds, [&](const auto& each) { return !now_.guilds.contains(each.first); });
    std::erase_if(refs_.hands, [&](const auto& each) { return !now_.hands.contains(each.first); });
    std::erase_if(refs_.crafts, [&](const auto& each) { return !now_.crafts.contains(each.first); });
  }

  // ---- what must hold

  task<void> settle() {
    if (clean_) co_return;
    say("flush");
    co_await s_->flush();
    clean_ = true;
    forget_removed();
    check_objects();
  }
  std::int64_t id_of(const std::string& guild) const {
    const auto known = refs_.guilds.find(guild);
    return known != refs_.guilds.end() ? known->second->id : -1;
  }
  void check_objects() const {
    for (const auto& [name, object] : refs_.guilds) {
      const world::guild& wanted = now_.guilds.at(name);
      EXPECT_EQ(object->parent_id.has_value(), !wanted.parent.empty()) << name << ": " << log_;
      if (const auto id = id_of(wanted.parent); id > 0) EXPECT_EQ(object->parent_id, id) << name << ": " << log_;
      if (object->parent.loaded() && object->parent.get() != nullptr)
        EXPECT_EQ(object->parent->id, object->parent_id) << name << ": " << log_;
      EXPECT_EQ(object->branches_count, now_.branches_of(name)) << name << ": " << log_;
      EXPECT_EQ(object->hands_count, now_.hands_of(name)) << name << ": " << log_;
    }
    for (const auto& [name, object] : refs_.hands) {
      const world::hand& wanted = now_.hands.at(name);
      EXPECT_EQ(object->skill, wanted.skill) << name << ": " << log_;
      if (const auto id = id_of(wanted.guild); id > 0) EXPECT_EQ(object->guild_id, id) << name << ": " << log_;
    }
  }
  /// What is loaded is as it should be; a collection that the program has changed may lack something before the
  /// transaction has `ended`.
  void check_loaded(bool ended = true) const {
    const auto names = [](const auto& field) {
      std::set<std::string> found;
      for (const auto& each : field) found.insert(each.name);
      return found;
    };
    for (const auto& [name, object] : refs_.guilds) {
      const world::guild& wanted = now_.guilds.at(name);
      std::set<std::string> hands, branches;
      for (const auto& [other, h] : now_.hands) {
        if (h.guild == name) hands.insert(other);
      }
      for (const auto& [other, g] : now_.guilds) {
        if (g.parent == name) branches.insert(other);
      }
      if (object->hands.loaded()) {
        check_names(names(object->hands), hands, ended);
        for (const Hand& each : object->hands) EXPECT_NE(each.skill, -1) << each.name << ": " << log_;
      }
      // What was added to one that was not loaded stands alone.
      if (object->branches.loaded()) check_names(names(object->branches), branches, false);
      if (object->charter.loaded()) {
        const Charter* const charter = object->charter.get();
        EXPECT_EQ(charter != nullptr ? charter->name : std::string(), wanted.charter) << name << ": " << log_;
      }
      if (object->crafts.loaded()) {  // those that were removed stay in it
        std::set<std::string> crafts = names(object->crafts);
        std::erase_if(crafts, [&](const std::string& each) { return !now_.crafts.contains(each); });
        EXPECT_EQ(crafts, wanted.crafts) << name << ": " << log_;
      }
      if (object->parent.loaded() && object->parent.get() != nullptr)
        EXPECT_EQ(object->parent->name, wanted.parent) << name << ": " << log_;
    }
  }
  void check_names(const std::set<std::string>& loaded, const std::set<std::string>& wanted, bool ended) const {
    if (ended) {
      EXPECT_EQ(loaded, wanted) << log_;
    } else {
      EXPECT_TRUE(std::includes(wanted.begin(), wanted.end(), loaded.begin(), loaded.end())) << log_;
    }
  }
  task<void> check_stored() {
    world stored;
    std::map<std::int64_t, std::string> guilds, crafts;
    const auto rows = co_await db_.query<Guild>().with(&Guild::crafts).with(&Guild::charter).all();
    for (const Guild& row : rows) guilds[row.id] = row.name;
    for (const Guild& row : rows) {
      world::guild& g = stored.guilds[row.name];
      if (row.parent_id) g.parent = guilds.at(*row.parent_id);
      for (const Craft& each : row.crafts) g.crafts.insert(each.name);
      if (row.charter.get() != nullptr) g.charter = row.charter->name;
    }
    for (const Hand& row : co_await db_.query<Hand>().all())
      stored.hands[row.name] = {guilds.at(row.guild_id), row.skill};
    for (const Craft& row : co_await db_.query<Craft>().all()) stored.crafts.insert(row.name);
    EXPECT_EQ(stored.text(), now_.text()) << log_;
    for (const Guild& row : rows) {
      EXPECT_EQ(row.branches_count, stored.branches_of(row.name)) << row.name << ": " << log_;
      EXPECT_EQ(row.hands_count, stored.hands_of(row.name)) << row.name << ": " << log_;
    }
  }

  task<void> commit() {
    co_await settle();
    say("commit");
    co_await s_->commit();
    committed_ = {now_, refs_};
    check_loaded();
    co_await check_stored();
  }
  task<void> roll_back() {
    say("rollback");
    co_await s_->rollback();
    now_ = committed_.values;
    refs_ = committed_.known;
    clean_ = true;
    check_objects();
    check_loaded();
    co_await check_stored();
  }

  // ---- what a program does

  task<void> step(int depth) {
    switch (below(18)) {
      case 0:
      case 1: return add_guild();
      case 2: return add_hand();
      case 3: return move_guild();
      case 4: return move_hand();
      case 5: return train_hand();
      case 6: return remove_guild();
      case 7: return remove_hand();
      case 8: return change_loaded_hands();
      case 9: return take_hand_out();
      case 10: return take_branch_out();
      case 11: return add_branch();
      case 12: return change_charter();
      case 13: return change_crafts();
      case 14: return remove_craft();
      case 15: return merge_hand();
      case 16: return read_again();
      default: return nest(depth);
    }
  }

  task<void> add_guild() {
    const std::string name = fresh("guild"), parent = one_in(2) ? any(now_.guilds) : std::string();
    Guild made{.name = name};
    world::guild& wanted = now_.guilds[name];
    say("add " + name + " in " + parent);
    if (!parent.empty()) {
      const ref<Guild> owner = co_await guild(parent);
      if (owner->id != 0 && one_in(2)) {
        made.parent_id = owner->id;
      } else {
        made.parent = owner;
      }
      wanted.parent = parent;
    }
    for (std::size_t i = below(3); i != 0; --i) {
      const std::string hand = fresh("hand");
      made.hands.add(Hand{.name = hand, .skill = static_cast<int>(i)});
      now_.hands[hand] = {name, static_cast<int>(i)};
    }
    if (one_in(3)) {
      wanted.charter = fresh("charter");
      made.charter = Charter{.name = wanted.charter};
    }
    if (one_in(3)) {
      const std::string craft = fresh("craft");
      made.crafts.add(Craft{.name = craft});
      now_.crafts.insert(craft);
      wanted.crafts.insert(craft);
    }
    refs_.guilds[name] = s_->add(std::move(made));
    clean_ = false;
  }
  task<void> add_hand() {
    const std::string owner = any(now_.guilds), name = fresh("hand");
    if (owner.empty()) co_return;
    const ref<Guild> of = co_await guild(owner);
    if (of->id == 0) co_await settle();  // the objects that it brings stay alone otherwise
    say("add " + name + " of " + owner);
    refs_.hands[name] = s_->add(Hand{.name = name, .skill = 7, .guild = of});
    now_.hands[name] = {owner, 7};
    clean_ = false;
  }
  task<void> move_guild() {
    const std::string name = any(now_.guilds), parent = one_in(4) ? std::string() : any(now_.guilds);
    if (name.empty()) co_return;
    co_await settle();
    const ref<Guild> moved = co_await guild(name);
    const ref<Guild> to = parent.empty() ? ref<Guild>() : co_await guild(parent);
    if (one_in(2)) {
      say(name + ".parent = " + parent);
      moved->parent = to;
    } else {
      say(name + ".parent_id = " + parent);
      moved->parent_id = to ? std::optional(to->id) : std::nullopt;
    }
    now_.guilds[name].parent = parent;
    clean_ = false;
  }
  task<void> move_hand() {
    const std::string name = any(now_.hands), owner = any(now_.guilds);
    if (name.empty()) co_return;
    co_await settle();
    const ref<Hand> moved = co_await hand(name);
    const ref<Guild> to = co_await guild(owner);
    say(name + " to " + owner);
    if (one_in(2)) {
      moved->guild = to;
    } else {
      moved->guild_id = to->id;
    }
    now_.hands[name].guild = owner;
    clean_ = false;
  }
  task<void> train_hand() {
    const std::string name = any(now_.hands);
    if (name.empty()) co_return;
    const ref<Hand> changed = co_await hand(name);
    changed->skill = now_.hands[name].skill = static_cast<int>(below(1000));
    say(name + " = " + std::to_string(changed->skill));
    clean_ = false;
  }
  task<void> remove_guild() {
    const std::string name = any(now_.guilds);
    if (name.empty() || one_in(2)) co_return;
    co_await settle();
    const ref<Guild> removed = co_await guild(name);
    say("remove " + name);
    s_->remove(removed);
    now_.remove_guild(name);
    clean_ = false;
    co_await settle();
  }
  task<void> remove_hand() {
    const std::string name = any(now_.hands);
    if (name.empty()) co_return;
    const ref<Hand> removed = co_await hand(name);
    say("remove " + name);
    s_->remove(removed);
    now_.hands.erase(name);
    refs_.hands.erase(name);
    clean_ = false;
  }
  task<void> change_loaded_hands() {
    const std::string owner = any(now_.guilds);
    if (owner.empty()) co_return;
    co_await settle();
    const ref<Guild> of = co_await guild(owner);
    say("load the hands of " + owner);
    co_await s_->load(of, &Guild::hands);
    EXPECT_EQ(static_cast<int>(of->hands.size()), now_.hands_of(owner)) << log_;
    for (Hand& each : of->hands) {
      EXPECT_EQ(each.skill, now_.hands[each.name].skill) << log_;
      if (!one_in(3)) continue;
      each.skill = now_.hands[each.name].skill = static_cast<int>(below(1000));
      say(each.name + " there = " + std::to_string(each.skill));
      clean_ = false;
    }
    co_await settle();
  }
  task<void> take_hand_out() {
    const std::string owner = any(now_.guilds);
    if (owner.empty()) co_return;
    co_await settle();
    const ref<Guild> of = co_await guild(owner);
    co_await s_->load(of, &Guild::hands);
    if (of->hands.empty()) co_return;
    const Hand& leaving = of->hands[below(of->hands.size())];
    say("take " + leaving.name + " out of " + owner);
    now_.hands.erase(leaving.name);
    refs_.hands.erase(leaving.name);
    of->hands.remove(leaving);
    clean_ = false;
  }
  task<void> take_branch_out() {
    const std::string parent = any(now_.guilds);
    if (parent.empty()) co_return;
    co_await settle();
    const ref<Guild> of = co_await guild(parent);
    co_await s_->load(of, &Guild::branches);
    if (of->branches.empty()) co_return;
    const Guild& leaving = of->branches[below(of->branches.size())];
    say("take " + leaving.name + " out of " + parent);
    now_.guilds[leaving.name].parent.clear();
    of->branches.remove(leaving);
    clean_ = false;
  }
  task<void> add_branch() {
    const std::string parent = any(now_.guilds), name = fresh("guild");
    if (parent.empty()) co_return;
    const ref<Guild> of = co_await guild(parent);
    if (of->id == 0) co_await settle();
    if (one_in(2)) {
      co_await settle();
      co_await s_->load(of, &Guild::branches);
    }
    say("add branch " + name + " to " + parent);
    of->branches.add(Guild{.name = name});
    now_.guilds[name].parent = parent;
    clean_ = false;
    co_await settle();
  }
  task<void> change_charter() {
    const std::string owner = any(now_.guilds), name = fresh("charter");
    if (owner.empty()) co_return;
    co_await settle();
    const ref<Guild> of = co_await guild(owner);
    co_await s_->load(of, &Guild::charter);
    std::string& wanted = now_.guilds[owner].charter;
    EXPECT_EQ(of->charter.get() != nullptr, !wanted.empty()) << log_;
    if (!wanted.empty() && one_in(3)) {
      say("no charter for " + owner);
      of->charter.remove();
      wanted.clear();
    } else {
      say(name + " for " + owner);
      of->charter = Charter{.name = name};
      wanted = name;
    }
    clean_ = false;
  }
  task<void> change_crafts() {
    const std::string owner = any(now_.guilds), name = any(now_.crafts), made = fresh("craft");
    if (owner.empty()) co_return;
    co_await settle();
    const ref<Guild> of = co_await guild(owner);
    co_await s_->load(of, &Guild::crafts);
    std::set<std::string>& wanted = now_.guilds[owner].crafts;
    EXPECT_EQ(of->crafts.size(), wanted.size()) << log_;
    say("crafts of " + owner);
    if (wanted.contains(name)) {
      of->crafts.remove_if([&](const Craft& each) { return each.name == name; });
      wanted.erase(name);
    } else if (!name.empty()) {
      of->crafts.add(co_await craft(name));
      wanted.insert(name);
    }
    if (one_in(3)) {
      of->crafts.add(Craft{.name = made});
      now_.crafts.insert(made);
      wanted.insert(made);
    }
    clean_ = false;
  }
  task<void> remove_craft() {
    const std::string name = any(now_.crafts);
    if (name.empty() || one_in(2)) co_return;
    co_await settle();
    const ref<Craft> removed = co_await craft(name);
    say("remove " + name);
    s_->remove(removed);
    now_.crafts.erase(name);
    for (auto& [guild, values] : now_.guilds) values.crafts.erase(name);
    clean_ = false;
    co_await settle();
  }
  task<void> merge_hand() {
    const std::string name = any(now_.hands), owner = any(now_.guilds);
    if (name.empty()) co_return;
    co_await settle();
    Hand copy = co_await s_->query<Hand>().where(col<&Hand::name> == name).one();
    copy.skill = now_.hands[name].skill = static_cast<int>(below(1000));
    if (one_in(2)) {
      copy.guild_id = (co_await guild(owner))->id;
      now_.hands[name].guild = owner;
    }
    say("merge " + name);
    refs_.hands[name] = co_await s_->merge(std::move(copy));
    clean_ = false;
  }
  task<void> read_again() {
    const std::string name = any(now_.guilds);
    if (name.empty()) co_return;
    co_await settle();
    if (one_in(2)) {
      say("expire all");
      s_->expire_all();
      refs_ = {};
    } else {
      say("refresh " + name);
      co_await s_->refresh(co_await guild(name));
      check_objects();
    }
  }
  task<void> load_what_never_was() {
    co_await settle();
    say("all hands = -1");
    co_await s_->update<Hand>().set(col<&Hand::skill>, -1).all_rows().run();
    const std::string name = any(now_.guilds);
    if (name.empty()) co_return;
    say("load all of " + name);
    const ref<Guild> of = co_await guild(name);
    co_await s_->load(of, &Guild::hands);
    co_await s_->load(of, &Guild::branches, &Guild::hands);
    co_await s_->load(of, &Guild::charter);
    co_await s_->load(of, &Guild::crafts);
    co_await s_->load(of, &Guild::parent);
  }
  task<void> nest(int depth) {
    if (depth >= 2) co_return;
    co_await settle();
    const saved before{now_, refs_};
    const bool gives_up = one_in(2);
    bool gave_up = false;
    say("nested {");
    try {
      co_await s_->nested([this, depth, gives_up]() -> task<void> {
        for (std::size_t i = below(5) + 1; i != 0; --i) co_await step(depth + 1);
        if (gives_up && one_in(2)) co_await settle();
        if (gives_up && one_in(3)) co_await load_what_never_was();
        if (gives_up) throw given_up();
      });
    } catch (const given_up&) {
      gave_up = true;
    }
    say(gave_up ? "} undone" : "}");
    if (gave_up) {
      now_ = before.values;
      refs_ = before.known;
      clean_ = true;
      check_objects();
      check_loaded(false);
    } else {
      clean_ = false;
      co_await settle();
    }
  }

  database& db_;
  std::optional<session> s_;
  world now_;
  references refs_;
  saved committed_;
  bool clean_ = true;
};

class random_sessions : public conformance_test {
protected:
  random_sessions() { create<Guild, Hand, Charter, Craft, GuildCraft>(); }
};
TUPELO_CONFORMANCE_SUITE(random_sessions);

TEST_P(random_sessions, store_what_the_program_asks_for_and_say_it) {
  const unsigned first = number_in("TUPELO_RANDOM_SEED", 1);
  const unsigned walks = number_in("TUPELO_RANDOM_WALKS", GetParam().run == execution::inline_ ? 40 : 8);
  const unsigned steps = number_in("TUPELO_RANDOM_STEPS", 40);
  for (unsigned seed = first; seed != first + walks && !HasFailure(); ++seed) {
    run([&]() -> task<void> {
      co_await db.erase<Guild>().all_rows().run();
      co_await db.erase<Craft>().all_rows().run();
    });
    SCOPED_TRACE("seed " + std::to_string(seed));
    walk w(db, seed);
    try {
      run([&] { return w.steps(steps); });
    } catch (const std::exception& e) {
      ADD_FAILURE() << e.what() << ": " << w.story();
    }
  }
}

}  // namespace
}  // namespace tupelo::conformance::guilds
