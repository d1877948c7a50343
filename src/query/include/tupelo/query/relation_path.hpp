// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/condition.hpp"
#include "tupelo/query/query_core.hpp"
#include "tupelo/model/row_ops.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace tupelo {

/// See tp::joined.
template <class F, class C>
struct joined_relation {
  F C::* relation;
};

namespace detail {

template <class F>
consteval bool leads_to_one_model() {
  if constexpr (relation_like<F>) return F::relation != relation_kind::belongs_to_any;
  return true;
}

template <class F>
consteval bool leads_to_one_row() {
  if constexpr (relation_like<F>) {
    return F::relation == relation_kind::belongs_to || F::relation == relation_kind::has_one;
  }
  return true;
}

template <class F>
consteval bool reads_pivot() {
  if constexpr (requires { typename F::pivot_model; }) return !std::is_void_v<typename F::pivot_model>;
  return false;
}

/// The query that narrows a relation; the join table's columns are named in it where the field names the table's model.
template <class Model, class F>
struct narrowing_query {
  using type = select_query<Model, Model>;
};
template <class Model, class F>
  requires(reads_pivot<F>())
struct narrowing_query<Model, F> {
  using type = select_query<Model, Model, typename F::pivot_model>;
};

/// What a member may be in a path; the compiler's messages name it by its type.
template <class Member>
struct relation_member;
template <class F, class C>
struct relation_member<F C::*> {
  static constexpr bool is_relation = relation_like<F>;
  static constexpr bool has_one_model = leads_to_one_model<F>();
  static constexpr bool is_of_one_row = leads_to_one_row<F>();
  template <class Model>
  static constexpr bool belongs_to = std::is_same_v<C, Model>;
};

template <class F, class C>
column_ref relation_ref(F C::* member) noexcept {
  return {&meta<C>::spec, offset_of_member(member)};
}

template <class Part>
inline constexpr bool is_path_part = std::is_member_object_pointer_v<Part>;
template <class F, class C>
inline constexpr bool is_path_part<joined_relation<F, C>> = true;

template <class Models>
struct any_path;

/// A path through relations, from the model `Model` on: members, then perhaps a function that narrows the last one.
template <class Model>
struct relation_path {
  template <class F, class C>
  static consteval bool check() {
    static_assert(relation_member<F C::*>::is_relation,
                  "tupelo: this field is no relation: name a tp::has_many, has_one, belongs_to or many_to_many field");
    static_assert(
        relation_member<F C::*>::template belongs_to<Model>,
        "tupelo: this relation is not one of the model it is asked of: a path begins at the query's model and "
        "goes on at the related one");
    return relation_member<F C::*>::is_relation && std::is_same_v<C, Model>;
  }

  template <class F, class C, class... Rest>
  static void load(load_list& loads, F C::* relation, const Rest&... rest) {
    if constexpr (check<F, C>()) {
      using related = typename F::related_model;
      if constexpr (relation_member<F C::*>::has_one_model) {
        query_core& query = query_for<F>(loads, relation_ref(relation));
        if constexpr (sizeof...(Rest) > 0) relation_path<related>::template load_in<F>(query, rest...);
      } else {
        any_path<related>::load(loads, relation_ref(relation), rest...);
      }
    }
  }

  template <class F, class C, class... Rest>
  static void load(load_list& loads, joined_relation<F, C> joined, const Rest&... rest) {
    static_assert(relation_member<F C::*>::is_of_one_row,
                  "tupelo: tp::joined() is for tp::belongs_to and has_one fields: a join would repeat the rows");
    static_assert((is_path_part<Rest> && ...),
                  "tupelo: tp::joined() loads the related object as it is: no function narrows it");
    if constexpr (check<F, C>() && relation_member<F C::*>::is_of_one_row) {
      using related = typename F::related_model;
      query_core& query = loads.joined(relation_ref(joined.relation), rows_of<related>::ops, rows_of<C>::ops);
      if constexpr (sizeof...(Rest) > 0) relation_path<related>::template load_in<F>(query, rest...);
    }
  }

  template <class Other, class... Rest>
  static void load(load_list&, const Other&, const Rest&...) {
    static_assert(std::is_member_object_pointer_v<Other>,
                  "tupelo: with() begins with a relation: .with(&User::posts, …)");
  }

  /// The query of the related rows of one row of the query around it.
  template <class F, class C, class... Rest>
  static query_core related(F C::* relation, const Rest&... rest) {
    static_assert(
        relation_member<F C::*>::has_one_model,
        "tupelo: a tp::belongs_to_any field leads to several models: ask of its type and key columns instead");
    if constexpr (check<F, C>() && relation_member<F C::*>::has_one_model) {
      using related = typename F::related_model;
      if constexpr (reads_pivot<F>()) static_cast<void>(info_of(meta<typename F::pivot_model>::spec));  // may hide rows
      query_core query(op::select_from, meta<related>::spec);
      query.word(relation_ref(relation).word(op::related_to));
      if constexpr (sizeof...(Rest) > 0) relation_path<related>::template narrow<F>(query, rest...);
      return query;
    } else {
      return query_core();
    }
  }
  template <class F, class C, class... Rest>
  static expression exists(F C::* relation, const Rest&... rest) {
    return with_query(expression(), related(relation, rest...), op::exists);
  }

  /// Of the rows that the field `From` leads to.
  template <class From, class First, class... Rest>
  static void load_in(query_core& query, const First& first, const Rest&... rest) {
    if constexpr (is_path_part<First>) {
      load(query.loads, first, rest...);
    } else {
      constrain<typename narrowing_query<Model, From>::type, sizeof...(Rest)>(query, first);
    }
  }
  template <class From, class First, class... Rest>
  static void narrow(query_core& query, const First& first, const Rest&... rest) {
    if constexpr (std::is_member_object_pointer_v<First>) {
      query.clause(op::where, exists(first, rest...));
    } else {
      constrain<typename narrowing_query<Model, From>::type, sizeof...(Rest)>(query, first);
    }
  }

private:
  template <class F>
  static query_core& query_for(load_list& loads, column_ref relation) {
    using related = typename F::related_model;
    if constexpr (reads_pivot<F>()) {
      static_cast<void>(info_of(meta<typename F::pivot_model>::spec));
      return loads.with_pivot(relation, rows_of<related>::ops, rows_of<typename F::pivot_model>::ops);
    } else {
      return loads.query_of(relation, rows_of<related>::ops);
    }
  }
  template <class Query, std::size_t Behind, class Constraint>
  static void constrain(query_core& core, const Constraint& constraint) {
    // A function that says its argument's type may be one for several relations.
    constexpr bool is_for_it = std::is_invocable_v<const Constraint&, Query&>;
    using query = std::conditional_t<is_for_it, Query, select_query<Model, Model>>;
    static_assert(Behind == 0, "tupelo: the function that narrows a relation is the last argument: one for each path");
    static_assert(std::is_invocable_v<const Constraint&, query&>,
                  "tupelo: what narrows a relation is a function of the related model's query: [](auto& q) { "
                  "q.where(…).order_by(…).limit(3); }");
    if constexpr (std::is_invocable_v<const Constraint&, query&>) {
      using result = std::remove_cvref_t<std::invoke_result_t<const Constraint&, query&>>;
      static_assert(std::is_void_v<result> || std::is_same_v<result, query>,
                    "tupelo: the function that narrows a relation changes the query that it is given; join() and "
                    "select() make another one");
      query narrowed(static_cast<query_core&&>(core), nullptr);
      constraint(narrowed);
      core = narrowed.core();
    }
  }
};

/// The same from a relation to one of several models on: what follows is for those of them that it fits.
template <class... Models>
struct any_path<one_of<Models...>> {
  template <class... Rest>
  static void load(load_list& loads, column_ref relation, const Rest&... rest) {
    std::uint8_t position = 0;
    (load_part<Models>(loads.query_of(relation, rows_of<Models>::ops, position++), rest...), ...);
    static_assert(
        (goes_on<Models, Rest...>() || ...),
        "tupelo: behind a tp::belongs_to_any field: a relation of one of its models, or a function of a query "
        "of one of them");
  }

private:
  template <class Model>
  static consteval bool goes_on() {
    return true;
  }
  template <class Model, class First, class... Rest>
  static consteval bool goes_on() {
    if constexpr (std::is_member_object_pointer_v<First>) {
      return relation_member<First>::template belongs_to<Model>;
    } else {
      return std::is_invocable_v<const First&, select_query<Model, Model>&>;
    }
  }
  template <class Model, class... Rest>
  static void load_part(query_core& query, const Rest&... rest) {
    if constexpr (sizeof...(Rest) > 0) {
      if constexpr (goes_on<Model, Rest...>()) relation_path<Model>::template load_in<void>(query, rest...);
    }
  }
};

}  // namespace detail

/// For `with`: the related object is read in the same statement, by a join, and not by one more:
/// `.with(tp::joined(&Post::author))`, and so on from there: `.with(tp::joined(&Post::author),
/// tp::joined(&User::team))`. Other relations behind it are loaded as ever. A round trip less, but an object that many
/// rows share is sent with each of them. What is loaded is the same. Behind a relation that is not joined, in streams
/// and pipelines, and where rows are grouped or put together, it is read by a statement of its own.
///
/// Errors when run: query_error for a has_one whose foreign key is not unique, and for relations through others.
template <class F, class C>
joined_relation<F, C> joined(F C::* relation) noexcept {
  return {relation};
}

/// There is a related object, by any relation of the model: `where(tp::has(&User::posts))`. Further relations and a
/// function at the end narrow it: `tp::has(&User::posts, &Post::comments, [](auto& q) { q.where(…); })`. Soft-deleted
/// objects are not there, unless the function says with_deleted().
template <class F, class C, class... Path>
condition<C> has(F C::* relation, const Path&... path) {
  return detail::relation_path<C>::exists(relation, path...);
}

/// How many related objects there are, as an expression: to be selected, compared and ordered by. A function narrows
/// what is counted: `tp::count_of(&User::posts, [](auto& q) { q.where(…); })`.
template <class F, class C, class... Constraint>
scalar<std::int64_t, C> count_of(F C::* relation, const Constraint&... constraint) {
  static_assert((!std::is_member_object_pointer_v<Constraint> && ...),
                "tupelo: count_of() counts one relation; count the second in a query of the model between");
  query_core query = detail::relation_path<C>::related(relation, constraint...);
  query.word(make_word(op::only_count));
  return detail::with_query(expression(), static_cast<query_core&&>(query), op::scalar_query);
}

}  // namespace tupelo
