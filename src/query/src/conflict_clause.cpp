// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/expression_text.hpp"
#include "tupelo/query/write_query.hpp"

namespace tupelo {

namespace {

constexpr std::uint32_t longest_clause = 0xffff;

std::uint64_t head_of(op clause, std::uint32_t words) noexcept {
  return words > longest_clause ? make_word(op::too_large) : make_word(clause, 0, static_cast<std::uint16_t>(words));
}

}  // namespace

std::uint64_t detail::excluded_column(column_ref column) {
  return make_word(op::column, 0, column.offset, alias_of(*column.model, "excluded"));
}

void conflict_clause::assign(column_ref column, const expression& value) {
  clause_.push(head_of(op::conflict_assign, value.shape.size + 1));
  clause_.push(column.word(op::column));
  clause_.append(value);
}

void conflict_clause::add_neutral(op what, const expression& e, const model_spec& model) {
  clause_.push(make_word(what, 0, 0, id_of(model)));
  clause_.push_text(expression_text(e, info_of(model), "on_conflict()"));
}

void conflict_clause::add_where(const expression& condition) {
  clause_.push(head_of(op::conflict_where, condition.shape.size));
  clause_.append(condition);
}

}  // namespace tupelo
