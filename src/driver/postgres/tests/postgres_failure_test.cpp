// SPDX-License-Identifier: Apache-2.0
#include "message_bytes.hpp"
#include "postgres_failure.hpp"

namespace tupelo::driver::postgres {
namespace {

using testing::failure_of;

constexpr auto secret = "hunter2";

error_fields fields_of(std::string sqlstate, std::string message = "server's words") {
  error_fields fields;
  fields.severity = "ERROR";
  fields.sqlstate = std::move(sqlstate);
  fields.message = std::move(message);
  fields.detail = "Failing row contains (hunter2).";
  fields.where = "SQL statement \"INSERT … hunter2\"";
  fields.internal_query = "SELECT 'hunter2'";
  return fields;
}

template <class Error = error>
Error failure(const error_fields& fields, interruption cause = interruption::none) {
  Error e = failure_of<Error>([&] { throw_postgres_failure(fields, "INSERT INTO users", cause); });
  EXPECT_EQ(e.statement(), "INSERT INTO users");
  EXPECT_EQ(std::string(e.what()).find(secret), std::string::npos) << e.what();
  return e;
}

bool says(const error& e, std::string_view text) { return std::string_view(e.what()).find(text) != std::string::npos; }

TEST(postgres_failure, a_unique_violation_names_constraint_table_and_columns) {
  error_fields fields = fields_of("23505", "duplicate key value violates unique constraint \"users_key\"");
  fields.detail = "Schl\u00FCssel \u00BB(team, lower(nick))=(7, hunter2)\u00AB existiert bereits.";
  fields.table = "users";
  fields.constraint = "users_key";
  const auto e = failure<unique_violation>(fields);
  EXPECT_EQ(e.sqlstate(), "23505");
  EXPECT_EQ(e.constraint(), "users_key");
  EXPECT_EQ(e.table(), "users");
  EXPECT_EQ(e.column(), "team, lower(nick)");
  EXPECT_TRUE(says(e, "users_key"));
  EXPECT_FALSE(e.retryable());
  EXPECT_TRUE(e.connection_usable());
}

TEST(postgres_failure, a_foreign_key_violation_tells_which_side_is_missing) {
  error_fields fields =
      fields_of("23503", "insert or update on table \"posts\" violates foreign key constraint \"fk\"");
  fields.detail = "Key (author_id)=(hunter2) is not present in table \"users\".";
  fields.table = "posts";
  fields.constraint = "fk";
  const auto child = failure<foreign_key_violation>(fields);
  EXPECT_EQ(child.column(), "author_id");
  EXPECT_TRUE(says(child, "insert that one first"));
  fields.message = "update or delete on table \"users\" violates foreign key constraint \"fk\" on table \"posts\"";
  const auto parent = failure<foreign_key_violation>(fields);
  EXPECT_EQ(parent.column(), "") << "the detail tells the referenced table's column";
  EXPECT_TRUE(says(parent, "still referred to"));
  fields.message = "\u00FCbersetzt";
  EXPECT_TRUE(says(failure<foreign_key_violation>(fields), "does not exist, or is still referred to"));
}

TEST(postgres_failure, the_other_constraints_have_types_of_their_own) {
  error_fields fields = fields_of("23502", "null value in column \"email\" of relation \"users\"");
  fields.table = "users";
  fields.column = "email";
  EXPECT_EQ(failure<not_null_violation>(fields).column(), "email");
  fields = fields_of("23514");
  fields.constraint = "age_is_human";
  EXPECT_EQ(failure<check_violation>(fields).constraint(), "age_is_human");
  fields = fields_of("23P01");
  fields.constraint = "no_overlap";
  EXPECT_EQ(failure<exclusion_violation>(fields).constraint(), "no_overlap");
  fields = fields_of("23502");
  fields.data_type = "not_null_text";
  EXPECT_TRUE(says(failure<not_null_violation>(fields), "not_null_text"));
}

TEST(postgres_failure, sqlstates_decide_the_code) {
  const std::pair<const char*, errc> expected[] = {
      {"40001", errc::serialization_failure},
      {"40P01", errc::deadlock},
      {"55P03", errc::busy},
      {"53100", errc::disk_full},
      {"53400", errc::disk_full},
      {"53200", errc::out_of_memory},
      {"53300", errc::too_many_connections},
      {"57P01", errc::connection_lost},
      {"57P02", errc::connection_lost},
      {"57P03", errc::connection_lost},
      {"08006", errc::connection_lost},
      {"25006", errc::read_only},
      {"25P02", errc::invalid_transaction},
      {"25001", errc::invalid_transaction},
      {"3B001", errc::invalid_transaction},
      {"42P01", errc::unknown_table},
      {"42703", errc::unknown_column},
      {"42601", errc::syntax_error},
      {"42883", errc::syntax_error},
      {"42P18", errc::syntax_error},
      {"42501", errc::permission_denied},
      {"42P07", errc::database_error},
      {"28P01", errc::authentication_failed},
      {"28000", errc::authentication_failed},
      {"3D000", errc::unknown_database},
      {"XX001", errc::corrupt_database},
      {"XX002", errc::corrupt_database},
      {"XX000", errc::database_error},
      {"0A000", errc::unsupported_feature},
      {"22001", errc::value_out_of_range},
      {"22P02", errc::invalid_value},
      {"22021", errc::invalid_text},
      {"26000", errc::database_error},
      {"ZZ123", errc::database_error},
  };
  for (const auto& [sqlstate, code] : expected) EXPECT_EQ(failure(fields_of(sqlstate)).code(), code) << sqlstate;
}

TEST(postgres_failure, what_takes_no_transaction_says_how_it_is_run) {
  error_fields fields = fields_of("25001", "DISCARD ALL cannot run inside a transaction block");
  fields.routine = "PreventInTransactionBlock";
  EXPECT_TRUE(says(failure(fields), "DISCARD ALL cannot run inside a transaction block; run it by itself"));
  fields.routine = "call_enum_check_hook";
  EXPECT_FALSE(says(failure(fields), "by itself")) << "too late for SET TRANSACTION";
}

TEST(postgres_failure, an_upsert_by_a_deferrable_constraint_names_it) {
  error_fields fields = fields_of("55000", "ON CONFLICT does not support deferrable unique constraints");
  fields.routine = "ExecCheckIndexConstraints";
  fields.table = "users";
  fields.constraint = "users_key";
  const auto e = failure<database_error>(fields);
  EXPECT_EQ(e.code(), errc::unsupported_feature);
  EXPECT_EQ(e.constraint(), "users_key");
  EXPECT_TRUE(
      says(e, "constraint \"users_key\" of table \"users\", because it is deferrable; make it one that is not"));
}

TEST(postgres_failure, a_question_mark_without_a_value_is_told_by_the_counts) {
  const auto of = [](std::string_view statement, std::uint32_t position) {
    error_fields fields = fields_of("42601", "syntax error");
    fields.position = position;
    return failure_of<error>([&] { throw_postgres_failure(fields, statement); });
  };
  const error behind = of("SELECT '\u00FC?', ? , '?' || ?", 16);
  EXPECT_EQ(behind.code(), errc::invalid_query);
  EXPECT_TRUE(says(behind, "has 2 placeholders but is given 0")) << behind.what();
  EXPECT_EQ(behind.statement(), "SELECT '\u00FC?', ? , '?' || ?");
  EXPECT_EQ(of("UPDATE x SET a=? WHERE b = 1", 15).code(), errc::invalid_query) << "as part of an operator";
  EXPECT_EQ(of("SELECT ?", 9).code(), errc::invalid_query) << "at the end";
  for (const char* sql : {"SELEC a ? 'b'", "SELECT $1 ?", "SELECT a ??", "SELECT '?' )", "SELECT 1 -- ?\n )"}) {
    const auto last = static_cast<std::uint32_t>(std::string_view(sql).size());
    EXPECT_EQ(of(sql, std::string_view(sql).ends_with(")") ? last : 1).code(), errc::syntax_error) << sql;
    EXPECT_EQ(of(sql, std::string_view(sql).ends_with("b'") ? 1 : last + 1).code(), errc::syntax_error) << sql;
  }
}

TEST(postgres_failure, what_a_function_raises_is_there_for_who_asks_for_it) {
  for (const char* sqlstate : {"P0001", "23514", "SH001"}) {
    error_fields fields = fields_of(sqlstate, "hunter2 is not in stock");
    fields.routine = "exec_stmt_raise";
    EXPECT_EQ(failure<database_error>(fields).reveal(), "hunter2 is not in stock") << "and not in what()";
  }
}

TEST(postgres_failure, a_row_that_no_partition_takes_is_told_so) {
  error_fields fields = fields_of("23514", "no partition of relation \"days\" found for row");
  fields.table = "days";
  fields.routine = "ExecFindPartition";
  EXPECT_TRUE(says(failure<check_violation>(fields), "no partition of table \"days\" takes the row"));
  fields.routine = "ExecPartitionCheckEmitError";
  EXPECT_TRUE(says(failure<check_violation>(fields), "outside the bounds of the partition \"days\""));
}

TEST(postgres_failure, a_check_without_a_name_is_given_none) {
  error_fields fields = fields_of("23514", "partition constraint of relation \"days\" is violated by some row");
  fields.table = "days";
  EXPECT_TRUE(says(failure<check_violation>(fields), "a check of table \"days\" violated"));
}

TEST(postgres_failure, names_are_shown_with_the_place_in_the_statement) {
  error_fields fields = fields_of("42703", "column \"emial\" does not exist");
  fields.hint = "Perhaps you meant to reference the column \"users.email\".";
  fields.position = 8;
  const auto e = failure<statement_error>(fields);
  EXPECT_TRUE(says(e, "\"emial\""));
  EXPECT_TRUE(says(e, "users.email"));
  EXPECT_TRUE(says(e, "at character 8"));
}

TEST(postgres_failure, what_still_depends_on_something_is_named_instead_of_dropped_as_well) {
  error_fields fields = fields_of("2BP01", "cannot drop column age of table users because other objects depend on it");
  fields.detail = "view grown_up depends on column age of table users\nview old depends on view grown_up";
  fields.hint = "Use DROP ... CASCADE to drop the dependent objects too.";
  const auto e = failure<database_error>(fields);
  EXPECT_TRUE(says(e, "view grown_up depends on column age of table users")) << e.what();
  EXPECT_TRUE(says(e, "view old depends on view grown_up")) << e.what();
  EXPECT_FALSE(says(e, "CASCADE")) << e.what();
  fields.routine = "exec_stmt_raise";
  EXPECT_FALSE(says(failure<database_error>(fields), "grown_up"));
}
TEST(postgres_failure, a_hint_beside_no_names_of_what_depends_on_something_is_shown) {
  error_fields fields = fields_of("2BP01", "cannot drop index users_email_key because constraint requires it");
  fields.detail.clear();
  fields.hint = "You can drop constraint users_email_key on table users instead.";
  EXPECT_TRUE(says(failure<database_error>(fields), "drop constraint users_email_key on table users instead"));
}

TEST(postgres_failure, a_name_that_the_statement_itself_does_not_hold_may_be_a_value) {
  for (const char* sqlstate : {"42P01", "42704", "42883", "42602", "42725", "3F000"}) {
    error_fields fields = fields_of(sqlstate, "relation \"hunter2\" does not exist");
    fields.hint = "Perhaps you meant hunter2.";
    EXPECT_TRUE(says(failure(fields), "it may be a value")) << sqlstate;
    fields.position = 8;  // of a value that was read as a name
    EXPECT_TRUE(says(failure(fields), "it may be a value")) << sqlstate;
  }
}

TEST(postgres_failure, a_syntax_error_is_said_without_what_may_be_a_value) {
  const error_fields fields = fields_of("42601", "multiple assignments to same column \"hunter2\"");
  const auto e = failure<statement_error>(fields);
  EXPECT_EQ(e.code(), errc::syntax_error);
  EXPECT_TRUE(says(e, "not valid SQL")) << e.what();
  EXPECT_TRUE(says(e, "may be a value")) << e.what();
  EXPECT_FALSE(says(e, secret)) << e.what();
}
TEST(postgres_failure, a_name_in_a_statement_that_takes_no_values_is_shown) {
  for (const char* statement : {"DROP INDEX gone", "alter table gone ADD x int", "CREATE\nTABLE x (y gone)"}) {
    const auto e = failure_of([&] { throw_postgres_failure(fields_of("42704", "\"gone\" is not there"), statement); });
    EXPECT_TRUE(says(e, "\"gone\"")) << statement;
  }
  const auto e =
      failure_of([] { throw_postgres_failure(fields_of("42704", "\"hunter2\" is not there"), "DROPPED hunter"); });
  EXPECT_FALSE(says(e, secret));
}

TEST(postgres_failure, texts_that_may_hold_values_are_not_shown) {
  for (const char* sqlstate : {"22P02", "22003", "22007", "22000", "P0001", "P0002", "38000", "HV000", "99999"}) {
    error_fields fields = fields_of(sqlstate, "invalid input syntax for type integer: \"hunter2\"");
    fields.hint = "hunter2";
    const auto e = failure<database_error>(fields);
    EXPECT_EQ(e.sqlstate(), sqlstate);
    EXPECT_TRUE(says(e, sqlstate));
  }
}

TEST(postgres_failure, what_a_function_raises_is_not_shown_whatever_code_it_takes) {
  for (const char* routine : {"exec_stmt_raise", "PLy_elog_impl", "plperl_call_perl_func"}) {
    error_fields fields = fields_of("23514", "hunter2 is too young");
    fields.routine = routine;
    fields.constraint = "age";
    const auto e = failure<check_violation>(fields);
    EXPECT_EQ(e.constraint(), "age");
    EXPECT_TRUE(says(e, "a trigger or function raised an error"));
  }
}

TEST(postgres_failure, an_interruption_is_what_the_client_did) {
  const error_fields fields = fields_of("57014", "canceling statement due to user request");
  failure<cancelled>(fields, interruption::cancelled);
  failure<timed_out>(fields, interruption::deadline);
  failure<cancelled>(fields, interruption::none);
  failure<timed_out>(fields_of("57014", "canceling statement due to statement timeout"));
}

TEST(postgres_failure, an_error_that_ends_the_connection_makes_it_unusable) {
  error_fields fields = fields_of("25P03", "terminating connection due to idle-in-transaction timeout");
  fields.severity = "FATAL";
  const auto e = failure<connection_error>(fields);
  EXPECT_EQ(e.code(), errc::connection_lost);
  EXPECT_EQ(e.sqlstate(), "25P03");
  EXPECT_FALSE(e.connection_usable());
  fields.sqlstate = "XX000";
  EXPECT_EQ(failure(fields).code(), errc::connection_lost);
}

TEST(postgres_failure, the_servers_text_is_put_on_one_line_and_cut) {
  const auto e = failure(fields_of("0A000", "role\n\"x\xff\" " + std::string(1000, 'y')));
  const std::string what = e.what();
  EXPECT_EQ(what.find('\n'), std::string::npos);
  EXPECT_EQ(what.find('\xff'), std::string::npos);
  EXPECT_LT(what.size(), 700u);
}

TEST(postgres_failure, an_error_without_sqlstate_is_a_protocol_violation) {
  testing::expect_violation([] { throw_postgres_failure(fields_of(""), ""); });
}

TEST(postgres_failure, it_can_be_kept_instead_of_thrown) {
  const std::exception_ptr kept = make_postgres_failure(fields_of("40001"), "COMMIT");
  EXPECT_EQ(failure_of([&] { std::rethrow_exception(kept); }).code(), errc::serialization_failure);
}

TEST(startup_failure, codes_tell_what_to_do_about_it) {
  const auto code_of = [](const char* sqlstate) {
    error_fields fields = fields_of(sqlstate, "words");
    fields.severity = "FATAL";
    const auto e = failure_of<connection_error>([&] { throw_startup_failure(fields, "shop on db:5432 as ada"); });
    EXPECT_TRUE(says(e, "shop on db:5432 as ada"));
    EXPECT_TRUE(says(e, "words"));
    EXPECT_EQ(e.sqlstate(), sqlstate);
    EXPECT_FALSE(e.connection_usable());
    return e.code();
  };
  EXPECT_EQ(code_of("28P01"), errc::authentication_failed);
  EXPECT_EQ(code_of("28000"), errc::authentication_failed);
  EXPECT_EQ(code_of("3D000"), errc::unknown_database);
  EXPECT_EQ(code_of("53300"), errc::too_many_connections);
  EXPECT_EQ(code_of("57P03"), errc::connection_lost);
  EXPECT_EQ(code_of("08P01"), errc::connection_failed);
  EXPECT_EQ(code_of("22023"), errc::connection_failed);
}

TEST(startup_failure, only_one_of_the_start_up_is_laid_on_its_parameters) {
  error_fields fields = fields_of("08P01", "unsupported startup parameter: options");
  fields.severity = "FATAL";
  const auto starting = failure_of<connection_error>([&] { throw_startup_failure(fields, "shop"); });
  EXPECT_TRUE(says(starting, "start-up parameter"));
  fields.message = "prepared statement did not exist";
  const auto later = failure<connection_error>(fields);
  EXPECT_TRUE(says(later, "prepared statement did not exist")) << later.what();
  EXPECT_FALSE(says(later, "start-up parameter")) << later.what();
}

}  // namespace
}  // namespace tupelo::driver::postgres
