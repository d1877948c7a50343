// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/patch.hpp"

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace tupelo {

namespace detail {

/// A test that a user has written, of one field or of the whole patch.
struct patch_test {
  virtual ~patch_test() = default;
  virtual void run(const void* patch, const void* values, violations& found) const = 0;
};

/// What of rules does not depend on their model.
class rule_book {
public:
  explicit rule_book(const model_spec& spec) noexcept : spec_(&spec) {}
  void allow(const field_ref& field);
  void require(const field_ref& field);
  void length(const field_ref& field, std::size_t least, std::size_t most);
  void add(std::unique_ptr<patch_test> test);
  /// The test of one field is run when it is given.
  void add(const field_ref& field, std::unique_ptr<patch_test> test);
  void apply(const void* patch, const patch_core& core, const void* values, violations& found) const;
  std::string name_of(const field_ref& field) const;

private:
  struct field_rule {
    std::size_t position;
    bool allowed = false;
    bool required = false;
    bool measured = false;
    std::size_t least = 0, most = 0;
    std::vector<std::unique_ptr<patch_test>> tests{};
  };
  field_rule& rule_of(const field_ref& field);

  const model_spec* spec_;
  std::vector<field_rule> fields_;
  std::vector<std::unique_ptr<patch_test>> tests_;
  bool only_allowed_ = false;
};

}  // namespace detail

/// What a patch of a model may hold: made once, then used for each document. Build one for what may be created and one
/// for what may be changed.
///
/// Threads: any number may read at once.
template <class T>
class rules {
public:
  rules() : book_(detail::meta<T>::spec) {}

  /// These fields may be given, and no others that are not named here: a document cannot set what its sender has no
  /// business with.
  template <class... Fields>
  rules& allow(Fields... fields) {
    (book_.allow(fields), ...);
    return *this;
  }
  /// These fields must be given; they may, too.
  template <class... Fields>
  rules& require(Fields... fields) {
    (book_.require(fields), ...);
    return *this;
  }
  /// Of text, in characters (code points).
  rules& length(field_ref field, std::size_t least, std::size_t most) {
    book_.length(field, least, most);
    return *this;
  }
  /// What `test` answers for the value must be true, or the field `message`: `check(&User::age, [](int age) { return
  /// age
  /// >= 18; }, "must be 18 or more")`. An empty optional passes, unless the test takes the optional itself.
  template <class F, class Test>
  rules& check(F T::* field, Test test, std::string message) {
    book_.add(field,
              std::make_unique<field_test<F, Test>>(field, book_.name_of(field), std::move(test), std::move(message)));
    return *this;
  }
  /// A test of the whole, run once every field by itself is right and what is required is given: `check([](const
  /// tp::patch<User>& user, tp::violations& found) { … })`.
  template <class Test>
    requires std::invocable<const Test&, const patch<T>&, violations&>
  rules& check(Test test) {
    book_.add(std::make_unique<whole_test<Test>>(std::move(test)));
    return *this;
  }

  /// The patch that the document holds. Errors: validation_error with everything that is wrong.
  patch<T> read(const json& document, json_reading how = {}) const {
    patch<T> read;
    violations found;
    read.read(document, how, found);
    book_.apply(&read, read.core(), &read.values(), found);
    detail::require_valid(detail::meta<T>::spec, std::move(found));
    return read;
  }
  /// Errors: validation_error.
  void validate(const patch<T>& given) const {
    violations found;
    book_.apply(&given, given.core(), &given.values(), found);
    detail::require_valid(detail::meta<T>::spec, std::move(found));
  }

private:
  template <class F, class Test>
  struct field_test final : detail::patch_test {
    field_test(F T::* of, std::string named, Test with, std::string says)
        : field(of), name(std::move(named)), test(std::move(with)), message(std::move(says)) {}
    void run(const void*, const void* values, violations& found) const override {
      const F& value = static_cast<const T*>(values)->*field;
      if (!passes(value)) found.push_back({name, message, errc::validation_failed});
    }
    bool passes(const F& value) const {
      if constexpr (std::predicate<const Test&, const F&> || !optional_like<F>) {
        return test(value);
      } else {
        return !value.has_value() || test(*value);
      }
    }
    F T::* field;
    std::string name;
    Test test;
    std::string message;
  };
  template <class Test>
  struct whole_test final : detail::patch_test {
    explicit whole_test(Test with) : test(std::move(with)) {}
    void run(const void* given, const void*, violations& found) const override {
      test(*static_cast<const patch<T>*>(given), found);
    }
    Test test;
  };

  detail::rule_book book_;
};

}  // namespace tupelo
