// SPDX-License-Identifier: Apache-2.0
// docs/cli.md against the command line: verbs, options and exit codes.
#include "cli_project.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

namespace tupelo::cli {
namespace {

using words = std::vector<std::string>;

std::string guide() {
  // A compiler cache makes __FILE__ relative to the build folder, which this program is in.
  const auto here = std::filesystem::canonical("/proc/self/exe").parent_path() / __FILE__;
  std::ostringstream text;
  text << std::ifstream(here.parent_path() / "../../../../docs/cli.md").rdbuf();
  return text.str();
}

/// The rows of the table that begins with this heading, each as its cells.
std::vector<words> table(const std::string& heading) {
  const std::string text = guide();
  const std::size_t begin = text.find(heading);
  EXPECT_NE(begin, std::string::npos) << heading;
  if (begin == std::string::npos) return {};
  std::istringstream lines(text.substr(begin));
  std::vector<words> rows;
  std::string line;
  for (int number = 0; std::getline(lines, line) && line.starts_with('|'); ++number) {
    if (number < 2) continue;
    words cells;
    std::size_t at = 1;
    for (std::size_t end = line.find('|', at); end != std::string::npos; end = line.find('|', at)) {
      cells.push_back(line.substr(at, end - at));
      at = end + 1;
    }
    rows.push_back(cells);
  }
  return rows;
}

words found(const std::string& text, const char* pattern) {
  const std::regex wanted(pattern);
  words all;
  for (std::sregex_iterator it(text.begin(), text.end(), wanted), end; it != end; ++it) all.push_back((*it)[1]);
  return all;
}

/// The verbs of the guide with their long options, as it lists them.
std::map<std::string, words> documented() {
  std::map<std::string, words> verbs;
  for (const words& row : table("| verb | what it does |")) {
    const words names = found(row[0], "`([a-z]+)");
    words& options = verbs[names.at(0)];
    options = found(row[2], "(--[a-z-]+|-m`)");
    std::replace(options.begin(), options.end(), std::string("-m`"), std::string("--message"));
    if (row[2].find("as `upgrade`") != std::string::npos) {
      const words& upgrade = verbs.at("upgrade");
      const std::ptrdiff_t left_out = row[2].find("save the last four") == std::string::npos ? 0 : 4;
      options.insert(options.end(), upgrade.begin(), upgrade.end() - left_out);
    }
  }
  return verbs;
}

std::set<std::string> sorted(const words& all) { return {all.begin(), all.end()}; }

TEST(guide_of_the_command_line, has_every_verb) {
  cli_project folder;
  const std::string help = folder.db({"--help"}).out;
  const std::size_t list = help.find("Subcommands:");
  ASSERT_NE(list, std::string::npos) << help;
  words names;
  for (const auto& [verb, options] : documented()) names.push_back(verb);
  EXPECT_EQ(sorted(found(help.substr(list), "\n  ([a-z]+) ")), sorted(names));
}
TEST(guide_of_the_command_line, has_every_option) {
  cli_project folder;
  for (const auto& [verb, options] : documented()) {
    const std::string help = folder.db({verb, "--help"}).out;
    std::set<std::string> offered = sorted(found(help, "\n  (?:-[a-zA-Z],)?(--[a-z-]+)"));
    offered.erase("--help");
    offered.erase("--url");
    EXPECT_EQ(offered, sorted(options)) << verb;
  }
}
TEST(guide_of_the_command_line, has_every_exit_code) {
  std::set<std::string> codes;
  for (const words& row : table("| code | meaning |")) {
    for (const std::string& code : found(row[0], "([0-9]+)")) codes.insert(code);
  }
  std::set<std::string> known;
  for (const exit_code code : {exit_ok, exit_error, exit_usage, exit_differences, exit_interrupted}) {
    known.insert(std::to_string(code));
  }
  EXPECT_EQ(codes, known);
}

}  // namespace
}  // namespace tupelo::cli
