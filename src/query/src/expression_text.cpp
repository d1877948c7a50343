// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/expression_text.hpp"

#include "tupelo/query/sql_text.hpp"
#include <tupelo/model/model_spec.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/interval.hpp>
#include <tupelo/core/time_of_day.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>
#include <tupelo/core/word_buffer.hpp>

#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace tupelo {
namespace {

/// How tightly an operand holds together; what is looser than its operator gets parentheses.
enum binding : std::uint8_t { loose_or = 1, tight_and = 2, condition_ = 3, negation = 4, atom = 9 };

struct operand {
  std::string sql;
  std::uint8_t holds = atom;
};

constexpr std::array<std::string_view, 10> comparisons{" = ",  " <> ",   " < ",    " <= ",   " > ",
                                                       " >= ", " LIKE ", " LIKE ", " LIKE ", " LIKE "};

std::string hex_literal(std::string_view bytes) {
  std::string out = "X'";
  for (char c : bytes) {
    out += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4];
    out += "0123456789ABCDEF"[static_cast<unsigned char>(c) & 15];
  }
  return out += '\'';
}

std::string number_text(double value) {
  char digits[32];
  std::to_chars_result end = std::to_chars(digits, digits + sizeof digits, value);
  return std::string(digits, end.ptr);
}

class writer {
public:
  writer(const expression& condition, const model_info& of, std::string_view user)
      : of_(of),
        user_(user),
        words_(condition.shape.data()),
        count_(condition.shape.size),
        values_(condition.values.data()) {}

  std::string text() {
    for (std::uint32_t i = 0; i < count_; ++i) {
      push(words_[i], i);
      i += payload_of(words_[i]);
    }
    if (stack_.size() != 1) refuse("is incomplete");
    return std::move(stack_.back().sql);
  }

private:
  [[noreturn]] void refuse(std::string_view problem) const {
    throw model_error(std::string(of_.short_name()) + ": " + std::string(user_) + " " + std::string(problem));
  }

  std::string column(std::uint64_t word) const {
    int field = model_of(word) == of_.id ? of_.find_offset(offset_of_word(word)) : -1;
    if (field < 0) refuse("names a column that is not one of this table");
    const std::string& name = of_.fields[static_cast<std::size_t>(field)].column;
    return plain_identifier(name) ? name : quoted(name);
  }

  static bool plain_identifier(std::string_view name) {
    if (is_sql_keyword(name) || name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
    return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
  }

  static std::string quoted(std::string_view name) {
    std::string out = "\"";
    for (char c : name) {
      if (c == '"') out += '"';
      out += c;
    }
    return out += '"';
  }

  std::string value(kind k) {
    switch (k) {
      case kind::boolean: return *values_++ != 0 ? "TRUE" : "FALSE";
      case kind::f32:
      case kind::f64: return number_text(std::bit_cast<double>(*values_++));
      case kind::u64: return std::to_string(*values_++);
      case kind::timestamp: return "'" + timestamp{static_cast<std::int64_t>(*values_++)}.to_string() + "'";
      case kind::date:
        return "'" + date{static_cast<std::int32_t>(static_cast<std::int64_t>(*values_++))}.to_string() + "'";
      case kind::uuid: {
        uuid id;
        std::string_view bytes = take_bytes(values_);
        std::memcpy(id.bytes, bytes.data(), sizeof id.bytes);
        return "'" + id.to_string() + "'";
      }
      case kind::bytes: return hex_literal(take_bytes(values_));
      case kind::decimal: {
        const std::string_view digits = take_bytes(values_);
        // NaN and the infinities are words.
        const bool word = digits.find_first_of("Ny") != std::string_view::npos;
        return word ? sql_text_literal(digits) : std::string(digits);
      }
      case kind::text:
      case kind::json:
      case kind::enumeration:
      case kind::custom: return sql_text_literal(take_bytes(values_));
      case kind::time_of_day:
        return "'" + time_of_day::from_micros(static_cast<std::int64_t>(*values_++)).to_string() + "'";
      case kind::interval: {
        interval span;
        std::memcpy(&span, take_bytes(values_).data(), sizeof span);
        return "'" + span.to_string() + "'";
      }
      default: break;
    }
    if (is_integer(k)) return std::to_string(static_cast<std::int64_t>(*values_++));
    refuse("compares with a value that cannot be written as SQL");
  }

  /// The pattern of contains, starts_with and ends_with, with what is special in it escaped.
  std::string pattern(comparison c) {
    std::string out = c == comparison::starts_with ? "" : "%";
    for (char ch : take_bytes(values_)) {
      if (ch == '%' || ch == '_' || ch == '\\') out += '\\';
      out += ch;
    }
    if (c != comparison::ends_with) out += '%';
    return sql_text_literal(out) + " ESCAPE '\\'";
  }

  std::string compared(comparison c, kind k) {
    if (ignores_case(c)) refuse("ignores upper and lower case, which databases do not agree on: compare tp::lower(…)");
    std::string sign(comparisons[static_cast<std::size_t>(c)]);
    if (c > comparison::like) return sign + pattern(c);
    return sign + value(k) + (c == comparison::like ? " ESCAPE '\\'" : "");
  }

  operand pop() {
    if (stack_.empty()) refuse("is incomplete");
    operand top = std::move(stack_.back());
    stack_.pop_back();
    return top;
  }

  static std::string wrapped(operand o, std::uint8_t least) {
    return o.holds < least ? "(" + o.sql + ")" : std::move(o.sql);
  }

  void push(std::uint64_t word, std::uint32_t index) {
    if (op_of(word) >= op::column_compare) {
      auto c = static_cast<comparison>(static_cast<std::uint8_t>(op_of(word)) -
                                       static_cast<std::uint8_t>(op::column_compare));
      std::string left = column(word);
      stack_.push_back({left + compared(c, kind_of_word(word)), condition_});
      return;
    }
    switch (op_of(word)) {
      case op::column: stack_.push_back({column(word)}); break;
      case op::value:
        if (!is_pattern(index)) stack_.push_back({value(kind_of_word(word))});
        break;
      case op::null_value: stack_.push_back({"NULL"}); break;
      case op::list: break;
      case op::in_list: push_list(word); break;
      case op::call: push_call(word); break;
      case op::and_: join(" AND ", tight_and); break;
      case op::or_: join(" OR ", loose_or); break;
      case op::not_: stack_.push_back({"NOT (" + pop().sql + ")", negation}); break;
      case op::is_null: stack_.push_back({wrapped(pop(), atom) + " IS NULL", condition_}); break;
      case op::is_not_null: stack_.push_back({wrapped(pop(), atom) + " IS NOT NULL", condition_}); break;
      case op::compare: push_comparison(static_cast<comparison>(sub_of(word)), index); break;
      case op::text:
        stack_.push_back({std::string(reinterpret_cast<const char*>(words_ + index + 1), model_of(word)), loose_or});
        break;
      default: refuse("holds something that only a query can have");
    }
  }

  /// Whether the value at this place is what the comparison behind it searches for.
  bool is_pattern(std::uint32_t index) const noexcept {
    return index + 1 < count_ && op_of(words_[index + 1]) == op::compare &&
           static_cast<comparison>(sub_of(words_[index + 1])) >= comparison::like;
  }

  void push_comparison(comparison c, std::uint32_t index) {
    std::string right;
    if (c < comparison::like) {
      right = std::string(comparisons[static_cast<std::size_t>(c)]) + wrapped(pop(), atom);
    } else if (index != 0 && op_of(words_[index - 1]) == op::value) {
      right = compared(c, kind_of_word(words_[index - 1]));
    } else {
      refuse("searches for something that is no value");
    }
    stack_.push_back({wrapped(pop(), atom) + right, condition_});
  }

  void join(std::string_view word, std::uint8_t holds) {
    std::string right = wrapped(pop(), holds);
    std::string left = wrapped(pop(), holds);
    stack_.push_back({left + std::string(word) + right, holds});
  }

  void push_list(std::uint64_t word) {
    std::string left = model_of(word) ? column(word) : wrapped(pop(), atom);
    const std::uint64_t count = *values_++;
    std::string list;
    for (std::uint64_t i = 0; i < count; ++i) list += (list.empty() ? "" : ", ") + value(kind_of_word(word));
    stack_.push_back({count == 0 ? "1 = 0" : left + " IN (" + list + ")", condition_});
  }

  /// The spelling that all databases share; empty: not allowed in a check.
  static std::string_view neutral_name(function f) noexcept {
    switch (f) {
      case function::lower: return "lower";
      case function::upper: return "upper";
      case function::length: return "length";
      case function::coalesce: return "coalesce";
      case function::nullif: return "nullif";
      case function::trim: return "trim";
      case function::trim_start: return "ltrim";
      case function::trim_end: return "rtrim";
      case function::substr: return "substr";
      case function::replace: return "replace";
      case function::absolute: return "abs";
      case function::concat: return " || ";
      case function::choose: return "CASE";
      case function::add: return " + ";
      case function::subtract: return " - ";
      case function::multiply: return " * ";
      case function::divide: return " / ";
      case function::modulo: return " % ";
      default: return {};
    }
  }

  void push_call(std::uint64_t word) {
    auto f = static_cast<function>(sub_of(word));
    if (f == function::fragment) return push_fragment(length_of(word) - 1U);
    const std::string_view name = neutral_name(f);
    if (name.empty())
      refuse("calls a function that has no place in it, or that databases spell differently: an aggregate, rounding, a "
             "part of a date, the current time; what one database can say is written as tp::raw<bool>(\"…\")");
    std::vector<operand> arguments;
    for (std::uint16_t i = 0; i < length_of(word); ++i) arguments.insert(arguments.begin(), pop());
    if (f == function::choose) return push_choice(arguments);
    const bool computes = (f >= function::add && f <= function::divide) || f == function::modulo;
    const bool infix = f == function::concat || (computes && arguments.size() == 2);
    if (infix) {
      std::string all;
      for (operand& argument : arguments)
        all += std::string(all.empty() ? "" : name) + wrapped(std::move(argument), atom);
      stack_.push_back({"(" + all + ")"});
      return;
    }
    std::string list;
    for (const operand& argument : arguments) list += (list.empty() ? "" : ", ") + argument.sql;
    stack_.push_back({std::string(name) + "(" + list + ")"});
  }

  /// SQL of the user's own, tp::raw<bool>("…"), with what stands for its question marks.
  void push_fragment(std::uint32_t count) {
    const std::string text = pop().sql;
    std::vector<operand> arguments(count);
    for (std::uint32_t i = count; i-- > 0;) arguments[i] = pop();
    std::string sql;
    std::size_t copied = 0;
    std::uint32_t next = 0;
    const std::vector<sql_token> tokens = sql_tokens(text);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].text != "?") continue;
      const auto at = static_cast<std::size_t>(tokens[i].text.data() - text.data());
      sql.append(text, copied, at - copied);
      copied = at + 1;
      if (i + 1 < tokens.size() && tokens[i + 1].text.data() == tokens[i].text.data() + 1 &&
          tokens[i + 1].text == "?") {
        sql += '?';
        copied = at + 2;
        ++i;
      } else {
        if (next < count) sql += wrapped(std::move(arguments[next]), atom);
        ++next;
      }
    }
    if (next != count) refuse("has another number of `?` in tp::raw() than of arguments; `??` is the character");
    sql.append(text, copied, std::string::npos);
    stack_.push_back({sql, loose_or});
  }

  void push_choice(const std::vector<operand>& arguments) {
    std::string sql = "CASE";
    for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
      sql += " WHEN " + arguments[i].sql + " THEN " + arguments[i + 1].sql;
    }
    if (arguments.size() % 2 != 0) sql += " ELSE " + arguments.back().sql;
    stack_.push_back({sql + " END"});
  }

  const model_info& of_;
  std::string_view user_;
  const std::uint64_t* words_;
  std::uint32_t count_;
  const std::uint64_t* values_;
  std::vector<operand> stack_;
};

}  // namespace

std::string expression_text(const expression& condition, const model_info& of, std::string_view user) {
  if (condition.empty()) return {};
  try {
    return writer(condition, of, user).text();
  } catch (const value_error& e) {
    throw model_error(std::string(of.short_name()) + ": " + std::string(user) +
                      " holds a value that cannot be written: " + e.what());
  }
}

}  // namespace tupelo
