// SPDX-License-Identifier: Apache-2.0
#include "key_flow.hpp"

#include "snapshot.hpp"

#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace tupelo::detail {

namespace {

/// A part of a key so that parts of different types are equal where their values are.
void push_part(const field_slot& slot, const void* value, word_buffer& out) {
  if (is_integer(slot.k)) {
    out.push(static_cast<std::uint64_t>(load_integer(slot, value)));
  } else {
    push_value(slot, value, out);
  }
}

}  // namespace

bool key_flow::awaits_insert(const void* source) const {
  for (const pair& each : pairs) {
    if (each.key->is(field_computed) || (each.key->is(field_generated) && has_empty_key(*from, source))) return true;
  }
  return false;
}

bool key_flow::holds(const void* object, const void* source) const {
  inline_word_buffer<16> key, foreign;
  bool null = false;
  for (const pair& each : pairs) {
    const field_slot to = each.foreign->slot();
    const void* const value = value_of(to, object);
    null = null || value == nullptr;
    if (source == nullptr || value == nullptr) continue;
    const field_slot of = each.key->slot();
    const void* const named = value_of(of, source);
    if (named == nullptr) return false;
    push_part(of, named, key);
    push_part(to, value, foreign);
  }
  if (source == nullptr || null) return null && source == nullptr;
  if (type_field != nullptr) {
    const field_slot slot = type_field->slot();
    const void* const type = value_of(slot, object);
    if (type == nullptr) return false;
    push_value(slot, type, foreign);
    key.push_text(type_name);
  }
  return key.size == foreign.size && std::memcmp(key.data(), foreign.data(), key.size * sizeof(std::uint64_t)) == 0;
}

void key_flow::fill(void* object, const void* source) const {
  if (source == nullptr && !nullable) {
    throw query_error("relation " + name() +
                      " refers to nothing, but no column of its foreign key can be NULL: make "
                      "the field " +
                      pairs[0].foreign->name +
                      " a std::optional, or refer to an object; what is taken out of a relation is removed "
                      "where that says delete_orphans()");
  }
  if (plain && source != nullptr) {
    std::memcpy(static_cast<char*>(object) + pairs[0].foreign->offset,
                static_cast<const char*>(source) + pairs[0].key->offset, sizeof(std::int64_t));
    return;
  }
  inline_word_buffer<16> words;
  for (const pair& each : pairs) {
    const field_slot to = each.foreign->slot();
    if (source == nullptr) {
      if (to.nullable) store_null(to, object);
      continue;
    }
    const field_slot of = each.key->slot();
    const void* const value = value_of(of, source);
    if (value == nullptr) {
      throw query_error("relation " + name() + " refers to an object whose field " + each.key->name +
                        " is NULL, so that no foreign key can name it");
    }
    words.size = 0;
    push_part(of, value, words);
    store_words(to, field_for_value(to, object), words.data());
  }
  if (type_field == nullptr) return;
  const field_slot slot = type_field->slot();
  if (source == nullptr) {
    if (slot.nullable) store_null(slot, object);
    return;
  }
  words.size = 0;
  words.push_text(type_name);
  store_words(slot, field_for_value(slot, object), words.data());
}

std::uint64_t key_flow::hash_of_key(const void* source) const {
  inline_word_buffer<16> words;
  for (const pair& each : pairs) {
    const field_slot slot = each.key->slot();
    if (const void* const value = value_of(slot, source)) push_part(slot, value, words);
  }
  return hash_words(words.data(), words.size);
}

std::uint64_t key_flow::hash_of_foreign(const void* object) const {
  inline_word_buffer<16> words;
  for (const pair& each : pairs) {
    const field_slot slot = each.foreign->slot();
    if (const void* const value = value_of(slot, object)) push_part(slot, value, words);
  }
  return hash_words(words.data(), words.size);
}

std::uint16_t key_flow::position_of(const field_info& field) const noexcept {
  return static_cast<std::uint16_t>(&field - to->fields.data());
}

std::vector<std::uint64_t> key_flow::foreign_in(words_view taken) const {
  std::vector<std::uint16_t> positions;
  for (const pair& each : pairs) positions.push_back(position_of(*each.foreign));
  return values_in(*to, taken, positions);
}

bool key_flow::holds_in(words_view taken, const void* source) const {
  inline_word_buffer<16> key;
  for (const pair& each : pairs) {
    const field_slot slot = each.key->slot();
    const void* const value = value_of(slot, source);
    if (value == nullptr) return false;
    push_part(slot, value, key);
  }
  std::vector<std::uint64_t> named = foreign_in(taken);
  if (type_field != nullptr) {
    const std::vector<std::uint64_t> type = values_in(*to, taken, {position_of(*type_field)});
    named.insert(named.end(), type.begin(), type.end());
    key.push_text(type_name);
  }
  return std::equal(named.begin(), named.end(), key.data(), key.data() + key.size);
}

std::uint64_t key_flow::hash_in(words_view taken) const {
  const std::vector<std::uint64_t> words = foreign_in(taken);
  return hash_words(words.data(), static_cast<std::uint32_t>(words.size()));
}

bool key_flow::has_field(std::uint16_t position) const noexcept {
  const field_info* const field = &to->fields[position];
  return field == type_field ||
         std::any_of(pairs.begin(), pairs.end(), [&](const pair& each) { return each.foreign == field; });
}

std::string key_flow::name() const {
  if (relation == nullptr) return std::string(to->short_name()) + "::" + pairs[0].foreign->name;
  return std::string(owner->short_name()) + "::" + owner->fields[relation->field].name;
}

namespace {

/// What follows from its pairs.
void complete(key_flow& flow) {
  const auto is_plain = [](const field_info& field) { return field.type->k == kind::i64 && !field.type->nullable; };
  const auto is_nullable = [](const key_flow::pair& each) { return each.foreign->slot().nullable; };
  flow.nullable = std::any_of(flow.pairs.begin(), flow.pairs.end(), is_nullable);
  flow.plain = flow.pairs.size() == 1 && flow.type_field == nullptr && is_plain(*flow.pairs[0].key) &&
               is_plain(*flow.pairs[0].foreign);
}

}  // namespace

key_flow flow_by_value(const model_info& child, const std::vector<std::uint16_t>& foreign, const model_info& target,
                       const std::vector<std::uint16_t>& named) {
  key_flow flow{&child, nullptr, &target, &child, {}};
  for (std::size_t i = 0; i != foreign.size(); ++i)
    flow.pairs.push_back({&target.fields[named[i]], &child.fields[foreign[i]]});
  complete(flow);
  return flow;
}

const key_flow& key_flows::of(const model_info& owner, const relation_info& relation, const void* field) {
  const bool any = relation.kind == relation_kind::belongs_to_any;
  const model_spec* const related = any ? model_of_rows(field) : nullptr;
  for (const key_flow& flow : known_) {
    if (flow.relation == &relation && (!any || flow.from->spec == related)) return flow;
  }
  return add(owner, relation, any ? related : find_spec(relation.related));
}

const key_flow& key_flows::add(const model_info& owner, const relation_info& relation, const model_spec* related) {
  if (related == nullptr) {
    throw model_error("relation " + std::string(owner.short_name()) + "::" + owner.fields[relation.field].name +
                      " is to " + std::string(relation.related.name()) +
                      ", which is no known model: name it in tp::register_models<…>()");
  }
  const relation_keys keys = keys_of(owner, owner.fields[relation.field].offset, require_table(info_of(*related)));
  if (!keys.steps.empty()) {
    throw query_error("relation " + std::string(owner.short_name()) + "::" + owner.fields[relation.field].name +
                      " goes through others, so that no key connects its objects: put new ones into the relation of "
                      "the object between");
  }
  const bool into_owner = has_foreign_key(relation.kind);
  key_flow flow{&owner, &relation, into_owner ? keys.related : &owner, into_owner ? &owner : keys.related, {}};
  for (const relation_keys::pair& each : keys.pairs) {
    flow.pairs.push_back({into_owner ? each.related : each.own, into_owner ? each.own : each.related});
  }
  flow.type_field = keys.type_field;
  flow.type_name = keys.type_name;
  complete(flow);
  known_.push_back(std::move(flow));
  return known_.back();
}

}  // namespace tupelo::detail
