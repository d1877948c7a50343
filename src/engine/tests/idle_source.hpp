// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fake_server.hpp"

#include "tupelo/engine/lease.hpp"

#include <source_location>
#include <stdexcept>

namespace tupelo::detail {

/// Runs nothing and has no connection: what a test asks of it overrides that.
class idle_source : public query_source {
public:
  bool try_run(statement_run&, const task_context&) override { return false; }
  task<void> run(statement_run&) override { throw std::logic_error("not asked for"); }
  task<void> run_group(statement_group&) override { throw std::logic_error("not asked for"); }
  bool in_transaction() const noexcept override { return false; }
  const dialect& sql_dialect() const override { return fake_backend().make_dialect(); }
  const event_registry* listening() const noexcept override { return nullptr; }
  task<lease> acquire(std::source_location) override { throw std::logic_error("not asked for"); }
};

}  // namespace tupelo::detail
