// SPDX-License-Identifier: Apache-2.0
#include "likeness.hpp"
#include "model_plan.hpp"

#include <tupelo/query/schema_operation.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <utility>

namespace tupelo {
namespace {

constexpr std::size_t longest_definition = 100;  // that stands beside a name, in bytes; --json has the others
constexpr std::size_t most_columns = 240;        // a struct has 255 fields at most, relations among them

/// A table is built of what can be built, one piece after the other.
class builder {
public:
  builder(schema_definition& schema, std::vector<std::string>& left_out) : schema_(schema), left_out_(left_out) {}

  void add(const table_definition& table) {
    if (table.columns.size() > most_columns) {
      return say("table " + table.name, "it has more columns than a model can have fields");
    }
    table_definition bare;
    bare.name = table.name;
    bare.columns = table.columns;
    bare.primary_key = table.primary_key;
    bare.comment = table.comment;
    for (column_definition& column : bare.columns) without_lone_identity(bare, column);
    if (!apply(ddl::create_table{std::move(bare)}, "table " + table.name)) return;
    const std::string on = " on " + table.name;
    for (const key_definition& unique : table.uniques) {
      apply(ddl::add_unique{table.name, unique}, "unique constraint " + unique.name + on);
    }
    for (const index_definition& index : table.indexes) add(table, index);
    for (const check_definition& check : table.checks) {
      apply(ddl::add_check{table.name, check}, "check " + check.name + on);
    }
    for (const exclusion_definition& exclusion : table.exclusions) {
      const bool plain = std::all_of(exclusion.terms.begin(), exclusion.terms.end(), [](const exclusion_term& term) {
        return term.of.operator_class.empty() && !term.of.descending && term.of.collation.empty();
      });
      const std::string what = "exclusion constraint " + exclusion.name + on;
      if (!plain) say(what, "models have no words for operator classes of exclusion constraints");
      if (plain) apply(ddl::add_exclusion{table.name, exclusion}, what);
    }
  }

  void add_keys(const table_definition& table) {
    if (schema_.find(table.name) == nullptr) return;
    for (const foreign_key_definition& key : table.foreign_keys) {
      const std::string what = "foreign key " + key.name + " on " + table.name;
      if (key.on_delete == referential_action::set_null && holds_a_value(table, key)) {
        say(what, "ON DELETE SET NULL of a column that is not null");
      } else {
        apply(ddl::add_foreign_key{table.name, key}, what);
      }
    }
  }

private:
  void say(const std::string& what, const std::string& why) { left_out_.push_back(what + ": " + why); }

  bool apply(const schema_operation& operation, const std::string& what) {
    try {
      operation.apply_to(schema_);
      return true;
    } catch (const migration_error& refused) {
      say(what, refused.what());
      return false;
    }
  }

  void without_lone_identity(const table_definition& table, column_definition& column) {
    const bool key = table.primary_key.columns.size() == 1 && table.primary_key.columns.front() == column.name;
    if (!column.identity || key) return;
    say("identity of " + table.name + "." + column.name, "a model generates its primary key only");
    column.identity = column.identity_always = false;
  }

  void add(const table_definition& table, const index_definition& index) {
    const std::string what = "index " + index.name + " on " + table.name;
    for (auto term = index.columns.begin(); term != index.columns.end(); ++term) {
      const bool twice = std::any_of(index.columns.begin(), term,
                                     [&](const index_column& other) { return other.term() == term->term(); });
      if (!twice) continue;
      say(what, "it sorts by " + term->term() + " twice");
      return;
    }
    const table_definition& made = *schema_.find(table.name);
    const bool second =
        index.is_search() && std::any_of(made.indexes.begin(), made.indexes.end(),
                                         [](const index_definition& other) { return other.is_search(); });
    if (second) {
      say(what, "a model has one search index");
    } else {
      apply(ddl::add_index{table.name, index}, what);
    }
  }

  static bool holds_a_value(const table_definition& table, const foreign_key_definition& key) {
    return std::any_of(key.columns.begin(), key.columns.end(), [&](const std::string& name) {
      const column_definition* column = table.find_column(name);
      return column != nullptr && !column->nullable;
    });
  }

  schema_definition& schema_;
  std::vector<std::string>& left_out_;
};

std::string lower(std::string_view name) {
  std::string out(name);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

/// "; near are: users, user_roles"
std::string near_tables(const schema_definition& schema, std::string_view name) {
  constexpr double near = 0.6;
  constexpr std::size_t most = 5;
  std::vector<std::pair<double, std::string>> found;
  for (const table_definition& table : schema.tables) {
    const double alike = name_likeness(lower(table.name), lower(name));
    if (alike >= near) found.emplace_back(-alike, table.name);
  }
  std::sort(found.begin(), found.end());
  if (found.size() > most) found.resize(most);
  std::string out;
  for (const auto& [alike, table] : found) out += (out.empty() ? "; near are: " : ", ") + table;
  return out;
}

}  // namespace

schema_definition speakable(const schema_definition& schema, const std::vector<std::string>& only,
                            std::vector<std::string>& left_out) {
  for (const std::string& name : only) {
    if (schema.find(name) != nullptr) continue;
    throw configuration_error(errc::invalid_configuration, "the database has no table `" + name +
                                                               "` to write a model of" + near_tables(schema, name));
  }
  schema_definition made;
  made.enums = schema.enums;
  builder build(made, left_out);
  const auto wanted = [&](const table_definition& table) {
    return only.empty() || std::find(only.begin(), only.end(), table.name) != only.end();
  };
  for (const table_definition& table : schema.tables) {
    if (wanted(table)) build.add(table);
  }
  for (const table_definition& table : schema.tables) {
    if (wanted(table)) build.add_keys(table);
  }
  for (const composite_definition& type : schema.composites) {
    left_out.push_back("composite type " + type.name +
                       ": its columns are texts unless you write tp::composite, and a migration has to make it");
  }
  for (const schema_object& other : schema.others) {
    const bool short_text = !other.definition.empty() && other.definition.size() <= longest_definition &&
                            other.definition.find('\n') == std::string::npos;
    left_out.push_back(other.describe() + (short_text ? ": " + other.definition : std::string()));
  }
  return made;
}

}  // namespace tupelo
