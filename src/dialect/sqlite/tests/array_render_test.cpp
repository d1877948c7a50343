// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/sqlite/sqlite_dialect.hpp"
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
