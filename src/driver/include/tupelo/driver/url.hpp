// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::driver {

/// One `key=value` behind the `?` of a database URL, percent-decoded. A key without `=` has an empty value.
struct url_option {
  std::string key;
  std::string value;
};

/// One of the servers that a database URL names.
struct url_host {
  std::string name;        ///< without the brackets of an IPv6 address; empty where only a port is given
  std::uint16_t port = 0;  ///< 0 where none is given

  friend bool operator==(const url_host&, const url_host&) = default;
};

/// A database URL in its parts, all percent-decoded:
/// `scheme://user:password@host:port/path?key=value&key=value` or `scheme:path?key=value`. Several hosts are separated
/// by commas, each with its own port.
///
/// Also what libpq calls a keyword/value string, `host=db.example.com dbname='my shop'`: the same as `postgresql://`
/// with these as options. Values with spaces are put between `'`; `\` stands before a `'` and a `\`.
///
/// The path keeps its leading slash. `+` and `#` stand for themselves, so that file names and passwords need no care
/// beyond
/// `%`, `?`, `@`, `:` and `/`.
/// Errors: configuration_error (invalid_url); its message never repeats the password or an option's value.
/// Source: RFC 3986, without fragments; PostgreSQL documentation, "Keyword/Value Connection Strings".
class url {
public:
  url() = default;
  static url parse(std::string_view text);

  /// Lower case.
  const std::string& scheme() const noexcept { return scheme_; }
  /// Whether `//` follows the scheme: `sqlite:///a.db` has an authority (an empty one), `sqlite::memory:` has none.
  bool has_authority() const noexcept { return has_authority_; }
  const std::string& user() const noexcept { return user_; }
  /// For the handshake only: `redacted()` is what goes into messages and logs.
  const std::string& password() const noexcept { return password_; }
  /// All hosts in the order in which they were written; empty where the URL names neither a host nor a port.
  const std::vector<url_host>& hosts() const noexcept { return hosts_; }
  /// The first host; empty where none is given.
  const std::string& host() const noexcept;
  /// The first host's; 0 where none is given.
  std::uint16_t port() const noexcept { return hosts_.empty() ? std::uint16_t{0} : hosts_.front().port; }
  const std::string& path() const noexcept { return path_; }
  /// In the order in which they were written; no key occurs twice.
  const std::vector<url_option>& options() const noexcept { return options_; }
  /// Null where the URL does not have it.
  const std::string* option(std::string_view key) const noexcept;
  /// Takes an option out that is not for the driver. False: the URL does not have it, and `value` stays.
  bool take_option(std::string_view key, std::string& value);
  /// The keys that were to be taken out: a driver that refuses an option names them beside its own.
  const std::vector<std::string>& keys_of_others() const noexcept { return keys_of_others_; }

  /// The URL as it may be shown: the password and options that look like secrets are `***`.
  std::string redacted() const;

private:
  friend class url_parser;

  std::string scheme_;
  std::string user_;
  std::string password_;
  std::string path_;
  std::vector<url_host> hosts_;
  std::vector<url_option> options_;
  std::vector<std::string> keys_of_others_;
  bool has_authority_ = false;
  bool has_password_ = false;
};

}  // namespace tupelo::driver
