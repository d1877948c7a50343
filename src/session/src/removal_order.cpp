// SPDX-License-Identifier: Apache-2.0
#include "removal_order.hpp"

#include "removals.hpp"
#include "snapshot.hpp"

#include "tupelo/engine/marked_children.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <string>
#include <unordered_map>

namespace tupelo::detail {

namespace {

/// Removed objects, and which rows name which others with keys that make them go first.
class removal_search {
public:
  explicit removal_search(const removed_objects& removed) : several_models_(removed.size() > 1) {
    for (std::size_t model = 0; model != removed.size(); ++model) {
      const auto& [info, some] = removed[model];
      // Last tracked first, where keys say nothing else.
      for (auto object = some.rbegin(); object != some.rend(); ++object) rows_.push_back({info, *object, model});
    }
    for (const auto& [info, some] : removed) {
      for (const foreign_key_info& key : info->foreign_keys) note(*info, key);
    }
  }

  removal_order run() {
    removal_order order;
    if (arrows_.empty()) return order;
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i != rows_.size(); ++i) {
      if (rows_[i].waits == 0) ready.push_back(i);
    }
    for (std::size_t next = 0, left = rows_.size();;) {
      for (; !ready.empty(); --left) {
        const std::size_t at = ready.back();
        ready.pop_back();
        for (const std::size_t i : rows_[at].names) {
          if (!arrows_[i].open) continue;
          row& named = rows_[arrows_[i].to];
          named.depth = std::max(named.depth, rows_[at].depth + 1);
          close(i, ready);
        }
      }
      if (left == 0) break;
      while (rows_[next].waits == 0) ++next;
      const std::size_t broken = one_of_circle(next);
      order.emptied.emplace_back(rows_[arrows_[broken].from].object, arrows_[broken].key);
      close(broken, ready);
    }
    if (several_models_ || !order.emptied.empty()) add_parts(order);
    return order;
  }

private:
  struct row {
    const model_info* info;
    tracked_object* object;
    std::size_t model;
    std::size_t depth = 0;
    std::size_t waits = 0;                      ///< for how many that name it
    std::vector<std::size_t> names{}, named{};  ///< arrows from it, and to it
  };
  struct arrow {
    std::size_t from, to;
    const foreign_key_info* key;
    bool open = true;
  };

  void note(const model_info& info, const foreign_key_info& key) {
    if (!binds(key)) return;
    const model_info& target = referenced_model(info, key);
    const std::vector<std::uint16_t> fields = referenced_fields(target, key);
    std::map<std::vector<std::uint64_t>, std::size_t> deleted;
    for (std::size_t i = 0; i != rows_.size(); ++i) {
      const row& each = rows_[i];
      if (each.info == &target && is_deleted(target, *each.object))
        deleted.emplace(values_in(target, each.object->snapshot, fields), i);
    }
    if (deleted.empty()) return;
    for (std::size_t i = 0; i != rows_.size(); ++i) {
      const row& each = rows_[i];
      // What is marked stays: it goes first only where it would be taken along.
      if (each.info != &info || (key.on_delete != referential_action::cascade && !is_deleted(info, *each.object)))
        continue;
      const auto found = deleted.find(values_in(info, each.object->snapshot, key.fields));
      if (found == deleted.end() || found->second == i) continue;
      rows_[i].names.push_back(arrows_.size());
      rows_[found->second].named.push_back(arrows_.size());
      ++rows_[found->second].waits;
      arrows_.push_back({i, found->second, &key});
    }
  }

  void close(std::size_t closed, std::vector<std::size_t>& ready) {
    arrows_[closed].open = false;
    if (--rows_[arrows_[closed].to].waits == 0) ready.push_back(arrows_[closed].to);
  }

  /// Each row that waits is named by another one that waits: following them comes back to where it has been.
  std::size_t one_of_circle(std::size_t at) const {
    std::vector<std::size_t> way;
    std::unordered_map<std::size_t, std::size_t> places;  // of rows, on the way
    for (;;) {
      const auto [been, is_new] = places.emplace(at, way.size());
      if (!is_new) {
        way.erase(way.begin(), way.begin() + static_cast<std::ptrdiff_t>(been->second));
        break;
      }
      const std::vector<std::size_t>& named = rows_[at].named;
      way.push_back(*std::find_if(named.begin(), named.end(), [&](std::size_t i) { return arrows_[i].open; }));
      at = arrows_[way.back()].from;
    }
    for (const std::size_t i : way) {
      if (!fields_to_empty(*rows_[arrows_[i].from].info, *arrows_[i].key).empty()) return i;
    }
    const model_info& info = *rows_[arrows_[way[0]].from].info;
    throw query_error("objects that are removed name each other in a circle, by the foreign key " +
                      info.fields[arrows_[way[0]].key->fields[0]].name + " of " + std::string(info.short_name()) +
                      " and back to the same object, so that none of their rows can be deleted first: let a foreign "
                      "key of the circle be NULL (a std::optional field)");
  }

  void add_parts(removal_order& order) const {
    std::vector<const row*> sorted;
    for (const row& each : rows_) sorted.push_back(&each);
    std::stable_sort(sorted.begin(), sorted.end(), [](const row* a, const row* b) {
      return a->depth != b->depth ? a->depth < b->depth : a->model < b->model;
    });
    for (std::size_t i = 0; i != sorted.size(); ++i) {
      if (i == 0 || sorted[i]->depth != sorted[i - 1]->depth || sorted[i]->model != sorted[i - 1]->model)
        order.parts.emplace_back(sorted[i]->info, std::vector<tracked_object*>());
      order.parts.back().second.push_back(sorted[i]->object);
    }
  }

  bool several_models_;
  std::vector<row> rows_;
  std::vector<arrow> arrows_;
};

bool names_itself(const model_info& info) {
  return std::any_of(info.foreign_keys.begin(), info.foreign_keys.end(),
                     [&](const foreign_key_info& key) { return &referenced_model(info, key) == &info; });
}

}  // namespace

removal_order order_of_removal(const removed_objects& removed) {
  if (removed.size() == 1 && (removed[0].second.size() == 1 || !names_itself(*removed[0].first))) return {};
  return removal_search(removed).run();
}

std::vector<std::uint16_t> fields_to_empty(const model_info& info, const foreign_key_info& key) {
  std::vector<std::uint16_t> fields;
  std::copy_if(key.fields.begin(), key.fields.end(), std::back_inserter(fields),
               [&](std::uint16_t i) { return info.fields[i].slot().nullable && !info.fields[i].is(field_key); });
  return fields;
}

}  // namespace tupelo::detail
