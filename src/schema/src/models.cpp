// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/models.hpp"

#include <tupelo/query/expression_text.hpp>
#include <tupelo/query/sql_text.hpp>
#include <tupelo/model/relation_keys.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace tupelo {
namespace {

type_kind stored_as(kind k) {
  switch (k) {
    case kind::boolean: return type_kind::boolean;
    case kind::i8:
    case kind::u8:
    case kind::i16: return type_kind::int16;
    case kind::u16:
    case kind::i32: return type_kind::int32;
    case kind::u32:
    case kind::i64:
    case kind::u64: return type_kind::int64;  // above 2^63 a value is refused when it is written
    case kind::f32: return type_kind::float32;
    case kind::f64: return type_kind::float64;
    case kind::bytes: return type_kind::bytes;
    case kind::timestamp: return type_kind::timestamp;
    case kind::date: return type_kind::date;
    case kind::uuid: return type_kind::uuid;
    case kind::decimal: return type_kind::decimal;
    case kind::json: return type_kind::json;
    case kind::interval: return type_kind::interval;
    case kind::time_of_day: return type_kind::time_of_day;
    default: return type_kind::text;  // enumerations by name, custom types as they are written
  }
}

/// Without what the model says of the column.
column_type type_of(const type_ops& field) {
  const type_ops& stored = stored_type(field);
  if (!field.column_type.empty()) {
    const bool is_text = stored.k == kind::text || stored.k == kind::custom;
    return is_text ? column_type::native_or_text(field.column_type) : column_type::spelled(field.column_type);
  }
  if (stored.array != nullptr) return column_type::array_of(type_of(innermost_type(stored)));
  if (!stored.column_type.empty()) return column_type::native_or_text(stored.column_type);
  return stored_as(stored.k);
}

column_type type_of(const field_info& field) {
  if (!field.native_type.empty()) return column_type::spelled(field.native_type);
  if (!field.enum_type.empty()) {
    column_type type = column_type::enumeration(field.enum_type);
    type.array = field.type->array != nullptr;
    return type;
  }
  column_type type = type_of(*field.type);
  if (type.kind == type_kind::text) type.length = field.length;
  if (type.kind == type_kind::decimal) {
    type.precision = field.precision;
    type.scale = field.scale;
  }
  return type;
}

column_definition column_of(const field_info& field) {
  column_definition column;
  column.name = field.column;
  column.type = type_of(field);
  column.nullable = field.type->nullable;
  column.identity = field.is(field_generated);
  column.comment = field.comment;
  column.collation = field.collation;
  if (field.has_default) {
    column.default_sql = field.default_sql;
    for (std::string_view word : {"TRUE", "FALSE"}) {
      if (equal_identifiers(*column.default_sql, word)) column.default_sql = word;
    }
  }
  return column;
}

/// What a database computes, from the expression or the text.
std::string value_text(const model_info& model, const expression& computed, const std::string& sql,
                       const std::string& user) {
  return computed.empty() ? sql : expression_text(computed, model, user);
}

std::vector<std::string> columns_of(const model_info& model, const std::vector<std::uint16_t>& fields) {
  std::vector<std::string> names;
  for (std::uint16_t field : fields) names.push_back(model.fields[field].column);
  return names;
}

index_column column_of(const model_info& model, const index_term_info& term) {
  index_column column;
  if (term.field >= 0) {
    column.name = model.fields[static_cast<std::size_t>(term.field)].column;
  } else {
    column.expression = value_text(model, term.computed, term.sql, "the expression of an index");
  }
  column.descending = term.descending;
  column.nulls = term.nulls;
  column.operator_class = term.operator_class;
  column.weight = term.weight;
  column.collation = term.collation;
  return column;
}

exclusion_definition exclusion_of(const model_info& model, const exclusion_info& from) {
  exclusion_definition exclusion;
  exclusion.name = from.name;
  exclusion.method = from.method == "gist" ? std::string() : from.method;
  exclusion.deferrable = from.deferrable;
  for (std::size_t i = 0; i < from.terms.size(); ++i) {
    exclusion.terms.push_back({column_of(model, from.terms[i]), from.operators[i]});
  }
  exclusion.where = expression_text(from.condition, model, "the condition of an exclusion constraint");
  return exclusion;
}

/// The enum of a field, which other fields may share.
void add_enum(schema_definition& schema, const model_info& model, const field_info& field) {
  if (field.enum_type.empty()) return;
  const type_ops& type = innermost_type(*field.type);
  const enum_table& table = type.enumerators();
  enum_definition made{field.enum_type, {}};
  for (std::size_t i = 0; i < table.count; ++i) made.values.emplace_back(table.first[i].name);
  const enum_definition* known = schema.find_enum(made.name);
  if (known == nullptr) {
    schema.enums.push_back(std::move(made));
  } else if (known->values != made.values) {
    throw model_error(std::string(model.short_name()) + ": field " + field.name + " is of the database's enum `" +
                      made.name +
                      "`, which another field has with other values: give one of them another name, "
                      "m.native_enum(&" +
                      std::string(model.short_name()) + "::" + field.name + ").named(\"…\")");
  }
}

/// Whether it is a name and no more: what says a schema, or has quotes, is somebody's own.
bool is_plain_name(std::string_view type) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return !type.empty() && is_letter(type[0]) &&
         std::all_of(type.begin(), type.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

/// The composite type of a field and those of its attributes, which other fields may share.
void add_composites(schema_definition& schema, const type_ops& field, const std::string& whose) {
  const type_ops& stored = stored_type(field);
  if (stored.array != nullptr) return add_composites(schema, innermost_type(stored), whose);
  if (stored.form == nullptr || stored.form->composite == nullptr || !is_plain_name(stored.column_type)) return;
  const composite_ops attributes = stored.form->composite();
  composite_definition made{std::string(stored.column_type), {}};
  for (std::size_t i = 0; i < attributes.count; ++i) {
    const field_slot& slot = attributes.attributes[i];
    if (slot.column.empty()) {
      throw model_error(whose + ": the names of the attributes of the composite type `" + made.name +
                        "` could not be read from this compiler; list the fields of its struct with fields()");
    }
    add_composites(schema, *slot.type, whose);
    made.attributes.push_back({std::string(slot.column), type_of(*slot.type)});
  }
  const composite_definition* known = schema.find_composite(made.name);
  if (known == nullptr) {
    schema.composites.push_back(std::move(made));
  } else if (*known != made) {
    throw model_error(whose + " is of the composite type `" + made.name +
                      "`, which another field has with other attributes: give one of them another name, "
                      "tp::composite<…, \"…\">");
  }
}

void add_index(table_definition& table, const model_info& model, const index_info& from) {
  if (from.constraint) {
    std::vector<std::uint16_t> fields;
    for (const index_term_info& term : from.terms) fields.push_back(static_cast<std::uint16_t>(term.field));
    table.uniques.push_back({from.name, columns_of(model, fields), from.nulls_not_distinct, from.deferrable});
    return;
  }
  index_definition index;
  index.name = from.name;
  index.unique = from.unique;
  index.method = from.method;
  index.language = from.language;
  index.include = columns_of(model, from.include);
  index.nulls_not_distinct = from.nulls_not_distinct;
  for (const index_term_info& term : from.terms) index.columns.push_back(column_of(model, term));
  index.where = expression_text(from.condition, model, "the condition of an index");
  table.indexes.push_back(std::move(index));
}

/// Errors: model_error where what makes the referenced columns unique leaves out rows that are marked as deleted.
void require_all_rows(const model_info& model, const model_info& other, const foreign_key_info& key) {
  const auto is_of_key = [&](const index_info& index) {
    return index.unique && !index.has_where && index.terms.size() == key.to_offsets.size() &&
           std::all_of(index.terms.begin(), index.terms.end(), [&](const index_term_info& term) {
             return term.field >= 0 &&
                    std::find(key.to_offsets.begin(), key.to_offsets.end(),
                              other.fields[static_cast<std::size_t>(term.field)].offset) != key.to_offsets.end();
           });
  };
  bool partial = false;
  for (const index_info& index : other.indexes) {
    if (!is_of_key(index)) continue;
    if (!index.ignores_deleted) return;
    partial = true;
  }
  if (!partial) return;
  throw model_error(std::string(model.short_name()) + ": a foreign key references fields of " +
                    std::string(other.short_name()) +
                    " that are unique only among rows that are not marked as deleted: say m.unique(…)"
                    ".including_deleted() there");
}

foreign_key_definition foreign_key_of(const model_info& model, const foreign_key_info& from) {
  const model_info& other = require_table(referenced_model(model, from));
  foreign_key_definition key;
  key.name = from.name;
  key.columns = columns_of(model, from.fields);
  key.references = other.table;
  key.on_delete = from.on_delete;
  key.on_update = from.on_update;
  key.deferrable = from.deferrable;
  if (from.to_offsets.empty()) key.referenced_columns = columns_of(other, other.key);
  for (std::uint16_t offset : from.to_offsets) {
    int field = other.find_offset(offset);
    if (field < 0) {
      throw model_error(std::string(model.short_name()) + ": a foreign key references a field of " +
                        std::string(other.short_name()) + " that is no column");
    }
    key.referenced_columns.push_back(other.fields[static_cast<std::size_t>(field)].column);
  }
  require_all_rows(model, other, from);
  return key;
}

table_definition table_of(const model_info& model) {
  table_definition table;
  table.name = model.table;
  for (std::uint16_t position : model.columns) {
    table.columns.push_back(column_of(model.fields[position]));
    table.columns.back().identity_always = table.columns.back().identity && model.always_generated;
  }
  for (const computed_info& computed : model.computed) {
    const field_info& field = model.fields[computed.field];
    column_definition& column = *table.find_column(field.column);
    column.computed_sql =
        value_text(model, computed.computed, computed.sql, "the value of the generated column `" + field.column + "`");
    column.computed_at_read = !computed.stored;
  }
  table.primary_key = {model.key_name, columns_of(model, model.key)};
  for (const index_info& index : model.indexes) add_index(table, model, index);
  for (const check_info& check : model.checks) {
    table.checks.push_back({check.name, expression_text(check.condition, model, "check `" + check.name + "`")});
  }
  table.comment = model.comment;
  for (const exclusion_info& from : model.exclusions) table.exclusions.push_back(exclusion_of(model, from));
  for (const foreign_key_info& key : model.foreign_keys) table.foreign_keys.push_back(foreign_key_of(model, key));
  return table;
}

}  // namespace

model_schema schema_of(const std::vector<const model_info*>& models) {
  model_schema made;
  for (const model_info* model : models) {
    const model_info& info = require_table(*model);
    if (made.schema.find(info.table) != nullptr) {
      throw model_error("two models are of the table `" + info.table + "`; one of them is " +
                        std::string(info.short_name()) + ": give it a table of its own, or leave it out");
    }
    require_relations(info);
    made.schema.add(table_of(info));
    if (!info.renamed_from.empty()) made.renames.push_back({info.table, "", info.renamed_from});
    for (const renamed_value_info& value : info.renamed_values) {
      made.renames.push_back({"", value.to, value.from, info.fields[value.field].enum_type});
    }
    for (const field_info& field : info.fields) {
      add_enum(made.schema, info, field);
      if (field.native_type.empty() && !field.is(field_relation))
        add_composites(made.schema, *field.type, std::string(info.short_name()) + ": field " + field.name);
      if (!field.renamed_from.empty()) made.renames.push_back({info.table, field.column, field.renamed_from});
    }
  }
  std::sort(made.schema.enums.begin(), made.schema.enums.end(),
            [](const enum_definition& a, const enum_definition& b) { return a.name < b.name; });
  std::sort(made.schema.composites.begin(), made.schema.composites.end(),
            [](const composite_definition& a, const composite_definition& b) { return a.name < b.name; });
  return made;
}

}  // namespace tupelo
