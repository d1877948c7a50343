// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/migration.hpp>
#include <tupelo/schema/schema_editor.hpp>
#include <tupelo/query/schema_operation.hpp>

#include <cstdint>

namespace tupelo::conformance {

/// Where an example of an operation can be run.
enum class example_place : std::uint8_t { everywhere, postgres };

/// One kind of operation, among rows, and what takes it back.
struct inverse_example {
  void (*up)(schema_editor&);
  void (*down)(schema_editor&);
  bool loses_values = false;  ///< what goes does not come back
  example_place where = example_place::everywhere;
};

/// What all examples start from. The rows follow.
inline void example_base(schema_editor& db) {
  db.create_enum("mood", {"bad", "fine", "good"});
  db.create_composite("size", [](composite_editor& c) {
    c.integer("width");
    c.integer("height");
  });
  db.create_composite("crate", [](composite_editor& c) { c.text("unit"); });
  db.create_table("users", [](table_editor& t) {
    t.id();
    t.text("email").unique();
    t.integer("age").null();
    t.integer("score").null();
    t.enumeration("mood", "mood").default_value("fine");
    t.text("city").null().default_value("Tupelo");
    t.check("age_is_human", "age >= 0");
    t.comment("who signed up");
  });
  db.create_table("posts", [](table_editor& t) {
    t.id();
    t.big_integer("author_id").references("users");
    t.big_integer("editor_id").null();
    t.text("title");
    t.text("loud").generated_as("upper(title)");
    t.native_or_text("size", "size").null();
    t.index({"title"});
  });
  db.create_table("notes", [](table_editor& t) {
    t.text("word");
    t.text("language");
    t.primary_key({"word"});
  });
}
constexpr const char* example_rows[] = {
    "INSERT INTO users (email, age, score, mood, city) VALUES ('ada', 36, 7, 'good', 'London')",
    "INSERT INTO users (email, mood, city) VALUES ('bob', 'bad', NULL)",
    "INSERT INTO posts (author_id, title, size) VALUES (1, 'first', '(3,4)'), (2, 'second', NULL)",
    "INSERT INTO posts (author_id, title, size) VALUES (1, 'third', '(,5)')",
    "INSERT INTO notes (word, language) VALUES ('oak', 'en'), ('Eiche', 'de')",
};

/// Every kind of operation has its examples here: one without does not compile.
template <class Operation>
struct examples_of;

template <>
struct examples_of<ddl::create_table> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) {
         db.create_table("tags", [](table_editor& t) {
           t.id();
           t.text("word").unique();
           t.big_integer("post_id").references("posts");
           t.index({"post_id"});
         });
       },
       [](schema_editor& db) { db.drop_table("tags"); }},
  };
};
template <>
struct examples_of<ddl::drop_table> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.drop_table("notes"); },
       [](schema_editor& db) {
         db.create_table("notes", [](table_editor& t) {
           t.text("word");
           t.text("language");
           t.primary_key({"word"});
         });
       },
       true},
  };
};
template <>
struct examples_of<ddl::rename_table> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.rename_table("users", "people"); },
       [](schema_editor& db) { db.rename_table("people", "users"); }},
  };
};
template <>
struct examples_of<ddl::add_column> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.add_column("users", "nick").text().null(); },
       [](schema_editor& db) { db.drop_column("users", "nick"); }},
      {[](schema_editor& db) { db.add_column("users", "rank").integer().default_value(7).comment("from 0"); },
       [](schema_editor& db) { db.drop_column("users", "rank"); }},
      {[](schema_editor& db) { db.add_column("users", "shouted").text().generated_as("upper(email)"); },
       [](schema_editor& db) { db.drop_column("users", "shouted"); }},
  };
};
template <>
struct examples_of<ddl::drop_column> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.drop_column("users", "city"); },
       [](schema_editor& db) { db.add_column("users", "city").text().null().default_value("Tupelo"); }, true},
      {[](schema_editor& db) { db.drop_column("posts", "loud"); },
       [](schema_editor& db) { db.add_column("posts", "loud").text().generated_as("upper(title)"); }},
  };
};
template <>
struct examples_of<ddl::rename_column> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.rename_column("users", "age", "years"); },
       [](schema_editor& db) { db.rename_column("users", "years", "age"); }},
      {[](schema_editor& db) { db.rename_column("posts", "title", "heading"); },
       [](schema_editor& db) { db.rename_column("posts", "heading", "title"); }},
  };
};
template <>
struct examples_of<ddl::alter_column> {
  static constexpr inverse_example all[] = {
      // type, with what has to step aside
      {[](schema_editor& db) { db.alter_column("users", "age").big_integer(); },
       [](schema_editor& db) { db.alter_column("users", "age").integer(); }},
      {[](schema_editor& db) { db.alter_column("users", "score").text(); },
       [](schema_editor& db) { db.alter_column("users", "score").integer(); }},
      {[](schema_editor& db) { db.alter_column("posts", "title").varchar(80); },
       [](schema_editor& db) { db.alter_column("posts", "title").text(); }},
      // default, NULL
      {[](schema_editor& db) { db.alter_column("users", "city").default_value("Memphis"); },
       [](schema_editor& db) { db.alter_column("users", "city").default_value("Tupelo"); }},
      {[](schema_editor& db) { db.alter_column("users", "city").no_default(); },
       [](schema_editor& db) { db.alter_column("users", "city").default_value("Tupelo"); }},
      {[](schema_editor& db) { db.alter_column("posts", "title").null(); },
       [](schema_editor& db) { db.alter_column("posts", "title").not_null(); }},
      // identity
      {[](schema_editor& db) { db.alter_column("posts", "id").not_generated(); },
       [](schema_editor& db) { db.alter_column("posts", "id").generated(); }},
      {[](schema_editor& db) { db.alter_column("posts", "id").always_generated(); },
       [](schema_editor& db) { db.alter_column("posts", "id").generated(); }},
      // what it is computed by, comment, collation
      {[](schema_editor& db) { db.alter_column("posts", "loud").generated_as("upper(title) || '!'"); },
       [](schema_editor& db) { db.alter_column("posts", "loud").generated_as("upper(title)"); }},
      {[](schema_editor& db) { db.alter_column("posts", "loud").not_generated_as(); },
       [](schema_editor& db) { db.alter_column("posts", "loud").generated_as("upper(title)"); }},
      {[](schema_editor& db) { db.alter_column("users", "email").comment("where we write to"); },
       [](schema_editor& db) { db.alter_column("users", "email").comment(""); }},
      {[](schema_editor& db) { db.alter_column("posts", "title").collation("C"); },
       [](schema_editor& db) { db.alter_column("posts", "title").collation(""); }, false, example_place::postgres},
      // an enum's column
      {[](schema_editor& db) { db.alter_column("users", "mood").text(); },
       [](schema_editor& db) { db.alter_column("users", "mood").enumeration("mood"); }},
  };
};
template <>
struct examples_of<ddl::add_index> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.add_index("users", {"age"}).descending("age").where("age > 17").name("by_age"); },
       [](schema_editor& db) { db.drop_index("users", "by_age"); }},
      {[](schema_editor& db) { db.add_index("users", {"email"}).unique().concurrently(); },
       [](schema_editor& db) { db.drop_index("users", "ux_users_email", concurrently); }},
      {[](schema_editor& db) { db.add_search_index("posts", "english", {"title"}).name("words"); },
       [](schema_editor& db) { db.drop_index("posts", "words"); }, false, example_place::postgres},
  };
};
template <>
struct examples_of<ddl::drop_index> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.drop_index("posts", "ix_posts_title"); },
       [](schema_editor& db) { db.add_index("posts", {"title"}); }},
  };
};
template <>
struct examples_of<ddl::rename_index> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.rename_index("posts", "ix_posts_title", "by_title"); },
       [](schema_editor& db) { db.rename_index("posts", "by_title", "ix_posts_title"); }},
  };
};
template <>
struct examples_of<ddl::add_unique> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.add_unique("posts", {"author_id", "title"}); },
       [](schema_editor& db) { db.drop_unique("posts", "uq_posts_author_id_title"); }},
      {[](schema_editor& db) { db.add_unique("posts", {"title"}).concurrently(); },
       [](schema_editor& db) { db.drop_unique("posts", "uq_posts_title", concurrently); }},
  };
};
template <>
struct examples_of<ddl::drop_unique> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.drop_unique("users", "uq_users_email"); },
       [](schema_editor& db) { db.add_unique("users", {"email"}); }},
  };
};
template <>
struct examples_of<ddl::add_check> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.add_check("posts", "has_title", "title <> ''"); },
       [](schema_editor& db) { db.drop_check("posts", "has_title"); }},
      {[](schema_editor& db) { db.add_check("posts", "has_title", "title <> ''").not_valid(); },
       [](schema_editor& db) { db.drop_check("posts", "has_title"); }},
  };
};
template <>
struct examples_of<ddl::drop_check> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.drop_check("users", "age_is_human"); },
       [](schema_editor& db) { db.add_check("users", "age_is_human", "age >= 0"); }},
  };
};
template <>
struct examples_of<ddl::add_foreign_key> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.add_foreign_key("posts", {"editor_id"}).references("users"); },
       [](schema_editor& db) { db.drop_foreign_key("posts", "fk_posts_editor_id"); }},
      {[](schema_editor& db) { db.add_foreign_key("posts", {"editor_id"}).references("users").not_valid(); },
       [](schema_editor& db) { db.drop_foreign_key("posts", "fk_posts_editor_id"); }},
  };
};
template <>
struct examples_of<ddl::drop_foreign_key> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.drop_foreign_key("posts", "fk_posts_author_id"); },
       [](schema_editor& db) { db.add_foreign_key("posts", {"author_id"}).references("users"); }},
  };
};
template <>
struct examples_of<ddl::rename_constraint> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.rename_constraint("users", "age_is_human", "age_is_sane"); },
       [](schema_editor& db) { db.rename_constraint("users", "age_is_sane", "age_is_human"); }},
      {[](schema_editor& db) { db.rename_constraint("posts", "fk_posts_author_id", "written_by"); },
       [](schema_editor& db) { db.rename_constraint("posts", "written_by", "fk_posts_author_id"); }},
      {[](schema_editor& db) { db.rename_constraint("users", "uq_users_email", "one_mail"); },
       [](schema_editor& db) { db.rename_constraint("users", "one_mail", "uq_users_email"); }},
  };
};
template <>
struct examples_of<ddl::validate_constraint> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.validate("users", "age_is_human"); }, [](schema_editor&) {}},
      {[](schema_editor& db) { db.validate("posts", "fk_posts_author_id"); }, [](schema_editor&) {}},
  };
};
template <>
struct examples_of<ddl::change_primary_key> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.primary_key("notes", {"word", "language"}); },
       [](schema_editor& db) { db.primary_key("notes", {"word"}); }},
      {[](schema_editor& db) { db.primary_key("notes", {}); },
       [](schema_editor& db) { db.primary_key("notes", {"word"}); }},
  };
};
template <>
struct examples_of<ddl::execute_sql> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.execute("UPDATE notes SET language = 'EN' WHERE language = 'en'"); },
       [](schema_editor& db) { db.execute("UPDATE notes SET language = 'en' WHERE language = 'EN'"); }},
  };
};
template <>
struct examples_of<ddl::add_exclusion> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.add_exclusion("posts", "apart").with_expression("int8range(id, id + 1)", "&&"); },
       [](schema_editor& db) { db.drop_exclusion("posts", "apart"); }, false, example_place::postgres},
  };
};
template <>
struct examples_of<ddl::drop_exclusion> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) {
         db.add_exclusion("posts", "apart").with_expression("int8range(id, id + 1)", "&&");
         db.drop_exclusion("posts", "apart");
       },
       [](schema_editor& db) {
         db.add_exclusion("posts", "apart").with_expression("int8range(id, id + 1)", "&&");
         db.drop_exclusion("posts", "apart");
       },
       false, example_place::postgres},
  };
};
template <>
struct examples_of<ddl::comment_table> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.comment_table("users", "everybody"); },
       [](schema_editor& db) { db.comment_table("users", "who signed up"); }},
  };
};
template <>
struct examples_of<ddl::create_enum> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.create_enum("plan", {"free", "team"}); },
       [](schema_editor& db) { db.drop_enum("plan"); }},
  };
};
template <>
struct examples_of<ddl::drop_enum> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) {
         db.create_enum("plan", {"free", "team"});
         db.drop_enum("plan");
       },
       [](schema_editor& db) {
         db.create_enum("plan", {"free", "team"});
         db.drop_enum("plan");
       }},
  };
};
template <>
struct examples_of<ddl::change_enum> {
  static constexpr inverse_example all[] = {
      // added in the middle, added at the end, in another order, taken away
      {[](schema_editor& db) { db.change_enum("mood", {"bad", "so-so", "fine", "good"}); },
       [](schema_editor& db) { db.change_enum("mood", {"bad", "fine", "good"}); }},
      {[](schema_editor& db) { db.change_enum("mood", {"bad", "fine", "good", "best"}); },
       [](schema_editor& db) { db.change_enum("mood", {"bad", "fine", "good"}); }},
      {[](schema_editor& db) { db.change_enum("mood", {"good", "fine", "bad"}); },
       [](schema_editor& db) { db.change_enum("mood", {"bad", "fine", "good"}); }},
      {[](schema_editor& db) {
         db.alter_column("users", "mood").default_value("good");
         db.change_enum("mood", {"bad", "good"});
       },
       [](schema_editor& db) {
         db.change_enum("mood", {"bad", "fine", "good"});
         db.alter_column("users", "mood").default_value("fine");
       }},
  };
};
template <>
struct examples_of<ddl::rename_enum_value> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.rename_enum_value("mood", "fine", "well"); },
       [](schema_editor& db) { db.rename_enum_value("mood", "well", "fine"); }},
      {[](schema_editor& db) { db.rename_enum_value("mood", "good", "great"); },
       [](schema_editor& db) { db.rename_enum_value("mood", "great", "good"); }},
  };
};
template <>
struct examples_of<ddl::create_composite> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.create_composite("parcel", [](composite_editor& c) { c.text("unit"); }); },
       [](schema_editor& db) { db.drop_composite("parcel"); }},
  };
};
template <>
struct examples_of<ddl::drop_composite> {
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) { db.drop_composite("crate"); },
       [](schema_editor& db) { db.create_composite("crate", [](composite_editor& c) { c.text("unit"); }); }},
  };
};
/// Nothing is of the type `crate`; posts.size has values of its type, which SQLite does not change.
template <>
struct examples_of<ddl::change_composite> {
  static void as_before(schema_editor& db) {
    db.change_composite("size", [](composite_editor& c) {
      c.integer("width");
      c.integer("height");
    });
  }
  static constexpr inverse_example all[] = {
      {[](schema_editor& db) {
         db.change_composite("crate", [](composite_editor& c) {
           c.text("unit");
           c.integer("number");
         });
       },
       [](schema_editor& db) { db.change_composite("crate", [](composite_editor& c) { c.text("unit"); }); }},
      // added at the end, added in front, in another order, of another type, taken away
      {[](schema_editor& db) {
         db.change_composite("size", [](composite_editor& c) {
           c.integer("width");
           c.integer("height");
           c.text("unit");
         });
       },
       &as_before, false, example_place::postgres},
      {[](schema_editor& db) {
         db.change_composite("size", [](composite_editor& c) {
           c.text("unit");
           c.integer("width");
           c.integer("height");
         });
       },
       &as_before, false, example_place::postgres},
      {[](schema_editor& db) {
         db.change_composite("size", [](composite_editor& c) {
           c.integer("height");
           c.integer("width");
         });
       },
       &as_before, false, example_place::postgres},
      {[](schema_editor& db) {
         db.change_composite("size", [](composite_editor& c) {
           c.text("width");
           c.big_integer("height");
         });
       },
       &as_before, false, example_place::postgres},
      {[](schema_editor& db) { db.change_composite("size", [](composite_editor& c) { c.integer("width"); }); },
       &as_before, true, example_place::postgres},
  };
};

}  // namespace tupelo::conformance
