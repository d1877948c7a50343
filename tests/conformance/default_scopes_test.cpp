// SPDX-License-Identifier: Apache-2.0
// Conditions that a model's queries have unless they say otherwise.
#include "backend.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Article;
struct Remark;

struct Writer {
  std::int64_t id{};
  std::string name{};
  has_many<Article> articles{};
  has_many<Remark> remarks{};

  static void model(tupelo::model<Writer>& m) {
    m.has_many(&Writer::articles, "writer_id");
    m.has_many(&Writer::remarks).through(&Writer::articles, "remarks");
  }
};
struct Article {
  std::int64_t id{};
  std::int64_t writer_id{};
  std::string title{};
  std::string language{};
  bool published{};
  std::optional<timestamp> deleted_at{};
  belongs_to<Writer> writer{};
  has_many<Remark> remarks{};

  static void model(tupelo::model<Article>& m) {
    m.soft_delete(&Article::deleted_at);
    m.default_scope("published", col<&Article::published> == true);
    m.default_scope("readable", col<&Article::language>.in("en", "d'oc?") || col<&Article::title>.contains("$1"));
    m.belongs_to(&Article::writer, &Article::writer_id);
    m.has_many(&Article::remarks, "article_id");
  }
};
struct Remark {
  std::int64_t id{};
  std::int64_t article_id{};
  std::string text{};
  belongs_to<Article> article{};

  static void model(tupelo::model<Remark>& m) { m.belongs_to(&Remark::article, &Remark::article_id); }
};
/// The same rows without a relation, for what reads the table again.
struct Kept {
  std::int64_t id{};
  std::string title{};
  std::optional<timestamp> deleted_at{};

  static void model(tupelo::model<Kept>& m) { m.table("articles"); }
};

constexpr auto title = col<&Article::title>;
using names = std::vector<std::string>;

/// ada: seen, draft (not published), foreign (not readable), gone (soft-deleted); bob: none but a draft of his own
class default_scopes : public conformance_test {
protected:
  default_scopes() {
    create<Writer, Article, Remark>();
    std::vector<Writer> writers{{.name = "ada"}, {.name = "bob"}};
    sync_wait(db.insert(writers));
    ada = writers[0].id;
    bob = writers[1].id;
    articles = {{.writer_id = ada, .title = "seen", .language = "en", .published = true},
                {.writer_id = ada, .title = "draft", .language = "d'oc?"},
                {.writer_id = ada, .title = "foreign", .language = "fr", .published = true},
                {.writer_id = ada, .title = "gone", .language = "en", .published = true},
                {.writer_id = bob, .title = "notes", .language = "en"}};
    sync_wait(db.insert(articles));
    sync_wait(db.erase(articles[3]));
    std::vector<Remark> remarks;
    for (const Article& article : articles) remarks.push_back({.article_id = article.id, .text = article.title});
    sync_wait(db.insert(remarks));
  }

  auto in_order() { return db.query<Article>().order_by(title); }
  template <class Query>
  static names titles(const Query& query) {
    return sync_wait(query.pluck(title));
  }
  names kept(bool deleted) {
    const auto mark = col<&Kept::deleted_at>;
    return sync_wait(db.query<Kept>()
                         .where(deleted ? mark.is_not_null() : mark.is_null())
                         .order_by(col<&Kept::title>)
                         .pluck(col<&Kept::title>));
  }

  std::int64_t ada = 0, bob = 0;
  std::vector<Article> articles;
};
TUPELO_CONFORMANCE_SUITE(default_scopes);

TEST_P(default_scopes, are_conditions_of_every_query) {
  EXPECT_EQ(titles(in_order()), names{"seen"});
  EXPECT_EQ(sync_wait(in_order().count()), 1);
  EXPECT_FALSE(sync_wait(in_order().where(title == "draft").exists()));
}
TEST_P(default_scopes, are_left_out_by_name) {
  EXPECT_EQ(titles(in_order().without_scope("published")), (names{"draft", "notes", "seen"}));
  EXPECT_EQ(titles(in_order().without_scope("readable")), (names{"foreign", "seen"}));
  EXPECT_EQ(titles(in_order().without_scope("readable").without_scope("published")),
            (names{"draft", "foreign", "notes", "seen"}));
}
TEST_P(default_scopes, are_left_out_all_at_once_and_soft_deleted_rows_stay_out) {
  EXPECT_EQ(titles(in_order().without_scopes()), (names{"draft", "foreign", "notes", "seen"}));
  EXPECT_EQ(titles(in_order().without_scopes().with_deleted()), (names{"draft", "foreign", "gone", "notes", "seen"}));
  EXPECT_EQ(titles(in_order().with_deleted()), (names{"gone", "seen"}));
}
TEST_P(default_scopes, of_another_name_are_refused) {
  const auto failure = failure_of<query_error>([&] { titles(in_order().without_scope("publisht")); });
  EXPECT_NE(std::string(failure.what())
                .find("without_scope(\"publisht\"): Article has no default scope of this name, "
                      "but \"published\", \"readable\""),
            std::string::npos)
      << failure.what();
  EXPECT_THROW(sync_wait(db.query<Writer>().without_scope("published").all()), query_error);
  EXPECT_THROW(sync_wait(db.erase<Article>().without_scope("publisht").all_rows().run()), query_error);
}
TEST_P(default_scopes, do_not_hide_a_row_from_its_key) {
  EXPECT_EQ(sync_wait(db.get<Article>(articles[1].id)).title, "draft");
  session s = db.session();
  EXPECT_EQ(sync_wait(s.get<Article>(articles[2].id))->title, "foreign");
  ref<Article> draft = sync_wait(s.get<Article>(articles[1].id));
  draft->title = "second draft";
  sync_wait(s.commit());
  sync_wait(s.refresh(draft));
  EXPECT_EQ(draft->title, "second draft");
  articles[4].title = "new notes";
  sync_wait(db.update(articles[4]));
  EXPECT_EQ(sync_wait(db.get<Article>(articles[4].id)).title, "new notes");
}

// ---- other tables

TEST_P(default_scopes, hold_for_joined_tables) {
  const auto on = col<&Article::writer_id> == col<&Writer::id>;
  const auto name = col<&Writer::name>;
  using rows = std::vector<std::tuple<std::string, std::optional<std::string>>>;
  const auto joined = sync_wait(db.query<Writer>().join<Article>(on).select(name, title).all());
  EXPECT_EQ(joined, (std::vector<std::tuple<std::string, std::string>>{{"ada", "seen"}}));
  const auto left = db.query<Writer>().order_by(name).left_join<Article>(on);
  const auto of = [&](const auto& query) {
    return sync_wait(query.template select<std::tuple<std::string, std::optional<std::string>>>(name, title).all());
  };
  EXPECT_EQ(of(left), (rows{{"ada", "seen"}, {"bob", std::nullopt}}));
  auto with_drafts = left;
  with_drafts.without_scope("published").order_by(title);
  EXPECT_EQ(of(with_drafts), (rows{{"ada", "draft"}, {"ada", "seen"}, {"bob", "notes"}}));
}
TEST_P(default_scopes, hold_for_outer_joined_tables) {
  const auto on = col<&Article::writer_id> == col<&Writer::id>;
  using row = std::tuple<std::optional<std::string>, std::optional<std::string>>;
  const auto right = sync_wait(db.query<Writer>().right_join<Article>(on).select<row>(col<&Writer::name>, title).all());
  EXPECT_EQ(right, (std::vector<row>{{"ada", "seen"}}));
  const auto from_articles = sync_wait(db.query<Article>()
                                           .right_join<Writer>(on)
                                           .order_by(col<&Writer::name>)
                                           .select<row>(col<&Writer::name>, title)
                                           .all());
  EXPECT_EQ(from_articles, (std::vector<row>{{"ada", "seen"}, {"bob", std::nullopt}}));
}
TEST_P(default_scopes, hold_under_another_name) {
  const auto other = alias<Article>("other");
  EXPECT_EQ(sync_wait(db.query(other).count()), 1);
  const auto pairs = sync_wait(db.query<Article>()
                                   .join(other, other(&Article::writer_id) == col<&Article::writer_id>)
                                   .without_scope("published")
                                   .order_by(title, other(&Article::title))
                                   .select(title, other(&Article::title))
                                   .all());
  using rows = std::vector<std::tuple<std::string, std::string>>;
  EXPECT_EQ(pairs,
            (rows{{"draft", "draft"}, {"draft", "seen"}, {"notes", "notes"}, {"seen", "draft"}, {"seen", "seen"}}));
}
TEST_P(default_scopes, are_each_querys_own) {
  const auto drafts = query<Article>().without_scope("published").select<std::int64_t>(col<&Article::writer_id>);
  EXPECT_EQ(sync_wait(db.query<Writer>().where(col<&Writer::id>.in(drafts)).count()), 2);
  EXPECT_EQ(titles(in_order().where(col<&Article::writer_id>.in(drafts))), names{"seen"});
  EXPECT_EQ(sync_wait(db.query<Article>().without_scope("readable").union_(db.query<Article>()).count()), 2);
}

// ---- relations

TEST_P(default_scopes, hold_for_related_rows) {
  const auto of = [](const std::vector<Writer>& writers) {
    names found;
    for (const Writer& writer : writers) {
      for (const Article& article : writer.articles) found.push_back(article.title);
    }
    return found;
  };
  EXPECT_EQ(of(sync_wait(db.query<Writer>().with(&Writer::articles).all())), names{"seen"});
  const auto drafts = [](auto& q) { q.without_scope("published").order_by(title); };
  EXPECT_EQ(of(sync_wait(db.query<Writer>().order_by(col<&Writer::name>).with(&Writer::articles, drafts).all())),
            (names{"draft", "seen", "notes"}));
  const auto remarks = [&] { return db.query<Remark>().order_by(col<&Remark::id>); };
  for (const auto& found :
       {sync_wait(remarks().with(&Remark::article).all()), sync_wait(remarks().with(joined(&Remark::article)).all())}) {
    ASSERT_EQ(found.size(), 5U);
    EXPECT_EQ(found[0].article->title, "seen");
    for (std::size_t i = 1; i != 5; ++i) EXPECT_EQ(found[i].article.get(), nullptr) << i;
  }
}
TEST_P(default_scopes, hold_for_what_is_asked_of_related_rows) {
  const auto drafts = [](auto& q) { q.without_scope("published"); };
  EXPECT_EQ(sync_wait(db.query<Writer>().where_has(&Writer::articles).pluck(col<&Writer::name>)), names{"ada"});
  EXPECT_EQ(sync_wait(db.query<Writer>().where_has(&Writer::articles, drafts).count()), 2);
  EXPECT_EQ(sync_wait(db.query<Writer>()
                          .order_by(col<&Writer::name>)
                          .select(count_of(&Writer::articles), count_of(&Writer::articles, drafts))
                          .all()),
            (std::vector<std::tuple<std::int64_t, std::int64_t>>{{1, 2}, {0, 1}}));
}
TEST_P(default_scopes, hold_for_the_rows_between) {
  const auto writers = sync_wait(db.query<Writer>().order_by(col<&Writer::name>).with(&Writer::remarks).all());
  ASSERT_EQ(writers[0].remarks.size(), 1U);
  EXPECT_EQ(writers[0].remarks[0].text, "seen");
  EXPECT_EQ(writers[1].remarks.size(), 0U);
  EXPECT_EQ(sync_wait(db.query<Writer>().where_has(&Writer::remarks).count()), 1);
}

// ---- writing

TEST_P(default_scopes, hold_for_updates_and_erases_by_a_condition) {
  EXPECT_EQ(sync_wait(db.update<Article>().set(title, "read").where(col<&Article::writer_id> == ada).run()), 1);
  EXPECT_EQ(kept(false), (names{"draft", "foreign", "notes", "read"}));
  EXPECT_EQ(sync_wait(db.erase<Article>().without_scope("published").where(title == "draft").run()), 1);
  EXPECT_EQ(kept(true), (names{"draft", "gone"}));
  sync_wait(db.erase<Remark>().all_rows().run());
  EXPECT_EQ(sync_wait(db.erase<Article>().permanently().all_rows().run()), 2);
  EXPECT_EQ(sync_wait(db.erase<Article>().permanently().without_scopes().all_rows().run()), 3);
}
TEST_P(default_scopes, stay_where_an_update_is_of_marked_rows_too) {
  const auto update = [this] {
    return db.update<Article>().set(title, "changed").where(col<&Article::writer_id> == ada);
  };
  EXPECT_EQ(sync_wait(update().without_scopes().where(title == "gone").run()), 0);
  EXPECT_EQ(sync_wait(update().with_deleted().run()), 2) << "seen and gone";
  EXPECT_EQ(kept(true), names{"changed"}) << "which is marked as before";
  EXPECT_EQ(kept(false), (names{"changed", "draft", "foreign", "notes"}));
  auto all = update();
  all.with_deleted().without_scopes();
  EXPECT_EQ(sync_wait(all.returning(col<&Article::id>)).size(), 4U);
  EXPECT_THROW(sync_wait(db.update<Article>().set(title, "x").with_deleted().run()), query_error);
}
TEST_P(default_scopes, are_no_condition_for_all_rows) {
  EXPECT_THROW(sync_wait(db.erase<Article>().without_scope("published").run()), query_error);
  EXPECT_THROW(sync_wait(db.update<Article>().set(title, "x").run()), query_error);
}
TEST_P(default_scopes, hold_for_the_tables_that_a_write_reads) {
  const auto rename = [&] {
    return db.update<Remark>()
        .join<Article>(col<&Remark::article_id> == col<&Article::id>)
        .set(col<&Remark::text>, title);
  };
  sync_wait(db.update<Remark>().set(col<&Remark::text>, "").all_rows().run());
  EXPECT_EQ(sync_wait(rename().where(col<&Remark::text> == "").run()), 1);
  EXPECT_EQ(sync_wait(rename().without_scopes().where(col<&Remark::text> == "").run()), 3);
}

// ---- what belongs to a marked row

struct Sheet;
struct Folder {
  std::int64_t id{};
  std::optional<timestamp> deleted_at{};
  has_many<Sheet> sheets{};

  static void model(tupelo::model<Folder>& m) {
    m.soft_delete(&Folder::deleted_at);
    m.has_many(&Folder::sheets, "folder_id");
  }
};
struct Sheet {
  std::int64_t id{};
  std::int64_t folder_id{};
  bool open{};
  std::optional<timestamp> deleted_at{};
  belongs_to<Folder> folder{};

  static void model(tupelo::model<Sheet>& m) {
    m.soft_delete(&Sheet::deleted_at);
    m.default_scope("open", col<&Sheet::open> == true);
    m.belongs_to(&Sheet::folder, &Sheet::folder_id).on_delete(cascade);
  }
};
TEST_P(default_scopes, do_not_keep_rows_from_being_marked_with_what_they_belong_to) {
  create<Folder, Sheet>();
  Folder folder;
  sync_wait(db.insert(folder));
  std::vector<Sheet> sheets{{.folder_id = folder.id, .open = true}, {.folder_id = folder.id}};
  sync_wait(db.insert(sheets));
  session s = db.session();
  ref<Folder> removed = sync_wait(s.get<Folder>(folder.id));
  s.remove(removed);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Sheet>().without_scopes().count()), 0);
  EXPECT_EQ(sync_wait(db.query<Sheet>().without_scopes().with_deleted().count()), 2);
}

}  // namespace
}  // namespace tupelo::conformance
