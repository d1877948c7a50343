// SPDX-License-Identifier: Apache-2.0
#include "cli_project.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace tupelo::cli {
namespace {

class drawing : public testing::Test {
protected:
  drawing() {
    folder.use_models<sample_user>();
    folder.use(all);
  }
  std::string text_of(const char* file) const {
    std::ifstream in(folder.root() / file);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  cli_project folder;
  history all{{first_step, second_step}};
};

TEST_F(drawing, the_models_need_no_database) {
  const outcome done = folder.db({"diagram"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_TRUE(done.says("<svg ")) << done.out;
  EXPECT_TRUE(done.says("users")) << done.out;
}
TEST_F(drawing, the_ending_of_the_file_says_the_format) {
  EXPECT_EQ(folder.db({"diagram", "--output", "schema.mmd"}).code, 0);
  EXPECT_TRUE(text_of("schema.mmd").starts_with("erDiagram")) << text_of("schema.mmd");
  EXPECT_EQ(folder.db({"diagram", "--output", "schema.html"}).code, 0);
  EXPECT_TRUE(text_of("schema.html").starts_with("<!doctype html>"));
}
TEST_F(drawing, an_ending_that_says_no_format_is_refused) {
  const outcome done = folder.db({"diagram", "--output", "schema.png"});
  EXPECT_EQ(done.code, exit_usage);
  EXPECT_TRUE(done.complains(".png")) << done.err;
  EXPECT_EQ(folder.db({"diagram", "--output", "schema.txt", "--format", "dot"}).code, 0);
}
TEST_F(drawing, a_format_can_be_named) {
  EXPECT_TRUE(folder.db({"diagram", "--format", "dot"}).says("digraph"));
  EXPECT_EQ(folder.db({"diagram", "--format", "png"}).code, exit_usage);
}
TEST_F(drawing, a_file_is_replaced_by_force_only) {
  EXPECT_EQ(folder.db({"diagram", "-o", "schema.svg"}).code, 0);
  const outcome again = folder.db({"diagram", "-o", "schema.svg"});
  EXPECT_EQ(again.code, exit_usage);
  EXPECT_TRUE(again.complains("--force")) << again.err;
  EXPECT_EQ(folder.db({"diagram", "-o", "schema.svg", "--force"}).code, 0);
}
TEST_F(drawing, the_live_database_is_drawn_as_it_is) {
  folder.variables["DATABASE_URL"] = folder.url();
  ASSERT_EQ(folder.db({"upgrade"}).code, 0);
  const outcome done = folder.db({"diagram", "--live", "--format", "mermaid"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_TRUE(done.says("\"users\" {")) << done.out;
  EXPECT_FALSE(done.says("tupelo_migrations")) << done.out;
}
TEST_F(drawing, a_table_that_is_not_there_is_named) {
  const outcome done = folder.db({"diagram", "--tables", "nothing"});
  EXPECT_NE(done.code, 0);
  EXPECT_TRUE(done.complains("nothing")) << done.err;
}

}  // namespace
}  // namespace tupelo::cli
