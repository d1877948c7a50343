// SPDX-License-Identifier: Apache-2.0
#include "custom_decoder.hpp"

#include "array_decoder.hpp"
#include "network_order.hpp"
#include "server_type.hpp"

#include <tupelo/core/array_shape.hpp>
#include <tupelo/core/error.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace tupelo::driver::postgres {

namespace {

[[noreturn, gnu::cold]] void refuse_composite(const field_slot& slot) {
  throw_type_mismatch(slot, "a value that is no composite");
}

/// The bytes of one value and what is behind it.
class parts_reader {
public:
  /// `refuse` is called where the bytes end too early, or go on.
  parts_reader(const field_slot& slot, const char* data, std::uint32_t size,
               void (*refuse)(const field_slot&) = refuse_length) noexcept
      : slot_(slot), at_(data), left_(size), refuse_(refuse) {}

  std::uint8_t take8() { return static_cast<std::uint8_t>(*take(1)); }
  std::uint32_t take32() { return load32(take(4)); }
  /// A value with its length in front; its data is null where it is NULL.
  std::string_view value() {
    const std::uint32_t size = take32();
    if (size == 0xffffffffu) return {};
    return {take(size), size};
  }
  std::uint32_t left() const noexcept { return left_; }
  void end() const {
    if (left_ != 0) refuse_(slot_);
  }

private:
  const char* take(std::uint32_t count) {
    if (left_ < count) refuse_(slot_);
    left_ -= count;
    return std::exchange(at_, at_ + count);
  }

  const field_slot& slot_;
  const char* at_;
  std::uint32_t left_;
  void (*refuse_)(const field_slot&);
};

bool is_text(column_form form) noexcept {
  return form == column_form::text || form == column_form::text_as_is || form == column_form::array_text;
}

/// Whether they may be an array of a type that users made, whose number does not tell.
bool looks_like_an_array(std::string_view bytes) noexcept {
  return bytes.size() >= 12 && load32(bytes.data()) <= array_shape::most && load32(bytes.data() + 4) <= 1;
}

[[noreturn, gnu::cold]] void refuse_attribute(const field_slot& slot, const field_slot& attribute, std::size_t number,
                                              std::uint32_t type, std::string_view remedy) {
  std::string message = "column \"" + std::string(slot.column) + "\": attribute " + std::to_string(number);
  message.append(" of its composite is PostgreSQL's ").append(name_of_server_type(type));
  message.append(" where its field is ").append(name_of(attribute.k)).append("; ").append(remedy);
  throw decode_error(errc::type_mismatch, std::move(message), std::string(slot.column));
}

void decode_attribute(const field_slot& slot, const field_slot& attribute, std::size_t number, void* object,
                      std::uint32_t type, std::string_view bytes) {
  constexpr std::string_view retype = "change the type of the one or the other";
  column_form forms[most_forms]{};
  std::uint32_t element_type = 0;
  if (!plan_forms(attribute, type, forms, element_type)) refuse_attribute(slot, attribute, number, type, retype);
  if (bytes.data() == nullptr) return store_null(attribute, object);
  column_form* last = forms;
  while (*last == column_form::mapped) ++last;
  if (is_text(*last)) {
    // Here everything is in binary; of types that users made, only of enums is that text for sure.
    const type_ops& stored = stored_type(*attribute.type);
    const type_ops& inner = innermost_type(stored);
    const bool is_enum = type >= first_user_oid && stored_type(inner).k == kind::enumeration;
    if (static_cast<oid>(type) == oid::jsonb) {
      *last = column_form::jsonb;
    } else if (is_enum && stored.k == kind::array) {
      if (!looks_like_an_array(bytes)) refuse_attribute(slot, attribute, number, type, retype);
      *last++ = column_form::array;
      if (inner.k == kind::mapped) *last++ = column_form::mapped;
      *last = column_form::text;
      element_type = 0;
    } else if (!is_enum && !is_text_in_binary(type)) {
      refuse_attribute(slot, attribute, number, type,
                       "make the field tupelo::native of that type, and the composite is read from text");
    }
  }
  decode_value(forms, element_type, attribute, field_for_value(attribute, object), bytes.data(),
               static_cast<std::uint32_t>(bytes.size()));
}

}  // namespace

void decode_range(const column_form* bound, const field_slot& slot, void* field, const char* data, std::uint32_t size) {
  constexpr std::uint8_t empty = 1, lower_inclusive = 2, upper_inclusive = 4, no_lower = 8, no_upper = 16;
  const range_ops& ops = *slot.type->form->range;
  parts_reader in(slot, data, size);
  const std::uint8_t flags = in.take8();
  range_parts shape;
  shape.empty = (flags & empty) != 0;
  shape.lower_inclusive = (flags & lower_inclusive) != 0;
  shape.upper_inclusive = (flags & upper_inclusive) != 0;
  std::string_view bounds[2];
  const auto take_bound = [&](bool upper) {
    bounds[upper ? 1 : 0] = in.value();
    if (bounds[upper ? 1 : 0].data() == nullptr) refuse_length(slot);
    return bounds[upper ? 1 : 0].data();
  };
  if (!shape.empty && (flags & no_lower) == 0) shape.lower = take_bound(false);
  if (!shape.empty && (flags & no_upper) == 0) shape.upper = take_bound(true);
  in.end();

  const field_slot bound_slot{ops.bound, 0, ops.bound->k, ops.bound->nullable, slot.column};
  const auto fill = [&](bool upper, void* place) {
    const std::string_view bytes = bounds[upper ? 1 : 0];
    decode_value(bound, 0, bound_slot, place, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
  };
  const bool made = ops.make(field, shape, &fill, [](const void* context, bool upper, void* place) {
    (*static_cast<const decltype(fill)*>(context))(upper, place);
  });
  if (!made) throw_refused_by_traits(slot, "a value");
}

void decode_multirange(const column_form* range, const field_slot& slot, void* field, const char* data,
                       std::uint32_t size) {
  const array_ops& ops = *slot.type->form->multirange;
  const field_slot range_slot{ops.element, 0, ops.element->k, ops.element->nullable, slot.column};
  parts_reader in(slot, data, size);
  const std::uint32_t count = in.take32();
  // Each range has its length in front: no count that the bytes do not bear out is believed.
  if (count > in.left() / 4) refuse_length(slot);
  ops.clear(field, count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string_view bytes = in.value();
    if (bytes.data() == nullptr) refuse_length(slot);
    const auto fill = [&](void* place) {
      decode_value(range, 0, range_slot, place, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
    };
    ops.add(field, &fill,
            [](const void* context, void* place) { (*static_cast<const decltype(fill)*>(context))(place); });
  }
  in.end();
}

void decode_composite(const field_slot& slot, void* field, const char* data, std::uint32_t size) {
  const composite_ops ops = slot.type->form->composite();
  // The number of a type that users made does not tell whether it is a composite.
  parts_reader in(slot, data, size, refuse_composite);
  const std::uint32_t count = in.take32();
  if (count > in.left() / 8) refuse_composite(slot);
  if (count != ops.count) {
    throw decode_error(errc::type_mismatch,
                       "column \"" + std::string(slot.column) + "\" holds a composite of " + std::to_string(count) +
                           " attributes where its struct has " + std::to_string(ops.count) +
                           " fields; give the struct the type's attributes, in their order",
                       std::string(slot.column));
  }
  for (std::size_t i = 0; i < ops.count; ++i) {
    field_slot attribute = ops.attributes[i];
    attribute.column = slot.column;
    const std::uint32_t type = in.take32();
    decode_attribute(slot, attribute, i + 1, field, type, in.value());
  }
  in.end();
}

}  // namespace tupelo::driver::postgres
