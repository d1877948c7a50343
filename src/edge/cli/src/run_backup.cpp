// SPDX-License-Identifier: Apache-2.0
// Copies of the whole database.
#include "command.hpp"
#include "database_copy.hpp"
#include "error_report.hpp"

#include <tupelo/engine/url_options.hpp>

#include <nlohmann/json.hpp>

namespace tupelo::cli {
namespace {

/// Paths on the command line start where it was typed; opening the database may change the directory.
std::filesystem::path named_file(command& c) {
  if (c.args().file.empty()) throw usage_error("name the file: db " + c.args().verb_name + " FILE");
  return c.around().directory / c.args().file;
}

database_copy copy_of(command& c) {
  const database_address& found = c.address();
  driver::url url = driver::url::parse(found.url);
  database_options of_the_pool;
  take_url_options(url, of_the_pool);  // nothing for other programs
  std::filesystem::current_path(found.from_file ? c.in_project().root : c.around().directory);
  return {std::move(url), c.around()};
}

void say(command& c, std::string_view key, const std::filesystem::path& file, std::string_view done) {
  if (c.args().json) {
    c.out().json({{"database", c.address().redacted()}, {key, file.string()}});
  } else {
    c.out().line(c.out().painted(ink::green, done) + file.string());
  }
}

/// That a server cannot be reached pg_dump and psql tell people only, in words of theirs; a connection of our own says
/// it as every other command does. Theirs stand behind it.
template <class Work>
void copying(command& c, Work work) {
  try {
    work();
  } catch (const failed_on_database& failed) {
    c.say_last(failed.said());
    (void)c.wait(c.open_existing().acquire());
    throw;
  } catch (const failed_program& failed) {
    c.say_last(failed.said());
    throw;
  }
}

}  // namespace

int run_backup(command& c) {
  const std::filesystem::path file = named_file(c);
  if (c.has_address()) (void)c.open_existing();
  database_copy copy = copy_of(c);
  copying(c, [&] { copy.write(file); });
  say(c, "backup", file, "wrote ");
  return exit_ok;
}

int run_restore(command& c) {
  const std::filesystem::path file = named_file(c);
  database_copy copy = copy_of(c);
  const std::string where = copy.own_file().empty() ? "the schema of " : "";  // a server has others
  if (!c.confirmed("This replaces everything in " + where + c.address().redacted() + " by what is in " + file.string() +
                   ".")) {
    return exit_error;
  }
  copying(c, [&] { copy.read(file); });
  say(c, "restored", file, "restored ");
  return exit_ok;
}

}  // namespace tupelo::cli
