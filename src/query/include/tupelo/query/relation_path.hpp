// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/condition.hpp"
#include "tupelo/query/query_core.hpp"
#include "tupelo/model/row_ops.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace tupelo {

namespace detail {

/// What a member may be in a path; the compiler's messages name it by its type.
template <class Member>
struct relation_member;
template <class F, class C>
struct relation_member<F C::*> {
  static constexpr bool is_relation = relation_like<F>;
  template <class Model>
  static constexpr bool belongs_to = std::is_same_v<C, Model>;
};

template <class F, class C>
column_ref relation_ref(F C::* member) noexcept {
  return {&meta<C>::spec, offset_of_member(member)};
}

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
      query_core& query = loads.query_of(relation_ref(relation), rows_of<related>::ops);
      if constexpr (sizeof...(Rest) > 0) relation_path<related>::load_in(query, rest...);
    }
  }

  /// The query of the related rows of one row of the query around it.
  template <class F, class C, class... Rest>
  static expression related(op wanted, F C::* relation, const Rest&... rest) {
    if constexpr (check<F, C>()) {
      using related = typename F::related_model;
      query_core query(op::select_from, meta<related>::spec);
      query.word(relation_ref(relation).word(op::related_to));
      if constexpr (sizeof...(Rest) > 0) relation_path<related>::narrow(query, rest...);
      if (wanted == op::scalar_query) query.word(make_word(op::only_count));
      return with_query(expression(), static_cast<query_core&&>(query), wanted);
    } else {
      return expression();
    }
  }

  template <class First, class... Rest>
  static void load_in(query_core& query, const First& first, const Rest&... rest) {
    if constexpr (std::is_member_object_pointer_v<First>) {
      load(query.loads, first, rest...);
    } else {
      constrain<sizeof...(Rest)>(query, first);
    }
  }
  template <class First, class... Rest>
  static void narrow(query_core& query, const First& first, const Rest&... rest) {
    if constexpr (std::is_member_object_pointer_v<First>) {
      query.clause(op::where, related(op::exists, first, rest...));
    } else {
      constrain<sizeof...(Rest)>(query, first);
    }
  }

private:
  template <std::size_t Behind, class Constraint>
  static void constrain(query_core& core, const Constraint& constraint) {
    using query = select_query<Model, Model>;
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

}  // namespace detail

/// There is a related object, by any relation of the model: `where(tp::has(&User::posts))`. Further relations and a
/// function at the end narrow it: `tp::has(&User::posts, &Post::comments, [](auto& q) { q.where(…); })`. Soft-deleted
/// objects are not there, unless the function says with_deleted().
template <class F, class C, class... Path>
condition<C> has(F C::* relation, const Path&... path) {
  return detail::relation_path<C>::related(op::exists, relation, path...);
}

/// How many related objects there are, as an expression: to be selected, compared and ordered by. A function narrows
/// what is counted: `tp::count_of(&User::posts, [](auto& q) { q.where(…); })`.
template <class F, class C, class... Constraint>
scalar<std::int64_t, C> count_of(F C::* relation, const Constraint&... constraint) {
  static_assert((!std::is_member_object_pointer_v<Constraint> && ...),
                "tupelo: count_of() counts one relation; count the second in a query of the model between");
  return detail::relation_path<C>::related(op::scalar_query, relation, constraint...);
}

}  // namespace tupelo
