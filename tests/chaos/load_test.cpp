// SPDX-License-Identifier: Apache-2.0
// Many clients on few connections: everybody is answered.
#include "scene.hpp"

#include <tupelo/core/asio.hpp>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace tupelo::chaos {
namespace {

class load : public scene {
protected:
  static constexpr int clients = 1000;
  static constexpr std::uint32_t connections = 20;

  /// Reads, and every few statements a transaction that writes.
  task<void> be_a_client(database& db, int number, int statements) {
    try {
      for (int i = 0; i < statements; ++i) {
        if (i % 5 == 4) {
          lease held = co_await db.acquire();
          co_await held.begin();
          co_await held.insert(Entry{.run = std::to_string(number), .text = std::to_string(i)});
          co_await held.commit();
          ++written_;
        } else {
          EXPECT_EQ(co_await db.raw_sql<std::int64_t>("SELECT $1::bigint * 1000 + $2", std::int64_t{number}, i).one(),
                    std::int64_t{number} * 1000 + i);
        }
        ++answered_;
      }
    } catch (const std::exception& e) {
      ADD_FAILURE() << "client " << number << ": " << e.what();
    }
  }

  void expect_all_answered(const database& db, int statements) {
    EXPECT_EQ(answered_, clients * statements);
    EXPECT_EQ(sync_wait(control->query<Entry>().count()), written_);
    EXPECT_LE(db.statistics().connections, connections);
    EXPECT_EQ(db.statistics().in_use, 0U);
    EXPECT_EQ(db.statistics().waiting, 0U);
  }

  std::atomic<int> answered_{0};
  std::atomic<int> written_{0};
};

TEST_F(load, of_a_thousand_clients_on_one_thread_is_answered) {
  constexpr int statements = 20;
  database db(url(), {.pool_size = connections});
  boost::asio::io_context loop(1);
  for (int i = 0; i < clients; ++i) spawn(loop, be_a_client(db, i, statements), boost::asio::detached);
  const watchdog::entry runs(*guard, "clients on one thread");
  loop.run();
  expect_all_answered(db, statements);
}

TEST_F(load, of_a_thousand_clients_is_served_in_turn) {
  constexpr int statements = 10;
  database db(url(), {.pool_size = connections});
  boost::asio::io_context loop(1);
  std::vector<std::vector<int>> served(clients);  // of each client: how many had been answered before each answer
  int answers = 0;
  const auto client = [&](int number) -> task<void> {
    for (int i = 0; i < statements; ++i) {
      static_cast<void>(co_await db.raw_sql<int>("SELECT 1").one());
      served[static_cast<std::size_t>(number)].push_back(answers++);
    }
  };
  for (int i = 0; i < clients; ++i) spawn(loop, client(i), boost::asio::detached);
  const watchdog::entry runs(*guard, "clients in turn");
  loop.run();
  EXPECT_EQ(answers, clients * statements);
  int longest = 0;
  for (const std::vector<int>& own : served) {
    ASSERT_EQ(own.size(), std::size_t{statements});
    int before = 0;
    for (const int at : own) {
      longest = std::max(longest, at - before);
      before = at;
    }
  }
  // In turn everybody else is answered once in between, or more often on connections that answer quicker. Out of turn
  // those who came first would wait for all answers.
  EXPECT_LE(longest, clients * statements / 2);
}

TEST_F(load, of_a_thousand_clients_on_four_threads_is_answered) {
  constexpr int statements = 5;
  database db(url(), {.pool_size = connections});
  boost::asio::io_context loop;
  for (int i = 0; i < clients; ++i)
    spawn(boost::asio::make_strand(loop), be_a_client(db, i, statements), boost::asio::detached);
  const watchdog::entry runs(*guard, "clients on four threads");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { loop.run(); });
  for (std::thread& thread : threads) thread.join();
  expect_all_answered(db, statements);
}

}  // namespace
}  // namespace tupelo::chaos
