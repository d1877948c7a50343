// SPDX-License-Identifier: Apache-2.0
#include "name_lookups.hpp"

#include "socket_wait.hpp"

#include <tupelo/core/error.hpp>
#include <tupelo/core/reactor.hpp>
#include <tupelo/core/scheduler.hpp>

#include <cerrno>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <sys/eventfd.h>
#include <unistd.h>

namespace tupelo::driver::postgres {

namespace {

[[noreturn]] void throw_no_room(int code) {
  throw connection_error(errc::connection_failed,
                         "a host name cannot be looked up, because the system has no descriptor or thread left: " +
                             std::generic_category().message(code));
}

}  // namespace

struct name_lookups::waiter {
  waiter() : done(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (done < 0) throw_no_room(errno);
  }
  waiter(const waiter&) = delete;
  waiter& operator=(const waiter&) = delete;
  ~waiter() { ::close(done); }

  int done;         ///< readable when `found` is there
  looked_up found;  ///< guarded by the state's mutex
};

struct name_lookups::state {
  explicit state(function how) : look_up(how) {}

  function look_up;
  std::mutex mutex;
  /// Who waits for each lookup that is under way; who has given up is gone.
  std::map<std::pair<std::string, std::string>, std::vector<std::weak_ptr<waiter>>> under_way;
};

name_lookups::name_lookups(function look_up) : state_(std::make_shared<state>(look_up)) {}
name_lookups::~name_lookups() = default;

void name_lookups::join(const std::string& name, const std::string& port, const std::shared_ptr<waiter>& who) {
  const std::lock_guard lock(state_->mutex);
  const auto [lookup, is_new] = state_->under_way.try_emplace({name, port});
  std::erase_if(lookup->second, [](const std::weak_ptr<waiter>& each) { return each.expired(); });
  lookup->second.push_back(who);
  if (!is_new) return;
  try {
    std::thread([of = state_, asked = lookup->first] {
      const looked_up found = of->look_up(asked.first, asked.second);
      const std::lock_guard ending(of->mutex);
      const auto ended = of->under_way.extract(asked);
      for (const std::weak_ptr<waiter>& each : ended.mapped()) {
        if (const std::shared_ptr<waiter> waits = each.lock()) {
          waits->found = found;
          eventfd_write(waits->done, 1);
        }
      }
    }).detach();
  } catch (const std::system_error& e) {
    state_->under_way.erase(lookup);
    throw_no_room(e.code().value());
  }
}

task<looked_up> name_lookups::ask(std::string name, std::string port, std::int64_t due_us) {
  const auto own = std::make_shared<waiter>();
  const auto watch = (co_await current_scheduler()).reactor().watch(own->done);
  join(name, port, own);
  co_await wait_for(*watch, io_readiness::readable, due_us);
  const std::lock_guard lock(state_->mutex);
  co_return std::move(own->found);
}

}  // namespace tupelo::driver::postgres
