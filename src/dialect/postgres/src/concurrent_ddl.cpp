// SPDX-License-Identifier: Apache-2.0
#include "concurrent_ddl.hpp"

#include "tupelo/dialect/postgres/ddl.hpp"
#include <tupelo/query/sql_text.hpp>

namespace tupelo::postgres {
namespace {

/// The index of this name, where it is one of those that `which` says.
ddl_statement clear(const std::string& index, const std::string& which) {
  return {ddl_role::clear, "SELECT 'DROP INDEX CONCURRENTLY IF EXISTS ' || quote_ident(x.relname) FROM "
                           "pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON "
                           "n.oid = x.relnamespace WHERE " +
                               which + " AND n.nspname = current_schema() AND x.relname = " + sql_text_literal(index)};
}

}  // namespace

ddl_statement clear_failed_build(const std::string& index) { return clear(index, "NOT i.indisvalid"); }

std::vector<ddl_statement> add_unique_concurrently(const ddl::add_unique& add) {
  const key_definition& unique = add.unique;
  const std::string name = quote_identifier(unique.name);
  const std::string table = quote_identifier(add.table);
  std::string columns;
  std::string names;
  for (const std::string& column : unique.columns) {
    columns += (columns.empty() ? "" : ", ") + quote_identifier(column);
    names += (names.empty() ? "" : ", ") + sql_text_literal(column);
  }
  std::vector<ddl_statement> out;
  // Exactly the one that is built below; any other of this name is somebody's own, and stands in the way.
  out.push_back(clear(
      unique.name,
      "i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indrelid = to_regclass(" +
          sql_text_literal(table) +
          ") AND x.relam = (SELECT oid FROM pg_am WHERE amname = 'btree') AND i.indoption::text !~ '[1-9]' AND "
          "COALESCE((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) = " +
          (unique.nulls_not_distinct ? "true" : "false") + " AND ARRAY[" + names +
          "] = ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(number, place) JOIN "
          "pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number ORDER BY k.place) AND NOT EXISTS (SELECT "
          "FROM unnest(i.indkey::int2[], i.indcollation::oid[], i.indclass::oid[]) k(number, collated, class) JOIN "
          "pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number JOIN pg_opclass o ON o.oid = k.class "
          "WHERE "
          "NOT o.opcdefault OR k.collated <> a.attcollation) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE "
          "c.conindid = i.indexrelid)"));
  out.push_back({ddl_role::outside, "CREATE UNIQUE INDEX CONCURRENTLY " + name + " ON " + table + " (" + columns + ")" +
                                        (unique.nulls_not_distinct ? " NULLS NOT DISTINCT" : "")});
  out.push_back({ddl_role::outside, "ALTER TABLE " + table + " ADD CONSTRAINT " + name + " UNIQUE USING INDEX " + name +
                                        (unique.deferrable ? " DEFERRABLE INITIALLY DEFERRED" : "")});
  return out;
}

}  // namespace tupelo::postgres
