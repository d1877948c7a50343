// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"

#include "error_report.hpp"
#include "version.hpp"

#include <tupelo/cli.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <map>
#include <ostream>
#include <string>
#include <string_view>

namespace tupelo::cli {
namespace {

constexpr std::string_view minus = "\u2212";

/// "-2" → "−2": CLI11 would look for an option called 2.
std::vector<std::string> with_steps_marked(std::vector<std::string> words) {
  for (std::string& word : words) {
    if (word == "--") break;
    const bool steps = word.size() > 1 && word[0] == '-' &&
                       std::all_of(word.begin() + 1, word.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (steps) word = std::string(minus) + word.substr(1);
  }
  return words;
}

void unmark_steps(std::string& target) {
  if (target.starts_with(minus)) target = "-" + target.substr(minus.size());
}

class command_line {
public:
  command_line(const std::string& program, arguments& into)
      : app_("The project's own database tool: models, migrations and seeds.", program), into_(&into) {
    app_.set_version_flag("--version", std::string("tupelo ") + version_text);
    app_.require_subcommand(1);
    app_.get_formatter()->column_width(34);
    db_ = app_.add_subcommand("db", "Migrations, seeds and a look at the database");
    db_->require_subcommand(1);
    db_->footer(
        "The database is --url, else DATABASE_URL, else url under [database] in tupelo.toml, else DATABASE_URL "
        "in .env.\n"
        "Exit codes: 0 done; 1 error; 2 wrong usage; 3 check, diff, verify or lint found something; 130 interrupted.");
    add_writing_verbs();
    add_reporting_verbs();
    add_other_verbs();
    add_safety_verbs();
  }

  int parse(std::vector<std::string> words, surroundings& around) {
    words.erase(words.begin());
    const bool as_json = std::find(words.begin(), words.end(), "--json") != words.end();
    std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
    try {
      app_.parse(std::move(words));
    } catch (const CLI::ParseError& stop) {
      if (as_json && stop.get_exit_code() != 0) {
        error_report report;
        report.message = stop.what();
        report.code = "usage";
        console out(*around.out, false);
        report.print_json(out, "");
        return exit_usage;
      }
      const int code = app_.exit(stop, *around.out, *around.err);
      return code == 0 ? exit_ok : exit_usage;
    }
    return -1;
  }

private:
  CLI::App* add(verb what, const char* name, const char* says, const char* footer = "") {
    CLI::App* sub = db_->add_subcommand(name, says);
    if (*footer != '\0') sub->footer(footer);
    sub->callback([this, what, name] {
      into_->what = what;
      into_->verb_name = name;
    });
    return sub;
  }
  void url(CLI::App* sub) {
    sub->add_option("--url", into_->url, "The database: sqlite:///app.db or postgresql://user@host/name")
        ->type_name("URL");
  }
  void json(CLI::App* sub) { sub->add_flag("--json", into_->json, "Print one JSON document"); }
  void dry_run(CLI::App* sub) {
    sub->add_flag("--dry-run", into_->dry_run, "Say what would be done and change nothing");
  }
  void sql(CLI::App* sub) { sub->add_flag("--sql", into_->sql, "Print the SQL instead of running it"); }
  void script(CLI::App* sub) {
    CLI::Option* sql = sub->get_option("--sql");
    sub->add_option("--from", into_->from,
                    "With --sql: for a database that is at this revision, or at base, without asking one")
        ->type_name("REVISION")
        ->needs(sql);
    sub->add_flag("--idempotent", into_->idempotent, "With --sql: a script that may be run twice (PostgreSQL)")
        ->needs(sql);
  }
  void lock(CLI::App* sub) {
    sub->add_flag("--take-over-lock", into_->take_over_lock, "Remove the lock that a run which died has left behind");
    time(sub, "--lock-wait", into_->lock_wait_ms,
         "How long to wait for another run that comes no further, e.g. 5min; 1min unless said");
  }
  void time(CLI::App* sub, const char* name, std::optional<std::int64_t>& milliseconds, const char* says) {
    sub->add_option(name, milliseconds, says)
        ->type_name("TIME")
        ->transform(CLI::AsNumberWithUnit(std::map<std::string, std::int64_t>{{"ms", 1}, {"s", 1'000}, {"min", 60'000}},
                                          CLI::AsNumberWithUnit::CASE_SENSITIVE)
                        .description(""))
        ->check(CLI::Validator(CLI::NonNegativeNumber).description(""));
  }
  void environment(CLI::App* sub) {
    sub->add_option("--env", into_->environment, "Run the seeds of this environment")
        ->type_name("NAME")
        ->capture_default_str();
  }
  void target(CLI::App* sub, const char* preset, const char* says) {
    into_->target.clear();
    sub->add_option("target", into_->target, says)->type_name(std::string("(") + preset + ")");
  }

  void add_writing_verbs() {
    CLI::App* init = add(verb::init, "init", "Make the migrations folder and tupelo.toml");
    url(init);
    json(init);
    dry_run(init);

    CLI::App* migrate =
        add(verb::migrate, "migrate", "Write a migration for what the models have and the migrations do not",
            "Needs no database. The new file must be compiled in before `upgrade` sees it: build again.");
    CLI::Option* text = migrate->add_option("message", into_->message, "What changes, e.g. \"Add users\"");
    migrate->add_option("-m,--message", into_->message, "The same as an option")->excludes(text);
    migrate
        ->add_option("-r,--rename", into_->renames,
                     "old=new: a table (people=users), column (users.mail=users.email) or value of an enum "
                     "(plan.basic=plan.free) was renamed")
        ->type_name("OLD=NEW")
        ->allow_extra_args(false);
    CLI::Option* all = migrate->add_flag("--rename-all", into_->rename_all,
                                         "Tables and columns that look renamed were; values of enums need --rename");
    migrate->add_flag("--no-rename", into_->no_rename, "What --rename does not say was dropped and added")
        ->excludes(all);
    CLI::Option* empty = migrate->add_flag("--empty", into_->empty, "Write it without operations, to fill in by hand");
    migrate->add_flag(
        "--one-file", into_->one_file,
        "Do not put what others would wait for on tables that exist into migrations of their own: indexes, and looking "
        "at rows for constraints");
    migrate->add_flag("--merge", into_->merge, "Write one without operations that joins all heads")->excludes(empty);
    CLI::Option* files =
        migrate->add_flag("--sql-files", into_->sql_files,
                          "Write a pair of .sql files without statements, which need not be compiled in");
    url(migrate);
    json(migrate);
    dry_run(migrate);
    sql(migrate);
    files->excludes(migrate->get_option("--sql"))->excludes(empty);

    CLI::App* squash =
        add(verb::squash, "squash", "Write one migration that stands for several",
            "Needs no database. Migrations that run code or SQL of their own are refused. The files that it stands for "
            "are to be removed; then build again.");
    target(squash, "head", "The last of them: head, a revision, a label or the beginning of one");
    squash->add_option("--from", into_->from, "The first of them; the first of all unless said")->type_name("REVISION");
    squash->add_option("-m,--message", into_->message, "What the file is called; squashed unless said");
    url(squash);
    json(squash);
    dry_run(squash);

    CLI::App* upgrade = add(verb::upgrade, "upgrade", "Apply migrations");
    target(upgrade, "head", "head, a revision or the beginning of one, or +n for n steps");
    writes(upgrade);
    script(upgrade);
    upgrade->add_flag("--allow-destructive", into_->allow_destructive, "Lose rows and values where migrations do");
    upgrade->add_flag("--no-backup", into_->no_backup,
                      "Do not copy a file of SQLite before an upgrade that loses data");
    CLI::App* downgrade = add(verb::downgrade, "downgrade", "Take migrations back");
    target(downgrade, "-1", "What remains on top: a revision, -n for n steps back, or base for nothing");
    writes(downgrade);
    script(downgrade);
    downgrade->add_flag("-y,--yes", into_->yes, "Do not ask before data is lost; in a script it needs this then");

    CLI::App* stamp = add(verb::stamp, "stamp", "Record a revision as applied without running anything");
    target(stamp, "head", "head, base, a revision or the beginning of one");
    url(stamp);
    json(stamp);
    dry_run(stamp);
    sql(stamp);
    lock(stamp);

    CLI::App* fresh = add(
        verb::fresh, "fresh", "Drop everything in the schema, then apply all migrations",
        "It asks before it drops anything; in a script it needs --yes. On PostgreSQL what belongs to no schema stays "
        "(publications, foreign servers, roles), and so do extensions that are not yours or that other "
        "schemas use: make those with IF NOT EXISTS.");
    fresh->add_flag("--seed", into_->then_seed, "Run the seeds afterwards");
    CLI::App* reset = add(verb::reset, "reset", "Begin anew: fresh, then the seeds",
                          "The same as fresh --seed. It asks before it drops anything; in a script it needs --yes.");
    for (CLI::App* sub : {fresh, reset}) {
      sub->add_flag("-y,--yes", into_->yes, "Do not ask");
      environment(sub);
      writes(sub);
    }

    CLI::App* seed = add(verb::seed, "seed", "Run the seeds that are linked into this program, by name");
    seed->add_option("names", into_->rest, "Only these");
    environment(seed);
    seed->add_flag("-y,--yes", into_->yes, "Do not ask before the environment production is written to");
    url(seed);
    json(seed);
    dry_run(seed);
  }

  void writes(CLI::App* sub) {
    url(sub);
    json(sub);
    dry_run(sub);
    sql(sub);
    lock(sub);
    time(sub, "--lock-timeout", into_->lock_timeout_ms,
         "How long a statement may wait for a table on PostgreSQL, e.g. 3s; 0: as long as the server lets it");
    sub->add_option("--lock-retries", into_->lock_retries, "How often it is tried again before it fails")
        ->type_name("N");
  }

  void add_reporting_verbs() {
    CLI::App* current = add(verb::current, "current", "Print the revision that the database is at");
    CLI::App* history = add(verb::history, "history", "List all migrations and which of them are applied");
    history->add_flag("--offline", into_->offline, "Do not ask the database");
    CLI::Option* graph = history->add_flag("--graph", into_->graph, "Draw which comes after which, the newest first");
    CLI::App* status =
        add(verb::status, "status", "Say whether the database is up to date, who holds the lock, what is missing");
    CLI::App* check = add(verb::check, "check", "Fail when the models and the migrations differ (for CI)",
                          "Needs no database unless --applied is given. Exit code 3: something was found.");
    check->add_flag("--applied", into_->database_too,
                    "Also fail when the database has not applied exactly these migrations");
    format(check);
    CLI::App* diff =
        add(verb::diff, "diff", "Hold the live database against the models", "Exit code 3: something was found.");
    diff->add_flag("--recorded", into_->recorded,
                   "Against what the applied migrations have built, instead of the models");
    sql(diff);
    output(diff, "A page to write that shows the change side by side; --format html writes it to standard output");
    diff->add_option("--format", into_->picture, "text, or html: a page that shows the change side by side")
        ->check(CLI::IsMember({"text", "html"}));
    CLI::App* introspect =
        add(verb::introspect, "introspect", "Write models of the tables that the live database has",
            "What models cannot say is a comment in the file and is told on the error stream. Needs no models.");
    one_text(introspect, "The header to write; standard output unless said");
    introspect->add_option("--schema", into_->schema, "Of this schema, instead of the first in the search path")
        ->type_name("NAME");
    CLI::App* diagram =
        add(verb::diagram, "diagram", "Draw the tables and their keys", "Needs no database unless --live is given.");
    one_text(diagram,
             "The file to write, whose ending says the format unless --format does; standard output unless said");
    diagram->add_option("--format", into_->picture, "svg, html (a page to search in), mermaid or dot")
        ->check(CLI::IsMember({"svg", "html", "mermaid", "dot"}));
    diagram->add_flag("--live", into_->live, "Of the live database, instead of the models");
    url(diagram);
    for (CLI::App* sub : {current, history, status, check, diff, introspect}) {
      url(sub);
      json(sub);
    }
    history->get_option("--json")->excludes(graph);
  }

  void output(CLI::App* sub, const char* says) {
    sub->add_option("-o,--output", into_->output, says)->type_name("FILE");
    sub->add_flag("--force", into_->force, "Replace the file if it is there already");
  }
  void one_text(CLI::App* sub, const char* says) {
    output(sub, says);
    sub->add_option("-t,--tables", into_->tables, "Only these: --tables users,posts")
        ->type_name("NAMES")
        ->delimiter(',');
  }

  void format(CLI::App* sub) {
    sub->add_option("--format", into_->format, "text, or github: annotations for its workflows")
        ->check(CLI::IsMember({"text", "github"}))
        ->capture_default_str();
  }

  void add_safety_verbs() {
    CLI::App* lint = add(verb::lint, "lint", "Hold migrations against rules: what they lose, block or break",
                         "Needs no database, but asks for its rules where it is known. Exit code 3: a problem.");
    CLI::Option* since = lint->add_option("--since", into_->since, "Only those that do not come before this revision");
    CLI::Option* latest = lint->add_option("--latest", into_->latest, "Only the last N");
    lint->add_flag("--pending", into_->pending, "Only those that the database has not applied")
        ->excludes(since)
        ->excludes(latest);
    lint->add_flag("--strict", into_->strict, "Notes fail, too");
    lint->add_flag("--rules", into_->rules, "List the rules");
    since->type_name("REVISION");
    latest->type_name("N");
    format(lint);

    CLI::App* verify = add(verb::verify, "verify", "Hold the database against its migrations and what they promise",
                           "Exit code 3: something is not so.");
    CLI::App* repair = add(verb::repair, "repair",
                           "Put right what the database remembers: edited and missing migrations, ones that stopped "
                           "half-way",
                           "Says what it would record and asks; in a script it needs --yes. Tables are not touched.");
    repair->add_flag("-y,--yes", into_->yes, "Do not ask");
    repair->add_flag("--step-done", into_->step_done,
                     "The step that was under way when a migration stopped was done: go on behind it");
    repair->add_flag("--forget-half", into_->forget_half,
                     "What was done of a migration that stopped half-way has been taken back by hand: it counts as not "
                     "applied");
    dry_run(repair);
    lock(repair);

    CLI::App* backup = add(verb::backup, "backup", "Copy the whole database into a new file, while it is used",
                           "SQLite: a database file. PostgreSQL: pg_dump makes an archive for `db restore`.");
    CLI::App* restore = add(verb::restore, "restore", "Put such a copy in the place of everything in the database",
                            "It asks first; in a script it needs --yes.");
    for (CLI::App* sub : {backup, restore}) sub->add_option("file", into_->file, "The file");
    restore->add_flag("-y,--yes", into_->yes, "Do not ask");
    for (CLI::App* sub : {lint, backup, restore, verify, repair}) {
      url(sub);
      json(sub);
    }
  }

  void add_other_verbs() {
    CLI::App* shell =
        add(verb::shell, "shell", "Open the database's own command line (SQLite: sqlite3, PostgreSQL: psql)",
            "Arguments behind -- go to that program: db shell -- -header \"SELECT 1\" for sqlite3, \n"
            "db shell -- -c \"SELECT 1\" for psql.");
    url(shell);
    shell->add_option("arguments", into_->rest, "For that program, behind --");
  }

  CLI::App app_;
  CLI::App* db_ = nullptr;
  arguments* into_;
};

}  // namespace

parsed_arguments parse_arguments(const std::vector<std::string>& words, surroundings& around) {
  parsed_arguments parsed;
  const std::string program = words.empty() ? "manage" : std::filesystem::path(words[0]).filename().string();
  command_line line(program, parsed.command);
  const int stop = line.parse(with_steps_marked(words.empty() ? std::vector<std::string>{program} : words), around);
  if (stop >= 0) parsed.exit_code = stop;
  unmark_steps(parsed.command.target);
  return parsed;
}

}  // namespace tupelo::cli
