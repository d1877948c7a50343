// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

#include <tupelo/model/model_json.hpp>

#include <stdexcept>

namespace tupelo::conformance::library {
namespace {

/// Two of them may refer to each other.
struct Partner {
  std::int64_t id{};
  std::optional<std::int64_t> other_id{};
  int version{};
  std::string name{};
  belongs_to<Partner> other{};

  static void model(tupelo::model<Partner>& m) {
    m.belongs_to(&Partner::other, &Partner::other_id);
    m.version(&Partner::version);
  }
};
struct Link {
  std::int64_t id{};
  std::int64_t next_id{};
  belongs_to<Link> next{};

  static void model(tupelo::model<Link>& m) { m.belongs_to(&Link::next, &Link::next_id); }
};

struct Firm {
  uuid id{};
  std::string name{};
  static void model(tupelo::model<Firm>&) {}
};
struct Worker {
  std::int64_t id{};
  uuid firm_id{};
  belongs_to<Firm> firm{};

  static void model(tupelo::model<Worker>& m) { m.belongs_to(&Worker::firm, &Worker::firm_id); }
};

/// Of a desk or of a drawer, as its kind says.
struct Sticker {
  std::int64_t id{};
  std::string kind{};
  std::int64_t owner_id{};
};
struct Pen {
  std::int64_t id{};
  std::int64_t drawer_id{};
};
struct Drawer {
  std::int64_t id{};
  std::int64_t desk_id{};
  has_many<Pen> pens{};
  has_many<Sticker> stickers{};

  static void model(tupelo::model<Drawer>& m) {
    m.has_many(&Drawer::pens, "drawer_id");
    m.has_many(&Drawer::stickers).as(&Sticker::kind, &Sticker::owner_id);
  }
};
struct Desk {
  std::int64_t id{};
  has_many<Drawer> drawers{};
  has_many<Pen> pens{};
  has_one<Sticker> sticker{};

  static void model(tupelo::model<Desk>& m) {
    m.has_many(&Desk::drawers, "desk_id");
    m.has_many(&Desk::pens).through(&Desk::drawers, &Drawer::pens);
    m.has_one(&Desk::sticker).as(&Sticker::kind, &Sticker::owner_id);
    m.recorded_as("a desk");
  }
};

class related_objects : public conformance_test {
protected:
  related_objects() {
    create<Author, Passport, Book, Review, Label, Mark, Order, Line, Folder, Partner, Link, Firm, Worker>();
    create<Sticker, Pen, Drawer, Desk>();
  }

  template <class T>
  std::int64_t count() {
    return sync_wait(db.query<T>().count());
  }
  session s = db.session();
};
TUPELO_CONFORMANCE_SUITE(related_objects);

// ---- references

TEST_P(related_objects, get_the_key_of_a_new_object_that_they_refer_to) {
  auto book = s.add(Book{.title = "A"});  // before what it refers to
  auto ada = s.add(Author{.name = "ada"});
  book->author = ada;
  EXPECT_EQ(book->author->name, "ada");
  sync_wait(s.commit());
  EXPECT_GT(ada->id, 0);
  EXPECT_EQ(book->author_id, ada->id);
  EXPECT_EQ(sync_wait(db.get<Book>(book->id)).author_id, ada->id);
}
TEST_P(related_objects, can_be_given_in_an_initializer) {
  auto ada = s.add(Author{.name = "ada"});
  auto book = s.add(Book{.title = "A", .author = ada});
  auto review = s.add(Review{.stars = 3, .book = book});
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Review>(review->id)).book_id, book->id);
  EXPECT_EQ(sync_wait(db.get<Book>(book->id)).author_id, ada->id);
}
TEST_P(related_objects, change_the_key_when_the_reference_changes) {
  auto ada = s.add(Author{.name = "ada"});
  auto bob = s.add(Author{.name = "bob"});
  auto book = s.add(Book{.title = "A", .author = ada});
  sync_wait(s.commit());
  book->author = bob;
  EXPECT_TRUE(s.is_dirty(book));
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Book>(book->id)).author_id, bob->id);
  EXPECT_EQ(log.all("UPDATE").size(), 1U);
  log.clear();
  EXPECT_FALSE(s.is_dirty(book));
  sync_wait(s.commit());
  EXPECT_TRUE(log.started().empty());
}
TEST_P(related_objects, change_to_a_new_one_of_the_same_flush) {
  auto book = s.add(Book{.title = "A"});
  sync_wait(s.commit());
  book->author = s.add(Author{.name = "ada"});
  EXPECT_TRUE(s.is_dirty(book));
  sync_wait(s.commit());
  ASSERT_TRUE(book->author_id);
  EXPECT_EQ(sync_wait(db.get<Book>(book->id)).author_id, book->author->id);
}
TEST_P(related_objects, follow_the_key_where_only_that_was_changed) {
  auto ada = s.add(Author{.name = "ada"});
  auto bob = s.add(Author{.name = "bob"});
  auto book = s.add(Book{.title = "A", .author = ada});
  sync_wait(s.commit());
  book->author_id = bob->id;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Book>(book->id)).author_id, bob->id);
  EXPECT_FALSE(book->author.loaded()) << "it was another one";
}
TEST_P(related_objects, set_the_key_to_null_by_an_empty_ref) {
  auto book = s.add(Book{.title = "A", .author = s.add(Author{.name = "ada"})});
  sync_wait(s.commit());
  book->author = ref<Author>();
  EXPECT_EQ(book->author.get(), nullptr);
  sync_wait(s.commit());
  EXPECT_FALSE(sync_wait(db.get<Book>(book->id)).author_id);
}
TEST_P(related_objects, refuse_null_where_the_key_cannot_be) {
  s.add(Review{.stars = 1, .book = ref<Book>()});
  const auto refused = failure_of<query_error>([&] { sync_wait(s.commit()); });
  EXPECT_NE(std::string(refused.what()).find("Review::book"), std::string::npos) << refused.what();
}
TEST_P(related_objects, work_with_keys_of_two_columns) {
  auto line = s.add(Line{.amount = 4});
  line->order = s.add(Order{.region = "north", .number = 7});
  sync_wait(s.commit());
  const Line read = sync_wait(db.get<Line>(line->id));
  EXPECT_EQ(read.region, "north");
  EXPECT_EQ(read.order_number, 7);
}
TEST_P(related_objects, work_with_keys_that_the_program_makes) {
  auto worker = s.add(Worker{});
  worker->firm = s.add(Firm{.name = "x"});
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_FALSE(worker->firm_id.is_nil());
  EXPECT_EQ(sync_wait(db.get<Worker>(worker->id)).firm_id, worker->firm->id);
}
TEST_P(related_objects, refer_by_has_one_too) {
  auto ada = s.add(Author{.name = "ada"});
  auto passport = s.add(Passport{.number = "A1"});
  ada->passport = passport;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Passport>(passport->id)).author_id, ada->id);
}
TEST_P(related_objects, that_a_has_one_is_given_are_written_with_its_key) {
  auto ada = s.add(Author{.name = "ada"});
  auto passport = s.add(Passport{.number = "1"});
  sync_wait(s.commit());
  EXPECT_FALSE(s.is_dirty(passport));
  ada->passport = passport;
  EXPECT_TRUE(s.is_dirty(passport));
  EXPECT_THROW(sync_wait(s.load(ada, &Author::passport)), query_error) << "it waits for a flush";
  sync_wait(s.commit());
  EXPECT_FALSE(s.is_dirty(passport));
  EXPECT_EQ(sync_wait(db.get<Passport>(passport->id)).author_id, ada->id);
}
TEST_P(related_objects, that_a_has_one_is_given_must_be_in_the_session) {
  auto ada = s.add(Author{.name = "ada"});
  auto passport = s.add(Passport{.number = "1"});
  sync_wait(s.commit());
  s.expunge(passport);
  ada->passport = passport;
  EXPECT_EQ(failure_of<transaction_error>([&] { sync_wait(s.commit()); }).code(), errc::detached_object);
}
TEST_P(related_objects, keep_what_they_refer_to_alive) {
  ref<Book> book;
  {
    auto inner = db.session();
    book = inner.add(Book{.title = "A", .author = inner.add(Author{.name = "ada"})});
    sync_wait(inner.commit());
  }
  EXPECT_EQ(book->author->name, "ada");
}
TEST_P(related_objects, refuse_one_that_has_no_key_and_is_in_no_session) {
  ref<Author> gone = s.add(Author{.name = "ada"});
  s.expunge(gone);
  s.add(Book{.title = "A", .author = gone});
  EXPECT_THROW(sync_wait(s.commit()), transaction_error);
}
TEST_P(related_objects, refuse_one_that_another_session_has_not_inserted_yet) {
  auto other = db.session();
  s.add(Book{.title = "A", .author = other.add(Author{.name = "ada"})});
  EXPECT_THROW(sync_wait(s.commit()), transaction_error);
  EXPECT_EQ(count<Book>(), 0);
}
TEST_P(related_objects, refuse_one_in_a_has_one_that_another_session_writes) {
  auto other = db.session();
  auto passport = other.add(Passport{.number = "P-1"});
  sync_wait(other.commit());
  s.add(Author{.name = "new", .passport = passport});
  EXPECT_THROW(sync_wait(s.commit()), transaction_error);
  EXPECT_EQ(count<Author>(), 0);
  auto stored = db.session();
  auto ada = stored.add(Author{.name = "ada"});
  sync_wait(stored.commit());
  ada->passport = passport;
  EXPECT_THROW(sync_wait(stored.commit()), transaction_error);
  EXPECT_EQ(passport->author_id, 0) << "which its own session would write";
}
TEST_P(related_objects, take_the_key_of_one_that_another_session_has) {
  auto other = db.session();
  auto ada = other.add(Author{.name = "ada"});
  sync_wait(other.commit());
  auto book = s.add(Book{.title = "A", .author = ada});
  sync_wait(s.commit());
  EXPECT_EQ(book->author_id, ada->id);
}

// ---- new objects as values

TEST_P(related_objects, are_inserted_with_the_one_that_holds_them) {
  auto ada = s.add(Author{.name = "ada", .books = {Book{.title = "A"}, Book{.title = "B"}}});
  sync_wait(s.commit());
  ASSERT_EQ(ada->books.size(), 2U);
  EXPECT_GT(ada->books[1].id, 0);
  EXPECT_EQ(ada->books[1].author_id, ada->id);
  EXPECT_EQ(sync_wait(db.get<Book>(ada->books[1].id)).title, "B");
  sync_wait(s.commit());
  EXPECT_EQ(count<Book>(), 2);
}
TEST_P(related_objects, are_inserted_down_to_the_last) {
  s.add(Author{.name = "ada",
               .books = {Book{.title = "A", .reviews = {Review{.stars = 1}, Review{.stars = 2}}}, Book{.title = "B"}},
               .passport = Passport{.number = "A1"}});
  sync_wait(s.commit());
  EXPECT_EQ(count<Review>(), 2);
  EXPECT_EQ(count<Passport>(), 1);
  const Author read = sync_wait(db.query<Author>().with(&Author::books, &Book::reviews).with(&Author::passport).one());
  EXPECT_EQ(read.books.size(), 2U);
  EXPECT_EQ(read.passport->number, "A1");
}
TEST_P(related_objects, are_inserted_several_rows_to_a_statement) {
  for (int i = 0; i != 16; ++i) s.add(Author{.name = "x", .books = {Book{.title = "A"}, Book{.title = "B"}}});
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(count<Book>(), 32);
  EXPECT_EQ(log.all("INSERT").size(), 2U);
}
TEST_P(related_objects, can_be_added_to_what_is_loaded) {
  Author stored{.name = "ada"};
  sync_wait(db.insert(stored));
  sync_wait(db.insert(Book{.author_id = stored.id, .title = "A"}));
  auto ada = sync_wait(s.get<Author>(stored.id));
  sync_wait(s.load(ada, &Author::books));
  ada->books.add(Book{.title = "B"});
  EXPECT_TRUE(s.is_dirty(ada));
  sync_wait(s.commit());
  EXPECT_EQ(ada->books.size(), 2U);
  EXPECT_EQ(count<Book>(), 2);
  ada->books.add(Book{.title = "C"});
  sync_wait(s.commit());
  EXPECT_EQ(count<Book>(), 3);
  EXPECT_EQ(sync_wait(db.get<Book>(ada->books[2].id)).author_id, ada->id);
}
TEST_P(related_objects, are_tracked_from_then_on) {
  auto ada = s.add(Author{.name = "ada", .books = {Book{.title = "A"}}});
  sync_wait(s.commit());
  auto book = sync_wait(s.get<Book>(ada->books[0].id));
  EXPECT_EQ(book.get(), &ada->books[0]);
  for (int i = 0; i != 9; ++i) ada->books.add(Book{.title = "more"});
  EXPECT_EQ(book.get(), &ada->books[0]) << "it has moved with the others";
  book->title = "Z";
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Book>(book->id)).title, "Z");
}
TEST_P(related_objects, that_are_copied_with_what_holds_them_are_refused) {
  const Author shared{.name = "ada", .books = {Book{.title = "A"}}};
  s.add(Author(shared));
  s.add(Author(shared));
  EXPECT_THROW(sync_wait(s.commit()), query_error);
  EXPECT_EQ(count<Author>(), 0);
}

TEST_P(related_objects, of_one_of_several_models_get_its_name_too) {
  auto sticker = s.add(Sticker{});
  auto desk = s.add(Desk{.drawers = {Drawer{.stickers = {Sticker{}}}}, .sticker = sticker});
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Sticker>(sticker->id)).kind, "a desk");
  EXPECT_EQ(sticker->owner_id, desk->id);
  const Sticker& inner = desk->drawers[0].stickers[0];
  EXPECT_EQ(sync_wait(db.get<Sticker>(inner.id)).kind, "drawers");
  EXPECT_EQ(inner.owner_id, desk->drawers[0].id);
}
TEST_P(related_objects, cannot_be_put_into_a_relation_that_goes_through_others) {
  s.add(Desk{.pens = {Pen{}}});
  const auto refused = failure_of<query_error>([&] { sync_wait(s.commit()); });
  EXPECT_NE(std::string(refused.what()).find("Desk::pens"), std::string::npos) << refused.what();
  sync_wait(s.rollback());
}

// ---- order of objects

TEST_P(related_objects, of_one_table_are_inserted_parents_first) {
  auto leaf = s.add(Folder{.name = "leaf"});
  auto middle = s.add(Folder{.name = "middle"});
  auto root = s.add(Folder{.name = "root"});
  leaf->parent = middle;
  middle->parent = root;
  sync_wait(s.commit());
  EXPECT_FALSE(root->parent_id);
  EXPECT_EQ(sync_wait(db.get<Folder>(leaf->id)).parent_id, middle->id);
  EXPECT_EQ(sync_wait(db.get<Folder>(middle->id)).parent_id, root->id);
}
TEST_P(related_objects, of_a_tree_take_one_statement_for_each_level) {
  auto root = s.add(Folder{.name = "root"});
  for (int i = 0; i != 4; ++i) {
    auto branch = s.add(Folder{.name = "branch", .parent = root});
    s.add(Folder{.name = "leaf", .parent = branch});
  }
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(log.all("INSERT").size(), 3U);
  EXPECT_EQ(count<Folder>(), 9);
}
TEST_P(related_objects, as_values_of_a_tree_are_inserted) {
  s.add(Folder{.name = "root",
               .children = {Folder{.name = "a", .children = {Folder{.name = "b"}}}, Folder{.name = "c"}}});
  sync_wait(s.commit());
  EXPECT_EQ(count<Folder>(), 4);
  EXPECT_EQ(sync_wait(db.query<Folder>().where(col<&Folder::parent_id>.is_null()).count()), 1);
}
TEST_P(related_objects, in_a_circle_are_inserted_with_null_and_updated) {
  auto a = s.add(Partner{.name = "a"});
  auto b = s.add(Partner{.name = "b"});
  auto c = s.add(Partner{.name = "c"});
  a->other = b;
  b->other = c;
  c->other = a;
  sync_wait(s.commit());
  for (const auto& each : {a, b, c}) {
    const Partner read = sync_wait(db.get<Partner>(each->id));
    EXPECT_EQ(read.other_id, each->other->id);
    EXPECT_EQ(read.version, each->version);
  }
  a->name = "z";
  sync_wait(s.commit());
}
TEST_P(related_objects, may_refer_to_themselves) {
  auto a = s.add(Partner{.name = "a"});
  a->other = a;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Partner>(a->id)).other_id, a->id);
}
TEST_P(related_objects, in_a_circle_without_null_are_refused) {
  auto a = s.add(Link{});
  a->next = s.add(Link{.next = a});
  const auto refused = failure_of<query_error>([&] { sync_wait(s.commit()); });
  EXPECT_NE(std::string(refused.what()).find("Link::next"), std::string::npos) << refused.what();
  EXPECT_FALSE(s.in_transaction());
}

// ---- failures

TEST_P(related_objects, can_be_tried_again_after_a_failure) {
  sync_wait(db.insert(Order{.region = "north", .number = 7}));
  auto root = s.add(Folder{.name = "root", .children = {Folder{.name = "a"}}});
  auto clash = s.add(Order{.region = "north", .number = 7});
  EXPECT_THROW(sync_wait(s.commit()), unique_violation);
  EXPECT_EQ(root->id, 0);
  EXPECT_EQ(root->children[0].id, 0);
  clash->number = 8;
  sync_wait(s.commit());
  EXPECT_EQ(root->children[0].parent_id, root->id);
  EXPECT_EQ(count<Folder>(), 2);
}
TEST_P(related_objects, that_were_rolled_back_can_be_added_again) {
  auto root = s.add(Folder{.name = "root", .children = {Folder{.name = "a"}}});
  sync_wait(s.flush());
  sync_wait(s.rollback());
  EXPECT_EQ(s.size(), 0U);
  EXPECT_EQ(root->children[0].id, 0);
  s.add(root);
  sync_wait(s.commit());
  EXPECT_EQ(count<Folder>(), 2);
  EXPECT_EQ(root->children[0].parent_id, root->id);
}
TEST_P(related_objects, are_not_loaded_after_a_rollback_of_the_reference) {
  auto ada = s.add(Author{.name = "ada"});
  auto bob = s.add(Author{.name = "bob"});
  auto book = s.add(Book{.title = "A", .author = ada});
  sync_wait(s.commit());
  book->author = bob;
  sync_wait(s.flush());
  sync_wait(s.rollback());
  EXPECT_EQ(book->author_id, ada->id);
  EXPECT_FALSE(book->author.loaded());
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Book>(book->id)).author_id, ada->id);
}
TEST_P(related_objects, of_a_savepoint_that_is_undone_leave_the_others_alone) {
  auto ada = s.add(Author{.name = "ada"});
  run([&]() -> task<void> {
    try {
      co_await s.nested([&]() -> task<void> {
        ada->books.add(Book{.title = "A"});
        co_await s.flush();
        throw std::runtime_error("no");
      });
    } catch (const std::runtime_error&) {}
    co_await s.commit();
  });
  EXPECT_EQ(count<Book>(), 0);
  EXPECT_EQ(count<Author>(), 1);
  EXPECT_FALSE(ada->books.loaded());
}
TEST_P(related_objects, end_with_the_session_though_they_refer_to_each_other) {
  ref<Partner> kept;
  {
    auto inner = db.session();
    auto a = inner.add(Partner{.name = "a"});
    auto b = inner.add(Partner{.name = "b", .other = a});
    a->other = b;
    sync_wait(inner.commit());
    kept = a;
  }
  // One of both fields is not loaded any more; otherwise they would keep each other for ever.
  EXPECT_TRUE(!kept->other.loaded() || !kept->other->other.loaded());
}
TEST_P(related_objects, in_a_circle_are_written_as_json_once_each) {
  auto a = s.add(Partner{.name = "a"});
  auto b = s.add(Partner{.name = "b", .other = a});
  a->other = b;
  sync_wait(s.commit());
  const std::string text = to_json_text(*a);
  EXPECT_NE(text.find("\"name\":\"b\""), std::string::npos) << text;
  EXPECT_EQ(text.find("\"name\":\"a\""), text.rfind("\"name\":\"a\"")) << text;
}
TEST_P(related_objects, may_be_a_long_chain) {
  constexpr int length = 2000;
  {
    auto inner = db.session();
    auto last = inner.add(Folder{.name = "0"});
    for (int i = 1; i != 40; ++i) last = inner.add(Folder{.name = "x", .parent = last});
    sync_wait(inner.commit());
    for (int i = 40; i != length; ++i) last = inner.add(Folder{.name = "x", .parent = last});
  }
  EXPECT_EQ(count<Folder>(), 40);
}

// ---- rows that have been written already

TEST_P(related_objects, are_not_inserted_again_when_they_were_removed) {
  auto ada = s.add(Author{.name = "ada", .books = {Book{.title = "A"}, Book{.title = "B"}}});
  sync_wait(s.commit());
  s.remove(sync_wait(s.get<Book>(ada->books[0].id)));
  sync_wait(s.commit());
  ada->name = "x";
  sync_wait(s.commit());
  EXPECT_EQ(count<Book>(), 1);
}
TEST_P(related_objects, are_not_inserted_again_when_they_were_expunged) {
  auto ada = s.add(Author{.name = "ada", .books = {Book{.title = "A"}}});
  sync_wait(s.commit());
  s.expunge(sync_wait(s.get<Book>(ada->books[0].id)));
  EXPECT_FALSE(s.is_dirty(ada));
  ada->name = "x";
  sync_wait(s.commit());
  EXPECT_EQ(count<Book>(), 1);
}
TEST_P(related_objects, are_not_inserted_again_by_another_session) {
  Author copy;
  {
    auto inner = db.session();
    auto ada = inner.add(Author{.name = "ada", .books = {Book{.title = "A"}}});
    sync_wait(inner.commit());
    copy = *ada;
  }
  auto ada = s.attach(std::move(copy));
  ada->name = "x";
  sync_wait(s.commit());
  EXPECT_EQ(count<Book>(), 1);
}
TEST_P(related_objects, are_inserted_by_another_session_where_the_first_did_not_commit) {
  Author copy;
  {
    auto inner = db.session();
    auto ada = inner.add(Author{.name = "ada", .books = {Book{.title = "A"}}});
    sync_wait(inner.flush());
    copy = *ada;
  }
  s.add(std::move(copy));
  sync_wait(s.commit());
  EXPECT_EQ(count<Book>(), 1);
}
TEST_P(related_objects, leave_with_a_new_object_that_is_removed) {
  const auto taken = sync_wait(db.insert(Author{.name = "taken"}));
  auto ada = s.add(Author{.id = taken.id, .name = "ada", .books = {Book{.title = "A"}}});
  EXPECT_THROW(sync_wait(s.flush()), unique_violation);
  s.remove(ada);
  EXPECT_EQ(s.size(), 0U);
  sync_wait(s.commit());
  EXPECT_EQ(count<Book>(), 0);
}

// ---- references that wait to be written

TEST_P(related_objects, keep_waiting_when_another_object_that_refers_to_them_leaves) {
  auto a = s.add(Partner{.name = "a"});
  auto b = s.add(Partner{.name = "b"});
  auto left = s.add(Partner{.name = "left"});
  a->other = b;
  b->other = a;
  left->other = a;
  s.remove(left);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Partner>(a->id)).other_id, b->id);
  EXPECT_EQ(sync_wait(db.get<Partner>(b->id)).other_id, a->id);
}
TEST_P(related_objects, keep_waiting_when_the_row_is_read_with_a_lock) {
  auto book = s.add(Book{.title = "A"});
  auto bob = s.add(Author{.name = "bob"});
  sync_wait(s.commit());
  book->author = bob;
  bob->books.add(Book{.title = "B"});
  sync_wait(s.get<Book>(book->id, for_update));
  sync_wait(s.get<Author>(bob->id, for_update));
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Book>(book->id)).author_id, bob->id);
  EXPECT_EQ(count<Book>(), 2);
}
TEST_P(related_objects, keep_waiting_when_the_row_is_merged) {
  auto book = s.add(Book{.title = "A"});
  auto bob = s.add(Author{.name = "bob"});
  sync_wait(s.commit());
  book->author = bob;
  sync_wait(s.merge(Book{.id = book->id, .title = "B"}));
  sync_wait(s.commit());
  const Book read = sync_wait(db.get<Book>(book->id));
  EXPECT_EQ(read.author_id, bob->id);
  EXPECT_EQ(read.title, "B");
}

}  // namespace
}  // namespace tupelo::conformance::library
