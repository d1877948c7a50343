// SPDX-License-Identifier: Apache-2.0
#include "migration_folder.hpp"

#include "text_file.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>
#include <cstddef>

namespace tupelo::cli {
namespace fs = std::filesystem;
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

void skip_space(std::string_view& text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
}

/// Whether a `//` stands before this place on its line.
bool commented_out(std::string_view source, std::size_t at) {
  const std::size_t begin = at == 0 ? 0 : source.rfind('\n', at - 1) + 1;  // npos + 1 is 0
  return source.substr(begin, at - begin).find("//") != std::string_view::npos;
}

}  // namespace

std::string revision_in(std::string_view source) {
  constexpr std::string_view macro = "TUPELO_MIGRATION";
  for (std::size_t at = source.find(macro); at != std::string_view::npos; at = source.find(macro, at + 1)) {
    if (commented_out(source, at)) continue;
    std::string_view rest = source.substr(at + macro.size());
    skip_space(rest);
    if (!rest.starts_with('(')) continue;
    rest.remove_prefix(1);
    skip_space(rest);
    if (!rest.starts_with('"')) continue;
    rest.remove_prefix(1);
    const std::size_t end = rest.find('"');
    if (end != std::string_view::npos) return std::string(rest.substr(0, end));
  }
  return {};
}

std::string revision_in_name(const fs::path& file) {
  const std::string name = file.filename().string();
  return file.extension() == ".sql" ? name.substr(0, std::min(name.rfind(".up."), name.size())) : std::string();
}

std::vector<migration_file> migration_files(const fs::path& folder) {
  std::vector<migration_file> files;
  std::error_code failure;
  if (!fs::is_directory(folder, failure)) return files;
  fs::directory_iterator entries(folder, failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    const fs::path& path = entries->path();
    if (path.extension() == ".sql" && path.filename().string().find(".up.") != std::string::npos) {
      files.push_back({path, revision_in_name(path)});
    }
    if (path.extension() != ".cpp") continue;
    if (std::string revision = revision_in(read_text(path)); !revision.empty()) {
      files.push_back({path, std::move(revision)});
    }
  }
  if (failure) {
    throw configuration_error(errc::invalid_configuration, "cannot list " + folder.string() + ": " + failure.message());
  }
  std::sort(files.begin(), files.end(),
            [](const migration_file& a, const migration_file& b) { return a.path < b.path; });
  return files;
}

std::vector<migration_file> not_compiled_in(const fs::path& folder, const history& linked) {
  std::vector<migration_file> files = migration_files(folder);
  std::erase_if(files, [&](const migration_file& file) { return linked.find(file.revision) != nullptr; });
  return files;
}

}  // namespace tupelo::cli
