// SPDX-License-Identifier: Apache-2.0
#include "conditional_script.hpp"

#include "tupelo/dialect/postgres/ddl.hpp"
#include <tupelo/query/sql_text.hpp>

namespace tupelo::postgres {
namespace {

/// The text between dollars of a word that is not in it.
std::string between_dollars(const std::string& text, const std::string& word) {
  std::string tag = "$" + word + "$";
  for (int i = 2; text.find(tag) != std::string::npos; ++i) tag = "$" + word + std::to_string(i) + "$";
  return tag + text + tag;
}

bool is_comment(std::string_view text) { return text.starts_with("--") && text.find('\n') == std::string_view::npos; }

}  // namespace

std::string no_table(std::string_view table) {
  return "to_regclass(" + sql_text_literal(quote_identifier(table)) + ") IS NULL";
}

std::string guarded(const std::vector<std::string>& statements, const std::string& condition) {
  std::string body = "\nBEGIN\n  IF " + condition + " THEN\n";
  for (const std::string& statement : statements) {
    body +=
        is_comment(statement) ? "    " + statement + "\n" : "    EXECUTE " + between_dollars(statement, "sql") + ";\n";
  }
  return "DO " + between_dollars(body + "  END IF;\nEND\n", "tupelo");
}

std::string guarded_outside(const std::string& statement, const std::string& condition) {
  return "SELECT " + between_dollars(statement, "sql") + " WHERE " + condition + " \\gexec";
}

}  // namespace tupelo::postgres
