// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/fake.hpp>
#include <tupelo/session/session.hpp>
#include <tupelo/engine/database.hpp>
#include <tupelo/core/task.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

namespace tupelo {

/// How many: a number, or from one to another.
struct how_many {
  std::size_t least, most;

  how_many(std::size_t exactly) : least(exactly), most(exactly) {}  // NOLINT(*-explicit-*)
  how_many(std::size_t from, std::size_t to) : least(from), most(to) {}
};

/// Told how many rows of how many are there: what shows progress.
using told_progress = std::function<void(std::size_t done, std::size_t all)>;

/// Makes objects of one model for tests and seeds: a recipe says what is in their fields.
///
///     tp::factory<User> users([](tp::fake& f, User& u) {
///       u.name = f.name();
///       u.email = f.email();
///     });
///     auto ada = co_await users.with([](User& u) { u.role = Role::admin; }).create(db);
///     auto many = co_await users.has(posts, {0, 5}, &Post::author_id).create(db, 1'000);
///
/// A variation (`with`, `has`, `of`) is a factory of its own that draws from the same values, so that what is unique in
/// one is unique among all. The same recipes and calls make the same objects; `seed` gives others.
/// Owns: copies of what it is given. Threads: a factory and its variations belong to one thread at a time.
template <class T>
class factory {
public:
  using recipe = std::function<void(fake&, T&)>;

  explicit factory(recipe made_by, std::uint64_t seed = 1) : values_(std::make_shared<fake>(seed)) {
    steps_.push_back(std::move(made_by));
  }

  /// The same, and then this is done to each: `[](T&)` or `[](tp::fake&, T&)`.
  template <class Change>
  factory with(Change change) const {
    factory other(*this);
    if constexpr (std::is_invocable_v<Change&, fake&, T&>) {
      other.steps_.push_back(std::move(change));
    } else {
      other.steps_.push_back([change = std::move(change)](fake&, T& object) mutable { change(object); });
    }
    return other;
  }
  /// Each belongs to one of these, which are in the database: the column of T is set to its key.
  /// Errors: value_error when something is made and there are none.
  template <class Parent, class Column>
  factory of(const std::vector<Parent>& parents, Column T::* column) const {
    std::vector<decltype(Parent::id)> keys;
    keys.reserve(parents.size());
    for (const Parent& parent : parents) keys.push_back(parent.id);
    return with([keys = std::move(keys), column](fake& f, T& object) { object.*column = f.pick(keys); });
  }
  template <class Parent, class Column>
    requires requires(const Parent& parent) { parent.id; }
  factory of(const Parent& parent, Column T::* column) const {
    return with([key = parent.id, column](T& object) { object.*column = key; });
  }
  /// Each that is created gets so many children; their column is set to its key.
  template <class Child, class Column>
  factory has(factory<Child> children, how_many count, Column Child::* column) const {
    factory other(*this);
    other.after_.push_back([children = std::move(children), count,
                            column](place where, fake& f, const std::vector<T>& parents) -> task<void> {
      // Copies: this function object may be gone before the task has run.
      return children.create_for(where, f, parents, count, column);
    });
    return other;
  }

  /// Not in the database.
  T make() const {
    T object{};
    for (const recipe& step : steps_) step(*values_, object);
    return object;
  }
  std::vector<T> make(how_many count) const {
    std::vector<T> objects;
    const std::size_t wanted = drawn(*values_, count);
    objects.reserve(wanted);
    while (objects.size() < wanted) objects.push_back(make());
    return objects;
  }

  /// Made and inserted, with its key. `where`: a database, a session (whose transaction it is then part of) or a lease.
  /// Errors: what inserting throws. Owns: the task has its own copy of the factory; `where` must outlive it.
  template <class Where>
  task<T> create(Where& where) const {
    return create_one(*this, place(&where));
  }
  /// The same for many, a thousand in a transaction, so that memory and locks stay small whatever the number.
  template <class Where>
  task<std::vector<T>> create(Where& where, how_many count, told_progress told = {}) const {
    return create_all(*this, place(&where), count, std::move(told), true);
  }
  /// The same, but the objects are not kept. Returns how many.
  template <class Where>
  task<std::size_t> fill(Where& where, how_many count, told_progress told = {}) const {
    return fill_all(*this, place(&where), count, std::move(told));
  }

private:
  template <class>
  friend class factory;
  using place = std::variant<database*, session*, lease*>;
  static constexpr std::size_t at_once = 1'000;

  std::shared_ptr<fake> values_;
  std::vector<recipe> steps_;
  std::vector<std::function<task<void>(place, fake&, const std::vector<T>&)>> after_;

  static std::size_t drawn(fake& values, how_many count) {
    return static_cast<std::size_t>(
        values.integer(static_cast<std::int64_t>(count.least), static_cast<std::int64_t>(count.most)));
  }
  static task<void> insert(place where, std::vector<T>& objects) {
    return std::visit([&](auto* to) { return to->insert(objects); }, where);
  }
  static task<T> create_one(factory self, place where) {
    std::vector<T> one = co_await create_all(std::move(self), where, 1, {}, true);
    co_return std::move(one.front());
  }
  static task<std::size_t> fill_all(factory self, place where, how_many count, told_progress told) {
    const std::size_t wanted = drawn(*self.values_, count);
    co_await create_all(std::move(self), where, wanted, std::move(told), false);
    co_return wanted;
  }
  static task<std::vector<T>> create_all(factory self, place where, how_many count, told_progress told, bool kept) {
    const std::size_t wanted = drawn(*self.values_, count);
    std::vector<T> all;
    for (std::size_t done = 0; done < wanted;) {
      std::vector<T> some = self.make(std::min(at_once, wanted - done));
      co_await insert(where, some);
      for (auto& step : self.after_) co_await step(where, *self.values_, some);
      done += some.size();
      if (told) told(done, wanted);
      if (kept) all.insert(all.end(), std::move_iterator(some.begin()), std::move_iterator(some.end()));
    }
    co_return all;
  }
  /// Of each parent so many, all inserted together.
  template <class Parent, class Column>
  task<void> create_for(place where, fake& values, const std::vector<Parent>& parents, how_many count,
                        Column T::* column) const {
    std::vector<T> children;
    for (const Parent& parent : parents) {
      for (std::size_t left = drawn(values, count); left > 0; --left) {
        children.push_back(make());
        children.back().*column = parent.id;
      }
    }
    return insert_children(*this, where, std::move(children));
  }
  static task<void> insert_children(factory self, place where, std::vector<T> children) {
    if (children.empty()) co_return;
    co_await insert(where, children);
    for (auto& step : self.after_) co_await step(where, *self.values_, children);
  }
};

}  // namespace tupelo
