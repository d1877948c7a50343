// SPDX-License-Identifier: Apache-2.0
#include "schema_text.hpp"

#include <tupelo/schema/generator.hpp>
#include <tupelo/schema/live_diff.hpp>
#include <tupelo/core/timestamp.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>

namespace tupelo::cli {

std::string time_text(std::int64_t us) { return us == 0 ? "" : timestamp::from_micros(us).to_string().substr(0, 19); }

std::string joined(const std::vector<std::string>& names, std::string_view by) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : std::string(by)) + name;
  return out;
}

nlohmann::ordered_json json_of_lock(const migrate::status_report& report) {
  if (!report.locked) return nullptr;
  return {{"owner", report.lock.owner}, {"since", time_text(report.lock.acquired_us)}, {"gone", report.lock.gone}};
}

nlohmann::ordered_json json_of_halves(const migrate::status_report& report) {
  nlohmann::ordered_json halves = nlohmann::ordered_json::array();
  for (const migrate::half_done& half : report.halves) {
    halves.push_back({{"revision", half.revision},
                      {"direction", half.way == migrate::direction::up ? "up" : "down"},
                      {"done", half.done},
                      {"steps", half.count},
                      {"next", half.next},
                      {"next_was_begun", half.begun},
                      {"since", time_text(half.since_us)}});
  }
  return halves;
}

void print_obstacles(console& to, const migrate::status_report& report) {
  for (const migrate::half_done& half : report.halves) {
    to.line("half-way  " + to.painted(ink::red, half.revision + ": " + half.describe()));
    to.line(std::string("          `db ") + (half.way == migrate::direction::up ? "upgrade" : "downgrade") +
            "` goes on there");
  }
  if (!report.locked) return;
  to.line("lock      " + to.painted(ink::red, "held by " + report.lock.owner + " since " +
                                                  time_text(report.lock.acquired_us) + " UTC"));
  to.line(report.lock.gone ? "          that process is gone: run it again with --take-over-lock"
                           : "          wait until it is done, or, when that process is gone, use --take-over-lock");
}

nlohmann::ordered_json json_of(const std::vector<schema_operation>& operations) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const schema_operation& operation : operations) {
    list.push_back(
        {{"table", operation.table()}, {"change", operation.describe()}, {"code", operation_source(operation)}});
  }
  return list;
}

std::vector<schema_object> beside_models(const schema_definition& live) {
  std::vector<schema_object> all = numbered_columns(live);
  all.insert(all.end(), live.others.begin(), live.others.end());
  return all;
}

nlohmann::ordered_json json_of(const std::vector<schema_object>& others) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const schema_object& other : others) {
    list.push_back(
        {{"kind", other.kind}, {"name", other.name}, {"table", other.table}, {"definition", other.definition}});
  }
  return list;
}

nlohmann::ordered_json json_of(const std::vector<migrate::changed_object>& objects) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const migrate::changed_object& one : objects) {
    list.push_back({{"object", one.object}, {"change", migrate::name_of(one.what)}});
  }
  return list;
}

void print_others(console& to, const std::vector<schema_object>& others) {
  constexpr std::size_t most = 12;
  std::string names;
  for (std::size_t i = 0; i < others.size() && i < most; ++i) names += (i == 0 ? "" : ", ") + others[i].describe();
  if (others.size() > most) names += " and " + std::to_string(others.size() - most) + " more (--json lists them)";
  if (!names.empty()) to.line("beside    what models have no words for: " + names);
}

}  // namespace tupelo::cli
