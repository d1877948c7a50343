// SPDX-License-Identifier: Apache-2.0
#include "sqlstate_rules.hpp"

namespace tupelo::driver::postgres {

namespace {

constexpr shown_words names_only = shown_words::always;
constexpr shown_words names_of_statement = shown_words::of_statement;
constexpr shown_words may_hold_values = shown_words::never;

constexpr sqlstate_rule rules[] = {
    // the connection
    {"08", errc::connection_lost, names_only},
    {"08P01", errc::database_error, names_only},
    {"28", errc::authentication_failed, names_only, {}, "check user, password and the server's pg_hba.conf"},
    {"3D000", errc::unknown_database, names_only, {}, "create the database, or correct its name in the URL"},
    {"53300", errc::too_many_connections, names_only, {}, "lower pool_size, or raise max_connections of the server"},
    {"57P01", errc::connection_lost, names_only},
    {"57P02", errc::connection_lost, names_only},
    {"57P03", errc::connection_lost, names_only, {}, "the server is not ready for connections yet; try again"},
    {"57P04", errc::connection_lost, names_only},
    {"57P05", errc::connection_lost, names_only, {}, "idle_session_timeout passed"},
    {"25P03",
     errc::connection_lost,
     names_only,
     {},
     "idle_in_transaction_session_timeout passed: keep transactions short"},
    {"25P04", errc::connection_lost, names_only, {}, "transaction_timeout passed: keep transactions short"},

    // constraints
    {"23", errc::database_error, names_only},
    {"23502", errc::not_null_violation, names_only},
    {"23503", errc::foreign_key_violation, names_only},
    {"23001", errc::foreign_key_violation, names_only},
    {"23505", errc::unique_violation, names_only},
    {"23514", errc::check_violation, names_only},
    {"23P01", errc::exclusion_violation, names_only},
    {"44000", errc::database_error, names_only},

    // concurrency
    {"40", errc::serialization_failure, names_only},
    {"40001", errc::serialization_failure, names_only, {}, "run the transaction again"},
    {"40002", errc::database_error, names_only},
    {"40P01", errc::deadlock, names_only, {}, "run the transaction again; lock rows in the same order everywhere"},
    {"55P03", errc::busy, names_only, {}, "run the transaction again, keep other transactions short, or wait longer"},
    {"57014", errc::cancelled, names_only},

    // transactions
    {"25", errc::invalid_transaction, names_only},
    {"25006", errc::read_only, names_only, {}, "begin the transaction without read only, and on a primary"},
    {"25P02", errc::invalid_transaction, names_only, "the transaction has failed: an earlier statement of it did",
     "roll it back, or back to a savepoint from before"},
    {"2D", errc::invalid_transaction, names_only},
    {"3B", errc::invalid_transaction, names_only},

    // statements
    {"0A", errc::unsupported_feature, names_only},
    {"42", errc::syntax_error, names_only},
    {"42601", errc::syntax_error, names_of_statement},
    {"42602", errc::syntax_error, names_of_statement},  // not a name
    {"42501", errc::permission_denied, names_only, {}, "grant it to the user of the connection"},
    {"42703", errc::unknown_column, names_only, {}, "check its spelling, and that all migrations are applied"},
    {"42P01", errc::unknown_table, names_of_statement, {}, "check its spelling, and that all migrations are applied"},
    {"42P07", errc::database_error, names_only},  // already exists
    {"42P18",
     errc::syntax_error,
     names_only,
     {},
     "say the type by a cast: CAST(? AS text), or ARRAY[]::text[] where it is an array without elements"},
    {"42701", errc::database_error, names_only},
    {"42710", errc::database_error, names_only},
    {"42723", errc::database_error, names_only},
    {"42P06", errc::database_error, names_only},
    {"42704", errc::database_error, names_of_statement},  // no such index, type, role …
    {"42725", errc::syntax_error, names_of_statement},    // several such functions
    {"42883", errc::syntax_error, names_of_statement},    // no such function
    {"42939", errc::database_error, names_only},
    {"42P05", errc::database_error, names_only},  // prepared statement already exists
    {"26000",
     errc::database_error,
     names_only,
     {},
     "PREPARE it first on the same connection, and behind a pooler of transactions in the same transaction"},
    {"34", errc::database_error, names_only},
    {"3F", errc::unknown_table, names_of_statement, {}, "create the schema, or correct search_path"},
    {"21", errc::database_error, names_only},
    {"2B", errc::database_error, names_only},
    {"2BP01", errc::database_error, names_only, {}, "drop what needs it first"},

    // resources
    {"53", errc::database_error, names_only},
    {"53100", errc::disk_full, names_only, {}, "make room on the server's disk, then run it again"},
    {"53400",  // temp_file_limit, or all replication slots
     errc::disk_full,
     names_only,
     {},
     "raise the limit that the server's settings have for it, or ask for less at once"},
    {"53200", errc::out_of_memory, names_only, {}, "give the server more memory, or ask for less at once"},
    {"54", errc::database_error, names_only},
    {"55", errc::database_error, names_only},
    {"55006", errc::busy, names_only, {}, "somebody else uses it; try again when they are done"},
    {"57", errc::database_error, names_only},
    {"58", errc::database_error, names_only},
    {"58030", errc::database_error, names_only, {}, "check the server's disk"},
    {"XX", errc::database_error, names_only},
    {"XX001", errc::corrupt_database, names_only, {}, "the server's data is damaged: restore a backup"},
    {"XX002", errc::corrupt_database, names_only, {}, "the index is damaged: REINDEX it, and check the disk"},

    // values: the server quotes them in the text
    {"22", errc::invalid_value, may_hold_values, "the database cannot take or compute a value",
     "the statement's values do not fit what it does with them"},
    {"22001", errc::value_out_of_range, may_hold_values, "a text is longer than its column",
     "shorten it or widen the column"},
    {"22003", errc::value_out_of_range, may_hold_values, "a number is out of the range of its type",
     "widen the column or cast before computing"},
    {"22004", errc::null_value, may_hold_values, "a NULL is where the statement allows none"},
    {"22007", errc::invalid_value, may_hold_values, "a text is no date or time in a format that the database reads"},
    {"22008", errc::value_out_of_range, may_hold_values, "a date or time is out of range"},
    {"22012", errc::invalid_value, may_hold_values, "division by zero", "guard the divisor, for example with NULLIF"},
    {"2201B", errc::invalid_value, may_hold_values, "a regular expression is not valid"},
    {"2201W", errc::invalid_value, may_hold_values, "LIMIT must not be negative"},
    {"2201X", errc::invalid_value, may_hold_values, "OFFSET must not be negative"},
    {"22021", errc::invalid_text, may_hold_values, "a text is not valid in the database's encoding"},
    {"22023", errc::invalid_value, may_hold_values, "a parameter of a function or setting is not valid"},
    {"22025", errc::invalid_value, may_hold_values, "an escape sequence in a pattern is not valid"},
    {"22030", errc::invalid_value, may_hold_values, "a JSON object has a key twice"},
    {"22032", errc::invalid_value, may_hold_values, "a text is not valid JSON"},
    {"2202E", errc::invalid_value, may_hold_values, "an array subscript is not valid"},
    {"22P02", errc::invalid_value, may_hold_values, "a text cannot be read as the type that the statement needs",
     "correct the value, or cast it explicitly"},
    {"22P03", errc::invalid_value, may_hold_values, "a value's binary form is not valid"},
    {"22P05", errc::invalid_text, may_hold_values, "a character does not exist in the database's encoding",
     "make the database in UTF8"},
};

}  // namespace

sqlstate_rule rule_of(std::string_view sqlstate) noexcept {
  sqlstate_rule found{sqlstate, errc::database_error, may_hold_values};
  for (const sqlstate_rule& rule : rules) {
    if (rule.sqlstate == sqlstate) return rule;
    if (rule.sqlstate.size() == 2 && sqlstate.starts_with(rule.sqlstate)) found = rule;
  }
  return found;
}

}  // namespace tupelo::driver::postgres
