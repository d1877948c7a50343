// SPDX-License-Identifier: Apache-2.0
#include "progress_line.hpp"

#include <fmt/format.h>

#include <ostream>

namespace tupelo::cli {

void progress_line::started(std::string_view revision, migrate::direction way, std::size_t index, std::size_t count) {
  index_ = index;
  count_ = count;
  show(fmt::format("{} {}", way == migrate::direction::up ? "applying" : "taking back", revision), index, count);
}

void progress_line::finished(std::string_view, migrate::direction, std::size_t, std::size_t, std::int64_t) { clear(); }

void progress_line::waiting(std::string_view revision, std::uint32_t attempt, std::int64_t) {
  show(fmt::format("{} waits for a lock, attempt {}", revision, attempt), index_, count_);
}

void progress_line::show(std::string_view what, std::size_t index, std::size_t count) {
  if (!shown_) return;
  to_->stream() << "\r\x1b[K" << to_->painted(ink::dim, fmt::format("[{}/{}] {} …", index + 1, count, what))
                << std::flush;
  dirty_ = true;
}

void progress_line::clear() {
  if (!dirty_) return;
  to_->stream() << "\r\x1b[K" << std::flush;
  dirty_ = false;
}

}  // namespace tupelo::cli
