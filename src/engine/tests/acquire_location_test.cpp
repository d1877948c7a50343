// SPDX-License-Identifier: Apache-2.0
// Whoever holds a connection for as long as the program likes says where in the program that is.
#include "idle_source.hpp"
#include "pool_test_case.hpp"

#include "tupelo/engine/events.hpp"
#include "tupelo/engine/lease.hpp"
#include "tupelo/engine/partial.hpp"
#include "tupelo/dialect/sqlite/sqlite_dialect.hpp"
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

struct LabelKey {
  std::int64_t book_id{};
  std::int64_t label_id{};
  static void model(tupelo::model<LabelKey>& m) {
    m.table("label_keys");
    m.primary_key(&LabelKey::book_id, &LabelKey::label_id);
  }
};
struct LabelShelf {
  std::int64_t id{};
  int books = 0;
  static void model(tupelo::model<LabelShelf>& m) { m.table("label_shelves"); }
};
struct LabelBook {
  std::int64_t id{};
  std::int64_t shelf_id{};
  many_to_many<Labelled> labels{};
  static void model(tupelo::model<LabelBook>& m) {
    m.table("label_books");
    m.foreign_key(&LabelBook::shelf_id).references<LabelShelf>().counter(&LabelShelf::books);
    m.many_to_many(&LabelBook::labels, "label_books_labelled", "book_id", "label_id");
  }
};

/// Has no connection, and says who asked for one.
class asked_source final : public idle_source, public query_verbs<asked_source> {
public:
  asked_source() {
    events.on_any(event::restoring, [](const any_object&) {});
    events.on_any(bulk_event::inserting, [](const bulk_write&) {});
  }
  const event_registry* listening() const noexcept override { return tells ? &events : nullptr; }
  const dialect& sql_dialect() const override {
    return joins ? sqlite::dialect_instance() : idle_source::sql_dialect();
  }
  task<lease> acquire(std::source_location from) override {
    asked = from;
    throw std::runtime_error("no connection");
  }

  std::source_location asked;
  event_registry events;
  bool tells = false;
  bool joins = false;  ///< the fake has no statements for join tables
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

TEST_F(place_of_a_held_connection, is_the_write_of_an_object_that_takes_several_statements) {
  LabelBook book;
  expect(db.insert(book), __LINE__);
  expect(db.insert(LabelBook()), __LINE__);
  expect(db.update(book), __LINE__);
  expect(db.erase(book), __LINE__);
  expect(db.erase(book, permanently), __LINE__);
}
TEST_F(place_of_a_held_connection, is_the_write_of_many_objects) {
  std::vector<Labelled> labels(1);
  expect(db.insert(labels), __LINE__);
  expect(db.update(labels), __LINE__);
  expect(db.upsert(labels, on_conflict(col<&Labelled::id>).ignore()), __LINE__);
}
TEST_F(place_of_a_held_connection, is_the_write_that_somebody_hears_of) {
  db.tells = true;
  Labelled label;
  expect(db.restore(label), __LINE__);
  expect(db.upsert(label, on_conflict(col<&Labelled::id>).ignore()), __LINE__);
  expect(db.update<Labelled>().set(col<&Labelled::label>, "a").all_rows().run(), __LINE__);
  expect(db.erase<Labelled>().all_rows().run(), __LINE__);
  expect(db.erase<Labelled>().all_rows().returning(), __LINE__);
}
TEST_F(place_of_a_held_connection, is_the_change_of_a_join_table) {
  db.joins = true;
  const LabelBook book{.id = 1};
  const std::vector<std::int64_t> keys{1, 2, 3};
  expect(db.attach(book, &LabelBook::labels, keys), __LINE__);
  expect(db.detach(book, &LabelBook::labels, keys), __LINE__);
  expect(db.sync(book, &LabelBook::labels, keys), __LINE__);
  expect(db.toggle(book, &LabelBook::labels, keys), __LINE__);
}

TEST_F(place_of_a_held_connection, is_the_plan_that_runs_its_statement) {
  expect(db.query<Row>().explain({.analyze = true}), __LINE__);
  expect(db.query<Labelled>().omit(col<&Labelled::label>).explain({.analyze = true}), __LINE__);
  expect(db.erase<Row>().all_rows().explain({.analyze = true}), __LINE__);
  expect(db.insert_from<Row>(query<Row>().select(col<&Row::id>), col<&Row::id>).explain({.analyze = true}), __LINE__);
}
TEST_F(place_of_a_held_connection, is_the_first_operation_of_a_pipeline) {
  const auto read = [&] { return db.query<Row>().one(); };
  const std::uint_least32_t line = __LINE__ - 1;
  expect(db.pipeline(read(), db.insert(Row())), line);
  const auto write = [&] { return db.insert(Row()); };
  expect(db.pipeline(write(), write()), __LINE__ - 1);
}
TEST_F(place_of_a_held_connection, is_the_next_operation_where_the_first_does_not_tell) {
  const auto write = [&] { return db.insert(Row()); };
  const std::uint_least32_t line = __LINE__ - 1;
  expect(db.pipeline(db.get<LabelKey>(1, 2), write()), line);
}

}  // namespace
}  // namespace tupelo::detail
