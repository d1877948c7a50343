// SPDX-License-Identifier: Apache-2.0
#include "own_types.hpp"

#include "example_place.hpp"

#include <tupelo/schema/migrator.hpp>
#include <tupelo/schema/models.hpp>

#include <gtest/gtest.h>

#include <cstdio>

TEST(guide_of_models, describes_as_it_says) {
  const tp::model_schema made = tp::schema_of<Membership, Group, Ticket, vendor::Customer, Wall>();
  ASSERT_NE(made.schema.find("clubs"), nullptr);
  EXPECT_EQ(made.schema.find("clubs")->find_column("fee")->type.to_string(), "decimal(10, 2)");
  EXPECT_EQ(made.schema.find("memberships")->primary_key.columns.size(), 2U);
  EXPECT_EQ(made.schema.find("memberships")->foreign_keys.at(0).references, "clubs");
  EXPECT_EQ(made.schema.find("Customer")->primary_key.columns.at(0), "CustomerId");
  EXPECT_NE(made.schema.find("tickets"), nullptr);
}
TEST(guide_of_models, stores_arrays_and_spans_and_finds_them) {
  const example::place here;
  tp::database db(here.url());
  tp::sync_wait(tp::create_tables<Server>(db));
  Server made{.tags = {"web", "new"},
              .load = {0.5, std::nullopt},
              .slots = {{1, 2}, {3, 4}},
              .address = tp::inet::parse("10.0.0.1"),
              .card = {"08:00:2b:01:02:03"},
              .uptime = std::chrono::hours(3),
              .rent = Money{4'200}};
  tp::sync_wait(db.insert(made));
  auto busy =
      db.query<Server>()
          .where(tp::col<&Server::tags>.contains("web") && !tp::col<&Server::tags>.overlaps({"old", "broken"}))
          .where(tp::col<&Server::load>.length() > 1 && tp::col<&Server::address> == tp::inet::parse("10.0.0.1"))
          .where(tp::col<&Server::rent> > Money{1'000});
  const Server found = tp::sync_wait(busy.one());
  EXPECT_EQ(found.uptime, std::chrono::hours(3));
  EXPECT_EQ(found.slots[1][0], 3);
  EXPECT_EQ(found.rent->cents, 4'200);
}
TEST(guide_of_models, stores_a_type_of_your_own) {
  const example::place here;
  tp::database db(here.url());
  tp::sync_wait(tp::create_tables<Wall>(db));
  Wall wall{.colour = {1, 2, 3}};
  tp::sync_wait(db.insert(wall));
  EXPECT_EQ(tp::sync_wait(db.get<Wall>(wall.id)).colour.blue, 3);
}
