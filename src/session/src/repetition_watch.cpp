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

/// The word of a read that names the key of what is read: a condition that a column equals a value, which stands alone,
/// or the relation that is loaded. 0: the statement is no read by key.
std::uint64_t key_of_read(const query_core& core) noexcept {
  const std::uint64_t* const words = core.shape.data();
  constexpr auto equals =
      static_cast<op>(static_cast<std::uint8_t>(op::column_compare) + static_cast<std::uint8_t>(comparison::equal));
  std::uint64_t found = 0;
  if (core.shape.size == 0 || op_of(words[0]) != op::select_from) return 0;
  for (std::uint32_t i = 1; i < core.shape.size; ++i) {
    const std::uint64_t word = words[i];
    switch (op_of(word)) {
      case op::load_related: return word;
      case op::source:
      case op::part:
      case op::join: return 0;
      case op::where:
        if (length_of(word) == 1 && op_of(words[i + 1]) == equals && found == 0) found = words[i + 1];
        break;
      default: break;
    }
    i += body_of(word) + payload_of(word);
  }
  return found;
}

std::string text_of(const dialect& target, const query_core& core) {
  return core.shape.size == 0 ? std::string() : target.render(core.shape.data(), core.shape.size).text;
}

/// What `with` should name.
std::string relation_of(std::uint64_t word) {
  const model_info& model = info_of(*find_spec(model_of(word)));
  const int position = model.find_offset(offset_of_word(word));
  if (position < 0) return {};
  const field_info& field = model.fields[static_cast<std::size_t>(position)];
  if (op_of(word) == op::load_related) return std::string(model.short_name()) + "::" + field.name;
  return relations_by(model, field);
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

void repetition_watch::report(const statement_run& run, const seen& repeated) const {
  const dialect& target = db_.sql_dialect();
  const std::string statement = text_of(target, run.core);
  const std::string before = text_of(target, rows_before_);
  const std::string relation = relation_of(key_of_read(run.core));
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
