// SPDX-License-Identifier: Apache-2.0
#include "backend.hpp"

#include <tupelo/repository.hpp>
#include <tupelo/engine/events.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace tupelo::conformance::repositories {
namespace {

struct Scholar {
  std::int64_t id{};
  std::string email{};
  std::optional<int> age{};
  int version{};
  timestamps times{};

  static void model(tupelo::model<Scholar>& m) {
    m.unique(&Scholar::email);
    m.version(&Scholar::version);
  }
};

/// A key of two parts, which the program gives.
struct Exam {
  std::int64_t scholar_id{};
  std::string subject{};
  int points{};

  static void model(tupelo::model<Exam>& m) {
    m.primary_key(&Exam::scholar_id, &Exam::subject);
    m.foreign_key(&Exam::scholar_id).references<Scholar>();
    m.check("points_are_there", col<&Exam::points> >= 0);
  }
};

struct Locker {
  std::int64_t id{};
  std::string label{};
  soft_deletes removal{};
};

class repositories : public conformance_test {
protected:
  repositories() {
    create<Scholar, Exam, Locker>();
    sync_wait(db.insert(ada));
    sync_wait(db.insert(bob));
    Exam latin{.scholar_id = ada.id, .subject = "latin", .points = 3};
    sync_wait(db.insert(latin));
  }
  static patch<Scholar> email(std::string_view text) {
    return patch<Scholar>().set(&Scholar::email, std::string(text));
  }
  static patch<Exam> points(int count) { return patch<Exam>().set(&Exam::points, count); }

  Scholar ada{.email = "ada", .age = 36};
  Scholar bob{.email = "bob", .age = 20};
};
TUPELO_CONFORMANCE_SUITE(repositories);

// ---- keys of several parts

TEST_P(repositories, get_and_find_by_a_key_of_several_parts) {
  auto s = db.session();
  const repository<Exam> exams(s);
  EXPECT_EQ(sync_wait(exams.get(ada.id, "latin"))->points, 3);
  EXPECT_TRUE(sync_wait(exams.find(ada.id, "latin")));
  EXPECT_FALSE(sync_wait(exams.find(ada.id, "greek")));
  EXPECT_THROW(sync_wait(exams.get(ada.id, "greek")), not_found);
}
TEST_P(repositories, change_by_a_key_of_several_parts) {
  auto s = db.session();
  const repository<Exam> exams(s);
  EXPECT_EQ(sync_wait(exams.update(ada.id, "latin", points(5)))->points, 5);
  EXPECT_THROW(sync_wait(exams.update(ada.id, "greek", points(5))), not_found);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Exam>(ada.id, "latin")).points, 5);
}
TEST_P(repositories, remove_by_a_key_of_several_parts) {
  auto s = db.session();
  const repository<Exam> exams(s);
  EXPECT_THROW(sync_wait(exams.remove(ada.id, "greek")), not_found);
  sync_wait(exams.remove(ada.id, "latin"));
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Exam>().count()), 0);
}
TEST_P(repositories, write_and_list_rows_with_a_key_of_several_parts) {
  auto s = db.session();
  const repository<Exam> exams(s);
  sync_wait(exams.create(Exam{.scholar_id = ada.id, .subject = "greek", .points = 1}));
  sync_wait(
      exams.bulk_create({Exam{.scholar_id = bob.id, .subject = "art"}, Exam{.scholar_id = bob.id, .subject = "zoo"}}));
  std::string listed;
  for (const Exam& each : sync_wait(exams.get_multi(0, 9))) listed += each.subject + " ";
  EXPECT_EQ(listed, "greek latin art zoo ") << "by the first part, then by the second";
  EXPECT_EQ(sync_wait(exams.page(2, 3)).items.at(0).subject, "zoo");
  EXPECT_EQ(sync_wait(exams.bulk_update(col<&Exam::scholar_id> == bob.id, points(7))), 2);
  EXPECT_EQ(sync_wait(exams.count(col<&Exam::points> == 7)), 2);
  EXPECT_EQ(sync_wait(exams.bulk_remove(col<&Exam::subject> == "zoo")), 1);
  EXPECT_FALSE(sync_wait(exams.exists(col<&Exam::subject> == "zoo")));
}
TEST_P(repositories, lock_the_row_that_they_get) {
  auto s = db.session();
  const repository<Exam> exams(s);
  const repository<Scholar> scholars(s);
  EXPECT_EQ(sync_wait(exams.get(ada.id, "latin", for_update))->points, 3);
  EXPECT_TRUE(s.in_transaction());
  EXPECT_FALSE(sync_wait(exams.find(ada.id, "greek", for_update)));
  EXPECT_TRUE(sync_wait(scholars.find(ada.id, for_update)));
}

// ---- failures

TEST_P(repositories, an_update_that_fails_leaves_nothing_for_the_next_flush) {
  auto s = db.session();
  const repository<Scholar> scholars(s);
  EXPECT_THROW(sync_wait(scholars.update(bob.id, email("ada"))), unique_violation);
  sync_wait(scholars.create(Scholar{.email = "cyd"}));
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Scholar>(bob.id)).email, "bob");
  EXPECT_EQ(sync_wait(db.query<Scholar>().count()), 3);
}
TEST_P(repositories, an_update_that_fails_gives_the_object_its_values_back) {
  auto s = db.session();
  const repository<Scholar> scholars(s);
  const auto tracked = sync_wait(scholars.get(bob.id));
  EXPECT_THROW(sync_wait(scholars.update(bob.id, email("ada"))), unique_violation);
  EXPECT_EQ(tracked->email, "bob");
  EXPECT_EQ(tracked->version, bob.version);
  EXPECT_FALSE(s.is_dirty(tracked));
}
TEST_P(repositories, an_update_that_fails_keeps_what_the_program_has_changed_itself) {
  auto s = db.session();
  const repository<Scholar> scholars(s);
  const auto tracked = sync_wait(scholars.get(bob.id));
  tracked->age = 21;
  EXPECT_THROW(sync_wait(scholars.update(bob.id, email("ada"))), unique_violation);
  EXPECT_EQ(tracked->email, "bob");
  EXPECT_EQ(tracked->age, 21);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Scholar>(bob.id)).age, 21);
}
TEST_P(repositories, an_update_that_fails_keeps_one_that_is_not_committed_yet) {
  auto s = db.session();
  const repository<Scholar> scholars(s);
  sync_wait(scholars.update(bob.id, patch<Scholar>().set(&Scholar::age, 21)));
  EXPECT_THROW(sync_wait(scholars.update(bob.id, email("ada"))), unique_violation);
  EXPECT_EQ(sync_wait(scholars.get(bob.id))->email, "bob");
  EXPECT_EQ(sync_wait(scholars.get(bob.id))->age, 21);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Scholar>(bob.id)).age, 21);
}
TEST_P(repositories, an_update_after_a_stale_one_reads_the_row_as_it_is) {
  TUPELO_NEEDS(trait::several_connections);
  auto s = db.session();
  const repository<Scholar> scholars(s);
  sync_wait(scholars.get(bob.id));
  bob.age = 30;
  sync_wait(db.update(bob));
  EXPECT_THROW(sync_wait(scholars.update(bob.id, email("rob"))), stale_row);
  EXPECT_EQ(sync_wait(scholars.update(bob.id, email("rob")))->age, 30);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Scholar>(bob.id)).email, "rob");
}
TEST_P(repositories, an_update_that_fails_in_a_savepoint_is_undone_with_it) {
  auto s = db.session();
  const repository<Scholar> scholars(s);
  const auto tracked = sync_wait(scholars.get(bob.id));
  const auto change = [&]() -> task<void> { co_await scholars.update(bob.id, email("ada")); };
  EXPECT_THROW(sync_wait(s.nested(change)), unique_violation);
  EXPECT_EQ(tracked->email, "bob");
  sync_wait(scholars.update(bob.id, email("rob")));
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Scholar>(bob.id)).email, "rob");
}
TEST_P(repositories, an_update_that_fails_where_the_object_was_created_leaves_it_to_be_inserted) {
  auto s = db.session();
  const repository<Exam> exams(s);
  const auto greek = sync_wait(exams.create(Exam{.scholar_id = ada.id, .subject = "greek", .points = 1}));
  EXPECT_THROW(sync_wait(exams.update(ada.id, "greek", points(-1))), check_violation);
  EXPECT_EQ(greek->points, 1);
  sync_wait(exams.create(Exam{.scholar_id = ada.id, .subject = "art"}));
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Exam>(ada.id, "greek")).points, 1);
  EXPECT_EQ(sync_wait(db.query<Exam>().count()), 3);
}
TEST_P(repositories, a_removal_that_the_database_refuses_is_not_tried_again) {
  auto s = db.session();
  const repository<Scholar> scholars(s);
  EXPECT_THROW(sync_wait(scholars.remove(ada.id)), foreign_key_violation);
  sync_wait(scholars.update(bob.id, email("rob")));
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Scholar>().count()), 2);
  EXPECT_EQ(sync_wait(scholars.get(ada.id))->email, "ada");
}
TEST_P(repositories, a_removal_that_a_handler_refuses_is_not_tried_again) {
  db.events().on<Locker>(event::deleting, [](Locker&) { throw std::runtime_error("it is locked"); });
  const Locker locker = sync_wait(db.insert(Locker{.label = "a"}));
  auto s = db.session();
  const repository<Locker> lockers(s);
  EXPECT_THROW(sync_wait(lockers.remove(locker.id)), std::runtime_error);
  sync_wait(lockers.update(locker.id, patch<Locker>().set(&Locker::label, "b")));
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Locker>(locker.id)).label, "b");
  EXPECT_EQ(sync_wait(db.query<Locker>().count()), 1);
}

}  // namespace
}  // namespace tupelo::conformance::repositories
