// SPDX-License-Identifier: Apache-2.0
// Related objects of related objects that are read by one statement.
#include "library.hpp"

#include <map>

namespace tupelo::conformance::library {
namespace {

struct ChainRegion;
struct ChainShop;
struct ChainBadge;

/// Its key is a text and a number, and it may be in another region.
struct ChainRegion {
  std::string country{};
  std::int64_t number{};
  std::string name{};
  std::optional<std::string> in_country{};
  std::optional<std::int64_t> in_number{};
  belongs_to<ChainRegion> around{};
  has_many<ChainShop> shops{};

  static void model(tupelo::model<ChainRegion>& m) {
    m.table("chain_regions");
    m.primary_key(&ChainRegion::country, &ChainRegion::number);
    m.belongs_to(&ChainRegion::around, &ChainRegion::in_country, &ChainRegion::in_number);
    m.has_many(&ChainRegion::shops, "country", "region_number");
  }
};
struct ChainShop {
  std::int64_t id{};
  std::string name{};
  std::optional<std::string> country{};
  std::optional<std::int64_t> region_number{};
  std::optional<timestamp> deleted_at{};
  belongs_to<ChainRegion> region{};
  has_one<ChainBadge> badge{};

  static void model(tupelo::model<ChainShop>& m) {
    m.table("chain_shops");
    m.soft_delete(&ChainShop::deleted_at);
    m.belongs_to(&ChainShop::region, &ChainShop::country, &ChainShop::region_number);
    m.has_one(&ChainShop::badge, "shop_id");
  }
};
struct ChainBadge {
  std::int64_t id{};
  std::int64_t shop_id{};
  bool shown = true;
  std::string text{};

  static void model(tupelo::model<ChainBadge>& m) {
    m.table("chain_badges");
    m.unique(&ChainBadge::shop_id);
    m.default_scope("shown", col<&ChainBadge::shown> == true);
  }
};
struct ChainSale {
  std::int64_t id{};
  std::optional<std::int64_t> shop_id{};
  belongs_to<ChainShop> shop{};

  static void model(tupelo::model<ChainSale>& m) {
    m.table("chain_sales");
    m.belongs_to(&ChainSale::shop, &ChainSale::shop_id);
  }
};

/// Reviews of books of authors, folders in folders; sales in shops in regions in regions.
class joined_chains : public library_test {
protected:
  void make_shops() {
    create<ChainRegion, ChainShop, ChainBadge, ChainSale>();
    std::vector<ChainRegion> regions{
        {.country = "de", .number = 1, .name = "south"},
        {.country = "de", .number = 2, .name = "alps", .in_country = "de", .in_number = 1},
        {.country = "at", .number = 2, .name = "tyrol", .in_country = "de", .in_number = 2}};
    sync_wait(db.insert(regions));
    std::vector<ChainShop> shops{{.name = "top", .country = "at", .region_number = 2},
                                 {.name = "low", .country = "de", .region_number = 1},
                                 {.name = "net"},
                                 {.name = "gone", .country = "de", .region_number = 2}};
    sync_wait(db.insert(shops));
    std::vector<ChainBadge> badges{{.shop_id = shops[0].id, .text = "old"},
                                   {.shop_id = shops[1].id, .shown = false, .text = "hidden"},
                                   {.shop_id = shops[3].id, .text = "of none"}};
    sync_wait(db.insert(badges));
    sync_wait(db.erase(shops[3]));
    std::vector<ChainSale> sales{{.shop_id = shops[0].id}, {.shop_id = shops[1].id}, {.shop_id = shops[2].id}, {},
                                 {.shop_id = shops[3].id}, {.shop_id = shops[0].id}};
    sync_wait(db.insert(sales));
  }
  auto sales() { return db.query<ChainSale>().order_by(col<&ChainSale::id>); }
  auto reviews() { return db.query<Review>().order_by(col<&Review::stars>); }
};
TUPELO_CONFORMANCE_SUITE(joined_chains);

TEST_P(joined_chains, are_one_statement) {
  std::vector<Review> found;
  EXPECT_EQ(
      statements_of([&] { found = sync_wait(reviews().with(joined(&Review::book), joined(&Book::author)).all()); }),
      1U);
  ASSERT_EQ(found.size(), 5U);
  EXPECT_EQ(found[0].book->title, "C");
  EXPECT_EQ(found[0].book->author->name, "ada");
  EXPECT_EQ(found[1].book->author->name, "bob");
  EXPECT_EQ(found[2].book.get(), found[4].book.get()) << "an object of several rows is one";
  EXPECT_EQ(found[0].book->author.get(), found[4].book->author.get()) << "and so is one behind it";
}
TEST_P(joined_chains, give_what_statements_of_their_own_give) {
  make_shops();
  std::vector<ChainSale> together;
  EXPECT_EQ(statements_of([&] {
              together = sync_wait(sales()
                                       .with(joined(&ChainSale::shop), joined(&ChainShop::region),
                                             joined(&ChainRegion::around), joined(&ChainRegion::around))
                                       .with(joined(&ChainSale::shop), joined(&ChainShop::badge))
                                       .all());
            }),
            1U);
  const auto apart =
      sync_wait(sales()
                    .with(&ChainSale::shop, &ChainShop::region, &ChainRegion::around, &ChainRegion::around)
                    .with(&ChainSale::shop, &ChainShop::badge)
                    .all());
  const auto text_of = [](const ChainSale& sale) {
    std::string text = std::to_string(sale.id);
    if (!sale.shop.loaded() || sale.shop.get() == nullptr) return text + (sale.shop.loaded() ? " nowhere" : " ?");
    text += " " + sale.shop->name;
    text += !sale.shop->badge.loaded() ? " ?" : sale.shop->badge.get() ? " " + sale.shop->badge->text : " no badge";
    const ChainRegion* region = sale.shop->region.get();
    for (int level = 0; level < 3; ++level) {
      if (region == nullptr) return text + " end";
      text += " " + region->country + std::to_string(region->number) + region->name;
      if (level < 2) {
        EXPECT_TRUE(region->around.loaded()) << text;
        region = region->around.get();
      }
    }
    return text;
  };
  ASSERT_EQ(together.size(), apart.size());
  names found, expected;
  for (const ChainSale& sale : together) found.push_back(text_of(sale));
  for (const ChainSale& sale : apart) expected.push_back(text_of(sale));
  EXPECT_EQ(found, expected);
  const std::string first = std::to_string(together[0].id);
  EXPECT_EQ(found[0], first + " top old at2tyrol de2alps de1south");
  EXPECT_EQ(found[1].substr(found[1].find(' ')), " low no badge de1south end") << "a badge that a scope hides";
  EXPECT_EQ(found[2].substr(found[2].find(' ')), " net no badge end") << "a key of NULLs in the middle";
  EXPECT_EQ(found[3].substr(found[3].find(' ')), " nowhere");
  EXPECT_EQ(found[4].substr(found[4].find(' ')), " nowhere") << "a soft-deleted object in the middle";
}
TEST_P(joined_chains, go_through_a_model_several_times) {
  create<Folder>();
  const auto add = [&](std::string name, std::optional<std::int64_t> parent) {
    return sync_wait(db.insert(Folder{.parent_id = parent, .name = std::move(name)})).id;
  };
  const std::int64_t root = add("root", std::nullopt);
  const std::int64_t left = add("left", root);
  const std::int64_t leaf = add("leaf", left);
  std::vector<Folder> found;
  EXPECT_EQ(statements_of([&] {
              found = sync_wait(db.query<Folder>()
                                    .order_by(col<&Folder::id>)
                                    .with(joined(&Folder::parent), joined(&Folder::parent), joined(&Folder::parent))
                                    .all());
            }),
            1U);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].parent.get(), nullptr);
  EXPECT_EQ(found[1].parent->id, root);
  EXPECT_TRUE(found[1].parent->parent.loaded());
  EXPECT_EQ(found[2].id, leaf);
  EXPECT_EQ(found[2].parent->id, left);
  EXPECT_EQ(found[2].parent->parent->name, "root");
  EXPECT_TRUE(found[2].parent->parent->parent.loaded());
  EXPECT_EQ(found[2].parent->parent->parent.get(), nullptr);
}
TEST_P(joined_chains, have_relations_of_every_other_kind_behind_them) {
  std::vector<Review> found;
  EXPECT_EQ(statements_of([&] {
              found = sync_wait(reviews()
                                    .with(joined(&Review::book), joined(&Book::author), &Author::books)
                                    .with(joined(&Review::book), &Book::labels)
                                    .all());
            }),
            3U);
  EXPECT_EQ(found[0].book->author->books.size(), 3U);
  EXPECT_EQ(found[1].book->author->books.size(), 1U);
  EXPECT_EQ(found[1].book->labels.size(), 1U);
}
TEST_P(joined_chains, are_read_apart_from_the_first_relation_on_that_is_not_joined) {
  std::vector<Review> found;
  EXPECT_EQ(statements_of([&] { found = sync_wait(reviews().with(&Review::book, joined(&Book::author)).all()); }), 3U);
  EXPECT_EQ(found[0].book->author->name, "ada");
  EXPECT_EQ(statements_of([&] {
              found = sync_wait(
                  reviews()
                      .with(joined(&Review::book), joined(&Book::author))
                      .with(&Review::book, &Book::author, [](auto& q) { q.where(col<&Author::name> == "bob"); })
                      .all());
            }),
            2U)
      << "what a function narrows";
  EXPECT_EQ(found[0].book->author.get(), nullptr);
  EXPECT_EQ(found[1].book->author->name, "bob");
}
TEST_P(joined_chains, refuse_a_has_one_that_may_be_several) {
  const auto said =
      failure_of<query_error>([&] { sync_wait(books().with(joined(&Book::author), joined(&Author::passport)).all()); });
  EXPECT_NE(std::string(said.what()).find("Author::passport: tp::joined() needs a foreign key that is unique"),
            std::string::npos)
      << said.what();
}
TEST_P(joined_chains, go_with_conditions_limits_and_one_row) {
  const auto chained = [&] {
    return reviews().where(col<&Review::stars> > 1).with(joined(&Review::book), joined(&Book::author));
  };
  EXPECT_EQ(sync_wait(chained().first())->book->author->name, "bob");
  EXPECT_EQ(sync_wait(chained().limit(2).all()).at(1).book->author->name, "ada");
  EXPECT_EQ(sync_wait(chained().where(col<&Review::stars> == 2).one()).book->author->name, "bob");
  EXPECT_THROW(sync_wait(chained().one()), too_many_rows);
  EXPECT_EQ(sync_wait(chained().count()), 4);
  run([&]() -> task<void> {
    auto rows = chained().stream();
    while (const Review* review = co_await rows.next()) EXPECT_TRUE(review->book->author.loaded());
  });
}
TEST_P(joined_chains, are_objects_of_a_session) {
  session s = db.session();
  const auto known = sync_wait(s.get<Author>(bob));
  const auto of_stars = [&](int stars) {
    return s.attach(sync_wait(
        reviews().where(col<&Review::stars> == stars).with(joined(&Review::book), joined(&Book::author)).one()));
  };
  auto worst = of_stars(1), second = of_stars(2);
  worst->book->title = "changed";
  second->book->author->name = "robert";
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Book>(c)).title, "changed");
  EXPECT_EQ(sync_wait(db.get<Author>(bob)).name, "robert");
  EXPECT_EQ(known->name, "robert") << "the object of the session";
  EXPECT_EQ(sync_wait(s.get<Author>(ada))->name, "ada");
}
TEST_P(joined_chains, keep_what_a_thousand_rows_hold) {
  std::map<std::int64_t, std::string> writers{{ada, "ada"}, {bob, "bob"}};
  std::vector<Book> more;
  for (int i = 0; i < 30; ++i) more.push_back({.author_id = i % 3 ? ada : bob, .title = std::string(40, 'x')});
  sync_wait(db.insert(more));
  std::vector<Review> remarks;
  for (std::size_t i = 0; i < 1000; ++i) remarks.push_back({.book_id = more[i * 7 % more.size()].id, .stars = 9});
  sync_wait(db.insert(remarks));
  const auto found = sync_wait(
      db.query<Review>().where(col<&Review::stars> == 9).with(joined(&Review::book), joined(&Book::author)).all());
  ASSERT_EQ(found.size(), 1000U);
  EXPECT_TRUE(std::all_of(found.begin(), found.end(), [&](const Review& review) {
    const Book& book = *review.book;
    return book.id == review.book_id && book.title.size() == 40 && book.author->name == writers[*book.author_id];
  }));
}

}  // namespace
}  // namespace tupelo::conformance::library
