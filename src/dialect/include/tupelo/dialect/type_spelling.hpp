// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/ddl.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// A column's type as somebody spelled it, taken apart: `Character  VARYING(20)` is `character varying` with 20.
struct type_spelling {
  explicit type_spelling(std::string_view declared);

  /// The kind with the length, or the precision and scale, that were given. What is beyond any column limits nothing.
  column_type typed(type_kind kind, std::uint32_t longest_text) const;

  std::string name;                      ///< lower case, one blank between words
  std::vector<std::uint32_t> arguments;  ///< saturated
  bool only_words = true;                ///< false: something else stands in the name, as quotes do
};

/// A type as PostgreSQL spells it; kept as it is spelled where it is none of ours.
column_type spelled_type(std::string_view declared);

}  // namespace tupelo
