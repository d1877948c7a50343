// SPDX-License-Identifier: Apache-2.0
// Indexes of every kind, generated columns, enums, exclusion constraints and comments: as SQL, and on a real server.
#include "raw_database.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>

namespace tupelo::postgres {
namespace {

table_definition people() {
  return {.name = "people",
          .columns = {{.name = "id", .type = type_kind::int64, .identity = true},
                      {.name = "email", .type = type_kind::text},
                      {.name = "nick", .type = type_kind::text, .nullable = true},
                      {.name = "age", .type = type_kind::int32},
                      {.name = "tags", .type = column_type::array_of(type_kind::text)}},
          .primary_key = {"", {"id"}}};
}

std::string text_of(const index_definition& index) { return create_index_text(people(), index); }

// ---- as SQL

TEST(postgres_index_text, names_its_method_and_operator_classes) {
  EXPECT_EQ(text_of({.name = "i", .columns = {{.name = "tags", .operator_class = "array_ops"}}, .method = "gin"}),
            R"(CREATE INDEX "i" ON "people" USING gin ("tags" array_ops))");
}
TEST(postgres_index_text, quotes_the_columns_of_an_expression) {
  EXPECT_EQ(text_of({.name = "i", .columns = {{.expression = "lower(email)"}}, .unique = true}),
            R"(CREATE UNIQUE INDEX "i" ON "people" ((lower("email"))))");
}
TEST(postgres_index_text, keeps_nulls_where_order_by_wants_them_unless_told_otherwise) {
  EXPECT_EQ(text_of({.name = "i", .columns = {{"nick"}, {.descending = true, .expression = "lower(nick)"}}}),
            R"(CREATE INDEX "i" ON "people" ("nick" NULLS FIRST, (lower("nick")) DESC NULLS LAST))");
  EXPECT_EQ(text_of({.name = "i", .columns = {{.name = "nick", .nulls = index_nulls::last}}}),
            R"(CREATE INDEX "i" ON "people" ("nick" NULLS LAST))");
}
TEST(postgres_index_text, holds_columns_beside_its_key_and_takes_null_for_equal) {
  EXPECT_EQ(
      text_of({.name = "i",
               .columns = {{"email"}},
               .unique = true,
               .where = "age > 17",
               .include = {"age", "nick"},
               .nulls_not_distinct = true}),
      R"(CREATE UNIQUE INDEX "i" ON "people" ("email") INCLUDE ("age", "nick") NULLS NOT DISTINCT WHERE "age" > 17)");
}

std::vector<ddl_statement> rendered(std::vector<schema_operation> operations) {
  schema_definition schema;
  schema.add(with_names(people()));
  return render_ddl(operations, schema);
}

TEST(postgres_ddl_features, an_index_is_built_concurrently_outside_of_the_transaction) {
  const auto statements = rendered({ddl::add_index{"people", {.name = "i", .columns = {{"age"}}}, true}});
  ASSERT_EQ(statements.size(), 2U);
  EXPECT_EQ(statements[0].role, ddl_role::clear);
  EXPECT_EQ(statements[1].role, ddl_role::outside);
  EXPECT_EQ(statements[1].sql, R"(CREATE INDEX CONCURRENTLY "i" ON "people" ("age"))");
}

TEST(postgres_ddl_features, values_are_added_to_an_enum_at_their_places) {
  schema_definition schema;
  schema.enums = {{"mood", {"ok", "good"}}};
  const auto statements =
      render_ddl({ddl::change_enum{{"mood", {"ok", "good"}}, {"mood", {"bad", "ok", "fine", "good"}}}}, schema);
  ASSERT_EQ(statements.size(), 2U);
  EXPECT_EQ(statements[0].sql, R"(ALTER TYPE "mood" ADD VALUE 'bad' BEFORE 'ok')");
  EXPECT_EQ(statements[1].sql, R"(ALTER TYPE "mood" ADD VALUE 'fine' AFTER 'ok')");
}

// ---- on a server

class postgres_features : public live_test {
protected:
  /// Makes it, and expects the server to have what was made, comments and names included.
  void change(const std::vector<schema_operation>& operations) {
    db().change(operations, schema);
    expect_made();
  }
  void expect_made() {
    const schema_definition live = db().introspect();
    const schema_definition wanted = kept(schema);
    EXPECT_EQ(live.enums, wanted.enums);
    ASSERT_EQ(live.tables.size(), wanted.tables.size());
    for (const table_definition& w : wanted.tables) {
      const table_definition* l = live.find(w.name);
      ASSERT_NE(l, nullptr) << w.name;
      EXPECT_EQ(l->comment, w.comment);
      ASSERT_EQ(l->columns.size(), w.columns.size());
      for (const column_definition& column : w.columns) {
        ASSERT_NE(l->find_column(column.name), nullptr);
        EXPECT_TRUE(same_column(*l->find_column(column.name), column)) << w.name << "." << column.name;
      }
      EXPECT_EQ(l->uniques, w.uniques);
      ASSERT_EQ(l->indexes.size(), w.indexes.size());
      for (std::size_t i = 0; i < w.indexes.size(); ++i) expect_same(l->indexes[i], w.indexes[i]);
      ASSERT_EQ(l->exclusions.size(), w.exclusions.size());
      for (std::size_t i = 0; i < w.exclusions.size(); ++i) {
        EXPECT_EQ(l->exclusions[i].name, w.exclusions[i].name);
        EXPECT_EQ(l->exclusions[i].terms.size(), w.exclusions[i].terms.size());
        EXPECT_EQ(l->exclusions[i].deferrable, w.exclusions[i].deferrable);
        EXPECT_TRUE(same_expression(l->exclusions[i].where, w.exclusions[i].where));
      }
    }
  }
  static void expect_same(const index_definition& live, index_definition wanted) {
    ASSERT_EQ(live.columns.size(), wanted.columns.size()) << wanted.name;
    for (std::size_t i = 0; i < wanted.columns.size(); ++i) {
      EXPECT_TRUE(same_expression(live.columns[i].expression, wanted.columns[i].expression)) << wanted.name;
      wanted.columns[i].expression = live.columns[i].expression;
    }
    if (!wanted.where.empty()) {
      EXPECT_TRUE(same_expression(live.where, wanted.where)) << wanted.name;
      wanted.where = live.where;
    }
    EXPECT_EQ(live, wanted) << wanted.name;
  }
  /// There and back: the schema is as before, and so are the rows.
  void there_and_back(const std::vector<schema_operation>& operations) {
    const schema_definition before = schema;
    const std::vector<schema_operation> completed = complete(operations);
    change(completed);
    change(inverse_of(completed));
    EXPECT_EQ(schema, before);
  }
  std::vector<schema_operation> complete(const std::vector<schema_operation>& operations) const {
    std::vector<schema_operation> out;
    schema_definition state = schema;
    for (const schema_operation& operation : operations) {
      out.push_back(operation.completed(state));
      operation.apply_to(state);
    }
    return out;
  }

  schema_definition schema;
};

TEST_F(postgres_features, every_kind_of_index_is_read_as_it_was_made) {
  change({ddl::create_table{people()}});
  there_and_back({
      ddl::add_index{"people", {.columns = {{"tags"}}, .method = "gin"}},
      ddl::add_index{"people", {.columns = {{.name = "email", .operator_class = "text_pattern_ops"}}}},
      ddl::add_index{"people", {.columns = {{.expression = "lower(email)"}, {"age", true}}, .unique = true}},
      ddl::add_index{"people", {.name = "cover", .columns = {{"age"}}, .include = {"email", "nick"}}},
      ddl::add_index{"people", {.columns = {{.name = "nick", .nulls = index_nulls::last}}}},
      ddl::add_index{"people",
                     {.name = "d", .columns = {{.name = "nick", .descending = true, .nulls = index_nulls::first}}}},
      ddl::add_index{"people", {.name = "p", .columns = {{.expression = "age * 2 + 1"}}, .where = "age > 17"}},
      ddl::add_index{"people", {.columns = {{"age"}}, .method = "brin"}},
      ddl::add_index{"people", {.columns = {{"email"}}, .method = "hash"}},
  });
}
TEST_F(postgres_features, an_index_may_be_told_the_collation_that_its_column_has_anyway) {
  table_definition table = people();
  table.find_column("email")->collation = "C";
  change({ddl::create_table{table}});
  change({ddl::add_index{"people", {.name = "told", .columns = {{.name = "email", .collation = "C"}}}}});
  change({ddl::add_index{"people", {.name = "usual", .columns = {{.name = "email", .collation = "default"}}}}});
}
TEST_F(postgres_features, an_index_keeps_the_collation_it_was_told_when_that_of_its_column_changes) {
  change({ddl::create_table{people()}});
  change({ddl::add_index{"people", {.name = "told", .columns = {{.name = "email", .collation = "C"}}}}});
  for (const char* collation : {"C", "POSIX"}) {
    const column_definition from = *schema.find("people")->find_column("email");
    column_definition to = from;
    to.collation = collation;
    there_and_back({ddl::alter_column{"people", from, to}});
    change({ddl::alter_column{"people", from, to}});
  }
  EXPECT_EQ(db().introspect().find("people")->find_index("told")->columns[0].collation, "C");
}
TEST_F(postgres_features, null_equals_null_in_a_constraint_and_an_index_that_say_so) {
  change({ddl::create_table{people()}});
  there_and_back(
      {ddl::add_unique{"people", {.columns = {"nick"}, .nulls_not_distinct = true}},
       ddl::add_index{"people", {.columns = {{"nick"}, {"age"}}, .unique = true, .nulls_not_distinct = true}}});
  change({ddl::add_unique{"people", {.columns = {"nick"}, .nulls_not_distinct = true}}});
  db().run("INSERT INTO people (email, age, tags) VALUES ('a', 1, '{}')");
  EXPECT_EQ(db().failure("INSERT INTO people (email, age, tags) VALUES ('b', 2, '{}')"), "23505");
}
TEST_F(postgres_features, a_deferrable_constraint_is_checked_at_commit) {
  change({ddl::create_table{people()}, ddl::add_unique{"people", {.columns = {"age"}, .deferrable = true}}});
  db().run("INSERT INTO people (email, age, tags) VALUES ('a', 1, '{}'), ('b', 2, '{}')");
  db().run("UPDATE people SET age = 3 - age");
  db().run("BEGIN");
  db().run("UPDATE people SET age = 1");
  EXPECT_EQ(db().failure("COMMIT"), "23505");
}

column_definition shouted() {
  return {.name = "shouted", .type = type_kind::text, .nullable = true, .computed_sql = "upper(email) || '!'"};
}

TEST_F(postgres_features, a_generated_column_is_read_as_it_was_made_and_taken_back) {
  change({ddl::create_table{people()}});
  db().run("INSERT INTO people (email, age, tags) VALUES ('ada', 1, '{}')");
  there_and_back({ddl::add_column{"people", shouted()}});
  change({ddl::add_column{"people", shouted()}});
  EXPECT_EQ(db().value("SELECT shouted FROM people"), "ADA!");
}
TEST_F(postgres_features, expressions_are_read_back_as_they_are_meant) {
  table_definition table = people();
  const char* const texts[] = {"trim(email)",
                               "trim(email, 'x')",
                               "ltrim(email) || rtrim(nick, 'y')",
                               "trim(leading 'x' from email)",
                               "substr(email, 1, 3)",
                               "substring(email, 1, 3)",
                               "substring(email from 2 for 3)",
                               "left(email, 3)",
                               "replace(email, 'a', 'b')",
                               "nullif(email, '')",
                               "coalesce(nick, email, 'nobody')",
                               "CASE WHEN age < 18 THEN 'child' WHEN age < 65 THEN 'adult' ELSE email END",
                               "CASE WHEN age IS NULL OR nick LIKE 'a%' THEN 'x' END",
                               "CASE age WHEN 1 THEN 'one' ELSE NULL END",
                               "CAST(age * 2 AS text)"};
  int count = 0;
  for (const char* text : texts) {
    table.columns.push_back(
        {.name = "t" + std::to_string(++count), .type = type_kind::text, .nullable = true, .computed_sql = text});
  }
  for (const char* number : {"abs(age) + 1", "position('a' in email)", "length(email) - age", "age % 7"}) {
    table.columns.push_back(
        {.name = "n" + std::to_string(++count), .type = type_kind::int32, .nullable = true, .computed_sql = number});
  }
  change({ddl::create_table{table}});
}
TEST_F(postgres_features, a_value_is_computed_when_it_is_read_where_the_server_can) {
  column_definition read = shouted();
  read.computed_at_read = true;
  constexpr int first_with_it = 180'000;
  if (std::stoi(db().value("SHOW server_version_num")) < first_with_it) {
    EXPECT_THROW(change({ddl::create_table{people()}, ddl::add_column{"people", read}}), std::runtime_error);
    return;
  }
  change({ddl::create_table{people()}});
  there_and_back({ddl::add_column{"people", read}});
  change({ddl::add_column{"people", read}});
  there_and_back({ddl::alter_column{"people", read, shouted()}});
  column_definition plain = read;
  plain.computed_sql.clear();
  plain.computed_at_read = false;
  EXPECT_THROW((void)render_ddl({ddl::alter_column{"people", read, plain}}, schema), migration_error);
}
TEST_F(postgres_features, a_generated_column_that_is_computed_otherwise_keeps_its_indexes) {
  table_definition table = people();
  table.columns.push_back(shouted());
  table.indexes = {{.columns = {{"shouted"}}}, {.columns = {{.expression = "lower(shouted)"}}}};
  table.uniques = {{"", {"shouted", "age"}}};
  table.checks = {{"loud", "length(shouted) > 1"}};
  change({ddl::create_table{table}});
  db().run("INSERT INTO people (email, age, tags) VALUES ('ada', 1, '{}')");
  column_definition other = shouted();
  other.computed_sql = "upper(email) || '?'";
  there_and_back({ddl::alter_column{"people", shouted(), other}});
  EXPECT_EQ(db().value("SELECT shouted FROM people"), "ADA!");
}
TEST_F(postgres_features, a_generated_column_becomes_an_ordinary_one_with_its_values) {
  table_definition table = people();
  table.columns.push_back(shouted());
  change({ddl::create_table{table}});
  db().run("INSERT INTO people (email, age, tags) VALUES ('ada', 1, '{}')");
  column_definition plain = shouted();
  plain.computed_sql.clear();
  change({ddl::alter_column{"people", shouted(), plain}});
  EXPECT_EQ(db().value("SELECT shouted FROM people"), "ADA!");
}
TEST_F(postgres_features, a_column_that_another_is_computed_from_changes_its_type) {
  table_definition table = people();
  table.columns.push_back({.name = "twice", .type = type_kind::int64, .computed_sql = "age * 2", .comment = "double"});
  table.indexes = {{.columns = {{"twice"}}}};
  change({ddl::create_table{table}});
  db().run("INSERT INTO people (email, age, tags) VALUES ('ada', 21, '{}')");
  const column_definition from = *table.find_column("age");
  column_definition to = from;
  to.type = type_kind::int64;
  there_and_back({ddl::alter_column{"people", from, to}});
  EXPECT_EQ(db().value("SELECT twice FROM people"), "42");
}

TEST_F(postgres_features, comments_are_kept_changed_and_taken_away) {
  table_definition table = people();
  table.comment = "who is here";
  table.columns[1].comment = "it's where we write to";
  change({ddl::create_table{table}});
  column_definition email = table.columns[1];
  email.comment.clear();
  column_definition age = table.columns[3];
  age.comment = "in years";
  there_and_back({ddl::comment_table{"people", "who is here", "everybody"},
                  ddl::alter_column{"people", table.columns[1], email},
                  ddl::alter_column{"people", table.columns[3], age},
                  ddl::add_column{"people", {.name = "x", .type = type_kind::text, .nullable = true, .comment = "y"}}});
  there_and_back({ddl::comment_table{"people", "who is here", ""}});
}

class postgres_enums : public postgres_features {
protected:
  void make() {
    table_definition table;
    table.name = "users";
    table.columns = {{.name = "id", .type = type_kind::int64, .identity = true},
                     {.name = "role", .type = column_type::enumeration("Role"), .default_sql = "'guest'"},
                     {.name = "past",
                      .type = column_type::array_of(column_type::enumeration("Role")),
                      .nullable = true,
                      .default_sql = "'[\"guest\"]'"}};
    table.primary_key.columns = {"id"};
    table.indexes = {{.columns = {{"id"}}, .where = "role = 'guest'"}};
    table.checks = {{"known", "role <> 'admin' OR id > 0"}};
    change({ddl::create_enum{role}, ddl::create_table{table}});
    db().run("INSERT INTO users DEFAULT VALUES");
    db().run("INSERT INTO users (role, past) VALUES ('admin', '{guest,admin}')");
  }
  std::string roles() { return db().value("SELECT string_agg(role::text || past::text, ' ' ORDER BY id) FROM users"); }

  enum_definition role{"Role", {"guest", "admin"}};
};

TEST_F(postgres_enums, are_types_that_columns_and_arrays_are_of) {
  make();
  EXPECT_EQ(db().failure("INSERT INTO users (role) VALUES ('king')"), "22P02");
}
TEST_F(postgres_enums, values_are_added_and_taken_away_again) {
  make();
  there_and_back({ddl::change_enum{role, {"Role", {"nobody", "guest", "member", "admin", "owner"}}}});
  EXPECT_EQ(roles(), "guest{guest} admin{guest,admin}");
}
TEST_F(postgres_enums, a_value_that_a_row_has_cannot_be_taken_away) {
  make();
  EXPECT_THROW(change({ddl::change_enum{role, {"Role", {"guest"}}}}), std::runtime_error);
}
TEST_F(postgres_enums, values_change_their_order) {
  make();
  there_and_back({ddl::change_enum{role, {"Role", {"admin", "guest"}}}});
  EXPECT_EQ(roles(), "guest{guest} admin{guest,admin}");
}
TEST_F(postgres_enums, a_new_value_is_used_in_the_migration_that_adds_it) {
  make();
  const column_definition now = *schema.find("users")->find_column("role");
  column_definition then = now;
  then.default_sql = "'member'";
  there_and_back(
      {ddl::change_enum{role, {"Role", {"guest", "member", "admin"}}}, ddl::alter_column{"users", now, then}});
}
TEST_F(postgres_enums, a_new_value_is_an_element_of_a_default_in_the_migration_that_adds_it) {
  make();
  const column_definition now = *schema.find("users")->find_column("past");
  column_definition then = now;
  then.default_sql = "'[\"guest\", \"it''s \\\"new\\\"\"]'";
  there_and_back(
      {ddl::change_enum{role, {"Role", {"guest", "it's \"new\"", "admin"}}}, ddl::alter_column{"users", now, then}});
}
TEST_F(postgres_enums, columns_that_are_compared_with_each_other_are_retyped_together) {
  make();
  table_definition table;
  table.name = "changes";
  table.columns = {{.name = "id", .type = type_kind::int64, .identity = true},
                   {.name = "x", .type = column_type::enumeration("Role"), .default_sql = "'guest'"},
                   {.name = "y", .type = column_type::enumeration("Role")},
                   {.name = "same", .type = type_kind::boolean, .nullable = true, .computed_sql = "x = y"}};
  table.primary_key.columns = {"id"};
  table.uniques = {{"once", {"y"}}};
  table.indexes = {{.name = "i", .columns = {{"id"}}, .where = "x < y"}};
  table.checks = {{"apart", "x <> y"}};
  table_definition other;
  other.name = "others";
  other.columns = {{.name = "y", .type = column_type::enumeration("Role")}};
  other.primary_key.columns = {"y"};
  other.foreign_keys = {{"of", {"y"}, "changes", {"y"}}};
  change({ddl::create_table{table}, ddl::create_table{other}});
  db().run("INSERT INTO changes (y) VALUES ('admin')");
  db().run("INSERT INTO others VALUES ('admin')");
  there_and_back({ddl::change_enum{role, {"Role", {"admin", "guest"}}}});
  EXPECT_EQ(db().value("SELECT x::text || y || same FROM changes"), "guestadminfalse");
  EXPECT_EQ(db().failure("INSERT INTO others VALUES ('guest')"), "23503");
  EXPECT_EQ(db().failure("INSERT INTO changes (y) VALUES ('guest')"), "23514");
}
TEST_F(postgres_enums, a_renamed_value_is_renamed_in_rows_and_defaults) {
  make();
  change({ddl::rename_enum_value{"Role", "guest", "visitor"}});
  db().run("INSERT INTO users DEFAULT VALUES");
  EXPECT_EQ(db().value("SELECT string_agg(role::text, ' ' ORDER BY id) FROM users"), "visitor admin visitor");
}
TEST_F(postgres_enums, a_text_becomes_an_enum_and_a_text_again) {
  make();
  const column_definition now = *schema.find("users")->find_column("role");
  column_definition then = now;
  then.type = type_kind::text;
  there_and_back({ddl::alter_column{"users", now, then}});
  EXPECT_EQ(roles(), "guest{guest} admin{guest,admin}");
}
TEST_F(postgres_enums, go_with_the_last_column_of_theirs) {
  make();
  there_and_back({ddl::drop_table{*schema.find("users")}, ddl::drop_enum{role}});
}

TEST_F(postgres_features, names_follow_a_renamed_table_and_leave_its_own_to_a_new_one) {
  table_definition table = people();
  table.uniques = {{"", {"email"}}, {"mine", {"nick"}}};
  table.indexes = {{"", {{"age"}}}};
  change({ddl::create_table{table}});
  table.uniques.pop_back();
  there_and_back({ddl::rename_table{"people", "folk"}, ddl::create_table{table}});
  change({ddl::rename_table{"people", "folk"}});
  EXPECT_NE(schema.find("folk")->find_unique("uq_folk_email"), nullptr);
  EXPECT_NE(schema.find("folk")->find_unique("mine"), nullptr);
}

TEST_F(postgres_features, an_exclusion_constraint_is_read_as_it_was_made_and_holds) {
  table_definition table;
  table.name = "bookings";
  table.columns = {{.name = "id", .type = type_kind::int64, .identity = true},
                   {.name = "during", .type = column_type::native_or_text("tstzrange")},
                   {.name = "a", .type = type_kind::int32},
                   {.name = "b", .type = type_kind::int32},
                   {.name = "gone", .type = type_kind::boolean, .default_sql = "FALSE"}};
  table.primary_key.columns = {"id"};
  change({ddl::create_table{table}});
  const exclusion_definition apart{
      .name = "apart", .terms = {{{"during"}, "&&"}}, .where = "NOT (gone = TRUE)", .deferrable = true};
  there_and_back(
      {ddl::add_exclusion{"bookings", apart},
       ddl::add_exclusion{"bookings", {.name = "spans", .terms = {{{.expression = "int4range(a, b)"}, "&&"}}}}});
  change({ddl::add_exclusion{"bookings", apart}, ddl::rename_column{"bookings", "during", "time"}});
  db().run("INSERT INTO bookings (time, a, b) VALUES ('[2026-01-01,2026-01-03)', 1, 2)");
  EXPECT_EQ(db().failure("INSERT INTO bookings (time, a, b) VALUES ('[2026-01-02,2026-01-04)', 1, 2)"), "23P01");
}

}  // namespace
}  // namespace tupelo::postgres
