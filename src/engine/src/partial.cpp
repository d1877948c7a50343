// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/partial.hpp"

#include "tupelo/query/load_step.hpp"
#include "tupelo/model/relation_keys.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>

namespace tupelo::detail {

namespace {

bool is_left_out(const left_out& columns, std::uint16_t offset) {
  return std::binary_search(columns.offsets.begin(), columns.offsets.end(), offset);
}

std::string field_text(const model_info& model, const field_info& field) {
  return std::string(model.short_name()) + "::" + field.name;
}

}  // namespace

left_out_columns left_out_of(const query_core& core) {
  auto out = std::make_shared<left_out>();
  out->model = &info_of(*find_spec(model_of(core.shape.data()[0])));
  std::vector<std::uint16_t> read;
  for (std::uint32_t i = 0; i < core.shape.size; ++i) {
    const std::uint64_t word = core.shape.data()[i];
    if (op_of(word) == op::only_column) read.push_back(offset_of_word(word));
    i += body_of(word) + payload_of(word);
  }
  for (std::uint16_t column : out->model->columns) {
    const std::uint16_t offset = out->model->fields[column].offset;
    if (std::find(read.begin(), read.end(), offset) == read.end()) out->offsets.push_back(offset);
  }
  std::sort(out->offsets.begin(), out->offsets.end());
  for (const load_step& step : core.loads) {
    const relation_keys keys = keys_of(*out->model, step.relation.offset, info_of(*step.rows->spec));
    std::vector<const field_info*> own;
    for (const relation_keys::pair& pair : keys.pairs) own.push_back(pair.own);
    if (keys.relation->kind == relation_kind::belongs_to_any) own.push_back(keys.type_field);
    for (const field_info* field : own) {
      if (!is_left_out(*out, field->offset)) continue;
      const field_info& relation = out->model->fields[keys.relation->field];
      throw query_error("the relation " + field_text(*out->model, relation) + " is to be loaded by the field " +
                        field_text(*out->model, *field) + ", which the query leaves out: name it in only(…), or do " +
                        "not in omit(…)");
    }
  }
  return out;
}

left_out_columns left_out_of(const model_spec& spec, const given_fields& given) {
  auto out = std::make_shared<left_out>();
  out->model = &info_of(spec);
  for (const std::uint16_t column : out->model->columns) {
    if (!given.has(column)) out->offsets.push_back(out->model->fields[column].offset);
  }
  std::sort(out->offsets.begin(), out->offsets.end());
  return out;
}

void write_json(std::string& out, const left_out& columns, const void* object) {
  const model_info& model = *columns.model;
  given_fields loaded;
  for (std::size_t i = 0; i < model.fields.size(); ++i) {
    if (!is_left_out(columns, model.fields[i].offset)) loaded.add(i);
  }
  write_json(out, *model.spec, object, &loaded);
}

bool is_loaded(const left_out& columns, std::uint16_t offset, std::size_t size) noexcept {
  const auto first = std::lower_bound(columns.offsets.begin(), columns.offsets.end(), offset);
  return first == columns.offsets.end() || *first >= offset + size;
}

void require_loaded(const left_out& columns, std::uint16_t offset, std::size_t size) {
  if (is_loaded(columns, offset, size)) [[likely]]
    return;
  const std::uint16_t missing = *std::lower_bound(columns.offsets.begin(), columns.offsets.end(), offset);
  const model_info& model = *columns.model;
  const field_info& field = model.fields[static_cast<std::size_t>(model.find_offset(missing))];
  throw field_not_loaded(
      "the field " + field_text(model, field) +
      " is not loaded: name it in the query's only(…), or do not in omit(…); of JSON, in the document");
}

}  // namespace tupelo::detail
