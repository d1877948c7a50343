// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/patch.hpp"
#include "tupelo/model/rules.hpp"
#include "tupelo/core/decimal.hpp"
#include "tupelo/core/timestamp.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tupelo {
namespace {

struct Home {
  std::string city;
  int rooms{};
};
struct Guest {
  std::int64_t id{};
  std::string email;
  std::optional<int> age;
  Home home;
  bool admin{};
};
struct Other {
  int id{};
};

TEST(patch, holds_only_what_it_was_given) {
  patch<Guest> change;
  EXPECT_TRUE(change.empty());
  change.set(&Guest::email, "a@b").set(&Guest::age, std::nullopt);
  EXPECT_EQ(change.size(), 2u);
  EXPECT_TRUE(change.has(&Guest::age));
  EXPECT_FALSE(change.has(&Guest::id));
  EXPECT_EQ(change.get(&Guest::email), "a@b");
}

TEST(patch, reading_a_field_that_is_not_given_is_an_error_that_names_it) {
  try {
    (void)patch<Guest>().get(&Guest::email);
    FAIL();
  } catch (const query_error& refused) {
    EXPECT_STREQ(refused.what(), "field email is not given in this tp::patch of Guest; ask has() first");
  }
}

TEST(patch, changes_the_given_fields_of_an_object_and_no_others) {
  Guest guest{1, "old", 5, {"Paris", 2}, true};
  patch<Guest>().set(&Guest::email, "new").set(&Guest::age, std::nullopt).apply_to(guest);
  EXPECT_EQ(guest.email, "new");
  EXPECT_FALSE(guest.age.has_value());
  EXPECT_EQ(guest.id, 1);
  EXPECT_EQ(guest.home.city, "Paris");
  EXPECT_TRUE(guest.admin);
}

TEST(patch, reads_and_writes_the_members_of_a_document) {
  const auto change = patch<Guest>::from_json(json::parse(R"({"age":7,"home":{"rooms":3}})"));
  EXPECT_EQ(to_json_text(change), R"({"age":7,"home":{"rooms":3}})");
  const Guest made = change.make();
  EXPECT_EQ(made.age, 7);
  EXPECT_EQ(made.home.rooms, 3);
  EXPECT_TRUE(made.email.empty());
}

struct Entry {
  std::int64_t id{};
  std::string text;
  int version{};
  timestamp created_at{}, updated_at{};
  std::optional<timestamp> deleted_at;

  static void model(tupelo::model<Entry>& m) {
    m.version(&Entry::version);
    m.timestamps(&Entry::created_at, &Entry::updated_at);
    m.soft_delete(&Entry::deleted_at);
  }
};
constexpr auto too_much = R"({"id":7,"text":"x","version":3,"created_at":"2026-11-21T09:30:00Z","deleted_at":null})";

TEST(patch, a_document_cannot_set_what_is_made_by_the_database_or_tupelo) {
  try {
    (void)patch<Entry>::from_json(json::parse(too_much));
    FAIL();
  } catch (const validation_error& refused) {
    EXPECT_EQ(refused.violations().size(), 4U) << refused.what();
    EXPECT_NE(std::string(refused.what()).find("version cannot be set here"), std::string::npos) << refused.what();
  }
  EXPECT_EQ(patch<Entry>::from_json(json::parse(R"({"text":"x"})")).size(), 1U);
}

TEST(rules, what_tupelo_makes_can_be_set_where_it_is_allowed_only) {
  rules<Entry> none;
  none.length(&Entry::text, 1, 5);
  EXPECT_THROW((void)none.read(json::parse(R"({"version":3})")), validation_error);
  rules<Entry> import;
  import.allow(&Entry::id, &Entry::text, &Entry::version, &Entry::created_at, &Entry::deleted_at);
  EXPECT_EQ(import.read(json::parse(too_much)).size(), 5U);
}

// What a patch knows of tp::col<&Guest::home, &Home::rooms>, which is of a room above.
struct rooms_of_guest {
  using field = int;
  static constexpr column_ref ref{&detail::meta<Guest>::spec, offsetof(Guest, home) + offsetof(Home, rooms)};
};
struct Reading {
  std::int64_t id{};
  std::int8_t small{};
  std::uint32_t count{};
  float level{};
  double exact{};
  std::optional<std::int16_t> grade;
  std::string text;
  std::optional<std::string> note;
  decimal price;
};

template <class Field, class Value>
errc refusal_of(Field field, const Value& value) {
  patch<Reading> change;
  try {
    change.set(field, value);
  } catch (const value_error& refused) {
    EXPECT_TRUE(change.empty());
    return refused.code();
  }
  return errc{};
}

TEST(patch, a_number_that_its_field_does_not_hold_is_refused) {
  EXPECT_EQ(refusal_of(&Reading::small, 300), errc::value_out_of_range);
  EXPECT_EQ(refusal_of(&Reading::small, -129), errc::value_out_of_range);
  EXPECT_EQ(refusal_of(&Reading::count, -1), errc::value_out_of_range);
  EXPECT_EQ(refusal_of(&Reading::id, UINT64_MAX), errc::value_out_of_range);
  EXPECT_EQ(refusal_of(&Reading::grade, 99999999999LL), errc::value_out_of_range);
  EXPECT_EQ(refusal_of(&Reading::grade, std::optional<int>(40000)), errc::value_out_of_range);
  EXPECT_EQ(refusal_of(&Reading::level, 1e300), errc::value_out_of_range);
  EXPECT_EQ(refusal_of(&Reading::level, -1e300), errc::value_out_of_range);
}

TEST(patch, a_number_that_the_field_of_a_value_object_does_not_hold_is_refused) {
  patch<Guest> change;
  EXPECT_THROW(change.set(rooms_of_guest(), 3000000000U), value_error);
  EXPECT_TRUE(change.empty());
}

TEST(patch, the_refusal_of_a_number_names_the_field) {
  try {
    patch<Reading>().set(&Reading::grade, 99999999999LL);
    FAIL();
  } catch (const value_error& refused) {
    EXPECT_STREQ(refused.what(),
                 "column \"grade\" is set to a number that its field cannot hold; give the field of Reading a larger "
                 "type or set another value");
  }
}

TEST(patch, takes_values_of_other_types_that_the_field_holds) {
  patch<Reading> change;
  change.set(&Reading::small, std::int64_t{-128}).set(&Reading::count, UINT64_C(4294967295));
  change.set(&Reading::grade, std::optional<int>(7)).set(&Reading::exact, 3);
  change.set(&Reading::level, HUGE_VAL).set(&Reading::price, 5);
  change.set(&Reading::text, std::string_view("a")).set(&Reading::note, "b");
  EXPECT_EQ(change.size(), 8U);
  EXPECT_EQ(change.get(&Reading::small), -128);
  EXPECT_EQ(change.get(&Reading::count), 4294967295U);
  EXPECT_EQ(change.get(&Reading::grade), 7);
  EXPECT_EQ(change.get(&Reading::exact), 3.0);
  EXPECT_EQ(change.get(&Reading::level), HUGE_VALF);
  EXPECT_EQ(change.get(&Reading::text), "a");
  EXPECT_EQ(change.get(&Reading::note), "b");
  EXPECT_EQ(patch<Guest>().set(rooms_of_guest(), 4L).make().home.rooms, 4);
}

TEST(patch, an_empty_optional_and_nothing_are_null) {
  patch<Reading> change;
  change.set(&Reading::grade, std::optional<int>()).set(&Reading::note, nullptr);
  EXPECT_TRUE(change.has(&Reading::grade));
  EXPECT_FALSE(change.get(&Reading::grade).has_value());
  EXPECT_FALSE(change.get(&Reading::note).has_value());
}

TEST(patch, forgets_what_is_removed) {
  patch<Guest> change;
  change.set(&Guest::admin, true).remove(&Guest::admin);
  EXPECT_TRUE(change.empty());
}

TEST(patch, a_field_of_another_model_is_refused) { EXPECT_THROW((void)patch<Guest>().has(&Other::id), model_error); }

rules<Guest> sign_up() {
  rules<Guest> made;
  made.require(&Guest::email)
      .allow(&Guest::age)
      .length(&Guest::email, 3, 5)
      .check(
          &Guest::age, [](int age) { return age >= 18; }, "must be 18 or more")
      .check([](const patch<Guest>& guest, violations& found) {
        if (guest.has(&Guest::age) && guest.get(&Guest::email) == "root") found.push_back({"", "root has no age"});
      });
  return made;
}

std::string complaints(const rules<Guest>& by, std::string_view document) {
  try {
    (void)by.read(json::parse(document));
  } catch (const validation_error& refused) {
    return refused.what();
  }
  return "";
}

TEST(rules, pass_what_keeps_them) {
  const auto guest = sign_up().read(json::parse(R"({"email":"\u00e9a@b","age":20})"));
  EXPECT_EQ(guest.get(&Guest::age), 20);
}

TEST(rules, tell_everything_that_is_wrong) {
  EXPECT_EQ(complaints(sign_up(), R"({"admin":true,"age":17,"email":"toolong","home":{"rooms":1}})"),
            "Guest: home.rooms cannot be set here; admin cannot be set here; email must have 3 to 5 characters; age "
            "must be 18 or more");
}

TEST(rules, require_what_is_required) { EXPECT_EQ(complaints(sign_up(), "{}"), "Guest: email is missing"); }

TEST(rules, a_field_that_was_refused_is_not_called_missing_as_well) {
  EXPECT_EQ(complaints(sign_up(), R"({"email":1})"), "Guest: email must be text without NUL characters");
}

TEST(rules, an_empty_optional_passes_the_test_of_its_value) {
  EXPECT_EQ(complaints(sign_up(), R"({"email":"abc","age":null})"), "");
}

TEST(rules, tests_of_the_whole_see_the_patch) {
  EXPECT_EQ(complaints(sign_up(), R"({"email":"root","age":20})"), "Guest: root has no age");
}

TEST(rules, tests_of_the_whole_wait_until_every_field_is_right) {
  rules<Guest> by;
  by.require(&Guest::email).allow(&Guest::age).length(&Guest::email, 3, 5);
  by.check([](const patch<Guest>& guest, violations& found) {
    if (guest.get(&Guest::email) != "root") found.push_back({"", "only root"});
  });
  EXPECT_EQ(complaints(by, "{}"), "Guest: email is missing");
  EXPECT_EQ(complaints(by, R"({"email":"ab"})"), "Guest: email must have 3 to 5 characters");
  EXPECT_EQ(complaints(by, R"({"email":"abc","admin":true})"), "Guest: admin cannot be set here");
  EXPECT_EQ(complaints(by, R"({"email":"abc"})"), "Guest: only root");
}

TEST(rules, hold_for_patches_that_were_made_by_hand) {
  EXPECT_THROW(sign_up().validate(patch<Guest>().set(&Guest::admin, true)), validation_error);
}

TEST(rules, length_is_for_text) { EXPECT_THROW(rules<Guest>().length(&Guest::age, 1, 2), model_error); }

}  // namespace
}  // namespace tupelo
