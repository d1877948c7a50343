// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/fake.hpp>
#include <tupelo/session/session.hpp>
#include <tupelo/engine/database.hpp>
#include <tupelo/core/task.hpp>

#include <algorithm>
#include <concepts>
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
/// A variation (`with`, `has`, `of`, `belongs_to`, `attached`) is a factory of its own that draws from the same values,
/// so that what is unique in one is unique among all. The same recipes and calls make the same objects; `seed` gives
/// others. Owns: copies of what it is given. Threads: a factory and its variations belong to one thread at a time.
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
  /// Each that is created, and whose column nothing has set, gets a parent that is made for it: what a required foreign
  /// key needs. So many share one.
  template <class Parent, class Column>
  factory belongs_to(factory<Parent> parents, Column T::* column, how_many sharing = 1) const {
    factory other(*this);
    other.before_.push_back(
        [parents = std::move(parents), column, sharing](place where, fake& f, std::vector<T>& objects) -> task<void> {
          return give_parents(parents, column, sharing, where, f, objects);
        });
    return other;
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

  /// Each that is created is connected with so many that are made for it, by a tp::many_to_many relation.
  template <class Related, class Relation>
    requires std::same_as<typename Relation::related_model, Related>
  factory attached(factory<Related> related, how_many count, Relation T::* relation) const {
    factory other(*this);
    other.after_.push_back([related = std::move(related), count,
                            relation](place where, fake& f, const std::vector<T>& objects) -> task<void> {
      return attach_new(related, count, relation, where, f, objects);
    });
    return other;
  }
  /// The same with some of these, which are in the database: no one twice, and at most all of them.
  template <class Related, class Relation>
    requires std::same_as<typename Relation::related_model, Related>
  factory attached(std::vector<Related> some, how_many count, Relation T::* relation) const {
    factory other(*this);
    other.after_.push_back(
        [some = std::move(some), count, relation](place where, fake& f, const std::vector<T>& objects) -> task<void> {
          return attach_some(some, count, relation, where, f, objects);
        });
    return other;
  }

  /// Not in the database, and without what belongs to it.
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
  std::vector<std::function<task<void>(place, fake&, std::vector<T>&)>> before_;
  std::vector<std::function<task<void>(place, fake&, const std::vector<T>&)>> after_;

  static std::size_t drawn(fake& values, how_many count) {
    return static_cast<std::size_t>(
        values.integer(static_cast<std::int64_t>(count.least), static_cast<std::int64_t>(count.most)));
  }
  static task<void> insert(place where, std::vector<T>& objects) {
    return std::visit([&](auto* to) { return to->insert(objects); }, where);
  }
  /// With what belongs to them.
  static task<void> insert_whole(const factory& self, place where, std::vector<T>& objects) {
    for (const auto& step : self.before_) co_await step(where, *self.values_, objects);
    co_await insert(where, objects);
    for (const auto& step : self.after_) co_await step(where, *self.values_, objects);
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
      co_await insert_whole(self, where, some);
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
    co_await insert_whole(self, where, children);
  }
  template <class Parent, class Column>
  static task<void> give_parents(factory<Parent> parents, Column T::* column, how_many sharing, place where,
                                 fake& values, std::vector<T>& objects) {
    std::vector<std::vector<T*>> families;
    std::size_t places = 0;
    for (T& object : objects) {
      if (object.*column != Column{}) continue;
      if (places == 0) {
        families.emplace_back();
        places = std::max<std::size_t>(drawn(values, sharing), 1);
      }
      families.back().push_back(&object);
      --places;
    }
    if (families.empty()) co_return;
    const std::vector<Parent> made =
        co_await factory<Parent>::create_all(std::move(parents), where, families.size(), {}, true);
    for (std::size_t i = 0; i < families.size(); ++i) {
      for (T* child : families[i]) child->*column = made[i].id;
    }
  }
  template <class Related, class Relation>
  static task<void> attach(place where, const T& object, Relation T::* relation, const std::vector<Related>& related) {
    if (related.empty()) co_return;
    if (auto* const* db = std::get_if<database*>(&where)) co_await (*db)->attach(object, relation, related);
    if (auto* const* of = std::get_if<session*>(&where)) co_await (*of)->attach(object, relation, related);
    if (auto* const* on = std::get_if<lease*>(&where)) co_await (*on)->attach(object, relation, related);
  }
  template <class Related, class Relation>
  static task<void> attach_new(factory<Related> related, how_many count, Relation T::* relation, place where,
                               fake& values, const std::vector<T>& objects) {
    for (const T& object : objects) {
      const std::size_t wanted = drawn(values, count);
      const std::vector<Related> made = co_await factory<Related>::create_all(related, where, wanted, {}, true);
      co_await attach(where, object, relation, made);
    }
  }
  template <class Related, class Relation>
  static task<void> attach_some(std::vector<Related> some, how_many count, Relation T::* relation, place where,
                                fake& values, const std::vector<T>& objects) {
    for (const T& object : objects) {
      const std::size_t wanted = std::min(drawn(values, count), some.size());
      for (std::size_t i = 0; i < wanted; ++i) {  // the first so many of a shuffle
        std::swap(some[i], some[i + drawn(values, {0, some.size() - i - 1})]);
      }
      co_await attach(where, object, relation,
                      std::vector<Related>(some.begin(), some.begin() + std::ptrdiff_t(wanted)));
    }
  }
};

}  // namespace tupelo
