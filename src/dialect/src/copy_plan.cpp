// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/copy_plan.hpp"

#include "tupelo/model/model_spec.hpp"
#include "tupelo/core/error.hpp"

#include <cctype>

namespace tupelo {

namespace {

std::string quoted(const dialect& target, std::string_view identifier) {
  std::string text;
  target.quote(text, identifier);
  return text;
}

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

struct copied_columns {
  std::string list;
  std::vector<bind_step> binds;

  void add(const dialect& target, std::string_view column, const field_info& field) {
    if (!list.empty()) list += ", ";
    target.quote(list, column);
    bind_step step;
    step.source = bind_source::field;
    step.slot = field.slot();
    step.k = step.slot.k;
    step.first = static_cast<std::uint32_t>(binds.size() + 1);
    binds.push_back(step);
  }
};

copy_plan copy_into(const dialect& target, std::string_view table, copied_columns&& columns) {
  const std::string name = quoted(target, table);
  copy_plan made;
  made.plan.text = "COPY " + name + " (" + columns.list + ") FROM STDIN";
  made.plan.binds = static_cast<std::vector<bind_step>&&>(columns.binds);
  made.columns_query = "SELECT " + columns.list + " FROM " + name;
  return made;
}

copied_columns columns_of(const dialect& target, std::string_view table, const std::vector<std::string>& columns,
                          const model_info& row) {
  if (columns.size() != row.columns.size()) {
    // The values of tuples are called by their numbers, and the name of the type would be of no help.
    const bool tuple = std::isdigit(static_cast<unsigned char>(row.fields.front().name.front())) != 0;
    throw query_error("copy_in() into \"" + std::string(table) + "\" names " + counted(columns.size(), "column") +
                      " but " + (tuple ? std::string("the tuple") : std::string(row.short_name())) + " has " +
                      counted(row.columns.size(), tuple ? "value" : "field") +
                      "; name one column for each, in their order");
  }
  copied_columns copied;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    copied.add(target, columns[i], row.fields[row.columns[i]]);
    copied.binds.back().slot.column = columns[i];  // as the caller knows it
  }
  return copied;
}

}  // namespace

copy_plan plan_copy(const dialect& target, const model_info& model, bool with_key) {
  copied_columns columns;
  for (const std::uint16_t i : model.columns) {
    const field_info& field = model.fields[i];
    if (field.is(field_computed)) continue;
    if (with_key || !field.is(field_generated)) columns.add(target, field.column, field);
  }
  return copy_into(target, model.table, static_cast<copied_columns&&>(columns));
}

copy_plan plan_copy(const dialect& target, std::string_view table, const std::vector<std::string>& columns,
                    const model_info& row) {
  return copy_into(target, table, columns_of(target, table, columns, row));
}

statement_plan plan_insert(const dialect& target, std::string_view table, const std::vector<std::string>& columns,
                           const model_info& row, std::uint32_t rows) {
  copied_columns copied = columns_of(target, table, columns, row);
  statement_plan plan;
  plan.text = "INSERT INTO " + quoted(target, table) + " (" + copied.list + ") VALUES ";
  plan.binds = static_cast<std::vector<bind_step>&&>(copied.binds);
  plan.rows_per_statement = rows;
  std::uint32_t number = 0;
  for (std::uint32_t i = 0; i < rows; ++i) {
    plan.text += i != 0 ? ", (" : "(";
    for (std::size_t column = 0; column < columns.size(); ++column) {
      if (column != 0) plan.text += ", ";
      target.next_placeholder(plan.text, ++number);
    }
    plan.text += ')';
  }
  return plan;
}

}  // namespace tupelo
