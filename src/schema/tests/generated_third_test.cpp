// SPDX-License-Identifier: Apache-2.0
// clang-format off
#include <tupelo/migration.hpp>
TUPELO_MIGRATION("20261122T093000_third", after("20261121T093000_second"))
void up(tp::schema_editor& db) {
  db.create_enum("mood", {"bad", "fine"});
  db.create_table("bookings", [](tp::table_editor& t) {
    t.id();
    t.integer("room").comment("its number");
    t.native_or_text("during", "tstzrange");
    t.enumeration("mood", "mood").default_value("fine");
    t.enumeration("moods", "mood").array().null();
    t.text("note");
    t.text("loud").generated_as("upper(note)");
    t.big_integer("size").generated_as("length(note)").not_stored();
    t.unique({"note"}).deferrable();
    t.unique({"room"}).nulls_not_distinct();
    t.index({"during"}).using_method("gist").name("by_during");
    t.search_index("english", {"note", "loud"}).weight("note", 'B');
    t.index({"room"})
        .expression("lower(note)")
        .column("note")
        .descending("lower(note)")
        .nulls_last("note")
        .operator_class("note", "text_pattern_ops")
        .include({"mood"});
    t.index({}).expression("lower(note)").nulls_first("lower(note)").unique().nulls_not_distinct();
    t.exclude("apart")
        .with("room", "=")
        .operator_class("int4_ops")
        .with("during", "&&")
        .where("room > 0")
        .deferrable();
    t.comment("who sleeps where");
  });
  db.rename_enum_value("mood", "fine", "good");
  db.change_enum("mood", {"bad", "so-so", "good"});
  db.alter_table("bookings", [](tp::table_editor& t) {
    t.comment("");
    t.change("room").comment("the room's number");
    t.change("loud").generated_as("upper(note) || '!'");
    t.change("size").not_generated_as();
    t.drop_exclusion("apart");
    t.exclude("spans").with_expression("int4range(room, 9)", "&&").using_method("spgist");
    t.search_index("simple", {"note"}).weight("note", 'A').name("words");
  });
}
void down(tp::schema_editor& db) {
  db.alter_table("bookings", [](tp::table_editor& t) {
    t.drop_index("words");
    t.drop_exclusion("spans");
    t.exclude("apart")
        .with("room", "=")
        .operator_class("int4_ops")
        .with("during", "&&")
        .where("room > 0")
        .deferrable();
    t.change("size").generated_as("length(note)").not_stored();
    t.change("loud").generated_as("upper(note)");
    t.change("room").comment("its number");
    t.comment("who sleeps where");
  });
  db.change_enum("mood", {"bad", "good"});
  db.rename_enum_value("mood", "good", "fine");
  db.drop_table("bookings");
  db.drop_enum("mood");
}
