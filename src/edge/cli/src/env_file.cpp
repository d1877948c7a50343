// SPDX-License-Identifier: Apache-2.0
#include "env_file.hpp"

#include <tupelo/core/error.hpp>

#include <cstddef>
#include <utility>

namespace tupelo::cli {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool begins_name(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool continues_name(char c) { return begins_name(c) || (c >= '0' && c <= '9') || c == '.'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

class line_reader {
public:
  line_reader(std::string_view line, std::size_t number, std::string_view file)
      : rest_(line), number_(number), file_(file) {}

  env_variable read() {
    constexpr std::string_view keyword = "export";
    if (rest_.starts_with(keyword) && rest_.size() > keyword.size() && is_blank(rest_[keyword.size()])) {
      rest_ = trimmed(rest_.substr(keyword.size()));
    }
    env_variable read;
    std::size_t end = 0;
    while (end < rest_.size() && continues_name(rest_[end])) ++end;
    if (end == 0 || !begins_name(rest_[0])) fail("expected NAME=value");
    read.name = rest_.substr(0, end);
    rest_ = trimmed(rest_.substr(end));
    if (rest_.empty() || rest_[0] != '=') fail("expected `=` after " + read.name);
    rest_ = trimmed(rest_.substr(1));
    read.value = value(read.name);
    return read;
  }

private:
  [[noreturn]] void fail(std::string what) const {
    throw configuration_error(errc::invalid_configuration,
                              std::string(file_) + ":" + std::to_string(number_) + ": " + std::move(what));
  }

  std::string value(const std::string& name) {
    if (rest_.empty()) return {};
    const char quote = rest_[0];
    if (quote != '\'' && quote != '"') {
      std::size_t end = 0;
      while (end < rest_.size() && !(rest_[end] == '#' && (end == 0 || is_blank(rest_[end - 1])))) ++end;
      return std::string(trimmed(rest_.substr(0, end)));
    }
    std::string text;
    std::size_t at = 1;
    for (; at < rest_.size() && rest_[at] != quote; ++at) {
      if (quote == '"' && rest_[at] == '\\' && at + 1 < rest_.size()) {
        text += unescaped(rest_[++at], name);
      } else {
        text += rest_[at];
      }
    }
    if (at == rest_.size()) fail("the value of " + name + " has no closing " + quote);
    const std::string_view after = trimmed(rest_.substr(at + 1));
    if (!after.empty() && after[0] != '#') fail("there is text behind the quoted value of " + name);
    return text;
  }

  char unescaped(char c, const std::string& name) const {
    switch (c) {
      case 'n': return '\n';
      case 't': return '\t';
      case '"':
      case '\\':
      case '$': return c;
      default: fail("the value of " + name + " has an unknown escape; known are \\n \\t \\\" \\\\ \\$");
    }
  }

  std::string_view rest_;
  std::size_t number_;
  std::string_view file_;
};

}  // namespace

std::vector<env_variable> parse_env(std::string_view text, std::string_view file) {
  std::vector<env_variable> variables;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    ++number;
    if (line.empty() || line[0] == '#') continue;
    variables.push_back(line_reader(line, number, file).read());
  }
  return variables;
}

}  // namespace tupelo::cli
