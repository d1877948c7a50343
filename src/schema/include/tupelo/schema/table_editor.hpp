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

/// `db.drop_index("posts", "ix_posts_title", tp::concurrently)`: as index_editor::concurrently().
struct concurrently_tag {};
inline constexpr concurrently_tag concurrently{};

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
  /// PostgreSQL holds new rows against it and leaves those that are there to `validate`, in a later migration, which
  /// keeps nobody from reading and writing. SQLite looks at all rows at once. Not of a table that is being created.
  foreign_key_editor& not_valid();

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
  /// Behind the terms so far comes an expression over columns, `lower(email)`, or another column.
  index_editor& expression(std::string_view sql);
  index_editor& column(std::string_view column);
  /// One of the index's columns or expressions is sorted downwards.
  index_editor& descending(std::string_view term);
  /// Where NULLs of a column or an expression stand, whatever its order. SQLite keeps them before all values.
  index_editor& nulls_first(std::string_view term);
  index_editor& nulls_last(std::string_view term);
  /// How PostgreSQL compares: "text_pattern_ops", "gin_trgm_ops". SQLite leaves it out.
  index_editor& operator_class(std::string_view term, std::string_view name);
  /// How one of its terms compares, where that is not how its column does.
  index_editor& collation(std::string_view term, std::string_view name);
  /// "gin", "gist", "brin", "hash" … of PostgreSQL. SQLite makes no index of another method than "btree".
  index_editor& using_method(std::string_view method);
  /// Columns that the index holds beside its key. SQLite leaves them out.
  index_editor& include(name_list columns);
  /// NULL equals NULL in this unique index. PostgreSQL 15 and later; SQLite refuses it.
  index_editor& nulls_not_distinct();
  /// PostgreSQL builds the index without holding up those who write, outside of a transaction: the migration must do
  /// nothing but build and drop indexes concurrently. One that fails half-way is run again, and goes on where it ended.
  /// Elsewhere the index is built like any other.
  index_editor& concurrently();
  index_editor& name(std::string_view name);
  /// Of a search index: how much a word counts that is found in the column, from 'A', the most, to 'D'.
  index_editor& weight(std::string_view column, char letter);

private:
  index_definition& definition();
  index_column& term(std::string_view name, std::string_view verb);
  detail::pending_change change_;
};

/// Refines an exclusion constraint.
class exclusion_editor {
public:
  explicit exclusion_editor(detail::pending_change change) noexcept : change_(change) {}

  /// A column and the operator that must not hold for it together with the others: `.with("room", "=")`.
  exclusion_editor& with(std::string_view column, std::string_view sql_operator);
  exclusion_editor& with_expression(std::string_view sql, std::string_view sql_operator);
  /// Of what came last, where it is not the usual one.
  exclusion_editor& operator_class(std::string_view name);
  /// Only rows for which the SQL condition holds are held against each other.
  exclusion_editor& where(std::string_view condition);
  /// The kind of index behind it; "gist" unless said.
  exclusion_editor& using_method(std::string_view method);
  /// Checked at commit rather than at once.
  exclusion_editor& deferrable();

private:
  exclusion_definition& definition();
  detail::pending_change change_;
};

/// Refines a check.
class check_editor {
public:
  explicit check_editor(detail::pending_change change) noexcept : change_(change) {}
  /// As foreign_key_editor::not_valid().
  check_editor& not_valid();

private:
  detail::pending_change change_;
};

/// Refines a unique constraint.
class key_editor {
public:
  explicit key_editor(detail::pending_change change) noexcept : change_(change) {}
  key_editor& name(std::string_view name);
  /// NULL equals NULL. PostgreSQL 15 and later; SQLite refuses it.
  key_editor& nulls_not_distinct();
  /// Checked at commit rather than at once. SQLite refuses it; an upsert cannot name it.
  key_editor& deferrable();
  /// PostgreSQL builds its index without holding up those who write, then makes it the constraint's. As
  /// index_editor::concurrently() otherwise.
  key_editor& concurrently();

private:
  key_definition& definition();
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
  /// An enum that was created before; text where the database has no such types.
  column_editor& enumeration(std::string_view name) { return type(column_type::enumeration(name)); }
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
  /// The same, and PostgreSQL refuses a value that the program gives. SQLite takes it.
  column_editor& always_generated();
  /// The database computes the value from other columns of the row, by this SQL, and keeps it in the row. PostgreSQL
  /// makes the column anew where that changes.
  column_editor& generated_as(std::string_view sql);
  /// Computed when it is read. PostgreSQL has it from release 18 on.
  column_editor& not_stored();
  /// An ordinary column from here on, with the values that it has.
  column_editor& not_generated_as();
  /// What the column is for; empty: nothing is said any more. SQLite has no place for it.
  column_editor& comment(std::string_view text);
  /// How texts compare and sort, by the database's own name: "NOCASE", "de-x-icu". Empty: as is usual.
  column_editor& collation(std::string_view name);

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
  column_editor enumeration(std::string_view column, std::string_view name) {
    return add(column, column_type::enumeration(name));
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
  /// What tp::matches() searches: the words of text columns in a language, "english" or "simple".
  index_editor search_index(std::string_view language, name_list columns);
  check_editor check(std::string_view name, std::string_view expression);
  foreign_key_editor foreign_key(name_list columns);
  foreign_key_editor foreign_key(std::string_view column) { return foreign_key({column}); }
  /// No two rows for which all of the operators hold. PostgreSQL only; SQLite refuses it.
  exclusion_editor exclude(std::string_view name);
  /// What the table is for; empty: nothing is said any more. SQLite has no place for it.
  void comment(std::string_view text);

  // ---- changes of a table that exists

  column_editor change(std::string_view column);
  void drop_column(std::string_view column);
  void rename_column(std::string_view from, std::string_view to);
  void drop_index(std::string_view name);
  void drop_index(std::string_view name, concurrently_tag);
  void rename_index(std::string_view from, std::string_view to);
  void drop_unique(std::string_view name);
  void drop_unique(std::string_view name, concurrently_tag);
  void drop_check(std::string_view name);
  void drop_exclusion(std::string_view name);
  void drop_foreign_key(std::string_view name);
  void rename_constraint(std::string_view from, std::string_view to);
  void validate(std::string_view constraint);
  void drop_primary_key();

private:
  index_editor add(index_definition index);
  detail::pending_change change_;
  bool creates_;
};

}  // namespace tupelo
