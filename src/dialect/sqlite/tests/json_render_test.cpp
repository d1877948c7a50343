// SPDX-License-Identifier: Apache-2.0
// Places in JSON documents.
#include "tupelo/dialect/sqlite/sqlite_dialect.hpp"
#include "tupelo/query/json_place.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/model/model.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/json.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace tupelo {
namespace {

struct Letter {
  std::int64_t id{};
  json doc;
};

constexpr auto doc = col<&Letter::doc>;

template <class Term>
std::string selected(const Term& term) {
  query_core core = query<Letter>().select<std::optional<json>>(term).core();
  core.finish();
  const std::string text = sqlite::dialect_instance().render(core.shape.data(), core.shape.size).text;
  return text.substr(7, text.find(" FROM ") - 7);
}
template <class Term>
errc refusal(const Term& term) {
  try {
    selected(term);
  } catch (const query_error& e) {
    return e.code();
  }
  return errc{};
}

TEST(render_json, keys_are_written_as_documents_write_them) {
  EXPECT_EQ(selected(doc.path("a b", 2, "it's").as<json>()), R"sql(("doc" -> '$."a b"[2]."it''s"'))sql");
  EXPECT_EQ(selected(doc.path("a\\b\t").as<json>()), R"sql(("doc" -> '$."a\\b\t"'))sql");
}
TEST(render_json, keys_that_no_path_can_name_are_refused) {
  EXPECT_EQ(refusal(doc.path("a\"b").as<json>()), errc::unsupported_feature);
}
TEST(render_json, places_are_not_set_by_keys_that_are_written_with_escapes) {
  EXPECT_EQ(refusal(doc.path("a\\b").with(1)), errc::unsupported_feature);
  EXPECT_EQ(refusal(doc.path("a", "b\n").with(1)), errc::unsupported_feature);
  EXPECT_EQ(refusal(doc.path("a\\b", "c").with(1)), errc{});
}

}  // namespace
}  // namespace tupelo
