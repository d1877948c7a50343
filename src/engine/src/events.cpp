// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/events.hpp"

#include "tupelo/core/error.hpp"

#include <algorithm>
#include <string>

namespace tupelo {

void event_registry::add(const model_spec* model, event when, detail::object_handler* handler) {
  owned<detail::object_handler> kept(handler);
  objects_.push_back({model, when, std::move(kept)});
}
void event_registry::add(session_event when, detail::session_handler* handler) {
  owned<detail::session_handler> kept(handler);
  sessions_.push_back({when, std::move(kept)});
}

void event_registry::add(const model_spec* model, bulk_event when, detail::bulk_handler* handler) {
  owned<detail::bulk_handler> kept(handler);
  bulk_.push_back({model, when, std::move(kept)});
}

void event_registry::refuse_observer(const model_spec& model) {
  throw query_error("this observer of " + std::string(info_of(model).short_name()) +
                    " has no function that is named as an event is and takes the object: saving, creating, updating, "
                    "restoring, deleting, created, updated, restored, deleted, saved, loaded");
}

bool event_registry::hears_of(const model_info& model) const noexcept {
  return std::any_of(objects_.begin(), objects_.end(),
                     [&](const object_entry& each) { return each.model == nullptr || each.model == model.spec; });
}

bool event_registry::hears_of(const model_info& model, event what) const noexcept {
  return std::any_of(objects_.begin(), objects_.end(), [&](const object_entry& each) {
    return each.when == what && (each.model == nullptr || each.model == model.spec);
  });
}

bool event_registry::hears_of_bulk(const model_info& model) const noexcept {
  return std::any_of(bulk_.begin(), bulk_.end(),
                     [&](const bulk_entry& each) { return each.model == nullptr || each.model == model.spec; });
}

const model_info* event_registry::hears_of_table(std::string_view table) const {
  bool of_all = false;
  for (const bulk_entry& each : bulk_) {
    of_all = of_all || each.model == nullptr;
    if (each.model != nullptr && info_of(*each.model).table == table) return &info_of(*each.model);
  }
  if (!of_all) return nullptr;
  for (std::uint32_t id = 1;; ++id) {  // models that the program has used
    const model_spec* const spec = find_spec(id);
    if (spec == nullptr) return nullptr;
    const model_info* const info = __atomic_load_n(&spec->info, __ATOMIC_ACQUIRE);
    if (info != nullptr && info->table == table) return info;
  }
}

task<void> event_registry::tell(event what, any_object object, lease& in) const {
  for (const model_spec* const wanted : {object.model.spec, static_cast<const model_spec*>(nullptr)}) {
    for (std::size_t i = 0; i != objects_.size(); ++i) {
      const object_entry& each = objects_[i];
      if (each.when != what || each.model != wanted) continue;
      const propagation next = co_await each.handler->call(object, in);
      if (next == propagation::stop) co_return;
    }
  }
}

task<void> event_registry::tell(bulk_event what, bulk_write write, lease& in) const {
  for (const model_spec* const wanted : {write.model.spec, static_cast<const model_spec*>(nullptr)}) {
    for (std::size_t i = 0; i != bulk_.size(); ++i) {
      const bulk_entry& each = bulk_[i];
      if (each.when != what || each.model != wanted) continue;
      const propagation next = co_await each.handler->call(write, in);
      if (next == propagation::stop) co_return;
    }
  }
}

task<void> event_registry::tell(session_event what, session& of) const {
  for (std::size_t i = 0; i != sessions_.size(); ++i) {
    if (sessions_[i].when != what) continue;
    const propagation next = co_await sessions_[i].handler->call(of);
    if (next == propagation::stop) co_return;
  }
}

}  // namespace tupelo
