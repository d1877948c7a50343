// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/index_split.hpp"
#include "tupelo/schema/migration_record.hpp"

#include <gtest/gtest.h>

namespace tupelo {
namespace {

schema_definition posts() {
  return record_migration(
             [](schema_editor& db) {
               db.create_table("posts", [](table_editor& t) {
                 t.id();
                 t.text("title");
                 t.text("slug");
                 t.index({"title"});
               });
             },
             {})
      .after;
}

using lines = std::vector<std::string>;
lines described(const std::vector<schema_operation>& operations) {
  lines out;
  for (const schema_operation& operation : operations) out.push_back(operation.describe());
  return out;
}
index_split split(void (*up)(schema_editor&)) {
  return index_split::of(record_migration(up, posts()).operations(), posts());
}

TEST(index_split, indexes_of_tables_that_exist_go_apart_and_are_built_concurrently) {
  const index_split parts = split([](schema_editor& db) {
    db.add_column("posts", "hidden").boolean().default_value(false);
    db.add_index("posts", {"hidden"});
    db.drop_index("posts", "ix_posts_title");
  });
  EXPECT_EQ(parts.changes.size(), 1U);
  EXPECT_EQ(described(parts.indexes), (lines{"add index ix_posts_hidden (hidden) on posts concurrently",
                                             "drop index ix_posts_title on posts concurrently"}));
}
TEST(index_split, indexes_of_new_tables_stay) {
  const index_split parts = split([](schema_editor& db) {
    db.create_table("tags", [](table_editor& t) { t.id(); });
    db.add_index("tags", {"id"}).name("again");
  });
  EXPECT_EQ(parts.changes.size(), 2U);
  EXPECT_TRUE(parts.indexes.empty());
}
TEST(index_split, an_index_that_goes_with_its_column_stays) {
  const index_split parts = split([](schema_editor& db) {
    db.drop_index("posts", "ix_posts_title");
    db.drop_column("posts", "title");
    db.add_index("posts", {"slug"});
  });
  EXPECT_EQ(described(parts.changes), (lines{"drop index ix_posts_title on posts", "drop column posts.title"}));
  EXPECT_EQ(parts.indexes.size(), 1U);
}
TEST(index_split, a_unique_index_that_a_new_foreign_key_needs_stays) {
  const index_split parts = split([](schema_editor& db) {
    db.add_index("posts", {"slug"}).unique();
    db.create_table("links", [](table_editor& t) {
      t.id();
      t.text("slug");
    });
    db.add_foreign_key("links", {"slug"}).references("posts", "slug");
  });
  EXPECT_EQ(parts.changes.size(), 3U);
  EXPECT_TRUE(parts.indexes.empty());
}
TEST(index_split, a_renamed_table_keeps_its_indexes_with_it) {
  const index_split parts = split([](schema_editor& db) {
    db.rename_table("posts", "articles");
    db.add_index("articles", {"slug"});
  });
  EXPECT_TRUE(parts.indexes.empty());
}

}  // namespace
}  // namespace tupelo
