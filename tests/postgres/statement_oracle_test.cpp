// SPDX-License-Identifier: Apache-2.0
// Whole statements as the dialect renders them, with the types that the server finds out by itself.
#include "oracle.hpp"
#include "random_values.hpp"

#include <tupelo/core/decimal.hpp>
#include <tupelo/core/timestamp.hpp>

#include <algorithm>
#include <cstddef>

namespace tupelo::driver::postgres::testing {
namespace {

struct product {
  std::int32_t id = 0;
  std::string name;
  std::optional<double> weight;
  decimal price;
  timestamp made;
  level rank{};
  bool sold = false;
};

struct statement_oracle : oracle_test {
  void SetUp() override {
    oracle_test::SetUp();
    if (IsSkipped()) return;
    server->run("CREATE TYPE pg_temp.product_level AS ENUM ('low', 'normal', 'high'); "
                "CREATE TEMP TABLE products (id int4 PRIMARY KEY, name varchar(200) NOT NULL, weight float8, "
                "price numeric(12, 2) NOT NULL, made timestamptz NOT NULL, rank pg_temp.product_level NOT NULL, "
                "sold bool NOT NULL)");
    slots = {slot_of(id, offsetof(product, id), "id"),
             slot_of(name, offsetof(product, name), "name"),
             slot_of(weight, offsetof(product, weight), "weight"),
             slot_of(price, offsetof(product, price), "price"),
             slot_of(made, offsetof(product, made), "made"),
             slot_of(rank, offsetof(product, rank), "rank"),
             slot_of(sold, offsetof(product, sold), "sold")};
  }

  libpq_result run(const statement_plan& plan, const std::uint64_t* values, const void* const* objects,
                   bool binary_result) {
    const libpq_statement statement = server->prepare(plan.text);
    send_buffer out;
    write_parameters(out, plan_parameters(plan, statement.parameters), plan, values, objects);
    const sent_parameters sent(all_of(out));
    return server->execute(statement, sent.values, sent.binary, binary_result);
  }
  void insert(const std::vector<product>& products) {
    statement_plan plan;
    plan.text = "INSERT INTO products VALUES ";
    std::uint32_t next = 1;
    for (std::size_t row = 0; row < products.size(); ++row) {
      plan.text += row != 0 ? ", (" : "(";
      for (std::size_t i = 0; i < slots.size(); ++i) plan.text += (i != 0 ? ", $" : "$") + std::to_string(next++);
      plan.text += ")";
    }
    for (std::size_t i = 0; i < slots.size(); ++i) {
      bind_step step;
      step.source = bind_source::field;
      step.k = slots[i].k;
      step.first = static_cast<std::uint32_t>(i + 1);
      step.slot = slots[i];
      plan.binds.push_back(step);
    }
    plan.rows_per_statement = static_cast<std::uint32_t>(products.size());
    std::vector<const void*> objects;
    for (const product& one : products) objects.push_back(&one);
    run(plan, nullptr, objects.data(), false);
  }
  std::vector<product> select(const std::string& condition, std::vector<bind_step> binds, const std::uint64_t* values) {
    statement_plan plan;
    plan.text = "SELECT * FROM products WHERE " + condition + " ORDER BY id";
    plan.binds = std::move(binds);
    plan.reads = slots;
    plan.row_type = "product";
    const libpq_result text = run(plan, values, nullptr, false);
    const libpq_result binary = run(plan, values, nullptr, true);
    std::vector<product> out(text.rows.size());
    for (std::size_t i = 0; i < out.size(); ++i) decode(plan, text, binary, i, &out[i]);
    return out;
  }
  static std::vector<std::int32_t> ids(const std::vector<product>& products) {
    std::vector<std::int32_t> out;
    for (const product& one : products) out.push_back(one.id);
    return out;
  }
  static bind_step value(kind k, like_wrap wrap = like_wrap::none) {
    bind_step step;
    step.k = k;
    step.wrap = wrap;
    step.first = 1;
    return step;
  }
  static bind_step whole_list(kind k) {
    bind_step step = value(k);
    step.source = bind_source::whole_list;
    return step;
  }

  type_ops id = ops_of<std::int32_t>(kind::i32);
  type_ops name = ops_of<std::string>(kind::text);
  type_ops weight = optional_ops_of<double>(kind::f64);
  type_ops price = ops_of<decimal>(kind::decimal);
  type_ops made = ops_of<timestamp>(kind::timestamp);
  type_ops rank = level_ops();
  type_ops sold = ops_of<bool>(kind::boolean);
  std::vector<field_slot> slots;
};

std::vector<product> some_products() {
  random_values random(7);
  std::vector<product> products;
  for (std::int32_t i = 0; i < 100; ++i) {
    product one;
    one.id = i;
    one.name = random.text(20);
    if (random.one_in(2)) one.weight = static_cast<double>(random.between(-1000, 1000)) / 7;
    one.price = decimal::from_unscaled(random.between(-999'999, 999'999), 2);
    one.made.us = random.between(timestamp::min_us, timestamp::max_us);
    one.rank = random.one_in(2) ? level::high : level::low;
    one.sold = random.one_in(2);
    products.push_back(one);
  }
  return products;
}

TEST_F(statement_oracle, rows_that_are_inserted_together_come_back) {
  const std::vector<product> products = some_products();
  insert(products);
  const std::vector<product> found = select("true", {}, nullptr);
  ASSERT_EQ(found.size(), products.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].id, products[i].id);
    EXPECT_EQ(found[i].name, products[i].name);
    EXPECT_EQ(found[i].weight, products[i].weight);
    EXPECT_EQ(found[i].price.to_string(), products[i].price.to_string());
    EXPECT_EQ(found[i].made, products[i].made);
    EXPECT_EQ(found[i].rank, products[i].rank);
    EXPECT_EQ(found[i].sold, products[i].sold);
  }
}

TEST_F(statement_oracle, list_is_one_array_whatever_the_column) {
  insert(some_products());
  inline_word_buffer<64> numbers;
  for (const std::uint64_t word : {3u, 5u, 7u, 1000u}) numbers.push(word);
  EXPECT_EQ(ids(select("id = ANY($1)", {whole_list(kind::i64)}, numbers.data())), (std::vector<std::int32_t>{5, 7}));

  const std::vector<product> products = some_products();
  inline_word_buffer<64> names;
  names.push(2);
  names.push_text(products[4].name);
  names.push_text(products[9].name);
  const auto named = ids(select("name = ANY($1)", {whole_list(kind::text)}, names.data()));
  EXPECT_NE(std::find(named.begin(), named.end(), 4), named.end());
  EXPECT_NE(std::find(named.begin(), named.end(), 9), named.end());

  inline_word_buffer<64> ranks;
  ranks.push(2);
  ranks.push_text("high");
  ranks.push_text("low");
  EXPECT_EQ(select("rank = ANY($1)", {whole_list(kind::enumeration)}, ranks.data()).size(), 100u);

  inline_word_buffer<64> prices;
  prices.push(1);
  prices.push_text(products[0].price.to_string());
  EXPECT_GE(select("price = ANY($1)", {whole_list(kind::decimal)}, prices.data()).size(), 1u);

  inline_word_buffer<64> times;
  times.push(1);
  times.push(static_cast<std::uint64_t>(products[2].made.us));
  EXPECT_EQ(ids(select("made = ANY($1)", {whole_list(kind::timestamp)}, times.data())), (std::vector<std::int32_t>{2}));

  const std::uint64_t nothing = 0;
  EXPECT_TRUE(select("id = ANY($1)", {whole_list(kind::i32)}, &nothing).empty());
  EXPECT_TRUE(select("rank = ANY($1)", {whole_list(kind::enumeration)}, &nothing).empty());
}

TEST_F(statement_oracle, pattern_finds_its_characters_and_not_their_meaning) {
  std::vector<product> products(2);
  products[0].name = "50% off\\";
  products[1].id = 1;
  products[1].name = "500 offers";
  insert(products);
  inline_word_buffer<16> values;
  values.push_text("50% off\\");
  EXPECT_EQ(ids(select("name LIKE $1", {value(kind::text, like_wrap::contains)}, values.data())),
            (std::vector<std::int32_t>{0}));
}

/// A list as one parameter against the array that libpq sends as text.
TEST_F(statement_oracle, arrays_of_every_element_agree) {
  random_values random(11);
  const auto agree = [&](const std::string& type, kind k, const std::uint64_t* values, const std::string& literal) {
    SCOPED_TRACE(type + ": " + literal);
    statement_plan plan;
    plan.text = "SELECT $1::" + type + "[]";
    plan.binds = {whole_list(k)};
    const libpq_statement statement = server->prepare(plan.text);
    EXPECT_EQ(run(plan, values, nullptr, true).rows, server->execute(statement, {literal}, true).rows);
  };
  for (int i = 0; i < 50; ++i) {
    const auto count = random.below(6);
    inline_word_buffer<64> words;
    inline_word_buffer<64> texts;
    inline_word_buffer<64> decimals;
    words.push(count);
    texts.push(count);
    decimals.push(count);
    std::string word_literal = "{";
    std::string text_literal = "{";
    std::string decimal_literal = "{";
    for (std::uint64_t n = 0; n < count; ++n) {
      const char* const comma = n != 0 ? "," : "";
      const auto number = random.integer<std::int16_t>();
      words.push(static_cast<std::uint64_t>(static_cast<std::int64_t>(number)));
      word_literal += comma + std::to_string(number);
      const std::string letters = random.letters(9);
      texts.push_text(letters);
      text_literal += comma + ("\"" + letters + "\"");
      const std::string digits = random.decimal_text(25);
      decimals.push_text(digits);
      decimal_literal += comma + digits;
    }
    for (const char* type : {"int2", "int4", "int8", "float4", "float8", "numeric"})
      agree(type, kind::i64, words.data(), word_literal + "}");
    for (const char* type : {"text", "varchar", "bpchar", "name", "bytea"}) {
      agree(type, type == std::string_view("bytea") ? kind::bytes : kind::text, texts.data(), text_literal + "}");
    }
    agree("numeric", kind::decimal, decimals.data(), decimal_literal + "}");
  }
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
