// SPDX-License-Identifier: Apache-2.0
// Transactions that write the same rows of others wait for each other, and never in a circle.
#include "ledger.hpp"

#include <atomic>
#include <thread>

namespace tupelo::conformance {
namespace {

struct Depot {
  std::int64_t id{};
  int crates{};
  int sent{};

  static void model(tupelo::model<Depot>&) {}
};
struct Pallet {
  std::int64_t id{};
  std::int64_t depot_id{};
  std::int64_t from_id{};

  static void model(tupelo::model<Pallet>& m) {
    m.foreign_key(&Pallet::depot_id).references<Depot>().counter(&Depot::crates);
    m.foreign_key(&Pallet::from_id).references<Depot>().counter(&Depot::sent);
  }
};
struct Decal;
struct Poster {
  std::int64_t id{};
  many_to_many<Decal> stickers{};

  static void model(tupelo::model<Poster>& m) { m.many_to_many(&Poster::stickers, "stuck", "poster_id", "sticker_id"); }
};
struct Decal {
  std::int64_t id{};
};
struct Stuck {
  std::int64_t poster_id{}, sticker_id{};

  static void model(tupelo::model<Stuck>& m) {
    m.table("stuck");
    m.primary_key(&Stuck::poster_id, &Stuck::sticker_id);
    m.foreign_key(&Stuck::poster_id).references<Poster>();
    m.foreign_key(&Stuck::sticker_id).references<Decal>();
  }
};
struct PinnedUp;
struct PinBoard {
  std::int64_t id{};
  int pins{};
  many_to_many<Decal, PinnedUp> stickers{};

  static void model(tupelo::model<PinBoard>& m) {
    m.many_to_many(&PinBoard::stickers, "pinned_up", "board_id", "sticker_id");
  }
};
struct PinnedUp {
  std::int64_t board_id{}, sticker_id{};

  static void model(tupelo::model<PinnedUp>& m) {
    m.table("pinned_up");
    m.primary_key(&PinnedUp::board_id, &PinnedUp::sticker_id);
    m.foreign_key(&PinnedUp::board_id).references<PinBoard>().counter(&PinBoard::pins);
    m.foreign_key(&PinnedUp::sticker_id).references<Decal>();
  }
};

class lock_order : public conformance_test {
protected:
  static constexpr int rounds = 60;

  lock_order() {
    create<Depot, Pallet, Poster, Decal, Stuck, PinBoard, PinnedUp>();
    sync_wait(db.insert(depots));
    std::vector<Decal> made(8);
    sync_wait(db.insert(made));
    for (const Decal& each : made) stickers.push_back(each.id);
    sync_wait(db.insert(poster));
  }

  /// What the first failure of two threads says, each of which does its work many times; empty: none failed.
  template <class First, class Second>
  std::string run_beside(First first, Second second) {
    std::string said[2];
    std::atomic<int> arrived{0};
    const auto repeat = [&](std::string& to, auto& work) {
      // Both begin a round together, so that they meet.
      for (int round = 0; round != rounds; ++round) {
        ++arrived;
        while (arrived.load() < 2 * (round + 1)) std::this_thread::yield();
        if (!to.empty()) continue;
        try {
          work(round);
        } catch (const error& e) {
          to = e.what();
        }
      }
    };
    std::thread other([&] { repeat(said[1], second); });
    repeat(said[0], first);
    other.join();
    return said[0].empty() ? said[1] : said[0];
  }

  static std::ptrdiff_t failed(const statement_log& log) {
    const auto all = log.finished();
    return std::count_if(all.begin(), all.end(), [](const auto& each) { return each.failed; });
  }

  std::vector<Depot> depots = std::vector<Depot>(2);
  std::vector<std::int64_t> stickers;
  Poster poster{};
};
TUPELO_CONFORMANCE_SUITE(lock_order);

TEST_P(lock_order, lets_rows_be_written_that_another_transaction_has_written_meanwhile) {
  TUPELO_NEEDS(&feature_table::row_locks);
  const auto last = depots.back().id;
  const auto written_slowly = [&](int) {
    sync_wait(db.transaction([&](session& s) -> task<void> {
      co_await s.update<Depot>().set(col<&Depot::sent>, col<&Depot::sent> + 1).where(col<&Depot::id> == last).run();
      for (int i = 0; i != 10; ++i) co_await s.query<Depot>().count();
    }));
  };
  const auto written_together = [&](int round) {
    for (Depot& each : depots) each.crates = round;
    sync_wait(db.update(depots, &Depot::crates));
  };
  EXPECT_EQ(run_beside(written_slowly, written_together), "");
  const Depot both = sync_wait(db.get<Depot>(last));
  EXPECT_EQ(both.sent, rounds);
  EXPECT_EQ(both.crates, rounds - 1);
}
TEST_P(lock_order, of_counted_parents_is_one_for_updates_that_move_children_both_ways) {
  TUPELO_NEEDS(&feature_table::row_locks);
  std::vector<Pallet> there(20, {.depot_id = depots[0].id, .from_id = depots[0].id}), back = there;
  sync_wait(db.insert(there));
  sync_wait(db.insert(back));
  const auto move = [&](std::vector<Pallet>& crates, int to) {
    for (Pallet& each : crates) each.depot_id = depots[static_cast<std::size_t>(to % 2)].id;
    sync_wait(db.update(crates));
  };
  EXPECT_EQ(run_beside([&](int round) { move(there, round); }, [&](int round) { move(back, round + 1); }), "");
  EXPECT_EQ(sync_wait(db.recount<Pallet>()), 0);
}
TEST_P(lock_order, of_counted_parents_is_one_for_flushes_that_move_children_both_ways) {
  TUPELO_NEEDS(&feature_table::row_locks);
  std::vector<Pallet> crates(2, {.depot_id = depots[0].id, .from_id = depots[0].id});
  sync_wait(db.insert(crates));
  session here = db.session(), there = db.session();
  auto one = sync_wait(here.get<Pallet>(crates[0].id)), other = sync_wait(there.get<Pallet>(crates[1].id));
  const auto move = [&](session& in, const ref<Pallet>& crate, int to) {
    crate->depot_id = depots[static_cast<std::size_t>(to % 2)].id;
    sync_wait(in.commit());
  };
  EXPECT_EQ(run_beside([&](int round) { move(here, one, round); }, [&](int round) { move(there, other, round + 1); }),
            "");
  EXPECT_EQ(sync_wait(db.recount<Pallet>()), 0);
}
TEST_P(lock_order, of_parents_that_are_counted_by_several_keys_is_one) {
  TUPELO_NEEDS(&feature_table::row_locks);
  const auto send = [&](std::size_t from) {
    Pallet sent{.depot_id = depots[1 - from].id, .from_id = depots[from].id};
    sync_wait(db.insert(sent));
    sync_wait(db.erase(sent));
  };
  EXPECT_EQ(run_beside([&](int) { send(0); }, [&](int) { send(1); }), "");
  EXPECT_EQ(sync_wait(db.recount<Pallet>()), 0);
}
TEST_P(lock_order, of_counted_parents_is_one_for_vectors_that_are_erased) {
  TUPELO_NEEDS(&feature_table::row_locks);
  const auto come_and_go = [&](std::size_t first) {
    std::vector<Pallet> crates{{.depot_id = depots[first].id, .from_id = depots[first].id},
                               {.depot_id = depots[1 - first].id, .from_id = depots[1 - first].id}};
    sync_wait(db.insert(crates));
    sync_wait(db.erase(crates));
  };
  EXPECT_EQ(run_beside([&](int) { come_and_go(0); }, [&](int) { come_and_go(1); }), "");
  EXPECT_EQ(sync_wait(db.recount<Pallet>()), 0);
}
TEST_P(lock_order, of_counted_parents_costs_one_statement_where_there_are_several) {
  TUPELO_NEEDS(&feature_table::row_locks);
  Pallet crate = sync_wait(db.insert(Pallet{.depot_id = depots[0].id, .from_id = depots[0].id}));
  statement_log log(db);
  crate.depot_id = depots[1].id;
  sync_wait(db.update(crate));
  int locking = 0;
  for (const std::string& each : log.started()) {
    if (each.find("ORDER BY") != std::string::npos && each.find("FOR NO KEY UPDATE") != std::string::npos) ++locking;
  }
  EXPECT_EQ(locking, 1);
}

TEST_P(lock_order, of_connections_is_one_for_attach_and_detach_of_the_same) {
  TUPELO_NEEDS(&feature_table::row_locks);
  const std::vector<std::int64_t> backwards(stickers.rbegin(), stickers.rend());
  const auto both = [&](const std::vector<std::int64_t>& keys) {
    sync_wait(db.transaction([&](session& s) -> task<void> {
      const Poster own{.id = poster.id};
      co_await s.attach(own, &Poster::stickers, keys);
      co_await s.detach(own, &Poster::stickers, keys);
    }));
  };
  statement_log log(db);
  EXPECT_EQ(run_beside([&](int) { both(stickers); }, [&](int) { both(backwards); }), "");
  EXPECT_EQ(failed(log), 0) << "none was run again either";
}
TEST_P(lock_order, of_connections_is_one_for_sync_and_toggle_of_the_same) {
  TUPELO_NEEDS(&feature_table::row_locks);
  std::vector<std::int64_t> first(stickers.begin(), stickers.begin() + 5),
      second(stickers.rbegin(), stickers.rend() - 3);
  const auto change = [&](int round, const std::vector<std::int64_t>& keys) {
    if (round % 2 == 0) {
      sync_wait(db.sync(poster, &Poster::stickers, keys));
    } else {
      sync_wait(db.toggle(poster, &Poster::stickers, keys));
    }
  };
  EXPECT_EQ(run_beside([&](int round) { change(round, first); }, [&](int round) { change(round / 2, second); }), "");
}
TEST_P(lock_order, of_counted_connections_is_one_for_one_and_for_several) {
  TUPELO_NEEDS(&feature_table::row_locks);
  PinBoard board{};
  sync_wait(db.insert(board));
  const std::vector<std::int64_t> several(stickers.begin(), stickers.begin() + 3);
  const auto one = [&](int round) {
    if (round % 2 == 0) {
      sync_wait(db.attach(board, &PinBoard::stickers, stickers[0]));
    } else {
      sync_wait(db.detach(board, &PinBoard::stickers, stickers[0]));
    }
  };
  const auto all = [&](int round) {
    sync_wait(db.sync(board, &PinBoard::stickers, round % 2 == 0 ? several : std::vector<std::int64_t>()));
  };
  EXPECT_EQ(run_beside(one, all), "");
  EXPECT_EQ(sync_wait(db.recount<PinnedUp>()), 0);
}

}  // namespace
}  // namespace tupelo::conformance
