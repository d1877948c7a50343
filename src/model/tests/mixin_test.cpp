// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/mixins.hpp"
#include "tupelo/model/model_json.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace tupelo {
namespace {

struct authorship {
  std::string written_by;
  timestamps times;
  static void mixin(tupelo::mixin<authorship>& m) {
    m.column(&authorship::written_by).length(40);
    m.index(&authorship::written_by).descending(&authorship::written_by);
  }
};
struct Letter {
  uuid_key key;
  std::string title;
  authorship by;
  soft_deletes deletion;
};
struct Clash {
  std::int64_t id{};
  uuid_key key;
};
struct Envelope {
  std::int64_t id{};
  Letter letter;
};

std::vector<std::string> columns_of(const model_info& info) {
  std::vector<std::string> names;
  for (const std::uint16_t i : info.columns) names.push_back(info.fields[i].column);
  return names;
}

TEST(mixin, its_fields_are_the_models_own_without_a_prefix) {
  EXPECT_EQ(columns_of(info_of<Letter>()),
            (std::vector<std::string>{"id", "title", "written_by", "created_at", "updated_at", "deleted_at"}));
}

TEST(mixin, what_it_says_is_said_of_the_model) {
  const model_info& info = info_of<Letter>();
  ASSERT_EQ(info.key.size(), 1u);
  EXPECT_TRUE(info.fields[info.key[0]].is(field_client_uuid));
  EXPECT_EQ(info.fields[static_cast<std::size_t>(info.created_at)].column, "created_at");
  EXPECT_EQ(info.fields[static_cast<std::size_t>(info.updated_at)].column, "updated_at");
  EXPECT_EQ(info.fields[static_cast<std::size_t>(info.deleted_at)].column, "deleted_at");
}

TEST(mixin, its_columns_and_indexes_are_those_of_the_model) {
  const model_info& info = info_of<Letter>();
  const int column = info.find_column("written_by");
  ASSERT_GE(column, 0);
  EXPECT_EQ(info.fields[static_cast<std::size_t>(column)].length, 40u);
  ASSERT_EQ(info.indexes.size(), 1u);
  EXPECT_EQ(info.indexes[0].terms[0].field, column);
  EXPECT_TRUE(info.indexes[0].terms[0].descending);
}

TEST(mixin, its_members_stand_in_json_beside_the_models) {
  Letter letter;
  letter.by.written_by = "ada";
  EXPECT_EQ(to_json_text(letter),
            R"({"id":"00000000-0000-0000-0000-000000000000","title":"","written_by":"ada",)"
            R"("created_at":"1970-01-01T00:00:00.000000Z","updated_at":"1970-01-01T00:00:00.000000Z",)"
            R"("deleted_at":null})");
}

TEST(mixin, a_column_that_is_there_twice_is_refused) { EXPECT_THROW(info_of<Clash>(), model_error); }

TEST(mixin, inside_a_value_object_its_columns_have_that_ones_prefix) {
  const model_info& info = info_of<Envelope>();
  EXPECT_GE(info.find_column("letter_written_by"), 0);
  EXPECT_EQ(info.created_at, -1);
}

}  // namespace
}  // namespace tupelo
