// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/postgres/postgres_dialect.hpp"

#include "alter_column.hpp"
#include "json_functions.hpp"
#include "opaque_text.hpp"
#include "scalar_functions.hpp"
#include "search_index.hpp"
#include "session_changes.hpp"

#include "tupelo/dialect/postgres/ddl.hpp"
#include <tupelo/query/sql_text.hpp>
#include "tupelo/core/error.hpp"

#include <algorithm>

namespace tupelo::postgres {

namespace {

/// The type of a value that must not be inferred from its surroundings; empty: infer it. All integers are bound as 64
/// bits: beside a narrower column the server would refuse what is merely larger than everything in it. Indexes serve
/// comparisons across widths.
std::string_view type_of(value_type value) noexcept {
  if (!value.name.empty()) return value.name;
  if (is_integer(value.k)) return "int8";
  if (is_float(value.k)) return "float8";
  return value.k == kind::decimal ? "numeric" : std::string_view();
}

void infix(std::string& sql, std::string_view left, std::string_view sign, std::string_view right) {
  sql += '(';
  sql += left;
  sql += sign;
  sql += right;
  sql += ')';
}

/// With the value first, where the query has the element first.
std::string_view turned(comparison c) noexcept {
  switch (c) {
    case comparison::not_equal: return " <> ";
    case comparison::less: return " > ";
    case comparison::less_equal: return " >= ";
    case comparison::greater: return " < ";
    case comparison::greater_equal: return " <= ";
    default: return " = ";
  }
}

/// Arrays may begin at any number.
void first_index(std::string& sql, std::string_view array) { sql.append("array_lower(").append(array).append(", 1)"); }

void cast(std::string& sql, std::string_view value, std::string_view type) {
  sql += value;
  sql += "::";
  sql += type;
}

/// What has no min() and max() of its own here.
bool extreme(std::string& sql, function f, const call_argument& of) {
  const std::string_view name = f == function::min ? "min(" : "max(";
  if (of.k == kind::boolean) {
    sql += f == function::min ? "bool_and(" : "bool_or(";
    sql += of.sql;
    sql += ')';
    return true;
  }
  if (of.k == kind::uuid) {  // their digits sort as their bytes do, whatever the collation
    sql += name;
    cast(sql, of.sql, "text)");
    return true;
  }
  if (of.k == kind::bytes || of.k == kind::json) {
    throw query_error(errc::unsupported_feature,
                      "PostgreSQL has no min() or max() of " + std::string(name_of(of.k)) + " columns");
  }
  return false;
}

/// The number of the parameter at the digits; more than any statement takes where they are that many.
std::size_t parameter_number(std::string_view digits) noexcept {
  constexpr std::size_t most = 1'000'000;
  std::size_t number = 0;
  for (std::size_t at = 0; at < digits.size() && is_digit(digits[at]) && number < most; ++at)
    number = number * 10 + static_cast<std::size_t>(digits[at] - '0');
  return number;
}

/// 0: it numbers none.
std::size_t highest_parameter(std::string_view sql) noexcept {
  std::size_t highest = 0;
  for (std::size_t at = 0; at < sql.size();) {
    if (const std::size_t end = behind_opaque(sql, at); end != at) {
      at = end;
      continue;
    }
    if (sql[at] == '$' && at + 1 < sql.size() && is_digit(sql[at + 1]) && (at == 0 || !is_word(sql[at - 1])))
      highest = std::max(highest, parameter_number(sql.substr(at + 1)));
    ++at;
  }
  return highest;
}

}  // namespace

const feature_table& postgres_dialect::features() const noexcept {
  static constexpr feature_table table{.returning = true,
                                       .last_insert_id = false,
                                       .consecutive_ids = false,
                                       .upsert = true,
                                       .partial_indexes = true,
                                       .transactional_ddl = true,
                                       .concurrent_indexes = true,
                                       .offset_needs_limit = false,
                                       .row_locks = true,
                                       .checked_writes = true,
                                       .arrays = true,
                                       .ranges = true,
                                       .composites = true,
                                       .lateral_joins = true,
                                       .distinct_on = true,
                                       .grouping_sets = true,
                                       .ordered_aggregates = true,
                                       .frame_exclusion = true,
                                       .frame_times = true,
                                       .frame_decimals = true,
                                       .json_containment = true,
                                       .backslash_in_like = true,
                                       .copy = true,
                                       .notifications = true,
                                       .advisory_locks = true,
                                       .max_parameters = 65535,
                                       // NAMEDATALEN and NOTIFY_PAYLOAD_MAX_LENGTH, less the NUL behind the text
                                       .longest_channel = 63,
                                       .longest_notification = 7999};
  return table;
}

const schema_dialect& postgres_dialect::schema() const noexcept { return schema_rules(); }

void postgres_dialect::like_any_case(std::string& sql, std::string_view text, std::string_view pattern) const {
  sql += text;
  sql += " ILIKE ";
  sql += pattern;
}

std::string postgres_dialect::begin(const transaction_start& start) const {
  std::string sql = "BEGIN";
  switch (start.level) {
    case isolation::standard: break;
    case isolation::read_committed: sql += " ISOLATION LEVEL READ COMMITTED"; break;
    case isolation::repeatable_read: sql += " ISOLATION LEVEL REPEATABLE READ"; break;
    case isolation::serializable: sql += " ISOLATION LEVEL SERIALIZABLE"; break;
  }
  if (start.read_only) sql += " READ ONLY";
  if (start.deferrable) sql += " DEFERRABLE";
  return sql;
}

bool postgres_dialect::changes_session(std::string_view sql) const noexcept { return postgres::changes_session(sql); }
std::string_view postgres_dialect::reset_session() const noexcept { return "DISCARD ALL"; }

std::string_view postgres_dialect::notify_query() const noexcept { return "SELECT pg_catalog.pg_notify($1, $2)"; }

std::string postgres_dialect::advisory_query(advisory_action action, bool shared, bool of_transaction,
                                             bool by_name) const {
  std::string sql = "SELECT pg_catalog.pg_";
  if (action == advisory_action::try_lock) sql += "try_";
  sql += "advisory_";
  if (of_transaction) sql += "xact_";
  sql += action == advisory_action::unlock ? "unlock" : "lock";
  if (shared) sql += "_shared";
  return sql + (by_name ? "(pg_catalog.hashtextextended($1, 0))" : "($1)");
}

std::string postgres_dialect::reset_sequence(std::string_view table, std::string_view column) const {
  return reset_sequence_text(table, column);
}

void postgres_dialect::placeholder(std::string& sql, std::uint32_t number, value_type value) const {
  sql += '$';
  sql += std::to_string(number);
  if (const std::string_view type = type_of(value); !type.empty()) {
    sql += "::";
    sql += type;
  }
}

void postgres_dialect::in_list(std::string& sql, std::string_view column, std::uint32_t first, std::uint8_t,
                               value_type values) const {
  sql += column;
  sql += " = ANY($";
  sql += std::to_string(first);
  if (const std::string_view type = type_of(values); !type.empty()) {
    sql += "::";
    sql += type;
    sql += "[]";
  }
  sql += ')';
}

void postgres_dialect::row_list(std::string& sql, const call_argument* columns, std::size_t count,
                                std::uint32_t first) const {
  sql += '(';
  for (std::size_t i = 0; i < count; ++i) sql.append(i ? ", " : "").append(columns[i].sql);
  sql += ") IN (SELECT * FROM unnest(";
  for (std::size_t i = 0; i < count; ++i) {
    sql.append(i ? ", $" : "$")
        .append(std::to_string(first + i))
        .append("::")
        .append(value_type_of(columns[i].k))
        .append("[]");
  }
  sql += "))";
}

void postgres_dialect::call(std::string& sql, const function_call& call) const {
  switch (call.f) {
    case function::sum:
      if (is_float(call[0].k)) {  // real would add up in single precision
        sql += "sum(";
        cast(sql, call[0].sql, "float8)");
        return;
      }
      break;
    case function::min:
    case function::max:
      if (!extreme(sql, call.f, call[0])) break;
      return;
    case function::array_contains:
    case function::range_contains: return infix(sql, call[0].sql, " @> ", call[1].sql);
    case function::array_overlaps:
    case function::range_overlaps: return infix(sql, call[0].sql, " && ", call[1].sql);
    case function::array_append:
    case function::array_remove:
      sql += call.f == function::array_append ? "array_append(" : "array_remove(";
      sql.append(call[0].sql).append(", ").append(call[1].sql).append(")");
      return;
    case function::array_concat:
      sql.append("array_cat(").append(call[0].sql).append(", ").append(call[1].sql).append(")");
      return;
    case function::array_any:
    case function::array_all:
      sql.append("(").append(call[0].sql).append(turned(comparison_told(call.told)));
      sql.append(call.f == function::array_any ? "ANY(" : "ALL(").append(call[1].sql).append("))");
      return;
    case function::array_index:
      sql.append("(array_position(").append(call[1].sql).append(", ").append(call[0].sql).append(") - ");
      first_index(sql, call[1].sql);
      sql += ")::int8";
      return;
    case function::array_element:
      sql.append("(").append(call[0].sql).append(")[");
      first_index(sql, call[0].sql);
      sql.append(" + ").append(call[1].sql).append("]");
      return;
    case function::array_length:
      sql += "cardinality(";
      sql += call[0].sql;
      sql += ")::int8";
      return;
    default:
      if (!scalar_function(sql, call) && !json_function(sql, call)) break;
      return;
  }
  dialect::call(sql, call);
}

void postgres_dialect::literal(std::string& sql, const literal_value& value) const {
  if (value.k == kind::bytes) {
    sql.append("'\\x").append(value.text).append("'::bytea");
  } else if (value.k == kind::timestamp && !value.text.ends_with("infinity")) {
    sql.append("'").append(value.text).append("+00'");  // or the session's time zone would count
  } else {
    dialect::literal(sql, value);
  }
}
namespace {

void spell_array(std::string& text, const std::vector<literal_value>& elements) {
  text += '{';
  for (const literal_value& element : elements) {
    if (&element != elements.data()) text += ',';
    if (element.k == kind::null) {
      text += "NULL";
      continue;
    }
    if (element.k == kind::array) {
      spell_array(text, element.parts);
      continue;
    }
    text += '"';
    if (element.k == kind::bytes) text += "\\\\x";
    for (const char c : element.text) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += element.k == kind::timestamp && !element.text.ends_with("infinity") ? "+00\"" : "\"";
  }
  text += '}';
}

}  // namespace

// Without a type of its own, as the parameter in its place: an array of enum values is no text[].
void postgres_dialect::array_literal(std::string& sql, const std::vector<literal_value>& elements) const {
  std::string text;
  spell_array(text, elements);
  sql += sql_text_literal(text);
}
void postgres_dialect::search(std::string& sql, const search_call& call) const { postgres::search(sql, call); }

// A union of values is flattened otherwise, and is not found again when a row that was waited for is looked at once
// more (EvalPlanQual): the row would not be written.
void postgres_dialect::keep_apart(std::string& sql) const { sql += " OFFSET 0"; }

// Columns are of whole types, some of which hold more than the field. Moved so that the type ends where the field does,
// the number goes beyond both or neither; the way back makes it what it was.
void postgres_dialect::hold(std::string& sql, kind field, bool native) const {
  const auto wrap = [&sql](std::string_view before, std::string_view behind) { sql.insert(0, before).append(behind); };
  switch (field) {
    case kind::i8: return wrap("CAST(CAST(", " AS int2) * 256 AS int2) / 256");
    case kind::u8: return wrap("CAST((CAST(", " AS int2) - 128) * 256 AS int2) / 256 + 128");
    case kind::u16: return wrap("(CAST(", " AS int4) - 32768) * 65536 / 65536 + 32768");
    case kind::u32: return wrap("(CAST(", " AS int8) - 2147483648) * 4294967296 / 4294967296 + 2147483648");
    case kind::u64:
      if (!native) wrap("CAST(", " AS int8) - 9223372036854775807 - 1 + 9223372036854775807 + 1");
      return;
    case kind::i16:
      if (native) wrap("CAST(", " AS int2)");
      return;
    case kind::i32:
      if (native) wrap("CAST(", " AS int4)");
      return;
    default: return;
  }
}

std::string_view postgres_dialect::call_suffix(const function_call& call) const noexcept {
  switch (call.f) {
    case function::sum: return is_integer(call[0].k) ? "::int8" : "";  // of 64-bit integers it is numeric
    case function::avg: return "::float8";
    case function::json_agg: return ", '[]'::jsonb)";  // else NULL without rows
    case function::min:
    case function::max: return call[0].k == kind::uuid ? "::uuid" : "";
    default: return {};
  }
}

void postgres_dialect::date_part(std::string& sql, function part, const call_argument& moment) const {
  const std::string_view name = part == function::weekday       ? std::string_view("ISODOW")
                                : part == function::day_of_year ? std::string_view("DOY")
                                                                : function_name(part);
  if (part == function::second) sql += "trunc(";  // it has a fraction
  sql += "EXTRACT(";
  sql += name;
  sql += " FROM ";
  sql += moment.sql;
  // A date has no time zone; giving it one would move it by the session's.
  if (moment.k == kind::timestamp) sql += " AT TIME ZONE 'UTC'";
  sql += part == function::second ? "))::int4" : ")::int4";
}

void postgres_dialect::null_order(std::string& sql, bool descending) const {
  sql += descending ? " NULLS LAST" : " NULLS FIRST";
}

bool postgres_dialect::says_not_all_written(std::string_view sqlstate) const noexcept {
  // Errors that a plain statement can raise and no trigger or check would: a histogram without buckets, a negative
  // LIMIT.
  return sqlstate == "2201G" || sqlstate == "2201W";
}

void postgres_dialect::check_written(std::string& sql, std::uint32_t rows, std::string_view returned) const {
  sql.insert(0, "WITH written AS (");
  if (returned.empty()) {
    sql += " RETURNING 1) SELECT width_bucket(0::float8, 0, 1, CASE count(*) WHEN " + std::to_string(rows) +
           " THEN 1 ELSE 0 END) FROM written";
    return;
  }
  const std::string wanted = std::to_string(rows);
  sql += ") SELECT ";
  sql += returned;
  sql += " FROM written LIMIT (SELECT CASE count(*) WHEN " + wanted + " THEN " + wanted + " ELSE -1 END FROM written)";
}

std::size_t postgres_dialect::behind_opaque(std::string_view sql, std::size_t at) const noexcept {
  return postgres::behind_opaque(sql, at);
}

namespace {

/// Appends the text with its question marks numbered; gives how many parameters it takes.
std::size_t number_parameters(std::string& sql, std::string_view text) {
  std::size_t next = 1;
  std::size_t highest = 0;  // of those that have a number, as `?2`
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t end = behind_opaque(text, at); end != at) {
      sql += text.substr(at, end - at);
      at = end;
    } else if (text[at] != '?') {
      sql += text[at++];
    } else if (text.substr(at, 2) == "??") {
      sql += '?';
      at += 2;
    } else {
      sql += '$';
      ++at;
      if (at != text.size() && is_digit(text[at])) {
        highest = std::max(highest, parameter_number(text.substr(at)));
      } else {
        sql += std::to_string(next++);
      }
    }
  }
  return std::max(highest, next - 1);
}

}  // namespace

void postgres_dialect::raw(std::string& sql, std::string_view text, std::size_t parameters) const {
  if (parameters == 0) {  // `$1` may be another statement's, which this one prepares
    sql += text;
    return;
  }
  std::size_t wanted = highest_parameter(text);
  if (wanted != 0) {
    sql += text;
  } else {
    wanted = number_parameters(sql, text);
  }
  // The server would take values that nothing in the text uses.
  if (wanted != parameters) {
    throw query_error("the statement has " + std::to_string(wanted) + " placeholders but is given " +
                      std::to_string(parameters) +
                      " parameters; give one for each ? or number, and write ?? for the operator");
  }
}

const dialect& dialect_instance() {
  static const postgres_dialect instance;
  return instance;
}

}  // namespace tupelo::postgres
