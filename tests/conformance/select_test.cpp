// SPDX-License-Identifier: Apache-2.0
#include "people.hpp"

#include <tupelo/query/window.hpp>

#include <tuple>

namespace tupelo::conformance {
namespace {

constexpr auto name = col<&Person::name>;
constexpr auto age = col<&Person::age>;
constexpr auto city = col<&Person::address, &Address::city>;

class select : public people_test {
protected:
  template <class Query>
  names names_of(const Query& query) {
    return sync_wait(query.pluck(name));
  }
};
TUPELO_CONFORMANCE_SUITE(select);

// ---- order, limit, offset, distinct

TEST_P(select, order_is_ascending_unless_told_otherwise) {
  EXPECT_EQ(names_of(db.query<Person>().order_by(col<&Person::height>)), (names{"cyd", "ada", "bob", "dan"}));
  EXPECT_EQ(names_of(db.query<Person>().order_by(name.desc())), (names{"dan", "cyd", "bob", "ada"}));
}
TEST_P(select, several_orders_count_from_first_to_last) {
  EXPECT_EQ(names_of(db.query<Person>().where(age.is_not_null()).order_by(age.desc(), name.desc())),
            (names{"dan", "ada", "bob"}));
  auto query = db.query<Person>().where(age.is_not_null());
  query.order_by(age);
  query.order_by(name.desc());
  EXPECT_EQ(names_of(query), (names{"bob", "dan", "ada"}));
}
TEST_P(select, order_may_be_by_an_expression) {
  EXPECT_EQ(names_of(db.query<Person>().order_by(coalesce(age, 0).asc(), name)), (names{"cyd", "bob", "ada", "dan"}));
}
TEST_P(select, limit_cuts_and_offset_skips) {
  EXPECT_EQ(names_of(db.query<Person>().order_by(name).limit(2)), (names{"ada", "bob"}));
  EXPECT_EQ(names_of(db.query<Person>().order_by(name).limit(2).offset(1)), (names{"bob", "cyd"}));
  EXPECT_EQ(names_of(db.query<Person>().order_by(name).offset(3)), names{"dan"});
}
TEST_P(select, last_limit_counts) {
  EXPECT_EQ(names_of(db.query<Person>().order_by(name).limit(9).limit(1)), names{"ada"});
}
TEST_P(select, limit_0_finds_nothing) { EXPECT_EQ(names_of(db.query<Person>().limit(0)), names{}); }
TEST_P(select, negative_limits_and_offsets_are_refused) {
  EXPECT_THROW(names_of(db.query<Person>().limit(-1)), query_error);
  EXPECT_THROW(names_of(db.query<Person>().offset(-1)), query_error);
}
TEST_P(select, distinct_drops_equal_rows) {
  EXPECT_EQ(sync_wait(db.query<Person>().distinct().order_by(city).pluck(city)), (names{"London", "Paris", "Rome"}));
}
TEST_P(select, count_of_distinct_rows_counts_them_once) {
  EXPECT_EQ(sync_wait(db.query<Person>().select<std::string>(city).distinct().count()), 3);
}
TEST_P(select, count_and_exists_respect_limit_and_offset) {
  EXPECT_EQ(sync_wait(db.query<Person>().limit(3).count()), 3);
  EXPECT_FALSE(sync_wait(db.query<Person>().offset(4).exists()));
}

// ---- a query is a value

TEST_P(select, is_built_step_by_step_and_copied) {
  auto base = db.query<Person>().where(age == 36);
  auto copy = base;
  copy.where(name == "dan");
  EXPECT_EQ(names_of(base.order_by(name)), (names{"ada", "dan"}));
  EXPECT_EQ(names_of(copy), names{"dan"});
}
TEST_P(select, owns_its_values) {
  auto query = db.query<Person>();
  {
    std::string searched = "a name that is longer than any small buffer would take";
    query.where(name == searched || name == std::string("bob"));
    searched.assign(searched.size(), 'x');
  }
  EXPECT_EQ(names_of(query), names{"bob"});
}
TEST_P(select, may_be_built_without_a_database_and_bound) {
  const auto built = query<Person>().where(name == "cyd");
  EXPECT_EQ(sync_wait(db.bind(built).one()).id, cyd);
}
TEST_P(select, without_a_database_says_how_to_bind) {
  const auto e = failure_of<query_error>([] { sync_wait(query<Person>().all()); });
  EXPECT_NE(std::string(e.what()).find("db.bind(query)"), std::string::npos);
}

// ---- projections

struct NameAndAge {
  std::string name;
  std::optional<int> age;
};

TEST_P(select, into_an_aggregate_by_position) {
  const auto rows = sync_wait(db.query<Person>().order_by(name).select<NameAndAge>(name, age).all());
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].name, "ada");
  EXPECT_EQ(rows[0].age, 36);
  EXPECT_EQ(rows[2].age, std::nullopt);
}
TEST_P(select, into_a_pair) {
  const auto row = sync_wait(
      db.query<Person>().where(name == "bob").select<std::pair<std::string, std::optional<int>>>(name, age).one());
  EXPECT_EQ(row, (std::pair<std::string, std::optional<int>>("bob", 20)));
}
TEST_P(select, into_a_tuple) {
  const auto rows = sync_wait(db.query<Person>().where(name == "bob").select(name, age, col<&Person::role>).all());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0], std::make_tuple(std::string("bob"), std::optional<int>(20), Role::member));
}
TEST_P(select, into_one_value) {
  EXPECT_EQ(sync_wait(db.query<Person>().where(name == "bob").select<double>(col<&Person::height>).one()), 1.8);
}
TEST_P(select, into_booleans) {
  EXPECT_EQ(sync_wait(db.query<Person>().order_by(name).pluck(col<&Person::active>)),
            (std::vector<bool>{true, true, false, false}));
}
TEST_P(select, of_expressions) {
  const auto row = sync_wait(db.query<Person>()
                                 .where(name == "ada")
                                 .select<std::tuple<std::string, int>>(upper(name), coalesce(age, 0) + 1)
                                 .one());
  EXPECT_EQ(row, std::make_tuple(std::string("ADA"), 37));
}

// ---- joins

TEST_P(select, inner_join_keeps_rows_with_a_match) {
  const auto rows = sync_wait(db.query<Person>()
                                  .join<Pet>(col<&Pet::owner_id> == col<&Person::id>)
                                  .order_by(col<&Pet::name>)
                                  .select<std::tuple<std::string, std::string>>(name, col<&Pet::name>)
                                  .all());
  EXPECT_EQ(rows, (std::vector<std::tuple<std::string, std::string>>{{"ada", "cat"}, {"ada", "dog"}, {"bob", "fish"}}));
}
TEST_P(select, a_column_beside_an_aggregate_of_all_rows_is_refused) {
  const std::string refused =
      failure_of<query_error>([&] { sync_wait(db.query<Person>().select(name, count()).all()); }).what();
  EXPECT_NE(refused.find("\"name\""), std::string::npos) << refused;
  EXPECT_EQ(sync_wait(db.query<Person>().select(name, count().over()).all()).size(), 4U);
  EXPECT_EQ(sync_wait(db.query<Person>().select(max(name), count()).all()).size(), 1U);
  EXPECT_EQ(
      sync_wait(db.query<Person>()
                    .select<std::int64_t>(subquery(query<Pet>().correlate<Person>().select<std::int64_t>(count())))
                    .all())
          .size(),
      4U);
}
TEST_P(select, what_stands_for_several_rows_is_not_locked) {
  const auto refused = [this](const auto& make) {
    const std::string said =
        failure_of<query_error>([&] {
          sync_wait(db.transaction([&](session& s) -> task<void> { (void)co_await make(s).lock(for_update).all(); }));
        }).what();
    EXPECT_NE(said.find("lock() goes with no"), std::string::npos) << said;
  };
  refused([](session& s) { return s.query<Person>().select(age).distinct(); });
  refused([](session& s) { return s.query<Person>().group_by(age).select(age); });
  refused([](session& s) { return s.query<Person>().select(count()); });
  refused([](session& s) { return s.query<Person>().select(row_number().over(order_by(name))); });
}
TEST_P(select, what_is_only_counted_is_not_locked) {
  const auto locked = [this](const auto& read) {
    return sync_wait(db.transaction(
        [&](session& s) -> task<std::int64_t> { co_return co_await read(s.query<Person>().lock(for_update)); }));
  };
  const std::string said = failure_of<query_error>([&] {
                             locked([](auto query) -> task<std::int64_t> { co_return co_await query.count(); });
                           }).what();
  EXPECT_NE(said.find("count() locks no rows"), std::string::npos) << said;
  EXPECT_EQ(locked([](auto query) -> task<std::int64_t> { co_return (co_await query.page(1, 2)).total; }), 4);
  EXPECT_EQ(locked([](auto query) -> task<std::int64_t> { co_return co_await query.exists() ? 1 : 0; }), 1);
}
TEST_P(select, rows_without_a_match_are_found_by_what_the_outer_join_left_empty) {
  const auto found = sync_wait(db.query<Person>()
                                   .left_join<Pet>(col<&Pet::owner_id> == col<&Person::id>)
                                   .where(col<&Pet::id> == std::optional<std::int64_t>())
                                   .order_by(name)
                                   .pluck(name));
  EXPECT_EQ(found, (names{"cyd", "dan"}));
  EXPECT_EQ(
      sync_wait(db.query<Person>()
                    .where(!exists(query<Pet>().correlate<Person>().where(col<&Pet::owner_id> == col<&Person::id>)))
                    .order_by(name)
                    .pluck(name)),
      found);
}
TEST_P(select, left_join_keeps_rows_without_a_match) {
  const auto rows =
      sync_wait(db.query<Person>()
                    .left_join<Pet>(col<&Pet::owner_id> == col<&Person::id> && col<&Pet::weight> > 1)
                    .order_by(name, col<&Pet::nickname>)
                    .select<std::tuple<std::string, std::optional<std::string>>>(name, col<&Pet::nickname>)
                    .all());
  ASSERT_EQ(rows.size(), 5U) << "ada twice, the others once";
  EXPECT_EQ(std::get<0>(rows[2]), "bob");
  EXPECT_EQ(std::get<1>(rows[2]), std::nullopt);
}
TEST_P(select, join_yields_the_rows_of_the_first_model) {
  const auto rows =
      sync_wait(db.query<Pet>().join<Person>(col<&Person::id> == col<&Pet::owner_id>).where(name == "bob").all());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].name, "fish");
}
TEST_P(select, conditions_over_two_models_may_be_mixed) {
  const auto pets = sync_wait(db.query<Pet>()
                                  .join<Person>(col<&Person::id> == col<&Pet::owner_id>)
                                  .where(name == "bob" || (col<&Pet::weight> > 10 && age == 36))
                                  .order_by(col<&Pet::name>)
                                  .pluck(col<&Pet::name>));
  EXPECT_EQ(pets, (names{"dog", "fish"}));
}
TEST_P(select, count_over_a_join_counts_its_rows) {
  EXPECT_EQ(sync_wait(db.query<Person>().join<Pet>(col<&Pet::owner_id> == col<&Person::id>).count()), 3);
  EXPECT_EQ(sync_wait(db.query<Person>().join<Pet>(col<&Pet::owner_id> == col<&Person::id>).distinct().count()), 2);
}

// ---- groups and aggregates

struct CityStats {
  std::string city;
  std::int64_t people;
  std::int64_t with_age;
};

TEST_P(select, groups_count_their_rows) {
  const auto rows =
      sync_wait(db.query<Person>().group_by(city).order_by(city).select<CityStats>(city, count(), count(age)).all());
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].city, "London");
  EXPECT_EQ(rows[0].people, 2);
  EXPECT_EQ(rows[0].with_age, 1) << "NULL is not counted";
}
TEST_P(select, having_keeps_groups) {
  const auto rows = sync_wait(db.query<Person>()
                                  .group_by(city)
                                  .having(count() > 1)
                                  .select<std::tuple<std::string, std::int64_t>>(city, count())
                                  .all());
  EXPECT_EQ(rows, (std::vector<std::tuple<std::string, std::int64_t>>{{"London", 2}}));
}
TEST_P(select, groups_may_be_counted) {
  EXPECT_EQ(sync_wait(db.query<Person>().group_by(city).select<std::string>(city).count()), 3);
}
TEST_P(select, groups_by_several_columns) {
  EXPECT_EQ(
      sync_wait(db.query<Person>().group_by(city, col<&Person::role>).select(city, col<&Person::role>).all()).size(),
      4U);
}
TEST_P(select, sum_avg_min_and_max) {
  const auto weight = col<&Pet::weight>;
  const auto [total, mean, least, most] = sync_wait(
      db.query<Pet>()
          .select<std::tuple<std::int64_t, double, int, int>>(sum(weight), avg(weight), min(weight), max(weight))
          .one());
  EXPECT_EQ(total, 25);
  EXPECT_DOUBLE_EQ(mean, 25.0 / 3);
  EXPECT_EQ(least, 1);
  EXPECT_EQ(most, 20);
}
TEST_P(select, min_and_max_of_texts) {
  EXPECT_EQ(sync_wait(db.query<Person>().select<std::string>(max(name)).one()), "dan");
}
TEST_P(select, count_distinct_counts_values_of_some_rows) {
  const auto tall = count_distinct(age).filter(col<&Person::height> > 1.75);
  EXPECT_EQ(sync_wait(db.query<Person>().select(count_distinct(age).filter(age > 20), tall).one()),
            (std::tuple<std::int64_t, std::int64_t>(1, 2)));
  EXPECT_EQ(sync_wait(db.query<Person>().group_by(age).having(count_distinct(age) == age).select(age).all()).size(),
            0U);
}
TEST_P(select, count_distinct_counts_values) {
  EXPECT_EQ(sync_wait(db.query<Person>().select<std::int64_t>(count_distinct(age)).one()), 2);
}
TEST_P(select, aggregates_without_rows_are_null) {
  EXPECT_EQ(sync_wait(db.query<Pet>()
                          .where(col<&Pet::weight> > 99)
                          .select<std::optional<std::int64_t>>(sum(col<&Pet::weight>))
                          .one()),
            std::nullopt);
  const auto e = failure_of<decode_error>([&] {
    sync_wait(db.query<Pet>().where(col<&Pet::weight> > 99).select<std::int64_t>(sum(col<&Pet::weight>)).one());
  });
  EXPECT_EQ(e.column(), "1");
  EXPECT_NE(std::string(e.what()).find("column \"1\""), std::string::npos) << e.what();
}
TEST_P(select, aggregates_of_expressions) {
  EXPECT_EQ(sync_wait(db.query<Pet>().select<std::int64_t>(sum(col<&Pet::weight> * 2)).one()), 50);
}
TEST_P(select, groups_over_a_join) {
  const auto rows = sync_wait(db.query<Person>()
                                  .join<Pet>(col<&Pet::owner_id> == col<&Person::id>)
                                  .group_by(name)
                                  .order_by(sum(col<&Pet::weight>).desc())
                                  .select<std::tuple<std::string, std::int64_t>>(name, sum(col<&Pet::weight>))
                                  .all());
  EXPECT_EQ(rows, (std::vector<std::tuple<std::string, std::int64_t>>{{"ada", 24}, {"bob", 1}}));
}

}  // namespace
}  // namespace tupelo::conformance
