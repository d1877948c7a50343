// SPDX-License-Identifier: Apache-2.0
// What a model says of keys, collations and conditions of its own, from the model to the migration.
#include "tupelo/schema/diff.hpp"
#include "tupelo/schema/generator.hpp"
#include "tupelo/schema/models.hpp"
#include <tupelo/query/column.hpp>
#include <tupelo/query/raw_term.hpp>
#include <tupelo/model/model.hpp>
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace tupelo::word_samples {

struct Tag {
  std::int64_t id{};
  std::string name;
  int rank{};

  static void model(tupelo::model<Tag>& m) {
    m.key_named("tags_pkey");
    m.key_always_generated();
    m.column(&Tag::name).collation("C");
    m.index(&Tag::name).collation(&Tag::name, "NOCASE");
    m.check("ranked", raw<bool>("rank > 0 AND name <> '?'"));
    m.check("asked", raw<bool>("? ?? ?", col<&Tag::name>, col<&Tag::rank>));
    m.index(&Tag::rank).where(raw<bool>("rank < 9"));
  }
};
struct Wrong {
  std::int64_t id{};
  static void model(tupelo::model<Wrong>& m) { m.check("c", raw<bool>("? > ?", col<&Wrong::id>)); }
};
struct Given {
  std::string id;
  static void model(tupelo::model<Given>& m) { m.key_always_generated(); }
};
struct Counted {
  std::int64_t id{};
  int rank{};
  static void model(tupelo::model<Counted>& m) { m.column(&Counted::rank).collation("C"); }
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

TEST(models_words, say_how_keys_texts_and_conditions_are) {
  const table_definition table = with_names(schema_of<Tag>().schema).tables.at(0);
  EXPECT_EQ(table.primary_key.name, "tags_pkey");
  EXPECT_TRUE(table.columns[0].identity);
  EXPECT_TRUE(table.columns[0].identity_always);
  EXPECT_FALSE(table.columns[1].identity_always);
  EXPECT_EQ(table.columns[1].collation, "C");
  EXPECT_EQ(table.find_check("ranked")->expression, "rank > 0 AND name <> '?'");
  EXPECT_EQ(table.find_check("asked")->expression, "name ? rank");
  ASSERT_EQ(table.indexes.size(), 2U);
  EXPECT_EQ(table.indexes[0].name, "ix_tags_name_NOCASE");
  EXPECT_EQ(table.indexes[0].columns[0].collation, "NOCASE");
  EXPECT_EQ(table.indexes[1].where, "rank < 9");
}
TEST(models_words, refuse_what_cannot_be) {
  EXPECT_NE(refusal<Wrong>().find("another number of `?`"), std::string::npos);
  EXPECT_NE(refusal<Given>().find("does not make the key"), std::string::npos);
  EXPECT_NE(refusal<Counted>().find("rank, which is not text"), std::string::npos);
}

TEST(models_words, are_written_into_migrations) {
  const std::string text = generate_migration("1_tags", {}, diff({}, schema_of<Tag>().schema)).text;
  for (const char* said : {".always_generated()", ".collation(\"C\")", ".collation(\"name\", \"NOCASE\")",
                           "t.primary_key({\"id\"}, \"tags_pkey\")"}) {
    EXPECT_NE(text.find(said), std::string::npos) << said << "\n" << text;
  }
}

TEST(models_words, change_alone) {
  schema_definition before = with_names(schema_of<Tag>().schema);
  schema_definition after = before;
  column_definition& name = after.tables[0].columns[1];
  name.collation = "POSIX";
  after.tables[0].columns[0].identity_always = false;
  const std::vector<schema_operation> operations = diff(before, after);
  ASSERT_EQ(operations.size(), 2U);
  EXPECT_EQ(operation_source(operations[0]), "db.alter_column(\"tags\", \"id\").generated();");
  EXPECT_EQ(operation_source(operations[1]), "db.alter_column(\"tags\", \"name\").collation(\"POSIX\");");
  apply_all(operations, before);
  EXPECT_EQ(before, after);
}

}  // namespace tupelo::word_samples
