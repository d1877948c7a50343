// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/tupelo.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tp = tupelo;

namespace demo {

/// A step of the story did not do what the text says.
class broken_promise : public std::exception {
public:
  explicit broken_promise(std::string what) : what_(std::move(what)) {}
  const char* what() const noexcept override { return what_.c_str(); }

private:
  std::string what_;
};

// ---- cells of a table

struct cell {
  std::string text;
  bool number = false;  ///< stands on the right
};
cell cell_of(std::int64_t value);
cell cell_of(int value);
cell cell_of(double value);
cell cell_of(std::string_view text);
cell cell_of(const std::string& text);
cell cell_of(const char* text);
cell cell_of(tp::timestamp time);
template <class T>
cell cell_of(const std::optional<T>& value) {
  return value ? cell_of(*value) : cell{"NULL"};
}
template <class T>
  requires std::is_enum_v<T>
cell cell_of(T value) {
  return cell_of(tp::enum_name(value));
}

/// Where the story is told: chapters, code, SQL and tables, in colour on a terminal; it also sees every statement.
///
/// Threads: one.
class stage final : public tp::statement_observer {
public:
  explicit stage(bool colour) : colour_(colour) {}

  // ---- telling

  void chapter(std::string_view title);
  void say(std::string_view text);
  /// C++ as it is in a file; `lead` stands before each line.
  void listing(std::string_view code);
  /// A query as the preprocessor stringifies it, laid out again.
  void query(std::string_view title, std::string_view code);
  /// Lines that were added and taken away between two texts.
  void changes(std::string_view before, std::string_view after);
  /// The statements since the last call, at most `limit` of them.
  void sql(std::size_t limit = 3);
  void table(const std::vector<std::string>& header, const std::vector<std::vector<cell>>& rows);
  /// Stops the story unless it holds. Errors: broken_promise.
  void promise(bool holds, std::string_view what);

  // ---- watching

  void statement_finished(const tp::statement_event& event) noexcept override;
  /// Forgets what it has seen and starts its clock.
  void listen();
  std::int64_t elapsed_us() const;
  const std::vector<std::string>& heard() const noexcept { return statements_; }

private:
  std::string paint(const char* code, std::string_view text) const;

  bool colour_;
  int chapters_ = 0;
  bool promised_ = false;  ///< the last line was a promise: what is said next stands apart
  std::vector<std::string> statements_;
  std::int64_t in_database_us_ = 0;
  std::int64_t started_us_ = 0;
};

/// "1,234", "0.42 ms".
std::string grouped(std::int64_t value);
std::string milliseconds(std::int64_t us);

}  // namespace demo

/// Shows a query and runs exactly that text; the result is `name`.
#define DEMO_QUERY(stage, name, title, ...) \
  (stage).query(title, #__VA_ARGS__);       \
  (stage).listen();                         \
  auto name = co_await (__VA_ARGS__);       \
  (stage).sql()
