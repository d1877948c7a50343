// SPDX-License-Identifier: Apache-2.0
#include "people.hpp"

#include <tupelo/core/bytes.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

constexpr auto name = col<&Person::name>;

class verbs : public people_test {};
TUPELO_CONFORMANCE_SUITE(verbs);

TEST_P(verbs, all_gives_every_row) { EXPECT_EQ(sync_wait(db.query<Person>().all()).size(), 4U); }
TEST_P(verbs, all_decodes_every_field) {
  const auto people = sync_wait(db.query<Person>().where(name == "ada").all());
  ASSERT_EQ(people.size(), 1U);
  EXPECT_EQ(people[0].id, ada);
  EXPECT_EQ(people[0].age, 36);
  EXPECT_EQ(people[0].height, 1.7);
  EXPECT_TRUE(people[0].active);
  EXPECT_EQ(people[0].role, Role::admin);
  EXPECT_EQ(people[0].address.street, "Main St");
  EXPECT_EQ(people[0].address.city, "London");
}

TEST_P(verbs, one_gives_the_only_row) { EXPECT_EQ(sync_wait(db.query<Person>().where(name == "bob").one()).id, bob); }
TEST_P(verbs, one_without_a_row_throws_not_found) {
  EXPECT_THROW(sync_wait(db.query<Person>().where(name == "eve").one()), not_found);
}
TEST_P(verbs, one_with_two_rows_throws_too_many_rows) {
  EXPECT_THROW(sync_wait(db.query<Person>().one()), too_many_rows);
}
TEST_P(verbs, one_respects_a_limit_of_its_query) {
  EXPECT_EQ(sync_wait(db.query<Person>().order_by(name).limit(1).one()).id, ada);
}

TEST_P(verbs, first_gives_the_first_row) {
  EXPECT_EQ(sync_wait(db.query<Person>().order_by(name.desc()).first())->id, dan);
}
TEST_P(verbs, first_without_a_row_is_empty) {
  EXPECT_FALSE(sync_wait(db.query<Person>().where(name == "eve").first()).has_value());
}
TEST_P(verbs, count_counts_rows) { EXPECT_EQ(sync_wait(db.query<Person>().where(col<&Person::age> == 36).count()), 2); }
TEST_P(verbs, exists_says_whether_there_is_a_row) {
  EXPECT_TRUE(sync_wait(db.query<Person>().where(name == "ada").exists()));
  EXPECT_FALSE(sync_wait(db.query<Person>().where(name == "eve").exists()));
}
TEST_P(verbs, pluck_gives_one_column) {
  EXPECT_EQ(sync_wait(db.query<Person>().order_by(name).pluck(col<&Person::age>)),
            (std::vector<std::optional<int>>{36, 20, {}, 36}));
}

TEST_P(verbs, get_reads_by_key) { EXPECT_EQ(sync_wait(db.get<Person>(cyd)).name, "cyd"); }
TEST_P(verbs, get_without_a_row_names_the_table) {
  const auto e = failure_of<not_found>([&] { sync_wait(db.get<Person>(4711)); });
  EXPECT_NE(std::string(e.what()).find("\"people\""), std::string::npos) << e.what();
}
TEST_P(verbs, find_without_a_row_is_empty) {
  EXPECT_EQ(sync_wait(db.find<Person>(bob))->name, "bob");
  EXPECT_FALSE(sync_wait(db.find<Person>(4711)).has_value());
}

TEST_P(verbs, page_knows_where_it_stands) {
  const auto second = sync_wait(db.query<Person>().order_by(name).page(2, 3));
  ASSERT_EQ(second.items.size(), 1U);
  EXPECT_EQ(second.items[0].name, "dan");
  EXPECT_EQ(second.total, 4);
  EXPECT_EQ(second.pages(), 2);
  EXPECT_FALSE(second.has_next());
  EXPECT_TRUE(second.has_prev());
  const auto first = sync_wait(db.query<Person>().order_by(name).page(1, 3));
  EXPECT_TRUE(first.has_next());
  EXPECT_FALSE(first.has_prev());
}
TEST_P(verbs, pages_of_rows_that_the_order_leaves_equal_do_not_overlap) {
  std::vector<Person> crowd;
  for (int i = 0; i < 96; ++i) crowd.push_back({.name = "x" + std::to_string(i), .height = double(i % 3)});
  sync_wait(db.insert(crowd));
  std::set<std::int64_t> met;
  for (int number = 1; number <= 20; ++number) {
    for (const Person& person :
         sync_wait(db.query<Person>().order_by(col<&Person::height>.desc()).page(number, 5)).items)
      met.insert(person.id);
  }
  EXPECT_EQ(met.size(), 100U);
}
TEST_P(verbs, pages_of_groups_are_in_their_own_order) {
  const auto page = sync_wait(db.query<Pet>()
                                  .group_by(col<&Pet::owner_id>)
                                  .order_by(count().desc())
                                  .select<std::int64_t>(col<&Pet::owner_id>)
                                  .page(1, 1));
  EXPECT_EQ(page.items, std::vector<std::int64_t>{1});
  EXPECT_EQ(page.total, 2);
}
TEST_P(verbs, page_beside_a_limit_or_an_offset_is_refused) {
  EXPECT_THROW(sync_wait(db.query<Person>().limit(3).page(1, 2)), query_error);
  EXPECT_THROW(sync_wait(db.query<Person>().offset(3).page(1, 2)), query_error);
}
TEST_P(verbs, count_of_groups_counts_the_groups) {
  EXPECT_EQ(sync_wait(db.query<Pet>().group_by(col<&Pet::owner_id>).count()), 2);
  EXPECT_EQ(sync_wait(db.query<Pet>().group_by(col<&Pet::owner_id>).having(count() > 1).count()), 1);
}
TEST_P(verbs, count_of_aggregates_counts_the_one_row) {
  EXPECT_EQ(sync_wait(db.query<Pet>().select<std::int64_t>(count()).count()), 1);
  EXPECT_EQ(sync_wait(db.query<Pet>().having(count() > 1000).select<std::int64_t>(count()).count()), 0);
}
TEST_P(verbs, page_behind_the_last_is_empty) {
  const auto far = sync_wait(db.query<Person>().order_by(name).page(9, 3));
  EXPECT_TRUE(far.items.empty());
  EXPECT_EQ(far.total, 4);
  EXPECT_FALSE(far.has_next());
}
TEST_P(verbs, page_refuses_numbers_and_sizes_below_1_and_beyond_counting) {
  EXPECT_THROW(sync_wait(db.query<Person>().page(0, 3)), query_error);
  EXPECT_THROW(sync_wait(db.query<Person>().page(1, 0)), query_error);
  EXPECT_THROW(sync_wait(db.query<Person>().page(INT64_MAX, 2)), query_error);
}

TEST_P(verbs, to_sql_shows_placeholders_and_no_values) {
  const std::string sql = db.query<Person>().where(name == "secret").limit(3).to_sql();
  EXPECT_NE(sql.find("SELECT"), std::string::npos);
  EXPECT_EQ(sql.find("secret"), std::string::npos);
  EXPECT_EQ(sql.find('3'), std::string::npos) << sql;
}
TEST_P(verbs, to_sql_does_not_change_the_query) {
  const auto query = db.query<Person>().order_by(name).limit(2);
  EXPECT_EQ(query.to_sql(), query.to_sql());
  EXPECT_EQ(sync_wait(query.all()).size(), 2U);
}
TEST_P(verbs, to_sql_of_writes) {
  EXPECT_TRUE(db.update<Person>().set(name, "x").where(name == "y").to_sql().starts_with("UPDATE "));
  EXPECT_TRUE(db.erase<Person>().where(name == "y").to_sql().starts_with("DELETE "));
}

// ---- SQL of one's own

struct RawRow {
  std::int64_t number;
  std::string text;
  std::optional<double> real;
};

class raw_sql : public people_test {};
TUPELO_CONFORMANCE_SUITE(raw_sql);

TEST_P(raw_sql, reads_columns_by_position) {
  const auto rows = sync_wait(db.raw_sql<RawRow>("SELECT id, name, height FROM people WHERE name = ?", "bob").all());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].number, bob);
  EXPECT_EQ(rows[0].text, "bob");
  EXPECT_EQ(rows[0].real, 1.8);
}
TEST_P(raw_sql, reads_into_a_model) {
  EXPECT_EQ(sync_wait(db.raw_sql<Pet>("SELECT * FROM pets WHERE name = ?", "dog").one()).weight, 20);
}
TEST_P(raw_sql, one_and_first) {
  EXPECT_EQ(sync_wait(db.raw_sql<std::string>("SELECT name FROM people ORDER BY name").first()), "ada");
  EXPECT_THROW(sync_wait(db.raw_sql<std::string>("SELECT name FROM people").one()), too_many_rows);
  EXPECT_THROW(sync_wait(db.raw_sql<std::string>("SELECT name FROM people WHERE 1 = 0").one()), not_found);
}
TEST_P(raw_sql, first_stops_at_the_first_row_while_the_same_statement_streams) {
  EXPECT_EQ(run([&]() -> task<std::string> {
              lease held = co_await db.acquire();
              auto query = held.raw_sql<std::string>("SELECT name FROM people ORDER BY name");
              auto open = query.stream();
              co_await open.next();
              co_return *co_await query.first();
            }),
            "ada");
}
TEST_P(raw_sql, tells_how_many_rows_it_wrote) {
  EXPECT_EQ(sync_wait(db.raw_sql("UPDATE pets SET weight = weight + ? WHERE owner_id = ?", 1, ada).run()), 2);
}
TEST_P(raw_sql, takes_parameters_of_every_kind) {
  const auto back = [&](const auto& value) {
    using type = std::remove_cvref_t<decltype(value)>;
    return sync_wait(db.raw_sql<type>("SELECT ?", value).one());
  };
  EXPECT_EQ(back(true), true);
  EXPECT_EQ(back(std::int8_t{-8}), -8);
  EXPECT_EQ(back(std::uint16_t{65535}), 65535);
  EXPECT_EQ(back(-7), -7);
  EXPECT_EQ(back(INT64_MIN), INT64_MIN);
  EXPECT_EQ(back(0.1), 0.1);
  EXPECT_EQ(back(1.5F), 1.5F);
  EXPECT_EQ(back(std::string("té'xt")), "té'xt");
  EXPECT_EQ(back(Role::admin), Role::admin);
  EXPECT_EQ(back(timestamp::parse("1969-12-31 23:59:59.999999")), timestamp::parse("1969-12-31 23:59:59.999999"));
  EXPECT_EQ(back(date::from_ymd(1900, 2, 28)), date::from_ymd(1900, 2, 28));
  EXPECT_EQ(back(bytes{std::byte{0}, std::byte{255}}), (bytes{std::byte{0}, std::byte{255}}));
  const uuid id = uuid::v4();
  EXPECT_EQ(back(id), id);
  EXPECT_EQ(back(decimal::parse("-12.50")), decimal::parse("-12.5"));
  EXPECT_EQ(back(json::parse(R"({"a":[1,null]})")), json::parse(R"({"a":[1,null]})"));
  EXPECT_EQ(back(std::optional<int>(3)), 3);
  EXPECT_EQ(back(std::optional<int>()), std::nullopt);
}
TEST_P(raw_sql, takes_null_literals) {
  EXPECT_TRUE(sync_wait(db.raw_sql<bool>("SELECT ? IS NULL", std::nullopt).one()));
  EXPECT_TRUE(sync_wait(db.raw_sql<bool>("SELECT ? IS NULL", nullptr).one()));
}
TEST_P(raw_sql, refuses_another_number_of_parameters_than_placeholders) {
  EXPECT_THROW(sync_wait(db.raw_sql<int>("SELECT ? + ?", 1).one()), query_error);
  EXPECT_THROW(sync_wait(db.raw_sql<int>("SELECT ?", 1, 2).one()), query_error);
}
TEST_P(raw_sql, without_any_value_refuses_placeholders_by_their_count) {
  const auto refused = [&](const char* sql) {
    return std::string(failure_of<query_error>([&] { sync_wait(db.raw_sql<int>(sql).all()); }).what());
  };
  for (const char* sql : {"SELECT ? + 1, ?", "SELECT age FROM people WHERE age = ? OR name = ?",
                          "SELECT age FROM people WHERE age=? AND name LIKE '?' LIMIT ?"}) {
    EXPECT_NE(refused(sql).find("has 2 placeholders but is given 0 parameters"), std::string::npos) << refused(sql);
  }
  EXPECT_THROW(sync_wait(db.raw_sql("INSERT INTO pets (name) VALUES (?)").run()), query_error);
  EXPECT_EQ(sync_wait(db.raw_sql<std::string>("SELECT 'who?' /* ? */").one()), "who?");
}
TEST_P(raw_sql, refuses_more_parameters_than_its_numbers_say) {
  const auto refused = [&](const char* sql, const auto&... given) {
    return std::string(failure_of<query_error>([&] { sync_wait(db.raw_sql<int>(sql, given...).one()); }).what());
  };
  EXPECT_NE(refused("SELECT 1", 5).find("has 0 placeholders but is given 1"), std::string::npos);
  EXPECT_NE(refused("SELECT $1", 5, 6).find("has 1 placeholders but is given 2"), std::string::npos);
  EXPECT_NE(refused("SELECT $1 + $1", 5, 6).find("has 1 placeholders but is given 2"), std::string::npos);
  EXPECT_NE(refused("SELECT ?1 + ?1", 5, 6).find("has 1 placeholders but is given 2"), std::string::npos);
  EXPECT_NE(refused("SELECT $1 + length('$2')", 5, 6).find("is given 2"), std::string::npos);
  EXPECT_EQ(sync_wait(db.raw_sql<int>("SELECT $1 + $1 + $2", 1, 2).one()), 4);
  EXPECT_EQ(sync_wait(db.raw_sql<int>("SELECT ?1 + ?1 + ?2", 1, 2).one()), 4);
}
TEST_P(raw_sql, refuses_another_number_of_columns_than_fields) {
  EXPECT_THROW(sync_wait(db.raw_sql<RawRow>("SELECT id FROM people").all()), query_error);
}
TEST_P(verbs, an_aggregate_of_no_rows_exists) {
  const auto counted = db.query<Person>().where(name == "nobody").select(count());
  EXPECT_EQ(sync_wait(counted.count()), 1);
  EXPECT_TRUE(sync_wait(counted.exists()));
  EXPECT_FALSE(sync_wait(db.query<Person>().where(name == "nobody").group_by(name).select(count()).exists()));
}

}  // namespace
}  // namespace tupelo::conformance
