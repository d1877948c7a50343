// SPDX-License-Identifier: Apache-2.0
// Which form each result column takes, decided once per prepared statement.
#include "custom_decoder.hpp"
#include "network_order.hpp"
#include "row_decoder.hpp"
#include "script_splitter.hpp"
#include "server_type.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace tupelo::driver::postgres {

namespace {

using choice = std::optional<column_form>;

bool is_read_as_number(kind k) noexcept {
  return is_integer(k) || is_float(k) || k == kind::decimal || k == kind::boolean;
}
/// Kinds that text of any type may be stored in.
bool is_read_as_text(kind k) noexcept { return k == kind::text || k == kind::enumeration || k == kind::custom; }
/// Kinds that `store_text` reads.
bool is_read_from_text(kind k) noexcept {
  return is_read_as_text(k) || k == kind::json || k == kind::decimal || k == kind::uuid || k == kind::timestamp ||
         k == kind::date || k == kind::interval || k == kind::time_of_day;
}
bool is_calendar(kind k) noexcept { return k == kind::timestamp || k == kind::date; }

choice text_if(bool fits, kind k) noexcept {
  if (!fits) return std::nullopt;
  return k == kind::text ? column_form::text_as_is : column_form::text;
}
choice number_if(kind k, kind same, column_form as_is, column_form converted) noexcept {
  if (k == same) return as_is;
  return is_read_as_number(k) ? choice(converted) : std::nullopt;
}

choice form_for(const field_slot& slot, std::uint32_t type) noexcept {
  using form = column_form;
  const kind k = slot.k;
  if (k == kind::null || k == kind::embedded || k == kind::relation || k == kind::array || k == kind::mapped)
    return std::nullopt;
  if (k == kind::custom) return form::text;  // reads the server's own spelling, whatever the type
  if (type >= first_user_oid) return text_if(is_read_from_text(k), k);
  switch (static_cast<oid>(type)) {
    case oid::boolean:
      if (k == kind::boolean) return form::boolean_as_is;
      return is_integer(k) ? choice(form::boolean) : std::nullopt;
    case oid::int2: return is_read_as_number(k) ? choice(form::int2) : std::nullopt;
    case oid::int4: return number_if(k, kind::i32, form::int4_as_is, form::int4);
    case oid::int8: return number_if(k, kind::i64, form::int8_as_is, form::int8);
    case oid::oid: return number_if(k, kind::u32, form::int4_as_is, form::oid);
    case oid::float4: return number_if(k, kind::f32, form::float4_as_is, form::float4);
    case oid::float8: return number_if(k, kind::f64, form::float8_as_is, form::float8);
    case oid::numeric: return is_read_as_number(k) ? choice(form::numeric) : std::nullopt;
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
    case oid::interval:
      if (k == kind::interval) return form::interval;
      return text_if(is_read_as_text(k), k);
    case oid::time:
      if (k == kind::time_of_day) return form::time_of_day;
      return text_if(is_read_as_text(k), k);
    case oid::json:
    case oid::jsonb: return text_if(k == kind::json || k == kind::text, k);
    case oid::text:
    case oid::varchar:
    case oid::bpchar:
    case oid::name:
    case oid::xml:
    case oid::unknown: return text_if(is_read_from_text(k), k);
    default: return text_if(is_read_as_text(k), k);
  }
}

bool is_text_form(column_form form) noexcept {
  return form == column_form::text || form == column_form::text_as_is || form == column_form::array_text;
}
/// Whether text is the only form in which all attributes can be read.
bool has_text_attributes(const composite_ops& composite) noexcept {
  for (std::size_t i = 0; i < composite.count; ++i) {
    const type_ops& type = stored_type(innermost_type(stored_type(*composite.attributes[i].type)));
    if (type.k != kind::custom) continue;
    if (type.form == nullptr) return true;
    if (type.form->composite != nullptr && has_text_attributes(type.form->composite())) return true;
  }
  return false;
}

/// The binary form of a type with field_traits; false where it has to be text.
bool plan_custom(const field_slot& slot, std::uint32_t type, column_form* forms) {
  const custom_form& own = *slot.type->form;
  std::uint32_t no_elements = 0;
  const auto plan_bound = [&](const range_ops& range, const server_type* bound, column_form* form) {
    if (bound == nullptr) return false;
    const field_slot bound_slot{range.bound, 0, range.bound->k, range.bound->nullable, slot.column};
    return plan_forms(bound_slot, static_cast<std::uint32_t>(bound->type), form, no_elements) && !is_text_form(*form);
  };
  if (own.range != nullptr) {
    forms[0] = column_form::range;
    return plan_bound(*own.range, find_range_bound(type), forms + 1);
  }
  if (own.multirange != nullptr) {
    forms[0] = column_form::multirange;
    forms[1] = column_form::range;
    return plan_bound(*own.multirange->element->form->range, find_multirange_bound(type), forms + 2);
  }
  if (own.composite != nullptr) {
    forms[0] = column_form::composite;
    const bool is_record = type >= first_user_oid || static_cast<oid>(type) == oid::record;
    return is_record && !has_text_attributes(own.composite());
  }
  forms[0] = column_form::own_bytes;
  return own.from_binary != nullptr && is_type_of(own, type);
}

/// Of an array's elements, behind its last dimension.
field_slot innermost_slot(const field_slot& slot) noexcept {
  const type_ops& type = innermost_type(*slot.type);
  return {&type, 0, type.k, type.nullable, slot.column};
}

}  // namespace

bool plan_forms(const field_slot& slot, std::uint32_t type, column_form* forms, std::uint32_t& element_type) {
  if (slot.k == kind::mapped) {
    forms[0] = column_form::mapped;
    return plan_forms(stored_slot(slot), type, forms + 1, element_type);
  }
  if (slot.k == kind::custom && slot.type->form != nullptr && plan_custom(slot, type, forms)) return true;
  if (slot.k != kind::array) {
    const choice form = form_for(slot, type);
    if (form) forms[0] = *form;
    return form.has_value();
  }
  const server_type* const element = find_element_type(type);
  const field_slot inner = innermost_slot(slot);
  if (element == nullptr && type >= first_user_oid && stored_type(*inner.type).k == kind::custom) {
    // Of composites the array says itself which they are.
    element_type = 0;
    if (plan_forms(inner, type, forms + 1, element_type)) {
      forms[0] = column_form::array;
      if (forms[forms[1] == column_form::mapped ? 2 : 1] == column_form::composite) return true;
    }
  }
  if (element == nullptr) {
    // Of a type that is not known here: its text tells whether it is one.
    forms[0] = column_form::array_text;
    return find_server_type(type) == nullptr && static_cast<oid>(type) != oid::box_array;
  }
  element_type = static_cast<std::uint32_t>(element->type);
  if (!plan_forms(inner, element_type, forms + 1, element_type)) return false;
  column_form& last = forms[forms[1] == column_form::mapped ? 2 : 1];
  if (element->type == oid::jsonb && is_text_form(last)) last = column_form::jsonb;
  const bool binary = !is_text_form(last) || is_text_in_binary(static_cast<std::uint32_t>(element->type));
  forms[0] = binary ? column_form::array : column_form::array_text;
  return true;
}

namespace {

std::string name_of_field(const field_slot& slot) {
  if (slot.k == kind::mapped) {
    return std::string(slot.type->type_name != nullptr ? slot.type->type_name() : name_of(slot.k)) + ", stored as " +
           name_of_field(stored_slot(slot));
  }
  if (slot.k == kind::array && slot.type->array != nullptr) return "array of " + name_of_field(element_slot(slot));
  return std::string(name_of(slot.k));
}

[[noreturn, gnu::cold]] void refuse_column(const statement_plan& plan, const field_slot& slot,
                                           const result_column& column, const type_catalog& catalog) {
  const std::string_view name = slot.column.empty() ? column.name : slot.column;
  std::string message = "column \"" + std::string(name) + "\" is PostgreSQL's " + catalog.name_of(column.type);
  message.append(" where its field");
  if (!plan.row_type.empty()) message.append(" in ").append(plan.row_type);
  message.append(" is ").append(name_of_field(slot));
  message.append("; change the type of the one or the other, or cast the column in the statement");
  throw decode_error(errc::type_mismatch, std::move(message), std::string(name));
}

void append_count(std::string& out, std::size_t value) {
  char bytes[2];
  store16(bytes, static_cast<std::uint16_t>(value));
  out.append(bytes, sizeof bytes);
}

bool is_copy(std::string_view statement) noexcept {
  const std::size_t first = statement.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && begins_with_word(statement.substr(first), "copy");
}

}  // namespace

bool is_binary(const row_column& column) noexcept {
  return !is_text_form(column.form == column_form::mapped ? column.inner[0] : column.form);
}

row_layout plan_row(const statement_plan& plan, std::span<const result_column> columns, const type_catalog& catalog) {
  row_layout layout;
  if (plan.reads.empty()) {  // nobody looks at the values; every type has a text form
    append_count(layout.formats, 0);
    return layout;
  }
  if (plan.reads.size() != columns.size()) {
    if (columns.empty() && is_copy(plan.text))
      throw query_error("a COPY gives no rows as a statement: use copy_out(), which takes a query, or copy_in()");
    throw query_error("the statement gives " + std::to_string(columns.size()) + " columns but " +
                      (plan.row_type.empty() ? std::string("the row type") : std::string(plan.row_type)) + " has " +
                      std::to_string(plan.reads.size()) + " fields; name the columns that are wanted, in their order");
  }
  layout.columns.reserve(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    column_form forms[most_forms]{};
    row_column column{plan.reads[i]};
    if (!plan_forms(plan.reads[i], columns[i].type, forms, column.element_type))
      refuse_column(plan, plan.reads[i], columns[i], catalog);
    column.form = forms[0];
    std::copy(forms + 1, forms + most_forms, column.inner);
    layout.columns.push_back(column);
  }

  const auto binary = std::count_if(layout.columns.begin(), layout.columns.end(),
                                    [](const row_column& column) { return is_binary(column); });
  if (binary == 0) {
    append_count(layout.formats, 0);  // none: all are text
  } else if (static_cast<std::size_t>(binary) == layout.columns.size()) {
    append_count(layout.formats, 1);  // one for all
    append_count(layout.formats, 1);
  } else {
    append_count(layout.formats, layout.columns.size());
    for (const row_column& column : layout.columns) append_count(layout.formats, is_binary(column) ? 1 : 0);
  }
  return layout;
}

void write_result_formats(send_buffer& out, const row_layout& layout) {
  out.put_bytes(layout.formats.data(), layout.formats.size());
}

}  // namespace tupelo::driver::postgres
