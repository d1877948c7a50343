// SPDX-License-Identifier: Apache-2.0
// Decimals are computed digit by digit, on every database.
#include "backend.hpp"

#include <tupelo/engine/keyset.hpp>
#include <tupelo/query/functions.hpp>
#include <tupelo/query/raw_term.hpp>
#include <tupelo/query/window.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Entry {
  std::int64_t id{};
  std::int64_t account{};
  std::optional<decimal> amount{};
  decimal rate{};
};

constexpr auto id = col<&Entry::id>;
constexpr auto account = col<&Entry::account>;
constexpr auto amount = col<&Entry::amount>;
constexpr auto rate = col<&Entry::rate>;

decimal number(std::string_view text) { return decimal::parse(text); }

class decimals : public conformance_test {
protected:
  decimals() { create<Entry>(); }
  void insert(std::vector<Entry> entries) { sync_wait(db.insert(entries)); }
  template <class Expression>
  auto of(const Expression& expression) {
    return sync_wait(db.query<Entry>().order_by(id).template select<std::optional<decimal>>(expression).all());
  }
  using values = std::vector<std::optional<decimal>>;
  void insert_thirds() {
    std::vector<Entry> entries(13);
    for (int i = 0; i < 13; ++i) {
      entries[static_cast<std::size_t>(i)] = {.account = i % 4,
                                              .amount = decimal::from_unscaled(i * 115 - 331, 2),
                                              .rate = decimal::from_unscaled(i * 3 + 7, 1)};
    }
    insert(entries);
  }
  /// Forward by chunks, and back again from the last row.
  template <class Make>
  void expect_all_in_pages(const Make& make) {
    std::vector<std::int64_t> expected, found;
    for (const Entry& entry : sync_wait(make().all())) expected.push_back(entry.id);
    sync_wait(make().chunk(1, [&](const std::vector<Entry>& page) { found.push_back(page.front().id); }));
    EXPECT_EQ(found, expected);
    std::reverse(expected.begin(), expected.end());
    found.clear();
    cursor before;
    for (std::size_t pages = 0; pages < 2 * expected.size(); ++pages) {
      const auto page = sync_wait(make().page_before(before, 1));
      if (!page.items.empty()) found.push_back(page.items.front().id);
      if (!page.has_prev) break;
      before = page.prev;
    }
    EXPECT_EQ(found, expected);
  }
  const std::string table = info_of(detail::meta<Entry>::spec).table;
};
TUPELO_CONFORMANCE_SUITE(decimals);

TEST_P(decimals, sums_are_exact) {
  std::vector<Entry> tenths(1000, Entry{.amount = number("0.1"), .rate = number("9999999999.99")});
  insert(tenths);
  const auto found = sync_wait(db.query<Entry>().select(sum(amount), sum(rate)).one());
  EXPECT_EQ(std::get<0>(found), number("100"));
  EXPECT_EQ(std::get<1>(found), number("9999999999990"));
  EXPECT_EQ(
      sync_wait(db.query<Entry>().group_by(account).having(sum(amount) == number("100")).select(account).all()).size(),
      1U);
}
TEST_P(decimals, sums_of_nothing_are_null) {
  const auto total = db.query<Entry>().select<std::optional<decimal>>(sum(amount));
  EXPECT_EQ(sync_wait(total.one()), std::nullopt);
  insert({Entry{}});
  EXPECT_EQ(sync_wait(total.one()), std::nullopt);
}
TEST_P(decimals, computed_ones_are_what_is_written) {
  insert({{.amount = number("0.1"), .rate = number("0.2")}});
  EXPECT_EQ(of(amount + rate), values{number("0.3")});
  EXPECT_EQ(of(rate - amount), values{number("0.1")});
  EXPECT_EQ(of(amount * rate * 1000), values{number("20")});
  EXPECT_EQ(of(rate / amount), values{number("2")});
  EXPECT_EQ(of(round(rate / 3 * 6 + sum(rate / 3).over(), 6)), values{number("0.466667")}) << "near to it";
  EXPECT_EQ(of(amount / (rate - rate)), values{std::nullopt});
  EXPECT_EQ(sync_wait(db.query<Entry>().where(amount + rate == number("0.3") && amount * 3 == number("0.3")).count()),
            1);
  EXPECT_EQ(sync_wait(db.query<Entry>().where((amount + rate) / 3 == number("0.1")).count()), 1);
}
TEST_P(decimals, windows_slide_over_them) {
  insert({{.amount = number("0.1")}, {.amount = number("0.2")}, {}, {.amount = number("-0.3")}, {}, {}});
  EXPECT_EQ(of(sum(amount).over(order_by(id).rows_between(preceding(1), current_row))),
            (values{number("0.1"), number("0.3"), number("0.2"), number("-0.3"), number("-0.3"), std::nullopt}));
  EXPECT_EQ(of(sum(amount).over(order_by(id))),
            (values{number("0.1"), number("0.3"), number("0.3"), number("0"), number("0"), number("0")}));
}
TEST_P(decimals, of_a_filter_are_summed_alone) {
  insert(
      {{.amount = number("0.1"), .rate = 1}, {.amount = number("0.7"), .rate = 2}, {.amount = number("5"), .rate = 3}});
  EXPECT_EQ(sync_wait(db.query<Entry>().select<decimal>(sum(amount).filter(rate < 3)).one()), number("0.8"));
}
TEST_P(decimals, beyond_what_the_database_holds_are_an_error_and_never_rounded) {
  insert({{.amount = number("12345678901234.5"), .rate = number("0.001")}});
  const auto query = db.query<Entry>().select<decimal>(sum(amount + rate));
  if (db.sql_dialect().name() != "SQLite") {
    EXPECT_EQ(sync_wait(query.one()), number("12345678901234.501"));
    return;
  }
  const auto refused = failure_of<database_error>([&] { sync_wait(query.one()); });
  EXPECT_EQ(refused.code(), errc::value_out_of_range);
  EXPECT_NE(std::string(refused.what()).find("15 digits"), std::string::npos) << refused.what();
}
TEST_P(decimals, quotients_that_were_assigned_are_found_by_what_is_read) {
  insert_thirds();
  sync_wait(db.update<Entry>().set(amount, amount / 3).set(rate, amount / 7 * 3).all_rows().run());
  sync_wait(db.insert_from<Entry>(query<Entry>().select(account, amount / 11, rate / 3), account, amount, rate));
  Entry same{.id = 1};
  sync_wait(db.upsert(same, on_conflict(id).set(amount, amount / 13).set(rate, rate / 7)));
  const std::vector<Entry> entries = sync_wait(db.query<Entry>().all());
  EXPECT_EQ(entries.size(), 26U);
  for (const Entry& entry : entries) {
    EXPECT_EQ(
        sync_wait(db.query<Entry>().where(id == entry.id && amount == entry.amount && rate == entry.rate).count()), 1)
        << entry.id;
  }
}
TEST_P(decimals, quotients_that_were_read_are_found_where_the_database_rounds_them) {
  insert_thirds();
  if (db.sql_dialect().name() != "SQLite") return;  // its quotients have more digits than are said of them
  for (const auto& third : of(amount / 3)) {
    EXPECT_EQ(sync_wait(db.query<Entry>().where(amount / 3 == *third).count()), 1) << third->to_string();
    EXPECT_EQ(sync_wait(db.query<Entry>().where((amount / 3).in(std::vector<decimal>{*third})).count()), 1);
  }
}
TEST_P(decimals, pages_go_by_quotients) {
  insert_thirds();
  expect_all_in_pages([this] { return db.query<Entry>().order_by(amount / 3); });
  expect_all_in_pages([this] { return db.query<Entry>().order_by((amount / 7 * 3).desc()); });
  expect_all_in_pages([this] { return db.query<Entry>().order_by(account, amount / rate); });
  expect_all_in_pages([this] { return db.query<Entry>().order_by(raw<decimal>("? / 3.0", amount)); });
  sync_wait(db.update<Entry>().set(amount, amount / 3).all_rows().run());
  expect_all_in_pages([this] { return db.query<Entry>().order_by(amount); });
}
TEST_P(decimals, pages_of_groups_go_by_quotients) {
  insert_thirds();
  const auto totals = db.query<Entry>().group_by(account).order_by(sum(amount) / count()).select<std::int64_t>(account);
  const auto expected = sync_wait(totals.all());
  std::vector<std::int64_t> found;
  cursor next;
  for (std::size_t pages = 0; pages < 2 * expected.size(); ++pages) {
    const auto page = sync_wait(totals.page_after(next, 1));
    found.insert(found.end(), page.items.begin(), page.items.end());
    if (!page.has_next) break;
    next = page.next;
  }
  EXPECT_EQ(found, expected);
}
TEST_P(decimals, pages_that_would_come_again_are_an_error) {
  insert({Entry{}, Entry{}, Entry{}});
  sync_wait(db.raw_sql("UPDATE " + table + " SET rate = 0.1 + 0.2").run());
  std::size_t rows = 0;
  const auto read = [&] {
    sync_wait(db.query<Entry>().order_by(rate).chunk(1, [&](const std::vector<Entry>& page) {
      rows += page.size();
      if (rows > 10) throw std::runtime_error("without end");
    }));
  };
  if (db.sql_dialect().name() != "SQLite") {
    read();
    EXPECT_EQ(rows, 3U);
    return;
  }
  const std::string refused = failure_of<query_error>(read).what();
  EXPECT_NE(refused.find("chunk()"), std::string::npos) << refused;
  EXPECT_NE(refused.find("15 digits"), std::string::npos) << refused;
  rows = 0;
  sync_wait(db.query<Entry>().order_by(round(rate, 4)).chunk(1, [&](const std::vector<Entry>&) { ++rows; }));
  EXPECT_EQ(rows, 3U);
}
TEST_P(decimals, random_sums_products_and_windows_are_those_of_the_program) {
  std::mt19937_64 random(20261121);
  const auto between = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  for (int round = 0; round < 20; ++round) {
    sync_wait(db.erase<Entry>().all_rows().run());
    const auto scale = static_cast<std::int32_t>(between(0, 4));
    std::vector<Entry> entries(static_cast<std::size_t>(between(1, 120)));
    decimal total, products, differences;
    for (Entry& entry : entries) {
      entry.rate = decimal::from_unscaled(between(-99, 99), static_cast<std::int32_t>(between(0, 2)));
      if (between(0, 9) == 0) continue;
      entry.amount = decimal::from_unscaled(between(-99'999'999, 99'999'999), scale);
      total += *entry.amount;
      products += *entry.amount * entry.rate;
      differences += *entry.amount - entry.rate;
    }
    insert(entries);
    using totals = std::tuple<std::optional<decimal>, std::optional<decimal>, std::optional<decimal>>;
    const auto found =
        sync_wait(db.query<Entry>().select<totals>(sum(amount), sum(amount * rate), sum(amount - rate)).one());
    EXPECT_EQ(std::get<0>(found).value_or(decimal()), total) << "round " << round;
    EXPECT_EQ(std::get<1>(found).value_or(decimal()), products) << "round " << round;
    EXPECT_EQ(std::get<2>(found).value_or(decimal()), differences) << "round " << round;
    const values running = of(sum(amount).over(order_by(id)));
    decimal so_far;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].amount) so_far += *entries[i].amount;
      EXPECT_EQ(running[i].value_or(decimal()), so_far) << "round " << round << ", row " << i;
    }
  }
}

}  // namespace
}  // namespace tupelo::conformance
