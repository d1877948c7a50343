// SPDX-License-Identifier: Apache-2.0
#include "console.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <ostream>

namespace tupelo::cli {
namespace {

const char* escape_of(ink colour) {
  switch (colour) {
    case ink::plain: return "";
    case ink::bold: return "\x1b[1m";
    case ink::dim: return "\x1b[2m";
    case ink::red: return "\x1b[31m";
    case ink::green: return "\x1b[32m";
    case ink::yellow: return "\x1b[33m";
  }
  return "";
}

/// Columns on a terminal, as far as counting characters tells.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string console::painted(ink colour, std::string_view text) const {
  if (!colours_ || colour == ink::plain || text.empty()) return std::string(text);
  return escape_of(colour) + std::string(text) + "\x1b[0m";
}

void console::line(std::string_view text) { *to_ << text << '\n'; }

void console::table(const std::vector<std::vector<std::string>>& rows, const std::vector<ink>& colours) {
  std::vector<std::size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string text;
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      const std::string& cell = rows[r][i];
      const ink colour = r == 0 ? ink::bold : i < colours.size() ? colours[i] : ink::plain;
      text += painted(colour, cell);
      if (i + 1 < rows[r].size()) text.append(widths[i] - width_of(cell) + 2, ' ');
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    line(text);
  }
}

void console::json(const nlohmann::ordered_json& document) {
  line(document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

void console::script(const std::vector<std::string>& statements) {
  for (const std::string& statement : statements) {
    const std::string_view last = std::string_view(statement).substr(statement.rfind('\n') + 1);  // npos + 1 is 0
    const bool is_note = statement.starts_with("--") && last.size() == statement.size();
    const bool ends_in_comment = last.find("--") != std::string_view::npos;
    const bool is_ended = statement.ends_with(';') || statement.ends_with("\\gexec");  // psql's own end
    if (is_note || (!ends_in_comment && is_ended)) {
      line(statement);
    } else {
      line(statement + (ends_in_comment ? "\n;" : ";"));
    }
  }
}

std::string duration_text(long long us) {
  if (us < 1000) return fmt::format("{} µs", us);
  if (us < 1'000'000) return fmt::format("{:.1f} ms", static_cast<double>(us) / 1e3);
  return fmt::format("{:.1f} s", static_cast<double>(us) / 1e6);
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace tupelo::cli
