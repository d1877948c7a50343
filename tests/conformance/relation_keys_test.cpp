// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

namespace tupelo::conformance::geography {

/// A type of its own for a key.
struct SeatId {
  std::int64_t value{};
};

}  // namespace tupelo::conformance::geography

template <>
struct tupelo::field_traits<tupelo::conformance::geography::SeatId> {
  using stored = std::int64_t;
  static stored store(const tupelo::conformance::geography::SeatId& id) { return id.value; }
  static tupelo::conformance::geography::SeatId load(stored value) { return {value}; }
};

namespace tupelo::conformance::geography {
namespace {

struct City;
struct Topic;
struct Visit;

enum class Level : std::uint8_t { low, high };

struct Country {
  std::string code{};
  has_many<City> cities{};
  many_to_many<Topic> topics{};

  static void model(tupelo::model<Country>& m) {
    m.primary_key(&Country::code);
    m.has_many(&Country::cities, "country");
    m.many_to_many(&Country::topics, "interests", "country", "topic");
  }
};
struct City {
  uuid id{};
  std::optional<std::string> country{};
  std::string name{};
  belongs_to<Country> of{};

  static void model(tupelo::model<City>& m) {
    m.table("cities");
    m.belongs_to(&City::of, &City::country);
  }
};
struct Topic {
  uuid id{};
  std::string name{};
  many_to_many<Country> countries{};

  static void model(tupelo::model<Topic>& m) { m.many_to_many(&Topic::countries, "interests", "topic", "country"); }
};
struct Interest {
  std::string country{};
  uuid topic{};

  static void model(tupelo::model<Interest>& m) {
    m.table("interests");
    m.primary_key(&Interest::country, &Interest::topic);
  }
};
/// A key of a day and a name.
struct Day {
  date on{};
  Level level{};
  has_many<Visit> visits{};

  static void model(tupelo::model<Day>& m) {
    m.primary_key(&Day::on, &Day::level);
    m.has_many(&Day::visits, "day", "level");
  }
};
struct Visit {
  std::int64_t id{};
  date day{};
  Level level{};
};

struct Guest;
struct Seat {
  SeatId id{};
  has_many<Guest> guests{};
  many_to_many<Guest> waiting{};

  static void model(tupelo::model<Seat>& m) {
    m.primary_key(&Seat::id).key_not_generated();
    m.has_many(&Seat::guests, "seat_id");
    m.many_to_many(&Seat::waiting, "queues", "seat", "guest");
  }
};
struct Guest {
  std::int64_t id{};
  std::optional<std::int64_t> seat_id{};
  std::string name{};
};
struct Queue {
  std::int64_t seat{};
  std::int64_t guest{};

  static void model(tupelo::model<Queue>& m) { m.primary_key(&Queue::seat, &Queue::guest); }
};

struct Leaf;
/// A key of bytes, as hashes are.
struct Tree {
  bytes hash{};
  has_many<Leaf> leaves{};

  static void model(tupelo::model<Tree>& m) {
    m.primary_key(&Tree::hash);
    m.has_many(&Tree::leaves, "tree");
  }
};
struct Leaf {
  std::int64_t id{};
  std::optional<bytes> tree{};
  belongs_to<Tree> of{};

  static void model(tupelo::model<Leaf>& m) { m.table("leaves").belongs_to(&Leaf::of, &Leaf::tree); }
};

class relation_key_kinds : public conformance_test {};
TUPELO_CONFORMANCE_SUITE(relation_key_kinds);

TEST_P(relation_key_kinds, may_be_texts_and_uuids) {
  create<Country, City, Topic, Interest>();
  std::vector<Country> countries{{.code = "no"}, {.code = "q\"'\\ü"}, {.code = ""}};
  sync_wait(db.insert(countries));
  std::vector<City> cities{{.country = "no", .name = "oslo"},
                           {.country = "q\"'\\ü", .name = "odd"},
                           {.country = "", .name = "none"},
                           {.name = "lost"}};
  sync_wait(db.insert(cities));
  std::vector<Topic> topics{{.name = "ice"}, {.name = "sea"}};
  sync_wait(db.insert(topics));
  std::vector<Interest> interests{{"no", topics[0].id}, {"no", topics[1].id}, {"", topics[1].id}};
  sync_wait(db.insert(interests));

  const auto found = sync_wait(db.query<Country>()
                                   .with(&Country::cities, &City::of)
                                   .with(&Country::topics, [](auto& q) { q.order_by(col<&Topic::name>); })
                                   .all());
  for (const Country& country : found) {
    ASSERT_EQ(country.cities.size(), 1U) << country.code;
    EXPECT_EQ(country.cities[0].of->code, country.code);
    EXPECT_EQ(country.topics.size(), country.code == "no" ? 2U : country.code.empty() ? 1U : 0U);
  }
  const auto seas = sync_wait(db.query<Topic>()
                                  .where(col<&Topic::name> == "sea")
                                  .with(&Topic::countries, [](auto& q) { q.order_by(col<&Country::code>); })
                                  .one());
  ASSERT_EQ(seas.countries.size(), 2U);
  EXPECT_EQ(seas.countries[1].code, "no");
}
TEST_P(relation_key_kinds, may_be_bytes) {
  create<Tree, Leaf>();
  const bytes zero{std::byte{0}}, long_one(40, std::byte{0xfe}), empty;
  std::vector<Tree> trees{{.hash = zero}, {.hash = long_one}, {.hash = empty}};
  sync_wait(db.insert(trees));
  std::vector<Leaf> leaves{{.tree = zero}, {.tree = long_one}, {.tree = long_one}, {.tree = empty}, {}};
  sync_wait(db.insert(leaves));
  const auto found = sync_wait(db.query<Tree>().order_by(col<&Tree::hash>).with(&Tree::leaves).all());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].leaves.size(), 1U);
  EXPECT_EQ(found[1].leaves.size(), 1U);
  EXPECT_EQ(found[2].leaves.size(), 2U);
  const auto back = sync_wait(db.query<Leaf>().order_by(col<&Leaf::id>).with(&Leaf::of).all());
  EXPECT_EQ(back[1].of->hash, long_one);
  EXPECT_EQ(sync_wait(db.query<Tree>().where(col<&Tree::hash>.in(std::vector<bytes>(2000, zero))).count()), 1);
}
TEST_P(relation_key_kinds, may_be_types_of_ones_own) {
  create<Seat, Guest, Queue>();
  std::vector<Seat> seats{{.id = {7}}, {.id = {8}}};
  sync_wait(db.insert(seats));
  std::vector<Guest> guests{{.seat_id = 8, .name = "ada"}, {.seat_id = 8, .name = "bob"}, {.name = "cyd"}};
  sync_wait(db.insert(guests));
  EXPECT_EQ(sync_wait(db.attach(seats[0], &Seat::waiting, guests[2])), 1);
  const auto found = sync_wait(db.query<Seat>().with(&Seat::guests).with(&Seat::waiting).all());
  for (const Seat& seat : found) {
    EXPECT_EQ(seat.guests.size(), seat.id.value == 8 ? 2U : 0U);
    EXPECT_EQ(seat.waiting.size(), seat.id.value == 7 ? 1U : 0U);
  }
}
TEST_P(relation_key_kinds, may_be_days_and_enumerators_together) {
  create<Day, Visit>();
  const date first = date::from_ymd(2026, 11, 21), second = date::from_ymd(1969, 12, 31);
  std::vector<Day> days{{.on = first, .level = Level::low}, {.on = first, .level = Level::high}, {.on = second}};
  sync_wait(db.insert(days));
  std::vector<Visit> visits{{.day = first, .level = Level::high},
                            {.day = second, .level = Level::low},
                            {.day = second, .level = Level::high}};
  sync_wait(db.insert(visits));
  const auto found =
      sync_wait(db.query<Day>().order_by(col<&Day::on>, col<&Day::level>.desc()).with(&Day::visits).all());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].visits.size(), 1U);
  EXPECT_EQ(found[1].visits.size() + found[2].visits.size(), 1U);
}

}  // namespace
}  // namespace tupelo::conformance::geography
