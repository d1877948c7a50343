// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

#include <tupelo/repository.hpp>
#include <tupelo/query/functions.hpp>

#include <algorithm>

namespace tupelo::conformance::library {
namespace {

/// What sessions report that read one by one what could be read at once.
class repeated_reads : public library_test {
protected:
  struct report {
    std::string statement, before, relation, file, file_before;
    std::uint32_t times, line, line_before;
  };
  struct listener_of_reports final : statement_observer {
    void read_repeated(const repeated_read_event& event) noexcept override {
      heard.push_back({std::string(event.statement), std::string(event.read_before), std::string(event.relation),
                       std::string(event.file), std::string(event.file_before), event.times, event.line,
                       event.line_before});
    }
    std::vector<report> heard;
  };
  repeated_reads() : watched(url(), {.run = GetParam().run, .detect_n_plus_one = 2}) { watched.observe(reports); }
  static bool mentions(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

  listener_of_reports reports;
  database watched;
  Author watched_author{.id = ada};
};
TUPELO_CONFORMANCE_SUITE(repeated_reads);

TEST_P(repeated_reads, by_key_are_reported_with_the_relation_to_load) {
  TUPELO_NEEDS(trait::several_connections);
  run([&]() -> task<void> {
    auto s = watched.session();
    const auto found = co_await s.query<Book>().where(col<&Book::title> != "E").order_by(col<&Book::title>).all();
    for (const Book& book : found) co_await s.query<Author>().where(col<&Author::id> == *book.author_id).one();
  });
  ASSERT_EQ(reports.heard.size(), 1U) << "once, though it goes on";
  const report& told = reports.heard[0];
  EXPECT_EQ(told.times, 3U);
  EXPECT_TRUE(mentions(told.relation, "Book::author")) << told.relation;
  EXPECT_TRUE(mentions(told.statement, "\"authors\"")) << told.statement;
  EXPECT_TRUE(mentions(told.before, "\"books\"")) << told.before;
  EXPECT_TRUE(mentions(told.file, "n_plus_one_test")) << told.file;
}
TEST_P(repeated_reads, by_foreign_key_are_reported) {
  TUPELO_NEEDS(trait::several_connections);
  run([&]() -> task<void> {
    auto s = watched.session();
    for (const Author& author : co_await s.query<Author>().all()) {
      co_await s.query<Book>().where(col<&Book::author_id> == author.id).all();
    }
  });
  ASSERT_EQ(reports.heard.size(), 1U);
  EXPECT_TRUE(mentions(reports.heard[0].relation, "Author::books")) << reports.heard[0].relation;
}
TEST_P(repeated_reads, name_no_relation_of_a_model_that_nobody_has_read) {
  TUPELO_NEEDS(trait::several_connections);
  run([&]() -> task<void> {
    auto s = watched.session();
    for (const Author& author : co_await s.query<Author>().all()) co_await s.find<Author>(author.id);
  });
  ASSERT_EQ(reports.heard.size(), 1U);
  EXPECT_EQ(reports.heard[0].relation, "");
}
TEST_P(repeated_reads, of_tracked_objects_are_reported) {
  TUPELO_NEEDS(trait::several_connections);
  run([&]() -> task<void> {
    auto s = watched.session();
    for (const std::int64_t id : {a, b, c, d}) co_await s.get<Book>(id);
  });
  EXPECT_EQ(reports.heard.size(), 1U);
}
TEST_P(repeated_reads, name_the_call_that_repeats_and_the_one_whose_rows_are_gone_through) {
  TUPELO_NEEDS(trait::several_connections);
  std::uint32_t made = 0, read = 0, repeated = 0;
  run([&]() -> task<void> {
    auto s = watched.session();
    made = __LINE__ - 1;
    auto found = co_await s.query<Author>().all();
    read = __LINE__ - 1;
    for (const Author& author : found) {
      co_await s.query<Book>().where(col<&Book::author_id> == author.id).first();
      repeated = __LINE__ - 1;
    }
  });
  ASSERT_EQ(reports.heard.size(), 1U);
  EXPECT_EQ(reports.heard[0].line, repeated);
  EXPECT_EQ(reports.heard[0].line_before, read);
  EXPECT_TRUE(mentions(reports.heard[0].file, "n_plus_one_test"));
  EXPECT_TRUE(mentions(reports.heard[0].file_before, "n_plus_one_test"));
  run([&]() -> task<void> {
    auto s = watched.session();
    made = __LINE__ - 1;
    for (int i = 0; i < 4; ++i) co_await s.find<Label>(std::int64_t{-1});
    repeated = __LINE__ - 1;
  });
  ASSERT_EQ(reports.heard.size(), 2U);
  EXPECT_EQ(reports.heard[1].line, repeated);
  EXPECT_EQ(reports.heard[1].line_before, made) << "no rows were read";
}
TEST_P(repeated_reads, are_counted_for_each_call_by_itself) {
  TUPELO_NEEDS(trait::several_connections);
  run([&]() -> task<void> {
    auto s = watched.session();
    for (int i = 0; i < 2; ++i) co_await s.query<Book>().where(col<&Book::id> == a).all();
    for (int i = 0; i < 2; ++i) co_await s.query<Book>().where(col<&Book::id> == b).all();
    for (int i = 0; i < 2; ++i) co_await s.load(watched_author, &Author::books);
    for (int i = 0; i < 2; ++i) co_await s.load(watched_author, &Author::books);
  });
  EXPECT_TRUE(reports.heard.empty());
}
TEST_P(repeated_reads, by_a_repository_are_those_of_who_calls_it) {
  TUPELO_NEEDS(trait::several_connections);
  std::uint32_t line = 0;
  run([&]() -> task<void> {
    auto s = watched.session();
    const repository<Label> labels(s);
    for (int i = 0; i < 3; ++i) co_await labels.find(std::int64_t{-1});
    line = __LINE__ - 1;
  });
  ASSERT_EQ(reports.heard.size(), 1U);
  EXPECT_EQ(reports.heard[0].line, line);
}
TEST_P(repeated_reads, of_many_by_a_repository_are_those_of_who_calls_it) {
  TUPELO_NEEDS(trait::several_connections);
  std::uint32_t first = 0;
  run([&]() -> task<void> {
    auto s = watched.session();
    const repository<Label> labels(s);
    const auto missing = [](std::int64_t key) { return col<&Label::id> == -1 - key; };
    first = __LINE__ + 1;
    for (int i = 0; i < 3; ++i) co_await labels.count(missing(i));
    for (int i = 0; i < 3; ++i) co_await labels.exists(missing(i));
    for (int i = 0; i < 3; ++i) co_await labels.get_multi(0, 10, missing(i));
    for (int i = 0; i < 3; ++i) co_await labels.page(1, 10, missing(i));
  });
  // A page is counted and read.
  ASSERT_GE(reports.heard.size(), 4U);
  for (std::uint32_t i = 0; i < reports.heard.size(); ++i) EXPECT_EQ(reports.heard[i].line, first + std::min(i, 3U));
}
TEST_P(repeated_reads, by_a_repository_from_several_places_are_none) {
  TUPELO_NEEDS(trait::several_connections);
  run([&]() -> task<void> {
    auto s = watched.session();
    const repository<Label> labels(s);
    co_await labels.count(col<&Label::id> == -1);
    co_await labels.count(col<&Label::id> == -2);
    co_await labels.count(col<&Label::id> == -3);
    co_await labels.count(col<&Label::id> == -4);
  });
  EXPECT_TRUE(reports.heard.empty());
}
TEST_P(repeated_reads, are_watched_as_the_program_was_built) {
  TUPELO_NEEDS(trait::several_connections);
  listener_of_reports heard;
  database debug(url(), {}, detail::build_kind::debug), release(url(), {}, detail::build_kind::release);
  debug.observe(heard);
  release.observe(heard);
  EXPECT_EQ(debug.reads_repeated_at_most(), 10U);
  EXPECT_EQ(release.reads_repeated_at_most(), 0U);
  database said(url(), {.detect_n_plus_one = 4}, detail::build_kind::release);
  said.observe(heard);
  EXPECT_EQ(said.reads_repeated_at_most(), 4U);
}
TEST_P(repeated_reads, that_load_the_relation_of_one_object_each_are_reported) {
  TUPELO_NEEDS(trait::several_connections);
  run([&]() -> task<void> {
    auto s = watched.session();
    auto found = co_await s.query<Author>().all();
    for (Author& author : found) co_await s.load(author, &Author::books);
  });
  ASSERT_EQ(reports.heard.size(), 1U);
  EXPECT_EQ(reports.heard[0].relation, "Author::books");
}
TEST_P(repeated_reads, are_none_where_relations_are_loaded_at_once) {
  TUPELO_NEEDS(trait::several_connections);
  run([&]() -> task<void> {
    auto s = watched.session();
    for (int i = 0; i < 5; ++i) {
      auto found = co_await s.query<Author>().with(&Author::books).all();
      co_await s.load(found, &Author::passport);
      co_await s.query<Book>().where(col<&Book::pages> > i).all();
    }
  });
  EXPECT_TRUE(reports.heard.empty());
}
TEST_P(repeated_reads, are_counted_anew_after_a_commit) {
  TUPELO_NEEDS(trait::several_connections);
  run([&]() -> task<void> {
    auto s = watched.session();
    for (const std::int64_t id : {a, b, c, d}) {
      co_await s.get<Book>(id);
      co_await s.commit();
    }
  });
  EXPECT_TRUE(reports.heard.empty());
}
TEST_P(repeated_reads, are_not_watched_where_detection_is_off) {
  TUPELO_NEEDS(trait::several_connections);
  database off(url(), {.run = GetParam().run, .detect_n_plus_one = 0});
  listener_of_reports none;
  off.observe(none);
  run([&]() -> task<void> {
    auto s = off.session();
    for (int i = 0; i < 20; ++i) co_await s.query<Book>().where(col<&Book::id> == a).all();
  });
  EXPECT_TRUE(none.heard.empty());
}
TEST_P(repeated_reads, are_limited_by_the_url_too) {
  TUPELO_NEEDS(trait::several_connections);
  const std::string by_url = url() + (url().find('?') == std::string::npos ? "?" : "&") + "detect_n_plus_one=3";
  database by_text(by_url, {.run = GetParam().run});
  EXPECT_EQ(by_text.reads_repeated_at_most(), 3U);
}
TEST_P(repeated_reads, are_a_line_to_stderr_where_nobody_observes) {
  TUPELO_NEEDS(trait::several_connections);
  database silent(url(), {.run = GetParam().run, .detect_n_plus_one = 2});
  std::uint32_t read = 0, repeated = 0;
  ::testing::internal::CaptureStderr();
  run([&]() -> task<void> {
    for (int turn = 0; turn < 2; ++turn) {
      auto s = silent.session();
      auto found = co_await s.query<Author>().all();
      read = __LINE__ - 1;
      for (int i = 0; i < 4; ++i) {
        co_await s.query<Book>().where(col<&Book::author_id> == found[0].id && col<&Book::title> != "secret").all();
        repeated = __LINE__ - 1;
      }
    }
  });
  const std::string told = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 1) << "once for each place: " << told;
  EXPECT_TRUE(mentions(told, "n_plus_one_test.cpp:" + std::to_string(repeated))) << told;
  EXPECT_TRUE(mentions(told, ".with(&Author::books) at ")) << told;
  EXPECT_TRUE(mentions(told, "n_plus_one_test.cpp:" + std::to_string(read))) << told;
  EXPECT_FALSE(mentions(told, "secret")) << told;
}
TEST_P(repeated_reads, are_no_line_where_somebody_observes) {
  TUPELO_NEEDS(trait::several_connections);
  ::testing::internal::CaptureStderr();
  run([&]() -> task<void> {
    auto s = watched.session();
    for (int i = 0; i < 4; ++i) co_await s.find<Book>(a + i);
  });
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}
TEST_P(repeated_reads, whose_row_is_unknown_are_a_line_without_a_relation) {
  TUPELO_NEEDS(trait::several_connections);
  database silent(url(), {.run = GetParam().run, .detect_n_plus_one = 1});
  ::testing::internal::CaptureStderr();
  run([&]() -> task<void> {
    auto s = silent.session();
    for (int i = 0; i < 2; ++i) co_await s.query<Book>().where(col<&Book::title> == "E").all();
  });
  const std::string told = ::testing::internal::GetCapturedStderr();
  EXPECT_TRUE(mentions(told, "load what it reads at once\n")) << told;
}

// ---- conditions that name a key among others

TEST_P(repeated_reads, by_a_key_beside_other_conditions_are_reported) {
  TUPELO_NEEDS(trait::several_connections);
  const auto by = col<&Book::author_id>;
  const auto pages = col<&Book::pages>;
  const auto told_of = [&](auto narrow) {
    reports.heard.clear();
    run([&]() -> task<void> {
      auto s = watched.session();
      for (int i = 0; i < 3; ++i) {
        auto q = s.query<Book>();
        narrow(q);
        co_await std::move(q).all();
      }
    });
    return reports.heard.size() == 1U ? reports.heard[0].relation : std::to_string(reports.heard.size());
  };
  EXPECT_EQ(told_of([&](auto& q) { q.where(by == ada && pages > 3); }), "Author::books");
  EXPECT_EQ(told_of([&](auto& q) { q.where(pages == 3 && by == ada); }), "Author::books");
  EXPECT_EQ(told_of([&](auto& q) { q.where(pages == 3 && (pages < 9 && by == ada)); }), "Author::books");
  EXPECT_EQ(told_of([&](auto& q) { q.where(pages == 3).where(by == ada); }), "Author::books");
  EXPECT_EQ(told_of([&](auto& q) { q.where(by.in(ada)); }), "Author::books");
  EXPECT_EQ(told_of([&](auto& q) { q.where(by == ada && (pages < 3 || !(pages == 9))); }), "Author::books");
  EXPECT_EQ(told_of([&](auto& q) { q.where(by == ada && lower(col<&Book::title>) == "e"); }), "Author::books");
  EXPECT_EQ(told_of([&](auto& q) { q.where(by == ada && tupelo::has(&Book::reviews)); }), "Author::books");
}
TEST_P(repeated_reads, by_a_key_of_an_alias_are_reported) {
  TUPELO_NEEDS(trait::several_connections);
  const auto tome = alias<Book>("tome");
  run([&]() -> task<void> {
    auto s = watched.session();
    for (int i = 0; i < 3; ++i)
      co_await s.query(tome).where(tome(&Book::author_id) == ada && tome(&Book::pages) > 1).all();
  });
  ASSERT_EQ(reports.heard.size(), 1U);
  EXPECT_EQ(reports.heard[0].relation, "Author::books");
}
TEST_P(repeated_reads, are_none_where_no_key_must_be_met) {
  TUPELO_NEEDS(trait::several_connections);
  const auto by = col<&Book::author_id>;
  const auto pages = col<&Book::pages>;
  run([&]() -> task<void> {
    auto s = watched.session();
    for (int i = 0; i < 4; ++i) {
      co_await s.query<Book>().where(by == ada || pages > 3).all();
      co_await s.query<Book>().where(!(by == ada) && pages > 3).all();
      co_await s.query<Book>().where(pages == 3 && col<&Book::title> == "E").all();
      co_await s.query<Book>().where(by.in(ada, bob)).all();
      co_await s.query<Book>().where(by > ada && pages == 3).all();
    }
  });
  EXPECT_EQ(reports.heard.size(), 0U);
}

}  // namespace
}  // namespace tupelo::conformance::library
