// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/pipeline.hpp"

#include "relation_loader.hpp"

#include "tupelo/engine/lease.hpp"
#include "tupelo/engine/verbs.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <utility>

namespace tupelo::detail {

namespace {

/// Throws the failure, which says its place. What is wrong with a connection is not about one operation, and others may
/// be told of it too.
[[noreturn]] void rethrow_at(std::size_t position, const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const connection_error&) {
    throw;
  } catch (error& e) {
    e.set_pipeline_position(static_cast<std::uint32_t>(position + 1));
    throw;
  }
}

class pipeline_run {
public:
  pipeline_run(query_source& source, operation_core* const* operations, std::size_t count)
      : source_(source), operations_(operations) {
    runs_.reserve(count);
    loads_.reserve(count);  // sinks point into it
    for (std::size_t i = 0; i < count; ++i) {
      try {
        runs_.push_back(&operations[i]->prepare_for(source));
        const bool tells = tells_loaded(source, runs_[i]->core);
        if (!runs_[i]->core.loads.empty() || tells) {
          loads_.push_back({i, row_recorder(runs_[i]->sink), tells});
          runs_[i]->sink = loads_.back().rows.sink();
        }
      } catch (...) {
        rethrow_at(i, std::current_exception());
      }
      writes_ = writes_ || operations[i]->writes();
      begins_unit_ = begins_unit_ || operations[i]->begins_unit();
      judges_ = judges_ || operations[i]->has_verdict();
    }
  }

  task<void> run() {
    if (begins_unit_) co_await source_.begin_unit();
    // What the operations make of their results must be able to undo them.
    if (!writes_ || !judges_ || runs_.size() == 1 || source_.in_transaction()) {
      co_await run_in(source_);
      co_return;
    }
    // Of some it is not known where they were called.
    const auto placed =
        std::find_if(runs_.begin(), runs_.end(), [](const statement_run* run) { return run->from.line() != 0; });
    lease held = co_await source_.acquire(placed == runs_.end() ? std::source_location() : (*placed)->from);
    co_await held.begin();
    std::exception_ptr failure;
    try {
      co_await run_in(held);
      co_await held.commit();
    } catch (...) {
      failure = std::current_exception();
    }
    if (!failure) co_return;
    co_await held.rollback_after_failure();
    std::rethrow_exception(failure);
  }

  /// Finishes the objects of what was done and stays.
  void settle(bool failed) {
    const bool undone = failed && !source_.in_transaction();
    for (std::size_t i = 0; i != runs_.size(); ++i) {
      if (undone) {
        operations_[i]->unsettle();
      } else if (runs_[i]->done) {
        operations_[i]->settle();
      }
    }
  }

private:
  /// `done` of each run then says whether the operation has succeeded.
  task<void> run_in(query_source& runner) {
    statement_group group{runs_.data(), runs_.size()};
    std::exception_ptr failure;
    try {
      co_await runner.run_group(group);
    } catch (...) {
      failure = std::current_exception();
      first_ = group.failed;
    }
    for (std::size_t i = 0; i != runs_.size(); ++i) {
      if (!runs_[i]->done) continue;
      try {
        operations_[i]->judge();
      } catch (...) {
        runs_[i]->done = false;
        if (failure && first_ <= i) continue;
        failure = std::current_exception();
        first_ = i;
      }
    }
    if (!failure) failure = co_await load_in(runner);
    if (!failure) co_return;
    if (first_ != runs_.size()) rethrow_at(first_, failure);
    std::rethrow_exception(failure);
  }

  /// The relations of the rows that were read. Gives what went wrong, and with which operation.
  task<std::exception_ptr> load_in(query_source& runner) {
    for (const related& each : loads_) {
      const query_core& core = runs_[each.position]->core;
      std::exception_ptr failure;
      try {
        const object_row objects = each.rows.objects_of(core);
        co_await load_relations(runner, core.loads, objects);
        if (each.tells) co_await tell_loaded(runner, info_of(*find_spec(model_of(core.shape.data()[0]))), objects);
      } catch (...) {
        failure = std::current_exception();
      }
      if (!failure) continue;
      first_ = each.position;
      runs_[first_]->done = false;
      co_return failure;
    }
    co_return nullptr;
  }

private:
  struct related {
    std::size_t position;
    row_recorder rows;
    bool tells;  ///< that they have been loaded
  };

  query_source& source_;
  operation_core* const* operations_;
  std::vector<statement_run*> runs_;
  std::vector<related> loads_;
  std::size_t first_ = 0;  ///< that failed
  bool writes_ = false;
  bool begins_unit_ = false;
  bool judges_ = false;
};

}  // namespace

task<void> run_operations(query_source* source, operation_core* const* operations, std::size_t count) {
  if (count == 0) co_return;
  pipeline_run pipeline(*require_source(source), operations, count);
  std::exception_ptr failure;
  try {
    co_await pipeline.run();
  } catch (...) {
    failure = std::current_exception();
  }
  pipeline.settle(failure != nullptr);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace tupelo::detail
