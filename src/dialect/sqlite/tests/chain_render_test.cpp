// SPDX-License-Identifier: Apache-2.0
// Chains of conditions and terms, and how deep the expressions are that they make.
#include "tupelo/dialect/sqlite/sqlite_dialect.hpp"
#include "tupelo/query/functions.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/model/model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace tupelo {
namespace {

struct Bead {
  std::int64_t id{};
  int n{};
  std::string name;
};

constexpr auto n = col<&Bead::n>;
constexpr auto bead_name = col<&Bead::name>;

std::string text_of(query_core core) {
  core.finish();
  return sqlite::dialect_instance().render(core.shape.data(), core.shape.size).text;
}
/// What stands behind WHERE.
template <class Query>
std::string where(const Query& query) {
  const std::string text = text_of(query.core());
  return text.substr(text.find(" WHERE ") + 7);
}
/// The longest run of these between two parentheses, which is how deep they are on one level.
std::size_t longest_run(const std::string& sql, const std::string& sign) {
  std::size_t longest = 0;
  std::vector<std::size_t> runs{0};
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '(') runs.push_back(0);
    if (sql[i] == ')') runs.pop_back();
    if (sql.compare(i, sign.size(), sign) == 0) longest = std::max(longest, ++runs.back());
  }
  return longest;
}
template <class Join>
auto alternatives(int count, Join join) {
  auto all = n == 0;
  for (int i = 1; i < count; ++i) all = join(static_cast<decltype(all)&&>(all), n == i);
  return all;
}
constexpr auto any_of = [](auto&& a, const auto& b) { return static_cast<decltype(a)>(a) || b; };
constexpr auto put_before = [](auto&& a, const auto& b) { return b || a; };

TEST(render_chains, of_a_usual_length_have_no_parentheses) {
  EXPECT_EQ(where(query<Bead>().where(alternatives(3, any_of))), R"(("n" = ?1 OR "n" = ?2 OR "n" = ?3))");
  const std::string long_one = where(query<Bead>().where(alternatives(250, any_of)));
  EXPECT_EQ(std::count(long_one.begin(), long_one.end(), '('), 1);
}
TEST(render_chains, keep_what_is_said_in_parentheses) {
  EXPECT_EQ(where(query<Bead>().where((n == 1 || n == 2) && n != 3 && !(n == 4 || n == 5))),
            R"(("n" = ?1 OR "n" = ?2) AND "n" <> ?3 AND NOT ("n" = ?4 OR "n" = ?5))");
  EXPECT_EQ(where(query<Bead>().where(n == 1 || (n == 2 && (n == 3 && n == 4)))),
            R"(("n" = ?1 OR "n" = ?2 AND "n" = ?3 AND "n" = ?4))");
  EXPECT_EQ(where(query<Bead>().where((n + 1) + (n + 2) == 3)), R"((("n" + ?1) + ("n" + ?2)) = ?3)");
  EXPECT_EQ(where(query<Bead>().where(n + 1 + 2 - 3 + 4 == 3)), R"((((("n" + ?1) + ?2) - ?3) + ?4) = ?5)");
  EXPECT_EQ(where(query<Bead>().where(concat("a", concat(bead_name, "b"), "c") == "d")),
            R"((?1 || ("name" || ?2) || ?3) = ?4)");
}
TEST(render_chains, that_are_long_are_groups) {
  for (const std::string& sql : {where(query<Bead>().where(alternatives(20'000, any_of))),
                                 where(query<Bead>().where(alternatives(2'000, put_before)))}) {
    EXPECT_LT(longest_run(sql, " OR "), 40U);
    EXPECT_EQ(sql.find("?1)"), std::string::npos) << "no term has parentheses of its own";
  }
}
TEST(render_chains, keep_the_order_of_their_terms) {
  const std::string sql = where(query<Bead>().where(alternatives(1'000, any_of)));
  std::size_t at = 0;
  for (int i = 1; i <= 1'000; ++i) {
    at = sql.find("\"n\" = ?" + std::to_string(i), at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}
TEST(render_chains, of_clauses_are_groups_where_they_are_many) {
  auto few = query<Bead>(), many = query<Bead>();
  for (int i = 0; i < 250; ++i) few.where(n != i);
  for (int i = 0; i < 20'000; ++i) many.where(n != i);
  EXPECT_EQ(where(few).find('('), std::string::npos);
  EXPECT_LT(longest_run(where(many), " AND "), 40U);
}
TEST(render_chains, of_sums_and_texts_are_groups_where_they_are_long) {
  auto sum = n + 0;
  auto text = concat(bead_name, "");
  for (int i = 0; i < 10'000; ++i) sum = static_cast<decltype(sum)&&>(sum) + i;
  for (int i = 0; i < 10'000; ++i) text = concat(text, "x");
  const std::string sql = text_of(query<Bead>().select<std::int64_t>(sum).core());
  std::size_t depth = 0, deepest = 0;
  for (const char c : sql) {
    depth += c == '(' ? 1 : 0;
    deepest = std::max(deepest, depth);
    depth -= c == ')' ? 1 : 0;
  }
  EXPECT_LT(deepest, 20U);
  EXPECT_LT(longest_run(text_of(query<Bead>().select<std::string>(text).core()), " || "), 251U);
}

}  // namespace
}  // namespace tupelo
