// SPDX-License-Identifier: Apache-2.0
#include "relation_loader.hpp"

#include "key_index.hpp"
#include "loaded_batch.hpp"

#include "tupelo/engine/relation_verbs.hpp"
#include "tupelo/engine/verbs.hpp"
#include "tupelo/query/load_step.hpp"
#include "tupelo/core/error.hpp"

#include <cstring>
#include <deque>
#include <memory>
#include <utility>

namespace tupelo::detail {

namespace {

using batch_owner = std::unique_ptr<loaded_batch, batch_release>;

std::vector<field_slot> own_slots(const relation_keys& keys) {
  std::vector<field_slot> slots;
  for (const relation_keys::pair& pair : keys.pairs) slots.push_back(pair.own->slot());
  return slots;
}

/// The keys as values: a list for each of their parts.
void push_keys(word_buffer& values, const key_index& owners, const key_words& key) {
  if (key.parts() == 1) {
    values.push(owners.size());
    values.append(owners.words().data(), static_cast<std::uint32_t>(owners.words().size()));
    return;
  }
  const auto words_of = [&](std::size_t part, const std::uint64_t* at) {
    return static_cast<std::uint32_t>(words_of_value(stored_type(*key.part(part).type).k, at));
  };
  for (std::size_t part = 0; part < key.parts(); ++part) {
    values.push(owners.size());
    for (std::uint32_t i = 0; i < owners.size(); ++i) {
      const std::uint64_t* at = owners.key(i);
      for (std::size_t before = 0; before < part; ++before) at += words_of(before, at);
      values.append(at, words_of(part, at));
    }
  }
}

/// One relation of some objects on its way: its statement, then its rows. Stays where it is: the statement points to
/// it.
class relation_load {
public:
  relation_load(const load_step& step, object_row objects)
      : step_(step),
        objects_(objects),
        keys_(keys_of(info_of(*step.relation.model), step.relation.offset, require_table(info_of(*step.rows->spec)))),
        owners_(objects.count),
        whose_(objects.count),
        collector_(keys_, *step.rows) {
    key_words key(own_slots(keys_));
    if (one_of_several()) leave_others(key);
    for (std::size_t i = 0; i < objects.count && !one_of_several(); ++i) {
      whose_[i] = key.read(objects.at(i)) ? owners_.add(key.data(), key.size()) : key_index::none;
    }
    if (!has_statement()) return;
    run_.core = step.query;
    run_.core.loads.clear();
    run_.core.word(step.relation.word(op::load_related));
    push_keys(run_.core.values, owners_, key);
    run_.core.finish();
    run_.owners = owners_.size();
    run_.sink = collector_.sink();
  }
  relation_load(const relation_load&) = delete;
  relation_load& operator=(const relation_load&) = delete;

  /// False: no object has a key to look for.
  bool has_statement() const noexcept { return owners_.size() != 0; }
  statement_run& statement() noexcept { return run_; }

  /// Loads what belongs to the rows, and gives them to their owners. Before: the statement has been run.
  task<void> finish(query_source& source) {
    const batch_owner batch(collector_.sort(owners_));
    const row_memory& rows = batch->rows();
    if (!step_.query.loads.empty() && rows.size() != 0) {
      co_await load_relations(source, step_.query.loads, {rows.at(0), rows.stride(), nullptr, rows.size()});
    }
    for (std::size_t i = 0; i < objects_.count; ++i) {
      void* const relation = static_cast<char*>(objects_.at(i)) + step_.relation.offset;
      if (!one_of_several()) {
        assign_rows(relation, batch->slice(whose_[i]));
      } else if (whose_[i] != key_index::none || step_.model == 0) {
        // The first model's step comes first, and leaves without an object what the others then give one.
        assign_rows_of(relation, batch->slice(whose_[i]), step_.model);
      }
    }
  }

private:
  bool one_of_several() const noexcept { return keys_.relation->kind == relation_kind::belongs_to_any; }
  /// Only objects whose type names this step's model have a key to look for.
  void leave_others(key_words& key) {
    key_words type(std::vector<field_slot>{keys_.type_field->slot()});
    inline_word_buffer<8> wanted;
    wanted.push_text(keys_.type_name);
    for (std::size_t i = 0; i < objects_.count; ++i) {
      whose_[i] = key_index::none;
      if (!type.read(objects_.at(i)) || type.size() != wanted.size) continue;
      if (std::memcmp(type.data(), wanted.data(), wanted.size * sizeof(std::uint64_t)) != 0) continue;
      if (key.read(objects_.at(i))) whose_[i] = owners_.add(key.data(), key.size());
    }
  }

  const load_step& step_;
  object_row objects_;
  relation_keys keys_;
  key_index owners_;
  std::vector<std::uint32_t> whose_;
  row_collector collector_;
  statement_run run_;
};

/// Runs the statements, in one round trip where they cannot be run at once.
task<void> run_all(query_source& source, std::deque<relation_load>& loads) {
  std::vector<statement_run*> waiting;
  const task_context& context = co_await current_context();
  for (relation_load& load : loads) {
    if (!load.has_statement()) continue;
    if (!waiting.empty() || !source.try_run(load.statement(), context)) waiting.push_back(&load.statement());
  }
  if (waiting.size() == 1) {
    co_await source.run(*waiting[0]);
  } else if (!waiting.empty()) {
    statement_group group{waiting.data(), waiting.size()};
    co_await source.run_group(group);
  }
}

}  // namespace

task<void> load_relations(query_source& source, const load_list& loads, object_row objects) {
  if (objects.count == 0) co_return;
  std::deque<relation_load> steps;
  for (const load_step& step : loads) steps.emplace_back(step, objects);
  co_await run_all(source, steps);
  for (relation_load& step : steps) co_await step.finish(source);
}

task<void> load_relations(query_source* source, load_list loads, std::vector<void*> objects) {
  co_await load_relations(*require_source(source), loads, {nullptr, 0, objects.data(), objects.size()});
}

object_row row_recorder::rows(std::size_t stride) const noexcept {
  if (count_ == 0) return {};
  return {static_cast<char*>(last_) - (count_ - 1) * stride, stride, nullptr, count_};
}

std::size_t row_size(const query_core& core) { return find_spec(model_of(core.shape.data()[0]))->size; }

task<void> run_with_relations(query_source& source, statement_run& run, bool one) {
  row_recorder recorder(run.sink);
  run.sink = recorder.sink();
  const task_context& context = co_await current_context();
  if (!source.try_run(run, context)) co_await source.run(run);
  if (one && recorder.count() > 1) co_return;
  co_await load_relations(source, run.core.loads, recorder.rows(row_size(run.core)));
}

}  // namespace tupelo::detail
