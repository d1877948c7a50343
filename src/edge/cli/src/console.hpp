// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::cli {

enum class ink : char { plain, bold, dim, red, green, yellow };

/// One of the two output streams: text, in colour where it is a terminal.
class console {
public:
  console(std::ostream& to, bool colours) : to_(&to), colours_(colours) {}

  std::string painted(ink colour, std::string_view text) const;

  void line(std::string_view text = {});
  /// Rows of cells, aligned; the first row is the heading. Cells may be painted: `colours` says how, by column, below
  /// it.
  void table(const std::vector<std::vector<std::string>>& rows, const std::vector<ink>& colours = {});
  /// The one JSON document of a command. What is not UTF-8 is replaced.
  void json(const nlohmann::ordered_json& document);
  /// SQL as a script: every statement ends in a semicolon and a line end.
  void script(const std::vector<std::string>& statements);

  bool colours() const { return colours_; }
  std::ostream& stream() { return *to_; }

private:
  std::ostream* to_;
  bool colours_;
};

/// 1,234 → "1.2 ms". Units: microseconds.
std::string duration_text(long long us);
/// "1 migration", "3 migrations".
std::string counted(std::size_t count, std::string_view noun);

}  // namespace tupelo::cli
