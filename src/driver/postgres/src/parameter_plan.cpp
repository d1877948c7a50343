// SPDX-License-Identifier: Apache-2.0
// Which form each parameter takes, decided once per prepared statement.
#include "network_order.hpp"
#include "server_type.hpp"
#include "value_binder.hpp"
#include "value_checks.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>

namespace tupelo::driver::postgres {

namespace {

constexpr std::size_t most_parameters = 65'535;

kind kind_of(const bind_step& step) noexcept {
  return step.source == bind_source::field ? stored_type(*step.slot.type).k : step.k;
}
/// Of an array.
kind element_of(const bind_step& step) noexcept {
  if (step.source != bind_source::field) return step.element;
  return stored_type(innermost_type(stored_type(*step.slot.type))).k;
}

/// The type of custom values or elements, where it has a form beside its text.
const type_ops* own_type(const bind_step& step) noexcept {
  return step.source == bind_source::field ? formed_type(*step.slot.type) : step.slot.type;
}

bool is_number(kind k) noexcept { return is_integer(k) || is_float(k) || k == kind::decimal || k == kind::boolean; }
/// Kinds that are text in C++ and may stand for any type of the server, which then reads them.
bool is_free_text(kind k) noexcept { return k == kind::text || k == kind::custom; }
bool is_any_text(kind k) noexcept { return is_free_text(k) || k == kind::enumeration; }

parameter_form if_number(kind k, parameter_form form) noexcept {
  if (is_number(k)) return form;
  return is_free_text(k) ? parameter_form::literal : parameter_form::refused;
}

parameter_form scalar_form(kind k, std::uint32_t type) noexcept {
  using form = parameter_form;
  if (k == kind::null) return form::null;
  if (k == kind::embedded || k == kind::relation || k == kind::array) return form::refused;
  // Domains are among them, so that every kind must be able to go there; composites too, whose binary form is not text.
  if (type >= first_user_oid) return form::literal;
  switch (static_cast<oid>(type)) {
    case oid::boolean:
      if (k == kind::boolean || is_integer(k)) return form::boolean;
      return is_free_text(k) ? form::literal : form::refused;
    case oid::int2: return if_number(k, form::int2);
    case oid::int4: return if_number(k, form::int4);
    case oid::int8: return if_number(k, form::int8);
    case oid::oid: return if_number(k, form::oid);
    case oid::float4: return if_number(k, form::float4);
    case oid::float8: return if_number(k, form::float8);
    case oid::numeric: return if_number(k, form::numeric);
    case oid::text:
    case oid::varchar:
    case oid::bpchar:
    case oid::name:
    case oid::xml:
    case oid::unknown:
    case oid::unspecified:
      if (k == kind::uuid || k == kind::interval || k == kind::time_of_day) return form::literal;
      [[fallthrough]];
    case oid::json: return is_any_text(k) || k == kind::json ? form::text : form::refused;
    case oid::jsonb: return is_any_text(k) || k == kind::json ? form::jsonb : form::refused;
    // Not from text: a backslash in it would have a meaning there.
    case oid::bytea: return k == kind::bytes ? form::bytea : k == kind::custom ? form::literal : form::refused;
    case oid::date:
      if (k == kind::date || k == kind::timestamp) return form::date;
      return is_free_text(k) ? form::literal : form::refused;
    case oid::timestamp:
    case oid::timestamptz:
      if (k == kind::date || k == kind::timestamp) return form::timestamp;
      return is_free_text(k) ? form::literal : form::refused;
    case oid::uuid:
      if (k == kind::uuid) return form::uuid;
      return is_free_text(k) ? form::literal : form::refused;
    case oid::interval:
      if (k == kind::interval) return form::interval;
      return is_free_text(k) ? form::literal : form::refused;
    case oid::time:
      if (k == kind::time_of_day) return form::time_of_day;
      return is_free_text(k) ? form::literal : form::refused;
    case oid::money: return is_integer(k) || k == kind::decimal || is_free_text(k) ? form::literal : form::refused;
    case oid::record: return form::refused;
    default: return is_any_text(k) || k == kind::json ? form::literal : form::refused;
  }
}

oid wanted_type(kind k) noexcept {
  switch (k) {
    case kind::boolean: return oid::boolean;
    case kind::i8:
    case kind::u8:
    case kind::i16: return oid::int2;
    case kind::u16:
    case kind::i32: return oid::int4;
    case kind::u32:
    case kind::i64: return oid::int8;
    case kind::u64:
    case kind::decimal: return oid::numeric;
    case kind::f32: return oid::float4;
    case kind::f64: return oid::float8;
    case kind::bytes: return oid::bytea;
    case kind::timestamp: return oid::timestamptz;
    case kind::date: return oid::date;
    case kind::uuid: return oid::uuid;
    case kind::interval: return oid::interval;
    case kind::time_of_day: return oid::time;
    default: return oid::unspecified;
  }
}
oid wanted_type(const bind_step& step) noexcept {
  if (step.typed_as != kind::array) return wanted_type(step.typed_as);
  const server_type* const element = find_server_type(static_cast<std::uint32_t>(wanted_type(step.element)));
  return element != nullptr ? element->array : oid::unspecified;
}

parameter_shortcut shortcut_of(const bind_step& step, kind k, parameter_form form) noexcept {
  if (step.wrap != like_wrap::none) return parameter_shortcut::none;
  if (step.source == bind_source::field && step.slot.k == kind::mapped) return parameter_shortcut::none;
  if (step.source != bind_source::field) {
    // All integers are 64 bits wide there, and all real numbers doubles.
    if (form == parameter_form::int8 && is_integer(k) && k != kind::u64) return parameter_shortcut::int8;
    if (form == parameter_form::float8 && is_float(k)) return parameter_shortcut::float8;
  }
  switch (k) {
    case kind::boolean:
      if (form == parameter_form::boolean) return parameter_shortcut::boolean;
      break;
    case kind::i32:
      if (form == parameter_form::int4) return parameter_shortcut::int4;
      break;
    case kind::i64:
      if (form == parameter_form::int8) return parameter_shortcut::int8;
      break;
    case kind::f64:
      if (form == parameter_form::float8) return parameter_shortcut::float8;
      break;
    case kind::text:
      if (form == parameter_form::text || form == parameter_form::literal) return parameter_shortcut::text;
      break;
    case kind::timestamp:
      if (form == parameter_form::timestamp && (step.source != bind_source::field || !step.slot.type->chrono))
        return parameter_shortcut::timestamp;
      break;
    case kind::uuid:
      if (form == parameter_form::uuid) return parameter_shortcut::uuid;
      break;
    default: break;
  }
  return parameter_shortcut::none;
}

[[noreturn, gnu::cold]] void refuse_type(const parameter_place& place, kind k, bool list) {
  std::string message = name_of(place) + ": PostgreSQL takes " + name_of_server_type(place.type) + " there, which ";
  if (list) {
    message.append("no list of ").append(name_of(k)).append(" can be sent as");
    message += "; compare with = ANY($n) and cast the placeholder to an array of the right type";
  } else {
    message.append("no ").append(name_of(k)).append(" can be sent as");
    message += "; change the type of the field or the column, or cast the placeholder in the statement ($n::type)";
  }
  throw query_error(errc::type_mismatch, std::move(message));
}

bool is_binary(parameter_form form) noexcept {
  return form != parameter_form::literal && form != parameter_form::array_literal;
}

/// Which form each parameter of one statement takes.
class parameter_planner {
public:
  parameter_planner(parameter_layout& layout, const type_catalog& catalog, std::uint32_t server_version) noexcept
      : layout_(layout), catalog_(catalog), server_version_(server_version) {}

  parameter_step plan_step(const bind_step& step, const parameter_place& place);

private:
  /// Of a value of no array; enums that the catalog knows are the same in both formats.
  parameter_form form_of(kind k, std::uint32_t type) const noexcept {
    if (k == kind::enumeration && catalog_.is_enum(type)) return parameter_form::text;
    const parameter_form form = scalar_form(k, type);
    const bool finite = form == parameter_form::interval && server_version_ < first_with_infinite_intervals;
    return finite ? parameter_form::finite_interval : form;
  }
  parameter_form form_of_own(const type_ops& type, std::uint32_t server_type_number, parameter_form text,
                             parameter_step& planned, const parameter_place& place);
  /// The same of a bind whose values, or elements, are of the kind.
  parameter_form form_of_own(const bind_step& step, kind k, std::uint32_t server_type_number, parameter_form text,
                             parameter_step& planned, const parameter_place& place) {
    const type_ops* const type = k == kind::custom ? own_type(step) : nullptr;
    if (type == nullptr) return text;
    if (step.source != bind_source::field) planned.own = type;
    return form_of_own(*type, server_type_number, text, planned, place);
  }
  /// Of an array, or of a list as one: its form and that of its elements, which is `refused` where there is none.
  /// `own`: the elements' type, where it has a form beside its text.
  void plan_elements(kind k, const type_ops* own, std::uint32_t type, bool list, parameter_step& planned,
                     const parameter_place& place);
  const composite_layout* plan_composite(const composite_ops& fields, std::uint32_t type, const parameter_place& place);

  parameter_layout& layout_;
  const type_catalog& catalog_;
  std::uint32_t server_version_;
};

/// The binary form of a type with field_traits, or what it was.
parameter_form parameter_planner::form_of_own(const type_ops& type, std::uint32_t server_type_number,
                                              parameter_form text, parameter_step& planned,
                                              const parameter_place& place) {
  if (type.k != kind::custom || type.form == nullptr) return text;
  const custom_form& own = *type.form;
  if (own.range != nullptr || own.multirange != nullptr) {
    const server_type* const bound =
        own.range != nullptr ? find_range_bound(server_type_number) : find_multirange_bound(server_type_number);
    if (bound == nullptr) return text;
    const range_ops& range = own.range != nullptr ? *own.range : *own.multirange->element->form->range;
    planned.bound_type = static_cast<std::uint32_t>(bound->type);
    planned.bound = scalar_form(range.bound->k, planned.bound_type);
    if (planned.bound == parameter_form::refused || planned.bound == parameter_form::literal) return text;
    return own.range != nullptr ? parameter_form::range : parameter_form::multirange;
  }
  if (own.composite != nullptr) {
    planned.composite = plan_composite(own.composite(), server_type_number, place);
    return planned.composite != nullptr ? parameter_form::composite : text;
  }
  return own.to_binary != nullptr && is_type_of(own, server_type_number) ? parameter_form::own_bytes : text;
}

[[noreturn, gnu::cold]] void refuse_attributes(const parameter_place& place, std::size_t fields,
                                               std::size_t attributes) {
  throw query_error(errc::type_mismatch, name_of(place) + ": PostgreSQL takes a composite of " +
                                             std::to_string(attributes) + " attributes there, and its struct has " +
                                             std::to_string(fields) +
                                             " fields; give the struct the type's attributes, in their order");
}

[[noreturn, gnu::cold]] void refuse_attribute(const parameter_place& place, std::size_t number, std::uint32_t type,
                                              kind field) {
  std::string message = name_of(place) + ": attribute " + std::to_string(number);
  message.append(" of its composite is PostgreSQL's ").append(name_of_server_type(type));
  message.append(", which no ")
      .append(name_of(field))
      .append(" can be sent as; change the type of the one or the other");
  throw query_error(errc::type_mismatch, std::move(message));
}

/// Null where a text is the only form that all attributes have, or where nothing is known of the type.
const composite_layout* parameter_planner::plan_composite(const composite_ops& fields, std::uint32_t type,
                                                          const parameter_place& place) {
  const type_catalog::entry* const known = catalog_.find(type);
  if (known == nullptr || known->sort != 'c') return nullptr;
  if (known->attributes.size() != fields.count) refuse_attributes(place, fields.count, known->attributes.size());
  auto layout = std::make_unique<composite_layout>();
  bool is_text = false;
  for (std::size_t i = 0; i != fields.count; ++i) {
    const type_ops& field = stored_type(*fields.attributes[i].type);
    composite_layout::attribute& attribute = layout->attributes.emplace_back();
    attribute.type = known->attributes[i];
    parameter_step& how = attribute.how;
    how.k = field.k;
    how.type = catalog_.base_of(attribute.type);
    if (field.k == kind::array) {
      plan_elements(stored_type(innermost_type(field)).k, formed_type(field), how.type, false, how, place);
    } else {
      how.form = form_of_own(field, how.type, form_of(field.k, how.type), how, place);
    }
    if (how.form == parameter_form::refused || (field.k == kind::array && how.element == parameter_form::refused))
      refuse_attribute(place, i + 1, how.type, field.k);
    is_text |= !is_binary(how.form);
  }
  if (is_text) return nullptr;
  layout_.composites.push_back(std::move(layout));
  return layout_.composites.back().get();
}

parameter_step parameter_planner::plan_step(const bind_step& step, const parameter_place& place) {
  parameter_step planned;
  planned.k = kind_of(step);
  planned.type = place.type;
  const std::uint32_t type = catalog_.base_of(place.type);
  const bool list = step.source == bind_source::whole_list;
  if (!list && planned.k != kind::array) {
    planned.form = form_of(planned.k, type);
    // A domain takes what it took before its base was known.
    if (planned.form == parameter_form::refused && type != place.type)
      planned.form = scalar_form(planned.k, place.type);
    planned.form = form_of_own(step, planned.k, type, planned.form, planned, place);
    const bool is_text = planned.form == parameter_form::text || planned.form == parameter_form::literal;
    if (planned.form == parameter_form::refused || (step.wrap != like_wrap::none && !is_text))
      refuse_type(place, planned.k, false);
    planned.shortcut = shortcut_of(step, planned.k, planned.form);
    return planned;
  }
  const kind k = list ? planned.k : element_of(step);
  const type_ops* const own = k == kind::custom ? own_type(step) : nullptr;
  if (step.source != bind_source::field) planned.own = own;
  plan_elements(k, own, type, list, planned, place);
  if (planned.element == parameter_form::refused) refuse_type(place, list ? k : planned.k, list);
  return planned;
}

void parameter_planner::plan_elements(kind k, const type_ops* own, std::uint32_t type, bool list,
                                      parameter_step& planned, const parameter_place& place) {
  planned.form = parameter_form::array_literal;
  const type_catalog::entry* const made = type >= first_user_oid ? catalog_.find(type) : nullptr;
  if (made != nullptr && made->element != 0) {
    planned.element_type = made->element;
    planned.element = form_of(k, catalog_.base_of(made->element));
    if (planned.element == parameter_form::refused) {  // as a text, which the server judges
      planned.element = scalar_form(k, type);
      planned.element_type = type;
    }
  } else if (type >= first_user_oid) {
    planned.element = scalar_form(k, type);
    planned.element_type = type;
  } else if (const server_type* element = find_element_type(type)) {
    planned.element_type = static_cast<std::uint32_t>(element->type);
    planned.element = form_of(k, planned.element_type);
  }
  if (planned.element_type != type && planned.element_type != 0) {
    if (own != nullptr)
      planned.element = form_of_own(*own, catalog_.base_of(planned.element_type), planned.element, planned, place);
    if (planned.element != parameter_form::literal) planned.form = parameter_form::array;
  }
  if (planned.element == parameter_form::refused && !list && find_server_type(type) == nullptr &&
      static_cast<oid>(type) != oid::box_array) {
    planned.element = parameter_form::literal;  // an array of a built-in type that is not known by name
  }
}

/// Whether the form of the field's values depends on what its type is made of.
bool depends_on_type(const type_ops& field, bool of_rows) noexcept {
  const type_ops& type = stored_type(field);
  if (type.k == kind::array) return depends_on_type(*type.array->element, of_rows);
  if (type.k == kind::enumeration) return of_rows;
  return type.k == kind::custom && type.form != nullptr && type.form->composite != nullptr;
}

void append16(std::string& out, std::size_t value) {
  char bytes[2];
  store16(bytes, static_cast<std::uint16_t>(value));
  out.append(bytes, sizeof bytes);
}

/// Format codes and number of parameters. One code stands for all where they are alike; none means text.
std::string prefix_of(const std::vector<bool>& binary) {
  std::string prefix;
  const auto count = static_cast<std::size_t>(std::count(binary.begin(), binary.end(), true));
  if (count == 0) {
    append16(prefix, 0);
  } else if (count == binary.size()) {
    append16(prefix, 1);
    append16(prefix, 1);
  } else {
    append16(prefix, binary.size());
    for (const bool is_binary : binary) append16(prefix, is_binary ? 1 : 0);
  }
  append16(prefix, binary.size());
  return prefix;
}

}  // namespace

std::vector<std::uint32_t> wanted_parameter_types(const statement_plan& plan) {
  std::vector<std::uint32_t> types;
  if (!plan.raw) return types;
  for (const bind_step& step : plan.binds) types.push_back(static_cast<std::uint32_t>(wanted_type(step)));
  return types;
}

bool leaves_types_open(const statement_plan& plan) {
  if (!plan.raw) return plan.has_fragments && !plan.binds.empty();
  return std::any_of(plan.binds.begin(), plan.binds.end(),
                     [](const bind_step& step) { return wanted_type(step) == oid::unspecified; });
}

std::vector<std::uint32_t> types_to_ask_for(const statement_plan& plan, std::span<const std::uint32_t> parameter_types,
                                            const type_catalog& catalog, bool of_rows) {
  std::vector<std::uint32_t> types;
  for (const bind_step& step : plan.binds) {
    if (step.slot.type == nullptr || !depends_on_type(*step.slot.type, of_rows)) continue;
    for (std::size_t row = 0; row != plan.rows_per_statement; ++row) {
      const std::size_t place = row * plan.binds.size() + step.first - 1;
      if (place >= parameter_types.size()) break;
      const std::uint32_t type = parameter_types[place];
      if (type < first_user_oid || catalog.find(type) != nullptr) continue;
      if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
    }
  }
  return types;
}

parameter_layout plan_parameters(const statement_plan& plan, std::span<const std::uint32_t> parameter_types,
                                 std::uint32_t server_version, const type_catalog& catalog) {
  std::size_t row_width = 0;
  for (const bind_step& step : plan.binds) row_width += step.source == bind_source::list ? step.places : 1;
  const std::size_t count = row_width * plan.rows_per_statement;
  if (count > most_parameters) {
    throw query_error("the statement has " + std::to_string(count) +
                      " parameters, PostgreSQL takes at most 65535: write fewer rows at once or use a shorter list");
  }
  if (count != parameter_types.size()) {
    throw query_error("the statement has " + std::to_string(parameter_types.size()) + " placeholders, but " +
                      std::to_string(count) + " values are given; number them $1, $2 … without gaps");
  }

  parameter_layout layout;
  parameter_planner planner(layout, catalog, server_version);
  const auto same_in_all_rows = [&] {
    for (std::size_t i = row_width; i < count; ++i) {
      if (parameter_types[i] != parameter_types[i - row_width]) return false;
    }
    return true;
  };
  layout.rows_differ = !same_in_all_rows();
  std::vector<bool> binary;
  binary.reserve(count);
  std::size_t place = 0;
  for (std::uint32_t row = 0; row < plan.rows_per_statement; ++row) {
    for (std::size_t i = 0; i < plan.binds.size(); ++i) {
      const bind_step& step = plan.binds[i];
      const std::size_t places = step.source == bind_source::list ? step.places : 1;
      if (row == 0 && step.first != place + 1) {
        throw query_error("the statement binds placeholder $" + std::to_string(step.first) + " where $" +
                          std::to_string(place + 1) + " is next; PostgreSQL takes its parameters in their order");
      }
      if (row == 0 || layout.rows_differ) {
        const parameter_place named{step.slot.column, static_cast<std::uint32_t>(place + 1),
                                    places != 0 ? parameter_types[place] : 0};
        layout.steps.push_back(planner.plan_step(step, named));
        for (std::size_t p = 1; p < places; ++p) {
          if (parameter_types[place + p] != named.type) refuse_type(named, kind_of(step), true);
        }
      }
      const parameter_step& planned = layout.steps[layout.rows_differ ? layout.steps.size() - 1 : i];
      binary.insert(binary.end(), places, is_binary(planned.form));
      place += places;
    }
  }
  layout.prefix = prefix_of(binary);
  return layout;
}

}  // namespace tupelo::driver::postgres
