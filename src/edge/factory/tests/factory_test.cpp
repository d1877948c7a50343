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

struct Label {
  std::int64_t id{};
  std::string word{};
};
struct Letter {
  std::int64_t id{};
  std::int64_t writer_id{};
  std::optional<std::int64_t> reader_id{};
  many_to_many<Label> labels{};
  static void model(tupelo::model<Letter>& m) {
    m.many_to_many(&Letter::labels, "letter_labels", "letter_id", "label_id");
  }
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
                         "articles (id), text TEXT NOT NULL);"
                         "CREATE TABLE labels (id INTEGER PRIMARY KEY, word TEXT NOT NULL);"
                         "CREATE TABLE letters (id INTEGER PRIMARY KEY, writer_id INTEGER NOT NULL REFERENCES writers "
                         "(id), reader_id INTEGER REFERENCES writers (id));"
                         "CREATE TABLE letter_labels (letter_id INTEGER NOT NULL REFERENCES letters (id), label_id "
                         "INTEGER NOT NULL REFERENCES labels (id), PRIMARY KEY (letter_id, label_id))"));
  }

  database db{"sqlite::memory:?inline=on"};
  factory<Writer> writers{[](fake& f, Writer& w) {
    w.name = f.name();
    w.mail = f.email();
  }};
  factory<Article> articles{[](fake& f, Article& a) { a.title = f.title(); }};
  factory<Remark> remarks{[](fake& f, Remark& r) { r.text = f.sentence(); }};
  factory<Label> labels{[](fake& f, Label& l) { l.word = f.word(); }};
  factory<Letter> bare_letters{[](fake&, Letter&) {}};
  factory<Letter> letters = bare_letters.belongs_to(writers, &Letter::writer_id);
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
TEST_F(factories, a_parent_is_made_for_each_that_needs_one) {
  const auto made = sync_wait(letters.create(db, 3));
  std::set<std::int64_t> owners;
  for (const Letter& letter : made) owners.insert(letter.writer_id);
  EXPECT_EQ(owners.size(), 3U);
  EXPECT_EQ(sync_wait(db.query<Writer>().count()), 3);
  EXPECT_FALSE(made[0].reader_id.has_value()) << "nobody has asked for a reader";
}
TEST_F(factories, a_parent_is_shared_by_as_many_as_is_said) {
  sync_wait(bare_letters.belongs_to(writers, &Letter::writer_id, 4).fill(db, 10));
  EXPECT_EQ(sync_wait(db.query<Writer>().count()), 3);
}
TEST_F(factories, no_parent_is_made_where_one_is_given) {
  const Writer ada = sync_wait(writers.create(db));
  sync_wait(letters.of(ada, &Letter::writer_id).fill(db, 2));
  sync_wait(writers.has(letters, 2, &Letter::writer_id).create(db));
  EXPECT_EQ(sync_wait(db.query<Writer>().count()), 2);
}
TEST_F(factories, children_get_the_other_parents_that_they_need) {
  const auto read = letters.belongs_to(writers, &Letter::reader_id);
  sync_wait(writers.has(read, 3, &Letter::writer_id).create(db));
  EXPECT_EQ(sync_wait(db.query<Writer>().count()), 4);
  EXPECT_EQ(sync_wait(db.query<Letter>().where(col<&Letter::reader_id>.is_null()).count()), 0);
}
TEST_F(factories, parents_have_parents_of_their_own) {
  const auto noted = remarks.belongs_to(articles.belongs_to(writers, &Article::writer_id), &Remark::article_id);
  sync_wait(noted.create(db));
  EXPECT_EQ(sync_wait(db.query<Writer>().count()), 1);
}
TEST_F(factories, new_ones_are_connected_by_a_join_table) {
  const auto made = sync_wait(letters.attached(labels, 2, &Letter::labels).create(db, 3));
  EXPECT_EQ(sync_wait(db.query<Label>().count()), 6);
  for (const Letter& letter : sync_wait(db.query<Letter>().with(&Letter::labels).all())) {
    EXPECT_EQ(letter.labels.size(), 2U);
  }
  EXPECT_EQ(made.size(), 3U);
}
TEST_F(factories, some_of_those_that_are_there_are_connected_and_none_twice) {
  const auto some = sync_wait(labels.create(db, 5));
  sync_wait(letters.attached(some, {1, 9}, &Letter::labels).fill(db, 30));
  EXPECT_EQ(sync_wait(db.query<Label>().count()), 5);
  std::set<std::size_t> counts;
  for (const Letter& letter : sync_wait(db.query<Letter>().with(&Letter::labels).all())) {
    counts.insert(letter.labels.size());
  }
  EXPECT_GE(*counts.begin(), 1U);
  EXPECT_EQ(*counts.rbegin(), 5U);
}
TEST_F(factories, in_a_session_parents_and_connections_are_part_of_its_transaction) {
  auto session = db.session();
  sync_wait(session.begin());
  sync_wait(letters.attached(labels, 2, &Letter::labels).fill(session, 2));
  sync_wait(session.rollback());
  EXPECT_EQ(sync_wait(db.query<Writer>().count()), 0);
  EXPECT_EQ(sync_wait(db.query<Label>().count()), 0);
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
