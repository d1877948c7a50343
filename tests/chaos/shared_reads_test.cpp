// SPDX-License-Identifier: Apache-2.0
// Many readers on few connections, to which something happens: each gets its own answer, or a typed error.
#include "scene.hpp"

#include <tupelo/core/asio.hpp>
#include <tupelo/core/cancellation.hpp>
#include <tupelo/core/when_all.hpp>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace tupelo::chaos {
namespace {

/// A view whose rows take their time.
struct Slow {
  std::int64_t id{};
  std::string text{};

  static void model(tupelo::model<Slow>& m) { m.table("slow"); }
};

class shared_reads : public scene {
protected:
  static constexpr std::uint32_t connections = 3;

  void SetUp() override {
    scene::SetUp();
    if (!control) return;
    sync_wait(control->execute(
        "INSERT INTO entries (run, text) SELECT i::text, 'text of ' || i FROM generate_series(0, 199) i;"
        "CREATE VIEW slow AS SELECT 1::bigint AS id, pg_sleep(3600)::text AS text"));
  }
  static database_options options() {
    return {
        .pool_size = connections + 1, .run = execution::worker, .first_backoff_us = 1'000, .shared_reads = connections};
  }

  /// Reads rows one after the other, and looks whether they are what was asked for.
  task<void> read(database& db, int reader, int reads) {
    for (int i = 0; i < reads; ++i) {
      const std::string wanted = std::to_string((reader * 37 + i * 11) % 200);
      try {
        const Entry found = co_await db.query<Entry>().where(col<&Entry::run> == wanted).one();
        EXPECT_EQ(found.text, "text of " + wanted);
        ++answered_;
      } catch (const connection_error&) {
        ++failed_;
      } catch (const cancelled&) {
        ++stopped_;
        co_return;
      } catch (const timed_out&) {
        ++stopped_;
      } catch (const std::exception& e) {
        ADD_FAILURE() << "reader " << reader << ": " << e.what();
      }
    }
  }
  task<void> read_all(database& db, int readers, int reads) {
    std::vector<task<void>> all;
    for (int i = 0; i < readers; ++i) all.push_back(read(db, i, reads));
    co_await when_all(std::move(all));
  }

  std::atomic<int> answered_{0};
  std::atomic<int> failed_{0};
  std::atomic<int> stopped_{0};
};

TEST_F(shared_reads, of_many_on_one_thread_get_their_own_answers) {
  database db(url(), options());
  const watchdog::entry runs(*guard, "readers on one thread");
  run(way::event_loop, read_all(db, 40, 50));
  EXPECT_EQ(answered_, 40 * 50);
  EXPECT_LE(db.statistics().connections, connections + 1);
  sync_wait(expect_recovered(db, "all answered"));
}
TEST_F(shared_reads, of_many_on_four_threads_get_their_own_answers) {
  database db(url(), options());
  const watchdog::entry runs(*guard, "readers on four threads");
  boost::asio::io_context loop;
  for (int i = 0; i < 40; ++i) spawn(boost::asio::make_strand(loop), read(db, i, 50), boost::asio::detached);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { loop.run(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered_, 40 * 50);
  sync_wait(expect_recovered(db, "all answered"));
}
TEST_F(shared_reads, of_programs_without_an_event_loop_get_their_own_answers) {
  database db(url(), options());
  const watchdog::entry runs(*guard, "readers that block");
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) threads.emplace_back([&, i] { sync_wait(read_all(db, i + 1, 20)); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered_, (1 + 2 + 3 + 4 + 5 + 6) * 20);
  sync_wait(expect_recovered(db, "all answered"));
}
TEST_F(shared_reads, of_a_blocking_call_inside_of_a_task_are_answered) {
  database_options one = options();
  one.shared_reads = 1;
  database db(url(), one);
  const watchdog::entry runs(*guard, "a loop inside of a loop");
  sync_wait(read(db, 0, 1));
  // The outer loop has a read to send and cannot come around to it.
  const auto block = [&]() -> task<void> {
    sync_wait(read(db, 1, 3));
    co_return;
  };
  const auto both = [&]() -> task<void> {
    std::vector<task<void>> all;
    all.push_back(read(db, 2, 1));
    all.push_back(block());
    all.push_back(read(db, 3, 2));
    co_await when_all(std::move(all));
  };
  sync_wait(both());
  EXPECT_EQ(answered_, 1 + 3 + 1 + 2);
  sync_wait(expect_recovered(db, "all answered"));
}
TEST_F(shared_reads, leave_connections_to_transactions) {
  database db(url(), options());
  const watchdog::entry runs(*guard, "readers and writers");
  std::atomic<int> written{0};
  const auto write = [&](int writer) -> task<void> {
    for (int i = 0; i < 20; ++i) {
      co_await db.transaction([&](session& s) -> task<void> {
        s.add(Entry{.run = "w" + std::to_string(writer), .text = std::to_string(i)});
        co_return;
      });
      ++written;
    }
  };
  boost::asio::io_context loop(1);
  for (int i = 0; i < 20; ++i) spawn(loop, read(db, i, 50), boost::asio::detached);
  for (int i = 0; i < 5; ++i) spawn(loop, write(i), boost::asio::detached);
  loop.run();
  EXPECT_EQ(answered_, 20 * 50);
  EXPECT_EQ(written, 100);
  sync_wait(expect_recovered(db, "all answered"));
}
TEST_F(shared_reads, are_asked_again_wherever_a_connection_is_cut) {
  std::size_t most = 0;
  database_options few = options();  // the plan is for the first connection
  few.pool_size = 2;
  few.shared_reads = 1;
  {
    fault_proxy::gate gate(*proxy);
    database db(url_through(gate), few);
    run(way::event_loop, read_all(db, 8, 6));
    most = gate.messages(sender::server);
  }
  answered_ = failed_ = 0;
  std::vector<fault_plan> plans;
  for (const fault what : {fault::cut, fault::cut_inside}) {
    for (std::size_t i = 14; i < most; i += 3) plans.push_back({what, sender::server, i});
  }
  for_each(way::worker, plans.size(), [&](std::size_t i) -> task<void> {
    const std::string name = "cut at message " + std::to_string(plans[i].message);
    const watchdog::entry runs(*guard, name);
    fault_proxy::gate gate(*proxy, plans[i]);
    database db(url_through(gate), few);
    co_await read_all(db, 8, 6);
    co_await expect_recovered(db, name);
  });
  const int all = static_cast<int>(plans.size()) * 8 * 6;
  EXPECT_EQ(answered_ + failed_, all);
  EXPECT_GT(answered_, all * 9 / 10);
}
TEST_F(shared_reads, are_not_stopped_by_the_cancellation_of_another) {
  database db(url(), options());
  const watchdog::entry runs(*guard, "a reader is cancelled");
  const auto give_up = [&](int after) -> task<void> {
    try {
      co_await with_deadline(task<std::vector<Slow>>(db.query<Slow>().all()),
                             deadline::after_us(after, steady_now_us()));
      ADD_FAILURE() << "it was to be too slow";
    } catch (const timed_out&) {
      ++stopped_;
    }
  };
  boost::asio::io_context loop(1);
  for (int i = 0; i < 5; ++i) spawn(loop, give_up(1'000 + i * 20'000), boost::asio::detached);
  for (int i = 0; i < 20; ++i) spawn(loop, read(db, i, 100), boost::asio::detached);
  loop.run();
  EXPECT_EQ(stopped_, 5);
  EXPECT_EQ(failed_, 0);
  EXPECT_EQ(answered_, 20 * 100);
  sync_wait(expect_recovered(db, "cancelled readers"));
}
TEST_F(shared_reads, that_are_cancelled_at_any_time_take_no_other_s_answer) {
  database db(url(), options());
  const watchdog::entry runs(*guard, "readers are cancelled");
  std::atomic<bool> ended{false};  // the readers have
  boost::asio::io_context loop;
  std::vector<cancel_source> sources(20);
  for (int i = 0; i < 20; ++i) {
    spawn(boost::asio::make_strand(loop),
          with_cancellation(read(db, i, 1'000), sources[static_cast<std::size_t>(i)].token()), boost::asio::detached);
  }
  for (int i = 20; i < 30; ++i) spawn(boost::asio::make_strand(loop), read(db, i, 200), boost::asio::detached);
  std::thread cancelling([&] {
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const int seen = answered_;
      while (answered_ < seen + 40 && !ended) std::this_thread::yield();
      sources[i].request_cancel();
    }
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) threads.emplace_back([&] { loop.run(); });
  for (std::thread& thread : threads) thread.join();
  ended = true;
  cancelling.join();
  EXPECT_EQ(failed_, 0);
  EXPECT_LE(stopped_, 20);
  sync_wait(expect_recovered(db, "cancelled readers"));
}
TEST_F(shared_reads, survive_the_end_of_their_sessions) {
  database db(url(), options());
  const watchdog::entry runs(*guard, "sessions are ended");
  std::atomic<bool> ended{false};  // the readers have
  std::thread ending([&] {
    for (int i = 0; i < 5 && !ended; ++i) {
      const int seen = answered_;
      while (answered_ < seen + 100 && !ended) std::this_thread::yield();
      static_cast<void>(sync_wait(control
                                      ->raw_sql<bool>("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                                                      "application_name = current_schema() AND pid <> pg_backend_pid()")
                                      .all()));
    }
  });
  run(way::event_loop, read_all(db, 20, 200));
  ended = true;
  ending.join();
  EXPECT_EQ(answered_ + failed_, 20 * 200);
  sync_wait(expect_recovered(db, "ended sessions"));
}

}  // namespace
}  // namespace tupelo::chaos
