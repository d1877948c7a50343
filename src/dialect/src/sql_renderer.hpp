// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/dialect.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/model/relation_keys.hpp"

#include <string>
#include <vector>

namespace tupelo {

/// Renders one shape to SQL. Two passes: placeholders are numbered in the order of the words, which is the order of the
/// values; then the clauses are written in the order of SQL.
class sql_renderer {
public:
  sql_renderer(const dialect& target, const std::uint64_t* words, std::uint32_t count);
  statement_plan render();

private:
  struct operand {
    std::string sql;
    int precedence = 9;     // 1 or, 2 and, 3 comparison, 4 not, 9 atom
    kind k = kind::null;    // kind::null: not known
    bool nullable = false;  // may be NULL
  };
  /// The words of one SELECT, one pass over them.
  struct select_parts {
    const model_info* model = nullptr;
    std::string projection, joins, where, group, having, order, limit, offset;
    /// What hides soft-deleted rows of joined models, and where it belongs in `joins`.
    std::vector<std::pair<std::size_t, std::string>> hidden;
    std::vector<std::uint16_t> fixed;  ///< offsets of the model's columns that must equal one value
    const model_info* row = nullptr;
    std::string owner;       ///< relation loads: the columns that say whose row it is
    std::string join_owner;  ///< the same, where it is a column of a join table and read with the row
    bool distinct = false, aggregates = false, with_deleted = false, only_count = false, only_exists = false;
    bool related = false;  ///< asked whether there are any, or how many
    std::vector<std::uint64_t> locks;
  };

  void number_placeholders();
  void number_binding(std::uint32_t index, std::uint64_t word);
  operand expression_at(std::uint32_t from, std::uint32_t count);
  std::string expression_text(std::uint32_t from, std::uint32_t count) { return expression_at(from, count).sql; }
  void push_fused(std::uint64_t word, std::uint32_t index, std::vector<operand>& stack);
  void push_list(std::uint64_t word, std::uint32_t index, std::vector<operand>& stack);
  void push_call(std::uint64_t word, std::vector<operand>& stack);
  void push_operator(std::uint64_t word, std::vector<operand>& stack);

  select_parts read_select(std::uint32_t from, std::uint32_t count);
  void read_limits(select_parts& parts, std::uint64_t word, std::uint32_t index);
  std::string select(std::uint32_t from, std::uint32_t count, bool outermost);
  std::string assemble(select_parts& parts, bool outermost);
  void hide_deleted(select_parts& parts);
  static bool has_single_row(const select_parts& parts);

  // relations
  void number_owners(std::uint32_t index, std::uint64_t word);
  void read_owners(select_parts& parts, std::uint32_t index);
  void read_related(select_parts& parts, std::uint64_t word);
  std::string join_table_of(select_parts& parts, const relation_keys& keys);
  std::string table_clause(const model_info& model) const;
  /// The SELECT with its limit and offset counted for each owner.
  std::string limit_each(select_parts& parts, std::string_view columns, const std::string& from);
  /// Begins to name the tables of one SELECT.
  void enter(std::uint32_t from, std::uint32_t count);
  std::string table_of(const model_info& model) const;
  std::string named(const model_info& model, const field_info& field) const;

  void insert();
  std::string conflict(const model_info& model);
  /// Errors: query_error for a column that the database computes.
  static void refuse_computed(const model_info& model, const field_info& field);
  /// `column = excluded.column`; a version counts on.
  std::string taken_over(const model_info& model, const field_info& field) const;
  void update();
  void erase();
  void raw();
  std::string assignment(std::uint32_t index, bool& value_follows);
  std::string write_condition(const model_info& model, bool& found);
  void returning(const model_info& model);

  const model_info& model_of_word(std::uint64_t word) const;
  const field_info& field_of_word(std::uint64_t word) const;
  std::string column_text(std::uint64_t word) const;
  void all_columns(std::string& sql, const model_info& model);
  void placeholder_at(std::string& sql, std::uint32_t index, kind value = kind::null) const;
  std::string quoted(std::string_view identifier) const;

  const dialect& dialect_;
  const std::uint64_t* words_;
  std::uint32_t count_;
  std::vector<std::uint32_t> number_;  ///< by word: its first placeholder
  std::uint32_t next_ = 1;
  bool qualify_ = false;     ///< several tables: columns are written with their table
  bool left_joins_ = false;  ///< any column may be NULL
  bool aggregates_ = false;  ///< the expression at hand calls one
  relation_keys loaded_;     ///< of the relation that is loaded, if one is
  /// What tables are called, from the outermost SELECT to the one that is written.
  std::vector<std::pair<std::uint32_t, std::string>> names_;
  statement_plan plan_;
};

}  // namespace tupelo
