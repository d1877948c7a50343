// SPDX-License-Identifier: Apache-2.0
// Marks of rows that end again.
#include "ledger.hpp"

namespace tupelo::conformance {
namespace {

struct Handbill {
  std::int64_t id{};
  int version{};
  timestamp created_at{}, updated_at{};
  std::optional<timestamp> deleted_at{};

  static void model(tupelo::model<Handbill>& m) {
    m.version(&Handbill::version);
    m.timestamps(&Handbill::created_at, &Handbill::updated_at);
    m.soft_delete(&Handbill::deleted_at);
  }
};
struct Booklet {
  std::int64_t id{};
  std::optional<timestamp> deleted_at{};

  static void model(tupelo::model<Booklet>& m) { m.soft_delete(&Booklet::deleted_at); }
};

class restorations : public conformance_test {
protected:
  restorations() {
    create<Handbill, Booklet>();
    sync_wait(db.insert(leaflets));
    sync_wait(db.insert(booklets));
  }
  std::vector<Handbill> leaflets = std::vector<Handbill>(5);
  std::vector<Booklet> booklets = std::vector<Booklet>(3);
};
TUPELO_CONFORMANCE_SUITE(restorations);

TEST_P(restorations, of_a_row_that_is_not_marked_find_none) {
  const auto said = failure_of<not_found>([&] { sync_wait(db.restore(booklets[0])); });
  EXPECT_NE(std::string(said.what()).find("restore of a Booklet met no row of \"booklets\""), std::string::npos)
      << said.what();
  EXPECT_NE(std::string(said.what()).find("not marked"), std::string::npos) << said.what();
}
TEST_P(restorations, of_a_versioned_row_that_is_not_marked_are_stale_and_change_nothing) {
  const Handbill before = leaflets[0];
  EXPECT_THROW(sync_wait(db.restore(leaflets[0])), stale_row);
  EXPECT_EQ(sync_wait(db.get<Handbill>(before.id)).version, before.version);
  EXPECT_EQ(leaflets[0].version, before.version);
}
TEST_P(restorations, of_several_take_few_statements) {
  sync_wait(db.erase(leaflets));
  statement_log log(db);
  sync_wait(db.restore(leaflets));
  EXPECT_EQ(log.all("UPDATE").size(), 2U) << "of four and of one";
  for (const Handbill& each : leaflets) {
    const Handbill row = sync_wait(db.get<Handbill>(each.id));
    EXPECT_FALSE(row.deleted_at);
    EXPECT_FALSE(each.deleted_at);
    EXPECT_EQ(row.version, 3);
    EXPECT_EQ(each.version, 3);
    EXPECT_EQ(each.updated_at, row.updated_at);
  }
}
TEST_P(restorations, of_several_are_none_where_one_is_not_marked) {
  std::vector<Booklet> some{booklets[0], booklets[1]};
  sync_wait(db.erase(some));
  some.push_back(booklets[2]);
  some.push_back(booklets[2]);
  const auto said = failure_of<not_found>([&] { sync_wait(db.restore(some)); });
  EXPECT_NE(std::string(said.what()).find("restore of a Booklet"), std::string::npos) << said.what();
  EXPECT_EQ(sync_wait(db.query<Booklet>().count()), 1);
  EXPECT_TRUE(some[0].deleted_at);
}

}  // namespace
}  // namespace tupelo::conformance
