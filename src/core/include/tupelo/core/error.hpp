// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace tupelo {

/// What went wrong, stable across releases; `name_of(code)` is the text in logs and in docs/errors.md.
enum class errc : std::uint16_t {
  // values and models
  invalid_value = 100,
  value_out_of_range,
  type_mismatch,
  null_value,
  invalid_enum,
  invalid_text,
  validation_failed,
  invalid_model = 200,
  // queries
  invalid_query = 300,
  unsupported_feature,
  relation_not_loaded,
  not_found,
  too_many_rows,
  stale_row,
  field_not_loaded,
  invalid_filter,
  // where the database is and how it is reached
  invalid_url = 400,
  unknown_driver,
  invalid_configuration,
  connection_failed,
  connection_lost,
  pool_exhausted,
  authentication_failed,
  unknown_database,
  too_many_connections,
  pool_closed,
  // what the database said
  database_error = 500,
  syntax_error,
  unknown_column,
  unknown_table,
  unique_violation,
  foreign_key_violation,
  check_violation,
  not_null_violation,
  busy,
  serialization_failure,
  deadlock,
  disk_full,
  read_only,
  corrupt_database,
  out_of_memory,
  permission_denied,
  exclusion_violation,
  // time
  cancelled = 600,
  timed_out,
  // transactions and sessions
  invalid_transaction = 700,
  concurrent_use,
  detached_object,
  commit_unknown,
  not_run,
  vetoed,
  // migrations
  migration_failed = 800,
  migration_missing,
  migration_edited,
  migration_irreversible,
  migration_locked,
  migration_heads,
  invalid_migration,
  unknown_revision,
  migration_destructive,
};

/// The stable name of a code, for example "unique_violation".
std::string_view name_of(errc code) noexcept;

/// Everything Tupelo throws. `what()` names the offending thing and what to do; it never holds a value of a row, a
/// parameter or a credential.
class error : public std::exception {
public:
  error(errc code, std::string message) : message_(static_cast<std::string&&>(message)), code_(code) {}

  const char* what() const noexcept override { return message_.c_str(); }
  errc code() const noexcept { return code_; }
  std::string_view code_name() const noexcept { return name_of(code_); }

  /// Whether the same work may succeed when it is run again from the start of its transaction.
  bool retryable() const noexcept;
  /// Whether the connection on which it happened can still be used.
  bool connection_usable() const noexcept;
  /// The connection was given up with it, which its code does not say.
  void set_connection_closed() noexcept { closed_ = true; }

  /// The statement that failed, with placeholders in place of values; empty where there is none.
  const std::string& statement() const noexcept { return statement_; }
  void set_statement(std::string sql) { statement_ = static_cast<std::string&&>(sql); }

  /// Which operation of a pipeline failed, from 1; 0 where it was none. `what()` says so too.
  std::uint32_t pipeline_position() const noexcept { return position_; }
  void set_pipeline_position(std::uint32_t position);

private:
  std::string message_;
  std::string statement_;
  errc code_;
  bool closed_ = false;
  std::uint32_t position_ = 0;
};

/// A value that cannot be parsed, represented or stored.
class value_error : public error {
public:
  explicit value_error(std::string message) : error(errc::invalid_value, static_cast<std::string&&>(message)) {}
  value_error(errc code, std::string message) : error(code, static_cast<std::string&&>(message)) {}
};

/// A row's column does not hold what the struct's field can take (another type, NULL, too wide, an unknown enumerator).
class decode_error : public value_error {
public:
  decode_error(errc code, std::string message, std::string column)
      : value_error(code, static_cast<std::string&&>(message)), column_(static_cast<std::string&&>(column)) {}
  const std::string& column() const noexcept { return column_; }

private:
  std::string column_;
};

/// A struct that cannot be a model, or a `model()` that contradicts itself.
class model_error : public error {
public:
  explicit model_error(std::string message) : error(errc::invalid_model, static_cast<std::string&&>(message)) {}
};

/// A query that cannot be rendered or run as it was built.
class query_error : public error {
public:
  explicit query_error(std::string message) : error(errc::invalid_query, static_cast<std::string&&>(message)) {}
  query_error(errc code, std::string message) : error(code, static_cast<std::string&&>(message)) {}
};

/// `one()` met no row, or `get` found no object.
class not_found : public query_error {
public:
  explicit not_found(std::string message) : query_error(errc::not_found, static_cast<std::string&&>(message)) {}
};

/// `one()` met more than one row.
class too_many_rows : public query_error {
public:
  explicit too_many_rows(std::string message) : query_error(errc::too_many_rows, static_cast<std::string&&>(message)) {}
};

/// A relation field was read that no query has loaded.
class relation_not_loaded : public query_error {
public:
  explicit relation_not_loaded(std::string message)
      : query_error(errc::relation_not_loaded, static_cast<std::string&&>(message)) {}
};

/// A field of a partial object was read that its query has left out.
class field_not_loaded : public query_error {
public:
  explicit field_not_loaded(std::string message)
      : query_error(errc::field_not_loaded, static_cast<std::string&&>(message)) {}
};

/// A filter that somebody has sent is none of those that are allowed, or its value is no value of the column. The
/// message is for whoever has sent it: it says what is allowed and repeats nothing.
class filter_error : public query_error {
public:
  explicit filter_error(std::string message) : query_error(errc::invalid_filter, static_cast<std::string&&>(message)) {}
};

/// An update or delete by key met a row that somebody else changed or removed since it was read (optimistic locking).
class stale_row : public query_error {
public:
  explicit stale_row(std::string message) : query_error(errc::stale_row, static_cast<std::string&&>(message)) {}
};

/// A database URL, an option in it, or a configuration file that cannot be used.
class configuration_error : public error {
public:
  configuration_error(errc code, std::string message) : error(code, static_cast<std::string&&>(message)) {}
};

/// The database could not be reached or opened, or the connection to it is gone.
class connection_error : public error {
public:
  connection_error(errc code, std::string message, std::string sqlstate = {})
      : error(code, static_cast<std::string&&>(message)), sqlstate_(static_cast<std::string&&>(sqlstate)) {}
  /// What the server said when it refused or ended the connection; empty where it said nothing.
  const std::string& sqlstate() const noexcept { return sqlstate_; }

private:
  std::string sqlstate_;
};

/// What a database's error report says beyond its message; empty where the database does not tell.
struct error_details {
  std::string sqlstate;    ///< five characters; mapped from the driver's own code where the database has none
  std::string constraint;  ///< name of the violated constraint or index
  std::string table;
  std::string column;   ///< several are joined by ", "
  int native_code = 0;  ///< the vendor's number
  /// The database's own message. It may repeat values of rows and parameters: it is in no message and no log by itself.
  std::string words{};
};

/// The database refused or failed a statement.
class database_error : public error {
public:
  database_error(errc code, std::string message, error_details details)
      : error(code, static_cast<std::string&&>(message)), details_(static_cast<error_details&&>(details)) {}
  const std::string& sqlstate() const noexcept { return details_.sqlstate; }
  const std::string& constraint() const noexcept { return details_.constraint; }
  const std::string& table() const noexcept { return details_.table; }
  const std::string& column() const noexcept { return details_.column; }
  int native_code() const noexcept { return details_.native_code; }
  const error_details& details() const noexcept { return details_; }
  /// What the database said in its own words, as that of `RAISE EXCEPTION`; empty where it said nothing. It may repeat
  /// values of rows and parameters, which `what()` never does: who asks for it decides where it may be shown.
  std::string_view reveal() const noexcept { return details_.words; }

private:
  error_details details_;
};

/// A constraint of the schema was violated; the derived type says which kind.
class constraint_violation : public database_error {
  using database_error::database_error;
};
class unique_violation : public constraint_violation {
public:
  unique_violation(std::string message, error_details details)
      : constraint_violation(errc::unique_violation, static_cast<std::string&&>(message),
                             static_cast<error_details&&>(details)) {}
};
class foreign_key_violation : public constraint_violation {
public:
  foreign_key_violation(std::string message, error_details details)
      : constraint_violation(errc::foreign_key_violation, static_cast<std::string&&>(message),
                             static_cast<error_details&&>(details)) {}
};
class check_violation : public constraint_violation {
public:
  check_violation(std::string message, error_details details)
      : constraint_violation(errc::check_violation, static_cast<std::string&&>(message),
                             static_cast<error_details&&>(details)) {}
};
class not_null_violation : public constraint_violation {
public:
  not_null_violation(std::string message, error_details details)
      : constraint_violation(errc::not_null_violation, static_cast<std::string&&>(message),
                             static_cast<error_details&&>(details)) {}
};
class exclusion_violation : public constraint_violation {
public:
  exclusion_violation(std::string message, error_details details)
      : constraint_violation(errc::exclusion_violation, static_cast<std::string&&>(message),
                             static_cast<error_details&&>(details)) {}
};

/// The database is locked by somebody else for longer than the deadline allows.
class busy_error : public database_error {
public:
  busy_error(std::string message, error_details details)
      : database_error(errc::busy, static_cast<std::string&&>(message), static_cast<error_details&&>(details)) {}
};

/// The SQL text is not understood, or names a table or column that does not exist.
class statement_error : public database_error {
  using database_error::database_error;
};

/// The work was given up because its cancel token was triggered.
class cancelled : public error {
public:
  explicit cancelled(std::string message = "the operation was cancelled")
      : error(errc::cancelled, static_cast<std::string&&>(message)) {}
};

/// The work was given up because its deadline passed.
class timed_out : public error {
public:
  explicit timed_out(std::string message = "the deadline passed before the operation completed")
      : error(errc::timed_out, static_cast<std::string&&>(message)) {}
};

/// A transaction or session used in a way its state does not allow.
class transaction_error : public error {
public:
  transaction_error(errc code, std::string message) : error(code, static_cast<std::string&&>(message)) {}
};

/// The connection was lost while a transaction was being committed: whether it is in the database is not known. It is
/// not run again by itself, because it may be there.
class commit_unknown : public transaction_error {
public:
  explicit commit_unknown(std::string message)
      : transaction_error(errc::commit_unknown, static_cast<std::string&&>(message)) {}
};

/// A handler of an event refused what was about to be written. Thrown by handlers; what it says is theirs.
class vetoed : public error {
public:
  explicit vetoed(std::string message) : error(errc::vetoed, static_cast<std::string&&>(message)) {}
};

/// A migration that is wrong, missing, edited, irreversible or that failed.
class migration_error : public error {
public:
  migration_error(errc code, std::string message, std::string revision = {})
      : error(code, static_cast<std::string&&>(message)), revision_(static_cast<std::string&&>(revision)) {}
  const std::string& revision() const noexcept { return revision_; }

private:
  std::string revision_;
};

/// Throws the exception type that belongs to a database's code (unique_violation for errc::unique_violation …).
[[noreturn]] void throw_database_error(errc code, std::string message, error_details details, std::string statement);

}  // namespace tupelo
