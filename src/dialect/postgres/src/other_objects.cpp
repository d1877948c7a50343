// SPDX-License-Identifier: Apache-2.0
#include "other_objects.hpp"

#include <string_view>

namespace tupelo::postgres {
namespace {

/// What an extension has brought is the extension's.
std::string own(std::string_view catalog, std::string_view oid) {
  std::string out = " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = '";
  out += catalog;
  out += "'::regclass AND d.objid = ";
  out += oid;
  return out + " AND d.deptype = 'e')";
}

std::string relations() {
  return R"sql(
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
         WHEN 'p' THEN 'partitioned table' WHEN 'S' THEN 'sequence' ELSE 'partition' END AS kind,
       c.relname::text AS name,
       (SELECT i.inhparent::regclass::text FROM pg_inherits i WHERE i.inhrelid = c.oid AND c.relispartition) AS on_table,
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid)
         WHEN c.relkind = 'p' THEN 'PARTITION BY ' || pg_get_partkeydef(c.oid)
         WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS definition
FROM pg_class c JOIN here n ON n.oid = c.relnamespace
WHERE (c.relkind IN ('v', 'm', 'f', 'p') OR (c.relkind = 'r' AND c.relispartition) OR (c.relkind = 'S' AND NOT EXISTS
  (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')))))sql" +
         own("pg_class", "c.oid") + R"sql(
UNION ALL
SELECT 'table of another schema', n.nspname || '.' || c.relname, NULL, NULL
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (current_schemas(false)) AND n.nspname <> current_schema())sql" +
         own("pg_class", "c.oid");
}

/// How tables are, beyond their columns and constraints.
std::string table_options() {
  return R"sql(
UNION ALL
SELECT 'inheritance', c.relname, NULL, 'INHERITS (' || string_agg(i.inhparent::regclass::text, ', ') || ')'
FROM pg_inherits i JOIN tables c ON c.oid = i.inhrelid GROUP BY c.relname
UNION ALL
SELECT 'unlogged table', c.relname, NULL, NULL FROM tables c WHERE c.relpersistence = 'u'
UNION ALL
SELECT 'tablespace', s.spcname, c.relname, NULL FROM tables c JOIN pg_tablespace s ON s.oid = c.reltablespace
UNION ALL
SELECT 'storage parameters', c.relname, NULL, array_to_string(c.reloptions, ', ')
FROM pg_class c JOIN here n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'i') AND c.reloptions IS NOT NULL
UNION ALL
SELECT 'row-level security', c.relname, NULL, CASE WHEN c.relforcerowsecurity THEN 'FORCE' END
FROM tables c WHERE c.relrowsecurity
UNION ALL
SELECT 'policy', p.polname, c.relname, concat('FOR ', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT'
         WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
         ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
         ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
FROM pg_policy p JOIN tables c ON c.oid = p.polrelid
UNION ALL
SELECT 'trigger', g.tgname, c.relname, pg_get_triggerdef(g.oid)
FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN here n ON n.oid = c.relnamespace WHERE NOT g.tgisinternal
UNION ALL
SELECT 'rule', r.rulename, c.relname, pg_get_ruledef(r.oid)
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN here n ON n.oid = c.relnamespace WHERE r.rulename <> '_RETURN'
UNION ALL
SELECT 'statistics', s.stxname, s.stxrelid::regclass::text, pg_get_statisticsobjdef(s.oid)
FROM pg_statistic_ext s JOIN here n ON n.oid = s.stxnamespace)sql";
}

/// Qualities of constraints, indexes and sequences that the description leaves out.
std::string constraint_options() {
  return R"sql(
UNION ALL
SELECT 'constraint', c.conname, t.relname, pg_get_constraintdef(c.oid)
FROM pg_constraint c JOIN tables t ON t.oid = c.conrelid LEFT JOIN pg_class f ON f.oid = c.confrelid
LEFT JOIN pg_index i ON i.indexrelid = c.conindid AND c.contype IN ('p', 'u')
WHERE NOT c.convalidated OR (c.condeferrable AND NOT c.condeferred) OR (c.contype = 'p' AND c.condeferrable)
  OR (c.contype = 'c' AND c.connoinherit)
  OR (c.contype = 'f' AND (c.confmatchtype = 'f' OR f.relnamespace <> t.relnamespace OR f.relkind <> 'r' OR
                           coalesce(to_jsonb(c) ->> 'confdelsetcols', 'null') NOT IN ('null', '[]')))
  OR i.indnatts <> i.indnkeyatts OR to_jsonb(c) ->> 'conenforced' = 'false' OR to_jsonb(c) ->> 'conperiod' = 'true'
UNION ALL
SELECT 'invalid index', x.relname, t.relname, pg_get_indexdef(x.oid)
FROM pg_index i JOIN tables t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid WHERE NOT i.indisvalid
UNION ALL
SELECT 'sequence options', c.relname, d.refobjid::regclass::text,
       format('START WITH %s INCREMENT BY %s MINVALUE %s CACHE %s%s', s.seqstart, s.seqincrement, s.seqmin, s.seqcache,
              CASE WHEN s.seqcycle THEN ' CYCLE' END)
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN here n ON n.oid = c.relnamespace
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
WHERE s.seqstart <> 1 OR s.seqincrement <> 1 OR s.seqmin <> 1 OR s.seqcache <> 1 OR s.seqcycle
UNION ALL
SELECT 'comment', c.relname, NULL, e.description
FROM pg_description e JOIN pg_class c ON c.oid = e.objoid AND e.classoid = 'pg_class'::regclass
JOIN here n ON n.oid = c.relnamespace WHERE c.relkind = 'i'
UNION ALL
SELECT 'comment', c.conname, t.relname, e.description
FROM pg_description e JOIN pg_constraint c ON c.oid = e.objoid AND e.classoid = 'pg_constraint'::regclass
JOIN tables t ON t.oid = c.conrelid)sql";
}

std::string types_and_functions() {
  return R"sql(
UNION ALL
SELECT CASE y.typtype WHEN 'd' THEN 'domain' ELSE 'range type' END, y.typname, NULL,
       CASE y.typtype WHEN 'd' THEN concat_ws(' ', format_type(y.typbasetype, y.typtypmod),
           'DEFAULT ' || y.typdefault, CASE WHEN y.typnotnull THEN 'NOT NULL' END,
           (SELECT string_agg(pg_get_constraintdef(c.oid), ' ' ORDER BY c.conname) FROM pg_constraint c
            WHERE c.conrelid = 0 AND c.contypid = y.oid AND c.contype = 'c'))
         ELSE (SELECT format_type(g.rngsubtype, NULL) FROM pg_range g WHERE g.rngtypid = y.oid) END
FROM pg_type y JOIN here n ON n.oid = y.typnamespace WHERE y.typtype IN ('d', 'r'))sql" +
         own("pg_type", "y.oid") + R"sql(
UNION ALL
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' WHEN 'w' THEN 'window function'
         ELSE 'function' END,
       format('%s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)), NULL,
       CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END
FROM pg_proc p JOIN here n ON n.oid = p.pronamespace
WHERE NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                  AND d.deptype = 'i'))sql" +
         own("pg_proc", "p.oid") + R"sql(
UNION ALL
SELECT 'operator', format('%s(%s, %s)', o.oprname, o.oprleft::regtype, o.oprright::regtype), NULL, NULL
FROM pg_operator o JOIN here n ON n.oid = o.oprnamespace WHERE true)sql" +
         own("pg_operator", "o.oid") + R"sql(
UNION ALL
SELECT 'collation', l.collname, NULL, NULL FROM pg_collation l JOIN here n ON n.oid = l.collnamespace WHERE true)sql" +
         own("pg_collation", "l.oid") + R"sql(
UNION ALL
SELECT 'text search configuration', g.cfgname, NULL, NULL
FROM pg_ts_config g JOIN here n ON n.oid = g.cfgnamespace WHERE true)sql" +
         own("pg_ts_config", "g.oid") + R"sql(
UNION ALL
SELECT 'extension', x.extname, NULL, x.extversion
FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace WHERE n.nspname = ANY (current_schemas(false)))sql";
}

}  // namespace

std::string other_objects_query() {
  return R"sql(
WITH here AS (SELECT oid FROM pg_namespace WHERE nspname = current_schema()),
tables AS (SELECT c.* FROM pg_class c JOIN here n ON n.oid = c.relnamespace
           WHERE c.relkind = 'r' AND NOT c.relispartition)sql" +
         own("pg_class", "c.oid") + R"sql()
SELECT kind::text, name::text, on_table::text, definition::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text,
       NULL::text
FROM ()sql" +
         relations() + table_options() + constraint_options() + types_and_functions() + R"sql() AS objects
ORDER BY kind, on_table, name)sql";
}

}  // namespace tupelo::postgres
