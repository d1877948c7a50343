// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/query_core.hpp"
#include "tupelo/model/model_spec.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tupelo {

class sealing_key;
struct model_info;

/// A place between two rows in the order of a query: the values of the row beside it. Empty: before the first row, or
/// behind the last. Give it out sealed: as it is, who has it could make others.
class cursor {
public:
  cursor() noexcept = default;

  bool empty() const noexcept { return bytes_.empty(); }
  /// As a text for clients, who cannot change it; what is in it they can read. Empty for an empty cursor.
  std::string sealed(const sealing_key& key) const;
  /// The cursor of such a text; empty for an empty text. Errors: value_error (invalid_value) for any other.
  static cursor opened(std::string_view text, const sealing_key& key);

  explicit cursor(std::string bytes) noexcept : bytes_(static_cast<std::string&&>(bytes)) {}
  const std::string& bytes() const noexcept { return bytes_; }

private:
  std::string bytes_;
};

/// One page of a query's rows, which begins or ends at a cursor.
template <class T>
struct keyset_page {
  std::vector<T> items;
  cursor next;            ///< for page_after: what follows
  cursor prev;            ///< for page_before: what is before
  bool has_next = false;  ///< there was a row behind this page, or a page that led here
  bool has_prev = false;
};

namespace detail {

/// Reads one page by the values of the row beside it.
class keyset_plan {
public:
  /// Narrows the query to one row more than the page has. Errors: query_error for an order that is not by the model's
  /// own columns, and where limit(), offset(), groups or a projection say other rows; value_error for a cursor of
  /// another query.
  keyset_plan(query_core& core, const cursor& from, std::int64_t rows, bool backward);

  bool backward() const noexcept { return backward_; }
  /// The place at the row.
  cursor at(const void* row) const;

private:
  struct term {
    std::uint16_t field;
    bool descending;
  };
  void find_terms(query_core& core, const model_info& model);
  void narrow(query_core& core, const cursor& from) const;
  std::string head() const;

  const model_spec* model_;
  std::vector<term> terms_;
  bool backward_;
};

/// What was read, without the row too many, in the order that was asked for.
template <class T>
keyset_page<T> page_of(const keyset_plan& plan, std::vector<T>&& rows, std::int64_t size, bool from_somewhere) {
  keyset_page<T> page;
  const bool more = static_cast<std::int64_t>(rows.size()) > size;
  if (more) rows.pop_back();
  if (plan.backward()) {
    for (std::size_t i = 0, j = rows.size(); i + 1 < j; ++i) std::swap(rows[i], rows[--j]);
  }
  page.has_next = plan.backward() ? from_somewhere : more;
  page.has_prev = plan.backward() ? more : from_somewhere;
  if (!rows.empty()) {
    page.next = plan.at(__builtin_addressof(rows.back()));
    page.prev = plan.at(__builtin_addressof(rows.front()));
  }
  page.items = static_cast<std::vector<T>&&>(rows);
  return page;
}

}  // namespace detail

}  // namespace tupelo
