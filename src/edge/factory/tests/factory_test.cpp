// SPDX-License-Identifier: Apache-2.0
#include <tupelo/factory.hpp>
#include <tupelo/tupelo.hpp>
#include <tupelo/core/sync_wait.hpp>

#include <gtest/gtest.h>

#include <set>

namespace tupelo {
namespace {

struct Writer {
  std::int64_t id{};
  std::string name{}, mail{};
  bool admin{};
};
struct Article {
  std::int64_t id{};
  std::int64_t writer_id{};
  std::optional<std::int64_t> editor_id{};
  std::string title{};
};
struct Remark {
  std::int64_t id{};
  std::int64_t article_id{};
  std::string text{};
};

class factories : public testing::Test {
protected:
  factories() {
    sync_wait(db.execute("CREATE TABLE writers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT NOT NULL UNIQUE, "
                         "admin INTEGER NOT NULL);"
                         "CREATE TABLE articles (id INTEGER PRIMARY KEY, writer_id INTEGER NOT NULL REFERENCES writers "
                         "(id), editor_id INTEGER, "
                         "title TEXT NOT NULL);"
                         "CREATE TABLE remarks (id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES "
                         "articles (id), text TEXT NOT NULL)"));
  }

  database db{"sqlite::memory:?inline=on"};
  factory<Writer> writers{[](fake& f, Writer& w) {
    w.name = f.name();
    w.mail = f.email();
  }};
  factory<Article> articles{[](fake& f, Article& a) { a.title = f.title(); }};
  factory<Remark> remarks{[](fake& f, Remark& r) { r.text = f.sentence(); }};
};

TEST_F(factories, make_objects_without_a_database) {
  const Writer one = writers.make();
  EXPECT_FALSE(one.name.empty());
  EXPECT_EQ(one.id, 0);
  EXPECT_EQ(writers.make(3).size(), 3U);
}
TEST_F(factories, the_same_recipe_makes_the_same_objects) {
  const factory<Article> other([](fake& f, Article& a) { a.title = f.title(); });
  EXPECT_EQ(articles.make().title, other.make().title);
  EXPECT_NE(factory<Article>([](fake& f, Article& a) { a.title = f.paragraph(); }, 5).make().title,
            factory<Article>([](fake& f, Article& a) { a.title = f.paragraph(); }, 6).make().title);
}
TEST_F(factories, create_inserts_and_gives_keys) {
  const Writer one = sync_wait(writers.create(db));
  EXPECT_EQ(sync_wait(db.get<Writer>(one.id)).mail, one.mail);
}
TEST_F(factories, a_variation_changes_what_it_says_and_keeps_the_rest) {
  const auto admins = writers.with([](Writer& w) { w.admin = true; });
  EXPECT_TRUE(admins.make().admin);
  EXPECT_FALSE(admins.make().name.empty());
  EXPECT_FALSE(writers.make().admin);
}
TEST_F(factories, variations_share_what_is_unique) {
  const auto admins = writers.with([](fake& f, Writer& w) { w.admin = f.chance(100); });
  std::set<std::string> mails;
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(mails.insert(admins.make().mail).second);
    EXPECT_TRUE(mails.insert(writers.make().mail).second);
  }
}
TEST_F(factories, many_are_inserted_in_pieces_that_are_told) {
  std::vector<std::size_t> told;
  const auto all = sync_wait(writers.create(db, 2'500, [&](std::size_t done, std::size_t of) {
    told.push_back(done);
    EXPECT_EQ(of, 2'500U);
  }));
  EXPECT_EQ(all.size(), 2'500U);
  EXPECT_EQ(told, (std::vector<std::size_t>{1'000, 2'000, 2'500}));
  EXPECT_EQ(sync_wait(db.query<Writer>().count()), 2'500);
}
TEST_F(factories, fill_keeps_nothing_and_says_how_many) {
  EXPECT_EQ(sync_wait(writers.fill(db, {10, 20})), sync_wait(db.query<Writer>().count()));
}
TEST_F(factories, children_belong_to_their_parents_to_any_depth) {
  const auto with_all = writers.has(articles.has(remarks, 2, &Remark::article_id), {1, 3}, &Article::writer_id);
  const auto made = sync_wait(with_all.create(db, 10));
  const auto count = sync_wait(db.query<Article>().count());
  EXPECT_GE(count, 10);
  EXPECT_LE(count, 30);
  EXPECT_EQ(sync_wait(db.query<Remark>().count()), 2 * count);
  for (const Writer& writer : made) {
    EXPECT_TRUE(sync_wait(db.query<Article>().where(col<&Article::writer_id> == writer.id).exists()));
  }
}
TEST_F(factories, objects_belong_to_one_of_those_that_are_there) {
  const auto some = sync_wait(writers.create(db, 3));
  const Writer editor = sync_wait(writers.create(db));
  sync_wait(articles.of(some, &Article::writer_id).of(editor, &Article::editor_id).fill(db, 30));
  for (const Article& a : sync_wait(db.query<Article>().all())) {
    EXPECT_LE(a.writer_id, 3);
    EXPECT_EQ(a.editor_id, editor.id);
  }
}
TEST_F(factories, belonging_to_none_is_refused) {
  EXPECT_THROW(static_cast<void>(articles.of(std::vector<Writer>(), &Article::writer_id).make()), value_error);
}
TEST_F(factories, in_a_session_they_are_part_of_its_transaction) {
  auto session = db.session();
  sync_wait(session.begin());
  sync_wait(writers.fill(session, 5));
  sync_wait(session.rollback());
  EXPECT_EQ(sync_wait(db.query<Writer>().count()), 0);
}
TEST_F(factories, a_task_outlives_the_variation_it_came_from) {
  task<std::vector<Writer>> later = writers.with([](Writer& w) { w.admin = true; }).create(db, 2);
  for (const Writer& writer : sync_wait(std::move(later))) EXPECT_TRUE(writer.admin);
}

}  // namespace
}  // namespace tupelo
