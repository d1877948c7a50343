// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/ddl.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace tupelo {

using name_list = std::initializer_list<std::string_view>;

namespace detail {

class schema_recorder;

/// One change that is being described. Stale once the next change has begun: using it then is refused.
struct pending_change {
  schema_recorder* recorder = nullptr;
  std::size_t operation = 0;  ///< position among the changes that are being described
  std::size_t part = 0;       ///< position of the column, index or key in a table that is being created
  std::uint64_t generation = 0;
};

}  // namespace detail

/// Refines a foreign key.
class foreign_key_editor {
public:
  explicit foreign_key_editor(detail::pending_change change) noexcept : change_(change) {}

  foreign_key_editor& references(std::string_view table, name_list columns);
  foreign_key_editor& references(std::string_view table, std::string_view column = "id") {
    return references(table, {column});
  }
  foreign_key_editor& on_delete(referential_action action);
  foreign_key_editor& on_update(referential_action action);
  /// Checked at commit rather than at once.
  foreign_key_editor& deferrable();
  foreign_key_editor& name(std::string_view name);

private:
  foreign_key_definition& definition();
  detail::pending_change change_;
};

/// Refines an index.
class index_editor {
public:
  explicit index_editor(detail::pending_change change) noexcept : change_(change) {}

  index_editor& unique();
  /// Makes the index partial: only rows for which the SQL condition holds are in it.
  index_editor& where(std::string_view condition);
  /// One of the index's columns is sorted downwards.
  index_editor& descending(std::string_view column);
  index_editor& name(std::string_view name);

private:
  index_definition& definition();
  detail::pending_change change_;
};

/// Refines a unique constraint.
class key_editor {
public:
  explicit key_editor(detail::pending_change change) noexcept : change_(change) {}
  key_editor& name(std::string_view name);

private:
  detail::pending_change change_;
};

/// Refines a column.
class column_editor {
public:
  explicit column_editor(detail::pending_change change) noexcept : change_(change) {}

  // ---- the type

  column_editor& boolean() { return type(type_kind::boolean); }
  column_editor& small_integer() { return type(type_kind::int16); }
  column_editor& integer() { return type(type_kind::int32); }
  column_editor& big_integer() { return type(type_kind::int64); }
  column_editor& real() { return type(type_kind::float32); }
  column_editor& double_precision() { return type(type_kind::float64); }
  column_editor& text() { return type(type_kind::text); }
  column_editor& varchar(std::uint32_t length) { return type(column_type::varchar(length)); }
  column_editor& bytes() { return type(type_kind::bytes); }
  column_editor& timestamp() { return type(type_kind::timestamp); }
  column_editor& date() { return type(type_kind::date); }
  column_editor& uuid() { return type(type_kind::uuid); }
  column_editor& decimal() { return type(type_kind::decimal); }
  column_editor& decimal(std::uint16_t precision, std::uint16_t scale) {
    return type(column_type::decimal(precision, scale));
  }
  column_editor& json() { return type(type_kind::json); }
  column_editor& time_of_day() { return type(type_kind::time_of_day); }
  column_editor& interval() { return type(type_kind::interval); }
  /// A type that one database has, by its name there; text on the others.
  column_editor& native_or_text(std::string_view name) { return type(column_type::native_or_text(name)); }
  /// The type as the database itself spells it.
  column_editor& native(std::string_view spelling) { return type(column_type::spelled(spelling)); }
  column_editor& type(column_type type);
  /// Arrays of the type that was said: `t.text("tags").array()`.
  column_editor& array();

  // ---- what it holds

  /// NULL is allowed. Columns do not allow it unless told so.
  column_editor& null();
  column_editor& not_null();
  template <std::same_as<bool> Bool>
  column_editor& default_value(Bool value) {
    return default_sql(value ? "TRUE" : "FALSE");
  }
  template <std::integral Integer>
    requires(!std::same_as<Integer, bool>)
  column_editor& default_value(Integer value) {
    return default_integer(static_cast<std::int64_t>(value));
  }
  column_editor& default_value(double value);
  column_editor& default_value(std::string_view text);
  column_editor& default_value(const char* text) { return default_value(std::string_view(text)); }
  /// An SQL expression: "CURRENT_TIMESTAMP".
  column_editor& default_sql(std::string_view sql);
  column_editor& no_default();
  /// The database makes the value of this integer key.
  column_editor& generated();
  column_editor& not_generated();

  // ---- what holds for it

  column_editor& primary_key();
  column_editor& unique();
  column_editor& index();
  foreign_key_editor references(std::string_view table, std::string_view column = "id");

private:
  column_definition& definition();
  column_editor& default_integer(std::int64_t value);
  detail::pending_change change_;
};

/// Describes a new table, or changes one.
///
/// Errors: migration_error (invalid_migration) naming table and column.
class table_editor {
public:
  explicit table_editor(detail::pending_change change, bool creates) noexcept : change_(change), creates_(creates) {}

  // ---- columns

  /// `id`: a generated 64-bit primary key.
  column_editor id(std::string_view column = "id");
  column_editor boolean(std::string_view column) { return add(column, type_kind::boolean); }
  column_editor small_integer(std::string_view column) { return add(column, type_kind::int16); }
  column_editor integer(std::string_view column) { return add(column, type_kind::int32); }
  column_editor big_integer(std::string_view column) { return add(column, type_kind::int64); }
  column_editor real(std::string_view column) { return add(column, type_kind::float32); }
  column_editor double_precision(std::string_view column) { return add(column, type_kind::float64); }
  column_editor text(std::string_view column) { return add(column, type_kind::text); }
  column_editor varchar(std::string_view column, std::uint32_t length) {
    return add(column, column_type::varchar(length));
  }
  column_editor bytes(std::string_view column) { return add(column, type_kind::bytes); }
  column_editor timestamp(std::string_view column) { return add(column, type_kind::timestamp); }
  column_editor date(std::string_view column) { return add(column, type_kind::date); }
  column_editor uuid(std::string_view column) { return add(column, type_kind::uuid); }
  column_editor decimal(std::string_view column) { return add(column, type_kind::decimal); }
  column_editor decimal(std::string_view column, std::uint16_t precision, std::uint16_t scale) {
    return add(column, column_type::decimal(precision, scale));
  }
  column_editor json(std::string_view column) { return add(column, type_kind::json); }
  column_editor time_of_day(std::string_view column) { return add(column, type_kind::time_of_day); }
  column_editor interval(std::string_view column) { return add(column, type_kind::interval); }
  column_editor native_or_text(std::string_view column, std::string_view name) {
    return add(column, column_type::native_or_text(name));
  }
  column_editor native(std::string_view column, std::string_view spelling) {
    return add(column, column_type::spelled(spelling));
  }
  column_editor add(std::string_view column, column_type type);
  /// `created_at` and `updated_at`, both timestamps that are not null.
  void timestamps();

  // ---- constraints and indexes

  void primary_key(name_list columns, std::string_view name = {});
  key_editor unique(name_list columns);
  index_editor index(name_list columns);
  void check(std::string_view name, std::string_view expression);
  foreign_key_editor foreign_key(name_list columns);
  foreign_key_editor foreign_key(std::string_view column) { return foreign_key({column}); }
  /// Of a new table only.
  void comment(std::string_view text);

  // ---- changes of a table that exists

  column_editor change(std::string_view column);
  void drop_column(std::string_view column);
  void rename_column(std::string_view from, std::string_view to);
  void drop_index(std::string_view name);
  void drop_unique(std::string_view name);
  void drop_check(std::string_view name);
  void drop_foreign_key(std::string_view name);
  void drop_primary_key();

private:
  detail::pending_change change_;
  bool creates_;
};

}  // namespace tupelo
