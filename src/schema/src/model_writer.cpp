// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/model_writer.hpp"

#include "model_plan.hpp"
#include "source_writer.hpp"

#include <tupelo/query/sql_text.hpp>

#include <algorithm>
#include <cstddef>

namespace tupelo {
namespace {

constexpr std::size_t most_reflected = 64;  // fields of an aggregate; others list them

/// The text as tp::raw() takes it.
std::string raw_text(const std::string& sql) {
  std::string out;
  std::size_t copied = 0;
  for (const sql_token& token : sql_tokens(sql)) {
    if (token.text != "?") continue;
    const auto behind = static_cast<std::size_t>(token.text.data() - sql.data()) + 1;
    out.append(sql, copied, behind - copied);
    out += '?';
    copied = behind;
  }
  return out.append(sql, copied, std::string::npos);
}
std::string raw_condition(const std::string& sql) { return "tp::raw<bool>(" + cpp_literal(raw_text(sql)) + ")"; }

std::string_view field_of(relation_kind kind) {
  switch (kind) {
    case relation_kind::has_many: return "has_many";
    case relation_kind::has_one: return "has_one";
    case relation_kind::many_to_many: return "many_to_many";
    default: return "belongs_to";
  }
}

/// Whether a member of this type is written with `{}`: it would begin with any value.
bool needs_a_value(const std::string& type) {
  return !type.starts_with("std::string") && !type.starts_with("std::vector") && !type.starts_with("tp::native") &&
         type != "tp::bytes" && type != "tp::json" && type != "tp::decimal";
}

class writer {
public:
  explicit writer(const model_plan& plan) : plan_(plan) {}

  std::string text() {
    std::string types;
    for (const planned_enum& type : plan_.enums) types += enum_text(type);
    if (!types.empty()) types += '\n';
    for (const planned_model& model : plan_.models) types += "struct " + model.name + ";\n";
    for (const planned_model& model : plan_.models) types += "\n" + struct_text(model);
    std::string descriptions;
    for (const planned_model& model : plan_.models) descriptions += "\n" + description(model);
    return head() + types + descriptions + tail();
  }

private:
  std::string head() const {
    std::string out = "// Models of the tables that the database had when this was written. It is yours to change.\n";
    if (!plan_.left_out.empty()) out += "//\n// The database has what these models cannot say:\n";
    for (const std::string& one : plan_.left_out) {
      std::string line = one;
      for (char& c : line) {
        if (c == '\n' || c == '\r') c = ' ';
      }
      while (line.ends_with('\\')) line.pop_back();  // which would take the next line along
      out += "//   " + line + "\n";
    }
    out += "#pragma once\n\n#include <tupelo/tupelo.hpp>\n";
    if (uses_raw()) out += "#include <tupelo/query/raw_term.hpp>\n";
    out +=
        "\n#include <cstdint>\n#include <optional>\n#include <string>\n#include <vector>\n\nnamespace tp = tupelo;\n\n";
    return out;
  }

  bool uses_raw() const {
    return std::any_of(plan_.models.begin(), plan_.models.end(), [](const planned_model& model) {
      const table_definition& table = model.table;
      const auto conditional = [](const auto& item) { return !item.where.empty(); };
      return !table.checks.empty() || std::any_of(table.indexes.begin(), table.indexes.end(), conditional) ||
             std::any_of(table.exclusions.begin(), table.exclusions.end(), conditional);
    });
  }

  /// What the project's own tool has to be told.
  std::string tail() const {
    std::string names;
    std::size_t length = 0;
    for (const planned_model& model : plan_.models) {
      const bool full = length + model.name.size() > 90;
      if (!names.empty()) names += full ? ",\n//     " : ", ";
      length = full ? model.name.size() : length + model.name.size() + 2;
      names += model.name;
    }
    return names.empty() ? std::string() : "\n// In manage.cpp: tp::cli::main<\n//     " + names + ">(argc, argv)\n";
  }

  static std::string enum_text(const planned_enum& type) {
    std::string values;
    for (const std::string& value : type.definition->values) values += (values.empty() ? "" : ", ") + value;
    return "enum class " + type.name + " : std::uint8_t { " + values + " };\n";
  }

  std::string struct_text(const planned_model& model) const {
    std::string out = "struct " + model.name + " {\n";
    std::vector<std::string> members;
    for (std::size_t i = 0; i < model.fields.size(); ++i) {
      const planned_field& field = model.fields[i];
      const bool nullable = model.table.columns[i].nullable;
      out += "  " + (nullable ? "std::optional<" + field.type + ">" : field.type) + " " + field.member +
             (!nullable && needs_a_value(field.type) ? "{};\n" : ";\n");
      members.push_back(field.member);
    }
    for (const planned_relation& relation : model.relations) {
      out += "  tp::" + std::string(field_of(relation.kind)) + "<" + plan_.models[relation.related].name + "> " +
             relation.member + ";\n";
      members.push_back(relation.member);
    }
    out += "\n  static void model(tp::model<" + model.name + ">& m);\n";
    if (members.size() > most_reflected) {
      out += "  static constexpr auto fields() {\n    return tp::fields<";
      for (std::size_t i = 0; i < members.size(); ++i) {
        out += (i == 0 ? "" : i % 4 == 0 ? ",\n                      " : ", ") + ("&" + model.name) + "::" + members[i];
      }
      out += ">;\n  }\n";
    }
    return out + "};\n";
  }

  static std::string field(const planned_model& model, const std::string& column) {
    return "&" + model.name + "::" + model.field(column).member;
  }
  static std::string fields(const planned_model& model, const std::vector<std::string>& columns) {
    std::string out;
    for (const std::string& column : columns) out += (out.empty() ? "" : ", ") + field(model, column);
    return out;
  }
  static std::string term(const planned_model& model, const index_column& column) {
    return column.is_expression() ? cpp_literal(column.expression) : field(model, column.name);
  }

  std::string description(const planned_model& model) const {
    const table_definition& table = model.table;
    std::string out = "inline void " + model.name + "::model(tp::model<" + model.name + ">& m) {\n";
    const auto say = [&](const call_chain& chain) { out += chain.text(2); };
    if (model.names_as_written) say(call_chain("m.names_as_written()"));
    say(call_chain("m.table(" + cpp_literal(table.name) + ")"));
    if (!table.comment.empty()) say(call_chain("m.comment(" + cpp_literal(table.comment) + ")"));
    for (std::size_t i = 0; i < table.columns.size(); ++i) write_column(out, model, i);
    write_key(out, model);
    for (const key_definition& unique : table.uniques) {
      call_chain chain("m.unique(" + fields(model, unique.columns) + ")");
      if (unique.nulls_not_distinct) chain.then("nulls_not_distinct()");
      if (unique.deferrable) chain.then("deferrable()");
      if (unique.name != conventional_name(table, unique)) chain.then("named(" + cpp_literal(unique.name) + ")");
      say(chain);
    }
    for (const index_definition& index : table.indexes) say(index_chain(model, index));
    for (const check_definition& check : table.checks) {
      say(call_chain("m.check(" + cpp_literal(check.name) + ", " + raw_condition(check.expression) + ")"));
    }
    for (const exclusion_definition& exclusion : table.exclusions) say(exclusion_chain(model, exclusion));
    write_keys(out, model);
    for (const planned_relation& relation : model.relations) write_relation(out, model, relation);
    return out + "}\n";
  }

  void write_column(std::string& out, const planned_model& model, std::size_t i) const {
    const column_definition& column = model.table.columns[i];
    const planned_field& planned = model.fields[i];
    const std::string member = "&" + model.name + "::" + planned.member;
    call_chain chain("m.column(" + member + ")");
    const bool plain = planned.native.empty() && !column.type.array;
    if (planned.named) chain.then("named(" + cpp_literal(column.name) + ")");
    if (plain && column.type.is(type_kind::text) && column.type.length != 0) {
      chain.then("length(" + std::to_string(column.type.length) + ")");
    }
    if (plain && column.type.is(type_kind::decimal) && column.type.precision != 0) {
      chain.then("precision(" + std::to_string(column.type.precision) + ", " + std::to_string(column.type.scale) + ")");
    }
    if (!planned.native.empty()) chain.then("native_type(" + cpp_literal(planned.native) + ")");
    if (!column.collation.empty()) chain.then("collation(" + cpp_literal(column.collation) + ")");
    if (column.default_sql) chain.then(cpp_default(*column.default_sql));
    if (!column.comment.empty()) chain.then("comment(" + cpp_literal(column.comment) + ")");
    if (chain.has_calls()) out += chain.text(2);
    if (column.is_computed()) {
      call_chain generated("m.generated(" + member + ", " + cpp_literal(column.computed_sql) + ")");
      if (column.computed_at_read) generated.then("not_stored()");
      out += generated.text(2);
    }
    if (column.type.kind == type_kind::enumeration) {
      out += call_chain("m.native_enum(" + member + ")").then("named(" + cpp_literal(column.type.native) + ")").text(2);
    }
  }

  void write_key(std::string& out, const planned_model& model) const {
    const table_definition& table = model.table;
    const key_definition& key = table.primary_key;
    if (key.columns.empty()) {
      out += "  m.no_primary_key();\n";
      return;
    }
    if (!model.key_by_default) out += call_chain("m.primary_key(" + fields(model, key.columns) + ")").text(2);
    if (key.name != conventional_primary_key_name(table)) {
      out += call_chain("m.key_named(" + cpp_literal(key.name) + ")").text(2);
    }
    if (key.columns.size() != 1) return;
    const column_definition& column = *table.find_column(key.columns[0]);
    const std::string& type = model.field(column.name).type;
    if (column.identity_always) out += "  m.key_always_generated();\n";
    if (!column.identity && (type == "std::int32_t" || type == "std::int64_t")) out += "  m.key_not_generated();\n";
  }

  static call_chain index_chain(const planned_model& model, const index_definition& index) {
    std::string terms;
    for (const index_column& column : index.columns) terms += (terms.empty() ? "" : ", ") + term(model, column);
    call_chain chain(index.is_search() ? "m.search_index(" + cpp_literal(index.language) + ", " + terms + ")"
                                       : "m.index(" + terms + ")");
    for (const index_column& column : index.columns) {
      const std::string named = term(model, column);
      if (column.descending) chain.then("descending(" + named + ")");
      if (column.nulls == index_nulls::first) chain.then("nulls_first(" + named + ")");
      if (column.nulls == index_nulls::last) chain.then("nulls_last(" + named + ")");
      if (column.weight != 0 && column.weight != 'D') chain.then("weight(" + named + ", '" + column.weight + "')");
      if (!column.operator_class.empty()) {
        chain.then("operator_class(" + named + ", " + cpp_literal(column.operator_class) + ")");
      }
      if (!column.collation.empty()) chain.then("collation(" + named + ", " + cpp_literal(column.collation) + ")");
    }
    if (!index.method.empty()) chain.then("using_method(" + cpp_literal(index.method) + ")");
    if (!index.include.empty()) chain.then("include(" + fields(model, index.include) + ")");
    if (index.unique) chain.then("unique()");
    if (index.nulls_not_distinct) chain.then("nulls_not_distinct()");
    if (!index.where.empty()) chain.then("where(" + raw_condition(index.where) + ")");
    if (index.name != conventional_name(model.table, index)) chain.then("named(" + cpp_literal(index.name) + ")");
    return chain;
  }

  static call_chain exclusion_chain(const planned_model& model, const exclusion_definition& exclusion) {
    call_chain chain("m.exclude(" + cpp_literal(exclusion.name) + ")");
    for (const exclusion_term& one : exclusion.terms) {
      chain.then("with(" + term(model, one.of) + ", " + cpp_literal(one.with) + ")");
    }
    if (!exclusion.method.empty()) chain.then("using_method(" + cpp_literal(exclusion.method) + ")");
    if (!exclusion.where.empty()) chain.then("where(" + raw_condition(exclusion.where) + ")");
    if (exclusion.deferrable) chain.then("deferrable()");
    return chain;
  }

  const planned_model* find(const std::string& table) const {
    for (const planned_model& model : plan_.models) {
      if (model.table.name == table) return &model;
    }
    return nullptr;
  }

  void refine_key(call_chain& chain, const planned_model& model, const foreign_key_definition& key,
                  bool related) const {
    const planned_model& to = *find(key.references);
    if (key.referenced_columns != to.table.primary_key.columns) {
      chain.then("references(" + fields(to, key.referenced_columns) + ")");
    } else if (!related) {
      chain.then("references<" + to.name + ">()");
    }
    if (key.on_delete != referential_action::no_action) {
      chain.then("on_delete(" + std::string(cpp_action(key.on_delete)) + ")");
    }
    if (key.on_update != referential_action::no_action) {
      chain.then("on_update(" + std::string(cpp_action(key.on_update)) + ")");
    }
    if (key.deferrable) chain.then("deferrable()");
    if (key.name != conventional_name(model.table, key)) chain.then("named(" + cpp_literal(key.name) + ")");
  }

  /// Those that no relation goes by.
  void write_keys(std::string& out, const planned_model& model) const {
    for (std::size_t i = 0; i < model.table.foreign_keys.size(); ++i) {
      const bool related =
          std::any_of(model.relations.begin(), model.relations.end(), [&](const planned_relation& relation) {
            return relation.kind == relation_kind::belongs_to && relation.foreign_key == i;
          });
      if (related) continue;
      const foreign_key_definition& key = model.table.foreign_keys[i];
      call_chain chain("m.foreign_key(" + fields(model, key.columns) + ")");
      refine_key(chain, model, key, false);
      out += chain.text(2);
    }
  }

  void write_relation(std::string& out, const planned_model& model, const planned_relation& relation) const {
    std::string arguments = "&" + model.name + "::" + relation.member;
    if (relation.kind == relation_kind::belongs_to) {
      const foreign_key_definition& key = model.table.foreign_keys[relation.foreign_key];
      call_chain chain("m.belongs_to(" + arguments + ", " + fields(model, key.columns) + ")");
      refine_key(chain, model, key, true);
      out += chain.text(2);
      return;
    }
    if (relation.kind == relation_kind::many_to_many) {
      arguments += ", " + cpp_literal(relation.join_table) + ", " + cpp_literal(relation.key) + ", " +
                   cpp_literal(relation.related_key);
    }
    for (const std::string& column : relation.columns) arguments += ", " + cpp_literal(column);
    out += call_chain("m." + std::string(field_of(relation.kind)) + "(" + arguments + ")").text(2);
  }

  const model_plan& plan_;
};

}  // namespace

model_source write_models(const schema_definition& schema, const schema_dialect& rules,
                          const std::vector<std::string>& only) {
  model_plan plan = plan_models(schema, rules, only);
  model_source source;
  source.text = writer(plan).text();
  for (const planned_model& model : plan.models) source.models.push_back({model.name, model.table.name});
  source.schema = plan.schema();
  source.left_out = std::move(plan.left_out);
  return source;
}

}  // namespace tupelo
