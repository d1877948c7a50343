// SPDX-License-Identifier: Apache-2.0
#include "tupelo/driver/connection.hpp"

#include "tupelo/core/error.hpp"

namespace tupelo::driver {

std::exception_ptr make_not_run() noexcept {
  return std::make_exception_ptr(
      transaction_error(errc::not_run, "the statement was not run, because another one of its group failed; mend that "
                                       "one and run the group again"));
}

}  // namespace tupelo::driver
