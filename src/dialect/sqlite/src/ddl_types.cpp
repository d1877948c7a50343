// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/sqlite/ddl.hpp"
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

// Upper case, single spaces, arguments left out.
constexpr std::array spellings = std::to_array<spelling>({
    {"BOOLEAN", type_kind::boolean},
    {"BOOL", type_kind::boolean},
    {"TINYINT", type_kind::int16},
    {"SMALLINT", type_kind::int16},
    {"INT2", type_kind::int16},
    {"INTEGER", type_kind::int32},
    {"INT", type_kind::int32},
    {"INT4", type_kind::int32},
    {"MEDIUMINT", type_kind::int32},
    {"BIGINT", type_kind::int64},
    {"INT8", type_kind::int64},
    {"UNSIGNED BIG INT", type_kind::int64},
    {"REAL", type_kind::float32},
    {"FLOAT4", type_kind::float32},
    {"DOUBLE", type_kind::float64},
    {"DOUBLE PRECISION", type_kind::float64},
    {"FLOAT", type_kind::float64},
    {"FLOAT8", type_kind::float64},
    {"TEXT", type_kind::text},
    {"NTEXT", type_kind::text},
    {"CLOB", type_kind::text},
    {"CHAR", type_kind::text},
    {"NCHAR", type_kind::text},
    {"CHARACTER", type_kind::text},
    {"NATIVE CHARACTER", type_kind::text},
    {"VARCHAR", type_kind::text},
    {"NVARCHAR", type_kind::text},
    {"VARYING CHARACTER", type_kind::text},
    {"CHARACTER VARYING", type_kind::text},
    {"STRING", type_kind::text},
    {"BLOB", type_kind::bytes},
    {"", type_kind::bytes},  // a column without a type has the affinity of BLOB
    {"BINARY", type_kind::bytes},
    {"VARBINARY", type_kind::bytes},
    {"BYTEA", type_kind::bytes},
    {"TIMESTAMP", type_kind::timestamp},
    {"TIMESTAMPTZ", type_kind::timestamp},
    {"TIMESTAMP WITH TIME ZONE", type_kind::timestamp},
    {"TIMESTAMP WITHOUT TIME ZONE", type_kind::timestamp},
    {"DATETIME", type_kind::timestamp},
    {"DATETIME2", type_kind::timestamp},
    {"DATE", type_kind::date},
    {"UUID", type_kind::uuid},
    {"GUID", type_kind::uuid},
    {"UNIQUEIDENTIFIER", type_kind::uuid},
    {"DECIMAL", type_kind::decimal},
    {"NUMERIC", type_kind::decimal},
    {"JSON_TEXT", type_kind::json},
    {"JSON", type_kind::json},
    {"JSONB", type_kind::json},
    {"TIME", type_kind::time_of_day},
    {"DURATION_TEXT", type_kind::interval},
});

// Behind the name of the elements' type. The columns hold JSON arrays.
constexpr std::string_view array_suffix = "_ARRAY";

std::uint32_t number(std::string_view digits, std::uint32_t most) {
  std::uint32_t value = 0;
  for (char c : digits) {
    if (c < '0' || c > '9') return 0;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
    if (value > most) return 0;
  }
  return value;
}

/// Columns of one class are stored alike, whatever their width.
int storage_class(const column_type& type) noexcept {
  if (type.array) return -3;
  switch (type.kind) {
    case type_kind::int16:
    case type_kind::int32:
    case type_kind::int64: return -1;
    case type_kind::float32:
    case type_kind::float64: return -2;
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
    case type_kind::native_or_text: return "TEXT";
  }
  return "TEXT";
}

column_type parse_type(std::string_view declared) {
  std::string name;
  std::vector<std::string> arguments;
  bool inside = false;
  for (const sql_token& token : sql_tokens(declared)) {
    if (token.text == "(") {
      inside = true;
    } else if (token.text == ")") {
      inside = false;
    } else if (inside && token.kind == sql_token_kind::number) {
      arguments.push_back(token.value);
    } else if (!inside) {
      if (!name.empty()) name += ' ';
      for (char c : token.value) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  const bool array = name.ends_with(array_suffix);
  if (array) name.resize(name.size() - array_suffix.size());
  auto found = std::find_if(spellings.begin(), spellings.end(), [&](const spelling& s) { return s.declared == name; });
  if (found == spellings.end()) return column_type::spelled(declared);
  column_type type(found->kind);
  type.array = array;
  if (type.kind == type_kind::text && !arguments.empty()) type.length = number(arguments[0], 1'000'000'000);
  if (type.kind == type_kind::decimal && !arguments.empty()) {
    type.precision = static_cast<std::uint16_t>(number(arguments[0], 1000));
    if (arguments.size() > 1) type.scale = static_cast<std::uint16_t>(number(arguments[1], 1000));
  }
  return type;
}

bool same_column(const column_definition& live, const column_definition& wanted) {
  if (live.nullable != wanted.nullable || (wanted.identity && !live.identity)) return false;
  if (comparable_default(live) != comparable_default(wanted)) return false;
  // A native type may be a spelling of one that SQLite stores in a known way.
  const column_type a = live.type.kind == type_kind::native ? parse_type(live.type.native) : live.type;
  const column_type b = wanted.type.kind == type_kind::native ? parse_type(wanted.type.native) : wanted.type;
  if (a.kind == type_kind::native && b.kind == type_kind::native) {
    return canonical_sql(a.native) == canonical_sql(b.native);
  }
  return storage_class(a) == storage_class(b);
}

}  // namespace tupelo::sqlite
