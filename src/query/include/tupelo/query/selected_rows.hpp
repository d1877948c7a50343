// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/column.hpp"
#include "tupelo/query/explain_options.hpp"
#include "tupelo/query/query_core.hpp"

#include <cstddef>
#include <cstdint>
#include <source_location>

namespace tupelo {

/// A place between two rows in the order of a query; defined by the engine.
class cursor;

/// Who runs a query: a database, a session, a transaction. Defined by the engine; a query only points to it.
class query_source;

namespace detail {

/// The verbs that run a query; completed by the engine, so that building queries needs no I/O.
template <class Result>
struct select_verbs;

/// What all queries have; no template, so that it is compiled once.
class query_parts {
public:
  const query_core& core() const noexcept { return core_; }
  query_source* source() const noexcept { return source_; }

protected:
  query_parts(const model_spec& model, query_source* source) noexcept
      : core_(op::select_from, model), source_(source) {}
  query_parts(query_core&& core, query_source* source) noexcept
      : core_(static_cast<query_core&&>(core)), source_(source) {}

  query_core core_;
  query_source* source_;
};

}  // namespace detail

/// The verbs of a query, which derives from this: one class for all queries with such rows; see
/// tupelo/engine/verbs.hpp. `from` is who is told of when a session repeats a read too often, and when rows hold their
/// connection too long.
template <class Result>
class selected_rows : public detail::query_parts {
  using verbs = detail::select_verbs<Result>;
  using location = std::source_location;

public:
  /// All rows, as std::vector<Result>.
  auto all(location from = location::current()) const { return verbs::all(core_, source_, from); }
  /// The only row. Errors: not_found, too_many_rows.
  auto one(location from = location::current()) const { return verbs::one(core_, source_, from); }
  /// The first row, or an empty std::optional.
  auto first(location from = location::current()) const { return verbs::first(core_, source_, from); }
  /// How many rows there are, by the database.
  auto count(location from = location::current()) const { return verbs::count(core_, source_, from); }
  auto exists(location from = location::current()) const { return verbs::exists(core_, source_, from); }
  /// One page, numbered from 1, with the total. Whole rows that the order leaves equal are ordered by their key, so
  /// that pages do not overlap. Errors: query_error for a number or size below 1, and beside limit() or offset().
  auto page(std::int64_t number, std::int64_t size, location from = location::current()) const {
    return verbs::page(core_, source_, number, size, from);
  }
  /// So many rows behind the cursor, the first ones where it is empty; a page says where the next begins. Rows that the
  /// order leaves equal are told apart by the key, so that none is read twice or left out, whatever is inserted or
  /// removed meanwhile; a page far behind costs as much as the first.
  ///
  /// The order may be by anything: what its rows do not hold is read behind them. Rows that are groups are told apart
  /// by what they are grouped by. Errors: query_error for limit(), offset(), unions and values without an order, and
  /// where there is no key; value_error for a cursor of another query or order.
  auto page_after(const cursor& from, std::int64_t rows) const {
    return verbs::keyset(core_, source_, from, rows, false);
  }
  /// So many rows before the cursor, in the same order; the last ones where it is empty.
  auto page_before(const cursor& from, std::int64_t rows) const {
    return verbs::keyset(core_, source_, from, rows, true);
  }
  /// The rows one after the other, in constant memory.
  auto stream(location from = location::current()) const { return verbs::stream(core_, source_, from); }
  /// Calls the function for each row, in constant memory, and gives their number; it may be a coroutine, a function
  /// that gives a task, which is awaited. A connection is held meanwhile, by one statement: the rows are those of one
  /// moment. Errors: pool_exhausted where the function awaits a connection and the pool has no other.
  template <class Function>
  auto for_each(Function function, location from = location::current()) const {
    return verbs::template for_each<Function>(core_, source_, static_cast<Function&&>(function), from);
  }
  /// Calls the function for as many rows at a time, as std::vector<Result>&; the last one may have fewer. They are read
  /// page by page, as by page_after(), and no connection is held while the function runs: it may write the rows that
  /// it was given, but for what they are ordered by. Rows that come in behind the last one read are read too. limit()
  /// counts all of them. Errors: query_error for a number below 1, and as page_after().
  template <class Function>
  auto chunk(std::size_t rows, Function function) const {
    return verbs::template chunk<Function>(core_, source_, rows, static_cast<Function&&>(function));
  }
  /// How the database would run it, in its own words, a line for each step. It is not run, but for `analyze`. Errors:
  /// query_error (unsupported_feature) for options that the database has not.
  auto explain(explain_options how = {}, location from = location::current()) const {
    return verbs::explain(core_, source_, how, from);
  }
  /// The statement as the database gets it, with placeholders. For debugging.
  auto to_sql() const { return verbs::to_sql(core_, source_); }
  /// The same with its values, quoted as the database wants it, for its own shell. They may be secrets: mind logs.
  auto to_sql(inlined_values values) const { return verbs::to_sql(core_, source_, values); }

protected:
  using query_parts::query_parts;
};

}  // namespace tupelo
