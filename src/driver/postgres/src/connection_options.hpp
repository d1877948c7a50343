// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/driver/postgres/postgres_settings.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::driver::postgres {

/// Letters of ASCII only.
std::string lower(std::string_view text);

/// The options of a connection by libpq's names, as they were given or as the environment has them, and their values
/// as what they mean.
///
/// Errors: configuration_error (invalid_configuration) that names the option, or the environment variable it comes
/// from, and what it takes. Values are not repeated: any may be a secret at the wrong place.
class connection_options {
public:
  /// `others`: names that are not of the connection, for messages.
  connection_options(const postgres_environment& environment, const std::vector<std::string>& others)
      : environment_(environment), others_(others) {}

  /// Refuses names that nobody knows, with the nearest that is known, those of libpq that are not supported, and a
  /// second value.
  void give(std::string_view name, std::string_view value);
  bool given(std::string_view name) const noexcept;

  /// What was given, else the environment's; null where neither is, or it is empty. Ends with the next call.
  const std::string* find(std::string_view name);
  /// Empty where it is not there.
  std::string text(std::string_view name);
  /// Separated by commas; empty where it is not there.
  std::vector<std::string> list(std::string_view name);
  bool boolean(std::string_view name, bool preset);
  std::int64_t integer(std::string_view name, std::int64_t preset, std::int64_t least, std::int64_t most);
  /// Milliseconds, or with a unit. Units: microseconds.
  std::int64_t duration_us(std::string_view name, std::int64_t preset_us = 0);
  /// The place of the value among the words.
  std::size_t word(std::string_view name, std::initializer_list<std::string_view> words, std::size_t preset);

  /// A variable of the environment that is no option; empty where it is not set.
  std::string variable(const char* name) const;
  /// Refuses what the environment asks for and cannot be had, unless it was given otherwise.
  void check_environment() const;

  /// `option sslmode` or `environment variable PGSSLMODE`, for messages.
  std::string source_of(std::string_view name) const;
  [[noreturn]] void refuse(std::string_view name, const std::string& takes) const;

private:
  struct option {
    std::string name;
    std::string value;
    const char* variable;  ///< null: it was given
  };
  const option* stored(std::string_view name) const noexcept;

  [[noreturn]] void refuse_unknown(std::string_view name) const;

  const postgres_environment& environment_;
  const std::vector<std::string>& others_;
  std::vector<option> options_;
};

}  // namespace tupelo::driver::postgres
