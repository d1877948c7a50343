// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/schema_dialect.hpp"

#include <cstddef>
#include <utility>

namespace tupelo {

std::vector<std::string> texts_of(std::vector<ddl_statement> statements) {
  std::vector<std::string> texts;
  texts.reserve(statements.size());
  for (std::size_t i = 0; i < statements.size(); ++i) {
    ddl_statement& statement = statements[i];
    const bool drops = i + 1 < statements.size() && statements[i + 1].role == ddl_role::clear;
    switch (statement.role) {
      case ddl_role::execute:
      case ddl_role::outside: texts.push_back(std::move(statement.sql)); break;
      case ddl_role::check: texts.push_back("-- a row here means: do not go on\n" + statement.sql); break;
      case ddl_role::clear: texts.push_back("-- each row is a statement to run first\n" + statement.sql); break;
      case ddl_role::remember:
        if (drops) texts.push_back("-- each row is a name, and a statement for later\n" + statement.sql);
        break;
      case ddl_role::restore: texts.emplace_back("-- triggers or views that had to go are made again here"); break;
    }
  }
  return texts;
}

}  // namespace tupelo
