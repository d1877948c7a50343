// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/keyset.hpp"

#include "tupelo/query/clause_term.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/security/sealing_key.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <cstring>

namespace tupelo {

namespace {

constexpr std::string_view purpose = "tupelo cursor";

constexpr std::uint64_t fnv_start = 0xcbf29ce484222325;
constexpr std::uint64_t fnv_factor = 0x100000001b3;
void mix(std::uint64_t& hash, std::string_view text) noexcept {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * fnv_factor;
  hash = (hash ^ 0xff) * fnv_factor;  // no byte of UTF-8: texts end
}

bool has_a_length(kind k) noexcept {
  return k == kind::text || k == kind::bytes || k == kind::uuid || k == kind::decimal || k == kind::enumeration ||
         k == kind::custom;
}

[[noreturn]] void refuse_cursor() {
  throw value_error(errc::invalid_value,
                    "a cursor is of another query, or of another order of it: begin anew without it");
}

/// Words of a cursor, which may end before their time.
class word_reader {
public:
  explicit word_reader(std::string_view bytes) : words_(bytes.size() / 8) {
    std::memcpy(words_.data(), bytes.data(), words_.size() * 8);
  }
  std::uint64_t next() {
    if (at_ == words_.size()) refuse_cursor();
    return words_[at_++];
  }
  std::string_view next_bytes() {
    const std::uint64_t size = next();
    const std::uint64_t left = (words_.size() - at_) * 8;
    if (size > left) refuse_cursor();
    const std::string_view bytes(reinterpret_cast<const char*>(words_.data() + at_), size);
    at_ += static_cast<std::size_t>((size + 7) / 8);
    return bytes;
  }
  bool at_end() const noexcept { return at_ == words_.size(); }

private:
  std::vector<std::uint64_t> words_;
  std::size_t at_ = 0;
};

}  // namespace

std::string cursor::sealed(const sealing_key& key) const {
  return bytes_.empty() ? std::string() : key.seal(bytes_, purpose);
}

cursor cursor::opened(std::string_view text, const sealing_key& key) {
  return text.empty() ? cursor() : cursor(key.open(text, purpose));
}

namespace detail {

namespace {

/// What the word names, in words that are the same in every program.
void mix_word(std::string& name, std::uint64_t word) {
  const op o = op_of(word);
  name.append(std::to_string(word & 0xffff)).push_back(':');
  const model_spec* const spec =
      model_of(word) != 0 && o != op::call && o != op::text && o != op::over && o != op::again && o != op::value
          ? find_spec(model_of(word))
          : nullptr;
  if (o == op::value) {
    name.append(std::to_string(length_of(word)));  // its type has another number in another program
  } else if (spec == nullptr) {
    name.append(std::to_string(word >> 16U));
  } else {
    const model_info& model = info_of(*spec);
    const int field = model.find_offset(offset_of_word(word));
    name += alias_name(model_of(word));
    name.append(".").append(model.table).push_back('.');
    if (field >= 0 && (o == op::column || o >= op::column_compare || o == op::in_list || o == op::related_to)) {
      name += model.fields[static_cast<std::size_t>(field)].name;
    }
  }
  name.push_back(' ');
}

std::string name_of_term(const expression& value) {
  std::string name;
  for (std::uint32_t i = 0; i < value.shape.size; ++i) {
    const std::uint64_t word = value.shape.data()[i];
    mix_word(name, word);
    for (std::uint32_t text = 0; text < payload_of(word); ++text)
      name.append(std::to_string(value.shape.data()[++i])).push_back(' ');
  }
  for (std::uint32_t i = 0; i < value.values.size; ++i)
    name.append(std::to_string(value.values.data()[i])).push_back(',');
  return name;
}

/// Whether a window function is called, but for those of queries in it.
bool calls_window(const expression& value) noexcept {
  const std::uint64_t* const words = value.shape.data();
  for (std::uint32_t i = 0; i < value.shape.size; ++i) {
    if (op_of(words[i]) == op::over) return true;
    if (op_of(words[i]) == op::query) i += length_of(words[i]);
    i += payload_of(words[i]);
  }
  return false;
}

bool is_grouping(const query_core& core, std::uint32_t index) noexcept {
  const std::uint64_t last = core.shape.data()[index + length_of(core.shape.data()[index])];
  const auto f = static_cast<function>(sub_of(last));
  return op_of(last) == op::call && f >= function::rollup && f <= function::grouping_sets;
}

}  // namespace

field_slot keyset_plan::term::slot(const model_info& model, std::size_t beside) const {
  return field >= 0 ? model.fields[static_cast<std::size_t>(field)].slot()
                    : beside_slot(k, beside * sizeof(beside_value));
}

keyset_plan::keyset_plan(query_core& core, const cursor& from, std::int64_t rows, bool backward, bool apart,
                         std::string_view verb)
    : model_(find_spec(model_of(core.shape.data()[0]))), backward_(backward), verb_(verb), from_(from) {
  if (core.has_limit() || core.has_offset())
    refuse("which rows are wanted is said by the page itself: leave out limit() and offset()");
  if (rows < 1 || rows > 1'000'000'000) refuse("a page has from 1 to 1000000000 rows");
  find_terms(core);
  place_terms(core, apart);
  if (!from.empty()) {
    // PostgreSQL takes a term in HAVING for what is grouped by only where its values are the same parameters.
    for (term& each : terms_) {
      if (grouped_) each.value = said_term(core, each.value);
    }
    narrow(core, from);
  }
  core.limit(rows + 1);
}

void keyset_plan::refuse(const std::string& why) const { throw query_error(std::string(verb_) + ": " + why); }

void keyset_plan::find_terms(query_core& core) {
  std::vector<std::uint32_t> orders, groups, tables{model_of(core.shape.data()[0])};
  for (std::uint32_t i = 1; i < core.shape.size; ++i) {
    const std::uint64_t word = core.shape.data()[i];
    const op o = op_of(word);
    if (o == op::distinct_on || o == op::part || (o == op::group && is_grouping(core, i))) {
      refuse("of the rows of distinct_on(), unions, rollup() and the like none is known again: read these from a query "
             "around them");
    }
    if (o == op::order) orders.push_back(i);
    if (o == op::group) groups.push_back(i);
    if (o == op::join) {
      tables.push_back(model_of(word));
      outer_joins_ = outer_joins_ || static_cast<join_kind>(sub_of(word)) != join_kind::inner;
    }
    if (o == op::project || o == op::row_type) whole_ = false;
    i += body_of(word) + payload_of(word);
  }
  grouped_ = !groups.empty();
  for (const std::uint32_t i : orders) {
    const std::uint8_t sub = sub_of(core.shape.data()[i]);
    add_term(core, term_of(core, i), static_cast<kind>(sub >> 1U), (sub & 1U) != 0);
  }
  said_ = terms_.size();
  // What tells rows apart that the order leaves equal goes on in its direction.
  const bool descending = !terms_.empty() && terms_.back().descending;
  for (const std::uint32_t i : groups)
    add_term(core, term_of(core, i), static_cast<kind>(sub_of(core.shape.data()[i]) >> 1U), descending);
  if (!grouped_) {
    for (const std::uint32_t table : tables) add_key(core, table, descending);
  }
}

void keyset_plan::add_key(const query_core& core, std::uint32_t table, bool descending) {
  const model_info& model = info_of(*find_spec(table));
  if (model.key.empty() || core.has_source(table)) {
    refuse("a key is needed, which tells rows apart that the order leaves equal; " +
           (core.has_source(table) ? "\"" + std::string(alias_name(table)) + "\", a query, has none"
                                   : std::string(model.short_name()) + " has none here"));
  }
  for (const std::uint16_t part : model.key) {
    add_term(core, expression(make_word(op::column, 0, model.fields[part].offset, table)), kind::null, descending);
  }
}

void keyset_plan::add_term(const query_core& core, expression value, kind k, bool descending) {
  if (calls_window(value)) {
    refuse("no condition names what a window function makes of the rows, so that none is behind another by it: read "
           "these from a query around them");
  }
  for (const term& known : terms_) {
    if (same_words(known.value, value)) return;
  }
  term made{.value = static_cast<expression&&>(value), .k = k, .nullable = true, .descending = descending};
  const std::uint64_t word = made.value.shape.data()[0];
  std::string what = "an expression of the order";
  if (made.value.shape.size == 1 && op_of(word) == op::column) {
    const model_info& model = info_of(*find_spec(model_of(word)));
    const int field = model.find_offset(offset_of_word(word));
    const field_info& named = model.fields[static_cast<std::size_t>(field)];
    what = std::string(model.short_name()) + "::" + named.name;
    made.k = stored_type(*named.type).k;
    made.nullable = named.slot().nullable || outer_joins_ || core.has_source(model_of(word));
    made.name = (alias_name(model_of(word)).empty() ? model.table : std::string(alias_name(model_of(word)))) + "." +
                named.column;
    if (model_of(word) == model_of(core.shape.data()[0])) made.field = field;
  } else {
    made.name = name_of_term(made.value);
  }
  if (!has_an_order(made.k)) {
    refuse(what + " has no order that all databases agree on");
  }
  terms_.push_back(static_cast<term&&>(made));
}

void keyset_plan::place_terms(query_core& core, bool apart) {
  const model_info& model = info_of(*model_);
  std::vector<std::uint16_t> read;
  std::vector<std::uint32_t> selected;
  bool distinct = false;
  for (std::uint32_t i = 1; i < core.shape.size; ++i) {
    std::uint64_t& word = core.shape.data()[i];
    if (op_of(word) == op::only_column) read.push_back(offset_of_word(word));
    if (op_of(word) == op::project) selected.push_back(i);
    if (op_of(word) == op::distinct) distinct = true;
    if (op_of(word) == op::order && backward_) word = with_sub(word, static_cast<std::uint8_t>(sub_of(word) ^ 1U));
    i += body_of(word) + payload_of(word);
  }
  apart = apart && !distinct && terms_.size() <= beside_value::most;
  // Read once more behind the row, these leave it as distinct as it is.
  const auto is_selected = [&](const term& each) {
    return std::any_of(selected.begin(), selected.end(),
                       [&](std::uint32_t i) { return same_words(term_of(core, i), each.value); });
  };
  bool adds_values = false;
  for (term& each : terms_) {
    const bool is_read =
        !apart && each.field >= 0 && whole_ &&
        (read.empty() ||
         std::find(read.begin(), read.end(), model.fields[static_cast<std::size_t>(each.field)].offset) != read.end());
    if (is_read) continue;
    each.field = -1;
    adds_values = adds_values || (distinct && !is_selected(each));
    if (++beside_ > beside_value::most) {
      refuse("the order has more than " + std::to_string(beside_value::most) + " values that the rows do not hold");
    }
  }
  if (adds_values) {
    refuse("distinct() goes with it where the rows hold all that they are ordered by and their key: group_by() what "
           "shall be there once");
  }
  for (const term& each : terms_) {
    if (each.field < 0) core.term(op::beside, each.value, static_cast<std::uint8_t>(each.k));
  }
  for (std::size_t i = said_; i < terms_.size(); ++i) {
    core.order(terms_[i].value, terms_[i].descending != backward_, terms_[i].k);
  }
}

std::string keyset_plan::head() const {
  std::uint64_t hash = fnv_start;
  mix(hash, info_of(*model_).table);
  for (const term& each : terms_) {
    mix(hash, each.name);
    mix(hash, each.descending ? "desc" : "asc");
    mix(hash, name_of(each.k));
  }
  std::string bytes(sizeof hash, '\0');
  std::memcpy(bytes.data(), &hash, sizeof hash);
  return bytes;
}

cursor keyset_plan::at(const void* row, const values_beside* beside) const {
  const model_info& model = info_of(*model_);
  inline_word_buffer<16> words;
  std::size_t next = 0;
  for (const term& each : terms_) {
    const field_slot slot = each.slot(model, next);
    if (each.field < 0) ++next;
    const void* const value = value_of(slot, each.field < 0 ? static_cast<const void*>(beside) : row);
    words.push(value != nullptr ? 1 : 0);
    if (value != nullptr) push_value(slot, value, words);
  }
  return cursor(head().append(reinterpret_cast<const char*>(words.data()), words.size * std::size_t{8}));
}

void keyset_plan::require_progress(const cursor& begin) const {
  if (from_.empty() || begin.bytes() != from_.bytes()) return;
  refuse(
      "the database holds a value of the order otherwise than it is read, so that the page would come again: a number "
      "of more than 15 digits in a decimal column of SQLite, or a moment that is written in another way. Round it, or "
      "correct the rows");
}

expression keyset_plan::compared(const term& each, comparison c, const literal& value) const {
  expression made = each.value;
  const std::uint64_t word = made.shape.data()[0];
  if (made.shape.size == 1 && op_of(word) == op::column && alias_name(model_of(word)).empty()) {
    return expression(column_ref{find_spec(model_of(word)), offset_of_word(word)}, c, value);
  }
  if (value.k == kind::null) return made.push(make_word(op::is_null));
  return made.combine(expression(value), make_word(op::compare, static_cast<std::uint8_t>(c)));
}

void keyset_plan::narrow(query_core& core, const cursor& from) const {
  const std::string expected = head();
  const std::string_view bytes = from.bytes();
  if (!bytes.starts_with(expected) || bytes.size() % 8 != 0) refuse_cursor();
  word_reader reader(bytes.substr(expected.size()));

  std::vector<literal> values;
  bool plain = true;  // one direction, and nothing may be NULL
  for (const term& each : terms_) {
    const kind k = kind_in_buffer(each.k);
    plain = plain && !each.nullable && each.descending == terms_.front().descending;
    if (reader.next() == 0) {
      if (!each.nullable) refuse_cursor();
      values.emplace_back();
    } else if (has_a_length(k)) {
      values.emplace_back(k, reader.next_bytes());
    } else {
      values.emplace_back(k, static_cast<std::int64_t>(reader.next()));
    }
  }
  if (!reader.at_end()) refuse_cursor();

  const op clause = grouped_ ? op::having : op::where;
  if (plain && terms_.size() > 1) {
    expression rows;
    for (const term& each : terms_) rows.append(each.value);
    const std::uint64_t row =
        make_word(op::call, static_cast<std::uint8_t>(function::row), static_cast<std::uint16_t>(terms_.size()));
    rows.push(row);
    for (const literal& value : values) rows.append(expression(value));
    rows.push(row);
    rows.push(make_word(op::compare,
                        static_cast<std::uint8_t>(rises(terms_.front()) ? comparison::greater : comparison::less)));
    core.clause(clause, rows);
    return;
  }
  // From the last term to the first: beyond by this one, or equal by it and beyond by those behind it.
  expression beyond;
  for (std::size_t i = terms_.size(); i-- > 0;) {
    const term& each = terms_[i];
    const literal& value = values[i];
    const bool is_null = value.k == kind::null;
    expression here;
    if (!is_null) {
      here = compared(each, rises(each) ? comparison::greater : comparison::less, value);
      if (!rises(each) && each.nullable) {  // NULL is the smallest
        expression null = each.value;
        here.combine(null.push(make_word(op::is_null)), make_word(op::or_));
      }
    } else if (rises(each)) {
      here = each.value;
      here.push(make_word(op::is_not_null));
    }
    if (!beyond.empty()) {
      expression equal = compared(each, comparison::equal, value);
      equal.combine(beyond, make_word(op::and_));
      if (here.empty()) {
        here = static_cast<expression&&>(equal);
      } else {
        here.combine(equal, make_word(op::or_));
      }
    }
    beyond = static_cast<expression&&>(here);
  }
  if (!beyond.empty()) core.clause(clause, beyond);
}

}  // namespace detail

}  // namespace tupelo
