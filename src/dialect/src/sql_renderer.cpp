// SPDX-License-Identifier: Apache-2.0
#include "sql_renderer.hpp"

#include "tupelo/model/model_spec.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <utility>

namespace tupelo {

namespace {

comparison fused_comparison(std::uint64_t word) {
  return static_cast<comparison>(static_cast<std::uint8_t>(op_of(word)) -
                                 static_cast<std::uint8_t>(op::column_compare));
}

bool is_fused(std::uint64_t word) { return op_of(word) >= op::column_compare; }

std::string& separated(std::string& sql, std::string_view separator) {
  if (!sql.empty()) sql += separator;
  return sql;
}

row_lock lock_of_word(std::uint64_t word) noexcept {
  return {static_cast<lock_strength>(sub_of(word) & 15), static_cast<lock_wait>(sub_of(word) >> 4)};
}

like_wrap wrap_of(comparison c) {
  switch (cased(c)) {
    case comparison::contains: return like_wrap::contains;
    case comparison::starts_with: return like_wrap::starts_with;
    case comparison::ends_with: return like_wrap::ends_with;
    default: return like_wrap::none;
  }
}

bool is_grouping(function f) noexcept { return f >= function::rollup && f <= function::grouping_sets; }

/// Of the elements of a column's array type, as they stand in a value buffer.
kind element_kind(const type_ops& type) noexcept {
  return type.array != nullptr ? kind_in_buffer(stored_type(innermost_type(type)).k) : kind::null;
}

}  // namespace

sql_renderer::sql_renderer(const dialect& target, const std::uint64_t* words, std::uint32_t count)
    : dialect_(target), words_(words), count_(count), number_(count, 0) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const op o = op_of(words[i]);
    if (o == op::join || o == op::query || o == op::load_related || o == op::source || o == op::part) qualify_ = true;
    if (o == op::load_joined) qualify_ = true;
    if (o == op::join && static_cast<join_kind>(sub_of(words[i])) != join_kind::inner) left_joins_ = true;
    if (o == op::call && is_grouping(static_cast<function>(sub_of(words[i])))) left_joins_ = several_groupings_ = true;
    if (o == op::too_large) {
      throw query_error(
          "a clause of this query has more than 65535 terms; use in(list) for many values, or split the query");
    }
    i += payload_of(words[i]);
  }
}

statement_plan sql_renderer::render() {
  number_placeholders();
  switch (op_of(words_[0])) {
    case op::select_from:
      plan_.read_only = true;
      plan_.text = select(0, count_, select_use::statement);
      break;
    case op::insert_into: insert(); break;
    case op::update_of:
      if (sub_of(words_[0]) == tupelo::update_objects) {
        update_objects();
      } else {
        enter(0, 1);
        update();
      }
      break;
    case op::delete_from:
      enter(0, 1);
      erase();
      break;
    case op::raw_sql: raw(); break;
    default:
      throw query_error("this query does not say what to do: build it with query<T>(), update<T>() or erase<T>()");
  }
  for (std::uint32_t i = 1; i < count_ && op_of(words_[0]) != op::raw_sql; ++i) {
    if (op_of(words_[i]) == op::explain) {
      plan_.text.insert(0, dialect_.explain(detail::explain_of(sub_of(words_[i]))));
      plan_.single_row = false;
    }
    i += body_of(words_[i]) + payload_of(words_[i]);
  }
  return static_cast<statement_plan&&>(plan_);
}

// ---- first pass

void sql_renderer::number_binding(std::uint32_t index, std::uint64_t word) {
  bind_step step;
  step.first = next_;
  step.k = step.typed_as = kind_of_word(word);
  const op o = op_of(word);
  if (is_fused(word)) {
    const field_info& field = field_of_word(word);
    step.wrap = wrap_of(fused_comparison(word));
    step.slot.column = field.column;
    step.slot.type = formed_type(*field.type);
    if (step.k == kind::array) step.element = element_kind(stored_type(*field.type));
  } else if (o == op::value) {
    step.element = static_cast<kind>(length_of(word));
    step.slot.type = find_type(model_of(word));
    // A value before a comparison is its right side.
    if (index + 1 < count_ && op_of(words_[index + 1]) == op::compare) {
      step.wrap = wrap_of(static_cast<comparison>(sub_of(words_[index + 1])));
    }
    // One before the call is what the place is set to.
    const std::uint64_t next = index + 1 < count_ ? words_[index + 1] : 0;
    if (step.k == kind::decimal && op_of(next) == op::call && static_cast<function>(sub_of(next)) == function::json_set)
      step.typed_as = kind::json;
  } else if (o == op::limit || o == op::offset) {
    step.k = kind::i64;
  } else if (o == op::in_list) {
    const std::uint8_t bucket = sub_of(words_[index - 1]);
    // An empty list, of bucket 0, is rendered without a placeholder.
    step.source = bucket && dialect_.list_as_one(bucket) ? bind_source::whole_list : bind_source::list;
    step.places = bucket ? dialect_.places_of(bucket) : 0;
    if (!bucket) step.k = step.typed_as = kind::text;  // of no place, whose type would have to take it
    if (model_of(word) != 0) {
      const field_info& field = field_of_word(word);
      step.slot.column = field.column;
      if (step.k == kind::custom) step.slot.type = formed_type(*field.type);
    }
  } else if (o == op::assign_field || o == op::match_field) {
    step.source = bind_source::field;
    step.slot = field_of_word(word).slot();
    step.k = step.slot.k;
  } else if (o == op::null_value) {
    step.k = kind::null;
    step.element = static_cast<kind>(length_of(word));
  }
  number_[index] = next_;
  next_ += step.places;
  plan_.binds.push_back(step);
}

void sql_renderer::number_placeholders() {
  const bool is_raw = op_of(words_[0]) == op::raw_sql;
  for (std::uint32_t i = 0; i < count_; ++i) {
    const std::uint64_t word = words_[i];
    switch (op_of(word)) {
      case op::value:
      case op::limit:
      case op::offset:
      case op::in_list:
      case op::assign_field:
      case op::match_field: number_binding(i, word); break;
      case op::load_related: number_owners(i, word); break;
      case op::null_value:
        if (is_raw) number_binding(i, word);
        break;
      case op::call: plan_.has_fragments |= static_cast<function>(sub_of(word)) == function::fragment; break;
      default:
        if (is_fused(word)) number_binding(i, word);
    }
    i += payload_of(word);
  }
  if (const std::uint32_t most = dialect_.features().max_parameters; most && next_ - 1 > most) {
    throw query_error("this statement has " + std::to_string(next_ - 1) + " parameters; " +
                      std::string(dialect_.name()) + " takes " + std::to_string(most) + ": split the list");
  }
}

// ---- expressions

std::string_view sql_renderer::name_of_row(const model_info& row) noexcept {
  return row.spec->names_text != nullptr ? row.short_name() : std::string_view();
}

const model_info& sql_renderer::model_of_word(std::uint64_t word) const {
  const model_spec* spec = find_spec(model_of(word));
  if (!spec) throw query_error("a query names a model that is not registered");
  return info_of(*spec);
}

const field_info& sql_renderer::field_of_word(std::uint64_t word) const {
  const model_info& model = model_of_word(word);
  const int field = model.find_offset(offset_of_word(word));
  if (field < 0 || model.fields[static_cast<std::size_t>(field)].is(field_relation)) {
    throw query_error("a query names a field of " + std::string(model.short_name()) + " that is not a column");
  }
  return model.fields[static_cast<std::size_t>(field)];
}

std::string sql_renderer::quoted(std::string_view identifier) const {
  std::string sql;
  dialect_.quote(sql, identifier);
  return sql;
}

std::string sql_renderer::column_text(std::uint64_t word) const { return named(model_of(word), field_of_word(word)); }

void sql_renderer::placeholder_at(std::string& sql, std::uint32_t index, value_type value) const {
  dialect_.placeholder(sql, number_[index], value);
}

value_type sql_renderer::compared_type(std::uint64_t word) const {
  const kind k = kind_of_word(word);
  if (k != kind::custom || !dialect_.features().composites) return k;
  const bool of_column = op_of(word) != op::value;
  if (of_column && model_of(word) == 0) return k;  // a list beside an expression
  const type_ops* const type = of_column ? formed_type(*field_of_word(word).type) : find_type(model_of(word));
  if (type == nullptr || type->form == nullptr || type->form->composite == nullptr) return k;
  const std::string_view spelled = of_column ? std::string_view(field_of_word(word).native_type) : std::string_view();
  return {k, spelled.empty() ? type->column_type : spelled};
}

sql_renderer::operand sql_renderer::typed_rows(const std::string& rows) const {
  operand value{rows, 9, promised_, true};
  if (is_float(promised_) && is_integer(selected_)) {  // a program divides it as what it is told it is
    const call_argument found{rows, selected_, true};
    value.sql.clear();
    dialect_.call(value.sql, {function::cast, static_cast<std::uint32_t>(promised_), &found, 1});
  }
  return value;
}

sql_renderer::operand sql_renderer::expression_at(std::uint32_t from, std::uint32_t count) {
  std::vector<operand> stack;
  const bool alone = count == 1;  // a column's new value: the column says the type
  for (std::uint32_t i = from; i < from + count; ++i) {
    const std::uint64_t word = words_[i];
    if (is_fused(word)) {
      push_fused(word, fused_comparison(word), i, stack);
      continue;
    }
    if (const std::uint32_t links = links_at(i, from + count); links != 0) {
      push_links(word, links, stack);
      i += links - 1;
      continue;
    }
    write_operands(i, stack);
    switch (op_of(word)) {
      case op::column: {
        const field_slot slot = field_of_word(word).slot();
        // What a query selects may be NULL whatever its row says: a sum of no rows.
        const bool nullable = slot.nullable || left_joins_ || source_of(model_of(word)) != nullptr;
        stack.push_back({column_text(word), 9, stored_type(*slot.type).k, nullable});
        if (!field_of_word(word).enum_type.empty()) stack.back().enumerated = &field_of_word(word);
        break;
      }
      case op::value: {
        std::string sql;
        placeholder_at(sql, i, alone ? value_type(kind::null) : compared_type(word));
        stack.push_back({sql, 9, kind_of_word(word), false, true});
        break;
      }
      case op::null_value: stack.push_back({"NULL", 9, kind::null, true, true}); break;
      case op::star: stack.push_back({"*", 9}); break;
      case op::filter: push_filter(stack); break;
      case op::ordered: push_ordered(word, stack); break;
      case op::descending: stack.back().descending = true; break;
      case op::over: push_over(word, stack); break;
      case op::again: {
        stack.push_back(expression_at(first_ + length_of(word), model_of(word)));
        break;
      }
      case op::list: break;
      case op::in_list: push_list(word, i, stack); break;
      case op::call: push_call(word, stack); break;
      case op::query: {
        const std::uint32_t length = length_of(word);
        const std::string rows = "(" + select(i + 1, length, select_use::operand) + ")";
        i += length + 1;  // the query and what is done with its rows
        if (op_of(words_[i]) == op::exists) {
          stack.push_back({"EXISTS " + rows, 4});
        } else if (op_of(words_[i]) == op::scalar_query) {
          stack.push_back(typed_rows(rows));
        } else {
          settle(stack.back());
          const std::string term = static_cast<std::string&&>(stack.back().sql);
          stack.back() = {membership(term, term + " IN " + rows), 3, kind::boolean, true};
        }
        break;
      }
      case op::text:
        stack.push_back({std::string(reinterpret_cast<const char*>(words_ + i + 1), model_of(word)), 1});
        i += payload_of(word);
        break;
      default: push_operator(word, stack);
    }
  }
  // A top-level OR is wrapped by whoever joins it with AND; precedence 1 says so.
  if (stack.empty()) return {};
  operand result = static_cast<operand&&>(stack.back());
  write_chain(result);
  settle(result);
  if (result.precedence == 1) result.sql = "(" + result.sql + ")";
  return result;
}

// ---- SELECT

void sql_renderer::columns_of(std::string& sql, std::uint32_t table, const model_info& model,
                              const std::vector<std::uint16_t>& positions) const {
  for (std::uint16_t i : positions) separated(sql, ", ") += named(table, model.fields[i]);
}

bool sql_renderer::binds_values(std::uint32_t from, std::uint32_t count) const noexcept {
  for (std::uint32_t i = from; i < from + count; ++i) {
    const op o = op_of(words_[i]);
    if (o == op::value || o == op::in_list || o == op::limit || o == op::offset || is_fused(words_[i])) return true;
    i += payload_of(words_[i]);
  }
  return false;
}

void sql_renderer::refuse_values(std::uint32_t from, std::uint32_t count) const {
  const std::uint64_t last = count ? words_[from + count - 1] : 0;
  if (op_of(last) != op::call || !is_grouping(static_cast<function>(sub_of(last)))) return;
  if (!binds_values(from, count)) return;
  throw query_error(
      "a term of this rollup(), cube() or grouping_sets() has a value in it and is not taken for the term that was "
      "selected before: say group_by() first, then select()");
}

void sql_renderer::read_term(select_parts& parts, std::uint32_t index) {
  const std::uint32_t length = length_of(words_[index]);
  operand term = expression_at(index + 1, length);
  if (!parts.written.empty()) {
    hold(term, *parts.written[parts.terms.size()], length == 1 && op_of(words_[index + 1]) == op::column);
  }
  parts.kinds.push_back(term.k);
  parts.terms.push_back(static_cast<std::string&&>(term.sql));
}

void sql_renderer::read_limits(select_parts& parts, std::uint64_t word, std::uint32_t index) {
  placeholder_at(op_of(word) == op::limit ? parts.limit : parts.offset, index);
}

sql_renderer::select_parts sql_renderer::read_select(std::uint32_t from, std::uint32_t count) {
  select_parts parts;
  parts.written = std::exchange(fields_written_, {});
  std::vector<std::string> conditions;  // of clauses that stand side by side
  parts.id = model_of(words_[from]);
  read_scope(parts, from, count);
  for (std::uint32_t i = from; i < from + count; ++i) {
    const std::uint64_t word = words_[i];
    const std::uint32_t length = length_of(word);
    const auto text = [&] {
      std::string sql = expression_text(i + 1, length);
      i += length;
      return sql;
    };
    // PostgreSQL takes a bare name in the order for what is selected under it before it looks for a column. What is
    // selected or kept apart is spelled alike: windows that are spelled in two ways are two windows to it.
    const auto as_ordered = [&](bool is, const auto& write) {
      const bool qualified = std::exchange(qualify_, qualify_ || (is && parts.computes && !parts.reads_rows));
      write();
      qualify_ = qualified;
    };
    switch (op_of(word)) {
      case op::select_from: parts.model = &table_read(parts.reads_rows, word); break;
      case op::where:
        if (length == 1 && is_fused(words_[i + 1]) && fused_comparison(words_[i + 1]) == comparison::equal &&
            model_of(words_[i + 1]) == parts.model->id) {
          parts.fixed.push_back(offset_of_word(words_[i + 1]));
        }
        conditions.push_back(text());
        if (i + 1 == from + count || op_of(words_[i + 1]) != op::where) {
          separated(parts.where, " AND ") += all_joined(std::exchange(conditions, {}), " AND ");
        }
        break;
      case op::having:
        conditions.push_back(text());
        if (i + 1 == from + count || op_of(words_[i + 1]) != op::having) {
          separated(parts.having, " AND ") += all_joined(std::exchange(conditions, {}), " AND ");
        }
        break;
      case op::project:
        aggregates_ = false;
        parts.term_values = parts.term_values || binds_values(i + 1, length);
        as_ordered(parts.distinct, [&] { read_term(parts, i); });
        i += length;
        parts.aggregates = parts.aggregates || aggregates_;
        break;
      case op::group:
        if (!parts.terms.empty()) refuse_values(i + 1, length);
        separated(parts.group, ", ") += text();
        break;
      case op::order: {
        const bool descending = (sub_of(word) & 1) != 0;
        operand term;
        as_ordered(true, [&] { term = expression_at(i + 1, length); });
        term.descending = descending;
        term.nullable = term.nullable || several_groupings_;
        parts.order_values = parts.order_values || binds_values(i + 1, length);
        i += length;
        separated(parts.order, ", ") += order_text(term);
        break;
      }
      case op::beside:
        read_beside(parts, i);
        i += length;
        break;
      case op::join:
        begin_join(parts, word);
        if (length != 0) end_join(parts, word, text());
        break;
      case op::source:
        read_source(parts, i);
        i += length;
        break;
      case op::part:
        read_part(parts, i);
        i += length;
        break;
      case op::distinct_on:
        require(dialect_.features().distinct_on,
                "DISTINCT ON: number the rows with row_number() in a query of their own");
        as_ordered(true, [&] { separated(parts.distinct_on, ", ") += text(); });
        break;
      case op::limit:
      case op::offset: read_limits(parts, word, i); break;
      case op::distinct:
      case op::with_deleted: break;  // read before
      case op::without_scope:
        if (sub_of(word) == one_scope) i += 1 + payload_of(words_[i + 1]);
        break;
      case op::only_column:
        parts.read.push_back(static_cast<std::uint16_t>(model_of_word(word).find_offset(offset_of_word(word))));
        break;
      case op::explain: break;  // read in the end
      case op::only_count:
        parts.only_count = true;
        parts.counts_beside_rows = sub_of(word) == counts_beside_rows;
        break;
      case op::only_exists: parts.only_exists = true; break;
      case op::row_lock: parts.locks.push_back(word); break;
      case op::row_type: parts.row = &model_of_word(word); break;
      case op::load_related: read_owners(parts, i); break;
      case op::load_pivot: read_pivot(parts, word); break;
      case op::related_to: read_related(parts, word); break;
      case op::load_joined: read_joined(parts, word, words_[++i]); break;
      case op::match_field: {
        parts.fixed.push_back(offset_of_word(word));
        separated(parts.where, " AND ") += column_text(word) + " = ";
        placeholder_at(parts.where, i);
        break;
      }
      default: throw query_error("this query has a clause that a SELECT cannot have");
    }
  }
  return parts;
}

std::string sql_renderer::select(std::uint32_t from, std::uint32_t count, select_use use) {
  const std::size_t around = names_.size();
  const std::size_t sources_around = sources_.size();
  const std::uint32_t first_around = std::exchange(first_, from);
  const bool recursion = std::exchange(recursion_, false);
  const bool aggregates_around = aggregates_;
  const std::string beside = std::exchange(beside_rows_, {});
  enter(from, count);
  select_parts parts = read_select(from, count);
  parts.use = use;
  parts.joined_columns += beside;
  hide_rows(parts);
  refuse_locks(parts, from, count);
  check_groups(parts, from, count);
  group_beside(parts);
  check_distinct_on(parts, from, count);
  const model_info& row = parts.row ? *parts.row : *parts.model;
  if (recursion) promise_kinds(parts, row);
  std::string sql = assemble(parts);
  promised_ = parts.only_count      ? kind::i64
              : row.columns.empty() ? kind::null
                                    : stored_type(*row.fields[row.columns.front()].type).k;
  selected_ = parts.kinds.empty() ? kind::null : parts.kinds.front();
  row_selected_ = &row;
  names_.resize(around);
  sources_.resize(sources_around);
  first_ = first_around;
  aggregates_ = aggregates_around;
  return sql;
}

void sql_renderer::group_beside(select_parts& parts) {
  if (parts.group.empty()) return;
  for (const std::string& column : parts.beside_keys) parts.group += ", " + column;
}

bool sql_renderer::has_single_row(const select_parts& parts) {
  if (parts.only_count || parts.only_exists) return true;
  if (!parts.joins.empty() || parts.reads_rows || parts.model->key.empty()) return false;
  return std::all_of(parts.model->key.begin(), parts.model->key.end(), [&](std::uint16_t part) {
    const std::uint16_t offset = parts.model->fields[part].offset;
    return std::find(parts.fixed.begin(), parts.fixed.end(), offset) != parts.fixed.end();
  });
}

std::string sql_renderer::projection(const select_parts& parts, const model_info& row) const {
  std::string columns;
  for (std::size_t i = 0; i < parts.terms.size(); ++i) {
    separated(columns, ", ") += parts.terms[i];
    if (parts.use == select_use::table) columns += " AS " + quoted(row.fields[row.columns[i]].column);
  }
  return columns;
}

std::string sql_renderer::assemble(select_parts& parts) {
  const model_info& row = parts.row ? *parts.row : *parts.model;
  const bool counts_rows = parts.only_count && parts.group.empty() && parts.having.empty() && !parts.aggregates &&
                           !parts.distinct && parts.distinct_on.empty() && parts.limit.empty() &&
                           parts.offset.empty() && !parts.order_values && !parts.term_values;
  std::string columns = projection(parts, row);
  if (counts_rows) {
    columns = "count(*)";
  } else if (!parts.distinct && ((parts.only_exists && !parts.term_values && !parts.aggregates) ||
                                 (columns.empty() && (parts.only_count || parts.related)))) {
    columns = "1";
  } else if (columns.empty()) {
    columns_of(columns, parts.id, *parts.model, parts.read.empty() ? parts.model->columns : parts.read);
  }
  const bool limits_each = !parts.owner.empty() && !(parts.limit.empty() && parts.offset.empty());
  for (std::size_t part = 0; part < parts.join_owner.size(); ++part) {
    columns += ", " + parts.join_owner[part];
    if (limits_each) columns += " AS " + owner_name(part);
  }
  columns += parts.joined_columns;
  if (parts.use == select_use::statement) {
    // What is counted is no row of the model.
    const bool whole = parts.read.empty() || parts.row != nullptr;
    for (std::uint16_t i : whole ? row.columns : parts.read) plan_.reads.push_back(row.fields[i].slot());
    for (std::size_t part = 0; part < parts.join_owner.size(); ++part)
      plan_.reads.push_back(join_key_slot(loaded_, part));
    plan_.reads.insert(plan_.reads.end(), parts.joined_slots.begin(), parts.joined_slots.end());
    plan_.row_type = name_of_row(row);
    plan_.single_row = has_single_row(parts);
  }
  const std::string from = table_clause(parts) + parts.joins;
  if (limits_each) return limit_each(parts, columns, from);
  std::string sql = parts.distinct ? "SELECT DISTINCT " : "SELECT ";
  sql += distinct_on(parts);
  sql += columns + " FROM " + from;
  if (!parts.where.empty()) sql += " WHERE " + parts.where;
  if (!parts.group.empty()) sql += " GROUP BY " + parts.group;
  if (!parts.having.empty()) sql += " HAVING " + parts.having;
  if (!parts.order.empty() && !counts_rows) sql += " ORDER BY " + parts.order;
  if (!parts.limit.empty()) {
    sql += " LIMIT " + parts.limit;
  } else if (!parts.offset.empty() && dialect_.features().offset_needs_limit) {
    sql += " LIMIT -1";
  }
  if (!parts.offset.empty()) sql += " OFFSET " + parts.offset;
  // The rows that are counted are not locked: no database locks what it aggregates.
  if (!parts.only_count && dialect_.features().row_locks) {
    for (std::uint64_t word : parts.locks) {
      const std::uint32_t table = model_of(word) ? model_of(word) : parts.id;
      dialect_.row_lock(sql, lock_of_word(word), parts.joins.empty() ? std::string() : quoted(table_of(table)));
    }
  }
  // Such a query is no part of a union, and no step of a recursion, by itself.
  stands_alone_ = parts.order.empty() && parts.limit.empty() && parts.offset.empty() && parts.common.empty();
  if (parts.only_exists) {
    sql = "SELECT EXISTS (" + sql + ")";
  } else if (parts.only_count && !counts_rows) {
    sql = "SELECT count(*) FROM (" + sql + ") AS \"counted\"";
  }
  return parts.common.empty() ? sql : with_clause(parts) + sql;
}

}  // namespace tupelo
