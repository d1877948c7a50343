// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/each_row.hpp"
#include "tupelo/engine/keyset.hpp"
#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/engine/operation.hpp"
#include "tupelo/engine/partial_verbs.hpp"
#include "tupelo/engine/pipeline.hpp"
#include "tupelo/engine/relation_verbs.hpp"
#include "tupelo/engine/row_stream.hpp"
#include "tupelo/query/write_query.hpp"
#include "tupelo/model/model.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>
#include <string>
#include <tuple>
#include <vector>

/// What queries that are bound to a database give: rows, pages, counts, streams.
namespace tupelo {

/// One page of a query's rows and where it stands.
template <class T>
struct page {
  std::vector<T> items;
  std::int64_t number = 1;  ///< from 1
  std::int64_t size = 0;    ///< items at most
  std::int64_t total = 0;   ///< rows of all pages
  std::int64_t pages() const noexcept { return size ? (total + size - 1) / size : 0; }
  bool has_next() const noexcept { return number * size < total; }
  bool has_prev() const noexcept { return number > 1; }
};

namespace detail {

[[noreturn]] void throw_no_source();
/// Errors: query_error for a query that was built without a database.
inline query_source* require_source(query_source* source) {
  if (!source) [[unlikely]]
    throw_no_source();
  return source;
}
std::string render_text(query_core core, query_source* source);
std::string render_text(query_core core, query_source* source, inlined_values values);
task<std::string> explain(query_core core, query_source* source, explain_options how, std::source_location from);
void check_page(const query_core& core, std::int64_t number, std::int64_t size);
/// Orders whole rows of a table by its key behind whatever else they are ordered by, in the last term's direction, so
/// that an index on both serves and pages do not overlap.
void order_by_key(query_core& core);

template <class Result>
struct select_verbs {
  static operation<std::vector<Result>> all(const query_core& core, query_source* source,
                                            std::source_location from = {}) {
    return {source, core, outcome::rows, &vector_sink<typename stored<std::vector<Result>>::type>::add, from};
  }
  static operation<Result> one(const query_core& core, query_source* source, std::source_location from = {}) {
    operation<Result> op(source, core, outcome::exactly_one, &add_only_row, from);
    op.limit_rows(2);
    return op;
  }
  static operation<std::optional<Result>> first(const query_core& core, query_source* source,
                                                std::source_location from = {}) {
    operation<std::optional<Result>> op(source, core, outcome::rows, &optional_sink<Result>::add, from);
    op.limit_rows(1);
    return op;
  }
  static operation<std::int64_t> count(const query_core& core, query_source* source, std::source_location from = {}) {
    return one_value<std::int64_t>(core, source, make_word(op::only_count), from);
  }
  static operation<bool> exists(const query_core& core, query_source* source, std::source_location from = {}) {
    return one_value<bool>(core, source, make_word(op::only_exists), from);
  }
  static task<tupelo::page<Result>> page(query_core core, query_source* source, std::int64_t number, std::int64_t size,
                                         std::source_location from = {}) {
    check_page(core, number, size);
    tupelo::page<Result> result;
    result.number = number;
    result.size = size;
    auto counted = one_value<std::int64_t>(core, source, make_word(op::only_count, counts_beside_rows), from);
    order_by_key(core);
    core.limit(size);
    core.offset((number - 1) * size);
    std::tie(result.total, result.items) =
        co_await run_pipeline(source, static_cast<operation<std::int64_t>&&>(counted), all(core, source, from));
    co_return result;
  }
  static task<keyset_page<Result>> keyset(query_core core, query_source* source, cursor from, std::int64_t rows,
                                          bool backward, std::string_view verb = page_verbs) {
    // Who hears of what is loaded may change it, and hears of what the page has.
    const bool tells = std::is_class_v<Result> && source != nullptr && tells_loaded_beside(*source, core);
    const keyset_plan plan(core, from, rows, backward, tells, verb);
    if (plan.reads_beside()) {
      const model_spec* const spec = tells ? find_spec(model_of(core.shape.data()[0])) : nullptr;
      keyset_rows<Result> found = co_await beside(static_cast<query_core&&>(core), source);
      keyset_page<Result> page = page_of<Result>(plan, static_cast<std::vector<Result>&&>(found.items), rows,
                                                 !from.empty(), &found.first, &found.last, &found.before_last);
      if constexpr (std::is_class_v<Result>) {
        std::vector<void*> read;
        if (tells) {
          for (Result& each : page.items) read.push_back(__builtin_addressof(each));
        }
        if (!read.empty()) co_await tell_loaded(source, *spec, static_cast<std::vector<void*>&&>(read));
      }
      co_return page;
    }
    std::vector<Result> found = co_await all(core, source);
    co_return page_of<Result>(plan, static_cast<std::vector<Result>&&>(found), rows, !from.empty());
  }
  static row_stream<Result> stream(query_core core, query_source* source, std::source_location from) {
    return row_stream<Result>(require_source(source), static_cast<query_core&&>(core), false, from);
  }
  template <class Function>
  static task<std::int64_t> for_each(query_core core, query_source* source, Function function,
                                     std::source_location from) {
    return for_each_row(stream(static_cast<query_core&&>(core), source, from), static_cast<Function&&>(function));
  }
  template <class Function>
  static task<std::int64_t> chunk(query_core core, query_source* source, std::size_t rows, Function function) {
    return for_each_chunk<select_verbs>(static_cast<query_core&&>(core), source, rows,
                                        static_cast<Function&&>(function));
  }
  static task<std::string> explain(const query_core& core, query_source* source, explain_options how,
                                   std::source_location from) {
    return detail::explain(core, source, how, from);
  }
  template <class... Inlined>
  static std::string to_sql(query_core core, query_source* source, Inlined... values) {
    return render_text(static_cast<query_core&&>(core), source, values...);
  }

private:
  /// The rows with the values that are read behind them, and their relations.
  static task<keyset_rows<Result>> beside(query_core core, query_source* source) {
    load_list loads = static_cast<load_list&&>(core.loads);
    operation<keyset_rows<Result>> op(source, core, outcome::rows);
    op.use_sink(&keyset_rows<Result>::add);
    keyset_rows<Result> found = co_await static_cast<operation<keyset_rows<Result>>&&>(op);
    found.take();
    if constexpr (std::is_class_v<Result>) {
      std::vector<void*> objects;
      if (!loads.empty()) {
        for (Result& each : found.items)
          objects.push_back(reinterpret_cast<char*>(__builtin_addressof(each)) + loads.place());
      }
      if (!objects.empty())
        co_await load_relations(source, static_cast<load_list&&>(loads), static_cast<std::vector<void*>&&>(objects));
    }
    co_return found;
  }
  template <class Value>
  static operation<Value> one_value(const query_core& core, query_source* source, std::uint64_t what,
                                    std::source_location from) {
    operation<Value> op(source, core, outcome::exactly_one);
    op.core().word(what);
    op.core().row_type(row_meta<Value>::spec);
    op.use_sink(&add_only_row);
    op.called_from(from);
    return op;
  }
};

template <class T>
struct write_verbs {
  static operation<std::int64_t> run(query_core core, query_source* source, std::source_location from = {}) {
    operation<std::int64_t> op(source, complete_write(static_cast<query_core&&>(core)), outcome::affected);
    op.called_from(from);
    return op;
  }
  static operation<std::vector<T>> returning(query_core core, query_source* source, std::source_location from = {}) {
    operation<std::vector<T>> op(source, complete_write(static_cast<query_core&&>(core)), outcome::rows);
    op.called_from(from);
    op.use_sink(&vector_sink<typename stored<std::vector<T>>::type>::add);
    return op;
  }
  static task<std::string> explain(query_core core, query_source* source, explain_options how,
                                   std::source_location from) {
    return detail::explain(complete_write(static_cast<query_core&&>(core)), source, how, from);
  }
  template <class... Inlined>
  static std::string to_sql(query_core core, query_source* source, Inlined... values) {
    return render_text(complete_write(static_cast<query_core&&>(core)), source, values...);
  }
};

}  // namespace detail

/// An INSERT of a query's rows, which gives their number.
template <class T>
class [[nodiscard]] insertion : public operation<std::int64_t> {
public:
  using operation<std::int64_t>::operation;

  /// The rows that it wrote, as std::vector<T>; or terms of them, as of update_query::returning().
  operation<std::vector<T>> returning() && {
    this->core().word(make_word(op::returning_row));
    return rows<T>();
  }
  template <class Row, class... Terms>
  operation<std::vector<Row>> returning(const Terms&... terms) && {
    detail::project_written<T, Row>(this->core(), terms...);
    return rows<Row>();
  }
  template <class Term>
    requires requires { typename Term::selected_type; }
  auto returning(const Term& term) && {
    return static_cast<insertion&&>(*this).template returning<typename Term::selected_type>(term);
  }
  template <class... Terms>
    requires(sizeof...(Terms) > 1)
  auto returning(const Terms&... terms) && {
    return static_cast<insertion&&>(*this).template returning<std::tuple<typename detail::selected<Terms>::type...>>(
        terms...);
  }

  /// How the database would run it, as of an update.
  task<std::string> explain(explain_options how = {}, std::source_location from = std::source_location::current()) && {
    return detail::explain(static_cast<query_core&&>(this->core()), this->source_, how, from);
  }

private:
  template <class Row>
  operation<std::vector<Row>> rows() {
    return detail::write_verbs<Row>::returning(static_cast<query_core&&>(this->core()), this->source_);
  }
};

}  // namespace tupelo
