// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include "error_report.hpp"
#include "migration_folder.hpp"
#include "schema_text.hpp"

#include <tupelo/schema/introspect.hpp>
#include <tupelo/schema/sql_migration.hpp>
#include <tupelo/engine/backend.hpp>
#include <tupelo/engine/url_options.hpp>
#include <tupelo/driver/url.hpp>
#include <tupelo/core/error.hpp>
#if __has_include(<tupelo/driver/sqlite/sqlite_settings.hpp>)
#include <tupelo/driver/sqlite/sqlite_settings.hpp>
#define TUPELO_CLI_HAS_SQLITE 1
#endif

#include <filesystem>
#include <istream>
#include <ostream>

namespace tupelo::cli {

command::command(arguments args, const cli_options& options, surroundings& around)
    : args_(std::move(args)),
      options_(&options),
      around_(&around),
      out_(*around.out, around.colours_out()),
      err_(*around.err, around.colours_err()) {}

const project& command::in_project() {
  if (!project_) project_ = find_project(around_->directory);
  return *project_;
}

const history& command::migrations() {
  if (own_history_) return *own_history_;
  const std::string folder = in_project().migrations.string();
  own_history_ = history_with_folder(folder, options_->migrations != nullptr ? options_->migrations->ordered()
                                                                             : registered_migrations());
  if (own_history_->depends_on_database() && has_address()) {
    own_history_ = own_history_->of_database(find_backend(driver::url::parse(address().url)).make_dialect().name());
  }
  return *own_history_;
}

model_schema command::models() const {
  return schema_of(options_->models == nullptr ? std::vector<const model_info*>() : options_->models());
}

const database_address& command::address() {
  if (!address_) address_ = require_address(args_.url, in_project(), *around_);
  return *address_;
}

bool command::has_address() {
  if (!address_) address_ = find_address(args_.url, in_project(), *around_);
  return address_.has_value();
}

database& command::open() {
  if (!database_) {
    const database_address& found = address();
    std::filesystem::current_path(found.from_file ? in_project().root : around_->directory);
    signals();  // before the database's threads
    database_options options;
    options.pool_size = 2;
    database_.emplace(found.url, options);
  }
  return *database_;
}

database& command::open_existing() {
#ifdef TUPELO_CLI_HAS_SQLITE
  const database_address& found = address();
  if (const driver::url url = driver::url::parse(found.url); url.scheme() == "sqlite") {
    driver::url of_driver = url;
    database_options unused;
    take_url_options(of_driver, unused);
    const auto settings = driver::sqlite_settings::parse(of_driver);
    const std::filesystem::path file = (found.from_file ? in_project().root : around_->directory) / settings.path;
    if (settings.mode == driver::sqlite_mode::create && !std::filesystem::exists(file)) {
      const std::string elsewhere = found.source == "--url" ? "" : " or in " + found.source;
      throw configuration_error(errc::invalid_configuration,
                                "the database file " + settings.path +
                                    " does not exist; db upgrade makes it, or name another one by --url" + elsewhere);
    }
  }
#endif
  return open();
}

migrate::options command::migrate_options(migrate::observer* watch) {
  migrate::options options(migrations());
  options.watch = watch;
  options.take_over_lock = args_.take_over_lock;
  options.idempotent = args_.idempotent;
  options.backup = !args_.no_backup;
  options.allow_destructive = args_.allow_destructive;
  if (args_.lock_timeout_ms) options.lock_timeout_us = *args_.lock_timeout_ms * 1'000;
  if (args_.lock_wait_ms) options.lock_wait_us = *args_.lock_wait_ms * 1'000;
  if (args_.lock_retries) options.lock_retries = *args_.lock_retries;
  options.version = options_->version;
  return options;
}

lint_options command::rules() {
  lint_options rules;
  if (has_address()) rules.database = &find_backend(driver::url::parse(address().url)).make_dialect().features();
  rules.names = in_project().names;
  return rules;
}

bool command::confirmed(const std::string& what) {
  if (args_.yes) return true;
  if (!around_->in_is_terminal)
    throw unconfirmed(what + (what.ends_with('\n') ? "" : " ") + "Nothing was changed: there is nobody to ask.");
  around_->err->flush();
  *around_->err << what << " Type yes to go on: " << std::flush;
  std::string answer;
  std::getline(*around_->in, answer);
  if (answer == "yes") return true;
  err_.line("Nothing was changed.");
  return false;
}

void command::warn(const std::string& what) { err_.line(err_.painted(ink::yellow, "warning: ") + what); }

std::optional<std::vector<schema_object>> command::beside_models() {
  try {
    return cli::beside_models(wait(introspect(open_existing())));
  } catch (const busy_error&) {
    warn(
        "what the database has beside the models is not listed: somebody has a table for himself alone; ask again when "
        "they are done");
    return std::nullopt;
  }
}

std::vector<migration_file> command::warn_of_uncompiled() {
  std::vector<migration_file> files = not_compiled_in(in_project().migrations, migrations());
  for (const migration_file& file : files) {
    warn(in_project().shown(file.path) + " is not part of this program yet; build it again so that it is seen");
  }
  return files;
}

std::string command::where() const {
  std::string said = "db " + args_.verb_name;
  if (address_) said += ", " + address_->redacted() + " (" + address_->source + ")";
  return said;
}

interruption& command::signals() {
  if (!signals_) signals_.emplace(around_->handles_signals);
  return *signals_;
}

}  // namespace tupelo::cli
