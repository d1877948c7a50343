// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

struct ssl_st;
struct ssl_ctx_st;
struct x509_st;

namespace tupelo::driver::postgres {

enum class transfer : std::uint8_t {
  done,
  wants_read,   ///< go on when the socket can be read
  wants_write,  ///< go on when the socket can be written
  ended,        ///< by the peer
};

/// How TLS is begun with a server.
struct tls_terms {
  std::shared_ptr<ssl_ctx_st> context;  ///< null: without TLS
  std::string server_name;              ///< empty: it is not told
  bool verify_name = false;             ///< the certificate must be for it
  bool direct = false;                  ///< from the first byte, without asking for it
};

/// The server's certificate is not of an authority that is trusted, or not for its name.
struct untrusted_server final : connection_error {
  explicit untrusted_server(const std::string& message) : connection_error(errc::connection_failed, message) {}
};

/// TLS broke: the peer said why by an alert, or did not keep to TLS.
struct tls_failure final : connection_error {
  explicit tls_failure(const std::string& message) : connection_error(errc::connection_lost, message) {}
};

/// A server's certificate as SCRAM binds to it; empty where it cannot. Source: RFC 5929, tls-server-end-point.
std::string channel_binding_of(x509_st* certificate);

/// A connected socket, plain or under TLS. Never blocks unless asked to.
///
/// Owns: the descriptor. Errors: connection_error (connection_lost) where the system or TLS reports a failure.
class transport {
public:
  transport() noexcept = default;
  explicit transport(int descriptor) noexcept;
  transport(transport&& other) noexcept;
  transport& operator=(transport&& other) noexcept;
  ~transport() { close(); }

  int descriptor() const noexcept { return descriptor_; }
  bool is_open() const noexcept { return descriptor_ >= 0; }
  bool is_encrypted() const noexcept { return tls_ != nullptr; }
  void close() noexcept;
  /// Ends both directions, so that whoever waits for the socket wakes; the descriptor stays.
  void shut_down() noexcept;

  /// `count` is what was sent or received. `wait`: the call may block until something can be.
  transfer send(const char* bytes, std::size_t size, std::size_t& count);
  transfer receive(char* bytes, std::size_t size, std::size_t& count, bool wait);
  /// Whether decrypted bytes wait here though the socket has none.
  bool has_pending() const noexcept;

  /// Begins TLS. The server's name is sent along where it is one and no address.
  void start_tls(const tls_terms& terms);
  /// Goes on with the handshake until `done`. Errors: untrusted_server; connection_error (connection_failed) saying
  /// what else TLS objects to.
  transfer handshake();
  /// channel_binding_of the server's certificate; empty without TLS.
  std::string channel_binding() const;

private:
  struct free_tls {
    void operator()(ssl_st* tls) const noexcept;
  };
  transfer tls_outcome(int result, const char* doing);

  int descriptor_ = -1;
  bool is_local_ = false;  ///< a unix socket
  std::unique_ptr<ssl_st, free_tls> tls_;
};

}  // namespace tupelo::driver::postgres
