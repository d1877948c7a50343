// SPDX-License-Identifier: Apache-2.0
// In which order transactions that change rows of others wait for each other.
#include "row_locks.hpp"

#include "key_index.hpp"

#include "tupelo/engine/operation.hpp"
#include "tupelo/engine/parent_changes.hpp"
#include "tupelo/query/value.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace tupelo::detail {

namespace {

/// Keys of several columns, or rows that name others, in one statement.
constexpr std::size_t most_named = 256;

column_ref column_at(const model_info& info, std::uint16_t position) {
  return {info.spec, info.fields[position].offset};
}

void join_with(expression& all, const expression& more, op how) {
  if (all.empty()) {
    all = more;
  } else {
    all.combine(more, make_word(how));
  }
}

bool locks(const query_source& source) { return source.sql_dialect().features().row_locks; }

/// A key's values, part by part, in words.
class key_parts {
public:
  key_parts(const model_info& info, const std::vector<std::uint16_t>& fields) : info_(info), fields_(fields) {}

  expression equal(const std::uint64_t* words) const {
    expression all;
    for (const std::uint16_t i : fields_) {
      const kind k = key_kind(info_.fields[i]);
      const auto count = static_cast<std::uint32_t>(words_of_value(k, words));
      inline_word_buffer<8> value;
      value.append(words, count);
      join_with(all, expression(column_at(info_, i), k, value, 1), op::and_);
      words += count;
    }
    return all;
  }
  /// One of these.
  expression among(const std::vector<const std::vector<std::uint64_t>*>& keys) const {
    expression all;
    if (fields_.size() != 1) {
      for (const auto* const each : keys) join_with(all, equal(each->data()), op::or_);
      return all;
    }
    inline_word_buffer<16> listed;
    for (const auto* const each : keys) listed.append(each->data(), static_cast<std::uint32_t>(each->size()));
    return {column_at(info_, fields_[0]), key_kind(info_.fields[fields_[0]]), listed, keys.size()};
  }

private:
  const model_info& info_;
  const std::vector<std::uint16_t>& fields_;
};

/// SELECT … ORDER BY key FOR …: what it gives is of no use, so that its type need not be known.
query_core locking(const model_info& info, row_lock how) {
  query_core core(op::select_from, *info.spec);
  core.term(op::project, expression(column_at(info, info.key[0])).push(make_word(op::is_null)));
  core.row_type(row_meta<bool>::spec);
  core.word(make_word(op::without_scope, all_scopes));
  core.word(make_word(op::with_deleted, every_row));
  core.lock(how, nullptr);
  return core;
}

query_core locking(const model_info& info, const expression& which) {
  // Not for_update: who has written a child holds the parent's row by the foreign key already, and so may others.
  query_core core = locking(info, for_no_key_update);
  core.clause(op::where, which);
  for (const std::uint16_t i : info.key) core.order(expression(column_at(info, i)), false);
  return core;
}

/// Whatever rows these children belong to in the database.
expression of_children(const parent_link& link, const std::vector<const std::vector<std::uint64_t>*>& children) {
  const model_info& child = *link.child;
  expression all;
  for (std::size_t part = 0; part != link.named.size(); ++part) {
    query_core named(op::select_from, *child.spec);
    named.term(op::project, expression(column_at(child, link.key->fields[part])));
    named.clause(op::where, key_parts(child, child.key).among(children));
    named.word(make_word(op::without_scope, all_scopes));
    named.word(make_word(op::with_deleted, every_row));
    join_with(all, with_query(expression(column_at(*link.parent, link.named[part])), std::move(named), op::in_query),
              op::and_);
  }
  return all;
}

/// Conditions on rows of several tables: one statement for each table, which are in the order of their names.
class locked_parents {
public:
  void add(const model_info& parent, const expression& which) {
    const auto at =
        std::find_if(tables_.begin(), tables_.end(), [&](const auto& each) { return each.first == &parent; });
    if (at != tables_.end()) {
      join_with(at->second, which, op::or_);
    } else {
      tables_.emplace_back(&parent, which);
    }
  }
  void take(std::vector<query_core>& to) {
    std::sort(tables_.begin(), tables_.end(),
              [](const auto& a, const auto& b) { return std::string_view(a.first->table) < b.first->table; });
    for (const auto& [parent, which] : tables_) to.push_back(locking(*parent, which));
    tables_.clear();
  }

private:
  std::vector<std::pair<const model_info*, expression>> tables_;
};

task<void> run_together(query_source& source, std::vector<statement_run>& runs) {
  std::vector<statement_run*> waiting;
  for (statement_run& run : runs) {
    run.core.finish();
    waiting.push_back(&run);
  }
  statement_group group{waiting.data(), waiting.size()};
  co_await source.run_group(group);
}

}  // namespace

task<void> lock_rows(query_source& source, const model_info& info, std::vector<void*> objects,
                     const std::vector<parent_link>& links, bool moves) {
  if (!locks(source) || objects.empty()) co_return;
  std::vector<field_slot> parts;
  for (const std::uint16_t i : info.key) parts.push_back(info.fields[i].slot());
  key_words key(std::move(parts));
  using keyed = std::pair<std::vector<std::uint64_t>, void*>;
  std::vector<keyed> rows;
  for (void* const object : objects) {
    key.read(object);
    rows.emplace_back(std::vector<std::uint64_t>(key.data(), key.data() + key.size()), object);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const keyed& a, const keyed& b) { return a.first < b.first; });
  std::vector<query_core> parents;
  if (links.size() > 1 || rows.size() > 1 || moves) {
    // All at once where lists of keys are one value.
    const bool lists = info.key.size() == 1 && std::all_of(links.begin(), links.end(), [](const parent_link& each) {
                         return each.named.size() == 1;
                       });
    const std::size_t most = lists ? rows.size() : most_named;
    for (std::size_t from = 0; from < rows.size(); from += most) {
      const std::size_t end = std::min(rows.size(), from + most);
      std::vector<const std::vector<std::uint64_t>*> children;
      for (std::size_t i = from; i != end; ++i) children.push_back(&rows[i].first);
      locked_parents locked;
      for (const parent_link& link : links) {
        locked.add(*link.parent, of_children(link, children));
        if (!moves) continue;
        std::vector<std::vector<std::uint64_t>> named;
        for (std::size_t i = from; i != end; ++i) named.push_back(child_side(link, rows[i].second));
        std::vector<const std::vector<std::uint64_t>*> given;
        for (const auto& each : named) {
          if (!each.empty()) given.push_back(&each);
        }
        if (!given.empty()) locked.add(*link.parent, key_parts(*link.parent, link.named).among(given));
      }
      locked.take(parents);
    }
  }
  bool read = false;
  std::vector<statement_run> runs;
  runs.reserve(rows.size() + parents.size());
  for (keyed& row : rows) {
    query_core core = locking(info, for_update);
    for (const std::uint16_t field : info.key) core.word(column_at(info, field).word(op::match_field));
    runs.emplace_back(std::move(core)).objects = &row.second;
  }
  for (query_core& core : parents) runs.emplace_back(std::move(core));
  for (statement_run& run : runs) run.sink = {&read, &add_only_row};
  co_await run_together(source, runs);
}

task<void> lock_owner(query_source& source, const model_info& info, const void* owner) {
  if (!locks(source)) co_return;
  bool read = false;
  statement_run run(locking(info, for_no_key_update));
  for (const std::uint16_t field : info.key) run.core.word(column_at(info, field).word(op::match_field));
  run.core.finish();
  run.objects = &owner;
  run.sink = {&read, &add_only_row};
  const task_context& context = co_await current_context();
  if (!source.try_run(run, context)) co_await source.run(run);
}

std::vector<query_core> parent_changes::locks() const {
  std::vector<query_core> made;
  std::vector<const change*> sorted;
  for (const change& each : changes_) sorted.push_back(&each);
  std::stable_sort(sorted.begin(), sorted.end(), [](const change* a, const change* b) {
    if (a->link->parent != b->link->parent) return a->link->parent->table < b->link->parent->table;
    return a->key < b->key;
  });
  const bool lists =
      std::all_of(sorted.begin(), sorted.end(), [](const change* each) { return each->link->named.size() == 1; });
  const std::size_t most = lists ? sorted.size() : most_named;
  for (std::size_t from = 0; from < sorted.size(); from += most) {
    const std::size_t end = std::min(sorted.size(), from + most);
    // By the columns that name them: several links may do so by the same.
    std::vector<std::pair<const parent_link*, std::vector<const std::vector<std::uint64_t>*>>> named;
    for (std::size_t i = from; i != end; ++i) {
      const parent_link& link = *sorted[i]->link;
      auto at = std::find_if(named.begin(), named.end(), [&](const auto& each) {
        return each.first->parent == link.parent && each.first->named == link.named;
      });
      if (at == named.end()) at = named.insert(at, {&link, {}});
      at->second.push_back(&sorted[i]->key);
    }
    locked_parents locked;
    for (const auto& [link, keys] : named) locked.add(*link->parent, key_parts(*link->parent, link->named).among(keys));
    locked.take(made);
  }
  return made;
}

task<void> parent_changes::write(query_source& source, std::int64_t now_us) {
  std::vector<query_core> statements = this->statements(now_us);
  bool read = false;
  std::vector<statement_run> runs;
  if (changes_.size() > 1 && detail::locks(source)) {
    for (query_core& core : locks()) runs.emplace_back(std::move(core)).sink = {&read, &add_only_row};
  }
  if (runs.empty()) {
    co_await run_changes(source, std::move(statements));
    co_return;
  }
  for (query_core& core : statements) runs.emplace_back(std::move(core));
  co_await run_together(source, runs);
}

}  // namespace tupelo::detail
