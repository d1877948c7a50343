// SPDX-License-Identifier: Apache-2.0
#include "progress_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

namespace tupelo::cli {

void progress_line::started(std::string_view revision, migrate::direction way, std::size_t index, std::size_t count) {
  index_ = index;
  count_ = count;
  show(fmt::format("{} {}", way == migrate::direction::up ? "applying" : "taking back", revision), index, count);
}

void progress_line::finished(std::string_view, migrate::direction, std::size_t, std::size_t, std::int64_t) { clear(); }

void progress_line::filled(std::string_view revision, std::int64_t rows) {
  show(fmt::format("{}: {} written", revision, counted(static_cast<std::size_t>(rows), "row")), index_, count_);
}

void progress_line::locked_out(std::string_view owner, std::int64_t waited_us) {
  show(fmt::format("waiting for {} to end its run, {} s", owner, waited_us / 1'000'000), 0, 1);
}
void progress_line::copied(std::string_view file) {
  clear();
  to_->line(fmt::format("Copied the database to {} before data is lost.", file));
}
void progress_line::copy_removed(std::string_view) {
  clear();
  to_->line("Nothing was changed, so the copy is removed again.");
}
void progress_line::waiting(std::string_view revision, std::uint32_t attempt, std::int64_t) {
  const std::string_view who = revision.empty() ? "reading the schema" : revision;
  show(fmt::format("{} waits for a lock, attempt {}", who, attempt), index_, count_);
}

void progress_line::show(std::string_view what, std::size_t index, std::size_t count) {
  if (!shown_) return;
  to_->stream() << "\r\x1b[K" << to_->painted(ink::dim, fmt::format("[{}/{}] {} …", index + 1, count, what))
                << std::flush;
  dirty_ = true;
}

void progress_line::bar(std::string_view what, std::size_t done, std::size_t all) {
  if (!shown_ || all == 0) return;
  constexpr std::size_t width = 24;
  const std::size_t full = std::min(done, all) * width / all;
  std::string text = fmt::format("{} [{:-<{}}] {} % ({} of {})", what, std::string(full, '#'), width,
                                 std::min(done, all) * 100 / all, done, all);
  if (text == drawn_) return;
  drawn_ = std::move(text);
  to_->stream() << "\r\x1b[K" << to_->painted(ink::dim, drawn_) << std::flush;
  dirty_ = true;
}

void progress_line::clear() {
  drawn_.clear();
  if (!dirty_) return;
  to_->stream() << "\r\x1b[K" << std::flush;
  dirty_ = false;
}

}  // namespace tupelo::cli
