// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/relation_keys.hpp"
#include "tupelo/core/word_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tupelo::detail {

/// The key of one object, in words: what a value buffer would hold of it. Equal keys have equal words, whatever the
/// types of their fields.
class key_words {
public:
  explicit key_words(std::vector<field_slot> parts) : parts_(static_cast<std::vector<field_slot>&&>(parts)) {}

  /// False: a part is NULL, so that the key names nothing. Errors: query_error for a kind without exact equality.
  bool read(const void* object);
  const std::uint64_t* data() const noexcept { return words_.data(); }
  std::uint32_t size() const noexcept { return words_.size; }
  std::size_t parts() const noexcept { return parts_.size(); }
  const field_slot& part(std::size_t i) const noexcept { return parts_[i]; }

private:
  std::vector<field_slot> parts_;
  inline_word_buffer<8> words_;
};

/// Numbers the different keys of a set of objects, from 0 in the order in which they are met.
class key_index {
public:
  static constexpr std::uint32_t none = UINT32_MAX;

  /// Room for so many keys; it grows beyond.
  explicit key_index(std::size_t expected);
  /// The key's number, a new one where it was not there yet.
  std::uint32_t add(const std::uint64_t* key, std::uint32_t words);
  std::uint32_t find(const std::uint64_t* key, std::uint32_t words) const noexcept;
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(begins_.size() - 1); }
  const std::uint64_t* key(std::uint32_t number) const noexcept { return words_.data() + begins_[number]; }
  std::uint32_t words_of(std::uint32_t number) const noexcept { return begins_[number + 1] - begins_[number]; }
  const std::vector<std::uint64_t>& words() const noexcept { return words_; }

private:
  void grow();
  std::uint32_t& place_of(const std::uint64_t* key, std::uint32_t words) noexcept;

  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> begins_{0};
  std::vector<std::uint32_t> table_;  ///< number + 1, or 0
};

}  // namespace tupelo::detail
