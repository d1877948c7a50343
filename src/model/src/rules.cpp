// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/rules.hpp"

#include "tupelo/core/error.hpp"

#include <algorithm>

namespace tupelo::detail {

namespace {

std::size_t characters_of(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

rule_book::field_rule& rule_book::rule_of(const field_ref& field) {
  const std::size_t position = patch_core(*spec_).position(field);
  for (field_rule& known : fields_) {
    if (known.position == position) return known;
  }
  fields_.push_back({position});
  return fields_.back();
}

std::string rule_book::name_of(const field_ref& field) const {
  return info_of(*spec_).fields[patch_core(*spec_).position(field)].name;
}

void rule_book::allow(const field_ref& field) {
  rule_of(field).allowed = true;
  only_allowed_ = true;
}
void rule_book::require(const field_ref& field) {
  field_rule& rule = rule_of(field);
  rule.required = rule.allowed = true;
}
void rule_book::length(const field_ref& field, std::size_t least, std::size_t most) {
  field_rule& rule = rule_of(field);
  const model_info& info = info_of(*spec_);
  if (info.fields[rule.position].type->k != kind::text) {
    throw model_error("rules of " + std::string(info.short_name()) + ": length() of field " +
                      info.fields[rule.position].name + ", which is not text");
  }
  rule.measured = true;
  rule.least = least;
  rule.most = most;
}
void rule_book::add(std::unique_ptr<patch_test> test) { tests_.push_back(std::move(test)); }
void rule_book::add(const field_ref& field, std::unique_ptr<patch_test> test) {
  rule_of(field).tests.push_back(std::move(test));
}

void rule_book::apply(const void* patch, const patch_core& core, const void* values, violations& found) const {
  const model_info& info = info_of(*spec_);
  // What was refused when it was read is not given, and has been told.
  const auto told = [&](const std::string& name) {
    return std::any_of(found.begin(), found.end(), [&](const violation& known) { return known.field == name; });
  };
  for (std::size_t i = 0; i < info.fields.size(); ++i) {
    if (!core.given().has(i) || !(only_allowed_ || is_own(info.fields[i]))) continue;
    const auto is_allowed = [&](const field_rule& rule) { return rule.position == i && rule.allowed; };
    if (std::none_of(fields_.begin(), fields_.end(), is_allowed))
      found.push_back({info.fields[i].name, "cannot be set here", errc::validation_failed});
  }
  for (const field_rule& rule : fields_) {
    const field_info& field = info.fields[rule.position];
    if (!core.given().has(rule.position)) {
      if (rule.required && !told(field.name)) found.push_back({field.name, "is missing", errc::validation_failed});
      continue;
    }
    const void* const value = value_of(field.slot(), values);
    if (rule.measured && value != nullptr) {
      const std::size_t length = characters_of(*static_cast<const std::string*>(value));
      if (length < rule.least || length > rule.most) {
        found.push_back({field.name,
                         "must have " + std::to_string(rule.least) + " to " + std::to_string(rule.most) + " characters",
                         errc::validation_failed});
      }
    }
    for (const std::unique_ptr<patch_test>& test : rule.tests) test->run(patch, values, found);
  }
  if (!found.empty()) return;  // a test of the whole may count on what is required, and on each field being right
  for (const std::unique_ptr<patch_test>& test : tests_) test->run(patch, values, found);
}

}  // namespace tupelo::detail
