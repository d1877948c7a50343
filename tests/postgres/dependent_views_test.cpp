// SPDX-License-Identifier: Apache-2.0
// Columns that views read change all the same: the views go meanwhile, and are what they were.
#include "own_schema.hpp"

namespace tupelo::postgres {
namespace {

void users_up(schema_editor& db) {
  db.create_enum("mood", {"bad", "good"});
  db.create_table("users", [](table_editor& t) {
    t.id();
    t.integer("age").null();
    t.enumeration("mood", "mood").default_value("good");
    t.text("name").default_value("Ada");
    t.text("loud").generated_as("upper(name)");
  });
}
void nothing(schema_editor&) {}
void wider(schema_editor& db) { db.alter_column("users", "age").big_integer(); }
void narrower(schema_editor& db) { db.alter_column("users", "age").integer(); }
void other_order(schema_editor& db) { db.change_enum("mood", {"good", "bad"}); }
void louder(schema_editor& db) { db.alter_column("users", "loud").generated_as("upper(name) || '!'"); }
void shorter(schema_editor& db) { db.alter_column("users", "name").varchar(40); }

class postgres_views : public own_schema {
protected:
  void make() {
    upgrade(first, "1_users");
    execute("INSERT INTO users (age) VALUES (36)");
    execute(
        "CREATE VIEW grown_up WITH (security_barrier=true) AS SELECT id, age, mood, loud FROM users WHERE age > 17");
    execute("CREATE VIEW \"Of grown up\" AS SELECT max(age) AS oldest, max(loud) AS loudest FROM grown_up");
    execute("CREATE MATERIALIZED VIEW ages AS SELECT age, count(*) AS many FROM users GROUP BY age");
    execute("CREATE UNIQUE INDEX one_age ON ages (age)");
    execute("COMMENT ON VIEW grown_up IS 'who may vote'");
    execute("COMMENT ON COLUMN grown_up.age IS 'in years'");
    execute("GRANT SELECT ON grown_up TO PUBLIC");
  }
  /// Everything about them.
  std::string described() {
    return text("SELECT string_agg(concat_ws('|', c.relname, c.relkind, pg_get_viewdef(c.oid), c.reloptions::text, "
                "c.relacl::text, c.relowner::text, obj_description(c.oid, 'pg_class'), col_description(c.oid, 2), "
                "(SELECT string_agg(pg_get_indexdef(indexrelid), ',') FROM pg_index WHERE indrelid = c.oid)), E'\n' "
                "ORDER BY c.relname) FROM pg_class c WHERE c.relkind IN ('v', 'm') AND c.relnamespace = "
                "current_schema()::regnamespace");
  }
  void expect_kept(void (*up)(schema_editor&), void (*down)(schema_editor&)) {
    const history all({{"1_users", {}, &users_up, &nothing, "1.cpp"}, {"2_change", {"1_users"}, up, down, "2.cpp"}});
    const std::string before = described();
    upgrade(all);
    expect_no_drift(all);
    EXPECT_EQ(described(), before);
    EXPECT_EQ(number("SELECT oldest FROM \"Of grown up\""), 36);
    downgrade(all, "1_users");
    EXPECT_EQ(described(), before);
  }
  history first{{{"1_users", {}, &users_up, &nothing, "1.cpp"}}};
};

TEST_F(postgres_views, are_kept_while_the_type_of_a_column_changes) {
  make();
  expect_kept(&wider, &narrower);
}
TEST_F(postgres_views, are_kept_while_an_enum_is_made_anew) {
  make();
  expect_kept(&other_order, [](schema_editor& db) { db.change_enum("mood", {"bad", "good"}); });
}
TEST_F(postgres_views, are_kept_while_a_computed_column_is_made_anew) {
  make();
  expect_kept(&louder, [](schema_editor& db) { db.alter_column("users", "loud").generated_as("upper(name)"); });
}
TEST_F(postgres_views, are_kept_while_what_a_column_is_computed_from_changes) {
  make();
  expect_kept(&shorter, [](schema_editor& db) { db.alter_column("users", "name").text(); });
}
TEST_F(postgres_views, that_are_materialized_are_refused_with_what_would_be_lost) {
  make();
  const history all(
      {{"1_users", {}, &users_up, &nothing, "1.cpp"}, {"2_wider", {"1_users"}, &wider, &narrower, "2.cpp"}});
  const std::pair<const char*, const char*> cases[]{
      {"COMMENT ON INDEX one_age IS 'for refreshing'", "comments on indexes"},
      {"COMMENT ON INDEX one_age IS NULL; ALTER MATERIALIZED VIEW ages ALTER COLUMN many SET STATISTICS 500",
       "statistics targets"},
      {"ALTER MATERIALIZED VIEW ages ALTER COLUMN many SET STATISTICS -1; CREATE STATISTICS pairs ON age, many FROM "
       "ages",
       "extended statistics"},
      {"DROP STATISTICS pairs; ALTER MATERIALIZED VIEW ages CLUSTER ON one_age", "an index that it is clustered by"},
      {"ALTER MATERIALIZED VIEW ages SET WITHOUT CLUSTER; ALTER MATERIALIZED VIEW ages ALTER COLUMN many SET "
       "(n_distinct = 7)",
       "storage or options of columns"},
  };
  for (const auto& [sql, lost] : cases) {
    execute(sql);
    const std::string said = failure(all);
    EXPECT_NE(said.find("the materialized view ages reads what is changed, and has " + std::string(lost)),
              std::string::npos)
        << said;
  }
  execute("ALTER MATERIALIZED VIEW ages ALTER COLUMN many RESET (n_distinct)");
  upgrade(all);
  expect_no_drift(all);
}
TEST_F(postgres_views, that_have_more_than_can_be_made_again_are_refused_by_name) {
  make();
  execute("CREATE RULE none AS ON DELETE TO grown_up DO INSTEAD NOTHING");
  const history all(
      {{"1_users", {}, &users_up, &nothing, "1.cpp"}, {"2_wider", {"1_users"}, &wider, &narrower, "2.cpp"}});
  const std::string said = failure(all);
  EXPECT_NE(said.find("the view grown_up reads what is changed"), std::string::npos) << said;
  expect_no_drift(first);
}

TEST_F(postgres_views, that_read_a_column_which_goes_are_named) {
  make();
  const history all({{"1_users", {}, &users_up, &nothing, "1.cpp"},
                     {"2_drop",
                      {"1_users"},
                      [](schema_editor& db) {
                        db.allow("drop-column", "nobody asks for it");
                        db.drop_column("users", "age");
                      },
                      [](schema_editor& db) { db.add_column("users", "age").integer().null(); },
                      "2.cpp"}});
  const std::string said = failure(all);
  EXPECT_NE(said.find("view grown_up depends on column age of table users"), std::string::npos) << said;
  EXPECT_NE(said.find("drop it before the change and make it behind (db.execute)"), std::string::npos) << said;
  EXPECT_EQ(said.find("CASCADE"), std::string::npos) << said;
}

}  // namespace
}  // namespace tupelo::postgres
