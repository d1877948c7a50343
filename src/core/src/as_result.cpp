// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/as_result.hpp>

#include <cassert>

namespace tupelo {

failure::failure(std::exception_ptr exception) noexcept
    : exception_(std::move(exception)), message_("unknown exception") {
  // The only portable way to look inside; the pointers stay good because exception_ptr shares the object.
  try {
    std::rethrow_exception(exception_);
  } catch (const error& caught) {
    error_ = &caught;
    message_ = caught.what();
  } catch (const std::exception& caught) {
    message_ = caught.what();
  } catch (...) {
    return;
  }
}

void failure::rethrow() const {
  assert(exception_ && "rethrow of no failure");
  std::rethrow_exception(exception_);
}

void throw_exception_from_error(const failure& failed, const boost::source_location&) { failed.rethrow(); }

}  // namespace tupelo
