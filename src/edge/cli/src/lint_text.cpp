// SPDX-License-Identifier: Apache-2.0
#include "lint_text.hpp"

#include "migration_folder.hpp"
#include "text_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tupelo::cli {
namespace {

ink ink_of(const lint_finding& found) {
  if (found.is_allowed() || found.rule->kind == hazard::design) return ink::dim;
  return found.rule->kind == hazard::destructive ? ink::red : ink::yellow;
}

std::string_view level_of(const lint_finding& found) {
  if (found.rule->kind == hazard::design) return "notice";
  return found.rule->kind == hazard::destructive ? "error" : "warning";
}

std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%') {
      out += "%25";
    } else if (c == '\r') {
      out += "%0D";
    } else if (c == '\n') {
      out += "%0A";
    } else if (property && c == ':') {
      out += "%3A";
    } else if (property && c == ',') {
      out += "%2C";
    } else {
      out += c;
    }
  }
  return out;
}

std::size_t line_at(std::string_view text, std::size_t at) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(at, text.size()));
  return 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
}

}  // namespace

finding_places::finding_places(const project& in) {
  for (const migration_file& file : migration_files(in.migrations)) {
    source read{in.shown(file.path), read_text(file.path)};
    if (file.path.extension() == ".sql") in_sql_.emplace(file.path.filename().string(), read);
    by_revision_.try_emplace(file.revision, std::move(read));
  }
}

const finding_places::source* finding_places::find(const lint_finding& found) const {
  // A migration in SQL may have a file for each database.
  if (const auto file = in_sql_.find(found.file.substr(found.file.rfind('/') + 1)); file != in_sql_.end()) {
    return &file->second;
  }
  const auto known = by_revision_.find(found.revision);
  return known == by_revision_.end() ? nullptr : &known->second;
}

finding_places::place finding_places::of(const lint_finding& found) const {
  const source* known = find(found);
  if (known == nullptr) return {found.file, 1};
  return {known->shown, line_of(known->text, found)};
}

finding_places::place finding_places::of_registration(std::string_view revision) const {
  const auto known = by_revision_.find(revision);
  if (known == by_revision_.end()) return {{}, 0};
  const std::size_t at = known->second.text.find("TUPELO_MIGRATION");
  return {known->second.shown, line_at(known->second.text, at == std::string::npos ? 0 : at)};
}

std::vector<allowed_rule> permissions_of(std::vector<lint_finding>& found) {
  static constexpr std::string_view code = "several-tables";
  const auto is_it = [](const lint_finding& one) { return one.rule->code == code; };
  const bool slow = std::any_of(found.begin(), found.end(), [&](const lint_finding& one) {
    return one.rule->kind == hazard::blocking && !is_it(one);
  });
  if (slow || std::erase_if(found, is_it) == 0) return {};
  return {{std::string(code), "none of these changes looks at rows; locks that are not had in time are given back"}};
}

std::size_t line_of(std::string_view source, const lint_finding& found) {
  constexpr std::size_t nowhere = std::string_view::npos;
  constexpr std::string_view of_sql = "execute ";
  if (found.what.starts_with(of_sql)) {
    // A file of SQL has the statement as it stands.
    const std::string_view statement = std::string_view(found.what).substr(of_sql.size());
    const std::size_t written = source.find(statement.substr(0, statement.rfind(" …")));
    if (written != nowhere) return line_at(source, written);
  }
  const std::size_t registered = std::min(source.find("TUPELO_MIGRATION"), source.size());
  const std::size_t up = source.find("void up(", registered);
  if (up == nowhere) return line_at(source, registered == source.size() ? 0 : registered);
  const std::string name = found.subject.substr(found.subject.rfind('.') + 1);
  const std::size_t quoted = name.empty() ? nowhere : source.find('"' + name + '"', up);
  if (quoted != nowhere) return line_at(source, quoted);
  const std::size_t sql = source.find("db.execute(", up);
  const std::size_t in_sql = name.empty() || sql == nowhere ? nowhere : source.find(name, sql);
  if (in_sql != nowhere) return line_at(source, in_sql);
  return line_at(source, name.empty() && sql != nowhere ? sql : up);
}

finding_counts count(const std::vector<lint_finding>& found) {
  finding_counts counts;
  for (const lint_finding& one : found) {
    if (one.is_allowed()) {
      ++counts.allowed;
    } else if (one.is_problem()) {
      ++counts.problems;
    } else {
      ++counts.notes;
    }
  }
  return counts;
}

nlohmann::ordered_json json_of(const std::vector<lint_finding>& found, const finding_places& places) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const lint_finding& one : found) {
    const finding_places::place at = places.of(one);
    nlohmann::ordered_json said{
        {"revision", one.revision},          {"file", at.file},        {"line", at.line},  {"code", one.rule->code},
        {"hazard", name_of(one.rule->kind)}, {"subject", one.subject}, {"what", one.what}, {"why", one.rule->why},
        {"instead", one.rule->instead},      {"allowed", nullptr}};
    if (one.is_allowed()) said["allowed"] = one.allowed;
    list.push_back(std::move(said));
  }
  return list;
}

void print_findings(console& out, const std::vector<lint_finding>& found, const finding_places& places) {
  std::string revision;
  for (const lint_finding& one : found) {
    const finding_places::place at = places.of(one);
    if (one.revision != revision) out.line(out.painted(ink::bold, at.file));
    revision = one.revision;
    const std::string kind = one.is_allowed() ? "allowed" : std::string(name_of(one.rule->kind));
    out.line("  " + out.painted(ink_of(one), kind) + "  " + one.what + "  " +
             out.painted(ink::dim, std::string(one.rule->code) + ", line " + std::to_string(at.line)));
    if (one.is_allowed()) {
      out.line("      " + one.allowed);
      continue;
    }
    out.line("      " + std::string(one.rule->why));
    out.line("      → " + std::string(one.rule->instead));
  }
}

std::string annotation(std::string_view level, std::string_view file, std::size_t line, std::string_view title,
                       std::string_view message) {
  std::string out = "::" + std::string(level) + " ";
  if (!file.empty()) out += "file=" + escaped(file, true) + ",line=" + std::to_string(line) + ",";
  return out + "title=" + escaped(title, true) + "::" + escaped(message, false);
}

void print_annotations(console& out, const std::vector<lint_finding>& found, const finding_places& places) {
  for (const lint_finding& one : found) {
    if (one.is_allowed()) continue;
    const finding_places::place at = places.of(one);
    const std::string message = one.what + "\n" + std::string(one.rule->why) + "\n" + std::string(one.rule->instead);
    out.line(annotation(level_of(one), at.file, at.line, one.rule->code, message));
  }
}

std::string finding_text(const lint_finding& found) {
  return found.what + " (" + std::string(found.rule->code) + "): " + std::string(found.rule->why) + " " +
         std::string(found.rule->instead);
}

}  // namespace tupelo::cli
