// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/held_rows.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/model/model_json.hpp"
#include "tupelo/core/bytes.hpp"
#include "tupelo/core/date.hpp"
#include "tupelo/core/decimal.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/interval.hpp"
#include "tupelo/core/time_of_day.hpp"
#include "tupelo/core/timestamp.hpp"
#include "tupelo/core/uuid.hpp"

#include <charconv>
#include <cmath>
#include <vector>

namespace tupelo::detail {

namespace {

template <class Number>
void write_number(std::string& out, Number number) {
  char text[32];
  out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

template <class Float>
void write_float(std::string& out, Float number) {
  if (std::isfinite(number)) return write_number(out, number);
  out += std::isnan(number) ? "\"NaN\"" : number < 0 ? "\"-Infinity\"" : "\"Infinity\"";
}

/// Before: text that needs no escapes.
void write_plain(std::string& out, std::string_view text) { out.append(1, '"').append(text).append(1, '"'); }

void write_timestamp(std::string& out, timestamp time) {
  std::string text = time.to_string();
  if (!time.is_infinite()) {
    text[10] = 'T';
    text += 'Z';
  }
  write_plain(out, text);
}

void write_value(std::string& out, const field_slot& slot, const void* value) {
  switch (slot.k) {
    case kind::boolean: out += load_integer(slot, value) != 0 ? "true" : "false"; return;
    case kind::u64: return write_number(out, static_cast<std::uint64_t>(load_integer(slot, value)));
    case kind::f32: return write_float(out, *static_cast<const float*>(value));
    case kind::f64: return write_float(out, *static_cast<const double*>(value));
    case kind::text: return write_json_text(out, *static_cast<const std::string*>(value));
    case kind::bytes: return write_plain(out, to_base64(*static_cast<const bytes*>(value)));
    case kind::timestamp: return write_timestamp(out, timestamp{load_timestamp(slot, value)});
    case kind::date: return write_plain(out, date{load_date(slot, value)}.to_string());
    case kind::uuid: return write_plain(out, static_cast<const uuid*>(value)->to_string());
    case kind::decimal: return write_plain(out, static_cast<const decimal*>(value)->to_string());
    case kind::json: out += static_cast<const json*>(value)->text(); return;
    case kind::enumeration: return write_json_text(out, load_enumerator(slot, value));
    case kind::interval: return write_plain(out, load_interval(slot, value).to_string());
    case kind::time_of_day: return write_plain(out, time_of_day{load_time_of_day(slot, value)}.to_string());
    case kind::custom: {
      std::string text;
      slot.type->to_text(value, text);
      return write_json_text(out, text);
    }
    case kind::mapped:
      return load_mapped(slot, value, [&](const void* stored) { write_value(out, stored_slot(slot), stored); });
    case kind::array: {
      const array_ops& ops = *slot.type->array;
      const field_slot element = element_slot(slot);
      out += '[';
      for (std::size_t i = 0; i < ops.size(value); ++i) {
        if (i != 0) out += ',';
        write_json_field(out, element, ops.at(value, i));
      }
      out += ']';
      return;
    }
    default: return write_number(out, load_integer(slot, value));
  }
}

/// The members of one object; the names of fields in value objects, "address.city", open and close objects inside.
class member_writer {
public:
  explicit member_writer(std::string& out) : out_(out) { out_ += '{'; }

  void name(std::string_view field) {
    std::size_t same = 0;  // value objects that stay open
    while (same < open_.size() && field.starts_with(open_[same]) && field.size() > open_[same].size() &&
           field[open_[same].size()] == '.')
      ++same;
    for (; open_.size() > same; open_.pop_back()) out_ += '}';
    std::size_t begin = open_.empty() ? 0 : open_.back().size() + 1;
    for (std::size_t dot; (dot = field.find('.', begin)) != field.npos; begin = dot + 1) {
      key(field.substr(begin, dot - begin));
      out_ += '{';
      open_.push_back(field.substr(0, dot));
    }
    key(field.substr(begin));
  }
  void end() { out_.append(open_.size() + 1, '}'); }

private:
  void key(std::string_view text) {
    if (out_.back() != '{') out_ += ',';
    write_plain(out_, text);  // an identifier of C++
    out_ += ':';
  }

  std::string& out_;
  std::vector<std::string_view> open_;  ///< names of the value objects that are open, whole
};

bool holds_many(std::uint8_t relation) noexcept {
  return relation == static_cast<std::uint8_t>(relation_kind::has_many) ||
         relation == static_cast<std::uint8_t>(relation_kind::many_to_many);
}

const model_spec* spec_of_rows(const type_ops& relation, const void* field, const loaded_rows& rows) {
  if (rows.origin == rows_origin::held) return static_cast<const held_rows&>(rows).ops->spec;
  if (relation.relation == static_cast<std::uint8_t>(relation_kind::belongs_to_any)) return model_of_rows(field);
  return find_spec(*relation.related);  // known where there are rows, as they have been loaded
}

void write_rows(std::string& out, const type_ops& relation, const void* field, const loaded_rows& loaded) {
  const model_spec* const related = spec_of_rows(relation, field, loaded);
  const auto row = [&](std::size_t i) {
    write_json(out, *related, static_cast<const char*>(loaded.rows) + i * related->size);
  };
  if (!holds_many(relation.relation)) {
    if (loaded.count != 0) {
      row(0);
    } else {
      out += "null";
    }
    return;
  }
  out += '[';
  for (std::size_t i = 0; i < loaded.count; ++i) {
    if (i != 0) out += ',';
    row(i);
  }
  out += ']';
}

}  // namespace

void write_json_text(std::string& out, std::string_view text) { out += json::from(text).text(); }

void begin_json_member(std::string& out, std::string_view name) {
  if (out.back() != '{') out += ',';
  write_json_text(out, name);
  out += ':';
}

void require_json_names(json_names names, std::size_t wanted) {
  if (names.count == wanted) return;
  throw value_error(errc::invalid_value, "to_json() of a tuple: " + std::to_string(wanted) +
                                             " of its values need names, and " + std::to_string(names.count) +
                                             " are given: to_json_text(rows, {\"posts_count\"}); a model that "
                                             "comes first needs none");
}

void write_json_field(std::string& out, const field_slot& slot, const void* object) {
  const void* const value = value_of(slot, object);
  if (value != nullptr) {
    write_value(out, slot, value);
  } else {
    out += "null";
  }
}

namespace {

/// The objects that are being written, one inside of the other: objects of a session may refer to each other in a
/// circle.
class open_object {
public:
  explicit open_object(const void* object) noexcept : object_(object), around_(innermost_) { innermost_ = this; }
  open_object(const open_object&) = delete;
  open_object& operator=(const open_object&) = delete;
  ~open_object() { innermost_ = around_; }

  static bool has(const void* object) noexcept {
    const open_object* each = innermost_;
    while (each != nullptr && each->object_ != object) each = each->around_;
    return each != nullptr;
  }

private:
  const void* object_;
  const open_object* around_;
  static thread_local const open_object* innermost_;
};
thread_local const open_object* open_object::innermost_ = nullptr;

}  // namespace

void write_json(std::string& out, const model_spec& spec, const void* object, const given_fields* given) {
  const model_info& info = info_of(spec);
  const open_object open(object);
  member_writer members(out);
  for (std::size_t i = 0; i < info.fields.size(); ++i) {
    const field_info& field = info.fields[i];
    if (field.is(field_hidden) || (given && !given->has(i))) continue;
    if (field.is(field_relation)) {
      const char* const at = static_cast<const char*>(object) + field.offset;
      const loaded_rows* const loaded = loaded_rows_of(at);
      if (!loaded || (loaded->origin == rows_origin::tracked && open_object::has(loaded->rows))) continue;
      members.name(field.name);
      write_rows(out, *field.type, at, *loaded);
      continue;
    }
    members.name(field.name);
    write_json_field(out, field.slot(), object);
  }
  members.end();
}

}  // namespace tupelo::detail
