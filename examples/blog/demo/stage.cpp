// SPDX-License-Identifier: Apache-2.0
#include "stage.hpp"

#include <tupelo/core/deadline.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace demo {
namespace {

constexpr const char* bold = "1";
constexpr const char* dim = "2";
constexpr const char* red = "31";
constexpr const char* green = "32";
constexpr const char* yellow = "33";
constexpr const char* cyan = "36";

constexpr std::size_t page_width = 100;

void put(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// UTF-8 code points; the demo's data has no wide ones.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Stringifying keeps the pieces of a text apart, `"a" "b"`, and turns a line break before `.verb(` into one space:
/// found outside of parentheses, it is a break again.
std::string laid_out(std::string_view code) {
  std::string out;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (quoted && code.substr(i).starts_with("\" \"")) i += 3;
    const char c = code[i];
    if (c == '"' && (i == 0 || code[i - 1] != '\\')) quoted = !quoted;
    if (!quoted && (c == '(' || c == '{')) ++depth;
    if (!quoted && (c == ')' || c == '}')) --depth;
    if (!quoted && depth == 0 && c == ' ' && i + 1 < code.size() && code[i + 1] == '.') {
      out += "\n    ";
    } else {
      out += c;
    }
  }
  return out;
}

/// Broken at spaces so that no line is longer than the page.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (column > indent && column + 1 + width_of(word) > page_width) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += width_of(word);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace

std::string grouped(std::int64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t at = digits.size(); at > 3 + (value < 0 ? 1U : 0U);) digits.insert(at -= 3, ",");
  return digits;
}
std::string milliseconds(std::int64_t us) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.2f ms", static_cast<double>(us) / 1000);
  return text.data();
}

cell cell_of(std::int64_t value) { return {grouped(value), true}; }
cell cell_of(int value) { return cell_of(static_cast<std::int64_t>(value)); }
cell cell_of(double value) {
  std::array<char, 48> text;
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return {text.data(), true};
}
cell cell_of(std::string_view text) { return {std::string(text)}; }
cell cell_of(const std::string& text) { return {text}; }
cell cell_of(const char* text) { return {text}; }
cell cell_of(tp::timestamp time) { return {time.to_string().substr(0, 16)}; }

std::string stage::paint(const char* code, std::string_view text) const {
  if (!colour_) return std::string(text);
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

void stage::chapter(std::string_view title) {
  promised_ = false;
  std::string line = "\n━━ " + std::to_string(++chapters_) + " ━━ " + std::string(title) + " ";
  for (std::size_t width = width_of(line); width < page_width; ++width) line += "━";
  put(paint(bold, line) + "\n\n");
}

void stage::say(std::string_view text) {
  const std::size_t indent = std::min(text.find_first_not_of(" "), text.size());
  put(std::exchange(promised_, false) ? "\n" : "");
  put(std::string(indent, ' ') + wrapped(text.substr(indent), indent) + "\n");
}

void stage::listing(std::string_view code) {
  put("\n");
  for (const std::string_view line : lines_of(code))
    put(line.empty() ? std::string("\n") : "    " + paint(cyan, line) + "\n");
  put("\n");
}

void stage::query(std::string_view title, std::string_view code) {
  promised_ = false;
  put("\n" + paint(bold, "• " + std::string(title)) + "\n");
  const std::string text = laid_out(code);
  for (const std::string_view line : lines_of(text)) {
    const std::size_t indent = line.find_first_not_of(' ');
    put(std::string(indent + 4, ' ') + paint(cyan, wrapped(line.substr(indent), indent + 4)) + "\n");
  }
}

void stage::changes(std::string_view before, std::string_view after) {
  const std::vector<std::string_view> a = lines_of(before), b = lines_of(after);
  // Lengths of the longest common subsequences of the ends: the texts are a few hundred lines.
  std::vector<std::vector<std::size_t>> common(a.size() + 1, std::vector<std::size_t>(b.size() + 1, 0));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t k = b.size(); k-- > 0;) {
      common[i][k] = a[i] == b[k] ? common[i + 1][k + 1] + 1 : std::max(common[i + 1][k], common[i][k + 1]);
    }
  }
  put("\n");
  std::string_view owner, shown;
  auto show = [&](const char* colour, char sign, std::string_view line) {
    if (owner != shown) put("      " + paint(dim, owner) + "\n");
    shown = owner;
    put("    " + paint(colour, std::string(1, sign) + " " + std::string(line)) + "\n");
  };
  for (std::size_t i = 0, k = 0; i < a.size() || k < b.size();) {
    if (i < a.size() && k < b.size() && a[i] == b[k]) {
      if (a[i].starts_with("struct ")) owner = a[i];
      ++i, ++k;
    } else if (i < a.size() && (k == b.size() || common[i + 1][k] >= common[i][k + 1])) {
      show(red, '-', a[i++]);
    } else {
      show(green, '+', b[k++]);
    }
  }
  put("\n");
}

void stage::sql(std::size_t limit) {
  const std::int64_t elapsed = elapsed_us();
  for (std::size_t i = 0; i < std::min(limit, statements_.size()); ++i) {
    put("    " + paint(dim, wrapped(statements_[i], 4)) + "\n");
  }
  if (statements_.size() > limit) {
    put("    " + paint(dim, "… and " + std::to_string(statements_.size() - limit) + " more") + "\n");
  }
  put("    " + paint(yellow, milliseconds(elapsed)));
  put(paint(dim, ", of which " + milliseconds(in_database_us_) + " in the database") + "\n");
}

void stage::table(const std::vector<std::string>& header, const std::vector<std::vector<cell>>& rows) {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < header.size(); ++column) {
    std::size_t width = width_of(header[column]);
    for (const auto& row : rows) width = std::max(width, width_of(row[column].text));
    widths.push_back(width);
  }
  auto line = [&](auto text_of, auto number_at) {
    std::string out = "    ";
    for (std::size_t column = 0; column < header.size(); ++column) {
      const std::string text = text_of(column);
      const std::string space(widths[column] - width_of(text), ' ');
      out += number_at(column) ? space + text : text + space;
      out += "   ";
    }
    while (out.ends_with(' ')) out.pop_back();
    return out + "\n";
  };
  auto number_at = [&](std::size_t column) { return !rows.empty() && rows[0][column].number; };
  put("\n" + paint(bold, line([&](std::size_t c) { return header[c]; }, number_at)));
  put(line(
      [&](std::size_t c) {
        std::string rule;
        for (std::size_t i = 0; i < widths[c]; ++i) rule += "─";
        return rule;
      },
      [](std::size_t) { return false; }));
  for (const auto& row : rows) {
    put(line([&](std::size_t c) { return row[c].text; }, [&](std::size_t c) { return row[c].number; }));
  }
  put(rows.empty() ? "    (no rows)\n\n" : "\n");
}

void stage::promise(bool holds, std::string_view what) {
  if (!holds) throw broken_promise("this should hold, and does not: " + std::string(what));
  put("  " + paint(green, "✓ ") + std::string(what) + "\n");
  promised_ = true;
}

void stage::statement_finished(const tp::statement_event& event) noexcept {
  in_database_us_ += event.duration_us;
  statements_.emplace_back(event.statement);
}

void stage::listen() {
  statements_.clear();
  in_database_us_ = 0;
  started_us_ = tp::steady_now_us();
}

std::int64_t stage::elapsed_us() const { return tp::steady_now_us() - started_us_; }

}  // namespace demo
