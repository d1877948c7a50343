// SPDX-License-Identifier: Apache-2.0
#include "ledger.hpp"
#include "people.hpp"

namespace tupelo::conformance {
namespace {

constexpr auto name = col<&Person::name>;
constexpr auto age = col<&Person::age>;

// ---- insert

class insert : public people_test {};
TUPELO_CONFORMANCE_SUITE(insert);

TEST_P(insert, of_an_object_sets_its_key) {
  Person eve{.name = "eve", .address = {}};
  sync_wait(db.insert(eve));
  EXPECT_GT(eve.id, dan);
  EXPECT_EQ(sync_wait(db.get<Person>(eve.id)).name, "eve");
}
TEST_P(insert, of_a_temporary_gives_it_back_with_its_key) {
  const Person eve = sync_wait(db.insert(Person{.name = "eve", .age = 9, .address = {}}));
  EXPECT_GT(eve.id, dan);
  EXPECT_EQ(eve.age, 9);
}
TEST_P(insert, of_many_sets_all_keys_in_order) {
  std::vector<Pet> pets(1000);
  for (std::size_t i = 0; i < pets.size(); ++i) pets[i] = {.owner_id = ada, .name = "p" + std::to_string(i)};
  sync_wait(db.insert(pets));
  for (std::size_t i = 1; i < pets.size(); ++i) ASSERT_LT(pets[i - 1].id, pets[i].id);
  EXPECT_EQ(sync_wait(db.get<Pet>(pets[321].id)).name, "p321");
  EXPECT_EQ(sync_wait(db.get<Pet>(pets[999].id)).name, "p999");
}
TEST_P(insert, of_none_does_nothing) {
  std::vector<Pet> none;
  sync_wait(db.insert(none));
  EXPECT_EQ(sync_wait(db.query<Pet>().count()), 3);
}
TEST_P(insert, of_many_is_all_or_nothing_and_leaves_no_keys) {
  std::vector<Person> people(300);
  for (std::size_t i = 0; i < people.size(); ++i) people[i].name = "n" + std::to_string(i);
  people[290].name = "ada";
  EXPECT_THROW(sync_wait(db.insert(people)), unique_violation);
  EXPECT_EQ(sync_wait(db.query<Person>().count()), 4);
  EXPECT_EQ(people[0].id, 0) << "so that it can be inserted again";
  people[290].name = "n290";
  sync_wait(db.insert(people));
  EXPECT_EQ(sync_wait(db.query<Person>().count()), 304);
}
TEST_P(insert, with_a_key_keeps_it) {
  sync_wait(db.insert(Person{.id = 4711, .name = "eve", .address = {}}));
  EXPECT_EQ(sync_wait(db.get<Person>(4711)).name, "eve");
}
TEST_P(insert, mixes_objects_with_and_without_keys) {
  std::vector<Person> people(3);
  people[0].name = "x0";
  people[1] = {.id = 900, .name = "x1", .address = {}};
  people[2].name = "x2";
  sync_wait(db.insert(people));
  EXPECT_EQ(sync_wait(db.get<Person>(900)).name, "x1");
  EXPECT_EQ(sync_wait(db.get<Person>(people[2].id)).name, "x2");
}

// ---- update and erase by condition

class write_where : public people_test {};
TUPELO_CONFORMANCE_SUITE(write_where);

TEST_P(write_where, update_sets_values_and_counts_rows) {
  EXPECT_EQ(sync_wait(db.update<Person>().set(age, 37).set(col<&Person::active>, false).where(age == 36).run()), 2);
  EXPECT_EQ(who(age == 37), (names{"ada", "dan"}));
}
TEST_P(write_where, update_sets_expressions) {
  EXPECT_EQ(
      sync_wait(
          db.update<Pet>().set(col<&Pet::weight>, col<&Pet::weight> * 2 + 1).where(col<&Pet::owner_id> == ada).run()),
      2);
  EXPECT_EQ(sync_wait(db.query<Pet>().order_by(col<&Pet::weight>).pluck(col<&Pet::weight>)),
            (std::vector<int>{1, 9, 41}));
}
TEST_P(write_where, update_sets_null) {
  sync_wait(db.update<Person>().set(age, std::nullopt).where(name == "ada").run());
  sync_wait(db.update<Person>().set(age, std::optional<int>()).where(name == "bob").run());
  EXPECT_EQ(who(age.is_null()), (names{"ada", "bob", "cyd"}));
}
TEST_P(write_where, update_sets_enumerators_and_fields_of_value_objects) {
  sync_wait(db.update<Person>()
                .set(col<&Person::role>, Role::admin)
                .set(col<&Person::address, &Address::city>, "Oslo")
                .where(name == "cyd")
                .run());
  const Person cyd_now = sync_wait(db.get<Person>(cyd));
  EXPECT_EQ(cyd_now.role, Role::admin);
  EXPECT_EQ(cyd_now.address.city, "Oslo");
}
TEST_P(write_where, update_with_a_subquery_in_its_condition) {
  const auto owners = query<Pet>().select<std::int64_t>(col<&Pet::owner_id>);
  EXPECT_EQ(sync_wait(db.update<Person>().set(col<&Person::active>, false).where(col<&Person::id>.in(owners)).run()),
            2);
}
TEST_P(write_where, update_of_no_row_counts_0) {
  EXPECT_EQ(sync_wait(db.update<Person>().set(age, 1).where(name == "eve").run()), 0);
}
TEST_P(write_where, update_without_a_condition_is_refused) {
  EXPECT_THROW(sync_wait(db.update<Person>().set(age, 1).run()), query_error);
  EXPECT_EQ(who(age == 1), names{});
}
TEST_P(write_where, update_of_all_rows_must_be_said) {
  EXPECT_EQ(sync_wait(db.update<Person>().set(age, 1).all_rows().run()), 4);
}
TEST_P(write_where, update_to_a_number_that_the_field_does_not_hold_is_refused) {
  const auto refused = failure_of<value_error>([&] { return db.update<Person>().set(age, 5'000'000'000); });
  EXPECT_EQ(refused.code(), errc::value_out_of_range);
  EXPECT_NE(std::string(refused.what()).find("\"age\""), std::string::npos) << refused.what();
  EXPECT_EQ(std::string(refused.what()).find("5000000000"), std::string::npos) << refused.what();
  EXPECT_THROW((void)db.update<Person>().set(age, std::optional<std::uint64_t>(1ULL << 63U)), value_error);
  EXPECT_THROW(on_conflict(name).set(age, -5'000'000'000), value_error);
  EXPECT_EQ(sync_wait(db.update<Person>().set(age, std::int64_t{50}).where(name == "ada").run()), 1);
}
TEST_P(write_where, update_that_sets_nothing_is_refused) {
  EXPECT_THROW(sync_wait(db.update<Person>().where(name == "ada").run()), query_error);
}
TEST_P(write_where, update_returning_gives_the_rows_as_they_are_now) {
  TUPELO_NEEDS(&feature_table::returning);
  const auto rows = sync_wait(db.update<Person>().set(age, 50).where(name == "ada").returning());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].id, ada);
  EXPECT_EQ(rows[0].age, 50);
}

TEST_P(write_where, erase_removes_rows_and_counts_them) {
  EXPECT_EQ(sync_wait(db.erase<Pet>().where(col<&Pet::weight> < 10).run()), 2);
  EXPECT_EQ(sync_wait(db.query<Pet>().count()), 1);
}
TEST_P(write_where, erase_without_a_condition_is_refused) {
  EXPECT_THROW(sync_wait(db.erase<Pet>().run()), query_error);
  EXPECT_EQ(sync_wait(db.query<Pet>().count()), 3);
}
TEST_P(write_where, erase_of_all_rows_must_be_said) { EXPECT_EQ(sync_wait(db.erase<Pet>().all_rows().run()), 3); }
TEST_P(write_where, erase_returning_gives_the_rows_that_were) {
  TUPELO_NEEDS(&feature_table::returning);
  const auto rows = sync_wait(db.erase<Pet>().where(col<&Pet::name> == "cat").returning());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].nickname, "puss");
}

// ---- by object

TEST_P(write_where, update_of_an_object_writes_its_row) {
  Person one = sync_wait(db.get<Person>(bob));
  one.age.reset();
  one.address.street = "Rue 2";
  sync_wait(db.update(one));
  EXPECT_EQ(sync_wait(db.get<Person>(bob)).age, std::nullopt);
  EXPECT_EQ(sync_wait(db.get<Person>(bob)).address.street, "Rue 2");
}
TEST_P(write_where, update_of_an_object_without_a_row_throws_not_found) {
  Person nobody{.id = 4711, .name = "x", .address = {}};
  EXPECT_THROW(sync_wait(db.update(nobody)), not_found);
}
TEST_P(write_where, erase_of_an_object_removes_its_row) {
  sync_wait(db.erase(sync_wait(db.get<Person>(cyd))));
  EXPECT_FALSE(sync_wait(db.find<Person>(cyd)).has_value());
  EXPECT_THROW(sync_wait(db.erase(Person{.id = cyd, .address = {}})), not_found);
}

// ---- upsert

class upsert : public people_test {
protected:
  void SetUp() override {
    TUPELO_NEEDS(&feature_table::upsert);
    TUPELO_NEEDS(&feature_table::returning);
  }
};
TUPELO_CONFORMANCE_SUITE(upsert);

TEST_P(upsert, inserts_what_is_not_there) {
  Person eve{.name = "eve", .age = 5, .address = {}};
  EXPECT_TRUE(sync_wait(db.upsert(eve, on_conflict(name).update_all())));
  EXPECT_GT(eve.id, dan);
}
TEST_P(upsert, update_takes_the_columns_that_it_names) {
  Person again{.name = "bob", .age = 99, .height = 2.2, .address = {}};
  EXPECT_TRUE(sync_wait(db.upsert(again, on_conflict(name).update(age))));
  EXPECT_EQ(again.id, bob) << "the object is the row now";
  EXPECT_EQ(again.age, 99);
  EXPECT_EQ(again.height, 1.8);
}
TEST_P(upsert, update_all_takes_all_columns_but_the_key) {
  Person again{.name = "bob", .age = 99, .height = 2.2, .role = Role::admin, .address = {"s", "c"}};
  EXPECT_TRUE(sync_wait(db.upsert(again, on_conflict(name).update_all())));
  EXPECT_EQ(again.id, bob);
  const Person stored = sync_wait(db.get<Person>(bob));
  EXPECT_EQ(stored.height, 2.2);
  EXPECT_EQ(stored.address.city, "c");
}
TEST_P(upsert, ignore_keeps_the_old_row) {
  Person again{.name = "bob", .age = 99, .address = {}};
  EXPECT_FALSE(sync_wait(db.upsert(again, on_conflict(name).ignore())));
  EXPECT_EQ(sync_wait(db.get<Person>(bob)).age, 20);
}
TEST_P(upsert, that_says_nothing_of_the_conflict_is_refused) {
  Person again{.name = "bob", .address = {}};
  EXPECT_THROW(sync_wait(db.upsert(again, on_conflict(name))), query_error);
  EXPECT_THROW(sync_wait(db.upsert(again, on_conflict().update_all())), query_error);
}
TEST_P(upsert, counts_a_version_on) {
  create<Account>();
  Account account = sync_wait(db.insert(Account{.owner = "ada", .balance = 1}));
  sync_wait(db.update(account));
  EXPECT_EQ(account.version, 2);
  Account again{.owner = "ada", .balance = 7};
  sync_wait(db.upsert(again, on_conflict(col<&Account::owner>).update_all()));
  EXPECT_EQ(again.version, 3);
  EXPECT_THROW(sync_wait(db.update(account)), stale_row);
}

TEST_P(upsert, of_single_columns_counts_the_version_too) {
  create<Account>();
  Account account = sync_wait(db.insert(Account{.owner = "ada", .balance = 1}));
  Account again{.owner = "ada", .balance = 7};
  sync_wait(db.upsert(again, on_conflict(col<&Account::owner>).update(col<&Account::balance>)));
  EXPECT_EQ(again.version, 2);
  EXPECT_THROW(sync_wait(db.update(account)), stale_row) << "it would undo what the upsert wrote";
}
TEST_P(upsert, sets_updated_at_also_for_an_object_that_was_read_before) {
  create<Note>();
  const timestamp old = timestamp::parse("2001-02-03 04:05:06.000007");
  Note note = sync_wait(db.insert(Note{.text = "a", .created_at = old, .updated_at = old}));
  sync_wait(db.upsert(note, on_conflict(col<&Note::id>).update_all()));
  EXPECT_GT(sync_wait(db.get<Note>(note.id)).updated_at, old);
  EXPECT_EQ(sync_wait(db.get<Note>(note.id)).created_at, old);
}

// ---- keys, timestamps, marks and versions

class columns_with_a_task : public conformance_test {
protected:
  columns_with_a_task() { create<Account, Note, Seat, Ticket>(); }
};
TUPELO_CONFORMANCE_SUITE(columns_with_a_task);

TEST_P(columns_with_a_task, composite_keys_name_one_row) {
  std::vector<Seat> seats{{"red", 1, "ada"}, {"red", 2, {}}, {"blue", 1, "bob"}};
  sync_wait(db.insert(seats));
  EXPECT_EQ(sync_wait(db.get<Seat>("blue", 1)).guest, "bob");
  seats[1].guest = "cyd";
  sync_wait(db.update(seats[1]));
  EXPECT_EQ(sync_wait(db.get<Seat>("red", 2)).guest, "cyd");
  EXPECT_EQ(sync_wait(db.get<Seat>("red", 1)).guest, "ada");
  sync_wait(db.erase(seats[0]));
  EXPECT_EQ(sync_wait(db.query<Seat>().count()), 2);
}
TEST_P(columns_with_a_task, a_key_of_another_size_is_refused) {
  EXPECT_THROW(sync_wait(db.get<Seat>("red")), query_error);
  EXPECT_THROW(sync_wait(db.get<Seat>("red", 1, 2)), query_error);
}
TEST_P(columns_with_a_task, a_key_of_another_type_is_refused) {
  EXPECT_THROW(sync_wait(db.get<Seat>(1, 1)), query_error);
}
TEST_P(columns_with_a_task, uuid_keys_are_made_by_the_client_in_version_7) {
  const Ticket first = sync_wait(db.insert(Ticket{.title = "a"}));
  const Ticket second = sync_wait(db.insert(Ticket{.title = "b"}));
  EXPECT_EQ(first.id.version(), 7);
  EXPECT_LT(first.id, second.id) << "in the order of time";
  EXPECT_EQ(sync_wait(db.get<Ticket>(second.id)).title, "b");
}
TEST_P(columns_with_a_task, uuid_keys_that_are_given_are_kept) {
  const uuid mine = uuid::v4();
  EXPECT_EQ(sync_wait(db.insert(Ticket{.id = mine, .title = "a"})).id, mine);
}
TEST_P(columns_with_a_task, timestamps_are_set_at_insert) {
  const timestamp before = timestamp::now();
  const Note note = sync_wait(db.insert(Note{.text = "a"}));
  EXPECT_GE(note.created_at, before);
  EXPECT_EQ(note.created_at, note.updated_at);
  EXPECT_EQ(sync_wait(db.get<Note>(note.id)).created_at, note.created_at);
}
TEST_P(columns_with_a_task, timestamps_that_are_given_are_kept) {
  const timestamp old = timestamp::parse("2001-02-03 04:05:06.000007");
  EXPECT_EQ(sync_wait(db.insert(Note{.text = "a", .created_at = old})).created_at, old);
}
TEST_P(columns_with_a_task, updated_at_is_set_at_update_and_created_at_is_not) {
  const timestamp old = timestamp::parse("2001-02-03 04:05:06.000007");
  Note note = sync_wait(db.insert(Note{.text = "a", .created_at = old, .updated_at = old}));
  sync_wait(db.update(note));
  EXPECT_GT(note.updated_at, old);
  EXPECT_EQ(sync_wait(db.get<Note>(note.id)).created_at, old);
}

TEST_P(columns_with_a_task, updated_at_is_set_by_an_update_by_condition) {
  const timestamp old = timestamp::parse("2001-02-03 04:05:06.000007");
  const Note note = sync_wait(db.insert(Note{.text = "a", .created_at = old, .updated_at = old}));
  sync_wait(db.update<Note>().set(col<&Note::text>, "b").where(col<&Note::id> == note.id).run());
  EXPECT_GT(sync_wait(db.get<Note>(note.id)).updated_at, old);
}
TEST_P(columns_with_a_task, updated_at_is_what_an_update_by_condition_says) {
  const timestamp old = timestamp::parse("2001-02-03 04:05:06.000007");
  const Note note = sync_wait(db.insert(Note{.text = "a"}));
  sync_wait(db.update<Note>().set(col<&Note::updated_at>, old).where(col<&Note::id> == note.id).run());
  EXPECT_EQ(sync_wait(db.get<Note>(note.id)).updated_at, old);
}
TEST_P(columns_with_a_task, version_is_counted_by_an_update_by_condition) {
  Account account = sync_wait(db.insert(Account{.owner = "ada"}));
  sync_wait(db.update<Account>().set(col<&Account::balance>, 5).where(col<&Account::owner> == "ada").run());
  EXPECT_EQ(sync_wait(db.get<Account>(account.id)).version, account.version + 1);
  EXPECT_THROW(sync_wait(db.update(account)), stale_row) << "who has read it before has to read it again";
}

TEST_P(columns_with_a_task, soft_delete_marks_the_row_and_hides_it) {
  const Note note = sync_wait(db.insert(Note{.text = "a"}));
  sync_wait(db.insert(Note{.text = "b"}));
  sync_wait(db.erase(note));
  EXPECT_EQ(sync_wait(db.query<Note>().count()), 1);
  EXPECT_EQ(sync_wait(db.query<Note>().with_deleted().count()), 2);
  EXPECT_TRUE(sync_wait(db.get<Note>(note.id)).deleted_at.has_value()) << "a key names its row, marked or not";
}
TEST_P(columns_with_a_task, soft_delete_is_an_update_that_sets_its_time) {
  const timestamp old = timestamp::parse("2001-02-03 04:05:06.000007");
  Note note = sync_wait(db.insert(Note{.text = "a", .created_at = old, .updated_at = old}));
  sync_wait(db.erase(note));
  EXPECT_GT(sync_wait(db.get<Note>(note.id)).updated_at, old);
}
TEST_P(columns_with_a_task, soft_delete_by_condition_marks_rows) {
  sync_wait(db.insert(Note{.text = "a"}));
  EXPECT_EQ(sync_wait(db.erase<Note>().where(col<&Note::text> == "a").run()), 1);
  EXPECT_EQ(sync_wait(db.erase<Note>().where(col<&Note::text> == "a").run()), 0) << "marked rows are not met again";
  EXPECT_EQ(sync_wait(db.query<Note>().with_deleted().count()), 1);
}
TEST_P(columns_with_a_task, soft_deleted_rows_go_when_erased_permanently) {
  sync_wait(db.insert(Note{.text = "a"}));
  sync_wait(db.erase<Note>().where(col<&Note::text> == "a").run());
  EXPECT_EQ(sync_wait(db.erase<Note>().where(col<&Note::text> == "a").permanently().run()), 1);
  EXPECT_EQ(sync_wait(db.query<Note>().with_deleted().count()), 0);
}
TEST_P(columns_with_a_task, update_by_condition_leaves_marked_rows_alone) {
  const Note note = sync_wait(db.insert(Note{.text = "a"}));
  sync_wait(db.erase(note));
  EXPECT_EQ(sync_wait(db.update<Note>().set(col<&Note::text>, "b").all_rows().run()), 0);
}

TEST_P(columns_with_a_task, a_version_counts_updates) {
  Account account = sync_wait(db.insert(Account{.owner = "ada"}));
  EXPECT_EQ(account.version, 1);
  sync_wait(db.update(account));
  EXPECT_EQ(account.version, 2);
  EXPECT_EQ(sync_wait(db.get<Account>(account.id)).version, 2);
}
TEST_P(columns_with_a_task, an_update_of_an_old_version_throws_stale_row) {
  Account mine = sync_wait(db.insert(Account{.owner = "ada"}));
  Account yours = mine;
  sync_wait(db.update(yours));
  mine.balance = 5;
  EXPECT_THROW(sync_wait(db.update(mine)), stale_row);
  EXPECT_EQ(mine.version, 1);
  EXPECT_EQ(sync_wait(db.get<Account>(mine.id)).balance, 0);
}
TEST_P(columns_with_a_task, an_erase_of_an_old_version_throws_stale_row) {
  const Account mine = sync_wait(db.insert(Account{.owner = "ada"}));
  Account yours = mine;
  sync_wait(db.update(yours));
  EXPECT_THROW(sync_wait(db.erase(mine)), stale_row);
}

}  // namespace
}  // namespace tupelo::conformance
