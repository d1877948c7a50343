// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend_messages.hpp"

#include <tupelo/driver/postgres/postgres_settings.hpp>

#include <cstdint>
#include <optional>

namespace tupelo::driver::postgres {

/// What a server reports of a session that `target_session_attrs` asks about, and which of that is wanted.
class session_target {
public:
  /// Other parameters are passed over.
  void reports(const parameter_status& parameter) noexcept;
  /// None where the server has to be asked, because it is older than 14 or a pooler. prefer_standby asks for a standby
  /// here: the caller takes another where none is.
  std::optional<bool> fits(target_session wanted) const noexcept;

  void want(target_session wanted) noexcept { wanted_ = wanted; }
  void failed(const error_fields& statement) noexcept;
  /// Whether it is known to be something else than what is wanted: after a standby was promoted, or a primary that kept
  /// its sessions takes no writes any more.
  bool is_missed() const noexcept { return refuses_writes_ || fits(wanted_) == false; }

private:
  target_session wanted_ = target_session::any;
  std::optional<bool> standby_;
  std::optional<bool> read_only_;
  bool refuses_writes_ = false;
};

}  // namespace tupelo::driver::postgres
