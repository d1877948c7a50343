// SPDX-License-Identifier: Apache-2.0
#include "random_schema.hpp"

#include "tupelo/schema/diff.hpp"
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace tupelo {
namespace {

/// Order of columns is no difference.
schema_definition comparable(schema_definition schema) {
  for (table_definition& table : schema.tables) {
    std::sort(table.columns.begin(), table.columns.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  }
  return schema;
}

class random_pairs : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(random_pairs, the_difference_leads_from_one_to_the_other_and_its_inverse_back) {
  for (std::uint32_t i = 0; i < 50; ++i) {
    std::uint32_t seed = GetParam() * 1000 + i;
    sample::random_schema random(seed);
    schema_definition from = random.make();
    schema_definition to = random.make();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::vector<schema_operation> operations;
    schema_definition state = from;
    try {
      operations = diff(from, to);
      apply_all(operations, state);
      ASSERT_EQ(comparable(state), comparable(to));
      ASSERT_TRUE(diff(state, to).empty());
      apply_all(inverse_of(operations), state);
    } catch (const migration_error& e) {
      std::string done;
      for (const auto& operation : operations) done += "\n  " + operation.describe();
      FAIL() << e.what() << done;
    }
    ASSERT_EQ(comparable(state), comparable(from));
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, random_pairs, ::testing::Range(0U, 20U));

}  // namespace
}  // namespace tupelo
