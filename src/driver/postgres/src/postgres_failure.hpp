// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend_messages.hpp"

#include <cstdint>
#include <exception>
#include <string_view>

namespace tupelo::driver::postgres {

/// What the client itself did to the statement that failed. A server calls all of it "canceling statement".
enum class interruption : std::uint8_t {
  none,       ///< nothing: the server's statement_timeout, or somebody else
  cancelled,  ///< the caller's cancel token
  deadline,   ///< the caller's deadline passed
};

/// Whether the statement gives another number of columns than when it was described, for which formats were sent. Of
/// what comes from a client the server could not say so otherwise.
bool misses_columns(const error_fields& fields) noexcept;

/// Whether the connection is of no more use: the server ends it, or says that it does not understand what it was sent,
/// so that nobody knows what it took for a statement.
bool loses_connection(const error_fields& fields) noexcept;

/// Throws the exception that belongs to what the server reports, with SQLSTATE, constraint, table and column.
///
/// Messages hold names, never values: detail and context are not shown, and the server's own message only where its
/// SQLSTATE says that it can only hold names and was not written by a function.
/// Errors: unique_violation and its like, statement_error, busy_error, database_error, cancelled, timed_out; and
/// connection_error where the server ends the connection with it.
/// Source: PostgreSQL documentation, appendix "PostgreSQL Error Codes".
[[noreturn]] void throw_postgres_failure(const error_fields& fields, std::string_view statement,
                                         interruption cause = interruption::none);
std::exception_ptr make_postgres_failure(const error_fields& fields, std::string_view statement,
                                         interruption cause = interruption::none);

/// The same for a connection that is not ready yet. `server` is what messages call it, without credentials.
/// Errors: connection_error (authentication_failed, unknown_database, too_many_connections, connection_lost for a
/// server that starts up or shuts down, connection_failed for all else).
[[noreturn]] void throw_startup_failure(const error_fields& fields, std::string_view server);

}  // namespace tupelo::driver::postgres
