// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/select_query.hpp"

#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

namespace tupelo {

template <class T>
class patch;

namespace detail {

class patch_core;
/// One assignment for each field that is given. Errors: query_error where none is.
void assign_given(query_core& core, const patch_core& changes, const void* values);

/// The verbs that run a statement without result rows; completed by the engine.
template <class>
struct write_verbs;

/// What returning() may name; the compiler's messages say of which model rows are written.
template <class T>
struct written_row {
  template <class... Models>
  static consteval bool has(models<Models...>) {
    return (std::is_same_v<Models, T> && ...);
  }
  template <class Term>
  static consteval bool holds() {
    if constexpr (names_models<Term>) return has(typename Term::term_models());
    return true;  // refused elsewhere
  }
};
template <class T, class Row, class... Terms>
void project_written(query_core& core, const Terms&... terms) {
  static_assert((written_row<T>::template holds<Terms>() && ...),
                "tupelo: returning() gives what was written: it names columns of the written model alone, also where "
                "the statement reads others");
  if constexpr ((written_row<T>::template holds<Terms>() && ...)) project_row<Row, models_in_query<T>>(core, terms...);
}

template <class T, class Derived, class... Joined>
class write_query {
public:
  const query_core& core() const noexcept { return core_; }
  query_source* source() const noexcept { return source_; }

  /// Which rows; conditions of several calls are joined by AND.
  Derived& where(const condition<T>& c) & {
    core_.clause(op::where, c);
    return self();
  }
  [[nodiscard]] Derived&& where(const condition<T>& c) && { return static_cast<Derived&&>(where(c)); }
  template <class... Models>
  Derived& where(const condition<Models...>& c) & {
    static_assert(all_in<models_in_query<T, Joined...>, Models...>,
                  "tupelo: a column of another model in the condition of an update or erase: join<That>() it, or use "
                  "exists()");
    core_.clause(op::where, c);
    return self();
  }
  template <class... Models>
  [[nodiscard]] Derived&& where(const condition<Models...>& c) && {
    return static_cast<Derived&&>(where(c));
  }
  /// The rows that have a match in Other, whose columns may be named from here on. Where an update finds several, which
  /// of them counts is up to the database.
  template <class Other, class... Models>
  auto join(const condition<Models...>& on) const {
    static_assert(joins_once<models_in_query<T, Joined...>, Other>, "tupelo: this model is already in the query");
    static_assert(all_in<models_in_query<T, Joined..., Other>, Models...>,
                  "tupelo: the ON condition uses a column of a model that is not in this query");
    query_core core = core_;
    core.join(join_kind::inner, id_of(meta<Other>::spec), on);
    return typename Derived::template with<Other>(static_cast<query_core&&>(core), source_);
  }
  /// The same with an alias of a model, or with the rows of a query that has a name.
  template <row_source Source, class... Models>
  auto join(const Source& source, const condition<Models...>& on) const {
    using row = aliased<typename Source::row_type>;
    static_assert(all_in<models_in_query<T, Joined..., row>, Models...>,
                  "tupelo: the ON condition uses a column of a model that is not in this query");
    static_assert(source_in<models_in_query<>, Source>(),
                  "tupelo: the joined query is correlated with a model that is not in this query");
    query_core core = core_;
    source.add_to(core);
    core.join(join_kind::inner, source.table(), on);
    return typename Derived::template with<row>(static_cast<query_core&&>(core), source_);
  }
  /// Every row of the table is meant. Without this and without a condition the statement is refused.
  Derived& all_rows() & {
    core_.word(make_word(op::all_rows));
    return self();
  }
  [[nodiscard]] Derived&& all_rows() && { return static_cast<Derived&&>(all_rows()); }

  /// Rows that a default scope of this name leaves out too; those of all default scopes. Errors when run: query_error
  /// where no model of the statement has such a scope.
  Derived& without_scope(std::string_view name) & {
    core_.without_scope(name);
    return self();
  }
  [[nodiscard]] Derived&& without_scope(std::string_view name) && {
    return static_cast<Derived&&>(without_scope(name));
  }
  Derived& without_scopes() & {
    core_.word(make_word(op::without_scope, all_scopes));
    return self();
  }
  [[nodiscard]] Derived&& without_scopes() && { return static_cast<Derived&&>(without_scopes()); }

  /// Runs it; the result is the number of rows written.
  auto run(std::source_location from = std::source_location::current()) const {
    return write_verbs<T>::run(core_, source_, from);
  }
  /// Runs it; the result is the rows it wrote, as std::vector<T>.
  auto returning(std::source_location from = std::source_location::current()) const {
    query_core core = core_;
    core.word(make_word(op::returning_row));
    return write_verbs<T>::returning(static_cast<query_core&&>(core), source_, from);
  }
  /// Runs it; the result is these terms of the rows it wrote, as select() has them: columns and expressions of T, after
  /// an update with their new values, into an aggregate, a tuple or one value. Errors when run: query_error for an
  /// aggregate or a window function, which is of no single row.
  template <class Row, class... Terms>
  auto returning(const Terms&... terms) const {
    query_core core = core_;
    project_written<T, Row>(core, terms...);
    return write_verbs<Row>::returning(static_cast<query_core&&>(core), source_);
  }
  template <class Term>
    requires requires { typename Term::selected_type; }
  auto returning(const Term& term) const {
    return this->template returning<typename Term::selected_type>(term);
  }
  template <class... Terms>
    requires(sizeof...(Terms) > 1)
  auto returning(const Terms&... terms) const {
    return this->template returning<std::tuple<typename selected<Terms>::type...>>(terms...);
  }
  /// How the database would run it, as of a query. Nothing is written, also by `analyze`, which runs it and rolls that
  /// back; what does not roll back is done, as a number that a sequence gives.
  auto explain(explain_options how = {}, std::source_location from = std::source_location::current()) const {
    return write_verbs<T>::explain(core_, source_, how, from);
  }
  /// The statement as the database gets it, with placeholders. For debugging.
  auto to_sql() const { return write_verbs<T>::to_sql(core_, source_); }
  /// The same with its values, for the database's own shell. They may be secrets: mind logs.
  auto to_sql(inlined_values values) const { return write_verbs<T>::to_sql(core_, source_, values); }

protected:
  write_query(query_core&& core, query_source* source) noexcept
      : core_(static_cast<query_core&&>(core)), source_(source) {}
  Derived& self() noexcept { return static_cast<Derived&>(*this); }

  query_core core_;
  query_source* source_;
};

}  // namespace detail

namespace detail {

template <class T, class Column, class Value>
struct taken_into {
  static constexpr bool fits_in = fits<typename Column::field, Value>();
  static constexpr bool holds_null = field_is_optional<typename Column::field>() || !field_is_optional<Value>();
  static constexpr bool belongs_to = std::is_same_v<typename Column::owner, T>;
};
template <class Row, std::size_t Columns>
struct row_taken {
  template <std::size_t Fields>
  static constexpr bool by = Fields == Columns;
};
template <class T, class... Values, class... Columns>
consteval void check_taken(type_list<Values...>, type_list<Columns...>) {
  static_assert((taken_into<T, Columns, Values>::belongs_to && ...),
                "tupelo: insert_from<T>(…) names a column of another model than T");
  static_assert((taken_into<T, Columns, Values>::fits_in && ...),
                "tupelo: insert_from<T>(…): a value of the query does not match the column at the same position");
  static_assert(
      (taken_into<T, Columns, Values>::holds_null && ...),
      "tupelo: insert_from<T>(…): a value of the query may be NULL, and the column at the same position may not");
}
/// The INSERT of a query's rows into these columns of T.
template <class T, class Result, class... Joined, class... Columns>
query_core insert_of(const select_query<Result, Joined...>& rows, const Columns&... columns) {
  constexpr auto fields = row_fields<Result>();
  static_assert(row_taken<Result, sizeof...(Columns)>::template by<size_of(fields)>,
                "tupelo: insert_from<T>(query, columns…) needs one column for each value that the query selects");
  static_assert(select_query<Result, Joined...>::is_uncorrelated,
                "tupelo: insert_from(): the query names columns of a query around it");
  if constexpr (size_of(fields) == sizeof...(Columns)) check_taken<T>(fields, type_list<Columns...>());
  query_core core(op::insert_into, meta<T>::spec, insert_selected);
  (core.column(op::column, columns.ref), ...);
  core.rows(op::part, static_cast<std::uint8_t>(set_kind::first), 0, rows.core());
  return core;
}

/// What `set()` gives a column: the value as it is bound for the column's field, or the term. Errors: value_error
/// (value_out_of_range) for a number that the field does not hold.
template <auto... M, class V>
expression value_to_set(column<M...> c, const V& value) {
  if constexpr (is_nothing<V>) {
    static_assert(column_named<M...>::may_be_null,
                  "tupelo: set() to NULL of a column whose field is not std::optional");
    return expression(make_word(op::null_value));
  } else {
    using value_type = typename operand<V>::value_type;
    static_assert(column_named<M...>::template accepts<value_type>,
                  "tupelo: set(): the value does not match the column's type");
    static_assert(term<V> || column_named<M...>::template holds_null_of<value_type>,
                  "tupelo: set(): an optional value for a column whose field is not std::optional");
    if constexpr (fits<typename column<M...>::field, value_type>()) {
      check_number<typename column<M...>::base>(c.ref, value);
      return operand<V>::template of<typename column<M...>::base>(value);
    } else {
      return expression();
    }
  }
}

}  // namespace detail

/// An UPDATE of the rows that a condition names: `db.update<User>().set(tp::col<&User::age>, 36).where(…).run()`.
template <class T, class... Joined>
class update_query : public detail::write_query<T, update_query<T, Joined...>, Joined...> {
  using base = detail::write_query<T, update_query<T, Joined...>, Joined...>;

public:
  template <class... More>
  using with = update_query<T, Joined..., More...>;

  explicit update_query(query_source* source) noexcept
      : base(query_core(op::update_of, detail::meta<T>::spec), source) {}
  update_query(query_core&& core, query_source* source) noexcept : base(static_cast<query_core&&>(core), source) {}

  /// The column's new value: a value, `std::nullopt`, a column, or an expression such as `tp::col<&User::views> + 1`.
  /// Errors: value_error (value_out_of_range) for a number that the field does not hold. Errors when run: the same of
  /// the database (value_out_of_range) for what is computed.
  template <auto... M, class V>
  update_query& set(column<M...> c, const V& value) & {
    static_assert(detail::column_named<M...>::template belongs_to<T>, "tupelo: set() names a column of another model");
    this->core_.assign(op::assign, c.ref, detail::value_to_set(c, value));
    return *this;
  }
  template <class Other, class V>
  update_query& set(const Other&, const V&) {
    static_assert(detail::clause_given<Other>::is_a_term, "tupelo: set() names a column: tp::col<&User::age>");
    return *this;
  }
  /// All that a patch was given: `db.update<User>().set(changes).where(…)`. Errors: query_error for an empty patch.
  update_query& set(const patch<T>& changes) & {
    detail::assign_given(this->core_, changes.core(), __builtin_addressof(changes.values()));
    return *this;
  }
  [[nodiscard]] update_query&& set(const patch<T>& changes) && { return static_cast<update_query&&>(set(changes)); }
  /// A place in a JSON document: `.set(tp::col<&Post::meta>.path("likes"), 5)`. One place of a column in one update;
  /// for several, one inside of the other: `.set(meta, meta.path("a").with(1))`.
  template <auto... M, class V>
  update_query& set(const json_place<column<M...>>& place, const V& value) & {
    return set(column<M...>(), place.with(value));
  }
  template <auto... M, class V>
  [[nodiscard]] update_query&& set(const json_place<column<M...>>& place, const V& value) && {
    return static_cast<update_query&&>(set(place, value));
  }
  template <auto... M, class V>
  [[nodiscard]] update_query&& set(column<M...> c, const V& value) && {
    return static_cast<update_query&&>(set(c, value));
  }

  /// Soft-deleted rows too, of all models that the statement reads.
  update_query& with_deleted() & {
    this->core_.word(make_word(op::with_deleted));
    return *this;
  }
  [[nodiscard]] update_query&& with_deleted() && { return static_cast<update_query&&>(with_deleted()); }
};

/// A DELETE of the rows that a condition names: `db.erase<User>().where(…).run()`. Soft-deletable models are marked,
/// unless `permanently()` is said.
template <class T, class... Joined>
class delete_query : public detail::write_query<T, delete_query<T, Joined...>, Joined...> {
  using base = detail::write_query<T, delete_query<T, Joined...>, Joined...>;

public:
  template <class... More>
  using with = delete_query<T, Joined..., More...>;

  explicit delete_query(query_source* source) noexcept
      : base(query_core(op::delete_from, detail::meta<T>::spec), source) {}
  delete_query(query_core&& core, query_source* source) noexcept : base(static_cast<query_core&&>(core), source) {}

  /// Removes the rows of a soft-deletable model from the table, marked ones too; marked rows of joined models
  /// are left out.
  delete_query& permanently() & {
    this->core_.word(make_word(op::with_deleted));
    return *this;
  }
  [[nodiscard]] delete_query&& permanently() && { return static_cast<delete_query&&>(permanently()); }
};

namespace detail {

std::uint64_t excluded_column(column_ref column);

template <class T>
inline constexpr bool is_one_model = false;
/// What a conflict clause was given; the compiler's messages name it by it.
template <class Given>
struct clause_term {
  static constexpr bool is_a_term = term<Given>;
  static constexpr bool is_a_column = requires { Given::ref; };
};
template <class Model>
inline constexpr bool is_one_model<models<Model>> = true;
template <>
inline constexpr bool is_one_model<models<>> = true;

}  // namespace detail

/// In the conflict clause of an upsert: the column of the row that was not inserted. The column itself is that of the
/// row that is there.
template <auto... M>
auto excluded(column<M...> c) {
  return scalar<typename column<M...>::field, typename column<M...>::owner>(expression(detail::excluded_column(c.ref)));
}

/// How an insert meets a row that is already there: `tp::on_conflict(tp::col<&User::email>).update(…)`,
/// `.update_all()`,
/// `.set(column, value)` or `.ignore()`.
class conflict_clause {
public:
  conflict_clause() noexcept = default;

  /// The column's new value, from both rows: `.set(tp::col<&Stock::amount>, tp::col<&Stock::amount> +
  /// tp::excluded(tp::col<&Stock::amount>))`. It counts where update_all() would take the column. Errors: as
  /// update_query::set().
  template <auto... M, class V>
  conflict_clause&& set(column<M...> c, const V& value) && {
    static_assert(detail::is_one_model<decltype(detail::models<typename column<M...>::owner>() +
                                                typename detail::operand<V>::models())>,
                  "tupelo: set() of an upsert: the value names a column of another model");
    assign(c.ref, detail::value_to_set(c, value));
    return static_cast<conflict_clause&&>(*this);
  }
  /// The row that is there stays as it is unless this holds for it; nothing is written then. Conditions of several
  /// calls are joined by AND.
  template <class... Models>
  conflict_clause&& where(const condition<Models...>& c) && {
    static_assert(detail::is_one_model<decltype((detail::models<>() + ... + detail::models<Models>()))>,
                  "tupelo: where() of an upsert: the condition names columns of two models");
    add_where(c);
    return static_cast<conflict_clause&&>(*this);
  }

  /// The condition of the unique index that is meant, where it covers a part of the rows and the model has several over
  /// the same columns, or none: said as the index says it.
  template <class Model>
  conflict_clause&& target_where(const condition<Model>& c) && {
    add_neutral(op::conflict_index, c, detail::meta<Model>::spec);
    return static_cast<conflict_clause&&>(*this);
  }

  /// These columns are taken from the new row.
  template <class... Columns>
  conflict_clause& update(const Columns&... columns) & {
    static_assert((detail::clause_term<Columns>::is_a_column && ...),
                  "tupelo: update() of an upsert takes columns: tp::col<&User::age>");
    if constexpr ((detail::clause_term<Columns>::is_a_column && ...)) {
      (clause_.push(columns.ref.word(op::conflict_update)), ...);
    }
    return *this;
  }
  template <class... Columns>
  conflict_clause&& update(const Columns&... columns) && {
    return static_cast<conflict_clause&&>(update(columns...));
  }
  /// All columns but the key, the conflict's target and created_at are taken from the new row.
  conflict_clause&& update_all() && {
    clause_.push(make_word(op::conflict_update));
    return static_cast<conflict_clause&&>(*this);
  }
  /// The old row stays; the new one is dropped.
  conflict_clause&& ignore() && {
    clause_.push(make_word(op::conflict_ignore));
    return static_cast<conflict_clause&&>(*this);
  }
  const expression& clause() const noexcept { return clause_; }
  void target(column_ref c) noexcept { clause_.push(c.word(op::conflict_target)); }
  template <auto First, auto... M>
  void target(column<First, M...> c) noexcept {
    target(c.ref);
  }
  template <class T, class Model>
  void target(const scalar<T, Model>& e) {
    add_neutral(op::conflict_expression, e, detail::meta<Model>::spec);
  }

private:
  void assign(column_ref column, const expression& value);
  void add_where(const expression& condition);
  void add_neutral(op what, const expression& e, const model_spec& model);

  expression clause_;
};

/// The columns of the unique key or primary key that may already be taken, or the expressions of a unique index; none:
/// any conflict. Errors: model_error for an expression that no index can hold. Errors when run: query_error for columns
/// of another model than that which is written, here and in what is said behind.
template <class... Terms>
conflict_clause on_conflict(const Terms&... terms) {
  conflict_clause clause;
  static_assert((detail::clause_term<Terms>::is_a_term && ...),
                "tupelo: on_conflict() takes columns and expressions: tp::col<&User::email>");
  if constexpr ((detail::clause_term<Terms>::is_a_term && ...)) (clause.target(terms), ...);
  return clause;
}

}  // namespace tupelo
