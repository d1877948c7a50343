// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/task.hpp>

#include <cstddef>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TUPELO_PLAIN_FRAMES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define TUPELO_PLAIN_FRAMES 1
#endif
#endif

namespace tupelo::detail {

#if defined(TUPELO_PLAIN_FRAMES)

void* allocate_frame(std::size_t size) { return ::operator new(size); }
void free_frame(void* frame, std::size_t size) noexcept { ::operator delete(frame, size); }

#else

namespace {

// Frames of one size class form a list through their own first bytes. A frame freed on another thread than it came from
// joins the list of the thread that freed it; the cap keeps a one-way traffic from piling up.
constexpr std::size_t class_step = 64;
constexpr std::size_t class_count = 32;  // frames up to 2 KiB; larger ones go to the heap
constexpr unsigned class_capacity = 32;

struct free_slot {
  free_slot* next;
};

struct frame_cache {
  struct {
    free_slot* first;
    unsigned held;
  } of[class_count];
  unsigned capacity;  // of each class: 0 until the thread's end will empty this cache, and from then on
  bool closed;        // the thread is ending: nothing is kept any more
};

// Trivial, so that it can be used until the very end of the thread, when other thread-local objects free their frames.
constinit thread_local frame_cache cache{};

struct cache_watch {
  cache_watch() noexcept { cache.capacity = class_capacity; }
  cache_watch(const cache_watch&) = delete;
  cache_watch& operator=(const cache_watch&) = delete;
  ~cache_watch() {
    cache.closed = true;
    cache.capacity = 0;
    for (std::size_t index = 0; index < class_count; ++index) {
      while (free_slot* const slot = cache.of[index].first) {
        cache.of[index].first = slot->next;
        ::operator delete(slot, (index + 1) * class_step);
      }
    }
  }
};

[[gnu::noinline]] void watch_cache() noexcept {
  thread_local const cache_watch watch;
  static_cast<void>(watch);
}

[[nodiscard]] constexpr std::size_t class_of(std::size_t size) noexcept { return (size - 1) / class_step; }

}  // namespace

void* allocate_frame(std::size_t size) {
  const std::size_t index = class_of(size);
  if (index >= class_count) [[unlikely]]
    return ::operator new(size);
  auto& mine = cache.of[index];
  free_slot* const slot = mine.first;
  if (slot == nullptr) [[unlikely]]
    return ::operator new((index + 1) * class_step);
  mine.first = slot->next;
  --mine.held;
  return slot;
}

void free_frame(void* frame, std::size_t size) noexcept {
  const std::size_t index = class_of(size);
  if (index >= class_count) [[unlikely]] {
    ::operator delete(frame, size);
    return;
  }
  frame_cache& mine = cache;
  auto& kept = mine.of[index];
  if (kept.held >= mine.capacity) [[unlikely]] {
    if (mine.capacity == 0 && !mine.closed) watch_cache();
    if (kept.held >= mine.capacity) {
      ::operator delete(frame, (index + 1) * class_step);
      return;
    }
  }
  kept.first = ::new (frame) free_slot{kept.first};
  ++kept.held;
}

#endif

}  // namespace tupelo::detail
