// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/load_list.hpp"

#include "tupelo/query/load_step.hpp"

#include <cstdint>
#include <vector>

namespace tupelo {

namespace detail {

struct load_steps {
  std::uint32_t owners = 1;
  std::vector<load_step> steps{};
  std::uint32_t row_size = 0, place = 0;
};

}  // namespace detail

void load_list::retain() const noexcept { __atomic_add_fetch(&steps_->owners, 1, __ATOMIC_RELAXED); }

void load_list::release() noexcept {
  if (__atomic_sub_fetch(&steps_->owners, 1, __ATOMIC_ACQ_REL) == 0) delete steps_;
  steps_ = nullptr;
}

const detail::load_step* load_list::begin() const noexcept { return steps_ ? steps_->steps.data() : nullptr; }
const detail::load_step* load_list::end() const noexcept {
  return steps_ ? steps_->steps.data() + steps_->steps.size() : nullptr;
}

void load_list::own() {
  if (!steps_) {
    steps_ = new detail::load_steps;
  } else if (__atomic_load_n(&steps_->owners, __ATOMIC_ACQUIRE) > 1) {
    auto* own = new detail::load_steps{1, steps_->steps, steps_->row_size, steps_->place};
    release();
    steps_ = own;
  }
}

void load_list::stand_in(std::uint32_t row_size, std::uint32_t place) {
  own();
  steps_->row_size = row_size;
  steps_->place = place;
}
std::uint32_t load_list::row_size() const noexcept { return steps_ ? steps_->row_size : 0; }
std::uint32_t load_list::place() const noexcept { return steps_ ? steps_->place : 0; }

query_core& load_list::joined(column_ref relation, const row_ops& rows, const row_ops& owner) {
  query_core& query = query_of(relation, rows);
  for (detail::load_step& step : steps_->steps) {
    if (&step.query == &query) step.owner = &owner;
  }
  return query;
}

query_core& load_list::with_pivot(column_ref relation, const row_ops& rows, const row_ops& pivot) {
  query_core& query = query_of(relation, rows);
  for (detail::load_step& step : steps_->steps) {
    if (&step.query == &query) step.pivot = &pivot;
  }
  return query;
}

query_core& load_list::query_of(column_ref relation, const row_ops& rows, std::uint8_t model) {
  own();
  for (detail::load_step& step : steps_->steps) {
    if (step.relation.model == relation.model && step.relation.offset == relation.offset && step.model == model) {
      return step.query;
    }
  }
  steps_->steps.push_back({relation, &rows, query_core(op::select_from, *rows.spec), nullptr, nullptr, model});
  return steps_->steps.back().query;
}

}  // namespace tupelo
