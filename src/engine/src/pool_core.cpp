// SPDX-License-Identifier: Apache-2.0
#include "pool_core.hpp"

#include "tupelo/core/deadline.hpp"

#include <algorithm>
#include <cassert>

namespace tupelo::detail {

namespace {

std::int64_t after(std::int64_t now_us, std::int64_t us) noexcept { return deadline::after_us(us, now_us).at_us; }

}  // namespace

pool_core::pool_core(const pool_limits& limits, std::uint64_t seed) noexcept : limits_(limits), random_(seed | 1) {}

std::int64_t pool_core::jitter(std::int64_t most) noexcept {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  return most <= 0 ? 0 : static_cast<std::int64_t>(random_ % (static_cast<std::uint64_t>(most) + 1));
}

// ---- taking

void pool_core::unlink_idle(pool_slot& slot) noexcept {
  (slot.older != nullptr ? slot.older->newer : oldest_) = slot.newer;
  (slot.newer != nullptr ? slot.newer->older : newest_) = slot.older;
  slot.older = slot.newer = nullptr;
  --idle_;
}

pool_slot* pool_core::take() noexcept { return waiting_ == 0 ? take_for_queue() : nullptr; }

pool_slot* pool_core::take_for_queue() noexcept {
  if (newest_ == nullptr || suspended_ || closing_) return nullptr;
  pool_slot* const taken = newest_;
  unlink_idle(*taken);
  taken->where = pool_slot::place::in_use;
  return taken;
}

// ---- waiting

void pool_core::join(pool_queue_link& link, std::int64_t now_us) noexcept {
  assert(!link.queued);
  link.queued = true;
  link.queued_us = now_us;
  link.next = nullptr;
  link.previous = last_;
  (last_ != nullptr ? last_->next : first_) = &link;
  last_ = &link;
  ++waiting_;
}

void pool_core::take_out(pool_queue_link& link) noexcept {
  (link.previous != nullptr ? link.previous->next : first_) = link.next;
  (link.next != nullptr ? link.next->previous : last_) = link.previous;
  link.previous = link.next = nullptr;
  link.queued = false;
  // Whoever comes next may be served at once: what was measured of this queue says nothing of another.
  if (--waiting_ == 0) measure_anew();
}

bool pool_core::leave(pool_queue_link& link) noexcept {
  if (!link.queued) return false;
  take_out(link);
  return true;
}

pool_queue_link* pool_core::next_to_serve(std::int64_t now_us) noexcept {
  if (first_ == nullptr || suspended_) return nullptr;
  pool_queue_link* const served = first_;
  measure(now_us - served->queued_us, now_us);
  take_out(*served);
  return served;
}

void pool_core::measure_anew() noexcept {
  overloaded_ = false;
  interval_ends_us_ = INT64_MIN;
  shortest_wait_us_ = INT64_MAX;
}

void pool_core::measure(std::int64_t waited_us, std::int64_t now_us) noexcept {
  if (limits_.shed_target_us <= 0) return;
  if (now_us >= interval_ends_us_) {
    // Nobody was served within the target for a whole interval: a standing queue, not a burst.
    overloaded_ =
        interval_ends_us_ != INT64_MIN && shortest_wait_us_ != INT64_MAX && shortest_wait_us_ > limits_.shed_target_us;
    interval_ends_us_ = after(now_us, limits_.shed_interval_us);
    shortest_wait_us_ = INT64_MAX;
  }
  shortest_wait_us_ = std::min(shortest_wait_us_, waited_us);
  if (waited_us <= limits_.shed_target_us) overloaded_ = false;
}

pool_queue_link* pool_core::next_to_shed(std::int64_t now_us) noexcept {
  if (!overloaded_ || suspended_ || now_us - first_->queued_us <= 2 * limits_.shed_target_us) return nullptr;
  return next_to_refuse();
}

pool_queue_link* pool_core::next_to_refuse() noexcept {
  pool_queue_link* const refused = first_;
  if (refused != nullptr) take_out(*refused);
  return refused;
}

// ---- coming back

bool pool_core::must_close(const pool_slot& slot, std::int64_t now_us) const noexcept {
  return closing_ || now_us >= slot.expires_us || (connections_ > limits_.size && (waiting_ == 0 || suspended_));
}

void pool_core::put_idle(pool_slot& slot, std::int64_t since_us) noexcept {
  assert(slot.where == pool_slot::place::in_use);
  slot.where = pool_slot::place::idle;
  slot.idle_since_us = since_us;
  slot.newer = nullptr;
  slot.older = newest_;
  (newest_ != nullptr ? newest_->newer : oldest_) = &slot;
  newest_ = &slot;
  ++idle_;
}

void pool_core::remove(pool_slot& slot) noexcept {
  assert(slot.where == pool_slot::place::in_use);
  slot.where = pool_slot::place::nowhere;
  --connections_;
}

// ---- opening

bool pool_core::may_open(std::int64_t now_us) const noexcept {
  if (suspended_ || closing_ || waiting_ != 0 || now_us < retry_at_us_) return false;
  return connections_ + opening_ < limit();
}

std::uint32_t pool_core::openings_wanted(std::int64_t now_us) const noexcept {
  if (suspended_ || closing_ || now_us < retry_at_us_) return 0;
  const std::uint32_t all = connections_ + opening_;
  const std::uint32_t room = all < limit() ? limit() - all : 0;
  std::uint32_t wanted = waiting_ > opening_ ? std::min(waiting_ - opening_, room) : 0;
  // What is opened ahead never goes beyond what is kept.
  const std::uint32_t ready = idle_ + opening_ + warming_ + wanted;
  if (limits_.min_idle > ready && all + wanted < limits_.size) {
    wanted += std::min(limits_.min_idle - ready, limits_.size - all - wanted);
  }
  // After a failure one attempt finds out whether the database is back.
  if (failures_ != 0) wanted = opening_ == 0 ? std::min(wanted, 1u) : 0;
  return wanted;
}

void pool_core::opened(pool_slot& slot, std::int64_t now_us) noexcept {
  assert(slot.where == pool_slot::place::nowhere && opening_ != 0);
  --opening_;
  ++connections_;
  failures_ = 0;
  retry_at_us_ = INT64_MIN;
  slot.where = pool_slot::place::in_use;
  slot.used_us = now_us;
  // Not all at once: connections that were opened together would otherwise end together.
  slot.expires_us = limits_.max_lifetime_us == 0
                        ? INT64_MAX
                        : after(now_us, limits_.max_lifetime_us - jitter(limits_.max_lifetime_us / 10));
}

void pool_core::opening_failed(std::int64_t now_us, bool backs_off) noexcept {
  assert(opening_ != 0);
  --opening_;
  if (!backs_off || limits_.first_backoff_us <= 0) return;
  // Several attempts that were under way at once are one failure.
  if (now_us < retry_at_us_) return;
  const std::int64_t doubled = limits_.first_backoff_us << std::min(failures_, 20u);
  const std::int64_t longest = std::min(doubled, std::max(limits_.longest_backoff_us, limits_.first_backoff_us));
  ++failures_;
  retry_at_us_ = after(now_us, longest - jitter(longest / 4));
}

// ---- what time brings

bool pool_core::expires_idle(const pool_slot& slot, std::int64_t now_us) const noexcept {
  return limits_.idle_timeout_us != 0 && idle_ > limits_.min_idle &&
         now_us - slot.idle_since_us >= limits_.idle_timeout_us;
}

pool_slot* pool_core::next_to_close(std::int64_t now_us) noexcept {
  for (pool_slot* slot = oldest_; slot != nullptr; slot = slot->newer) {
    if (!closing_ && now_us < slot->expires_us && !expires_idle(*slot, now_us)) continue;
    unlink_idle(*slot);
    slot->where = pool_slot::place::nowhere;
    --connections_;
    return slot;
  }
  return nullptr;
}

pool_slot* pool_core::next_to_keep_alive(std::int64_t now_us) noexcept {
  if (limits_.keepalive_us == 0 || closing_) return nullptr;
  for (pool_slot* slot = oldest_; slot != nullptr; slot = slot->newer) {
    if (now_us - slot->used_us < limits_.keepalive_us) continue;
    unlink_idle(*slot);
    slot->where = pool_slot::place::in_use;
    return slot;
  }
  return nullptr;
}

std::int64_t pool_core::due_us(const pool_slot& idle) const noexcept {
  std::int64_t due = idle.expires_us;
  if (limits_.idle_timeout_us != 0 && idle_ > limits_.min_idle)
    due = std::min(due, after(idle.idle_since_us, limits_.idle_timeout_us));
  if (limits_.keepalive_us != 0) due = std::min(due, after(idle.used_us, limits_.keepalive_us));
  return due;
}

std::int64_t pool_core::next_due_us() const noexcept {
  std::int64_t due = INT64_MAX;
  for (const pool_slot* slot = oldest_; slot != nullptr; slot = slot->newer) due = std::min(due, due_us(*slot));
  if (overloaded_ && !suspended_) due = std::min(due, after(first_->queued_us, 2 * limits_.shed_target_us + 1));
  const bool wants_more = (waiting_ != 0 || idle_ < limits_.min_idle) && !suspended_ && !closing_;
  if (failures_ != 0 && opening_ == 0 && wants_more) due = std::min(due, retry_at_us_);
  return due;
}

}  // namespace tupelo::detail
