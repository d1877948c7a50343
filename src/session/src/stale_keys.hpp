// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "key_flow.hpp"

#include "tupelo/session/ref.hpp"
#include "tupelo/model/model_info.hpp"

#include <cstdint>
#include <list>
#include <vector>

namespace tupelo::detail {

class row_copies;

/// Foreign keys that name, by their value alone, rows of an undone transaction whose keys the database had made. These
/// rows get other keys when they are inserted again, which whoever names them is to have then.
class stale_keys {
public:
  struct stale_key {
    tracked_object* object;  ///< has the foreign key
    tracked_object* target;
    const key_flow* flow;
    referential_action on_delete;
    std::uint64_t hash;  ///< of the value

    /// Else the program has set another value since.
    bool is_as_it_was() const { return flow->hash_of_foreign(object->object()) == hash; }
  };

  stale_keys() = default;
  stale_keys(const stale_keys&) = delete;
  stale_keys& operator=(const stale_keys&) = delete;
  ~stale_keys() { clear(); }

  /// `targets`, which the transaction has inserted, have their keys for the last time.
  void note(const std::vector<tracked_object*>& objects, const row_copies& copies,
            const std::vector<tracked_object*>& targets);
  const std::vector<stale_key>& all() const noexcept { return noted_; }
  /// Whether this object names that one by the fields of such a flow.
  bool is_named(const tracked_object& by, const tracked_object& target, const key_flow& flow) const;
  /// `unwanted` will never be inserted again: who names them is removed, or names nothing, as by their removal. What
  /// is not to be inserted again for that joins them.
  void leave(std::vector<tracked_object*>& unwanted) const;
  void clear() noexcept;

private:
  struct foreign_key {
    key_flow flow;
    referential_action on_delete = referential_action::no_action;
  };
  struct known_keys {
    const model_info* child;
    const model_info* target;
    std::list<foreign_key> keys;
  };
  std::list<foreign_key>& keys_of(const model_info& child, const model_info& target);
  void forget(const stale_key& key) noexcept;

  std::list<known_keys> known_;
  std::vector<stale_key> noted_;
};

}  // namespace tupelo::detail
