// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/dialect.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/model/relation_keys.hpp"

#include <string>
#include <vector>

namespace tupelo {

/// More elements than any list has: however many owners of a relation there are, the statement is the same.
inline constexpr std::uint8_t any_bucket = 32;

bool is_aggregate(function f) noexcept;

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
    bool bare = false;      // a value, which has the type that its place says
    bool descending = false;
    bool near = false;                       // see dialect::gives_near
    std::size_t suffix = 0;                  // characters at the end that are no part of a call
    std::size_t call = 0;                    // characters of the call itself, at the beginning
    std::vector<operand> row{};              // the values of a row of values
    const field_info* enumerated = nullptr;  // a column whose enum is a type of the database
    // Terms that are joined one behind the other, and by what: not written out yet, and `sql` is empty.
    std::vector<operand> chain{};
    std::uint64_t chained = 0;
  };
  /// What the rows of a SELECT are for.
  enum class select_use : std::uint8_t {
    statement,  ///< the program
    operand,    ///< an expression
    table,      ///< another SELECT, which names their columns
  };
  /// A table, or what stands for one, and what it is called here.
  struct scope_name {
    std::uint32_t table;  ///< the id of a model or an alias
    std::string name;
  };
  /// What an alias stands for that is no table's: a query, or its name where the query stands in a WITH.
  struct source {
    std::uint32_t table;
    std::string sql;
    bool lateral;
  };
  /// Which rows of the models' tables are meant beside those that everybody sees.
  struct hidden_rows {
    bool deleted = false;                   ///< those that are marked as deleted
    bool scopes = false;                    ///< those that any default scope leaves out
    std::vector<std::string_view> named{};  ///< those that default scopes of these names leave out
  };
  /// The words of one SELECT, one pass over them.
  struct select_parts {
    const model_info* model = nullptr;
    std::uint32_t id = 0;  ///< of the model, or of the alias that is read
    select_use use = select_use::operand;
    std::string joins, where, group, having, order, limit, offset, distinct_on;
    std::vector<std::string> terms;
    std::vector<kind> kinds;           ///< of the terms
    std::string common;                ///< what stands behind WITH
    std::string united;                ///< the parts of a union or the like, in the place of the table
    std::vector<std::uint16_t> read;   ///< positions of the columns that are read; empty: all
    std::vector<std::uint16_t> fixed;  ///< offsets of the model's columns that must equal one value
    const model_info* row = nullptr;
    std::string joined_columns;  ///< of related rows that are read beside, and what they are read into
    std::vector<field_slot> joined_slots;
    std::vector<std::string> joined_names;  ///< what the tables of these rows are called here
    /// Relation loads: columns of the join table that say which row of it is read beside the related one.
    std::vector<std::string> beside_keys;
    std::string pivot_names;              ///< of the join table's columns that are read, as they are called here
    std::size_t row_end = 0;              ///< of the row with those that are read beside it
    std::string owner;                    ///< relation loads: the columns that say whose row it is
    std::vector<std::string> join_owner;  ///< the same, where it is a column of a join table and read with the row
    bool distinct = false, aggregates = false, only_count = false, only_exists = false;
    bool counts_beside_rows = false;
    bool term_values = false, order_values = false;  ///< what is selected or ordered by has values, which are bound
    bool computes = false;                           ///< more is selected than columns
    hidden_rows also;
    bool outer_joins = false;  ///< right or full ones: rows are hidden before they are joined
    bool recursive = false;
    bool reads_rows = false;     ///< of a query, and not of a table
    std::size_t first_name = 0;  ///< the first of `names_` that is of this SELECT
    bool related = false;        ///< asked whether there are any, or how many
    std::vector<std::uint64_t> locks;
    std::vector<const field_info*> written;  ///< what the terms are written into; empty: the rows are read
  };

  void number_placeholders();
  void number_binding(std::uint32_t index, std::uint64_t word);
  operand expression_at(std::uint32_t from, std::uint32_t count);
  std::string expression_text(std::uint32_t from, std::uint32_t count) { return expression_at(from, count).sql; }
  void push_fused(std::uint64_t word, comparison c, std::uint32_t index, std::vector<operand>& stack);
  /// `test`, which looks for the term in a list or among rows.
  std::string membership(std::string_view term, std::string&& test) const;
  void push_list(std::uint64_t word, std::uint32_t index, std::vector<operand>& stack);
  void push_call(std::uint64_t word, std::vector<operand>& stack);
  operand called(std::uint64_t word, const std::vector<operand>& arguments) const;
  /// For whatever is no arithmetic.
  void settle(operand& term) const;
  /// SQL of the user's own with what its question marks stand for.
  void push_fragment(std::uint64_t word, std::vector<operand>& stack) const;
  void push_search(std::uint64_t word, std::vector<operand>& stack) const;
  void push_comparison(comparison c, operand left, operand right, std::vector<operand>& stack);
  /// An enum that is computed is a text; beside such a column it is of the column's type.
  void join_enum(operand& computed, const field_info* column) const;
  /// What a column is set to: a number that is computed is one that the field holds, or an error of the database.
  std::string assigned(const field_info& field, std::uint32_t from, std::uint32_t count);
  /// The same of a term; `is_column`: it is nothing but a column.
  void hold(operand& value, const field_info& field, bool is_column) const;
  void push_operator(std::uint64_t word, std::vector<operand>& stack);

  // terms in chains, as long as a program makes them
  /// How many words from this one on make one chain of what they join; 0: it makes none.
  std::uint32_t links_at(std::uint32_t index, std::uint32_t end) const noexcept;
  void push_links(std::uint64_t word, std::uint32_t links, std::vector<operand>& stack) const;
  /// Writes out the chains that the word at this place takes as operands.
  void write_operands(std::uint32_t index, std::vector<operand>& stack) const;
  void write_chain(operand& term) const;
  operand called_chain(std::uint64_t word, std::vector<operand> terms) const;
  /// `AND` or `OR` between the conditions: in groups where they are too many for the depth of an expression.
  std::string all_joined(std::vector<std::string> conditions, std::string_view sign) const;

  // aggregates and windows
  void push_filter(std::vector<operand>& stack) const;
  void push_ordered(std::uint64_t word, std::vector<operand>& stack) const;
  void push_over(std::uint64_t word, std::vector<operand>& stack) const;
  /// What a window function's word takes: the function with its terms and distances.
  static std::size_t operands_over(std::uint64_t word) noexcept;
  /// How far a frame reaches in the term that its window is ordered by. Errors: query_error.
  std::string distance_text(const operand& distance, const operand& ordered_by) const;
  std::string order_text(const operand& term) const;
  bool calls_window(std::uint32_t from, std::uint32_t count) const noexcept;
  /// Errors: query_error (unsupported_feature) that names the database and what it has not.
  void require(bool feature, std::string_view what) const;

  /// The one value of the SELECT that was written last, as what the query promises.
  operand typed_rows(const std::string& rows) const;
  select_parts read_select(std::uint32_t from, std::uint32_t count);
  void read_term(select_parts& parts, std::uint32_t index);
  /// Whether the words say values that are bound.
  bool binds_values(std::uint32_t from, std::uint32_t count) const noexcept;
  /// Errors: query_error for values in a term of a rollup or the like, which is not taken for a term that was selected
  /// before.
  void refuse_values(std::uint32_t from, std::uint32_t count) const;
  /// Errors: query_error for locks of rows that stand for several.
  void refuse_locks(const select_parts& parts, std::uint32_t from, std::uint32_t count) const;

  // what has one value in a group of rows
  /// One operation or operand of an expression, behind those that it takes.
  struct term_node {
    std::uint32_t index, begin, end;  ///< its word, and the words that it is of with all that it takes
    std::uint32_t parent;             ///< the node that takes it; itself: none does
    std::uint32_t place = 0;          ///< among those that the parent takes
    bool one_value = false;           ///< what it is made of has one value in each group, or is taken care of
    bool in_aggregate = false, in_window = false;
  };
  /// What a clause may say.
  struct clause_rule {
    std::string_view name;
    bool aggregates, windows, of_groups;
  };
  /// The tables of one SELECT and what their rows are grouped by.
  struct row_groups {
    struct words {
      std::uint32_t from, count;
    };
    std::size_t first_name = 0;          ///< the first of `names_` that is of this SELECT
    bool grouped = false;                ///< rows stand for several, also of all rows
    bool any_column = false;             ///< a term in SQL is grouped by, which may be any column
    std::vector<words> terms{};          ///< each term that is grouped by
    std::vector<std::uint32_t> whole{};  ///< tables of whose rows there is one in each group
  };
  /// How many operands the word takes.
  std::uint32_t operands_at(std::uint32_t index) const noexcept;
  std::vector<term_node> nodes_of(std::uint32_t from, std::uint32_t count) const;
  /// Whether SQL names a column here, alone or in what is written in the same word.
  bool names_column_at(std::uint32_t index) const noexcept;
  bool is_read_here(const row_groups& groups, std::uint32_t table) const noexcept;
  /// Whether the aggregate is one of this SELECT's groups, and not of those of a query around it.
  bool is_of_groups(const row_groups& groups, const term_node& aggregate) const noexcept;
  /// Whether it names a column of one of these.
  bool takes_any(const term_node& aggregate, const std::vector<std::uint32_t>& tables) const noexcept;
  /// Whether the call, which may have a filter and an order, is of a window's rows.
  bool is_windowed(const std::vector<term_node>& nodes, const term_node& call) const noexcept;
  bool aggregates_rows(const row_groups& groups, std::uint32_t from, std::uint32_t count) const;
  row_groups groups_of(const select_parts& parts, std::uint32_t from, std::uint32_t count) const;
  void add_grouped(row_groups& groups, std::uint32_t from, std::uint32_t count) const;
  row_groups::words said_at(std::uint32_t from, std::uint32_t count) const noexcept;
  /// Whether the term of a group is in every way to group that it names a plain column, and this one.
  bool groups_always(const std::vector<term_node>& nodes, const term_node& node, std::uint64_t column) const;
  bool is_grouped(const row_groups& groups, std::uint32_t from, std::uint32_t count) const noexcept;
  bool has_one_value(const row_groups& groups, std::uint64_t column) const noexcept;
  [[noreturn]] void refuse_column(const clause_rule& rule, std::uint64_t column) const;
  /// Errors: query_error for aggregates and windows where the clause has none, and for a column that has no one value.
  void check_term(const row_groups& groups, const clause_rule& rule, std::uint32_t from, std::uint32_t count,
                  const term_node* around = nullptr) const;
  void check_operation(const row_groups& groups, const clause_rule& rule, const std::vector<term_node>& nodes,
                       term_node& node) const;
  /// The same for what a query in the term says of the tables around it.
  void check_query(const row_groups& groups, const clause_rule& rule, std::uint32_t from, std::uint32_t count,
                   std::vector<std::uint32_t> own) const;
  /// Of a relation of the row around: the columns by which its rows are found.
  void check_owner(const row_groups& groups, const clause_rule& rule, std::uint64_t relation, std::uint64_t related,
                   const std::vector<std::uint32_t>& own) const;
  /// Each clause of the SELECT. Errors: query_error.
  void check_groups(const select_parts& parts, std::uint32_t from, std::uint32_t count) const;
  bool is_same_term(const row_groups::words& a, const row_groups::words& b) const noexcept;
  /// Errors: query_error for an order that does not begin with the terms whose first rows are kept.
  void check_distinct_on(const select_parts& parts, std::uint32_t from, std::uint32_t count) const;
  void read_limits(select_parts& parts, std::uint64_t word, std::uint32_t index);
  std::string select(std::uint32_t from, std::uint32_t count, select_use use);
  std::string assemble(select_parts& parts);
  /// `DISTINCT ON …` and a space, or nothing. Where rows of several owners are read, each has its own.
  static std::string distinct_on(select_parts& parts);
  /// `WITH …` and a space, or nothing.
  static std::string with_clause(const select_parts& parts);
  std::string projection(const select_parts& parts, const model_info& row) const;
  static bool has_single_row(const select_parts& parts);
  /// What a narrowing function groups by is said of the rows of each owner, and not of all.
  static void group_beside(select_parts& parts);

  // what is read from
  /// Begins to name the tables of one SELECT.
  void enter(std::uint32_t from, std::uint32_t count);
  /// What must be known before the first clause is written.
  void read_scope(select_parts& parts, std::uint32_t from, std::uint32_t count);
  const model_info& table_read(bool reads_rows, std::uint64_t word) const;
  /// Names the table of a join. Errors: query_error for a name that is taken.
  void name_table(const select_parts& parts, std::uint64_t word);
  [[noreturn]] static void refuse_name(const std::string& name);
  /// Errors: query_error where a table that the statement reads is called so, which would be read no more.
  void refuse_hidden_table(std::string_view common) const;
  /// Whether the relation reads this table between both ends.
  static bool goes_by(const relation_keys& keys, std::string_view table);
  /// A SELECT that cannot name the tables of those around it.
  std::string apart(std::uint32_t from, std::uint32_t count);
  /// That a row of the table of this name is seen; empty: all rows are. Without a name columns stand by themselves.
  std::string visible(const model_info& model, std::string_view name, const hidden_rows& also) const;
  std::string scope_text(const expression& condition, const model_info& model, std::string_view name) const;
  void read_hidden(hidden_rows& also, std::uint32_t index) const;
  /// Errors: query_error for a name that no default scope has among the tables that the statement reads.
  void require_scopes(const hidden_rows& also, std::uint32_t from, std::uint32_t count) const;
  void begin_join(select_parts& parts, std::uint64_t word);
  void end_join(select_parts& parts, std::uint64_t word, const std::string& on);
  void read_source(select_parts& parts, std::uint32_t index);
  void read_part(select_parts& parts, std::uint32_t index);
  std::string part_text(std::uint32_t from, std::uint32_t count);
  /// Errors: query_error for a step that no database takes.
  std::string recursion_text(std::uint32_t from, std::uint32_t count);
  /// Both queries of a recursion have columns of the same types: those that are promised.
  void promise_kinds(select_parts& parts, const model_info& row) const;
  void hide_rows(select_parts& parts);
  const source* source_of(std::uint32_t table) const noexcept;
  /// The table as FROM and JOIN name it, with the rows alone that are seen where `hides` is given.
  std::string table_clause(std::uint32_t table, const model_info& model, const hidden_rows* hides) const;
  std::string table_clause(const select_parts& parts) const;
  std::string table_of(std::uint32_t table) const;
  std::string named(std::uint32_t table, const field_info& field) const;

  // relations
  void number_owners(std::uint32_t index, std::uint64_t word);
  void read_owners(select_parts& parts, std::uint32_t index);
  void read_pivot(select_parts& parts, std::uint64_t word) const;
  /// The key of the model's table, or all its columns where it has none.
  static const std::vector<std::uint16_t>& telling_columns(const model_info& model) noexcept {
    return model.key.empty() ? model.columns : model.key;
  }
  void read_related(select_parts& parts, std::uint64_t word);
  /// Joins the table between; gives its columns that name the owner.
  std::vector<std::string> join_table_of(select_parts& parts, const relation_keys& keys);
  /// That a row of the relation's join table is seen, which is called so; empty: all rows are.
  std::string visible_between(const relation_keys& keys, std::string_view name) const;
  /// That a column says of which model the key beside it is.
  std::string names_model(const std::string& column, const relation_keys& keys) const;
  std::string names_model(const std::string& table, const field_info& field, const relation_keys& keys) const;
  /// The tables between both ends of a relation that goes through others, and how the ends are joined to them.
  struct way {
    std::string from, where;
    std::vector<std::string> owner;  ///< the columns that must equal the owner's
    std::vector<std::string> links;  ///< columns that must equal those of the related table
    std::vector<const field_info*> related;
    bool repeats = false;  ///< a related row may be reached twice
  };
  way way_of(const relation_keys& keys) const;
  void read_joined(select_parts& parts, std::uint64_t word, std::uint64_t related);
  void read_beside(select_parts& parts, std::uint32_t index);
  /// That these columns are the key of one of the owners.
  void among_owners(std::string& sql, const std::vector<std::string>& columns, std::uint32_t index) const;
  void read_owners_through(select_parts& parts, std::uint32_t index);
  /// That there is a way from the row around to the related one.
  std::string leads(const select_parts& parts, const relation_keys& keys, const std::string& around) const;
  /// What a part of the owner's key is called where it is read beside the rows.
  std::string owner_name(std::size_t part) const;
  /// The SELECT with its limit and offset counted for each owner.
  std::string limit_each(select_parts& parts, std::string_view columns, const std::string& from);

  void insert();
  void insert_selected(const model_info& model);
  /// Whether the database compares rows of this query with each other, or joins those of several queries.
  bool puts_rows_together(std::uint32_t from, std::uint32_t count) const noexcept;
  /// What a write reads beside its table.
  std::string write_sources(select_parts& parts);
  bool says_conflict() const noexcept;
  std::string conflict(const model_info& model);
  /// Errors: query_error for a word of a conflict clause that is of another model than the row.
  void refuse_in_conflict(const model_info& model, std::uint64_t word) const;
  /// What an upsert says of the unique index that may have the row already: columns by their offsets, the rest as
  /// neutral SQL.
  struct conflict_key {
    std::vector<std::uint16_t> columns{};
    std::vector<std::string> expressions{};
    std::string condition{};
  };
  static bool is_of(const index_info& index, const model_info& model, const conflict_key& key);
  /// The condition of the unique index that is meant, which is a part of what it is known by; empty: none.
  /// Errors: query_error where the model says unique indexes, and this is none of them.
  std::string target_condition(const model_info& model, const conflict_key& key) const;
  /// The condition that was said, with what the model adds to that of its index.
  static std::string own_condition(const model_info& model, const conflict_key& key);
  [[noreturn]] static void refuse_target(const model_info& model, const conflict_key& key);
  /// The text behind the word at this place.
  std::string_view text_behind(std::uint32_t index) const noexcept {
    return {reinterpret_cast<const char*>(words_ + index + 2), model_of(words_[index + 1])};
  }
  /// Errors: query_error for a column that the database computes.
  static void refuse_computed(const model_info& model, const field_info& field);
  /// Errors: query_error for a column that the statement has written already: databases take the last, or refuse.
  static void note_written(const model_info& model, const field_info& field, std::vector<std::uint16_t>& written);
  /// `column = excluded.column`; a version counts on.
  std::string taken_over(const model_info& model, const field_info& field) const;
  /// A column of the row that is there, set to what it is; empty where none may be written.
  std::string itself(const model_info& model, const conflict_key& key) const;
  void update();
  void update_objects();
  void erase();
  void raw();
  std::string assignment(std::uint32_t index, bool& value_follows);
  std::string write_condition(const model_info& model, bool& found);
  void returning(const model_info& model);
  /// A term of a row that is written. Errors: query_error for what is of several rows.
  std::string written_term(std::uint32_t from, std::uint32_t count);

  /// Of the struct that rows decode into; empty where they are single values or tuples, whose types nobody has named.
  static std::string_view name_of_row(const model_info& row) noexcept;
  const model_info& model_of_word(std::uint64_t word) const;
  const field_info& field_of_word(std::uint64_t word) const;
  std::string column_text(std::uint64_t word) const;
  /// The columns of a model at these positions.
  void columns_of(std::string& sql, std::uint32_t table, const model_info& model,
                  const std::vector<std::uint16_t>& positions) const;
  void placeholder_at(std::string& sql, std::uint32_t index, value_type value = kind::null) const;
  /// What is said of the type of a value that is compared: a server compares rows only where it is told what they are.
  value_type compared_type(std::uint64_t word) const;
  std::string quoted(std::string_view identifier) const;

  const dialect& dialect_;
  const std::uint64_t* words_;
  std::uint32_t count_;
  std::vector<std::uint32_t> number_;  ///< by word: its first placeholder
  std::uint32_t next_ = 1;
  std::uint32_t first_ = 0;                  ///< where the words of the SELECT begin that is written
  bool qualify_ = false;                     ///< several tables: columns are written with their table
  const model_info* conflict_of_ = nullptr;  ///< the row's, while a conflict clause is written
  bool left_joins_ = false;                  ///< or several groupings: any column may be NULL
  bool several_groupings_ = false;           ///< any term may be NULL
  bool aggregates_ = false;                  ///< the expression at hand calls one
  bool returned_ = false;                    ///< it is a term of RETURNING
  relation_keys loaded_;                     ///< of the relation that is loaded, if one is
  /// What tables are called, from the outermost SELECT to the one that is written.
  std::vector<scope_name> names_;
  std::size_t visible_ = 0;  ///< the first of them that the SELECT at hand may name
  std::vector<source> sources_;
  kind promised_ = kind::null;  ///< of the first column of the SELECT that was written last, as the query says it
  kind selected_ = kind::null;  ///< and as the database has it; kind::null: not known
  bool recursion_ = false;      ///< the next SELECT is one of the two of a recursion
  std::string beside_rows_{};   ///< what the next SELECT selects behind its terms
  std::vector<const field_info*> fields_written_{};  ///< what the terms of the next SELECT are written into
  const model_info* row_selected_ = nullptr;         ///< of the SELECT that was written last
  bool stands_alone_ = false;  ///< the SELECT that was written last has no clause that stands behind a union
  statement_plan plan_;
};

}  // namespace tupelo
