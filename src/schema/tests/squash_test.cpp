// SPDX-License-Identifier: Apache-2.0
// One migration that is written in the place of several.
#include "live_database.hpp"
#include "random_schema.hpp"
#include "refusal.hpp"
#include "step_runner.hpp"

#include "tupelo/schema/diff.hpp"
#include "tupelo/schema/generator.hpp"
#include "tupelo/schema/introspect.hpp"
#include "tupelo/schema/migrator.hpp"
#include "tupelo/schema/squash.hpp"
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace tupelo {
namespace {

using names = std::vector<std::string>;

void users_up(schema_editor& db) {
  db.create_table("users", [](table_editor& t) {
    t.id();
    t.text("mail");
  });
}
void users_down(schema_editor& db) { db.drop_table("users"); }
void posts_up(schema_editor& db) {
  db.create_table("notes", [](table_editor& t) {
    t.id();
    t.big_integer("user_id");
    t.text("stray");
    t.foreign_key("user_id").references("users", "id");
  });
  db.create_table("passing", [](table_editor& t) { t.id(); });
}
void posts_down(schema_editor& db) {
  db.drop_table("passing");
  db.drop_table("notes");
}
void change_up(schema_editor& db) {
  db.rename_table("notes", "posts");
  db.drop_column("posts", "stray");
  db.drop_table("passing");
  db.rename_column("users", "mail", "email");
  db.add_column("users", "age").integer().null();
}
void change_down(schema_editor& db) {
  db.drop_column("users", "age");
  db.rename_column("users", "email", "mail");
  db.create_table("passing", [](table_editor& t) { t.id(); });
  db.add_column("posts", "stray").text().default_value("");
  db.rename_table("posts", "notes");
}
void index_up(schema_editor& db) { db.add_index("users", {"email"}).concurrently(); }
void index_down(schema_editor& db) { db.drop_index("users", "ix_users_email", concurrently); }
void nothing(schema_editor&) {}

const migration users{"20260101T000000_users", {}, &users_up, &users_down, "migrations/users.cpp"};
const migration posts{"20260102T000000_posts", {users.revision}, &posts_up, &posts_down, "migrations/posts.cpp"};
const migration change{"20260103T000000_change", {posts.revision}, &change_up, &change_down, "migrations/change.cpp"};
const migration index_of_users{
    "20260104T000000_index", {change.revision}, &index_up, &index_down, "migrations/index.cpp", {"v2"}};
const migration behind{"20260105T000000_behind", {index_of_users.revision}, &nothing, &nothing, "migrations/b.cpp"};

// ---- what is written for all but the last, compiled

constexpr const char* whole_text = R"(#include <tupelo/migration.hpp>
TUPELO_MIGRATION("20260104T000000_squashed", label("v2"), replaces("20260101T000000_users", "20260102T000000_posts", "20260103T000000_change", "20260104T000000_index"))
void up(tp::schema_editor& db) {
  db.create_table("users", [](tp::table_editor& t) {
    t.id();
    t.text("email");
    t.integer("age").null();
    t.index({"email"});
  });
  db.create_table("posts", [](tp::table_editor& t) {
    t.id();
    t.big_integer("user_id");
    t.foreign_key("user_id").references("users", "id").name("fk_notes_user_id");
  });
}
void down(tp::schema_editor& db) {
  db.drop_table("posts");
  db.drop_table("users");
}
)";
void whole_up(schema_editor& db) {
  db.create_table("users", [](table_editor& t) {
    t.id();
    t.text("email");
    t.integer("age").null();
    t.index({"email"});
  });
  db.create_table("posts", [](table_editor& t) {
    t.id();
    t.big_integer("user_id");
    t.foreign_key("user_id").references("users", "id").name("fk_notes_user_id");
  });
}
void whole_down(schema_editor& db) {
  db.drop_table("posts");
  db.drop_table("users");
}
const migration whole{"20260104T000000_squashed",
                      {},
                      &whole_up,
                      &whole_down,
                      "migrations/squashed.cpp",
                      {"v2"},
                      {users.revision, posts.revision, change.revision, index_of_users.revision}};

template <class Work>
std::string refusal(Work&& work) {
  return sample::refusal(errc::invalid_migration, work);
}

class squashing : public ::testing::Test {
public:
  static names described(const migrate::squash& made) {
    names out;
    for (const schema_operation& operation : made.operations) out.push_back(operation.describe());
    return out;
  }
  static void upgrade(sample::live_database& live, const history& all, std::string target = "head") {
    migrate::options options(all);
    options.allow_destructive = true;
    sync_wait(migrate::upgrade(live.db, std::move(target), options));
  }

  sample::live_database live;
  history all{{users, posts, change, index_of_users, behind}};
};

TEST_F(squashing, makes_new_tables_as_they_are_at_the_end) {
  const migrate::squash made = migrate::squash_of(all, "", "v2");
  EXPECT_EQ(generate_squash("20260104T000000_squashed", made).text, whole_text);
  EXPECT_EQ(made.gone.size(), 4U);
}
TEST_F(squashing, builds_on_an_empty_database_what_the_single_ones_build) {
  upgrade(live, all);
  sample::live_database other;
  upgrade(other, history({whole, behind}));
  EXPECT_EQ(sync_wait(introspect(other.db)), sync_wait(introspect(live.db)));
}
TEST_F(squashing, is_taken_for_applied_where_all_of_them_are_and_refused_in_the_middle) {
  upgrade(live, all, std::string(posts.revision));
  try {
    upgrade(live, history({whole, behind}));
    ADD_FAILURE() << "nothing was refused";
  } catch (const migration_error& e) {
    EXPECT_EQ(e.code(), errc::migration_missing) << e.what();
  }
  upgrade(live, all, std::string(index_of_users.revision));
  upgrade(live, history({whole, behind}));
  EXPECT_EQ(live.text("SELECT group_concat(revision, ' ') FROM tupelo_migrations"),
            "20260104T000000_squashed 20260105T000000_behind");
}
TEST_F(squashing, does_to_older_tables_what_was_done_to_them) {
  const migrate::squash made = migrate::squash_of(all, posts.revision, index_of_users.revision);
  EXPECT_EQ(described(made),
            (names{"create table posts (2 columns)", "rename column users.mail to email",
                   "add column users.age (int32, nullable)", "add index ix_users_email (email) on users concurrently",
                   "add foreign key fk_notes_user_id (user_id) references users (id) on posts"}));
  EXPECT_EQ(made.parents, names{std::string(users.revision)});
  const std::string text = generate_squash("20260104T000000_part", made).text;
  EXPECT_NE(text.find("after(\"20260101T000000_users\"), label(\"v2\"), replaces("), std::string::npos) << text;
  EXPECT_NE(text.find("db.outside_transaction();"), std::string::npos) << "an older table's index is built beside it";
}
TEST_F(squashing, names_what_one_that_is_squashed_had_replaced) {
  const migrate::squash made = migrate::squash_of(history({whole, behind}), "", "head");
  EXPECT_EQ(made.replaced.size(), 6U);
  EXPECT_EQ(made.replaced[4], whole.revision);
  EXPECT_EQ(made.lost_labels, names{"v2"});
}
TEST_F(squashing, refuses_what_runs_code_or_sql_by_its_file_and_says_what_can_be_done) {
  const auto code = [](schema_editor& db) { db.run([](lease&) -> task<void> { co_return; }); };
  const auto sql = [](schema_editor& db) { db.execute("UPDATE users SET mail = lower(mail)"); };
  const auto rows = [](schema_editor& db) { db.backfill("users", "mail = ''", "mail IS NULL"); };
  for (void (*up)(schema_editor&) : {+code, +sql, +rows}) {
    const history mixed({users,
                         {"2_data", {users.revision}, up, &nothing, "migrations/2_data.cpp"},
                         {"3_posts", {"2_data"}, &posts_up, &posts_down, "migrations/3.cpp"}});
    const std::string said = refusal([&] { (void)migrate::squash_of(mixed, "", "head"); });
    EXPECT_NE(said.find("`2_data` (migrations/2_data.cpp)"), std::string::npos) << said;
    EXPECT_NE(said.find("squash those up to `20260101T000000_users`, and those from `3_posts` on by --from"),
              std::string::npos)
        << said;
  }
}
TEST_F(squashing, refuses_sql_on_the_way_back) {
  const auto sql = [](schema_editor& db) { db.execute("DROP TABLE users"); };
  const history mixed({{"1_users", {}, &users_up, +sql, "migrations/1.cpp"},
                       {"2_posts", {"1_users"}, &posts_up, &posts_down, "migrations/2.cpp"}});
  const std::string said = refusal([&] { (void)migrate::squash_of(mixed, "", "head"); });
  EXPECT_NE(said.find("runs SQL of its own on its way down"), std::string::npos) << said;
}
TEST_F(squashing, refuses_lines_that_part_or_join_in_between) {
  const migration branch{"20260102T500000_branch", {users.revision}, &nothing, &nothing, "migrations/branch.cpp"};
  const history parted({users, posts, branch});
  EXPECT_NE(refusal([&] { (void)migrate::squash_of(parted, "", posts.revision); }).find("in the middle of what is"),
            std::string::npos);
  const migration joined{"20260106T000000_join", {posts.revision, branch.revision}, &nothing, &nothing, "j.cpp"};
  const history together({users, posts, branch, joined});
  EXPECT_NE(refusal([&] { (void)migrate::squash_of(together, posts.revision, "head"); }).find("begin behind it"),
            std::string::npos);
  EXPECT_EQ(migrate::squash_of(together, "", "head").gone.size(), 4U);
}
TEST_F(squashing, refuses_less_than_two) {
  EXPECT_NE(refusal([&] { (void)migrate::squash_of(all, "", users.revision); }).find("a single one"),
            std::string::npos);
  EXPECT_NE(refusal([&] { (void)migrate::squash_of(all, "head", users.revision); }).find("does not come after"),
            std::string::npos);
}
TEST_F(squashing, says_where_one_has_no_way_back) {
  const auto never = [](schema_editor& db) { db.irreversible("the rows are gone"); };
  const history mixed({users, {"2_posts", {users.revision}, &posts_up, +never, "migrations/2.cpp"}});
  const std::string text = generate_squash("2_all", migrate::squash_of(mixed, "", "head")).text;
  EXPECT_NE(text.find("db.irreversible(\"2_posts: the rows are gone\")"), std::string::npos) << text;
}

// ---- random schemas, one after the other

task<void> run_all(lease& connection, std::vector<schema_operation> operations, schema_definition before) {
  const ddl_frame frame = connection.sql_dialect().schema().frame(operations, before);
  for (const std::string& sql : frame.before) co_await connection.execute(sql);
  const std::vector<recorded_step> steps(operations.begin(), operations.end());
  run_position position;
  co_await connection.begin();
  co_await run_steps(connection, steps, before, position);
  co_await connection.commit();
  if (!frame.before.empty()) co_await connection.execute("PRAGMA foreign_keys = ON");
}

class random_changes : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(random_changes, come_to_the_same_in_fewer_steps) {
  for (std::uint32_t i = 0; i < 10; ++i) {
    const std::uint32_t seed = 700'000 + GetParam() * 100 + i;
    SCOPED_TRACE("seed " + std::to_string(seed));
    sample::random_schema random(seed);
    const schema_definition before = i % 2 == 0 ? schema_definition() : random.make();
    const schema_definition middle = random.make();
    const schema_definition after = random.make();
    std::vector<schema_operation> changes = diff(before, middle);
    for (schema_operation& change : diff(middle, after)) changes.push_back(std::move(change));
    const std::vector<schema_operation> fewer = migrate::fewest(changes, before);
    EXPECT_LE(fewer.size(), changes.size());

    schema_definition built[2];
    for (const bool squashed : {false, true}) {
      database db("sqlite::memory:?inline=on");
      lease connection = sync_wait(db.acquire());
      sync_wait(run_all(connection, diff({}, before), {}));
      sync_wait(run_all(connection, squashed ? fewer : changes, before));
      built[squashed ? 1 : 0] = sync_wait(introspect(connection));
    }
    for (schema_definition& one : built) {
      for (table_definition& table : one.tables) {
        std::sort(table.columns.begin(), table.columns.end(),
                  [](const auto& a, const auto& b) { return a.name < b.name; });
      }
    }
    ASSERT_EQ(built[0], built[1]);
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, random_changes, ::testing::Range(0U, 10U));

}  // namespace
}  // namespace tupelo
