// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command.hpp"
#include "surroundings.hpp"

#include <tupelo/cli.hpp>
#include <tupelo/tupelo.hpp>
#include <tupelo/schema/history.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>
#include <stdlib.h>

namespace tupelo::cli {

/// What one command left behind.
struct outcome {
  int code = -1;
  std::string out;
  std::string err;

  nlohmann::json json() const { return nlohmann::json::parse(out); }
  bool says(std::string_view text) const { return out.find(text) != std::string::npos; }
  bool complains(std::string_view text) const { return err.find(text) != std::string::npos; }
};

/// A folder of its own, in which commands run without the process's streams, variables and clock.
class cli_project {
public:
  cli_project() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tupelo_cli_XXXXXX").string();
    root_ = std::filesystem::canonical(mkdtemp(pattern.data()));
    directory = root_;
  }
  cli_project(const cli_project&) = delete;
  cli_project& operator=(const cli_project&) = delete;
  ~cli_project() {
    std::error_code ignored;
    std::filesystem::current_path(std::filesystem::temp_directory_path(), ignored);
    std::filesystem::remove_all(root_, ignored);
  }

  const std::filesystem::path& root() const { return root_; }
  std::string url() const { return "sqlite:///" + (root_ / "test.db").string(); }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }
  std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(root_ / name).rdbuf();
    return text.str();
  }
  std::vector<std::string> files(const std::string& folder) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(root_ / folder)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  surroundings around(std::ostringstream& out, std::ostringstream& err, std::istringstream& in) {
    surroundings made;
    made.out = &out;
    made.err = &err;
    made.in = &in;
    made.out_is_terminal = made.err_is_terminal = made.in_is_terminal = terminal;
    made.directory = directory;
    made.environment = [this](const std::string& name) {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
    };
    made.now_us = [this] { return now_us; };
    made.export_variable = [this](const std::string& name, const std::string& value) { exported[name] = value; };
    made.replace_process = [this](const std::vector<std::string>& words) {
      executed = words;
      return execute_result;
    };
    made.run_process = [this](const std::vector<std::string>& words) {
      if (runs_programs) return surroundings::of_process().run_process(words);
      built = words;
      return build_result;
    };
    made.hear_process = [this](const std::vector<std::string>& words, std::string& said) {
      if (runs_programs) return surroundings::of_process().hear_process(words, said);
      built = words;
      said = program_says;
      return build_result;
    };
    return made;
  }

  /// `manage db <words…>`
  outcome db(std::vector<std::string> words) {
    words.insert(words.begin(), {"manage", "db"});
    return run(words);
  }
  outcome run(const std::vector<std::string>& words) {
    std::ostringstream out;
    std::ostringstream err;
    std::istringstream in(input);
    surroundings process = around(out, err, in);
    outcome done;
    done.code = cli::run(words, options, process);
    done.out = out.str();
    done.err = err.str();
    return done;
  }

  void use(const history& migrations) { options.migrations = &migrations; }
  template <class... Models>
  void use_models() {
    register_models<Models...>();
    options.models = [] { return std::vector<const model_info*>{&info_of<Models>()...}; };
  }

  cli_options options;
  std::filesystem::path directory;
  std::map<std::string, std::string> variables;
  std::string program_says;
  std::string input;
  bool terminal = false;
  bool runs_programs = false;                   ///< those that a command waits for
  std::int64_t now_us = 1'795'253'400'000'000;  // 2026-11-21 09:30:00
  std::vector<std::string> executed;
  std::map<std::string, std::string> exported;
  std::vector<std::string> built;
  int execute_result = 0;
  int build_result = 0;

private:
  std::filesystem::path root_;
};

// ---- a little project: one table in two steps

struct sample_user {
  std::int64_t id{};
  std::string email;
  std::optional<int> age;

  static void model(tupelo::model<sample_user>& m) { m.table("users"); }
};

inline void create_users(schema_editor& db) {
  db.create_table("users", [](table_editor& t) {
    t.id();
    t.text("email");
  });
}
inline void drop_users(schema_editor& db) { db.drop_table("users"); }
inline void add_age(schema_editor& db) { db.add_column("users", "age").integer().null(); }
inline void drop_age(schema_editor& db) { db.drop_column("users", "age"); }

inline const migration first_step{
    "20261120T080000_users", {}, &create_users, &drop_users, "migrations/20261120T080000_users.cpp"};
inline const migration second_step{
    "20261120T090000_age", {"20261120T080000_users"}, &add_age, &drop_age, "migrations/20261120T090000_age.cpp"};

}  // namespace tupelo::cli
