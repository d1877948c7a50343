// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/given_fields.hpp"
#include "tupelo/model/model_spec.hpp"
#include "tupelo/core/json.hpp"
#include "tupelo/core/validation.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

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

namespace detail {

/// Reads one item of a list into it.
using json_item_reader = void (*)(void* list, const json& item, json_reading how, violations& found);
/// Reads the items of an array, and names what is wrong by their places: "2.email". After a hundred problems nothing
/// more is read.
void read_json_items(const json& document, json_reading how, void* list, json_item_reader add, violations& found);

/// Reads the document of a page member by member; what is not there stays as it was.
class json_page_reader {
public:
  json_page_reader(const json& document, json_reading how, violations& found);

  void items(void* list, json_item_reader add);
  void number(std::string_view name, std::int64_t& into, std::int64_t low, std::int64_t high);
  void flag(std::string_view name, bool& into);
  /// Whether it is there and no null.
  bool text(std::string_view name, std::string& into);
  /// What follows from the page: where it is said, it must be said right.
  void require(std::string_view name, const json& value);
  void refuse(std::string_view name, std::string message, errc code);
  /// Refuses members that nobody has asked for.
  void end();

private:
  std::optional<json> find(std::string_view name);

  const json& document_;
  json_reading how_;
  violations& found_;
  std::vector<std::string_view> known_;
};

/// How from_json() reads what it gives. Specialized where models stand inside of something else.
template <class What>
struct json_reader {
  static_assert(std::is_class_v<What> && field_kind<What>() == kind::embedded,
                "tupelo: from_json() makes models, partial models, and std::vector and pages of these");
  using model = What;
  static What read(const json& document, json_reading how, violations& found) {
    What object{};
    given_fields given;
    read_json(document, meta<What>::spec, __builtin_addressof(object), how, given, found);
    return object;
  }
};
template <class T>
struct json_reader<std::vector<T>> {
  using model = typename json_reader<T>::model;
  static std::vector<T> read(const json& document, json_reading how, violations& found) {
    std::vector<T> list;
    read_json_items(document, how, &list, &add, found);
    return list;
  }
  static void add(void* list, const json& item, json_reading how, violations& found) {
    static_cast<std::vector<T>*>(list)->push_back(json_reader<T>::read(item, how, found));
  }
};
template <page_like Page>
struct json_reader<Page> {
  using list = json_reader<decltype(Page::items)>;
  using model = typename list::model;

  /// `cursors`: reads what stands for those of a page by cursor.
  template <class Cursors>
  static Page read(const json& document, json_reading how, violations& found, const Cursors& cursors) {
    Page page;
    json_page_reader members(document, how, found);
    members.items(&page.items, &list::add);
    if constexpr (requires { page.pages(); }) {
      constexpr std::int64_t most = INT32_MAX;  // so that no product is too large
      members.number("page", page.number, 1, most);
      members.number("size", page.size, 0, most);
      members.number("total", page.total, 0, std::int64_t{1} << 53);
      members.require("pages", json::from(page.pages()));
      members.require("has_next", json::from(page.has_next()));
      members.require("has_prev", json::from(page.has_prev()));
    } else {
      members.flag("has_next", page.has_next);
      members.flag("has_prev", page.has_prev);
      cursors(members, page);
    }
    members.end();
    return page;
  }
  static Page read(const json& document, json_reading how, violations& found) {
    return read(document, how, found, [](json_page_reader&, Page&) {});
  }
};

template <class What, class... Cursors>
What read_document(const json& document, json_reading how, const Cursors&... cursors) {
  violations found;
  What read = json_reader<What>::read(document, how, found, cursors...);
  require_valid(meta<typename json_reader<What>::model>::spec, static_cast<violations&&>(found));
  return read;
}

}  // namespace detail

/// A model from a document; fields that it does not have keep their defaults. Or a std::vector of models from an array,
/// or a page of them from what to_json() makes of one; `items` must be there then. Errors: validation_error with every
/// member that is no field or does not fit its field, by its place: "items.2.email".
template <class What>
What from_json(const json& document, json_reading how = {}) {
  return detail::read_document<What>(document, how);
}

/// A page by cursor from a document in which `next` and `prev` are sealed with this key.
template <class Page, class SealingKey>
  requires(detail::page_like<Page> && !std::is_same_v<SealingKey, json_reading>)
Page from_json(const json& document, const SealingKey& key, json_reading how = {}) {
  return detail::read_document<Page>(document, how, [&key](detail::json_page_reader& members, Page& page) {
    const auto neighbour = [&](std::string_view name, auto& cursor) {
      std::string text;
      if (!members.text(name, text)) return;
      try {
        cursor = std::remove_reference_t<decltype(cursor)>::opened(text, key);
      } catch (const value_error& problem) {
        members.refuse(name, "must be a cursor that was sealed here", problem.code());
      }
    };
    neighbour("next", page.next);
    neighbour("prev", page.prev);
  });
}

}  // namespace tupelo
