// SPDX-License-Identifier: Apache-2.0
// Arrays of more dimensions than one, and arrays inside of composites.
#include "backend.hpp"

#include <tupelo/json.hpp>
#include <tupelo/schema/migrator.hpp>
#include <tupelo/model/composite.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::conformance {

struct Reading {
  std::string unit{};
  std::vector<double> values{};
  std::optional<std::vector<std::vector<std::int32_t>>> grid{};
  std::vector<std::optional<std::string>> notes{};
  friend bool operator==(const Reading&, const Reading&) = default;
};

}  // namespace tupelo::conformance

template <>
struct tupelo::field_traits<tupelo::conformance::Reading> : tupelo::composite<tupelo::conformance::Reading, "reading"> {
};

namespace tupelo::conformance {
namespace {

enum class Colour : std::uint8_t { red, green };

struct Sheet {
  std::int64_t id{};
  std::vector<std::vector<std::int32_t>> cells{};
  std::optional<std::vector<std::vector<std::string>>> texts{};
  std::vector<std::vector<std::optional<decimal>>> prices{};
  std::vector<std::vector<std::vector<bool>>> cube{};
  std::vector<std::vector<Colour>> colours{};
  std::vector<std::vector<bytes>> blobs{};
  std::vector<std::vector<timestamp>> times{};
  friend bool operator==(const Sheet&, const Sheet&) = default;

  static void model(tupelo::model<Sheet>& m) {
    m.column(&Sheet::cells).default_value("[[1,2],[3,4]]");
    m.column(&Sheet::cube).default_value("[]");
  }
};

struct Station {
  std::int64_t id{};
  Reading last{};
  std::vector<Reading> earlier{};
  friend bool operator==(const Station&, const Station&) = default;
};

using cells = std::vector<std::vector<std::int32_t>>;

Sheet some_sheet() {
  return {.cells = {{1, -2, 3}, {4, 5, 6}},
          .texts = std::vector<std::vector<std::string>>{{"a \"b\", {c}\\"}, {"NULL"}},
          .prices = {{decimal::parse("1.5"), std::nullopt}},
          .cube = {{{true, false}, {false, false}}, {{true, true}, {false, true}}},
          .colours = {{Colour::red}, {Colour::green}},
          .blobs = {{to_bytes("\x01z"), {}}},
          .times = {{timestamp{0}, timestamp{1'700'000'000'000'001}}}};
}

class nested_arrays : public conformance_test {
protected:
  nested_arrays() { create<Sheet>(); }
  std::int64_t count(const condition<Sheet>& where) { return sync_wait(db.query<Sheet>().where(where).count()); }
};
TUPELO_CONFORMANCE_SUITE(nested_arrays);

TEST_P(nested_arrays, come_back_as_they_were) {
  std::vector<Sheet> sheets{some_sheet(), {}};
  sync_wait(db.insert(sheets));
  EXPECT_TRUE(sync_wait(db.query<Sheet>().order_by(col<&Sheet::id>).all()) == sheets);
}
TEST_P(nested_arrays, are_copied_in_and_out) {
  Sheet sheet = some_sheet();
  sync_wait(db.copy_in(std::vector{sheet}));
  sheet.id = sync_wait(db.query<Sheet>().one()).id;
  run([&]() -> task<void> {
    auto rows = db.copy_out<Sheet>();
    const auto copied = co_await rows.next();
    EXPECT_TRUE(copied && *copied == sheet);
  });
}
TEST_P(nested_arrays, are_found_again_by_themselves) {
  const Sheet s = sync_wait(db.insert(some_sheet()));
  EXPECT_EQ(count(col<&Sheet::cells> == s.cells && col<&Sheet::texts> == *s.texts && col<&Sheet::prices> == s.prices &&
                  col<&Sheet::cube> == s.cube && col<&Sheet::colours> == s.colours && col<&Sheet::blobs> == s.blobs &&
                  col<&Sheet::times> == s.times),
            1);
  EXPECT_EQ(count(col<&Sheet::cells> == cells{{1, -2, 3, 4, 5, 6}}), 0) << "of one row";
  EXPECT_EQ(count(col<&Sheet::cells> != cells{}), 1);
}
TEST_P(nested_arrays, are_parameters_of_sql) {
  const Sheet s = sync_wait(db.insert(some_sheet()));
  struct Row {
    std::int64_t id{};
    cells found{};
  };
  const Row found = sync_wait(db.raw_sql<Row>("SELECT id, cells FROM sheets WHERE texts = ?", *s.texts).one());
  EXPECT_EQ(found.id, s.id);
  EXPECT_EQ(found.found, s.cells);
}
TEST_P(nested_arrays, are_updated_by_sessions_where_they_changed) {
  run([&]() -> task<void> {
    auto session = db.session();
    auto sheet = session.add(some_sheet());
    co_await session.commit();
    sheet->cells[1][2] = 60;
    sheet->texts.reset();
    co_await session.commit();
    sheet->cells.push_back({7, 8, 9});
    co_await session.commit();
  });
  const Sheet stored = sync_wait(db.query<Sheet>().one());
  EXPECT_EQ(stored.cells, (cells{{1, -2, 3}, {4, 5, 60}, {7, 8, 9}}));
  EXPECT_EQ(stored.texts, std::nullopt);
  EXPECT_EQ(stored.cube, some_sheet().cube);
}
TEST_P(nested_arrays, whose_rows_differ_in_length_are_refused_before_they_are_sent) {
  for (const cells& ragged : {cells{{1, 2}, {3}}, cells{{}}, cells{{1}, {}}}) {
    const auto by_insert = failure_of<value_error>([&] { sync_wait(db.insert(Sheet{.cells = ragged})); });
    const auto by_update = failure_of<value_error>(
        [&] { sync_wait(db.update<Sheet>().set(col<&Sheet::cells>, ragged).where(col<&Sheet::id> > 0).run()); });
    const auto by_copy = failure_of<value_error>([&] { sync_wait(db.copy_in(std::vector{Sheet{.cells = ragged}})); });
    for (const value_error& refused : {by_insert, by_copy}) {
      EXPECT_EQ(refused.code(), errc::invalid_value);
      EXPECT_NE(std::string(refused.what()).find("\"cells\""), std::string::npos) << refused.what();
    }
    EXPECT_EQ(by_update.code(), errc::invalid_value);
  }
  EXPECT_EQ(sync_wait(db.query<Sheet>().count()), 0);
}
TEST_P(nested_arrays, of_other_dimensions_are_not_read) {
  sync_wait(db.insert(some_sheet()));
  struct Flat {
    std::vector<std::int32_t> cells{};
  };
  struct Deep {
    std::vector<std::vector<std::vector<std::int32_t>>> cells{};
  };
  const auto flat = failure_of<decode_error>([&] { sync_wait(db.raw_sql<Flat>("SELECT cells FROM sheets").one()); });
  const auto deep = failure_of<decode_error>([&] { sync_wait(db.raw_sql<Deep>("SELECT cells FROM sheets").one()); });
  for (const decode_error& refused : {flat, deep}) {
    EXPECT_EQ(refused.code(), errc::type_mismatch);
    EXPECT_EQ(refused.column(), "cells");
    EXPECT_NE(std::string(refused.what()).find("dimension"), std::string::npos) << refused.what();
  }
}
TEST_P(nested_arrays, have_defaults) {
  sync_wait(db.execute("INSERT INTO sheets (prices, colours, blobs, times) VALUES ('" +
                       std::string(features().arrays ? "{}', '{}', '{}', '{}" : "[]', '[]', '[]', '[]") + "')"));
  const Sheet stored = sync_wait(db.query<Sheet>().one());
  EXPECT_EQ(stored.cells, (cells{{1, 2}, {3, 4}}));
  EXPECT_TRUE(stored.cube.empty());
}
TEST_P(nested_arrays, are_json_as_they_lie) {
  Sheet sheet{.cells = {{1, 2}, {3, 4}}};
  EXPECT_NE(to_json_text(sheet).find(R"("cells":[[1,2],[3,4]])"), std::string::npos);
  EXPECT_EQ(from_json<Sheet>(to_json(sheet)).cells, sheet.cells);
}

TEST_P(nested_arrays, stand_in_composites) {
  create<Station>();
  const Reading some{"m\u00b2 \"(x)\"", {0.5, -1}, cells{{1, 2}, {3, 4}}, {"a \"b\", {c}\\", std::nullopt, "NULL", ""}};
  std::vector<Station> stations{{.last = some, .earlier = {some, {}}}, {}};
  sync_wait(db.insert(stations));
  EXPECT_TRUE(sync_wait(db.query<Station>().order_by(col<&Station::id>).all()) == stations);
  EXPECT_EQ(sync_wait(db.query<Station>().where(col<&Station::last> == some).count()), 1);
  for (Station& station : stations) station.id = 0;
  sync_wait(db.copy_in(stations));
  EXPECT_EQ(sync_wait(db.query<Station>().where(col<&Station::last> == some).count()), 2);
  const auto refused = failure_of<value_error>(
      [&] { sync_wait(db.insert(Station{.last = {.unit = "m", .grid = cells{{1}, {2, 3}}}})); });
  EXPECT_EQ(refused.code(), errc::invalid_value);
}

TEST_P(nested_arrays, leave_no_difference_behind) {
  create<Station>();
  for (const schema_operation& left : sync_wait(migrate::compare(db, schema_of<Sheet, Station>())))
    ADD_FAILURE() << left.describe();
}

}  // namespace
}  // namespace tupelo::conformance
