// SPDX-License-Identifier: Apache-2.0
#include <tupelo/driver/postgres/postgres_settings.hpp>

namespace tupelo::driver::postgres {

std::string postgres_host::shown() const {
  if (is_socket()) return socket_path();
  const std::string& where = name.empty() ? address : name;
  const bool brackets = where.find(':') != std::string::npos;
  return (brackets ? "[" + where + "]" : where) + ":" + std::to_string(port);
}

}  // namespace tupelo::driver::postgres
