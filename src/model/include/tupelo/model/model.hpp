// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/model_info.hpp"
#include "tupelo/model/model_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace tupelo {

class decimal;

/// A field of a model, given as a pointer to member or as `tp::col<&User::address, &Address::city>`.
struct field_ref {
  const model_spec* model;
  std::uint16_t offset;

  field_ref(const model_spec* of, std::uint16_t at) noexcept : model(of), offset(at) {}

  template <class C, class F>
  field_ref(F C::* member) noexcept : model(&detail::meta<C>::spec) {
    std::ptrdiff_t value;  // Itanium C++ ABI 2.3: a pointer to data member is the offset
    static_assert(sizeof value == sizeof member);
    __builtin_memcpy(&value, &member, sizeof value);
    offset = static_cast<std::uint16_t>(value);
    if constexpr (!detail::is_one_value<F>) {
      static_assert(detail::field_in<C, F>::is_one_value,
                    "tupelo: this field is a nested value object and no column itself; name a field inside it: "
                    "tp::col<&Outer::field, &Inner::field>");
    }
  }
  template <class Column>
    requires requires { Column::ref; }
  field_ref(const Column&) noexcept : model(Column::ref.model), offset(Column::ref.offset) {}
};

using field_refs = std::initializer_list<field_ref>;

/// A value made of fields: an expression over columns, such as `tp::lower(tp::col<&User::email>)`, or SQL text that all
/// databases in use understand. A view: it ends with what it was made of.
struct sql_value {
  sql_value(const expression& over_columns) noexcept : computed(&over_columns) {}
  sql_value(std::string_view text) noexcept : sql(text) {}
  sql_value(const char* text) noexcept : sql(text) {}

  const expression* computed = nullptr;
  std::string_view sql;
};

/// What an index sorts by: a field, or a value made of fields. A view.
struct index_term {
  template <class C, class F>
  index_term(F C::* member) noexcept : field(member), is_field(true) {}
  template <class Column>
    requires requires { Column::ref; }
  index_term(const Column& column) noexcept : field(column), is_field(true) {}
  index_term(const expression& over_columns) noexcept : value(over_columns) {}
  index_term(std::string_view text) noexcept : value(text) {}
  index_term(const char* text) noexcept : value(text) {}

  field_ref field{nullptr, 0};
  sql_value value{std::string_view()};
  bool is_field = false;
};

/// A group of fields that a model has as a member, and where: what is said of the group is said of the model.
struct field_group {
  const model_spec* spec = nullptr;
  std::uint16_t at = 0;

  field_ref own(const model_info& info, field_ref field) const noexcept;
  expression own(const model_info& info, const expression& over_columns) const;
};

/// Refines a column. Valid during `model()` only.
class column_builder {
public:
  column_builder(model_info& info, std::uint16_t field) noexcept : info_(&info), field_(field) {}
  column_builder& named(std::string_view column);
  column_builder& length(std::uint32_t characters);
  column_builder& precision(std::uint16_t digits, std::uint16_t scale);
  column_builder& default_value(std::int64_t value);
  column_builder& default_value(int value) { return default_value(static_cast<std::int64_t>(value)); }
  column_builder& default_value(bool value);
  column_builder& default_value(double value);
  column_builder& default_value(const decimal& value);
  column_builder& default_value(std::string_view text);
  column_builder& default_value(const char* text) { return default_value(std::string_view(text)); }
  /// An SQL expression, for example "CURRENT_TIMESTAMP".
  column_builder& default_sql(std::string_view sql);
  /// The column's type as the database spells it, where the field's type does not say enough.
  column_builder& native_type(std::string_view type);
  /// The migration renames the column instead of dropping and adding one.
  column_builder& renamed_from(std::string_view column);
  /// What the column is for, kept in the database. SQLite has no place for it.
  column_builder& comment(std::string_view text);
  /// How the column's texts compare and sort, by the name that the database has for it: "NOCASE", "de-x-icu".
  column_builder& collation(std::string_view name);

private:
  model_info* info_;
  std::uint16_t field_;
};

/// Refines an index. Valid during `model()` only.
class index_builder {
public:
  index_builder(model_info& info, std::size_t index, field_group group) noexcept
      : info_(&info), index_(index), group_(group) {}
  index_builder& named(std::string_view name);
  /// Makes the index partial: only rows for which the condition holds are in it.
  index_builder& where(const expression& condition);
  /// Only rows that are not marked as deleted are in it, as in every unique one of a model that says m.soft_delete(),
  /// so that a value can be used again; that is an index then and no constraint, which foreign keys cannot name.
  index_builder& ignoring_deleted();
  /// A unique constraint or index of a model that says m.soft_delete() holds for the rows that are marked, too, so that
  /// foreign keys can name it. One that is deferrable() does so anyway.
  index_builder& including_deleted();
  /// No two rows have the same. `m.unique(…)` makes a constraint instead, which foreign keys and upserts can name.
  index_builder& unique();

  /// One of the index's terms, said as before, is sorted downwards.
  index_builder& descending(index_term term);
  /// NULLs of one of its terms stand before or behind all values, whatever its order. SQLite has one place for them:
  /// before all values.
  index_builder& nulls_first(index_term term);
  index_builder& nulls_last(index_term term);
  /// How PostgreSQL compares one of its terms: "text_pattern_ops", "gin_trgm_ops". SQLite leaves it out.
  index_builder& operator_class(index_term term, std::string_view name);
  /// How one of its terms compares, where that is not how its column does.
  index_builder& collation(index_term term, std::string_view name);
  /// "gin", "gist", "brin", "hash" … of PostgreSQL. SQLite, which has one kind of index, makes none for another method
  /// than "btree".
  index_builder& using_method(std::string_view method);
  /// Fields that the index holds beside its key, so that a query finds all it wants there. SQLite leaves them out.
  template <class... Fields>
  index_builder& include(Fields... fields) {
    return add_included({field_ref(fields)...});
  }
  /// NULL equals NULL in this unique constraint or index. PostgreSQL 15 and later; SQLite refuses it.
  index_builder& nulls_not_distinct();
  /// A unique constraint that is checked at commit rather than at once. SQLite refuses it; an upsert cannot name it.
  index_builder& deferrable();
  /// How much a word counts that a search finds in this field: from 'A', the most, to 'D', as all do unless said.
  index_builder& weight(field_ref field, char letter);

private:
  index_builder& add_included(field_refs fields);
  index_info& info() const;
  /// For what a constraint cannot have.
  index_info& plain_index() const;
  index_term_info& own_term(const index_term& term, std::string_view verb) const;
  model_info* info_;
  std::size_t index_;
  field_group group_;
};

/// Refines a generated column. Valid during `model()` only.
class generated_builder {
public:
  generated_builder(model_info& info, std::size_t computed) noexcept : info_(&info), computed_(computed) {}
  /// Computed when it is read, and not kept in the row. PostgreSQL has it from release 18 on.
  generated_builder& not_stored();

private:
  model_info* info_;
  std::size_t computed_;
};

/// Describes an exclusion constraint. Valid during `model()` only.
class exclusion_builder {
public:
  exclusion_builder(model_info& info, std::size_t exclusion, field_group group) noexcept
      : info_(&info), exclusion_(exclusion), group_(group) {}
  /// A field or a value made of fields, and the operator that must not hold for it: `"="`, `"&&"`.
  exclusion_builder& with(index_term term, std::string_view sql_operator);
  /// Only rows for which the condition holds are held against each other.
  exclusion_builder& where(const expression& condition);
  /// The kind of index behind it; "gist" unless said.
  exclusion_builder& using_method(std::string_view method);
  /// Checked at commit rather than at once.
  exclusion_builder& deferrable();

private:
  exclusion_info& info() const;
  model_info* info_;
  std::size_t exclusion_;
  field_group group_;
};

/// Refines an enum that the database has as a type. Valid during `model()` only.
class native_enum_builder {
public:
  native_enum_builder(model_info& info, std::uint16_t field) noexcept : info_(&info), field_(field) {}
  /// The type's name there. Default: the enum's name in snake case.
  native_enum_builder& named(std::string_view type);
  /// The migration renames the value instead of taking one away and adding another.
  native_enum_builder& value_renamed(std::string_view from, std::string_view to);

private:
  model_info* info_;
  std::uint16_t field_;
};

/// A column of another model: its field, or its name where the model is incomplete.
struct foreign_column {
  template <class C, class F>
  foreign_column(F C::* member) noexcept : field(member) {}
  foreign_column(std::string_view text) noexcept : field(nullptr, 0), name(text) {}
  foreign_column(const char* text) noexcept : field(nullptr, 0), name(text) {}

  field_ref field;
  std::string_view name;
};

/// Refines a foreign key. Valid during `model()` only.
class foreign_key_builder {
public:
  foreign_key_builder(model_info& info, std::size_t key) noexcept : info_(&info), key_(key) {}
  /// The referenced columns, where they are not the other model's primary key.
  template <class C, class... F>
  foreign_key_builder& references(F C::*... members) {
    return references_fields({field_ref(members)...});
  }
  template <class Other>
  foreign_key_builder& references() {
    return references_model(detail::meta<Other>::spec);
  }
  foreign_key_builder& on_delete(referential_action action);
  foreign_key_builder& on_update(referential_action action);
  /// Checked at commit rather than at once.
  foreign_key_builder& deferrable();
  foreign_key_builder& named(std::string_view name);
  /// An integer column of the referenced model that sessions and the verbs for objects keep at the number of rows that
  /// name it; rows that are marked as deleted do not count. What statements and the database itself write is not
  /// counted: `db.recount<T>()`.
  foreign_key_builder& counter(foreign_column column);
  /// The referenced row is marked with the time whenever such a row is written, in the column that m.timestamps names
  /// there, or in this one. Its version stays, and its own parents are not touched.
  foreign_key_builder& touch();
  foreign_key_builder& touch(foreign_column column);

private:
  foreign_key_builder& references_fields(field_refs fields);
  foreign_key_builder& references_model(const model_spec& other);
  model_info* info_;
  std::size_t key_;
};

/// A relation of a model, or its name where the model is incomplete.
struct relation_step_ref {
  template <class C, class F>
  relation_step_ref(F C::* member) noexcept : field(member) {}
  relation_step_ref(std::string_view text) noexcept : field(nullptr, 0), name(text) {}
  relation_step_ref(const char* text) noexcept : field(nullptr, 0), name(text) {}

  field_ref field;
  std::string_view name;
};

/// Refines a has_many or has_one relation: which way it goes, and what becomes of orphans. Valid during `model()` only.
class has_builder {
public:
  has_builder(model_info& info, std::size_t relation) noexcept : info_(&info), relation_(relation) {}
  /// By the rows of other relations: the first of this model, each of the following of the model that the one before
  /// leads to: `m.has_many(&User::comments).through(&User::posts, &Post::comments)`. A relation of a model that is
  /// incomplete here is named by its field: `.through(&User::posts, "comments")`. Rows between that are soft-deleted
  /// lead nowhere.
  template <class... Steps>
  has_builder& through(relation_step_ref first, relation_step_ref second, Steps... more) {
    return add_steps({first, second, relation_step_ref(more)...});
  }
  /// By columns of the related model: one that names the kind of the owner, a text or an enum, and those with the
  /// owner's key, in its order. What the first says of this model is its table's name, unless `m.recorded_as()` says
  /// another.
  template <class... Keys>
  has_builder& as(foreign_column type, foreign_column key, Keys... more) {
    return add_type(type, {key, foreign_column(more)...});
  }
  /// An object that is taken out of the relation, or whose key is set to NULL, is removed by the session's next flush.
  has_builder& delete_orphans();

private:
  has_builder& add_type(foreign_column type, std::initializer_list<foreign_column> key);
  has_builder& add_steps(std::initializer_list<relation_step_ref> steps);
  model_info* info_;
  std::size_t relation_;
};

/// The columns of a join table that name a key: one, or in braces as many as the key has, in its order.
class join_columns {
public:
  join_columns(std::string_view name) noexcept : one_(name) {}
  join_columns(const std::string& name) noexcept : one_(name) {}
  join_columns(const char* name) noexcept : one_(name) {}
  join_columns(std::initializer_list<std::string_view> names) noexcept : several_(names) {}
  const std::string_view* begin() const noexcept { return several_.size() != 0 ? several_.begin() : &one_; }
  const std::string_view* end() const noexcept { return begin() + (several_.size() != 0 ? several_.size() : 1); }

private:
  std::string_view one_;
  std::initializer_list<std::string_view> several_;  ///< lives as long as the call that was given it
};

/// Refines a many_to_many relation. Valid during `model()` only.
class many_to_many_builder {
public:
  many_to_many_builder(model_info& info, std::size_t relation) noexcept : info_(&info), relation_(relation) {}
  /// The join table connects several models with the other one: this column of it names which one this model's key is
  /// of. What it says is the table's name, unless `m.recorded_as()` says another.
  many_to_many_builder& own_type(std::string_view column) { return set_type(column, typed_side::own); }
  /// The same seen from the other side: the column names which model the related key is of.
  many_to_many_builder& related_type(std::string_view column) { return set_type(column, typed_side::related); }

private:
  many_to_many_builder& set_type(std::string_view column, typed_side side);
  model_info* info_;
  std::size_t relation_;
};

/// What `model()` says to; not a template, so that it is compiled once.
///
/// Errors of every verb: model_error naming the struct and the field.
class model_builder {
  friend class exclusion_builder;

public:
  explicit model_builder(model_info& info) noexcept : info_(&info) {}

  /// The table's name. Default: the struct's name in snake case and plural.
  model_builder& table(std::string_view name);
  /// Table and columns are named exactly as the struct and its fields are written.
  model_builder& names_as_written();
  /// The table's former name: the migration renames it instead of dropping and creating one.
  model_builder& renamed_from(std::string_view table);
  /// A table without a primary key: it can be queried and inserted into, not updated by object.
  model_builder& no_primary_key();

  column_builder column(field_ref field);

  template <class... Fields>
  model_builder& primary_key(Fields... fields) {
    return set_key({field_ref(fields)...});
  }
  /// The integer key is given by the program, not by the database.
  model_builder& key_not_generated();
  /// PostgreSQL refuses a value for the integer key that the program gives: GENERATED ALWAYS. SQLite takes it.
  model_builder& key_always_generated();
  /// The name of the primary key's constraint. Default: by the naming convention.
  model_builder& key_named(std::string_view name);
  /// A unique constraint; over expressions, a unique index.
  template <class... Terms>
  index_builder unique(const Terms&... terms) {
    return add_index({index_term(terms)...}, true);
  }
  /// Fields and expressions over them: `m.index(&User::team, tp::lower(tp::col<&User::email>))`.
  template <class... Terms>
  index_builder index(const Terms&... terms) {
    return add_index({index_term(terms)...}, false);
  }
  /// What tp::matches<T>() searches: the words of these text fields, in a language whose inflections are one word
  /// ("english"; "simple" takes words as they are). One for each model. PostgreSQL knows the languages it is set up
  /// for. SQLite knows the inflections of English, and needs a key that is one integer the database makes.
  template <class... Fields>
  index_builder search_index(std::string_view language, Fields... fields) {
    return add_search_index(language, {field_ref(fields)...});
  }
  /// The database computes the field's value from other fields of the row and keeps it there. It is never written, and
  /// an insert brings it back into the object.
  generated_builder generated(field_ref field, sql_value value);
  model_builder& check(std::string_view name, const expression& condition);
  /// What the table is for, kept in the database. SQLite has no place for it.
  model_builder& comment(std::string_view text);
  /// No two rows for which all of the operators hold: `m.exclude("no_overlap").with(&Booking::room, "=").with(
  /// &Booking::during, "&&")`. PostgreSQL only; SQLite refuses it.
  exclusion_builder exclude(std::string_view name);
  /// The enum is a type of the database, which holds its enumerators in their order. SQLite keeps text, as of any enum.
  native_enum_builder native_enum(field_ref field);
  template <class... Fields>
  foreign_key_builder foreign_key(Fields... fields) {
    return add_foreign_key({field_ref(fields)...});
  }

  /// Set by sessions and one-shot verbs: `created` at insert, `updated` at insert and at every update.
  model_builder& timestamps(field_ref created, field_ref updated);
  /// `remove` sets this field instead of deleting the row; queries leave such rows out.
  model_builder& soft_delete(field_ref deleted);
  /// Queries, related rows, and updates and erases by a condition see only rows for which this holds, unless they say
  /// `.without_scope("published")`: `m.default_scope("published", tp::col<&Post::published> == true)`. A row that is
  /// named by its key, as in get(), is found whatever holds for it. The values are part of the statements.
  model_builder& default_scope(std::string_view name, const expression& condition);
  /// Counts updates: an update of an object that somebody else has updated since fails with stale_row.
  model_builder& version(field_ref field);

  /// These fields, columns or relations, are left out where an object becomes JSON.
  template <class... Fields>
  model_builder& hidden(Fields... fields) {
    (flag(fields, field_hidden, "hidden"), ...);
    return *this;
  }

  /// The relation, and the other model's columns that name this one's key, in its order.
  template <class... Columns>
  has_builder has_many(field_ref relation, std::string_view foreign_key_column, Columns... more) {
    return add_has(relation, relation_kind::has_many, {foreign_key_column, std::string_view(more)...}, "has_many");
  }
  template <class... Columns>
  has_builder has_one(field_ref relation, std::string_view foreign_key_column, Columns... more) {
    return add_has(relation, relation_kind::has_one, {foreign_key_column, std::string_view(more)...}, "has_one");
  }
  template <std::size_t Count>
    requires(Count > 1)
  has_builder has_many(field_ref relation, const char* const (&)[Count]) {
    return refuse_braces<Count>(relation);
  }
  template <std::size_t Count>
    requires(Count > 1)
  has_builder has_one(field_ref relation, const char* const (&)[Count]) {
    return refuse_braces<Count>(relation);
  }
  /// A relation that goes another way than by one foreign key: say `.through(…)` or `.as(…)`.
  has_builder has_many(field_ref relation) { return add_has(relation, relation_kind::has_many, "has_many"); }
  has_builder has_one(field_ref relation) { return add_has(relation, relation_kind::has_one, "has_one"); }
  /// The relation, the table between both models, its column that names this model's key, and the one that names the
  /// other's; of a key of several columns as many, in braces. The table itself is made by a model of its own or by a
  /// migration.
  many_to_many_builder many_to_many(field_ref relation, std::string_view join_table, join_columns key,
                                    join_columns related_key);
  /// The relation and the foreign key behind it.
  template <class... Fields>
  foreign_key_builder belongs_to(field_ref relation, Fields... key) {
    return add_belongs_to(relation, {field_ref(key)...});
  }
  /// The relation, this model's field that says of which model the other object is, a text or an enum, and the one with
  /// that object's key, or those. No foreign key: none can name several tables. An index over both is worth having.
  template <class... Keys>
  model_builder& belongs_to_any(field_ref relation, field_ref type, field_ref key, Keys... more) {
    return add_belongs_to_any(relation, type, {key, field_ref(more)...});
  }
  /// What type columns beside keys say where they mean this model. Default: its table's name.
  model_builder& recorded_as(std::string_view name);

protected:
  model_builder(model_info& info, field_group group) noexcept : info_(&info), group_(group) {}
  model_builder& set_key(field_refs fields);
  index_builder add_index(std::initializer_list<index_term> terms, bool unique);
  index_builder add_search_index(std::string_view language, field_refs fields);
  foreign_key_builder add_foreign_key(field_refs fields);
  foreign_key_builder add_belongs_to(field_ref relation, field_refs key);
  model_builder& add_belongs_to_any(field_ref relation, field_ref type, field_refs key);

private:
  std::uint16_t own(field_ref field, std::string_view verb) const;
  field_info& flag(field_ref field, std::uint16_t flag, std::string_view verb);
  index_term_info own_term(const index_term& term, std::string_view verb) const;
  void take_value(const sql_value& value, expression& computed, std::string& sql, const std::string& user) const;
  /// Two literals would be one text that begins with the first and ends with the second.
  template <std::size_t Count>
  has_builder refuse_braces(field_ref relation) {
    static_assert(Count == 0, "tupelo: the foreign key's columns stand without braces in has_many and has_one: "
                              "m.has_many(&Order::lines, \"region\", \"order_number\")");
    return {*info_, relation.offset};
  }
  relation_info& add_relation(field_ref relation, relation_kind kind, std::string_view foreign_key,
                              std::string_view verb);
  has_builder add_has(field_ref relation, relation_kind kind, std::initializer_list<std::string_view> columns,
                      std::string_view verb);
  has_builder add_has(field_ref relation, relation_kind kind, std::string_view verb);

  model_info* info_;
  field_group group_;
};

/// The argument of `static void model(tp::model<T>&)`: says what the fields' types cannot.
template <class T>
class model : public model_builder {
public:
  using model_builder::model_builder;
};

/// The argument of `static void mixin(tp::mixin<T>&)` of a group of fields: as a member of a model its fields are the
/// model's own, without a prefix, and what is said here of them is said of the model.
template <class T>
class mixin : public model_builder {
public:
  mixin(model_info& info, std::uint16_t at) noexcept : model_builder(info, field_group{&detail::meta<T>::spec, at}) {}
};

}  // namespace tupelo
