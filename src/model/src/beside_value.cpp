// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/beside_value.hpp"

#include "tupelo/model/field_type.hpp"
#include "tupelo/core/bytes.hpp"
#include "tupelo/core/date.hpp"
#include "tupelo/core/decimal.hpp"
#include "tupelo/core/time_of_day.hpp"
#include "tupelo/core/timestamp.hpp"
#include "tupelo/core/uuid.hpp"

#include <new>
#include <optional>
#include <string>
#include <type_traits>

namespace tupelo {

struct beside_value::parts {
  std::optional<std::int64_t> number{};
  std::optional<std::uint64_t> natural{};
  std::optional<double> fraction{};
  std::optional<std::string> text{};  ///< enumerators too
  std::optional<bytes> data{};
  std::optional<decimal> exact{};
  std::optional<timestamp> moment{};
  std::optional<date> day{};
  std::optional<time_of_day> time{};
  std::optional<uuid> id{};
  std::optional<bool> flag{};

  template <class T>
  static field_slot slot_of(std::optional<T> parts::* member, std::size_t place) noexcept {
    const parts value;
    const auto* const at = reinterpret_cast<const char*>(__builtin_addressof(value.*member));
    const auto offset = static_cast<std::size_t>(at - reinterpret_cast<const char*>(&value));
    const type_ops& ops = detail::ops_of<std::optional<T>>;
    return {&ops, static_cast<std::uint16_t>(place + offset), ops.k, true, "beside"};
  }
};

beside_value::parts& beside_value::own() noexcept { return *std::launder(reinterpret_cast<parts*>(bytes_)); }
const beside_value::parts& beside_value::own() const noexcept {
  return *std::launder(reinterpret_cast<const parts*>(bytes_));
}
beside_value::beside_value() noexcept {
  static_assert(sizeof(parts) <= sizeof bytes_ && alignof(parts) <= alignof(beside_value));
  ::new (static_cast<void*>(bytes_)) parts();
}
beside_value::beside_value(beside_value&& other) noexcept {
  static_assert(std::is_nothrow_move_constructible_v<parts> && std::is_nothrow_move_assignable_v<parts>);
  ::new (static_cast<void*>(bytes_)) parts(static_cast<parts&&>(other.own()));
}
beside_value::beside_value(const beside_value& other) { ::new (static_cast<void*>(bytes_)) parts(other.own()); }
beside_value& beside_value::operator=(beside_value&& other) noexcept {
  own() = static_cast<parts&&>(other.own());
  return *this;
}
beside_value& beside_value::operator=(const beside_value& other) {
  own() = other.own();
  return *this;
}
beside_value::~beside_value() { own().~parts(); }

bool has_an_order(kind k) noexcept {
  return k != kind::array && k != kind::json && k != kind::interval && k != kind::null && k != kind::mapped;
}

field_slot beside_slot(kind k, std::size_t place) noexcept {
  using parts = beside_value::parts;
  switch (k) {
    case kind::boolean: return parts::slot_of(&parts::flag, place);
    case kind::u64: return parts::slot_of(&parts::natural, place);
    case kind::f32:
    case kind::f64: return parts::slot_of(&parts::fraction, place);
    case kind::bytes: return parts::slot_of(&parts::data, place);
    case kind::timestamp: return parts::slot_of(&parts::moment, place);
    case kind::date: return parts::slot_of(&parts::day, place);
    case kind::uuid: return parts::slot_of(&parts::id, place);
    case kind::decimal: return parts::slot_of(&parts::exact, place);
    case kind::time_of_day: return parts::slot_of(&parts::time, place);
    default: return is_integer(k) ? parts::slot_of(&parts::number, place) : parts::slot_of(&parts::text, place);
  }
}

}  // namespace tupelo
