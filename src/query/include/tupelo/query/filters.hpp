// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/condition.hpp"
#include "tupelo/model/enum_names.hpp"
#include "tupelo/core/date.hpp"
#include "tupelo/core/decimal.hpp"
#include "tupelo/core/time_of_day.hpp"
#include "tupelo/core/timestamp.hpp"
#include "tupelo/core/uuid.hpp"

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Conditions and orders that somebody outside may ask for:
// `?age__gte=18&role__in=admin,member&sort=-created_at&page=2`.

namespace tupelo {

/// What may be asked of a column; its name stands behind the column's, `age__gte`. `eq` has none: `age=18`.
enum class filter_by : std::uint8_t {
  eq,
  ne,
  lt,
  lte,
  gt,
  gte,
  in,         ///< `role__in=admin,member`; a value with a comma in it cannot be said
  not_in,     ///< the same; a row without a value is none of either
  contains,   ///< of texts, as are the next three
  icontains,  ///< upper and lower case being the same
  starts_with,
  ends_with,
  is_null,  ///< `true` or `false`
};

/// How much somebody outside may say.
struct filter_limits {
  std::uint32_t length = 4096;    ///< bytes of a query string
  std::uint32_t parameters = 32;  ///< of all kinds
  std::uint32_t value = 256;      ///< bytes of one value
  std::uint32_t list = 50;        ///< values of an `in`
  std::uint32_t orders = 4;       ///< columns of a `sort`
  std::int64_t page_size = 20;    ///< where none is said
  std::int64_t largest_page = 100;
  std::int64_t pages = 100'000;  ///< the number of the last page
};

namespace detail {

/// The condition for a value, or for the values of a list; nothing where one of them is no value of the column's type.
using make_filter = std::optional<expression> (*)(filter_by by, const std::vector<std::string_view>& values);

struct allowed_filter {
  std::string name;
  std::vector<filter_by> by;
  make_filter make;
  std::string takes;  ///< "a whole number from 0 to 255"
};
struct allowed_sort {
  std::string name;
  std::uint64_t column;
};
struct requested {
  std::vector<expression> conditions;
  std::vector<std::pair<expression, bool>> orders;  ///< and whether downwards
  std::int64_t page = 1, page_size = 0;
};

bool parse_filter(std::string_view text, bool& value) noexcept;
bool parse_filter(std::string_view text, double& value) noexcept;
bool parse_filter(std::string_view text, std::string& value);
bool parse_filter(std::string_view text, timestamp& value) noexcept;
bool parse_filter(std::string_view text, date& value) noexcept;
bool parse_filter(std::string_view text, time_of_day& value) noexcept;
bool parse_filter(std::string_view text, uuid& value) noexcept;
bool parse_filter(std::string_view text, decimal& value);
bool parse_whole(std::string_view text, std::int64_t least, std::int64_t most, std::int64_t& value) noexcept;
bool parse_whole(std::string_view text, std::uint64_t most, std::uint64_t& value) noexcept;
bool find_enumerator(const enum_table& names, std::string_view text, std::int64_t& value) noexcept;
comparison comparison_of(filter_by by) noexcept;
std::string said_as_whole(std::int64_t least, std::uint64_t most);
std::string said_as_names(const enum_table& names);

/// Whether somebody outside can say a value of the type.
template <class V>
concept said_as_text =
    std::is_enum_v<V> || std::is_arithmetic_v<V> || std::is_same_v<V, std::string> || std::is_same_v<V, timestamp> ||
    std::is_same_v<V, date> || std::is_same_v<V, time_of_day> || std::is_same_v<V, uuid> || std::is_same_v<V, decimal>;

/// The largest that is taken of an integer's type: any database stores it.
template <class V>
constexpr std::uint64_t largest_said() noexcept {
  constexpr auto stored = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<V>::max());
  return most < stored ? most : stored;
}

template <class V>
bool parse_filter_value(std::string_view text, V& value) {
  if constexpr (std::is_enum_v<V>) {
    std::int64_t number = 0;
    if (!find_enumerator(enum_names<V>(), text, number)) return false;
    value = static_cast<V>(number);
    return true;
  } else if constexpr (std::is_same_v<V, bool> || !std::is_arithmetic_v<V>) {
    return parse_filter(text, value);
  } else if constexpr (std::is_floating_point_v<V>) {
    double number = 0;
    if (!parse_filter(text, number)) return false;
    if (number < std::numeric_limits<V>::lowest() || number > std::numeric_limits<V>::max()) return false;
    value = static_cast<V>(number);
    return true;
  } else if constexpr (std::is_unsigned_v<V>) {
    std::uint64_t number = 0;
    if (!parse_whole(text, largest_said<V>(), number)) return false;
    value = static_cast<V>(number);
    return true;
  } else {
    std::int64_t number = 0;
    if (!parse_whole(text, std::numeric_limits<V>::min(), std::numeric_limits<V>::max(), number)) return false;
    value = static_cast<V>(number);
    return true;
  }
}

template <class V>
std::string said_as() {
  if constexpr (std::is_enum_v<V>) return said_as_names(enum_names<V>());
  if constexpr (std::is_same_v<V, bool>) return "true or false";
  if constexpr (std::is_integral_v<V>)
    return said_as_whole(static_cast<std::int64_t>(std::numeric_limits<V>::min()), largest_said<V>());
  if constexpr (std::is_arithmetic_v<V> || std::is_same_v<V, decimal>) return "a number";
  if constexpr (std::is_same_v<V, timestamp>) return "a time, 2026-01-31T12:00:00Z";
  if constexpr (std::is_same_v<V, date>) return "a date, 2026-01-31";
  if constexpr (std::is_same_v<V, time_of_day>) return "a time of day, 12:00:00";
  if constexpr (std::is_same_v<V, uuid>) return "a UUID";
  return "a text";
}

template <class Column>
struct filtered_column {
  using field = typename Column::field;
  using value = base_of<field>;

  static std::optional<expression> make(filter_by by, const std::vector<std::string_view>& values) {
    if (by == filter_by::is_null) {
      bool null = false;
      if (!parse_filter(values[0], null)) return std::nullopt;
      expression e(Column::ref);
      e.push(make_word(null ? op::is_null : op::is_not_null));
      return e;
    }
    if constexpr (!std::is_same_v<value, bool>) {
      if (by == filter_by::in || by == filter_by::not_in) {
        std::vector<value> list(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
          if (!parse_filter_value(values[i], list[i])) return std::nullopt;
        }
        if (by == filter_by::not_in) return expression(!Column().in(list));
        return expression(Column().in(list));
      }
    }
    value parsed{};
    if (!parse_filter_value(values[0], parsed)) return std::nullopt;
    text_room<value> room;
    return expression(Column::ref, comparison_of(by), literal_of<field>(parsed, room));
  }
};

/// The whitelist, whatever its models are.
class filter_rules {
public:
  /// Errors: query_error for a name that is taken or no word, and for what cannot be asked of such a column.
  void allow(std::string_view name, std::initializer_list<filter_by> by, make_filter make, kind of, bool nullable,
             std::string takes);
  void allow_sort(std::string_view name, std::uint64_t column);
  void ignore(std::string_view name);
  void limit(const filter_limits& limits) noexcept { limits_ = limits; }

  requested read(std::string_view query_string) const;
  requested read(const std::vector<std::pair<std::string, std::string>>& parameters) const;

private:
  void require_free(std::string_view name) const;
  void take(requested& out, std::vector<std::string_view>& said, std::string_view name, std::string_view value) const;
  void take_sort(requested& out, std::string_view value) const;
  [[noreturn]] void refuse_name() const;

  std::vector<allowed_filter> filters_;
  std::vector<allowed_sort> sorts_;
  std::vector<std::string> ignored_;
  filter_limits limits_;
};

template <class... Models>
struct filtered_models {
  template <class Model>
  static constexpr bool has = (std::is_same_v<Model, Models> || ...);
};

}  // namespace detail

/// What somebody has asked for: conditions, an order and a page. `query.apply(asked)` adds the conditions and the
/// order; the order that the query has already comes first.
template <class... Models>
class filter_request {
public:
  explicit filter_request(detail::requested&& what) noexcept : what_(static_cast<detail::requested&&>(what)) {}

  std::int64_t page() const noexcept { return what_.page; }
  std::int64_t page_size() const noexcept { return what_.page_size; }
  bool is_ordered() const noexcept { return !what_.orders.empty(); }

  template <class Query>
  void operator()(Query& query) const {
    for (const expression& condition : what_.conditions) {
      query.where(tupelo::condition<Models...>(expression(condition)));
    }
    for (const auto& [term, descending] : what_.orders) query.order_by(ordering<Models...>{term, descending});
  }

private:
  detail::requested what_;
};

/// What somebody outside may ask of a query over these models; made once:
///
///     const auto user_filters = tp::filters<User>()
///                                   .allow("age", tp::col<&User::age>, {tp::filter_by::gte, tp::filter_by::lt})
///                                   .allow("role", tp::col<&User::role>, {tp::filter_by::eq, tp::filter_by::in})
///                                   .sort("created_at", tp::col<&User::created_at>);
///     const auto asked = user_filters.read("age__gte=18&sort=-created_at&page=2");
///     auto page = co_await db.query<User>().apply(asked).page(asked.page(), asked.page_size());
///
/// `sort`, `page` and `page_size` are the names of what is no filter. Threads: read() by any number.
template <class... Models>
class filters {
public:
  /// Errors: query_error for a name that is taken, `contains` of what is no text, `is_null` of what is never NULL.
  template <auto... M>
  filters&& allow(std::string_view name, column<M...> c, std::initializer_list<filter_by> by = {filter_by::eq}) && {
    using value = detail::base_of<typename column<M...>::field>;
    check(c);
    static_assert(detail::said_as_text<value>,
                  "tupelo: filters: nobody outside can say a value of this column's type; allow() takes numbers, "
                  "texts, enums, moments, UUIDs and bool");
    if constexpr (detail::said_as_text<value>) {
      rules_.allow(name, by, &detail::filtered_column<column<M...>>::make, detail::field_kind<value>(),
                   detail::field_is_optional<typename column<M...>::field>(), detail::said_as<value>());
    }
    return static_cast<filters&&>(*this);
  }
  template <auto... M>
  filters&& sort(std::string_view name, column<M...> c) && {
    check(c);
    rules_.allow_sort(name, c.ref.word(op::column));
    return static_cast<filters&&>(*this);
  }
  /// A parameter that is for somebody else; others are refused.
  filters&& ignore(std::string_view name) && {
    rules_.ignore(name);
    return static_cast<filters&&>(*this);
  }
  filters&& limits(const filter_limits& most) && {
    rules_.limit(most);
    return static_cast<filters&&>(*this);
  }

  /// Reads what stands behind the `?` of a URL, percent-encoded. Errors: filter_error for what is not allowed, for
  /// values that are none of the column's type, and for more than the limits say. It names what is allowed and repeats
  /// nothing that was sent.
  filter_request<Models...> read(std::string_view query_string) const {
    return filter_request<Models...>(rules_.read(query_string));
  }
  /// The same for names and values that somebody else has decoded.
  filter_request<Models...> read(const std::vector<std::pair<std::string, std::string>>& parameters) const {
    return filter_request<Models...>(rules_.read(parameters));
  }

private:
  template <auto... M>
  static consteval void check(column<M...>) {
    static_assert(detail::filtered_models<Models...>::template has<typename column<M...>::owner>,
                  "tupelo: filters<…>: a column of a model that is not among these");
  }

  detail::filter_rules rules_;
};

}  // namespace tupelo
