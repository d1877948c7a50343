// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/object_verbs.hpp"

#include "bulk_marks.hpp"
#include "key_index.hpp"
#include "run_now.hpp"

#include "tupelo/engine/verbs.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/timestamp.hpp"
#include "tupelo/core/uuid.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

namespace tupelo::detail {

namespace {

bool fits_key(kind field, kind value) {
  if (is_integer(field)) return is_integer(value);
  if (field == kind::enumeration || field == kind::custom) return value == field || value == kind::text;
  return field == value;
}

const field_info& key_field(const model_spec& spec, std::size_t part, std::size_t parts, kind k) {
  const model_info& info = require_table(info_of(spec));
  if (info.key.size() != parts) {
    throw query_error("the primary key of " + std::string(info.short_name()) + " has " +
                      std::to_string(info.key.size()) + " columns; " + std::to_string(parts) + " were given");
  }
  const field_info& field = info.fields[info.key[part]];
  if (!fits_key(stored_type(*field.type).k, k)) {
    throw query_error("the primary key of " + std::string(info.short_name()) + ": the value given for column \"" +
                      field.column + "\" has another type than the column");
  }
  return field;
}

field_slot slot_of(const model_info& info, int position) {
  return info.fields[static_cast<std::size_t>(position)].slot();
}

void store_now(const model_info& info, int position, void* object, std::int64_t now_us) {
  if (position < 0) return;
  const field_slot slot = slot_of(info, position);
  store_timestamp(slot, field_for_value(slot, object), now_us);
}

bool is_zero_timestamp(const model_info& info, int position, const void* object) {
  const field_slot slot = slot_of(info, position);
  const void* value = value_of(slot, object);
  return !value || load_timestamp(slot, value) == 0;
}

bool is_empty_key(const field_slot& slot, const void* value) {
  if (is_integer(slot.k)) return load_integer(slot, value) == 0;
  if (slot.k == kind::uuid) return static_cast<const uuid*>(value)->is_nil();
  bool empty = false;
  if (slot.k == kind::mapped)
    load_mapped(slot, value, [&](const void* stored) { empty = is_empty_key(stored_slot(slot), stored); });
  return empty;
}

std::uint64_t column_word(const model_info& info, std::size_t position, op o) {
  return make_word(o, 0, info.fields[position].offset, info.id);
}

column_ref ref(const model_info& info, int position) {
  return {info.spec, info.fields[static_cast<std::size_t>(position)].offset};
}

void match_row(query_core& core, const model_info& info) {
  if (info.key.empty()) {
    throw model_error("struct " + std::string(info.short_name()) +
                      " has no primary key: its rows cannot be updated or erased by object");
  }
  for (std::uint16_t i : info.key) core.word(column_word(info, i, op::match_field));
  if (info.version >= 0) core.word(column_word(info, static_cast<std::size_t>(info.version), op::match_field));
}

}  // namespace

void add_key_part(query_core& core, const model_spec& spec, std::size_t part, std::size_t parts, const literal& value) {
  const field_info& field = key_field(spec, part, parts, value.k);
  // where column = value, as clause() would say it; a key names its row, marked as deleted or not
  std::uint64_t* words = core.shape.room(part == 0 ? 3 : 2);
  *words++ = make_word(op::where, 0, 1);
  *words++ = make_word(op::column_compare, static_cast<std::uint8_t>(value.k), field.offset, id_of(spec));
  if (part == 0) *words = make_word(op::with_deleted, every_row);
  value.push_to(core.values);
}

bool has_empty_key(const model_info& info, const void* object) {
  if (info.key.size() != 1) return false;
  const field_info& key = info.fields[info.key[0]];
  if (key.type->k == kind::i64) {  // as most are
    std::int64_t number = 0;
    std::memcpy(&number, static_cast<const char*>(object) + key.offset, sizeof number);
    return number == 0;
  }
  const field_slot slot = key.slot();
  return is_empty_key(slot, value_of(slot, object));
}

std::int64_t time_of_writing(const model_info& info) noexcept {
  return info.created_at >= 0 || info.updated_at >= 0 || info.deleted_at >= 0 ? timestamp::now().us : 0;
}

bool prepare_for_insert(const model_info& info, void* object, std::int64_t now_us) {
  if (info.created_at >= 0 && is_zero_timestamp(info, info.created_at, object))
    store_now(info, info.created_at, object, now_us);
  if (info.updated_at >= 0 && is_zero_timestamp(info, info.updated_at, object))
    store_now(info, info.updated_at, object, now_us);
  if (info.version >= 0) {
    const field_slot slot = slot_of(info, info.version);
    void* value = field_for_value(slot, object);
    if (load_integer(slot, value) == 0) store_integer(slot, value, 1);
  }
  if (info.key.size() != 1) return false;
  const field_info& key = info.fields[info.key[0]];
  if (key.is(field_client_uuid) && has_empty_key(info, object)) {
    const uuid made = uuid::v7();
    store_bytes(key.slot(), static_cast<char*>(object) + key.offset, &made, sizeof made);
  }
  return key.is(field_generated) && has_empty_key(info, object);
}

void prepare_for_update(const model_info& info, void* object, std::int64_t now_us) {
  store_now(info, info.updated_at, object, now_us);
}

void set_generated_key(const model_info& info, void* object, std::int64_t id) {
  const field_slot slot = slot_of(info, info.key[0]);
  store_integer(slot, field_for_value(slot, object), id);
}

void count_version(const model_info& info, void* object, std::int64_t by) {
  if (info.version < 0) return;
  const field_slot slot = slot_of(info, info.version);
  void* value = field_for_value(slot, object);
  store_integer(slot, value, load_integer(slot, value) + by);
}

void make_insert(query_core& core, const model_info& info, bool with_key, std::uint16_t rows, bool returning) {
  core.begin(op::insert_into, *info.spec, with_key ? insert_with_key : insert_without_key, rows);
  if (returning) core.word(make_word(op::returning_key));
}

namespace {

void assign_next_version(query_core& core, const model_info& info) {
  expression next(ref(info, info.version));
  next.combine(expression(literal(kind::i64, std::int64_t{1})),
               make_word(op::call, static_cast<std::uint8_t>(function::add), 2));
  core.assign(op::assign, ref(info, info.version), next);
}

}  // namespace

namespace {

/// The columns at `fields` that an update may write; null: of all.
void assign_fields(query_core& core, const model_info& info, const std::uint16_t* fields, std::size_t count) {
  if (fields == nullptr) {
    fields = info.columns.data();
    count = info.columns.size();
  }
  for (std::size_t i = 0; i < count; ++i) {
    const field_info& field = info.fields[fields[i]];
    if (!field.is(field_key) && !field.is(field_computed) && fields[i] != info.version)
      core.word(column_word(info, fields[i], op::assign_field));
  }
}

}  // namespace

void make_update(query_core& core, const model_info& info, const std::uint16_t* fields, std::size_t count) {
  core.begin(op::update_of, *info.spec);
  assign_fields(core, info, fields, count);
  if (info.version >= 0) assign_next_version(core, info);
  match_row(core, info);
}

void make_update_of(query_core& core, const model_info& info, const std::uint16_t* fields, std::size_t count,
                    std::uint16_t rows) {
  core.begin(op::update_of, *info.spec, update_objects, rows);
  assign_fields(core, info, fields, count);
  match_row(core, info);
}

namespace {

/// What a mark, or its end, changes besides.
void stamp(query_core& core, const model_info& info, std::int64_t now_us) {
  if (info.updated_at >= 0)
    core.assign(op::assign, ref(info, info.updated_at), expression(literal(kind::timestamp, now_us)));
  if (info.version >= 0) assign_next_version(core, info);
}

}  // namespace

namespace {

/// Says what becomes of the rows; which ones is still to be said. Whether rows that are marked are to be left out.
bool begin_erase(query_core& core, const model_info& info, std::int64_t now_us, bool permanently) {
  if (info.deleted_at < 0 || permanently) {
    core.begin(op::delete_from, *info.spec);
    return false;
  }
  core.begin(op::update_of, *info.spec);
  core.assign(op::assign, ref(info, info.deleted_at), expression(literal(kind::timestamp, now_us)));
  stamp(core, info, now_us);
  return true;
}

/// A later mark would part the row from the children that were marked with it.
void leave_out_marked(query_core& core, const model_info& info) {
  core.clause(op::where, expression(ref(info, info.deleted_at)).push(make_word(op::is_null)));
}

/// The key's parts but the last, and the version.
std::vector<std::uint16_t> group_fields(const model_info& info) {
  std::vector<std::uint16_t> fields(info.key.begin(), info.key.end() - 1);
  if (info.version >= 0) fields.push_back(static_cast<std::uint16_t>(info.version));
  return fields;
}

std::vector<field_slot> slots_of(const model_info& info, const std::vector<std::uint16_t>& fields) {
  std::vector<field_slot> slots;
  for (const std::uint16_t i : fields) slots.push_back(info.fields[i].slot());
  return slots;
}

/// Of whose values a buffer holds equal words where they are equal, and lists of which every database takes.
bool stands_in_lists(const field_info& field) noexcept {
  const kind k = key_kind(field);
  return (is_integer(k) || k == kind::text || k == kind::uuid) && field.type->k != kind::enumeration &&
         field.native_type.empty();
}

}  // namespace

void make_erase(query_core& core, const model_info& info, std::int64_t now_us, bool permanently) {
  const bool marks = begin_erase(core, info, now_us, permanently);
  match_row(core, info);
  if (marks) leave_out_marked(core, info);
}

bool erases_by_list(const model_info& info) noexcept {
  return !info.key.empty() && std::all_of(info.key.begin(), info.key.end(),
                                          [&](std::uint16_t i) { return stands_in_lists(info.fields[i]); });
}

std::vector<std::uint64_t> erase_group(const model_info& info, const void* object) {
  if (info.key.size() == 1 && info.version < 0) return {};
  key_words group(slots_of(info, group_fields(info)));
  group.read(object);
  return {group.data(), group.data() + group.size()};
}

namespace {

/// WHERE the key is one of those of the objects, of one `erase_group`.
void match_listed(query_core& core, const model_info& info, void* const* objects, std::size_t count) {
  for (const std::uint16_t i : group_fields(info)) {
    core.word(make_word(op::where, 0, 1));
    core.word(make_word(op::column_compare, static_cast<std::uint8_t>(key_kind(info.fields[i])), info.fields[i].offset,
                        info.id));
  }
  const std::vector<std::uint64_t> group = erase_group(info, objects[0]);
  core.values.append(group.data(), static_cast<std::uint32_t>(group.size()));
  const field_info& listed = info.fields[info.key.back()];
  core.word(make_word(op::where, 0, 2));
  core.word(make_word(op::list, list_bucket(count)));
  core.word(make_word(op::in_list, static_cast<std::uint8_t>(key_kind(listed)), listed.offset, info.id));
  core.values.push(count);
  key_words key(std::vector<field_slot>{listed.slot()});
  for (std::size_t i = 0; i < count; ++i) {
    key.read(objects[i]);
    core.values.append(key.data(), key.size());
  }
  core.word(make_word(op::with_deleted, every_row));  // objects name their rows, whatever scopes say
}

}  // namespace

void make_erase_of(query_core& core, const model_info& info, std::int64_t now_us, bool permanently,
                   void* const* objects, std::size_t count) {
  const bool marks = begin_erase(core, info, now_us, permanently);
  match_listed(core, info, objects, count);
  if (marks) leave_out_marked(core, info);
}

const field_info& require_deleted_at(const model_info& info) {
  if (info.deleted_at < 0) {
    throw query_error("rows of \"" + info.table +
                      "\" are deleted, not marked, so that they cannot be restored: say "
                      "m.soft_delete(…) in model() of " +
                      std::string(info.short_name()));
  }
  return info.fields[static_cast<std::size_t>(info.deleted_at)];
}

namespace {

void begin_restore(query_core& core, const model_info& info, std::int64_t now_us) {
  static_cast<void>(require_deleted_at(info));
  core.begin(op::update_of, *info.spec);
  core.assign(op::assign, ref(info, info.deleted_at), expression(make_word(op::null_value)));
  stamp(core, info, now_us);
}

/// As an erase leaves out what is marked.
void leave_out_unmarked(query_core& core, const model_info& info) {
  core.clause(op::where, expression(ref(info, info.deleted_at)).push(make_word(op::is_not_null)));
}

}  // namespace

void make_restore(query_core& core, const model_info& info, std::int64_t now_us) {
  begin_restore(core, info, now_us);
  match_row(core, info);
  leave_out_unmarked(core, info);
}

void make_restore_of(query_core& core, const model_info& info, std::int64_t now_us, void* const* objects,
                     std::size_t count) {
  begin_restore(core, info, now_us);
  match_listed(core, info, objects, count);
  leave_out_unmarked(core, info);
}

void make_restore_of(query_core& core, const model_info& info, std::int64_t marked_us, std::int64_t now_us) {
  begin_restore(core, info, now_us);
  core.clause(op::where,
              expression(ref(info, info.deleted_at), comparison::equal, literal(kind::timestamp, marked_us)));
  core.word(make_word(op::with_deleted, every_row));
  core.word(make_word(op::without_scope, all_scopes));
}

void note_marked(const model_info& info, void* object, std::int64_t now_us) {
  store_now(info, info.deleted_at, object, now_us);
  store_now(info, info.updated_at, object, now_us);
  count_version(info, object);
}

void note_restored(const model_info& info, void* object) {
  store_null(require_deleted_at(info).slot(), object);
  count_version(info, object);
}

namespace {

/// What an update by condition does not say of the columns that every update changes.
query_core with_stamps(query_core core, const model_info& info) {
  bool sets_time = info.updated_at < 0;
  bool sets_version = info.version < 0;
  const std::uint64_t* const words = core.shape.data();
  for (std::uint32_t i = 1; i < core.shape.size; ++i) {
    if (op_of(words[i]) == op::assign) {
      const int position = info.find_offset(offset_of_word(words[i + 1]));
      sets_time = sets_time || position == info.updated_at;
      sets_version = sets_version || position == info.version;
    }
    i += body_of(words[i]) + payload_of(words[i]);
  }
  if (!sets_time) {
    core.assign(op::assign, ref(info, info.updated_at), expression(literal(kind::timestamp, timestamp::now().us)));
  }
  if (!sets_version) assign_next_version(core, info);
  return core;
}

/// What an INSERT of a query's rows does not say of the columns that every insert fills; it may have been completed.
query_core with_first_stamps(query_core core, const model_info& info) {
  std::vector<int> said;
  const std::uint64_t* const words = core.shape.data();
  for (std::uint32_t i = 1; i < core.shape.size; ++i) {
    if (op_of(words[i]) == op::column) said.push_back(info.find_offset(offset_of_word(words[i])));
    if (op_of(words[i]) == op::assign) said.push_back(info.find_offset(offset_of_word(words[i + 1])));
    i += body_of(words[i]) + payload_of(words[i]);
  }
  const auto is_left = [&](int position) {
    return position >= 0 && std::find(said.begin(), said.end(), position) == said.end();
  };
  const std::int64_t now_us = is_left(info.created_at) || is_left(info.updated_at) ? timestamp::now().us : 0;
  for (const int position : {info.created_at, info.updated_at}) {
    if (is_left(position)) core.assign(op::assign, ref(info, position), expression(literal(kind::timestamp, now_us)));
  }
  if (is_left(info.version))
    core.assign(op::assign, ref(info, info.version), expression(literal(kind::i64, std::int64_t{1})));
  return core;
}

}  // namespace

query_core complete_write(query_core core) {
  std::uint64_t* words = core.shape.data();
  if (op_of(words[0]) == op::insert_into && sub_of(words[0]) == insert_selected)
    return with_first_stamps(static_cast<query_core&&>(core), info_of(*find_spec(model_of(words[0]))));
  if (op_of(words[0]) != op::delete_from && op_of(words[0]) != op::update_of) return core;
  const model_info& info = info_of(*find_spec(model_of(words[0])));
  if (op_of(words[0]) == op::update_of) return with_stamps(static_cast<query_core&&>(core), info);
  if (info.deleted_at < 0) return core;
  for (std::uint32_t i = 1; i < core.shape.size; ++i) {
    if (op_of(words[i]) == op::with_deleted) return core;
    i += body_of(words[i]) + payload_of(words[i]);
  }
  words[0] = make_word(op::update_of, update_marks, length_of(words[0]), model_of(words[0]));
  core.assign(op::assign, ref(info, info.deleted_at), expression(literal(kind::timestamp, timestamp::now().us)));
  return with_stamps(static_cast<query_core&&>(core), info);
}

namespace {

std::string met_no_row(const model_info& info, const char* verb, std::size_t rows) {
  std::string key;
  for (const std::uint16_t i : info.key) key += (key.empty() ? "" : ", ") + info.fields[i].column;
  return std::string(verb) + " of a " + std::string(info.short_name()) +
         (rows == 1 ? "" : ", one of " + std::to_string(rows) + " that were written together,") + " met no row of \"" +
         info.table + "\" with its key (" + key + ")";
}

}  // namespace

void throw_not_restored(const model_info& info, std::size_t rows) {
  const std::string what = met_no_row(info, "restore", rows);
  if (info.version >= 0) {
    throw stale_row(
        what + " and version (" + info.fields[static_cast<std::size_t>(info.version)].column +
        "), marked as deleted: it is not marked, or was changed or removed since it was read; read it again");
  }
  throw not_found(what + ", marked as deleted: it is not marked, was removed, or never inserted");
}

void throw_not_written(const model_info& info, bool erased, bool compared, std::size_t rows) {
  const std::string what = met_no_row(info, erased ? "erase" : "update", rows);
  if (info.version >= 0) {
    throw stale_row(what + " and version (" + info.fields[static_cast<std::size_t>(info.version)].column +
                    "): it was changed or removed since it was read; read it again");
  }
  if (compared) {
    throw stale_row(what + " and the values that were read: it was changed or removed since; read it again");
  }
  throw not_found(what + (erased && info.deleted_at >= 0
                              ? ": it was removed or marked as deleted before, or never inserted"
                              : ": it was removed, or never inserted"));
}

void throw_not_all_inserted(const model_info& info, std::size_t rows) {
  throw query_error("not all of " + std::to_string(rows) + " rows for \"" + info.table +
                    "\" were inserted: a trigger or rule of the table leaves rows out, so their keys cannot be known; "
                    "give the objects their keys, or insert them by SQL of your own");
}

std::size_t rows_per_insert(const feature_table& features, std::size_t columns) noexcept {
  const std::size_t parameters = std::max<std::size_t>(features.max_parameters, 1);
  columns = std::max<std::size_t>(columns, 1);
  std::size_t most = 128;  // and its halves: few shapes
  while (most > 1 && (most * columns > parameters || most * columns > 2048)) most /= 2;
  return most;
}

task<void> reset_sequences(query_source* source, const model_spec& spec) {
  const model_info& info = require_table(info_of(spec));
  const field_info* const key = info.key.size() == 1 ? &info.fields[info.key[0]] : nullptr;
  if (key == nullptr || !key->is(field_generated)) co_return;
  const std::string sql = require_source(source)->sql_dialect().reset_sequence(info.table, key->column);
  if (!sql.empty()) co_await raw_query<void>(source, sql).run();
}

task<bool> read_again(query_source& source, const model_info& info, void* object) {
  statement_run run;
  run.core = query_core(op::select_from, *info.spec);
  for (const std::uint16_t i : info.key) run.core.word(column_word(info, i, op::match_field));
  run.core.word(make_word(op::with_deleted, every_row));
  const void* const pointer = object;
  run.objects = &pointer;
  run.sink = {object, &add_only_row};
  co_await run_now(source, run);
  co_return run.row_count != 0;
}

}  // namespace tupelo::detail
