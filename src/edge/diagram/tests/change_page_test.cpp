// SPDX-License-Identifier: Apache-2.0
#include "change_sheet.hpp"

#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>
#include <tupelo/change_page.hpp>

namespace tupelo {
namespace {

using diagrams::change_sheets;
using diagrams::fate;
using diagrams::sheet_row;

table_definition users() {
  table_definition made;
  made.name = "users";
  made.columns = {{.name = "id", .type = type_kind::int64, .identity = true},
                  {.name = "mail", .type = type_kind::text},
                  {.name = "age", .type = type_kind::int32, .nullable = true}};
  made.primary_key.columns = {"id"};
  made.indexes = {{.columns = {{.name = "mail"}}}};
  return made;
}

schema_definition schema() {
  schema_definition made;
  made.add(users());
  table_definition settings;
  settings.name = "settings";
  settings.columns = {{.name = "id", .type = type_kind::int64}};
  made.add(std::move(settings));
  made.enums = {{"plan", {"free", "team"}}};
  return made;
}

column_definition column(std::string name, type_kind type) { return {.name = std::move(name), .type = type}; }

/// "+ column age", "~ column mail → email"
std::vector<std::string> lines(const diagrams::sheet& of) {
  std::vector<std::string> out;
  for (const sheet_row& row : of.rows) {
    const char* sign = row.what == fate::same      ? "= "
                       : row.what == fate::added   ? "+ "
                       : row.what == fate::removed ? "- "
                                                   : "~ ";
    const diagrams::part& shown = row.what == fate::added ? row.after : row.before;
    std::string line = sign + shown.kind + " " + shown.name;
    if (row.what == fate::changed && row.before.name != row.after.name) line += " → " + row.after.name;
    out.push_back(line);
  }
  return out;
}

TEST(change_sheet, tables_that_stay_are_counted_only) {
  const change_sheets all = change_sheets::of(schema(), {ddl::drop_column{"users", *users().find_column("age")}});
  ASSERT_EQ(all.sheets.size(), 1U);
  EXPECT_EQ(all.sheets[0].after_name, "users");
  EXPECT_EQ(all.same, 1U);
}
TEST(change_sheet, what_is_removed_stands_where_it_stood) {
  const table_definition before = with_names(users());
  const change_sheets all = change_sheets::of(schema(), {ddl::drop_index{"users", before.indexes[0]},
                                                         ddl::drop_column{"users", *before.find_column("mail")},
                                                         ddl::add_column{"users", column("city", type_kind::text)}});
  EXPECT_EQ(lines(all.sheets[0]),
            (std::vector<std::string>{"= column id", "- column mail", "= column age", "+ column city",
                                      "= primary key pk_users", "- index ix_users_mail"}));
}
TEST(change_sheet, a_renamed_column_is_one_line) {
  const change_sheets all = change_sheets::of(
      schema(), {ddl::rename_column{"users", "mail", "address"}, ddl::rename_column{"users", "address", "email"}});
  const std::vector<std::string> shown = lines(all.sheets[0]);
  EXPECT_EQ(shown[1], "~ column mail → email");
  EXPECT_EQ(shown.size(), 5U);
}
TEST(change_sheet, a_renamed_table_keeps_its_columns) {
  const change_sheets all =
      change_sheets::of(schema(), {ddl::rename_column{"users", "mail", "email"}, ddl::rename_table{"users", "people"}});
  ASSERT_EQ(all.sheets.size(), 1U);
  EXPECT_EQ(all.sheets[0].before_name, "users");
  EXPECT_EQ(all.sheets[0].after_name, "people");
  EXPECT_EQ(all.sheets[0].what, fate::changed);
  EXPECT_EQ(lines(all.sheets[0])[1], "~ column mail → email");
}
TEST(change_sheet, a_table_of_a_former_name_is_another_table) {
  table_definition fresh = users();
  fresh.columns = {column("id", type_kind::int64)};
  fresh.indexes.clear();
  const change_sheets all =
      change_sheets::of(schema(), {ddl::rename_table{"users", "people"}, ddl::create_table{fresh}});
  ASSERT_EQ(all.sheets.size(), 2U);
  EXPECT_EQ(all.sheets[0].after_name, "people");
  EXPECT_EQ(all.sheets[0].before_name, "users");
  EXPECT_EQ(all.sheets[1].after_name, "users");
}
TEST(change_sheet, an_index_is_said_once) {
  index_definition index = users().indexes[0];
  index.unique = true;
  const change_sheets all = change_sheets::of(schema(), {ddl::add_index{"users", index}});
  EXPECT_EQ(all.sheets[0].rows.back().after, (diagrams::part{"index", "ux_users_mail", "unique (mail)"}));
}
TEST(change_sheet, tables_come_and_go) {
  table_definition posts;
  posts.name = "posts";
  posts.columns = {column("id", type_kind::int64)};
  const change_sheets all = change_sheets::of(schema(), {ddl::create_table{posts}, ddl::drop_table{users()}});
  ASSERT_EQ(all.sheets.size(), 2U);
  EXPECT_EQ(all.sheets[0].what, fate::added);
  EXPECT_EQ(all.sheets[1].what, fate::removed);
  EXPECT_EQ(all.sheets[1].before_name, "users");
}
TEST(change_sheet, values_of_an_enum_stand_beside_each_other) {
  const change_sheets all =
      change_sheets::of(schema(), {ddl::change_enum{{"plan", {"free", "team"}}, {"plan", {"free", "company"}}}});
  ASSERT_EQ(all.sheets.size(), 1U);
  EXPECT_EQ(all.sheets[0].kind, "enum");
  EXPECT_EQ(lines(all.sheets[0]), (std::vector<std::string>{"= value free", "- value team", "+ value company"}));
}

TEST(change_page, has_the_steps_in_order_and_both_sides) {
  column_definition longer = *users().find_column("age");
  longer.type = type_kind::int64;
  const std::string made = change_page(schema(),
                                       {ddl::alter_column{"users", *users().find_column("age"), longer},
                                        ddl::add_column{"users", column("city", type_kind::text)}},
                                       {.title = "app.db", .before = "database", .after = "models"});
  EXPECT_LT(made.find("alter column users.age"), made.find("add column users.city")) << made;
  EXPECT_NE(made.find(">database</th>"), std::string::npos);
  EXPECT_NE(made.find("<code>int32, nullable</code></td><td><code><b>age</b></code> <code>int64, nullable</code>"),
            std::string::npos)
      << made;
  EXPECT_NE(made.find("1 table changed, 1 table stays as it is"), std::string::npos) << made;
}
TEST(change_page, says_in_words_what_colours_show) {
  const std::string made = change_page(schema(), {ddl::add_column{"users", column("city", type_kind::text)}});
  EXPECT_NE(made.find("<tr class=\"added\"><th scope=\"row\"><span class=\"mark added\">+ added</span></th>"
                      "<td><span class=\"unseen\">not there</span></td>"),
            std::string::npos)
      << made;
  EXPECT_NE(made.find("<html lang=\"en\">"), std::string::npos);
}
TEST(change_page, needs_nothing_from_elsewhere) {
  const std::string made = change_page(schema(), {ddl::drop_table{users()}});
  for (const char* foreign : {"src=", "<link", "<script", "http:", "https:", "url("}) {
    EXPECT_EQ(made.find(foreign), std::string::npos) << foreign;
  }
  EXPECT_NE(made.find("prefers-color-scheme: dark"), std::string::npos);
}
TEST(change_page, shows_the_statements_where_it_is_given_them) {
  EXPECT_EQ(change_page(schema(), {ddl::drop_table{users()}}).find("<pre>"), std::string::npos);
  const std::string made = change_page(schema(), {ddl::drop_table{users()}}, {.statements = {"DROP TABLE \"users\""}});
  EXPECT_NE(made.find("<pre>DROP TABLE &quot;users&quot;;\n</pre>"), std::string::npos) << made;
}
TEST(change_page, names_cannot_end_the_markup_they_stand_in) {
  const std::string made =
      change_page(schema(), {ddl::add_column{"users", column("<script>", type_kind::text)}}, {.title = "</title>"});
  EXPECT_EQ(made.find("<script>"), std::string::npos);
  EXPECT_NE(made.find("&lt;script&gt;"), std::string::npos);
}
TEST(change_page, says_where_nothing_changes) {
  EXPECT_NE(change_page(schema(), {}).find("Nothing is to change."), std::string::npos);
}
TEST(change_page, refuses_what_does_not_fit_the_schema) {
  EXPECT_THROW(static_cast<void>(change_page(schema(), {ddl::rename_table{"nobody", "users"}})), migration_error);
}

}  // namespace
}  // namespace tupelo
