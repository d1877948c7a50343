// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/schema_operation.hpp>

#include <string>
#include <utility>

namespace tupelo::sample {

inline column_definition id() { return {.name = "id", .type = type_kind::int64, .identity = true}; }
inline column_definition text(std::string name) { return {.name = std::move(name), .type = type_kind::text}; }
inline column_definition number(std::string name) { return {.name = std::move(name), .type = type_kind::int64}; }
inline column_definition time(std::string name) { return {.name = std::move(name), .type = type_kind::timestamp}; }

inline table_definition users() {
  return {.name = "users",
          .columns = {id(),
                      text("email"),
                      {.name = "age", .type = type_kind::int32, .nullable = true},
                      time("created_at"),
                      time("updated_at")},
          .primary_key = {"", {"id"}},
          .uniques = {{"", {"email"}}},
          .checks = {{"age_is_human", "age >= 0 AND age < 200"}}};
}

inline table_definition posts() {
  return {.name = "posts",
          .columns = {id(),
                      number("author_id"),
                      text("title"),
                      {.name = "views", .type = type_kind::int32, .default_sql = "0"}},
          .primary_key = {"", {"id"}},
          .indexes = {{.columns = {{"author_id"}, {"title", true}}, .where = "views > 0"}},
          .foreign_keys = {{.columns = {"author_id"}, .references = "users", .on_delete = cascade}}};
}

inline schema_definition blog() {
  schema_definition schema;
  apply_all({ddl::create_table{users()}, ddl::create_table{posts()}}, schema);
  return schema;
}

}  // namespace tupelo::sample
