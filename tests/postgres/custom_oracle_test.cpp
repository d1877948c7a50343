// SPDX-License-Identifier: Apache-2.0
// Ranges, multiranges, bits, times with an offset, composites and types with bytes of their own, written through libpq
// and read through the codec, and the other way round.
#include "value_oracle.hpp"

#include <tupelo/model/bits.hpp>
#include <tupelo/model/cidr.hpp>
#include <tupelo/model/composite.hpp>
#include <tupelo/model/inet.hpp>
#include <tupelo/model/model.hpp>
#include <tupelo/model/multirange.hpp>
#include <tupelo/model/offset_time.hpp>
#include <tupelo/core/bytes.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/interval.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace tupelo::driver::postgres::testing {

enum class size : std::uint8_t { small, large };
struct city {
  std::string name{};
  std::optional<std::int32_t> people{};
  friend bool operator==(const city&, const city&) = default;
};
struct everything {
  bool flag{};
  std::int16_t small{};
  std::int64_t large{};
  double real{};
  decimal price{};
  std::optional<std::string> text{};
  bytes data{};
  date day{};
  timestamp moment{};
  interval span{};
  uuid id{};
  json document{};
  size how{};
  std::optional<city> where{};
  range<std::int32_t> numbers{};
  std::optional<bits> mask{};
  std::vector<std::int32_t> marks{};
  std::optional<std::vector<std::optional<std::string>>> notes{};
  std::vector<json> documents{};
  std::vector<size> sizes{};
  std::vector<city> cities{};
  std::vector<range<date>> holidays{};
  std::vector<std::vector<double>> grid{};
  friend bool operator==(const everything&, const everything&) = default;
};
struct host {
  native<"inet"> address{};
  std::int32_t port{};
  friend bool operator==(const host&, const host&) = default;
};
/// A type of the server that nothing here knows, in ten lines and a name.
struct point {
  double x{}, y{};
  friend bool operator==(const point&, const point&) = default;
};

}  // namespace tupelo::driver::postgres::testing

template <>
struct tupelo::field_traits<tupelo::driver::postgres::testing::city>
    : tupelo::composite<tupelo::driver::postgres::testing::city, "oracle_city"> {};
template <>
struct tupelo::field_traits<tupelo::driver::postgres::testing::everything>
    : tupelo::composite<tupelo::driver::postgres::testing::everything, "oracle_everything"> {};
template <>
struct tupelo::field_traits<tupelo::driver::postgres::testing::host>
    : tupelo::composite<tupelo::driver::postgres::testing::host, "oracle_host"> {};
template <>
struct tupelo::field_traits<tupelo::driver::postgres::testing::point> {
  using point = tupelo::driver::postgres::testing::point;
  static constexpr std::string_view column_type = "point";
  static void to_text(const point& p, std::string& out) {
    out = "(" + std::to_string(p.x) + "," + std::to_string(p.y) + ")";
  }
  static bool from_text(point& p, std::string_view text) {
    return std::sscanf(std::string(text).c_str(), "(%lf,%lf)", &p.x, &p.y) == 2;
  }
  static void to_binary(const point& p, std::string& out) {
    for (const double each : {p.x, p.y}) {
      const auto swapped = __builtin_bswap64(std::bit_cast<std::uint64_t>(each));
      out.append(reinterpret_cast<const char*>(&swapped), sizeof swapped);
    }
  }
  static bool from_binary(point& p, std::string_view bytes) {
    std::uint64_t words[2];
    if (bytes.size() != sizeof words) return false;
    std::memcpy(words, bytes.data(), sizeof words);
    p = {std::bit_cast<double>(__builtin_bswap64(words[0])), std::bit_cast<double>(__builtin_bswap64(words[1]))};
    return true;
  }
};

namespace tupelo::driver::postgres::testing {
namespace {

template <class T>
std::string text_of(const T& value) {
  std::string out;
  field_traits<T>::to_text(value, out);
  return out;
}

std::string rows_text(const std::vector<std::vector<city>>& rows) {
  std::string out;
  spell_value({&tupelo::detail::ops_of<std::vector<std::vector<city>>>, 0, kind::array, false, {}}, &rows, out);
  return out;
}

struct custom_oracle : value_oracle {
  template <class T>
  void agrees(const echo_statement& statement, const T& value) {
    agree(statement, tupelo::detail::ops_of<T>, value, text_of(value));
    is_sent_alike(statement, value, text_of(value));
  }
  sent_parameters sent(const statement_plan& plan, const echo_statement& statement, const std::uint64_t* values,
                       const void* const* objects) {
    send_buffer out;
    write_parameters(out, plan_parameters(plan, statement.statement.parameters, 0, catalog), plan, values, objects);
    return sent_parameters(all_of(out));
  }
  /// From a query's values as from a field, and to the server it is what libpq sends as text.
  template <class T>
  void is_sent_alike(const echo_statement& statement, const T& value, const std::string& text) {
    SCOPED_TRACE(statement.type + ": " + text);
    const type_ops& ops = tupelo::detail::ops_of<T>;
    statement_plan of_field, of_query;
    of_field.binds.resize(1);
    of_field.binds[0].source = bind_source::field;
    of_field.binds[0].first = 1;
    of_field.binds[0].slot = slot_of(ops);
    of_query.binds.resize(1);
    of_query.binds[0].k = ops.k;
    of_query.binds[0].first = 1;
    of_query.binds[0].slot.type = formed_type(ops);
    if (ops.k == kind::array) of_query.binds[0].element = kind::custom;
    inline_word_buffer<64> words;
    push_value(slot_of(ops), &value, words);
    const void* const object = &value;
    const sent_parameters field = sent(of_field, statement, nullptr, &object);
    const sent_parameters query = sent(of_query, statement, words.data(), nullptr);
    EXPECT_EQ(query.binary, field.binary);
    EXPECT_EQ(query.values, field.values);
    EXPECT_EQ(server->execute(statement.statement, query.values, query.binary, true).rows,
              server->execute(statement.statement, {text}, true).rows);
  }
  /// A list as one parameter, which is what `in(…)` sends.
  template <class T>
  void lists_agree(const echo_statement& statement, const std::vector<T>& values, const std::string& text) {
    SCOPED_TRACE("list for " + statement.type + ": " + text);
    statement_plan plan;
    plan.binds.resize(1);
    plan.binds[0].source = bind_source::whole_list;
    plan.binds[0].k = kind::custom;
    plan.binds[0].first = 1;
    plan.binds[0].slot.type = formed_type(tupelo::detail::ops_of<T>);
    inline_word_buffer<64> words;
    words.push(values.size());
    for (const T& each : values) push_value(slot_of(tupelo::detail::ops_of<T>), &each, words);
    const sent_parameters query = sent(plan, statement, words.data(), nullptr);
    EXPECT_EQ(server->execute(statement.statement, query.values, query.binary, true).rows,
              server->execute(statement.statement, {text}, true).rows);
  }
  /// An array of them too, with and without NULL.
  template <class T>
  void arrays_agree(const echo_statement& statement, const std::vector<T>& values) {
    std::string plain = "{", holed = "{NULL";
    std::vector<std::optional<T>> optional_values(1);
    for (const T& each : values) {
      std::string element = "\"";
      for (const char c : text_of(each)) {
        if (c == '"' || c == '\\') element += '\\';
        element += c;
      }
      element += '"';
      plain.append(plain.size() > 1 ? "," : "").append(element);
      holed.append(",").append(element);
      optional_values.emplace_back(each);
    }
    agree(statement, tupelo::detail::ops_of<std::vector<T>>, values, plain + "}");
    agree(statement, tupelo::detail::ops_of<std::vector<std::optional<T>>>, optional_values, holed + "}");
    is_sent_alike(statement, values, plain + "}");
    is_sent_alike(statement, optional_values, holed + "}");
    lists_agree(statement, values, plain + "}");
  }

  template <class T, class Make>
  range<T> some_range(Make make) {
    if (random.one_in(8)) return {};
    std::optional<T> lower, upper;
    if (!random.one_in(5)) lower = make();
    if (!random.one_in(5)) upper = make();
    if (lower && upper && *upper < *lower) std::swap(lower, upper);
    constexpr range_bounds all[] = {range_bounds::closed_open, range_bounds::closed, range_bounds::open,
                                    range_bounds::open_closed};
    return {lower, upper, all[random.below(4)]};
  }
  template <class T, class Make>
  void ranges(const std::string& name, Make make) {
    const auto one = echo(name + "range");
    const auto many = echo(name + "multirange");
    const auto array = echo(name + "range[]");
    const auto array_of_many = echo(name + "multirange[]");
    agrees(one, range<T>());
    agrees(one, range<T>::all());
    agrees(many, multirange<T>());
    for (int i = 0; i < 60; ++i) {
      std::vector<range<T>> some;
      for (auto count = random.below(5); count > 0; --count) some.push_back(some_range<T>(make));
      for (const range<T>& each : some) agrees(one, each);
      agrees(many, multirange<T>(some));
      arrays_agree(array, some);
      arrays_agree(array_of_many, std::vector<multirange<T>>{multirange<T>(some), multirange<T>()});
    }
  }
  template <class T>
  T read(const std::string& sql) {
    const libpq_statement statement = server->prepare("SELECT " + sql);
    statement_plan plan;
    plan.reads = {slot_of(tupelo::detail::ops_of<T>)};
    plan.row_type = "Row";
    T value{};
    decode(plan, server->execute(statement, {}, false), server->execute(statement, {}, true), 0, &value);
    return value;
  }
  void make_types() {
    server->run("SET search_path TO pg_temp, public");  // other tests make theirs at the same time
    server->run("DROP TYPE IF EXISTS oracle_everything, oracle_host, oracle_city, oracle_size");
    server->run("CREATE TYPE oracle_size AS ENUM ('small', 'large')");
    server->run("CREATE TYPE oracle_city AS (name varchar(200), people integer)");
    server->run("CREATE TYPE oracle_host AS (address inet, port integer)");
    server->run(
        "CREATE TYPE oracle_everything AS (flag boolean, small smallint, large bigint, \"real\" double precision, "
        "price "
        "numeric, \"text\" text, data bytea, day date, moment timestamptz, span interval, id uuid, document jsonb, how "
        "oracle_size, \"where\" oracle_city, numbers int4range, mask varbit, marks integer[], notes text[], documents "
        "jsonb[], "
        "sizes oracle_size[], cities oracle_city[], holidays daterange[], grid double precision[])");
  }
  /// What the server tells of the types above.
  void learn_types() {
    const auto number = [&](const std::string& name) {
      return static_cast<std::uint32_t>(std::stoul(server->texts("SELECT '" + name + "'::regtype::oid").at(0)));
    };
    for (const char* name : {"oracle_size", "oracle_city", "oracle_host", "oracle_everything"}) {
      type_catalog::entry known{.type = number(name), .sort = 'c', .base = 0, .element = 0, .attributes = {}};
      for (const std::string& type :
           server->texts("SELECT atttypid FROM pg_attribute JOIN pg_type ON typrelid = attrelid WHERE pg_type.oid = '" +
                         std::string(name) + "'::regtype AND attnum > 0 ORDER BY attnum"))
        known.attributes.push_back(static_cast<std::uint32_t>(std::stoul(type)));
      if (known.attributes.empty()) known.sort = 'e';
      catalog.add(
          {.type = number(name + std::string("[]")), .sort = 'b', .base = 0, .element = known.type, .attributes = {}});
      catalog.add(std::move(known));
    }
  }
  void composites();
  inet some_address() {
    std::array<std::uint8_t, 16> bytes{};
    // Runs of zeros, which have spellings of their own.
    for (std::uint8_t& each : bytes)
      each = random.one_in(2) ? std::uint8_t{0} : static_cast<std::uint8_t>(random.below(256));
    if (random.one_in(2)) return inet(bytes, static_cast<int>(random.below(129)));
    return inet(std::array{bytes[0], bytes[1], bytes[2], bytes[3]}, static_cast<int>(random.below(33)));
  }
  bits some_bits(std::size_t size) {
    bits out(size);
    for (std::size_t i = 0; i < size; ++i) out.set(i, random.one_in(2));
    return out;
  }
};

TEST_F(custom_oracle, ranges_and_multiranges_agree) {
  ranges<std::int32_t>("int4", [&] { return static_cast<std::int32_t>(random.between(-20, 20)); });
  ranges<std::int64_t>("int8", [&] { return random.integer<std::int64_t>() / 2; });
  ranges<decimal>("num", [&] { return decimal::from_unscaled(random.between(-999'999, 999'999), 2); });
  ranges<date>("date", [&] { return date{static_cast<std::int32_t>(random.between(date::min_days, 2'000'000))}; });
  ranges<timestamp>("tstz", [&] { return timestamp{random.between(timestamp::min_us, timestamp::max_us)}; });
  ranges<timestamp>("ts", [&] { return timestamp{random.between(timestamp::min_us, timestamp::max_us)}; });
}

TEST_F(custom_oracle, ranges_with_infinite_bounds_agree) {
  agrees(echo("tstzrange"), range<timestamp>(timestamp{0}, timestamp::infinity()));
  agrees(echo("daterange"), range<date>(date::minus_infinity(), date{7}));
  agrees(echo("nummultirange"), multirange<decimal>{{decimal::parse("1.50"), decimal::infinity()}});
}

TEST_F(custom_oracle, bits_agree) {
  const auto varying = echo("varbit");
  const auto fixed = echo("bit(13)");
  const auto array = echo("varbit[]");
  for (int i = 0; i < rounds; ++i) {
    agrees(varying, some_bits(random.below(70)));
    agrees(fixed, some_bits(13));
    arrays_agree(array, std::vector<bits>{some_bits(random.below(9)), some_bits(random.below(9))});
  }
}

TEST_F(custom_oracle, values_of_queries_are_binary_where_fields_are) {
  const auto sent_as = [&]<class T>(const std::string& type, const T& value) {
    statement_plan plan;
    plan.binds.resize(1);
    plan.binds[0].k = kind::custom;
    plan.binds[0].first = 1;
    plan.binds[0].slot.type = formed_type(tupelo::detail::ops_of<T>);
    inline_word_buffer<64> words;
    push_value(slot_of(tupelo::detail::ops_of<T>), &value, words);
    return sent(plan, echo(type), words.data(), nullptr);
  };
  EXPECT_TRUE(sent_as("int4range", range<std::int32_t>(1, 5)).binary[0]);
  EXPECT_TRUE(sent_as("datemultirange", multirange<date>()).binary[0]);
  EXPECT_TRUE(sent_as("varbit", bits::parse("101")).binary[0]);
  EXPECT_TRUE(sent_as("inet", inet::parse("::1")).binary[0]);
  EXPECT_EQ(sent_as("text", bits::parse("101")).values[0], "101") << "the server has asked for a text";
  EXPECT_FALSE(sent_as("tstzrange", native<"tstzrange">{"[now,)"}).binary[0]) << "nobody knows more than its text";
}

TEST_F(custom_oracle, times_with_an_offset_agree) {
  const auto statement = echo("timetz");
  const auto array = echo("timetz[]");
  for (int i = 0; i < rounds; ++i) {
    const offset_time some{time_of_day{random.between(0, time_of_day::max_us)},
                           static_cast<std::int32_t>(random.between(-57'599, 57'599))};
    agrees(statement, some);
    arrays_agree(array, std::vector<offset_time>{some});
  }
}

TEST_F(custom_oracle, addresses_and_networks_agree) {
  const auto address = echo("inet");
  const auto addresses = echo("inet[]");
  const auto network = echo("cidr");
  const auto networks = echo("cidr[]");
  for (int i = 0; i < rounds; ++i) {
    const inet some = some_address();
    const inet other = some_address();
    agrees(address, some);
    agrees(address, some.host());
    arrays_agree(addresses, std::vector<inet>{some, other});
    agrees(network, cidr(some));
    arrays_agree(networks, std::vector<cidr>{cidr(some), cidr(other)});
    const std::string a = "inet '" + some.to_string() + "'";
    const std::string b = "inet '" + other.to_string() + "'";
    EXPECT_EQ(read<bool>(a + " < " + b), some < other) << a << " " << b;
    EXPECT_EQ(read<bool>(a + " >>= " + b), some.contains(other)) << a << " " << b;
    EXPECT_EQ(read<cidr>("network(" + a + ")"), cidr(some)) << a;
    EXPECT_EQ(read<inet>("network(" + a + ")"), some.network()) << a;
  }
}

TEST_F(custom_oracle, types_with_bytes_of_their_own_agree) {
  const auto statement = echo("point");
  for (int i = 0; i < rounds; ++i) {
    const point some{static_cast<double>(random.between(-1000, 1000)) / 4,
                     static_cast<double>(random.between(-1000, 1000)) / 4};
    agrees(statement, some);
    arrays_agree(echo("point[]"), std::vector<point>{some, point{}});
  }
}

void custom_oracle::composites() {
  const auto statement = echo("oracle_everything");
  const auto array = echo("oracle_city[]");
  const auto hosts = echo("oracle_host");
  agrees(statement, everything{.id = uuid::v4(), .document = json::parse("{}")});
  for (int i = 0; i < rounds; ++i) {
    everything some;
    some.flag = random.one_in(2);
    some.small = random.integer<std::int16_t>();
    some.large = random.integer<std::int64_t>();
    some.real = static_cast<double>(random.integer<std::int32_t>()) / 7;
    some.price = decimal::from_unscaled(random.between(-999'999, 999'999), 3);
    if (random.one_in(2)) some.text = random.text(20);
    some.data = to_bytes(random.text(10));
    some.day = date{static_cast<std::int32_t>(random.between(date::min_days, date::max_days))};
    some.moment = timestamp{random.between(timestamp::min_us, timestamp::max_us)};
    some.span = {random.integer<std::int16_t>(), random.integer<std::int16_t>(), random.integer<std::int32_t>()};
    some.id = uuid::v4();
    some.document = json::parse("{\"a\": " + std::to_string(i) + "}");
    some.how = random.one_in(2) ? size::small : size::large;
    if (random.one_in(2)) some.where = city{random.text(9), random.integer<std::int32_t>()};
    some.numbers = some_range<std::int32_t>([&] { return static_cast<std::int32_t>(random.between(-20, 20)); });
    if (random.one_in(2)) some.mask = some_bits(random.below(20));
    for (auto count = random.below(4); count > 0; --count) {
      some.marks.push_back(random.integer<std::int32_t>());
      some.documents.push_back(json::parse("{\"b\": [" + std::to_string(i) + ", \"{,}\"]}"));
      some.sizes.push_back(random.one_in(2) ? size::small : size::large);
      some.cities.push_back({random.text(9), random.one_in(2) ? std::nullopt : std::optional(i)});
      some.holidays.push_back(some_range<date>([&] { return date{static_cast<std::int32_t>(random.below(99))}; }));
      some.grid.push_back({0.5, static_cast<double>(random.integer<std::int16_t>()) / 3});
    }
    if (random.one_in(2)) some.notes = {random.text(9), std::nullopt, "NULL", "{\"a,b\"}"};
    agrees(statement, some);
    arrays_agree(array, std::vector<city>{city{random.text(9), std::nullopt}, some.where.value_or(city{})});
    const std::vector<std::vector<city>> rows{{city{"Ulm", i}}, {some.where.value_or(city{})}};
    is_sent_alike(array, rows, rows_text(rows));
    agree(array, tupelo::detail::ops_of<std::vector<std::vector<city>>>, rows, rows_text(rows));
    agrees(hosts, host{{"10.0.0." + std::to_string(i)}, i});
  }
}

TEST_F(custom_oracle, composites_agree_as_texts) {
  make_types();
  composites();
}
TEST_F(custom_oracle, composites_agree_in_binary) {
  make_types();
  learn_types();
  composites();
}
TEST_F(custom_oracle, what_a_composite_is_made_of_is_told_by_the_server) {
  make_types();
  statement_plan plan;
  bind_step step;
  step.source = bind_source::field;
  step.first = 1;
  step.slot = slot_of(tupelo::detail::ops_of<everything>);
  plan.binds = {step};
  learn_types();
  const auto binary = [&](const std::string& type) {
    return plan_parameters(plan, echo(type).statement.parameters, 0, catalog).steps[0].form ==
           parameter_form::composite;
  };
  EXPECT_TRUE(binary("oracle_everything"));
  EXPECT_THROW(binary("oracle_city"), query_error) << "it has other attributes";
}

TEST_F(custom_oracle, rows_of_no_named_type_are_read_as_composites) {
  EXPECT_EQ(read<city>("ROW('Ulm'::text, 7)"), (city{"Ulm", 7}));
  EXPECT_THROW(read<city>("ROW('Ulm'::text)"), decode_error);
  EXPECT_THROW(read<city>("ROW('10.0.0.1'::inet, 7)"), decode_error);
}

TEST_F(custom_oracle, infinite_intervals_agree_where_the_server_has_them) {
  if (std::stoi(server->texts("SHOW server_version_num").at(0)) < 170'000)
    GTEST_SKIP() << "PostgreSQL has infinite intervals from version 17 on";
  for (const interval& endless : {interval::infinity(), interval::minus_infinity()}) {
    EXPECT_EQ(read<interval>("'" + endless.to_string() + "'::interval"), endless);
    const auto e = server->texts("SELECT '" + endless.to_string() + "'::interval").at(0);
    EXPECT_EQ(interval::parse(e), endless);
  }
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
