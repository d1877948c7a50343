// SPDX-License-Identifier: Apache-2.0
#include "plain_url.hpp"

#include <algorithm>

namespace tupelo::cli {
namespace {

constexpr std::string_view secrets[] = {"password", "sslpassword"};

/// Everything but RFC 3986's unreserved characters and those in `also` as %XX.
std::string encoded(std::string_view text, std::string_view also = {}) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos ||
                       also.find(c) != std::string_view::npos;
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', digits[byte >> 4U], digits[byte & 15U]};
  }
  return out;
}

std::string hosts_text(const driver::url& from) {
  std::string out;
  for (const driver::url_host& host : from.hosts()) {
    if (!out.empty()) out += ',';
    // Only an IPv6 address has a colon in it; a socket's directory begins with a slash.
    const bool address = host.name.find(':') != std::string::npos && !host.name.starts_with('/');
    out += address ? "[" + encoded(host.name, ":") + "]" : encoded(host.name);
    if (host.port != 0) out += ":" + std::to_string(host.port);
  }
  return out;
}

}  // namespace

namespace {

std::string written(const driver::url& from, bool with_secrets, std::initializer_list<std::string_view> leave_out) {
  std::string out = from.scheme() + ":";
  if (from.has_authority()) {
    out += "//";
    const std::string password = with_secrets && !from.password().empty() ? ":" + encoded(from.password()) : "";
    if (!from.user().empty() || !password.empty()) out += encoded(from.user()) + password + "@";
    out += hosts_text(from);
  }
  out += encoded(from.path(), "/:");
  char before = '?';
  for (const driver::url_option& option : from.options()) {
    const bool secret = std::find(std::begin(secrets), std::end(secrets), option.key) != std::end(secrets);
    if (secret && !with_secrets) continue;
    if (std::find(leave_out.begin(), leave_out.end(), option.key) != leave_out.end()) continue;
    out += before + encoded(option.key) + "=" + encoded(option.value, "/:,");
    before = '&';
  }
  return out;
}

}  // namespace

std::string plain_url(const driver::url& from, std::initializer_list<std::string_view> leave_out) {
  return written(from, false, leave_out);
}

std::string whole_url(const driver::url& from) { return written(from, true, {}); }

std::string libpq_url(const driver::url& from) {
  return plain_url(from,
                   {"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "prepare", "pooler",
                    "inline", "cancel_timeout", "circuit_failures", "circuit_pause", "allow_cleartext_password"});
}

std::string password_of(const driver::url& from) {
  const std::string* option = from.option("password");
  return option != nullptr ? *option : from.password();
}

}  // namespace tupelo::cli
