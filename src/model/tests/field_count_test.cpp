// SPDX-License-Identifier: Apache-2.0
// Structs of 1 to 64 fields, each found with its name and its place.
#include "tupelo/model/model_info.hpp"
#include "tupelo/model/model_spec.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace tupelo {
namespace {

struct Fields1 { std::uint8_t f0{}; };
struct Fields2 { std::uint8_t f0{}; std::int64_t f1{}; };
struct Fields3 { std::uint8_t f0{}; std::int64_t f1{}; bool f2{}; };
struct Fields5 { std::uint8_t f0{}; std::int64_t f1{}; bool f2{}; std::uint8_t f3{}; std::int64_t f4{}; };
struct Fields7 { std::uint8_t f0{}; std::int64_t f1{}; bool f2{}; std::uint8_t f3{}; std::int64_t f4{}; bool f5{};
    std::uint8_t f6{}; };
struct Fields8 { std::uint8_t f0{}; std::int64_t f1{}; bool f2{}; std::uint8_t f3{}; std::int64_t f4{}; bool f5{};
    std::uint8_t f6{}; std::int64_t f7{}; };
struct Fields9 { std::uint8_t f0{}; std::int64_t f1{}; bool f2{}; std::uint8_t f3{}; std::int64_t f4{}; bool f5{};
    std::uint8_t f6{}; std::int64_t f7{}; bool f8{}; };
struct Fields15 { std::uint8_t f0{}; std::int64_t f1{}; bool f2{}; std::uint8_t f3{}; std::int64_t f4{}; bool f5{};
    std::uint8_t f6{}; std::int64_t f7{}; bool f8{}; std::uint8_t f9{}; std::int64_t f10{}; bool f11{}; std::uint8_t
    f12{}; std::int64_t f13{}; bool f14{}; };
struct Fields16 { std::uint8_t f0{}; std::int64_t f1{}; bool f2{}; std::uint8_t f3{}; std::int64_t f4{}; bool f5{};
    std::uint8_t f6{}; std::int64_t f7{}; bool f8{}; std::uint8_t f9{}; std::int64_t f10{}; bool f11{}; std::uint8_t
    f12{}; std::int64_t f13{}; bool f14{}; std::uint8_t f15{}; };
struct Fields17 { std::uint8_t f0{}; std::int64_t f1{}; bool f2{}; std::uint8_t f3{}; std::int64_t f4{}; bool f5{};
    std::uint8_t f6{}; std::int64_t f7{}; bool f8{}; std::uint8_t f9{}; std::int64_t f10{}; bool f11{}; std::uint8_t
    f12{}; std::int64_t f13{}; bool f14{}; std::uint8_t f15{}; std::int64_t f16{}; };
struct Fields23 { std::uint8_t f0{}; std::int64_t f1{}; bool f2{}; std::uint8_t f3{}; std::int64_t f4{}; bool f5{};
    std::uint8_t f6{}; std::int64_t f7{}; bool f8{}; std::uint8_t f9{}; std::int64_t f10{}; bool f11{}; std::uint8_t
    f12{}; std::int64_t f13{}; bool f14{}; std::uint8_t f15{}; std::int64_t f16{}; bool f17{}; std::uint8_t f18{};
    std::int64_t f19{}; bool f20{}; std::uint8_t f21{}; std::int64_t f22{}; };
struct Fields31 { std::uint8_t f0{}; std::int64_t f1{}; bool f2{}; std::uint8_t f3{}; std::int64_t f4{}; bool f5{};
    std::uint8_t f6{}; std::int64_t f7{}; bool f8{}; std::uint8_t f9{}; std::int64_t f10{}; bool f11{}; std::uint8_t
    f12{}; std::int64_t f13{}; bool f14{}; std::uint8_t f15{}; std::int64_t f16{}; bool f17{}; std::uint8_t f18{};
    std::int64_t f19{}; bool f20{}; std::uint8_t f21{}; std::int64_t f22{}; bool f23{}; std::uint8_t f24{};
    std::int64_t f25{}; bool f26{}; std::uint8_t f27{}; std::int64_t f28{}; bool f29{}; std::uint8_t f30{}; };
struct Fields32 { std::uint8_t f0{}; std::int64_t f1{}; bool f2{}; std::uint8_t f3{}; std::int64_t f4{}; bool f5{};
    std::uint8_t f6{}; std::int64_t f7{}; bool f8{}; std::uint8_t f9{}; std::int64_t f10{}; bool f11{}; std::uint8_t
    f12{}; std::int64_t f13{}; bool f14{}; std::uint8_t f15{}; std::int64_t f16{}; bool f17{}; std::uint8_t f18{};
    std::int64_t f19{}; bool f20{}; std::uint8_t f21{}; std::int64_t f22{}; bool f23{}; std::uint8_t f24{};
    std::int64_t f25{}; bool f26{}; std::uint8_t f27{}; std::int64_t f28{}; bool f29{}; std::uint8_t f30{};
    std::int64_t f31{}; };
struct Fields33 { std::uint8_t f0{}; std::int64_t f1{}; bool f2{}; std::uint8_t f3{}; std::int64_t f4{}; bool f5{};
    std::uint8_t f6{}; std::int64_t f7{}; bool f8{}; std::uint8_t f9{}; std::int64_t f10{}; bool f11{}; std::uint8_t
    f12{}; std::int64_t f13{}; bool f14{}; std::uint8_t f15{}; std::int64_t f16{}; bool f17{}; std::uint8_t f18{};
    std::int64_t f19{}; bool f20{}; std::uint8_t f21{}; std::int64_t f22{}; bool f23{}; std::uint8_t f24{};
    std::int64_t f25{}; bool f26{}; std::uint8_t f27{}; std::int64_t f28{}; bool f29{}; std::uint8_t f30{};
    std::int64_t f31{}; bool f32{}; };
struct Fields40 { std::uint8_t f0{}; std::int64_t f1{}; bool f2{}; std::uint8_t f3{}; std::int64_t f4{}; bool f5{};
    std::uint8_t f6{}; std::int64_t f7{}; bool f8{}; std::uint8_t f9{}; std::int64_t f10{}; bool f11{}; std::uint8_t
    f12{}; std::int64_t f13{}; bool f14{}; std::uint8_t f15{}; std::int64_t f16{}; bool f17{}; std::uint8_t f18{};
    std::int64_t f19{}; bool f20{}; std::uint8_t f21{}; std::int64_t f22{}; bool f23{}; std::uint8_t f24{};
    std::int64_t f25{}; bool f26{}; std::uint8_t f27{}; std::int64_t f28{}; bool f29{}; std::uint8_t f30{};
    std::int64_t f31{}; bool f32{}; std::uint8_t f33{}; std::int64_t f34{}; bool f35{}; std::uint8_t f36{};
    std::int64_t f37{}; bool f38{}; std::uint8_t f39{}; };
struct Fields48 { std::uint8_t f0{}; std::int64_t f1{}; bool f2{}; std::uint8_t f3{}; std::int64_t f4{}; bool f5{};
    std::uint8_t f6{}; std::int64_t f7{}; bool f8{}; std::uint8_t f9{}; std::int64_t f10{}; bool f11{}; std::uint8_t
    f12{}; std::int64_t f13{}; bool f14{}; std::uint8_t f15{}; std::int64_t f16{}; bool f17{}; std::uint8_t f18{};
    std::int64_t f19{}; bool f20{}; std::uint8_t f21{}; std::int64_t f22{}; bool f23{}; std::uint8_t f24{};
    std::int64_t f25{}; bool f26{}; std::uint8_t f27{}; std::int64_t f28{}; bool f29{}; std::uint8_t f30{};
    std::int64_t f31{}; bool f32{}; std::uint8_t f33{}; std::int64_t f34{}; bool f35{}; std::uint8_t f36{};
    std::int64_t f37{}; bool f38{}; std::uint8_t f39{}; std::int64_t f40{}; bool f41{}; std::uint8_t f42{};
    std::int64_t f43{}; bool f44{}; std::uint8_t f45{}; std::int64_t f46{}; bool f47{}; };
struct Fields63 { std::uint8_t f0{}; std::int64_t f1{}; bool f2{}; std::uint8_t f3{}; std::int64_t f4{}; bool f5{};
    std::uint8_t f6{}; std::int64_t f7{}; bool f8{}; std::uint8_t f9{}; std::int64_t f10{}; bool f11{}; std::uint8_t
    f12{}; std::int64_t f13{}; bool f14{}; std::uint8_t f15{}; std::int64_t f16{}; bool f17{}; std::uint8_t f18{};
    std::int64_t f19{}; bool f20{}; std::uint8_t f21{}; std::int64_t f22{}; bool f23{}; std::uint8_t f24{};
    std::int64_t f25{}; bool f26{}; std::uint8_t f27{}; std::int64_t f28{}; bool f29{}; std::uint8_t f30{};
    std::int64_t f31{}; bool f32{}; std::uint8_t f33{}; std::int64_t f34{}; bool f35{}; std::uint8_t f36{};
    std::int64_t f37{}; bool f38{}; std::uint8_t f39{}; std::int64_t f40{}; bool f41{}; std::uint8_t f42{};
    std::int64_t f43{}; bool f44{}; std::uint8_t f45{}; std::int64_t f46{}; bool f47{}; std::uint8_t f48{};
    std::int64_t f49{}; bool f50{}; std::uint8_t f51{}; std::int64_t f52{}; bool f53{}; std::uint8_t f54{};
    std::int64_t f55{}; bool f56{}; std::uint8_t f57{}; std::int64_t f58{}; bool f59{}; std::uint8_t f60{};
    std::int64_t f61{}; bool f62{}; };
struct Fields64 { std::uint8_t f0{}; std::int64_t f1{}; bool f2{}; std::uint8_t f3{}; std::int64_t f4{}; bool f5{};
    std::uint8_t f6{}; std::int64_t f7{}; bool f8{}; std::uint8_t f9{}; std::int64_t f10{}; bool f11{}; std::uint8_t
    f12{}; std::int64_t f13{}; bool f14{}; std::uint8_t f15{}; std::int64_t f16{}; bool f17{}; std::uint8_t f18{};
    std::int64_t f19{}; bool f20{}; std::uint8_t f21{}; std::int64_t f22{}; bool f23{}; std::uint8_t f24{};
    std::int64_t f25{}; bool f26{}; std::uint8_t f27{}; std::int64_t f28{}; bool f29{}; std::uint8_t f30{};
    std::int64_t f31{}; bool f32{}; std::uint8_t f33{}; std::int64_t f34{}; bool f35{}; std::uint8_t f36{};
    std::int64_t f37{}; bool f38{}; std::uint8_t f39{}; std::int64_t f40{}; bool f41{}; std::uint8_t f42{};
    std::int64_t f43{}; bool f44{}; std::uint8_t f45{}; std::int64_t f46{}; bool f47{}; std::uint8_t f48{};
    std::int64_t f49{}; bool f50{}; std::uint8_t f51{}; std::int64_t f52{}; bool f53{}; std::uint8_t f54{};
    std::int64_t f55{}; bool f56{}; std::uint8_t f57{}; std::int64_t f58{}; bool f59{}; std::uint8_t f60{};
    std::int64_t f61{}; bool f62{}; std::uint8_t f63{}; };

template <class T>
class reflection_of_many_fields : public ::testing::Test {};
using sizes = ::testing::Types<Fields1, Fields2, Fields3, Fields5, Fields7, Fields8, Fields9, Fields15, Fields16,
                               Fields17, Fields23, Fields31, Fields32, Fields33, Fields40, Fields48, Fields63, Fields64>;
TYPED_TEST_SUITE(reflection_of_many_fields, sizes);

TYPED_TEST(reflection_of_many_fields, finds_every_name_in_order) {
  const model_info& info = info_of<TypeParam>();
  ASSERT_EQ(info.fields.size(), reflect::field_count<TypeParam>);
  for (std::size_t i = 0; i < info.fields.size(); ++i) EXPECT_EQ(info.fields[i].name, "f" + std::to_string(i));
  EXPECT_EQ(info.short_name(), "Fields" + std::to_string(info.fields.size()));
}
TYPED_TEST(reflection_of_many_fields, finds_every_offset) {
  const model_info& info = info_of<TypeParam>();
  std::size_t expected = 0;
  for (std::size_t i = 0; i < info.fields.size(); ++i) {
    const std::size_t size = i % 3 == 1 ? 8 : 1;
    expected = (expected + size - 1) / size * size;
    EXPECT_EQ(info.fields[i].offset, expected) << info.fields[i].name;
    expected += size;
  }
}

}  // namespace
}  // namespace tupelo
