// SPDX-License-Identifier: Apache-2.0
#include "backend.hpp"

#include <tupelo/json.hpp>
#include <tupelo/record.hpp>
#include <tupelo/repository.hpp>
#include <tupelo/security/sealing_key.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::conformance::dto {
namespace {

enum class Grade : std::uint8_t { low, high };
struct Place {
  std::string street{}, town{};
};

struct Member : record<Member> {
  std::int64_t id{};
  std::string name{};
  std::optional<int> age{};
  Place place{};
  Grade grade{Grade::low};
  float score{};
  decimal fee{};
  json extra{};
  std::vector<std::uint8_t> badge{};
  std::optional<date> joined{};
  timestamps times{};
  soft_deletes deletion{};

  static void model(tupelo::model<Member>& m) { m.unique(&Member::name); }
};

/// A key of two parts, which the program gives.
struct Score : record<Score> {
  std::int64_t game{};
  std::int64_t player{};
  int points{};

  static void model(tupelo::model<Score>& m) { m.primary_key(&Score::game, &Score::player); }
};
struct Ticket : record<Ticket> {
  uuid_key key{};
  std::string title{};
};

class members : public repository<Member> {
public:
  using repository::repository;
  auto of_age(int age) const { return query().where(col<&Member::age> == age).all(); }
};

class dto : public conformance_test {
protected:
  dto() { create<Member, Score, Ticket>(); }
  Member make(std::string name, std::optional<int> age = {}) {
    return sync_wait(db.insert(Member{.name = std::move(name), .age = age, .fee = decimal(5)}));
  }
};
TUPELO_CONFORMANCE_SUITE(dto);

// ---- patches

TEST_P(dto, an_update_writes_what_a_patch_holds_and_nothing_else) {
  const Member ada = make("ada", 36);
  make("bob", 20);
  const auto changes = patch<Member>::from_json(json::parse(
      R"({"age":null,"place":{"town":"Rome"},"grade":"high","score":0.5,"fee":"12.50","extra":{"a":1},"badge":"aGk=",
          "joined":"2026-11-21"})"));
  EXPECT_EQ(sync_wait(db.update<Member>().set(changes).where(col<&Member::id> == ada.id).run()), 1);
  const Member read = sync_wait(db.get<Member>(ada.id));
  EXPECT_EQ(read.name, "ada");
  EXPECT_FALSE(read.age.has_value());
  EXPECT_EQ(read.place.town, "Rome");
  EXPECT_EQ(read.grade, Grade::high);
  EXPECT_EQ(read.score, 0.5F);
  EXPECT_EQ(read.fee, decimal::parse("12.50"));
  EXPECT_EQ(read.extra, json::parse(R"({"a":1})"));
  EXPECT_EQ(read.badge, (std::vector<std::uint8_t>{'h', 'i'}));
  EXPECT_EQ(read.joined, date::parse("2026-11-21"));
  EXPECT_EQ(sync_wait(db.query<Member>().where(col<&Member::grade> == Grade::high).count()), 1);
}

TEST_P(dto, an_update_with_an_empty_patch_is_refused) {
  EXPECT_THROW(sync_wait(db.update<Member>().set(patch<Member>()).all_rows().run()), query_error);
}

TEST_P(dto, a_patch_refuses_the_numbers_that_an_update_refuses) {
  const Member ada = make("ada", 36);
  const auto refused = failure_of<value_error>([&] { return patch<Member>().set(&Member::age, 5'000'000'000); });
  EXPECT_EQ(refused.code(), errc::value_out_of_range);
  EXPECT_STREQ(refused.what(), failure_of<value_error>([&] {
                                 return db.update<Member>().set(col<&Member::age>, 5'000'000'000);
                               }).what());
  EXPECT_THROW((void)db.update<Member>().set(col<&Member::score>, 1e300), value_error);
  EXPECT_THROW((void)patch<Member>().set(&Member::score, -1e300), value_error);
  EXPECT_EQ(sync_wait(db.get<Member>(ada.id)).age, 36);
}

TEST_P(dto, a_session_writes_the_columns_that_a_patch_has_changed) {
  const Member ada = make("ada", 36);
  auto session = db.session();
  auto tracked = sync_wait(session.get<Member>(ada.id));
  patch<Member>().set(&Member::age, 37).set(&Member::name, "ada").apply_to(*tracked);
  sync_wait(session.commit());
  EXPECT_EQ(sync_wait(db.get<Member>(ada.id)).age, 37);
}

TEST_P(dto, rows_become_json_and_come_back) {
  const Member ada = make("ada", 36);
  const Member stored = sync_wait(db.get<Member>(ada.id));
  EXPECT_EQ(to_json_text(from_json<Member>(to_json(stored))), to_json_text(stored));
}

TEST_P(dto, a_page_becomes_json_with_where_it_stands) {
  make("ada");
  make("bob");
  make("cyd");
  const json page = to_json(
      sync_wait(db.query<Member>().order_by(col<&Member::name>).select<std::string>(col<&Member::name>).page(1, 2)));
  EXPECT_EQ(page.text(),
            R"({"items":["ada","bob"],"page":1,"size":2,"total":3,"pages":2,"has_next":true,"has_prev":false})");
}

TEST_P(dto, pages_come_back) {
  make("ada", 36);
  make("bob");
  make("cyd");
  const auto query = db.query<Member>().order_by(col<&Member::name>);
  const auto second = sync_wait(query.page(2, 2));
  const auto read = from_json<page<Member>>(to_json(second));
  EXPECT_EQ(to_json_text(read), to_json_text(second));
  EXPECT_EQ(read.total, 3);
  EXPECT_TRUE(read.has_prev());
  EXPECT_EQ(to_json_text(from_json<std::vector<Member>>(to_json(second.items))), to_json_text(second.items));
}

TEST_P(dto, pages_by_cursor_come_back_and_lead_on) {
  const sealing_key key{"0123456789abcdef0123456789abcdef"};
  for (const char* name : {"ada", "bob", "cyd"}) make(name);
  const auto query = db.query<Member>().order_by(col<&Member::name>);
  const auto first = sync_wait(query.page_after(cursor(), 2));
  const auto read = from_json<keyset_page<Member>>(to_json(first, key), key);
  EXPECT_EQ(to_json_text(read), to_json_text(first));
  EXPECT_EQ(sync_wait(query.page_after(read.next, 2)).items.at(0).name, "cyd");
  EXPECT_TRUE(from_json<keyset_page<Member>>(to_json(first)).next.empty());
}

// ---- mixins

TEST_P(dto, groups_of_fields_are_kept_as_the_models_own) {
  Member ada = make("ada");
  EXPECT_NE(ada.times.created_at, timestamp());
  EXPECT_EQ(
      sync_wait(db.query<Member>().where(col<&Member::times, &timestamps::created_at> == ada.times.created_at).count()),
      1);
  sync_wait(db.erase(ada));
  EXPECT_EQ(sync_wait(db.query<Member>().count()), 0);
  EXPECT_EQ(sync_wait(db.query<Member>().with_deleted().count()), 1);
}

TEST_P(dto, a_key_of_a_group_is_made_when_it_is_missing) {
  const Ticket made = sync_wait(db.insert(Ticket{.title = "a"}));
  EXPECT_FALSE(made.key.id.is_nil());
  EXPECT_EQ(sync_wait(db.get<Ticket>(made.key.id)).title, "a");
}

// ---- repositories

TEST_P(dto, a_repository_creates_reads_changes_and_removes) {
  auto session = db.session();
  const members all(session);
  auto ada = sync_wait(all.create(Member{.name = "ada", .age = 36}));
  EXPECT_NE(ada->id, 0);
  EXPECT_TRUE(sync_wait(all.get(ada->id)) == ada);
  sync_wait(all.update(ada->id, patch<Member>().set(&Member::age, 37)));
  EXPECT_EQ(ada->age, 37);
  sync_wait(session.commit());
  EXPECT_EQ(sync_wait(db.get<Member>(ada->id)).age, 37);
  sync_wait(all.remove(ada->id));
  sync_wait(session.commit());
  EXPECT_EQ(sync_wait(db.query<Member>().count()), 0);
}

TEST_P(dto, what_a_repository_could_not_create_is_not_in_the_session) {
  make("ada");
  auto session = db.session();
  const members all(session);
  EXPECT_THROW(sync_wait(all.create(Member{.name = "ada"})), unique_violation);
  EXPECT_EQ(session.size(), 0u);
  sync_wait(all.create(patch<Member>().set(&Member::name, "bob")));
  sync_wait(session.commit());
  EXPECT_EQ(sync_wait(db.query<Member>().count()), 2);
}

TEST_P(dto, a_repository_finds_nothing_where_nothing_is) {
  auto session = db.session();
  const members all(session);
  EXPECT_FALSE(sync_wait(all.find(7)));
  EXPECT_THROW(sync_wait(all.get(7)), not_found);
  EXPECT_THROW(sync_wait(all.remove(7)), not_found);
  EXPECT_THROW(sync_wait(all.update(7, patch<Member>().set(&Member::age, 1))), not_found);
}

TEST_P(dto, a_repository_lists_in_the_order_of_keys_unless_told_otherwise) {
  for (const char* name : {"cyd", "ada", "bob"}) make(name, 20);
  auto session = db.session();
  const members all(session);
  const auto names = [](const std::vector<Member>& found) {
    std::string text;
    for (const Member& each : found) text += each.name + " ";
    return text;
  };
  EXPECT_EQ(names(sync_wait(all.get_multi(0, 2))), "cyd ada ");
  EXPECT_EQ(names(sync_wait(all.get_multi(2, 2))), "bob ");
  EXPECT_EQ(names(sync_wait(all.get_multi(0, 9, [](auto& q) { q.order_by(col<&Member::name>.desc()); }))),
            "cyd bob ada ");
  EXPECT_EQ(names(sync_wait(all.get_multi(0, 9, col<&Member::name> != "ada", col<&Member::age> == 20))), "cyd bob ");
  EXPECT_EQ(names(sync_wait(all.page(2, 2)).items), "bob ");
  EXPECT_EQ(sync_wait(all.count()), 3);
  EXPECT_EQ(sync_wait(all.count(col<&Member::name> == "ada")), 1);
  EXPECT_FALSE(sync_wait(all.exists(col<&Member::name> == "eve")));
  EXPECT_EQ(names(sync_wait(all.of_age(20))).size(), 12u);
}

TEST_P(dto, a_repository_writes_many_at_once) {
  auto session = db.session();
  const members all(session);
  const auto made = sync_wait(all.bulk_create({Member{.name = "ada"}, Member{.name = "bob"}, Member{.name = "cyd"}}));
  ASSERT_EQ(made.size(), 3u);
  EXPECT_NE(made[2].id, 0);
  EXPECT_EQ(sync_wait(all.bulk_update(col<&Member::name> != "ada", patch<Member>().set(&Member::age, 9))), 2);
  EXPECT_EQ(sync_wait(all.count(col<&Member::age> == 9)), 2);
  EXPECT_EQ(sync_wait(all.bulk_remove(col<&Member::age> == 9)), 2);
  EXPECT_EQ(sync_wait(all.count()), 1);
}

// ---- records

TEST_P(dto, a_record_saves_itself) {
  Member ada{.name = "ada"};
  sync_wait(ada.save(db));
  EXPECT_NE(ada.id, 0);
  ada.age = 5;
  sync_wait(ada.save(db));
  EXPECT_EQ(sync_wait(Member::query(db).all()).size(), 1u);
  EXPECT_EQ(sync_wait(Member::get(db, ada.id)).age, 5);
  EXPECT_EQ(sync_wait(db.bind(Member::query().where(col<&Member::age> == 5)).count()), 1);
}

TEST_P(dto, a_record_whose_key_the_program_gives_is_there_once) {
  Score score{.game = 1, .player = 2, .points = 3};
  sync_wait(score.save(db));
  score.points = 4;
  sync_wait(score.save(db));
  EXPECT_EQ(sync_wait(Score::query(db).one()).points, 4);
}

TEST_P(dto, a_record_is_read_again_and_removed) {
  Member ada = make("ada", 1);
  sync_wait(db.update<Member>().set(col<&Member::age>, 2).where(col<&Member::id> == ada.id).run());
  sync_wait(ada.refresh(db));
  EXPECT_EQ(ada.age, 2);
  sync_wait(ada.remove(db));
  EXPECT_FALSE(sync_wait(Member::find(db, std::int64_t{99})).has_value());
  Score gone{.game = 5, .player = 5};
  EXPECT_THROW(sync_wait(gone.refresh(db)), not_found);
}

TEST_P(dto, a_record_saved_in_a_session_is_in_its_transaction) {
  auto session = db.session();
  sync_wait(session.begin());
  Member ada{.name = "ada"};
  sync_wait(ada.save(session));
  sync_wait(session.rollback());
  EXPECT_EQ(sync_wait(db.query<Member>().count()), 0);
}

}  // namespace
}  // namespace tupelo::conformance::dto
