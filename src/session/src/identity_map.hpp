// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/ref.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/core/word_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tupelo::detail {

/// Of a row's, as push_key writes it.
std::uint64_t hash_of_key(const model_info& info, const word_buffer& key) noexcept;

/// One object per row: finds a tracked object by model and key, the one that its row has, whatever the object says now.
/// Does not own; keeps no keys, the objects have them.
///
/// A table of places, each for one object, that is two thirds full at most; an object stands in the first free one from
/// that which its hash names. The hashes are beside them: looking at an object that is another one costs a cache miss.
class identity_map {
public:
  /// By the key of an object, or that of a query by key.
  tracked_object* find(const model_info& info, const void* object) const;
  tracked_object* find(const model_info& info, const word_buffer& key) const;
  void insert(const model_info& info, tracked_object* object);
  /// The object that has the key of this one; null: there was none, and this one's hash is set for `insert_new`.
  tracked_object* find_same(const model_info& info, tracked_object* object) const;
  void insert_new(tracked_object* object);
  /// The object that is there for the row of this one, which was erased.
  tracked_object* find_other(const model_info& info, const tracked_object& erased) const;
  /// Before: the object was inserted, or its `key_hash` is that of no other one.
  void erase(const tracked_object* object);
  void reserve(std::size_t count);

private:
  tracked_object* find(const model_info& info, const word_buffer& key, std::uint32_t hash) const;
  std::size_t place_of(std::uint32_t hash) const noexcept { return hash & (places_.size() - 1); }
  std::size_t after(std::size_t place) const noexcept { return (place + 1) & (places_.size() - 1); }
  void put(std::uint32_t hash, tracked_object* object) noexcept;
  void resize(std::size_t places);

  std::vector<tracked_object*> places_;  ///< a power of two, or none
  std::vector<std::uint32_t> hashes_;    ///< of those who stand there; 0: nobody does
  std::size_t count_ = 0;
};

}  // namespace tupelo::detail
