// SPDX-License-Identifier: Apache-2.0
// A plan says what type the custom values of a query have, so that drivers can send more than their texts.
#include "query_models.hpp"

#include "tupelo/query/array_elements.hpp"
#include "tupelo/query/functions.hpp"
#include "tupelo/query/raw_query.hpp"
#include "tupelo/query/raw_term.hpp"
#include "tupelo/query/write_query.hpp"
#include "tupelo/model/bits.hpp"
#include "tupelo/model/native.hpp"
#include "tupelo/model/range.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace tupelo::postgres {
namespace {

using numbers = range<std::int32_t>;

struct Hall {
  std::int64_t id{};
  numbers seats{};
  std::optional<numbers> boxes{};
  std::vector<numbers> rows{};
  bits doors{};
  native<"macaddr"> lock{};
};

/// The only custom parameter's.
template <class Query>
const type_ops* type_in(const Query& query) {
  const statement_plan plan = plan_of(query.core());
  const type_ops* found = nullptr;
  int count = 0;
  for (const bind_step& step : plan.binds) {
    if (step.k != kind::custom && step.element != kind::custom) continue;
    found = step.slot.type;
    ++count;
  }
  EXPECT_EQ(count, 1) << plan.text;
  return found;
}
template <class T>
bool is(const type_ops* type) {
  return type != nullptr && type->form == detail::ops_of<T>.form;
}
const type_ops* type_where(const condition<Hall>& where) { return type_in(query<Hall>().where(where)); }

TEST(postgres_formed_values, have_the_type_of_the_column_that_they_are_compared_with) {
  EXPECT_TRUE(is<numbers>(type_where(col<&Hall::seats> == numbers(1, 5))));
  EXPECT_TRUE(is<numbers>(type_where(col<&Hall::boxes> != numbers(1, 5))));
  EXPECT_TRUE(is<numbers>(type_where(col<&Hall::seats>.in(numbers(1, 5), numbers()))));
  EXPECT_TRUE(is<numbers>(type_where(col<&Hall::rows> == std::vector<numbers>{{1, 5}})));
  EXPECT_TRUE(is<bits>(type_where(col<&Hall::doors> == bits(3))));
}
TEST(postgres_formed_values, have_their_own_type_beside_operators_and_calls) {
  EXPECT_TRUE(is<numbers>(type_where(col<&Hall::seats>.contains(3))));
  EXPECT_TRUE(is<numbers>(type_where(col<&Hall::seats>.overlaps(numbers(1, 5)))));
  EXPECT_TRUE(is<numbers>(type_where(col<&Hall::rows>.contains(numbers(1, 5)))));
  EXPECT_TRUE(is<bits>(type_where(raw<bool>("bit_count(?) > 3", bits(3)))));
}
TEST(postgres_formed_values, have_their_own_type_where_they_are_assigned) {
  EXPECT_TRUE(is<numbers>(
      type_in(update_query<Hall>(nullptr).set(col<&Hall::seats>, numbers(1, 5)).where(col<&Hall::id> == 1))));
}
TEST(postgres_formed_values, have_their_own_type_in_raw_sql) {
  EXPECT_TRUE(is<bits>(type_in(raw_query<int>(nullptr, "SELECT bit_count(?)", bits(3)))));
  EXPECT_TRUE(is<numbers>(type_in(raw_query<bool>(nullptr, "SELECT ? && '[1,5)'", std::optional(numbers(1, 5))))));
}
TEST(postgres_formed_values, of_different_types_are_different_statements) {
  const auto shape = [](const auto& query) {
    const query_core core = query.core();
    return std::vector<std::uint64_t>(core.shape.data(), core.shape.data() + core.shape.size);
  };
  constexpr const char* text = "SELECT ?::text";
  EXPECT_NE(shape(raw_query<std::string>(nullptr, text, bits(3))),
            shape(raw_query<std::string>(nullptr, text, numbers(1, 5))));
  EXPECT_EQ(shape(raw_query<std::string>(nullptr, text, bits(3))),
            shape(raw_query<std::string>(nullptr, text, bits(4))));
}
TEST(postgres_formed_values, are_none_where_a_type_is_its_text) {
  EXPECT_EQ(type_in(raw_query<bool>(nullptr, "SELECT ? IS NULL", native<"macaddr">{"08:00:2b:01:02:03"})), nullptr);
}

}  // namespace
}  // namespace tupelo::postgres
