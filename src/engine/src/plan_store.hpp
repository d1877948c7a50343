// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/dialect.hpp"
#include "tupelo/core/statement.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace tupelo::detail {

/// Whether it may be run twice, or on a connection that others use at the same time. What SQL of the user's own within
/// it does is not known: `nextval` writes.
inline bool surely_only_reads(const statement_plan& plan) noexcept { return plan.read_only && !plan.has_fragments; }

/// The plans of a database's shapes, each rendered once for all connections.
///
/// Threads: any.
class plan_store {
public:
  /// Keeps at most `most` plans: a program that makes shapes without end (texts of raw SQL) must not grow without end.
  plan_store(const dialect& sql, std::size_t most) noexcept : dialect_(sql), most_(most) {}

  /// Errors: those of dialect::render.
  std::shared_ptr<const statement_plan> plan(const std::uint64_t* words, std::uint32_t count);

private:
  const dialect& dialect_;
  std::size_t most_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const statement_plan>> plans_;
};

}  // namespace tupelo::detail
