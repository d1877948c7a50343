// SPDX-License-Identifier: Apache-2.0
// Random walks of a session whose flushes fail on the way, in its transaction and in nested ones: what the program has
// asked for before and after is stored in the end, and the objects say it.
#include "press_walk.hpp"

#include <tupelo/engine/events.hpp>

#include <exception>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace tupelo::conformance {
namespace {

/// What handlers refuse.
struct refusals {
  bool flush = false;
};

struct given_up {};

class failing_walk : press_walk {
public:
  failing_walk(database& on, refusals& refused, unsigned seed) : press_walk(on, seed), refused_(refused) {}

  task<void> steps(unsigned count) {
    s_.emplace(db_.session());
    for (unsigned i = 0; i != count && !::testing::Test::HasFailure(); ++i) {
      co_await step(0);
      switch (below(12)) {
        case 0: co_await commit(); break;
        case 1: co_await roll_back(); break;
        case 2:
        case 3:
        case 4: co_await fail(); break;
        case 5: co_await settle(); break;
        default: break;
      }
    }
    if (!::testing::Test::HasFailure()) co_await commit();
    refs_ = {};
    committed_.known = {};
    s_.reset();
  }

  const std::string& story() const { return log_; }

private:
  // ---- what fails

  /// Does what no flush can write; what it gives takes it back again.
  task<std::function<void()>> do_harm() {
    const std::string name = pick_book(), author = pick_writer();
    switch (below(7)) {
      case 0: {
        say("harm: refused flush");
        refused_.flush = true;
        co_return [this] { refused_.flush = false; };
      }
      case 1:
      case 2: {
        say("harm: refused topic");
        const auto refused = s_->add(PressTopic{.name = one_in(2) ? "refused" : "refused late"});
        co_return [this, refused] { s_->expunge(refused); };
      }
      case 3: {
        if (name.empty()) break;
        say("harm: price of " + name);
        const auto debt = co_await book(name);
        debt->price = -1;
        co_return [this, debt, name] { debt->price = now_.books[name].price; };
      }
      case 4: {
        if (author.empty()) break;
        say("harm: taken name for a book of " + author);
        const auto of = co_await writer(author);
        const auto taken = s_->add(PressWriter{.name = author, .mentor = of});
        co_return [this, taken] { s_->remove(taken); };
      }
      case 5: {
        if (name.empty() || author.empty()) break;
        say("harm: taken name for a book of " + author);
        const auto of = co_await writer(author);
        of->books.add(PressBook{.name = name, .price = 12345});
        co_return [of] {
          for (PressBook& each : of->books) {
            if (each.price == 12345) return of->books.remove(each);
          }
        };
      }
      default: break;
    }
    say("harm: desk of nobody");
    const auto desk = s_->add(PressDesk{.name = "nobody's", .writer_id = 999'999});
    co_return [this, desk] { s_->expunge(desk); };
  }
  /// True: it has failed.
  task<bool> fails_to_flush() {
    say("failing flush");
    try {
      co_await s_->flush();
      ADD_FAILURE() << "this flush should fail: " << log_;
      co_return false;
    } catch (const error& failure) {
      say(std::string("(") + typeid(failure).name() + ")");
      co_return true;
    }
  }
  task<void> fail() {
    const auto mend = co_await do_harm();
    clean_ = false;
    if (!co_await fails_to_flush()) co_return;
    mend();
    failed_ = true;
    changed_.clear();
    check_values();
  }
  // ---- what a program does

  task<void> step(int depth) {
    switch (below(20)) {
      case 0: return add_writer();
      case 1:
      case 2: return add_book();
      case 3: return add_to_books();
      case 4: return move_book();
      case 5: return move_pupil();
      case 6: return choose_favourite();
      case 7: return take_book_out();
      case 8: return price_book();
      case 9: return hand_code_over();
      case 10: return remove_writer();
      case 11: return remove_book();
      case 12: return change_desk();
      case 13: return change_cover();
      case 14: return move_cover();
      case 15:
      case 16: return change_topics();
      case 17: return remove_topic();
      case 18: return read_again();
      default: return nest(depth);
    }
  }

  task<void> add_writer() {
    const std::string name = fresh("writer"), mentor = one_in(2) ? pick_writer() : std::string();
    PressWriter made{.name = name};
    shelf::writer wanted;
    std::string how;
    if (!mentor.empty()) {
      const auto of = co_await writer(mentor);
      wanted.mentor = mentor;
      if (of->id != 0 && one_in(2)) {
        made.mentor_id = of->id;
        how = " by value";
      } else {
        made.mentor = of;
      }
    }
    if (one_in(3)) made.desk = PressDesk{.name = wanted.desk = fresh("desk")};
    say("add " + name + " of mentor " + mentor + how + (wanted.desk.empty() ? "" : " with " + wanted.desk));
    for (std::size_t i = below(3); i != 0; --i) {
      const std::string title = fresh("book");
      made.books.add(PressBook{.name = title, .price = 1});
      now_.books[title] = {.writer = name, .code = {}, .price = 1, .topics = {}};
      say("with " + title);
      held_.insert(title);
      may_change(title + ".writer");
    }
    may_change(name + ".mentor");
    refs_.writers[name] = s_->add(std::move(made));
    now_.writers[name] = wanted;
    clean_ = false;
  }
  task<void> add_book() {
    const std::string name = fresh("book"), author = pick_writer();
    PressBook made{.name = name, .price = static_cast<int>(below(100))};
    shelf::book wanted{.writer = author, .code = {}, .price = made.price, .topics = {}};
    std::string how;
    if (!author.empty()) {
      const auto of = co_await writer(author);
      if (of->id != 0 && one_in(2)) {
        made.writer_id = of->id;
        how = " by value";
      } else {
        made.writer = of;
      }
    }
    if (one_in(2)) made.code = wanted.code = fresh("code");
    say("add " + name + " of " + author + how);
    if (one_in(3)) {
      const std::string cover = fresh("cover");
      say("with " + cover);
      made.cover = PressCover{.name = cover};
      now_.covers[cover] = name;
      may_change(cover + ".book");
      held_.insert(cover);
    }
    if (one_in(3)) {
      const std::string topic = fresh("topic");
      say("with " + topic);
      made.topics.add(PressTopic{.name = topic});
      now_.topics.insert(topic);
      wanted.topics.insert(topic);
    }
    may_change(name + ".writer");
    may_change(name + ".cover");
    refs_.books[name] = s_->add(std::move(made));
    now_.books[name] = wanted;
    clean_ = false;
  }
  task<void> add_to_books() {
    const std::string author = pick_writer(), name = fresh("book");
    if (author.empty()) co_return;
    const auto of = co_await writer(author);
    if (clean_ && one_in(2)) co_await s_->load(of, &PressWriter::books);
    say("add " + name + " to the books of " + author);
    of->books.add(PressBook{.name = name, .price = 2});
    now_.books[name] = {.writer = author, .code = {}, .price = 2, .topics = {}};
    held_.insert(name);
    may_change(name + ".writer");
    clean_ = false;
  }
  task<void> move_book() {
    const std::string name = pick_book(), author = one_in(4) ? std::string() : pick_writer();
    if (name.empty() || taken_out_.contains("out " + name) || !may_change(name + ".writer")) co_return;
    const auto moved = co_await book(name);
    const auto to = author.empty() ? ref<PressWriter>() : co_await writer(author);
    if (by_value(to ? to->id : -1, name, moved->writer)) {
      say(name + ".writer_id = " + author);
      moved->writer_id = to ? std::optional(to->id) : std::nullopt;
      taken_out_.insert(name);
    } else {
      if (taken_out_.contains(name)) co_return;
      say(name + ".writer = " + author);
      moved->writer = to;
    }
    now_.books[name].writer = author;
    clean_ = false;
  }
  task<void> move_pupil() {
    const std::string name = pick_writer(), mentor = one_in(4) ? std::string() : pick_writer();
    if (name.empty() || !may_change(name + ".mentor")) co_return;
    const auto moved = co_await writer(name);
    const auto to = mentor.empty() ? ref<PressWriter>() : co_await writer(mentor);
    if (by_value(to ? to->id : -1, name, moved->mentor)) {
      say(name + ".mentor_id = " + mentor);
      moved->mentor_id = to ? std::optional(to->id) : std::nullopt;
      taken_out_.insert(name);
    } else {
      if (taken_out_.contains(name)) co_return;
      say(name + ".mentor = " + mentor);
      moved->mentor = to;
    }
    now_.writers[name].mentor = mentor;
    clean_ = false;
  }
  task<void> choose_favourite() {
    const std::string name = pick_writer(), title = one_in(4) ? std::string() : pick_book();
    if (name.empty()) co_return;
    const auto chooses = co_await writer(name);
    const auto chosen = title.empty() ? ref<PressBook>() : co_await book(title);
    if (chosen && chosen->id == 0) co_return;
    say(name + ".favourite_id = " + title);
    chooses->favourite_id = chosen ? std::optional(chosen->id) : std::nullopt;
    now_.writers[name].favourite = title;
    clean_ = false;
  }
  task<void> take_book_out() {
    co_await settle();
    const std::string author = any(now_.writers);
    if (author.empty()) co_return;
    const auto of = co_await writer(author);
    co_await s_->load(of, &PressWriter::books);
    EXPECT_EQ(static_cast<int>(of->books.size()), now_.books_of(author)) << author << ": " << log_;
    if (of->books.empty()) co_return;
    const PressBook& leaving = of->books[below(of->books.size())];
    say("take " + leaving.name + " out of the books of " + author);
    now_.books[leaving.name].writer.clear();
    taken_out_.insert(leaving.name);
    taken_out_.insert("out " + leaving.name);
    of->books.remove(leaving);
    clean_ = false;
  }
  task<void> price_book() {
    const std::string name = pick_book();
    if (name.empty()) co_return;
    const auto priced = co_await book(name);
    priced->price = now_.books[name].price = static_cast<int>(below(1000));
    say(name + " for " + std::to_string(priced->price));
    clean_ = false;
  }
  /// Only to what is updated: inserts come first.
  task<void> hand_code_over() {
    const std::string from = pick_book(), to = pick_book();
    if (from == to || !committed_.values.books.contains(to)) co_return;
    const auto gives = co_await book(from), takes = co_await book(to);
    say("code of " + from + " for " + to);
    now_.books[to].code = std::exchange(now_.books[from].code, {});
    takes->code = std::exchange(gives->code, std::nullopt);
    clean_ = false;
  }
  task<void> remove_writer() {
    co_await settle();
    const std::string name = any(now_.writers);
    if (name.empty() || one_in(2)) co_return;
    const auto removed = co_await writer(name);
    say("remove " + name);
    s_->remove(removed);
    now_.remove_writer(name);
    clean_ = false;
  }
  task<void> remove_book() {
    co_await settle();
    const std::string name = any(now_.books);
    if (name.empty() || one_in(2)) co_return;
    const auto removed = co_await book(name);
    say("remove " + name);
    s_->remove(removed);
    now_.remove_book(name);
    clean_ = false;
  }
  task<void> change_desk() {
    const std::string owner = pick_writer(), name = fresh("desk");
    if (owner.empty()) co_return;
    const auto of = co_await writer(owner);
    if (!of->desk.loaded()) {
      co_await settle();
      co_await s_->load(of, &PressWriter::desk);
    }
    std::string& wanted = now_.writers[owner].desk;
    check_reference(of->desk, wanted, owner + "'s desk");
    const bool is_new = !taken_out_.insert(owner + ".desk").second;
    if (!wanted.empty() && !is_new && one_in(3)) {
      say("no desk for " + owner);
      of->desk.remove();
      wanted.clear();
    } else {
      say(name + " for " + owner);
      of->desk = PressDesk{.name = name};
      wanted = name;
    }
    clean_ = false;
  }
  /// Whether a book that is known was given it.
  bool is_given(const ref<PressCover>& cover) const {
    return std::any_of(refs_.books.begin(), refs_.books.end(), [&](const auto& each) {
      return each.second->cover.loaded() && each.second->cover.get() == cover.get();
    });
  }
  /// What no flush has inserted was only in the relation.
  void let_go(const std::string& cover) {
    if (cover.empty()) return;
    if (inserted_covers_.contains(cover)) {
      now_.covers[cover].clear();
    } else {
      now_.covers.erase(cover);
    }
  }
  task<void> change_cover() {
    const std::string title = pick_book(), known = pick_cover(), made = fresh("cover");
    if (title.empty()) co_return;
    const auto of = co_await book(title);
    if (!of->cover.loaded()) {
      co_await settle();
      co_await s_->load(of, &PressBook::cover);
      check_reference(of->cover, now_.cover_of(title), title + "'s cover");
    }
    const std::string old = now_.cover_of(title);
    if (!may_change(title + ".cover") || (!old.empty() && !may_change(old + ".book"))) co_return;
    const bool is_new = !taken_out_.insert(title + ".cover").second;
    // What was given to the book and never flushed there, or was taken out of it.
    if (is_new && (old.empty() || inserted_covers_.contains(old))) co_return;
    if (!old.empty() && !is_new && one_in(3)) {
      say("no cover for " + title);
      of->cover.remove();
      let_go(old);
    } else if (!known.empty() && known != old && one_in(2)) {
      const auto given = co_await cover(known);
      if ((failed_ && is_given(given)) || !may_change(known + ".book")) co_return;
      if (const std::string& from = now_.covers[known]; !from.empty() && !may_change(from + ".cover")) co_return;
      say(known + " for " + title);
      of->cover = given;
      let_go(old);
      now_.covers[known] = title;
    } else {
      say(made + " for " + title);
      of->cover = PressCover{.name = made};
      let_go(old);
      now_.covers[made] = title;
      may_change(made + ".book");
    }
    clean_ = false;
  }
  task<void> move_cover() {
    const std::string name = pick_cover(), title = one_in(3) ? std::string() : pick_book();
    if (name.empty()) {
      const std::string made = fresh("cover");
      say("add " + made);
      refs_.covers[made] = s_->add(PressCover{.name = made});
      now_.covers[made];
      inserted_covers_.insert(made);  // not by a relation
      clean_ = false;
      co_return;
    }
    const auto moved = co_await cover(name);
    const auto to = title.empty() ? ref<PressBook>() : co_await book(title);
    if (to && (to->id == 0 || !now_.cover_of(title).empty())) co_return;
    // Inserts come before updates that give a unique key up.
    if (to && !committed_.values.covers.contains(name) && !committed_.values.cover_of(title).empty()) co_return;
    if (failed_ && (is_given(moved) || !committed_.values.covers.contains(name))) co_return;
    if (!may_change(name + ".book") || (to && !may_change(title + ".cover"))) co_return;
    if (const std::string& from = now_.covers[name]; !from.empty() && !may_change(from + ".cover")) co_return;
    say(name + ".book_id = " + title);
    for (const auto& [other, each] : refs_.books) {  // which says nothing of it by itself
      const bool had_it = each->cover.loaded() && each->cover.get() != nullptr && each->cover->name == name;
      if (had_it || other == title) each->cover.reset();
    }
    moved->book_id = to ? std::optional(to->id) : std::nullopt;
    now_.covers[name] = title;
    clean_ = false;
  }
  task<void> change_topics() {
    const std::string title = pick_book(), name = pick_topic();
    if (title.empty()) co_return;
    const auto of = co_await book(title);
    if (clean_ && one_in(2)) co_await s_->load(of, &PressBook::topics);
    std::set<std::string>& wanted = now_.books[title].topics;
    if (wanted.contains(name)) {
      if (!of->topics.loaded()) co_return;
      say("no " + name + " for " + title);
      if (of->topics.remove_if([&](const PressTopic& each) { return each.name == name; }) == 0) co_return;
      wanted.erase(name);
    } else if (!name.empty() && one_in(2)) {
      if (!may_change(title + " " + name)) co_return;
      say(name + " for " + title);
      of->topics.add(co_await topic(name));
      wanted.insert(name);
    } else {
      const std::string made = fresh("topic");
      say(made + " for " + title);
      of->topics.add(PressTopic{.name = made});
      now_.topics.insert(made);
      wanted.insert(made);
    }
    clean_ = false;
  }
  task<void> remove_topic() {
    co_await settle();
    const std::string name = any(now_.topics);
    if (name.empty() || one_in(2)) co_return;
    const auto removed = co_await topic(name);
    say("remove " + name);
    s_->remove(removed);
    now_.topics.erase(name);
    for (auto& [title, values] : now_.books) values.topics.erase(name);
    clean_ = false;
    co_await settle();
  }
  task<void> read_again() {
    co_await settle();
    const std::string author = any(now_.writers), title = any(now_.books);
    switch (below(4)) {
      case 0:
        say("expire all");
        s_->expire_all();
        if (one_in(2)) refs_ = {};
        break;
      case 1:
        if (author.empty()) break;
        say("refresh " + author);
        co_await s_->refresh(co_await writer(author));
        break;
      case 2:
        if (title.empty()) break;
        say("expire " + title);
        s_->expire(co_await book(title));
        if (one_in(2)) refs_.books.erase(title);
        break;
      default:
        if (title.empty()) break;
        say("refresh " + title);
        co_await s_->refresh(co_await book(title));
    }
    check_objects();
  }
  task<void> nest(int depth) {
    if (depth >= 2) co_return;
    co_await settle();
    const saved before{now_, refs_};
    enum class end { kept, given_up, failed, failed_at_the_end };
    const auto wanted = static_cast<end>(below(4));
    say("nested {");
    bool undone = false;
    try {
      co_await s_->nested([this, depth, wanted]() -> task<void> {
        for (std::size_t i = below(5) + 1; i != 0; --i) co_await step(depth + 1);
        if (wanted == end::given_up && one_in(2)) co_await settle();
        if (wanted == end::given_up) throw given_up();
        if (wanted == end::kept) co_return;
        static_cast<void>(co_await do_harm());
        if (wanted == end::failed_at_the_end) co_return;
        static_cast<void>(co_await fails_to_flush());
        if (one_in(2)) throw given_up();
      });
    } catch (const given_up&) {
      undone = true;
    } catch (const error&) {
      if (wanted == end::kept) throw;
      undone = true;
    }
    EXPECT_EQ(undone, wanted != end::kept) << log_;
    say(undone ? "} undone" : "}");
    if (undone) {
      refused_.flush = false;
      take_back(before);
    } else {
      flushed();
      check_objects();
    }
  }

  refusals& refused_;
};

class random_failed_flushes : public conformance_test {
protected:
  random_failed_flushes() {
    create<PressWriter, PressBook, PressCover, PressDesk, PressTopic, PressBookTopic>();
    db.events()
        .on<PressTopic>(event::creating,
                        [](PressTopic& topic) {
                          if (topic.name == "refused") throw vetoed("no");
                        })
        .on<PressTopic>(event::created,
                        [](PressTopic& topic) {
                          if (topic.name == "refused late") throw vetoed("no");
                        })
        .on(session_event::before_flush, [this](session&) {
          if (refused.flush) throw vetoed("no");
        });
  }
  refusals refused;
};
TUPELO_CONFORMANCE_SUITE(random_failed_flushes);

TEST_P(random_failed_flushes, keep_what_the_program_asks_for) {
  const unsigned first = number_in("TUPELO_RANDOM_SEED", 1);
  const unsigned walks = number_in("TUPELO_RANDOM_WALKS", GetParam().run == execution::inline_ ? 40 : 8);
  const unsigned steps = number_in("TUPELO_RANDOM_STEPS", 40);
  for (unsigned seed = first; seed != first + walks && !HasFailure(); ++seed) {
    run([&]() -> task<void> {
      co_await db.erase<PressWriter>().all_rows().run();
      co_await db.erase<PressBook>().all_rows().run();
      co_await db.erase<PressCover>().all_rows().run();
      co_await db.erase<PressTopic>().all_rows().run();
    });
    SCOPED_TRACE("seed " + std::to_string(seed));
    failing_walk walk(db, refused, seed);
    try {
      run([&] { return walk.steps(steps); });
    } catch (const std::exception& e) {
      ADD_FAILURE() << e.what() << ": " << walk.story();
    }
  }
}

}  // namespace
}  // namespace tupelo::conformance
