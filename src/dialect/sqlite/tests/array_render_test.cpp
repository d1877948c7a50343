// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/sqlite/sqlite_dialect.hpp"
#include "tupelo/query/array_elements.hpp"
#include "tupelo/query/functions.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/model/model.hpp"
#include "tupelo/model/range.hpp"
#include "tupelo/core/error.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tupelo {
namespace {

struct Shelf {
  std::int64_t id{};
  std::vector<std::string> tags;
  std::vector<std::string> names;
  std::vector<double> weights;
  std::string value;
  range<std::int32_t> rows;
};

template <class Condition>
std::string where(const Condition& condition) {
  query_core core = select_query<Shelf, Shelf>(nullptr).where(condition).core();
  core.finish();
  const std::string text = sqlite::dialect_instance().render(core.shape.data(), core.shape.size).text;
  return text.substr(text.find(" WHERE ") + 7);
}

TEST(sqlite_arrays_in_queries, are_compared_as_their_text) {
  EXPECT_EQ(where(col<&Shelf::tags> == std::vector<std::string>{"a"}), R"("tags" = ?1)");
}
TEST(sqlite_arrays_in_queries, are_taken_apart_to_be_searched) {
  EXPECT_EQ(where(col<&Shelf::tags>.contains("a")),
            R"(iif("tags" IS NULL, NULL, NOT EXISTS (SELECT value FROM json_each(?1) )"
            R"(EXCEPT SELECT value FROM json_each("tags"))))");
  EXPECT_EQ(where(col<&Shelf::tags>.overlaps({"a"})),
            R"(iif("tags" IS NULL, NULL, EXISTS (SELECT 1 FROM json_each("tags") )"
            R"(WHERE value IN (SELECT value FROM json_each(?1)))))");
  EXPECT_EQ(where(col<&Shelf::tags>.length() > 2), R"(json_array_length("tags") > ?1)");
}
TEST(sqlite_arrays_in_queries, are_not_changed_where_they_are) {
  try {
    where(appended(col<&Shelf::tags>, "a") == std::vector<std::string>{"a"});
    FAIL();
  } catch (const query_error& e) {
    EXPECT_EQ(e.code(), errc::unsupported_feature);
    EXPECT_EQ(std::string(e.what()).find("SQLite keeps arrays as JSON"), 0u) << e.what();
  }
}
TEST(sqlite_arrays_in_queries, have_elements_that_compare_as_in_sql) {
  EXPECT_EQ(where(any_of(col<&Shelf::tags>) == "a"),
            R"(iif("tags" IS NULL, NULL, (SELECT CASE WHEN max(value = ?1) THEN 1 WHEN count(value = ?1) < count(*) )"
            R"(THEN NULL ELSE 0 END FROM json_each("tags"))))");
}
TEST(sqlite_arrays_in_queries, keep_columns_that_are_named_as_those_of_json_each) {
  EXPECT_EQ(where(index_of(col<&Shelf::tags>, col<&Shelf::value>) == 0),
            R"((SELECT min(key) FROM json_each("tags"), (SELECT "value" AS sought) WHERE value = sought) = ?1)");
}
TEST(sqlite_arrays_in_queries, have_elements_at_an_index) {
  EXPECT_EQ(where(element(col<&Shelf::tags>, 0) == "a"),
            R"((SELECT value FROM json_each("tags") WHERE key = ?1) = ?2)");
}
TEST(sqlite_arrays_in_queries, with_elements_that_json_spells_otherwise_are_not_compared) {
  try {
    where(any_of(col<&Shelf::weights>) == 1.5);
    FAIL();
  } catch (const query_error& e) {
    EXPECT_EQ(e.code(), errc::unsupported_feature);
    EXPECT_NE(std::string(e.what()).find("elements of the type "), std::string::npos) << e.what();
  }
}
TEST(sqlite_arrays_in_queries, are_not_put_together) {
  EXPECT_THROW(where(concatenated(col<&Shelf::tags>, col<&Shelf::names>) == std::vector<std::string>{}), query_error);
}
TEST(sqlite_ranges_in_queries, are_refused_by_name) {
  try {
    where(col<&Shelf::rows>.contains(3));
    FAIL();
  } catch (const query_error& e) {
    EXPECT_EQ(e.code(), errc::unsupported_feature);
    EXPECT_EQ(std::string(e.what()).find("SQLite has no range types"), 0u) << e.what();
  }
}

}  // namespace
}  // namespace tupelo
