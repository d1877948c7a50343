// SPDX-License-Identifier: Apache-2.0
#pragma once

// The bridge to Boost.Asio, and the only header of core that includes it.

#include <tupelo/core/asio_watch.hpp>
#include <tupelo/core/awaitable.hpp>
#include <tupelo/core/deadline.hpp>
#include <tupelo/core/reactor.hpp>
#include <tupelo/core/resumption.hpp>
#include <tupelo/core/scheduler.hpp>
#include <tupelo/core/sync_wait.hpp>
#include <tupelo/core/task.hpp>
#include <tupelo/core/timer_queue.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/is_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

namespace tupelo {

/// A scheduler over an Asio executor: tasks are resumed there, timers are Asio timers.
///
/// Where several threads run the executor, give it a strand, or tasks may be resumed on any of them.
///
/// Owns: a copy of the executor. It must outlive every task that runs on it. It does not keep `io_context::run` from
/// returning, except while a timer runs; `spawn` does. Threads: any.
template <class Executor>
class basic_asio_scheduler final : public scheduler, private reactor {
public:
  using executor_type = Executor;

  explicit basic_asio_scheduler(Executor executor) : executor_(std::move(executor)) {}
  ~basic_asio_scheduler() {
    if (timers_ != nullptr) timers_->close();
  }

  [[nodiscard]] const Executor& get_executor() const noexcept { return executor_; }

  void post(scheduled_work& work) noexcept override {
    boost::asio::post(executor_, [&work] { work.run(work); });
  }
  void dispatch(scheduled_work& work) noexcept override {
    boost::asio::dispatch(executor_, [&work] { work.run(work); });
  }
  void start_timer(timer_node& timer) noexcept override { timers().start(timer); }
  bool cancel_timer(timer_node& timer) noexcept override { return timers().cancel(timer); }
  [[nodiscard]] std::int64_t now_us() const noexcept override { return steady_now_us(); }
  [[nodiscard]] tupelo::reactor& reactor() noexcept override { return *this; }

private:
  // Schedulers come and go with every spawned task; a watch stays with the execution context.
  [[nodiscard]] const void* domain() const noexcept override { return std::addressof(context()); }
  [[nodiscard]] std::unique_ptr<descriptor_watch> watch(int descriptor) override {
    return std::make_unique<detail::asio_watch<Executor>>(context(), executor_, descriptor);
  }
  [[nodiscard]] boost::asio::execution_context& context() const noexcept {
    return boost::asio::query(executor_, boost::asio::execution::context);
  }

  // All timers share one of Asio's. Its handlers may still be queued when the scheduler goes, hence the shared
  // ownership.
  class timer_set : public std::enable_shared_from_this<timer_set> {
  public:
    explicit timer_set(const Executor& executor) : alarm_(executor) {}

    void start(timer_node& timer) {
      const std::lock_guard lock(mutex_);
      queue_.insert(timer);
      if (queue_.front() == &timer) set_alarm();
    }

    bool cancel(timer_node& timer) {
      const std::lock_guard lock(mutex_);
      const bool taken_back = queue_.erase(timer);
      if (taken_back && queue_.empty()) clear_alarm();  // or io_context::run would wait for it
      return taken_back;
    }

    void close() {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      clear_alarm();
    }

  private:
    using clock = std::chrono::steady_clock;

    void set_alarm() {
      constexpr std::int64_t latest_us = detail::max_us / 2000;  // the clock counts nanoseconds
      const std::int64_t due_us = queue_.front()->due_us;
      alarm_.expires_at(clock::time_point(std::chrono::microseconds(due_us < latest_us ? due_us : latest_us)));
      alarm_.async_wait([self = this->shared_from_this(), setting = ++setting_](const boost::system::error_code&) {
        self->fire_due(setting);
      });
    }

    void clear_alarm() {
      ++setting_;
      alarm_.cancel();
    }

    void fire_due(std::uint64_t setting) {
      std::unique_lock lock(mutex_);
      if (setting != setting_) return;  // the alarm has been set again or cleared
      const std::int64_t now = steady_now_us();
      while (!closed_) {
        timer_node* const due = queue_.pop_due(now);
        if (due == nullptr) break;
        lock.unlock();
        due->fire(*due);  // may destroy the scheduler
        lock.lock();
      }
      if (!closed_ && !queue_.empty()) set_alarm();
    }

    std::mutex mutex_;
    timer_queue queue_;
    boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, Executor> alarm_;
    std::uint64_t setting_ = 0;  // tells the handler of the current setting from those of former ones
    bool closed_ = false;
  };

  // Made when first needed: most tasks never start a timer.
  timer_set& timers() {
    const std::lock_guard lock(making_timers_);
    if (timers_ == nullptr) timers_ = std::make_shared<timer_set>(executor_);
    return *timers_;
  }

  Executor executor_;
  std::mutex making_timers_;
  std::shared_ptr<timer_set> timers_;
};

using asio_scheduler = basic_asio_scheduler<boost::asio::any_io_executor>;

namespace detail {

// Completion handlers take their values by value and get one in case of an error, too.
template <class T>
struct spawn_result {
  using type = std::conditional_t<std::default_initializable<T> && std::movable<T>, T, std::optional<T>>;
  using signature = void(std::exception_ptr, type);
};
template <class T>
struct spawn_result<T&> {
  using type = T*;
  using signature = void(std::exception_ptr, type);
};
template <>
struct spawn_result<void> {
  using signature = void(std::exception_ptr);
};

/// A running task together with the completion handler that waits for it.
template <class Executor, class T, class Handler>
class spawned_task final : task_completion {
public:
  static void launch(const Executor& executor, task<T> started, Handler handler) {
    auto self = std::make_unique<spawned_task>(executor, std::move(started), std::move(handler));
    boost::asio::post(executor, [self = std::move(self)]() mutable {
      spawned_task& running = *self.release();  // task_done deletes it
      task_access::start(running.task_, running.context_, running);
    });
  }

  spawned_task(const Executor& executor, task<T> started, Handler handler)
      : task_completion{&task_done},
        scheduler_(executor),
        working_(executor),
        handler_(std::move(handler)),
        handler_working_(boost::asio::get_associated_executor(handler_, executor)),
        context_{scheduler_, watch_slot(), deadline::never()},
        task_(std::move(started)) {}

private:
  using handler_executor = boost::asio::associated_executor_t<Handler, Executor>;

  cancel_token watch_slot() {
    auto slot = boost::asio::get_associated_cancellation_slot(handler_);
    if (!slot.is_connected()) return {};
    cancel_source source;
    slot.assign([source](boost::asio::cancellation_type type) {
      if (type != boost::asio::cancellation_type::none) source.request_cancel();
    });
    return source.token();
  }

  static std::coroutine_handle<> task_done(task_completion& completion, task_promise_base& ended) noexcept {
    std::unique_ptr<spawned_task> self(&static_cast<spawned_task&>(completion));
    std::exception_ptr thrown = ended.take_error();
    // Posted, never called from here: a handler may throw, which is for whoever runs the executor to see.
    if constexpr (std::is_void_v<T>) {
      complete(std::move(self), [thrown](Handler& handler) mutable { std::move(handler)(std::move(thrown)); });
    } else {
      typename spawn_result<T>::type value{};
      if (!thrown) {
        try {
          if constexpr (std::is_reference_v<T>) {
            value = std::addressof(task_access::take(self->task_));
          } else if constexpr (!std::same_as<typename spawn_result<T>::type, T>) {
            value.emplace(task_access::take(self->task_));
          } else {
            value = task_access::take(self->task_);
          }
        } catch (...) {
          thrown = std::current_exception();
        }
      }
      complete(std::move(self), [thrown, value = std::move(value)](Handler& handler) mutable {
        std::move(handler)(std::move(thrown), std::move(value));
      });
    }
    return std::noop_coroutine();
  }

  template <class Call>
  static void complete(std::unique_ptr<spawned_task> self, Call call) {
    auto working = std::move(self->working_);
    auto handler_working = std::move(self->handler_working_);
    Handler handler = std::move(self->handler_);
    self.reset();  // the frame goes before the handler hears of the end
    boost::asio::post(handler_working.get_executor(), [handler = std::move(handler), call = std::move(call)]() mutable {
      auto slot = boost::asio::get_associated_cancellation_slot(handler);
      if (slot.is_connected()) slot.clear();
      call(handler);
    });
  }

  basic_asio_scheduler<Executor> scheduler_;
  boost::asio::executor_work_guard<Executor> working_;
  Handler handler_;
  boost::asio::executor_work_guard<handler_executor> handler_working_;
  task_context context_;
  task<T> task_;
};

template <class Executor>
concept asio_executor =
    boost::asio::is_executor<Executor>::value || boost::asio::execution::is_executor<Executor>::value;
template <class Where>
concept asio_place = asio_executor<std::remove_cvref_t<Where>> ||
                     std::derived_from<std::remove_cvref_t<Where>, boost::asio::execution_context>;

template <class Awaitable>
concept other_awaitable = awaitable<Awaitable> && !is_task<std::remove_cvref_t<Awaitable>>::value;
template <class Awaitable>
task<await_result_t<Awaitable>> as_kept_task(Awaitable awaited) {
  co_return co_await std::move(awaited);
}

}  // namespace detail

/// Runs a task on an Asio executor and tells any completion token of its end: `detached`, `use_future`,
/// `use_awaitable`, a callback.
///
/// The handler's signature is `void(std::exception_ptr, T)`, or `void(std::exception_ptr)` for `task<void>`; a result
/// without a default constructor arrives as `std::optional<T>`, a reference as a pointer. With `detached` an exception
/// is dropped, as by `co_spawn`.
///
/// Errors: those of the task go to the handler; an empty task throws here.
/// Owns: the task. Work is counted until its end, so `io_context::run` returns after it. An `io_context` that is
/// destroyed before never resumes the task, and its frame stays allocated: ask it to stop and run on instead. Threads:
/// starts and runs on the executor, never inside this call. Cancel: by the handler's cancellation slot, any type.
template <detail::asio_executor Executor, class T, class CompletionToken>
auto spawn(const Executor& executor, task<T> spawned, CompletionToken&& token) {
  static_cast<void>(detail::task_access::handle(spawned));
  return boost::asio::async_initiate<CompletionToken, typename detail::spawn_result<T>::signature>(
      [](auto handler, const Executor& on, task<T> started) {
        detail::spawned_task<Executor, T, decltype(handler)>::launch(on, std::move(started), std::move(handler));
      },
      token, executor, std::move(spawned));
}

/// The same on the executor of an `io_context` or `thread_pool`.
template <std::derived_from<boost::asio::execution_context> Context, class T, class CompletionToken>
auto spawn(Context& context, task<T> spawned, CompletionToken&& token) {
  return spawn(context.get_executor(), std::move(spawned), std::forward<CompletionToken>(token));
}

/// The same for any other awaitable, which is kept until it has ended: a statement, for one.
template <detail::asio_place Where, detail::other_awaitable Awaitable, class CompletionToken>
auto spawn(Where&& where, Awaitable&& spawned, CompletionToken&& token) {
  return spawn(where, detail::as_kept_task<std::remove_cvref_t<Awaitable>>(std::forward<Awaitable>(spawned)),
               std::forward<CompletionToken>(token));
}

/// `co_await to_asio(task)` in a `boost::asio::awaitable`: runs the task on that coroutine's executor.
///
/// Errors: what the task throws. Cancel: by the cancellation that the coroutine's state lets through.
template <class T>
boost::asio::awaitable<T> to_asio(task<T> awaited) {
  auto executor = co_await boost::asio::this_coro::executor;
  if constexpr (std::is_void_v<T>) {
    co_await spawn(executor, std::move(awaited), boost::asio::use_awaitable);
  } else if constexpr (!std::same_as<typename detail::spawn_result<T>::type, T>) {
    auto value = co_await spawn(executor, std::move(awaited), boost::asio::use_awaitable);
    co_return static_cast<T&&>(*value);
  } else {
    co_return co_await spawn(executor, std::move(awaited), boost::asio::use_awaitable);
  }
}

/// The same for any other awaitable.
template <detail::other_awaitable Awaitable>
auto to_asio(Awaitable&& awaited) {
  return to_asio(detail::as_kept_task<std::remove_cvref_t<Awaitable>>(std::forward<Awaitable>(awaited)));
}

namespace detail {

/// Runs an `awaitable` on its executor and brings the result back to the awaiting coroutine's scheduler.
template <class Executor, class T>
class [[nodiscard]] from_asio_awaiter : cancel_registration {
public:
  from_asio_awaiter(const Executor& executor, boost::asio::awaitable<T, Executor>&& awaited)
      : cancel_registration(&requested), executor_(executor), awaited_(std::move(awaited)) {}

  [[nodiscard]] bool await_ready() const noexcept { return false; }

  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    const task_context& context = context_of(awaiting.promise());
    resumption_.prepare(awaiting, context);
    boost::asio::co_spawn(executor_, std::move(awaited_),
                          boost::asio::bind_cancellation_slot(signal_->slot(), [this](auto&&... ended) {
                            store(std::forward<decltype(ended)>(ended)...);
                            resumption_.post();
                          }));
    if (!attach(context.cancellation)) emit();
    return resumption_.arm();
  }

  T await_resume() {
    detach();
    if (thrown_) std::rethrow_exception(thrown_);
    if constexpr (!std::is_void_v<T>) return std::move(*value_);
  }

private:
  static void requested(cancel_registration& self) noexcept { static_cast<from_asio_awaiter&>(self).emit(); }

  // Signals are emitted on the executor, as the operations that listen are there; maybe after this has gone.
  void emit() noexcept {
    boost::asio::post(executor_, [signal = signal_] { signal->emit(boost::asio::cancellation_type::terminal); });
  }

  void store(std::exception_ptr thrown) { thrown_ = std::move(thrown); }
  template <class Value>
  void store(std::exception_ptr thrown, Value&& value) {
    thrown_ = std::move(thrown);
    if (!thrown_) value_.emplace(std::forward<Value>(value));
  }

  Executor executor_;
  boost::asio::awaitable<T, Executor> awaited_;
  std::shared_ptr<boost::asio::cancellation_signal> signal_ = std::make_shared<boost::asio::cancellation_signal>();
  resumption resumption_;
  std::exception_ptr thrown_;
  std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value_;
};

}  // namespace detail

/// Awaits a `boost::asio::awaitable`, which runs on `executor`, in a task.
///
/// Errors: what the awaitable throws. Threads: back on the task's scheduler afterwards; `executor` is run by one
/// thread, or is a strand. Cancel: emits `terminal`; ends with what the awaitable makes of it.
template <class Executor, class T>
task<T> from_asio(Executor executor, boost::asio::awaitable<T, Executor> awaited) {
  co_return co_await detail::from_asio_awaiter<Executor, T>(executor, std::move(awaited));
}

}  // namespace tupelo
