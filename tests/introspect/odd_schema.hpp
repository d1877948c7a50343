// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/ddl.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace tupelo {

enum class odd_database : std::uint8_t { sqlite, postgres };

/// Makes schemas as they are found in the wild: odd names, some of them alike in C++, keys of every kind and none,
/// rings of foreign keys, join tables, types, indexes and conditions that only one database has. The same for the same
/// seed.
class odd_schema {
public:
  odd_schema(std::uint32_t seed, odd_database database)
      : random_(seed), postgres_(database == odd_database::postgres) {}

  /// Of 1 to 7 tables, or so many.
  schema_definition make(std::uint32_t tables = 0) {
    schema_definition schema;
    if (postgres_) schema.enums = {{"Mood", {"low", "high", "Very"}}, {"kind_of", {"plain", "in-between", "class"}}};
    std::vector<std::string> names{"users",
                                   "OrderLines",
                                   "order",
                                   "Select",
                                   "a b",
                                   "Gr\xc3\xb6\xc3\x9f"
                                   "e",
                                   "2nd",
                                   "_private",
                                   "model",
                                   "people",
                                   "data__log",
                                   "std",
                                   "a_b",
                                   "say \"hi\"?",
                                   "back\\slash",
                                   std::string(60, 'x') + "yz1"};
    if (postgres_) names.emplace_back("Users");
    std::shuffle(names.begin(), names.end(), random_);
    const std::uint32_t count = tables != 0 ? tables : 1 + below(7);
    for (std::uint32_t i = 0; i < count; ++i) {
      schema.add(table(i < names.size() ? names[i] : (i % 2 == 0 ? "lot_" : "Many ") + std::to_string(i)));
    }
    for (table_definition& from : schema.tables) {
      for (const table_definition& to : schema.tables) {
        if (chance(count < 12 ? 25 : 2)) refer(from, to);
      }
    }
    if (schema.tables.size() > 1 && chance(30)) join(schema);
    for (table_definition& made : schema.tables) add_rules(made);
    return with_names(schema);
  }

private:
  struct sample {
    column_type type;
    const char* default_sql;
    const char* condition;  ///< behind the column's name; null: none
  };

  std::uint32_t below(std::uint32_t limit) {
    return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random_);
  }
  bool chance(std::uint32_t percent) { return below(100) < percent; }
  static std::string quoted(const std::string& name) {
    std::string out = "\"";
    for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + '"';
  }

  sample any_type() {
    std::vector<sample> all{
        {type_kind::boolean, "TRUE", " = FALSE"},
        {type_kind::int16, "-3", " >= -7"},
        {type_kind::int32, "0", " IN (0, 1, -2)"},
        {type_kind::int64, "5000000000", " <> 9000000000"},
        {type_kind::float32, "0.5", nullptr},
        {type_kind::float64, "1.25", " * 2 > 0.5"},
        {type_kind::text, "'it''s \"quoted\"\\?'", " <> '?'"},
        {column_type::varchar(20), "''", " LIKE 'a%'"},
        {type_kind::bytes, nullptr, nullptr},
        {type_kind::timestamp, "CURRENT_TIMESTAMP", nullptr},
        {type_kind::date, nullptr, nullptr},
        {type_kind::uuid, nullptr, nullptr},
        {type_kind::decimal, "1.5", " > 0.25"},
        {column_type::decimal(10, 2), nullptr, " <= 99.5"},
        {type_kind::json, nullptr, nullptr},
        {type_kind::time_of_day, nullptr, nullptr},
        {type_kind::interval, nullptr, nullptr},
        {column_type::array_of(type_kind::text), nullptr, nullptr},
        {column_type::array_of(column_type::varchar(9)), nullptr, nullptr},
        {column_type::array_of(type_kind::int32), nullptr, nullptr},
        {column_type::array_of(column_type::decimal(6, 2)), nullptr, nullptr},
    };
    const std::vector<sample> of_postgres{
        {column_type::spelled("inet"), "'10.0.0.1'", nullptr},
        {column_type::spelled("character(5)"), "'abc'", " <> 'x'"},
        {column_type::spelled("timestamp without time zone"), "now()", nullptr},
        {column_type::spelled("timestamp(3) with time zone"), nullptr, nullptr},
        {column_type::spelled("numeric(3,5)"), nullptr, " < 1"},
        {column_type::spelled("json"), nullptr, nullptr},
        {column_type::spelled("money"), nullptr, nullptr},
        {column_type::spelled("bit varying(8)"), nullptr, nullptr},
        {column_type::spelled("cidr[]"), nullptr, nullptr},
        {column_type::spelled("int4range"), nullptr, nullptr},
        {column_type::enumeration("Mood"), "'low'", " <> 'high'"},
        {column_type::array_of(column_type::enumeration("Mood")), nullptr, nullptr},
        {column_type::enumeration("kind_of"), "'in-between'", nullptr},
    };
    const std::vector<sample> of_sqlite{
        {column_type::spelled("MONEY"), "1", " <> 7"},
        {column_type::spelled("BIG INTENT"), nullptr, " > 0"},
        {column_type::spelled("LONG CHARM(7)"), "'x'", nullptr},
        {column_type::spelled("MY BLOB"), nullptr, nullptr},
        {column_type::spelled("NVARCHAR(12)"), nullptr, nullptr},
    };
    const std::vector<sample>& more = postgres_ ? of_postgres : of_sqlite;
    all.insert(all.end(), more.begin(), more.end());
    return all[below(static_cast<std::uint32_t>(all.size()))];
  }

  table_definition table(const std::string& name) {
    table_definition t;
    t.name = name;
    if (postgres_ && chance(20)) t.comment = "it's \"odd\"\\ \n and ends so \\";
    add_key(t);
    for (const char* column :
         {"Name", "class", "created at", "model", "_hidden", "UPPER", "User", "int", "__twice", "caf\xc3\xa9", "9lives",
          "text", "time", "created_at", "wh?t \"is\" it", "back\\slash"}) {
      if (chance(25)) add_column(t, column);
    }
    if (postgres_ && chance(25)) add_column(t, "name");
    if (chance(25)) add_column(t, std::string(60, 'c') + "ol1");
    if (t.columns.empty()) add_column(t, "only");
    return t;
  }

  void add_key(table_definition& t) {
    column_definition key{.name = chance(60) ? "id" : "ThingId", .type = type_kind::int64};
    switch (below(8)) {
      case 0: return;  // none
      case 1: key.type = type_kind::text; break;
      case 2: key.type = type_kind::uuid; break;
      case 3: key.type = type_kind::int32; break;
      case 4:
        t.columns.push_back({.name = "part", .type = type_kind::text});
        t.primary_key.columns = {"part"};
        break;
      default:
        key.identity = true;
        key.identity_always = postgres_ && chance(30);
        if (postgres_ && chance(30)) key.type = chance(50) ? type_kind::int32 : type_kind::int16;
        break;
    }
    if (chance(30)) t.primary_key.name = "pk of " + t.name.substr(0, 30);
    t.primary_key.columns.insert(t.primary_key.columns.begin(), key.name);
    t.columns.push_back(std::move(key));
  }

  void add_column(table_definition& t, const std::string& name) {
    const sample of = any_type();
    column_definition column{.name = name, .type = of.type, .nullable = chance(50)};
    if (of.default_sql != nullptr && chance(40)) column.default_sql = of.default_sql;
    if (column.type.is(type_kind::text) && chance(30)) {
      column.collation = postgres_ ? "C" : chance(50) ? "NOCASE" : "RTRIM";
    }
    if (postgres_ && chance(15)) column.comment = "why \\ it's \"here\"";
    if (of.condition != nullptr && chance(30)) {
      t.checks.push_back({chance(50) ? name.substr(0, 40) + " is good" : "", quoted(name) + of.condition});
    }
    t.columns.push_back(std::move(column));
  }

  static bool is_plain(const column_definition& column) {
    return !column.type.array && (column.type.is_integer() || column.type.kind == type_kind::text);
  }

  /// What is over several columns, once all are there.
  void add_rules(table_definition& t) {
    std::vector<std::string> plain;
    for (const column_definition& column : t.columns) {
      if (is_plain(column) && !column.is_computed()) plain.push_back(column.name);
    }
    if (plain.empty()) return;
    const std::string& first = plain.front();
    const std::string& last = plain.back();
    const bool alone = std::none_of(t.uniques.begin(), t.uniques.end(),
                                    [&](const key_definition& unique) { return unique.columns.front() == last; });
    if (alone && chance(25)) {
      t.uniques.push_back(
          {chance(50) ? "once " + t.name.substr(0, 20) + last.substr(0, 20) : "", {last}, postgres_ && chance(30)});
    }
    if (alone && chance(15) && first != last) t.uniques.push_back({"", {last, first}, postgres_ && chance(30)});
    if (chance(40)) {
      index_definition index;
      index.name = chance(50) ? "ix " + std::to_string(below(1'000'000)) + t.name.substr(0, 30) : "";
      index.columns.push_back({.name = first, .descending = chance(40)});
      if (first != last) index.columns.push_back({.name = last});
      if (postgres_ && chance(30)) index.columns[0].nulls = chance(50) ? index_nulls::first : index_nulls::last;
      index.unique = chance(30);
      index.nulls_not_distinct = index.unique && postgres_ && chance(30);
      if (chance(40)) index.where = quoted(first) + " IS NOT NULL";
      if (chance(30)) index.columns.push_back({.expression = "coalesce(" + quoted(last) + ", " + quoted(last) + ")"});
      if (postgres_ && chance(20)) index.include = {first};
      t.indexes.push_back(std::move(index));
    }
    const column_definition& text = *t.find_column(last);
    if (text.type.kind == type_kind::text && chance(30)) {
      index_column term{.name = last};
      if (chance(50)) {
        term.collation = postgres_ ? "POSIX" : "NOCASE";
      } else if (postgres_) {
        term.operator_class = "text_pattern_ops";
      }
      if (term.collation == text.collation) term.collation.clear();
      t.indexes.push_back({.name = "text of " + t.name.substr(0, 30), .columns = {std::move(term)}});
    }
    if (postgres_) add_indexes_of_other_methods(t, first);
    const bool searchable = text.type == column_type(type_kind::text) && !t.primary_key.columns.empty() &&
                            t.find_column(t.primary_key.columns.front())->identity;
    if (searchable && chance(30)) {
      index_definition words{.name = "words of " + t.name.substr(0, 30)};
      words.columns.push_back({.name = last, .weight = postgres_ && chance(50) ? 'A' : 'D'});
      words.language = chance(50) ? "english" : "simple";
      t.indexes.push_back(std::move(words));
    }
    if (chance(20)) {
      column_definition computed{.name = "Computed", .type = text.type, .nullable = true};
      computed.type.length = 0;
      computed.computed_sql = quoted(last);
      computed.computed_at_read = !postgres_ && chance(50);
      t.columns.push_back(std::move(computed));
    }
    if (postgres_ && t.find_column(first)->type.is_integer() && chance(15)) {
      t.exclusions.push_back({"apart " + t.name.substr(0, 30), "btree", {{{first}, "="}}, "", chance(50)});
    }
  }

  void add_indexes_of_other_methods(table_definition& t, const std::string& plain) {
    if (chance(20)) {
      t.indexes.push_back({.name = "hash of " + t.name.substr(0, 30), .columns = {{.name = plain}}, .method = "hash"});
    }
    const auto inverted = [](const column_definition& column) {
      return column.type.array || column.type.is(type_kind::json);
    };
    const auto found = std::find_if(t.columns.begin(), t.columns.end(), inverted);
    if (found == t.columns.end() || !chance(50)) return;
    t.indexes.push_back(
        {.name = "gin of " + t.name.substr(0, 30), .columns = {{.name = found->name}}, .method = "gin"});
  }

  referential_action any_action(bool nullable) {
    const auto action = static_cast<referential_action>(below(5));
    return action == referential_action::set_null && !nullable ? referential_action::cascade : action;
  }

  /// A foreign key over columns of its own, called after the other table or after nothing.
  void refer(table_definition& from, const table_definition& to) {
    if (to.primary_key.columns.empty()) return;
    foreign_key_definition key;
    key.references = to.name;
    key.referenced_columns = to.primary_key.columns;
    if (key.referenced_columns.size() > 1 && chance(30))
      std::reverse(key.referenced_columns.begin(), key.referenced_columns.end());
    const bool nullable = chance(50);
    for (const std::string& column : key.referenced_columns) {
      column_definition own = *to.find_column(column);
      own.name = to.name.substr(0, 20) + (chance(50) ? "_id" : "") + std::to_string(key.columns.size());
      own.nullable = nullable;
      own.identity = own.identity_always = false;
      if (from.find_column(own.name) != nullptr) return;
      key.columns.push_back(own.name);
      from.columns.push_back(std::move(own));
    }
    if (chance(30)) key.name = "to " + to.name.substr(0, 40);
    key.on_delete = any_action(nullable);
    key.on_update = any_action(nullable);
    key.deferrable = chance(20);
    if (chance(20)) from.uniques.push_back({"", key.columns});
    from.foreign_keys.push_back(std::move(key));
  }

  void join(schema_definition& schema) {
    table_definition made;
    made.name = "joined";
    for (const table_definition* to : {&schema.tables[0], &schema.tables[1]}) {
      if (to->primary_key.columns.size() != 1) return;
      column_definition own = *to->find_column(to->primary_key.columns[0]);
      own.name = to == schema.tables.data() ? "left_id" : "right_id";
      own.identity = own.identity_always = false;
      made.primary_key.columns.push_back(own.name);
      made.foreign_keys.push_back({"", {own.name}, to->name, to->primary_key.columns});
      made.columns.push_back(std::move(own));
    }
    schema.add(std::move(made));
  }

  std::mt19937 random_;
  bool postgres_;
};

}  // namespace tupelo
