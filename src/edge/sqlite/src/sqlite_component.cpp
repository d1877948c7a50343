// SPDX-License-Identifier: Apache-2.0
#include "tupelo/sqlite.hpp"
#include "tupelo/schema/file_copy.hpp"
#include "tupelo/engine/backend.hpp"
#include "tupelo/engine/lease.hpp"
#include "tupelo/driver/sqlite/open.hpp"
#include "tupelo/dialect/sqlite/sqlite_dialect.hpp"

namespace tupelo::sqlite {

namespace {

class sqlite_connector final : public connector {
public:
  explicit sqlite_connector(const driver::url& url) : settings_(driver::sqlite_settings::parse(url)) {}

  task<std::unique_ptr<driver::connection>> connect(bool runs_inline) override {
    co_return driver::open_sqlite(settings_, runs_inline);
  }
  bool connects_at_once() const noexcept override { return true; }
  std::uint32_t max_connections() const noexcept override { return settings_.max_connections(); }
  bool wants_inline() const noexcept override { return settings_.inline_execution; }

private:
  driver::sqlite_settings settings_;
};

std::unique_ptr<connector> make_connector(const driver::url& url) { return std::make_unique<sqlite_connector>(url); }

task<std::string> file_of(lease& connection) {
  std::optional<std::string> file =
      co_await connection
          .raw_sql<std::string>("SELECT COALESCE(file, '') FROM pragma_database_list WHERE name = 'main'")
          .first();
  co_return file.value_or("");
}

void copy(const std::string& from, const std::string& to) {
  driver::sqlite_settings settings;
  settings.path = from;
  settings.mode = driver::sqlite_mode::read_write;
  const std::unique_ptr<driver::connection> connection = driver::open_sqlite(settings, true);
  driver::backup_to(*connection, to);
}

}  // namespace

void register_component() noexcept {
  register_backend({"sqlite", &dialect_instance, &make_connector});
  migrate::register_file_copier({dialect_instance().name(), &file_of, &copy});
}

namespace {

const bool registered = (register_component(), true);

}  // namespace

}  // namespace tupelo::sqlite

// Named by the component's link options, so that a linker takes this file out of a static library.
extern "C" int tupelo_sqlite_component;
int tupelo_sqlite_component = 1;
