// SPDX-License-Identifier: Apache-2.0
#include "password_file.hpp"

#include <cstddef>
#include <fstream>
#include <iterator>
#include <optional>
#include <sys/stat.h>

namespace tupelo::driver::postgres {

namespace {

/// What follows a field that fits, behind its colon; none where the field is another.
std::optional<std::string_view> behind_field(std::string_view line, std::string_view wanted) noexcept {
  if (line.starts_with("*:")) return line.substr(2);
  while (!line.empty()) {
    char c = line.front();
    line.remove_prefix(1);
    if (c == ':') return wanted.empty() ? std::optional(line) : std::nullopt;
    if (c == '\\' && !line.empty()) {
      c = line.front();
      line.remove_prefix(1);
    }
    if (wanted.empty() || wanted.front() != c) return std::nullopt;
    wanted.remove_prefix(1);
  }
  return std::nullopt;
}

/// The last field; what follows a colon behind it is nobody's.
std::string password_at(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size() && text[i] != ':'; ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

}  // namespace

std::string exposure_of(const std::string& path, bool group_of_root) {
  struct stat state{};
  if (stat(path.c_str(), &state) != 0) return {};
  if (!S_ISREG(state.st_mode)) return path + " is no plain file";
  const bool group_may_read = group_of_root && state.st_uid == 0;
  if ((state.st_mode & (group_may_read ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO)) != 0)
    return path + " can be read by others than its owner; make it private: chmod 0600";
  return {};
}

std::string password_in(std::string_view file, std::string_view host, std::string_view port, std::string_view database,
                        std::string_view user) {
  while (!file.empty()) {
    const std::size_t end = file.find('\n');
    std::string_view line = file.substr(0, end);
    file = end == std::string_view::npos ? std::string_view() : file.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    std::optional<std::string_view> rest = line;
    for (const std::string_view wanted : {host, port, database, user}) {
      rest = behind_field(*rest, wanted);
      if (!rest) break;
    }
    if (rest) return password_at(*rest);
  }
  return {};
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace tupelo::driver::postgres
