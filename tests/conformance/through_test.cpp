// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

#include <algorithm>

namespace tupelo::conformance::library {
namespace {

struct Work;
struct Opinion;
struct Seal;

/// The library again, as models whose relations go through one another.
struct Writer {
  std::int64_t id{};
  std::string name{};
  has_many<Work> works{};
  has_many<Opinion> opinions{};
  has_many<Seal> seals{};

  static void model(tupelo::model<Writer>& m) {
    m.table("authors");
    m.has_many(&Writer::works, "author_id");
    m.has_many(&Writer::opinions).through(&Writer::works, "opinions");
    m.has_many(&Writer::seals).through(&Writer::works, "seals");
  }
};
struct Work {
  std::int64_t id{};
  std::optional<std::int64_t> author_id{};
  std::string title{};
  int pages{};
  std::optional<timestamp> deleted_at{};
  belongs_to<Writer> writer{};
  has_many<Opinion> opinions{};
  many_to_many<Seal> seals{};

  static void model(tupelo::model<Work>& m) {
    m.table("books");
    m.soft_delete(&Work::deleted_at);
    m.belongs_to(&Work::writer, &Work::author_id);
    m.has_many(&Work::opinions, "book_id");
    m.many_to_many(&Work::seals, "shelf_marks", "book", "label");
  }
};
struct Opinion {
  std::int64_t id{};
  std::int64_t book_id{};
  int stars{};
  belongs_to<Work> work{};
  has_one<Writer> writer{};

  static void model(tupelo::model<Opinion>& m) {
    m.table("reviews");
    m.belongs_to(&Opinion::work, &Opinion::book_id);
    m.has_one(&Opinion::writer).through(&Opinion::work, &Work::writer);
  }
};
struct Seal {
  std::int64_t id{};
  std::string name{};
  many_to_many<Work> works{};
  has_many<Writer> writers{};
  has_many<Seal> beside{};
  has_one<Writer> mistaken{};

  static void model(tupelo::model<Seal>& m) {
    m.table("labels");
    m.many_to_many(&Seal::works, "shelf_marks", "label", "book");
    m.has_many(&Seal::writers).through(&Seal::works, &Work::writer);
    m.has_many(&Seal::beside).through(&Seal::writers, &Writer::seals);
    m.has_one(&Seal::mistaken).through(&Seal::works, &Work::writer);
  }
};

class through_relations : public library_test {
protected:
  through_relations() { register_models<Writer, Work, Opinion, Seal>(); }
  auto writers() { return db.query<Writer>().order_by(col<&Writer::name>); }
  auto seals() { return db.query<Seal>().order_by(col<&Seal::name>); }

  static std::vector<int> stars(const Writer& writer) {
    std::vector<int> all;
    for (const Opinion& opinion : writer.opinions) all.push_back(opinion.stars);
    std::sort(all.begin(), all.end());
    return all;
  }
  template <class Rows>
  static names names_of(const Rows& rows) {
    names all;
    for (const auto& row : rows) all.push_back(row.name);
    std::sort(all.begin(), all.end());
    return all;
  }
  static constexpr auto by_name = [](auto& q) { q.order_by(col<&Seal::name>); };
};
TUPELO_CONFORMANCE_SUITE(through_relations);

TEST_P(through_relations, has_many_loads_what_belongs_to_the_rows_between) {
  const auto found = sync_wait(writers().with(&Writer::opinions).all());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(stars(found[0]), (std::vector<int>{1, 3, 4, 5}));
  EXPECT_EQ(stars(found[1]), std::vector<int>{2});
  EXPECT_TRUE(found[2].opinions.loaded());
  EXPECT_TRUE(found[2].opinions.empty());
}
TEST_P(through_relations, are_one_statement) {
  statement_log log(db);
  sync_wait(writers().with(&Writer::opinions).all());
  EXPECT_EQ(log.started().size(), 2U);
}
TEST_P(through_relations, has_one_goes_two_steps_up) {
  const auto found = sync_wait(db.query<Opinion>().order_by(col<&Opinion::stars>).with(&Opinion::writer).all());
  EXPECT_EQ(found[0].writer->name, "ada");
  EXPECT_EQ(found[1].writer->name, "bob");
}
TEST_P(through_relations, give_a_row_once_that_is_reached_twice) {
  const auto found = sync_wait(writers().with(&Writer::seals, by_name).all());
  EXPECT_EQ(names_of(found[0].seals), (names{"blue", "red"})) << "red marks two of ada's books";
  const auto others = sync_wait(seals().with(&Seal::writers).all());
  EXPECT_EQ(names_of(others[0].writers), (names{"ada", "bob"}));
  EXPECT_EQ(names_of(others[2].writers), names{"ada"});
}
TEST_P(through_relations, go_through_others_that_go_through) {
  const auto found = sync_wait(seals().with(&Seal::beside).all());
  EXPECT_EQ(names_of(found[0].beside), (names{"blue", "red"}));
  EXPECT_EQ(names_of(found[1].beside), names{});
  EXPECT_EQ(names_of(found[2].beside), (names{"blue", "red"}));
}
TEST_P(through_relations, limit_counts_for_each_owner) {
  const auto best = [](auto& q) { q.order_by(col<&Opinion::stars>.desc()).limit(2); };
  const auto found = sync_wait(writers().with(&Writer::opinions, best).all());
  EXPECT_EQ(stars(found[0]), (std::vector<int>{4, 5}));
  EXPECT_EQ(stars(found[1]), std::vector<int>{2});
  const auto one = [](auto& q) { q.order_by(col<&Seal::name>).limit(1).offset(1); };
  EXPECT_EQ(names_of(sync_wait(writers().with(&Writer::seals, one).all())[0].seals), names{"red"});
}
TEST_P(through_relations, are_parts_of_paths) {
  const auto found = sync_wait(seals().with(&Seal::writers, &Writer::opinions).all());
  EXPECT_EQ(stars(found[0].writers[0]).size() + stars(found[0].writers[1]).size(), 5U);
}
TEST_P(through_relations, are_loaded_later) {
  auto found = sync_wait(writers().all());
  sync_wait(db.load(found, &Writer::opinions, [](auto& q) { q.where(col<&Opinion::stars> > 3); }));
  EXPECT_EQ(stars(found[0]), (std::vector<int>{4, 5}));
}
TEST_P(through_relations, are_asked_for_and_counted_without_loading) {
  const auto good = [](auto& q) { q.where(col<&Opinion::stars> >= 4); };
  EXPECT_EQ(sync_wait(writers().where_has(&Writer::opinions, good).pluck(col<&Writer::name>)), names{"ada"});
  EXPECT_EQ(sync_wait(writers().where_doesnt_have(&Writer::opinions).pluck(col<&Writer::name>)), names{"cyd"});
  const auto counts =
      sync_wait(writers().select(col<&Writer::name>, count_of(&Writer::opinions), count_of(&Writer::seals)).all());
  EXPECT_EQ(counts[0], std::make_tuple(std::string("ada"), std::int64_t{4}, std::int64_t{2}));
  EXPECT_EQ(counts[2], std::make_tuple(std::string("cyd"), std::int64_t{0}, std::int64_t{0}));
  EXPECT_EQ(sync_wait(seals().where_has(&Seal::beside, &Seal::writers).count()), 2);
  EXPECT_EQ(sync_wait(db.query<Opinion>().where_has(&Opinion::writer).count()), 5);
}
TEST_P(through_relations, are_asked_of_what_has_one_value_in_a_group) {
  const auto grouped = [&](auto column) {
    return writers().group_by(col<&Writer::name>, column).select(col<&Writer::name>, count_of(&Writer::opinions));
  };
  EXPECT_EQ(sync_wait(grouped(col<&Writer::id>).all()).size(), 3U);
  const std::string said = failure_of<query_error>([&] { sync_wait(grouped(col<&Writer::name>).all()); }).what();
  EXPECT_EQ(said.rfind("column \"id\"", 0), 0U) << said;
}
TEST_P(through_relations, are_each_owners_own_where_they_are_grouped) {
  const auto found = sync_wait(writers().with(&Writer::seals, [](auto& q) { q.group_by(col<&Seal::id>); }).all());
  const auto plain = sync_wait(writers().with(&Writer::seals).all());
  for (std::size_t i = 0; i != plain.size(); ++i) EXPECT_EQ(found[i].seals.size(), plain[i].seals.size()) << i;
}
TEST_P(through_relations, soft_deleted_rows_between_lead_nowhere) {
  sync_wait(db.erase<Book>().where(col<&Book::id> == a).run());
  EXPECT_EQ(stars(sync_wait(writers().with(&Writer::opinions).all())[0]), std::vector<int>{1});
  EXPECT_EQ(sync_wait(writers().where(col<&Writer::id> == ada).select<std::int64_t>(count_of(&Writer::opinions)).one()),
            1);
}
TEST_P(through_relations, has_one_through_many_is_refused) {
  const auto said = failure_of<model_error>([&] { sync_wait(seals().with(&Seal::mistaken).all()); });
  EXPECT_NE(std::string(said.what()).find("Seal::mistaken: a has_one goes through has_one and belongs_to"),
            std::string::npos)
      << said.what();
}

// ---- sums and the like

TEST_P(through_relations, sums_and_the_like_are_of_related_rows) {
  const auto stars_of = col<&Opinion::stars>;
  const auto found =
      sync_wait(writers()
                    .select(sum_of(&Writer::opinions, stars_of), avg_of(&Writer::works, col<&Work::pages>),
                            min_of(&Writer::opinions, stars_of), max_of(&Writer::opinions, stars_of))
                    .all());
  EXPECT_EQ(std::get<0>(found[0]), 13);
  EXPECT_NEAR(*std::get<1>(found[0]), 500.0 / 3, 0.001);
  EXPECT_EQ(std::get<2>(found[0]), 1);
  EXPECT_EQ(std::get<3>(found[0]), 5);
  EXPECT_EQ(std::get<0>(found[2]), std::nullopt);
  EXPECT_EQ(std::get<3>(found[2]), std::nullopt);
}
TEST_P(through_relations, sums_are_narrowed_compared_and_ordered_by) {
  const auto thick = [](auto& q) { q.where(col<&Book::pages> > 100); };
  EXPECT_EQ(
      sync_wait(authors().where(sum_of(&Author::books, col<&Book::pages>, thick) >= 300).pluck(col<&Author::name>)),
      names{"ada"});
  const auto pages = coalesce(sum_of(&Author::books, col<&Book::pages> * 2), 0);
  EXPECT_EQ(sync_wait(db.query<Author>().order_by(pages.desc()).pluck(col<&Author::name>)),
            (names{"ada", "bob", "cyd"}));
  const auto limited = [](auto& q) { q.limit(1); };
  EXPECT_THROW(sum_of(&Author::books, col<&Book::pages>, limited), query_error);
}
TEST_P(through_relations, sums_leave_out_soft_deleted_rows) {
  sync_wait(db.erase<Book>().where(col<&Book::id> == a).run());
  EXPECT_EQ(sync_wait(authors().select<std::optional<std::int64_t>>(sum_of(&Author::books, col<&Book::pages>)).first()),
            200);
}

// ---- whole models beside other terms

struct Counted {
  Author author;
  std::int64_t books{};
};
TEST_P(through_relations, a_whole_model_stands_beside_its_counts) {
  const auto query = authors().select<Counted>(whole<Author>, count_of(&Author::books));
  const auto found = sync_wait(query.all());
  EXPECT_EQ(found[0].author.id, ada);
  EXPECT_EQ(found[0].author.name, "ada");
  EXPECT_EQ(found[0].books, 3);
  EXPECT_FALSE(found[0].author.books.loaded());
  const auto pairs =
      sync_wait(authors().select<std::pair<Author, std::int64_t>>(whole<Author>, count_of(&Author::books)).all());
  EXPECT_EQ(pairs[1].first.name, "bob");
  EXPECT_EQ(pairs[1].second, 1);
}
TEST_P(through_relations, whole_models_of_a_join_are_a_tuple) {
  const auto found = sync_wait(books()
                                   .join<Author>(col<&Author::id> == col<&Book::author_id>)
                                   .select(whole<Book>, whole<Author>, col<&Book::pages>)
                                   .all());
  EXPECT_EQ(found.size(), 4U);
  EXPECT_EQ(std::get<0>(found[3]).title, "D");
  EXPECT_EQ(std::get<1>(found[3]).name, "bob");
  EXPECT_EQ(std::get<2>(found[3]), 200);
}

// ---- from a key of several columns

struct Stop;
struct Parcel;
struct Route {
  std::string region{};
  std::int64_t number{};
  has_many<Stop> stops{};
  has_many<Parcel> parcels{};

  static void model(tupelo::model<Route>& m) {
    m.primary_key(&Route::region, &Route::number);
    m.has_many(&Route::stops, "region", "route_number");
    m.has_many(&Route::parcels).through(&Route::stops, "parcels");
  }
};
struct Parcel {
  std::int64_t id{};
  std::int64_t stop_id{};
  std::string name{};
};
struct Stop {
  std::int64_t id{};
  std::string region{};
  std::int64_t route_number{};
  has_many<Parcel> parcels{};

  static void model(tupelo::model<Stop>& m) { m.has_many(&Stop::parcels, "stop_id"); }
};

class through_composite_keys : public conformance_test {
protected:
  through_composite_keys() {
    create<Route, Stop, Parcel>();
    std::vector<Route> all{
        {.region = "north", .number = 1}, {.region = "north", .number = 2}, {.region = "o'west", .number = 1}};
    sync_wait(db.insert(all));
    std::vector<Stop> stops{{.region = "north", .route_number = 1},
                            {.region = "o'west", .route_number = 1},
                            {.region = "north", .route_number = 1}};
    sync_wait(db.insert(stops));
    std::vector<Parcel> parcels{{.stop_id = stops[0].id, .name = "a"},
                                {.stop_id = stops[1].id, .name = "b"},
                                {.stop_id = stops[2].id, .name = "c"},
                                {.stop_id = stops[0].id, .name = "d"}};
    sync_wait(db.insert(parcels));
  }
  auto routes() { return db.query<Route>().order_by(col<&Route::region>, col<&Route::number>); }
  static std::string parcels_of(const std::vector<Route>& routes) {
    std::string all;
    for (const Route& route : routes) {
      std::vector<std::string> found;
      for (const Parcel& parcel : route.parcels) found.push_back(parcel.name);
      std::sort(found.begin(), found.end());
      for (const std::string& each : found) all += each;
      all += "/";
    }
    return all;
  }
};
TUPELO_CONFORMANCE_SUITE(through_composite_keys);

TEST_P(through_composite_keys, load_what_belongs_to_the_rows_between) {
  EXPECT_EQ(parcels_of(sync_wait(routes().with(&Route::parcels).all())), "acd//b/");
}
TEST_P(through_composite_keys, limit_counts_for_each_owner) {
  const auto newest = [](auto& q) { q.order_by(col<&Parcel::name>.desc()).limit(2); };
  EXPECT_EQ(parcels_of(sync_wait(routes().with(&Route::parcels, newest).all())), "cd//b/");
}
TEST_P(through_composite_keys, are_loaded_later) {
  auto found = sync_wait(routes().all());
  sync_wait(db.load(found, &Route::parcels));
  EXPECT_EQ(parcels_of(found), "acd//b/");
}
TEST_P(through_composite_keys, are_asked_for_and_counted_without_loading) {
  EXPECT_EQ(sync_wait(routes().where_has(&Route::parcels).count()), 2);
  EXPECT_EQ(sync_wait(routes().select(count_of(&Route::parcels)).all()), (std::vector<std::int64_t>{3, 0, 1}));
}

}  // namespace
}  // namespace tupelo::conformance::library
