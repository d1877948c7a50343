// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/sqlite/sqlite_dialect.hpp"

#include <tupelo/core/decimal.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/model/model.hpp>
#include <tupelo/query/select_query.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace tupelo::sqlite {
namespace {

struct Shop {
  std::int64_t id{};
  std::string name;
};
struct Sale {
  std::int64_t id{};
  std::int64_t shop_id{};
  timestamp sold_at{};
  decimal price;
  int pieces{};
};

std::string text(query_core core) {
  core.finish();
  return dialect_instance().render(core.shape.data(), core.shape.size).text;
}
/// The SQL after "SELECT … FROM <table> ".
template <class Query>
std::string tail(const Query& query) {
  const std::string sql = text(query.core());
  const std::string from = "FROM \"sales\" ";
  return sql.substr(sql.find(from) + from.size());
}
/// The SQL between "SELECT " and " FROM".
template <class T, class... Models>
std::string rendered(const scalar<T, Models...>& e) {
  const std::string sql = text(query<Sale>().template select<T>(e).core());
  return sql.substr(7, sql.find(" FROM") - 7);
}

TEST(query_render, parts_of_a_moment_are_integers) {
  EXPECT_EQ(rendered(year(col<&Sale::sold_at>)), "CAST(strftime('%Y', \"sold_at\") AS INTEGER)");
  EXPECT_EQ(rendered(month(col<&Sale::sold_at>)), "CAST(strftime('%m', \"sold_at\") AS INTEGER)");
  EXPECT_EQ(rendered(day(col<&Sale::sold_at>)), "CAST(strftime('%d', \"sold_at\") AS INTEGER)");
}

TEST(query_render, groups_and_order_may_be_expressions) {
  const auto of_month = month(col<&Sale::sold_at>);
  EXPECT_EQ(tail(query<Sale>().group_by(col<&Sale::shop_id>, of_month).order_by(of_month)),
            "GROUP BY \"shop_id\", CAST(strftime('%m', \"sold_at\") AS INTEGER) "
            "ORDER BY CAST(strftime('%m', \"sold_at\") AS INTEGER)");
}

TEST(query_render, a_subquery_is_a_value) {
  const auto average = subquery(query<Sale>().select<double>(avg(col<&Sale::price>)));
  EXPECT_EQ(tail(query<Sale>().where(col<&Sale::price> > average)),
            "WHERE \"sales\".\"price\" > (SELECT avg(\"sales\".\"price\") FROM \"sales\")");
}

TEST(query_render, a_correlated_subquery_names_columns_of_the_query_around_it) {
  const auto sales = query<Sale>().correlate<Shop>().where(col<&Sale::shop_id> == col<&Shop::id>);
  EXPECT_EQ(text(query<Shop>().where(!exists(sales)).select<std::string>(col<&Shop::name>).core()),
            "SELECT \"shops\".\"name\" FROM \"shops\" WHERE NOT (EXISTS (SELECT \"sales\".\"id\", \"sales\".\"shop_id\", "
            "\"sales\".\"sold_at\", \"sales\".\"price\", \"sales\".\"pieces\" FROM \"sales\" "
            "WHERE \"sales\".\"shop_id\" = \"shops\".\"id\"))");
}

TEST(query_render, expressions_compare_with_expressions_and_columns) {
  EXPECT_EQ(tail(query<Sale>().group_by(col<&Sale::shop_id>).having(max(col<&Sale::pieces>) > min(col<&Sale::pieces>) * 2)),
            "GROUP BY \"shop_id\" HAVING max(\"pieces\") > (min(\"pieces\") * ?1)");
  EXPECT_EQ(tail(query<Sale>().where(col<&Sale::pieces> * 2 > col<&Sale::shop_id>)), "WHERE (\"pieces\" * ?1) > \"shop_id\"");
}

TEST(query_render, a_number_may_stand_before_a_column) {
  EXPECT_EQ(rendered(100 - col<&Sale::pieces>), "(?1 - \"pieces\")");
}

TEST(query_render, aggregates_take_expressions) {
  EXPECT_EQ(rendered(avg(col<&Sale::price> * col<&Sale::pieces>)), "avg((\"price\" * \"pieces\"))");
  EXPECT_EQ(rendered(max(col<&Sale::pieces> - 1)), "max((\"pieces\" - ?1))");
}

}  // namespace
}  // namespace tupelo::sqlite
