// SPDX-License-Identifier: Apache-2.0
// What a model says of its table beyond columns: indexes of every kind, generated columns, enums of the database.
#include "backend.hpp"

#include <tupelo/schema/migrator.hpp>
#include <tupelo/query/functions.hpp>
#include <tupelo/query/text_functions.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
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
    m.generated(&Sailor::full_name, concat(trim(col<&Sailor::first>), " ", col<&Sailor::last>));
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
TEST_P(schema_features, an_enum_of_the_database_is_computed_by_cases) {
  make();
  std::vector<Sailor> both{ada(), grace()};
  sync_wait(db.insert(both));
  const auto rank = col<&Sailor::rank>;
  const auto by_name = case_when(col<&Sailor::first> == "Ada", Rank::officer).otherwise(Rank::captain);
  EXPECT_EQ(sync_wait(db.query<Sailor>().where(rank == by_name).pluck(col<&Sailor::first>)),
            std::vector<std::string>{"Grace"});
  sync_wait(db.update<Sailor>().set(rank, by_name).all_rows().run());
  EXPECT_EQ(sync_wait(db.query<Sailor>().where(rank == by_name).count()), 2);
  EXPECT_EQ(sync_wait(db.get<Sailor>(both[0].id)).rank, Rank::officer);
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

// ---- migrations

void crews_up(schema_editor& db) {
  db.create_enum("watch", {"day", "night"});
  db.create_table("crews", [](table_editor& t) {
    t.id();
    t.text("name").comment("of the crew");
    t.enumeration("watch", "watch").default_value("day");
    t.text("called").generated_as("upper(name)");
    t.unique({"name"});
    t.index({}).expression("lower(name)").column("watch").descending("watch");
    t.index({"watch"}).where("watch = 'day'");
    t.comment("who sails together");
  });
}
void crews_down(schema_editor& db) {
  db.drop_table("crews");
  db.drop_enum("watch");
}
void grown_up(schema_editor& db) {
  db.rename_enum_value("watch", "day", "forenoon");
  db.change_enum("watch", {"forenoon", "dog", "night"});
  db.alter_table("crews", [](table_editor& t) {
    t.change("name").comment("");
    t.change("called").generated_as("upper(name) || '!'");
    t.comment("");
  });
  db.rename_table("crews", "teams");
}
void grown_down(schema_editor& db) {
  db.rename_table("teams", "crews");
  db.alter_table("crews", [](table_editor& t) {
    t.comment("who sails together");
    t.change("called").generated_as("upper(name)");
    t.change("name").comment("of the crew");
  });
  db.change_enum("watch", {"forenoon", "night"});
  db.rename_enum_value("watch", "forenoon", "day");
}
void indexes_up(schema_editor& db) {
  db.add_index("teams", {"called"}).concurrently();
  db.add_index("teams", {"watch", "name"}).unique().concurrently();
}
void indexes_down(schema_editor& db) {
  db.drop_index("teams", "ux_teams_watch_name", concurrently);
  db.drop_index("teams", "ix_teams_called", concurrently);
}

TEST_P(schema_features, migrations_leave_what_they_recorded_and_take_it_back) {
  const history all({{"1", {}, &crews_up, &crews_down, "1.cpp"},
                     {"2", {"1"}, &grown_up, &grown_down, "2.cpp"},
                     {"3", {"2"}, &indexes_up, &indexes_down, "3.cpp"}});
  const auto expect_no_drift = [&](std::string_view when) {
    for (const schema_operation& left : sync_wait(migrate::drift(db, migrate::options(all)))) {
      ADD_FAILURE() << when << ": " << left.describe();
    }
  };
  sync_wait(migrate::upgrade(db, "1", migrate::options(all)));
  expect_no_drift("1 up");
  sync_wait(db.execute("INSERT INTO crews (name) VALUES ('ada')"));
  sync_wait(migrate::upgrade(db, "head", migrate::options(all)));
  expect_no_drift("3 up");
  using crew = std::tuple<std::string, std::string>;
  EXPECT_EQ(sync_wait(db.raw_sql<crew>("SELECT CAST(watch AS text), called FROM teams").one()),
            crew("forenoon", "ADA!"));
  sync_wait(migrate::downgrade(db, "-1", migrate::options(all)));
  expect_no_drift("3 down");
  sync_wait(migrate::downgrade(db, "-1", migrate::options(all)));
  expect_no_drift("2 down");
  EXPECT_EQ(sync_wait(db.raw_sql<crew>("SELECT CAST(watch AS text), called FROM crews").one()), crew("day", "ADA"));
  sync_wait(migrate::downgrade(db, "base", migrate::options(all)));
  expect_no_drift("1 down");
}

TUPELO_CONFORMANCE_SUITE(schema_features);

}  // namespace
}  // namespace tupelo::conformance
