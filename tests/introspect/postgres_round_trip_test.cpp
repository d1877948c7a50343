// SPDX-License-Identifier: Apache-2.0
// Three hundred schemas: models that are written from each agree with it, and build it again.
#include "odd_schema.hpp"
#include "postgres/tests/raw_database.hpp"
#include "round_trip.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace tupelo::postgres {
namespace {

class models_of_postgres : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(models_of_postgres, agree_with_the_schema_they_were_written_from_and_build_it_again) {
  const char* const url = std::getenv("TUPELO_TEST_POSTGRES");
  if (url == nullptr) GTEST_SKIP() << "TUPELO_TEST_POSTGRES names no server";
  for (std::uint32_t i = 0; i < 15 && !HasFailure(); ++i) {
    const std::uint32_t seed = GetParam() * 1000 + i;
    SCOPED_TRACE("seed " + std::to_string(seed));
    raw_database database(url);
    raw_database empty(url);
    expect_round_trip(database, empty, odd_schema(seed, odd_database::postgres).make(), schema_rules());
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, models_of_postgres, ::testing::Range(0U, 20U));

}  // namespace
}  // namespace tupelo::postgres
