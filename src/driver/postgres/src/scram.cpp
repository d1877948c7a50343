// SPDX-License-Identifier: Apache-2.0
#include "scram.hpp"

#include "protocol_violation.hpp"

#include <tupelo/core/bytes.hpp>
#include <tupelo/core/error.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

namespace tupelo::driver::postgres {

namespace {

const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

[[noreturn]] void fail_crypto(const char* what) {
  throw connection_error(errc::authentication_failed,
                         std::string("the crypto library failed at ") + what +
                             "; check its configuration, for example which algorithms its FIPS mode allows");
}

/// What SCRAM's attributes hold in base64 is never empty, and short.
std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty() || text.size() > 4096) return std::nullopt;
  const std::optional<bytes> data = try_from_base64(text);
  return data ? std::optional<std::string>(as_text(*data)) : std::nullopt;
}

template <class Digest>
void hmac(const Digest& key, std::string_view text, Digest& out) {
  auto size = static_cast<unsigned int>(out.size());
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(), out.data(), &size) ==
      nullptr)
    fail_crypto("HMAC-SHA-256");
}

/// The value of `name=value` at the front, up to a comma, which is taken off too.
std::string_view take_attribute(std::string_view& rest, char name) {
  if (rest.size() < 2 || rest[0] != name || rest[1] != '=') {
    throw_protocol_violation(std::string("a SCRAM message lacks its attribute ") + name);
  }
  const std::size_t comma = rest.find(',');
  const std::string_view value = rest.substr(2, comma == std::string_view::npos ? comma : comma - 2);
  rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  return value;
}

std::string escaped_name(std::string_view user) {
  std::string out;
  for (const char c : user) {
    if (c == '=') {
      out += "=3D";
    } else if (c == ',') {
      out += "=2C";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

scram_client::scram_client(std::string_view password, std::string nonce, std::string binding_header,
                           std::string binding_data, std::string_view user)
    : password_(prepared_password(password)),
      nonce_(std::move(nonce)),
      binding_header_(std::move(binding_header)),
      binding_data_(std::move(binding_data)),
      client_first_bare_("n=" + escaped_name(user) + ",r=" + nonce_) {}

scram_client::~scram_client() { OPENSSL_cleanse(password_.data(), password_.size()); }

std::string scram_client::client_final(std::string_view server_first) {
  std::string_view rest = server_first;
  if (rest.starts_with("m=")) throw_protocol_violation("SCRAM asks for an extension that nobody knows");
  const std::string_view nonce = take_attribute(rest, 'r');
  const std::optional<std::string> salt = from_base64(take_attribute(rest, 's'));
  const std::string_view count = take_attribute(rest, 'i');
  // Without a part of its own the server could replay another exchange.
  if (!nonce.starts_with(nonce_) || nonce.size() == nonce_.size())
    throw_protocol_violation("SCRAM's nonce is not the client's with the server's behind it");
  for (const char c : nonce) {
    if (c < 0x21 || c > 0x7E) throw_protocol_violation("SCRAM's nonce has a character that is not printable");
  }
  if (!salt) throw_protocol_violation("SCRAM's salt is not base64");
  unsigned iterations = 0;
  const auto [end, failure] = std::from_chars(count.data(), count.data() + count.size(), iterations);
  if (failure != std::errc() || end != count.data() + count.size() || iterations == 0)
    throw_protocol_violation("SCRAM's iteration count is not a number above 0");
  if (iterations > most_iterations) {
    throw connection_error(errc::authentication_failed,
                           "the server asks for " + std::to_string(iterations) +
                               " iterations of SCRAM, more than the " + std::to_string(most_iterations) +
                               " that are taken; lower scram_iterations on the server and set the password anew");
  }

  digest salted{};
  if (PKCS5_PBKDF2_HMAC(password_.data(), static_cast<int>(password_.size()), bytes_of(*salt),
                        static_cast<int>(salt->size()), static_cast<int>(iterations), EVP_sha256(),
                        static_cast<int>(salted.size()), salted.data()) != 1)
    fail_crypto("PBKDF2");
  OPENSSL_cleanse(password_.data(), password_.size());
  password_.clear();

  const std::string binding = binding_header_ + binding_data_;
  std::string final_message = "c=" + to_base64(binding.data(), binding.size()) + ",r=" + std::string(nonce);
  const std::string signed_text = client_first_bare_ + "," + std::string(server_first) + "," + final_message;

  digest client_key{};
  digest stored_key{};
  digest proof{};
  digest server_key{};
  hmac(salted, "Client Key", client_key);
  auto size = static_cast<unsigned int>(stored_key.size());
  if (EVP_Digest(client_key.data(), client_key.size(), stored_key.data(), &size, EVP_sha256(), nullptr) != 1)
    fail_crypto("SHA-256");
  hmac(stored_key, signed_text, proof);
  for (std::size_t i = 0; i < proof.size(); ++i) proof[i] ^= client_key[i];
  hmac(salted, "Server Key", server_key);
  hmac(server_key, signed_text, server_signature_);

  final_message += ",p=" + to_base64(proof.data(), proof.size());
  OPENSSL_cleanse(salted.data(), salted.size());
  OPENSSL_cleanse(client_key.data(), client_key.size());
  OPENSSL_cleanse(server_key.data(), server_key.size());
  return final_message;
}

void scram_client::check_server_final(std::string_view server_final) const {
  std::string_view rest = server_final;
  if (rest.starts_with("e=")) {
    throw connection_error(errc::authentication_failed,
                           "the server refuses the SCRAM exchange: " + shown_text(rest.substr(2)), "28P01");
  }
  const std::optional<std::string> signature = from_base64(take_attribute(rest, 'v'));
  if (!signature || signature->size() != server_signature_.size() ||
      CRYPTO_memcmp(signature->data(), server_signature_.data(), server_signature_.size()) != 0) {
    throw connection_error(errc::authentication_failed,
                           "the server could not prove that it knows the password: it is not the server that it "
                           "claims to be, or something between changes what is sent; check host and port, and use TLS "
                           "with sslmode=verify-full");
  }
}

std::string random_nonce() {
  unsigned char bytes[18];
  if (RAND_bytes(bytes, sizeof bytes) != 1) {
    throw connection_error(errc::connection_failed, "the crypto library has no randomness for a nonce");
  }
  return to_base64(bytes, sizeof bytes);
}

std::string md5_answer(std::string_view user, std::string_view password, std::string_view salt) {
  const auto hex_digest = [](std::string_view first, std::string_view second) {
    std::string text;
    text.reserve(first.size() + second.size());
    text.append(first).append(second);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    const bool done = EVP_Digest(text.data(), text.size(), digest, &size, EVP_md5(), nullptr) == 1;
    OPENSSL_cleanse(text.data(), text.size());
    if (!done) fail_crypto("MD5, which the server asks for");
    std::string out;
    for (unsigned int i = 0; i < size; ++i) {
      out += "0123456789abcdef"[digest[i] >> 4];
      out += "0123456789abcdef"[digest[i] & 15];
    }
    return out;
  };
  return "md5" + hex_digest(hex_digest(password, user), salt);
}

}  // namespace tupelo::driver::postgres
