// SPDX-License-Identifier: Apache-2.0
#include "savepoint.hpp"

#include "shielded.hpp"

#include <exception>
#include <utility>

namespace tupelo::detail {

task<void> in_savepoint(lease& connection, task<void> work, afterwards then) {
  co_await connection.begin();
  std::exception_ptr failure;
  try {
    co_await std::move(work);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    co_await shielded(connection.rollback_after_failure());
    std::rethrow_exception(failure);
  }
  if (then == afterwards::kept) {
    co_await connection.commit();
  } else {
    co_await connection.rollback();
  }
}

}  // namespace tupelo::detail
