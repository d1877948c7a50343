// SPDX-License-Identifier: Apache-2.0
// Relations: the rows of many owners in one statement, and those of the row that a query around asks of.
#include "sql_renderer.hpp"

#include "tupelo/core/error.hpp"

#include <vector>

namespace tupelo {

namespace {

/// The rank of a row among those of its owner.
constexpr std::string_view rank_column = "tupelo_rank";
constexpr std::string_view owner_column = "tupelo_owner";

void separate(std::string& sql, std::string_view separator) {
  if (!sql.empty()) sql += separator;
}

}  // namespace

void sql_renderer::number_owners(std::uint32_t index, std::uint64_t word) {
  if (!dialect_.list_as_one(any_bucket)) {
    throw query_error(errc::unsupported_feature, std::string(dialect_.name()) + " cannot load relations");
  }
  loaded_ = keys_of(model_of_word(word), offset_of_word(word), model_of_word(words_[0]));
  number_[index] = next_;
  for (const relation_keys::pair& pair : loaded_.pairs) {
    bind_step step;
    step.source = bind_source::whole_list;
    step.first = next_++;
    step.k = step.typed_as = key_kind(*pair.own);
    step.slot.column = loaded_.has_join_table() ? std::string_view(loaded_.relation->join_key)
                                                : std::string_view(pair.related->column);
    plan_.binds.push_back(step);
  }
}

std::string sql_renderer::join_table_of(select_parts& parts, const relation_keys& keys) {
  const std::string table = quoted(keys.relation->join_table);
  parts.joins += " JOIN " + table + " ON " + table + "." + quoted(keys.relation->join_related_key) + " = " +
                 named(parts.id, *keys.pairs[0].related);
  if (!keys.type_name.empty()) {
    parts.joins += " AND " + names_model(table + "." + quoted(keys.relation->join_type), keys);
  }
  return table + "." + quoted(keys.relation->join_key);
}

void sql_renderer::read_owners(select_parts& parts, std::uint32_t index) {
  if (!loaded_.steps.empty()) {
    read_owners_through(parts, index);
    return;
  }
  if (loaded_.has_join_table()) {
    parts.owner = parts.join_owner = join_table_of(parts, loaded_);
  } else {
    for (const relation_keys::pair& pair : loaded_.pairs) {
      separate(parts.owner, ", ");
      parts.owner += named(parts.id, *pair.related);
    }
  }
  separate(parts.where, " AND ");
  if (loaded_.type_field != nullptr && loaded_.relation->kind != relation_kind::belongs_to_any) {
    parts.where += names_model(named(parts.id, *loaded_.type_field), loaded_) + " AND ";
  }
  if (loaded_.pairs.size() == 1) {
    dialect_.in_list(parts.where, parts.owner, number_[index], any_bucket, key_kind(*loaded_.pairs[0].own));
    return;
  }
  std::vector<std::string> columns;
  for (const relation_keys::pair& pair : loaded_.pairs) columns.push_back(named(parts.id, *pair.related));
  std::vector<call_argument> arguments;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    arguments.push_back({columns[i], key_kind(*loaded_.pairs[i].own)});
  }
  dialect_.row_list(parts.where, arguments.data(), arguments.size(), number_[index]);
}

void sql_renderer::read_related(select_parts& parts, std::uint64_t word) {
  parts.related = true;
  const model_info& owner = model_of_word(word);
  const relation_keys keys = keys_of(owner, offset_of_word(word), *parts.model);
  // Behind the innermost name, which is that of the related table itself: a tree's owner has the same model.
  std::string around = owner.table;
  for (std::size_t i = names_.size() - 1; i-- > 0;) {
    if (names_[i].table != owner.id) continue;
    around = names_[i].name;
    break;
  }
  const auto must_equal = [&](const std::string& column, const field_info& own) {
    separate(parts.where, " AND ");
    parts.where += column + " = " + quoted(around) + "." + quoted(own.column);
  };
  if (!keys.steps.empty()) {
    separate(parts.where, " AND ");
    parts.where += leads(parts, keys, quoted(around));
    return;
  }
  if (keys.type_field != nullptr) {
    separate(parts.where, " AND ");
    parts.where += names_model(named(parts.id, *keys.type_field), keys);
  }
  if (keys.has_join_table()) {
    must_equal(join_table_of(parts, keys), *keys.pairs[0].own);
    return;
  }
  for (const relation_keys::pair& pair : keys.pairs) must_equal(named(parts.id, *pair.related), *pair.own);
}

std::string sql_renderer::limit_each(select_parts& parts, std::string_view columns, const std::string& from) {
  const std::string relation =
      std::string(loaded_.owner->short_name()) + "::" + loaded_.owner->fields[loaded_.relation->field].name;
  if (parts.distinct || !parts.group.empty() || !parts.having.empty()) {
    throw query_error("relation " + relation +
                      ": limit() and offset() for each owner go with no distinct(), "
                      "group_by() or having(): leave one of them out");
  }
  if (!parts.locks.empty()) {
    throw query_error("relation " + relation +
                      ": rows that are limited for each owner cannot be locked: leave one of "
                      "both out");
  }
  // Rows that the order leaves equal are told apart by their key: the same ones are found every time.
  for (std::uint16_t key : parts.model->key) {
    separate(parts.order, ", ");
    parts.order += named(parts.id, parts.model->fields[key]);
  }
  const std::string rank = quoted(rank_column);
  std::string sql = "SELECT ";
  std::string read;
  for (std::uint16_t i : parts.model->columns) {
    separate(read, ", ");
    read += quoted(parts.model->fields[i].column);
  }
  if (!parts.join_owner.empty()) read += ", " + quoted(owner_column);
  sql += read + " FROM (SELECT ";
  sql += columns;
  if (!parts.join_owner.empty()) sql += " AS " + quoted(owner_column);
  sql += ", row_number() OVER (PARTITION BY " + parts.owner;
  if (!parts.order.empty()) sql += " ORDER BY " + parts.order;
  sql += ") AS " + rank + " FROM " + from;
  if (!parts.where.empty()) sql += " WHERE " + parts.where;
  sql += ") AS " + quoted(parts.model->table) + " WHERE ";
  if (parts.offset.empty()) {
    sql += rank + " <= " + parts.limit;
  } else {
    sql += rank + " > " + parts.offset;
    if (!parts.limit.empty()) sql += " AND " + rank + " - " + parts.offset + " <= " + parts.limit;
  }
  return sql + " ORDER BY " + rank;
}

}  // namespace tupelo
