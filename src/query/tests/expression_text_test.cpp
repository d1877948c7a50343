// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/column.hpp"
#include "tupelo/query/expression_text.hpp"
#include "tupelo/query/functions.hpp"
#include <tupelo/model/model.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/timestamp.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace tupelo::expression_text_samples {

struct Lot {
  std::int64_t id{};
  std::int32_t n{};
  timestamp until{};
  decimal price;
};

std::string text_of(const expression& condition) { return expression_text(condition, info_of<Lot>(), "check `even`"); }
std::string refusal(const expression& condition) {
  try {
    return text_of(condition);
  } catch (const model_error& e) {
    return e.what();
  }
}

TEST(expression_text, computes_remainders) { EXPECT_EQ(text_of(col<&Lot::n> % 2 == 0), "(n % 2) = 0"); }
TEST(expression_text, knows_what_is_beyond_all_moments_and_numbers) {
  EXPECT_EQ(text_of(col<&Lot::until> < timestamp::infinity()), "until < 'infinity'");
  EXPECT_EQ(text_of(col<&Lot::until> > timestamp::minus_infinity()), "until > '-infinity'");
  EXPECT_EQ(text_of(col<&Lot::price> != decimal::nan()), "price <> 'NaN'");
  EXPECT_EQ(text_of(col<&Lot::price> > decimal::negative_infinity()), "price > '-Infinity'");
}
TEST(expression_text, names_the_check_of_a_value_that_cannot_be_written) {
  EXPECT_NE(refusal(col<&Lot::until> < timestamp{timestamp::max_us + 1}).find("Lot: check `even` holds a value"),
            std::string::npos);
}
TEST(expression_text, says_what_to_do_about_a_function_that_databases_spell_differently) {
  const std::string told = refusal(round(col<&Lot::price>) > decimal(1));
  EXPECT_NE(told.find("or that databases spell differently"), std::string::npos) << told;
}

}  // namespace tupelo::expression_text_samples
