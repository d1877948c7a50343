// SPDX-License-Identifier: Apache-2.0
// What a SELECT of groups may name, told without a database.
#include "tupelo/dialect/sqlite/sqlite_dialect.hpp"
#include "tupelo/query/functions.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/query/window.hpp"
#include "tupelo/query/write_query.hpp"
#include "tupelo/model/model.hpp"
#include "tupelo/core/error.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tupelo {
namespace {

struct Song {
  std::int64_t album{};
  std::int64_t track{};
  std::string title;
  int seconds{};

  static void model(model<Song>& m) { m.primary_key(&Song::album, &Song::track); }
};

constexpr auto album = col<&Song::album>;
constexpr auto track = col<&Song::track>;
constexpr auto title = col<&Song::title>;
constexpr auto seconds = col<&Song::seconds>;

void render(query_core core) {
  core.finish();
  (void)sqlite::dialect_instance().render(core.shape.data(), core.shape.size);
}
/// What the query is refused for; empty: it is not.
template <class Query>
std::string refusal(const Query& query) {
  try {
    render(query.core());
  } catch (const query_error& e) {
    return e.what();
  }
  return {};
}

TEST(render_groups, refuse_a_column_that_is_not_grouped_by_and_name_it) {
  EXPECT_EQ(refusal(query<Song>().group_by(album).select(track, count())),
            "column \"track\" in select() has no one value in a group of rows, or beside an aggregate of all rows: say "
            "group_by() of it, or min() or max()");
  EXPECT_NE(refusal(query<Song>().order_by(track).select(count())), "");
}
TEST(render_groups, need_every_part_of_a_key_for_the_other_columns) {
  EXPECT_NE(refusal(query<Song>().group_by(album).select(title)), "");
  EXPECT_EQ(refusal(query<Song>().group_by(album, track).select(title)), "");
  EXPECT_NE(refusal(query<Song>().group_by(album, track + 1).select(title)), "");
}
TEST(render_groups, tell_terms_with_other_values_apart) {
  EXPECT_EQ(refusal(query<Song>().group_by(seconds / 60).select(seconds / 60)), "");
  EXPECT_NE(refusal(query<Song>().group_by(seconds / 60).select(seconds / 30)), "");
}
TEST(render_groups, look_into_chains_of_any_length) {
  auto longest = seconds > 0 && seconds > 1;
  for (int i = 0; i < 5'000; ++i) longest = longest && seconds > i;
  EXPECT_EQ(refusal(query<Song>().group_by(seconds).having(longest).select(seconds)), "");
  EXPECT_NE(refusal(query<Song>().group_by(album).having(longest).select(album)), "");
}
TEST(render_groups, leave_aggregates_out_of_conditions_of_rows) {
  EXPECT_NE(refusal(query<Song>().where(max(seconds) > 1)), "");
  EXPECT_NE(refusal(delete_query<Song>(nullptr).where(max(seconds) > 1)), "");
  EXPECT_EQ(refusal(query<Song>().having(max(seconds) > 1).select(count())), "");
}

}  // namespace
}  // namespace tupelo
