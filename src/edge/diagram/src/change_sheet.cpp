// SPDX-License-Identifier: Apache-2.0
#include "change_sheet.hpp"

#include <tupelo/query/definition_text.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace tupelo::diagrams {
namespace {

/// What tables and columns were called before, by what they are called now; only those that were renamed.
struct former_names {
  std::map<std::string, std::string> tables;
  std::map<std::string, std::map<std::string, std::string>> columns;  ///< by the table's name now

  static former_names of(const std::vector<schema_operation>& operations) {
    former_names made;
    for (const schema_operation& operation : operations) {
      if (const auto* table = std::get_if<ddl::rename_table>(&operation.data)) {
        move_entry(made.tables, table->from, table->to, table->from);
        if (auto moved = made.columns.extract(table->from)) {
          moved.key() = table->to;
          made.columns.insert(std::move(moved));
        }
      } else if (const auto* column = std::get_if<ddl::rename_column>(&operation.data)) {
        move_entry(made.columns[column->table], column->from, column->to, column->from);
      }
    }
    return made;
  }

  std::string table(const std::string& now) const {
    const auto found = tables.find(now);
    return found == tables.end() ? now : found->second;
  }
  std::string column(const std::string& table, const std::string& now) const {
    const auto renamed = columns.find(table);
    if (renamed == columns.end()) return now;
    const auto found = renamed->second.find(now);
    return found == renamed->second.end() ? now : found->second;
  }

private:
  static void move_entry(std::map<std::string, std::string>& names, const std::string& from, const std::string& to,
                         std::string first) {
    if (const auto earlier = names.find(from); earlier != names.end()) {
      first = std::move(earlier->second);
      names.erase(earlier);
    }
    names[to] = std::move(first);
  }
};

std::string after_name(const std::string& text, const std::string& name) {
  return text.starts_with(name + " ") ? text.substr(name.size() + 1) : text;
}

/// With the names of its constraints filled in, so that both sides have them.
std::vector<part> parts_of(const table_definition& table) {
  std::vector<part> parts;
  for (const auto& column : table.columns) parts.push_back({"column", column.name, text_of(column)});
  const key_definition& key = table.primary_key;
  if (!key.columns.empty()) parts.push_back({"primary key", key.name, after_name(text_of(key), key.name)});
  for (const auto& one : table.uniques) parts.push_back({"unique", one.name, after_name(text_of(one), one.name)});
  for (const auto& one : table.checks) parts.push_back({"check", one.name, one.expression});
  for (const auto& one : table.foreign_keys) parts.push_back({"foreign key", one.name, text_of(one)});
  for (const auto& one : table.exclusions) {
    parts.push_back({"exclusion", one.name, after_name(text_of(one), one.name)});
  }
  for (const auto& one : table.indexes) {
    std::string text = text_of(one);
    const std::string name = "index " + one.name + " ";
    if (const std::size_t at = text.find(name); at != std::string::npos) text.erase(at, name.size());
    parts.push_back({"index", one.name, std::move(text)});
  }
  if (!table.comment.empty()) parts.push_back({"comment", "", table.comment});
  return parts;
}

std::vector<part> parts_of(const enum_definition& type) {
  std::vector<part> parts;
  for (const std::string& value : type.values) parts.push_back({"value", value, ""});
  return parts;
}

std::vector<part> parts_of(const composite_definition& type) {
  std::vector<part> parts;
  for (const auto& attribute : type.attributes) {
    parts.push_back({"attribute", attribute.name, attribute.type.to_string()});
  }
  return parts;
}

constexpr std::size_t none = static_cast<std::size_t>(-1);

/// For each part of `after`, which of `before` it was: by name, else the same thing under another name.
template <class FormerName>
std::vector<std::size_t> matches(const std::vector<part>& before, const std::vector<part>& after,
                                 const FormerName& former) {
  std::vector<std::size_t> found(after.size(), none);
  std::vector<bool> taken(before.size(), false);
  const auto match = [&](const auto& alike) {
    for (std::size_t a = 0; a < after.size(); ++a) {
      for (std::size_t b = 0; b < before.size() && found[a] == none; ++b) {
        if (taken[b] || before[b].kind != after[a].kind || !alike(before[b], after[a])) continue;
        found[a] = b;
        taken[b] = true;
      }
    }
  };
  match([&](const part& b, const part& a) { return b.name == former(a); });
  match([](const part& b, const part& a) {
    return b.kind == "primary key" || (b.kind != "column" && b.kind != "value" && b.text == a.text);
  });
  return found;
}

/// In the order of `after`; what is removed stands where it stood.
template <class FormerName>
std::vector<sheet_row> side_by_side(const std::vector<part>& before, const std::vector<part>& after,
                                    const FormerName& former) {
  const std::vector<std::size_t> was = matches(before, after, former);
  std::vector<sheet_row> rows;
  std::size_t next = 0;
  const auto is_gone = [&](std::size_t b) { return std::find(was.begin(), was.end(), b) == was.end(); };
  const auto removed_up_to = [&](std::size_t end) {
    for (; next < end; ++next) {
      if (is_gone(next)) rows.push_back({fate::removed, before[next], {}});
    }
  };
  for (std::size_t a = 0; a < after.size(); ++a) {
    if (was[a] == none) {
      // What goes is read before what comes in its place.
      while (next < before.size() && is_gone(next) && before[next].kind == after[a].kind) removed_up_to(next + 1);
      rows.push_back({fate::added, {}, after[a]});
      continue;
    }
    removed_up_to(was[a]);
    next = std::max(next, was[a] + 1);
    const part& b = before[was[a]];
    rows.push_back({b == after[a] ? fate::same : fate::changed, b, after[a]});
  }
  removed_up_to(before.size());
  return rows;
}

template <class FormerName>
void add_sheet(change_sheets& to, std::string kind, std::string before_name, std::string name,
               const std::vector<part>& before, const std::vector<part>& after, const FormerName& former) {
  sheet made{fate::changed, std::move(kind), std::move(before_name), std::move(name), {}};
  made.rows = side_by_side(before, after, former);
  if (made.before_name.empty()) made.what = fate::added;
  if (made.after_name.empty()) made.what = fate::removed;
  to.sheets.push_back(std::move(made));
}

template <class Type>
void add_types(change_sheets& to, const char* kind, const std::vector<Type>& before, const std::vector<Type>& after) {
  const auto named = [](const std::vector<Type>& types, const std::string& name) {
    return std::find_if(types.begin(), types.end(), [&](const Type& type) { return type.name == name; });
  };
  const auto same_name = [](const part& p) { return p.name; };
  for (const Type& type : before) {
    if (named(after, type.name) == after.end()) add_sheet(to, kind, type.name, "", parts_of(type), {}, same_name);
  }
  for (const Type& type : after) {
    const auto was = named(before, type.name);
    if (was == before.end()) {
      add_sheet(to, kind, "", type.name, {}, parts_of(type), same_name);
    } else if (!(*was == type)) {
      add_sheet(to, kind, type.name, type.name, parts_of(*was), parts_of(type), same_name);
    }
  }
}

}  // namespace

change_sheets change_sheets::of(const schema_definition& unnamed, const std::vector<schema_operation>& operations) {
  const schema_definition before = with_names(unnamed);
  schema_definition after = before;
  apply_all(operations, after);
  after = with_names(after);
  const former_names former = former_names::of(operations);

  change_sheets made;
  add_types(made, "enum", before.enums, after.enums);
  add_types(made, "composite type", before.composites, after.composites);
  const std::size_t types = made.sheets.size();
  std::vector<std::string> kept;
  for (const table_definition& table : after.tables) {
    const auto column_before = [&](const part& p) {
      return p.kind == "column" ? former.column(table.name, p.name) : p.name;
    };
    const table_definition* was = before.find(former.table(table.name));
    if (was == nullptr) {
      add_sheet(made, "table", "", table.name, {}, parts_of(table), column_before);
      continue;
    }
    kept.push_back(was->name);
    if (*was == table) {
      ++made.same;
    } else {
      add_sheet(made, "table", was->name, table.name, parts_of(*was), parts_of(table), column_before);
    }
  }
  for (const table_definition& table : before.tables) {
    if (std::find(kept.begin(), kept.end(), table.name) != kept.end()) continue;
    add_sheet(made, "table", table.name, "", parts_of(table), {}, [](const part& p) { return p.name; });
  }
  std::stable_sort(
      made.sheets.begin() + static_cast<std::ptrdiff_t>(types), made.sheets.end(), [](const sheet& a, const sheet& b) {
        const auto name = [](const sheet& s) { return s.after_name.empty() ? s.before_name : s.after_name; };
        return name(a) < name(b);
      });
  return made;
}

}  // namespace tupelo::diagrams
