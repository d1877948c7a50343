// SPDX-License-Identifier: Apache-2.0
#include "copy_reader.hpp"

#include "network_order.hpp"
#include "oid.hpp"
#include "protocol_violation.hpp"
#include "script_splitter.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace tupelo::driver::postgres {

namespace {

constexpr std::string_view signature("PGCOPY\n\377\r\n\0", 11);
constexpr std::uint16_t no_more_rows = 0xffff;
constexpr std::string_view blanks = " \t\r\n\f\v";

bool is_text(std::uint32_t type) noexcept {
  switch (static_cast<oid>(type)) {
    case oid::text:
    case oid::varchar:
    case oid::bpchar:
    case oid::name:
    case oid::unknown:
    case oid::json:
    case oid::jsonb: return true;
    default: return false;
  }
}

[[noreturn]] void refuse(std::string_view problem) { throw_protocol_violation("CopyData " + std::string(problem)); }

}  // namespace

bool copy_reader::can_read(const row_layout& layout, std::span<const result_column> columns) noexcept {
  if (layout.columns.empty() || layout.columns.size() != columns.size()) return false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!is_binary(layout.columns[i]) && !is_text(columns[i].type)) return false;
  }
  return true;
}

std::string copy_reader::statement(std::string_view query) {
  const std::size_t first = query.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  query.remove_prefix(first);
  constexpr std::array<std::string_view, 4> words{"select", "with", "values", "table"};
  if (std::none_of(words.begin(), words.end(), [query](auto word) { return begins_with_word(query, word); })) return {};
  std::string text = "COPY (";
  // Without its semicolon; its last line may be a comment.
  return text.append(take_statement(query)).append("\n) TO STDOUT (FORMAT binary)");
}

copy_reader::copy_reader(std::span<const result_column> columns) {
  versioned_.reserve(columns.size());
  for (const result_column& column : columns) {
    versioned_.push_back(static_cast<oid>(column.type) == oid::jsonb);
    has_versions_ = has_versions_ || versioned_.back();
  }
}

bool copy_reader::next(const backend_message& data, backend_message& row) {
  std::string_view bytes(data.body, data.size);
  if (!begun_) {
    bytes = behind_header(bytes);
    begun_ = true;
    if (bytes.empty()) return false;
  }
  if (ended_) refuse("goes on behind its last row");
  if (bytes.size() < 2) refuse("is shorter than a row");
  if (load16(bytes.data()) == no_more_rows) {
    if (bytes.size() != 2) refuse("goes on behind its last row");
    ended_ = true;
    return false;
  }
  if (has_versions_) bytes = without_versions(bytes);
  row = {'D', static_cast<std::uint32_t>(bytes.size()), bytes.data()};
  return true;
}

std::string_view copy_reader::behind_header(std::string_view data) const {
  if (data.size() < signature.size() + 8 || data.substr(0, signature.size()) != signature)
    refuse("does not begin as binary rows do");
  data.remove_prefix(signature.size());
  // The lower half are flags that may be ignored, the upper that may not.
  if ((load32(data.data()) & 0xffff0000u) != 0) refuse("has a format that is not known");
  const std::uint32_t extension = load32(data.data() + 4);
  data.remove_prefix(8);
  if (extension > data.size()) refuse("ends before its header does");
  return data.substr(extension);
}

std::string_view copy_reader::without_versions(std::string_view row) {
  constexpr std::uint32_t null = 0xffffffffu;
  scratch_.assign(row.substr(0, 2));
  if (load16(row.data()) != versioned_.size()) refuse("does not have the columns that were described");
  row.remove_prefix(2);
  for (const bool versioned : versioned_) {
    if (row.size() < 4) refuse("ends before its last column");
    std::uint32_t size = load32(row.data());
    row.remove_prefix(4);
    std::string_view value;
    if (size != null) {
      if (size > row.size()) refuse("has a column that is longer than the row");
      value = row.substr(0, size);
      row.remove_prefix(size);
      if (versioned) {
        if (value.empty() || value.front() != '\1') refuse("has jsonb in a version that is not known");
        value.remove_prefix(1);
        --size;
      }
    }
    char length[4];
    store32(length, size);
    scratch_.append(length, sizeof length).append(value);
  }
  if (!row.empty()) refuse("goes on behind its last column");
  return scratch_;
}

}  // namespace tupelo::driver::postgres
