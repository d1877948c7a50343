// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/row_words.hpp"
#include "tupelo/model/relation_keys.hpp"

#include <cstdint>
#include <list>
#include <string>
#include <vector>

namespace tupelo::detail {

/// Whether the object that has the relation has the foreign key too.
constexpr bool has_foreign_key(relation_kind kind) noexcept {
  return kind == relation_kind::belongs_to || kind == relation_kind::belongs_to_any;
}

/// How the key of one object gets into the foreign key of another that a relation connects with it.
struct key_flow {
  struct pair {
    const field_info* key;
    const field_info* foreign;
  };
  const model_info* owner;        ///< has the relation field
  const relation_info* relation;  ///< null: the value of the foreign key says it
  const model_info* from;         ///< has the key
  const model_info* to;           ///< has the foreign key
  std::vector<pair> pairs;
  bool nullable = false;                   ///< the foreign key can name nothing
  bool plain = false;                      ///< both are one 64-bit number
  const field_info* type_field = nullptr;  ///< beside the foreign key: which model it names a row of
  std::string type_name{};

  /// Whether the key of this object, which is not inserted yet, is made by the database.
  bool awaits_insert(const void* source) const;
  /// Whether the foreign key of `object` names `source`; null: names nothing.
  bool holds(const void* object, const void* source) const;
  /// The same of a row, as a snapshot has it.
  bool holds_in(words_view taken, const void* source) const;
  /// Makes it so. Errors: query_error where it names nothing and cannot; those of storing a value.
  void fill(void* object, const void* source) const;
  bool has_field(std::uint16_t position) const noexcept;
  /// The same for an object and whatever its foreign key may name.
  std::uint64_t hash_of_key(const void* source) const;
  std::uint64_t hash_of_foreign(const void* object) const;
  std::uint64_t hash_in(words_view taken) const;
  /// "Post::author", for messages.
  std::string name() const;

private:
  std::uint16_t position_of(const field_info& field) const noexcept;
  /// Its values; empty where one is NULL.
  std::vector<std::uint64_t> foreign_in(words_view taken) const;
};

/// The same of a foreign key, of these fields of the child, that names these of the target.
key_flow flow_by_value(const model_info& child, const std::vector<std::uint16_t>& foreign, const model_info& target,
                       const std::vector<std::uint16_t>& named);

/// The flows of the relations that a flush has met, each made once.
class key_flows {
public:
  /// `field`: of the object whose relation it is; it says of which model the rows of a belongs_to_any are.
  const key_flow& of(const model_info& owner, const relation_info& relation, const void* field = nullptr);

private:
  const key_flow& add(const model_info& owner, const relation_info& relation, const model_spec* related);

  std::list<key_flow> known_;  ///< which allocates nothing as long as it is empty
};

}  // namespace tupelo::detail
