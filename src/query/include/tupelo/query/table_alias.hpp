// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/condition.hpp"

#include <cstdint>
#include <string_view>

namespace tupelo {

namespace detail {

/// Errors: query_error for an empty name.
std::uint32_t named_alias(const model_spec& row, std::string_view name);

template <class Row, class F, class C>
consteval void check_member() {
  static_assert(std::is_same_v<Row, C>, "tupelo: an alias is asked for a field of another model");
}

}  // namespace detail

/// A model under another name, so that a query can read its table twice:
///
///     auto manager = tp::alias<User>("manager");
///     db.query<User>().join(manager, manager(&User::id) == tp::col<&User::manager_id>).where(manager(&User::age) > 60)
///
/// Make it once and keep it: it is two words, and all copies are the same. Threads: any.
template <class Row>
class table_alias {
public:
  using row_type = Row;

  /// Errors: query_error for an empty name.
  explicit table_alias(std::string_view name) : table_(detail::named_alias(detail::row_meta<Row>::spec, name)) {}

  /// A column under the alias: `manager(&User::name)`, `manager(&User::address, &Address::city)`.
  template <class F, class C>
  scalar<F, detail::aliased<Row>> operator()(F C::* member) const {
    detail::check_member<Row, F, C>();
    return column<F>(detail::offset_of_member(member));
  }
  template <class F, class C, class G, class D>
  scalar<G, detail::aliased<Row>> operator()(F C::* outer, G D::* inner) const {
    detail::check_member<Row, F, C>();
    detail::check_member<F, G, D>();
    return column<G>(static_cast<std::uint16_t>(detail::offset_of_member(outer) + detail::offset_of_member(inner)));
  }

  /// The one value of rows that are no struct: of a query that selects one.
  scalar<Row, detail::aliased<Row>> value() const
    requires detail::scalar_row<Row>
  {
    return column<Row>(0);
  }

  /// The alias as queries know it.
  std::uint32_t table() const noexcept { return table_; }
  /// Nothing that a query must know before it reads from it.
  void add_to(query_core&) const noexcept {}

private:
  template <class F>
  expression column(std::uint16_t offset) const noexcept {
    static_assert(!relation_like<F> || has_field_traits<F>, "tupelo: a relation is no column: compare its foreign key");
    static_assert(
        !same_kind(detail::field_kind<F>(), kind::embedded),
        "tupelo: a nested value object is no column; name a field in it: alias(&Outer::field, &Inner::field)");
    return expression(make_word(op::column, 0, offset, table_));
  }

  std::uint32_t table_;
};

template <class Row>
table_alias<Row> alias(std::string_view name) {
  return table_alias<Row>(name);
}

}  // namespace tupelo
