// SPDX-License-Identifier: Apache-2.0
#include <tupelo/migration.hpp>
#include <tupelo/tupelo.hpp>
TUPELO_MIGRATION("20261122T100000_add_nicknames", after("20261121T093000_add_users_and_posts"))
void up(tp::schema_editor& db) {
  db.add_column("users", "nickname").text().null();
  db.run([](tp::lease& connection) -> tp::task<void> {  // inside the migration's transaction
    co_await connection.raw_sql("UPDATE users SET nickname = lower(email)").run();
  });
}
void down(tp::schema_editor& db) { db.drop_column("users", "nickname"); }
