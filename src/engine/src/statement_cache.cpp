// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/statement_cache.hpp"

#include <algorithm>
#include <bit>

namespace tupelo {

statement_cache::statement_cache(std::uint32_t capacity)
    : slots_(std::bit_ceil(std::max<std::size_t>(capacity, 8) * 2)),
      mask_(slots_.size() - 1),
      capacity_(std::max(capacity, 1u)) {}

void statement_cache::place(cached_statement* statement) noexcept {
  std::uint64_t i = statement->hash & mask_;
  while (slots_[i]) i = (i + 1) & mask_;
  slots_[i] = statement;
}

void statement_cache::rebuild() noexcept {
  std::fill(slots_.begin(), slots_.end(), nullptr);
  for (const auto& entry : entries_) place(entry.get());
}

cached_statement& statement_cache::insert(std::uint64_t hash, const std::uint64_t* words, std::uint32_t count,
                                          std::shared_ptr<const statement_plan> plan, driver::connection& connection) {
  auto added = std::make_unique<cached_statement>();
  added->hash = hash;
  added->words.assign(words, words + count);
  added->plan = std::move(plan);
  added->last_use = ++clock_;
  // Streams and groups hold their statements: while all are held the cache grows past its capacity.
  if (entries_.size() >= capacity_ && !evict_oldest(connection) && entries_.size() + 1 >= slots_.size()) {
    slots_.resize(slots_.size() * 2);
    mask_ = slots_.size() - 1;
    rebuild();
  }
  entries_.push_back(std::move(added));
  place(entries_.back().get());
  return *entries_.back();
}

bool statement_cache::evict_oldest(driver::connection& connection) noexcept {
  auto oldest = entries_.end();
  for (auto i = entries_.begin(); i != entries_.end(); ++i) {
    if ((*i)->in_use || (*i)->pins != 0) continue;
    if (oldest == entries_.end() || (*i)->last_use < (*oldest)->last_use) oldest = i;
  }
  if (oldest == entries_.end()) return false;
  if ((*oldest)->prepared) connection.release((*oldest)->prepared);
  entries_.erase(oldest);
  rebuild();
  return true;
}

void statement_cache::trim(driver::connection& connection) noexcept {
  while (entries_.size() > capacity_ && evict_oldest(connection)) {}
}

void statement_cache::clear(driver::connection& connection) noexcept {
  for (const auto& entry : entries_) {
    if (entry->prepared) connection.release(entry->prepared);
  }
  entries_.clear();
  rebuild();
}

}  // namespace tupelo
