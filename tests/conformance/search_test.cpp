// SPDX-License-Identifier: Apache-2.0
// Full-text search: what is found, in which order, how it is shown, and that the index keeps up with the table.
#include "backend.hpp"

#include <tupelo/schema/diff.hpp>
#include <tupelo/schema/migrator.hpp>
#include <tupelo/query/search.hpp>
#include <tupelo/query/table_alias.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Article {
  std::int64_t id{};
  std::int64_t writer_id{1};
  std::string title;
  std::optional<std::string> body;
  std::optional<timestamp> deleted_at;

  static void model(model<Article>& m) {
    m.soft_delete(&Article::deleted_at);
    m.search_index("english", &Article::title, &Article::body).weight(&Article::title, 'A');
  }
};
struct Writer {
  std::int64_t id{};
  std::string name;
};
struct Tune {
  std::int64_t id{};
  std::string called;
  static void model(model<Tune>& m) { m.search_index("simple", &Tune::called).named("tunes_by_word"); }
};

struct Label {
  std::int64_t id{};
  std::string first;
  std::string last;
  std::string whole{};
  static void model(model<Label>& m) {
    m.generated(&Label::whole, "first || ' ' || last");
    m.search_index("english", &Label::whole);
  }
};

using titles = std::vector<std::string>;

class search : public conformance_test {
protected:
  search() : db(trusting(url()), {.run = GetParam().run}) {
    if (IsSkipped()) return;
    sync_wait(tupelo::create_tables<Article, Writer, Tune, Label>(db));
    put("Rust and its language", "Ownership is a language feature.");
    put("Java", "A language that runs on a machine. Some of it is in Rust.");
    put("Cooking", "How iron rusts in the kitchen");
    put("Naming", std::nullopt);
  }
  /// Triggers of SQLite write full-text tables where the schema is trusted.
  std::string trusting(std::string url) const {
    if (!url.starts_with("sqlite:")) return url;
    return url + (url.find('?') == std::string::npos ? "?" : "&") + "trusted_schema=on";
  }
  Article put(std::string title, std::optional<std::string> body) {
    Article made;
    made.title = std::move(title);
    made.body = std::move(body);
    sync_wait(db.insert(made));
    return made;
  }
  titles found(std::string_view text) {
    return sync_wait(
        db.query<Article>().where(matches<Article>(text)).order_by(col<&Article::id>).pluck(col<&Article::title>));
  }

  database db;
};
TUPELO_CONFORMANCE_SUITE(search);

TEST_P(search, finds_rows_that_have_all_words_in_any_field) {
  EXPECT_EQ(found("language machine"), (titles{"Java"}));
  EXPECT_EQ(found("LANGUAGE"), (titles{"Rust and its language", "Java"}));
  EXPECT_EQ(found("cobol"), titles{});
}
TEST_P(search, takes_inflections_of_a_word_for_the_word) {
  EXPECT_EQ(found("rusting"), (titles{"Rust and its language", "Java", "Cooking"}));
}
TEST_P(search, takes_words_of_another_language_as_they_are) {
  std::vector<Tune> tunes{{0, "running water"}, {0, "run to the hills"}};
  sync_wait(db.insert(tunes));
  EXPECT_EQ(sync_wait(db.query<Tune>().where(matches<Tune>("run")).pluck(col<&Tune::called>)),
            titles{"run to the hills"});
  EXPECT_EQ(sync_wait(db.query<Tune>().where(matches<Tune>("the")).count()), 1);
}
TEST_P(search, finds_phrases) {
  EXPECT_EQ(found("\"language feature\""), (titles{"Rust and its language"}));
  EXPECT_EQ(found("\"feature language\""), titles{});
}
TEST_P(search, leaves_out_what_has_an_unwanted_word) {
  EXPECT_EQ(found("language -java"), (titles{"Rust and its language"}));
  EXPECT_EQ(found("-java language"), (titles{"Rust and its language"}));
  EXPECT_EQ(found("language -\"language feature\""), (titles{"Java"}));
}
TEST_P(search, finds_words_by_their_beginning) {
  EXPECT_EQ(found("kitch*"), (titles{"Cooking"}));
  EXPECT_EQ(found("lang* mach*"), (titles{"Java"}));
  EXPECT_EQ(found("owner* lang* -kitch*"), (titles{"Rust and its language"}));
}
TEST_P(search, without_a_wanted_word_finds_nothing) {
  for (std::string_view text : {"", "   ", "-java", "\"\"", "***", "--", "- -", "\"", "()&|!:*"}) {
    EXPECT_EQ(found(text), titles{}) << text;
  }
}
TEST_P(search, of_words_without_a_meaning_is_not_a_search_for_all_without_another) {
  EXPECT_EQ(found("\xe2\x82\xac -java"), titles{});
  EXPECT_EQ(found("\xf0\x9f\x98\x80 -java -language"), titles{});
  for (const std::string& title : found("the -java")) EXPECT_EQ(title, "Cooking") << "which SQLite finds";
  EXPECT_EQ(found("the language -java"), found("language the -java"));
}
TEST_P(search, of_text_that_no_database_holds_finds_nothing) {
  EXPECT_EQ(found("rust \xff"), titles{});
  EXPECT_EQ(found(std::string_view("rust\0", 5)), titles{});
}
TEST_P(search, takes_any_text_without_an_error) {
  for (std::string_view text : {"rust AND",       "rust OR NOT", "NEAR(rust",     "rust:*",       "title:rust",
                                "'rust'",         "\\rust\\",    "\"rust",        "rust\"",       "rust & | !",
                                "rust)) ((",      "^rust",       "rust -",        "a'b\"c\\d*e",  "rust \xe2\x80\x94",
                                "{title} : rust", "rust + lang", "rust <-> lang", "\" * \" rust", "\" NOT \" rust",
                                "don't",          "%_?1 $1"}) {
    EXPECT_NO_THROW(found(text)) << text;
  }
  EXPECT_EQ(found("rust \xe2\x80\x94 \""), found("rust"));
  EXPECT_EQ(found("(rust) 'kitchen'"), (titles{"Cooking"}));
  EXPECT_EQ(found(std::string(100'000, 'x')), titles{});
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "word" + std::to_string(i) + " ";
  EXPECT_EQ(found(many), titles{});
}
TEST_P(search, finds_words_with_what_is_no_letter_in_them) {
  put("Mail", "write to ada@example.com, state-of-the-art");
  EXPECT_EQ(found("ada@example.com"), (titles{"Mail"}));
  EXPECT_EQ(found("state-of-the-art"), (titles{"Mail"}));
  EXPECT_EQ(found("-state write"), titles{});
}
TEST_P(search, keeps_up_with_what_is_written) {
  Article written = put("Ships", "sail");
  EXPECT_EQ(found("sail"), (titles{"Ships"}));
  written.body = "steam";
  sync_wait(db.update(written));
  EXPECT_EQ(found("sail"), titles{});
  EXPECT_EQ(found("steam"), (titles{"Ships"}));
  sync_wait(db.update<Article>().set(col<&Article::body>, std::nullopt).where(col<&Article::id> == written.id).run());
  EXPECT_EQ(found("steam"), titles{});
  EXPECT_EQ(found("ships"), (titles{"Ships"}));
  sync_wait(db.upsert(written, on_conflict(col<&Article::id>).update_all()));
  EXPECT_EQ(found("steam"), (titles{"Ships"}));
  sync_wait(db.erase<Article>().permanently().where(col<&Article::id> == written.id).run());
  EXPECT_EQ(found("ships"), titles{});
}
TEST_P(search, keeps_up_with_columns_that_are_computed) {
  Label label = sync_wait(db.insert(Label{.first = "copper", .last = "kettle"}));
  const auto labels = [&](std::string_view text) {
    return sync_wait(db.query<Label>().where(matches<Label>(text)).count());
  };
  EXPECT_EQ(labels("copper"), 1);
  label.first = "iron";
  sync_wait(db.update(label));
  EXPECT_EQ(labels("copper"), 0);
  EXPECT_EQ(labels("iron kettle"), 1);
  sync_wait(db.erase(label));
  EXPECT_EQ(labels("kettle"), 0);
}
TEST_P(search, many_rows_of_one_insert_have_the_keys_by_which_they_are_found) {
  std::vector<Article> many(20);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].title = "number" + std::to_string(i);
  sync_wait(db.insert(many));
  const auto one = sync_wait(db.query<Article>().where(matches<Article>("number7")).one());
  EXPECT_EQ(one.id, many[7].id);
}
TEST_P(search, leaves_out_rows_that_are_marked_as_deleted) {
  sync_wait(db.erase(sync_wait(db.query<Article>().where(col<&Article::title> == "Java").one())));
  EXPECT_EQ(found("language"), (titles{"Rust and its language"}));
}
TEST_P(search, is_one_condition_among_others) {
  EXPECT_EQ(sync_wait(db.query<Article>()
                          .where(matches<Article>("kitchen") || col<&Article::title> == "Naming")
                          .order_by(col<&Article::id>)
                          .pluck(col<&Article::title>)),
            (titles{"Cooking", "Naming"}));
  EXPECT_EQ(sync_wait(db.query<Article>().where(!matches<Article>("language")).count()), 2);
}
TEST_P(search, ranks_the_better_match_before_the_other) {
  const auto ranked = sync_wait(db.query<Article>()
                                    .where(matches<Article>("language"))
                                    .order_by(search_rank<Article>("language").desc())
                                    .pluck(col<&Article::title>));
  EXPECT_EQ(ranked, (titles{"Rust and its language", "Java"})) << "in the title it counts more";
}
TEST_P(search, a_rank_is_selected_beside_columns_of_a_joined_query) {
  sync_wait(db.insert(Writer{.name = "ada"}));
  const auto rows = sync_wait(db.query<Article>()
                                  .join<Writer>(col<&Article::writer_id> == col<&Writer::id>)
                                  .where(matches<Article>("kitchen"))
                                  .select(col<&Writer::name>, search_rank<Article>("kitchen"))
                                  .all());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_GT(std::get<1>(rows[0]), 0.0);
}
TEST_P(search, marks_what_is_found) {
  EXPECT_EQ(sync_wait(db.query<Article>()
                          .where(matches<Article>("iron kitchen"))
                          .select<std::string>(highlight(col<&Article::body>, "iron kitchen", "<b>", "</b>"))
                          .one()),
            "How <b>iron</b> rusts in the <b>kitchen</b>");
}
TEST_P(search, marks_by_any_text) {
  EXPECT_EQ(sync_wait(db.query<Article>()
                          .where(matches<Article>("iron"))
                          .select<std::string>(highlight(col<&Article::body>, "iron", "\"it's, \"", " = ')"))
                          .one()),
            "How \"it's, \"iron = ') rusts in the kitchen");
}
TEST_P(search, shows_a_part_of_a_long_text) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "filling ";
  put("Long", text + "needle " + text);
  const auto shown = sync_wait(db.query<Article>()
                                   .where(matches<Article>("needle"))
                                   .select<std::string>(snippet(col<&Article::body>, "needle", "[", "]", 10))
                                   .one());
  EXPECT_NE(shown.find("[needle]"), std::string::npos) << shown;
  EXPECT_LT(shown.size(), 200U);
}
TEST_P(search, of_a_model_without_a_search_index_is_refused) {
  const auto refused =
      failure_of<query_error>([&] { sync_wait(db.query<Writer>().where(matches<Writer>("a")).all()); });
  EXPECT_NE(std::string(refused.what()).find("m.search_index"), std::string::npos) << refused.what();
}
TEST_P(search, shows_no_field_that_it_does_not_search) {
  EXPECT_THROW(sync_wait(db.query<Writer>().select<std::string>(highlight(col<&Writer::name>, "a", "<", ">")).all()),
               query_error);
}
TEST_P(search, a_snippet_of_one_word_is_refused) {
  EXPECT_THROW(snippet(col<&Article::body>, "a", "<", ">", 1), query_error);
}

// ---- the index

TEST_P(search, a_database_agrees_with_the_models_that_made_it) {
  for (const schema_operation& left : sync_wait(migrate::compare(db, schema_of<Article, Writer, Tune, Label>()))) {
    ADD_FAILURE() << left.describe();
  }
}

void notes_up(schema_editor& db) {
  db.create_table("notes", [](table_editor& t) {
    t.id();
    t.text("title");
    t.varchar("body", 200).null();
    t.search_index("english", {"title", "body"}).weight("title", 'B');
  });
}
void notes_down(schema_editor& db) { db.drop_table("notes"); }
void changed_up(schema_editor& db) {
  db.alter_table("notes", [](table_editor& t) {
    t.integer("stars").default_value(0);
    t.change("body").text().not_null().default_value("nothing");
    t.check("has_stars", "stars >= 0");
  });
  db.rename_column("notes", "body", "content");
  db.rename_table("notes", "memos");
}
void changed_down(schema_editor& db) {
  db.rename_table("memos", "notes");
  db.rename_column("notes", "content", "body");
  db.alter_table("notes", [](table_editor& t) {
    t.drop_check("has_stars");
    t.change("body").varchar(200).null().no_default();
    t.drop_column("stars");
  });
}
void other_up(schema_editor& db) {
  db.drop_index("memos", "ix_memos_title_content_search");
  db.add_search_index("memos", "simple", {"content"}).name("memo_words");
}
void other_down(schema_editor& db) {
  db.drop_index("memos", "memo_words");
  db.add_search_index("memos", "english", {"title", "content"}).weight("title", 'B');
}

struct Memo {
  std::int64_t id{};
  std::string title;
  std::string content;
  int stars{};
  static void model(model<Memo>& m) {
    m.search_index("english", &Memo::title, &Memo::content).weight(&Memo::title, 'B');
  }
};

TEST_P(search, migrations_carry_the_index_through_every_change_of_its_table) {
  const history all({{"1", {}, &notes_up, &notes_down, "1.cpp"},
                     {"2", {"1"}, &changed_up, &changed_down, "2.cpp"},
                     {"3", {"2"}, &other_up, &other_down, "3.cpp"}});
  const auto expect_no_drift = [&](std::string_view when) {
    for (const schema_operation& left : sync_wait(migrate::drift(db, migrate::options(all)))) {
      if (left.table() == "notes" || left.table() == "memos") ADD_FAILURE() << when << ": " << left.describe();
    }
  };
  sync_wait(migrate::upgrade(db, "1", migrate::options(all)));
  expect_no_drift("1 up");
  sync_wait(db.execute("INSERT INTO notes (title, body) VALUES ('a word', 'or two words'), ('b', NULL)"));
  sync_wait(migrate::upgrade(db, "2", migrate::options(all)));
  expect_no_drift("2 up");
  const auto found = [&](std::string_view text) {
    return sync_wait(db.query<Memo>().where(matches<Memo>(text)).count());
  };
  EXPECT_EQ(found("two"), 1) << "rows that were there are found";
  EXPECT_EQ(found("nothing"), 1);
  sync_wait(db.insert(Memo{.title = "later", .content = "another"}));
  EXPECT_EQ(found("another"), 1) << "and so are new ones";
  sync_wait(migrate::upgrade(db, "3", migrate::options(all)));
  expect_no_drift("3 up");
  sync_wait(migrate::downgrade(db, "-1", migrate::options(all)));
  expect_no_drift("3 down");
  EXPECT_EQ(found("another"), 1);
  sync_wait(migrate::downgrade(db, "-1", migrate::options(all)));
  expect_no_drift("2 down");
  sync_wait(migrate::downgrade(db, "base", migrate::options(all)));
  expect_no_drift("1 down");
}

}  // namespace
}  // namespace tupelo::conformance
