// SPDX-License-Identifier: Apache-2.0
#include "server_test_case.hpp"

#include <tupelo/core/deadline.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/when_all.hpp>

#include <algorithm>
#include <filesystem>
#include <thread>
#include <vector>

namespace tupelo::chaos {
namespace {

class busy_server : public server_test {};

TEST_F(busy_server, answers_a_thousand_clients_of_twenty_connections) {
  database db(url_of("&pool_size=20"), {.run = execution::worker});
  std::vector<int> answered;
  const auto client = [&](int number) -> task<void> {
    for (int i = 0; i < 3; ++i) {
      const int got = co_await db.raw_sql<int>("SELECT ?", number).one();
      EXPECT_EQ(got, number);
    }
    answered.push_back(number);
  };
  std::vector<task<void>> clients;
  for (int i = 0; i < 1'000; ++i) clients.push_back(client(i));
  sync_wait(when_all(std::move(clients)));
  EXPECT_EQ(answered.size(), 1'000U);
  const pool_statistics after = db.statistics();
  EXPECT_LE(after.opened, 20U);
  EXPECT_EQ(after.in_use, 0U);
  EXPECT_EQ(after.waiting, 0U);
  EXPECT_EQ(after.timed_out, 0U);
  EXPECT_EQ(after.acquired, 3'000U);
}
TEST_F(busy_server, serves_clients_of_several_threads) {
  database db(url_of("&pool_size=5"), {.run = execution::worker});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      std::vector<task<void>> clients;
      for (int i = 0; i < 25; ++i) {
        clients.push_back([](database& used) -> task<void> {
          for (int k = 0; k < 4; ++k) co_await used.raw_sql("UPDATE counters SET value = value + 1").run();
        }(db));
      }
      sync_wait(when_all(std::move(clients)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(value(), 400);
  EXPECT_LE(db.statistics().opened, 5U);
  EXPECT_EQ(db.statistics().in_use, 0U);
}
TEST_F(busy_server, loses_no_connection_when_clients_are_cancelled_anywhere) {
  database db(url_of("&pool_size=3"), {.run = execution::worker});
  for (int round = 0; round < 40; ++round) {
    cancel_source stop;
    std::thread canceller([&, round] {
      for (int i = 0; i < round * 20; ++i) std::this_thread::yield();
      stop.request_cancel();
    });
    std::vector<task<void>> clients;
    for (int i = 0; i < 12; ++i) {
      clients.push_back([](database& used) -> task<void> {
        try {
          for (int k = 0; k < 5; ++k) static_cast<void>(co_await used.raw_sql<int>("SELECT 1").one());
        } catch (const cancelled&) {}
      }(db));
    }
    sync_wait(when_all(std::move(clients)), stop.token());
    canceller.join();
  }
  EXPECT_EQ(sync_wait(db.raw_sql<int>("SELECT 7").one()), 7);
  EXPECT_EQ(db.statistics().in_use, 0U);
  EXPECT_LE(db.statistics().connections, 3U);
}
TEST_F(busy_server, that_has_no_connection_left_is_used_with_those_there_are) {
  interfere("CREATE ROLE \"" + schema + "\" LOGIN CONNECTION LIMIT 2; GRANT USAGE ON SCHEMA \"" + schema + "\" TO \"" +
            schema + "\"; GRANT ALL ON counters TO \"" + schema + "\"");
  {
    std::string url = url_of("&pool_size=6");
    url.replace(url.find("tupelo@"), 6, schema);
    database db(url, {.run = execution::worker});
    std::vector<task<void>> clients;
    for (int i = 0; i < 30; ++i) {
      clients.push_back([](database& used) -> task<void> {
        co_await used.raw_sql("UPDATE counters SET value = value + 1").run();
      }(db));
    }
    sync_wait(when_all(std::move(clients)));
    EXPECT_EQ(value(), 30);
    EXPECT_LE(db.statistics().connections, 2U);
    sync_wait(db.close());
  }
  // The server notices that the connections have ended a little later.
  interfere("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '" + schema + "'");
  interfere("DROP OWNED BY \"" + schema + "\"; DROP ROLE \"" + schema + "\"");
}

/// A server that is away: its socket's folder is there, and its socket is or is not.
class absent_server : public server_test {
protected:
  void SetUp() override {
    server_test::SetUp();
    if (IsSkipped()) return;
    real_ = server_url.substr(server_url.find("host=") + 5);
    folder_ = std::filesystem::temp_directory_path() / schema;
    std::filesystem::create_directory(folder_);
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
    server_test::TearDown();
  }
  void comes_up() {
    std::filesystem::create_symlink(std::filesystem::canonical(std::filesystem::path(real_) / socket),
                                    folder_ / socket);
  }
  void goes_away() {
    std::filesystem::remove(folder_ / socket);
    terminate_all();
  }
  std::string url() const {
    return "postgresql://tupelo@/postgres?host=" + folder_.string() + "&application_name=" + schema;
  }

  /// Asks until the pause between two attempts is over.
  static bool answers_soon(database& db) {
    const deadline until{steady_now_us() + 10'000'000};
    while (!until.expired(steady_now_us())) {
      if (sync_wait(db.health()).up) return true;
    }
    return false;
  }

  static constexpr const char* socket = ".s.PGSQL.5432";

private:
  std::string real_;
  std::filesystem::path folder_;
};

TEST_F(absent_server, is_told_of_at_once_to_all_who_wait) {
  // A pause that outlasts the test: nobody tries again.
  database db(
      url(),
      {.pool_size = 2, .run = execution::worker, .first_backoff_us = 60'000'000, .longest_backoff_us = 60'000'000});
  int refused = 0;
  const auto client = [&]() -> task<void> {
    try {
      co_await db.ping();
    } catch (const connection_error& e) {
      if (e.code() == errc::connection_failed) ++refused;
    }
  };
  std::vector<task<void>> clients;
  for (int i = 0; i < 50; ++i) clients.push_back(client());
  sync_wait(when_all(std::move(clients)));
  EXPECT_EQ(refused, 50);
  EXPECT_LE(db.statistics().failed_to_open, 2U) << "not each of them tried";
  EXPECT_FALSE(sync_wait(db.health()).up);
}
TEST_F(absent_server, is_used_when_it_comes_up) {
  database db(url(), {.run = execution::worker, .first_backoff_us = 1'000});
  EXPECT_THROW(sync_wait(db.ping()), connection_error);
  comes_up();
  EXPECT_TRUE(answers_soon(db));
}
TEST_F(absent_server, that_goes_and_comes_again_is_used_again) {
  comes_up();
  database db(url(), {.pool_size = 3, .run = execution::worker, .first_backoff_us = 1'000});
  sync_wait(db.warm_up(3));
  goes_away();
  EXPECT_THROW(static_cast<void>(sync_wait(db.raw_sql<int>("SELECT 7").one())), connection_error);
  comes_up();
  EXPECT_TRUE(answers_soon(db));
  EXPECT_EQ(db.statistics().in_use, 0U);
}

}  // namespace
}  // namespace tupelo::chaos
