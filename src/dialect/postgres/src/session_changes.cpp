// SPDX-License-Identifier: Apache-2.0
#include "session_changes.hpp"

#include "opaque_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace tupelo::postgres {

namespace {

char lower_letter(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool equal(std::string_view word, std::string_view lower_case) noexcept {
  return word.size() == lower_case.size() &&
         std::equal(word.begin(), word.end(), lower_case.begin(), [](char a, char b) { return lower_letter(a) == b; });
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) noexcept {
  return std::any_of(words.begin(), words.end(), [word](std::string_view each) { return equal(word, each); });
}

// As the first word of a statement. What DO and CALL run is not known.
constexpr std::array<std::string_view, 8> always{"reset", "listen", "deallocate", "load",
                                                 "do",    "call",   "discard",    "declare"};
constexpr std::array<std::string_view, 3> set_for_the_transaction{"local", "transaction", "constraints"};
// Anywhere.
constexpr std::array<std::string_view, 9> anywhere{"temp",
                                                   "temporary",
                                                   "pg_temp",
                                                   "set_config",
                                                   "setseed",
                                                   "pg_advisory_lock",
                                                   "pg_advisory_lock_shared",
                                                   "pg_try_advisory_lock",
                                                   "pg_try_advisory_lock_shared"};

/// The words of a script, without what is quoted or commented.
class word_reader {
public:
  explicit word_reader(std::string_view text) noexcept : text_(text) {}

  /// Empty at the end. `first`: it begins a statement.
  std::string_view next(bool& first) noexcept {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (const std::size_t end = behind_opaque(text_, at_); end != at_) {
        begins_ = begins_ && (c == '-' || c == '/');  // a comment
        at_ = end;
      } else if (c == ';') {
        begins_ = true;
        ++at_;
      } else if (!is_word(c)) {
        ++at_;
      } else {
        const std::size_t from = at_;
        while (at_ < text_.size() && is_word(text_[at_])) ++at_;
        first = begins_;
        begins_ = false;
        return text_.substr(from, at_ - from);
      }
    }
    return {};
  }

private:
  std::string_view text_;
  std::size_t at_ = 0;
  bool begins_ = true;
};

}  // namespace

bool changes_session(std::string_view script) noexcept {
  word_reader reader(script);
  bool first = false;
  for (std::string_view word = reader.next(first); !word.empty(); word = reader.next(first)) {
    if (is_one_of(word, anywhere)) return true;
    if (!first) continue;
    if (is_one_of(word, always)) return true;
    const bool sets = equal(word, "set");
    if (!sets && !equal(word, "prepare")) continue;
    const std::string_view what = reader.next(first);
    if (!(sets ? is_one_of(what, set_for_the_transaction) : equal(what, "transaction"))) return true;
  }
  return false;
}

}  // namespace tupelo::postgres
