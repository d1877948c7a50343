// SPDX-License-Identifier: Apache-2.0
// The text of a query with its values in it says the same as the query.
#include "people.hpp"

#include <tupelo/query/raw_term.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Sample {
  std::int64_t id{};
  std::string text;
  double real{};
  bool yes{};
  Role role{};
  bytes data;
  timestamp at{};
  date day{};
  time_of_day hour{};
  uuid key{};
  decimal price;
  std::vector<std::string> tags;
  std::vector<bool> flags;
  std::vector<Role> roles;
  std::vector<uuid> keys;
  std::vector<timestamp> times;
};

class inlined_values_of_a_query : public people_test {
protected:
  /// How many rows the text finds, in the database's own words.
  template <class Query>
  std::int64_t found(const Query& query) {
    const std::string text = query.select(count()).to_sql(inlined);
    return sync_wait(db.raw_sql<std::int64_t>(text).one());
  }
};
TUPELO_CONFORMANCE_SUITE(inlined_values_of_a_query);

constexpr auto name = col<&Person::name>;

TEST_P(inlined_values_of_a_query, are_read_by_a_person) {
  const std::string text =
      db.query<Person>().where(name == "it's").where(col<&Person::age> > -3).limit(5).to_sql(inlined);
  EXPECT_NE(text.find("'it''s'"), std::string::npos) << text;
  EXPECT_NE(text.find("-3"), std::string::npos) << text;
  EXPECT_NE(text.find("LIMIT 5"), std::string::npos) << text;
}
TEST_P(inlined_values_of_a_query, find_the_same_rows) {
  EXPECT_EQ(found(db.query<Person>().where(name == "ada")), 1);
  EXPECT_EQ(found(db.query<Person>().where(name == "x' OR '1'='1")), 0);
  EXPECT_EQ(found(db.query<Person>().where(name.in("ada", "bob", "?1", "$1"))), 2);
  EXPECT_EQ(found(db.query<Person>().where(name.contains("%") || name.starts_with("a"))), 1);
  EXPECT_EQ(found(db.query<Person>().where(col<&Person::active> == true && col<&Person::role> == Role::admin)), 1);
  EXPECT_EQ(found(db.query<Person>().where(col<&Person::height> >= 1.8)), 2);
}
TEST_P(inlined_values_of_a_query, are_of_every_type) {
  create<Sample>();
  const Sample one = sync_wait(db.insert(Sample{.text = "a\\b\n\"?1",
                                                .real = 2,
                                                .yes = true,
                                                .role = Role::member,
                                                .data = {std::byte{0}, std::byte{255}},
                                                .at = timestamp::parse("2026-01-31 12:00:00.000001"),
                                                .day = date::parse("2026-01-31"),
                                                .hour = time_of_day::parse("12:30:00"),
                                                .key = uuid::parse("0190a6b0-0000-7000-8000-000000000001"),
                                                .price = decimal::parse("9.50"),
                                                .tags = {"a", "b\"c\\"},
                                                .flags = {true, false},
                                                .roles = {Role::admin, Role::member},
                                                .keys = {uuid::parse("0190a6b0-0000-7000-8000-000000000001")},
                                                .times = {timestamp::parse("2026-01-31 12:00:00.000001")}}));
  const auto query = db.query<Sample>();
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::text> == one.text)), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::real> == one.real)), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::data> == one.data)), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::at> == one.at)), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::day> == one.day)), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::hour> == one.hour)), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::key> == one.key)), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::price> == one.price)), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::tags> == one.tags)), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::flags> == one.flags)), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::roles> == one.roles)), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::keys> == one.keys)), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::times> == one.times)), 1);

  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::text>.in(one.text, "x"))), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::text>.in(std::vector<std::string>()))), 0);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::role>.in(Role::member, Role::admin))), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::data>.in(one.data, bytes()))), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::at>.in(one.at, timestamp{}))), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::day>.in(one.day, date{}))), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::hour>.in(one.hour, time_of_day{}))), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::key>.in(one.key, uuid{}))), 1);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::key>.in(std::vector<uuid>()))), 0);
  EXPECT_EQ(found(db.query<Sample>().where(col<&Sample::price>.in(one.price, decimal(1)))), 1);
}
TEST_P(inlined_values_of_a_query, stand_in_no_comment_and_no_quoted_text) {
  create<Sample>();
  const auto noted =
      db.query<Sample>().where(raw<bool>("/* ?1 $1 it's */ ? = '$1 ?1' -- ?1 $1 don't\n", std::string("q")));
  const std::string sql = noted.to_sql(inlined);
  EXPECT_NE(sql.find("/* ?1 $1 it's */ 'q' = '$1 ?1' -- ?1 $1 don't\n"), std::string::npos) << sql;
  EXPECT_EQ(sync_wait(db.raw_sql<std::int64_t>("SELECT count(*) FROM (" + sql + ") AS found").one()), 0);
}
TEST_P(inlined_values_of_a_query, stand_in_no_text_between_dollars) {
  TUPELO_NEEDS(&feature_table::notifications);  // whose lexer knows them
  create<Sample>();
  const auto quoted = db.query<Sample>().where(raw<bool>("? = $a$ $1 ? ' $a$", std::string("q")));
  const std::string sql = quoted.to_sql(inlined);
  EXPECT_NE(sql.find("'q' = $a$ $1 ? ' $a$"), std::string::npos) << sql;
  EXPECT_EQ(sync_wait(quoted.count()), 0);
}
TEST_P(inlined_values_of_a_query, stand_in_updates_too) {
  const std::string text =
      db.update<Person>().set(col<&Person::age>, std::nullopt).set(name, "o'hara").where(name == "bob").to_sql(inlined);
  sync_wait(db.execute(text));
  EXPECT_EQ(who(name == "o'hara"), (std::vector<std::string>{"o'hara"}));
}

}  // namespace
}  // namespace tupelo::conformance
