// SPDX-License-Identifier: Apache-2.0
#include "chinook_test_case.hpp"

#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <unistd.h>

namespace tupelo::chinook {

namespace {

std::string script_path() {
  const char* elsewhere = std::getenv("TUPELO_CHINOOK");
  return elsewhere ? elsewhere : TUPELO_CHINOOK_SCRIPT;
}

std::string read_script() {
  std::ifstream file(script_path(), std::ios::binary);
  std::string sql{std::istreambuf_iterator<char>(file), {}};
  if (sql.starts_with("\xEF\xBB\xBF")) sql.erase(0, 3);  // a byte order mark is no SQL
  return sql;
}

/// The loaded database; its file goes with it.
struct loaded_store {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("tupelo_chinook_" + std::to_string(getpid()) + ".db");
  std::optional<database> db;

  loaded_store() {
    remove_files();
    db.emplace("sqlite:///" + path.string());
    lease connection = sync_wait(db->acquire());
    sync_wait(connection.begin());  // one transaction: one wait for the disk
    sync_wait(connection.execute(read_script()));
    sync_wait(connection.commit());
  }
  ~loaded_store() {
    db.reset();
    remove_files();
  }
  void remove_files() {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path.string() + suffix);
  }
};

loaded_store& store() {
  static loaded_store instance;
  return instance;
}

cell cell_of(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return cell(static_cast<std::int64_t>(sqlite3_column_int64(statement, column)));
    case SQLITE_FLOAT: return cell(sqlite3_column_double(statement, column));
    case SQLITE_TEXT: return cell(std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, column))));
    default: return {};
  }
}

}  // namespace

void chinook_test::SetUp() {
  if (!std::filesystem::exists(script_path())) {
    GTEST_SKIP() << "Chinook's script is not at " << script_path() << "; TUPELO_CHINOOK may name another place";
  }
}

database& chinook_test::db() { return *store().db; }

std::vector<cells> chinook_test::by_hand(const std::string& sql) {
  store();
  sqlite3* connection = nullptr;
  sqlite3_stmt* statement = nullptr;
  sqlite3_open_v2(store().path.c_str(), &connection, SQLITE_OPEN_READONLY, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)> close(connection, &sqlite3_close_v2);
  if (sqlite3_prepare_v2(connection, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    throw std::runtime_error(std::string(sqlite3_errmsg(connection)) + ": " + sql);
  }
  std::vector<cells> rows;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    cells& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(statement); ++i) row.push_back(cell_of(statement, i));
  }
  if (sqlite3_finalize(statement) != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(connection));
  return rows;
}

void chinook_test::expect_same_rows(const std::vector<cells>& found, const std::string& sql, const std::string& built) {
  const std::vector<cells> expected = by_hand(sql);
  ASSERT_FALSE(expected.empty()) << "a question without an answer proves nothing: " << sql;
  ASSERT_EQ(found.size(), expected.size()) << built;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(found[i], expected[i]) << "row " << i << " of " << built;
  }
}

}  // namespace tupelo::chinook
