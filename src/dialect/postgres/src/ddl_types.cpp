// SPDX-License-Identifier: Apache-2.0
#include "expression.hpp"

#include "tupelo/dialect/postgres/ddl.hpp"
#include <tupelo/dialect/type_spelling.hpp>
#include <tupelo/query/sql_text.hpp>
#include <tupelo/core/error.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::postgres {
namespace {

/// A type that somebody spelled may be one that is known.
column_type known(const column_type& type) {
  const bool named = type.kind == type_kind::native || type.kind == type_kind::native_or_text;
  return named ? parse_type(type_text(type)) : type;
}

bool takes_from_a_sequence(const std::optional<std::string>& default_sql) {
  const std::vector<sql_token> tokens = sql_tokens(default_sql ? *default_sql : std::string_view());
  return tokens.size() > 1 && tokens[0].kind == sql_token_kind::word && equal_identifiers(tokens[0].value, "nextval") &&
         tokens[1].text == "(";
}

}  // namespace

std::string quote_identifier(std::string_view name) {
  constexpr std::size_t longest = 63;
  if (name.size() > longest) {
    throw migration_error(errc::invalid_migration, "the name `" + std::string(name) + "` has " +
                                                       std::to_string(name.size()) + " bytes; PostgreSQL takes " +
                                                       std::to_string(longest) + ", so choose a shorter one");
  }
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
    return type_text(element) + "[]";
  }
  switch (type.kind) {
    case type_kind::boolean: return "boolean";
    case type_kind::int16: return "smallint";
    case type_kind::int32: return "integer";
    case type_kind::int64: return "bigint";
    case type_kind::float32: return "real";
    case type_kind::float64: return "double precision";
    case type_kind::text: return type.length > 0 ? "varchar(" + std::to_string(type.length) + ")" : "text";
    case type_kind::bytes: return "bytea";
    case type_kind::timestamp: return "timestamptz";
    case type_kind::date: return "date";
    case type_kind::uuid: return "uuid";
    case type_kind::decimal:
      if (type.precision == 0) return "numeric";
      return "numeric(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
    case type_kind::json: return "jsonb";
    case type_kind::native:
    case type_kind::native_or_text: return type.native;
    case type_kind::time_of_day: return "time";
    case type_kind::interval: return "interval";
    case type_kind::enumeration: return quote_identifier(type.native);
  }
  return "text";
}

column_type parse_type(std::string_view declared) { return spelled_type(declared); }

bool same_column(const column_definition& live, const column_definition& wanted) {
  // A serial column, which is read as one that the database numbers, may be meant by the default that makes it one.
  const bool by_default = live.identity && !wanted.identity && takes_from_a_sequence(wanted.default_sql);
  if (live.nullable != wanted.nullable || (live.identity != wanted.identity && !by_default)) return false;
  if (live.identity_always != wanted.identity_always || live.collation != wanted.collation) return false;
  if (live.is_computed() != wanted.is_computed() || live.computed_at_read != wanted.computed_at_read) return false;
  if (wanted.is_computed() && !same_expression(live.computed_sql, wanted.computed_sql)) return false;
  // An enum that the schema does not describe is a type that somebody spelled.
  const auto comparable = [](const column_type& type, const column_type& other) {
    const bool other_is_spelled = other.kind == type_kind::native || other.kind == type_kind::native_or_text;
    const bool spelled = type.kind == type_kind::enumeration && other_is_spelled;
    return known(spelled ? column_type::spelled(type_text(type)) : type);
  };
  const column_type a = comparable(live.type, wanted.type);
  const column_type b = comparable(wanted.type, live.type);
  if (a.kind == type_kind::native && b.kind == type_kind::native) {
    if (canonical_type(a.native) != canonical_type(b.native)) return false;
  } else if (a != b) {
    return false;
  }
  if (live.comment != wanted.comment) return false;
  if (by_default) return true;
  column_type of = b;
  of.array |=
      live.type.array || wanted.type.array;  // of elements that are not known here, which are read as they are spelled
  return canonical_default(live.default_sql, of) == canonical_default(wanted.default_sql, of);
}

bool same_expression(std::string_view live, std::string_view wanted) {
  return canonical_expression(live) == canonical_expression(wanted);
}

}  // namespace tupelo::postgres
