// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/sqlite/sqlite_dialect.hpp"

#include "json_functions.hpp"
#include "scalar_functions.hpp"
#include "search_index.hpp"

#include "tupelo/dialect/number_limits.hpp"
#include "tupelo/dialect/sqlite/ddl.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <iterator>

namespace tupelo::sqlite {

namespace {

// Lists above 512 elements are one parameter: SQLite takes 32766 placeholders, and preparing thousands of them is slow.
constexpr std::uint8_t longest_placeholder_bucket = 10;

}  // namespace

const feature_table& sqlite_dialect::features() const noexcept {
  static constexpr feature_table table{.returning = true,
                                       .last_insert_id = true,
                                       .consecutive_ids = true,
                                       .upsert = true,
                                       .partial_indexes = true,
                                       .transactional_ddl = true,
                                       .offset_needs_limit = true,
                                       .row_locks = false,
                                       .frame_exclusion = true,
                                       .plans_are_trees = true,
                                       .max_parameters = 32766,
                                       .deepest_expression = 1000};
  return table;
}

const schema_dialect& sqlite_dialect::schema() const noexcept { return schema_rules(); }

std::string sqlite_dialect::begin(const transaction_start& start) const {
  if (start.read_only) {
    throw query_error(errc::unsupported_feature,
                      "SQLite has no read-only transactions: open the database with mode=ro or query_only=on");
  }
  // Every transaction is serializable.
  switch (start.mode) {
    case transaction_mode::immediate: return "BEGIN IMMEDIATE";
    case transaction_mode::exclusive: return "BEGIN EXCLUSIVE";
    case transaction_mode::deferred: break;
  }
  return "BEGIN";
}

std::string sqlite_dialect::explain(explain_options how) const {
  if (how.any()) {
    throw query_error(errc::unsupported_feature,
                      "SQLite tells the steps of a plan and nothing else: explain() takes no options there");
  }
  return "EXPLAIN QUERY PLAN ";
}

void sqlite_dialect::placeholder(std::string& sql, std::uint32_t number, value_type) const {
  sql += '?';
  sql += std::to_string(number);
}

std::string_view sqlite_dialect::triggers_query() const noexcept {
  return "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE) "
         "OR EXISTS (SELECT 1 FROM sqlite_temp_master WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE)";
}

bool sqlite_dialect::list_as_one(std::uint8_t bucket) const noexcept { return bucket > longest_placeholder_bucket; }
std::uint32_t sqlite_dialect::places_of(std::uint8_t bucket) const noexcept {
  return list_as_one(bucket) ? 1 : places_of_bucket(bucket);
}

namespace {

/// A list's element as its column has it. JSON has no bytes: the driver writes them in hexadecimal digits, and gives
/// its connections the function that reads these.
std::string_view list_element(kind of) noexcept { return of == kind::bytes ? "tupelo_bytes(value)" : "value"; }

}  // namespace

// In RETURNING, SQLite 3.40 takes a column for NOT NULL where the first one of its table is, and so `IS NULL` for false
// and a NULL for something that is not in a list; typeof is not taken for anything.
void sqlite_dialect::returned_null(std::string& sql, std::string_view term, bool is_null) const {
  sql.append("typeof(").append(term).append(is_null ? ") = 'null'" : ") <> 'null'");
}

void sqlite_dialect::returned_membership(std::string& sql, std::string_view term, std::string_view test) const {
  sql += "CASE WHEN ";
  returned_null(sql, term, false);
  sql.append(" THEN ").append(test).append(" END");
}

void sqlite_dialect::in_list(std::string& sql, std::string_view column, std::uint32_t first, std::uint8_t bucket,
                             value_type values) const {
  if (!list_as_one(bucket)) {
    dialect::in_list(sql, column, first, bucket, values);
    return;
  }
  sql += column;
  sql.append(" IN (SELECT ").append(list_element(values.k)).append(" FROM json_each(");
  placeholder(sql, first, values);
  sql += "))";
}

namespace {

/// Whether json_each gives such an element as a column has it. The last digit of a float may differ.
bool is_plain_in_json(kind elements) noexcept {
  return is_integer(elements) || elements == kind::boolean || elements == kind::text || elements == kind::enumeration;
}

std::string_view sign_of(comparison c) noexcept {
  switch (c) {
    case comparison::not_equal: return " <> ";
    case comparison::less: return " < ";
    case comparison::less_equal: return " <= ";
    case comparison::greater: return " > ";
    case comparison::greater_equal: return " >= ";
    default: return " = ";
  }
}

/// Whether the SQL names something that json_each has a column of, too.
bool is_hidden_by_json_each(std::string_view sql) {
  std::string lower(sql);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  constexpr std::string_view columns[] = {"\"key\"",    "\"value\"",   "\"type\"", "\"atom\"", "\"id\"",
                                          "\"parent\"", "\"fullkey\"", "\"path\"", "\"json\"", "\"root\""};
  return std::any_of(std::begin(columns), std::end(columns),
                     [&](std::string_view column) { return lower.find(column) != std::string::npos; });
}

/// Its elements as rows. The arguments of json_each are read beside its own columns, which would hide those of the
/// table that are called so: these are read one level out.
std::string elements_of(const call_argument& array) {
  if (!is_hidden_by_json_each(array.sql)) return "json_each(" + std::string(array.sql) + ")";
  return "(SELECT " + std::string(array.sql) + " AS list) AS listed, json_each(listed.list)";
}

/// Functions of an array's elements. False: they cannot be asked of such elements, or it is another function.
bool element_function(std::string& sql, const function_call& call) {
  if (call.f < function::array_any || call.f > function::array_element) return false;
  if (!is_plain_in_json(elements_told(call.told))) return false;
  const bool of_array = call.f == function::array_element;
  const call_argument& list = call[of_array ? 0 : 1];
  const std::string_view array = list.sql;
  const call_argument& other = call[of_array ? 1 : 0];
  const std::string sought = other.bare ? std::string(other.sql) : "sought";
  std::string from = " FROM " + elements_of(list);
  if (!other.bare) from += ", (SELECT " + std::string(other.sql) + " AS sought)";
  switch (call.f) {
    case function::array_element: sql += "(SELECT value" + from + " WHERE key = " + sought + ")"; return true;
    case function::array_index: sql += "(SELECT min(key)" + from + " WHERE value = " + sought + ")"; return true;
    default: break;
  }
  // As ANY and ALL: what is not known of one element decides where no other does.
  const std::string each = "value" + std::string(sign_of(comparison_told(call.told))) + sought;
  const bool any = call.f == function::array_any;
  sql.append("iif(").append(array).append(" IS NULL, NULL, (SELECT CASE WHEN ");
  sql += any ? "max(" + each + ") THEN 1" : "NOT min(" + each + ") THEN 0";
  sql.append(" WHEN count(").append(each).append(") < count(*) THEN NULL ELSE ").append(any ? "0" : "1");
  sql += " END" + from + "))";
  return true;
}

}  // namespace

// Arrays are JSON texts. One that is NULL gives NULL, as an operator would; NULL elements are found nowhere.
void sqlite_dialect::call(std::string& sql, const function_call& call) const {
  const auto array = [&] { return std::string(call[0].sql); };
  switch (call.f) {
    case function::array_length: sql += "json_array_length(" + array() + ")"; return;
    case function::array_contains:
      sql += "iif(" + array() + " IS NULL" +
             (call[1].nullable ? " OR " + std::string(call[1].sql) + " IS NULL" : std::string()) +
             ", NULL, NOT EXISTS (SELECT value FROM " + elements_of(call[1]) + " EXCEPT SELECT value FROM " +
             elements_of(call[0]) + "))";
      return;
    case function::array_overlaps:
      sql += "iif(" + array() + " IS NULL" +
             (call[1].nullable ? " OR " + std::string(call[1].sql) + " IS NULL" : std::string()) +
             ", NULL, EXISTS (SELECT 1 FROM " + elements_of(call[0]) + " WHERE value IN (SELECT value FROM " +
             elements_of(call[1]) + ")))";
      return;
    default:
      if (!scalar_function(sql, call) && !json_function(sql, call) && !element_function(sql, call))
        dialect::call(sql, call);
  }
}

bool sqlite_dialect::gives_near(const function_call& call) const noexcept { return sqlite::gives_near(call); }
// Of the driver's functions.
void sqlite_dialect::settle(std::string& sql) const { sql.insert(0, "tupelo_decimal(") += ')'; }

void sqlite_dialect::hold(std::string& sql, kind field, bool /*native*/) const {
  if (field == kind::f32) {
    sql.insert(0, "tupelo_float(") += ')';
    return;
  }
  const integer_range range = range_of(field);
  const std::string_view lowest = field == kind::u64 ? "0" : range.lowest;
  sql.insert(0, "tupelo_integer(").append(", ").append(lowest).append(", ").append(range.highest).append(")");
}

void sqlite_dialect::literal(std::string& sql, const literal_value& value) const {
  if (value.k == kind::bytes) {
    sql.append("X'").append(value.text).append("'");
  } else if (is_float(value.k) && !value.bare) {
    sql += value.text.starts_with('-') ? "(-9e999)" : value.text == "nan" ? "NULL" : "9e999";
  } else {
    dialect::literal(sql, value);
  }
}
namespace {

void append_array(std::string& json, const std::vector<literal_value>& elements) {
  json += '[';
  for (const literal_value& element : elements) {
    if (&element != elements.data()) json += ',';
    if (element.k == kind::null) {
      json += "null";
    } else if (element.k == kind::array) {
      append_array(json, element.parts);
    } else if (element.k == kind::boolean) {
      json += element.text == "TRUE" ? "true" : "false";
    } else if (element.bare || element.k == kind::json) {
      json += element.text;
    } else {
      json += '"';
      for (const char c : element.text) {
        constexpr std::string_view digits = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') json += '\\';
        if (byte < ' ') {
          json.append("\\u00") += digits[byte >> 4];
          json += digits[byte & 15];
        } else {
          json += c;
        }
      }
      json += '"';
    }
  }
  json += ']';
}

}  // namespace

// Arrays are JSON texts.
void sqlite_dialect::array_literal(std::string& sql, const std::vector<literal_value>& elements) const {
  std::string json;
  append_array(json, elements);
  dialect::literal(sql, {kind::text, json});
}
void sqlite_dialect::search(std::string& sql, const search_call& call) const { sqlite::search(sql, call); }

void sqlite_dialect::row_list(std::string& sql, const call_argument* columns, std::size_t count,
                              std::uint32_t first) const {
  const auto list = [](std::size_t i) { return "l" + std::to_string(i); };
  sql += '(';
  for (std::size_t i = 0; i < count; ++i) sql.append(i ? ", " : "").append(columns[i].sql);
  // Materialized: a list is taken apart once, and SQLite makes an index for the join.
  sql += ") IN (WITH ";
  for (std::size_t i = 0; i < count; ++i) {
    sql.append(i ? ", " : "").append(list(i)).append(" AS MATERIALIZED (SELECT key, ");
    sql.append(list_element(columns[i].k))
        .append(columns[i].k == kind::bytes ? " AS value" : "")
        .append(" FROM json_each(");
    placeholder(sql, first + static_cast<std::uint32_t>(i), columns[i].k);
    sql += "))";
  }
  sql += " SELECT ";
  for (std::size_t i = 0; i < count; ++i) sql.append(i ? ", " : "").append(list(i)).append(".value");
  sql += " FROM l0";
  for (std::size_t i = 1; i < count; ++i)
    sql.append(" JOIN ").append(list(i)).append(" ON ").append(list(i)).append(".key = l0.key");
  sql += ')';
}

void sqlite_dialect::date_part(std::string& sql, function part, const call_argument& moment) const {
  part_of_moment(sql, part, moment.sql);
}

const dialect& dialect_instance() {
  static const sqlite_dialect instance;
  return instance;
}

}  // namespace tupelo::sqlite
