// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/database.hpp"

#include "connection_pool.hpp"

namespace tupelo {

namespace {

owned<detail::connection_pool> open_pool(std::string_view text, const database_options& options) {
  driver::url url = driver::url::parse(text);
  const backend& kind = find_backend(url);
  return owned(new detail::connection_pool(std::move(url), kind, options));
}

}  // namespace

database::database(std::string_view url, database_options options) : pool_(open_pool(url, options)) {}
database::~database() = default;

task<lease> database::acquire() {
  detail::pooled_connection* connection = co_await pool_->acquire();
  co_return lease(*pool_, connection);
}

task<void> database::execute(std::string script) {
  lease held = co_await acquire();
  co_await held.execute(std::move(script));
}

task<void> database::ping() { co_await execute("SELECT 1"); }

void database::observe(statement_observer& observer) { pool_->observe(observer); }
pool_statistics database::statistics() const { return pool_->statistics(); }
std::string database::url() const { return pool_->url().redacted(); }
const dialect& database::sql_dialect() const { return pool_->sql_dialect(); }

namespace {

struct returned {
  detail::connection_pool& pool;
  detail::pooled_connection* connection;
  ~returned() { pool.give_back(connection); }
};

}  // namespace

bool database::try_run(statement_run& run, const task_context& context) {
  if (!pool_->runs_inline()) return false;
  detail::pooled_connection* connection = pool_->try_acquire();
  if (!connection) return false;
  const returned back{*pool_, connection};
  connection->run_now(run, context);
  return true;
}

task<void> database::run(statement_run& run) {
  const returned back{*pool_, co_await pool_->acquire()};
  co_await back.connection->run(run);
}

}  // namespace tupelo
