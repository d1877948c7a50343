// SPDX-License-Identifier: Apache-2.0
// A column is renamed while programs of two releases work on its table.
#include "example_place.hpp"

#include <tupelo/migration.hpp>
#include <tupelo/schema/lint.hpp>
#include <tupelo/schema/migrator.hpp>

#include <gtest/gtest.h>

namespace {

namespace one {
struct Member {
  std::int64_t id{};
  std::string email;
  static void model(tp::model<Member>& m) { m.unique(&Member::email); }
};
}  // namespace one

namespace two {
struct Member {
  std::int64_t id{};
  std::string email;
  std::optional<std::string> mail;  // takes over from email: written together with it
  static void model(tp::model<Member>& m) { m.unique(&Member::email); }
};
}  // namespace two

namespace three {
struct Member {
  std::int64_t id{};
  std::optional<std::string> email;  // still written, no longer read
  std::string mail;
  static void model(tp::model<Member>& m) {
    m.unique(&Member::email);
    m.unique(&Member::mail);
  }
};
}  // namespace three

namespace four {
struct Member {
  std::int64_t id{};
  std::string mail;
  static void model(tp::model<Member>& m) { m.unique(&Member::mail); }
};
}  // namespace four

void members_up(tp::schema_editor& db) {
  db.create_table("members", [](tp::table_editor& t) {
    t.id();
    t.text("email").unique();
  });
}

namespace expand {
void up(tp::schema_editor& db) { db.add_column("members", "mail").text().null(); }
void down(tp::schema_editor& db) { db.drop_column("members", "mail"); }
}  // namespace expand

namespace fill {
void up(tp::schema_editor& db) { db.backfill("members", "mail = email", "mail IS NULL").batch(5'000).pause_ms(50); }
void down(tp::schema_editor&) {}
}  // namespace fill

namespace require {
void up(tp::schema_editor& db) {
  db.allow("drop-not-null", "nothing reads email since release 3");
  db.alter_table("members", [](tp::table_editor& t) {
    t.change("email").null();
    t.check("ck_members_mail_not_null", "mail IS NOT NULL").not_valid();
  });
}
void down(tp::schema_editor& db) {
  db.alter_table("members", [](tp::table_editor& t) {
    t.drop_check("ck_members_mail_not_null");
    t.change("email").not_null();
  });
}
}  // namespace require

namespace require_indexes {
void up(tp::schema_editor& db) { db.add_unique("members", {"mail"}).concurrently(); }
void down(tp::schema_editor& db) { db.drop_unique("members", "uq_members_mail", tp::concurrently); }
}  // namespace require_indexes

namespace require_validated {
void up(tp::schema_editor& db) {
  db.alter_table("members", [](tp::table_editor& t) {
    t.validate("ck_members_mail_not_null");
    t.change("mail").not_null();
    t.drop_check("ck_members_mail_not_null");
  });
}
void down(tp::schema_editor& db) {
  db.alter_table("members", [](tp::table_editor& t) {
    t.check("ck_members_mail_not_null", "mail IS NOT NULL").not_valid();
    t.change("mail").null();
  });
}
}  // namespace require_validated

namespace contract {
void up(tp::schema_editor& db) {
  db.allow("drop-column", "no program asks for email since release 4");
  db.allow("drop-constraint", "it goes with the column");
  db.alter_table("members", [](tp::table_editor& t) {
    t.drop_unique("uq_members_email");
    t.drop_column("email");
  });
}
void down(tp::schema_editor& db) {
  db.alter_table("members", [](tp::table_editor& t) {
    t.text("email").null();  // brought back without the values that it had
    t.unique({"email"});
  });
}
}  // namespace contract

tp::history rename_of_email() {
  return tp::history({{"0_members", {}, &members_up, [](tp::schema_editor& db) { db.drop_table("members"); }, "0.cpp"},
                      {"1_expand", {"0_members"}, &expand::up, &expand::down, "1.cpp"},
                      {"2_fill", {"1_expand"}, &fill::up, &fill::down, "2.cpp"},
                      {"3_require", {"2_fill"}, &require::up, &require::down, "3.cpp"},
                      {"4_indexes", {"3_require"}, &require_indexes::up, &require_indexes::down, "4.cpp"},
                      {"5_validated", {"4_indexes"}, &require_validated::up, &require_validated::down, "5.cpp"},
                      {"6_contract", {"5_validated"}, &contract::up, &contract::down, "6.cpp"}});
}

class guide_of_live_renames : public testing::Test {
protected:
  void upgrade(const char* target) { tp::sync_wait(tp::migrate::upgrade(db, target, tp::migrate::options(all))); }
  /// The release works: it adds a member and finds it again.
  template <class Member>
  void works(Member member) {
    tp::sync_wait(db.insert(member));
    EXPECT_EQ(tp::sync_wait(db.get<Member>(member.id)).id, member.id);
  }
  void first_works() { works(one::Member{.email = next()}); }
  void second_works() {
    const std::string mail = next();
    works(two::Member{.email = mail, .mail = mail});
  }
  void third_works() {
    const std::string mail = next();
    works(three::Member{.email = mail, .mail = mail});
  }
  void fourth_works() { works(four::Member{.mail = next()}); }
  std::string next() { return "member" + std::to_string(++count_) + "@example.com"; }

  example::place where;
  tp::database db{where.url()};
  tp::history all = rename_of_email();

private:
  int count_ = 0;
};

TEST_F(guide_of_live_renames, the_release_before_and_the_one_after_work_at_every_step) {
  upgrade("0_members");
  first_works();
  upgrade("1_expand");
  first_works();
  second_works();
  upgrade("2_fill");  // no program of release 1 runs any more
  second_works();
  third_works();
  for (const char* step : {"3_require", "4_indexes", "5_validated"}) {  // nor one of release 2
    upgrade(step);
    third_works();
  }
  fourth_works();
  upgrade("6_contract");  // nor one of release 3
  fourth_works();
  EXPECT_EQ(tp::sync_wait(db.query<four::Member>().count()),
            tp::sync_wait(db.raw_sql<std::int64_t>("SELECT count(DISTINCT mail) FROM members").one()));
  EXPECT_TRUE(tp::sync_wait(tp::migrate::compare(db, tp::schema_of<four::Member>())).empty());
}

TEST_F(guide_of_live_renames, every_step_can_be_taken_back_until_release_four_writes) {
  upgrade("1_expand");
  second_works();
  upgrade("5_validated");
  third_works();
  for (const char* step : {"4_indexes", "3_require", "2_fill", "1_expand", "0_members"}) {
    tp::sync_wait(tp::migrate::downgrade(db, step, tp::migrate::options(all)));
  }
  first_works();
  EXPECT_EQ(tp::sync_wait(db.query<one::Member>().count()), 3);
}

TEST_F(guide_of_live_renames, no_step_keeps_others_waiting_or_is_refused) {
  std::vector<std::string_view> steps;
  for (const tp::migration& step : all.ordered()) steps.push_back(step.revision);
  for (const tp::lint_finding& found : tp::lint(all, steps)) {
    const bool waits = found.rule->kind == tp::hazard::blocking && found.rule->scope == tp::lint_scope::table_locks;
    const bool refused = found.rule->kind == tp::hazard::destructive && !found.is_allowed();
    EXPECT_FALSE(waits || refused) << found.revision << ": " << found.rule->code;
  }
}

}  // namespace
