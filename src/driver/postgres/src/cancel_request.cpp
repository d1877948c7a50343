// SPDX-License-Identifier: Apache-2.0
#include "cancel_request.hpp"

#include "frontend_messages.hpp"
#include "send_buffer.hpp"

#include <tupelo/core/deadline.hpp>
#include <tupelo/core/reactor.hpp>
#include <tupelo/core/scheduler.hpp>

#include <cerrno>
#include <mutex>
#include <new>
#include <utility>

namespace tupelo::driver::postgres {

namespace {

/// Its parts keep it alive: the wait for the socket and the timer hold a share each while they are started.
class running_request final : public cancel_request, public std::enable_shared_from_this<running_request> {
public:
  explicit running_request(cancel_listener& listener) noexcept : listener_(&listener) {}

  void drop_listener() noexcept override {
    const std::lock_guard lock(listening_);
    listener_ = nullptr;
  }

  /// False: the server cannot be reached.
  bool begin(const endpoint& server, const tls_terms& tls, std::uint32_t process, const std::string& key,
             std::int64_t patience_us) {
    socket_ = transport(::socket(server.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket_.is_open()) return false;
    tls_ = tls;
    process_ = process;
    key_ = key;
    if (!tls.context) {
      tell();
    } else if (tls.direct) {
      encrypt();
    } else {
      write_ssl_request(out_);
    }
    if (::connect(socket_.descriptor(), reinterpret_cast<const sockaddr*>(&server.address), server.size) != 0 &&
        errno != EINPROGRESS) {
      return false;
    }
    scheduler& loop = background_scheduler();
    watch_ = loop.reactor().watch(socket_.descriptor());
    const std::lock_guard lock(mutex_);
    timer_.self = wait_.self = shared_from_this();
    timer_.due_us = deadline::after_us(patience_us, loop.now_us()).at_us;
    loop.start_timer(timer_);
    watch_->start_wait(wait_, io_readiness::writable);
    return true;
  }

private:
  struct socket_wait final : io_wait {
    socket_wait() noexcept : io_wait(&ready_now) {}
    static void ready_now(io_wait& self) noexcept {
      const auto owner = std::move(static_cast<socket_wait&>(self).self);
      owner->go_on();
    }
    std::shared_ptr<running_request> self;
  };
  struct patience final : timer_node {
    patience() noexcept : timer_node(&fired) {}
    static void fired(timer_node& self) noexcept {
      const auto owner = std::move(static_cast<patience&>(self).self);
      owner->end(true);
    }
    std::shared_ptr<running_request> self;
  };

  void go_on() noexcept {
    bool ended = false;
    {
      const std::lock_guard lock(mutex_);
      if (done_) return;
      io_readiness wanted = io_readiness::readable;
      try {
        ended = !exchange(wanted);
      } catch (const std::exception&) {  // the server cannot be reached, or is none to trust
        ended = true;
      }
      if (!ended) {
        wait_.self = shared_from_this();
        watch_->start_wait(wait_, wanted);
      }
    }
    if (ended) end(false);
  }

  enum class phase : std::uint8_t {
    asking,      ///< whether the server has TLS
    encrypting,  ///< the handshake
    telling,     ///< what to stop
  };

  void encrypt() {
    socket_.start_tls(tls_);
    at_ = phase::encrypting;
  }
  void tell() {
    write_cancel_request(out_, process_, key_);
    at_ = phase::telling;
  }

  /// False: nothing more will come.
  bool exchange(io_readiness& wanted) {
    for (;;) {
      std::size_t count = 0;
      transfer state = transfer::done;
      if (at_ == phase::encrypting) {
        state = socket_.handshake();
        if (state == transfer::done) tell();
      } else if (!out_.empty()) {
        state = socket_.send(out_.data(), out_.size(), count);
        out_.consume(count);
      } else {
        char answer = '\0';
        state = socket_.receive(&answer, 1, count, false);
        if (state == transfer::done && at_ == phase::telling) state = transfer::wants_read;  // it has nothing to say
        if (state == transfer::done) {
          if (answer != 'S') return false;
          encrypt();
        }
      }
      if (state == transfer::ended) return false;
      if (state == transfer::done) continue;
      wanted = state == transfer::wants_write ? io_readiness::writable : io_readiness::readable;
      return true;
    }
  }
  /// Whether the server may act on it.
  bool is_told() const noexcept { return at_ == phase::telling && out_.empty(); }

  void end(bool by_timer) noexcept {
    std::shared_ptr<running_request> dropped;  // their shares go after the lock
    std::shared_ptr<running_request> dropped_too;
    bool in_time = true;
    {
      const std::lock_guard lock(mutex_);
      if (done_) return;
      done_ = true;
      in_time = !by_timer || !is_told();
      if (by_timer) {
        if (watch_->cancel_wait(wait_)) dropped = std::move(wait_.self);
      } else if (background_scheduler().cancel_timer(timer_)) {
        dropped_too = std::move(timer_.self);
      }
    }
    const std::lock_guard lock(listening_);
    if (listener_ != nullptr) std::exchange(listener_, nullptr)->cancel_ended(in_time);
  }

  std::mutex mutex_;
  std::recursive_mutex listening_;  // the listener may go, and drop itself, while it is called
  cancel_listener* listener_;
  tls_terms tls_;
  std::uint32_t process_ = 0;
  std::string key_;
  phase at_ = phase::asking;
  send_buffer out_;
  transport socket_;
  bool done_ = false;
  std::unique_ptr<descriptor_watch> watch_;
  socket_wait wait_;
  patience timer_;
};

}  // namespace

std::shared_ptr<cancel_request> cancel_request::start(const endpoint& server, const tls_terms& tls,
                                                      std::uint32_t process, const std::string& key,
                                                      cancel_listener& listener, std::int64_t patience_us) noexcept {
  try {
    auto made = std::make_shared<running_request>(listener);
    if (made->begin(server, tls, process, key, patience_us)) return made;
  } catch (const std::exception&) {
    return nullptr;  // no memory, no descriptors: the statement runs on until its connection is closed
  }
  return nullptr;
}

}  // namespace tupelo::driver::postgres
