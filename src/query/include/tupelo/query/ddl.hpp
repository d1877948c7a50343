// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/model/model_info.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// What a column can hold, whatever the database calls it.
enum class type_kind : std::uint8_t {
  boolean,
  int16,
  int32,
  int64,
  float32,
  float64,
  text,
  bytes,
  timestamp,
  date,
  uuid,
  decimal,
  json,
  native,  ///< spelled for one database
  time_of_day,
  interval,
  native_or_text,  ///< a type that one database has, by its name there; text elsewhere
  enumeration,     ///< an enum of the schema, by its name; text where the database has no such types
};

/// The stable name of a kind: "int64", "timestamp".
std::string_view name_of(type_kind kind) noexcept;

struct column_type {
  type_kind kind = type_kind::text;
  std::uint32_t length = 0;     ///< of text, in characters; 0: unlimited
  std::uint16_t precision = 0;  ///< of decimal, in digits; 0: not said
  std::uint16_t scale = 0;      ///< of decimal: digits behind the point
  std::string native{};         ///< the database's own spelling, or the name of an enum
  bool array = false;           ///< of one dimension, whose elements are what the rest says

  column_type() = default;
  column_type(type_kind k) : kind(k) {}

  static column_type varchar(std::uint32_t length);
  static column_type decimal(std::uint16_t precision, std::uint16_t scale);
  static column_type spelled(std::string_view native);
  static column_type native_or_text(std::string_view name);
  static column_type enumeration(std::string_view name);
  static column_type array_of(column_type element);

  bool is_integer() const noexcept { return !array && kind >= type_kind::int16 && kind <= type_kind::int64; }
  bool is(type_kind scalar) const noexcept { return !array && kind == scalar; }
  /// Whether it is the composite type of this name, or an array of it.
  bool is_of_composite(std::string_view name) const;
  /// "varchar(160)", "decimal(10, 2)", "int64", "text[]": for messages and checksums.
  std::string to_string() const;

  friend bool operator==(const column_type&, const column_type&) = default;
};

struct column_definition {
  std::string name{};
  column_type type{};
  bool nullable = false;
  bool identity = false;                     ///< an integer key that the database makes
  std::optional<std::string> default_sql{};  ///< neutral SQL text: `0`, `'guest'`, `TRUE`, `CURRENT_TIMESTAMP`
  std::string computed_sql{};                ///< neutral SQL text that the database computes the value by; empty: none
  bool computed_at_read = false;             ///< the computed value is not kept in the row

  std::string comment{};         ///< where the database keeps comments
  bool identity_always = false;  ///< the database refuses values of the program's own for an identity
  std::string collation{};       ///< how texts compare, by the database's own name; empty: as is usual

  bool is_computed() const noexcept { return !computed_sql.empty(); }

  friend bool operator==(const column_definition&, const column_definition&) = default;
};

/// A primary key or a unique constraint. Without columns: there is none.
struct key_definition {
  std::string name{};  ///< empty: by the naming convention
  std::vector<std::string> columns{};
  bool nulls_not_distinct = false;  ///< of a unique constraint: NULL equals NULL
  bool deferrable = false;          ///< of a unique constraint: checked at commit rather than at once

  friend bool operator==(const key_definition&, const key_definition&) = default;
};

/// What an index sorts by: a column, or an expression over columns.
struct index_column {
  std::string name{};  ///< empty: an expression
  bool descending = false;
  std::string expression{};  ///< neutral SQL text
  index_nulls nulls = index_nulls::smallest;
  std::string operator_class{};  ///< empty: the usual one
  char weight = 0;               ///< of a search index: 'A' to 'D'
  std::string collation{};       ///< empty: that of the column or the expression

  bool is_expression() const noexcept { return name.empty(); }
  /// The column's name or the expression.
  const std::string& term() const noexcept { return name.empty() ? expression : name; }

  friend bool operator==(const index_column&, const index_column&) = default;
};

struct index_definition {
  std::string name{};  ///< empty: by the naming convention
  std::vector<index_column> columns{};
  bool unique = false;
  std::string where{};                 ///< neutral SQL text of a partial index; empty: all rows
  std::string method{};                ///< "gin", "gist" …; empty: the usual one, which sorts
  std::vector<std::string> include{};  ///< columns that it holds beside its key
  bool nulls_not_distinct = false;     ///< of a unique one: NULL equals NULL
  std::string language{};              ///< of a search index over text columns; empty: it is none

  bool is_search() const noexcept { return !language.empty(); }

  friend bool operator==(const index_definition&, const index_definition&) = default;
};

struct check_definition {
  std::string name{};  ///< empty: by the naming convention
  std::string expression{};

  friend bool operator==(const check_definition&, const check_definition&) = default;
};

/// A column or expression of an exclusion constraint, and the operator that must not hold together with the others.
struct exclusion_term {
  index_column of{};
  std::string with{};

  friend bool operator==(const exclusion_term&, const exclusion_term&) = default;
};

/// For no two rows do all operators hold.
struct exclusion_definition {
  std::string name{};
  std::string method{};  ///< of its index; empty: "gist"
  std::vector<exclusion_term> terms{};
  std::string where{};  ///< neutral SQL text; empty: all rows
  bool deferrable = false;

  friend bool operator==(const exclusion_definition&, const exclusion_definition&) = default;
};

/// A type whose values are these texts, in this order.
struct enum_definition {
  std::string name{};
  std::vector<std::string> values{};

  friend bool operator==(const enum_definition&, const enum_definition&) = default;
};

/// Of a composite type: one of its parts, which may always be NULL.
struct composite_attribute {
  std::string name{};
  column_type type{};

  friend bool operator==(const composite_attribute&, const composite_attribute&) = default;
};

/// A type whose values have these parts, in this order.
struct composite_definition {
  std::string name{};
  std::vector<composite_attribute> attributes{};

  const composite_attribute* find(std::string_view attribute) const noexcept;
  friend bool operator==(const composite_definition&, const composite_definition&) = default;
};

struct foreign_key_definition {
  std::string name{};  ///< empty: by the naming convention
  std::vector<std::string> columns{};
  std::string references{};  ///< the other table
  std::vector<std::string> referenced_columns{};
  referential_action on_delete = referential_action::no_action;
  referential_action on_update = referential_action::no_action;
  bool deferrable = false;  ///< checked at commit rather than at once

  friend bool operator==(const foreign_key_definition&, const foreign_key_definition&) = default;
};

/// "no action", "set null" …: SQL's words in lower case.
std::string_view name_of(referential_action action) noexcept;

struct table_definition {
  std::string name{};
  std::vector<column_definition> columns{};
  key_definition primary_key{};
  std::vector<key_definition> uniques{};
  std::vector<index_definition> indexes{};
  std::vector<check_definition> checks{};
  std::vector<foreign_key_definition> foreign_keys{};
  std::vector<exclusion_definition> exclusions{};
  std::string comment{};  ///< where the database keeps comments

  const column_definition* find_column(std::string_view column) const noexcept;
  column_definition* find_column(std::string_view column) noexcept;
  const key_definition* find_unique(std::string_view name) const noexcept;
  const index_definition* find_index(std::string_view name) const noexcept;
  const check_definition* find_check(std::string_view name) const noexcept;
  const foreign_key_definition* find_foreign_key(std::string_view name) const noexcept;
  const exclusion_definition* find_exclusion(std::string_view name) const noexcept;
  /// Whether the columns, in any order, are the primary key, a unique constraint that is checked at once or a unique
  /// index over all rows: what a foreign key may reference.
  bool is_unique(const std::vector<std::string>& columns) const;

  friend bool operator==(const table_definition&, const table_definition&) = default;
};

/// Something of a live database that tables have no words for: a view, a trigger, a domain, how a key is checked …
struct schema_object {
  std::string kind{};        ///< "view", "trigger": words for people
  std::string name{};        ///< of a function: with the types of its arguments
  std::string table{};       ///< that it belongs to; empty: none
  std::string definition{};  ///< as the database itself writes it; empty: it writes none

  /// "trigger audit on users"
  std::string describe() const;

  friend bool operator==(const schema_object&, const schema_object&) = default;
};

/// Tables by name. What the models ask for, what the migrations build, what a live database has.
struct schema_definition {
  std::vector<table_definition> tables{};          ///< sorted by name once they were added with `add`
  std::vector<enum_definition> enums{};            ///< sorted by name
  std::vector<composite_definition> composites{};  ///< sorted by name
  std::vector<schema_object> others{};             ///< of a live database; `diff` passes over them

  const enum_definition* find_enum(std::string_view name) const noexcept;
  enum_definition* find_enum(std::string_view name) noexcept;
  const composite_definition* find_composite(std::string_view name) const noexcept;
  composite_definition* find_composite(std::string_view name) noexcept;
  const table_definition* find(std::string_view table) const noexcept;
  table_definition* find(std::string_view table) noexcept;
  /// Keeps the order by name. Errors: migration_error (invalid_migration) when the table is there already.
  table_definition& add(table_definition table);
  /// Does nothing when the table is not there.
  void remove(std::string_view table) noexcept;

  friend bool operator==(const schema_definition&, const schema_definition&) = default;
};

// ---- names of what was not named: at most 63 bytes, the same on every machine and in every release

/// `prefix_table_first_second`; where that is too long, its beginning and eight digits of a hash.
std::string conventional_name(std::string_view prefix, std::string_view table, const std::vector<std::string>& parts);
std::string conventional_primary_key_name(const table_definition& table);
std::string conventional_name(const table_definition& table, const key_definition& unique);
std::string conventional_name(const table_definition& table, const index_definition& index);
std::string conventional_name(const table_definition& table, const check_definition& check);
std::string conventional_name(const table_definition& table, const foreign_key_definition& key);

/// The table under another name. Its primary key, unique constraints and indexes keep to the naming convention where
/// their names do; other names stay, and so do those of checks and foreign keys, which only their table has to tell
/// apart.
table_definition renamed(table_definition table, std::string_view name);

/// The same table with every constraint and index named, and its checks, indexes, uniques, exclusions and foreign keys
/// sorted by name.
table_definition with_names(table_definition table);
schema_definition with_names(const schema_definition& schema);

}  // namespace tupelo
