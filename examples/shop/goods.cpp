// SPDX-License-Identifier: Apache-2.0
// Categories, products, variants, tags and files.
#include "shop.hpp"

#include <tupelo/json.hpp>
#include <tupelo/query/filters.hpp>
#include <tupelo/query/search.hpp>

#include <algorithm>

namespace shop {

namespace {

Product product(std::string name, std::string description, const char* price, std::vector<Variant> variants) {
  Product made{.name = std::move(name), .description = std::move(description), .price = tp::decimal::parse(price)};
  for (Variant& variant : variants) made.variants.add(std::move(variant));
  return made;
}

/// What customers may ask the catalogue for, and nothing else.
const tp::filters<Product>& catalogue_filters() {
  static const auto filters = tp::filters<Product>()
                                  .allow("name", tp::col<&Product::name>, {tp::filter_by::icontains})
                                  .allow("price", tp::col<&Product::price>, {tp::filter_by::lte, tp::filter_by::gte})
                                  .sort("price", tp::col<&Product::price>)
                                  .sort("name", tp::col<&Product::name>);
  return filters;
}

}  // namespace

tp::task<void> fill_the_shelves(tp::database& db) {
  chapter("Shelves: a tree of categories, products with their variants, in one flush");
  auto session = db.session();
  auto clothes = session.add(Category{.name = "Clothes"});
  auto shirts = session.add(Category{.name = "Shirts", .parent = clothes});  // a ref: no key is known yet
  auto shoes = session.add(Category{.name = "Shoes", .parent = clothes});
  auto books = session.add(Category{.name = "Books"});

  auto linen = session.add(product("Linen shirt", "A light shirt for warm days", "39.90",
                                   {{.sku = "LS-S", .size = Size::small, .stock = 5},
                                    {.sku = "LS-M", .size = Size::medium, .stock = 8},
                                    {.sku = "LS-L", .size = Size::large, .stock = 2}}));
  linen->category = shirts;
  auto boots = session.add(product("Hiking boots", "Warm boots, made to walk in the rain", "129.00",
                                   {{.sku = "HB-M", .size = Size::medium, .stock = 3}}));
  boots->category = shoes;
  auto novel = session.add(
      product("The Long Walk Home", "A novel about rain, boots and patience", "12.50", {{.sku = "LW-1", .stock = 40}}));
  novel->category = books;
  co_await session.commit();
  promise(linen->variants[2].product_id == linen->id, "three variants of one shirt, each with the shirt's key");
  promise(shirts->parent_id == clothes->id, "the shirts are below the clothes");

  chapter("Tags on products and categories, files of products");
  auto tags = co_await session.query<Tag>().all();
  promise(tags.empty(), "there are no tags yet");
  std::vector<Tag> made{{.name = "rain"}, {.name = "summer"}, {.name = "gift"}};
  co_await session.insert(made);
  co_await session.attach(boots, &Product::tags, made[0]);
  co_await session.attach(novel, &Product::tags, std::vector{made[0].id, made[2].id});
  co_await session.attach(shirts, &Category::tags, made[1]);
  auto toggled = co_await session.toggle(novel, &Product::tags, made[1]);
  promise(toggled.attached == 1, "a toggled tag is on the novel");
  auto kept = co_await session.sync(novel, &Product::tags, std::vector{made[0].id, made[2].id});
  promise(kept.detached == 1 && kept.attached == 0, "sync leaves the tags that it names and ends the third");
  std::vector<File> files{{.owner_type = "products", .owner_id = boots->id, .name = "boots-front.jpg"},
                          {.owner_type = "products", .owner_id = boots->id, .name = "boots-sole.jpg"}};
  co_await session.insert(files);
  co_await session.insert(File{.owner_type = "categories", .owner_id = shoes->id, .name = "shoes.jpg"});
}

tp::task<void> look_around(tp::database& db) {
  chapter("The catalogue");
  const auto top = co_await db.query<Category>()
                       .where(tp::col<&Category::parent_id>.is_null())
                       .order_by(tp::col<&Category::name>)
                       .with(&Category::children, &Category::products, &Product::variants)
                       .with(&Category::children, &Category::tags)
                       .with(&Category::children, &Category::picture)
                       .all();
  promise(top.size() == 2 && top[1].children.size() == 2,
          "two top categories, and all that is below them came with them, in one query for each kind");
  const auto& below_clothes = top[1].children;
  promise(std::ranges::count_if(below_clothes, [](const Category& c) { return c.picture.get() != nullptr; }) == 1,
          "one of the categories below the clothes has a picture");

  const auto tagged = co_await db.query<Product>()
                          .where_has(&Product::tags, [](auto& q) { q.where(tp::col<&Tag::name> == "rain"); })
                          .order_by(tp::col<&Product::name>)
                          .with(&Product::files, [](auto& q) { q.order_by(tp::col<&File::name>).limit(1); })
                          .all();
  promise(tagged.size() == 2 && tagged[0].files.size() == 1, "two products for the rain, the first file of each");

  const auto rain =
      co_await db.query<Tag>().where(tp::col<&Tag::name> == "rain").with(&Tag::products, &Product::category).one();
  promise(rain.products.size() == 2, "the same two from the other side: a tag's products, not its categories");

  const auto by_price = db.query<Product>().order_by(tp::col<&Product::price>);
  const auto cheap = co_await by_price.page_after(tp::cursor(), 2);
  const auto dear = co_await by_price.page_after(cheap.next, 2);
  promise(cheap.items.size() == 2 && dear.items.size() == 1 && dear.items[0].name == "Hiking boots",
          "pages that go on behind the last row, by price");

  const auto found = co_await db.query<Product>()
                         .where(tp::matches<Product>("boots -novel"))
                         .order_by(tp::search_rank<Product>("boots -novel").desc())
                         .pluck(tp::col<&Product::name>);
  promise(found == std::vector<std::string>{"Hiking boots"}, "a search for boots that is not about novels");

  const auto asked = catalogue_filters().read("price__lte=50&sort=-price&page_size=1");
  const auto page = co_await db.query<Product>().apply(asked).page(asked.page(), asked.page_size());
  promise(page.total == 2 && page.items[0].name == "Linen shirt", "a page of what a query string asked for");
  bool refused = false;
  try {
    catalogue_filters().read("stock__gt=1");
  } catch (const tp::error&) {
    refused = true;
  }
  promise(refused, "and no other column can be asked about");

  const auto stock = co_await db.query<Product>()
                         .order_by(tp::col<&Product::name>)
                         .select(tp::col<&Product::name>, tp::count_of(&Product::variants),
                                 tp::sum_of(&Product::variants, tp::col<&Variant::stock>))
                         .all();
  promise(std::get<2>(stock[1]) == 15, "fifteen linen shirts in three sizes, counted without loading them");

  const auto below = tp::recursive(
      "below",
      tp::query<Category>().where(tp::col<&Category::name> == "Clothes").select<std::int64_t>(tp::col<&Category::id>),
      [](const auto& above) {
        return tp::query<Category>()
            .join(above, tp::col<&Category::parent_id> == above.value())
            .template select<std::int64_t>(tp::col<&Category::id>);
      });
  const auto worn = co_await db.query<Product>()
                        .join(below, below.value() == tp::col<&Product::category_id>)
                        .order_by(tp::col<&Product::id>)
                        .all();
  promise(worn.size() == 2, "two products anywhere below the clothes");
  std::printf("  %s\n", tp::to_json_text(worn[0]).c_str());
}

}  // namespace shop
