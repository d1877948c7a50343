// SPDX-License-Identifier: Apache-2.0
#include "startup.hpp"

#include "frontend_messages.hpp"
#include "message_reader.hpp"
#include "postgres_failure.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tupelo::driver::postgres {

namespace {

/// A server tells some 15 parameters; one that never comes to an end is not waited for.
constexpr std::uint32_t most_messages = 1000;
constexpr std::size_t most_notices = 32;

std::string milliseconds(std::int64_t us) { return std::to_string((us + 999) / 1000); }

}  // namespace

encryption first_encryption(const postgres_settings& settings, const postgres_host& host) noexcept {
  if (host.is_socket()) return encryption::none;
  switch (settings.tls) {
    case tls_mode::disable:
    case tls_mode::allow: return encryption::none;
    case tls_mode::prefer: return encryption::if_offered;
    case tls_mode::require:
    case tls_mode::verify_ca:
    case tls_mode::verify_full: return encryption::required;
  }
  return encryption::required;
}

std::optional<encryption> next_encryption(const postgres_settings& settings, const postgres_host& host,
                                          encryption failed, bool with_tls) noexcept {
  if (host.is_socket()) return std::nullopt;
  if (settings.tls == tls_mode::prefer && failed == encryption::if_offered && with_tls) return encryption::none;
  if (settings.tls == tls_mode::allow && failed == encryption::none) return encryption::required;
  return std::nullopt;
}

startup::startup(const postgres_settings& settings, const postgres_host& host, encryption attempt, send_buffer& out,
                 std::string (*nonce)())
    : settings_(settings), host_(host), out_(out), nonce_(nonce), attempt_(attempt) {
  if (attempt_ == encryption::none) {
    send_startup();
  } else if (settings_.tls_direct) {
    wants_ = input::tls_handshake;
  } else {
    write_ssl_request(out_);
    wants_ = input::tls_answer;
  }
}

void startup::take_tls_answer(char answer, bool more_arrived) {
  switch (answer) {
    case 'S':
      if (more_arrived) {
        throw_protocol_violation("unencrypted bytes follow its consent to TLS, as if somebody in between had put them "
                                 "there");
      }
      wants_ = input::tls_handshake;
      return;
    case 'N':
      if (attempt_ == encryption::required) {
        fail(errc::connection_failed,
             "the server has no TLS, but sslmode requires it; turn ssl on there, or use another sslmode");
      }
      send_startup();
      return;
    case 'E':
      // Nobody has proved yet that he is the server, so what follows is not shown.
      fail(errc::connection_failed, "the server answered the request for TLS with an error; it may be overloaded, or "
                                    "no PostgreSQL server");
    default: throw_protocol_violation("the answer to the request for TLS is neither S nor N");
  }
}

void startup::take_tls(std::string_view end_point) {
  uses_tls_ = true;
  end_point_ = end_point;
  send_startup();
}

void startup::send_startup() {
  std::vector<startup_parameter> parameters{
      {"user", settings_.user},
      {"database", settings_.database},
      // Ours only: text is checked as UTF-8, and values in text format are read as ISO.
      {"client_encoding", "UTF8"},
      {"DateStyle", settings_.date_style},
  };
  const auto add = [&parameters](std::string_view name, const std::string& value) {
    if (!value.empty()) parameters.push_back({name, value});
  };
  std::vector<std::string> timeouts;
  timeouts.reserve(3);
  const auto add_timeout = [&](std::string_view name, std::int64_t us) {
    if (us != 0) add(name, timeouts.emplace_back(milliseconds(us)));
  };
  add("application_name", settings_.application_name);
  add("options", settings_.options);
  add("TimeZone", settings_.time_zone);
  add("geqo", settings_.geqo);
  add_timeout("statement_timeout", settings_.statement_timeout_us);
  add_timeout("lock_timeout", settings_.lock_timeout_us);
  add_timeout("idle_in_transaction_session_timeout", settings_.idle_in_transaction_session_timeout_us);
  write_startup(out_, parameters);
  wants_ = input::message;
}

void startup::take_message(const backend_message& message) {
  if (++taken_ > most_messages) throw_protocol_violation("the start of the connection has no end");
  switch (message.type) {
    case 'R': authenticate(message); return;
    case 'E': throw_startup_failure(parse_error(message), server());
    case 'N':
      if (notices_.size() < most_notices) notices_.push_back(parse_error(message));
      return;
    case 'v': {
      const protocol_negotiation answer = parse_negotiate_protocol_version(message);
      if (answer.version >> 16 != protocol_version >> 16 || !answer.unknown_options.empty())
        fail(errc::connection_failed, "the server does not speak version 3.0 of the protocol");
      return;
    }
    default: break;
  }
  if (phase_ != phase::accepted) {
    throw_protocol_violation(name_of_backend_message(message.type) + " comes before authentication is done");
  }
  switch (message.type) {
    case 'S': take_parameter(message); return;
    case 'K': key_ = parse_backend_key(message); return;
    case 'Z': finish(message); return;
    default: throw_protocol_violation(name_of_backend_message(message.type) + " comes before ReadyForQuery");
  }
}

void startup::authenticate(const backend_message& message) {
  const authentication_request request = parse_authentication(message);
  switch (request.kind) {
    case authentication_kind::ok: accept(); return;
    case authentication_kind::cleartext_password:
    case authentication_kind::md5_password:
    case authentication_kind::sasl:
      // One method, once: a second could ask for in clear text what the first kept secret.
      if (phase_ != phase::authenticating) throw_protocol_violation("it asks for a second authentication");
      // Before anything is sent: whoever asks may not be the server.
      if (request.kind != authentication_kind::sasl && settings_.channel_binding == channel_binding_mode::require) {
        fail(errc::authentication_failed,
             "channel_binding=require, but the server asks for the password by a method that cannot be bound to the "
             "connection; have it ask for scram-sha-256, or set channel_binding=prefer");
      }
      break;
    default: break;
  }
  switch (request.kind) {
    case authentication_kind::cleartext_password:
      check_method(auth_methods::password, "a password in clear text (password)");
      if (!uses_tls_ && !host_.is_socket() && !settings_.allow_cleartext_password) {
        fail(errc::authentication_failed,
             "the server asks for the password in clear text over an unencrypted connection; use TLS "
             "(sslmode=verify-full), have the server ask for scram-sha-256, or set allow_cleartext_password=on");
      }
      write_password(out_, password("password"));
      phase_ = phase::answered;
      return;
    case authentication_kind::md5_password: {
      check_method(auth_methods::md5, "an MD5 digest of the password (md5)");
      write_password(out_, md5_answer(settings_.user, password("md5"), request.data));
      phase_ = phase::answered;
      return;
    }
    case authentication_kind::sasl: begin_sasl(request); return;
    case authentication_kind::sasl_continue:
      if (phase_ != phase::sasl_first) throw_protocol_violation("AuthenticationSASLContinue comes out of turn");
      write_sasl_response(out_, scram_->client_final(request.data));
      phase_ = phase::sasl_final;
      return;
    case authentication_kind::sasl_final:
      if (phase_ != phase::sasl_final) throw_protocol_violation("AuthenticationSASLFinal comes out of turn");
      scram_->check_server_final(request.data);
      scram_.reset();
      phase_ = phase::sasl_done;
      return;
    default: break;
  }
  std::string name;
  switch (request.kind) {
    case authentication_kind::kerberos_v5: name = "Kerberos V5"; break;
    case authentication_kind::scm_credentials: name = "SCM credentials"; break;
    case authentication_kind::gss:
    case authentication_kind::gss_continue: name = "GSSAPI (gss)"; break;
    case authentication_kind::sspi: name = "SSPI (sspi)"; break;
    default: name = "method " + std::to_string(static_cast<std::uint32_t>(request.kind)); break;
  }
  fail(errc::authentication_failed, "the server asks for authentication by " + name +
                                        ", which is not supported; give user " + settings_.user +
                                        " scram-sha-256 or a client certificate in pg_hba.conf");
}

void startup::begin_sasl(const authentication_request& request) {
  constexpr std::string_view plain = "SCRAM-SHA-256";
  constexpr std::string_view bound = "SCRAM-SHA-256-PLUS";
  const auto offers = [&request](std::string_view name) {
    return std::find(request.mechanisms.begin(), request.mechanisms.end(), name) != request.mechanisms.end();
  };
  check_method(auth_methods::scram_sha_256, "SCRAM (scram-sha-256)");
  const bool can_bind = uses_tls_ && !end_point_.empty() && settings_.channel_binding != channel_binding_mode::disable;
  if (offers(bound) && !uses_tls_) {
    throw_protocol_violation("it offers SCRAM-SHA-256-PLUS without TLS, as if somebody in between had taken TLS away");
  }
  std::string header;
  if (offers(bound) && can_bind) {
    bound_ = true;
    header = "p=tls-server-end-point,,";
  } else if (settings_.channel_binding == channel_binding_mode::require) {
    fail(errc::authentication_failed,
         !uses_tls_ ? "channel_binding=require needs TLS; use sslmode=require or stricter"
                    : "channel_binding=require, but the server or its certificate cannot do channel binding");
  } else if (!offers(plain)) {
    std::string names;
    for (const std::string_view name : request.mechanisms) names += (names.empty() ? "" : ", ") + shown_text(name);
    fail(errc::authentication_failed,
         "the server offers only authentication mechanisms that are not supported: " + names);
  } else {
    // `y` tells a server that offered PLUS that somebody has hidden it.
    header = can_bind ? "y,," : "n,,";
  }
  // The server takes the user of the start-up packet.
  scram_ = std::make_unique<scram_client>(password("scram-sha-256"), nonce_(), header, bound_ ? end_point_ : "");
  write_sasl_initial(out_, bound_ ? bound : plain, scram_->client_first());
  phase_ = phase::sasl_first;
}

void startup::accept() {
  switch (phase_) {
    case phase::authenticating:
      // With a client certificate the server asks for nothing either: `none` stands for it too, as with libpq.
      check_method(auth_methods::none, "nothing (none)");
      break;
    case phase::sasl_first:
    case phase::sasl_final:
      throw_protocol_violation("it accepts the user before it has proved that it knows the password");
    case phase::accepted: throw_protocol_violation("it accepts the user twice");
    case phase::sasl_done:
    case phase::answered: break;
  }
  if (settings_.channel_binding == channel_binding_mode::require && !bound_) {
    fail(errc::authentication_failed,
         "channel_binding=require, but the server accepted the user without it; have it ask for scram-sha-256");
  }
  phase_ = phase::accepted;
}

void startup::take_parameter(const backend_message& message) {
  const parameter_status status = parse_parameter_status(message);
  session_.reports(status);
  const auto known = std::find_if(parameters_.begin(), parameters_.end(),
                                  [&status](const reported& r) { return r.name == status.name; });
  if (known != parameters_.end()) {
    known->value = status.value;
  } else {
    parameters_.push_back({std::string(status.name), std::string(status.value)});
  }
}

void startup::finish(const backend_message& message) {
  if (parse_ready_for_query(message) != transaction_status::idle)
    throw_protocol_violation("the connection begins within a transaction");
  if (const std::string* encoding = parameter("client_encoding"); encoding != nullptr && *encoding != "UTF8") {
    fail(errc::connection_failed, "the server speaks " + shown_text(*encoding) +
                                      " though UTF8 was asked for; a pooler may ignore client_encoding");
  }
  if (const std::string* integers = parameter("integer_datetimes"); integers != nullptr && *integers != "on") {
    fail(errc::connection_failed, "the server keeps dates as floating-point numbers; use PostgreSQL 10 or newer");
  }
  wants_ = input::nothing;
}

const std::string* startup::parameter(std::string_view name) const noexcept {
  for (const reported& r : parameters_) {
    if (r.name == name) return &r.value;
  }
  return nullptr;
}

std::uint32_t startup::server_version() const noexcept {
  const std::string* text = parameter("server_version");
  if (text == nullptr) return 0;
  // "15.4 (Debian 15.4-1)", "17beta1"; before 10 the second number belonged to the major version.
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  const char* end = text->data() + text->size();
  const auto first = std::from_chars(text->data(), end, major);
  if (first.ec != std::errc() || major > 1000) return 0;
  if (first.ptr != end && *first.ptr == '.') std::from_chars(first.ptr + 1, end, minor);
  return minor > 99 ? major * 10000 : major * 10000 + minor * (major < 10 ? 100 : 1);
}

void startup::check_method(auth_methods method, std::string_view name) const {
  if (contains(settings_.accepted_auth, method)) return;
  fail(errc::authentication_failed, "the server asks for " + std::string(name) +
                                        ", which require_auth rules out; change it, or the server's pg_hba.conf");
}

const std::string& startup::password(std::string_view method) const {
  if (host_.password.empty()) {
    std::string what = "the server asks for a password (" + std::string(method) + ") of user " + settings_.user +
                       ", but there is none; put it into the URL, PGPASSWORD or ~/.pgpass";
    for (const std::string& notice : settings_.notices) what += "; " + notice;
    fail(errc::authentication_failed, std::move(what));
  }
  return host_.password;
}

std::string startup::server() const { return settings_.database + " on " + host_.shown() + " as " + settings_.user; }

void startup::fail(errc code, std::string what) const {
  throw connection_error(code, "connecting to " + server() + " failed: " + what);
}

}  // namespace tupelo::driver::postgres
