// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/parent_changes.hpp"

#include "key_index.hpp"

#include "tupelo/engine/marked_children.hpp"
#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/engine/verbs.hpp"
#include "tupelo/query/value.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

namespace tupelo::detail {

namespace {

/// Keys in one statement: a power of two, as lists of fewer are rounded up to.
constexpr std::size_t most_parents = 512;

[[noreturn]] void refuse(const parent_link& link, const std::string& what) {
  throw model_error("the foreign key of " + std::string(link.child->short_name()) + " to " +
                    std::string(link.parent->short_name()) + ": " + what);
}

int position_of(const parent_link& link, const parent_column& column, std::string_view verb) {
  const model_info& parent = *link.parent;
  if (column.model != nullptr && column.model != parent.spec) {
    refuse(link, std::string(verb) + "() names a field of another model than " + std::string(parent.short_name()));
  }
  const int position = column.model != nullptr ? parent.find_offset(column.offset) : parent.find_column(column.column);
  if (position < 0 || parent.fields[static_cast<std::size_t>(position)].is(field_relation)) {
    refuse(link, std::string(verb) + "() names " + (column.model ? "a field" : "\"" + column.column + "\"") +
                     ", which is no column of " + std::string(parent.short_name()));
  }
  return position;
}

column_ref column_at(const model_info& info, int position) {
  return {info.spec, info.fields[static_cast<std::size_t>(position)].offset};
}

void set_parent(query_core& core, const parent_link& link, std::int64_t by, std::int64_t now_us) {
  core.begin(op::update_of, *link.parent->spec);
  if (link.counter >= 0 && by != 0) {
    expression next(column_at(*link.parent, link.counter));
    next.combine(expression(literal(kind::i64, by)), make_word(op::call, static_cast<std::uint8_t>(function::add), 2));
    core.assign(op::assign, column_at(*link.parent, link.counter), next);
  }
  if (link.touched >= 0) {
    core.assign(op::assign, column_at(*link.parent, link.touched), expression(literal(kind::timestamp, now_us)));
  }
}

/// WHERE the column has the value that begins there; gives the next one.
const std::uint64_t* match_value(query_core& core, const model_info& info, std::uint16_t position,
                                 const std::uint64_t* value) {
  const field_info& field = info.fields[position];
  core.word(make_word(op::where, 0, 1));
  core.word(make_word(op::column_compare, static_cast<std::uint8_t>(key_kind(field)), field.offset, info.id));
  const auto words = static_cast<std::uint32_t>(words_of_value(key_kind(field), value));
  core.values.append(value, words);
  return value + words;
}

template <class Fields>
std::vector<std::uint64_t> words_at(const model_info& info, const Fields& positions, const void* object) {
  std::vector<field_slot> slots;
  for (const std::uint16_t i : positions) slots.push_back(info.fields[i].slot());
  key_words key(std::move(slots));
  if (!key.read(object)) return {};
  return {key.data(), key.data() + key.size()};
}

}  // namespace

std::vector<parent_link> parent_links(const model_info& child) {
  std::vector<parent_link> links;
  if (!child.writes_parents) return links;
  for (const foreign_key_info& key : child.foreign_keys) {
    if (!key.counter.said() && !key.touches) continue;
    const model_info& parent = referenced_model(child, key);
    parent_link link{&key, &child, &parent, referenced_fields(parent, key)};
    if (key.counter.said()) {
      link.counter = position_of(link, key.counter, "counter");
      const field_info& field = parent.fields[static_cast<std::size_t>(link.counter)];
      if (!is_integer(field.type->k) || field.type->nullable || field.is(field_key)) {
        refuse(link, "counter() needs field " + field.name + " to be an integer, and neither optional nor a key");
      }
    }
    if (key.touches) {
      link.touched = key.touched.said() ? position_of(link, key.touched, "touch") : parent.updated_at;
      if (link.touched < 0) {
        refuse(link, "touch() needs to know which field: say m.timestamps() there, or touch(&" +
                         std::string(parent.short_name()) + "::field)");
      }
      const field_info& field = parent.fields[static_cast<std::size_t>(link.touched)];
      if (stored_type(*field.type).k != kind::timestamp)
        refuse(link, "touch() needs field " + field.name + " to be a timestamp");
    }
    links.push_back(std::move(link));
  }
  return links;
}

std::vector<std::uint64_t> child_side(const parent_link& link, const void* child) {
  return words_at(*link.child, link.key->fields, child);
}
std::vector<std::uint64_t> parent_side(const parent_link& link, const void* parent) {
  return words_at(*link.parent, link.named, parent);
}

bool is_live(const model_info& info, const void* object) {
  return info.deleted_at < 0 ||
         value_of(info.fields[static_cast<std::size_t>(info.deleted_at)].slot(), object) == nullptr;
}

void parent_changes::add(const parent_link& link, std::vector<std::uint64_t> key, std::int64_t by) {
  if (key.empty() || (by == 0 && link.touched < 0)) return;
  changes_.push_back({&link, std::move(key), by});
  summed_ = false;
}

void parent_changes::add_new(const std::vector<parent_link>& links, const void* child) {
  for (const parent_link& link : links) add(link, child_side(link, child), is_live(*link.child, child) ? 1 : 0);
}

const std::vector<parent_changes::change>& parent_changes::sum() {
  if (std::exchange(summed_, true)) return changes_;
  std::sort(changes_.begin(), changes_.end(), [](const change& a, const change& b) {
    return a.link != b.link ? std::less<>()(a.link, b.link) : a.key < b.key;
  });
  std::size_t last = 0;
  for (std::size_t i = 1; i < changes_.size(); ++i) {
    if (changes_[i].link == changes_[last].link && changes_[i].key == changes_[last].key) {
      changes_[last].by += changes_[i].by;
    } else if (++last != i) {
      changes_[last] = std::move(changes_[i]);
    }
  }
  changes_.resize(std::min(changes_.size(), last + 1));
  std::erase_if(changes_, [](const change& each) { return each.by == 0 && each.link->touched < 0; });
  std::stable_sort(changes_.begin(), changes_.end(), [](const change& a, const change& b) {
    return a.link != b.link ? std::less<>()(a.link, b.link) : a.by < b.by;
  });
  return changes_;
}

std::vector<query_core> parent_changes::statements(std::int64_t now_us) {
  std::vector<query_core> made;
  sum();
  for (std::size_t from = 0; from != changes_.size();) {
    const parent_link& link = *changes_[from].link;
    const model_info& parent = *link.parent;
    // Of a key of several columns one by one.
    const std::size_t most = link.named.size() == 1 ? most_parents : 1;
    std::size_t end = from + 1;
    while (end != changes_.size() && end - from != most && changes_[end].link == &link &&
           changes_[end].by == changes_[from].by) {
      ++end;
    }
    query_core& core = made.emplace_back();
    set_parent(core, link, changes_[from].by, now_us);
    if (link.named.size() == 1) {
      const field_info& field = parent.fields[link.named[0]];
      core.word(make_word(op::where, 0, 2));
      core.word(make_word(op::list, list_bucket(end - from)));
      core.word(make_word(op::in_list, static_cast<std::uint8_t>(key_kind(field)), field.offset, parent.id));
      core.values.push(end - from);
      for (std::size_t i = from; i != end; ++i) {
        core.values.append(changes_[i].key.data(), static_cast<std::uint32_t>(changes_[i].key.size()));
      }
    } else {
      const std::uint64_t* value = changes_[from].key.data();
      for (const std::uint16_t i : link.named) value = match_value(core, parent, i, value);
    }
    core.word(make_word(op::with_deleted, every_row));
    from = end;
  }
  return made;
}

const std::vector<parent_link>& join_counts::links_of(const model_info& child) {
  const auto [known, fresh] = links_.try_emplace(&child);
  if (fresh) known->second = parent_links(child);
  return known->second;
}

query_core change_of_parent(const parent_link& link, const void* child, std::int64_t by, std::int64_t now_us) {
  query_core core;
  set_parent(core, link, by, now_us);
  const std::vector<std::uint64_t> key = words_at(*link.child, link.child->key, child);
  for (std::size_t part = 0; part != link.named.size(); ++part) {
    query_core named(op::select_from, *link.child->spec);
    named.term(op::project,
               expression(column_ref{link.child->spec, link.child->fields[link.key->fields[part]].offset}));
    const std::uint64_t* value = key.data();
    for (const std::uint16_t i : link.child->key) value = match_value(named, *link.child, i, value);
    named.word(by == 0 ? make_word(op::with_deleted, every_row) : make_word(op::without_scope, all_scopes));
    core.clause(op::where,
                with_query(expression(column_ref{link.parent->spec, link.parent->fields[link.named[part]].offset}),
                           std::move(named), op::in_query));
  }
  core.word(make_word(op::with_deleted, every_row));
  return core;
}

task<std::int64_t> run_changes(query_source& source, std::vector<query_core> statements) {
  std::vector<statement_run> runs;
  runs.reserve(statements.size());
  for (query_core& core : statements) {
    runs.emplace_back(std::move(core));
    runs.back().core.finish();
  }
  if (runs.size() == 1) {
    const task_context& context = co_await current_context();
    if (!source.try_run(runs[0], context)) co_await source.run(runs[0]);
  } else if (!runs.empty()) {
    std::vector<statement_run*> waiting;
    for (statement_run& run : runs) waiting.push_back(&run);
    statement_group group{waiting.data(), waiting.size()};
    co_await source.run_group(group);
  }
  std::int64_t written = 0;
  for (const statement_run& run : runs) written += run.affected;
  co_return written;
}

task<std::int64_t> recount(query_source* source, const model_spec& spec) {
  const model_info& child = require_table(info_of(spec));
  const std::vector<parent_link> links = parent_links(child);
  std::vector<query_core> statements;
  for (const parent_link& link : links) {
    if (link.counter < 0) continue;
    // Under a name of its own: it may be the parent's table.
    const std::uint32_t counted = alias_of(spec, "counted");
    query_core rows;
    rows.begin(counted);
    rows.term(op::project,
              expression(make_word(op::star)).push(make_word(op::call, static_cast<std::uint8_t>(function::count), 1)));
    for (std::size_t part = 0; part != link.named.size(); ++part) {
      expression same(make_word(op::column, 0, child.fields[link.key->fields[part]].offset, counted));
      same.combine(expression(column_ref{link.parent->spec, link.parent->fields[link.named[part]].offset}),
                   make_word(op::compare, static_cast<std::uint8_t>(comparison::equal)));
      rows.clause(op::where, same);
    }
    rows.word(make_word(op::without_scope, all_scopes));  // as it is counted when rows come and go
    query_core core(op::update_of, *link.parent->spec);
    const expression number = with_query(expression(), rows, op::scalar_query);
    core.assign(op::assign, column_at(*link.parent, link.counter), number);
    expression wrong(column_at(*link.parent, link.counter));
    wrong.combine(number, make_word(op::compare, static_cast<std::uint8_t>(comparison::not_equal)));
    core.clause(op::where, wrong);
    core.word(make_word(op::with_deleted, every_row));
    statements.push_back(std::move(core));
  }
  if (statements.empty()) {
    throw query_error("recount(): no foreign key of " + std::string(child.short_name()) +
                      " keeps a counter: say .counter(&Parent::field) in its model()");
  }
  co_return co_await run_changes(*require_source(source), std::move(statements));
}

}  // namespace tupelo::detail
