// SPDX-License-Identifier: Apache-2.0
// What is written compiles, and asks for the schema that it is said to ask for.
#include "samples.hpp"

#include <tupelo/tupelo.hpp>
#include <tupelo/schema/diff.hpp>
#include <tupelo/schema/models.hpp>
#include <tupelo/query/raw_term.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tupelo {
using compiled_sample = schema_definition (*)();
}

#include "samples.inc"

namespace tupelo {
namespace {

TEST(written_models, ask_for_the_schema_that_they_were_written_from) {
  ASSERT_EQ(compiled_samples.size(), written_samples().size());
  for (std::size_t i = 0; i < compiled_samples.size(); ++i) {
    SCOPED_TRACE("sample_" + std::to_string(i));
    const model_source source = written_samples()[i].models();
    const schema_definition asked = with_names(compiled_samples[i]());
    EXPECT_EQ(asked.enums, source.schema.enums);
    for (const schema_operation& left : diff(source.schema, asked)) ADD_FAILURE() << left.describe();
    EXPECT_EQ(asked, source.schema);
  }
}

}  // namespace
}  // namespace tupelo
