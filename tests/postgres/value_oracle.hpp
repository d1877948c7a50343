// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "oracle.hpp"
#include "random_values.hpp"

#include <tupelo/core/decimal.hpp>

#include <charconv>
#include <cmath>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <string>
#include <type_traits>

namespace tupelo::driver::postgres::testing {

inline constexpr int rounds = 150;

template <class T>
bool same(const T& a, const T& b) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::memcmp(&a, &b, sizeof a) == 0;
  } else if constexpr (std::is_same_v<T, decimal>) {
    return a.to_string() == b.to_string();  // 1.10 is not 1.1 here
  } else if constexpr (std::is_same_v<T, colour>) {
    return a.name == b.name;
  } else {
    return a == b;
  }
}

template <class Number>
std::string digits(Number value) {
  if constexpr (std::is_floating_point_v<Number>) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  }
  char text[64];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

/// Echoes values of one type through a server, by the codec and by libpq.
struct value_oracle : oracle_test {
  random_values random{20261121};
  type_catalog catalog;  ///< empty: what depends on it is sent as text

  /// One type of the server: statements that give a value of it back.
  struct echo_statement {
    libpq_statement statement;
    std::string type;
  };
  echo_statement echo(const std::string& type) { return {server->prepare("SELECT $1::" + type), type}; }

  /// What libpq sends as text, and what the codec sends, is the same value to the server; and the codec reads it back.
  /// `text` is the value as the server's type reads it.
  template <class T>
  void agree(const echo_statement& echo, const type_ops& ops, const T& value, const std::string& text) {
    SCOPED_TRACE(echo.type + ": " + text);
    const libpq_result their_text = server->execute(echo.statement, {text}, false);
    const libpq_result their_binary = server->execute(echo.statement, {text}, true);

    statement_plan plan;
    bind_step step;
    step.source = bind_source::field;
    step.k = ops.k;
    step.first = 1;
    step.slot = slot_of(ops);
    plan.binds = {step};
    plan.reads = {slot_of(ops)};
    plan.row_type = "Row";
    const void* object = &value;
    send_buffer out;
    write_parameters(out, plan_parameters(plan, echo.statement.parameters, 0, catalog), plan, nullptr, &object);
    const sent_parameters ours(all_of(out));
    const libpq_result our_text = server->execute(echo.statement, ours.values, ours.binary, false);
    const libpq_result our_binary = server->execute(echo.statement, ours.values, ours.binary, true);
    ASSERT_EQ(our_text.rows, their_text.rows);
    ASSERT_EQ(our_binary.rows, their_binary.rows);

    T read{};
    decode(plan, their_text, their_binary, 0, &read);
    ASSERT_TRUE(same(read, value)) << their_text.rows[0][0].value_or("NULL");
  }
  template <class T>
  void agree(const echo_statement& echo, kind k, const T& value, const std::string& text) {
    agree(echo, ops_of<T>(k), value, text);
  }

  template <class Integer>
  void integers(kind k, const std::string& type) {
    const auto statement = echo(type);
    for (int i = 0; i < rounds; ++i) {
      const auto value = random.integer<Integer>();
      agree(statement, k, value, digits(value));
    }
  }
  template <class Real>
  void reals(kind k, const std::string& type) {
    const auto statement = echo(type);
    using limits = std::numeric_limits<Real>;
    for (const Real value : {Real{0}, -Real{0}, limits::quiet_NaN(), limits::infinity(), -limits::infinity(),
                             limits::max(), limits::lowest(), limits::min(), limits::denorm_min(), limits::epsilon()}) {
      agree(statement, k, value, digits(value));
    }
    for (int i = 0; i < rounds; ++i) {
      using word = std::conditional_t<sizeof(Real) == 4, std::uint32_t, std::uint64_t>;
      const auto any = static_cast<word>(random.bits());
      Real value{};
      std::memcpy(&value, &any, sizeof value);
      if (!std::isnan(value)) agree(statement, k, value, digits(value));
    }
  }
  /// Types that a text field reads and writes in the server's own spelling.
  void spelled(const std::string& type, std::initializer_list<const char*> spellings) {
    const auto statement = echo(type);
    for (const char* spelling : spellings) agree(statement, kind::text, std::string(spelling), spelling);
  }
};

}  // namespace tupelo::driver::postgres::testing
