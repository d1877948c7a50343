// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/core/field.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tupelo {

/// Where a parameter's value comes from when a planned statement is run.
enum class bind_source : std::uint8_t {
  value,       ///< the next value of the query's value buffer
  list,        ///< the next values of the buffer: a count word, then the elements; padded to `places` with the last one
  whole_list,  ///< the same values as one parameter, in the database's own form of a list
  field,       ///< a field of the object that is written
};

/// What surrounds a text parameter of LIKE.
enum class like_wrap : std::uint8_t { none, contains, starts_with, ends_with };

struct bind_step {
  bind_source source{};
  kind k{};
  kind typed_as{};  ///< raw SQL: what the value is in C++, also where it is NULL; json: a number of a document
  like_wrap wrap{};
  kind element{};            ///< of arrays, as in a value buffer
  std::uint32_t first = 0;   ///< number of the first placeholder, from 1
  std::uint32_t places = 1;  ///< placeholders that a list fills
  /// Of source `field`. Elsewhere its column names the parameter in messages, and its type is that of custom values, or
  /// elements, where that has a form beside its text.
  field_slot slot;
};

/// A statement ready to be prepared: text, how to bind, how to decode. Made once per shape by the dialect, immutable,
/// shared.
///
/// A multi-row insert has the `binds` of one row and `rows_per_statement` of them: row r's step s fills placeholder
/// `r * binds.size() + s + 1`.
struct statement_plan {
  std::string text;
  std::vector<bind_step> binds;
  std::vector<field_slot> reads;  ///< one per result column; empty: no rows are wanted
  std::string_view row_type;      ///< name of the struct that rows decode into, for messages
  std::uint32_t rows_per_statement = 1;
  bool read_only = false;        ///< does not write: may run outside a transaction, on a replica
  bool raw = false;              ///< SQL of the user's own: its parameters have the types of their values
  bool has_fragments = false;    ///< parts of it are the user's own, which may not say what type a parameter has
  bool changes_session = false;  ///< may change what outlives it and its transaction: settings, temporary tables, locks
  bool single_row = false;       ///< there cannot be a second row: reading may end with the first
  bool controls_transaction = false;  ///< begins or ends a transaction or a savepoint
  /// The statement itself makes sure that it writes as many rows, and fails where it does not. 0: no such promise.
  std::uint32_t checked_rows = 0;
  bool dynamic_row = false;  ///< raw SQL: check the number of result columns against `reads` when prepared
};

/// Where decoded rows go. `add` makes room for one more row and returns it; it is called once per row, in order.
struct row_sink {
  void* rows = nullptr;
  void* (*add)(void* rows) = nullptr;
};

}  // namespace tupelo
