// SPDX-License-Identifier: Apache-2.0
#include "server_type.hpp"

#include <algorithm>

namespace tupelo::driver::postgres {

namespace {

// `unknown` is the one that has no array.
constexpr server_type types[] = {
    {oid::boolean, oid::boolean_array, "bool"},
    {oid::bytea, oid::bytea_array, "bytea"},
    {oid::internal_char, oid::internal_char_array, "\"char\""},
    {oid::name, oid::name_array, "name"},
    {oid::int8, oid::int8_array, "int8"},
    {oid::int2, oid::int2_array, "int2"},
    {oid::int4, oid::int4_array, "int4"},
    {oid::text, oid::text_array, "text"},
    {oid::oid, oid::oid_array, "oid"},
    {oid::json, oid::json_array, "json"},
    {oid::xml, oid::xml_array, "xml"},
    {oid::float4, oid::float4_array, "float4"},
    {oid::float8, oid::float8_array, "float8"},
    {oid::unknown, oid::unspecified, "unknown"},
    {oid::money, oid::money_array, "money"},
    {oid::macaddr, oid::macaddr_array, "macaddr"},
    {oid::cidr, oid::cidr_array, "cidr"},
    {oid::inet, oid::inet_array, "inet"},
    {oid::bpchar, oid::bpchar_array, "bpchar"},
    {oid::varchar, oid::varchar_array, "varchar"},
    {oid::date, oid::date_array, "date"},
    {oid::time, oid::time_array, "time"},
    {oid::timestamp, oid::timestamp_array, "timestamp"},
    {oid::timestamptz, oid::timestamptz_array, "timestamptz"},
    {oid::interval, oid::interval_array, "interval"},
    {oid::timetz, oid::timetz_array, "timetz"},
    {oid::bit, oid::bit_array, "bit"},
    {oid::varbit, oid::varbit_array, "varbit"},
    {oid::numeric, oid::numeric_array, "numeric"},
    {oid::uuid, oid::uuid_array, "uuid"},
    {oid::jsonb, oid::jsonb_array, "jsonb"},
    {oid::record, oid::record_array, "record"},
    {oid::point, oid::point_array, "point"},
    {oid::lseg, oid::lseg_array, "lseg"},
    {oid::path, oid::path_array, "path"},
    {oid::polygon, oid::polygon_array, "polygon"},
    {oid::line, oid::line_array, "line"},
    {oid::circle, oid::circle_array, "circle"},
    {oid::macaddr8, oid::macaddr8_array, "macaddr8"},
    {oid::pg_lsn, oid::pg_lsn_array, "pg_lsn"},
    {oid::tsvector, oid::tsvector_array, "tsvector"},
    {oid::tsquery, oid::tsquery_array, "tsquery"},
    {oid::int4range, oid::int4range_array, "int4range"},
    {oid::numrange, oid::numrange_array, "numrange"},
    {oid::tsrange, oid::tsrange_array, "tsrange"},
    {oid::tstzrange, oid::tstzrange_array, "tstzrange"},
    {oid::daterange, oid::daterange_array, "daterange"},
    {oid::int8range, oid::int8range_array, "int8range"},
    {oid::jsonpath, oid::jsonpath_array, "jsonpath"},
    {oid::int4multirange, oid::int4multirange_array, "int4multirange"},
    {oid::nummultirange, oid::nummultirange_array, "nummultirange"},
    {oid::tsmultirange, oid::tsmultirange_array, "tsmultirange"},
    {oid::tstzmultirange, oid::tstzmultirange_array, "tstzmultirange"},
    {oid::datemultirange, oid::datemultirange_array, "datemultirange"},
    {oid::int8multirange, oid::int8multirange_array, "int8multirange"},
};

/// What has a name in messages, and nothing else: their numbers are the same on every server.
struct named_type {
  std::uint32_t type;
  std::uint32_t array;  ///< 0: there is none
  std::string_view name;
};
// Source: PostgreSQL, pg_type.dat.
constexpr named_type named_only[] = {
    {22, 1006, "int2vector"},
    {24, 1008, "regproc"},
    {27, 1010, "tid"},
    {28, 1011, "xid"},
    {29, 1012, "cid"},
    {30, 1013, "oidvector"},
    {194, 0, "pg_node_tree"},
    {603, 1020, "box"},
    {1033, 1034, "aclitem"},
    {1790, 2201, "refcursor"},
    {2202, 2207, "regprocedure"},
    {2203, 2208, "regoper"},
    {2204, 2209, "regoperator"},
    {2205, 2210, "regclass"},
    {2206, 2211, "regtype"},
    {2275, 1263, "cstring"},
    {2278, 0, "void"},
    {2970, 2949, "txid_snapshot"},
    {3361, 0, "pg_ndistinct"},
    {3402, 0, "pg_dependencies"},
    {3642, 3644, "gtsvector"},
    {3734, 3735, "regconfig"},
    {3769, 3770, "regdictionary"},
    {4089, 4090, "regnamespace"},
    {4096, 4097, "regrole"},
    {4191, 4192, "regcollation"},
    {4600, 0, "pg_brin_bloom_summary"},
    {4601, 0, "pg_brin_minmax_multi_summary"},
    {5017, 0, "pg_mcv_list"},
    {5038, 5039, "pg_snapshot"},
    {5069, 271, "xid8"},
};

struct range_type {
  oid range;
  oid multirange;
  oid bound;
};
constexpr range_type ranges[] = {
    {oid::int4range, oid::int4multirange, oid::int4},  {oid::int8range, oid::int8multirange, oid::int8},
    {oid::numrange, oid::nummultirange, oid::numeric}, {oid::daterange, oid::datemultirange, oid::date},
    {oid::tsrange, oid::tsmultirange, oid::timestamp}, {oid::tstzrange, oid::tstzmultirange, oid::timestamptz},
};

}  // namespace

const server_type* find_server_type(std::uint32_t type) noexcept {
  for (const server_type& known : types) {
    if (known.type == static_cast<oid>(type)) return &known;
  }
  return nullptr;
}

const server_type* find_server_type(std::string_view name) noexcept {
  for (const server_type& known : types) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

const server_type* find_element_type(std::uint32_t array) noexcept {
  if (array == 0) return nullptr;
  for (const server_type& known : types) {
    if (known.array == static_cast<oid>(array)) return &known;
  }
  return nullptr;
}

const server_type* find_range_bound(std::uint32_t range) noexcept {
  for (const range_type& known : ranges) {
    if (known.range == static_cast<oid>(range)) return find_server_type(static_cast<std::uint32_t>(known.bound));
  }
  return nullptr;
}

const server_type* find_multirange_bound(std::uint32_t multirange) noexcept {
  for (const range_type& known : ranges) {
    if (known.multirange == static_cast<oid>(multirange))
      return find_server_type(static_cast<std::uint32_t>(known.bound));
  }
  return nullptr;
}

bool is_text_in_binary(std::uint32_t type) noexcept {
  switch (static_cast<oid>(type)) {
    case oid::text:
    case oid::varchar:
    case oid::bpchar:
    case oid::name:
    case oid::xml:
    case oid::json:
    case oid::unknown: return true;
    default: return false;
  }
}

bool is_type_of(const custom_form& own, std::uint32_t type) noexcept {
  const server_type* const known = find_server_type(type);
  if (known == nullptr && type < first_user_oid) return false;
  bool found = false;
  bool all_foreign = true;
  for (std::string_view names = own.types; !names.empty();) {
    const std::string_view name = names.substr(0, names.find(' '));
    names.remove_prefix(std::min(name.size() + 1, names.size()));
    found |= known != nullptr && known->name == name;
    all_foreign &= find_server_type(name) == nullptr;
  }
  return known != nullptr ? found : all_foreign;
}

std::string name_of_server_type(std::uint32_t type) {
  if (const server_type* known = find_server_type(type)) return std::string(known->name);
  if (const server_type* element = find_element_type(type)) return std::string(element->name) + "[]";
  for (const named_type& known : named_only) {
    if (type != 0 && known.type == type) return std::string(known.name);
    if (type != 0 && known.array == type) return std::string(known.name) + "[]";
  }
  return "type " + std::to_string(type);
}

}  // namespace tupelo::driver::postgres
