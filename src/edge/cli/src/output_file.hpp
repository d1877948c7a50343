// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command.hpp"

#include <filesystem>
#include <string_view>

namespace tupelo::cli {

/// Where a command that writes one text puts it: the file of --output, or standard output.
class output_file {
public:
  /// Made before the database is opened, which may make the project's folder the current one.
  /// Errors: usage_error for a file that is there already without --force, and for --force without a file.
  explicit output_file(command& c);

  bool is_file() const { return !file_.empty(); }
  /// As it is said to people. Before: is_file().
  std::string shown() const { return command_->in_project().shown(file_); }
  /// To the file, or without a file to standard output. Errors: configuration_error.
  void write(std::string_view text) const;

private:
  command* command_;
  std::filesystem::path file_;
};

}  // namespace tupelo::cli
