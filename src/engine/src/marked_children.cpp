// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/marked_children.hpp"

#include "run_now.hpp"

#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/engine/verbs.hpp"
#include "tupelo/model/relation_keys.hpp"
#include "tupelo/core/timestamp.hpp"

#include <algorithm>
#include <utility>

namespace tupelo::detail {

std::vector<std::uint16_t> referenced_fields(const model_info& target, const foreign_key_info& key) {
  if (key.to_offsets.empty()) return target.key;
  std::vector<std::uint16_t> fields;
  for (const std::uint16_t offset : key.to_offsets) {
    const int position = target.find_offset(offset);
    if (position >= 0) fields.push_back(static_cast<std::uint16_t>(position));
  }
  return fields;
}

const foreign_key_info* marking_key(const model_info& owner, const relation_info& relation, const model_info*& child) {
  if (relation.kind != relation_kind::has_many && relation.kind != relation_kind::has_one) return nullptr;
  const model_spec* const related = find_spec(relation.related);
  if (related == nullptr || !relation.through.empty()) return nullptr;
  child = &info_of(*related);
  for (const foreign_key_info& key : child->foreign_keys) {
    const bool marks = key.on_delete == referential_action::cascade && child->deleted_at >= 0;
    if ((!marks && key.on_delete != referential_action::set_null) || &referenced_model(*child, key) != &owner) continue;
    if (goes_by(relation, *child, key)) return &key;
  }
  return nullptr;
}

bool marks_children(const model_info& info) {
  return std::any_of(info.relations.begin(), info.relations.end(), [&](const relation_info& relation) {
    const model_info* child = nullptr;
    return marking_key(info, relation, child) != nullptr;
  });
}

bool restores_children(const model_info& info) {
  return std::any_of(info.relations.begin(), info.relations.end(), [&](const relation_info& relation) {
    const model_info* child = nullptr;
    const foreign_key_info* const key = marking_key(info, relation, child);
    return key != nullptr && key->on_delete == referential_action::cascade;
  });
}

namespace {

column_ref column_at(const model_info& of, std::size_t position) { return {of.spec, of.fields[position].offset}; }

/// WHERE the row names one of the model that was marked at this time.
void belongs_to_marked(query_core& core, const model_info& parent, const model_info& child, const foreign_key_info& key,
                       const literal& time) {
  const std::vector<std::uint16_t> named = referenced_fields(parent, key);
  const auto deleted_at = static_cast<std::size_t>(parent.deleted_at);
  if (named.size() == 1) {
    query_core owners(op::select_from, *parent.spec);
    owners.term(op::project, expression(column_at(parent, named[0])));
    owners.clause(op::where, expression(column_at(parent, deleted_at), comparison::equal, time));
    owners.word(make_word(op::with_deleted, every_row));
    core.clause(op::where, with_query(expression(column_at(child, key.fields[0])), std::move(owners), op::in_query));
    return;
  }
  // Under a name of its own: it may be the child's table.
  const std::uint32_t marked = alias_of(*parent.spec, "marked");
  const auto aliased = [&](std::size_t position) {
    return expression(make_word(op::column, 0, parent.fields[position].offset, marked));
  };
  query_core owners;
  owners.begin(marked);
  owners.term(op::project, aliased(named[0]));
  const auto equal = make_word(op::compare, static_cast<std::uint8_t>(comparison::equal));
  owners.clause(op::where, aliased(deleted_at).combine(expression(time), equal));
  for (std::size_t part = 0; part != named.size(); ++part) {
    owners.clause(op::where, aliased(named[part]).combine(expression(column_at(child, key.fields[part])), equal));
  }
  owners.word(make_word(op::with_deleted, every_row));
  core.clause(op::where, with_query(expression(), std::move(owners), op::exists));
}

/// UPDATE of the children of rows that were marked at this time: they are marked too, or name nobody any more.
query_core writing_children(const model_info& parent, const model_info& child, const foreign_key_info& key,
                            std::int64_t marked_us) {
  const literal time(kind::timestamp, marked_us);
  query_core core(op::update_of, *child.spec);
  if (key.on_delete == referential_action::cascade) {
    core.assign(op::assign, column_at(child, static_cast<std::size_t>(child.deleted_at)), expression(time));
  } else {
    for (const std::uint16_t i : key.fields)
      core.assign(op::assign, column_at(child, i), expression(make_word(op::null_value)));
    core.word(make_word(op::with_deleted, every_row));
  }
  if (child.updated_at >= 0)
    core.assign(op::assign, column_at(child, static_cast<std::size_t>(child.updated_at)), expression(time));
  belongs_to_marked(core, parent, child, key, time);
  core.word(make_word(op::without_scope, all_scopes));  // what belongs to a marked row is so whatever else holds for it
  return complete_write(std::move(core));
}

/// A model's rows that marking_key marks, as `follow(child, key)`.
template <class Follow>
void for_each_marked_child(const model_info& parent, Follow follow) {
  for (const relation_info& relation : parent.relations) {
    const model_info* child = nullptr;
    const foreign_key_info* const key = marking_key(parent, relation, child);
    if (key != nullptr && key->on_delete == referential_action::cascade) follow(*child, *key);
  }
}

void match_key(query_core& core, const model_info& info) {
  for (const std::uint16_t i : info.key) core.word(column_at(info, i).word(op::match_field));
}

query_core marking(const model_info& info, std::int64_t time_us) {
  query_core core(op::update_of, *info.spec);
  core.assign(op::assign, column_at(info, static_cast<std::size_t>(info.deleted_at)),
              expression(literal(kind::timestamp, time_us)));
  return core;
}

/// The mark of the object's row; empty without such a row.
task<std::vector<std::optional<timestamp>>> read_mark(query_source& source, const model_info& info,
                                                      const void* object) {
  using row = std::optional<timestamp>;
  std::vector<row> found;
  statement_run run(op::select_from, *info.spec);
  run.core.term(op::project, expression(column_at(info, static_cast<std::size_t>(info.deleted_at))));
  match_key(run.core, info);
  run.core.word(make_word(op::with_deleted, every_row));
  run.core.row_type(row_meta<row>::spec);
  run.objects = &object;
  run.sink = {&found, &vector_sink<std::vector<row>>::add};
  co_await run_now(source, run);
  co_return found;
}

}  // namespace

task<bool> is_unmarked(query_source& source, const model_info& info, const void* object) {
  const auto found = co_await read_mark(source, info, object);
  co_return !found.empty() && !found[0];
}

task<std::optional<std::int64_t>> restore_children(query_source& source, const model_info& info, const void* object,
                                                   std::int64_t now_us) {
  const auto found = co_await read_mark(source, info, object);
  if (found.empty() || !found[0]) co_return std::nullopt;
  const std::optional<std::int64_t> marked = found[0]->us;
  // Rows that belong to others marked at this time must stay as they are. So the row, and what is found to belong to
  // it, is known meanwhile by a time that no mark has, in a hundred years; nobody else ever sees it.
  const std::int64_t meanwhile = now_us + std::int64_t{100} * 365 * 86'400 * 1'000'000;
  query_core moved = marking(info, meanwhile);
  match_key(moved, info);
  co_await run_write(source, std::move(moved), object);
  std::vector<const model_info*> next{&info}, reached;
  while (!next.empty()) {
    const model_info& parent = *next.back();
    next.pop_back();
    std::vector<std::pair<const model_info*, query_core>> writes;
    for_each_marked_child(parent, [&](const model_info& child, const foreign_key_info& key) {
      query_core core = marking(child, meanwhile);
      core.clause(op::where, expression(column_at(child, static_cast<std::size_t>(child.deleted_at)), comparison::equal,
                                        literal(kind::timestamp, *marked)));
      belongs_to_marked(core, parent, child, key, literal(kind::timestamp, meanwhile));
      core.word(make_word(op::with_deleted, every_row));
      core.word(make_word(op::without_scope, all_scopes));
      writes.emplace_back(&child, std::move(core));
    });
    for (auto& [child, core] : writes) {
      if (co_await run_write(source, std::move(core)) == 0) continue;
      next.push_back(child);
      if (std::find(reached.begin(), reached.end(), child) == reached.end()) reached.push_back(child);
    }
  }
  query_core back = marking(info, *marked);
  match_key(back, info);
  co_await run_write(source, std::move(back), object);
  for (const model_info* const child : reached) {
    query_core core;
    make_restore_of(core, *child, meanwhile, now_us);
    co_await run_write(source, std::move(core));
  }
  co_return marked;
}

task<void> mark_children(query_source& source, std::vector<const model_info*> models, std::int64_t marked_us) {
  while (!models.empty()) {
    const model_info& parent = *models.back();
    models.pop_back();
    for (const relation_info& relation : parent.relations) {
      const model_info* child = nullptr;
      const foreign_key_info* const key = marking_key(parent, relation, child);
      if (key == nullptr) continue;
      const std::int64_t rows = co_await run_write(source, writing_children(parent, *child, *key, marked_us));
      if (rows > 0 && key->on_delete == referential_action::cascade) models.push_back(child);
    }
  }
}

}  // namespace tupelo::detail
