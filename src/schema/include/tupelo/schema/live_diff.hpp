// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/schema/diff.hpp"
#include <tupelo/core/task.hpp>

#include <vector>

namespace tupelo {

class database;
class lease;

/// Columns of the live database that it numbers itself, serial or identity, and that are no key by themselves: neither
/// models nor migrations have words for that. Where they say no default either, diff_live() leaves the numbering alone.
std::vector<schema_object> numbered_columns(const schema_definition& live);

/// The operations that make of the database, which `live` describes as introspect() has just done, what is wanted.
/// Conditions and defaults that the database keeps in words of its own are compared by meaning; where that finds a
/// difference the database is asked how it spells what is wanted, on temporary tables in a transaction that is rolled
/// back. Where it does not answer (a standby, a role without the right to make them), the difference stands.
/// Errors: as diff(); database_error and connection_error of what is asked otherwise.
task<std::vector<schema_operation>> diff_live(database& db, schema_definition live, schema_definition wanted,
                                              std::vector<rename_hint> renames = {});
task<std::vector<schema_operation>> diff_live(lease& connection, schema_definition live, schema_definition wanted,
                                              std::vector<rename_hint> renames = {});

}  // namespace tupelo
