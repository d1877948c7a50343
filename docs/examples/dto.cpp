// SPDX-License-Identifier: Apache-2.0
#include "filled_database.hpp"

#include <tupelo/json.hpp>
#include <tupelo/record.hpp>
#include <tupelo/repository.hpp>
#include <tupelo/engine/partial.hpp>
#include <tupelo/core/as_result.hpp>

namespace {

// ---- mixins

struct Labelled {
  std::string label;
  static void mixin(tp::mixin<Labelled>& m) { m.index(&Labelled::label); }
};

struct Invoice {
  tp::uuid_key key;  // column id
  Labelled name;     // column label, with its index
  int cents{};
  tp::timestamps times;      // columns created_at, updated_at
  tp::soft_deletes removal;  // column deleted_at
};

TEST(guide_of_dtos, mixins_are_columns_of_the_model) {
  EXPECT_GE(tp::info_of<Invoice>().find_column("label"), 0);
  const auto recent =
      tp::query<Invoice>().where(tp::col<&Invoice::times, &tp::timestamps::created_at> > tp::timestamp());
  EXPECT_GT(recent.core().shape.size, 0u);
}

// ---- JSON

tp::task<std::string> show(tp::database& db) {
  auto ada = co_await db.query<User>().where(tp::col<&User::id> == 1).with(&User::posts).one();
  co_return tp::to_json_text(ada);  // {"id":1,"email":"ada@example.com",…,"posts":[{"id":1,…}]}
}

tp::task<std::string> list(tp::database& db) {
  auto page = co_await db.query<Post>().order_by(tp::col<&Post::id>).page(1, 2);
  co_return tp::to_json_text(page);  // {"items":[…],"page":1,"size":2,"total":3,"pages":2,"has_next":true,…}
}

tp::task<std::string> list_with_counts(tp::database& db) {
  auto rows = co_await db.query<User>().order_by(tp::col<&User::id>).with_count(&User::posts).all();
  co_return tp::to_json_text(rows, {"posts_count"});  // [{"id":1,…,"posts_count":3},…]
}

tp::task<std::string> list_briefly(tp::database& db) {
  auto briefly = co_await db.query<User>().only(tp::col<&User::email>).page_after(tp::cursor(), 10);
  co_return tp::to_json_text(briefly);  // {"items":[{"id":1,"email":"ada@example.com"}],"has_next":false,…}
}

// ---- patches and rules

const tp::rules<User>& sign_up() {
  static const tp::rules<User> rules = [] {
    tp::rules<User> r;
    r.require(&User::email).length(&User::email, 3, 255);
    r.allow(&User::age);  // and nothing else: role is not for guests to choose
    r.check(&User::age, [](int age) { return age >= 18; }, "must be 18 or more");
    return r;
  }();
  return rules;
}

tp::task<std::string> create(tp::database& db, std::string body) {
  try {
    User user = sign_up().read(tp::json::parse(body)).make();
    co_await db.insert(user);
    co_return tp::to_json_text(user);
  } catch (const tp::validation_error& wrong) {
    co_return wrong.what();  // User: age must be 18 or more; role cannot be set here
  }
}

const tp::rules<User>& profile() {
  static const tp::rules<User> rules = [] {
    tp::rules<User> r;
    r.allow(&User::email, &User::age);
    return r;
  }();
  return rules;
}

tp::task<void> change(tp::database& db, std::int64_t id, tp::json body) {
  auto changes = profile().read(body);  // {"age":37}: age alone
  co_await db.update<User>().set(changes).where(tp::col<&User::id> == id).run();
}

// ---- repositories

class users : public tp::repository<User> {
public:
  using repository::repository;
  auto by_email(std::string_view email) const { return query().where(tp::col<&User::email> == email).first(); }
};

class accounts {
public:
  explicit accounts(tp::session& session) : users_(session) {}

  tp::task<tp::ref<User>> open(tp::json body) {
    auto user = co_await users_.create(sign_up().read(body));
    user->role = Role::member;
    co_return user;
  }
  tp::task<void> close(std::int64_t id) { return users_.remove(id); }
  auto list(std::int64_t skip, std::int64_t limit) { return users_.get_multi(skip, limit); }

private:
  users users_;
};

tp::task<void> serve(tp::database& db) {
  co_await db.transaction([](tp::session& s) -> tp::task<void> {
    accounts service(s);
    auto eve = co_await service.open(tp::json::parse(R"({"email":"eve@example.com"})"));
    co_await service.close(2);
    EXPECT_EQ(eve->role, Role::member);
  });
}

// ---- records

struct Note : tp::record<Note> {
  std::int64_t id{};
  std::string text;
};

tp::task<void> notes(tp::database& db) {
  Note note{.text = "first"};
  co_await note.save(db);  // INSERT: its key is set
  note.text = "second";
  co_await note.save(db);  // UPDATE
  auto found = co_await Note::query(db).where(tp::col<&Note::text>.starts_with("sec")).all();
  EXPECT_EQ(found.size(), 1u);
  co_await note.remove(db);
}

TEST(guide_of_dtos, works_as_it_says) {
  example::filled_database example;
  tp::database& db = example.db;
  EXPECT_NE(tp::sync_wait(show(db)).find(R"("posts":[{"id":1)"), std::string::npos);
  EXPECT_NE(tp::sync_wait(list_briefly(db)).find(R"({"items":[{"id":1,"email":"ada@example.com"})"), std::string::npos);
  EXPECT_NE(tp::sync_wait(list_with_counts(db)).find(R"("posts_count":3)"), std::string::npos);
  EXPECT_NE(tp::sync_wait(list(db)).find(R"("total":3,"pages":2,"has_next":true)"), std::string::npos);
  EXPECT_EQ(tp::sync_wait(create(db, R"({"email":"kim@example.com","age":17,"role":"admin"})")),
            "User: role cannot be set here; age must be 18 or more");
  EXPECT_NE(tp::sync_wait(create(db, R"({"email":"kim@example.com"})")).find(R"("age":null)"), std::string::npos);
  tp::sync_wait(change(db, 1, tp::json::parse(R"({"age":37})")));
  EXPECT_EQ(tp::sync_wait(db.get<User>(1)).age, 37);
  tp::sync_wait(serve(db));
  EXPECT_FALSE(tp::sync_wait(db.query<User>().where(tp::col<&User::id> == 2).exists()));
  auto session = db.session();
  EXPECT_TRUE(tp::sync_wait(users(session).by_email("eve@example.com")).has_value());
  tp::sync_wait(tp::create_tables<Note>(db));
  tp::sync_wait(notes(db));
  EXPECT_EQ(tp::sync_wait(Note::query(db).count()), 0);
}

}  // namespace
