// SPDX-License-Identifier: Apache-2.0
#include "backend.hpp"

#include <tupelo/schema/diff.hpp>
#include <tupelo/dialect/schema_dialect.hpp>

#include <filesystem>
#include <stdlib.h>

namespace tupelo::conformance {

namespace {

class sqlite_file final : public fresh_database {
public:
  sqlite_file() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tupelo_conformance_XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory_ = pattern;
  }
  ~sqlite_file() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  std::string url() const override { return "sqlite:///" + directory_ + "/test.db?synchronous=off"; }

private:
  std::string directory_;
};

class sqlite_memory final : public fresh_database {
public:
  std::string url() const override { return "sqlite::memory:"; }
};

template <class Place>
std::unique_ptr<fresh_database> make() {
  return std::make_unique<Place>();
}

}  // namespace

const std::vector<backend>& backends() {
  static const std::vector<backend> list{
      {"sqlite_file_on_worker_threads", &make<sqlite_file>, true, execution::worker},
      {"sqlite_memory_inline", &make<sqlite_memory>, false, execution::inline_},
  };
  return list;
}

void conformance_test::create_tables(const schema_definition& schema) {
  const schema_definition nothing;
  for (const ddl_statement& statement : db.sql_dialect().schema().render(diff(nothing, schema), nothing)) {
    if (statement.role == ddl_role::execute) sync_wait(db.execute(statement.sql));
  }
}

}  // namespace tupelo::conformance
