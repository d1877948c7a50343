// SPDX-License-Identifier: Apache-2.0
// Which form each result column takes, decided once per prepared statement.
#include "network_order.hpp"
#include "row_decoder.hpp"
#include "server_type.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace tupelo::driver::postgres {

namespace {

using choice = std::optional<column_form>;

bool is_number(kind k) noexcept { return is_integer(k) || is_float(k) || k == kind::decimal || k == kind::boolean; }
/// Kinds that text of any type may be stored in.
bool is_any_text(kind k) noexcept { return k == kind::text || k == kind::enumeration || k == kind::custom; }
/// Kinds that `store_text` reads.
bool is_read_from_text(kind k) noexcept {
  return is_any_text(k) || k == kind::json || k == kind::decimal || k == kind::uuid || k == kind::timestamp ||
         k == kind::date;
}
bool is_calendar(kind k) noexcept { return k == kind::timestamp || k == kind::date; }

choice text_if(bool fits, kind k) noexcept {
  if (!fits) return std::nullopt;
  return k == kind::text ? column_form::text_as_is : column_form::text;
}
choice number_if(kind k, kind same, column_form as_is, column_form converted) noexcept {
  if (k == same) return as_is;
  return is_number(k) ? choice(converted) : std::nullopt;
}

choice form_for(const field_slot& slot, std::uint32_t type) noexcept {
  using form = column_form;
  const kind k = slot.k;
  if (k == kind::null || k == kind::embedded || k == kind::relation) return std::nullopt;
  if (k == kind::custom) return form::text;  // reads the server's own spelling, whatever the type
  if (type >= first_user_oid) return text_if(is_read_from_text(k), k);
  switch (static_cast<oid>(type)) {
    case oid::boolean:
      if (k == kind::boolean) return form::boolean_as_is;
      return is_integer(k) ? choice(form::boolean) : std::nullopt;
    case oid::int2: return is_number(k) ? choice(form::int2) : std::nullopt;
    case oid::int4: return number_if(k, kind::i32, form::int4_as_is, form::int4);
    case oid::int8: return number_if(k, kind::i64, form::int8_as_is, form::int8);
    case oid::oid: return number_if(k, kind::u32, form::int4_as_is, form::oid);
    case oid::float4: return number_if(k, kind::f32, form::float4_as_is, form::float4);
    case oid::float8: return number_if(k, kind::f64, form::float8_as_is, form::float8);
    case oid::numeric: return is_number(k) ? choice(form::numeric) : std::nullopt;
    case oid::bytea: return k == kind::bytes || k == kind::uuid ? choice(form::bytea) : std::nullopt;
    case oid::uuid:
      if (k == kind::uuid) return form::uuid_as_is;
      return text_if(k == kind::text, k);
    case oid::date:
      if (is_calendar(k)) return form::date;
      return text_if(k == kind::text, k);
    case oid::timestamp:
    case oid::timestamptz:
      if (k == kind::timestamp && !slot.type->chrono) return form::timestamp_as_is;
      if (is_calendar(k)) return form::timestamp;
      return text_if(k == kind::text, k);
    case oid::json:
    case oid::jsonb: return text_if(k == kind::json || k == kind::text, k);
    case oid::text:
    case oid::varchar:
    case oid::bpchar:
    case oid::name:
    case oid::xml:
    case oid::unknown: return text_if(is_read_from_text(k), k);
    default: return text_if(is_any_text(k), k);
  }
}

bool is_binary(column_form form) noexcept { return form != column_form::text && form != column_form::text_as_is; }

[[noreturn, gnu::cold]] void refuse_column(const statement_plan& plan, const field_slot& slot,
                                           const result_column& column) {
  const std::string_view name = slot.column.empty() ? column.name : slot.column;
  std::string message = "column \"" + std::string(name) + "\" is PostgreSQL's " + name_of_server_type(column.type);
  message.append(" where its field");
  if (!plan.row_type.empty()) message.append(" in ").append(plan.row_type);
  message.append(" is ").append(name_of(slot.k));
  message.append("; change the type of the one or the other, or cast the column in the statement");
  throw decode_error(errc::type_mismatch, std::move(message), std::string(name));
}

void append16(std::string& out, std::size_t value) {
  char bytes[2];
  store16(bytes, static_cast<std::uint16_t>(value));
  out.append(bytes, sizeof bytes);
}

}  // namespace

row_layout plan_row(const statement_plan& plan, std::span<const result_column> columns) {
  row_layout layout;
  if (plan.reads.empty()) {  // nobody looks at the values; every type has a text form
    append16(layout.formats, 0);
    return layout;
  }
  if (plan.reads.size() != columns.size()) {
    throw query_error("the statement gives " + std::to_string(columns.size()) + " columns but " +
                      (plan.row_type.empty() ? std::string("the row") : std::string(plan.row_type)) + " has " +
                      std::to_string(plan.reads.size()) + " fields; name the columns that are wanted, in their order");
  }
  layout.columns.reserve(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const choice form = form_for(plan.reads[i], columns[i].type);
    if (!form) refuse_column(plan, plan.reads[i], columns[i]);
    layout.columns.push_back({plan.reads[i], *form});
  }

  const auto binary = std::count_if(layout.columns.begin(), layout.columns.end(),
                                    [](const row_column& column) { return is_binary(column.form); });
  if (binary == 0) {
    append16(layout.formats, 0);  // none: all are text
  } else if (static_cast<std::size_t>(binary) == layout.columns.size()) {
    append16(layout.formats, 1);  // one for all
    append16(layout.formats, 1);
  } else {
    append16(layout.formats, layout.columns.size());
    for (const row_column& column : layout.columns) append16(layout.formats, is_binary(column.form) ? 1 : 0);
  }
  return layout;
}

void write_result_formats(send_buffer& out, const row_layout& layout) {
  out.put_bytes(layout.formats.data(), layout.formats.size());
}

}  // namespace tupelo::driver::postgres
