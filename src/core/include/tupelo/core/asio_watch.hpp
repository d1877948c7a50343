// SPDX-License-Identifier: Apache-2.0
#pragma once

// How descriptors are watched on an Asio event loop; included by asio.hpp.

#include <tupelo/core/reactor.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace tupelo::detail {

/// The descriptors that are watched on one execution context. Its watches share it, so that they may outlive the
/// context; each leaves the context under the mutex, be it because the watch ends or because the context does.
class asio_watch_list {
public:
  struct entry {
    virtual void leave() noexcept = 0;
    entry* next = nullptr;
    entry* previous = nullptr;
    bool listed = false;

  protected:
    ~entry() = default;
  };

  void add(entry& added) noexcept {
    const std::lock_guard lock(mutex_);
    added.next = first_;
    added.listed = true;
    if (first_ != nullptr) first_->previous = &added;
    first_ = &added;
  }
  void remove(entry& removed) noexcept {
    const std::lock_guard lock(mutex_);
    if (!removed.listed) return;  // the context has ended
    if (removed.previous != nullptr) removed.previous->next = removed.next;
    if (removed.next != nullptr) removed.next->previous = removed.previous;
    if (first_ == &removed) first_ = removed.next;
    removed.leave();
  }
  void remove_all() noexcept {
    const std::lock_guard lock(mutex_);
    while (first_ != nullptr) {
      entry& leaving = *first_;
      first_ = leaving.next;
      leaving.next = leaving.previous = nullptr;
      leaving.listed = false;
      leaving.leave();
    }
  }

private:
  std::mutex mutex_;
  entry* first_ = nullptr;
};

/// Hears of the end of an execution context.
class asio_watches final : public boost::asio::execution_context::service {
public:
  using key_type = asio_watches;
  static inline boost::asio::execution_context::id id;

  explicit asio_watches(boost::asio::execution_context& context) : service(context) {}
  const std::shared_ptr<asio_watch_list>& list() const noexcept { return list_; }

private:
  void shutdown() override { list_->remove_all(); }

  std::shared_ptr<asio_watch_list> list_ = std::make_shared<asio_watch_list>();
};

template <class Executor>
class asio_watch final : public descriptor_watch {
public:
  asio_watch(boost::asio::execution_context& context, const Executor& executor, int descriptor)
      : watches_(boost::asio::use_service<asio_watches>(context).list()),
        state_(std::make_shared<state>(executor, descriptor)) {
    watches_->add(*state_);
  }
  ~asio_watch() override { watches_->remove(*state_); }

  void start_wait(io_wait& wait, io_readiness wanted) noexcept override { state_->start(wait, wanted); }
  bool cancel_wait(io_wait& wait) noexcept override { return state_->cancel(wait); }
  [[nodiscard]] bool usable() const noexcept override { return state_->usable(); }

private:
  using stream_descriptor = boost::asio::posix::basic_stream_descriptor<Executor>;

  // Handlers may still be queued when the watch goes, hence the shared ownership.
  struct state final : asio_watch_list::entry, std::enable_shared_from_this<state> {
    state(const Executor& executor, int watched) : descriptor(std::in_place, executor, watched) {}

    bool usable() const noexcept {
      const std::lock_guard lock(mutex);
      return descriptor.has_value();
    }

    void leave() noexcept override {
      const std::lock_guard lock(mutex);
      descriptor->release();  // it is not ours to close
      descriptor.reset();
    }

    void start(io_wait& wait, io_readiness wanted) noexcept {
      const std::lock_guard lock(mutex);
      wait.wanted = wanted;
      io_wait*& place = started[index(wanted)];
      place = &wait;
      // Where the context has ended nothing comes any more, as nothing runs there.
      if (descriptor) arm(wanted, ++setting[index(wanted)]);
    }

    bool cancel(io_wait& wait) noexcept {
      const std::lock_guard lock(mutex);
      io_wait*& place = started[index(wait.wanted)];
      if (place != &wait) return false;
      place = nullptr;
      ++setting[index(wait.wanted)];
      boost::system::error_code ignored;
      if (descriptor) descriptor->cancel(ignored);
      return true;
    }

    void arm(io_readiness wanted, unsigned current) {
      descriptor->async_wait(
          wanted == io_readiness::readable ? stream_descriptor::wait_read : stream_descriptor::wait_write,
          [self = this->shared_from_this(), wanted, current](const boost::system::error_code& failure) {
            self->ready(wanted, current, failure == boost::asio::error::operation_aborted);
          });
    }

    void ready(io_readiness wanted, unsigned current, bool aborted) {
      io_wait* wait = nullptr;
      {
        const std::lock_guard lock(mutex);
        const std::size_t at = index(wanted);
        if (setting[at] != current || started[at] == nullptr) return;
        // Taking back one wait aborts that of the other readiness too.
        if (aborted && descriptor) return arm(wanted, current);
        wait = started[at];
        started[at] = nullptr;
      }
      wait->ready(*wait);
    }

    static constexpr std::size_t index(io_readiness wanted) noexcept { return wanted == io_readiness::writable; }

    mutable std::mutex mutex;
    std::optional<stream_descriptor> descriptor;
    io_wait* started[2] = {nullptr, nullptr};
    unsigned setting[2] = {0, 0};  ///< tells the handler of the current wait from those of former ones
  };

  std::shared_ptr<asio_watch_list> watches_;
  std::shared_ptr<state> state_;
};

}  // namespace tupelo::detail
