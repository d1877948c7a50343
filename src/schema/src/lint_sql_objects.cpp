// SPDX-License-Identifier: Apache-2.0
// Statements about what is no table: views, functions, types, sequences, rights, the server.
#include "lint_sql.hpp"

#include <utility>

namespace tupelo {
namespace {

/// The kind of thing that stands here, passed over; empty for what these rules do not know.
std::string_view skip_kind(sql_cursor& of) {
  if (of.skip({"MATERIALIZED", "VIEW"}) || of.skip({"FOREIGN", "TABLE"})) return "view";
  if (of.skip({"EVENT", "TRIGGER"})) return "trigger";
  for (const std::string_view kind :
       {"view",       "function", "procedure",   "routine",      "aggregate",  "type",      "domain",   "sequence",
        "schema",     "trigger",  "rule",        "extension",    "policy",     "collation", "operator", "cast",
        "conversion", "server",   "publication", "subscription", "statistics", "language",  "index"}) {
    if (of.skip({kind})) return kind;
  }
  return {};
}

bool is_role(const sql_cursor& of) { return of.is_any_of({"ROLE", "USER", "GROUP"}); }

class object_statement {
public:
  object_statement(linter& into, sql_cursor of, const std::string& what) : into_(into), of_(of), what_(what) {}

  bool read() {
    if (of_.skip({"ALTER"})) return alter();
    if (of_.skip({"DROP"})) return drop(), false;
    if (of_.skip({"CREATE"})) return create(), false;
    if (of_.skip({"REFRESH", "MATERIALIZED", "VIEW"})) {
      if (!of_.is({"CONCURRENTLY"})) report("blocking-refresh", of_.name());
    } else if (of_.is({"REVOKE"}) || of_.is({"REASSIGN", "OWNED"})) {
      report("changed-rights");
    } else if (of_.skip({"SET"})) {
      return set();
    }
    return of_.is({"COMMENT", "ON"}) || of_.is({"ANALYZE"}) || of_.is({"RESET"}) || of_.is({"SHOW"});
  }

private:
  void report(std::string_view code, std::string subject = {}) { into_.report(code, std::move(subject), what_); }

  /// What holds for the connection only as long as the transaction lasts changes nothing else.
  bool set() {
    const bool passes = of_.skip({"LOCAL"});
    if (of_.is({"SESSION_REPLICATION_ROLE"})) return report("disabled-trigger"), false;
    return passes || of_.is({"CONSTRAINTS"});
  }

  /// `… ON table`, of a trigger or a policy.
  std::string table_behind() {
    (void)of_.until({"ON"});
    of_.skip({"ON"});
    of_.skip({"ONLY"});
    return of_.name();
  }

  void create() {
    const bool replaces = of_.skip({"OR", "REPLACE"});
    if (is_role(of_)) return report("server-settings");
    if (of_.is({"DATABASE"}) || of_.is({"TABLESPACE"})) return report("outside-transaction");
    of_.skip({"TEMP"});
    of_.skip({"TEMPORARY"});
    of_.skip({"RECURSIVE"});
    of_.skip({"CONSTRAINT"});
    const std::string_view kind = skip_kind(of_);
    of_.skip_conditions();
    const std::string name = of_.name();
    if (replaces) report("replace-object", name);
    if (kind == "domain") {
      const bool constrained = of_.has_at_top({"CHECK"}) || of_.has_at_top({"NOT", "NULL"});
      if (constrained) report("constrained-domain", name);
      return;
    }
    if (kind == "policy" || kind == "trigger") {
      const std::string table = table_behind();
      if (into_.is_new(table)) return;
      report(kind == "policy" ? "changed-policy" : "blocking-trigger", table);
    }
  }

  void drop() {
    if (of_.is({"DATABASE"}) || of_.is({"TABLESPACE"})) report("outside-transaction");
    if (of_.is_any_of({"SCHEMA", "DATABASE", "OWNED"}) || of_.has_at_top({"CASCADE"})) return report("drop-schema");
    if (is_role(of_)) return report("server-settings");
    const std::string_view kind = skip_kind(of_);
    if (kind.empty() || kind == "statistics") return;
    of_.skip_conditions();
    const std::string name = of_.name();
    if (kind == "policy") return report("changed-policy", table_behind());
    report("drop-object", name);
  }

  bool alter() {
    if (is_role(of_) || of_.is({"DATABASE"})) return report("server-settings"), false;
    if (of_.is({"SYSTEM"})) {
      report("server-settings");
      return report("outside-transaction"), false;
    }
    if (of_.is({"DEFAULT", "PRIVILEGES"})) return report("changed-rights"), false;
    const std::string_view kind = skip_kind(of_);
    of_.skip_conditions();
    const std::string name = of_.name();
    if (kind == "extension") return report("extension-update", name), false;
    if (kind == "policy") return report("changed-policy", table_behind()), false;
    (void)of_.parenthesized();  // a function's arguments
    if (of_.has_at_top({"OWNER", "TO"})) report("changed-rights", name);
    if (of_.is({"SET", "SCHEMA"})) report("move-object", name);
    if (of_.is({"DISABLE"})) report("disabled-trigger", name);
    if (kind == "index") return alter_index(name);
    if (of_.skip({"RENAME"})) rename(kind, name);
    if (kind == "type") alter_type(name);
    if (kind == "domain") alter_domain(name);
    if (kind == "sequence") alter_sequence(name);
    return false;
  }

  bool alter_index(const std::string& name) {
    if (of_.is({"SET", "TABLESPACE"})) report("rewrite-table", name);
    return of_.is({"ATTACH"}) || of_.is({"RENAME"}) || (of_.is({"SET"}) && !of_.is({"SET", "TABLESPACE"}));
  }

  void rename(std::string_view kind, const std::string& name) {
    if (of_.is({"VALUE"})) return report("rename-enum-value", name);
    if (of_.is({"CONSTRAINT"}) || kind == "trigger" || kind == "statistics") return;
    report(of_.is({"COLUMN"}) ? "rename-column" : "rename-object", name);
  }

  void alter_type(const std::string& name) {
    if (of_.is({"ADD", "VALUE"})) return report("add-enum-value", name);
    if (of_.is({"DROP", "ATTRIBUTE"}) || of_.has_at_top({"DROP", "ATTRIBUTE"})) report("drop-attribute", name);
    if (of_.has_at_top({"ADD", "ATTRIBUTE"})) report("add-attribute", name);
    if (of_.has_at_top({"ALTER", "ATTRIBUTE"})) report("rewrite-type", name);
  }

  void alter_domain(const std::string& name) {
    const bool adds = of_.is({"ADD"});
    if (adds && of_.has_at_top({"NOT", "VALID"})) return report("new-restriction", name);
    if (adds || of_.is({"SET", "NOT", "NULL"})) {
      report("blocking-domain", name);
      report("constraint-among-rows", name);
    }
    if (of_.is({"DROP", "CONSTRAINT"})) report("drop-constraint", name);
    if (of_.is({"DROP", "NOT", "NULL"})) report("drop-not-null", name);
    if (of_.skip({"VALIDATE", "CONSTRAINT"})) into_.validates(of_.name());
  }

  void alter_sequence(const std::string& name) {
    for (const std::string_view word : {"RESTART", "INCREMENT", "START", "MINVALUE", "MAXVALUE", "CYCLE"}) {
      if (of_.has_at_top({word})) return report("sequence-values", name);
    }
  }

  linter& into_;
  sql_cursor of_;
  const std::string& what_;
};

}  // namespace

bool lint_object(linter& into, sql_cursor of, const std::string& what) {
  return object_statement(into, of, what).read();
}

}  // namespace tupelo
