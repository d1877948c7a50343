// SPDX-License-Identifier: Apache-2.0
#include <tupelo/driver/sqlite/sqlite_settings.hpp>
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace tupelo::driver {
namespace {

sqlite_settings parse(std::string_view text) { return sqlite_settings::parse(url::parse(text)); }

std::string refusal(std::string_view text, errc code = errc::invalid_configuration) {
  try {
    parse(text);
  } catch (const configuration_error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "not refused: " << text;
  return {};
}

bool has(const sqlite_settings& settings, std::string_view pragma) {
  return std::find(settings.pragmas.begin(), settings.pragmas.end(), pragma) != settings.pragmas.end();
}

TEST(sqlite_settings, three_slashes_are_relative_and_four_absolute) {
  EXPECT_EQ(parse("sqlite:///data/shop.db").path, "data/shop.db");
  EXPECT_EQ(parse("sqlite:////var/shop.db").path, "/var/shop.db");
}

TEST(sqlite_settings, file_uris_are_understood) {
  EXPECT_EQ(parse("sqlite:file:shop.db").path, "shop.db");
  EXPECT_EQ(parse("sqlite:file:/var/shop.db").path, "/var/shop.db");
  EXPECT_EQ(parse("sqlite:file:///var/shop.db?mode=ro").path, "/var/shop.db");
  EXPECT_EQ(parse("sqlite:file://localhost/var/shop.db").path, "/var/shop.db");
  EXPECT_TRUE(parse("sqlite:file::memory:").in_memory());
}

TEST(sqlite_settings, memory_database_has_one_connection_at_most) {
  for (const char* text :
       {"sqlite::memory:", "sqlite:///:memory:", "sqlite:file:any?mode=memory", "sqlite::memory:?mode=memory"}) {
    const sqlite_settings settings = parse(text);
    EXPECT_TRUE(settings.in_memory()) << text;
    EXPECT_EQ(settings.max_connections(), 1u);
    EXPECT_EQ(settings.name(), ":memory:");
    EXPECT_EQ(settings.journal_mode, "");
  }
  EXPECT_EQ(parse("sqlite:///a.db").max_connections(), 0u) << "no limit";
}

TEST(sqlite_settings, presets_are_safe_and_fast) {
  const sqlite_settings settings = parse("sqlite:///a.db");
  EXPECT_EQ(settings.mode, sqlite_mode::create);
  EXPECT_EQ(settings.journal_mode, "wal");
  EXPECT_FALSE(settings.journal_mode_asked);
  EXPECT_EQ(settings.busy_timeout_us, 5'000'000);
  EXPECT_FALSE(settings.inline_execution);
  EXPECT_TRUE(has(settings, "PRAGMA foreign_keys = 1"));
  EXPECT_TRUE(has(settings, "PRAGMA synchronous = normal"));
  EXPECT_TRUE(has(settings, "PRAGMA trusted_schema = 0"));
  EXPECT_TRUE(has(settings, "PRAGMA cell_size_check = 1"));
}

TEST(sqlite_settings, every_option_is_read) {
  const sqlite_settings settings = parse(
      "sqlite:///a.db?mode=rw&busy_timeout=250&journal_mode=DELETE&foreign_keys=off&synchronous=full&cache_size=-64000&"
      "max_page_count=100&inline=on&page_size=8192&temp_store=memory&mmap_size=1048576&secure_delete=fast");
  EXPECT_EQ(settings.mode, sqlite_mode::read_write);
  EXPECT_EQ(settings.busy_timeout_us, 250'000);
  EXPECT_EQ(settings.journal_mode, "delete");
  EXPECT_TRUE(settings.journal_mode_asked);
  EXPECT_TRUE(settings.inline_execution);
  for (const char* pragma : {"PRAGMA foreign_keys = 0", "PRAGMA synchronous = full", "PRAGMA cache_size = -64000",
                             "PRAGMA max_page_count = 100", "PRAGMA page_size = 8192", "PRAGMA temp_store = memory",
                             "PRAGMA mmap_size = 1048576", "PRAGMA secure_delete = fast"}) {
    EXPECT_TRUE(has(settings, pragma)) << pragma;
  }
  EXPECT_FALSE(has(settings, "PRAGMA foreign_keys = 1"));
  EXPECT_EQ(settings.pragmas.front(), "PRAGMA page_size = 8192");
}

TEST(sqlite_settings, read_only_files_keep_their_journal_mode) {
  const sqlite_settings settings = parse("sqlite:///a.db?mode=ro&immutable=1");
  EXPECT_EQ(settings.mode, sqlite_mode::read_only);
  EXPECT_EQ(settings.journal_mode, "");
  EXPECT_TRUE(settings.immutable);
}

TEST(sqlite_settings, unknown_option_is_refused_with_the_known_ones) {
  const std::string message = refusal("sqlite:///a.db?busytimeout=5");
  EXPECT_NE(message.find("busytimeout"), std::string::npos);
  EXPECT_NE(message.find("busy_timeout"), std::string::npos);
  EXPECT_NE(message.find("foreign_keys"), std::string::npos);
}

TEST(sqlite_settings, unknown_option_is_refused_with_those_of_the_pool_too) {
  url with_pool = url::parse("sqlite:///a.db?nosuch=1");
  std::string value;
  with_pool.take_option("pool_size", value);
  try {
    sqlite_settings::parse(with_pool);
    ADD_FAILURE() << "not refused";
  } catch (const configuration_error& e) {
    EXPECT_NE(std::string(e.what()).find(", pool_size"), std::string::npos) << e.what();
  }
}

TEST(sqlite_settings, value_outside_its_range_is_refused_with_what_is_expected) {
  EXPECT_NE(refusal("sqlite:///a.db?mode=write").find("rwc rw ro memory"), std::string::npos);
  EXPECT_NE(refusal("sqlite:///a.db?busy_timeout=-1").find("0 to"), std::string::npos);
  EXPECT_NE(refusal("sqlite:///a.db?foreign_keys=maybe").find("on or off"), std::string::npos);
  refusal("sqlite:///a.db?busy_timeout=5s");
  refusal("sqlite:///a.db?cache_size=");
  refusal("sqlite:///a.db?cache_size=99999999999999999999");
  refusal("sqlite:///a.db?journal_mode=wal2");
  refusal("sqlite:///a.db?synchronous=1;DROP TABLE users");
}

TEST(sqlite_settings, options_that_contradict_each_other_are_refused) {
  refusal("sqlite::memory:?mode=ro");
  refusal("sqlite::memory:?journal_mode=wal");
  refusal("sqlite:///a.db?mode=ro&journal_mode=wal");
  refusal("sqlite:///a.db?immutable=on");
}

TEST(sqlite_settings, host_where_a_path_belongs_is_refused_with_the_right_form) {
  EXPECT_NE(refusal("sqlite://shop.db", errc::invalid_url).find("three slashes"), std::string::npos);
  EXPECT_NE(refusal("sqlite:shop.db", errc::invalid_url).find("three slashes"), std::string::npos);
  refusal("sqlite:file://server/x.db", errc::invalid_url);
}

TEST(sqlite_settings, missing_path_is_refused) {
  refusal("sqlite://", errc::invalid_url);
  refusal("sqlite:///", errc::invalid_url);
  refusal("sqlite:file:", errc::invalid_url);
  refusal("sqlite:", errc::invalid_url);
}

TEST(sqlite_settings, foreign_scheme_is_refused_by_name) {
  EXPECT_NE(refusal("mysql://h/x", errc::unknown_driver).find("mysql"), std::string::npos);
}

}  // namespace
}  // namespace tupelo::driver
