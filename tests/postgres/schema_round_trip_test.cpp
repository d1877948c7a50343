// SPDX-License-Identifier: Apache-2.0
// Models and random schemas: what they ask for is made on a server, read back, and nothing is left to change.
#include "random_schema.hpp"
#include "raw_database.hpp"

#include <tupelo/tupelo.hpp>
#include <tupelo/schema/diff.hpp>
#include <tupelo/schema/models.hpp>
#include <tupelo/schema/squash.hpp>
#include <tupelo/query/text_functions.hpp>

namespace tupelo::postgres {
namespace {

enum class Role : std::uint8_t { guest, member, admin };
struct Address {
  std::string street, city;
};
struct User {
  std::int64_t id{};
  std::string email;
  std::optional<int> age;
  Address address;
  Role role{Role::guest};
  timestamp created_at{}, updated_at{};
  std::optional<timestamp> deleted_at;

  static void model(model<User>& m) {
    m.table("users");
    m.unique(&User::email);
    m.index(&User::role, &User::created_at);
    m.check("age_is_human", col<&User::age> >= 0 && col<&User::age> < 200);
    m.check("known_role", col<&User::role>.in(Role::guest, Role::admin));
    m.timestamps(&User::created_at, &User::updated_at);
    m.soft_delete(&User::deleted_at);
  }
};
struct Post {
  std::int64_t id{};
  std::int64_t author_id{};
  std::string title;
  json meta;
  decimal price;
  double score{};
  bool draft{};
  date day{};
  bytes raw;
  timestamp at{};
  uuid token{};
  belongs_to<User> author;

  static void model(model<Post>& m) {
    m.table("order");
    m.belongs_to(&Post::author, &Post::author_id).on_delete(cascade);
    m.column(&Post::price).precision(10, 2);
    m.column(&Post::title).length(160).default_value("it's");
    m.column(&Post::draft).default_value(true);
    m.column(&Post::score).default_value(0.5);
    m.index(&Post::author_id, &Post::title).where(col<&Post::title>.contains("50%_") && col<&Post::draft> == true);
    m.check("searched", lower(col<&Post::title>).contains("50%_") || trim(col<&Post::title>).starts_with("it's"));
    m.check("numbers", col<&Post::score> > 1.5 || !(col<&Post::author_id> == 3 && col<&Post::draft> == true));
    m.check("times", col<&Post::at> > timestamp{0} && col<&Post::day> > date{0});
    m.check("computed", length(col<&Post::title>) > 3 && col<&Post::score> * 2 > col<&Post::score> + 1);
    m.check("lists", col<&Post::title>.in("a", "b") || col<&Post::author_id>.in(1, 2, 3));
    m.check("exact", col<&Post::price> >= 0 && col<&Post::token> != uuid{});
  }
};

struct Labels {
  std::vector<std::string> all;
};

}  // namespace
}  // namespace tupelo::postgres

template <>
struct tupelo::field_traits<tupelo::postgres::Labels> {
  using stored = std::vector<std::string>;
  static stored store(const tupelo::postgres::Labels& labels) { return labels.all; }
  static tupelo::postgres::Labels load(const stored& all) { return {all}; }
};

namespace tupelo::postgres {
namespace {

struct Device {
  std::int64_t id{};
  std::vector<std::string> tags;
  std::vector<std::optional<std::int32_t>> readings;
  std::vector<Role> roles;
  std::optional<std::vector<decimal>> prices;
  std::vector<native<"inet">> addresses;
  native<"cidr"> network;
  native<"bit varying(8)"> mask;
  native<"numeric(6,2)"> weight;
  range<date> used;
  interval warranty;
  time_of_day wakes_at;
  Labels labels;

  static void model(model<Device>& m) {
    m.column(&Device::tags).default_value(R"(["new", "it's", "a,b"])");
    m.column(&Device::readings).default_value("[1, null]");
    m.column(&Device::prices).default_value("[1.50]");
    m.column(&Device::warranty).default_value("P2Y");
    m.column(&Device::wakes_at).default_value("06:30:00");
    m.column(&Device::network).default_value("10.0.0.0/8");
    m.check("early",
            col<&Device::wakes_at> < time_of_day::from_hms(9, 0) && col<&Device::warranty> > interval{1, 0, 0});
    m.check("short_interval", col<&Device::warranty> != interval{0, 0, 14'706'000'000});
  }
};

class postgres_round_trip : public live_test {
protected:
  /// Changes the database to what is wanted, and expects nothing to be left to change.
  void become(const schema_definition& from, const schema_definition& to) {
    schema_definition state = from;
    db().change(diff(from, to), state);
    diff_options live;
    live.live = &schema_rules();
    for (const schema_operation& left : diff(db().introspect(), to, live)) ADD_FAILURE() << left.describe();
    // A column that allows NULL since keeps its indexes as they are; only what is wanted may leave that open.
    schema_definition made = db().introspect();
    for (table_definition& table : made.tables) {
      for (index_definition& index : table.indexes) {
        for (index_column& term : index.columns) term.nulls = index_nulls::smallest;
      }
    }
    for (const schema_operation& left : diff(to, made, live)) ADD_FAILURE() << left.describe();
  }
};

TEST_F(postgres_round_trip, models_agree_with_the_database_that_they_made) {
  become({}, schema_of<User, Post>().schema);
}

TEST_F(postgres_round_trip, models_of_arrays_and_named_types_agree_with_the_database_that_they_made) {
  become({}, schema_of<Device>().schema);
}

struct Note {
  std::int64_t id{};
  std::string text;
  std::int32_t rank{};
  std::vector<std::int64_t> links;
  json meta;

  static void model(model<Note>& m) {
    m.index(&Note::text).operator_class(&Note::text, "text_ops");
    m.index(&Note::text, &Note::rank)
        .operator_class(&Note::text, "text_pattern_ops")
        .operator_class(&Note::rank, "int4_ops");
    m.index(&Note::links).using_method("gin").operator_class(&Note::links, "array_ops");
    m.index(&Note::meta).using_method("gin").operator_class(&Note::meta, "pg_catalog.jsonb_ops");
  }
};
TEST_F(postgres_round_trip, usual_operator_classes_are_no_difference_where_they_are_named) {
  const schema_definition wanted = schema_of<Note>().schema;
  schema_definition state;
  db().change(diff({}, wanted), state);
  diff_options live;
  live.live = &schema_rules();
  for (const schema_operation& left : diff(db().introspect(), wanted, live)) ADD_FAILURE() << left.describe();
}

TEST_F(postgres_round_trip, values_of_an_enum_go_while_defaults_and_checks_move_away_from_them) {
  const auto moods = [](std::vector<std::string> values, const std::string& usual) {
    schema_definition schema;
    schema.enums = {{"mood", std::move(values)}};
    const std::string literal = "'" + usual + "'";
    table_definition days;
    days.name = "days";
    days.columns = {{.name = "id", .type = type_kind::int64, .identity = true},
                    {.name = "at_noon", .type = column_type::enumeration("mood"), .default_sql = literal},
                    {.name = "at_night", .type = column_type::enumeration("mood")},
                    {.name = "all",
                     .type = column_type::array_of(column_type::enumeration("mood")),
                     .default_sql = "'[\"" + usual + "\"]'"}};
    days.primary_key.columns = {"id"};
    days.checks = {{"known", "at_noon <> at_night"},
                   {"named", "CASE WHEN id IN (1, 2) THEN at_noon ELSE " + literal + " END = " + literal}};
    schema.add(with_names(std::move(days)));
    return schema;
  };
  const schema_definition from = moods({"bad", "fine"}, "fine");
  const schema_definition to = moods({"low", "bad", "good"}, "good");
  become({}, from);
  become(from, to);
  become(to, from);
  become(from, moods({"fine", "bad"}, "fine"));
}

TEST_F(postgres_round_trip, random_schemas_become_each_other_and_back) {
  for (std::uint32_t seed = 1; seed <= 20 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_schema random(seed);
    const schema_definition from = random.make();
    const schema_definition to = random.make();
    become({}, from);
    become(from, to);
    become(to, from);
    become(from, {});
  }
}

TEST_F(postgres_round_trip, squashed_operations_build_what_all_of_them_build) {
  for (std::uint32_t seed = 101; seed <= 120 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_schema random(seed);
    const schema_definition before = seed % 2 == 0 ? random.make() : schema_definition();
    const schema_definition middle = random.make();
    const schema_definition after = random.make();
    std::vector<schema_operation> changes = diff(before, middle);
    for (schema_operation& change : diff(middle, after)) changes.push_back(std::move(change));
    schema_definition state;
    db().change(diff({}, before), state);
    db().change(migrate::fewest(changes, before), state);
    diff_options live;
    live.live = &schema_rules();
    for (const schema_operation& left : diff(db().introspect(), after, live)) ADD_FAILURE() << left.describe();
    db().change(diff(state, {}), state);
  }
}

}  // namespace
}  // namespace tupelo::postgres
