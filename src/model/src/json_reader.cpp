// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/model_info.hpp"
#include "tupelo/model/model_json.hpp"
#include "tupelo/core/bytes.hpp"
#include "tupelo/core/date.hpp"
#include "tupelo/core/decimal.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/json_text.hpp"
#include "tupelo/core/word_buffer.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <new>
#include <utility>

namespace tupelo::detail {

namespace {

[[noreturn]] void refuse() { throw value_error(errc::type_mismatch, "a JSON value of another kind"); }

/// Errors: value_error for a text from outside that would make a number of more digits than anybody sends: an exponent
/// makes many of a few characters.
void require_short(std::string_view number, std::size_t longest = 200) {
  constexpr std::size_t exponent_digits = 3;
  std::size_t exponent = number.find_first_of("eE");
  if (exponent == std::string_view::npos) exponent = number.size();
  const std::size_t first = number.find_first_not_of("eE+-0", exponent);
  if (number.size() > longest || (first != std::string_view::npos && number.size() - first > exponent_digits)) refuse();
}

std::string text_of(const json& value) {
  if (!value.is_string()) refuse();
  return value.as_string();
}

void read_float(const field_slot& slot, void* field, const json& value) {
  if (!value.is_string()) {
    require_short(trim_json(value.text()), 1100);  // 1e-308 and its 767 digits, written without an exponent
    return store_float(slot, field, value.as_double());
  }
  const std::string text = value.as_string();
  if (text == "NaN") return store_float(slot, field, std::numeric_limits<double>::quiet_NaN());
  if (text != "Infinity" && text != "-Infinity") refuse();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  store_float(slot, field, text[0] == '-' ? -infinity : infinity);
}

void read_unsigned(const field_slot& slot, void* field, const json& value) {
  if (!value.is_number()) refuse();
  const std::string_view token = trim_json(value.text());
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(token.data(), token.data() + token.size(), number);
  if (parsed.ec == std::errc() && parsed.ptr == token.data() + token.size()) return store_unsigned(slot, field, number);
  require_short(token);
  store_integer(slot, field, value.as_int64());  // 70e-1, or what does not fit
}

void read_text(const field_slot& slot, void* field, const std::string& text) {
  check_text(text, "a JSON string");
  store_text(slot, field, text);
}

/// Before: not for NULL. Errors: value_error, whose message nobody sees; what the field's traits throw.
void read_value(const field_slot& slot, void* field, const json& value) {
  switch (slot.k) {
    case kind::boolean: return store_integer(slot, field, value.as_bool() ? 1 : 0);
    case kind::f32:
    case kind::f64: return read_float(slot, field, value);
    case kind::u64: return read_unsigned(slot, field, value);
    case kind::json: *static_cast<json*>(field) = value; return;
    case kind::decimal:
      if (value.is_number()) {
        require_short(trim_json(value.text()));
        *static_cast<decimal*>(field) = value.as_decimal();
        return;
      } else {
        const std::string text = text_of(value);
        require_short(text);
        return read_text(slot, field, text);
      }
    case kind::bytes: {
      std::optional<bytes> data = try_from_base64(text_of(value));
      if (!data) refuse();
      return store_bytes(slot, field, data->data(), data->size());
    }
    case kind::date: {
      const std::string text = text_of(value);
      date day;  // and no moment, which a column of days may hold
      if (!date::parse_to(text.data(), text.size(), day)) refuse();
      return store_date(slot, field, day.days);
    }
    case kind::mapped:
      return store_mapped(slot, field, [&](void* stored) { read_value(stored_slot(slot), stored, value); });
    case kind::array: {
      if (!value.is_array()) refuse();
      slot.type->array->clear(field, 0);
      const field_slot element = element_slot(slot);
      json_items items(trim_json(value.text()));
      while (items.next()) {
        const json each = json::part(items.value());
        if (each.is_null() && (element.nullable || element.k != kind::json)) {
          add_null_element(slot, field);
        } else {
          add_element(slot, field, [&](void* place) { read_value(element, field_for_value(element, place), each); });
        }
      }
      return;
    }
    default:
      if (is_integer(slot.k)) {
        require_short(trim_json(value.text()));
        return store_integer(slot, field, value.as_int64());
      }
      return read_text(slot, field, text_of(value));
  }
}

std::string range_of_integers(const field_slot& slot) {
  const auto between = [](auto low, auto high) {
    return " from " + std::to_string(low) + " to " + std::to_string(high);
  };
  switch (slot.k) {
    case kind::i8: return between(INT8_MIN, INT8_MAX);
    case kind::i16: return between(INT16_MIN, INT16_MAX);
    case kind::i32: return between(INT32_MIN, INT32_MAX);
    case kind::u8: return between(0, UINT8_MAX);
    case kind::u16: return between(0, UINT16_MAX);
    case kind::u32: return between(0, UINT32_MAX);
    case kind::u64: return between(0, UINT64_MAX);
    default: return between(INT64_MIN, INT64_MAX);
  }
}

/// What the field takes: "a whole number from 0 to 255".
std::string wanted(const field_slot& slot) {
  switch (slot.k) {
    case kind::boolean: return "true or false";
    case kind::f32:
    case kind::f64: return "a number";
    case kind::text: return "text without NUL characters";
    case kind::bytes: return "text in base64";
    case kind::timestamp: return "a time such as 2026-11-21T09:30:00Z";
    case kind::date: return "a date such as 2026-11-21";
    case kind::uuid: return "a UUID";
    case kind::decimal: return "a decimal number, as text or as a number";
    case kind::interval: return "a span of time such as P1DT2H";
    case kind::time_of_day: return "a time of day such as 09:30:00";
    case kind::enumeration: {
      const enum_table& table = slot.type->enumerators();
      std::string names = "one of ";
      for (std::size_t i = 0; i < table.count; ++i) {
        if (i != 0) names += ", ";
        names += table.first[i].name;
      }
      return names;
    }
    case kind::array: return "a list, each of it " + wanted(element_slot(slot));
    case kind::custom:
    case kind::mapped: return "a " + std::string(reflect::last_identifier(slot.type->type_name()));
    default: return "a whole number" + range_of_integers(slot);
  }
}

/// A name that somebody sent, short and printable.
std::string shown(std::string_view name) {
  constexpr std::size_t most = 64;
  std::string text;
  for (const char c : name.substr(0, most)) text += c >= ' ' && c <= '~' ? c : '?';
  if (name.size() > most) text += "…";
  return text;
}

class document_reader {
public:
  document_reader(const model_info& info, void* object, json_reading how, given_fields& given, violations& found)
      : info_(info), object_(object), how_(how), given_(given), found_(found) {}

  /// `prefix`: of the value object whose members these are, "address.".
  void read(const json& object, const std::string& prefix) {
    json_items items(trim_json(object.text()));
    while (items.next()) {
      const std::string name = prefix + json::part(items.key()).as_string();
      member(name, json::part(items.value()));
    }
  }

private:
  void member(const std::string& name, const json& value) {
    const std::string inside = name + ".";
    bool is_value_object = false;
    for (std::size_t i = 0; i < info_.fields.size(); ++i) {
      if (info_.fields[i].name == name) return field(i, value);
      is_value_object = is_value_object || info_.fields[i].name.starts_with(inside);
    }
    if (is_value_object && value.is_object()) {
      read(value, inside);
    } else if (is_value_object) {
      found_.push_back({name, "must be an object", errc::type_mismatch});
    } else if (!how_.ignore_unknown) {
      found_.push_back({shown(name), "is no field of " + std::string(info_.short_name()), errc::validation_failed});
    }
  }

  void field(std::size_t position, const json& value) {
    const field_info& field = info_.fields[position];
    if (field.is(field_relation)) {
      if (!how_.ignore_unknown)
        found_.push_back({field.name, "is a relation; its objects are sent by themselves", errc::validation_failed});
      return;
    }
    const field_slot slot = field.slot();
    const bool is_null = value.is_null() && (slot.nullable || slot.k != kind::json);
    if (is_null && !slot.nullable) {
      found_.push_back({field.name, "must not be null", errc::null_value});
      return;
    }
    try {
      if (is_null) {
        store_null(slot, object_);
      } else {
        read_value(slot, field_for_value(slot, object_), value);
      }
      given_.add(position);
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const error& problem) {
      found_.push_back({field.name, "must be " + wanted(slot), problem.code()});
    } catch (const std::exception&) {
      // The message of the user's own exception may hold the value, so it is not repeated.
      found_.push_back({field.name, "must be " + wanted(slot), errc::invalid_value});
    }
  }

  const model_info& info_;
  void* object_;
  json_reading how_;
  given_fields& given_;
  violations& found_;
};

}  // namespace

void read_json(const json& document, const model_spec& spec, void* object, json_reading how, given_fields& given,
               violations& found) {
  if (!document.is_object()) {
    found.push_back({"", "a JSON object is expected", errc::type_mismatch});
    return;
  }
  document_reader(info_of(spec), object, how, given, found).read(document, "");
}

namespace {

/// What is wrong inside of a value, named from outside.
void add_inside(violations& found, const std::string& name, violations&& inside) {
  for (violation& each : inside) {
    each.field = each.field.empty() ? name : name + "." + each.field;
    found.push_back(std::move(each));
  }
}

}  // namespace

void read_json_items(const json& document, json_reading how, void* list, json_item_reader add, violations& found) {
  constexpr std::size_t most = 100;  // of many small items each may be wrong
  if (!document.is_array()) {
    found.push_back({"", "must be a list", errc::type_mismatch});
    return;
  }
  json_items items(trim_json(document.text()));
  for (std::size_t i = 0; found.size() < most && items.next(); ++i) {
    violations inside;
    add(list, json::part(items.value()), how, inside);
    add_inside(found, std::to_string(i), std::move(inside));
  }
}

json_page_reader::json_page_reader(const json& document, json_reading how, violations& found)
    : document_(document), how_(how), found_(found) {
  if (!document.is_object()) refuse("", "a JSON object is expected", errc::type_mismatch);
}

void json_page_reader::refuse(std::string_view name, std::string message, errc code) {
  found_.push_back({std::string(name), std::move(message), code});
}

std::optional<json> json_page_reader::find(std::string_view name) {
  known_.push_back(name);
  return document_.member(name);
}

void json_page_reader::items(void* list, json_item_reader add) {
  const std::optional<json> value = find("items");
  if (!value) {
    if (document_.is_object()) refuse("items", "is missing", errc::validation_failed);
    return;
  }
  violations inside;
  read_json_items(*value, how_, list, add, inside);
  add_inside(found_, "items", std::move(inside));
}

void json_page_reader::number(std::string_view name, std::int64_t& into, std::int64_t low, std::int64_t high) {
  const std::optional<json> value = find(name);
  if (!value) return;
  try {
    require_short(trim_json(value->text()));
    const std::int64_t number = value->as_int64();
    if (number < low || number > high) throw value_error(errc::value_out_of_range, "a number beyond its range");
    into = number;
  } catch (const value_error& problem) {
    refuse(name, "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high), problem.code());
  }
}

void json_page_reader::flag(std::string_view name, bool& into) {
  const std::optional<json> value = find(name);
  if (!value) return;
  if (value->is_boolean()) {
    into = value->as_bool();
  } else {
    refuse(name, "must be true or false", errc::type_mismatch);
  }
}

bool json_page_reader::text(std::string_view name, std::string& into) {
  const std::optional<json> value = find(name);
  if (!value || value->is_null()) return false;
  if (value->is_string()) {
    into = value->as_string();
  } else {
    refuse(name, "must be text or null", errc::type_mismatch);
  }
  return value->is_string();
}

void json_page_reader::require(std::string_view name, const json& value) {
  const std::optional<json> said = find(name);
  if (said && *said != value) refuse(name, "must go with page, size and total", errc::validation_failed);
}

void json_page_reader::end() {
  if (how_.ignore_unknown) return;
  for (const std::string& name : document_.keys()) {
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      refuse(shown(name), "is no member of a page", errc::validation_failed);
  }
}

void require_valid(const model_spec& spec, violations&& found) {
  if (!found.empty()) throw validation_error(std::string(info_of(spec).short_name()), std::move(found));
}

void copy_fields(const model_info& info, const void* from, void* to, const given_fields& which) {
  inline_word_buffer<16> words;
  for (const std::uint16_t i : info.columns) {
    if (!which.has(i)) continue;
    const field_slot slot = info.fields[i].slot();
    const void* const value = value_of(slot, from);
    if (value == nullptr) {
      store_null(slot, to);
      continue;
    }
    words.size = 0;
    push_value(slot, value, words);
    store_words(slot, field_for_value(slot, to), words.data());
  }
}

}  // namespace tupelo::detail
