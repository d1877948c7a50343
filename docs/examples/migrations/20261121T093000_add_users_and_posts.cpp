// SPDX-License-Identifier: Apache-2.0
#include <tupelo/migration.hpp>
TUPELO_MIGRATION("20261121T093000_add_users_and_posts")
void up(tp::schema_editor& db) {
  db.create_table("users", [](tp::table_editor& t) {
    t.id();
    t.text("email").unique();
    t.integer("age").null();
    t.text("address_street");
    t.text("address_city");
    t.text("role");
    t.timestamps();
    t.timestamp("deleted_at").null();
    t.index({"role", "created_at"});
    t.check("age_is_human", "age >= 0 AND age < 200");
  });
  db.create_table("posts", [](tp::table_editor& t) {
    t.id();
    t.big_integer("author_id");
    t.text("title");
    t.text("body");
    t.json("meta");
    t.integer("views");
    t.integer("version");
    t.index({"author_id", "title"});
    t.foreign_key("author_id").references("users", "id").on_delete(tp::cascade);
  });
}
void down(tp::schema_editor& db) {
  db.drop_table("posts");
  db.drop_table("users");
}
