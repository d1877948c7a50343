// SPDX-License-Identifier: Apache-2.0
#include "type_catalog.hpp"

#include "frontend_messages.hpp"
#include "message_reader.hpp"
#include "oid.hpp"
#include "server_type.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace tupelo::driver::postgres {

namespace {

constexpr std::string_view question =
    "WITH RECURSIVE needed(id) AS (SELECT pg_catalog.unnest($1) UNION SELECT part.id FROM needed, LATERAL ("
    "SELECT typelem FROM pg_catalog.pg_type WHERE oid = needed.id UNION ALL "
    "SELECT typbasetype FROM pg_catalog.pg_type WHERE oid = needed.id UNION ALL "
    "SELECT atttypid FROM pg_catalog.pg_type JOIN pg_catalog.pg_attribute ON attrelid = typrelid AND attnum > 0 AND "
    "NOT "
    "attisdropped WHERE pg_type.oid = needed.id) part(id) WHERE part.id >= 16384) "
    "SELECT t.oid, t.typtype, t.typbasetype, t.typelem, (SELECT pg_catalog.array_agg(atttypid ORDER BY attnum) FROM "
    "pg_catalog.pg_attribute WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped), "
    "pg_catalog.format_type(t.oid, NULL) "
    "FROM needed JOIN pg_catalog.pg_type t ON t.oid = needed.id";

/// More types than anybody makes one value of, and more attributes than a table has columns.
constexpr std::size_t most_types = 10'000;
constexpr std::uint32_t most_attributes = 2'000;
/// A schema's and a type's, quoted; NULL is more.
constexpr std::uint32_t most_name_bytes = 1'000;

constexpr std::uint32_t null_value = 0xffffffffu;

}  // namespace

const type_catalog::entry* type_catalog::find(std::uint32_t type) const noexcept {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const entry& e) { return e.type == type; });
  return found != entries_.end() ? &*found : nullptr;
}

std::uint32_t type_catalog::base_of(std::uint32_t type) const noexcept {
  // A server that is not to be trusted may say that domains go round in a circle.
  for (int depth = 0; depth != 64; ++depth) {
    const entry* const known = type >= first_user_oid ? find(type) : nullptr;
    if (known == nullptr || known->base == 0) break;
    type = known->base;
  }
  return type;
}

std::string type_catalog::name_of(std::uint32_t type) const {
  const entry* const known = find(type);
  return known != nullptr && !known->name.empty() ? known->name : name_of_server_type(type);
}

void type_catalog::add(entry&& known) {
  std::erase_if(entries_, [&](const entry& e) { return e.type == known.type; });
  entries_.push_back(std::move(known));
}

void type_catalog::ask(send_buffer& out, std::span<const std::uint32_t> types) {
  if (entries_.size() + types.size() > most_types / 2) clear();  // of a connection that has met that many
  constexpr auto list = static_cast<std::uint32_t>(oid::oid_array);
  write_parse(out, {}, question, std::span(&list, 1));
  begin_bind(out, {}, {});
  constexpr std::uint16_t binary = 1;
  out.put16(1);  // format codes
  out.put16(binary);
  out.put16(1);  // parameters
  const std::size_t value = out.begin_value();
  out.put32(1);  // dimensions
  out.put32(0);  // no NULL
  out.put32(static_cast<std::uint32_t>(oid::oid));
  out.put32(static_cast<std::uint32_t>(types.size()));
  out.put32(1);  // number of the first element
  for (const std::uint32_t type : types) {
    out.put32(4);
    out.put32(type);
    // What the server does not know is not asked for again and again.
    add({.type = type, .sort = 0, .base = 0, .element = 0, .attributes = {}});
  }
  out.end_value(value);
  out.put16(1);  // result formats
  out.put16(binary);
  out.end();
  write_execute(out, {});
}

void type_catalog::take(const backend_message& row) {
  message_reader in(row);
  const auto refuse = [] { throw_protocol_violation("DataRow does not describe a type"); };
  const auto take_oid = [&] {
    if (in.get32() != sizeof(std::uint32_t)) refuse();
    return in.get32();
  };
  if (in.get16() != 6) refuse();
  entry made;
  made.type = take_oid();
  if (in.get32() != 1) refuse();
  made.sort = static_cast<char>(in.get8());
  made.base = take_oid();
  made.element = take_oid();
  if (in.get32() != null_value) {
    if (in.get32() != 1) refuse();  // dimensions
    in.get32();                     // whether there is a NULL, which would have no length of four
    if (in.get32() != static_cast<std::uint32_t>(oid::oid)) refuse();
    const std::uint32_t count = in.get32();
    if (count > most_attributes) refuse();
    in.get32();  // number of the first element
    made.attributes.reserve(count);
    for (std::uint32_t i = 0; i != count; ++i) made.attributes.push_back(take_oid());
  }
  const std::uint32_t name_size = in.get32();
  if (name_size > most_name_bytes) refuse();
  made.name = in.bytes(name_size);
  in.finish();
  add(std::move(made));
  if (entries_.size() > most_types) throw_protocol_violation("a type is made of more types than there can be");
}

}  // namespace tupelo::driver::postgres
