// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace tupelo::driver::postgres {

/// The client's half of SCRAM-SHA-256: proves that it knows the password without sending it, and has the server prove
/// that it knows it too.
///
/// Errors: connection_error: authentication_failed where the server's proof is wrong or its demands are absurd,
/// connection_lost where it does not keep to the protocol. Messages never hold password, salt or proof.
/// Source: RFC 5802, RFC 7677; channel binding RFC 5929.
class scram_client {
public:
  /// More would keep the caller's thread busy for seconds, which a server must not be able to order.
  static constexpr unsigned most_iterations = 1'000'000;

  /// `nonce`: printable, without comma, new for every attempt. `binding_header` is the first part of the client's first
  /// message: `n,,` or `y,,` without channel binding, `p=tls-server-end-point,,` with `binding_data`.
  /// The password is taken as PostgreSQL does: prepared by SASLprep where that is possible, else its bytes.
  scram_client(std::string_view password, std::string nonce, std::string binding_header, std::string binding_data = {},
               std::string_view user = {});
  scram_client(const scram_client&) = delete;
  scram_client& operator=(const scram_client&) = delete;
  ~scram_client();

  std::string client_first() const { return binding_header_ + client_first_bare_; }
  /// The answer to the server's first message. Before: called once.
  std::string client_final(std::string_view server_first);
  /// Returns when the server's final message proves that it knows the password. Before: client_final.
  void check_server_final(std::string_view server_final) const;

private:
  using digest = std::array<unsigned char, 32>;

  std::string password_;  ///< wiped by client_final
  std::string nonce_;
  std::string binding_header_;
  std::string binding_data_;
  std::string client_first_bare_;
  digest server_signature_{};
};

/// The password as SASLprep makes it; the bytes as they are where it is not valid UTF-8 or holds what SASLprep
/// prohibits, which is what PostgreSQL does on both sides.
/// Source: RFC 4013.
std::string prepared_password(std::string_view password);

/// 18 bytes of the cryptographic random source in base64.
/// Errors: connection_error (connection_failed) where there is no randomness.
std::string random_nonce();

/// What the md5 method sends: `md5` and the digest of the digest of password and user, and the server's salt.
/// Errors: connection_error (authentication_failed) where the crypto library forbids MD5.
std::string md5_answer(std::string_view user, std::string_view password, std::string_view salt);

}  // namespace tupelo::driver::postgres
