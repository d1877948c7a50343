// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "join_table.hpp"

#include "tupelo/engine/parent_changes.hpp"
#include "tupelo/core/task.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tupelo::detail {

/// Writes rows of a join table, and knows what changes with them in the rows that they connect: the counters and times
/// that the table's model keeps there. By other foreign keys of that model nothing is counted, since nobody has read
/// what rows that go have named by them.
///
/// Where it counts, each row is a statement of its own, so that it is known of each whether it was there.
class join_writer {
public:
  /// `counts`: takes what is counted; null: `write_counts` writes it. All outlive the writer.
  join_writer(const join_table& table, const join_rows& rows, const std::optional<join_row>& with, join_counts* counts);
  join_writer(const join_writer&) = delete;
  join_writer& operator=(const join_writer&) = delete;

  const join_table& table() const noexcept { return table_; }
  bool counts() const noexcept { return !sides_.empty(); }

  task<std::int64_t> insert(query_source& in, const key_index& keys, std::vector<std::uint32_t> some);
  task<std::int64_t> erase(query_source& in, const key_index& keys, std::vector<std::uint32_t> some);
  /// Of a key of several columns, here and below, it is only counted how many the owner is parted from.
  task<std::int64_t> erase_others(query_source& in, const key_index& keys);
  task<std::int64_t> erase_all(query_source& in);
  task<void> write_counts(query_source& in);

private:
  /// A foreign key that counts, or touches, rows of one side.
  struct side {
    const parent_link* link;
    bool is_owner;
    std::vector<std::size_t> parts;  ///< which part of the side's key each of its columns is
  };
  static std::optional<side> side_of(const join_table& table, const parent_link& link);
  task<std::int64_t> insert_like(query_source& in, const key_index& keys, const std::vector<std::uint32_t>& some);
  void note(const key_index& keys, std::uint32_t number, std::int64_t rows);
  void note_owner(std::int64_t rows);
  void note(const side& of, const std::uint64_t* key, std::int64_t rows);

  const join_table& table_;
  const std::optional<join_row>& with_;
  join_counts own_;
  join_counts& counts_;
  bool writes_;
  std::vector<side> sides_;
};

}  // namespace tupelo::detail
