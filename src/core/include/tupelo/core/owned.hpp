// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tupelo {

/// The only owner of an object on the heap, whose type may be incomplete where the owner is a member: what
/// std::unique_ptr is, without <memory>, which costs every user's file more compile time than half of Tupelo.
template <class T>
class owned {
public:
  owned() noexcept = default;
  /// Takes what `new` gave.
  explicit owned(T* object) noexcept : object_(object) {}
  owned(owned&& other) noexcept : object_(other.object_) { other.object_ = nullptr; }
  owned& operator=(owned&& other) noexcept {
    T* const taken = other.object_;
    other.object_ = nullptr;
    delete object_;
    object_ = taken;
    return *this;
  }
  ~owned() {
    // NOLINTNEXTLINE(bugprone-sizeof-expression): asks whether T is complete
    static_assert(sizeof(T) > 0, "the type must be complete where its owner is destroyed");
    delete object_;
  }

  explicit operator bool() const noexcept { return object_ != nullptr; }
  T* get() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  T* operator->() const noexcept { return object_; }

private:
  T* object_ = nullptr;
};

}  // namespace tupelo
