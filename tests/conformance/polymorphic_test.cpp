// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

#include <tupelo/model/model_json.hpp>

#include <algorithm>

namespace tupelo::conformance {
namespace {

struct Attachment;
struct Badge;
struct Cover;

struct Essay {
  std::int64_t id{};
  std::string title{};
  has_many<Attachment> attachments{};
  has_one<Cover> cover{};
  many_to_many<Badge> badges{};

  static void model(tupelo::model<Essay>& m);
};
struct Product {
  std::int64_t id{};
  std::string sku{};
  has_many<Attachment> attachments{};
  has_one<Cover> cover{};
  many_to_many<Badge> badges{};
  has_many<Essay> alike{};

  static void model(tupelo::model<Product>& m) {
    m.recorded_as("it's a product");  // in the type columns
    m.has_many(&Product::attachments).as("owner_type", "owner_id");
    m.has_one(&Product::cover).as("kind", "owner");
    m.many_to_many(&Product::badges, "badgings", "thing_id", "badge_id").own_type("thing_type");
    m.has_many(&Product::alike).through(&Product::badges, "articles");
  }
};
struct Attachment {
  std::int64_t id{};
  std::optional<std::string> owner_type{};
  std::optional<std::int64_t> owner_id{};
  std::string file{};
  belongs_to_any<Essay, Product> owner{};

  static void model(tupelo::model<Attachment>& m) {
    m.belongs_to_any(&Attachment::owner, &Attachment::owner_type, &Attachment::owner_id);
    m.index(&Attachment::owner_type, &Attachment::owner_id);
  }
};
/// Whose owner's kind is an enum: its enumerators are called as the models are recorded.
enum class Covered : std::uint8_t { articles, vehicles };
struct Cover {
  std::int64_t id{};
  Covered kind{};
  std::int64_t owner{};
  std::string colour{};
  belongs_to_any<Essay> covered{};

  static void model(tupelo::model<Cover>& m) { m.belongs_to_any(&Cover::covered, &Cover::kind, &Cover::owner); }
};
struct Badge {
  std::int64_t id{};
  std::string name{};
  many_to_many<Essay> articles{};
  many_to_many<Product> products{};

  static void model(tupelo::model<Badge>& m) {
    m.many_to_many(&Badge::articles, "badgings", "badge_id", "thing_id").related_type("thing_type");
    m.many_to_many(&Badge::products, "badgings", "badge_id", "thing_id").related_type("thing_type");
  }
};
struct Badging {
  std::int64_t badge_id{};
  std::string thing_type{};
  std::int64_t thing_id{};

  static void model(tupelo::model<Badging>& m) {
    m.primary_key(&Badging::badge_id, &Badging::thing_type, &Badging::thing_id);
  }
};
void Essay::model(tupelo::model<Essay>& m) {
  m.table("articles");
  m.has_many(&Essay::attachments).as(&Attachment::owner_type, &Attachment::owner_id);
  m.has_one(&Essay::cover).as(&Cover::kind, &Cover::owner);
  m.many_to_many(&Essay::badges, "badgings", "thing_id", "badge_id").own_type("thing_type");
}

/// Essay 1 and product 1 have the same key. Essay 1 has attachments a1 and a2, article 2 has none, product 1 has
/// p1; x is of nothing, y of something unknown. Badges: new is at article 1, sale at both.
class polymorphic : public conformance_test {
protected:
  polymorphic() {
    create<Essay, Product, Attachment, Cover, Badge, Badging>();
    articles = {{.title = "one"}, {.title = "two"}};
    sync_wait(db.insert(articles));
    product = sync_wait(db.insert(Product{.sku = "S1"}));
    EXPECT_EQ(product.id, articles[0].id);
    std::vector<Attachment> files{
        {.owner_type = "articles", .owner_id = articles[0].id, .file = "a1"},
        {.owner_type = "articles", .owner_id = articles[0].id, .file = "a2"},
        {.owner_type = "it's a product", .owner_id = product.id, .file = "p1"},
        {.file = "x"},
        {.owner_type = "planets", .owner_id = 1, .file = "y"},
    };
    sync_wait(db.insert(files));
    sync_wait(db.insert(Cover{.kind = Covered::articles, .owner = articles[1].id, .colour = "red"}));
    badges = {{.name = "new"}, {.name = "sale"}};
    sync_wait(db.insert(badges));
    sync_wait(db.attach(articles[0], &Essay::badges, badges));
    sync_wait(db.attach(product, &Product::badges, badges[1]));
  }
  auto all_articles() { return db.query<Essay>().order_by(col<&Essay::id>); }
  auto files() { return db.query<Attachment>().order_by(col<&Attachment::file>); }

  template <class Rows>
  static std::string files_of(const Rows& rows) {
    std::string all;
    for (const Attachment& row : rows) all += row.file + " ";
    return all;
  }
  static std::string names_of(const many_to_many<Badge>& rows) {
    std::vector<std::string> found;
    for (const Badge& row : rows) found.push_back(row.name + " ");
    std::sort(found.begin(), found.end());
    std::string all;
    for (const std::string& name : found) all += name;
    return all;
  }
  static constexpr auto by_file = [](auto& q) { q.order_by(col<&Attachment::file>); };

  std::vector<Essay> articles;
  Product product;
  std::vector<Badge> badges;
};
TUPELO_CONFORMANCE_SUITE(polymorphic);

TEST_P(polymorphic, has_many_loads_the_rows_of_its_own_kind) {
  const auto found = sync_wait(all_articles().with(&Essay::attachments, by_file).all());
  EXPECT_EQ(files_of(found[0].attachments), "a1 a2 ");
  EXPECT_EQ(files_of(found[1].attachments), "");
  const auto products = sync_wait(db.query<Product>().with(&Product::attachments).all());
  EXPECT_EQ(files_of(products[0].attachments), "p1 ");
}
TEST_P(polymorphic, limit_counts_for_each_owner) {
  const auto last = [](auto& q) { q.order_by(col<&Attachment::file>.desc()).limit(1); };
  EXPECT_EQ(files_of(sync_wait(all_articles().with(&Essay::attachments, last).all())[0].attachments), "a2 ");
}
TEST_P(polymorphic, has_one_goes_by_an_enum_too) {
  const auto found = sync_wait(all_articles().with(&Essay::cover).all());
  EXPECT_EQ(found[0].cover.get(), nullptr);
  EXPECT_EQ(found[1].cover->colour, "red");
  const auto covers = sync_wait(db.query<Cover>().with(&Cover::covered).all());
  EXPECT_EQ(covers[0].covered.get<Essay>()->title, "two");
}
TEST_P(polymorphic, are_asked_for_and_counted) {
  EXPECT_EQ(sync_wait(all_articles().where_has(&Essay::attachments).count()), 1);
  EXPECT_EQ(sync_wait(all_articles().where_doesnt_have(&Essay::cover).count()), 1);
  EXPECT_EQ(sync_wait(db.query<Product>().select<std::int64_t>(count_of(&Product::attachments)).one()), 1);
  EXPECT_EQ(sync_wait(all_articles().select<std::int64_t>(count_of(&Essay::attachments)).all()),
            (std::vector<std::int64_t>{2, 0}));
}

// ---- the other way

TEST_P(polymorphic, belongs_to_any_holds_an_object_of_the_kind_that_is_named) {
  const auto found = sync_wait(files().with(&Attachment::owner).all());
  ASSERT_EQ(found.size(), 5U);
  EXPECT_EQ(found[0].owner.get<Essay>()->title, "one");
  EXPECT_EQ(found[0].owner.get<Product>(), nullptr);
  EXPECT_TRUE(found[2].owner.holds<Product>());
  EXPECT_EQ(found[2].owner.get<Product>()->sku, "S1");
  EXPECT_FALSE(found[2].owner.holds<Essay>()) << "whose key is the same";
}
TEST_P(polymorphic, belongs_to_any_is_empty_without_an_object) {
  const auto found = sync_wait(files().with(&Attachment::owner).all());
  EXPECT_FALSE(found[0].owner.empty());
  EXPECT_TRUE(found[3].owner.empty()) << "of nothing";
  EXPECT_TRUE(found[4].owner.empty()) << "of a kind that the field does not name";
  EXPECT_FALSE(found[3].owner.visit([](auto&) { FAIL(); }));
}
TEST_P(polymorphic, belongs_to_any_is_visited) {
  const auto found = sync_wait(files().with(&Attachment::owner).all());
  std::string seen;
  for (const Attachment& file : found) {
    file.owner.visit([&](const auto& owner) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(owner)>, Essay>) {
        seen += owner.title + " ";
      } else {
        seen += owner.sku + " ";
      }
    });
  }
  EXPECT_EQ(seen, "one one S1 ");
}
TEST_P(polymorphic, belongs_to_any_is_one_statement_for_each_kind_that_occurs) {
  statement_log log(db);
  sync_wait(files().with(&Attachment::owner).all());
  EXPECT_EQ(log.started().size(), 3U);
  log.clear();
  sync_wait(files().where(col<&Attachment::file> == "p1").with(&Attachment::owner).all());
  EXPECT_EQ(log.started().size(), 2U);
}
TEST_P(polymorphic, paths_go_on_from_the_kind_that_they_fit) {
  const auto found = sync_wait(files().with(&Attachment::owner, &Essay::attachments, by_file).all());
  EXPECT_EQ(files_of(found[0].owner.get<Essay>()->attachments), "a1 a2 ");
  EXPECT_FALSE(found[2].owner.get<Product>()->attachments.loaded());
  const auto narrowed = sync_wait(
      files()
          .with(&Attachment::owner, [](select_query<Essay, Essay>& q) { q.where(col<&Essay::title> == "two"); })
          .all());
  EXPECT_TRUE(narrowed[0].owner.empty());
  EXPECT_TRUE(narrowed[2].owner.holds<Product>());
}
TEST_P(polymorphic, belongs_to_any_that_is_not_loaded_says_so) {
  const auto found = sync_wait(files().all());
  const auto said = failure_of<relation_not_loaded>([&] { found[0].owner.get<Essay>(); });
  EXPECT_NE(std::string(said.what()).find(".with(&Attachment::owner)"), std::string::npos) << said.what();
}
TEST_P(polymorphic, belongs_to_any_is_written_as_json) {
  const auto found = sync_wait(files().with(&Attachment::owner).all());
  const std::string text = to_json_text(found[2]);
  EXPECT_NE(text.find(R"("owner":{"id":)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("sku":"S1")"), std::string::npos) << text;
  EXPECT_NE(to_json_text(found[3]).find(R"("owner":null)"), std::string::npos);
}
TEST_P(polymorphic, belongs_to_any_is_loaded_later_and_shared_by_copies) {
  auto found = sync_wait(files().all());
  sync_wait(db.load(found, &Attachment::owner));
  const Attachment copy = found[2];
  found.clear();
  EXPECT_EQ(copy.owner.get<Product>()->sku, "S1");
}

TEST_P(polymorphic, objects_are_written_through_it_with_their_type) {
  auto s = db.session();
  Essay three{.title = "three"};
  three.attachments.add(Attachment{.file = "kept"});
  const auto added = s.add(three);
  sync_wait(s.commit());
  EXPECT_EQ(
      sync_wait(files().where(col<&Attachment::file> == "kept" && col<&Attachment::owner_id> == added->id).count()), 1);
  const auto read = sync_wait(db.query<Essay>().where(col<&Essay::id> == added->id).with(&Essay::attachments).one());
  EXPECT_EQ(read.attachments.size(), 1U);
}

// ---- many to many

TEST_P(polymorphic, many_to_many_goes_by_its_type_column) {
  const auto found = sync_wait(all_articles().with(&Essay::badges).all());
  EXPECT_EQ(names_of(found[0].badges), "new sale ");
  EXPECT_EQ(names_of(found[1].badges), "");
  const auto products = sync_wait(db.query<Product>().with(&Product::badges).all());
  EXPECT_EQ(names_of(products[0].badges), "sale ");
}
TEST_P(polymorphic, many_to_many_works_from_the_other_side) {
  const auto found =
      sync_wait(db.query<Badge>().order_by(col<&Badge::name>).with(&Badge::articles).with(&Badge::products).all());
  EXPECT_EQ(found[0].articles.size(), 1U);
  EXPECT_EQ(found[0].products.size(), 0U);
  EXPECT_EQ(found[1].products[0].sku, "S1");
}
TEST_P(polymorphic, many_to_many_is_asked_for_and_counted) {
  EXPECT_EQ(sync_wait(db.query<Badge>().where_has(&Badge::products).pluck(col<&Badge::name>)),
            std::vector<std::string>{"sale"});
  EXPECT_EQ(sync_wait(all_articles().select<std::int64_t>(count_of(&Essay::badges)).all()),
            (std::vector<std::int64_t>{2, 0}));
}
TEST_P(polymorphic, many_to_many_writes_its_own_kind) {
  EXPECT_EQ(sync_wait(db.detach(articles[0], &Essay::badges)), 2);
  EXPECT_EQ(sync_wait(db.query<Product>().where_has(&Product::badges).count()), 1) << "of the same key, and left alone";
  const join_changes synced = sync_wait(db.sync(product, &Product::badges, badges[0]));
  EXPECT_EQ(synced.attached, 1);
  EXPECT_EQ(synced.detached, 1);
  EXPECT_EQ(sync_wait(db.attach(badges[1], &Badge::articles, articles)), 2);
  EXPECT_EQ(sync_wait(db.query<Badging>().where(col<&Badging::thing_type> == "articles").count()), 2);
}
TEST_P(polymorphic, a_way_through_goes_by_types_too) {
  const auto found = sync_wait(db.query<Product>().with(&Product::alike).all());
  ASSERT_EQ(found[0].alike.size(), 1U);
  EXPECT_EQ(found[0].alike[0].title, "one");
  EXPECT_EQ(sync_wait(db.query<Product>().where_has(&Product::alike).count()), 1);
}

}  // namespace
}  // namespace tupelo::conformance
