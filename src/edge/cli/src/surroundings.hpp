// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::cli {

/// Everything a command touches besides the database, so that tests can stand in for the process.
struct surroundings {
  std::ostream* out = nullptr;
  std::ostream* err = nullptr;
  std::istream* in = nullptr;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool in_is_terminal = false;
  bool handles_signals = false;
  std::filesystem::path directory;  ///< where the command was typed; absolute
  std::function<std::optional<std::string>(const std::string&)> environment;
  std::function<std::int64_t()> now_us;  ///< UTC, microseconds since the epoch
  /// For the programs that are started afterwards.
  std::function<void(const std::string& name, const std::string& value)> export_variable;
  /// Returns errno, and only when the program cannot be run.
  std::function<int(const std::vector<std::string>&)> replace_process;
  /// The exit code; -errno when the program cannot be run.
  std::function<int(const std::vector<std::string>&)> run_process;
  /// The same, with what the program says on stderr instead of showing it, so that it can be shown behind something.
  std::function<int(const std::vector<std::string>&, std::string& said)> hear_process;

  static surroundings of_process();

  /// NO_COLOR with any content turns colour off; https://no-color.org
  bool colours_out() const { return out_is_terminal && wants_colour(); }
  bool colours_err() const { return err_is_terminal && wants_colour(); }

private:
  bool wants_colour() const;
};

}  // namespace tupelo::cli
