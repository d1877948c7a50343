// SPDX-License-Identifier: Apache-2.0
#include "query_models.hpp"

#include "tupelo/dialect/postgres/postgres_dialect.hpp"
#include "tupelo/query/functions.hpp"
#include "tupelo/query/raw_query.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/query/write_query.hpp"
#include "tupelo/model/model.hpp"
#include "tupelo/core/error.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tupelo::postgres {
namespace {

/// What stands behind WHERE.
template <class Condition>
std::string where(const Condition& condition) {
  const std::string text = sql(query<User>().where(condition));
  return text.substr(text.find(" WHERE ") + 7);
}
/// What is selected.
template <class Term>
std::string term(const Term& selected) {
  const std::string text =
      sql(query<User>().select<std::optional<detail::base_of<typename Term::selected_type>>>(selected));
  return text.substr(7, text.find(" FROM ") - 7);
}

TEST(postgres_select, numbers_placeholders) {
  EXPECT_EQ(
      sql(query<User>().where(name == "x" && active == true).order_by(id).limit(1).offset(2)),
      R"(SELECT "id", "name", "age", "score", "ratio", "price", "active", "token", "born", "seen", "meta" FROM "users" WHERE "name" = $1 AND "active" = $2 ORDER BY "id" LIMIT $3 OFFSET $4)");
}
TEST(postgres_select, an_offset_needs_no_limit) {
  EXPECT_TRUE(sql(query<Post>().with_deleted().offset(2)).ends_with(R"( FROM "posts" OFFSET $1)"));
}
TEST(postgres_select, nulls_are_the_smallest_where_there_may_be_any) {
  const std::string text =
      sql(query<User>().group_by(id).order_by(id.desc(), age, age.desc(), length(name), sum(age).desc()));
  EXPECT_NE(
      text.find(
          R"(ORDER BY "id" DESC, "age" NULLS FIRST, "age" DESC NULLS LAST, length("name"), sum("age")::int8 DESC NULLS LAST)"),
      std::string::npos)
      << text;
}
TEST(postgres_select, orders_by_the_column_where_something_else_is_selected_under_its_name) {
  EXPECT_EQ(sql(query<User>().order_by(age).select(cast<std::string>(age))),
            R"(SELECT ("age")::text FROM "users" ORDER BY "users"."age" NULLS FIRST)");
}
TEST(postgres_select, a_left_join_may_make_any_column_null) {
  const std::string text = sql(query<User>().left_join<Post>(col<&Post::author_id> == id).order_by(col<&Post::id>));
  EXPECT_TRUE(text.ends_with(R"(ORDER BY "posts"."id" NULLS FIRST)")) << text;
}
TEST(postgres_select, locks_the_rows_of_the_table_that_is_asked_for) {
  EXPECT_TRUE(sql(query<User>().lock(for_update)).ends_with(" FOR UPDATE"));
  const auto joined = query<User>().left_join<Post>(col<&Post::author_id> == id);
  EXPECT_TRUE(sql(joined.select<std::string>(name).lock(for_update)).ends_with(R"( FOR UPDATE OF "users")"));
  EXPECT_TRUE(sql(query<User>().join<Post>(col<&Post::author_id> == id).lock<Post>(for_share))
                  .ends_with(R"( FOR SHARE OF "posts")"));
}
TEST(postgres_select, locks_as_strongly_as_it_is_told) {
  EXPECT_TRUE(sql(query<User>().lock(for_no_key_update)).ends_with(" FOR NO KEY UPDATE"));
  EXPECT_TRUE(sql(query<User>().lock(for_share)).ends_with(" FOR SHARE"));
  EXPECT_TRUE(sql(query<User>().lock(for_key_share)).ends_with(" FOR KEY SHARE"));
}
TEST(postgres_select, waits_for_locked_rows_fails_or_leaves_them_out) {
  EXPECT_TRUE(sql(query<User>().lock(for_update.nowait())).ends_with(" FOR UPDATE NOWAIT"));
  EXPECT_TRUE(sql(query<User>().limit(1).lock(for_update.skip_locked())).ends_with(" FOR UPDATE SKIP LOCKED"));
}
TEST(postgres_select, locks_two_tables_in_two_ways) {
  EXPECT_TRUE(sql(query<User>().join<Post>(col<&Post::author_id> == id).lock<Post>(for_update.nowait()).lock(for_share))
                  .ends_with(R"( FOR UPDATE OF "posts" NOWAIT FOR SHARE OF "users")"));
}
TEST(postgres_select, locks_nothing_to_count_beside_the_rows) {
  query_core counted = query<User>().core();
  counted.lock(for_update, nullptr);
  counted.word(make_word(op::only_count, counts_beside_rows));
  EXPECT_EQ(plan_of(counted).text, R"(SELECT count(*) FROM "users")");
}

TEST(postgres_condition, an_integer_is_as_wide_as_the_value) {
  EXPECT_EQ(where(age > 5), R"("age" > $1::int8)");
  EXPECT_TRUE(sql(query<User>().having(count() > 2).select(count())).ends_with(R"(HAVING count(*) > $1::int8)"));
}
TEST(postgres_condition, fractions_and_decimals_say_their_type) {
  EXPECT_EQ(where(ratio < 0.5), R"("ratio" < $1::float8)");
  EXPECT_EQ(where(price == decimal::parse("1.50")), R"("price" = $1::numeric)");
  const std::string average = sql(query<User>().having(avg(age) > 1.5).select(count()));
  EXPECT_TRUE(average.ends_with(R"(HAVING avg("age")::float8 > $1::float8)")) << average;
}
TEST(postgres_condition, what_the_column_says_is_inferred) {
  EXPECT_EQ(where(name == "x"), R"("name" = $1)");
  EXPECT_EQ(where(active == false), R"("active" = $1)");
}
TEST(postgres_condition, text_search_escapes_as_the_server_does_by_itself) {
  EXPECT_EQ(where(name.contains("x")), R"("name" LIKE $1)");
  EXPECT_EQ(where(name.like("x%")), R"("name" LIKE $1)");
}
TEST(postgres_condition, a_list_is_one_parameter_whatever_its_length) {
  EXPECT_EQ(where(age.in(1, 2, 3)), R"("age" = ANY($1::int8[]))");
  EXPECT_EQ(where(age.in(std::vector<int>(100'000, 1))), R"("age" = ANY($1::int8[]))");
  EXPECT_EQ(where(name.in("a", "b") && age == 1), R"("name" = ANY($1) AND "age" = $2::int8)");
  EXPECT_EQ(plan_of(query<User>().where(age.in(1)).core()).binds.at(0).source, bind_source::whole_list);
}
TEST(postgres_condition, an_empty_list_is_no_parameter) {
  EXPECT_EQ(where(age.in(std::vector<int>()) && name == "x"), R"(1 = 0 AND "name" = $1)");
  const statement_plan plan = plan_of(query<User>().where(age.in(std::vector<int>())).core());
  EXPECT_EQ(plan.binds.at(0).source, bind_source::list);
  EXPECT_EQ(plan.binds.at(0).places, 0U);
}
TEST(postgres_condition, moments_are_taken_apart_in_utc) {
  EXPECT_EQ(where(year(seen) == 2026), R"(EXTRACT(YEAR FROM "seen" AT TIME ZONE 'UTC')::int4 = $1::int8)");
  EXPECT_EQ(where(month(born) == 2), R"(EXTRACT(MONTH FROM "born")::int4 = $1::int8)");
}

TEST(postgres_expression, sums_and_averages_have_the_type_that_is_promised) {
  EXPECT_EQ(term(sum(id)), R"(sum("id")::int8)");
  EXPECT_EQ(term(sum(ratio)), R"(sum("ratio"::float8))");
  EXPECT_EQ(term(sum(price)), R"(sum("price"))");
  EXPECT_EQ(term(avg(price)), R"(avg("price")::float8)");
}
TEST(postgres_expression, integers_compute_in_64_bits) {
  EXPECT_EQ(term(age + 1), R"(("age" + $1::int8))");
  EXPECT_EQ(term(age * age), R"(("age"::int8 * "age"))");
  EXPECT_EQ(term(id * age), R"(("id" * "age"))");
}
TEST(postgres_expression, a_decimal_stays_one_beside_a_double) {
  EXPECT_EQ(term(price * 1.5), R"(("price" * $1::float8::numeric))");
  EXPECT_EQ(term(price + score), R"(("price" + "score"::numeric))");
}
TEST(postgres_expression, dividing_by_zero_is_null) { EXPECT_EQ(term(age / 2), R"(("age" / NULLIF($1::int8, 0)))"); }
TEST(postgres_expression, least_and_greatest_of_what_the_server_does_not_order) {
  EXPECT_EQ(term(min(active)), R"(bool_and("active"))");
  EXPECT_EQ(term(max(active)), R"(bool_or("active"))");
  EXPECT_EQ(term(max(token)), R"(max("token"::text)::uuid)");
  EXPECT_EQ(term(max(name)), R"(max("name"))");
}
TEST(postgres_expression, least_document_is_refused) {
  try {
    term(min(meta));
    FAIL() << "it was rendered";
  } catch (const query_error& e) {
    EXPECT_EQ(e.code(), errc::unsupported_feature);
  }
}

TEST(postgres_update, the_column_says_the_type_of_its_new_value) {
  EXPECT_EQ(sql(update_query<User>(nullptr).set(age, 5).set(name, "x").where(id == 7)),
            R"(UPDATE "users" SET "age" = $1, "name" = $2 WHERE "id" = $3::int8)");
  EXPECT_EQ(sql(update_query<User>(nullptr).set(age, age + 1).all_rows()),
            R"(UPDATE "users" SET "age" = ("age" + $1::int8))");
}
TEST(postgres_insert, rows_of_one_statement_and_their_keys) {
  query_core core(op::insert_into, detail::meta<Post>::spec, insert_without_key, 2);
  core.word(make_word(op::returning_key));
  EXPECT_EQ(
      plan_of(core).text,
      R"(INSERT INTO "posts" ("author_id", "deleted_at", "version") VALUES ($1, $2, $3), ($4, $5, $6) RETURNING "id")");
}
TEST(postgres_insert, conflicts_take_from_the_new_row) {
  query_core core(op::insert_into, detail::meta<Post>::spec, insert_with_key, 1);
  core.shape.append(on_conflict(col<&Post::id>).update_all().clause().shape);
  const std::string text = plan_of(core).text;
  EXPECT_TRUE(text.ends_with(
      R"( ON CONFLICT ("id") DO UPDATE SET "author_id" = excluded."author_id", "deleted_at" = excluded."deleted_at", "version" = "posts"."version" + 1)"))
      << text;
}

TEST(postgres_writes, that_must_write_every_row_say_so) {
  query_core core(op::insert_into, detail::meta<Post>::spec, insert_without_key, 2);
  core.word(make_word(op::returning_key));
  core.word(make_word(op::all_written, 0, 2));
  const statement_plan inserted = plan_of(core);
  EXPECT_EQ(
      inserted.text,
      R"(WITH written AS (INSERT INTO "posts" ("author_id", "deleted_at", "version") VALUES ($1, $2, $3), ($4, $5, $6) RETURNING "id") SELECT "id" FROM written LIMIT (SELECT CASE count(*) WHEN 2 THEN 2 ELSE -1 END FROM written))");
  EXPECT_EQ(inserted.checked_rows, 2U);
  EXPECT_EQ(inserted.reads.size(), 1U);

  query_core erased(op::delete_from, detail::meta<Post>::spec);
  erased.word(make_word(op::all_rows));
  erased.word(make_word(op::all_written, 0, 1));
  const statement_plan plan = plan_of(erased);
  EXPECT_TRUE(plan.text.starts_with(R"(WITH written AS (DELETE FROM "posts")")) << plan.text;
  EXPECT_TRUE(plan.text.ends_with(
      R"( RETURNING 1) SELECT width_bucket(0::float8, 0, 1, CASE count(*) WHEN 1 THEN 1 ELSE 0 END) FROM written)"))
      << plan.text;
  EXPECT_EQ(plan.checked_rows, 1U);
}

template <class... Parameters>
std::string raw(std::string_view text, const Parameters&... parameters) {
  return plan_of(raw_query<void>(nullptr, text, parameters...).core()).text;
}
TEST(postgres_raw, question_marks_become_numbers) {
  EXPECT_EQ(raw("SELECT ? + ?, a::int FROM t WHERE b = ?3", 1, 2, 3), "SELECT $1 + $2, a::int FROM t WHERE b = $3");
}
TEST(postgres_raw, question_marks_in_literals_and_comments_stay) {
  EXPECT_EQ(raw("SELECT '?', \"?\", E'\\'?', $a$?$a$ -- ?\n, /* ? /* ? */ ? */ ?", 1),
            "SELECT '?', \"?\", E'\\'?', $a$?$a$ -- ?\n, /* ? /* ? */ ? */ $1");
}
TEST(postgres_raw, the_operator_is_doubled) { EXPECT_EQ(raw("SELECT a ?? ?", "k"), "SELECT a ? $1"); }
TEST(postgres_raw, what_is_numbered_already_or_has_no_parameters_stays) {
  EXPECT_EQ(raw("SELECT a ? $1", "k"), "SELECT a ? $1");
  EXPECT_EQ(raw("SELECT a ? 'k'"), "SELECT a ? 'k'");
}

TEST(postgres, begins_alike_whatever_the_mode) {
  for (transaction_mode mode : {transaction_mode::deferred, transaction_mode::immediate, transaction_mode::exclusive}) {
    EXPECT_EQ(dialect_instance().begin(mode), "BEGIN");
  }
}

}  // namespace
}  // namespace tupelo::postgres
