// SPDX-License-Identifier: Apache-2.0
// Queries that read some columns of their rows.
#include "library.hpp"
#include "people.hpp"

#include <tupelo/engine/partial.hpp>

#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

class partial_columns : public people_test {};
TUPELO_CONFORMANCE_SUITE(partial_columns);

constexpr auto person_name = col<&Person::name>;
constexpr auto person_age = col<&Person::age>;

TEST_P(partial_columns, reads_those_that_it_names_and_the_key) {
  const auto people = sync_wait(db.query<Person>().only(person_name).order_by(person_name).all());
  ASSERT_EQ(people.size(), 4U);
  EXPECT_EQ(people[0][&Person::name], "ada");
  EXPECT_EQ(people[0][person_name], "ada");
  EXPECT_EQ(people[0][&Person::id], ada);
}
TEST_P(partial_columns, asks_the_database_for_no_more) {
  const std::string sql = db.query<Person>().only(person_age, person_name).to_sql();
  EXPECT_EQ(sql.substr(0, sql.find(" FROM")), "SELECT \"id\", \"name\", \"age\"");
  EXPECT_EQ(sql, db.query<Person>().only(person_name, person_age).to_sql()) << "whatever their order";
}
TEST_P(partial_columns, comes_row_by_row_and_in_chunks) {
  const auto people = db.query<Person>().only(person_name).order_by(person_name);
  std::vector<std::string> found;
  EXPECT_EQ(sync_wait(people.for_each([&](const partial<Person>& each) { found.push_back(each[person_name]); })), 4);
  std::vector<std::size_t> sizes;
  const auto note = [&](std::vector<partial<Person>>& some) -> task<void> {
    sizes.push_back(some.size());
    for (const partial<Person>& each : some) found.push_back(each[person_name]);
    EXPECT_FALSE(some[0].has(&Person::age));
    co_return;
  };
  EXPECT_EQ(sync_wait(people.chunk(3, note)), 4);
  EXPECT_EQ(found, (names{"ada", "bob", "cyd", "dan", "ada", "bob", "cyd", "dan"}));
  EXPECT_EQ(sizes, (std::vector<std::size_t>{3, 1}));
}
TEST_P(partial_columns, a_field_that_was_not_read_is_an_error_that_names_it) {
  const auto found = sync_wait(db.query<Person>().only(person_name).where(person_name == "ada").one());
  const auto refused = failure_of<field_not_loaded>([&] { (void)found[&Person::age]; });
  EXPECT_NE(std::string(refused.what()).find("Person::age"), std::string::npos) << refused.what();
  EXPECT_NE(std::string(refused.what()).find("only("), std::string::npos) << refused.what();
  EXPECT_THROW((void)found[col<&Person::height>], field_not_loaded);
  EXPECT_FALSE(found.has(&Person::age));
  EXPECT_TRUE(found.has(&Person::name));
}
TEST_P(partial_columns, leaves_out_those_that_it_omits) {
  const auto found = sync_wait(db.query<Person>().omit(person_age).where(person_name == "ada").one());
  EXPECT_EQ(found[&Person::height], 1.7);
  EXPECT_EQ(found[&Person::address].city, "London");
  EXPECT_THROW((void)found[&Person::age], field_not_loaded);
}
TEST_P(partial_columns, a_value_object_is_there_where_all_of_it_is) {
  const auto found =
      sync_wait(db.query<Person>().only(col<&Person::address, &Address::city>).where(person_name == "ada").one());
  EXPECT_EQ((found[col<&Person::address, &Address::city>]), "London");
  EXPECT_THROW((void)found[&Person::address], field_not_loaded);
  EXPECT_THROW((void)(found[col<&Person::address, &Address::street>]), field_not_loaded);
}
TEST_P(partial_columns, the_key_is_not_left_out) {
  EXPECT_THROW((void)db.query<Person>().omit(col<&Person::id>), query_error);
}
TEST_P(partial_columns, are_read_by_every_verb) {
  auto query = db.query<Person>().only(person_name).order_by(person_name);
  EXPECT_EQ((*sync_wait(query.first()))[&Person::name], "ada");
  EXPECT_EQ(sync_wait(query.count()), 4);
  EXPECT_TRUE(sync_wait(query.exists()));
  const auto page = sync_wait(query.page(2, 3));
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.total, 4);
  EXPECT_EQ(page.items[0][&Person::name], "dan");
  std::vector<std::string> streamed;
  run([&]() -> task<void> {
    auto rows = query.stream();
    while (auto* row = co_await rows.next()) streamed.push_back((*row)[&Person::name]);
  });
  EXPECT_EQ(streamed, (std::vector<std::string>{"ada", "bob", "cyd", "dan"}));
}
TEST_P(partial_columns, are_copied_out) {
  run([&]() -> task<void> {
    auto rows = db.copy_out(db.query<Person>().only(person_name).order_by(person_name));
    std::vector<std::string> names;
    while (auto* row = co_await rows.next()) {
      EXPECT_GT((*row)[&Person::id], 0);
      EXPECT_FALSE(row->has(&Person::age));
      names.push_back((*row)[&Person::name]);
    }
    EXPECT_EQ(names, (std::vector<std::string>{"ada", "bob", "cyd", "dan"}));
  });
}
TEST_P(partial_columns, of_a_joined_query_are_those_of_its_first_model) {
  const auto owners = sync_wait(db.query<Person>()
                                    .join<Pet>(col<&Pet::owner_id> == col<&Person::id>)
                                    .only(person_name)
                                    .where(col<&Pet::name> == "fish")
                                    .all());
  ASSERT_EQ(owners.size(), 1U);
  EXPECT_EQ(owners[0][&Person::name], "bob");
}

// ---- as JSON

TEST_P(partial_columns, are_json_without_what_was_not_read) {
  const auto found = sync_wait(
      db.query<Person>().only(person_name, col<&Person::address, &Address::city>).where(person_name == "ada").one());
  EXPECT_EQ(to_json_text(found),
            "{\"id\":" + std::to_string(ada) + ",\"name\":\"ada\",\"address\":{\"city\":\"London\"}}");
}
TEST_P(partial_columns, are_json_in_lists_and_pages) {
  const auto query = db.query<Person>().only(person_name).order_by(person_name);
  const auto page = sync_wait(query.page(1, 1));
  EXPECT_EQ(to_json_text(page.items), "[{\"id\":" + std::to_string(ada) + ",\"name\":\"ada\"}]");
  const json shown = to_json(page);
  EXPECT_EQ(shown.member("items")->size(), 1U);
  EXPECT_EQ(shown.member("total")->as_int64(), 4);
  const json behind = to_json(sync_wait(query.page_after(cursor(), 3)));
  EXPECT_EQ(behind.member("items")->element(2)->member("name")->as_string(), "cyd");
  EXPECT_TRUE(behind.member("has_next")->as_bool());
}
TEST(partial_json, loads_the_fields_of_the_document) {
  const auto read = from_json<partial<Person>>(json::parse(R"({"name":"eve","address":{"city":"Rome"}})"));
  EXPECT_EQ(read[&Person::name], "eve");
  EXPECT_EQ((read[col<&Person::address, &Address::city>]), "Rome");
  EXPECT_THROW((void)read[&Person::age], field_not_loaded);
  EXPECT_THROW((void)read[&Person::id], field_not_loaded);
  EXPECT_EQ(to_json_text(read), R"({"name":"eve","address":{"city":"Rome"}})");
}
TEST(partial_json, what_does_not_fit_is_refused) {
  EXPECT_THROW((void)from_json<partial<Person>>(json::parse(R"({"name":5})")), validation_error);
  EXPECT_THROW((void)from_json<partial<Person>>(json::parse(R"({"nobody":5})")), validation_error);
  EXPECT_NO_THROW((void)from_json<partial<Person>>(json::parse(R"({"nobody":5})"), {.ignore_unknown = true}));
}

TEST(partial_json, is_read_in_lists_and_pages) {
  const auto list = from_json<std::vector<partial<Person>>>(json::parse(R"([{"name":"eve"},{"age":3}])"));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0][&Person::name], "eve");
  EXPECT_THROW((void)list[1][&Person::name], field_not_loaded);
  const std::string_view shown =
      R"({"items":[{"name":"eve"}],"page":1,"size":5,"total":1,"pages":1,"has_next":false,"has_prev":false})";
  EXPECT_EQ(to_json_text(from_json<page<partial<Person>>>(json::parse(shown))), shown);
  const auto behind = from_json<keyset_page<partial<Person>>>(json::parse(R"({"items":[{"age":3}],"has_next":true})"));
  EXPECT_EQ(behind.items.at(0)[&Person::age], 3);
  EXPECT_TRUE(behind.has_next);
}

class partial_relations : public conformance_test {
protected:
  void SetUp() override {
    create<library::Author, library::Passport, library::Book, library::Review, library::Label>();
    library::Author author{.name = "ada"};
    sync_wait(db.insert(author));
    library::Book book{.author_id = author.id, .title = "notes", .pages = 3};
    sync_wait(db.insert(book));
  }
};
TUPELO_CONFORMANCE_SUITE(partial_relations);

TEST_P(partial_relations, are_loaded_with_them) {
  const auto authors =
      sync_wait(db.query<library::Author>().omit(col<&library::Author::name>).with(&library::Author::books).all());
  ASSERT_EQ(authors.size(), 1U);
  ASSERT_EQ(authors[0][&library::Author::books].size(), 1U);
  EXPECT_THROW((void)authors[0][&library::Author::name], field_not_loaded);
  EXPECT_THROW((void)authors[0][&library::Author::passport].get(), relation_not_loaded);
}
TEST_P(partial_relations, that_are_loaded_are_json_with_them) {
  const auto author =
      sync_wait(db.query<library::Author>().omit(col<&library::Author::name>).with(&library::Author::books).one());
  const json shown = to_json(author);
  EXPECT_EQ(shown.member("books")->element(0)->member("title")->as_string(), "notes");
  EXPECT_FALSE(shown.member("name").has_value());
  EXPECT_FALSE(shown.member("passport").has_value());
}
TEST_P(partial_relations, are_refused_where_the_column_that_leads_to_them_is_left_out) {
  const auto refused = failure_of<query_error>([&] {
    sync_wait(db.query<library::Book>().only(col<&library::Book::title>).with(&library::Book::author).all());
  });
  EXPECT_NE(std::string(refused.what()).find("Book::author_id"), std::string::npos) << refused.what();
  const auto books = sync_wait(db.query<library::Book>()
                                   .only(col<&library::Book::title>, col<&library::Book::author_id>)
                                   .with(&library::Book::author)
                                   .all());
  EXPECT_EQ(books[0][&library::Book::author]->name, "ada");
}

class scopes : public people_test {};
TUPELO_CONFORMANCE_SUITE(scopes);

constexpr auto older_than = [](auto& query, int years) { query.where(col<&Person::age> > years); };
constexpr auto with_a_pet = [](const auto& query) {
  return query.template join<Pet>(col<&Pet::owner_id> == col<&Person::id>);
};

TEST_P(scopes, add_to_any_query_that_has_their_models) {
  EXPECT_EQ(sync_wait(db.query<Person>().apply(older_than, 30).order_by(person_name).pluck(person_name)),
            (std::vector<std::string>{"ada", "dan"}));
}
TEST_P(scopes, may_give_another_query) {
  EXPECT_EQ(sync_wait(db.query<Person>().apply(older_than, 30).apply(with_a_pet).distinct().pluck(person_name)),
            (std::vector<std::string>{"ada"}));
}
TEST_P(scopes, leave_the_query_that_they_are_applied_to) {
  const auto all = db.query<Person>();
  (void)all.apply(older_than, 30);
  EXPECT_EQ(sync_wait(all.count()), 4);
}

}  // namespace
}  // namespace tupelo::conformance
