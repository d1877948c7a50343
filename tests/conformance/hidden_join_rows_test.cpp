// SPDX-License-Identifier: Apache-2.0
// Join tables whose models leave rows out: by marks, by default scopes.
#include "backend.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Contested;
struct Fair;
struct Hobby;
struct Membership;
struct Signup;
struct Talk;
struct UnusedBooking;  // which nothing ever uses
struct Fellow {
  std::int64_t id{};
  std::string name{};
  many_to_many<Hobby, Membership> hobbies{};  // by a key of its own
  many_to_many<Hobby, Signup> signups{};      // the pair is the key
  has_many<Talk> talks{};

  static void model(tupelo::model<Fellow>& m) {
    m.many_to_many(&Fellow::hobbies, "memberships", "fellow_id", "hobby_id");
    m.many_to_many(&Fellow::signups, "signups", "fellow_id", "hobby_id");
    m.has_many(&Fellow::talks).through(&Fellow::hobbies, "talks");
  }
};
struct Hobby {
  std::int64_t id{};
  std::string name{};
  many_to_many<Fellow> fellows{};
  has_many<Talk> talks{};

  static void model(tupelo::model<Hobby>& m) {
    m.many_to_many(&Hobby::fellows, "memberships", "hobby_id", "fellow_id");
    m.has_many(&Hobby::talks, "hobby_id");
  }
};
struct Talk {
  std::int64_t id{};
  std::int64_t hobby_id{};
};
struct Membership {
  std::int64_t id{};
  std::int64_t fellow_id{};
  std::int64_t hobby_id{};
  bool secret{};
  std::optional<timestamp> left_at{};

  static void model(tupelo::model<Membership>& m) {
    m.soft_delete(&Membership::left_at);
    m.default_scope("open", col<&Membership::secret> == false);
    m.column(&Membership::secret).default_value(false);
    m.unique(&Membership::fellow_id, &Membership::hobby_id);
  }
};
struct Signup {
  std::int64_t fellow_id{};
  std::int64_t hobby_id{};
  std::string by{};
  std::optional<timestamp> left_at{};

  static void model(tupelo::model<Signup>& m) {
    m.primary_key(&Signup::fellow_id, &Signup::hobby_id);
    m.column(&Signup::by).default_value("");
    m.soft_delete(&Signup::left_at);
  }
};

struct Pastime {
  std::int64_t id{};
};

class hidden_join_rows : public conformance_test {
protected:
  hidden_join_rows() {
    create<Fellow, Hobby, Talk, Membership, Signup>();
    std::vector<Fellow> fellows{{.name = "ada"}, {.name = "bob"}};
    sync_wait(db.insert(fellows));
    ada = fellows[0];
    std::vector<Hobby> found{{.name = "chess"}, {.name = "go"}, {.name = "poker"}};
    sync_wait(db.insert(found));
    for (const Hobby& each : found) hobbies.push_back(each.id);
    std::vector<Talk> talks{{.hobby_id = hobbies[0]}, {.hobby_id = hobbies[1]}, {.hobby_id = hobbies[2]}};
    sync_wait(db.insert(talks));
    std::vector<Membership> memberships{{.fellow_id = ada.id, .hobby_id = hobbies[0]},
                                        {.fellow_id = ada.id, .hobby_id = hobbies[1]},
                                        {.fellow_id = ada.id, .hobby_id = hobbies[2], .secret = true}};
    sync_wait(db.insert(memberships));
    sync_wait(db.erase(memberships[1]));
    std::vector<Signup> signups{{.fellow_id = ada.id, .hobby_id = hobbies[0], .by = "x"},
                                {.fellow_id = ada.id, .hobby_id = hobbies[1], .by = "y"}};
    sync_wait(db.insert(signups));
    sync_wait(db.erase(signups[1]));
  }
  template <class Relation>
  std::string of_ada(Relation relation) {
    const auto found = sync_wait(db.get<Fellow>(ada.id).with(relation, [](auto& q) { q.order_by(col<&Hobby::name>); }));
    std::string all;
    for (const Hobby& each : found.*relation) all += each.name + " ";
    return all;
  }
  std::int64_t rows_of(bool marked_too) {
    auto query = db.query<Signup>();
    if (marked_too) query.with_deleted();
    return sync_wait(query.count());
  }
  Fellow ada;
  std::vector<std::int64_t> hobbies;
};
TUPELO_CONFORMANCE_SUITE(hidden_join_rows);

TEST_P(hidden_join_rows, connect_nothing) {
  EXPECT_EQ(of_ada(&Fellow::hobbies), "chess ");
  EXPECT_EQ(of_ada(&Fellow::signups), "chess ");
  const auto one = sync_wait(db.get<Fellow>(ada.id).with(&Fellow::hobbies, [](auto& q) { q.limit(5); }));
  EXPECT_EQ(one.hobbies.size(), 1U);
  EXPECT_EQ(sync_wait(db.query<Hobby>().order_by(col<&Hobby::id>).where_has(&Hobby::fellows).pluck(col<&Hobby::name>)),
            std::vector<std::string>{"chess"})
      << "also where the field does not name the table's model";
  EXPECT_EQ(sync_wait(db.query<Fellow>()
                          .order_by(col<&Fellow::id>)
                          .select(count_of(&Fellow::hobbies), count_of(&Fellow::signups))
                          .all()),
            (std::vector<std::tuple<std::int64_t, std::int64_t>>{{1, 1}, {0, 0}}));
}
TEST_P(hidden_join_rows, lead_nowhere) {
  const auto found = sync_wait(db.get<Fellow>(ada.id).with(&Fellow::talks));
  ASSERT_EQ(found.talks.size(), 1U);
  EXPECT_EQ(found.talks[0].hobby_id, hobbies[0]);
  EXPECT_EQ(sync_wait(db.query<Fellow>().order_by(col<&Fellow::id>).select(count_of(&Fellow::talks)).all()),
            (std::vector<std::int64_t>{1, 0}));
}
TEST_P(hidden_join_rows, are_what_detach_leaves) {
  EXPECT_EQ(sync_wait(db.detach(ada, &Fellow::signups, hobbies)), 1);
  EXPECT_EQ(of_ada(&Fellow::signups), "");
  EXPECT_EQ(rows_of(false), 0);
  EXPECT_EQ(rows_of(true), 2);
  EXPECT_EQ(sync_wait(db.detach(ada, &Fellow::signups)), 0) << "what is marked is marked";
}
TEST_P(hidden_join_rows, come_back_when_their_key_is_connected_again) {
  EXPECT_EQ(sync_wait(db.attach(ada, &Fellow::signups, hobbies)), 2) << "go and poker";
  EXPECT_EQ(of_ada(&Fellow::signups), "chess go poker ");
  EXPECT_EQ(rows_of(true), 3);
  EXPECT_EQ(sync_wait(db.attach(ada, &Fellow::signups, hobbies)), 0);
}
TEST_P(hidden_join_rows, come_back_as_the_row_that_is_attached) {
  EXPECT_EQ(sync_wait(db.attach(ada, &Fellow::signups, hobbies, Signup{.by = "new"})), 2);
  const auto by = sync_wait(db.query<Signup>().order_by(col<&Signup::hobby_id>).pluck(col<&Signup::by>));
  EXPECT_EQ(by, (std::vector<std::string>{"x", "new", "new"})) << "what was connected stays as it is";
}
TEST_P(hidden_join_rows, of_a_key_of_their_own_stay_beside_a_new_one) {
  EXPECT_EQ(sync_wait(db.attach(ada, &Fellow::hobbies, hobbies[1])), 1);
  EXPECT_EQ(of_ada(&Fellow::hobbies), "chess go ");
  EXPECT_EQ(sync_wait(db.detach(ada, &Fellow::hobbies, hobbies[1])), 1);
  EXPECT_EQ(of_ada(&Fellow::hobbies), "chess ");
  EXPECT_EQ(sync_wait(db.query<Membership>().with_deleted().where(col<&Membership::hobby_id> == hobbies[1]).count()),
            2);
}
TEST_P(hidden_join_rows, are_missing_for_sync_and_toggle) {
  const join_changes same = sync_wait(db.sync(ada, &Fellow::signups, hobbies));
  EXPECT_EQ(same.attached, 2);
  EXPECT_EQ(same.detached, 0);
  const join_changes less = sync_wait(db.sync(ada, &Fellow::signups, std::vector{hobbies[1]}));
  EXPECT_EQ(less.detached, 2);
  EXPECT_EQ(rows_of(true), 3);
  const join_changes turned = sync_wait(db.toggle(ada, &Fellow::signups, std::vector{hobbies[0], hobbies[1]}));
  EXPECT_EQ(turned.attached, 1);
  EXPECT_EQ(turned.detached, 1);
  EXPECT_EQ(of_ada(&Fellow::signups), "chess ");
}
TEST_P(hidden_join_rows, are_what_a_session_leaves_and_takes_back) {
  session s = db.session();
  auto fellow = sync_wait(s.get<Fellow>(ada.id));
  sync_wait(s.load(fellow, &Fellow::signups));
  fellow->signups.remove(fellow->signups[0]);
  sync_wait(s.flush());
  fellow->signups.add(sync_wait(s.get<Hobby>(hobbies[1])));
  sync_wait(s.commit());
  EXPECT_EQ(of_ada(&Fellow::signups), "go ");
  EXPECT_EQ(rows_of(true), 2);
}

// ---- which model a table between two has

struct Onlooker {  // neither this nor Pastime names the table's model for it
  std::int64_t id{};
  many_to_many<Pastime> pastimes{};

  static void model(tupelo::model<Onlooker>& m) {
    m.many_to_many(&Onlooker::pastimes, "memberships", "fellow_id", "hobby_id");
  }
};
struct Stall {
  std::int64_t id{};
  many_to_many<Fair, UnusedBooking> fairs{};

  static void model(tupelo::model<Stall>& m) { m.many_to_many(&Stall::fairs, "bookings", "stall_id", "fair_id"); }
};
struct Fair {
  std::int64_t id{};
  many_to_many<Stall> stalls{};
  many_to_many<Contested> contested{};

  static void model(tupelo::model<Fair>& m) {
    m.many_to_many(&Fair::stalls, "bookings", "fair_id", "stall_id");
    m.many_to_many(&Fair::contested, "signups", "fellow_id", "hobby_id");
  }
};
struct Contested {
  std::int64_t id{};
  many_to_many<Fair, Signup> some{};
  many_to_many<Fair, Membership> others{};

  static void model(tupelo::model<Contested>& m) {
    m.many_to_many(&Contested::some, "signups", "hobby_id", "fellow_id");
    m.many_to_many(&Contested::others, "signups", "hobby_id", "fellow_id");
  }
};

class hidden_join_models : public hidden_join_rows {
protected:
  template <class Model, class F>
  void expect_refused(F Model::* relation, std::string_view part) {
    const auto refused = failure_of<query_error>([&] { sync_wait(db.query<Model>().where_has(relation).all()); });
    EXPECT_NE(std::string_view(refused.what()).find(part), std::string_view::npos) << refused.what();
  }
};
TUPELO_CONFORMANCE_SUITE(hidden_join_models);

TEST_P(hidden_join_models, that_no_field_names_are_refused_where_they_are_known) {
  expect_refused(&Onlooker::pastimes, "name that model in the field, tp::many_to_many<Pastime, Membership>");
}
TEST_P(hidden_join_models, that_nobody_knows_by_their_names_are_refused) {
  expect_refused(&Fair::stalls, "UnusedBooking, which is not a known model: name it in tp::register_models");
}
TEST_P(hidden_join_models, of_which_there_are_several_are_refused) {
  expect_refused(&Fair::contested, "name one in its own field");
}
TEST_P(hidden_join_models, of_another_table_are_refused) {
  expect_refused(&Contested::others, "they must be the same");
}

}  // namespace
}  // namespace tupelo::conformance
