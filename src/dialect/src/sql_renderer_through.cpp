// SPDX-License-Identifier: Apache-2.0
// Relations that go through others, and columns that say of which model a key is.
#include "sql_renderer.hpp"

namespace tupelo {

namespace {

/// What the tables between are called where they are joined, and what their rows are called for the query around.
constexpr std::string_view between = "tupelo_way";
constexpr std::string_view link_column = "tupelo_link_";

void also(std::string& condition, const std::string& more) {
  if (!condition.empty()) condition += " AND ";
  condition += more;
}

}  // namespace

std::string sql_renderer::names_model(const std::string& column, const relation_keys& keys) const {
  std::string text = "'";
  for (const char c : keys.type_name) {
    text += c;
    if (c == '\'') text += c;
  }
  return column + " = " + text + "'";
}

std::string sql_renderer::names_model(const std::string& table, const field_info& field,
                                      const relation_keys& keys) const {
  return names_model(table + "." + quoted(field.column), keys);
}

sql_renderer::way sql_renderer::way_of(const relation_keys& keys) const {
  // Told apart by how deep the query stands that names them.
  const std::string own_names = std::string(between) + "_" + std::to_string(names_.size()) + "_";
  way made;
  std::string before;  // the table of the step before
  for (std::size_t i = 0; i < keys.steps.size(); ++i) {
    const relation_keys& step = keys.steps[i];
    const bool first = i == 0, last = i + 1 == keys.steps.size();
    const relation_kind kind = step.relation->kind;
    if (!first && (kind == relation_kind::belongs_to || kind == relation_kind::many_to_many)) made.repeats = true;
    const std::string name = own_names + std::to_string(i);
    const std::string table = quoted(name);
    std::vector<std::string> links;  // what equals the columns of the step's related table
    std::string joined_on;
    std::vector<const field_info*> reached = step.related_key;
    if (!step.has_join_table()) {
      for (const relation_keys::pair& pair : step.pairs) reached.push_back(pair.related);
    }
    if (step.has_join_table()) {
      const std::string join_name = own_names + "join_" + std::to_string(i);
      const std::string join = quoted(join_name);
      const std::string clause = quoted(step.relation->join_table) + " AS " + join;
      std::string on;
      if (!step.type_name.empty()) on = names_model(join + "." + quoted(step.relation->join_type), step);
      if (const std::string seen = visible_between(step, join_name); !seen.empty()) also(on, seen);
      if (first) {
        made.from = clause;
        for (const std::string& column : step.relation->join_key) made.owner.push_back(join + "." + quoted(column));
        if (!on.empty()) also(made.where, on);
      } else {
        for (std::size_t part = 0; part < step.pairs.size(); ++part) {
          also(on, join + "." + quoted(step.relation->join_key[part]) + " = " + before + "." +
                       quoted(step.pairs[part].own->column));
        }
        made.from += " JOIN " + clause + " ON " + on;
      }
      for (const std::string& column : step.relation->join_related_key) links.push_back(join + "." + quoted(column));
    } else if (!first) {
      for (const relation_keys::pair& pair : step.pairs) links.push_back(before + "." + quoted(pair.own->column));
    }
    if (last) {
      made.links = links;
      made.related = reached;
      break;
    }
    for (std::size_t j = 0; j < links.size(); ++j) {
      also(joined_on, table + "." + quoted(reached[j]->column) + " = " + links[j]);
    }
    if (step.type_field != nullptr) also(first ? made.where : joined_on, names_model(table, *step.type_field, step));
    const std::string clause = quoted(step.related->table) + " AS " + table;
    if (made.from.empty()) {
      made.from = clause;
      for (const relation_keys::pair& pair : step.pairs)
        made.owner.push_back(table + "." + quoted(pair.related->column));
    } else {
      made.from += " JOIN " + clause + " ON " + joined_on;
    }
    if (const std::string seen = visible(*step.related, name, {}); !seen.empty()) also(made.where, seen);
    before = table;
  }
  return made;
}

void sql_renderer::read_owners_through(select_parts& parts, std::uint32_t index) {
  const way between_both = way_of(loaded_);
  const std::string name = quoted(between);
  std::string sql = between_both.repeats ? "SELECT DISTINCT " : "SELECT ";
  std::string on;
  for (std::size_t part = 0; part < between_both.owner.size(); ++part) {
    sql += (part == 0 ? "" : ", ") + between_both.owner[part] + " AS " + owner_name(part);
    parts.join_owner.push_back(name + "." + owner_name(part));
    parts.owner += (part == 0 ? "" : ", ") + parts.join_owner.back();
  }
  for (std::size_t i = 0; i < between_both.links.size(); ++i) {
    const std::string link = quoted(std::string(link_column) + std::to_string(i + 1));
    sql += ", " + between_both.links[i] + " AS " + link;
    also(on, named(parts.id, *between_both.related[i]) + " = " + name + "." + link);
  }
  std::string where;
  among_owners(where, between_both.owner, index);
  if (!between_both.where.empty()) where += " AND " + between_both.where;
  const relation_keys& last = loaded_.steps.back();
  if (last.type_field != nullptr) also(on, names_model(named(parts.id, *last.type_field), last));
  parts.joins += " JOIN (" + sql + " FROM " + between_both.from + " WHERE " + where + ") AS " + name + " ON " + on;
}

std::string sql_renderer::leads(const select_parts& parts, const relation_keys& keys, const std::string& around) const {
  const way between_both = way_of(keys);
  std::string where;
  for (std::size_t part = 0; part < between_both.owner.size(); ++part) {
    also(where, between_both.owner[part] + " = " + around + "." + quoted(keys.pairs[part].own->column));
  }
  for (std::size_t i = 0; i < between_both.links.size(); ++i) {
    also(where, between_both.links[i] + " = " + named(parts.id, *between_both.related[i]));
  }
  if (!between_both.where.empty()) also(where, between_both.where);
  const relation_keys& last = keys.steps.back();
  if (last.type_field != nullptr) also(where, names_model(named(parts.id, *last.type_field), last));
  return "EXISTS (SELECT 1 FROM " + between_both.from + " WHERE " + where + ")";
}

}  // namespace tupelo
