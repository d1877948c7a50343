// SPDX-License-Identifier: Apache-2.0
#include "json_array.hpp"
#include "test_database.hpp"

#include <tupelo/core/bytes.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/interval.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/time_of_day.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>
#include <tupelo/core/word_buffer.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::driver {
namespace {

// ---- described as the model room does

/// A column of vectors.
template <class T>
struct column_of {
  explicit column_of(type_ops of) : element(of) {
    using vector = std::vector<T>;
    array.element = &element;
    array.size = [](const void* p) { return static_cast<const vector*>(p)->size(); };
    array.clear = [](void* p, std::size_t) { static_cast<vector*>(p)->clear(); };
    array.add = [](void* p, const void* context, void (*fill)(const void*, void*)) {
      fill(context, &static_cast<vector*>(p)->emplace_back());
    };
    array.at = [](const void* p, std::size_t i) -> const void* { return &(*static_cast<const vector*>(p))[i]; };
    ops.k = kind::array;
    ops.array = &array;
  }
  column_of(const column_of&) = delete;
  column_of& operator=(const column_of&) = delete;

  field_slot slot() const { return {&ops, 0, kind::array, false, "tags"}; }
  std::string text(const std::vector<T>& value) const {
    inline_word_buffer<32> words;
    push_value(slot(), &value, words);
    return json_of(array_words(words.data() + 1), slot());
  }
  std::vector<T> read(std::string_view text) const {
    std::vector<T> value;
    store_json_array(slot(), &value, text);
    return value;
  }
  errc refusal(std::string_view text) const {
    try {
      read(text);
    } catch (const decode_error& e) {
      EXPECT_EQ(e.column(), "tags");
      return e.code();
    }
    ADD_FAILURE() << "read: " << text;
    return {};
  }

  type_ops element;
  array_ops array{};
  type_ops ops{};
};

TEST(json_arrays, hold_numbers_as_numbers) {
  const column_of<std::int64_t> whole(testing::ops_of<std::int64_t>(kind::i64));
  EXPECT_EQ(whole.text({1, -2, std::numeric_limits<std::int64_t>::min()}), "[1,-2,-9223372036854775808]");
  EXPECT_EQ(whole.text({}), "[]");
  EXPECT_EQ(whole.read(" [ 1 , -2.0, 3e2 ] "), (std::vector<std::int64_t>{1, -2, 300}));
}

TEST(json_arrays, hold_real_numbers_that_look_like_ones) {
  const column_of<double> real(testing::ops_of<double>(kind::f64));
  const std::vector<double> values{1, 0.1, -HUGE_VAL, 1e300, std::numeric_limits<double>::denorm_min()};
  EXPECT_EQ(real.text({1, 0.1, -HUGE_VAL}), "[1.0,0.1,-9e999]");
  EXPECT_EQ(real.read(real.text(values)), values);
  EXPECT_THROW(real.text({std::nan("")}), value_error);
}

TEST(json_arrays, hold_decimals_with_all_their_digits_up_to_fifteen) {
  const column_of<decimal> exact(testing::ops_of<decimal>(kind::decimal));
  EXPECT_EQ(exact.text({decimal::parse("1.50"), decimal::parse("-123456789012.345")}), "[1.5,-123456789012.345]");
  EXPECT_EQ(exact.read("[1.5,1e2]"), (std::vector<decimal>{decimal::parse("1.5"), decimal(100)}));
  EXPECT_THROW(exact.text({decimal::parse("1234567890123456")}), value_error);
}

TEST(json_arrays, hold_texts_escaped_as_little_as_json_allows) {
  const column_of<std::string> texts(testing::ops_of<std::string>(kind::text));
  EXPECT_EQ(texts.text({"a\"\\\n", "é"}), "[\"a\\\"\\\\\\u000a\",\"é\"]");
  EXPECT_EQ(texts.read(R"(["a\"\\\n", "\u00e9\ud83d\ude00", ""])"),
            (std::vector<std::string>{"a\"\\\n", "é\U0001F600", ""}));
  EXPECT_THROW(texts.text({"\xff"}), value_error);
}

TEST(json_arrays, hold_what_columns_of_their_type_hold) {
  EXPECT_EQ(column_of<bytes>(testing::ops_of<bytes>(kind::bytes)).text({to_bytes("\x01z")}), "[\"017a\"]");
  EXPECT_EQ(column_of<timestamp>(testing::ops_of<timestamp>(kind::timestamp)).text({timestamp{0}}),
            "[\"1970-01-01 00:00:00.000000\"]");
  EXPECT_EQ(column_of<date>(testing::ops_of<date>(kind::date)).text({date{0}}), "[\"1970-01-01\"]");
  EXPECT_EQ(column_of<time_of_day>(testing::ops_of<time_of_day>(kind::time_of_day)).text({time_of_day{1}}),
            "[\"00:00:00.000001\"]");
  EXPECT_EQ(column_of<interval>(testing::ops_of<interval>(kind::interval)).text({interval{1, 2, 0}}), "[\"P1M2D\"]");
  EXPECT_EQ(column_of<uuid>(testing::ops_of<uuid>(kind::uuid)).text({uuid{}}),
            "[\"00000000-0000-0000-0000-000000000000\"]");
  EXPECT_EQ(column_of<bytes>(testing::ops_of<bytes>(kind::bytes)).read("[\"017a\"]"),
            (std::vector<bytes>{to_bytes("\x01z")}));
}

TEST(json_arrays, hold_documents_as_they_are) {
  const column_of<json> documents(testing::ops_of<json>(kind::json));
  EXPECT_EQ(documents.text({json::parse("{\"a\": [1, 2]}"), json()}), "[{\"a\": [1, 2]},null]");
  EXPECT_EQ(documents.read("[{\"a\": [1, \"]\"]}, null, \"x\"]"),
            (std::vector<json>{json::parse("{\"a\":[1,\"]\"]}"), json(), json::from("x")}));
}

TEST(json_arrays, hold_null_in_optional_elements_only) {
  const column_of<std::optional<std::string>> maybe(testing::optional_ops_of<std::string>(kind::text));
  EXPECT_EQ(maybe.text({"null", std::nullopt}), "[\"null\",null]");
  EXPECT_EQ(maybe.read("[\"null\",null]"), (std::vector<std::optional<std::string>>{"null", std::nullopt}));
  EXPECT_EQ(column_of<std::string>(testing::ops_of<std::string>(kind::text)).refusal("[null]"), errc::null_value);
}

TEST(json_arrays, hold_their_rows_as_arrays) {
  const column_of<std::optional<std::int32_t>> rows(testing::optional_ops_of<std::int32_t>(kind::i32));
  using grid = std::vector<std::vector<std::optional<std::int32_t>>>;
  const column_of<grid::value_type> grids(rows.ops);
  EXPECT_EQ(grids.text({{1, 2}, {3, std::nullopt}}), "[[1,2],[3,null]]");
  EXPECT_EQ(grids.text({}), "[]");
  EXPECT_EQ(grids.read(" [ [1, 2] ,[3,null ] ] "), (grid{{1, 2}, {3, std::nullopt}}));
  for (const char* text : {"[1]", "[[1],2]", "[[[1]]]"}) EXPECT_EQ(grids.refusal(text), errc::type_mismatch) << text;
  EXPECT_EQ(grids.refusal("[null]"), errc::null_value);
  EXPECT_EQ(rows.refusal("[[1]]"), errc::type_mismatch);
}

TEST(json_arrays, whose_rows_differ_in_length_are_refused_as_by_other_databases) {
  const column_of<std::int32_t> rows(testing::ops_of<std::int32_t>(kind::i32));
  const column_of<std::vector<std::int32_t>> grids(rows.ops);
  for (const std::vector<std::vector<std::int32_t>>& value :
       std::initializer_list<std::vector<std::vector<std::int32_t>>>{{{1, 2}, {3}}, {{1}, {}}, {{}}}) {
    try {
      grids.text(value);
      ADD_FAILURE();
    } catch (const value_error& e) {
      EXPECT_EQ(e.code(), errc::invalid_value);
      EXPECT_NE(std::string(e.what()).find("\"tags\""), std::string::npos) << e.what();
    }
  }
}

TEST(json_arrays, refuse_what_is_none) {
  const column_of<std::string> texts(testing::ops_of<std::string>(kind::text));
  for (const char* text : {"", "a", "{}", "[", "[\"a\"", "[\"a\",]", "\"a\"", "null"})
    EXPECT_EQ(texts.refusal(text), errc::invalid_value) << text;
}

TEST(json_arrays, refuse_elements_of_another_type) {
  const column_of<std::string> texts(testing::ops_of<std::string>(kind::text));
  for (const char* text : {"[1]", "[true]", "[[\"a\"]]", "[{}]"})
    EXPECT_EQ(texts.refusal(text), errc::type_mismatch) << text;
  const column_of<std::int8_t> small(testing::ops_of<std::int8_t>(kind::i8));
  EXPECT_EQ(small.refusal("[128]"), errc::value_out_of_range);
  EXPECT_EQ(small.refusal("[1.5]"), errc::type_mismatch);
  EXPECT_EQ(small.refusal("[\"1\"]"), errc::type_mismatch);
  EXPECT_EQ(column_of<bytes>(testing::ops_of<bytes>(kind::bytes)).refusal("[\"0\"]"), errc::invalid_value);
}

}  // namespace
}  // namespace tupelo::driver
