// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/ddl.hpp>
#include <tupelo/core/task.hpp>

namespace tupelo {

class database;
class lease;

/// The tables of a live database, without those that the database or Tupelo keeps for itself. Constraints that the
/// database gives no name are named by convention. Views and triggers are not part of it. Errors: database_error,
/// connection_error.
task<schema_definition> introspect(database& db);
task<schema_definition> introspect(lease& connection);

}  // namespace tupelo
