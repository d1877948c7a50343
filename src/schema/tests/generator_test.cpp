// SPDX-License-Identifier: Apache-2.0
#include "generated_changes.hpp"

#include "tupelo/schema/generator.hpp"
#include "tupelo/schema/history.hpp"
#include "tupelo/schema/migration_record.hpp"
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace tupelo {
namespace {

constexpr const char* first_revision = "20261120T080000_first";
constexpr const char* second_revision = "20261121T093000_second";
constexpr const char* third_revision = "20261122T093000_third";

/// A generated file as it is compiled into this program, without the lines for the licence and the formatter.
std::string compiled(const std::string& name) {
  // A compiler cache makes __FILE__ relative to the build folder, which this program is in; the current one is any.
  const std::filesystem::path build = std::filesystem::canonical("/proc/self/exe").parent_path();
  const std::filesystem::path path = (build / __FILE__).parent_path() / name;
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_FALSE(text.empty()) << "there is no file " << path;
  return text.substr(text.find('\n', text.find('\n') + 1) + 1);
}

void expect_replay(const std::string& revision, const schema_definition& before, const schema_definition& after) {
  const history program;
  const migration& m = program.at(revision);
  EXPECT_EQ(record_migration(m.up, before).after, after);
  schema_definition back = record_migration(m.down, after).after;
  for (table_definition& table : back.tables) {  // a column that comes back is the last one
    for (const column_definition& column : before.find(table.name)->columns) {
      EXPECT_NE(table.find_column(column.name), nullptr) << table.name << '.' << column.name;
    }
    table.columns = before.find(table.name)->columns;
  }
  EXPECT_EQ(back, before);
}

TEST(generator, writes_new_tables_as_a_reader_would) {
  migration_source source = generate_migration(first_revision, {}, sample::first_operations());
  EXPECT_EQ(source.text, compiled("generated_first_test.cpp"));
  EXPECT_EQ(source.file_name, "20261120T080000_first.cpp");
}

TEST(generator, writes_constraints_on_columns_that_have_words_of_their_own) {
  table_definition table{.name = "logs"};
  table.columns = {{.name = "id", .type = type_kind::int64, .identity = true},
                   {.name = "created_at", .type = type_kind::timestamp},
                   {.name = "updated_at", .type = type_kind::timestamp}};
  table.primary_key.columns = {"id"};
  table.primary_key.name = conventional_primary_key_name(table);
  for (const char* column : {"id", "created_at"}) {
    key_definition unique{.name = "", .columns = {column}};
    unique.name = conventional_name(table, unique);
    table.uniques.push_back(unique);
  }
  const std::string text = generate_migration(first_revision, {}, {ddl::create_table{table}}).text;
  EXPECT_NE(text.find("t.big_integer(\"id\").generated().primary_key().unique();"), std::string::npos) << text;
  EXPECT_NE(text.find("t.timestamp(\"created_at\").unique();"), std::string::npos) << text;
}
TEST(generator, writes_changes_as_a_reader_would) {
  EXPECT_EQ(generate_migration(second_revision, {first_revision}, sample::second_operations()).text,
            compiled("generated_second_test.cpp"));
}

TEST(generator, writes_what_only_some_databases_have_as_a_reader_would) {
  EXPECT_EQ(generate_migration(third_revision, {second_revision}, sample::third_operations()).text,
            compiled("generated_third_test.cpp"));
}
TEST(generator, writes_changes_that_are_made_concurrently) {
  const ddl::add_index add{"users", {.name = "ix_users_age", .columns = {{"age"}}}, true};
  EXPECT_EQ(operation_source(add), R"(db.add_index("users", {"age"}).concurrently();)");
  EXPECT_EQ(operation_source(schema_operation(add).inverse()),
            R"(db.drop_index("users", "ix_users_age", tp::concurrently);)");
  const ddl::add_unique once{"users", {"uq_users_age", {"age"}}, true};
  EXPECT_EQ(operation_source(once), R"(db.add_unique("users", {"age"}).concurrently();)");
  EXPECT_EQ(operation_source(schema_operation(once).inverse()),
            R"(db.drop_unique("users", "uq_users_age", tp::concurrently);)");
}
TEST(generator, writes_constraints_that_are_validated_later) {
  const ddl::add_check check{"users", {"grown_up", "age > 17"}, true};
  EXPECT_EQ(operation_source(check), R"(db.add_check("users", "grown_up", "age > 17").not_valid();)");
  const ddl::add_foreign_key key{
      "posts", {.name = "fk_posts_a", .columns = {"a"}, .references = "users", .referenced_columns = {"id"}}, true};
  EXPECT_EQ(operation_source(key), R"(db.add_foreign_key("posts", {"a"}).references("users", "id").not_valid();)");
  EXPECT_EQ(operation_source(ddl::validate_constraint{"users", "grown_up"}), R"(db.validate("users", "grown_up");)");
}
TEST(generator, writes_renames_of_indexes_and_constraints) {
  EXPECT_EQ(operation_source(ddl::rename_index{"users", "a", "b"}), R"(db.rename_index("users", "a", "b");)");
  EXPECT_EQ(operation_source(ddl::rename_constraint{"users", "a", "b"}), R"(db.rename_constraint("users", "a", "b");)");
}
TEST(generator, says_in_down_what_does_not_come_back) {
  const auto says = [](schema_operation operation, const std::string& what) {
    const std::string text = generate_migration("1", {}, {operation}).text;
    return text.find("  // " + what + "\n", text.find("void down")) != std::string::npos;
  };
  const column_definition note{.name = "note", .type = type_kind::text};
  column_definition real{.name = "n", .type = type_kind::float64};
  column_definition whole{.name = "n", .type = type_kind::int32};
  EXPECT_TRUE(says(ddl::drop_column{"t", note}, "brings t.note back without the values that it had, which rows need: "
                                                "add .default_value(…) or .null()"));
  EXPECT_TRUE(
      says(ddl::drop_table{{.name = "t", .columns = {note}}}, "makes table t again without the rows that it had"));
  EXPECT_TRUE(says(ddl::alter_column{"t", real, whole}, "values of t.n stay as the other type has left them"));
  EXPECT_FALSE(says(ddl::alter_column{"t", whole, real}, "values of t.n stay as the other type has left them"));
}
TEST(generator, warns_of_values_that_go) {
  const auto warns = [](schema_operation operation, const std::string& of) {
    return generate_migration("1", {}, {operation}).text.find("  // " + of + "\n") != std::string::npos;
  };
  EXPECT_TRUE(warns(ddl::change_enum{{"mood", {"a", "b"}}, {"mood", {"b"}}},
                    "fails while a row has the value a of the enum mood, which is gone"));
  column_definition plain{.name = "loud", .type = type_kind::text};
  column_definition computed = plain;
  computed.computed_sql = "upper(note)";
  EXPECT_TRUE(warns(ddl::alter_column{"t", plain, computed}, "replaces the values of t.loud by computed ones"));
}

TEST(generator, what_it_writes_does_what_the_operations_do_and_back) {
  schema_definition first;
  apply_all(sample::first_operations(), first);
  schema_definition second = first;
  apply_all(sample::second_operations(), second);
  expect_replay(first_revision, {}, first);
  expect_replay(second_revision, first, second);
  schema_definition third = second;
  apply_all(sample::third_operations(), third);
  expect_replay(third_revision, second, third);
}

TEST(generator, an_empty_migration_has_no_unused_parameter) {
  EXPECT_EQ(generate_migration("1_a", {}, {}).text, "#include <tupelo/migration.hpp>\n"
                                                    "TUPELO_MIGRATION(\"1_a\")\n"
                                                    "void up(tp::schema_editor&) {}\n"
                                                    "void down(tp::schema_editor&) {}\n");
}

TEST(generator, names_all_parents_of_a_merge) {
  EXPECT_NE(generate_migration("3", {"2_b", "2_c"}, {}).text.find("TUPELO_MIGRATION(\"3\", after(\"2_b\", \"2_c\"))"),
            std::string::npos);
}

TEST(generator, says_why_there_is_no_way_back) {
  std::string text = generate_migration("1", {}, {ddl::execute_sql{"DELETE FROM a", ""}}).text;
  EXPECT_NE(text.find("void down(tp::schema_editor& db) {\n  db.irreversible(\"nothing says how to take back the SQL "
                      "`DELETE FROM a`\");\n}"),
            std::string::npos)
      << text;
}

TEST(generator, refuses_a_migration_without_a_revision) {
  EXPECT_THROW(generate_migration("", {}, {}), migration_error);
}

TEST(generator, shows_one_operation_as_a_statement) {
  EXPECT_EQ(operation_source(ddl::drop_column{"users", sample::text("age")}), "db.drop_column(\"users\", \"age\");");
}

TEST(revision, is_time_and_words_of_the_message) {
  EXPECT_EQ(make_revision(0, "Add users"), "19700101T000000_add_users");
  EXPECT_EQ(make_revision(1795253400000000, "  Größe & Wert! "), "20261121T093000_gr_e_wert");
  EXPECT_EQ(make_revision(0, "…"), "19700101T000000_migration");
  EXPECT_LE(make_revision(0, std::string(500, 'x')).size(), 80U);
}

}  // namespace
}  // namespace tupelo
