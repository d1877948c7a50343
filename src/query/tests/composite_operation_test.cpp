// SPDX-License-Identifier: Apache-2.0
// Composite types as data, replayed in memory.
#include "tupelo/query/schema_operation.hpp"
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace tupelo {
namespace {

using namespace ddl;

const composite_definition size{"size", {{"width", type_kind::int32}, {"unit", type_kind::text}}};
const composite_definition pallet{"pallet", {{"of", column_type::native_or_text("size")}}};

schema_definition store() {
  schema_definition schema;
  apply_all(
      {create_composite{size}, create_composite{pallet},
       create_table{{.name = "boxes",
                     .columns = {{.name = "id", .type = type_kind::int64},
                                 {.name = "parts", .type = column_type::array_of(column_type::spelled("pallet"))}},
                     .primary_key = {"", {"id"}}}}},
      schema);
  return schema;
}

std::string refusal(const schema_operation& operation) {
  schema_definition schema = store();
  try {
    operation.apply_to(schema);
  } catch (const migration_error& e) {
    EXPECT_EQ(schema, store()) << "and changes nothing";
    return e.what();
  }
  return "not refused";
}
void expect_refusal(const schema_operation& operation, const std::string& because) {
  EXPECT_NE(refusal(operation).find(because), std::string::npos) << refusal(operation);
}

TEST(composites_in_schemas, are_sorted_by_their_names) {
  EXPECT_EQ(store().composites, (std::vector<composite_definition>{pallet, size}));
}
TEST(composites_in_schemas, are_changed_there_and_back) {
  schema_definition schema = store();
  const schema_operation change =
      change_composite{size, {"size", {{"unit", type_kind::text}, {"depth", type_kind::decimal}}}};
  change.apply_to(schema);
  EXPECT_EQ(schema.find_composite("size")->attributes[1].name, "depth");
  change.inverse().apply_to(schema);
  EXPECT_EQ(schema, store());
  EXPECT_EQ(schema_operation(create_composite{size}).inverse().canonical(), "drop_composite \"size\"");
  EXPECT_EQ(schema_operation(drop_composite{size}).inverse().describe(),
            "create composite size (width int32, unit text)");
}
TEST(composites_in_schemas, are_told_apart_by_every_attribute) {
  EXPECT_EQ(schema_operation(create_composite{size}).canonical(),
            R"(create_composite "size"("width":"int32" "unit":"text"))");
  EXPECT_EQ(schema_operation(change_composite{size, pallet}).describe(),
            "change composite pallet from (width int32, unit text) to (of " +
                column_type::native_or_text("size").to_string() + ")");
}
TEST(composites_in_schemas, refuse_what_cannot_be) {
  expect_refusal(create_composite{size}, "exists already");
  expect_refusal(create_composite{{"boxes", {{"a", type_kind::text}}}}, "exists already");
  expect_refusal(create_composite{{"", {{"a", type_kind::text}}}}, "no name");
  expect_refusal(create_composite{{"empty", {}}}, "no attributes");
  expect_refusal(create_composite{{"nameless", {{"", type_kind::text}}}}, "without a name");
  expect_refusal(create_composite{{"twice", {{"a", type_kind::text}, {"a", type_kind::text}}}}, "`a` twice");
  expect_refusal(create_composite{{"ring", {{"a", column_type::spelled("ring")}}}}, "itself");
  expect_refusal(drop_composite{pallet}, "column `parts` of table `boxes`");
  expect_refusal(drop_composite{size}, "attribute `of` of `pallet`");
  expect_refusal(drop_composite{{"weight", {}}}, "no composite type `weight`");
  expect_refusal(change_composite{pallet, {"size", {{"a", type_kind::text}}}}, "starts from");
}

}  // namespace
}  // namespace tupelo
