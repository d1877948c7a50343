// SPDX-License-Identifier: Apache-2.0
#include "identity_map.hpp"

#include "snapshot.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace tupelo::detail {

namespace {

using key_buffer = inline_word_buffer<16>;

/// Never 0, which is a free place's. Keys in a row, as a database gives them, have places in a row: eight are found
/// with one cache miss.
std::uint32_t hash_of(const model_info& info, const word_buffer& key) noexcept {
  constexpr std::uint64_t in_a_row = 7;
  const std::uint64_t last = key.size == 0 ? 0 : key.data()[key.size - 1];
  key_buffer begin;
  if (key.size > 1) begin.append(key.data(), key.size - 1);
  begin.push(last & ~in_a_row);
  const std::uint64_t hash = hash_of_key(info, begin);
  const auto folded = static_cast<std::uint32_t>(hash ^ (hash >> 32));
  return ((folded & ~std::uint32_t{in_a_row}) | static_cast<std::uint32_t>(last & in_a_row)) | 0x80000000u;
}

bool same_words(const std::uint64_t* some, std::size_t count, const word_buffer& key) noexcept {
  return count == key.size && std::memcmp(some, key.data(), count * sizeof *some) == 0;
}

}  // namespace

std::uint64_t hash_of_key(const model_info& info, const word_buffer& key) noexcept {
  return hash_words(key.data(), key.size) ^ (std::uint64_t{info.id} * 0x9E3779B97F4A7C15ull);
}

tracked_object* identity_map::find(const model_info& info, const word_buffer& key) const {
  return places_.empty() ? nullptr : find(info, key, hash_of(info, key));
}

tracked_object* identity_map::find_same(const model_info& info, tracked_object* object) const {
  key_buffer key;
  push_key(info, object->object(), key);
  object->key_hash = hash_of(info, key);
  return places_.empty() ? nullptr : find(info, key, object->key_hash);
}

tracked_object* identity_map::find(const model_info& info, const word_buffer& key, std::uint32_t hash) const {
  key_buffer other;
  for (std::size_t at = place_of(hash); hashes_[at] != 0; at = after(at)) {
    if (hashes_[at] != hash) continue;
    tracked_object* const object = places_[at];
    if (object->spec != info.spec) continue;
    other.size = 0;
    push_key(info, object->object(), other);
    if (same_words(other.data(), other.size, key)) return object;
    // As a rule it is another row's; but the program may have changed the key of the object.
    const std::vector<std::uint64_t> of_row = values_in(info, object->snapshot, info.key);
    if (same_words(of_row.data(), of_row.size(), key)) return object;
  }
  return nullptr;
}

tracked_object* identity_map::find(const model_info& info, const void* object) const {
  key_buffer key;
  push_key(info, object, key);
  return find(info, key);
}

void identity_map::insert(const model_info& info, tracked_object* object) {
  key_buffer key;
  push_key(info, object->object(), key);
  object->key_hash = hash_of(info, key);
  insert_new(object);
}

void identity_map::insert_new(tracked_object* object) {
  if ((count_ + 1) * 3 > places_.size() * 2) resize(std::max<std::size_t>(16, places_.size() * 2));
  put(object->key_hash, object);
  ++count_;
}

tracked_object* identity_map::find_other(const model_info& info, const tracked_object& erased) const {
  if (places_.empty()) return nullptr;
  const std::vector<std::uint64_t> of_row = values_in(info, erased.snapshot, info.key);
  key_buffer key;
  key.append(of_row.data(), static_cast<std::uint32_t>(of_row.size()));
  return find(info, key, erased.key_hash);
}

void identity_map::put(std::uint32_t hash, tracked_object* object) noexcept {
  std::size_t at = place_of(hash);
  while (hashes_[at] != 0) at = after(at);
  hashes_[at] = hash;
  places_[at] = object;
}

void identity_map::erase(const tracked_object* object) {
  if (places_.empty()) return;
  std::size_t at = place_of(object->key_hash);
  for (; hashes_[at] == 0 || places_[at] != object; at = after(at)) {
    if (hashes_[at] == 0) return;
  }
  --count_;
  // Those behind that could not stand here move up, so that no search ends too early.
  for (std::size_t next = after(at); hashes_[next] != 0; next = after(next)) {
    const std::size_t mask = places_.size() - 1;
    if (((next - place_of(hashes_[next])) & mask) >= ((next - at) & mask)) {
      hashes_[at] = hashes_[next];
      places_[at] = places_[next];
      at = next;
    }
  }
  hashes_[at] = 0;
}

void identity_map::reserve(std::size_t count) {
  const std::size_t wanted = std::bit_ceil((count_ + count) * 3 / 2 + 1);
  if (wanted > places_.size()) resize(wanted);
}

void identity_map::resize(std::size_t places) {
  std::vector<tracked_object*> smaller(places);
  std::vector<std::uint32_t> hashes(places, 0);
  smaller.swap(places_);
  hashes.swap(hashes_);
  for (std::size_t at = 0; at != hashes.size(); ++at) {
    if (hashes[at] != 0) put(hashes[at], smaller[at]);
  }
}

}  // namespace tupelo::detail
