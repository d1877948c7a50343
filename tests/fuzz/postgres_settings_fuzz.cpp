// SPDX-License-Identifier: Apache-2.0
// Any URL and any keywords are settings or a configuration_error, and what settings show of themselves is a URL with
// the same public parts.
#include <tupelo/driver/postgres/postgres_settings.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using tupelo::driver::url;
using tupelo::driver::postgres::postgres_host;
using tupelo::driver::postgres::postgres_settings;

const char* no_variable(const char*) { return nullptr; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  postgres_settings read;
  try {
    read = postgres_settings::parse(url::parse(text), {&no_variable, "runner"});
  } catch (const tupelo::configuration_error&) {
    return 0;
  }
  if (read.hosts.empty() || read.user.empty()) std::abort();
  const postgres_settings shown = postgres_settings::parse(url::parse(read.redacted()), {&no_variable, "runner"});
  const auto same_place = [](const postgres_host& a, const postgres_host& b) {
    return (a.name.empty() ? a.address : a.name) == (b.name.empty() ? b.address : b.name) && a.port == b.port &&
           (b.password.empty() || b.password == "***");
  };
  if (shown.user != read.user || shown.database != read.database || shown.tls < read.tls ||
      !std::equal(read.hosts.begin(), read.hosts.end(), shown.hosts.begin(), shown.hosts.end(), same_place))
    std::abort();
  return 0;
}
