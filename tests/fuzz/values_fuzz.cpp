// SPDX-License-Identifier: Apache-2.0
// Every parser of core's values eats any bytes; what it takes must survive a round trip.
#include <tupelo/core/bytes.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void require(bool holds, const char* rule) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", rule);
  std::abort();
}

void fuzz_timestamp(std::string_view text) {
  const auto time = tupelo::timestamp::try_parse(text);
  if (!time) return;
  require(tupelo::timestamp::parse(time->to_string()) == *time, "timestamp round trip");
  const std::string day = tupelo::date::of(*time).to_string();
  if (time->is_infinite()) {
    require(day == time->to_string(), "an infinite timestamp's date is as infinite");
    return;
  }
  require(time->is_valid(), "a parsed timestamp is in range or infinite");
  require(day == time->to_string().substr(0, 10), "a timestamp lies on its date");
}

void fuzz_date(std::string_view text) {
  const auto day = tupelo::date::try_parse(text);
  if (!day) return;
  require(day->to_string() == text, "date round trip");
  if (day->is_infinite()) return;  // it has no year
  require(tupelo::date::from_ymd(day->year(), day->month(), day->day()) == *day, "date from its parts");
}

void fuzz_uuid(std::string_view text) {
  const auto id = tupelo::uuid::try_parse(text);
  if (id) require(tupelo::uuid::parse(id->to_string()) == *id, "uuid round trip");
}

void fuzz_bytes(std::string_view text) {
  require(tupelo::from_hex(tupelo::to_hex(tupelo::to_bytes(text))) == tupelo::to_bytes(text),
          "hex of any bytes round trip");
  const auto data = tupelo::try_from_hex(text);
  if (data) require(tupelo::from_hex(tupelo::to_hex(*data)) == *data, "bytes round trip");
}

void fuzz_decimal(std::string_view text) {
  const auto value = tupelo::decimal::try_parse(text);
  if (!value) return;
  // Numbers of 100 000 digits are right but slow; the limits themselves have tests.
  if (value->precision() > 2000) return;
  const auto again = tupelo::decimal::parse(value->to_string());
  require(again == *value && again.scale() == value->scale(), "decimal round trip");
  require(value->normalized() == *value, "normalizing keeps the number");
  require(-(-*value) == *value, "negating twice");
  if (!value->is_finite()) return;
  require((*value - *value).is_zero(), "a number less itself is zero");
  require((*value + 1 - 1) == *value, "adding and taking one");
  require((*value < *value + 1), "order");
  if (value->scale() < 1000) {
    require((*value * 3).divide(3, value->scale()) == *value, "multiplying and dividing by three");
    (void)value->round(value->scale() / 2, tupelo::rounding::half_up);
  }
  (void)value->to_double();
}

void read_all(const tupelo::json& value) {
  if (value.is_object()) {
    const auto keys = value.keys();
    require(keys.size() == value.size(), "one key per member");
    for (const auto& key : keys) require(value.member(key).has_value(), "every key is found");
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size() && i < 16; ++i)
      require(value.element(i).has_value(), "every element is found");
  } else if (value.is_string()) {
    require(tupelo::json::from(value.as_string()) == value, "string round trip");
  } else if (value.is_number()) {
    try {
      (void)value.as_double();
      (void)value.as_decimal();
      (void)value.as_int64();
    } catch (const tupelo::value_error&) {
      // A number may be beyond what the target type holds.
    }
  }
}

void fuzz_json(std::string_view text) {
  auto value = tupelo::json::try_parse(text);
  if (!value) return;
  require(value->text() == text, "json keeps its text");
  require(*value == *value, "json equals itself");
  read_all(*value);
  const auto inner = value->at(text.substr(0, text.size() / 2));
  if (inner) require(tupelo::json::try_parse(inner->text()).has_value(), "what at() gives is JSON");
  try {
    tupelo::json object = tupelo::json::object();
    object.set("before", 1).set("value", *value).set("after", true);
    const auto parsed = tupelo::json::try_parse(object.text());
    require(parsed && *parsed == object && *parsed->member("value") == *value, "json inside an object");
    if (value->is_object()) {
      value->set("key", 1).set("key", "two");
      require(tupelo::json::parse(value->text()).member("key")->as_string() == "two", "a set member is found");
    } else if (value->is_array()) {
      const auto size = value->size();
      value->push_back(1.5);
      require(tupelo::json::parse(value->text()).element(size)->as_double() == 1.5, "an appended element is found");
    }
  } catch (const tupelo::value_error&) {
    // One level more than JSON may have here.
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  fuzz_timestamp(text);
  fuzz_date(text);
  fuzz_uuid(text);
  fuzz_bytes(text);
  fuzz_decimal(text);
  fuzz_json(text);
  return 0;
}
