// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"
#include "people.hpp"

#include <tupelo/engine/keyset.hpp>
#include <tupelo/engine/partial.hpp>
#include <tupelo/query/derived_table.hpp>
#include <tupelo/query/raw_term.hpp>
#include <tupelo/query/related_aggregates.hpp>
#include <tupelo/query/table_alias.hpp>
#include <tupelo/security/sealing_key.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Entry {
  std::int64_t id{};
  std::string name{};
  std::optional<int> rank{};
  std::optional<timestamp> at{};
  double weight{};
  bool open{};

  static void model(tupelo::model<Entry>& m) { m.table("entries"); }
};

constexpr auto id = col<&Entry::id>;
constexpr auto name = col<&Entry::name>;
constexpr auto rank = col<&Entry::rank>;
constexpr auto at = col<&Entry::at>;

class keyset : public conformance_test {
protected:
  keyset() {
    create<Entry>();
    std::vector<Entry> entries;
    for (int i = 0; i < 23; ++i) {
      Entry entry{.name = std::string(1, static_cast<char>('a' + i % 5)), .weight = 0.1 * (i % 7), .open = i % 2 == 0};
      if (i % 3 != 0) entry.rank = i % 4;
      if (i % 5 != 0) entry.at = timestamp{1'000'001 * std::int64_t{i % 6}};
      entries.push_back(entry);
    }
    sync_wait(db.insert(entries));
  }
  using keys = std::vector<std::int64_t>;
  static void append(keys& to, const std::vector<Entry>& items) {
    for (const Entry& entry : items) to.push_back(entry.id);
  }
  /// Every page from the first to the last, by sealed cursors, and then back again.
  template <class Query>
  void expect_the_same_rows_in_pages(Query query, std::int64_t size) {
    auto ordered = query;
    keys expected;
    append(expected, sync_wait(ordered.order_by(id).all()));
    keys forward;
    std::string text;
    for (int pages = 0; pages < 30; ++pages) {
      const auto page = sync_wait(query.page_after(cursor::opened(text, key), size));
      append(forward, page.items);
      EXPECT_EQ(page.has_prev, pages != 0);
      text = page.next.sealed(key);
      if (!page.has_next) break;
    }
    EXPECT_EQ(forward, expected);
    keys backward;
    text.clear();
    for (int pages = 0; pages < 30; ++pages) {
      const auto page = sync_wait(query.page_before(cursor::opened(text, key), size));
      keys items;
      append(items, page.items);
      backward.insert(backward.begin(), items.begin(), items.end());
      EXPECT_EQ(page.has_next, pages != 0);
      text = page.prev.sealed(key);
      if (!page.has_prev) break;
    }
    EXPECT_EQ(backward, expected);
  }
  const sealing_key key{"0123456789abcdef0123456789abcdef"};
};
TUPELO_CONFORMANCE_SUITE(keyset);

TEST_P(keyset, pages_without_an_order_go_by_the_key) { expect_the_same_rows_in_pages(db.query<Entry>(), 4); }
TEST_P(keyset, ties_are_told_apart_by_the_key) {
  expect_the_same_rows_in_pages(db.query<Entry>().order_by(name), 3);
  expect_the_same_rows_in_pages(db.query<Entry>().order_by(col<&Entry::weight>, name), 5);
  expect_the_same_rows_in_pages(db.query<Entry>().order_by(col<&Entry::open>, col<&Entry::weight>), 2);
}
TEST_P(keyset, null_stands_where_the_order_puts_it) {
  expect_the_same_rows_in_pages(db.query<Entry>().order_by(rank), 3);
  expect_the_same_rows_in_pages(db.query<Entry>().order_by(at, rank), 1);
}
TEST_P(keyset, directions_may_be_mixed) {
  expect_the_same_rows_in_pages(db.query<Entry>().order_by(rank.desc(), at), 3);
  expect_the_same_rows_in_pages(db.query<Entry>().order_by(name.desc(), rank), 2);
  expect_the_same_rows_in_pages(db.query<Entry>().order_by(at, name.desc(), id), 4);
}
TEST_P(keyset, a_falling_order_ends_with_a_falling_key) {
  const auto page = sync_wait(db.query<Entry>().where(name == "a").order_by(name.desc()).page_after(cursor(), 100));
  EXPECT_TRUE(std::is_sorted(page.items.rbegin(), page.items.rend(),
                             [](const Entry& a, const Entry& b) { return a.id < b.id; }));
}
TEST_P(keyset, conditions_go_with_pages) {
  expect_the_same_rows_in_pages(db.query<Entry>().where(name == "a" || rank == 2).order_by(at), 2);
}
TEST_P(keyset, a_page_is_found_though_rows_before_it_are_gone) {
  const auto first = sync_wait(db.query<Entry>().order_by(name).page_after(cursor(), 5));
  sync_wait(db.erase<Entry>().where(id == first.items.back().id).run());
  const auto second = sync_wait(db.query<Entry>().order_by(name).page_after(first.next, 5));
  ASSERT_FALSE(second.items.empty());
  EXPECT_GE(second.items.front().name, first.items.back().name);
  EXPECT_NE(second.items.front().id, first.items.back().id);
}
TEST_P(keyset, an_empty_page_leads_nowhere) {
  const auto page = sync_wait(db.query<Entry>().where(name == "none").page_after(cursor(), 5));
  EXPECT_TRUE(page.items.empty());
  EXPECT_FALSE(page.has_next || page.has_prev);
  EXPECT_TRUE(page.next.empty() && page.prev.empty());
}
TEST_P(keyset, a_cursor_of_another_order_is_refused) {
  const auto by_name = sync_wait(db.query<Entry>().order_by(name).page_after(cursor(), 5)).next;
  EXPECT_THROW(sync_wait(db.query<Entry>().order_by(rank).page_after(by_name, 5)), value_error);
  EXPECT_THROW(sync_wait(db.query<Entry>().order_by(name.desc()).page_after(by_name, 5)), value_error);
  EXPECT_THROW(sync_wait(db.query<Entry>().order_by(name).page_after(cursor("short"), 5)), value_error);
  EXPECT_THROW(sync_wait(db.query<Entry>().order_by(name).page_after(cursor(by_name.bytes().substr(0, 16)), 5)),
               value_error);
}
TEST_P(keyset, a_cursor_that_was_changed_is_refused) {
  std::string text = sync_wait(db.query<Entry>().page_after(cursor(), 5)).next.sealed(key);
  text[3] = text[3] == 'A' ? 'B' : 'A';
  EXPECT_THROW(cursor::opened(text, key), value_error);
}
TEST_P(keyset, what_says_other_rows_is_refused) {
  EXPECT_THROW(sync_wait(db.query<Entry>().limit(3).page_after(cursor(), 5)), query_error);
  EXPECT_THROW(sync_wait(db.query<Entry>().page_after(cursor(), 0)), query_error);
  EXPECT_THROW(sync_wait(db.query<Entry>().distinct_on(name).order_by(name).page_after(cursor(), 5)), query_error);
  EXPECT_THROW(sync_wait(db.query<Entry>().union_all(query<Entry>()).page_after(cursor(), 5)), query_error);
  EXPECT_THROW(sync_wait(db.query<Entry>().distinct().order_by(lower(name)).page_after(cursor(), 5)), query_error);
}
TEST_P(keyset, distinct_rows_that_hold_their_order_and_key_have_pages) {
  const auto query = db.query<Entry>()
                         .select(coalesce(rank, 2), id, upper(name))
                         .distinct()
                         .order_by(coalesce(rank, 2).desc(), upper(name));
  auto ordered = query;
  const auto expected = sync_wait(ordered.order_by(id).all());
  ASSERT_EQ(expected.size(), 23U);
  auto forward = expected, backward = expected;
  forward.clear();
  backward.clear();
  cursor place;
  for (bool more = true; more && forward.size() < 100;) {
    const auto page = sync_wait(query.page_after(place, 4));
    forward.insert(forward.end(), page.items.begin(), page.items.end());
    place = page.next;
    more = page.has_next;
  }
  EXPECT_EQ(forward, expected);
  place = cursor();
  for (bool more = true; more && backward.size() < 100;) {
    const auto page = sync_wait(query.page_before(place, 4));
    backward.insert(backward.begin(), page.items.begin(), page.items.end());
    place = page.prev;
    more = page.has_prev;
  }
  EXPECT_EQ(backward, expected);
}
TEST_P(keyset, distinct_groups_that_hold_their_order_have_pages) {
  const auto query = db.query<Entry>().group_by(name).select(name, count()).distinct().order_by(count().desc());
  auto ordered = query;
  const auto expected = sync_wait(ordered.order_by(name.desc()).all());
  const auto first = sync_wait(query.page_after(cursor(), 2));
  const auto second = sync_wait(query.page_after(first.next, 10));
  ASSERT_EQ(first.items.size(), 2U);
  ASSERT_EQ(second.items.size(), 3U);
  auto read = first.items;
  read.insert(read.end(), second.items.begin(), second.items.end());
  EXPECT_EQ(read, expected);
}
TEST_P(keyset, distinct_rows_without_their_order_or_key_are_refused) {
  const auto refused = [](const auto& query) {
    return std::string(failure_of<query_error>([&] { sync_wait(query.page_after(cursor(), 5)); }).what());
  };
  EXPECT_NE(refused(db.query<Entry>().select(name).distinct().order_by(name)).find("distinct()"), std::string::npos);
  EXPECT_NE(refused(db.query<Entry>().select(id, name).distinct().order_by(lower(name))).find("distinct()"),
            std::string::npos);
  EXPECT_NE(refused(db.query<Entry>().select(id, coalesce(rank, 1)).distinct().order_by(coalesce(rank, 2)))
                .find("distinct()"),
            std::string::npos)
      << "of other values";
}
TEST_P(keyset, the_order_may_be_by_expressions) {
  expect_the_same_rows_in_pages(db.query<Entry>().order_by(upper(name)), 3);
  expect_the_same_rows_in_pages(db.query<Entry>().order_by(coalesce(rank, 2).desc(), length(name), name), 4);
  expect_the_same_rows_in_pages(db.query<Entry>().order_by(nullif(rank, 1).desc(), at), 2);
  expect_the_same_rows_in_pages(db.query<Entry>().order_by(col<&Entry::weight> * 2, rank), 5);
  expect_the_same_rows_in_pages(db.query<Entry>().order_by(coalesce(at, timestamp{5}).desc(), start_of_hour(at)), 3);
}
TEST_P(keyset, a_cursor_of_an_expression_with_other_values_is_refused) {
  const auto ordered = [&](int otherwise) { return db.query<Entry>().order_by(coalesce(rank, otherwise)); };
  const cursor next = sync_wait(ordered(2).page_after(cursor(), 5)).next;
  EXPECT_EQ(sync_wait(ordered(2).page_after(next, 5)).items.size(), 5U);
  EXPECT_THROW(sync_wait(ordered(3).page_after(next, 5)), value_error);
}
TEST_P(keyset, a_value_without_an_order_is_refused) {
  EXPECT_THROW(sync_wait(db.query<Entry>().order_by(raw<json>("'{}'")).page_after(cursor(), 5)), query_error);
}

// ---- rows that do not hold what they are ordered by

using namespace library;

class keyset_beside : public library_test {
protected:
  /// Page by page, there and back, what all() gives.
  template <class Query, class Text>
  void expect_in_pages(const Query& query, const Text& text) {
    std::string expected;
    for (const auto& row : sync_wait(query.all())) expected += text(row) + " ";
    for (const std::int64_t size : {1, 2, 100}) {
      std::string forward, backward;
      cursor from;
      for (int pages = 0; pages < 20; ++pages) {
        const auto page = sync_wait(query.page_after(from, size));
        for (const auto& row : page.items) forward += text(row) + " ";
        from = page.next;
        if (!page.has_next) break;
      }
      EXPECT_EQ(forward, expected) << size;
      from = cursor();
      for (int pages = 0; pages < 20; ++pages) {
        const auto page = sync_wait(query.page_before(from, size));
        std::string items;
        for (const auto& row : page.items) items += text(row) + " ";
        backward.insert(0, items);
        from = page.prev;
        if (!page.has_prev) break;
      }
      EXPECT_EQ(backward, expected) << size;
    }
  }
};
TUPELO_CONFORMANCE_SUITE(keyset_beside);

constexpr auto title = col<&Book::title>;
constexpr auto pages = col<&Book::pages>;
constexpr auto book = col<&Book::id>;

TEST_P(keyset_beside, columns_of_joined_tables) {
  const auto reviewed = db.query<Book>().join<Review>(col<&Review::book_id> == book);
  expect_in_pages(reviewed.select<std::pair<std::string, int>>(title, col<&Review::stars>)
                      .order_by(col<&Review::stars>.desc(), book, col<&Review::id>),
                  [](const auto& row) { return row.first + std::to_string(row.second); });
  auto written = db.query<Book>().left_join<Author>(col<&Author::id> == col<&Book::author_id>);
  expect_in_pages(written.order_by(col<&Author::name>.desc(), title), [](const Book& each) { return each.title; });
  expect_in_pages(written.order_by(col<&Author::name>, pages, title), [](const Book& each) { return each.title; });
}
TEST_P(keyset_beside, columns_of_aliases) {
  const auto other = alias<Book>("other");
  expect_in_pages(db.query<Book>()
                      .join(other, other(&Book::pages) < pages)
                      .order_by(other(&Book::title), title, other(&Book::id))
                      .select(title, other(&Book::title)),
                  [](const auto& row) { return std::get<0>(row) + std::get<1>(row); });
}
TEST_P(keyset_beside, single_values) {
  expect_in_pages(db.query<Book>().order_by(pages.desc(), book.desc()).select(title),
                  [](const std::string& each) { return each; });
  expect_in_pages(db.query<Book>().order_by(pages, book).select(pages > 100),
                  [](bool each) { return std::string(each ? "thick" : "thin"); });
}
TEST_P(keyset_beside, partial_objects) {
  expect_in_pages(db.query<Book>().only(title).order_by(pages, title.desc()),
                  [](const partial<Book>& each) { return each[title]; });
}
TEST_P(keyset_beside, objects_with_counts_and_relations) {
  expect_in_pages(db.query<Author>()
                      .with(&Author::books)
                      .with_count(&Author::books)
                      .order_by(count_of(&Author::books).desc(), col<&Author::id>),
                  [](const auto& row) {
                    return std::get<0>(row).name + std::to_string(std::get<0>(row).books.size()) +
                           std::to_string(std::get<1>(row));
                  });
}
TEST_P(keyset_beside, groups) {
  expect_in_pages(db.query<Book>()
                      .group_by(pages)
                      .select<std::pair<int, std::int64_t>>(pages, count())
                      .order_by(count().desc(), pages),
                  [](const auto& row) { return std::to_string(row.first) + ":" + std::to_string(row.second); });
}
TEST_P(keyset_beside, groups_by_terms_with_values) {
  const auto text = [](const auto& row) { return std::to_string(row.first) + ":" + std::to_string(row.second); };
  const auto grouped = db.query<Book>().group_by(pages + 1).select<std::pair<int, std::int64_t>>(pages + 1, count());
  auto by_term = grouped;
  expect_in_pages(by_term.order_by((pages + 1).desc()), text);
  auto by_count = grouped;
  expect_in_pages(by_count.order_by(count().desc(), pages + 1), text);
}
TEST_P(keyset_beside, a_query_that_is_joined_has_no_key) {
  const auto thick = derived("thick", query<Book>().where(pages > 100).select(book));
  EXPECT_THROW(sync_wait(db.query<Book>().join(thick, thick.value() == book).page_after(cursor(), 2)), query_error);
}
TEST_P(keyset_beside, an_order_by_a_window_function_is_refused_from_the_first_page_on) {
  const auto ranked = db.query<Book>().order_by(row_number().over(order_by(pages)), book);
  const auto refused = failure_of<query_error>([&] { sync_wait(ranked.page_after(cursor(), 100)); });
  EXPECT_NE(std::string(refused.what()).find("window function"), std::string::npos) << refused.what();
  EXPECT_THROW(sync_wait(ranked.chunk(100, [](const auto&) {})), query_error);
}

}  // namespace
}  // namespace tupelo::conformance
