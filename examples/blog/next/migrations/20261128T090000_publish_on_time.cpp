// SPDX-License-Identifier: Apache-2.0
#include <tupelo/migration.hpp>
TUPELO_MIGRATION("20261128T090000_publish_on_time", after("20261121T090000_create_the_blog"))
void up(tp::schema_editor& db) {
  db.alter_table("posts", [](tp::table_editor& t) {
    t.rename_column("body", "content");
    t.timestamp("published_at").null();
    t.check("title_is_said", "title <> ''");
    t.index({"published_at"});
  });
  db.add_column("users", "bio").text().null();
}
void down(tp::schema_editor& db) {
  db.drop_column("users", "bio");
  db.alter_table("posts", [](tp::table_editor& t) {
    t.drop_index("ix_posts_published_at");
    t.drop_check("title_is_said");
    t.drop_column("published_at");
    t.rename_column("content", "body");
  });
}
