// SPDX-License-Identifier: Apache-2.0
#include "../models.hpp"
#include "../seeds/village.hpp"
#include "story.hpp"

namespace demo {

using namespace blog;

tp::task<void> move_in(stage& on, tp::database& db) {
  on.chapter("People move in");
  on.say(
      "The rows come from a generator that makes the same village at every run. They are inserted in one transaction, "
      "as many rows to a statement as the database takes.");
  village made = make_village();
  on.listen();
  co_await settle(db, made);
  const std::int64_t took = on.elapsed_us();
  const auto count_of = [&db]<class T>(std::type_identity<T>) -> tp::task<std::int64_t> {
    co_return co_await db.query<T>().count();
  };
  const auto users = co_await count_of(std::type_identity<User>());
  const auto profiles = co_await count_of(std::type_identity<Profile>());
  const auto tags = co_await count_of(std::type_identity<Tag>());
  const auto posts = co_await count_of(std::type_identity<Post>());
  const auto comments = co_await count_of(std::type_identity<Comment>());
  const auto links = co_await count_of(std::type_identity<PostTag>());
  on.table({"users", "profiles", "tags", "posts", "comments", "post_tags"},
           {{cell_of(users), cell_of(profiles), cell_of(tags), cell_of(posts), cell_of(comments), cell_of(links)}});
  const std::int64_t rows = users + profiles + tags + posts + comments + links;
  on.say("    " + grouped(rows) + " rows in " + milliseconds(took) + ", " +
         grouped(rows * 1'000'000 / std::max<std::int64_t>(took, 1)) + " rows a second.");
  on.promise(static_cast<std::size_t>(rows) == made.rows() && made.posts.back().id == posts,
             "every row arrived, and every object knows its key");
}

tp::task<void> work_in_sessions(stage& on, tp::database& db) {
  on.chapter("A unit of work");
  on.say("A session tracks objects. `commit` writes what changed, in one transaction, in the order of the foreign "
         "keys, and "
         "nothing else.");
  auto session = db.session();

  on.query("Add an object, commit", "auto neighbour = session.add(User{…}); co_await session.commit();");
  User newcomer;
  newcomer.email = "new.neighbour@example.com";
  newcomer.name = "New Neighbour";
  auto neighbour = session.add(std::move(newcomer));
  on.listen();
  co_await session.commit();
  on.sql();
  on.promise(neighbour->id > 0 && neighbour->created_at.us > 0, "the key and both timestamps are set in the object");

  on.query("Change one field, commit: one column is written (and updated_at)",
           "neighbour->role = Role::author; co_await session.commit();");
  neighbour->role = Role::author;
  on.listen();
  co_await session.commit();
  on.sql();

  on.query("Nothing changed: nothing is written", "co_await session.commit();");
  on.listen();
  co_await session.commit();
  on.promise(on.heard().empty(), "no statement was run");

  on.query("Two people edit one post: the second, who has not seen the first one's change, is told",
           "mine->title = \"Mine\"; co_await session.commit(); yours.title = \"Yours\"; co_await db.update(yours);");
  auto mine = co_await session.get<Post>(1);
  Post yours = co_await db.get<Post>(1);
  const std::string title = mine->title;
  mine->title = "Mine";
  co_await session.commit();
  yours.title = "Yours";
  std::string told;
  try {
    co_await db.update(yours);
  } catch (const tp::stale_row& stale) {
    told = stale.what();
  }
  on.say("    stale_row: " + told);
  on.promise(!told.empty(), "the version column noticed: nobody's work was overwritten");
  mine->title = title;
  co_await session.commit();

  on.query("An exception rolls a transaction back; the error says what was violated",
           "co_await db.transaction([](tp::session& s) -> tp::task<void> { … });");
  const auto users = co_await db.query<User>().count();
  const std::string taken = neighbour->email;
  std::string violated;
  try {
    co_await db.transaction([&taken](tp::session& s) -> tp::task<void> {
      User twin;
      twin.email = taken;
      s.add(std::move(twin));
      co_await s.flush();
    });
  } catch (const tp::unique_violation& twice) {
    violated = twice.table() + "." + twice.column();
    on.say("    unique_violation: " + std::string(twice.what()));
  }
  on.promise(violated == "users.email" && co_await db.query<User>().count() == users,
             "typed, with table and column, and without the value");

  on.query("Soft delete: the row is marked, and queries leave it out",
           "session.remove(neighbour); co_await session.commit();");
  session.remove(neighbour);
  on.listen();
  co_await session.commit();
  on.sql();
  on.promise(co_await db.query<User>().count() == users - 1 &&
                 co_await db.query<User>().with_deleted().count() == users,
             "gone for `query<User>()`, still there for `.with_deleted()`");
}

}  // namespace demo
