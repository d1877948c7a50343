// SPDX-License-Identifier: Apache-2.0
// Whoever holds a connection for as long as the program likes says where in the program that is.
#include "idle_source.hpp"
#include "pool_test_case.hpp"

#include "tupelo/engine/lease.hpp"
#include "tupelo/engine/partial.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/core/sync_wait.hpp"

#include <optional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <vector>

namespace tupelo::detail {
namespace {

struct Labelled {
  std::int64_t id{};
  std::string label;
  static void model(tupelo::model<Labelled>& m) { m.table("labelled"); }
};

/// Has no connection, and says who asked for one.
class asked_source final : public idle_source, public query_verbs<asked_source> {
public:
  task<lease> acquire(std::source_location from) override {
    asked = from;
    throw std::runtime_error("no connection");
  }

  std::source_location asked;
};

class place_of_a_held_connection : public ::testing::Test {
protected:
  template <class Held>
  void expect(Held held, std::uint_least32_t line) {
    EXPECT_THROW(sync_wait(std::move(held)), std::runtime_error);
    EXPECT_EQ(db.asked.line(), line);
    EXPECT_NE(std::string(db.asked.file_name()).find("acquire_location_test"), std::string::npos);
  }
  template <class T>
  void expect(row_stream<T> rows, std::uint_least32_t line) {
    expect(rows.next(), line);
  }

  asked_source db;
};

TEST_F(place_of_a_held_connection, is_the_stream) {
  expect(db.query<Row>().stream(), __LINE__);
  expect(db.query<Row>().only(col<&Row::id>).stream(), __LINE__);
  expect(db.raw_sql<Row>("SELECT 1").stream(), __LINE__);
}
TEST_F(place_of_a_held_connection, is_the_call_for_each_row) {
  expect(db.query<Row>().for_each([](Row&) {}), __LINE__);
  expect(db.query<Labelled>().omit(col<&Labelled::label>).for_each([](partial<Labelled>&) {}), __LINE__);
}
TEST_F(place_of_a_held_connection, is_the_copy_in) {
  std::vector<Row> rows(1);
  expect(db.copy_in(rows), __LINE__);
  expect(db.copy_in<Row>([] { return std::optional<Row>(Row()); }), __LINE__);
  expect(db.copy_in<Row>([]() -> task<std::optional<Row>> { co_return Row(); }), __LINE__);
  expect(db.copy_in("rows", {"id"}, std::vector<std::tuple<int>>(1)), __LINE__);
}
TEST_F(place_of_a_held_connection, is_the_copy_out) {
  expect(db.copy_out<Row>(), __LINE__);
  expect(db.copy_out(db.query<Row>()), __LINE__);
  expect(db.copy_out<Row>("SELECT 1"), __LINE__);
}

TEST_F(place_of_a_held_connection, is_the_plan_that_runs_its_statement) {
  expect(db.query<Row>().explain({.analyze = true}), __LINE__);
  expect(db.query<Labelled>().omit(col<&Labelled::label>).explain({.analyze = true}), __LINE__);
  expect(db.erase<Row>().all_rows().explain({.analyze = true}), __LINE__);
  expect(db.insert_from<Row>(query<Row>().select(col<&Row::id>), col<&Row::id>).explain({.analyze = true}), __LINE__);
}
TEST_F(place_of_a_held_connection, is_a_read_of_the_pipeline) {
  const auto read = [&] { return db.query<Row>().one(); };
  const std::uint_least32_t line = __LINE__ - 1;
  expect(db.pipeline(db.insert(Row()), read()), line);
}

}  // namespace
}  // namespace tupelo::detail
