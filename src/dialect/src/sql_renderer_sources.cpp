// SPDX-License-Identifier: Apache-2.0
// What a SELECT reads from: tables under their own and other names, queries that stand for tables, and unions.
#include "sql_renderer.hpp"

#include "tupelo/model/model_spec.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tupelo {

namespace {

constexpr std::array<std::string_view, 5> join_text{" JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN ",
                                                    " CROSS JOIN "};
constexpr std::array<std::string_view, 5> set_text{"", " UNION ", " UNION ALL ", " INTERSECT ", " EXCEPT "};
constexpr std::string_view united_name = "united";

join_kind join_of(std::uint64_t word) noexcept { return static_cast<join_kind>(sub_of(word)); }
bool is_outer(join_kind how) noexcept { return how == join_kind::right || how == join_kind::full; }

std::string name_of_table(std::uint32_t table, const model_info& model) {
  const std::string_view alias = alias_name(table);
  return alias.empty() ? model.table : std::string(alias);
}

}  // namespace

void sql_renderer::enter(std::uint32_t from, std::uint32_t count) {
  const std::uint32_t table = model_of(words_[from]);
  std::string name = name_of_table(table, model_of_word(words_[from]));
  const op second = count > 1 ? op_of(words_[from + 1]) : op{};
  if (second == op::part) name = united_name;
  for (std::size_t i = visible_; i < names_.size(); ++i) {
    if (names_[i].name != name) continue;
    if (second == op::related_to || second == op::part) {
      name = (second == op::part ? "united_" : "related_") + std::to_string(names_.size());
    } else if (names_[i].table != table) {
      refuse_name(name);
    }
  }
  names_.push_back({table, std::move(name)});
}

void sql_renderer::refuse_name(const std::string& name) {
  throw query_error("this query reads two tables called \"" + name + "\": give the alias of one another name");
}

void sql_renderer::read_scope(select_parts& parts, std::uint32_t from, std::uint32_t count) {
  parts.first_name = names_.size() - 1;
  parts.reads_rows = source_of(parts.id) != nullptr;
  for (std::uint32_t i = from; i < from + count; ++i) {
    const std::uint64_t word = words_[i];
    const op o = op_of(word);
    read_hidden(parts.also, i);
    parts.distinct = parts.distinct || o == op::distinct;
    if (o == op::project) parts.computes = parts.computes || length_of(word) != 1;
    if (o == op::join && is_outer(join_of(word))) parts.outer_joins = true;
    if (o == op::part || (o == op::source && model_of(word) == parts.id)) parts.reads_rows = true;
    i += body_of(word) + payload_of(word);
  }
  if (!parts.also.named.empty()) require_scopes(parts.also, from, count);
}

const model_info& sql_renderer::table_read(bool reads_rows, std::uint64_t word) const {
  const model_info& model = model_of_word(word);
  return reads_rows ? model : require_table(model);
}

const sql_renderer::source* sql_renderer::source_of(std::uint32_t table) const noexcept {
  for (auto known = sources_.rbegin(); known != sources_.rend(); ++known) {
    if (known->table == table) return &*known;
  }
  return nullptr;
}

std::string sql_renderer::table_of(std::uint32_t table) const {
  for (auto known = names_.rbegin(); known != names_.rend(); ++known) {
    if (known->table == table) return known->name;
  }
  if (conflict_of_ != nullptr) refuse_in_conflict(*conflict_of_, make_word(op::column, 0, 0, table));
  if (const std::string_view alias = alias_name(table); !alias.empty()) {
    throw query_error("this query names a column of \"" + std::string(alias) + "\", which it does not read: join(" +
                      std::string(alias) + ", …) it first");
  }
  return info_of(*find_spec(table)).table;
}

std::string sql_renderer::named(std::uint32_t table, const field_info& field) const {
  std::string sql;
  if (qualify_) {
    dialect_.quote(sql, table_of(table));
    sql += '.';
  } else if (!alias_name(table).empty()) {
    (void)table_of(table);  // which refuses one that is not read
  }
  dialect_.quote(sql, field.column);
  return sql;
}

std::string sql_renderer::table_clause(std::uint32_t table, const model_info& model, const hidden_rows* hides) const {
  const std::string name = quoted(table_of(table));
  if (const source* rows = source_of(table)) {
    if (rows->sql.empty()) return name;
    return (rows->lateral ? "LATERAL (" : "(") + rows->sql + ") AS " + name;
  }
  const std::string own = quoted(model.table);
  const std::string seen = hides ? visible(model, {}, *hides) : std::string();
  if (!seen.empty()) return "(SELECT * FROM " + own + " WHERE " + seen + ") AS " + name;
  return name == own ? own : own + " AS " + name;
}

std::string sql_renderer::table_clause(const select_parts& parts) const {
  if (!parts.united.empty()) return "(" + parts.united + ") AS " + quoted(table_of(parts.id));
  return table_clause(parts.id, *parts.model, parts.outer_joins ? &parts.also : nullptr);
}

void sql_renderer::name_table(const select_parts& parts, std::uint64_t word) {
  const std::uint32_t table = model_of(word);
  const model_info& model = table_read(source_of(table) != nullptr, word);
  std::string name = name_of_table(table, model);
  for (std::size_t i = visible_; i < names_.size(); ++i) {
    if (names_[i].name == name && (i >= parts.first_name || names_[i].table != table)) refuse_name(name);
  }
  names_.push_back({table, std::move(name)});
}

void sql_renderer::begin_join(select_parts& parts, std::uint64_t word) {
  name_table(parts, word);
  const join_kind how = join_of(word);
  const bool hides_before = how != join_kind::inner && how != join_kind::left;
  parts.joins += join_text[static_cast<std::size_t>(how)];
  parts.joins += table_clause(model_of(word), model_of_word(word), hides_before ? &parts.also : nullptr);
}

void sql_renderer::end_join(select_parts& parts, std::uint64_t word, const std::string& on) {
  parts.joins += " ON " + on;
  if (is_outer(join_of(word)) || source_of(model_of(word)) != nullptr) return;
  const std::string seen = visible(model_of_word(word), table_of(model_of(word)), parts.also);
  if (!seen.empty()) parts.joins += " AND " + seen;
}

void sql_renderer::hide_rows(select_parts& parts) {
  if (parts.reads_rows || parts.outer_joins) return;
  const std::string seen = visible(*parts.model, qualify_ ? table_of(parts.id) : std::string(), parts.also);
  if (seen.empty()) return;
  if (!parts.where.empty()) parts.where += " AND ";
  parts.where += seen;
}

void sql_renderer::read_source(select_parts& parts, std::uint32_t index) {
  const std::uint64_t word = words_[index];
  const std::uint32_t table = model_of(word);
  const std::uint32_t length = length_of(word);
  const auto how = static_cast<source_kind>(sub_of(word));
  if (how == source_kind::lateral) {
    require(dialect_.features().lateral_joins,
            "lateral joins: \"" + std::string(alias_name(table)) +
                "\" is correlated with the tables before it; join it on its columns instead");
  }
  if (how == source_kind::renamed) {
    sources_.push_back({table, "SELECT * FROM " + quoted(alias_name(model_of(words_[index + 1]))), false});
    return;
  }
  if (how == source_kind::computed) {
    const std::string column = quoted(model_of_word(word).fields.front().column);
    const std::string rows = expression_text(index + 1, length);
    sources_.push_back({table, "SELECT bucket AS " + column + " FROM (" + rows + ") AS \"buckets\"", false});
    return;
  }
  if (how == source_kind::derived || how == source_kind::lateral) {
    const bool lateral = how == source_kind::lateral;
    std::string sql = lateral ? select(index + 1, length, select_use::table) : apart(index + 1, length);
    sources_.push_back({table, std::move(sql), lateral});
    return;
  }
  refuse_hidden_table(alias_name(table));
  std::string rows;
  if (how == source_kind::recursive) {
    sources_.push_back({table, {}, false});  // names itself
    parts.recursive = true;
    rows = recursion_text(index + 1, length);
  } else {
    rows = apart(index + 1, length);
    sources_.push_back({table, {}, false});
  }
  if (!parts.common.empty()) parts.common += ", ";
  parts.common += quoted(alias_name(table));
  parts.common += how == source_kind::materialized       ? " AS MATERIALIZED ("
                  : how == source_kind::not_materialized ? " AS NOT MATERIALIZED ("
                                                         : " AS (";
  parts.common += rows + ")";
}

std::string sql_renderer::with_clause(const select_parts& parts) {
  if (parts.common.empty()) return {};
  return (parts.recursive ? "WITH RECURSIVE " : "WITH ") + parts.common + " ";
}

void sql_renderer::read_part(select_parts& parts, std::uint32_t index) {
  parts.united += set_text[sub_of(words_[index])];
  parts.united += part_text(index + 1, length_of(words_[index]));
}

bool sql_renderer::goes_by(const relation_keys& keys, std::string_view table) {
  if (keys.has_join_table() && keys.relation->join_table == table) return true;
  return std::any_of(keys.steps.begin(), keys.steps.end(),
                     [&](const relation_keys& step) { return goes_by(step, table) || step.related->table == table; });
}

void sql_renderer::refuse_hidden_table(std::string_view common) const {
  for (std::uint32_t i = 0; i < count_; ++i) {
    const std::uint64_t word = words_[i];
    const op o = op_of(word);
    const bool names_a_table =
        o == op::select_from || o == op::join || o == op::insert_into || o == op::update_of || o == op::delete_from;
    const bool united = o == op::select_from && i + 1 < count_ && op_of(words_[i + 1]) == op::part;
    bool reads = names_a_table && !united && alias_name(model_of(word)).empty() && model_of_word(word).table == common;
    if (o == op::related_to || o == op::load_related) {
      const std::uint64_t related = words_[o == op::related_to ? i - 1 : 0];
      reads = goes_by(keys_of(model_of_word(word), offset_of_word(word), model_of_word(related)), common);
    }
    if (o == op::load_joined) reads = model_of_word(words_[i + 1]).table == common;
    if (reads) {
      throw query_error("this query reads a table called \"" + std::string(common) +
                        "\", which a query of that name before it would hide: give the query another name");
    }
    i += payload_of(word);
  }
}

std::string sql_renderer::apart(std::uint32_t from, std::uint32_t count) {
  const std::size_t around = std::exchange(visible_, names_.size());
  std::string sql = select(from, count, select_use::table);
  visible_ = around;
  return sql;
}

std::string sql_renderer::part_text(std::uint32_t from, std::uint32_t count) {
  for (std::uint32_t i = from; i < from + count; ++i) {
    if (op_of(words_[i]) == op::row_lock) {
      throw query_error("a query that is put together with another one cannot lock rows: lock() them by their keys");
    }
    i += body_of(words_[i]) + payload_of(words_[i]);
  }
  std::string sql = apart(from, count);
  return stands_alone_ ? sql : "SELECT * FROM (" + sql + ") AS \"part\"";
}

std::string sql_renderer::recursion_text(std::uint32_t from, std::uint32_t count) {
  const std::uint32_t step = from + 1 + length_of(words_[from]);
  recursion_ = true;
  std::string sql = part_text(from + 1, length_of(words_[from]));
  sql += set_text[sub_of(words_[step])];
  recursion_ = true;
  sql += part_text(step + 1, from + count - step - 1);
  if (!stands_alone_) {
    throw query_error(
        "the second query of recursive() is asked again and again: it has no order_by(), limit(), offset() and no "
        "cte() of its own; say these where its rows are read");
  }
  return sql;
}

void sql_renderer::promise_kinds(select_parts& parts, const model_info& row) const {
  for (std::size_t i = 0; i < parts.terms.size(); ++i) {
    const kind k = stored_type(*row.fields[row.columns[i]].type).k;
    // Other kinds have one type in a database, or lose something in a cast.
    if (!is_integer(k) && !is_float(k) && k != kind::text && k != kind::decimal) continue;
    const call_argument term{parts.terms[i], k, true};
    std::string sql;
    dialect_.call(sql, {function::cast, static_cast<std::uint32_t>(k), &term, 1});
    parts.terms[i] = static_cast<std::string&&>(sql);
  }
}

}  // namespace tupelo
