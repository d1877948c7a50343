// SPDX-License-Identifier: Apache-2.0
#include "missing_right.hpp"

#include "tupelo/dialect/postgres/ddl.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace tupelo::postgres {
namespace {

constexpr std::string_view role = "<the role that migrates>";

/// What the message calls an object: "table users", "materialized view ages".
struct named_object {
  std::string kind, name;
};

/// Kinds of several words; all others have one.
constexpr std::string_view long_kinds[] = {"materialized view", "foreign table",        "foreign server",
                                           "event trigger",     "foreign-data wrapper", "large object"};

/// Behind these words of the message, up to what Tupelo has put behind it.
std::optional<named_object> object_behind(std::string_view message, std::string_view words) {
  const std::size_t at = message.find(words);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = message.substr(at + words.size());
  rest = rest.substr(0, std::min({rest.find(';'), rest.find('\n'), rest.find(" ("), rest.find(" [")}));
  std::size_t end = rest.find(' ');
  for (std::string_view kind : long_kinds) {
    if (rest.starts_with(kind) && rest.substr(kind.size()).starts_with(' ')) end = kind.size();
  }
  if (end == std::string_view::npos) return std::nullopt;
  return named_object{std::string(rest.substr(0, end)), std::string(rest.substr(end + 1))};
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return char(std::toupper(c)); });
  return out;
}

/// What a statement needs of a table that it may not change.
std::string right_on_table(std::string_view statement) {
  const std::string text = upper(statement);
  const std::string first = text.substr(0, text.find_first_of(" \n\t("));
  for (std::string_view right : {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"}) {
    if (first == right) return std::string(right);
  }
  if (text.find("CREATE TRIGGER") != std::string::npos) return "TRIGGER";
  if (text.find("REFERENCES") != std::string::npos) return "REFERENCES";
  return "SELECT";
}

/// As GRANT and ALTER spell a kind.
std::string keywords(const std::string& kind) {
  return kind == "foreign-data wrapper" ? "FOREIGN DATA WRAPPER" : upper(kind);
}

/// What GRANT takes for a table.
bool is_granted_as_table(const std::string& kind) {
  return kind == "table" || kind == "view" || kind == "relation" || kind == "materialized view" ||
         kind == "foreign table";
}

std::string right_on(const named_object& object, std::string_view statement) {
  if (object.kind == "schema") return "USAGE, CREATE";
  if (object.kind == "database" || object.kind == "tablespace") return "CREATE";
  if (object.kind == "function" || object.kind == "procedure") return "EXECUTE";
  if (is_granted_as_table(object.kind)) return right_on_table(statement);
  return "USAGE";  // sequences, types, languages, foreign servers
}

/// As a statement has to spell it; the server's message has it bare.
std::string spelled(const std::string& name) {
  const bool plain = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  return plain || name.starts_with('"') ? name : quote_identifier(name);
}

}  // namespace

std::string missing_right(std::string_view message, std::string_view statement) {
  if (const auto owned = object_behind(message, "must be owner of ")) {
    const std::string kind = owned->kind == "relation" ? "table" : owned->kind;
    return "the role has to own the " + kind + " " + owned->name +
           ": migrate as its owner, or let its owner say ALTER " +
           (kind == "foreign server" ? "SERVER" : keywords(kind)) + " " + spelled(owned->name) + " OWNER TO " +
           std::string(role);
  }
  if (const auto made = object_behind(message, "permission denied to create ")) {
    return "only a role with more rights may create the " + made->kind + " " + made->name +
           ": let it do so, and make it with IF NOT EXISTS in the migration";
  }
  if (const auto denied = object_behind(message, "permission denied for ")) {
    const std::string right = right_on(*denied, statement);
    const std::string kind = is_granted_as_table(denied->kind) ? "TABLE" : keywords(denied->kind);
    return "the role lacks " + right + " on the " + denied->kind + " " + denied->name + ": GRANT " + right + " ON " +
           kind + " " + spelled(denied->name) + " TO " + std::string(role);
  }
  return "the role lacks a right that the statement needs: grant it, or migrate as the owner of what is changed";
}

}  // namespace tupelo::postgres
