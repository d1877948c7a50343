// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "press.hpp"
#include "random_walk.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace tupelo::conformance {

/// A session, what is to be stored by it in the end, and that it is.
class press_walk : protected random_walk {
protected:
  press_walk(database& on, unsigned seed) : random_walk(seed), db_(on) {}

  struct references {
    std::map<std::string, ref<PressWriter>> writers;
    std::map<std::string, ref<PressBook>> books;
    std::map<std::string, ref<PressCover>> covers;
    std::map<std::string, ref<PressTopic>> topics;
  };
  struct saved {
    shelf values;
    references known;
  };

  // ---- objects

  template <class T>
  task<ref<T>> named(std::map<std::string, ref<T>>& known, std::string name) {
    if (const auto it = known.find(name); it != known.end()) {
      const detail::tracked_object& object = *it->second.tracked();
      if (object.expired && object.state == detail::object_state::persistent) co_await s_->get<T>(it->second->id);
      co_return it->second;
    }
    co_await settle();
    const T row = co_await s_->query<T>().where(col<&T::name> == name).one();
    const ref<T> found = co_await s_->get<T>(row.id);
    known[name] = found;
    co_return found;
  }
  task<ref<PressWriter>> writer(std::string name) { return named(refs_.writers, std::move(name)); }
  task<ref<PressBook>> book(std::string name) { return named(refs_.books, std::move(name)); }
  task<ref<PressCover>> cover(std::string name) { return named(refs_.covers, std::move(name)); }
  task<ref<PressTopic>> topic(std::string name) { return named(refs_.topics, std::move(name)); }
  /// What can be had as it is: with changes that wait, only what is known.
  template <class Wanted, class Known>
  std::string pick(const Wanted& wanted, const Known& known) {
    if (clean_) return any(wanted);
    std::set<std::string> names;
    for (const auto& [name, object] : known) {
      if (wanted.contains(name)) names.insert(name);
    }
    return any(names);
  }
  std::string pick_writer() { return pick(now_.writers, refs_.writers); }
  std::string pick_book() { return pick(now_.books, refs_.books); }
  std::string pick_cover() { return pick(now_.covers, refs_.covers); }
  std::string pick_topic() { return pick(now_.topics, refs_.topics); }
  void forget_removed() {
    std::erase_if(refs_.writers, [&](const auto& each) { return !now_.writers.contains(each.first); });
    std::erase_if(refs_.books, [&](const auto& each) { return !now_.books.contains(each.first); });
    std::erase_if(refs_.covers, [&](const auto& each) { return !now_.covers.contains(each.first); });
    std::erase_if(refs_.topics, [&](const auto& each) { return !now_.topics.contains(each.first); });
  }
  /// One change of a foreign key by one side before each flush: of two, documented rules say which counts.
  bool may_change(const std::string& what) { return changed_.insert(what).second; }
  /// Where a reference, or what holds the object, waits to be written, a key by value would not count.
  template <class Reference>
  bool by_value(std::int64_t id, const std::string& name, const Reference& field) {
    return id != 0 && one_in(2) && (!failed_ || (!field.loaded() && !held_.contains(name)));
  }

  // ---- what must hold

  task<void> settle() {
    if (clean_) co_return;
    say("flush");
    co_await s_->flush();
    flushed();
    check_objects();
  }
  void flushed() {
    clean_ = true;
    failed_ = false;
    changed_.clear();
    taken_out_.clear();
    inserted_covers_.clear();
    for (const auto& [cover, book] : now_.covers) inserted_covers_.insert(cover);
    forget_removed();
  }
  template <class Known>
  static std::int64_t id_of(const Known& known, const std::string& name) {
    const auto found = known.find(name);
    return found != known.end() ? found->second->id : -1;
  }
  template <class Known>
  void check_key(const std::optional<std::int64_t>& key, const std::string& wanted, const Known& known,
                 const std::string& what) const {
    EXPECT_EQ(key.has_value(), !wanted.empty()) << what << ": " << log_;
    if (const auto id = id_of(known, wanted); id > 0) EXPECT_EQ(key, id) << what << ": " << log_;
  }
  template <class Reference>
  void check_reference(const Reference& field, const std::string& wanted, const std::string& what) const {
    if (!field.loaded()) return;
    const auto* const there = field.get();
    EXPECT_EQ(there == nullptr ? std::string() : there->name, wanted) << what << ": " << log_;
  }
  void check_values() const {
    for (const auto& [name, object] : refs_.books) {
      if (object.tracked()->expired) continue;  // nobody has said that it is right
      const auto wanted = now_.books.find(name);
      if (wanted == now_.books.end()) continue;
      EXPECT_EQ(object->price, wanted->second.price) << name << ": " << log_;
      EXPECT_EQ(object->code.value_or(""), wanted->second.code) << name << ": " << log_;
    }
  }
  void check_objects() const {
    check_values();
    for (const auto& [name, object] : refs_.writers) {
      if (object.tracked()->expired) continue;
      const shelf::writer& wanted = now_.writers.at(name);
      check_key(object->mentor_id, wanted.mentor, refs_.writers, name + "'s mentor");
      check_key(object->favourite_id, wanted.favourite, refs_.books, name + "'s favourite");
      check_reference(object->mentor, wanted.mentor, name + "'s mentor");
      check_reference(object->desk, wanted.desk, name + "'s desk");
      EXPECT_EQ(object->books_count, now_.books_of(name)) << name << ": " << log_;
    }
    for (const auto& [name, object] : refs_.books) {
      if (object.tracked()->expired) continue;
      const shelf::book& wanted = now_.books.at(name);
      check_key(object->writer_id, wanted.writer, refs_.writers, name + "'s writer");
      check_reference(object->writer, wanted.writer, name + "'s writer");
    }
    for (const auto& [name, object] : refs_.covers) {
      if (object.tracked()->expired) continue;
      check_key(object->book_id, now_.covers.at(name), refs_.books, name + "'s book");
    }
  }
  task<void> check_stored() {
    shelf stored;
    std::map<std::int64_t, std::string> writers, books;
    const auto rows = co_await db_.query<PressWriter>().with(&PressWriter::desk).all();
    const auto book_rows = co_await db_.query<PressBook>().with(&PressBook::topics).all();
    for (const PressWriter& row : rows) writers[row.id] = row.name;
    for (const PressBook& row : book_rows) books[row.id] = row.name;
    for (const PressWriter& row : rows) {
      shelf::writer& w = stored.writers[row.name];
      if (row.mentor_id) w.mentor = writers.at(*row.mentor_id);
      if (row.favourite_id) w.favourite = books.at(*row.favourite_id);
      if (row.desk.get() != nullptr) w.desk = row.desk->name;
      if (const auto known = refs_.writers.find(row.name);
          known != refs_.writers.end() && !known->second.tracked()->expired) {
        EXPECT_EQ(known->second->id, row.id) << log_;
        EXPECT_EQ(known->second->version, row.version) << log_;
      }
    }
    for (const PressBook& row : book_rows) {
      shelf::book& b = stored.books[row.name];
      if (row.writer_id) b.writer = writers.at(*row.writer_id);
      b.code = row.code.value_or("");
      b.price = row.price;
      for (const PressTopic& each : row.topics) b.topics.insert(each.name);
      if (const auto known = refs_.books.find(row.name);
          known != refs_.books.end() && !known->second.tracked()->expired) {
        EXPECT_EQ(known->second->id, row.id) << log_;
        EXPECT_EQ(known->second->version, row.version) << log_;
      }
    }
    for (const PressCover& row : co_await db_.query<PressCover>().all())
      stored.covers[row.name] = row.book_id ? books.at(*row.book_id) : std::string();
    for (const PressTopic& row : co_await db_.query<PressTopic>().all()) stored.topics.insert(row.name);
    EXPECT_EQ(stored.text(), now_.text()) << log_;
    for (const PressWriter& row : rows) EXPECT_EQ(row.books_count, stored.books_of(row.name)) << row.name << log_;
  }

  task<void> commit() {
    co_await settle();
    say("commit");
    co_await s_->commit();
    committed_ = {now_, refs_};
    held_.clear();
    co_await check_stored();
  }
  task<void> roll_back() {
    say("rollback");
    co_await s_->rollback();
    take_back(committed_);
    held_.clear();
    co_await check_stored();
  }
  void take_back(const saved& to) {
    now_ = to.values;
    refs_ = to.known;
    flushed();
    check_objects();
  }

  database& db_;
  std::optional<session> s_;
  shelf now_;
  references refs_;
  saved committed_;
  // Since the last flush that has not failed:
  std::set<std::string> changed_;
  std::set<std::string> taken_out_;  ///< or given a key by value, which a reference to whom they had does not undo
  std::set<std::string> held_;       ///< by the relations that have inserted them, since the last commit
  std::set<std::string> inserted_covers_;
  bool clean_ = true;
  bool failed_ = false;  ///< the last flush, and no other since
};

}  // namespace tupelo::conformance
