// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/driver/connection.hpp>
#include <tupelo/driver/host_statistics.hpp>
#include <tupelo/driver/notification_source.hpp>
#include <tupelo/driver/postgres/postgres_settings.hpp>
#include <tupelo/core/task.hpp>

#include <memory>
#include <string>
#include <vector>

namespace tupelo::driver::postgres {

/// The server, or the several hosts, that settings name; opens connections to it.
///
/// Threads: any.
class postgres_server {
public:
  /// Errors: configuration_error for certificates and keys that cannot be used.
  explicit postgres_server(postgres_settings settings);
  ~postgres_server();
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  const postgres_settings& settings() const noexcept;

  /// A connection to the first host that answers and fits `target_session_attrs`. One that has failed several times in
  /// a row is left alone for a while, unless there is no other.
  ///
  /// Errors: connection_error: of the only host, or one that tells of each; authentication_failed ends the search;
  /// timed_out, cancelled by the awaiting task.
  task<std::unique_ptr<connection>> connect(bool inline_execution) const;
  /// A connection that hears these channels. Errors: as connect; query_error (unsupported_feature) where the settings
  /// are for a pooler that would keep notifications to itself.
  task<std::unique_ptr<notification_source>> listen(std::vector<std::string> channels) const;

  /// What was seen of the hosts, in the order of the settings.
  std::vector<host_statistics> hosts() const;

private:
  struct state;
  std::unique_ptr<const state> state_;
};

}  // namespace tupelo::driver::postgres
