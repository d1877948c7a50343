// SPDX-License-Identifier: Apache-2.0
#include <tupelo/migration.hpp>
#include <tupelo/tupelo.hpp>
TUPELO_MIGRATION("20261123T090000_shorten_nicknames", after("20261122T100000_add_nicknames"))

namespace {  // this file's own: another migration, and models.hpp, have a User of another form

struct User {  // of the table as it is at this revision, what is needed here
  std::int64_t id{};
  std::optional<std::string> nickname;

  static void model(tp::model<User>& m) { m.table("users"); }
};

tp::task<void> shorten(tp::lease& connection) {
  const auto users =
      connection.query<User>().where(tp::col<&User::nickname>.contains("@")).order_by(tp::col<&User::id>);
  tp::keyset_page<User> page;
  do {
    page = co_await users.page_after(page.next, 1000);  // so many rows are in memory at a time
    for (User& user : page.items) user.nickname->resize(user.nickname->find('@'));
    co_await connection.update(page.items);
  } while (page.has_next);
}

}  // namespace

void up(tp::schema_editor& db) { db.run(shorten); }
void down(tp::schema_editor&) {}  // what was cut off is in `email`
