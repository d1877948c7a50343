// SPDX-License-Identifier: Apache-2.0
#include "layout.hpp"

#include <tupelo/diagram.hpp>
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace tupelo {
namespace {

table_definition table(std::string name, std::vector<std::string> columns = {}) {
  table_definition made;
  made.name = std::move(name);
  made.columns.push_back({.name = "id", .type = type_kind::int64});
  for (std::string& column : columns) made.columns.push_back({.name = std::move(column), .type = type_kind::int64});
  made.primary_key.columns = {"id"};
  return made;
}

void refer(table_definition& from, const std::string& column, const std::string& to) {
  from.foreign_keys.push_back({.columns = {column}, .references = to, .referenced_columns = {"id"}});
}

schema_definition blog() {
  schema_definition schema;
  table_definition posts = table("posts", {"author_id", "parent_id"});
  refer(posts, "author_id", "users");
  refer(posts, "parent_id", "posts");
  posts.find_column("parent_id")->nullable = true;
  table_definition profiles = table("profiles", {"user_id"});
  profiles.uniques.push_back({.columns = {"user_id"}});
  refer(profiles, "user_id", "users");
  schema.add(std::move(posts));
  schema.add(std::move(profiles));
  schema.add(table("settings"));
  schema.add(table("users", {"age"}));
  return schema;
}

/// Some tables that reference any others, circles among them.
schema_definition many_tables(unsigned seed, int count) {
  std::mt19937 random(seed);
  schema_definition schema;
  for (int i = 0; i < count; ++i) {
    table_definition made = table("table_" + std::to_string(i));
    for (unsigned keys = random() % 4; keys > 0; --keys) {
      const std::string column = "key_" + std::to_string(keys);
      made.columns.push_back({.name = column, .type = type_kind::int64});
      refer(made, column, "table_" + std::to_string(random() % static_cast<unsigned>(count)));
    }
    for (unsigned more = random() % 9; more > 0; --more) {
      made.columns.push_back({.name = "column_" + std::to_string(more), .type = type_kind::text});
    }
    schema.add(std::move(made));
  }
  return schema;
}

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t i = text.find(part); i != std::string::npos; i = text.find(part, i + 1)) ++found;
  return found;
}

bool overlap(const diagrams::box& a, const diagrams::box& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

TEST(diagram, an_svg_has_a_box_for_each_table_and_a_line_for_each_key) {
  const std::string made = diagram(blog(), diagram_format::svg);
  EXPECT_EQ(count_of(made, "class=\"entity\""), 4U);
  EXPECT_EQ(count_of(made, "class=\"relation\""), 3U);
  EXPECT_NE(made.find(">author_id<"), std::string::npos);
}
TEST(diagram, mermaid_says_how_many_are_at_each_end) {
  const std::string made = diagram(blog(), diagram_format::mermaid);
  EXPECT_NE(made.find(R"("users" ||--o{ "posts" : "author_id")"), std::string::npos) << made;
  EXPECT_NE(made.find(R"("posts" |o--o{ "posts" : "parent_id")"), std::string::npos) << made;
  EXPECT_NE(made.find(R"("users" ||--o| "profiles" : "user_id")"), std::string::npos) << made;
  EXPECT_NE(made.find("int64 author_id FK"), std::string::npos) << made;
}
TEST(diagram, mermaid_keeps_the_name_of_a_column_that_it_cannot_spell) {
  schema_definition schema;
  schema.add(table("odd \"one\"", {"first name"}));
  const std::string made = diagram(schema, diagram_format::mermaid);
  EXPECT_NE(made.find("\"odd _one_\" {"), std::string::npos) << made;
  EXPECT_NE(made.find("int64 first_name \"first name\""), std::string::npos) << made;
}
TEST(diagram, dot_joins_the_columns_of_a_key) {
  const std::string made = diagram(blog(), diagram_format::dot, {.title = "a \"blog\""});
  EXPECT_TRUE(made.starts_with("digraph \"a \\\"blog\\\"\" {")) << made;
  EXPECT_NE(made.find("t3:r0 -> t0:r1 [arrowtail=teetee, arrowhead=crowodot, tooltip=\"author_id\"]"),
            std::string::npos)
      << made;
}
TEST(diagram, a_page_has_the_picture_and_needs_nothing_from_elsewhere) {
  const std::string made = diagram(blog(), diagram_format::html, {.title = "blog"});
  EXPECT_NE(made.find("<svg "), std::string::npos);
  EXPECT_NE(made.find("4 tables, 3 foreign keys"), std::string::npos);
  EXPECT_EQ(made.find("src="), std::string::npos);
  EXPECT_EQ(made.find("<link"), std::string::npos);
}
TEST(diagram, names_cannot_end_the_markup_they_stand_in) {
  schema_definition schema;
  table_definition odd = table("</text><script>", {"a&b"});
  odd.comment = "<\"\x01\">";
  schema.add(std::move(odd));
  for (const diagram_format format : {diagram_format::svg, diagram_format::dot}) {
    const std::string made = diagram(schema, format);
    EXPECT_EQ(made.find("<script>"), std::string::npos);
    EXPECT_NE(made.find("&lt;/text&gt;&lt;script&gt;"), std::string::npos);
    EXPECT_NE(made.find("a&amp;b"), std::string::npos);
    EXPECT_EQ(made.find('\x01'), std::string::npos);
  }
}
TEST(diagram, some_tables_are_drawn_with_what_they_reference) {
  const std::string made = diagram(blog(), diagram_format::mermaid, {.tables = {"profiles"}});
  EXPECT_NE(made.find("\"users\" {"), std::string::npos);
  EXPECT_EQ(made.find("\"posts\" {"), std::string::npos);
  EXPECT_EQ(count_of(made, "||--"), 1U);
}
TEST(diagram, a_table_that_is_not_there_is_refused_by_name) {
  try {
    static_cast<void>(diagram(blog(), diagram_format::svg, {.tables = {"nothing"}}));
    FAIL() << "it was drawn";
  } catch (const configuration_error& refused) {
    EXPECT_NE(std::string(refused.what()).find("nothing"), std::string::npos);
  }
}
TEST(diagram, an_empty_schema_is_an_empty_picture) {
  EXPECT_NE(diagram({}, diagram_format::svg).find("</svg>"), std::string::npos);
  EXPECT_EQ(diagram({}, diagram_format::mermaid), "erDiagram\n");
}
TEST(diagram, formats_have_names) {
  EXPECT_EQ(diagram_format_named("html"), diagram_format::html);
  EXPECT_EQ(diagram_format_named("png"), std::nullopt);
}
TEST(layout, tables_stand_right_of_those_they_reference) {
  const auto graph = diagrams::entity_graph::of(blog(), {});
  const auto placed = diagrams::layout::of(graph);
  EXPECT_LT(placed.boxes[3].x + placed.boxes[3].width, placed.boxes[0].x);
  EXPECT_LT(placed.boxes[3].x + placed.boxes[3].width, placed.boxes[1].x);
}
TEST(layout, no_two_boxes_overlap_and_all_are_in_the_picture) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    const auto graph = diagrams::entity_graph::of(many_tables(seed, 1 + static_cast<int>(seed) * 3), {});
    const auto placed = diagrams::layout::of(graph);
    for (std::size_t i = 0; i < placed.boxes.size(); ++i) {
      const diagrams::box& one = placed.boxes[i];
      EXPECT_GE(one.x, 0);
      EXPECT_GE(one.y, 0);
      EXPECT_LE(one.x + one.width, placed.width);
      EXPECT_LE(one.y + one.height, placed.height);
      for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(overlap(one, placed.boxes[j])) << seed << ": " << i << ", " << j;
    }
  }
}
TEST(layout, lines_that_pass_a_column_pass_between_its_boxes) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    const auto graph = diagrams::entity_graph::of(many_tables(seed, 1 + static_cast<int>(seed) * 3), {});
    const auto placed = diagrams::layout::of(graph);
    for (const diagrams::line& l : placed.lines) {
      for (std::size_t i = 1; i + 1 < l.points.size(); i += 2) {
        const diagrams::point in = l.points[i], out = l.points[i + 1];
        ASSERT_EQ(in.y, out.y);
        const diagrams::box way{std::min(in.x, out.x), in.y, std::abs(in.x - out.x), 0.1};
        for (const diagrams::box& b : placed.boxes) EXPECT_FALSE(overlap(way, b)) << seed;
      }
    }
  }
}
TEST(layout, is_the_same_for_the_same_schema) {
  EXPECT_EQ(diagram(many_tables(7, 60), diagram_format::svg), diagram(many_tables(7, 60), diagram_format::svg));
}

}  // namespace
}  // namespace tupelo
