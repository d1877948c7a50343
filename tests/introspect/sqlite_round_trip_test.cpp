// SPDX-License-Identifier: Apache-2.0
// Two thousand schemas: models that are written from each agree with it, and build it again.
#include "odd_schema.hpp"
#include "round_trip.hpp"
#include "sqlite/tests/raw_database.hpp"

#include <cstdint>
#include <string>

namespace tupelo::sqlite {
namespace {

class models_of_sqlite : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(models_of_sqlite, agree_with_the_schema_they_were_written_from_and_build_it_again) {
  for (std::uint32_t i = 0; i < 100 && !HasFailure(); ++i) {
    const std::uint32_t seed = GetParam() * 1000 + i;
    SCOPED_TRACE("seed " + std::to_string(seed));
    raw_database database;
    raw_database empty;
    expect_round_trip(database, empty, odd_schema(seed, odd_database::sqlite).make(), schema_rules());
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, models_of_sqlite, ::testing::Range(0U, 20U));

}  // namespace
}  // namespace tupelo::sqlite
