// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/load_step.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/model/model.hpp"
#include "tupelo/model/relation_keys.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/timestamp.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>

namespace tupelo {
namespace {

struct Wheel;
struct Depot;
struct Ticket;

struct Car {
  std::int64_t id{};
  std::string plate;
  has_many<Wheel> wheels;
  has_many<Wheel> spares;
  has_many<Wheel> mistaken;
  has_many<Wheel> wide;
  has_many<Wheel> undeclared;
  has_many<Wheel> by_plate;
  many_to_many<Depot> depots;

  static void model(model<Car>& m) {
    m.has_many(&Car::wheels, "car_id");
    m.has_many(&Car::spares, "no_such_column");
    m.has_many(&Car::mistaken, "brand");
    m.has_many(&Car::wide, "car_id", "brand");
    m.has_many(&Car::by_plate, "plate");
    m.many_to_many(&Car::depots, "parking", "car", "depot");
  }
};
struct Wheel {
  std::int64_t id{};
  std::optional<int> car_id;
  std::string brand;
  std::string plate;
  belongs_to<Car> car;
  belongs_to<Car> car_of_plate;

  static void model(model<Wheel>& m) {
    m.belongs_to(&Wheel::car, &Wheel::car_id);
    m.belongs_to(&Wheel::car_of_plate, &Wheel::plate).references(&Car::plate);
  }
};
struct Depot {
  timestamp id{};
  many_to_many<Car> cars;
  many_to_many<Ticket> tickets;
  static void model(model<Depot>& m) {
    m.many_to_many(&Depot::cars, "parking", "depot", "car");
    m.many_to_many(&Depot::tickets, "stays", "depot", "ticket");
  }
};
struct Ticket {
  int row{}, number{};
  static void model(model<Ticket>& m) { m.primary_key(&Ticket::row, &Ticket::number); }
};

template <class Owner, class Related, class F>
relation_keys keys(F Owner::* relation) {
  return keys_of(info_of<Owner>(), field_ref(relation).offset, info_of<Related>());
}
template <class F>
std::string refusal(F Car::* relation) {
  try {
    keys<Car, Wheel>(relation);
  } catch (const model_error& e) {
    return e.what();
  }
  return "accepted";
}
void expect_said(const std::string& said, std::string_view part) {
  EXPECT_NE(said.find(part), std::string::npos) << said;
}

TEST(relation_keys, has_many_pairs_the_key_with_the_named_column) {
  const relation_keys found = keys<Car, Wheel>(&Car::wheels);
  ASSERT_EQ(found.pairs.size(), 1U);
  EXPECT_EQ(found.pairs[0].own->name, "id");
  EXPECT_EQ(found.pairs[0].related->name, "car_id");
}
TEST(relation_keys, belongs_to_pairs_the_foreign_key_with_what_it_references) {
  EXPECT_EQ((keys<Wheel, Car>(&Wheel::car).pairs[0].related->name), "id");
  EXPECT_EQ((keys<Wheel, Car>(&Wheel::car_of_plate).pairs[0].related->name), "plate");
}
TEST(relation_keys, has_many_follows_a_foreign_key_to_other_columns_than_the_key) {
  EXPECT_EQ((keys<Car, Wheel>(&Car::by_plate).pairs[0].own->name), "plate");
}
TEST(relation_keys, a_column_that_is_not_there_is_refused) {
  expect_said(refusal(&Car::spares), "relation Car::spares: struct Wheel has no column \"no_such_column\"");
}
TEST(relation_keys, columns_that_cannot_be_equal_are_refused) {
  expect_said(refusal(&Car::mistaken), "fields id and brand have types that cannot be equal");
}
TEST(relation_keys, another_number_of_columns_is_refused) {
  expect_said(refusal(&Car::wide), "its foreign key has 2 columns, the key that they name has 1");
}
TEST(relation_keys, a_relation_that_is_not_declared_is_refused) {
  expect_said(refusal(&Car::undeclared), "relation Car::undeclared is not declared");
}
TEST(relation_keys, a_key_that_no_join_table_can_hold_is_refused) {
  const relation_keys from_cars = keys<Car, Depot>(&Car::depots);
  EXPECT_EQ(join_key_slot(from_cars, 0).k, kind::i64) << "the other model's key may be anything";
  const relation_keys from_depots = keys<Depot, Car>(&Depot::cars);
  EXPECT_THROW(join_key_slot(from_depots, 0), model_error);
  EXPECT_THROW((keys<Depot, Ticket>(&Depot::tickets)), model_error);
}

struct Lorry {
  std::int64_t id{};
  has_many<Wheel> wheels;
  static void model(model<Lorry>& m) {
    m.has_many(&Lorry::wheels, "car_id");
    m.has_many(&Lorry::wheels, "id");
  }
};
TEST(relation_keys, a_relation_is_declared_once) { EXPECT_THROW(info_of<Lorry>(), model_error); }

TEST(relation, that_is_not_loaded_is_named) {
  info_of<Wheel>();
  info_of<Car>();
  const auto said = [](const auto& read) -> std::string {
    try {
      read();
    } catch (const relation_not_loaded& e) {
      return e.what();
    }
    return "read";
  };
  const Car car;
  expect_said(said([&] { car.depots.size(); }), "Car::depots is not loaded");
  expect_said(said([&] { car.depots.size(); }), ".with(&Car::depots)");
  const Wheel wheel;
  expect_said(said([&] { wheel.car.get(); }), "(Wheel::car or Wheel::car_of_plate)");
  expect_said(said([&] { wheel.car.get(); }), ".with(&Wheel::car) or .with(&Wheel::car_of_plate)");
}
TEST(relation, that_is_loaded_without_an_object_is_named) {
  info_of<Wheel>();
  info_of<Car>();
  Wheel wheel;
  detail::assign_rows(&wheel.car, detail::no_rows());
  EXPECT_EQ(wheel.car.get(), nullptr);
  try {
    static_cast<void>(*wheel.car);
    FAIL() << "an object";
  } catch (const std::out_of_range& e) {
    expect_said(e.what(), "tp::belongs_to<Car> (Wheel::car or Wheel::car_of_plate) is loaded, and there is no such");
  }
}

TEST(load_list, is_shared_until_it_changes) {
  auto first = query<Car>().with(&Car::wheels);
  auto second = first;
  EXPECT_EQ(first.core().loads.begin(), second.core().loads.begin());
  second.with(&Car::depots);
  EXPECT_EQ(first.core().loads.end() - first.core().loads.begin(), 1);
  EXPECT_EQ(second.core().loads.end() - second.core().loads.begin(), 2);
}
TEST(load_list, has_a_relation_once) {
  const auto query_twice = query<Car>().with(&Car::wheels, &Wheel::car).with(&Car::wheels, &Wheel::car_of_plate);
  const load_list& loads = query_twice.core().loads;
  ASSERT_EQ(loads.end() - loads.begin(), 1);
  EXPECT_EQ(loads.begin()->query.loads.end() - loads.begin()->query.loads.begin(), 2);
}
TEST(load_list, goes_where_rows_become_another_type) {
  EXPECT_TRUE(query<Car>().with(&Car::wheels).select<std::string>(col<&Car::plate>).core().loads.empty());
}
TEST(load_list, makes_a_query_no_larger_than_a_pointer) { EXPECT_EQ(sizeof(load_list), sizeof(void*)); }

}  // namespace
}  // namespace tupelo
