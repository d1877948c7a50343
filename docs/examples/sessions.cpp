// SPDX-License-Identifier: Apache-2.0
#include "filled_database.hpp"

#include <tupelo/engine/events.hpp>
#include <tupelo/core/as_result.hpp>

namespace {

tp::task<void> work(tp::database& db) {
  auto session = db.session();  // cheap: takes a connection when its transaction begins

  auto eve = session.add(User{.email = "eve@example.com"});  // tp::ref<User>: tracked, shared
  co_await session.commit();                                 // one transaction; eve->id is set
  eve->age = 36;
  co_await session.commit();  // UPDATE of the one changed column (and updated_at)

  auto ada = co_await session.get<User>(1);  // the object with this key, read once per session
  auto same = co_await session.find<User>(1);
  EXPECT_TRUE(ada == same);  // one row is one object

  session.remove(eve);
  co_await session.commit();
}

tp::task<void> undo(tp::database& db) {
  auto session = db.session();
  auto ada = co_await session.get<User>(1);
  ada->age = 99;
  co_await session.rollback();  // the object gets its last committed values back
  EXPECT_EQ(ada->age, 36);
}

tp::task<void> related(tp::database& db) {
  auto session = db.session();
  auto zoe = session.add(User{.email = "zoe@example.com", .posts = {Post{.title = "one"}, Post{.title = "two"}}});
  auto third = session.add(Post{.title = "three", .author = zoe});  // zoe has no key yet
  co_await session.commit();
  EXPECT_EQ(third->author_id, zoe->id);
  EXPECT_EQ(zoe->posts[1].author_id, zoe->id);  // inserted too, and tracked from then on

  third->author = co_await session.get<User>(1);  // a change of the reference is a change of the key
  zoe->posts.add(Post{.title = "four"});          // one more
  co_await session.commit();
  EXPECT_EQ(third->author_id, 1);
  EXPECT_EQ(zoe->posts.size(), 3U);
}

tp::task<void> loaded(tp::database& db) {
  auto session = db.session();
  auto writer = co_await session.get<User>(1);
  co_await session.load(writer, &User::posts);
  for (Post& post : writer->posts) post.views += 1;
  co_await session.commit();  // UPDATE of the posts that changed
  for (const Post& post : writer->posts) {
    Post stored = co_await db.get<Post>(post.id);
    EXPECT_EQ(stored.views, post.views);
  }
}

tp::task<void> removing(tp::database& db) {
  auto session = db.session();
  auto bob = co_await session.get<User>(2);
  session.remove(bob);  // User says soft_delete: the row is marked
  co_await session.commit();

  bob = co_await session.get<User>(2);  // a key finds marked rows too
  session.restore(bob);
  co_await session.commit();
  const auto users = co_await db.query<User>().count();
  EXPECT_EQ(users, 3);
}

tp::task<void> copies(tp::database& db) {
  auto session = db.session();
  User form = co_await db.get<User>(1);  // a value: sent away, changed, come back
  form.age = 37;
  auto ada = co_await session.merge(form);  // its values go into the tracked object
  co_await session.commit();                // UPDATE of what differs
  session.expire(ada);                      // perhaps somebody else writes it now
  ada = co_await session.get<User>(1);      // read again
  EXPECT_EQ(ada->age, 37);
}

void listening(tp::database& db) {
  db.events()
      .on<User>(tp::event::saving, [](User& user) { user.email = "<" + user.email + ">"; })  // before it is written
      .on<User>(tp::event::created,
                [](User& user, tp::lease& in) -> tp::task<void> {  // a coroutine; `in` is the flush's transaction
                  co_await in.insert(Post{.author_id = user.id, .title = "welcome"});
                })
      .on<User>(tp::event::deleting, [](User& user) {
        if (user.role == Role::admin) throw tp::vetoed("an admin cannot be removed");  // nothing is written
      });
}

tp::task<void> transfer(tp::database& db, std::int64_t from, std::int64_t to) {
  co_await db.transaction([&](tp::session& s) -> tp::task<void> {  // run again as a whole when the database is busy
    auto giver = co_await s.get<Post>(from, tp::for_update);
    auto taker = co_await s.get<Post>(to, tp::for_update);
    giver->views -= 5;
    taker->views += 5;
  });  // commits; an exception rolls back and is thrown again
}

tp::task<void> queue(tp::database& db) {
  co_await db.transaction([&](tp::session& s) -> tp::task<void> {
    auto next = co_await s.query<Post>()
                    .where(tp::col<&Post::title> == "draft")
                    .order_by(tp::col<&Post::id>)
                    .limit(1)
                    .lock(tp::for_update.skip_locked())
                    .all();
    EXPECT_TRUE(next.empty());
  });
}

tp::task<void> nested(tp::database& db) {
  auto session = db.session();
  session.add(User{.email = "kept@example.com"});
  try {
    co_await session.nested([&]() -> tp::task<void> {  // a savepoint
      session.add(User{.email = "ada@example.com"});   // taken
      co_return;                                       // flushed here
    });
  } catch (const tp::unique_violation& taken) {
    EXPECT_EQ(taken.column(), "email");
  }
  co_await session.commit();  // kept@example.com is written
}

tp::task<void> conflict(tp::database& db) {
  auto session = db.session();
  auto mine = co_await session.get<Post>(1);
  Post yours = co_await db.get<Post>(1);
  yours.title = "yours";
  co_await db.update(yours);  // version 1 becomes 2
  mine->title = "mine";
  auto written = co_await tp::as_result(session.commit());
  if (!written && written.error().code() == tp::errc::stale_row) {
    co_await session.refresh(mine);  // read it again, then decide
  }
  EXPECT_EQ(mine->title, "yours");
}

}  // namespace

TEST(guide_of_sessions, works_as_it_says) {
  example::filled_database example;
  tp::sync_wait(work(example.db));
  tp::sync_wait(undo(example.db));
  tp::sync_wait(related(example.db));
  tp::sync_wait(removing(example.db));
  tp::sync_wait(copies(example.db));
  tp::sync_wait(transfer(example.db, 3, 1));
  tp::sync_wait(queue(example.db));
  EXPECT_EQ(tp::sync_wait(example.db.get<Post>(1)).views, 15);
  tp::sync_wait(conflict(example.db));
  tp::sync_wait(loaded(example.db));
}
TEST(guide_of_sessions, tells_handlers_what_it_does) {
  example::filled_database example;
  listening(example.db);
  auto session = example.db.session();
  auto eve = session.add(User{.email = "eve"});
  tp::sync_wait(session.commit());
  EXPECT_EQ(eve->email, "<eve>");
  EXPECT_TRUE(tp::sync_wait(example.db.query<Post>().where(tp::col<&Post::title> == "welcome").exists()));
  session.remove(tp::sync_wait(session.get<User>(1)));
  EXPECT_THROW(tp::sync_wait(session.commit()), tp::vetoed);
}
TEST(guide_of_sessions, a_failed_savepoint_loses_only_itself) {
  example::filled_database example;
  tp::sync_wait(nested(example.db));
  const auto kept = tp::col<&User::email> == "kept@example.com";
  EXPECT_TRUE(tp::sync_wait(example.db.query<User>().where(kept).exists()));
}
