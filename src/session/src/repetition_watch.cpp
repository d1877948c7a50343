// SPDX-License-Identifier: Apache-2.0
#include "repetition_watch.hpp"

#include "tupelo/engine/lease.hpp"
#include "tupelo/dialect/dialect.hpp"
#include "tupelo/model/model_spec.hpp"
#include "tupelo/model/relation_keys.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace tupelo::detail {

namespace {

constexpr op equals =
    static_cast<op>(static_cast<std::uint8_t>(op::column_compare) + static_cast<std::uint8_t>(comparison::equal));

/// Where the word names a column by which rows are found: of a key, or of a relation.
bool names_rows(std::uint64_t word) {
  const model_info& model = info_of(*find_spec(model_of(word)));
  const int position = model.find_offset(offset_of_word(word));
  if (position < 0) return false;
  const field_info& field = model.fields[static_cast<std::size_t>(position)];
  const auto goes_by_it = [position](const foreign_key_info& key) {
    return std::find(key.fields.begin(), key.fields.end(), position) != key.fields.end();
  };
  return field.is(field_key) || std::any_of(model.foreign_keys.begin(), model.foreign_keys.end(), goes_by_it) ||
         !relations_by(model, field).empty();
}

/// What a condition says must equal one value, whatever else must hold.
class equality {
public:
  equality(const std::uint64_t* words, std::uint32_t count) {
    std::uint32_t i = 0;
    while (i < count && read(words[i])) i += 1 + (op_of(words[i]) == op::query ? length_of(words[i]) : 0U);
    if (i == count && depth_ == 1) column_ = terms_[0].equal;
  }
  /// The word that names the column; 0: there is none, or the condition is of a kind that is not looked into.
  std::uint64_t column() const noexcept { return column_; }

private:
  struct term {
    std::uint64_t equal = 0;   ///< a condition that its column equals a value
    std::uint64_t column = 0;  ///< a column
    bool is_value = false;
  };

  /// A word behind its operands. False: it is not looked into.
  bool read(std::uint64_t word) {
    switch (op_of(word)) {
      case op::column: return put(0, {.column = word});
      case op::value: return put(0, {.is_value = true});
      case op::star:
      case op::query:
      case op::null_value: return put(0, {});
      case op::list: one_value_ = sub_of(word) == list_bucket(1); return true;
      case op::in_list:
        if (model_of(word) != 0) return put(0, {.equal = one_value_ ? word : 0});
        return put(1, {.equal = one_value_ ? top(0).column : 0});
      case op::compare: return put(2, compared(word));
      case op::and_: return put(2, both(top(1), top(0)));
      case op::or_:
      case op::in_query: return put(2, {});
      case op::not_:
      case op::is_null:
      case op::is_not_null:
      case op::exists:
      case op::scalar_query: return put(1, {});
      case op::call: return put(length_of(word), {});
      default:
        if (op_of(word) < op::column_compare) return false;
        return put(0, {.equal = op_of(word) == equals ? word : 0});
    }
  }
  bool put(std::size_t operands, term made) {
    if (depth_ < operands || depth_ - operands == most) return false;
    depth_ -= operands;
    terms_[depth_++] = made;
    return true;
  }
  /// The term so many places below the last one.
  term top(std::size_t below) const noexcept { return depth_ > below ? terms_[depth_ - below - 1] : term(); }
  term compared(std::uint64_t word) const noexcept {
    const term &a = top(1), &b = top(0);
    if (sub_of(word) != static_cast<std::uint8_t>(comparison::equal)) return {};
    return {.equal = b.is_value ? a.column : a.is_value ? b.column : 0};
  }
  static term both(const term& a, const term& b) {
    for (const std::uint64_t equal : {a.equal, b.equal}) {
      if (equal != 0 && names_rows(equal)) return {.equal = equal};
    }
    return {};
  }

  static constexpr std::size_t most = 16;
  term terms_[most];
  std::size_t depth_ = 0;
  bool one_value_ = false;
  std::uint64_t column_ = 0;
};

/// The word of a read that names the key of what is read: a condition that a column equals a value, which stands alone
/// or is one by which rows are found, or the relation that is loaded. 0: the statement is no read by key.
std::uint64_t key_of_read(const query_core& core) {
  const std::uint64_t* const words = core.shape.data();
  if (core.shape.size == 0 || op_of(words[0]) != op::select_from) return 0;
  const auto next = [&](std::uint32_t i) { return i + 1 + body_of(words[i]) + payload_of(words[i]); };
  for (std::uint32_t i = 1; i < core.shape.size; i = next(i)) {
    switch (op_of(words[i])) {
      case op::load_related: return words[i];
      case op::source:
      case op::part:
      case op::join: return 0;
      default: break;
    }
  }
  std::uint64_t found = 0;
  for (std::uint32_t i = 1; i < core.shape.size; i = next(i)) {
    if (op_of(words[i]) != op::where) continue;
    const std::uint64_t said = equality(words + i + 1, length_of(words[i])).column();
    if (said != 0 && (found == 0 || (!names_rows(found) && names_rows(said)))) found = said;
  }
  return found;
}

std::string text_of(const dialect& target, const query_core& core) {
  return core.shape.size == 0 ? std::string() : target.render(core.shape.data(), core.shape.size).text;
}

/// What `with` should name, of a model whose rows have been read; of any, where none is known.
std::string relation_of(std::uint64_t word, const std::vector<const model_info*>& read) {
  const model_info& model = info_of(*find_spec(model_of(word)));
  const int position = model.find_offset(offset_of_word(word));
  if (position < 0) return {};
  const field_info& field = model.fields[static_cast<std::size_t>(position)];
  if (op_of(word) == op::load_related) return std::string(model.short_name()) + "::" + field.name;
  return read.empty() ? relations_by(model, field) : relations_by(model, field, read);
}

bool is_same_place(const std::source_location& a, const std::source_location& b) noexcept {
  return a.line() == b.line() && a.column() == b.column() &&
         std::string_view(a.file_name()) == std::string_view(b.file_name());
}

}  // namespace

void repetition_watch::note(const statement_run& run) {
  const std::source_location from = run.from.line() != 0 ? run.from : called_from_;
  const std::uint64_t key = key_of_read(run.core);
  const bool loads = op_of(key) == op::load_related;
  if (key == 0 || (loads && run.owners > 1)) {
    const bool reads_rows = run.core.shape.size != 0 && op_of(run.core.shape.data()[0]) == op::select_from;
    if (reads_rows && run.row_count > 1) {
      rows_before_ = run.core;
      note_model(run.core.shape.data()[0]);
      read_before_from_ = from;
    }
    return;
  }
  const std::uint64_t shape = hash_words(run.core.shape.data(), run.core.shape.size);
  const auto known = std::find_if(seen_.begin(), seen_.end(), [&](const seen& each) {
    return each.shape == shape && is_same_place(each.from, from);
  });
  if (known == seen_.end()) {
    seen_.push_back({shape, from, 1});
  } else if (++known->times == most_ + 1) {
    report(run, *known);
  }
}

void repetition_watch::note_model(std::uint64_t word) {
  const model_spec* const spec = find_spec(model_of(word));
  const model_info* const model = spec != nullptr ? &info_of(*spec) : nullptr;
  if (model != nullptr && std::find(read_.begin(), read_.end(), model) == read_.end()) read_.push_back(model);
}

void repetition_watch::report(const statement_run& run, const seen& repeated) const {
  const dialect& target = db_.sql_dialect();
  const std::string statement = text_of(target, run.core);
  const std::string before = text_of(target, rows_before_);
  const std::string relation = relation_of(key_of_read(run.core), read_);
  repeated_read_event event;
  event.statement = statement;
  event.times = repeated.times;
  event.read_before = before;
  event.relation = relation;
  const std::source_location& from = repeated.from.line() != 0 ? repeated.from : made_;
  event.file = from.file_name();
  event.function = from.function_name();
  event.line = from.line();
  const std::source_location& read_from = read_before_from_.line() != 0 ? read_before_from_ : made_;
  event.file_before = read_from.file_name();
  event.function_before = read_from.function_name();
  event.line_before = read_from.line();
  db_.report(event);
}

bool repetition_watch::try_run(statement_run& run, const task_context& context) {
  if (!source_->try_run(run, context)) return false;
  note(run);
  return true;
}

task<void> repetition_watch::run(statement_run& run) {
  co_await source_->run(run);
  note(run);
}

task<void> repetition_watch::run_group(statement_group& group) {
  co_await source_->run_group(group);
  for (std::size_t i = 0; i < group.count; ++i) note(*group.runs[i]);
}

task<lease> repetition_watch::acquire(std::source_location from) { return source_->acquire(from); }

}  // namespace tupelo::detail
