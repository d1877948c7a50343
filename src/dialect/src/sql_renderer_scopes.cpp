// SPDX-License-Identifier: Apache-2.0
// Which rows of a table a statement sees: those that are not marked as deleted and in the model's default scopes.
#include "sql_renderer.hpp"

#include "tupelo/dialect/inlined_text.hpp"
#include "tupelo/model/model_spec.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <string>

namespace tupelo {

void sql_renderer::read_hidden(hidden_rows& also, std::uint32_t index) const {
  const std::uint64_t word = words_[index];
  if (op_of(word) == op::with_deleted) {
    also.deleted = true;
    also.scopes = also.scopes || sub_of(word) == every_row;
  } else if (op_of(word) == op::without_scope && sub_of(word) == all_scopes) {
    also.scopes = true;
  } else if (op_of(word) == op::without_scope) {
    also.named.emplace_back(reinterpret_cast<const char*>(words_ + index + 2), model_of(words_[index + 1]));
  }
}

void sql_renderer::require_scopes(const hidden_rows& also, std::uint32_t from, std::uint32_t count) const {
  for (const std::string_view name : also.named) {
    bool known = false;
    std::string others;
    for (std::uint32_t i = from; i < from + count; ++i) {
      const std::uint64_t word = words_[i];
      if (i == from || op_of(word) == op::join) {
        for (const scope_info& scope : model_of_word(word).scopes) {
          known = known || scope.name == name;
          others += (others.empty() ? "\"" : ", \"") + scope.name + "\"";
        }
      }
      i += body_of(word) + payload_of(word);
    }
    if (known) continue;
    throw query_error("without_scope(\"" + std::string(name) +
                      "\"): " + std::string(model_of_word(words_[from]).short_name()) +
                      (others.empty() ? " has no default scope" : " has no default scope of this name, but " + others) +
                      ": say m.default_scope(…) in its model(), or leave this out");
  }
}

std::string sql_renderer::visible(const model_info& model, std::string_view name, const hidden_rows& also) const {
  std::string condition;
  if (model.deleted_at >= 0 && !also.deleted) {
    if (!name.empty()) condition = quoted(name) + ".";
    condition += quoted(model.fields[static_cast<std::size_t>(model.deleted_at)].column) + " IS NULL";
  }
  for (const scope_info& scope : model.scopes) {
    if (also.scopes || std::find(also.named.begin(), also.named.end(), scope.name) != also.named.end()) continue;
    if (!condition.empty()) condition += " AND ";
    condition += scope_text(scope.condition, model, name);
  }
  return condition;
}

std::string sql_renderer::scope_text(const expression& condition, const model_info& model,
                                     std::string_view name) const {
  sql_renderer apart(dialect_, condition.shape.data(), condition.shape.size);
  apart.names_.push_back({model.id, std::string(name)});
  apart.qualify_ = !name.empty();
  apart.number_placeholders();
  apart.plan_.text = apart.expression_text(0, condition.shape.size);
  // The model's own values are the same in every statement, which partial indexes can be held against so.
  return inlined_text(dialect_, apart.plan_, condition.values.data());
}

}  // namespace tupelo
