// SPDX-License-Identifier: Apache-2.0
#include "conditional_script.hpp"
#include "missing_right.hpp"

#include "tupelo/dialect/conditional_script.hpp"
#include "tupelo/dialect/missing_right.hpp"
#include "tupelo/dialect/postgres/ddl.hpp"
#include "tupelo/dialect/postgres/introspection.hpp"
#include "tupelo/dialect/spelling_place.hpp"
#include <tupelo/query/sql_text.hpp>

namespace tupelo::postgres {
namespace {

class rules final : public schema_dialect, public conditional_script, public right_finder, public spelling_place {
public:
  std::vector<ddl_statement> render(const std::vector<schema_operation>& operations,
                                    const schema_definition& before) const override {
    return render_ddl(operations, before);
  }
  /// Everything is transactional, and no setting stands in the way.
  ddl_frame frame(const std::vector<schema_operation>&, const schema_definition&) const override { return {}; }
  std::string lock_statement(std::string_view name) const override {
    return "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || " +
           sql_text_literal("." + std::string(name)) + ", 0))";
  }
  std::string lock_timeout_statement(std::int64_t us) const override {
    return "SET LOCAL lock_timeout = " + std::to_string((us + 999) / 1000);  // milliseconds; 0 would be no limit
  }
  std::string default_lock_timeout_statement(std::int64_t us) const override {
    return "SELECT set_config('lock_timeout', '" + std::to_string((us + 999) / 1000) +
           "', true) WHERE current_setting('lock_timeout') = '0'";
  }
  schema_definition kept(const schema_definition& schema) const override { return postgres::kept(schema); }
  std::string type_text(const column_type& type) const override { return postgres::type_text(type); }
  column_type parse_type(std::string_view declared) const override { return postgres::parse_type(declared); }
  bool same_column(const column_definition& live, const column_definition& wanted) const override {
    return postgres::same_column(live, wanted);
  }
  std::string expression_text(const table_definition& table, std::string_view neutral) const override {
    return expression_sql(table, neutral);
  }
  bool same_expression(std::string_view live, std::string_view wanted) const override {
    return postgres::same_expression(live, wanted);
  }
  std::vector<std::string> introspection_queries() const override { return postgres::introspection_queries(); }
  /// Compiling queries over the catalog, which read little, would take far longer than running them.
  std::string introspection_setting() const override { return "SET LOCAL jit = off"; }
  /// Of none: the current one, which a role without the right to use it has not.
  std::string schema_choice(std::string_view schema) const override {
    if (schema.empty()) return "SELECT current_schema()::text WHERE current_schema() IS NOT NULL";
    return "SELECT set_config('search_path', quote_ident(nspname), true) FROM pg_namespace WHERE nspname = " +
           sql_text_literal(std::string(schema)) + " AND has_schema_privilege(oid, 'USAGE')";
  }
  schema_definition decode_introspection(const std::vector<std::vector<introspection_row>>& answers) const override {
    return postgres::decode_introspection(answers);
  }
  std::string wipe_query() const override { return postgres::wipe_query(); }
  std::string missing_right(std::string_view message, std::string_view statement) const override {
    return postgres::missing_right(message, statement);
  }
  /// The temporary schema is the current one where it is named first in the search path.
  std::vector<std::string> make_place(std::string_view table) const override {
    const std::string name = quote_identifier(table);
    return {"CREATE TEMPORARY TABLE " + name + " (LIKE " + name + ")",
            "SELECT set_config('search_path', concat_ws(', ', 'pg_temp', nullif(current_setting('search_path'), '')), "
            "true)"};
  }
  std::string no_table(std::string_view table) const override { return postgres::no_table(table); }
  std::string guarded(const std::vector<std::string>& statements, const std::string& condition) const override {
    return postgres::guarded(statements, condition);
  }
  std::string guarded_outside(const std::string& statement, const std::string& condition) const override {
    return postgres::guarded_outside(statement, condition);
  }
};

}  // namespace

const schema_dialect& schema_rules() noexcept {
  static const rules the_rules;
  return the_rules;
}

}  // namespace tupelo::postgres
