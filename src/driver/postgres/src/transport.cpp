// SPDX-License-Identifier: Apache-2.0
#include "transport.hpp"

#include <tupelo/core/error.hpp>

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>
#include <sys/socket.h>
#include <unistd.h>

namespace tupelo::driver::postgres {

namespace {

[[noreturn]] void throw_lost(const char* doing, int code) {
  throw connection_error(errc::connection_lost, std::string("the connection to the server is lost: ") + doing + ": " +
                                                    std::generic_category().message(code));
}

// OpenSSL's own socket BIO raises SIGPIPE when the peer is gone.
int bio_write(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const auto sent = ::send(static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))), bytes,
                           static_cast<std::size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int bio_read(BIO* bio, char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const auto got = ::recv(static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))), bytes,
                          static_cast<std::size_t>(size), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* bio_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tupelo socket");
    BIO_meth_set_write(made, &bio_write);
    BIO_meth_set_read(made, &bio_read);
    BIO_meth_set_ctrl(made, &bio_control);
    return made;
  }();
  return method;
}

std::string tls_reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "the peer ended the connection";
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "error " + std::to_string(code);
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

void wait_for(int descriptor, short events) {
  pollfd polled{descriptor, events, 0};
  while (::poll(&polled, 1, -1) < 0) {
    if (errno != EINTR) throw_lost("waiting", errno);
  }
}

}  // namespace

void transport::free_tls::operator()(ssl_st* tls) const noexcept { SSL_free(tls); }

transport::transport(int descriptor) noexcept : descriptor_(descriptor) {
  int domain = 0;
  socklen_t size = sizeof domain;
  is_local_ = ::getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX;
}

transport::transport(transport&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), is_local_(other.is_local_), tls_(std::move(other.tls_)) {}

transport& transport::operator=(transport&& other) noexcept {
  close();
  descriptor_ = std::exchange(other.descriptor_, -1);
  is_local_ = other.is_local_;
  tls_ = std::move(other.tls_);
  return *this;
}

void transport::close() noexcept {
  if (tls_) {
    SSL_shutdown(tls_.get());  // one try: the peer may be gone
    ERR_clear_error();
    tls_.reset();
  }
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void transport::shut_down() noexcept {
  if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_RDWR);
}

transfer transport::send(const char* bytes, std::size_t size, std::size_t& count) {
  count = 0;
  if (tls_) {
    ERR_clear_error();
    std::size_t sent = 0;
    const int result = SSL_write_ex(tls_.get(), bytes, size, &sent);
    count = sent;
    return tls_outcome(result, "sending");
  }
  for (;;) {
    const auto sent = ::send(descriptor_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      count = static_cast<std::size_t>(sent);
      return transfer::done;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return transfer::wants_write;
    if (errno == EINTR) continue;
    if (errno == EPIPE || errno == ECONNRESET) return transfer::ended;
    throw_lost("sending", errno);
  }
}

transfer transport::receive(char* bytes, std::size_t size, std::size_t& count, bool wait) {
  count = 0;
  if (tls_) {
    for (;;) {
      ERR_clear_error();
      std::size_t got = 0;
      const int result = SSL_read_ex(tls_.get(), bytes, size, &got);
      count = got;
      const transfer outcome = tls_outcome(result, "receiving");
      if (!wait || (outcome != transfer::wants_read && outcome != transfer::wants_write)) return outcome;
      wait_for(descriptor_, outcome == transfer::wants_read ? POLLIN : POLLOUT);
    }
  }
  // A thread that is blocked in recv() of a unix socket is also woken when the peer takes what was sent to it; in
  // poll() it sleeps until there is an answer.
  if (wait && is_local_) wait_for(descriptor_, POLLIN);
  for (;;) {
    const auto got = ::recv(descriptor_, bytes, size, wait ? 0 : MSG_DONTWAIT);
    if (got > 0) {
      count = static_cast<std::size_t>(got);
      return transfer::done;
    }
    if (got == 0) return transfer::ended;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return transfer::wants_read;
    if (errno == EINTR) continue;
    if (errno == ECONNRESET) return transfer::ended;
    throw_lost("receiving", errno);
  }
}

bool transport::has_pending() const noexcept { return tls_ && SSL_pending(tls_.get()) > 0; }

void transport::start_tls(const tls_terms& terms) {
  const std::string& server_name = terms.server_name;
  tls_.reset(SSL_new(terms.context.get()));
  BIO* const bio = tls_ ? BIO_new(bio_method()) : nullptr;
  if (bio == nullptr) throw connection_error(errc::connection_failed, "TLS cannot be started: " + tls_reason());
  // NOLINTNEXTLINE(performance-no-int-to-ptr): only ever cast back
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor_)));
  BIO_set_init(bio, 1);
  SSL_set_bio(tls_.get(), bio, bio);
  SSL_set_connect_state(tls_.get());
  // The send buffer may have moved when a write is tried again.
  SSL_set_mode(tls_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const bool address = is_address(server_name);
  if (!address && !server_name.empty()) SSL_set_tlsext_host_name(tls_.get(), server_name.c_str());
  if (!terms.verify_name) return;
  X509_VERIFY_PARAM* const checked = SSL_get0_param(tls_.get());
  X509_VERIFY_PARAM_set_hostflags(checked, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const int taken = address ? X509_VERIFY_PARAM_set1_ip_asc(checked, server_name.c_str())
                            : X509_VERIFY_PARAM_set1_host(checked, server_name.data(), server_name.size());
  if (taken != 1 || server_name.empty()) {
    throw connection_error(errc::connection_failed,
                           "TLS cannot verify the server: there is no host name to compare its certificate with");
  }
}

transfer transport::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(tls_.get());
  if (result == 1) return transfer::done;
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ: return transfer::wants_read;
    case SSL_ERROR_WANT_WRITE: return transfer::wants_write;
    default: break;
  }
  const std::string failed = "TLS with the server failed: ";
  std::string reason = tls_reason();
  const bool verifies = (SSL_get_verify_mode(tls_.get()) & SSL_VERIFY_PEER) != 0;
  if (const long verified = SSL_get_verify_result(tls_.get()); verifies && verified != X509_V_OK) {
    reason = std::string("the server's certificate is refused: ") + X509_verify_cert_error_string(verified);
    const char* const wanted = X509_VERIFY_PARAM_get0_host(SSL_get0_param(tls_.get()), 0);
    if (verified == X509_V_ERR_HOSTNAME_MISMATCH && wanted != nullptr) reason.append(": it is not for ").append(wanted);
    throw untrusted_server(failed + reason + "; check the host name and sslrootcert");
  }
  throw connection_error(errc::connection_failed, failed + reason);
}

std::string transport::channel_binding() const {
  if (!tls_) return {};
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(tls_.get()), &X509_free);
  return certificate ? channel_binding_of(certificate.get()) : std::string();
}

std::string channel_binding_of(x509_st* certificate) {
  // Not what the algorithm's identifier stands for: RSA-PSS has its digest among its parameters.
  int digest_id = NID_undef;
  if (X509_get_signature_info(certificate, &digest_id, nullptr, nullptr, nullptr) == 0) return {};
  // RFC 5929: MD5 and SHA-1 are replaced by SHA-256; a signature without a digest of its own (Ed25519) has no binding.
  if (digest_id == NID_md5 || digest_id == NID_sha1) digest_id = NID_sha256;
  const EVP_MD* const digest = EVP_get_digestbynid(digest_id);
  if (digest == nullptr) return {};
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  if (X509_digest(certificate, digest, hash.data(), &size) == 0) return {};
  return {reinterpret_cast<const char*>(hash.data()), size};
}

transfer transport::tls_outcome(int result, const char* doing) {
  if (result == 1) return transfer::done;
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ: return transfer::wants_read;
    case SSL_ERROR_WANT_WRITE: return transfer::wants_write;
    case SSL_ERROR_ZERO_RETURN: return transfer::ended;
    case SSL_ERROR_SYSCALL:
      if (errno == EPIPE || errno == ECONNRESET) return transfer::ended;  // its last words may still be read
      break;
    default: break;
  }
  throw tls_failure(std::string("the connection to the server is lost: ") + doing + ": " + tls_reason());
}

}  // namespace tupelo::driver::postgres
