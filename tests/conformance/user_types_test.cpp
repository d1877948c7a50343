// SPDX-License-Identifier: Apache-2.0
#include "backend.hpp"

#include <tupelo/query/functions.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tupelo::conformance {

/// A number with a unit, stored as a number.
struct Money {
  std::int64_t cents{};
  friend bool operator==(const Money&, const Money&) = default;
};
/// A key that no other key can be taken for.
struct TicketId {
  std::int64_t value{};
  friend bool operator==(const TicketId&, const TicketId&) = default;
};
/// A key whose bytes are not the number that it is stored as.
struct Serial {
  char letter = 'A';
  std::int32_t number{};
  friend bool operator==(const Serial&, const Serial&) = default;
};
struct Email {
  std::string address;
  friend bool operator==(const Email&, const Email&) = default;
};
struct Share {
  double part{};
  friend bool operator==(const Share&, const Share&) = default;
};
struct Digest {
  bytes data;
  friend bool operator==(const Digest&, const Digest&) = default;
};
struct Badge {
  uuid id{};
  friend bool operator==(const Badge&, const Badge&) = default;
};
struct Labels {
  std::vector<std::string> all;
  friend bool operator==(const Labels&, const Labels&) = default;
};

}  // namespace tupelo::conformance

template <>
struct tupelo::field_traits<tupelo::conformance::Money> {
  using stored = std::int64_t;
  static stored store(const tupelo::conformance::Money& m) { return m.cents; }
  static tupelo::conformance::Money load(stored cents) {
    if (cents < 0) throw std::domain_error("a debt of " + std::to_string(cents));
    return {cents};
  }
};
template <>
struct tupelo::field_traits<tupelo::conformance::Serial> {
  using stored = std::int32_t;
  static stored store(const tupelo::conformance::Serial& s) { return s.number; }
  static tupelo::conformance::Serial load(stored number) { return {'S', number}; }
};
template <>
struct tupelo::field_traits<tupelo::conformance::TicketId> {
  using stored = std::int64_t;
  static stored store(const tupelo::conformance::TicketId& id) { return id.value; }
  static tupelo::conformance::TicketId load(stored value) { return {value}; }
};
template <>
struct tupelo::field_traits<tupelo::conformance::Email> {
  using stored = std::string;
  static stored store(const tupelo::conformance::Email& e) { return e.address; }
  static tupelo::conformance::Email load(const stored& text) { return {text}; }
};
template <>
struct tupelo::field_traits<tupelo::conformance::Share> {
  using stored = double;
  static stored store(const tupelo::conformance::Share& s) { return s.part; }
  static tupelo::conformance::Share load(stored part) { return {part}; }
};
template <>
struct tupelo::field_traits<tupelo::conformance::Digest> {
  using stored = tupelo::bytes;
  static stored store(const tupelo::conformance::Digest& d) { return d.data; }
  static tupelo::conformance::Digest load(const stored& data) { return {data}; }
};
template <>
struct tupelo::field_traits<tupelo::conformance::Badge> {
  using stored = tupelo::uuid;
  static stored store(const tupelo::conformance::Badge& b) { return b.id; }
  static tupelo::conformance::Badge load(const stored& id) { return {id}; }
};
template <>
struct tupelo::field_traits<tupelo::conformance::Labels> {
  using stored = std::vector<std::string>;
  static stored store(const tupelo::conformance::Labels& l) { return l.all; }
  static tupelo::conformance::Labels load(const stored& all) { return {all}; }
};

namespace tupelo::conformance {
namespace {

struct Ticket {
  TicketId id{};
  Money price{};
  std::optional<Money> tip{};
  Email buyer{};
  Share share{};
  Digest digest{};
  Labels labels{};
  std::vector<Money> parts{};
  std::vector<std::optional<Email>> copies{};
  friend bool operator==(const Ticket&, const Ticket&) = default;
};
struct Pass {
  Badge id{};
  std::string name{};
};

class user_types : public conformance_test {
protected:
  user_types() { create<Ticket, Pass>(); }
  std::int64_t count(const condition<Ticket>& where) { return sync_wait(db.query<Ticket>().where(where).count()); }
};
TUPELO_CONFORMANCE_SUITE(user_types);

TEST_P(user_types, come_back_as_they_were) {
  std::vector<Ticket> tickets{{.price = {100},
                               .tip = Money{5},
                               .buyer = {"ada@example.com"},
                               .share = {0.25},
                               .digest = {to_bytes(std::string("a\0b", 3))},
                               .labels = {{"x", "y"}},
                               .parts = {{1}, {2}},
                               .copies = {Email{"b"}, std::nullopt}},
                              {.buyer = {std::string(5'000, 'x')}, .digest = {bytes(5'000, std::byte{7})}}};
  sync_wait(db.insert(tickets));
  EXPECT_TRUE(sync_wait(db.query<Ticket>().order_by(col<&Ticket::id>).all()) == tickets);
}

TEST_P(user_types, are_copied_in) {
  const Ticket ticket{.id = {7},
                      .price = {100},
                      .tip = Money{5},
                      .buyer = {"a\tb\\"},
                      .digest = {to_bytes("x")},
                      .labels = {{"x", "y"}},
                      .parts = {{1}, {2}},
                      .copies = {Email{"b"}, std::nullopt}};
  sync_wait(db.copy_in(std::vector{ticket}));
  EXPECT_TRUE(sync_wait(db.query<Ticket>().one()) == ticket);
}

TEST_P(user_types, are_keys_that_the_database_makes) {
  Ticket first, second;
  sync_wait(db.insert(first));
  sync_wait(db.insert(second));
  EXPECT_NE(first.id, TicketId{});
  EXPECT_NE(first.id, second.id);
  EXPECT_TRUE(sync_wait(db.get<Ticket>(first.id)) == first);
  EXPECT_EQ(sync_wait(db.find<Ticket>(TicketId{first.id.value + 1'000})), std::nullopt);
}

struct Machine {
  Serial id{};
  std::int32_t weight{};
};
TEST_P(user_types, are_keys_that_the_database_makes_whatever_their_bytes_are) {
  create<Machine>();
  std::vector<Machine> machines{{.weight = 5}, {.weight = 3}, {.weight = 9}};
  sync_wait(db.insert(machines));
  for (const Machine& each : machines) {
    EXPECT_EQ(each.id.letter, 'S');
    EXPECT_EQ(sync_wait(db.get<Machine>(each.id)).weight, each.weight) << "its own key";
  }
}
TEST_P(user_types, are_keys_that_the_program_makes) {
  const Pass made = sync_wait(db.insert(Pass{.name = "ada"}));
  EXPECT_FALSE(made.id.id.is_nil());
  EXPECT_EQ(sync_wait(db.get<Pass>(made.id)).name, "ada");
}

TEST_P(user_types, are_compared_as_what_they_are_stored_as) {
  sync_wait(db.insert(Ticket{.price = {9}, .buyer = {"ada"}, .share = {0.5}}));
  sync_wait(db.insert(Ticket{.price = {100}, .tip = Money{1}, .buyer = {"bob"}, .share = {0.75}}));
  EXPECT_EQ(count(col<&Ticket::price> > Money{10}), 1);
  EXPECT_EQ(count(col<&Ticket::price>.in(Money{9}, Money{100}, Money{7})), 2);
  EXPECT_EQ(count(col<&Ticket::tip> == Money{1}), 1);
  EXPECT_EQ(count(col<&Ticket::tip> == std::optional<Money>()), 1);
  EXPECT_EQ(count(col<&Ticket::buyer> == Email{"bob"} && col<&Ticket::share> > Share{0.6}), 1);
  EXPECT_EQ(count(col<&Ticket::buyer>.in(std::vector<Email>(2'000, Email{"bob"}))), 1);
  EXPECT_EQ(count(col<&Ticket::share>.in(Share{0.5})), 1);
  EXPECT_EQ(count(col<&Ticket::price>.between(Money{1}, Money{50})), 1);
}

TEST_P(user_types, stand_in_arrays_and_are_found_there) {
  sync_wait(db.insert(Ticket{.labels = {{"x"}}, .parts = {{1}, {2}}}));
  EXPECT_EQ(count(col<&Ticket::parts>.contains(Money{2})), 1);
  EXPECT_EQ(count(col<&Ticket::parts> == std::vector<Money>{{1}, {2}}), 1);
  EXPECT_EQ(count(col<&Ticket::labels> == Labels{{"x"}}), 1);
}

TEST_P(user_types, are_selected_and_computed_with) {
  sync_wait(db.insert(Ticket{.price = {9}}));
  sync_wait(db.insert(Ticket{.price = {100}}));
  EXPECT_EQ(sync_wait(db.query<Ticket>().select<Money>(max(col<&Ticket::price>)).one()), Money{100});
  EXPECT_EQ(sync_wait(db.query<Ticket>().select<Money>(col<&Ticket::price>).order_by(col<&Ticket::price>).first()),
            Money{9});
}

TEST_P(user_types, are_parameters_and_rows_of_raw_sql) {
  sync_wait(db.insert(Ticket{.price = {9}, .buyer = {"ada"}}));
  EXPECT_EQ(sync_wait(db.raw_sql<Email>("SELECT buyer FROM tickets WHERE price = ?", Money{9}).one()), Email{"ada"});
}

TEST_P(user_types, are_updated_by_sessions_where_they_changed) {
  run([&]() -> task<void> {
    auto session = db.session();
    auto ticket = session.add(Ticket{.price = {1}, .parts = {{1}}});
    co_await session.commit();
    ticket->price = {2};
    ticket->parts.push_back({3});
    co_await session.commit();
    auto again = co_await session.get<Ticket>(ticket->id);
    EXPECT_EQ(&*again, &*ticket);
  });
  const Ticket stored = sync_wait(db.query<Ticket>().one());
  EXPECT_EQ(stored.price, Money{2});
  EXPECT_EQ(stored.parts, (std::vector<Money>{{1}, {3}}));
}

TEST_P(user_types, that_refuse_what_is_stored_name_column_and_type_but_not_the_value) {
  Ticket ticket;
  sync_wait(db.insert(ticket));
  sync_wait(db.raw_sql("UPDATE tickets SET price = -4711").run());
  const auto e = failure_of<decode_error>([&] { sync_wait(db.query<Ticket>().one()); });
  EXPECT_EQ(e.code(), errc::invalid_value);
  EXPECT_EQ(e.column(), "price");
  EXPECT_NE(std::string(e.what()).find("Money"), std::string::npos) << e.what();
  EXPECT_EQ(std::string(e.what()).find("4711"), std::string::npos) << e.what();
}

// ---- types that the database has and C++ has not

struct Host {
  std::int64_t id{};
  native<"inet"> address{};
  std::optional<native<"macaddr">> card{};
  std::vector<native<"cidr">> networks{};
  native<"bit(4)"> mask{"0000"};
  std::chrono::seconds uptime{};
  std::optional<std::chrono::milliseconds> timeout{};
  interval lease{};
  time_of_day backup_at{};
  std::optional<time_of_day> closes_at{};
  friend bool operator==(const Host&, const Host&) = default;

  static void model(tupelo::model<Host>& m) {
    m.column(&Host::lease).default_value("P1DT12H");
    m.column(&Host::backup_at).default_value("03:30:00.000000");
    m.check("at_night", col<&Host::backup_at> < time_of_day::from_hms(12, 0));
  }
};

class other_types : public conformance_test {
protected:
  other_types() { create<Host>(); }
  std::int64_t count(const condition<Host>& where) { return sync_wait(db.query<Host>().where(where).count()); }
};
TUPELO_CONFORMANCE_SUITE(other_types);

Host some_host() {
  using namespace std::chrono_literals;
  return {.address = {"10.0.0.1"},
          .card = native<"macaddr">{"08:00:2b:01:02:03"},
          .networks = {{"10.0.0.0/8"}, {"192.168.0.0/16"}},
          .mask = {"0101"},
          .uptime = -90s,
          .timeout = 1500ms,
          .lease = {14, -3, 5},
          .backup_at = time_of_day::from_hms(4, 30, 15, 6),
          .closes_at = time_of_day{time_of_day::max_us}};
}

TEST_P(other_types, come_back_as_they_were) {
  std::vector<Host> hosts{some_host(), {.address = {"::1"}}};
  sync_wait(db.insert(hosts));
  EXPECT_TRUE(sync_wait(db.query<Host>().order_by(col<&Host::id>).all()) == hosts);
}

TEST_P(other_types, are_copied_in) {
  Host host = some_host();
  sync_wait(db.copy_in(std::vector{host}));
  const Host stored = sync_wait(db.query<Host>().one());
  host.id = stored.id;
  EXPECT_TRUE(stored == host);
}

TEST_P(other_types, compare_with_values_and_with_text) {
  const Host host = sync_wait(db.insert(some_host()));
  EXPECT_EQ(count(col<&Host::address> == "10.0.0.1"), 1);
  EXPECT_EQ(count(col<&Host::address> == native<"inet">{"10.0.0.2"}), 0);
  EXPECT_EQ(count(col<&Host::address>.in("10.0.0.1", "10.0.0.3")), 1);
  EXPECT_EQ(count(col<&Host::card> == native<"macaddr">{"08:00:2b:01:02:03"}), 1);
  EXPECT_EQ(count(col<&Host::networks>.contains(native<"cidr">{"10.0.0.0/8"})), 1);
  EXPECT_EQ(count(col<&Host::mask> == "0101"), 1);
}

TEST_P(other_types, intervals_and_times_are_found_again) {
  using namespace std::chrono_literals;
  sync_wait(db.insert(some_host()));
  EXPECT_EQ(count(col<&Host::lease> == interval{14, -3, 5}), 1);
  EXPECT_EQ(count(col<&Host::lease>.in(interval{}, interval{14, -3, 5})), 1);
  EXPECT_EQ(count(col<&Host::uptime> == -90s && col<&Host::timeout> == 1500ms), 1);
  EXPECT_EQ(count(col<&Host::backup_at> == time_of_day::from_hms(4, 30, 15, 6)), 1);
  EXPECT_EQ(count(col<&Host::backup_at>.in(std::vector<time_of_day>(2'000, time_of_day::from_hms(4, 30, 15, 6)))), 1);
}

TEST_P(other_types, times_order_as_the_clock_does) {
  for (const unsigned hour : {9u, 11u, 2u}) {
    Host host = some_host();
    host.backup_at = time_of_day::from_hms(hour, 0);
    sync_wait(db.insert(host));
  }
  EXPECT_EQ(count(col<&Host::backup_at> > time_of_day::from_hms(8, 0)), 2);
  EXPECT_EQ(sync_wait(db.query<Host>().order_by(col<&Host::backup_at>).first())->backup_at,
            time_of_day::from_hms(2, 0));
  EXPECT_EQ(sync_wait(db.query<Host>().select<time_of_day>(max(col<&Host::backup_at>)).one()),
            time_of_day::from_hms(11, 0));
}

TEST_P(other_types, checks_and_defaults_hold) {
  Host late = some_host();
  late.backup_at = time_of_day::from_hms(13, 0);
  EXPECT_EQ(failure_of<check_violation>([&] { sync_wait(db.insert(late)); }).constraint(), "at_night");
  const std::string empty = features().arrays ? "'{}'" : "'[]'";
  sync_wait(
      db.raw_sql("INSERT INTO hosts (address, networks, mask, uptime) VALUES ('::1', " + empty + ", '0000', 'PT0S')")
          .run());
  const Host stored = sync_wait(db.query<Host>().one());
  EXPECT_EQ(stored.lease, (interval{0, 1, 43'200'000'000}));
  EXPECT_EQ(stored.backup_at, time_of_day::from_hms(3, 30));
}

TEST_P(other_types, intervals_with_months_fit_no_duration) {
  sync_wait(db.insert(some_host()));
  sync_wait(db.raw_sql("UPDATE hosts SET uptime = lease").run());
  const auto e = failure_of<decode_error>([&] { sync_wait(db.query<Host>().one()); });
  EXPECT_EQ(e.code(), errc::value_out_of_range);
  EXPECT_EQ(e.column(), "uptime");
}

TEST_P(other_types, times_outside_the_day_are_refused) {
  Host host = some_host();
  host.backup_at = time_of_day{-1};
  EXPECT_EQ(failure_of<value_error>([&] { sync_wait(db.insert(host)); }).code(), errc::value_out_of_range);
}

// ---- ranges

struct Booking {
  std::int64_t id{};
  range<std::int32_t> seats{};
  std::optional<range<std::int64_t>> numbers{};
  range<decimal> price{};
  range<date> days{};
  range<timestamp> during{};
  friend bool operator==(const Booking&, const Booking&) = default;
};

class ranges : public conformance_test {
protected:
  ranges() { create<Booking>(); }
  std::int64_t count(const condition<Booking>& where) { return sync_wait(db.query<Booking>().where(where).count()); }
};
TUPELO_CONFORMANCE_SUITE(ranges);

Booking some_booking() {
  return {.seats = {1, 5},
          .numbers = range<std::int64_t>::all(),
          .price = {decimal::parse("1.50"), std::nullopt, range_bounds::open},
          .days = {date{10}, date{20}},
          .during = {timestamp{-5}, timestamp{1'000'000}, range_bounds::closed}};
}

TEST_P(ranges, come_back_as_they_were) {
  std::vector<Booking> bookings{some_booking(), {}};
  sync_wait(db.insert(bookings));
  EXPECT_TRUE(sync_wait(db.query<Booking>().order_by(col<&Booking::id>).all()) == bookings);
}

TEST_P(ranges, to_infinity_come_back_as_they_were) {
  std::vector<Booking> bookings(4, some_booking());
  bookings[0].days = {date{10}, date::infinity(), range_bounds::closed};
  bookings[1].days = {date{10}, date::infinity()};
  bookings[2].days = {date::minus_infinity(), date::infinity(), range_bounds::open_closed};
  bookings[3].days = range<date>::only(date::infinity());
  for (Booking& b : bookings)
    b.during = {timestamp::minus_infinity(), timestamp::infinity(), range_bounds::open_closed};
  sync_wait(db.insert(bookings));
  EXPECT_TRUE(sync_wait(db.query<Booking>().order_by(col<&Booking::id>).all()) == bookings);
  for (const Booking& b : bookings) EXPECT_EQ(count(col<&Booking::days> == b.days), 1);
}

TEST_P(ranges, are_found_again_by_themselves) {
  const Booking b = sync_wait(db.insert(some_booking()));
  EXPECT_EQ(count(col<&Booking::seats> == b.seats && col<&Booking::numbers> == *b.numbers &&
                  col<&Booking::price> == b.price && col<&Booking::days> == b.days &&
                  col<&Booking::during> == b.during),
            1);
}

TEST_P(ranges, are_found_in_lists) {
  const Booking b = sync_wait(db.insert(some_booking()));
  EXPECT_EQ(count(col<&Booking::seats>.in(range<std::int32_t>(7, 9), b.seats)), 1);
}

TEST_P(ranges, contain_values_and_overlap_each_other) {
  TUPELO_NEEDS(&feature_table::ranges);
  sync_wait(db.insert(some_booking()));
  EXPECT_EQ(count(col<&Booking::seats>.contains(4) && col<&Booking::days>.contains(date{10}) &&
                  col<&Booking::price>.contains(decimal(2)) && col<&Booking::during>.contains(timestamp{0})),
            1);
  EXPECT_EQ(count(col<&Booking::seats>.contains(5)), 0);
  EXPECT_EQ(count(col<&Booking::seats>.overlaps(range<std::int32_t>(4, 9))), 1);
  EXPECT_EQ(count(col<&Booking::seats>.overlaps(range<std::int32_t>(5, 9))), 0);
  EXPECT_EQ(count(col<&Booking::numbers>.contains(std::int64_t{7})), 1);
}

TEST_P(ranges, are_not_searched_where_the_database_has_none) {
  TUPELO_NEEDS_NO(&feature_table::ranges);
  const auto e = failure_of<query_error>([&] { count(col<&Booking::seats>.contains(4)); });
  EXPECT_EQ(e.code(), errc::unsupported_feature);
  EXPECT_NE(std::string(e.what()).find("range"), std::string::npos);
  EXPECT_EQ(failure_of<query_error>([&] { count(col<&Booking::seats>.overlaps(range<std::int32_t>(4, 9))); }).code(),
            errc::unsupported_feature);
}

}  // namespace
}  // namespace tupelo::conformance
