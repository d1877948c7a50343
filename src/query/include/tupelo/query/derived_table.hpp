// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/select_query.hpp"
#include "tupelo/query/table_alias.hpp"

#include <string_view>

namespace tupelo {

namespace detail {

/// How a tp::cte stands in the statement from then on. Errors: query_error for what is none.
source_kind common_kind(source_kind now, source_kind wanted);
/// A recursion by UNION. Errors: query_error for what is none.
void find_rows_once(query_core& query, source_kind how);

}  // namespace detail

/// The rows of a query under a name, so that another query reads them as those of a table. Owns the query.
///
///     auto totals = tp::derived("totals", tp::query<Post>().group_by(author).select<Totals>(author, tp::count()));
///     db.query<User>().join(totals, totals(&Totals::author_id) == tp::col<&User::id>)
///
/// Its columns are the fields of the struct that its query selects. A query that is correlated is asked for each row of
/// the tables before it; databases without lateral joins refuse it.
template <class Row, class Outer>
class derived_table : public table_alias<Row> {
public:
  /// A condition over the models of the query that it is joined to; condition<> unless its query is correlated.
  using outer_condition = Outer;

  /// Errors: query_error for an empty name or a negative limit.
  derived_table(std::string_view name, source_kind how, query_core query)
      : table_alias<Row>(name), query_(static_cast<query_core&&>(query)), how_(how) {}

  /// Of tp::cte alone: it is computed once, whoever reads from it; or wherever it is read, with the conditions there.
  /// Errors: query_error for what is none.
  derived_table materialized() const { return with(source_kind::materialized); }
  derived_table not_materialized() const { return with(source_kind::not_materialized); }
  /// Of tp::recursive alone: a row that was found before is not found again, so that a graph with circles has an end.
  /// Rows are the same where all their columns are: one that counts the steps makes each of them another row. Errors:
  /// query_error for what is no recursion.
  derived_table distinct() const {
    derived_table other(*this);
    detail::find_rows_once(other.query_, how_);
    return other;
  }

  /// The same rows under a second name, so that one query reads them twice: `join(later.as("still_later"), …)`. Those
  /// of tp::cte and tp::recursive are made once all the same.
  derived_table as(std::string_view name) const {
    derived_table other(name, how_, query_);
    const bool stands_where_it_is_read = how_ == source_kind::derived || how_ == source_kind::lateral;
    if (!stands_where_it_is_read) other.renames_ = renames_ != 0 ? renames_ : this->table();
    return other;
  }

  void add_to(query_core& core) const {
    if (core.has_source(this->table())) return;
    const std::uint32_t table = renames_ != 0 ? renames_ : this->table();
    if (!core.has_source(table)) core.rows(op::source, static_cast<std::uint8_t>(how_), table, query_);
    if (renames_ != 0) {
      core.rows_of(source_kind::renamed, this->table(), expression(make_word(op::column, 0, 0, renames_)));
    }
  }

private:
  derived_table with(source_kind how) const {
    derived_table other(*this);
    other.how_ = detail::common_kind(how_, how);
    return other;
  }

  query_core query_;
  source_kind how_;
  std::uint32_t renames_ = 0;  ///< the alias under which the rows are known already
};

/// The query in the place of a table.
template <class Result, class... Joined>
auto derived(std::string_view name, const select_query<Result, Joined...>& query) {
  using outer = typename select_query<Result, Joined...>::outer_condition;
  constexpr bool alone = select_query<Result, Joined...>::is_uncorrelated;
  return derived_table<Result, outer>(name, alone ? source_kind::derived : source_kind::lateral, query.core());
}

/// The query at the beginning of the statement (WITH), to be read in several places.
template <class Result, class... Joined>
derived_table<Result, condition<>> cte(std::string_view name, const select_query<Result, Joined...>& query) {
  static_assert(select_query<Result, Joined...>::is_uncorrelated,
                "tupelo: cte(): the query names columns of a query around it: use tp::derived()");
  return {name, source_kind::common, query.core()};
}

/// Rows that are found from rows: those of `first`, those of the query that `next` makes of them, those that it makes
/// of these, until there are no more. `next` is called once, with the alias of the rows found so far. Rows that lead to
/// each other in a circle have no end unless distinct() is said of it.
///
///     auto below = tp::recursive("below", tp::query<Folder>().where(id == 1).select<Node>(id, name),
///                                [](auto& below) { return tp::query<Folder>().join(below, parent == below(&Node::id))
///                                                      .select<Node>(id, name); });
template <class Result, class... Joined, class Next>
derived_table<Result, condition<>> recursive(std::string_view name, const select_query<Result, Joined...>& first,
                                             const Next& next) {
  const table_alias<Result> found(name);
  const auto step = next(found);
  using step_query = std::remove_cvref_t<decltype(step)>;
  static_assert(detail::same_rows<Result, typename step_query::result_type>,
                "tupelo: recursive(): the second query selects another row type than the first");
  static_assert(select_query<Result, Joined...>::is_uncorrelated && step_query::is_uncorrelated,
                "tupelo: recursive(): the queries name columns of a query around them");
  query_core both;
  both.rows(op::part, static_cast<std::uint8_t>(set_kind::first), 0, first.core());
  both.rows(op::part, static_cast<std::uint8_t>(set_kind::union_all), 0, step.core());
  return {name, source_kind::recursive, static_cast<query_core&&>(both)};
}

}  // namespace tupelo
