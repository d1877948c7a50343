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

  // arrays
  xml_array = 143,
  json_array = 199,
  cidr_array = 651,
  money_array = 791,
  boolean_array = 1000,
  bytea_array = 1001,
  internal_char_array = 1002,
  name_array = 1003,
  int2_array = 1005,
  int4_array = 1007,
  text_array = 1009,
  bpchar_array = 1014,
  varchar_array = 1015,
  int8_array = 1016,
  float4_array = 1021,
  float8_array = 1022,
  oid_array = 1028,
  macaddr_array = 1040,
  inet_array = 1041,
  timestamp_array = 1115,
  date_array = 1182,
  time_array = 1183,
  timestamptz_array = 1185,
  interval_array = 1187,
  numeric_array = 1231,
  timetz_array = 1270,
  bit_array = 1561,
  varbit_array = 1563,
  uuid_array = 2951,
  jsonb_array = 3807,
};

/// Types that users and extensions made have this number or a higher one. Source: access/transam.h,
/// FirstNormalObjectId.
inline constexpr std::uint32_t first_user_oid = 16384;

}  // namespace tupelo::driver::postgres
