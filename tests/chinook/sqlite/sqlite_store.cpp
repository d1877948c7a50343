// SPDX-License-Identifier: Apache-2.0
#include "chinook_test_case.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>
#include <unistd.h>

namespace tupelo::chinook {

namespace {

cell cell_of(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return cell(static_cast<std::int64_t>(sqlite3_column_int64(statement, column)));
    case SQLITE_FLOAT: return cell(sqlite3_column_double(statement, column));
    case SQLITE_TEXT: return cell(std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, column))));
    default: return {};
  }
}

/// A file of its own, which goes with it.
class sqlite_store final : public store {
public:
  sqlite_store() {
    remove_files();
    db_.emplace("sqlite:///" + path_.string());
    lease connection = sync_wait(db_->acquire());
    sync_wait(connection.begin());  // one transaction: one wait for the disk
    sync_wait(connection.execute(read_script()));
    sync_wait(connection.commit());
  }
  ~sqlite_store() override {
    db_.reset();
    remove_files();
  }

  database& db() override { return *db_; }
  std::vector<cells> by_hand(const std::string& sql) override {
    sqlite3* connection = nullptr;
    sqlite3_stmt* statement = nullptr;
    sqlite3_open_v2(path_.c_str(), &connection, SQLITE_OPEN_READONLY, nullptr);
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

private:
  void remove_files() {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path_.string() + suffix);
  }

  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("tupelo_chinook_" + std::to_string(getpid()) + ".db");
  std::optional<database> db_;
};

}  // namespace

std::string store::missing() {
  if (std::filesystem::exists(script_path())) return {};
  return "Chinook's script is not at " + script_path() + "; " + TUPELO_CHINOOK_VARIABLE + " may name another place";
}

std::unique_ptr<store> store::load() { return std::make_unique<sqlite_store>(); }

}  // namespace tupelo::chinook
