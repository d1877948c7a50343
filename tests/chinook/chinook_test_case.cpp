// SPDX-License-Identifier: Apache-2.0
#include "chinook_test_case.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace tupelo::chinook {

namespace {

store& loaded() {
  static const std::unique_ptr<store> instance = store::load();
  return *instance;
}

}  // namespace

std::string script_path() {
  const char* elsewhere = std::getenv(TUPELO_CHINOOK_VARIABLE);
  return elsewhere ? elsewhere : TUPELO_CHINOOK_SCRIPT;
}

std::string read_script() {
  std::ifstream file(script_path(), std::ios::binary);
  std::string sql{std::istreambuf_iterator<char>(file), {}};
  if (sql.starts_with("\xEF\xBB\xBF")) sql.erase(0, 3);  // a byte order mark is no SQL
  return sql;
}

void chinook_test::SetUp() {
  if (const std::string why = store::missing(); !why.empty()) GTEST_SKIP() << why;
}

database& chinook_test::db() { return loaded().db(); }

void chinook_test::expect_same_rows(const std::vector<cells>& found, const std::string& sql, const std::string& built) {
  const std::vector<cells> expected = loaded().by_hand(sql);
  ASSERT_FALSE(expected.empty()) << "a question without an answer proves nothing: " << sql;
  ASSERT_EQ(found.size(), expected.size()) << built;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(found[i], expected[i]) << "row " << i << " of " << built;
  }
}

}  // namespace tupelo::chinook
