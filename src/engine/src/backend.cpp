// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/backend.hpp"

#include "tupelo/core/error.hpp"

#include <string>
#include <vector>

namespace tupelo {

task<std::unique_ptr<driver::notification_source>> connector::listen(std::vector<std::string>) {
  throw query_error(errc::unsupported_feature, "this database has no notifications");
}

namespace {

std::vector<backend>& backends() {
  static std::vector<backend> list;
  return list;
}

}  // namespace

void register_backend(const backend& added) noexcept {
  for (const backend& known : backends()) {
    if (known.scheme == added.scheme) return;
  }
  backends().push_back(added);
}

const backend& find_backend(const driver::url& url) {
  std::string known;
  for (const backend& candidate : backends()) {
    if (candidate.scheme == url.scheme()) return candidate;
    known += (known.empty() ? "" : ", ") + std::string(candidate.scheme);
  }
  std::string_view component;
  if (url.scheme() == "sqlite") component = "tupelo::sqlite";
  if (url.scheme() == "postgresql" || url.scheme() == "postgres") component = "tupelo::postgres";
  throw configuration_error(errc::unknown_driver,
                            "no database component for the URL scheme \"" + url.scheme() + "\" is linked" +
                                (component.empty() ? ", and Tupelo has none" : "; link " + std::string(component)) +
                                (known.empty() ? std::string(" (none is linked)") : " (linked: " + known + ")"));
}

}  // namespace tupelo
