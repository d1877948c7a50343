// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/error.hpp>
#include <tupelo/core/json.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <type_traits>

namespace tupelo {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

static_assert(std::is_nothrow_move_constructible_v<json>);

json j(std::string_view text) { return json::parse(text); }

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

errc code_of_parse(std::string_view text) {
  try {
    json::parse(text);
  } catch (const value_error& problem) {
    return problem.code();
  }
  return errc{};
}

json any_json(std::mt19937_64& random, int depth) {
  switch (random() % (depth > 0 ? 8 : 6)) {
    case 0: return json();
    case 1: return json::from(random() % 2 != 0);
    case 2: return json::from(static_cast<std::int64_t>(random()));
    case 3: return json::from(static_cast<double>(random()) / 7);
    case 4: return json::from(decimal::from_unscaled(static_cast<std::int64_t>(random()), 30));
    case 5: {
      std::string text;
      for (auto i = random() % 6; i > 0; --i) text += static_cast<char>(random() % 128);
      return json::from(text + "\u00e9\u20ac");
    }
    case 6: {
      json array = json::array();
      for (auto i = random() % 5; i > 0; --i) array.push_back(any_json(random, depth - 1));
      return array;
    }
    default: {
      json object = json::object();
      for (auto i = random() % 5; i > 0; --i)
        object.set(std::to_string(random() % 8) + "\"\\", any_json(random, depth - 1));
      return object;
    }
  }
}

/// The same document written with other whitespace, the other order of keys and escaped letters.
std::string rewritten(const json& value) {
  if (value.is_array()) {
    std::string text = " [\n";
    for (std::size_t i = 0; i < value.size(); ++i) text += (i != 0 ? "\t, " : "") + rewritten(*value.element(i));
    return text + " ]\r\n";
  }
  if (value.is_object()) {
    std::string text;
    for (const auto& key : value.keys()) {
      text = json::from(key).text() + " : " + rewritten(*value.member(key)) + (text.empty() ? "" : " , ") + text;
    }
    return "{ " + text + "}";
  }
  return value.text();
}

TEST(json, default_is_null) {
  EXPECT_EQ(json().text(), "null");
  EXPECT_TRUE(json().is_null());
}

TEST(json, text_is_kept_as_given) {
  for (const char* text : {" { \"b\" : 1.10 , \"a\" : 18446744073709551615 } ", "123456789012345678901234567890.10",
                           "1E2", "-0", "\"\\u00e9\"", "{\"a\":1,\"a\":2}", "[]", "true", "\n1\n"}) {
    EXPECT_EQ(j(text).text(), text);
  }
}

TEST(json, parse_takes_string_rvalues_views_and_literals) {
  std::string text = "[1]";
  EXPECT_EQ(json::parse(text).text(), "[1]");
  EXPECT_EQ(json::parse("[1]").text(), "[1]");
  EXPECT_EQ(json::parse("[1]"sv).text(), "[1]");
  EXPECT_EQ(json::parse(std::move(text)).text(), "[1]");
}

TEST(json, parse_refuses_what_is_not_json) {
  for (std::string_view text : {""sv,
                                " "sv,
                                "nul"sv,
                                "NULL"sv,
                                "True"sv,
                                "{"sv,
                                "}"sv,
                                "[1"sv,
                                "[1,]"sv,
                                "[,1]"sv,
                                "[1 2]"sv,
                                "{\"a\"}"sv,
                                "{\"a\":}"sv,
                                "{\"a\":1,}"sv,
                                "{a:1}"sv,
                                "{'a':1}"sv,
                                "01"sv,
                                "+1"sv,
                                "1."sv,
                                ".5"sv,
                                "1e"sv,
                                "--1"sv,
                                "0x1"sv,
                                "NaN"sv,
                                "Infinity"sv,
                                "1 1"sv,
                                "[] []"sv,
                                "\""sv,
                                "\"\\x\""sv,
                                "\"\\u12\""sv,
                                "\"\n\""sv,
                                "\"\t\""sv,
                                "// c\n1"sv,
                                "/* */1"sv,
                                "\"\\ud800\""sv,
                                "\"\\udc00\""sv,
                                "\"\xff\""sv,
                                "\"\xc3\""sv,
                                "\"\xed\xa0\x80\""sv,
                                "\"\xc0\xaf\""sv}) {
    EXPECT_EQ(code_of_parse(text), errc::invalid_value) << text;
    EXPECT_FALSE(json::try_parse(text)) << text;
  }
}

TEST(json, parse_refuses_nul_bytes_and_byte_order_marks) {
  EXPECT_FALSE(json::try_parse("1\0"sv));
  EXPECT_FALSE(json::try_parse("1\0garbage"sv));
  EXPECT_FALSE(json::try_parse("\0"sv));
  EXPECT_FALSE(json::try_parse("\"a\0b\""sv));
  EXPECT_FALSE(json::try_parse("\xef\xbb\xbf{}"sv));
}

TEST(json, parse_names_the_offset_and_not_the_text) {
  try {
    json::parse("[1, 4711x]");
    FAIL();
  } catch (const value_error& problem) {
    EXPECT_EQ(problem.what(), "expected JSON: syntax error at offset 8"s);
  }
}

TEST(json, nesting_is_taken_up_to_the_limit) {
  EXPECT_TRUE(json::try_parse(nested(json::max_depth)));
  EXPECT_FALSE(json::try_parse(nested(json::max_depth + 1)));
  EXPECT_THROW(json::parse(nested(json::max_depth + 1)), value_error);
}

TEST(json, hostile_nesting_does_not_exhaust_the_stack) {
  EXPECT_FALSE(json::try_parse(std::string(10'000'000, '[')));
  std::string objects;
  for (int i = 0; i < 1'000'000; ++i) objects += "{\"a\":";
  EXPECT_FALSE(json::try_parse(objects));
}

TEST(json, building_is_bounded_by_the_same_nesting) {
  json value = json::array();
  for (std::size_t i = 1; i < json::max_depth; ++i) {
    json outer = json::array();
    outer.push_back(value);
    value = std::move(outer);
  }
  EXPECT_EQ(value.text(), nested(json::max_depth));
  EXPECT_THROW(json::array().push_back(value), value_error);
  EXPECT_THROW(json::object().set("a", value), value_error);
  EXPECT_EQ(value, json::parse(" " + nested(json::max_depth)));
}

TEST(json, replacing_the_deepest_value_makes_room_again) {
  json value = json::object();
  value.set("a", json::parse(nested(json::max_depth - 1)));
  EXPECT_THROW(json::array().push_back(value), value_error);
  value.set("a", 1);
  EXPECT_EQ(json::array().push_back(value).text(), "[{\"a\":1}]");
}

TEST(json, kinds_are_told_apart) {
  EXPECT_TRUE(j(" {}").is_object() && !j("{}").is_array());
  EXPECT_TRUE(j("\n[]").is_array() && !j("[]").is_object());
  EXPECT_TRUE(j("\"\"").is_string());
  EXPECT_TRUE(j("true").is_boolean() && j("false").is_boolean());
  EXPECT_TRUE(j("-1").is_number() && j("0").is_number() && j("9e9").is_number());
  EXPECT_TRUE(j(" null").is_null() && !j("0").is_null());
}

TEST(json, at_follows_keys_and_positions) {
  const json value = j(R"({"a": {"b": [ {"x": 1}, "two", [3] ]}, "0": "zero", "": {"": 7}})");
  EXPECT_EQ(value.at("a.b.0.x")->as_int64(), 1);
  EXPECT_EQ(value.at("a.b.1")->as_string(), "two");
  EXPECT_EQ(value.at("a.b.2.0")->as_int64(), 3);
  EXPECT_EQ(value.at("a.b")->text(), "[ {\"x\": 1}, \"two\", [3] ]");
  EXPECT_EQ(value.at("0")->as_string(), "zero");
  EXPECT_EQ(value.at("."s)->as_int64(), 7);
  EXPECT_EQ(*value.at(""), value);
}

TEST(json, at_gives_nothing_where_nothing_is) {
  const json value = j(R"({"a": [1, 2], "s": "text"})");
  for (const char* path :
       {"b", "a.2", "a.-1", "a.00", "a.+1", "a.x", "a.", "a.0.x", "s.0", "A", "a.18446744073709551616", "s."}) {
    EXPECT_FALSE(value.at(path)) << path;
  }
  EXPECT_FALSE(j("1").at("a"));
}

TEST(json, at_is_not_misled_by_brackets_and_quotes_in_strings) {
  const json value = j(R"({"}": "]", "a\"{": ["\\", "\"]}"], "z": {"k": 5}})");
  EXPECT_EQ(value.at("z.k")->as_int64(), 5);
  EXPECT_EQ(value.at("a\"{.0")->as_string(), "\\");
  EXPECT_EQ(value.at("a\"{.1")->as_string(), "\"]}");
  EXPECT_EQ(value.size(), 3u);
}

TEST(json, members_are_found_by_their_resolved_key) {
  const json value = j(R"({"a.b": 1, "\u0041": 2, "x": 1, "x": 3})");
  EXPECT_EQ(value.member("a.b")->as_int64(), 1);
  EXPECT_EQ(value.member("A")->as_int64(), 2);
  EXPECT_EQ(value.member("x")->as_int64(), 3);
  EXPECT_FALSE(value.member("y"));
  EXPECT_EQ(value.keys(), (std::vector<std::string>{"A", "a.b", "x"}));
  EXPECT_EQ(value.size(), 3u);
  EXPECT_FALSE(j("[1]").member("0"));
  EXPECT_FALSE(value.element(0));
}

TEST(json, size_counts_elements) {
  EXPECT_EQ(j("[]").size(), 0u);
  EXPECT_EQ(j("[ [1,2] , {\"a\":[3,4]} , 5 ]").size(), 3u);
  EXPECT_EQ(j("{}").size(), 0u);
  EXPECT_EQ(j("\"abc\"").size(), 0u);
  EXPECT_TRUE(j("[1]").keys().empty());
}

TEST(json, integers_of_64_bits_are_read_without_loss) {
  EXPECT_EQ(j("9223372036854775807").as_int64(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(j("-9223372036854775808").as_int64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(j("9007199254740993").as_int64(), 9007199254740993);
  EXPECT_EQ(j(" 7 ").as_int64(), 7);
  EXPECT_EQ(j("7.0").as_int64(), 7);
  EXPECT_EQ(j("70e-1").as_int64(), 7);
  EXPECT_EQ(j("-0").as_int64(), 0);
}

TEST(json, integers_that_do_not_fit_are_refused) {
  EXPECT_THROW(j("9223372036854775808").as_int64(), value_error);
  EXPECT_THROW(j("1.5").as_int64(), value_error);
  EXPECT_THROW(j("1e30").as_int64(), value_error);
}

TEST(json, decimals_are_read_without_loss) {
  const char* text = "-1234567890123456789012345678901234567890.10";
  EXPECT_EQ(j(text).as_decimal().to_string(), text);
  EXPECT_EQ(j("1e400").as_decimal(), decimal::parse("1e400"));
  EXPECT_EQ(j("18446744073709551615").as_decimal(), decimal(std::numeric_limits<std::uint64_t>::max()));
}

TEST(json, doubles_are_the_nearest) {
  EXPECT_EQ(j("0.1").as_double(), 0.1);
  EXPECT_EQ(j("1").as_double(), 1.0);
  EXPECT_EQ(j("1e-400").as_double(), 0.0);
  EXPECT_EQ(j("1e-40000").as_double(), 0.0);
  EXPECT_THROW(j("1e400").as_double(), value_error);
  EXPECT_THROW(j("-1e400").as_double(), value_error);
}

TEST(json, numbers_beyond_long_double_are_refused) {
  EXPECT_EQ(code_of_parse("1e99999"), errc::value_out_of_range);
  EXPECT_EQ(code_of_parse("[-1e99999]"), errc::value_out_of_range);
}

TEST(json, strings_are_read_with_their_escapes_resolved) {
  EXPECT_EQ(j(R"(" plain ")").as_string(), " plain ");
  EXPECT_EQ(j(R"("\"\\\/\b\f\n\r\tA\u00e9\u20ac\ud83d\ude00")").as_string(), "\"\\/\b\f\n\r\tA\u00e9\u20ac\U0001f600");
  EXPECT_EQ(j(R"("a\u0000b")").as_string(), "a\0b"s);
  EXPECT_EQ(j("\"\"").as_string(), "");
}

TEST(json, reads_of_another_kind_are_refused) {
  EXPECT_THROW(j("\"1\"").as_int64(), value_error);
  EXPECT_THROW(j("\"1\"").as_double(), value_error);
  EXPECT_THROW(j("null").as_decimal(), value_error);
  EXPECT_THROW(j("1").as_string(), value_error);
  EXPECT_THROW(j("1").as_bool(), value_error);
  try {
    (void)j("\"secret\"").as_bool();
    FAIL();
  } catch (const value_error& problem) {
    EXPECT_EQ(problem.code(), errc::type_mismatch);
    EXPECT_EQ(std::string_view(problem.what()).find("secret"), std::string_view::npos);
  }
}

TEST(json, booleans_are_read) {
  EXPECT_TRUE(j("true").as_bool());
  EXPECT_FALSE(j(" false ").as_bool());
}

TEST(json, equality_ignores_whitespace_and_order_of_keys) {
  EXPECT_EQ(j(R"({"a":1,"b":[1,2]})"), j(" { \"b\" : [ 1 ,\n2 ] , \"a\" : 1 } "));
  EXPECT_EQ(j("[]"), j("[ ]"));
  EXPECT_EQ(j("{}"), j("{ }"));
}

TEST(json, equality_ignores_how_strings_and_numbers_are_written) {
  EXPECT_EQ(j(R"(["\u0041\/"])"), j(R"(["A/"])"));
  EXPECT_EQ(j("[1.0, 1e2, -0]"), j("[1, 100, 0.00]"));
  EXPECT_EQ(j(R"({"a":0,"a":1})"), j(R"({"a":1})"));
}

TEST(json, equality_sees_every_difference) {
  const std::vector<const char*> different{"null",
                                           "true",
                                           "false",
                                           "0",
                                           "1",
                                           "9007199254740992",
                                           "9007199254740993",
                                           "\"\"",
                                           "\"0\"",
                                           "[]",
                                           "{}",
                                           "[0]",
                                           "[[]]",
                                           "[0,0]",
                                           "[0,1]",
                                           "[1,0]",
                                           "{\"a\":0}",
                                           "{\"a\":1}",
                                           "{\"b\":0}",
                                           "{\"a\":0,\"b\":0}",
                                           "{\"a\":{}}",
                                           "0.1",
                                           "0.10000000000000000000000000000000000001"};
  for (std::size_t i = 0; i < different.size(); ++i) {
    for (std::size_t k = 0; k < different.size(); ++k) {
      EXPECT_EQ(j(different[i]) == j(different[k]), i == k) << different[i] << ' ' << different[k];
    }
  }
}

TEST(json, order_of_elements_matters) { EXPECT_NE(j("[1,2]"), j("[2,1]")); }

TEST(json, set_adds_and_replaces) {
  json value = json::object();
  value.set("i", 1).set("u", std::numeric_limits<std::uint64_t>::max()).set("d", 0.5).set("t", "x\"y").set("b", true);
  value.set("n", nullptr)
      .set("s", "text"s)
      .set("v", "view"sv)
      .set("o", std::optional<int>())
      .set("p", std::optional<int>(3));
  value.set("dec", decimal::parse("1.10")).set("j", j(" [ 1 ] ")).set("f", 0.1f).set("w", 2.0);
  EXPECT_EQ(
      value.text(),
      R"({"i":1,"u":18446744073709551615,"d":0.5,"t":"x\"y","b":true,"n":null,"s":"text","v":"view","o":null,"p":3,)"
      R"("dec":1.10,"j":[ 1 ],"f":0.1,"w":2.0})");
  value.set("i", "one").set("w", json::object());
  EXPECT_EQ(value.at("i")->as_string(), "one");
  EXPECT_TRUE(value.at("w")->is_object());
  EXPECT_EQ(value.size(), 14u);
}

TEST(json, set_keeps_the_whitespace_around_it) {
  json value = j(" { \"a\" : 1 , \"b\" : 2 } ");
  value.set("a", 10);
  EXPECT_EQ(value.text(), " { \"a\" : 10 , \"b\" : 2 } ");
  value.set("c", 3);
  EXPECT_EQ(value.at("c")->as_int64(), 3);
  EXPECT_TRUE(json::try_parse(value.text()));
}

TEST(json, set_finds_keys_written_with_escapes) {
  json value = j(R"({"\u0041":1})");
  value.set("A", 2);
  EXPECT_EQ(value.text(), R"({"\u0041":2})");
}

TEST(json, a_document_can_be_put_into_itself) {
  json object = j(R"({"a":1})");
  object.set("b", object).set("a", object);
  EXPECT_EQ(object, j(R"({"a":{"a":1,"b":{"a":1}},"b":{"a":1}})"));
  json array = j("[1]");
  array.push_back(array);
  EXPECT_EQ(array.text(), "[1,[1]]");
}

TEST(json, push_back_appends) {
  json value = json::array();
  value.push_back(1).push_back("two").push_back(nullptr).push_back(json::array());
  EXPECT_EQ(value.text(), R"([1,"two",null,[]])");
  EXPECT_EQ(j(" [ ] ").push_back(1), j("[1]"));
}

TEST(json, builders_refuse_other_kinds) {
  EXPECT_THROW(json::array().set("a", 1), value_error);
  EXPECT_THROW(json().set("a", 1), value_error);
  EXPECT_THROW(json::object().push_back(1), value_error);
}

TEST(json, builders_refuse_what_json_cannot_hold) {
  EXPECT_THROW(json::from(std::numeric_limits<double>::quiet_NaN()), value_error);
  EXPECT_THROW(json::from(-std::numeric_limits<double>::infinity()), value_error);
  EXPECT_THROW(json::from(std::numeric_limits<float>::infinity()), value_error);
  EXPECT_THROW(json::from(decimal::nan()), value_error);
  EXPECT_THROW(json::from("\xff"), value_error);
  EXPECT_THROW(json::object().set("\xff", 1), value_error);
}

TEST(json, text_with_nul_and_controls_survives_building) {
  EXPECT_EQ(json::from("a\0\x01\x1f\x7f"sv).as_string(), "a\0\x01\x1f\x7f"sv);
}

TEST(json, doubles_survive_building) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const double value =
        static_cast<double>(static_cast<std::int64_t>(random())) / static_cast<double>(1 + random() % 1000);
    ASSERT_EQ(json::parse(json::from(value).text()).as_double(), value);
  }
}

TEST(json, built_documents_are_valid_and_equal_to_their_rewriting) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 3000; ++i) {
    const json value = any_json(random, 4);
    const json again = json::parse(value.text());
    ASSERT_EQ(again, value);
    ASSERT_EQ(json::parse(rewritten(value)), value) << value.text();
  }
}

TEST(json, a_moved_from_document_is_null) {
  json value = json::parse("[\"" + std::string(100, 'x') + "\"]");
  json taken = std::move(value);
  EXPECT_EQ(value.text(), "null");  // NOLINT(bugprone-use-after-move)
  value = std::move(taken);
  EXPECT_TRUE(value.is_array());
  EXPECT_TRUE(taken.is_null());  // NOLINT(bugprone-use-after-move)
}

}  // namespace
}  // namespace tupelo
