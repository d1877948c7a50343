// SPDX-License-Identifier: Apache-2.0
// Whatever bytes a server sends as a row of whatever type: they become the field's value, or are refused with a typed
// error; no decoder reads beyond the row, and no memory is taken for what was only announced. What was read can be
// written again.
#include "row_decoder.hpp"
#include "value_binder.hpp"

#include <tupelo/model/bits.hpp>
#include <tupelo/model/cidr.hpp>
#include <tupelo/model/composite.hpp>
#include <tupelo/model/field_type.hpp>
#include <tupelo/model/inet.hpp>
#include <tupelo/model/model.hpp>
#include <tupelo/model/multirange.hpp>
#include <tupelo/model/native.hpp>
#include <tupelo/model/offset_time.hpp>
#include <tupelo/model/range.hpp>
#include <tupelo/core/bytes.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/interval.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/time_of_day.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

enum class fuzz_level : std::uint8_t { low, high };
struct fuzz_money {
  std::int64_t cents{};
};
struct fuzz_labels {
  std::vector<fuzz_money> all;
};
struct fuzz_pair {
  std::int32_t number{};
  std::optional<std::string> name{};
  tupelo::json document{};
  tupelo::range<tupelo::decimal> price{};
};
template <>
struct tupelo::field_traits<fuzz_pair> : tupelo::composite<fuzz_pair, "pair"> {};
struct fuzz_survey {
  std::vector<std::int32_t> marks{};
  std::vector<std::vector<std::optional<std::string>>> notes{};
  std::vector<tupelo::json> documents{};
  std::vector<fuzz_level> levels{};
  std::vector<fuzz_pair> pairs{};
};
template <>
struct tupelo::field_traits<fuzz_survey> : tupelo::composite<fuzz_survey, "survey"> {};
template <>
struct tupelo::field_traits<fuzz_money> {
  using stored = std::int64_t;
  static stored store(const fuzz_money& money) { return money.cents; }
  static fuzz_money load(stored cents) {
    if (cents < 0) throw std::domain_error("a debt");
    return {cents};
  }
};
template <>
struct tupelo::field_traits<fuzz_labels> {
  using stored = std::vector<fuzz_money>;
  static stored store(const fuzz_labels& labels) { return labels.all; }
  static fuzz_labels load(const stored& all) { return {all}; }
};

namespace {

using namespace tupelo;
using namespace tupelo::driver::postgres;

/// The types that have a number of their own, their arrays, some that only other databases of this server know, and one
/// that a user made.
constexpr std::uint32_t server_types[] = {
    16,   17,    18,   19,   20,   21,   23,   25,   26,   114,  142,  600,  650,  700,  701,  705,
    790,  829,   869,  1042, 1043, 1082, 1083, 1114, 1184, 1186, 1266, 1560, 1562, 1700, 2950, 3802,
    3904, 143,   199,  651,  791,  1000, 1001, 1002, 1003, 1005, 1007, 1009, 1014, 1015, 1016, 1021,
    1022, 1028,  1040, 1041, 1115, 1182, 1183, 1185, 1187, 1231, 1270, 1561, 1563, 2951, 3807, 1017,
    3905, 16500, 2249, 3906, 3908, 3910, 3912, 3926, 4451, 4532, 4533, 4534, 4535, 4536, 3913, 6150,
};

template <class T>
void decode(std::uint32_t type, const char* body, std::uint32_t size) {
  const type_ops& ops = tupelo::detail::ops_of<T>;
  statement_plan plan;
  plan.reads = {{&ops, 0, ops.k, ops.nullable, "value"}};
  plan.row_type = "Row";
  const result_column column{"value", type};
  T value{};
  try {
    const row_layout layout = plan_row(plan, {&column, 1});
    decode_row(layout, body, size, &value);
    bind_step step;
    step.source = bind_source::field;
    step.first = 1;
    step.slot = plan.reads[0];
    plan.reads.clear();
    plan.binds = {step};
    const void* object = &value;
    send_buffer out;
    write_parameters(out, plan_parameters(plan, {&type, 1}), plan, nullptr, &object);
  } catch (const tupelo::error&) {}
}

using decoder = void (*)(std::uint32_t, const char*, std::uint32_t);
template <class T>
constexpr decoder all_of[] = {&decode<T>,
                              &decode<std::optional<T>>,
                              &decode<std::vector<T>>,
                              &decode<std::vector<std::optional<T>>>,
                              &decode<std::optional<std::vector<T>>>,
                              &decode<std::vector<std::vector<T>>>,
                              &decode<std::vector<std::vector<std::vector<std::optional<T>>>>>};
template <class... Types>
decoder pick(std::uint8_t type, std::uint8_t shape) {
  const decoder* const decoders[] = {all_of<Types>...};
  return decoders[type % sizeof...(Types)][shape % 7];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t head = 3;
  if (size < head) return 0;
  const decoder run =
      pick<bool, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint16_t, std::uint32_t, std::uint64_t,
           float, double, std::string, bytes, timestamp, date, time_of_day, interval, std::chrono::milliseconds,
           std::chrono::sys_seconds, uuid, decimal, json, fuzz_level, fuzz_money, native<"inet">, range<std::int32_t>,
           range<timestamp>, range<decimal>, multirange<std::int32_t>, multirange<date>, bits, offset_time, fuzz_pair,
           inet, cidr, fuzz_survey>(data[0], data[1]);
  const std::uint32_t type = server_types[data[2] % std::size(server_types)];
  // A body of its own size, so that reading beyond it is seen: the bytes as they are, and as the one value of a row.
  const std::size_t rest = size - head;
  const auto raw = std::make_unique<char[]>(rest);
  if (rest != 0) std::memcpy(raw.get(), data + head, rest);
  run(type, raw.get(), static_cast<std::uint32_t>(rest));

  const auto row = std::make_unique<char[]>(rest + 6);
  row[0] = 0;
  row[1] = 1;
  for (int i = 0; i < 4; ++i) row[static_cast<std::size_t>(2 + i)] = static_cast<char>(rest >> (24 - 8 * i));
  if (rest != 0) std::memcpy(row.get() + 6, data + head, rest);
  run(type, row.get(), static_cast<std::uint32_t>(rest + 6));
  if (data[0] == 255) decode<fuzz_labels>(type, row.get(), static_cast<std::uint32_t>(rest + 6));
  return 0;
}
