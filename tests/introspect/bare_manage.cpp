// SPDX-License-Identifier: Apache-2.0
// The tool of a project that has no models yet, and what a test needs beside it:
// bare_manage load <url> <script>, bare_manage make_schema|drop_schema <url> <name>, bare_manage db …
#include <tupelo/cli.hpp>
#include <tupelo/tupelo.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace {

std::string read(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(std::string("cannot read ") + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What comes before the first table makes a database and changes to it, in words of psql.
std::string tables_of(const std::string& script) {
  const std::size_t tables = script.find("CREATE TABLE");
  if (tables == std::string::npos) throw std::runtime_error("the script makes no table");
  return script.substr(tables);
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string verb = argc > 1 ? argv[1] : "";
  if (argc != 4 || verb == "db") return tp::cli::main<>(argc, argv);
  tp::database db(argv[2]);
  tp::lease connection = tp::sync_wait(db.acquire());
  if (verb == "load") {
    tp::sync_wait(connection.begin());
    tp::sync_wait(connection.execute(tables_of(read(argv[3]))));
    tp::sync_wait(connection.commit());
  } else {
    const std::string name = argv[3];
    tp::sync_wait(connection.execute("SET client_min_messages = warning"));
    tp::sync_wait(connection.execute("DROP SCHEMA IF EXISTS " + name + " CASCADE"));
    if (verb == "make_schema") tp::sync_wait(connection.execute("CREATE SCHEMA " + name));
  }
  return 0;
} catch (const std::exception& failure) {
  std::fprintf(stderr, "%s\n", failure.what());
  return 1;
}
