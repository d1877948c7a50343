// SPDX-License-Identifier: Apache-2.0
#include "relation_loader.hpp"

#include "key_index.hpp"
#include "loaded_batch.hpp"

#include "tupelo/engine/events.hpp"
#include "tupelo/engine/relation_verbs.hpp"
#include "tupelo/engine/verbs.hpp"
#include "tupelo/query/load_step.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <deque>
#include <memory>
#include <new>
#include <optional>
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

task<void> load_those(query_source& source, const std::vector<const load_step*>& wanted, object_row objects);

/// One relation of some objects on its way: its statement, then its rows. Stays where it is: the statement points to
/// it.
class relation_load {
public:
  relation_load(const load_step& step, object_row objects) : relation_load(step) {
    objects_ = objects;
    whose_.resize(objects.count);
    if (one_of_several()) leave_others();
    for (std::size_t i = 0; i < objects.count && !one_of_several(); ++i) whose_[i] = number_of(objects.at(i));
    if (has_statement()) ask();
  }
  /// Of objects that come one by one, with the related rows beside them: see `take`. `behind`: the number of the load
  /// whose rows they are, from 1; 0: they are the rows of the query.
  explicit relation_load(const load_step& step, std::size_t behind = 0)
      : step_(step),
        behind_(behind),
        keys_(keys_of(info_of(*step.relation.model), step.relation.offset, require_table(info_of(*step.rows->spec)))),
        own_(own_slots(keys_)),
        owners_(16),
        collector_(keys_, *step.rows, step.pivot) {}
  relation_load(const relation_load&) = delete;
  relation_load& operator=(const relation_load&) = delete;

  /// False: no object has a key to look for.
  bool has_statement() const noexcept { return owners_.size() != 0; }
  statement_run& statement() noexcept { return run_; }
  /// Makes the statement, which looks for no row where there is no object.
  void ask() {
    run_.core = step_.query;
    run_.core.loads.clear();
    run_.core.word(step_.relation.word(op::load_related));
    if (step_.pivot != nullptr) {
      run_.core.word(
          make_word(op::load_pivot, static_cast<std::uint8_t>(step_.pivot->alignment), 0, id_of(*step_.pivot->spec)));
    }
    push_keys(run_.core.values, owners_, own_);
    run_.core.finish();
    run_.owners = owners_.size();
    run_.sink = collector_.sink();
  }
  const load_step& step() const noexcept { return step_; }

  /// The next object, and its related row unless that is null. True: and the row is moved away, being the first with
  /// its key.
  bool take(const void* object, void* row) {
    const std::uint32_t known = owners_.size();
    whose_.push_back(number_of(object));
    if (row == nullptr || whose_.back() != known) return false;
    const row_sink sink = collector_.sink();
    void* const place = sink.add(sink.rows);
    step_.rows->destroy(place, 1);
    step_.rows->relocate(place, row, 1);
    return true;
  }
  task<void> finish(query_source& source, object_row objects) {
    objects_ = objects;
    return finish(source);
  }
  std::size_t behind() const noexcept { return behind_; }
  /// The other's objects are the rows of this one. It stays where it is.
  void reads_beside(relation_load& other) { beside_.push_back(&other); }

  /// Loads what belongs to the rows, and gives them to their owners. Before: the statement has been run.
  task<void> finish(query_source& source) {
    const batch_owner batch(collector_.sort(owners_));
    const row_memory& rows = batch->rows();
    if (!step_.query.loads.empty() && rows.size() != 0) {
      co_await load_behind(source, {rows.at(0), rows.stride(), nullptr, rows.size()});
    }
    for (std::size_t i = 0; i < objects_.count; ++i) {
      void* const relation = static_cast<char*>(objects_.at(i)) + step_.relation.offset;
      if (!one_of_several()) {
        assign_rows(relation, batch->slice(whose_[i]));
      } else if (whose_[i] != key_index::none || step_.model == 0) {
        // The first model's step comes first, and leaves without an object what the others then give one.
        assign_rows_of(relation, batch->slice(whose_[i]), *step_.rows->spec);
      }
    }
    if (rows.size() != 0)
      co_await tell_loaded(source, info_of(*step_.rows->spec), {rows.at(0), rows.stride(), nullptr, rows.size()});
  }

private:
  task<void> load_behind(query_source& source, object_row rows) {
    std::vector<const load_step*> apart;
    for (const load_step& step : step_.query.loads) {
      const auto is_its = [&](const relation_load* load) { return &load->step_ == &step; };
      if (std::none_of(beside_.begin(), beside_.end(), is_its)) apart.push_back(&step);
    }
    for (relation_load* const load : beside_) {
      load->find_owners(rows);
      co_await load->finish(source, rows);
    }
    co_await load_those(source, apart, rows);
  }
  /// The objects have been sorted since their keys were taken.
  void find_owners(object_row objects) {
    whose_.assign(objects.count, key_index::none);
    for (std::size_t i = 0; i < objects.count; ++i) {
      if (own_.read(objects.at(i))) whose_[i] = owners_.find(own_.data(), own_.size());
    }
  }
  bool one_of_several() const noexcept { return keys_.relation->kind == relation_kind::belongs_to_any; }
  std::uint32_t number_of(const void* object) {
    return own_.read(object) ? owners_.add(own_.data(), own_.size()) : key_index::none;
  }
  /// Only objects whose type names this step's model have a key to look for.
  void leave_others() {
    key_words type(std::vector<field_slot>{keys_.type_field->slot()});
    inline_word_buffer<8> wanted;
    wanted.push_text(keys_.type_name);
    for (std::size_t i = 0; i < objects_.count; ++i) {
      whose_[i] = key_index::none;
      if (!type.read(objects_.at(i)) || type.size() != wanted.size) continue;
      if (std::memcmp(type.data(), wanted.data(), wanted.size * sizeof(std::uint64_t)) != 0) continue;
      whose_[i] = number_of(objects_.at(i));
    }
  }

  const load_step& step_;
  std::size_t behind_ = 0;
  std::vector<relation_load*> beside_;
  object_row objects_;
  relation_keys keys_;
  key_words own_;
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

namespace {

task<void> load_those(query_source& source, const std::vector<const load_step*>& wanted, object_row objects) {
  if (objects.count == 0) co_return;
  std::deque<relation_load> steps;
  for (const load_step* step : wanted) steps.emplace_back(*step, objects);
  co_await run_all(source, steps);
  for (relation_load& step : steps) co_await step.finish(source);
}

/// Objects with related rows beside them: each is read into one place, from where they go to theirs.
class joined_rows {
public:
  joined_rows(const row_ops& owner, std::deque<relation_load>& loads, row_sink to)
      : owner_(owner), loads_(loads), to_(to) {
    std::size_t end = owner.spec->size;
    for (const relation_load& load : loads) {
      places_.push_back(joined_place::behind(end, info_of(*load.step().rows->spec)));
      end = places_.back().end();
    }
    memory_ = static_cast<char*>(::operator new(end));
  }
  joined_rows(const joined_rows&) = delete;
  joined_rows& operator=(const joined_rows&) = delete;
  ~joined_rows() {
    if (filled_) {
      owner_.destroy(memory_, 1);
      for (std::size_t i = 0; i < places_.size(); ++i) loads_[i].step().rows->destroy(memory_ + places_[i].row, 1);
    }
    ::operator delete(memory_);
  }

  row_sink sink() noexcept { return {this, &joined_rows::add}; }
  /// Moves the last row to its place. Before: the statement has been run.
  void move_away() {
    if (!filled_) return;
    void* const place = to_.add(to_.rows);
    owner_.destroy(place, 1);
    owner_.relocate(place, memory_, 1);
    filled_ = false;
    for (std::size_t i = places_.size(); i-- > 0;) {  // what is behind a related row is read before that is moved
      char* const row = memory_ + places_[i].row;
      const std::size_t behind = loads_[i].behind();
      const void* const object = behind == 0            ? place
                                 : is_there(behind - 1) ? memory_ + places_[behind - 1].row
                                                        : nullptr;
      const bool taken = object != nullptr && loads_[i].take(object, is_there(i) ? row : nullptr);
      if (!taken) loads_[i].step().rows->destroy(row, 1);
    }
  }

private:
  bool is_there(std::size_t i) const noexcept { return *reinterpret_cast<const bool*>(memory_ + places_[i].there); }
  static void* add(void* self) {
    auto* rows = static_cast<joined_rows*>(self);
    rows->move_away();
    rows->owner_.construct(rows->memory_);
    for (std::size_t i = 0; i < rows->places_.size(); ++i) {
      rows->loads_[i].step().rows->construct(rows->memory_ + rows->places_[i].row);
      rows->memory_[rows->places_[i].there] = 0;
    }
    rows->filled_ = true;
    return rows->memory_;
  }

  const row_ops& owner_;
  std::deque<relation_load>& loads_;
  row_sink to_;
  std::vector<joined_place> places_;
  char* memory_ = nullptr;
  bool filled_ = false;
};

/// Whether rows of the statement may have others read beside them: they are those of the table, one by one.
bool reads_plain_rows(const query_core& core) noexcept {
  for (std::uint32_t i = 0; i < core.shape.size; ++i) {
    const std::uint64_t word = core.shape.data()[i];
    switch (op_of(word)) {
      case op::group:
      case op::project:
      case op::part:
      case op::source:
      case op::distinct:
      case op::distinct_on:
      case op::row_type: return false;
      default: break;
    }
    i += body_of(word) + payload_of(word);
  }
  return core.shape.size != 0 && alias_name(model_of(core.shape.data()[0])).empty();
}

bool is_beside(const load_step& step, std::size_t end) {
  if (step.owner == nullptr || step.query.shape.size != 1 || step.query.has_limit() || step.query.has_offset()) {
    return false;
  }
  constexpr std::size_t most = 0xffff;  // what a field's offset can say
  return step.owner->alignment <= alignof(std::max_align_t) && step.rows->alignment <= alignof(std::max_align_t) &&
         joined_place::behind(end, info_of(*step.rows->spec)).end() <= most;
}

}  // namespace

task<void> load_relations(query_source& source, const load_list& loads, object_row objects) {
  std::vector<const load_step*> steps;
  for (const load_step& step : loads) steps.push_back(&step);
  co_await load_those(source, steps, objects);
}

task<void> prepare_relations(query_source& source, const load_list& loads) {
  for (const load_step& step : loads) {
    relation_load nothing(step);
    nothing.ask();
    co_await source.run(nothing.statement());
    co_await prepare_relations(source, step.query.loads);
  }
}

task<void> load_relations(query_source* source, load_list loads, std::vector<void*> objects) {
  co_await load_relations(*require_source(source), loads, {nullptr, 0, objects.data(), objects.size()});
}

namespace {

/// The size of what a SELECT's rows are decoded into.
std::size_t row_size(const query_core& core) {
  if (const std::size_t said = core.loads.row_size(); said != 0) return said;
  std::uint32_t row = model_of(core.shape.data()[0]);
  for (std::uint32_t i = 1; i < core.shape.size; ++i) {  // rows may be objects of another model that is joined
    const std::uint64_t word = core.shape.data()[i];
    if (op_of(word) == op::row_type) row = model_of(word);
    i += body_of(word) + payload_of(word);
  }
  return find_spec(row)->size;
}

}  // namespace

namespace {

bool tells_loaded(const query_source& source, const query_core& core, bool with_more_behind) {
  if (core.shape.size == 0 || op_of(core.shape.data()[0]) != op::select_from) return false;
  const event_registry* const registry = source.listening();
  if (registry == nullptr) return false;
  for (std::uint32_t i = 1; i < core.shape.size; ++i) {
    const std::uint64_t word = core.shape.data()[i];
    switch (op_of(word)) {
      case op::project:
      case op::row_type:
      case op::only_column: return false;
      case op::beside:
        if (!with_more_behind) return false;
        break;
      default: break;
    }
    i += body_of(word) + payload_of(word);
  }
  return registry->hears_of(info_of(*find_spec(model_of(core.shape.data()[0]))), event::loaded);
}

}  // namespace

bool tells_loaded(const query_source& source, const query_core& core) { return tells_loaded(source, core, false); }
bool tells_loaded_beside(const query_source& source, const query_core& core) {
  return tells_loaded(source, core, true);
}
task<void> tell_loaded(query_source* source, const model_spec& spec, std::vector<void*> objects) {
  co_await tell_loaded(*source, info_of(spec), {nullptr, 0, objects.data(), objects.size()});
}

task<void> tell_loaded(const query_source& source, const model_info& info, object_row objects) {
  const event_registry* const registry = source.listening();
  if (registry == nullptr || !registry->hears_of(info, event::loaded)) co_return;
  lease none;
  for (std::size_t i = 0; i < objects.count; ++i) co_await registry->tell(event::loaded, {info, objects.at(i)}, none);
}

object_row row_recorder::objects_of(const query_core& core) const {
  if (count_ == 0) return {};
  const std::size_t stride = row_size(core);
  return {static_cast<char*>(last_) - (count_ - 1) * stride + core.loads.place(), stride, nullptr, count_};
}

namespace {

/// Relations that are read beside the rows of one statement, and those behind them that are.
struct joined_loads {
  const row_ops* owner = nullptr;
  std::deque<relation_load> loads{};
  std::size_t end = 0;

  /// False: the step's rows are read by a statement of their own.
  bool add(query_core& core, const load_step& step, std::size_t behind = 0) {
    if (!is_beside(step, end)) return false;
    if (behind == 0) owner = step.owner;
    end = joined_place::behind(end, info_of(*step.rows->spec)).end();
    loads.emplace_back(step, behind);
    core.word(step.relation.word(op::load_joined));
    core.word(make_word(op::star, 0, static_cast<std::uint16_t>(behind), id_of(*step.rows->spec)));
    relation_load& load = loads.back();
    const std::size_t number = loads.size();
    for (const load_step& further : step.query.loads) {
      const std::size_t next = loads.size();
      if (add(core, further, number)) load.reads_beside(loads[next]);
    }
    return true;
  }
};

}  // namespace

task<void> run_with_relations(query_source& source, statement_run& run, bool one) {
  joined_loads beside;
  std::vector<const load_step*> apart;
  const bool plain = reads_plain_rows(run.core);
  const bool tells = tells_loaded(source, run.core);
  beside.end = row_size(run.core);
  for (const load_step& step : run.core.loads) {
    if (!plain || !beside.add(run.core, step)) apart.push_back(&step);
  }
  row_recorder recorder(run.sink);
  run.sink = recorder.sink();
  std::optional<joined_rows> joined;
  if (beside.owner != nullptr) {
    joined.emplace(*beside.owner, beside.loads, recorder.sink());
    run.sink = joined->sink();
  }
  const task_context& context = co_await current_context();
  if (!source.try_run(run, context)) co_await source.run(run);
  if (joined) joined->move_away();
  if (one && recorder.count() > 1) co_return;
  const object_row objects = recorder.objects_of(run.core);
  for (relation_load& load : beside.loads) {
    if (load.behind() == 0) co_await load.finish(source, objects);
  }
  co_await load_those(source, apart, objects);
  if (tells) co_await tell_loaded(source, info_of(*find_spec(model_of(run.core.shape.data()[0]))), objects);
}

}  // namespace tupelo::detail
