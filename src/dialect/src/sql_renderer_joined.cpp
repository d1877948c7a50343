// SPDX-License-Identifier: Apache-2.0
// What is read behind a row: related rows, and values.
#include "sql_renderer.hpp"

#include "tupelo/model/beside_value.hpp"
#include "tupelo/model/field_type.hpp"
#include "tupelo/model/model_spec.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <map>
#include <mutex>

namespace tupelo {

namespace {

/// The same type, NULL leaving the field as it is: the row that it is of is not there.
const type_ops* absent_if_null(const type_ops* type) {
  if (type->nullable) return type;
  static std::mutex mutex;
  static std::map<const type_ops*, type_ops> made;  // for the program's life: plans point to it
  const std::lock_guard lock(mutex);
  const auto [known, is_new] = made.try_emplace(type, *type);
  if (is_new) {
    known->second.nullable = true;
    known->second.emplace = [](void* field) { return field; };
    known->second.reset = [](void*) {};
    known->second.get = [](const void* field) { return field; };
  }
  return &known->second;
}

bool is_unique(const relation_keys& keys) {
  const model_info& related = *keys.related;
  const auto among = [&](const field_info* field) {
    return std::any_of(keys.pairs.begin(), keys.pairs.end(),
                       [&](const relation_keys::pair& pair) { return pair.related == field; });
  };
  const auto all_among = [&](const std::vector<std::uint16_t>& fields) {
    return !fields.empty() && std::all_of(fields.begin(), fields.end(),
                                          [&](std::uint16_t field) { return among(&related.fields[field]); });
  };
  if (all_among(related.key)) return true;
  return std::any_of(related.indexes.begin(), related.indexes.end(), [&](const index_info& index) {
    return index.unique && !index.has_where &&  // rows that are marked as deleted are left out below
           std::all_of(index.terms.begin(), index.terms.end(), [&](const index_term_info& term) {
             return term.field >= 0 && among(&related.fields[static_cast<std::size_t>(term.field)]);
           });
  });
}

}  // namespace

void sql_renderer::read_beside(select_parts& parts, std::uint32_t index) {
  const model_info& row = parts.row ? *parts.row : *parts.model;
  const kind k = static_cast<kind>(sub_of(words_[index]));
  const std::size_t place = parts.row_end == 0 ? beside_place(row.size) : parts.row_end;
  parts.row_end = place + sizeof(beside_value);
  if (parts.row_end > 0xffff) {
    throw query_error("rows of " + std::string(row.short_name()) + " are too large for values to be read behind them");
  }
  aggregates_ = false;
  parts.joined_columns += ", " + expression_text(index + 1, length_of(words_[index]));
  parts.aggregates = parts.aggregates || aggregates_;
  parts.joined_slots.push_back(beside_slot(k, place));
}

void sql_renderer::read_joined(select_parts& parts, std::uint64_t word, std::uint64_t related_word) {
  const model_info& owner = model_of_word(word);
  const model_info& related = require_table(model_of_word(related_word));
  const relation_keys keys = keys_of(owner, offset_of_word(word), related);
  const std::string relation =
      "relation " + std::string(owner.short_name()) + "::" + owner.fields[keys.relation->field].name;
  if (!keys.steps.empty() || keys.type_field != nullptr) {
    throw query_error(relation + " goes by more than a foreign key: leave out tp::joined()");
  }
  if (keys.relation->kind == relation_kind::has_one && !is_unique(keys)) {
    throw query_error(relation +
                      ": tp::joined() needs a foreign key that is unique, or rows would be read twice: say "
                      "m.unique(…) in struct " +
                      std::string(related.short_name()) + ", or leave out tp::joined()");
  }
  const joined_place place = joined_place::behind(parts.row_end == 0 ? owner.size : parts.row_end, related);
  parts.row_end = place.end();
  const std::string bare = "tupelo_joined_" + std::to_string(parts.joined_slots.size());
  const std::string name = quoted(bare);
  const std::size_t behind = length_of(related_word);
  parts.joined_names.push_back(name);
  parts.joins += " LEFT JOIN " + quoted(related.table) + " AS " + name + " ON ";
  for (std::size_t i = 0; i < keys.pairs.size(); ++i) {
    if (i != 0) parts.joins += " AND ";
    parts.joins += name + "." + quoted(keys.pairs[i].related->column) + " = ";
    // Where the owner is a joined row itself and not there, its columns are NULL and nothing is found.
    parts.joins += behind == 0 ? named(parts.id, *keys.pairs[i].own)
                               : parts.joined_names[behind - 1] + "." + quoted(keys.pairs[i].own->column);
  }
  if (const std::string seen = visible(related, bare, {}); !seen.empty()) parts.joins += " AND " + seen;
  for (const std::uint16_t position : related.columns) {
    const field_info& field = related.fields[position];
    parts.joined_columns += ", " + name + "." + quoted(field.column);
    field_slot slot = field.slot();
    slot.type = absent_if_null(slot.type);
    slot.nullable = true;
    slot.offset = static_cast<std::uint16_t>(place.row + slot.offset);
    parts.joined_slots.push_back(slot);
  }
  parts.joined_columns += ", " + name + "." + quoted(keys.pairs[0].related->column) + " IS NOT NULL";
  field_slot there;
  there.type = &detail::ops_of<bool>;
  there.offset = static_cast<std::uint16_t>(place.there);
  there.k = kind::boolean;
  there.column = keys.pairs[0].related->column;
  parts.joined_slots.push_back(there);
}

}  // namespace tupelo
