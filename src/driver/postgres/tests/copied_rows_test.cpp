// SPDX-License-Identifier: Apache-2.0
#include "codec_fixtures.hpp"

#include <tupelo/core/error.hpp>

namespace tupelo::driver::postgres {
namespace {

using namespace testing;

struct note {
  std::string text;
};

struct copied_texts : ::testing::Test {
  type_ops ops = ops_of<std::string>(kind::text);
  statement_plan plan;
  parameter_layout layout;
  copy_layout rows;

  copied_texts() {
    bind_step step;
    step.source = bind_source::field;
    step.first = 1;
    step.slot = slot_of(ops, 0, "text");
    plan.binds = {step};
    const std::uint32_t type = number(oid::text);
    layout = plan_parameters(plan, {&type, 1});
    rows = plan_copied_rows(layout, plan);
  }
  std::string copied(const std::string& text) {
    const note row{text};
    const void* const object = &row;
    send_buffer out;
    write_copy_rows(out, layout, plan, &rows, &object, 1, 1);
    return all_of(out);
  }
  static std::string tuple(const std::string& text) {
    return big16(1) + big32(static_cast<std::uint32_t>(text.size())) + text;
  }
};

TEST_F(copied_texts, of_all_lengths_are_what_they_were) {
  for (std::size_t size = 0; size < 80; ++size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('!' + i);
    EXPECT_EQ(copied(text), tuple(text));
    if (size < 2) continue;
    for (std::size_t at = 0; at + 1 < size; ++at) {
      std::string umlaut = text;
      umlaut.replace(at, 2, "\xC3\xBC");
      EXPECT_EQ(copied(umlaut), tuple(umlaut));
    }
  }
  const std::string large(100'000, 'x');
  EXPECT_EQ(copied(large), tuple(large));
}

TEST_F(copied_texts, that_no_server_takes_are_refused_wherever_the_fault_is) {
  for (std::size_t size = 1; size < 50; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const char fault : {'\0', '\xC3', '\xFF'}) {
        std::string text(size, 'x');
        text[at] = fault;
        EXPECT_THROW(copied(text), value_error) << size << " " << at;
      }
    }
  }
}

}  // namespace
}  // namespace tupelo::driver::postgres
