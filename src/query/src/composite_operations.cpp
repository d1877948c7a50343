// SPDX-License-Identifier: Apache-2.0
#include "composite_operations.hpp"

#include <tupelo/query/known_names.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace tupelo::detail {

namespace {

[[noreturn]] void refuse_composite(std::string message) {
  throw migration_error(errc::invalid_migration, std::move(message));
}

std::string quoted_name(std::string_view name) { return "`" + std::string(name) + "`"; }

composite_definition& require_composite(schema_definition& schema, std::string_view name) {
  composite_definition* const found = schema.find_composite(name);
  if (found == nullptr) {
    refuse_composite("there is no composite type " + quoted_name(name) +
                     "; at this point there are: " + known_names(schema.composites));
  }
  return *found;
}

void check(const composite_definition& type) {
  const std::string named = "composite type " + quoted_name(type.name);
  if (type.attributes.empty()) refuse_composite(named + " has no attributes");
  for (const composite_attribute& attribute : type.attributes) {
    if (attribute.name.empty()) refuse_composite(named + " has an attribute without a name");
    if (type.find(attribute.name) != &attribute)
      refuse_composite(named + " has " + quoted_name(attribute.name) + " twice");
    if (attribute.type.is_of_composite(type.name)) refuse_composite(named + " has itself as a part");
  }
}

}  // namespace

void apply(const ddl::create_composite& change, schema_definition& schema) {
  const std::string& name = change.type.name;
  if (name.empty()) refuse_composite("a composite type has no name");
  if (schema.find_composite(name) != nullptr || schema.find_enum(name) != nullptr || schema.find(name) != nullptr)
    refuse_composite("composite type " + quoted_name(name) + ": a type or table of this name exists already");
  check(change.type);
  const auto place = std::find_if(schema.composites.begin(), schema.composites.end(),
                                  [&](const composite_definition& other) { return other.name > name; });
  schema.composites.insert(place, change.type);
}

void apply(const ddl::drop_composite& change, schema_definition& schema) {
  const std::string& name = change.type.name;
  (void)require_composite(schema, name);
  const std::string cannot = "composite type " + quoted_name(name) + " cannot be dropped while ";
  for (const table_definition& table : schema.tables) {
    for (const column_definition& column : table.columns) {
      if (!column.type.is_of_composite(name)) continue;
      refuse_composite(cannot + "column " + quoted_name(column.name) + " of table " + quoted_name(table.name) +
                       " is of it; change or drop that first");
    }
  }
  for (const composite_definition& other : schema.composites) {
    for (const composite_attribute& attribute : other.attributes) {
      if (!attribute.type.is_of_composite(name)) continue;
      refuse_composite(cannot + "attribute " + quoted_name(attribute.name) + " of " + quoted_name(other.name) +
                       " is of it; change that first");
    }
  }
  std::erase_if(schema.composites, [&](const composite_definition& type) { return type.name == name; });
}

void apply(const ddl::change_composite& change, schema_definition& schema) {
  composite_definition& type = require_composite(schema, change.to.name);
  if (type != change.from)
    refuse_composite("composite type " + quoted_name(type.name) +
                     ": its attributes are not what the change starts from");
  check(change.to);
  type.attributes = change.to.attributes;
}

}  // namespace tupelo::detail
