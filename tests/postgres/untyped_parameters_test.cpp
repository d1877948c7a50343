// SPDX-License-Identifier: Apache-2.0
// SQL of one's own with texts that nothing tells the server the type of.
#include "own_schema.hpp"

#include <optional>
#include <string>
#include <tuple>

namespace tupelo::postgres {
namespace {

struct untyped_parameters : own_schema {
  static constexpr std::string_view one = "SELECT ? IS NULL";
  static constexpr std::string_view two = "SELECT jsonb_build_object('a', ?, 'b', ?)->>'b'";

  void SetUp() override {
    own_schema::SetUp();
    if (!IsSkipped()) execute("CREATE TABLE marks (n int)");
  }
};

TEST_F(untyped_parameters, are_texts_outside_of_a_transaction) {
  EXPECT_FALSE(sync_wait(db().raw_sql<bool>(one, "x").one()));
  EXPECT_TRUE(sync_wait(db().raw_sql<bool>(one, std::optional<std::string>()).one()));
  EXPECT_EQ(sync_wait(db().raw_sql<std::string>(two, "x", "y").one()), "y");
}

TEST_F(untyped_parameters, are_texts_in_a_transaction_that_has_written) {
  sync_wait(db().transaction([](session& s) -> task<void> {
    co_await s.raw_sql("INSERT INTO marks VALUES (1)").run();
    EXPECT_FALSE(co_await s.raw_sql<bool>(one, "x").one());
    EXPECT_EQ(co_await s.raw_sql<std::string>(two, "x", "y").one(), "y");
    co_await s.raw_sql("INSERT INTO marks VALUES (2)").run();
  }));
  EXPECT_EQ(number("SELECT sum(n) FROM marks"), 3);
}

TEST_F(untyped_parameters, are_texts_as_the_first_of_a_transaction) {
  sync_wait(db().transaction([](session& s) -> task<void> { EXPECT_FALSE(co_await s.raw_sql<bool>(one, "x").one()); }));
}

TEST_F(untyped_parameters, are_texts_in_pipelines) {
  EXPECT_EQ(
      sync_wait(db().pipeline(db().raw_sql<bool>(one, "x").one(), db().raw_sql<std::string>(two, "x", "y").one())),
      std::tuple(false, std::string("y")));
  sync_wait(db().transaction([](session& s) -> task<void> {
    co_await s.raw_sql("INSERT INTO marks VALUES (1)").run();
    const auto [null, text, number] = co_await s.pipeline(s.raw_sql<bool>("SELECT ? IS NULL AS n", "x").one(),
                                                          s.raw_sql<std::string>("SELECT concat(?, ?)", "x", "y").one(),
                                                          s.raw_sql<int>("SELECT n FROM marks").one());
    EXPECT_FALSE(null);
    EXPECT_EQ(text, "xy");
    EXPECT_EQ(number, 1);
  }));
}

TEST_F(untyped_parameters, do_not_touch_the_savepoints_of_a_transaction) {
  sync_wait(db().transaction([](session& s) -> task<void> {
    for (const char* sql : {"INSERT INTO marks VALUES (1)", "SAVEPOINT tupelo_types", "INSERT INTO marks VALUES (2)"})
      co_await s.raw_sql(sql).run();
    EXPECT_FALSE(co_await s.raw_sql<bool>(one, "x").one());
    co_await s.raw_sql("ROLLBACK TO SAVEPOINT tupelo_types").run();
  }));
  EXPECT_EQ(number("SELECT sum(n) FROM marks"), 1);
}

TEST_F(untyped_parameters, may_mean_any_type_where_the_statement_tells_it) {
  sync_wait(db().transaction([](session& s) -> task<void> {
    co_await s.raw_sql("INSERT INTO marks VALUES (1)").run();
    EXPECT_TRUE(co_await s.raw_sql<bool>("SELECT timestamptz '2030-01-01' > ?", "2020-01-01").one());
  }));
}

TEST_F(untyped_parameters, that_only_a_cast_would_help_say_so) {
  try {
    sync_wait(db().raw_sql<std::string>("SELECT ARRAY[]::text || ?", "x").one());
    ADD_FAILURE() << "nothing failed";
  } catch (const statement_error& e) {
    EXPECT_EQ(e.sqlstate(), "42P18");
    EXPECT_NE(std::string(e.what()).find("CAST(? AS text)"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace tupelo::postgres
