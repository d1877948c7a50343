// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/generator.hpp"

#include "linter.hpp"
#include "source_writer.hpp"

#include "tupelo/schema/migrator.hpp"
#include "tupelo/schema/squash.hpp"
#include <tupelo/core/error.hpp>
#include <tupelo/core/timestamp.hpp>

#include <algorithm>
#include <utility>

namespace tupelo {
namespace {

/// Whether it can stand in an alter_table beside others.
bool changes_a_table(const schema_operation& operation) {
  return !operation.table().empty() && !std::holds_alternative<ddl::create_table>(operation.data) &&
         !std::holds_alternative<ddl::drop_table>(operation.data) &&
         !std::holds_alternative<ddl::rename_table>(operation.data);
}

/// What to look at before the migration is applied; empty for what cannot hurt.
std::string warning(const schema_operation& operation, const std::vector<moved_column>& moved) {
  if (const auto* drop = std::get_if<ddl::drop_table>(&operation.data)) {
    return "drops table " + drop->table.name + " with all its rows";
  }
  if (const auto* drop = std::get_if<ddl::drop_column>(&operation.data)) {
    for (const moved_column& column : moved) {
      if (column.from != drop->table || column.column != drop->column.name) continue;
      return column.describe() + ": to keep its values, drop it in a later migration only, and before that carry\n" +
             "them over" + (column.several ? ", the greatest of several, " : " ") + "in one of its own:\n" +
             column.fill;
    }
    return "drops column " + drop->table + "." + drop->column.name + " with all its values";
  }
  if (const auto* change = std::get_if<ddl::change_enum>(&operation.data)) {
    for (const std::string& value : change->from.values) {
      const auto& left = change->to.values;
      if (std::find(left.begin(), left.end(), value) != left.end()) continue;
      return "fails while a row has the value " + value + " of the enum " + change->to.name + ", which is gone";
    }
    return {};
  }
  if (const auto* change = std::get_if<ddl::change_composite>(&operation.data)) {
    for (const composite_attribute& attribute : change->from.attributes) {
      if (change->to.find(attribute.name) != nullptr) continue;
      return "drops attribute " + attribute.name + " of the composite type " + change->to.name + " with all its values";
    }
    return {};
  }
  if (const auto* proof = std::get_if<ddl::validate_constraint>(&operation.data)) {
    return "fails while a row of " + proof->table + " breaks " + proof->name + ": correct those first";
  }
  if (const auto* add = std::get_if<ddl::add_column>(&operation.data)) {
    if (add->column.nullable || add->column.default_sql || add->column.identity || add->column.is_computed()) return {};
    return "rows of " + add->table + " need a value for " + add->column.name + ": add .default_value(…) or .null()";
  }
  if (const auto* alter = std::get_if<ddl::alter_column>(&operation.data)) {
    if (alter->to.is_computed() && !alter->from.is_computed()) {
      return "replaces the values of " + alter->table + "." + alter->to.name + " by computed ones";
    }
    if (!alter->from.nullable || alter->to.nullable || alter->to.default_sql) return {};
    return "fails while a row of " + alter->table + " has no " + alter->to.name + ": give those a value first";
  }
  return {};
}

/// What a step back does not bring back; empty where it brings back everything.
std::string loss(const schema_operation& back) {
  if (const auto* make = std::get_if<ddl::create_table>(&back.data)) {
    return "makes table " + make->table.name + " again without the rows that it had";
  }
  if (const auto* add = std::get_if<ddl::add_column>(&back.data)) {
    const column_definition& column = add->column;
    if (column.is_computed()) return {};
    const bool needed = !column.nullable && !column.default_sql && !column.identity;
    return "brings " + add->table + "." + column.name + " back without the values that it had" +
           (needed ? ", which rows need: add .default_value(…) or .null()" : "");
  }
  if (const auto* change = std::get_if<ddl::change_composite>(&back.data)) {
    for (const composite_attribute& attribute : change->to.attributes) {
      if (change->from.find(attribute.name) != nullptr) continue;
      return "brings attribute " + attribute.name + " of the composite type " + change->to.name +
             " back without the values that it had";
    }
    return {};
  }
  const auto* alter = std::get_if<ddl::alter_column>(&back.data);
  if (alter == nullptr) return {};
  const std::string values = "values of " + alter->table + "." + alter->to.name;
  if (alter->from.is_computed() && !alter->to.is_computed()) return values + " stay as they were computed";
  if (type_loses(alter->to.type, alter->from.type)) return values + " stay as the other type has left them";
  const bool filled = alter->to.nullable && !alter->from.nullable && alter->from.default_sql;
  return filled ? "rows that had no " + alter->to.name + " keep its default" : std::string();
}

/// Every line of the text as a comment.
std::string commented(std::string_view text, std::size_t indent) {
  std::string out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += std::string(indent, ' ') + "// " + std::string(text.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return out;
}

std::string body(const std::vector<schema_operation>& operations, migrate::direction way,
                 const std::vector<moved_column>& moved = {}) {
  std::string out;
  auto write = [&](const schema_operation& operation, bool through_table, std::size_t indent) {
    const std::string said = way == migrate::direction::up ? warning(operation, moved) : loss(operation);
    if (!said.empty()) out += commented(said, indent);
    out += cpp_change(operation, through_table).text(indent);
  };
  for (std::size_t i = 0; i < operations.size();) {
    std::size_t end = i + 1;
    if (changes_a_table(operations[i])) {
      while (end < operations.size() && changes_a_table(operations[end]) &&
             operations[end].table() == operations[i].table()) {
        ++end;
      }
    }
    if (end == i + 1) {
      write(operations[i], false, 2);
    } else {
      out += "  db.alter_table(" + cpp_literal(operations[i].table()) + ", [](tp::table_editor& t) {\n";
      for (std::size_t k = i; k < end; ++k) write(operations[k], true, 4);
      out += "  });\n";
    }
    i = end;
  }
  return out;
}

std::string function_source(std::string_view name, const std::string& statements) {
  std::string head = "void " + std::string(name) + "(tp::schema_editor&";
  if (statements.empty()) return head + ") {}\n";
  std::size_t lines = 0;
  for (char c : statements) lines += c == '\n' ? 1U : 0U;
  std::string one_line = head + " db) { " + statements.substr(2, statements.size() - 3) + " }\n";
  if (lines == 1 && one_line.size() <= 100 && statements.find("//") == std::string::npos) return one_line;
  return head + " db) {\n" + statements + "}\n";
}

/// The inverses, or the reason why there are none.
std::string way_back(const std::vector<schema_operation>& operations) {
  for (const schema_operation& operation : operations) {
    std::string reason = operation.irreversible_reason();
    if (!reason.empty()) return "  db.irreversible(" + cpp_literal(reason) + ");\n";
  }
  return body(inverse_of(operations), migrate::direction::down);
}

/// `, after("1_users", "2_age")`; nothing where there are none.
std::string said_of_it(std::string_view word, const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + cpp_literal(name);
  return list.empty() ? std::string() : ", " + std::string(word) + "(" + list + ")";
}

std::string permissions(const std::vector<allowed_rule>& allowed) {
  std::string out;
  for (const allowed_rule& rule : allowed) {
    out += call_chain("db.allow(" + cpp_literal(rule.code) + ", " + cpp_literal(rule.reason) + ")").text(2);
  }
  return out;
}

migration_source file_of(std::string_view revision, const std::string& relations, const std::string& up,
                         const std::string& down) {
  if (revision.empty()) throw migration_error(errc::invalid_migration, "a migration needs a revision to be written");
  migration_source source;
  source.revision = revision;
  source.file_name = source.revision + ".cpp";
  source.text = "#include <tupelo/migration.hpp>\n";
  source.text += "TUPELO_MIGRATION(" + cpp_literal(revision) + relations + ")\n";
  source.text += function_source("up", up);
  source.text += function_source("down", down);
  return source;
}

}  // namespace

std::string make_revision(std::int64_t utc_us, std::string_view message) {
  std::string revision;
  for (char c : timestamp::from_micros(utc_us).to_string().substr(0, 19)) {
    if (c >= '0' && c <= '9') revision += c;
    if (c == ' ') revision += 'T';
  }
  constexpr std::size_t longest = 80;
  bool gap = true;
  for (char c : message) {
    char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    bool kept = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (kept && gap) revision += '_';
    if (kept) revision += lower;
    gap = !kept;
    if (revision.size() >= longest) break;
  }
  return revision.size() == 15 ? revision + "_migration" : revision;
}

migration_source generate_migration(std::string_view revision, const std::vector<std::string>& parents,
                                    const std::vector<schema_operation>& operations,
                                    const std::vector<moved_column>& moved, const std::vector<allowed_rule>& allowed) {
  return file_of(revision, said_of_it("after", parents),
                 permissions(allowed) + body(operations, migrate::direction::up, moved), way_back(operations));
}

migration_source generate_backfill(std::string_view revision, const std::vector<std::string>& parents,
                                   const std::vector<backfill_step>& rows) {
  std::string up;
  for (const backfill_step& step : rows) up += "  " + backfill_source(step) + "\n";
  return file_of(revision, said_of_it("after", parents), up, {});
}

migration_source generate_squash(std::string_view revision, const migrate::squash& of) {
  const std::string outside = of.outside_transaction ? "  db.outside_transaction();\n" : "";
  const std::string up = outside + permissions(of.allowed) + body(of.operations, migrate::direction::up);
  const std::string down = of.irreversible.empty() ? outside + way_back(of.operations)
                                                   : "  db.irreversible(" + cpp_literal(of.irreversible) + ");\n";
  return file_of(revision,
                 said_of_it("after", of.parents) + said_of_it("label", of.labels) + said_of_it("replaces", of.replaced),
                 up, down);
}

std::string backfill_source(const backfill_step& step) {
  return "db.backfill(" + cpp_literal(step.table) + ", " + cpp_literal(step.set) + ", " + cpp_literal(step.where) +
         ");";
}

std::string operation_source(const schema_operation& operation) {
  std::string text = cpp_change(operation, false).text(0);
  text.pop_back();
  return text;
}

}  // namespace tupelo
