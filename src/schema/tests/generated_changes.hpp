// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sample_schemas.hpp"

#include <string>
#include <vector>

namespace tupelo::sample {

// The operations behind the two generated files beside this one: they are compiled into the tests as they were
// generated.

inline std::vector<schema_operation> first_operations() {
  table_definition many{
      .name = "many_things",
      .columns = {{.name = "key_a", .type = type_kind::uuid},
                  {.name = "key_b", .type = column_type::varchar(40)},
                  {.name = "flag", .type = type_kind::boolean, .default_sql = "TRUE"},
                  {.name = "price", .type = column_type::decimal(10, 2), .nullable = true},
                  {.name = "note", .type = type_kind::text, .default_sql = "'it''s \"so\"'"},
                  {.name = "made_at", .type = type_kind::timestamp, .default_sql = "CURRENT_TIMESTAMP"},
                  {.name = "user_id", .type = type_kind::int64, .nullable = true},
                  {.name = "spot", .type = column_type::spelled("POINT")},
                  {.name = "tags", .type = column_type::array_of(column_type::varchar(20)), .default_sql = "'[]'"},
                  {.name = "host", .type = column_type::native_or_text("inet")},
                  {.name = "opens_at", .type = type_kind::time_of_day},
                  {.name = "lease", .type = type_kind::interval, .nullable = true}},
      .primary_key = {"", {"key_a", "key_b"}},
      .uniques = {{"note_once", {"note"}}, {"", {"flag", "price"}}},
      .indexes = {{.columns = {{"price", true}, {"flag"}}, .unique = true, .where = "price > 0"},
                  {.name = "by_note", .columns = {{"note"}}}},
      .checks = {{"", "price >= 0"}},
      .foreign_keys = {{.name = "the_user",
                        .columns = {"user_id"},
                        .references = "users",
                        .on_delete = set_null,
                        .on_update = cascade,
                        .deferrable = true}}};
  schema_definition state;
  std::vector<schema_operation> operations;
  for (const schema_operation& o :
       {schema_operation(ddl::create_table{users()}), schema_operation(ddl::create_table{posts()}),
        schema_operation(ddl::create_table{many})}) {
    operations.push_back(o.completed(state));
    o.apply_to(state);
  }
  return operations;
}

inline std::vector<schema_operation> second_operations() {
  schema_definition state;
  apply_all(first_operations(), state);
  const table_definition old_posts = *state.find("posts");
  const table_definition old_users = *state.find("users");
  const table_definition old_many = *state.find("many_things");
  std::vector<schema_operation> operations;
  auto add = [&](schema_operation o) {
    o = o.completed(state);
    o.apply_to(state);
    operations.push_back(std::move(o));
  };
  add(ddl::drop_table{old_many});
  add(ddl::add_column{"users", text("nick")});
  add(ddl::rename_column{"users", "email", "mail"});
  add(ddl::alter_column{
      "users", *old_users.find_column("age"), {.name = "age", .type = type_kind::int64, .default_sql = "-1"}});
  add(ddl::drop_check{"users", old_users.checks[0]});
  add(ddl::add_check{"users", {"grown_up", "age > 17"}});
  add(ddl::drop_index{"posts", old_posts.indexes[0]});
  add(ddl::add_column{"posts", {.name = "words", .type = column_type::array_of(type_kind::text), .nullable = true}});
  add(ddl::drop_column{"posts", *old_posts.find_column("views")});
  add(ddl::drop_foreign_key{"posts", old_posts.foreign_keys[0]});
  add(ddl::add_foreign_key{"posts", {.columns = {"author_id"}, .references = "users", .on_delete = restrict_delete}});
  add(ddl::change_primary_key{"posts", old_posts.primary_key, {"", {"author_id", "title"}}});
  add(ddl::alter_column{
      "posts", *old_posts.find_column("id"), {.name = "id", .type = type_kind::int64, .nullable = true}});
  add(ddl::rename_table{"posts", "articles"});
  add(ddl::add_unique{"articles", {"", {"title"}}});
  add(ddl::execute_sql{"UPDATE users\nSET nick = ''", "UPDATE users SET nick = 'x'"});
  return operations;
}

/// What a table can have beyond columns and constraints of every database.
inline std::vector<schema_operation> third_operations() {
  schema_definition state;
  apply_all(first_operations(), state);
  apply_all(second_operations(), state);
  std::vector<schema_operation> operations;
  auto add = [&](schema_operation o) {
    o = o.completed(state);
    o.apply_to(state);
    operations.push_back(std::move(o));
  };
  table_definition bookings{
      .name = "bookings",
      .columns = {{.name = "id", .type = type_kind::int64, .identity = true},
                  {.name = "room", .type = type_kind::int32, .comment = "its number"},
                  {.name = "during", .type = column_type::native_or_text("tstzrange")},
                  {.name = "mood", .type = column_type::enumeration("mood"), .default_sql = "'fine'"},
                  {.name = "moods", .type = column_type::array_of(column_type::enumeration("mood")), .nullable = true},
                  {.name = "note", .type = type_kind::text},
                  {.name = "loud", .type = type_kind::text, .computed_sql = "upper(note)"},
                  {.name = "size", .type = type_kind::int64, .computed_sql = "length(note)", .computed_at_read = true}},
      .primary_key = {"", {"id"}},
      .uniques = {{"", {"note"}, false, true}, {"", {"room"}, true}},
      .indexes = {{.columns = {{"room"},
                               {.descending = true, .expression = "lower(note)"},
                               {.name = "note", .nulls = index_nulls::last, .operator_class = "text_pattern_ops"}},
                   .include = {"mood"}},
                  {.name = "by_during", .columns = {{"during"}}, .method = "gist"},
                  {.columns = {{.expression = "lower(note)", .nulls = index_nulls::first}},
                   .unique = true,
                   .nulls_not_distinct = true},
                  {.columns = {{.name = "note", .weight = 'B'}, {.name = "loud", .weight = 'D'}},
                   .language = "english"}},
      .exclusions = {{.name = "apart",
                      .terms = {{{.name = "room", .operator_class = "int4_ops"}, "="}, {{"during"}, "&&"}},
                      .where = "room > 0",
                      .deferrable = true}},
      .comment = "who sleeps where"};
  add(ddl::create_enum{{"mood", {"bad", "fine"}}});
  add(ddl::create_table{bookings});
  bookings = *state.find("bookings");
  add(ddl::rename_enum_value{"mood", "fine", "good"});
  add(ddl::change_enum{{"mood", {"bad", "good"}}, {"mood", {"bad", "so-so", "good"}}});
  add(ddl::comment_table{"bookings", "who sleeps where", ""});
  column_definition room = bookings.columns[1];
  room.comment = "the room's number";
  add(ddl::alter_column{"bookings", bookings.columns[1], room});
  column_definition loud = bookings.columns[6];
  loud.computed_sql = "upper(note) || '!'";
  add(ddl::alter_column{"bookings", bookings.columns[6], loud});
  column_definition size = bookings.columns[7];
  size.computed_sql.clear();
  size.computed_at_read = false;
  add(ddl::alter_column{"bookings", bookings.columns[7], size});
  add(ddl::drop_exclusion{"bookings", bookings.exclusions[0]});
  add(ddl::add_exclusion{
      "bookings", {.name = "spans", .method = "spgist", .terms = {{{.expression = "int4range(room, 9)"}, "&&"}}}});
  add(ddl::add_index{"bookings",
                     {.name = "words", .columns = {{.name = "note", .weight = 'A'}}, .language = "simple"}});
  return operations;
}

}  // namespace tupelo::sample
