// SPDX-License-Identifier: Apache-2.0
// Objects end when nobody has them any more, however they refer to each other.
#include "backend.hpp"

#include <string>

namespace tupelo::conformance {
namespace {

/// A name that counts how many there are in memory.
struct CountedName {
  static inline int there = 0;
  CountedName() noexcept { ++there; }
  CountedName(std::string given) : text(std::move(given)) { ++there; }  // NOLINT(*-explicit-*)
  CountedName(const CountedName& other) : text(other.text) { ++there; }
  CountedName& operator=(const CountedName&) = default;
  ~CountedName() { --there; }
  std::string text;
};

}  // namespace
}  // namespace tupelo::conformance

template <>
struct tupelo::field_traits<tupelo::conformance::CountedName> {
  using stored = std::string;
  static const std::string& store(const tupelo::conformance::CountedName& name) { return name.text; }
  static tupelo::conformance::CountedName load(const std::string& text) { return {text}; }
};

namespace tupelo::conformance {
namespace {

struct Flower {
  std::int64_t id{};
  CountedName name{};
};
struct BouquetFlower {
  std::int64_t bouquet_id{};
  std::int64_t flower_id{};

  static void model(tupelo::model<BouquetFlower>& m) {
    m.table("bouquet_flowers");
    m.primary_key(&BouquetFlower::bouquet_id, &BouquetFlower::flower_id);
  }
};
struct Bouquet {
  std::int64_t id{};
  many_to_many<Flower, BouquetFlower> flowers{};

  static void model(tupelo::model<Bouquet>& m) {
    m.many_to_many(&Bouquet::flowers, "bouquet_flowers", "bouquet_id", "flower_id");
  }
};

class session_lifetimes : public conformance_test {
protected:
  session_lifetimes() {
    create<Flower, Bouquet, BouquetFlower>();
    before = CountedName::there;
  }
  int left() const { return CountedName::there - before; }
  ref<Flower> flower(session& s, std::string name) {
    return sync_wait(
        s.get<Flower>(sync_wait(s.query<Flower>().where(col<&Flower::name> == CountedName(name)).one()).id));
  }
  /// A bouquet that outlives its session, and whose rose was taken out and put back.
  ref<Bouquet> bouquet_of_a_session_that_has_ended() {
    session s = db.session();
    auto bouquet = s.add(Bouquet{});
    bouquet->flowers.add(Flower{.name = {"rose"}});
    sync_wait(s.flush());
    const auto rose = flower(s, "rose");
    bouquet->flowers.remove(bouquet->flowers[0]);
    bouquet->flowers.add(rose);
    return bouquet;
  }
  int before = 0;
};
TUPELO_CONFORMANCE_SUITE(session_lifetimes);

TEST_P(session_lifetimes, end_for_what_was_taken_out_of_a_relation_and_put_back) {
  {
    session s = db.session();
    auto bouquet = s.add(Bouquet{});
    sync_wait(s.commit());
    bouquet->flowers.add(Flower{.name = {"rose"}});
    sync_wait(s.flush());
    const auto rose = flower(s, "rose");
    bouquet->flowers.remove(bouquet->flowers[0]);
    bouquet->flowers.add(rose);
    sync_wait(s.rollback());
  }
  EXPECT_EQ(left(), 0);
}
TEST_P(session_lifetimes, end_for_what_is_in_the_relations_of_each_other) {
  {
    session s = db.session();
    auto one = s.add(Bouquet{}), other = s.add(Bouquet{});
    one->flowers.add(Flower{.name = {"rose"}});
    other->flowers.add(Flower{.name = {"lily"}});
    sync_wait(s.flush());
    one->flowers.add(flower(s, "lily"));
    other->flowers.add(flower(s, "rose"));
    sync_wait(s.rollback());
  }
  EXPECT_EQ(left(), 0);
}
TEST_P(session_lifetimes, of_a_relation_are_those_of_an_object_that_is_kept) {
  {
    const auto kept = bouquet_of_a_session_that_has_ended();
    EXPECT_EQ(kept->flowers[0].name.text, "rose");
  }
  EXPECT_EQ(left(), 0);
}
TEST_P(session_lifetimes, leave_a_relation_that_refers_to_who_has_left_refused) {
  const auto kept = bouquet_of_a_session_that_has_ended();
  session other = db.session();
  other.add(kept);
  EXPECT_EQ(failure_of<transaction_error>([&] { sync_wait(other.commit()); }).code(), errc::detached_object);
  EXPECT_EQ(sync_wait(db.query<Flower>().count()), 0);
}

}  // namespace
}  // namespace tupelo::conformance
