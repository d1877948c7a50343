// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/functions.hpp"
#include "tupelo/query/projection.hpp"
#include "tupelo/query/query_core.hpp"
#include "tupelo/query/relation_path.hpp"
#include "tupelo/query/rows_beside.hpp"
#include "tupelo/query/select_checks.hpp"
#include "tupelo/query/selected_rows.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <source_location>
#include <tuple>
#include <type_traits>
#include <utility>

#define TUPELO_NO_CONDITION(clause) \
  "tupelo: " clause " takes a condition: a comparison, as tp::col<&User::age> >= 18 or tp::col<&User::active> == true"
#define TUPELO_NO_TERM(clause) "tupelo: " clause " takes columns and expressions: tp::col<&User::email>"

namespace tupelo {

template <class... Models>
class grouping_terms;

/// An object of which some columns were read; defined by the engine.
template <class T>
class partial;

namespace detail {

template <class Column>
inline constexpr bool names_column = requires {
  typename Column::owner;
  Column::ref;
};

/// Reads these columns alone, or all others. Errors: query_error for a query that selects terms.
void read_columns(query_core& core, const model_spec& model, std::initializer_list<column_ref> named, bool only);

template <class Query, class Scope, class... Arguments>
using scope_result =
    decltype(std::declval<const Scope&>()(std::declval<Query&>(), std::declval<const Arguments&>()...));
/// The function adds to the query that it is given, or gives one of the same type.
template <class Query, class Scope, class... Arguments>
inline constexpr bool keeps_query =
    std::is_void_v<scope_result<Query, Scope, Arguments...>> ||
    std::is_same_v<std::remove_cvref_t<scope_result<Query, Scope, Arguments...>>, Query>;
template <class Query, class Scope, class... Arguments>
void apply_to(Query& query, const Scope& scope, const Arguments&... arguments) {
  if constexpr (std::is_void_v<scope_result<Query, Scope, Arguments...>>) {
    scope(query, arguments...);
  } else {
    Query left(scope(query, arguments...));  // which may be the query itself
    query = static_cast<Query&&>(left);
  }
}

}  // namespace detail

/// A SELECT being built. Owns its values; copy it, return it, keep it. Clauses may be added in any order and
/// conditionally; only `join` and `select` change its type, because they change which columns may be named and what the
/// rows become.
///
/// Verbs that run it (`all`, `one`, …) need it to come from a database or session: `db.query<User>()`.
template <class Result, class... Joined>
class select_query : public selected_rows<Result> {
  using rows = selected_rows<Result>;
  using rows::core_;
  using rows::source_;
  using in_query = detail::models_in_query<Joined...>;

public:
  using result_type = Result;
  /// A condition over the models of the query around this one; condition<> unless correlate() was said.
  using outer_condition = typename detail::outer_models<Joined...>::type;
  static constexpr bool is_uncorrelated = std::is_same_v<outer_condition, condition<>>;

  explicit select_query(query_source* source) noexcept : rows(detail::meta<Result>::spec, source) {}
  select_query(query_core&& core, query_source* source) noexcept : rows(static_cast<query_core&&>(core), source) {}

  /// Conditions of several calls are joined by AND.
  template <class... Models>
  select_query& where(const condition<Models...>& c) & {
    static_assert(detail::all_in<in_query, Models...>, TUPELO_NOT_IN_QUERY);
    core_.clause(op::where, c);
    return *this;
  }
  template <class... Models>
  select_query&& where(const condition<Models...>& c) && {
    static_assert(detail::all_in<in_query, Models...>, TUPELO_NOT_IN_QUERY);
    core_.clause(op::where, c);
    return static_cast<select_query&&>(*this);
  }
  template <class Condition>
  void where(const Condition&) const {
    static_assert(detail::clause_given<Condition>::is_for_a_query_to_change,
                  "tupelo: where() changes the query, and this one is const: copy it first: auto narrowed = query;");
  }
  template <class Other>
  select_query& where(const Other&) {
    static_assert(detail::clause_given<Other>::is_a_condition, TUPELO_NO_CONDITION("where()"));
    return *this;
  }
  /// `where(make(*value))` if the optional holds a value: `.where_if(min_age, [](int a) { return tp::col<&User::age> >=
  /// a; })`.
  template <class Optional, class Make>
  select_query& where_if(const Optional& value, const Make& make) & {
    if constexpr (std::is_same_v<Optional, bool>) {
      if (value) where(make());
    } else {
      if (value.has_value()) where(make(*value));
    }
    return *this;
  }
  template <class Optional, class Make>
  select_query&& where_if(const Optional& value, const Make& make) && {
    where_if(value, make);
    return static_cast<select_query&&>(*this);
  }

  /// `col.asc()`, `col.desc()` or a column; several calls order by the first, then the second …
  template <class... Models>
  select_query& order_by(const ordering<Models...>& o) & {
    static_assert(detail::all_in<in_query, Models...>, TUPELO_NOT_IN_QUERY);
    core_.order(o.term, o.descending, o.of);
    return *this;
  }
  template <auto... M>
  select_query& order_by(column<M...> c) & {
    return order_by(c.asc());
  }
  template <class Other>
    requires(!detail::names_models<Other>)
  select_query& order_by(const Other&) & {
    static_assert(detail::clause_given<Other>::is_a_term, TUPELO_NO_TERM("order_by()"));
    return *this;
  }
  template <class T, class... Models>
  select_query& order_by(const scalar<T, Models...>& e) & {
    return order_by(e.asc());
  }
  template <class First, class Second, class... Rest>
  select_query& order_by(const First& first, const Second& second, const Rest&... rest) & {
    order_by(first);
    order_by(second);
    (order_by(rest), ...);
    return *this;
  }
  template <class First, class... Rest>
  select_query&& order_by(const First& first, const Rest&... rest) && {
    order_by(first);
    (order_by(rest), ...);
    return static_cast<select_query&&>(*this);
  }

  /// Columns or expressions: `group_by(tp::col<&Post::author_id>, tp::month(tp::col<&Post::created_at>))`.
  template <auto... M, class... Rest>
  select_query& group_by(column<M...> c, const Rest&... rest) & {
    static_assert(detail::all_in<in_query, typename column<M...>::owner>, TUPELO_NOT_IN_QUERY);
    core_.clause(op::group, c);
    if constexpr (sizeof...(Rest) > 0) group_by(rest...);
    return *this;
  }
  template <class T, class... Models, class... Rest>
  select_query& group_by(const scalar<T, Models...>& e, const Rest&... rest) & {
    static_assert(detail::all_in<in_query, Models...>, TUPELO_NOT_IN_QUERY);
    core_.term(op::group, e, static_cast<std::uint8_t>(static_cast<unsigned>(detail::expression_of<T>::k) << 1U));
    if constexpr (sizeof...(Rest) > 0) group_by(rest...);
    return *this;
  }
  template <class Other, class... Rest>
    requires(!detail::names_models<Other>)
  select_query& group_by(const Other&, const Rest&...) & {
    static_assert(detail::clause_given<Other>::is_a_term, TUPELO_NO_TERM("group_by()"));
    return *this;
  }
  /// In several ways at once: tp::rollup, tp::cube, tp::grouping_sets. Columns that a way leaves out are NULL.
  template <class... Models>
  select_query& group_by(const grouping_terms<Models...>& ways) & {
    static_assert(detail::all_in<in_query, Models...>, TUPELO_NOT_IN_QUERY);
    core_.clause(op::group, ways);
    return *this;
  }
  template <class... Columns>
  select_query&& group_by(const Columns&... columns) && {
    group_by(columns...);
    return static_cast<select_query&&>(*this);
  }
  template <class... Models>
  select_query& having(const condition<Models...>& c) & {
    static_assert(detail::all_in<in_query, Models...>, TUPELO_NOT_IN_QUERY);
    core_.clause(op::having, c);
    return *this;
  }
  template <class... Models>
  select_query&& having(const condition<Models...>& c) && {
    having(c);
    return static_cast<select_query&&>(*this);
  }

  template <class Other>
  select_query& having(const Other&) {
    static_assert(detail::clause_given<Other>::is_a_condition, TUPELO_NO_CONDITION("having()"));
    return *this;
  }

  /// Rows at most. Negative is refused when the query is run.
  select_query& limit(std::int64_t rows) & {
    core_.limit(rows);
    return *this;
  }
  select_query&& limit(std::int64_t rows) && {
    core_.limit(rows);
    return static_cast<select_query&&>(*this);
  }
  select_query& offset(std::int64_t rows) & {
    core_.offset(rows);
    return *this;
  }
  select_query&& offset(std::int64_t rows) && {
    core_.offset(rows);
    return static_cast<select_query&&>(*this);
  }
  select_query& distinct() & {
    core_.word(make_word(op::distinct));
    return *this;
  }
  select_query&& distinct() && { return static_cast<select_query&&>(distinct()); }
  /// Of the rows that are equal in these terms the first alone, by the order of the query, which begins with them.
  /// Errors when run: unsupported_feature where the database has no DISTINCT ON.
  template <class... Terms>
  select_query& distinct_on(const Terms&... terms) & {
    static_assert((detail::term<Terms> && ...), TUPELO_NO_TERM("distinct_on()"));
    if constexpr ((detail::term<Terms> && ...)) {  // one error is enough
      static_assert((detail::named_in<in_query, Terms>::all_are_read && ...));
      (core_.term(op::distinct_on, terms), ...);
    }
    return *this;
  }
  template <class... Terms>
  select_query&& distinct_on(const Terms&... terms) && {
    return static_cast<select_query&&>(distinct_on(terms...));
  }
  /// Soft-deleted rows too.
  select_query& with_deleted() & {
    core_.word(make_word(op::with_deleted));
    return *this;
  }
  select_query&& with_deleted() && { return static_cast<select_query&&>(with_deleted()); }
  /// Rows that a default scope of this name leaves out too, in all models that the query reads. Errors when run:
  /// query_error where none of them has such a scope.
  select_query& without_scope(std::string_view name) & {
    core_.without_scope(name);
    return *this;
  }
  select_query&& without_scope(std::string_view name) && { return static_cast<select_query&&>(without_scope(name)); }
  /// The same of all default scopes; soft-deleted rows stay out.
  select_query& without_scopes() & {
    core_.word(make_word(op::without_scope, all_scopes));
    return *this;
  }
  select_query&& without_scopes() && { return static_cast<select_query&&>(without_scopes()); }

  /// Locks the rows until the transaction ends: `.lock(tp::for_update.skip_locked())`. Of several tables the first
  /// one's rows are locked, or those of `Of`; several calls lock several. Errors when run: `busy` for nowait().
  select_query& lock(row_lock how) & {
    core_.lock(how, nullptr);
    return *this;
  }
  select_query&& lock(row_lock how) && { return static_cast<select_query&&>(lock(how)); }
  template <class Of>
  select_query& lock(row_lock how) & {
    static_assert(detail::all_in<in_query, Of>, TUPELO_NOT_IN_QUERY);
    core_.lock(how, &detail::meta<Of>::spec);
    return *this;
  }
  template <class Of>
  select_query&& lock(row_lock how) && {
    return static_cast<select_query&&>(this->template lock<Of>(how));
  }

  // ---- relations

  /// Loads the relation with the rows: one more query for all of them, whatever their number. Further relations load
  /// what belongs to the related objects, and a function at the end narrows the last: `.with(&User::posts,
  /// &Post::comments, [](auto& q) { q.where(…).order_by(…).limit(3); })`; there limit() and offset() count for each
  /// owner. Related objects that are soft-deleted stay out unless the function says with_deleted().
  template <class... Path>
  select_query& with(const Path&... path) & {
    detail::relation_path<Result>::load(core_.loads, path...);
    return *this;
  }
  template <class... Path>
  select_query&& with(const Path&... path) && {
    detail::relation_path<Result>::load(core_.loads, path...);
    return static_cast<select_query&&>(*this);
  }
  /// where(tp::has(…)), where(!tp::has(…)).
  template <class... Path>
  select_query& where_has(const Path&... path) & {
    return where(has(path...));
  }
  template <class... Path>
  select_query&& where_has(const Path&... path) && {
    where(has(path...));
    return static_cast<select_query&&>(*this);
  }
  template <class... Path>
  select_query& where_doesnt_have(const Path&... path) & {
    return where(!has(path...));
  }
  template <class... Path>
  select_query&& where_doesnt_have(const Path&... path) && {
    where(!has(path...));
    return static_cast<select_query&&>(*this);
  }

  /// Rows that have a match in Other; its columns may be named from here on.
  template <class Other, class... Models>
  [[nodiscard]] select_query<Result, Joined..., Other> join(const condition<Models...>& on) const {
    return joined<Other>(join_kind::inner, on);
  }
  template <class Other, class On>
  [[nodiscard]] select_query<Result, Joined..., Other> join(const On&) const {
    static_assert(detail::clause_given<On>::is_a_condition, TUPELO_NO_CONDITION("join()"));
    return {query_core(core_), source_};
  }
  /// All rows, those without a match with NULL for every column of Other.
  template <class Other, class... Models>
  [[nodiscard]] select_query<Result, Joined..., Other> left_join(const condition<Models...>& on) const {
    return joined<Other>(join_kind::left, on);
  }

  /// All rows of Other, those without a match with NULL for every other column: select these into std::optional fields.
  template <class Other, class... Models>
  [[nodiscard]] select_query<Result, Joined..., Other> right_join(const condition<Models...>& on) const {
    return joined<Other>(join_kind::right, on);
  }
  /// All rows of both, with NULL for what has no match.
  template <class Other, class... Models>
  [[nodiscard]] select_query<Result, Joined..., Other> full_join(const condition<Models...>& on) const {
    return joined<Other>(join_kind::full, on);
  }
  /// Every row with every row of Other.
  template <class Other>
  [[nodiscard]] select_query<Result, Joined..., Other> cross_join() const {
    return joined<Other>(join_kind::cross, condition<>(expression()));
  }
  /// The same five with an alias of a model, or with the rows of a query that has a name: tp::alias, tp::derived,
  /// tp::cte.
  template <detail::row_source Source, class... Models>
  [[nodiscard]] auto join(const Source& source, const condition<Models...>& on) const {
    return joined_source(join_kind::inner, source, on);
  }
  template <detail::row_source Source, class... Models>
  [[nodiscard]] auto left_join(const Source& source, const condition<Models...>& on) const {
    return joined_source(join_kind::left, source, on);
  }
  template <detail::row_source Source, class... Models>
  [[nodiscard]] auto right_join(const Source& source, const condition<Models...>& on) const {
    return joined_source(join_kind::right, source, on);
  }
  template <detail::row_source Source, class... Models>
  [[nodiscard]] auto full_join(const Source& source, const condition<Models...>& on) const {
    return joined_source(join_kind::full, source, on);
  }
  template <detail::row_source Source>
  [[nodiscard]] auto cross_join(const Source& source) const {
    return joined_source(join_kind::cross, source, condition<>(expression()));
  }

  // ---- unions

  /// The rows of both queries, equal ones once. What is ordered, limited and counted from here on are all of them;
  /// their columns are named as those of the row's type: `.order_by(tp::col<&Row::name>)`.
  template <class Other>
  [[nodiscard]] select_query<Result, Result> union_(const Other& other) const {
    return united(set_kind::union_, other);
  }
  /// The rows of both, as many as there are.
  template <class Other>
  [[nodiscard]] select_query<Result, Result> union_all(const Other& other) const {
    return united(set_kind::union_all, other);
  }
  /// The rows that both have, each once.
  template <class Other>
  [[nodiscard]] select_query<Result, Result> intersect(const Other& other) const {
    return united(set_kind::intersect, other);
  }
  /// The rows that the other has not, each once.
  template <class Other>
  [[nodiscard]] select_query<Result, Result> except(const Other& other) const {
    return united(set_kind::except, other);
  }

  /// For a subquery: from here on its conditions may name columns of these models of the query around it, of which it
  /// is asked row by row: `tp::exists(tp::query<Post>().correlate<User>().where(tp::col<&Post::author_id> ==
  /// tp::col<&User::id>))`.
  template <class... Outer>
  [[nodiscard]] select_query<Result, Joined..., detail::outer<Outer>...> correlate() const {
    static_assert((detail::joins_once<in_query, Outer> && ...),
                  "tupelo: correlate(): this model is in the subquery already, whose own columns would be meant");
    return {query_core(core_), source_};
  }

  template <class Outer>
    requires(detail::row_source<Outer>)
  [[nodiscard]] auto correlate(const Outer&) const {
    return select_query<Result, Joined..., detail::outer<detail::aliased<typename Outer::row_type>>>(query_core(core_),
                                                                                                     source_);
  }

  /// The rows become `Row`: an aggregate with a field per term, a std::tuple or std::pair, or one value. Types are
  /// checked here. What with() has said before stays with the query's objects, which then stand first in a std::pair or
  /// std::tuple; columns alone have no relations. Errors: query_error where the objects stand elsewhere, and for a
  /// query that selects already, also by with_count() and the like.
  template <class Row, class... Terms>
  [[nodiscard]] select_query<Row, Joined...> select(const Terms&... terms) const {
    query_core core = core_;
    detail::refuse_selected(core);
    detail::project_row<Row, in_query>(core, terms...);
    if constexpr ((std::is_same_v<Terms, whole_row<Result>> || ...)) {
      if (!core_.loads.empty()) [[unlikely]]
        detail::keep_loads<Result, Row, Terms...>(core, core_.loads);
    }
    return {static_cast<query_core&&>(core), source_};
  }
  /// The rows become values, of the one term.
  template <class Term>
  [[nodiscard]] auto select(const Term& term) const {
    return this->template select<typename detail::selected<Term>::type>(term);
  }
  /// The rows become std::tuple.
  template <class... Terms>
    requires(sizeof...(Terms) > 1)
  [[nodiscard]] auto select(const Terms&... terms) const {
    return this->template select<std::tuple<typename detail::selected<Terms>::type...>>(terms...);
  }

  /// The number of related objects beside each row, without loading them: the rows become std::tuple<Result,
  /// std::int64_t>, to which further calls of these five add. A function narrows what is counted, as of tp::count_of();
  /// relations are loaded with() the objects as ever.
  template <class F, class C, class... Constraint>
  [[nodiscard]] auto with_count(F C::* relation, const Constraint&... constraint) const {
    return beside(count_of(relation, constraint...));
  }
  /// The same of a column of theirs, or an expression over columns; std::nullopt where there are none.
  template <class F, class C, class Term, class... Constraint>
  [[nodiscard]] auto with_sum(F C::* relation, const Term& term, const Constraint&... constraint) const {
    return beside(sum_of(relation, term, constraint...));
  }
  template <class F, class C, class Term, class... Constraint>
  [[nodiscard]] auto with_avg(F C::* relation, const Term& term, const Constraint&... constraint) const {
    return beside(avg_of(relation, term, constraint...));
  }
  template <class F, class C, class Term, class... Constraint>
  [[nodiscard]] auto with_min(F C::* relation, const Term& term, const Constraint&... constraint) const {
    return beside(min_of(relation, term, constraint...));
  }
  template <class F, class C, class Term, class... Constraint>
  [[nodiscard]] auto with_max(F C::* relation, const Term& term, const Constraint&... constraint) const {
    return beside(max_of(relation, term, constraint...));
  }

  /// Reads these columns and the key alone; the rows are tp::partial<Result>, whose other fields are an error to read.
  /// Include `tupelo/engine/partial.hpp`. A relation is loaded with() such rows by columns that are among them.
  template <class... Columns>
  [[nodiscard]] select_query<partial<Result>, Joined...> only(const Columns&... columns) const {
    return part_of_columns(true, columns...);
  }
  /// Reads all columns but these, which are none of the key.
  template <class... Columns>
  [[nodiscard]] select_query<partial<Result>, Joined...> omit(const Columns&... columns) const {
    return part_of_columns(false, columns...);
  }
  /// The query as a function of it leaves it: a scope that has a name of its own and is used in many places.
  /// `.apply(older_than, 18)` is `older_than(query, 18)`, which adds to the query it is given, or gives another one. A
  /// query that has a name is changed, as by where(), unless it is const or the function gives one of another type.
  template <class Scope, class... Arguments>
    requires(detail::keeps_query<select_query, Scope, Arguments...>)
  select_query& apply(const Scope& scope, const Arguments&... arguments) & {
    detail::apply_to(*this, scope, arguments...);
    return *this;
  }
  template <class Scope, class... Arguments>
    requires(detail::keeps_query<select_query, Scope, Arguments...>)
  [[nodiscard]] select_query apply(const Scope& scope, const Arguments&... arguments) && {
    detail::apply_to(*this, scope, arguments...);
    return static_cast<select_query&&>(*this);
  }
  template <class Scope, class... Arguments>
  [[nodiscard]] auto apply(const Scope& scope, const Arguments&... arguments) const& {
    select_query query(*this);
    if constexpr (detail::keeps_query<select_query, Scope, Arguments...>) {
      detail::apply_to(query, scope, arguments...);
      return query;
    } else {
      return std::remove_cvref_t<decltype(scope(query, arguments...))>(scope(query, arguments...));
    }
  }

  /// One column of all rows.
  template <auto... M>
  auto pluck(column<M...> c, std::source_location from = std::source_location::current()) const {
    return this->template select<typename column<M...>::field>(c).all(from);
  }
  /// One term of all rows: a column of an alias or of a query that has a name, or an expression.
  template <detail::term Term>
  auto pluck(const Term& term, std::source_location from = std::source_location::current()) const {
    return select(term).all(from);
  }
  template <class Other>
  auto pluck(const Other& other, std::source_location from = std::source_location::current()) const {
    return select(other).all(from);  // which says what it takes
  }

private:
  template <class... Columns>
  select_query<partial<Result>, Joined...> part_of_columns(bool only, const Columns&... columns) const {
    query_core core = core_;
    static_assert((detail::names_column<Columns> && ...),
                  "tupelo: only() and omit() take columns: tp::col<&User::email>");
    if constexpr ((detail::names_column<Columns> && ...)) {  // one error is enough
      static_assert((std::is_same_v<typename Columns::owner, Result> && ...),
                    "tupelo: only() and omit() name columns of the query's own model");
      detail::read_columns(core, detail::meta<Result>::spec, {columns.ref...}, only);
    }
    return {static_cast<query_core&&>(core), source_};
  }
  template <class T, class... Models>
  auto beside(const scalar<T, Models...>& term) const {
    static_assert(detail::all_in<in_query, Models...>, TUPELO_NOT_IN_QUERY);
    using beside_rows = detail::rows_beside<Result>;
    static_assert(
        beside_rows::are_objects,
        "tupelo: with_count() and the like are for queries of whole objects: select() the count beside columns");
    using row = typename beside_rows::template with<T>;
    query_core core = core_;
    detail::select_beside(core, beside_rows::whole(), term, detail::row_meta<row>::spec);
    if (!core.loads.empty()) detail::stand_in_row<row>(core.loads);
    return select_query<row, Joined...>(static_cast<query_core&&>(core), source_);
  }
  template <class Other, class... Models>
  select_query<Result, Joined..., Other> joined(join_kind how, const condition<Models...>& on) const {
    static_assert(detail::all_in<detail::models_in_query<Joined..., Other>, Models...>,
                  "tupelo: the ON condition uses a column of a model that is not in this query");
    static_assert(detail::joins_once<in_query, Other>, "tupelo: this model is already in the query");
    query_core core = core_;
    core.join(how, id_of(detail::meta<Other>::spec), on);
    return {static_cast<query_core&&>(core), source_};
  }
  template <class Source, class... Models>
  auto joined_source(join_kind how, const Source& source, const condition<Models...>& on) const {
    using row = detail::aliased<typename Source::row_type>;
    static_assert(detail::all_in<detail::models_in_query<Joined..., row>, Models...>,
                  "tupelo: the ON condition uses a column of a model that is not in this query");
    static_assert(detail::source_in<in_query, Source>(),
                  "tupelo: the joined query is correlated with a model that is not in this query");
    query_core core = core_;
    source.add_to(core);
    core.join(how, source.table(), on);
    return select_query<Result, Joined..., row>(static_cast<query_core&&>(core), source_);
  }
  template <class Other>
  select_query<Result, Result> united(set_kind how, const Other& other) const {
    static_assert(is_uncorrelated && Other::is_uncorrelated,
                  "tupelo: queries that are put together cannot name columns of the query around them");
    static_assert(!detail::is_partial<Result> && !detail::is_partial<typename Other::result_type>,
                  "tupelo: queries that are put together are not of only(…) or omit(…): select<Row>(…) in both");
    static_assert(detail::same_rows<Result, typename Other::result_type>,
                  "tupelo: queries that are put together must have rows of one type: select<Row>(…) in both");
    if constexpr (detail::is_partial<Result>) {  // one error is enough
      return {query_core(core_), source_};
    } else {
      return {detail::united(detail::row_meta<Result>::spec, core_, how, other.core()), source_};
    }
  }
};

}  // namespace tupelo

#undef TUPELO_NO_CONDITION
#undef TUPELO_NOT_IN_QUERY
#undef TUPELO_NO_TERM

#include "tupelo/query/subquery.hpp"
