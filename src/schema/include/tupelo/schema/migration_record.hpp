// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/schema_editor.hpp>
#include <tupelo/query/schema_operation.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace tupelo {

/// Rows that are written in batches, each in a transaction of its own.
struct backfill_step {
  std::string table;
  std::string key;    ///< the column of its primary key
  std::string set;    ///< SQL
  std::string where;  ///< SQL: rows that are still to be written
  std::uint32_t batch_rows = 1'000;
  std::int64_t pause_us = 0;  ///< between two batches

  std::string describe() const { return "backfill " + table + ": " + set + " where " + where; }
};

/// A change of the schema that something else makes: nothing is run for it.
struct declared_change {
  schema_operation operation;
};

/// What has to hold at this place: an SQL query for one truth.
struct required_state {
  std::string query;
  std::string message;
};

/// One thing that a migration does: a change of the schema, C++ code, or batches of rows; or what it says to be done.
using recorded_step = std::variant<schema_operation, std::shared_ptr<detail::migration_code>, backfill_step,
                                   declared_change, required_state>;

/// A rule of `lint` that a migration breaks on purpose, and why.
struct allowed_rule {
  std::string code;
  std::string reason;
};

/// What `up` or `down` of one migration does, as data.
struct migration_record {
  std::vector<recorded_step> steps;
  std::vector<allowed_rule> allowed;  ///< no part of what is done: saying so later is no edit
  bool outside_transaction = false;   ///< each step has one of its own, or none
  std::string irreversible;           ///< why there is no way back; empty unless it was said
  schema_definition after;            ///< the schema that results

  /// The schema changes without the code between them.
  std::vector<schema_operation> operations() const;
  /// One line for each step; the same in every release. Checksums are made of it. What is required is no part of it.
  std::string canonical() const;
};

/// Runs `up` or `down` against a schema in memory.
/// Errors: migration_error (invalid_migration) naming table and column; whatever the function throws.
migration_record record_migration(void (*function)(schema_editor&), schema_definition before);

}  // namespace tupelo
