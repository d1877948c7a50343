// SPDX-License-Identifier: Apache-2.0
#include "backend.hpp"
#include "support/temp_directory.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

namespace tupelo::conformance {

namespace {

#ifdef TUPELO_TEST_WITH_SQLITE
class sqlite_file final : public fresh_database {
public:
  std::string url() const override { return directory_.url("test.db", "?synchronous=off"); }

private:
  test_support::temp_directory directory_;
};

class sqlite_memory final : public fresh_database {
public:
  std::string url() const override { return "sqlite::memory:"; }
};
#endif

#ifdef TUPELO_TEST_WITH_POSTGRES

/// A schema of the test's own on a server that scripts/servers.sh started; the folder's name says which.
template <const char* Server>
class postgres_schema final : public fresh_database {
public:
  postgres_schema() : server_(server_url(Server)), name_("t" + uuid::v4().to_string().substr(0, 18)) {
    sync_wait(server().execute("CREATE SCHEMA \"" + name_ + "\""));
  }
  ~postgres_schema() override {
    try {
      sync_wait(server().execute("SET client_min_messages = warning; DROP SCHEMA \"" + name_ + "\" CASCADE"));
    } catch (const error& e) {
      ADD_FAILURE() << "the schema of the test cannot be dropped: " << e.what();
    }
  }
  std::string url() const override { return server_ + "&options=-csearch_path%3D" + name_; }

  static std::string server_url(std::string_view name) {
    std::string url = std::getenv("TUPELO_TEST_POSTGRES");
    url.replace(url.rfind("pg15"), 4, name);
    return url;
  }
  static bool runs() {
    if (std::getenv("TUPELO_TEST_POSTGRES") == nullptr) return false;
    const std::string url = server_url(Server);
    return std::filesystem::exists(url.substr(url.find("host=") + 5));
  }

private:
  database& server() {
    if (!administration_) administration_.emplace(server_, database_options{.pool_size = 1, .run = execution::inline_});
    return *administration_;
  }

  std::string server_;
  std::string name_;
  std::optional<database> administration_;
};
constexpr char pg15[] = "pg15";
constexpr char pg18[] = "pg18";
constexpr char pgbouncer[] = "pgbouncer";
constexpr char pgbouncer_named[] = "pgbouncer_named";  // keeps prepared statements: 1.21 or newer

/// A database of the test's own on pg15, reached through PgBouncer in transaction mode. Not a schema: PgBouncer takes
/// no `options`, and a SET would stay with a server connection that others get next.
template <const char* Pooler>
class database_behind_pgbouncer final : public fresh_database {
public:
  database_behind_pgbouncer() : name_("t" + uuid::v4().to_string().substr(0, 18)) {
    administrate("CREATE DATABASE \"" + name_ + "\" STRATEGY file_copy");
  }
  ~database_behind_pgbouncer() override {
    try {
      administrate("DROP DATABASE \"" + name_ + "\" WITH (FORCE)");  // PgBouncer keeps its connections
    } catch (const error& e) {
      ADD_FAILURE() << "the database of the test cannot be dropped: " << e.what();
    }
  }
  static bool runs() { return postgres_schema<Pooler>::runs(); }
  std::string url() const override {
    std::string url = postgres_schema<Pooler>::server_url(Pooler);
    url += std::string_view(Pooler) == pgbouncer ? "&prepare=unnamed" : "&pooler=transaction";
    return url.replace(url.find("/postgres?"), 9, "/" + name_);
  }

private:
  static void administrate(const std::string& sql) {
    database server(postgres_schema<pg15>::server_url(pg15), {.pool_size = 1, .run = execution::inline_});
    sync_wait(server.execute(sql));
  }

  std::string name_;
};
#endif

template <class Place>
std::unique_ptr<fresh_database> make() {
  return std::make_unique<Place>();
}

}  // namespace

const std::vector<backend>& backends() {
  static const std::vector<backend> list = [] {
    std::vector<backend> all{
#ifdef TUPELO_TEST_WITH_SQLITE
        {"sqlite_file_on_worker_threads", &make<sqlite_file>, true, execution::worker},
        {"sqlite_memory_inline", &make<sqlite_memory>, false, execution::inline_},
#endif
#ifdef TUPELO_TEST_WITH_POSTGRES
        {"postgres_15", &make<postgres_schema<pg15>>, true, execution::worker, &postgres_schema<pg15>::runs},
        {"postgres_15_blocking", &make<postgres_schema<pg15>>, true, execution::inline_, &postgres_schema<pg15>::runs},
        {"postgres_15_through_pgbouncer", &make<database_behind_pgbouncer<pgbouncer>>, true, execution::worker,
         &database_behind_pgbouncer<pgbouncer>::runs},
        {"postgres_15_through_pgbouncer_with_names", &make<database_behind_pgbouncer<pgbouncer_named>>, true,
         execution::worker, &database_behind_pgbouncer<pgbouncer_named>::runs},
        {"postgres_18", &make<postgres_schema<pg18>>, true, execution::worker, &postgres_schema<pg18>::runs},
#endif
    };
    // GoogleTest writes down each case of each of them, which takes longer than most cases: not where one is asked for.
    const std::string filter = GTEST_FLAG_GET(filter);
    if (filter.find_first_of(":-") == std::string::npos) {
      const std::string asked = filter.substr(filter.rfind('/') + 1);
      if (std::ranges::any_of(all, [&](const backend& each) { return each.name == asked; }))
        std::erase_if(all, [&](const backend& each) { return each.name != asked; });
    }
    return all;
  }();
  return list;
}

std::unique_ptr<fresh_database> conformance_test::make_stand_in() {
#ifdef TUPELO_TEST_WITH_SQLITE
  return make<sqlite_memory>();
#else
  if (!postgres_schema<pg15>::runs()) throw std::runtime_error("no server and no SQLite: set TUPELO_TEST_POSTGRES");
  return make<postgres_schema<pg15>>();
#endif
}

}  // namespace tupelo::conformance
