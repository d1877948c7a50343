// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/error.hpp>

#include <utility>

namespace tupelo {

// A switch without default: a new code that has no name here is a compiler warning, hence an error.
std::string_view name_of(errc code) noexcept {
  switch (code) {
    case errc::invalid_value: return "invalid_value";
    case errc::value_out_of_range: return "value_out_of_range";
    case errc::type_mismatch: return "type_mismatch";
    case errc::null_value: return "null_value";
    case errc::invalid_enum: return "invalid_enum";
    case errc::invalid_text: return "invalid_text";
    case errc::validation_failed: return "validation_failed";
    case errc::invalid_model: return "invalid_model";
    case errc::invalid_query: return "invalid_query";
    case errc::unsupported_feature: return "unsupported_feature";
    case errc::relation_not_loaded: return "relation_not_loaded";
    case errc::not_found: return "not_found";
    case errc::too_many_rows: return "too_many_rows";
    case errc::stale_row: return "stale_row";
    case errc::field_not_loaded: return "field_not_loaded";
    case errc::invalid_filter: return "invalid_filter";
    case errc::invalid_url: return "invalid_url";
    case errc::unknown_driver: return "unknown_driver";
    case errc::invalid_configuration: return "invalid_configuration";
    case errc::connection_failed: return "connection_failed";
    case errc::connection_lost: return "connection_lost";
    case errc::pool_exhausted: return "pool_exhausted";
    case errc::authentication_failed: return "authentication_failed";
    case errc::unknown_database: return "unknown_database";
    case errc::too_many_connections: return "too_many_connections";
    case errc::pool_closed: return "pool_closed";
    case errc::database_error: return "database_error";
    case errc::syntax_error: return "syntax_error";
    case errc::unknown_column: return "unknown_column";
    case errc::unknown_table: return "unknown_table";
    case errc::unique_violation: return "unique_violation";
    case errc::foreign_key_violation: return "foreign_key_violation";
    case errc::check_violation: return "check_violation";
    case errc::not_null_violation: return "not_null_violation";
    case errc::busy: return "busy";
    case errc::serialization_failure: return "serialization_failure";
    case errc::deadlock: return "deadlock";
    case errc::disk_full: return "disk_full";
    case errc::read_only: return "read_only";
    case errc::corrupt_database: return "corrupt_database";
    case errc::out_of_memory: return "out_of_memory";
    case errc::permission_denied: return "permission_denied";
    case errc::exclusion_violation: return "exclusion_violation";
    case errc::cancelled: return "cancelled";
    case errc::timed_out: return "timed_out";
    case errc::invalid_transaction: return "invalid_transaction";
    case errc::concurrent_use: return "concurrent_use";
    case errc::detached_object: return "detached_object";
    case errc::commit_unknown: return "commit_unknown";
    case errc::not_run: return "not_run";
    case errc::vetoed: return "vetoed";
    case errc::migration_failed: return "migration_failed";
    case errc::migration_missing: return "migration_missing";
    case errc::migration_edited: return "migration_edited";
    case errc::migration_irreversible: return "migration_irreversible";
    case errc::migration_locked: return "migration_locked";
    case errc::migration_heads: return "migration_heads";
    case errc::invalid_migration: return "invalid_migration";
    case errc::unknown_revision: return "unknown_revision";
    case errc::migration_destructive: return "migration_destructive";
  }
  return "unknown_error";
}

bool error::retryable() const noexcept {
  switch (code_) {
    case errc::busy:
    case errc::serialization_failure:
    case errc::deadlock:
    case errc::connection_lost:
    case errc::pool_exhausted:
    case errc::too_many_connections:
    case errc::migration_locked: return true;
    // Not timed_out and cancelled: the time or the wish that ended the work has not come back.
    default: return false;
  }
}

bool error::connection_usable() const noexcept {
  if (closed_) return false;
  switch (code_) {
    case errc::connection_failed:
    case errc::connection_lost:
    case errc::authentication_failed:
    case errc::unknown_database:
    case errc::too_many_connections:
    case errc::commit_unknown:
    case errc::corrupt_database: return false;
    default: return true;
  }
}

void error::set_pipeline_position(std::uint32_t position) {
  message_.insert(0, "operation " + std::to_string(position) + " of the pipeline: ");
  position_ = position;
}

namespace {

template <class Failure>
[[noreturn]] void raise(Failure failure, std::string&& statement) {
  failure.set_statement(std::move(statement));
  throw failure;
}

}  // namespace

void throw_database_error(errc code, std::string message, error_details details, std::string statement) {
  switch (code) {
    case errc::unique_violation: raise(unique_violation(std::move(message), std::move(details)), std::move(statement));
    case errc::foreign_key_violation:
      raise(foreign_key_violation(std::move(message), std::move(details)), std::move(statement));
    case errc::check_violation: raise(check_violation(std::move(message), std::move(details)), std::move(statement));
    case errc::not_null_violation:
      raise(not_null_violation(std::move(message), std::move(details)), std::move(statement));
    case errc::exclusion_violation:
      raise(exclusion_violation(std::move(message), std::move(details)), std::move(statement));
    case errc::busy: raise(busy_error(std::move(message), std::move(details)), std::move(statement));
    case errc::syntax_error:
    case errc::unknown_column:
    case errc::unknown_table:
      raise(statement_error(code, std::move(message), std::move(details)), std::move(statement));
    case errc::cancelled: raise(cancelled(std::move(message)), std::move(statement));
    case errc::timed_out: raise(timed_out(std::move(message)), std::move(statement));
    case errc::connection_failed:
    case errc::connection_lost:
    case errc::authentication_failed:
    case errc::unknown_database:
    case errc::too_many_connections:
      raise(connection_error(code, std::move(message), std::move(details.sqlstate)), std::move(statement));
    default: raise(database_error(code, std::move(message), std::move(details)), std::move(statement));
  }
}

}  // namespace tupelo
