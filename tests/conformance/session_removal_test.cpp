// SPDX-License-Identifier: Apache-2.0
#include "ledger.hpp"

#include <stdexcept>

namespace tupelo::conformance {
namespace {

struct Part;
struct Machine {
  std::int64_t id{};
  std::string name{};
  has_many<Part> parts{};

  static void model(tupelo::model<Machine>& m) { m.has_many(&Machine::parts, "machine_id"); }
};
struct Part {
  std::int64_t id{};
  std::int64_t machine_id{};
  std::string name{};
  belongs_to<Machine> machine{};

  static void model(tupelo::model<Part>& m) { m.belongs_to(&Part::machine, &Part::machine_id).on_delete(cascade); }
};
struct Screw {
  std::int64_t id{};
  std::int64_t part_id{};
  static void model(tupelo::model<Screw>& m) { m.foreign_key(&Screw::part_id).references<Part>().on_delete(cascade); }
};
struct Report {
  std::int64_t id{};
  std::optional<std::int64_t> machine_id{};
  std::string text{};
  belongs_to<Machine> machine{};

  static void model(tupelo::model<Report>& m) {
    m.belongs_to(&Report::machine, &Report::machine_id).on_delete(set_null);
  }
};
struct Branch {
  std::int64_t id{};
  std::optional<std::int64_t> parent_id{};
  static void model(tupelo::model<Branch>& m) { m.foreign_key(&Branch::parent_id).references<Branch>(); }
};

struct Clerk;
struct Shop {
  std::int64_t id{};
  std::string name{};
  std::optional<timestamp> deleted_at{};
  has_many<Clerk> clerks{};

  static void model(tupelo::model<Shop>& m) {
    m.soft_delete(&Shop::deleted_at);
    m.has_many(&Shop::clerks, "shop_id");
  }
};
struct Clerk {
  std::int64_t id{};
  std::optional<std::int64_t> shop_id{};
  int version{};
  timestamp created_at{}, updated_at{};

  static void model(tupelo::model<Clerk>& m) {
    m.foreign_key(&Clerk::shop_id).references<Shop>().on_delete(set_null);
    m.version(&Clerk::version);
    m.timestamps(&Clerk::created_at, &Clerk::updated_at);
  }
};
struct Content;
struct Parcel {
  std::string town{};
  std::int64_t number{};
  std::optional<timestamp> deleted_at{};
  has_many<Content> contents{};

  static void model(tupelo::model<Parcel>& m) {
    m.primary_key(&Parcel::town, &Parcel::number);
    m.soft_delete(&Parcel::deleted_at);
    m.has_many(&Parcel::contents, "town", "number");
  }
};
struct Content {
  std::int64_t id{};
  std::string town{};
  std::int64_t number{};
  std::optional<timestamp> deleted_at{};

  static void model(tupelo::model<Content>& m) {
    m.foreign_key(&Content::town, &Content::number).references<Parcel>().on_delete(cascade);
    m.soft_delete(&Content::deleted_at);
  }
};

struct Message;
struct Thread {
  std::int64_t id{};
  std::string slug{};
  std::optional<timestamp> deleted_at{};
  has_many<Message> messages{};

  static void model(tupelo::model<Thread>& m) {
    m.unique(&Thread::slug);
    m.soft_delete(&Thread::deleted_at);
    m.has_many(&Thread::messages, "thread_id");
  }
};
struct Message {
  std::int64_t id{};
  std::int64_t thread_id{};
  std::optional<std::int64_t> answered_id{};
  int version{};
  std::optional<timestamp> deleted_at{};
  has_many<Message> answers{};

  static void model(tupelo::model<Message>& m) {
    m.foreign_key(&Message::thread_id).references<Thread>().on_delete(cascade);
    m.foreign_key(&Message::answered_id).references<Message>().on_delete(cascade);
    m.has_many(&Message::answers, "answered_id");
    m.soft_delete(&Message::deleted_at);
    m.version(&Message::version);
  }
};

class removals : public conformance_test {
protected:
  removals() { create<Machine, Part, Screw, Report, Branch, Thread, Message, Shop, Clerk, Parcel, Content>(); }
  session s = db.session();
};
TUPELO_CONFORMANCE_SUITE(removals);

// ---- as the database does it

TEST_P(removals, take_tracked_children_along_where_the_key_cascades) {
  auto machine = s.add(Machine{.name = "m"});
  auto part = s.add(Part{.name = "p", .machine = machine});
  auto other = s.add(Part{.name = "q", .machine = s.add(Machine{.name = "n"})});
  sync_wait(s.commit());
  auto screw = s.add(Screw{.part_id = part->id});
  sync_wait(s.commit());
  s.remove(machine);
  sync_wait(s.commit());
  EXPECT_EQ(s.size(), 2U) << "the other machine and its part";
  EXPECT_FALSE(s.is_dirty(part));
  EXPECT_THROW(s.remove(screw), transaction_error);
  EXPECT_FALSE(sync_wait(s.find<Part>(part->id)));
  other->name = "z";
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Part>().count()), 1);
}
TEST_P(removals, leave_children_that_have_moved_to_a_new_parent) {
  auto old = s.add(Machine{.name = "m"});
  auto part = s.add(Part{.name = "p", .machine = old});
  auto report = s.add(Report{.text = "r", .machine = old});
  sync_wait(s.commit());
  auto fresh = s.add(Machine{.name = "n"});
  part->machine = fresh;
  report->machine = fresh;
  s.remove(old);
  sync_wait(s.commit());
  EXPECT_EQ(report->machine_id, fresh->id);
  part->name = "q";
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Part>(part->id)).name, "q");
}
TEST_P(removals, that_a_failed_flush_takes_back_give_the_keys_back) {
  auto machine = s.add(Machine{.name = "m"});
  auto report = s.add(Report{.text = "r", .machine = machine});
  auto thread = s.add(Thread{.slug = "a"});
  sync_wait(s.commit());
  s.remove(machine);
  sync_wait(s.flush());
  EXPECT_FALSE(report->machine_id);
  s.add(Thread{.slug = "a"});
  EXPECT_THROW(sync_wait(s.flush()), unique_violation);
  EXPECT_EQ(report->machine_id, machine->id);
}
TEST_P(removals, empty_the_keys_of_tracked_objects_where_the_key_says_so) {
  auto machine = s.add(Machine{.name = "m"});
  auto report = s.add(Report{.text = "r", .machine = machine});
  sync_wait(s.commit());
  s.remove(machine);
  report->text = "changed";
  sync_wait(s.commit());
  EXPECT_FALSE(report->machine_id);
  EXPECT_FALSE(report->machine.loaded());
  EXPECT_FALSE(s.is_dirty(report));
  const Report read = sync_wait(db.get<Report>(report->id));
  EXPECT_FALSE(read.machine_id);
  EXPECT_EQ(read.text, "changed");
}
TEST_P(removals, that_are_rolled_back_give_what_went_along_back) {
  auto machine = s.add(Machine{.name = "m"});
  auto part = s.add(Part{.name = "p", .machine = machine});
  auto report = s.add(Report{.text = "r", .machine = machine});
  sync_wait(s.commit());
  s.remove(machine);
  sync_wait(s.flush());
  EXPECT_FALSE(report->machine_id);
  sync_wait(s.rollback());
  EXPECT_EQ(report->machine_id, machine->id);
  EXPECT_EQ(sync_wait(s.get<Part>(part->id)), part);
  part->name = "z";
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Part>(part->id)).name, "z");
}
TEST_P(removals, of_rows_of_one_table_begin_with_those_that_refer_to_others) {
  auto leaf = s.add(Branch{});
  auto root = s.add(Branch{});
  sync_wait(s.commit());
  leaf->parent_id = root->id;
  sync_wait(s.commit());
  s.remove(leaf);
  s.remove(root);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Branch>().count()), 0);
}

// ---- rows that are marked

TEST_P(removals, of_marked_rows_mark_their_children_to_the_last) {
  auto thread = s.add(Thread{.slug = "a"});
  sync_wait(s.commit());
  std::vector<Message> messages(3);
  for (Message& message : messages) message.thread_id = thread->id;
  sync_wait(db.insert(messages));
  messages[1].answered_id = messages[0].id;
  messages[2].answered_id = messages[1].id;
  sync_wait(db.update(messages));
  auto first = sync_wait(s.get<Message>(messages[0].id));
  s.remove(first);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Message>().count()), 0) << "answers, and answers to these";
  EXPECT_EQ(sync_wait(db.query<Message>().with_deleted().count()), 3);
}
TEST_P(removals, of_marked_rows_leave_what_was_marked_before_as_it_was) {
  auto thread = s.add(Thread{.slug = "a"});
  auto other = s.add(Thread{.slug = "b"});
  sync_wait(s.commit());
  Message early{.thread_id = thread->id}, late{.thread_id = thread->id}, apart{.thread_id = other->id};
  sync_wait(db.insert(early));
  sync_wait(db.insert(late));
  sync_wait(db.insert(apart));
  sync_wait(db.erase(early));
  const auto marked = sync_wait(db.get<Message>(early.id)).deleted_at;
  auto tracked = sync_wait(s.get<Message>(late.id));
  s.remove(thread);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Message>(early.id)).deleted_at, marked);
  EXPECT_TRUE(sync_wait(db.get<Message>(late.id)).deleted_at);
  EXPECT_EQ(sync_wait(db.get<Message>(late.id)).version, 2);
  EXPECT_FALSE(sync_wait(db.get<Message>(apart.id)).deleted_at);
  EXPECT_THROW(s.remove(tracked), transaction_error) << "it has gone with the thread";
}

// ---- what belongs to a marked row, as its foreign key says

TEST_P(removals, of_a_marked_row_empty_the_keys_of_what_says_set_null) {
  auto shop = s.add(Shop{.name = "a"});
  auto other = s.add(Shop{.name = "b"});
  sync_wait(s.commit());
  auto clerk = s.add(Clerk{.shop_id = shop->id});
  auto stays = s.add(Clerk{.shop_id = other->id});
  sync_wait(s.commit());
  const Clerk untracked = sync_wait(db.insert(Clerk{.shop_id = shop->id}));
  s.remove(shop);
  sync_wait(s.commit());
  EXPECT_EQ(clerk->shop_id, std::nullopt);
  EXPECT_FALSE(s.is_dirty(clerk));
  EXPECT_EQ(clerk->updated_at, sync_wait(db.get<Clerk>(clerk->id)).updated_at);
  EXPECT_EQ(sync_wait(db.get<Clerk>(untracked.id)).shop_id, std::nullopt);
  clerk->shop_id = other->id;
  EXPECT_NO_THROW(sync_wait(s.commit())) << "the version was counted on here as there";
  EXPECT_EQ(stays->shop_id, other->id);
  EXPECT_TRUE(sync_wait(db.get<Shop>(shop->id)).deleted_at);
  sync_wait(db.erase(*other));
  EXPECT_EQ(sync_wait(db.get<Clerk>(stays->id)).shop_id, std::nullopt) << "by a verb as well";
}
TEST_P(removals, of_a_marked_row_follow_keys_of_several_columns) {
  auto order = s.add(Parcel{.town = "x", .number = 1});
  s.add(Parcel{.town = "x", .number = 2});
  s.add(Parcel{.town = "y", .number = 1});
  auto also = s.add(Parcel{.town = "y", .number = 2});
  sync_wait(s.commit());
  std::vector<Content> contents{{.town = "x", .number = 1}, {.town = "x", .number = 2}, {.town = "y", .number = 1}};
  sync_wait(db.insert(contents));
  auto tracked = sync_wait(s.get<Content>(contents[0].id));
  s.remove(order);
  s.remove(also);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Content>().order_by(col<&Content::id>).pluck(col<&Content::id>)),
            (std::vector<std::int64_t>{contents[1].id, contents[2].id}));
  EXPECT_FALSE(s.is_dirty(tracked));
}

// ---- unique

TEST_P(removals, let_a_unique_value_be_used_again) {
  auto thread = s.add(Thread{.slug = "a"});
  sync_wait(s.commit());
  EXPECT_THROW(sync_wait(db.insert(Thread{.slug = "a"})), unique_violation);
  s.remove(thread);
  sync_wait(s.commit());
  sync_wait(db.insert(Thread{.slug = "a"}));
  EXPECT_THROW(sync_wait(db.insert(Thread{.slug = "a"})), unique_violation);
}

// ---- without a session

TEST_P(removals, by_a_verb_mark_children_to_the_last) {
  const Thread thread = sync_wait(db.insert(Thread{.slug = "a"}));
  const Message message = sync_wait(db.insert(Message{.thread_id = thread.id}));
  sync_wait(db.insert(Message{.thread_id = thread.id, .answered_id = message.id}));
  const Thread other = sync_wait(db.insert(Thread{.slug = "b"}));
  sync_wait(db.insert(Message{.thread_id = other.id}));
  sync_wait(db.erase(thread));
  EXPECT_EQ(sync_wait(db.query<Message>().count()), 1);
  const auto marked = sync_wait(db.query<Message>().with_deleted().where(col<&Message::thread_id> == thread.id).all());
  const auto read = sync_wait(db.get<Thread>(thread.id));
  for (const Message& each : marked) EXPECT_EQ(each.deleted_at, read.deleted_at);
  sync_wait(db.erase(other, permanently));
  EXPECT_EQ(sync_wait(db.query<Message>().with_deleted().count()), 2) << "a deletion is the database's affair";
}
TEST_P(removals, by_a_verb_are_all_or_nothing) {
  Thread gone = sync_wait(db.insert(Thread{.slug = "a"}));
  sync_wait(db.insert(Message{.thread_id = gone.id}));
  gone.id = 999'999;
  EXPECT_THROW(sync_wait(db.erase(gone)), not_found);
  EXPECT_EQ(sync_wait(db.query<Message>().count()), 1);
  EXPECT_THROW(sync_wait(db.pipeline(db.erase(gone), db.query<Thread>().count())), query_error);
}

// ---- of what is inserted by the same flush

TEST_P(removals, refuse_new_children_that_would_go_with_them) {
  auto machine = s.add(Machine{.name = "m"});
  sync_wait(s.commit());
  auto part = s.add(Part{.machine = machine});
  s.remove(machine);
  const auto failure = failure_of<query_error>([&] { sync_wait(s.commit()); });
  EXPECT_NE(std::string_view(failure.what()).find("Part::machine"), std::string_view::npos) << failure.what();
  EXPECT_NE(std::string_view(failure.what()).find("of Machine"), std::string_view::npos) << failure.what();
  EXPECT_EQ(sync_wait(db.query<Machine>().count()), 1);
  s.expunge(part);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Machine>().count()), 0);
}
TEST_P(removals, refuse_new_children_by_the_value_of_a_key) {
  auto machine = s.add(Machine{.name = "m"});
  sync_wait(s.commit());
  auto part = s.add(Part{.id = 50, .machine_id = machine->id});
  auto screw = s.add(Screw{.part_id = 50});
  s.remove(machine);
  statement_log log(db);
  EXPECT_THROW(sync_wait(s.commit()), query_error);
  EXPECT_TRUE(log.started().empty()) << "nothing is written before";
  s.restore(machine);
  sync_wait(s.commit());
  EXPECT_TRUE(sync_wait(db.find<Screw>(screw->id)));
}
TEST_P(removals, refuse_new_children_of_what_goes_with_them) {
  auto machine = s.add(Machine{.name = "m"});
  auto part = s.add(Part{.machine = machine});
  sync_wait(s.commit());
  s.add(Screw{.part_id = part->id});
  s.remove(machine);
  EXPECT_THROW(sync_wait(s.commit()), query_error);
  EXPECT_EQ(sync_wait(db.query<Part>().count()), 1);
}
TEST_P(removals, leave_new_children_that_are_given_another_parent) {
  auto old = s.add(Machine{.name = "m"});
  auto kept = s.add(Part{.machine = old});
  sync_wait(s.commit());
  auto fresh = s.add(Machine{.name = "n"});
  auto part = s.add(Part{.machine_id = old->id, .machine = fresh});
  kept->machine = fresh;
  auto screw = s.add(Screw{.part_id = kept->id});
  s.remove(old);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Part>(part->id)).machine_id, fresh->id);
  EXPECT_TRUE(sync_wait(db.find<Screw>(screw->id)));
}
TEST_P(removals, leave_out_what_the_relations_of_the_removed_hold_as_new) {
  auto machine = s.add(Machine{.name = "m"});
  sync_wait(s.commit());
  machine->parts.add(Part{.name = "p"});
  s.remove(machine);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Machine>().count()) + sync_wait(db.query<Part>().count()), 0);
}
TEST_P(removals, leave_out_what_a_failed_flush_has_met_in_relations_of_the_removed) {
  auto machine = s.add(Machine{.name = "m"});
  sync_wait(s.commit());
  machine->parts.add(Part{.name = "p"});
  auto lost = s.add(Part{.machine_id = 4711});
  EXPECT_THROW(sync_wait(s.flush()), foreign_key_violation);
  s.remove(lost);
  s.remove(machine);
  EXPECT_EQ(s.size(), 1U);
  s.restore(machine);
  sync_wait(s.flush());
  EXPECT_EQ(sync_wait(s.query<Part>().count()), 1) << "as the removal was taken back";
  sync_wait(s.rollback());
  s.remove(machine);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Machine>().count()) + sync_wait(db.query<Part>().count()), 0);
}
TEST_P(removals, empty_keys_of_new_children_where_these_say_so) {
  auto machine = s.add(Machine{.name = "m"});
  sync_wait(s.commit());
  auto report = s.add(Report{.machine_id = machine->id});
  s.remove(machine);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Report>(report->id)).machine_id, std::nullopt);
  EXPECT_EQ(report->machine_id, std::nullopt);
  EXPECT_FALSE(s.is_dirty(report));
}
TEST_P(removals, that_are_undone_are_repeated_with_their_new_children) {
  auto machine = s.add(Machine{.name = "m"});
  sync_wait(s.commit());
  auto part = s.add(Part{.machine_id = machine->id});
  sync_wait(s.flush());
  auto report = s.add(Report{.machine_id = machine->id});
  s.remove(machine);
  sync_wait(s.flush());
  EXPECT_EQ(report->machine_id, std::nullopt);
  auto lost = s.add(Part{.machine_id = 4711});
  EXPECT_THROW(sync_wait(s.flush()), foreign_key_violation);
  EXPECT_EQ(report->machine_id, machine->id) << "as it is to be inserted again";
  s.remove(lost);
  sync_wait(s.commit());
  EXPECT_EQ(report->machine_id, std::nullopt);
  EXPECT_EQ(sync_wait(db.get<Report>(report->id)).machine_id, std::nullopt);
  EXPECT_FALSE(sync_wait(s.find<Part>(part->id)));
}
TEST_P(removals, that_fail_are_repeated_with_children_of_their_transaction) {
  auto machine = s.add(Machine{.name = "m"});
  sync_wait(s.commit());
  auto part = s.add(Part{.machine = machine});
  sync_wait(s.flush());
  s.remove(machine);
  auto lost = s.add(Part{.machine_id = 4711});
  EXPECT_THROW(sync_wait(s.commit()), foreign_key_violation);
  s.remove(lost);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Machine>().count()) + sync_wait(db.query<Part>().count()), 0);
  EXPECT_EQ(s.size(), 0U);
}
TEST_P(removals, mark_new_children_with_their_parent) {
  auto thread = s.add(Thread{.slug = "t"});
  auto shop = s.add(Shop{.name = "s"});
  sync_wait(s.commit());
  auto message = s.add(Message{.thread_id = thread->id});
  auto clerk = s.add(Clerk{.shop_id = shop->id});
  s.remove(thread);
  s.remove(shop);
  sync_wait(s.commit());
  const auto marked = sync_wait(s.get<Message>(message->id));
  EXPECT_NE(marked, message) << "which has left the session";
  EXPECT_TRUE(marked->deleted_at);
  EXPECT_EQ(clerk->shop_id, std::nullopt);
  const Clerk row = sync_wait(db.get<Clerk>(clerk->id));
  EXPECT_EQ(row.shop_id, std::nullopt);
  EXPECT_EQ(clerk->version, row.version);
  EXPECT_FALSE(s.is_dirty(clerk));
}

}  // namespace
}  // namespace tupelo::conformance
