// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace tupelo {

struct model_info;

/// A set of a model's fields, by their positions in its description.
class given_fields {
public:
  static constexpr std::size_t most = 512;

  bool has(std::size_t position) const noexcept { return (words_[position / 64] >> position % 64 & 1) != 0; }
  void add(std::size_t position) noexcept { words_[position / 64] |= std::uint64_t{1} << position % 64; }
  void remove(std::size_t position) noexcept { words_[position / 64] &= ~(std::uint64_t{1} << position % 64); }
  std::size_t size() const noexcept {
    std::size_t count = 0;
    for (const std::uint64_t word : words_) count += static_cast<std::size_t>(__builtin_popcountll(word));
    return count;
  }

private:
  std::uint64_t words_[most / 64]{};
};

namespace detail {
/// Copies the values of these fields from one object of the model to another.
void copy_fields(const model_info& info, const void* from, void* to, const given_fields& which);
}  // namespace detail

}  // namespace tupelo
