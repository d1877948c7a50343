// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/query_source.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/core/task.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace tupelo {
class lease;
}

namespace tupelo::detail {

/// Statements about whole objects that go out together, in the order in which they were added. The caller sees to the
/// transaction.
///
/// Owns: its statements; the objects must stay where they are until it is cleared.
class write_batch {
public:
  enum class verb : std::uint8_t { insert, update, erase, restore };
  /// One statement, and whether it has written all its objects.
  struct step {
    verb what{};
    const model_info* info = nullptr;
    std::vector<void*> objects;
    statement_run run;
    std::size_t returned = 0;  ///< keys that came back
    bool counted = false;      ///< keys follow from that of the last row
    bool compared = false;     ///< with values that the row had
    bool done = false;
  };

  explicit write_batch(query_source& source) noexcept : source_(source) {}
  write_batch(const write_batch&) = delete;
  write_batch& operator=(const write_batch&) = delete;

  /// INSERTs of objects of one model, in few statements; running sets generated keys. Many are run as they are added.
  task<void> insert(const model_info& info, void* const* objects, std::size_t count);
  /// UPDATE of the columns at `fields`.
  void update(const model_info& info, void* object, const std::uint16_t* fields, std::size_t count);
  /// The last statement was given further conditions, of which each must hold for its row.
  query_core& compare_last() noexcept {
    steps_.back().compared = true;
    return steps_.back().run.core;
  }
  /// UPDATEs of the columns at `fields` (null: of all) of objects of one model, each with values of its own, in few
  /// statements. Many are run as they are added.
  task<void> update_all(const model_info& info, void* const* objects, std::size_t count,
                        const std::uint16_t* fields = nullptr, std::size_t field_count = 0);
  void erase(const model_info& info, void* object, std::int64_t now_us, bool permanently = false);
  /// The same of objects of one model: those of the same `erase_group` that stand beside each other are erased by one
  /// statement. Many are run as they are added.
  task<void> erase_all(const model_info& info, void* const* objects, std::size_t count, std::int64_t now_us,
                       bool permanently = false);

  /// Ends the marks of the rows, in the same way.
  task<void> restore_all(const model_info& info, void* const* objects, std::size_t count, std::int64_t now_us);

  /// Whether enough is waiting that it should be run: a batch is held in memory as a whole, and sent as one.
  bool is_full() const noexcept { return steps_.size() - next_ >= most_steps || waiting_objects_ >= most_objects; }
  /// Runs what is waiting. Errors: those of the statements; stale_row, not_found for an object whose row is not there.
  task<void> run();
  /// Whether `run_and_commit` may be called, and saves a round trip.
  bool can_commit(const lease& on) const noexcept;
  /// The same with COMMIT behind it, in one unit: then the statements themselves check that each row is there. Before:
  /// `on` is the source. Errors: as run and lease::commit.
  task<void> run_and_commit(lease& on);

  const std::deque<step>& steps() const noexcept { return steps_; }
  void clear() noexcept;

private:
  static constexpr std::size_t most_steps = 256;
  static constexpr std::size_t most_objects = 2048;
  static constexpr std::size_t most_keys = 512;  ///< of one DELETE: a power of two, as are the smaller ones
  /// A check of each row costs the server more than a round trip costs where there are many.
  static constexpr std::size_t most_checked_steps = 16;

  step& add(verb what, const model_info& info);
  /// Those of the same `erase_group` that stand beside each other, as `make(core, first, rows)` says for several, and
  /// `make_one(core)` for one.
  template <class MakeOne, class Make>
  task<void> write_lists(verb what, const model_info& info, void* const* objects, std::size_t count, MakeOne make_one,
                         Make make);
  task<void> run_waiting(lease* committed_on);
  static void judge(step& judged);
  [[noreturn]] static void throw_not_done(const step& failed);
  static void* add_key(void* self);

  query_source& source_;
  std::deque<step> steps_;
  std::size_t next_ = 0;  ///< the first that waits
  std::size_t waiting_objects_ = 0;
};

}  // namespace tupelo::detail
