// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/dialect/schema_dialect.hpp>
#include <tupelo/query/ddl.hpp>

#include <string>
#include <vector>

namespace tupelo {

/// A header of models that was written from a schema.
struct model_source {
  std::string text;  ///< compiles as it is
  struct written_model {
    std::string name;  ///< of the struct
    std::string table;
  };
  std::vector<written_model> models;
  schema_definition schema;           ///< what these models ask for
  std::vector<std::string> left_out;  ///< what they cannot say: one line each, naming the thing and why
};

/// Models of these tables, with their keys, indexes, constraints, comments and the relations that follow from foreign
/// keys: belongs_to, has_many, has_one, and many_to_many by a table that holds nothing but two keys.
///
/// A database that the models build is what was read, and a comparison of both is empty, but for what `left_out` names.
/// Names that C++ does not take are changed in the source and said with named(). `only`: the tables to write; empty:
/// all. Errors: configuration_error (invalid_configuration) for a table of `only` that the schema has not.
model_source write_models(const schema_definition& schema, const schema_dialect& rules,
                          const std::vector<std::string>& only = {});

}  // namespace tupelo
