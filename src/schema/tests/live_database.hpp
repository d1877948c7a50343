// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/engine/database.hpp>
#include <tupelo/core/sync_wait.hpp>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <unistd.h>

namespace tupelo::sample {

/// A database file of its own, removed at the end.
class live_database {
public:
  live_database() : path_(unused_path()), db("sqlite:///" + path_.string()) {}
  ~live_database() {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path_.string() + suffix);
    for (const auto& entry : std::filesystem::directory_iterator(path_.parent_path())) {
      if (entry.path().string().starts_with(path_.string() + ".")) std::filesystem::remove(entry);  // copies of it
    }
  }

private:
  static std::filesystem::path unused_path() {
    static std::atomic<int> next{0};
    return std::filesystem::temp_directory_path() /
           ("tupelo_schema_" + std::to_string(getpid()) + "_" + std::to_string(next++) + ".db");
  }
  std::filesystem::path path_;

public:
  database db;

  std::string url() const { return "sqlite:///" + path_.string(); }
  void execute(std::string sql) { sync_wait(db.execute(std::move(sql))); }
  std::string text(std::string_view sql) { return sync_wait(db.raw_sql<std::string>(sql).one()); }
  std::int64_t number(std::string_view sql) { return sync_wait(db.raw_sql<std::int64_t>(sql).one()); }
};

}  // namespace tupelo::sample
