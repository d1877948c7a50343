// SPDX-License-Identifier: Apache-2.0
// Verbs that insert or update many objects together.
#include "object_events.hpp"

#include "tupelo/engine/lease.hpp"
#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/engine/parent_changes.hpp"
#include "tupelo/engine/verbs.hpp"
#include "tupelo/engine/write_batch.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/timestamp.hpp"

#include <algorithm>
#include <exception>
#include <string>

namespace tupelo::detail {

namespace {

/// Positions of the fields that an update is to write, sorted: one shape for one set of columns.
std::vector<std::uint16_t> fields_to_write(const model_info& info, const std::vector<field_ref>& only) {
  std::vector<std::uint16_t> fields;
  for (const field_ref& each : only) {
    const int position = each.model == info.spec ? info.find_offset(each.offset) : -1;
    const field_info* const field = position < 0 ? nullptr : &info.fields[static_cast<std::size_t>(position)];
    if (field == nullptr || field->is(field_relation)) {
      throw query_error("update() of objects of " + std::string(info.short_name()) +
                        " is told a field that is no column of it");
    }
    if (field->is(field_key) || field->is(field_computed) || field->is(field_version)) {
      throw query_error("update() of objects of " + std::string(info.short_name()) + " is told to write field " +
                        field->name + ", which is " +
                        (field->is(field_key)        ? "the key"
                         : field->is(field_computed) ? "computed by the database"
                                                     : "the version, and counted by itself"));
    }
    fields.push_back(static_cast<std::uint16_t>(position));
  }
  if (!fields.empty() && info.updated_at >= 0) fields.push_back(static_cast<std::uint16_t>(info.updated_at));
  std::sort(fields.begin(), fields.end());
  fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
  return fields;
}

/// What writing changes in objects that their statement does not say: keys of new ones, versions of others. Taken back
/// where nothing of it stays.
class written_objects {
public:
  written_objects(const model_info& info, const std::vector<void*>& objects, bool inserts)
      : info_(info), objects_(objects), inserts_(inserts) {
    if (!inserts && info.version < 0) return;
    before_.reserve(objects.size());
    for (const void* const object : objects) before_.push_back(inserts ? has_no_key(object) : version_of(object));
  }

  /// The rows have been written.
  void note() {
    if (inserts_) return;
    for (void* const object : objects_) count_version(info_, object);
  }
  /// With a key that no row has an object could not be inserted again.
  void take_back() {
    for (std::size_t i = 0; i != before_.size(); ++i) {
      if (!inserts_) {
        count_version(info_, objects_[i], before_[i] - version_of(objects_[i]));
      } else if (before_[i] != 0) {
        set_generated_key(info_, objects_[i], 0);
      }
    }
  }

private:
  std::int64_t has_no_key(const void* object) const {
    return info_.generated_key && has_empty_key(info_, object) ? 1 : 0;
  }
  std::int64_t version_of(const void* object) const {
    const field_slot slot = info_.fields[static_cast<std::size_t>(info_.version)].slot();
    const void* const value = value_of(slot, object);
    return value != nullptr ? load_integer(slot, value) : 0;
  }

  const model_info& info_;
  const std::vector<void*>& objects_;
  bool inserts_;
  std::vector<std::int64_t> before_;
};

/// All or none, in a transaction, or a savepoint of the one that is open. `fields`: of an update; none: all.
task<void> write_all(verb_call call, const model_info& info, const std::vector<void*>& objects, outcome means,
                     const std::vector<std::uint16_t>& fields = {}) {
  lease held = co_await require_source(call.source)->acquire(call.from);
  const event_registry* const registry = hearing(*call.source, info);
  const std::vector<parent_link> links = parent_links(info);
  const bool inserts = means == outcome::object_inserted;
  written_objects written(info, objects, inserts);
  const auto change_parents = [&](std::int64_t by) {
    std::vector<query_core> statements;
    for (const parent_link& link : links) {
      for (const void* const object : objects)
        statements.push_back(change_of_parent(link, object, by, timestamp::now().us));
    }
    return run_changes(held, std::move(statements));
  };
  co_await held.begin();
  std::exception_ptr failure;
  try {
    if (registry != nullptr) {
      for (void* const object : objects) co_await tell_before(*registry, means, {info, object}, held);
    }
    // By the keys that the rows have until now, whatever the objects say.
    if (!links.empty() && !inserts) {
      co_await lock_rows(held, info, objects, links, true);
      co_await change_parents(-1);
    }
    write_batch batch(held);
    if (inserts) {
      co_await batch.insert(info, objects.data(), objects.size());
    } else {
      const std::int64_t now = time_of_writing(info);
      for (void* const object : objects) prepare_for_update(info, object, now);
      co_await batch.update_all(info, objects.data(), objects.size(), fields.empty() ? nullptr : fields.data(),
                                fields.size());
    }
    if (registry == nullptr && links.empty() && batch.can_commit(held)) {
      co_await batch.run_and_commit(held);
      written.note();
    } else {
      co_await batch.run();
      written.note();
      if (!links.empty() && inserts) {
        parent_changes added;
        for (const void* const object : objects) added.add_new(links, object);
        co_await added.write(held, timestamp::now().us);
      } else if (!links.empty()) {
        co_await change_parents(1);
      }
      if (registry != nullptr) {
        for (void* const object : objects) co_await tell_after(*registry, means, {info, object}, held);
      }
      co_await two_step_commit::commit(held);
    }
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    written.take_back();
    co_await held.rollback_after_failure();
    std::rethrow_exception(failure);
  }
  co_await two_step_commit::run_hooks(held);
}

}  // namespace

task<void> insert_all(verb_call call, const model_spec& spec, std::vector<void*> objects) {
  const model_info& info = require_table(info_of(spec));
  if (!objects.empty()) co_await write_all(call, info, objects, outcome::object_inserted);
}

task<void> update_all(verb_call call, const model_spec& spec, std::vector<void*> objects, std::vector<field_ref> only) {
  const model_info& info = require_table(info_of(spec));
  const std::vector<std::uint16_t> fields = fields_to_write(info, only);
  if (!objects.empty()) co_await write_all(call, info, objects, outcome::object_updated, fields);
}

}  // namespace tupelo::detail
