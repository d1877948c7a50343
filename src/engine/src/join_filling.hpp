// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/query_core.hpp"
#include "tupelo/model/relation_keys.hpp"
#include "tupelo/model/row_ops.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tupelo::detail {

/// What the rows of a join table hold beside what they connect: what every insert of their model sets, and, where the
/// relation's type says which struct that is, its own values of columns that must have one and have no default.
class join_filling {
public:
  join_filling() = default;
  /// `joins`: of that model; null: not known.
  join_filling(const relation_keys& keys, const row_ops* joins);

  std::vector<std::string> columns() const;
  /// The values of one row, in that order.
  void push(query_core& core) const;

private:
  struct part {
    std::string column;
    kind k;
    bool is_new;  ///< another uuid for each row
    std::vector<std::uint64_t> words;
  };
  std::vector<part> parts_;
};

}  // namespace tupelo::detail
