// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/dialect.hpp"
#include "tupelo/query/ddl.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tupelo::postgres {

struct searched_column {
  std::string sql;  ///< as the statement names it
  char weight;
};

/// The words of these columns. A query must say it as the index does, which is not found otherwise.
std::string search_vector(std::string_view language, const std::vector<searched_column>& columns);

/// Makes the index a search index again where its expression, in the server's words, is that of one.
void read_search_index(index_definition& index);

void search(std::string& sql, const search_call& call);

}  // namespace tupelo::postgres
