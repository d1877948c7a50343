// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tupelo {

/// A piece of work that a scheduler runs once: intrusive, so that posting never allocates.
///
/// Owns: nothing; the object must live until `run` is called, and may destroy itself in there.
struct scheduled_work {
  using run_function = void (*)(scheduled_work&) noexcept;

  explicit scheduled_work(run_function function) noexcept : run(function) {}
  scheduled_work(const scheduled_work&) = delete;
  scheduled_work& operator=(const scheduled_work&) = delete;

  run_function run;
  scheduled_work* next = nullptr;  ///< Belongs to the scheduler from `post` until `run`.

protected:
  ~scheduled_work() = default;
};

/// The tree links of a timer; they belong to the scheduler while the timer is started.
struct timer_links {
  timer_links* parent = nullptr;
  timer_links* left = nullptr;
  timer_links* right = nullptr;
  bool red = false;
};

/// A timer that a scheduler fires once: intrusive, so that starting one never allocates.
///
/// Owns: nothing; the object must live until `fire` is called or `cancel_timer` returned true.
/// Units: `due_us` is in microseconds of the scheduler's own clock.
struct timer_node : timer_links {
  using fire_function = void (*)(timer_node&) noexcept;

  explicit timer_node(fire_function function) noexcept : fire(function) {}
  timer_node(const timer_node&) = delete;
  timer_node& operator=(const timer_node&) = delete;

  std::int64_t due_us = 0;
  fire_function fire;

protected:
  ~timer_node() = default;
};

class reactor;

/// Where tasks are resumed and which clock they live by; the seam between Tupelo and any event loop.
///
/// Threads: every function may be called from any thread. `run` and `fire` are only ever called on the scheduler's own
/// thread (or one of its threads), never from inside `post` or `start_timer`.
class scheduler {
public:
  scheduler(const scheduler&) = delete;
  scheduler& operator=(const scheduler&) = delete;

  /// Runs `work` soon, on the scheduler's thread; work posted by one thread runs in the order it was posted.
  virtual void post(scheduled_work& work) noexcept = 0;

  /// Calls `timer.fire` on the scheduler's thread once `now_us()` has reached `timer.due_us`.
  virtual void start_timer(timer_node& timer) noexcept = 0;

  /// Takes back a started timer. True: it will never fire. False: it has fired, or is just about to.
  virtual bool cancel_timer(timer_node& timer) noexcept = 0;

  /// The scheduler's clock. It never goes back; its zero is arbitrary, and the same for all schedulers of real time.
  ///
  /// Units: microseconds.
  [[nodiscard]] virtual std::int64_t now_us() const noexcept = 0;

  /// As `post`, for what an event loop calls (`ready`, `fire`) with nothing held: may run `work` before it returns,
  /// where this scheduler's thread is the calling one. What was posted before may run later.
  virtual void dispatch(scheduled_work& work) noexcept { post(work); }

  /// Where descriptors are watched for tasks of this scheduler. By default that of `background_scheduler()`: its thread
  /// then reads and writes, and the task goes on here afterwards.
  [[nodiscard]] virtual tupelo::reactor& reactor() noexcept;

protected:
  scheduler() = default;
  ~scheduler() = default;
};

/// The scheduler of coroutines that brought none (see `context_of`): one background thread, started when first needed.
[[nodiscard]] scheduler& background_scheduler() noexcept;

}  // namespace tupelo
