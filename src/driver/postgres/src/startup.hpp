// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend_messages.hpp"
#include "scram.hpp"
#include "send_buffer.hpp"
#include "session_target.hpp"

#include <tupelo/driver/postgres/postgres_settings.hpp>
#include <tupelo/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::driver::postgres {

/// How one attempt treats TLS. `allow` and `prefer` are two attempts, each on a connection of its own.
enum class encryption : std::uint8_t { none, if_offered, required };

/// The first attempt on a host.
encryption first_encryption(const postgres_settings& settings, const postgres_host& host) noexcept;
/// The attempt after one that failed in the TLS handshake, or was refused by the server (authentication_failed with
/// SQLSTATE 28000, which is how it says that it wants it the other way); none where that one was the last.
/// `with_tls`: whether the failed one came as far as using TLS.
std::optional<encryption> next_encryption(const postgres_settings& settings, const postgres_host& host,
                                          encryption failed, bool with_tls) noexcept;

/// A connection's way from the first byte to ready: TLS, authentication, parameters. Bytes in and bytes out.
///
/// The owner sends whatever stands in the buffer, then gives what `wants()` asks for, until it is `nothing`. Every call
/// throws where the connection cannot be made; the connection is to be closed then.
/// Errors: connection_error: authentication_failed, unknown_database, too_many_connections, connection_failed,
/// connection_lost (protocol violation; server not ready). Messages never hold a credential.
/// Threads: scram_client keeps the caller's thread busy for some milliseconds.
class startup {
public:
  enum class input : std::uint8_t {
    tls_answer,     ///< the next byte that arrives, for `take_tls_answer`
    tls_handshake,  ///< TLS is to be started on the connection, then `take_tls`
    message,        ///< the next message, for `take_message`
    nothing,        ///< the connection is ready
  };

  /// A message is not longer, while nobody has proved who he is: for receive_buffer::limit.
  static constexpr std::uint32_t largest_message = 64 * 1024;

  /// Before: settings and host outlive it. `nonce` is asked once per exchange; tests give their own.
  startup(const postgres_settings& settings, const postgres_host& host, encryption attempt, send_buffer& out,
          std::string (*nonce)() = random_nonce);

  input wants() const noexcept { return wants_; }
  /// `more_arrived`: bytes behind the answer. Nothing may come in clear text once TLS was agreed: it would be taken for
  /// the server's own words.
  void take_tls_answer(char answer, bool more_arrived);
  /// `end_point`: the hash of the server's certificate for channel binding (RFC 5929, tls-server-end-point); empty
  /// where the certificate's signature has none.
  void take_tls(std::string_view end_point);
  void take_message(const backend_message& message);

  /// Whether the connection uses TLS.
  bool uses_tls() const noexcept { return uses_tls_; }

  // once it is ready
  const backend_key& key() const noexcept { return key_; }
  /// What the server reported of a parameter: `server_version`, `TimeZone`; null where it did not.
  const std::string* parameter(std::string_view name) const noexcept;
  /// As a number, for example 150004 of 15.4; 0 where the server does not tell.
  std::uint32_t server_version() const noexcept;
  /// What it reported that `target_session_attrs` asks about.
  const session_target& session() const noexcept { return session_; }
  std::vector<error_fields>& notices() noexcept { return notices_; }

private:
  void send_startup();
  void authenticate(const backend_message& message);
  void begin_sasl(const authentication_request& request);
  void accept();
  void take_parameter(const backend_message& message);
  void finish(const backend_message& message);
  void check_method(auth_methods method, std::string_view name) const;
  const std::string& password(std::string_view method) const;
  std::string server() const;
  [[noreturn]] void fail(errc code, std::string what) const;

  enum class phase : std::uint8_t { authenticating, sasl_first, sasl_final, sasl_done, answered, accepted };

  struct reported {
    std::string name;
    std::string value;
  };

  const postgres_settings& settings_;
  const postgres_host& host_;
  send_buffer& out_;
  std::string (*nonce_)();
  encryption attempt_;
  input wants_ = input::message;
  phase phase_ = phase::authenticating;
  bool uses_tls_ = false;
  bool bound_ = false;  ///< the exchange was bound to the TLS channel
  std::uint32_t taken_ = 0;
  std::string end_point_;
  std::unique_ptr<scram_client> scram_;
  backend_key key_;
  std::vector<reported> parameters_;
  session_target session_;
  std::vector<error_fields> notices_;
};

}  // namespace tupelo::driver::postgres
