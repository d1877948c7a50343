// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/reflect.hpp"
#include "tupelo/model/relation.hpp"
#include "tupelo/model/shape.hpp"
#include "tupelo/core/field.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

enum class referential_action : std::uint8_t { no_action, restrict, cascade, set_null, set_default };
inline constexpr referential_action no_action = referential_action::no_action;
inline constexpr referential_action restrict_delete = referential_action::restrict;
inline constexpr referential_action cascade = referential_action::cascade;
inline constexpr referential_action set_null = referential_action::set_null;
inline constexpr referential_action set_default = referential_action::set_default;

enum field_flag : std::uint16_t {
  field_key = 1,        ///< part of the primary key
  field_generated = 2,  ///< the database makes the key's value
  field_relation = 4,   ///< not a column
  field_created_at = 8,
  field_updated_at = 16,
  field_deleted_at = 32,
  field_version = 64,       ///< counts updates, for optimistic locking
  field_client_uuid = 128,  ///< a uuid key, made by the client when it is nil
  field_computed = 256,     ///< the database computes the value from other columns; it is never written
  field_hidden = 512,       ///< never written to JSON
};

/// One field of a model, nested value objects flattened.
struct field_info {
  std::string name;    ///< "email", "address.city"
  std::string column;  ///< "email", "address_city"
  const type_ops* type = nullptr;
  std::uint16_t offset = 0;
  std::uint16_t flags = 0;
  std::uint32_t length = 0;     ///< of a text column; 0: unlimited
  std::uint16_t precision = 0;  ///< of a decimal column; 0: not said
  std::uint16_t scale = 0;
  bool has_default = false;
  std::string default_sql;  ///< neutral SQL text of the default
  std::string native_type;  ///< column type as the database spells it; empty: by the field's kind
  std::string enum_type;    ///< of an enum that the database has as a type of its own: that type's name
  std::string comment;
  std::string collation;  ///< empty: as is usual
  std::string renamed_from;

  bool is(field_flag f) const noexcept { return (flags & f) != 0; }
  field_slot slot() const noexcept { return {type, offset, type->k, type->nullable, column}; }
};

/// Where NULL stands in an index.
enum class index_nulls : std::uint8_t {
  smallest,  ///< where ORDER BY of a query wants it
  first,
  last,
};

/// What an index sorts by.
struct index_term_info {
  int field = -1;       ///< position in model_info::fields; -1: an expression
  expression computed;  ///< may be empty
  std::string sql;      ///< neutral SQL text of an expression that was given as text
  bool descending = false;
  index_nulls nulls = index_nulls::smallest;
  std::string operator_class;
  char weight = 0;  ///< of a search index: 'A' counts most, 'D' least
  std::string collation;
};

struct index_info {
  std::string name;  ///< empty: by the naming convention
  std::vector<index_term_info> terms;
  bool unique = false;
  bool constraint = false;  ///< a UNIQUE constraint rather than an index
  bool nulls_not_distinct = false;
  bool deferrable = false;             ///< of a constraint: checked at commit
  bool ignores_deleted = false;        ///< its condition leaves out what is marked as deleted
  bool includes_deleted = false;       ///< a unique one that does not, though rows are marked
  bool has_where = false;              ///< where() is part of its condition
  std::string method;                  ///< empty: the usual one
  std::string language;                ///< of a search index, whose terms are fields; empty: it is none
  std::vector<std::uint16_t> include;  ///< positions of fields that the index holds beside its key
  expression condition;                ///< partial index; may be empty
};

/// A column whose value the database computes.
struct computed_info {
  std::uint16_t field = 0;  ///< position in model_info::fields
  expression computed;      ///< may be empty
  std::string sql;          ///< neutral SQL text where it was given as text
  bool stored = true;       ///< kept in the row, not computed at every read
};

struct check_info {
  std::string name;
  expression condition;
};

/// A condition that queries of the model have unless they say otherwise.
struct scope_info {
  std::string name;
  expression condition;
};

/// Rows that must not stand beside each other: for no two rows do all operators hold.
struct exclusion_info {
  std::string name;
  std::string method;  ///< empty: "gist"
  std::vector<index_term_info> terms;
  std::vector<std::string> operators;  ///< one for each term
  expression condition;                ///< may be empty
  bool deferrable = false;
};

/// An enumerator that had another name.
struct renamed_value_info {
  std::uint16_t field = 0;  ///< position in model_info::fields
  std::string from, to;
};

/// One relation of the way that another goes.
struct relation_step {
  const model_spec* model = nullptr;  ///< whose relation it is; null: of the model to which the step before leads
  std::uint16_t offset = 0;           ///< of its field, where the model is said
  std::string field{};                ///< its name, where it is not
};

/// A column of the model that a foreign key names; none unless a model or a name is said.
struct parent_column {
  const model_spec* model = nullptr;
  std::uint16_t offset = 0;  ///< of its field, where the model is said
  std::string column{};      ///< its name, where it is not

  bool said() const noexcept { return model != nullptr || !column.empty(); }
};

struct foreign_key_info {
  std::string name;  ///< empty: by the naming convention
  std::vector<std::uint16_t> fields;
  const model_spec* to = nullptr;         ///< null: by its type alone
  type_key to_type{};                     ///< of the referenced model, where `to` is null
  std::vector<std::uint16_t> to_offsets;  ///< empty: its primary key
  referential_action on_delete = referential_action::no_action;
  referential_action on_update = referential_action::no_action;
  bool deferrable = false;  ///< checked at commit
  parent_column counter{};  ///< counts the rows that name the parent
  bool touches = false;     ///< the parent is marked with the time of each write
  parent_column touched{};  ///< where it is; unless said, where m.timestamps has updates
};

/// Which side of a join table a type column is about.
enum class typed_side : std::uint8_t { none, own, related };

struct relation_info {
  std::uint16_t field = 0;  ///< position in model_info::fields
  relation_kind kind = relation_kind::none;
  type_key related{};                  ///< the other model
  std::string foreign_key;             ///< column of the other model (has_*), or of this one (belongs_to)
  int key_field = -1;                  ///< belongs_to: position of the foreign key's first field
  std::vector<std::string> columns{};  ///< has_*: the foreign key's columns in the other model
  int key = -1;                        ///< belongs_to: position in model_info::foreign_keys
  std::string join_table{};            ///< many_to_many: the table between both
  type_key join_model{};               ///< and its model, where the field says it
  /// Its columns that name this model's and the other model's key, in the keys' order.
  std::vector<std::string> join_key{}, join_related_key{};
  std::vector<relation_step> through{};  ///< has_*: the relations whose rows it goes by
  /// many_to_many: the join table's column that names the model of the key beside it
  std::string join_type{};
  /// has_* of one of several models: the related model's fields that name the model and its key; by name, or by offset
  relation_step type{};
  std::vector<relation_step> key_beside{};
  std::vector<std::uint16_t> key_fields{};  ///< belongs_to_any: positions of the other object's key
  int type_field = -1;                      ///< belongs_to_any: position of the field that names the model
  typed_side typed = typed_side::none;
  bool deletes_orphans = false;  ///< has_*: what belongs to nobody any more is deleted
};

/// Of a column, what a walk over the values of an object needs.
struct column_step {
  const type_ops* type;
  std::uint16_t offset, field;
  kind k;
  bool nullable, computed;
};

/// A model as the rest of Tupelo sees it. Built once, immutable, lives to the end of the program.
struct model_info {
  std::string type_name;  ///< qualified
  std::string table;
  std::string renamed_from;  ///< the table's former name
  std::string comment;       ///< of the table
  std::string recorded_as;   ///< how type columns name the model; empty: by its table
  const model_spec* spec = nullptr;
  std::uint32_t id = 0;
  std::uint16_t size = 0;
  bool names_as_written = false;
  bool described = false;  ///< has a `model()`
  std::vector<field_info> fields;
  std::vector<std::uint16_t> columns;  ///< positions of the fields that are columns, in order
  std::vector<column_step> steps;      ///< the same, side by side
  std::vector<std::uint16_t> key;      ///< positions of the primary key's fields, in order
  std::string key_name;
  std::vector<index_info> indexes;
  std::vector<computed_info> computed;
  std::vector<check_info> checks;
  std::vector<scope_info> scopes;
  std::vector<exclusion_info> exclusions;
  std::vector<renamed_value_info> renamed_values;
  std::vector<foreign_key_info> foreign_keys;
  std::vector<relation_info> relations;
  int created_at = -1, updated_at = -1, deleted_at = -1, version = -1;  ///< positions, or -1
  bool generated_key = true;      ///< a single integer key that the database makes
  bool always_generated = false;  ///< and of which it takes no other values
  bool without_key = false;       ///< said so
  bool writes_parents = false;    ///< a foreign key counts or touches

  /// The index that a full-text search reads, or null.
  const index_info* search_index() const noexcept;
  /// Position of the field at this offset, or -1.
  int find_offset(std::uint16_t offset) const noexcept;
  int find_column(std::string_view column) const noexcept;
  /// What a type column beside a key says for this model.
  const std::string& recorded_name() const noexcept { return recorded_as.empty() ? table : recorded_as; }
  /// "User" of "shop::User", for messages.
  std::string_view short_name() const noexcept;
};

namespace detail {
[[noreturn]] void throw_no_key(const model_info& info);
}
/// The description as that of a table. Errors: model_error when the model has no key.
inline const model_info& require_table(const model_info& info) {
  if (info.key.empty() && !info.without_key) [[unlikely]]
    detail::throw_no_key(info);
  return info;
}
/// The referenced model. Errors: model_error when no such model is known to the program.
const model_info& referenced_model(const model_info& from, const foreign_key_info& key);

/// "OrderLine" → "order_line".
std::string snake_case(std::string_view name);
/// The plural of an English noun in snake case: "category" → "categories", "person" → "people".
std::string pluralize(std::string_view noun);

}  // namespace tupelo
