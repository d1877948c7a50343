// SPDX-License-Identifier: Apache-2.0
#include "foreign_key_order.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace tupelo::detail {

namespace {

/// Tarjan's way to the strongly connected parts of a graph; they are found in the order that is wanted.
class circle_search {
public:
  circle_search(const std::vector<const model_info*>& models, const std::vector<model_arrow>& arrows)
      : models_(models), arrows_(arrows), found_(models.size()) {}

  std::vector<ordered_model> run() {
    for (std::size_t i = 0; i < models_.size(); ++i) {
      if (found_[i].number == 0) visit(i);
    }
    return std::move(ordered_);
  }

private:
  struct place {
    std::size_t number = 0, lowest = 0;
    bool open = false;
  };

  void visit(std::size_t at) {
    found_[at] = {++visited_, visited_, true};
    open_.push_back(at);
    for (const foreign_key_info& key : models_[at]->foreign_keys) follow(at, &referenced_model(*models_[at], key));
    for (const model_arrow& arrow : arrows_) {
      if (arrow.from == models_[at]) follow(at, arrow.to);
    }
    if (found_[at].lowest != found_[at].number) return;
    const auto first = std::find(open_.begin(), open_.end(), at);
    std::sort(first, open_.end());
    for (auto i = first; i != open_.end(); ++i) {
      found_[*i].open = false;
      ordered_.push_back({models_[*i], circles_});
    }
    open_.erase(first, open_.end());
    ++circles_;
  }

  void follow(std::size_t at, const model_info* to) {
    const auto found = std::find(models_.begin(), models_.end(), to);
    if (found == models_.end()) return;
    const auto next = static_cast<std::size_t>(found - models_.begin());
    if (found_[next].number == 0) visit(next);
    if (found_[next].open) found_[at].lowest = std::min(found_[at].lowest, found_[next].lowest);
  }

  const std::vector<const model_info*>& models_;
  const std::vector<model_arrow>& arrows_;
  std::vector<place> found_;
  std::vector<std::size_t> open_;
  std::vector<ordered_model> ordered_;
  std::size_t visited_ = 0, circles_ = 0;
};

}  // namespace

std::vector<ordered_model> in_foreign_key_order(const std::vector<const model_info*>& models,
                                                const std::vector<model_arrow>& arrows) {
  return circle_search(models, arrows).run();
}

}  // namespace tupelo::detail
