// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/diff.hpp"

#include "table_changes.hpp"

#include <tupelo/query/sql_text.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tupelo {
namespace {

using names = std::set<std::string>;

/// Emits operations in order, each applied at once: what is emitted is valid where it stands.
class diff_planner {
public:
  diff_planner(const schema_definition& from, const schema_definition& to, const diff_options& options)
      : state_(with_names(from)), to_(to), options_(options) {
    if (options.live != nullptr) to_ = options.live->kept(to_);
    for (const table_definition& table : state_.tables) {
      for (const column_definition& column : table.columns) {
        if (!column.type.native.empty()) used_.insert(column.type.native);
      }
    }
    complete_references();
  }

  std::vector<schema_operation> run() {
    rename();
    rename_values();
    add_values();
    const std::size_t added = operations_.size();
    make_composites();
    classify();
    rename_parts();
    drop_blocking_keys();
    if (drop_early_) drop_tables();
    create_tables();
    for (const table_changes& changes : changes_) change_table(changes);
    for (auto& [table, key] : late_keys_) emit(ddl::add_foreign_key{table, key});
    if (!drop_early_) drop_tables();
    remove_values(operations_.size() == added);
    drop_composites();
    drop_enums();
    return std::move(operations_);
  }

private:
  void emit(schema_operation operation) {
    operation = operation.completed(state_);
    operation.apply_to(state_);
    operations_.push_back(std::move(operation));
  }

  /// A foreign key without columns references the other table's primary key.
  void complete_references() {
    for (table_definition& table : to_.tables) {
      for (foreign_key_definition& key : table.foreign_keys) {
        const table_definition* other = to_.find(key.references);
        if (key.referenced_columns.empty() && other != nullptr) key.referenced_columns = other->primary_key.columns;
      }
    }
  }

  void rename() {
    for (const rename_hint& hint : options_.renames) {
      if (!hint.enum_type.empty()) continue;
      bool happened = state_.find(hint.from) == nullptr || state_.find(hint.table) != nullptr;
      bool wanted = to_.find(hint.table) != nullptr && to_.find(hint.from) == nullptr;
      if (hint.column.empty() && !happened && wanted) emit(ddl::rename_table{hint.from, hint.table});
    }
    for (const rename_hint& hint : options_.renames) {
      const table_definition* now = state_.find(hint.table);
      const table_definition* then = to_.find(hint.table);
      if (!hint.enum_type.empty() || hint.column.empty() || now == nullptr || then == nullptr) continue;
      bool happened = now->find_column(hint.from) == nullptr || now->find_column(hint.column) != nullptr;
      bool wanted = then->find_column(hint.column) != nullptr && then->find_column(hint.from) == nullptr;
      if (!happened && wanted) emit(ddl::rename_column{hint.table, hint.from, hint.column});
    }
  }

  void rename_values() {
    for (const rename_hint& hint : options_.renames) {
      const enum_definition* now = state_.find_enum(hint.enum_type);
      const enum_definition* then = to_.find_enum(hint.enum_type);
      if (now == nullptr || then == nullptr) continue;
      const bool wanted = has(*then, hint.column) && !has(*then, hint.from);
      if (wanted && has(*now, hint.from) && !has(*now, hint.column)) {
        emit(ddl::rename_enum_value{hint.enum_type, hint.from, hint.column});
      }
    }
  }

  static bool has(const enum_definition& type, const std::string& value) {
    return std::find(type.values.begin(), type.values.end(), value) != type.values.end();
  }

  /// What is new comes before what uses it; what goes stays until nothing uses it.
  void add_values() {
    for (const enum_definition& wanted : to_.enums) {
      const enum_definition* now = state_.find_enum(wanted.name);
      if (now == nullptr) {
        emit(ddl::create_enum{wanted});
        continue;
      }
      const bool all_stay = std::all_of(now->values.begin(), now->values.end(),
                                        [&](const std::string& value) { return has(wanted, value); });
      enum_definition both = all_stay ? wanted : *now;
      for (std::size_t i = 0; i < wanted.values.size(); ++i) {
        if (has(both, wanted.values[i])) continue;
        auto place = both.values.begin();
        if (i != 0) place = std::find(both.values.begin(), both.values.end(), wanted.values[i - 1]) + 1;
        both.values.insert(place, wanted.values[i]);
      }
      if (both.values != now->values) emit(ddl::change_enum{*now, both});
    }
  }

  /// `nothing_between`: no other change came since the additions, so that one statement does both.
  void remove_values(bool nothing_between) {
    for (const enum_definition& wanted : to_.enums) {
      const enum_definition now = *state_.find_enum(wanted.name);
      if (now.values == wanted.values) continue;
      const auto addition =
          std::find_if(operations_.begin(), operations_.end(), [&](const schema_operation& operation) {
            const auto* change = std::get_if<ddl::change_enum>(&operation.data);
            return change != nullptr && change->to.name == wanted.name;
          });
      const ddl::change_enum removal{now, wanted};
      if (nothing_between && addition != operations_.end()) {
        std::get<ddl::change_enum>(addition->data).to = wanted;
        schema_operation(removal).apply_to(state_);
      } else {
        emit(removal);
      }
    }
  }

  bool same_attributes(const composite_definition& now, const composite_definition& wanted) const {
    return std::equal(now.attributes.begin(), now.attributes.end(), wanted.attributes.begin(), wanted.attributes.end(),
                      [&](const composite_attribute& a, const composite_attribute& b) {
                        if (options_.live == nullptr) return a == b;
                        return a.name == b.name && options_.live->same_column({.name = a.name, .type = a.type},
                                                                              {.name = b.name, .type = b.type});
                      });
  }
  static bool has_part(const composite_definition& type, const std::string& other) {
    return std::any_of(type.attributes.begin(), type.attributes.end(),
                       [&](const composite_attribute& part) { return part.type.is_of_composite(other); });
  }
  /// Types before those that have them as parts.
  void make_composites() {
    std::vector<composite_definition> waiting = to_.composites;
    while (!waiting.empty()) {
      const auto next = std::find_if(waiting.begin(), waiting.end(), [&](const composite_definition& type) {
        return std::none_of(waiting.begin(), waiting.end(), [&](const composite_definition& other) {
          return other.name != type.name && has_part(type, other.name);
        });
      });
      const composite_definition wanted = next == waiting.end() ? waiting.front() : *next;
      waiting.erase(next == waiting.end() ? waiting.begin() : next);
      const composite_definition* now = state_.find_composite(wanted.name);
      if (now == nullptr) {
        emit(ddl::create_composite{wanted});
      } else if (!same_attributes(*now, wanted)) {
        emit(ddl::change_composite{*now, wanted});
      }
    }
  }
  /// What nothing is of any more, those that have parts before these.
  void drop_composites() {
    std::vector<composite_definition> gone = state_.composites;
    std::erase_if(gone, [&](const composite_definition& type) {
      return to_.find_composite(type.name) != nullptr || is_spelled(type.name) ||
             (options_.live != nullptr && !used_.contains(type.name));
    });
    while (!gone.empty()) {
      const auto next = std::find_if(gone.begin(), gone.end(), [&](const composite_definition& type) {
        return std::none_of(state_.composites.begin(), state_.composites.end(),
                            [&](const composite_definition& other) { return has_part(other, type.name); });
      });
      if (next == gone.end()) return;  // parts of types that stay
      emit(ddl::drop_composite{*next});
      gone.erase(next);
    }
  }

  /// What no column is of any more. Types that somebody spells are somebody's own, and so are those of a live database
  /// that none of its columns was of.
  void drop_enums() {
    for (const enum_definition& type : std::vector<enum_definition>(state_.enums)) {
      if (to_.find_enum(type.name) != nullptr || is_spelled(type.name)) continue;
      if (options_.live == nullptr || used_.contains(type.name)) emit(ddl::drop_enum{type});
    }
  }
  bool is_spelled(const std::string& name) const {
    for (const composite_definition& type : to_.composites) {
      for (const composite_attribute& part : type.attributes) {
        if (part.type.is_of_composite(name)) return true;
        if (part.type.kind == type_kind::enumeration && part.type.native == name) return true;
      }
    }
    return std::any_of(to_.tables.begin(), to_.tables.end(), [&](const table_definition& table) {
      return std::any_of(table.columns.begin(), table.columns.end(), [&](const column_definition& column) {
        const bool spelled = column.type.kind == type_kind::native || column.type.kind == type_kind::native_or_text;
        return spelled && mentions_identifier(column.type.native, name);
      });
    });
  }

  void classify() {
    for (const table_definition& table : state_.tables) {
      const table_definition* wanted = to_.find(table.name);
      if (wanted == nullptr) {
        dropped_.insert(table.name);
        continue;
      }
      changes_.push_back(compare_tables(table, *wanted, options_.live));
      keep_free_names(table, *wanted, changes_.back());
      if (changes_.back().structural()) structural_.insert(table.name);
    }
    for (const table_definition& table : to_.tables) {
      if (state_.find(table.name) == nullptr) created_.insert(table.name);
    }
    names added_indexes;
    for (const table_changes& changes : changes_) {
      for (const auto& index : changes.add_indexes) added_indexes.insert(index.name);
    }
    for (const std::string& name : created_) {
      for (const auto& index : to_.find(name)->indexes) added_indexes.insert(index.name);
    }
    for (const std::string& name : dropped_) {
      const table_definition& table = *state_.find(name);
      for (const auto& key : table.foreign_keys) drop_early_ = drop_early_ || structural_.contains(key.references);
      for (const auto& index : table.indexes) drop_early_ = drop_early_ || added_indexes.contains(index.name);
    }
    reused_indexes_ = std::move(added_indexes);
  }

  /// An index cannot take the name of one of another table: it is made again instead, once that one is gone.
  void keep_free_names(const table_definition& table, const table_definition& wanted, table_changes& changes) const {
    std::erase_if(changes.rename_indexes, [&](const std::pair<std::string, std::string>& name) {
      const bool taken = std::any_of(state_.tables.begin(), state_.tables.end(), [&](const table_definition& other) {
        return other.find_index(name.second) != nullptr;
      });
      if (!taken) return false;
      changes.drop_indexes.push_back(*table.find_index(name.first));
      changes.add_indexes.push_back(*wanted.find_index(name.second));
      return true;
    });
  }

  /// Names first: others may be made under the former ones.
  void rename_parts() {
    for (const table_changes& changes : changes_) {
      for (const auto& [from, to] : changes.rename_indexes) emit(ddl::rename_index{changes.table, from, to});
      for (const auto& [from, to] : changes.rename_constraints) emit(ddl::rename_constraint{changes.table, from, to});
    }
  }

  /// Keys and index names that stand in the way of other tables' changes go first.
  void drop_blocking_keys() {
    for (table_changes& changes : changes_) {
      std::erase_if(changes.drop_foreign_keys, [&](const foreign_key_definition& key) {
        bool blocks = key.references != changes.table &&
                      (structural_.contains(key.references) || dropped_.contains(key.references));
        if (blocks) emit(ddl::drop_foreign_key{changes.table, key});
        return blocks;
      });
      std::erase_if(changes.drop_indexes, [&](const index_definition& index) {
        bool own = std::any_of(changes.add_indexes.begin(), changes.add_indexes.end(),
                               [&](const index_definition& added) { return added.name == index.name; });
        bool blocks = reused_indexes_.contains(index.name) && !own;
        if (blocks) emit(ddl::drop_index{changes.table, index});
        return blocks;
      });
    }
  }

  /// What nothing left over references goes next; in a ring, one table's keys go first.
  void drop_tables() {
    while (!dropped_.empty()) {
      auto free = std::find_if(dropped_.begin(), dropped_.end(), [&](const std::string& name) {
        return std::none_of(state_.tables.begin(), state_.tables.end(), [&](const table_definition& other) {
          return other.name != name && references(other, name);
        });
      });
      if (free == dropped_.end()) {
        break_ring();
        continue;
      }
      emit(ddl::drop_table{*state_.find(*free)});
      dropped_.erase(free);
    }
  }

  void break_ring() {
    const table_definition table = *state_.find(*dropped_.begin());
    for (const table_definition& other : schema_definition(state_).tables) {
      for (const foreign_key_definition& key : other.foreign_keys) {
        if (other.name != table.name && key.references == table.name) emit(ddl::drop_foreign_key{other.name, key});
      }
    }
  }

  static bool references(const table_definition& table, const std::string& other) {
    return std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(),
                       [&](const foreign_key_definition& key) { return key.references == other; });
  }

  /// Whether a key of a new table can be part of its creation.
  bool ready(const table_definition& table, const foreign_key_definition& key) const {
    return key.references == table.name ||
           (!created_.contains(key.references) && !structural_.contains(key.references));
  }

  void create_tables() {
    while (!created_.empty()) {
      auto keys_wait = [&](const std::string& name) {
        const table_definition& table = *to_.find(name);
        return std::count_if(table.foreign_keys.begin(), table.foreign_keys.end(),
                             [&](const foreign_key_definition& key) {
                               return key.references != name && created_.contains(key.references);
                             });
      };
      // In a ring, the one that waits for the fewest begins, and its keys come later.
      auto next = std::min_element(created_.begin(), created_.end(), [&](const std::string& a, const std::string& b) {
        return keys_wait(a) < keys_wait(b);
      });
      table_definition table = with_names(*to_.find(*next));
      std::erase_if(table.foreign_keys, [&](const foreign_key_definition& key) {
        bool wait = !ready(table, key);
        if (wait) late_keys_.emplace_back(table.name, key);
        return wait;
      });
      created_.erase(next);
      emit(ddl::create_table{std::move(table)});
    }
  }

  /// Those that are computed from others before these, or behind them.
  static std::vector<column_definition> computed_apart(std::vector<column_definition> columns, bool computed_first) {
    std::stable_partition(columns.begin(), columns.end(),
                          [&](const column_definition& column) { return column.is_computed() == computed_first; });
    return columns;
  }

  void change_table(const table_changes& c) {
    if (c.old_comment != c.new_comment) emit(ddl::comment_table{c.table, c.old_comment, c.new_comment});
    for (const auto& key : c.drop_foreign_keys) emit(ddl::drop_foreign_key{c.table, key});
    for (const auto& index : c.drop_indexes) emit(ddl::drop_index{c.table, index});
    for (const auto& check : c.drop_checks) emit(ddl::drop_check{c.table, check});
    for (const auto& exclusion : c.drop_exclusions) emit(ddl::drop_exclusion{c.table, exclusion});
    for (const auto& unique : c.drop_uniques) emit(ddl::drop_unique{c.table, unique});
    for (const auto& column : computed_apart(c.add_columns, false)) emit(ddl::add_column{c.table, column});
    // A column of the old key can hold NULL only once the key is another.
    auto waits = [&](const column_definition& to) {
      const auto& key = c.old_key.columns;
      return c.key_changes && to.nullable && std::find(key.begin(), key.end(), to.name) != key.end();
    };
    for (const auto& [from, to] : c.alter_columns) {
      if (!waits(to)) emit(ddl::alter_column{c.table, from, to});
    }
    if (c.key_changes) emit(ddl::change_primary_key{c.table, c.old_key, c.new_key});
    for (const auto& [from, to] : c.alter_columns) {
      if (waits(to)) emit(ddl::alter_column{c.table, from, to});
    }
    for (const auto& column : computed_apart(c.drop_columns, true)) emit(ddl::drop_column{c.table, column});
    for (const auto& unique : c.add_uniques) emit(ddl::add_unique{c.table, unique});
    for (const auto& check : c.add_checks) emit(ddl::add_check{c.table, check});
    for (const auto& exclusion : c.add_exclusions) emit(ddl::add_exclusion{c.table, exclusion});
    for (const auto& index : c.add_indexes) emit(ddl::add_index{c.table, index});
    for (const auto& key : c.add_foreign_keys) {
      bool wait = key.references != c.table && structural_.contains(key.references);
      if (wait) {
        late_keys_.emplace_back(c.table, key);
      } else {
        emit(ddl::add_foreign_key{c.table, key});
      }
    }
  }

  schema_definition state_;
  schema_definition to_;
  const diff_options& options_;
  std::vector<schema_operation> operations_;
  std::vector<table_changes> changes_;
  names used_;  // enums and composites that columns were of
  names created_;
  names dropped_;
  names structural_;      // tables whose keys may not be there while they are changed
  names reused_indexes_;  // names of indexes that are new somewhere
  bool drop_early_ = false;
  std::vector<std::pair<std::string, foreign_key_definition>> late_keys_;
};

}  // namespace

std::vector<schema_operation> diff(const schema_definition& from, const schema_definition& to,
                                   const diff_options& options) {
  return diff_planner(from, to, options).run();
}

}  // namespace tupelo
