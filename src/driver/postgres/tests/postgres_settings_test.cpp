// SPDX-License-Identifier: Apache-2.0
#include "password_file.hpp"
#include "support/temp_directory.hpp"

#include <tupelo/driver/postgres/postgres_settings.hpp>
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <unistd.h>

namespace tupelo::driver::postgres {
namespace {

std::map<std::string, std::string, std::less<>> variables;

const char* variable(const char* name) {
  const auto found = variables.find(std::string_view(name));
  return found == variables.end() ? nullptr : found->second.c_str();
}

/// Nothing of the machine's own environment counts; the home directory is empty.
struct settings_test : ::testing::Test {
  test_support::temp_directory place;
  std::filesystem::path home{place.path()};
  postgres_environment environment{&variable, "runner"};

  settings_test() { variables = {{"HOME", home.string()}}; }

  postgres_settings parse(std::string_view text) { return postgres_settings::parse(url::parse(text), environment); }

  template <class Run>
  std::string refusal_of(Run&& run, errc code = errc::invalid_configuration) {
    try {
      run();
    } catch (const configuration_error& e) {
      EXPECT_EQ(e.code(), code) << e.what();
      EXPECT_EQ(std::string(e.what()).find("hunter2"), std::string::npos) << e.what();
      return e.what();
    }
    ADD_FAILURE() << "not refused";
    return {};
  }
  std::string refusal(std::string_view text, errc code = errc::invalid_configuration) {
    return refusal_of([&] { parse(text); }, code);
  }
  void write(const std::string& name, std::string_view text, std::filesystem::perms permissions) {
    const std::filesystem::path path = home / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    std::filesystem::permissions(path, permissions);
  }
};

constexpr auto own = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;
constexpr auto shared = own | std::filesystem::perms::group_read;

bool says(const std::string& message, std::string_view text) { return message.find(text) != std::string::npos; }

// where and who

TEST_F(settings_test, a_url_says_where_and_who) {
  const postgres_settings s = parse("postgresql://ada:hunter2@db.example.com:5433/shop");
  ASSERT_EQ(s.hosts.size(), 1u);
  EXPECT_EQ(s.hosts[0].name, "db.example.com");
  EXPECT_EQ(s.hosts[0].port, 5433);
  EXPECT_EQ(s.hosts[0].password, "hunter2");
  EXPECT_EQ(s.user, "ada");
  EXPECT_EQ(s.database, "shop");
  EXPECT_EQ(s.name(), "shop on db.example.com:5433");
  EXPECT_EQ(parse("postgres://db/shop").hosts[0].port, 5432);
}

TEST_F(settings_test, without_anything_it_is_the_local_socket_and_the_own_user) {
  const postgres_settings s = parse("postgresql://");
  ASSERT_EQ(s.hosts.size(), 1u);
  EXPECT_TRUE(s.hosts[0].is_socket());
  EXPECT_TRUE(s.hosts[0].name == "/var/run/postgresql" || s.hosts[0].name == "/tmp");
  EXPECT_EQ(s.hosts[0].socket_path(), s.hosts[0].name + "/.s.PGSQL.5432");
  EXPECT_EQ(s.user, "runner");
  EXPECT_EQ(s.database, "runner");
  EXPECT_EQ(parse("postgresql://ada@/").database, "ada");
}

TEST_F(settings_test, a_socket_directory_stands_in_place_of_the_host_or_is_an_option) {
  for (const char* text : {"postgresql://%2Frun%2Fpg:5433/shop", "postgresql:///shop?host=/run/pg&port=5433",
                           "postgresql://:5433/shop?host=%2Frun%2Fpg"}) {
    const postgres_settings s = parse(text);
    EXPECT_TRUE(s.hosts[0].is_socket()) << text;
    EXPECT_EQ(s.hosts[0].socket_path(), "/run/pg/.s.PGSQL.5433");
    EXPECT_FALSE(s.requires_tls(s.hosts[0]));
  }
}

TEST_F(settings_test, several_hosts_have_their_own_ports) {
  const postgres_settings s = parse("postgresql://one:5433,[2001:db8::2],%2Frun%2Fpg/shop");
  ASSERT_EQ(s.hosts.size(), 3u);
  EXPECT_EQ(s.hosts[0].shown(), "one:5433");
  EXPECT_EQ(s.hosts[1].shown(), "[2001:db8::2]:5432");
  EXPECT_EQ(s.hosts[2].shown(), "/run/pg/.s.PGSQL.5432");
  const postgres_settings same = parse("host=one,two port=5433");
  ASSERT_EQ(same.hosts.size(), 2u);
  EXPECT_EQ(same.hosts[1].shown(), "two:5433");
  EXPECT_TRUE(says(refusal_of([&] { parse("host=one,two port=1,2,3"); }), "2 hosts but 3 ports"));
}

TEST_F(settings_test, an_address_spares_the_question_for_it) {
  const postgres_settings s = parse("host=db.example.com hostaddr=192.0.2.1");
  EXPECT_EQ(s.hosts[0].name, "db.example.com");
  EXPECT_EQ(s.hosts[0].address, "192.0.2.1");
  EXPECT_EQ(parse("hostaddr=fe80::1%eth0").hosts[0].shown(), "[fe80::1%eth0]:5432");
  EXPECT_FALSE(parse("host=/run/pg hostaddr=192.0.2.1").hosts[0].is_socket());
  refusal_of([&] { parse("hostaddr=db.example.com"); });
  refusal_of([&] { parse("host=a,b hostaddr=192.0.2.1"); });
}

TEST_F(settings_test, keywords_are_read_as_libpq_reads_them) {
  const postgres_settings s =
      parse(" host = localhost port=5433\tdbname='my \\'shop\\'' user=a\\ b password = '' application_name=x");
  EXPECT_EQ(s.hosts[0].shown(), "localhost:5433");
  EXPECT_EQ(s.database, "my 'shop'");
  EXPECT_EQ(s.user, "a b");
  EXPECT_EQ(s.hosts[0].password, "");
  EXPECT_EQ(s.application_name, "x");
  EXPECT_EQ(parse("host=''").user, "runner");
  refusal_of([&] { parse("host"); }, errc::invalid_url);
  refusal_of([&] { parse("=x"); }, errc::invalid_url);
  EXPECT_TRUE(says(refusal_of([&] { parse("password='hunter2"); }, errc::invalid_url), "password"));
}

TEST_F(settings_test, a_pooler_of_transactions_is_said_by_name_or_by_what_it_needs) {
  EXPECT_FALSE(parse("postgresql://db/shop").behind_pooler);
  EXPECT_TRUE(parse("postgresql://db/shop?prepare=unnamed").behind_pooler);
  const postgres_settings named = parse("postgresql://db/shop?pooler=transaction");
  EXPECT_TRUE(named.behind_pooler && named.named_statements);
  EXPECT_TRUE(parse(named.redacted()).behind_pooler);
  EXPECT_TRUE(says(refusal("postgresql://db/shop?prepare=unnamed&pooler=none"), "pooler"));
  EXPECT_TRUE(says(refusal("postgresql://db/shop?pooler=statement"), "pooler"));
}

TEST_F(settings_test, what_is_said_twice_is_refused) {
  EXPECT_TRUE(says(refusal("postgresql://db/shop?dbname=other"), "dbname"));
  EXPECT_TRUE(says(refusal("postgresql://db/shop?host=other"), "host"));
  EXPECT_TRUE(says(refusal("postgresql://ada:hunter2@db/?password=hunter2"), "password"));
  refusal_of([&] { parse("port=1 port=2"); }, errc::invalid_url);
}

TEST_F(settings_test, urls_of_other_forms_are_refused) {
  EXPECT_TRUE(says(refusal("mysql://db/shop", errc::unknown_driver), "mysql"));
  refusal("postgresql:shop", errc::invalid_url);
  refusal("postgresql://a%2Cb/shop", errc::invalid_url);
}

// the environment

TEST_F(settings_test, the_environment_fills_what_is_not_given) {
  variables.insert({{"PGHOST", "envhost"},
                    {"PGPORT", "6543"},
                    {"PGDATABASE", "envdb"},
                    {"PGUSER", "envuser"},
                    {"PGPASSWORD", "envpass"},
                    {"PGAPPNAME", "envapp"},
                    {"PGSSLMODE", "require"},
                    {"PGCONNECT_TIMEOUT", "3"},
                    {"PGOPTIONS", "-c geqo=off"},
                    {"PGTARGETSESSIONATTRS", "standby"},
                    {"PGTZ", "Europe/Berlin"},
                    {"PGDATESTYLE", "iso , DMY"},
                    {"PGGEQO", "off"}});
  const postgres_settings s = parse("postgresql://");
  EXPECT_EQ(s.name(), "envdb on envhost:6543");
  EXPECT_EQ(s.user, "envuser");
  EXPECT_EQ(s.hosts[0].password, "envpass");
  EXPECT_EQ(s.application_name, "envapp");
  EXPECT_EQ(s.tls, tls_mode::require);
  EXPECT_EQ(s.connect_timeout_us, 3'000'000);
  EXPECT_EQ(s.options, "-c geqo=off");
  EXPECT_EQ(s.target, target_session::standby);
  EXPECT_EQ(s.time_zone, "Europe/Berlin");
  EXPECT_EQ(s.date_style, "ISO, dmy");
  EXPECT_EQ(s.geqo, "off");
  const postgres_settings given = parse("postgresql://ada:own@db:1/shop?sslmode=disable&connect_timeout=0");
  EXPECT_EQ(given.name(), "shop on db:1");
  EXPECT_EQ(given.user, "ada");
  EXPECT_EQ(given.hosts[0].password, "own");
  EXPECT_EQ(given.tls, tls_mode::disable);
  EXPECT_EQ(given.connect_timeout_us, 0);
}

TEST_F(settings_test, the_environment_may_leave_a_session_as_it_is) {
  variables.insert({{"PGTZ", "default"}, {"PGDATESTYLE", "Default"}, {"PGGEQO", "DEFAULT"}});
  const postgres_settings s = parse("postgresql://");
  EXPECT_EQ(s.time_zone, "UTC");
  EXPECT_EQ(s.date_style, "ISO");
  EXPECT_EQ(s.geqo, "");
}

TEST_F(settings_test, dates_in_another_form_than_iso_are_refused_by_the_variables_name) {
  for (const char* style : {"German", "SQL, DMY", "ISO, Postgres", "ISO,,DMY", "x"}) {
    variables["PGDATESTYLE"] = style;
    EXPECT_TRUE(says(refusal("postgresql://"), "environment variable PGDATESTYLE takes ISO")) << style;
  }
}

TEST_F(settings_test, the_environments_address_belongs_to_its_own_host) {
  variables.insert({{"PGHOST", "envhost"}, {"PGHOSTADDR", "192.0.2.1"}});
  EXPECT_EQ(parse("postgresql://").hosts[0].address, "192.0.2.1");
  EXPECT_EQ(parse("postgresql://db/").hosts[0].address, "");
}

TEST_F(settings_test, a_wrong_value_of_the_environment_is_refused_by_the_variables_name) {
  variables["PGSSLMODE"] = "yes";
  EXPECT_TRUE(says(refusal("postgresql://"), "environment variable PGSSLMODE takes one of: disable allow"));
}

TEST_F(settings_test, what_the_environment_asks_for_and_cannot_have_is_refused) {
  for (const char* name :
       {"PGSERVICE", "PGSERVICEFILE", "PGREQUIREPEER", "PGGSSENCMODE", "PGKRBSRVNAME", "PGGSSLIB", "PGGSSDELEGATION",
        "PGSSLCOMPRESSION", "PGSSLCERTMODE", "PGMINPROTOCOLVERSION", "PGMAXPROTOCOLVERSION"}) {
    variables[name] = "x";
    EXPECT_TRUE(says(refusal("postgresql://"), std::string("environment variable ") + name + " is not supported"));
    variables.erase(name);
  }
}

TEST_F(settings_test, what_the_environment_asks_for_and_cannot_have_may_be_given_otherwise) {
  variables["PGGSSENCMODE"] = "require";
  EXPECT_EQ(parse("postgresql://db/?gssencmode=disable").tls, tls_mode::prefer);
  EXPECT_TRUE(says(refusal("postgresql://db/?sslcertmode=allow"), "PGGSSENCMODE"));
}

TEST_F(settings_test, what_the_environment_asks_for_may_be_nothing) {
  variables.insert({{"PGGSSENCMODE", "disable"},
                    {"PGGSSDELEGATION", "0"},
                    {"PGSSLCOMPRESSION", "0"},
                    {"PGSSLCERTMODE", "allow"},
                    {"PGMINPROTOCOLVERSION", "3.0"},
                    {"PGMAXPROTOCOLVERSION", "latest"},
                    {"PGSERVICE", ""},
                    {"PGREQUIRESSL", "0"}});
  EXPECT_EQ(parse("postgresql://db/").tls, tls_mode::prefer);
}

TEST_F(settings_test, the_environments_old_way_to_require_tls_counts_where_no_mode_is_said) {
  variables["PGREQUIRESSL"] = "1";
  EXPECT_EQ(parse("postgresql://db/").tls, tls_mode::require);
  EXPECT_EQ(parse("postgresql://db/?sslrootcert=/r.pem").tls, tls_mode::verify_ca);
  EXPECT_EQ(parse("postgresql://db/?sslrootcert=system").tls, tls_mode::verify_full);
  EXPECT_EQ(parse("postgresql://db/?sslmode=disable").tls, tls_mode::disable);
  variables["PGSSLMODE"] = "verify-full";
  EXPECT_EQ(parse("postgresql://db/").tls, tls_mode::verify_full);
}

// options

TEST_F(settings_test, presets_are_libpqs) {
  const postgres_settings s = parse("postgresql://db/shop");
  EXPECT_EQ(s.tls, tls_mode::prefer);
  EXPECT_EQ(s.least_tls, tls_version::tls_1_2);
  EXPECT_EQ(s.channel_binding, channel_binding_mode::prefer);
  EXPECT_EQ(s.accepted_auth, auth_methods::any);
  EXPECT_EQ(s.target, target_session::any);
  EXPECT_TRUE(s.keepalives);
  EXPECT_TRUE(s.tls_server_name);
  EXPECT_TRUE(s.named_statements);
  EXPECT_FALSE(s.inline_execution);
  EXPECT_FALSE(s.allow_cleartext_password);
  EXPECT_FALSE(s.load_balance);
  EXPECT_EQ(s.application_name, "");
  EXPECT_TRUE(s.notices.empty());
}

TEST_F(settings_test, every_option_is_read) {
  const postgres_settings s = parse(
      "postgresql://db/"
      "shop?connect_timeout=5&application_name=blog&fallback_application_name=x&options=-c%20geqo%3Doff&"
      "client_encoding=utf-8&keepalives=0&keepalives_idle=1&keepalives_interval=2&keepalives_count=3&"
      "tcp_user_timeout=4&sslmode=verify-full&sslrootcert=/r.pem&sslcert=/c.pem&sslkey=/k.pem&sslpassword=hunter2&"
      "sslcrl=/l.pem&sslcrldir=/crl&sslsni=0&ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=tlsv1.3&"
      "sslnegotiation=direct&channel_binding=require&require_auth=scram-sha-256,none&target_session_attrs=read-write&"
      "load_balance_hosts=random&statement_timeout=5s&lock_timeout=250&idle_in_transaction_session_timeout=2min&"
      "cancel_timeout=100ms&circuit_failures=5&circuit_pause=2s&prepare=unnamed&inline=on&allow_cleartext_password=on");
  EXPECT_EQ(s.connect_timeout_us, 5'000'000);
  EXPECT_EQ(s.application_name, "blog");
  EXPECT_EQ(s.options, "-c geqo=off");
  EXPECT_FALSE(s.keepalives);
  EXPECT_EQ(s.keepalives_idle_s, 1);
  EXPECT_EQ(s.keepalives_interval_s, 2);
  EXPECT_EQ(s.keepalives_count, 3);
  EXPECT_EQ(s.tcp_user_timeout_ms, 4);
  EXPECT_EQ(s.tls, tls_mode::verify_full);
  EXPECT_EQ(s.root_certificate, "/r.pem");
  EXPECT_EQ(s.client_certificate, "/c.pem");
  EXPECT_EQ(s.client_key, "/k.pem");
  EXPECT_EQ(s.client_key_password, "hunter2");
  EXPECT_EQ(s.revocation_list, "/l.pem");
  EXPECT_EQ(s.revocation_directory, "/crl");
  EXPECT_FALSE(s.tls_server_name);
  EXPECT_EQ(s.least_tls, tls_version::tls_1_3);
  EXPECT_EQ(s.most_tls, tls_version::tls_1_3);
  EXPECT_TRUE(s.tls_direct);
  EXPECT_EQ(s.channel_binding, channel_binding_mode::require);
  EXPECT_TRUE(contains(s.accepted_auth, auth_methods::scram_sha_256));
  EXPECT_TRUE(contains(s.accepted_auth, auth_methods::none));
  EXPECT_FALSE(contains(s.accepted_auth, auth_methods::md5));
  EXPECT_EQ(s.target, target_session::read_write);
  EXPECT_TRUE(s.load_balance);
  EXPECT_EQ(s.statement_timeout_us, 5'000'000);
  EXPECT_EQ(s.lock_timeout_us, 250'000);
  EXPECT_EQ(s.idle_in_transaction_session_timeout_us, 120'000'000);
  EXPECT_EQ(s.cancel_timeout_us, 100'000);
  EXPECT_EQ(s.circuits.failures, 5U);
  EXPECT_EQ(s.circuits.first_pause_us, 2'000'000);
  EXPECT_FALSE(s.named_statements);
  EXPECT_TRUE(s.inline_execution);
  EXPECT_TRUE(s.allow_cleartext_password);
  EXPECT_TRUE(s.requires_tls(s.hosts[0]));
}

TEST_F(settings_test, a_name_for_the_application_may_be_a_fallback) {
  EXPECT_EQ(parse("postgresql://?fallback_application_name=x").application_name, "x");
}

TEST_F(settings_test, methods_may_be_ruled_out_one_by_one) {
  const auth_methods set = parse("postgresql://?require_auth=!md5,!password").accepted_auth;
  EXPECT_FALSE(contains(set, auth_methods::md5));
  EXPECT_FALSE(contains(set, auth_methods::password));
  EXPECT_TRUE(contains(set, auth_methods::scram_sha_256));
  refusal("postgresql://?require_auth=!md5,password");
  refusal("postgresql://?require_auth=sha1");
}

TEST_F(settings_test, an_unknown_option_is_refused_with_the_nearest) {
  EXPECT_TRUE(says(refusal("postgresql://?ssl_mode=require"), "did you mean sslmode?"));
  EXPECT_TRUE(says(refusal("postgresql://?aplication_name=x"), "did you mean application_name?"));
  EXPECT_TRUE(says(refusal("postgresql://?Host=x"), "did you mean host?"));
  EXPECT_TRUE(says(refusal("postgresql://?zzzzzzzzzzzz=hunter2"), "known options are: host, hostaddr"));
}

TEST_F(settings_test, options_of_the_pool_are_known_where_one_is_refused) {
  std::string value;
  for (const char* given : {"zzzzzzzzzzzz", "pol_size"}) {
    url with_pool = url::parse("postgresql://?" + std::string(given) + "=1");
    with_pool.take_option("pool_size", value);
    const std::string told = refusal_of([&] { postgres_settings::parse(with_pool, environment); });
    EXPECT_TRUE(says(told, given[0] == 'z' ? ", pool_size" : "did you mean pool_size?")) << told;
  }
}

TEST_F(settings_test, options_of_libpq_that_are_not_supported_are_refused_by_name_unless_they_ask_for_nothing) {
  for (const char* option : {"service=shop", "gssencmode=require", "krbsrvname=x", "replication=database",
                             "sslcompression=1", "requirepeer=postgres", "sslcertmode=disable"}) {
    const std::string name = std::string(option).substr(0, std::string(option).find('='));
    EXPECT_TRUE(says(refusal(std::string("postgresql://?") + option), name)) << option;
  }
  parse("postgresql://?gssencmode=disable&sslcompression=0&sslcertmode=allow");
}

TEST_F(settings_test, a_value_outside_its_range_is_refused_with_what_is_expected) {
  for (const char* option :
       {"sslmode=on", "connect_timeout=5s", "port=0", "port=65536", "port=x", "keepalives=maybe", "keepalives_idle=-1",
        "client_encoding=LATIN1", "prepare=no", "inline=2", "target_session_attrs=master", "load_balance_hosts=1",
        "channel_binding=on", "ssl_min_protocol_version=1.2", "statement_timeout=5sec", "statement_timeout=-1",
        "statement_timeout=25d", "lock_timeout=", "sslnegotiation=tls"}) {
    const std::string name = std::string(option).substr(0, std::string(option).find('='));
    if (name == "lock_timeout") {
      EXPECT_EQ(parse(std::string("postgresql://?") + option).lock_timeout_us, 0);
      continue;
    }
    EXPECT_TRUE(says(refusal(std::string("postgresql://?") + option), "option " + name + " takes ")) << option;
  }
}

// TLS

TEST_F(settings_test, ssl_true_asks_for_tls) {
  EXPECT_EQ(parse("postgresql://db/?ssl=true").tls, tls_mode::require);
  EXPECT_EQ(parse("postgresql://db/?ssl=true&sslmode=verify-full").tls, tls_mode::verify_full);
}

TEST_F(settings_test, require_with_a_root_certificate_verifies_the_server) {
  EXPECT_EQ(parse("postgresql://db/?sslmode=require&sslrootcert=/r.pem").tls, tls_mode::verify_ca);
  EXPECT_EQ(parse("postgresql://db/?sslmode=require").tls, tls_mode::require);
  write(".postgresql/root.crt", "", shared);
  const postgres_settings s = parse("postgresql://db/?sslmode=require");
  EXPECT_EQ(s.tls, tls_mode::verify_ca);
  EXPECT_EQ(s.root_certificate, (home / ".postgresql/root.crt").string());
}

TEST_F(settings_test, the_revocation_list_in_the_home_directory_is_used_where_none_is_named) {
  const std::string own_authority = "postgresql://db/?sslrootcert=/r.pem";
  EXPECT_EQ(parse(own_authority).revocation_list, "");
  write(".postgresql/root.crl", "", shared);
  EXPECT_EQ(parse(own_authority).revocation_list, (home / ".postgresql/root.crl").string());
  EXPECT_EQ(parse(own_authority + "&sslcrl=/l.pem").revocation_list, "/l.pem");
  EXPECT_EQ(parse(own_authority + "&sslcrldir=/crl").revocation_list, "");
}

TEST_F(settings_test, the_revocation_list_in_the_home_directory_is_of_no_other_authority) {
  write(".postgresql/root.crl", "", shared);
  EXPECT_EQ(parse("postgresql://db/").revocation_list, "");
  EXPECT_EQ(parse("postgresql://db/?sslrootcert=system").revocation_list, "");
}

TEST_F(settings_test, the_systems_certificates_need_the_hosts_name_verified) {
  const postgres_settings s = parse("postgresql://db/?sslrootcert=system");
  EXPECT_EQ(s.tls, tls_mode::verify_full);
  EXPECT_TRUE(s.system_root_certificates);
  EXPECT_EQ(s.root_certificate, "");
  refusal("postgresql://db/?sslrootcert=system&sslmode=verify-ca");
}

TEST_F(settings_test, options_of_tls_that_contradict_each_other_are_refused) {
  refusal("postgresql://db/?sslnegotiation=direct");
  refusal("postgresql://db/?ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.2");
}

TEST_F(settings_test, a_client_certificate_in_the_home_directory_is_used) {
  write(".postgresql/postgresql.crt", "", shared);
  write(".postgresql/postgresql.key", "", own);
  const postgres_settings s = parse("postgresql://db/");
  EXPECT_EQ(s.client_certificate, (home / ".postgresql/postgresql.crt").string());
  EXPECT_EQ(s.client_key, (home / ".postgresql/postgresql.key").string());
  EXPECT_EQ(parse("postgresql://db/?sslmode=disable").client_certificate, "");
}

TEST_F(settings_test, a_key_that_others_can_read_is_refused) {
  write("k.pem", "", shared | std::filesystem::perms::others_read);
  EXPECT_TRUE(says(refusal("postgresql://db/?sslcert=/c.pem&sslkey=" + (home / "k.pem").string()), "chmod 0600"));
}

// the password file

TEST_F(settings_test, a_password_is_looked_up_for_each_host) {
  write(".pgpass", "# comment\none:5432:shop:ada:first\n*:5433:*:ada:second\nlocalhost:*:*:ada:local\n", own);
  const postgres_settings s = parse("postgresql://ada@one,two:5433,three,%2Fvar%2Frun%2Fpostgresql/shop");
  EXPECT_EQ(s.hosts[0].password, "first");
  EXPECT_EQ(s.hosts[1].password, "second");
  EXPECT_EQ(s.hosts[2].password, "");
  EXPECT_EQ(s.hosts[3].password, "local") << "the usual socket goes by localhost";
  EXPECT_EQ(parse("postgresql://ada:own@one/shop").hosts[0].password, "own");
}

TEST_F(settings_test, a_password_file_that_others_can_read_is_ignored_with_a_notice) {
  write(".pgpass", "*:*:*:*:hunter2", shared);
  const postgres_settings s = parse("postgresql://ada@one/shop");
  EXPECT_EQ(s.hosts[0].password, "");
  ASSERT_EQ(s.notices.size(), 1u);
  EXPECT_TRUE(says(s.notices[0], "chmod 0600"));
  EXPECT_FALSE(says(s.notices[0], "hunter2"));
}

TEST_F(settings_test, another_password_file_may_be_named) {
  write("other", "*:*:*:*:first", own);
  write("more", "*:*:*:*:second", own);
  variables["PGPASSFILE"] = (home / "other").string();
  EXPECT_EQ(parse("postgresql://one/").hosts[0].password, "first");
  EXPECT_EQ(parse("postgresql://one/?passfile=" + (home / "more").string()).hosts[0].password, "second");
  EXPECT_EQ(parse("postgresql://one/?passfile=/nowhere").hosts[0].password, "");
}

TEST(password_in, fields_with_colons_and_backslashes_are_escaped) {
  EXPECT_EQ(password_in("\\:\\:1:5432:a\\\\b:*:p\\:w\\\\\r\n", "::1", "5432", "a\\b", "ada"), "p:w\\");
}

TEST(password_in, a_colon_ends_the_password) {
  EXPECT_EQ(password_in("h:1:d:u:cut:here\n", "h", "1", "d", "u"), "cut");
  EXPECT_EQ(password_in("h:1:d:u:a\\:b:\n", "h", "1", "d", "u"), "a:b");
  EXPECT_EQ(password_in("h:1:d:u::x\n", "h", "1", "d", "u"), "");
}

TEST(password_in, the_first_line_that_fits_counts) {
  EXPECT_EQ(password_in("h:1:d:u:one\nh:1:d:u:two", "h", "1", "d", "u"), "one");
  EXPECT_EQ(password_in("hh:1:d:u:one\nh:1:d:u:two", "h", "1", "d", "u"), "two");
  EXPECT_EQ(password_in("h:1:d:u:one\n", "hh", "1", "d", "u"), "");
  EXPECT_EQ(password_in("h:1:d\n\n::::\nh:1:d:*:three", "h", "1", "d", "u"), "three");
}

// what is shown

TEST_F(settings_test, redacted_shows_no_secret_and_is_a_url_again) {
  const postgres_settings s =
      parse("postgresql://a%40da:hunter2@one,[::2]:5433,%2Frun%2Fpg/my%20shop?sslpassword=hunter2&sslmode=require&"
            "target_session_attrs=primary&prepare=unnamed&application_name=a%26b");
  EXPECT_EQ(s.redacted(), "postgresql://a%40da:***@one:5432,[::2]:5433,%2Frun%2Fpg:5432/my%20shop?sslmode=require&"
                          "target_session_attrs=primary&prepare=unnamed&application_name=a%26b");
  const postgres_settings again = parse(s.redacted());
  EXPECT_EQ(again.name(), s.name());
  EXPECT_EQ(again.user, s.user);
}

}  // namespace
}  // namespace tupelo::driver::postgres
