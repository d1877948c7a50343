// SPDX-License-Identifier: Apache-2.0
#include "tupelo/postgres.hpp"
#include "tupelo/engine/backend.hpp"
#include "tupelo/driver/postgres/open.hpp"
#include "tupelo/dialect/postgres/postgres_dialect.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tupelo::postgres {

namespace {

class postgres_connector final : public connector {
public:
  explicit postgres_connector(const driver::url& url) : server_(driver::postgres::postgres_settings::parse(url)) {}

  task<std::unique_ptr<driver::connection>> connect(bool runs_inline) override { return server_.connect(runs_inline); }
  task<std::unique_ptr<driver::notification_source>> listen(std::vector<std::string> channels) override {
    return server_.listen(std::move(channels));
  }
  std::vector<driver::host_statistics> hosts() const override { return server_.hosts(); }
  std::uint32_t max_connections() const noexcept override { return 0; }
  bool wants_inline() const noexcept override { return server_.settings().inline_execution; }

private:
  driver::postgres::postgres_server server_;
};

std::unique_ptr<connector> make_connector(const driver::url& url) { return std::make_unique<postgres_connector>(url); }

}  // namespace

void register_component() noexcept {
  register_backend({"postgresql", &dialect_instance, &make_connector});
  register_backend({"postgres", &dialect_instance, &make_connector});
}

namespace {

const bool registered = (register_component(), true);

}  // namespace

}  // namespace tupelo::postgres

// Named by the component's link options, so that a linker takes this file out of a static library.
extern "C" int tupelo_postgres_component;
int tupelo_postgres_component = 1;
