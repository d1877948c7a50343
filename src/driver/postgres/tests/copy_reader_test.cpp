// SPDX-License-Identifier: Apache-2.0
// What COPY … TO STDOUT is asked, and its bytes as rows.
#include "codec_fixtures.hpp"
#include "copy_reader.hpp"

#include <vector>

namespace tupelo::driver::postgres::testing {
namespace {

TEST(copy_reader, takes_queries_only) {
  EXPECT_EQ(copy_reader::statement("  select 1 ; "), "COPY (select 1\n) TO STDOUT (FORMAT binary)");
  EXPECT_EQ(copy_reader::statement("WITH a AS (SELECT 1) TABLE a"),
            "COPY (WITH a AS (SELECT 1) TABLE a\n) TO STDOUT (FORMAT binary)");
  EXPECT_EQ(copy_reader::statement("VALUES(1)"), "COPY (VALUES(1)\n) TO STDOUT (FORMAT binary)");
  EXPECT_EQ(copy_reader::statement("selection"), "");
  EXPECT_EQ(copy_reader::statement("SHOW all"), "");
  EXPECT_EQ(copy_reader::statement("  "), "");
}
TEST(copy_reader, takes_the_version_off_jsonb) {
  const std::vector<result_column> columns{{"id", number(oid::int4), -1}, {"doc", number(oid::jsonb), -1}};
  copy_reader reader(columns);
  const std::string header = std::string("PGCOPY\n\377\r\n\0", 11) + std::string(8, '\0');
  const std::string first = header + data_row({big32(7), "\1{}"});
  const std::string second = data_row({std::nullopt, std::nullopt});
  backend_message row;
  ASSERT_TRUE(reader.next({'d', static_cast<std::uint32_t>(first.size()), first.data()}, row));
  EXPECT_EQ(std::string(row.body, row.size), data_row({big32(7), "{}"}));
  ASSERT_TRUE(reader.next({'d', static_cast<std::uint32_t>(second.size()), second.data()}, row));
  EXPECT_EQ(std::string(row.body, row.size), second);
  for (const std::string& broken : {data_row({big32(7), "\2{}"}), data_row({big32(7), ""}), data_row({big32(7)}),
                                    data_row({big32(7), "\1{}"}) + "x", data_row({big32(7), "\1{}"}).substr(0, 12)}) {
    EXPECT_THROW(reader.next({'d', static_cast<std::uint32_t>(broken.size()), broken.data()}, row), connection_error);
  }
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
