// SPDX-License-Identifier: Apache-2.0
#include "refused_model.hpp"

#include "tupelo/model/model.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>

namespace tupelo {

// ---- indexes and foreign keys

namespace {

bool names_column(std::uint64_t word) noexcept {
  if (op_of(word) == op::in_list) return model_of(word) != 0;  // else it is of an expression
  return op_of(word) == op::column || op_of(word) >= op::column_compare;
}

void require_own_columns(const model_info& info, const expression& over, const std::string& user) {
  for (std::uint32_t i = 0; i < over.shape.size; ++i) {
    const std::uint64_t word = over.shape.data()[i];
    if (names_column(word) && model_of(word) != info.id) {
      refuse(info, user + " names a column of another model");
    }
    i += payload_of(word);
  }
}

}  // namespace

field_ref field_group::own(const model_info& info, field_ref field) const noexcept {
  if (!spec || field.model != spec) return field;
  return {info.spec, static_cast<std::uint16_t>(field.offset + at)};
}

expression field_group::own(const model_info& info, const expression& over_columns) const {
  expression made = over_columns;
  if (!spec) return made;
  for (std::uint32_t i = 0; i < made.shape.size; ++i) {
    std::uint64_t& word = made.shape.data()[i];
    if (names_column(word) && model_of(word) == id_of(*spec)) {
      word = make_word(op_of(word), sub_of(word), static_cast<std::uint16_t>(offset_of_word(word) + at), info.id);
    }
    i += payload_of(word);
  }
  return made;
}

index_info& index_builder::info() const { return info_->indexes[index_]; }
index_info& index_builder::plain_index() const {
  info().constraint = false;
  return info();
}
index_term_info& index_builder::own_term(const index_term& term, std::string_view verb) const {
  const field_ref field = group_.own(*info_, term.field);
  expression computed;
  if (term.value.computed != nullptr) computed = group_.own(*info_, *term.value.computed);
  for (index_term_info& own : info().terms) {
    bool same = false;
    if (term.is_field) {
      same = own.field >= 0 && field.model == info_->spec &&
             info_->fields[static_cast<std::size_t>(own.field)].offset == field.offset;
    } else if (term.value.computed != nullptr) {
      same = own.field < 0 && detail::same_words(own.computed, computed);
    } else {
      same = own.field < 0 && !own.sql.empty() && own.sql == term.value.sql;
    }
    if (same) return own;
  }
  refuse(*info_, "an index's " + std::string(verb) + "() names what the index does not sort by");
}

index_builder& index_builder::named(std::string_view name) {
  info().name = name;
  return *this;
}
index_builder& index_builder::where(const expression& condition) {
  plain_index().condition =
      group_.own(*info_, condition);  // a partial unique index is not a constraint in any database
  info().has_where = true;
  return *this;
}
index_builder& index_builder::ignoring_deleted() {
  plain_index().ignores_deleted = true;  // which field that is may be said later
  return *this;
}
index_builder& index_builder::including_deleted() {
  info().includes_deleted = true;
  return *this;
}
index_builder& index_builder::unique() {
  info().unique = true;
  return *this;
}
index_builder& index_builder::descending(index_term term) {
  own_term(term, "descending").descending = true;
  plain_index();
  return *this;
}
index_builder& index_builder::nulls_first(index_term term) {
  own_term(term, "nulls_first").nulls = index_nulls::first;
  plain_index();
  return *this;
}
index_builder& index_builder::nulls_last(index_term term) {
  own_term(term, "nulls_last").nulls = index_nulls::last;
  plain_index();
  return *this;
}
index_builder& index_builder::operator_class(index_term term, std::string_view name) {
  own_term(term, "operator_class").operator_class = name;
  plain_index();
  return *this;
}
index_builder& index_builder::collation(index_term term, std::string_view name) {
  own_term(term, "collation").collation = name;
  plain_index();
  return *this;
}
index_builder& index_builder::using_method(std::string_view method) {
  plain_index().method = method == "btree" ? std::string_view() : method;
  return *this;
}
index_builder& index_builder::add_included(field_refs fields) {
  for (const field_ref& given : fields) {
    const field_ref field = group_.own(*info_, given);
    const int position = field.model == info_->spec ? info_->find_offset(field.offset) : -1;
    if (position < 0) refuse(*info_, "an index's include() names what is no column of its own");
    plain_index().include.push_back(static_cast<std::uint16_t>(position));
  }
  return *this;
}
index_builder& index_builder::nulls_not_distinct() {
  if (!info().unique) refuse(*info_, "nulls_not_distinct() of an index that is not unique");
  info().nulls_not_distinct = true;
  return *this;
}
index_builder& index_builder::deferrable() {
  if (!info().constraint) refuse(*info_, "deferrable() of an index; only a unique constraint can wait: m.unique(…)");
  info().deferrable = true;
  return *this;
}

index_builder& index_builder::weight(field_ref given, char letter) {
  if (info().language.empty()) refuse(*info_, "weight() of an index that no search reads: m.search_index(…)");
  if (letter < 'A' || letter > 'D') refuse(*info_, "a search index's weight() is one of the letters 'A' to 'D'");
  const field_ref field = group_.own(*info_, given);
  for (index_term_info& term : info().terms) {
    const field_info& own = info_->fields[static_cast<std::size_t>(term.field)];
    if (field.model != info_->spec || own.offset != field.offset) continue;
    term.weight = letter;
    return *this;
  }
  refuse(*info_, "a search index's weight() names a field that the index does not search");
}

exclusion_info& exclusion_builder::info() const { return info_->exclusions[exclusion_]; }
exclusion_builder& exclusion_builder::with(index_term term, std::string_view sql_operator) {
  info().terms.push_back(model_builder(*info_, group_).own_term(term, "exclude"));
  if (sql_operator.empty()) refuse(*info_, "m.exclude() without an operator");
  info().operators.emplace_back(sql_operator);
  return *this;
}
exclusion_builder& exclusion_builder::where(const expression& condition) {
  info().condition = group_.own(*info_, condition);
  return *this;
}
exclusion_builder& exclusion_builder::using_method(std::string_view method) {
  info().method = method;
  return *this;
}
exclusion_builder& exclusion_builder::deferrable() {
  info().deferrable = true;
  return *this;
}

native_enum_builder& native_enum_builder::named(std::string_view type) {
  info_->fields[field_].enum_type = type;
  return *this;
}
native_enum_builder& native_enum_builder::value_renamed(std::string_view from, std::string_view to) {
  info_->renamed_values.push_back({field_, std::string(from), std::string(to)});
  return *this;
}

generated_builder& generated_builder::not_stored() {
  info_->computed[computed_].stored = false;
  return *this;
}

foreign_key_builder& foreign_key_builder::references_fields(field_refs fields) {
  foreign_key_info& key = info_->foreign_keys[key_];
  if (fields.size() != key.fields.size())
    refuse(*info_, "a foreign key references another number of columns than it has");
  key.to = fields.begin()->model;
  key.to_offsets.clear();
  for (const field_ref& field : fields) {
    if (field.model != key.to) refuse(*info_, "a foreign key references fields of two models");
    key.to_offsets.push_back(field.offset);
  }
  return *this;
}
foreign_key_builder& foreign_key_builder::references_model(const model_spec& other) {
  info_->foreign_keys[key_].to = &other;
  return *this;
}
foreign_key_builder& foreign_key_builder::on_delete(referential_action action) {
  foreign_key_info& key = info_->foreign_keys[key_];
  if (action == referential_action::set_null) {
    for (std::uint16_t i : key.fields) {
      if (!info_->fields[i].type->nullable) {
        refuse(*info_, "on_delete(tp::set_null) needs field " + info_->fields[i].name + " to be std::optional");
      }
    }
  }
  key.on_delete = action;
  return *this;
}
foreign_key_builder& foreign_key_builder::on_update(referential_action action) {
  info_->foreign_keys[key_].on_update = action;
  return *this;
}
foreign_key_builder& foreign_key_builder::deferrable() {
  info_->foreign_keys[key_].deferrable = true;
  return *this;
}
foreign_key_builder& foreign_key_builder::named(std::string_view name) {
  info_->foreign_keys[key_].name = name;
  return *this;
}

namespace {

parent_column column_of(const model_info& info, const foreign_column& column, std::string_view verb) {
  if (column.field.model == nullptr && column.name.empty()) {
    refuse(info, std::string(verb) + "() of a foreign key names a column of the model that it refers to");
  }
  return {column.field.model, column.field.offset, std::string(column.name)};
}

}  // namespace

foreign_key_builder& foreign_key_builder::counter(foreign_column column) {
  info_->foreign_keys[key_].counter = column_of(*info_, column, "counter");
  info_->writes_parents = true;
  return *this;
}
foreign_key_builder& foreign_key_builder::touch() {
  info_->foreign_keys[key_].touches = info_->writes_parents = true;
  return *this;
}
foreign_key_builder& foreign_key_builder::touch(foreign_column column) {
  info_->foreign_keys[key_].touched = column_of(*info_, column, "touch");
  return touch();
}

// ---- the model

std::uint16_t model_builder::own(field_ref field, std::string_view verb) const {
  field = group_.own(*info_, field);
  if (field.model != info_->spec) {
    refuse(*info_, "m." + std::string(verb) + "() names a field of " + std::string(field.model->type.name()) +
                       "; only fields of " + std::string(info_->short_name()) + " can be described here");
  }
  const int position = info_->find_offset(field.offset);
  if (position < 0) {
    refuse(
        *info_,
        "m." + std::string(verb) +
            "() names a field that is not a column; name the field inside it: tp::col<&Outer::field, &Inner::field>");
  }
  return static_cast<std::uint16_t>(position);
}

field_info& model_builder::flag(field_ref field, std::uint16_t flag, std::string_view verb) {
  field_info& own_field = info_->fields[own(field, verb)];
  own_field.flags |= flag;
  return own_field;
}

model_builder& model_builder::table(std::string_view name) {
  if (name.empty()) refuse(*info_, "m.table() with an empty name");
  info_->table = name;
  return *this;
}
model_builder& model_builder::names_as_written() {
  info_->names_as_written = true;
  for (field_info& field : info_->fields) {
    field.column = field.name;
    for (char& c : field.column) {
      if (c == '.') c = '_';
    }
  }
  return *this;
}
model_builder& model_builder::renamed_from(std::string_view table) {
  info_->renamed_from = table;
  return *this;
}
model_builder& model_builder::no_primary_key() {
  info_->without_key = true;
  return *this;
}
column_builder model_builder::column(field_ref field) { return {*info_, own(field, "column")}; }

model_builder& model_builder::set_key(field_refs fields) {
  info_->key.clear();
  for (const field_ref& field : fields) {
    const std::uint16_t position = own(field, "primary_key");
    for (std::uint16_t known : info_->key) {
      if (known == position) refuse(*info_, "m.primary_key() names field " + info_->fields[position].name + " twice");
    }
    info_->key.push_back(position);
  }
  return *this;
}
model_builder& model_builder::key_not_generated() {
  info_->generated_key = false;
  return *this;
}
model_builder& model_builder::key_always_generated() {
  info_->always_generated = true;
  return *this;
}
model_builder& model_builder::key_named(std::string_view name) {
  if (name.empty()) refuse(*info_, "m.key_named() with an empty name");
  info_->key_name = name;
  return *this;
}
index_builder model_builder::add_index(std::initializer_list<index_term> terms, bool unique) {
  const std::string_view verb = unique ? "unique" : "index";
  index_info index;
  index.unique = unique;
  index.constraint = unique;
  for (const index_term& term : terms) {
    index.terms.push_back(own_term(term, verb));
    if (!term.is_field) index.constraint = false;  // constraints are over columns
  }
  if (index.terms.empty()) refuse(*info_, "an index without fields");
  info_->indexes.push_back(std::move(index));
  return {*info_, info_->indexes.size() - 1, group_};
}
index_builder model_builder::add_search_index(std::string_view language, field_refs fields) {
  if (info_->search_index() != nullptr) {
    refuse(*info_, "m.search_index() is said twice; a search reads one index: name all its fields there");
  }
  const bool is_word = !language.empty() && std::all_of(language.begin(), language.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!is_word) {
    refuse(*info_, "m.search_index() names a language by lower-case letters: \"english\", or \"simple\" for any");
  }
  index_info index;
  index.language = language;
  for (const field_ref& field : fields) {
    index_term_info& term = index.terms.emplace_back();
    term.field = own(field, "search_index");
    term.weight = 'D';
    const field_info& searched = info_->fields[static_cast<std::size_t>(term.field)];
    if (searched.type->k != kind::text) {
      refuse(*info_, "m.search_index() names field " + searched.name + ", which is no text");
    }
    for (std::size_t i = 0; i + 1 < index.terms.size(); ++i) {
      if (index.terms[i].field == term.field) {
        refuse(*info_, "m.search_index() names field " + searched.name + " twice");
      }
    }
  }
  if (index.terms.empty()) refuse(*info_, "an index without fields");
  info_->indexes.push_back(std::move(index));
  return {*info_, info_->indexes.size() - 1, group_};
}
index_term_info model_builder::own_term(const index_term& term, std::string_view verb) const {
  index_term_info added;
  if (term.is_field) {
    added.field = own(term.field, verb);
  } else {
    take_value(term.value, added.computed, added.sql, "m." + std::string(verb) + "()");
  }
  return added;
}
void model_builder::take_value(const sql_value& value, expression& computed, std::string& sql,
                               const std::string& user) const {
  if (value.computed == nullptr) {
    sql = value.sql;
  } else {
    computed = group_.own(*info_, *value.computed);
  }
  if (sql.empty() && computed.empty()) refuse(*info_, user + " with an empty expression");
  require_own_columns(*info_, computed, user);
}
generated_builder model_builder::generated(field_ref field, sql_value value) {
  computed_info added;
  added.field = own(field, "generated");
  field_info& of = flag(field, field_computed, "generated");
  take_value(value, added.computed, added.sql, "m.generated() of field " + of.name);
  for (const computed_info& known : info_->computed) {
    if (known.field == added.field) refuse(*info_, "m.generated() names field " + of.name + " twice");
  }
  info_->computed.push_back(std::move(added));
  return {*info_, info_->computed.size() - 1};
}
model_builder& model_builder::check(std::string_view name, const expression& condition) {
  if (name.empty()) refuse(*info_, "m.check() needs a name");
  if (condition.empty()) refuse(*info_, "check \"" + std::string(name) + "\" has an empty condition");
  info_->checks.push_back({std::string(name), group_.own(*info_, condition)});
  require_own_columns(*info_, info_->checks.back().condition, "check \"" + std::string(name) + "\"");
  return *this;
}
model_builder& model_builder::default_scope(std::string_view name, const expression& condition) {
  const std::string user = "default_scope \"" + std::string(name) + "\"";
  if (name.empty()) refuse(*info_, "m.default_scope() needs a name");
  if (condition.empty()) refuse(*info_, user + " has an empty condition");
  for (const scope_info& known : info_->scopes) {
    if (known.name == name) refuse(*info_, user + " is said twice");
  }
  expression own = group_.own(*info_, condition);
  for (std::uint32_t i = 0; i < own.shape.size; ++i) {
    const std::uint64_t word = own.shape.data()[i];
    if (op_of(word) == op::query) {
      refuse(*info_, user + " asks a query of its own: it is a condition over the row's own columns");
    }
    i += payload_of(word);
  }
  require_own_columns(*info_, own, user);
  info_->scopes.push_back({std::string(name), static_cast<expression&&>(own)});
  return *this;
}
model_builder& model_builder::comment(std::string_view text) {
  info_->comment = text;
  return *this;
}
exclusion_builder model_builder::exclude(std::string_view name) {
  if (name.empty()) refuse(*info_, "m.exclude() needs a name");
  info_->exclusions.emplace_back().name = name;
  return {*info_, info_->exclusions.size() - 1, group_};
}
native_enum_builder model_builder::native_enum(field_ref field) {
  const std::uint16_t position = own(field, "native_enum");
  field_info& of = info_->fields[position];
  const type_ops* const type = &innermost_type(*of.type);
  if (type->k != kind::enumeration) refuse(*info_, "m.native_enum(): field " + of.name + " is not an enum");
  of.enum_type = snake_case(reflect::last_identifier(type->enumerators().type));
  return {*info_, position};
}
foreign_key_builder model_builder::add_foreign_key(field_refs fields) {
  foreign_key_info key;
  for (const field_ref& field : fields) key.fields.push_back(own(field, "foreign_key"));
  if (key.fields.empty()) refuse(*info_, "a foreign key without fields");
  info_->foreign_keys.push_back(std::move(key));
  return {*info_, info_->foreign_keys.size() - 1};
}

model_builder& model_builder::timestamps(field_ref created, field_ref updated) {
  for (const field_info* field :
       {&flag(created, field_created_at, "timestamps"), &flag(updated, field_updated_at, "timestamps")}) {
    if (field->type->k != kind::timestamp)
      refuse(*info_, "m.timestamps(): field " + field->name + " is not a timestamp");
  }
  info_->created_at = own(created, "timestamps");
  info_->updated_at = own(updated, "timestamps");
  return *this;
}
model_builder& model_builder::soft_delete(field_ref deleted) {
  const field_info& field = flag(deleted, field_deleted_at, "soft_delete");
  if (field.type->k != kind::timestamp || !field.type->nullable) {
    refuse(*info_, "m.soft_delete(): field " + field.name + " must be std::optional<tp::timestamp>");
  }
  info_->deleted_at = own(deleted, "soft_delete");
  return *this;
}
model_builder& model_builder::version(field_ref version) {
  const field_info& field = flag(version, field_version, "version");
  if (!is_integer(field.type->k) || field.type->nullable) {
    refuse(*info_, "m.version(): field " + field.name + " must be an integer and not optional");
  }
  info_->version = own(version, "version");
  return *this;
}

relation_info& model_builder::add_relation(field_ref relation, relation_kind wanted, std::string_view foreign_key,
                                           std::string_view verb) {
  const std::uint16_t position = own(relation, verb);
  const field_info& field = info_->fields[position];
  if (field.type->relation != static_cast<std::uint8_t>(wanted)) {
    refuse(*info_, "m." + std::string(verb) + "(): field " + field.name + " is not a tp::" + std::string(verb) + "<…>");
  }
  for (const relation_info& known : info_->relations) {
    if (known.field == position) refuse(*info_, "relation " + field.name + " is declared twice");
  }
  relation_info& added = info_->relations.emplace_back();
  added.field = position;
  added.kind = wanted;
  added.related = *field.type->related;
  added.foreign_key = foreign_key;
  return added;
}
has_builder model_builder::add_has(field_ref relation, relation_kind kind,
                                   std::initializer_list<std::string_view> columns, std::string_view verb) {
  relation_info& added = add_relation(relation, kind, *columns.begin(), verb);
  added.columns.assign(columns.begin(), columns.end());
  return {*info_, info_->relations.size() - 1};
}
many_to_many_builder model_builder::many_to_many(field_ref relation, std::string_view join_table, join_columns key,
                                                 join_columns related_key) {
  relation_info& added = add_relation(relation, relation_kind::many_to_many, *key.begin(), "many_to_many");
  added.join_key.assign(key.begin(), key.end());
  added.join_related_key.assign(related_key.begin(), related_key.end());
  const auto is_unnamed = [](const std::vector<std::string>& columns) {
    return std::find(columns.begin(), columns.end(), std::string()) != columns.end();
  };
  if (join_table.empty() || is_unnamed(added.join_key) || is_unnamed(added.join_related_key)) {
    refuse(*info_, "m.many_to_many() of field " + info_->fields[added.field].name +
                       " needs the join table's name and its columns for both keys");
  }
  added.join_table = join_table;
  if (const type_key* const join_model = info_->fields[added.field].type->join_model) added.join_model = *join_model;
  return {*info_, info_->relations.size() - 1};
}
foreign_key_builder model_builder::add_belongs_to(field_ref relation, field_refs key) {
  foreign_key_builder built = add_foreign_key(key);
  relation_info& added = add_relation(relation, relation_kind::belongs_to, {}, "belongs_to");
  added.key_field = info_->foreign_keys.back().fields[0];
  added.key = static_cast<int>(info_->foreign_keys.size()) - 1;
  info_->foreign_keys.back().to_type = added.related;
  return built;
}

}  // namespace tupelo
