// SPDX-License-Identifier: Apache-2.0
#include "cli_project.hpp"
#include "history_graph.hpp"

#include <gtest/gtest.h>

namespace tupelo::cli {
namespace {

migration after(std::string_view revision, std::vector<std::string_view> parents,
                std::vector<std::string_view> labels = {}) {
  return {revision, std::move(parents), [](schema_editor&) {}, [](schema_editor&) {}, "x.cpp", std::move(labels)};
}

std::string drawn(std::vector<migration> migrations) {
  std::string out = "\n";
  for (const graph_line& line : history_graph(history(std::move(migrations)))) {
    out += line.drawing;
    if (!line.revision.empty()) out += ' ' + std::string(line.revision);
    out += '\n';
  }
  return out;
}

TEST(history_graph, one_line_is_a_row_of_stars) {
  EXPECT_EQ(drawn({after("1", {}), after("2", {"1"})}), R"(
* 2
* 1
)");
}
TEST(history_graph, a_merge_joins_two_lines_that_part_at_one_parent) {
  EXPECT_EQ(drawn({after("1", {}), after("2", {"1"}), after("3", {"1"}), after("4", {"2", "3"}), after("5", {"4"})}),
            R"(
* 5
* 4
|\
| * 3
* | 2
|/
* 1
)");
}
TEST(history_graph, two_heads_stand_side_by_side) {
  EXPECT_EQ(drawn({after("1", {}), after("2", {"1"}), after("3", {"1"})}), R"(
* 3
| * 2
|/
* 1
)");
}
TEST(history_graph, three_lines_come_together) {
  EXPECT_EQ(drawn({after("1", {}), after("2", {"1"}), after("3", {"1"}), after("4", {"1"})}), R"(
* 4
| * 3
| | * 2
| |/
|/
* 1
)");
}
TEST(history_graph, two_beginnings_have_a_line_each) {
  EXPECT_EQ(drawn({after("1", {}), after("2", {}), after("3", {"1", "2"})}), R"(
* 3
|\
| * 2
* 1
)");
}

TEST(history_verb, draws_the_graph_with_labels_and_states) {
  cli_project folder;
  folder.variables["DATABASE_URL"] = folder.url();
  const history all({first_step, after("20261121T080000_left", {first_step.revision}, {"v1.0"})});
  folder.use(all);
  folder.db({"upgrade", "+1"});
  const outcome done = folder.db({"history", "--graph"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_TRUE(done.says("* 20261121T080000_left (v1.0, head) pending")) << done.out;
  EXPECT_TRUE(done.says("* 20261120T080000_users applied")) << done.out;
  EXPECT_EQ(folder.db({"history", "--json"}).json()["migrations"][1]["labels"], nlohmann::json({"v1.0"}));
  EXPECT_EQ(folder.db({"history", "--graph", "--json"}).code, exit_usage);
}
TEST(history_verb, labels_name_revisions_for_the_other_verbs) {
  cli_project folder;
  folder.variables["DATABASE_URL"] = folder.url();
  migration labelled = first_step;
  labelled.labels = {"v1.0"};
  const history all({labelled, second_step});
  folder.use(all);
  EXPECT_EQ(folder.db({"upgrade", "v1.0"}).code, 0);
  EXPECT_EQ(folder.db({"current"}).out, "20261120T080000_users\n");
  folder.db({"upgrade"});
  EXPECT_EQ(folder.db({"downgrade", "v1.0", "--yes"}).code, 0);
  EXPECT_EQ(folder.db({"current"}).out, "20261120T080000_users\n");
  EXPECT_EQ(folder.db({"lint", "--since", "v1.0", "--json"}).json()["migrations"], 1);
}

}  // namespace
}  // namespace tupelo::cli
