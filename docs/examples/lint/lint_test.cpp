// SPDX-License-Identifier: Apache-2.0
// The examples of docs/lint.md, run: each breaks its rule, or does not.
#include "lint.hpp"

#include <tupelo/migration.hpp>
#include <tupelo/schema/lint.hpp>
#include <tupelo/schema/migration_record.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace {

class guide_of_safe_migrations : public testing::TestWithParam<lint_example> {
protected:
  /// Whether the rule speaks of the migration, and nothing allows it.
  static bool breaks(const tp::migration& of, std::string_view code) {
    const tp::schema_definition base = tp::record_migration(&lint_base::before, {}).after;
    tp::lint_options options;
    options.names.tables = "[a-z_]+s";  // as the page says
    const std::vector<tp::lint_finding> found = tp::lint(of, base, options);
    return std::any_of(found.begin(), found.end(),
                       [&](const tp::lint_finding& one) { return one.rule->code == code && !one.is_allowed(); });
  }
};

TEST_P(guide_of_safe_migrations, the_first_example_breaks_the_rule_and_the_second_does_not) {
  EXPECT_TRUE(breaks(GetParam().breaks, GetParam().code));
  EXPECT_FALSE(breaks(GetParam().keeps, GetParam().code));
}
TEST_P(guide_of_safe_migrations, the_page_says_what_the_rule_says) {
  const tp::lint_rule* rule = tp::find_lint_rule(GetParam().code);
  ASSERT_NE(rule, nullptr);
  EXPECT_NE(GetParam().prose.find(rule->why), std::string_view::npos) << rule->why;
  EXPECT_NE(GetParam().prose.find(rule->instead), std::string_view::npos) << rule->instead;
  EXPECT_EQ(GetParam().prose.find("PostgreSQL only.") != std::string_view::npos,
            rule->scope == tp::lint_scope::table_locks);
  EXPECT_EQ(GetParam().prose.find("SQLite only.") != std::string_view::npos,
            rule->scope == tp::lint_scope::table_rebuilds);
}

INSTANTIATE_TEST_SUITE_P(rules, guide_of_safe_migrations, testing::ValuesIn(lint_examples()),
                         [](const testing::TestParamInfo<lint_example>& info) {
                           std::string name(info.param.code);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(guide_of_safe_migrations, has_a_section_for_every_rule_in_their_order) {
  std::vector<std::string_view> of_the_page;
  for (const lint_example& example : lint_examples()) of_the_page.push_back(example.code);
  std::vector<std::string_view> of_the_rules;
  for (const tp::lint_rule& rule : tp::lint_rules()) of_the_rules.push_back(rule.code);
  EXPECT_EQ(of_the_page, of_the_rules);
}

}  // namespace
