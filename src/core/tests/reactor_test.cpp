// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/asio.hpp>
#include <tupelo/core/reactor.hpp>
#include <tupelo/core/resumption.hpp>
#include <tupelo/core/sync_wait.hpp>
#include <tupelo/core/task.hpp>
#include <tupelo/core/when_all.hpp>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <array>
#include <thread>
#include <sys/socket.h>
#include <unistd.h>

namespace tupelo {
namespace {

struct socket_pair {
  socket_pair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0); }
  ~socket_pair() {
    for (const int end : ends) ::close(end);
  }
  void write() const { EXPECT_EQ(::write(ends[1], "x", 1), 1); }
  int near() const { return ends[0]; }
  std::array<int, 2> ends{};
};

/// `co_await readiness(watch, what)`.
class readiness final : io_wait {
public:
  readiness(descriptor_watch& watch, io_readiness wanted) noexcept
      : io_wait([](io_wait& self) noexcept { static_cast<readiness&>(self).resumed_.dispatch(); }),
        watch_(watch),
        wanted_(wanted) {}

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    resumed_.prepare(awaiting, context_of(awaiting.promise()));
    watch_.start_wait(*this, wanted_);
    return resumed_.arm();
  }
  void await_resume() const noexcept {}

private:
  descriptor_watch& watch_;
  io_readiness wanted_;
  resumption resumed_;
};

task<void> wait_once(int descriptor, io_readiness wanted) {
  const auto watch = (co_await current_scheduler()).reactor().watch(descriptor);
  co_await readiness(*watch, wanted);
}

TEST(reactor, sync_wait_wakes_when_the_descriptor_can_be_read) {
  const socket_pair sockets;
  std::thread writer([&] { sockets.write(); });
  sync_wait(wait_once(sockets.near(), io_readiness::readable));
  writer.join();
}

TEST(reactor, sync_wait_wakes_when_the_descriptor_can_be_written) {
  const socket_pair sockets;
  sync_wait(wait_once(sockets.near(), io_readiness::writable));
}

TEST(reactor, a_blocking_call_inside_of_a_task_resumes_no_other_task_of_its_loop) {
  const socket_pair of_other, own;
  bool other_went_on = false, inside = false;
  const auto other = [&]() -> task<void> {
    co_await wait_once(of_other.near(), io_readiness::readable);
    other_went_on = true;
  };
  const auto blocks = [&]() -> task<void> {
    of_other.write();
    own.write();
    sync_wait(wait_once(own.near(), io_readiness::readable));
    inside = other_went_on;
    co_return;
  };
  sync_wait(when_all(other(), blocks()));
  EXPECT_TRUE(other_went_on);
  EXPECT_FALSE(inside);
}

TEST(reactor, asio_wakes_when_the_descriptor_can_be_read) {
  const socket_pair sockets;
  sockets.write();
  boost::asio::io_context loop;
  bool done = false;
  spawn(loop, wait_once(sockets.near(), io_readiness::readable), [&](std::exception_ptr) { done = true; });
  loop.run();
  EXPECT_TRUE(done);
}

TEST(reactor, the_background_loop_wakes_though_it_slept_before) {
  const socket_pair sockets;
  const auto watch = background_scheduler().reactor().watch(sockets.near());
  struct remote final : io_wait {
    remote()
        : io_wait([](io_wait& self) noexcept {
            static_cast<remote&>(self).done.test_and_set();
            static_cast<remote&>(self).done.notify_one();
          }) {}
    std::atomic_flag done;
  } wait;
  watch->start_wait(wait, io_readiness::readable);
  sockets.write();
  wait.done.wait(false);
}

TEST(reactor, a_wait_that_was_taken_back_is_never_ready) {
  const socket_pair sockets;
  boost::asio::io_context loop;
  basic_asio_scheduler scheduler(loop.get_executor());
  const auto watch = static_cast<tupelo::scheduler&>(scheduler).reactor().watch(sockets.near());
  struct never final : io_wait {
    never() : io_wait([](io_wait&) noexcept { ADD_FAILURE() << "ready"; }) {}
  } wait;
  watch->start_wait(wait, io_readiness::readable);
  EXPECT_TRUE(watch->cancel_wait(wait));
  sockets.write();
  loop.run();
}

TEST(reactor, taking_back_one_wait_leaves_the_other) {
  const socket_pair sockets;
  boost::asio::io_context loop;
  basic_asio_scheduler scheduler(loop.get_executor());
  const auto watch = static_cast<tupelo::scheduler&>(scheduler).reactor().watch(sockets.near());
  struct counted final : io_wait {
    counted() : io_wait([](io_wait& self) noexcept { ++static_cast<counted&>(self).times; }) {}
    int times = 0;
  } reading, writing;
  watch->start_wait(reading, io_readiness::readable);
  watch->start_wait(writing, io_readiness::writable);
  EXPECT_TRUE(watch->cancel_wait(writing));
  sockets.write();
  loop.run();
  EXPECT_EQ(reading.times, 1);
  EXPECT_EQ(writing.times, 0);
}

TEST(reactor, a_watch_outlives_its_event_loop_but_is_not_usable) {
  const socket_pair sockets;
  std::unique_ptr<descriptor_watch> watch;
  {
    boost::asio::io_context loop;
    basic_asio_scheduler scheduler(loop.get_executor());
    watch = static_cast<tupelo::scheduler&>(scheduler).reactor().watch(sockets.near());
    EXPECT_TRUE(watch->usable());
  }
  EXPECT_FALSE(watch->usable());
}

TEST(reactor, schedulers_of_one_context_share_a_domain) {
  boost::asio::io_context loop;
  asio_scheduler one(loop.get_executor());
  basic_asio_scheduler two(loop.get_executor());
  EXPECT_EQ(static_cast<scheduler&>(one).reactor().domain(), static_cast<scheduler&>(two).reactor().domain());
}

}  // namespace
}  // namespace tupelo
