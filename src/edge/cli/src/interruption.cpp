// SPDX-License-Identifier: Apache-2.0
#include "interruption.hpp"

#include <pthread.h>

namespace tupelo::cli {

interruption::interruption(bool watches) {
  if (!watches) return;
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, &former_);
  waiting_ = std::thread([this] { wait_for_signal(); });
}

interruption::~interruption() {
  if (!waiting_.joinable()) return;
  ended_ = true;
  // NOLINTNEXTLINE(bugprone-bad-signal-to-kill-thread): that thread waits for it with sigwait
  pthread_kill(waiting_.native_handle(), SIGTERM);  // to this thread only: it is blocked there and ends the wait
  waiting_.join();
  pthread_sigmask(SIG_SETMASK, &former_, nullptr);
}

void interruption::wait_for_signal() {
  for (;;) {
    int number = 0;
    if (sigwait(&signals_, &number) != 0 || ended_) return;
    source_.request_cancel();
  }
}

}  // namespace tupelo::cli
