// SPDX-License-Identifier: Apache-2.0
// Indexes of every kind, generated columns, enums, exclusion constraints and comments: from the model to the schema.
#include "live_database.hpp"

#include "tupelo/schema/diff.hpp"
#include "tupelo/schema/migrator.hpp"
#include "tupelo/schema/models.hpp"
#include <tupelo/query/choices.hpp>
#include <tupelo/query/functions.hpp>
#include <tupelo/query/sql_text.hpp>
#include <tupelo/query/text_functions.hpp>
#include <tupelo/model/model.hpp>
#include <tupelo/model/range.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/timestamp.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::feature_samples {

enum class Mood : std::uint8_t { bad, fine };

struct Booking {
  std::int64_t id{};
  int room{};
  range<timestamp> during;
  Mood mood{};
  std::vector<Mood> moods;
  std::string note;
  std::optional<std::string> loud;
  std::int64_t twice{};

  static void model(tupelo::model<Booking>& m) {
    m.comment("who sleeps where");
    m.column(&Booking::room).comment("its number");
    m.native_enum(&Booking::mood).value_renamed("good", "fine");
    m.native_enum(&Booking::moods);
    m.generated(&Booking::loud, "upper(note)");
    m.generated(&Booking::twice, col<&Booking::room> * 2).not_stored();
    m.index(&Booking::room, lower(col<&Booking::note>)).descending(lower(col<&Booking::note>)).include(&Booking::mood);
    m.index("trim(note)").nulls_last("trim(note)").named("trimmed");
    m.index(&Booking::during).using_method("gist").operator_class(&Booking::during, "range_ops");
    m.unique(lower(col<&Booking::note>));
    m.unique(&Booking::note).deferrable();
    m.unique(&Booking::loud).nulls_not_distinct();
    m.exclude("apart").with(&Booking::room, "=").with(&Booking::during, "&&").where(col<&Booking::room> > 0);
  }
};
struct Guest {
  std::int64_t id{};
  std::int64_t booking_id{};
  Mood mood{};

  static void model(tupelo::model<Guest>& m) {
    m.native_enum(&Guest::mood);
    m.foreign_key(&Guest::booking_id).references<Booking>().deferrable();
  }
};

template <class T>
std::string refusal() {
  try {
    (void)schema_of<T>();
  } catch (const model_error& e) {
    return e.what();
  }
  return "nothing";
}

struct Entry {
  std::int64_t id{};
  std::string title;
  std::optional<std::string> body;
  static void model(tupelo::model<Entry>& m) {
    m.search_index("english", &Entry::title, &Entry::body).weight(&Entry::title, 'A');
  }
};
struct SearchesANumber {
  std::int64_t id{};
  int stars{};
  static void model(tupelo::model<SearchesANumber>& m) { m.search_index("english", &SearchesANumber::stars); }
};
struct SearchesTwice {
  std::int64_t id{};
  std::string text;
  static void model(tupelo::model<SearchesTwice>& m) {
    m.search_index("english", &SearchesTwice::text);
    m.search_index("simple", &SearchesTwice::text);
  }
};
struct SearchesInNoLanguage {
  std::int64_t id{};
  std::string text;
  static void model(tupelo::model<SearchesInNoLanguage>& m) { m.search_index("it's", &SearchesInNoLanguage::text); }
};
struct WeighsByANumber {
  std::int64_t id{};
  std::string text;
  static void model(tupelo::model<WeighsByANumber>& m) {
    m.search_index("english", &WeighsByANumber::text).weight(&WeighsByANumber::text, '1');
  }
};

TEST(models_features, say_what_is_searched) {
  const schema_definition schema = schema_of<Entry>().schema;
  const table_definition& table = schema.tables[0];
  ASSERT_EQ(table.indexes.size(), 1U);
  EXPECT_EQ(table.indexes[0].language, "english");
  EXPECT_EQ(table.indexes[0].columns,
            (std::vector<index_column>{{.name = "title", .weight = 'A'}, {.name = "body", .weight = 'D'}}));
}
TEST(models_features, refuse_a_search_that_cannot_be) {
  EXPECT_NE(refusal<SearchesANumber>().find("stars, which is no text"), std::string::npos);
  EXPECT_NE(refusal<SearchesTwice>().find("said twice"), std::string::npos);
  EXPECT_NE(refusal<SearchesInNoLanguage>().find("lower-case"), std::string::npos);
  EXPECT_NE(refusal<WeighsByANumber>().find("'A' to 'D'"), std::string::npos);
}

TEST(models_features, say_everything_of_an_index) {
  const table_definition table = with_names(schema_of<Booking>().schema).tables.at(0);
  ASSERT_EQ(table.indexes.size(), 4U);
  const index_definition* found = table.find_index("trimmed");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->columns, (std::vector<index_column>{{.expression = "trim(note)", .nulls = index_nulls::last}}));
  for (const index_definition& index : table.indexes) {
    if (index.method == "gist") {
      EXPECT_EQ(index.columns[0].operator_class, "range_ops");
    } else if (index.unique) {
      EXPECT_EQ(index.columns, (std::vector<index_column>{{.expression = "lower(note)"}}));
    } else if (&index != found) {
      EXPECT_EQ(index.include, std::vector<std::string>{"mood"});
      EXPECT_TRUE(index.columns.at(1).descending);
    }
  }
}
TEST(models_features, say_what_holds_for_unique_constraints_and_foreign_keys) {
  const table_definition table = with_names(schema_of<Booking>().schema).tables.at(0);
  EXPECT_TRUE(table.find_unique("uq_bookings_note")->deferrable);
  EXPECT_TRUE(table.find_unique("uq_bookings_loud")->nulls_not_distinct);
  EXPECT_TRUE((schema_of<Booking, Guest>().schema.find("guests")->foreign_keys.at(0).deferrable));
}
TEST(models_features, say_how_columns_are_computed) {
  const table_definition table = schema_of<Booking>().schema.tables.at(0);
  EXPECT_EQ(table.find_column("loud")->computed_sql, "upper(note)");
  EXPECT_EQ(table.find_column("twice")->computed_sql, "(room * 2)");
  EXPECT_TRUE(table.find_column("twice")->computed_at_read);
  EXPECT_EQ(table.find_column("room")->comment, "its number");
  EXPECT_EQ(table.comment, "who sleeps where");
}
struct Worded {
  std::int64_t id{};
  std::string first, last;
  int age{};
  std::string name, label, words;
  std::optional<std::string> shown;
  static void model(tupelo::model<Worded>& m) {
    m.generated(&Worded::name, concat(col<&Worded::first>, " ", col<&Worded::last>));
    m.generated(&Worded::label,
                case_when(col<&Worded::age> < 18, "child").when(col<&Worded::age> < 65, "adult").otherwise("old"));
    m.generated(&Worded::words, replace(trim(col<&Worded::first>), "a", "b"));
    m.generated(&Worded::shown, nullif(col<&Worded::last>, ""));
  }
};
TEST(models_features, say_functions_in_words_that_databases_share) {
  const table_definition table = schema_of<Worded>().schema.tables.at(0);
  EXPECT_EQ(table.find_column("name")->computed_sql, "(first || ' ' || last)");
  EXPECT_EQ(table.find_column("label")->computed_sql,
            "CASE WHEN age < 18 THEN 'child' WHEN age < 65 THEN 'adult' ELSE 'old' END");
  EXPECT_EQ(table.find_column("words")->computed_sql, "replace(trim(first), 'a', 'b')");
  EXPECT_EQ(table.find_column("shown")->computed_sql, "nullif(last, '')");
}
TEST(models_features, share_an_enum) {
  const model_schema made = schema_of<Booking, Guest>();
  EXPECT_EQ(made.schema.enums, (std::vector<enum_definition>{{"mood", {"bad", "fine"}}}));
  EXPECT_EQ(made.schema.find("bookings")->find_column("moods")->type.to_string(), "enum mood[]");
  EXPECT_EQ(made.renames.at(0).enum_type, "mood");
}
TEST(models_features, say_what_rows_exclude_each_other) {
  const exclusion_definition apart = schema_of<Booking>().schema.tables.at(0).exclusions.at(0);
  EXPECT_EQ(apart.terms, (std::vector<exclusion_term>{{{"room"}, "="}, {{"during"}, "&&"}}));
  EXPECT_EQ(apart.where, "room > 0");
}

struct GeneratedKey {
  std::int64_t id{};
  static void model(tupelo::model<GeneratedKey>& m) { m.generated(&GeneratedKey::id, "1"); }
};
struct NotInTheIndex {
  std::int64_t id{};
  std::string a, b;
  static void model(tupelo::model<NotInTheIndex>& m) { m.index(&NotInTheIndex::a).descending(&NotInTheIndex::b); }
};
struct WaitingIndex {
  std::int64_t id{};
  std::string a;
  static void model(tupelo::model<WaitingIndex>& m) { m.index(&WaitingIndex::a).deferrable(); }
};
struct NoEnum {
  std::int64_t id{};
  std::string a;
  static void model(tupelo::model<NoEnum>& m) { m.native_enum(&NoEnum::a); }
};
struct OtherMood {
  std::int64_t id{};
  enum class Mood : std::uint8_t { low, high } mood{};
  static void model(tupelo::model<OtherMood>& m) { m.native_enum(&OtherMood::mood); }
};

TEST(models_features, refuse_what_makes_no_sense) {
  EXPECT_NE(refusal<GeneratedKey>().find("generated by the database"), std::string::npos);
  EXPECT_NE(refusal<NotInTheIndex>().find("does not sort by"), std::string::npos);
  EXPECT_NE(refusal<WaitingIndex>().find("m.unique("), std::string::npos);
  EXPECT_NE(refusal<NoEnum>().find("is not an enum"), std::string::npos);
  try {
    (void)schema_of<Guest, OtherMood, Booking>();
    ADD_FAILURE() << "nothing was refused";
  } catch (const model_error& e) {
    EXPECT_NE(std::string(e.what()).find(".named("), std::string::npos) << e.what();
  }
}

// ---- from one schema to another

std::vector<std::string> changes(const schema_definition& from, const schema_definition& to,
                                 const std::vector<rename_hint>& renames = {}) {
  std::vector<std::string> out;
  diff_options options;
  options.renames = renames;
  for (const schema_operation& operation : diff(from, to, options)) out.push_back(operation.describe());
  return out;
}

TEST(diff_of_features, an_enum_comes_before_its_first_column_and_goes_after_its_last) {
  const schema_definition made = schema_of<Booking, Guest>().schema;
  const std::vector<std::string> there = changes({}, made);
  EXPECT_EQ(there.front(), "create enum mood (bad, fine)");
  EXPECT_EQ(changes(made, {}).back(), "drop enum mood");
}
TEST(diff_of_features, values_of_an_enum_are_renamed_where_a_hint_says_so) {
  schema_definition made = schema_of<Booking, Guest>().schema;
  schema_definition former = made;
  former.enums[0].values = {"bad", "good"};
  EXPECT_EQ(changes(former, made, {{"", "fine", "good", "mood"}}),
            std::vector<std::string>{"rename value good of enum mood to fine"});
  EXPECT_EQ(changes(former, made), std::vector<std::string>{"change enum mood from (bad, good) to (bad, fine)"});
  EXPECT_TRUE(changes(made, made, {{"", "fine", "good", "mood"}}).empty());
}
TEST(diff_of_features, values_of_an_enum_go_after_what_uses_them_and_come_before_it) {
  const auto mood_with = [](std::vector<std::string> values, const char* usual) {
    schema_definition schema;
    schema.enums = {{"mood", std::move(values)}};
    schema.add({.name = "t",
                .columns = {{.name = "id", .type = type_kind::int64},
                            {.name = "mood",
                             .type = column_type::enumeration("mood"),
                             .default_sql = sql_text_literal(usual)}},
                .primary_key = {"", {"id"}}});
    return schema;
  };
  const schema_definition few = mood_with({"bad", "fine"}, "fine");
  const schema_definition others = mood_with({"low", "bad"}, "low");
  const std::string alter = "alter column t.mood: enum mood, default ";
  EXPECT_EQ(changes(few, others), (std::vector<std::string>{"change enum mood from (bad, fine) to (low, bad, fine)",
                                                            alter + "'fine' → enum mood, default 'low'",
                                                            "change enum mood from (low, bad, fine) to (low, bad)"}));
  EXPECT_EQ(changes(few, mood_with({"bad"}, "bad")),
            (std::vector<std::string>{alter + "'fine' → enum mood, default 'bad'",
                                      "change enum mood from (bad, fine) to (bad)"}));
  EXPECT_EQ(changes(few, mood_with({"fine", "good", "bad"}, "fine")),
            std::vector<std::string>{"change enum mood from (bad, fine) to (fine, good, bad)"});
}
TEST(diff_of_features, a_computed_column_comes_after_and_goes_before_those_it_is_made_of) {
  schema_definition small;
  small.add({.name = "t", .columns = {{.name = "id", .type = type_kind::int64}}, .primary_key = {"", {"id"}}});
  schema_definition large = small;
  large.tables[0].columns.push_back(
      {.name = "twice", .type = type_kind::int64, .nullable = true, .computed_sql = "n * 2"});
  large.tables[0].columns.push_back({.name = "n", .type = type_kind::int64, .nullable = true});
  EXPECT_EQ(changes(small, large).at(0), "add column t.n (int64, nullable)");
  EXPECT_EQ(changes(large, small).at(0), "drop column t.twice");
}
TEST(diff_of_features, each_part_counts) {
  const schema_definition made = schema_of<Booking>().schema;
  const auto differs = [&](auto change) {
    schema_definition other = made;
    change(other.tables[0]);
    return !changes(other, made).empty() && !changes(made, other).empty();
  };
  EXPECT_TRUE(differs([](table_definition& t) { t.comment = "x"; }));
  EXPECT_TRUE(differs([](table_definition& t) { t.columns[1].comment = "x"; }));
  EXPECT_TRUE(differs([](table_definition& t) { t.find_column("loud")->computed_sql = "lower(note)"; }));
  EXPECT_TRUE(differs([](table_definition& t) { t.find_column("twice")->computed_at_read = false; }));
  EXPECT_TRUE(differs([](table_definition& t) { t.uniques[0].deferrable = false; }));
  EXPECT_TRUE(differs([](table_definition& t) { t.uniques[1].nulls_not_distinct = false; }));
  EXPECT_TRUE(differs([](table_definition& t) { t.indexes[0].include.clear(); }));
  EXPECT_TRUE(differs([](table_definition& t) { t.indexes[0].columns[1].expression = "upper(note)"; }));
  EXPECT_TRUE(differs([](table_definition& t) { t.indexes[1].columns[0].nulls = index_nulls::first; }));
  EXPECT_TRUE(differs([](table_definition& t) { t.indexes[2].method.clear(); }));
  EXPECT_TRUE(differs([](table_definition& t) { t.indexes[2].columns[0].operator_class.clear(); }));
  EXPECT_TRUE(differs([](table_definition& t) { t.exclusions[0].terms[0].with = "<>"; }));
  EXPECT_TRUE(differs([](table_definition& t) { t.exclusions[0].where.clear(); }));
  EXPECT_FALSE(differs([](table_definition& t) { t.indexes[0].columns[1].expression = " LOWER( note )"; }));
}

}  // namespace tupelo::feature_samples
