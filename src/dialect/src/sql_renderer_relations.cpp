// SPDX-License-Identifier: Apache-2.0
// Relations: the rows of many owners in one statement, and those of the row that a query around asks of.
#include "sql_renderer.hpp"

#include "tupelo/core/error.hpp"

#include <vector>

namespace tupelo {

namespace {

/// The rank of a row among those of its owner.
constexpr std::string_view rank_column = "tupelo_rank";

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
  std::size_t part = 0;
  for (const relation_keys::pair& pair : loaded_.pairs) {
    bind_step step;
    step.source = bind_source::whole_list;
    step.first = next_++;
    step.k = step.typed_as = key_kind(*pair.own);
    step.slot.type = formed_type(*pair.own->type);
    if (loaded_.has_join_table()) {
      step.slot.column = loaded_.relation->join_key[part++];
    } else {
      step.slot.column = pair.related != nullptr ? pair.related->column : pair.own->column;
    }
    plan_.binds.push_back(step);
  }
}

std::vector<std::string> sql_renderer::join_table_of(select_parts& parts, const relation_keys& keys) {
  const std::string table = quoted(keys.relation->join_table);
  std::string on;
  for (std::size_t i = 0; i < keys.related_key.size(); ++i) {
    separate(on, " AND ");
    on += table + "." + quoted(keys.relation->join_related_key[i]) + " = " + named(parts.id, *keys.related_key[i]);
  }
  if (!keys.type_name.empty()) on += " AND " + names_model(table + "." + quoted(keys.relation->join_type), keys);
  if (const std::string seen = visible_between(keys, keys.relation->join_table); !seen.empty()) on += " AND " + seen;
  parts.joins += " JOIN " + table + " ON " + on;
  std::vector<std::string> owner;
  for (const std::string& column : keys.relation->join_key) owner.push_back(table + "." + quoted(column));
  return owner;
}

std::string sql_renderer::visible_between(const relation_keys& keys, std::string_view name) const {
  const model_info* const model = hiding_model(keys);
  return model != nullptr ? visible(*model, name, {}) : std::string();
}

void sql_renderer::read_owners(select_parts& parts, std::uint32_t index) {
  if (!loaded_.steps.empty()) {
    read_owners_through(parts, index);
    parts.beside_keys = parts.join_owner;
    return;
  }
  if (loaded_.has_join_table()) {
    parts.join_owner = join_table_of(parts, loaded_);
    for (const std::string& column : parts.join_owner) {
      separate(parts.owner, ", ");
      parts.owner += column;
    }
  } else {
    for (const relation_keys::pair& pair : loaded_.pairs) {
      separate(parts.owner, ", ");
      parts.owner += named(parts.id, *pair.related);
    }
  }
  parts.beside_keys = parts.join_owner;
  separate(parts.where, " AND ");
  if (loaded_.type_field != nullptr && loaded_.relation->kind != relation_kind::belongs_to_any) {
    parts.where += names_model(named(parts.id, *loaded_.type_field), loaded_) + " AND ";
  }
  std::vector<std::string> columns = parts.join_owner;
  if (columns.empty()) {
    for (const relation_keys::pair& pair : loaded_.pairs) columns.push_back(named(parts.id, *pair.related));
  }
  among_owners(parts.where, columns, index);
}

void sql_renderer::among_owners(std::string& sql, const std::vector<std::string>& columns, std::uint32_t index) const {
  if (columns.size() == 1) {
    dialect_.in_list(sql, columns[0], number_[index], any_bucket, key_kind(*loaded_.pairs[0].own));
    return;
  }
  std::vector<call_argument> arguments;
  for (std::size_t i = 0; i < columns.size(); ++i) arguments.push_back({columns[i], key_kind(*loaded_.pairs[i].own)});
  dialect_.row_list(sql, arguments.data(), arguments.size(), number_[index]);
}

void sql_renderer::read_pivot(select_parts& parts, std::uint64_t word) const {
  const model_info& pivot = model_of_word(word);
  const std::string relation = "relation " + std::string(loaded_.owner->short_name()) +
                               "::" + loaded_.owner->fields[loaded_.relation->field].name;
  const std::size_t behind = pivot_offset(*parts.model, loaded_.join_keys(), sub_of(word));
  if (behind + pivot.size > 0xffff) {
    throw query_error(relation + ": " + std::string(parts.model->short_name()) + " and " +
                      std::string(pivot.short_name()) + " are too large together to be read side by side");
  }
  for (const std::uint16_t i : telling_columns(pivot))
    parts.beside_keys.push_back(quoted(pivot.table) + "." + quoted(pivot.fields[i].column));
  for (const std::uint16_t i : pivot.columns) {
    const field_info& field = pivot.fields[i];
    const std::string name = quoted("tupelo_pivot_" + std::to_string(i));
    parts.joined_columns += ", " + quoted(pivot.table) + "." + quoted(field.column) + " AS " + name;
    parts.pivot_names += ", " + name;
    field_slot slot = field.slot();
    slot.offset = static_cast<std::uint16_t>(behind + slot.offset);
    parts.joined_slots.push_back(slot);
  }
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
    const std::vector<std::string> columns = join_table_of(parts, keys);
    for (std::size_t i = 0; i < columns.size(); ++i) must_equal(columns[i], *keys.pairs[i].own);
    return;
  }
  for (const relation_keys::pair& pair : keys.pairs) must_equal(named(parts.id, *pair.related), *pair.own);
}

std::string sql_renderer::distinct_on(select_parts& parts) {
  if (parts.distinct_on.empty()) return {};
  if (parts.owner.empty()) return "DISTINCT ON (" + parts.distinct_on + ") ";
  // Of the rows of each owner, and not of all.
  parts.order.insert(0, parts.order.empty() ? parts.owner : parts.owner + ", ");
  return "DISTINCT ON (" + parts.owner + ", " + parts.distinct_on + ") ";
}

std::string sql_renderer::owner_name(std::size_t part) const {
  return quoted(part == 0 ? std::string("tupelo_owner") : "tupelo_owner_" + std::to_string(part + 1));
}

std::string sql_renderer::limit_each(select_parts& parts, std::string_view columns, const std::string& from) {
  const std::string relation =
      std::string(loaded_.owner->short_name()) + "::" + loaded_.owner->fields[loaded_.relation->field].name;
  if (parts.distinct || !parts.distinct_on.empty() || !parts.group.empty() || !parts.having.empty()) {
    throw query_error("relation " + relation +
                      ": limit() and offset() for each owner go with no distinct(), distinct_on(), "
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
  for (std::size_t part = 0; part < parts.join_owner.size(); ++part) read += ", " + owner_name(part);
  read += parts.pivot_names;
  sql += read + " FROM (SELECT ";
  sql += columns;
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
