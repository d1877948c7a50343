// SPDX-License-Identifier: Apache-2.0
#include "backend.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <random>

namespace tupelo::conformance {

/// A type of a program's own, stored as text.
struct Celsius {
  double degrees = 0;
  friend bool operator==(const Celsius&, const Celsius&) = default;
};

}  // namespace tupelo::conformance

template <>
struct tupelo::field_traits<tupelo::conformance::Celsius> {
  static void to_text(const tupelo::conformance::Celsius& value, std::string& out) {
    out = std::to_string(value.degrees) + "C";
  }
  static bool from_text(tupelo::conformance::Celsius& value, std::string_view text) {
    if (!text.ends_with('C')) return false;
    value.degrees = std::stod(std::string(text.substr(0, text.size() - 1)));
    return true;
  }
};

namespace tupelo::conformance {
namespace {

enum class Mood : std::int16_t { grim = -3, calm = 0, glad = 40 };

struct Point {
  int x{};
  std::optional<int> y{};
  friend bool operator==(const Point&, const Point&) = default;
};
struct Line {
  Point from{}, to{};
  friend bool operator==(const Line&, const Line&) = default;
};

/// One field of every type, and the same again as optional.
struct Sample {
  std::int64_t id{};
  bool flag{};
  std::int8_t i8{};
  std::int16_t i16{};
  std::int32_t i32{};
  std::int64_t i64{};
  std::uint8_t u8{};
  std::uint16_t u16{};
  std::uint32_t u32{};
  std::uint64_t u64{};
  float f32{};
  double f64{};
  std::string text{};
  bytes data{};
  timestamp at{};
  date day{};
  uuid key{};
  decimal price{};
  json document{};
  Mood mood{};
  Celsius heat{};
  std::chrono::sys_time<std::chrono::milliseconds> chrono_at{};
  std::chrono::sys_days chrono_day{};
  Line line{};
  friend bool operator==(const Sample&, const Sample&) = default;
};

struct MaybeSample {
  std::int64_t id{};
  std::optional<bool> flag{};
  std::optional<std::int8_t> i8{};
  std::optional<std::int32_t> i32{};
  std::optional<std::int64_t> i64{};
  std::optional<std::uint64_t> u64{};
  std::optional<float> f32{};
  std::optional<double> f64{};
  std::optional<std::string> text{};
  std::optional<bytes> data{};
  std::optional<timestamp> at{};
  std::optional<date> day{};
  std::optional<uuid> key{};
  std::optional<decimal> price{};
  std::optional<json> document{};
  std::optional<Mood> mood{};
  std::optional<Celsius> heat{};
  std::optional<std::chrono::sys_time<std::chrono::seconds>> chrono_at{};
  friend bool operator==(const MaybeSample&, const MaybeSample&) = default;
};

/// Values by a generator whose sequence the standard fixes: the same on every machine.
class value_maker {
public:
  template <class Integer>
  Integer integer() {
    switch (below(6)) {
      case 0: return std::numeric_limits<Integer>::min();
      case 1: return std::numeric_limits<Integer>::max();
      case 2: return 0;
      default: return static_cast<Integer>(next_());
    }
  }
  /// Databases without unsigned types hold these up to the greatest signed one.
  std::uint64_t unsigned_integer() { return next_() >> (1 + below(63)); }
  double real() {
    switch (below(6)) {
      case 0: return 0.0;
      case 1: return std::numeric_limits<double>::max();
      case 2: return std::numeric_limits<double>::denorm_min();
      case 3: return -0.1;
      default:
        return std::ldexp(static_cast<double>(static_cast<std::int64_t>(next_())), static_cast<int>(below(80)) - 70);
    }
  }
  std::string text() {
    static constexpr const char* pieces[] = {"a",  "Z", " ",    "'",          "\"",  "\\",   "%",  "_",   "\n",
                                             "\t", "é", "日本", "\U0001F600", ";--", "\x01", "?1", "NULL"};
    std::string out;
    for (std::uint64_t i = below(40); i > 0; --i) out += pieces[below(std::size(pieces))];
    return out;
  }
  bytes data() {
    bytes out;
    for (std::uint64_t i = below(50); i > 0; --i) out.push_back(static_cast<std::byte>(below(4) == 0 ? 0 : next_()));
    return out;
  }
  timestamp at() {
    switch (below(7)) {
      case 5: return timestamp::infinity();
      case 6: return timestamp::minus_infinity();
      case 0: return timestamp::parse("0001-01-01 00:00:00.000000");
      case 1: return timestamp::parse("9999-12-31 23:59:59.999999");
      case 2: return timestamp{-1};
      default: return timestamp{static_cast<std::int64_t>(next_()) % 60'000'000'000'000'000};
    }
  }
  date day() { return date::of(at()); }
  uuid key() {
    uuid made;
    for (auto& byte : made.bytes) byte = static_cast<std::uint8_t>(next_());
    return made;
  }
  /// As many digits as every database keeps.
  decimal price() {
    return decimal::from_unscaled(static_cast<std::int64_t>(next_()) % 1'000'000'000'000'000,
                                  static_cast<std::int32_t>(below(7)));
  }
  json document() {
    return json::object()
        .set("text", text())
        .set("n", integer<std::int64_t>())
        .set("list", json::array().push_back(1).push_back(nullptr));
  }
  Mood mood() { return below(3) == 0 ? Mood::grim : below(2) == 0 ? Mood::calm : Mood::glad; }
  Celsius heat() { return {static_cast<double>(below(1000)) / 8}; }
  std::uint64_t below(std::uint64_t end) { return next_() % end; }
  template <class Value>
  std::optional<Value> maybe(Value value) {
    return below(3) == 0 ? std::nullopt : std::optional<Value>(std::move(value));
  }

private:
  std::mt19937_64 next_{20261121};
};

std::vector<Sample> make_samples() {
  value_maker make;
  std::vector<Sample> samples(200);
  for (Sample& s : samples) {
    s = {.flag = make.below(2) == 1,
         .i8 = make.integer<std::int8_t>(),
         .i16 = make.integer<std::int16_t>(),
         .i32 = make.integer<std::int32_t>(),
         .i64 = make.integer<std::int64_t>(),
         .u8 = make.integer<std::uint8_t>(),
         .u16 = make.integer<std::uint16_t>(),
         .u32 = make.integer<std::uint32_t>(),
         .u64 = make.unsigned_integer(),
         .f32 = static_cast<float>(static_cast<std::int32_t>(make.integer<std::int32_t>())) / 1024,
         .f64 = make.real(),
         .text = make.text(),
         .data = make.data(),
         .at = make.at(),
         .day = make.day(),
         .key = make.key(),
         .price = make.price(),
         .document = make.document(),
         .mood = make.mood(),
         .heat = make.heat(),
         .chrono_at =
             std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(make.integer<std::int32_t>())),
         .chrono_day = std::chrono::sys_days(std::chrono::days(make.integer<std::int16_t>())),
         .line = {.from = {.x = make.integer<int>(), .y = make.maybe(make.integer<int>())}, .to = {.x = 1}}};
  }
  return samples;
}
std::vector<MaybeSample> make_optional_samples() {
  value_maker make;
  std::vector<MaybeSample> samples(200);
  for (MaybeSample& s : samples) {
    s = {.flag = make.maybe(true),
         .i8 = make.maybe(make.integer<std::int8_t>()),
         .i32 = make.maybe(make.integer<std::int32_t>()),
         .i64 = make.maybe(make.integer<std::int64_t>()),
         .u64 = make.maybe(make.unsigned_integer()),
         .f32 = make.maybe(0.5F),
         .f64 = make.maybe(make.real()),
         .text = make.maybe(make.text()),
         .data = make.maybe(make.data()),
         .at = make.maybe(make.at()),
         .day = make.maybe(make.day()),
         .key = make.maybe(make.key()),
         .price = make.maybe(make.price()),
         .document = make.maybe(make.document()),
         .mood = make.maybe(make.mood()),
         .heat = make.maybe(make.heat()),
         .chrono_at = make.maybe(
             std::chrono::sys_time<std::chrono::seconds>(std::chrono::seconds(make.integer<std::int32_t>())))};
  }
  return samples;
}

class values : public conformance_test {
protected:
  values() { create<Sample, MaybeSample>(); }
};
TUPELO_CONFORMANCE_SUITE(values);

TEST_P(values, of_every_type_come_back_as_they_were) {
  std::vector<Sample> samples = make_samples();
  sync_wait(db.insert(samples));
  const auto stored = sync_wait(db.query<Sample>().order_by(col<&Sample::id>).all());
  ASSERT_EQ(stored.size(), samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) ASSERT_TRUE(stored[i] == samples[i]) << "sample " << i;
}
TEST_P(values, of_every_optional_type_come_back_as_they_were) {
  std::vector<MaybeSample> samples = make_optional_samples();
  sync_wait(db.insert(samples));
  const auto stored = sync_wait(db.query<MaybeSample>().order_by(col<&MaybeSample::id>).all());
  ASSERT_EQ(stored.size(), samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) ASSERT_TRUE(stored[i] == samples[i]) << "sample " << i;
}
TEST_P(values, of_every_type_are_copied_in_and_out) {
  const auto copied = [&]<class Row>(std::vector<Row> samples) {
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i].id = static_cast<std::int64_t>(i) + 1;
    EXPECT_EQ(sync_wait(db.copy_in(samples)), 200);
    run([&]() -> task<void> {
      auto rows = db.copy_out(db.query<Row>().order_by(col<&Row::id>));
      std::size_t i = 0;
      while (const Row* row = co_await rows.next()) {
        EXPECT_TRUE(i < samples.size() && *row == samples[i]) << "sample " << i;
        ++i;
      }
      EXPECT_EQ(i, samples.size());
    });
  };
  copied(make_samples());
  copied(make_optional_samples());
}

TEST_P(values, are_found_again_by_themselves) {
  value_maker make;
  for (int i = 0; i < 20; ++i) {
    Sample s{.i64 = make.integer<std::int64_t>(),
             .text = make.text(),
             .data = make.data(),
             .at = make.at(),
             .day = make.day(),
             .key = make.key(),
             .price = make.price(),
             .mood = make.mood(),
             .heat = make.heat()};
    sync_wait(db.insert(s));
    const auto query =
        db.query<Sample>()
            .where(col<&Sample::id> == s.id && col<&Sample::i64> == s.i64 && col<&Sample::text> == s.text)
            .where(col<&Sample::data> == s.data && col<&Sample::at> == s.at && col<&Sample::day> == s.day)
            .where(col<&Sample::key> == s.key && col<&Sample::price> == s.price && col<&Sample::mood> == s.mood)
            .where(col<&Sample::heat> == s.heat);
    ASSERT_EQ(sync_wait(query.count()), 1) << "sample " << i;
  }
}
TEST_P(values, are_found_in_lists_of_their_type) {
  const Sample s = sync_wait(db.insert(Sample{.flag = true,
                                              .data = {std::byte{0}, std::byte{1}},
                                              .at = timestamp{-5},
                                              .day = date{-9},
                                              .key = uuid::v4(),
                                              .price = decimal::parse("1.25"),
                                              .mood = Mood::glad,
                                              .heat = {21.5}}));
  const auto found = [&](const auto& condition) { return sync_wait(db.query<Sample>().where(condition).count()); };
  EXPECT_EQ(found(col<&Sample::at>.in(timestamp{-5}, timestamp{7})), 1);
  EXPECT_EQ(found(col<&Sample::day>.in(std::vector<date>{date{1}, date{-9}})), 1);
  EXPECT_EQ(found(col<&Sample::key>.in(uuid::nil(), s.key)), 1);
  EXPECT_EQ(found(col<&Sample::price>.in(decimal::parse("1.25"), decimal(3))), 1);
  EXPECT_EQ(found(col<&Sample::mood>.in(Mood::glad)), 1);
  EXPECT_EQ(found(col<&Sample::heat>.in(Celsius{1}, Celsius{21.5})), 1);
  EXPECT_EQ(found(col<&Sample::data>.in(std::vector<bytes>{s.data})), 1);
  EXPECT_EQ(found(col<&Sample::key>.in(std::vector<uuid>(2000, s.key))), 1)
      << "also in lists too long for placeholders";
  EXPECT_EQ(found(col<&Sample::at>.in(std::vector<timestamp>(2000, s.at))), 1);
  EXPECT_EQ(found(col<&Sample::price>.in(std::vector<decimal>(2000, s.price))), 1);
}

TEST_P(values, timestamps_and_dates_before_1970_order_as_time_does) {
  for (const char* at : {"1969-12-31 23:59:59.999999", "1970-01-01 00:00:00.000000", "1812-09-07 12:00:00.000000"}) {
    sync_wait(db.insert(Sample{.at = timestamp::parse(at), .day = date::of(timestamp::parse(at))}));
  }
  EXPECT_EQ(sync_wait(db.query<Sample>().where(col<&Sample::at> < timestamp{}).count()), 2);
  EXPECT_EQ(sync_wait(db.query<Sample>().order_by(col<&Sample::at>).first())->at.to_string(),
            "1812-09-07 12:00:00.000000");
  EXPECT_EQ(sync_wait(db.query<Sample>().order_by(col<&Sample::day>.desc()).first())->day.to_string(), "1970-01-01");
}
TEST_P(values, infinity_is_later_than_all_times_and_minus_infinity_earlier) {
  for (const char* at : {"infinity", "9999-12-31 23:59:59.999999", "-infinity", "0001-01-01 00:00:00"}) {
    const timestamp time = timestamp::parse(at);
    sync_wait(db.insert(Sample{.at = time, .day = date::of(time)}));
  }
  std::string order;
  for (const Sample& s : sync_wait(db.query<Sample>().order_by(col<&Sample::at>).all())) order += s.at.to_string()[0];
  EXPECT_EQ(order, "-09i");
  order.clear();
  for (const Sample& s : sync_wait(db.query<Sample>().order_by(col<&Sample::day>).all())) order += s.day.to_string()[0];
  EXPECT_EQ(order, "-09i");
  EXPECT_EQ(sync_wait(db.query<Sample>().where(col<&Sample::at> < timestamp::infinity()).count()), 3);
  EXPECT_EQ(sync_wait(db.query<Sample>().where(col<&Sample::day> == date::minus_infinity()).count()), 1);
  EXPECT_EQ(sync_wait(db.query<Sample>().where(col<&Sample::at>.in(timestamp::infinity(), timestamp{})).count()), 1);
}
TEST_P(values, decimals_compare_and_sum_as_numbers) {
  for (const char* price : {"9.50", "10.25", "-3"}) sync_wait(db.insert(Sample{.price = decimal::parse(price)}));
  EXPECT_EQ(sync_wait(db.query<Sample>().where(col<&Sample::price> > 9).count()), 2);
  EXPECT_EQ(sync_wait(db.query<Sample>().select<decimal>(sum(col<&Sample::price>)).one()), decimal::parse("16.75"));
  EXPECT_EQ(sync_wait(db.query<Sample>().order_by(col<&Sample::price>).first())->price, decimal(-3));
}
TEST_P(values, decimals_divide_exactly_enough_whether_they_have_a_fraction_or_not) {
  for (const char* price : {"10.00", "10.50"}) sync_wait(db.insert(Sample{.price = decimal::parse(price)}));
  const auto quarters =
      sync_wait(db.query<Sample>().order_by(col<&Sample::price>).select<decimal>(col<&Sample::price> / 4).all());
  EXPECT_EQ(quarters, (std::vector<decimal>{decimal::parse("2.5"), decimal::parse("2.625")}));
}
TEST_P(values, long_texts_and_bytes_come_back_whole) {
  Sample s{.text = std::string(300'000, 'x') + "é", .data = bytes(300'000, std::byte{0})};
  sync_wait(db.insert(s));
  const Sample stored = sync_wait(db.get<Sample>(s.id));
  EXPECT_EQ(stored.text, s.text);
  EXPECT_EQ(stored.data, s.data);
}
TEST_P(values, empty_texts_and_bytes_are_not_null) {
  const MaybeSample s = sync_wait(db.insert(MaybeSample{.text = "", .data = bytes{}}));
  const MaybeSample stored = sync_wait(db.get<MaybeSample>(s.id));
  EXPECT_TRUE(stored.text.has_value());
  EXPECT_TRUE(stored.data.has_value());
}
TEST_P(values, an_enumerator_without_a_name_is_refused) {
  const auto e = failure_of<value_error>([&] { sync_wait(db.insert(Sample{.mood = static_cast<Mood>(7)})); });
  EXPECT_EQ(e.code(), errc::invalid_enum);
  EXPECT_EQ(failure_of<value_error>([&] {
              sync_wait(db.query<Sample>().where(col<&Sample::mood> == static_cast<Mood>(7)).count());
            }).code(),
            errc::invalid_enum);
}
TEST_P(values, text_that_is_no_utf_8_is_refused) {
  EXPECT_EQ(failure_of<value_error>([&] { sync_wait(db.insert(Sample{.text = "\xff"})); }).code(), errc::invalid_text);
  EXPECT_EQ(failure_of<value_error>([&] {
              sync_wait(db.query<Sample>().where(col<&Sample::text> == "\xc3").count());
            }).code(),
            errc::invalid_text);
}
TEST_P(values, text_with_a_nul_is_refused) {
  EXPECT_EQ(failure_of<value_error>([&] { sync_wait(db.insert(Sample{.text = std::string("a\0b", 3)})); }).code(),
            errc::invalid_text);
}
TEST_P(values, a_refused_value_is_not_in_the_message) {
  const auto e = failure_of<value_error>([&] { sync_wait(db.insert(Sample{.text = "s3cret\xff"})); });
  EXPECT_EQ(std::string(e.what()).find("s3cret"), std::string::npos);
}
TEST_P(values, a_custom_type_that_refuses_its_text_names_the_column) {
  const Sample s = sync_wait(db.insert(Sample{}));
  sync_wait(db.raw_sql("UPDATE samples SET heat = ? WHERE id = ?", "hot", s.id).run());
  EXPECT_EQ(failure_of<decode_error>([&] { sync_wait(db.get<Sample>(s.id)); }).column(), "heat");
}

}  // namespace
}  // namespace tupelo::conformance
