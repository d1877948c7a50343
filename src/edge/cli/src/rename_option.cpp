// SPDX-License-Identifier: Apache-2.0
#include "rename_option.hpp"

#include "error_report.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

namespace tupelo::cli {
namespace {

struct dotted_name {
  std::string table;
  std::string column;  ///< empty: a table
};

dotted_name split(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return {std::string(text), {}};
  return {std::string(text.substr(0, dot)), std::string(text.substr(dot + 1))};
}

std::string shown(const dotted_name& name) {
  return "`" + name.table + (name.column.empty() ? "" : ".") + name.column + "`";
}

bool has(const enum_definition* type, const std::string& value) {
  return type != nullptr && std::find(type->values.begin(), type->values.end(), value) != type->values.end();
}

bool has(const schema_definition& schema, const dotted_name& name) {
  const table_definition* table = schema.find(name.table);
  return table != nullptr && (name.column.empty() || table->find_column(name.column) != nullptr);
}

}  // namespace

rename_hint parse_rename(std::string_view text, const schema_definition& recorded, const schema_definition& wanted) {
  const std::size_t equals = text.find('=');
  dotted_name from = split(text.substr(0, equals));
  dotted_name to = equals == std::string_view::npos ? dotted_name() : split(text.substr(equals + 1));
  const bool column = !from.column.empty();
  if (column && to.column.empty()) to = {from.table, to.table};
  if (from.table.empty() || to.table.empty() || (column && to.column.empty()) || (!column && !to.column.empty())) {
    throw usage_error(
        "--rename " + std::string(text) +
        ": expected old=new, for example people=users for a table or users.mail=users.email for a column");
  }
  if (column && recorded.find(from.table) == nullptr && recorded.find_enum(from.table) != nullptr) {
    if (has(recorded.find_enum(from.table), from.column) && from.table == to.table &&
        has(wanted.find_enum(to.table), to.column)) {
      return {{}, to.column, from.column, to.table};
    }
    throw usage_error("--rename " + std::string(text) + ": the enum `" + from.table +
                      "` has no such values; the one of the migrations comes first, then the one of the models");
  }
  if (!has(recorded, from)) {
    throw usage_error("--rename " + std::string(text) + ": the migrations have built no " + shown(from) +
                      "; the former name comes first");
  }
  if (!has(wanted, to)) throw usage_error("--rename " + std::string(text) + ": the models have no " + shown(to));
  return column ? rename_hint{to.table, to.column, from.column} : rename_hint{to.table, {}, from.table};
}

}  // namespace tupelo::cli
