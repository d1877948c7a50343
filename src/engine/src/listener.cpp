// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/listener.hpp"

#include "connection_pool.hpp"
#include "listener_set.hpp"

#include "tupelo/engine/database.hpp"
#include "tupelo/query/raw_query.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/field.hpp"
#include "tupelo/core/sleep.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>

namespace tupelo {

namespace {

void require_notifications(const dialect& target, std::string_view verb) {
  if (target.features().notifications) return;
  throw query_error(errc::unsupported_feature, std::string(verb) + "(): " + std::string(target.name()) +
                                                   " has no notifications (LISTEN, NOTIFY); ask the tables in "
                                                   "intervals, or tell other parts of the program directly");
}

void check_length(const dialect& target, std::string_view text, std::size_t most, const std::string& what,
                  const std::string& remedy) {
  if (text.size() <= most) return;
  throw value_error(errc::value_out_of_range, what + " has " + std::to_string(text.size()) + " bytes; " +
                                                  std::string(target.name()) + " takes " + std::to_string(most) +
                                                  " at most" + remedy);
}

void check_channel(const dialect& target, std::string_view channel) {
  check_text(channel, "the name of a channel");
  if (channel.empty()) throw value_error("the name of a channel is empty");
  check_length(target, channel, target.features().longest_channel, "the name of a channel", "");
}

[[noreturn]] void throw_closed() {
  throw connection_error(errc::pool_closed, "the database was closed by close(), and its listeners with it");
}

/// Whether trying again later may help.
bool may_come_back(const connection_error& failure) noexcept {
  return failure.code() != errc::authentication_failed && failure.code() != errc::unknown_database;
}

}  // namespace

struct listener::state {
  state(detail::connection_pool& of, std::vector<std::string> names) : pool(of), channels(std::move(names)) {
    pool.listeners().add();
  }
  state(const state&) = delete;
  state& operator=(const state&) = delete;
  ~state() { pool.listeners().remove(); }

  detail::connection_pool& pool;
  std::vector<std::string> channels;
  std::unique_ptr<driver::notification_source> source;  ///< null: lost
  std::int64_t backoff_us = 0;

  task<void> connect() {
    std::exception_ptr failure;
    try {
      source = co_await pool.connects().listen(channels);
    } catch (...) {
      failure = std::current_exception();
    }
    pool.note_hosts(failure);
    if (failure) std::rethrow_exception(failure);
  }

  /// Until the server is there again. Errors: as `next`.
  task<void> reconnect() {
    const database_options& options = pool.options();
    for (;;) {
      // A server that takes connections and loses them at once is no reason to be busy.
      if (backoff_us != 0) co_await sleep_for(micros(backoff_us));
      const std::int64_t longest = std::max<std::int64_t>(options.longest_backoff_us, 1'000);
      backoff_us = backoff_us == 0 ? std::max<std::int64_t>(options.first_backoff_us, 1'000) : 2 * backoff_us;
      backoff_us = std::min(backoff_us, longest);
      try {
        co_await connect();
        co_return;
      } catch (const connection_error& e) {
        if (!may_come_back(e)) throw;
      }
    }
  }

  task<notification> next() {
    if (source != nullptr) {
      try {
        notification heard = co_await source->next(pool.options().keepalive_interval_us);
        backoff_us = 0;
        co_return std::move(heard);
      } catch (const connection_error&) {
        source.reset();
      }
    }
    co_await reconnect();
    co_return notification{notification_kind::gap, {}, {}, 0};
  }
};

listener::listener(state* made) noexcept : state_(made) {}
listener::listener(listener&&) noexcept = default;
listener& listener::operator=(listener&&) noexcept = default;
listener::~listener() = default;

const std::vector<std::string>& listener::channels() const noexcept { return state_->channels; }

namespace {

/// Runs what the database's end stops.
template <class T>
task<T> until_closed(detail::listener_set& listeners, task<T> work) {
  if (listeners.is_closed()) throw_closed();
  try {
    co_return co_await with_cancellation(std::move(work), listeners.closing());
  } catch (const cancelled&) {
    if (!listeners.is_closed()) throw;
  }
  throw_closed();
}

}  // namespace

task<notification> listener::next() {
  state& s = *state_;
  return until_closed(s.pool.listeners(), s.next());
}

task<listener> listener::open(detail::connection_pool& pool, std::vector<std::string> channels) {
  require_notifications(pool.sql_dialect(), "listen");
  if (channels.empty()) throw value_error("listen() needs the name of a channel");
  for (const std::string& channel : channels) check_channel(pool.sql_dialect(), channel);
  listener made(new state(pool, std::move(channels)));
  co_await until_closed(pool.listeners(), made.state_->connect());
  co_return std::move(made);
}

task<listener> database::listen_to(std::string* channels, std::size_t count) {
  return listen(std::vector<std::string>(std::make_move_iterator(channels), std::make_move_iterator(channels + count)));
}
task<listener> database::listen(std::vector<std::string> channels) {
  return listener::open(*pool_, std::move(channels));
}

namespace detail {

task<void> notify(query_source* source, std::string channel, std::string payload) {
  const dialect& target = require_source(source)->sql_dialect();
  require_notifications(target, "notify");
  check_channel(target, channel);
  check_text(payload, "the payload of a notification");
  check_length(target, payload, target.features().longest_notification, "the payload of a notification",
               ": put the data into a table, and send its key");
  co_await raw_query<void>(source, target.notify_query(), channel, payload).run();
}

}  // namespace detail

}  // namespace tupelo
