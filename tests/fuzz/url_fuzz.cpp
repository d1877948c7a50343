// SPDX-License-Identifier: Apache-2.0
// Any text is a URL (or keywords, which are one) or a configuration_error, and what a URL shows of itself is a URL with
// the same public parts.
#include <tupelo/driver/url.hpp>
#include <tupelo/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  tupelo::driver::url parsed;
  try {
    parsed = tupelo::driver::url::parse(text);
  } catch (const tupelo::configuration_error&) {
    return 0;
  }
  const auto shown = tupelo::driver::url::parse(parsed.redacted());
  const bool same = shown.scheme() == parsed.scheme() && shown.user() == parsed.user() &&
                    shown.hosts() == parsed.hosts() && shown.path() == parsed.path() &&
                    shown.has_authority() == parsed.has_authority() &&
                    shown.options().size() == parsed.options().size();
  if (!same || (!parsed.password().empty() && shown.password() != "***")) std::abort();
  return 0;
}
