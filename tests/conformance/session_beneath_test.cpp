// SPDX-License-Identifier: Apache-2.0
// Objects whose rows go, or are marked, with rows that the session does not have.
#include "backend.hpp"

#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Booth;
struct Carton;
struct Holder {
  std::int64_t id{};
  has_many<Carton> cartons{};

  static void model(tupelo::model<Holder>& m) { m.has_many(&Holder::cartons, "holder_id"); }
};
struct Arcade {
  std::int64_t id{};
  std::string name{};
  std::optional<timestamp> deleted_at{};
  has_many<Booth> booths{};

  static void model(tupelo::model<Arcade>& m) {
    m.soft_delete(&Arcade::deleted_at);
    m.has_many(&Arcade::booths, "arcade_id");
  }
};
struct Booth {
  std::int64_t id{};
  std::int64_t arcade_id{};
  std::optional<timestamp> deleted_at{};
  belongs_to<Arcade> arcade{};
  has_many<Carton> cartons{};

  static void model(tupelo::model<Booth>& m) {
    m.belongs_to(&Booth::arcade, &Booth::arcade_id).on_delete(cascade);
    m.soft_delete(&Booth::deleted_at);
    m.has_many(&Booth::cartons, "booth_id");
  }
};
struct Carton {
  std::int64_t id{};
  std::int64_t booth_id{};
  std::optional<std::int64_t> holder_id{};
  std::optional<timestamp> deleted_at{};
  belongs_to<Booth> booth{};

  static void model(tupelo::model<Carton>& m) {
    m.belongs_to(&Carton::booth, &Carton::booth_id).on_delete(cascade);
    m.foreign_key(&Carton::holder_id).references<Holder>();
    m.soft_delete(&Carton::deleted_at);
  }
};

class session_beneath : public conformance_test {
protected:
  session_beneath() : s(db.session()) {
    create<Holder, Arcade, Booth, Carton>();
    Holder has{};
    sync_wait(db.insert(has));
    Arcade stored{.name = "north"};
    sync_wait(db.insert(stored));
    Booth in{.arcade_id = stored.id};
    sync_wait(db.insert(in));
    Carton of{.booth_id = in.id, .holder_id = has.id};
    sync_wait(db.insert(of));
    arcade = sync_wait(s.get<Arcade>(stored.id));
    carton = sync_wait(s.get<Carton>(of.id));
    holder = sync_wait(s.get<Holder>(has.id));
  }

  session s;
  ref<Arcade> arcade;
  ref<Carton> carton;
  ref<Holder> holder;
};
TUPELO_CONFORMANCE_SUITE(session_beneath);

TEST_P(session_beneath, what_goes_with_a_row_that_nobody_has_read_is_not_found) {
  s.remove(arcade, permanently);
  sync_wait(s.commit());
  EXPECT_FALSE(sync_wait(s.find<Carton>(carton->id)));
}
TEST_P(session_beneath, what_is_marked_with_a_row_that_nobody_has_read_is_as_its_row) {
  s.remove(arcade);
  sync_wait(s.commit());
  ASSERT_TRUE(sync_wait(db.query<Carton>().with_deleted().one()).deleted_at.has_value());
  const auto found = sync_wait(s.find<Carton>(carton->id));
  EXPECT_TRUE(!found || found->deleted_at.has_value());
}
TEST_P(session_beneath, collections_of_others_end_that_hold_what_goes_so) {
  sync_wait(s.load(holder, &Holder::cartons));
  s.remove(arcade);
  sync_wait(s.commit());
  EXPECT_FALSE(holder->cartons.loaded());
  sync_wait(s.load(holder, &Holder::cartons));
  EXPECT_TRUE(holder->cartons.empty());
}
TEST_P(session_beneath, collections_end_that_lack_what_comes_back_with_a_row) {
  s.remove(arcade);
  sync_wait(s.commit());
  arcade = sync_wait(s.get<Arcade>(arcade->id));
  sync_wait(s.load(arcade, &Arcade::booths));
  sync_wait(s.load(holder, &Holder::cartons));
  ASSERT_TRUE(arcade->booths.empty());
  s.restore(arcade);
  sync_wait(s.commit());
  EXPECT_FALSE(arcade->booths.loaded());
  EXPECT_FALSE(holder->cartons.loaded());
}
TEST_P(session_beneath, collections_of_rows_that_stay_are_as_they_were) {
  const auto booth = sync_wait(s.get<Booth>(carton->booth_id));
  sync_wait(s.load(holder, &Holder::cartons));
  Arcade south{.name = "south"};
  sync_wait(db.insert(south));
  s.remove(sync_wait(s.get<Arcade>(south.id)));
  sync_wait(s.commit());
  EXPECT_TRUE(holder->cartons.loaded());
}

}  // namespace
}  // namespace tupelo::conformance
