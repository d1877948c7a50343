// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/tupelo.hpp>
#include <tupelo/query/functions.hpp>
#include <tupelo/model/range.hpp>

namespace tp = tupelo;

enum class Plan : std::uint8_t { free, team, company };

struct Account {
  std::int64_t id{};
  std::string first, last;
  std::string email;
  std::optional<std::string> phone;
  std::vector<std::string> tags;
  Plan plan{Plan::free};
  std::string full_name;

  static void model(tp::model<Account>& m) {
    m.comment("who pays");
    m.column(&Account::phone).comment("as it was typed in");
    m.native_enum(&Account::plan).value_renamed("basic", "free");  // a type of the database, where it has such types
    m.generated(&Account::full_name, "first || ' ' || last");      // computed by the database, never written

    m.unique(tp::lower(tp::col<&Account::email>));  // over an expression
    m.index(&Account::last, &Account::first).include(&Account::phone);
    m.index(&Account::phone).nulls_last(&Account::phone);
    m.index(&Account::tags).using_method("gin");
    m.index(&Account::email).operator_class(&Account::email, "text_pattern_ops");
  }
};

struct Reservation {  // PostgreSQL only
  std::int64_t id{};
  std::int64_t room{};
  tp::range<tp::timestamp> during;
  bool cancelled{};
  int place{};

  static void model(tp::model<Reservation>& m) {
    m.exclude("no_overlap")
        .with(&Reservation::room, "=")
        .with(&Reservation::during, "&&")
        .where(tp::col<&Reservation::cancelled> == false);
    m.unique(&Reservation::place).deferrable().nulls_not_distinct();
  }
};
