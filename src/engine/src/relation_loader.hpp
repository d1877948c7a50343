// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/query_source.hpp"

#include <cstddef>

namespace tupelo::detail {

/// Objects of one model: side by side, or wherever pointers say.
struct object_row {
  void* first = nullptr;
  std::size_t stride = 0;
  void* const* pointers = nullptr;
  std::size_t count = 0;

  void* at(std::size_t i) const noexcept {
    return pointers ? pointers[i] : static_cast<void*>(static_cast<char*>(first) + i * stride);
  }
};

/// Loads these relations of the objects, each with one statement a level; those of one level travel together. An
/// object's relation is set when everything below it is there. Errors: those of the statements.
task<void> load_relations(query_source& source, const load_list& loads, object_row objects);

/// Runs the statements of these relations, and of those below them, for no object.
task<void> prepare_relations(query_source& source, const load_list& loads);

/// Passes rows on to a sink, and knows where they are in the end: they stand side by side there.
class row_recorder {
public:
  explicit row_recorder(row_sink to) noexcept : to_(to) {}
  row_sink sink() noexcept { return {this, &row_recorder::add}; }
  std::size_t count() const noexcept { return count_; }
  /// The objects whose relations the SELECT loads, in its rows.
  object_row objects_of(const query_core& core) const;

private:
  static void* add(void* self) {
    auto* recorder = static_cast<row_recorder*>(self);
    ++recorder->count_;
    return recorder->last_ = recorder->to_.add(recorder->to_.rows);
  }
  row_sink to_;
  void* last_ = nullptr;
  std::size_t count_ = 0;
};

/// Whether somebody is to be told that the objects which the SELECT's rows are have been loaded; rows that are
/// something else, or not whole, are told to nobody.
bool tells_loaded(const query_source& source, const query_core& core);
/// Tells it. Errors: those of the handlers.
task<void> tell_loaded(const query_source& source, const model_info& info, object_row objects);

/// Runs a SELECT, loads the relations that it asks for, and tells what was loaded. `one`: all rows are decoded into the
/// same object, and there is nothing to load for where they are several.
task<void> run_with_relations(query_source& source, statement_run& run, bool one);

}  // namespace tupelo::detail
