// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/dialect/schema_dialect.hpp>
#include <tupelo/query/ddl.hpp>
#include <tupelo/model/relation.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace tupelo {

/// A field of a model that is to be written: one of the table's columns.
struct planned_field {
  std::string member;
  std::string type;    ///< of the member, without std::optional: "std::int64_t", "std::vector<Mood>"
  std::string native;  ///< what native_type() says; empty: the member's type says it all
  bool named = false;  ///< the column's name is not the one that follows from the member's
};

struct planned_enum {
  std::string name;  ///< of the C++ enum
  const enum_definition* definition = nullptr;
};

/// A relation of a model that is to be written.
struct planned_relation {
  relation_kind kind = relation_kind::none;
  std::string member;
  std::size_t related = 0;                   ///< position in model_plan::models
  std::size_t foreign_key = 0;               ///< belongs_to: position among the table's foreign keys
  std::vector<std::string> columns;          ///< has_*: of the other table's foreign key
  std::string join_table, key, related_key;  ///< many_to_many
};

struct planned_model {
  std::string name;
  table_definition table;             ///< only what the model says; columns have the types that follow from the fields
  std::vector<planned_field> fields;  ///< one for each column
  std::vector<planned_relation> relations;
  bool names_as_written = false;
  bool key_by_default = false;  ///< the field that is the key need not be named
  std::set<std::string> taken;  ///< names of members

  const planned_field& field(std::string_view column) const;
};

/// What write_models() is about to write.
struct model_plan {
  std::vector<planned_model> models;  ///< by name of the table
  std::vector<planned_enum> enums;
  std::vector<std::string> left_out;

  /// What these models ask for.
  schema_definition schema() const;
};

/// `schema` is read only, and has to live as long as the plan. Errors: as write_models().
model_plan plan_models(const schema_definition& schema, const schema_dialect& rules,
                       const std::vector<std::string>& only);

/// Adds the relations that follow from the foreign keys of the models.
void plan_relations(model_plan& plan);

/// The schema without what the operations of migrations cannot make: each piece is added by itself, and what is refused
/// is told. Tables are those in `only`; empty: all.
schema_definition speakable(const schema_definition& schema, const std::vector<std::string>& only,
                            std::vector<std::string>& left_out);

}  // namespace tupelo
