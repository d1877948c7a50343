// SPDX-License-Identifier: Apache-2.0
#include "unique_order.hpp"

#include "snapshot.hpp"

#include "tupelo/core/error.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace tupelo::detail {

namespace {

using unique_values = std::vector<std::uint64_t>;

/// Whether the database checks it after each row, by values that are known here.
bool is_checked_by_row(const index_info& index) {
  return index.unique && !index.deferrable && !index.has_where &&
         std::all_of(index.terms.begin(), index.terms.end(),
                     [](const index_term_info& term) { return term.field >= 0; });
}

std::vector<std::uint16_t> fields_of(const index_info& index) {
  std::vector<std::uint16_t> fields;
  for (const index_term_info& term : index.terms) fields.push_back(static_cast<std::uint16_t>(term.field));
  return fields;
}

/// Empty: nothing that could be there twice.
unique_values values_by(const model_info& info, const index_info& index, const std::vector<std::uint16_t>& fields,
                        words_view taken) {
  if (index.ignores_deleted && !is_null_in(info, taken, static_cast<std::uint16_t>(info.deleted_at))) return {};
  if (!index.nulls_not_distinct) return values_in(info, taken, fields);
  unique_values values;
  for (const std::uint16_t i : fields) {
    const unique_values part = values_in(info, taken, {i});
    values.push_back(part.empty() ? 0 : 1);
    values.insert(values.end(), part.begin(), part.end());
  }
  return values;
}

[[noreturn]] void refuse_circle(const model_info& info, const index_info& index) {
  std::string columns, fields;
  for (const std::uint16_t i : fields_of(index)) {
    columns.append(columns.empty() ? "" : ", ").append(info.fields[i].column);
    fields.append(fields.empty() ? "" : ", ").append(info.fields[i].name);
  }
  throw unique_violation("objects of " + std::string(info.short_name()) + " exchange their values of " + fields +
                             " in one flush, and the unique constraint on them is checked after each row: flush() one "
                             "of them with a value that none has first; or, where the database has such constraints, "
                             "let it be checked at commit: m.unique(…).deferrable()",
                         {.sqlstate = "23505", .constraint = index.name, .table = info.table, .column = columns});
}

/// Who must be written before whom, and for which index.
class unique_order {
public:
  unique_order(const model_info& info, const std::vector<const tracked_object*>& changed)
      : info_(info), before_(changed.size()), states_(changed.size()) {
    std::vector<snapshot> now;
    for (const tracked_object* object : changed) now.push_back(take_snapshot(info, object->object()));
    for (const index_info& index : info.indexes) {
      if (is_checked_by_row(index)) look_at(index, changed, now);
    }
  }

  std::vector<std::size_t> run() {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i != before_.size(); ++i) {
      if (states_[i] == place::unseen) visit(i, order);
    }
    return order;
  }

private:
  enum class place : unsigned char { unseen, open, done };
  struct arrow {
    std::size_t first;
    const index_info* index;
  };

  void look_at(const index_info& index, const std::vector<const tracked_object*>& changed,
               const std::vector<snapshot>& now) {
    const std::vector<std::uint16_t> fields = fields_of(index);
    std::map<unique_values, std::size_t> given_up;
    std::vector<unique_values> taken(changed.size());
    for (std::size_t i = 0; i != changed.size(); ++i) {
      unique_values old = values_by(info_, index, fields, changed[i]->snapshot);
      taken[i] = values_by(info_, index, fields, now[i]);
      if (old == taken[i]) {
        taken[i].clear();
      } else if (!old.empty()) {
        given_up.emplace(std::move(old), i);
      }
    }
    for (std::size_t i = 0; i != changed.size(); ++i) {
      const auto found = taken[i].empty() ? given_up.end() : given_up.find(taken[i]);
      if (found != given_up.end()) before_[i].push_back({found->second, &index});
    }
  }

  /// What comes before it, then it. A shifted list is one long chain: no recursion.
  void visit(std::size_t from, std::vector<std::size_t>& order) {
    std::vector<std::pair<std::size_t, std::size_t>> path{{from, 0}};
    states_[from] = place::open;
    while (!path.empty()) {
      auto& [at, next] = path.back();
      if (next == before_[at].size()) {
        states_[at] = place::done;
        order.push_back(at);
        path.pop_back();
        continue;
      }
      const arrow way = before_[at][next++];
      if (states_[way.first] == place::open) refuse_circle(info_, *way.index);
      if (states_[way.first] == place::done) continue;
      states_[way.first] = place::open;
      path.emplace_back(way.first, 0);
    }
  }

  const model_info& info_;
  std::vector<std::vector<arrow>> before_;
  std::vector<place> states_;
};

}  // namespace

bool may_collide(const model_info& info, const std::vector<std::uint16_t>& fields) {
  const auto changes = [&](int field) { return std::find(fields.begin(), fields.end(), field) != fields.end(); };
  const auto any = [&](const std::vector<index_term_info>& terms) {
    // An expression may be of any column.
    return std::any_of(terms.begin(), terms.end(),
                       [&](const index_term_info& term) { return term.field < 0 || changes(term.field); });
  };
  return std::any_of(info.indexes.begin(), info.indexes.end(),
                     [&](const index_info& index) {
                       return index.unique && (any(index.terms) || index.has_where ||
                                               (index.ignores_deleted && changes(info.deleted_at)));
                     }) ||
         std::any_of(info.exclusions.begin(), info.exclusions.end(), [&](const exclusion_info& exclusion) {
           return any(exclusion.terms) || exclusion.condition.shape.size != 0;
         });
}

std::vector<std::size_t> order_by_unique_values(const model_info& info,
                                                const std::vector<const tracked_object*>& changed) {
  return unique_order(info, changed).run();
}

std::vector<const tracked_object*> in_the_way(const model_info& info,
                                              const std::vector<const tracked_object*>& objects) {
  std::vector<const tracked_object*> found;
  for (const index_info& index : info.indexes) {
    if (!is_checked_by_row(index)) continue;
    const std::vector<std::uint16_t> fields = fields_of(index);
    std::map<unique_values, const tracked_object*> held;
    for (const tracked_object* object : objects) {
      if (object->state == object_state::added) continue;
      unique_values values = values_by(info, index, fields, object->snapshot);
      if (!values.empty()) held.emplace(std::move(values), object);
    }
    if (held.empty()) continue;
    for (const tracked_object* object : objects) {
      if (object->state == object_state::removed) continue;
      const auto holder = held.find(values_by(info, index, fields, take_snapshot(info, object->object())));
      if (holder != held.end() && holder->second != object) found.push_back(holder->second);
    }
  }
  return found;
}

}  // namespace tupelo::detail
