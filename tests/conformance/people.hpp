// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend.hpp"

#include <tupelo/query/functions.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::conformance {

enum class Role : std::uint8_t { guest, member, admin };

struct Address {
  std::string street{}, city{};
};

struct Person {
  std::int64_t id{};
  std::string name{};
  std::optional<int> age{};
  double height{};
  bool active{};
  Role role{Role::guest};
  Address address{};

  static void model(tupelo::model<Person>& m) {
    m.unique(&Person::name);
    m.check("age_is_human", col<&Person::age> >= 0 && col<&Person::age> < 200);
  }
};

struct Pet {
  std::int64_t id{};
  std::int64_t owner_id{};
  std::string name{};
  std::optional<std::string> nickname{};
  int weight{};
  belongs_to<Person> owner{};

  static void model(tupelo::model<Pet>& m) { m.belongs_to(&Pet::owner, &Pet::owner_id); }
};

/// Two tables with a few rows, the same for every test.
///
///   ada 36 1.70 active admin  London   cat "puss" 4, dog 20
///   bob 20 1.80 active member Paris    fish "bubbles" 1
///   cyd  - 1.60 -      guest  London   -
///   dan 36 1.90 -      member Rome     -
class people_test : public conformance_test {
protected:
  people_test() {
    create<Person, Pet>();
    std::vector<Person> people{
        {.name = "ada",
         .age = 36,
         .height = 1.7,
         .active = true,
         .role = Role::admin,
         .address = {"Main St", "London"}},
        {.name = "bob", .age = 20, .height = 1.8, .active = true, .role = Role::member, .address = {"Rue 1", "Paris"}},
        {.name = "cyd", .height = 1.6, .address = {"Side St", "London"}},
        {.name = "dan", .age = 36, .height = 1.9, .role = Role::member, .address = {"Via 2", "Rome"}}};
    sync_wait(db.insert(people));
    ada = people[0].id;
    bob = people[1].id;
    cyd = people[2].id;
    dan = people[3].id;
    std::vector<Pet> pets{{.owner_id = ada, .name = "cat", .nickname = "puss", .weight = 4},
                          {.owner_id = ada, .name = "dog", .weight = 20},
                          {.owner_id = bob, .name = "fish", .nickname = "bubbles", .weight = 1}};
    sync_wait(db.insert(pets));
  }

  /// The names of the people for whom the condition holds, in the order of the names.
  template <class Condition>
  std::vector<std::string> who(const Condition& condition) {
    return sync_wait(db.query<Person>().where(condition).order_by(col<&Person::name>).pluck(col<&Person::name>));
  }

  std::int64_t ada = 0, bob = 0, cyd = 0, dan = 0;
};

using names = std::vector<std::string>;

}  // namespace tupelo::conformance
