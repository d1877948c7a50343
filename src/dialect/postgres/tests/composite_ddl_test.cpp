// SPDX-License-Identifier: Apache-2.0
// Composite types: as SQL, and on a real server.
#include "raw_database.hpp"

#include <tupelo/core/error.hpp>

namespace tupelo::postgres {
namespace {

using attributes = std::vector<composite_attribute>;

const composite_definition size{"size", {{"width", type_kind::int32}, {"unit", type_kind::text}}};

table_definition boxes(bool with_array = false) {
  table_definition table{
      .name = "boxes",
      .columns = {{.name = "id", .type = type_kind::int64, .identity = true},
                  {.name = "outer_size", .type = column_type::native_or_text("size")},
                  {.name = "inner_size", .type = column_type::native_or_text("size"), .nullable = true}},
      .primary_key = {"", {"id"}},
      .indexes = {{.columns = {{"outer_size"}}, .unique = true}}};
  if (with_array)
    table.columns.push_back({.name = "parts", .type = column_type::array_of(column_type::native_or_text("size"))});
  return with_names(table);
}

class postgres_composites : public live_test {
protected:
  void make(bool with_array = false) {
    change({ddl::create_composite{size}, ddl::create_table{boxes(with_array)}});
    if (with_array) return;
    db().run("INSERT INTO boxes (outer_size, inner_size) VALUES ('(1,mm)', NULL)");
    db().run("INSERT INTO boxes (outer_size, inner_size) VALUES ('(2,m)', '(5,cm)')");
  }
  /// Makes it, and expects the server to have what was made.
  void change(const std::vector<schema_operation>& operations) {
    db().change(operations, schema);
    EXPECT_EQ(db().introspect().composites, schema.composites);
  }
  void become(const attributes& now) {
    const composite_definition from = *schema.find_composite("size");
    change({ddl::change_composite{from, {"size", now}}});
  }
  std::string sizes() {
    return db().value("SELECT string_agg(concat(outer_size, '/', inner_size), ' ' ORDER BY id) FROM boxes");
  }
  std::vector<std::string> texts(const schema_operation& operation) const {
    std::vector<std::string> out;
    for (const ddl_statement& statement : render_ddl({operation}, schema)) out.push_back(statement.sql);
    return out;
  }
  std::string refusal(const schema_operation& operation) const {
    try {
      (void)texts(operation);
      return "not refused";
    } catch (const migration_error& e) {
      EXPECT_EQ(e.code(), errc::unsupported_feature);
      return e.what();
    }
  }
  schema_definition schema;
};

TEST_F(postgres_composites, are_made_before_their_columns_and_dropped_behind_them) {
  make();
  EXPECT_EQ(sizes(), "(1,mm)/ (2,m)/(5,cm)");
  change({ddl::drop_table{boxes()}, ddl::drop_composite{size}});
}
TEST_F(postgres_composites, are_parts_of_others) {
  change({ddl::create_composite{size},
          ddl::create_composite{{"pallet", {{"of", column_type::spelled("size")}, {"at", type_kind::timestamp}}}}});
}
TEST_F(postgres_composites, gain_and_lose_attributes_in_place) {
  make();
  EXPECT_EQ(texts(ddl::change_composite{size, {"size", {{"unit", type_kind::text}, {"depth", type_kind::decimal}}}}),
            std::vector<std::string>{R"(ALTER TYPE "size" DROP ATTRIBUTE "width", ADD ATTRIBUTE "depth" numeric)"});
  become({{"unit", type_kind::text}, {"depth", type_kind::decimal}});
  EXPECT_EQ(sizes(), "(mm,)/ (m,)/(cm,)");
}
TEST_F(postgres_composites, gain_attributes_between_others) {
  make();
  become({{"width", type_kind::int32}, {"depth", type_kind::float64}, {"unit", type_kind::text}});
  EXPECT_EQ(sizes(), "(1,,mm)/ (2,,m)/(5,,cm)");
  EXPECT_EQ(db().failure("INSERT INTO boxes (outer_size) VALUES ('(1,,mm)')"), "23505") << "the index is there again";
  EXPECT_TRUE(db().introspect().find_composite("tupelo_old_size") == nullptr);
}
TEST_F(postgres_composites, change_the_type_and_the_order_of_attributes) {
  make();
  db().run("UPDATE boxes SET inner_size = ROW(NULL, NULL) WHERE id = 1");
  become({{"unit", column_type::varchar(9)}, {"width", type_kind::int64}});
  EXPECT_EQ(sizes(), "(mm,1)/(,) (m,2)/(cm,5)") << "a value without attributes is no NULL";
}
TEST_F(postgres_composites, are_left_alone_where_values_could_not_be_taken_over) {
  make(true);
  const composite_definition other{"size", {{"unit", type_kind::text}, {"width", type_kind::int32}}};
  EXPECT_NE(refusal(ddl::change_composite{size, other}).find("column `parts` of table `boxes` is an array"),
            std::string::npos);
  become({{"width", type_kind::int32}, {"unit", type_kind::text}, {"depth", type_kind::int16}});
  schema = {};
  schema.composites = {size};
  schema.add(
      {.name = "t", .columns = {{.name = "a", .type = column_type::spelled("size"), .default_sql = "'(1,cm)'"}}});
  EXPECT_NE(refusal(ddl::change_composite{size, other}).find("column `a` of table `t` has a default"),
            std::string::npos);
  schema = {};
  schema.composites = {{"pallet", {{"of", column_type::spelled("size")}}}, size};
  EXPECT_NE(refusal(ddl::change_composite{size, other}).find("attribute `of` of the type `pallet`"), std::string::npos);
}
TEST_F(postgres_composites, that_nothing_is_of_may_become_anything) {
  change({ddl::create_composite{size}});
  become({{"unit", type_kind::date}});
  become({{"width", type_kind::int32}, {"unit", type_kind::text}});
}

}  // namespace
}  // namespace tupelo::postgres
