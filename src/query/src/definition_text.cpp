// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/definition_text.hpp"

#include "definition_words.hpp"

namespace tupelo {
namespace detail {

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

std::string joined(const std::vector<index_column>& columns) {
  std::string out;
  for (const index_column& c : columns) {
    out += (out.empty() ? "" : ", ") + c.term();
    if (!c.operator_class.empty()) out += " " + c.operator_class;
    if (c.weight != 0) out += std::string(" ") + c.weight;
    if (!c.collation.empty()) out += " collate " + c.collation;
    if (c.descending) out += " desc";
    if (c.nulls != index_nulls::smallest) out += c.nulls == index_nulls::first ? " nulls first" : " nulls last";
  }
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out += '"';
}

}  // namespace detail

using detail::joined;
using detail::quoted;

std::string text_of(const column_definition& column) {
  std::string out = column.type.to_string();
  out += column.nullable ? ", nullable" : "";
  out += column.identity ? ", generated" : "";
  out += column.identity_always ? " always" : "";
  if (!column.collation.empty()) out += ", collation " + column.collation;
  if (column.default_sql) out += ", default " + *column.default_sql;
  if (column.is_computed()) {
    out += ", generated as " + column.computed_sql + (column.computed_at_read ? ", not stored" : "");
  }
  if (!column.comment.empty()) out += ", comment " + quoted(column.comment);
  return out;
}

std::string text_of(const key_definition& key) {
  return key.name + (key.name.empty() ? "(" : " (") + joined(key.columns) + ")" +
         (key.nulls_not_distinct ? " nulls not distinct" : "") + (key.deferrable ? " deferrable" : "");
}

std::string text_of(const foreign_key_definition& key) {
  std::string out =
      "(" + joined(key.columns) + ") references " + key.references + " (" + joined(key.referenced_columns) + ")";
  if (key.on_delete != referential_action::no_action) out += " on delete " + std::string(name_of(key.on_delete));
  if (key.on_update != referential_action::no_action) out += " on update " + std::string(name_of(key.on_update));
  if (key.deferrable) out += " deferrable";
  return out;
}

std::string text_of(const index_definition& index) {
  std::string out = std::string(index.unique ? "unique index " : "index ") + index.name;
  if (index.is_search()) out = "search " + out + " in " + index.language;
  if (!index.method.empty()) out += " using " + index.method;
  out += " (" + joined(index.columns) + ")";
  if (!index.include.empty()) out += " including (" + joined(index.include) + ")";
  if (index.nulls_not_distinct) out += " nulls not distinct";
  if (!index.where.empty()) out += " where " + index.where;
  return out;
}

std::string text_of(const exclusion_definition& exclusion) {
  std::string out;
  for (const exclusion_term& term : exclusion.terms) {
    out += (out.empty() ? "" : ", ") + joined(std::vector<index_column>{term.of}) + " with " + term.with;
  }
  out = exclusion.name + " (" + out + ")";
  if (!exclusion.where.empty()) out += " where " + exclusion.where;
  return exclusion.deferrable ? out + " deferrable" : out;
}

std::string text_of(const composite_definition& type) {
  std::string out;
  for (const composite_attribute& attribute : type.attributes) {
    out += (out.empty() ? "" : ", ") + attribute.name + " " + attribute.type.to_string();
  }
  return out;
}

}  // namespace tupelo
