// SPDX-License-Identifier: Apache-2.0
#include <tupelo/migration.hpp>
TUPELO_MIGRATION("20261121T090000_create_the_blog")
void up(tp::schema_editor& db) {
  db.create_table("tags", [](tp::table_editor& t) {
    t.id();
    t.text("name").unique();
  });
  db.create_table("users", [](tp::table_editor& t) {
    t.id();
    t.text("email");
    t.text("name");
    t.text("role");
    t.timestamps();
    t.timestamp("deleted_at").null();
    t.index({"email"}).unique().where("deleted_at IS NULL");
    t.index({"role", "created_at"});
  });
  db.create_table("posts", [](tp::table_editor& t) {
    t.id();
    t.big_integer("author_id");
    t.text("title");
    t.text("body");
    t.text("status");
    t.integer("views");
    t.json("meta");
    t.timestamps();
    t.integer("version");
    t.index({"author_id", "title"});
    t.index({"views"}).where("status = 'published'").name("posts_popular");
    t.check("views_are_counted", "views >= 0");
    t.foreign_key("author_id").references("users", "id").on_delete(tp::cascade);
  });
  db.create_table("comments", [](tp::table_editor& t) {
    t.id();
    t.big_integer("post_id");
    t.big_integer("author_id").null();
    t.text("text");
    t.integer("likes");
    t.timestamp("created_at");
    t.index({"post_id", "created_at"});
    t.foreign_key("author_id").references("users", "id").on_delete(tp::set_null);
    t.foreign_key("post_id").references("posts", "id").on_delete(tp::cascade);
  });
  db.create_table("post_tags", [](tp::table_editor& t) {
    t.big_integer("post_id");
    t.big_integer("tag_id");
    t.primary_key({"post_id", "tag_id"});
    t.index({"tag_id"});
    t.foreign_key("post_id").references("posts", "id").on_delete(tp::cascade);
    t.foreign_key("tag_id").references("tags", "id").on_delete(tp::cascade);
  });
  db.create_table("profiles", [](tp::table_editor& t) {
    t.big_integer("user_id").primary_key();
    t.text("website").null();
    t.text("address_city");
    t.text("address_country");
    t.boolean("newsletter");
    t.date("born_on").null();
    t.index({"address_country"});
    t.foreign_key("user_id").references("users", "id").on_delete(tp::cascade);
  });
}
void down(tp::schema_editor& db) {
  db.drop_table("profiles");
  db.drop_table("post_tags");
  db.drop_table("comments");
  db.drop_table("posts");
  db.drop_table("users");
  db.drop_table("tags");
}
