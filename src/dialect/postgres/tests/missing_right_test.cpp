// SPDX-License-Identifier: Apache-2.0
// What is said of a right that is missing: which one, on what, and what gives it.
#include "tupelo/dialect/missing_right.hpp"
#include "tupelo/dialect/postgres/ddl.hpp"

#include <gtest/gtest.h>

namespace tupelo::postgres {
namespace {

std::string said(std::string_view message, std::string_view statement = "ALTER TABLE users ADD a text") {
  return dynamic_cast<const right_finder&>(schema_rules()).missing_right(message, statement);
}

TEST(missing_rights, who_has_to_own_a_table_is_told_so) {
  EXPECT_EQ(said("must be owner of table users"),
            "the role has to own the table users: migrate as its owner, or let its owner say ALTER TABLE users OWNER "
            "TO <the role that migrates>");
  EXPECT_NE(said("must be owner of materialized view ages").find("ALTER MATERIALIZED VIEW ages OWNER"),
            std::string::npos);
  EXPECT_NE(said("must be owner of relation users").find("ALTER TABLE users"), std::string::npos);
}
TEST(missing_rights, a_name_that_needs_quotes_has_them_in_the_statement) {
  EXPECT_NE(said("must be owner of table Users").find("ALTER TABLE \"Users\" OWNER"), std::string::npos);
  EXPECT_NE(said("permission denied for schema my-own").find("ON SCHEMA \"my-own\" TO"), std::string::npos);
}
TEST(missing_rights, a_schema_needs_create) {
  EXPECT_EQ(said("permission denied for schema public; grant it to the user of the connection"),
            "the role lacks USAGE, CREATE on the schema public: GRANT USAGE, CREATE ON SCHEMA public TO <the role that "
            "migrates>");
}
TEST(missing_rights, a_table_needs_what_the_statement_does) {
  EXPECT_NE(said("permission denied for table users", "UPDATE users SET a = 1").find("GRANT UPDATE ON TABLE users"),
            std::string::npos);
  EXPECT_NE(said("permission denied for table users", "CREATE TABLE p (u bigint REFERENCES users)")
                .find("GRANT REFERENCES ON TABLE users"),
            std::string::npos);
}
TEST(missing_rights, what_is_read_as_a_table_is_granted_as_one) {
  for (const std::string_view kind : {"view", "materialized view", "foreign table"}) {
    const std::string message = "permission denied for " + std::string(kind) + " ages";
    EXPECT_NE(said(message, "SELECT * FROM ages").find("GRANT SELECT ON TABLE ages"), std::string::npos) << kind;
  }
}
TEST(missing_rights, kinds_are_spelled_as_statements_have_them) {
  EXPECT_NE(said("permission denied for foreign-data wrapper files").find("GRANT USAGE ON FOREIGN DATA WRAPPER files"),
            std::string::npos);
  EXPECT_NE(said("permission denied for foreign server far").find("GRANT USAGE ON FOREIGN SERVER far"),
            std::string::npos);
  EXPECT_NE(said("must be owner of foreign-data wrapper files").find("ALTER FOREIGN DATA WRAPPER files OWNER"),
            std::string::npos);
  EXPECT_NE(said("must be owner of foreign server far").find("ALTER SERVER far OWNER"), std::string::npos);
}
TEST(missing_rights, what_only_others_may_create_is_left_to_them) {
  EXPECT_NE(said("PostgreSQL: permission denied to create extension \"postgis\" (Must be superuser.) [SQLSTATE 42501]")
                .find("may create the extension \"postgis\": let"),
            std::string::npos);
  EXPECT_NE(said("permission denied to create extension \"postgis\"").find("create the extension \"postgis\""),
            std::string::npos);
}
TEST(missing_rights, a_message_in_another_language_still_gives_a_remedy) {
  EXPECT_NE(said("keine Berechtigung f\u00fcr Tabelle users").find("grant it"), std::string::npos);
}

}  // namespace
}  // namespace tupelo::postgres
