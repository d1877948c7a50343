// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/query_core.hpp"

#include "tupelo/query/clause_term.hpp"
#include "tupelo/query/value.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/model/model_spec.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/interval.hpp"

#include <cstring>
#include <utility>

namespace tupelo {

query_core::query_core() noexcept = default;
query_core::query_core(op statement, const model_spec& model, std::uint8_t sub, std::uint16_t length) noexcept
    : shape(make_word(statement, sub, length, id_of(model))) {}
query_core::query_core(query_core&& other) noexcept = default;
query_core::query_core(const query_core& other) noexcept = default;
query_core& query_core::operator=(query_core&& other) noexcept = default;
query_core& query_core::operator=(const query_core& other) noexcept = default;
void query_core::free() noexcept {
  shape.drop();
  values.drop();
}

namespace {

// A clause that is longer than its length field can say is replaced by a word that rendering refuses.
bool push_head(word_buffer& shape, std::uint64_t head, std::uint32_t words) {
  if (words > 0xffff) {
    shape.push(make_word(op::too_large));
    return false;
  }
  shape.push(head | static_cast<std::uint64_t>(words) << 16);
  return true;
}

/// How many words of values, which begin at `values`, the word of shape takes.
std::size_t words_of(std::uint64_t word, const std::uint64_t* values) noexcept {
  const op o = op_of(word);
  if (o == op::limit || o == op::offset) return 1;
  if (o == op::value || o >= op::column_compare) return words_of_value(kind_of_word(word), values);
  if (o != op::in_list) return 0;
  std::size_t taken = 1;
  for (std::uint64_t i = 0; i < values[0]; ++i) taken += words_of_value(kind_of_word(word), values + taken);
  return taken;
}

bool equal_words(const std::uint64_t* a, const std::uint64_t* b, std::uint32_t count) noexcept {
  return std::memcmp(a, b, count * sizeof *a) == 0;
}

bool is_grouping(std::uint64_t word) noexcept {
  const auto f = static_cast<function>(sub_of(word));
  return op_of(word) == op::call && f >= function::rollup && f <= function::grouping_sets;
}

/// Where an expression begins that is selected, grouped or ordered by and is this one with these values; 0: nowhere.
std::uint16_t term_like(const word_buffer& shape, const word_buffer& values, const expression& e) noexcept {
  const std::uint64_t* const words = shape.data();
  const std::uint64_t* value = values.data();
  std::uint32_t inner = 0;               // the end of a query inside this one, whose names mean something else
  std::uint32_t term = 0, grouping = 0;  // where a term begins, and where a rollup or the like ends
  for (std::uint32_t i = 0; i < shape.size && i <= 0xffff; ++i) {
    const std::uint64_t word = words[i];
    const op o = op_of(word);
    if (o == op::load_related) return 0;  // its values are no expression's
    const bool may_begin = i != 0 && (i == term || i + e.shape.size < grouping);
    if (may_begin && i >= inner && equal_words(words + i, e.shape.data(), e.shape.size) &&
        values.size - static_cast<std::uint32_t>(value - values.data()) >= e.values.size &&
        equal_words(value, e.values.data(), e.values.size)) {
      return static_cast<std::uint16_t>(i);
    }
    const bool names_a_term = o == op::project || o == op::group || o == op::order || o == op::distinct_on;
    if (names_a_term && i >= inner && length_of(word) == e.shape.size) term = i + 1;
    if (o == op::group && i >= inner && is_grouping(words[i + length_of(word)])) grouping = i + 1 + length_of(word);
    if ((o == op::query || o == op::source || o == op::part) && i >= inner) inner = i + 1 + length_of(word);
    value += words_of(word, value);
    i += payload_of(word);
  }
  return 0;
}

/// Whether a query in the expression locks the rows that it reads.
bool locks_in(const expression& e) noexcept {
  const std::uint64_t* const words = e.shape.data();
  for (std::uint32_t i = 0; i < e.shape.size; ++i) {
    if (op_of(words[i]) == op::row_lock) return true;
    i += payload_of(words[i]);
  }
  return false;
}

}  // namespace

void query_core::begin(op statement, const model_spec& model, std::uint8_t sub, std::uint16_t length) noexcept {
  shape.push(make_word(statement, sub, length, id_of(model)));
}
void query_core::clause(op o, const expression& e, std::uint8_t sub) noexcept {
  // A write keeps the locks of what it reads until it is done, in a transaction of its own.
  if (shape.size != 0 && op_of(shape.data()[0]) == op::select_from && locks_in(e)) locks_rows_ = true;
  if (!push_head(shape, make_word(o, sub), e.shape.size)) return;
  shape.append(e.shape);
  values.append(e.values);
}
void query_core::begin(std::uint32_t table) noexcept { shape.push(make_word(op::select_from, 0, 0, table)); }
void query_core::join(join_kind how, std::uint32_t table, const expression& on) noexcept {
  if (!push_head(shape, make_word(op::join, static_cast<std::uint8_t>(how), 0, table), on.shape.size)) return;
  shape.append(on.shape);
  values.append(on.values);
}
void query_core::rows(op o, std::uint8_t how, std::uint32_t table, const query_core& query) {
  if (!query.loads.empty()) {
    throw query_error("with() loads the relations of the rows that a query gives: say it on the query that is run, not "
                      "on one that it "
                      "reads from");
  }
  if (shape.size == 0 || op_of(shape.data()[0]) == op::select_from) locks_rows_ = locks_rows_ || query.locks_rows_;
  query_core finished(query);
  finished.finish();
  if (!push_head(shape, make_word(o, how, 0, table), finished.shape.size)) return;
  shape.append(finished.shape);
  values.append(finished.values);
}
void query_core::rows_of(source_kind how, std::uint32_t table, const expression& e) noexcept {
  if (!push_head(shape, make_word(op::source, static_cast<std::uint8_t>(how), 0, table), e.shape.size)) return;
  shape.append(e.shape);
  values.append(e.values);
}
bool query_core::has_source(std::uint32_t table) const noexcept {
  for (std::uint32_t i = 0; i < shape.size; ++i) {
    const std::uint64_t word = shape.data()[i];
    if (op_of(word) == op::source && model_of(word) == table) return true;
    i += body_of(word) + payload_of(word);
  }
  return false;
}
void query_core::order(const expression& term, bool descending, kind of) noexcept {
  this->term(op::order, term, static_cast<std::uint8_t>((descending ? 1U : 0U) | static_cast<unsigned>(of) << 1U));
}
void query_core::term(op o, const expression& e, std::uint8_t sub) noexcept {
  if (e.values.size == 0) return clause(o, e, sub);
  clause(o, detail::said_term(*this, e), sub);
}
void query_core::assign(op o, column_ref c, const expression& value) noexcept {
  if (!push_head(shape, make_word(o), value.shape.size + 1)) return;
  shape.push(c.word(op::column));
  shape.append(value.shape);
  values.append(value.values);
}
query_core& query_core::finish() {
  if (!has_limit_ && !has_offset_) return *this;
  if ((has_limit_ && limit_ < 0) || (has_offset_ && offset_ < 0)) {
    throw query_error("limit() and offset() take numbers from 0 on; this query has a negative one");
  }
  if (has_limit_) {
    shape.push(make_word(op::limit));
    values.push(static_cast<std::uint64_t>(limit_));
  }
  if (has_offset_) {
    shape.push(make_word(op::offset));
    values.push(static_cast<std::uint64_t>(offset_));
  }
  has_limit_ = has_offset_ = false;
  return *this;
}
void query_core::text(std::string_view sql) {
  expression e;
  e.push_text(sql);
  shape.append(e.shape);
}
void query_core::without_scope(std::string_view name) {
  word(make_word(op::without_scope, one_scope));
  text(name);
}
void query_core::lock(row_lock how, const model_spec* table) noexcept {
  const auto sub =
      static_cast<std::uint8_t>(static_cast<unsigned>(how.strength) | static_cast<unsigned>(how.others) << 4);
  locks_rows_ = true;
  shape.push(make_word(op::row_lock, sub, 0, table ? id_of(*table) : 0));
}

void query_core::row_type(const model_spec& row) noexcept {
  shape.push(make_word(op::row_type, 0, 0, id_of(row)));
  loads.clear();
}

namespace detail {

void project_all(query_core& core, const model_spec& model) {
  const model_info& info = info_of(model);
  for (const std::uint16_t position : info.columns) {
    core.clause(op::project, expression(column_ref{&model, info.fields[position].offset}));
  }
}

expression said_term(const query_core& core, const expression& term) {
  const std::uint16_t like = term.values.size != 0 ? term_like(core.shape, core.values, term) : std::uint16_t{0};
  return like != 0 ? expression(make_word(op::again, 0, like, term.shape.size)) : term;
}

expression term_of(const query_core& core, std::uint32_t index) {
  const std::uint64_t* const words = core.shape.data();
  const bool elsewhere = length_of(words[index]) == 1 && op_of(words[index + 1]) == op::again;
  const std::uint32_t begin = elsewhere ? length_of(words[index + 1]) : index + 1;
  const std::uint32_t end = begin + (elsewhere ? model_of(words[index + 1]) : length_of(words[index]));
  const std::uint64_t* value = core.values.data();
  const std::uint64_t* first = value;
  for (std::uint32_t i = 0; i < end; ++i) {
    if (i == begin) first = value;
    value += words_of(words[i], value);
    i += payload_of(words[i]);
  }
  expression term;
  for (std::uint32_t i = begin; i < end; ++i) term.push(words[i]);
  term.values.append(first, static_cast<std::uint32_t>(value - first));
  return term;
}

void drop_orders(query_core& core) {
  const query_core before(core);
  core.shape.drop();
  core.values.drop();
  const std::uint64_t* value = before.values.data();
  for (std::uint32_t i = 0; i < before.shape.size; ++i) {
    const std::uint64_t* const words = before.shape.data() + i;
    const std::uint32_t count = 1 + body_of(words[0]) + payload_of(words[0]);
    const std::uint64_t* const first = value;
    for (std::uint32_t each = 0; each < count; ++each) {
      value += words_of(words[each], value);
      each += payload_of(words[each]);
    }
    if (op_of(words[0]) == op::order) {
      // left out
    } else if (body_of(words[0]) == 1 && op_of(words[1]) == op::again) {
      core.term(op_of(words[0]), term_of(before, i), sub_of(words[0]));
    } else {
      core.shape.append(words, count);
      core.values.append(first, static_cast<std::uint32_t>(value - first));
    }
    i += count - 1;
  }
}

query_core united(const model_spec& row, const query_core& first, set_kind how, const query_core& second) {
  query_core both(op::select_from, row);
  both.rows(op::part, static_cast<std::uint8_t>(set_kind::first), 0, first);
  both.rows(op::part, static_cast<std::uint8_t>(how), 0, second);
  return both;
}

expression with_query(expression before, query_core query, op after) {
  if (!query.loads.empty()) {
    throw query_error(
        "a subquery loads no relations: nobody would get the objects; say with(…) of the query around it");
  }
  query.finish();
  before.push_query(query.shape, query.values, after);
  return before;
}

void write_interval(char* bytes16, const type_ops& ops, const void* value) {
  const interval span = load_interval({&ops, 0, ops.k, false, {}}, value);
  static_assert(sizeof span == 16);
  std::memcpy(bytes16, &span, sizeof span);
}

std::string_view enumerator_text(const enum_table& table, std::int64_t value) {
  const std::string_view name = table.name_of(value);
  if (name.empty()) {
    throw value_error(
        errc::invalid_enum,
        "a value of enum " + std::string(table.type) +
            " has no name: only declared enumerators can be stored; widen tp::enum_range if it lies outside");
  }
  return name;
}

}  // namespace detail

}  // namespace tupelo
