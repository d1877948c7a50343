// SPDX-License-Identifier: Apache-2.0
#include "sql_renderer.hpp"

#include "tupelo/model/model_spec.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>

namespace tupelo {

void sql_renderer::insert() {
  const model_info& model = require_table(model_of_word(words_[0]));
  const std::uint32_t rows = length_of(words_[0]);
  const bool with_key = sub_of(words_[0]) == insert_with_key;
  plan_.rows_per_statement = rows;
  std::string columns;
  for (std::uint16_t i : model.columns) {
    const field_info& field = model.fields[i];
    if (field.is(field_generated) && !with_key) continue;
    if (!columns.empty()) columns += ", ";
    dialect_.quote(columns, field.column);
    bind_step step;
    step.source = bind_source::field;
    step.slot = field.slot();
    step.k = step.slot.k;
    step.first = static_cast<std::uint32_t>(plan_.binds.size() + 1);
    plan_.binds.push_back(step);
  }
  plan_.text = "INSERT INTO " + quoted(model.table);
  if (columns.empty()) {
    if (rows != 1)
      throw query_error("struct " + std::string(model.short_name()) +
                        " has no column but its generated key: insert one object at a time");
    plan_.text += " DEFAULT VALUES";
  } else {
    plan_.text += " (" + columns + ") VALUES ";
    const auto width = static_cast<std::uint32_t>(plan_.binds.size());
    for (std::uint32_t row = 0; row < rows; ++row) {
      plan_.text += row ? ", (" : "(";
      for (std::uint32_t i = 0; i < width; ++i) {
        if (i) plan_.text += ", ";
        dialect_.next_placeholder(plan_.text, row * width + i + 1);
      }
      plan_.text += ')';
    }
  }
  plan_.text += conflict(model);
  returning(model);
}

std::string sql_renderer::taken_over(const model_info& model, const field_info& field) const {
  const std::string column = quoted(field.column);
  // The new row would begin to count again, and old copies of the row would pass for fresh ones.
  if (field.is(field_version)) return column + " = " + quoted(model.table) + "." + column + " + 1";
  return column + " = excluded." + column;
}

std::string sql_renderer::conflict(const model_info& model) {
  std::string target, update;
  bool ignore = false, update_all = false;
  std::vector<std::uint16_t> targets, taken;
  for (std::uint32_t i = 1; i < count_; ++i) {
    const std::uint64_t word = words_[i];
    switch (op_of(word)) {
      case op::conflict_target:
        if (!target.empty()) target += ", ";
        target += quoted(field_of_word(word).column);
        targets.push_back(offset_of_word(word));
        break;
      case op::conflict_ignore: ignore = true; break;
      case op::conflict_update:
        if (model_of(word) == 0) {
          update_all = true;
        } else {
          update += (update.empty() ? "" : ", ") + taken_over(model, field_of_word(word));
          taken.push_back(offset_of_word(word));
        }
        break;
      default: break;
    }
  }
  if (!ignore && !update_all && update.empty() && target.empty()) return {};
  if (!dialect_.features().upsert) {
    throw query_error(errc::unsupported_feature,
                      std::string(dialect_.name()) + " has no upsert with a conflict target");
  }
  if (update_all) {
    for (std::uint16_t i : model.columns) {
      const field_info& field = model.fields[i];
      const bool is_target = std::find(targets.begin(), targets.end(), field.offset) != targets.end();
      if (is_target || field.is(field_key) || field.is(field_created_at)) continue;
      update += (update.empty() ? "" : ", ") + taken_over(model, field);
      taken.push_back(field.offset);
    }
  }
  if (!update.empty()) {
    // As every update does, whatever columns it names.
    for (int position : {model.updated_at, model.version}) {
      if (position < 0) continue;
      const field_info& field = model.fields[static_cast<std::size_t>(position)];
      if (std::find(taken.begin(), taken.end(), field.offset) == taken.end()) update += ", " + taken_over(model, field);
    }
  }
  std::string sql = " ON CONFLICT";
  if (!target.empty()) sql += " (" + target + ")";
  if (ignore) return sql + " DO NOTHING";
  if (update.empty())
    throw query_error("on_conflict() of " + std::string(model.short_name()) +
                      " says neither update(…), update_all() nor ignore()");
  if (target.empty())
    throw query_error("on_conflict() with an update needs the columns of the conflict: tp::on_conflict(tp::col<…>)");
  return sql + " DO UPDATE SET " + update;
}

void sql_renderer::returning(const model_info& model) {
  std::string columns;
  bool checked = false;
  for (std::uint32_t i = 1; i < count_; ++i) {
    const op o = op_of(words_[i]);
    if (o == op::all_written) checked = true;
    if (o == op::returning_row || o == op::returning_key) {
      if (!dialect_.features().returning) {
        throw query_error(errc::unsupported_feature, std::string(dialect_.name()) + " has no RETURNING");
      }
      plan_.row_type = model.short_name();
      plan_.text += " RETURNING ";
      for (std::uint16_t f : o == op::returning_row ? model.columns : model.key) {
        if (!columns.empty()) columns += ", ";
        dialect_.quote(columns, model.fields[f].column);
        plan_.reads.push_back(model.fields[f].slot());
      }
      plan_.text += columns;
    }
    i += payload_of(words_[i]);
  }
  if (!checked) return;
  plan_.checked_rows = plan_.rows_per_statement;
  dialect_.check_written(plan_.text, plan_.checked_rows, columns);
}

std::string sql_renderer::write_condition(const model_info& model, bool& found) {
  std::string where;
  bool with_deleted = false, by_object = false;
  for (std::uint32_t i = 1; i < count_; ++i) {
    const std::uint64_t word = words_[i];
    std::string term;
    switch (op_of(word)) {
      case op::where:
        term = expression_text(i + 1, length_of(word));
        i += length_of(word);
        break;
      case op::match_field:
        term = column_text(word) + " = ";
        placeholder_at(term, i);
        by_object = true;
        break;
      case op::assign: i += length_of(word); break;
      case op::all_rows: found = true; break;
      case op::with_deleted: with_deleted = true; break;
      default: break;
    }
    if (term.empty()) continue;
    if (!where.empty()) where += " AND ";
    where += term;
    found = true;
  }
  if (model.deleted_at >= 0 && !with_deleted && !by_object) {
    if (!where.empty()) where += " AND ";
    if (qualify_) where += quoted(model.table) + ".";
    where += quoted(model.fields[static_cast<std::size_t>(model.deleted_at)].column) + " IS NULL";
  }
  return where;
}

void sql_renderer::update() {
  const model_info& model = require_table(model_of_word(words_[0]));
  std::string set;
  for (std::uint32_t i = 1; i < count_; ++i) {
    const std::uint64_t word = words_[i];
    if (op_of(word) == op::assign_field) {
      set += (set.empty() ? "" : ", ") + quoted(field_of_word(word).column) + " = ";
      placeholder_at(set, i);
    } else if (op_of(word) == op::assign) {
      set += (set.empty() ? "" : ", ") + quoted(field_of_word(words_[i + 1]).column) + " = " +
             expression_text(i + 2, length_of(word) - 1u);
      i += length_of(word);
    } else if (op_of(word) == op::where) {
      i += length_of(word);
    }
  }
  if (set.empty())
    throw query_error("an update of " + std::string(model.short_name()) +
                      " that sets no column: say set(column, value)");
  bool found = false;
  const std::string where = write_condition(model, found);
  if (!found) {
    throw query_error("an update of " + std::string(model.short_name()) +
                      " without a condition would change every row: say where(…), or all_rows()");
  }
  plan_.text = "UPDATE " + quoted(model.table) + " SET " + set;
  if (!where.empty()) plan_.text += " WHERE " + where;
  returning(model);
}

void sql_renderer::erase() {
  const model_info& model = require_table(model_of_word(words_[0]));
  bool found = false;
  const std::string where = write_condition(model, found);
  if (!found) {
    throw query_error("an erase of " + std::string(model.short_name()) +
                      " without a condition would remove every row: say where(…), or all_rows()");
  }
  plan_.text = "DELETE FROM " + quoted(model.table);
  if (!where.empty()) plan_.text += " WHERE " + where;
  returning(model);
}

void sql_renderer::raw() {
  plan_.raw = true;
  for (std::uint32_t i = 1; i < count_; ++i) {
    const std::uint64_t word = words_[i];
    if (op_of(word) == op::text) {
      dialect_.raw(plan_.text, {reinterpret_cast<const char*>(words_ + i + 1), model_of(word)}, plan_.binds.size());
    } else if (op_of(word) == op::row_type) {
      const model_info& row = model_of_word(word);
      for (std::uint16_t f : row.columns) plan_.reads.push_back(row.fields[f].slot());
      plan_.row_type = row.short_name();
      plan_.dynamic_row = true;
    }
    i += payload_of(word);
  }
}

}  // namespace tupelo
