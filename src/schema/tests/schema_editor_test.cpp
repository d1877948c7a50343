// SPDX-License-Identifier: Apache-2.0
#include "sample_schemas.hpp"

#include "tupelo/schema/migration_record.hpp"
#include "tupelo/schema/schema_editor.hpp"
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <optional>

namespace tupelo {
namespace {

using sample::blog;
namespace tp = tupelo;

using script = void (*)(tp::schema_editor&);

std::vector<std::string> described(script up) {
  std::vector<std::string> lines;
  for (const auto& operation : record_migration(up, blog()).operations()) lines.push_back(operation.describe());
  return lines;
}

std::string refusal(script up) {
  try {
    (void)record_migration(up, blog());
  } catch (const migration_error& e) {
    EXPECT_EQ(e.code(), errc::invalid_migration);
    return e.what();
  }
  return "nothing was refused";
}

using lines = std::vector<std::string>;

TEST(schema_editor, makes_the_table_that_is_described) {
  schema_definition made = record_migration(
                               [](tp::schema_editor& db) {
                                 db.create_table("users", [](tp::table_editor& t) {
                                   t.id();
                                   t.text("email").unique();
                                   t.integer("age").null();
                                   t.timestamps();
                                   t.check("age_is_human", "age >= 0 AND age < 200");
                                 });
                                 db.create_table("posts", [](tp::table_editor& t) {
                                   t.id();
                                   t.big_integer("author_id").references("users").on_delete(tp::cascade);
                                   t.text("title");
                                   t.integer("views").default_value(0);
                                   t.index({"author_id", "title"}).descending("title").where("views > 0");
                                 });
                               },
                               {})
                               .after;
  EXPECT_EQ(made, blog());
}

TEST(schema_editor, knows_every_type) {
  table_definition t = *record_migration(
                            [](tp::schema_editor& db) {
                              db.create_table("t", [](tp::table_editor& c) {
                                c.uuid("a").primary_key();
                                c.boolean("b").default_value(true);
                                c.small_integer("c");
                                c.real("d").default_value(1.5);
                                c.double_precision("e");
                                c.varchar("f", 20).default_value("it's");
                                c.bytes("g");
                                c.date("h");
                                c.decimal("i", 10, 2);
                                c.json("j").default_sql("'{}'");
                                c.native("k", "POINT");
                                c.decimal("l");
                                c.time_of_day("m").default_value("09:30:00");
                                c.interval("n");
                                c.integer("o").array().default_value("[1]");
                                c.native_or_text("p", "inet");
                                c.comment("all kinds");
                              });
                            },
                            {})
                            .after.find("t");
  std::string types;
  for (const auto& column : t.columns)
    types += column.type.to_string() + (column.default_sql ? "=" + *column.default_sql : "") + " ";
  EXPECT_EQ(types, "uuid boolean=TRUE int16 float32=1.5 float64 varchar(20)='it''s' bytes date decimal(10, 2) "
                   "json='{}' POINT decimal time='09:30:00' interval int32[]='[1]' inet or text ");
  EXPECT_EQ(t.comment, "all kinds");
  EXPECT_EQ(t.primary_key.columns, std::vector<std::string>{"a"});
}

TEST(schema_editor, records_single_changes) {
  EXPECT_EQ(
      described([](tp::schema_editor& db) {
        db.add_column("users", "nick").varchar(30).null().unique();
        db.alter_column("users", "age").big_integer().not_null().default_value(18);
        db.rename_column("users", "email", "mail");
        db.drop_check("users", "age_is_human");
        db.add_check("users", "grown", "age > 17");
        db.add_index("users", {"age"}).unique().name("by_age");
        db.drop_index("users", "by_age");
        db.add_unique("posts", {"author_id", "title"}).name("once");
        db.drop_unique("posts", "once");
        db.drop_foreign_key("posts", "fk_posts_author_id");
        db.add_foreign_key("posts", {"author_id"})
            .references("users")
            .on_delete(tp::set_null)
            .on_update(tp::cascade)
            .deferrable();
        db.drop_index("posts", blog().find("posts")->indexes[0].name);
        db.drop_column("posts", "views");
        db.rename_table("posts", "articles");
      }),
      (lines{
          "add column users.nick (varchar(30), nullable)", "add unique uq_users_nick (nick) on users",
          "alter column users.age: int32, nullable → int64, default 18", "rename column users.email to mail",
          "drop check age_is_human on users", "add check grown (age > 17) on users",
          "add unique index by_age (age) on users", "drop index by_age on users",
          "add unique once (author_id, title) on posts", "drop unique once on posts",
          "drop foreign key fk_posts_author_id on posts",
          "add foreign key fk_posts_author_id (author_id) references users (id) on delete set null on update cascade "
          "deferrable on posts",
          "drop index " + blog().find("posts")->indexes[0].name + " on posts", "drop column posts.views",
          "rename table posts to articles"}));
}

TEST(schema_editor, changes_a_table_as_a_whole) {
  EXPECT_EQ(described([](tp::schema_editor& db) {
              db.alter_table("users", [](tp::table_editor& t) {
                t.text("nick").null().index();
                t.change("age").not_null().default_value(0);
                t.drop_check("age_is_human");
                t.check("grown", "age > 17");
                t.rename_column("email", "mail");
                t.drop_unique("uq_users_email");
                t.unique({"mail", "nick"});
                t.drop_column("updated_at");
                t.primary_key({"mail"});
              });
            }),
            (lines{"add column users.nick (text, nullable)", "add index ix_users_nick (nick) on users",
                   "alter column users.age: int32, nullable → int32, default 0", "drop check age_is_human on users",
                   "add check grown (age > 17) on users", "rename column users.email to mail",
                   "drop unique uq_users_email on users", "add unique uq_users_mail_nick (mail, nick) on users",
                   "drop column users.updated_at", "change primary key of users from (id) to (mail)"}));
}

TEST(schema_editor, what_it_drops_it_keeps_whole_for_the_way_back) {
  migration_record record = record_migration([](tp::schema_editor& db) { db.drop_table("posts"); }, blog());
  schema_definition state = record.after;
  record.operations()[0].inverse().apply_to(state);
  EXPECT_EQ(state, blog());
}

TEST(schema_editor, an_alteration_that_changes_nothing_is_not_recorded) {
  EXPECT_EQ(described([](tp::schema_editor& db) { db.alter_column("users", "age").integer().null(); }), lines{});
}

TEST(schema_editor, code_keeps_its_place_between_the_changes) {
  migration_record record = record_migration(
      [](tp::schema_editor& db) {
        db.add_column("users", "nick").null();
        db.run([](tp::lease&) -> tp::task<void> { co_return; });
        db.alter_column("users", "nick").not_null();
      },
      blog());
  ASSERT_EQ(record.steps.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<std::shared_ptr<detail::migration_code>>(record.steps[1]));
}

TEST(schema_editor, remembers_that_there_is_no_way_back) {
  EXPECT_EQ(record_migration([](tp::schema_editor& db) { db.irreversible("the text is gone"); }, {}).irreversible,
            "the text is gone");
  EXPECT_EQ(record_migration([](tp::schema_editor& db) { db.irreversible(""); }, {}).irreversible,
            "the migration says so");
}

TEST(schema_editor, the_text_for_checksums_changes_with_what_is_done_only) {
  script a = [](tp::schema_editor& db) { db.add_column("users", "nick").null(); };
  script same = [](tp::schema_editor& db) {
    db.alter_table("users", [](tp::table_editor& t) { t.text("nick").null(); });
  };
  script other = [](tp::schema_editor& db) { db.add_column("users", "nick").default_value(""); };
  EXPECT_EQ(record_migration(a, blog()).canonical(), record_migration(same, blog()).canonical());
  EXPECT_NE(record_migration(a, blog()).canonical(), record_migration(other, blog()).canonical());
}

// ---- mistakes

TEST(schema_editor, refuses_a_table_that_is_not_there) {
  EXPECT_EQ(refusal([](tp::schema_editor& db) { db.drop_table("user"); }),
            "there is no table `user`; at this point there are: posts, users");
  EXPECT_NE(refusal([](tp::schema_editor& db) { db.add_column("user", "x"); }).find("`user`"), std::string::npos);
}

TEST(schema_editor, refuses_a_column_that_is_not_there) {
  EXPECT_EQ(refusal([](tp::schema_editor& db) { db.alter_column("users", "nick").null(); }),
            "table `users`: there is no column `nick` to alter");
  EXPECT_NE(refusal([](tp::schema_editor& db) { db.drop_column("users", "nick"); }).find("`nick`"), std::string::npos);
}

TEST(schema_editor, refuses_what_a_name_does_not_find_and_lists_what_there_is) {
  EXPECT_EQ(refusal([](tp::schema_editor& db) { db.drop_check("users", "age"); }),
            "table `users`: there is no check constraint `age`; it has: age_is_human");
  EXPECT_EQ(refusal([](tp::schema_editor& db) { db.rename_constraint("users", "age", "years"); }),
            "table `users`: there is no constraint `age` to rename; it has: uq_users_email, age_is_human");
  EXPECT_EQ(refusal([](tp::schema_editor& db) { db.rename_index("posts", "title", "by_title"); }),
            "table `posts`: there is no index `title`; it has: ix_posts_author_id_title_desc_92f67faf");
  EXPECT_EQ(refusal([](tp::schema_editor& db) { db.validate("users", "age"); }),
            "table `users`: there is no check or foreign key `age` to validate; it has: age_is_human");
  EXPECT_EQ(refusal([](tp::schema_editor& db) {
              db.create_enum("mood", {"bad", "good"});
              db.change_enum("moods", {"bad"});
            }),
            "there is no enum `moods`; at this point there are: mood");
  EXPECT_EQ(refusal([](tp::schema_editor& db) { db.drop_composite("size"); }),
            "there is no composite type `size`; at this point there are: none");
}

TEST(schema_editor, refuses_to_refine_what_is_finished) {
  EXPECT_NE(refusal([](tp::schema_editor& db) {
              tp::column_editor nick = db.add_column("users", "nick");
              db.add_column("users", "name").null();
              nick.null();
            }).find("in the statement that adds it"),
            std::string::npos);
}

TEST(schema_editor, refuses_to_change_a_table_while_it_creates_it) {
  EXPECT_NE(refusal([](tp::schema_editor& db) {
              db.create_table("t", [](tp::table_editor& t) {
                t.id();
                t.drop_column("id");
              });
            }).find("drop_column belongs in alter_table"),
            std::string::npos);
}

TEST(schema_editor, refuses_to_sort_by_a_column_that_is_not_in_the_index) {
  EXPECT_NE(refusal([](tp::schema_editor& db) { db.add_index("users", {"age"}).descending("email"); }).find("`users`"),
            std::string::npos);
}

TEST(schema_editor, refuses_changes_beside_those_that_are_made_concurrently) {
  const std::string said = refusal([](tp::schema_editor& db) {
    db.add_index("users", {"age"}).concurrently();
    db.run([](tp::lease&) -> tp::task<void> { co_return; });
  });
  EXPECT_NE(said.find("migration of its own"), std::string::npos) << said;
}
TEST(schema_editor, refuses_to_build_indexes_of_a_new_table_concurrently) {
  const std::string said = refusal([](tp::schema_editor& db) {
    db.create_table("new", [](tp::table_editor& t) {
      t.id();
      t.index({"id"}).concurrently();
    });
  });
  EXPECT_NE(said.find("`new`"), std::string::npos) << said;
}

}  // namespace
}  // namespace tupelo
