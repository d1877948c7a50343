// SPDX-License-Identifier: Apache-2.0
// What a server does to its sessions: it ends them, refuses them, times them out and has no room for them.
#include "scene.hpp"

#include <tupelo/core/cancellation.hpp>
#include <tupelo/core/deadline.hpp>
#include <tupelo/core/when_all.hpp>

#include <optional>
#include <vector>

namespace tupelo::chaos {
namespace {

class backend : public scene, public ::testing::WithParamInterface<way> {
protected:
  static constexpr std::uint32_t size = 3;

  void SetUp() override {
    scene::SetUp();
    if (IsSkipped()) return;
    db.emplace(url(), database_options{.pool_size = size, .run = execution_of(GetParam())});
  }
  void TearDown() override {
    db.reset();
    scene::TearDown();
  }
  void run(task<void> work) {
    const watchdog::entry runs(*guard, "the test's work");
    scene::run(GetParam(), std::move(work));
  }
  task<std::int64_t> rows() { co_return co_await control->query<Entry>().count(); }
  /// A second thread for what happens meanwhile: the first one may be blocked.
  template <class Work, class Meanwhile>
  void run_beside(Work work, Meanwhile meanwhile) {
    std::thread other([&] {
      try {
        sync_wait(meanwhile());
      } catch (const std::exception& e) {
        ADD_FAILURE() << e.what();
      }
    });
    run(work());
    other.join();
  }
  task<std::optional<errc>> outcome(task<void> work) {
    try {
      co_await std::move(work);
    } catch (const error& e) {
      co_return e.code();
    }
    co_return std::nullopt;
  }

  std::optional<database> db;
};
INSTANTIATE_TEST_SUITE_P(ways, backend, ::testing::Values(way::event_loop, way::worker, way::blocking),
                         [](const auto& tested) { return name_of(tested.param); });

TEST_P(backend, terminated_before_a_rollback_leaves_the_session_as_it_was_before_its_flush) {
  run([&]() -> task<void> {
    session s = db->session();
    auto entry = s.add(Entry{.run = "rollback", .text = "x"});
    co_await s.flush();
    EXPECT_NE(entry->id, 0);
    co_await terminate("state = 'idle in transaction'");
    const std::optional<errc> code = co_await outcome(s.rollback());
    EXPECT_TRUE(!code || code == errc::connection_lost) << static_cast<int>(*code);
    EXPECT_EQ(entry->id, 0);
    s.add(entry);
    co_await s.commit();
    EXPECT_EQ(co_await rows(), 1);
  }());
}
TEST_P(backend, terminated_after_a_closure_failed_does_not_hide_its_error) {
  run([&]() -> task<void> {
    const std::optional<errc> code = co_await outcome(db->transaction([&](session& s) -> task<void> {
      s.add(Entry{.run = "closure", .text = "x"});
      co_await s.flush();
      co_await terminate("state = 'idle in transaction'");
      throw not_found("what the program has to say");
    }));
    EXPECT_EQ(code, errc::not_found);
    EXPECT_EQ(co_await rows(), 0);
  }());
}
TEST_P(backend, terminated_while_idle_costs_one_error_each_at_most) {
  run([&]() -> task<void> {
    {
      std::vector<lease> held;
      for (std::uint32_t i = 0; i < size; ++i) {
        held.push_back(co_await db->acquire());
        co_await held.back().execute("SELECT 1");
      }
    }
    co_await terminate();
    std::uint32_t failures = 0;
    for (std::uint32_t i = 0; i < 2 * size; ++i) {
      const auto code = co_await outcome(db->ping());
      if (!code) continue;
      ++failures;
      EXPECT_EQ(*code, errc::connection_lost);
    }
    EXPECT_LE(failures, size);
    co_await expect_recovered(*db, "idle");
  }());
}

TEST_P(backend, terminated_while_it_works_is_a_lost_connection) {
  run_beside(
      [&]() -> task<void> {
        EXPECT_EQ(co_await outcome(db->execute("SELECT pg_sleep(100)")), errc::connection_lost);
        co_await expect_recovered(*db, "working");
      },
      [&]() -> task<void> {
        co_await until_a_session("query LIKE '%pg_sleep%'");
        co_await terminate();
      });
}

TEST_P(backend, terminated_in_a_transaction_undoes_it) {
  run([&]() -> task<void> {
    {
      lease held = co_await db->acquire();
      co_await held.begin();
      co_await held.insert(Entry{.text = "undone"});
      co_await terminate("state = 'idle in transaction'");
      EXPECT_EQ(co_await outcome(held.execute("SELECT 1")), errc::connection_lost);
      EXPECT_TRUE(co_await outcome(held.commit()));
      co_await held.rollback();
    }
    EXPECT_EQ(co_await rows(), 0);
    co_await expect_recovered(*db, "in a transaction");
  }());
}

TEST_P(backend, terminated_in_a_closure_runs_it_again) {
  run([&]() -> task<void> {
    int attempts = 0;
    co_await db->transaction([&](session& s) -> task<void> {
      s.add(Entry{.text = "once"});
      co_await s.flush();
      if (++attempts == 1) co_await terminate("state = 'idle in transaction'");
      co_await s.raw_sql("SELECT 1").run();
    });
    EXPECT_EQ(attempts, 2);
    EXPECT_EQ(co_await rows(), 1);
    co_await expect_recovered(*db, "in a closure");
  }());
}

TEST_P(backend, terminated_in_a_stream_ends_it_with_an_error) {
  run([&]() -> task<void> {
    EXPECT_EQ(co_await outcome([&]() -> task<void> {
                auto rows = db->raw_sql<std::int64_t>("SELECT generate_series(1::bigint, 10000000)").stream();
                std::int64_t last = 0;
                while (const std::int64_t* row = co_await rows.next()) {
                  EXPECT_EQ(*row, ++last);
                  if (last == 100) co_await terminate();
                }
                ADD_FAILURE() << "the stream ended as if it were whole";
              }()),
              errc::connection_lost);
    co_await expect_recovered(*db, "streaming");
  }());
}

// ---- waits that the server ends

TEST_P(backend, statement_timeout_and_lock_timeout_are_told_apart) {
  database impatient(url() + "&statement_timeout=30ms", {.pool_size = 1, .run = execution_of(GetParam())});
  database unlocked(url() + "&lock_timeout=30ms", {.pool_size = 1, .run = execution_of(GetParam())});
  run([&]() -> task<void> {
    EXPECT_EQ(co_await outcome(impatient.execute("SELECT pg_sleep(100)")), errc::timed_out);
    co_await expect_recovered(impatient, "statement_timeout");
    {
      lease held = co_await db->acquire();
      co_await held.begin();
      co_await held.execute("LOCK TABLE entries");
      EXPECT_EQ(co_await outcome(unlocked.execute("SELECT * FROM entries")), errc::busy);
    }
    co_await expect_recovered(unlocked, "lock_timeout");
    co_await expect_recovered(*db, "the one with the lock");
  }());
}

TEST_P(backend, idle_in_transaction_timeout_is_a_lost_connection) {
  database watched(url() + "&idle_in_transaction_session_timeout=20ms",
                   {.pool_size = 1, .run = execution_of(GetParam())});
  run([&]() -> task<void> {
    {
      lease held = co_await watched.acquire();
      co_await held.begin();
      // With BEGIN in one write: from its end to the statement the server's time would run.
      EXPECT_EQ(co_await held.raw_sql<int>("SELECT 1").one(), 1);
      while (co_await sessions() != 0) {}
      EXPECT_EQ(co_await outcome(held.execute("SELECT 1")), errc::connection_lost);
    }
    co_await expect_recovered(watched, "idle in transaction");
  }());
}

// ---- conflicts

TEST_P(backend, deadlocks_are_resolved_by_running_the_closure_again) {
  const std::string sql = url() + "%20-cdeadlock_timeout%3D20ms";
  database eager(sql, {.pool_size = size, .run = execution_of(GetParam())});
  sync_wait(control->execute("INSERT INTO entries (id, run, text) VALUES (1, '', ''), (2, '', '')"));
  std::mutex mutex;
  std::condition_variable changed;
  int holding = 0;  // of the two that have their first row
  std::atomic<int> attempts{0};
  const auto lock_both = [&](int first) -> task<void> {
    co_await eager.transaction([&, first](session& s) -> task<void> {
      ++attempts;
      co_await s.raw_sql("UPDATE entries SET text = text || 'x' WHERE id = $1", first).run();
      {
        std::unique_lock lock(mutex);
        ++holding;
        changed.notify_all();
        changed.wait(lock, [&] { return holding >= 2; });
      }
      co_await s.raw_sql("UPDATE entries SET text = text || 'x' WHERE id = $1", 3 - first).run();
    });
  };
  const watchdog::entry runs(*guard, "two closures");
  std::thread other([&] { scene::run(GetParam(), lock_both(1)); });
  scene::run(GetParam(), lock_both(2));
  other.join();
  EXPECT_GE(attempts, 3);
  EXPECT_EQ(sync_wait(control->raw_sql<std::string>("SELECT string_agg(text, ',') FROM entries").one()), "xx,xx");
  EXPECT_EQ(eager.statistics().in_use, 0U);
}

TEST_P(backend, serialization_failures_are_resolved_by_running_the_closure_again) {
  run([&]() -> task<void> {
    co_await control->execute("INSERT INTO entries (id, run, text) VALUES (1, '', '')");
    int attempts = 0;
    co_await db->transaction([&](session& s) -> task<void> {
      co_await s.raw_sql("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE").run();
      EXPECT_EQ(co_await s.raw_sql<std::int64_t>("SELECT count(*) FROM entries").one(), 1);
      if (++attempts == 1) co_await control->execute("UPDATE entries SET text = 'theirs'");
      co_await s.raw_sql("UPDATE entries SET text = text || ' and ours'").run();
    });
    EXPECT_EQ(attempts, 2);
    EXPECT_EQ(co_await control->raw_sql<std::string>("SELECT text FROM entries").one(), "theirs and ours");
    co_await expect_recovered(*db, "serialization failure");
  }());
}

// ---- no room

TEST_P(backend, too_many_connections_are_refused_and_later_taken) {
  const std::string role = "few_" + uuid::v4().to_string().substr(0, 8);
  sync_wait(control->execute("CREATE ROLE " + role + " LOGIN CONNECTION LIMIT 2"));
  std::string crowded_url = url();
  crowded_url.replace(crowded_url.find("tupelo@"), 6, role);
  {
    database crowded(crowded_url, {.pool_size = 5, .run = execution_of(GetParam())});
    run([&]() -> task<void> {
      {
        std::vector<lease> held;
        held.push_back(co_await crowded.acquire());
        held.push_back(co_await crowded.acquire());
        // Whoever can wait for one of the two does, as far as it goes.
        const auto third = [&]() -> task<void> { co_await crowded.acquire(); };
        const auto refused = co_await outcome(with_deadline(third(), deadline::after_us(200'000, steady_now_us())));
        EXPECT_TRUE(refused == errc::too_many_connections || refused == errc::timed_out)
            << static_cast<int>(refused.value_or(errc{}));
        EXPECT_EQ(crowded.statistics().in_use, 2U);
        for (lease& each : held) co_await each.execute("SELECT 1");
      }
      EXPECT_EQ(co_await crowded.raw_sql<int>("SELECT 7").one(), 7);
    }());
    EXPECT_EQ(crowded.statistics().in_use, 0U);
  }
  expect_no_sessions();
  sync_wait(control->execute("DROP ROLE " + role));
}

TEST_P(backend, temporary_files_beyond_their_limit_are_an_error_of_the_statement) {
  database limited(url() + "%20-ctemp_file_limit%3D64%20-cwork_mem%3D64", {.run = execution_of(GetParam())});
  run([&]() -> task<void> {
    try {
      co_await limited
          .raw_sql<std::int64_t>("SELECT count(*) FROM (SELECT g FROM generate_series(1, 50000) g ORDER BY g) s")
          .one();
      ADD_FAILURE() << "it had room";
    } catch (const database_error& e) {
      EXPECT_EQ(e.code(), errc::disk_full);
      EXPECT_EQ(e.sqlstate(), "53400");
      EXPECT_TRUE(e.connection_usable());
    }
    co_await expect_recovered(limited, "no room for temporary files");
    EXPECT_EQ(limited.statistics().connections, 1U);
  }());
}

// ---- the network stands still

TEST_P(backend, a_stalled_network_does_not_outlast_the_deadline) {
  fault_proxy::gate gate(*proxy);
  database far(url_through(gate), {.pool_size = 1, .run = execution_of(GetParam())});
  run([&]() -> task<void> {
    co_await far.ping();
    gate.stall();
    try {
      co_await with_deadline(far.execute("SELECT 1"), deadline::after_us(50'000, steady_now_us()));
      ADD_FAILURE() << "it was answered";
    } catch (const timed_out& e) {
      EXPECT_FALSE(e.connection_usable());
    }
    EXPECT_EQ(far.statistics().in_use, 0U);
    // A new connection cannot be opened either.
    EXPECT_EQ(co_await outcome(with_deadline(far.ping(), deadline::after_us(50'000, steady_now_us()))),
              errc::timed_out);
    gate.go_on();
    co_await expect_recovered(far, "stalled");
  }());
}

TEST_P(backend, a_stalled_network_does_not_outlast_a_cancellation) {
  fault_proxy::gate gate(*proxy);
  database far(url_through(gate), {.pool_size = 1, .run = execution_of(GetParam())});
  cancel_source source;
  run_beside(
      [&]() -> task<void> {
        EXPECT_EQ(co_await outcome(with_cancellation(far.execute("SELECT pg_sleep(100)"), source.token())),
                  errc::cancelled);
        EXPECT_EQ(far.statistics().in_use, 0U);
        gate.go_on();
        co_await expect_recovered(far, "stalled");
      },
      [&]() -> task<void> {
        co_await until_a_session("query LIKE '%pg_sleep%'");
        gate.stall();
        source.request_cancel();
      });
}

}  // namespace
}  // namespace tupelo::chaos
