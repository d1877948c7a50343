// SPDX-License-Identifier: Apache-2.0
#include "parent_notes.hpp"

#include "snapshot.hpp"

#include <utility>

namespace tupelo::detail {

void parent_notes::note(write_batch::verb what, const model_info& info, const tracked_object& object) {
  using enum write_batch::verb;
  const auto live = [&](bool is) -> std::int64_t { return is ? 1 : 0; };
  for (const parent_link& link : noted_.links_of(info)) {
    std::vector<std::uint64_t> before, now;
    std::int64_t was = 0, is = 0;
    if (what != insert) {
      before = values_in(info, object.snapshot, link.key->fields);
      was = live(info.deleted_at < 0 || is_null_in(info, object.snapshot, static_cast<std::uint16_t>(info.deleted_at)));
    }
    if (what != erase) {
      now = child_side(link, object.object());
      is = live(is_live(info, object.object()));
    }
    if (before == now) {
      noted_.changes.add(link, std::move(now), is - was);
    } else {
      noted_.changes.add(link, std::move(before), -was);
      noted_.changes.add(link, std::move(now), is);
    }
  }
}

}  // namespace tupelo::detail
