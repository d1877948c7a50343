// SPDX-License-Identifier: Apache-2.0
// What a model says of its table beyond columns: indexes of every kind, generated columns, enums of the database.
#include "backend.hpp"

#include <tupelo/schema/migrator.hpp>
#include <tupelo/query/functions.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

enum class Rank : std::uint8_t { cadet, officer, captain };

struct Sailor {
  std::int64_t id{};
  std::string first, last;
  std::optional<std::string> nick;
  Rank rank{Rank::cadet};
  std::vector<Rank> former;
  std::string full_name;
  std::int64_t name_length{};
  int version{};

  static void model(model<Sailor>& m) {
    m.comment("who sails");
    m.column(&Sailor::nick).comment("where there is one");
    m.column(&Sailor::rank).default_value("cadet");
    m.native_enum(&Sailor::rank);
    m.native_enum(&Sailor::former);
    m.generated(&Sailor::full_name, "first || ' ' || last");
    m.generated(&Sailor::name_length, length(col<&Sailor::first>) + 1);
    m.version(&Sailor::version);
    m.unique(lower(col<&Sailor::last>), &Sailor::first);
    m.index(&Sailor::nick).nulls_last(&Sailor::nick).include(&Sailor::rank);
    m.index("lower(first || last)").descending("lower(first || last)");
    m.index(&Sailor::last).operator_class(&Sailor::last, "text_pattern_ops").where(col<&Sailor::id> > 0);
    m.index(&Sailor::former).using_method("gin");
    m.index(&Sailor::full_name).unique();
  }
};

class schema_features : public conformance_test {
protected:
  void make() { create<Sailor>(); }
  static Sailor ada() {
    Sailor sailor;
    sailor.first = "Ada";
    sailor.last = "Byron";
    return sailor;
  }
  static Sailor grace() {
    Sailor sailor = ada();
    sailor.first = "Grace";
    sailor.last = "Hopper";
    sailor.rank = Rank::captain;
    sailor.former = {Rank::cadet, Rank::officer};
    return sailor;
  }
};

TEST_P(schema_features, a_database_agrees_with_the_models_that_made_it) {
  make();
  for (const schema_operation& left : sync_wait(migrate::compare(db, schema_of<Sailor>()))) {
    ADD_FAILURE() << left.describe();
  }
}

TEST_P(schema_features, an_insert_brings_back_what_the_database_computes) {
  make();
  Sailor one = ada();
  sync_wait(db.insert(one));
  EXPECT_NE(one.id, 0);
  EXPECT_EQ(one.full_name, "Ada Byron");
  EXPECT_EQ(one.name_length, 4);
}
TEST_P(schema_features, so_does_an_insert_of_many) {
  make();
  std::vector<Sailor> both{ada(), grace()};
  sync_wait(db.insert(both));
  EXPECT_EQ(both[0].full_name, "Ada Byron");
  EXPECT_EQ(both[1].full_name, "Grace Hopper");
  EXPECT_EQ(sync_wait(db.get<Sailor>(both[1].id)).full_name, "Grace Hopper");
}
TEST_P(schema_features, so_does_a_session) {
  make();
  auto session = db.session();
  auto one = session.add(ada());
  auto two = session.add(grace());
  sync_wait(session.commit());
  EXPECT_EQ(one->full_name, "Ada Byron");
  EXPECT_EQ(two->name_length, 6);
}
TEST_P(schema_features, a_generated_column_is_never_written) {
  make();
  Sailor one = ada();
  one.full_name = "somebody else";
  sync_wait(db.insert(one));
  one.full_name = "somebody else";
  one.first = "Augusta";
  sync_wait(db.update(one));
  EXPECT_EQ(sync_wait(db.get<Sailor>(one.id)).full_name, "Augusta Byron");
}
TEST_P(schema_features, a_change_of_a_generated_field_alone_is_no_change) {
  make();
  auto session = db.session();
  auto one = session.add(ada());
  sync_wait(session.commit());
  one->full_name = "somebody else";
  sync_wait(session.commit());
  EXPECT_EQ(sync_wait(db.get<Sailor>(one->id)).version, 1);
}
TEST_P(schema_features, setting_a_generated_column_is_refused) {
  make();
  const auto refused = failure_of<query_error>(
      [&] { sync_wait(db.update<Sailor>().set(col<&Sailor::full_name>, std::string("x")).all_rows().run()); });
  EXPECT_NE(std::string(refused.what()).find("full_name"), std::string::npos) << refused.what();
}
TEST_P(schema_features, rows_are_copied_without_generated_columns) {
  make();
  std::vector<Sailor> both{ada(), grace()};
  EXPECT_EQ(sync_wait(db.copy_in(both)), 2);
  EXPECT_EQ(sync_wait(db.query<Sailor>().where(col<&Sailor::full_name> == "Grace Hopper").count()), 1);
}

TEST_P(schema_features, an_enum_of_the_database_is_read_written_and_compared) {
  make();
  std::vector<Sailor> both{ada(), grace()};
  sync_wait(db.insert(both));
  const auto found = sync_wait(db.query<Sailor>().where(col<&Sailor::rank> == Rank::captain).all());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].former, (std::vector<Rank>{Rank::cadet, Rank::officer}));
  EXPECT_EQ(sync_wait(db.query<Sailor>().where(col<&Sailor::rank>.in(Rank::cadet, Rank::officer)).count()), 1);
  EXPECT_EQ(sync_wait(db.query<Sailor>().where(col<&Sailor::former>.contains(Rank::officer)).count()), 1);
  sync_wait(db.update<Sailor>().set(col<&Sailor::rank>, Rank::officer).all_rows().run());
  EXPECT_EQ(sync_wait(db.query<Sailor>().where(col<&Sailor::rank> == Rank::officer).count()), 2);
}

TEST_P(schema_features, a_unique_index_over_an_expression_holds) {
  make();
  Sailor one = ada();
  sync_wait(db.insert(one));
  Sailor other = ada();
  other.last = "BYRON";
  EXPECT_THROW(sync_wait(db.insert(other)), unique_violation);
}

TUPELO_CONFORMANCE_SUITE(schema_features);

}  // namespace
}  // namespace tupelo::conformance
