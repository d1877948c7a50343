// SPDX-License-Identifier: Apache-2.0
// What belongs to nobody any more, of relations to one of several models.
#include "backend.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace tupelo::conformance {
namespace {

struct Snapshot;
struct Menagerie {
  std::int64_t id{};
  has_many<Snapshot> photos{};

  static void model(tupelo::model<Menagerie>& m) {
    m.has_many(&Menagerie::photos).as("of_type", "of_id").delete_orphans();
  }
};
struct Homestead {
  std::int64_t id{};
  has_many<Snapshot> photos{};

  static void model(tupelo::model<Homestead>& m) { m.has_many(&Homestead::photos).as("of_type", "of_id"); }
};
struct Snapshot {
  std::int64_t id{};
  std::optional<std::string> of_type{};
  std::optional<std::int64_t> of_id{};
  belongs_to_any<Menagerie, Homestead> of{};

  static void model(tupelo::model<Snapshot>& m) {
    m.belongs_to_any(&Snapshot::of, &Snapshot::of_type, &Snapshot::of_id);
  }
};

/// Of one of several models.
class typed_orphans : public conformance_test {
protected:
  typed_orphans() {
    create<Menagerie, Homestead, Snapshot>();
    zoo = s.add(Menagerie{});
    farm = s.add(Homestead{});
    of_zoo = s.add(Snapshot{.of = zoo});
    of_farm = s.add(Snapshot{.of = farm});
    sync_wait(s.commit());
  }
  std::int64_t photos() { return sync_wait(db.query<Snapshot>().count()); }
  session s = db.session();
  ref<Menagerie> zoo;
  ref<Homestead> farm;
  ref<Snapshot> of_zoo, of_farm;
};
TUPELO_CONFORMANCE_SUITE(typed_orphans);

TEST_P(typed_orphans, that_refer_to_nothing_any_more_are_removed) {
  of_zoo->of = ref<Menagerie>();
  sync_wait(s.commit());
  EXPECT_EQ(photos(), 1);
}
TEST_P(typed_orphans, whose_key_becomes_null_are_removed) {
  auto other = db.session();
  auto found = sync_wait(other.get<Snapshot>(of_zoo->id));
  found->of_type.reset();
  found->of_id.reset();
  sync_wait(other.commit());
  EXPECT_EQ(photos(), 1);
}
TEST_P(typed_orphans, of_a_model_that_keeps_them_stay) {
  of_farm->of = ref<Homestead>();
  sync_wait(s.commit());
  EXPECT_EQ(photos(), 2);
  EXPECT_FALSE(sync_wait(db.get<Snapshot>(of_farm->id)).of_id);
}
TEST_P(typed_orphans, that_are_given_to_another_stay) {
  of_zoo->of = farm;
  sync_wait(s.commit());
  EXPECT_EQ(photos(), 2);
  of_zoo->of = ref<Homestead>();
  sync_wait(s.commit());
  EXPECT_EQ(photos(), 2) << "the farm keeps them";
}

}  // namespace
}  // namespace tupelo::conformance
