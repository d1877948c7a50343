// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/sqlite/ddl.hpp"
#include "tupelo/dialect/type_spelling.hpp"
#include <tupelo/query/sql_text.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::sqlite {
namespace {

struct spelling {
  std::string_view declared;
  type_kind kind;
};

// As type_spelling names them.
constexpr std::array spellings = std::to_array<spelling>({
    {"boolean", type_kind::boolean},
    {"bool", type_kind::boolean},
    {"tinyint", type_kind::int16},
    {"smallint", type_kind::int16},
    {"int2", type_kind::int16},
    {"integer", type_kind::int32},
    {"int", type_kind::int32},
    {"int4", type_kind::int32},
    {"mediumint", type_kind::int32},
    {"bigint", type_kind::int64},
    {"int8", type_kind::int64},
    {"unsigned big int", type_kind::int64},
    {"real", type_kind::float32},
    {"float4", type_kind::float32},
    {"double", type_kind::float64},
    {"double precision", type_kind::float64},
    {"float", type_kind::float64},
    {"float8", type_kind::float64},
    {"text", type_kind::text},
    {"ntext", type_kind::text},
    {"clob", type_kind::text},
    {"char", type_kind::text},
    {"nchar", type_kind::text},
    {"character", type_kind::text},
    {"native character", type_kind::text},
    {"varchar", type_kind::text},
    {"nvarchar", type_kind::text},
    {"varying character", type_kind::text},
    {"character varying", type_kind::text},
    {"string", type_kind::text},
    {"blob", type_kind::bytes},
    {"", type_kind::bytes},  // a column without a type has the affinity of BLOB
    {"binary", type_kind::bytes},
    {"varbinary", type_kind::bytes},
    {"bytea", type_kind::bytes},
    {"timestamp", type_kind::timestamp},
    {"timestamptz", type_kind::timestamp},
    {"timestamp with time zone", type_kind::timestamp},
    {"timestamp without time zone", type_kind::timestamp},
    {"datetime", type_kind::timestamp},
    {"datetime2", type_kind::timestamp},
    {"date", type_kind::date},
    {"uuid", type_kind::uuid},
    {"guid", type_kind::uuid},
    {"uniqueidentifier", type_kind::uuid},
    {"decimal", type_kind::decimal},
    {"numeric", type_kind::decimal},
    {"json_text", type_kind::json},
    {"json", type_kind::json},
    {"jsonb", type_kind::json},
    {"time", type_kind::time_of_day},
    {"duration_text", type_kind::interval},
});

// Behind the name of the elements' type. The columns hold JSON arrays.
constexpr std::string_view array_suffix = "_ARRAY";
constexpr std::string_view spelled_array_suffix = "_array";

/// Columns of one class are stored alike, whatever their width.
int storage_class(const column_type& type) noexcept {
  if (type.array) return -3;
  switch (type.kind) {
    case type_kind::int16:
    case type_kind::int32:
    case type_kind::int64: return -1;
    case type_kind::float32:
    case type_kind::float64: return -2;
    case type_kind::enumeration:
    case type_kind::native_or_text: return static_cast<int>(type_kind::text);
    default: return static_cast<int>(type.kind);
  }
}

std::string comparable_default(const column_definition& column) {
  if (!column.default_sql) return {};
  std::string text = canonical_sql(*column.default_sql);
  if (text == "NULL") return {};
  if (column.type.is(type_kind::boolean) && text == "TRUE") return "1";
  if (column.type.is(type_kind::boolean) && text == "FALSE") return "0";
  return text;
}

}  // namespace

std::string quote_identifier(std::string_view name) {
  std::string out = "\"";
  for (char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out += '"';
}

std::string type_text(const column_type& type) {
  if (type.array) {
    column_type element = type;
    element.array = false;
    if (element.kind == type_kind::native) element.kind = type_kind::native_or_text;  // its spelling may have arguments
    const std::string name = type_text(element);
    const std::size_t arguments = std::min(name.find('('), name.size());
    return name.substr(0, arguments) + std::string(array_suffix) + name.substr(arguments);
  }
  switch (type.kind) {
    case type_kind::boolean: return "BOOLEAN";
    case type_kind::int16: return "SMALLINT";
    case type_kind::int32: return "INTEGER";
    case type_kind::int64: return "BIGINT";
    case type_kind::float32: return "REAL";
    case type_kind::float64: return "DOUBLE";
    case type_kind::text: return type.length > 0 ? "VARCHAR(" + std::to_string(type.length) + ")" : "TEXT";
    case type_kind::bytes: return "BLOB";
    case type_kind::timestamp: return "TIMESTAMP";
    case type_kind::date: return "DATE";
    case type_kind::uuid: return "UUID";
    case type_kind::decimal:
      if (type.precision == 0) return "DECIMAL";
      return "DECIMAL(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
    // Not JSON: that has numeric affinity, which would turn the document `1.0` into the number 1.
    case type_kind::json: return "JSON_TEXT";
    case type_kind::native: return type.native;
    case type_kind::time_of_day: return "TIME";
    // Not INTERVAL: a name with INT in it has the affinity of integers.
    case type_kind::interval: return "DURATION_TEXT";
    case type_kind::enumeration:
    case type_kind::native_or_text: return "TEXT";
  }
  return "TEXT";
}

column_type parse_type(std::string_view declared) {
  const type_spelling spelled(declared);
  std::string_view name = spelled.name;
  const bool array = name.ends_with(spelled_array_suffix);
  if (array) name.remove_suffix(spelled_array_suffix.size());
  auto found = std::find_if(spellings.begin(), spellings.end(), [&](const spelling& s) { return s.declared == name; });
  if (found == spellings.end()) return column_type::spelled(declared);
  column_type type = spelled.typed(found->kind, 1'000'000'000);
  type.array = array;
  return type;
}

bool same_column(const column_definition& live, const column_definition& wanted) {
  if (live.nullable != wanted.nullable || (wanted.identity && !live.identity)) return false;
  if (comparable_default(live) != comparable_default(wanted)) return false;
  if (!equal_identifiers(live.collation, wanted.collation)) return false;
  if (live.computed_at_read != wanted.computed_at_read) return false;
  if (canonical_sql(live.computed_sql) != canonical_sql(wanted.computed_sql)) return false;
  // A native type may be a spelling of one that SQLite stores in a known way.
  const column_type a = live.type.kind == type_kind::native ? parse_type(live.type.native) : live.type;
  const column_type b = wanted.type.kind == type_kind::native ? parse_type(wanted.type.native) : wanted.type;
  if (a.kind == type_kind::native && b.kind == type_kind::native) {
    return canonical_sql(a.native) == canonical_sql(b.native);
  }
  return storage_class(a) == storage_class(b);
}

}  // namespace tupelo::sqlite
