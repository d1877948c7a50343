// SPDX-License-Identifier: Apache-2.0
// What has one value in a group of rows, and where aggregates and windows may stand: databases differ in what they make
// of anything else. SQLite takes any row's value; a server says it in words of SQL.
#include "sql_renderer.hpp"

#include "tupelo/core/error.hpp"

#include <algorithm>

namespace tupelo {

namespace {

function function_of(std::uint64_t word) noexcept { return static_cast<function>(sub_of(word)); }
bool calls(std::uint64_t word, function f) noexcept { return op_of(word) == op::call && function_of(word) == f; }
bool calls_aggregate(std::uint64_t word) noexcept { return op_of(word) == op::call && is_aggregate(function_of(word)); }
bool wraps_aggregate(std::uint64_t word) noexcept { return op_of(word) == op::filter || op_of(word) == op::ordered; }

/// What `group_by()` takes that is no term, but names several.
bool names_terms(std::uint64_t word) noexcept {
  return op_of(word) == op::call && ((function_of(word) >= function::rollup && function_of(word) <= function::row));
}
static_assert(function::row == static_cast<function>(static_cast<int>(function::rollup) + 4));

/// A column, however the word that names it goes on.
bool is_same_column(std::uint64_t a, std::uint64_t b) noexcept {
  return model_of(a) == model_of(b) && offset_of_word(a) == offset_of_word(b);
}

}  // namespace

// ---- expressions as trees: a parent's number is higher than those of what it takes

std::vector<sql_renderer::term_node> sql_renderer::nodes_of(std::uint32_t from, std::uint32_t count) const {
  std::vector<term_node> nodes;
  std::vector<std::uint32_t> stack;
  for (std::uint32_t i = from; i < from + count; ++i) {
    const std::uint64_t word = words_[i];
    if (op_of(word) == op::list) continue;
    const auto own = static_cast<std::uint32_t>(nodes.size());
    term_node node{.index = i, .begin = i, .end = i + 1 + payload_of(word), .parent = own};
    if (op_of(word) == op::in_list) node.begin = i - 1;
    if (op_of(word) == op::query) node.end = i + length_of(word) + 2;  // and what is done with its rows
    const auto taken = std::min<std::size_t>(operands_at(i), stack.size());
    for (std::uint32_t place = 0; place < taken; ++place) {
      term_node& operand = nodes[stack[stack.size() - taken + place]];
      operand.parent = own;
      operand.place = place;
      if (place == 0) node.begin = operand.begin;
    }
    stack.resize(stack.size() - taken);
    stack.push_back(own);
    nodes.push_back(node);
    i = node.end - 1;
  }
  return nodes;
}

bool sql_renderer::names_column_at(std::uint32_t index) const noexcept {
  const std::uint64_t word = words_[index];
  // In no value at all is written without the column.
  if (op_of(word) == op::in_list) return model_of(word) != 0 && sub_of(words_[index - 1]) != 0;
  return op_of(word) == op::column || op_of(word) >= op::column_compare;
}

bool sql_renderer::is_read_here(const row_groups& groups, std::uint32_t table) const noexcept {
  return std::any_of(names_.begin() + static_cast<std::ptrdiff_t>(groups.first_name), names_.end(),
                     [&](const scope_name& name) { return name.table == table; });
}

bool sql_renderer::is_of_groups(const row_groups& groups, const term_node& aggregate) const noexcept {
  if (groups.first_name == visible_) return true;  // nothing is around
  bool of_others = false;
  for (std::uint32_t i = aggregate.begin; i < aggregate.end; ++i) {
    const std::uint64_t word = words_[i];
    if (names_column_at(i)) {
      if (is_read_here(groups, model_of(word))) return true;
      of_others = true;
    }
    of_others = of_others || op_of(word) == op::query || op_of(word) == op::again || calls(word, function::fragment);
    if (op_of(word) == op::query) i += length_of(word);
    i += payload_of(word);
  }
  return !of_others;
}

bool sql_renderer::takes_any(const term_node& aggregate, const std::vector<std::uint32_t>& tables) const noexcept {
  for (std::uint32_t i = aggregate.begin; i < aggregate.end; ++i) {
    const std::uint64_t word = words_[i];
    const bool of_these = std::find(tables.begin(), tables.end(), model_of(word)) != tables.end();
    if (names_column_at(i) && of_these) return true;
    i += payload_of(word);
  }
  return false;
}

bool sql_renderer::is_windowed(const std::vector<term_node>& nodes, const term_node& call) const noexcept {
  const term_node* node = &call;
  while (nodes[node->parent].index != node->index && node->place == 0) {
    node = &nodes[node->parent];
    if (op_of(words_[node->index]) == op::over) return true;
    if (!wraps_aggregate(words_[node->index])) return false;
  }
  return false;
}

bool sql_renderer::aggregates_rows(const row_groups& groups, std::uint32_t from, std::uint32_t count) const {
  const std::vector<term_node> nodes = nodes_of(from, count);
  return std::any_of(nodes.begin(), nodes.end(), [&](const term_node& node) {
    return calls_aggregate(words_[node.index]) && !is_windowed(nodes, node) && is_of_groups(groups, node);
  });
}

// ---- what is grouped by

sql_renderer::row_groups::words sql_renderer::said_at(std::uint32_t from, std::uint32_t count) const noexcept {
  const std::uint64_t word = words_[from];
  if (count == 1 && op_of(word) == op::again) return {first_ + length_of(word), model_of(word)};
  return {from, count};
}

void sql_renderer::add_grouped(row_groups& groups, std::uint32_t from, std::uint32_t count) const {
  const row_groups::words said = said_at(from, count);
  std::vector<term_node> nodes = nodes_of(said.from, said.count);
  for (std::size_t i = nodes.size(); i-- > 0;) {
    term_node& node = nodes[i];
    const bool outermost = node.parent == i || nodes[node.parent].in_aggregate;
    const std::uint64_t word = words_[node.index];
    node.in_aggregate = outermost && names_terms(word);  // a list of terms
    if (outermost && !node.in_aggregate) groups.terms.push_back(said_at(node.begin, node.end - node.begin));
    groups.any_column = groups.any_column || calls(word, function::fragment);
  }
}

bool sql_renderer::groups_always(const std::vector<term_node>& nodes, const term_node& node,
                                 std::uint64_t column) const {
  const std::uint64_t word = words_[node.index];
  if (op_of(word) == op::column) return is_same_column(word, column);
  const bool any = calls(word, function::row) || calls(word, function::grouping_set);
  if (!any && !calls(word, function::grouping_sets)) return false;  // of others one way has no terms
  const auto own = static_cast<std::uint32_t>(&node - nodes.data());
  const auto says = [&](const term_node& term) { return groups_always(nodes, term, column); };
  const auto taken = [&](const term_node& term) { return term.parent == own && &term != &node; };
  return any ? std::any_of(nodes.begin(), nodes.end(), [&](const term_node& t) { return taken(t) && says(t); })
             : std::all_of(nodes.begin(), nodes.end(), [&](const term_node& t) { return !taken(t) || says(t); });
}

sql_renderer::row_groups sql_renderer::groups_of(const select_parts& parts, std::uint32_t from,
                                                 std::uint32_t count) const {
  row_groups groups{.first_name = parts.first_name, .grouped = !parts.group.empty() || !parts.having.empty()};
  std::vector<std::vector<term_node>> clauses;
  for (std::uint32_t i = from; i < from + count; ++i) {
    const std::uint64_t word = words_[i];
    const op o = op_of(word);
    if (o == op::group) {
      add_grouped(groups, i + 1, length_of(word));
      clauses.push_back(nodes_of(i + 1, length_of(word)));
    }
    const bool of_groups = o == op::project || o == op::beside || o == op::order || o == op::distinct_on;
    groups.grouped = groups.grouped || (of_groups && aggregates_rows(groups, i + 1, length_of(word)));
    i += body_of(word) + payload_of(word);
  }
  for (std::size_t i = parts.first_name; i < names_.size() && !clauses.empty(); ++i) {
    const std::uint32_t table = names_[i].table;
    if (source_of(table) != nullptr || (table == parts.id && parts.reads_rows)) continue;
    const model_info& model = model_of_word(make_word(op::column, 0, 0, table));
    const bool whole = std::all_of(model.key.begin(), model.key.end(), [&](std::uint16_t part) {
      const std::uint64_t column = make_word(op::column, 0, model.fields[part].offset, table);
      return std::any_of(clauses.begin(), clauses.end(), [&](const std::vector<term_node>& nodes) {
        return !nodes.empty() && groups_always(nodes, nodes.back(), column);
      });
    });
    if (whole && !model.key.empty()) groups.whole.push_back(table);
  }
  return groups;
}

bool sql_renderer::is_grouped(const row_groups& groups, std::uint32_t from, std::uint32_t count) const noexcept {
  const row_groups::words said = said_at(from, count);
  return std::any_of(groups.terms.begin(), groups.terms.end(), [&](const row_groups::words& term) {
    if (term.from == said.from && term.count == said.count) return true;
    // Of values it is not known here whether they are the same: then the term would be said again.
    return term.count == said.count &&
           std::equal(words_ + term.from, words_ + term.from + term.count, words_ + said.from) &&
           !binds_values(term.from, term.count);
  });
}

bool sql_renderer::has_one_value(const row_groups& groups, std::uint64_t column) const noexcept {
  if (groups.any_column || !is_read_here(groups, model_of(column))) return true;
  if (std::find(groups.whole.begin(), groups.whole.end(), model_of(column)) != groups.whole.end()) return true;
  return std::any_of(groups.terms.begin(), groups.terms.end(), [&](const row_groups::words& term) {
    return term.count == 1 && op_of(words_[term.from]) == op::column && is_same_column(words_[term.from], column);
  });
}

// ---- what the clauses say

void sql_renderer::refuse_column(const clause_rule& rule, std::uint64_t column) const {
  throw query_error(
      "column \"" + field_of_word(column).column + "\" in " + std::string(rule.name) +
      " has no one value in a group of rows, or beside an aggregate of all rows: say group_by() of it, or "
      "min() or max()");
}

void sql_renderer::check_operation(const row_groups& groups, const clause_rule& rule,
                                   const std::vector<term_node>& nodes, term_node& node) const {
  const std::uint64_t word = words_[node.index];
  if (op_of(word) == op::over) {
    if (!rule.windows) {
      throw query_error("a window function stands in " + std::string(rule.name) +
                        ", which chooses rows before windows see them: select it in a tp::derived() query and say the "
                        "condition around it");
    }
    if (node.in_aggregate || node.in_window) {
      throw query_error("a window function stands inside of an aggregate or of another window: select it in a "
                        "tp::derived() query, and aggregate the rows of that one");
    }
    node.in_window = true;
  } else if (calls_aggregate(word) && !is_windowed(nodes, node)) {
    if (!is_of_groups(groups, node)) {
      node.one_value = true;
      return;
    }
    if (!rule.aggregates) {
      throw query_error("an aggregate stands in " + std::string(rule.name) +
                        ", which is asked of each row: say conditions of groups in having(), and others with a "
                        "subquery that selects the aggregate");
    }
    if (node.in_aggregate) {
      throw query_error("an aggregate stands inside of another one: select the inner one in a tp::derived() query, and "
                        "aggregate the rows of that one");
    }
    node.in_aggregate = node.one_value = true;
  }
}

void sql_renderer::check_term(const row_groups& groups, const clause_rule& rule, std::uint32_t from,
                              std::uint32_t count, const term_node* around) const {
  std::vector<term_node> nodes = nodes_of(from, count);
  for (std::size_t i = nodes.size(); i-- > 0;) {
    term_node& node = nodes[i];
    const term_node* const parent = node.parent != i ? &nodes[node.parent] : around;
    const std::uint64_t word = words_[node.index];
    if (parent != nullptr) {
      node.one_value = parent->one_value;
      node.in_aggregate = parent->in_aggregate;
      node.in_window = parent->in_window;
    }
    if (node.parent != i && node.place != 0 && wraps_aggregate(words_[parent->index]) && !is_windowed(nodes, *parent)) {
      node.one_value = node.in_aggregate = true;  // the rows that the aggregate takes
    }
    // SQL of the user's own cannot be looked into.
    if (!rule.of_groups || !groups.grouped || calls(word, function::fragment)) node.one_value = true;
    node.one_value = node.one_value || is_grouped(groups, node.begin, node.end - node.begin);
    check_operation(groups, rule, nodes, node);
    if (op_of(word) == op::again) {
      const row_groups::words said = said_at(node.index, 1);
      check_term(groups, rule, said.from, said.count, &node);
    }
    if (node.one_value) continue;
    if (names_column_at(node.index) && !has_one_value(groups, word)) refuse_column(rule, word);
    if (op_of(word) == op::query) check_query(groups, rule, node.index + 1, length_of(word), {});
  }
}

void sql_renderer::check_owner(const row_groups& groups, const clause_rule& rule, std::uint64_t relation,
                               std::uint64_t related, const std::vector<std::uint32_t>& own) const {
  if (std::find(own.begin(), own.end(), model_of(relation)) != own.end()) return;
  const relation_keys keys = keys_of(model_of_word(relation), offset_of_word(relation), model_of_word(related));
  for (const relation_keys::pair& pair : keys.pairs) {
    const std::uint64_t column = make_word(op::column, 0, pair.own->offset, model_of(relation));
    if (!has_one_value(groups, column)) refuse_column(rule, column);
  }
}

void sql_renderer::check_query(const row_groups& groups, const clause_rule& rule, std::uint32_t from,
                               std::uint32_t count, std::vector<std::uint32_t> own) const {
  if (count > 1 && op_of(words_[from + 1]) == op::related_to)
    check_owner(groups, rule, words_[from + 1], words_[from], own);
  for (std::uint32_t i = from; i < from + count; ++i) {
    const op o = op_of(words_[i]);
    if (o == op::select_from || o == op::join || o == op::source) own.push_back(model_of(words_[i]));
    i += o == op::source ? length_of(words_[i]) : body_of(words_[i]) + payload_of(words_[i]);
  }
  for (std::uint32_t i = from; i < from + count; ++i) {
    const std::uint64_t clause = words_[i];
    const bool of_rows = op_of(clause) == op::source || op_of(clause) == op::part;
    std::vector<term_node> nodes;
    if (!of_rows && body_of(clause) != 0) nodes = nodes_of(i + 1, body_of(clause));
    for (std::size_t n = nodes.size(); n-- > 0;) {
      term_node& node = nodes[n];
      const std::uint64_t word = words_[node.index];
      // An aggregate may be of the groups around, unless it takes something of the rows of the query that it is in.
      const bool of_others = (calls_aggregate(word) || wraps_aggregate(word)) && !takes_any(node, own);
      node.one_value =
          (node.parent != n && nodes[node.parent].one_value) || of_others || calls(word, function::fragment);
      if (node.one_value) continue;
      const bool is_own = std::find(own.begin(), own.end(), model_of(word)) != own.end();
      if (names_column_at(node.index) && !is_own && !has_one_value(groups, word)) refuse_column(rule, word);
      if (op_of(word) == op::query) check_query(groups, rule, node.index + 1, length_of(word), own);
    }
    i += body_of(clause) + payload_of(clause);
  }
}

bool sql_renderer::is_same_term(const row_groups::words& a, const row_groups::words& b) const noexcept {
  if (a.from == b.from && a.count == b.count) return true;
  if (a.count != b.count) return false;
  if (a.count == 1 && op_of(words_[a.from]) == op::column && op_of(words_[b.from]) == op::column) {
    return is_same_column(words_[a.from], words_[b.from]);
  }
  return std::equal(words_ + a.from, words_ + a.from + a.count, words_ + b.from) && !binds_values(a.from, a.count);
}

// The first row of each is found by going through rows in whose order those of one value stand together.
void sql_renderer::check_distinct_on(const select_parts& parts, std::uint32_t from, std::uint32_t count) const {
  if (parts.distinct_on.empty() || parts.order.empty()) return;
  std::vector<row_groups::words> values, order;
  for (std::uint32_t i = from; i < from + count; ++i) {
    const std::uint64_t word = words_[i];
    if (op_of(word) == op::distinct_on) values.push_back(said_at(i + 1, length_of(word)));
    if (op_of(word) == op::order) order.push_back(said_at(i + 1, length_of(word)));
    i += body_of(word) + payload_of(word);
  }
  const auto is_in = [this](const std::vector<row_groups::words>& terms, const row_groups::words& wanted) {
    return std::any_of(terms.begin(), terms.end(),
                       [&](const row_groups::words& term) { return is_same_term(term, wanted); });
  };
  const auto other = std::find_if(order.begin(), order.end(), [&](const auto& term) { return !is_in(values, term); });
  const std::vector<row_groups::words> leading(order.begin(), other);
  if (other == order.end()) return;
  if (std::all_of(values.begin(), values.end(), [&](const auto& value) { return is_in(leading, value); })) return;
  throw query_error("distinct_on() keeps the first row of each value by the query's order, which must begin with the "
                    "same terms: say order_by() of them first, and of the others behind them");
}

void sql_renderer::check_groups(const select_parts& parts, std::uint32_t from, std::uint32_t count) const {
  const row_groups groups = groups_of(parts, from, count);
  // Where only their number is asked for, rows are read without what they are made of.
  const bool reads_terms = parts.distinct || !parts.only_exists || parts.term_values || parts.aggregates;
  const bool reads_model =
      parts.terms.empty() && (parts.distinct || !(parts.only_exists || parts.only_count || parts.related));
  if (groups.grouped && reads_model) {
    for (const std::uint16_t field : parts.read.empty() ? parts.model->columns : parts.read) {
      const std::uint64_t column = make_word(op::column, 0, parts.model->fields[field].offset, parts.id);
      if (!has_one_value(groups, column)) refuse_column({"a row of the model", true, true, true}, column);
    }
  }
  for (std::uint32_t i = from; i < from + count; ++i) {
    const std::uint64_t word = words_[i];
    const auto check = [&](const clause_rule& rule) { check_term(groups, rule, i + 1, length_of(word)); };
    switch (op_of(word)) {
      case op::where: check({"where()", false, false, false}); break;
      case op::join: check({"the condition of a join", false, false, false}); break;
      case op::group: check({"group_by()", false, false, false}); break;
      case op::having: check({"having()", true, false, true}); break;
      case op::project:
      case op::beside: check({"select()", true, true, reads_terms}); break;
      case op::order: check({"order_by()", true, true, true}); break;
      case op::distinct_on: check({"distinct_on()", true, true, true}); break;
      default: break;
    }
    i += body_of(word) + payload_of(word);
  }
}

}  // namespace tupelo
