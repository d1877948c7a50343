// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <exception>
#include <stdexcept>

namespace tupelo::test_support {

/// The exception of type Error that the work throws, for a look at what it says.
template <class Error = error, class Work>
Error failure_of(Work&& work) {
  try {
    work();
  } catch (const Error& e) {
    return e;
  } catch (const std::exception& e) {
    ADD_FAILURE() << "another failure: " << e.what();
    throw;
  }
  ADD_FAILURE() << "no failure";
  throw std::logic_error("no failure");
}

}  // namespace tupelo::test_support
