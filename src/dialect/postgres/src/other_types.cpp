// SPDX-License-Identifier: Apache-2.0
#include "other_objects.hpp"

namespace tupelo::postgres {
namespace {

std::string types_and_routines() {
  return R"sql(
UNION ALL
SELECT CASE y.typtype WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range type' WHEN 'p' THEN 'shell type' ELSE 'base type' END,
       y.typname, NULL,
       CASE y.typtype WHEN 'd' THEN concat_ws(' ', format_type(y.typbasetype, y.typtypmod),
           'COLLATE ' || (SELECT quote_ident(l.collname) FROM pg_collation l JOIN pg_type b ON b.oid = y.typbasetype
                          WHERE l.oid = y.typcollation AND y.typcollation <> b.typcollation),
           'DEFAULT ' || y.typdefault, CASE WHEN y.typnotnull THEN 'NOT NULL' END,
           (SELECT string_agg(pg_get_constraintdef(c.oid), ' ' ORDER BY c.conname) FROM pg_constraint c
            WHERE c.conrelid = 0 AND c.contypid = y.oid AND c.contype = 'c'))
         WHEN 'r' THEN (SELECT concat_ws(', ', 'SUBTYPE = ' || format_type(g.rngsubtype, NULL),
             'COLLATION = ' || nullif(g.rngcollation, 0)::regcollation, 'CANONICAL = ' || nullif(g.rngcanonical, 0)::regproc,
             'SUBTYPE_DIFF = ' || nullif(g.rngsubdiff, 0)::regproc) FROM pg_range g WHERE g.rngtypid = y.oid)
         WHEN 'b' THEN format('INPUT = %s, OUTPUT = %s', y.typinput, y.typoutput) END
FROM types y
WHERE y.typtype IN ('d', 'r', 'b', 'p') AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND
  d.objid = y.oid AND d.deptype = 'i')
UNION ALL
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' WHEN 'w' THEN 'window function'
         ELSE 'function' END,
       format('%s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)), NULL,
       CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) ELSE (SELECT concat_ws(', ', 'SFUNC = ' || a.aggtransfn,
           'STYPE = ' || format_type(a.aggtranstype, NULL), 'FINALFUNC = ' || nullif(a.aggfinalfn, 0)::regproc,
           'COMBINEFUNC = ' || nullif(a.aggcombinefn, 0)::regproc, 'INITCOND = ' || quote_literal(a.agginitval),
           'SORTOP = ' || nullif(a.aggsortop, 0)::regoper) FROM pg_aggregate a WHERE a.aggfnoid = p.oid) END
FROM routines p)sql";
}

std::string operators() {
  return R"sql(
UNION ALL
SELECT 'operator', format('%s(%s, %s)', o.oprname, o.oprleft::regtype, o.oprright::regtype), NULL,
       concat_ws(', ', 'FUNCTION = ' || o.oprcode, 'COMMUTATOR = ' || nullif(o.oprcom, 0)::regoper,
                 'NEGATOR = ' || nullif(o.oprnegate, 0)::regoper, 'RESTRICT = ' || nullif(o.oprrest, 0)::regproc,
                 'JOIN = ' || nullif(o.oprjoin, 0)::regproc, CASE WHEN o.oprcanhash THEN 'HASHES' END,
                 CASE WHEN o.oprcanmerge THEN 'MERGES' END)
FROM pg_operator o JOIN here n ON n.oid = o.oprnamespace WHERE true)sql" +
         not_of_extension("pg_operator", "o.oid") + R"sql(
UNION ALL
SELECT 'operator class', format('%s USING %s', o.opcname, m.amname), NULL, concat_ws(', ', CASE WHEN o.opcdefault THEN
         'DEFAULT' END, 'FOR TYPE ' || format_type(o.opcintype, NULL), 'FAMILY ' || f.opfname,
         (SELECT string_agg(format('OPERATOR %s %s', a.amopstrategy, a.amopopr::regoperator), ', ' ORDER BY a.amopstrategy)
          FROM pg_amop a WHERE a.amopfamily = f.oid AND a.amoplefttype = o.opcintype),
         (SELECT string_agg(format('FUNCTION %s %s', a.amprocnum, a.amproc::regprocedure), ', ' ORDER BY a.amprocnum)
          FROM pg_amproc a WHERE a.amprocfamily = f.oid AND a.amproclefttype = o.opcintype))
FROM pg_opclass o JOIN here n ON n.oid = o.opcnamespace JOIN pg_am m ON m.oid = o.opcmethod
JOIN pg_opfamily f ON f.oid = o.opcfamily WHERE true)sql" +
         not_of_extension("pg_opclass", "o.oid") + R"sql(
UNION ALL
SELECT 'operator family', format('%s USING %s', o.opfname, m.amname), NULL, NULL
FROM pg_opfamily o JOIN here n ON n.oid = o.opfnamespace JOIN pg_am m ON m.oid = o.opfmethod WHERE true)sql" +
         not_of_extension("pg_opfamily", "o.oid") + R"sql(
UNION ALL
SELECT 'cast', format('%s AS %s', format_type(x.castsource, NULL), format_type(x.casttarget, NULL)), NULL,
       concat(CASE x.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || x.castfunc::regprocedure WHEN 'i' THEN 'WITH INOUT'
              ELSE 'WITHOUT FUNCTION' END, CASE x.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END)
FROM pg_cast x JOIN pg_type a ON a.oid = x.castsource JOIN pg_type b ON b.oid = x.casttarget
LEFT JOIN pg_proc p ON p.oid = x.castfunc
WHERE EXISTS (SELECT 1 FROM here n WHERE n.oid IN (a.typnamespace, b.typnamespace, p.pronamespace)) AND NOT EXISTS
  (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.objid = x.oid AND d.deptype IN ('e', 'i'))
UNION ALL
SELECT 'event trigger', e.evtname, NULL, concat('ON ', e.evtevent, ' WHEN TAG IN (' || array_to_string(e.evttags, ', ') ||
         ')', ' EXECUTE FUNCTION ', e.evtfoid::regproc, '()', CASE e.evtenabled WHEN 'D' THEN ' (DISABLED)'
         WHEN 'R' THEN ' (ENABLED FOR REPLICAS)' WHEN 'A' THEN ' (ENABLED ALWAYS)' END)
FROM pg_event_trigger e JOIN routines p ON p.oid = e.evtfoid WHERE true)sql" +
         not_of_extension("pg_event_trigger", "e.oid");
}

/// Releases name the locale of a collation differently.
std::string texts() {
  return R"sql(
UNION ALL
SELECT 'collation', l.collname, NULL, concat_ws(', ', 'PROVIDER = ' || CASE l.collprovider WHEN 'i' THEN 'icu' WHEN 'c' THEN
         'libc' WHEN 'b' THEN 'builtin' ELSE 'default' END, 'LOCALE = ' || coalesce(to_jsonb(l) ->> 'colllocale',
         to_jsonb(l) ->> 'colliculocale', l.collcollate), 'LC_CTYPE = ' || nullif(l.collctype, l.collcollate),
         CASE WHEN NOT l.collisdeterministic THEN 'DETERMINISTIC = false' END)
FROM pg_collation l JOIN here n ON n.oid = l.collnamespace WHERE true)sql" +
         not_of_extension("pg_collation", "l.oid") + R"sql(
UNION ALL
SELECT 'conversion', v.conname, NULL, format('%sFOR %s TO %s FROM %s', CASE WHEN v.condefault THEN 'DEFAULT ' END,
         pg_encoding_to_char(v.conforencoding), pg_encoding_to_char(v.contoencoding), v.conproc)
FROM pg_conversion v JOIN here n ON n.oid = v.connamespace WHERE true)sql" +
         not_of_extension("pg_conversion", "v.oid") + R"sql(
UNION ALL
SELECT 'text search configuration', g.cfgname, NULL, concat('PARSER = ', (SELECT p.prsname FROM pg_ts_parser p WHERE p.oid =
         g.cfgparser), (SELECT string_agg(format(', %s: %s', (SELECT t.alias FROM ts_token_type(g.cfgparser) t WHERE t.tokid =
         m.maptokentype), m.mapdict::regdictionary), '' ORDER BY m.maptokentype, m.mapseqno)
         FROM pg_ts_config_map m WHERE m.mapcfg = g.oid))
FROM pg_ts_config g JOIN here n ON n.oid = g.cfgnamespace WHERE true)sql" +
         not_of_extension("pg_ts_config", "g.oid") + R"sql(
UNION ALL
SELECT 'text search dictionary', g.dictname, NULL, concat_ws(', ', 'TEMPLATE = ' || (SELECT t.tmplname FROM pg_ts_template t
         WHERE t.oid = g.dicttemplate), g.dictinitoption)
FROM pg_ts_dict g JOIN here n ON n.oid = g.dictnamespace WHERE true)sql" +
         not_of_extension("pg_ts_dict", "g.oid") + R"sql(
UNION ALL
SELECT 'text search template', g.tmplname, NULL, concat_ws(', ', 'INIT = ' || nullif(g.tmplinit, 0)::regproc, 'LEXIZE = ' ||
         g.tmpllexize)
FROM pg_ts_template g JOIN here n ON n.oid = g.tmplnamespace WHERE true)sql" +
         not_of_extension("pg_ts_template", "g.oid") + R"sql(
UNION ALL
SELECT 'text search parser', g.prsname, NULL, concat_ws(', ', 'START = ' || g.prsstart, 'GETTOKEN = ' || g.prstoken, 'END = ' ||
         g.prsend, 'LEXTYPES = ' || g.prslextype, 'HEADLINE = ' || nullif(g.prsheadline, 0)::regproc)
FROM pg_ts_parser g JOIN here n ON n.oid = g.prsnamespace WHERE true)sql" +
         not_of_extension("pg_ts_parser", "g.oid") + R"sql(
UNION ALL
SELECT CASE WHEN h.here THEN 'extension' ELSE 'extension of another schema' END,
       CASE WHEN h.here THEN x.extname::text ELSE n.nspname || '.' || x.extname END, NULL, x.extversion
FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace
CROSS JOIN LATERAL (SELECT n.nspname = ANY (current_schemas(false)) AS here) AS h WHERE n.nspname <> 'pg_catalog')sql";
}

}  // namespace

std::string types_and_functions() { return types_and_routines() + operators() + texts(); }

std::string grants() {
  return R"sql(
UNION ALL
SELECT 'grants', c.relname, NULL, array_to_string(c.relacl, ', ')
FROM classes c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND
  c.relacl <> acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)
UNION ALL
SELECT 'grants', a.attname, c.relname, array_to_string(a.attacl, ', ')
FROM classes c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attacl <> '{}'
UNION ALL
SELECT 'grants', format('%s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)), NULL, array_to_string(p.proacl, ', ')
FROM routines p WHERE p.proacl <> acldefault('f', p.proowner)
UNION ALL
SELECT 'grants', y.typname, NULL, array_to_string(y.typacl, ', ')
FROM types y WHERE y.typacl <> acldefault('T', y.typowner)
UNION ALL
SELECT 'grants', 'schema ' || s.nspname, NULL, array_to_string(s.nspacl, ', ')
FROM pg_namespace s JOIN here n ON n.oid = s.oid
WHERE s.nspacl <> coalesce((SELECT i.initprivs FROM pg_init_privs i WHERE i.classoid = 'pg_namespace'::regclass AND
  i.objoid = s.oid AND i.objsubid = 0), acldefault('n', s.nspowner))
UNION ALL
SELECT 'default privileges', format('%s of %s', CASE a.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences'
         WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' ELSE 'others' END, pg_get_userbyid(a.defaclrole)), NULL,
       array_to_string(a.defaclacl, ', ')
FROM pg_default_acl a JOIN here n ON n.oid = a.defaclnamespace)sql";
}

std::string comments() {
  return R"sql(
UNION ALL
SELECT 'comment', coalesce(a.attname, o.name), CASE WHEN a.attname IS NULL THEN o.on_table ELSE o.name END, e.description
FROM (SELECT 'pg_class'::regclass::oid AS class, c.oid, c.relname AS name, NULL::name AS on_table FROM classes c
      WHERE c.relkind NOT IN ('r', 'p') OR c.relispartition
      UNION ALL SELECT 'pg_type'::regclass, y.oid, y.typname, NULL FROM types y
      UNION ALL SELECT 'pg_proc'::regclass, p.oid, p.proname, NULL FROM routines p
      UNION ALL SELECT 'pg_operator'::regclass, p.oid, p.oprname, NULL FROM pg_operator p JOIN here n ON n.oid = p.oprnamespace
      UNION ALL SELECT 'pg_collation'::regclass, l.oid, l.collname, NULL FROM pg_collation l JOIN here n ON n.oid = l.collnamespace
      UNION ALL SELECT 'pg_ts_config'::regclass, g.oid, g.cfgname, NULL FROM pg_ts_config g JOIN here n ON n.oid = g.cfgnamespace
      UNION ALL SELECT 'pg_ts_dict'::regclass, g.oid, g.dictname, NULL FROM pg_ts_dict g JOIN here n ON n.oid = g.dictnamespace
      UNION ALL SELECT 'pg_constraint'::regclass, k.oid, k.conname, c.relname FROM pg_constraint k JOIN here n ON n.oid = k.connamespace
                LEFT JOIN pg_class c ON c.oid = k.conrelid
      UNION ALL SELECT 'pg_trigger'::regclass, g.oid, g.tgname, c.relname FROM pg_trigger g JOIN classes c ON c.oid = g.tgrelid
      UNION ALL SELECT 'pg_rewrite'::regclass, r.oid, r.rulename, c.relname FROM pg_rewrite r JOIN classes c ON c.oid = r.ev_class
      UNION ALL SELECT 'pg_policy'::regclass, p.oid, p.polname, c.relname FROM pg_policy p JOIN classes c ON c.oid = p.polrelid
      UNION ALL SELECT 'pg_statistic_ext'::regclass, s.oid, s.stxname, NULL FROM pg_statistic_ext s JOIN here n ON n.oid = s.stxnamespace
      UNION ALL SELECT 'pg_namespace'::regclass, s.oid, s.nspname, NULL FROM pg_namespace s JOIN here n ON n.oid = s.oid) AS o
JOIN pg_description e ON e.classoid = o.class AND e.objoid = o.oid
LEFT JOIN pg_attribute a ON o.class = 'pg_class'::regclass AND e.objsubid > 0 AND a.attrelid = o.oid AND a.attnum = e.objsubid
WHERE e.description <> 'standard public schema' AND NOT EXISTS (SELECT 1 FROM brought d WHERE d.classid = o.class AND
  d.objid = o.oid))sql";
}

}  // namespace tupelo::postgres
