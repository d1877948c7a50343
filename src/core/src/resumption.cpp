// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/resumption.hpp>

#include <atomic>

namespace tupelo {
namespace {

constexpr unsigned armed = 1;
constexpr unsigned completed = 2;

// Marks one of the two parties as done; true for the second one, which has to resume.
bool arrive(unsigned& state, unsigned party) noexcept {
  return std::atomic_ref(state).fetch_or(party, std::memory_order_acq_rel) != 0;
}

}  // namespace

bool resumption::arm() noexcept {
  // Already completed: resume by way of the scheduler, so that it always happens on its thread.
  if (arrive(state_, armed)) scheduler_->post(*this);
  return true;
}

void resumption::resume_on_scheduler() noexcept {
  if (arrive(state_, completed)) awaiting_.resume();
}

void resumption::run_posted(scheduled_work& work) noexcept {
  // A second post, by arm(), finds both marks set and resumes as well.
  static_cast<resumption&>(work).resume_on_scheduler();
}

}  // namespace tupelo
