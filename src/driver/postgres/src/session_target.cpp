// SPDX-License-Identifier: Apache-2.0
#include "session_target.hpp"

namespace tupelo::driver::postgres {

void session_target::reports(const parameter_status& parameter) noexcept {
  if (parameter.name == "in_hot_standby") standby_ = parameter.value == "on";
  if (parameter.name == "default_transaction_read_only") read_only_ = parameter.value == "on";
}

std::optional<bool> session_target::fits(target_session wanted) const noexcept {
  switch (wanted) {
    case target_session::any: return true;
    case target_session::primary:
      if (!standby_) return std::nullopt;
      return !*standby_;
    case target_session::standby:
    case target_session::prefer_standby: return standby_;
    case target_session::read_write:
    case target_session::read_only: break;
  }
  if (!standby_ || !read_only_) return std::nullopt;
  const bool writes = !*standby_ && !*read_only_;
  return writes == (wanted == target_session::read_write);
}

void session_target::failed(const error_fields& statement) noexcept {
  const bool writes = wanted_ == target_session::read_write || wanted_ == target_session::primary;
  refuses_writes_ |= writes && statement.sqlstate == "25006";
}

}  // namespace tupelo::driver::postgres
