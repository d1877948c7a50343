// SPDX-License-Identifier: Apache-2.0
// How an insert meets a row that is already there.
#include "sql_renderer.hpp"

#include "tupelo/dialect/schema_dialect.hpp"
#include "tupelo/query/ddl.hpp"
#include "tupelo/query/expression_text.hpp"
#include "tupelo/model/model_spec.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <utility>

namespace tupelo {

std::string sql_renderer::taken_over(const model_info& model, const field_info& field) const {
  refuse_computed(model, field);
  const std::string column = quoted(field.column);
  // The new row would begin to count again, and old copies of the row would pass for fresh ones.
  if (field.is(field_version)) return column + " = " + quoted(model.table) + "." + column + " + 1";
  return column + " = excluded." + column;
}

// update_all() of a model that has nothing but its key: the row that is there is written as it is, and not left alone,
// so that it comes back and the object is that row, as with every other model.
std::string sql_renderer::itself(const model_info& model, const conflict_key& key) const {
  const field_info* found = nullptr;
  for (const std::uint16_t i : model.columns) {
    const field_info& field = model.fields[i];
    if (field.is(field_computed)) continue;
    const bool is_target = std::find(key.columns.begin(), key.columns.end(), field.offset) != key.columns.end();
    // A key that the database makes may be one that it lets nobody write, and who refers to a key is asked of it.
    if (found == nullptr || (found->is(field_key) && (is_target || !field.is(field_key)))) found = &field;
  }
  if (found == nullptr) return {};
  const std::string column = quoted(found->column);
  return column + " = " + quoted(model.table) + "." + column;
}

bool sql_renderer::says_conflict() const noexcept {
  for (std::uint32_t i = 1; i < count_; ++i) {
    switch (op_of(words_[i])) {
      case op::conflict_assign:
      case op::conflict_where:
      case op::conflict_target:
      case op::conflict_expression:
      case op::conflict_index:
      case op::conflict_ignore:
      case op::conflict_update: return true;
      default: break;
    }
    i += body_of(words_[i]) + payload_of(words_[i]);
  }
  return false;
}

namespace {

/// The neutral SQL of an index's term or condition.
std::string neutral(const expression& e, const model_info& model) {
  return expression_text(e, model, "a unique index");
}

/// What the database must know of the table to read neutral SQL: names, and which columns are moments.
table_definition columns_alone(const model_info& model) {
  table_definition table;
  table.name = model.table;
  for (const std::uint16_t i : model.columns) {
    const field_info& field = model.fields[i];
    column_definition column;
    column.name = field.column;
    column.type = stored_type(*field.type).k == kind::timestamp ? type_kind::timestamp : type_kind::text;
    table.columns.push_back(std::move(column));
  }
  return table;
}

}  // namespace

bool sql_renderer::is_of(const index_info& index, const model_info& model, const conflict_key& key) {
  std::vector<std::uint16_t> columns;
  std::vector<std::string> expressions;
  for (const index_term_info& term : index.terms) {
    if (term.field >= 0) {
      columns.push_back(model.fields[static_cast<std::size_t>(term.field)].offset);
    } else {
      expressions.push_back(term.computed.empty() ? term.sql : neutral(term.computed, model));
    }
  }
  return std::is_permutation(columns.begin(), columns.end(), key.columns.begin(), key.columns.end()) &&
         std::is_permutation(expressions.begin(), expressions.end(), key.expressions.begin(), key.expressions.end());
}

// The model adds to its unique indexes that a row is not marked as deleted, so who names one need not say it.
std::string sql_renderer::own_condition(const model_info& model, const conflict_key& key) {
  bool of_living = false;
  for (const index_info& index : model.indexes) {
    if (!index.unique || !is_of(index, model, key)) continue;
    if (!index.condition.empty() && "(" + neutral(index.condition, model) + ")" == key.condition) return key.condition;
    of_living = of_living || index.ignores_deleted;
  }
  if (!of_living) return key.condition;
  expression living(column_ref{model.spec, model.fields[static_cast<std::size_t>(model.deleted_at)].offset});
  living.push(make_word(op::is_null));
  const std::string text = neutral(living, model);
  return key.condition.find(text) != std::string::npos ? key.condition : key.condition + " AND " + text;
}

void sql_renderer::refuse_target(const model_info& model, const conflict_key& key) {
  std::string named;
  const auto name = [&](std::string_view what) { named.append(named.empty() ? "" : ", ").append(what); };
  for (const std::uint16_t offset : key.columns) {
    name("\"" + model.fields[static_cast<std::size_t>(model.find_offset(offset))].column + "\"");
  }
  for (const std::string& term : key.expressions) name(term);
  throw query_error("on_conflict() of " + std::string(model.short_name()) + " names " + named +
                    ", which is neither the model's key nor one of its unique indexes: say m.unique(…) of exactly "
                    "these in model(), or name the columns of one that is there");
}

std::string sql_renderer::target_condition(const model_info& model, const conflict_key& key) const {
  const auto said = [&](std::string_view sql) {
    return sql.empty() ? std::string() : dialect_.schema().expression_text(columns_alone(model), sql);
  };
  if (!key.condition.empty()) return said(own_condition(model, key));
  std::vector<std::uint16_t> own;
  for (const std::uint16_t part : model.key) own.push_back(model.fields[part].offset);
  const bool by_key =
      key.expressions.empty() && std::is_permutation(own.begin(), own.end(), key.columns.begin(), key.columns.end());
  if (by_key || (key.columns.empty() && key.expressions.empty())) return {};
  const index_info* found = nullptr;
  bool says_indexes = false;
  for (const index_info& index : model.indexes) {
    says_indexes = says_indexes || index.unique;
    if (!index.unique || !is_of(index, model, key)) continue;
    if (index.condition.empty()) return {};
    if (found != nullptr && !detail::same_words(found->condition, index.condition)) {
      throw query_error("on_conflict() of " + std::string(model.short_name()) +
                        " names the columns of several unique indexes with different conditions, so that it cannot say "
                        "which one is meant: say target_where(…) with the condition of that one");
    }
    found = &index;
  }
  // A model that says no unique index may be of a table that somebody else has made.
  if (found == nullptr && !says_indexes) return {};
  if (found == nullptr) refuse_target(model, key);
  // The database takes the index for that of the clause only where it can prove it: values are no placeholders.
  return said(neutral(found->condition, model));
}

// Columns of two models may have one name, so that the database would take the one for the other.
void sql_renderer::refuse_in_conflict(const model_info& model, std::uint64_t word) const {
  if (model_of(word) == model.id) return;
  throw query_error("on_conflict() of " + std::string(model.short_name()) + " names a column of " +
                    std::string(model_of_word(word).short_name()) + ": name columns of the model that is written");
}

std::string sql_renderer::conflict(const model_info& model) {
  if (!says_conflict()) return {};  // the name of the new row is looked up under a lock
  std::string target, update;
  std::string where;
  bool ignore = false, update_all = false;
  conflict_key key;
  std::vector<std::uint16_t> taken;
  // The row that is there and the one that is not inserted have columns of the same names.
  const bool qualified = std::exchange(qualify_, true);
  conflict_of_ = &model;
  names_ = {{model.id, model.table}, {alias_of(*model.spec, "excluded"), "excluded"}};
  for (std::uint32_t i = 1; i < count_; ++i) {
    const std::uint64_t word = words_[i];
    switch (op_of(word)) {
      case op::conflict_assign: {
        refuse_in_conflict(model, words_[i + 1]);
        const field_info& field = field_of_word(words_[i + 1]);
        refuse_computed(model, field);
        note_written(model, field, taken);
        const std::string value = assigned(field, i + 2, length_of(word) - 1u);
        update += (update.empty() ? "" : ", ") + quoted(field.column) + " = " + value;
        break;
      }
      case op::conflict_where: where += (where.empty() ? "" : " AND ") + expression_text(i + 1, length_of(word)); break;
      case op::conflict_target:
        refuse_in_conflict(model, word);
        target += (target.empty() ? "" : ", ") + quoted(field_of_word(word).column);
        key.columns.push_back(offset_of_word(word));
        break;
      case op::conflict_expression:
        refuse_in_conflict(model, word);
        key.expressions.emplace_back(text_behind(i));
        target += (target.empty() ? "(" : ", (") +
                  dialect_.schema().expression_text(columns_alone(model), key.expressions.back()) + ")";
        break;
      case op::conflict_index:
        refuse_in_conflict(model, word);
        if (!key.condition.empty()) key.condition += " AND ";
        key.condition += "(" + std::string(text_behind(i)) + ")";
        break;
      case op::conflict_ignore: ignore = true; break;
      case op::conflict_update:
        if (model_of(word) == 0) {
          update_all = true;
        } else {
          refuse_in_conflict(model, word);
          update += (update.empty() ? "" : ", ") + taken_over(model, field_of_word(word));
          note_written(model, field_of_word(word), taken);
        }
        break;
      default: break;
    }
    i += body_of(word) + payload_of(word);
  }
  qualify_ = qualified;
  conflict_of_ = nullptr;
  names_.clear();
  if (!where.empty() && (ignore || (!update_all && update.empty()))) {
    throw query_error("on_conflict() of " + std::string(model.short_name()) +
                      " says where(…), which is of what is written: say update(…), update_all() or set(…) too");
  }
  if (target.empty() && !key.condition.empty()) {
    throw query_error("on_conflict() of " + std::string(model.short_name()) +
                      " says target_where(…) of no columns: name those of the index");
  }
  if (!ignore && !update_all && update.empty() && target.empty()) return {};
  if (!dialect_.features().upsert) {
    throw query_error(errc::unsupported_feature,
                      std::string(dialect_.name()) + " has no upsert with a conflict target");
  }
  if (update_all) {
    for (std::uint16_t i : model.columns) {
      const field_info& field = model.fields[i];
      const bool is_target = std::find(key.columns.begin(), key.columns.end(), field.offset) != key.columns.end();
      if (std::find(taken.begin(), taken.end(), field.offset) != taken.end()) continue;
      if (is_target || field.is(field_key) || field.is(field_created_at) || field.is(field_computed)) continue;
      update += (update.empty() ? "" : ", ") + taken_over(model, field);
      taken.push_back(field.offset);
    }
  }
  if (update_all && update.empty()) update = itself(model, key);
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
  if (const std::string condition = target_condition(model, key); !condition.empty()) sql += " WHERE " + condition;
  if (ignore && !update.empty()) {
    throw query_error("on_conflict() of " + std::string(model.short_name()) + " says both ignore() and what to write");
  }
  if (ignore) return sql + " DO NOTHING";
  if (update.empty())
    throw query_error("on_conflict() of " + std::string(model.short_name()) +
                      " says neither update(…), update_all() nor ignore()");
  if (target.empty())
    throw query_error("on_conflict() with an update needs the columns of the conflict: tp::on_conflict(tp::col<…>)");
  return sql + " DO UPDATE SET " + update + (where.empty() ? "" : " WHERE " + where);
}

}  // namespace tupelo
