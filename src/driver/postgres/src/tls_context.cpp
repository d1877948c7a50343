// SPDX-License-Identifier: Apache-2.0
#include "tls_context.hpp"

#include <tupelo/core/error.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>

namespace tupelo::driver::postgres {

namespace {

/// The first of OpenSSL's errors is what happened; those behind it say through which of its parts that came.
std::string take_reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
  const char* const reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  return reason != nullptr ? reason : "unknown reason";
}

[[noreturn]] void refuse(std::string_view option, const std::string& file) {
  throw configuration_error(errc::invalid_configuration,
                            std::string(option) + ": " + file + " cannot be used: " + take_reason());
}

int version_of(tls_version version) noexcept {
  switch (version) {
    case tls_version::tls_1_0: return TLS1_VERSION;
    case tls_version::tls_1_1: return TLS1_1_VERSION;
    case tls_version::tls_1_2: return TLS1_2_VERSION;
    case tls_version::tls_1_3: return TLS1_3_VERSION;
    case tls_version::any: break;
  }
  return 0;
}

/// What opens a key, and whether that was needed.
struct key_opener {
  const std::string& password;
  bool asked = false;
};

int give_password(char* buffer, int size, int, void* opener) {
  auto& [password, asked] = *static_cast<key_opener*>(opener);
  asked = true;
  const std::size_t count = std::min(password.size(), static_cast<std::size_t>(size));
  std::memcpy(buffer, password.data(), count);
  return static_cast<int>(count);
}

void load_revocations(SSL_CTX* context, const postgres_settings& settings) {
  if (settings.revocation_list.empty() && settings.revocation_directory.empty()) return;
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  const auto path = [](const std::string& name) { return name.empty() ? nullptr : name.c_str(); };
  if (X509_STORE_load_locations(store, path(settings.revocation_list), path(settings.revocation_directory)) != 1)
    refuse("sslcrl", settings.revocation_list.empty() ? settings.revocation_directory : settings.revocation_list);
  X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
}

void load_roots(SSL_CTX* context, const postgres_settings& settings) {
  if (settings.system_root_certificates) {
    if (SSL_CTX_set_default_verify_paths(context) != 1) refuse("sslrootcert", "the system's set of certificates");
    return;
  }
  if (settings.root_certificate.empty()) {
    if (settings.tls >= tls_mode::verify_ca) {
      throw configuration_error(
          errc::invalid_configuration,
          "sslmode=verify-ca and verify-full need a root certificate to verify the server's with: "
          "set sslrootcert to a file, or to `system`");
    }
    return;
  }
  if (SSL_CTX_load_verify_file(context, settings.root_certificate.c_str()) != 1)
    refuse("sslrootcert", settings.root_certificate);
}

/// What OpenSSL says of a key that a wrong password has made noise of is about the noise.
[[noreturn]] void refuse_key(const postgres_settings& settings, bool is_encrypted) {
  const unsigned long code = ERR_peek_error();
  const bool is_another = ERR_GET_LIB(code) == ERR_LIB_X509 && ERR_GET_REASON(code) == X509_R_KEY_VALUES_MISMATCH;
  if (!is_encrypted || is_another) refuse("sslkey", settings.client_key);
  ERR_clear_error();
  throw configuration_error(errc::invalid_configuration,
                            "sslkey: " + settings.client_key + " is encrypted, and " +
                                (settings.client_key_password.empty() ? "there is no password for it: set sslpassword"
                                                                      : "sslpassword does not open it"));
}

void load_client_certificate(SSL_CTX* context, const postgres_settings& settings) {
  if (settings.client_certificate.empty()) return;
  if (SSL_CTX_use_certificate_chain_file(context, settings.client_certificate.c_str()) != 1)
    refuse("sslcert", settings.client_certificate);
  if (settings.client_key.empty()) {
    throw configuration_error(errc::invalid_configuration,
                              "sslcert needs its key: set sslkey to the file that holds it");
  }
  SSL_CTX_set_default_passwd_cb(context, &give_password);
  key_opener opener{settings.client_key_password};
  SSL_CTX_set_default_passwd_cb_userdata(context, &opener);
  const int taken = SSL_CTX_use_PrivateKey_file(context, settings.client_key.c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  SSL_CTX_set_default_passwd_cb(context, nullptr);
  if (taken != 1) refuse_key(settings, opener.asked);
  if (SSL_CTX_check_private_key(context) != 1) refuse("sslkey", settings.client_key);
}

}  // namespace

std::shared_ptr<ssl_ctx_st> make_tls_context(const postgres_settings& settings) {
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (!context) refuse("sslmode", "TLS");
  SSL_CTX_set_min_proto_version(context.get(), version_of(settings.least_tls));
  SSL_CTX_set_max_proto_version(context.get(), version_of(settings.most_tls));
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  load_roots(context.get(), settings);
  load_revocations(context.get(), settings);
  load_client_certificate(context.get(), settings);
  // As libpq does: whoever has a root certificate has it used, also where the mode does not ask for it.
  const bool verify = settings.system_root_certificates || !settings.root_certificate.empty();
  SSL_CTX_set_verify(context.get(), verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (settings.tls_direct) {
    static constexpr std::array<unsigned char, 11> protocol{10, 'p', 'o', 's', 't', 'g', 'r', 'e', 's', 'q', 'l'};
    SSL_CTX_set_alpn_protos(context.get(), protocol.data(), protocol.size());
  }
  return context;
}

}  // namespace tupelo::driver::postgres
