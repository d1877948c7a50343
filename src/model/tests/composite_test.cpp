// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/composite.hpp"
#include "tupelo/model/model.hpp"
#include "tupelo/core/bytes.hpp"
#include "tupelo/core/date.hpp"
#include "tupelo/core/decimal.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/timestamp.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace tupelo {
namespace composites {

enum class side : std::uint8_t { left, right };
struct place {
  std::string street{};
  std::optional<std::int32_t> number{};
  bool corner{};
  double slope{};
  friend bool operator==(const place&, const place&) = default;
};
struct parcel {
  std::int64_t id{};
  place to{};
  decimal price{};
  side at{};
  std::optional<bytes> seal{};
  std::optional<timestamp> sent{};
  friend bool operator==(const parcel&, const parcel&) = default;
};

struct survey {
  std::vector<std::int32_t> marks{};
  std::optional<std::vector<std::optional<std::string>>> notes{};
  std::vector<std::vector<double>> grid{};
  std::vector<place> places{};
  friend bool operator==(const survey&, const survey&) = default;
};

}  // namespace composites

template <>
struct field_traits<composites::place> : composite<composites::place, "place"> {};
template <>
struct field_traits<composites::survey> : composite<composites::survey, "survey"> {};
template <>
struct field_traits<composites::parcel> : composite<composites::parcel, "parcel"> {};

namespace {

using composites::parcel;
using composites::place;
using composites::survey;

template <class T>
std::string text_of(const T& value) {
  std::string out;
  field_traits<T>::to_text(value, out);
  return out;
}
template <class T>
std::optional<T> read(std::string_view text) {
  T value{};
  return field_traits<T>::from_text(value, text) ? std::optional(value) : std::nullopt;
}

TEST(composite, is_written_as_its_attributes_in_their_order) {
  EXPECT_EQ(text_of(place{"High Street", 7, true, 0.5}), R"(("High Street","7","t","0.5"))");
  EXPECT_EQ(text_of(place{}), R"(("",,"f","0"))") << "NULL is nothing at all";
}

TEST(composite, is_read_as_it_was_written) {
  const place odd{"a\"b\\c,(d)\n", -1, false, -1e300};
  EXPECT_EQ(read<place>(text_of(odd)), odd);
  const parcel some{9,
                    odd,
                    decimal::parse("1.50"),
                    composites::side::right,
                    to_bytes(std::string("\0\xff", 2)),
                    timestamp{1'700'000'000'000'001}};
  EXPECT_EQ(read<parcel>(text_of(some)), some) << text_of(some);
  EXPECT_EQ(read<parcel>(text_of(parcel{})), parcel{});
}

TEST(composite, is_read_as_the_database_writes_it) {
  EXPECT_EQ(read<place>(R"(("High ""Street\"",7,t,1))"), (place{"High \"Street\"", 7, true, 1})) << "both escapes";
  EXPECT_EQ(read<place>("(x,,f,-Infinity)"),
            (place{"x", std::nullopt, false, -std::numeric_limits<double>::infinity()}));
}

TEST(composite, of_other_attributes_is_refused) {
  for (const char* text : {"", "(", "x", "(a,1,t)", "(a,1,t,1,2)", "(a,1,t,1", "(a,1,t,1)x", "(a,b,t,1)", "(,1,t,1)",
                           "(a,1,yes,1)", "(\"a,1,t,1)"})
    EXPECT_EQ(read<place>(text), std::nullopt) << text;
}

TEST(composite, may_have_arrays_among_its_attributes) {
  const survey some{{1, -2},
                    std::vector<std::optional<std::string>>{"a \"b\", {c}\\", std::nullopt, "NULL", ""},
                    {{0.5, 1}, {2, 3}},
                    {{"High Street", 7, true, 0.5}, {}}};
  EXPECT_EQ(read<survey>(text_of(some)), some) << text_of(some);
  EXPECT_EQ(read<survey>(text_of(survey{})), survey{});
  EXPECT_EQ(text_of(survey{{1, 2}, std::nullopt, {{1}}, {}}), R"(("{""1"",""2""}",,"{{""1""}}","{}"))");
  EXPECT_EQ(read<survey>(R"(("{1,2}",,"{{1},{2}}",{}))"), (survey{{1, 2}, std::nullopt, {{1}, {2}}, {}}))
      << "as the database writes it";
  for (const char* text : {R"(({1,,"{{1}}",{}))", R"(({x},,"{{1}}",{}))", "({1},,{1},{})", "({1},,{},{x})"})
    EXPECT_EQ(read<survey>(text), std::nullopt) << text;
}

TEST(composite, refuses_an_array_whose_rows_differ_in_length) {
  try {
    static_cast<void>(text_of(survey{.grid = {{1, 2}, {3}}}));
    ADD_FAILURE();
  } catch (const value_error& e) {
    EXPECT_NE(std::string(e.what()).find("\"grid\""), std::string::npos) << e.what();
  }
}

TEST(composite, is_one_column_of_a_model) {
  struct shipment {
    std::int64_t id{};
    place to{};
  };
  const model_info& info = info_of<shipment>();
  ASSERT_EQ(info.fields.size(), 2u);
  EXPECT_EQ(info.fields[1].type->column_type, "place");
}

}  // namespace
}  // namespace tupelo
