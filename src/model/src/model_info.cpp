// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/model_info.hpp"

#include "refused_model.hpp"

#include "tupelo/model/given_fields.hpp"
#include "tupelo/model/model_spec.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace tupelo {

const index_info* model_info::search_index() const noexcept {
  for (const index_info& index : indexes) {
    if (!index.language.empty()) return &index;
  }
  return nullptr;
}
int model_info::find_offset(std::uint16_t offset) const noexcept {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].offset == offset && fields[i].type->k != kind::embedded) return static_cast<int>(i);
  }
  return -1;
}

int model_info::find_column(std::string_view column) const noexcept {
  for (std::uint16_t i : columns) {
    if (fields[i].column == column) return i;
  }
  return -1;
}

std::string_view model_info::short_name() const noexcept { return reflect::last_identifier(type_name); }

std::string snake_case(std::string_view name) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto lower = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool starts_word =
        i > 0 && upper(c) && (lower(name[i - 1]) || (upper(name[i - 1]) && i + 1 < name.size() && lower(name[i + 1])));
    if (starts_word && out.back() != '_') out += '_';
    out += upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  while (out.size() > 1 && out.back() == '_') out.pop_back();
  return out;
}

std::string pluralize(std::string_view noun) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 17> irregular{{
      {"person", "people"},
      {"child", "children"},
      {"man", "men"},
      {"woman", "women"},
      {"mouse", "mice"},
      {"goose", "geese"},
      {"foot", "feet"},
      {"tooth", "teeth"},
      {"datum", "data"},
      {"medium", "media"},
      {"criterion", "criteria"},
      {"analysis", "analyses"},
      {"basis", "bases"},
      {"leaf", "leaves"},
      {"index", "indexes"},
      {"life", "lives"},
      {"half", "halves"},
  }};
  static constexpr std::array<std::string_view, 12> unchanged{"series",    "species",  "news", "information",
                                                              "equipment", "sheep",    "fish", "money",
                                                              "people",    "children", "data", "media"};
  const std::size_t last = noun.rfind('_') == std::string_view::npos ? 0 : noun.rfind('_') + 1;
  std::string out(noun.substr(0, last));
  const std::string_view word = noun.substr(last);
  if (word.empty() || std::find(unchanged.begin(), unchanged.end(), word) != unchanged.end()) return out.append(word);
  for (const auto& [one, many] : irregular) {
    if (word == one) return out.append(many);
  }
  const auto ends = [&](std::string_view tail) { return word.ends_with(tail); };
  const auto vowel = [](char c) { return std::string_view("aeiou").find(c) != std::string_view::npos; };
  out.append(word);
  if (ends("y") && word.size() > 1 && !vowel(word[word.size() - 2])) {
    out.pop_back();
    out += "ies";
  } else if (ends("s") || ends("x") || ends("z") || ends("ch") || ends("sh")) {
    out += "es";
  } else {
    out += 's';
  }
  return out;
}

void detail::throw_no_key(const model_info& info) {
  throw model_error("struct " + std::string(info.short_name()) +
                    " is used as a table but has no primary key: name a field `id`, or say m.primary_key(&" +
                    std::string(info.short_name()) + "::field) or m.no_primary_key() in its model()");
}

const model_info& referenced_model(const model_info& from, const foreign_key_info& key) {
  const model_spec* to = key.to ? key.to : find_spec(key.to_type);
  if (!to) {
    throw model_error("struct " + std::string(from.short_name()) + " has a foreign key to " +
                      std::string(key.to_type.name()) +
                      ", which is not a known model: name it in tp::register_models<…>() or tp::cli::main<…>()");
  }
  return info_of(*to);
}

namespace detail {

namespace {

void add_field(model_info& info, field_info field) {
  if (field.type->k != kind::embedded) {
    info.fields.push_back(std::move(field));
    return;
  }
  const model_info& inner = info_of(*field.type->embedded());
  const bool mixed_in = inner.spec->mix_in != nullptr;
  for (const field_info& part : inner.fields) {
    field_info flat = part;
    if (!mixed_in) {
      flat.name = field.name + "." + part.name;
      flat.column = field.column + "_" + part.column;
    }
    flat.offset = static_cast<std::uint16_t>(field.offset + part.offset);
    flat.flags = static_cast<std::uint16_t>(part.flags & field_relation);
    info.fields.push_back(std::move(flat));
  }
}

}  // namespace

void add_fields(model_info& info, const model_spec& spec) {
  std::string_view names[256];
  raw_field raw[256];
  if (!spec.names_text) {  // a scalar or a tuple: columns by their numbers
    spec.list_fields(raw);
    for (std::size_t i = 0; i < spec.count; ++i) {
      field_info field;
      field.name = field.column = std::to_string(i + 1);
      field.type = raw[i].type;
      field.offset = raw[i].offset;
      add_field(info, std::move(field));
    }
    return;
  }
  if (!reflect::split_names(spec.names_text, names, spec.count)) {
    throw model_error("struct " + std::string(info.short_name()) +
                      ": the names of its fields could not be read from this compiler; list them with fields()");
  }
  spec.list_fields(raw);
  for (std::size_t i = 0; i < spec.count; ++i) {
    field_info field;
    field.name = names[i];
    field.column = snake_case(names[i]);
    field.type = raw[i].type;
    field.offset = raw[i].offset;
    if (field.type->k == kind::relation) field.flags |= field_relation;
    add_field(info, std::move(field));
  }
}

void mix_in(model_info& info, const model_spec& spec, std::size_t at) {
  raw_field raw[256];
  spec.list_fields(raw);
  for (std::size_t i = 0; i < spec.count; ++i) {
    if (raw[i].type->k != kind::embedded) continue;
    const model_spec& group = *raw[i].type->embedded();
    if (!group.mix_in) continue;
    const auto place = static_cast<std::uint16_t>(at + raw[i].offset);
    mix_in(info, group, place);
    group.mix_in(info, place);
  }
}

namespace {

void find_key(model_info& info) {
  if (info.key.empty() && !info.without_key) {
    for (std::size_t i = 0; i < info.fields.size(); ++i) {
      if (info.fields[i].name == "id" || (info.names_as_written && info.fields[i].name == "Id")) {
        info.key.push_back(static_cast<std::uint16_t>(i));
        break;
      }
    }
  }
  for (std::uint16_t i : info.key) {
    field_info& field = info.fields[i];
    field.flags |= field_key;
    if (field.type->nullable)
      refuse(info, "field " + field.name + " is part of the primary key and cannot be std::optional");
    const kind k = stored_type(*field.type).k;
    if (is_float(k) || k == kind::json || k == kind::array || k == kind::interval) {
      refuse(info, "field " + field.name + " cannot be part of a primary key: its type has no exact equality");
    }
  }
  if (info.always_generated && info.key.size() != 1) refuse(info, "m.key_always_generated() needs a key of one field");
  if (info.key.size() != 1) return;
  field_info& only = info.fields[info.key[0]];
  const kind k = stored_type(*only.type).k;
  if (k == kind::uuid) only.flags |= field_client_uuid;
  const bool wide_enough = k == kind::i64 || k == kind::i32 || k == kind::u64 || k == kind::u32;
  const bool refers = std::any_of(info.foreign_keys.begin(), info.foreign_keys.end(), [&](const foreign_key_info& key) {
    return key.fields.size() == 1 && key.fields[0] == info.key[0];
  });
  if (wide_enough && !refers && info.generated_key) only.flags |= field_generated;
  info.generated_key = only.is(field_generated);
  if (info.always_generated && !info.generated_key) {
    refuse(info, "m.key_always_generated(), but the database does not make the key: it is one integer that refers to "
                 "nothing");
  }
}

void check_computed(const model_info& info) {
  for (const computed_info& computed : info.computed) {
    const field_info& field = info.fields[computed.field];
    const bool written = field.has_default || (field.flags & ~field_computed) != 0;
    if (written) {
      refuse(info, "field " + field.name +
                       " is generated by the database, so it cannot be a key, a timestamp or a version, nor have a "
                       "default");
    }
  }
}

void check_columns(const model_info& info) {
  std::map<std::string_view, std::string_view> by_column;
  for (std::uint16_t i : info.columns) {
    const field_info& field = info.fields[i];
    if (field.column.empty()) refuse(info, "field " + field.name + " has an empty column name");
    const auto [known, fresh] = by_column.emplace(field.column, field.name);
    if (!fresh) {
      refuse(info, "fields " + std::string(known->second) + " and " + field.name + " are both stored in column \"" +
                       field.column + "\": give one of them another name with m.column(&" +
                       std::string(info.short_name()) + "::field).named(\"…\")");
    }
  }
}

void finish_conditions(model_info& info) {
  for (index_info& index : info.indexes) {
    if (info.deleted_at < 0 && (index.ignores_deleted || index.includes_deleted)) {
      refuse(info, std::string("an index says ") + (index.ignores_deleted ? "ignoring" : "including") +
                       "_deleted(), but no row is marked as deleted: say m.soft_delete(…) too");
    }
    if (index.includes_deleted && (index.ignores_deleted || !index.unique)) {
      refuse(info, index.unique ? "an index says both ignoring_deleted() and including_deleted()"
                                : "including_deleted() of an index that is not unique, which holds all rows anyway");
    }
    if (index.unique && info.deleted_at >= 0 && !index.includes_deleted && !index.deferrable) {
      index.ignores_deleted = true;
      index.constraint = false;
    }
    if (!index.ignores_deleted) continue;
    const std::uint16_t offset = info.fields[static_cast<std::size_t>(info.deleted_at)].offset;
    expression live(column_ref{info.spec, offset});
    live.push(make_word(op::is_null));
    if (index.condition.empty()) {
      index.condition = live;
    } else {
      index.condition.combine(live, make_word(op::and_));
    }
  }
}

}  // namespace

void finish_model(model_info& info) {
  if (info.table.empty()) {
    info.table = info.names_as_written ? std::string(info.short_name()) : pluralize(snake_case(info.short_name()));
  }
  for (std::size_t i = 0; i < info.fields.size(); ++i) {
    if (!info.fields[i].is(field_relation)) info.columns.push_back(static_cast<std::uint16_t>(i));
  }
  if (info.columns.empty()) refuse(info, "it has no field that is a column");
  if (info.fields.size() > given_fields::most) {
    refuse(info, "it has more than " + std::to_string(given_fields::most) + " fields, those of value objects included");
  }
  find_key(info);
  check_columns(info);
  check_computed(info);
  finish_conditions(info);
  for (const std::uint16_t i : info.columns) {
    const field_info& field = info.fields[i];
    info.steps.push_back({field.type, field.offset, i, field.type->k, field.type->nullable, field.is(field_computed)});
  }
  std::set<std::string_view> names;
  for (const check_info& check : info.checks) {
    if (!names.insert(check.name).second) refuse(info, "two checks are named \"" + check.name + "\"");
  }
  for (relation_info& relation : info.relations) {
    if (relation.key_field >= 0)
      relation.foreign_key = info.fields[static_cast<std::size_t>(relation.key_field)].column;
  }
}

}  // namespace detail

}  // namespace tupelo
