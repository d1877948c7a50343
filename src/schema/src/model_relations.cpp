// SPDX-License-Identifier: Apache-2.0
#include "model_names.hpp"
#include "model_plan.hpp"

#include <tupelo/model/model_info.hpp>

#include <algorithm>
#include <utility>

namespace tupelo {
namespace {

constexpr std::size_t most_fields = 250;

/// What two columns have to have in common so that a relation can go by them.
std::string family(const std::string& type) {
  if (type.starts_with("std::int")) return "integer";
  if (type == "std::string" || type.starts_with("tp::native<")) return "text";
  return type;
}

class relation_planner {
public:
  explicit relation_planner(model_plan& plan) : plan_(plan) {}

  void run() {
    for (std::size_t i = 0; i < plan_.models.size(); ++i) add_references(i);
    for (std::size_t i = 0; i < plan_.models.size(); ++i) add_ways_back(i);
  }

private:
  planned_model& model(std::size_t i) { return plan_.models[i]; }
  /// Position of the table's model; every foreign key of a plan refers to a table of it.
  std::size_t find(const std::string& table) const {
    std::size_t i = 0;
    while (i < plan_.models.size() && plan_.models[i].table.name != table) ++i;
    return i;
  }
  static bool has_room(const planned_model& of) { return of.fields.size() + of.relations.size() < most_fields; }

  bool comparable(const planned_model& from, const foreign_key_definition& key, const planned_model& to) const {
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
      const std::string a = family(from.field(key.columns[i]).type);
      const std::string b = family(to.field(key.referenced_columns[i]).type);
      const bool enumerated = is_enum(a) || is_enum(b);
      const bool both_texts = (is_enum(a) || a == "text") && (is_enum(b) || b == "text");
      if (enumerated ? !both_texts : a != b) return false;
    }
    return true;
  }
  bool is_enum(const std::string& type) const {
    return std::any_of(plan_.enums.begin(), plan_.enums.end(),
                       [&](const planned_enum& known) { return known.name == type; });
  }

  void add_references(std::size_t from) {
    planned_model& of = model(from);
    std::vector<std::vector<std::string>> seen;
    for (std::size_t i = 0; i < of.table.foreign_keys.size(); ++i) {
      const foreign_key_definition& key = of.table.foreign_keys[i];
      std::vector<std::string> way = key.columns;
      way.push_back(key.references);
      // Of two keys that go the same way the second adds nothing.
      if (std::find(seen.begin(), seen.end(), way) != seen.end() || !has_room(of)) continue;
      const std::size_t to = find(key.references);
      if (!comparable(of, key, model(to))) continue;
      seen.push_back(std::move(way));
      planned_relation relation;
      relation.kind = relation_kind::belongs_to;
      relation.related = to;
      relation.foreign_key = i;
      relation.member = free_name(of.taken, cpp_name(name_of_one(key, model(to))));
      of.relations.push_back(std::move(relation));
    }
  }
  static std::string name_of_one(const foreign_key_definition& key, const planned_model& to) {
    const std::string stem = key.columns.size() == 1 ? key_stem(snake_case(cpp_name(key.columns[0]))) : std::string();
    return stem.empty() ? snake_case(to.name) : stem;
  }

  void add_ways_back(std::size_t from) {
    if (joins_two(model(from))) return add_join(from);
    std::vector<planned_relation> references;
    for (const planned_relation& relation : model(from).relations) {
      if (relation.kind == relation_kind::belongs_to) references.push_back(relation);
    }
    for (const planned_relation& reference : references) {
      const foreign_key_definition& key = model(from).table.foreign_keys[reference.foreign_key];
      planned_model& to = model(reference.related);
      if (!has_room(to)) continue;
      const bool alone = std::count_if(references.begin(), references.end(), [&](const planned_relation& other) {
                           return other.related == reference.related;
                         }) == 1;
      planned_relation back;
      back.kind = model(from).table.is_unique(key.columns) ? relation_kind::has_one : relation_kind::has_many;
      back.related = from;
      back.columns = key.columns;
      std::string name = snake_case(model(from).name);
      if (back.kind == relation_kind::has_many) name = pluralize(name);
      if (!alone || reference.related == from) name += "_by_" + reference.member;
      back.member = free_name(to.taken, cpp_name(name));
      to.relations.push_back(std::move(back));
    }
  }

  /// A table of nothing but two keys, which are its key.
  bool joins_two(const planned_model& of) {
    const table_definition& table = of.table;
    if (table.columns.size() != 2 || table.foreign_keys.size() != 2 || of.relations.size() != 2) return false;
    for (const foreign_key_definition& key : table.foreign_keys) {
      const planned_model& to = model(find(key.references));
      if (key.columns.size() != 1 || to.table.primary_key.columns != key.referenced_columns) return false;
      const std::string kind = family(to.field(key.referenced_columns[0]).type);
      if (kind != "integer" && kind != "text" && kind != "tp::uuid") return false;
    }
    return table.foreign_keys[0].columns != table.foreign_keys[1].columns &&
           table.is_unique({table.columns[0].name, table.columns[1].name});
  }

  void add_join(std::size_t by) {
    const table_definition& table = model(by).table;
    for (std::size_t side = 0; side < 2; ++side) {
      const foreign_key_definition& own = table.foreign_keys[side];
      const foreign_key_definition& other = table.foreign_keys[1 - side];
      planned_model& from = model(find(own.references));
      if (!has_room(from)) continue;
      planned_relation relation;
      relation.kind = relation_kind::many_to_many;
      relation.related = find(other.references);
      relation.join_table = table.name;
      relation.key = own.columns[0];
      relation.related_key = other.columns[0];
      relation.member = free_name(from.taken, cpp_name(pluralize(name_of_one(other, model(relation.related)))));
      from.relations.push_back(std::move(relation));
    }
  }

  model_plan& plan_;
};

}  // namespace

void plan_relations(model_plan& plan) { relation_planner(plan).run(); }

}  // namespace tupelo
