// SPDX-License-Identifier: Apache-2.0
#include "example_place.hpp"

#include <cstdio>
#include <cstdlib>

namespace example {

namespace {

const char* server() { return std::getenv("TUPELO_EXAMPLES_ON"); }

void administrate(const std::string& sql) {
  tp::database db(server(), {.pool_size = 1});
  tp::sync_wait(db.execute(sql));
}

}  // namespace

bool place::on_postgres() { return server() != nullptr; }

place::place() {
  if (!on_postgres()) return;
  schema_ = "example_" + tp::uuid::v4().to_string().substr(0, 8);
  administrate("CREATE SCHEMA " + schema_);
}

place::~place() {
  if (schema_.empty()) return;
  try {
    administrate("SET client_min_messages = warning; DROP SCHEMA " + schema_ + " CASCADE");
  } catch (const tp::error& e) {
    std::fprintf(stderr, "the schema of an example stays behind: %s\n", e.what());
  }
}

std::string place::url(std::string_view options) const {
  if (schema_.empty()) return options.empty() ? "sqlite::memory:" : "sqlite::memory:?" + std::string(options);
  const std::string made = std::string(server()) + "&options=-csearch_path%3D" + schema_;
  return options.empty() ? made : made + "&" + std::string(options);
}

}  // namespace example
