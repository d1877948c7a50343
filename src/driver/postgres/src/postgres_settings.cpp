// SPDX-License-Identifier: Apache-2.0
#include "connection_options.hpp"
#include "password_file.hpp"

#include <tupelo/driver/postgres/postgres_settings.hpp>
#include <tupelo/core/error.hpp>

#include <arpa/inet.h>
#include <pwd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <system_error>
#include <utility>
#include <sys/stat.h>
#include <unistd.h>

namespace tupelo::driver::postgres {

namespace {

constexpr std::uint16_t default_port = 5432;
/// Where distributions have the server's socket, before where its sources have it.
constexpr const char* socket_directories[] = {"/var/run/postgresql", "/tmp"};

[[noreturn]] void fail(errc code, std::string message) { throw configuration_error(code, "PostgreSQL: " + message); }
[[noreturn]] void fail(std::string message) { fail(errc::invalid_configuration, std::move(message)); }

bool exists(const std::string& path) noexcept {
  struct stat state{};
  return stat(path.c_str(), &state) == 0;
}

std::string default_socket_directory() {
  for (const char* directory : socket_directories) {
    if (exists(directory)) return directory;
  }
  return socket_directories[0];
}

struct system_user {
  std::string name;
  std::string home;
};

system_user who_runs_this() {
  passwd entry{};
  passwd* found = nullptr;
  std::string texts(16 * 1024, '\0');
  if (getpwuid_r(geteuid(), &entry, texts.data(), texts.size(), &found) != 0 || found == nullptr) return {};
  return {found->pw_name, found->pw_dir};
}

std::string home_directory(const connection_options& options) {
  std::string home = options.variable("HOME");
  return home.empty() ? who_runs_this().home : home;
}

/// A value of a list that counts for all hosts or has one for each.
const std::string& one_of(const std::vector<std::string>& list, std::size_t host) noexcept {
  return list.size() == 1 ? list.front() : list[host];
}

class settings_reader {
public:
  settings_reader(connection_options& options, const postgres_environment& environment)
      : options_(options), environment_(environment) {}

  postgres_settings read() {
    options_.check_environment();
    read_user();
    read_hosts();
    read_passwords();
    read_session();
    read_authentication();
    read_tls();
    read_tcp();
    return std::move(settings_);
  }

private:
  void read_user() {
    settings_.user = options_.text("user");
    if (settings_.user.empty()) settings_.user = environment_.user;
    if (settings_.user.empty()) settings_.user = who_runs_this().name;
    if (settings_.user.empty())
      fail("no user is given, and the operating system has no name for who runs the program; give option user");
    settings_.database = options_.text("dbname");
    if (settings_.database.empty()) settings_.database = settings_.user;
  }

  void read_hosts() {
    const std::vector<std::string> names = options_.list("host");
    // The environment's address belongs to the environment's host.
    const std::vector<std::string> addresses =
        options_.given("hostaddr") || !options_.given("host") ? options_.list("hostaddr") : std::vector<std::string>();
    const std::vector<std::string> ports = options_.list("port");
    const std::size_t count = std::max({names.size(), addresses.size(), std::size_t{1}});
    if (!names.empty() && !addresses.empty() && names.size() != addresses.size()) {
      fail("there are " + std::to_string(names.size()) + " hosts but " + std::to_string(addresses.size()) +
           " addresses; give as many hostaddr as host, empty ones where the name is to be asked for");
    }
    if (ports.size() > 1 && ports.size() != count) {
      fail("there are " + std::to_string(count) + " hosts but " + std::to_string(ports.size()) +
           " ports; give one for all or one for each");
    }
    for (std::size_t i = 0; i < count; ++i) {
      postgres_host host;
      if (!names.empty()) host.name = names[i];
      if (!addresses.empty()) host.address = checked_address(addresses[i]);
      if (host.name.empty() && host.address.empty()) host.name = default_socket_directory();
      if (!ports.empty()) host.port = port_of(one_of(ports, i));
      settings_.hosts.push_back(std::move(host));
    }
  }

  std::string checked_address(const std::string& text) {
    if (text.empty()) return text;
    unsigned char address[16];
    const std::string plain = text.substr(0, text.find('%'));  // without the zone of a link-local one
    if (inet_pton(AF_INET, text.c_str(), address) != 1 && inet_pton(AF_INET6, plain.c_str(), address) != 1)
      options_.refuse("hostaddr", "addresses as 192.0.2.1 or 2001:db8::1; names belong into host");
    return text;
  }

  std::uint16_t port_of(const std::string& text) {
    if (text.empty()) return default_port;
    std::uint16_t port = 0;
    const char* end = text.data() + text.size();
    const auto [at, failure] = std::from_chars(text.data(), end, port);
    if (failure != std::errc() || at != end || port == 0) options_.refuse("port", "numbers from 1 to 65535");
    return port;
  }

  void read_passwords() {
    const std::string password = options_.text("password");
    if (!password.empty()) {
      for (postgres_host& host : settings_.hosts) host.password = password;
      return;
    }
    std::string path = options_.text("passfile");
    if (path.empty()) {
      const std::string home = home_directory(options_);
      if (home.empty()) return;
      path = home + "/.pgpass";
    }
    if (!exists(path)) return;
    if (const std::string exposure = exposure_of(path, false); !exposure.empty()) {
      settings_.notices.push_back("password file ignored: " + exposure);
      return;
    }
    const std::string file = read_file(path);
    for (postgres_host& host : settings_.hosts) {
      // The local socket goes by this name, as it does for psql.
      const bool usual_socket = host.name == socket_directories[0];
      const std::string& name = host.name.empty() ? host.address : host.name;
      host.password = password_in(file, usual_socket ? "localhost" : name, std::to_string(host.port),
                                  settings_.database, settings_.user);
    }
  }

  void read_session() {
    settings_.application_name = options_.text("application_name");
    if (settings_.application_name.empty()) settings_.application_name = options_.text("fallback_application_name");
    settings_.options = options_.text("options");
    if (std::string zone = session_variable("PGTZ"); !zone.empty()) settings_.time_zone = std::move(zone);
    read_date_style();
    settings_.geqo = session_variable("PGGEQO");
    options_.word("client_encoding", {"UTF8", "UTF-8", "unicode", "auto"}, 0);
    constexpr std::int64_t most_seconds = INT32_MAX;
    settings_.connect_timeout_us =
        std::max<std::int64_t>(0, options_.integer("connect_timeout", 0, -1, most_seconds)) * 1'000'000;
    settings_.target = static_cast<target_session>(options_.word(
        "target_session_attrs", {"any", "read-write", "read-only", "primary", "standby", "prefer-standby"}, 0));
    settings_.load_balance = options_.word("load_balance_hosts", {"disable", "random"}, 0) == 1;
    settings_.statement_timeout_us = options_.duration_us("statement_timeout");
    settings_.lock_timeout_us = options_.duration_us("lock_timeout");
    settings_.idle_in_transaction_session_timeout_us = options_.duration_us("idle_in_transaction_session_timeout");
    settings_.cancel_timeout_us = options_.duration_us("cancel_timeout", settings_.cancel_timeout_us);
    if (settings_.cancel_timeout_us == 0 && options_.find("cancel_timeout") != nullptr)
      options_.refuse("cancel_timeout",
                      "a time of at least 1ms: without it every cancelled statement loses its connection");
    constexpr std::int64_t most_failures = 1'000'000;
    settings_.circuits.failures =
        static_cast<std::uint32_t>(options_.integer("circuit_failures", settings_.circuits.failures, 0, most_failures));
    settings_.circuits.first_pause_us = options_.duration_us("circuit_pause", settings_.circuits.first_pause_us);
    if (settings_.circuits.first_pause_us == 0)
      options_.refuse("circuit_pause", "a time of at least 1ms; circuit_failures=0 leaves no host alone");
    settings_.named_statements = options_.word("prepare", {"named", "unnamed"}, 0) == 0;
    settings_.behind_pooler = options_.word("pooler", {"none", "transaction"}, settings_.named_statements ? 0 : 1) == 1;
    if (!settings_.named_statements && !settings_.behind_pooler)
      fail("prepare=unnamed is for a pooler in transaction mode, and pooler=none says that there is none; leave one");
    settings_.inline_execution = options_.boolean("inline", false);
  }

  /// Empty also where it asks for the preset, as libpq has it.
  std::string session_variable(const char* name) const {
    std::string value = options_.variable(name);
    return lower(value) == "default" ? std::string() : value;
  }

  void read_date_style() {
    constexpr std::string_view orders[] = {"ymd", "dmy", "mdy", "euro", "european", "us", "noneuro", "noneuropean"};
    const std::string style = lower(session_variable("PGDATESTYLE"));
    for (std::string_view rest = style; !rest.empty();) {
      const std::size_t comma = rest.find(',');
      std::string_view word = rest.substr(0, comma);
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
      while (word.starts_with(' ')) word.remove_prefix(1);
      while (word.ends_with(' ')) word.remove_suffix(1);
      if (word == "iso") continue;
      if (std::find(std::begin(orders), std::end(orders), word) == std::end(orders)) {
        fail("environment variable PGDATESTYLE takes ISO and an order, as in ISO, DMY: what comes as text is read as "
             "ISO; use to_char() for other forms");
      }
      settings_.date_style.append(", ").append(word);
    }
  }

  void read_authentication() {
    settings_.allow_cleartext_password = options_.boolean("allow_cleartext_password", false);
    settings_.channel_binding =
        static_cast<channel_binding_mode>(options_.word("channel_binding", {"disable", "prefer", "require"}, 1));
    const std::vector<std::string> methods = options_.list("require_auth");
    unsigned named = 0;
    std::size_t excluded = 0;
    for (std::string_view method : methods) {
      if (method.starts_with('!')) {
        ++excluded;
        method.remove_prefix(1);
      }
      named |= static_cast<unsigned>(method_of(method));
    }
    if (excluded != 0 && excluded != methods.size())
      options_.refuse("require_auth", "methods to take or, all with a ! in front, methods to refuse, not both");
    if (excluded != 0) named = static_cast<unsigned>(auth_methods::any) & ~named;
    if (!methods.empty()) settings_.accepted_auth = static_cast<auth_methods>(named);
  }

  auth_methods method_of(std::string_view name) {
    struct named_method {
      std::string_view name;
      auth_methods method;
    };
    constexpr named_method methods[] = {
        {"none", auth_methods::none}, {"password", auth_methods::password},
        {"md5", auth_methods::md5},   {"scram-sha-256", auth_methods::scram_sha_256},
        {"gss", auth_methods::gss},   {"sspi", auth_methods::sspi},
    };
    for (const named_method& m : methods) {
      if (m.name == name) return m.method;
    }
    options_.refuse("require_auth", "a list of: none password md5 scram-sha-256 gss sspi, each with a ! to refuse it");
  }

  void read_tls() {
    const std::string home = home_directory(options_);
    const auto default_file = [&home](const char* name) {
      const std::string path = home.empty() ? std::string() : home + "/.postgresql/" + name;
      return !path.empty() && exists(path) ? path : std::string();
    };

    const std::string roots = options_.text("sslrootcert");
    settings_.system_root_certificates = roots == "system";
    if (!settings_.system_root_certificates) settings_.root_certificate = roots;
    if (roots.empty()) settings_.root_certificate = default_file("root.crt");

    std::size_t preset =
        static_cast<std::size_t>(settings_.system_root_certificates ? tls_mode::verify_full : tls_mode::prefer);
    if (options_.given("ssl") && options_.boolean("ssl", false))
      preset = std::max(preset, static_cast<std::size_t>(tls_mode::require));
    // Older than PGSSLMODE; other values ask for nothing.
    if (options_.variable("PGREQUIRESSL").starts_with('1'))
      preset = std::max(preset, static_cast<std::size_t>(tls_mode::require));
    settings_.tls = static_cast<tls_mode>(
        options_.word("sslmode", {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}, preset));
    if (settings_.system_root_certificates && settings_.tls != tls_mode::verify_full) {
      fail("sslrootcert=system needs sslmode=verify-full: anybody can have a certificate that the system trusts, for "
           "another name");
    }
    if (settings_.tls == tls_mode::require && !settings_.root_certificate.empty()) settings_.tls = tls_mode::verify_ca;

    settings_.tls_direct = options_.word("sslnegotiation", {"postgres", "direct"}, 0) == 1;
    if (settings_.tls_direct && settings_.tls < tls_mode::require)
      fail("sslnegotiation=direct needs sslmode=require or stricter: there is no way back from it");
    settings_.tls_server_name = options_.boolean("sslsni", true);
    settings_.least_tls = version_of("ssl_min_protocol_version", tls_version::tls_1_2);
    settings_.most_tls = version_of("ssl_max_protocol_version", tls_version::any);
    if (settings_.most_tls != tls_version::any && settings_.most_tls < settings_.least_tls)
      fail("ssl_max_protocol_version is below ssl_min_protocol_version");
    settings_.revocation_list = options_.text("sslcrl");
    settings_.revocation_directory = options_.text("sslcrldir");
    // It belongs to the root certificate beside it: with a list, a certificate of any other authority needs one too.
    if (settings_.revocation_list.empty() && settings_.revocation_directory.empty() &&
        !settings_.root_certificate.empty())
      settings_.revocation_list = default_file("root.crl");

    settings_.client_certificate = options_.text("sslcert");
    settings_.client_key = options_.text("sslkey");
    settings_.client_key_password = options_.text("sslpassword");
    if (settings_.tls == tls_mode::disable) return;
    if (settings_.client_certificate.empty()) settings_.client_certificate = default_file("postgresql.crt");
    if (settings_.client_certificate.empty()) return;
    if (settings_.client_key.empty()) settings_.client_key = default_file("postgresql.key");
    if (const std::string exposure = exposure_of(settings_.client_key, true); !exposure.empty())
      fail("the client certificate's key cannot be used: " + exposure);
  }

  tls_version version_of(std::string_view name, tls_version preset) {
    return static_cast<tls_version>(
        options_.word(name, {"any", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}, static_cast<std::size_t>(preset)));
  }

  void read_tcp() {
    const auto number = [this](std::string_view name) {
      return static_cast<std::int32_t>(options_.integer(name, 0, 0, INT32_MAX));
    };
    settings_.keepalives = options_.boolean("keepalives", true);
    settings_.keepalives_idle_s = number("keepalives_idle");
    settings_.keepalives_interval_s = number("keepalives_interval");
    settings_.keepalives_count = number("keepalives_count");
    settings_.tcp_user_timeout_ms = number("tcp_user_timeout");
  }

  connection_options& options_;
  const postgres_environment& environment_;
  postgres_settings settings_;
};

/// The hosts of a URL as options, which other options then join.
void give_hosts(connection_options& options, const url& from) {
  std::string names;
  std::string ports;
  bool has_port = false;
  bool has_name = false;
  for (const url_host& host : from.hosts()) {
    if (&host != &from.hosts().front()) {
      names += ',';
      ports += ',';
    }
    if (host.name.find(',') != std::string::npos)
      fail(errc::invalid_url, "a host of the URL has a comma in it; separate hosts by unencoded commas");
    names += host.name;
    has_name = has_name || !host.name.empty();
    if (host.port != 0) ports += std::to_string(host.port);
    has_port = has_port || host.port != 0;
  }
  if (has_name || from.hosts().size() > 1) options.give("host", names);
  if (has_port) options.give("port", ports);
}

}  // namespace

std::string postgres_host::shown() const {
  if (is_socket()) return socket_path();
  const std::string& where = name.empty() ? address : name;
  const bool brackets = where.find(':') != std::string::npos;
  return (brackets ? "[" + where + "]" : where) + ":" + std::to_string(port);
}

postgres_settings postgres_settings::parse(const url& from, const postgres_environment& environment) {
  constexpr std::string_view form = "postgresql://user:password@host:port/database";
  if (from.scheme() != "postgresql" && from.scheme() != "postgres") {
    fail(errc::unknown_driver,
         "the scheme of the URL is " + from.scheme() + " but must be postgresql, as in " + std::string(form));
  }
  if (!from.has_authority())
    fail(errc::invalid_url, "two slashes must follow the scheme of the URL, as in " + std::string(form));
  connection_options options(environment, from.keys_of_others());
  give_hosts(options, from);
  if (!from.user().empty()) options.give("user", from.user());
  if (!from.password().empty()) options.give("password", from.password());
  if (from.path().size() > 1) options.give("dbname", std::string_view(from.path()).substr(1));
  for (const url_option& option : from.options()) options.give(option.key, option.value);
  return settings_reader(options, environment).read();
}

std::string postgres_settings::name() const {
  std::string out = database + " on ";
  for (const postgres_host& host : hosts) {
    if (&host != &hosts.front()) out += ",";
    out += host.shown();
  }
  return out;
}

std::string postgres_settings::redacted() const {
  constexpr std::string_view modes[] = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"};
  constexpr std::string_view targets[] = {"any", "read-write", "read-only", "primary", "standby", "prefer-standby"};
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  const auto append = [&plain](std::string& out, std::string_view text, char also_plain = '-') {
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x80 || c == also_plain || plain.find(c) != std::string_view::npos) {
        out += c;
      } else {
        out += '%';
        out += "0123456789ABCDEF"[byte >> 4];
        out += "0123456789ABCDEF"[byte & 15];
      }
    }
  };
  std::string out = "postgresql://";
  append(out, user);
  out += std::any_of(hosts.begin(), hosts.end(), [](const postgres_host& h) { return !h.password.empty(); }) ? ":***@"
                                                                                                             : "@";
  for (const postgres_host& host : hosts) {
    if (&host != &hosts.front()) out += ',';
    const std::string& where = host.name.empty() ? host.address : host.name;
    const bool brackets = where.find(':') != std::string::npos;
    if (brackets) out += '[';
    append(out, where, brackets ? ':' : '-');
    if (brackets) out += ']';
    out += ":" + std::to_string(host.port);
  }
  out += "/";
  append(out, database);
  out += "?sslmode=" + std::string(modes[static_cast<std::size_t>(tls)]);
  if (target != target_session::any)
    out += "&target_session_attrs=" + std::string(targets[static_cast<std::size_t>(target)]);
  if (!named_statements) out += "&prepare=unnamed";
  if (named_statements && behind_pooler) out += "&pooler=transaction";
  if (!application_name.empty()) {
    out += "&application_name=";
    append(out, application_name);
  }
  return out;
}

}  // namespace tupelo::driver::postgres
