// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/statement.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tupelo::test_support {

/// The description of a field of type T that the model room makes by reflection.
template <class T>
type_ops ops_of(kind k) {
  type_ops ops{};
  ops.k = k;
  ops.size = static_cast<std::uint16_t>(sizeof(T));
  return ops;
}
template <class T>
type_ops optional_ops_of(kind k) {
  using optional = std::optional<T>;
  type_ops ops = ops_of<T>(k);
  ops.nullable = true;
  ops.emplace = [](void* p) -> void* { return &static_cast<optional*>(p)->emplace(); };
  ops.reset = [](void* p) { static_cast<optional*>(p)->reset(); };
  ops.get = [](const void* p) -> const void* {
    const optional& field = *static_cast<const optional*>(p);
    return field ? &*field : nullptr;
  };
  return ops;
}

inline field_slot slot_of(const type_ops& ops, std::size_t offset = 0, std::string_view column = "price") {
  return {&ops, static_cast<std::uint16_t>(offset), ops.k, ops.nullable, column};
}

}  // namespace tupelo::test_support
