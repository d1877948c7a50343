// SPDX-License-Identifier: Apache-2.0
// Relations that need more said than two columns: through others, and to one of several models.
#include "tupelo/model/model.hpp"
#include "tupelo/core/error.hpp"

#include <string>
#include <utility>
#include <vector>

namespace tupelo {

namespace {

[[noreturn]] void refuse(const model_info& info, const relation_info& relation, const std::string& what) {
  throw model_error("relation " + std::string(info.short_name()) + "::" + info.fields[relation.field].name + ": " +
                    what);
}

bool names_a_model(const field_info& field) noexcept {
  const kind k = stored_type(*field.type).k;
  return k == kind::text || k == kind::enumeration;
}

bool goes_by_type(const relation_info& relation) noexcept {
  return relation.type.model != nullptr || !relation.type.field.empty();
}
void require_one_way(const model_info& info, const relation_info& relation) {
  if (!relation.through.empty() || goes_by_type(relation) || !relation.columns.empty()) {
    refuse(info, relation, "it goes one way: name columns, or say through() or as(), once");
  }
}

}  // namespace

has_builder model_builder::add_has(field_ref relation, relation_kind kind, std::string_view verb) {
  add_relation(relation, kind, {}, verb);
  return {*info_, info_->relations.size() - 1};
}

has_builder& has_builder::add_steps(std::initializer_list<relation_step_ref> steps) {
  relation_info& relation = info_->relations[relation_];
  require_one_way(*info_, relation);
  const relation_step_ref& first = *steps.begin();
  if (first.field.model != nullptr && first.field.model != info_->spec) {
    refuse(*info_, relation,
           "through() begins at a relation of " + std::string(info_->short_name()) + ", not at one of " +
               std::string(reflect::last_identifier(first.field.model->type.name())));
  }
  for (const relation_step_ref& step : steps) {
    if (step.field.model == nullptr && step.name.empty()) refuse(*info_, relation, "through() with an empty name");
    relation.through.push_back({step.field.model, step.field.offset, std::string(step.name)});
  }
  return *this;
}

has_builder& has_builder::add_type(foreign_column type, std::initializer_list<foreign_column> key) {
  relation_info& relation = info_->relations[relation_];
  require_one_way(*info_, relation);
  const auto column_of = [&](const foreign_column& column) -> relation_step {
    const model_spec* const model = column.field.model;
    if (model == nullptr ? column.name.empty() : model->type != relation.related) {
      refuse(*info_, relation,
             "as() names columns of " + std::string(relation.related.name()) + ", to which the relation leads");
    }
    return {model, column.field.offset, std::string(column.name)};
  };
  relation.type = column_of(type);
  for (const foreign_column& part : key) relation.key_beside.push_back(column_of(part));
  return *this;
}

has_builder& has_builder::delete_orphans() {
  info_->relations[relation_].deletes_orphans = true;
  return *this;
}

many_to_many_builder& many_to_many_builder::set_type(std::string_view column, typed_side side) {
  relation_info& relation = info_->relations[relation_];
  if (column.empty() || relation.typed != typed_side::none) {
    refuse(*info_, relation, "own_type() or related_type() names one column of the join table, once");
  }
  relation.join_type = column;
  relation.typed = side;
  return *this;
}

model_builder& model_builder::add_belongs_to_any(field_ref relation, field_ref type, field_refs key) {
  const std::uint16_t type_field = own(type, "belongs_to_any");
  std::vector<std::uint16_t> key_fields;
  for (const field_ref part : key) key_fields.push_back(own(part, "belongs_to_any"));
  relation_info& added = add_relation(relation, relation_kind::belongs_to_any, {}, "belongs_to_any");
  if (!names_a_model(info_->fields[type_field])) {
    refuse(*info_, added,
           "field " + info_->fields[type_field].name +
               ", which says of which model the other object is, must be a text or an enum");
  }
  added.type_field = type_field;
  added.key_field = key_fields.front();
  added.key_fields = std::move(key_fields);
  return *this;
}

model_builder& model_builder::recorded_as(std::string_view name) {
  info_->recorded_as = name;
  return *this;
}

}  // namespace tupelo
