// SPDX-License-Identifier: Apache-2.0
#include <tupelo/migration.hpp>
TUPELO_MIGRATION("20261122T100000_favourites_and_returns", after("20261122T090000_open_the_shop"))
void up(tp::schema_editor& db) {
  db.create_table("favourites", [](tp::table_editor& t) {
    t.big_integer("customer_id");
    t.big_integer("product_id");
    t.text("note");
    t.primary_key({"customer_id", "product_id"});
    t.index({"product_id"});
    t.foreign_key("customer_id").references("customers", "id").on_delete(tp::cascade);
    t.foreign_key("product_id").references("products", "id").on_delete(tp::cascade);
  });
  db.create_table("returns", [](tp::table_editor& t) {
    t.id();
    t.big_integer("order_id");
    t.big_integer("variant_id");
    t.integer("quantity");
    t.text("reason");
    t.index({"order_id", "variant_id"});
    t.check("something_came_back", "quantity > 0");
    t.foreign_key({"order_id", "variant_id"})
        .references("order_lines", {"order_id", "variant_id"})
        .on_delete(tp::cascade);
  });
}
void down(tp::schema_editor& db) {
  db.drop_table("returns");
  db.drop_table("favourites");
}
