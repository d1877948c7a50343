// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/query_source.hpp"
#include "tupelo/query/column.hpp"
#include "tupelo/query/relation_path.hpp"

#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

namespace tupelo {

/// What `sync` and `toggle` have changed.
struct join_changes {
  std::int64_t attached = 0;
  std::int64_t detached = 0;
};

namespace detail {

/// The keys of related objects: given as values, or to be read from objects.
struct given_keys {
  kind k = kind::null;  ///< of the values
  std::uint32_t count = 0;
  inline_word_buffer<16> values;
  std::vector<const void*> objects;
};

template <class Related>
struct given {
  template <class Value>
  static consteval bool is_a_key() {
    if constexpr (requires { &Related::id; }) {
      return column_named<&Related::id>::template accepts<Value>;
    } else {
      return fits<Value, Value>();
    }
  }

  template <class Given>
  static void add(given_keys& keys, const Given& given) {
    if constexpr (std::is_same_v<Given, Related>) {
      keys.objects.push_back(__builtin_addressof(given));
    } else if constexpr (requires { given.tracked(); }) {
      add(keys, *given);
    } else if constexpr (!text_like<Given> && requires { given.begin() != given.end(); }) {
      for (const auto& each : given) add(keys, each);
    } else {
      static_assert(
          is_a_key<Given>(),
          "tupelo: attach(), detach(), sync() and toggle() take keys of the related model, its objects, or ranges of "
          "these");
      if constexpr (is_a_key<Given>()) {
        text_room<Given> room;
        const literal value = literal_of<Given>(given, room);
        keys.k = value.k;
        ++keys.count;
        value.push_to(keys.values);
      }
    }
  }
};

/// Which rows of a join table are meant: those of one object by one relation.
struct join_rows {
  column_ref relation;
  const model_spec* related;
  const void* owner;
  const row_ops* joins = nullptr;  ///< of the join table's model, where the relation's type says it
};

template <class F>
inline constexpr bool goes_through_a_table = false;
template <relation_like F>
inline constexpr bool goes_through_a_table<F> = F::relation == relation_kind::many_to_many;

template <class Object, class F, class C>
join_rows join_rows_of(const Object& object, F C::* relation) {
  static_assert(goes_through_a_table<F>,
                "tupelo: attach(), detach(), sync() and toggle() are for tp::many_to_many fields");
  if constexpr (requires { object.tracked(); }) {
    return join_rows_of(*object, relation);
  } else {
    static_assert(std::is_same_v<Object, C>, "tupelo: attach(), detach(), sync() and toggle() take an object, or a "
                                             "ref, of the model whose relation is named");
    if constexpr (goes_through_a_table<F>) {
      join_rows rows{relation_ref(relation), &meta<typename F::related_model>::spec, __builtin_addressof(object)};
      if constexpr (reads_pivot<F>()) {
        static_cast<void>(info_of(meta<typename F::pivot_model>::spec));  // may mark rows
        rows.joins = &rows_of<typename F::pivot_model>::ops;
      }
      return rows;
    } else {
      return {};
    }
  }
}
template <class F, class Given>
given_keys keys_in(const Given& given_here) {
  given_keys keys;
  if constexpr (goes_through_a_table<F>) given<typename F::related_model>::add(keys, given_here);
  return keys;
}

/// A row of a join table's model, from which new rows are made.
struct join_row {
  const row_ops* ops;
  const void* row;
  void (*copy)(void* to, const void* from);
};
template <class Row>
join_row join_row_of(const Row& row) {
  return {&rows_of<Row>::ops, __builtin_addressof(row),
          [](void* to, const void* from) { *static_cast<Row*>(to) = *static_cast<const Row*>(from); }};
}

struct join_counts;

/// `with`: what new rows are like. `counts`: takes what changes in counters and times of the rows that the join table's
/// name, to be written by the caller; null: it is written.
task<std::int64_t> attach(verb_call call, join_rows rows, given_keys keys, std::optional<join_row> with = {},
                          join_counts* counts = nullptr);
/// `all`: whatever the keys are.
task<std::int64_t> detach(verb_call call, join_rows rows, given_keys keys, bool all, join_counts* counts = nullptr);
task<join_changes> sync(verb_call call, join_rows rows, given_keys keys, std::optional<join_row> with = {});
task<join_changes> toggle(verb_call call, join_rows rows, given_keys keys, std::optional<join_row> with = {});

}  // namespace detail

}  // namespace tupelo
