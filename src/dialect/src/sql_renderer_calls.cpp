// SPDX-License-Identifier: Apache-2.0
// Operators and calls, and chains of them: `a AND b AND c …`, `a + b + c …`.
#include "function_result.hpp"
#include "sql_renderer.hpp"

#include <algorithm>
#include <iterator>

namespace tupelo {

namespace {

/// Longer chains are written in groups: every term is a level of the expression else, of which databases have a limit,
/// and other chains may be around this one.
constexpr std::size_t longest_chain = 250;
/// Terms of a group: parsers have a limit for parentheses too, of some hundred with all that is open around them.
constexpr std::size_t group_size = 32;

bool is_decimal_arithmetic(function f) noexcept {
  return f == function::sum || (f >= function::add && f <= function::divide);
}

bool is_condition_link(op o) noexcept { return o == op::and_ || o == op::or_; }

/// Of two terms or more, in whatever order they are taken together.
bool is_call_link(std::uint64_t word) noexcept {
  if (op_of(word) != op::call) return false;
  const auto f = static_cast<function>(sub_of(word));
  return f == function::concat || ((f == function::add || f == function::multiply) && length_of(word) == 2);
}

/// Whether chains of both words are one.
bool is_same_link(std::uint64_t a, std::uint64_t b) noexcept {
  return op_of(a) == op_of(b) && (op_of(a) != op::call || sub_of(a) == sub_of(b));
}

template <class T>
std::vector<T> slice(std::vector<T>& all, std::size_t from, std::size_t count) {
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(from);
  return {std::make_move_iterator(begin), std::make_move_iterator(begin + static_cast<std::ptrdiff_t>(count))};
}

std::string plainly_joined(const std::vector<std::string>& terms, std::string_view sign) {
  std::string sql;
  for (const std::string& term : terms) sql.append(sql.empty() ? "" : sign).append(term);
  return sql;
}

}  // namespace

void sql_renderer::push_call(std::uint64_t word, std::vector<operand>& stack) {
  const auto f = static_cast<function>(sub_of(word));
  const std::size_t count = length_of(word);
  for (std::size_t i = stack.size() - count; i < stack.size() && !is_decimal_arithmetic(f); ++i) settle(stack[i]);
  if (f == function::fragment) return push_fragment(word, stack);
  if (f >= function::search_matches && f <= function::search_snippet) return push_search(word, stack);
  std::vector<operand> arguments(stack.end() - static_cast<std::ptrdiff_t>(count), stack.end());
  stack.resize(stack.size() - count);
  aggregates_ = aggregates_ || is_aggregate(f);
  operand result = called(word, arguments);
  if (f == function::row) result.row = static_cast<std::vector<operand>&&>(arguments);
  stack.push_back(static_cast<operand&&>(result));
}

sql_renderer::operand sql_renderer::called(std::uint64_t word, const std::vector<operand>& arguments) const {
  std::vector<call_argument> passed;
  passed.reserve(arguments.size());
  for (const operand& argument : arguments) {
    passed.push_back({argument.sql, argument.k, argument.nullable, argument.bare, argument.near});
  }
  const function_call call{static_cast<function>(sub_of(word)), model_of(word), passed.data(), passed.size()};
  operand result;
  dialect_.call(result.sql, call);
  const std::string_view suffix = dialect_.call_suffix(call);
  result.call = result.sql.size();
  result.sql += suffix;
  result.suffix = suffix.size();
  result.k = result_of(call);
  result.nullable = may_be_null(call);
  result.near = result.k == kind::decimal && dialect_.gives_near(call);
  return result;
}

void sql_renderer::push_operator(std::uint64_t word, std::vector<operand>& stack) {
  const auto pop = [&] {
    operand top = static_cast<operand&&>(stack.back());
    stack.pop_back();
    return top;
  };
  const op o = op_of(word);
  operand right = pop();
  if (o == op::not_) {
    stack.push_back({"NOT (" + right.sql + ")", 4});
  } else if (o == op::is_null || o == op::is_not_null) {
    std::string sql;
    if (returned_) {
      dialect_.returned_null(sql, right.sql, o == op::is_null);
    } else {
      sql = right.sql + (o == op::is_null ? " IS NULL" : " IS NOT NULL");
    }
    stack.push_back({static_cast<std::string&&>(sql), 3});
  } else {  // op::compare
    operand left = pop();
    push_comparison(static_cast<comparison>(sub_of(word)), static_cast<operand&&>(left), static_cast<operand&&>(right),
                    stack);
  }
}

std::uint32_t sql_renderer::links_at(std::uint32_t index, std::uint32_t end) const noexcept {
  const std::uint64_t word = words_[index];
  const bool of_conditions = is_condition_link(op_of(word));
  if (!of_conditions && !is_call_link(word)) return 0;
  std::uint32_t behind = index + 1;
  while (behind < end && words_[behind] == word) ++behind;
  // Which of three numbers are added first tells in the last digit: as it is said, where that can be.
  return of_conditions || (length_of(word) == 2 && behind - index > longest_chain) ? behind - index : 1;
}

void sql_renderer::push_links(std::uint64_t word, std::uint32_t links, std::vector<operand>& stack) const {
  const bool of_conditions = is_condition_link(op_of(word));
  const std::size_t taken = of_conditions || links > 1 ? links + 1 : length_of(word);
  std::vector<operand> terms = slice(stack, stack.size() - taken, taken);
  stack.resize(stack.size() - taken);
  operand joined;
  joined.chained = word;
  for (operand& term : terms) {
    const bool goes_on = !term.chain.empty() && is_same_link(term.chained, word);
    if (goes_on && joined.chain.empty()) {
      joined.chain = static_cast<std::vector<operand>&&>(term.chain);
    } else if (goes_on && of_conditions) {
      joined.chain.insert(joined.chain.end(), std::make_move_iterator(term.chain.begin()),
                          std::make_move_iterator(term.chain.end()));
    } else {
      write_chain(term);
      joined.chain.push_back(static_cast<operand&&>(term));
    }
  }
  stack.push_back(static_cast<operand&&>(joined));
}

std::uint32_t sql_renderer::operands_at(std::uint32_t index) const noexcept {
  const std::uint64_t word = words_[index];
  switch (op_of(word)) {
    case op::not_:
    case op::is_null:
    case op::is_not_null:
    case op::descending: return 1;
    case op::in_list: return model_of(word) == 0 ? 1 : 0;
    case op::query: return op_of(words_[index + length_of(word) + 1]) == op::in_query ? 1 : 0;
    case op::and_:
    case op::or_:
    case op::compare:
    case op::filter: return 2;
    case op::ordered: return 1u + length_of(word);
    case op::call: return length_of(word);
    case op::over: return static_cast<std::uint32_t>(operands_over(word));
    default: return 0;
  }
}

void sql_renderer::write_operands(std::uint32_t index, std::vector<operand>& stack) const {
  const std::size_t taken = operands_at(index);
  for (std::size_t i = stack.size() - std::min(taken, stack.size()); i < stack.size(); ++i) write_chain(stack[i]);
}

void sql_renderer::write_chain(operand& term) const {
  if (term.chain.empty()) return;
  std::vector<operand> terms = static_cast<std::vector<operand>&&>(term.chain);
  const std::uint64_t word = term.chained;
  if (!is_condition_link(op_of(word))) {
    term = called_chain(word, static_cast<std::vector<operand>&&>(terms));
    return;
  }
  term = operand();
  term.precedence = op_of(word) == op::and_ ? 2 : 1;
  std::vector<std::string> conditions;
  conditions.reserve(terms.size());
  for (operand& each : terms) {
    conditions.push_back(each.precedence < term.precedence ? "(" + each.sql + ")"
                                                           : static_cast<std::string&&>(each.sql));
  }
  term.sql =
      all_joined(static_cast<std::vector<std::string>&&>(conditions), op_of(word) == op::and_ ? " AND " : " OR ");
}

sql_renderer::operand sql_renderer::called_chain(std::uint64_t word, std::vector<operand> terms) const {
  if (static_cast<function>(sub_of(word)) == function::concat) {
    for (operand& term : terms) settle(term);
    while (terms.size() > longest_chain) {
      std::vector<operand> groups;
      for (std::size_t i = 0; i < terms.size(); i += group_size) {
        const std::size_t count = std::min(group_size, terms.size() - i);
        groups.push_back(count == 1 ? static_cast<operand&&>(terms[i]) : called(word, slice(terms, i, count)));
      }
      terms = static_cast<std::vector<operand>&&>(groups);
    }
    return called(word, terms);
  }
  // As it is said, each sum in parentheses in that of one term more, while parsers take so many; then two by two: those
  // that are one behind the other, and their results again.
  const bool in_groups = terms.size() > (dialect_.features().deepest_expression != 0 ? group_size : longest_chain);
  while (in_groups && terms.size() > 1) {
    std::vector<operand> pairs;
    for (std::size_t i = 0; i < terms.size(); i += 2) {
      pairs.push_back(i + 1 == terms.size() ? static_cast<operand&&>(terms[i]) : called(word, slice(terms, i, 2)));
    }
    terms = static_cast<std::vector<operand>&&>(pairs);
  }
  operand sum = static_cast<operand&&>(terms.front());
  for (std::size_t i = 1; i < terms.size(); ++i) {
    std::vector<operand> both;
    both.push_back(static_cast<operand&&>(sum));
    both.push_back(static_cast<operand&&>(terms[i]));
    sum = called(word, both);
  }
  return sum;
}

std::string sql_renderer::all_joined(std::vector<std::string> conditions, std::string_view sign) const {
  if (dialect_.features().deepest_expression != 0 && conditions.size() > longest_chain) {
    while (conditions.size() > group_size) {
      std::vector<std::string> groups;
      for (std::size_t i = 0; i < conditions.size(); i += group_size) {
        const std::vector<std::string> group = slice(conditions, i, std::min(group_size, conditions.size() - i));
        groups.push_back(group.size() == 1 ? group.front() : "(" + plainly_joined(group, sign) + ")");
      }
      conditions = static_cast<std::vector<std::string>&&>(groups);
    }
  }
  return plainly_joined(conditions, sign);
}

}  // namespace tupelo
