// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tupelo {
namespace {

const errc all_codes[] = {
    errc::invalid_value,
    errc::value_out_of_range,
    errc::type_mismatch,
    errc::null_value,
    errc::invalid_enum,
    errc::invalid_text,
    errc::invalid_model,
    errc::invalid_query,
    errc::unsupported_feature,
    errc::relation_not_loaded,
    errc::not_found,
    errc::too_many_rows,
    errc::stale_row,
    errc::field_not_loaded,
    errc::invalid_filter,
    errc::invalid_url,
    errc::unknown_driver,
    errc::invalid_configuration,
    errc::connection_failed,
    errc::connection_lost,
    errc::pool_exhausted,
    errc::authentication_failed,
    errc::unknown_database,
    errc::too_many_connections,
    errc::database_error,
    errc::syntax_error,
    errc::unknown_column,
    errc::unknown_table,
    errc::unique_violation,
    errc::foreign_key_violation,
    errc::check_violation,
    errc::not_null_violation,
    errc::busy,
    errc::serialization_failure,
    errc::deadlock,
    errc::disk_full,
    errc::read_only,
    errc::corrupt_database,
    errc::out_of_memory,
    errc::permission_denied,
    errc::exclusion_violation,
    errc::cancelled,
    errc::timed_out,
    errc::invalid_transaction,
    errc::concurrent_use,
    errc::detached_object,
    errc::commit_unknown,
    errc::not_run,
    errc::vetoed,
    errc::migration_failed,
    errc::migration_missing,
    errc::migration_edited,
    errc::migration_irreversible,
    errc::migration_locked,
    errc::migration_heads,
    errc::invalid_migration,
    errc::unknown_revision,
    errc::migration_destructive,
};

error thrown_for(errc code) {
  try {
    throw_database_error(code, "message", {}, "SELECT 1");
  } catch (const error& e) {
    return e;
  }
}

template <class Error>
bool is_thrown_for(errc code) {
  try {
    throw_database_error(code, "message", {"23505", "key", "users", "email", 2067}, "SELECT 1");
  } catch (const Error& e) {
    return e.code() == code && e.statement() == "SELECT 1";
  } catch (...) {
    return false;
  }
}

TEST(error, every_code_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (const errc code : all_codes) names.insert(name_of(code));
  EXPECT_EQ(names.size(), std::size(all_codes));
  EXPECT_FALSE(names.contains("unknown_error"));
  EXPECT_EQ(name_of(static_cast<errc>(9999)), "unknown_error");
}

TEST(error, only_what_another_run_may_cure_is_retryable) {
  const std::set<errc> retryable = {errc::busy,
                                    errc::serialization_failure,
                                    errc::deadlock,
                                    errc::connection_lost,
                                    errc::pool_exhausted,
                                    errc::migration_locked,
                                    errc::too_many_connections};
  for (const errc code : all_codes) EXPECT_EQ(thrown_for(code).retryable(), retryable.contains(code)) << name_of(code);
}

TEST(error, only_connections_that_are_gone_or_were_never_made_and_corrupt_databases_end_a_connection) {
  const std::set<errc> ending = {errc::connection_failed, errc::connection_lost,      errc::authentication_failed,
                                 errc::unknown_database,  errc::too_many_connections, errc::corrupt_database,
                                 errc::commit_unknown};
  for (const errc code : all_codes)
    EXPECT_NE(thrown_for(code).connection_usable(), ending.contains(code)) << name_of(code);
}

TEST(error, may_cost_its_connection_where_its_code_does_not_say_so) {
  timed_out late("x");
  EXPECT_TRUE(late.connection_usable());
  late.set_connection_closed();
  EXPECT_FALSE(late.connection_usable());
  EXPECT_FALSE(timed_out(late).connection_usable());
  EXPECT_FALSE(late.retryable());
}

TEST(error, database_code_decides_the_exception_type) {
  EXPECT_TRUE(is_thrown_for<unique_violation>(errc::unique_violation));
  EXPECT_TRUE(is_thrown_for<foreign_key_violation>(errc::foreign_key_violation));
  EXPECT_TRUE(is_thrown_for<check_violation>(errc::check_violation));
  EXPECT_TRUE(is_thrown_for<not_null_violation>(errc::not_null_violation));
  EXPECT_TRUE(is_thrown_for<exclusion_violation>(errc::exclusion_violation));
  EXPECT_TRUE(is_thrown_for<constraint_violation>(errc::check_violation));
  EXPECT_TRUE(is_thrown_for<busy_error>(errc::busy));
  EXPECT_TRUE(is_thrown_for<statement_error>(errc::syntax_error));
  EXPECT_TRUE(is_thrown_for<statement_error>(errc::unknown_column));
  EXPECT_TRUE(is_thrown_for<statement_error>(errc::unknown_table));
  EXPECT_TRUE(is_thrown_for<connection_error>(errc::connection_failed));
  EXPECT_TRUE(is_thrown_for<connection_error>(errc::authentication_failed));
  EXPECT_TRUE(is_thrown_for<cancelled>(errc::cancelled));
  EXPECT_TRUE(is_thrown_for<timed_out>(errc::timed_out));
  EXPECT_TRUE(is_thrown_for<database_error>(errc::disk_full));
}

TEST(error, connection_error_carries_the_sqlstate_that_ended_it) {
  try {
    throw_database_error(errc::too_many_connections, "message", {"53300", {}, {}, {}, 0}, {});
  } catch (const connection_error& e) {
    EXPECT_EQ(e.sqlstate(), "53300");
  }
}

TEST(error, database_error_carries_what_the_database_said) {
  try {
    throw_database_error(errc::unique_violation, "message", {"23505", "key", "users", "email", 2067}, "INSERT");
  } catch (const database_error& e) {
    EXPECT_EQ(e.sqlstate(), "23505");
    EXPECT_EQ(e.constraint(), "key");
    EXPECT_EQ(e.table(), "users");
    EXPECT_EQ(e.column(), "email");
    EXPECT_EQ(e.native_code(), 2067);
    EXPECT_EQ(e.code_name(), "unique_violation");
    EXPECT_STREQ(e.what(), "message");
  }
}

}  // namespace
}  // namespace tupelo
