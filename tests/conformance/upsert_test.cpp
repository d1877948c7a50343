// SPDX-License-Identifier: Apache-2.0
// Upserts that compute what they write, and that write under a condition.
#include "ledger.hpp"

#include <tupelo/engine/events.hpp>
#include <tupelo/query/functions.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Stock {
  std::int64_t id{};
  std::string shelf, article;
  int amount{};
  std::optional<std::string> note{};
  timestamp updated_at{};
  int version{};

  static void model(model<Stock>& m) {
    m.unique(&Stock::shelf, &Stock::article);
    m.version(&Stock::version);
  }
};

constexpr auto amount = col<&Stock::amount>;
constexpr auto note = col<&Stock::note>;

class computed_upsert : public conformance_test {
protected:
  void SetUp() override {
    TUPELO_NEEDS(&feature_table::upsert);
    TUPELO_NEEDS(&feature_table::returning);
    create<Stock>();
    sync_wait(db.insert(first));
  }
  static conflict_clause on_place() { return on_conflict(col<&Stock::shelf>, col<&Stock::article>); }
  Stock stored() { return sync_wait(db.get<Stock>(first.id)); }

  Stock first{.shelf = "a", .article = "nail", .amount = 10, .note = "old"};
  Stock again{.shelf = "a", .article = "nail", .amount = 5, .note = "new"};
};
TUPELO_CONFORMANCE_SUITE(computed_upsert);

TEST_P(computed_upsert, that_sets_a_column_twice_is_refused) {
  const auto refused = [this](conflict_clause clause) {
    return std::string(
        failure_of<query_error>([&] { sync_wait(db.upsert(again, static_cast<conflict_clause&&>(clause))); }).what());
  };
  EXPECT_NE(refused(on_place().set(amount, 1).update(amount)).find("\"amount\""), std::string::npos);
  EXPECT_NE(refused(on_place().set(amount, 1).set(amount, 2)).find("twice"), std::string::npos);
  EXPECT_NE(refused(on_place().update(note, note)).find("\"note\""), std::string::npos);
  EXPECT_TRUE(sync_wait(db.upsert(again, on_place().set(amount, 3).update_all()))) << "of those that are left";
  EXPECT_EQ(stored().amount, 3);
}
TEST_P(computed_upsert, as_an_update_names_a_column_once) {
  const auto update = db.update<Stock>().set(amount, 1).set(note, "x").set(amount, 2).all_rows();
  const std::string refused = failure_of<query_error>([&] { sync_wait(update.run()); }).what();
  EXPECT_NE(refused.find("\"amount\" of Stock is set twice"), std::string::npos) << refused;
  EXPECT_EQ(stored().amount, 10);
}
TEST_P(computed_upsert, sets_a_value_computed_from_both_rows) {
  EXPECT_TRUE(sync_wait(db.upsert(again, on_place().set(amount, amount + excluded(amount) * 2))));
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(again.amount, 20) << "the object is the row now";
  EXPECT_EQ(stored().amount, 20);
  EXPECT_EQ(stored().note, "old") << "what is not named stays";
}
TEST_P(computed_upsert, inserts_what_is_not_there_as_it_is) {
  again.article = "screw";
  EXPECT_TRUE(sync_wait(db.upsert(again, on_place().set(amount, amount + excluded(amount)))));
  EXPECT_EQ(again.amount, 5);
  EXPECT_NE(again.id, first.id);
}
TEST_P(computed_upsert, sets_plain_values_and_takes_other_columns_from_the_new_row) {
  sync_wait(db.upsert(again, on_place().set(amount, 77).update(note)));
  EXPECT_EQ(stored().amount, 77);
  EXPECT_EQ(stored().note, "new");
}
TEST_P(computed_upsert, a_set_column_is_none_of_all_that_are_taken) {
  sync_wait(db.upsert(again, on_place().update_all().set(amount, least(amount, excluded(amount)))));
  EXPECT_EQ(stored().amount, 5);
  EXPECT_EQ(stored().note, "new");
}
TEST_P(computed_upsert, sets_null_where_the_value_is) {
  sync_wait(db.upsert(again, on_place().set(note, nullif(excluded(note), "new"))));
  EXPECT_EQ(stored().note, std::nullopt);
}
TEST_P(computed_upsert, sets_null) {
  sync_wait(db.upsert(again, on_place().set(note, std::nullopt)));
  EXPECT_EQ(again.note, std::nullopt);
  EXPECT_EQ(stored().note, std::nullopt);
  EXPECT_EQ(stored().amount, 10) << "what is not named stays";
}
TEST_P(computed_upsert, counts_the_version_on) {
  sync_wait(db.upsert(again, on_place().set(amount, 1)));
  EXPECT_EQ(stored().version, 2);
}
TEST_P(computed_upsert, takes_many_objects_which_are_their_rows_then) {
  std::vector<Stock> many(300);
  for (int i = 0; i < 300; ++i) many[static_cast<std::size_t>(i)] = {.shelf = "b", .article = std::to_string(i)};
  many[299] = again;
  const auto written = sync_wait(db.upsert(many, on_place().set(amount, amount + excluded(amount))));
  EXPECT_EQ(written, std::vector<bool>(300, true));
  EXPECT_EQ(many[299].id, first.id);
  EXPECT_EQ(many[299].amount, 15);
  EXPECT_EQ(sync_wait(db.get<Stock>(many[298].id)).article, "298");
  EXPECT_EQ(sync_wait(db.query<Stock>().count()), 300);
}
TEST_P(computed_upsert, of_many_objects_says_which_were_written) {
  std::vector<Stock> many{again, {.shelf = "a", .article = "screw"}, {.shelf = "a", .article = "screw"}};
  const auto written = sync_wait(db.upsert(many, on_place().ignore()));
  EXPECT_EQ(written, (std::vector<bool>{false, true, false})) << "the third meets the second";
  EXPECT_EQ(stored().amount, 10);
  std::vector<Stock> none;
  EXPECT_TRUE(sync_wait(db.upsert(none, on_place().ignore())).empty());
}
TEST_P(computed_upsert, of_many_objects_is_all_or_nothing) {
  std::vector<Stock> many{{.shelf = "a", .article = "screw"}, {.id = first.id, .shelf = "c", .article = "bolt"}};
  EXPECT_THROW(sync_wait(db.upsert(many, on_place().update(amount))), unique_violation);
  EXPECT_EQ(sync_wait(db.query<Stock>().count()), 1);
  EXPECT_EQ(many[0].id, 0) << "no row has its key";
}
TEST_P(computed_upsert, of_many_objects_is_told_once) {
  std::vector<std::string> told;
  db.events().on<Stock>(bulk_event::inserted,
                        [&](const bulk_write& write) { told.push_back(std::to_string(write.rows)); });
  std::vector<Stock> many{again, {.shelf = "a", .article = "screw"}};
  sync_wait(db.upsert(many, on_place().ignore()));
  EXPECT_EQ(told, (std::vector<std::string>{"1"}));
}
TEST_P(computed_upsert, leaves_objects_as_they_were_where_a_handler_undoes_it) {
  db.events().on<Stock>(bulk_event::inserted, [](const bulk_write&) { throw vetoed("no"); });
  const auto once = on_place().set(amount, amount + excluded(amount));
  std::vector<Stock> many{again, {.shelf = "a", .article = "screw"}};
  EXPECT_THROW(sync_wait(db.upsert(many, once)), vetoed);
  EXPECT_THROW(sync_wait(db.upsert(again, once)), vetoed);
  for (const Stock& each : {many[0], again}) {
    EXPECT_EQ(each.id, 0);
    EXPECT_EQ(each.amount, 5);
    EXPECT_EQ(each.note, "new");
    EXPECT_EQ(each.version, 0);
  }
  EXPECT_EQ(many[1].id, 0);
  EXPECT_EQ(many[1].note, std::nullopt);
  EXPECT_EQ(stored().amount, 10);
}
TEST_P(computed_upsert, writes_where_a_condition_holds) {
  EXPECT_TRUE(sync_wait(db.upsert(again, on_place().update(amount).where(amount > excluded(amount)))));
  EXPECT_EQ(stored().amount, 5);
}
TEST_P(computed_upsert, writes_nothing_where_it_does_not) {
  EXPECT_FALSE(
      sync_wait(db.upsert(again, on_place().update(amount).where(amount < excluded(amount)).where(amount > 0))));
  EXPECT_EQ(stored().amount, 10);
  EXPECT_EQ(stored().version, 1);
}
TEST_P(computed_upsert, that_writes_nothing_leaves_the_object_as_it_was) {
  const auto is_as_it_was = [](const Stock& each) { return each.id == 0 && each.amount == 5 && each.version == 0; };
  EXPECT_FALSE(sync_wait(db.upsert(again, on_place().update(amount).where(amount > 100))));
  EXPECT_TRUE(is_as_it_was(again));
  EXPECT_FALSE(sync_wait(db.upsert(again, on_place().ignore())));
  EXPECT_TRUE(is_as_it_was(again));
  EXPECT_FALSE(sync_wait(db.upsert(first, on_place().ignore())));
  EXPECT_EQ(first.version, 1);
  std::vector<Stock> many{again, {.shelf = "a", .article = "screw"}, again};
  EXPECT_EQ(sync_wait(db.upsert(many, on_place().ignore())), (std::vector<bool>{false, true, false}));
  EXPECT_TRUE(is_as_it_was(many[0]) && is_as_it_was(many[2]));
  EXPECT_NE(many[1].id, 0);
  EXPECT_EQ(many[1].version, 1);
}
TEST_P(computed_upsert, that_fails_leaves_the_object_as_it_was) {
  Stock taken{.id = first.id, .shelf = "c", .article = "bolt", .version = 7};
  const auto is_as_it_was = [&] { return taken.shelf == "c" && taken.version == 7 && taken.updated_at == timestamp(); };
  EXPECT_THROW(sync_wait(db.upsert(taken, on_place().ignore())), unique_violation);
  EXPECT_TRUE(is_as_it_was());
  EXPECT_THROW(sync_wait(db.upsert(taken, on_place().update(amount))), unique_violation);
  EXPECT_TRUE(is_as_it_was());
}
struct Voucher {
  uuid id{};
  std::string code{};
  timestamp created_at{}, updated_at{};

  static void model(model<Voucher>& m) {
    m.unique(&Voucher::code);
    m.timestamps(&Voucher::created_at, &Voucher::updated_at);
  }
};
TEST_P(computed_upsert, that_writes_nothing_makes_no_key_and_no_times) {
  create<Voucher>();
  const auto once = on_conflict(col<&Voucher::code>).ignore();
  Voucher one{.code = "a"}, other{.code = "a"};
  EXPECT_TRUE(sync_wait(db.upsert(one, once)));
  EXPECT_FALSE(one.id.is_nil());
  EXPECT_FALSE(sync_wait(db.upsert(other, once)));
  const timestamp updated_at = one.updated_at;
  EXPECT_FALSE(sync_wait(db.upsert(one, once)));
  EXPECT_EQ(one.updated_at, updated_at);
  std::vector<Voucher> many{other, {.code = "b"}};
  EXPECT_EQ(sync_wait(db.upsert(many, once)), (std::vector<bool>{false, true}));
  EXPECT_NE(many[1].updated_at, timestamp());
  for (const Voucher& each : {other, many[0]}) {
    EXPECT_TRUE(each.id.is_nil());
    EXPECT_EQ(each.created_at, timestamp());
    EXPECT_EQ(each.updated_at, timestamp());
  }
}
TEST_P(computed_upsert, binds_values_of_both_clauses_in_their_places) {
  sync_wait(db.upsert(again, on_place()
                                 .set(amount, amount + 100)
                                 .set(note, concat(excluded(note), "!"))
                                 .where(amount == 10 && note == "old")));
  EXPECT_EQ(stored().amount, 110);
  EXPECT_EQ(stored().note, "new!");
}
TEST_P(computed_upsert, that_ignores_and_writes_is_refused) {
  EXPECT_THROW(sync_wait(db.upsert(again, on_place().set(amount, 1).ignore())), query_error);
}
TEST_P(computed_upsert, a_condition_of_nothing_that_is_written_is_refused) {
  EXPECT_THROW(sync_wait(db.upsert(again, on_place().where(amount == 10))), query_error);
  EXPECT_THROW(sync_wait(db.upsert(again, on_place().where(amount == 10).ignore())), query_error);
}
TEST_P(computed_upsert, the_new_row_is_known_in_an_upsert_only) {
  EXPECT_THROW(sync_wait(db.query<Stock>().where(excluded(amount) > 1).all()), query_error);
}

// ---- indexes of a part of the rows

struct Member {
  std::int64_t id{};
  std::string email{};
  std::string name{};
  std::optional<timestamp> deleted_at{};

  static void model(model<Member>& m) {
    m.soft_delete(&Member::deleted_at);
    m.unique(&Member::email);
  }
};
struct Seat {
  std::int64_t id{};
  std::string room{};
  int number{};
  std::string state{};
  std::string guest{};

  static void model(model<Seat>& m) {
    m.unique(&Seat::room, &Seat::number).where(col<&Seat::state> == "it's taken" && col<&Seat::number> > 0);
  }
};
struct Twice {
  std::int64_t id{};
  int number{};
  int amount{};

  static void model(model<Twice>& m) {
    m.unique(&Twice::number).where(col<&Twice::amount> > 0).named("twice_some");
    m.unique(&Twice::number).where(col<&Twice::amount> < 0).named("twice_others");
  }
};

/// Of a table whose unique index somebody else has made.
struct Plain {
  std::int64_t id{};
  std::string name{};
  int amount{};
};

struct Berth {
  std::int64_t id{};
  int number{};
  int length{};
  std::optional<timestamp> deleted_at{};

  static void model(model<Berth>& m) {
    m.soft_delete(&Berth::deleted_at);
    m.unique(&Berth::number).where(col<&Berth::length> > 10 || col<&Berth::length> == 10).named("berth_long");
    m.unique(&Berth::number).where(col<&Berth::length> < 10).named("berth_short");
  }
};

struct Shelf {
  std::int64_t id{};
  std::string place{};
  int number{};
  decimal price{};
  timestamp opened_at{};
  std::string content{};

  static void model(model<Shelf>& m) {
    m.unique(&Shelf::place).where(col<&Shelf::number>.in(1, 2, 3, 5, 7)).named("shelf_by_number");
    m.unique(&Shelf::content).where(col<&Shelf::price> > decimal::parse("1.50")).named("shelf_by_price");
    m.unique(&Shelf::place, &Shelf::content).where(col<&Shelf::opened_at> > timestamp{1}).named("shelf_by_time");
  }
};
struct Named {
  std::int64_t id{};
  std::string name{};
  int kind{};
  std::string note{};

  static void model(model<Named>& m) {
    m.unique(lower(col<&Named::name>)).named("named_by_any_case");
    m.unique(&Named::kind, lower(col<&Named::note>)).where(col<&Named::kind> > 0).named("named_by_note");
  }
};

class partial_upsert : public conformance_test {
protected:
  void SetUp() override {
    TUPELO_NEEDS(&feature_table::upsert);
    TUPELO_NEEDS(&feature_table::returning);
    create<Member, Seat, Twice, Berth, Shelf, Named>();
  }
};
TUPELO_CONFORMANCE_SUITE(partial_upsert);

TEST_P(partial_upsert, meets_rows_that_are_not_marked_as_deleted) {
  Member first{.email = "ada", .name = "old"};
  sync_wait(db.insert(first));
  Member again{.email = "ada", .name = "new"};
  sync_wait(db.upsert(again, on_conflict(col<&Member::email>).update_all()));
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(sync_wait(db.get<Member>(first.id)).name, "new");
  sync_wait(db.erase(again));
  Member third{.email = "ada", .name = "third"};
  sync_wait(db.upsert(third, on_conflict(col<&Member::email>).update_all()));
  EXPECT_NE(third.id, first.id);
}
TEST_P(partial_upsert, goes_by_the_condition_of_the_index_with_its_values) {
  for (const char* guest : {"ada", "bob", "cyd"}) {  // more than once: the statement is known then
    Seat seat{.room = "a", .number = 1, .state = "it's taken", .guest = guest};
    sync_wait(db.upsert(seat, on_conflict(col<&Seat::number>, col<&Seat::room>).update(col<&Seat::guest>)));
  }
  const Seat seat = sync_wait(db.query<Seat>().one());
  EXPECT_EQ(seat.guest, "cyd");
  Seat free{.room = "a", .number = 1, .state = "free"};
  sync_wait(db.upsert(free, on_conflict(col<&Seat::room>, col<&Seat::number>).ignore()));
  EXPECT_EQ(sync_wait(db.query<Seat>().count()), 2);
}
TEST_P(partial_upsert, that_could_mean_several_indexes_is_refused) {
  Twice row{.number = 1, .amount = 1};
  EXPECT_THROW(sync_wait(db.upsert(row, on_conflict(col<&Twice::number>).update_all())), query_error);
}
TEST_P(partial_upsert, says_which_of_several_indexes_is_meant) {
  const auto upserted = [&](int amount, auto condition) {
    Twice row{.number = 1, .amount = amount};
    sync_wait(db.upsert(row, on_conflict(col<&Twice::number>).target_where(condition).update(col<&Twice::amount>)));
    return row.id;
  };
  const std::int64_t some = upserted(1, col<&Twice::amount> > 0);
  const std::int64_t other = upserted(-1, col<&Twice::amount> < 0);
  EXPECT_NE(some, other);
  EXPECT_EQ(upserted(2, col<&Twice::amount> > 0), some);
  EXPECT_EQ(upserted(-2, col<&Twice::amount> < 0), other);
  EXPECT_EQ(sync_wait(db.query<Twice>().count()), 2);
}
TEST_P(partial_upsert, need_not_say_what_the_model_adds_to_the_index) {
  const auto upserted = [&](int length, const auto& condition) {
    Berth row{.number = 1, .length = length};
    sync_wait(db.upsert(row, on_conflict(col<&Berth::number>).target_where(condition).update(col<&Berth::length>)));
    return row.id;
  };
  const auto is_long = col<&Berth::length> > 10 || col<&Berth::length> == 10;
  const auto is_short = col<&Berth::length> < 10;
  const std::int64_t some = upserted(20, is_long);
  const std::int64_t other = upserted(5, is_short);
  EXPECT_NE(some, other);
  EXPECT_EQ(upserted(10, is_long), some);
  EXPECT_EQ(upserted(6, is_short), other);
  EXPECT_EQ(upserted(7, is_short && col<&Berth::deleted_at>.is_null()), other) << "who says it says it once";
  sync_wait(db.erase<Berth>().where(col<&Berth::id> == some).run());
  EXPECT_NE(upserted(20, is_long), some) << "what is marked is no conflict";
}
TEST_P(partial_upsert, by_columns_that_are_not_unique_is_refused_by_their_names) {
  Berth row{.number = 1, .length = 1};
  const auto refused = [&](const conflict_clause& clause) {
    return std::string(failure_of<query_error>([&] { sync_wait(db.upsert(row, clause)); }).what());
  };
  const std::string two = refused(on_conflict(col<&Berth::number>, col<&Berth::length>).update_all());
  EXPECT_NE(two.find("on_conflict() of Berth names \"number\", \"length\", which is neither"), std::string::npos)
      << two;
  EXPECT_NE(two.find("m.unique("), std::string::npos) << two;
  EXPECT_NE(refused(on_conflict(col<&Berth::length>).ignore()).find("\"length\""), std::string::npos);
  Named named{.name = "x"};
  EXPECT_THROW(sync_wait(db.upsert(named, on_conflict(upper(col<&Named::name>)).update_all())), query_error);
  EXPECT_EQ(sync_wait(db.query<Berth>().count()), 0);
}
TEST_P(partial_upsert, goes_by_what_a_table_has_where_the_model_says_nothing) {
  create<Plain>();
  sync_wait(db.execute("CREATE UNIQUE INDEX plain_name ON plains (name)"));
  Plain first{.name = "a"};
  sync_wait(db.insert(first));
  Plain again{.name = "a", .amount = 2};
  sync_wait(db.upsert(again, on_conflict(col<&Plain::name>).update_all()));
  EXPECT_EQ(again.id, first.id);
}
TEST_P(partial_upsert, a_condition_without_columns_is_refused) {
  Twice row{.number = 1, .amount = 1};
  EXPECT_THROW(sync_wait(db.upsert(row, on_conflict().target_where(col<&Twice::amount> > 0).ignore())), query_error);
}
TEST_P(partial_upsert, goes_by_conditions_with_lists_decimals_and_moments) {
  Shelf first{.place = "a", .number = 5, .price = decimal::parse("2.25"), .opened_at = timestamp{5}, .content = "x"};
  sync_wait(db.insert(first));
  const auto meets = [&](Shelf row, const conflict_clause& clause) {
    sync_wait(db.upsert(row, clause));
    return row.id == first.id;
  };
  EXPECT_TRUE(meets({.place = "a", .number = 3, .price = decimal::parse("1"), .content = "other"},
                    on_conflict(col<&Shelf::place>).update(col<&Shelf::number>)));
  EXPECT_TRUE(meets({.place = "z", .number = 9, .price = decimal::parse("1.75"), .content = "x"},
                    on_conflict(col<&Shelf::content>).update(col<&Shelf::price>)));
  EXPECT_TRUE(
      meets({.place = "a", .number = 9, .price = decimal::parse("1"), .opened_at = timestamp{9}, .content = "x"},
            on_conflict(col<&Shelf::content>, col<&Shelf::place>).update(col<&Shelf::opened_at>)));
  EXPECT_FALSE(meets({.place = "a", .number = 9, .price = decimal::parse("1"), .content = "y"},
                     on_conflict(col<&Shelf::place>).update(col<&Shelf::number>)));
}
TEST_P(partial_upsert, meets_rows_by_the_expression_of_an_index) {
  Named first{.name = "Ada", .kind = 1, .note = "Best"};
  sync_wait(db.insert(first));
  Named again{.name = "ADA", .kind = 2, .note = "other"};
  sync_wait(db.upsert(again, on_conflict(lower(col<&Named::name>)).update(col<&Named::name>)));
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(sync_wait(db.get<Named>(first.id)).name, "ADA");
  Named third{.name = "bob", .kind = 1, .note = "BEST"};
  sync_wait(db.upsert(third, on_conflict(col<&Named::kind>, lower(col<&Named::note>)).update(col<&Named::note>)));
  EXPECT_EQ(third.id, first.id) << "with the condition of the index";
  EXPECT_EQ(sync_wait(db.query<Named>().count()), 1);
}

// ---- models of which a key is all

struct Keyword {
  std::int64_t id{};
  std::string word{};

  static void model(model<Keyword>& m) { m.unique(&Keyword::word); }
};
struct Waymark {
  int route{};
  int place{};

  static void model(model<Waymark>& m) { m.primary_key(&Waymark::route, &Waymark::place); }
};

class bare_upsert : public conformance_test {
protected:
  void SetUp() override {
    TUPELO_NEEDS(&feature_table::upsert);
    TUPELO_NEEDS(&feature_table::returning);
    create<Keyword, Waymark>();
  }
};
TUPELO_CONFORMANCE_SUITE(bare_upsert);

TEST_P(bare_upsert, of_all_columns_finds_the_row_that_is_there) {
  Keyword first{.word = "lens"};
  sync_wait(db.insert(first));
  Keyword again{.word = "lens"};
  EXPECT_TRUE(sync_wait(db.upsert(again, on_conflict(col<&Keyword::word>).update_all())));
  EXPECT_EQ(again.id, first.id) << "the object is the row now";
  EXPECT_EQ(sync_wait(db.query<Keyword>().count()), 1);
}
TEST_P(bare_upsert, of_all_columns_takes_a_model_of_key_columns_only) {
  std::vector<Waymark> marks{{1, 2}, {1, 3}};
  const conflict_clause by = on_conflict(col<&Waymark::route>, col<&Waymark::place>).update_all();
  sync_wait(db.upsert(marks[0], by));
  EXPECT_EQ(sync_wait(db.upsert(marks, by)), std::vector<bool>(2, true));
  EXPECT_EQ(sync_wait(db.query<Waymark>().count()), 2);
}

}  // namespace
}  // namespace tupelo::conformance
