// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/failure_of.hpp"
#include "support/field_descriptions.hpp"
#include "support/temp_directory.hpp"

#include <tupelo/driver/sqlite/open.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/statement.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tupelo::driver::testing {

using test_support::failure_of;
using test_support::ops_of;
using test_support::optional_ops_of;
using test_support::slot_of;
using test_support::temp_directory;

template <class Row>
row_sink sink_of(std::vector<Row>& rows) {
  return {&rows, [](void* p) -> void* { return &static_cast<std::vector<Row>*>(p)->emplace_back(); }};
}

inline void raise(const request& r) {
  if (r.failure) std::rethrow_exception(r.failure);
}

/// So that rows of bool are no bits.
template <class T>
struct cell {
  T value{};
};

/// An inline connection with verbs that throw.
class test_database {
public:
  explicit test_database(const std::string& address = "sqlite::memory:")
      : connection_(open_sqlite(url::parse(address), true)) {}

  connection& get() noexcept { return *connection_; }

  request script(std::string_view sql) {
    request r;
    r.script = sql;
    connection_->run(r);
    raise(r);
    return r;
  }

  request run(const statement_plan& plan, const void* object = nullptr, const std::uint64_t* values = nullptr) {
    request r;
    r.plan = &plan;
    r.objects = &object;
    r.values = values;
    connection_->run(r);
    raise(r);
    return r;
  }

  template <class Row>
  std::vector<Row> rows(const statement_plan& plan, const std::uint64_t* values = nullptr) {
    std::vector<Row> out;
    request r;
    r.plan = &plan;
    r.values = values;
    r.rows = sink_of(out);
    connection_->run(r);
    raise(r);
    return out;
  }

  /// The one value of the one row, decoded as a field of the kind.
  template <class T>
  T value(std::string_view sql, const type_ops& ops) {
    statement_plan plan;
    plan.text = sql;
    plan.reads = {slot_of(ops, 0, "answer")};
    plan.row_type = "T";
    plan.read_only = true;
    auto out = rows<cell<T>>(plan);
    if (out.size() != 1) throw std::logic_error("not one row");
    return std::move(out[0].value);
  }
  std::int64_t number(std::string_view sql) { return value<std::int64_t>(sql, ops_of<std::int64_t>(kind::i64)); }
  std::string text(std::string_view sql) { return value<std::string>(sql, ops_of<std::string>(kind::text)); }

  template <class T>
  decode_error misfit(std::string_view sql, const type_ops& ops) {
    return failure_of<decode_error>([&] { value<T>(sql, ops); });
  }

private:
  std::unique_ptr<connection> connection_;
};

/// A request on a worker connection, and the wait for its end.
struct worker_request : request {
  worker_request() {
    done = [](request& r) noexcept { static_cast<worker_request&>(r).finished.release(); };
  }
  void wait() { finished.acquire(); }
  std::binary_semaphore finished{0};
};

inline void run_on_worker(connection& c, worker_request& r) {
  c.start(r);
  r.wait();
}

/// Rows without end; the first tells that the statement runs.
struct endless_rows {
  endless_rows() {
    plan.text = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n";
    ops = ops_of<std::int64_t>(kind::i64);
    plan.reads = {slot_of(ops, 0, "x")};
    plan.read_only = true;
  }
  row_sink sink() {
    return {this, [](void* p) -> void* {
              auto& self = *static_cast<endless_rows*>(p);
              if (!std::exchange(self.told, true)) self.running.release();
              return &self.row;
            }};
  }
  statement_plan plan;
  type_ops ops;
  std::int64_t row = 0;
  bool told = false;
  std::binary_semaphore running{0};
};

}  // namespace tupelo::driver::testing
