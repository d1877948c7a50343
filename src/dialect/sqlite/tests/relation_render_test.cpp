// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/sqlite/sqlite_dialect.hpp"
#include "tupelo/query/functions.hpp"
#include "tupelo/query/load_step.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/query/write_query.hpp"
#include "tupelo/model/model.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/timestamp.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tupelo {
namespace {

struct Post;
struct Label;

struct User {
  std::int64_t id{};
  std::string name;
  has_many<Post> posts;

  static void model(model<User>& m) { m.has_many(&User::posts, "author_id"); }
};
struct Post {
  std::int64_t id{};
  std::optional<std::int64_t> author_id;
  std::optional<timestamp> deleted_at;
  belongs_to<User> author;
  many_to_many<Label> labels;

  static void model(model<Post>& m) {
    m.soft_delete(&Post::deleted_at);
    m.belongs_to(&Post::author, &Post::author_id);
    m.many_to_many(&Post::labels, "marks", "post", "label");
  }
};
struct Label {
  std::int64_t id{};
  many_to_many<Post> posts;

  static void model(model<Label>& m) { m.many_to_many(&Label::posts, "marks", "label", "post"); }
};
struct Folder {
  std::int64_t id{};
  std::optional<std::int64_t> parent_id;
  belongs_to<Folder> parent;
  has_many<Folder> children;

  static void model(model<Folder>& m) {
    m.belongs_to(&Folder::parent, &Folder::parent_id);
    m.has_many(&Folder::children, "parent_id");
  }
};

statement_plan plan_of(query_core core) {
  core.finish();
  return sqlite::dialect_instance().render(core.shape.data(), core.shape.size);
}
template <class Query>
std::string where(const Query& query) {
  const std::string text = plan_of(query.core()).text;
  return text.substr(text.find(" WHERE ") + 7);
}
/// The statement that loads the first relation of the query.
template <class Query>
statement_plan load_of(const Query& query) {
  const detail::load_step& step = *query.core().loads.begin();
  query_core core = step.query;
  core.word(step.relation.word(op::load_related));
  return plan_of(core);
}

TEST(render_related, has_many_compares_the_foreign_key) {
  EXPECT_EQ(
      where(query<User>().where_has(&User::posts)),
      R"(EXISTS (SELECT 1 FROM "posts" WHERE "posts"."author_id" = "users"."id" AND "posts"."deleted_at" IS NULL))");
}
TEST(render_related, belongs_to_compares_the_other_way_round) {
  EXPECT_EQ(where(query<Post>().with_deleted().where_doesnt_have(&Post::author)),
            R"(NOT (EXISTS (SELECT 1 FROM "users" WHERE "users"."id" = "posts"."author_id")))");
}
TEST(render_related, many_to_many_joins_its_table) {
  EXPECT_EQ(
      where(query<Label>().where(count_of(&Label::posts, [](auto& q) { q.with_deleted(); }) > 2)),
      R"((SELECT count(*) FROM "posts" JOIN "marks" ON "marks"."post" = "posts"."id" WHERE "marks"."label" = "labels"."id") > ?1)");
}
TEST(render_related, a_tree_gives_its_inner_table_a_name) {
  EXPECT_EQ(
      where(query<Folder>().where(count_of(&Folder::children, [](auto& q) { q.where_has(&Folder::parent); }) == 1)),
      R"((SELECT count(*) FROM "folders" AS "related_1" WHERE "related_1"."parent_id" = "folders"."id" AND )"
      R"(EXISTS (SELECT 1 FROM "folders" AS "related_2" WHERE "related_2"."id" = "related_1"."parent_id")) = ?1)");
}
TEST(render_related, a_query_inside_a_trees_condition_names_its_own_table) {
  const auto inner = query<Folder>().where(col<&Folder::id> > 5).template select<std::int64_t>(col<&Folder::id>);
  EXPECT_EQ(where(query<Folder>().where(
                count_of(&Folder::children, [&](auto& q) { q.where(col<&Folder::id>.in(inner)); }) == 1)),
            R"((SELECT count(*) FROM "folders" AS "related_1" WHERE "related_1"."parent_id" = "folders"."id" AND )"
            R"("related_1"."id" IN (SELECT "folders"."id" FROM "folders" WHERE "folders"."id" > ?1)) = ?2)");
}
TEST(render_related, a_deletion_knows_the_table_around) {
  query_core core(op::delete_from, detail::meta<Folder>::spec);
  core.clause(op::where, !has(&Folder::children));
  EXPECT_TRUE(
      plan_of(core).text.ends_with(R"(FROM "folders" AS "related_1" WHERE "related_1"."parent_id" = "folders"."id")"
                                   "))"))
      << plan_of(core).text;
}

TEST(render_load, takes_the_keys_as_one_list) {
  const statement_plan plan = load_of(query<User>().with(&User::posts));
  EXPECT_EQ(
      plan.text,
      R"(SELECT "posts"."id", "posts"."author_id", "posts"."deleted_at" FROM "posts" WHERE "posts"."author_id" IN (SELECT value FROM json_each(?1)) AND "posts"."deleted_at" IS NULL)");
  ASSERT_EQ(plan.binds.size(), 1U);
  EXPECT_EQ(plan.binds[0].source, bind_source::whole_list);
  EXPECT_EQ(plan.binds[0].k, kind::i64);
}
TEST(render_load, numbers_the_keys_behind_what_narrows_and_before_the_limit) {
  const statement_plan plan = load_of(query<User>().with(
      &User::posts, [](auto& q) { q.where(col<&Post::id> > 3).order_by(col<&Post::id>.desc()).limit(2).offset(1); }));
  EXPECT_EQ(
      plan.text,
      R"(SELECT "id", "author_id", "deleted_at" FROM (SELECT "posts"."id", "posts"."author_id", "posts"."deleted_at", )"
      R"(row_number() OVER (PARTITION BY "posts"."author_id" ORDER BY "posts"."id" DESC, "posts"."id") AS "tupelo_rank" )"
      R"(FROM "posts" WHERE "posts"."id" > ?1 AND "posts"."author_id" IN (SELECT value FROM json_each(?2)) AND "posts"."deleted_at" IS NULL) AS "posts" )"
      R"(WHERE "tupelo_rank" > ?4 AND "tupelo_rank" - ?4 <= ?3 ORDER BY "tupelo_rank")");
}
TEST(render_load, reads_the_join_tables_key_with_each_row) {
  const statement_plan plan = load_of(query<Post>().with(&Post::labels));
  EXPECT_EQ(
      plan.text,
      R"(SELECT "labels"."id", "marks"."post" FROM "labels" JOIN "marks" ON "marks"."label" = "labels"."id" WHERE "marks"."post" IN (SELECT value FROM json_each(?1)))");
  ASSERT_EQ(plan.reads.size(), 2U);
  EXPECT_EQ(plan.reads[1].column, "post");
  EXPECT_GE(plan.reads[1].offset, sizeof(Label));
}

}  // namespace
}  // namespace tupelo
