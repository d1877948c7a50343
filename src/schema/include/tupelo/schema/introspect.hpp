// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/ddl.hpp>
#include <tupelo/core/task.hpp>

#include <string>

namespace tupelo {

class database;
class lease;

/// The tables of a live database, without those that the database or Tupelo keeps for itself. Constraints that the
/// database gives no name are named by convention. What is no table is in `others`. PostgreSQL
/// describes some things with their table open: one that somebody has for himself alone, as while it is altered, is
/// waited for as long as `lock_timeout` of the URL or the server says, or 5 s.
/// Errors: database_error, of them busy_error when such a table was not to be had; connection_error.
task<schema_definition> introspect(database& db);
task<schema_definition> introspect(lease& connection);

/// The same of another schema (namespace) than the current one, whole: names of its own things stand alone, those of
/// other schemas with theirs. Errors: also configuration_error when there is none of this name that this role may use,
/// query_error (unsupported_feature) where a database has no schemas.
task<schema_definition> introspect(database& db, std::string schema);

}  // namespace tupelo
