// SPDX-License-Identifier: Apache-2.0
#include "search_index.hpp"

#include <tupelo/query/sql_text.hpp>

#include <array>
#include <utility>

namespace tupelo::postgres {

namespace {

/// The words that detail::search_words made, as the server reads them. No text holds a quotation mark, so that each
/// pattern is found where it means something and nowhere else.
std::string search_query(std::string_view language, std::string_view words) {
  std::string sql(words);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> spelled{
      {{" NOT \"", " & !\""}, {"\" *", "\":*"}, {"\" \"", "\" & \""}, {":* \"", ":* & \""}}};
  for (const auto& [from, to] : spelled) {
    sql = "replace(" + sql + ", " + sql_text_literal(from) + ", " + sql_text_literal(to) + ")";
  }
  return "to_tsquery(" + sql_text_literal(language) + ", translate(" + sql + ", '\"', ''''))";
}

/// A parameter as the value of an option.
std::string option(std::string_view name, std::string_view parameter) {
  return "', " + std::string(name) + "=\"', replace(" + std::string(parameter) + ", '\"', '\"\"'), '\"";
}

bool is_that_word(const sql_token& token, std::string_view word) {
  return (token.kind == sql_token_kind::word || token.kind == sql_token_kind::quoted) &&
         equal_identifiers(token.value, word);
}

}  // namespace

std::string search_vector(std::string_view language, const std::vector<searched_column>& columns) {
  std::string sql;
  for (const searched_column& column : columns) {
    sql += (sql.empty() ? "setweight(to_tsvector(" : " || setweight(to_tsvector(") + sql_text_literal(language) +
           ", coalesce(" + column.sql + "::text, '')), '" + column.weight + "')";
  }
  return sql;
}

void read_search_index(index_definition& index) {
  if (index.method != "gin" || index.columns.size() != 1 || !index.columns[0].is_expression()) return;
  const std::vector<sql_token> tokens = sql_tokens(index.columns[0].expression);
  index_definition read = index;
  read.columns.clear();
  read.method.clear();
  std::size_t i = 0;
  const auto next_text = [&] {
    while (i < tokens.size() && tokens[i].kind != sql_token_kind::text) ++i;
    return i < tokens.size() ? tokens[i++].value : std::string();
  };
  std::size_t vectors = 0;
  for (const sql_token& token : tokens) {
    if (is_that_word(token, "to_tsvector")) ++vectors;
  }
  while (i < tokens.size()) {
    while (i < tokens.size() && !is_that_word(tokens[i], "setweight")) ++i;
    if (i >= tokens.size()) break;
    const std::string language = next_text();
    if (!read.language.empty() && read.language != language) return;
    read.language = language;
    while (i < tokens.size() && !is_that_word(tokens[i], "coalesce")) ++i;
    if (i < tokens.size()) ++i;
    while (i < tokens.size() && tokens[i].text == "(") ++i;
    if (i >= tokens.size()) return;
    index_column column;
    column.name = tokens[i++].value;
    if (!next_text().empty()) return;  // what stands in the place of NULL
    const std::string weight = next_text();
    if (weight.size() != 1 || weight[0] < 'A' || weight[0] > 'D') return;
    column.weight = weight[0];
    read.columns.push_back(std::move(column));
  }
  if (read.columns.empty() || read.columns.size() != vectors || read.language.empty()) return;
  index = std::move(read);
}

void search(std::string& sql, const search_call& call) {
  const std::string& language = call.index->language;
  const std::string query = search_query(language, call.arguments[0].sql);
  if (call.f == function::search_matches || call.f == function::search_rank) {
    std::vector<searched_column> columns;
    for (std::size_t i = 0; i < call.index->terms.size(); ++i) {
      columns.push_back({call.columns[i], call.index->terms[i].weight});
    }
    const std::string vector = search_vector(language, columns);
    if (call.f == function::search_rank) {
      sql.append("ts_rank(").append(vector).append(", ").append(query).append(")::float8");
      return;
    }
    // Words without a meaning are taken out of a query: of "the -java" is left what nearly every row satisfies.
    // querytree() is what an index is asked for, empty or a bare T where it is no word.
    sql.append("((").append(vector).append(") @@ ").append(query);
    sql.append(" AND querytree(").append(query).append(") NOT IN ('', 'T'))");
    return;
  }
  sql += "ts_headline(" + sql_text_literal(language) + ", coalesce(" + call.columns[call.field] + "::text, ''), " +
         query + ", concat('";
  sql += call.f == function::search_highlight
             ? "HighlightAll=true"
             : "MaxFragments=1, MinWords=1, MaxWords=', " + std::string(call.arguments[3].sql) + ", '";
  sql +=
      option("StartSel", call.arguments[1].sql).substr(1) + option("StopSel", call.arguments[2].sql).substr(1) + "'))";
}

}  // namespace tupelo::postgres
