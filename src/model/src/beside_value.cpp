// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/beside_value.hpp"

#include "tupelo/model/field_type.hpp"

namespace tupelo {

namespace {

template <class T>
field_slot slot_of(std::optional<T> beside_value::* member, std::size_t place) noexcept {
  const beside_value value;
  const auto* const at = reinterpret_cast<const char*>(__builtin_addressof(value.*member));
  const auto offset = static_cast<std::size_t>(at - reinterpret_cast<const char*>(&value));
  const type_ops& ops = detail::ops_of<std::optional<T>>;
  return {&ops, static_cast<std::uint16_t>(place + offset), ops.k, true, "beside"};
}

}  // namespace

bool has_an_order(kind k) noexcept {
  return k != kind::array && k != kind::json && k != kind::interval && k != kind::null && k != kind::mapped;
}

field_slot beside_slot(kind k, std::size_t place) noexcept {
  switch (k) {
    case kind::boolean: return slot_of(&beside_value::flag, place);
    case kind::u64: return slot_of(&beside_value::natural, place);
    case kind::f32:
    case kind::f64: return slot_of(&beside_value::fraction, place);
    case kind::bytes: return slot_of(&beside_value::data, place);
    case kind::timestamp: return slot_of(&beside_value::moment, place);
    case kind::date: return slot_of(&beside_value::day, place);
    case kind::uuid: return slot_of(&beside_value::id, place);
    case kind::decimal: return slot_of(&beside_value::exact, place);
    case kind::time_of_day: return slot_of(&beside_value::time, place);
    default: return is_integer(k) ? slot_of(&beside_value::number, place) : slot_of(&beside_value::text, place);
  }
}

}  // namespace tupelo
