// SPDX-License-Identifier: Apache-2.0
#include "run_loop.hpp"

#include <tupelo/core/task_context.hpp>

#include <openssl/crypto.h>

#include <cstdint>
#include <mutex>
#include <thread>

namespace tupelo {
namespace {

class background final : public scheduler {
public:
  // OpenSSL cleans up when the program ends, and keeps state for every thread that used it. What is made first goes
  // last: so this thread ends before.
  background() { OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS, nullptr); }
  ~background() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }

  // Whoever watches a descriptor starts its wait at once.
  [[nodiscard]] tupelo::reactor& reactor() noexcept override {
    start();
    loop_.start_polling();
    return loop_.reactor();
  }

  void post(scheduled_work& work) noexcept override {
    start();
    loop_.post(work);
  }
  void start_timer(timer_node& timer) noexcept override {
    start();
    loop_.start_timer(timer);
  }
  bool cancel_timer(timer_node& timer) noexcept override { return loop_.cancel_timer(timer); }
  [[nodiscard]] std::int64_t now_us() const noexcept override { return loop_.now_us(); }

private:
  // A process that cannot start this thread ends here: nobody could ever resume the coroutine.
  void start() noexcept {
    std::call_once(started_, [this] { thread_ = std::thread([this] { loop_.run(); }); });
  }

  detail::run_loop loop_{std::make_shared<detail::poll_reactor>()};
  std::once_flag started_;
  std::thread thread_;
};

}  // namespace

scheduler& background_scheduler() noexcept {
  static background instance;
  return instance;
}

reactor& scheduler::reactor() noexcept { return background_scheduler().reactor(); }

const task_context& default_task_context() noexcept {
  static const task_context instance{background_scheduler(), {}, {}};
  return instance;
}

}  // namespace tupelo
