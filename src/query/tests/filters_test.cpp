// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/filters.hpp"
#include "tupelo/query/select_query.hpp"
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tupelo::filter_samples {

enum class Role : std::uint8_t { guest, member, admin };

struct Member {
  std::int64_t id{};
  std::string name;
  std::optional<int> age;
  std::uint8_t level{};
  double height{};
  float ratio{};
  std::uint64_t serial{};
  bool active{};
  Role role{Role::guest};
  decimal fee;
  timestamp created_at{};
  date born{};
  uuid token{};
};

using enum filter_by;

tupelo::filters<Member> allowed() {
  return tupelo::filters<Member>()
      .allow("age", col<&Member::age>, {eq, gte, lt, in, not_in, is_null})
      .allow("level", col<&Member::level>)
      .allow("name", col<&Member::name>, {eq, contains, in})
      .allow("height", col<&Member::height>, {gt})
      .allow("ratio", col<&Member::ratio>)
      .allow("serial", col<&Member::serial>)
      .allow("active", col<&Member::active>)
      .allow("role", col<&Member::role>, {eq, in})
      .allow("fee", col<&Member::fee>, {lte})
      .allow("created_at", col<&Member::created_at>, {gte})
      .allow("born", col<&Member::born>)
      .allow("token", col<&Member::token>)
      .sort("created_at", col<&Member::created_at>)
      .sort("name", col<&Member::name>)
      .ignore("utm_source");
}

/// The shape of the query that is asked for; values are apart.
bool asks(std::string_view text, const select_query<Member, Member>& wanted) {
  const auto made = query<Member>().apply(allowed().read(text));
  const auto words = [](const word_buffer& b) { return std::vector<std::uint64_t>(b.data(), b.data() + b.size); };
  return words(made.core().shape) == words(wanted.core().shape) &&
         words(made.core().values) == words(wanted.core().values);
}
std::string refusal(std::string_view text) {
  try {
    (void)allowed().read(text);
  } catch (const filter_error& e) {
    return e.what();
  }
  return "nothing";
}
void expect_refused(std::string_view text, std::string_view because) {
  EXPECT_NE(refusal(text).find(because), std::string::npos) << text << ": " << refusal(text);
}

TEST(filters, become_typed_conditions) {
  EXPECT_TRUE(asks("age__gte=18", query<Member>().where(col<&Member::age> >= 18)));
  EXPECT_TRUE(asks("age=18&level=7", query<Member>().where(col<&Member::age> == 18).where(col<&Member::level> == 7)));
  EXPECT_TRUE(asks("name__contains=ad", query<Member>().where(col<&Member::name>.contains("ad"))));
  EXPECT_TRUE(asks("height__gt=1.5", query<Member>().where(col<&Member::height> > 1.5)));
  EXPECT_TRUE(asks("active=true", query<Member>().where(col<&Member::active> == true)));
  EXPECT_TRUE(asks("role=admin", query<Member>().where(col<&Member::role> == Role::admin)));
  EXPECT_TRUE(asks("fee__lte=9.50", query<Member>().where(col<&Member::fee> <= decimal::parse("9.50"))));
  EXPECT_TRUE(asks("born=2000-01-31", query<Member>().where(col<&Member::born> == date::parse("2000-01-31"))));
}
TEST(filters, take_lists) {
  EXPECT_TRUE(asks("role__in=admin,member", query<Member>().where(col<&Member::role>.in(Role::admin, Role::member))));
  EXPECT_TRUE(asks("age__in=1,2,3", query<Member>().where(col<&Member::age>.in(1, 2, 3))));
  EXPECT_TRUE(asks("age__not_in=1,2,3", query<Member>().where(!col<&Member::age>.in(1, 2, 3))));
}
TEST(filters, ask_for_null) {
  EXPECT_TRUE(asks("age__is_null=true", query<Member>().where(col<&Member::age>.is_null())));
  EXPECT_TRUE(asks("age__is_null=false", query<Member>().where(col<&Member::age>.is_not_null())));
}
TEST(filters, sort_by_several_columns) {
  EXPECT_TRUE(
      asks("sort=-created_at,name", query<Member>().order_by(col<&Member::created_at>.desc(), col<&Member::name>)));
  EXPECT_FALSE(allowed().read("age=1").is_ordered());
}
TEST(filters, say_which_page) {
  const auto asked = allowed().read("page=3&page_size=50");
  EXPECT_EQ(asked.page(), 3);
  EXPECT_EQ(asked.page_size(), 50);
  EXPECT_EQ(allowed().read("").page(), 1);
  EXPECT_EQ(allowed().read("").page_size(), 20);
}
TEST(filters, are_decoded) {
  EXPECT_TRUE(asks("name=a%20b+c%26d%3D", query<Member>().where(col<&Member::name> == "a b c&d=")));
  EXPECT_TRUE(asks("%61ge=18&&", query<Member>().where(col<&Member::age> == 18)));
  expect_refused("name=%4", "percent");
  expect_refused("name=%zz", "percent");
  expect_refused("name=%", "percent");
}
TEST(filters, come_as_pairs_too) { EXPECT_EQ(allowed().read({{"name", "a%20b"}, {"page", "2"}}).page(), 2); }
TEST(filters, that_are_not_allowed_are_refused_by_what_is) {
  expect_refused("id=1", "age__gte");
  expect_refused("age__gt=1", "age__gte");
  expect_refused("name__starts_with=a", "name__contains");
  expect_refused("age__=1", "allowed");
  expect_refused("=1", "allowed");
  expect_refused("sort=age", "created_at, name");
  expect_refused("sort=name,name", "twice");
  EXPECT_EQ(refusal("utm_source=x"), "nothing");
}
TEST(filters, that_may_not_sort_do_not_name_sort_among_what_is_allowed) {
  const auto by_age = tupelo::filters<Member>().allow("age", col<&Member::age>);
  EXPECT_THROW((void)by_age.read("id=1"), filter_error);
  try {
    (void)by_age.read("id=1");
  } catch (const filter_error& e) {
    EXPECT_EQ(std::string(e.what()), "a parameter is none of those that are allowed: age, page, page_size");
  }
}
TEST(filters, whose_values_are_none_of_the_type_are_refused) {
  for (std::string_view text : {"age=x", "age=1x", "age=", "age=99999999999", "age=1.5", "age=%201"}) {
    expect_refused(text, "`age` takes a whole number from -2147483648 to 2147483647");
  }
  expect_refused("level=256", "`level` takes a whole number from 0 to 255");
  expect_refused("level=-1", "a whole number");
  expect_refused("height__gt=nan", "a number");
  expect_refused("height__gt=inf", "a number");
  expect_refused("ratio=1e300", "a number");
  expect_refused("serial=9223372036854775808", "a whole number from 0 to 9223372036854775807");
  for (const std::string& fee :
       {std::string("1e9"), std::string("NaN"), std::string("-Infinity"), std::string(101, '1')}) {
    expect_refused("fee__lte=" + fee, "a number");
  }
  expect_refused("active=yes", "true or false");
  expect_refused("role=root", "`role` takes one of guest");
  expect_refused("role__in=admin,root", "commas between");
  expect_refused("age__not_in=1,x", "commas between");
  expect_refused("born=2000-02-31", "a date");
  expect_refused("born=infinity", "a date");
  expect_refused("created_at__gte=yesterday", "a time");
  expect_refused("token=1", "a UUID");
  expect_refused("name=%ff", "UTF-8");
  expect_refused("name=a%00b", "UTF-8");
}
TEST(filters, repeat_nothing_that_was_sent) {
  for (std::string_view text :
       {"secret=1", "age=secret", "role=secret", "sort=secret", "page=secret", "age__secret=1"}) {
    EXPECT_EQ(refusal(text).find("secret"), std::string::npos) << text;
    EXPECT_NE(refusal(text), "nothing") << text;
  }
}
TEST(filters, beyond_the_limits_are_refused) {
  expect_refused(std::string(5000, 'a'), "longer than 4096");
  std::string many;
  for (int i = 0; i < 33; ++i) many += "age=1&";
  expect_refused(many, "more than 32");
  expect_refused("name=" + std::string(257, 'a'), "256 bytes");
  std::string list = "age__in=1";
  for (int i = 0; i < 50; ++i) list += ",1";
  expect_refused(list, "50 values");
  expect_refused("page=0", "from 1 to 100000");
  expect_refused("page_size=101", "from 1 to 100");
  expect_refused("page=1&page=2", "twice");
}
TEST(filters, that_cannot_be_are_refused_when_they_are_allowed) {
  EXPECT_THROW((void)tupelo::filters<Member>().allow("age", col<&Member::age>, {contains}), query_error);
  EXPECT_THROW((void)tupelo::filters<Member>().allow("name", col<&Member::name>, {is_null}), query_error);
  EXPECT_THROW((void)tupelo::filters<Member>().allow("active", col<&Member::active>, {lt}), query_error);
  EXPECT_THROW((void)tupelo::filters<Member>().allow("a__b", col<&Member::age>), query_error);
  EXPECT_THROW((void)tupelo::filters<Member>().allow("sort", col<&Member::age>), query_error);
  EXPECT_THROW((void)tupelo::filters<Member>().allow("a", col<&Member::age>).allow("a", col<&Member::age>),
               query_error);
}

}  // namespace tupelo::filter_samples
