// SPDX-License-Identifier: Apache-2.0
#include <tupelo/driver/sqlite/sqlite_settings.hpp>
#include <tupelo/core/error.hpp>

#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace tupelo::driver {

namespace {

constexpr std::string_view forms =
    "sqlite:///relative.db, sqlite:////absolute.db, sqlite::memory: or sqlite:file:path.db";

[[noreturn]] void fail(errc code, std::string message) { throw configuration_error(code, "SQLite URL: " + message); }

struct option_rule {
  enum class type : std::uint8_t { boolean, integer, word };

  std::string_view name;
  type takes;
  std::string_view words;  ///< of a word: what it may be, separated by spaces
  std::int64_t least = 0;  ///< of an integer
  std::int64_t most = 0;
  std::string_view preset{};  ///< what is set where the URL is silent; empty: nothing
};

using type = option_rule::type;

/// What is no pragma, or no plain one. `journal_mode` has rules of its own for memory and read-only databases.
constexpr option_rule open_options[] = {
    {"mode", type::word, "rwc rw ro memory"},
    {"immutable", type::boolean, {}},
    {"inline", type::boolean, {}},
    {"busy_timeout", type::integer, {}, 0, 86'400'000},
    {"journal_mode", type::word, "wal delete truncate persist memory off"},
};

/// In the order in which they are set: page_size and auto_vacuum count only before the first page of a file is written.
constexpr option_rule pragma_options[] = {
    {"page_size", type::integer, {}, 512, 65'536},
    {"auto_vacuum", type::word, "none full incremental"},
    {"locking_mode", type::word, "normal exclusive"},
    {"trusted_schema", type::boolean, {}, 0, 0, "0"},
    {"cell_size_check", type::boolean, {}, 0, 0, "1"},
    {"foreign_keys", type::boolean, {}, 0, 0, "1"},
    {"synchronous", type::word, "off normal full extra", 0, 0, "normal"},
    {"cache_size", type::integer, {}, -2'147'483'647, 2'147'483'647},
    {"max_page_count", type::integer, {}, 1, 4'294'967'294},
    {"mmap_size", type::integer, {}, 0, 2'147'418'112},
    {"temp_store", type::word, "default file memory"},
    {"wal_autocheckpoint", type::integer, {}, 0, 2'147'483'647},
    {"journal_size_limit", type::integer, {}, -1, INT64_MAX},
    {"secure_delete", type::word, "off on fast"},
    {"recursive_triggers", type::boolean, {}},
    {"automatic_index", type::boolean, {}},
    {"case_sensitive_like", type::boolean, {}, 0, 0, "1"},  // as in the other databases
    {"query_only", type::boolean, {}},
    {"analysis_limit", type::integer, {}, 0, 2'147'483'647},
    {"threads", type::integer, {}, 0, 8},
};

std::string lower(std::string_view text) {
  std::string out;
  for (const char c : text) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

[[noreturn]] void refuse_setting(const option_rule& rule) {
  std::string expected;
  switch (rule.takes) {
    case type::boolean: expected = "on or off"; break;
    case type::integer:
      expected = "a whole number from " + std::to_string(rule.least) + " to " + std::to_string(rule.most);
      break;
    case type::word: expected = "one of: " + std::string(rule.words); break;
  }
  fail(errc::invalid_configuration, "option " + std::string(rule.name) + " takes " + expected);
}

bool parse_boolean(const option_rule& rule, std::string_view text) {
  const std::string word = lower(text);
  if (word == "on" || word == "true" || word == "yes" || word == "1") return true;
  if (word == "off" || word == "false" || word == "no" || word == "0") return false;
  refuse_setting(rule);
}

std::int64_t parse_integer(const option_rule& rule, std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || value < rule.least || value > rule.most) {
    refuse_setting(rule);
  }
  return value;
}

std::string parse_word(const option_rule& rule, std::string_view text) {
  const std::string word = lower(text);
  std::string_view rest = rule.words;
  while (!rest.empty()) {
    const std::size_t space = rest.find(' ');
    if (rest.substr(0, space) == word) return word;
    rest = space == std::string_view::npos ? std::string_view() : rest.substr(space + 1);
  }
  refuse_setting(rule);
}

/// The value as it is written into a PRAGMA statement: nothing that was not checked gets there.
std::string checked(const option_rule& rule, std::string_view text) {
  switch (rule.takes) {
    case type::boolean: return parse_boolean(rule, text) ? "1" : "0";
    case type::integer: return std::to_string(parse_integer(rule, text));
    case type::word: return parse_word(rule, text);
  }
  __builtin_unreachable();
}

std::optional<std::string> given(const url& from, const option_rule& rule) {
  const std::string* value = from.option(rule.name);
  if (value == nullptr) return std::nullopt;
  return checked(rule, *value);
}

void refuse_unknown_options(const url& from) {
  for (const url_option& option : from.options()) {
    bool known = false;
    std::string names;
    const auto look = [&](const option_rule& rule) {
      known = known || rule.name == option.key;
      if (!names.empty()) names += ", ";
      names += rule.name;
    };
    for (const option_rule& rule : open_options) look(rule);
    for (const option_rule& rule : pragma_options) look(rule);
    for (const std::string& other : from.keys_of_others()) names += ", " + other;
    if (!known) fail(errc::invalid_configuration, "unknown option " + option.key + "; known options are: " + names);
  }
}

/// The path of a `file:` URI, whose authority may only be this machine.
std::string path_of_uri(std::string_view rest) {
  if (!rest.starts_with("//")) return std::string(rest);
  rest.remove_prefix(2);
  const std::size_t slash = rest.find('/');
  const std::string_view host = rest.substr(0, slash);
  if (!host.empty() && host != "localhost") {
    fail(errc::invalid_url,
         "file://" + std::string(host) + " names another machine; write file:relative.db or file:///absolute.db");
  }
  return slash == std::string_view::npos ? std::string() : std::string(rest.substr(slash));
}

std::string path_of(const url& from) {
  const std::string& path = from.path();
  if (!from.has_authority()) {
    if (path == ":memory:") return path;
    if (path.starts_with("file:")) return path_of_uri(std::string_view(path).substr(5));
    fail(errc::invalid_url,
         "a path needs three slashes if it is relative and four if it is absolute: " + std::string(forms));
  }
  if (!from.hosts().empty() || !from.user().empty()) {
    fail(errc::invalid_url,
         "a file has no host or user: a relative path needs three slashes and an absolute one four: " +
             std::string(forms));
  }
  return path.empty() ? path : path.substr(1);
}

sqlite_mode mode_of(const std::string& word) {
  if (word == "rw") return sqlite_mode::read_write;
  if (word == "ro") return sqlite_mode::read_only;
  return word == "memory" ? sqlite_mode::memory : sqlite_mode::create;
}

constexpr const option_rule& open_option(std::string_view name) {
  for (const option_rule& rule : open_options) {
    if (rule.name == name) return rule;
  }
  __builtin_unreachable();
}

}  // namespace

sqlite_settings sqlite_settings::parse(const url& from) {
  if (from.scheme() != "sqlite") {
    fail(errc::unknown_driver, "the scheme is " + from.scheme() + " but must be sqlite: " + std::string(forms));
  }
  refuse_unknown_options(from);

  sqlite_settings settings;
  settings.path = path_of(from);
  if (const auto word = given(from, open_option("mode"))) settings.mode = mode_of(*word);
  settings.immutable = given(from, open_option("immutable")) == "1";
  settings.inline_execution = given(from, open_option("inline")) == "1";
  if (const auto milliseconds = given(from, open_option("busy_timeout"))) {
    settings.busy_timeout_us = std::stoll(*milliseconds) * 1000;
  }

  if (settings.path == ":memory:") {
    if (from.option("mode") != nullptr && !settings.in_memory()) {
      fail(errc::invalid_configuration, "option mode must be memory for :memory:, which starts empty; leave it out");
    }
    settings.mode = sqlite_mode::memory;
  }
  if (settings.in_memory()) {
    settings.path.clear();
  } else if (settings.path.empty()) {
    fail(errc::invalid_url, "it names no file; expected one of: " + std::string(forms));
  }
  if (settings.immutable && settings.mode != sqlite_mode::read_only) {
    fail(errc::invalid_configuration,
         "option immutable needs mode=ro, because a file that is written is not immutable");
  }

  const bool writes_file = settings.mode == sqlite_mode::create || settings.mode == sqlite_mode::read_write;
  if (const auto word = given(from, open_option("journal_mode"))) {
    if (!writes_file) {
      fail(errc::invalid_configuration, "option journal_mode needs a file that is written; leave it out for " +
                                            std::string(settings.in_memory() ? ":memory:" : "mode=ro"));
    }
    settings.journal_mode = *word;
    settings.journal_mode_asked = true;
  } else if (writes_file) {
    settings.journal_mode = "wal";
  }
  for (const option_rule& rule : pragma_options) {
    auto value = given(from, rule);
    if (!value && !rule.preset.empty()) value = rule.preset;
    if (value) settings.pragmas.push_back("PRAGMA " + std::string(rule.name) + " = " + *value);
  }
  return settings;
}

}  // namespace tupelo::driver
