// SPDX-License-Identifier: Apache-2.0
#include "object_record.hpp"

#include <gtest/gtest.h>

namespace tupelo {
namespace {

TEST(object_digests, leave_out_what_comes_and_goes_with_other_programs) {
  const object_digests found = digests_of({{"view", "seen", "", "SELECT 1"},
                                           {"schema", "billing", "", "3 tables"},
                                           {"extension of another schema", "billing.seg", "", "1.4"},
                                           {"partition", "early", "parts", ""},
                                           {"trigger", "noted", "early", "CREATE TRIGGER"}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found.contains("view seen"));
}

}  // namespace
}  // namespace tupelo
