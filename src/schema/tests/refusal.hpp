// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/failure_of.hpp"

#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace tupelo::sample {

/// What the migration_error says with which the work is refused.
template <class Work>
std::string refusal(errc code, Work&& work) {
  const auto refused = test_support::failure_of<migration_error>(work);
  EXPECT_EQ(refused.code(), code) << refused.what();
  return refused.what();
}

}  // namespace tupelo::sample
