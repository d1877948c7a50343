// SPDX-License-Identifier: Apache-2.0
#include "composite_ddl.hpp"

#include "tupelo/dialect/postgres/ddl.hpp"
#include <tupelo/core/error.hpp>

#include <algorithm>

namespace tupelo::postgres {

std::string create_composite_text(const composite_definition& type) {
  std::string attributes;
  for (const composite_attribute& attribute : type.attributes) {
    attributes += (attributes.empty() ? "" : ", ") + quote_identifier(attribute.name) + " " + type_text(attribute.type);
  }
  return "CREATE TYPE " + quote_identifier(type.name) + " AS (" + attributes + ")";
}

std::string change_composite_text(const ddl::change_composite& change) {
  std::string text;
  const auto add = [&](const std::string& what) { text += (text.empty() ? "" : ", ") + what; };
  std::vector<composite_attribute> stays;
  for (const composite_attribute& attribute : change.from.attributes) {
    if (change.to.find(attribute.name) != nullptr) {
      stays.push_back(attribute);
    } else {
      add("DROP ATTRIBUTE " + quote_identifier(attribute.name));
    }
  }
  const std::vector<composite_attribute>& to = change.to.attributes;
  if (stays.size() > to.size() || !std::equal(stays.begin(), stays.end(), to.begin())) return {};
  for (std::size_t i = stays.size(); i < to.size(); ++i) {
    add("ADD ATTRIBUTE " + quote_identifier(to[i].name) + " " + type_text(to[i].type));
  }
  return "ALTER TYPE " + quote_identifier(change.to.name) + " " + text;
}

std::vector<std::pair<const table_definition*, const column_definition*>>
columns_to_retype(const schema_definition& schema, std::string_view composite) {
  const auto refuse = [&](const std::string& user) {
    throw migration_error(errc::unsupported_feature,
                          "PostgreSQL cannot give the composite type `" + std::string(composite) +
                              "` other attributes in this order while " + user +
                              ": put new attributes behind the others and leave the types of those that stay, or "
                              "write SQL that takes the values over");
  };
  for (const composite_definition& other : schema.composites) {
    for (const composite_attribute& attribute : other.attributes) {
      if (attribute.type.is_of_composite(composite))
        refuse("attribute `" + attribute.name + "` of the type `" + other.name + "` is of it");
    }
  }
  std::vector<std::pair<const table_definition*, const column_definition*>> columns;
  for (const table_definition& table : schema.tables) {
    for (const column_definition& column : table.columns) {
      if (!column.type.is_of_composite(composite)) continue;
      const std::string named = "column `" + column.name + "` of table `" + table.name + "` ";
      if (column.type.array || column.type.native.ends_with("[]")) refuse(named + "is an array of it");
      if (column.default_sql) refuse(named + "has a default (drop that before, and say it anew behind)");
      columns.emplace_back(&table, &column);
    }
  }
  return columns;
}

std::string retype_text(std::string_view column, const ddl::change_composite& change) {
  const std::string name = quote_identifier(column);
  const std::string type = quote_identifier(change.to.name);
  std::string values;
  for (const composite_attribute& attribute : change.to.attributes) {
    values += values.empty() ? "" : ", ";
    values +=
        change.from.find(attribute.name) != nullptr ? "(" + name + ")." + quote_identifier(attribute.name) : "NULL";
  }
  // IS NULL would also be true of a value whose attributes are all NULL.
  return "ALTER COLUMN " + name + " TYPE " + type + " USING CASE WHEN " + name + " IS DISTINCT FROM NULL THEN ROW(" +
         values + ")::" + type + " END";
}

}  // namespace tupelo::postgres
