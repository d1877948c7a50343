// SPDX-License-Identifier: Apache-2.0
// URLs and keywords mean what libpq takes them for. No server is needed.
#include "support/temp_directory.hpp"

#include <tupelo/driver/postgres/postgres_settings.hpp>

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

namespace tupelo::driver::postgres::testing {
namespace {

const char* no_variable(const char*) { return nullptr; }

struct free_options {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

/// What libpq reads; empty where it reads nothing.
class libpq_settings {
public:
  explicit libpq_settings(const char* text) : options_(PQconninfoParse(text, nullptr)) {}
  bool taken() const noexcept { return options_ != nullptr; }
  std::string value(std::string_view name) const {
    for (const PQconninfoOption* o = options_.get(); o->keyword != nullptr; ++o) {
      if (o->keyword == name) return o->val != nullptr ? o->val : "";
    }
    return "libpq has no option of this name";
  }

private:
  std::unique_ptr<PQconninfoOption, free_options> options_;
};

void expect_same(const char* text, const postgres_settings& ours) {
  SCOPED_TRACE(text);
  const libpq_settings libpq(text);
  ASSERT_TRUE(libpq.taken());
  std::string hosts;
  std::string ports;
  for (const postgres_host& host : ours.hosts) {
    if (&host != &ours.hosts.front()) {
      hosts += ',';
      ports += ',';
    }
    hosts += host.name;
    ports += std::to_string(host.port);
  }
  if (!libpq.value("host").empty()) EXPECT_EQ(hosts, libpq.value("host"));
  if (!libpq.value("port").empty() && libpq.value("port").find(",,") == std::string::npos &&
      libpq.value("port").find(',') != std::string::npos) {
    EXPECT_EQ(ports, libpq.value("port"));
  }
  if (!libpq.value("user").empty()) EXPECT_EQ(ours.user, libpq.value("user"));
  EXPECT_EQ(ours.hosts.front().password, libpq.value("password"));
  if (!libpq.value("dbname").empty()) EXPECT_EQ(ours.database, libpq.value("dbname"));
  EXPECT_EQ(ours.application_name, libpq.value("application_name"));
  EXPECT_EQ(ours.options, libpq.value("options"));
}

TEST(settings_oracle, urls_mean_the_same) {
  for (const char* text :
       {"postgresql://", "postgresql://localhost", "postgresql://localhost:5433", "postgresql://localhost/mydb",
        "postgresql://user@localhost", "postgresql://user:secret@localhost",
        "postgresql://other@localhost/otherdb?connect_timeout=10&application_name=myapp",
        "postgresql://host1:123,host2:456/somedb?target_session_attrs=any&application_name=myapp",
        "postgresql:///mydb?host=localhost&port=5433", "postgresql://[2001:db8::1234]/database",
        "postgresql:///dbname?host=/var/lib/postgresql", "postgresql://%2Fvar%2Flib%2Fpostgresql/dbname",
        "postgresql://user@localhost:5433/mydb?options=-c%20synchronous_commit%3Doff", "postgres://a%40b:p%3Aq@h/d%2Fe",
        "postgresql://h/?password=x%26y", "postgresql://h/a/b", "postgresql://h?dbname=x", "postgresql://u:@h/x"}) {
    expect_same(text, postgres_settings::parse(url::parse(text), {&no_variable, "runner"}));
  }
}

TEST(settings_oracle, keywords_mean_the_same) {
  for (const char* text :
       {"host=localhost port=5432 dbname=mydb connect_timeout=10", "host = localhost\tuser='a b'",
        "password='it\\'s' user=back\\\\slash", "host=a,b,c port=1,2,3", "application_name='' user=x", "  user=x  ",
        "user=a\\ b", "dbname='x' options='-c geqo=off'", "host=/run/pg"}) {
    expect_same(text, postgres_settings::parse(url::parse(text), {&no_variable, "runner"}));
  }
}

std::string password_file;
const char* own_password_file(const char* name) {
  return std::string_view(name) == "PGPASSFILE" ? password_file.c_str() : nullptr;
}

TEST(settings_oracle, password_files_mean_the_same) {
  const test_support::temp_directory directory;
  password_file = directory.file("passwords");
  for (const char* password :
       {"plain", "cut:here", "kept\\:colon", "back\\\\slash", "end\\", ":", "", "a b ", "a:b\\:c", "tab\t"}) {
    SCOPED_TRACE(password);
    std::ofstream(password_file) << "127.0.0.1:1:shop:ada:" << password << "\n*:*:*:*:another\n";
    std::filesystem::permissions(password_file,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    const std::string text = "host=127.0.0.1 port=1 dbname=shop user=ada";
    // No server is there: libpq has looked the password up before it finds that out.
    const std::unique_ptr<PGconn, decltype(&PQfinish)> libpq(
        PQconnectStart((text + " passfile='" + password_file + "'").c_str()), &PQfinish);
    const postgres_settings ours = postgres_settings::parse(url::parse(text), {&own_password_file, "runner"});
    EXPECT_EQ(ours.hosts.front().password, PQpass(libpq.get()));
  }
}

TEST(settings_oracle, what_libpq_refuses_is_refused) {
  for (const char* text : {"host", "host=", "=x", "user='a", "nonsense=1", "port"}) {
    const bool taken = libpq_settings(text).taken();
    bool ours = true;
    try {
      postgres_settings::parse(url::parse(text), {&no_variable, "runner"});
    } catch (const std::exception&) {
      ours = false;
    }
    EXPECT_EQ(ours, taken) << text;
  }
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
