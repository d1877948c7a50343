// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/model_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <new>

namespace tupelo {

/// How rows of a model are kept by code that does not know their type; one constant per type that needs it.
struct row_ops {
  const model_spec* spec;
  std::uint16_t alignment;
  void (*construct)(void* place);
  /// Moves rows to a place that does not overlap, and ends them where they were.
  void (*relocate)(void* to, void* from, std::size_t count) noexcept;
  void (*destroy)(void* rows, std::size_t count) noexcept;
};

namespace detail {

template <class T>
struct rows_of {
  static void construct(void* place) { ::new (place) T(); }
  static void relocate(void* to, void* from, std::size_t count) noexcept {
    T* rows = static_cast<T*>(from);
    T* places = static_cast<T*>(to);
    for (std::size_t i = 0; i < count; ++i) {
      ::new (static_cast<void*>(places + i)) T(static_cast<T&&>(rows[i]));
      rows[i].~T();
    }
  }
  static void destroy(void* rows, std::size_t count) noexcept {
    for (T* row = static_cast<T*>(rows); count; --count) (row++)->~T();
  }
  static constexpr row_ops ops{&meta<T>::spec, static_cast<std::uint16_t>(alignof(T)), &construct, &relocate, &destroy};
};

}  // namespace detail

}  // namespace tupelo
