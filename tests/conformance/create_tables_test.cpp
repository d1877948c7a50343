// SPDX-License-Identifier: Apache-2.0
// Tables from models, without migrations.
#include "backend.hpp"

#include <tupelo/schema/introspect.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace tupelo::conformance {
namespace {

struct Harbour {
  std::int64_t id{};
  std::string name{};

  static void model(model<Harbour>& m) {
    m.table("ct_harbours");
    m.unique(&Harbour::name);
  }
};
struct Ship {
  std::int64_t id{};
  std::int64_t harbour_id{};
  belongs_to<Harbour> harbour{};

  static void model(model<Ship>& m) {
    m.table("ct_ships");
    m.belongs_to(&Ship::harbour, &Ship::harbour_id);
  }
};

class created_tables : public conformance_test {};
TUPELO_CONFORMANCE_SUITE(created_tables);

TEST_P(created_tables, take_rows_by_their_keys) {
  sync_wait(create_tables<Ship, Harbour>(db));
  Harbour hull{.name = "Hull"};
  sync_wait(db.insert(hull));
  Ship ship{.harbour_id = hull.id};
  sync_wait(db.insert(ship));
  Ship lost{.harbour_id = 999};
  EXPECT_THROW(sync_wait(db.insert(lost)), foreign_key_violation);
}

TEST_P(created_tables, are_all_made_or_none) {
  sync_wait(create_tables<Harbour>(db));
  EXPECT_THROW(sync_wait((create_tables<Ship, Harbour>(db))), database_error);
  const schema_definition live = sync_wait(introspect(db));
  EXPECT_NE(live.find("ct_harbours"), nullptr);
  EXPECT_EQ(live.find("ct_ships"), nullptr);
}

}  // namespace
}  // namespace tupelo::conformance
