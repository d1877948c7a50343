// SPDX-License-Identifier: Apache-2.0
// What a mark on a row of a join table changes beside.
#include "ledger.hpp"

namespace tupelo::conformance {
namespace {

struct Wristband;
struct Festivalgoer {
  std::int64_t id{};
  many_to_many<Wristband> badges{};

  static void model(tupelo::model<Festivalgoer>& m) {
    m.many_to_many(&Festivalgoer::badges, "admissions", "guest_id", "badge_id");
  }
};
struct Admission;
struct Wristband {
  std::int64_t id{};
  many_to_many<Festivalgoer, Admission> guests{};

  static void model(tupelo::model<Wristband>& m) {
    m.many_to_many(&Wristband::guests, "admissions", "badge_id", "guest_id");
  }
};
struct Admission {
  std::int64_t guest_id{}, badge_id{};
  int version{};
  timestamp created_at{}, updated_at{};
  std::optional<timestamp> deleted_at{};

  static void model(tupelo::model<Admission>& m) {
    m.primary_key(&Admission::guest_id, &Admission::badge_id);
    m.version(&Admission::version);
    m.timestamps(&Admission::created_at, &Admission::updated_at);
    m.soft_delete(&Admission::deleted_at);
  }
};

class marks_of_join_rows : public conformance_test {
protected:
  marks_of_join_rows() {
    create<Festivalgoer, Wristband, Admission>();
    sync_wait(db.insert(guest));
    sync_wait(db.insert(badges));
    sync_wait(db.attach(badges[0], &Wristband::guests, guest));
    sync_wait(db.attach(badges[1], &Wristband::guests, guest));
    sync_wait(db.update<Admission>()
                  .set(col<&Admission::updated_at>, long_ago)
                  .set(col<&Admission::version>, 1)
                  .all_rows()
                  .run());
  }
  Admission row(std::size_t badge) { return sync_wait(db.get<Admission>(guest.id, badges[badge].id)); }
  const timestamp long_ago = timestamp::parse("2001-01-01 00:00:00");
  Festivalgoer guest{};
  std::vector<Wristband> badges = std::vector<Wristband>(3);
};
TUPELO_CONFORMANCE_SUITE(marks_of_join_rows);

TEST_P(marks_of_join_rows, by_detach_count_the_version_and_are_a_change) {
  Admission stale = row(0);
  EXPECT_EQ(sync_wait(db.detach(guest, &Festivalgoer::badges, badges[0].id)), 1);
  EXPECT_TRUE(row(0).deleted_at);
  EXPECT_EQ(row(0).version, 2);
  EXPECT_EQ(row(0).updated_at, *row(0).deleted_at);
  EXPECT_EQ(row(1).version, 1);
  EXPECT_THROW(sync_wait(db.update(stale)), stale_row);
}
TEST_P(marks_of_join_rows, by_sync_count_the_version) {
  sync_wait(db.sync(guest, &Festivalgoer::badges, std::vector<std::int64_t>{badges[2].id}));
  EXPECT_EQ(row(0).version, 2);
  EXPECT_EQ(row(1).version, 2);
  EXPECT_EQ(row(2).version, 1);
}
TEST_P(marks_of_join_rows, by_a_flush_count_the_version) {
  auto s = db.session();
  auto found = sync_wait(s.get<Festivalgoer>(guest.id));
  sync_wait(s.load(found, &Festivalgoer::badges));
  found->badges.remove_if([](const Wristband&) { return true; });
  sync_wait(s.commit());
  EXPECT_EQ(row(0).version, 2);
  EXPECT_EQ(row(1).version, 2);
}
TEST_P(marks_of_join_rows, count_the_version_when_attach_ends_them) {
  sync_wait(db.detach(guest, &Festivalgoer::badges, badges[0].id));
  sync_wait(db.update<Admission>()
                .set(col<&Admission::updated_at>, long_ago)
                .set(col<&Admission::version>, 5)
                .with_deleted()
                .all_rows()
                .run());
  sync_wait(db.attach(guest, &Festivalgoer::badges, badges));
  EXPECT_FALSE(row(0).deleted_at);
  EXPECT_EQ(row(0).version, 6);
  EXPECT_NE(row(0).updated_at, long_ago);
  EXPECT_EQ(row(1).version, 5) << "it was connected";
}

}  // namespace
}  // namespace tupelo::conformance
