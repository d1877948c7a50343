// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/keyset.hpp"

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

/// Values of these kinds have an order that every database agrees on, or one of its own for texts.
bool has_an_order(kind k) noexcept { return k != kind::array && k != kind::json && k != kind::interval; }

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

keyset_plan::keyset_plan(query_core& core, const cursor& from, std::int64_t rows, bool backward)
    : model_(find_spec(model_of(core.shape.data()[0]))), backward_(backward) {
  if (core.has_limit() || core.has_offset()) {
    throw query_error("page_after() and page_before() say themselves which rows they want: leave out limit() and "
                      "offset()");
  }
  if (rows < 1 || rows > 1'000'000'000) {
    throw query_error("page_after() and page_before(): a page has from 1 to 1000000000 rows");
  }
  find_terms(core, info_of(*model_));
  if (!from.empty()) narrow(core, from);
  core.limit(rows + 1);
}

void keyset_plan::find_terms(query_core& core, const model_info& model) {
  const std::string name(model.short_name());
  if (model.key.empty() || !alias_name(model_of(core.shape.data()[0])).empty()) {
    throw query_error("page_after() and page_before() need a model with a key, which tells rows apart that the order "
                      "leaves equal; " +
                      name + " has none here");
  }
  for (std::uint32_t i = 1; i < core.shape.size; ++i) {
    std::uint64_t& word = core.shape.data()[i];
    const op o = op_of(word);
    if (o == op::row_type || o == op::group || o == op::distinct_on || o == op::part) {
      throw query_error("page_after() and page_before() read whole objects of " + name +
                        ": leave out select(), group_by(), distinct_on() and unions");
    }
    if (o == op::order) {
      const std::uint64_t column = core.shape.data()[i + 1];
      const int field = length_of(word) == 1 && op_of(column) == op::column && model_of(column) == model.id
                            ? model.find_offset(offset_of_word(column))
                            : -1;
      if (field < 0) {
        throw query_error("page_after() and page_before() order by columns of " + name +
                          " alone, whose values they find in its objects");
      }
      if (!has_an_order(stored_type(*model.fields[static_cast<std::size_t>(field)].type).k)) {
        throw query_error("page_after() and page_before(): " + name +
                          "::" + model.fields[static_cast<std::size_t>(field)].name +
                          " has no order that all databases agree on");
      }
      const bool descending = sub_of(word) != 0;
      terms_.push_back({static_cast<std::uint16_t>(field), descending});
      if (backward_) word = with_sub(word, descending ? 0 : 1);
    }
    i += body_of(word) + payload_of(word);
  }
  // In the last term's direction: an index on both serves.
  const bool descending = !terms_.empty() && terms_.back().descending;
  for (const std::uint16_t part : model.key) {
    const auto is_part = [&](const term& known) { return known.field == part; };
    if (std::any_of(terms_.begin(), terms_.end(), is_part)) continue;
    terms_.push_back({part, descending});
    core.order(expression(column_ref{model_, model.fields[part].offset}), descending != backward_);
  }
}

std::string keyset_plan::head() const {
  const model_info& model = info_of(*model_);
  std::uint64_t hash = fnv_start;
  mix(hash, model.table);
  for (const term& each : terms_) {
    mix(hash, model.fields[each.field].column);
    mix(hash, each.descending ? "desc" : "asc");
    mix(hash, name_of(stored_type(*model.fields[each.field].type).k));
  }
  std::string bytes(sizeof hash, '\0');
  std::memcpy(bytes.data(), &hash, sizeof hash);
  return bytes;
}

cursor keyset_plan::at(const void* row) const {
  const model_info& model = info_of(*model_);
  inline_word_buffer<16> words;
  for (const term& each : terms_) {
    const field_slot slot = model.fields[each.field].slot();
    const void* const value = value_of(slot, row);
    words.push(value != nullptr ? 1 : 0);
    if (value != nullptr) push_value(slot, value, words);
  }
  return cursor(head().append(reinterpret_cast<const char*>(words.data()), words.size * std::size_t{8}));
}

void keyset_plan::narrow(query_core& core, const cursor& from) const {
  const std::string expected = head();
  const std::string_view bytes = from.bytes();
  if (!bytes.starts_with(expected) || bytes.size() % 8 != 0) refuse_cursor();
  word_reader reader(bytes.substr(expected.size()));
  const model_info& model = info_of(*model_);

  std::vector<literal> values;
  bool plain = true;  // one direction, and nothing may be NULL
  for (const term& each : terms_) {
    const field_info& field = model.fields[each.field];
    const kind k = kind_in_buffer(stored_type(*field.type).k);
    plain = plain && !field.slot().nullable && each.descending == terms_.front().descending;
    if (reader.next() == 0) {
      if (!field.slot().nullable) refuse_cursor();
      values.emplace_back();
    } else if (has_a_length(k)) {
      values.emplace_back(k, reader.next_bytes());
    } else {
      values.emplace_back(k, static_cast<std::int64_t>(reader.next()));
    }
  }
  if (!reader.at_end()) refuse_cursor();

  const auto column = [&](const term& each) { return column_ref{model_, model.fields[each.field].offset}; };
  const auto rises = [&](const term& each) { return each.descending == backward_; };
  if (plain && terms_.size() > 1) {
    expression rows;
    for (const term& each : terms_) rows.append(expression(column(each)));
    const std::uint64_t row =
        make_word(op::call, static_cast<std::uint8_t>(function::row), static_cast<std::uint16_t>(terms_.size()));
    rows.push(row);
    for (const literal& value : values) rows.append(expression(value));
    rows.push(row);
    rows.push(make_word(op::compare,
                        static_cast<std::uint8_t>(rises(terms_.front()) ? comparison::greater : comparison::less)));
    core.clause(op::where, rows);
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
      here = expression(column(each), rises(each) ? comparison::greater : comparison::less, value);
      if (!rises(each) && model.fields[each.field].slot().nullable) {  // NULL is the smallest
        expression null(column(each));
        here.combine(null.push(make_word(op::is_null)), make_word(op::or_));
      }
    } else if (rises(each)) {
      here = expression(column(each));
      here.push(make_word(op::is_not_null));
    }
    if (!beyond.empty()) {
      expression equal(column(each), comparison::equal, value);
      equal.combine(beyond, make_word(op::and_));
      if (here.empty()) {
        here = static_cast<expression&&>(equal);
      } else {
        here.combine(equal, make_word(op::or_));
      }
    }
    beyond = static_cast<expression&&>(here);
  }
  if (!beyond.empty()) core.clause(op::where, beyond);
}

}  // namespace detail

}  // namespace tupelo
