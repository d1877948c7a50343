// SPDX-License-Identifier: Apache-2.0
#include "people.hpp"

#include <chrono>
#include <tuple>

namespace tupelo::conformance {
namespace {

constexpr auto name = col<&Person::name>;
constexpr auto age = col<&Person::age>;
constexpr auto height = col<&Person::height>;
constexpr auto city = col<&Person::address, &Address::city>;
constexpr auto role = col<&Person::role>;

class expressions : public people_test {
protected:
  /// What an expression gives for one of the people.
  template <class T, class Expression>
  T of(const char* person, const Expression& expression) {
    using value = std::optional<detail::base_of<T>>;  // many are computed of an age, which not everybody tells
    const value found = sync_wait(db.query<Person>().where(name == person).select<value>(expression).one());
    if constexpr (std::is_same_v<T, value>) {
      return found;
    } else {
      return found.value();
    }
  }
  template <class Expression>
  std::string text(const char* person, const Expression& expression) {
    return of<std::string>(person, expression);
  }
  template <class Expression>
  std::int64_t number(const char* person, const Expression& expression) {
    return of<std::int64_t>(person, expression);
  }
};
TUPELO_CONFORMANCE_SUITE(expressions);

// ---- text

TEST_P(expressions, texts_are_trimmed_of_spaces_alone) {
  const auto padded = concat("  ", name, " \t ");
  EXPECT_EQ(text("ada", trim(padded)), "ada \t");
  EXPECT_EQ(text("ada", trim_start(padded)), "ada \t ");
  EXPECT_EQ(text("ada", trim_end(padded)), "  ada \t");
}
TEST_P(expressions, concat_joins_columns_values_and_expressions) {
  EXPECT_EQ(text("ada", concat(upper(name), " of ", city)), "ADA of London");
  EXPECT_EQ(text("ada", concat("x", "y", name)), "xyada");
}
TEST_P(expressions, concat_with_null_is_null) {
  const auto pet = col<&Pet::nickname>;
  const auto called =
      sync_wait(db.query<Pet>().order_by(col<&Pet::name>).select<std::optional<std::string>>(concat(pet, "!")).all());
  EXPECT_EQ(called, (std::vector<std::optional<std::string>>{"puss!", std::nullopt, "bubbles!"}));
}
TEST_P(expressions, substr_counts_characters_from_1) {
  EXPECT_EQ(text("ada", substr(city, 2, 3)), "ond");
  EXPECT_EQ(text("ada", substr(city, 5, 99)), "on");
  EXPECT_EQ(text("ada", substr(concat(name, "öß€"), 4, 2)), "öß");
  EXPECT_EQ(text("ada", substr(city, length(name), 1)), "n");
}
TEST_P(expressions, substr_of_what_is_before_the_text_is_refused) {
  EXPECT_THROW(substr(city, 0, 3), query_error);
  EXPECT_THROW(substr(city, 1, -1), query_error);
}
TEST_P(expressions, replace_replaces_every_occurrence) {
  EXPECT_EQ(text("ada", replace(name, "a", "ee")), "eedee");
  EXPECT_EQ(text("ada", replace(name, "A", "x")), "ada");
  EXPECT_EQ(text("ada", replace(name, "d", city)), "aLondona");
}
TEST_P(expressions, position_counts_from_1_and_is_0_for_what_is_not_there) {
  EXPECT_EQ(number("ada", position(city, "on")), 2);
  EXPECT_EQ(number("ada", position(city, "x")), 0);
}
TEST_P(expressions, texts_of_expressions_are_searched_as_those_of_columns) {
  EXPECT_EQ(who(lower(city).starts_with("lon")), (names{"ada", "cyd"}));
  EXPECT_EQ(who(concat(name, "%").contains("a%")), names{"ada"});
  EXPECT_EQ(who(lower(city).ends_with("E")), names{});
  EXPECT_EQ(who(upper(name).like("_D%")), names{"ada"});
  EXPECT_EQ(who(concat(city, "!").contains("ROME", any_case)), names{"dan"});
}

// ---- numbers

TEST_P(expressions, rounding_goes_away_from_zero_at_halves) {
  EXPECT_EQ(of<double>("ada", round(height * 0 + 2.5)), 3);
  EXPECT_EQ(of<double>("ada", round(height * 0 - 2.5)), -3);
  EXPECT_EQ(of<double>("ada", round(height * 0 + 0.125, 2)), 0.13);
  EXPECT_EQ(of<double>("ada", round(height * 0 - 0.125, 2)), -0.13);
  EXPECT_EQ(of<double>("ada", round(height * 10.04, 1)), 17.1);
}
TEST_P(expressions, doubles_without_a_fraction_stay_when_they_are_rounded) {
  EXPECT_EQ(of<double>("ada", round(height * 0 + 4503599627370497.0)), 4503599627370497.0);
  EXPECT_EQ(of<double>("ada", round(height * 0 - 9007199254740991.0, 2)), -9007199254740991.0);
  EXPECT_EQ(of<double>("ada", round(height * 0 + 1e308, 2)), 1e308);
}
TEST_P(expressions, decimals_round_as_they_are_written) {
  const auto price = cast<decimal>(age) / decimal::parse("1000") * decimal::parse("1");
  EXPECT_EQ(of<decimal>("ada", round(price, 2)), decimal::parse("0.04"));
  EXPECT_EQ(of<decimal>("ada", round(price * 0 + decimal::parse("2.675"), 2)), decimal::parse("2.68"));
}
TEST_P(expressions, rounding_to_digits_that_no_number_has_is_refused) {
  EXPECT_THROW(round(height, -1), query_error);
  EXPECT_THROW(round(height, 16), query_error);
}
TEST_P(expressions, floor_ceil_and_abs) {
  EXPECT_EQ(of<double>("ada", floor(height)), 1);
  EXPECT_EQ(of<double>("ada", ceil(height)), 2);
  EXPECT_EQ(of<double>("ada", floor(height * -1)), -2);
  EXPECT_EQ(of<int>("ada", abs(10 - age)), 26);
}
TEST_P(expressions, the_rest_has_the_sign_of_what_is_divided) {
  EXPECT_EQ(of<int>("ada", age % 7), 1);
  EXPECT_EQ(of<int>("ada", (0 - age) % 7), -1);
  EXPECT_EQ(of<std::optional<int>>("ada", age % 0), std::nullopt);
}
TEST_P(expressions, a_number_may_stand_on_the_left) {
  EXPECT_EQ(of<int>("ada", 100 - (age + 4)), 60);
  EXPECT_EQ(who(2 * length(city) > 10), (names{"ada", "cyd"}));
}
TEST_P(expressions, a_value_may_stand_on_the_left_of_each_comparison) {
  EXPECT_EQ(who(36 == age), (names{"ada", "dan"}));
  EXPECT_EQ(who(36 != age), names{"bob"});
  EXPECT_EQ(who("London" == city && Role::guest == role), names{"cyd"});
  EXPECT_EQ(who(36 == age + 0), (names{"ada", "dan"}));
  EXPECT_EQ(who("ADA" != upper(name) && 20 <= age), (names{"bob", "dan"}));
  EXPECT_EQ(who(std::optional<int>() == age), names{"cyd"});
}
TEST_P(expressions, least_and_greatest_are_null_where_one_is) {
  EXPECT_EQ(of<int>("ada", least(age, 50)), 36);
  EXPECT_EQ(of<int>("ada", greatest(age, 50, age * 2)), 72);
  EXPECT_EQ(of<std::optional<int>>("cyd", least(age, 50)), std::nullopt);
  EXPECT_EQ(of<std::optional<int>>("cyd", greatest(age, 50)), std::nullopt);
}

// ---- choices

TEST_P(expressions, the_first_condition_that_holds_chooses) {
  const auto band = case_when(age < 30, "young").when(age < 100, "grown").otherwise("unknown");
  EXPECT_EQ(text("bob", band), "young");
  EXPECT_EQ(text("ada", band), "grown");
  EXPECT_EQ(text("cyd", band), "unknown");
}
TEST_P(expressions, no_condition_that_holds_and_no_otherwise_is_null) {
  const auto band = case_when(age < 30, 1).when(age > 30, 2);
  EXPECT_EQ(of<std::optional<int>>("bob", band), 1);
  EXPECT_EQ(of<std::optional<int>>("cyd", band), std::nullopt);
  EXPECT_EQ(who(band == 2), (names{"ada", "dan"}));
  EXPECT_EQ(who(band.is_null()), names{"cyd"});
}
TEST_P(expressions, null_is_chosen_as_values_are) {
  const auto band = case_when(age < 30, 1).when(height > 1.8, std::nullopt).otherwise(2);
  static_assert(std::is_same_v<decltype(band)::selected_type, std::optional<int>>);
  EXPECT_EQ(of<std::optional<int>>("bob", band), 1);
  EXPECT_EQ(of<std::optional<int>>("dan", band), std::nullopt);
  EXPECT_EQ(of<std::optional<int>>("ada", band), 2);
  EXPECT_EQ(of<std::optional<std::string>>("ada", case_when(age < 30, "young").otherwise(std::nullopt)), std::nullopt);
}
TEST_P(expressions, columns_and_expressions_are_chosen_as_values_are) {
  EXPECT_EQ(text("ada", case_when(role == Role::admin, upper(name)).otherwise(name)), "ADA");
  EXPECT_EQ(text("bob", case_when(role == Role::admin, upper(name)).otherwise(name)), "bob");
  EXPECT_EQ(of<Role>("bob", case_when(age.is_null(), Role::guest).otherwise(role)), Role::member);
  EXPECT_EQ(of<Role>("cyd", case_when(age.is_null(), Role::admin).otherwise(Role::guest)), Role::admin);
}
TEST_P(expressions, every_type_of_value_may_be_chosen) {
  const timestamp at = timestamp::parse("2026-01-02 03:04:05.123456");
  const date day = date::parse("2026-01-02");
  const uuid id = uuid::parse("00112233-4455-6677-8899-aabbccddeeff");
  const auto tall = height > 1;
  EXPECT_EQ(of<timestamp>("ada", case_when(tall, at).otherwise(timestamp{})), at);
  EXPECT_EQ(of<date>("ada", case_when(tall, day).otherwise(date{})), day);
  EXPECT_EQ(of<uuid>("ada", case_when(tall, id).otherwise(uuid{})), id);
  EXPECT_EQ(of<decimal>("ada", case_when(tall, decimal::parse("1.25")).otherwise(decimal())), decimal::parse("1.25"));
  EXPECT_EQ(of<bool>("ada", case_when(tall, true).otherwise(false)), true);
  EXPECT_EQ(of<double>("ada", case_when(tall, 0.5).otherwise(height)), 0.5);
}
TEST_P(expressions, coalesce_takes_the_first_that_is_not_null) {
  EXPECT_EQ(number("cyd", coalesce(age, age * 2, 7)), 7);
  EXPECT_EQ(number("ada", coalesce(age, age * 2, 7)), 36);
}
TEST_P(expressions, of_what_is_null_are_null) {
  EXPECT_EQ(of<std::optional<int>>("cyd", age + 1), std::nullopt);
  EXPECT_EQ(of<std::optional<std::string>>("cyd", concat(name, cast<std::string>(age))), std::nullopt);
  EXPECT_EQ(of<std::optional<int>>("cyd", coalesce(age + 1, age)), std::nullopt);
  EXPECT_EQ(of<std::optional<int>>("cyd", case_when(name == "cyd", age).otherwise(1)), std::nullopt);
  EXPECT_EQ(of<std::optional<int>>("cyd", case_when(name == "ada", 1).otherwise(age)), std::nullopt);
  EXPECT_EQ(of<int>("cyd", coalesce(age + 1, 7)), 7);
}
TEST_P(expressions, nullif_is_null_where_both_are_equal) {
  EXPECT_EQ(of<std::optional<int>>("ada", nullif(age, 36)), std::nullopt);
  EXPECT_EQ(of<std::optional<int>>("bob", nullif(age, 36)), 20);
  EXPECT_EQ(of<std::optional<std::string>>("ada", nullif(lower(name), name)), std::nullopt);
}
TEST_P(expressions, casts) {
  EXPECT_EQ(text("ada", cast<std::string>(age)), "36");
  EXPECT_EQ(text("ada", cast<std::string>(role)), "admin");
  EXPECT_EQ(number("ada", cast<std::int64_t>(height)), 1);
  EXPECT_EQ(number("ada", cast<std::int64_t>(height * -1)), -1);
  EXPECT_EQ(number("ada", cast<int>(concat("4", "2", trim(concat(" ", " ", substr(name, 9, 1)))))), 42);
  EXPECT_EQ(of<double>("ada", cast<double>(age) / 8), 4.5);
  EXPECT_EQ(of<decimal>("ada", cast<decimal>(age) / 8), decimal::parse("4.5"));
  EXPECT_EQ(number("ada", cast<int>(col<&Person::active>)), 1);
  EXPECT_EQ(of<bool>("ada", cast<bool>(age)), true);
}
TEST_P(expressions, a_condition_is_selected_as_bool) {
  EXPECT_EQ(of<bool>("ada", age > 30), true);
  EXPECT_EQ(of<bool>("bob", age > 30 || name == "nobody"), false);
}

// ---- where expressions stand

TEST_P(expressions, order_the_rows) {
  EXPECT_EQ(sync_wait(db.query<Person>()
                          .order_by(case_when(name == "cyd", 0).otherwise(1), length(city).desc(), name.desc())
                          .pluck(name)),
            (names{"cyd", "ada", "bob", "dan"}));
}
TEST_P(expressions, group_the_rows_whatever_values_they_hold) {
  const auto band = case_when(coalesce(age, 0) < 30, "young").otherwise("grown");
  const auto rows = sync_wait(db.query<Person>()
                                  .group_by(band)
                                  .order_by(band)
                                  .select<std::tuple<std::string, std::int64_t>>(band, count())
                                  .all());
  EXPECT_EQ(rows, (std::vector<std::tuple<std::string, std::int64_t>>{{"grown", 2}, {"young", 2}}));
}
TEST_P(expressions, with_other_values_are_other_terms) {
  const auto rows = sync_wait(db.query<Person>()
                                  .where(age.is_not_null())
                                  .group_by(age % 16)
                                  .order_by((age % 16).desc())
                                  .select(age % 16, count(), max(age % 7))
                                  .all());
  EXPECT_EQ(rows, (std::vector<std::tuple<std::optional<int>, std::int64_t, int>>{{4, 3, 6}}));
}
TEST_P(expressions, set_columns) {
  sync_wait(db.update<Person>()
                .set(name, concat(upper(substr(name, 1, 1)), substr(name, 2, 99)))
                .set(age, case_when(age < 30, age + 1).otherwise(age))
                .where(age.is_not_null())
                .run());
  EXPECT_EQ(sync_wait(db.query<Person>().where(age.is_not_null()).order_by(col<&Person::id>).pluck(name)),
            (names{"Ada", "Bob", "Dan"}));
  EXPECT_EQ(of<std::optional<int>>("Bob", age), 21);
}
TEST_P(expressions, are_looked_up_in_lists_and_ranges) {
  EXPECT_EQ(who(lower(city).in("rome", "paris")), (names{"bob", "dan"}));
  EXPECT_EQ(who((age + 1).in(std::vector<int>{21, 22})), names{"bob"});
  EXPECT_EQ(who((age + 1).in(std::vector<int>{})), names{});
  EXPECT_EQ(who(length(city).between(5, 6)), (names{"ada", "bob", "cyd"}));
  EXPECT_EQ(who(upper(name).in(query<Pet>().select<std::string>(upper(col<&Pet::name>)))), names{});
}

TEST_P(expressions, values_stand_where_columns_do) {
  using row = std::tuple<std::string, std::int64_t, double, bool, std::string>;
  EXPECT_EQ(
      sync_wait(
          db.query<Person>().where(name == "ada").select(name, value(7), value(0.5), value(true), value("x")).one()),
      row("ada", 7, 0.5, true, "x"));
  EXPECT_EQ(number("ada", value(2) + age), 38);
  EXPECT_EQ(of<decimal>("ada", value(decimal::parse("12.5"))), decimal::parse("12.5"));
}

// ---- floats of 32 bits

struct Weighing {
  std::int64_t id{};
  float a{};
  float b{};
  float c{};
};
TEST_P(expressions, floats_are_computed_with_as_doubles) {
  create<Weighing>();
  std::vector<Weighing> rows{{.a = 0.1F, .b = 0.2F, .c = 0.3F}, {.a = 3e38F, .b = 3e38F, .c = 1e-30F}};
  sync_wait(db.insert(rows));
  const auto a = col<&Weighing::a>;
  const auto b = col<&Weighing::b>;
  const auto c = col<&Weighing::c>;
  using numbers = std::tuple<double, double, double, double>;
  const auto found = sync_wait(
      db.query<Weighing>().order_by(col<&Weighing::id>).select<numbers>(a + b, a * b, c * c, (a + b) - c).all());
  const auto exact = [](const Weighing& row) {
    const auto x = static_cast<double>(row.a);
    const auto y = static_cast<double>(row.b);
    const auto z = static_cast<double>(row.c);
    return numbers(x + y, x * y, z * z, (x + y) - z);
  };
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], exact(rows[0]));
  EXPECT_EQ(found[1], exact(rows[1]));
  EXPECT_EQ(sync_wait(db.query<Weighing>().where(a + b == c).count()), 0) << "which it is with floats";
}

TEST_P(expressions, numbers_are_negated) {
  EXPECT_EQ(number("ada", -age), -36);
  EXPECT_EQ(number("ada", -(age + 4) * 2), -80);
  EXPECT_EQ(of<std::optional<std::int64_t>>("cyd", -age), std::nullopt);
  EXPECT_EQ(of<double>("ada", -height), -1.7);
  EXPECT_EQ(sync_wait(db.query<Person>().where(-age < -30).count()), 2);
}

}  // namespace
}  // namespace tupelo::conformance
