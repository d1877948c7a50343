// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/advisory_lock.hpp"
#include "tupelo/engine/copy_in.hpp"
#include "tupelo/engine/join_table_verbs.hpp"
#include "tupelo/engine/listener.hpp"
#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/engine/operation.hpp"
#include "tupelo/engine/pipeline.hpp"
#include "tupelo/engine/relation_verbs.hpp"
#include "tupelo/engine/row_stream.hpp"
#include "tupelo/engine/row_verbs.hpp"
#include "tupelo/query/raw_query.hpp"
#include "tupelo/query/write_query.hpp"
#include "tupelo/model/model.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace tupelo {

/// The verbs of everything that runs queries: database, lease and session derive from it.
template <class Self>
class query_verbs {
public:
  /// A query over all rows of T; narrow it, then run it with a verb: `.all()`, `.one()`, `.first()`, `.count()` …
  template <class T>
  select_query<T, T> query() {
    return select_query<T, T>(source());
  }
  /// The same over an alias, or over the rows of a query that has a name.
  template <detail::row_source Source>
  auto query(const Source& from) {
    return bind(tupelo::query(from));
  }
  /// Runs a query that was built without a database.
  template <class Result, class... Joined>
  select_query<Result, Joined...> bind(const select_query<Result, Joined...>& built) {
    return {query_core(built.core()), source()};
  }
  /// SQL of your own. Parameters are written `?` on every database and bound in order.
  template <class Row = void, class... Parameters>
  raw_query<Row> raw_sql(std::string_view sql, const Parameters&... parameters) {
    return raw_query<Row>(source(), sql, parameters...);
  }
  template <class T>
  update_query<T> update() {
    return update_query<T>(source());
  }
  /// Inserts the rows that a query selects, its values into these columns in their order, and gives their number:
  /// `db.insert_from<Archived>(tp::query<Post>().where(…).select(id, title), tp::col<&Archived::id>, …)`. Others get
  /// what the database gives them, or `insert` (times, version). `.returning()` gives the rows instead, or their terms.
  template <class T, class Result, class... Joined, class... Columns>
  insertion<T> insert_from(const select_query<Result, Joined...>& rows, const Columns&... columns) {
    return {source(), detail::complete_write(detail::insert_of<T>(rows, columns...)), detail::outcome::affected};
  }
  template <class T>
  delete_query<T> erase() {
    return delete_query<T>(source());
  }

  // ---- several at once

  /// Runs the operations in order as one unit, in as few round trips as the database allows, and gives their results: a
  /// tuple with `no_result` for an operation without one; nothing where none has one.
  ///
  /// Outside a transaction they are all or nothing, which includes what an operation makes of its result: not_found of
  /// get(), stale_row of update(). Statements that are new to the connection are prepared before the first is run, so
  /// that none can use a table that another one of them creates. What an operation names (objects) must outlive the
  /// pipeline.
  ///
  /// Errors: that of the first operation that fails; `error::pipeline_position` and the message say which. Those behind
  /// it are not run.
  template <class... Operations>
  auto pipeline(Operations... operations) {
    static_assert((detail::is_operation<Operations> && ...),
                  "tupelo: pipeline() takes operations: statements that are one statement, and no tasks");
    if constexpr ((detail::is_operation<Operations> && ...)) {  // one error is enough
      return detail::run_pipeline(source(), static_cast<Operations&&>(operations)...);
    } else {
      return no_result();
    }
  }
  /// The same for as many operations as there are: a vector of results; nothing for operations without one.
  template <class T>
  auto pipeline(std::vector<operation<T>> operations) {
    return detail::run_pipeline(source(), static_cast<std::vector<operation<T>>&&>(operations));
  }

  // ---- one object at a time, untracked

  /// The object with this key. Errors: not_found.
  template <class T, class Key>
  operation<T> get(const Key& key, std::source_location from = std::source_location::current()) {
    operation<T> op(source(), detail::meta<T>::spec, detail::outcome::found, &detail::add_only_row, from);
    detail::add_key<T>(op.core(), key);
    return op;
  }
  /// The same with a key of several parts, in their order.
  template <class T, class... Key>
    requires(sizeof...(Key) != 1)
  operation<T> get(const Key&... key) {
    operation<T> op(source(), detail::meta<T>::spec, detail::outcome::found, &detail::add_only_row, {});
    detail::add_key<T>(op.core(), key...);
    return op;
  }
  /// The object with this key, if there is one.
  template <class T, class Key>
  operation<std::optional<T>> find(const Key& key, std::source_location from = std::source_location::current()) {
    operation<std::optional<T>> op(source(), detail::meta<T>::spec, detail::outcome::rows,
                                   &detail::optional_sink<T>::add, from);
    detail::add_key<T>(op.core(), key);
    return op;
  }
  template <class T, class... Key>
    requires(sizeof...(Key) != 1)
  operation<std::optional<T>> find(const Key&... key) {
    operation<std::optional<T>> op(source(), detail::meta<T>::spec, detail::outcome::rows,
                                   &detail::optional_sink<T>::add, {});
    detail::add_key<T>(op.core(), key...);
    return op;
  }
  /// Loads a relation of an object, a ref or a range of them, as `with` does in a query: one statement for all of them,
  /// further relations and a function that narrows the last one behind. What was loaded before is replaced.
  /// Before: the objects outlive the task.
  template <class Objects, class F, class C, class... Path>
  task<void> load(Objects&& objects, F C::* relation, const Path&... path) {
    load_list loads;
    detail::relation_path<C>::load(loads, relation, path...);
    std::vector<void*> found;
    detail::objects_of<C>::add(found, objects);
    return detail::load_relations(source(), static_cast<load_list&&>(loads), static_cast<std::vector<void*>&&>(found));
  }

  // ---- the table of a many_to_many relation: its rows are connections. What is loaded already stays as it is.

  /// Connects the object, or ref, with those of these keys, or with these objects; one or a range of them. Gives how
  /// many connections are new: what is connected already stays so, provided that the table's key says that a pair is
  /// there once. Before: the objects outlive the task, here and below.
  template <class Object, class F, class C, class Related>
  task<std::int64_t> attach(const Object& object, F C::* relation, const Related& related,
                            std::source_location from = std::source_location::current()) {
    return detail::attach({source(), from}, detail::join_rows_of(object, relation), detail::keys_in<F>(related));
  }
  /// The same with what else the join table's model holds: each new row is like this one, but for both keys, its type
  /// column, and what every insert sets: `db.attach(article, &Article::tags, tags, ArticleTag{.added_by = "ada"})`.
  /// Before: the row outlives the task too. Errors: query_error for a row of another table.
  template <class Object, class F, class C, class Related, class Row>
    requires(detail::is_model<Row>)
  task<std::int64_t> attach(const Object& object, F C::* relation, const Related& related, const Row& row,
                            std::source_location from = std::source_location::current()) {
    return detail::attach({source(), from}, detail::join_rows_of(object, relation), detail::keys_in<F>(related),
                          detail::join_row_of(row));
  }
  /// Ends these connections; gives how many there were.
  template <class Object, class F, class C, class Related>
  task<std::int64_t> detach(const Object& object, F C::* relation, const Related& related,
                            std::source_location from = std::source_location::current()) {
    return detail::detach({source(), from}, detail::join_rows_of(object, relation), detail::keys_in<F>(related), false);
  }
  /// Ends all connections of the object by this relation.
  template <class Object, class F, class C>
  task<std::int64_t> detach(const Object& object, F C::* relation,
                            std::source_location from = std::source_location::current()) {
    return detail::detach({source(), from}, detail::join_rows_of(object, relation), {}, true);
  }
  /// Connects the object with these, and with no others. All or nothing, in a transaction.
  template <class Object, class F, class C, class Related>
  task<join_changes> sync(const Object& object, F C::* relation, const Related& related,
                          std::source_location from = std::source_location::current()) {
    return detail::sync({source(), from}, detail::join_rows_of(object, relation), detail::keys_in<F>(related));
  }
  /// The same; what is connected newly gets a row of the join table like this one, as `attach` makes it.
  /// Before: the row outlives the task too. Errors: query_error for a row of another table.
  template <class Object, class F, class C, class Related, class Row>
    requires(detail::is_model<Row>)
  task<join_changes> sync(const Object& object, F C::* relation, const Related& related, const Row& row,
                          std::source_location from = std::source_location::current()) {
    return detail::sync({source(), from}, detail::join_rows_of(object, relation), detail::keys_in<F>(related),
                        detail::join_row_of(row));
  }
  /// Connects the object with those of these that it is not connected with, and parts it from those that it is. All or
  /// nothing, in a transaction.
  template <class Object, class F, class C, class Related>
  task<join_changes> toggle(const Object& object, F C::* relation, const Related& related,
                            std::source_location from = std::source_location::current()) {
    return detail::toggle({source(), from}, detail::join_rows_of(object, relation), detail::keys_in<F>(related));
  }
  /// The same with a row of the join table, as `sync` takes it.
  template <class Object, class F, class C, class Related, class Row>
    requires(detail::is_model<Row>)
  task<join_changes> toggle(const Object& object, F C::* relation, const Related& related, const Row& row,
                            std::source_location from = std::source_location::current()) {
    return detail::toggle({source(), from}, detail::join_rows_of(object, relation), detail::keys_in<F>(related),
                          detail::join_row_of(row));
  }

  /// Inserts the object; its generated key, uuid key and timestamps are set in it.
  template <class T>
    requires(!std::is_const_v<T> && detail::is_model<T>)
  operation<void> insert(T& object, std::source_location from = std::source_location::current()) {
    return {source(), __builtin_addressof(object), detail::meta<T>::spec, detail::outcome::object_inserted, from};
  }
  /// Inserts the object and gives it back with its key.
  template <class T>
    requires(!std::is_reference_v<T> && !std::is_const_v<T> && detail::is_model<T>)
  operation<T> insert(T&& object, std::source_location from = std::source_location::current()) {
    operation<T> op(source(), nullptr, detail::meta<T>::spec, detail::outcome::object_inserted, from);
    op.use_result_as_object(static_cast<T&&>(object));
    return op;
  }
  /// Inserts all objects with as few statements as possible; their keys are set. All or none, in one transaction.
  template <class T>
  task<void> insert(std::vector<T>& objects, std::source_location from = std::source_location::current()) {
    return detail::insert_all({source(), from}, detail::meta<T>::spec, pointers_to(objects));
  }
  /// Inserts, or does what the clause says where the row is already there; the object then holds the row as it is in
  /// the database. False: the clause says ignore(), and it was there.
  template <class T>
  task<bool> upsert(T&& object, const conflict_clause& c, std::source_location from = std::source_location::current()) {
    static_assert(std::is_lvalue_reference_v<T>, "tupelo: upsert() makes of a variable the row that is there then");
    const model_spec& spec = detail::meta<std::remove_reference_t<T>>::spec;
    return detail::upsert({source(), from}, spec, __builtin_addressof(object), c.clause());
  }
  /// The same for many objects, sent together; which of them were written. All or none, in one transaction. Each is a
  /// statement of its own, so that two may meet the same row: the second then meets that of the first.
  template <class T>
  task<std::vector<bool>> upsert(std::vector<T>& objects, const conflict_clause& conflict,
                                 std::source_location from = std::source_location::current()) {
    return detail::upsert_all({source(), from}, detail::meta<T>::spec, pointers_to(objects), conflict.clause());
  }
  /// Writes all columns of the row with the object's key; sets its updated_at and version.
  /// Errors: stale_row where the model has a version, else not_found.
  template <class T>
    requires(!std::is_const_v<T> && detail::is_model<T>)
  operation<void> update(T& object, std::source_location from = std::source_location::current()) {
    return {source(), __builtin_addressof(object), detail::meta<T>::spec, detail::outcome::object_updated, from};
  }
  /// The same for many objects, each with values of its own, in as few statements as possible. All or none, in one
  /// transaction. `fields`: only these columns, beside updated_at and the version; what else the objects hold is not
  /// written: `db.update(products, &Product::price, &Product::stock)`.
  /// Errors: as above, where one row is not there or an object is twice among them; query_error for a field that no
  /// update may set.
  template <class T>
  task<void> update(std::vector<T>& objects, std::source_location from = std::source_location::current()) {
    return update_fields<T>({source(), from}, objects, {});
  }
  template <class T, class... Fields>
    requires(sizeof...(Fields) != 0 && (std::is_constructible_v<field_ref, const Fields&> && ...))
  task<void> update(std::vector<T>& objects, const Fields&... fields) {
    return update_fields<T>(source(), objects, {field_ref(fields)...});
  }
  /// Removes the row with the object's key; marks it where the model says soft_delete, and a row that is marked already
  /// is as one that is gone. Errors: as update.
  template <class T>
    requires(detail::is_model<T>)
  operation<void> erase(const T& object, std::source_location from = std::source_location::current()) {
    void* read = const_cast<T*>(__builtin_addressof(object));  // and not written
    return {source(), read, detail::meta<T>::spec, detail::outcome::object_erased, from};
  }
  /// The same; where the row is marked, so is the object then, with the time and the version of its row.
  template <class T>
    requires(!std::is_const_v<T> && detail::is_model<T> && !detail::object_handle<T>)
  operation<void> erase(T& object, std::source_location from = std::source_location::current()) {
    operation<void> op(source(), __builtin_addressof(object), detail::meta<T>::spec, detail::outcome::object_erased,
                       from);
    op.note_mark();
    return op;
  }
  /// The same for many objects, in as few statements as possible. All or none, in one transaction. Errors: as above,
  /// where one row is not there, is marked already, or an object is twice among them.
  template <class T>
    requires(detail::is_model<T>)
  task<void> erase(std::vector<T>& objects, std::source_location from = std::source_location::current()) {
    return detail::erase_all({source(), from}, detail::meta<T>::spec, pointers_to(objects), false);
  }
  template <class T>
    requires(detail::is_model<T>)
  task<void> erase(std::vector<T>& objects, permanently_t,
                   std::source_location from = std::source_location::current()) {
    return detail::erase_all({source(), from}, detail::meta<T>::spec, pointers_to(objects), true);
  }
  template <class T, class... Rest>
    requires(detail::is_model<T>)
  task<void> erase(const std::vector<T>&, const Rest&...) {
    static_assert(sizeof(T) == 0,
                  "tupelo: erase() writes marks and versions into the objects: give it a vector that is a variable and "
                  "not const");
    return {};
  }
  /// The same; the row is deleted where the model says soft_delete, too: `db.erase(user, tp::permanently)`.
  template <class T>
    requires(detail::is_model<T>)
  operation<void> erase(const T& object, permanently_t, std::source_location from = std::source_location::current()) {
    void* read = const_cast<T*>(__builtin_addressof(object));  // and not written
    return {source(), read, detail::meta<T>::spec, detail::outcome::object_erased_permanently, from};
  }
  /// Ends the mark of a row that was removed where the model says soft_delete; the object is not marked then either.
  /// Rows that belong to it and were marked with it, at the same time, come back with it. Errors: as update; those of
  /// constraints that the rows now stand in the way of; query_error for a model that marks no rows.
  template <class T>
    requires(!std::is_const_v<T> && detail::is_model<T> && !detail::object_handle<T>)
  operation<void> restore(T& object, std::source_location from = std::source_location::current()) {
    return {source(), __builtin_addressof(object), detail::meta<T>::spec, detail::outcome::object_restored, from};
  }
  /// The same for many objects. All or none, in one transaction.
  template <class T>
    requires(detail::is_model<T>)
  task<void> restore(std::vector<T>& objects, std::source_location from = std::source_location::current()) {
    return detail::restore_all({source(), from}, detail::meta<T>::spec, pointers_to(objects));
  }
  template <class T>
    requires(detail::is_model<T>)
  task<void> restore(const std::vector<T>&) {
    static_assert(sizeof(T) == 0,
                  "tupelo: restore() writes marks and versions into the objects: give it a vector that is a variable "
                  "and not const");
    return {};
  }

  // ---- many rows

  /// Writes all rows of a range of models, as fast as the database takes them, and gives their number. All or none: in
  /// one transaction, or a savepoint of the one that is open.
  ///
  /// A range that makes its rows as it is read takes memory for one batch of them. Generated keys are left to the
  /// database and not told; uuid keys, timestamps and versions are set as by insert, in the objects where they can be
  /// changed. Databases without COPY (feature_table::copy) get INSERTs of many rows.
  /// Errors: as insert; what reading the range throws.
  template <class Rows>
    requires(detail::row_range<Rows> && detail::is_model<detail::row_of_range<Rows>>)
  task<std::int64_t> copy_in(Rows&& rows, std::source_location from = std::source_location::current()) {
    return detail::copy_range<Rows>({source(), from}, static_cast<Rows&&>(rows));
  }
  /// The same for the rows that `next()`, a function, gives: std::optional<T>, empty at the end.
  template <class T, class Next>
    requires(detail::is_model<T> && requires(Next& next) { std::optional<T>(next()); })
  task<std::int64_t> copy_in(Next next, std::source_location from = std::source_location::current()) {
    return detail::copy_generated<T, Next>({source(), from}, static_cast<Next&&>(next));
  }
  /// The same for a coroutine, a function that gives task<std::optional<T>>: rows that have to be waited for. The
  /// connection is held meanwhile.
  template <class T, class Next>
    requires(detail::is_model<T> && detail::awaited_source<Next, T>)
  task<std::int64_t> copy_in(Next next, std::source_location from = std::source_location::current()) {
    return detail::copy_awaited<T, Next>({source(), from}, static_cast<Next&&>(next));
  }
  /// The same for rows of any struct or tuple, whose fields go into these columns in their order, as they are.
  template <class Rows>
    requires(detail::row_range<Rows>)
  task<std::int64_t> copy_in(std::string table, std::vector<std::string> columns, Rows&& rows,
                             std::source_location from = std::source_location::current()) {
    return detail::copy_range_into<Rows>(
        {source(), from}, {static_cast<std::string&&>(table), static_cast<std::vector<std::string>&&>(columns)},
        static_cast<Rows&&>(rows));
  }

  /// All rows of T one after the other, in constant memory and as fast as the database gives them. Elsewhere than with
  /// COPY it is `query<T>().stream()`.
  ///
  /// Left before its end, the rest is read and dropped. Outside of a transaction it costs the connection where that is
  /// much.
  template <class T>
  row_stream<T> copy_out(std::source_location from = std::source_location::current()) {
    return copy_out(query<T>(), from);
  }
  /// The same for a query. One with values is read as `stream()` does: COPY takes none.
  template <class Result, class... Joined>
  row_stream<Result> copy_out(const select_query<Result, Joined...>& built,
                              std::source_location from = std::source_location::current()) {
    return row_stream<Result>(source(), query_core(built.core()), true, from);
  }
  /// The same for SQL of your own, without parameters.
  template <class Row>
  row_stream<Row> copy_out(std::string_view sql, std::source_location from = std::source_location::current()) {
    return row_stream<Row>(source(), query_core(raw_query<Row>(source(), sql).core()), true, from);
  }

  // ---- notifications

  /// Sends to all who listen to the channel, at the commit of the open transaction or at once.
  /// Errors: value_error for an empty or too long channel (63 bytes) or payload (7999 bytes); query_error
  /// (unsupported_feature) naming the database.
  task<void> notify(std::string channel, std::string payload = {}) {
    return detail::notify(source(), static_cast<std::string&&>(channel), static_cast<std::string&&>(payload));
  }

  // ---- locks on keys of the program's own

  /// Waits for the lock, which ends with the open transaction. Taken twice it is held twice.
  /// Errors: transaction_error (invalid_transaction) outside of a transaction; lock_timeout, deadlock; query_error
  /// (unsupported_feature) naming the database.
  task<void> advisory_lock(advisory_key key, advisory_mode mode = advisory_mode::exclusive) {
    return detail::advisory_lock(source(), static_cast<advisory_key&&>(key), mode, detail::advisory_scope::transaction);
  }
  /// Takes the lock if that needs no waiting. Errors: as advisory_lock.
  task<bool> try_advisory_lock(advisory_key key, advisory_mode mode = advisory_mode::exclusive) {
    return detail::try_advisory_lock(source(), static_cast<advisory_key&&>(key), mode,
                                     detail::advisory_scope::transaction);
  }

  /// Makes the next generated key of T larger than every key in its table: for rows that were written with keys of
  /// their own, which a sequence of the database does not see. Does nothing where there is no sequence.
  template <class T>
  task<void> reset_sequences() {
    return detail::reset_sequences(source(), detail::meta<T>::spec);
  }

  /// Sets the counters that T's foreign keys keep in other models to what they should be, and gives how many were
  /// wrong: after statements and loads, which do not count.
  template <class T>
  task<std::int64_t> recount() {
    return detail::recount(source(), detail::meta<T>::spec);
  }

private:
  template <class T>
  static std::vector<void*> pointers_to(std::vector<T>& objects) {
    std::vector<void*> pointers;
    pointers.reserve(objects.size());
    for (T& object : objects) pointers.push_back(__builtin_addressof(object));
    return pointers;
  }
  template <class T>
  static task<void> update_fields(detail::verb_call call, std::vector<T>& objects, std::vector<field_ref> fields) {
    return detail::update_all(call, detail::meta<T>::spec, pointers_to(objects),
                              static_cast<std::vector<field_ref>&&>(fields));
  }
  friend Self;
  query_verbs() noexcept = default;
  query_source* source() noexcept { return static_cast<Self*>(this); }
};

}  // namespace tupelo
