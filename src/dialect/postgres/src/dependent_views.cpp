// SPDX-License-Identifier: Apache-2.0
#include "dependent_views.hpp"

#include "tupelo/dialect/postgres/ddl.hpp"
#include <tupelo/query/sql_text.hpp>

namespace tupelo::postgres {
namespace {

/// `views`: each with how many others stand between it and the columns at most.
std::string views_on(const changed_columns& columns) {
  std::string read;
  for (const auto& [table, column] : columns) {
    read += std::string(read.empty() ? "" : ", ") + "(to_regclass(" + sql_text_literal(quote_identifier(table)) +
            ")::oid, " + sql_text_literal(column) + ")";
  }
  return "WITH RECURSIVE found(oid, depth) AS ("
         "SELECT r.ev_class, 1 FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = "
         "'pg_rewrite'::regclass JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid "
         "WHERE d.refclassid = 'pg_class'::regclass AND r.ev_class <> d.refobjid AND (d.refobjid, a.attname::text) IN "
         "(" +
         read +
         ") UNION SELECT r.ev_class, f.depth + 1 FROM found f JOIN pg_depend d ON d.refclassid = "
         "'pg_class'::regclass AND d.refobjid = f.oid JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = "
         "'pg_rewrite'::regclass WHERE r.ev_class <> f.oid), "
         "views AS (SELECT c.*, c.oid::regclass::text AS name, f.depth, CASE c.relkind WHEN 'm' THEN "
         "'MATERIALIZED VIEW ' ELSE 'VIEW ' END AS what FROM (SELECT oid, max(depth) AS depth FROM found GROUP BY oid) "
         "f "
         "JOIN pg_class c ON c.oid = f.oid) ";
}

}  // namespace

std::vector<ddl_statement> set_views_aside(const changed_columns& columns) {
  const std::string views = views_on(columns);
  std::vector<ddl_statement> out;
  out.push_back(
      {ddl_role::check,
       views +
           "SELECT 'the view ' || v.name || ' reads what is changed, and has triggers, rules, defaults or rights on "
           "columns, which would be lost when it is made again; drop it in this migration before the change and make "
           "it behind (db.execute)' FROM views v WHERE v.relkind NOT IN ('v', 'm') OR EXISTS (SELECT FROM "
           "pg_trigger t WHERE t.tgrelid = v.oid) OR EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = v.oid AND "
           "r.rulename <> '_RETURN') OR EXISTS (SELECT FROM pg_attrdef d WHERE d.adrelid = v.oid) OR EXISTS (SELECT "
           "FROM pg_attribute a WHERE a.attrelid = v.oid AND a.attacl IS NOT NULL)"});
  // Of what only stored rows have.
  out.push_back(
      {ddl_role::check,
       views +
           "SELECT 'the materialized view ' || name || ' reads what is changed, and has ' || array_to_string(has, "
           "', ') || ', which would be lost when it is made again; drop it in this migration before the change and "
           "make it behind (db.execute)' FROM (SELECT v.name, array_remove(ARRAY["
           "CASE WHEN EXISTS (SELECT FROM pg_attribute a WHERE (a.attrelid = v.oid OR a.attrelid IN (SELECT indexrelid "
           "FROM pg_index WHERE indrelid = v.oid)) AND COALESCE(a.attstattarget, -1) >= 0 AND a.attnum > 0) THEN "
           "'statistics targets' END, "
           "CASE WHEN EXISTS (SELECT FROM pg_statistic_ext s WHERE s.stxrelid = v.oid) THEN 'extended statistics' END, "
           "CASE WHEN v.reltablespace <> 0 OR EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid "
           "WHERE i.indrelid = v.oid AND x.reltablespace <> 0) THEN 'a tablespace' END, "
           "CASE WHEN EXISTS (SELECT FROM pg_index i JOIN pg_description d ON d.objoid = i.indexrelid AND d.classoid = "
           "'pg_class'::regclass WHERE i.indrelid = v.oid) THEN 'comments on indexes' END, "
           "CASE WHEN EXISTS (SELECT FROM pg_index i WHERE i.indrelid = v.oid AND i.indisclustered) THEN "
           "'an index that it is clustered by' END, "
           "CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = v.oid "
           "AND a.attnum > 0 AND (a.attoptions IS NOT NULL OR a.attstorage <> t.typstorage OR "
           "COALESCE(to_jsonb(a) ->> 'attcompression', '') <> '')) THEN 'storage or options of columns' END, "
           "CASE WHEN EXISTS (SELECT FROM pg_am m WHERE m.oid = v.relam AND m.amname <> "
           "current_setting('default_table_access_method')) THEN 'an access method' END"
           "], NULL) AS has FROM views v WHERE v.relkind = 'm') kept WHERE cardinality(has) > 0"});
  // Names tell the rows apart; what makes the view comes before what is on it.
  out.push_back(
      {ddl_role::remember,
       views +
           "SELECT part || ' ' || name, sql FROM ("
           "SELECT depth, name, 1 AS part, 'CREATE ' || what || name || COALESCE(' WITH (' || array_to_string("
           "reloptions, ', ') || ')', '') || ' AS ' || rtrim(pg_get_viewdef(oid), ';') || CASE WHEN relkind = 'm' AND "
           "NOT relispopulated THEN ' WITH NO DATA' ELSE '' END AS sql FROM views "
           "UNION ALL SELECT depth, name, 2, pg_get_indexdef(i.indexrelid) FROM views JOIN pg_index i ON i.indrelid = "
           "views.oid "
           "UNION ALL SELECT depth, name, 3, 'ALTER ' || what || name || ' OWNER TO ' || quote_ident(u.rolname) FROM "
           "views JOIN pg_roles u ON u.oid = relowner WHERE u.rolname <> current_user "
           // What the creator's default privileges have added meanwhile.
           "UNION ALL SELECT DISTINCT depth, name, 3, 'REVOKE ALL ON ' || name || ' FROM ' || "
           "COALESCE(quote_ident(u.rolname), 'PUBLIC') FROM views CROSS JOIN pg_default_acl a CROSS JOIN "
           "aclexplode(a.defaclacl) g LEFT JOIN pg_roles u ON u.oid = g.grantee WHERE a.defaclobjtype = 'r' AND "
           "a.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user) AND g.grantee NOT IN (a.defaclrole, "
           "relowner) "
           "UNION ALL SELECT depth, name, 4, 'GRANT ' || g.privilege_type || ' ON ' || name || ' TO ' || "
           "COALESCE(quote_ident(u.rolname), 'PUBLIC') || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' "
           "END FROM views CROSS JOIN aclexplode(relacl) g LEFT JOIN pg_roles u ON u.oid = g.grantee WHERE g.grantee "
           "<> relowner "
           "UNION ALL SELECT depth, name, 5, 'COMMENT ON ' || CASE WHEN d.objsubid = 0 THEN what || name ELSE 'COLUMN "
           "' "
           "|| name || '.' || quote_ident(a.attname) END || ' IS ' || quote_literal(d.description) FROM views JOIN "
           "pg_description d ON d.objoid = views.oid AND d.classoid = 'pg_class'::regclass LEFT JOIN pg_attribute a ON "
           "a.attrelid = d.objoid AND a.attnum = d.objsubid) parts ORDER BY depth, name, part"});
  out.push_back({ddl_role::clear, views + "SELECT 'DROP ' || what || name FROM views ORDER BY depth DESC, name"});
  return out;
}

ddl_statement make_views_again() { return {ddl_role::restore, "SELECT ''::text WHERE false"}; }

}  // namespace tupelo::postgres
