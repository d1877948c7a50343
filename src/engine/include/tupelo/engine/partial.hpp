// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/verbs.hpp"
#include "tupelo/model/given_fields.hpp"
#include "tupelo/model/model_json.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

// The rows of queries that say `only(…)` or `omit(…)`.

namespace tupelo {

namespace detail {

/// Which columns of a model a query leaves out.
struct left_out {
  const model_info* model;
  std::vector<std::uint16_t> offsets;  ///< sorted
};
using left_out_columns = std::shared_ptr<const left_out>;

/// Of a query that says only() or omit(). Errors: query_error for a relation that is to be loaded by columns that are
/// left out.
left_out_columns left_out_of(const query_core& core);
/// Errors: field_not_loaded where the query has left out a column at this place of the object, which has this size.
void require_loaded(const left_out& columns, std::uint16_t offset, std::size_t size);
bool is_loaded(const left_out& columns, std::uint16_t offset, std::size_t size) noexcept;

/// Of a document in which these fields stand.
left_out_columns left_out_of(const model_spec& spec, const given_fields& given);
/// The object without the fields that are left out.
void write_json(std::string& out, const left_out& columns, const void* object);

template <class T>
struct partial_named {
  template <class Owner>
  static constexpr bool has_fields_of = std::is_same_v<T, Owner>;
};

}  // namespace detail

/// An object of which a query has read some columns: `p[&User::email]`, `p[tp::col<&User::address, &Address::city>]`.
/// Relations that the query loads are there too: `p[&User::posts]`.
///
/// It cannot be written back: what is not loaded would be lost. Errors of reading: field_not_loaded, naming the field,
/// for one that the query has left out; it never reads as a zero.
template <class T>
class partial {
public:
  partial(T&& value, detail::left_out_columns missing) noexcept
      : value_(static_cast<T&&>(value)), missing_(static_cast<detail::left_out_columns&&>(missing)) {}

  template <class F, class C>
  const F& operator[](F C::* member) const {
    detail::require_loaded(*missing_, place(member), sizeof(F));
    return value_.*member;
  }
  template <auto... M>
  const typename column<M...>::field& operator[](column<M...> c) const {
    check<typename column<M...>::owner>();
    detail::require_loaded(*missing_, c.ref.offset, sizeof(typename column<M...>::field));
    if constexpr (std::is_same_v<typename column<M...>::owner, T>) {  // one error is enough
      return detail::member_path<M...>::get(value_);
    } else {
      __builtin_unreachable();
    }
  }
  /// Whether the query has read it; for a value object, all of it.
  template <class F, class C>
  bool has(F C::* member) const noexcept {
    return detail::is_loaded(*missing_, place(member), sizeof(F));
  }

  /// For to_json(), beside which it stands in ranges and pages: fields that are not loaded are left out.
  void write_json(std::string& out) const { detail::write_json(out, *missing_, __builtin_addressof(value_)); }

private:
  template <class C>
  static consteval void check() {
    static_assert(detail::partial_named<T>::template has_fields_of<C>,
                  "tupelo: a partial object is asked for a field of another model");
  }
  template <class F, class C>
  static std::uint16_t place(F C::* member) noexcept {
    check<C>();
    return detail::offset_of_member(member);
  }

  T value_;
  detail::left_out_columns missing_;
};

namespace detail {

/// An object of which the fields of the document are loaded, and no others.
template <class T>
struct json_reader<partial<T>> {
  using model = T;
  static partial<T> read(const json& document, json_reading how, violations& found) {
    T object{};
    given_fields given;
    read_json(document, meta<T>::spec, __builtin_addressof(object), how, given, found);
    return partial<T>(static_cast<T&&>(object), left_out_of(meta<T>::spec, given));
  }
};

}  // namespace detail

/// The rows of a query one after the other, in constant memory. As row_stream.
template <class T>
class row_stream<partial<T>> {
public:
  row_stream(query_source* source, query_core&& core, bool in_bulk, std::source_location from)
      : missing_(detail::left_out_of(core)), rows_(source, static_cast<query_core&&>(core), in_bulk, from) {}

  task<partial<T>*> next() {
    T* row = co_await rows_.next();
    current_.reset();
    if (row != nullptr) current_.emplace(static_cast<T&&>(*row), missing_);
    co_return current_ ? &*current_ : nullptr;
  }
  void read_for(const task_context& around) noexcept { rows_.read_for(around); }

private:
  detail::left_out_columns missing_;
  row_stream<T> rows_;
  std::optional<partial<T>> current_;
};

namespace detail {

template <class T>
struct relation_path<partial<T>> : relation_path<T> {};

template <class T>
struct partial_verbs {
  static task<std::vector<partial<T>>> all(query_core core, query_source* source, std::source_location from = {}) {
    const left_out_columns missing = left_out_of(core);
    std::vector<T> rows = co_await select_verbs<T>::all(core, source, from);
    co_return taken(static_cast<std::vector<T>&&>(rows), missing);
  }
  static task<partial<T>> one(query_core core, query_source* source, std::source_location from = {}) {
    left_out_columns missing = left_out_of(core);
    T row = co_await select_verbs<T>::one(core, source, from);
    co_return partial<T>(static_cast<T&&>(row), static_cast<left_out_columns&&>(missing));
  }
  static task<std::optional<partial<T>>> first(query_core core, query_source* source, std::source_location from = {}) {
    left_out_columns missing = left_out_of(core);
    std::optional<T> row = co_await select_verbs<T>::first(core, source, from);
    std::optional<partial<T>> found;
    if (row) found.emplace(static_cast<T&&>(*row), static_cast<left_out_columns&&>(missing));
    co_return found;
  }
  static task<tupelo::page<partial<T>>> page(query_core core, query_source* source, std::int64_t number,
                                             std::int64_t size, std::source_location from = {}) {
    const left_out_columns missing = left_out_of(core);
    tupelo::page<T> whole = co_await select_verbs<T>::page(core, source, number, size, from);
    co_return tupelo::page<partial<T>>{taken(static_cast<std::vector<T>&&>(whole.items), missing), whole.number,
                                       whole.size, whole.total};
  }
  static task<keyset_page<partial<T>>> keyset(query_core core, query_source* source, cursor from, std::int64_t rows,
                                              bool backward, std::string_view verb = page_verbs) {
    const left_out_columns missing = left_out_of(core);
    keyset_page<T> whole = co_await select_verbs<T>::keyset(static_cast<query_core&&>(core), source,
                                                            static_cast<cursor&&>(from), rows, backward, verb);
    co_return keyset_page<partial<T>>{taken(static_cast<std::vector<T>&&>(whole.items), missing),
                                      static_cast<cursor&&>(whole.next), static_cast<cursor&&>(whole.prev),
                                      whole.has_next, whole.has_prev};
  }
  static operation<std::int64_t> count(const query_core& core, query_source* source, std::source_location from = {}) {
    return select_verbs<T>::count(core, source, from);
  }
  static operation<bool> exists(const query_core& core, query_source* source, std::source_location from = {}) {
    return select_verbs<T>::exists(core, source, from);
  }
  static row_stream<partial<T>> stream(query_core core, query_source* source, std::source_location from) {
    return row_stream<partial<T>>(require_source(source), static_cast<query_core&&>(core), false, from);
  }
  template <class Function>
  static task<std::int64_t> for_each(query_core core, query_source* source, Function function,
                                     std::source_location from) {
    return for_each_row(stream(static_cast<query_core&&>(core), source, from), static_cast<Function&&>(function));
  }
  template <class Function>
  static task<std::int64_t> chunk(query_core core, query_source* source, std::size_t rows, Function function) {
    return for_each_chunk<partial_verbs>(static_cast<query_core&&>(core), source, rows,
                                         static_cast<Function&&>(function));
  }
  static task<std::string> explain(const query_core& core, query_source* source, explain_options how,
                                   std::source_location from) {
    return detail::explain(core, source, how, from);
  }
  template <class... Inlined>
  static std::string to_sql(const query_core& core, query_source* source, Inlined... values) {
    return select_verbs<T>::to_sql(core, source, values...);
  }

private:
  static std::vector<partial<T>> taken(std::vector<T>&& rows, const left_out_columns& missing) {
    std::vector<partial<T>> out;
    out.reserve(rows.size());
    for (T& row : rows) out.emplace_back(static_cast<T&&>(row), missing);
    return out;
  }
};

}  // namespace detail

}  // namespace tupelo
