// SPDX-License-Identifier: Apache-2.0
// The rows of the table between two models.
#include "key_index.hpp"
#include "loaded_batch.hpp"
#include "object_events.hpp"
#include "run_now.hpp"

#include "tupelo/engine/join_table_verbs.hpp"
#include "tupelo/engine/lease.hpp"
#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/engine/verbs.hpp"
#include "tupelo/dialect/join_table_text.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

namespace tupelo::detail {

namespace {

void refuse_empty_key(const model_info& info, const void* object) {
  if (!has_empty_key(info, object)) return;
  throw query_error("a join table cannot name a " + std::string(info.short_name()) +
                    " that has no key yet: flush or insert it first");
}

/// Keys in one statement at most: a power of two, as are the smaller statements, so that they are few.
constexpr std::uint32_t most_keys = 256;

class join_table {
public:
  join_table(const dialect& target, const join_rows& rows)
      : keys_(keys_of(require_table(info_of(*rows.relation.model)), rows.relation.offset,
                      require_table(info_of(*rows.related)))),
        owner_(own_slots(keys_)),
        text_(target, keys_.relation->join_table, keys_.relation->join_key, keys_.relation->join_related_key,
              keys_.relation->join_type, keys_.type_name) {
    if (!keys_.has_join_table()) {
      throw query_error(
          "attach(), detach(), sync() and toggle() are for many_to_many relations: of another kind, set the foreign "
          "key and write the object");
    }
    refuse_empty_key(*keys_.owner, rows.owner);
    owner_.read(rows.owner);  // no part of a primary key is NULL
    const model_info* const model = hiding_model(keys_);
    if (model == nullptr || model->deleted_at < 0) return;
    model_ = model;
    std::string mark;
    target.quote(mark, model->fields[static_cast<std::size_t>(model->deleted_at)].column);
    text_.mark_in(mark, marks_by_key());
  }

  /// The given keys, each once.
  key_index read(const given_keys& given) const {
    key_index found(given.count + given.objects.size());
    if (given.count != 0 && (is_composite() || !fits(key_kind(*keys_.related_key[0]), given.k))) {
      throw query_error("the keys given for relation " + std::string(keys_.owner->short_name()) +
                        "::" + keys_.owner->fields[keys_.relation->field].name +
                        " are of another type than the key of " + std::string(keys_.related->short_name()) +
                        (is_composite() ? ", which has several columns: give objects" : ""));
    }
    const std::uint64_t* at = given.values.data();
    for (std::uint32_t i = 0; i < given.count; ++i) {
      const auto words = static_cast<std::uint32_t>(words_of_value(given.k, at));
      found.add(at, words);
      at += words;
    }
    std::vector<field_slot> parts;
    for (const field_info* field : keys_.related_key) parts.push_back(field->slot());
    key_words key(std::move(parts));
    for (const void* object : given.objects) {
      refuse_empty_key(*keys_.related, object);
      if (key.read(object)) found.add(key.data(), key.size());
    }
    return found;
  }

  query_core select() const {
    query_core core = begin();
    push_owner(core);
    core.row_type(row_spec());
    core.text(text_.select());
    return core;
  }
  query_core insert(const key_index& keys, const std::vector<std::uint32_t>& some, std::size_t from,
                    std::size_t count) const {
    query_core core = begin();
    for (std::size_t i = 0; i < count; ++i) {
      push_owner(core);
      push_related(core, keys, some[from + i]);
    }
    core.text(text_.insert(count));
    return core;
  }
  query_core erase(const key_index& keys, const std::vector<std::uint32_t>& some, std::size_t from,
                   std::size_t count) const {
    query_core core = begin_erase();
    for (std::size_t i = 0; i < count; ++i) push_related(core, keys, some[from + i]);
    core.text(text_.erase(count));
    return core;
  }
  query_core erase_all() const {
    query_core core = begin_erase();
    core.text(text_.erase_all());
    return core;
  }

  /// What a row of `select` is read into: a number, a uuid or a text.
  const model_spec& row_spec() const {
    const kind k = related_kind();
    if (k == kind::i64) return row_meta<std::int64_t>::spec;
    if (k == kind::u64) return row_meta<std::uint64_t>::spec;
    if (k == kind::uuid) return row_meta<uuid>::spec;
    return row_meta<std::string>::spec;
  }
  const std::string& name() const noexcept { return keys_.relation->join_table; }
  kind related_kind() const { return key_kind(*keys_.related_key[0]); }
  bool is_composite() const noexcept { return keys_.related_key.size() != 1; }
  /// Of a composite key: what is connected with others than these.
  query_core erase_others(const key_index& keys) const {
    query_core core = begin_erase();
    for (std::uint32_t i = 0; i < keys.size(); ++i) push_related(core, keys, i);
    core.text(text_.erase_others(keys.size()));
    return core;
  }

  /// What becomes of a row whose key is there already: one that is marked comes back as the new one, others stay.
  void add_conflict(query_core& core) const {
    if (!marks_by_key()) {
      core.word(make_word(op::conflict_ignore));
      return;
    }
    for (const std::uint16_t part : model_->key) core.word(column_at(part).word(op::conflict_target));
    core.word(make_word(op::conflict_update));
    expression marked(column_at(static_cast<std::uint16_t>(model_->deleted_at)));
    core.clause(op::conflict_where, marked.push(make_word(op::is_not_null)));
  }

  /// Sets what the join table's columns say of the connection. Errors: query_error for another table's row.
  void connect(const model_info& info, void* row, const key_index& keys, std::uint32_t number) const {
    const relation_info& relation = *keys_.relation;
    if (info.table != relation.join_table) {
      throw query_error("attach(): " + std::string(info.short_name()) + " is a row of \"" + info.table +
                        "\"; relation " + std::string(keys_.owner->short_name()) +
                        "::" + keys_.owner->fields[relation.field].name + " goes by \"" + relation.join_table + "\"");
    }
    const std::uint64_t* own = owner_.data();
    for (std::size_t i = 0; i < keys_.pairs.size(); ++i)
      own = store_part(info, row, relation.join_key[i], *keys_.pairs[i].own, own);
    const std::uint64_t* related = keys.key(number);
    for (std::size_t i = 0; i < keys_.related_key.size(); ++i)
      related = store_part(info, row, relation.join_related_key[i], *keys_.related_key[i], related);
    if (relation.join_type.empty()) return;
    inline_word_buffer<8> name;
    name.push_text(keys_.type_name);
    store(info, row, relation.join_type, kind::text, name.data());
  }

private:
  static std::vector<field_slot> own_slots(const relation_keys& keys) {
    std::vector<field_slot> slots;
    for (const relation_keys::pair& pair : keys.pairs) slots.push_back(pair.own->slot());
    return slots;
  }
  /// Gives where the next part's words are.
  static const std::uint64_t* store_part(const model_info& info, void* row, const std::string& column,
                                         const field_info& part, const std::uint64_t* words) {
    store(info, row, column, key_kind(part), words);
    return words + words_of_value(key_kind(part), words);
  }
  static void store(const model_info& info, void* row, const std::string& column, kind k, const std::uint64_t* words) {
    const int position = info.find_column(column);
    if (position < 0) {
      throw query_error("attach(): struct " + std::string(info.short_name()) + " has no column \"" + column +
                        "\", which names a key of the connection");
    }
    const field_slot slot = info.fields[static_cast<std::size_t>(position)].slot();
    if (!fits(stored_type(*slot.type).k, k)) {
      throw query_error("attach(): column \"" + column + "\" of " + std::string(info.short_name()) +
                        " is of another type than the key that it names");
    }
    store_words(slot, field_for_value(slot, row), words);
  }
  static bool fits(kind field, kind value) noexcept {
    return field == value || (is_integer(field) && is_integer(value)) ||
           ((field == kind::enumeration || field == kind::custom) && value == kind::text);
  }
  static query_core begin() {
    query_core core;
    core.word(make_word(op::raw_sql));
    return core;
  }
  query_core begin_erase() const {
    query_core core = begin();
    if (model_ != nullptr) {
      core.word(make_word(op::value, static_cast<std::uint8_t>(kind::timestamp)));
      core.values.push(static_cast<std::uint64_t>(timestamp::now().us));
    }
    push_owner(core);
    return core;
  }
  column_ref column_at(std::uint16_t position) const { return {model_->spec, model_->fields[position].offset}; }
  /// Whether rows are marked, and their primary key is what they connect: a row that is marked is in the way then.
  bool marks_by_key() const {
    if (model_ == nullptr) return false;
    const relation_info& relation = *keys_.relation;
    std::vector<std::string> connected = relation.join_key, key;
    connected.insert(connected.end(), relation.join_related_key.begin(), relation.join_related_key.end());
    if (!relation.join_type.empty()) connected.push_back(relation.join_type);
    for (const std::uint16_t part : model_->key) key.push_back(model_->fields[part].column);
    return std::is_permutation(connected.begin(), connected.end(), key.begin(), key.end());
  }
  void push_owner(query_core& core) const {
    for (const relation_keys::pair& pair : keys_.pairs)
      core.word(make_word(op::value, static_cast<std::uint8_t>(key_kind(*pair.own))));
    core.values.append(owner_.data(), owner_.size());
  }
  void push_related(query_core& core, const key_index& keys, std::uint32_t number) const {
    for (const field_info* part : keys_.related_key)
      core.word(make_word(op::value, static_cast<std::uint8_t>(key_kind(*part))));
    core.values.append(keys.key(number), keys.words_of(number));
  }

  relation_keys keys_;
  key_words owner_;
  join_table_text text_;
  const model_info* model_ = nullptr;  ///< of the join table, where its rows are marked and not erased
};

/// In statements of as many keys as powers of two allow.
template <class Make>
task<std::int64_t> run_in_parts(query_source& source, std::size_t count, Make make) {
  std::int64_t written = 0;
  for (std::size_t from = 0; from < count;) {
    std::size_t rows = most_keys;
    while (rows > count - from) rows /= 2;
    written += co_await run_write(source, make(from, rows));
    from += rows;
  }
  co_return written;
}

std::vector<std::uint32_t> all_of(const key_index& keys) {
  std::vector<std::uint32_t> numbers(keys.size());
  for (std::uint32_t i = 0; i < keys.size(); ++i) numbers[i] = i;
  return numbers;
}

/// Numbers the related keys that are in the table: those that are wanted in `found`, the others in `others`.
template <class Key>
task<void> read_connected(query_source& source, const join_table& table, const key_index& wanted,
                          std::vector<bool>& found, key_index& others) {
  std::vector<Key> rows;
  statement_run run(table.select());
  run.sink = {&rows, &vector_sink<std::vector<Key>>::add};
  co_await run_now(source, run);
  key_words key(std::vector<field_slot>{info_of(table.row_spec()).fields[0].slot()});
  for (const Key& row : rows) {
    key.read(&row);
    const std::uint32_t number = wanted.find(key.data(), key.size());
    if (number == key_index::none) {
      others.add(key.data(), key.size());
    } else {
      found[number] = true;
    }
  }
}

enum class join_change : std::uint8_t {
  sync,    ///< those that are wanted, and no others
  toggle,  ///< those that are wanted the other way round, the others as they are
};

/// Who is told of rows of a join table that come and go, if anybody is.
struct join_listeners {
  join_listeners(const query_source& source, const std::string& table) : registry(source.listening()) {
    if (registry != nullptr) model = registry->hears_of_table(table);
  }
  const event_registry* registry;
  const model_info* model = nullptr;  ///< null: nobody
};

/// By keys of several columns, which are not read: what is there is found by writing.
task<join_changes> change_composite(lease& source, const join_listeners& listeners, const join_table& table,
                                    const key_index& wanted, join_change how) {
  std::vector<std::uint32_t> missing = all_of(wanted);
  join_changes changes;
  if (how == join_change::sync) {
    if (wanted.size() > most_keys) {
      throw query_error("sync() of `" + table.name() + "` by a key of several columns takes up to " +
                        std::to_string(most_keys) + " objects: detach() and attach() them instead");
    }
    changes.detached = co_await tell_of(listeners.registry, listeners.model, bulk_event::deleting, source,
                                        [&] { return run_write(source, table.erase_others(wanted)); });
  } else {
    missing.clear();
    changes.detached = co_await tell_of(
        listeners.registry, listeners.model, bulk_event::deleting, source, [&]() -> task<std::int64_t> {
          std::int64_t all = 0;
          for (const std::uint32_t each : all_of(wanted)) {
            const std::int64_t gone = co_await run_write(source, table.erase(wanted, {each}, 0, 1));
            all += gone;
            if (gone == 0) missing.push_back(each);
          }
          co_return all;
        });
  }
  if (missing.empty()) co_return changes;
  const auto insert = [&](std::size_t from, std::size_t rows) { return table.insert(wanted, missing, from, rows); };
  changes.attached = co_await tell_of(listeners.registry, listeners.model, bulk_event::inserting, source,
                                      [&] { return run_in_parts(source, missing.size(), insert); });
  co_return changes;
}

task<join_changes> change_in(lease& source, const join_listeners& listeners, const join_table& table,
                             const key_index& wanted, join_change how) {
  if (table.is_composite()) co_return co_await change_composite(source, listeners, table, wanted, how);
  std::vector<bool> found(wanted.size(), false);
  key_index others(0);
  const kind k = table.related_kind();
  if (k == kind::i64) {
    co_await read_connected<std::int64_t>(source, table, wanted, found, others);
  } else if (k == kind::u64) {
    co_await read_connected<std::uint64_t>(source, table, wanted, found, others);
  } else if (k == kind::uuid) {
    co_await read_connected<uuid>(source, table, wanted, found, others);
  } else {
    co_await read_connected<std::string>(source, table, wanted, found, others);
  }
  std::vector<std::uint32_t> missing;
  for (std::uint32_t i = 0; i < wanted.size(); ++i) {
    if (!found[i]) missing.push_back(i);
  }
  std::vector<std::uint32_t> gone;
  if (how == join_change::sync) {
    gone = all_of(others);
  } else {
    for (std::uint32_t i = 0; i < wanted.size(); ++i) {
      if (found[i]) gone.push_back(i);
    }
  }
  const key_index& parted = how == join_change::sync ? others : wanted;
  join_changes changes;
  const auto erase = [&](std::size_t from, std::size_t rows) { return table.erase(parted, gone, from, rows); };
  const auto insert = [&](std::size_t from, std::size_t rows) { return table.insert(wanted, missing, from, rows); };
  if (!gone.empty()) {
    changes.detached = co_await tell_of(listeners.registry, listeners.model, bulk_event::deleting, source,
                                        [&] { return run_in_parts(source, gone.size(), erase); });
  }
  if (!missing.empty()) {
    changes.attached = co_await tell_of(listeners.registry, listeners.model, bulk_event::inserting, source,
                                        [&] { return run_in_parts(source, missing.size(), insert); });
  }
  co_return changes;
}

/// As run_in_parts; in a transaction of its own where it takes several statements, or somebody is told.
template <class Make>
task<std::int64_t> run_whole(verb_call call, const std::string& table, bulk_event before, std::size_t count,
                             Make make) {
  const join_listeners listeners(*call.source, table);
  if (count != 0 && listeners.model != nullptr) {
    const auto run = [&](lease& held) { return run_in_parts(held, count, make); };
    co_return co_await tell_around(call, *listeners.registry, before, *listeners.model, run);
  }
  if (count == 0 || (std::has_single_bit(count) && count <= most_keys)) {
    co_return co_await run_in_parts(*call.source, count, make);
  }
  co_return co_await in_transaction<std::int64_t>(call, [&](lease& held) { return run_in_parts(held, count, make); });
}

task<std::int64_t> insert_rows(query_source& source, const join_table& table, const model_info& info,
                               std::vector<void*> rows, bool generated) {
  const std::size_t most = rows_per_insert(source.sql_dialect().features(), info.columns.size());
  const task_context& context = co_await current_context();
  std::int64_t written = 0;
  for (std::size_t from = 0; from < rows.size();) {
    std::size_t count = most;
    while (count > rows.size() - from) count /= 2;
    statement_run run;
    make_insert(run.core, info, !generated, static_cast<std::uint16_t>(count), false);
    table.add_conflict(run.core);
    run.objects = rows.data() + from;
    if (!source.try_run(run, context)) co_await source.run(run);
    written += run.affected;
    from += count;
  }
  co_return written;
}

}  // namespace

task<std::int64_t> attach(verb_call call, join_rows rows, given_keys keys, join_row with) {
  const model_info& info = require_table(info_of(*with.ops->spec));
  const join_table table(require_source(call.source)->sql_dialect(), rows);
  const key_index wanted = table.read(keys);
  if (wanted.size() == 0) co_return 0;
  const std::int64_t now = time_of_writing(info);
  row_memory made(*with.ops, 0);
  made.reserve(wanted.size());
  std::vector<void*> objects;
  bool generated = false;
  for (std::uint32_t i = 0; i < wanted.size(); ++i) {
    void* const row = objects.emplace_back(made.add());
    with.copy(row, with.row);
    // Each has one of its own.
    if (info.generated_key && info.key.size() == 1) set_generated_key(info, row, 0);
    if (wanted.size() > 1 && info.key.size() == 1 && info.fields[info.key[0]].is(field_client_uuid)) {
      const field_info& key = info.fields[info.key[0]];
      const uuid none{};
      store_bytes(key.slot(), static_cast<char*>(row) + key.offset, &none, sizeof none);
    }
    table.connect(info, row, wanted, i);
    generated = prepare_for_insert(info, row, now);
  }
  if (const event_registry* const registry = hearing_bulk(*call.source, info)) {
    const auto run = [&](lease& held) { return insert_rows(held, table, info, objects, generated); };
    co_return co_await tell_around(call, *registry, bulk_event::inserting, info, run);
  }
  if (wanted.size() == 1) co_return co_await insert_rows(*call.source, table, info, objects, generated);
  co_return co_await in_transaction<std::int64_t>(
      call, [&](lease& held) { return insert_rows(held, table, info, objects, generated); });
}

task<std::int64_t> attach(verb_call call, join_rows rows, given_keys keys) {
  const join_table table(require_source(call.source)->sql_dialect(), rows);
  const key_index wanted = table.read(keys);
  const std::vector<std::uint32_t> all = all_of(wanted);
  co_return co_await run_whole(
      call, table.name(), bulk_event::inserting, all.size(),
      [&](std::size_t from, std::size_t count) { return table.insert(wanted, all, from, count); });
}

task<std::int64_t> detach(verb_call call, join_rows rows, given_keys keys, bool all) {
  const join_table table(require_source(call.source)->sql_dialect(), rows);
  if (all) {
    const join_listeners listeners(*call.source, table.name());
    if (listeners.model == nullptr) co_return co_await run_write(*call.source, table.erase_all());
    const auto run = [&](lease& held) { return run_write(held, table.erase_all()); };
    co_return co_await tell_around(call, *listeners.registry, bulk_event::deleting, *listeners.model, run);
  }
  const key_index gone = table.read(keys);
  const std::vector<std::uint32_t> numbers = all_of(gone);
  co_return co_await run_whole(
      call, table.name(), bulk_event::deleting, numbers.size(),
      [&](std::size_t from, std::size_t count) { return table.erase(gone, numbers, from, count); });
}

task<join_changes> sync(verb_call call, join_rows rows, given_keys keys) {
  const join_table table(require_source(call.source)->sql_dialect(), rows);
  const key_index wanted = table.read(keys);
  const join_listeners listeners(*call.source, table.name());
  co_return co_await in_transaction<join_changes>(
      call, [&](lease& held) { return change_in(held, listeners, table, wanted, join_change::sync); });
}

task<join_changes> toggle(verb_call call, join_rows rows, given_keys keys) {
  const join_table table(require_source(call.source)->sql_dialect(), rows);
  const key_index wanted = table.read(keys);
  const join_listeners listeners(*call.source, table.name());
  co_return co_await in_transaction<join_changes>(
      call, [&](lease& held) { return change_in(held, listeners, table, wanted, join_change::toggle); });
}

}  // namespace tupelo::detail
