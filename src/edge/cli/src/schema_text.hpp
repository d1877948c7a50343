// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console.hpp"

#include <tupelo/schema/migrator.hpp>
#include <tupelo/schema/object_drift.hpp>
#include <tupelo/query/schema_operation.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::cli {

/// "2026-11-21 09:30:00"; empty for a time that is none.
std::string time_text(std::int64_t us);
std::string joined(const std::vector<std::string>& names, std::string_view by = ", ");

/// Who holds the lock since when, and whether that process is gone; null where nobody does.
nlohmann::ordered_json json_of_lock(const migrate::status_report& report);
/// [{"revision": …, "direction": "up", "done": 1, "steps": 3, …}]
nlohmann::ordered_json json_of_halves(const migrate::status_report& report);
/// What stands in the way of the next run, and what to do: a migration that is half done, a lock.
void print_obstacles(console& to, const migrate::status_report& report);

/// What is there that models have no words for.
std::vector<schema_object> beside_models(const schema_definition& live);

/// [{"table": …, "change": …, "code": …}]
nlohmann::ordered_json json_of(const std::vector<schema_operation>& operations);
/// [{"kind": …, "name": …, "table": …, "definition": …}]
nlohmann::ordered_json json_of(const std::vector<schema_object>& others);
/// [{"object": …, "change": "added"}]
nlohmann::ordered_json json_of(const std::vector<migrate::changed_object>& objects);
/// One line that names what the database has beside its tables; nothing where it has nothing.
void print_others(console& to, const std::vector<schema_object>& others);

/// Said where objects beside the tables could not be compared.
inline constexpr std::string_view no_record_of_objects =
    "There is no record of what the database had beside its tables when its last migration was applied, so that was "
    "not "
    "compared; the next upgrade makes one, or `db stamp` with what is there now.";

}  // namespace tupelo::cli
