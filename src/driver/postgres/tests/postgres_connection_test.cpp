// SPDX-License-Identifier: Apache-2.0
// A connection on an event loop whose clock is the test's.
#include "conversation_fixture.hpp"
#include "postgres_connection.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>
#include <sys/socket.h>
#include <unistd.h>

namespace tupelo::driver::postgres::testing {
namespace {

/// Goes on when the test says so.
class test_loop final : public scheduler {
public:
  void post(scheduled_work&) noexcept override { ADD_FAILURE() << "nothing is posted here"; }
  void start_timer(timer_node& timer) noexcept override { timers_.push_back(&timer); }
  bool cancel_timer(timer_node& timer) noexcept override { return std::erase(timers_, &timer) != 0; }
  [[nodiscard]] std::int64_t now_us() const noexcept override { return now; }
  [[nodiscard]] tupelo::reactor& reactor() noexcept override { return watches_; }

  bool waits_to_read() const noexcept { return watches_.reading != nullptr; }
  /// Says to who waits for it that there is something to read.
  void let_read() {
    io_wait* const wait = std::exchange(watches_.reading, nullptr);
    ASSERT_NE(wait, nullptr);
    wait->ready(*wait);
  }
  std::int64_t now = 1'000'000;

private:
  struct only_watch final : tupelo::reactor {
    struct watching final : descriptor_watch {
      explicit watching(only_watch& of) noexcept : owner(of) {}
      void start_wait(io_wait& wait, io_readiness wanted) noexcept override {
        EXPECT_EQ(wanted, io_readiness::readable);
        owner.reading = &wait;
      }
      bool cancel_wait(io_wait& wait) noexcept override {
        if (owner.reading != &wait) return false;
        owner.reading = nullptr;
        return true;
      }
      only_watch& owner;
    };
    [[nodiscard]] const void* domain() const noexcept override { return this; }
    [[nodiscard]] std::unique_ptr<descriptor_watch> watch(int) override { return std::make_unique<watching>(*this); }
    io_wait* reading = nullptr;
  };
  only_watch watches_;
  std::vector<timer_node*> timers_;
};

/// A server that has said everything at once: more than two reads take, and no more than a socket holds.
struct busy_connection : conversation_test {
  static constexpr std::uint32_t rows = 6'000;
  static constexpr std::int64_t cancel_timeout_us = 2'000'000;

  test_loop loop;
  int server = -1;
  std::unique_ptr<postgres_connection> client;
  asked& statement = read("SELECT n FROM t");
  bool done = false;

  void SetUp() override {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    server = ends[0];
    session_facts facts;
    facts.name = "the test";
    facts.cancel_timeout_us = cancel_timeout_us;
    facts.received_at_once = 4096;
    client = std::make_unique<postgres_connection>(transport(ends[1]), std::move(facts), conversation(true), false);
    statement.run.loop = &loop;
    statement.run.owner = this;
    statement.run.done = [](request& ended) noexcept { static_cast<busy_connection*>(ended.owner)->done = true; };
  }
  void ask() {
    client->start(statement.run);
    std::string all = described(true) + ready() + message_bytes('2', "");
    for (std::uint32_t i = 0; i != rows; ++i) all += row(i);
    say(all + message_bytes('C', text_bytes("SELECT 6000")) + ready());
  }
  void say(const std::string& bytes) const {
    ASSERT_EQ(::send(server, bytes.data(), bytes.size(), MSG_DONTWAIT), static_cast<ssize_t>(bytes.size()));
  }
  void TearDown() override {
    client.reset();
    ::close(server);
  }
};

TEST_F(busy_connection, gives_its_loop_a_turn_before_all_is_read_that_has_arrived) {
  ask();
  int turns = 0;
  for (; !done; ++turns) {
    ASSERT_TRUE(loop.waits_to_read()) << "what is left must be read";
    loop.let_read();
  }
  EXPECT_GT(turns, 1);
  EXPECT_FALSE(statement.run.failure);
  EXPECT_EQ(statement.rows.size(), rows);
  EXPECT_FALSE(loop.waits_to_read());
}
TEST_F(busy_connection, heeds_a_deadline_while_there_is_always_more_to_read) {
  statement.run.deadline_us = loop.now + 100'000;
  ask();
  loop.let_read();
  EXPECT_FALSE(statement.rows.empty());
  loop.now += 100'000;
  loop.let_read();
  loop.now += cancel_timeout_us;
  loop.let_read();
  EXPECT_TRUE(done) << "the server goes on as if nobody had asked it to stop";
  EXPECT_EQ(statement.failure(), errc::timed_out);
  EXPECT_LT(statement.rows.size(), rows);
  EXPECT_FALSE(client->usable());
}

/// A server that has answered what it was asked.
struct idle_connection : busy_connection {
  asked& next = read();
  bool next_done = false;

  void SetUp() override {
    busy_connection::SetUp();
    ask();
    while (!done && loop.waits_to_read()) loop.let_read();
    ASSERT_TRUE(done);
    loop.now += 10'000;
    next.run.loop = &loop;
    next.run.owner = &next_done;
    next.run.done = [](request& ended) noexcept { *static_cast<bool*>(ended.owner) = true; };
  }
};

TEST_F(idle_connection, takes_no_answer_from_before_it_has_asked) {
  say(described(true) + ready() + message_bytes('2', "") + row(7) + message_bytes('C', text_bytes("SELECT 1")) +
      ready());
  client->start(next.run);
  while (!next_done && loop.waits_to_read()) loop.let_read();
  ASSERT_TRUE(next_done);
  EXPECT_TRUE(next.rows.empty());
  EXPECT_EQ(next.failure(), errc::connection_lost);
  EXPECT_FALSE(client->usable());
}
TEST_F(idle_connection, takes_no_answer_from_behind_the_end_of_its_opening) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  conversation opened(true);
  feed(opened.input(), described(true) + ready());
  postgres_connection hurried(transport(ends[1]), session_facts(), std::move(opened), false);
  hurried.start(next.run);
  EXPECT_TRUE(next_done);
  EXPECT_EQ(next.failure(), errc::connection_lost);
  ::close(ends[0]);
}
TEST_F(idle_connection, hears_what_its_server_says_of_itself) {
  say(message_bytes('S', text_bytes("application_name") + text_bytes("x")));
  client->start(next.run);
  EXPECT_FALSE(next_done);
  say(described(true) + ready());
  loop.let_read();
  say(message_bytes('2', "") + row(7) + message_bytes('C', text_bytes("SELECT 1")) + ready());
  while (!next_done && loop.waits_to_read()) loop.let_read();
  EXPECT_EQ(next.rows, std::vector<std::int64_t>{7});
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
