// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/driver/connection.hpp"
#include "tupelo/driver/host_statistics.hpp"
#include "tupelo/driver/notification_source.hpp"
#include "tupelo/driver/url.hpp"
#include "tupelo/dialect/dialect.hpp"
#include "tupelo/core/task.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// One database's settings, read from a URL once; opens its connections.
class connector {
public:
  virtual ~connector() = default;
  /// Before: the connector outlives the task. Errors: connection_error; timed_out, cancelled.
  virtual task<std::unique_ptr<driver::connection>> connect(bool runs_inline) = 0;
  /// A connection that hears these channels. Errors: as connect; query_error (unsupported_feature).
  virtual task<std::unique_ptr<driver::notification_source>> listen(std::vector<std::string> channels);
  /// What was seen of the hosts that connections are opened to; none where there is no server.
  virtual std::vector<driver::host_statistics> hosts() const { return {}; }
  /// Whether connecting waits for nothing: there is no server.
  virtual bool connects_at_once() const noexcept { return false; }
  /// 0: as many as the pool likes.
  virtual std::uint32_t max_connections() const noexcept = 0;
  /// Whether the URL asks for inline execution.
  virtual bool wants_inline() const noexcept = 0;
};

/// What a database component adds to a program: its dialect and its driver, by URL scheme.
struct backend {
  std::string_view scheme;
  const dialect& (*make_dialect)();
  /// Errors: configuration_error for options that the database does not know.
  std::unique_ptr<connector> (*make_connector)(const driver::url& url);
};

/// Called by each component before main().
void register_backend(const backend& added) noexcept;
/// Errors: configuration_error (unknown_driver) naming the schemes that are linked.
const backend& find_backend(const driver::url& url);

}  // namespace tupelo
