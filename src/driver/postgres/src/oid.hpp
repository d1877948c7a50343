// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tupelo::driver::postgres {

/// The number by which a server names a type. Built-in types have the same on every server; types that users made do
/// not.
enum class oid : std::uint32_t {
  unspecified = 0,
  boolean = 16,
  bytea = 17,
  internal_char = 18,
  name = 19,
  int8 = 20,
  int2 = 21,
  int4 = 23,
  text = 25,
  oid = 26,
  json = 114,
  xml = 142,
  float4 = 700,
  float8 = 701,
  unknown = 705,
  money = 790,
  macaddr = 829,
  cidr = 650,
  inet = 869,
  bpchar = 1042,
  varchar = 1043,
  date = 1082,
  time = 1083,
  timestamp = 1114,
  timestamptz = 1184,
  interval = 1186,
  timetz = 1266,
  bit = 1560,
  varbit = 1562,
  numeric = 1700,
  uuid = 2950,
  jsonb = 3802,
};

}  // namespace tupelo::driver::postgres
