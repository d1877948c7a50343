// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/load_list.hpp"
#include "tupelo/query/row_lock.hpp"
#include "tupelo/model/shape.hpp"

#include <cstdint>
#include <string_view>

namespace tupelo {

/// A statement as data: its shape, which is the key of the statement cache, and its values. No template, owns
/// everything.
class query_core {
public:
  query_core() noexcept;
  query_core(op statement, const model_spec& model, std::uint8_t sub = 0, std::uint16_t length = 0) noexcept;
  query_core(query_core&& other) noexcept;
  query_core(const query_core& other) noexcept;
  query_core& operator=(query_core&& other) noexcept;
  query_core& operator=(const query_core& other) noexcept;
  ~query_core() {
    if (shape.heap || values.heap) [[unlikely]]
      free();
  }

  /// The statement's first word. Before: the core is empty.
  void begin(op statement, const model_spec& model, std::uint8_t sub = 0, std::uint16_t length = 0) noexcept;
  /// A SELECT from an alias.
  void begin(std::uint32_t table) noexcept;
  /// A clause of one expression: where, having, project, returning.
  void clause(op o, const expression& e, std::uint8_t sub = 0) noexcept;
  /// The same for what is selected, grouped or ordered by. Where a clause of these has the same expression with the
  /// same values, its values are used: databases take it for the same expression only so.
  void term(op o, const expression& e, std::uint8_t sub = 0) noexcept;
  /// `table` is the id of a model or an alias, here and below.
  void join(join_kind how, std::uint32_t table, const expression& on) noexcept;
  /// The rows of another query: a source that is called `table`, or a part of those that this query reads.
  void rows(op o, std::uint8_t how, std::uint32_t table, const query_core& query);
  /// Rows that no query gives: under another name, or of an expression.
  void rows_of(source_kind how, std::uint32_t table, const expression& e) noexcept;
  bool has_source(std::uint32_t table) const noexcept;
  /// `of`: the kind of the term's values, where no column says it.
  void order(const expression& term, bool descending, kind of = kind::null) noexcept;
  /// A clause of one column or of nothing.
  void word(std::uint64_t w) noexcept { shape.push(w); }
  void column(op o, column_ref c) noexcept { shape.push(c.word(o)); }
  void assign(op o, column_ref c, const expression& value) noexcept;
  /// Rows at most; the last call counts. The same for `offset`.
  void limit(std::int64_t rows) noexcept {
    limit_ = rows;
    has_limit_ = true;
  }
  void offset(std::int64_t rows) noexcept {
    offset_ = rows;
    has_offset_ = true;
  }
  /// Whether rows are to be locked, which only means something in a transaction.
  bool locks_rows() const noexcept { return locks_rows_; }
  bool has_limit() const noexcept { return has_limit_; }
  std::int64_t limit() const noexcept { return limit_; }
  void drop_limit() noexcept { has_limit_ = false; }
  bool has_offset() const noexcept { return has_offset_; }
  void text(std::string_view sql);
  /// A default scope of this name is no condition here.
  void without_scope(std::string_view name);
  /// The rows become another type. Their relations are not loaded then: what is selected or counted has none.
  void row_type(const model_spec& row) noexcept;
  /// Of `table`; null: of the first.
  void lock(row_lock how, const model_spec* table) noexcept;

  /// Appends limit and offset to the shape: the last step before rendering. Errors: query_error for a negative number.
  query_core& finish();

  inline_word_buffer<16> shape;
  inline_word_buffer<16> values;
  load_list loads;  ///< no part of the statement: what is done with its rows

private:
  void free() noexcept;

  std::int64_t limit_ = 0;
  std::int64_t offset_ = 0;
  bool has_limit_ = false;
  bool has_offset_ = false;
  bool locks_rows_ = false;
};

/// `query.to_sql(tp::inlined)`: with the values in the places of the placeholders.
struct inlined_values {};
inline constexpr inlined_values inlined{};

namespace detail {

/// A SELECT from the rows of both. Errors: query_error for a negative limit in one of them.
query_core united(const model_spec& row, const query_core& first, set_kind how, const query_core& second);
/// `before`, then the query, then what is done with its rows: in_query, exists.
expression with_query(expression before, query_core query, op after);

}  // namespace detail

namespace detail {
__extension__ using wide_word = unsigned __int128;  // no ISO type; GCC and clang have it
}

inline std::uint64_t hash_words(const std::uint64_t* words, std::uint32_t count) noexcept {
  std::uint64_t hash = 0x9E3779B97F4A7C15ull ^ count;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto product = static_cast<detail::wide_word>(hash ^ words[i]) * 0xD6E8FEB86659FD93ull;
    hash = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
  return hash;
}

}  // namespace tupelo
