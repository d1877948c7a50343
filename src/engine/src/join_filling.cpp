// SPDX-License-Identifier: Apache-2.0
#include "join_filling.hpp"

#include "loaded_batch.hpp"

#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/core/timestamp.hpp"
#include "tupelo/core/uuid.hpp"

#include <algorithm>
#include <optional>

namespace tupelo::detail {

namespace {

using words = std::vector<std::uint64_t>;

bool stands_in_statements(kind k) {
  return is_integer(k) || k == kind::boolean || k == kind::f64 || k == kind::text || k == kind::uuid ||
         k == kind::timestamp || k == kind::date || k == kind::decimal;
}

bool names(const std::vector<std::string>& columns, const std::string& column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

/// The field's value in an object that nothing was said of.
words value_in(const field_info& field, const void* object) {
  inline_word_buffer<8> found;
  const field_slot slot = field.slot();
  const void* const value = value_of(slot, object);
  if (is_integer(slot.k)) {
    found.push(static_cast<std::uint64_t>(load_integer(slot, value)));
  } else {
    push_value(slot, value, found);
  }
  return {found.data(), found.data() + found.size};
}

words new_uuid() {
  const uuid made = uuid::v7();
  inline_word_buffer<8> found;
  push_value({&ops_of<uuid>, 0, kind::uuid, false, {}}, &made, found);
  return {found.data(), found.data() + found.size};
}

}  // namespace

join_filling::join_filling(const relation_keys& keys, const row_ops* joins) {
  const model_info* const model = joins != nullptr ? &info_of(*joins->spec) : join_model(keys);
  const relation_info& relation = *keys.relation;
  if (model == nullptr || model->table != relation.join_table) return;
  std::optional<row_memory> rows;
  const void* like = nullptr;
  if (joins != nullptr) like = rows.emplace(*joins, 0).add();
  const auto now = static_cast<std::uint64_t>(time_of_writing(*model));
  for (const std::uint16_t i : model->columns) {
    const field_info& field = model->fields[i];
    const bool connects = names(relation.join_key, field.column) || names(relation.join_related_key, field.column) ||
                          field.column == relation.join_type;
    if (connects || field.is(field_computed)) continue;
    if (i == model->created_at || i == model->updated_at) {
      parts_.push_back({field.column, kind::timestamp, false, {now}});
    } else if (i == model->version) {
      parts_.push_back({field.column, kind::i64, false, {1}});
    } else if (field.is(field_client_uuid)) {
      parts_.push_back({field.column, kind::uuid, true, {}});
    } else if (like != nullptr && !field.type->nullable && !field.has_default && !field.is(field_generated) &&
               stands_in_statements(key_kind(field))) {
      parts_.push_back({field.column, key_kind(field), false, value_in(field, like)});
    }
  }
}

std::vector<std::string> join_filling::columns() const {
  std::vector<std::string> columns;
  for (const part& each : parts_) columns.push_back(each.column);
  return columns;
}

void join_filling::push(query_core& core) const {
  for (const part& each : parts_) {
    core.word(make_word(op::value, static_cast<std::uint8_t>(each.k)));
    const words value = each.is_new ? new_uuid() : each.words;
    core.values.append(value.data(), static_cast<std::uint32_t>(value.size()));
  }
}

}  // namespace tupelo::detail
