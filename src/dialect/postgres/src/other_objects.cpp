// SPDX-License-Identifier: Apache-2.0
#include "other_objects.hpp"

namespace tupelo::postgres {

std::string not_of_extension(std::string_view catalog, std::string_view oid) {
  std::string out = " AND NOT EXISTS (SELECT 1 FROM brought d WHERE d.classid = '";
  out += catalog;
  out += "'::regclass AND d.objid = ";
  out += oid;
  return out + ")";
}

namespace {

/// Sequences that a column takes its values from belong to that column.
std::string relations() {
  return R"sql(
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
         WHEN 'S' THEN 'sequence' ELSE 'partition' END AS kind,
       c.relname::text AS name,
       CASE WHEN c.relispartition THEN (SELECT i.inhparent::regclass::text FROM pg_inherits i WHERE i.inhrelid = c.oid)
         WHEN c.relkind = 'S' THEN (SELECT d.refobjid::regclass::text FROM pg_depend d WHERE d.classid =
           'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a')
         END AS on_table,
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid)
         WHEN c.relispartition THEN concat_ws(' ', pg_get_expr(c.relpartbound, c.oid),
                                              CASE WHEN c.relkind = 'p' THEN 'PARTITION BY ' || pg_get_partkeydef(c.oid) END)
         WHEN c.relkind = 'S' THEN (SELECT )sql" +
         std::string(sequence_text) + R"sql( FROM pg_sequence s WHERE s.seqrelid = c.oid)
         WHEN c.relkind = 'f' THEN (SELECT format('(%s) SERVER %I%s', (SELECT string_agg(concat_ws(' ', quote_ident(a.attname),
             format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END), ', ' ORDER BY a.attnum)
             FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), v.srvname,
             ' OPTIONS (' || array_to_string(f.ftoptions, ', ') || ')')
           FROM pg_foreign_table f JOIN pg_foreign_server v ON v.oid = f.ftserver WHERE f.ftrelid = c.oid) END AS definition
FROM pg_class c JOIN here n ON n.oid = c.relnamespace
WHERE (c.relkind IN ('v', 'm', 'f') OR (c.relkind IN ('r', 'p') AND c.relispartition) OR (c.relkind = 'S' AND NOT EXISTS
  (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND (d.deptype = 'i' OR
   (d.deptype = 'a' AND EXISTS (SELECT 1 FROM pg_attrdef e JOIN pg_depend u ON u.classid = 'pg_attrdef'::regclass AND
      u.objid = e.oid AND u.refclassid = 'pg_class'::regclass AND u.refobjid = c.oid
      WHERE e.adrelid = d.refobjid AND e.adnum = d.refobjsubid)))))))sql" +
         not_of_extension("pg_class", "c.oid") + R"sql(
UNION ALL
SELECT 'partitioned table', c.relname, NULL, 'PARTITION BY ' || pg_get_partkeydef(c.oid) FROM tables c WHERE c.relkind = 'p'
UNION ALL
SELECT 'foreign server', v.srvname, NULL,
       format('FOREIGN DATA WRAPPER %I%s', w.fdwname, ' OPTIONS (' || (SELECT string_agg(o.option_name, ', ' ORDER BY
         o.option_name) FROM pg_options_to_table(v.srvoptions) o) || ')')
FROM pg_foreign_server v JOIN pg_foreign_data_wrapper w ON w.oid = v.srvfdw
WHERE EXISTS (SELECT 1 FROM pg_foreign_table f JOIN pg_class c ON c.oid = f.ftrelid JOIN here n ON n.oid = c.relnamespace
              WHERE f.ftserver = v.oid)
UNION ALL
SELECT 'table of another schema', n.nspname || '.' || c.relname, NULL, NULL
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (current_schemas(false)) AND n.nspname <> current_schema())sql" +
         not_of_extension("pg_class", "c.oid") + R"sql(
UNION ALL
SELECT 'schema', n.nspname, NULL, CASE t.count WHEN 1 THEN '1 table' ELSE coalesce(t.count, 0) || ' tables' END
FROM pg_namespace n LEFT JOIN (SELECT c.relnamespace, count(*) FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT
  c.relispartition GROUP BY c.relnamespace) AS t ON t.relnamespace = n.oid
WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' AND n.nspname <> ALL (current_schemas(false)) AND
  (n.nspname <> 'public' OR t.count > 0))sql" +
         not_of_extension("pg_namespace", "n.oid");
}

/// How tables and views are, beyond their columns and constraints.
std::string table_options() {
  return R"sql(
UNION ALL
SELECT 'inheritance', c.relname, NULL, 'INHERITS (' || string_agg(i.inhparent::regclass::text, ', ') || ')'
FROM pg_inherits i JOIN tables c ON c.oid = i.inhrelid GROUP BY c.relname
UNION ALL
SELECT 'typed table', c.relname, NULL, 'OF ' || format_type(c.reloftype, NULL) FROM tables c WHERE c.reloftype <> 0
UNION ALL
SELECT 'unlogged table', c.relname, NULL, NULL FROM tables c WHERE c.relpersistence = 'u'
UNION ALL
SELECT 'access method', m.amname, c.relname, NULL
FROM classes c JOIN pg_am m ON m.oid = c.relam WHERE c.relkind IN ('r', 'm') AND m.amname <> 'heap'
UNION ALL
SELECT 'tablespace', s.spcname, c.relname, NULL FROM classes c JOIN pg_tablespace s ON s.oid = c.reltablespace
UNION ALL
SELECT CASE WHEN c.relkind = 'v' THEN 'view options' ELSE 'storage parameters' END, c.relname, NULL,
       concat_ws(', ', array_to_string(c.reloptions, ', '), 'of large values: ' || array_to_string(t.reloptions, ', '))
FROM classes c LEFT JOIN pg_class t ON t.oid = c.reltoastrelid WHERE c.reloptions IS NOT NULL OR t.reloptions IS NOT NULL
UNION ALL
SELECT 'column options', a.attname, c.relname,
       concat_ws(', ', CASE WHEN c.relkind NOT IN ('i', 'I') AND a.attstorage <> y.typstorage THEN 'STORAGE ' || CASE
                     a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END,
                 'COMPRESSION ' || CASE a.compression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
                 CASE WHEN a.attstattarget >= 0 THEN 'STATISTICS ' || a.attstattarget END, array_to_string(a.attoptions, ', '))
FROM classes c CROSS JOIN (SELECT ''::"char" AS attcompression) AS before_14
CROSS JOIN LATERAL (SELECT x.*, attcompression AS compression FROM pg_attribute x WHERE x.attrelid = c.oid AND x.attnum > 0 AND
  NOT x.attisdropped) AS a
JOIN pg_type y ON y.oid = a.atttypid
WHERE c.relkind IN ('r', 'p', 'm', 'i', 'I') AND ((c.relkind NOT IN ('i', 'I') AND a.attstorage <> y.typstorage) OR
  a.attstattarget >= 0 OR a.attoptions IS NOT NULL OR (c.relkind NOT IN ('i', 'I') AND a.compression <> ''))
UNION ALL
SELECT 'column default', a.attname, c.relname, pg_get_expr(e.adbin, e.adrelid)
FROM pg_attrdef e JOIN classes c ON c.oid = e.adrelid AND c.relkind IN ('v', 'f')
JOIN pg_attribute a ON a.attrelid = e.adrelid AND a.attnum = e.adnum
UNION ALL
SELECT 'replica identity', c.relname, NULL, CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE
         'USING INDEX ' || (SELECT i.indexrelid::regclass::text FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident) END
FROM classes c WHERE c.relkind IN ('r', 'p') AND c.relreplident <> 'd'
UNION ALL
SELECT 'row-level security', c.relname, NULL,
       concat_ws(', ', CASE WHEN c.relrowsecurity THEN 'ENABLE' END, CASE WHEN c.relforcerowsecurity THEN 'FORCE' END)
FROM classes c WHERE c.relrowsecurity OR c.relforcerowsecurity
UNION ALL
SELECT 'policy', p.polname, c.relname, concat('AS ', CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
         ' FOR ', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT'
         WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END, ' TO ',
         (SELECT string_agg(CASE r.role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r.role)) END, ', '
          ORDER BY r.place) FROM unnest(p.polroles) WITH ORDINALITY AS r (role, place)),
         ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
         ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
FROM pg_policy p JOIN classes c ON c.oid = p.polrelid
UNION ALL
SELECT 'trigger', g.tgname, c.relname, concat(pg_get_triggerdef(g.oid), CASE g.tgenabled WHEN 'D' THEN ' (DISABLED)'
         WHEN 'R' THEN ' (ENABLED FOR REPLICAS)' WHEN 'A' THEN ' (ENABLED ALWAYS)' END)
FROM pg_trigger g JOIN classes c ON c.oid = g.tgrelid
WHERE NOT g.tgisinternal AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_trigger'::regclass AND
  d.objid = g.oid AND d.deptype = 'P')
UNION ALL
SELECT DISTINCT 'disabled constraint', k.conname, c.relname, NULL
FROM pg_trigger g JOIN classes c ON c.oid = g.tgrelid JOIN pg_constraint k ON k.oid = g.tgconstraint
WHERE g.tgisinternal AND g.tgenabled <> 'O' AND k.conparentid = 0
UNION ALL
SELECT 'rule', r.rulename, c.relname, concat(pg_get_ruledef(r.oid), CASE r.ev_enabled WHEN 'D' THEN ' (DISABLED)'
         WHEN 'R' THEN ' (ENABLED FOR REPLICAS)' WHEN 'A' THEN ' (ENABLED ALWAYS)' END)
FROM pg_rewrite r JOIN classes c ON c.oid = r.ev_class WHERE r.rulename <> '_RETURN'
UNION ALL
SELECT 'statistics', s.stxname, s.stxrelid::regclass::text, pg_get_statisticsobjdef(s.oid)
FROM pg_statistic_ext s JOIN here n ON n.oid = s.stxnamespace
UNION ALL
SELECT 'publication', p.pubname, NULL, CASE WHEN p.puballtables THEN 'FOR ALL TABLES' ELSE 'FOR TABLE ' || (SELECT
         string_agg(t.tablename, ', ' ORDER BY t.tablename) FROM pg_publication_tables t WHERE t.pubname = p.pubname AND
         t.schemaname = current_schema()) END || concat(CASE WHEN p.pubinsert THEN ', insert' END, CASE WHEN p.pubupdate
         THEN ', update' END, CASE WHEN p.pubdelete THEN ', delete' END, CASE WHEN p.pubtruncate THEN ', truncate' END)
FROM pg_publication p WHERE EXISTS (SELECT 1 FROM pg_publication_tables t WHERE t.pubname = p.pubname AND
  t.schemaname = current_schema()))sql";
}

/// Qualities of constraints, indexes and sequences that the description leaves out. A column of a catalog that older
/// releases lack is named in a subquery, unqualified: there the name is that of the row beside it.
std::string constraint_options() {
  return R"sql(
UNION ALL
SELECT 'constraint', c.conname, t.relname, pg_get_constraintdef(c.oid)
FROM tables t
CROSS JOIN (SELECT NULL::int2[] AS confdelsetcols, true AS conenforced, false AS conperiod) AS before_15_and_18
CROSS JOIN LATERAL (SELECT x.*, confdelsetcols AS sets_some, conenforced AS enforced, conperiod AS of_periods
                    FROM pg_constraint x WHERE x.conrelid = t.oid) AS c
LEFT JOIN pg_class f ON f.oid = c.confrelid
LEFT JOIN pg_index i ON i.indexrelid = c.conindid AND c.contype IN ('p', 'u', 'x')
WHERE c.conparentid = 0 AND (NOT c.convalidated OR (c.condeferrable AND NOT c.condeferred)
  OR (c.contype = 'p' AND c.condeferrable) OR (c.contype = 'c' AND c.connoinherit)
  OR (c.contype = 'f' AND (c.confmatchtype = 'f' OR f.relnamespace <> t.relnamespace OR f.relkind NOT IN ('r', 'p') OR
                           f.relispartition OR c.sets_some <> '{}'))
  OR i.indnatts <> i.indnkeyatts OR NOT c.enforced OR c.of_periods
  OR (c.contype = 'x' AND EXISTS (SELECT 1 FROM unnest(c.conexclop) o WHERE NOT pg_operator_is_visible(o)))
  OR (c.contype = 'x' AND EXISTS (SELECT 1 FROM unnest(i.indkey::int2[], i.indcollation::oid[]) WITH ORDINALITY AS k (own, coll,
        place) JOIN pg_attribute x ON x.attrelid = i.indexrelid AND x.attnum = k.place JOIN pg_type y ON y.oid = x.atttypid
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.own
        WHERE k.coll <> coalesce(a.attcollation, y.typcollation)
          AND (k.own <> 0 OR pg_get_indexdef(i.indexrelid) LIKE '%COLLATE%'))))
UNION ALL
SELECT 'invalid index', x.relname, t.relname, pg_get_indexdef(x.oid)
FROM pg_index i JOIN tables t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid WHERE NOT i.indisvalid
UNION ALL
SELECT 'clustered index', x.relname, c.relname, NULL
FROM pg_index i JOIN classes c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indisclustered
UNION ALL
SELECT 'index', x.relname, c.relname, pg_get_indexdef(x.oid)
FROM pg_index i JOIN classes c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
WHERE (c.relkind = 'm' OR c.relispartition) AND NOT x.relispartition
UNION ALL
SELECT 'constraint of a partition', k.conname, c.relname, pg_get_constraintdef(k.oid)
FROM pg_constraint k JOIN classes c ON c.oid = k.conrelid
WHERE c.relispartition AND k.conparentid = 0 AND k.coninhcount = 0 AND k.contype IN ('c', 'f')
UNION ALL
SELECT 'sequence options', c.relname, d.refobjid::regclass::text, )sql" +
         std::string(sequence_text) + R"sql(
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN here n ON n.oid = c.relnamespace
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND
  d.deptype IN ('a', 'i')
WHERE s.seqstart <> 1 OR s.seqincrement <> 1 OR s.seqmin <> 1 OR s.seqcache <> 1 OR s.seqcycle OR s.seqmax <>
  CASE format_type(s.seqtypid, NULL) WHEN 'smallint' THEN 32767 WHEN 'integer' THEN 2147483647 ELSE 9223372036854775807 END)sql";
}

}  // namespace

std::string other_objects_query() {
  return R"sql(
WITH here AS (SELECT oid FROM pg_namespace WHERE nspname = current_schema()),
brought AS (SELECT d.classid, d.objid FROM pg_depend d WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'),
classes AS (SELECT c.* FROM pg_class c JOIN here n ON n.oid = c.relnamespace WHERE true)sql" +
         not_of_extension("pg_class", "c.oid") + R"sql(),
tables AS (SELECT c.* FROM classes c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition),
routines AS (SELECT p.* FROM pg_proc p JOIN here n ON n.oid = p.pronamespace
             WHERE NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND
                               d.deptype IN ('e', 'i'))),
types AS (SELECT y.* FROM pg_type y JOIN here n ON n.oid = y.typnamespace WHERE true)sql" +
         not_of_extension("pg_type", "y.oid") + R"sql()
SELECT kind::text, name::text, on_table::text, definition::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text,
       NULL::text
FROM ()sql" +
         relations() + table_options() + constraint_options() + types_and_functions() + grants() + comments() +
         R"sql() AS objects
ORDER BY kind, on_table, name)sql";
}

}  // namespace tupelo::postgres
