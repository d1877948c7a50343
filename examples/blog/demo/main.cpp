// SPDX-License-Identifier: Apache-2.0
// The story of a database: from six structs to a migrated, queried database, a change of the models, and back.
#include "story.hpp"

#include <tupelo/schema/introspect.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>
#include <stdlib.h>
#include <unistd.h>

namespace {

constexpr const char* usage =
    "usage: blog_demo [--url URL]\n"
    "\n"
    "  --url URL  an empty database to use and keep, for example sqlite:///blog.db\n"
    "             or postgresql://localhost/blog; without it a private SQLite file that is removed at the end\n";

/// A folder that only this user can enter, removed at the end.
class private_folder {
public:
  private_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "tupelo_blog_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), "cannot make a temporary folder " + name);
    }
    path_ = name;
  }
  private_folder(const private_folder&) = delete;
  private_folder& operator=(const private_folder&) = delete;
  ~private_folder() {
    std::error_code ignored;  // nothing is left to be done about a folder that cannot be removed
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const noexcept { return path_; }

private:
  std::filesystem::path path_;
};

void open_the_book(demo::stage& on, const std::string& url) {
  on.say("Tupelo, an async-first data layer for C++20: the blog example, from an empty folder to a migrated, queried "
         "database. Everything below happens while you read it, in " +
         url + ".");
}

void close_the_book(demo::stage& on, const std::optional<std::string>& kept) {
  on.chapter("Your turn");
  on.say(
      "What you saw is examples/blog: models.hpp, migrations/, seeds/ and manage.cpp are all there is to a project. To "
      "try the tool on it:");
  on.listing("cd examples/blog\n"
             "export DATABASE_URL=sqlite:///blog.db\n"
             "../../build/demo/examples/blog/manage db upgrade\n"
             "../../build/demo/examples/blog/manage db seed\n"
             "../../build/demo/examples/blog/manage db history");
  on.say("Then read docs/tutorial.md: five minutes to a project of your own. docs/queries.md has every kind of query "
         "you saw "
         "here, and more.");
  on.say(
      "The same program runs on a PostgreSQL server: blog_demo --url postgresql://localhost/blog, a database that is "
      "empty; and so does the tool, with that URL in DATABASE_URL. The same migrations apply on both.");
  if (kept) on.say("Your database is as the story left it: " + *kept + ".");
}

tp::task<void> tell(demo::stage& on, tp::database& db, std::filesystem::path migrations) {
  if (!(co_await tp::introspect(db)).tables.empty()) {
    throw demo::broken_promise("the database given by --url is not empty; the demo wants one of its own");
  }
  co_await demo::found_the_database(on, db, migrations);
  co_await demo::move_in(on, db);
  co_await demo::take_a_tour(on, db);
  co_await demo::work_in_sessions(on, db);
  co_await demo::change_a_model(on, db, migrations);
}

}  // namespace

int main(int argc, char** argv) try {
  std::optional<std::string> url;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--help" || argument == "-h") {
      std::fputs(usage, stdout);
      return 0;
    }
    if (argument == "--url" && i + 1 < argc) {
      url = argv[++i];
    } else if (argument.starts_with("--url=")) {
      url = argument.substr(6);
    } else {
      std::fprintf(stderr, "blog_demo: unknown argument %s\n%s", argv[i], usage);
      return 2;
    }
  }

  demo::stage on(::isatty(STDOUT_FILENO) == 1 && ::getenv("NO_COLOR") == nullptr);
  const private_folder folder;
  tp::database db(url ? *url : "sqlite:///" + (folder.path() / "blog.db").string());
  db.observe(on);
  open_the_book(on, db.url());
  tp::sync_wait(tell(on, db, folder.path() / "migrations"));
  close_the_book(on, url ? std::optional(db.url()) : std::nullopt);
  return 0;
} catch (const std::exception& failure) {
  std::fflush(stdout);
  std::fprintf(stderr, "\nblog_demo: %s\n", failure.what());
  return 1;
}
