// SPDX-License-Identifier: Apache-2.0
// What a dialect decides by its feature table and its spelling; one that can as little as possible stands for all.
#include "tupelo/dialect/dialect.hpp"
#include "tupelo/query/functions.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/query/write_query.hpp"
#include "tupelo/model/model.hpp"
#include "tupelo/core/error.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace tupelo {
namespace {

class plain_dialect final : public dialect {
public:
  std::string_view name() const noexcept override { return "Plain"; }
  const feature_table& features() const noexcept override { return table; }
  const schema_dialect& schema() const noexcept override { std::terminate(); }
  std::string begin(const transaction_start&) const override { return "START TRANSACTION"; }
  void placeholder(std::string& sql, std::uint32_t number, value_type) const override {
    sql += "$" + std::to_string(number);
  }
  std::string_view function_name(function f) const noexcept override {
    return f == function::upper ? std::string_view() : dialect::function_name(f);
  }

  feature_table table{};
};

struct User {
  std::int64_t id{};
  std::string name;
};

statement_plan plan_of(const plain_dialect& plain, query_core core) {
  core.finish();
  return plain.render(core.shape.data(), core.shape.size);
}
template <class Work>
query_error refused(Work work) {
  try {
    work();
  } catch (const query_error& e) {
    EXPECT_NE(std::string(e.what()).find("Plain"), std::string::npos) << e.what();
    return e;
  }
  ADD_FAILURE() << "it was rendered";
  throw std::logic_error("no failure");
}

TEST(dialect, spells_placeholders) {
  const plain_dialect plain;
  EXPECT_EQ(plan_of(plain, query<User>().where(col<&User::id> == 1).limit(2).core()).text,
            R"(SELECT "id", "name" FROM "users" WHERE "id" = $1 LIMIT $2)");
}
TEST(dialect, needs_no_limit_for_an_offset_unless_it_says_so) {
  const plain_dialect plain;
  EXPECT_EQ(plan_of(plain, query<User>().offset(2).core()).text, R"(SELECT "id", "name" FROM "users" OFFSET $1)");
}
TEST(dialect, locks_rows_where_it_has_row_locks) {
  plain_dialect plain;
  query_core core = query<User>().core();
  core.lock(for_update, nullptr);
  EXPECT_EQ(plan_of(plain, core).text.find("FOR UPDATE"), std::string::npos);
  plain.table.row_locks = true;
  EXPECT_TRUE(plan_of(plain, core).text.ends_with(" FOR UPDATE"));
}
TEST(dialect, without_returning_refuses_it) {
  const plain_dialect plain;
  query_core core = delete_query<User>(nullptr).all_rows().core();
  core.word(make_word(op::returning_row));
  EXPECT_EQ(refused([&] { plan_of(plain, core); }).code(), errc::unsupported_feature);
}
TEST(dialect, without_upsert_refuses_it) {
  const plain_dialect plain;
  query_core core(op::insert_into, detail::meta<User>::spec, insert_with_key, 1);
  core.shape.append(on_conflict(col<&User::id>).ignore().clause().shape);
  EXPECT_EQ(refused([&] { plan_of(plain, core); }).code(), errc::unsupported_feature);
}
TEST(dialect, without_a_function_refuses_its_calls) {
  const plain_dialect plain;
  EXPECT_EQ(refused([&] { plan_of(plain, query<User>().where(upper(col<&User::name>) == "X").core()); }).code(),
            errc::unsupported_feature);
}
TEST(dialect, with_few_parameters_says_how_many) {
  plain_dialect plain;
  plain.table.max_parameters = 2;
  const auto e = refused([&] { plan_of(plain, query<User>().where(col<&User::id>.in(1, 2, 3)).core()); });
  EXPECT_NE(std::string(e.what()).find("4 parameters"), std::string::npos) << e.what();
}
TEST(dialect, refuses_a_query_that_says_nothing) {
  const plain_dialect plain;
  query_core core;
  core.word(make_word(op::distinct));
  EXPECT_THROW(plan_of(plain, core), query_error);
}

}  // namespace
}  // namespace tupelo
