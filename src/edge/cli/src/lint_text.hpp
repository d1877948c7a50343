// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console.hpp"
#include "project.hpp"

#include <tupelo/schema/lint.hpp>
#include <tupelo/schema/migration_record.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::cli {

/// Where in the project's files the findings are.
class finding_places {
public:
  explicit finding_places(const project& in);

  struct place {
    std::string file;  ///< as it is shown: relative to the project
    std::size_t line = 1;
  };
  /// The line of `up` that names the thing; the registration where none does.
  place of(const lint_finding& found) const;
  /// Where the revision is registered; no file where none registers it.
  place of_registration(std::string_view revision) const;

private:
  struct source {
    std::string shown;
    std::string text;
  };
  const source* find(const lint_finding& found) const;

  std::map<std::string, source, std::less<>> by_revision_;  ///< of a migration in SQL: the first of its files
  std::map<std::string, source, std::less<>> in_sql_;       ///< by the name of the file
};

struct finding_counts {
  std::size_t problems = 0, notes = 0, allowed = 0;
};
finding_counts count(const std::vector<lint_finding>& found);

/// What a file that is being written may say to rules that only whoever reads it can judge otherwise: that it changes
/// several tables, where nothing else in it holds anybody up. Takes those findings away.
std::vector<allowed_rule> permissions_of(std::vector<lint_finding>& found);

/// "users.age" is named by its last part.
std::size_t line_of(std::string_view source, const lint_finding& found);

nlohmann::ordered_json json_of(const std::vector<lint_finding>& found, const finding_places& places);
/// One block for each file.
void print_findings(console& out, const std::vector<lint_finding>& found, const finding_places& places);
/// Workflow commands, which GitHub shows beside the lines. Source:
/// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
void print_annotations(console& out, const std::vector<lint_finding>& found, const finding_places& places);
std::string annotation(std::string_view level, std::string_view file, std::size_t line, std::string_view title,
                       std::string_view message);
/// "drop column users.age (drop-column): why; instead"
std::string finding_text(const lint_finding& found);

}  // namespace tupelo::cli
