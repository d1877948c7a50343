// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/model.hpp"
#include "tupelo/model/model_json.hpp"
#include "tupelo/model/row_ops.hpp"
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

struct Stamp {  // used by nothing but its relation
  std::int64_t id{};
};
struct Letter {
  std::int64_t id{};
  tupelo::has_many<Stamp> stamps{};
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

// ---- lists and pages

/// As those of queries, which are of rooms above.
struct Numbered {
  std::vector<Person> items;
  std::int64_t number = 1, size = 0, total = 0;
  std::int64_t pages() const noexcept { return size ? (total + size - 1) / size : 0; }
  bool has_next() const noexcept { return number * size < total; }
  bool has_prev() const noexcept { return number > 1; }
};
struct Place {
  std::string at;
  static Place opened(std::string_view text, char key) {
    if (text.empty() || text[0] != key) throw value_error(errc::invalid_value, "another seal");
    return {std::string(text.substr(1))};
  }
};
struct Leaf {
  std::vector<Person> items;
  Place next, prev;
  bool has_next = false, has_prev = false;
};

template <class What, class... More>
std::string complaints_of(std::string_view document, More... more) {
  try {
    from_json<What>(json::parse(document), more...);
  } catch (const validation_error& refused) {
    std::string text;
    for (const violation& each : refused.violations()) text += each.field + ": " + each.message + "\n";
    return text;
  }
  return "";
}

TEST(model_json, lists_are_read) {
  const auto list = from_json<std::vector<Person>>(json::parse(R"([{"id":1},{"id":2,"email":"e"}])"));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[1].email, "e");
  EXPECT_TRUE(from_json<std::vector<Person>>(json::parse(" [ ] ")).empty());
}
TEST(model_json, what_is_wrong_in_a_list_is_named_by_its_place) {
  using people = std::vector<Person>;
  EXPECT_EQ(complaints_of<people>(R"([{"id":1},{"id":"x","address":{"city":{"zip":"y"}}},5,{"nobody":1}])"),
            "1.id: must be a whole number from -9223372036854775808 to 9223372036854775807\n"
            "1.address.city.zip: must be a whole number from -2147483648 to 2147483647\n"
            "2: a JSON object is expected\n"
            "3.nobody: is no field of Person\n");
  EXPECT_EQ(complaints_of<people>(R"([{"nobody":1}])", json_reading{.ignore_unknown = true}), "");
  EXPECT_EQ(complaints_of<people>(R"({"id":1})"), ": must be a list\n");
  EXPECT_EQ(complaints_of<people>("null"), ": must be a list\n");
}
TEST(model_json, a_list_of_many_wrong_items_is_not_read_to_its_end) {
  std::string text = "[5";
  for (int i = 0; i < 1000; ++i) text += ",5";
  try {
    from_json<std::vector<Person>>(json::parse(text + "]"));
    FAIL();
  } catch (const validation_error& refused) {
    EXPECT_EQ(refused.violations().size(), 100U);
  }
}
TEST(model_json, pages_are_read) {
  Numbered page{.items = {ada()}, .number = 2, .size = 1, .total = 3};
  EXPECT_EQ(to_json_text(from_json<Numbered>(to_json(page))), to_json_text(page));
  const auto sparse = from_json<Numbered>(json::parse(R"({"items":[]})"));
  EXPECT_EQ(sparse.number, 1);
  EXPECT_EQ(sparse.total, 0);
}
TEST(model_json, a_page_that_is_none_is_refused) {
  EXPECT_EQ(complaints_of<Numbered>("[]"), ": a JSON object is expected\n");
  EXPECT_EQ(complaints_of<Numbered>("{}"), "items: is missing\n");
  EXPECT_EQ(complaints_of<Numbered>(R"({"items":{}})"), "items: must be a list\n");
  EXPECT_EQ(complaints_of<Numbered>(R"({"items":[{"id":null}],"page":0,"size":-1,"total":"3","of":1})"),
            "items.0.id: must not be null\n"
            "page: must be a whole number from 1 to 2147483647\n"
            "size: must be a whole number from 0 to 2147483647\n"
            "total: must be a whole number from 0 to 9007199254740992\n"
            "of: is no member of a page\n");
  EXPECT_EQ(complaints_of<Numbered>(R"({"items":[],"of":1})", json_reading{.ignore_unknown = true}), "");
}
TEST(model_json, what_follows_from_a_page_must_be_said_right) {
  EXPECT_EQ(
      complaints_of<Numbered>(R"({"items":[],"page":1,"size":2,"total":3,"pages":3,"has_next":false,"has_prev":1})"),
      "pages: must go with page, size and total\n"
      "has_next: must go with page, size and total\n"
      "has_prev: must go with page, size and total\n");
  EXPECT_EQ(complaints_of<Numbered>(R"({"items":[],"page":1,"size":2,"total":3,"pages":2,"has_next":true})"), "");
}
TEST(model_json, pages_by_cursor_are_read) {
  const json shown = json::parse(R"({"items":[{"id":1}],"has_next":true,"has_prev":false,"next":"kabc","prev":null})");
  const Leaf leaf = from_json<Leaf>(shown, 'k');
  EXPECT_EQ(leaf.items.at(0).id, 1);
  EXPECT_TRUE(leaf.has_next);
  EXPECT_EQ(leaf.next.at, "abc");
  EXPECT_EQ(leaf.prev.at, "");
  EXPECT_FALSE(from_json<Leaf>(json::parse(R"({"items":[]})")).has_next);
}
TEST(model_json, a_cursor_of_another_seal_is_refused) {
  EXPECT_EQ(complaints_of<Leaf>(R"({"items":[],"has_next":1,"next":"xabc","prev":7})", 'k'),
            "has_next: must be true or false\n"
            "next: must be a cursor that was sealed here\n"
            "prev: must be text or null\n");
  EXPECT_EQ(complaints_of<Leaf>(R"({"items":[],"next":"kabc"})"), "next: is no member of a page\n")
      << "without a key it cannot be read";
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

TEST(model_json, new_objects_in_a_relation_are_written_where_nothing_has_used_their_model) {
  EXPECT_EQ(to_json_text(papers::Letter{.id = 1, .stamps = {{.id = 2}}}), R"({"id":1,"stamps":[{"id":2}]})");
}
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
