// SPDX-License-Identifier: Apache-2.0
// Files for TLS that cannot be used.
#include "support/temp_directory.hpp"
#include "tls_context.hpp"
#include "transport.hpp"

#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace tupelo::driver::postgres {
namespace {

struct tls_files : ::testing::Test {
  test_support::temp_directory place;

  std::string file(const std::string& name) const { return (std::filesystem::path(place.path()) / name).string(); }
  static std::string refusal_of(std::string postgres_settings::* option, const std::string& named) {
    postgres_settings settings;
    settings.*option = named;
    try {
      make_tls_context(settings);
    } catch (const configuration_error& e) {
      EXPECT_NE(std::string(e.what()).find(named), std::string::npos) << e.what();
      return e.what();
    }
    return "it was taken";
  }
};

TEST_F(tls_files, that_are_not_there_are_told_as_that) {
  for (const auto option : {&postgres_settings::root_certificate, &postgres_settings::client_certificate,
                            &postgres_settings::revocation_list}) {
    const std::string refusal = refusal_of(option, file("none.crt"));
    EXPECT_NE(refusal.find("No such file or directory"), std::string::npos) << refusal;
  }
}

TEST_F(tls_files, that_hold_something_else_are_told_as_that) {
  std::ofstream(file("notes.txt")) << "no certificate\n";
  const std::string roots = refusal_of(&postgres_settings::root_certificate, file("notes.txt"));
  EXPECT_NE(roots.find("no certificate or crl found"), std::string::npos) << roots;
  const std::string own = refusal_of(&postgres_settings::client_certificate, file("notes.txt"));
  EXPECT_NE(own.find("no start line"), std::string::npos) << own;
}

using some_key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using some_certificate = std::unique_ptr<X509, decltype(&X509_free)>;

some_key make_key(const char* kind = "RSA") {
  EVP_PKEY* const made = std::string(kind) == "RSA" ? EVP_RSA_gen(2048) : EVP_PKEY_Q_keygen(nullptr, nullptr, kind);
  return {made, &EVP_PKEY_free};
}

/// Signed with its own key. `padding`: of RSA; 0: the key's only one. `mask`: the digest that makes the padding.
some_certificate certify(EVP_PKEY* key, const EVP_MD* digest, int padding = 0, const EVP_MD* mask = nullptr) {
  some_certificate made(X509_new(), &X509_free);
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), key);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> signing(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_PKEY_CTX* how = nullptr;
  EXPECT_EQ(EVP_DigestSignInit(signing.get(), &how, digest, nullptr, key), 1);
  if (padding != 0) {
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_padding(how, padding), 1);
  }
  if (mask != nullptr) {
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_mgf1_md(how, mask), 1);
  }
  EXPECT_GT(X509_sign_ctx(made.get(), signing.get()), 0);
  return made;
}

std::string digest_of(const some_certificate& certificate, const EVP_MD* digest) {
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EXPECT_EQ(X509_digest(certificate.get(), digest, hash, &size), 1);
  return {reinterpret_cast<const char*>(hash), size};
}

TEST(channel_bindings, are_by_the_digest_that_the_certificate_is_signed_with) {
  const some_key key = make_key();
  for (const EVP_MD* const digest : {EVP_sha256(), EVP_sha384(), EVP_sha512()}) {
    const some_certificate plain = certify(key.get(), digest);
    EXPECT_EQ(channel_binding_of(plain.get()), digest_of(plain, digest));
    const some_certificate pss = certify(key.get(), digest, RSA_PKCS1_PSS_PADDING, EVP_sha256());
    EXPECT_EQ(channel_binding_of(pss.get()), digest_of(pss, digest)) << "which RSA-PSS has among its parameters";
  }
}
TEST(channel_bindings, are_by_sha_256_where_the_digest_is_older) {
  const some_certificate old = certify(make_key().get(), EVP_sha1());
  EXPECT_EQ(channel_binding_of(old.get()), digest_of(old, EVP_sha256()));
}
TEST(channel_bindings, are_none_of_a_signature_without_a_digest) {
  EXPECT_EQ(channel_binding_of(certify(make_key("ED25519").get(), nullptr).get()), "");
}

struct client_keys : tls_files {
  static constexpr const char* password = "open sesame";
  some_key key = make_key();
  postgres_settings settings;

  void SetUp() override {
    settings.client_certificate = file("client.crt");
    settings.client_key = file("client.key");
    write(settings.client_certificate,
          [&](std::FILE* to) { return PEM_write_X509(to, certify(key.get(), EVP_sha256()).get()); });
  }
  void encrypt(EVP_PKEY* written) {
    write(settings.client_key, [&](std::FILE* to) {
      return PEM_write_PKCS8PrivateKey(to, written, EVP_aes_256_cbc(), password, 11, nullptr, nullptr);
    });
  }
  template <class Writer>
  static void write(const std::string& name, const Writer& writes) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> to(std::fopen(name.c_str(), "we"), &std::fclose);
    ASSERT_EQ(writes(to.get()), 1);
  }
  std::string refusal() const {
    try {
      make_tls_context(settings);
    } catch (const configuration_error& e) {
      return e.what();
    }
    return "it was taken";
  }
};

TEST_F(client_keys, are_opened_by_their_password) {
  encrypt(key.get());
  settings.client_key_password = password;
  EXPECT_EQ(refusal(), "it was taken");
}
TEST_F(client_keys, that_the_password_does_not_open_name_it) {
  encrypt(key.get());
  for (int i = 0; i != 20; ++i) {  // some passwords make noise of it that looks like a key
    settings.client_key_password = "wrong" + std::to_string(i);
    EXPECT_EQ(refusal(), "sslkey: " + settings.client_key + " is encrypted, and sslpassword does not open it");
  }
  settings.client_key_password.clear();
  EXPECT_EQ(refusal(),
            "sslkey: " + settings.client_key + " is encrypted, and there is no password for it: set sslpassword");
}
TEST_F(client_keys, of_another_certificate_are_told_as_that) {
  encrypt(make_key().get());
  settings.client_key_password = password;
  EXPECT_EQ(refusal(), "sslkey: " + settings.client_key + " cannot be used: key values mismatch");
}

}  // namespace
}  // namespace tupelo::driver::postgres
