// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/tupelo.hpp>

namespace tp = tupelo;

/// A shop with every kind of relation.
///
///   Category ─┬─ children (a tree)          Customer ─┬─ cart ── lines ── Variant
///             ├─ picture (one of the files)           ├─ favourites ── Product
///             └─ products ─┬─ variants                └─ orders ─┬─ lines ─┬─ Variant
///                          ├─ tags (shared with categories)      │         └─ returns
///                          └─ files (shared with orders)         ├─ payment
///                                                                └─ files
namespace shop {

struct Product;
struct Variant;
struct Customer;
struct Favourite;
struct Cart;
struct CartLine;
struct Order;
struct OrderLine;
struct Payment;
struct Return;
struct File;

enum class Size : std::uint8_t { one_size, small, medium, large };
enum class Status : std::uint8_t { placed, paid, shipped, cancelled };
enum class Method : std::uint8_t { card, transfer };

struct Address {
  std::string street, city, country;
};

/// Told of a row: who changed it and when. A group of fields that any model may have.
struct Audited {
  tp::timestamps times;    // created_at, updated_at
  std::string changed_by;  // set by an event
  static void mixin(tp::mixin<Audited>& m) { m.column(&Audited::changed_by).length(60); }
};

struct Tag {
  std::int64_t id{};
  std::string name;
  tp::many_to_many<Product> products;

  static void model(tp::model<Tag>& m) {
    m.unique(&Tag::name);
    m.many_to_many(&Tag::products, "taggings", "tag_id", "tagged_id").related_type("tagged_type");
  }
};

/// The table between tags and what they are on: products and categories.
struct Tagging {
  std::int64_t tag_id{};
  std::string tagged_type;
  std::int64_t tagged_id{};

  static void model(tp::model<Tagging>& m) {
    m.primary_key(&Tagging::tag_id, &Tagging::tagged_type, &Tagging::tagged_id);
    m.foreign_key(&Tagging::tag_id).references<Tag>().on_delete(tp::cascade);
    m.index(&Tagging::tagged_type, &Tagging::tagged_id);
  }
};

struct Category {
  std::int64_t id{};
  std::optional<std::int64_t> parent_id;
  std::string name;
  tp::belongs_to<Category> parent;
  tp::has_many<Category> children;
  tp::has_many<Product> products;
  tp::many_to_many<Tag> tags;
  tp::has_one<File> picture;

  static void model(tp::model<Category>& m) {
    m.belongs_to(&Category::parent, &Category::parent_id).on_delete(tp::cascade);
    m.has_many(&Category::children, "parent_id");
    m.has_many(&Category::products, "category_id");
    m.many_to_many(&Category::tags, "taggings", "tagged_id", "tag_id").own_type("tagged_type");
    m.has_one(&Category::picture).as("owner_type", "owner_id");
    m.unique(&Category::parent_id, &Category::name);
  }
};

struct Product {
  std::int64_t id{};
  std::int64_t category_id{};
  std::string name, description;
  tp::decimal price;
  tp::json properties = tp::json::object();
  Audited audit;
  tp::soft_deletes removal;  // deleted_at
  tp::belongs_to<Category> category;
  tp::has_many<Variant> variants;
  tp::has_many<OrderLine> sales;  // through the variants
  tp::many_to_many<Tag> tags;
  tp::has_many<File> files;
  tp::many_to_many<Customer> admirers;

  static void model(tp::model<Product>& m) {
    m.column(&Product::price).precision(10, 2);
    m.check("price_is_not_negative", tp::col<&Product::price> >= 0);
    m.belongs_to(&Product::category, &Product::category_id);
    m.has_many(&Product::variants, "product_id");
    m.has_many(&Product::sales).through(&Product::variants, "sales");
    m.many_to_many(&Product::tags, "taggings", "tagged_id", "tag_id").own_type("tagged_type");
    m.has_many(&Product::files).as("owner_type", "owner_id");
    m.many_to_many(&Product::admirers, "favourites", "product_id", "customer_id");
    m.search_index("english", &Product::name, &Product::description).weight(&Product::name, 'A');
  }
};

struct Variant {
  std::int64_t id{};
  std::int64_t product_id{};
  std::string sku;
  Size size{Size::one_size};
  int stock{};
  int version{};
  tp::belongs_to<Product> product;
  tp::has_many<OrderLine> sales;

  static void model(tp::model<Variant>& m) {
    m.unique(&Variant::sku);
    m.check("stock_is_there", tp::col<&Variant::stock> >= 0);
    m.version(&Variant::version);
    m.belongs_to(&Variant::product, &Variant::product_id).on_delete(tp::cascade);
    m.has_many(&Variant::sales, "variant_id");
  }
};

struct Customer {
  std::int64_t id{};
  std::string email, name;
  Address address;  // columns address_street, address_city, address_country
  tp::has_one<Cart> cart;
  tp::has_many<Order> orders;
  tp::has_many<Payment> payments;                   // through the orders
  tp::many_to_many<Product, Favourite> favourites;  // with what the customer wrote to each

  static void model(tp::model<Customer>& m) {
    m.unique(&Customer::email);
    m.has_one(&Customer::cart, "customer_id");
    m.has_many(&Customer::orders, "customer_id");
    m.has_many(&Customer::payments).through(&Customer::orders, "payment");
    m.many_to_many(&Customer::favourites, "favourites", "customer_id", "product_id");
  }
};

/// The table between customers and the products they like, with what they wrote to it.
struct Favourite {
  std::int64_t customer_id{};
  std::int64_t product_id{};
  std::string note;

  static void model(tp::model<Favourite>& m) {
    m.primary_key(&Favourite::customer_id, &Favourite::product_id);
    m.foreign_key(&Favourite::customer_id).references<Customer>().on_delete(tp::cascade);
    m.foreign_key(&Favourite::product_id).references<Product>().on_delete(tp::cascade);
    m.index(&Favourite::product_id);
  }
};

struct Cart {
  std::int64_t id{};
  std::int64_t customer_id{};
  tp::timestamps times;
  tp::belongs_to<Customer> customer;
  tp::has_many<CartLine> lines;

  static void model(tp::model<Cart>& m) {
    m.unique(&Cart::customer_id);
    m.belongs_to(&Cart::customer, &Cart::customer_id).on_delete(tp::cascade);
    m.has_many(&Cart::lines, "cart_id");
  }
};

struct CartLine {
  std::int64_t cart_id{};
  std::int64_t variant_id{};
  int quantity{1};
  tp::belongs_to<Cart> cart;
  tp::belongs_to<Variant> variant;

  static void model(tp::model<CartLine>& m) {
    m.primary_key(&CartLine::cart_id, &CartLine::variant_id);
    m.check("quantity_is_positive", tp::col<&CartLine::quantity> > 0);
    m.belongs_to(&CartLine::cart, &CartLine::cart_id).on_delete(tp::cascade);
    m.belongs_to(&CartLine::variant, &CartLine::variant_id).on_delete(tp::cascade);
  }
};

struct Order {
  std::int64_t id{};
  std::int64_t customer_id{};
  Status status{Status::placed};
  tp::timestamp placed_at{};
  Address ship_to;
  Audited audit;
  tp::belongs_to<Customer> customer;
  tp::has_many<OrderLine> lines;
  tp::has_one<Payment> payment;
  tp::has_many<File> files;

  static void model(tp::model<Order>& m) {
    m.belongs_to(&Order::customer, &Order::customer_id).on_delete(tp::restrict_delete);
    m.has_many(&Order::lines, "order_id");
    m.has_one(&Order::payment, "order_id");
    m.has_many(&Order::files).as("owner_type", "owner_id");
    m.index(&Order::customer_id, &Order::placed_at);
  }
};

struct OrderLine {
  std::int64_t order_id{};
  std::int64_t variant_id{};
  int quantity{};
  tp::decimal price;  // of one, when it was ordered
  tp::belongs_to<Order> order;
  tp::belongs_to<Variant> variant;
  tp::has_many<Return> returns;

  static void model(tp::model<OrderLine>& m) {
    m.primary_key(&OrderLine::order_id, &OrderLine::variant_id);
    m.column(&OrderLine::price).precision(10, 2);
    m.belongs_to(&OrderLine::order, &OrderLine::order_id).on_delete(tp::cascade);
    m.belongs_to(&OrderLine::variant, &OrderLine::variant_id).on_delete(tp::restrict_delete);
    m.has_many(&OrderLine::returns, "order_id", "variant_id");
    m.index(&OrderLine::variant_id);
  }
};

/// What came back of an order's line; the line's key has two columns.
struct Return {
  std::int64_t id{};
  std::int64_t order_id{};
  std::int64_t variant_id{};
  int quantity{};
  std::string reason;
  tp::belongs_to<OrderLine> line;

  static void model(tp::model<Return>& m) {
    m.check("something_came_back", tp::col<&Return::quantity> > 0);
    m.belongs_to(&Return::line, &Return::order_id, &Return::variant_id).on_delete(tp::cascade);
    m.index(&Return::order_id, &Return::variant_id);
  }
};

struct Payment {
  std::int64_t id{};
  std::int64_t order_id{};
  Method method{Method::card};
  tp::decimal amount;
  tp::timestamp paid_at{};
  tp::belongs_to<Order> order;
  tp::has_one<Customer> payer;  // through the order

  static void model(tp::model<Payment>& m) {
    m.unique(&Payment::order_id);
    m.column(&Payment::amount).precision(10, 2);
    m.belongs_to(&Payment::order, &Payment::order_id).on_delete(tp::cascade);
    m.has_one(&Payment::payer).through(&Payment::order, &Order::customer);
  }
};

/// A picture of a product or category, or an order's invoice.
struct File {
  std::int64_t id{};
  std::string owner_type;
  std::int64_t owner_id{};
  std::string name;
  tp::belongs_to_any<Product, Order, Category> owner;

  static void model(tp::model<File>& m) {
    m.belongs_to_any(&File::owner, &File::owner_type, &File::owner_id);
    m.index(&File::owner_type, &File::owner_id);
  }
};

/// What has been done, by whom: written by events, in the transaction of what they tell.
struct AuditEntry {
  std::int64_t id{};
  tp::timestamp at{};
  std::string who, what;

  static void model(tp::model<AuditEntry>& m) { m.index(&AuditEntry::at); }
};

}  // namespace shop
