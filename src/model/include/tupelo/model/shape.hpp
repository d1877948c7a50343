// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/core/field.hpp"
#include "tupelo/core/word_buffer.hpp"

#include <cstdint>
#include <string_view>

namespace tupelo {

struct model_spec;

/// What a word of a shape says. Expressions are postfix; a clause word is followed by `length` words of expression.
enum class op : std::uint8_t {
  // what the statement does; the model of the word is the table
  select_from = 1,
  insert_into,  ///< sub: insert_flags, length: rows of the statement
  update_of,    ///< sub: update_flags, length: rows of update_objects
  delete_from,
  raw_sql,  ///< values are the parameters, the text follows
  // clauses
  all_written = 7,  ///< the statement fails unless it writes as many rows as the length says
  where = 8,
  having,
  join,   ///< sub: join_kind, model: the joined table
  order,  ///< sub: 1 for descending, above it the kind of the term's values; kind::null: a column says it
  group,  ///< the same, and never descending
  project,
  distinct,
  limit,
  offset,
  assign,           ///< the column's word, then the new value
  assign_field,     ///< a column whose new value is the object's field
  match_field,      ///< a column that equals the object's field
  conflict_target,  ///< a column of the conflict's key
  conflict_update,  ///< a column taken from the row that was not inserted
  conflict_assign,  ///< the column's word, then the value, on conflict
  conflict_where,   ///< of the row that is there, or else it stays as it is
  conflict_ignore,
  conflict_expression,  ///< of the conflict's key; its neutral SQL follows
  conflict_index,       ///< the condition of the index that is meant; its neutral SQL follows
  returning_row,        ///< all columns of the model
  returning_key,        ///< the generated key
  all_rows,             ///< an update or delete without condition is meant
  row_type,             ///< model: the aggregate that rows decode into, where it is not the table's model
  source,               ///< sub: source_kind, model: the alias that rows of the query in the clause's words have
  part,                 ///< sub: set_kind; of rows that are put together, which stand in the place of the table
  distinct_on,          ///< a term of which only the first row of each value is read
  row_lock,       ///< sub: strength, and what to do where it is taken, in the high four; model: the table, 0: the first
  explain,        ///< the database's plan is wanted, not the rows; sub: what it is to tell
  only_count,     ///< the number of rows is wanted, not the rows; sub: count_flags
  only_exists,    ///< whether there is a row is wanted
  beside,         ///< a term that is read behind the row; sub: the kind of its values
  only_column,    ///< a column of the first model, which is not read whole
  with_deleted,   ///< rows that are marked as deleted are meant too; sub: with_deleted_flags
  without_scope,  ///< sub: without_flags; a scope of the models is no condition of this statement
  // expressions
  column = 64,
  value,  ///< sub: kind, length: the kind of an array's elements, model: number_of_type of custom values or elements
  null_value,  ///< raw SQL: as `value`, of the type that is NULL
  compare,     ///< sub: comparison
  and_,
  or_,
  not_,
  is_null,
  is_not_null,
  list,      ///< sub: list_bucket of the `in_list` that follows
  in_list,   ///< a column and the kind of the list's values; model 0: the expression before the list
  query,     ///< length words of another query follow
  in_query,  ///< the expression before the query is among its rows
  exists,
  scalar_query,
  filter,      ///< an aggregate, then the condition of the rows that it counts
  ordered,     ///< an aggregate, then length terms in whose order it takes the rows
  descending,  ///< a term by which a window or an aggregate is ordered
  /// A function, then the terms that the window is parted by, those it is ordered by, and the distances that the frame
  /// reaches by value; length: the number of the first, that of the second in the high eight; sub: frame_exclusion, and
  /// frame_flags; model: window_frame
  over,
  call,  ///< sub: function, length: number of arguments, model: what else the function is told
  star,
  again,      ///< `model` words of another clause, which begin `length` words behind the statement's first one
  text,       ///< as many bytes of SQL follow as the model's place says, padded to words
  too_large,  ///< a clause that does not fit a length; rendering refuses it
  // clauses about a relation, which the word's model and offset name; the selected model is the related one
  load_related,  ///< the rows of many owners, whose keys are the values; limit and offset count per owner
  related_to,    ///< the rows of the owner in the query around this one; stands behind select_from
  /// The related row is read beside its owner's, behind which it stands in memory; the next word is a `star` of the
  /// related model, whose length is the number of the joined row that is the owner, from 1, or 0.
  load_joined,
  load_pivot,  ///< the row of the join table is read behind each related row; the word's model is that of the table
  column_compare = 128,  ///< column_compare + comparison: a column against a value, in one word
};

static_assert(op::without_scope < op::column && op::load_pivot < op::column_compare);

enum class comparison : std::uint8_t {
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  like,
  contains,
  starts_with,
  ends_with,
  // the four above, upper and lower case being the same
  like_any_case,
  contains_any_case,
  starts_with_any_case,
  ends_with_any_case,
};
constexpr bool ignores_case(comparison c) noexcept { return c >= comparison::like_any_case; }
/// The comparison of the same name that tells upper from lower case.
constexpr comparison cased(comparison c) noexcept {
  constexpr auto apart =
      static_cast<std::uint8_t>(comparison::like_any_case) - static_cast<std::uint8_t>(comparison::like);
  return ignores_case(c) ? static_cast<comparison>(static_cast<std::uint8_t>(c) - apart) : c;
}

enum class function : std::uint8_t {
  count,
  count_distinct,
  sum,
  avg,
  min,
  max,
  lower,
  upper,
  length,
  trim,
  trim_start,
  trim_end,
  substr,
  replace,
  position,
  concat,
  absolute,
  round,  ///< half away from zero; told: digits behind the point
  floor,
  ceiling,
  least,     ///< of its arguments; NULL where one of them is
  greatest,  ///< the same
  string_agg,
  row_number,
  rank,
  dense_rank,
  ntile,
  lag,
  lead,
  first_value,
  last_value,
  nth_value,
  rollup,
  cube,
  grouping_sets,
  grouping_set,
  row,
  json_get,  ///< a document and a path; told: the kind
  json_has,
  json_set,       ///< and the value
  json_contains,  ///< all of the second document is in the first
  json_agg,
  coalesce,
  nullif,
  choose,  ///< conditions and values in turn; a value without a condition at the end is for all other rows
  cast,    ///< told: the kind
  add,
  subtract,
  multiply,
  divide,
  now,
  modulo,
  year,
  month,
  day,
  hour,
  minute,
  second,
  quarter,
  weekday,         ///< Monday is 1, Sunday 7
  day_of_year,     ///< from 1
  start_of,        ///< told: calendar_unit
  shift,           ///< a moment and how many units later; told: calendar_unit
  bucket,          ///< told: seconds
  bucket_series,   ///< every bucket that is not over at the first moment and begins before the second; told: seconds
  days_between,    ///< from the first to the second, a date or a moment each
  epoch_seconds,   ///< whole ones since 1970
  array_contains,  ///< all elements of the second are among those of the first
  array_overlaps,  ///< both have an element in common
  array_length,
  range_contains,  ///< the value is in the range
  range_overlaps,
  fragment,  ///< SQL of the user's own, behind what its question marks stand for; told: the kind
  // a full-text search; told: the model, or the alias, whose search index is asked
  search_matches,    ///< the words
  search_rank,       ///< the same
  search_highlight,  ///< a field, the words, and what stands before and behind each that is found
  search_snippet,    ///< the same, then how many words there are
  array_append,      ///< the second is an element
  array_remove,      ///< all of them
  // a value and an array; told: the kind of the elements, and behind eight bits the comparison, element first
  array_any,
  array_all,
  array_index,    ///< where the value is, from 0; told as above
  array_element,  ///< of an array, at an index from 0; told: the kind of the elements
  array_concat,
};

/// What `array_any` and its like are told.
constexpr std::uint32_t told_of_elements(kind elements, comparison c = comparison::equal) noexcept {
  return static_cast<std::uint32_t>(elements) | static_cast<std::uint32_t>(c) << 8;
}
constexpr kind elements_told(std::uint32_t told) noexcept { return static_cast<kind>(told & 0xff); }
constexpr comparison comparison_told(std::uint32_t told) noexcept { return static_cast<comparison>(told >> 8); }

/// Units in which a calendar counts.
enum class calendar_unit : std::uint8_t { second, minute, hour, day, week, month, quarter, year };

enum class join_kind : std::uint8_t { inner, left, right, full, cross };

/// How the rows of a query stand in another one as those of a table.
enum class source_kind : std::uint8_t {
  derived,  ///< where the table would stand
  lateral,  ///< the same, made anew for each row of the tables before it
  common,   ///< once, at the beginning
  materialized,
  not_materialized,
  recursive,  ///< names itself
  renamed,    ///< that of the column in the clause's words, under another name
  computed,   ///< no query: the expression in the clause's words gives its rows
};

enum class frame_unit : std::uint8_t { none, rows, range, groups };
enum class frame_bound_kind : std::uint8_t {
  unbounded_preceding,
  preceding,
  current_row,
  following,
  unbounded_following
};
/// Which rows of a frame are left out after all: the current one, it and those that the order leaves equal, or those
/// alone.
enum class frame_exclusion : std::uint8_t { none, current_row, group, ties };
/// Which bounds are distances by value, behind the two bits of the exclusion.
enum frame_flags : std::uint8_t { frame_exclusion_bits = 3, frame_from_value = 4, frame_to_value = 8 };
/// Which rows around a row are in its window; a word holds it in 32 bits.
struct window_frame {
  static constexpr std::uint32_t most_rows = 0xfff;

  frame_unit unit;
  std::uint8_t from, to;         ///< frame_bound_kind
  std::uint16_t before, behind;  ///< how far away they are, at most most_rows

  constexpr std::uint32_t packed() const noexcept {
    return static_cast<std::uint32_t>(unit) | static_cast<std::uint32_t>(from) << 2 |
           static_cast<std::uint32_t>(to) << 5 | static_cast<std::uint32_t>(before) << 8 |
           static_cast<std::uint32_t>(behind) << 20;
  }
  static constexpr window_frame of(std::uint32_t packed) noexcept {
    return {static_cast<frame_unit>(packed & 3), static_cast<std::uint8_t>(packed >> 2 & 7),
            static_cast<std::uint8_t>(packed >> 5 & 7), static_cast<std::uint16_t>(packed >> 8 & most_rows),
            static_cast<std::uint16_t>(packed >> 20 & most_rows)};
  }
};

enum class set_kind : std::uint8_t { first, union_, union_all, intersect, except };

/// A key names its row, whatever else is known of it.
enum with_deleted_flags : std::uint8_t { deleted_rows = 0, every_row = 1 };
/// counts_beside_rows: the rows are read as well, by another statement, which is the one that locks them.
enum count_flags : std::uint8_t { counts_alone = 0, counts_beside_rows = 1 };
/// one_scope: the text that follows is its name.
enum without_flags : std::uint8_t { all_scopes = 0, one_scope = 1 };

/// update_objects: each row gets the values of an object of its own.
/// insert_selected: the columns' words follow, then the query whose rows are inserted, as a part.
enum update_flags : std::uint8_t { update_rows = 0, update_objects = 1 };
enum insert_flags : std::uint8_t { insert_without_key = 0, insert_with_key = 1, insert_selected = 2 };

/// A word: op (8 bits), sub (8: kind in the low five, table alias in the high three), length or offset (16), model id
/// (32).
constexpr std::uint64_t make_word(op o, std::uint8_t sub = 0, std::uint16_t length = 0,
                                  std::uint32_t model = 0) noexcept {
  return static_cast<std::uint64_t>(o) | static_cast<std::uint64_t>(sub) << 8 |
         static_cast<std::uint64_t>(length) << 16 | static_cast<std::uint64_t>(model) << 32;
}
constexpr op op_of(std::uint64_t w) noexcept { return static_cast<op>(w & 0xff); }
constexpr std::uint8_t sub_of(std::uint64_t w) noexcept { return static_cast<std::uint8_t>(w >> 8); }
constexpr kind kind_of_word(std::uint64_t w) noexcept { return static_cast<kind>(w >> 8 & 31); }
constexpr std::uint16_t length_of(std::uint64_t w) noexcept { return static_cast<std::uint16_t>(w >> 16); }
constexpr std::uint16_t offset_of_word(std::uint64_t w) noexcept { return length_of(w); }
constexpr std::uint32_t model_of(std::uint64_t w) noexcept { return static_cast<std::uint32_t>(w >> 32); }
constexpr std::uint64_t with_op(std::uint64_t w, op o) noexcept {
  return (w & ~std::uint64_t{0xff}) | static_cast<std::uint64_t>(o);
}
constexpr std::uint64_t with_sub(std::uint64_t w, std::uint8_t sub) noexcept {
  return (w & ~std::uint64_t{0xff00}) | static_cast<std::uint64_t>(sub) << 8;
}
/// How many words of the clause follow its first one: those of its expression or query.
constexpr std::uint32_t body_of(std::uint64_t w) noexcept {
  switch (op_of(w)) {
    case op::where:
    case op::having:
    case op::join:
    case op::order:
    case op::group:
    case op::project:
    case op::beside:
    case op::distinct_on:
    case op::assign:
    case op::conflict_assign:
    case op::conflict_where:
    case op::source:
    case op::part: return length_of(w);
    default: return 0;
  }
}
/// How many words of payload follow a word that are not words of shape.
constexpr std::uint32_t payload_of(std::uint64_t w) noexcept {
  return op_of(w) == op::text ? (model_of(w) + 7u) / 8u : 0u;
}

/// Lists of different lengths share a shape when they round up to the same power of two: 0 is empty, else 2^(bucket-1)
/// places.
std::uint8_t list_bucket(std::size_t count) noexcept;
constexpr std::uint32_t places_of_bucket(std::uint8_t bucket) noexcept {
  return bucket ? std::uint32_t{1} << (bucket - 1) : 0;
}

/// A column named at compile time: its model (registered at first use) and its offset. Trivial, made by `col<…>`.
struct column_ref {
  const model_spec* model;
  std::uint16_t offset;

  std::uint64_t word(op o, std::uint8_t sub = 0) const noexcept;
};

/// A number of a type with a form beside its text, which a shape tells it by: the same while the program runs.
std::uint32_t number_of_type(const type_ops& type);
/// Null for 0, which is a type without such a form.
const type_ops* find_type(std::uint32_t number) noexcept;

/// A value on its way into a value buffer: one word, or text. kind::null has neither. A view: it ends with what its
/// text points to.
struct literal {
  kind k = kind::null;
  bool is_text = false;
  kind element = kind::null;  ///< of arrays, whose text are their words: what they hold behind their last dimension
  std::uint32_t type = 0;     ///< number_of_type of custom values or elements
  std::uint64_t word = 0;
  std::string_view text;

  constexpr literal() noexcept = default;
  constexpr literal(kind of, std::int64_t value) noexcept : k(of), word(static_cast<std::uint64_t>(value)) {}
  constexpr literal(kind of, double value) noexcept : k(of), word(__builtin_bit_cast(std::uint64_t, value)) {}
  constexpr literal(kind of, std::string_view value) noexcept : k(of), is_text(true), text(value) {}
  /// An array as push_value wrote it, without its length.
  literal(const word_buffer& array, kind of_elements) noexcept
      : k(kind::array),
        is_text(true),
        element(of_elements),
        text(reinterpret_cast<const char*>(array.data() + 1), array.data()[0]) {}

  void push_to(word_buffer& values) const {
    if (is_text) {
      values.push_text(text);
    } else {
      values.push(word);
    }
  }
};

/// An expression as data: words of shape, and values apart. Out of line and noexcept, so that call sites stay tiny.
///
/// Running out of memory while an expression grows ends the program.
class expression {
public:
  expression() noexcept;
  expression(expression&& other) noexcept;
  expression(const expression& other) noexcept;
  expression& operator=(expression&& other) noexcept;
  expression& operator=(const expression& other) noexcept;
  ~expression() {
    if (shape.heap || values.heap) [[unlikely]]
      free();
  }

  explicit expression(column_ref column) noexcept;
  explicit expression(std::uint64_t word) noexcept;
  /// column <comparison> value; NULL compares as IS NULL or IS NOT NULL
  expression(column_ref column, comparison c, const literal& value) noexcept;
  /// a value alone
  explicit expression(const literal& value) noexcept;
  // column <comparison> column
  expression(column_ref left, comparison c, column_ref right) noexcept;
  // column IN (…)
  expression(column_ref column, kind k, const void* integers, std::size_t count, int signed_size) noexcept;
  expression(column_ref column, kind k, const std::string_view* texts, std::size_t count) noexcept;
  /// of `count` values as they stand in a value buffer
  expression(column_ref column, kind k, const word_buffer& listed, std::size_t count) noexcept;

  expression& append(const expression& other) noexcept;
  /// this = this `o` other
  expression& combine(const expression& other, std::uint64_t o) noexcept;
  expression& push(std::uint64_t word) noexcept;
  expression& push_text(std::string_view sql) noexcept;
  /// A query as operand; `after` says what is done with its rows.
  expression& push_query(const word_buffer& query_shape, const word_buffer& query_values, op after) noexcept;

  bool empty() const noexcept { return shape.size == 0; }

  inline_word_buffer<12> shape;
  inline_word_buffer<16> values;

private:
  void free() noexcept;
};

namespace detail {
/// Whether both say the same with the same values.
bool same_words(const expression& a, const expression& b) noexcept;
}  // namespace detail

}  // namespace tupelo
