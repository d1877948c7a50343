// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/query_source.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/model/model.hpp"
#include "tupelo/core/task.hpp"

#include <cstdint>
#include <vector>

/// Statements made from whole objects; what the one-shot verbs and sessions share.
namespace tupelo {
struct feature_table;

/// Says to `erase` and `session::remove` that the row is deleted though the model says soft_delete.
struct permanently_t {};
inline constexpr permanently_t permanently{};
}  // namespace tupelo

namespace tupelo::detail {

template <class T>
concept is_model =
    std::is_class_v<std::remove_cvref_t<T>> && !requires { typename std::remove_cvref_t<T>::value_type; };

/// WHERE the model's key is this; a key of several parts is added part by part. Checked against the key's field.
/// Errors: query_error when the parts do not fit the model's key.
void add_key_part(query_core& core, const model_spec& spec, std::size_t part, std::size_t parts, const literal& value);
template <class Part>
void add_key_value(query_core& core, const model_spec& spec, std::size_t part, std::size_t parts, const Part& value) {
  text_room<Part> room;
  add_key_part(core, spec, part, parts, literal_of<Part>(value, room));
}

/// The condition of a SELECT by primary key. Errors: query_error when the key's parts do not fit the model's key.
template <class T, class... Key>
void add_key(query_core& core, const Key&... key) {
  static_assert(sizeof...(Key) > 0, "tupelo: get() and find() need a key");
  if constexpr (sizeof...(Key) == 1 && requires { &T::id; }) {
    static_assert((column_named<&T::id>::template accepts<Key> && ...),
                  "tupelo: get() and find(): the key's type does not match the type of the field id");
  }
  std::size_t part = 0;
  (add_key_value(core, meta<T>::spec, part++, sizeof...(Key), key), ...);
}
template <class T, class... Key>
query_core key_query(const Key&... key) {
  query_core core(op::select_from, meta<T>::spec);
  add_key<T>(core, key...);
  return core;
}

/// The time that a row is marked with when it is written; 0, without a look at the clock, where the model has no column
/// for it.
std::int64_t time_of_writing(const model_info& info) noexcept;
/// Sets timestamps, a missing uuid key and the first version. Whether the generated key is left to the database.
bool prepare_for_insert(const model_info& info, void* object, std::int64_t now_us);
/// Sets updated_at.
void prepare_for_update(const model_info& info, void* object, std::int64_t now_us);
/// Whether the object's key is 0 or nil: not stored yet.
bool has_empty_key(const model_info& info, const void* object);
void set_generated_key(const model_info& info, void* object, std::int64_t id);
void count_version(const model_info& info, void* object, std::int64_t by = 1);

// Statements about objects; the core that they are made in is empty before.
/// INSERT of `rows` objects. `returning` asks for the generated keys.
void make_insert(query_core& core, const model_info& info, bool with_key, std::uint16_t rows, bool returning);
/// UPDATE of the columns at `fields` (positions; null: of all) of the row with the object's key and version.
void make_update(query_core& core, const model_info& info, const std::uint16_t* fields, std::size_t count);
/// The same of the rows with the keys and versions of `rows` objects.
void make_update_of(query_core& core, const model_info& info, const std::uint16_t* fields, std::size_t count,
                    std::uint16_t rows);
/// DELETE, or UPDATE of deleted_at, of the row with the object's key and version. A row that is marked keeps its mark:
/// what was marked with it comes back by that.
void make_erase(query_core& core, const model_info& info, std::int64_t now_us, bool permanently = false);
/// The same of the rows of these objects. Before: their `erase_group` is the same.
void make_erase_of(query_core& core, const model_info& info, std::int64_t now_us, bool permanently,
                   void* const* objects, std::size_t count);
/// Whether rows can be named by a list of keys.
bool erases_by_list(const model_info& info) noexcept;
/// What must be the same of objects so that one list of keys names their rows: the version, and the parts of the key
/// but its last. Empty: nothing. Before: erases_by_list.
std::vector<std::uint64_t> erase_group(const model_info& info, const void* object);
/// UPDATE of deleted_at to NULL of that row, if it is marked. Errors: query_error for a model that marks no rows.
void make_restore(query_core& core, const model_info& info, std::int64_t now_us);
/// The same of the rows of these objects. Before: as make_erase_of.
void make_restore_of(query_core& core, const model_info& info, std::int64_t now_us, void* const* objects,
                     std::size_t count);
/// The same of all rows that are marked with this time.
void make_restore_of(query_core& core, const model_info& info, std::int64_t marked_us, std::int64_t now_us);
/// The object as its row is once it was marked at this time. Before: the model marks rows.
void note_marked(const model_info& info, void* object, std::int64_t now_us);
/// The object as its row is then.
void note_restored(const model_info& info, void* object);
/// Errors: query_error for a model whose rows are not marked as deleted.
const field_info& require_deleted_at(const model_info& info);
/// What a write by condition leaves unsaid: a delete_query of a soft-deletable model becomes an update, and an
/// update_query sets updated_at and counts the version unless it sets them itself. An INSERT of a query's rows fills
/// the times and the version as that of an object. What is complete stays as it is.
query_core complete_write(query_core core);

/// Inserts objects of one model with as few statements as possible, keys set, in a transaction of its own where the
/// source has none open.
task<void> insert_all(verb_call call, const model_spec& spec, std::vector<void*> objects);
/// Writes the rows of objects of one model with as few statements as possible, in a transaction as above. `only`: the
/// fields to write; none: all. Errors: query_error for a field that is not for updates.
task<void> update_all(verb_call call, const model_spec& spec, std::vector<void*> objects, std::vector<field_ref> only);
/// Removes the rows of objects of one model, or ends their marks, in a transaction as above. The objects are marked as
/// their rows are.
task<void> erase_all(verb_call call, const model_spec& spec, std::vector<void*> objects, bool permanently);
task<void> restore_all(verb_call call, const model_spec& spec, std::vector<void*> objects);
task<void> reset_sequences(query_source* source, const model_spec& spec);
/// Sets the counters of which `child` has the foreign keys to what they should be; how many were wrong.
task<std::int64_t> recount(query_source* source, const model_spec& child);
/// Rows of one INSERT: enough that the statement's own cost vanishes, few enough for the database's parameters.
std::size_t rows_per_insert(const feature_table& features, std::size_t columns) noexcept;
/// Reads the row with the object's key into the object, also one that is marked as deleted; false: there is none.
task<bool> read_again(query_source& source, const model_info& info, void* object);
task<bool> upsert(verb_call call, const model_spec& spec, void* object, expression conflict);
/// The same of many objects of one model, in a transaction as above: which of them were written. What is not committed
/// leaves them as they were.
task<std::vector<bool>> upsert_all(verb_call call, const model_spec& spec, std::vector<void*> objects,
                                   expression conflict);

/// Generated keys were asked for, and other than `rows` of them came back.
[[noreturn]] void throw_not_all_inserted(const model_info& info, std::size_t rows);
/// `compared`: with values that the row had; `rows`: of the statement. Errors: stale_row, not_found.
[[noreturn]] void throw_not_written(const model_info& info, bool erased, bool compared = false, std::size_t rows = 1);
/// The same of rows that were to be restored.
[[noreturn]] void throw_not_restored(const model_info& info, std::size_t rows = 1);

}  // namespace tupelo::detail
