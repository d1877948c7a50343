// SPDX-License-Identifier: Apache-2.0
// Numbers that the database computes, written into fields that hold fewer than their columns do.
#include "backend.hpp"

#include <tupelo/query/functions.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <tuple>

namespace tupelo::conformance {
namespace {

struct Gauge {
  std::int64_t id{};
  std::string name{};
  std::int8_t i8{};
  std::uint8_t u8{};
  std::int16_t i16{};
  std::uint16_t u16{};
  std::int32_t i32{};
  std::uint32_t u32{};
  std::int64_t i64{};
  std::uint64_t u64{};
  std::optional<std::int8_t> maybe{};
  int wide{};
  float f32{};

  static void model(model<Gauge>& m) {
    m.unique(&Gauge::name);
    m.column(&Gauge::wide).native_type("bigint");
  }
};

struct Notch {
  std::int64_t id{};
  std::string name{};
  std::uint8_t level{};
};

class computed_numbers : public conformance_test {
protected:
  computed_numbers() {
    create<Gauge>();
    sync_wait(db.insert(gauge));
  }
  template <auto Field>
  void keeps_within(std::int64_t lowest, std::int64_t highest) {
    constexpr auto c = col<Field>;
    const auto set = [&](const auto& computed) { sync_wait(db.update<Gauge>().set(c, computed).all_rows().run()); };
    const auto stored = [&] { return static_cast<std::int64_t>(sync_wait(db.query<Gauge>().one()).*Field); };
    const auto from_zero = [&](std::int64_t n) { return col<&Gauge::id> - gauge.id + n; };
    for (const std::int64_t held : {lowest, highest, std::int64_t{0}}) {
      set(from_zero(held));
      EXPECT_EQ(stored(), held) << "of " << lowest << " to " << highest;
    }
    set(from_zero(highest));
    const auto refused = failure_of<error>([&] { set(c + 1); });
    EXPECT_EQ(refused.code(), errc::value_out_of_range) << refused.what();
    EXPECT_EQ(std::string(refused.what()).find(std::to_string(highest)), std::string::npos) << refused.what();
    set(from_zero(lowest));
    EXPECT_EQ(failure_of<error>([&] { set(c - 1); }).code(), errc::value_out_of_range);
    EXPECT_EQ(stored(), lowest) << "the row can be read, and is as it was";
  }

  Gauge gauge{.name = "a"};
};
TUPELO_CONFORMANCE_SUITE(computed_numbers);

TEST_P(computed_numbers, are_those_that_the_field_holds) {
  keeps_within<&Gauge::i8>(-128, 127);
  keeps_within<&Gauge::u8>(0, 255);
  keeps_within<&Gauge::i16>(-32768, 32767);
  keeps_within<&Gauge::u16>(0, 65535);
  keeps_within<&Gauge::i32>(INT32_MIN, INT32_MAX);
  keeps_within<&Gauge::u32>(0, UINT32_MAX);
  keeps_within<&Gauge::i64>(INT64_MIN, INT64_MAX);
  keeps_within<&Gauge::u64>(0, INT64_MAX);
}
TEST_P(computed_numbers, are_those_that_the_field_holds_where_the_column_is_wider) {
  keeps_within<&Gauge::wide>(INT32_MIN, INT32_MAX);
}
TEST_P(computed_numbers, may_be_null) {
  sync_wait(db.update<Gauge>().set(col<&Gauge::maybe>, 5).all_rows().run());
  sync_wait(db.update<Gauge>().set(col<&Gauge::maybe>, nullif(col<&Gauge::maybe>, 5)).all_rows().run());
  EXPECT_EQ(sync_wait(db.query<Gauge>().one()).maybe, std::nullopt);
}
TEST_P(computed_numbers, of_a_wider_column_or_a_query_are_looked_at) {
  sync_wait(db.update<Gauge>().set(col<&Gauge::i32>, 300).all_rows().run());
  const auto out_of_range = [&](const auto& computed) {
    const auto update = db.update<Gauge>().set(col<&Gauge::u8>, computed).all_rows();
    EXPECT_EQ(failure_of<error>([&] { sync_wait(update.run()); }).code(), errc::value_out_of_range);
  };
  out_of_range(col<&Gauge::i32>);
  out_of_range(subquery(query<Gauge>().select<std::int64_t>(max(col<&Gauge::i32>))));
  EXPECT_EQ(sync_wait(db.query<Gauge>().one()).u8, 0);
}
TEST_P(computed_numbers, are_floats_that_the_field_holds) {
  const auto f32 = col<&Gauge::f32>;
  sync_wait(db.update<Gauge>().set(f32, 3e38f).all_rows().run());
  EXPECT_EQ(failure_of<error>([&] { sync_wait(db.update<Gauge>().set(f32, f32 * 10.0f).all_rows().run()); }).code(),
            errc::value_out_of_range);
  EXPECT_EQ(sync_wait(db.query<Gauge>().one()).f32, 3e38f);
  sync_wait(db.update<Gauge>().set(f32, f32 / 3.0f).all_rows().run());
  EXPECT_EQ(sync_wait(db.query<Gauge>().one()).f32, 1e38f);
}
TEST_P(computed_numbers, of_a_query_that_is_inserted_are_looked_at) {
  create<Notch>();
  using row = std::tuple<std::string, std::int64_t>;
  const auto level = col<&Gauge::u8>;
  const auto inserts = [&](const auto& rows) {
    return sync_wait(db.insert_from<Notch>(rows, col<&Notch::name>, col<&Notch::level>));
  };
  const auto sum = [&](int n) { return query<Gauge>().select<row>(col<&Gauge::name>, level + n); };
  sync_wait(db.update<Gauge>().set(level, 250).all_rows().run());
  const auto refuses = [&](const auto& rows) {
    EXPECT_EQ(failure_of<error>([&] { inserts(rows); }).code(), errc::value_out_of_range);
    EXPECT_EQ(sync_wait(db.query<Notch>().count()), 0);
  };
  refuses(sum(10));
  refuses(sum(10).distinct());
  refuses(sum(10).distinct().order_by(level + 10));
  refuses(sum(10).union_all(sum(1)));
  refuses(sum(1).union_(sum(10)));
  EXPECT_EQ(inserts(sum(5).distinct().order_by(level + 5)), 1);
  EXPECT_EQ(inserts(sum(4).union_all(sum(5))), 2);
  EXPECT_EQ(sync_wait(db.query<Notch>().where(col<&Notch::level> == 255).count()), 2);
}
TEST_P(computed_numbers, of_an_upsert_are_looked_at) {
  TUPELO_NEEDS(&feature_table::upsert);
  Gauge again{.name = "a", .u8 = 200};
  const auto summed = [&] {
    const auto sum = col<&Gauge::u8> + excluded(col<&Gauge::u8>);
    return sync_wait(db.upsert(again, on_conflict(col<&Gauge::name>).set(col<&Gauge::u8>, sum)));
  };
  EXPECT_TRUE(summed());
  again = {.name = "a", .u8 = 200};
  EXPECT_EQ(failure_of<error>(summed).code(), errc::value_out_of_range);
  EXPECT_EQ(sync_wait(db.query<Gauge>().one()).u8, 200);
}

}  // namespace
}  // namespace tupelo::conformance
