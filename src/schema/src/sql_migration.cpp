// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/sql_migration.hpp"

#include "migration_registry.hpp"
#include "sql_script.hpp"

#include "tupelo/schema/lint.hpp"
#include <tupelo/query/sql_text.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>

namespace tupelo {
namespace {

constexpr std::string_view databases[] = {"postgres", "sqlite"};

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw migration_error(errc::invalid_migration, where + ": " + what);
}

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }  // npos + 1 is 0

bool take_end(std::string_view& name, std::string_view end) {
  if (!name.ends_with(end)) return false;
  name.remove_suffix(end.size());
  return true;
}

/// What a file's name says.
struct file_place {
  std::string_view revision;
  std::string_view database;
  bool up = true;
};

file_place place_of(std::string_view path) {
  file_place at;
  std::string_view name = file_name(path);
  bool known = take_end(name, ".sql");
  for (const std::string_view database : databases) {
    if (!known || !name.ends_with(database) || !name.substr(0, name.size() - database.size()).ends_with('.')) continue;
    name.remove_suffix(database.size() + 1);
    at.database = database;
    break;
  }
  known = known && (take_end(name, ".up") || (at.up = !take_end(name, ".down"), !at.up));
  at.revision = name;
  if (known && !name.empty()) return at;
  refuse(
      std::string(path),
      "a file of SQL among migrations is called <revision>.up.sql or .down.sql, and for one database .up.postgres.sql "
      "or .up.sqlite.sql; give it such a name, or move it elsewhere");
}

std::string_view trimmed_line(std::string_view text) {
  constexpr std::string_view blank = " \t\r";
  const std::size_t begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) + 1 - begin);
}

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  for (;;) {
    const std::size_t comma = list.find(',');
    if (const std::string_view name = trimmed_line(list.substr(0, comma)); !name.empty()) names.emplace_back(name);
    if (comma == std::string_view::npos) return names;
    list.remove_prefix(comma + 1);
  }
}

/// Takes what one `-- tupelo: key=value` says.
void take_setting(sql_scripts& into, std::string_view text, const std::string& where) {
  const std::size_t equals = text.find('=');
  const std::string_view key = trimmed_line(text.substr(0, equals));
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view() : trimmed_line(text.substr(equals + 1));
  if (key == "after" && !value.empty()) {
    std::vector<std::string> parents = value == "base" ? std::vector<std::string>() : names_in(value);
    if (!into.follows_by_name && parents != into.parents) {
      refuse(where, "another file of this migration comes after another one; say the same in both, or in one only");
    }
    into.parents = std::move(parents);
    into.follows_by_name = false;
  } else if (key == "label" && !value.empty()) {
    for (std::string& label : names_in(value)) {
      if (std::find(into.labels.begin(), into.labels.end(), label) == into.labels.end())
        into.labels.push_back(std::move(label));
    }
  } else if (key == "replaces" && !value.empty()) {
    into.replaces = names_in(value);
  } else if (key == "allow") {
    const std::size_t comma = std::min(value.find(','), value.size());
    const std::string_view rule = trimmed_line(value.substr(0, comma));
    const std::string_view why = trimmed_line(value.substr(std::min(comma + 1, value.size())));
    if (find_lint_rule(rule) == nullptr) {
      refuse(where, "allow=" + std::string(rule) + ": there is no such rule; `db lint --rules` lists them");
    }
    if (why.empty()) refuse(where, "a rule is allowed with a reason: allow=" + std::string(rule) + ", nobody reads it");
    const bool said =
        std::any_of(into.allowed.begin(), into.allowed.end(), [&](const auto& a) { return a.first == rule; });
    if (!said) into.allowed.emplace_back(rule, why);
  } else {
    refuse(where, "`" + std::string(text) +
                      "` is not known; known are after=<revisions>, label=<name>, replaces=<revisions>, allow=<rule>, "
                      "<why> and no-transaction");
  }
}

/// What stands behind `-- tupelo:`; nothing where the line is another one.
std::optional<std::string_view> setting_in(std::string_view line) {
  constexpr std::string_view mark = "tupelo:";
  line = trimmed_line(line);
  if (!line.starts_with("--")) return std::nullopt;
  line = trimmed_line(line.substr(2));
  if (!line.starts_with(mark)) return std::nullopt;
  return trimmed_line(line.substr(mark.size()));
}

/// The comments at the top of a file. Returns whether its statements run outside of a transaction.
bool take_settings(sql_scripts& into, const sql_file& file, bool up) {
  bool outside = false;
  std::size_t line = 1;
  std::string_view rest = file.text;
  const auto where = [&] { return file.path + ":" + std::to_string(line); };
  const auto pass = [&](std::size_t count) {
    line += static_cast<std::size_t>(std::count(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count), '\n'));
    rest.remove_prefix(count);
  };
  const auto pass_blanks = [&] { pass(std::min(rest.find_first_not_of(" \t\r\n"), rest.size())); };
  pass_blanks();
  for (std::string_view top = leading_comment(rest); !top.empty(); top = leading_comment(rest)) {
    if (const std::optional<std::string_view> said = setting_in(top)) {
      if (*said == "no-transaction") {
        outside = true;
      } else if (up) {
        take_setting(into, *said, where());
      } else {
        refuse(where(), "a file that goes down says no more than no-transaction; write it into the one that goes up");
      }
    }
    pass(top.size());
    pass_blanks();
  }
  for (std::size_t at = 0; at < rest.size();) {
    const std::size_t end = behind_opaque(rest, at);  // of a comment or a text
    if (const std::optional<std::string_view> said = setting_in(rest.substr(at, end - at))) {
      pass(at);
      refuse(where(), "`" + std::string(*said) +
                          "` stands behind the first statement, where nobody reads it; such lines "
                          "belong to the comments at the top of the file");
    }
    at = std::max(end, at + 1);
  }
  return outside;
}

/// The text of a file as editors on Windows may write it.
std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

/// The migration's transaction is the runner's: a COMMIT would end it half-way.
void refuse_transactions(const sql_file& file) {
  for (const std::string_view statement : split_statements(file.text)) {
    const std::vector<sql_token> tokens = sql_tokens(without_leading_comments(statement));
    if (tokens.empty() || tokens.front().kind != sql_token_kind::word) continue;
    for (const char* word : {"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT"}) {
      const std::string_view wanted(word);
      if (tokens.front().value.size() != wanted.size() || !equal_identifiers(tokens.front().value, wanted)) continue;
      const bool to_savepoint = wanted == "ROLLBACK" && tokens.size() > 1 && equal_identifiers(tokens[1].value, "TO");
      if (to_savepoint) continue;
      refuse(file.path, "`" + std::string(wanted) +
                            "` would end or begin a transaction; those of a migration are not its own: leave it out");
    }
  }
}

bool equal_scripts(const std::vector<sql_script>& a, const std::vector<sql_script>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const sql_script& x, const sql_script& y) {
    return x.database == y.database && x.path == y.path && x.text == y.text;
  });
}

/// The same scripts as they are kept: those that have been read before are not kept twice.
const sql_scripts& kept(sql_scripts read) {
  static std::mutex guard;
  static std::deque<sql_scripts> all;
  const std::lock_guard lock(guard);
  for (const sql_scripts& one : all) {
    if (one.revision == read.revision && equal_scripts(one.up, read.up) && equal_scripts(one.down, read.down))
      return one;
  }
  return all.emplace_back(std::move(read));
}

migration migration_of(const sql_scripts& scripts) {
  migration made;
  made.revision = scripts.revision;
  made.parents.assign(scripts.parents.begin(), scripts.parents.end());
  made.labels.assign(scripts.labels.begin(), scripts.labels.end());
  made.replaces.assign(scripts.replaces.begin(), scripts.replaces.end());
  made.file = scripts.up.front().path;
  made.scripts = &scripts;
  return made;
}

}  // namespace

const sql_script* sql_scripts::chosen(const std::vector<sql_script>& from, std::string_view database) noexcept {
  const sql_script* of_all = nullptr;
  for (const sql_script& one : from) {
    if (one.database.empty()) {
      of_all = &one;
    } else if (database.size() >= one.database.size() &&
               equal_identifiers(database.substr(0, one.database.size()), one.database)) {
      return &one;  // "postgres" of the dialect "PostgreSQL"
    }
  }
  return of_all;
}

std::vector<migration> sql_migrations(const std::vector<sql_file>& files) {
  std::map<std::string_view, sql_scripts> by_revision;
  for (const sql_file& as_written : files) {
    const sql_file file{as_written.path, std::string(without_byte_order_mark(as_written.text))};
    const file_place at = place_of(as_written.path);
    sql_scripts& of = by_revision[at.revision];
    of.revision = at.revision;
    const bool outside = take_settings(of, file, at.up);
    refuse_transactions(file);
    std::vector<sql_script>& scripts = at.up ? of.up : of.down;
    for (const sql_script& other : scripts) {
      if (other.database == at.database) refuse(file.path, "there are two such files; the other is " + other.path);
    }
    scripts.push_back({std::string(at.database), file.path, file.text, outside});
  }
  std::vector<migration> made;
  for (auto& [revision, scripts] : by_revision) {
    if (scripts.up.empty()) {
      refuse(scripts.down.front().path,
             "there is no " + std::string(revision) + ".up.sql to take back; write it, or remove this one");
    }
    made.push_back(migration_of(kept(std::move(scripts))));
  }
  return made;
}

std::vector<migration> sql_migrations_in(std::string_view folder) {
  namespace fs = std::filesystem;
  std::vector<sql_file> files;
  std::error_code failure;
  if (!fs::is_directory(folder, failure)) return {};
  const auto fail = [](const fs::path& what, const std::string& why) {
    throw configuration_error(errc::invalid_configuration, "cannot read " + what.string() + ": " + why);
  };
  fs::directory_iterator entries(folder, failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    const fs::path& path = entries->path();
    if (path.extension() != ".sql" || path.filename().string().starts_with('.')) continue;
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in || in.bad()) fail(path, "it cannot be opened, or is no file");
    files.push_back({path.string(), std::move(text)});
  }
  if (failure) fail(fs::path(folder), failure.message());
  std::sort(files.begin(), files.end(), [](const sql_file& a, const sql_file& b) { return a.path < b.path; });
  return sql_migrations(files);
}

history history_with_folder(std::string_view folder, const std::vector<migration>& linked) {
  std::vector<migration> all = sql_migrations_in(folder);
  const std::size_t read = all.size();
  for (const migration& m : linked) {
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(read);
    const bool replaced = m.scripts != nullptr && std::any_of(all.begin(), end, [&](const migration& of_folder) {
                            return of_folder.revision == m.revision;
                          });
    if (!replaced) all.push_back(m);
  }
  return history(std::move(all));
}

namespace detail {

embedded_sql_files::embedded_sql_files(std::initializer_list<embedded_sql_file> files) {
  std::vector<sql_file> all;
  for (const embedded_sql_file& file : files) all.push_back({file.path, file.text});
  register_sql_files(std::move(all));
}

}  // namespace detail
}  // namespace tupelo
