// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "oid.hpp"

#include <tupelo/core/field.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace tupelo::driver::postgres {

/// One of the server's built-in types that Tupelo knows by name.
struct server_type {
  oid type{};
  oid array{};  ///< of the one-dimensional array whose elements have the type
  std::string_view name;
};

/// Null when the number is no such type.
const server_type* find_server_type(std::uint32_t type) noexcept;
const server_type* find_server_type(std::string_view name) noexcept;
/// Whether a value of the type is the same in both formats, so that its binary form may be read as text.
bool is_text_in_binary(std::uint32_t type) noexcept;
/// Whether the bytes that a type's field_traits write and read are those of the server's type. Of types that users made
/// the number says nothing: they are where none of the names in the traits is that of one of ours.
bool is_type_of(const custom_form& own, std::uint32_t type) noexcept;
/// The type of the elements; null when the number is no array of a known type.
const server_type* find_element_type(std::uint32_t array) noexcept;

/// The type of the bounds of a range, or of the ranges' bounds of a multirange; null when the number is no such type.
const server_type* find_range_bound(std::uint32_t range) noexcept;
const server_type* find_multirange_bound(std::uint32_t multirange) noexcept;

/// For messages: "int4", "int4[]", "type 16402".
std::string name_of_server_type(std::uint32_t type);

}  // namespace tupelo::driver::postgres
