// SPDX-License-Identifier: Apache-2.0
#include "uuid_clock.hpp"

#include <tupelo/core/error.hpp>
#include <tupelo/core/micros.hpp>
#include <tupelo/core/uuid.hpp>

#include <chrono>
#include <cstring>
#include <pthread.h>
#include <unistd.h>

namespace tupelo {

namespace {

/// Counts forks: a child must not hand out the random bytes that its parent has buffered.
std::atomic<std::uint64_t>& fork_count() {
  static std::atomic<std::uint64_t> count{1};
  static const int registered = pthread_atfork(nullptr, nullptr, [] { count.fetch_add(1, std::memory_order_relaxed); });
  if (registered != 0) throw error(errc::out_of_memory, "pthread_atfork failed: free memory and try again");
  return count;
}

/// A thread's stock of random bytes, so that one system call serves many UUIDs.
class entropy {
public:
  void take(std::uint8_t* out, std::size_t size) {
    const std::uint64_t forks = fork_count().load(std::memory_order_relaxed);
    if (left_ < size || forks != forks_) {
      if (getentropy(stock_, sizeof stock_) != 0) {
        throw error(errc::invalid_configuration,
                    "the operating system gives no random bytes (getentropy failed): allow the getrandom system call");
      }
      left_ = sizeof stock_;
      forks_ = forks;
    }
    left_ -= size;
    std::memcpy(out, stock_ + left_, size);
    std::memset(stock_ + left_, 0, size);  // what was handed out cannot be read from here later
  }

private:
  std::uint8_t stock_[256]{};  // the most that getentropy gives at once
  std::size_t left_ = 0;
  std::uint64_t forks_ = 0;
};

void random_bytes(std::uint8_t* out, std::size_t size) {
  thread_local entropy source;
  source.take(out, size);
}

void mark(uuid& id, unsigned version) noexcept {
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | version << 4);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
}

constexpr bool hyphen_before(int byte) noexcept { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

constexpr auto hex_values = [] {
  struct {
    std::uint8_t of[256];
  } table{};
  for (auto& value : table.of) value = 0xff;
  for (int i = 0; i < 10; ++i) table.of['0' + i] = static_cast<std::uint8_t>(i);
  for (int i = 0; i < 6; ++i) table.of['a' + i] = table.of['A' + i] = static_cast<std::uint8_t>(10 + i);
  return table;
}();

}  // namespace

uuid uuid::v4() {
  uuid id;
  random_bytes(id.bytes, sizeof id.bytes);
  mark(id, 4);
  return id;
}

uuid uuid::v7() {
  static detail::uuid_clock clock;
  uuid id;
  random_bytes(id.bytes + 8, 8);
  const auto now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch());
  const std::uint64_t tick =
      clock.next(detail::uuid_tick(now.count() < 0 ? 0 : static_cast<std::uint64_t>(now.count())));
  for (unsigned i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(tick >> (52 - 8 * i));
  id.bytes[6] = static_cast<std::uint8_t>(tick >> 8 & 0x0f);
  id.bytes[7] = static_cast<std::uint8_t>(tick);
  mark(id, 7);
  return id;
}

bool uuid::parse_to(const char* text, std::size_t size, uuid& out) noexcept {
  if (size != text_size) return false;
  uuid id;
  unsigned wrong = 0;
  for (int i = 0; i < 16; ++i) {
    if (hyphen_before(i)) wrong |= static_cast<unsigned>(*text++ != '-') << 7;
    const unsigned high = hex_values.of[static_cast<unsigned char>(*text++)];
    const unsigned low = hex_values.of[static_cast<unsigned char>(*text++)];
    wrong |= high | low;
    id.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  if (wrong > 0x0f) return false;
  out = id;
  return true;
}

std::optional<uuid> uuid::try_parse(std::string_view text) noexcept {
  uuid result;
  if (!parse_to(text.data(), text.size(), result)) return std::nullopt;
  return result;
}

uuid uuid::parse(std::string_view text) {
  uuid result;
  if (!parse_to(text.data(), text.size(), result)) {
    detail::throw_invalid_value("expected a UUID as 8-4-4-4-12 hexadecimal digits with hyphens");
  }
  return result;
}

char* uuid::format_to(char* out36) const noexcept {
  constexpr char digits[] = "0123456789abcdef";
  for (int i = 0; i < 16; ++i) {
    if (hyphen_before(i)) *out36++ = '-';
    *out36++ = digits[bytes[i] >> 4];
    *out36++ = digits[bytes[i] & 15];
  }
  return out36;
}

std::string uuid::to_string() const {
  char text[text_size];
  format_to(text);
  return std::string(text, text_size);
}

}  // namespace tupelo
