// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "join_filling.hpp"
#include "key_index.hpp"

#include "tupelo/engine/join_table_verbs.hpp"
#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/dialect/dialect.hpp"
#include "tupelo/dialect/join_table_text.hpp"
#include "tupelo/query/query_core.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/timestamp.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// The rows of the table between two models.
namespace tupelo::detail {

inline void refuse_empty_key(const model_info& info, const void* object) {
  if (!has_empty_key(info, object)) return;
  throw query_error("a join table cannot name a " + std::string(info.short_name()) +
                    " that has no key yet: flush or insert it first");
}

/// Keys in one statement at most: a power of two, as are the smaller statements, so that they are few.
inline constexpr std::uint32_t most_keys = 256;

/// Statements on those of one object by one relation.
class join_table {
public:
  join_table(const dialect& target, const join_rows& rows)
      : keys_(keys_of(require_table(info_of(*rows.relation.model)), rows.relation.offset,
                      require_table(info_of(*rows.related)))),
        owner_(own_slots(keys_)),
        text_(target, keys_.relation->join_table, keys_.relation->join_key, keys_.relation->join_related_key,
              keys_.relation->join_type, keys_.type_name) {
    if (!keys_.has_join_table()) {
      throw query_error(
          "attach(), detach(), sync() and toggle() are for many_to_many relations: of another kind, set the foreign "
          "key and write the object");
    }
    refuse_empty_key(*keys_.owner, rows.owner);
    owner_.read(rows.owner);  // no part of a primary key is NULL
    filling_ = join_filling(keys_, rows.joins);
    text_.fill_in(filling_.columns());
    const model_info* const model = hiding_model(keys_);
    if (model == nullptr || model->deleted_at < 0) return;
    model_ = model;
    const auto quoted = [&](int position) {
      std::string column;
      if (position >= 0) target.quote(column, model->fields[static_cast<std::size_t>(position)].column);
      return column;
    };
    text_.mark_in(quoted(model->deleted_at), marks_by_key(), quoted(model->updated_at), quoted(model->version));
  }

  /// The given keys, each once.
  key_index read(const given_keys& given) const {
    key_index found(given.count + given.objects.size());
    if (given.count != 0 && (is_composite() || !fits(key_kind(*keys_.related_key[0]), given.k))) {
      throw query_error("the keys given for relation " + std::string(keys_.owner->short_name()) +
                        "::" + keys_.owner->fields[keys_.relation->field].name +
                        " are of another type than the key of " + std::string(keys_.related->short_name()) +
                        (is_composite() ? ", which has several columns: give objects" : ""));
    }
    const std::uint64_t* at = given.values.data();
    for (std::uint32_t i = 0; i < given.count; ++i) {
      const auto words = static_cast<std::uint32_t>(words_of_value(given.k, at));
      found.add(at, words);
      at += words;
    }
    std::vector<field_slot> parts;
    for (const field_info* field : keys_.related_key) parts.push_back(field->slot());
    key_words key(std::move(parts));
    for (const void* object : given.objects) {
      refuse_empty_key(*keys_.related, object);
      if (key.read(object)) found.add(key.data(), key.size());
    }
    return found;
  }

  query_core select() const {
    query_core core = begin();
    push_owner(core);
    core.row_type(row_spec());
    core.text(text_.select());
    return core;
  }
  query_core insert(const key_index& keys, const std::vector<std::uint32_t>& some, std::size_t from,
                    std::size_t count) const {
    query_core core = begin();
    for (std::size_t i = 0; i < count; ++i) {
      push_owner(core);
      push_related(core, keys, some[from + i]);
      filling_.push(core);
    }
    core.text(text_.insert(count));
    return core;
  }
  query_core erase(const key_index& keys, const std::vector<std::uint32_t>& some, std::size_t from,
                   std::size_t count) const {
    query_core core = begin_erase();
    for (std::size_t i = 0; i < count; ++i) push_related(core, keys, some[from + i]);
    core.text(text_.erase(count));
    return core;
  }
  query_core erase_all() const {
    query_core core = begin_erase();
    core.text(text_.erase_all());
    return core;
  }

  /// What a row of `select` is read into: a number, a uuid or a text.
  const model_spec& row_spec() const {
    const kind k = related_kind();
    if (k == kind::i64) return row_meta<std::int64_t>::spec;
    if (k == kind::u64) return row_meta<std::uint64_t>::spec;
    if (k == kind::uuid) return row_meta<uuid>::spec;
    return row_meta<std::string>::spec;
  }
  const relation_keys& keys() const noexcept { return keys_; }
  /// The owner's key.
  const key_words& owner() const noexcept { return owner_; }
  const std::string& name() const noexcept { return keys_.relation->join_table; }
  kind related_kind() const { return key_kind(*keys_.related_key[0]); }
  bool is_composite() const noexcept { return keys_.related_key.size() != 1; }
  /// Of a composite key: what is connected with others than these.
  query_core erase_others(const key_index& keys) const {
    query_core core = begin_erase();
    for (std::uint32_t i = 0; i < keys.size(); ++i) push_related(core, keys, i);
    core.text(text_.erase_others(keys.size()));
    return core;
  }

  /// What becomes of a row whose key is there already: one that is marked comes back as the new one, others stay.
  void add_conflict(query_core& core) const {
    if (!marks_by_key()) {
      core.word(make_word(op::conflict_ignore));
      return;
    }
    for (const std::uint16_t part : model_->key) core.word(column_at(part).word(op::conflict_target));
    core.word(make_word(op::conflict_update));
    expression marked(column_at(static_cast<std::uint16_t>(model_->deleted_at)));
    core.clause(op::conflict_where, marked.push(make_word(op::is_not_null)));
  }

  /// Sets what the join table's columns say of the connection. Errors: query_error for another table's row.
  void connect(const model_info& info, void* row, const key_index& keys, std::uint32_t number) const {
    const relation_info& relation = *keys_.relation;
    if (info.table != relation.join_table) {
      throw query_error("attach(): " + std::string(info.short_name()) + " is a row of \"" + info.table +
                        "\"; relation " + std::string(keys_.owner->short_name()) +
                        "::" + keys_.owner->fields[relation.field].name + " goes by \"" + relation.join_table + "\"");
    }
    const std::uint64_t* own = owner_.data();
    for (std::size_t i = 0; i < keys_.pairs.size(); ++i)
      own = store_part(info, row, relation.join_key[i], *keys_.pairs[i].own, own);
    const std::uint64_t* related = keys.key(number);
    for (std::size_t i = 0; i < keys_.related_key.size(); ++i)
      related = store_part(info, row, relation.join_related_key[i], *keys_.related_key[i], related);
    if (relation.join_type.empty()) return;
    inline_word_buffer<8> name;
    name.push_text(keys_.type_name);
    store(info, row, relation.join_type, kind::text, name.data());
  }

private:
  static std::vector<field_slot> own_slots(const relation_keys& keys) {
    std::vector<field_slot> slots;
    for (const relation_keys::pair& pair : keys.pairs) slots.push_back(pair.own->slot());
    return slots;
  }
  /// Gives where the next part's words are.
  static const std::uint64_t* store_part(const model_info& info, void* row, const std::string& column,
                                         const field_info& part, const std::uint64_t* words) {
    store(info, row, column, key_kind(part), words);
    return words + words_of_value(key_kind(part), words);
  }
  static void store(const model_info& info, void* row, const std::string& column, kind k, const std::uint64_t* words) {
    const int position = info.find_column(column);
    if (position < 0) {
      throw query_error("attach(): struct " + std::string(info.short_name()) + " has no column \"" + column +
                        "\", which names a key of the connection");
    }
    const field_slot slot = info.fields[static_cast<std::size_t>(position)].slot();
    if (!fits(stored_type(*slot.type).k, k)) {
      throw query_error("attach(): column \"" + column + "\" of " + std::string(info.short_name()) +
                        " is of another type than the key that it names");
    }
    store_words(slot, field_for_value(slot, row), words);
  }
  static bool fits(kind field, kind value) noexcept {
    return field == value || (is_integer(field) && is_integer(value)) ||
           ((field == kind::enumeration || field == kind::custom) && value == kind::text);
  }
  static query_core begin() {
    query_core core;
    core.word(make_word(op::raw_sql));
    return core;
  }
  query_core begin_erase() const {
    query_core core = begin();
    if (model_ != nullptr) {
      const auto now = static_cast<std::uint64_t>(timestamp::now().us);
      for (int times = model_->updated_at >= 0 ? 2 : 1; times != 0; --times) {
        core.word(make_word(op::value, static_cast<std::uint8_t>(kind::timestamp)));
        core.values.push(now);
      }
    }
    push_owner(core);
    return core;
  }
  column_ref column_at(std::uint16_t position) const { return {model_->spec, model_->fields[position].offset}; }
  /// Whether rows are marked, and their primary key is what they connect: a row that is marked is in the way then.
  bool marks_by_key() const {
    if (model_ == nullptr) return false;
    const relation_info& relation = *keys_.relation;
    std::vector<std::string> connected = relation.join_key, key;
    connected.insert(connected.end(), relation.join_related_key.begin(), relation.join_related_key.end());
    if (!relation.join_type.empty()) connected.push_back(relation.join_type);
    for (const std::uint16_t part : model_->key) key.push_back(model_->fields[part].column);
    return std::is_permutation(connected.begin(), connected.end(), key.begin(), key.end());
  }
  void push_owner(query_core& core) const {
    for (const relation_keys::pair& pair : keys_.pairs)
      core.word(make_word(op::value, static_cast<std::uint8_t>(key_kind(*pair.own))));
    core.values.append(owner_.data(), owner_.size());
  }
  void push_related(query_core& core, const key_index& keys, std::uint32_t number) const {
    for (const field_info* part : keys_.related_key)
      core.word(make_word(op::value, static_cast<std::uint8_t>(key_kind(*part))));
    core.values.append(keys.key(number), keys.words_of(number));
  }

  relation_keys keys_;
  key_words owner_;
  join_table_text text_;
  join_filling filling_;
  const model_info* model_ = nullptr;  ///< of the join table, where its rows are marked and not erased
};

}  // namespace tupelo::detail
