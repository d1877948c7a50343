// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/model.hpp"
#include "tupelo/model/model_json.hpp"
#include "tupelo/core/bytes.hpp"
#include "tupelo/core/date.hpp"
#include "tupelo/core/decimal.hpp"
#include "tupelo/core/interval.hpp"
#include "tupelo/core/time_of_day.hpp"
#include "tupelo/core/timestamp.hpp"
#include "tupelo/core/uuid.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace papers {

enum class Role : std::uint8_t { guest, member };
struct City {
  std::string name;
  std::int32_t zip{};
};
struct Address {
  std::string street;
  City city;
};
struct Celsius {
  double degrees = 0;
};
struct Colour {
  std::string name;
};

struct Page {
  std::int64_t id{};
  std::int64_t person_id{};
  std::string title;
};

struct Person {
  std::int64_t id{};
  std::string email;
  std::string password;
  std::optional<std::int16_t> age;
  Address address;
  Role role{};
  bool active{};
  std::uint64_t big{};
  float ratio{};
  double weight{};
  tupelo::timestamp seen{};
  std::chrono::sys_days born{};
  tupelo::date joined{};
  tupelo::time_of_day rises{};
  tupelo::interval shift{};
  tupelo::uuid token{};
  tupelo::decimal balance;
  tupelo::json meta;
  tupelo::bytes avatar;
  std::vector<std::string> tags;
  std::vector<std::optional<int>> scores;
  Celsius warmth;
  Colour colour;
  tupelo::has_many<Page> pages;
  tupelo::has_one<Page> cover;

  static void model(tupelo::model<Person>& m) {
    m.hidden(&Person::password);
    m.has_many(&Person::pages, "person_id");
    m.has_one(&Person::cover, "person_id");
  }
};

}  // namespace papers

template <>
struct tupelo::field_traits<papers::Celsius> {
  using stored = double;
  static double store(const papers::Celsius& value) { return value.degrees; }
  static papers::Celsius load(double value) {
    if (value < -273.15) throw std::runtime_error("too cold");
    return {value};
  }
};
template <>
struct tupelo::field_traits<papers::Colour> {
  static void to_text(const papers::Colour& value, std::string& out) { out += value.name; }
  static bool from_text(papers::Colour& value, std::string_view text) {
    value.name = text;
    return text == "red" || text == "blue";
  }
};

namespace tupelo {
namespace {

using papers::Page;
using papers::Person;

Person ada() {
  Person person;
  person.id = 7;
  person.email = "a\"b\n\xC3\xA9";
  person.password = "secret";
  person.age = 36;
  person.address = {"Main St", {"Paris", 75001}};
  person.role = papers::Role::member;
  person.active = true;
  person.big = std::numeric_limits<std::uint64_t>::max();
  person.ratio = 0.5F;
  person.weight = 1e300;
  person.seen = timestamp::parse("2026-11-21 09:30:00.25");
  person.born = std::chrono::sys_days(std::chrono::days(3));
  person.joined = date::parse("2020-02-29");
  person.rises = time_of_day::parse("06:30:00");
  person.shift = interval::parse("P1DT2H");
  person.token = uuid::parse("0190163d-8694-739b-aea5-966c26f8ad91");
  person.balance = decimal::parse("12345678901234567890.10");
  person.meta = json::parse(R"({"k":[1,null]})");
  person.avatar = to_bytes("hi");
  person.tags = {"x", "y"};
  person.scores = {1, std::nullopt};
  person.warmth = {21.5};
  person.colour = {"red"};
  return person;
}

/// What is wrong with a document, as "field: message" lines.
std::string complaints(std::string_view document, json_reading how = {}) {
  try {
    from_json<Person>(json::parse(document), how);
  } catch (const validation_error& refused) {
    std::string text;
    for (const violation& each : refused.violations()) text += each.field + ": " + each.message + "\n";
    return text;
  }
  return "";
}

TEST(model_json, writes_every_kind_of_field) {
  EXPECT_EQ(to_json_text(ada()),
            R"({"id":7,"email":"a\"b\n)"
            "\xC3\xA9"
            R"(","age":36,"address":{"street":"Main St","city":{"name":"Paris","zip":75001}},"role":"member",)"
            R"("active":true,"big":18446744073709551615,"ratio":0.5,"weight":1e+300,)"
            R"("seen":"2026-11-21T09:30:00.250000Z","born":"1970-01-04","joined":"2020-02-29",)"
            R"("rises":"06:30:00.000000","shift":"P1DT2H","token":"0190163d-8694-739b-aea5-966c26f8ad91",)"
            R"("balance":"12345678901234567890.10","meta":{"k":[1,null]},"avatar":"aGk=","tags":["x","y"],)"
            R"("scores":[1,null],"warmth":21.5,"colour":"red"})");
}

TEST(model_json, what_is_written_is_read_again) {
  Person person = ada();
  const Person read = from_json<Person>(to_json(person));
  EXPECT_EQ(to_json_text(read), to_json_text(person));
  EXPECT_EQ(read.balance, person.balance);
  EXPECT_EQ(read.big, person.big);
  EXPECT_EQ(read.scores, person.scores);
}

TEST(model_json, hidden_fields_are_never_written_and_may_be_read) {
  EXPECT_EQ(to_json_text(ada()).find("password"), std::string::npos);
  EXPECT_EQ(from_json<Person>(json::parse(R"({"password":"p"})")).password, "p");
}

TEST(model_json, missing_members_leave_the_defaults) {
  const Person read = from_json<Person>(json::parse(R"({"email":"e"})"));
  EXPECT_EQ(read.email, "e");
  EXPECT_EQ(read.id, 0);
  EXPECT_FALSE(read.age.has_value());
}

TEST(model_json, null_empties_an_optional) {
  EXPECT_FALSE(from_json<Person>(json::parse(R"({"age":null})")).age.has_value());
  EXPECT_EQ(complaints(R"({"id":null})"), "id: must not be null\n");
}

TEST(model_json, numbers_that_are_none_are_text) {
  Person person = ada();
  person.weight = std::numeric_limits<double>::quiet_NaN();
  person.ratio = -std::numeric_limits<float>::infinity();
  const Person read = from_json<Person>(to_json(person));
  EXPECT_TRUE(std::isnan(read.weight));
  EXPECT_EQ(read.ratio, -std::numeric_limits<float>::infinity());
}

TEST(model_json, infinite_times_are_text) {
  Person person = ada();
  person.seen = timestamp::infinity();
  person.joined = date::minus_infinity();
  const Person read = from_json<Person>(to_json(person));
  EXPECT_EQ(read.seen, timestamp::infinity());
  EXPECT_EQ(read.joined, date::minus_infinity());
}

TEST(model_json, every_member_that_does_not_fit_is_told_at_once) {
  EXPECT_EQ(complaints(R"({"age":40000,"email":5,"role":"king","address":{"city":{"zip":"x"}},"seen":"soon",
                           "token":"t","balance":"1,5","avatar":"?","tags":["a",1],"active":1,"warmth":-300,
                           "colour":"mud","rises":"25:00","shift":"long","born":"2026-11-21T00:00:00Z","big":-1})"),
            "age: must be a whole number from -32768 to 32767\n"
            "email: must be text without NUL characters\n"
            "role: must be one of guest, member\n"
            "address.city.zip: must be a whole number from -2147483648 to 2147483647\n"
            "seen: must be a time such as 2026-11-21T09:30:00Z\n"
            "token: must be a UUID\n"
            "balance: must be a decimal number, as text or as a number\n"
            "avatar: must be text in base64\n"
            "tags: must be a list, each of it text without NUL characters\n"
            "active: must be true or false\n"
            "warmth: must be a Celsius\n"
            "colour: must be a Colour\n"
            "rises: must be a time of day such as 09:30:00\n"
            "shift: must be a span of time such as P1DT2H\n"
            "born: must be a date such as 2026-11-21\n"
            "big: must be a whole number from 0 to 18446744073709551615\n");
}

TEST(model_json, numbers_of_more_digits_than_anybody_sends_are_refused) {
  for (const std::string& number : {std::string("1e1000"), std::string("1E-0001000"), std::string(201, '1')}) {
    EXPECT_THROW(from_json<Person>(json::parse("{\"balance\":" + number + "}")), validation_error) << number;
    EXPECT_THROW(from_json<Person>(json::parse("{\"balance\":\"" + number + "\"}")), validation_error) << number;
    EXPECT_THROW(from_json<Person>(json::parse("{\"id\":" + number + "}")), validation_error) << number;
  }
  EXPECT_EQ(from_json<Person>(json::parse(R"({"balance":12.5e+002})")).balance, decimal(1250));
}
TEST(model_json, no_message_holds_a_value) {
  try {
    from_json<Person>(json::parse(R"({"age":"verysecret","role":"verysecret","colour":"verysecret"})"));
    FAIL();
  } catch (const validation_error& refused) {
    EXPECT_EQ(std::string(refused.what()).find("verysecret"), std::string::npos);
    EXPECT_EQ(refused.code(), errc::validation_failed);
  }
}

TEST(model_json, unknown_members_are_refused_unless_told_otherwise) {
  EXPECT_EQ(complaints(R"({"nickname":"x","address":{"planet":"y"}})"),
            "nickname: is no field of Person\naddress.planet: is no field of Person\n");
  EXPECT_EQ(complaints(R"({"nickname":"x"})", {.ignore_unknown = true}), "");
}

TEST(model_json, unknown_names_are_shown_short_and_printable) {
  EXPECT_EQ(complaints(R"({"a\n)" + std::string(80, 'b') + R"(":1})"),
            "a?" + std::string(62, 'b') + "…: is no field of Person\n");
}

TEST(model_json, relations_are_not_read) {
  EXPECT_EQ(complaints(R"({"pages":[]})"), "pages: is a relation; its objects are sent by themselves\n");
  EXPECT_EQ(complaints(R"({"pages":[]})", {.ignore_unknown = true}), "");
}

TEST(model_json, a_value_object_must_be_an_object) {
  EXPECT_EQ(complaints(R"({"address":"Paris"})"), "address: must be an object\n");
}

TEST(model_json, a_document_that_is_no_object_is_refused) {
  EXPECT_EQ(complaints("[]"), ": a JSON object is expected\n");
}

TEST(model_json, escaped_names_are_names) { EXPECT_EQ(from_json<Person>(json::parse(R"({"\u0069d":4})")).id, 4); }

TEST(model_json, whole_numbers_may_be_written_as_others) {
  EXPECT_EQ(from_json<Person>(json::parse(R"({"id":70e-1,"big":5.0})")).id, 7);
}

TEST(model_json, ranges_and_optionals_become_arrays_and_null) {
  const std::vector<Page> pages{{1, 7, "a"}, {2, 7, "b"}};
  EXPECT_EQ(to_json_text(pages), R"([{"id":1,"person_id":7,"title":"a"},{"id":2,"person_id":7,"title":"b"}])");
  EXPECT_EQ(to_json_text(std::vector<Page>()), "[]");
  EXPECT_EQ(to_json_text(std::optional<Page>()), "null");
}

struct page_rows : detail::loaded_rows {
  explicit page_rows(std::vector<Page> of) : pages(std::move(of)) {
    owners = 0;
    count = pages.size();
    rows = pages.data();
    destroy = [](detail::loaded_rows* self) { delete static_cast<page_rows*>(self); };
  }
  std::vector<Page> pages;
};

TEST(model_json, relations_are_written_where_they_are_loaded) {
  register_models<Page>();
  Person person;
  EXPECT_EQ(to_json_text(person).find("pages"), std::string::npos);
  detail::assign_rows(&person.pages, new page_rows({{1, 7, "a"}, {2, 7, "b"}}));
  detail::assign_rows(&person.cover, new page_rows({}));
  const std::string text = to_json_text(person);
  EXPECT_TRUE(text.ends_with(
      R"("pages":[{"id":1,"person_id":7,"title":"a"},{"id":2,"person_id":7,"title":"b"}],"cover":null})"))
      << text;
}

}  // namespace
}  // namespace tupelo
