// SPDX-License-Identifier: Apache-2.0
#include <tupelo/migration.hpp>
TUPELO_MIGRATION("20261122T090000_open_the_shop")
void up(tp::schema_editor& db) {
  db.create_table("audit_entries", [](tp::table_editor& t) {
    t.id();
    t.timestamp("at");
    t.text("who");
    t.text("what");
    t.index({"at"});
  });
  db.create_table("categories", [](tp::table_editor& t) {
    t.id();
    t.big_integer("parent_id").null();
    t.text("name");
    t.unique({"parent_id", "name"});
    t.foreign_key("parent_id").references("categories", "id").on_delete(tp::cascade);
  });
  db.create_table("customers", [](tp::table_editor& t) {
    t.id();
    t.text("email").unique();
    t.text("name");
    t.text("address_street");
    t.text("address_city");
    t.text("address_country");
  });
  db.create_table("carts", [](tp::table_editor& t) {
    t.id();
    t.big_integer("customer_id").unique();
    t.timestamps();
    t.foreign_key("customer_id").references("customers", "id").on_delete(tp::cascade);
  });
  db.create_table("files", [](tp::table_editor& t) {
    t.id();
    t.text("owner_type");
    t.big_integer("owner_id");
    t.text("name");
    t.index({"owner_type", "owner_id"});
  });
  db.create_table("orders", [](tp::table_editor& t) {
    t.id();
    t.big_integer("customer_id");
    t.text("status");
    t.timestamp("placed_at");
    t.text("ship_to_street");
    t.text("ship_to_city");
    t.text("ship_to_country");
    t.timestamps();
    t.varchar("changed_by", 60);
    t.index({"customer_id", "placed_at"});
    t.foreign_key("customer_id").references("customers", "id").on_delete(tp::restrict_delete);
  });
  db.create_table("payments", [](tp::table_editor& t) {
    t.id();
    t.big_integer("order_id").unique();
    t.text("method");
    t.decimal("amount", 10, 2);
    t.timestamp("paid_at");
    t.foreign_key("order_id").references("orders", "id").on_delete(tp::cascade);
  });
  db.create_table("products", [](tp::table_editor& t) {
    t.id();
    t.big_integer("category_id");
    t.text("name");
    t.text("description");
    t.decimal("price", 10, 2);
    t.json("properties");
    t.timestamps();
    t.varchar("changed_by", 60);
    t.timestamp("deleted_at").null();
    t.search_index("english", {"name", "description"}).weight("name", 'A');
    t.check("price_is_not_negative", "price >= 0");
    t.foreign_key("category_id").references("categories", "id");
  });
  db.create_table("tags", [](tp::table_editor& t) {
    t.id();
    t.text("name").unique();
  });
  db.create_table("taggings", [](tp::table_editor& t) {
    t.big_integer("tag_id");
    t.text("tagged_type");
    t.big_integer("tagged_id");
    t.primary_key({"tag_id", "tagged_type", "tagged_id"});
    t.index({"tagged_type", "tagged_id"});
    t.foreign_key("tag_id").references("tags", "id").on_delete(tp::cascade);
  });
  db.create_table("variants", [](tp::table_editor& t) {
    t.id();
    t.big_integer("product_id");
    t.text("sku").unique();
    t.text("size");
    t.integer("stock");
    t.integer("version");
    t.check("stock_is_there", "stock >= 0");
    t.foreign_key("product_id").references("products", "id").on_delete(tp::cascade);
  });
  db.create_table("cart_lines", [](tp::table_editor& t) {
    t.big_integer("cart_id");
    t.big_integer("variant_id");
    t.integer("quantity");
    t.primary_key({"cart_id", "variant_id"});
    t.check("quantity_is_positive", "quantity > 0");
    t.foreign_key("cart_id").references("carts", "id").on_delete(tp::cascade);
    t.foreign_key("variant_id").references("variants", "id").on_delete(tp::cascade);
  });
  db.create_table("order_lines", [](tp::table_editor& t) {
    t.big_integer("order_id");
    t.big_integer("variant_id");
    t.integer("quantity");
    t.decimal("price", 10, 2);
    t.primary_key({"order_id", "variant_id"});
    t.index({"variant_id"});
    t.foreign_key("order_id").references("orders", "id").on_delete(tp::cascade);
    t.foreign_key("variant_id").references("variants", "id").on_delete(tp::restrict_delete);
  });
}
void down(tp::schema_editor& db) {
  db.drop_table("order_lines");
  db.drop_table("cart_lines");
  db.drop_table("variants");
  db.drop_table("taggings");
  db.drop_table("tags");
  db.drop_table("products");
  db.drop_table("payments");
  db.drop_table("orders");
  db.drop_table("files");
  db.drop_table("carts");
  db.drop_table("customers");
  db.drop_table("categories");
  db.drop_table("audit_entries");
}
