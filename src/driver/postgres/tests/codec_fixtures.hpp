// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "message_bytes.hpp"
#include "network_order.hpp"
#include "oid.hpp"
#include "row_decoder.hpp"
#include "support/field_descriptions.hpp"
#include "value_binder.hpp"

#include <tupelo/core/error.hpp>
#include <tupelo/core/statement.hpp>
#include <tupelo/core/word_buffer.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tupelo::driver::postgres::testing {

// ---- fields, described as the model room does by reflection

using test_support::ops_of;
using test_support::optional_ops_of;
using test_support::slot_of;

enum class level : std::int16_t { low = -1, normal, high = 7 };
inline constexpr enumerator level_names[] = {{-1, "low"}, {0, "normal"}, {7, "high"}};
inline const enum_table& level_table() {
  static const enum_table table{"Level", level_names, 3};
  return table;
}
inline type_ops level_ops() {
  type_ops ops = ops_of<level>(kind::enumeration);
  ops.enumerators = &level_table;
  return ops;
}

/// A user's type that is text to databases.
struct colour {
  std::string name;
};
inline type_ops colour_ops() {
  type_ops ops = ops_of<colour>(kind::custom);
  ops.to_text = [](const void* p, std::string& out) { out += static_cast<const colour*>(p)->name; };
  ops.from_text = [](void* p, std::string_view text) {
    static_cast<colour*>(p)->name = text;
    return text != "none";
  };
  return ops;
}

/// A std::chrono time point of the given resolution and width.
template <class Rep>
type_ops chrono_ops(kind k, std::int64_t ticks_num, std::int64_t ticks_den) {
  type_ops ops = ops_of<Rep>(k);
  ops.chrono = true;
  ops.ticks_num = ticks_num;
  ops.ticks_den = ticks_den;
  return ops;
}

// ---- bytes

inline std::string bytes_of(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}
inline std::string big16(std::uint16_t v) {
  std::string out(2, '\0');
  store16(out.data(), v);
  return out;
}
inline std::string big32(std::uint32_t v) {
  std::string out(4, '\0');
  store32(out.data(), v);
  return out;
}
inline std::string big64(std::uint64_t v) {
  std::string out(8, '\0');
  store64(out.data(), v);
  return out;
}
inline std::string all_of(const send_buffer& buffer) { return {buffer.data(), buffer.size()}; }

/// The parameter part of a Bind message, taken apart.
struct sent_parameters {
  std::vector<bool> binary;
  std::vector<std::optional<std::string>> values;

  explicit sent_parameters(std::string_view bytes) {
    const auto take16 = [&] {
      const std::uint16_t v = load16(take(bytes, 2).data());
      return std::size_t{v};
    };
    std::vector<bool> formats(take16());
    for (std::size_t i = 0; i < formats.size(); ++i) formats[i] = take16() == 1;
    const std::size_t count = take16();
    for (std::size_t i = 0; i < count; ++i) {
      binary.push_back(formats.empty() ? false : formats.size() == 1 ? formats[0] : formats.at(i));
      const std::uint32_t size = load32(take(bytes, 4).data());
      if (size == 0xffffffffu) {
        values.emplace_back();
      } else {
        values.emplace_back(take(bytes, size));
      }
    }
    if (!bytes.empty()) throw std::logic_error("bytes behind the last parameter");
    if (formats.size() > 1 && formats.size() != count) throw std::logic_error("another number of formats");
  }

private:
  static std::string_view take(std::string_view& bytes, std::size_t count) {
    if (bytes.size() < count) throw std::logic_error("the parameters end too early");
    const std::string_view taken = bytes.substr(0, count);
    bytes.remove_prefix(count);
    return taken;
  }
};

inline std::uint32_t number(oid type) { return static_cast<std::uint32_t>(type); }

/// Plans and writes.
inline sent_parameters sent(const statement_plan& plan, std::initializer_list<std::uint32_t> types,
                            const std::uint64_t* values, const void* const* objects = nullptr) {
  send_buffer out;
  const std::vector<std::uint32_t> all(types);
  write_parameters(out, plan_parameters(plan, all), plan, values, objects);
  return sent_parameters(all_of(out));
}

/// The body of a DataRow message.
inline std::string data_row(const std::vector<std::optional<std::string>>& values) {
  std::string body = big16(static_cast<std::uint16_t>(values.size()));
  for (const auto& value : values) {
    body += big32(value ? static_cast<std::uint32_t>(value->size()) : 0xffffffffu);
    if (value) body += *value;
  }
  return body;
}

inline bool says(const std::exception& e, std::string_view part) {
  return std::string_view(e.what()).find(part) != std::string_view::npos;
}

}  // namespace tupelo::driver::postgres::testing
