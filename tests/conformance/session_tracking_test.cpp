// SPDX-License-Identifier: Apache-2.0
// Which session tracks an object, when, and by which key.
#include "ledger.hpp"

#include <tupelo/engine/events.hpp>

#include <functional>
#include <vector>

namespace tupelo::conformance {
namespace {

class session_tracking : public conformance_test {
protected:
  session_tracking() : s(db.session()) { create<Team, Seat, Note>(); }

  std::int64_t insert_team(std::string name) {
    Team team{.name = std::move(name)};
    sync_wait(db.insert(team));
    return team.id;
  }
  session s;
};
TUPELO_CONFORMANCE_SUITE(session_tracking);

// ---- one session

TEST_P(session_tracking, an_object_of_another_session_is_refused) {
  session other = db.session();
  auto red = other.add(Team{.name = "red"});
  sync_wait(other.commit());
  const std::vector<std::function<void()>> verbs{[&] { s.remove(red); },  [&] { s.remove(red, permanently); },
                                                 [&] { s.restore(red); }, [&] { s.expire(red); },
                                                 [&] { s.expunge(red); }, [&] { sync_wait(s.refresh(red)); }};
  for (const auto& verb : verbs) {
    const error refused = failure_of(verb);
    EXPECT_EQ(refused.code(), errc::detached_object);
    EXPECT_NE(std::string(refused.what()).find("another session"), std::string::npos) << refused.what();
  }
  sync_wait(other.commit());
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 1);
  red->points = 3;
  EXPECT_TRUE(other.is_dirty(red));
  EXPECT_FALSE(s.is_dirty(red)) << "its flush would not write it";
}
TEST_P(session_tracking, an_object_may_move_to_another_session) {
  session other = db.session();
  auto red = other.add(Team{.name = "red"});
  sync_wait(other.commit());
  other.expunge(red);
  auto mine = s.attach(Team(*red));
  s.remove(mine);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 0);
}

// ---- one coroutine at a time

TEST_P(session_tracking, nothing_is_tracked_or_let_go_while_a_commit_is_awaited) {
  TUPELO_NEEDS(trait::suspended_statements);
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  auto blue = s.add(Team{.name = "blue"});
  const std::vector<std::function<void()>> verbs{[&] { s.add(Team{.name = "new"}); },
                                                 [&] { s.attach(Team{.id = 99}); },
                                                 [&] { s.remove(blue); },
                                                 [&] { s.restore(red); },
                                                 [&] { s.expire(red); },
                                                 [&] { s.expire_all(); },
                                                 [&] { s.expunge(blue); }};
  std::vector<errc> refused;
  auto second = [&]() -> task<void> {
    for (const auto& verb : verbs) refused.push_back(failure_of(verb).code());
    co_return;
  };
  sync_wait(when_all(s.commit(), second()));
  EXPECT_EQ(refused, std::vector<errc>(verbs.size(), errc::concurrent_use));
  EXPECT_EQ(s.size(), 2U);
  EXPECT_GT(blue->id, 0);
}
TEST_P(session_tracking, handlers_of_a_flush_and_hooks_may_add_and_remove) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  auto blue = s.add(Team{.name = "blue"});
  db.events().on<Team>(event::creating, [&](Team& team) {
    if (team.name != "blue") return;
    s.remove(red);
    s.add(Team{.name = "green"});
  });
  s.after_commit([&] { s.add(Team{.name = "late"}); });
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Team>().order_by(col<&Team::name>).pluck(col<&Team::name>)),
            (std::vector<std::string>{"blue", "green"}));
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 3);
}

}  // namespace
}  // namespace tupelo::conformance
