// SPDX-License-Identifier: Apache-2.0
// The rules of `db lint`, which docs/lint.md says word for word; a test holds the two together.
#include "tupelo/schema/lint.hpp"

namespace tupelo {

std::string_view name_of(hazard h) noexcept {
  switch (h) {
    case hazard::destructive: return "destructive";
    case hazard::incompatible: return "incompatible";
    case hazard::data_dependent: return "data-dependent";
    case hazard::blocking: return "blocking";
    case hazard::review: return "review";
    case hazard::design: return "design";
  }
  return "unknown";
}

const std::vector<lint_rule>& lint_rules() {
  using enum hazard;
  using enum lint_scope;
  static const std::vector<lint_rule> rules{
      {"drop-table", destructive, everywhere,
       "The table goes with all its rows, and the program that runs now still asks for it.",
       "First release a program that does not use the table; then drop it in a migration that says so by db.allow."},
      {"drop-column", destructive, everywhere,
       "The column goes with all its values, and the program that runs now still asks for it.",
       "First release a program that does not use the column; then drop it in a migration that says so by db.allow."},
      {"drop-attribute", destructive, everywhere,
       "The part of the composite type goes with its values in every column of the type.",
       "First release a program that does not use it; then drop it in a migration that says so by db.allow."},
      {"drop-schema", destructive, everywhere,
       "What goes takes with it whatever is in it, belongs to it or depends on it: a schema, a database, DROP OWNED, "
       "DROP … CASCADE.",
       "Drop the things one by one, so that each is seen."},
      {"lossy-type", destructive, everywhere,
       "The new type cannot hold all that the old one holds: digits, times of day or fractions are cut off for good.",
       "Add a column of the new type, fill it, let a release use it, and drop the old one later."},
      {"overwrite-values", destructive, everywhere,
       "The column becomes a computed one: the values that it has are replaced.",
       "Add the computed column beside it under another name."},
      {"delete-all-rows", destructive, everywhere, "TRUNCATE, or DELETE without WHERE, removes every row.",
       "Say which rows go, in batches where there are many."},
      {"rename-table", incompatible, everywhere,
       "From the moment of the commit the program that runs now asks for a table that is not there.",
       "Make the new table, write to both, copy, switch the readers and drop the old one; or rename and put a view "
       "under the former name."},
      {"rename-column", incompatible, everywhere,
       "From the moment of the commit the program that runs now asks for a column that is not there.",
       "Add the new column, write to both, copy, switch the readers and drop the old one: the guide walks through it."},
      {"rename-enum-value", incompatible, everywhere,
       "The program that runs now neither knows the new name nor may write the old one.",
       "Add the new value, switch the program, move the rows, and remove the old value later."},
      {"remove-enum-value", incompatible, everywhere,
       "The migration fails while a row has the value, and the program that runs now may still write it.",
       "Let a release stop using the value and move the rows first; then remove it."},
      {"drop-not-null", incompatible, everywhere,
       "The program that runs now reads the column into a field that cannot be NULL, and fails at the first row that "
       "is.",
       "Release a program whose field is std::optional first, and say so by db.allow."},
      {"drop-constraint", incompatible, everywhere,
       "Rows that the constraint kept out come in from now on, and an upsert that names its columns fails.",
       "Make sure that nothing relies on it, and say so by db.allow."},
      {"drop-primary-key", incompatible, everywhere,
       "Without its key a row can be updated twice or not at all, and logical replication refuses to.",
       "Add the new key's column and a unique index first, and change the key in one step."},
      {"required-column", data_dependent, everywhere,
       "Rows that are there have no value for a column that must not be NULL: the migration fails unless the table is "
       "empty.",
       "Give the column a default, or add it with null(), fill it, and make it NOT NULL later."},
      {"not-null", data_dependent, everywhere,
       "The migration fails while one row has NULL, and nothing keeps the program that runs now from writing another.",
       "Let the program write a value always, fill the rows that have none, and give the column a default or a checked "
       "NOT NULL."},
      {"narrow-type", data_dependent, everywhere,
       "A value that does not fit into the new type makes the migration fail on PostgreSQL; SQLite keeps it as it is, "
       "in a "
       "column that is read as the new type.",
       "Look for such values first; or add a column of the new type and fill it."},
      {"unique-among-rows", data_dependent, everywhere, "Rows that are equal already make the migration fail.",
       "Find and join them first, and say so by db.allow."},
      {"constraint-among-rows", data_dependent, everywhere,
       "Rows that break the new foreign key or check make the migration fail.",
       "Find and correct them first, and say so by db.allow; on PostgreSQL add it NOT VALID and validate it in the "
       "next migration."},
      {"blocking-index", blocking, table_locks, "Nobody writes to the table while the index is built.",
       "Build it concurrently(), in a migration of its own."},
      {"blocking-index-drop", blocking, table_locks,
       "DROP INDEX waits for everybody who uses the table, and whoever comes after it waits too.",
       "Drop it with tp::concurrently, in a migration of its own."},
      {"blocking-unique", blocking, table_locks,
       "The constraint builds its index while nobody reads or writes the table.",
       "Build a unique index concurrently(): it does the same. Where it has to be a constraint, make it of that index "
       "by ADD CONSTRAINT … USING INDEX."},
      {"blocking-foreign-key", blocking, table_locks, "Nobody writes to either table while all rows are checked.",
       "Add it NOT VALID, which checks new rows only, and validate it in the next migration, which holds nobody up."},
      {"blocking-check", blocking, table_locks, "Nobody reads or writes the table while all rows are checked.",
       "Add it NOT VALID, which checks new rows only, and validate it in the next migration, which holds nobody up."},
      {"blocking-not-null", blocking, table_locks,
       "Nobody reads or writes the table while all rows are looked through for NULL.",
       "Add a check that the column IS NOT NULL as NOT VALID, validate it in the next migration, and then make the "
       "column NOT NULL: PostgreSQL takes the check's word for it."},
      {"blocking-primary-key", blocking, table_locks,
       "The key builds its index, and looks for NULL, while nobody reads or writes the table.",
       "Build a unique index concurrently first, and make the key of it by ADD CONSTRAINT … PRIMARY KEY USING INDEX."},
      {"blocking-exclusion", blocking, table_locks,
       "The constraint builds its index while nobody reads or writes the table, and there is no way to add it "
       "otherwise.",
       "Add it while the table is small, or to a new table that the rows are copied to."},
      {"rewrite-type", blocking, table_locks,
       "The whole table is written anew, with its indexes, or for another collation the indexes alone, while nobody "
       "reads or writes it.",
       "Add a column of the new type, fill it in batches, switch the program and drop the old one."},
      {"volatile-default", blocking, table_locks,
       "A default that differs from row to row has the whole table written anew while nobody reads or writes it.",
       "Add the column with null(), set the default in a second step, and fill the rows in batches."},
      {"identity-column", blocking, table_locks,
       "Every row gets a number: the whole table is written anew while nobody reads or writes it.",
       "Make a new table with the key and copy the rows in batches."},
      {"stored-computed-column", blocking, table_locks,
       "The value is computed for every row: the whole table is written anew while nobody reads or writes it.",
       "Let the column be computed when it is read (not_stored(), PostgreSQL 18), or use an ordinary column that the "
       "program writes."},
      {"rewrite-enum", blocking, table_locks,
       "Where values go or change their order, every column of the enum is written anew while nobody reads or writes "
       "its table.",
       "Add new values at the end, and leave the order to the program."},
      {"exclusive-lock", blocking, table_locks,
       "LOCK TABLE, VACUUM FULL, CLUSTER and REINDEX keep everybody out of the table until the migration ends.",
       "Do without it; REINDEX CONCURRENTLY runs outside of migrations."},
      {"update-all-rows", blocking, everywhere,
       "UPDATE without WHERE locks every row, and on PostgreSQL writes each a second time, in one transaction.",
       "Fill the rows in batches, by db.backfill in a migration of its own."},
      {"data-beside-schema", blocking, table_locks,
       "The locks of the schema change are held until the rows are written, too.",
       "Write rows in a migration of their own; where they are many, by db.backfill."},
      {"several-tables", blocking, table_locks,
       "The locks of all these tables are held until the end, and taken in an order that the program may not keep: "
       "that can be a deadlock.",
       "Change each table in a migration of its own."},
      {"rebuild-table", blocking, table_rebuilds,
       "SQLite cannot make this change in place: the table is copied, and nobody else writes to the database "
       "meanwhile.",
       "Say so by db.allow where the table is small or the program is stopped; a column that may be NULL or has a "
       "constant default is added in place."},
      {"execute-sql", review, everywhere,
       "SQL of one's own is not checked against the schema, and what it locks or loses is seen only as far as its text "
       "tells.",
       "Use the verbs of schema_editor where there is one; otherwise review it and say so by db.allow."},
      {"transaction-in-sql", review, everywhere,
       "A migration runs in a transaction of its own, with its record; BEGIN, COMMIT or ROLLBACK inside of it ends "
       "that one.",
       "Leave it out."},
      {"concurrently-in-sql", review, table_locks,
       "What is done CONCURRENTLY cannot be done in a transaction, and db.execute runs in the migration's: it fails.",
       "db.add_index(…).concurrently() and db.drop_index(…, tp::concurrently) run outside of one."},
      {"down-differs", review, everywhere,
       "What down leaves is not the schema that up began with, so that an upgrade after a downgrade fails or does "
       "something else.",
       "Let down take back everything that up does, or say by db.irreversible why it cannot."},
      {"irreversible", design, everywhere,
       "There is no way back: once it is applied, a program that fails cannot be replaced by the one before together "
       "with its schema.",
       "Split what cannot be taken back from what can."},
      {"unused-allow", design, everywhere,
       "The migration allows what it does not do; the reason misleads whoever reads it.", "Remove the db.allow."},
      {"no-primary-key", design, everywhere,
       "Rows of a table without a primary key cannot be told apart: Tupelo neither updates nor removes them one by "
       "one, and logical replication does not either.",
       "Give it a key: t.id(), or t.primary_key({…})."},
      {"small-key", design, everywhere,
       "A generated key of 32 or 16 bits runs out, and widening it later rewrites the table and all that refer to it.",
       "t.id() has 64 bits."},
      {"unindexed-foreign-key", design, everywhere,
       "Removing a row of the other table looks through all rows of this one, and so does every query along the "
       "relation.",
       "Add an index that begins with the key's columns."},
      {"redundant-index", design, everywhere,
       "Another index, key or constraint begins with the same columns: this one costs at every write and answers "
       "nothing more.",
       "Leave it out, or drop the shorter one."},
      {"wide-index", design, everywhere,
       "An index over more than three columns is large, and rarely answers better than one over the first of them.",
       "Keep the columns that tell rows apart."},
      {"nullable-unique", design, everywhere,
       "NULL does not equal NULL: any number of rows may have NULL in a unique column.",
       "Make the column NOT NULL, or say nulls_not_distinct() on PostgreSQL, or where(…) to mean it."},
      {"json-without-b", design, table_locks,
       "PostgreSQL's json has no equality: DISTINCT, GROUP BY and UNION over the column fail, and it cannot be "
       "indexed.",
       "t.json() is jsonb."},
      {"time-without-zone", design, table_locks,
       "timestamp without time zone does not say which moment it is: every session reads it in its own way.",
       "t.timestamp() is timestamptz, in UTC."},
      {"padded-text", design, table_locks,
       "char(n) is filled up with blanks, which count in some comparisons and not in others.",
       "Use text, with a check on its length."},
      {"limited-text", design, table_locks,
       "varchar(n) saves nothing on PostgreSQL, and a lower limit later checks and rewrites the table.",
       "Use text, with a check on its length where there has to be a limit."},
      {"serial-column", design, table_locks,
       "serial is a default on a sequence with rights of its own, and a row may set it by mistake.",
       "Use an identity column: generated(), or t.id()."},
      {"money-type", design, table_locks,
       "money is read and written as the server's locale says, has no currency and a fixed number of digits.",
       "Use decimal(precision, scale) and a column for the currency."},
      {"quoted-name", design, everywhere,
       "A name with capitals, blanks or other signs has to be quoted in every SQL that somebody writes by hand.",
       "Use lower-case letters, digits and underscores."},
      {"reserved-name", design, everywhere,
       "A word that SQL reserves has to be quoted in every SQL that somebody writes by hand.", "Take another word."},
      {"long-name", design, everywhere,
       "PostgreSQL cuts names off after 63 bytes: two that differ behind that are one.", "Take a shorter one."},
  };
  return rules;
}

const lint_rule* find_lint_rule(std::string_view code) noexcept {
  for (const lint_rule& rule : lint_rules()) {
    if (rule.code == code) return &rule;
  }
  return nullptr;
}

}  // namespace tupelo
