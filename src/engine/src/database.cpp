// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/database.hpp"

#include "any_connection.hpp"
#include "connection_pool.hpp"

#include "tupelo/engine/events.hpp"
#include "tupelo/engine/url_options.hpp"
#include "tupelo/core/deadline.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/when_all.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace tupelo {

namespace {

owned<detail::connection_pool> open_pool(std::string_view text, database_options options, detail::build_kind program) {
  driver::url url = driver::url::parse(text);
  if (options.detect_n_plus_one == database_options::as_built)
    options.detect_n_plus_one = program == detail::build_kind::debug ? 10 : 0;
  take_url_options(url, options);
  const backend& kind = find_backend(url);
  return owned(new detail::connection_pool(std::move(url), kind, options));
}

}  // namespace

database::database(std::string_view url, database_options options, detail::build_kind program)
    : pool_(open_pool(url, options, program)) {}
database::~database() = default;

task<lease> database::acquire(std::source_location from) {
  detail::pooled_connection* connection = pool_->take_hot();
  if (!connection) connection = co_await pool_->acquire();
  pool_->note_lease(*connection, from);
  co_return lease(*pool_, connection);
}

task<void> database::execute(std::string script, std::source_location from) {
  lease held = co_await acquire(from);
  co_await held.execute(std::move(script));
}

task<void> database::ping(std::source_location from) { return execute("SELECT 1", from); }

task<database_health> database::health(std::source_location from) {
  database_health found;
  const std::int64_t started = steady_now_us();
  try {
    co_await ping(from);
    found.up = true;
  } catch (const cancelled&) {
    throw;
  } catch (const error& e) {
    found.failure = e.code_name();
  }
  found.latency_us = steady_now_us() - started;
  const pool_statistics now = statistics();
  found.connections = now.connections;
  found.in_use = now.in_use;
  found.idle = now.idle;
  found.waiting = now.waiting;
  found.hosts = now.hosts;
  co_return found;
}

task<void> database::warm_up(std::uint32_t connections) {
  struct announcement {
    announcement(detail::connection_pool& of, std::uint32_t asked_for) noexcept : pool(of), count(asked_for) {
      pool.begin_warm_up(count);
    }
    announcement(const announcement&) = delete;
    announcement& operator=(const announcement&) = delete;
    ~announcement() { pool.end_warm_up(count); }
    detail::connection_pool& pool;
    std::uint32_t count;
  };
  std::vector<task<lease>> opening;
  connections = std::min(connections, pool_->size());
  const announcement announced(*pool_, connections);
  opening.reserve(connections);
  for (std::uint32_t i = 0; i < connections; ++i) opening.push_back(acquire());
  static_cast<void>(co_await when_all(std::move(opening)));
}

void database::suspend() noexcept { pool_->suspend(); }
void database::resume() noexcept { pool_->resume(); }

task<void> database::close(deadline until) {
  pool_->begin_close();
  pool_->listeners().close();
  co_await with_deadline(pool_->wait_until_empty(), until);
}

void database::observe(statement_observer& observer) { pool_->observe(observer); }
std::uint32_t database::reads_repeated_at_most() const noexcept { return pool_->options().detect_n_plus_one; }
void database::report(const repeated_read_event& event) noexcept { pool_->observers().read_repeated(event); }
pool_statistics database::statistics() const {
  pool_statistics now = pool_->statistics();
  now.listening = pool_->listeners().count();
  return now;
}
event_registry& database::events() {
  if (!events_) {
    events_ = owned(new event_registry());
    pool_->use_events(*events_);
  }
  return *events_;
}
const event_registry* database::listening() const noexcept {
  return events_ && !events_->empty() ? events_.get() : nullptr;
}
std::string database::url() const { return pool_->url().redacted(); }
const dialect& database::sql_dialect() const { return pool_->sql_dialect(); }

bool database::try_run(statement_run& run, const task_context& context) {
  return detail::try_run_on_any(*pool_, run, context);
}
task<void> database::run(statement_run& run) { return detail::run_on_any(*pool_, run); }
task<void> database::run_group(statement_group& group) { return detail::run_group_on_any(*pool_, group); }

}  // namespace tupelo
