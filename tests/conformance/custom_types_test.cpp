// SPDX-License-Identifier: Apache-2.0
// Types that some databases have in a form of their own and others keep as text.
#include "backend.hpp"

#include <tupelo/schema/migrator.hpp>
#include <tupelo/query/raw_term.hpp>
#include <tupelo/model/bits.hpp>
#include <tupelo/model/cidr.hpp>
#include <tupelo/model/composite.hpp>
#include <tupelo/model/inet.hpp>
#include <tupelo/model/multirange.hpp>
#include <tupelo/model/offset_time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::conformance {

struct Dimensions {
  std::int32_t width{};
  std::optional<decimal> height{};
  std::string unit{};
  friend bool operator==(const Dimensions&, const Dimensions&) = default;
};

}  // namespace tupelo::conformance

template <>
struct tupelo::field_traits<tupelo::conformance::Dimensions>
    : tupelo::composite<tupelo::conformance::Dimensions, "dimensions"> {};

namespace tupelo::conformance {
namespace {

struct Parcel {
  std::int64_t id{};
  Dimensions size{};
  std::optional<Dimensions> crate{};
  std::vector<Dimensions> parts{};
  multirange<std::int32_t> shelves{};
  multirange<timestamp> open{};
  std::vector<range<date>> holidays{};
  bits flags{};
  std::optional<offset_time> pickup{};
  interval keep{};
  inet ordered_from{};
  std::optional<cidr> office{};
  std::vector<inet> scanners{};
  friend bool operator==(const Parcel&, const Parcel&) = default;
};

class custom_types : public conformance_test {
protected:
  custom_types() { create<Parcel>(); }
  std::int64_t count(const condition<Parcel>& where) { return sync_wait(db.query<Parcel>().where(where).count()); }
};
TUPELO_CONFORMANCE_SUITE(custom_types);

Parcel some_parcel() {
  return {.size = {7, decimal::parse("2.50"), "a \"b\", (c)\\"},
          .crate = Dimensions{},
          .parts = {{1, std::nullopt, ""}, {2, decimal(3), "x"}},
          .shelves = {{1, 3}, {5, std::nullopt}},
          .open = {{timestamp{0}, timestamp{1'000'000}, range_bounds::closed}},
          .holidays = {{date{10}, date{20}}, {}},
          .flags = bits::parse("101"),
          .pickup = offset_time{time_of_day::from_hms(12, 30), -5 * 3600},
          .keep = {1, 2, 3},
          .ordered_from = inet::parse("10.1.2.3/8"),
          .office = cidr::parse("2001:db8::/32"),
          .scanners = {inet::parse("::1"), inet::parse("192.168.0.7")}};
}

TEST_P(custom_types, come_back_as_they_were) {
  std::vector<Parcel> parcels{some_parcel(), {}};
  sync_wait(db.insert(parcels));
  EXPECT_TRUE(sync_wait(db.query<Parcel>().order_by(col<&Parcel::id>).all()) == parcels);
}

TEST_P(custom_types, addresses_and_networks_are_found_again) {
  sync_wait(db.insert(some_parcel()));
  EXPECT_EQ(count(col<&Parcel::ordered_from> == inet::parse("10.1.2.3/8")), 1);
  EXPECT_EQ(count(col<&Parcel::ordered_from> == inet::parse("10.1.2.3")), 0);
  EXPECT_EQ(count(col<&Parcel::office> == cidr::parse("2001:db8::/32")), 1);
  EXPECT_EQ(count(col<&Parcel::office>.in(cidr::parse("10.0.0.0/8"), cidr::parse("2001:db8::/32"))), 1);
  EXPECT_EQ(count(col<&Parcel::scanners>.contains(inet::parse("::1"))), 1);
}

TEST_P(custom_types, are_copied_in_and_out) {
  Parcel parcel = some_parcel();
  sync_wait(db.copy_in(std::vector{parcel}));
  const Parcel stored = sync_wait(db.query<Parcel>().one());
  parcel.id = stored.id;
  EXPECT_TRUE(stored == parcel);
  run([&]() -> task<void> {
    auto rows = db.copy_out<Parcel>();
    const auto copied = co_await rows.next();
    EXPECT_TRUE(copied && *copied == parcel);
  });
}

struct Slot {
  std::int64_t id{};
  range<std::int64_t> numbers{};
  multirange<date> days{};
  bits flags{};
  std::vector<std::optional<range<timestamp>>> spans{};
  friend bool operator==(const Slot&, const Slot&) = default;
};
TEST_P(custom_types, are_copied_with_all_columns_in_a_form_of_their_own) {
  create<Slot>();
  const std::vector<Slot> slots{{.id = 1,
                                 .numbers = {1, 9},
                                 .days = {{date{1}, date{2}}, {date{5}, std::nullopt}},
                                 .flags = bits(17, true),
                                 .spans = {range<timestamp>::all(), std::nullopt}},
                                {.id = 2}};
  sync_wait(db.copy_in(slots));
  EXPECT_TRUE(sync_wait(db.query<Slot>().order_by(col<&Slot::id>).all()) == slots);
}

TEST_P(custom_types, are_found_again_by_themselves) {
  const Parcel p = sync_wait(db.insert(some_parcel()));
  EXPECT_EQ(
      count(col<&Parcel::shelves> == p.shelves && col<&Parcel::flags> == p.flags && col<&Parcel::pickup> == *p.pickup),
      1);
  EXPECT_EQ(count(col<&Parcel::flags> == bits::parse("1010")), 0);
  EXPECT_EQ(count(col<&Parcel::holidays> == p.holidays), 1);
  EXPECT_EQ(count(col<&Parcel::shelves>.in(multirange<std::int32_t>{}, p.shelves)), 1);
  EXPECT_EQ(count(raw<bool>("? = ?", col<&Parcel::flags>, p.flags)), 1);
}

TEST_P(custom_types, are_updated_by_sessions_where_they_changed) {
  run([&]() -> task<void> {
    auto session = db.session();
    auto parcel = session.add(some_parcel());
    co_await session.commit();
    parcel->size.unit = "cm";
    parcel->shelves = {{2, 4}};
    parcel->flags.push_back(true);
    parcel->pickup->offset_seconds = 0;
    co_await session.commit();
  });
  const Parcel stored = sync_wait(db.query<Parcel>().one());
  EXPECT_EQ(stored.size.unit, "cm");
  EXPECT_EQ(stored.shelves, (multirange<std::int32_t>{{2, 4}}));
  EXPECT_EQ(stored.flags.to_string(), "1011");
  EXPECT_EQ(stored.pickup->offset_seconds, 0);
}

TEST_P(custom_types, are_written_by_a_pipeline_that_meets_them_first) {
  run([&]() -> task<void> {
    const auto [first, second] = co_await db.pipeline(db.insert(some_parcel()), db.insert(Parcel{}));
    EXPECT_LT(first.id, second.id);
  });
  const auto stored = sync_wait(db.query<Parcel>().order_by(col<&Parcel::id>).all());
  EXPECT_EQ(stored.at(0).size, some_parcel().size);
  EXPECT_EQ(stored.at(1).parts, std::vector<Dimensions>{});
}

TEST_P(custom_types, that_changed_in_the_database_are_written_as_they_are_now) {
  TUPELO_NEEDS(&feature_table::ranges);
  lease held = sync_wait(db.acquire());
  sync_wait(held.insert(some_parcel()));
  sync_wait(db.execute("ALTER TYPE dimensions DROP ATTRIBUTE width"));
  sync_wait(db.execute("ALTER TYPE dimensions ADD ATTRIBUTE amount bigint"));
  const auto e = failure_of<error>([&] { sync_wait(held.insert(some_parcel())); });
  EXPECT_EQ(e.code(), errc::type_mismatch) << e.what();
  EXPECT_NE(std::string(e.what()).find("attribute 2"), std::string::npos) << e.what();
  sync_wait(db.execute("ALTER TYPE dimensions DROP ATTRIBUTE amount"));
  sync_wait(db.execute("ALTER TYPE dimensions DROP ATTRIBUTE height"));
  sync_wait(db.execute("ALTER TYPE dimensions DROP ATTRIBUTE unit"));
  sync_wait(db.execute("ALTER TYPE dimensions ADD ATTRIBUTE w bigint"));
  sync_wait(db.execute("ALTER TYPE dimensions ADD ATTRIBUTE h numeric"));
  sync_wait(db.execute("ALTER TYPE dimensions ADD ATTRIBUTE u varchar(40)"));
  const Parcel stored = sync_wait(held.insert(some_parcel()));
  EXPECT_EQ(sync_wait(held.query<Parcel>().where(col<&Parcel::id> == stored.id).one()).size, some_parcel().size);
}

struct Outlet {
  std::int64_t id{};
  native<"macaddr"> card{"08:00:2b:01:02:03"};  // has no binary form, so that the rows are copied as text
  std::vector<inet> addresses{};
  std::vector<cidr> networks{};
  std::vector<std::optional<range<date>>> closed{};
  std::vector<bits> flags{};
  std::vector<Dimensions> sizes{};
  multirange<std::int32_t> ports{};
  bool operator==(const Outlet& other) const {
    return id == other.id && card.text == other.card.text && addresses == other.addresses &&
           networks == other.networks && closed == other.closed && flags == other.flags && sizes == other.sizes &&
           ports == other.ports;
  }
};
class outlets : public conformance_test {};
TUPELO_CONFORMANCE_SUITE(outlets);
TEST_P(outlets, are_copied_with_arrays_beside_a_type_without_a_binary_form) {
  create<Outlet>();
  const std::vector<Outlet> outlets{{.id = 1,
                                     .addresses = {inet::parse("::1"), inet::parse("192.168.0.7/24")},
                                     .networks = {cidr::parse("10.0.0.0/8")},
                                     .closed = {{{date{10}, date{20}}}, std::nullopt},
                                     .flags = {bits::parse("101"), bits()},
                                     .sizes = some_parcel().parts,
                                     .ports = {{1, 3}, {5, std::nullopt}}},
                                    {.id = 2}};
  sync_wait(db.copy_in(outlets));
  EXPECT_TRUE(sync_wait(db.query<Outlet>().order_by(col<&Outlet::id>).all()) == outlets);
}

enum class Colour : std::uint8_t { red, green };
struct Brick {
  std::int64_t id{};
  Colour colour{};
  std::optional<Colour> edge{};
  std::vector<Colour> sides{};
  Dimensions size{};
  friend bool operator==(const Brick&, const Brick&) = default;
  static void model(tupelo::model<Brick>& m) { m.native_enum(&Brick::colour); }
};
class bricks : public conformance_test {};
TUPELO_CONFORMANCE_SUITE(bricks);
TEST_P(bricks, are_copied_with_composites_beside_enums) {
  create<Brick>();
  const std::vector<Brick> bricks{{1, Colour::green, Colour::red, {Colour::red, Colour::green}, some_parcel().size},
                                  {.id = 2}};
  sync_wait(db.copy_in(bricks));
  EXPECT_TRUE(sync_wait(db.query<Brick>().order_by(col<&Brick::id>).all()) == bricks);
}

TEST_P(custom_types, that_the_struct_cannot_hold_name_the_column) {
  sync_wait(db.insert(some_parcel()));
  if (features().ranges) {
    sync_wait(db.execute("ALTER TYPE dimensions ADD ATTRIBUTE depth integer"));
  } else {
    sync_wait(db.execute("UPDATE parcels SET size = '(1,2)'"));
  }
  EXPECT_EQ(failure_of<decode_error>([&] { sync_wait(db.query<Parcel>().one()); }).column(), "size");
}

TEST_P(custom_types, of_several_attributes_are_compared) {
  const Parcel p = sync_wait(db.insert(some_parcel()));
  const Dimensions other{.width = 8};
  EXPECT_EQ(count(col<&Parcel::size> == p.size), 1);
  EXPECT_EQ(count(col<&Parcel::size> != p.size), 0);
  EXPECT_EQ(count(col<&Parcel::size> == other), 0);
  EXPECT_EQ(count(col<&Parcel::crate> == *p.crate), 1);
  EXPECT_EQ(count(col<&Parcel::crate> == std::optional<Dimensions>()), 0);
  EXPECT_EQ(count(col<&Parcel::size>.in(other, p.size)), 1);
  EXPECT_EQ(count(col<&Parcel::size>.in(std::vector{other})), 0);
  EXPECT_EQ(count(!col<&Parcel::size>.in(other)), 1);
  EXPECT_EQ(count(coalesce(col<&Parcel::crate>, other) == Dimensions{}), 1);
  EXPECT_EQ(count(col<&Parcel::parts> == p.parts), 1);
  EXPECT_EQ(count(col<&Parcel::parts>.contains(p.parts[1])), 1);
  EXPECT_EQ(count(col<&Parcel::parts>.contains(other)), 0);
  EXPECT_EQ(sync_wait(db.update<Parcel>().set(col<&Parcel::size>, other).where(col<&Parcel::size> == p.size).run()), 1);
  EXPECT_EQ(count(col<&Parcel::size> == other), 1);
}

TEST_P(custom_types, of_several_attributes_are_compared_by_sql_that_says_their_type) {
  const Parcel p = sync_wait(db.insert(some_parcel()));
  const auto untyped = [&] {
    return sync_wait(db.raw_sql<std::int64_t>("SELECT id FROM parcels WHERE size = ?", p.size).one());
  };
  if (!features().composites) {
    EXPECT_EQ(untyped(), p.id) << "they are texts here";
    return;
  }
  const auto e = failure_of<query_error>(untyped);
  EXPECT_NE(std::string(e.what()).find("cast"), std::string::npos) << e.what();
  EXPECT_EQ(sync_wait(db.raw_sql<std::int64_t>("SELECT id FROM parcels WHERE size = ?::dimensions", p.size).one()),
            p.id);
}

struct Lease {
  std::int64_t id{};
  interval term{};
};
TEST_P(custom_types, endless_intervals_are_kept_or_refused_before_they_are_sent) {
  create<Lease>();
  bool has_them = true;
  if (features().ranges)
    has_them = sync_wait(db.raw_sql<std::string>("SHOW server_version_num").one()) >= std::string("170000");
  if (!has_them) {
    const auto e = failure_of<value_error>([&] { sync_wait(db.insert(Lease{.term = interval::infinity()})); });
    EXPECT_NE(std::string(e.what()).find("17"), std::string::npos) << e.what();
    return;
  }
  sync_wait(db.insert(Lease{.term = interval::infinity()}));
  sync_wait(db.insert(Lease{.term = interval::minus_infinity()}));
  EXPECT_EQ(sync_wait(db.query<Lease>().where(col<&Lease::term> == interval::infinity()).one()).term,
            interval::infinity());
}

TEST_P(custom_types, leave_no_difference_behind) {
  for (const schema_operation& left : sync_wait(migrate::compare(db, schema_of<Parcel>())))
    ADD_FAILURE() << left.describe();
}

}  // namespace
}  // namespace tupelo::conformance
