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
  if (related == nullptr || !relation.through.empty()) return nullptr;
  child = &info_of(*related);
  for (const foreign_key_info& key : child->foreign_keys) {
    const bool marks = key.on_delete == referential_action::cascade && child->deleted_at >= 0;
    if ((!marks && key.on_delete != referential_action::set_null) || &referenced_model(*child, key) != &owner) continue;
    const bool same =
        std::equal(key.fields.begin(), key.fields.end(), relation.columns.begin(), relation.columns.end(),
                   [&](std::uint16_t i, const std::string& column) { return child->fields[i].column == column; });
    if (same) return &key;
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
    for (const std::uint16_t i : key.fields) {
      if (child.fields[i].type->nullable)
        core.assign(op::assign, column_at(child, i), expression(make_word(op::null_value)));
    }
    core.word(make_word(op::with_deleted, every_row));
  }
  belongs_to_marked(core, parent, child, key, time);
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
      run.core = writing_children(parent, *child, *key, marked_us);
      run.core.finish();
      if (!source.try_run(run, context)) co_await source.run(run);
      if (run.affected > 0 && key->on_delete == referential_action::cascade) models.push_back(child);
    }
  }
}

}  // namespace tupelo::detail
