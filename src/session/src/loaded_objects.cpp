// SPDX-License-Identifier: Apache-2.0
#include "related_objects.hpp"
#include "session_state.hpp"

#include "tupelo/engine/relation_verbs.hpp"
#include "tupelo/query/load_step.hpp"

#include <algorithm>
#include <functional>
#include <unordered_set>
#include <utility>

/// Rows that were loaded into relations of a session's objects are its objects too.
namespace tupelo {

using detail::loaded_rows;
using detail::object_state;
using detail::row_part;
using detail::row_share;
using detail::rows_origin;
using detail::tracked_object;

namespace {

bool is_pristine(const model_info& info, tracked_object* object) {
  return object->state == object_state::persistent &&
         detail::matches(info, object->object(), object->snapshot, nullptr) &&
         (info.relations.empty() || !detail::has_related_changes(info, object));
}

/// Whether the object is a loaded row that nobody but the session has any more, with nothing to write.
bool is_left_behind(const model_info& info, tracked_object* object) {
  const row_part* const part = row_part::from(object);
  return part != nullptr && part->owners == 1 && !part->whole->reached() && is_pristine(info, object);
}

/// Of which model the rows of a relation field are.
const model_info* model_of(const relation_info& relation, const void* field) {
  const model_spec* const spec =
      relation.kind == relation_kind::belongs_to_any ? detail::model_of_rows(field) : find_spec(relation.related);
  return spec != nullptr ? &info_of(*spec) : nullptr;
}

void* row_at(const loaded_rows& rows, const model_info& info, std::size_t row) noexcept {
  return static_cast<char*>(rows.rows) + row * info.size;
}

}  // namespace

/// Takes loaded rows into a session.
class session::state::loaded_objects {
public:
  explicit loaded_objects(state& of) : state_(of) {}

  /// The rows of these relations, and theirs; of those of the objects that are the session's.
  void add(const load_list& loads, const std::vector<void*>& objects) {
    if (loads.empty()) return;
    const model_info& info = info_of(*loads.begin()->relation.model);
    std::vector<void*> tracked;
    for (void* object : objects) {
      if (is_tracked(info, object)) {
        tracked.push_back(object);
      } else {  // perhaps one whose row is marked in this transaction
        for (const detail::load_step& step : loads) note(info, object, step.relation.offset);
      }
    }
    if (!tracked.empty()) add_below(loads, tracked);
  }
  /// Errors: query_error where changes of these relations wait for a flush, in the session's objects.
  void refuse_to_replace(const load_list& loads, const std::vector<void*>& objects) {
    for (const detail::load_step& step : loads) {
      const model_info& info = info_of(*step.relation.model);
      for (void* object : objects) {
        const loaded_rows* const rows = detail::loaded_rows_of(static_cast<char*>(object) + step.relation.offset);
        if (rows == nullptr || rows->origin == rows_origin::loaded || !is_tracked(info, object)) continue;
        const tracked_object* const known = info.key.empty() ? nullptr : state_.identities.find(info, object);
        detail::refuse_to_replace(info, object, known, step.relation.offset);
      }
    }
  }
  /// Whatever the object's relations are loaded with.
  void add_all(const model_info& info, void* object) {
    for (const relation_info& relation : info.relations) {
      void* const field = static_cast<char*>(object) + info.fields[relation.field].offset;
      loaded_rows* const rows = detail::loaded_rows_of(field);
      if (rows == nullptr) continue;
      state_.has_loaded_relations = true;
      note(info, object, info.fields[relation.field].offset);
      if (rows->count == 0) continue;
      const bool held = rows->origin == rows_origin::held;
      const model_info* const model = held || rows->origin == rows_origin::loaded ? model_of(relation, field) : nullptr;
      if (model == nullptr || model->key.empty()) continue;
      row_share* whole = nullptr;
      for (std::size_t row = 0; row != rows->count; ++row) {
        const bool fresh = held ? !add_stored(*model, *static_cast<detail::held_rows*>(rows), row)
                                : !add_row(*model, rows, row, whole);
        if (!fresh) add_all(*model, row_at(*rows, *model, row));
      }
    }
  }
  /// Rows that were loaded before the program has put others behind them, which has moved them.
  void follow(const model_info& info, detail::held_rows& held) {
    if (std::exchange(held.followed, true) || info.key.empty()) return;
    for (std::size_t row = 0; row != held.stored; ++row) {
      if (held.parts[row] != nullptr) continue;
      tracked_object* const known = state_.identities.find(info, held.row(row));
      if (known == nullptr) continue;
      row_part* const part = row_part::from(known);
      row_share& whole = state_.copies.share_of(held);
      whole.use();
      // What a ref refers to stays where it is: the program changes it there.
      if (part != nullptr && part->owners == 1 && !part->whole->reached()) {
        part->move_to(whole, row);
      } else if (!state_.copies.move_unreached(*known, whole, row)) {
        state_.copies.add(whole, row, *known, known->snapshot);
      }
      whole.release();
    }
  }

private:
  bool is_tracked(const model_info& info, void* object) {
    if (!info.key.empty()) {
      const tracked_object* const known = state_.identities.find(info, object);
      if (known != nullptr && known->object() == object) return true;
    }
    if (!std::exchange(others_known_, true)) {
      for (const tracked_object* each : state_.objects) {
        if (each->state == object_state::added) others_.insert(each->object());
      }
      state_.copies.note_rows(others_);
    }
    return others_.contains(object);
  }

  void add_below(const load_list& loads, const std::vector<void*>& objects) {
    for (const detail::load_step& step : loads) {
      const model_info& info = info_of(*step.rows->spec);
      if (state_.loads.is_needed()) {
        for (void* object : objects) note(info_of(*step.relation.model), object, step.relation.offset);
      }
      if (info.key.empty()) continue;
      std::vector<void*> loaded;
      for (loaded_rows* rows : slices_of(step, objects)) {
        row_share* whole = nullptr;
        for (std::size_t row = 0; row != rows->count; ++row) {
          add_row(info, rows, row, whole);
          loaded.push_back(row_at(*rows, info, row));
        }
      }
      if (!step.query.loads.empty() && !loaded.empty()) add_below(step.query.loads, loaded);
    }
  }

  /// Each once, whatever the number of objects that share it.
  static std::vector<loaded_rows*> slices_of(const detail::load_step& step, const std::vector<void*>& objects) {
    std::vector<loaded_rows*> slices;
    const bool of_several =
        std::any_of(info_of(*step.relation.model).relations.begin(), info_of(*step.relation.model).relations.end(),
                    [&](const relation_info& relation) {
                      return relation.kind == relation_kind::belongs_to_any &&
                             info_of(*step.relation.model).fields[relation.field].offset == step.relation.offset;
                    });
    for (void* object : objects) {
      void* const field = static_cast<char*>(object) + step.relation.offset;
      loaded_rows* const rows = detail::loaded_rows_of(field);
      if (rows == nullptr || rows->origin != rows_origin::loaded || rows->count == 0) continue;
      if (of_several && detail::model_of_rows(field) != step.rows->spec) continue;
      slices.push_back(rows);
    }
    std::vector<loaded_rows*> sorted = slices;
    std::sort(sorted.begin(), sorted.end(), std::less<>());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    return sorted;
  }

  /// False: the session has this very row already.
  bool add_row(const model_info& info, loaded_rows* rows, std::size_t row, row_share*& whole) {
    void* const object = row_at(*rows, info, row);
    tracked_object* const known = state_.identities.find(info, object);
    if (known != nullptr && known->object() == object) return false;
    if (whole == nullptr) whole = row_share::of(rows);
    if (known == nullptr) {
      track(info, *row_part::room(*info.spec, 1).make(*whole, row));
      return true;
    }
    detail::snapshot now = detail::take_snapshot(info, object);
    if (known->expired || known->snapshot != now) state_.remember_read(known);
    if (is_left_behind(info, known)) {
      row_part::from(known)->move_to(*whole, row);
      state_.has_loaded_objects = true;
      known->snapshot = now;
      known->expired = false;
    } else {
      if (known->expired && known->state == object_state::persistent) state_.follow_read(info, known, now, false);
      state_.copies.add(*whole, row, *known, std::move(now));
    }
    return true;
  }
  /// The same for what the program has put into a relation, where it is a row of the database.
  bool add_stored(const model_info& info, detail::held_rows& held, std::size_t row) {
    auto* part = static_cast<row_part*>(held.parts[row]);
    const bool stored = row < held.stored || held.fate_of(row) == detail::held_rows::fate::taken;
    if (!stored || (part != nullptr && part->state != object_state::detached)) return false;
    tracked_object* const known = state_.identities.find(info, held.row(row));
    if (known != nullptr) {
      row_share& whole = state_.copies.share_of(held);
      whole.use();
      state_.copies.add(whole, row, *known, detail::take_snapshot(info, held.row(row)));
      whole.release();
      return true;
    }
    if (part == nullptr) part = row_part::room(*info.spec, 1).make(state_.copies.share_of(held), row);
    track(info, *part);
    return true;
  }
  void note(const model_info& info, void* object, std::uint32_t offset) {
    if (!state_.loads.is_needed()) return;
    // Tracked rows may move.
    const tracked_object* const known = info.key.empty() ? nullptr : state_.identities.find(info, object);
    const bool is_tracked = known != nullptr && known->object() == object;
    state_.loads.note(is_tracked ? static_cast<const void*>(known) : object, offset);
  }
  void track(const model_info& info, row_part& part) {
    part.snapshot.clear();  // of another session
    state_.remember_read(&part);
    part.state = object_state::persistent;
    detail::take_snapshot(info, part.object(), part.snapshot);
    state_.identities.insert(info, &part);
    state_.own(&part);
    state_.has_loaded_objects = true;
  }

  state& state_;
  std::unordered_set<const void*> others_;  ///< objects of the session that the identity map does not lead to
  bool others_known_ = false;
};

task<void> session::load_and_track(load_list loads, std::vector<void*> objects, std::source_location from) {
  state::loaded_objects(*state_).refuse_to_replace(loads, objects);
  {
    const detail::repetition_watch::call called(state_->watch.get(), from);
    co_await detail::load_relations(this, loads, objects);
  }
  const session_use use(state_->busy);
  state_->has_loaded_relations = true;
  state_->copies.forget_unreached(false);
  state::loaded_objects(*state_).add(loads, objects);
}

void session::state::track_relations(const model_info& info, void* object) {
  loaded_objects(*this).add_all(info, object);
}

void session::state::follow_stored_rows(detail::held_rows& held) {
  loaded_objects(*this).follow(info_of(*held.ops->spec), held);
}

namespace {

/// A relation field of an object of the session, or of a row that such a field holds.
struct loaded_field {
  const void* owner;  ///< as the log has it: a tracked object, or a row
  const void* object;
  std::uint32_t offset;
  const model_info* model;  ///< of its rows; null: not known
  const loaded_rows* rows;
};

/// Those of which `ends(field)` are not loaded any more.
template <class Ends>
void unload_where(const detail::owned_objects& objects, Ends ends) {
  struct place {
    const model_info* info;
    void* object;
    const void* named;
  };
  std::vector<place> places;
  for (tracked_object* object : objects.with_relations())
    places.push_back({&info_of(*object->spec), object->object(), object});
  std::unordered_set<const loaded_rows*> met;
  while (!places.empty()) {
    const place at = places.back();
    places.pop_back();
    for (const relation_info& relation : at.info->relations) {
      const std::uint32_t offset = at.info->fields[relation.field].offset;
      void* const field = static_cast<char*>(at.object) + offset;
      const loaded_rows* const rows = detail::loaded_rows_of(field);
      if (rows == nullptr || (rows->origin != rows_origin::loaded && rows->origin != rows_origin::held)) continue;
      const model_info* const model = model_of(relation, field);
      if (ends(loaded_field{at.named, at.object, offset, model, rows})) {
        detail::assign_rows(field, nullptr);
        continue;
      }
      if (rows->count == 0 || !met.insert(rows).second || model == nullptr || model->relations.empty()) continue;
      for (std::size_t row = 0; row != rows->count; ++row) {
        void* const object = row_at(*rows, *model, row);
        places.push_back({model, object, object});
      }
    }
  }
}

}  // namespace

void session::state::unload(const std::vector<detail::load_log::field>& loaded, bool held_alone) {
  if (loaded.empty()) return;
  unload_where(objects, [&](const loaded_field& at) {
    const auto is_among = [&](const void* object) {
      return std::binary_search(loaded.begin(), loaded.end(), detail::load_log::field(object, at.offset));
    };
    return (is_among(at.owner) || is_among(at.object)) && (!held_alone || at.rows->origin == rows_origin::held);
  });
}

void session::state::unload_rows(
    const std::function<bool(const model_info& model, const loaded_rows& rows)>& are_unsure) {
  if (!has_loaded_relations) return;
  unload_where(objects, [&](const loaded_field& at) {
    return at.model != nullptr && at.rows->origin == rows_origin::loaded && are_unsure(*at.model, *at.rows);
  });
}

void session::state::let_go_of_left_behind() {
  if (!copies.empty()) copies.forget_unreached(true);
  if (!has_loaded_objects) return;
  const auto kept = copies.reached_originals();
  const std::vector<tracked_object*> leaving = objects.take_out(
      [&](tracked_object* object) { return is_left_behind(info_of(*object->spec), object) && !kept.contains(object); });
  for (const tracked_object* object : leaving) identities.erase(object);
  let_go(leaving);
}

}  // namespace tupelo
