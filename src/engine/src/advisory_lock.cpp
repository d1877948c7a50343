// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/advisory_lock.hpp"

#include "tupelo/engine/query_source.hpp"
#include "tupelo/engine/verbs.hpp"
#include "tupelo/query/raw_query.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/field.hpp"

namespace tupelo::detail {

namespace {

/// The query, for which the source is fit.
std::string advisory_query(query_source& source, advisory_action action, const advisory_key& key, advisory_mode mode,
                           advisory_scope scope) {
  const dialect& target = source.sql_dialect();
  if (!target.features().advisory_locks) {
    throw query_error(errc::unsupported_feature,
                      std::string(target.name()) + " has no advisory locks; lock a row that all agree on, or a file");
  }
  if (scope == advisory_scope::transaction && !source.in_transaction()) {
    throw transaction_error(errc::invalid_transaction,
                            "advisory_lock() outside of a transaction, with which the lock would end: use "
                            "db.transaction(), or session_advisory_lock() of a lease");
  }
  if (key.is_name()) check_text(key.name(), "the name of an advisory lock");
  return target.advisory_query(action, mode == advisory_mode::shared, scope == advisory_scope::transaction,
                               key.is_name());
}

template <class Row>
raw_query<Row> query_of(query_source& source, const std::string& sql, const advisory_key& key) {
  return key.is_name() ? raw_query<Row>(&source, sql, key.name()) : raw_query<Row>(&source, sql, key.number());
}

}  // namespace

task<void> advisory_lock(query_source* source, advisory_key key, advisory_mode mode, advisory_scope scope) {
  query_source& on = *require_source(source);
  const std::string sql = advisory_query(on, advisory_action::lock, key, mode, scope);
  co_await query_of<void>(on, sql, key).run();
}

task<bool> try_advisory_lock(query_source* source, advisory_key key, advisory_mode mode, advisory_scope scope) {
  query_source& on = *require_source(source);
  const std::string sql = advisory_query(on, advisory_action::try_lock, key, mode, scope);
  co_return co_await query_of<bool>(on, sql, key).one();
}

task<bool> advisory_unlock(query_source* source, advisory_key key, advisory_mode mode) {
  query_source& on = *require_source(source);
  const std::string sql = advisory_query(on, advisory_action::unlock, key, mode, advisory_scope::session);
  co_return co_await query_of<bool>(on, sql, key).one();
}

}  // namespace tupelo::detail
