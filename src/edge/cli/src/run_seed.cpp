// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include <tupelo/seed.hpp>
#include <tupelo/core/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tupelo::cli {
namespace {

std::vector<const seed*> chosen_seeds(const std::string& environment, const std::vector<std::string>& only) {
  std::vector<const seed*> seeds = registered_seeds(environment);
  for (const std::string& name : only) {
    if (std::any_of(seeds.begin(), seeds.end(), [&](const seed* s) { return s->name() == name; })) continue;
    std::string there;
    for (const seed* s : seeds) there += (there.empty() ? "" : ", ") + std::string(s->name());
    throw configuration_error(errc::invalid_configuration,
                              "environment " + environment + " has no seed `" + name +
                                  (there.empty() ? "`; it has none at all" : "`; it has: " + there));
  }
  if (only.empty()) return seeds;
  std::erase_if(seeds, [&](const seed* s) { return std::find(only.begin(), only.end(), s->name()) == only.end(); });
  return seeds;
}

class seed_bar final : public seed_progress {
public:
  /// `place`: "[2/5] "
  seed_bar(progress_line& line, const std::string& place, std::string_view name)
      : line_(&line), text_(place + "seeding " + std::string(name)) {}
  void operator()(std::size_t done, std::size_t all) override {
    told_ = done;
    line_->bar(text_, done, all);
  }
  /// How many it has said to be done; nothing where it said none.
  std::string said() const { return told_ == 0 ? std::string() : ", " + counted(told_, "row"); }

private:
  progress_line* line_;
  std::string text_;
  std::size_t told_ = 0;
};

bool is_production(const std::string& environment) { return environment == "production" || environment == "prod"; }

}  // namespace

std::vector<std::string> names_of_seeds(command& c, const std::vector<std::string>& only) {
  std::vector<std::string> names;
  for (const seed* one : chosen_seeds(c.args().environment, only)) names.emplace_back(one->name());
  return names;
}

std::vector<std::string> run_seeds(command& c, const std::vector<std::string>& only) {
  const std::vector<const seed*> seeds = chosen_seeds(c.args().environment, only);
  database& db = c.open();
  progress_line progress(c.err(), c.around().err_is_terminal && !c.args().json);
  std::vector<std::string> done;
  for (const seed* one : seeds) {
    progress.show("seeding " + std::string(one->name()), done.size(), seeds.size());
    const std::int64_t started = c.around().now_us();
    seed_bar told(progress, "[" + std::to_string(done.size() + 1) + "/" + std::to_string(seeds.size()) + "] ",
                  one->name());
    try {
      c.wait(one->run(db, told));
    } catch (...) {
      progress.clear();
      c.err().line("seed `" + std::string(one->name()) + "` failed; " +
                   (done.empty() ? "no seed ran before it" : "those before it have run"));
      throw;
    }
    progress.clear();
    done.emplace_back(one->name());
    if (!c.args().json) {
      c.out().line(c.out().painted(ink::green, "seeded ") + done.back() +
                   c.out().painted(ink::dim, " (" + duration_text(c.around().now_us() - started) + told.said() + ")"));
    }
  }
  return done;
}

int run_seed(command& c) {
  const std::string& environment = c.args().environment;
  std::vector<std::string> names = names_of_seeds(c, c.args().rest);
  if (!c.args().dry_run) {
    if (is_production(environment) && !names.empty() &&
        !c.confirmed("This writes " + counted(names.size(), "seed") + " into " + c.address().redacted() +
                     ", the environment " + environment + ".")) {
      return exit_error;
    }
    names = run_seeds(c, c.args().rest);
  }
  if (c.args().json) {
    c.out().json({{"dry_run", c.args().dry_run}, {"environment", environment}, {"seeds", names}});
    return exit_ok;
  }
  if (names.empty()) c.out().line("Environment " + environment + " has no seeds.");
  if (c.args().dry_run) {
    for (const std::string& name : names) c.out().line("would seed " + name);
  }
  return exit_ok;
}

}  // namespace tupelo::cli
