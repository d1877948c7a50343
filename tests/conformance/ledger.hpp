// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend.hpp"

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::conformance {

struct Account {
  std::int64_t id{};
  std::string owner{};
  std::int64_t balance{};
  int version{};

  static void model(tupelo::model<Account>& m) {
    m.unique(&Account::owner);
    m.version(&Account::version);
    m.check("balance_is_covered", col<&Account::balance> >= 0);
  }
};

struct Note {
  std::int64_t id{};
  std::string text{};
  timestamp created_at{}, updated_at{};
  std::optional<timestamp> deleted_at{};

  static void model(tupelo::model<Note>& m) {
    m.timestamps(&Note::created_at, &Note::updated_at);
    m.soft_delete(&Note::deleted_at);
  }
};

struct Team {
  std::int64_t id{};
  std::string name{};
  std::optional<std::string> motto{};
  int points{};

  static void model(tupelo::model<Team>& m) { m.unique(&Team::name); }
};
/// "team 0" and so on, each with its number as points.
inline std::vector<Team> make_teams(int count) {
  std::vector<Team> teams;
  for (int i = 0; i < count; ++i) teams.push_back({.name = "team " + std::to_string(i), .points = i});
  return teams;
}
struct Player {
  std::int64_t id{};
  std::int64_t team_id{};
  std::string name{};
  int goals{};

  static void model(tupelo::model<Player>& m) { m.foreign_key(&Player::team_id).references<Team>(); }
};

/// A row of a table whose key has two columns.
struct Seat {
  std::string hall{};
  int number{};
  std::optional<std::string> guest{};

  static void model(tupelo::model<Seat>& m) { m.primary_key(&Seat::hall, &Seat::number); }
};

struct Ticket {
  uuid id{};
  std::string title{};
};

/// Notes the statements that a database runs, in order.
class statement_log final : public statement_observer {
public:
  explicit statement_log(database& db) { db.observe(*this); }

  void statement_started(const statement_event& event) noexcept override {
    const std::lock_guard lock(mutex_);
    started_.emplace_back(bare(event.statement));
  }
  void statement_finished(const statement_event& event) noexcept override {
    const std::lock_guard lock(mutex_);
    finished_.push_back(
        {std::string(bare(event.statement)), event.duration_us, event.rows, event.affected, event.failure != nullptr});
  }

  struct entry {
    std::string statement;
    std::int64_t duration_us;
    std::uint64_t rows;
    std::int64_t affected;
    bool failed;
  };
  std::vector<std::string> started() const {
    const std::lock_guard lock(mutex_);
    return started_;
  }
  std::vector<entry> finished() const {
    const std::lock_guard lock(mutex_);
    return finished_;
  }
  /// The statements that begin with this.
  std::vector<std::string> all(std::string_view beginning) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> found;
    for (const std::string& statement : started_) {
      if (statement.starts_with(beginning)) found.push_back(statement);
    }
    return found;
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    started_.clear();
    finished_.clear();
  }

private:
  /// Without what makes a statement check that it writes every row.
  static std::string_view bare(std::string_view statement) {
    constexpr std::string_view before = "WITH written AS (";
    if (!statement.starts_with(before)) return statement;
    statement.remove_prefix(before.size());
    statement = statement.substr(0, statement.find(") SELECT "));
    constexpr std::string_view behind = " RETURNING 1";
    if (statement.ends_with(behind)) statement.remove_suffix(behind.size());
    return statement;
  }

  mutable std::mutex mutex_;
  std::vector<std::string> started_;
  std::vector<entry> finished_;
};

}  // namespace tupelo::conformance
