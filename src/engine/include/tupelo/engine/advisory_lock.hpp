// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/core/task.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace tupelo {

class query_source;

/// What an advisory lock is on: a number, or a name, which the database makes a number of. It locks nothing but itself:
/// all who mean the same thing name the same key.
class advisory_key {
public:
  template <class Number>
    requires(std::is_integral_v<Number> && !std::is_same_v<Number, bool> &&
             (std::is_signed_v<Number> || sizeof(Number) < sizeof(std::int64_t)))
  advisory_key(Number number) noexcept : number_(number) {}  // NOLINT(*-explicit-*)
  advisory_key(std::string name) noexcept
      : name_(static_cast<std::string&&>(name)), by_name_(true) {}          // NOLINT(*-explicit-*)
  advisory_key(std::string_view name) : advisory_key(std::string(name)) {}  // NOLINT(*-explicit-*)
  advisory_key(const char* name) : advisory_key(std::string(name)) {}       // NOLINT(*-explicit-*)

  bool is_name() const noexcept { return by_name_; }
  std::int64_t number() const noexcept { return number_; }
  const std::string& name() const noexcept { return name_; }

private:
  std::string name_;
  std::int64_t number_ = 0;
  bool by_name_ = false;
};

/// Whether others may have the lock at once, all of them shared.
enum class advisory_mode : bool { exclusive, shared };

namespace detail {

enum class advisory_scope : bool { transaction, session };

/// Errors: query_error (unsupported_feature); transaction_error outside of a transaction for one of its scope.
task<void> advisory_lock(query_source* source, advisory_key key, advisory_mode mode, advisory_scope scope);
task<bool> try_advisory_lock(query_source* source, advisory_key key, advisory_mode mode, advisory_scope scope);
task<bool> advisory_unlock(query_source* source, advisory_key key, advisory_mode mode);

}  // namespace detail

}  // namespace tupelo
