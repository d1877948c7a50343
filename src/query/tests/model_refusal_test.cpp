// SPDX-License-Identifier: Apache-2.0
// Every model that is refused at registration, and what the refusal says.
#include "tupelo/query/functions.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/model/model.hpp"
#include "tupelo/core/decimal.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/json.hpp"
#include "tupelo/core/timestamp.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace tupelo {
namespace {

template <class T>
std::string refusal() {
  try {
    require_table(info_of<T>());
  } catch (const model_error& e) {
    EXPECT_EQ(e.code(), errc::invalid_model);
    return e.what();
  }
  ADD_FAILURE() << "the model was accepted";
  return {};
}

/// The message names the struct, and what is wrong with it.
template <class T>
void expect_refusal(std::string_view name, std::string_view part) {
  const std::string said = refusal<T>();
  EXPECT_NE(said.find("struct " + std::string(name)), std::string::npos) << said;
  EXPECT_NE(said.find(part), std::string::npos) << said;
}

struct Other {
  std::int64_t id{};
  std::int64_t number{};
};

struct NoKey {
  std::string name;
};
TEST(model_error, no_primary_key) {
  expect_refusal<NoKey>("NoKey", "name a field `id`, or say m.primary_key(&NoKey::field)");
}

struct KeyNotWanted {
  std::string name;
  static void model(model<KeyNotWanted>& m) { m.no_primary_key(); }
};
TEST(model_error, none_where_no_key_is_what_was_said) { EXPECT_NO_THROW(require_table(info_of<KeyNotWanted>())); }

struct TwoForOne {
  std::int64_t id{};
  std::string user_name;
  std::string userName;
};
TEST(model_error, two_fields_in_one_column) {
  expect_refusal<TwoForOne>("TwoForOne", "fields user_name and userName are both stored in column \"user_name\"");
}

struct OptionalKey {
  std::optional<std::int64_t> id;
};
TEST(model_error, optional_key) {
  expect_refusal<OptionalKey>("OptionalKey", "field id is part of the primary key and cannot be std::optional");
}

struct RealKey {
  double id{};
};
TEST(model_error, key_without_exact_equality) {
  expect_refusal<RealKey>("RealKey", "field id cannot be part of a primary key");
}

struct TwiceInKey {
  int a{};
  static void model(model<TwiceInKey>& m) { m.primary_key(&TwiceInKey::a, &TwiceInKey::a); }
};
TEST(model_error, a_field_twice_in_the_key) { expect_refusal<TwiceInKey>("TwiceInKey", "names field a twice"); }

struct EmptyTable {
  std::int64_t id{};
  static void model(model<EmptyTable>& m) { m.table(""); }
};
TEST(model_error, an_empty_table_name) { expect_refusal<EmptyTable>("EmptyTable", "m.table() with an empty name"); }

struct EmptyColumn {
  std::int64_t id{};
  static void model(model<EmptyColumn>& m) { m.column(&EmptyColumn::id).named(""); }
};
TEST(model_error, an_empty_column_name) {
  expect_refusal<EmptyColumn>("EmptyColumn", "field id has an empty column name");
}

struct LengthOfNumber {
  std::int64_t id{};
  static void model(model<LengthOfNumber>& m) { m.column(&LengthOfNumber::id).length(10); }
};
TEST(model_error, a_length_of_what_is_no_text) {
  expect_refusal<LengthOfNumber>("LengthOfNumber", "length() on field id, which is not text");
}

struct PrecisionOfNumber {
  std::int64_t id{};
  static void model(model<PrecisionOfNumber>& m) { m.column(&PrecisionOfNumber::id).precision(10, 2); }
};
TEST(model_error, a_precision_of_what_is_no_decimal) {
  expect_refusal<PrecisionOfNumber>("PrecisionOfNumber", "precision() on field id, which is not tp::decimal");
}
struct OddPrecision {
  std::int64_t id{};
  decimal price;
  static void model(model<OddPrecision>& m) { m.column(&OddPrecision::price).precision(2, 3); }
};
TEST(model_error, a_scale_beyond_the_precision) {
  expect_refusal<OddPrecision>("OddPrecision", "precision() of field price");
}

struct ForeignField {
  std::int64_t id{};
  static void model(model<ForeignField>& m) { m.index(&Other::number); }
};
TEST(model_error, a_field_of_another_model) {
  expect_refusal<ForeignField>("ForeignField", "m.index() names a field of tupelo::");
}

struct Part {
  int x{};
};
struct IntoValueObject {
  std::int64_t id{};
  Part part;
  static void model(model<IntoValueObject>& m) { m.index(col<&IntoValueObject::part, &Part::x>); }
};
TEST(model_error, none_for_a_field_inside_a_value_object) {
  const model_info& info = info_of<IntoValueObject>();
  EXPECT_EQ(info.fields.at(std::size_t(info.indexes.at(0).terms.at(0).field)).column, "part_x");
}

struct NamelessCheck {
  std::int64_t id{};
  static void model(model<NamelessCheck>& m) { m.check("", col<&NamelessCheck::id> > 0); }
};
TEST(model_error, a_check_without_a_name) { expect_refusal<NamelessCheck>("NamelessCheck", "m.check() needs a name"); }

struct EmptyCheck {
  std::int64_t id{};
  static void model(model<EmptyCheck>& m) { m.check("nothing", expression()); }
};
TEST(model_error, a_check_without_a_condition) {
  expect_refusal<EmptyCheck>("EmptyCheck", "check \"nothing\" has an empty condition");
}

struct CheckOfAnother {
  std::int64_t id{};
  static void model(model<CheckOfAnother>& m) { m.check("odd", col<&Other::id> > 0); }
};
TEST(model_error, a_check_over_another_model) {
  expect_refusal<CheckOfAnother>("CheckOfAnother", "check \"odd\" names a column of another model");
}

struct ChecksOfOneName {
  std::int64_t id{};
  static void model(model<ChecksOfOneName>& m) {
    m.check("same", col<&ChecksOfOneName::id> > 0);
    m.check("same", col<&ChecksOfOneName::id> > 1);
  }
};
TEST(model_error, two_checks_of_one_name) {
  expect_refusal<ChecksOfOneName>("ChecksOfOneName", "two checks are named \"same\"");
}

struct StampsOfNumbers {
  std::int64_t id{};
  std::int64_t created{}, updated{};
  static void model(model<StampsOfNumbers>& m) { m.timestamps(&StampsOfNumbers::created, &StampsOfNumbers::updated); }
};
TEST(model_error, timestamps_that_are_none) {
  expect_refusal<StampsOfNumbers>("StampsOfNumbers", "field created is not a timestamp");
}

struct DeletedAlways {
  std::int64_t id{};
  timestamp deleted{};
  static void model(model<DeletedAlways>& m) { m.soft_delete(&DeletedAlways::deleted); }
};
TEST(model_error, a_mark_of_deletion_that_cannot_be_empty) {
  expect_refusal<DeletedAlways>("DeletedAlways", "field deleted must be std::optional<tp::timestamp>");
}

struct VersionOfText {
  std::int64_t id{};
  std::string version;
  static void model(model<VersionOfText>& m) { m.version(&VersionOfText::version); }
};
TEST(model_error, a_version_that_cannot_count) {
  expect_refusal<VersionOfText>("VersionOfText", "field version must be an integer");
}

struct NullIntoPresent {
  std::int64_t id{};
  std::int64_t other_id{};
  static void model(model<NullIntoPresent>& m) {
    m.foreign_key(&NullIntoPresent::other_id).references<Other>().on_delete(set_null);
  }
};
TEST(model_error, set_null_of_a_field_that_cannot_be_null) {
  expect_refusal<NullIntoPresent>("NullIntoPresent",
                                  "on_delete(tp::set_null) needs field other_id to be std::optional");
}

struct UnevenForeignKey {
  std::int64_t id{};
  std::int64_t other_id{};
  static void model(model<UnevenForeignKey>& m) {
    m.foreign_key(&UnevenForeignKey::other_id).references(&Other::id, &Other::number);
  }
};
TEST(model_error, a_foreign_key_of_another_width) {
  expect_refusal<UnevenForeignKey>("UnevenForeignKey", "references another number of columns than it has");
}

struct WrongRelation {
  std::int64_t id{};
  has_many<Other> others;
  static void model(model<WrongRelation>& m) { m.has_one(&WrongRelation::others, "number"); }
};
TEST(model_error, a_relation_of_another_kind) {
  expect_refusal<WrongRelation>("WrongRelation", "field others is not a tp::has_one<");
}

struct Stranger;
struct PointsToStranger {
  std::int64_t id{};
  std::int64_t stranger_id{};
  belongs_to<Stranger> stranger;
  static void model(model<PointsToStranger>& m) {
    m.belongs_to(&PointsToStranger::stranger, &PointsToStranger::stranger_id);
  }
};
TEST(model_error, a_foreign_key_to_a_model_that_nobody_knows) {
  const model_info& info = info_of<PointsToStranger>();
  try {
    referenced_model(info, info.foreign_keys.at(0));
    FAIL() << "found";
  } catch (const model_error& e) {
    const std::string said = e.what();
    EXPECT_NE(said.find("struct PointsToStranger has a foreign key to"), std::string::npos) << said;
    EXPECT_NE(said.find("tp::register_models<…>()"), std::string::npos) << said;
  }
}

struct NamelessScope {
  std::int64_t id{};
  static void model(model<NamelessScope>& m) { m.default_scope("", col<&NamelessScope::id> > 0); }
};
struct ScopeTwice {
  std::int64_t id{};
  static void model(model<ScopeTwice>& m) {
    m.default_scope("positive", col<&ScopeTwice::id> > 0);
    m.default_scope("positive", col<&ScopeTwice::id> > 1);
  }
};
struct ScopeOfAnother {
  std::int64_t id{};
  static void model(model<ScopeOfAnother>& m) { m.default_scope("other", col<&Other::number> > 0); }
};
struct ScopeThatAsks {
  std::int64_t id{};
  static void model(model<ScopeThatAsks>& m) {
    m.default_scope("asks", col<&ScopeThatAsks::id>.in(query<Other>().select<std::int64_t>(col<&Other::id>)));
  }
};
TEST(model_error, a_default_scope_that_is_no_condition_of_the_row) {
  expect_refusal<NamelessScope>("NamelessScope", "m.default_scope() needs a name");
  expect_refusal<ScopeTwice>("ScopeTwice", "default_scope \"positive\" is said twice");
  expect_refusal<ScopeOfAnother>("ScopeOfAnother", "default_scope \"other\" names a column of another model");
  expect_refusal<ScopeThatAsks>("ScopeThatAsks", "default_scope \"asks\" asks a query of its own");
}

TEST(model_error, is_thrown_again_at_the_next_use) {
  EXPECT_EQ(refusal<NoKey>(), refusal<NoKey>());
  EXPECT_EQ(refusal<TwoForOne>(), refusal<TwoForOne>());
}

struct Parent {
  std::int64_t id{};
  has_many<Other> others;
};
TEST(relation, that_is_not_loaded_says_so) {
  const Parent parent;
  try {
    parent.others.size();
    FAIL() << "a size";
  } catch (const relation_not_loaded& e) {
    EXPECT_NE(std::string(e.what()).find("tp::has_many<Other>"), std::string::npos) << e.what();
  }
  EXPECT_FALSE(parent.others.loaded());
}

}  // namespace
}  // namespace tupelo
