// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/query_source.hpp"
#include "tupelo/query/query_core.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/core/task.hpp"

#include <cstdint>
#include <map>
#include <vector>

/// What written rows change in the rows that they belong to: counters, and times of the last change.
namespace tupelo::detail {

/// A foreign key that counts or touches, and the columns of the model that it names.
struct parent_link {
  const foreign_key_info* key;
  const model_info* child;
  const model_info* parent;
  std::vector<std::uint16_t> named;  ///< positions of the fields that the key names
  int counter = -1;                  ///< position of the field, or -1
  int touched = -1;
};
/// Errors: model_error for a counter that is no integer of the parent, a time that is none, or a parent without one.
std::vector<parent_link> parent_links(const model_info& child);
/// The value of the link's foreign key, or of the key that it names, in words; empty where a part is NULL.
std::vector<std::uint64_t> child_side(const parent_link& link, const void* child);
std::vector<std::uint64_t> parent_side(const parent_link& link, const void* parent);
/// Whether the row is not marked as deleted.
bool is_live(const model_info& info, const void* object);

/// Changes of many rows, added up by the rows that they belong to.
class parent_changes {
public:
  /// A row that children name by a key, and by how many more they are; 0: it is only touched.
  struct change {
    const parent_link* link;
    std::vector<std::uint64_t> key;
    std::int64_t by;
  };

  /// One more child, one less, or one that was written otherwise. An empty key is nobody's.
  void add(const parent_link& link, std::vector<std::uint64_t> key, std::int64_t by);
  /// A child that is inserted.
  void add_new(const std::vector<parent_link>& links, const void* child);
  /// Each row once, in the order of links, differences and keys.
  const std::vector<change>& sum();
  /// One UPDATE for each difference, by lists of keys.
  std::vector<query_core> statements(std::int64_t now_us);
  /// Runs them. Where they write several rows, and the database locks rows, these are locked by their keys before: two
  /// transactions that move children between the same rows then wait for each other in one order.
  task<void> write(query_source& source, std::int64_t now_us);

private:
  std::vector<query_core> locks() const;

  std::vector<change> changes_;
  bool summed_ = true;
};

/// The changes of rows whose models are met one by one.
struct join_counts {
  const std::vector<parent_link>& links_of(const model_info& child);

  parent_changes changes;

private:
  std::map<const model_info*, std::vector<parent_link>> links_;
};

/// The rows of these objects stay as they are until the transaction ends, so that what `change_of_parent` finds is what
/// the statements behind it write. With them those that they belong to by these links; `moves`: those that the objects
/// name, too. All in the order of keys. Nothing where a transaction that writes has the database for itself.
task<void> lock_rows(query_source& source, const model_info& info, std::vector<void*> objects,
                     const std::vector<parent_link>& links, bool moves);
/// The UPDATE of whatever row the child with this object's key belongs to in the database.
query_core change_of_parent(const parent_link& link, const void* child, std::int64_t by, std::int64_t now_us);
/// Runs the statements in as few round trips as the database allows; how many rows they have written.
task<std::int64_t> run_changes(query_source& source, std::vector<query_core> statements);

}  // namespace tupelo::detail
