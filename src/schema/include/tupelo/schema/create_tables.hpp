// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/models.hpp>
#include <tupelo/core/task.hpp>

namespace tupelo {

class database;

/// Makes the tables, indexes and types of the models in one transaction, without a migration: for tests, first tries
/// and databases in memory. A database that stays is built by migrations, which can change it later. Errors:
/// database_error where something of it is there already, and nothing is made; unsupported_feature naming what the
/// database lacks; model_error as schema_of().
task<void> create_tables(database& db, model_schema models);
template <class... Models>
task<void> create_tables(database& db) {
  return create_tables(db, schema_of<Models...>());
}

}  // namespace tupelo
