// SPDX-License-Identifier: Apache-2.0
// Rows that are worked on while they are read: by chunks, which hold no connection, and one by one, which holds one.
#include "people.hpp"

#include <tupelo/engine/partial.hpp>
#include <tupelo/query/raw_term.hpp>
#include <tupelo/core/when_all.hpp>

#include <string>
#include <utility>
#include <vector>

namespace tupelo::conformance {
namespace {

constexpr auto name = col<&Person::name>;
constexpr auto age = col<&Person::age>;

class chunks : public people_test {
protected:
  chunks() : single(url(), {.pool_size = 1, .acquire_timeout_us = 5'000'000, .run = GetParam().run}) {}

  auto in_order() { return db.query<Person>().order_by(name); }
  auto note() {
    return [this](std::vector<Person>& people) {
      sizes.push_back(people.size());
      for (const Person& person : people) told.push_back(person.name);
    };
  }

  /// More than are read ahead.
  void add_pets() {
    std::vector<Pet> pets;
    for (int i = 0; i < 200; ++i) pets.push_back({.owner_id = dan, .name = "ant", .weight = 100 + i});
    sync_wait(db.insert(pets));
  }
  /// With one connection.
  database& one() { return has(trait::several_connections) ? single : db; }

  database single;
  std::vector<std::size_t> sizes;
  names told;
};
TUPELO_CONFORMANCE_SUITE(chunks);

TEST_P(chunks, hold_no_connection_while_their_function_writes) {
  const auto grow = [this](std::vector<Person>& people) -> task<void> {
    for (Person& person : people) {
      person.height += 1;
      co_await one().update(person);
    }
  };
  EXPECT_EQ(run([&]() -> task<std::int64_t> { co_return co_await one().query<Person>().chunk(2, grow); }), 4);
  EXPECT_EQ(sync_wait(db.query<Person>().where(col<&Person::height> > 2.5).count()), 4);
}
TEST_P(chunks, leave_out_no_row_where_the_function_takes_rows_out_of_the_condition) {
  const auto retire = [this](std::vector<Person>& people) -> task<void> {
    for (Person& person : people) {
      told.push_back(person.name);
      person.active = false;
      co_await db.update(person);
    }
  };
  EXPECT_EQ(sync_wait(in_order().where(col<&Person::active> == true).chunk(1, retire)), 2);
  EXPECT_EQ(told, (names{"ada", "bob"}));
  EXPECT_FALSE(sync_wait(db.query<Person>().where(col<&Person::active> == true).exists()));
}
TEST_P(chunks, come_in_any_order_that_pages_have) {
  EXPECT_EQ(sync_wait(db.query<Person>().order_by(age.desc(), name.desc()).chunk(1, note())), 4);
  EXPECT_EQ(std::exchange(told, {}), (names{"dan", "ada", "bob", "cyd"})) << "no age is the smallest";
  EXPECT_EQ(
      sync_wait(
          db.query<Person>().order_by(raw<int>("length(?)", col<&Person::address, &Address::city>)).chunk(3, note())),
      4);
  EXPECT_EQ(told, (names{"dan", "bob", "ada", "cyd"}));
}
TEST_P(chunks, are_of_no_more_rows_than_the_limit_says) {
  EXPECT_EQ(sync_wait(in_order().limit(3).chunk(2, note())), 3);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{2, 1}));
  EXPECT_EQ(sync_wait(in_order().limit(4).chunk(2, note())), 4);
  EXPECT_EQ(sync_wait(in_order().limit(0).chunk(2, note())), 0);
  EXPECT_THROW(sync_wait(in_order().limit(-1).chunk(2, note())), query_error);
}
TEST_P(chunks, bring_relations_and_selected_values) {
  std::size_t pets = 0;
  const auto count_pets = [&](std::vector<Pet>& some) {
    for (const Pet& pet : some) pets += pet.owner->name.size();
  };
  EXPECT_EQ(sync_wait(db.query<Pet>().with(&Pet::owner).chunk(2, count_pets)), 3);
  EXPECT_EQ(pets, 9U);
  const auto note_names = [this](std::vector<std::string>& some) { told.insert(told.end(), some.begin(), some.end()); };
  EXPECT_EQ(sync_wait(in_order().select(name).chunk(3, note_names)), 4);
  EXPECT_EQ(told, (names{"ada", "bob", "cyd", "dan"}));
}
TEST_P(chunks, are_of_distinct_rows_that_hold_their_order_and_key) {
  using row = std::tuple<std::int64_t, std::string>;
  const auto note_rows = [this](std::vector<row>& some) {
    for (const row& each : some) told.push_back(std::get<1>(each));
  };
  EXPECT_EQ(sync_wait(in_order().select(col<&Person::id>, name).distinct().chunk(3, note_rows)), 4);
  EXPECT_EQ(told, (names{"ada", "bob", "cyd", "dan"}));
  const auto note_names = [](std::vector<std::string>&) {};
  EXPECT_THROW(sync_wait(in_order().select(name).distinct().chunk(3, note_names)), query_error);
}
TEST_P(chunks, of_rows_that_no_page_has_are_refused) {
  const auto none = [](std::vector<Person>&) {};
  const auto offset = failure_of<query_error>([&] { sync_wait(in_order().offset(1).chunk(2, none)); });
  EXPECT_EQ(std::string(offset.what()).find("chunk()"), 0U) << offset.what();
  EXPECT_THROW(sync_wait(in_order().union_all(tupelo::query<Person>()).chunk(2, none)), query_error);
}
TEST_P(chunks, in_a_transaction_see_what_their_function_writes) {
  session s = db.session();
  sync_wait(s.begin());
  const auto rename = [&](std::vector<Person>& people) -> task<void> {
    co_await s.update<Person>().set(age, 99).where(name > people.back().name).run();
    for (const Person& person : people) sizes.push_back(static_cast<std::size_t>(person.age.value_or(0)));
  };
  EXPECT_EQ(run([&]() -> task<std::int64_t> { co_return co_await s.query<Person>().order_by(name).chunk(2, rename); }),
            4);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{36, 20, 99, 99}));
  sync_wait(s.rollback());
}

// ---- row by row

TEST_P(chunks, are_what_for_each_asks_for_where_the_pool_has_one_connection) {
  add_pets();
  const auto write = [this](Pet& pet) { return one().update(pet); };
  const auto e = failure_of<connection_error>([&] { sync_wait(one().query<Pet>().for_each(write)); });
  EXPECT_EQ(e.code(), errc::pool_exhausted);
  EXPECT_NE(std::string(e.what()).find("chunk()"), std::string::npos) << e.what();
  EXPECT_EQ(one().statistics().in_use, 0U);
  EXPECT_EQ(sync_wait(one().query<Pet>().count()), 203) << "the connection is free";
}
TEST_P(chunks, are_what_for_each_in_for_each_asks_for_where_they_hold_all_connections) {
  TUPELO_NEEDS(trait::several_connections);
  add_pets();
  database two(url(), {.pool_size = 2, .acquire_timeout_us = 5'000'000, .run = GetParam().run});
  const auto ask = [&](Pet&) -> task<void> { told.push_back((co_await two.get<Person>(ada)).name); };
  const auto inner = [&](Pet&) -> task<void> { co_await two.query<Pet>().for_each(ask); };
  const auto e = failure_of<connection_error>([&] { sync_wait(two.query<Pet>().for_each(inner)); });
  EXPECT_EQ(e.code(), errc::pool_exhausted);
  EXPECT_NE(std::string(e.what()).find("all connections"), std::string::npos) << e.what();
}
TEST_P(chunks, are_not_asked_for_where_the_pool_has_another_connection) {
  TUPELO_NEEDS(trait::several_connections);
  add_pets();
  const auto write = [this](Pet& pet) -> task<void> {
    if (pet.weight % 50 == 0) sizes.push_back(static_cast<std::size_t>(co_await db.query<Person>().count()));
  };
  EXPECT_EQ(sync_wait(db.query<Pet>().for_each(write)), 203);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{4, 4, 4, 4}));
}
TEST_P(chunks, are_not_asked_for_by_who_waits_beside_a_for_each) {
  add_pets();
  const auto note_name = [this](Pet& pet) -> task<void> {
    told.push_back(pet.name);
    co_return;
  };
  const auto count = [this]() -> task<std::int64_t> { co_return co_await one().query<Pet>().count(); };
  run([&]() -> task<void> {
    const auto [seen, counted] = co_await when_all(one().query<Pet>().for_each(note_name), count());
    EXPECT_EQ(seen, 203);
    EXPECT_EQ(counted, 203);
  });
}
TEST_P(chunks, are_not_asked_for_by_a_for_each_that_writes_on_its_own_connection) {
  add_pets();
  session s = one().session();
  sync_wait(s.begin());
  const auto write = [&](Pet& pet) -> task<void> {
    pet.weight += 1000;
    co_await s.update(pet);
  };
  EXPECT_EQ(run([&]() -> task<std::int64_t> { co_return co_await s.query<Pet>().for_each(write); }), 203);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Pet>().where(col<&Pet::weight> >= 1000).count()), 203);
}

}  // namespace
}  // namespace tupelo::conformance
