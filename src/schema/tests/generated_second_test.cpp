// SPDX-License-Identifier: Apache-2.0
// clang-format off
#include <tupelo/migration.hpp>
TUPELO_MIGRATION("20261121T093000_second", after("20261120T080000_first"))
void up(tp::schema_editor& db) {
  // drops table many_things with all its rows
  db.drop_table("many_things");
  db.alter_table("users", [](tp::table_editor& t) {
    // rows of users need a value for nick: add .default_value(…) or .null()
    t.text("nick");
    t.rename_column("email", "mail");
    t.change("age").big_integer().not_null().default_value(-1);
    t.drop_check("age_is_human");
    t.check("grown_up", "age > 17");
  });
  db.alter_table("posts", [](tp::table_editor& t) {
    t.drop_index("ix_posts_author_id_title_desc_92f67faf");
    t.text("words").array().null();
    // drops column posts.views with all its values
    t.drop_column("views");
    t.drop_foreign_key("fk_posts_author_id");
    t.foreign_key("author_id").references("users", "id").on_delete(tp::restrict_delete);
    t.primary_key({"author_id", "title"});
    t.change("id").null().not_generated();
  });
  db.rename_table("posts", "articles");
  db.add_unique("articles", {"title"});
  db.execute(R"sql(UPDATE users
SET nick = '')sql");
}
void down(tp::schema_editor& db) {
  db.execute("UPDATE users SET nick = 'x'");
  db.drop_unique("articles", "uq_articles_title");
  db.rename_table("articles", "posts");
  db.alter_table("posts", [](tp::table_editor& t) {
    t.change("id").not_null().generated();
    t.primary_key({"id"});
    t.drop_foreign_key("fk_posts_author_id");
    t.foreign_key("author_id").references("users", "id").on_delete(tp::cascade);
    // brings posts.views back without the values that it had
    t.integer("views").default_value(0);
    t.drop_column("words");
    t.index({"author_id", "title"}).descending("title").where("views > 0");
  });
  db.alter_table("users", [](tp::table_editor& t) {
    t.drop_check("grown_up");
    t.check("age_is_human", "age >= 0 AND age < 200");
    // rows that had no age keep its default
    t.change("age").integer().null().no_default();
    t.rename_column("mail", "email");
    t.drop_column("nick");
  });
  // makes table many_things again without the rows that it had
  db.create_table("many_things", [](tp::table_editor& t) {
    t.uuid("key_a");
    t.varchar("key_b", 40);
    t.boolean("flag").default_value(true);
    t.decimal("price", 10, 2).null();
    t.text("note").default_value("it's \"so\"");
    t.timestamp("made_at").default_sql("CURRENT_TIMESTAMP");
    t.big_integer("user_id").null();
    t.native("spot", "POINT");
    t.varchar("tags", 20).array().default_value("[]");
    t.native_or_text("host", "inet");
    t.time_of_day("opens_at");
    t.interval("lease").null();
    t.primary_key({"key_a", "key_b"});
    t.unique({"note"}).name("note_once");
    t.unique({"flag", "price"});
    t.index({"note"}).name("by_note");
    t.index({"price", "flag"}).descending("price").unique().where("price > 0");
    t.check("ck_many_things_8c3d034f", "price >= 0");
    t.foreign_key("user_id")
        .references("users", "id")
        .on_delete(tp::set_null)
        .on_update(tp::cascade)
        .deferrable()
        .name("the_user");
  });
}
