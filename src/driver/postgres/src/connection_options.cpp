// SPDX-License-Identifier: Apache-2.0
#include "connection_options.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iterator>
#include <numeric>
#include <system_error>

namespace tupelo::driver::postgres {

namespace {

struct known_option {
  std::string_view name;
  const char* variable = nullptr;  ///< of the environment
};

constexpr known_option known_options[] = {
    {"host", "PGHOST"},
    {"hostaddr", "PGHOSTADDR"},
    {"port", "PGPORT"},
    {"dbname", "PGDATABASE"},
    {"user", "PGUSER"},
    {"password", "PGPASSWORD"},
    {"passfile", "PGPASSFILE"},
    {"connect_timeout", "PGCONNECT_TIMEOUT"},
    {"client_encoding", "PGCLIENTENCODING"},
    {"options", "PGOPTIONS"},
    {"application_name", "PGAPPNAME"},
    {"fallback_application_name"},
    {"keepalives"},
    {"keepalives_idle"},
    {"keepalives_interval"},
    {"keepalives_count"},
    {"tcp_user_timeout"},
    {"sslmode", "PGSSLMODE"},
    {"ssl"},  // `ssl=true`, which libpq takes for sslmode=require
    {"sslnegotiation", "PGSSLNEGOTIATION"},
    {"sslcert", "PGSSLCERT"},
    {"sslkey", "PGSSLKEY"},
    {"sslpassword"},
    {"sslrootcert", "PGSSLROOTCERT"},
    {"sslcrl", "PGSSLCRL"},
    {"sslcrldir", "PGSSLCRLDIR"},
    {"sslsni", "PGSSLSNI"},
    {"ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"},
    {"ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"},
    {"channel_binding", "PGCHANNELBINDING"},
    {"require_auth", "PGREQUIREAUTH"},
    {"target_session_attrs", "PGTARGETSESSIONATTRS"},
    {"load_balance_hosts", "PGLOADBALANCEHOSTS"},
    {"statement_timeout"},
    {"lock_timeout"},
    {"idle_in_transaction_session_timeout"},
    {"cancel_timeout"},
    {"circuit_failures"},
    {"circuit_pause"},
    {"prepare"},
    {"pooler"},
    {"inline"},
    {"allow_cleartext_password"},
};

/// Options of libpq that are not supported. A value that asks for nothing is taken.
struct unsupported_option {
  std::string_view name;
  std::string_view harmless = {};  ///< values, separated by spaces
  std::string_view remedy = {};
  const char* variable = nullptr;
};

constexpr unsupported_option unsupported_options[] = {
    {"service", {}, "write its settings into the URL", "PGSERVICE"},
    {"servicefile", {}, "write its settings into the URL", "PGSERVICEFILE"},
    {"requirepeer", {}, "use TLS with sslmode=verify-full where the server must prove who it is", "PGREQUIREPEER"},
    {"gssencmode", "disable prefer", "use TLS", "PGGSSENCMODE"},
    {"krbsrvname", {}, "use scram-sha-256 or a client certificate", "PGKRBSRVNAME"},
    {"gsslib", {}, "use scram-sha-256 or a client certificate", "PGGSSLIB"},
    {"gssdelegation", "0", "use scram-sha-256 or a client certificate", "PGGSSDELEGATION"},
    {"sslcompression", "0", "TLS is never compressed: that gives secrets away", "PGSSLCOMPRESSION"},
    {"sslcertmode", "allow", "leave sslcert out where no client certificate is to be sent", "PGSSLCERTMODE"},
    {"sslkeylogfile", {}, "it would write the keys of all connections to a file"},
    {"requiressl", "0", "use sslmode=require"},
    {"replication", "false off no 0", "replication connections are not for statements"},
    {"min_protocol_version", "3.0", "version 3.0 is spoken", "PGMINPROTOCOLVERSION"},
    {"max_protocol_version", "3.0 3.2 latest", "version 3.0 is spoken", "PGMAXPROTOCOLVERSION"},
    {"scram_client_key", {}, "give the password"},
    {"scram_server_key", {}, "give the password"},
};

[[noreturn]] void refuse_options(std::string message) {
  throw configuration_error(errc::invalid_configuration, "PostgreSQL: " + message);
}

bool is_one_of(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t space = words.find(' ');
    if (words.substr(0, space) == word) return true;
    words = space == std::string_view::npos ? std::string_view() : words.substr(space + 1);
  }
  return false;
}

/// How many characters have to be changed, added or removed.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

const known_option* known(std::string_view name) noexcept {
  for (const known_option& option : known_options) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

void check_supported(const unsupported_option& option, std::string_view value, const std::string& source) {
  if (value.empty() || is_one_of(option.harmless, value)) return;
  refuse_options(source + " is not supported; " + std::string(option.remedy));
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out;
  for (const char c : text) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

void connection_options::give(std::string_view name, std::string_view value) {
  const auto* const unsupported = std::find_if(std::begin(unsupported_options), std::end(unsupported_options),
                                               [&](const auto& option) { return option.name == name; });
  if (unsupported != std::end(unsupported_options)) {
    check_supported(*unsupported, value, "option " + std::string(name));
  } else if (known(name) == nullptr) {
    refuse_unknown(name);
  }
  if (value.find('\0') != std::string_view::npos) refuse(name, "text without a NUL character");
  if (given(name)) refuse_options("option " + std::string(name) + " is given twice; leave one");
  options_.push_back({std::string(name), std::string(value), nullptr});
}

void connection_options::refuse_unknown(std::string_view name) const {
  std::vector<std::string_view> names;
  for (const known_option& known : known_options) names.push_back(known.name);
  names.insert(names.end(), others_.begin(), others_.end());
  const std::string wanted = lower(name.substr(0, 64));
  std::string_view nearest;
  std::size_t best = std::max<std::size_t>(3, wanted.size() / 2);
  for (const std::string_view known : names) {
    const std::size_t far = distance(wanted, known);
    if (far < best) {
      best = far;
      nearest = known;
    }
  }
  std::string message = "unknown option " + std::string(name.substr(0, 64));
  if (!nearest.empty()) refuse_options(message + "; did you mean " + std::string(nearest) + "?");
  message += "; known options are: ";
  for (const std::string_view known : names) {
    if (known.data() != names.front().data()) message += ", ";
    message += known;
  }
  refuse_options(message);
}

bool connection_options::given(std::string_view name) const noexcept {
  const option* found = stored(name);
  return found != nullptr && found->variable == nullptr;
}

const connection_options::option* connection_options::stored(std::string_view name) const noexcept {
  for (const option& o : options_) {
    if (o.name == name) return &o;
  }
  return nullptr;
}

const std::string* connection_options::find(std::string_view name) {
  const option* found = stored(name);
  if (found == nullptr) {
    const char* variable_name = known(name)->variable;
    std::string value = variable_name != nullptr ? variable(variable_name) : std::string();
    found = &options_.emplace_back(
        option{std::string(name), std::move(value), variable_name != nullptr ? variable_name : ""});
  }
  return found->value.empty() ? nullptr : &found->value;
}

std::string connection_options::text(std::string_view name) {
  const std::string* value = find(name);
  return value != nullptr ? *value : std::string();
}

std::vector<std::string> connection_options::list(std::string_view name) {
  std::vector<std::string> out;
  const std::string* value = find(name);
  if (value == nullptr) return out;
  std::string_view rest = *value;
  for (;;) {
    const std::size_t comma = rest.find(',');
    out.emplace_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) return out;
    rest.remove_prefix(comma + 1);
  }
}

bool connection_options::boolean(std::string_view name, bool preset) {
  const std::string* value = find(name);
  if (value == nullptr) return preset;
  const std::string lowered = lower(*value);
  if (is_one_of("on true yes 1", lowered)) return true;
  if (is_one_of("off false no 0", lowered)) return false;
  refuse(name, "on or off");
}

std::int64_t connection_options::integer(std::string_view name, std::int64_t preset, std::int64_t least,
                                         std::int64_t most) {
  const std::string* value = find(name);
  if (value == nullptr) return preset;
  std::int64_t number = 0;
  const char* end = value->data() + value->size();
  const auto [at, failure] = std::from_chars(value->data(), end, number);
  if (failure != std::errc() || at != end || number < least || number > most) {
    refuse(name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

std::int64_t connection_options::duration_us(std::string_view name, std::int64_t preset_us) {
  struct unit {
    std::string_view name;
    std::int64_t us;
  };
  constexpr unit units[] = {
      {"", 1000},
      {"us", 1},
      {"ms", 1000},
      {"s", 1'000'000},
      {"min", 60'000'000},
      {"h", 3'600'000'000},
      {"d", 86'400'000'000},
  };
  constexpr std::int64_t most_us = std::int64_t{INT32_MAX} * 1000;  // what the server takes
  const std::string* value = find(name);
  if (value == nullptr) return preset_us;
  std::int64_t number = 0;
  const char* end = value->data() + value->size();
  const auto [at, failure] = std::from_chars(value->data(), end, number);
  const std::string_view rest(at, static_cast<std::size_t>(end - at));
  if (failure == std::errc() && number >= 0) {
    for (const unit& u : units) {
      if (u.name == rest && number <= most_us / u.us) return number * u.us;
    }
  }
  refuse(name, "a time in milliseconds or with a unit, as in 500, 500ms, 5s, 2min, of 24 days at most; 0 is none");
}

std::size_t connection_options::word(std::string_view name, std::initializer_list<std::string_view> words,
                                     std::size_t preset) {
  const std::string* value = find(name);
  if (value == nullptr) return preset;
  const std::string lowered = lower(*value);
  std::string takes = "one of:";
  std::size_t place = 0;
  for (const std::string_view w : words) {
    if (lower(w) == lowered) return place;
    takes += " " + std::string(w);
    ++place;
  }
  refuse(name, takes);
}

std::string connection_options::variable(const char* name) const {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): read while settings are made; who writes the environment then is at fault
  const char* value = environment_.variable != nullptr ? environment_.variable(name) : std::getenv(name);
  return value != nullptr ? value : "";
}

void connection_options::check_environment() const {
  for (const unsupported_option& option : unsupported_options) {
    if (option.variable == nullptr || given(option.name)) continue;
    check_supported(option, variable(option.variable), std::string("environment variable ") + option.variable);
  }
}

std::string connection_options::source_of(std::string_view name) const {
  const option* found = stored(name);
  if (found != nullptr && found->variable != nullptr && *found->variable != '\0')
    return std::string("environment variable ") + found->variable;
  return "option " + std::string(name);
}

void connection_options::refuse(std::string_view name, const std::string& takes) const {
  refuse_options(source_of(name) + " takes " + takes);
}

}  // namespace tupelo::driver::postgres
