// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/file_copy.hpp"

#include "tupelo/schema/generator.hpp"
#include <tupelo/engine/lease.hpp>
#include <tupelo/dialect/dialect.hpp>
#include <tupelo/core/timestamp.hpp>

#include <filesystem>
#include <vector>

namespace tupelo::migrate {
namespace {

/// A function's own, because components register before main() in any order.
std::vector<file_copier>& copiers() {
  static std::vector<file_copier> all;
  return all;
}

/// Beside the file, at this second or the next one whose name is free.
std::string unused_name(const std::string& file) {
  constexpr std::int64_t second = 1'000'000;
  for (std::int64_t now = timestamp::now().us;; now += second) {
    std::string name = file + "." + make_revision(now, {}).substr(0, revision_time_length) + ".backup";
    std::error_code ignored;  // what cannot be looked at cannot be written either, which says more
    if (!std::filesystem::exists(name, ignored)) return name;
  }
}

}  // namespace

void register_file_copier(const file_copier& added) noexcept { copiers().push_back(added); }

task<std::string> copy_beside(lease& connection) {
  for (const file_copier& copier : copiers()) {
    if (copier.dialect != connection.sql_dialect().name()) continue;
    const std::string file = co_await copier.file_of(connection);
    if (file.empty()) break;
    std::string name = unused_name(file);
    copier.copy(file, name);
    co_return name;
  }
  co_return std::string();
}

}  // namespace tupelo::migrate
