// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/postgres/introspection.hpp"

#include "other_objects.hpp"
#include "search_index.hpp"

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
  column.identity = row.c5.has_value();
  if (!column.identity) column.default_sql = row.c4;
  column.computed_sql = text(row.c6);
  column.computed_at_read = text(row.c7) == "v";
  column.comment = text(row.c8);
  column.identity_always = text(row.c5) == "always";
  column.collation = text(row.c9);
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
        if (first) {
          key_definition& unique = table->uniques.emplace_back();
          unique.deferrable = yes(row.c8);
          unique.nulls_not_distinct = yes(row.c9);
        }
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

bool has(const std::optional<std::string>& letters, char wanted) {
  return letters && letters->find(wanted) != std::string::npos;
}

/// Rows of one index are neighbours.
void read_indexes(schema_definition& schema, const rows& answers) {
  const introspection_row* before = nullptr;
  for (const introspection_row& row : answers) {
    table_definition* table = schema.find(text(row.c0));
    if (table == nullptr) continue;
    if (before == nullptr || before->c0 != row.c0 || before->c1 != row.c1) {
      index_definition index;
      index.name = text(row.c1);
      index.unique = has(row.c2, 'u');
      index.nulls_not_distinct = has(row.c2, 'n');
      index.where = text(row.c5);
      index.method = text(row.c7);
      table->indexes.push_back(std::move(index));
    }
    before = &row;
    index_definition& index = table->indexes.back();
    if (has(row.c4, 'i')) {
      index.include.push_back(text(row.c3));
      continue;
    }
    index_column term;
    term.name = text(row.c3);
    term.descending = has(row.c4, 'd');
    if (term.name.empty()) term.expression = text(row.c6);
    if (index.method.empty()) term.nulls = has(row.c4, 'f') ? index_nulls::first : index_nulls::last;
    term.operator_class = text(row.c8);
    term.collation = text(row.c9);
    index.columns.push_back(std::move(term));
  }
  for (table_definition& table : schema.tables) {
    for (index_definition& index : table.indexes) read_search_index(index);
  }
}

void read_enums(schema_definition& schema, const rows& answers) {
  for (const introspection_row& row : answers) {
    if (schema.enums.empty() || schema.enums.back().name != text(row.c0)) schema.enums.push_back({text(row.c0), {}});
    schema.enums.back().values.push_back(text(row.c1));
  }
  for (table_definition& table : schema.tables) {
    for (column_definition& column : table.columns) {
      std::string name = column.type.kind == type_kind::native ? column.type.native : std::string();
      const bool array = name.ends_with("[]");
      if (array) name.erase(name.size() - 2);
      for (const enum_definition& type : schema.enums) {
        if (name != type.name && name != quote_identifier(type.name)) continue;
        column.type = column_type::enumeration(type.name);
        column.type.array = array;
      }
    }
  }
}

void read_composites(schema_definition& schema, const rows& answers) {
  for (const introspection_row& row : answers) {
    if (schema.composites.empty() || schema.composites.back().name != text(row.c0))
      schema.composites.push_back({text(row.c0), {}});
    schema.composites.back().attributes.push_back({text(row.c1), parse_type(text(row.c2))});
  }
}

/// Rows of one constraint are neighbours.
void read_exclusions(schema_definition& schema, const rows& answers) {
  for (const introspection_row& row : answers) {
    table_definition* table = schema.find(text(row.c0));
    if (table == nullptr) continue;
    if (table->exclusions.empty() || table->exclusions.back().name != text(row.c1)) {
      exclusion_definition& added = table->exclusions.emplace_back();
      added.name = text(row.c1);
      added.method = text(row.c2);
      added.where = text(row.c7);
      added.deferrable = yes(row.c8);
    }
    exclusion_term& term = table->exclusions.back().terms.emplace_back();
    term.of.name = text(row.c3);
    term.of.expression = text(row.c4);
    term.with = text(row.c5);
    term.of.operator_class = text(row.c6);
  }
}

/// The tables that are ours to describe, as FROM and WHERE.
constexpr std::string_view tables_from = " FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace";
constexpr std::string_view tables_where =
    " WHERE n.nspname = current_schema() AND t.relkind IN ('r', 'p') AND NOT t.relispartition AND NOT EXISTS (SELECT 1 "
    "FROM "
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

}  // namespace

std::vector<std::string> introspection_queries() {
  return {
      query("obj_description(t.oid, 'pg_class'), NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, "
            "NULL::text, NULL::text, NULL::text",
            "", " ORDER BY t.relname"),
      // A serial column is one whose default takes from a sequence that belongs to it.
      query("a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull::text, "
            "CASE WHEN a.attgenerated = '' THEN pg_get_expr(e.adbin, e.adrelid) END, "
            "CASE WHEN a.attidentity = 'a' THEN 'always' WHEN a.attidentity <> '' THEN 'default' WHEN "
            "pg_get_expr(e.adbin, e.adrelid) LIKE 'nextval(%' AND pg_get_serial_sequence(quote_ident(n.nspname) || "
            "'.' || quote_ident(t.relname), a.attname) IS NOT NULL THEN 'serial' END, CASE WHEN a.attgenerated <> '' "
            "THEN pg_get_expr(e.adbin, e.adrelid) END, "
            "a.attgenerated::text, col_description(t.oid, a.attnum), l.collname::text",
            " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped "
            "JOIN pg_type y ON y.oid = a.atttypid "
            "LEFT JOIN pg_collation l ON l.oid = a.attcollation AND l.oid <> y.typcollation "
            "LEFT JOIN pg_attrdef e ON e.adrelid = t.oid AND e.adnum = a.attnum",
            " ORDER BY t.relname, a.attnum"),
      query("c.conname::text, c.contype::text, a.attname::text, f.relname::text, b.attname::text, "
            "c.confdeltype::text, c.confupdtype::text, c.condeferred::text, "
            "CASE c.contype WHEN 'c' THEN pg_get_expr(c.conbin, c.conrelid) WHEN 'u' THEN (SELECT to_jsonb(i) ->> "
            "'indnullsnotdistinct' FROM pg_index i WHERE i.indexrelid = c.conindid) END",
            " JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype IN ('p', 'u', 'f', 'c') "
            "LEFT JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k (own, other, place) ON true "
            "LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.own "
            "LEFT JOIN pg_class f ON f.oid = c.confrelid AND c.contype = 'f' "
            "LEFT JOIN pg_attribute b ON b.attrelid = f.oid AND b.attnum = k.other",
            // Keys to what is not described are among the other objects; a key to a partitioned table has copies for
            // the partitions.
            " AND c.conparentid = 0 AND (c.contype <> 'f' OR (f.relnamespace = t.relnamespace AND f.relkind IN ('r', "
            "'p') AND NOT f.relispartition))"
            " ORDER BY t.relname, c.conname, k.place"),
      // Letters: unique, NULLs not distinct; descending, NULLs first, included. Releases before 15 have no
      // indnullsnotdistinct.
      query("x.relname::text, concat(CASE WHEN i.indisunique THEN 'u' END, CASE WHEN to_jsonb(i) ->> "
            "'indnullsnotdistinct' = 'true' THEN 'n' END), a.attname::text, concat(CASE WHEN (k.flags & 1) = 1 THEN "
            "'d' END, CASE WHEN (k.flags & 2) = 2 THEN 'f' END, CASE WHEN k.place > i.indnkeyatts THEN 'i' END), "
            "pg_get_expr(i.indpred, i.indrelid), CASE WHEN k.own = 0 THEN pg_get_indexdef(i.indexrelid, "
            "k.place::int, false) END, nullif(m.amname::text, 'btree'), o.opcname::text, l.collname::text",
            " JOIN pg_index i ON i.indrelid = t.oid AND i.indisvalid JOIN pg_class x ON x.oid = i.indexrelid "
            "JOIN pg_am m ON m.oid = x.relam CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indoption::int2[], "
            "i.indclass::oid[], i.indcollation::oid[]) WITH ORDINALITY AS k (own, flags, class, coll, place) "
            "LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.own LEFT JOIN pg_opclass o ON o.oid = "
            "k.class AND NOT o.opcdefault LEFT JOIN pg_collation l ON l.oid = k.coll AND l.oid <> "
            "coalesce(a.attcollation, (SELECT y.typcollation FROM pg_attribute x_ JOIN pg_type y ON y.oid = "
            "x_.atttypid WHERE x_.attrelid = x.oid AND x_.attnum = k.place))",
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', "
            "'u', 'x')) ORDER BY t.relname, x.relname, k.place"),
      "SELECT y.typname::text, e.enumlabel::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, "
      "NULL::text, NULL::text, NULL::text FROM pg_type y JOIN pg_namespace n ON n.oid = y.typnamespace JOIN pg_enum e "
      "ON e.enumtypid = y.oid WHERE n.nspname = current_schema() AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE "
      "d.classid = 'pg_type'::regclass AND d.objid = y.oid AND d.deptype = 'e') ORDER BY y.typname, e.enumsortorder",
      query("c.conname::text, nullif(m.amname::text, 'gist'), a.attname::text, CASE WHEN k.own = 0 THEN "
            "pg_get_indexdef(i.indexrelid, k.place::int, false) END, p.oprname::text, o.opcname::text, "
            "pg_get_expr(i.indpred, i.indrelid), c.condeferred::text, NULL::text",
            " JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype = 'x' JOIN pg_index i ON i.indexrelid = "
            "c.conindid JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam CROSS JOIN LATERAL "
            "unnest(i.indkey::int2[], c.conexclop, i.indclass::oid[]) WITH ORDINALITY AS k (own, operator, class, "
            "place) JOIN pg_operator p ON p.oid = k.operator LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND "
            "a.attnum = k.own LEFT JOIN pg_opclass o ON o.oid = k.class AND NOT o.opcdefault",
            " ORDER BY t.relname, c.conname, k.place"),
      "SELECT y.typname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), NULL::text, NULL::text, "
      "NULL::text, NULL::text, NULL::text, NULL::text, NULL::text FROM pg_type y JOIN pg_namespace n ON n.oid = "
      "y.typnamespace JOIN pg_class r ON r.oid = y.typrelid AND r.relkind = 'c' JOIN pg_attribute a ON a.attrelid = "
      "r.oid AND a.attnum > 0 AND NOT a.attisdropped WHERE n.nspname = current_schema() AND NOT EXISTS (SELECT 1 FROM "
      "pg_depend d WHERE ((d.classid = 'pg_type'::regclass AND d.objid = y.oid) OR (d.classid = 'pg_class'::regclass "
      "AND d.objid = r.oid)) AND d.deptype = 'e') ORDER BY y.typname, a.attnum",
      other_objects_query(),
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
  read_enums(schema, answers.at(4));
  read_exclusions(schema, answers.at(5));
  read_composites(schema, answers.at(6));
  for (const introspection_row& row : answers.at(7)) {
    schema.others.push_back({text(row.c0), text(row.c1), text(row.c2), text(row.c3)});
  }
  return kept(with_names(schema));  // NULLs of an index that stand where they do anyway
}

}  // namespace tupelo::postgres
