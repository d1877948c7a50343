// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/select_query.hpp"

#include <type_traits>

/// What runs rows of only() and omit() is a header of its own: who has not included it is told so.
namespace tupelo::detail {

/// The verbs of a query whose rows have some columns alone; completed by tupelo/engine/partial.hpp.
template <class T>
struct partial_verbs;
struct no_verbs {};
template <class T>
inline constexpr bool reads_partial = requires { sizeof(partial_verbs<T>); };

template <class T>
struct select_verbs<partial<T>> : std::conditional_t<reads_partial<T>, partial_verbs<T>, no_verbs> {
  static_assert(reads_partial<T>, "tupelo: the rows of a query with only() or omit() are tp::partial<T>: #include "
                                  "<tupelo/engine/partial.hpp> where it is run");
};

}  // namespace tupelo::detail
