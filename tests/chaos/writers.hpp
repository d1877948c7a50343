// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scene.hpp"

#include <tupelo/core/asio.hpp>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tupelo::chaos {

/// Tasks that insert entry after entry while something happens to the server, and remember what was confirmed to them.
class writers {
public:
  writers(database& db, std::size_t count) : db_(db), told_(count) {}

  /// Returns when each has had an insert confirmed that began behind finish().
  void run(way how) {
    if (how == way::event_loop) {
      boost::asio::io_context loop(1);
      for (std::size_t i = 0; i < told_.size(); ++i) spawn(loop, write(i), boost::asio::detached);
      loop.run();
      return;
    }
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < told_.size(); ++i) threads.emplace_back([this, i] { sync_wait(write(i)); });
    for (std::thread& thread : threads) thread.join();
  }
  void wait_for(int confirmed) const {
    while (confirmed_ < confirmed) std::this_thread::yield();
  }
  void wait_for_failures(int count) const {
    while (failures_ < count) std::this_thread::yield();
  }
  void finish() noexcept { finishing_ = true; }
  int failures() const noexcept { return failures_; }

  /// Each entry is there once at most, and once where it was confirmed. Gives how many there are.
  std::int64_t expect_what_was_confirmed() {
    std::map<std::pair<std::string, std::string>, int> found;
    for (const Entry& row : sync_wait(db_.query<Entry>().all())) ++found[{row.run, row.text}];
    const auto there = static_cast<std::int64_t>(found.size());
    for (std::size_t number = 0; number < told_.size(); ++number) {
      for (const auto& [text, confirmed] : told_[number]) {
        const int times = found[{std::to_string(number), text}];
        EXPECT_LE(times, 1) << "writer " << number << ", " << text;
        if (confirmed) EXPECT_EQ(times, 1) << "writer " << number << ", " << text << " was confirmed";
      }
    }
    return there;
  }

private:
  task<void> write(std::size_t number) {
    for (int i = 0;; ++i) {
      const std::string text = std::to_string(i);
      const bool last = finishing_;
      told_[number][text] = false;
      try {
        co_await db_.insert(Entry{.run = std::to_string(number), .text = text});
        told_[number][text] = true;
        ++confirmed_;
        if (last) co_return;
      } catch (const connection_error&) {
        ++failures_;
      } catch (const std::exception& e) {
        ADD_FAILURE() << "another failure: " << e.what();
        co_return;
      }
    }
  }

  database& db_;
  std::vector<std::map<std::string, bool>> told_;
  std::atomic<bool> finishing_{false};
  std::atomic<int> failures_{0}, confirmed_{0};
};

}  // namespace tupelo::chaos
