// SPDX-License-Identifier: Apache-2.0
// Filters from outside, as the database answers them.
#include "people.hpp"

#include <tupelo/query/filters.hpp>

#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

using enum filter_by;

class filters_from_outside : public people_test {
protected:
  std::vector<std::string> found(std::string_view query_string) {
    static const auto allowed =
        filters<Person>()
            .allow("age", col<&Person::age>, {eq, ne, lt, lte, gt, gte, in, not_in, is_null})
            .allow("name", col<&Person::name>, {eq, contains, icontains, starts_with, ends_with})
            .allow("role", col<&Person::role>, {eq, in, not_in})
            .allow("city", col<&Person::address, &Address::city>)
            .allow("active", col<&Person::active>)
            .sort("name", col<&Person::name>)
            .sort("height", col<&Person::height>);
    const auto asked = allowed.read(query_string);
    const auto page = sync_wait(db.query<Person>().apply(asked).page(asked.page(), asked.page_size()));
    std::vector<std::string> names;
    for (const Person& person : page.items) names.push_back(person.name);
    return names;
  }
};
TUPELO_CONFORMANCE_SUITE(filters_from_outside);

using names = std::vector<std::string>;

TEST_P(filters_from_outside, narrow_sort_and_page) {
  EXPECT_EQ(found("age__gte=20&sort=-name"), (names{"dan", "bob", "ada"}));
  EXPECT_EQ(found("sort=-height&page=2&page_size=3"), (names{"cyd"}));
  EXPECT_EQ(found("role__in=member,guest&sort=name"), (names{"bob", "cyd", "dan"}));
  EXPECT_EQ(found("city=London&active=true"), (names{"ada"}));
  EXPECT_EQ(found("age__is_null=true"), (names{"cyd"}));
  EXPECT_EQ(found("age__in=20,36&age__lt=36"), (names{"bob"}));
  EXPECT_EQ(found("role__not_in=member,guest"), (names{"ada"}));
  EXPECT_EQ(found("age__not_in=20,21&sort=name"), (names{"ada", "dan"})) << "no age is none that is not among them";
  EXPECT_EQ(found("name__icontains=AD"), (names{"ada"}));
  EXPECT_EQ(found("name__starts_with=d"), (names{"dan"}));
}
TEST_P(filters_from_outside, take_wildcards_for_letters) {
  EXPECT_EQ(found("name__contains=%25"), names{});
  EXPECT_EQ(found("name__contains=_"), names{});
}
TEST_P(filters_from_outside, are_values_and_never_sql) {
  EXPECT_EQ(found("name=x'%20OR%20'1'='1"), names{});
  EXPECT_EQ(found("sort=name").size(), 4U);
}

}  // namespace
}  // namespace tupelo::conformance
