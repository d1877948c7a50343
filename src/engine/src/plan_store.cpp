// SPDX-License-Identifier: Apache-2.0
#include "plan_store.hpp"

#include <utility>

namespace tupelo::detail {

std::shared_ptr<const statement_plan> plan_store::plan(const std::uint64_t* words, std::uint32_t count) {
  std::string key(reinterpret_cast<const char*>(words), count * sizeof *words);
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = plans_.find(key); found != plans_.end()) return found->second;
  }
  statement_plan rendered = dialect_.render(words, count);
  if (rendered.raw || rendered.has_fragments) rendered.changes_session = dialect_.changes_session(rendered.text);
  auto made = std::make_shared<const statement_plan>(std::move(rendered));
  const std::lock_guard lock(mutex_);
  if (plans_.size() >= most_) plans_.clear();
  return plans_.emplace(std::move(key), std::move(made)).first->second;
}

}  // namespace tupelo::detail
