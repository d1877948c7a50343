// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/postgres/introspection.hpp"

#include <string_view>

namespace tupelo::postgres {
namespace {

/// One statement to drop each object of a catalog that the current schema owns and no extension does.
std::string drops(int place, std::string_view statement, std::string_view catalog, std::string_view prefix,
                  std::string_view condition = {}) {
  std::string out = " UNION ALL SELECT " + std::to_string(place) + ", 0, " + std::string(statement) + " FROM ";
  out += catalog;
  out += " o JOIN pg_namespace n ON n.oid = o.";
  out += prefix;
  out += "namespace WHERE n.nspname = current_schema() AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = '";
  out += catalog;
  out += "'::regclass AND d.objid = o.oid AND (d.deptype = 'e' OR (d.deptype = 'i' AND d.refobjid <> o.oid)))";
  out += condition;
  return out;
}

/// One statement for each object of a catalog whose objects are called by a name and nothing else.
std::string drops_named(int place, std::string_view kind, std::string_view catalog, std::string_view prefix) {
  std::string statement = "format('DROP ";
  statement += kind;
  statement += " IF EXISTS %I.%I CASCADE', n.nspname, o.";
  statement += prefix;
  statement += "name)";
  return drops(place, statement, catalog, prefix);
}

}  // namespace

std::string wipe_query() {
  // Tables take what hangs on them along, so everything is dropped if it is still there.
  return "SELECT sql FROM ("
         // They could stand in the way of all that follows.
         "SELECT 0 AS place, 0::bigint AS behind, format('DROP EVENT TRIGGER IF EXISTS %I', e.evtname) AS sql FROM "
         "pg_event_trigger e JOIN pg_proc p ON p.oid = e.evtfoid JOIN pg_namespace n ON n.oid = p.pronamespace WHERE "
         "n.nspname = current_schema() AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = "
         "'pg_event_trigger'::regclass AND d.objid = e.oid AND d.deptype = 'e')" +
         drops(1,
               "format('DROP %s IF EXISTS %I.%I CASCADE', CASE o.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN "
               "'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, n.nspname, o.relname)",
               "pg_class", "rel", " AND o.relkind IN ('r', 'p', 'v', 'm', 'f')") +
         drops(2, "format('DROP SEQUENCE IF EXISTS %I.%I CASCADE', n.nspname, o.relname)", "pg_class", "rel",
               " AND o.relkind = 'S'") +
         drops(3,
               "format('DROP OPERATOR CLASS IF EXISTS %I.%I USING %I CASCADE', n.nspname, o.opcname, (SELECT m.amname "
               "FROM pg_am m WHERE m.oid = o.opcmethod))",
               "pg_opclass", "opc") +
         drops(4,
               "format('DROP OPERATOR FAMILY IF EXISTS %I.%I USING %I CASCADE', n.nspname, o.opfname, (SELECT m.amname "
               "FROM pg_am m WHERE m.oid = o.opfmethod))",
               "pg_opfamily", "opf") +
         drops(5,
               "format('DROP OPERATOR IF EXISTS %I.%s (%s, %s) CASCADE', n.nspname, o.oprname, CASE o.oprleft WHEN 0 "
               "THEN 'NONE' ELSE format_type(o.oprleft, NULL) END, CASE o.oprright WHEN 0 THEN 'NONE' ELSE "
               "format_type(o.oprright, NULL) END)",
               "pg_operator", "opr") +
         drops(6,
               "format('DROP ROUTINE IF EXISTS %I.%I(%s) CASCADE', n.nspname, o.proname, "
               "pg_get_function_identity_arguments(o.oid))",
               "pg_proc", "pro", " AND o.prokind IN ('f', 'p', 'w')") +
         drops(7,
               "format('DROP AGGREGATE IF EXISTS %I.%I(%s) CASCADE', n.nspname, o.proname, "
               "pg_get_function_identity_arguments(o.oid))",
               "pg_proc", "pro", " AND o.prokind = 'a'") +
         drops(8,
               "format('DROP %s IF EXISTS %I.%I CASCADE', CASE o.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, "
               "n.nspname, o.typname)",
               "pg_type", "typ",
               " AND (o.typtype IN ('b', 'e', 'd', 'r', 'p') OR (o.typtype = 'c' AND (SELECT relkind FROM pg_class "
               "WHERE oid = o.typrelid) = 'c'))") +
         drops_named(9, "TEXT SEARCH CONFIGURATION", "pg_ts_config", "cfg") +
         drops_named(10, "TEXT SEARCH DICTIONARY", "pg_ts_dict", "dict") +
         drops_named(11, "TEXT SEARCH TEMPLATE", "pg_ts_template", "tmpl") +
         drops_named(12, "TEXT SEARCH PARSER", "pg_ts_parser", "prs") +
         drops_named(13, "COLLATION", "pg_collation", "coll") + drops_named(14, "CONVERSION", "pg_conversion", "con") +
         // No CASCADE here: it would take columns of other schemas along. Those made last need those made first.
         " UNION ALL SELECT 15, -x.oid::bigint, format('DO %L', format('BEGIN DROP EXTENSION IF EXISTS %I; EXCEPTION "
         "WHEN dependent_objects_still_exist THEN NULL; END', x.extname)) FROM pg_extension x JOIN pg_namespace n ON "
         "n.oid = x.extnamespace WHERE n.nspname = current_schema() AND x.extowner = (SELECT oid FROM "
         "pg_roles WHERE rolname = current_user)) AS "
         "everything "
         "ORDER BY place, behind, sql";
}

}  // namespace tupelo::postgres
