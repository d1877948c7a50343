// SPDX-License-Identifier: Apache-2.0
#include <tupelo/driver/url.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/field.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

namespace tupelo::driver {

namespace {

constexpr std::string_view forms =
    "; a database URL looks like sqlite:///file.db, sqlite::memory: or scheme://user:password@host:port/database";
/// What this or another reader, as libpq, takes for something else.
constexpr std::string_view reserved_in_options = "&=@+#";
constexpr std::string_view spaces = " \t\r\n\f\v";

[[noreturn]] void fail(std::string message) {
  throw configuration_error(errc::invalid_url, "database URL: " + message);
}

constexpr bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

constexpr int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string decoded(std::string_view text, std::string_view part) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      fail("a % in the " + std::string(part) +
           " is not followed by two hexadecimal digits; write %25 for a percent sign");
    }
    const auto byte = static_cast<unsigned char>(high * 16 + low);
    if (byte < 0x20 || byte == 0x7F) fail("the " + std::string(part) + " has a control character");
    out += static_cast<char>(byte);
    i += 2;
  }
  if (!is_valid_text(out)) fail("the " + std::string(part) + " is not valid UTF-8");
  return out;
}

/// Everything up to `stop`, which is taken off too where it occurs.
std::string_view take_until(std::string_view& rest, char stop) noexcept {
  const std::size_t at = rest.find(stop);
  const std::string_view head = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return head;
}

bool looks_secret(std::string_view key) {
  std::string name;
  for (const char c : key) name += lower(c);
  for (const std::string_view word : {"pass", "pwd", "secret", "token", "key", "credential"}) {
    if (name.find(word) != std::string::npos) return true;
  }
  return false;
}

void append_encoded(std::string& out, std::string_view text, std::string_view reserved) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    // A space ends a URL for whoever looks for one in a text.
    if (c == ' ' || c == '%' || reserved.find(c) != std::string_view::npos) {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
}

}  // namespace

class url_parser {
public:
  url parse(std::string_view text) {
    if (is_keywords(text)) return parse_keywords(text);
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte == 0x7F) fail("it has a control character; percent-encode it or check for a line break");
    }
    parse_scheme(text);
    if (text.starts_with("//")) {
      text.remove_prefix(2);
      url_.has_authority_ = true;
      const std::size_t end = text.find_first_of("/?");
      parse_authority(text.substr(0, end));
      text = end == std::string_view::npos ? std::string_view() : text.substr(end);
    }
    // Only files are named without an authority: elsewhere it is a user and a password that stand where the scheme
    // should be, and would be shown as a path.
    if (!url_.has_authority_ && url_.scheme_ != "sqlite" && text.find('@') != std::string_view::npos)
      fail("the scheme is missing before the user, or the // behind the scheme" + std::string(forms));
    const std::string_view path = take_until(text, '?');
    if (path.find('@') != std::string_view::npos) refuse_split_password();
    url_.path_ = decoded(path, "path");
    parse_options(text);
    return std::move(url_);
  }

private:
  /// Whether it begins with a name and `=`. No scheme does.
  static bool is_keywords(std::string_view text) noexcept {
    text.remove_prefix(std::min(text.find_first_not_of(spaces), text.size()));
    const std::string_view name = text.substr(0, name_length(text));
    text.remove_prefix(name.size());
    text.remove_prefix(std::min(text.find_first_not_of(spaces), text.size()));
    return !name.empty() && text.starts_with('=');
  }
  static std::size_t name_length(std::string_view text) noexcept {
    std::size_t length = 0;
    while (length < text.size() && (is_letter(text[length]) || is_digit(text[length]) || text[length] == '_')) ++length;
    return length;
  }

  url parse_keywords(std::string_view text) {
    url_.scheme_ = "postgresql";
    url_.has_authority_ = true;
    const auto skip_spaces = [&text] { text.remove_prefix(std::min(text.find_first_not_of(spaces), text.size())); };
    for (skip_spaces(); !text.empty(); skip_spaces()) {
      url_option option;
      option.key = text.substr(0, name_length(text));
      text.remove_prefix(option.key.size());
      skip_spaces();
      if (option.key.empty() || !text.starts_with('=')) {
        fail("keywords are written as name=value, separated by spaces, values with spaces in '': one has no = behind "
             "its name");
      }
      text.remove_prefix(1);
      skip_spaces();
      option.value = keyword_value(text, option.key);
      add(std::move(option));
    }
    return std::move(url_);
  }

  static std::string keyword_value(std::string_view& text, const std::string& key) {
    const bool quoted = text.starts_with('\'');
    if (quoted) text.remove_prefix(1);
    std::string value;
    bool ended = !quoted;
    while (!text.empty()) {
      if (!quoted && spaces.find(text.front()) != std::string_view::npos) break;
      char c = text.front();
      text.remove_prefix(1);
      if (quoted && c == '\'') {
        ended = true;
        break;
      }
      if (c == '\\' && !text.empty()) {
        c = text.front();
        text.remove_prefix(1);
      }
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte == 0x7F) fail("the value of option " + key + " has a control character");
      value += c;
    }
    if (!ended) fail("the ' before the value of option " + key + " is not closed");
    if (!is_valid_text(value)) fail("the value of option " + key + " is not valid UTF-8");
    return value;
  }

  void add(url_option option) {
    if (url_.option(option.key) != nullptr) fail("option " + option.key + " is given twice; leave one");
    url_.options_.push_back(std::move(option));
  }

  void parse_scheme(std::string_view& text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0)
      fail("it does not begin with a scheme and a colon" + std::string(forms));
    for (const char c : text.substr(0, colon)) {
      if (!is_letter(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') {
        fail("the scheme may only have letters, digits, +, - and ." + std::string(forms));
      }
      url_.scheme_ += lower(c);
    }
    if (!is_letter(url_.scheme_[0])) fail("the scheme must begin with a letter" + std::string(forms));
    text.remove_prefix(colon + 1);
  }

  /// An @ behind the host is what a password with an unencoded / or ? looks like, also where another @ is before the
  /// host. To take that for a path would show the password's second half.
  void refuse_split_password() {
    if (!has_user_ && url_.host().empty()) return;
    fail("there is an @ behind the host; percent-encode / and ? in the password (%2F, %3F), or this @ (%40)");
  }

  void parse_authority(std::string_view text) {
    // The last @ ends the user: passwords with an unencoded @ are common and can only be meant so.
    if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
      std::string_view credentials = text.substr(0, at);
      has_user_ = true;
      url_.has_password_ = credentials.find(':') != std::string_view::npos;
      url_.user_ = decoded(take_until(credentials, ':'), "user");
      url_.password_ = decoded(credentials, "password");
      text.remove_prefix(at + 1);
    }
    if (text.empty()) return;
    for (;;) {
      const std::size_t comma = text.find(',');
      parse_host(text.substr(0, comma));
      if (comma == std::string_view::npos) break;
      text.remove_prefix(comma + 1);
    }
    // A lone colon names neither.
    if (url_.hosts_.size() == 1 && url_.hosts_.front() == url_host()) url_.hosts_.clear();
  }

  void parse_host(std::string_view text) {
    url_host& host = url_.hosts_.emplace_back();
    if (text.starts_with('[')) {
      const std::size_t end = text.find(']');
      if (end == std::string_view::npos) fail("the [ before the host is not closed");
      host.name = decoded(text.substr(1, end - 1), "host");
      text.remove_prefix(end + 1);
      if (text.empty()) return;
      if (text[0] != ':') fail("a host in brackets is followed by something other than a port");
      host.port = parse_port(text.substr(1));
      return;
    }
    const std::size_t colon = text.rfind(':');
    if (colon != text.find(':'))
      fail("the host has several colons; write an IPv6 address in brackets, as in [::1]:5432");
    host.name = decoded(text.substr(0, colon), "host");
    if (colon != std::string_view::npos) host.port = parse_port(text.substr(colon + 1));
  }

  std::uint16_t parse_port(std::string_view text) {
    std::uint16_t port = 0;
    if (text.empty()) return port;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (failure != std::errc() || end != text.data() + text.size() || port == 0) {
      fail("the port is not a number from 1 to 65535; percent-encode a : or / in the user or password");
    }
    return port;
  }

  void parse_options(std::string_view text) {
    while (!text.empty()) {
      std::string_view pair = take_until(text, '&');
      if (pair.empty()) continue;
      const std::string_view key = take_until(pair, '=');
      if (key.find('@') != std::string_view::npos) refuse_split_password();
      url_option option;
      option.key = decoded(key, "name of an option");
      if (option.key.empty()) fail("an option has no name before its =");
      option.value = decoded(pair, "value of option " + option.key);
      add(std::move(option));
    }
  }

  url url_;
  bool has_user_ = false;
};

const std::string& url::host() const noexcept {
  static const std::string none;
  return hosts_.empty() ? none : hosts_.front().name;
}

url url::parse(std::string_view text) { return url_parser().parse(text); }

const std::string* url::option(std::string_view key) const noexcept {
  for (const url_option& option : options_) {
    if (option.key == key) return &option.value;
  }
  return nullptr;
}

bool url::take_option(std::string_view key, std::string& value) {
  keys_of_others_.emplace_back(key);
  for (auto i = options_.begin(); i != options_.end(); ++i) {
    if (i->key != key) continue;
    value = std::move(i->value);
    options_.erase(i);
    return true;
  }
  return false;
}

std::string url::redacted() const {
  std::string out = scheme_ + ":";
  if (has_authority_) {
    out += "//";
    if (!user_.empty() || has_password_) {
      append_encoded(out, user_, ":@/?");
      if (has_password_) out += ":***";
      out += '@';
    }
    bool first = true;
    for (const url_host& host : hosts_) {
      if (!first) out += ',';
      first = false;
      const bool brackets = host.name.find(':') != std::string::npos;
      if (brackets) out += '[';
      append_encoded(out, host.name, brackets ? "@/?]," : "@/?[,");
      if (brackets) out += ']';
      if (host.port != 0) out += ":" + std::to_string(host.port);
    }
  }
  std::string_view path = path_;
  if (!has_authority_ && path.starts_with("//")) {  // written plainly it would be an authority
    out += "/%2F";
    path.remove_prefix(2);
  }
  append_encoded(out, path, "?@");
  char separator = '?';
  for (const url_option& option : options_) {
    out += separator;
    separator = '&';
    append_encoded(out, option.key, reserved_in_options);
    out += '=';
    if (looks_secret(option.key)) {
      out += "***";
    } else {
      append_encoded(out, option.value, reserved_in_options);
    }
  }
  return out;
}

}  // namespace tupelo::driver
