// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/given_fields.hpp"
#include "tupelo/model/model_spec.hpp"
#include "tupelo/core/json.hpp"
#include "tupelo/core/validation.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

/// Models as JSON. A field is a member of its name; a value object is an object; enums are their enumerators' names,
/// times RFC 3339 in UTC, decimals text (digits that many readers would lose as numbers), bytes base64, NaN and the
/// infinities text; a relation is there when it is loaded. What `model()` calls hidden is never written.
namespace tupelo {

/// How documents are read.
struct json_reading {
  bool ignore_unknown = false;  ///< members that are no fields are passed over rather than refused
};

template <class T>
class patch;

namespace detail {

/// Appends the object. `given`: only these fields. Errors: value_error for an enum without enumerator.
void write_json(std::string& out, const model_spec& spec, const void* object, const given_fields* given = nullptr);
/// The same for one value, or `null`.
void write_json_field(std::string& out, const field_slot& slot, const void* object);
void write_json_text(std::string& out, std::string_view text);
/// Fills the object's fields from a document's members and notes in `given` which. What is wrong is added to `found`;
/// its field's value is then none to be used.
void read_json(const json& document, const model_spec& spec, void* object, json_reading how, given_fields& given,
               violations& found);
/// Errors: validation_error where something was found.
void require_valid(const model_spec& spec, violations&& found);

template <class T>
concept page_like = requires(const T& t) { t.items.begin(); };

/// How the values of tuples are called.
struct json_names {
  const std::string_view* first = nullptr;
  std::size_t count = 0;
};
/// Begins a member of the object that is being written.
void begin_json_member(std::string& out, std::string_view name);
/// Errors: value_error where other than `wanted` names are given.
void require_json_names(json_names names, std::size_t wanted);

template <class T>
inline constexpr bool is_tuple = false;
template <class... V>
inline constexpr bool is_tuple<std::tuple<V...>> = true;
template <class A, class B>
inline constexpr bool is_tuple<std::pair<A, B>> = true;

template <class What>
void write_json_of(std::string& out, const What& what, json_names names);

/// One object: the members of the model that is first, if one is, then the values by their names.
template <class Row, std::size_t... I>
void write_json_row(std::string& out, const Row& row, json_names names, std::index_sequence<I...>) {
  using first = std::tuple_element_t<0, Row>;
  constexpr bool whole = std::is_class_v<first> && field_kind<first>() == kind::embedded;
  require_json_names(names, sizeof...(I) - (whole ? 1 : 0));
  if constexpr (whole) {
    write_json_of(out, std::get<0>(row), {});
    out.pop_back();
  } else {
    out += '{';
  }
  const auto member = [&]<std::size_t Place>(std::integral_constant<std::size_t, Place>) {
    if constexpr (!whole || Place != 0) {
      begin_json_member(out, names.first[Place - (whole ? 1 : 0)]);
      write_json_of(out, std::get<Place>(row), {});
    }
  };
  (member(std::integral_constant<std::size_t, I>()), ...);
  out += '}';
}

template <class What>
void write_json_of(std::string& out, const What& what, json_names names) {
  if constexpr (requires { what.tracked(); }) {
    if (what) return write_json_of(out, *what, names);
    out += "null";
  } else if constexpr (is_tuple<What>) {
    write_json_row(out, what, names, std::make_index_sequence<std::tuple_size_v<What>>());
  } else if constexpr (requires { what.write_json(out); }) {
    what.write_json(out);
  } else if constexpr (scalar_row<What>) {
    write_json_field(out, {&ops_of<What>, 0, ops_of<What>.k, ops_of<What>.nullable, {}}, __builtin_addressof(what));
  } else if constexpr (optional_like<What> && !relation_like<What>) {
    if (what.has_value()) return write_json_of(out, *what, names);
    out += "null";
  } else if constexpr (page_like<What>) {
    out += "{\"items\":";
    write_json_of(out, what.items, names);
    const auto member = [&out](std::string_view name, std::int64_t number) {
      out.append(",\"").append(name).append("\":").append(std::to_string(number));
    };
    const auto flag = [&out](std::string_view name, bool value) {
      out.append(",\"").append(name).append("\":").append(value ? "true" : "false");
    };
    if constexpr (requires { what.pages(); }) {
      member("page", what.number);
      member("size", what.size);
      member("total", what.total);
      member("pages", what.pages());
      flag("has_next", what.has_next());
      flag("has_prev", what.has_prev());
    } else {
      flag("has_next", what.has_next);
      flag("has_prev", what.has_prev);
    }
    out += '}';
  } else if constexpr (requires { what.begin() != what.end(); }) {
    out += '[';
    bool first = true;
    for (const auto& each : what) {
      if (!first) out += ',';
      first = false;
      write_json_of(out, each, names);
    }
    out += ']';
  } else {
    static_assert(
        std::is_class_v<What> && field_kind<What>() == kind::embedded,
        "tupelo: to_json() takes models, values, tuples, refs, optionals, patches, pages and ranges of these");
    if constexpr (std::is_class_v<What> && field_kind<What>() == kind::embedded) {
      write_json(out, meta<What>::spec, __builtin_addressof(what));
    }
  }
}

}  // namespace detail

/// The text of a JSON document: an object for a model, a ref or a patch, the value for what a field can be, `null` for
/// an empty optional or ref, an array for a range, an object with `items` and where it stands for a page.
template <class What>
std::string to_json_text(const What& what) {
  std::string out;
  detail::write_json_of(out, what, {});
  return out;
}
/// The same of tuples, or of a range or page of them, whose values get these names: `to_json_text(page, {"posts"})` of
/// rows of `with_count(&User::posts)`. A model that comes first gives its own members. Errors: value_error for another
/// number of names than of values.
template <class What>
std::string to_json_text(const What& what, std::initializer_list<std::string_view> names) {
  std::string out;
  detail::write_json_of(out, what, {names.begin(), names.size()});
  return out;
}
/// The same as a document.
template <class What>
json to_json(const What& what) {
  return json::parse(to_json_text(what));
}
template <class What>
json to_json(const What& what, std::initializer_list<std::string_view> names) {
  return json::parse(to_json_text(what, names));
}

/// A page by cursor, with those of its neighbours sealed: `next` and `prev` are texts for clients, or null.
template <class Page, class SealingKey>
  requires detail::page_like<Page>
json to_json(const Page& page, const SealingKey& key) {
  std::string text = to_json_text(page);
  text.pop_back();
  const auto neighbour = [&](std::string_view name, bool there, const auto& cursor) {
    text.append(name);
    if (there) {
      detail::write_json_text(text, cursor.sealed(key));
    } else {
      text += "null";
    }
  };
  neighbour(",\"next\":", page.has_next, page.next);
  neighbour(",\"prev\":", page.has_prev, page.prev);
  return json::parse(text += '}');
}

/// A model from a document; fields that it does not have keep their defaults. Errors: validation_error with every
/// member that is no field or does not fit its field.
template <class T>
T from_json(const json& document, json_reading how = {}) {
  T object{};
  given_fields given;
  violations found;
  detail::read_json(document, detail::meta<T>::spec, __builtin_addressof(object), how, given, found);
  detail::require_valid(detail::meta<T>::spec, static_cast<violations&&>(found));
  return object;
}

}  // namespace tupelo
