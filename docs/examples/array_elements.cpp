// SPDX-License-Identifier: Apache-2.0
#include "example_place.hpp"

#include <tupelo/sqlite.hpp>
#include <tupelo/query/array_elements.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tp = tupelo;

namespace {

struct Sheet {
  std::int64_t id{};
  std::vector<int> marks;
  std::vector<std::string> tags, wanted;
};

tp::task<void> elements(tp::database& db) {
  const auto marks = tp::col<&Sheet::marks>;
  auto good = co_await db.query<Sheet>()
                  .where(tp::all_of(marks) <= 4 && tp::any_of(marks) == 1)
                  .select(tp::element(marks, 0), tp::index_of(marks, 1))
                  .all();
  auto shared = co_await db.query<Sheet>().where(tp::overlap(tp::col<&Sheet::tags>, tp::col<&Sheet::wanted>)).count();
  EXPECT_EQ(good.size(), 1U);
  EXPECT_EQ(shared, 1);
}

}  // namespace

TEST(guide_of_expressions, looks_into_arrays) {
  const example::place here;
  tp::database db(here.url());
  tp::sync_wait(tp::create_tables<Sheet>(db));
  Sheet sheet{.marks = {3, 1}, .tags = {"a"}, .wanted = {"a", "b"}};
  tp::sync_wait(db.insert(sheet));
  tp::sync_wait(elements(db));
}
