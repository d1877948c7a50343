// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/model.hpp"
#include "tupelo/model/model_info.hpp"
#include <tupelo/core/decimal.hpp>

#include <gtest/gtest.h>

#include <cstdint>

namespace tupelo::column_default_samples {

struct Fare {
  std::int64_t id{};
  decimal price, limit;
  static void model(tupelo::model<Fare>& m) {
    m.column(&Fare::price).default_value(decimal::parse("12.50"));
    m.column(&Fare::limit).default_value(decimal::infinity());
  }
};

TEST(column_default, is_a_decimal_digit_by_digit) {
  EXPECT_EQ(info_of<Fare>().fields[1].default_sql, "12.50");
  EXPECT_EQ(info_of<Fare>().fields[2].default_sql, "'Infinity'");
}

}  // namespace tupelo::column_default_samples
