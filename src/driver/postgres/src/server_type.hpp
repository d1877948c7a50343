// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "oid.hpp"

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
/// The type of the elements; null when the number is no array of a known type.
const server_type* find_element_type(std::uint32_t array) noexcept;

/// For messages: "int4", "int4[]", "type 16402".
std::string name_of_server_type(std::uint32_t type);

}  // namespace tupelo::driver::postgres
