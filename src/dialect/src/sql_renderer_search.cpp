// SPDX-License-Identifier: Apache-2.0
#include "function_result.hpp"
#include "sql_renderer.hpp"

#include "tupelo/core/error.hpp"

namespace tupelo {

void sql_renderer::push_search(std::uint64_t word, std::vector<operand>& stack) const {
  const auto f = static_cast<function>(sub_of(word));
  const std::size_t count = length_of(word);
  const model_info& model = model_of_word(word);
  const index_info* index = model.search_index();
  if (index == nullptr) {
    throw query_error(std::string(model.short_name()) +
                      " is searched and says not by what: name its text fields in model(), m.search_index(\"english\", "
                      "&" +
                      std::string(model.short_name()) + "::…), and migrate");
  }
  std::vector<operand> arguments(stack.end() - static_cast<std::ptrdiff_t>(count), stack.end());
  stack.resize(stack.size() - count);
  std::vector<std::string> columns;
  for (const index_term_info& term : index->terms) {
    columns.push_back(named(model_of(word), model.fields[static_cast<std::size_t>(term.field)]));
  }
  const std::string key = model.key.size() == 1 ? named(model_of(word), model.fields[model.key[0]]) : std::string();
  const bool shows = f == function::search_highlight || f == function::search_snippet;
  search_call call{.f = f, .model = &model, .index = index, .columns = columns.data(), .key = key};
  if (shows) {
    while (call.field < columns.size() && columns[call.field] != arguments[0].sql) ++call.field;
    if (call.field == columns.size()) {
      throw query_error("column " + arguments[0].sql + " of " + std::string(model.short_name()) +
                        " is to be shown as a search found it, and is none of the fields of m.search_index()");
    }
  }
  std::vector<call_argument> passed;
  for (std::size_t i = shows ? 1 : 0; i < count; ++i) {
    passed.push_back({arguments[i].sql, arguments[i].k, arguments[i].nullable, arguments[i].bare});
  }
  call.arguments = passed.data();
  operand result;
  result.k = result_of({f, model_of(word), passed.data(), passed.size()});
  if (f == function::search_matches) result.precedence = 3;
  dialect_.search(result.sql, call);
  stack.push_back(static_cast<operand&&>(result));
}

}  // namespace tupelo
