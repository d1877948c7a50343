// SPDX-License-Identifier: Apache-2.0
// What the server itself makes of the rendered queries: the types it infers, and the rows it finds.
#include "query_models.hpp"
#include "raw_database.hpp"

#include "tupelo/query/functions.hpp"
#include "tupelo/query/raw_query.hpp"
#include "tupelo/query/write_query.hpp"

namespace tupelo::postgres {
namespace {

class postgres_query : public live_test {
protected:
  void SetUp() override {
    live_test::SetUp();
    if (IsSkipped()) return;
    db().run(tables);
  }
  template <class Query>
  std::string prepared(const Query& query) {
    return db().prepared(sql(query));
  }
};

TEST_F(postgres_query, parameters_are_as_wide_as_their_values) {
  const auto q = query<User>()
                     .where(age > 1 && score < 1.0 && ratio < 0.5 && price >= decimal::parse("1"))
                     .select<std::int64_t>(id);
  EXPECT_EQ(prepared(q), "$ int8 float8 float8 numeric > int8");
}
TEST_F(postgres_query, parameters_of_other_columns_are_inferred) {
  const auto q = query<User>()
                     .where(name == "x" && active == true && token == uuid{} && born == date{} && seen == timestamp{} &&
                            meta == json::parse("{}"))
                     .select<std::int64_t>(id);
  EXPECT_EQ(prepared(q), "$ text bool uuid date timestamptz jsonb > int8");
}
TEST_F(postgres_query, lists_are_arrays) {
  const auto q = query<User>()
                     .where(age.in(1, 2) && name.in("a", "b") && price.in(decimal::parse("1"), decimal::parse("2")) &&
                            token.in(uuid{}, uuid{}) && score.in(1.0, 2.0) && seen.in(timestamp{}, timestamp{}))
                     .select<std::int64_t>(id);
  EXPECT_EQ(prepared(q), "$ _int8 _text _numeric _uuid _float8 _timestamptz > int8");
}
TEST_F(postgres_query, aggregates_have_the_promised_types) {
  EXPECT_EQ(prepared(query<User>().select(sum(id), sum(age), sum(score), sum(ratio), sum(price))),
            "$ > int8 int8 float8 float8 numeric");
  EXPECT_EQ(prepared(query<User>().select(avg(id), avg(age), avg(score), avg(ratio), avg(price), count())),
            "$ > float8 float8 float8 float8 float8 int8");
  EXPECT_EQ(prepared(query<User>().select(min(active), max(token), min(name), max(born), min(seen))),
            "$ > bool uuid text date timestamptz");
}
TEST_F(postgres_query, arithmetic_has_the_promised_types) {
  EXPECT_EQ(prepared(query<User>().select(age + 1, age * 1.5, price * 2, price / 1.5, score - 1)),
            "$ int8 float8 int8 float8 float8 > int8 float8 numeric numeric float8");
  EXPECT_EQ(prepared(query<User>().select(coalesce(age, 0), coalesce(name, "x"), length(name), year(seen))),
            "$ int8 text > int8 text int4 int4");
}
TEST_F(postgres_query, comparisons_of_expressions_know_their_parameters) {
  const auto q =
      query<User>().group_by(name).having(count() > 1 && sum(age) > 1.5 && avg(price) < 2.0).select<std::string>(name);
  EXPECT_EQ(prepared(q), "$ int8 float8 float8 > text");
  EXPECT_EQ(prepared(query<User>().where(1 + age == 2 && price * 2 > 1.5).select<std::int64_t>(id)),
            "$ int8 int8 int8 float8 > int8");
}
TEST_F(postgres_query, limits_and_offsets_are_inferred) {
  EXPECT_EQ(prepared(query<User>().limit(1).offset(2).select<std::int64_t>(id)), "$ int8 int8 > int8");
}
TEST_F(postgres_query, rows_of_an_insert_take_the_types_of_their_columns) {
  query_core core(op::insert_into, detail::meta<Post>::spec, insert_without_key, 2);
  core.word(make_word(op::returning_key));
  EXPECT_EQ(db().prepared(plan_of(core).text), "$ int8 timestamptz int4 int8 timestamptz int4 > int8");
}
TEST_F(postgres_query, new_values_take_the_type_of_their_column) {
  EXPECT_EQ(prepared(update_query<User>(nullptr).set(age, 1).set(price, 2).set(meta, json::parse("{}")).where(id == 1)),
            "$ int4 numeric jsonb int8 >");
  EXPECT_EQ(prepared(update_query<User>(nullptr).set(age, age + 1).set(score, score * 2).all_rows()),
            "$ int8 float8 >");
}
TEST_F(postgres_query, a_value_wider_than_its_column_is_merely_larger) {
  db().run("INSERT INTO users (name, age) VALUES ('a', 1)");
  EXPECT_EQ(db().answer_to(sql(query<User>().where(age < std::int64_t{5'000'000'000}).select<std::string>(name)),
                           {"5000000000"}),
            "a");
}
TEST_F(postgres_query, comparisons_across_widths_use_the_index) {
  db().run("CREATE INDEX by_age ON users (age); SET enable_seqscan = off; SET enable_bitmapscan = off; SET "
           "plan_cache_mode = force_generic_plan");
  db().run("PREPARE one AS " + sql(query<User>().where(age == 1).select<std::int64_t>(id)));
  db().run("PREPARE many AS " + sql(query<User>().where(age.in(1, 2)).select<std::int64_t>(id)));
  for (const char* run : {"EXPLAIN EXECUTE one(1)", "EXPLAIN EXECUTE many('{1,2}')"}) {
    EXPECT_NE(db().value(run).find("by_age"), std::string::npos) << db().value(run);
  }
}
TEST_F(postgres_query, an_order_with_nulls_uses_the_index_that_migrations_make) {
  table_definition users;
  users.name = "users";
  users.columns = {{"age", type_kind::int32, true}};
  db().run(create_index_text(users, {"by_age", {{"age", false}}}));
  db().run("SET enable_seqscan = off; SET enable_sort = off");
  const std::string plan = db().value("EXPLAIN " + sql(query<User>().order_by(age.desc()).select<std::int64_t>(id)));
  EXPECT_NE(plan.find("by_age"), std::string::npos) << plan;
}
TEST_F(postgres_query, nulls_sort_as_the_smallest) {
  db().run("INSERT INTO users (name, age) VALUES ('b', 2), ('n', NULL), ('a', 1)");
  EXPECT_EQ(db().answer_to(sql(query<User>().order_by(age).select<std::string>(name)), {}), "n a b");
  EXPECT_EQ(db().answer_to(sql(query<User>().order_by(age.desc()).select<std::string>(name)), {}), "b a n");
}
TEST_F(postgres_query, text_search_tells_cases_apart) {
  db().run("INSERT INTO users (name) VALUES ('Ada'), ('ada'), ('a%a')");
  const std::string text = sql(query<User>().where(name.contains("x")).order_by(id).select<std::string>(name));
  EXPECT_EQ(db().answer_to(text, {"%da%"}), "Ada ada");
  EXPECT_EQ(db().answer_to(text, {"%A%"}), "Ada");
  EXPECT_EQ(db().answer_to(text, {"a\\%%"}), "a%a");
}
TEST_F(postgres_query, parts_of_moments_are_those_of_utc_whatever_the_session_says) {
  db().run("SET TimeZone = 'Asia/Tokyo'; INSERT INTO users (name) VALUES ('a')");
  EXPECT_EQ(db().answer_to(sql(query<User>().select(year(seen), month(seen), day(seen), year(born), day(born))), {}),
            "2025|12|31|2000|1");
}
TEST_F(postgres_query, division_truncates_and_by_zero_is_null) {
  db().run("INSERT INTO users (name, age) VALUES ('a', -7)");
  EXPECT_EQ(db().answer_to(sql(query<User>().select<std::optional<int>>(age / 2)), {"2"}), "-3");
  EXPECT_EQ(db().answer_to(sql(query<User>().select<std::optional<int>>(age / 2)), {"0"}), "NULL");
}
TEST_F(postgres_query, length_counts_characters) {
  db().run("INSERT INTO users (name) VALUES ('äöü')");
  EXPECT_EQ(db().answer_to(sql(query<User>().select<std::int64_t>(length(name))), {}), "3");
}
TEST_F(postgres_query, counts_existence_joins_and_locks_run) {
  db().run("INSERT INTO users (name) VALUES ('a')");
  query_core exists = query<User>().where(age.is_null()).core();
  exists.word(make_word(op::only_exists));
  EXPECT_EQ(db().prepared(plan_of(exists).text), "$ > bool");
  query_core counted = query<User>().distinct().limit(2).core();
  counted.word(make_word(op::only_count));
  EXPECT_EQ(db().answer_to(plan_of(counted).text, {"2"}), "1");
  query_core locked = query<User>().left_join<Post>(col<&Post::author_id> == id).select<std::string>(name).core();
  locked.lock(for_update, nullptr);
  EXPECT_EQ(db().answer_to(plan_of(locked).text, {}), "a");
  EXPECT_EQ(prepared(query<User>()
                         .where(id.in(query<Post>().select<std::int64_t>(col<&Post::author_id>)))
                         .select<std::int64_t>(id)),
            "$ > int8");
}
TEST_F(postgres_query, upserts_run) {
  query_core core(op::insert_into, detail::meta<Post>::spec, insert_without_key, 1);
  core.shape.append(on_conflict(col<&Post::id>).update_all().clause().shape);
  core.word(make_word(op::returning_row));
  const std::string text = plan_of(core).text;
  EXPECT_EQ(db().prepared(text), "$ int8 timestamptz int4 > int8 int8 timestamptz int4");
}
TEST_F(postgres_query, raw_parameters_are_numbered) {
  EXPECT_EQ(db().answer_to(plan_of(raw_query<void>(nullptr, "SELECT ?::int + ?::int", 1, 2).core()).text, {"1", "2"}),
            "3");
}

}  // namespace
}  // namespace tupelo::postgres
