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
      {"drop-default", incompatible, everywhere,
       "A row that leaves the column out has NULL there from now on, or is refused: the program that runs now may "
       "write such rows.",
       "First release a program that always writes the column; then say so by db.allow."},
      {"identity-always", incompatible, everywhere,
       "From now on the database refuses rows that bring a key of their own: imports, seeds and copies of tables "
       "fail.",
       "Leave it as it is, or make sure that nobody writes the key and say so by db.allow."},
      {"change-computed", incompatible, everywhere,
       "The column has other values than the program that runs now expects, or has values only where a program writes "
       "them.",
       "Add a column beside it under another name, let a release use it, and drop the old one later."},
      {"rename-object", incompatible, table_locks,
       "From the moment of the commit the program that runs now asks for a view, type, function or schema that is not "
       "there.",
       "Make the new one beside it, switch the program and drop the old one."},
      {"move-object", incompatible, table_locks,
       "What moves to another schema is found only by those who look there: the search_path of the program that runs "
       "now may not.",
       "Let both schemas be in the search_path first, and say so by db.allow."},
      {"drop-object", incompatible, everywhere,
       "The program that runs now may still ask for the view, function, type or sequence, or rely on what the trigger "
       "or rule does.",
       "First release a program that does without; then drop it in a migration that says so by db.allow."},
      {"replace-object", incompatible, table_locks,
       "The view, function or trigger does something else from the moment of the commit, also for the program that "
       "runs now.",
       "Make the new one under another name, switch the program and drop the old one."},
      {"sequence-values", incompatible, table_locks,
       "A sequence that counts from elsewhere or in other steps may give keys that rows have already.",
       "Leave it; tp::reset_sequences puts a sequence behind the keys that are there."},
      {"required-column", data_dependent, everywhere,
       "Rows that are there have no value for a column that must not be NULL: the migration fails unless the table is "
       "empty.",
       "Give the column a default, or add it with null(), fill it, and make it NOT NULL later."},
      {"not-null", data_dependent, everywhere,
       "The migration fails while one row has NULL, and nothing keeps the program that runs now from writing another.",
       "Let the program write a value always, fill the rows that have none by db.backfill, and make the column NOT "
       "NULL "
       "in the migration after that."},
      {"narrow-type", data_dependent, everywhere,
       "A value that does not fit into the new type makes the migration fail on PostgreSQL; SQLite keeps it as it is, "
       "in a "
       "column that is read as the new type.",
       "Look for such values first; or add a column of the new type and fill it."},
      {"unique-among-rows", data_dependent, everywhere, "Rows that are equal already make the migration fail.",
       "Find and join them first, and say so by db.allow."},
      {"constraint-among-rows", data_dependent, everywhere,
       "Rows that break the new foreign key or check make the migration fail.",
       "Find and correct them first, and say so by db.allow; on PostgreSQL add it not_valid() and let db.validate look "
       "at the rows in a later migration, which can be tried again."},
      {"blocking-index", blocking, table_locks, "Nobody writes to the table while the index is built.",
       "Build it concurrently(), in a migration of its own."},
      {"blocking-index-drop", blocking, table_locks,
       "DROP INDEX waits for everybody who uses the table, and whoever comes after it waits too.",
       "Drop it with tp::concurrently, in a migration of its own."},
      {"blocking-unique", blocking, table_locks,
       "The constraint builds its index while nobody reads or writes the table.",
       "Add it concurrently(), in a migration of its own."},
      {"blocking-foreign-key", blocking, table_locks, "Nobody writes to either table while all rows are checked.",
       "Add it not_valid(), which checks new rows only, and db.validate it in the next migration, which holds nobody "
       "up."},
      {"blocking-check", blocking, table_locks, "Nobody reads or writes the table while all rows are checked.",
       "Add it not_valid(), which checks new rows only, and db.validate it in the next migration, which holds nobody "
       "up."},
      {"blocking-not-null", blocking, table_locks,
       "Nobody reads or writes the table while all rows are looked through for NULL.",
       "Add a check that the column IS NOT NULL as not_valid(); db.validate it in the next migration, make the column "
       "NOT NULL, for which PostgreSQL takes the check's word, and drop the check."},
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
       "UPDATE without WHERE, or a NOT NULL that gives rows the default, locks the rows that it writes, and on "
       "PostgreSQL writes each a second time, in one transaction.",
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
      {"validate-beside-locks", blocking, table_locks,
       "The rows are looked through while the migration holds the locks of its other changes.",
       "Validate the constraint in a migration of its own: it then holds nobody up."},
      {"blocking-attach", blocking, table_locks,
       "ATTACH PARTITION looks through all rows of the new partition while nobody reads or writes it, unless a check "
       "says that they fit.",
       "Add a check with the partition's bounds NOT VALID and validate it, each in a migration of its own; then "
       "attach it."},
      {"blocking-detach", blocking, table_locks,
       "DETACH PARTITION waits for everybody who uses the whole table, and whoever comes after it waits too.",
       "DETACH PARTITION … CONCURRENTLY, outside of migrations."},
      {"blocking-domain", blocking, table_locks,
       "A new constraint of a domain looks through every table that has a column of it, while nobody writes them.",
       "Add it NOT VALID, and validate it in the next migration."},
      {"blocking-refresh", blocking, table_locks,
       "REFRESH MATERIALIZED VIEW keeps everybody from reading the view until it is filled.",
       "Give the view a unique index and refresh it CONCURRENTLY, outside of migrations."},
      {"blocking-trigger", blocking, table_locks,
       "CREATE TRIGGER waits for everybody who writes to the table, and whoever comes after it waits too, until the "
       "migration ends.",
       "Make the trigger in a migration of its own, and the function before it."},
      {"rewrite-table", blocking, table_locks,
       "SET LOGGED, SET UNLOGGED, SET TABLESPACE and SET ACCESS METHOD write the whole table or index anew while "
       "nobody reads or writes it.",
       "Make a new table and copy the rows in batches."},
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
       "db.add_index(…).concurrently() and db.drop_index(…, tp::concurrently) run outside of one, and so does all of a "
       "migration that says db.outside_transaction()."},
      {"not-repeatable", review, table_locks,
       "No transaction may surround the statement, so after a kill nobody knows whether it was done, and it fails when "
       "it is run a second time.",
       "Say IF EXISTS where something goes; or use db.add_index(…).concurrently() and db.drop_index(…, "
       "tp::concurrently), which look at what is there: IF NOT EXISTS passes over an index that a kill has left half "
       "built."},
      {"down-differs", review, everywhere,
       "What down leaves is not the schema that up began with, so that an upgrade after a downgrade fails or does "
       "something else.",
       "Let down take back everything that up does, or say by db.irreversible why it cannot."},
      {"outside-transaction", review, everywhere,
       "VACUUM, ALTER SYSTEM and what makes or drops databases and tablespaces cannot be done in a transaction, and a "
       "migration runs in one: it fails.",
       "Do it outside of migrations, or say db.outside_transaction() in one of its own."},
      {"pragma-in-migration", review, table_rebuilds,
       "A PRAGMA holds for the connection and outlives the migration, and foreign_keys changes nothing inside of a "
       "transaction.",
       "Leave it out: the keys of a table that is rebuilt are checked at its end, and settings belong into the URL."},
      {"changed-rights", review, table_locks,
       "Who loses a right, or the ownership, is refused from the moment of the commit: also the program that runs "
       "now.",
       "Look up which role the program has, grant what it needs first, and say so by db.allow."},
      {"changed-policy", review, table_locks,
       "A policy decides which rows a role sees and writes: a wrong one shows them to strangers, or to nobody.",
       "Have it reviewed together with the roles that it is for, and say so by db.allow."},
      {"row-level-security", review, table_locks,
       "Switched on without policies the table is empty for everybody but its owner; switched off every row is for "
       "all.",
       "Make the policies first, in the same migration, and say so by db.allow."},
      {"disabled-trigger", review, table_locks,
       "Nothing of what the triggers do is done meanwhile, foreign keys and audits included, and nobody does it "
       "later.",
       "Leave them on, or repair by hand what they would have done, and say so by db.allow."},
      {"replica-identity", review, table_locks,
       "Logical replication tells rows apart by it: UPDATE and DELETE fail where it is missing, and FULL sends whole "
       "rows.",
       "Give the table a primary key, and leave the replica identity at its default."},
      {"inheritance", review, table_locks,
       "The rows of the one table appear in queries of the other, or vanish from them.",
       "Look at the queries of both tables, and say so by db.allow."},
      {"server-settings", review, table_locks,
       "Roles and settings belong to the whole server or database, not to the schema: another database of the same "
       "migrations has others.",
       "Set them where the server is set up."},
      {"extension-update", review, table_locks,
       "Another version of an extension may change its functions and types, and cannot be taken back.",
       "Try it on a copy of the database first, and say so by db.allow."},
      {"out-of-order", review, everywhere,
       "The migration sorts before one that is applied already or that it follows: databases run them in different "
       "orders.",
       "Give it a revision of today, unless the two have nothing to do with each other."},
      {"naming-policy", review, everywhere, "The name does not match what the project asks of such names.",
       "Take one that does; the expressions are under [lint.names] in tupelo.toml."},
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
       "A key of 32 or 16 bits, or a column that refers to one, runs out, and widening it later rewrites the table and "
       "all that refer to it.",
       "t.id() has 64 bits, and so has a t.big_integer() that refers to it."},
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
      {"column-order", design, table_locks,
       "PostgreSQL begins wide values at multiples of their width: each row has eight bytes or more that hold "
       "nothing.",
       "In a new table put the columns of eight bytes first, then those of four, of two and of one."},
      {"constrained-domain", design, table_locks,
       "A domain's constraint holds for every column of it: to change it is to look through all their tables at once.",
       "Make the domain without one, and give the columns checks."},
      {"quoted-name", design, everywhere,
       "A name with capitals, blanks or other signs has to be quoted in every SQL that somebody writes by hand.",
       "Use lower-case letters, digits and underscores."},
      {"reserved-name", design, everywhere,
       "A word that SQL reserves has to be quoted in every SQL that somebody writes by hand.", "Take another word."},
      {"long-name", design, everywhere,
       "PostgreSQL cuts names off after 63 bytes: two that differ behind that are one.", "Take a shorter one."},
      {"references-lock", design, table_locks,
       "A key of a new table locks the table that it refers to: nobody writes to that one until the migration ends.",
       "Let the migration do nothing else that takes long."},
      {"new-restriction", design, everywhere, "The program that runs now may write rows that are refused from now on.",
       "Release a program that keeps to it first."},
      {"add-enum-value", design, everywhere, "The program that runs now fails at the first row that has the new value.",
       "Release a program that reads the value before one that writes it."},
      {"add-attribute", design, everywhere,
       "The program that runs now reads values with fewer parts than they have, and writes them without the new one.",
       "Release a program that knows the part before one that needs it."},
      {"change-default", design, everywhere,
       "Rows that leave the column out have another value from now on, also those of the program that runs now.",
       "Let the program write the value where it matters."},
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
