// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/relation_keys.hpp"

#include "tupelo/model/field_type.hpp"
#include "tupelo/model/model_spec.hpp"
#include "tupelo/core/date.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/timestamp.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace tupelo {

bool goes_by(const relation_info& relation, const model_info& child, const foreign_key_info& key) {
  return std::equal(
      key.fields.begin(), key.fields.end(), relation.columns.begin(), relation.columns.end(),
      [&](std::uint16_t field, const std::string& column) { return child.fields[field].column == column; });
}

namespace {

std::string name_of(const relation_keys& keys) {
  return "relation " + std::string(keys.owner->short_name()) + "::" + keys.owner->fields[keys.relation->field].name;
}

[[noreturn]] void refuse(const relation_keys& keys, const std::string& what) {
  throw model_error(name_of(keys) + ": " + what);
}

[[noreturn]] void refuse_undeclared(const model_info& owner, const std::string& field) {
  throw model_error("relation " + std::string(owner.short_name()) + "::" + field +
                    " is not declared: say in model() which key it goes by, with m.has_many(), m.has_one(), "
                    "m.belongs_to(), m.many_to_many() or m.belongs_to_any()");
}

const field_info* field_at(const model_info& model, std::uint16_t offset) {
  const int position = model.find_offset(offset);
  return position < 0 ? nullptr : &model.fields[static_cast<std::size_t>(position)];
}

/// The fields of `model` that a foreign key refers to.
std::vector<const field_info*> referenced(const model_info& model, const std::vector<std::uint16_t>& offsets) {
  std::vector<const field_info*> fields;
  for (std::uint16_t offset : offsets) fields.push_back(field_at(model, offset));
  if (offsets.empty()) {
    for (std::uint16_t position : model.key) fields.push_back(&model.fields[position]);
  }
  return fields;
}

bool is_text_like(kind k) noexcept { return k == kind::text || k == kind::enumeration || k == kind::custom; }
bool comparable(kind a, kind b) noexcept {
  return a == b || (is_integer(a) && is_integer(b)) || (is_text_like(a) && is_text_like(b));
}

void pair_up(relation_keys& keys, const std::vector<const field_info*>& own,
             const std::vector<const field_info*>& related) {
  const bool owner_has_foreign_key =
      keys.relation->kind == relation_kind::belongs_to || keys.relation->kind == relation_kind::belongs_to_any;
  if (own.size() != related.size() || own.empty()) {
    const std::size_t foreign = owner_has_foreign_key ? own.size() : related.size();
    const std::size_t key = owner_has_foreign_key ? related.size() : own.size();
    refuse(keys, "its foreign key has " + std::to_string(foreign) + " columns, the key that they name has " +
                     std::to_string(key) + ": name as many, in the key's order");
  }
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (!own[i] || !related[i]) refuse(keys, "its foreign key names a field that is no column");
    if (!comparable(key_kind(*own[i]), key_kind(*related[i]))) {
      refuse(keys, "fields " + own[i]->name + " and " + related[i]->name + " have types that cannot be equal");
    }
    keys.pairs.push_back({own[i], related[i]});
  }
}

std::vector<const field_info*> named_columns(const relation_keys& keys) {
  std::vector<const field_info*> fields;
  for (const std::string& column : keys.relation->columns) {
    const int position = keys.related->find_column(column);
    if (position < 0) {
      refuse(keys, "struct " + std::string(keys.related->short_name()) + " has no column \"" + column +
                       "\": name the column of its foreign key");
    }
    fields.push_back(&keys.related->fields[static_cast<std::size_t>(position)]);
  }
  return fields;
}

/// The offsets that the related model's foreign key of these fields refers to; empty: the primary key.
std::vector<std::uint16_t> target_of(const relation_keys& keys, const std::vector<const field_info*>& columns) {
  for (const foreign_key_info& key : keys.related->foreign_keys) {
    const bool to_owner = key.to ? key.to->id == keys.owner->id : key.to_type == keys.owner->spec->type;
    if (!to_owner || key.fields.size() != columns.size()) continue;
    bool same = true;
    for (std::size_t i = 0; i < columns.size(); ++i) same = same && &keys.related->fields[key.fields[i]] == columns[i];
    if (same) return key.to_offsets;
  }
  return {};
}

/// A field of the related model that as() names.
const field_info& field_beside(const relation_keys& keys, const relation_step& column) {
  const model_info& related = *keys.related;
  const int position = column.model != nullptr ? related.find_offset(column.offset) : related.find_column(column.field);
  if (position < 0) {
    refuse(keys, "as(): struct " + std::string(related.short_name()) + " has no such column" +
                     (column.field.empty() ? std::string() : " as \"" + column.field + "\""));
  }
  return related.fields[static_cast<std::size_t>(position)];
}

/// One row of several models: which one it is of is said beside the key.
void go_by_type(relation_keys& keys) {
  const field_info& type = field_beside(keys, keys.relation->type);
  const kind k = stored_type(*type.type).k;
  if (k != kind::text && k != kind::enumeration) {
    refuse(keys, "field " + type.name + ", which says of which model the owner is, must be a text or an enum");
  }
  keys.type_field = &type;
  keys.type_name = keys.owner->recorded_name();
  std::vector<const field_info*> columns;
  for (const relation_step& part : keys.relation->key_beside) columns.push_back(&field_beside(keys, part));
  pair_up(keys, referenced(*keys.owner, {}), columns);
}

/// Both models' keys, each part of which a column of the table between names.
void go_by_join_table(relation_keys& keys) {
  const relation_info& relation = *keys.relation;
  const auto require_as_many = [&](const model_info& model, const std::vector<std::string>& columns) {
    if (!model.key.empty() && model.key.size() == columns.size()) return;
    refuse(keys, "the join table names the key of " + std::string(model.short_name()) + " by " +
                     std::to_string(columns.size()) + " columns, and it has " + std::to_string(model.key.size()) +
                     ": name as many in m.many_to_many(), in the key's order");
  };
  require_as_many(*keys.owner, relation.join_key);
  require_as_many(*keys.related, relation.join_related_key);
  for (const std::uint16_t part : keys.related->key) keys.related_key.push_back(&keys.related->fields[part]);
  for (std::size_t i = 0; i < keys.owner->key.size(); ++i) {
    keys.pairs.push_back(
        {&keys.owner->fields[keys.owner->key[i]], i < keys.related_key.size() ? keys.related_key[i] : nullptr});
  }
}

/// Relations that go through each other would have no end.
struct through_depth {
  explicit through_depth(const relation_keys& keys) {
    if (++depth() > 16) {
      depth() = 0;
      refuse(keys, "through() leads through itself");
    }
  }
  through_depth(const through_depth&) = delete;
  through_depth& operator=(const through_depth&) = delete;
  ~through_depth() {
    if (depth() != 0) --depth();
  }
  static int& depth() {
    static thread_local int levels = 0;
    return levels;
  }
};

/// The relation that a step names, and the model to which it leads.
relation_keys keys_of_step(const relation_keys& through, const model_info& from, const relation_step& step) {
  if (step.model != nullptr && info_of(*step.model).id != from.id) {
    refuse(through, "through(): the relation before leads to " + std::string(from.short_name()) + ", not to " +
                        std::string(info_of(*step.model).short_name()));
  }
  const auto found = std::find_if(from.relations.begin(), from.relations.end(), [&](const relation_info& each) {
    const field_info& field = from.fields[each.field];
    return step.model != nullptr ? field.offset == step.offset : field.name == step.field;
  });
  if (found == from.relations.end()) {
    refuse(through, "through(): " + std::string(from.short_name()) + " declares no such relation" +
                        (step.field.empty() ? std::string() : " as " + step.field));
  }
  const field_info& field = from.fields[found->field];
  if (found->kind == relation_kind::belongs_to_any) {
    refuse(through, "through(): " + field.name + " leads to several models: no relation goes on from there");
  }
  const model_spec* const related = find_spec(found->related);
  if (related == nullptr) {
    refuse(through, "through(): " + std::string(found->related.name()) +
                        " is not known yet: say tp::register_models<…>() first");
  }
  return keys_of(from, field.offset, require_table(info_of(*related)));
}

void go_through(relation_keys& keys) {
  const through_depth guarded(keys);
  const model_info* from = keys.owner;
  for (const relation_step& step : keys.relation->through) {
    relation_keys found = keys_of_step(keys, *from, step);
    from = found.related;
    if (found.steps.empty()) {
      keys.steps.push_back(std::move(found));
    } else {
      for (relation_keys& inner : found.steps) keys.steps.push_back(std::move(inner));
    }
  }
  if (from->id != keys.related->id) {
    refuse(keys, "through(): the last relation leads to " + std::string(from->short_name()) + ", not to " +
                     std::string(keys.related->short_name()));
  }
  if (keys.relation->kind == relation_kind::has_one) {
    for (const relation_keys& step : keys.steps) {
      const relation_kind kind = step.relation->kind;
      if (kind == relation_kind::has_one || kind == relation_kind::belongs_to) continue;
      refuse(keys, "a has_one goes through has_one and belongs_to relations; " +
                       step.owner->fields[step.relation->field].name + " has many");
    }
  }
  keys.pairs = keys.steps.front().pairs;
}

}  // namespace

kind key_kind(const field_info& field) noexcept {
  const kind k = stored_type(*field.type).k;
  return is_integer(k) && k != kind::u64 ? kind::i64 : k;
}

relation_keys keys_of(const model_info& owner, std::uint16_t relation_offset, const model_info& related) {
  relation_keys keys;
  keys.owner = &owner;
  keys.related = &related;
  for (const relation_info& relation : owner.relations) {
    if (owner.fields[relation.field].offset == relation_offset) keys.relation = &relation;
  }
  if (!keys.relation) {
    const field_info* field = field_at(owner, relation_offset);
    refuse_undeclared(owner, field ? field->name : "?");
  }
  switch (keys.relation->kind) {
    case relation_kind::belongs_to: {
      const foreign_key_info& key = owner.foreign_keys[static_cast<std::size_t>(keys.relation->key)];
      std::vector<const field_info*> own;
      for (std::uint16_t position : key.fields) own.push_back(&owner.fields[position]);
      pair_up(keys, own, referenced(related, key.to_offsets));
      break;
    }
    case relation_kind::many_to_many:
      go_by_join_table(keys);
      if (keys.relation->typed == typed_side::own) keys.type_name = owner.recorded_name();
      if (keys.relation->typed == typed_side::related) keys.type_name = related.recorded_name();
      break;
    case relation_kind::belongs_to_any: {
      std::vector<const field_info*> own;
      for (const std::uint16_t position : keys.relation->key_fields) own.push_back(&owner.fields[position]);
      pair_up(keys, own, referenced(related, {}));
      keys.type_field = &owner.fields[static_cast<std::size_t>(keys.relation->type_field)];
      keys.type_name = related.recorded_name();
      break;
    }
    default: {
      if (!keys.relation->through.empty()) {
        go_through(keys);
        break;
      }
      if (keys.relation->type.model != nullptr || !keys.relation->type.field.empty()) {
        go_by_type(keys);
        break;
      }
      if (keys.relation->columns.empty()) {
        refuse(keys, "say which way it goes: the other model's column, .through(…) or .as(…)");
      }
      const std::vector<const field_info*> columns = named_columns(keys);
      pair_up(keys, referenced(owner, target_of(keys, columns)), columns);
    }
  }
  return keys;
}

void require_relations(const model_info& owner) {
  for (const field_info& field : owner.fields) {
    if (!field.is(field_relation)) continue;
    const auto declared = std::find_if(owner.relations.begin(), owner.relations.end(),
                                       [&](const relation_info& each) { return &owner.fields[each.field] == &field; });
    if (declared == owner.relations.end()) refuse_undeclared(owner, field.name);
    if (declared->kind == relation_kind::belongs_to_any) continue;  // each of its models fits by itself
    const model_spec* const related = find_spec(declared->related);
    if (related == nullptr) {
      throw model_error("relation " + std::string(owner.short_name()) + "::" + field.name + " is to " +
                        std::string(declared->related.name()) + ", which is no model of this program: name it beside " +
                        std::string(owner.short_name()) + ", as in tp::cli::main<" + std::string(owner.short_name()) +
                        ", …>()");
    }
    static_cast<void>(keys_of(owner, field.offset, require_table(info_of(*related))));
  }
}

std::size_t join_key_offset(const model_info& related) noexcept {
  return (related.size + alignof(join_key) - 1) / alignof(join_key) * alignof(join_key);
}

std::size_t pivot_offset(const model_info& related, std::size_t join_keys, std::size_t alignment) noexcept {
  return (join_key_offset(related) + join_keys * sizeof(join_key) + alignment - 1) / alignment * alignment;
}

field_slot join_key_slot(const relation_keys& keys, std::size_t part) {
  const kind k = key_kind(*keys.pairs[part].own);
  field_slot slot;
  slot.column = keys.has_join_table() ? keys.relation->join_key[part] : keys.pairs[part].own->column;
  std::size_t offset = join_key_offset(*keys.related) + part * sizeof(join_key);
  if (is_integer(k)) {
    slot.type = &detail::ops_of<std::int64_t>;
    offset += offsetof(join_key, number);
  } else if (k == kind::uuid) {
    slot.type = &detail::ops_of<uuid>;
    offset += offsetof(join_key, id);
  } else if (is_text_like(k)) {
    slot.type = &detail::ops_of<std::string>;
    offset += offsetof(join_key, text);
  } else {
    refuse(keys, "the keys of relations by a join table, or through others, are integers, uuids or texts; load it by a "
                 "has_many of the "
                 "model between");
  }
  if (offset > 0xffff) refuse(keys, "struct " + std::string(keys.related->short_name()) + " is too large for it");
  slot.offset = static_cast<std::uint16_t>(offset);
  slot.k = slot.type->k;
  return slot;
}

namespace {

/// The join table's model; of no type: no field names it.
type_key join_model_of(const relation_keys& keys) {
  if (keys.relation->join_model.tag != nullptr) return keys.relation->join_model;
  type_key named;
  for (const model_info* const side : {keys.related, keys.owner}) {
    for (const relation_info& other : side->relations) {
      if (other.join_model.tag == nullptr || other.join_table != keys.relation->join_table || other.join_model == named)
        continue;
      if (named.tag != nullptr) {
        throw query_error(name_of(keys) + " goes by the table \"" + other.join_table + "\", of which fields say that " +
                          std::string(named.name()) + " is the model, and " + std::string(other.join_model.name()) +
                          ": name one in its own field");
      }
      named = other.join_model;
    }
  }
  return named;
}

}  // namespace

const model_info* join_model(const relation_keys& keys) {
  const type_key named = join_model_of(keys);
  const model_spec* const spec = named.tag == nullptr ? nullptr : find_spec(named);
  if (spec == nullptr) return nullptr;
  const model_info& model = info_of(*spec);
  return model.table == keys.relation->join_table ? &model : nullptr;
}

const model_info* hiding_model(const relation_keys& keys) {
  const std::string& table = keys.relation->join_table;
  const type_key named = join_model_of(keys);
  if (named.tag == nullptr) {
    const model_info* const known = used_hiding_model(table);
    if (known == nullptr) return nullptr;
    throw query_error(
        name_of(keys) + " goes by the table \"" + table + "\", of which " + std::string(known->short_name()) +
        " leaves rows out: name that model in the field, tp::many_to_many<" + std::string(keys.related->short_name()) +
        ", " + std::string(known->short_name()) + ">, so that it does whether it has been used before or not");
  }
  const model_spec* const spec = find_spec(named);
  if (spec == nullptr) {
    throw query_error(name_of(keys) + " goes by the table \"" + table + "\" of " + std::string(named.name()) +
                      ", which is not a known model: name it in tp::register_models<…>()");
  }
  const model_info& model = info_of(*spec);
  if (model.table != table) {
    throw query_error(name_of(keys) + " goes by the table `" + table + "`, but its field names " +
                      std::string(model.short_name()) + ", the model of `" + model.table + "`: they must be the same");
  }
  return leaves_out_rows(model) ? &model : nullptr;
}

}  // namespace tupelo
