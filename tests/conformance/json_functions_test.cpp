// SPDX-License-Identifier: Apache-2.0
#include "people.hpp"

#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Note {
  std::int64_t id{};
  std::string title{};
  std::optional<int> stars{};
  json meta{};
};

constexpr auto id = col<&Note::id>;
constexpr auto title = col<&Note::title>;
constexpr auto stars = col<&Note::stars>;
constexpr auto meta = col<&Note::meta>;

class json_functions : public conformance_test {
protected:
  json_functions() {
    create<Note>();
    std::vector<Note> notes{
        {.title = "full",
         .stars = 3,
         .meta = json::parse(R"({"author": {"name": "Ada", "it's é": true}, "likes": 9223372036854775807,
                                 "price": 12345678901234567890.123, "score": 1.5, "tags": ["red", "blue"], "none": null})")},
        {.title = "empty", .meta = json::parse("{}")},
        {.title = "other",
         .stars = 1,
         .meta = json::parse(R"({"author": "Bob", "likes": "many", "score": 2, "price": 0.10})")}};
    sync_wait(db.insert(notes));
  }
  template <class Expression>
  auto all(const Expression& expression) {
    return sync_wait(db.query<Note>().order_by(id).select<typename Expression::value_type>(expression).all());
  }
  template <class Condition>
  names where(const Condition& condition) {
    return sync_wait(db.query<Note>().where(condition).order_by(id).pluck(title));
  }
  json document(const char* of) { return sync_wait(db.query<Note>().where(title == of).select<json>(meta).one()); }
};
TUPELO_CONFORMANCE_SUITE(json_functions);

TEST_P(json_functions, a_place_is_read_as_a_type) {
  using texts = std::vector<std::optional<std::string>>;
  EXPECT_EQ(all(meta.path("author", "name").as<std::string>()), (texts{"Ada", std::nullopt, std::nullopt}));
  EXPECT_EQ(all(meta.path("author").as<std::string>()), (texts{std::nullopt, std::nullopt, "Bob"}));
  EXPECT_EQ(all(meta.path("tags", 1).as<std::string>()), (texts{"blue", std::nullopt, std::nullopt}));
  EXPECT_EQ(all(meta.path("author", "it's é").as<bool>()),
            (std::vector<std::optional<bool>>{true, std::nullopt, std::nullopt}));
  EXPECT_EQ(all(meta.path("score").as<double>()), (std::vector<std::optional<double>>{1.5, std::nullopt, 2.0}));
  EXPECT_EQ(all(meta.path("score").as<int>()), (std::vector<std::optional<int>>{1, std::nullopt, 2}));
}
TEST_P(json_functions, large_integers_and_decimals_lose_nothing) {
  EXPECT_EQ(all(meta.path("likes").as<std::int64_t>())[0], 9223372036854775807);
  EXPECT_EQ(all(meta.path("price").as<decimal>())[0], decimal::parse("12345678901234567890.123"));
  EXPECT_EQ(all(meta.path("price").as<decimal>())[2], decimal::parse("0.10"));
}
TEST_P(json_functions, what_is_of_another_kind_is_null) {
  EXPECT_EQ(all(meta.path("likes").as<std::int64_t>())[2], std::nullopt);
  EXPECT_EQ(all(meta.path("likes").as<std::string>())[0], std::nullopt);
  EXPECT_EQ(all(meta.path("none").as<std::string>())[0], std::nullopt);
}
TEST_P(json_functions, documents_in_documents_are_read) {
  EXPECT_EQ(all(meta.path("tags").as<json>())[0], json::parse(R"(["red","blue"])"));
  EXPECT_EQ(all(meta.path("none").as<json>())[0], json());
  EXPECT_EQ(all(meta.path("none").as<json>())[1], std::nullopt);
}
TEST_P(json_functions, rows_are_found_by_places) {
  EXPECT_EQ(where(meta.path("author", "name").as<std::string>() == "Ada"), names{"full"});
  EXPECT_EQ(where(meta.path("score").as<double>() > 1.7), names{"other"});
  EXPECT_EQ(where(meta.path("price").as<decimal>() < 1), names{"other"});
  EXPECT_EQ(where(meta.path("author").as<std::string>().is_null()), (names{"full", "empty"}));
  EXPECT_EQ(where(meta.path("author").exists()), (names{"full", "other"}));
  EXPECT_EQ(where(meta.path("none").exists()), names{"full"});
  EXPECT_EQ(where(!meta.path("tags", 2).exists()), (names{"full", "empty", "other"}));
}
TEST_P(json_functions, rows_are_ordered_and_grouped_by_places) {
  EXPECT_EQ(sync_wait(db.query<Note>().order_by(meta.path("score").as<double>().desc(), id).pluck(title)),
            (names{"other", "full", "empty"}));
  const auto author = meta.path("author").as<std::string>();
  EXPECT_EQ(sync_wait(db.query<Note>().group_by(author).select<std::int64_t>(count()).all()).size(), 2U);
}
TEST_P(json_functions, a_place_is_set) {
  const auto set = [&](const auto& place, const auto& value) {
    EXPECT_EQ(sync_wait(db.update<Note>().set(place, value).where(title == "full").run()), 1);
  };
  set(meta.path("author", "name"), "Grace");
  set(meta.path("likes"), 7);
  set(meta.path("new"), true);
  set(meta.path("tags", 0), json::parse(R"({"a": [1]})"));
  set(meta.path("price"), stars);
  const json changed = document("full");
  EXPECT_EQ(changed.at("author.name")->as_string(), "Grace");
  EXPECT_EQ(changed.at("likes")->as_int64(), 7);
  EXPECT_EQ(*changed.at("new"), json::from(true));
  EXPECT_EQ(*changed.at("tags"), json::parse(R"([{"a": [1]}, "blue"])"));
  EXPECT_EQ(changed.at("price")->as_int64(), 3);
  EXPECT_EQ(document("empty"), json::parse("{}"));
}
TEST_P(json_functions, two_places_are_not_set_beside_each_other) {
  const json before = document("full");
  const std::string refused =
      failure_of<query_error>([&] {
        sync_wait(db.update<Note>().set(meta.path("likes"), 1).set(meta.path("score"), 2).where(title == "full").run());
      }).what();
  EXPECT_NE(refused.find("\"meta\""), std::string::npos) << refused;
  EXPECT_NE(refused.find(".with(1).path("), std::string::npos) << refused;
  EXPECT_EQ(document("full"), before);
  sync_wait(db.update<Note>().set(meta, meta.path("likes").with(1).path("score").with(2)).where(title == "full").run());
  EXPECT_EQ(*document("full").at("likes"), json::from(1));
  EXPECT_EQ(*document("full").at("score"), json::from(2));
}
TEST_P(json_functions, keys_are_of_objects_and_positions_of_arrays) {
  sync_wait(db.update<Note>()
                .set(meta, json::parse(R"({"a": ["x", "y"], "o": {"0": "z", "-1": "w"}, "s": 5})"))
                .where(title == "empty")
                .run());
  const auto there = [&](const auto& place) { return where(title == "empty" && place.exists()).size(); };
  EXPECT_EQ(there(meta.path("a", 0)), 1U);
  EXPECT_EQ(there(meta.path("a", "0")), 0U);
  EXPECT_EQ(there(meta.path("a", "-1")), 0U);
  EXPECT_EQ(there(meta.path("o", "0")), 1U);
  EXPECT_EQ(there(meta.path("o", "-1")), 1U);
  EXPECT_EQ(there(meta.path("o", 0)), 0U);
  EXPECT_EQ(there(meta.path("s", 0)), 0U);
  EXPECT_EQ(all(meta.path("a", "0").as<std::string>())[1], std::nullopt);
  EXPECT_EQ(all(meta.path("o", "0").as<std::string>())[1], "z");
  EXPECT_EQ(all(meta.path("o", 0).as<json>())[1], std::nullopt);
}
TEST_P(json_functions, keys_have_backslashes_and_control_characters) {
  json odd = json::object();
  odd.set("a\\b", 1).set("c\td", json::object().set("e\n", "f"));
  sync_wait(db.insert(Note{.title = "odd", .meta = odd}));
  EXPECT_EQ(where(meta.path("a\\b").as<int>() == 1), names{"odd"});
  EXPECT_EQ(where(meta.path("c\td", "e\n").as<std::string>() == "f"), names{"odd"});
  EXPECT_EQ(where(meta.path("c\td").exists()), names{"odd"});
}
TEST_P(json_functions, the_smallest_integer_is_read_as_a_double) {
  sync_wait(db.insert(Note{.title = "least", .meta = json::parse(R"({"n": -9223372036854775808})")}));
  EXPECT_EQ(where(meta.path("n").as<double>() < -9e18), names{"least"});
  EXPECT_EQ(where(meta.path("n").as<float>() < -9e18F), names{"least"});
}
TEST_P(json_functions, numbers_that_the_type_does_not_hold_are_null) {
  sync_wait(db.update<Note>()
                .set(meta, json::parse(R"({"large": 1e30, "low": -1e30, "edge": -9223372036854775808})"))
                .where(title == "empty")
                .run());
  EXPECT_EQ(all(meta.path("large").as<std::int64_t>())[1], std::nullopt);
  EXPECT_EQ(all(meta.path("low").as<std::int64_t>())[1], std::nullopt);
  EXPECT_EQ(all(meta.path("edge").as<std::int64_t>())[1], std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(all(meta.path("large").as<double>())[1], 1e30);
}
TEST_P(json_functions, a_place_without_surroundings_is_not_set) {
  const auto set = [&](const char* before, const auto& place, const char* after) {
    sync_wait(db.update<Note>().set(meta, json::parse(before)).where(title == "empty").run());
    sync_wait(db.update<Note>().set(place, 7).where(title == "empty").run());
    EXPECT_EQ(document("empty"), json::parse(after)) << before;
  };
  set("{}", meta.path("a", "b"), "{}");
  set(R"({"a": []})", meta.path("a", "b"), R"({"a": []})");
  set(R"({"a": {}})", meta.path("a", 0), R"({"a": {}})");
  set(R"({"a": 1})", meta.path("a", 0), R"({"a": 1})");
  set(R"({"a": [1]})", meta.path("a", 1), R"({"a": [1, 7]})");
  set(R"({"a": [1]})", meta.path("a", 2), R"({"a": [1]})");
  set(R"({"a": []})", meta.path("a", 0), R"({"a": [7]})");
  set("[]", meta.path("a"), "[]");
  set("[]", meta.path("0"), "[]");
  set("[1]", meta.path(1), "[1, 7]");
  set("[1]", meta.path(2), "[1]");
  set("5", meta.path("a"), "5");
  set("5", meta.path(0), "5");
}
TEST_P(json_functions, several_places_are_set_one_inside_of_the_other) {
  sync_wait(db.update<Note>().set(meta, meta.path("a").with(1).path("b").with("two")).where(title == "empty").run());
  EXPECT_EQ(document("empty"), json::parse(R"({"a": 1, "b": "two"})"));
}
TEST_P(json_functions, null_is_set_as_null) {
  sync_wait(db.update<Note>().set(meta.path("stars"), stars).where(title == "empty").run());
  EXPECT_EQ(document("empty"), json::parse(R"({"stars": null})"));
}
TEST_P(json_functions, null_is_set_by_the_names_that_it_has_in_the_program) {
  sync_wait(db.update<Note>()
                .set(meta, meta.path("a").with(std::nullopt).path("b").with(nullptr))
                .where(title == "empty")
                .run());
  sync_wait(db.update<Note>().set(meta.path("c"), std::nullopt).where(title == "empty").run());
  EXPECT_EQ(document("empty"), json::parse(R"({"a": null, "b": null, "c": null})"));
}
TEST_P(json_functions, values_of_rows_become_an_array) {
  const json titles = sync_wait(db.query<Note>().where(title != "other").select<json>(json_agg(title)).one());
  EXPECT_EQ(titles.size(), 2U);
  EXPECT_EQ(sync_wait(db.query<Note>().where(title == "none").select<json>(json_agg(stars)).one()), json::parse("[]"));
  EXPECT_EQ(
      sync_wait(db.query<Note>().where(title == "full").select<json>(json_agg(meta.path("tags").as<json>())).one()),
      json::parse(R"([["red", "blue"]])"));
}
TEST_P(json_functions, an_array_is_made_of_some_rows) {
  const auto gathered = [&](const auto& term) { return sync_wait(db.query<Note>().select<json>(term).one()); };
  EXPECT_EQ(gathered(json_agg(title).filter(title == "full")), json::parse(R"(["full"])"));
  EXPECT_EQ(gathered(json_agg(title).filter(title == "none")), json::parse("[]"));
  const auto beside = sync_wait(db.query<Note>()
                                    .where(title == "full")
                                    .select<std::tuple<std::string, json>>(title, json_agg(title).over())
                                    .one());
  EXPECT_EQ(std::get<1>(beside), json::parse(R"(["full"])"));
}
TEST_P(json_functions, containment_is_asked_where_it_is_known) {
  TUPELO_NEEDS(&feature_table::json_containment);
  EXPECT_EQ(where(meta.contains(json::parse(R"({"author": {"name": "Ada"}, "tags": ["blue"]})"))), names{"full"});
}
TEST_P(json_functions, containment_is_refused_where_it_is_not) {
  TUPELO_NEEDS_NO(&feature_table::json_containment);
  EXPECT_EQ(failure_of<query_error>([&] { where(meta.contains(json::parse("{}"))); }).code(),
            errc::unsupported_feature);
}
TEST_P(json_functions, positions_count_from_0) { EXPECT_THROW(meta.path("tags", -1), query_error); }

// ---- rows of values

TEST_P(json_functions, a_row_with_an_empty_optional_is_equal_where_the_column_is_null) {
  EXPECT_EQ(where(row(title, stars) == row("empty", std::optional<int>())), names{"empty"});
  EXPECT_EQ(where(row(title, stars) == row("full", std::optional<int>())), names{});
  EXPECT_EQ(where(row(title, stars) != row("empty", std::optional<int>())), (names{"full", "other"}));
}
TEST_P(json_functions, rows_compare_by_the_first_value_that_differs) {
  EXPECT_EQ(where(row(title, id) > row("full", 0)), (names{"full", "other"}));
  EXPECT_EQ(where(row(title, id) == row("other", 3)).size(), where(title == "other" && id == 3).size());
  EXPECT_EQ(where(row(coalesce(stars, 0), title) <= row(1, "other")), (names{"empty", "other"}));
  EXPECT_EQ(where(row(title, title) != row(title, lower(title))), names{});
}

// ---- what becomes of numbers

struct Figure {
  std::int64_t id{};
  std::int64_t large{};
  decimal price{};
  bool paid{};
  std::optional<decimal> tip{};
  json meta{};

  static void model(tupelo::model<Figure>& m) {
    m.column(&Figure::price).precision(15, 3);
    m.column(&Figure::tip).precision(15, 3);
  }
};
class json_figures : public conformance_test {
protected:
  json_figures() {
    create<Figure>();
    std::vector<Figure> figures{{.large = 9007199254740993,
                                 .price = decimal::parse("123456789012.345"),
                                 .paid = true,
                                 .tip = decimal::parse("0.1"),
                                 .meta = json::parse("{}")},
                                {.large = std::numeric_limits<std::int64_t>::min(),
                                 .price = decimal::parse("-0.05"),
                                 .meta = json::parse("{}")}};
    sync_wait(db.insert(figures));
  }
  template <class Term>
  json all(const Term& term) {
    return sync_wait(db.query<Figure>().where(col<&Figure::id> > 0).select<json>(json_agg(term)).one());
  }
  template <class T>
  std::optional<T> read(const char* number) {
    sync_wait(db.update<Figure>()
                  .set(col<&Figure::meta>, json::parse(std::string("{\"n\": ") + number + "}"))
                  .all_rows()
                  .run());
    const auto place = col<&Figure::meta>.path("n").template as<T>();
    return sync_wait(db.query<Figure>().limit(1).template select<std::optional<T>>(place).one());
  }
};
TUPELO_CONFORMANCE_SUITE(json_figures);

TEST_P(json_figures, of_rows_become_an_array_and_lose_nothing) {
  EXPECT_EQ(all(col<&Figure::large>), json::parse("[9007199254740993, -9223372036854775808]"));
  EXPECT_EQ(all(col<&Figure::paid>), json::parse("[true, false]"));
  const json prices = all(col<&Figure::price>);
  ASSERT_EQ(prices.size(), 2U);
  EXPECT_EQ(decimal::parse(prices.at("0")->text()), decimal::parse("123456789012.345"));
  EXPECT_EQ(decimal::parse(prices.at("1")->text()), decimal::parse("-0.05"));
  const json tips = all(col<&Figure::tip>);
  EXPECT_EQ(decimal::parse(tips.at("0")->text()), decimal::parse("0.1"));
  EXPECT_EQ(tips.at("1")->text(), "null");
}
TEST_P(json_figures, of_more_digits_than_a_double_has_become_numbers_of_the_array) {
  static_cast<void>(read<decimal>("12345678901234567890.123"));
  const json found = all(col<&Figure::meta>.path("n").as<decimal>());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found.at("0")->text(), "12345678901234567890.123");
}
TEST_P(json_figures, that_are_decimals_are_set_as_numbers) {
  const auto place = col<&Figure::meta>.path("n");
  sync_wait(db.update<Figure>().set(place, col<&Figure::price>).all_rows().run());
  EXPECT_EQ(
      sync_wait(
          db.query<Figure>().order_by(col<&Figure::id>).select<std::optional<decimal>>(place.as<decimal>()).all()),
      (std::vector<std::optional<decimal>>{decimal::parse("123456789012.345"), decimal::parse("-0.05")}));
  sync_wait(db.update<Figure>().set(place, decimal::parse("7.25")).all_rows().run());
  EXPECT_EQ(sync_wait(db.query<Figure>().limit(1).select<std::optional<decimal>>(place.as<decimal>()).one()),
            decimal::parse("7.25"));
}
TEST_P(json_figures, that_are_decimals_are_set_with_all_their_digits) {
  const auto place = col<&Figure::meta>.path("n");
  for (const char* number : {"12345678901234567.1", "-123456789012345678901234567890.123456789", "7.250", "0"}) {
    const decimal value = decimal::parse(number);
    sync_wait(db.update<Figure>().set(place, value).all_rows().run());
    EXPECT_EQ(sync_wait(db.query<Figure>().limit(1).select<json>(col<&Figure::meta>).one()).at("n")->text(), number);
    EXPECT_EQ(sync_wait(db.query<Figure>().limit(1).select<std::optional<decimal>>(place.as<decimal>()).one()), value);
    sync_wait(db.update<Figure>().set(place, std::optional<decimal>(value)).all_rows().run());
    EXPECT_EQ(sync_wait(db.query<Figure>().limit(1).select<std::optional<decimal>>(place.as<decimal>()).one()), value);
    const std::string text = db.query<Figure>().limit(1).select<json>(place.with(value)).to_sql(inlined);
    EXPECT_EQ(sync_wait(db.raw_sql<json>(text).one()).at("n")->text(), number) << text;
  }
}
TEST_P(json_figures, that_a_narrow_type_does_not_hold_are_null) {
  EXPECT_EQ(read<std::int32_t>("3000000000"), std::nullopt);
  EXPECT_EQ(read<std::int32_t>("-2147483649"), std::nullopt);
  EXPECT_EQ(read<std::int32_t>("2147483647.9"), 2147483647);
  EXPECT_EQ(read<std::int32_t>("-2147483648"), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(read<std::int32_t>("1e30"), std::nullopt);
  EXPECT_EQ(read<std::int16_t>("40000"), std::nullopt);
  EXPECT_EQ(read<std::int16_t>("-32768"), std::int16_t{-32768});
  EXPECT_EQ(read<std::uint16_t>("65535"), std::uint16_t{65535});
  EXPECT_EQ(read<std::uint16_t>("65536"), std::nullopt);
  EXPECT_EQ(read<std::uint32_t>("4294967295"), 4294967295U);
  EXPECT_EQ(read<std::uint32_t>("4294967296"), std::nullopt);
  EXPECT_EQ(read<std::uint32_t>("-1"), std::nullopt);
  EXPECT_EQ(read<std::int8_t>("127.5"), std::int8_t{127});
  EXPECT_EQ(read<std::int8_t>("128"), std::nullopt);
  EXPECT_EQ(read<std::uint8_t>("255"), std::uint8_t{255});
  EXPECT_EQ(read<std::uint8_t>("256"), std::nullopt);
  EXPECT_EQ(read<float>("1e39"), std::nullopt);
  EXPECT_EQ(read<float>("-1e39"), std::nullopt);
  EXPECT_EQ(read<float>("3.4028235e38"), std::numeric_limits<float>::max());
}
TEST_P(json_figures, above_64_bits_with_a_sign_are_read_as_decimals) {
  EXPECT_EQ(read<decimal>("18446744073709551615"), decimal::parse("18446744073709551615"));
  EXPECT_EQ(read<std::int64_t>("18446744073709551615"), std::nullopt);
}

}  // namespace
}  // namespace tupelo::conformance
