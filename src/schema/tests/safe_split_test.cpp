// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/lint.hpp"
#include "tupelo/schema/migration_record.hpp"
#include "tupelo/schema/safe_split.hpp"

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
safe_split split(void (*up)(schema_editor&)) {
  return safe_split::of(record_migration(up, posts()).operations(), posts());
}

TEST(safe_split, indexes_of_tables_that_exist_go_apart_and_are_built_concurrently) {
  const safe_split parts = split([](schema_editor& db) {
    db.add_column("posts", "hidden").boolean().default_value(false);
    db.add_index("posts", {"hidden"});
    db.drop_index("posts", "ix_posts_title");
  });
  EXPECT_EQ(parts.changes.size(), 1U);
  EXPECT_EQ(described(parts.indexes), (lines{"add index ix_posts_hidden (hidden) on posts concurrently",
                                             "drop index ix_posts_title on posts concurrently"}));
}
TEST(safe_split, indexes_of_new_tables_stay) {
  const safe_split parts = split([](schema_editor& db) {
    db.create_table("tags", [](table_editor& t) { t.id(); });
    db.add_index("tags", {"id"}).name("again");
  });
  EXPECT_EQ(parts.changes.size(), 2U);
  EXPECT_TRUE(parts.indexes.empty());
}
TEST(safe_split, an_index_that_goes_with_its_column_stays) {
  const safe_split parts = split([](schema_editor& db) {
    db.drop_index("posts", "ix_posts_title");
    db.drop_column("posts", "title");
    db.add_index("posts", {"slug"});
  });
  EXPECT_EQ(described(parts.changes), (lines{"drop index ix_posts_title on posts", "drop column posts.title"}));
  EXPECT_EQ(parts.indexes.size(), 1U);
}
TEST(safe_split, a_unique_index_that_a_new_foreign_key_needs_stays) {
  const safe_split parts = split([](schema_editor& db) {
    db.add_index("posts", {"slug"}).unique();
    db.create_table("links", [](table_editor& t) {
      t.id();
      t.text("slug");
    });
    db.add_foreign_key("links", {"slug"}).references("posts", "slug");
  });
  EXPECT_EQ(parts.changes.size(), 3U);
  EXPECT_TRUE(parts.indexes.empty() && parts.validations.empty());
}
TEST(safe_split, a_renamed_table_keeps_its_indexes_with_it) {
  const safe_split parts = split([](schema_editor& db) {
    db.rename_table("posts", "articles");
    db.add_index("articles", {"slug"});
  });
  EXPECT_TRUE(parts.indexes.empty());
}

TEST(safe_split, constraints_are_added_as_not_valid_and_validated_at_the_end) {
  const safe_split parts = split([](schema_editor& db) {
    db.add_column("posts", "parent_id").big_integer().null();
    db.add_check("posts", "has_title", "title <> ''");
    db.add_foreign_key("posts", {"parent_id"}).references("posts");
  });
  EXPECT_EQ(
      described(parts.changes),
      (lines{"add column posts.parent_id (int64, nullable)", "add check has_title (title <> '') on posts not valid",
             "add foreign key fk_posts_parent_id (parent_id) references posts (id) on posts not valid"}));
  EXPECT_EQ(described(parts.validations),
            (lines{"validate constraint has_title on posts", "validate constraint fk_posts_parent_id on posts"}));
}
TEST(safe_split, a_unique_constraint_is_built_concurrently) {
  const safe_split parts = split([](schema_editor& db) { db.add_unique("posts", {"slug"}); });
  EXPECT_TRUE(parts.changes.empty());
  EXPECT_EQ(described(parts.indexes), (lines{"add unique uq_posts_slug (slug) on posts concurrently"}));
}
TEST(safe_split, not_null_is_proven_by_a_check) {
  const schema_definition before = record_migration(
                                       [](schema_editor& db) {
                                         db.create_table("posts", [](table_editor& t) {
                                           t.id();
                                           t.text("order").null();
                                           t.text("slug").null();
                                         });
                                       },
                                       {})
                                       .after;
  const auto parts_of = [&](void (*up)(schema_editor&)) {
    return safe_split::of(record_migration(up, before).operations(), before);
  };
  const safe_split plain = parts_of([](schema_editor& db) { db.alter_column("posts", "order").not_null(); });
  EXPECT_EQ(described(plain.changes),
            (lines{"add check ck_posts_order_not_null (\"order\" IS NOT NULL) on posts not valid"}));
  EXPECT_EQ(described(plain.validations),
            (lines{"validate constraint ck_posts_order_not_null on posts",
                   "alter column posts.order: text, nullable → text", "drop check ck_posts_order_not_null on posts"}));
  EXPECT_TRUE(plain.fills.empty());
  const safe_split filled =
      parts_of([](schema_editor& db) { db.alter_column("posts", "slug").not_null().default_value("none"); });
  ASSERT_EQ(filled.fills.size(), 1U);
  EXPECT_EQ(filled.fills[0].describe(), "backfill posts: slug = 'none' where slug IS NULL");
  EXPECT_EQ(described(filled.changes).front(),
            "alter column posts.slug: text, nullable → text, nullable, default 'none'");
}
TEST(safe_split, no_part_breaks_a_rule_of_what_others_wait_for) {
  schema_definition before = posts();
  before.find("posts")->find_column("slug")->nullable = true;
  const auto up = [](schema_editor& db) {
    db.alter_table("posts", [](table_editor& t) {
      t.big_integer("parent_id").null();
      t.change("slug").not_null().default_value("none");
      t.unique({"title"});
      t.check("has_title", "title <> ''");
      t.foreign_key("parent_id").references("posts");
      t.index({"slug"});
      t.drop_index("ix_posts_title");
    });
  };
  const std::vector<schema_operation> operations = record_migration(up, before).operations();
  const auto blocking = [](const std::vector<schema_operation>& part, const schema_definition& from) {
    lines out;
    for (const lint_finding& found : lint(part, from)) {
      const bool counts = found.rule->kind == hazard::blocking && found.rule->scope == lint_scope::table_locks;
      if (counts) out.emplace_back(found.rule->code);
    }
    return out;
  };
  EXPECT_EQ(blocking(operations, before).size(), 7U);
  const safe_split parts = safe_split::of(operations, before);
  for (const auto* part : {&parts.changes, &parts.indexes, &parts.validations}) {
    EXPECT_EQ(blocking(*part, before), lines{});
    apply_all(*part, before);
  }
}
TEST(safe_split, every_part_can_be_taken_back) {
  const safe_split parts = split([](schema_editor& db) {
    db.add_check("posts", "has_title", "title <> ''");
    db.add_unique("posts", {"slug"});
    db.add_index("posts", {"slug", "title"});
  });
  schema_definition state = posts();
  for (const auto* part : {&parts.changes, &parts.indexes, &parts.validations}) apply_all(*part, state);
  for (const auto* part : {&parts.validations, &parts.indexes, &parts.changes}) apply_all(inverse_of(*part), state);
  EXPECT_EQ(state, posts());
}

}  // namespace
}  // namespace tupelo
