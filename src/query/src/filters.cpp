// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/filters.hpp"

#include "tupelo/query/value.hpp"
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace tupelo::detail {

namespace {

constexpr std::array<std::string_view, 13> operator_names{"eq",          "ne",        "lt",     "lte",      "gt",
                                                          "gte",         "in",        "not_in", "contains", "icontains",
                                                          "starts_with", "ends_with", "is_null"};

std::string_view name_of(filter_by by) noexcept { return operator_names[static_cast<std::size_t>(by)]; }

bool is_list(filter_by by) noexcept { return by == filter_by::in || by == filter_by::not_in; }

constexpr std::array<std::string_view, 3> own_names{"sort", "page", "page_size"};

bool is_word(std::string_view name) noexcept {
  return !name.empty() && name.find("__") == std::string_view::npos &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") ==
             std::string_view::npos &&
         name.front() != '-';
}

int digit_of(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

[[noreturn]] void refuse_filter(std::string message) { throw filter_error(static_cast<std::string&&>(message)); }

/// One part of a query string, decoded.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? digit_of(text[i + 2]) : -1;
    if (high < 0 || low < 0)
      refuse_filter("a percent sign in the query string is not followed by two hexadecimal digits");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string key_of(const allowed_filter& filter, filter_by by) {
  return by == filter_by::eq ? filter.name : filter.name + "__" + std::string(name_of(by));
}

/// Whether a moment that a column holds was meant: infinite ones are for programs.
template <class Moment>
bool take_moment(std::optional<Moment> parsed, Moment& value) noexcept {
  if (!parsed || parsed->is_infinite()) return false;
  value = *parsed;
  return true;
}

}  // namespace

bool parse_filter(std::string_view text, bool& value) noexcept {
  value = text == "true" || text == "1";
  return value || text == "false" || text == "0";
}
bool parse_filter(std::string_view text, double& value) noexcept {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}
bool parse_filter(std::string_view text, std::string& value) {
  value = text;
  return true;
}
bool parse_filter(std::string_view text, timestamp& value) noexcept {
  return take_moment(timestamp::try_parse(text), value);
}
bool parse_filter(std::string_view text, date& value) noexcept { return take_moment(date::try_parse(text), value); }
bool parse_filter(std::string_view text, time_of_day& value) noexcept {
  const std::optional<time_of_day> parsed = time_of_day::try_parse(text);
  if (parsed) value = *parsed;
  return parsed.has_value();
}
bool parse_filter(std::string_view text, uuid& value) noexcept {
  const std::optional<uuid> parsed = uuid::try_parse(text);
  if (parsed) value = *parsed;
  return parsed.has_value();
}
bool parse_filter(std::string_view text, decimal& value) {
  // An exponent makes a number of many digits from a few characters; NaN and infinities are for programs.
  constexpr std::size_t longest = 100;
  if (text.size() > longest || text.find_first_not_of("0123456789+-.") != std::string_view::npos) return false;
  std::optional<decimal> parsed = decimal::try_parse(text);
  if (parsed) value = static_cast<decimal&&>(*parsed);
  return parsed.has_value();
}
bool parse_whole(std::string_view text, std::int64_t least, std::int64_t most, std::int64_t& value) noexcept {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size() && value >= least && value <= most;
}
bool parse_whole(std::string_view text, std::uint64_t most, std::uint64_t& value) noexcept {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size() && value <= most;
}
bool find_enumerator(const enum_table& names, std::string_view text, std::int64_t& value) noexcept {
  const enumerator* found = names.find(text);
  if (found != nullptr) value = found->value;
  return found != nullptr;
}

std::string said_as_whole(std::int64_t least, std::uint64_t most) {
  return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
}
std::string said_as_names(const enum_table& names) {
  std::string said = "one of ";
  for (std::size_t i = 0; i < names.count; ++i) said.append(i == 0 ? "" : ", ").append(names.first[i].name);
  return said;
}

comparison comparison_of(filter_by by) noexcept {
  switch (by) {
    case filter_by::ne: return comparison::not_equal;
    case filter_by::lt: return comparison::less;
    case filter_by::lte: return comparison::less_equal;
    case filter_by::gt: return comparison::greater;
    case filter_by::gte: return comparison::greater_equal;
    case filter_by::contains: return comparison::contains;
    case filter_by::icontains: return comparison::contains_any_case;
    case filter_by::starts_with: return comparison::starts_with;
    case filter_by::ends_with: return comparison::ends_with;
    default: return comparison::equal;
  }
}

// ---- what is allowed

void filter_rules::require_free(std::string_view name) const {
  if (!is_word(name)) {
    throw query_error(
        "filters: a name is made of letters, digits, '.', '-' and single '_', and does not begin with '-'");
  }
  const bool taken =
      std::find(own_names.begin(), own_names.end(), name) != own_names.end() ||
      std::find(ignored_.begin(), ignored_.end(), name) != ignored_.end() ||
      std::any_of(filters_.begin(), filters_.end(), [&](const allowed_filter& known) { return known.name == name; });
  if (taken) throw query_error("filters: the name `" + std::string(name) + "` is taken");
}

void filter_rules::allow(std::string_view name, std::initializer_list<filter_by> by, make_filter make, kind of,
                         bool nullable, std::string takes) {
  require_free(name);
  for (const filter_by one : by) {
    const bool of_text = one >= filter_by::contains && one <= filter_by::ends_with;
    const bool by_order = one >= filter_by::lt && one <= filter_by::gte;
    const bool fits = (!of_text || of == kind::text) && (one != filter_by::is_null || nullable) &&
                      (of != kind::boolean || !(by_order || is_list(one))) &&
                      (!by_order || (of != kind::enumeration && of != kind::uuid));
    if (fits) continue;
    throw query_error("filters: `" + std::string(name_of(one)) + "` cannot be asked of the column `" +
                      std::string(name) + "`, whose values are " + takes);
  }
  filters_.push_back({std::string(name), by, make, static_cast<std::string&&>(takes)});
}

void filter_rules::allow_sort(std::string_view name, std::uint64_t column) {
  if (!is_word(name)) throw query_error("filters: a name that is sorted by is made of letters, digits, '.' and '_'");
  for (const allowed_sort& known : sorts_) {
    if (known.name == name) throw query_error("filters: `" + std::string(name) + "` is sorted by twice");
  }
  sorts_.push_back({std::string(name), column});
}

void filter_rules::ignore(std::string_view name) {
  require_free(name);
  ignored_.emplace_back(name);
}

// ---- what is asked for

void filter_rules::refuse_name() const {
  std::string allowed;
  for (const allowed_filter& filter : filters_) {
    for (const filter_by by : filter.by) allowed += key_of(filter, by) + ", ";
  }
  if (!sorts_.empty()) allowed += "sort, ";
  refuse_filter("a parameter is none of those that are allowed: " + allowed + "page, page_size");
}

void filter_rules::take_sort(requested& out, std::string_view value) const {
  std::vector<std::string_view> seen;
  for (std::string_view name : parts_of(value, ',')) {
    const bool descending = name.starts_with('-');
    if (descending) name.remove_prefix(1);
    const auto found =
        std::find_if(sorts_.begin(), sorts_.end(), [&](const allowed_sort& known) { return known.name == name; });
    if (found == sorts_.end()) {
      std::string allowed;
      for (const allowed_sort& known : sorts_) allowed += (allowed.empty() ? "" : ", ") + known.name;
      refuse_filter("`sort` takes names, with '-' before those that sort downwards: " +
                    (allowed.empty() ? "none" : allowed));
    }
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) refuse_filter("`sort` has a name twice");
    seen.push_back(name);
    if (seen.size() > limits_.orders) {
      refuse_filter("`sort` takes " + std::to_string(limits_.orders) + " names at most");
    }
    out.orders.emplace_back(expression(found->column), descending);
  }
}

void filter_rules::take(requested& out, std::vector<std::string_view>& said, std::string_view name,
                        std::string_view value) const {
  if (std::find(ignored_.begin(), ignored_.end(), name) != ignored_.end()) return;
  if (std::find(own_names.begin(), own_names.end(), name) != own_names.end()) {
    if (std::find(said.begin(), said.end(), name) != said.end())
      refuse_filter("`" + std::string(name) + "` is said twice");
    said.push_back(name);
    if (name == "sort") {
      if (!value.empty()) take_sort(out, value);
      return;
    }
    const bool is_number = name == "page";
    const std::int64_t most = is_number ? limits_.pages : limits_.largest_page;
    if (!parse_whole(value, 1, most, is_number ? out.page : out.page_size)) {
      refuse_filter("`" + std::string(name) + "` takes a whole number from 1 to " + std::to_string(most));
    }
    return;
  }
  const std::size_t split = name.find("__");
  const std::string_view column = name.substr(0, split);
  const std::string_view asked = split == std::string_view::npos ? "eq" : name.substr(split + 2);
  const auto filter =
      std::find_if(filters_.begin(), filters_.end(), [&](const allowed_filter& known) { return known.name == column; });
  if (filter == filters_.end()) refuse_name();
  const auto by =
      std::find_if(filter->by.begin(), filter->by.end(), [&](filter_by known) { return name_of(known) == asked; });
  if (by == filter->by.end()) refuse_name();
  const std::string key = key_of(*filter, *by);
  if (value.size() > limits_.value) {
    refuse_filter("`" + key + "` takes a value of " + std::to_string(limits_.value) + " bytes at most");
  }
  std::vector<std::string_view> values{value};
  if (is_list(*by)) values = parts_of(value, ',');
  if (values.size() > limits_.list) {
    refuse_filter("`" + key + "` takes " + std::to_string(limits_.list) + " values at most");
  }
  // No database takes it, and its message would not be for who sent it.
  if (value.find('\0') != std::string_view::npos || !is_valid_text(value)) {
    refuse_filter("`" + key + "` takes a text in UTF-8");
  }
  std::optional<expression> condition = filter->make(*by, values);
  if (!condition) {
    refuse_filter("`" + key + "` takes " + (*by == filter_by::is_null ? "true or false" : filter->takes) +
                  (is_list(*by) ? ", or several with commas between" : ""));
  }
  out.conditions.push_back(static_cast<expression&&>(*condition));
}

requested filter_rules::read(const std::vector<std::pair<std::string, std::string>>& parameters) const {
  if (parameters.size() > limits_.parameters) {
    refuse_filter("there are more than " + std::to_string(limits_.parameters) + " parameters");
  }
  requested out;
  out.page_size = limits_.page_size;
  std::vector<std::string_view> said;
  for (const auto& [name, value] : parameters) take(out, said, name, value);
  return out;
}

requested filter_rules::read(std::string_view query_string) const {
  if (query_string.size() > limits_.length) {
    refuse_filter("the query string is longer than " + std::to_string(limits_.length) + " bytes");
  }
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const std::string_view part : parts_of(query_string, '&')) {
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    const std::string_view value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    parameters.emplace_back(decoded(part.substr(0, equals)), decoded(value));
  }
  return read(parameters);
}

}  // namespace tupelo::detail
