// SPDX-License-Identifier: Apache-2.0
// Constraints that come to rows which are there already, without keeping others out.
#include "own_schema.hpp"

namespace tupelo::postgres {
namespace {

void users_up(schema_editor& db) {
  db.create_table("users", [](table_editor& t) {
    t.id();
    t.text("email");
    t.text("city").null();
    t.big_integer("friend_id").null();
  });
}
void users_down(schema_editor& db) { db.drop_table("users"); }

void later_up(schema_editor& db) {
  db.alter_table("users", [](table_editor& t) {
    t.check("has_city", "city IS NOT NULL").not_valid();
    t.foreign_key("friend_id").references("users").not_valid();
  });
}
void later_down(schema_editor& db) {
  db.alter_table("users", [](table_editor& t) {
    t.drop_foreign_key("fk_users_friend_id");
    t.drop_check("has_city");
  });
}
void validated_up(schema_editor& db) {
  db.alter_table("users", [](table_editor& t) {
    t.validate("has_city");
    t.validate("fk_users_friend_id");
    t.change("city").not_null();
    t.drop_check("has_city");
  });
}
void validated_down(schema_editor& db) {
  db.alter_table("users", [](table_editor& t) {
    t.check("has_city", "city IS NOT NULL").not_valid();
    t.change("city").null();
  });
}
void unique_up(schema_editor& db) { db.add_unique("users", {"email"}).concurrently(); }
void unique_down(schema_editor& db) { db.drop_unique("users", "uq_users_email", concurrently); }
void names_up(schema_editor& db) {
  db.alter_table("users", [](table_editor& t) {
    t.rename_constraint("uq_users_email", "one_mail");
    t.index({"city"}).name("by_city");
    t.rename_index("by_city", "cities");
  });
}
void names_down(schema_editor& db) {
  db.alter_table("users", [](table_editor& t) {
    t.drop_index("cities");
    t.rename_constraint("one_mail", "uq_users_email");
  });
}

migration users() { return {"1_users", {}, &users_up, &users_down, "1.cpp"}; }
migration later() { return {"2_later", {"1_users"}, &later_up, &later_down, "2.cpp"}; }
migration validated() { return {"3_validated", {"2_later"}, &validated_up, &validated_down, "3.cpp"}; }
migration unique() { return {"2_unique", {"1_users"}, &unique_up, &unique_down, "2.cpp"}; }
migration names() { return {"3_names", {"2_unique"}, &names_up, &names_down, "3.cpp"}; }

class postgres_safe_migrations : public own_schema {
protected:
  std::int64_t unvalidated() {
    return number("SELECT count(*) FROM pg_constraint WHERE NOT convalidated AND conrelid = 'users'::regclass");
  }
};

TEST_F(postgres_safe_migrations, rows_that_are_there_are_looked_at_when_it_is_said) {
  const history all({users(), later(), validated()});
  upgrade(all, "1_users");
  execute("INSERT INTO users (email, friend_id) VALUES ('ada', 7)");
  upgrade(all, "2_later");
  EXPECT_EQ(unvalidated(), 2);
  expect_no_drift(all);
  EXPECT_THROW(execute("INSERT INTO users (email) VALUES ('bob')"), database_error) << "new rows are held against it";
  const std::string said = failure(all);
  EXPECT_NE(said.find("VALIDATE CONSTRAINT \"has_city\""), std::string::npos) << said;
  execute("UPDATE users SET city = 'Tupelo', friend_id = id");
  upgrade(all);
  EXPECT_EQ(unvalidated(), 0);
  expect_no_drift(all);
  downgrade(all, "2_later");
  expect_no_drift(all);
  downgrade(all, "base");
}

TEST_F(postgres_safe_migrations, a_unique_constraint_takes_over_an_index_that_was_built_concurrently) {
  const history all({users(), unique()});
  upgrade(all);
  expect_no_drift(all);
  EXPECT_EQ(number("SELECT count(*) FROM pg_constraint WHERE conname = 'uq_users_email' AND contype = 'u' AND "
                   "conrelid = 'users'::regclass"),
            1);
  downgrade(all, "1_users");
  expect_no_drift(all);
}

TEST_F(postgres_safe_migrations, a_unique_constraint_that_failed_is_tried_again) {
  const history all({users(), unique()});
  upgrade(all, "1_users");
  execute("INSERT INTO users (email) VALUES ('ada'), ('ada')");
  EXPECT_NE(failure(all).find("stopped half-way"), std::string::npos);
  EXPECT_EQ(number("SELECT count(*) FROM pg_index WHERE NOT indisvalid AND indrelid = 'users'::regclass"), 1);
  execute("DELETE FROM users WHERE id = 2");
  upgrade(all);
  expect_no_drift(all);
}

TEST_F(postgres_safe_migrations, a_unique_constraint_goes_on_behind_its_index) {
  const history all({users(), unique()});
  upgrade(all, "1_users");
  execute("CREATE UNIQUE INDEX uq_users_email ON users (email)");
  upgrade(all);
  expect_no_drift(all);
}

TEST_F(postgres_safe_migrations, an_index_of_somebody_elses_under_the_name_is_left_alone) {
  const history all({users(), unique()});
  upgrade(all, "1_users");
  for (const char* other : {"(city)", "(email DESC)", "(email COLLATE \"C\")", "(email text_pattern_ops)",
                            "(email) NULLS NOT DISTINCT", "(email) INCLUDE (city)"}) {
    execute("CREATE UNIQUE INDEX uq_users_email ON users " + std::string(other));
    EXPECT_NE(failure(all).find("exists"), std::string::npos) << other;
    EXPECT_EQ(number("SELECT count(*) FROM pg_class WHERE relname = 'uq_users_email' AND relnamespace = "
                     "current_schema()::regnamespace"),
              1)
        << other;
    execute("DROP INDEX uq_users_email");
  }
  upgrade(all);
  expect_no_drift(all);
}

TEST_F(postgres_safe_migrations, a_plan_builds_the_unique_index_before_the_transaction_begins) {
  const history all({users(), unique()});
  upgrade(all, "1_users");
  const auto planned = sync_wait(migrate::plan_upgrade(db(), "head", migrate::options(all)));
  const std::vector<std::string>& script = planned.steps.at(0).statements;
  EXPECT_TRUE(script.at(1).starts_with("CREATE UNIQUE INDEX CONCURRENTLY \"uq_users_email\"")) << script[1];
  EXPECT_TRUE(script.at(2).ends_with("UNIQUE USING INDEX \"uq_users_email\"")) << script[2];
}

TEST_F(postgres_safe_migrations, names_change_in_place) {
  const history all({users(), unique(), names()});
  upgrade(all);
  expect_no_drift(all);
  EXPECT_EQ(number("SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname IN "
                   "('one_mail', 'cities')"),
            2);
  downgrade(all, "2_unique");
  expect_no_drift(all);
}

}  // namespace
}  // namespace tupelo::postgres
