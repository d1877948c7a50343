// SPDX-License-Identifier: Apache-2.0
#include "example_place.hpp"

#include <gtest/gtest.h>

#include <cstdio>

namespace tp = tupelo;

namespace {

struct Article;
struct ArticleTag;
struct Comment;
struct Profile;
struct Tag;

struct Author {
  std::int64_t id{};
  std::string name;
  tp::has_many<Article> articles;
  tp::has_one<Profile> profile;

  static void model(tp::model<Author>& m) {
    m.has_many(&Author::articles, "author_id");  // the other model's column that names this one's key
    m.has_one(&Author::profile, "author_id");
  }
};

struct Article {
  std::int64_t id{};
  std::optional<std::int64_t> author_id;  // NULL: of nobody
  std::string title;
  int views{};
  tp::belongs_to<Author> author;
  tp::has_many<Comment> comments;
  tp::many_to_many<Tag, ArticleTag> tags;  // ArticleTag: the rows between are read too

  static void model(tp::model<Article>& m) {
    m.belongs_to(&Article::author, &Article::author_id).on_delete(tp::set_null);  // makes the foreign key too
    m.has_many(&Article::comments, "article_id");
    m.many_to_many(&Article::tags, "article_tags", "article_id", "tag_id");  // the table between, its two columns
  }
};

struct Tag {
  std::int64_t id{};
  std::string name;
  tp::many_to_many<Article> articles;

  static void model(tp::model<Tag>& m) { m.many_to_many(&Tag::articles, "article_tags", "tag_id", "article_id"); }
};

struct ArticleTag {  // a model of its own, so that migrations make the table
  std::int64_t article_id{};
  std::int64_t tag_id{};
  std::string added_by;

  static void model(tp::model<ArticleTag>& m) {
    m.primary_key(&ArticleTag::article_id, &ArticleTag::tag_id);
    m.column(&ArticleTag::added_by).default_value("");  // of connections that say nothing of it
    m.foreign_key(&ArticleTag::article_id).references<Article>().on_delete(tp::cascade);
    m.foreign_key(&ArticleTag::tag_id).references<Tag>().on_delete(tp::cascade);
  }
};

struct Category {  // a tree
  std::int64_t id{};
  std::optional<std::int64_t> parent_id;
  std::string name;
  tp::belongs_to<Category> parent;
  tp::has_many<Category> children;

  static void model(tp::model<Category>& m) {
    m.belongs_to(&Category::parent, &Category::parent_id);
    m.has_many(&Category::children, "parent_id");
  }
};

struct Comment {
  std::int64_t id{};
  std::int64_t article_id{};
  std::string text;
  int likes{};
};

struct Profile {
  std::int64_t id{};
  std::int64_t author_id{};
  std::string website;
};

void fill(tp::database& db) {
  tp::sync_wait(tp::create_tables<Author, Article, Tag, ArticleTag, Category, Comment, Profile>(db));
  std::vector<Author> authors{Author{.name = "ada"}, Author{.name = "bob"}};
  tp::sync_wait(db.insert(authors));
  std::vector<Article> articles;
  for (int i = 1; i <= 5; ++i) {
    articles.push_back(Article{.author_id = authors[0].id, .title = "article " + std::to_string(i), .views = 40 * i});
  }
  articles.push_back(Article{.title = "found in a drawer"});
  tp::sync_wait(db.insert(articles));
  std::vector<Comment> comments{Comment{.article_id = articles[0].id, .text = "first", .likes = 3},
                                Comment{.article_id = articles[4].id, .text = "good", .likes = 20}};
  tp::sync_wait(db.insert(comments));
  Tag cpp = tp::sync_wait(db.insert(Tag{.name = "c++"}));
  tp::sync_wait(db.insert(ArticleTag{.article_id = articles[4].id, .tag_id = cpp.id}));
  Category root = tp::sync_wait(db.insert(Category{.name = "all"}));
  tp::sync_wait(db.insert(Category{.parent_id = root.id, .name = "databases"}));
}

tp::task<void> loading(tp::database& db) {
  auto authors = co_await db.query<Author>()
                     .order_by(tp::col<&Author::name>)
                     .with(&Author::articles)  // one more query for all rows, never one per row
                     .with(&Author::profile)
                     .all();
  std::size_t written = 0;
  for (const Author& author : authors) {
    for (const Article& article : author.articles) written += !article.title.empty();
  }
  EXPECT_EQ(written, 5U);
  EXPECT_EQ(authors[0].profile.get(), nullptr);  // loaded, and there is none

  auto article = co_await db.query<Article>().with(&Article::author).with(&Article::tags).first();
  EXPECT_EQ(article->author->name, "ada");
}

tp::task<void> in_one_statement(tp::database& db) {
  auto articles = co_await db.query<Article>()
                      .order_by(tp::col<&Article::id>)
                      .with(tp::joined(&Article::author), &Author::profile)  // authors by a join, their profiles apart
                      .all();
  EXPECT_EQ(articles[0].author->name, "ada");
}

tp::task<void> by_key(tp::database& db) {
  Author ada = co_await db.get<Author>(1).with(&Author::articles, &Article::comments).with(&Author::profile);
  auto nobody = co_await db.find<Author>(99).with(&Author::articles);  // std::optional<Author>
  EXPECT_EQ(ada.articles.size(), 5U);
  EXPECT_FALSE(nobody.has_value());
}

tp::task<void> paths(tp::database& db) {
  auto deep = co_await db.query<Author>()
                  .with(&Author::articles, &Article::comments)  // the comments of the articles of the authors
                  .with(&Author::articles, &Article::tags)      // the articles are loaded once
                  .all();
  EXPECT_EQ(deep[0].articles.size(), 5U);

  auto tops = co_await db.query<Author>()
                  .with(&Author::articles,
                        [](auto& q) {  // the last argument narrows what is loaded
                          q.where(tp::col<&Article::views> >= 50)
                              .order_by(tp::col<&Article::views>.desc())
                              .limit(3)                   // three of each author
                              .with(&Article::comments);  // another way to say a path
                        })
                  .all();
  EXPECT_EQ(tops[0].articles.size(), 3U);
  EXPECT_EQ(tops[0].articles[0].comments.size(), 1U);

  auto root = co_await db.query<Category>()
                  .where(tp::col<&Category::parent_id>.is_null())
                  .with(&Category::children, &Category::children)  // two levels of a tree
                  .one();
  EXPECT_EQ(root.children[0].name, "databases");
}

tp::task<void> later(tp::database& db) {
  auto authors = co_await db.query<Author>().all();
  co_await db.load(authors, &Author::articles, &Article::tags);  // for all of them: two queries
  Author ada = co_await db.get<Author>(1);
  co_await db.load(ada, &Author::profile);

  auto session = db.session();
  auto tracked = co_await session.get<Author>(1);
  co_await session.load(tracked, &Author::articles);  // a tp::ref, or a range of them
  EXPECT_EQ(tracked->articles.size(), 5U);
}

tp::task<void> without_loading(tp::database& db) {
  auto writers = co_await db.query<Author>().where_has(&Author::articles).all();
  auto silent = co_await db.query<Author>().where_doesnt_have(&Author::articles).all();
  auto discussed =
      co_await db.query<Author>()
          .where_has(&Author::articles, &Article::comments, [](auto& q) { q.where(tp::col<&Comment::likes> >= 10); })
          .all();
  EXPECT_EQ(writers.size() + silent.size(), 2U);
  EXPECT_EQ(discussed.size(), 1U);

  auto query = db.query<Article>().where(tp::has(&Article::tags) || tp::col<&Article::views> > 100);
  EXPECT_EQ(co_await query.count(), 3);

  auto counted = co_await db.query<Author>()
                     .order_by(tp::count_of(&Author::articles).desc())
                     .select(tp::col<&Author::name>, tp::count_of(&Author::articles))
                     .all();  // std::vector<std::tuple<std::string, std::int64_t>>
  EXPECT_EQ(std::get<1>(counted[0]), 5);
  auto busy = db.query<Author>().where(
      tp::count_of(&Author::articles, [](auto& q) { q.where(tp::col<&Article::views> > 100); }) >= 3);
  EXPECT_EQ(co_await busy.count(), 1);

  auto popular = co_await db.query<Author>()
                     .where(tp::sum_of(&Author::articles, tp::col<&Article::views>) > 100)
                     .select(tp::col<&Author::name>, tp::avg_of(&Author::articles, tp::col<&Article::views>))
                     .all();  // std::vector<std::tuple<std::string, std::optional<double>>>
  EXPECT_EQ(std::get<1>(popular[0]), 120.0);

  auto rows = co_await db.query<Author>()
                  .select<std::pair<Author, std::int64_t>>(tp::whole<Author>, tp::count_of(&Author::articles))
                  .all();  // models, and how many articles each has, in one statement
  EXPECT_EQ(rows[0].second, 5);

  auto shown = co_await db.query<Author>()
                   .with(&Author::articles, [](auto& q) { q.limit(2); })
                   .with_count(&Author::articles)
                   .with_sum(&Author::articles, tp::col<&Article::views>)
                   .all();
  for (const auto& [author, articles, views] : shown) {
    EXPECT_LE(author.articles.size(), static_cast<std::size_t>(articles));
    EXPECT_EQ(views.has_value(), articles > 0);  // there is no sum of no rows
  }
}

tp::task<void> connecting(tp::database& db) {
  Article article = co_await db.get<Article>(1);
  auto tags = co_await db.query<Tag>().all();
  co_await db.attach(article, &Article::tags, tags);  // objects, refs or keys: one, or a range of them
  auto gone = co_await db.detach(article, &Article::tags, tags[0].id);
  auto changes = co_await db.sync(article, &Article::tags, std::vector<std::int64_t>{1});  // these and no others
  EXPECT_EQ(gone, 1);
  EXPECT_EQ(changes.attached, 1);
  co_await db.detach(article, &Article::tags);           // all of them
  co_await db.toggle(article, &Article::tags, tags[0]);  // connected where it was not, parted where it was
}

tp::task<void> reading_what_connects(tp::database& db) {
  Article article = co_await db.get<Article>(1);
  auto tags = co_await db.query<Tag>().all();
  co_await db.detach(article, &Article::tags);
  co_await db.attach(article, &Article::tags, tags, ArticleTag{.added_by = "ada"});
  co_await db.load(article, &Article::tags);
  for (std::size_t i = 0; i < article.tags.size(); ++i) {
    std::printf("%s, by %s\n", article.tags[i].name.c_str(), article.tags.pivot(i).added_by.c_str());
  }
  ArticleTag first = article.tags.pivot(0);
  first.added_by = "grace";
  co_await db.update(first);  // as any other row
  EXPECT_EQ(article.tags.size(), tags.size());
}

tp::task<void> connecting_in_a_session(tp::database& db) {
  auto session = db.session();
  auto article = co_await session.get<Article>(1);
  co_await session.load(article, &Article::tags);
  article->tags.add(co_await session.get<Tag>(1));                                      // an object of the session
  article->tags.add(Tag{.name = "news"});                                               // a new one
  article->tags.remove_if([](const Tag& tag) { return tag.name.starts_with("old"); });  // the tags themselves stay
  co_await session.commit();
  EXPECT_TRUE(co_await db.query<Tag>().where(tp::col<&Tag::name> == "news").exists());
}

class repetition_log final : public tp::statement_observer {
public:
  void read_repeated(const tp::repeated_read_event& event) noexcept override {
    std::fprintf(stderr, "%.*s:%u repeats a read", int(event.file.size()), event.file.data(), event.line);
    if (!event.relation.empty()) {  // else no relation of what was read leads there
      std::fprintf(stderr, ": add .with(&%.*s) at line %u", int(event.relation.size()), event.relation.data(),
                   event.line_before);
    }
    std::fputc('\n', stderr);
    ++heard;
  }
  int heard = 0;
};

tp::task<void> repeating(tp::database&) {
  const example::place here;
  tp::database db(here.url("detect_n_plus_one=3"));
  fill(db);
  repetition_log log;
  db.observe(log);
  auto session = db.session();
  auto articles = co_await session.query<Article>().where(tp::col<&Article::author_id>.is_not_null()).all();
  for (Article& article : articles) co_await session.load(article, &Article::author);  // one statement for each
  EXPECT_EQ(log.heard, 1);
  co_await session.load(articles, &Article::author);  // one for all of them
  EXPECT_EQ(log.heard, 1);
}

TEST(docs, relations) {
  const example::place here;
  tp::database db(here.url());
  fill(db);
  tp::sync_wait(loading(db));
  tp::sync_wait(in_one_statement(db));
  tp::sync_wait(by_key(db));
  tp::sync_wait(repeating(db));
  tp::sync_wait(paths(db));
  tp::sync_wait(later(db));
  tp::sync_wait(without_loading(db));
  tp::sync_wait(connecting(db));
  tp::sync_wait(reading_what_connects(db));
  tp::sync_wait(connecting_in_a_session(db));
}

}  // namespace
