// SPDX-License-Identifier: Apache-2.0
// Tables of many indexes, conditions, defaults and computed columns in SQL at once, which the server keeps in words of
// its own: as they were made there is nothing to change, and neither is there once they have become each other.
#include "own_schema.hpp"

#include <tupelo/schema/diff.hpp>
#include <tupelo/schema/introspect.hpp>
#include <tupelo/schema/live_diff.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tupelo::postgres {
namespace {

using texts = std::vector<std::string_view>;

/// What an index may depend on: nothing that a setting or the day changes.
const texts& conditions() {
  static const texts all{
      "n NOT BETWEEN 1 AND 2",
      "n BETWEEN SYMMETRIC 9 AND 2",
      "at > '2020-01-01T00:00:00Z'",
      "(a, b) <> ('x', 'y')",
      "(n, m) > (1, 2)",
      "iv < interval '1 day'",
      "iv BETWEEN '1 hour' AND '2 days'",
      "day > date '2000-01-01'",
      "a SIMILAR TO 'a%'",
      "a NOT SIMILAR TO 'b%' ESCAPE '!'",
      "doc @> '{\"a\":1}'",
      "(doc ->> 'a')::int > 1",
      "doc #>> '{a,b}' IS NULL",
      "at AT TIME ZONE 'UTC' > timestamp '2000-01-01'",
      "n IS DISTINCT FROM 7",
      "lower(a) LIKE 'a%' AND NOT (n = 5 OR n = 6)",
      "CASE WHEN n > 3 THEN p ELSE 0 END >= 0",
      "CASE n WHEN 1 THEN 'one' WHEN 2 THEN 'two' END IS NOT NULL",
      "p::text ~ '^[0-9]'",
      "CAST(n AS text) <> '7'",
      "extract(year FROM day) > 2000",
      "n = ANY (ARRAY[2, 4, 6])",
      "n IN (1, 2, 3)",
      "n NOT IN (1, 2)",
      "n <> ALL ('{1,2}')",
      "position('x' IN a) = 0",
      "trim(both ' ' FROM a) <> ''",
      "substring(a FROM 1 FOR 2) = 'ab'",
      "overlay(a PLACING 'x' FROM 1 FOR 1) <> ''",
      "coalesce(b, '') || 'z' <> 'qz'",
      "nullif(n, 3) IS NULL",
      "greatest(n, m, 4) > 3",
      "tags && ARRAY['a', 'b']",
      "tags[1] IS NOT NULL",
      "'x' = ANY (tags)",
      "cardinality(tags) < 5",
      "a COLLATE \"C\" > 'b'",
      "k > 'b'",
      "flag IS NOT TRUE",
      "NOT flag",
      "flag = (n > 3)",
      "a ILIKE '%x'",
      "a NOT LIKE '%!%%' ESCAPE '!'",
      "a !~* 'x'",
      "u <> '00000000-0000-0000-0000-000000000000'",
      "v IN ('x', 'y')",
      "v LIKE 'x%'",
      "x * 2 > 0.5",
      "x > 1e20 OR -x < 3",
      "nat << inet '10.0.0.0/8'",
      "mood > 'fine'",
      "mood IN ('bad', 'good')",
      "t BETWEEN time '08:00' AND '18:00'",
      "n % 2 = 0 AND (n & 1) = 0",
      "n != -1",
      "n ^ 2 < 9",
      "b ISNULL",
      "b IS NULL OR b = ''",
      "(a IS NULL) <> (b IS NULL)",
      "s BETWEEN 1 AND 3",
      "\"Order\" > 3",
  };
  return all;
}
const texts& more_conditions() {
  static const texts all{
      "at > '2020-01-01'::timestamptz",
      "at < now() + interval '1 day'",
      "due IS NULL OR due > at + '1 hour'",
      "at::date <> CURRENT_DATE + 7",
      "to_char(at, 'YYYY') = '2020'",
      "(at, due) OVERLAPS (at, interval '1 day')",
      "current_setting('a.b', true) <> a",
      "CURRENT_USER <> a",
      "concat(a, b) <> ''",
  };
  return all;
}
const texts& terms() {
  static const texts all{
      "lower(a)",
      "a || coalesce(b, '')",
      "doc ->> 'a'",
      "doc -> 'x' -> 'y'",
      "doc #>> '{a,b}'",
      "n % 10",
      "extract(year FROM day)",
      "date_trunc('day', at AT TIME ZONE 'UTC')",
      "CASE WHEN flag THEN n END",
      "substring(a FROM 1 FOR 3)",
      "md5(a)",
      "n NOT BETWEEN 1 AND 2",
      "(n + 1) * 2",
      "upper(trim(a))",
      "n::text",
      "coalesce(m, 0)",
      "tags[1]",
      "-n",
      "a SIMILAR TO 'x%'",
      "(a, b) = ('x', 'y')",
      "left(a, 3)",
      "CAST(p AS integer)",
      "length(v)",
      "a COLLATE \"C\"",
      "n::bigint + m",
      "p * 2",
      "iv + '1 day'",
  };
  return all;
}

struct sample {
  std::string_view name;
  column_type type;
  texts defaults;
};
const std::vector<sample>& columns() {
  static const std::vector<sample> all{
      {"a", type_kind::text, {"upper('x')", "'x' || 'y'", "concat('a', 'b')", "CURRENT_USER", "'it''s'"}},
      {"b", type_kind::text, {"trim(' x ')", "to_char(now(), 'YYYY')", "NULL"}},
      {"k", type_kind::text, {"'x'"}},
      {"v", column_type::varchar(20), {"'x'", "substring('xyz' FROM 2)", "lower('X')"}},
      {"n", type_kind::int32, {"1 + 2", "length('abc')", "CASE WHEN true THEN 1 ELSE 2 END", "-3", "'7'", "7::bigint"}},
      {"m", type_kind::int64, {"5000000000", "extract(epoch FROM now())", "1 + 1"}},
      {"s", type_kind::int16, {"3", "-3", "'3'::smallint"}},
      {"p", column_type::decimal(10, 2), {"1.50", "round(1.555, 2)", "-1", "1e2"}},
      {"x", type_kind::float64, {"random() * 2", "pi()", "-0.5", "'Infinity'"}},
      {"at",
       type_kind::timestamp,
       {"now() + interval '1 day'", "CURRENT_TIMESTAMP - '2 hours'::interval", "date_trunc('day', now())",
        "'2020-01-01'", "clock_timestamp()"}},
      {"due", type_kind::timestamp, {"'2020-01-01 10:00:00+02'", "now() AT TIME ZONE 'UTC'", "'infinity'"}},
      {"day", type_kind::date, {"CURRENT_DATE + 7", "now()::date", "'2000-02-29'", "date '2000-01-01'"}},
      {"iv", type_kind::interval, {"'1 day'", "interval '36 hours'", "'1 mon'::interval * 2", "'P1D'"}},
      {"doc", type_kind::json, {"jsonb_build_object('a', 1)", "'{\"b\": 1,  \"a\": 2}'", "'[]'"}},
      {"tags",
       column_type::array_of(type_kind::text),
       {"ARRAY['a', 'b']", "ARRAY[]::text[]", "string_to_array('a,b', ',')", "'[\"a\"]'"}},
      {"u", type_kind::uuid, {"gen_random_uuid()", "'00000000-0000-0000-0000-0000000000aa'"}},
      {"flag", type_kind::boolean, {"NOT true", "1 = 1", "TRUE", "'yes'"}},
      {"t", type_kind::time_of_day, {"'08:00'", "LOCALTIME", "time '08:00' + interval '1 hour'"}},
      {"nat", column_type::native_or_text("inet"), {"'10.0.0.1'", "inet '10.0.0.1'", "inet_client_addr()"}},
      {"mood", column_type::enumeration("mood"), {"'fine'", "'good'::mood"}},
      {"Order", type_kind::int32, {"1 - 2"}},
  };
  return all;
}
struct computed_sample {
  column_type type;
  std::string_view sql;
};
const std::vector<computed_sample>& computed() {
  static const std::vector<computed_sample> all{
      {type_kind::int32, "CASE WHEN n NOT BETWEEN 3 AND 4 THEN n * 2 ELSE 0 END"},
      {type_kind::int64, "n + coalesce(m, 0)"},
      {type_kind::text, "lower(a) || '-' || coalesce(b, 'none')"},
      {type_kind::text, "trim(both FROM a)"},
      {type_kind::boolean, "a SIMILAR TO 'x%' AND flag"},
      {type_kind::text, "doc ->> 'name'"},
      {column_type::decimal(12, 2), "p * 1.2"},
      {type_kind::date, "(at AT TIME ZONE 'UTC')::date"},
      {type_kind::int32, "extract(year FROM day)"},
      {column_type::array_of(type_kind::text), "tags || ARRAY['z']"},
      {column_type::varchar(3), "left(a, 3)"},
  };
  return all;
}

/// The same for the same seed.
class random_tables {
public:
  explicit random_tables(std::uint32_t seed) : random_(seed) {}

  schema_definition make() {
    schema_definition schema;
    schema.enums = {{"mood", {"bad", "fine", "good"}}};
    schema.add(table("first"));
    if (chance(50)) schema.add(table("second"));
    return schema;
  }

private:
  std::uint32_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::uint32_t>(0, static_cast<std::uint32_t>(limit) - 1)(random_);
  }
  bool chance(std::uint32_t percent) { return below(100) < percent; }
  template <class Item>
  const Item& any(const std::vector<Item>& of) {
    return of[below(of.size())];
  }
  /// Half of the names come before those by convention, half behind them.
  std::string name(const table_definition& of) {
    return std::string(1, "abyz"[below(4)]) + "_" + of.name + std::to_string(++named_);
  }
  std::string any_condition(bool of_index) {
    std::string first(of_index || chance(80) ? any(conditions()) : any(more_conditions()));
    if (chance(60)) return first;
    const std::string second(any(conditions()));
    switch (below(3)) {
      case 0: return "(" + first + ") AND (" + second + ")";
      case 1: return "(" + first + ") OR NOT (" + second + ")";
      default: return "NOT (" + first + ") IS TRUE";
    }
  }

  table_definition table(std::string_view called) {
    named_ = 0;
    table_definition out;
    out.name = called;
    out.columns.push_back({"id", type_kind::int64, false, true});
    out.primary_key.columns = {"id"};
    for (const sample& one : columns()) {
      column_definition column{std::string(one.name), one.type, chance(40)};
      if (one.name == "k") column.collation = "C";
      if (chance(50)) column.default_sql = std::string(any(one.defaults));
      out.columns.push_back(std::move(column));
    }
    for (int i = 0; i < 3; ++i) {
      if (chance(50)) continue;
      const computed_sample& one = any(computed());
      column_definition column{"c" + std::to_string(i), one.type, true};
      column.computed_sql = one.sql;
      out.columns.push_back(std::move(column));
    }
    for (std::uint32_t i = below(5); i > 0; --i) out.checks.push_back({name(out), any_condition(false)});
    for (std::uint32_t i = 2 + below(5); i > 0; --i) add_index(out);
    if (chance(30)) {
      exclusion_definition apart{name(out), "gist", {{{"nat", false, "", {}, "inet_ops"}, "&&"}}};
      if (chance(50)) apart.terms.push_back({{"", false, "tstzrange(at, due)"}, "&&"});
      if (chance(50)) apart.where = any_condition(true);
      out.exclusions.push_back(std::move(apart));
    }
    std::shuffle(out.indexes.begin(), out.indexes.end(), random_);
    return out;
  }

  void add_index(table_definition& to) {
    index_definition index;
    if (chance(60)) index.name = name(to);
    if (chance(50)) index.where = any_condition(true);
    if (chance(15)) {
      index.method = "gin";
      index.columns = {chance(50) ? index_column{"tags"} : index_column{"doc"}};
      if (index.columns[0].name == "doc" && chance(50)) index.columns[0].operator_class = "jsonb_path_ops";
    } else {
      index.unique = chance(25);
      index.nulls_not_distinct = index.unique && chance(30);
      for (std::uint32_t i = 1 + below(3); i > 0; --i) index.columns.push_back(index_term());
      if (chance(30)) index.include = {chance(50) ? "x" : "m"};
    }
    const std::string called = conventional_name(to, index);
    const bool twice = std::any_of(to.indexes.begin(), to.indexes.end(), [&](const index_definition& other) {
      return index.name.empty() && conventional_name(to, other) == called;
    });
    if (!twice) to.indexes.push_back(std::move(index));
  }

  index_column index_term() {
    index_column term;
    if (chance(50)) {
      term.name = any(texts{"a", "b", "k", "v", "n", "m", "p", "at", "due", "day", "u", "mood", "Order"});
      const bool is_text = term.name == "a" || term.name == "b" || term.name == "k" || term.name == "v";
      if (is_text && chance(40)) term.collation = any(texts{"C", "POSIX", "default"});
      if (is_text && term.name != "v" && chance(30)) term.operator_class = "text_pattern_ops";
    } else {
      term.expression = any(terms());
      if (term.expression == "lower(a)" && chance(40)) term.collation = "C";
      if (term.expression == "md5(a)" && chance(40)) term.operator_class = "text_pattern_ops";
    }
    term.descending = chance(30);
    if (chance(30)) term.nulls = chance(50) ? index_nulls::first : index_nulls::last;
    return term;
  }

  std::mt19937 random_;
  int named_ = 0;
};

struct random_spelling : own_schema {
  void apply(const std::vector<schema_operation>& operations, const schema_definition& before) {
    for (const ddl_statement& statement : db().sql_dialect().schema().render(operations, before)) {
      if (statement.role == ddl_role::execute) execute(statement.sql);
    }
  }
  void expect_no_difference(const schema_definition& wanted) {
    const schema_definition live = sync_wait(introspect(db()));
    for (const schema_operation& left : sync_wait(diff_live(db(), live, wanted))) ADD_FAILURE() << left.describe();
  }
};

TEST_F(random_spelling, leaves_nothing_to_change_before_and_after_a_change) {
  for (std::uint32_t seed = 3001; seed <= 3015 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_tables random(seed);
    const schema_definition from = random.make();
    const schema_definition to = random.make();
    apply(diff({}, from), {});
    expect_no_difference(from);
    if (seed % 2 == 0) {
      apply(diff(from, to), with_names(from));  // as a migration changes what the one before has made
    } else {
      const schema_definition live = sync_wait(introspect(db()));
      apply(sync_wait(diff_live(db(), live, to)), live);
    }
    expect_no_difference(to);
    apply(diff(to, {}), with_names(to));
  }
}

}  // namespace
}  // namespace tupelo::postgres
