// SPDX-License-Identifier: Apache-2.0
#include "live_database.hpp"

#include "tupelo/schema/migrator.hpp"
#include "tupelo/schema/models.hpp"
#include <tupelo/query/functions.hpp>
#include <tupelo/query/text_functions.hpp>
#include <tupelo/model/model.hpp>
#include <tupelo/model/native.hpp>
#include <tupelo/model/range.hpp>
#include <tupelo/core/bytes.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/interval.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/time_of_day.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::model_samples {

struct Address {
  std::string street, city;
};
enum class Role : std::uint8_t { guest, member, admin };

struct User {
  std::int64_t id{};
  std::string email;
  std::optional<int> age;
  Address address;
  Role role{Role::guest};
  timestamp created_at{}, updated_at{};
  std::optional<timestamp> deleted_at;

  static void model(tupelo::model<User>& m) {
    m.table("users");
    m.unique(&User::email);
    m.index(&User::role, &User::created_at);
    m.check("age_is_human", col<&User::age> >= 0 && col<&User::age> < 200);
    m.timestamps(&User::created_at, &User::updated_at);
    m.soft_delete(&User::deleted_at);
  }
};

struct Post {
  std::int64_t id{};
  std::int64_t author_id{};
  std::string title;
  int views{};
  belongs_to<User> author;

  static void model(tupelo::model<Post>& m) {
    m.table("posts").renamed_from("articles");
    m.belongs_to(&Post::author, &Post::author_id).on_delete(cascade);
    m.index(&Post::author_id, &Post::title).where(col<&Post::views> > 0).named("by_author");
    m.column(&Post::views).default_value(0).renamed_from("hits");
    m.column(&Post::title).length(160);
  }
};

struct Everything {
  uuid id{};
  bool flag{};
  std::int8_t tiny{};
  std::uint8_t byte{};
  std::int16_t small{};
  std::uint16_t word{};
  std::int32_t medium{};
  std::uint32_t dword{};
  std::int64_t large{};
  std::uint64_t huge{};
  float single{};
  double wide{};
  std::string text;
  bytes raw;
  timestamp at{};
  date day{};
  decimal price;
  json meta;
  Role role{};
  std::optional<double> maybe;
  time_of_day opens_at;
  interval lease;
  std::vector<std::string> tags;
  std::optional<std::vector<std::optional<decimal>>> prices;
  std::vector<native<"inet">> hosts;
  native<"cidr"> network;
  range<date> paid;

  static void model(tupelo::model<Everything>& m) {
    m.column(&Everything::price).precision(10, 2);
    m.column(&Everything::flag).default_value(true);
    m.column(&Everything::text).default_value("it's");
    m.column(&Everything::large).native_type("NUMBER(19)");
    m.unique(&Everything::role, &Everything::day);
    m.check("numbers",
            col<&Everything::wide> > 1.5 || !(col<&Everything::medium> == 3 && col<&Everything::flag> == true));
    m.check("texts", col<&Everything::text>.contains("50%_") && col<&Everything::text> != "it's");
    m.check("searches", lower(col<&Everything::text>).contains("50%_") && upper(col<&Everything::text>).like("A\\%%") &&
                            lower(col<&Everything::text>).starts_with("it's"));
    m.check("lists", col<&Everything::medium>.in(1, 2, 3) && col<&Everything::role>.in(Role::guest, Role::admin));
    m.check("times", col<&Everything::at> > timestamp{0} && col<&Everything::maybe>.is_null());
    m.check("clock", col<&Everything::opens_at> < time_of_day{1} && col<&Everything::lease> != interval{1, 2, 0});
  }
};

struct Cents {
  std::int64_t count{};
};
struct Nick {
  std::string text;
};

struct Book {
  std::int64_t id{};
  std::int64_t shelf_id{};
};
struct Shelf {
  std::int64_t id{};
  has_many<Book> books;

  static void model(tupelo::model<Shelf>& m) { m.has_many(&Shelf::books, "shelve_id"); }
};
struct Reader {
  std::int64_t id{};
  has_many<Book> books;
};
struct Room;
struct Library {
  std::int64_t id{};
  has_many<Room> rooms;

  static void model(tupelo::model<Library>& m) { m.has_many(&Library::rooms, "library_id"); }
};

}  // namespace tupelo::model_samples

template <>
struct tupelo::field_traits<tupelo::model_samples::Cents> {
  using stored = std::int64_t;
  static constexpr std::string_view column_type = "numeric(12)";
  static stored store(const tupelo::model_samples::Cents& cents) { return cents.count; }
  static tupelo::model_samples::Cents load(stored count) { return {count}; }
};
template <>
struct tupelo::field_traits<tupelo::model_samples::Nick> {
  using stored = std::string;
  static constexpr std::string_view column_type = "citext";
  static stored store(const tupelo::model_samples::Nick& nick) { return nick.text; }
  static tupelo::model_samples::Nick load(const stored& text) { return {text}; }
};

namespace tupelo::model_samples {

struct Account {
  std::int64_t id{};
  Cents balance;
  Nick nick;
  std::vector<Cents> parts;
};

struct order_line {
  std::int64_t order_id{};
  std::int32_t line{};
  std::string select;

  static void model(tupelo::model<order_line>& m) {
    m.table("order");
    m.primary_key(&order_line::order_id, &order_line::line);
    m.check("chosen", col<&order_line::select> != "");
  }
};

struct Shout {
  std::int64_t id{};
  std::string text;
  static void model(tupelo::model<Shout>& m) { m.check("any", lower(col<&Shout::text>).contains("a", any_case)); }
};

struct Badge {
  std::int64_t id{};
  std::string code, number;
  std::optional<timestamp> deleted_at;
  static void model(tupelo::model<Badge>& m) {
    m.unique(&Badge::code);
    m.unique(&Badge::number).including_deleted();
    m.soft_delete(&Badge::deleted_at);
  }
};
struct Visit {
  std::int64_t id{};
  std::string code;
  static void model(tupelo::model<Visit>& m) { m.foreign_key(&Visit::code).references(&Badge::code); }
};
struct Entrance {
  std::int64_t id{};
  std::string number;
  static void model(tupelo::model<Entrance>& m) { m.foreign_key(&Entrance::number).references(&Badge::number); }
};

struct Twin {
  std::int64_t id{};
  static void model(tupelo::model<Twin>& m) { m.table("users"); }
};

}  // namespace tupelo::model_samples

namespace tupelo {
namespace {

using namespace model_samples;

const table_definition& table_of(const model_schema& models, std::string_view name) {
  return *models.schema.find(name);
}

TEST(models, become_the_table_that_the_design_shows) {
  model_schema models = schema_of<User, Post>();
  const table_definition& users = table_of(models, "users");
  std::string columns;
  for (const auto& c : users.columns) columns += c.name + (c.nullable ? "? " : " ");
  EXPECT_EQ(columns, "id email age? address_street address_city role created_at updated_at deleted_at? ");
  EXPECT_TRUE(users.columns[0].identity);
  EXPECT_EQ(users.primary_key.columns, std::vector<std::string>{"id"});
  EXPECT_TRUE(users.uniques.empty()) << "rows that are marked as deleted are left out";
  ASSERT_EQ(users.indexes.size(), 2U);
  EXPECT_EQ(users.indexes[0].columns[0].name, "email");
  EXPECT_TRUE(users.indexes[0].unique);
  EXPECT_EQ(users.indexes[0].where, "deleted_at IS NULL");
  EXPECT_EQ(users.indexes[1].columns[1].name, "created_at");
  EXPECT_EQ(users.checks[0], (check_definition{"age_is_human", "age >= 0 AND age < 200"}));
}

template <class... Models>
std::string refusal_of() {
  try {
    (void)schema_of<Models...>();
  } catch (const model_error& e) {
    return e.what();
  }
  ADD_FAILURE() << "not refused";
  return {};
}

TEST(models, whose_foreign_key_names_what_is_unique_among_living_rows_are_refused) {
  const std::string said = refusal_of<Badge, Visit>();
  EXPECT_NE(said.find("Badge"), std::string::npos) << said;
  EXPECT_NE(said.find("including_deleted()"), std::string::npos) << said;
  EXPECT_EQ(table_of(schema_of<Badge, Entrance>(), "entrances").foreign_keys[0].referenced_columns,
            std::vector<std::string>{"number"});
}

TEST(models, give_foreign_keys_defaults_lengths_and_conditions) {
  const model_schema models = schema_of<User, Post>();
  const table_definition& posts = table_of(models, "posts");
  ASSERT_EQ(posts.foreign_keys.size(), 1U);
  EXPECT_EQ(posts.foreign_keys[0].references, "users");
  EXPECT_EQ(posts.foreign_keys[0].referenced_columns, std::vector<std::string>{"id"});
  EXPECT_EQ(posts.foreign_keys[0].on_delete, referential_action::cascade);
  EXPECT_EQ(posts.find_column("views")->default_sql, "0");
  EXPECT_EQ(posts.find_column("title")->type, column_type::varchar(160));
  EXPECT_EQ(posts.indexes[0].name, "by_author");
  EXPECT_EQ(posts.indexes[0].where, "views > 0");
}

TEST(models, hint_at_what_was_renamed) {
  model_schema models = schema_of<User, Post>();
  ASSERT_EQ(models.renames.size(), 2U);
  EXPECT_EQ(models.renames[0].table + "<" + models.renames[0].from, "posts<articles");
  EXPECT_EQ(models.renames[1].column + "<" + models.renames[1].from, "views<hits");
}

TEST(models, map_every_type_of_field) {
  const model_schema models = schema_of<Everything>();
  const table_definition& t = models.schema.tables.at(0);
  std::string types;
  for (const auto& c : t.columns) types += c.type.to_string() + " ";
  EXPECT_EQ(
      types,
      "uuid boolean int16 int16 int16 int32 int32 int64 NUMBER(19) int64 float32 float64 text bytes timestamp date "
      "decimal(10, 2) json text float64 time interval text[] decimal[] inet or text[] cidr or text daterange or text ");
  EXPECT_EQ(t.find_column("flag")->default_sql, "TRUE");
  EXPECT_EQ(t.find_column("text")->default_sql, "'it''s'");
  EXPECT_FALSE(t.find_column("id")->identity);
}

TEST(models, take_the_type_that_a_users_type_names) {
  const model_schema models = schema_of<Account>();
  const table_definition& t = models.schema.tables.at(0);
  EXPECT_EQ(t.find_column("balance")->type, column_type::spelled("numeric(12)"));
  EXPECT_EQ(t.find_column("nick")->type, column_type::native_or_text("citext"));
  EXPECT_EQ(t.find_column("parts")->type, column_type::array_of(column_type::spelled("numeric(12)")));
}

TEST(models, write_conditions_as_neutral_sql) {
  const model_schema models = schema_of<Everything>();
  const table_definition& t = models.schema.tables.at(0);
  EXPECT_EQ(t.find_check("numbers")->expression, "wide > 1.5 OR NOT (medium = 3 AND flag = TRUE)");
  EXPECT_EQ(t.find_check("texts")->expression, "text LIKE '%50\\%\\_%' ESCAPE '\\' AND text <> 'it''s'");
  EXPECT_EQ(t.find_check("searches")->expression,
            "lower(text) LIKE '%50\\%\\_%' ESCAPE '\\' AND upper(text) LIKE 'A\\%%' ESCAPE '\\' AND "
            "lower(text) LIKE 'it''s%' ESCAPE '\\'");
  EXPECT_EQ(t.find_check("lists")->expression, "medium IN (1, 2, 3) AND role IN ('guest', 'admin')");
  EXPECT_EQ(t.find_check("clock")->expression, "opens_at < '00:00:00.000001' AND lease <> 'P1M2D'");
  EXPECT_EQ(t.find_check("times")->expression, "at > '1970-01-01 00:00:00.000000' AND maybe IS NULL");
}

TEST(models, quote_columns_whose_names_are_keywords) {
  const model_schema models = schema_of<order_line>();
  EXPECT_EQ(table_of(models, "order").checks[0].expression, "\"select\" <> ''");
  EXPECT_EQ(table_of(models, "order").primary_key.columns, (std::vector<std::string>{"order_id", "line"}));
  EXPECT_FALSE(table_of(models, "order").columns[0].identity);
}

TEST(models, of_one_table_are_refused) {
  try {
    (void)schema_of<User, Twin>();
    FAIL();
  } catch (const model_error& e) {
    EXPECT_NE(std::string(e.what()).find("`users`"), std::string::npos);
  }
}

TEST(models, whose_relation_names_no_column_are_refused) {
  const std::string said = refusal_of<Shelf, Book>();
  EXPECT_NE(said.find("Shelf::books"), std::string::npos) << said;
  EXPECT_NE(said.find("\"shelve_id\""), std::string::npos) << said;
}

TEST(models, whose_relation_is_not_declared_are_refused) {
  EXPECT_NE(refusal_of<Reader>().find("Reader::books is not declared"), std::string::npos);
}

TEST(models, that_relate_to_a_model_nobody_knows_are_refused) {
  const std::string said = refusal_of<Library>();
  EXPECT_NE(said.find("Library::rooms"), std::string::npos) << said;
  EXPECT_NE(said.find("Room"), std::string::npos) << said;
}

TEST(models, whose_condition_searches_in_any_case_are_refused) {
  EXPECT_NE(refusal_of<Shout>().find("compare tp::lower"), std::string::npos);
}

TEST(models, need_one_migration_and_then_none) {
  model_schema models = schema_of<User, Post, Everything, order_line>();
  std::vector<schema_operation> operations = migrate::check(models, history(std::vector<migration>{}));
  EXPECT_EQ(operations.size(), 4U);
  schema_definition recorded;
  apply_all(operations, recorded);
  diff_options options;
  options.renames = models.renames;
  EXPECT_TRUE(diff(recorded, models.schema, options).empty());
}

TEST(models, agree_with_the_live_database_that_they_made) {
  model_schema models = schema_of<User, Post, Everything, order_line>();
  schema_definition recorded;
  std::vector<schema_operation> operations = diff(recorded, models.schema);
  sample::live_database live;
  const schema_dialect& rules = live.db.sql_dialect().schema();
  for (const ddl_statement& statement : rules.render(operations, recorded)) live.execute(statement.sql);
  for (const auto& difference : sync_wait(migrate::compare(live.db, models))) ADD_FAILURE() << difference.describe();
}

TEST(models, find_what_a_live_database_lacks) {
  sample::live_database live;
  live.execute("CREATE TABLE \"order\" (order_id INTEGER NOT NULL, line INT NOT NULL, \"select\" VARCHAR(9), "
               "PRIMARY KEY (order_id, line), CONSTRAINT chosen CHECK (\"select\" <> ''))");
  std::vector<schema_operation> missing = sync_wait(migrate::compare(live.db, schema_of<order_line>()));
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_EQ(missing[0].describe(), "alter column order.select: varchar(9), nullable → text");
}

}  // namespace
}  // namespace tupelo
