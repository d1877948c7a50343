// SPDX-License-Identifier: Apache-2.0
// clang-format off
#include <tupelo/migration.hpp>
TUPELO_MIGRATION("20261120T080000_first")
void up(tp::schema_editor& db) {
  db.create_table("users", [](tp::table_editor& t) {
    t.id();
    t.text("email").unique();
    t.integer("age").null();
    t.timestamps();
    t.check("age_is_human", "age >= 0 AND age < 200");
  });
  db.create_table("posts", [](tp::table_editor& t) {
    t.id();
    t.big_integer("author_id");
    t.text("title");
    t.integer("views").default_value(0);
    t.index({"author_id", "title"}).descending("title").where("views > 0");
    t.foreign_key("author_id").references("users", "id").on_delete(tp::cascade);
  });
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
void down(tp::schema_editor& db) {
  db.drop_table("many_things");
  db.drop_table("posts");
  db.drop_table("users");
}
