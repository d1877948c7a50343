// SPDX-License-Identifier: Apache-2.0
// Migrations that read and write rows through structs of their own, whatever the models of today are.
#include "backend.hpp"

#include <tupelo/schema/migrator.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

// ---- three migrations, as if each were a file of its own

namespace first {
void up(schema_editor& db) {
  db.create_table("people", [](table_editor& t) {
    t.id();
    t.text("full_name");
    t.timestamp("deleted_at").null();
  });
}
void down(schema_editor& db) { db.drop_table("people"); }
}  // namespace first

namespace second {
struct Person {
  std::int64_t id{};
  std::string full_name;
  std::optional<std::string> given, family;

  static void model(tupelo::model<Person>& m) { m.table("people"); }
};

task<void> split_names(lease& connection) {
  const auto whole = connection.query<Person>().order_by(col<&Person::id>);
  keyset_page<Person> page;
  do {
    page = co_await whole.page_after(page.next, 2);
    for (Person& person : page.items) {
      const std::size_t space = person.full_name.find(' ');
      person.given = person.full_name.substr(0, space);
      if (space != std::string::npos) person.family = person.full_name.substr(space + 1);
    }
    co_await connection.update(page.items);
  } while (page.has_next);
}

void up(schema_editor& db) {
  db.add_column("people", "given").text().null();
  db.add_column("people", "family").text().null();
  db.run(split_names);
}
void down(schema_editor& db) {
  db.drop_column("people", "family");
  db.drop_column("people", "given");
}
}  // namespace second

namespace third {
struct Person {  // another struct of the same name and table
  std::int64_t id{};
  std::string given;

  static void model(tupelo::model<Person>& m) { m.table("people"); }
};

void up(schema_editor& db) {
  db.alter_column("people", "given").not_null();
  db.drop_column("people", "full_name");
  db.run([](lease& connection) -> task<void> {
    Person grace{.given = "Grace"};
    co_await connection.insert(grace);
    co_await connection.update<Person>().set(col<&Person::given>, "Augusta").where(col<&Person::given> == "Ada").run();
  });
}
void down(schema_editor& db) {
  db.add_column("people", "full_name").text().default_value("");
  db.alter_column("people", "given").null();
}
}  // namespace third

// ---- the model of today: it has no `full_name`, and leaves deleted rows out

struct Person {
  std::int64_t id{};
  std::string given;
  std::optional<std::string> family;
  std::optional<timestamp> deleted_at;

  static void model(tupelo::model<Person>& m) {
    m.table("people");
    m.soft_delete(&Person::deleted_at);
  }
};

class data_migrations : public conformance_test {
protected:
  migrate::report upgrade(const std::string& target = "head") {
    return sync_wait(migrate::upgrade(db, target, options()));
  }
  migrate::options options() const {
    migrate::options made(all);
    made.allow_destructive = true;
    return made;
  }

  history all{{{"1_people", {}, &first::up, &first::down, "1.cpp"},
               {"2_names", {"1_people"}, &second::up, &second::down, "2.cpp"},
               {"3_no_full_name", {"2_names"}, &third::up, &third::down, "3.cpp"}}};
};

TEST_P(data_migrations, a_new_database_goes_through_all_of_them) {
  EXPECT_EQ(upgrade().steps.size(), 3U);
  EXPECT_TRUE(migrate::check(schema_of<Person>(), all).empty());
  EXPECT_EQ(sync_wait(db.query<Person>().pluck(col<&Person::given>)), std::vector<std::string>{"Grace"});
}
TEST_P(data_migrations, a_struct_of_the_migration_has_the_columns_of_that_revision) {
  upgrade("1_people");
  sync_wait(db.execute("INSERT INTO people (full_name) VALUES ('Ada Byron'), ('Plato'), ('Mary Ann Evans')"));
  upgrade();
  const auto people = sync_wait(db.query<Person>().order_by(col<&Person::id>).all());
  ASSERT_EQ(people.size(), 4U);
  EXPECT_EQ(people[0].given, "Augusta");
  EXPECT_EQ(people[0].family, "Byron");
  EXPECT_EQ(people[1].family, std::nullopt);
  EXPECT_EQ(people[2].family, "Ann Evans");
}
TEST_P(data_migrations, rules_of_todays_model_do_not_hold_in_it) {
  upgrade("1_people");
  sync_wait(db.execute("INSERT INTO people (full_name, deleted_at) VALUES ('Ada Byron', CURRENT_TIMESTAMP)"));
  upgrade("2_names");
  EXPECT_EQ(sync_wait(db.raw_sql<std::string>("SELECT family FROM people").one()), "Byron");
}
TEST_P(data_migrations, what_it_wrote_is_taken_back_where_it_fails) {
  upgrade("1_people");
  sync_wait(db.execute("INSERT INTO people (full_name) VALUES ('Ada Byron')"));
  history failing{{{"1_people", {}, &first::up, &first::down, "1.cpp"},
                   {"2_names",
                    {"1_people"},
                    [](schema_editor& editor) {
                      second::up(editor);
                      editor.run([](lease& connection) -> task<void> { co_await connection.execute("nonsense"); });
                    },
                    &second::down,
                    "2.cpp"}}};
  EXPECT_THROW(sync_wait(migrate::upgrade(db, "head", migrate::options(failing))), migration_error);
  EXPECT_EQ(upgrade().steps.size(), 2U);
  EXPECT_EQ(sync_wait(db.query<Person>().where(col<&Person::family> == "Byron").count()), 1);
}

TUPELO_CONFORMANCE_SUITE(data_migrations);

}  // namespace
}  // namespace tupelo::conformance
