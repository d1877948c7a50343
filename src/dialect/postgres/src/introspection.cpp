// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/postgres/introspection.hpp"

#include "tupelo/dialect/postgres/ddl.hpp"

#include <algorithm>
#include <utility>

namespace tupelo::postgres {
namespace {

using rows = std::vector<introspection_row>;

std::string text(const std::optional<std::string>& cell) { return cell ? *cell : std::string(); }
bool yes(const std::optional<std::string>& cell) { return cell && *cell == "true"; }

/// Source: https://www.postgresql.org/docs/current/catalog-pg-constraint.html
referential_action parse_action(const std::optional<std::string>& letter) {
  switch (letter && !letter->empty() ? letter->front() : 'a') {
    case 'c': return referential_action::cascade;
    case 'n': return referential_action::set_null;
    case 'd': return referential_action::set_default;
    case 'r': return referential_action::restrict;
    default: return referential_action::no_action;
  }
}

column_definition read_column(const introspection_row& row) {
  column_definition column;
  column.name = text(row.c1);
  column.type = parse_type(text(row.c2));
  column.nullable = !yes(row.c3);
  column.identity = yes(row.c5);
  if (!column.identity) column.default_sql = row.c4;
  return column;
}

/// Rows of one constraint are neighbours, one for each of its columns.
class constraint_reader {
public:
  explicit constraint_reader(schema_definition& schema) : schema_(schema) {}

  void read(const introspection_row& row) {
    table_definition* table = schema_.find(text(row.c0));
    if (table == nullptr) return;
    const bool first = text(row.c0) != table_ || text(row.c1) != name_;
    table_ = text(row.c0);
    name_ = text(row.c1);
    switch (row.c2 && !row.c2->empty() ? row.c2->front() : '\0') {
      case 'p': part_of(table->primary_key, row); break;
      case 'u':
        if (first) table->uniques.emplace_back();
        part_of(table->uniques.back(), row);
        break;
      case 'c':
        if (first) table->checks.push_back({name_, text(row.c9)});
        break;
      case 'f': foreign_key(*table, row, first); break;
      default: break;
    }
  }

private:
  void part_of(key_definition& key, const introspection_row& row) const {
    key.name = name_;
    key.columns.push_back(text(row.c3));
  }

  void foreign_key(table_definition& table, const introspection_row& row, bool first) const {
    if (first) {
      foreign_key_definition key;
      key.name = name_;
      key.references = text(row.c4);
      key.on_delete = parse_action(row.c6);
      key.on_update = parse_action(row.c7);
      key.deferrable = yes(row.c8);
      table.foreign_keys.push_back(std::move(key));
    }
    table.foreign_keys.back().columns.push_back(text(row.c3));
    table.foreign_keys.back().referenced_columns.push_back(text(row.c5));
  }

  schema_definition& schema_;
  std::string table_, name_;
};

/// Rows of one index are neighbours.
void read_indexes(schema_definition& schema, const rows& answers) {
  const introspection_row* before = nullptr;
  for (const introspection_row& row : answers) {
    table_definition* table = schema.find(text(row.c0));
    if (table == nullptr) continue;
    if (before == nullptr || before->c0 != row.c0 || before->c1 != row.c1) {
      index_definition index;
      index.name = text(row.c1);
      index.unique = yes(row.c2);
      index.where = text(row.c5);
      table->indexes.push_back(std::move(index));
    }
    table->indexes.back().columns.push_back({text(row.c3), yes(row.c4)});
    before = &row;
  }
}

/// The tables that are ours to describe, as FROM and WHERE.
constexpr std::string_view tables_from = " FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace";
constexpr std::string_view tables_where =
    " WHERE n.nspname = current_schema() AND t.relkind = 'r' AND NOT t.relispartition AND NOT EXISTS (SELECT 1 FROM "
    "pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.deptype = 'e')";

std::string query(std::string_view columns, std::string_view joins, std::string_view rest) {
  std::string out = "SELECT t.relname::text, ";
  out += columns;
  out += tables_from;
  out += joins;
  out += tables_where;
  out += rest;
  return out;
}

/// One statement to drop each object of a catalog that the current schema owns and no extension does.
std::string drops(int place, std::string_view statement, std::string_view catalog, std::string_view prefix,
                  std::string_view condition) {
  std::string out = "SELECT " + std::to_string(place) + " AS place, " + std::string(statement) + " AS sql FROM ";
  out += catalog;
  out += " o JOIN pg_namespace n ON n.oid = o.";
  out += prefix;
  out += "namespace WHERE n.nspname = current_schema() AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = '";
  out += catalog;
  out += "'::regclass AND d.objid = o.oid AND (d.deptype = 'e' OR (d.deptype = 'i' AND d.refobjid <> o.oid)))";
  out += condition;
  return out;
}

}  // namespace

std::vector<std::string> introspection_queries() {
  return {
      query("obj_description(t.oid, 'pg_class'), NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, "
            "NULL::text, NULL::text, NULL::text",
            "", " ORDER BY t.relname"),
      // A serial column is one whose default takes from a sequence that belongs to it.
      query("a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull::text, "
            "CASE WHEN a.attgenerated = '' THEN pg_get_expr(e.adbin, e.adrelid) END, "
            "(a.attidentity <> '' OR (pg_get_expr(e.adbin, e.adrelid) LIKE 'nextval(%' AND "
            "pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(t.relname), a.attname) IS NOT "
            "NULL))::text, NULL::text, NULL::text, NULL::text, NULL::text",
            " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped "
            "LEFT JOIN pg_attrdef e ON e.adrelid = t.oid AND e.adnum = a.attnum",
            " ORDER BY t.relname, a.attnum"),
      query("c.conname::text, c.contype::text, a.attname::text, f.relname::text, b.attname::text, "
            "c.confdeltype::text, c.confupdtype::text, c.condeferred::text, "
            "CASE WHEN c.contype = 'c' THEN pg_get_expr(c.conbin, c.conrelid) END",
            " JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype IN ('p', 'u', 'f', 'c') "
            "LEFT JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k (own, other, place) ON true "
            "LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.own "
            "LEFT JOIN pg_class f ON f.oid = c.confrelid AND c.contype = 'f' "
            "LEFT JOIN pg_attribute b ON b.attrelid = f.oid AND b.attnum = k.other",
            " ORDER BY t.relname, c.conname, k.place"),
      query("x.relname::text, i.indisunique::text, a.attname::text, ((k.flags & 1) = 1)::text, "
            "pg_get_expr(i.indpred, i.indrelid), NULL::text, NULL::text, NULL::text, NULL::text",
            " JOIN pg_index i ON i.indrelid = t.oid AND i.indexprs IS NULL AND i.indnatts = i.indnkeyatts AND "
            "i.indisvalid JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam AND m.amname = "
            "'btree' CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indoption::int2[]) WITH ORDINALITY AS k (own, "
            "flags, place) JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.own",
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', "
            "'u', 'x')) ORDER BY t.relname, x.relname, k.place"),
  };
}

schema_definition decode_introspection(const std::vector<std::vector<introspection_row>>& answers) {
  schema_definition schema;
  for (const introspection_row& row : answers.at(0)) {
    table_definition table;
    table.name = text(row.c0);
    table.comment = text(row.c1);
    schema.add(std::move(table));
  }
  for (const introspection_row& row : answers.at(1)) {
    if (table_definition* table = schema.find(text(row.c0))) table->columns.push_back(read_column(row));
  }
  constraint_reader constraints(schema);
  for (const introspection_row& row : answers.at(2)) constraints.read(row);
  read_indexes(schema, answers.at(3));
  return with_names(schema);
}

std::string wipe_query() {
  // Tables take what hangs on them along, so everything is dropped if it is still there.
  return "SELECT sql FROM (" +
         drops(1,
               "format('DROP %s IF EXISTS %I.%I CASCADE', CASE o.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN "
               "'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, n.nspname, o.relname)",
               "pg_class", "rel", " AND o.relkind IN ('r', 'p', 'v', 'm', 'f')") +
         " UNION ALL " +
         drops(2, "format('DROP SEQUENCE IF EXISTS %I.%I CASCADE', n.nspname, o.relname)", "pg_class", "rel",
               " AND o.relkind = 'S'") +
         " UNION ALL " +
         drops(3,
               "format('DROP ROUTINE IF EXISTS %I.%I(%s) CASCADE', n.nspname, o.proname, "
               "pg_get_function_identity_arguments(o.oid))",
               "pg_proc", "pro", " AND o.prokind IN ('f', 'p', 'w')") +
         " UNION ALL " +
         drops(4,
               "format('DROP AGGREGATE IF EXISTS %I.%I(%s) CASCADE', n.nspname, o.proname, "
               "pg_get_function_identity_arguments(o.oid))",
               "pg_proc", "pro", " AND o.prokind = 'a'") +
         " UNION ALL " +
         drops(5,
               "format('DROP %s IF EXISTS %I.%I CASCADE', CASE o.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, "
               "n.nspname, o.typname)",
               "pg_type", "typ",
               " AND (o.typtype IN ('e', 'd', 'r') OR (o.typtype = 'c' AND (SELECT relkind FROM pg_class WHERE oid = "
               "o.typrelid) = 'c'))") +
         ") AS everything ORDER BY place, sql";
}

}  // namespace tupelo::postgres
