// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/query_core.hpp"
#include "tupelo/model/beside_value.hpp"
#include "tupelo/model/model_spec.hpp"
#include "tupelo/core/bytes.hpp"
#include "tupelo/core/date.hpp"
#include "tupelo/core/decimal.hpp"
#include "tupelo/core/time_of_day.hpp"
#include "tupelo/core/timestamp.hpp"
#include "tupelo/core/uuid.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
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

inline constexpr std::string_view page_verbs = "page_after() and page_before()";

/// The values that were read behind a row.
using values_beside = std::array<beside_value, beside_value::most>;

/// Reads one page by the values of the row beside it.
class keyset_plan {
public:
  /// Narrows the query to one row more than the page has. What its rows do not hold of the order is read behind them.
  /// Errors: query_error where limit(), offset(), distinct() or unions say other rows, where nothing tells rows apart
  /// that the order leaves equal, and for values without an order; value_error for a cursor of another query.
  /// `apart`: the places are told by values that are read behind the rows, because the rows may be changed before.
  keyset_plan(query_core& core, const cursor& from, std::int64_t rows, bool backward, bool apart,
              std::string_view verb);

  bool backward() const noexcept { return backward_; }
  bool reads_beside() const noexcept { return beside_ != 0; }
  /// The place at the row; `beside`: what was read behind it.
  cursor at(const void* row, const values_beside* beside = nullptr) const;
  /// Errors: query_error where the page begins with the row that it was to begin behind, so that it would come for
  /// ever.
  void require_progress(const cursor& begin) const;

private:
  struct term {
    expression value;
    std::string name{};  ///< the same in every program: what it is computed of
    kind k{};
    int field = -1;  ///< of the model, in whose object it is; -1: behind the row
    bool nullable = false;
    bool descending = false;

    field_slot slot(const model_info& model, std::size_t beside) const;
  };
  [[noreturn]] void refuse(const std::string& why) const;
  void find_terms(query_core& core);
  void add_key(const query_core& core, std::uint32_t table, bool descending);
  void add_term(const query_core& core, expression value, kind k, bool descending);
  void place_terms(query_core& core, bool apart);
  void narrow(query_core& core, const cursor& from) const;
  expression compared(const term& each, comparison c, const literal& value) const;
  bool rises(const term& each) const noexcept { return each.descending == backward_; }
  std::string head() const;

  const model_spec* model_;
  std::vector<term> terms_;
  std::size_t said_ = 0;    ///< how many of them the query itself orders by
  std::size_t beside_ = 0;  ///< how many values are read behind each row
  bool whole_ = true;       ///< rows are objects of the model
  bool grouped_ = false;
  bool outer_joins_ = false;  ///< any column may be NULL
  bool backward_;
  std::string_view verb_;  ///< for messages
  cursor from_;
};

/// Rows as they arrive, each with values behind it, of which those of the first and the last two are kept: one of these
/// begins the page, one ends it.
template <class T>
class keyset_rows {
public:
  static void* add(void* self) {
    auto* const rows = static_cast<keyset_rows*>(self);
    rows->take();
    rows->filled_ = true;
    return __builtin_addressof(rows->now_);
  }
  /// Moves the last row to the others. Before: the statement has been run.
  void take() {
    if (!filled_) return;
    filled_ = false;
    items.push_back(static_cast<T&&>(now_.row));
    if (items.size() == 1) first = now_.beside;
    before_last = static_cast<values_beside&&>(last);
    last = static_cast<values_beside&&>(now_.beside);
    now_.row = T();
    now_.beside = values_beside();
  }

  std::vector<T> items;
  values_beside first{}, last{}, before_last{};

private:
  struct row_and_values {
    T row{};
    values_beside beside{};
  };
  row_and_values now_{};
  bool filled_ = false;
};

/// What was read, without the row too many, in the order that was asked for. The values are those that were read behind
/// the first and the last two rows.
template <class T>
keyset_page<T> page_of(const keyset_plan& plan, std::vector<T>&& rows, std::int64_t size, bool from_somewhere,
                       const values_beside* first = nullptr, const values_beside* last = nullptr,
                       const values_beside* before_last = nullptr) {
  keyset_page<T> page;
  const bool more = static_cast<std::int64_t>(rows.size()) > size;
  if (more) rows.pop_back();
  page.has_next = plan.backward() ? from_somewhere : more;
  page.has_prev = plan.backward() ? more : from_somewhere;
  if (!rows.empty()) {
    const void *begin = nullptr, *end = nullptr;
    if constexpr (!std::is_same_v<T, bool>) {  // which has no address here, and holds no field of the order
      begin = __builtin_addressof(rows.front());
      end = __builtin_addressof(rows.back());
    }
    cursor at_begin = plan.at(begin, first);
    plan.require_progress(at_begin);
    cursor at_end = plan.at(end, more ? before_last : last);
    page.next = static_cast<cursor&&>(plan.backward() ? at_begin : at_end);
    page.prev = static_cast<cursor&&>(plan.backward() ? at_end : at_begin);
  }
  if (plan.backward()) {
    for (std::size_t i = 0, j = rows.size(); i + 1 < j; ++i) {
      --j;
      T moved = static_cast<T&&>(rows[i]);
      rows[i] = static_cast<T&&>(rows[j]);
      rows[j] = static_cast<T&&>(moved);
    }
  }
  page.items = static_cast<std::vector<T>&&>(rows);
  return page;
}

}  // namespace detail

}  // namespace tupelo
