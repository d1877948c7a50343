// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/schema_dialect.hpp"

#include <utility>

namespace tupelo {

std::vector<std::string> texts_of(std::vector<ddl_statement> statements) {
  std::vector<std::string> texts;
  texts.reserve(statements.size());
  for (ddl_statement& statement : statements) {
    switch (statement.role) {
      case ddl_role::execute:
      case ddl_role::outside: texts.push_back(std::move(statement.sql)); break;
      case ddl_role::check: texts.push_back("-- a row here means: do not go on\n" + statement.sql); break;
      case ddl_role::clear: texts.push_back("-- each row is a statement to run first\n" + statement.sql); break;
      case ddl_role::remember: break;
      case ddl_role::restore: texts.emplace_back("-- triggers of the table are made again here"); break;
    }
  }
  return texts;
}

}  // namespace tupelo
