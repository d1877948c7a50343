// SPDX-License-Identifier: Apache-2.0
#include "backend.hpp"

#include <tupelo/query/array_elements.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <vector>

namespace tupelo::conformance {
namespace {

enum class Size : std::uint8_t { small, middle, large };

/// Columns that SQLite's json_each has, too.
struct Route {
  std::int64_t id{};
  std::vector<std::string> path{};
  std::vector<std::int64_t> value{};
};

/// An array of every type of elements.
struct Crate {
  std::int64_t id{};
  std::vector<bool> flags{};
  std::vector<std::int8_t> i8{};
  std::vector<std::int16_t> i16{};
  std::vector<std::int32_t> i32{};
  std::vector<std::int64_t> i64{};
  std::vector<std::uint16_t> u16{};
  std::vector<std::uint32_t> u32{};
  std::vector<std::uint64_t> u64{};
  std::vector<float> f32{};
  std::vector<double> f64{};
  std::vector<std::string> tags{};
  std::vector<bytes> blobs{};
  std::vector<timestamp> at{};
  std::vector<date> days{};
  std::vector<time_of_day> times{};
  std::vector<interval> spans{};
  std::vector<uuid> keys{};
  std::vector<decimal> prices{};
  std::vector<json> documents{};
  std::vector<Size> sizes{};
  std::vector<std::optional<std::string>> names{};
  std::vector<std::optional<std::int32_t>> numbers{};
  std::optional<std::vector<std::string>> maybe{};
  friend bool operator==(const Crate&, const Crate&) = default;

  static void model(tupelo::model<Crate>& m) {
    m.column(&Crate::tags).default_value(R"(["new", "it's"])");
    m.column(&Crate::i32).default_value("[]");
  }
};

class maker {
public:
  std::uint64_t below(std::uint64_t end) { return next_() % end; }
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least) + 1));
  }
  template <class Integer>
  Integer integer() {
    switch (below(5)) {
      case 0: return std::numeric_limits<Integer>::min();
      case 1: return std::numeric_limits<Integer>::max();
      default: return static_cast<Integer>(next_());
    }
  }
  std::string text() {
    static constexpr const char* pieces[] = {"",  "a", "Z",  " ",  "'", "\"",   "\\",         ",",    "{",    "}",
                                             "[", "]", "\n", "\t", "é", "日本", "\U0001F600", "NULL", "null", "\x01"};
    std::string out;
    for (std::uint64_t i = below(5); i > 0; --i) out += pieces[below(std::size(pieces))];
    return out;
  }
  template <class Make>
  auto some(Make make) {
    std::vector<decltype(make())> out;
    for (std::uint64_t i = below(5); i > 0; --i) out.push_back(make());
    return out;
  }
  template <class Make>
  auto some_or_null(Make make) {
    std::vector<std::optional<decltype(make())>> out;
    for (std::uint64_t i = below(5); i > 0; --i) {
      out.emplace_back();
      if (below(2) == 1) out.back() = make();
    }
    return out;
  }

private:
  std::mt19937_64 next_{20261121};
};

Crate random_crate(maker& m) {
  Crate c;
  c.flags = m.some([&] { return m.below(2) == 1; });
  c.i8 = m.some([&] { return m.integer<std::int8_t>(); });
  c.i16 = m.some([&] { return m.integer<std::int16_t>(); });
  c.i32 = m.some([&] { return m.integer<std::int32_t>(); });
  c.i64 = m.some([&] { return m.integer<std::int64_t>(); });
  c.u16 = m.some([&] { return m.integer<std::uint16_t>(); });
  c.u32 = m.some([&] { return m.integer<std::uint32_t>(); });
  c.u64 = m.some([&] { return m.integer<std::uint64_t>() >> 1; });
  c.f32 = m.some([&] { return static_cast<float>(m.integer<std::int32_t>()) / 1024; });
  c.f64 = m.some([&] { return static_cast<double>(m.integer<std::int64_t>()) / 3; });
  c.tags = m.some([&] { return m.text(); });
  c.blobs = m.some([&] { return to_bytes(m.text()); });
  c.at = m.some([&] { return timestamp{m.between(timestamp::min_us, timestamp::max_us)}; });
  c.days = m.some([&] { return date{static_cast<std::int32_t>(m.between(date::min_days, date::max_days))}; });
  c.times = m.some([&] { return time_of_day{m.between(0, time_of_day::max_us)}; });
  c.spans = m.some([&] {
    return interval{static_cast<std::int32_t>(m.between(-100, 100)), static_cast<std::int32_t>(m.between(-100, 100)),
                    m.integer<std::int32_t>()};
  });
  c.keys = m.some([&] {
    uuid key;
    for (auto& byte : key.bytes) byte = m.integer<std::uint8_t>();
    return key;
  });
  c.prices = m.some([&] { return decimal::from_unscaled(m.between(-1'000'000, 1'000'000), 3).normalized(); });
  c.documents = m.some([&] { return json::object().set("t", m.text()).set("n", m.integer<std::int64_t>()); });
  c.sizes = m.some([&] { return static_cast<Size>(m.below(3)); });
  c.names = m.some_or_null([&] { return m.text(); });
  c.numbers = m.some_or_null([&] { return m.integer<std::int32_t>(); });
  if (m.below(2) == 1) c.maybe = m.some([&] { return m.text(); });
  return c;
}

class arrays : public conformance_test {
protected:
  arrays() { create<Crate>(); }

  std::int64_t count(const condition<Crate>& where) { return sync_wait(db.query<Crate>().where(where).count()); }
  void insert(Crate crate) { sync_wait(db.insert(crate)); }
};
TUPELO_CONFORMANCE_SUITE(arrays);

using strings = std::vector<std::string>;

TEST_P(arrays, of_every_type_come_back_as_they_were) {
  maker m;
  std::vector<Crate> crates(100);
  for (Crate& crate : crates) crate = random_crate(m);
  sync_wait(db.insert(crates));
  const auto stored = sync_wait(db.query<Crate>().order_by(col<&Crate::id>).all());
  ASSERT_EQ(stored.size(), crates.size());
  for (std::size_t i = 0; i < crates.size(); ++i) ASSERT_TRUE(stored[i] == crates[i]) << "crate " << i;
}

TEST_P(arrays, are_copied_in) {
  maker m;
  std::vector<Crate> crates(100);
  for (Crate& crate : crates) crate = random_crate(m);
  sync_wait(db.copy_in(crates));
  const auto stored = sync_wait(db.query<Crate>().order_by(col<&Crate::id>).all());
  ASSERT_EQ(stored.size(), crates.size());
  for (std::size_t i = 0; i < crates.size(); ++i) {
    crates[i].id = stored[i].id;  // copying does not tell the keys
    ASSERT_TRUE(stored[i] == crates[i]) << "crate " << i;
  }
}

TEST_P(arrays, are_found_again_by_themselves) {
  maker m;
  for (int i = 0; i < 30; ++i) {
    Crate c = random_crate(m);
    sync_wait(db.insert(c));
    const auto found =
        db.query<Crate>()
            .where(col<&Crate::id> == c.id)
            .where(col<&Crate::flags> == c.flags && col<&Crate::i8> == c.i8 && col<&Crate::i16> == c.i16)
            .where(col<&Crate::i32> == c.i32 && col<&Crate::i64> == c.i64 && col<&Crate::u64> == c.u64)
            .where(col<&Crate::f32> == c.f32 && col<&Crate::f64> == c.f64 && col<&Crate::tags> == c.tags)
            .where(col<&Crate::blobs> == c.blobs && col<&Crate::at> == c.at && col<&Crate::days> == c.days)
            .where(col<&Crate::times> == c.times && col<&Crate::spans> == c.spans)
            .where(col<&Crate::keys> == c.keys && col<&Crate::prices> == c.prices)
            .where(col<&Crate::sizes> == c.sizes && col<&Crate::names> == c.names)
            .where(col<&Crate::numbers> == c.numbers && col<&Crate::maybe> == c.maybe);
    ASSERT_EQ(sync_wait(found.count()), 1) << "crate " << i;
  }
}

TEST_P(arrays, that_are_empty_are_not_null) {
  insert({.maybe = strings{}});
  insert({});
  EXPECT_EQ(count(col<&Crate::maybe>.is_null()), 1);
  EXPECT_EQ(count(col<&Crate::maybe> == strings{}), 1);
  EXPECT_EQ(sync_wait(db.query<Crate>().order_by(col<&Crate::id>).first())->maybe, strings{});
}

TEST_P(arrays, contain_their_elements) {
  insert({.flags = {true, true}, .i16 = {1, 2}, .f64 = {1.5, 2}, .tags = {"a", "b c"}, .sizes = {Size::large}});
  EXPECT_EQ(count(col<&Crate::tags>.contains("b c")), 1);
  EXPECT_EQ(count(col<&Crate::tags>.contains("b")), 0);
  EXPECT_EQ(count(col<&Crate::i16>.contains(2)), 1);
  EXPECT_EQ(count(col<&Crate::i16>.contains(3)), 0);
  EXPECT_EQ(count(col<&Crate::f64>.contains(2)), 1);
  EXPECT_EQ(count(col<&Crate::flags>.contains(true)), 1);
  EXPECT_EQ(count(col<&Crate::flags>.contains(false)), 0);
  EXPECT_EQ(count(col<&Crate::sizes>.contains(Size::large)), 1);
}

TEST_P(arrays, contain_elements_of_every_type) {
  maker m;
  const uuid key = uuid::v4();
  insert({.blobs = {to_bytes("x")},
          .at = {timestamp{-1}},
          .days = {date{3}},
          .times = {time_of_day{7}},
          .spans = {interval{1, 2, 3}},
          .keys = {key},
          .prices = {decimal::parse("1.5")}});
  EXPECT_EQ(count(col<&Crate::blobs>.contains(to_bytes("x"))), 1);
  EXPECT_EQ(count(col<&Crate::at>.contains(timestamp{-1})), 1);
  EXPECT_EQ(count(col<&Crate::days>.contains(date{3})), 1);
  EXPECT_EQ(count(col<&Crate::times>.contains(time_of_day{7})), 1);
  EXPECT_EQ(count(col<&Crate::spans>.contains(interval{1, 2, 3})), 1);
  EXPECT_EQ(count(col<&Crate::keys>.contains(key)), 1);
  EXPECT_EQ(count(col<&Crate::prices>.contains(decimal::parse("1.50"))), 1);
}

TEST_P(arrays, contain_all_of_a_list_in_any_order) {
  insert({.tags = {"a", "b", "c"}});
  EXPECT_EQ(count(col<&Crate::tags>.contains_all({"c", "a", "a"})), 1);
  EXPECT_EQ(count(col<&Crate::tags>.contains_all({"c", "d"})), 0);
  EXPECT_EQ(count(col<&Crate::tags>.contains_all(strings{})), 1);
}

TEST_P(arrays, overlap_a_list_that_has_an_element_in_common) {
  insert({.i32 = {1, 2}, .tags = {"a", "b"}});
  EXPECT_EQ(count(col<&Crate::tags>.overlaps({"z", "b"})), 1);
  EXPECT_EQ(count(col<&Crate::tags>.overlaps({"y", "z"})), 0);
  EXPECT_EQ(count(col<&Crate::tags>.overlaps(strings{})), 0);
  EXPECT_EQ(count(col<&Crate::i32>.overlaps(std::vector<std::int64_t>{2, 9})), 1);
}

TEST_P(arrays, are_contained_in_a_list_that_has_all_of_their_elements) {
  Crate some;
  some.tags = {"a", "b", "a"};
  some.i16 = {1, 2};
  sync_wait(db.insert(some));
  EXPECT_EQ(count(contained_in(col<&Crate::tags>, {"c", "b", "a"})), 1);
  EXPECT_EQ(count(contained_in(col<&Crate::tags>, {"b", "c"})), 0);
  EXPECT_EQ(count(contained_in(col<&Crate::i16>, std::vector<std::int16_t>{2, 1})), 1);
  EXPECT_EQ(count(contained_in(col<&Crate::f64>, {1.5})), 1) << "an empty one is in everything";
  EXPECT_EQ(count(contained_in(col<&Crate::maybe>, {"a"})), 0);
  EXPECT_EQ(count(!contained_in(col<&Crate::maybe>, {"a"})), 0) << "NULL neither is nor is not";
}

TEST_P(arrays, are_changed_where_they_are) {
  TUPELO_NEEDS(&feature_table::arrays);
  Crate some;
  some.tags = {"a", "b", "a"};
  some.i16 = {1};
  some.days = {date{3}};
  sync_wait(db.insert(some));
  sync_wait(db.update<Crate>()
                .set(col<&Crate::tags>, without(col<&Crate::tags>, "a"))
                .set(col<&Crate::i16>, appended(col<&Crate::i16>, 2))
                .set(col<&Crate::days>, appended(col<&Crate::days>, date{4}))
                .set(col<&Crate::maybe>, appended(col<&Crate::maybe>, "first"))
                .where(col<&Crate::id> > 0)
                .run());
  const Crate stored = sync_wait(db.query<Crate>().one());
  EXPECT_EQ(stored.tags, strings{"b"});
  EXPECT_EQ(stored.i16, (std::vector<std::int16_t>{1, 2}));
  EXPECT_EQ(stored.days, (std::vector<date>{{3}, {4}}));
  EXPECT_EQ(stored.maybe, strings{"first"});
  EXPECT_EQ(count(appended(col<&Crate::tags>, "c") == strings{"b", "c"}), 1);
}

TEST_P(arrays, are_not_changed_where_they_are_texts) {
  TUPELO_NEEDS_NO(&feature_table::arrays);
  const auto e = failure_of<query_error>([&] {
    sync_wait(
        db.update<Crate>().set(col<&Crate::tags>, without(col<&Crate::tags>, "a")).where(col<&Crate::id> > 0).run());
  });
  EXPECT_EQ(e.code(), errc::unsupported_feature);
}

// ---- their elements

TEST_P(arrays, are_compared_by_any_of_their_elements) {
  insert({.i32 = {1, 5}, .tags = {"b", "d"}, .sizes = {Size::large, Size::small}});
  EXPECT_EQ(count(any_of(col<&Crate::tags>) == "d"), 1);
  EXPECT_EQ(count(any_of(col<&Crate::tags>) == "c"), 0);
  EXPECT_EQ(count(any_of(col<&Crate::tags>) != "d"), 1);
  EXPECT_EQ(count(any_of(col<&Crate::i32>) < 2), 1);
  EXPECT_EQ(count(any_of(col<&Crate::i32>) < 1), 0);
  EXPECT_EQ(count(any_of(col<&Crate::i32>) <= 1), 1);
  EXPECT_EQ(count(any_of(col<&Crate::i32>) > 4), 1);
  EXPECT_EQ(count(any_of(col<&Crate::i32>) > 5), 0);
  EXPECT_EQ(count(any_of(col<&Crate::i32>) >= 5), 1);
  EXPECT_EQ(count(any_of(col<&Crate::sizes>) == Size::small), 1);
  EXPECT_EQ(count(any_of(col<&Crate::sizes>) == Size::middle), 0);
}
TEST_P(arrays, are_compared_by_all_of_their_elements) {
  insert({.i32 = {1, 5}, .tags = {"b", "d"}});
  EXPECT_EQ(count(all_of(col<&Crate::tags>) >= "b"), 1);
  EXPECT_EQ(count(all_of(col<&Crate::tags>) > "b"), 0);
  EXPECT_EQ(count(all_of(col<&Crate::i32>) != 3), 1);
  EXPECT_EQ(count(all_of(col<&Crate::i32>) != 5), 0);
  EXPECT_EQ(count(all_of(col<&Crate::i32>) < 6), 1);
  EXPECT_EQ(count(all_of(col<&Crate::i64>) == 7), 1) << "of none all are equal";
  EXPECT_EQ(count(any_of(col<&Crate::i64>) == 7), 0);
}
TEST_P(arrays, are_compared_with_columns_by_their_elements) {
  insert({.i64 = {1, 2}});
  insert({.i64 = {5, 2}});
  EXPECT_EQ(count(any_of(col<&Crate::i64>) == col<&Crate::id>), 2);
  EXPECT_EQ(count(any_of(col<&Crate::i64>) < col<&Crate::id>), 0);
  EXPECT_EQ(count(all_of(col<&Crate::i64>) >= col<&Crate::id>), 2);
  EXPECT_EQ(count(index_of(col<&Crate::i64>, col<&Crate::id>) == 1), 1);
}
TEST_P(arrays, with_null_elements_compare_as_far_as_is_known) {
  insert({.names = {std::nullopt, "a"}});
  EXPECT_EQ(count(any_of(col<&Crate::names>) == "a"), 1);
  EXPECT_EQ(count(any_of(col<&Crate::names>) == "b"), 0);
  EXPECT_EQ(count(!(any_of(col<&Crate::names>) == "b")), 0) << "the other one could be";
  EXPECT_EQ(count(all_of(col<&Crate::names>) == "a"), 0);
  EXPECT_EQ(count(!(all_of(col<&Crate::names>) == "a")), 0);
  EXPECT_EQ(count(!(all_of(col<&Crate::names>) == "b")), 1);
  EXPECT_EQ(count(any_of(col<&Crate::maybe>) == "a"), 0);
  EXPECT_EQ(count(!(any_of(col<&Crate::maybe>) == "a")), 0) << "an array that is NULL";
}
TEST_P(arrays, have_elements_at_indexes_from_zero) {
  insert({.flags = {false, true}, .i16 = {7, 8}, .tags = {"a", "b"}, .sizes = {Size::middle}});
  const auto row = sync_wait(db.query<Crate>()
                                 .select(element(col<&Crate::tags>, 1), element(col<&Crate::tags>, 2),
                                         element(col<&Crate::tags>, -1), element(col<&Crate::i16>, 0),
                                         element(col<&Crate::flags>, 1), element(col<&Crate::sizes>, 0))
                                 .one());
  EXPECT_EQ(std::get<0>(row), "b");
  EXPECT_EQ(std::get<1>(row), std::nullopt);
  EXPECT_EQ(std::get<2>(row), std::nullopt);
  EXPECT_EQ(std::get<3>(row), 7);
  EXPECT_EQ(std::get<4>(row), true);
  EXPECT_EQ(std::get<5>(row), Size::middle);
  EXPECT_EQ(count(element(col<&Crate::tags>, 0) == "a"), 1);
}
TEST_P(arrays, tell_where_an_element_is) {
  insert({.i32 = {4, 5, 4}, .tags = {"a", "b"}});
  const auto row = sync_wait(
      db.query<Crate>()
          .select(index_of(col<&Crate::tags>, "b"), index_of(col<&Crate::tags>, "c"), index_of(col<&Crate::i32>, 4))
          .one());
  EXPECT_EQ(row, std::make_tuple(std::optional<std::int64_t>(1), std::nullopt, std::optional<std::int64_t>(0)));
}
TEST_P(arrays, may_begin_at_any_number) {
  TUPELO_NEEDS(&feature_table::arrays);
  insert({});
  sync_wait(db.execute("UPDATE crates SET tags = '[5:6]={a,b}'"));
  EXPECT_EQ(count(element(col<&Crate::tags>, 1) == "b"), 1);
  EXPECT_EQ(count(index_of(col<&Crate::tags>, "b") == 1), 1);
}
TEST_P(arrays, of_other_elements_are_compared_where_the_database_has_arrays) {
  TUPELO_NEEDS(&feature_table::arrays);
  insert({.f32 = {1.1F},
          .f64 = {1.1},
          .at = {timestamp{-1}},
          .days = {date{3}, date{5}},
          .keys = {uuid{}},
          .prices = {decimal::parse("1.5")}});
  EXPECT_EQ(count(any_of(col<&Crate::f32>) == 1.1F), 1);
  EXPECT_EQ(count(any_of(col<&Crate::f64>) >= 1.1), 1);
  EXPECT_EQ(count(all_of(col<&Crate::at>) < timestamp{0}), 1);
  EXPECT_EQ(count(all_of(col<&Crate::days>) > date{2}), 1);
  EXPECT_EQ(count(index_of(col<&Crate::days>, date{5}) == 1), 1);
  EXPECT_EQ(count(any_of(col<&Crate::keys>) == uuid{}), 1);
  EXPECT_EQ(count(any_of(col<&Crate::prices>) < decimal::parse("2")), 1);
  EXPECT_EQ(count(element(col<&Crate::days>, 1) == date{5}), 1);
}
TEST_P(arrays, of_other_elements_are_not_compared_where_they_are_texts) {
  TUPELO_NEEDS_NO(&feature_table::arrays);
  const auto e = failure_of<query_error>([&] { count(any_of(col<&Crate::days>) > date{2}); });
  EXPECT_EQ(e.code(), errc::unsupported_feature);
  EXPECT_NE(std::string(e.what()).find("date"), std::string::npos) << e.what();
}
TEST_P(arrays, are_held_against_other_arrays) {
  insert({.i16 = {1}, .tags = {"a"}, .maybe = strings{"a", "b"}});
  insert({.tags = {"c"}, .maybe = strings{"a", "b"}});
  insert({.tags = {"c"}});
  EXPECT_EQ(count(overlap(col<&Crate::tags>, col<&Crate::maybe>)), 1);
  EXPECT_EQ(count(!overlap(col<&Crate::tags>, col<&Crate::maybe>)), 1);
  EXPECT_EQ(count(contained_in(col<&Crate::tags>, col<&Crate::maybe>)), 1);
  EXPECT_EQ(count(contained_in(col<&Crate::maybe>, col<&Crate::tags>)), 0);
}
TEST_P(arrays, are_put_together) {
  TUPELO_NEEDS(&feature_table::arrays);
  insert({.tags = {"a"}, .maybe = strings{"b"}});
  EXPECT_EQ(count(concatenated(col<&Crate::tags>, col<&Crate::maybe>) == strings{"a", "b"}), 1);
  sync_wait(db.update<Crate>()
                .set(col<&Crate::tags>, concatenated(col<&Crate::tags>, strings{"x", "y"}))
                .where(col<&Crate::id> > 0)
                .run());
  EXPECT_EQ(sync_wait(db.query<Crate>().one()).tags, (strings{"a", "x", "y"}));
}

TEST_P(arrays, have_a_length_that_counts_null_elements) {
  insert({.names = {std::nullopt, "a", std::nullopt}});
  insert({});
  EXPECT_EQ(count(col<&Crate::names>.length() == 3), 1);
  EXPECT_EQ(count(col<&Crate::names>.length() < 1), 1);
  EXPECT_EQ(
      sync_wait(db.query<Crate>().select<std::int64_t>(col<&Crate::names>.length()).order_by(col<&Crate::id>).all()),
      (std::vector<std::int64_t>{3, 0}));
}

TEST_P(arrays, do_not_find_null_elements) {
  insert({.names = {std::nullopt, "a"}});
  EXPECT_EQ(count(col<&Crate::names>.contains("a")), 1);
  EXPECT_EQ(count(!col<&Crate::names>.contains("b")), 1);
  EXPECT_EQ(count(!col<&Crate::names>.overlaps({"b"})), 1);
}

TEST_P(arrays, that_are_null_neither_contain_nor_lack_anything) {
  insert({});
  EXPECT_EQ(count(col<&Crate::maybe>.contains("a")), 0);
  EXPECT_EQ(count(!col<&Crate::maybe>.contains("a")), 0);
  EXPECT_EQ(count(!col<&Crate::maybe>.overlaps({"a"})), 0);
  EXPECT_EQ(count(!(col<&Crate::maybe>.length() == 1)), 0);
}

TEST_P(arrays, have_defaults) {
  const std::string empty = features().arrays ? "'{}'" : "'[]'";
  std::string values = empty;
  for (int i = 1; i < 20; ++i) values += ", " + empty;
  sync_wait(
      db.raw_sql("INSERT INTO crates (flags, i8, i16, i64, u16, u32, u64, f32, f64, blobs, at, days, times, spans, "
                 "keys, prices, documents, sizes, names, numbers) VALUES (" +
                 values + ")")
          .run());
  const Crate stored = sync_wait(db.query<Crate>().one());
  EXPECT_EQ(stored.tags, (strings{"new", "it's"}));
  EXPECT_TRUE(stored.i32.empty());
}

TEST_P(arrays, are_updated_by_sessions_where_they_changed) {
  run([&]() -> task<void> {
    auto session = db.session();
    auto crate = session.add(Crate{.tags = {"a"}, .numbers = {1, std::nullopt}});
    co_await session.commit();
    crate->tags.push_back("b");
    co_await session.commit();
    crate->numbers.pop_back();
    co_await session.commit();
  });
  EXPECT_EQ(count(col<&Crate::tags> == strings{"a", "b"}), 1);
  EXPECT_EQ(count(col<&Crate::numbers> == std::vector<std::optional<std::int32_t>>{1}), 1);
}

TEST_P(arrays, are_set_by_updates) {
  insert({.tags = {"a"}, .maybe = strings{"x"}});
  sync_wait(db.update<Crate>()
                .set(col<&Crate::tags>, strings{"b"})
                .set(col<&Crate::maybe>, std::nullopt)
                .where(col<&Crate::tags>.contains("a"))
                .run());
  const Crate stored = sync_wait(db.query<Crate>().one());
  EXPECT_EQ(stored.tags, strings{"b"});
  EXPECT_FALSE(stored.maybe);
}

TEST_P(arrays, may_be_selected_alone_and_in_rows) {
  insert({.i32 = {1, 2}, .tags = {"a"}});
  EXPECT_EQ(sync_wait(db.query<Crate>().select<strings>(col<&Crate::tags>).one()), strings{"a"});
  const auto row =
      sync_wait(db.query<Crate>()
                    .select<std::tuple<strings, std::vector<std::int32_t>>>(col<&Crate::tags>, col<&Crate::i32>)
                    .one());
  EXPECT_EQ(std::get<1>(row), (std::vector<std::int32_t>{1, 2}));
}

TEST_P(arrays, of_thousands_of_elements_come_back_whole) {
  Crate crate;
  for (int i = 0; i < 20'000; ++i) crate.i64.push_back(i * std::int64_t{1'000'000'007});
  for (int i = 0; i < 5'000; ++i) crate.tags.push_back(std::string(static_cast<std::size_t>(i % 50), 'x'));
  sync_wait(db.insert(crate));
  EXPECT_TRUE(sync_wait(db.get<Crate>(crate.id)) == crate);
}

TEST_P(arrays, refuse_null_elements_that_their_field_cannot_hold) {
  insert({.names = {"a", std::nullopt}});
  sync_wait(db.raw_sql("UPDATE crates SET tags = names").run());
  const auto e = failure_of<decode_error>([&] { sync_wait(db.query<Crate>().one()); });
  EXPECT_EQ(e.code(), errc::null_value);
  EXPECT_EQ(e.column(), "tags");
}

TEST_P(arrays, refuse_elements_that_do_not_fit) {
  insert({.i64 = {1, 70'000}});
  struct Narrow {
    std::vector<std::int16_t> i64;
  };
  EXPECT_EQ(failure_of<decode_error>([&] { sync_wait(db.raw_sql<Narrow>("SELECT i64 FROM crates").one()); }).code(),
            errc::value_out_of_range);
}

TEST_P(arrays, of_text_that_is_no_utf_8_are_refused) {
  EXPECT_EQ(failure_of<value_error>([&] { insert({.tags = {"ok", "\xff"}}); }).code(), errc::invalid_text);
  EXPECT_EQ(failure_of<value_error>([&] { count(col<&Crate::tags>.contains("\xff")); }).code(), errc::invalid_text);
}

TEST_P(arrays, may_be_called_as_databases_call_the_parts_of_one) {
  create<Route>();
  sync_wait(db.insert(Route{.path = {"a", "b"}, .value = {1, 2, 9}}));
  const auto count = [&](const auto& condition) { return sync_wait(db.query<Route>().where(condition).count()); };
  EXPECT_EQ(count(any_of(col<&Route::value>) > 8), 1);
  EXPECT_EQ(count(all_of(col<&Route::value>) > 0), 1);
  EXPECT_EQ(count(any_of(col<&Route::path>) == "b"), 1);
  EXPECT_EQ(count(element(col<&Route::value>, 0) == 1), 1);
  EXPECT_EQ(count(col<&Route::path>.contains("a")), 1);
  EXPECT_EQ(count(col<&Route::path>.overlaps({"b", "c"})), 1);
  EXPECT_EQ(count(contained_in(col<&Route::value>, {1, 2, 3, 9})), 1);
  EXPECT_EQ(count(contained_in(col<&Route::value>, {1, 2, 3})), 0);
}

}  // namespace
}  // namespace tupelo::conformance
