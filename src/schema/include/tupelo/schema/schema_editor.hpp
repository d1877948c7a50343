// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/composite_editor.hpp>
#include <tupelo/schema/table_editor.hpp>
#include <tupelo/core/task.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace tupelo {

class lease;

namespace detail {

/// C++ that runs between a migration's schema changes.
class migration_code {
public:
  migration_code() = default;
  migration_code(const migration_code&) = delete;
  migration_code& operator=(const migration_code&) = delete;
  virtual ~migration_code() = default;
  virtual task<void> run(lease& connection) = 0;
};

template <class Function>
class migration_closure final : public migration_code {
public:
  explicit migration_closure(Function function) : function_(std::move(function)) {}
  task<void> run(lease& connection) override { return function_(connection); }

private:
  Function function_;
};

}  // namespace detail

/// Refines a backfill.
class backfill_editor {
public:
  explicit backfill_editor(detail::schema_recorder* recorder, std::size_t step) noexcept
      : recorder_(recorder), step_(step) {}

  /// How many rows are written in one transaction; 1000 unless said.
  backfill_editor& batch(std::uint32_t rows);
  /// How long others have the table to themselves between two batches. Units: milliseconds.
  backfill_editor& pause_ms(std::uint32_t milliseconds);

private:
  detail::schema_recorder* recorder_;
  std::size_t step_;
};

/// What `up` and `down` of a migration talk to: it records every change as data, checked at once against the schema
/// that the migrations before it have built. Nothing touches a database until the migration is executed.
///
/// What a verb returns refines that one change and is to be used in the same statement.
/// Errors: migration_error (invalid_migration) naming the table and the column, from the verb after the wrong one at
/// the latest.
class schema_editor {
public:
  explicit schema_editor(detail::schema_recorder& recorder) noexcept : recorder_(&recorder) {}
  schema_editor(const schema_editor&) = delete;
  schema_editor& operator=(const schema_editor&) = delete;

  // ---- tables

  /// `describe` is called at once, with a table_editor&.
  template <class Describe>
  void create_table(std::string_view table, Describe&& describe) {
    table_editor editor = begin_table(table);
    describe(editor);
    finish();
  }
  void drop_table(std::string_view table);
  /// Its primary key, unique constraints and indexes are renamed with it where their names follow the convention.
  void rename_table(std::string_view from, std::string_view to);
  /// Several changes of one table: what the table_editor adds, drops, renames or alters, in that order.
  template <class Describe>
  void alter_table(std::string_view table, Describe&& describe) {
    table_editor editor = alter(table);
    describe(editor);
    finish();
  }

  // ---- single changes of a table

  /// The column's type is said by what follows: `db.add_column("users", "age").integer().null()`. Text unless said.
  column_editor add_column(std::string_view table, std::string_view column);
  /// `db.alter_column("users", "age").big_integer().not_null()`; what is not said stays.
  column_editor alter_column(std::string_view table, std::string_view column);
  void drop_column(std::string_view table, std::string_view column);
  void rename_column(std::string_view table, std::string_view from, std::string_view to);

  index_editor add_index(std::string_view table, name_list columns);
  index_editor add_search_index(std::string_view table, std::string_view language, name_list columns);
  void drop_index(std::string_view table, std::string_view name);
  void drop_index(std::string_view table, std::string_view name, concurrently_tag);
  void rename_index(std::string_view table, std::string_view from, std::string_view to);
  key_editor add_unique(std::string_view table, name_list columns);
  void drop_unique(std::string_view table, std::string_view name);
  void drop_unique(std::string_view table, std::string_view name, concurrently_tag);
  check_editor add_check(std::string_view table, std::string_view name, std::string_view expression);
  void drop_check(std::string_view table, std::string_view name);
  exclusion_editor add_exclusion(std::string_view table, std::string_view name);
  void drop_exclusion(std::string_view table, std::string_view name);
  void comment_table(std::string_view table, std::string_view text);
  foreign_key_editor add_foreign_key(std::string_view table, name_list columns);
  void drop_foreign_key(std::string_view table, std::string_view name);
  /// Of a unique constraint, check, foreign key or exclusion constraint. SQLite makes the table anew.
  void rename_constraint(std::string_view table, std::string_view from, std::string_view to);
  /// Looks at the rows that a check or foreign key was added beside as not_valid(), while others read and write them.
  /// Fails where one breaks it. Nothing is to be said in `down`.
  void validate(std::string_view table, std::string_view constraint);
  /// Without columns: the table has no primary key from here on.
  void primary_key(std::string_view table, name_list columns);

  // ---- enums: types on PostgreSQL; on SQLite their columns are texts

  void create_enum(std::string_view name, name_list values);
  void drop_enum(std::string_view name);
  /// Other values, in this order. Rows must not hold one that is gone. PostgreSQL adds values in place; it rewrites the
  /// enum's columns where values go or change their order, or where this migration itself uses a new one.
  void change_enum(std::string_view name, name_list values);
  void rename_enum_value(std::string_view name, std::string_view from, std::string_view to);

  // ---- composite types: of PostgreSQL; on SQLite their columns are texts

  /// `db.create_composite("dimensions", [](tp::composite_editor& c) { c.integer("width"); c.decimal("height"); })`
  template <class Describe>
  void create_composite(std::string_view name, Describe&& describe) {
    composite_editor editor(name);
    describe(editor);
    create(editor.definition());
  }
  void drop_composite(std::string_view name);
  /// All attributes that the type has from here on, in their order. Rows keep the values of those whose names stay. New
  /// ones behind the others, and those that go, are changed in place; for everything else PostgreSQL rewrites the
  /// type's columns. Errors when rendered: unsupported_feature where that cannot be: arrays of the type, composites of
  /// it, and columns on SQLite, whose texts have to be changed by SQL of your own.
  template <class Describe>
  void change_composite(std::string_view name, Describe&& describe) {
    composite_editor editor(name);
    describe(editor);
    change(editor.definition());
  }

  // ---- what the schema cannot say

  /// SQL of your own, one or several statements, in the database's own words; the recorded schema does not change by
  /// it.
  void execute(std::string_view sql);

  /// Says what SQL does that the recorded schema knows nothing of, here or in a migration before: nothing is run for
  /// it, and `db migrate` does not ask for it again. `db.declare([](tp::schema_editor& db) { db.add_column("users",
  /// "nick").text().null(); })` Errors: migration_error (invalid_migration) for what is no change of the schema, and as
  /// its verbs.
  template <class Describe>
  void declare(Describe&& describe) {
    set_declaring(true);
    describe(*this);
    set_declaring(false);
  }

  /// Checks here, when the migration is run, that the query gives one truth, and says `message` where it does not:
  /// `db.require("SELECT count(*) = 0 FROM users WHERE email IS NULL", "every user needs an email; see …")`. Behind the
  /// last change of `up` it is what the migration promises: `db verify` checks it again. The migration is rolled back
  /// where it does not hold. Errors: migration_error (invalid_migration) for a text that is empty or has a `?`.
  void require(std::string_view query, std::string_view message);

  /// Runs the migration's steps each in a transaction of its own, and those that take none without: VACUUM, CREATE
  /// INDEX CONCURRENTLY. What was done is recorded step by step: after a failure the next upgrade goes on behind it.
  /// Others see the steps one by one. `db.run` code must not begin or end transactions here either.
  void outside_transaction();

  /// Code that reads or writes rows between the changes: `db.run([](tp::lease& c) -> tp::task<void> { … })`. It runs on
  /// the migration's connection, inside its transaction, when the migration is executed; it is skipped when it is
  /// replayed. The file that calls this includes <tupelo/tupelo.hpp>. Owns: the function; what it captures by reference
  /// must live until then.
  template <class Function>
    requires std::is_invocable_r_v<task<void>, Function&, lease&>
  void run(Function function) {
    add_code(new detail::migration_closure<Function>(std::move(function)));
  }

  /// Writes rows in batches, each in a transaction of its own, so that nobody waits long for a row:
  /// `db.backfill("users", "city = 'Tupelo'", "city IS NULL")`. `set` is what stands behind SET, `where` says which
  /// rows are still to be written: not those that have been, so that a backfill which was stopped goes on where it was.
  /// The migration does nothing else. Errors: migration_error (invalid_migration) for a table whose primary key is not
  /// one column, and without a condition.
  backfill_editor backfill(std::string_view table, std::string_view set, std::string_view where);

  /// In `down`: says that there is no way back, and why. A downgrade past here is refused before anything is changed.
  void irreversible(std::string_view reason);

  /// In `up`: breaks a rule of `db lint` on purpose, wherever this migration does, and says why:
  /// `db.allow("drop-column", "nobody reads it since release 12")`. What loses data needs it, or `--allow-destructive`.
  /// Errors: migration_error (invalid_migration) for a rule that does not exist, or without a reason.
  void allow(std::string_view rule, std::string_view reason);

private:
  table_editor begin_table(std::string_view table);
  table_editor alter(std::string_view table);
  void create(const composite_definition& type);
  void change(const composite_definition& type);
  void add_code(detail::migration_code* code);
  void set_declaring(bool declaring);
  void finish();

  detail::schema_recorder* recorder_;
};

}  // namespace tupelo
