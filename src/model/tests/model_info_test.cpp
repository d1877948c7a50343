// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/model.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/core/date.hpp"
#include "tupelo/core/decimal.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/json.hpp"
#include "tupelo/core/timestamp.hpp"
#include "tupelo/core/uuid.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shop {

struct Nothing;
struct OrderLine;
enum class Size : std::int8_t { small = -5, medium = 0, large = 100 };
enum Plain : int { plain_a, plain_b = 7 };
enum class Wide : int { far = 400 };

struct Money {
  int cents{};
  std::string currencyCode;
};
struct Box {
  Money price;
  Size size{};
};

struct Order {
  std::int64_t id{};
  std::string customerName;
  std::optional<int> rating;
  Box box;
  std::vector<std::byte> scan;
  std::chrono::sys_time<std::chrono::seconds> at{};
  tupelo::has_many<OrderLine> lines;
};
struct OrderLine {
  tupelo::uuid id{};
  std::int64_t order_id{};
};
struct HTTPServerLog {
  int id{};
};

/// A type that its program does not own and that cannot be reflected.
class Sealed {
public:
  Sealed() = default;
  std::int64_t id = 0;
  std::string label;

private:
  [[maybe_unused]] int hidden_ = 0;
};

}  // namespace shop

template <>
struct tupelo::enum_range<shop::Wide> {
  static constexpr int first = 390, last = 410;
};
template <>
struct tupelo::describe<shop::Sealed> {
  static constexpr auto fields() { return tupelo::fields<&shop::Sealed::id, &shop::Sealed::label>; }
  static void model(tupelo::model<shop::Sealed>& m) { m.table("sealed_things"); }
};

namespace tupelo {
namespace {

using shop::Order;

const field_info& field(std::string_view name) {
  for (const field_info& f : info_of<Order>().fields) {
    if (f.name == name) return f;
  }
  throw std::logic_error("no such field");
}

TEST(reflection, names_the_type_with_its_namespace) {
  EXPECT_EQ(info_of<Order>().type_name, "shop::Order");
  EXPECT_EQ(info_of<Order>().short_name(), "Order");
}
TEST(reflection, finds_fields_at_their_offsets) {
  EXPECT_EQ(field("id").offset, offsetof(Order, id));
  EXPECT_EQ(field("customerName").offset, offsetof(Order, customerName));
  EXPECT_EQ(field("rating").offset, offsetof(Order, rating));
  EXPECT_EQ(field("scan").offset, offsetof(Order, scan));
}
TEST(reflection, flattens_value_objects_at_every_depth) {
  EXPECT_EQ(field("box.price.cents").column, "box_price_cents");
  EXPECT_EQ(field("box.price.currencyCode").column, "box_price_currency_code");
  EXPECT_EQ(field("box.size").offset, offsetof(Order, box) + offsetof(shop::Box, size));
}
TEST(reflection, knows_the_kind_of_each_field) {
  EXPECT_EQ(field("id").type->k, kind::i64);
  EXPECT_EQ(field("customerName").type->k, kind::text);
  EXPECT_EQ(field("rating").type->k, kind::i32);
  EXPECT_TRUE(field("rating").type->nullable);
  EXPECT_EQ(field("scan").type->k, kind::bytes);
  EXPECT_EQ(field("at").type->k, kind::timestamp);
  EXPECT_TRUE(field("at").type->chrono);
  EXPECT_EQ(field("box.size").type->k, kind::enumeration);
}
TEST(reflection, leaves_relations_out_of_the_columns) {
  EXPECT_TRUE(field("lines").is(field_relation));
  EXPECT_EQ(info_of<Order>().find_column("lines"), -1);
  EXPECT_GE(info_of<Order>().find_column("customer_name"), 0);
}
TEST(reflection, is_done_once) { EXPECT_EQ(&info_of<Order>(), &info_of<Order>()); }
TEST(reflection, takes_listed_fields_of_types_it_cannot_reflect) {
  const model_info& info = info_of<shop::Sealed>();
  EXPECT_EQ(info.table, "sealed_things");
  ASSERT_EQ(info.columns.size(), 2U);
  EXPECT_EQ(info.fields[1].name, "label");
  EXPECT_EQ(info.key.size(), 1U);
}
TEST(reflection, finds_a_registered_model_by_its_type) {
  register_models<shop::OrderLine>();
  EXPECT_EQ(find_spec(detail::type_key_of<shop::OrderLine>), detail::spec_of<shop::OrderLine>());
  EXPECT_EQ(find_spec(detail::type_key_of<shop::Nothing>), nullptr);
}

// ---- enums

TEST(enum_names, are_those_of_the_enumerators) {
  EXPECT_EQ(enum_name(shop::Size::small), "small");
  EXPECT_EQ(enum_name(shop::Size::large), "large");
  EXPECT_EQ(enum_name(shop::plain_b), "plain_b");
}
TEST(enum_names, are_empty_for_values_without_one) { EXPECT_EQ(enum_name(static_cast<shop::Size>(3)), ""); }
TEST(enum_names, are_found_in_the_range_that_a_program_gives) { EXPECT_EQ(enum_name(shop::Wide::far), "far"); }
TEST(enum_names, list_the_enumerators_in_the_order_of_their_values) {
  const enum_table& table = detail::enum_names<shop::Size>();
  ASSERT_EQ(table.count, 3U);
  EXPECT_EQ(table.first[0].name, "small");
  EXPECT_EQ(table.first[0].value, -5);
  EXPECT_EQ(table.first[2].name, "large");
  EXPECT_EQ(table.find("medium")->value, 0);
  EXPECT_EQ(table.find("huge"), nullptr);
}

// ---- names

TEST(default_names, of_columns_are_snake_case) {
  EXPECT_EQ(snake_case("customerName"), "customer_name");
  EXPECT_EQ(snake_case("OrderLine"), "order_line");
  EXPECT_EQ(snake_case("HTTPServer"), "http_server");
  EXPECT_EQ(snake_case("userID"), "user_id");
  EXPECT_EQ(snake_case("line2Text"), "line2_text");
  EXPECT_EQ(snake_case("already_snake"), "already_snake");
  EXPECT_EQ(snake_case("class_"), "class");
  EXPECT_EQ(snake_case("x"), "x");
}
TEST(default_names, of_tables_are_snake_case_and_plural) {
  EXPECT_EQ(info_of<shop::Order>().table, "orders");
  EXPECT_EQ(info_of<shop::OrderLine>().table, "order_lines");
  EXPECT_EQ(info_of<shop::HTTPServerLog>().table, "http_server_logs");
}
TEST(plurals, are_regular) {
  EXPECT_EQ(pluralize("user"), "users");
  EXPECT_EQ(pluralize("category"), "categories");
  EXPECT_EQ(pluralize("day"), "days");
  EXPECT_EQ(pluralize("address"), "addresses");
  EXPECT_EQ(pluralize("box"), "boxes");
  EXPECT_EQ(pluralize("match"), "matches");
  EXPECT_EQ(pluralize("dish"), "dishes");
  EXPECT_EQ(pluralize("order_line"), "order_lines");
}
TEST(plurals, are_irregular_where_english_is) {
  EXPECT_EQ(pluralize("person"), "people");
  EXPECT_EQ(pluralize("child"), "children");
  EXPECT_EQ(pluralize("sales_person"), "sales_people");
  EXPECT_EQ(pluralize("series"), "series");
  EXPECT_EQ(pluralize("stock_news"), "stock_news");
  EXPECT_EQ(pluralize("index"), "indexes");
}
TEST(plurals, of_nothing_are_nothing) { EXPECT_EQ(pluralize(""), ""); }

// ---- indexes

struct ignores_nothing {
  std::int64_t id{};
  std::string name{};
  static void model(tupelo::model<ignores_nothing>& m) { m.unique(&ignores_nothing::name).ignoring_deleted(); }
};
struct includes_nothing {
  std::int64_t id{};
  std::string name{};
  static void model(tupelo::model<includes_nothing>& m) { m.unique(&includes_nothing::name).including_deleted(); }
};
struct unique_among_the_living {
  std::int64_t id{};
  std::string name{}, code{}, place{}, mail{};
  std::optional<timestamp> deleted_at{};
  static void model(tupelo::model<unique_among_the_living>& m) {
    m.unique(&unique_among_the_living::name);
    m.unique(&unique_among_the_living::code).including_deleted();
    m.unique(&unique_among_the_living::place).deferrable();
    m.index(&unique_among_the_living::mail).unique();
    m.index(&unique_among_the_living::mail, &unique_among_the_living::name);
    m.soft_delete(&unique_among_the_living::deleted_at);
  }
};
struct includes_twice {
  std::int64_t id{};
  std::string name{};
  std::optional<timestamp> deleted_at{};
  static void model(tupelo::model<includes_twice>& m) {
    m.unique(&includes_twice::name).including_deleted().ignoring_deleted();
    m.soft_delete(&includes_twice::deleted_at);
  }
};
struct includes_without_need {
  std::int64_t id{};
  std::string name{};
  std::optional<timestamp> deleted_at{};
  static void model(tupelo::model<includes_without_need>& m) {
    m.index(&includes_without_need::name).including_deleted();
    m.soft_delete(&includes_without_need::deleted_at);
  }
};
TEST(indexes, that_ignore_what_is_deleted_need_rows_that_are_marked) {
  EXPECT_THROW(info_of<ignores_nothing>(), model_error);
  EXPECT_THROW(info_of<includes_nothing>(), model_error);
}
TEST(indexes, that_are_unique_leave_out_what_is_marked_unless_they_say_otherwise) {
  const model_info& info = info_of<unique_among_the_living>();
  const auto partial = [&](std::size_t i) { return !info.indexes[i].constraint && !info.indexes[i].condition.empty(); };
  EXPECT_TRUE(partial(0));
  EXPECT_TRUE(info.indexes[1].constraint && info.indexes[1].condition.empty());
  EXPECT_TRUE(info.indexes[2].constraint && info.indexes[2].condition.empty());
  EXPECT_TRUE(partial(3));
  EXPECT_TRUE(info.indexes[4].condition.empty());
}
TEST(indexes, cannot_leave_out_and_include_what_is_marked) {
  EXPECT_THROW(info_of<includes_twice>(), model_error);
  EXPECT_THROW(info_of<includes_without_need>(), model_error);
}

// ---- keys

TEST(keys, are_the_field_id_and_generated_where_it_is_a_wide_integer) {
  const model_info& info = info_of<Order>();
  ASSERT_EQ(info.key.size(), 1U);
  EXPECT_TRUE(info.fields[info.key[0]].is(field_generated));
  EXPECT_TRUE(info.generated_key);
}
TEST(keys, of_type_uuid_are_made_by_the_client) {
  const model_info& info = info_of<shop::OrderLine>();
  EXPECT_TRUE(info.fields[info.key[0]].is(field_client_uuid));
  EXPECT_FALSE(info.generated_key);
}

}  // namespace
}  // namespace tupelo
