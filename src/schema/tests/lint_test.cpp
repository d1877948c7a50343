// SPDX-License-Identifier: Apache-2.0
// What the rules see beside the examples of docs/lint.md, which a test of their own runs.
#include "linter.hpp"
#include "live_database.hpp"

#include "tupelo/schema/lint.hpp"
#include "tupelo/schema/migrator.hpp"
#include <tupelo/dialect/dialect.hpp>
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace tupelo {
namespace {

using codes = std::vector<std::string>;
using function = void (*)(schema_editor&);

schema_definition users() {
  return record_migration(
             [](schema_editor& db) {
               db.create_table("users", [](table_editor& t) {
                 t.id();
                 t.text("email").unique();
                 t.integer("age").null();
               });
             },
             {})
      .after;
}

/// Codes of the problems, each once.
codes problems(function up, const lint_options& options = {}) {
  codes out;
  for (const lint_finding& found : lint(migration{"1", {}, up, nullptr, "1.cpp"}, users(), options)) {
    const std::string code(found.rule->code);
    if (found.is_problem() && std::find(out.begin(), out.end(), code) == out.end()) out.push_back(code);
  }
  std::sort(out.begin(), out.end());
  return out;
}
bool has(const codes& all, const std::string& code) { return std::find(all.begin(), all.end(), code) != all.end(); }

feature_table many_writers() {
  feature_table features;
  features.row_locks = true;
  return features;
}

TEST(lint, steps_on_a_table_that_the_migration_makes_risk_nothing) {
  EXPECT_EQ(problems([](schema_editor& db) {
              db.create_table("tags", [](table_editor& t) {
                t.id();
                t.text("name");
              });
              db.add_column("tags", "color").text();
              db.add_index("tags", {"name"}).unique();
              db.rename_table("tags", "labels");
              db.alter_column("labels", "color").varchar(7);
              db.drop_column("labels", "color");
              db.drop_table("labels");
            }),
            codes{});
}
TEST(lint, a_table_of_a_former_name_is_as_old_as_it_was) {
  EXPECT_TRUE(has(problems([](schema_editor& db) {
                    db.rename_table("users", "people");
                    db.drop_column("people", "age");
                  }),
                  "drop-column"));
}
TEST(lint, a_new_column_without_values_breaks_no_key) {
  const codes found = problems([](schema_editor& db) {
    db.add_column("users", "boss_id").big_integer().null().references("users");
    db.add_index("users", {"boss_id"});
  });
  EXPECT_TRUE(has(found, "blocking-foreign-key"));
  EXPECT_FALSE(has(found, "constraint-among-rows"));
}
TEST(lint, each_database_has_rules_of_its_own) {
  const feature_table one_writer;
  const feature_table many = many_writers();
  const function up = [](schema_editor& db) { db.add_unique("users", {"age"}); };
  EXPECT_TRUE(has(problems(up, lint_options(many)), "blocking-unique"));
  EXPECT_FALSE(has(problems(up, lint_options(many)), "rebuild-table"));
  EXPECT_FALSE(has(problems(up, lint_options(one_writer)), "blocking-unique"));
  EXPECT_TRUE(has(problems(up, lint_options(one_writer)), "rebuild-table"));
  EXPECT_TRUE(has(problems(up), "rebuild-table") && has(problems(up), "blocking-unique"));
}
TEST(lint, a_new_default_or_comment_risks_nothing) {
  const feature_table many = many_writers();
  EXPECT_EQ(problems([](schema_editor& db) { db.alter_column("users", "age").default_value(7); }, lint_options(many)),
            codes{});
  EXPECT_EQ(problems([](schema_editor& db) { db.alter_column("users", "age").comment("in years"); }), codes{});
}
TEST(lint, a_reason_allows_a_rule_in_the_whole_migration) {
  const std::vector<lint_finding> found = lint(migration{"1",
                                                         {},
                                                         [](schema_editor& db) {
                                                           db.drop_column("users", "age");
                                                           db.allow("drop-column", "unused");
                                                           db.alter_table("users", [](table_editor& t) {
                                                             t.drop_unique("uq_users_email");
                                                             t.drop_column("email");
                                                           });
                                                         },
                                                         nullptr,
                                                         "1.cpp"},
                                               users());
  const auto allowed = std::count_if(found.begin(), found.end(), [](const lint_finding& f) {
    return f.rule->code == "drop-column" && f.allowed == "unused" && !f.is_problem();
  });
  EXPECT_EQ(allowed, 2);
}
TEST(lint, allowing_what_is_no_rule_or_without_reason_is_refused) {
  const auto refused = [](function up) {
    try {
      (void)record_migration(up, {});
    } catch (const migration_error& e) {
      return e.code() == errc::invalid_migration;
    }
    return false;
  };
  EXPECT_TRUE(refused([](schema_editor& db) { db.allow("drop-colum", "typo"); }));
  EXPECT_TRUE(refused([](schema_editor& db) { db.allow("drop-column", ""); }));
}
TEST(lint, allowing_a_step_later_is_no_edit) {
  const auto sum = [](function up) { return record_migration(up, users()).canonical(); };
  EXPECT_EQ(sum([](schema_editor& db) { db.drop_column("users", "age"); }), sum([](schema_editor& db) {
              db.allow("drop-column", "unused");
              db.drop_column("users", "age");
            }));
}
TEST(lint, a_column_that_comes_back_at_the_end_is_back) {
  const migration drop{"7",
                       {},
                       [](schema_editor& db) { db.drop_column("users", "age"); },
                       [](schema_editor& db) { db.add_column("users", "age").integer().null(); },
                       "seven.cpp"};
  schema_definition before = users();
  before.tables[0].columns.push_back({.name = "last", .type = type_kind::text});
  EXPECT_EQ(lint(drop, before).size(), 1U);
}
TEST(lint, findings_name_revision_file_and_thing) {
  const migration drop{"7", {}, [](schema_editor& db) { db.drop_column("users", "age"); }, nullptr, "seven.cpp"};
  const std::vector<lint_finding> found = lint(drop, users());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].revision, "7");
  EXPECT_EQ(found[0].file, "seven.cpp");
  EXPECT_EQ(found[0].subject, "users.age");
  EXPECT_EQ(found[0].what, "drop column users.age");
}

TEST(lint, another_collation_blocks) {
  EXPECT_TRUE(has(problems([](schema_editor& db) { db.alter_column("users", "email").text().collation("C"); },
                           lint_options(many_writers())),
                  "rewrite-type"));
}

struct typed_change {
  column_type from, to;
};
TEST(lint_types, loses_where_digits_or_times_go) {
  using k = type_kind;
  for (const typed_change& c : {typed_change{k::float64, k::int64},
                                {k::timestamp, k::date},
                                {k::float64, k::float32},
                                {column_type::decimal(10, 4), column_type::decimal(10, 2)},
                                {k::int64, k::float64},
                                {k::int32, k::boolean},
                                {column_type::array_of(k::float64), column_type::array_of(k::int64)},
                                {column_type::array_of(k::text), column_type::array_of(column_type::varchar(9))},
                                {column_type::enumeration("mood"), column_type::varchar(3)}}) {
    EXPECT_TRUE(type_loses(c.from, c.to)) << c.from.to_string() << " to " << c.to.to_string();
  }
  for (const typed_change& c : {typed_change{k::int32, k::int64},
                                {k::int32, k::float64},
                                {k::date, k::timestamp},
                                {column_type::decimal(10, 2), column_type::decimal(12, 2)},
                                {k::uuid, k::text}}) {
    EXPECT_FALSE(type_loses(c.from, c.to)) << c.from.to_string() << " to " << c.to.to_string();
    EXPECT_FALSE(type_may_refuse(c.from, c.to)) << c.from.to_string() << " to " << c.to.to_string();
  }
}
TEST(lint_types, loses_nothing_where_the_elements_of_arrays_fit) {
  using k = type_kind;
  for (const typed_change& c : {typed_change{column_type::array_of(k::int32), column_type::array_of(k::int64)},
                                {column_type::array_of(column_type::varchar(3)), column_type::array_of(k::text)},
                                {k::text, column_type::varchar(3)},
                                {column_type::enumeration("mood"), k::text}}) {
    EXPECT_FALSE(type_loses(c.from, c.to)) << c.from.to_string() << " to " << c.to.to_string();
  }
}
TEST(lint_types, may_refuse_what_does_not_fit) {
  using k = type_kind;
  for (const typed_change& c : {typed_change{k::int64, k::int32},
                                {k::text, k::int32},
                                {k::text, column_type::varchar(9)},
                                {column_type::array_of(k::text), k::text},
                                {k::text, column_type::enumeration("mood")},
                                {column_type::decimal(12, 2), column_type::decimal(8, 2)}}) {
    EXPECT_TRUE(type_may_refuse(c.from, c.to)) << c.from.to_string() << " to " << c.to.to_string();
  }
}
TEST(lint_types, wider_texts_and_decimals_change_in_place) {
  EXPECT_TRUE(type_changes_in_place(column_type::varchar(9), column_type::varchar(10)));
  EXPECT_TRUE(type_changes_in_place(column_type::varchar(9), type_kind::text));
  EXPECT_TRUE(type_changes_in_place(column_type::decimal(8, 2), column_type::decimal(9, 2)));
  EXPECT_FALSE(type_changes_in_place(column_type::decimal(8, 2), column_type::decimal(9, 3)));
  EXPECT_FALSE(type_changes_in_place(type_kind::int32, type_kind::int64));
}
TEST(lint_types, only_what_differs_from_row_to_row_is_volatile) {
  for (const char* sql : {"gen_random_uuid()", "random()", "clock_timestamp()", "nextval('ids')", "1 + my_own(2)"}) {
    EXPECT_TRUE(is_volatile(sql)) << sql;
  }
  for (const char* sql : {"now()", "CURRENT_TIMESTAMP", "'random()'", "0", "lower('A')", "'{}'::numeric(9)"}) {
    EXPECT_FALSE(is_volatile(sql)) << sql;
  }
}

codes read(const char* sql) {
  static const char* text = nullptr;
  text = sql;
  codes found = problems([](schema_editor& db) { db.execute(text); });
  std::erase(found, "execute-sql");
  return found;
}
TEST(lint_sql, sees_the_dangers_of_each_statement) {
  EXPECT_EQ(read("DROP TABLE users"), (codes{"drop-table"}));
  EXPECT_EQ(read("INSERT INTO log VALUES (1); drop table users; -- done"), (codes{"data-beside-schema", "drop-table"}));
  EXPECT_EQ(read("ALTER TABLE users DROP age"), (codes{"drop-column"}));
  EXPECT_EQ(read("ALTER TABLE users DROP CONSTRAINT c"), (codes{"drop-constraint"}));
  EXPECT_EQ(read("TRUNCATE users CASCADE"), (codes{"delete-all-rows"}));
  EXPECT_EQ(read("WITH gone AS (DELETE FROM users RETURNING id) INSERT INTO log SELECT id FROM gone WHERE id > 1"),
            (codes{"delete-all-rows"}));
  EXPECT_EQ(read("WITH old AS (SELECT id FROM users WHERE age > 9) DELETE FROM users USING old"),
            (codes{"delete-all-rows"}));
  EXPECT_EQ(read("WITH old AS (SELECT id FROM users) DELETE FROM users WHERE id IN (SELECT id FROM old)"), codes{});
  EXPECT_EQ(read("DELETE FROM users USING (SELECT id FROM log WHERE id > 1) AS l"), (codes{"delete-all-rows"}));
  EXPECT_EQ(read("DROP TYPE mood CASCADE"), (codes{"drop-schema"}));
  EXPECT_EQ(read("DROP VIEW IF EXISTS recent"), (codes{"drop-object"}));
  EXPECT_EQ(read("DROP OWNED BY ada"), (codes{"drop-schema"}));
  EXPECT_EQ(read("ALTER TYPE size DROP ATTRIBUTE width"), (codes{"drop-attribute"}));
  EXPECT_EQ(read("ALTER TABLE users RENAME age TO years"), (codes{"rename-column"}));
  EXPECT_EQ(read("ALTER TABLE users RENAME TO people"), (codes{"rename-table"}));
  EXPECT_EQ(read("ALTER TABLE users ALTER COLUMN age TYPE bigint"), (codes{"rewrite-type"}));
  EXPECT_EQ(read("CREATE UNIQUE INDEX i ON users (age)"), (codes{"blocking-index", "unique-among-rows"}));
  EXPECT_EQ(read("ALTER TABLE users ADD CONSTRAINT k PRIMARY KEY USING INDEX i"), codes{});
  EXPECT_EQ(read("ALTER TABLE users VALIDATE CONSTRAINT c"), codes{});
}
TEST(lint_sql, is_not_misled_by_texts_comments_and_bodies) {
  EXPECT_EQ(read("INSERT INTO log VALUES ('; DROP TABLE users')"), codes{});
  EXPECT_EQ(read("/* DROP TABLE users; */ SELECT 1"), codes{});
  EXPECT_EQ(read("DO $x$ BEGIN DROP TABLE users; END $x$"), codes{});
  EXPECT_EQ(read("CREATE TRIGGER t AFTER INSERT ON users BEGIN UPDATE users SET age = 1; END"),
            (codes{"blocking-trigger"}));
  EXPECT_EQ(read("UPDATE users SET age = 1 WHERE \"where\" = 2"), codes{});
}

// ---- upgrades

void users_up(schema_editor& db) {
  db.create_table("users", [](table_editor& t) {
    t.id();
    t.integer("age").null();
  });
}
void users_down(schema_editor& db) { db.drop_table("users"); }
void drop_up(schema_editor& db) { db.drop_column("users", "age"); }
void drop_down(schema_editor& db) { db.add_column("users", "age").integer().null(); }
void allowed_up(schema_editor& db) {
  db.allow("drop-column", "nobody reads it");
  db.drop_column("users", "age");
}

class destructive_upgrade : public testing::Test {
protected:
  static history with(function second) {
    return history(
        {{"1_users", {}, &users_up, &users_down, "1.cpp"}, {"2_drop", {"1_users"}, second, &drop_down, "2"}});
  }
  sample::live_database live;
};

TEST_F(destructive_upgrade, is_refused_before_anything_changes_and_says_what_would_be_lost) {
  const history all = with(&drop_up);
  sync_wait(migrate::upgrade(live.db, "1_users", migrate::options(all)));
  live.execute("INSERT INTO users (age) VALUES (36)");
  try {
    sync_wait(migrate::upgrade(live.db, "head", migrate::options(all)));
    ADD_FAILURE() << "nothing was refused";
  } catch (const migration_error& e) {
    EXPECT_EQ(e.code(), errc::migration_destructive);
    EXPECT_EQ(e.revision(), "2_drop");
    EXPECT_NE(std::string(e.what()).find("drop column users.age"), std::string::npos) << e.what();
  }
  EXPECT_EQ(live.number("SELECT age FROM users"), 36);
  EXPECT_EQ(live.number("SELECT count(*) FROM tupelo_migration_lock"), 0);
}
TEST_F(destructive_upgrade, runs_where_the_options_or_the_migration_allow_it) {
  const history all = with(&drop_up);
  sync_wait(migrate::upgrade(live.db, "1_users", migrate::options(all)));
  migrate::options allowed(all);
  allowed.allow_destructive = true;
  EXPECT_EQ(sync_wait(migrate::upgrade(live.db, "head", allowed)).applied.size(), 2U);
  sync_wait(migrate::downgrade(live.db, "-1", migrate::options(all)));
  const history said = with(&allowed_up);
  EXPECT_EQ(sync_wait(migrate::upgrade(live.db, "head", migrate::options(said))).applied.size(), 2U);
}
TEST_F(destructive_upgrade, of_a_new_database_asks_nothing) {
  const history all = with(&drop_up);
  EXPECT_EQ(sync_wait(migrate::upgrade(live.db, "head", migrate::options(all))).applied.size(), 2U);
}
TEST_F(destructive_upgrade, is_planned_without_permission) {
  const history all = with(&drop_up);
  sync_wait(migrate::upgrade(live.db, "1_users", migrate::options(all)));
  EXPECT_EQ(sync_wait(migrate::plan_upgrade(live.db, "head", migrate::options(all))).steps.size(), 1U);
  const std::vector<lint_finding> found = sync_wait(migrate::lint_upgrade(live.db, "head", migrate::options(all)));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rule->kind, hazard::destructive);
}
TEST_F(destructive_upgrade, of_fresh_asks_nothing) {
  const history all = with(&drop_up);
  EXPECT_EQ(sync_wait(migrate::fresh(live.db, migrate::options(all))).applied.size(), 2U);
}
TEST_F(destructive_upgrade, on_the_way_down_is_told_but_not_refused) {
  const history all = with(&drop_up);
  sync_wait(migrate::upgrade(live.db, "head", migrate::options(all)));
  const std::vector<lint_finding> found = sync_wait(migrate::lint_downgrade(live.db, "base", migrate::options(all)));
  EXPECT_TRUE(std::any_of(found.begin(), found.end(),
                          [](const lint_finding& f) { return f.rule->code == "drop-table" && f.subject == "users"; }));
  EXPECT_TRUE(sync_wait(migrate::downgrade(live.db, "base", migrate::options(all))).applied.empty());
}

TEST(lint_of_a_history, starts_each_branch_from_its_own_ancestors) {
  const history forked({{"1_users", {}, &users_up, &users_down, "1.cpp"},
                        {"2_drop", {"1_users"}, &drop_up, &drop_down, "2.cpp"},
                        {"3_also", {"1_users"}, &drop_up, &drop_down, "3.cpp"}});
  const std::vector<lint_finding> found = lint(forked, {"2_drop", "3_also"});
  EXPECT_EQ(std::count_if(found.begin(), found.end(), [](const lint_finding& f) { return f.what.starts_with("drop"); }),
            2);
  EXPECT_THROW((void)lint(forked, {"4_nothing"}), migration_error);
}

}  // namespace
}  // namespace tupelo
