// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/model_info.hpp"
#include "tupelo/model/model_spec.hpp"
#include "tupelo/model/relation_keys.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tupelo {

namespace detail {

void finish_model(model_info& info);
void add_fields(model_info& info, const model_spec& spec);
/// What the groups of fields among the model's members say, inner ones first.
void mix_in(model_info& info, const model_spec& spec, std::size_t at);

std::vector<std::string> relations_like(relation_kind kind, const type_key& related);

void take_fields(raw_field* out, const type_ops* const* types, const void* const* addresses, std::size_t count,
                 const void* base) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = {types[i],
              static_cast<std::uint16_t>(static_cast<const char*>(addresses[i]) - static_cast<const char*>(base))};
  }
}

}  // namespace detail

namespace {

struct registry {
  std::recursive_mutex mutex;  // recursive: describing a model describes its value objects
  std::vector<const model_spec*> by_id{nullptr};
  std::map<std::pair<std::uint32_t, std::string>, std::uint32_t, std::less<>> aliases;
  std::map<std::uint32_t, std::string_view> alias_names;  ///< of the keys above
  std::vector<const type_ops*> types{nullptr};            ///< by the numbers that shapes have of them
};

registry& models() {
  static registry instance;
  return instance;
}

}  // namespace

std::uint32_t register_model(const model_spec& spec) noexcept {
  registry& r = models();
  std::lock_guard lock(r.mutex);
  if (spec.id) return spec.id;
  // A type that several shared objects hold privately has several specs; they are one model. Types of unnamed
  // namespaces differ.
  if (!spec.type.is_of_one_file()) {
    for (const model_spec* known : r.by_id) {
      if (known && std::strcmp(known->type.text, spec.type.text) == 0 && known->size == spec.size &&
          known->list_fields == spec.list_fields) {
        __atomic_store_n(&spec.id, known->id, __ATOMIC_RELEASE);
        return spec.id;
      }
    }
  }
  r.by_id.push_back(&spec);
  __atomic_store_n(&spec.id, static_cast<std::uint32_t>(r.by_id.size() - 1), __ATOMIC_RELEASE);
  return spec.id;
}

std::uint32_t alias_of(const model_spec& spec, std::string_view name) {
  const std::uint32_t model = id_of(spec);
  registry& r = models();
  std::lock_guard lock(r.mutex);
  const auto [known, is_new] = r.aliases.try_emplace({model, std::string(name)}, 0);
  if (is_new) {
    r.by_id.push_back(&spec);
    known->second = static_cast<std::uint32_t>(r.by_id.size() - 1);
    r.alias_names.emplace(known->second, known->first.second);
  }
  return known->second;
}

std::uint32_t number_of_type(const type_ops& type) {
  registry& r = models();
  std::lock_guard lock(r.mutex);
  auto known = std::find(r.types.begin(), r.types.end(), &type);
  if (known == r.types.end()) known = r.types.insert(known, &type);
  return static_cast<std::uint32_t>(known - r.types.begin());
}

const type_ops* find_type(std::uint32_t number) noexcept {
  registry& r = models();
  std::lock_guard lock(r.mutex);
  return number < r.types.size() ? r.types[number] : nullptr;
}

std::string_view alias_name(std::uint32_t id) noexcept {
  registry& r = models();
  std::lock_guard lock(r.mutex);
  const auto known = r.alias_names.find(id);
  return known == r.alias_names.end() ? std::string_view() : known->second;
}

const model_spec* find_spec(std::uint32_t id) noexcept {
  registry& r = models();
  std::lock_guard lock(r.mutex);
  return id < r.by_id.size() ? r.by_id[id] : nullptr;
}

const model_spec* find_spec(const type_key& type) noexcept {
  registry& r = models();
  std::lock_guard lock(r.mutex);
  for (const model_spec* known : r.by_id) {
    if (known && known->type.tag == type.tag) return known;
  }
  for (const model_spec* known : r.by_id) {  // of another shared library
    if (known && known->type == type) return known;
  }
  return nullptr;
}

const model_info& build_model(const model_spec& spec) {
  registry& r = models();
  std::lock_guard lock(r.mutex);
  if (spec.info) return *spec.info;
  auto info = std::make_unique<model_info>();
  info->spec = &spec;
  info->id = id_of(spec);
  info->size = spec.size;
  info->type_name = spec.type.name();
  info->described = spec.describe != nullptr;
  detail::add_fields(*info, spec);
  if (spec.names_text) detail::mix_in(*info, spec, 0);
  if (spec.describe) spec.describe(*info);
  detail::finish_model(*info);
  const model_info* built = info.release();  // for the program's life: statements and queries refer to it
  __atomic_store_n(&spec.info, built, __ATOMIC_RELEASE);
  return *built;
}

const model_info* used_hiding_model(std::string_view table) {
  registry& r = models();
  std::lock_guard lock(r.mutex);
  for (const model_spec* known : r.by_id) {
    if (!known || !known->info || known->info->table != table) continue;
    if (leaves_out_rows(*known->info)) return known->info;
  }
  return nullptr;
}

namespace {

bool reads_by(const relation_info& relation, const field_info& field) {
  switch (relation.kind) {
    case relation_kind::belongs_to: return field.is(field_key);
    case relation_kind::has_many:
    case relation_kind::has_one:
      return std::find(relation.columns.begin(), relation.columns.end(), field.column) != relation.columns.end();
    default: return false;
  }
}

}  // namespace

namespace {

/// `is_meant(owner)` says of which models.
template <class Filter>
std::string relations_of(const model_info& model, const field_info& field, Filter is_meant) {
  registry& r = models();
  std::lock_guard lock(r.mutex);
  std::string found;
  for (std::size_t id = 0; id < r.by_id.size(); ++id) {
    const model_spec* known = r.by_id[id];
    if (!known || !known->info || known->id != id || !is_meant(known->info)) continue;
    for (const relation_info& relation : known->info->relations) {
      if (relation.related != model.spec->type || !reads_by(relation, field)) continue;
      if (!found.empty()) found += " or ";
      found.append(known->info->short_name()).append("::").append(known->info->fields[relation.field].name);
    }
  }
  return found;
}

}  // namespace

std::string relations_by(const model_info& model, const field_info& field) {
  return relations_of(model, field, [](const model_info*) { return true; });
}
std::string relations_by(const model_info& model, const field_info& field,
                         const std::vector<const model_info*>& owners) {
  return relations_of(model, field, [&](const model_info* each) {
    return std::find(owners.begin(), owners.end(), each) != owners.end();
  });
}

/// "User::posts": the declared relations of this kind to that model, as far as models have been used. The field itself
/// holds one pointer and does not know where it stands.
std::vector<std::string> detail::relations_like(relation_kind kind, const type_key& related) {
  registry& r = models();
  std::lock_guard lock(r.mutex);
  std::vector<std::string> found;
  for (std::size_t id = 0; id < r.by_id.size(); ++id) {
    const model_spec* known = r.by_id[id];
    if (!known || !known->info || known->id != id) continue;  // or another name of a model
    for (const relation_info& relation : known->info->relations) {
      if (relation.kind != kind || relation.related != related) continue;
      std::string& name = found.emplace_back(known->info->short_name());
      name.append("::").append(known->info->fields[relation.field].name);
    }
  }
  return found;
}

}  // namespace tupelo
