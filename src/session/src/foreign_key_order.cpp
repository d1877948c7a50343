// SPDX-License-Identifier: Apache-2.0
#include "foreign_key_order.hpp"

#include "tupelo/model/model_spec.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace tupelo::detail {

namespace {

/// Tarjan's way to the strongly connected parts of a graph; they are found in the order that is wanted.
class circle_search {
public:
  circle_search(std::vector<const model_info*> models, const std::vector<model_arrow>& arrows, bool through_others)
      : models_(std::move(models)),
        arrows_(arrows),
        through_others_(through_others),
        given_(models_.size()),
        found_(given_) {}

  std::vector<ordered_model> run() {
    for (std::size_t i = 0; i < given_; ++i) {
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
    for (const foreign_key_info& key : models_[at]->foreign_keys) {
      // A program need not know what others name.
      follow(at, at < given_ ? &referenced_model(*models_[at], key) : known_reference(key));
    }
    for (const model_arrow& arrow : arrows_) {
      if (arrow.from == models_[at]) follow(at, arrow.to);
    }
    if (found_[at].lowest != found_[at].number) return;
    const auto first = std::find(open_.begin(), open_.end(), at);
    std::sort(first, open_.end());
    for (auto i = first; i != open_.end(); ++i) {
      found_[*i].open = false;
      if (*i < given_) ordered_.push_back({models_[*i], circles_});
    }
    open_.erase(first, open_.end());
    ++circles_;
  }

  void follow(std::size_t at, const model_info* to) {
    const auto found = std::find(models_.begin(), models_.end(), to);
    const auto next = static_cast<std::size_t>(found - models_.begin());
    if (found == models_.end()) {
      if (!through_others_ || to == nullptr) return;
      models_.push_back(to);
      found_.emplace_back();
    }
    if (found_[next].number == 0) visit(next);
    if (found_[next].open) found_[at].lowest = std::min(found_[at].lowest, found_[next].lowest);
  }

  std::vector<const model_info*> models_;  ///< those that were given, and behind them others
  const std::vector<model_arrow>& arrows_;
  bool through_others_;
  std::size_t given_;
  std::vector<place> found_;
  std::vector<std::size_t> open_;
  std::vector<ordered_model> ordered_;
  std::size_t visited_ = 0, circles_ = 0;
};

}  // namespace

const model_info* known_reference(const foreign_key_info& key) {
  const model_spec* const to = key.to != nullptr ? key.to : find_spec(key.to_type);
  return to != nullptr ? &info_of(*to) : nullptr;
}

std::vector<ordered_model> in_foreign_key_order(const std::vector<const model_info*>& models,
                                                const std::vector<model_arrow>& arrows) {
  if (models.size() == 1) return {{models[0], 0}};
  const std::vector<ordered_model> ordered = circle_search(models, arrows, true).run();
  std::vector<ordered_model> order;
  for (std::size_t first = 0, circles = 0; first != ordered.size(); circles = order.back().circle + 1) {
    // What is in one circle by way of others has an order of its own.
    std::vector<const model_info*> together;
    const std::size_t circle = ordered[first].circle;
    for (; first != ordered.size() && ordered[first].circle == circle; ++first) together.push_back(ordered[first].info);
    for (const ordered_model& each : circle_search(std::move(together), arrows, false).run())
      order.push_back({each.info, circles + each.circle});
  }
  return order;
}

}  // namespace tupelo::detail
