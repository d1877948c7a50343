// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/driver/circuit_breaker.hpp>
#include <tupelo/driver/url.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::driver::postgres {

/// `sslmode`. Only verify_ca and verify_full know whom they talk to; only verify_full that it is the named host. With a
/// root certificate the server's is verified in every mode that uses TLS.
enum class tls_mode : std::uint8_t {
  disable,
  allow,   ///< without TLS, and with it where the server refuses that
  prefer,  ///< with TLS, and without it where the server has none or refuses: protects against nobody who is active
  require,
  verify_ca,
  verify_full,
};

enum class tls_version : std::uint8_t { any, tls_1_0, tls_1_1, tls_1_2, tls_1_3 };

/// `channel_binding`: whether the password's proof is bound to the TLS channel, so that nobody in between can use it.
enum class channel_binding_mode : std::uint8_t { disable, prefer, require };

/// `target_session_attrs`: which of several hosts will do.
enum class target_session : std::uint8_t { any, read_write, read_only, primary, standby, prefer_standby };

/// A set of the methods that `require_auth` names.
enum class auth_methods : std::uint8_t {
  none = 1,  ///< the server asks for nothing
  password = 2,
  md5 = 4,
  scram_sha_256 = 8,
  gss = 16,
  sspi = 32,
  any = 63,
};
constexpr bool contains(auth_methods set, auth_methods method) noexcept {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(method)) != 0;
}

/// One server that may be tried.
struct postgres_host {
  std::string name;     ///< a host name, an address, or a socket's directory, which begins with `/` or `@`
  std::string address;  ///< `hostaddr`: where to connect, without asking for the name's address; empty: ask
  std::uint16_t port = 5432;
  std::string password;  ///< of the settings, or the password file's for this host

  bool is_socket() const noexcept { return address.empty() && (name.starts_with('/') || name.starts_with('@')); }
  /// The socket in its directory. Before: is_socket().
  std::string socket_path() const { return name + "/.s.PGSQL." + std::to_string(port); }
  /// `db.example.com:5432`, or the socket's path.
  std::string shown() const;
};

/// What settings are read from besides the URL; the defaults are the process's own.
struct postgres_environment {
  /// Null: getenv.
  const char* (*variable)(const char* name) = nullptr;
  /// Who runs the program, for where no user is named; empty: the operating system is asked.
  std::string user{};
};

/// How a PostgreSQL server is reached, read once, so that a wrong option is refused before any connection is made.
///
/// `postgresql://user:password@host:port/database?option=value&…` (or `postgres://`), several hosts separated by
/// commas, a socket's directory percent-encoded in place of a host or as `?host=/directory`; or keywords, `host=…
/// port=… dbname=…`. Options are libpq's by their names, and of our own: `statement_timeout`, `lock_timeout`,
/// `idle_in_transaction_session_timeout`, `cancel_timeout`, `circuit_pause` (milliseconds, or with a unit: `5s`,
/// `2min`), `circuit_failures`, `prepare=named|unnamed`, `pooler=none|transaction`, `inline=on|off`,
/// `allow_cleartext_password=on|off`. What is not given comes from the `PG…` environment variables, the password from
/// the password file (`~/.pgpass`). Without a host it is the local socket, without a database the user's name.
///
/// Where the protection is concerned, defaults are libpq's: sslmode=prefer, and `require` with a root certificate is
/// `verify-ca`; with one the other modes verify it too wherever they use TLS. Passwords in clear text are sent through
/// TLS and sockets only, which is stricter. Source: PostgreSQL documentation, "Database Connection Control Functions".
struct postgres_settings {
  /// Errors: configuration_error (unknown_driver, invalid_url, invalid_configuration), which names the option, never a
  /// secret.
  static postgres_settings parse(const url& from, const postgres_environment& environment = {});

  /// What messages call the database: `shop on db.example.com:5432`.
  std::string name() const;
  /// The settings as a URL that may be shown: without passwords.
  std::string redacted() const;
  /// Whether this host is reached through TLS only. Sockets never use it.
  bool requires_tls(const postgres_host& host) const noexcept { return tls >= tls_mode::require && !host.is_socket(); }

  // where and who
  std::vector<postgres_host> hosts;  ///< one at least, in the order in which to try them
  std::string user;
  std::string database;
  target_session target = target_session::any;
  bool load_balance = false;              ///< `load_balance_hosts=random`: hosts are tried in random order
  std::int64_t connect_timeout_us = 0;    ///< for each host; 0: no limit of its own
  std::string application_name;           ///< empty: none is told
  std::string options;                    ///< command-line options for the server process: `-c geqo=off`
  std::string time_zone = "UTC";          ///< PGTZ; UTC unless it says otherwise, as Tupelo's timestamps are
  std::string date_style = "ISO";         ///< with the order of PGDATESTYLE behind it: `ISO, dmy`
  std::string geqo;                       ///< PGGEQO; empty: the server's own
  bool allow_cleartext_password = false;  ///< also without TLS
  auth_methods accepted_auth = auth_methods::any;
  channel_binding_mode channel_binding = channel_binding_mode::prefer;

  // TLS
  tls_mode tls = tls_mode::prefer;
  tls_version least_tls = tls_version::tls_1_2;
  tls_version most_tls = tls_version::any;
  bool tls_direct = false;                ///< `sslnegotiation=direct`: TLS from the first byte (PostgreSQL 17)
  bool tls_server_name = true;            ///< `sslsni`: tell the host's name in the handshake
  bool system_root_certificates = false;  ///< `sslrootcert=system`
  std::string root_certificate;           ///< file; empty: none
  std::string client_certificate;         ///< file; empty: none
  std::string client_key;                 ///< file
  std::string client_key_password;
  std::string revocation_list;       ///< file
  std::string revocation_directory;  ///< as OpenSSL's c_rehash makes it

  // TCP; 0: the operating system's own
  bool keepalives = true;
  std::int32_t keepalives_idle_s = 0;
  std::int32_t keepalives_interval_s = 0;
  std::int32_t keepalives_count = 0;
  std::int32_t tcp_user_timeout_ms = 0;

  // sessions; 0: the server's own
  std::int64_t statement_timeout_us = 0;
  std::int64_t lock_timeout_us = 0;
  std::int64_t idle_in_transaction_session_timeout_us = 0;
  /// How long a server may take to stop a statement that is cancelled or whose deadline has passed; the connection is
  /// closed then, and the statement fails all the same. Zero: four times as long as opening the connection took, which
  /// asked the server for about as many answers, and between 0.2 and 2 seconds.
  std::int64_t cancel_timeout_us = 0;
  /// `circuit_failures`, `circuit_pause`: when one of several hosts is left alone for a while.
  circuit_rules circuits;
  bool named_statements = true;  ///< `prepare=unnamed` for poolers that lose prepared statements in between
  /// `pooler=transaction`, which `prepare=unnamed` says too: the server's session may change with each transaction.
  bool behind_pooler = false;
  bool inline_execution = false;  ///< `inline=on`

  /// What was left aside, for logs: a password file with wrong permissions.
  std::vector<std::string> notices;
};

}  // namespace tupelo::driver::postgres
