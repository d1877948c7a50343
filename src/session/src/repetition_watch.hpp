// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/database.hpp"
#include "tupelo/query/query_core.hpp"

#include <cstdint>
#include <source_location>
#include <vector>

namespace tupelo::detail {

/// Stands before what runs a session's statements and counts the reads by key among them: what is repeated too often is
/// reported, once. Made where detection is on only.
class repetition_watch final : public query_source {
public:
  repetition_watch(database& db, std::uint32_t most, std::source_location made) noexcept
      : db_(db), most_(most), made_(made) {}

  /// What runs the next statement.
  query_source& before(query_source& source) noexcept {
    source_ = &source;
    return *this;
  }
  /// What is run during its life, without a call of its own, is run by this one.
  class call {
  public:
    call(repetition_watch* watch, std::source_location from) noexcept : watch_(watch) {
      if (watch_) watch_->called_from_ = from;
    }
    call(const call&) = delete;
    call& operator=(const call&) = delete;
    ~call() {
      if (watch_) watch_->called_from_ = {};
    }

  private:
    repetition_watch* watch_;
  };
  /// A unit of work has ended.
  void forget() noexcept { seen_.clear(); }

  bool try_run(statement_run& run, const task_context& context) override;
  task<void> run(statement_run& run) override;
  task<void> run_group(statement_group& group) override;
  bool in_transaction() const noexcept override { return source_->in_transaction(); }
  const event_registry* listening() const noexcept override { return source_->listening(); }
  const dialect& sql_dialect() const override { return db_.sql_dialect(); }
  task<lease> acquire(std::source_location from) override;

private:
  struct seen {
    std::uint64_t shape;
    std::source_location from;
    std::uint32_t times;
  };
  void note(const statement_run& run);
  void note_model(std::uint64_t word);
  void report(const statement_run& run, const seen& repeated) const;

  database& db_;
  query_source* source_ = nullptr;
  std::uint32_t most_;
  std::source_location made_;
  std::vector<seen> seen_;               ///< reads by key
  query_core rows_before_;               ///< the last read of several rows
  std::vector<const model_info*> read_;  ///< models of which several rows have been read
  std::source_location read_before_from_;
  std::source_location called_from_;
};

}  // namespace tupelo::detail
