// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/write_query.hpp"

#include <source_location>
#include <string_view>

namespace tupelo {

namespace detail {

template <class V>
void push_parameter(query_core& core, const V& value) {
  if constexpr (std::is_same_v<V, std::nullopt_t> || std::is_same_v<V, std::nullptr_t>) {
    core.word(make_word(op::null_value));
  } else if constexpr (optional_like<V> && !has_field_traits<V>) {
    if (value.has_value()) {
      push_parameter(core, *value);
    } else {
      using value_type = typename V::value_type;
      core.word(make_word(op::null_value, static_cast<std::uint8_t>(value_kind<value_type>()),
                          static_cast<std::uint16_t>(element_kind<value_type>())));
    }
  } else {
    static_assert(!same_kind(value_kind<V>(), kind::null) && !same_kind(value_kind<V>(), kind::embedded) &&
                      !same_kind(value_kind<V>(), kind::relation),
                  "tupelo: raw_sql(): a parameter of this type cannot be sent to a database");
    if constexpr (!same_kind(value_kind<V>(), kind::null) && !same_kind(value_kind<V>(), kind::embedded) &&
                  !same_kind(value_kind<V>(), kind::relation)) {
      const expression e = value_expression<V>(value);
      core.shape.append(e.shape);
      core.values.append(e.values);
    }
  }
}

}  // namespace detail

/// SQL of your own with typed parameters and a typed result: `db.raw_sql<Row>("SELECT … WHERE age > ?", 18).all()`.
/// Parameters are bound, never pasted; columns are read by position into the fields of `Result`.
template <class Result>
class raw_query {
  using verbs = detail::select_verbs<Result>;
  using location = std::source_location;

public:
  template <class... Parameters>
  raw_query(query_source* source, std::string_view sql, const Parameters&... parameters) : source_(source) {
    core_.word(make_word(op::raw_sql));
    (detail::push_parameter(core_, parameters), ...);
    if constexpr (!std::is_void_v<Result>) core_.row_type(detail::row_meta<Result>::spec);
    core_.text(sql);
  }

  const query_core& core() const noexcept { return core_; }

  /// As the verbs of select_query.
  auto all(location from = location::current()) const { return verbs::all(core_, source_, from); }
  /// Errors: not_found, too_many_rows.
  auto one(location from = location::current()) const { return verbs::one(core_, source_, from); }
  auto first(location from = location::current()) const { return verbs::first(core_, source_, from); }
  auto stream(location from = location::current()) const { return verbs::stream(core_, source_, from); }
  /// For statements without rows: how many rows were written.
  auto run(location from = location::current()) const { return detail::write_verbs<Result>::run(core_, source_, from); }

private:
  query_core core_;
  query_source* source_;
};

}  // namespace tupelo
