// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/model_info.hpp"
#include "tupelo/core/uuid.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// How the rows of a relation are found: which fields of an object must equal which of a related row.
///
/// A many_to_many relation has a pair for each part of the owner's key, and the related model's key beside them: the
/// join table stands between them. One that goes through
/// others has those of its first step.
struct relation_keys {
  struct pair {
    const field_info* own;
    const field_info* related;  ///< null: see related_key
  };
  const relation_info* relation = nullptr;
  const model_info* owner = nullptr;
  const model_info* related = nullptr;
  std::vector<pair> pairs;
  std::vector<const field_info*> related_key{};  ///< of a many_to_many relation
  std::vector<relation_keys> steps{};            ///< of a relation that goes through others
  const field_info* type_field = nullptr;  ///< says whose key is beside it: of the related model, or of the owner's
  std::string type_name{};                 ///< and what it, or the join table's column, says there; empty: nothing

  bool has_join_table() const noexcept { return relation->kind == relation_kind::many_to_many; }
  /// Whether the owner's key is no column of the related row, and read beside it.
  bool has_join_key() const noexcept { return has_join_table() || !steps.empty(); }
  /// How many columns that is.
  std::size_t join_keys() const noexcept { return has_join_key() ? pairs.size() : 0; }
};

/// Whether the columns that a relation names in `child` are those of this foreign key of it.
bool goes_by(const relation_info& relation, const model_info& child, const foreign_key_info& key);

/// The kind in which values of a key's field travel and are compared: what the field is stored as, integers in 64 bits.
kind key_kind(const field_info& field) noexcept;

/// Errors: model_error for a relation that model() does not declare, or whose key does not fit the related model.
relation_keys keys_of(const model_info& owner, std::uint16_t relation_offset, const model_info& related);

/// The model of the join table, where it leaves rows out: these connect nothing. It is the
/// one that the relation's field names, or else a field of one of both models that goes by the same table; what else
/// the program uses makes no difference. Null: none is named, or it leaves nothing out.
/// Errors: query_error where several are named, the one named is no known model or another table's, or none is and a
/// known one leaves rows out.
const model_info* hiding_model(const relation_keys& keys);
/// The model of the join table, which a field names as above; null: none does, or it is no known model of that table.
/// Errors: query_error where several are named.
const model_info* join_model(const relation_keys& keys);
/// By marks or default scopes.
inline bool leaves_out_rows(const model_info& model) noexcept { return model.deleted_at >= 0 || !model.scopes.empty(); }
/// A model of this table that leaves rows out, among those that the program has used.
const model_info* used_hiding_model(std::string_view table);

/// "User::posts" or "Post::author": the declared relations that read rows of `model` by this field, joined by " or ",
/// of models that have been used.
std::string relations_by(const model_info& model, const field_info& field);
/// The same of these models' relations alone.
std::string relations_by(const model_info& model, const field_info& field,
                         const std::vector<const model_info*>& owners);

/// Refuses relations that no query could load: fields that model() does not declare, keys that do not fit, related
/// models that the program does not know. Errors: model_error naming struct and field.
void require_relations(const model_info& owner);

/// Where a row stands that is read beside another one, and a bool behind it that says whether there is one.
struct joined_place {
  std::size_t row = 0, there = 0;
  std::size_t end() const noexcept { return there + 1; }
  /// Behind what ends here.
  static joined_place behind(std::size_t end, const model_info& related) noexcept {
    constexpr std::size_t alignment = alignof(std::max_align_t);
    const std::size_t row = (end + alignment - 1) / alignment * alignment;
    return {row, row + related.size};
  }
};

/// Where a column that names the owner of a row by a join table, or by relations between, is decoded, behind the
/// related row that it came with.
struct join_key {
  std::int64_t number = 0;
  std::string text;
  uuid id;
};
std::size_t join_key_offset(const model_info& related) noexcept;
/// Where the join table's row stands, behind the related row and the parts of its join key.
std::size_t pivot_offset(const model_info& related, std::size_t join_keys, std::size_t alignment) noexcept;
/// A part of the join key as a column of the row; each has a join_key of its own, side by side. Errors: model_error for
/// a key that no join table can hold.
field_slot join_key_slot(const relation_keys& keys, std::size_t part);

}  // namespace tupelo
