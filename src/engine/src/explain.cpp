// SPDX-License-Identifier: Apache-2.0
#include "run_now.hpp"

#include "tupelo/engine/lease.hpp"
#include "tupelo/engine/verbs.hpp"
#include "tupelo/dialect/dialect.hpp"

#include <cstdint>
#include <exception>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tupelo::detail {

namespace {

/// What is below a row is moved to the right of it.
std::string indented(const std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::string>>& rows) {
  std::map<std::int64_t, std::size_t> depths;
  std::string text;
  for (const auto& [id, above, unused, step] : rows) {
    const auto known = depths.find(above);
    const std::size_t depth = known == depths.end() ? 0 : known->second + 1;
    depths[id] = depth;
    text.append(text.empty() ? "" : "\n").append(2 * depth, ' ').append(step);
  }
  return text;
}

/// Runs it by itself: nobody is told of a statement that is explained.
template <class Row>
task<std::vector<Row>> lines_of(query_source& source, query_core core) {
  std::vector<Row> lines;
  core.row_type(row_meta<Row>::spec);
  statement_run run(static_cast<query_core&&>(core));
  run.sink = {&lines, &vector_sink<std::vector<Row>>::add};
  co_await run_now(source, run);
  co_return lines;
}

task<std::string> plan_of(query_source& source, query_core core) {
  if (source.sql_dialect().features().plans_are_trees) {
    using row = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::string>;
    co_return indented(co_await lines_of<row>(source, std::move(core)));
  }
  std::string text;
  for (const std::string& line : co_await lines_of<std::string>(source, std::move(core)))
    text.append(text.empty() ? "" : "\n").append(line);
  co_return text;
}

}  // namespace

task<std::string> explain(query_core core, query_source* source, explain_options how, std::source_location from) {
  require_source(source);
  core.word(make_word(op::explain, bits_of(how)));
  if (!how.analyze) co_return co_await plan_of(*source, std::move(core));
  lease held = co_await source->acquire(from);
  co_await held.begin();
  std::exception_ptr failure;
  std::string plan;
  try {
    plan = co_await plan_of(held, std::move(core));
    co_await held.rollback();
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return plan;
  co_await held.rollback_after_failure();
  std::rethrow_exception(failure);
}

}  // namespace tupelo::detail
