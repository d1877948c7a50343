// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/driver/connection.hpp"
#include "tupelo/query/query_core.hpp"
#include "tupelo/core/statement.hpp"

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

namespace tupelo {

/// A shape's statement on one connection.
struct cached_statement {
  std::uint64_t hash = 0;
  std::vector<std::uint64_t> words;
  std::shared_ptr<const statement_plan> plan;
  driver::prepared_statement* prepared = nullptr;
  std::uint64_t last_use = 0;
  bool in_use = false;     ///< a stream has it open
  std::uint32_t pins = 0;  ///< requests of a group that is being made, and of readers that share the connection
};

/// The prepared statements of one connection by shape: open addressing, the least recently used goes when it is full.
class statement_cache {
public:
  explicit statement_cache(std::uint32_t capacity);

  /// The shape's statement, or null. No allocation.
  cached_statement* find(std::uint64_t hash, const std::uint64_t* words, std::uint32_t count) noexcept {
    for (std::uint64_t i = hash & mask_;; i = (i + 1) & mask_) {
      cached_statement* found = slots_[i];
      if (!found) return nullptr;
      if (found->hash == hash && found->words.size() == count &&
          !std::memcmp(found->words.data(), words, count * sizeof *words)) {
        found->last_use = ++clock_;
        return found;
      }
    }
  }
  /// Makes room by evicting; the evicted statement's handle is released on `connection`.
  cached_statement& insert(std::uint64_t hash, const std::uint64_t* words, std::uint32_t count,
                           std::shared_ptr<const statement_plan> plan, driver::connection& connection);
  /// Evicts what groups made it take beyond its capacity.
  void trim(driver::connection& connection) noexcept;
  /// Releases every handle. Before: none is running.
  void clear(driver::connection& connection) noexcept;
  std::size_t size() const noexcept { return entries_.size(); }

private:
  bool evict_oldest(driver::connection& connection) noexcept;
  void place(cached_statement* statement) noexcept;
  void rebuild() noexcept;

  std::vector<cached_statement*> slots_;
  std::vector<std::unique_ptr<cached_statement>> entries_;
  std::uint64_t mask_;
  std::uint64_t clock_ = 0;
  std::uint32_t capacity_;
};

}  // namespace tupelo
