// SPDX-License-Identifier: Apache-2.0
// Composite types: from the model to the schema, to migrations and to their source.
#include "tupelo/schema/diff.hpp"
#include "tupelo/schema/generator.hpp"
#include "tupelo/schema/lint.hpp"
#include "tupelo/schema/migration_record.hpp"
#include "tupelo/schema/models.hpp"
#include "tupelo/schema/schema_editor.hpp"
#include <tupelo/model/composite.hpp>
#include <tupelo/model/model.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::composite_samples {

struct Size {
  std::int32_t width{};
  std::optional<decimal> maxHeight{};
};
struct Pallet {
  Size of{};
  std::string label{};
};
struct OtherSize {
  std::string name{};
};
struct Elsewhere {
  std::string name{};
};

struct Box {
  std::int64_t id{};
  std::optional<Size> size{};
  std::vector<Size> parts{};
};
struct Truck {
  std::int64_t id{};
  Pallet load{};
  Elsewhere place{};
};
struct Odd {
  std::int64_t id{};
  OtherSize size{};
};

struct Ballot {
  std::vector<std::int32_t> marks{};
  std::vector<std::vector<double>> grid{};
};
struct Poll {
  std::int64_t id{};
  std::vector<std::vector<Ballot>> rows{};
};

}  // namespace tupelo::composite_samples

template <>
struct tupelo::field_traits<tupelo::composite_samples::Size>
    : tupelo::composite<tupelo::composite_samples::Size, "size"> {};
template <>
struct tupelo::field_traits<tupelo::composite_samples::Ballot>
    : tupelo::composite<tupelo::composite_samples::Ballot, "ballot"> {};
template <>
struct tupelo::field_traits<tupelo::composite_samples::Pallet>
    : tupelo::composite<tupelo::composite_samples::Pallet, "pallet"> {};
template <>
struct tupelo::field_traits<tupelo::composite_samples::OtherSize>
    : tupelo::composite<tupelo::composite_samples::OtherSize, "size"> {};
template <>
struct tupelo::field_traits<tupelo::composite_samples::Elsewhere>
    : tupelo::composite<tupelo::composite_samples::Elsewhere, "shop.place"> {};

namespace tupelo {
namespace {

using namespace composite_samples;

const composite_definition size{"size", {{"width", type_kind::int32}, {"max_height", type_kind::decimal}}};

std::vector<std::string> changes(const schema_definition& from, const schema_definition& to) {
  std::vector<std::string> out;
  for (const schema_operation& operation : diff(from, to)) out.push_back(operation.describe());
  return out;
}

TEST(composites_of_models, are_types_of_the_schema) {
  EXPECT_EQ(schema_of<Box>().schema.composites, std::vector<composite_definition>{size});
}
TEST(composites_of_models, bring_those_that_are_parts_of_them) {
  const schema_definition made = schema_of<Truck>().schema;
  ASSERT_EQ(made.composites.size(), 2U);
  EXPECT_EQ(made.composites[0].name, "pallet");
  EXPECT_TRUE(made.composites[0].attributes[0].type.is_of_composite("size"));
  EXPECT_EQ(made.composites[1], size);
}
TEST(composites_of_models, are_somebodys_own_where_the_name_says_more) {
  EXPECT_EQ(schema_of<Truck>().schema.find_composite("shop.place"), nullptr);
}
TEST(composites_of_models, of_one_name_have_the_same_attributes) {
  try {
    (void)schema_of<Box, Odd>();
    ADD_FAILURE() << "nothing was refused";
  } catch (const model_error& e) {
    EXPECT_NE(std::string(e.what()).find("`size`, which another field has with other attributes"), std::string::npos)
        << e.what();
  }
}

TEST(diff_of_composites, types_come_before_what_has_them_and_go_behind_it) {
  const schema_definition made = schema_of<Truck, Box>().schema;
  const std::vector<std::string> there = changes({}, made);
  ASSERT_EQ(there.size(), 4U);
  EXPECT_EQ(there[0], "create composite size (width int32, max_height decimal)");
  EXPECT_TRUE(there[1].starts_with("create composite pallet")) << there[1];
  const std::vector<std::string> back = changes(made, {});
  ASSERT_EQ(back.size(), 4U);
  EXPECT_EQ(back[2], "drop composite pallet");
  EXPECT_EQ(back[3], "drop composite size");
  EXPECT_TRUE(changes(made, made).empty());
}
TEST(diff_of_composites, other_attributes_are_a_change) {
  const schema_definition made = schema_of<Box>().schema;
  schema_definition former = made;
  former.composites[0].attributes.pop_back();
  EXPECT_EQ(changes(former, made), std::vector<std::string>{"change composite size from (width int32) to (width int32, "
                                                            "max_height decimal)"});
}
TEST(diff_of_composites, a_type_that_a_column_still_spells_stays) {
  const schema_definition made = schema_of<Box>().schema;
  schema_definition spelled = made;
  spelled.composites.clear();
  EXPECT_TRUE(changes(made, spelled).empty());
}

TEST(composites_in_migrations, are_described_by_their_attributes) {
  const auto up = [](schema_editor& db) {
    db.create_composite("size", [](composite_editor& c) {
      c.integer("width");
      c.decimal("max_height");
    });
    db.change_composite("size", [](composite_editor& c) { c.varchar("unit", 3); });
    db.drop_composite("size");
  };
  std::vector<std::string> lines;
  for (const schema_operation& operation : record_migration(+up, {}).operations())
    lines.push_back(operation.describe());
  EXPECT_EQ(lines, (std::vector<std::string>{"create composite size (width int32, max_height decimal)",
                                             "change composite size from (width int32, max_height decimal) to (unit "
                                             "varchar(3))",
                                             "drop composite size"}));
}
TEST(composites_in_migrations, keep_enums_that_only_their_attributes_are_of) {
  schema_definition before;
  before.enums = {{"unit", {"cm", "inch"}}};
  before.composites = {{"size", {{"unit", column_type::enumeration("unit")}}}};
  schema_definition after = before;
  after.enums.clear();
  EXPECT_TRUE(diff(before, after).empty());
  for (const column_type& type : {column_type::enumeration("unit"), column_type::native_or_text("unit")}) {
    before.composites[0].attributes[0].type = type;
    schema_definition state = before;
    EXPECT_THROW(schema_operation(ddl::drop_enum{before.enums[0]}).apply_to(state), migration_error);
    EXPECT_EQ(state, before);
  }
}
TEST(composites_in_migrations, that_are_not_there_are_refused) {
  const auto up = [](schema_editor& db) { db.drop_composite("size"); };
  EXPECT_THROW((void)record_migration(+up, {}), migration_error);
}
TEST(composites_in_migrations, may_have_arrays_among_their_attributes) {
  const auto up = [](schema_editor& db) {
    db.create_composite("survey", [](composite_editor& c) {
      c.integer("marks").array();
      c.varchar("notes", 40).array();
    });
  };
  const composite_definition survey{
      "survey",
      {{"marks", column_type::array_of(type_kind::int32)}, {"notes", column_type::array_of(column_type::varchar(40))}}};
  const auto operations = record_migration(+up, {}).operations();
  ASSERT_EQ(operations.size(), 1U);
  EXPECT_EQ(operations[0].describe(), schema_operation(ddl::create_composite{survey}).describe());
  EXPECT_EQ(operation_source(ddl::create_composite{survey}),
            R"(db.create_composite("survey", [](tp::composite_editor& c) {
    c.integer("marks").array();
    c.varchar("notes", 40).array();
  });)");
}
TEST(composites_of_models, have_arrays_of_one_type_whatever_their_dimensions) {
  const schema_definition made = schema_of<Poll>().schema;
  ASSERT_EQ(made.composites.size(), 1U);
  const composite_definition ballot{
      "ballot",
      {{"marks", column_type::array_of(type_kind::int32)}, {"grid", column_type::array_of(type_kind::float64)}}};
  EXPECT_EQ(made.composites[0], ballot);
  EXPECT_TRUE(made.find("polls")->find_column("rows")->type.array);
}
TEST(composites_in_migrations, are_written_as_a_reader_would) {
  EXPECT_EQ(operation_source(ddl::create_composite{size}), R"(db.create_composite("size", [](tp::composite_editor& c) {
    c.integer("width");
    c.decimal("max_height");
  });)");
  EXPECT_EQ(operation_source(ddl::change_composite{size, {"size", {{"unit", column_type::varchar(3)}}}}),
            R"(db.change_composite("size", [](tp::composite_editor& c) {
    c.varchar("unit", 3);
  });)");
  EXPECT_EQ(operation_source(ddl::drop_composite{size}), R"(db.drop_composite("size");)");
}
TEST(composites_in_migrations, attributes_that_go_are_a_loss) {
  schema_definition before;
  before.composites = {size};
  const schema_operation change = ddl::change_composite{size, {"size", {{"width", type_kind::int32}}}};
  const auto found = lint({change}, before, {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rule->code, "drop-attribute");
  EXPECT_EQ(found[0].subject, "size.max_height");
}

}  // namespace
}  // namespace tupelo
