// SPDX-License-Identifier: Apache-2.0
// Customers, carts, orders, payments, and what was done.
#include "shop.hpp"

#include <tupelo/repository.hpp>
#include <tupelo/engine/events.hpp>
#include <tupelo/core/as_result.hpp>

namespace shop {

void listen(tp::database& db) {
  db.events()
      .on<Product>(tp::event::saving, [](Product& product) { product.audit.changed_by = "the shop"; })
      .on<Order>(tp::event::saving, [](Order& order) { order.audit.changed_by = "the till"; })
      .on<Order>(tp::event::created,
                 [](Order& order, tp::lease& in) -> tp::task<void> {
                   co_await in.insert(AuditEntry{.at = tp::timestamp::now(),
                                                 .who = order.audit.changed_by,
                                                 .what = "order " + std::to_string(order.id)});
                 })
      .on<Customer>(tp::event::deleting, [](Customer&) { throw tp::vetoed("customers are kept for their invoices"); });
}

namespace {

class customers : public tp::repository<Customer> {
public:
  using repository::repository;
  auto by_email(std::string email) const { return query().where(tp::col<&Customer::email> == email).first(); }
};

tp::task<std::int64_t> put_into_cart(tp::database& db, std::int64_t customer, std::string sku, int quantity) {
  auto session = db.session();
  auto cart = co_await session.query<Cart>().where(tp::col<&Cart::customer_id> == customer).first();
  auto mine = cart ? session.attach(*cart) : session.add(Cart{.customer_id = customer});
  auto variant = co_await session.query<Variant>().where(tp::col<&Variant::sku> == sku).one();
  session.add(CartLine{.variant_id = variant.id, .quantity = quantity, .cart = mine});
  co_await session.commit();
  co_return mine->id;
}

/// Turns a cart into an order: all or nothing, also where two buy the last shirt at the same time.
tp::task<std::int64_t> check_out(tp::database& db, std::int64_t cart_id) {
  co_return co_await db.transaction([cart_id](tp::session& s) -> tp::task<std::int64_t> {
    auto cart = co_await s.get<Cart>(cart_id, tp::for_update);
    co_await s.load(cart, &Cart::customer);
    co_await s.load(cart, &Cart::lines, &CartLine::variant, &Variant::product);
    Order order{
        .customer_id = cart->customer_id, .placed_at = tp::timestamp::now(), .ship_to = cart->customer->address};
    tp::decimal total;
    for (const CartLine& line : cart->lines) {
      order.lines.add(
          OrderLine{.variant_id = line.variant_id, .quantity = line.quantity, .price = line.variant->product->price});
      total = total + line.variant->product->price * tp::decimal(line.quantity);
      auto stocked = co_await s.get<Variant>(line.variant_id, tp::for_update);
      stocked->stock -= line.quantity;  // the check refuses less than nothing
    }
    order.payment = Payment{.amount = total, .paid_at = tp::timestamp::now()};
    auto placed = s.add(std::move(order));
    s.remove(cart);  // its lines go with it
    co_await s.flush();
    co_return placed->id;
  });
}

}  // namespace

tp::task<void> buy(tp::database& db) {
  chapter("Customers buy");
  std::int64_t ada = 0;
  std::int64_t bob = 0;
  co_await db.transaction([&](tp::session& s) -> tp::task<void> {
    const customers all(s);
    auto first = co_await all.create(
        Customer{.email = "ada@example.com", .name = "Ada", .address = {"12 Byron Rd", "London", "GB"}});
    auto second = co_await all.create(
        Customer{.email = "bob@example.com", .name = "Bob", .address = {"3 Rue Monge", "Paris", "FR"}});
    ada = first->id;
    bob = second->id;
  });
  static_cast<void>(co_await put_into_cart(db, ada, "LS-L", 1));
  auto carts = co_await put_into_cart(db, ada, "LW-1", 2);
  const auto filled = co_await db.get<Customer>(ada).with(&Customer::cart, &Cart::lines);
  promise(filled.cart->lines.size() == 2, "Ada has one cart, with two lines");
  auto order = co_await check_out(db, carts);
  const Order placed = co_await db.get<Order>(order).with(&Order::payment).with(&Order::lines);
  promise(placed.lines.size() == 2 && placed.payment->amount == tp::decimal::parse("64.90"),
          "Ada's order has two lines, and is paid with 64.90");
  promise(placed.audit.changed_by == "the till", "an event wrote who did it");
  promise(!co_await db.query<CartLine>().exists(), "her cart is gone, with its lines");

  auto greedy = co_await put_into_cart(db, bob, "LS-L", 2);
  auto refused = co_await tp::as_result(check_out(db, greedy));
  promise(!refused && refused.error().code() == tp::errc::check_violation,
          "Bob cannot have two shirts of which one is left");
  promise((co_await db.query<Order>().count()) == 1 && (co_await db.query<CartLine>().count()) == 1,
          "nothing of his order is there, and his cart is as it was");
  promise((co_await db.query<AuditEntry>().count()) == 1,
          "nor is it in the audit, which is written in the order's transaction");
  co_await db.update<CartLine>()
      .set(tp::col<&CartLine::quantity>, 1)
      .where(tp::col<&CartLine::cart_id> == greedy)
      .run();
  auto order_of_bob = co_await check_out(db, greedy);
  std::vector<File> invoices{{.owner_type = "orders", .owner_id = order, .name = "invoice-1.pdf"},
                             {.owner_type = "orders", .owner_id = order_of_bob, .name = "invoice-2.pdf"}};
  co_await db.insert(invoices);
}

tp::task<void> look_back(tp::database& db) {
  chapter("What was sold");
  const auto people = co_await db.query<Customer>()
                          .order_by(tp::col<&Customer::name>)
                          .with(&Customer::payments)  // through their orders
                          .with(&Customer::orders, &Order::lines, &OrderLine::variant, &Variant::product)
                          .all();
  promise(people[0].payments.size() == 1 && people[1].payments[0].amount == tp::decimal::parse("39.90"),
          "what each customer has paid, through the orders");
  promise(people[0].orders[0].lines.size() == 2, "and what it was for, five levels deep");

  const auto sold = co_await db.query<Product>()
                        .where_has(&Product::sales)
                        .order_by(tp::col<&Product::name>)
                        .with(&Product::sales)
                        .all();
  promise(sold.size() == 2 && sold[0].sales.size() == 2, "two linen shirts were sold, found through their variants");

  const auto till = co_await db.query<Order>()
                        .order_by(tp::col<&Order::id>)
                        .with(tp::joined(&Order::payment))  // in the statement that reads the orders
                        .with_count(&Order::lines)
                        .with_sum(&Order::lines, tp::col<&OrderLine::quantity>)
                        .all();
  const auto& [first, lines, pieces] = till[0];
  promise(first.payment->amount == tp::decimal::parse("64.90") && lines == 2 && pieces == 3,
          "each order with its payment, its lines and its pieces, in one statement");

  const auto payments = co_await db.query<Payment>().order_by(tp::col<&Payment::id>).with(&Payment::payer).all();
  promise(payments[0].payer->name == "Ada", "who paid first, through the order that was paid");

  const auto files = co_await db.query<File>().order_by(tp::col<&File::name>).with(&File::owner).all();
  int of_orders = 0;
  int of_products = 0;
  for (const File& file : files) {
    if (file.owner.get<Order>()) ++of_orders;
    if (file.owner.get<Product>()) ++of_products;
  }
  promise(of_orders == 2 && of_products == 2 && files.size() == 5,
          "two files of orders, two of products and one of a category, with their owners");
  const auto orders = co_await db.query<Order>().order_by(tp::col<&Order::id>).with(&Order::files).all();
  promise(orders[0].files.size() == 1 && orders[0].files[0].name == "invoice-1.pdf", "each order with its own");

  struct Best {
    std::string name;
    tp::decimal revenue;
    std::int64_t place;
  };
  const auto revenue = tp::sum(tp::col<&OrderLine::price> * tp::col<&OrderLine::quantity>);
  const auto best = co_await db.query<OrderLine>()
                        .join<Variant>(tp::col<&Variant::id> == tp::col<&OrderLine::variant_id>)
                        .join<Product>(tp::col<&Product::id> == tp::col<&Variant::product_id>)
                        .group_by(tp::col<&Product::name>)
                        .order_by(tp::col<&Product::name>)
                        .select<Best>(tp::col<&Product::name>, revenue, tp::rank().over(tp::order_by(revenue.desc())))
                        .all();
  promise(best[0].place == 1 && best[0].revenue == tp::decimal::parse("79.80"), "linen shirts brought most");
}

tp::task<void> like_and_return(tp::database& db) {
  chapter("Favourites, and what comes back");
  auto ada = co_await db.query<Customer>().where(tp::col<&Customer::name> == "Ada").one();
  auto novel = co_await db.query<Product>().where(tp::col<&Product::name> == "The Long Walk Home").one();
  co_await db.attach(ada, &Customer::favourites, novel, Favourite{.note = "for the summer"});
  const auto liked = co_await db.query<Product>().where_has(&Product::admirers).with(&Product::admirers).all();
  promise(liked.size() == 1 && liked[0].admirers[0].name == "Ada", "one product has an admirer");
  co_await db.load(ada, &Customer::favourites);
  promise(ada.favourites[0].id == novel.id && ada.favourites.pivot(0).note == "for the summer",
          "and she has what she likes, with the note in the row between them");

  const auto line =
      co_await db.query<OrderLine>().order_by(tp::col<&OrderLine::quantity>.desc()).with(&OrderLine::variant).first();
  co_await db.insert(
      Return{.order_id = line->order_id, .variant_id = line->variant_id, .quantity = 1, .reason = "a gift, twice"});
  const auto returned = co_await db.query<Return>().with(&Return::line, &OrderLine::variant).one();
  promise(returned.line->variant->sku == "LW-1", "a novel came back, found by both columns of its line's key");
  const auto lines = co_await db.query<OrderLine>().where_has(&OrderLine::returns).with(&OrderLine::returns).all();
  promise(lines.size() == 1 && lines[0].returns[0].reason == "a gift, twice", "and found from there");
}

tp::task<void> clear_out(tp::database& db) {
  chapter("Clearing out");
  auto session = db.session();
  auto boots = co_await session.query<Product>().where(tp::col<&Product::name> == "Hiking boots").one();
  auto old = session.attach(boots);
  session.remove(old);
  co_await session.commit();
  promise((co_await db.query<Product>().count()) == 2, "removed boots are out of the catalogue");
  auto marked = co_await session.get<Product>(boots.id);  // a key finds marked rows, too
  session.restore(marked);
  co_await session.commit();
  promise((co_await db.query<Product>().count()) == 3, "and come back");

  auto ada = session.attach(co_await session.query<Customer>().where(tp::col<&Customer::name> == "Ada").one());
  session.remove(ada);
  auto vetoed = co_await tp::as_result(session.commit());
  promise(!vetoed, "no customer is removed: an event forbids it");

  auto stale = co_await db.query<Variant>().where(tp::col<&Variant::sku> == "LW-1").one();
  Variant mine = stale;
  mine.stock += 10;
  co_await db.update(mine);
  stale.stock += 10;
  auto written = co_await tp::as_result(db.update(stale));
  promise(!written && written.error().code() == tp::errc::stale_row,
          "of two who count the stock, one is told to count again");
}

}  // namespace shop
