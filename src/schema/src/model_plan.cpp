// SPDX-License-Identifier: Apache-2.0
#include "model_plan.hpp"

#include "model_names.hpp"
#include "source_writer.hpp"

#include <tupelo/query/sql_text.hpp>
#include <tupelo/model/model_info.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace tupelo {
namespace {

constexpr std::size_t most_enumerators = 112;  // that are found without tp::enum_range

bool refers_by(const table_definition& table, const std::string& column) {
  return std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(), [&](const foreign_key_definition& key) {
    return key.columns.size() == 1 && key.columns.front() == column;
  });
}

/// Of a type that SQLite has never heard of, by the affinity that it gives the column.
/// Source: https://www.sqlite.org/datatype3.html#determination_of_column_affinity
std::string type_by_affinity(std::string_view declared) {
  std::string upper(declared);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  const auto has = [&](std::string_view part) { return upper.find(part) != std::string::npos; };
  if (has("INT")) return "std::int64_t";
  if (has("CHAR") || has("CLOB") || has("TEXT")) return "std::string";
  if (has("BLOB")) return "tp::bytes";
  if (has("REAL") || has("FLOA") || has("DOUB")) return "double";
  return "tp::decimal";
}

std::string_view plain_type(type_kind kind) {
  switch (kind) {
    case type_kind::boolean: return "bool";
    case type_kind::int16: return "std::int16_t";
    case type_kind::int32: return "std::int32_t";
    case type_kind::int64: return "std::int64_t";
    case type_kind::float32: return "float";
    case type_kind::float64: return "double";
    case type_kind::text: return "std::string";
    case type_kind::bytes: return "tp::bytes";
    case type_kind::timestamp: return "tp::timestamp";
    case type_kind::date: return "tp::date";
    case type_kind::uuid: return "tp::uuid";
    case type_kind::decimal: return "tp::decimal";
    case type_kind::json: return "tp::json";
    case type_kind::time_of_day: return "tp::time_of_day";
    case type_kind::interval: return "tp::interval";
    default: return {};
  }
}

/// Whether a model takes a field of this type for its primary key.
bool can_be_key(const planned_field& field) {
  return field.type != "float" && field.type != "double" && field.type != "tp::json" && field.type != "tp::interval" &&
         !field.type.starts_with("std::vector");
}

class model_planner {
public:
  model_planner(const schema_definition& schema, const schema_dialect& rules, const std::vector<std::string>& only)
      : source_(schema),
        rules_(rules),
        tables_(speakable(schema, only, plan_.left_out)),
        has_native_types_(rules.type_text(column_type::native_or_text("inet")) == "inet") {}

  model_plan run() {
    for (const char* name : {"model", "fields", "mixin"}) members_.insert(name);
    for (const table_definition& table : tables_.tables)
      struct_names_.push_back(free_name(types_, struct_name(table.name)));
    plan_enums();
    for (std::size_t i = 0; i < tables_.tables.size(); ++i) plan_model(std::move(tables_.tables[i]), struct_names_[i]);
    return std::move(plan_);
  }

private:
  void say(const std::string& what, const std::string& why) { plan_.left_out.push_back(what + ": " + why); }

  void plan_enums() {
    for (const enum_definition& type : source_.enums) {
      if (!is_used(type)) {
        say("enum " + type.name, "no column of these models is of it");
        continue;
      }
      const bool speakable_values =
          type.values.size() <= most_enumerators && std::all_of(type.values.begin(), type.values.end(), is_cpp_name);
      if (!speakable_values) {
        say("enum " + type.name,
            "its values are no names in C++: its columns are texts, and a migration has to make it");
        continue;
      }
      plan_.enums.push_back({free_name(types_, pascal_case(snake_case(cpp_name(type.name)))), &type});
    }
  }
  bool is_used(const enum_definition& type) const {
    return std::any_of(tables_.tables.begin(), tables_.tables.end(), [&](const table_definition& table) {
      return std::any_of(table.columns.begin(), table.columns.end(), [&](const column_definition& column) {
        return column.type.kind == type_kind::enumeration && column.type.native == type.name;
      });
    });
  }

  void plan_model(table_definition table, const std::string& name) {
    planned_model model;
    model.name = name;
    model.table = std::move(table);
    model.taken = members_;
    model.taken.insert(types_.begin(), types_.end());
    name_members(model);
    for (std::size_t i = 0; i < model.fields.size(); ++i)
      give_type(model.table, model.table.columns[i], model.fields[i]);
    check_key(model);
    check_search(model);
    plan_.models.push_back(std::move(model));
  }

  /// The names that need the fewest words: in snake case, or as they are.
  static void name_members(planned_model& model) {
    std::size_t odd_in_snake_case = 0;
    std::size_t odd_as_written = 0;
    for (const column_definition& column : model.table.columns) {
      odd_in_snake_case += snake_case(cpp_name(snake_case(column.name))) != column.name ? 1U : 0U;
      odd_as_written += cpp_name(column.name) != column.name ? 1U : 0U;
    }
    model.names_as_written = odd_as_written < odd_in_snake_case;
    for (const column_definition& column : model.table.columns) {
      const std::string wanted = cpp_name(model.names_as_written ? column.name : snake_case(column.name));
      planned_field& field = model.fields.emplace_back();
      field.member = model.taken.contains(wanted) && !wanted.ends_with('_') ? free_name(model.taken, wanted + "_")
                                                                            : free_name(model.taken, wanted);
      field.named = (model.names_as_written ? field.member : snake_case(field.member)) != column.name;
    }
  }

  void give_type(const table_definition& table, column_definition& column, planned_field& field) {
    for (std::string_view word : {"TRUE", "FALSE"}) {
      if (column.default_sql && equal_identifiers(*column.default_sql, word)) column.default_sql = word;
    }
    column_type element = column.type;
    element.array = false;
    field.type = element_type(column, element, field.native);
    if (column.type.array && !field.type.empty()) {
      const bool sized = (element.kind == type_kind::text && element.length != 0) ||
                         (element.kind == type_kind::decimal && element.precision != 0);
      field.type = "std::vector<" + field.type + ">";
      if (sized) field.native = rules_.type_text(column.type);
      if (!field.native.empty()) field.native = rules_.type_text(column.type);
    }
    // A key that the database makes is an integer of 32 or 64 bits.
    if (column.identity && column.type.is(type_kind::int16)) {
      field.type = "std::int32_t";
      field.native = rules_.type_text(column.type);
    }
    if (!field.native.empty()) {
      column.type = column_type::spelled(field.native);
    } else if (element.kind == type_kind::native) {
      column.type = column_type::native_or_text(native_name(element));
      column.type.array = field.type.starts_with("std::vector");
    }
    if (column.identity && refers_by(table, column.name)) {
      say("identity of " + table.name + "." + column.name, "the key refers to another table, so the program gives it");
      column.identity = column.identity_always = false;
    }
  }

  /// `native`: what the type leaves to be said.
  std::string element_type(const column_definition& column, column_type& element, std::string& native) {
    if (element.kind == type_kind::enumeration) {
      for (const planned_enum& known : plan_.enums) {
        if (known.definition->name == element.native) return known.name;
      }
      const bool plain = snake_case(element.native) == element.native && is_cpp_name(element.native);
      element = column_type::spelled(plain ? element.native : rules_.type_text(element));
    }
    if (element.kind == type_kind::native_or_text) element = column_type::spelled(element.native);
    if (element.kind == type_kind::native) {
      if (!has_native_types_) {
        native = element.native;
        return type_by_affinity(element.native);
      }
      // format_type() writes an array of what is not known here as it is called.
      if (element.native.ends_with("[]") && !column.type.array) {
        return "std::vector<tp::native<" + cpp_literal(native_name(element)) + ">>";
      }
      return "tp::native<" + cpp_literal(element.native) + ">";
    }
    if (element.kind == type_kind::decimal && element.scale > element.precision) native = rules_.type_text(column.type);
    return std::string(plain_type(element.kind));
  }
  static std::string native_name(const column_type& type) {
    const std::string& name = type.native;
    return name.ends_with("[]") ? name.substr(0, name.size() - 2) : name;
  }

  void check_key(planned_model& model) {
    key_definition& key = model.table.primary_key;
    for (const std::string& column : key.columns) {
      if (can_be_key(model.field(column))) continue;
      say("primary key of " + model.table.name, "a " + model.field(column).type + " has no exact equality");
      key = {};
      break;
    }
    if (key.columns.size() != 1) return;
    const planned_field& field = model.field(key.columns[0]);
    model.key_by_default = field.member == "id" || (model.names_as_written && field.member == "Id");
  }

  /// Words are searched in texts.
  void check_search(planned_model& model) {
    std::erase_if(model.table.indexes, [&](const index_definition& index) {
      const bool texts = std::all_of(index.columns.begin(), index.columns.end(), [&](const index_column& column) {
        return !index.is_search() || model.field(column.name).type == "std::string";
      });
      if (!texts) say("index " + index.name + " on " + model.table.name, "a model searches fields of std::string");
      return !texts;
    });
  }

  const schema_definition& source_;
  const schema_dialect& rules_;
  model_plan plan_;
  schema_definition tables_;
  bool has_native_types_;
  std::set<std::string> types_;    // names of structs and enums
  std::set<std::string> members_;  // that no field may have
  std::vector<std::string> struct_names_;
};

}  // namespace

const planned_field& planned_model::field(std::string_view column) const {
  std::size_t i = 0;
  while (table.columns[i].name != column) ++i;
  return fields[i];
}

schema_definition model_plan::schema() const {
  schema_definition made;
  for (const planned_model& model : models) made.add(model.table);
  for (const planned_enum& type : enums) made.enums.push_back(*type.definition);
  return with_names(made);
}

model_plan plan_models(const schema_definition& schema, const schema_dialect& rules,
                       const std::vector<std::string>& only) {
  model_plan plan = model_planner(schema, rules, only).run();
  plan_relations(plan);
  return plan;
}

}  // namespace tupelo
