// SPDX-License-Identifier: Apache-2.0
#include "../models.hpp"
#include "story.hpp"

#include <tuple>

namespace demo {

using namespace blog;

namespace {

struct AuthorStats {
  std::int64_t author_id;
  std::int64_t posts;
  double average_views;
  int best;
};

struct Monthly {
  std::string month;
  std::string title;
  std::int64_t views;
};

/// A row for each result, its cells made by `cells`.
template <class Rows, class Cells>
std::vector<std::vector<cell>> rows_of(const Rows& rows, Cells cells) {
  std::vector<std::vector<cell>> out;
  for (const auto& row : rows) out.push_back(cells(row));
  return out;
}

std::vector<cell> cells_of_post(const Post& p) {
  return {cell_of(p.id), cell_of(p.title), cell_of(p.views), cell_of(p.created_at)};
}
const std::vector<std::string> post_header{"id", "title", "views", "created_at"};

template <class... T>
std::vector<cell> cells_of_tuple(const std::tuple<T...>& row) {
  return std::apply([](const T&... value) { return std::vector<cell>{cell_of(value)...}; }, row);
}
constexpr auto as_cells = [](const auto& row) { return cells_of_tuple(row); };

tp::task<void> read_rows(stage& on, tp::database& db) {
  DEMO_QUERY(on, published, "How many posts are published?",
             db.query<Post>().where(tp::col<&Post::status> == Status::published).count());
  on.table({"published"}, {{cell_of(published)}});

  DEMO_QUERY(on, found, "Find posts about tea: `contains` escapes what it is given, values are bound, never pasted",
             db.query<Post>()
                 .where(tp::col<&Post::title>.contains("tea") && tp::col<&Post::views> >= 1000)
                 .order_by(tp::col<&Post::views>.desc())
                 .limit(5)
                 .all());
  on.table(post_header, rows_of(found, cells_of_post));

  // A search form: each filter may be empty.
  const std::optional<int> at_least = 5000;
  const std::optional<Status> status;
  DEMO_QUERY(on, form,
             "A search form: clauses that are there only when a filter is set; the query's type stays the same",
             db.query<Post>()
                 .where_if(at_least, [](int n) { return tp::col<&Post::views> >= n; })
                 .where_if(status, [](Status s) { return tp::col<&Post::status> == s; })
                 .order_by(tp::col<&Post::created_at>.desc())
                 .limit(4)
                 .all());
  on.table(post_header, rows_of(form, cells_of_post));

  DEMO_QUERY(on, third, "The third page of everything, with its total",
             db.query<Post>().order_by(tp::col<&Post::id>).page(3, 4));
  on.table(post_header, rows_of(third.items, cells_of_post));
  on.say("    page " + std::to_string(third.number) + " of " + std::to_string(third.pages()));
  on.promise(third.total == co_await db.query<Post>().count() && third.has_prev() && third.has_next(),
             "the page knows where it stands");
}

tp::task<void> join_and_group(stage& on, tp::database& db) {
  DEMO_QUERY(on, popular, "The most read posts with their authors: a join, read into tuples",
             db.query<Post>()
                 .join<User>(tp::col<&Post::author_id> == tp::col<&User::id>)
                 .where(tp::col<&Post::status> == Status::published)
                 .order_by(tp::col<&Post::views>.desc(), tp::col<&Post::id>)
                 .limit(5)
                 .select(tp::col<&Post::title>, tp::col<&User::name>, tp::col<&User::role>, tp::col<&Post::views>)
                 .all());
  on.table({"title", "author", "role", "views"}, rows_of(popular, as_cells));

  DEMO_QUERY(on, busy, "Who writes much, and is it read? Groups, read into a struct of ours",
             db.query<Post>()
                 .group_by(tp::col<&Post::author_id>)
                 .having(tp::count() >= 10)
                 .order_by(tp::count().desc(), tp::col<&Post::author_id>)
                 .limit(5)
                 .select<AuthorStats>(tp::col<&Post::author_id>, tp::count(), tp::avg(tp::col<&Post::views>),
                                      tp::max(tp::col<&Post::views>))
                 .all());
  on.table({"author_id", "posts", "average views", "best"}, rows_of(busy, [](const AuthorStats& row) {
             return std::vector<cell>{cell_of(row.author_id), cell_of(row.posts), cell_of(row.average_views),
                                      cell_of(row.best)};
           }));
  on.promise(!busy.empty() && busy.front().posts >= 10, "every group has ten posts at least");

  DEMO_QUERY(on, tags, "What is being read: through the join table, three models deep",
             db.query<Tag>()
                 .join<PostTag>(tp::col<&PostTag::tag_id> == tp::col<&Tag::id>)
                 .join<Post>(tp::col<&Post::id> == tp::col<&PostTag::post_id>)
                 .group_by(tp::col<&Tag::name>)
                 .order_by(tp::sum(tp::col<&Post::views>).desc())
                 .limit(5)
                 .select(tp::col<&Tag::name>, tp::count(), tp::sum(tp::col<&Post::views>))
                 .all());
  on.table({"tag", "posts", "views"}, rows_of(tags, as_cells));

  DEMO_QUERY(on, places, "A value object inside a model: its fields are columns like others",
             db.query<Profile>()
                 .where(tp::col<&Profile::newsletter> == true && tp::col<&Profile::website>.is_not_null())
                 .group_by(tp::col<&Profile::address, &Address::country>)
                 .order_by(tp::count().desc(), tp::col<&Profile::address, &Address::country>)
                 .limit(4)
                 .select(tp::col<&Profile::address, &Address::country>, tp::count())
                 .all());
  on.table({"country", "readers with a website"}, rows_of(places, as_cells));

  DEMO_QUERY(on, silent, "Authors and editors without a single post: a query inside a query",
             db.query<User>()
                 .where(tp::col<&User::role>.in(Role::author, Role::editor) &&
                        !tp::col<&User::id>.in(tp::query<Post>().select<std::int64_t>(tp::col<&Post::author_id>)))
                 .order_by(tp::col<&User::name>)
                 .limit(4)
                 .select(tp::col<&User::name>, tp::col<&User::role>, tp::col<&User::created_at>)
                 .all());
  on.table({"name", "role", "since"}, rows_of(silent, as_cells));
}

tp::task<void> load_relations(stage& on, tp::database& db) {
  DEMO_QUERY(
      on, editors,
      "Editors with their two most read posts, and those with tags and comments: one statement for each relation, "
      "however many rows",
      db.query<User>()
          .where(tp::col<&User::role> == Role::editor)
          .where_has(&User::posts)
          .order_by(tp::col<&User::name>)
          .limit(3)
          .with(&User::posts, [](auto& q) { q.order_by(tp::col<&Post::views>.desc()).limit(2); })
          .with(&User::posts, &Post::tags)
          .with(&User::posts, &Post::comments)
          .all());
  std::vector<std::vector<cell>> rows;
  bool two_at_most = true;
  for (const User& editor : editors) {
    two_at_most = two_at_most && editor.posts.size() <= 2;
    for (const Post& post : editor.posts) {
      std::string tags;
      for (const Tag& tag : post.tags) tags += (tags.empty() ? "" : ", ") + tag.name;
      rows.push_back({cell_of(editor.name), cell_of(post.title), cell_of(post.views), cell_of(tags),
                      cell_of(static_cast<std::int64_t>(post.comments.size()))});
    }
  }
  on.table({"editor", "post", "views", "tags", "comments"}, rows);
  on.promise(!rows.empty() && two_at_most && on.heard().size() == 4,
             "two posts of each, in " + std::to_string(on.heard().size()) + " statements");

  DEMO_QUERY(on, counted, "Counting what is related needs no loading",
             db.query<User>()
                 .where(tp::has(&User::posts, &Post::comments, [](auto& q) { q.where(tp::col<&Comment::likes> > 20); }))
                 .order_by(tp::count_of(&User::posts).desc(), tp::col<&User::id>)
                 .limit(4)
                 .select(tp::col<&User::name>, tp::count_of(&User::posts))
                 .all());
  on.table({"name", "posts"}, rows_of(counted, as_cells));
}

tp::task<void> write_rows(stage& on, tp::database& db) {
  const auto views_before = co_await db.query<Post>().select<std::int64_t>(tp::sum(tp::col<&Post::views>)).one();
  DEMO_QUERY(on, raised, "Change many rows at once; the new value is computed by the database",
             db.update<Post>()
                 .set(tp::col<&Post::views>, tp::col<&Post::views> + 1)
                 .where(tp::col<&Post::status> == Status::published && tp::col<&Post::title>.ends_with("moss"))
                 .run());
  const auto views_after = co_await db.query<Post>().select<std::int64_t>(tp::sum(tp::col<&Post::views>)).one();
  on.promise(raised > 0 && views_after - views_before == raised, std::to_string(raised) + " posts have one view more");

  Tag garden;
  garden.name = "garden";
  DEMO_QUERY(on, inserted,
             "Insert a tag unless there is one of this name; either way `garden` is the row that is there",
             db.upsert(garden, tp::on_conflict(tp::col<&Tag::name>).update(tp::col<&Tag::name>)));
  const auto gardens = co_await db.query<Tag>().where(tp::col<&Tag::name> == "garden").all();
  on.promise(inserted && gardens.size() == 1 && gardens[0].id == garden.id,
             "there still is one tag `garden`, and its key was read back: " + std::to_string(garden.id));

  const auto visitors = co_await db.query<Comment>().where(tp::col<&Comment::author_id>.is_null()).count();
  const auto comments = co_await db.query<Comment>().count();
  DEMO_QUERY(on, erased, "Delete by condition, and get the deleted rows back",
             db.erase<Comment>()
                 .where(tp::col<&Comment::author_id>.is_null() && tp::col<&Comment::text> == "Citation needed.")
                 .returning());
  on.promise(!erased.empty() && co_await db.query<Comment>().count() == comments - std::ssize(erased),
             std::to_string(erased.size()) + " of " + std::to_string(visitors) + " visitors' comments are gone");
}

tp::task<void> leave_the_path(stage& on, tp::database& db) {
  DEMO_QUERY(on, monthly, "What the builder does not say is SQL of yours, with typed parameters and rows",
             db.raw_sql<Monthly>(
                   "SELECT month, title, views FROM (SELECT substr(CAST(created_at AS text), 1, 7) AS month, title, "
                   "views, row_number() OVER (PARTITION BY substr(CAST(created_at AS text), 1, 7) "
                   "ORDER BY views DESC) AS place FROM posts WHERE status = ?) AS ranked "
                   "WHERE place = 1 ORDER BY month LIMIT ?",
                   Status::published, 5)
                 .all());
  on.table({"month", "most read", "views"}, rows_of(monthly, [](const Monthly& row) {
             return std::vector<cell>{cell_of(row.month), cell_of(row.title), cell_of(row.views)};
           }));

  on.query("All comments, one after the other, in constant memory",
           "auto rows = db.query<Comment>().stream(); while (Comment* c = co_await rows.next()) likes += c->likes;");
  on.listen();
  std::int64_t likes = 0, streamed = 0;
  {
    auto rows = db.query<Comment>().stream();
    while (Comment* c = co_await rows.next()) {
      likes += c->likes;
      ++streamed;
    }
  }
  on.sql(1);
  const auto summed = co_await db.query<Comment>().select<std::int64_t>(tp::sum(tp::col<&Comment::likes>)).one();
  on.promise(streamed == co_await db.query<Comment>().count() && likes == summed,
             grouped(streamed) + " comments streamed, " + grouped(likes) + " likes, as the database counts them");
}

}  // namespace

tp::task<void> take_a_tour(stage& on, tp::database& db) {
  on.chapter("A tour of queries");
  on.say(
      "Each stop shows the C++ that is compiled into this program, the SQL that the database was given, how long both "
      "took, and the rows. Columns are typed: comparing Post::views with a text does not compile.");
  co_await read_rows(on, db);
  co_await join_and_group(on, db);
  co_await load_relations(on, db);
  co_await write_rows(on, db);
  co_await leave_the_path(on, db);
}

}  // namespace demo
