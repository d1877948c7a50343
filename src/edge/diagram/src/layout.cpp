// SPDX-License-Identifier: Apache-2.0
#include "layout.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tupelo::diagrams {
namespace {

constexpr double margin = 28, gap_between_rows = 26, lane_height = 12;
constexpr std::size_t no_place = static_cast<std::size_t>(-1);

/// What stands in a column: an entity, or the place where a long line passes.
struct slot {
  std::size_t entity = no_place;
  double width = 0, height = lane_height;
  double y = 0;
  double wish = 0;                           // where its neighbours would have its middle
  std::vector<std::size_t> left{}, right{};  // slots of the columns beside

  double middle() const { return y + height / 2; }
};

box size_of(const entity& e) {
  std::size_t names = 0, types = 0;
  for (const attribute& a : e.attributes) {
    names = std::max(names, shown_length(a.name));
    types = std::max(types, shown_length(a.type) + (a.nullable ? 1 : 0));
  }
  const std::size_t wide = std::max(names + types + 6, shown_length(e.name) + 3);
  return {0, 0, static_cast<double>(wide) * character_width + 16,
          header_height + row_height * static_cast<double>(e.attributes.size()) + 6};
}

class arrangement {
public:
  explicit arrangement(const entity_graph& graph) : graph_(graph) {
    for (const entity& e : graph.entities) boxes_.push_back(size_of(e));
    rank_entities();
    fill_columns();
    thread_lines();
    for (int sweep = 0; sweep < 12 && !columns_.empty(); ++sweep) order(sweep % 2 == 0);
    place();
  }

  layout result() {
    layout made;
    made.boxes = boxes_;
    for (std::size_t i = 0; i < graph_.relationships.size(); ++i) made.lines.push_back(line_of(i));
    for (const box& b : made.boxes) {
      made.width = std::max(made.width, b.x + b.width + margin);
      made.height = std::max(made.height, b.y + b.height + margin);
    }
    for (const line& l : made.lines) {
      for (const point& p : l.points) made.height = std::max(made.height, p.y + margin);
    }
    return made;
  }

private:
  const entity_graph& graph_;
  std::vector<box> boxes_;
  std::vector<std::size_t> rank_;    // of entities
  std::vector<std::size_t> column_;  // of entities; no_place: it has no relations
  std::vector<slot> slots_;
  std::vector<std::vector<std::size_t>> columns_;    // slots, from above
  std::vector<std::vector<std::size_t>> lanes_;      // of relationships: the slots between, from the child on
  std::vector<std::pair<double, double>> column_x_;  // left and right edge

  bool related(std::size_t entity) const {
    return std::any_of(graph_.relationships.begin(), graph_.relationships.end(),
                       [&](const relationship& r) { return r.child == entity || r.parent == entity; });
  }

  /// The longest way to an entity that references nothing, without the references that close a circle.
  void rank_entities() {
    const std::size_t n = graph_.entities.size();
    rank_.assign(n, 0);
    std::vector<std::vector<std::size_t>> parents(n);
    for (const relationship& r : graph_.relationships) {
      if (r.child != r.parent) parents[r.child].push_back(r.parent);
    }
    enum : char { unseen, open, closed };
    std::vector<char> state(n, unseen);
    struct visit {
      std::size_t entity, next;
    };
    for (std::size_t start = 0; start < n; ++start) {
      if (state[start] != unseen) continue;
      std::vector<visit> way{{start, 0}};
      state[start] = open;
      while (!way.empty()) {
        const std::size_t entity = way.back().entity;
        if (way.back().next == parents[entity].size()) {
          state[entity] = closed;
          way.pop_back();
          if (!way.empty()) rank_[way.back().entity] = std::max(rank_[way.back().entity], rank_[entity] + 1);
          continue;
        }
        const std::size_t parent = parents[entity][way.back().next++];
        if (state[parent] == unseen) {
          state[parent] = open;
          way.push_back({parent, 0});
        } else if (state[parent] == closed) {
          rank_[entity] = std::max(rank_[entity], rank_[parent] + 1);
        }
      }
    }
    pull_towards_children();
  }

  /// A table stands right before the first that references it rather than at the far left.
  void pull_towards_children() {
    std::vector<std::size_t> by_rank(rank_.size());
    std::iota(by_rank.begin(), by_rank.end(), std::size_t{0});
    std::stable_sort(by_rank.begin(), by_rank.end(), [&](auto a, auto b) { return rank_[a] > rank_[b]; });
    for (const std::size_t entity : by_rank) {
      std::size_t nearest = no_place;
      for (const relationship& r : graph_.relationships) {
        if (r.parent == entity && r.child != entity && rank_[r.child] > rank_[entity])
          nearest = std::min(nearest, rank_[r.child]);
      }
      if (nearest != no_place) rank_[entity] = std::max(rank_[entity], nearest - 1);
    }
  }

  /// A column for each rank, several where one would be much higher than the picture is wide.
  void fill_columns() {
    double area = 0;
    for (const box& b : boxes_) area += (b.width + 110) * (b.height + gap_between_rows);
    const double tallest = std::max(900.0, std::sqrt(area) * 1.05);
    column_.assign(boxes_.size(), no_place);
    const std::size_t ranks = rank_.empty() ? 0 : *std::max_element(rank_.begin(), rank_.end()) + 1;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      std::vector<std::size_t> members;
      double height = 0;
      for (std::size_t i = 0; i < boxes_.size(); ++i) {
        if (rank_[i] != rank || !related(i)) continue;
        members.push_back(i);
        height += boxes_[i].height + gap_between_rows;
      }
      if (members.empty()) continue;
      const auto parts = static_cast<std::size_t>(std::ceil(height / tallest));
      const double share = height / static_cast<double>(parts);
      double used = 0;
      columns_.emplace_back();
      for (const std::size_t entity : members) {
        const double taken = boxes_[entity].height + gap_between_rows;
        if (used + taken / 2 > share && !columns_.back().empty()) {
          columns_.emplace_back();
          used = 0;
        }
        used += taken;
        column_[entity] = columns_.size() - 1;
        columns_.back().push_back(slots_.size());
        slots_.push_back({.entity = entity, .width = boxes_[entity].width, .height = boxes_[entity].height});
      }
    }
  }

  std::size_t slot_of(std::size_t entity) const {
    const auto at = std::find_if(slots_.begin(), slots_.end(), [&](const slot& s) { return s.entity == entity; });
    return static_cast<std::size_t>(at - slots_.begin());
  }

  /// A lane in each column that a line crosses.
  void thread_lines() {
    for (const relationship& r : graph_.relationships) {
      std::vector<std::size_t> lanes;
      const std::size_t from = column_[r.child], to = column_[r.parent];
      const bool leftward = to < from;
      std::size_t last = slot_of(r.child);
      const auto join = [&](std::size_t next) {
        (leftward ? slots_[last].left : slots_[last].right).push_back(next);
        (leftward ? slots_[next].right : slots_[next].left).push_back(last);
        last = next;
      };
      if (from != to) {
        for (std::size_t c = leftward ? from - 1 : from + 1; c != to; leftward ? --c : ++c) {
          columns_[c].push_back(slots_.size());
          lanes.push_back(slots_.size());
          slots_.push_back({});
          join(lanes.back());
        }
        join(slot_of(r.parent));
      }
      lanes_.push_back(std::move(lanes));
    }
  }

  void order(bool rightward) {
    std::vector<double> position(slots_.size());
    const auto number = [&](const std::vector<std::size_t>& column) {
      double y = 0;
      for (const std::size_t s : column) {
        position[s] = y + slots_[s].height / 2;
        y += slots_[s].height + gap_between_rows;
      }
    };
    for (const auto& column : columns_) number(column);
    const auto arrange = [&](std::vector<std::size_t>& column, bool by_left) {
      for (const std::size_t s : column) {
        const auto& beside = by_left ? slots_[s].left : slots_[s].right;
        double sum = 0;
        for (const std::size_t other : beside) sum += position[other];
        slots_[s].wish = beside.empty() ? position[s] : sum / static_cast<double>(beside.size());
      }
      std::stable_sort(column.begin(), column.end(), [&](auto a, auto b) { return slots_[a].wish < slots_[b].wish; });
      number(column);
    };
    if (rightward) {
      for (std::size_t c = 1; c < columns_.size(); ++c) arrange(columns_[c], true);
    } else {
      for (std::size_t c = columns_.size() - 1; c-- > 0;) arrange(columns_[c], false);
    }
  }

  void place() {
    place_across();
    for (auto& column : columns_) stack(column);
    for (int sweep = 0; sweep < 8; ++sweep) {
      for (auto& column : columns_) settle(column);
    }
    double least = 0;
    for (const slot& s : slots_) least = std::min(least, s.y);
    for (slot& s : slots_) {
      s.y += margin - least;
      if (s.entity != no_place) boxes_[s.entity].y = s.y;
    }
    place_unrelated();
  }

  void place_across() {
    const bool turns_back = std::any_of(graph_.relationships.begin(), graph_.relationships.end(),
                                        [&](const auto& r) { return column_[r.child] == 0 && column_[r.parent] == 0; });
    double x = turns_back ? 2 * margin : margin;  // such a line leaves the column at its left
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      double width = 0;
      std::size_t lines = 0;
      for (const std::size_t s : columns_[c]) {
        width = std::max(width, slots_[s].width);
        lines += slots_[s].left.size();
      }
      if (c != 0) x += std::min(190.0, 80 + 4 * static_cast<double>(lines));
      for (const std::size_t s : columns_[c]) {
        if (slots_[s].entity != no_place) boxes_[slots_[s].entity].x = x;
      }
      column_x_.emplace_back(x, x + width);
      x += width;
    }
  }

  void stack(const std::vector<std::size_t>& column) {
    double y = 0;
    for (const std::size_t s : column) {
      slots_[s].y = y;
      y += slots_[s].height + gap_between_rows;
    }
  }

  /// Moves each towards the middle of its neighbours, as far as their order and the gaps allow: blocks of those that
  /// touch go where they wish together.
  void settle(const std::vector<std::size_t>& column) {
    struct block {
      double y, height, wishes;
      std::size_t count;
    };
    std::vector<block> blocks;
    for (const std::size_t s : column) {
      slot& one = slots_[s];
      double sum = 0;
      for (const std::size_t other : one.left) sum += slots_[other].middle();
      for (const std::size_t other : one.right) sum += slots_[other].middle();
      const std::size_t beside = one.left.size() + one.right.size();
      const double wish = (beside == 0 ? one.middle() : sum / static_cast<double>(beside)) - one.height / 2;
      blocks.push_back({wish, one.height + gap_between_rows, wish, 1});
      while (blocks.size() > 1 && blocks[blocks.size() - 2].y + blocks[blocks.size() - 2].height > blocks.back().y) {
        const block lower = blocks.back();
        blocks.pop_back();
        block& upper = blocks.back();
        upper.wishes += lower.wishes - upper.height * static_cast<double>(lower.count);
        upper.count += lower.count;
        upper.height += lower.height;
        upper.y = upper.wishes / static_cast<double>(upper.count);
      }
    }
    std::size_t next = 0;
    for (const block& b : blocks) {
      double y = b.y;
      for (std::size_t i = 0; i < b.count; ++i) {
        slots_[column[next]].y = y;
        y += slots_[column[next++]].height + gap_between_rows;
      }
    }
  }

  /// In rows below the others, as wide as they are.
  void place_unrelated() {
    double bottom = margin, width = 900;
    bool any = false;
    for (const slot& s : slots_) bottom = std::max(bottom, s.y + s.height + 2 * gap_between_rows);
    if (!column_x_.empty()) width = std::max(width, column_x_.back().second);
    double x = margin, row = 0;
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      if (column_[i] != no_place) continue;
      if (any && x + boxes_[i].width > width) {
        bottom += row + gap_between_rows;
        x = margin;
        row = 0;
      }
      boxes_[i].x = x;
      boxes_[i].y = bottom;
      x += boxes_[i].width + gap_between_rows;
      row = std::max(row, boxes_[i].height);
      any = true;
    }
  }

  line line_of(std::size_t relation) const {
    const relationship& r = graph_.relationships[relation];
    const box& child = boxes_[r.child];
    const box& parent = boxes_[r.parent];
    line made;
    const bool same = column_[r.child] == column_[r.parent];
    made.leaves_child_leftward = same || column_[r.parent] < column_[r.child];
    made.enters_parent_leftward = same || !made.leaves_child_leftward;
    made.points.push_back({made.leaves_child_leftward ? child.x : child.x + child.width, child.row_y(r.child_row)});
    for (const std::size_t lane : lanes_[relation]) {
      std::size_t column = 0;
      while (std::find(columns_[column].begin(), columns_[column].end(), lane) == columns_[column].end()) ++column;
      const auto [left, right] = column_x_[column];
      const double y = slots_[lane].middle();
      made.points.push_back({made.leaves_child_leftward ? right : left, y});
      made.points.push_back({made.leaves_child_leftward ? left : right, y});
    }
    made.points.push_back(
        {made.enters_parent_leftward ? parent.x : parent.x + parent.width, parent.row_y(r.parent_row)});
    return made;
  }
};

}  // namespace

layout layout::of(const entity_graph& graph) { return arrangement(graph).result(); }

std::size_t shown_length(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace tupelo::diagrams
