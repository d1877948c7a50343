// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/sqlite/sqlite_dialect.hpp"
#include "tupelo/query/functions.hpp"
#include "tupelo/query/raw_query.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/query/table_alias.hpp"
#include "tupelo/query/window.hpp"
#include "tupelo/query/write_query.hpp"
#include "tupelo/model/model.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/timestamp.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tupelo {
namespace {

struct User {
  std::int64_t id{};
  std::string name;
  std::optional<int> age;
};
struct Post {
  std::int64_t id{};
  std::int64_t author_id{};
  std::optional<timestamp> deleted_at;
  int version{};

  static void model(model<Post>& m) {
    m.soft_delete(&Post::deleted_at);
    m.version(&Post::version);
  }
};

constexpr auto id = col<&User::id>;
constexpr auto name = col<&User::name>;
constexpr auto age = col<&User::age>;

statement_plan plan_of(query_core core) {
  core.finish();
  return sqlite::dialect_instance().render(core.shape.data(), core.shape.size);
}
template <class Query>
std::string sql(const Query& query) {
  return plan_of(query.core()).text;
}
/// What stands behind WHERE.
template <class Condition>
std::string where(const Condition& condition) {
  const std::string text = sql(query<User>().where(condition));
  return text.substr(text.find(" WHERE ") + 7);
}

TEST(render_select, names_every_column) { EXPECT_EQ(sql(query<User>()), R"(SELECT "id", "name", "age" FROM "users")"); }
TEST(render_select, clauses_in_the_order_of_sql_whatever_the_order_of_calls) {
  EXPECT_EQ(
      sql(query<User>().limit(1).order_by(name.desc(), age).distinct().where(age > 3).offset(2)),
      R"(SELECT DISTINCT "id", "name", "age" FROM "users" WHERE "age" > ?1 ORDER BY "name" DESC, "age" LIMIT ?2 OFFSET ?3)");
}
TEST(render_select, has_a_single_row_where_the_whole_key_equals_values) {
  EXPECT_TRUE(plan_of(query<User>().where(id == 1).core()).single_row);
  EXPECT_TRUE(plan_of(query<User>().where(age > 3).where(id == 1).limit(2).core()).single_row);
}
TEST(render_select, may_have_several_rows_where_the_key_is_not_all_of_a_condition) {
  EXPECT_FALSE(plan_of(query<User>().core()).single_row);
  EXPECT_FALSE(plan_of(query<User>().where(age == 1).core()).single_row);
  EXPECT_FALSE(plan_of(query<User>().where(id > 1).core()).single_row);
  EXPECT_FALSE(plan_of(query<User>().where(id == 1 || age == 1).core()).single_row);
  EXPECT_FALSE(plan_of(query<User>().where(id.in(1, 2)).core()).single_row);
}
TEST(render_select, may_have_several_rows_for_one_key_in_a_join) {
  const auto query = tupelo::query<User>().join<Post>(id == col<&Post::author_id>).where(id == 1);
  EXPECT_FALSE(plan_of(query.core()).single_row);
}
TEST(render_select, distinct_spells_what_is_selected_as_the_order_does) {
  const auto place = rank().over(order_by(id));
  EXPECT_EQ(sql(query<User>().distinct().order_by(place).select<std::int64_t>(place)),
            R"(SELECT DISTINCT rank() OVER (ORDER BY "users"."id") FROM "users")"
            R"( ORDER BY rank() OVER (ORDER BY "users"."id"))");
}
TEST(render_select, offset_alone_has_the_limit_that_sqlite_needs) {
  EXPECT_EQ(sql(query<User>().offset(2)), R"(SELECT "id", "name", "age" FROM "users" LIMIT -1 OFFSET ?1)");
}
TEST(render_select, groups_and_having) {
  EXPECT_EQ(sql(query<User>()
                    .group_by(name)
                    .having(count() > 2)
                    .select<std::tuple<std::string, std::int64_t>>(name, count())),
            R"(SELECT "name", count(*) FROM "users" GROUP BY "name" HAVING count(*) > ?1)");
}
TEST(render_select, joins_qualify_columns) {
  EXPECT_EQ(
      sql(query<User>().join<Post>(col<&Post::author_id> == id).select<std::int64_t>(col<&Post::id>)),
      R"(SELECT "posts"."id" FROM "users" JOIN "posts" ON "posts"."author_id" = "users"."id" AND "posts"."deleted_at" IS NULL)");
}
TEST(render_select, with_deleted_reaches_joined_models) {
  const std::string text =
      sql(query<User>().join<Post>(col<&Post::author_id> == id).with_deleted().select<std::int64_t>(col<&Post::id>));
  EXPECT_EQ(text.find("deleted_at"), std::string::npos) << text;
}
TEST(render_select, a_left_join_keeps_its_disjunction_together) {
  const std::string text = sql(query<User>().left_join<Post>(col<&Post::author_id> == id || col<&Post::id> == id));
  EXPECT_NE(
      text.find(R"( LEFT JOIN "posts" ON ("posts"."author_id" = "users"."id" OR "posts"."id" = "users"."id") AND )"),
      std::string::npos)
      << text;
}
TEST(render_select, leaves_marked_rows_out_unless_asked) {
  EXPECT_NE(sql(query<Post>()).find(R"( WHERE "deleted_at" IS NULL)"), std::string::npos);
  EXPECT_EQ(sql(query<Post>().with_deleted()).find("WHERE"), std::string::npos);
}
TEST(render_select, reads_are_the_fields_of_the_row) {
  const statement_plan plan = plan_of(query<User>().core());
  ASSERT_EQ(plan.reads.size(), 3U);
  EXPECT_EQ(plan.reads[1].column, "name");
  EXPECT_TRUE(plan.reads[2].nullable);
  EXPECT_EQ(plan.row_type, "User");
  EXPECT_TRUE(plan.read_only);
}
TEST(render_select, only_rows_that_are_structs_have_a_name) {
  const auto row_type = [](const auto& built) { return plan_of(built.core()).row_type; };
  EXPECT_EQ(row_type(query<User>().select(name)), "");
  EXPECT_EQ(row_type(query<User>().select(name, id)), "");
  EXPECT_EQ(row_type(raw_query<std::string>(nullptr, "SELECT 1")), "");
  EXPECT_EQ(row_type(raw_query<User>(nullptr, "SELECT 1")), "User");
}

TEST(render_condition, comparisons) {
  EXPECT_EQ(where(age == 1), R"("age" = ?1)");
  EXPECT_EQ(where(age != 1), R"("age" <> ?1)");
  EXPECT_EQ(where(age <= 1), R"("age" <= ?1)");
  EXPECT_EQ(where(age.is_null()), R"("age" IS NULL)");
  EXPECT_EQ(where(age.is_not_null()), R"("age" IS NOT NULL)");
  EXPECT_EQ(where(id == age), R"("id" = "age")");
}
TEST(render_condition, text_search_escapes) {
  EXPECT_EQ(where(name.contains("x")), R"("name" LIKE ?1 ESCAPE '\')");
  const statement_plan plan = plan_of(query<User>().where(name.starts_with("x")).core());
  EXPECT_EQ(plan.binds.at(0).wrap, like_wrap::starts_with);
}
TEST(render_condition, parentheses_where_precedence_needs_them) {
  EXPECT_EQ(where(age == 1 || age == 2), R"(("age" = ?1 OR "age" = ?2))");
  EXPECT_EQ(where((age == 1 || age == 2) && age == 3), R"(("age" = ?1 OR "age" = ?2) AND "age" = ?3)");
  EXPECT_EQ(where(age == 1 || (age == 2 && age == 3)), R"(("age" = ?1 OR "age" = ?2 AND "age" = ?3))");
  EXPECT_EQ(where(!(age == 1)), R"(NOT ("age" = ?1))");
}
TEST(render_condition, lists_have_a_place_for_each_of_the_next_power_of_two) {
  EXPECT_EQ(where(age.in(1, 2, 3)), R"("age" IN (?1, ?2, ?3, ?4))");
  EXPECT_EQ(where(age.in(std::vector<int>())), "1 = 0");
}
TEST(render_condition, long_lists_are_one_parameter) {
  EXPECT_EQ(where(age.in(std::vector<int>(600, 1))), R"("age" IN (SELECT value FROM json_each(?1)))");
  EXPECT_EQ(plan_of(query<User>().where(age.in(std::vector<int>(600, 1))).core()).binds.at(0).source,
            bind_source::whole_list);
}
TEST(render_condition, subqueries) {
  EXPECT_EQ(where(id.in(query<User>().where(age > 3).select<std::int64_t>(id))),
            R"("users"."id" IN (SELECT "users"."id" FROM "users" WHERE "users"."age" > ?1))");
  EXPECT_EQ(where(exists<User>(query<Post>().with_deleted())).substr(0, 15), "EXISTS (SELECT ");
}
TEST(render_condition, functions_and_arithmetic) {
  EXPECT_EQ(where(lower(name) == "x"), R"(lower("name") = ?1)");
  EXPECT_EQ(where(coalesce(age, 0) == 1), R"(coalesce("age", ?1) = ?2)");
  EXPECT_EQ(where(age + 1 == 2), R"(("age" + ?1) = ?2)");
}

TEST(render_count, is_count_star_unless_rows_would_be_lost) {
  query_core plain = query<User>().order_by(name).core();
  plain.word(make_word(op::only_count));
  EXPECT_EQ(plan_of(plain).text, R"(SELECT count(*) FROM "users")");
  query_core limited = query<User>().limit(2).core();
  limited.word(make_word(op::only_count));
  EXPECT_EQ(plan_of(limited).text, R"(SELECT count(*) FROM (SELECT 1 FROM "users" LIMIT ?1) AS "counted")");
  query_core grouped = query<User>().group_by(name).core();
  grouped.word(make_word(op::only_count));
  EXPECT_EQ(plan_of(grouped).text, R"(SELECT count(*) FROM (SELECT 1 FROM "users" GROUP BY "name") AS "counted")");
}
TEST(render_exists, asks_for_one_row) {
  query_core core = query<User>().where(age == 1).core();
  core.word(make_word(op::only_exists));
  EXPECT_EQ(plan_of(core).text, R"(SELECT EXISTS (SELECT 1 FROM "users" WHERE "age" = ?1))");
}

TEST(render_update, sets_and_conditions) {
  EXPECT_EQ(
      sql(update_query<User>(nullptr).set(age, age + 1).set(name, "x").where(id == 7)),
      R"(UPDATE "users" SET "age" = tupelo_integer(("age" + ?1), -2147483648, 2147483647), "name" = ?2 WHERE "id" = ?3)");
  EXPECT_EQ(sql(update_query<User>(nullptr).set(age, std::nullopt).all_rows()), R"(UPDATE "users" SET "age" = NULL)");
}
TEST(render_update, with_deleted_reaches_joined_models) {
  auto update = update_query<User>(nullptr).set(age, 1).join<Post>(col<&Post::author_id> == id).where(id == 7);
  EXPECT_NE(sql(update).find(R"("posts"."deleted_at" IS NULL)"), std::string::npos);
  EXPECT_EQ(sql(update.with_deleted()).find("deleted_at"), std::string::npos);
}
TEST(render_update, without_a_condition_or_without_a_column_is_refused) {
  EXPECT_THROW(sql(update_query<User>(nullptr).set(age, 1)), query_error);
  EXPECT_THROW(sql(update_query<User>(nullptr).where(id == 1)), query_error);
}
TEST(render_erase, with_a_condition_and_not_without) {
  EXPECT_EQ(sql(delete_query<User>(nullptr).where(id == 7)), R"(DELETE FROM "users" WHERE "id" = ?1)");
  EXPECT_EQ(sql(delete_query<User>(nullptr).all_rows()), R"(DELETE FROM "users")");
  EXPECT_THROW(sql(delete_query<User>(nullptr)), query_error);
}
TEST(render_erase, permanently_does_not_make_the_rows_more_by_joined_models) {
  const auto later = alias<Post>("later");
  auto erase = delete_query<Post>(nullptr).join(later, later(&Post::id) > col<&Post::id>);
  EXPECT_NE(sql(erase.all_rows()).find(R"("later"."deleted_at" IS NULL)"), std::string::npos);
  const std::string all = sql(erase.permanently());
  EXPECT_NE(all.find(R"("later"."deleted_at" IS NULL)"), std::string::npos) << all;
  EXPECT_EQ(all.find(R"("posts"."deleted_at")"), std::string::npos) << all;
}

TEST(render_insert, leaves_the_generated_key_out) {
  const statement_plan plan = plan_of(query_core(op::insert_into, detail::meta<User>::spec, insert_without_key, 2));
  EXPECT_EQ(plan.text.substr(0, 43), R"(INSERT INTO "users" ("name", "age") VALUES )");
  EXPECT_EQ(plan.rows_per_statement, 2U);
  EXPECT_EQ(plan.binds.size(), 2U);
}
TEST(render_insert, a_conflict_counts_the_version_on) {
  query_core core(op::insert_into, detail::meta<Post>::spec, insert_with_key, 1);
  core.shape.append(on_conflict(col<&Post::id>).update_all().clause().shape);
  const std::string text = plan_of(core).text;
  EXPECT_NE(text.find(R"("version" = "posts"."version" + 1)"), std::string::npos) << text;
}
TEST(render_insert, a_conflict_without_a_word_about_it_is_refused) {
  query_core core(op::insert_into, detail::meta<User>::spec, insert_with_key, 1);
  core.shape.append(on_conflict(name).clause().shape);
  EXPECT_THROW(plan_of(core), query_error);
}
/// What is said of a conflict clause that names another model than User, whose columns are called alike.
std::string refusal(const conflict_clause& clause) {
  query_core core(op::insert_into, detail::meta<User>::spec, insert_with_key, 1);
  core.shape.append(clause.clause().shape);
  try {
    plan_of(core);
  } catch (const query_error& e) {
    return e.what();
  }
  return "none";
}
TEST(render_insert, a_conflict_clause_that_names_another_model_is_refused) {
  constexpr std::string_view said = "on_conflict() of User names a column of Post: ";
  const auto other = col<&Post::id>;
  EXPECT_EQ(refusal(on_conflict(other).ignore()).substr(0, said.size()), said);
  EXPECT_EQ(refusal(on_conflict(other + 1).ignore()).substr(0, said.size()), said);
  EXPECT_EQ(refusal(on_conflict(id).target_where(other > 1).ignore()).substr(0, said.size()), said);
  EXPECT_EQ(refusal(on_conflict(id).update(other)).substr(0, said.size()), said);
  EXPECT_EQ(refusal(on_conflict(id).set(other, 1)).substr(0, said.size()), said);
  EXPECT_EQ(refusal(on_conflict(id).update(name).where(other > 1)).substr(0, said.size()), said);
  EXPECT_EQ(refusal(on_conflict(id).update(name).where(excluded(other) > 1)).substr(0, said.size()), said);
}
TEST(render_insert, a_conflict_clause_of_the_row_s_own_model_is_taken) {
  EXPECT_EQ(refusal(on_conflict(id).update(name).set(age, excluded(age) + 1).where(excluded(id) >= id)), "none");
}

TEST(render_raw, is_the_text_itself) {
  const statement_plan plan = plan_of(raw_query<int>(nullptr, "SELECT ?, ?", 1, std::nullopt).core());
  EXPECT_EQ(plan.text, "SELECT ?, ?");
  EXPECT_EQ(plan.binds.size(), 2U);
  EXPECT_TRUE(plan.dynamic_row);
}
TEST(render, quotes_identifiers) {
  std::string out;
  sqlite::dialect_instance().quote(out, "a\"b");
  EXPECT_EQ(out, "\"a\"\"b\"");
}
TEST(render, more_parameters_than_the_database_takes_are_refused) {
  auto many = query<User>();
  for (int i = 0; i < 33'000; ++i) many.where(age != i);
  EXPECT_THROW(sql(many), query_error);
}
TEST(render, a_clause_that_is_too_large_is_refused) {
  condition<User> huge = age == 0;
  for (int i = 1; i < 40'000; ++i) huge = std::move(huge) || age == i;
  EXPECT_THROW(sql(query<User>().where(huge)), query_error);
}

}  // namespace
}  // namespace tupelo
