// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/inlined_text.hpp"

#include <tupelo/core/date.hpp>
#include <tupelo/core/interval.hpp>
#include <tupelo/core/time_of_day.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>
#include <tupelo/core/word_buffer.hpp>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

namespace tupelo {

namespace {

std::string number_text(double value) {
  char text[32];
  std::string out(text, std::to_chars(text, text + sizeof text, value).ptr);
  if (std::isfinite(value) && out.find_first_of(".e") == std::string::npos) out += ".0";  // or it is an integer
  return out;
}

std::string hexadecimal(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::string pattern_of(std::string_view text, like_wrap wrap) {
  std::string out = wrap == like_wrap::starts_with ? "" : "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return wrap == like_wrap::ends_with ? out : out + "%";
}

literal_value spell(kind k, const std::uint64_t*& cursor) {
  if (k == kind::null) return {};
  switch (k) {
    case kind::text:
    case kind::json:
    case kind::enumeration:
    case kind::custom: return {k, std::string(take_bytes(cursor))};
    case kind::decimal: return {k, std::string(take_bytes(cursor)), true};
    case kind::bytes: return {k, hexadecimal(take_bytes(cursor))};
    case kind::uuid: {
      uuid value;
      const std::string_view bytes = take_bytes(cursor);
      std::memcpy(value.bytes, bytes.data(), sizeof value.bytes);
      return {k, value.to_string()};
    }
    case kind::interval: {
      interval value;
      const std::string_view bytes = take_bytes(cursor);
      std::memcpy(&value, bytes.data(), sizeof value);
      return {k, value.to_string()};
    }
    default: break;
  }
  const auto word = static_cast<std::int64_t>(*cursor++);
  switch (k) {
    case kind::boolean: return {k, word != 0 ? "TRUE" : "FALSE", true};
    case kind::f32:
    case kind::f64: {
      const double value = std::bit_cast<double>(word);
      return {k, number_text(value), std::isfinite(value)};
    }
    case kind::timestamp: return {k, timestamp{word}.to_string()};
    case kind::date: return {k, date{static_cast<std::int32_t>(word)}.to_string()};
    case kind::time_of_day: return {k, time_of_day{word}.to_string()};
    case kind::u64: return {k, std::to_string(static_cast<std::uint64_t>(word)), true};
    default: return {k, std::to_string(word), true};
  }
}

/// Of the array that is next.
std::vector<literal_value> elements(const std::uint64_t*& cursor) {
  array_words words(reinterpret_cast<const std::uint64_t*>(take_bytes(cursor).data()));
  std::vector<literal_value> items;
  while (words.size() != 0) {
    const std::uint64_t* at = words.next();
    if (at == nullptr) {
      items.emplace_back();
    } else if (words.element() == kind::array) {
      items.push_back({kind::array, {}, false, elements(at)});
    } else {
      items.push_back(spell(words.element(), at));
    }
  }
  return items;
}

class inliner {
public:
  inliner(const dialect& target, const statement_plan& plan, const std::uint64_t* values)
      : dialect_(target), cursor_(values) {
    for (const bind_step& step : plan.binds) take(step);
  }

  /// What stands in the place of this placeholder; empty: it stays.
  std::string_view at(std::size_t number) const noexcept {
    return number < literals_.size() ? std::string_view(literals_[number]) : std::string_view();
  }

private:
  void put(std::uint32_t number, std::string literal) {
    if (literals_.size() <= number) literals_.resize(number + 1);
    literals_[number] = static_cast<std::string&&>(literal);
  }
  std::string literal(const literal_value& value) const {
    std::string sql;
    dialect_.literal(sql, value);
    return sql;
  }
  std::string list(const std::vector<literal_value>& items) const {
    std::string sql;
    dialect_.array_literal(sql, items);
    return sql;
  }
  literal_value value(const bind_step& step) {
    literal_value spelled = spell(step.k, cursor_);
    if (step.typed_as == kind::json) spelled.bare = false;  // a database may read it as a double else
    return spelled;
  }
  void take(const bind_step& step) {
    switch (step.source) {
      case bind_source::field: return;
      case bind_source::value:
        if (step.wrap != like_wrap::none) {
          return put(step.first, literal({kind::text, pattern_of(take_bytes(cursor_), step.wrap)}));
        }
        return put(step.first, step.k == kind::array ? list(elements(cursor_)) : literal(value(step)));
      case bind_source::list:
      case bind_source::whole_list: break;
    }
    const std::uint64_t count = *cursor_++;
    std::vector<literal_value> items;
    for (std::uint64_t i = 0; i < count; ++i) items.push_back(spell(step.k, cursor_));
    if (step.source == bind_source::list) {
      for (std::uint32_t i = 0; i < step.places; ++i)
        put(step.first + i, literal(items[i < items.size() ? i : items.size() - 1]));
      return;
    }
    put(step.first, list(items));
  }

  const dialect& dialect_;
  const std::uint64_t* cursor_;
  std::vector<std::string> literals_;  ///< by the placeholder's number
};

}  // namespace

std::string inlined_text(const dialect& target, const statement_plan& plan, const std::uint64_t* values) {
  const inliner literals(target, plan, values);
  const std::string& text = plan.text;
  std::string out;
  std::size_t last = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (const std::size_t behind = target.behind_opaque(text, i); behind != i) {
      out.append(text, i, behind - i);
      i = behind;
      continue;
    }
    std::size_t number = 0;
    std::size_t end = i + 1;
    if (c == '?' || c == '$') {
      while (end < text.size() && text[end] >= '0' && text[end] <= '9') {
        number = number * 10 + static_cast<std::size_t>(text[end++] - '0');
      }
    }
    if (number == 0 && c == '?' && plan.raw) number = last + 1;  // where one's own SQL is left as it is
    last = number > last ? number : last;
    const std::string_view literal = number != 0 ? literals.at(number) : std::string_view();
    if (literal.empty()) {
      out.append(text, i, end - i);
    } else {
      out += literal;
    }
    i = end;
  }
  return out;
}

}  // namespace tupelo
