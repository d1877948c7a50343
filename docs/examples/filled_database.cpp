// SPDX-License-Identifier: Apache-2.0
#include "filled_database.hpp"

#include <tupelo/schema/migrator.hpp>

namespace example {

filled_database::filled_database() {
  tp::sync_wait(tp::migrate::upgrade(db));
  std::vector<User> users{
      User{.email = "ada@example.com", .age = 36, .address = {"1 Crescent", "London"}, .role = Role::admin},
      User{.email = "bob@example.com", .age = 20}};
  tp::sync_wait(db.insert(users));
  std::vector<Post> posts;
  for (int i = 1; i <= 3; ++i) {
    posts.push_back(Post{.author_id = users[0].id, .title = "post", .body = std::string(10, 'x'), .views = 10 * i});
  }
  tp::sync_wait(db.insert(posts));
}

}  // namespace example
