// SPDX-License-Identifier: Apache-2.0
#include "session_changes.hpp"

#include <gtest/gtest.h>

namespace tupelo::postgres {
namespace {

TEST(session_changes, are_made_by_statements_that_set_something) {
  for (const char* script : {"SET work_mem = '1MB'", "set search_path to x", "RESET ALL", "LISTEN jobs", "LOAD 'x'",
                             "PREPARE p AS SELECT 1", "DECLARE c CURSOR WITH HOLD FOR SELECT 1", "DO $$ $$", "CALL p()",
                             "SET SESSION AUTHORIZATION x", "DEALLOCATE p"}) {
    EXPECT_TRUE(changes_session(script)) << script;
  }
}
TEST(session_changes, are_made_by_what_exists_for_it) {
  for (const char* script : {"CREATE TEMP TABLE x (id int)", "CREATE TABLE pg_temp.x (id int)",
                             "SELECT 1 INTO TEMPORARY x", "SELECT pg_advisory_lock(1)",
                             "SELECT pg_catalog.pg_try_advisory_lock_shared(pg_catalog.hashtextextended($1, 0))",
                             "SELECT set_config('a', 'b', false)"}) {
    EXPECT_TRUE(changes_session(script)) << script;
  }
}
TEST(session_changes, are_found_behind_other_statements_and_comments) {
  EXPECT_TRUE(changes_session("SELECT 1; SET x = 1"));
  EXPECT_TRUE(changes_session("-- a comment\nSET x = 1"));
  EXPECT_TRUE(
      changes_session("CREATE FUNCTION f() RETURNS text AS $$ SELECT 'it''s' -- isn't $$ LANGUAGE sql; SET role x"));
  EXPECT_TRUE(changes_session("/* a comment */ SET x = 1"));
}
TEST(session_changes, are_not_made_by_what_ends_with_the_transaction) {
  for (const char* script : {"SET LOCAL work_mem = '1MB'", "SET TRANSACTION READ ONLY", "set constraints all deferred",
                             "PREPARE TRANSACTION 'x'", "SELECT pg_advisory_xact_lock(1)"}) {
    EXPECT_FALSE(changes_session(script)) << script;
  }
}
TEST(session_changes, are_not_made_by_words_that_stand_elsewhere) {
  for (const char* script : {"UPDATE t SET x = 1", "SELECT ';SET x = 1'", "SELECT \"set\" FROM t", "BEGIN", "COMMIT",
                             "", "SELECT 1 -- ; SET x", "SELECT 1 /* ; SET x */", "'", "/*", "--"}) {
    EXPECT_FALSE(changes_session(script)) << script;
  }
}

}  // namespace
}  // namespace tupelo::postgres
