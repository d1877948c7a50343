// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/marked_children.hpp"

#include "tupelo/engine/object_verbs.hpp"

#include <algorithm>

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
  if (related == nullptr) return nullptr;
  child = &info_of(*related);
  if (child->deleted_at < 0) return nullptr;
  for (const foreign_key_info& key : child->foreign_keys) {
    if (key.on_delete != referential_action::cascade || &referenced_model(*child, key) != &owner) continue;
    if (key.fields.size() != 1 || relation.columns.size() != 1) continue;
    if (child->fields[key.fields[0]].column == relation.columns[0]) return &key;
  }
  return nullptr;
}

bool marks_children(const model_info& info) {
  return std::any_of(info.relations.begin(), info.relations.end(), [&](const relation_info& relation) {
    const model_info* child = nullptr;
    return marking_key(info, relation, child) != nullptr;
  });
}

namespace {

/// UPDATE of the children of rows that were marked at this time.
query_core marking(const model_info& parent, const model_info& child, const foreign_key_info& key,
                   std::int64_t marked_us) {
  const auto column = [](const model_info& of, std::size_t position) {
    return column_ref{of.spec, of.fields[position].offset};
  };
  const literal time(kind::timestamp, marked_us);
  query_core owners(op::select_from, *parent.spec);
  owners.term(op::project, expression(column(parent, referenced_fields(parent, key)[0])));
  owners.clause(op::where,
                expression(column(parent, static_cast<std::size_t>(parent.deleted_at)), comparison::equal, time));
  owners.word(make_word(op::with_deleted, every_row));
  query_core core(op::update_of, *child.spec);
  core.assign(op::assign, column(child, static_cast<std::size_t>(child.deleted_at)), expression(time));
  core.clause(op::where, with_query(expression(column(child, key.fields[0])), std::move(owners), op::in_query));
  core.word(make_word(op::without_scope, all_scopes));  // what belongs to a marked row is so whatever else holds for it
  return complete_write(std::move(core));
}

}  // namespace

task<void> mark_children(query_source& source, std::vector<const model_info*> models, std::int64_t marked_us) {
  const task_context& context = co_await current_context();
  while (!models.empty()) {
    const model_info& parent = *models.back();
    models.pop_back();
    for (const relation_info& relation : parent.relations) {
      const model_info* child = nullptr;
      const foreign_key_info* const key = marking_key(parent, relation, child);
      if (key == nullptr) continue;
      statement_run run;
      run.core = marking(parent, *child, *key, marked_us);
      run.core.finish();
      if (!source.try_run(run, context)) co_await source.run(run);
      if (run.affected > 0) models.push_back(child);
    }
  }
}

}  // namespace tupelo::detail
