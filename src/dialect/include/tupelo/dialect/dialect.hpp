// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/schema_dialect.hpp"
#include "tupelo/query/explain_options.hpp"
#include "tupelo/query/query_core.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/core/statement.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// What a database can do; everything above the dialect asks this table, never for a database's name.
struct feature_table {
  bool returning = false;        ///< INSERT, UPDATE, DELETE … RETURNING
  bool last_insert_id = false;   ///< the driver reports the key of a single inserted row
  bool consecutive_ids = false;  ///< rows of one INSERT get keys in a row, the last of which is the last insert id
  bool upsert = false;
  bool partial_indexes = false;
  bool transactional_ddl = false;
  bool concurrent_indexes = false;  ///< indexes are built beside those who write, outside of a transaction
  bool offset_needs_limit = false;
  bool row_locks = false;            ///< without them a write transaction locks the database
  bool checked_writes = false;       ///< a statement can be made to fail unless it writes all rows that are meant
  bool arrays = false;               ///< columns hold arrays; without them these are JSON texts with the same answers
  bool ranges = false;               ///< range types and their operators
  bool composites = false;           ///< types of several attributes; without them these are texts
  bool lateral_joins = false;        ///< a joined query may name columns of the tables before it
  bool distinct_on = false;          ///< the first row of each value
  bool grouping_sets = false;        ///< several ways to group at once: rollup, cube
  bool ordered_aggregates = false;   ///< string_agg takes rows in an order
  bool frame_exclusion = false;      ///< a window's frame leaves out the current row or those equal to it
  bool frame_times = false;          ///< a frame reaches so far in time
  bool frame_decimals = false;       ///< and in decimals, exactly
  bool json_containment = false;     ///< whether a JSON document contains another
  bool plans_are_trees = false;      ///< see dialect::explain
  bool backslash_in_like = false;    ///< LIKE takes `\` for an escape without being told
  bool copy = false;                 ///< rows are written by COPY; without it by INSERTs of many rows
  bool notifications = false;        ///< LISTEN and NOTIFY
  bool advisory_locks = false;       ///< locks on keys of the program's own
  std::uint32_t max_parameters = 0;  ///< in one statement
  std::uint32_t deepest_expression = 0;    ///< levels of one; 0: no limit for conditions that are joined by AND or OR
  std::uint32_t longest_channel = 0;       ///< bytes of a channel's name, where there are notifications
  std::uint32_t longest_notification = 0;  ///< bytes of a payload
};

/// How a transaction begins.
enum class transaction_mode : std::uint8_t {
  deferred,   ///< locks as statements need it
  immediate,  ///< the right to write is taken at once
  exclusive,
};

/// What a transaction sees of others.
enum class isolation : std::uint8_t {
  standard,  ///< as the database is set up
  read_committed,
  repeatable_read,
  serializable,
};

/// How a transaction is begun. A database that has no weaker isolation than the one asked for gives its own.
struct transaction_start {
  transaction_start() noexcept = default;
  transaction_start(transaction_mode takes) noexcept : mode(takes) {}                      // NOLINT(*-explicit-*)
  transaction_start(isolation sees, bool only_reads = false, bool waits = false) noexcept  // NOLINT(*-explicit-*)
      : level(sees), read_only(only_reads), deferrable(waits) {}

  transaction_mode mode = transaction_mode::immediate;
  isolation level = isolation::standard;
  bool read_only = false;
  bool deferrable = false;  ///< a serializable, read-only transaction waits at first and can then never fail
};

/// What is said of a value's type in the place where it stands.
struct value_type {
  value_type(kind of, std::string_view its_name = {}) noexcept : k(of), name(its_name) {}  // NOLINT(*-explicit-*)

  kind k;                 ///< kind::null: the place itself says the type
  std::string_view name;  ///< the database's, of a composite; empty: as the kind says
};

/// What a function of a query is called with.
struct call_argument {
  std::string_view sql;
  kind k{};               ///< kind::null: not known
  bool nullable = false;  ///< may be NULL
  bool bare = false;      ///< a value, which has the type that its place says
  bool near = false;      ///< a decimal that may have more digits than the database can tell apart
};

struct function_call {
  function f{};
  std::uint32_t told = 0;  ///< what else the function is told; see `function`
  const call_argument* arguments = nullptr;
  std::size_t count = 0;

  const call_argument& operator[](std::size_t i) const noexcept { return arguments[i]; }
};

/// What a full-text search asks a model's search index. See `function`.
struct search_call {
  function f{};
  const model_info* model = nullptr;
  const index_info* index = nullptr;
  const std::string* columns = nullptr;      ///< those of the index, as the statement names them
  std::size_t field = 0;                     ///< which of them is shown
  std::string_view key;                      ///< the key of the row, as the statement names it
  const call_argument* arguments = nullptr;  ///< the words first, in the form of search_words()
};

/// A value in words, to be read. kind::null: NULL.
struct literal_value {
  kind k{};
  std::string text;                    ///< bytes are hexadecimal digits
  bool bare = false;                   ///< SQL writes it without quotes: a number, TRUE
  std::vector<literal_value> parts{};  ///< of an array among the elements of another one
};

/// A step of a JSON path: the key of an object, or a position in an array.
struct json_step {
  std::string_view name;
  bool is_key;
};
/// Takes the next step off a path, as a query's shape holds it. Before: it is not empty.
json_step take_json_step(std::string_view& path) noexcept;

enum class advisory_action : std::uint8_t { lock, try_lock, unlock };

/// Turns queries and schema changes as data into one database's text. Stateless.
///
/// Threads: any.
class dialect {
public:
  dialect() = default;
  dialect(const dialect&) = delete;
  dialect& operator=(const dialect&) = delete;
  virtual ~dialect() = default;

  virtual std::string_view name() const noexcept = 0;
  virtual const feature_table& features() const noexcept = 0;

  /// Renders a finished shape (query_core::finish) once; the result serves every query of that shape.
  /// Errors: query_error for a shape that says nothing runnable (a condition missing, too large), unsupported_feature;
  /// model_error for a table without a key.
  statement_plan render(const std::uint64_t* words, std::uint32_t count) const;

  /// How this database spells and reads schemas.
  virtual const schema_dialect& schema() const noexcept = 0;

  /// Errors: query_error (unsupported_feature) for what the database cannot promise.
  virtual std::string begin(const transaction_start& start) const = 0;

  /// Whether a text of the user's own may change what outlives it and its transaction: settings, temporary tables,
  /// locks. What functions do that it calls is not known.
  virtual bool changes_session(std::string_view /*sql*/) const noexcept { return false; }
  /// A script that undoes all that, prepared statements included; empty: the database has none.
  virtual std::string_view reset_session() const noexcept { return {}; }

  /// A query with two parameters, channel and payload, that sends a notification. Only where `notifications` is set.
  virtual std::string_view notify_query() const noexcept { return {}; }
  /// A query whose parameter is an advisory lock's key, a number or a name. Only where `advisory_locks` is set.
  virtual std::string advisory_query(advisory_action, bool /*shared*/, bool /*of_transaction*/,
                                     bool /*by_name*/) const {
    return {};
  }
  /// A statement that makes the next generated key larger than every key of the table; empty: they always are.
  virtual std::string reset_sequence(std::string_view /*table*/, std::string_view /*column*/) const { return {}; }

  /// What stands before a statement whose plan is wanted. Its rows are texts, or where `plans_are_trees` a number, that
  /// of the row above it or 0, a number that means nothing, and a text. Errors: query_error (unsupported_feature).
  virtual std::string explain(explain_options how) const;

  /// Appends an identifier, quoted.
  virtual void quote(std::string& sql, std::string_view identifier) const;
  /// The same for statements whose placeholders stand in order; may be a form that is cheaper to prepare.
  virtual void next_placeholder(std::string& sql, std::uint32_t number) const { placeholder(sql, number, kind::null); }
  /// A query with a table's name as parameter whose row says whether triggers could take keys between those of one
  /// INSERT. Only where `consecutive_ids` is set.
  virtual std::string_view triggers_query() const noexcept { return {}; }
  /// Appends placeholder number `number`, from 1, for a value of this type.
  virtual void placeholder(std::string& sql, std::uint32_t number, value_type value) const = 0;
  /// Appends `column IN (list)` for a list of this bucket and of values of this type, whose placeholders begin with
  /// `first`; the bucket is never 0.
  virtual void in_list(std::string& sql, std::string_view column, std::uint32_t first, std::uint8_t bucket,
                       value_type values) const;
  /// Appends whether a term of RETURNING is NULL, or whether it is not.
  virtual void returned_null(std::string& sql, std::string_view term, bool is_null) const;
  /// Appends `test`, which looks for a term of RETURNING in a list or among rows; NULL where the term is NULL.
  virtual void returned_membership(std::string& sql, std::string_view term, std::string_view test) const;
  /// Appends `(columns) IN (rows)` for rows whose first values are the list bound as placeholder `first`, whose second
  /// values the list bound as the next one, and so on. Errors: query_error (unsupported_feature).
  virtual void row_list(std::string& sql, const call_argument* columns, std::size_t count, std::uint32_t first) const;
  /// Placeholders that a list of this bucket takes. 1 for lists that are bound as one value.
  virtual std::uint32_t places_of(std::uint8_t bucket) const noexcept { return places_of_bucket(bucket); }
  /// Whether a list of this bucket is bound as one parameter, in the database's own form.
  virtual bool list_as_one(std::uint8_t) const noexcept { return false; }
  /// The name of a function in calls; empty: not supported.
  virtual std::string_view function_name(function f) const noexcept;
  /// Appends a call whose result is of the type that the query promises: integers sum to 64 bits, an average is a
  /// double. Errors: query_error (unsupported_feature).
  virtual void call(std::string& sql, const function_call& call) const;
  /// Appends what the search index says of a row: whether it matches, how well, or the text of a field with the words
  /// marked. Errors: query_error.
  virtual void search(std::string& sql, const search_call& call) const;
  /// Whether a call, or SQL of the user's own, may give a decimal of more digits than are read and bound. Only
  /// arithmetic goes on with all of them.
  virtual bool gives_near(const function_call&) const noexcept { return false; }
  /// Makes of such a term one of the digits that are read, so that it equals what was read of it.
  virtual void settle(std::string& /*sql*/) const {}
  /// Ends a table that is made of values, beside which rows are written: it must not become part of the statement
  /// around it where another transaction's change of a row makes the database look at that row again.
  virtual void keep_apart(std::string& /*sql*/) const {}
  /// Makes of a computed integer or number that a column is set to one that its field, of this kind (integers and f32),
  /// holds: any other is an error. `native`: the column's type was named by the program.
  virtual void hold(std::string& /*sql*/, kind /*field*/, bool /*native*/) const {}
  /// What stands behind the call and is no part of it: a cast to the promised type.
  virtual std::string_view call_suffix(const function_call&) const noexcept { return {}; }
  /// Appends the expression for a part (year, month or day) of a moment, an integer.
  virtual void date_part(std::string& sql, function part, const call_argument& moment) const;
  /// Appends what makes NULL sort as the smallest value, behind a term that may be NULL.
  virtual void null_order(std::string&, bool /*descending*/) const {}
  /// Appends the condition that the text matches the pattern, upper and lower case being the same.
  virtual void like_any_case(std::string& sql, std::string_view text, std::string_view pattern) const;
  /// Appends a clause that locks rows, of the table if one is named. Only where `row_locks` is set.
  virtual void row_lock(std::string& sql, tupelo::row_lock lock, std::string_view of) const;
  /// Makes a write fail unless it writes `rows` rows. `returned` are the columns that it returns, if any. Only where
  /// `checked_writes` is set.
  virtual void check_written(std::string& /*sql*/, std::uint32_t /*rows*/, std::string_view /*returned*/) const {}
  /// Whether this SQLSTATE is that of a write made to fail so.
  virtual bool says_not_all_written(std::string_view /*sqlstate*/) const noexcept { return false; }
  /// Appends a value as SQL writes it. Not for statements that are run: those bind their values.
  virtual void literal(std::string& sql, const literal_value& value) const;
  virtual void array_literal(std::string& sql, const std::vector<literal_value>& elements) const;
  /// Behind the literal, quoted name or comment that begins at this place of a statement; the place itself where none
  /// does.
  virtual std::size_t behind_opaque(std::string_view sql, std::size_t at) const noexcept;
  /// Appends SQL of the user's own; `parameters` says whether it has any. `?` means the next one on every database.
  virtual void raw(std::string& sql, std::string_view text, std::size_t parameters) const;
};

}  // namespace tupelo
